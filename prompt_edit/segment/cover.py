"""What an edit covers: the masks of its target, less those of what it leaves out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from ..detect.ground import Grounded
from ..errors import ImageError
from .masks import feather, fill_holes, grow, subtract, union


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
    instances = _instances(segmenter, image, grounded, kept(segmenter, image, grounded))
    return Cover(union(instances, size), instances)


def _instances(segmenter: Segmenter, image: Tensor, grounded: Grounded, left: Tensor) -> Tensor:
    """Masks [N,H,W], one a box, without what is left alone, [H,W]."""
    size = (int(image.shape[1]), int(image.shape[2]))
    if grounded.shape == "picture":
        instances = torch.ones(1, *size)
    elif grounded.shape == "place":
        instances = cover_boxes(grounded.boxes, size)
    else:
        instances = segmenter.segment(image[0], grounded.boxes)
    return subtract(instances, left)


def kept(segmenter: Segmenter, image: Tensor, grounded: Grounded) -> Tensor:
    """The mask [H,W] of what the edit leaves alone in one picture [1,H,W,C]."""
    size = (int(image.shape[1]), int(image.shape[2]))
    mask = union(segmenter.segment(image[0], grounded.left_out.boxes), size)
    if grounded.shape == "picture" and mask.any():
        mask = fill_holes(grow(mask, 1))  # no halo of the old background around the subject
    return mask


@dataclass(frozen=True)
class Covers:
    """Masks of a batch: `union` [B,H,W], `instances` [N,H,W] of all pictures, and for each
    instance the picture it is in, `index`."""

    union: Tensor
    instances: Tensor
    index: tuple[int, ...]


def cover_each(
    segmenter: Segmenter,
    images: Tensor,
    found: Sequence[Grounded],
    grown: float = 0,
    feathered: float = 0,
    filled: bool = False,
    on_step: Callable[[int, int], None] | None = None,
) -> Covers:
    """`cover` for each picture of a batch [B,H,W,C], its masks grown, filled and feathered.

    Args:
        grown, feathered: in pixels; see `masks.grow` and `masks.feather`.
        on_step: called after each picture with (done, total); what it raises stops the work.

    Raises:
        ImageError: detections of other pictures.
    """
    sizes = [each.found.size for each in found]
    if sizes != [tuple(images.shape[1:3])] * len(images):
        raise ImageError(
            f"These detections are for {len(found)} pictures of (height, width)"
            f" {', '.join(map(str, dict.fromkeys(sizes)))}, but the batch is"
            f" {list(images.shape)}. Connect the picture that the detections were found in."
        )
    pieces: list[Tensor] = []
    for number, each in enumerate(found):
        image = images[number : number + 1]
        left = kept(segmenter, image, each)
        masks = _instances(segmenter, image, each, left)
        ready = [finished(mask, left, grown, feathered, filled) for mask in masks]
        pieces.append(torch.stack(ready) if ready else masks)
        if on_step:
            on_step(number + 1, len(found))
    size = (int(images.shape[1]), int(images.shape[2]))
    index = tuple(number for number, masks in enumerate(pieces) for _ in masks)
    return Covers(torch.stack([union(masks, size) for masks in pieces]), torch.cat(pieces), index)


def finished(mask: Tensor, left: Tensor, grown: float, feathered: float, filled: bool) -> Tensor:
    """A mask [H,W] grown, filled and feathered, without what is left alone."""
    mask = grow(mask, grown)
    mask = fill_holes(mask) if filled else mask
    return feather(subtract(mask, left), feathered)  # what is left alone does not come back


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
