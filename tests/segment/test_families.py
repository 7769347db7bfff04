"""Every SAM that users have: loaded by path, asked in every way, equal where it must be equal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from elsewhere import GPU, Elsewhere
from models.harm import Harm
from safetensors.torch import save_file
from torch import Tensor
from worlds import DRESS_SCENE, drawn, instance

from prompt_edit.errors import ImageError, ModelError
from prompt_edit.models.card import Card, write_card
from prompt_edit.models.recent import Recent
from prompt_edit.models.store import sample_models
from prompt_edit.segment import converted
from prompt_edit.segment.drawn import CERTAINTY, box_masks
from prompt_edit.segment.network import Frame, Prompts
from prompt_edit.segment.sam import Sam

from . import small
from .asked import ASKED, BOXES, CPU, LABELS, POINTS, ROUGH, SIZE, close, fails, picture

pytestmark = pytest.mark.slow


def seen(sam: Sam, image: Tensor) -> list[Tensor]:
    """The embedding of a picture [H,W,3]."""
    return sam._embed([sam._pixels(image)])[0]


def save_original(folder: Path) -> Path:
    """The format of `sam_vit_b_01ec64.pth`."""
    torch.save(small.original_state(), folder / "sam.pth")
    return folder / "sam.pth"


def save_single(folder: Path) -> Path:
    save_file(small.original_state(), folder / "sam.safetensors")
    return folder / "sam.safetensors"


def save_hq_original(folder: Path) -> Path:
    """The format of `sam_hq_vit_b.pth`."""
    torch.save(small.as_sam_hq(small.sam_hq()), folder / "sam_hq.pth")
    return folder / "sam_hq.pth"


def save_2_original(folder: Path) -> Path:
    """The format of `sam2.1_hiera_tiny.pt`."""
    torch.save({"model": small.as_sam_2(small.sam_2())}, folder / "sam2.pt")
    return folder / "sam2.pt"


FORMATS: dict[str, Callable[[Path], Path]] = {
    **small.FAMILIES,
    "SAM .pth": save_original,
    "SAM .safetensors": save_single,
    "SAM-HQ .pth": save_hq_original,
    "SAM 2 .pt": save_2_original,
}
needs_original = pytest.mark.skipif(
    find_spec("segment_anything") is None,
    reason="segment-anything, the reference, is not installed",
)


@pytest.fixture(scope="module", params=FORMATS)
def saved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if request.param.startswith("SAM ."):
        pytest.importorskip("segment_anything")
    if "SAM 3" in request.param:
        transformers = pytest.importorskip("transformers")
        if not hasattr(transformers, "Sam3TrackerModel"):
            pytest.skip(f"transformers {transformers.__version__} has no SAM 3")
    return FORMATS[request.param](tmp_path_factory.mktemp("sam"))


@pytest.fixture(scope="module")
def here(saved: Path) -> Sam:
    return Sam.load(saved, CPU)


@pytest.fixture
def fresh(here: Sam) -> Sam:
    """The same, as if it had seen nothing yet."""
    here.forget()
    return here


@pytest.fixture(scope="module")
def there(saved: Path) -> Sam:
    with Elsewhere():
        return Sam.load(saved, GPU, torch.float32)


@pytest.mark.parametrize("asked", ASKED)
def test_every_family_answers_every_prompt(here: Sam, asked: str) -> None:
    masks = here.segment(picture(), **ASKED[asked])
    assert masks.shape == (2, *SIZE)
    assert masks.dtype == torch.float32 and masks.device == CPU
    assert set(masks.unique().tolist()) <= {0.0, 1.0}


def test_every_family_answers_the_same_on_a_gpu(here: Sam, there: Sam) -> None:
    """Each prompt, of an embedding that was made before the model was sent away, and came back."""
    true = {asked: here.segment(picture(), **prompt) for asked, prompt in ASKED.items()}
    with Elsewhere():
        for place in (GPU, CPU, GPU):
            for module in there.modules:
                module.to(place)
            there._masks = Recent()  # or it would not look again
            for asked, prompt in ASKED.items():
                masks = there.segment(picture(), **prompt)
                assert masks.device == CPU, asked
                assert (masks != true[asked]).float().mean() < 0.01, asked


def test_every_family_encodes_a_picture_once(fresh: Sam, monkeypatch: pytest.MonkeyPatch) -> None:
    sam = fresh
    encode = sam.network.encode
    calls: list[int] = []

    def counted(pictures: Sequence[np.ndarray]) -> list[list[Tensor]]:
        calls.append(len(pictures))
        return encode(pictures)

    monkeypatch.setattr(sam.network, "encode", counted)
    for asked in ASKED.values():
        sam.segment(picture().clone(), **asked)
    assert len(calls) == 1
    sam.segment(picture(1), BOXES)
    assert len(calls) == 2


def test_every_family_gives_the_same_alone_and_together(fresh: Sam) -> None:
    sam = fresh
    for asked in (ASKED["boxes"], ASKED["points"], ASKED["boxes and rough masks"]):
        prompts = sam._prompts(SIZE, **{"boxes": None, "points": None, "labels": None,
                                        "rough": None, **asked})  # fmt: skip
        together = sam.network.decode(seen(sam, picture()), prompts)
        alone = [sam.network.decode(seen(sam, picture()), one) for one in prompts.parts(1)]
        for index in (0, 1):
            close(together[index], torch.cat([answer[index] for answer in alone]))


def test_every_family_sees_several_pictures_as_it_sees_one(saved: Path, fresh: Sam) -> None:
    together, alone = Sam.load(saved, CPU), fresh
    pictures = torch.stack([picture(seed) for seed in range(3)])
    together.see(pictures)
    for each in pictures:
        for one, other in zip(seen(together, each), seen(alone, each), strict=True):
            close(one, other)
        one, other = (sam.segment(each, BOXES) for sam in (together, alone))
        # Embeddings differ by rounding, and with them a pixel that the logits hardly decide on.
        assert (one != other).float().mean() < 1e-4


def test_every_family_cuts_what_it_has_cut_before_at_once(
    fresh: Sam, monkeypatch: pytest.MonkeyPatch
) -> None:
    sam = fresh
    before = [sam.segment(picture(), **asked) for asked in ASKED.values()]
    calls: list[Prompts] = []
    decode = sam.network.decode

    def counted(embedding: list[Tensor], prompts: Prompts) -> tuple[Tensor, Tensor]:
        calls.append(prompts)
        return decode(embedding, prompts)

    monkeypatch.setattr(sam.network, "decode", counted)
    again = [sam.segment(picture(), **asked) for asked in ASKED.values()]
    assert not calls and all(map(torch.equal, before, again))
    with torch.inference_mode():
        again[0].zero_()  # what was given out is nobody's but the caller's
    assert torch.equal(sam.segment(picture(), **next(iter(ASKED.values()))), before[0])
    sam.segment(picture(1), BOXES)
    sam.segment(picture(), BOXES + 1)
    assert len(calls) == 2
    sam.rest()
    sam.segment(picture(), BOXES)
    assert len(calls) == 2 and not sam._embeddings.items()
    sam.forget()
    sam.segment(picture(), BOXES)
    assert len(calls) == 3


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_every_family_works_in_half_precision(saved: Path, dtype: torch.dtype) -> None:
    sam = Sam.load(saved, CPU, dtype)
    assert any(value.dtype == dtype for module in sam.modules for value in module.parameters())
    for asked in ASKED.values():
        assert sam.segment(picture(), **asked).shape == (2, *SIZE)


def test_every_family_depends_on_the_prompt(fresh: Sam) -> None:
    sam = fresh
    embedding = seen(sam, picture())
    answers = [
        sam.network.decode(embedding, prompts)[0]
        for prompts in (
            Prompts(boxes=BOXES[:1]),
            Prompts(boxes=BOXES[1:]),
            Prompts(points=POINTS[:1], labels=LABELS[:1]),
            Prompts(points=POINTS[:1], labels=1 - LABELS[:1]),
            Prompts(boxes=BOXES[:1], masks=sam._rough(ROUGH[:1], SIZE)),
        )
    ]
    for index, one in enumerate(answers):
        assert one.shape[1] == 1
        assert not any(torch.allclose(one, other) for other in answers[:index])


# --- the original SAM and its reference ----------------------------------------------------------


@needs_original
class TestSamParity:
    """`segment_anything`, the reference, and what is read of its file."""

    @pytest.fixture(scope="class")
    def file(self, tmp_path_factory: pytest.TempPathFactory) -> Path:
        return save_original(tmp_path_factory.mktemp("original"))

    @pytest.fixture(scope="class")
    def pair(self, file: Path) -> tuple[Any, Sam]:
        return small.original(), Sam.load(file, CPU, torch.float32)

    @pytest.mark.parametrize("size", [(128, 128), (128, 80), (61, 128), (270, 420), (1, 99)])
    def test_embeddings(self, pair: tuple[Any, Sam], size: tuple[int, int]) -> None:
        model, sam = pair
        pixels = sam._pixels(picture(2, size))
        expected = model.image_encoder(framed(model, pixels))
        assert expected.std() > 0.1
        close(sam.network.encode([pixels])[0][0], expected, 1e-5)

    @pytest.mark.parametrize("several", [False, True])
    @pytest.mark.parametrize("asked", ["boxes", "points", "boxes and points", "rough", "all"])
    def test_masks_and_quality(self, pair: tuple[Any, Sam], asked: str, several: bool) -> None:
        model, sam = pair
        masks = sam._rough(ROUGH, SIZE)
        points = {"points": POINTS, "labels": LABELS}
        prompts = {
            "boxes": Prompts(BOXES, several=several),
            "points": Prompts(**points, several=several),
            "boxes and points": Prompts(BOXES, **points, several=several),
            "rough": Prompts(masks=masks, several=several),
            "all": Prompts(BOXES, **points, masks=masks, several=several),
        }[asked]
        embedding = seen(sam, picture())
        with torch.inference_mode():
            logits, quality = sam.network.decode(embedding, prompts)
        assert logits.shape == (2, 3 if several else 1, 64, 64)
        assert logits.std() > 0.01
        expected, score = answered(model, embedding[0], prompts)
        close(logits, expected, 1e-5)
        close(quality, score, 1e-5)

    @pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
    def test_only_the_image_encoder_is_in_half_precision(
        self, pair: tuple[Any, Sam], file: Path, dtype: torch.dtype
    ) -> None:
        sam, pixels = Sam.load(file, CPU, dtype), pair[1]._pixels(picture())
        halved = {name.split(".")[0] for name, value in sam.model.state_dict().items()
                  if value.dtype == dtype}  # fmt: skip
        assert halved == {"vision_encoder"}
        model = small.original()
        image = framed(model, pixels).to(dtype)
        expected = model.image_encoder.to(dtype)(image).float()
        with torch.inference_mode():
            got = sam.network.encode([pixels])[0]
            logits, quality = sam.network.decode(got, Prompts(BOXES))
        off = 16 * torch.finfo(dtype).eps  # two ways of rounding, in four blocks
        close(got[0].float(), expected, off)
        theirs, score = answered(pair[0], got[0].float(), Prompts(BOXES))
        assert logits.dtype == quality.dtype == torch.float32
        close(logits, theirs, 1e-5)
        close(quality, score, 1e-5)

    def test_a_folder_of_the_same_weights_differs_by_rounding_only(
        self, pair: tuple[Any, Sam], tmp_path: Path
    ) -> None:
        smooth = torch.nn.functional.interpolate(
            picture(3, (9, 14)).movedim(-1, 0)[None], (270, 420), mode="bicubic"
        )[0].movedim(0, -1)
        folder = Sam.load(small.save_sam(tmp_path / "sam", small.original_state()), CPU)
        one, two = (seen(sam, smooth.clamp(0, 1)) for sam in (pair[1], folder))
        assert (one[0] - two[0]).abs().mean() < 0.01 * one[0].std()


def framed(model: Any, pixels: np.ndarray) -> Tensor:
    """A picture uint8 [H,W,3] as the reference shows it to its encoder: [1,3,S,S]."""
    from segment_anything.utils.transforms import ResizeLongestSide

    fitted = ResizeLongestSide(small.SIDE).apply_image(pixels)
    return model.preprocess(torch.from_numpy(fitted.copy()).movedim(-1, 0)[None].float())


def answered(model: Any, embedding: Tensor, asked: Prompts) -> tuple[Tensor, Tensor]:
    """The reference's masks and their predicted quality."""
    points = None if asked.points is None else (asked.points, asked.labels)
    sparse, dense = model.prompt_encoder(points=points, boxes=asked.boxes, masks=asked.masks)
    return model.mask_decoder(
        image_embeddings=embedding,
        image_pe=model.prompt_encoder.get_dense_pe(),
        sparse_prompt_embeddings=sparse,
        dense_prompt_embeddings=dense,
        multimask_output=asked.several,
    )


def test_the_original_is_read_without_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = exported(small.sam())
    monkeypatch.setitem(sys.modules, "segment_anything", None)
    torch.save(state, tmp_path / "sam.pth")
    assert Sam.load(tmp_path / "sam.pth", CPU).segment(picture(), BOXES).shape == (2, *SIZE)


@needs_original
def test_the_trained_sample_gives_the_same_masks_from_a_pth(
    segmenter: Sam, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = segmenter.model.config
    monkeypatch.setattr(converted, "DECODER_HEADS", config.mask_decoder_config.num_attention_heads)
    file = tmp_path / "sample.pth"
    torch.save(exported(segmenter.model), file)
    write_card(tmp_path, Card(drawn=True))
    through = Sam.load(file, CPU, torch.float32)
    scene, image = drawn(DRESS_SCENE)
    boxes = [scene.box(instance(scene, kind)) for kind in ("dress", "dog", "hair", "woman")]
    asked = torch.tensor(boxes, dtype=torch.float32)
    for shown in (image[0], torch.cat([image, image.flip(2)], dim=2)[0]):
        expected, got = segmenter.segment(shown, asked), through.segment(shown, asked)
        assert (expected.flatten(1).mean(dim=1) > 0.001).all()
        assert ((got - expected).abs().flatten(1).mean(dim=1) < 0.001).all()


def exported(model: Any) -> dict[str, Tensor]:
    """The state of a transformers model, of any depth, under the original names."""
    state = {name: value.float() for name, value in model.state_dict().items()}
    return small.as_sam(state)


@needs_original
@pytest.mark.parametrize(
    ("kind", "width", "depth", "heads", "whole"),
    [
        ("vit_b", 768, 12, 12, (2, 5, 8, 11)),
        ("vit_l", 1024, 24, 16, (5, 11, 17, 23)),
        ("vit_h", 1280, 32, 16, (7, 15, 23, 31)),
    ],
)
def test_true_sizes_are_told_from_the_weights(
    kind: str, width: int, depth: int, heads: int, whole: tuple[int, ...]
) -> None:
    from segment_anything import sam_model_registry

    with torch.device("meta"):
        state = sam_model_registry[kind]().state_dict()
    settings = converted._sam_settings(state, Path(kind))
    with torch.device("meta"):
        model = transformers.SamModel(transformers.SamConfig(**settings))
    read = converted.renamed(state, converted.SAM)
    assert {name: value.shape for name, value in model.state_dict().items()} == {
        name: value.shape for name, value in read.items()
    }
    seen = model.config.vision_config
    assert (seen.hidden_size, seen.num_hidden_layers, seen.num_attention_heads) == (
        width, depth, heads,
    )  # fmt: skip
    assert tuple(seen.global_attn_indexes) == whole
    assert (seen.window_size, seen.patch_size, seen.image_size, seen.output_channels) == (
        14, 16, 1024, 256,
    )  # fmt: skip


@needs_original
def test_vit_b_at_its_true_size_is_read_whole(tmp_path: Path) -> None:
    """Its encoder takes minutes here, so the rest is asked about an embedding of noise."""
    from segment_anything import SamPredictor, sam_model_registry

    torch.manual_seed(4)
    theirs = sam_model_registry["vit_b"]()
    file = tmp_path / "sam_vit_b_01ec64.pth"
    torch.save(theirs.state_dict(), file)
    ours = Sam.load(file, CPU, torch.float32)
    file.unlink()
    state = ours.model.state_dict()
    read = converted.renamed(theirs.state_dict(), converted.SAM)
    assert all(torch.equal(value, state[name]) for name, value in read.items())

    embedding = torch.randn(1, 256, 64, 64)
    predictor = SamPredictor(theirs)
    predictor.features, predictor.is_image_set = embedding, True
    size = 80, 160  # 512 by 1024 in the frame, with nothing to round
    predictor.original_size, predictor.input_size = size, (512, 1024)
    _, quality, logits = predictor.predict(box=BOXES[0].numpy())
    boxes = BOXES[:1] * ours.network.frame.scale(size).repeat(2)
    with torch.inference_mode():
        got, score = ours.network.decode([embedding], Prompts(boxes, several=True))
    close(got[0], torch.from_numpy(logits))
    close(score[0], torch.from_numpy(quality))


# --- what the interface promises, on a network that draws its prompts ----------------------------


@dataclass
class Drawer:
    """A network whose masks are the boxes it is given, or the rough masks, or a fixed answer."""

    frame: Frame
    answer: tuple[Tensor, Tensor] | None = None
    asked: list[Prompts] = field(default_factory=list)
    model: Any = field(default_factory=lambda: SimpleNamespace(device=CPU))

    def encode(self, pictures: Sequence[np.ndarray]) -> list[list[Tensor]]:
        return [[torch.zeros(1)] for _ in pictures]

    def decode(self, embedding: list[Tensor], prompts: Prompts) -> tuple[Tensor, Tensor]:
        self.asked.append(prompts)
        if self.answer:
            return self.answer
        if prompts.masks is not None:
            return prompts.masks, torch.ones(len(prompts.masks), 1)
        assert prompts.boxes is not None
        side = self.frame.mask_side
        masks = box_masks(prompts.boxes * side / self.frame.side, (side, side))
        return masks, torch.ones(len(masks), 1)


FRAMES = [Frame(64, 64, stretched=False), Frame(64, 64, stretched=True)]


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("size", [(128, 128), (64, 128), (128, 32), (200, 100)])
def test_pictures_of_any_shape_lie_in_the_frame(frame: Frame, size: tuple[int, int]) -> None:
    """A box drawn in the frame is the same box in the picture."""
    height, width = size
    image = torch.zeros(height, width, 3)
    left, top, right, bottom = width // 4, height // 4, width * 3 // 4, height // 2
    image[top:bottom, left:right] = 1
    box = torch.tensor([[left, top, right, bottom]], dtype=torch.float32)
    true = image[..., 0]
    rough = true[None]
    for asked in ({"boxes": box}, {"rough": rough}):
        drawer = Drawer(frame)
        mask = Sam(drawer, Card()).segment(image, **asked)[0]
        overlap = (mask * true).sum() / torch.maximum(mask, true).sum()
        assert overlap > 0.9, asked


@pytest.mark.parametrize("size", [(2000, 3000), (3000, 2000), (1501, 3000), (1600, 3000)])
def test_a_mask_reaches_as_far_as_the_model_says(size: tuple[int, int]) -> None:
    """Though the picture ends within a cell of the mask, which is not the picture's last then."""
    cell, (height, width) = 3000 / 64, size
    inside = [0.75 * side - (torch.arange(64) + 0.5) * cell for side in size]
    answer = torch.minimum(inside[0][:, None], inside[1][None])[None, None] / cell
    drawer = Drawer(Frame(64, 64, stretched=False), (answer, torch.ones(1, 1)))
    box = torch.tensor([[0.0, 0, width, height]])
    mask = Sam(drawer, Card()).segment(torch.full((height, width, 3), 0.5), box)[0]
    assert abs(float(mask[:, 5].sum()) - 0.75 * height) <= 2
    assert abs(float(mask[5].sum()) - 0.75 * width) <= 2


@pytest.mark.parametrize("size", [(2000, 3000), (1600, 3000), (1, 3000)])
def test_a_rough_mask_is_shown_where_it_is(size: tuple[int, int]) -> None:
    drawer = Drawer(Frame(64, 64, stretched=False))
    rough = torch.zeros(1, *size)
    rough[:, : max(1, 3 * size[0] // 4)] = 1
    Sam(drawer, Card()).segment(torch.full((*size, 3), 0.5), rough=rough)
    shown = drawer.asked[0].masks
    assert shown is not None
    rows = float((shown[0, 0, :, 5] / CERTAINTY + 1).sum() / 2)
    assert abs(rows - max(1, 0.75 * size[0] * 64 / 3000)) <= 0.05


def test_of_a_picture_no_more_is_kept_than_its_masks_are_made_of(tmp_path: Path) -> None:
    """Of the maps that SAM-HQ's encoder gives along, its decoder looks at the first."""
    sam = Sam.load(small.save_sam_hq(tmp_path / "hq"), CPU, torch.float32)
    pixels = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    with torch.inference_mode():
        kept = sam.network.encode([pixels])[0]
        network: Any = sam.network
        values = network.processor.image_processor(images=pixels, return_tensors="pt")
        image, along = sam.model.get_image_embeddings(values["pixel_values"])
        assert len(along) > 1 and len(kept) == 2
        prompts = Prompts(torch.tensor([[4.0, 4, 40, 50]]))
        every = sam.network.decode([image, *along], prompts)
        close(sam.network.decode(kept, prompts)[0], every[0])


def test_the_frame_keeps_the_shape_or_stretches() -> None:
    kept, stretched = FRAMES
    assert kept.scale((64, 128)).tolist() == [0.5, 0.5]
    assert stretched.scale((64, 128)).tolist() == [0.5, 1.0]
    assert kept.part((64, 128), 32) == (16, 32)
    assert stretched.part((64, 128), 32) == (32, 32)


def test_the_mask_of_the_best_predicted_quality_is_taken() -> None:
    side = 32
    masks = torch.full((2, 3, side, side), -9.0)
    for index in range(3):
        masks[:, index, : 8 * (index + 1)] = 9
    quality = torch.tensor([[0.1, 0.9, 0.3], [0.2, 0.4, 0.8]])
    drawer = Drawer(Frame(side, side, stretched=False), (masks, quality))
    found = Sam(drawer, Card()).segment(torch.zeros(side, side, 3), points=POINTS / 5)
    assert found.flatten(1).mean(dim=1).tolist() == pytest.approx([16 / 32, 24 / 32], abs=0.05)


@pytest.mark.parametrize(
    ("asked", "several"),
    [("points", True), ("boxes", False), ("rough masks", False), ("boxes and points", False)],
)
def test_several_masks_are_asked_for_where_the_prompt_is_unclear(asked: str, several: bool) -> None:
    answer = torch.zeros(2, 1, 64, 64), torch.ones(2, 1)
    drawer = Drawer(FRAMES[0], answer)
    Sam(drawer, Card()).segment(picture(), **ASKED[asked])
    assert drawer.asked[0].several is several


def test_an_empty_rough_mask_gives_an_empty_mask() -> None:
    image = torch.zeros(64, 64, 3)
    rough = torch.zeros(3, 64, 64)
    rough[1, 10:30, 20:40] = 1
    image[10:30, 20:40] = 1
    drawer = Drawer(FRAMES[0])
    masks = Sam(drawer, Card()).segment(image, rough=rough)
    assert not masks[0].any() and not masks[2].any()
    assert (masks[1] - rough[1]).abs().mean() < 0.01
    boxes = drawer.asked[0].boxes
    assert boxes is not None and boxes.tolist() == [[20, 10, 40, 30]]
    assert not Sam(drawer, Card()).segment(image, rough=torch.zeros(2, 64, 64)).any()


def test_no_prompt_of_a_kind_gives_no_mask_and_none_at_all_is_a_mistake() -> None:
    sam = Sam(Drawer(FRAMES[0]), Card())
    assert sam.segment(picture(), torch.zeros(0, 4)).shape == (0, *SIZE)
    assert sam.segment(picture(), points=torch.zeros(0, 2, 2)).shape == (0, *SIZE)
    with pytest.raises(ImageError, match="As many"):
        sam.segment(picture())
    with pytest.raises(ImageError, match="As many"):
        sam.segment(picture(), BOXES, points=POINTS[:1])


# --- broken files --------------------------------------------------------------------------------


def _cut(path: Path) -> None:
    torch.save({"a": torch.zeros(4000)}, path)
    path.write_bytes(path.read_bytes()[:8000])


def _named(*names: str) -> Callable[[Path], None]:
    return lambda path: torch.save({"model": {name: torch.zeros(2) for name in names}}, path)


def _folder(config: str | None) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.mkdir()
        if config is not None:
            (path / "config.json").write_text(config)

    return write


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "nowhere": (lambda path: None, "no model at"),
    "nowhere.pth": (lambda path: None, "no model at"),
    "cut.pth": (_cut, "cut off"),
    "empty.pth": (lambda path: path.write_bytes(b""), "is empty"),
    "text.safetensors": (lambda path: path.write_text("version https://git-lfs"), "Git LFS"),
    "code.pth": (
        lambda path: torch.save({"x": Harm(path.with_suffix(".harm"))}, path),
        "holds Python code",
    ),
    "detector.pth": (_named("transformer.level_embed"), "does not hold SAM, SAM-HQ or SAM 2"),
    "no config": (_folder(None), "no config.json"),
    "a list": (_folder("[]"), "does not hold a model's settings"),
    "BERT": (_folder('{"model_type": "bert"}'), "type bert, not SAM"),
    "SAM without weights": (_folder('{"model_type": "sam"}'), "could not be loaded as SAM"),
    "SAM 2 without weights": (_folder('{"model_type": "sam2"}'), "could not be loaded as SAM 2"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_model_gives_one_line_that_names_it(name: str, tmp_path: Path) -> None:
    write, words = BROKEN[name]
    path = tmp_path / name
    write(path)
    fails(path, words)
    assert not path.with_suffix(".harm").exists(), "code in a pickle was run"


@needs_original
@pytest.mark.parametrize("change", ["gone", "odd", "more"])
def test_a_state_that_does_not_fit_is_not_filled_with_noise(change: str, tmp_path: Path) -> None:
    state = small.original_state()
    name = "mask_decoder.iou_token.weight"
    if change == "gone":
        del state[name]
    elif change == "odd":
        state[name] = torch.zeros(3, 3)
    else:
        name = "mask_decoder.other_token.weight"
        state[name] = torch.zeros(3)
    torch.save(state, tmp_path / "sam.pth")
    fails(tmp_path / "sam.pth", name)


def test_a_family_that_transformers_does_not_know_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    _folder('{"model_type": "sam3_video"}')(tmp_path / "sam3")
    unknown = SimpleNamespace(name="SAM 3", model="SamOfTheFuture")
    monkeypatch.setattr("prompt_edit.segment.families.FAMILIES", {"sam3_video": unknown})
    with pytest.raises(ModelError, match=f"SAM 3, which transformers {transformers.__version__}"):
        Sam.load(tmp_path / "sam3")


def test_the_bundled_sample_says_how_it_is_prompted() -> None:
    sam = Sam.load(sample_models().segmenter, CPU)
    assert sam.card.drawn and sam.network.frame == Frame(256, 128, stretched=False)
