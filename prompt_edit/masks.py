"""What a mask is: float [B,H,W] in 0..1, one for each picture and of its size."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from .errors import ImageError, type_of
from .images import BEYOND, check_form, resized

_ASPECT = 0.01  # relative: what two roundings of the same sides differ by, and no more
_READABLE = 16  # pixels: below this a mask of another size says too little about its aspect


def fitting(masks: Tensor, images: Tensor) -> Tensor:
    """Masks for pictures [B,H,W,C]: float32 [B,H,W] in 0..1; one mask is taken for all pictures.

    Args:
        masks: [H,W], [B,H,W], [B,1,H,W] or [B,H,W,1], of any type of numbers. What is all zero
            counts as empty whatever its size, since hosts hand over a small one for "none". One of
            another size is scaled where its sides are in the same proportion, to 1 % or one pixel.

    Raises:
        ImageError: masks of other proportions, of another number, or whose values are not in 0..1;
            what is no picture. Whether its numbers are in 0..1 is not looked at.
    """
    images = check_form(images)
    height, width, count = images.shape[1], images.shape[2], len(images)
    masks = _layers(masks)
    if len(masks) not in (1, count):
        raise ImageError(f"{len(masks)} masks came for {count} pictures: one for all, or one each.")
    if not masks.amax() > 0:
        return torch.zeros(count, height, width)
    if masks.shape[1:] != (height, width):
        require_alike((masks.shape[1], masks.shape[2]), images)
        masks = resized(masks[..., None], (height, width))[..., 0]
    return masks.expand(count, -1, -1)


def check_mask(mask: Any, name: str = "The mask") -> Tensor:
    """Masks as float32 in 0..1, of the shape and at the place that they have.

    What resampling overshoots by is cut off.

    Raises:
        ImageError: no dense tensor, none of real numbers, or one far outside 0..1.
    """
    if not isinstance(mask, Tensor) or mask.layout != torch.strided or mask.is_complex():
        raise ImageError(f"{name} must be a torch tensor in 0..1, not {_kind(mask)}.")
    values = mask.detach().float()
    if values.numel():
        low, high = (float(each) for each in torch.aminmax(values))
        if not (low >= -BEYOND and high <= 1 + BEYOND):  # NaN is neither
            raise ImageError(
                f"{name} holds values that are not between 0 and 1."
                + ("" if mask.is_floating_point() else " Divide it by 255 first.")
            )
        if low < 0 or high > 1:
            values = values.clamp(0, 1)
    return values


def _kind(value: object) -> str:
    return f"{value.layout}, {value.dtype}" if isinstance(value, Tensor) else type_of(value)


def _layers(masks: Tensor) -> Tensor:
    """Masks of any of the shapes as float32 [B,H,W] on the CPU, their values in 0..1."""
    masks = check_mask(masks).cpu()
    shape = list(masks.shape)
    if masks.dim() == 4 and masks.shape[-1] == 1:
        masks = masks[..., 0]
    elif masks.dim() == 4 and masks.shape[1] == 1:
        masks = masks[:, 0]
    elif masks.dim() == 2:
        masks = masks[None]
    if masks.dim() != 3 or not masks.numel():
        raise ImageError(f"The mask has the shape {shape}. Connect one of [B,H,W].")
    return masks


def require_alike(size: tuple[int, int], images: Tensor, name: str = "the mask") -> None:
    """Raise `ImageError` for a size (height, width) that has other proportions than the pictures
    [B,H,W,C].

    Args:
        name: what the message calls it.
    """
    (high, wide), (height, width) = size, images.shape[1:3]
    off = abs(wide - width * high / height)
    alike = off <= max(1.0, _ASPECT * wide) and min(high, wide) >= _READABLE
    if not (alike or high * width == wide * height):
        raise ImageError(
            f"Make {name} from this very picture: {name} is {wide} x {high} pixels, but the"
            f" picture is {width} x {height}, of other proportions."
        )
