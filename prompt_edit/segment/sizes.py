"""The sizes of a SAM or SAM-HQ, told by the shapes of its weights under their original names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor

from ..models.headers import count

DECODER_HEADS = 8  # shapes do not tell; every published checkpoint has these


@dataclass(frozen=True)
class Sizes:
    """Sizes of a SAM. vit_b, vit_l and vit_h differ in the first four.

    Attributes:
        width, depth, heads: of the image encoder.
        global_blocks: its blocks that attend to the whole picture.
        window: what the others attend to, in patches; 0 if there are no others.
        patch, side: of the image encoder, in pixels.
        channels: of an embedding.
    """

    width: int
    depth: int
    heads: int
    global_blocks: tuple[int, ...]
    window: int
    patch: int
    side: int
    mlp_ratio: float
    channels: int
    mask_channels: int
    masks: int
    decoder_depth: int
    decoder_mlp: int
    attention_rate: int
    quality_depth: int
    quality_width: int


def deduced_shape(weights: Mapping[str, Tensor]) -> Sizes:
    """The sizes that a checkpoint's weights tell of."""

    def rows(name: str) -> int:
        return weights[name].shape[0]

    width, _, patch, _ = weights["image_encoder.patch_embed.proj.weight"].shape
    grid = weights["image_encoder.pos_embed"].shape[1]
    depth = count(weights, r"image_encoder\.blocks\.(\d+)\.")
    # A block that sees S patches each way has S - 1 relative positions to either side.
    relative = [weights[f"image_encoder.blocks.{block}.attn.rel_pos_h"] for block in range(depth)]
    seen = [(len(table) + 1) // 2 for table in relative]
    channels = rows("image_encoder.neck.0.weight")
    narrow = rows("mask_decoder.transformer.layers.0.cross_attn_token_to_image.q_proj.weight")
    return Sizes(
        width=width,
        depth=depth,
        heads=width // relative[0].shape[1],
        global_blocks=tuple(block for block, patches in enumerate(seen) if patches == grid),
        window=next((patches for patches in seen if patches != grid), 0),
        patch=patch,
        side=grid * patch,
        mlp_ratio=rows("image_encoder.blocks.0.mlp.lin1.weight") / width,
        channels=channels,
        mask_channels=rows("prompt_encoder.mask_downscaling.3.weight"),
        masks=rows("mask_decoder.mask_tokens.weight") - 1,
        decoder_depth=count(weights, r"mask_decoder\.transformer\.layers\.(\d+)\."),
        decoder_mlp=rows("mask_decoder.transformer.layers.0.mlp.lin1.weight"),
        attention_rate=channels // narrow,
        quality_depth=count(weights, r"mask_decoder\.iou_prediction_head\.layers\.(\d+)\."),
        quality_width=rows("mask_decoder.iou_prediction_head.layers.0.weight"),
    )
