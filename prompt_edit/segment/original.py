"""The original SAM checkpoints (one `.pth` file), through the `segment_anything` package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..errors import ModelError
from ..models.loading import explained
from .network import Frame, Prompts, each_alone

NAME = "the original SAM"
DECODER_HEADS = 8  # shapes do not tell; every published checkpoint has these
_IMAGE_MEAN = (123.675, 116.28, 103.53)  # ImageNet's, of 0..255
_IMAGE_STD = (58.395, 57.12, 57.375)
_UNUSED = ("pixel_mean", "pixel_std")  # what some files hold and the package has


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


class OriginalNetwork:
    """A model of the `segment_anything` package; see `Network`.

    The image encoder may be in half precision; the rest, which is small, stays in full.
    """

    def __init__(self, model: Any, shape: Sizes) -> None:
        self.model = model
        self.frame = Frame(shape.side, 4 * (shape.side // shape.patch), stretched=False)

    def encode(self, pictures: Sequence[np.ndarray]) -> list[list[Tensor]]:
        from segment_anything.utils.transforms import ResizeLongestSide

        frame = ResizeLongestSide(self.frame.side)
        images = [torch.from_numpy(frame.apply_image(pixels).copy()).movedim(-1, 0)[None]
                  .to(self.model.device) for pixels in pictures]  # fmt: skip
        framed = torch.cat([self.model.preprocess(image.float()) for image in images])
        encoder = self.model.image_encoder
        weight = next(encoder.parameters())
        return each_alone([encoder(framed.to(weight.dtype)).float()])

    def decode(self, embedding: list[Tensor], prompts: Prompts) -> tuple[Tensor, Tensor]:
        device = self.model.device
        boxes, points, labels, masks = (
            None if value is None else value.to(device)
            for value in (prompts.boxes, prompts.points, prompts.labels, prompts.masks)
        )
        sparse, dense = self.model.prompt_encoder(
            points=None if points is None else (points, labels), boxes=boxes, masks=masks
        )
        return self.model.mask_decoder(
            image_embeddings=embedding[0].to(device),
            image_pe=self.model.prompt_encoder.get_dense_pe(),
            sparse_prompt_embeddings=sparse,
            dense_prompt_embeddings=dense,
            multimask_output=prompts.several,
        )


def load_original(
    weights: Mapping[str, Tensor], file: Path, device: torch.device, dtype: torch.dtype
) -> OriginalNetwork:
    """A network of the weights of a checkpoint such as `sam_vit_b_01ec64.pth`.

    Sizes are deduced from the weights.

    Raises:
        ModelError: they are not whole or of another architecture, or the package
            `segment_anything` is not installed.
    """
    with explained(file, NAME):
        shape = deduced_shape(weights)
        model = build(shape)
        _fill(model, weights, file)
    model.image_encoder.to(dtype)
    return OriginalNetwork(model.to(device).eval(), shape)


def deduced_shape(weights: Mapping[str, Tensor]) -> Sizes:
    """The sizes that a checkpoint's weights tell of."""

    def rows(name: str) -> int:
        return weights[name].shape[0]

    width, _, patch, _ = weights["image_encoder.patch_embed.proj.weight"].shape
    grid = weights["image_encoder.pos_embed"].shape[1]
    depth = counted(weights, "image_encoder.blocks.")
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
        decoder_depth=counted(weights, "mask_decoder.transformer.layers."),
        decoder_mlp=rows("mask_decoder.transformer.layers.0.mlp.lin1.weight"),
        attention_rate=channels // narrow,
        quality_depth=counted(weights, "mask_decoder.iou_prediction_head.layers."),
        quality_width=rows("mask_decoder.iou_prediction_head.layers.0.weight"),
    )


def counted(weights: Mapping[str, Tensor], prefix: str) -> int:
    """How many numbers follow a prefix: the layers of a stack."""
    rest = (name[len(prefix) :] for name in weights if name.startswith(prefix))
    return len({name.split(".")[0] for name in rest})


def build(shape: Sizes) -> Any:
    """A model of those sizes whose weights take no memory yet; they are to be filled in."""
    try:
        from segment_anything import modeling
    except ImportError as error:
        raise ModelError(
            "An original SAM checkpoint needs the package segment-anything."
            " Install it (pip install segment-anything), or choose a Hugging Face folder."
        ) from error

    grid = shape.side // shape.patch
    with torch.device("meta"):
        model = modeling.Sam(
            image_encoder=modeling.ImageEncoderViT(
                img_size=shape.side,
                patch_size=shape.patch,
                embed_dim=shape.width,
                depth=shape.depth,
                num_heads=shape.heads,
                mlp_ratio=shape.mlp_ratio,
                out_chans=shape.channels,
                norm_layer=partial(nn.LayerNorm, eps=1e-6),
                use_rel_pos=True,
                window_size=shape.window,
                global_attn_indexes=shape.global_blocks,
            ),
            prompt_encoder=modeling.PromptEncoder(
                embed_dim=shape.channels,
                image_embedding_size=(grid, grid),
                input_image_size=(shape.side, shape.side),
                mask_in_chans=shape.mask_channels,
            ),
            mask_decoder=modeling.MaskDecoder(
                transformer_dim=shape.channels,
                transformer=modeling.TwoWayTransformer(
                    depth=shape.decoder_depth,
                    embedding_dim=shape.channels,
                    num_heads=DECODER_HEADS,
                    mlp_dim=shape.decoder_mlp,
                    attention_downsample_rate=shape.attention_rate,
                ),
                num_multimask_outputs=shape.masks,
                iou_head_depth=shape.quality_depth,
                iou_head_hidden_dim=shape.quality_width,
            ),
        )
    # These two are in no checkpoint.
    model.pixel_mean = torch.tensor(_IMAGE_MEAN)[:, None, None]
    model.pixel_std = torch.tensor(_IMAGE_STD)[:, None, None]
    return model


def _fill(model: nn.Module, weights: Mapping[str, Tensor], file: Path) -> None:
    """Put the weights in, in full precision; there must be as many as there are places."""
    places = model.state_dict()
    for name, place in places.items():
        if name not in weights or weights[name].shape != place.shape:
            held = f"of shape {tuple(weights[name].shape)}" if name in weights else "not there"
            raise ModelError(
                f"Copy the model anew, or choose another: {file} does not hold {NAME}: {name} is"
                f" {held} and should be {tuple(place.shape)}."
            )
    beyond = sorted(set(weights) - set(places) - set(_UNUSED))
    if beyond:  # without them it would give other masks, and not say so
        raise ModelError(
            f"Choose another model: {file} holds more than {NAME}, {len(beyond)} weights"
            f" ({beyond[0]} is the first)."
        )
    model.load_state_dict({name: weights[name].float() for name in places}, assign=True)
