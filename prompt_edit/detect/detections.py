"""What a detector found in one picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor
from torchvision.ops import nms

from .. import given
from ..errors import ImageError, require


@dataclass(frozen=True)
class Detections:
    """Boxes found in one picture; a batch of B pictures gives a list of B of these.

    Attributes:
        boxes: float32 [N,4], xyxy in pixels.
        scores: float32 [N] in 0..1.
        labels: N noun phrases, as they were asked for.
        size: (height, width) of the picture in pixels.

    Raises:
        ImageError: boxes that are none, or of another number than scores and labels.
    """

    boxes: Tensor
    scores: Tensor
    labels: tuple[str, ...]
    size: tuple[int, int]

    def __post_init__(self) -> None:
        require(self.boxes, Tensor, "The boxes")
        rows = {len(given.boxes(self.boxes)), len(self.scores), len(self.labels)}
        if len(rows) != 1:
            raise ImageError("Give as many scores and labels as boxes.")
        given.size(self.size)

    @classmethod
    def none(cls, size: tuple[int, int]) -> Detections:
        """Nothing found in a picture of that size."""
        return cls(torch.zeros(0, 4), torch.zeros(0), (), size)

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def areas(self) -> Tensor:
        """Box areas in square pixels, [N]."""
        return (self.boxes[:, 2:] - self.boxes[:, :2]).clamp(min=0).prod(dim=1)

    @property
    def centers(self) -> Tensor:
        """Box centres (x, y) in pixels, [N,2]."""
        return (self.boxes[:, :2] + self.boxes[:, 2:]) / 2

    def take(self, rows: Tensor | Sequence[int]) -> Detections:
        """The detections of those rows, in that order; a bool tensor takes where it is True."""
        rows = torch.as_tensor(rows)
        rows = rows.nonzero()[:, 0] if rows.dtype == torch.bool else rows.long()
        labels = tuple(self.labels[int(row)] for row in rows)
        return Detections(self.boxes[rows], self.scores[rows], labels, self.size)

    def best_first(self, overlap: float = 0.7) -> Detections:
        """Sorted by score, without those that overlap a better one by more than `overlap` (IoU)."""
        return self.take(nms(self.boxes, self.scores, overlap))


ONE_THING = 0.7  # IoU from which on two phrases have found one thing
SAME_PLACE = 0.6  # IoU from which on two boxes are about the same thing


class Detector(Protocol):
    """What finds noun phrases in pictures."""

    def detect(
        self, images: Tensor, phrases: Sequence[str], threshold: float | None = None
    ) -> list[Detections]: ...


def together(model: Any, images: Tensor) -> int:
    """How many pictures a detector or a segmenter should see at once: 1 where it does not say."""
    return model.at_once(images) if hasattr(model, "at_once") else 1


def merge(found: Sequence[Detections], overlap: float = ONE_THING) -> Detections:
    """The detections of several phrases in the same picture, best first, each thing once."""
    boxes, scores = (
        torch.cat([getattr(each, name) for each in found]) for name in ("boxes", "scores")
    )
    labels = tuple(label for each in found for label in each.labels)
    return Detections(boxes, scores, labels, found[0].size).best_first(overlap)
