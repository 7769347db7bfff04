"""A detector that is told what there is to find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from prompt_edit.detect.detections import Detections

Box = tuple[float, float, float, float]


@dataclass
class Boxes:
    """Finds what it is given, by phrase, the first surest, and tells what it was asked."""

    boxes: dict[str, list[Box]]
    asked: list[str] = field(default_factory=list)

    def detect(
        self, images: Tensor, phrases: Sequence[str], threshold: float | None = None
    ) -> list[Detections]:
        self.asked += phrases
        rows = [box for phrase in phrases for box in self.boxes.get(phrase, [])]
        labels = tuple(phrase for phrase in phrases for _ in self.boxes.get(phrase, []))
        boxes, scores = (
            torch.tensor(rows).float().reshape(-1, 4),
            torch.linspace(0.9, 0.6, len(rows)),
        )
        size = (int(images.shape[1]), int(images.shape[2]))
        return [Detections(boxes, scores, labels, size) for _ in images]
