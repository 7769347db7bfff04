"""Masks that a detector found along with its boxes, so that nothing cuts them a second time."""

from __future__ import annotations

import torch
from torch import Tensor

from .. import given
from ..detect.found import Found, Kept
from ..images import check_pictures, rgb, to_array
from ..models.recent import Recent, fingerprint
from .by_hand import Pointer
from .masks import spots_from_logits
from .spots import Spot


class Recalling:
    """A segmenter that gives the kept mask of a box which was found in the very picture.

    Other boxes, points and rough masks it hands to the segmenter beside it.
    """

    def __init__(self, segmenter: Pointer, kept: Kept) -> None:
        self._segmenter, self._kept = segmenter, kept
        self._spots: Recent[str, Spot | None] = Recent()

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
            if known and (spot := self._spot(*known, picture, image)):
                spot.lay(mask)
        void = ~masks.flatten(1).any(dim=1)
        if void.any():
            masks[void] = self._segmenter.segment(image, boxes[void])
        return masks

    def _spot(self, found: Found, number: int, picture: str, image: Tensor) -> Spot | None:
        """A kept mask as a hard one of the picture [H,W,C], its edge where the picture's is."""
        corner = None if found.corners is None else found.corners[number].tolist()
        return self._spots.get(
            f"{picture} {fingerprint(found.masks[number].numpy())} {corner}",
            lambda: spots_from_logits(found.logits(number)[None], rgb(image), found.whole)[0],
        )
