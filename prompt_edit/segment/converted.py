"""Original checkpoints of SAM, SAM-HQ and SAM 2 (one file each), read through transformers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..errors import ModelError
from ..models.fit import Fit, fit_of, require_exact, shapes_of_network
from ..models.headers import count
from ..models.loading import explained
from .families import FAMILIES, SamFamily, TransformersNetwork, known_to
from .sizes import DECODER_HEADS, deduced_shape

Rules = tuple[tuple[str, str], ...]
"""Regular expressions and what stands for what they match; each is applied in turn."""

# What all have of SAM 1: prompt encoder, mask decoder, small networks of three layers.
_SHARED: Rules = (
    (r"\.pe_layer\.positional_encoding_gaussian_matrix$",
     ".shared_embedding.positional_embedding"),
    (r"\.point_embeddings\.", ".point_embed."),
    (r"\.mask_downscaling\.0\.", ".mask_embed.conv1."),
    (r"\.mask_downscaling\.1\.", ".mask_embed.layer_norm1."),
    (r"\.mask_downscaling\.3\.", ".mask_embed.conv2."),
    (r"\.mask_downscaling\.4\.", ".mask_embed.layer_norm2."),
    (r"\.mask_downscaling\.6\.", ".mask_embed.conv3."),
    (r"\.output_upscaling\.0\.", ".upscale_conv1."),
    (r"\.output_upscaling\.1\.", ".upscale_layer_norm."),
    (r"\.output_upscaling\.3\.", ".upscale_conv2."),
    (r"((?:mlps\.\d+|_mlp|_head)\.)layers\.0\.", r"\1proj_in."),
    (r"((?:mlps\.\d+|_mlp|_head)\.)layers\.1\.", r"\1layers.0."),
    (r"((?:mlps\.\d+|_mlp|_head)\.)layers\.2\.", r"\1proj_out."),
    (r"\.norm_final_attn\.", ".layer_norm_final_attn."),
    (r"\.norm(\d)\.", r".layer_norm\1."),
)  # fmt: skip
_SAM_NAMES: Rules = (
    *_SHARED,
    (r"^image_encoder\.", "vision_encoder."),
    (r"\.patch_embed\.proj\.", ".patch_embed.projection."),
    (r"\.blocks\.", ".layers."),
    (r"\.neck\.0\.", ".neck.conv1."),
    (r"\.neck\.1\.", ".neck.layer_norm1."),
    (r"\.neck\.2\.", ".neck.conv2."),
    (r"\.neck\.3\.", ".neck.layer_norm2."),
)
_SAM_HQ_NAMES: Rules = (
    *_SAM_NAMES,
    (r"\.hf_token\.", ".hq_token."),
    (r"\.hf_mlp\.", ".hq_mask_mlp."),
    (r"\.compress_vit_feat\.0\.", ".compress_vit_conv1."),
    (r"\.compress_vit_feat\.1\.", ".compress_vit_norm."),
    (r"\.compress_vit_feat\.3\.", ".compress_vit_conv2."),
    (r"\.embedding_encoder\.0\.", ".encoder_conv1."),
    (r"\.embedding_encoder\.1\.", ".encoder_norm."),
    (r"\.embedding_encoder\.3\.", ".encoder_conv2."),
    (r"\.embedding_maskfeature\.0\.", ".mask_conv1."),
    (r"\.embedding_maskfeature\.1\.", ".mask_norm."),
    (r"\.embedding_maskfeature\.3\.", ".mask_conv2."),
)
_SAM_2_NAMES: Rules = (
    *_SHARED,
    (r"^sam_(prompt_encoder|mask_decoder)\.", r"\1."),
    (r"^image_encoder\.trunk\.", "vision_encoder.backbone."),
    (r"^image_encoder\.neck\.convs\.(\d+)\.conv\.", r"vision_encoder.neck.convs.\1."),
    (r"\.patch_embed\.proj\.", ".patch_embed.projection."),
    (r"\.mlp\.layers\.0\.", ".mlp.proj_in."),
    (r"\.mlp\.layers\.1\.", ".mlp.proj_out."),
    (r"\.out_proj\.", ".o_proj."),
    (r"^no_mem_embed$", "no_memory_embedding"),
)
_NO_WEIGHT = r"pixel_(mean|std)$"
_FILM = (  # what follows things through a film
    r"memory_(attention|encoder)\.|maskmem_tpos_enc$|no_mem_pos_enc$|mask_downsample\."
    r"|obj_ptr_(tpos_)?proj\.|no_obj_(ptr|embed_spatial)$"
)
_POINTS = r"prompt_encoder\.point_embed\.(\d+)\."
_PLACES = "prompt_encoder.shared_embedding.positional_embedding"


@dataclass(frozen=True)
class Hiera:
    """What the shapes of an image encoder of SAM 2 do not tell.

    Attributes:
        heads: attention heads of its first stage; each stage has twice those before.
        windows: what a block of each stage attends to, in patches.
        global_blocks: its blocks that attend to the whole picture.
        side: pixels of the square that it sees a picture in.
    """

    heads: int
    windows: tuple[int, int, int, int]
    global_blocks: tuple[int, ...]
    side: int = 1024


# By the channels of its first stage, and the blocks of each. SAM 2.1 has the same ones.
SIZES: dict[tuple[int, tuple[int, ...]], Hiera] = {
    (96, (1, 2, 7, 2)): Hiera(1, (8, 4, 14, 7), (5, 7, 9)),  # tiny
    (96, (1, 2, 11, 2)): Hiera(1, (8, 4, 14, 7), (7, 10, 13)),  # small
    (112, (2, 3, 16, 3)): Hiera(2, (8, 4, 14, 7), (12, 16, 20)),  # base_plus
    (144, (2, 6, 36, 4)): Hiera(2, (8, 4, 16, 8), (23, 33, 43)),  # large
}
_DECODER_EPS = 1e-5  # of SAM's and SAM-HQ's; the library's own 1e-6 is the image encoder's
_PATCH = 16  # of SAM 2: pixels across one cell of its embedding


Weights = Mapping[str, Tensor]


@dataclass(frozen=True)
class Original:
    """Files of one family as they were first published.

    Attributes:
        kind: a key of `FAMILIES`.
        rules: from the file's names to the library's.
        settings: what the library's config is made of, by the weights and their file.
        unused: a regular expression for the start of what pictures do not need.
        encoder_only: only the image encoder may be in half precision, as the original has it; the
            rest, which is small, stays in full.
    """

    kind: str
    rules: Rules
    settings: Callable[[Weights, Path], dict[str, Any]]
    unused: str = _NO_WEIGHT
    encoder_only: bool = False


def named(weights: Iterable[str], kept: Original) -> dict[str, str]:
    """The file's names by the library's."""
    unused = re.compile(kept.unused)
    result: dict[str, str] = {}
    for name in weights:
        if unused.match(name):
            continue
        new = name
        for old, replacement in kept.rules:
            new = re.sub(old, replacement, new)
        result[new] = name
    return result


def renamed(weights: Weights, kept: Original) -> dict[str, Tensor]:
    """The weights under the library's names, less those that single pictures do not need."""
    result = {new: weights[name] for new, name in named(weights, kept).items()}
    if kept.kind == "sam2":  # kept there as one for each kind of point
        place = "prompt_encoder.point_embed."
        kinds = [f"{place}{kind}.weight" for kind in range(count(result, _POINTS))]
        result[f"{place}weight"] = torch.cat([result.pop(name) for name in kinds])
    if _PLACES in result:
        result[_PLACES.replace("prompt_encoder.shared", "shared_image")] = result[_PLACES]
    return result


def load_original(
    kept: Original, weights: Weights, file: Path, device: torch.device, dtype: torch.dtype
) -> TransformersNetwork:
    """A network of the weights of a file. Raises `ModelError` where they are not whole, or of
    another architecture."""
    import transformers

    family = FAMILIES[kept.kind]
    known_to(transformers, family, file)
    with explained(file, family.name):
        settings, state = kept.settings(weights, file), renamed(weights, kept)
        kind = getattr(transformers, family.model)
        config = kind.config_class(**settings)
        require_exact(_fit(kind, config, state, named(weights, kept)), file, family.name)
        model = kind.from_pretrained(
            None,
            config=config,
            state_dict=state,
            dtype=torch.float32 if kept.encoder_only else dtype,
            local_files_only=True,
        )
        if kept.encoder_only:
            model.vision_encoder.to(dtype)
        side = settings["prompt_encoder_config"]["image_size"]
        return TransformersNetwork(family, model.eval().to(device), _processor(family, side))


def _fit(kind: Any, config: Any, state: Weights, names: Mapping[str, str]) -> Fit:
    """How weights fit a model, which the library would fill with noise where they do not."""
    with torch.device("meta"):
        expected = shapes_of_network(kind(config))
    return fit_of(expected, {new: (names.get(new, new), tuple(value.shape))
                             for new, value in state.items()})  # fmt: skip


def _processor(family: SamFamily, side: int) -> Any:
    import transformers

    square = {"height": side, "width": side}
    if family.stretched:
        # Named so in transformers 5; the fast one was the only one before.
        kind = getattr(transformers, "Sam2ImageProcessor", None)
        images = (kind or transformers.Sam2ImageProcessorFast)(size=square)
    else:
        # Pillow's pixels, as the original has them: the only way in version 4, one of two in 5.
        kind = getattr(transformers, "SamImageProcessorPil", transformers.SamImageProcessor)
        images = kind(size={"longest_edge": side}, pad_size=square)
    return getattr(transformers, family.processor)(images)


def _sam_settings(weights: Weights, _: Path) -> dict[str, Any]:
    """What a `SamConfig` is made of."""
    shape = deduced_shape(weights)
    return {
        "vision_config": {
            "hidden_size": shape.width, "output_channels": shape.channels,
            "num_hidden_layers": shape.depth, "num_attention_heads": shape.heads,
            "image_size": shape.side, "patch_size": shape.patch, "window_size": shape.window,
            "global_attn_indexes": list(shape.global_blocks),
            "num_pos_feats": shape.channels // 2, "mlp_dim": round(shape.width * shape.mlp_ratio),
        },
        "prompt_encoder_config": {
            "hidden_size": shape.channels, "image_size": shape.side, "patch_size": shape.patch,
            "mask_input_channels": shape.mask_channels,
        },
        "mask_decoder_config": {
            "hidden_size": shape.channels, "mlp_dim": shape.decoder_mlp,
            "num_hidden_layers": shape.decoder_depth, "num_attention_heads": DECODER_HEADS,
            "attention_downsample_rate": shape.attention_rate,
            "num_multimask_outputs": shape.masks, "iou_head_depth": shape.quality_depth,
            "iou_head_hidden_dim": shape.quality_width, "layer_norm_eps": _DECODER_EPS,
        },
    }  # fmt: skip


def _sam_hq_settings(weights: Weights, file: Path) -> dict[str, Any]:
    """What a `SamHQConfig` is made of."""
    settings = _sam_settings(weights, file)
    width = settings["vision_config"]["hidden_size"]
    return settings | {"mask_decoder_config": settings["mask_decoder_config"] | {"vit_dim": width}}


def _sam_2_settings(weights: Weights, file: Path) -> dict[str, Any]:
    """What a `Sam2Config` is made of."""

    def rows(name: str) -> int:
        return weights[name].shape[0]

    widths, blocks = stages(weights)
    size = SIZES.get((widths[0], blocks))
    if size is None:
        raise ModelError(
            f"Take the tiny, small, base_plus or large one: {file} holds a SAM 2 of an unknown size"
            f" (stages of {', '.join(map(str, blocks))} blocks from {widths[0]} channels on)."
        )
    block = "sam_mask_decoder.transformer.layers.0."
    channels = rows("image_encoder.neck.convs.0.conv.weight")
    cells = size.side // _PATCH
    return {
        "vision_config": {
            "backbone_config": {
                "model_type": "sam2_hiera_det_model", "hidden_size": widths[0],
                "num_attention_heads": size.heads, "image_size": [size.side, size.side],
                "blocks_per_stage": list(blocks), "embed_dim_per_stage": list(widths),
                "num_attention_heads_per_stage": [size.heads * 2**stage for stage in range(4)],
                "window_size_per_stage": list(size.windows),
                "global_attention_blocks": list(size.global_blocks),
                "window_positional_embedding_background_size": list(
                    weights["image_encoder.trunk.pos_embed"].shape[2:]
                ),
            },
            "model_type": "sam2_vision_model",
            "backbone_channel_list": list(reversed(widths)),
            "backbone_feature_sizes": [[cells * finer, cells * finer] for finer in (4, 2, 1)],
            "fpn_hidden_size": channels,
        },
        "prompt_encoder_config": {
            "hidden_size": channels, "image_size": size.side, "patch_size": _PATCH,
            "mask_input_channels": rows("sam_prompt_encoder.mask_downscaling.3.weight"),
        },
        "mask_decoder_config": {
            "hidden_size": channels, "num_attention_heads": DECODER_HEADS,
            "mlp_dim": rows(f"{block}mlp.layers.0.weight"),
            "attention_downsample_rate":
                channels // rows(f"{block}cross_attn_token_to_image.q_proj.weight"),
            "num_multimask_outputs": rows("sam_mask_decoder.mask_tokens.weight") - 1,
            "iou_head_hidden_dim": rows("sam_mask_decoder.iou_prediction_head.layers.0.weight"),
        },
    }  # fmt: skip


def stages(weights: Weights) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Channels and number of blocks of each stage of a SAM 2; a stage begins where the number of
    channels changes, which takes a projection."""
    blocks = "image_encoder.trunk.blocks."
    depth = count(weights, re.escape(blocks) + r"(\d+)\.")
    starts = [block for block in range(depth)
              if block == 0 or f"{blocks}{block}.proj.weight" in weights]  # fmt: skip
    widths = tuple(weights[f"{blocks}{start}.norm2.weight"].shape[0] for start in starts)
    ends = [*starts[1:], depth]
    return widths, tuple(end - start for start, end in zip(starts, ends, strict=True))


SAM = Original("sam", _SAM_NAMES, _sam_settings, encoder_only=True)
"""`sam_vit_b_01ec64.pth`, `sam_vit_l_0b3195.pth` and `sam_vit_h_4b8939.pth`."""
SAM_HQ = Original("sam_hq", _SAM_HQ_NAMES, _sam_hq_settings)
"""`sam_hq_vit_b.pth`, `_l` and `_h`."""
SAM_2 = Original("sam2", _SAM_2_NAMES, _sam_2_settings, f"{_NO_WEIGHT}|{_FILM}")
"""`sam2_hiera_tiny.pt`, `sam2.1_hiera_large.pt` and all between."""
