"""What an edit covers: the masks of its target, less those of what it leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from ..detect.ground import Grounded
from .masks import fill_holes, grow, subtract, union


class Segmenter(Protocol):
    """What turns boxes into masks."""

    def segment(self, image: Tensor, boxes: Tensor) -> Tensor: ...


@dataclass(frozen=True)
class Cover:
    """Hard masks of one picture: `mask` [H,W] is the union, `instances` [N,H,W] one a box."""

    mask: Tensor
    instances: Tensor


def cover(segmenter: Segmenter, image: Tensor, grounded: Grounded) -> Cover:
    """The pixels that an edit is about, in one picture [1,H,W,C]; all zero where nothing is."""
    size = (int(image.shape[1]), int(image.shape[2]))
    if grounded.shape == "picture":
        instances = torch.ones(1, *size)
    elif grounded.shape == "place":
        instances = cover_boxes(grounded.boxes, size)
    else:
        instances = segmenter.segment(image[0], grounded.boxes)
    if len(grounded.left_out):
        kept = union(segmenter.segment(image[0], grounded.left_out.boxes), size)
        if grounded.shape == "picture":
            kept = fill_holes(grow(kept, 1))  # no halo of the old background around the subject
        instances = subtract(instances, kept)
    return Cover(union(instances, size), instances)


def cover_boxes(boxes: Tensor, size: tuple[int, int]) -> Tensor:
    """The boxes [N,4], their corners cut round, in which something new will stand: [N,H,W]."""
    if not len(boxes):
        return torch.zeros(0, *size)
    height, width = size
    ys = torch.arange(height)[:, None] + 0.5
    xs = torch.arange(width)[None] + 0.5
    masks = []
    for x0, y0, x1, y1 in boxes.tolist():
        # Never so small that it falls between the pixels' centres.
        u = (xs - (x0 + x1) / 2) / max((x1 - x0) / 2, 0.71)
        v = (ys - (y0 + y1) / 2) / max((y1 - y0) / 2, 0.71)
        masks.append((u**4 + v**4 <= 1).float())  # a superellipse: a box without its corners
    return torch.stack(masks)
