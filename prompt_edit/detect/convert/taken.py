"""What comes from other packs: their numbers as boxes in a picture, and what was odd in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from ...errors import ImageError, shown
from ...images import check_pictures
from ..detections import Detections
from ..ground import Grounded

BoxFormat = Literal["xyxy", "xywh"]
"""What four plain numbers mean: two corners, or one corner with width and height; in pixels."""

Spread = Literal["every picture", "one a picture"]
"""What a flat list of boxes is for: all of them for every picture, or one for each."""

Corners = tuple[float, float, float, float]
Row = tuple[Corners, float, str]
"""Corners, score and label of one box."""

_MANY = 5  # boxes that one note names one by one


@dataclass(frozen=True)
class Taken:
    """What came from another pack.

    Attributes:
        found: detections of each picture.
        mask: float [1,H,W], all objects together; all zero where boxes alone came.
        notes: what was left out or cut, in plain sentences.
    """

    found: list[Grounded]
    mask: Tensor
    notes: tuple[str, ...] = ()


def size_of(images: Any) -> tuple[int, int]:
    """(height, width) of a batch [B,H,W,C]."""
    images = check_pictures(images)
    return int(images.shape[1]), int(images.shape[2])


def plain(value: Any) -> Any:
    """Arrays, tensors and tuples as lists of Python's own numbers."""
    if isinstance(value, Tensor):
        value = value.detach().to_dense()
    if isinstance(value, (Tensor, np.ndarray, np.generic)):
        value = value.tolist()
    return [plain(each) for each in value] if isinstance(value, (list, tuple)) else value


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_OTHER = {
    "xyxy": " If it is x, y, width and height, choose the format xywh.",
    "xywh": " If it is two corners, choose the format xyxy.",
}


def corners_of(sides: list[Any], form: str) -> Corners:
    """Two corners. Raises `ImageError` for what is no number, and for negative sides."""
    text = f"({', '.join(map(str, sides))})"
    if not all(map(is_number, sides)) or not all(abs(side) < 1e9 for side in sides):
        raise ImageError(f"A box is {text}: its sides must be numbers of pixels.")
    x0, y0, x1, y1 = map(float, sides)
    if form in ("xywh", "named"):
        x1, y1 = x0 + x1, y0 + y1
    if x1 < x0 or y1 < y0:
        raise ImageError(f"A box is {text}: its width or height is negative.{_OTHER.get(form, '')}")
    return x0, y0, x1, y1


def score_of(value: Any) -> float:
    """A score, or the highest of several; 1 where there is none."""
    scores = np.asarray(1.0 if value is None else plain(value)).ravel()
    if not len(scores):
        return 1.0
    if scores.dtype.kind not in "iufb" or not np.isfinite(scores).all():
        raise ImageError(f"A box has the score {shown(value)}, which is no number.")
    return float(scores.max())


class Odd:
    """The boxes that were left out or cut, told a line a kind and not a line a box."""

    def __init__(self, pictures: int) -> None:
        self._pictures = pictures
        self._boxes: dict[str, list[str]] = {}

    def of(self, picture: int) -> Callable[[int, str], None]:
        """Takes the number of a box in that picture, from 0, and what became of it."""

        def tell(box: int, what: str) -> None:
            where = f"box {box + 1}"
            where += f" of picture {picture + 1}" if self._pictures > 1 else ""
            self._boxes.setdefault(what, []).append(where)

        return tell

    def notes(self) -> tuple[str, ...]:
        return tuple(f"{what}: {_listed(boxes)}." for what, boxes in self._boxes.items())


def _listed(names: list[str]) -> str:
    rest = len(names) - _MANY
    return ", ".join(names[:_MANY]) + (f" and {rest} more" if rest > 0 else "")


def grounded(
    rows: Sequence[Row], size: tuple[int, int], tell: Callable[[int, str], None]
) -> Grounded:
    """Those boxes, cut to a picture of (height, width)."""
    kept = []
    for number, (corners, score, label) in enumerate(rows):
        cut, what = _cut(corners, size)
        if what:
            tell(number, what)
        if cut:
            kept.append((cut, score, label))
    none = Detections.none(size)
    if not kept:
        reason = "None of the boxes lies in the picture." if rows else "No box came in."
        return Grounded(none, none, reason=reason)
    boxes, scores, labels = zip(*kept, strict=True)
    return Grounded(Detections(torch.tensor(boxes), torch.tensor(scores), labels, size), none)


def _cut(box: Corners, size: tuple[int, int]) -> tuple[Corners | None, str]:
    """What of a box lies in a picture of (height, width), and what is to be told of it."""
    height, width = size
    x0, y0, x1, y1 = box
    if min(x1 - x0, y1 - y0) < 1:
        return None, "Left out, smaller than a pixel (are they shares of the picture?)"
    inside = max(x0, 0.0), max(y0, 0.0), min(x1, float(width)), min(y1, float(height))
    if min(inside[2] - inside[0], inside[3] - inside[1]) < 1:
        return None, "Left out, outside the picture"
    beyond = max(abs(one - other) for one, other in zip(box, inside, strict=True)) > 1
    return inside, "Cut to the picture" if beyond else ""
