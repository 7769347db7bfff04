"""What a detector found along with masks: boxes, scores, and the masks, kept for who cuts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ..models.recent import ROOM, Recent

_SAME_BOX = 0.01  # pixels that an edge may differ by, since boxes go through other forms
_APART = 0.05  # pixels between the edges of two phrases' boxes that would be the same


@dataclass(frozen=True)
class Found:
    """What was found of one phrase in one picture, best first.

    Attributes:
        boxes: float [N,4], xyxy in pixels.
        scores: float [N] in 0..1.
        masks: logits [K,h,w] of the first K boxes; of the rest they are not kept.
        whole: (height, width) in pixels that a mask covers, from the upper left of the picture;
            more than the picture where that was widened.
    """

    boxes: Tensor
    scores: Tensor
    masks: Tensor
    whole: tuple[int, int]


class Kept:
    """What was found in the last pictures: some 800 masks of SAM 3's, where all are kept."""

    def __init__(self, room: int = ROOM) -> None:
        self._found: Recent[tuple[str, str], Found] = Recent(room)

    def get(self, picture: str, phrase: str, make: Callable[[], Found]) -> Found:
        """What was found of a phrase in the picture of that fingerprint, or is made now."""
        return self._found.get((picture, phrase), lambda: self._distinct(picture, make()))

    def find(self, picture: str, box: Tensor) -> tuple[Found, int] | None:
        """Where the mask of a box [4] is kept: what it was found in, and its number there."""
        near: list[tuple[float, tuple[str, str], int]] = []
        for key, found in self._found.items():
            if key[0] == picture and len(found.masks):
                apart = (found.boxes[: len(found.masks)] - box).abs().amax(dim=1)
                number = int(apart.argmin())
                near.append((float(apart[number]), key, number))
        if not near or min(near)[0] > _SAME_BOX:
            return None
        _, key, number = min(near)
        return self._found.recall(key), number

    def _distinct(self, picture: str, found: Found) -> Found:
        """Two phrases may have one box, such as the whole picture, but not one mask: the box of the
        later is made a hair smaller."""
        boxes = found.boxes.clone()
        others = [each.boxes for (name, _), each in self._found.items() if name == picture]
        taken = torch.cat([torch.zeros(0, 4), *others])
        for box in boxes if len(taken) else ():
            while (taken - box).abs().amax(dim=1).min() < _APART / 2:
                box += torch.tensor([_APART, _APART, -_APART, -_APART])
        return replace(found, boxes=boxes)
