"""Detections and masks as SEGS of the Impact pack, and back."""

from __future__ import annotations

import math
from collections import namedtuple
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ... import given
from ...errors import ImageError, shown
from ...images import check_pictures
from ..detections import Detections
from ..ground import Grounded, check_same
from .boxes import edited, whole_pixels
from .taken import Odd, Taken, corners_of, grounded, plain, score_of, size_of

SEG = namedtuple(
    "SEG",
    ["cropped_image", "cropped_mask", "confidence", "crop_region", "bbox", "label",
     "control_net_wrapper"],
    defaults=[None],
)  # fmt: skip
"""One object as the Impact pack passes it: mask float [h,w] and region (x0,y0,x1,y1) in pixels."""

Segs = tuple[tuple[int, int], list[SEG]]
"""The objects of one picture, and its (height, width) in pixels."""

_MOST_PIXELS = 2**30  # of one mask: 4 GiB


def to_segs(
    found: Sequence[Grounded], masks: Tensor, images: Tensor, crop_factor: float = 3.0
) -> list[Segs]:
    """SEGS of each picture of a batch [B,H,W,C], from its objects' masks [N,H,W] of all pictures.

    Args:
        crop_factor: the side of what is cut out around each object over the object's own, from 1:
            room for what grows or softens the mask, and context for what repaints it.

    Raises:
        ImageError: masks or pictures of another number or size.
    """
    images, masks = check_pictures(images), given.masks(masks)
    check_same(found, images)
    if not (given.is_number(crop_factor) and crop_factor >= 1):
        raise ImageError(f"The crop factor is {shown(crop_factor)}, and must be at least 1.")
    objects = [_objects(each) for each in found]
    counts = [len(each) for each in objects]
    if not sum(counts) and len(masks) == 1 and not masks.any():  # SAM Mask's, where nothing is
        masks = masks[:0]
    if sum(counts) != len(masks):
        raise ImageError(
            "Connect the instances of the SAM Mask that these detections went into:"
            f" {sum(counts)} objects need as many masks, not {len(masks)}."
        )
    if masks.shape[1:] != images.shape[1:3]:
        raise ImageError(
            f"Connect the picture that the masks were made from: they are {_by(masks.shape[1:])}"
            f" pixels, but the picture is {_by(images.shape[1:3])}."
        )
    pieces = masks.split(counts)
    return [
        (each.size, [_seg(each, row, mask, image, crop_factor) for row, mask in enumerate(piece)])
        for each, piece, image in zip(objects, pieces, images, strict=True)
    ]


def _objects(each: Grounded) -> Detections:
    """One box a mask that SAM Mask gives as an instance."""
    if each.shape != "picture":
        return edited(each)
    height, width = each.found.size
    box = torch.tensor([[0.0, 0.0, width, height]])
    return Detections(box, torch.ones(1), ("picture",), each.found.size)


def _seg(found: Detections, row: int, mask: Tensor, image: Tensor, crop_factor: float) -> SEG:
    box = found.boxes[row]
    x0, y0, x1, y1 = region = _region(box, mask, crop_factor)
    return SEG(
        image[None, y0:y1, x0:x1, :3].float().cpu().numpy(),
        mask[y0:y1, x0:x1].float().cpu().numpy(),
        float(found.scores[row]), region, whole_pixels(box.tolist(), found.size), found.labels[row],
    )  # fmt: skip


def _region(box: Tensor, mask: Tensor, crop_factor: float) -> tuple[int, int, int, int]:
    """The whole pixels around a box and its mask [H,W], moved into the picture."""
    ys, xs = mask.nonzero().unbind(dim=1)
    (x0, x1), (y0, y1) = (
        _stretch(float(box[side]), float(box[side + 2]), marked, limit, crop_factor)
        for side, marked, limit in ((0, xs, mask.shape[1]), (1, ys, mask.shape[0]))
    )
    return x0, y0, x1, y1


def _stretch(low: float, high: float, marked: Tensor, limit: int, factor: float) -> tuple[int, int]:
    """One side of a region: from low to high and over all marked pixels, times the factor."""
    if len(marked):
        low, high = min(low, int(marked.min())), max(high, int(marked.max()) + 1)
    start, end = max(math.floor(low), 0), min(math.ceil(high), limit)
    length = min(round((end - start) * factor), limit)
    first = min(max(round((start + end - length) / 2), 0), limit - length)
    return first, first + length


def from_segs(segs: Any, images: Tensor | None = None) -> Taken:
    """SEGS as detections and a mask.

    Args:
        images: the pictures [B,H,W,C] that they are for: empty SEGS may have no size of their own.
            Each picture gets all objects.

    Raises:
        ImageError: what are no SEGS, those of another picture, or empty ones without a picture.
    """
    size, objects = _read_segs(segs, images)
    odd = Odd(1)
    mask = torch.zeros(1, *size)
    rows = []
    for number, each in enumerate(objects):
        corners = corners_of(_sides(each.bbox), "SEGS")
        rows.append((corners, score_of(each.confidence), str(each.label or "object")))
        if each.cropped_mask is None:
            odd.of(0)(number, "Without a mask, so that the whole box is taken")
        _paste(mask[0], each)
    found = grounded(rows, size, odd.of(0))
    return Taken([found] * (1 if images is None else len(images)), mask, odd.notes())


def _read_segs(segs: Any, images: Tensor | None) -> tuple[tuple[int, int], Sequence[Any]]:
    """(height, width) and the objects."""
    own = None if images is None else size_of(images)
    needed = ("bbox", "crop_region", "cropped_mask", "confidence", "label")
    try:
        (height, width), objects = segs
        size = int(height), int(width)
        fine = min(size) >= 0 and all(hasattr(one, name) for one in objects for name in needed)
        count = len(objects)
    except (TypeError, ValueError, OverflowError):
        fine = False
    if not fine:
        raise ImageError("These are no SEGS: ((height, width), [SEG, ...]) is needed.")
    if 0 in size or not count:
        size = own or size
    if 0 in size:
        raise ImageError("These SEGS have no size. Connect the picture that they are for.")
    if size != (own or size) or math.prod(size) > _MOST_PIXELS:
        raise ImageError(
            f"Connect the picture that these SEGS were made from: they are for {_by(size)} pixels,"
            " which is not the picture's size."
        )
    return size, objects


def _sides(box: Any) -> list[Any]:
    box = plain(box)
    if not isinstance(box, list) or len(box) != 4:
        raise ImageError(f"A box of these SEGS is {shown(box)}: four numbers are needed.")
    return box


def _paste(whole: Tensor, each: Any) -> None:
    """Lay an object's mask into the mask [H,W] of its picture; without one, its box."""
    height, width = whole.shape
    bare = each.cropped_mask is None
    x0, y0, x1, y1 = corners_of(_sides(each.bbox if bare else each.crop_region), "SEGS")
    left, top, right, bottom = (
        min(max(side, 0), limit)
        for side, limit in ((math.floor(x0), width), (math.floor(y0), height),
                            (math.ceil(x1), width), (math.ceil(y1), height))
    )  # fmt: skip
    place = whole[top:bottom, left:right]
    if bare:
        place.fill_(1)
        return
    piece = _flat(each.cropped_mask)
    if piece.shape == (math.ceil(y1) - math.floor(y0), math.ceil(x1) - math.floor(x0)):
        above, before = max(-math.floor(y0), 0), max(-math.floor(x0), 0)
        piece = piece[above : above + len(place), before : before + place.shape[1]]
    if piece.shape != place.shape:  # nor had it been cut to the picture already
        raise ImageError(
            f"Make these SEGS anew: one has a mask of {_by(piece.shape)} pixels, but a region of"
            f" {_by(place.shape)} in the picture."
        )
    torch.maximum(place, piece, out=place)


def _flat(mask: Any) -> Tensor:
    """One mask [h,w] in 0..1, of bytes or numbers, of one picture or over several."""
    try:
        flat = (
            mask.detach().cpu() if isinstance(mask, Tensor) else torch.as_tensor(np.asarray(mask))
        )
    except (TypeError, ValueError) as error:
        raise ImageError("A mask of these SEGS holds no numbers.") from error
    scale = 255 if flat.dtype == torch.uint8 and flat.numel() and int(flat.max()) > 1 else 1
    flat = flat.float() / scale
    if flat.dim() == 3 and flat.shape[2] == 1 < flat.shape[0]:
        flat = flat[..., 0]
    if flat.dim() < 2 or not flat.numel() or not flat.isfinite().all():
        raise ImageError(f"A mask of these SEGS is {list(flat.shape)}: [height, width] is needed.")
    return flat.flatten(0, -3).amax(dim=0).clamp(0, 1) if flat.dim() > 2 else flat.clamp(0, 1)


def _by(size: Sequence[int]) -> str:
    """A (height, width) as people write it."""
    return " x ".join(str(int(side)) for side in reversed(size))
