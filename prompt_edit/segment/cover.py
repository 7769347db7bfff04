"""What an edit covers: the masks of its target, less those of what it leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from ..detect.detections import Detections
from ..detect.ground import Detector
from ..plan import BACKGROUND, Edit
from .masks import fill_holes, grow, subtract, union


class Segmenter(Protocol):
    """What turns boxes into masks."""

    def segment(self, image: Tensor, boxes: Tensor) -> Tensor: ...


@dataclass(frozen=True)
class Cover:
    """Hard masks of one picture: `mask` [H,W] is the union, `instances` [N,H,W] one a box.

    `missing` are the phrases that were to be left out and that the picture does not show.
    """

    mask: Tensor
    instances: Tensor
    missing: tuple[str, ...] = ()


def cover(
    detector: Detector,
    segmenter: Segmenter,
    image: Tensor,
    edit: Edit,
    found: Detections,
    threshold: float | None = None,
) -> Cover:
    """The pixels that an edit is about.

    Args:
        image: float [1,H,W,C] in 0..1.
        found: the target's boxes; empty for an edit of the whole picture.
        threshold: for the detection of what the edit leaves out.
    """
    size = (int(image.shape[1]), int(image.shape[2]))
    if edit.whole_picture:
        instances = torch.ones(1, *size)
    else:
        instances = segmenter.segment(image[0], found.boxes)
    mask = union(instances, size)
    missing: tuple[str, ...] = ()
    if edit.exclude:
        left_out = detector.detect(image, edit.exclude, threshold)[0]
        missing = tuple(phrase for phrase in edit.exclude if phrase not in left_out.labels)
        kept = union(segmenter.segment(image[0], left_out.boxes), size)
        if edit.target == BACKGROUND:
            kept = fill_holes(grow(kept, 1))  # no halo of the old background around the subject
        mask = subtract(mask, kept)
        instances = (instances - kept).clamp(min=0)
    return Cover(mask, instances, missing)


def cover_boxes(boxes: Tensor, size: tuple[int, int]) -> Cover:
    """The ellipse-cornered boxes in which something new will stand."""
    if not len(boxes):
        return Cover(torch.zeros(size), torch.zeros(0, *size))
    height, width = size
    ys = torch.arange(height)[:, None] + 0.5
    xs = torch.arange(width)[None] + 0.5
    masks = []
    for x0, y0, x1, y1 in boxes.tolist():
        # Never so small that it falls between the pixels' centres.
        u = (xs - (x0 + x1) / 2) / max((x1 - x0) / 2, 0.71)
        v = (ys - (y0 + y1) / 2) / max((y1 - y0) / 2, 0.71)
        masks.append((u**4 + v**4 <= 1).float())  # a superellipse: a box without its corners
    instances = torch.stack(masks)
    return Cover(union(instances, size), instances)
