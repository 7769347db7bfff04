"""Operations on masks: float [...,H,W] in 0..1, sizes in pixels."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..errors import ImageError
from ..images import check_pictures
from ..masks import check_mask
from . import given, spots
from .spots import Spot, spot_of

_REACH = 4  # cells on each side that the edge may move over
_FAINT = 0.05  # chance below which a pixel does not become part of an object by its colour
_SAME_COLOUR = 1e-5  # variance of 0..1 colours below which an edge is none


def grow(mask: Tensor, pixels: float) -> Tensor:
    """Grow (or, below zero, shrink) a mask [H,W] by a Euclidean distance; the result is hard."""
    pixels = given.length(pixels, "The growth of the mask")
    return _changed(mask, lambda spot: spots.grown(spot, pixels))


def feather(mask: Tensor, pixels: float) -> Tensor:
    """Soften the edge of a mask [H,W] over a band of that width, inside the mask.

    Nothing outside the mask becomes opaque, so what a feathered mask leaves alone is left alone;
    the edge of the picture is no edge of the mask. Where the mask is thin, half of it is the band:
    a wire is opaque along its middle.
    """
    pixels = given.length(pixels, "The feather of the mask")
    return _changed(mask, lambda spot: spots.feathered(spot, pixels))


def fill_holes(mask: Tensor) -> Tensor:
    """Fill what a mask [H,W] encloses; the result is hard."""
    return _changed(mask, spots.filled)


def without_specks(mask: Tensor, share: float = 0.01) -> Tensor:
    """Drop pieces smaller than that share of the mask [H,W]; the result is hard."""
    share = given.length(share, "The share of a speck")
    return _changed(mask, lambda spot: spots.without_specks(spot, share))


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
        return (chance > 0.5).float()
    step = max(1, min(round(cell), shorter // (_REACH + 1)))
    sharp = torch.zeros_like(chance)
    # The filter averages twice over its reach, and sees every `step`-th pixel.
    if near := around((chance > _FAINT).cpu().numpy(), 2 * (2 * _REACH + 1) * step, step):
        guided = guided_blur(
            image[near].movedim(-1, 0)[None],
            chance[near][None, None],
            2 * _REACH * step + 1,
            _SAME_COLOUR,
            subsample=step,
        )
        sharp[near] = (guided[0, 0] > 0.5).to(sharp)
    return sharp


def from_logits(logits: Tensor, image: Tensor, whole: tuple[int, int] | None = None) -> Tensor:
    """A model's coarse mask as a hard one [H,W] of the picture, its edge where the picture's is.

    Args:
        logits: float [h,w]; the mask is made where they are, on the CPU or a GPU.
        image: float [H,W,3] in 0..1.
        whole: (height, width) in pixels that the logits cover, from the upper left of the picture;
            by default the picture.
    """
    spot = spot_from_logits(logits, image, whole)
    return spot.whole() if spot else torch.zeros(tuple(image.shape[:2]))


def spot_from_logits(
    logits: Tensor, image: Tensor, whole: tuple[int, int] | None = None
) -> Spot | None:
    """`from_logits`, where the mask may be; None where it is certainly nowhere."""
    size = (int(image.shape[0]), int(image.shape[1]))
    whole = whole or size
    sides = (int(logits.shape[0]), int(logits.shape[1]))
    cell = max(whole) / max(sides)
    logits = logits.float()
    coarse = around((logits > math.log(_FAINT / (1 - _FAINT))).cpu().numpy(), 4 * _REACH + 3)
    if coarse is None:
        return None
    near = tuple(
        slice(part.start * high // side, min(limit, -(-part.stop * high // side)))
        for part, high, side, limit in zip(coarse, whole, sides, size, strict=True)
    )
    chance = _sampled(logits, near, whole).sigmoid()
    pixels = image[near].to(chance.device).float().contiguous()
    sharp = without_specks(sharpen(chance, pixels, cell))
    # What is too small, and of its surroundings' colour, the filter takes away.
    hard = (sharp if sharp.any() else chance).cpu().numpy() > 0.5
    return Spot(hard, near[0].start, near[1].start, size)


def _sampled(logits: Tensor, near: tuple[slice, ...], whole: tuple[int, int]) -> Tensor:
    """Some rows and columns of what [h,w] is at the size (height, width), bilinear."""
    rows, columns = (
        (torch.arange(part.start, part.stop, device=logits.device) + 0.5) / side * 2 - 1
        for part, side in zip(near, whole, strict=True)
    )
    grid = torch.stack(torch.meshgrid(columns, rows, indexing="xy"), dim=-1)
    return F.grid_sample(
        logits[None, None], grid[None], padding_mode="border", align_corners=False
    )[0, 0]


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


def _changed(mask: Tensor, change: Callable[[Spot], Spot]) -> Tensor:
    """A mask [H,W] hard, and changed where it is; zero where it is nowhere."""
    mask = given.mask(mask)
    spot = spot_of(mask)
    changed = change(spot).whole() if spot else torch.zeros(tuple(mask.shape))
    return changed.to(mask.device)


def around(hard: np.ndarray, margin: int, multiple: int = 1) -> tuple[slice, slice] | None:
    """Rows and columns of a mask, bool [H,W], with a margin, from multiple to multiple; None of an
    empty one."""
    places = []
    for axis in (1, 0):
        hit = np.flatnonzero(hard.any(axis=axis))
        if not len(hit):
            return None
        low, high = max(0, int(hit[0]) - margin), int(hit[-1]) + 1 + margin
        places.append(slice(low // multiple * multiple, -(-high // multiple) * multiple))
    return places[0], places[1]
