"""Whether the edge of what was painted shows."""

from __future__ import annotations

import numpy as np
from scipy import ndimage
from torch import Tensor

from ..inpaint.repaint import painted_mask
from ..inpaint.settings import paint_of
from ..plan import PICTURE
from ..segment.masks import around
from .checked import Finding, unjudged
from .look import Look

_SEAM = 4.0  # CIELAB units: a step that shows,
_HALO = 10.0  # or so close to the edge of a thing that keeps its shape,
_THINGS = 16.0  # and one as between two things


def check_seam(look: Look) -> Finding | None:
    """Whether the edge of what was painted shows."""
    edit = look.edit
    what = "Whether the seam is quiet"
    if edit.target == PICTURE and edit.operation != "add":
        return None
    if edit.operation == "background":
        return unjudged("seam", what, "it runs along the edge of what stays")
    if look.opacity is not None and look.opacity.bool().equal(look.opacity == 1):
        return unjudged("seam", what, "the edge of what was painted is hard, as that of a thing")
    if look.opacity is not None:
        painted = look.opacity > 0
    elif look.mask is not None:
        painted = painted_mask(look.region.float(), paint_of(edit)) > 0.5
    else:
        return unjudged("seam", what, "no mask is known")
    band = paint_of(edit).band(max(look.size), float(painted.sum()))
    cut = around(painted.numpy(), max(1, round(band)) + 2)  # all that is read of the pictures
    step = None
    if cut:
        before, after = (each.at(cut) for each in look.lab)
        step = seam(before, after, painted[cut], band, things=edit.operation != "remove")
    if step is None:
        return unjudged("seam", what, "too little of it lies beside the edges of things")
    limit = _HALO if edit.operation in ("recolor", "restyle") else _SEAM
    if step <= limit:
        return Finding("seam", True, step, "The seam is quiet.")
    said = f"The seam shows: at the edge the colour steps by {step:.0f} CIELAB units too many."
    return Finding("seam", False, step, said, 0.49 * limit / step)


def seam(
    before: Tensor, after: Tensor, painted: Tensor, band: float, things: bool = True
) -> float | None:
    """By how many CIELAB units the edge of what was painted shows; 0 where it is quiet.

    Along the edge, inside, the lesser of two: by how much the colour changed, and by how much more
    it steps across the edge than along a line beside it. The median of that, so that a thing which
    the edge crosses is no seam, nor is one that was there before.

    Args:
        before, after: CIELAB, [H,W,3]; painted: bool [H,W].
        band: pixels over which the paint fades, inside.
        things: whether the edge of a new thing may lie there: then what steps as things do does not
            count.

    Returns:
        None where too little of the edge counts: 8 pixels, or a quarter of it.
    """
    inside = painted.numpy()
    if not inside.any() or inside.all():
        return None
    outer, nearest = ndimage.distance_transform_edt(~inside, return_indices=True)
    depth = max(1, round(band))
    ys, xs = np.nonzero((outer > 0) & (outer <= 1))
    edge_y, edge_x = nearest[0][ys, xs], nearest[1][ys, xs]
    across = np.stack([edge_y - ys, edge_x - xs])  # [2,N], a unit step inwards
    step, beside = (_steps(after, ys, xs, across, far) for far in (depth, -depth - 1))
    high, wide = inside.shape
    y, x = (ys + depth * across[0]).clip(0, high - 1), (xs + depth * across[1]).clip(0, wide - 1)
    changed = (after[y, x] - before[y, x]).norm(dim=-1).numpy()
    excess = np.minimum(np.sqrt((step**2 - np.median(beside) ** 2).clip(min=0)), changed)
    counts = np.ones_like(excess, dtype=bool)
    if things:  # its own edge is a step as between things, or was one before
        plain = _steps(before, ys, xs, across, depth) <= max(_SEAM, 3 * np.median(beside))
        counts = (excess < _THINGS) & plain
    return float(np.median(excess[counts])) if counts.sum() >= max(8, len(ys) / 4) else None


def _steps(
    image: Tensor, ys: np.ndarray, xs: np.ndarray, across: np.ndarray, far: int
) -> np.ndarray:
    """How far apart the colours of pixels [N], and of those `far` steps inwards, are: [N]."""
    high, wide = image.shape[:2]
    y = (ys + far * across[0]).clip(0, high - 1)
    x = (xs + far * across[1]).clip(0, wide - 1)
    return (image[y, x] - image[ys, xs]).norm(dim=-1).numpy()
