"""Single files of SAM-HQ and SAM 2 as they were published, and those that are named and refused."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from prompt_edit.errors import ModelError
from prompt_edit.segment import converted
from prompt_edit.segment.network import Frame, Prompts
from prompt_edit.segment.sam import Sam

from . import small
from .asked import ASKED, BOXES, CPU, LABELS, POINTS, close, fails, picture

KINDS = {
    "SAM-HQ": (small.sam_hq, small.save_sam_hq, small.as_sam_hq),
    "SAM 2": (small.sam_2, small.save_sam2, small.as_sam_2),
}


@pytest.fixture(scope="module", params=KINDS)
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One random model, as a folder of the library and in the original names."""
    make, save, named = KINDS[request.param]
    torch.manual_seed(3)
    model = make()
    folder = save(tmp_path_factory.mktemp("folder"), model)
    return SimpleNamespace(kind=request.param, folder=folder, state=named(model), model=model)


def pt(state: dict[str, Tensor], folder: Path) -> Path:
    torch.save({"model": state}, folder / "sam.pt")
    return folder / "sam.pt"


def pth(state: dict[str, Tensor], folder: Path) -> Path:
    torch.save(state, folder / "sam.pth")
    return folder / "sam.pth"


def safetensors(state: dict[str, Tensor], folder: Path) -> Path:
    save_file({name: value.contiguous() for name, value in state.items()}, folder / "s.safetensors")
    return folder / "s.safetensors"


@pytest.mark.parametrize("write", [pt, pth, safetensors])
def test_a_file_and_a_folder_of_the_same_weights_answer_alike(
    both: Any, write: Callable[[dict[str, Tensor], Path], Path], tmp_path: Path
) -> None:
    file, folder = Sam.load(write(both.state, tmp_path), CPU), Sam.load(both.folder, CPU)
    network: Any = file.network
    assert network.family.name == both.kind
    assert file.network.frame == folder.network.frame
    mine, theirs = (sam.model.state_dict() for sam in (file, folder))
    assert mine.keys() == theirs.keys()
    assert all(torch.equal(value, theirs[name]) for name, value in mine.items())
    for asked in ASKED.values():
        assert torch.equal(file.segment(picture(), **asked), folder.segment(picture(), **asked))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_a_file_in_half_precision_is_read(both: Any, dtype: torch.dtype, tmp_path: Path) -> None:
    """As Kijai's sam2.1_hiera_base_plus-fp16.safetensors."""
    half = {name: value.to(dtype) for name, value in both.state.items()}
    sam = Sam.load(safetensors(half, tmp_path), CPU, torch.float32)
    name = "mask_decoder.iou_token.weight"
    assert torch.equal(
        sam.model.state_dict()[name], both.model.state_dict()[name].to(dtype).float()
    )
    masks = sam.segment(picture(), BOXES)
    assert (masks != Sam.load(both.folder, CPU).segment(picture(), BOXES)).float().mean() < 0.1


@pytest.mark.parametrize("change", ["gone", "odd", "more"])
def test_what_is_not_whole_is_not_filled_with_noise(both: Any, change: str, tmp_path: Path) -> None:
    state = dict(both.state)
    name = next(each for each in state if each.endswith("iou_token.weight"))
    if change == "gone":
        del state[name]
    elif change == "odd":
        state[name] = torch.zeros(3, 3)
    else:
        state[name.replace("iou", "other")] = torch.zeros(3)
    words = {"gone": "lacks 1 (mask_decoder.iou_token.weight) of the weights of",
             "odd": f"({name}) are of another size",
             "more": f"({name.replace('iou', 'other')}), so it is of another"}  # fmt: skip
    fails(pt(state, tmp_path), words[change])


# --- sizes ---------------------------------------------------------------------------------------

# As facebookresearch/sam2 gives them: channels, heads, blocks, whole blocks, windows, background.
PUBLISHED = {
    "tiny": (96, 1, (1, 2, 7, 2), (5, 7, 9), (8, 4, 14, 7), 7),
    "small": (96, 1, (1, 2, 11, 2), (7, 10, 13), (8, 4, 14, 7), 7),
    "base_plus": (112, 2, (2, 3, 16, 3), (12, 16, 20), (8, 4, 14, 7), 14),
    "large": (144, 2, (2, 6, 36, 4), (23, 33, 43), (8, 4, 16, 8), 7),
}


@pytest.mark.parametrize("size", PUBLISHED)
def test_true_sizes_of_sam_2_are_told_from_the_weights(size: str) -> None:
    from transformers import Sam2Config, Sam2Model

    width, heads, blocks, whole, windows, background = PUBLISHED[size]
    widths = [width * 2**stage for stage in range(4)]
    backbone = {
        "model_type": "sam2_hiera_det_model", "hidden_size": width, "num_attention_heads": heads,
        "blocks_per_stage": list(blocks), "embed_dim_per_stage": widths,
        "num_attention_heads_per_stage": [heads * 2**stage for stage in range(4)],
        "window_size_per_stage": list(windows), "global_attention_blocks": list(whole),
        "window_positional_embedding_background_size": [background, background],
    }  # fmt: skip
    expected = Sam2Config(vision_config={
        "model_type": "sam2_vision_model", "backbone_config": backbone,
        "backbone_channel_list": widths[::-1],
    })  # fmt: skip
    with torch.device("meta"):
        state = small.as_sam_2(Sam2Model(expected))
    config = Sam2Config(**converted._sam_2_settings(state, Path(size)))
    assert config.to_dict() == expected.to_dict()


@pytest.mark.parametrize(
    ("width", "depth", "heads", "whole"),
    [
        (768, 12, 12, [2, 5, 8, 11]),
        (1024, 24, 16, [5, 11, 17, 23]),
        (1280, 32, 16, [7, 15, 23, 31]),
    ],
)
def test_true_sizes_of_sam_hq_are_told_from_the_weights(
    width: int, depth: int, heads: int, whole: list[int]
) -> None:
    from transformers import SamHQConfig, SamHQModel

    vision = {"hidden_size": width, "num_hidden_layers": depth, "num_attention_heads": heads,
              "global_attn_indexes": whole}  # fmt: skip
    decoder = {"vit_dim": width, "layer_norm_eps": 1e-5}  # as SAM's, where the library has 1e-6
    expected = SamHQConfig(vision_config=vision, mask_decoder_config=decoder)
    with torch.device("meta"):
        state = small.as_sam_hq(SamHQModel(expected))
    config = SamHQConfig(**converted._sam_hq_settings(state, Path("hq")))
    assert config.to_dict() == expected.to_dict()


def test_a_sam_2_of_unknown_size_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(converted, "SIZES", {})
    file = pt(small.as_sam_2(small.sam_2()), tmp_path)
    fails(file, "SAM 2 of an unknown size (stages of 1, 1, 2, 1 blocks from 16 channels on)")


# --- the decoder of SAM-HQ -----------------------------------------------------------------------


def test_sam_hq_makes_masks_as_sam_does() -> None:
    """With its own part silenced, SAM-HQ is SAM with one token more."""
    from transformers import SamConfig, SamModel

    from prompt_edit.segment.families import FAMILIES, TransformersNetwork

    torch.manual_seed(5)
    hq = small.sam_hq().eval()
    for value in hq.mask_decoder.hq_mask_mlp.proj_out.parameters():
        value.data.zero_()
    sam = SamModel(SamConfig(
        vision_config=small.vision(), prompt_encoder_config=small.prompts(),
        mask_decoder_config={**small.decoder(), "num_multimask_outputs": 4},
    )).eval()  # fmt: skip
    state = {**hq.state_dict()}
    token, own = "mask_decoder.mask_tokens.weight", "mask_decoder.output_hypernetworks_mlps.4."
    state[token] = torch.cat([state[token], state["mask_decoder.hq_token.weight"]])
    for name in [each for each in state if "hq_mask_mlp" in each]:
        state[name.replace("mask_decoder.hq_mask_mlp.", own)] = state[name]
    for end in ("weight", "bias"):  # the fifth token has no predicted quality
        name = f"mask_decoder.iou_prediction_head.proj_out.{end}"
        state[name] = torch.cat([state[name], torch.zeros_like(state[name][:1])])
    sam.load_state_dict({name: state[name] for name in sam.state_dict()})
    processor = SimpleNamespace(image_processor=SimpleNamespace(size={"longest_edge": small.SIDE}))
    network = TransformersNetwork(FAMILIES["sam_hq"], hq, processor)
    grid = small.SIDE // small.PATCH
    embedding = torch.randn(1, small.CHANNELS, grid, grid)
    early = torch.randn(1, grid, grid, small.WIDTH)
    points, labels = POINTS[None], LABELS[None]
    with torch.inference_mode():
        got, quality = network.decode([embedding, early], Prompts(points=POINTS, labels=LABELS))
        out = sam(image_embeddings=embedding, input_points=points, input_labels=labels,
                  multimask_output=False)  # fmt: skip
    assert got.std() > 0.002
    close(got, out.pred_masks[0], 1e-6)
    close(quality, out.iou_scores[0], 1e-6)


# --- the references ------------------------------------------------------------------------------


def levels(image: np.ndarray) -> Tensor:
    return torch.from_numpy(image).movedim(-1, 0)[None].float()


PIXELS = (picture(2, (128, 128)) * 255).round().byte().numpy()
PROMPTS = {
    "boxes": Prompts(BOXES * 0.8),
    "points": Prompts(points=POINTS, labels=LABELS.abs()),
    "boxes and points": Prompts(BOXES * 0.8, POINTS, LABELS.abs()),
    "boxes and a mask": Prompts(BOXES * 0.8, masks=torch.ones(2, 1, 64, 64).tril() * 8 - 4),
}


class TestSamHqParity:
    """`segment_anything_hq`, the reference, and what is read of its file."""

    @pytest.fixture(scope="class")
    def pair(self, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Sam]:
        reason = "segment-anything-hq, the reference, is not installed"
        modeling = pytest.importorskip("segment_anything_hq.modeling", reason=reason)
        from segment_anything_hq import SamPredictor

        torch.manual_seed(1)
        side, patch, width, channels = small.SIDE, small.PATCH, small.WIDTH, small.CHANNELS
        model = modeling.Sam(
            modeling.ImageEncoderViT(
                img_size=side, patch_size=patch, embed_dim=width, depth=4, num_heads=2,
                out_chans=channels, use_rel_pos=True, window_size=6, global_attn_indexes=(1, 3),
                norm_layer=lambda size: torch.nn.LayerNorm(size, eps=1e-6),
            ),
            modeling.PromptEncoder(channels, (side // patch,) * 2, (side, side), mask_in_chans=16),
            modeling.MaskDecoderHQ(
                transformer_dim=channels, num_multimask_outputs=3, iou_head_hidden_dim=24,
                transformer=modeling.TwoWayTransformer(2, channels, num_heads=8, mlp_dim=48),
                vit_dim=width,
            ),
        ).eval()  # fmt: skip
        small.stir(model)
        file = pth(model.state_dict(), tmp_path_factory.mktemp("hq"))
        predictor = SamPredictor(model)
        predictor.set_torch_image(levels(PIXELS), (side, side))
        return predictor, Sam.load(file, CPU, torch.float32)

    @pytest.mark.parametrize("several", [False, True])
    @pytest.mark.parametrize("asked", PROMPTS)
    def test_masks_and_quality(self, pair: tuple[Any, Sam], asked: str, several: bool) -> None:
        predictor, sam = pair
        one = PROMPTS[asked]
        with torch.inference_mode():
            embedding = sam.network.encode([PIXELS])[0]
            got, quality = sam.network.decode(
                embedding, Prompts(one.boxes, one.points, one.labels, one.masks, several)
            )
            _, best, logits = predictor.predict_torch(
                one.points, one.labels, one.boxes, one.masks, several, return_logits=True
            )
        close(embedding[0], predictor.features)
        close(embedding[1], predictor.interm_features[0])
        close(quality.amax(dim=1, keepdim=True), best)
        close(got[torch.arange(2), quality.argmax(dim=1)][:, None], logits)


SMALL_2 = {
    "image_size": 128, "image_encoder.trunk.embed_dim": 16,
    "image_encoder.trunk.stages": "[1,1,2,1]", "image_encoder.trunk.global_att_blocks": "[3]",
    "image_encoder.trunk.window_spec": "[8,4,4,2]",
    "image_encoder.trunk.window_pos_embed_bkg_spatial_size": "[4,4]",
    "image_encoder.neck.backbone_channel_list": "[128,64,32,16]",
}  # fmt: skip


class TestSam2Parity:
    """`sam2`, the reference, and what is read of its files."""

    @pytest.fixture(scope="class")
    def build(self) -> Iterator[Callable[..., Any]]:
        module = pytest.importorskip(
            "sam2.build_sam", reason="sam2, the reference, is not installed"
        )

        def built(version: str, size: str, **changed: Any) -> Any:
            config = f"configs/sam{version}/sam{version}_hiera_{size}.yaml"
            extra = [f"++model.{name}={value}" for name, value in changed.items()]
            return module.build_sam2(config, device="cpu", hydra_overrides_extra=extra)

        yield built

    @pytest.fixture(scope="class", params=["2", "2.1"])
    def pair(
        self,
        build: Callable[..., Any],
        request: pytest.FixtureRequest,
        tmp_path_factory: pytest.TempPathFactory,
    ) -> tuple[Any, Sam]:
        from sam2.sam2_image_predictor import SAM2ImagePredictor

        torch.manual_seed(1)
        model = build(request.param, "t", **SMALL_2)
        small.stir(model)
        file = pt(model.state_dict(), tmp_path_factory.mktemp("sam2"))
        predictor = SAM2ImagePredictor(model)
        predictor._bb_feat_sizes = [(32, 32), (16, 16), (8, 8)]  # it knows 1024 pixels only
        predictor.set_image(PIXELS)
        return predictor, Sam.load(file, CPU, torch.float32)

    @pytest.mark.parametrize("several", [False, True])
    @pytest.mark.parametrize("asked", [each for each in PROMPTS if "mask" not in each])
    def test_masks_and_quality(self, pair: tuple[Any, Sam], asked: str, several: bool) -> None:
        predictor, sam = pair
        assert sam.network.frame == Frame(128, 32, stretched=True)
        one = PROMPTS[asked]
        with torch.inference_mode():
            embedding = sam.network.encode([PIXELS])[0]
            got, quality = sam.network.decode(
                embedding, Prompts(one.boxes, one.points, one.labels, several=several)
            )
            _, best, logits = predictor._predict(
                one.points, one.labels, one.boxes, None, several, return_logits=True
            )
        theirs = predictor._features
        for mine, other in zip(
            embedding, [*theirs["high_res_feats"], theirs["image_embed"]], strict=True
        ):
            close(mine, other)
        assert logits.std() > 0.01
        close(got.clamp(-32, 32), logits)
        close(quality, best)

    @pytest.mark.parametrize("version", ["2", "2.1"])
    @pytest.mark.parametrize("size", ["t", "s", "b+", "l"])
    def test_every_published_size_has_a_place_for_every_weight(
        self, build: Callable[..., Any], version: str, size: str
    ) -> None:
        from transformers import Sam2Config, Sam2Model

        state = build(version, size).state_dict()
        with torch.device("meta"):
            model = Sam2Model(Sam2Config(**converted._sam_2_settings(state, Path(size))))
        read = converted.renamed(state, converted.SAM_2)
        places = {name: value.shape for name, value in model.state_dict().items()}
        assert {name: value.shape for name, value in read.items()} == places


# --- what is not read, by name -------------------------------------------------------------------

SAM_1 = ("image_encoder.pos_embed", "mask_decoder.mask_tokens.weight")
FOREIGN = {
    "MobileSAM": ("image_encoder.patch_embed.seq.0.c.weight", "image_encoder.layers.0.blocks.0.c",
                  SAM_1[1]),
    "TinyViT": ("image_encoder.layers.0.blocks.0.c", "mask_decoder.hf_token.weight", SAM_1[1]),
    "EdgeSAM": ("image_encoder.features.0.0.c.weight", SAM_1[1]),
    "EfficientViT-SAM": ("image_encoder.backbone.input_stem.op_list.0.conv.weight", SAM_1[1]),
    "EfficientSAM": (*SAM_1, "image_encoder.blocks.0.attn.qkv.weight"),
    "SAM with an adapter": (*SAM_1, "image_encoder.blocks.0.attn.rel_pos_h",
                            "image_encoder.blocks.0.Adapter.channel.0.weight"),
    "EfficientTAM": ("image_encoder.trunk.pos_embed", "sam_mask_decoder.mask_tokens.weight"),
    "EdgeTAM": ("image_encoder.trunk.body.stem.conv1.c.weight",
                "sam_mask_decoder.mask_tokens.weight"),
    "HQ-SAM 2": ("image_encoder.trunk.pos_embed_window", "sam_mask_decoder.mask_tokens.weight",
                 "sam_mask_decoder.hf_token.weight"),
    "the original SAM 3": ("detector.backbone.vision_backbone.trunk.pos_embed", "tracker.a"),
    "a Hugging Face folder": ("vision_encoder.pos_embed",),
}  # fmt: skip


@pytest.mark.parametrize("name", FOREIGN)
@pytest.mark.parametrize("write", [pt, safetensors])
def test_what_is_not_read_is_named_by_its_weights(
    name: str, write: Callable[[dict[str, Tensor], Path], Path], tmp_path: Path
) -> None:
    file = write({each: torch.zeros(2) for each in FOREIGN[name]}, tmp_path)
    fails(file, name)
    with pytest.raises(ModelError, match=r"^(Take|Choose) .* which is not read here"):
        Sam.load(file)


class SegmentationModel:
    """Stands in a pickle for ultralytics' class of that name."""


def test_fast_sam_is_named_though_its_code_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not hasattr(torch.serialization, "get_unsafe_globals_in_checkpoint"):
        pytest.skip(f"torch {torch.__version__} cannot say what a pickle names")
    home = ModuleType("ultralytics.nn.tasks")
    home.SegmentationModel = SegmentationModel  # type: ignore[attr-defined]
    monkeypatch.setattr(SegmentationModel, "__module__", home.__name__)
    file = tmp_path / "x.pt"
    with monkeypatch.context() as there:
        for name in ("ultralytics", "ultralytics.nn", home.__name__):
            there.setitem(sys.modules, name, home)
        torch.save({"model": SegmentationModel()}, file)
    fails(file, "FastSAM or another YOLO, which is not read here")


def test_a_torchscript_program_is_named(tmp_path: Path) -> None:
    file = tmp_path / "efficient_sam_s_gpu.pt"
    torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), str(file))
    fails(file, "a TorchScript program")
