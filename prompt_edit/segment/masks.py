"""Operations on masks: float [...,H,W] in 0..1, sizes in pixels."""

from __future__ import annotations

import math

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor

from ..errors import ImageError
from ..images import check_pictures
from ..masks import check_mask
from . import given

_REACH = 4  # cells on each side that the edge may move over
_SAME_COLOUR = 1e-5  # variance of 0..1 colours below which an edge is none


def grow(mask: Tensor, pixels: float) -> Tensor:
    """Grow (or, below zero, shrink) a mask [H,W] by a Euclidean distance; the result is hard."""
    hard, pixels = _hard(mask), given.length(pixels, "The growth of the mask")
    if pixels == 0 or not hard.any() or hard.all():
        return _like(hard, mask)
    if pixels > 0:
        return _like(ndimage.distance_transform_edt(~hard) <= pixels, mask)
    return _like(ndimage.distance_transform_edt(hard) > -pixels, mask)


def feather(mask: Tensor, pixels: float) -> Tensor:
    """Soften the edge of a mask [H,W] over a band of that width, inside the mask.

    Nothing outside the mask becomes opaque, so what a feathered mask leaves alone is left alone;
    the edge of the picture is no edge of the mask. Where the mask is thin, half of it is the band:
    a wire is opaque along its middle.
    """
    hard, pixels = _hard(mask), given.length(pixels, "The feather of the mask")
    pixels = min(pixels, sum(hard.shape))  # beyond its size nothing changes, and time does
    if pixels <= 0 or not hard.any() or hard.all():
        return _like(hard, mask)
    depth = ndimage.distance_transform_edt(hard)
    around = 2 * math.ceil(2 * pixels + 1) + 1
    half = (ndimage.maximum_filter(depth, around, mode="nearest") - 1) / 2
    return _like(np.clip(depth / (np.minimum(half, pixels) + 1), 0, 1), mask)


def fill_holes(mask: Tensor) -> Tensor:
    """Fill what a mask [H,W] encloses; the result is hard."""
    return _like(ndimage.binary_fill_holes(_hard(mask)), mask)


def without_specks(mask: Tensor, share: float = 0.01) -> Tensor:
    """Drop pieces smaller than that share of the mask [H,W]; the result is hard."""
    hard, share = _hard(mask), given.length(share, "The share of a speck")
    pieces, count = ndimage.label(hard)
    if count < 2:
        return _like(hard, mask)
    areas = np.bincount(pieces.ravel())
    large = areas >= share * hard.sum()
    large[0] = False
    return _like(large[pieces], mask)


def sharpen(chance: Tensor, image: Tensor, cell: float) -> Tensor:
    """Move the edge of a coarse mask to the edges of the picture that lie within four cells.

    A guided filter (He et al. 2013; its fast form, 2015): near its edge the mask becomes a linear
    function of the picture's colours. It is fitted at the coarse size and applied at the full one.

    Args:
        chance: float [H,W] in 0..1, the chance that a pixel belongs to the object.
        image: float [H,W,3] in 0..1.
        cell: pixels of the picture across one pixel of the model's own mask.

    Returns:
        The hard mask, float [H,W].
    """
    from kornia.filters import guided_blur  # here, since it takes a second

    chance, cell = given.mask(chance), given.length(cell, "The cell")
    image = check_pictures(image, "[H,W,C]", (3,)).float()
    if chance.shape != image.shape[:2]:
        raise ImageError(f"The picture is {list(image.shape)}, the mask {list(chance.shape)}.")
    shorter = min(chance.shape)
    if shorter <= _REACH:
        return _like(_hard(chance), chance)
    step = max(1, min(round(cell), shorter // (_REACH + 1)))
    guided = guided_blur(
        image.movedim(-1, 0)[None],
        chance[None, None],
        2 * _REACH * step + 1,
        _SAME_COLOUR,
        subsample=step,
    )
    return _like(guided[0, 0].cpu().numpy() > 0.5, chance)


def union(masks: Tensor, size: tuple[int, int]) -> Tensor:
    """The union [H,W] of masks [N,H,W]; all zero, at full size, where N is 0."""
    masks, size = given.masks(masks), given.size(size)
    return masks.amax(dim=0) if len(masks) else torch.zeros(size)


def subtract(mask: Tensor, other: Tensor) -> Tensor:
    """What of a mask [...,H,W] is not in the other, [H,W]."""
    mask, other = check_mask(mask), given.mask(other)
    if mask.shape[-2:] != other.shape:
        raise ImageError(
            "Make both masks from the same picture: they are of different sizes,"
            f" {list(mask.shape)} and {list(other.shape)}."
        )
    return (mask - other).clamp(min=0)


def _hard(mask: Tensor) -> np.ndarray:
    return given.mask(mask).cpu().numpy() > 0.5


def _like(values: np.ndarray, mask: Tensor) -> Tensor:
    return torch.from_numpy(values.astype(np.float32)).to(mask.device)
