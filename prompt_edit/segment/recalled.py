"""Masks that a detector found along with its boxes, so that nothing cuts them a second time."""

from __future__ import annotations

import torch
from torch import Tensor

from .. import given
from ..detect.found import Found, Kept
from ..images import check_pictures, rgb, to_array
from ..models.recent import fingerprint
from .by_hand import Pointer
from .masks import from_logits


class Recalling:
    """A segmenter that gives the kept mask of a box which was found in the very picture.

    Other boxes, points and rough masks it hands to the segmenter beside it.
    """

    def __init__(self, segmenter: Pointer, kept: Kept) -> None:
        self._segmenter, self._kept = segmenter, kept

    def segment(
        self,
        image: Tensor,
        boxes: Tensor | None = None,
        points: Tensor | None = None,
        labels: Tensor | None = None,
        rough: Tensor | None = None,
    ) -> Tensor:
        """See `Sam.segment`."""
        if boxes is None or points is not None or rough is not None:
            return self._segmenter.segment(image, boxes, points, labels, rough)
        image = check_pictures(image, "[H,W,C]").float()
        boxes = given.boxes(boxes)
        picture = fingerprint(to_array(rgb(image))) if len(boxes) else ""
        masks = torch.zeros(len(boxes), int(image.shape[0]), int(image.shape[1]))
        for mask, box in zip(masks, boxes, strict=True):
            known = self._kept.find(picture, box)
            if known:
                mask.copy_(_hard(*known, image))
        void = ~masks.flatten(1).any(dim=1)
        if void.any():
            masks[void] = self._segmenter.segment(image, boxes[void])
        return masks


def _hard(found: Found, number: int, image: Tensor) -> Tensor:
    """A kept mask as a hard one [H,W] of the picture [H,W,C], its edge where the picture's is."""
    return from_logits(found.masks[number], rgb(image), found.whole)
