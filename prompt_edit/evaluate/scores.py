"""How near what was found is to the truth: precision, recall and F1, of pixels or of boxes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor
from torchvision.ops import box_iou

_SAME_SHAPE = 0.05  # by which height and width of one picture may be scaled otherwise, of rounding
SAME = 0.5
"""The overlap (IoU) from which on a box is the true one, as in all three data sets' own rules."""


class Scores(NamedTuple):
    """Each in 0..1."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Found:
    """What the models make of a phrase in a picture of H x W.

    Attributes:
        boxes: float [N,4], xyxy in pixels, best first.
        mask: gives their pixels, bool [H,W]; asked for only where the truth is one of pixels.
    """

    boxes: Tensor
    mask: Callable[[], np.ndarray]


class Truth(Protocol):
    """Where a category is in a picture. `empty` where all of it is such as does not count."""

    @property
    def empty(self) -> bool: ...

    @property
    def size(self) -> tuple[int, int] | None:
        """The height and width of the picture that was labelled; None where that is not said."""
        ...

    def at(self, size: tuple[int, int]) -> Truth:
        """The same for a picture of that size. Raises `ValueError` where it is of another one."""
        ...

    def scores(self, found: Found) -> Scores: ...


@dataclass(frozen=True)
class Pixels:
    """Truth of pixels: bool [H,W]. Those that are `void` (crowds, outlines) count neither way."""

    mask: np.ndarray
    void: np.ndarray

    @property
    def empty(self) -> bool:
        return not (self.mask & ~self.void).any()

    @property
    def size(self) -> tuple[int, int]:
        return self.mask.shape[0], self.mask.shape[1]

    def at(self, size: tuple[int, int]) -> Pixels:
        if self.size != size:
            raise ValueError(_other_size(self.size, size))
        return self

    def scores(self, found: Found) -> Scores:
        return mask_scores(found.mask() & ~self.void, self.mask & ~self.void)


@dataclass(frozen=True)
class Boxes:
    """Truth of boxes: float [N,4], xyxy in pixels. Finding one that is `void` is no mistake.

    `size` (height, width) is that of the picture that was labelled, None where it is not known;
    those that are `scalable` were drawn in a picture of another scale.
    """

    boxes: Tensor
    void: Tensor
    size: tuple[int, int] | None = None
    scalable: bool = False

    def at(self, size: tuple[int, int]) -> Boxes:
        if self.size in (None, size):
            return self
        high, wide = (new / old for new, old in zip(size, self.size, strict=True))
        if not self.scalable or abs(high / wide - 1) > _SAME_SHAPE:
            raise ValueError(_other_size(self.size, size))
        scale = torch.tensor([wide, high, wide, high])
        return replace(self, boxes=self.boxes * scale, void=self.void * scale, size=size)

    @property
    def empty(self) -> bool:
        return not len(self.boxes)

    def scores(self, found: Found) -> Scores:
        return box_scores(found.boxes, self.boxes, self.void)


def _other_size(labelled: tuple[int, int], size: tuple[int, int]) -> str:
    return f"{labelled[1]} x {labelled[0]} were labelled, and it has {size[1]} x {size[0]}"


def mask_scores(predicted: np.ndarray, true: np.ndarray) -> Scores:
    """Of pixels, both bool [H,W]; all 0 where nothing was predicted."""
    both = float((predicted & true).sum())
    return _scores(both, float(predicted.sum()), float(true.sum()))


def box_scores(found: Tensor, true: Tensor, void: Tensor | None = None) -> Scores:
    """Of boxes, float [N,4] xyxy: each true one is found once, by the best box that overlaps it.

    Args:
        found: best first.
        void: boxes whose finding counts neither way.
    """
    overlaps = box_iou(found.float().cpu(), true.float())
    beside = torch.zeros(len(found), dtype=torch.bool)
    if void is not None and len(void):
        beside = (box_iou(found.float().cpu(), void.float()) >= SAME).any(dim=1)
    hit = 0
    wrong = 0
    for row, excused in zip(overlaps, beside.tolist(), strict=True):
        best, place = row.max(dim=0) if len(row) else (torch.tensor(0.0), torch.tensor(0))
        if best >= SAME:
            hit += 1
            overlaps[:, place] = 0  # in the rows to come, too: they are views of it
        elif not excused:
            wrong += 1
    return _scores(hit, hit + wrong, len(true))


def _scores(both: float, predicted: float, true: float) -> Scores:
    precision, recall = both / max(1.0, predicted), both / max(1.0, true)
    return Scores(precision, recall, 2 * precision * recall / max(1e-9, precision + recall))
