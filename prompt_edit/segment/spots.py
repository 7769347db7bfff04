"""Masks where they are: what is small in a large picture is cut out once, and the rest let be."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor

from ..given import Size

Box = tuple[int, int, int, int]
"""Top, left, bottom, right of a part of a picture, in pixels."""


@dataclass(frozen=True)
class Spot:
    """A mask, cut out of its picture; beside the cut it is 0.

    Attributes:
        values: [h,w], bool of a hard mask, float32 in 0..1 of a soft one.
        y, x: where its upper left is in the picture.
        size: of the picture.
    """

    values: np.ndarray
    y: int
    x: int
    size: Size

    @property
    def box(self) -> Box:
        """Where the cut is."""
        height, width = self.values.shape
        return self.y, self.x, self.y + height, self.x + width

    @property
    def full(self) -> bool:
        """Whether a hard mask is all of the picture: it has no edge then."""
        return self.values.shape == self.size and bool(self.values.all())

    def within(self, box: Box) -> np.ndarray:
        """The mask of a part of the picture: [h,w]."""
        top, left, bottom, right = box
        part = np.zeros((bottom - top, right - left), self.values.dtype)
        y0, x0, y1, x1 = self.box
        rows, columns = (max(y0, top), min(y1, bottom)), (max(x0, left), min(x1, right))
        if rows[0] < rows[1] and columns[0] < columns[1]:
            part[rows[0] - top : rows[1] - top, columns[0] - left : columns[1] - left] = (
                self.values[rows[0] - y0 : rows[1] - y0, columns[0] - x0 : columns[1] - x0]
            )
        return part

    def with_margin(self, pixels: float) -> Spot:
        """Cut out with so many pixels more on each side, where the picture has them."""
        margin = math.ceil(pixels)
        top, left, bottom, right = self.box
        box = (max(0, top - margin), max(0, left - margin),
               min(self.size[0], bottom + margin), min(self.size[1], right + margin))  # fmt: skip
        return replace(self, values=self.within(box), y=box[0], x=box[1])

    def lay(self, mask: Tensor) -> None:
        """Lay it on an empty mask of the picture, float32 [H,W]."""
        top, left, bottom, right = self.box
        mask[top:bottom, left:right] = torch.from_numpy(self.values)

    def whole(self) -> Tensor:
        """The mask of the picture: float32 [H,W]; what is beside the cut takes no time."""
        mask = torch.zeros(self.size)
        self.lay(mask)
        return mask


def spot_of(mask: Tensor) -> Spot | None:
    """Where a mask [H,W] is above a half; None where it is nowhere. Only the cut leaves a GPU."""
    rows = _above(mask.amax(dim=1))
    columns = None if rows is None else _above(mask[rows].amax(dim=0))
    if rows is None or columns is None:
        return None
    hard = mask[rows, columns].cpu().numpy() > 0.5
    return Spot(hard, rows.start, columns.start, (int(mask.shape[0]), int(mask.shape[1])))


def _above(values: Tensor) -> slice | None:
    """From the first to the last of some values [N] above a half."""
    hit = np.flatnonzero(values.cpu().numpy() > 0.5)
    return slice(int(hit[0]), int(hit[-1]) + 1) if len(hit) else None


# A cut that is changed holds all pixels that the change reaches, and one beyond: so its edge is
# where the mask ends or where the picture does, and the edge of the picture is none of the mask's.


def grown(spot: Spot, pixels: float) -> Spot:
    """A hard mask grown, or below zero shrunk, by a Euclidean distance."""
    if pixels == 0 or spot.full:
        return spot
    spot = spot.with_margin(max(pixels, 0) + 1)
    values, near = spot.values.copy(), _beside(spot.values, abs(pixels) + 1)
    if pixels > 0:
        values[near] = _depth(~values[near], pixels) <= pixels
    else:
        values[near] = _depth(values[near], -pixels) > -pixels
    return replace(spot, values=values)


def feathered(spot: Spot, pixels: float) -> Spot:
    """A hard mask made soft over a band inside its edge; where it is thin, half of it is that."""
    if pixels <= 0 or spot.full:
        return spot
    pixels = min(pixels, sum(spot.size))  # beyond its size nothing changes, and time does
    spot = spot.with_margin(1)
    widest = 2 * pixels + 1  # what is thicker is thick enough for the whole band
    soft, near = spot.values.astype(np.float32), _beside(spot.values, 2 * widest + 2)
    depth = _depth(spot.values[near], widest)
    most = ndimage.maximum_filter(depth, 2 * math.ceil(widest) + 1, mode="nearest")
    soft[near] = np.clip(depth / (np.minimum((most - 1) / 2, pixels) + 1), 0, 1)
    return replace(spot, values=soft)


def _beside(inside: np.ndarray, reach: float) -> tuple[slice, slice]:
    """Rows and columns of a mask [h,w] within so many pixels of what is outside it: all else is
    deep inside, as most of a background is."""
    margin, lines = math.ceil(reach), (~inside.all(axis=1), ~inside.all(axis=0))
    rows, columns = (slice(max(0, int(hit[0]) - margin), int(hit[-1]) + 1 + margin)
                     for hit in map(np.flatnonzero, lines))  # fmt: skip
    return rows, columns


def _depth(inside: np.ndarray, reach: float) -> np.ndarray:
    """How far each pixel [h,w] is from the nearest one outside; beyond the reach, more than that.

    In strips of rows, one a thread: of those beside a strip, those within the reach count.
    """
    height, margin = len(inside), math.ceil(reach) + 1
    rows = max(-(-height // torch.get_num_threads()), 2 * margin)
    depth = np.full(inside.shape, np.inf)

    def measure(start: int) -> None:
        first = max(0, start - margin)
        part = inside[first : start + rows + margin]
        if not part.all():  # else all of it is beyond the reach
            measured = ndimage.distance_transform_edt(part)
            depth[start : start + rows] = measured[start - first :][:rows]

    if rows >= height:
        measure(0)
    else:
        with ThreadPoolExecutor() as pool:
            list(pool.map(measure, range(0, height, rows)))
    return depth


def filled(spot: Spot, share: float | None = None) -> Spot:
    """A hard mask with what it encloses, where that is no larger than that share of it."""
    spot = spot.with_margin(1)
    full = ndimage.binary_fill_holes(spot.values)
    if share is None:
        return replace(spot, values=full)
    holes, _ = ndimage.label(full & ~spot.values)
    small = np.bincount(holes.ravel()) <= share * spot.values.sum()
    small[0] = False
    return replace(spot, values=spot.values | small[holes])


def without_specks(spot: Spot, share: float) -> Spot:
    """A hard mask without its pieces that are smaller than that share of it."""
    pieces, count = ndimage.label(spot.values)
    if count < 2:
        return spot
    areas = np.bincount(pieces.ravel())
    kept = areas >= share * spot.values.sum()
    kept[0] = False
    return replace(spot, values=kept[pieces])
