"""Pictures while they are painted: piece by piece, a piece of several pictures at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor

from .. import given
from ..errors import require
from ..images import rgb
from ..segment.seen import NOTHING, Seen
from ..segment.spots import Box, Spot, feathered, filled, grown, spot_of
from .control import Control
from .painter import Brief, OnPreview, OnStep, Painter
from .region import Region, lay, match_colour, region_of
from .settings import SEEDS, Paint, Sampling, rim
from .wanted import Wanted


class Canvas:
    """One picture, and what of it is to be painted how.

    Attributes:
        image: [1,H,W,C], with what was painted so far: written in place.
        count: how many pieces of it are painted, one by one: each with the model's full resolution.
        regions: where the painted pieces are.
        prompts: what they were painted with.
    """

    def __init__(
        self, image: Tensor, mask: Tensor, asked: Wanted, paint: Paint, controls: Sequence[Control],
        native: int, seen: Seen = NOTHING,
    ) -> None:  # fmt: skip
        self.image, self._asked, self._controls = image, asked, controls
        self.count, self.regions, self.prompts = 0, list[Region](), list[str]()
        self._seen = seen
        if hard := _painted(mask, paint):
            self._soft = feathered(hard, paint.band(max(hard.size), _area(hard, paint)))
            less = _without_kept(hard, mask, asked, seen.kept)
            if less is not hard:
                hard, self._soft = less, _sharper(self._soft, less)
            self._pieces, boxes = _pieces(hard, native)
            self.count, self._boxes = len(boxes), boxes
        self._size = int(mask.shape[0]), int(mask.shape[1])

    @property
    def opacity(self) -> Tensor:
        """Of what is new in the end: float [H,W]."""
        return self._soft.whole() if self.count else torch.zeros(self._size)

    def brief(self, number: int, painter: Painter, seed: int) -> Brief:
        """What the painter is to paint as piece `number`, from 0."""
        region = region_of(self._boxes[number], self._size, painter.native, painter.multiple,
                           by_area=not painter.card.sample)  # fmt: skip
        self.regions.append(region)
        single = self._asked.single and self._holds_one(self._boxes[number])
        self.prompts.append(self._asked.single if single else self._asked.prompt)
        piece = self._pieces.within(region.box) == number + 1
        height, width = self._size
        return Brief(
            rgb(region.cut(self.image)).cpu(), region.shrunk(torch.from_numpy(piece[None])),
            self.prompts[-1], self._asked.negative_prompt, (seed + number) % SEEDS,
            tuple(each.cut(region, height, width) for each in self._controls),
        )  # fmt: skip

    def _holds_one(self, box: Box) -> bool:
        """Whether a piece holds one of several things, by their middles."""
        boxes = self._seen.boxes
        if boxes is None or len(boxes) < 2:
            return False
        x, y = ((boxes[:, :2] + boxes[:, 2:]) / 2).unbind(dim=1)
        top, left, bottom, right = box
        return int(((x >= left) & (x <= right) & (y >= top) & (y <= bottom)).sum()) == 1

    def lay(self, brief: Brief, patch: Tensor, painter: Painter) -> None:
        """Lay the piece that was asked for last over the picture."""
        region, reached = self.regions[-1], getattr(painter, "reached", lambda mask: mask)
        patch = region.back(match_colour(patch, brief.image, reached(brief.mask)))
        piece = self._pieces.within(region.box) == len(self.regions)
        opacity = torch.from_numpy(self._soft.within(region.box) * piece.astype(np.float32))
        lay(self.image, patch, opacity, region.box)


def paint_canvases(
    painter: Painter,
    canvases: Sequence[Canvas],
    sampling: Sampling,
    paint: Paint,
    on_step: OnStep | None = None,
    on_preview: OnPreview | None = None,
) -> None:
    """Paint all pieces of some pictures, those of different pictures together where that helps.

    A later piece of a picture sees the earlier ones. `on_step` is called with (done, total) steps
    of all of them.
    """
    strength = paint.strength if sampling.strength is None else sampling.strength
    units, done = sum(canvas.count for canvas in canvases), 0
    most = getattr(painter, "at_once", 1)
    for start in range(0, len(canvases), most):
        together = canvases[start : start + most]
        for number in range(max(canvas.count for canvas in together)):
            pieces = [(canvas, canvas.brief(number, painter, sampling.seed))
                      for canvas in together if number < canvas.count]  # fmt: skip
            for alike in _alike(pieces):
                _paint(painter, alike, sampling, strength,
                       _counted(on_step, done, len(alike), units), on_preview)  # fmt: skip
                done += len(alike)


Piece = tuple[Canvas, Brief]


def _alike(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Those that a model can paint in one call: of one size, and all with prompts or none."""
    groups: dict[object, list[Piece]] = {}
    for canvas, brief in pieces:
        # What follows pictures goes alone: a net takes them for one picture.
        alone = id(canvas) if brief.controls else None
        key = brief.mask.shape, bool(brief.prompt), bool(brief.negative_prompt), alone
        groups.setdefault(key, []).append((canvas, brief))
    yield from groups.values()


def _paint(
    painter: Any,
    pieces: Sequence[Piece],
    sampling: Sampling,
    strength: float,
    on_step: OnStep | None,
    on_preview: OnPreview | None,
) -> None:
    """Paint some pieces in one call, and each alone where the memory is too small for that."""
    how = {"steps": sampling.steps, "guidance_scale": sampling.guidance_scale,
           "strength": strength, "on_step": on_step, "on_preview": on_preview}  # fmt: skip
    patches = None
    try:
        if len(pieces) > 1:
            patches = painter.paint_all([brief for _, brief in pieces], **how)
        else:
            brief = pieces[0][1]
            patches = [painter.paint(brief.image, brief.mask, brief.prompt, brief.negative_prompt,
                                     seed=brief.seed, controls=brief.controls, **how)]  # fmt: skip
    except torch.cuda.OutOfMemoryError:
        if len(pieces) == 1:
            raise
    if patches is None:  # not within `except`: what failed would hold on to its memory
        for number, piece in enumerate(pieces):
            _paint(painter, [piece], sampling, strength,
                   _counted(on_step, number, 1, len(pieces)), on_preview)  # fmt: skip
        return
    for (canvas, brief), patch in zip(pieces, patches, strict=True):
        canvas.lay(brief, patch, painter)


def _counted(on_step: OnStep | None, before: int, now: int, units: int) -> OnStep | None:
    """The steps of `now` pieces at once as steps of all `units`, `before` of which are done."""
    if on_step is None:
        return None
    return lambda done, total: on_step(before * total + now * done, units * total)


def painted_mask(mask: Tensor, paint: Paint) -> Tensor:
    """The mask [H,W] that is repainted: the object's, grown as its operation needs; hard."""
    mask = given.mask(mask)
    require(paint, Paint, "The way to paint")
    hard = _painted(mask, paint)
    return hard.whole() if hard else torch.zeros(tuple(mask.shape))


def _painted(mask: Tensor, paint: Paint) -> Spot | None:
    """`painted_mask`, where it is; None of an empty mask."""
    spot = spot_of(mask)
    return spot and grown(spot, paint.growth(float(mask.sum()), max(mask.shape)))


def _area(hard: Spot, paint: Paint) -> float:
    """That of one piece of a mask, on the average, where the soft band depends on it; else of all:
    to tell the pieces apart takes time."""
    pieces = 1 if math.isinf(paint.thin) else ndimage.label(hard.values)[1]
    return float(hard.values.sum()) / pieces


def without_holes_of(hard: Spot, mask: Tensor) -> Spot:
    """A grown mask without what the mask [H,W] encloses: the buttons that a shirt is to keep."""
    spot = spot_of(mask)
    assert spot is not None
    holes = replace(spot, values=filled(spot).within(spot.box) & ~spot.values)
    return _less(hard, holes)


def _without_kept(hard: Spot, mask: Tensor, asked: Wanted, kept: Tensor | None) -> Spot:
    """A grown mask without what was left out of it but a rim, and where something is to be left
    out, without what the mask [H,W] encloses."""
    if asked.edit and asked.edit.exclude:
        hard = without_holes_of(hard, mask)
    left = None if kept is None else spot_of(kept)
    if left is None:
        return hard
    return _less(hard, grown(left, -rim(max(hard.size))))


def _less(hard: Spot, other: Spot) -> Spot:
    """A hard mask without another; the very same where that lies elsewhere."""
    shared = hard.values & other.within(hard.box)
    return replace(hard, values=hard.values & ~shared) if shared.any() else hard


def _sharper(soft: Spot, hard: Spot) -> Spot:
    """A soft mask without what is not in a hard one. Along that its edge is a pixel or two wide, so
    that nothing old shows beside what stays."""
    edge = feathered(hard, rim(max(hard.size)))
    return replace(edge, values=np.minimum(edge.values, soft.within(edge.box)))


def _pieces(hard: Spot, native: int) -> tuple[Spot, list[Box]]:
    """The mask's connected pieces; those that fit one region together stay together.

    Returns:
        For each pixel the number of its piece, from 1, 0 for none; and in that order their boxes.
    """
    labels, count = ndimage.label(hard.values)
    groups = [
        ([number], (hard.y + y.start, hard.x + x.start, hard.y + y.stop, hard.x + x.stop))
        for number, (y, x) in enumerate(ndimage.find_objects(labels), start=1)
    ]
    at = 0
    while at < len(groups):
        pair = _fitting_pair([box for _, box in groups], at, native)
        if pair is None:
            at += 1
            continue
        at, other = pair
        groups[at] = groups[at][0] + groups[other][0], _joined(groups[at][1], groups[other][1])
        del groups[other]
    piece_of = np.zeros(count + 1, np.int32)
    for piece, (numbers, _) in enumerate(groups, start=1):
        piece_of[numbers] = piece
    return replace(hard, values=piece_of[labels]), [box for _, box in groups]


def _fitting_pair(boxes: Sequence[Box], at: int, native: int) -> tuple[int, int] | None:
    """The first two boxes, one of them that `at` a place, which one region holds hardly larger than
    for the larger of them alone. No two of those before it do."""
    for other, box in enumerate(boxes):
        if other != at:
            largest = max(_side(boxes[at]), _side(box), native // 2)
            if _side(_joined(boxes[at], box)) <= 1.5 * largest:
                return min(at, other), max(at, other)
    return None


def _joined(a: Box, b: Box) -> Box:
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])


def _side(box: Box) -> int:
    return max(box[2] - box[0], box[3] - box[1])
