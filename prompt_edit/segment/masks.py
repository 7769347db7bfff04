"""Operations on masks: float [...,H,W] in 0..1, sizes in pixels."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .. import given
from ..errors import ImageError
from ..masks import check_mask
from . import spots
from .spots import Spot, spot_of

_REACH = 4  # cells on each side that the edge may move over
_FAINT = 0.05  # chance below which a pixel does not become part of an object by its colour
_SURE = 0.95  # chance from which on, or below the rest of which, colours are not asked
_SPECK = 0.01  # share of a mask up to which a piece of it is none
_SAME_COLOUR = 1e-5  # variance of 0..1 colours below which an edge is none


Cut = tuple[slice, slice]
"""Rows and columns of a picture."""


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


def fill_holes(mask: Tensor, share: float | None = None) -> Tensor:
    """Fill what a mask [H,W] encloses; the result is hard.

    With a `share`, only holes of up to that share of the mask.
    """
    if share is not None:
        share = given.length(share, "The share of a hole")
    return _changed(mask, lambda spot: spots.filled(spot, share))


Steps = tuple[int, int]
"""Pixels of the picture down and across one pixel of the model's own mask."""


def _sharp(chance: Tensor, image: Tensor, steps: Steps) -> Tensor:
    """A mask whose edge has moved to the edges of the picture that lie within four cells.

    A guided filter (He et al. 2013; its fast form, 2015): near its edge the mask becomes a linear
    function of the picture's colours. It is fitted at the coarse size and applied at the full one.

    Args:
        chance: float [h,w] in 0..1, the chance that a pixel belongs to the object.
        image: float [h,w,3] in 0..1.

    Returns:
        bool [h,w].
    """
    if min(chance.shape) <= _REACH:
        return chance > 0.5
    colours = image.movedim(-1, 0)
    down, across = (min(step, side // (_REACH + 1))
                    for step, side in zip(steps, chance.shape, strict=True))  # fmt: skip
    # A pixel stands for the cell that it is in the middle of: at a corner of it, as kornia takes
    # it, all edges would move by half a cell to the right and down.
    rows, columns = slice(down // 2, None, down), slice(across // 2, None, across)
    *factors, constant = _fit(colours[:, rows, columns], chance[rows, columns])[0]
    mask = torch.zeros_like(chance)
    for factor, colour in zip(factors, colours, strict=True):  # one by one: less memory, and equal
        mask += _enlarged(factor, (down, across), chance.shape).mul_(colour)
    return mask.add_(_enlarged(constant, (down, across), chance.shape)) > 0.5


def _enlarged(plane: Tensor, steps: Steps, size: Sequence[int]) -> Tensor:
    """Values [h,w] of cells so many pixels large, bilinear, for all pixels [H,W] of a picture."""
    large = F.interpolate(plane[None, None], scale_factor=steps, mode="bilinear")
    more = (0, size[1] - large.shape[-1], 0, size[0] - large.shape[-2])
    return (F.pad(large, more, "replicate") if any(more) else large)[0, 0]


def _fit(colours: Tensor, chance: Tensor) -> Tensor:
    """The guided filter's factors of colours [3,h,w] and its constant, for a chance [h,w]:
    [1,4,h,w]."""
    products = (colours[:, None] * colours).flatten(end_dim=1)
    means = _blurred(torch.cat([colours, chance[None], products, colours * chance]))[0]
    colour, mean, squares, mixed = means.split([3, 1, 9, 3])
    spread = squares.unflatten(0, (3, 3)) - colour[:, None] * colour
    spread = spread.permute(2, 3, 0, 1) + _SAME_COLOUR * torch.eye(3, device=spread.device)
    factors = torch.linalg.solve(spread, (mixed - colour * mean).permute(1, 2, 0)).permute(2, 0, 1)
    return _blurred(torch.cat([factors, mean - (factors * colour).sum(dim=0, keepdim=True)]))


def _blurred(planes: Tensor) -> Tensor:
    """The means of planes [C,h,w] over the reach: [1,C,h,w]."""
    return F.avg_pool2d(F.pad(planes[None], (_REACH,) * 4, "reflect"), 2 * _REACH + 1, stride=1)


def from_logits(logits: Tensor, image: Tensor, whole: tuple[int, int] | None = None) -> Tensor:
    """A model's coarse mask as a hard one [H,W] of the picture, its edge where the picture's is.

    Args:
        logits: float [h,w]; the mask is made where they are, on the CPU or a GPU.
        image: float [H,W,3] in 0..1.
        whole: (height, width) in pixels that the logits cover, from the upper left of the picture;
            by default the picture.
    """
    spot = spots_from_logits(logits[None], image, whole)[0]
    return spot.whole() if spot else torch.zeros(tuple(image.shape[:2]))


def spots_from_logits(
    logits: Tensor, image: Tensor, whole: tuple[int, int] | None = None
) -> list[Spot | None]:
    """`from_logits` of each of [N,h,w], cut out; None of one that is certainly nowhere.

    What a GPU makes of them is read only when all is under way: first where each may be, then it.
    """
    size = (int(image.shape[0]), int(image.shape[1]))
    whole, logits = whole or size, logits.float()
    if logits.device.type == "mps":  # torch up to 2.12 samples beyond no border there
        logits = logits.cpu()
    likely = (logits > math.log(_FAINT / (1 - _FAINT))).cpu().numpy()
    down, across = (max(1, round(side / cells))
                    for side, cells in zip(whole, likely.shape[1:], strict=True))  # fmt: skip
    cuts = [_cut(each, whole, size, (down, across)) for each in likely]
    found = [cut and (cut, _candidates(each, image, cut, whole, (down, across)))
             for each, cut in zip(logits, cuts, strict=True)]  # fmt: skip
    return [each and _spot(*each, size) for each in found]


def _cut(
    likely: np.ndarray, whole: tuple[int, int], size: tuple[int, int], steps: Steps
) -> Cut | None:
    """Where in a picture of that size a mask may be that is likely there, bool [h,w]; from step
    to step."""
    coarse = around(likely, 4 * _REACH + 3)
    if coarse is None:
        return None
    rows, columns = (
        slice(part.start * high // side // step * step,
              min(limit, -(-part.stop * high // (side * step)) * step))
        for part, high, side, limit, step
        in zip(coarse, whole, likely.shape, size, steps, strict=True)
    )  # fmt: skip
    # Of a picture that was widened the mask may lie beside it.
    return (rows, columns) if rows.start < rows.stop and columns.start < columns.stop else None


def _candidates(
    logits: Tensor, image: Tensor, cut: Cut, whole: tuple[int, int], steps: Steps
) -> Tensor:
    """A mask there, bool [2,h,w]: its edge where the picture's is, and where the logits say."""
    chance = _sampled(logits, cut, whole).sigmoid()
    pixels = image[cut].to(chance.device).float().contiguous()
    sharp = _certain(_sharp(chance, pixels, steps), chance, steps)
    return torch.stack([sharp, chance > 0.5])


def _certain(sharp: Tensor, chance: Tensor, steps: Steps) -> Tensor:
    """A filtered mask, bool [h,w], with what the model is sure of wherever they differ by more than
    an edge does: the filter takes away whole parts that have their surroundings' colour."""
    astray = torch.where(sharp, chance < 1 - _SURE, chance > _SURE)
    cells = F.avg_pool2d(astray[None].float(), steps, ceil_mode=True) > 0.5
    thick = -F.max_pool2d(-cells.float(), 3, 1, 1)  # in all directions more than a cell
    near = F.max_pool2d(thick, 5, 1, 2).bool()
    near = near.repeat_interleave(steps[0], 1).repeat_interleave(steps[1], 2)
    return sharp ^ (astray & near[0, : sharp.shape[0], : sharp.shape[1]])


def _spot(cut: Cut, candidates: Tensor, size: tuple[int, int]) -> Spot:
    """The sharp one without specks; what is too small, and of its surroundings' colour, the filter
    takes away."""
    sharp, plain = (Spot(hard, cut[0].start, cut[1].start, size)
                    for hard in candidates.cpu().numpy())  # fmt: skip
    clean = spots.without_specks(sharp, _SPECK)
    chosen = clean if clean.values.any() else plain
    return replace(chosen, values=chosen.values.copy())  # or what is kept of it holds both


def _sampled(logits: Tensor, near: Cut, whole: tuple[int, int]) -> Tensor:
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


def around(hard: np.ndarray, margin: int) -> Cut | None:
    """Rows and columns of a mask, bool [H,W], with a margin; None of an empty one."""
    places = []
    for axis in (1, 0):
        hit = np.flatnonzero(hard.any(axis=axis))
        if not len(hit):
            return None
        places.append(slice(max(0, int(hit[0]) - margin), int(hit[-1]) + 1 + margin))
    return places[0], places[1]
