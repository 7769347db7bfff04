"""What a detector found along with masks: boxes, scores, and the masks, kept for who cuts."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ..models.recent import ROOM, Recent

_SAME_BOX = 0.01  # pixels that an edge may differ by, since boxes go through other forms
_APART = 0.05  # pixels between the edges of two phrases' boxes that would be the same
_LIKELY = -4.0  # logit above which something may be of a mask, and beside which nothing is
_NEAR = 24  # cells around it by which its edge is told: see `segment.masks.spots_from_logits`
_NOWHERE = -20.0


@dataclass(frozen=True)
class Found:
    """What was found of one phrase in one picture, best first.

    Attributes:
        boxes: float [N,4], xyxy in pixels.
        scores: float [N] in 0..1.
        masks: logits [K,h,w] of the first K boxes; of the rest they are not kept.
        whole: (height, width) in pixels that a mask covers, from the upper left of the picture;
            more than the picture where that was widened.
        corners: int [K,2], the row and column from which on each of them was cut out of a mask of
            `side`, its rows and columns; None where they are whole.
    """

    boxes: Tensor
    scores: Tensor
    masks: Tensor
    whole: tuple[int, int]
    corners: Tensor | None = None
    side: tuple[int, int] = (0, 0)

    def cut(self) -> Found:
        """The same, with no more of the masks than their edges are told by."""
        if not len(self.masks):
            return self
        side = (int(self.masks.shape[1]), int(self.masks.shape[2]))
        starts, lengths = zip(*(
            _windows((self.masks > _LIKELY).any(dim=2 - axis), _NEAR + math.ceil(cells / pixels))
            for axis, (cells, pixels) in enumerate(zip(side, self.whole, strict=True))
        ), strict=True)  # fmt: skip
        if lengths == side:
            return self
        corners, (high, wide) = torch.stack(starts, dim=1), lengths
        pairs = zip(self.masks, corners.tolist(), strict=True)
        masks = [mask[top : top + high, left : left + wide] for mask, (top, left) in pairs]
        return replace(self, masks=torch.stack(masks), corners=corners, side=side)

    def logits(self, number: int) -> Tensor:
        """A mask of the whole, logits [h,w]."""
        mask = self.masks[number]
        if self.corners is None:
            return mask
        whole = mask.new_full(self.side, _NOWHERE)
        top, left = self.corners[number].tolist()
        whole[top : top + mask.shape[0], left : left + mask.shape[1]] = mask
        return whole


def _windows(likely: Tensor, margin: int) -> tuple[Tensor, int]:
    """Where to cut, so that all that is likely, bool [K,N], and a margin are in; all of one length:
    from where on [K], and the length."""
    count = likely.shape[1]
    first, after = (each.int().argmax(dim=1) for each in (likely, likely.flip(1)))
    last = torch.where(likely.any(dim=1), count - after, 1)
    first, last = (first - margin).clamp(min=0), (last + margin).clamp(max=count)
    length = int((last - first).max())
    return first.clamp(max=count - length), length


class Kept:
    """What was found in the last pictures: some 800 masks of SAM 3's that fill the picture, or
    several thousand of small things."""

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
