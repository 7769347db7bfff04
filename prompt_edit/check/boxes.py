"""Boxes [N,4] (xyxy in pixels) and regions (bool [H,W]): what lies on what."""

from __future__ import annotations

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor
from torchvision.ops import box_iou

from ..detect.anchor import shared as area_shared
from ..detect.choose import NEAR
from ..detect.detections import Detections
from ..plan import Relation
from ..segment.masks import Cut

SAME_PLACE = 0.5  # IoU from which on two boxes are about the same place
_CLOSE = 0.1  # mean sides of two boxes, by which one may lie apart from what it is on
FILLED = 0.35  # IoU of the boxes of a mask and of its thing: with less, it is of a part


def box_of(region: Tensor) -> Tensor:
    """The box [4] about what is True in a region [H,W]; there must be some."""
    rows, columns = region.any(dim=1).nonzero()[:, 0], region.any(dim=0).nonzero()[:, 0]
    edges = columns[0], rows[0], columns[-1] + 1, rows[-1] + 1
    return torch.stack(edges).float()


def within(box: Tensor) -> Cut:
    """The pixels of a box [4]."""
    left, top, right, bottom = (max(each, 0) for each in box.round().int().tolist())
    return slice(top, bottom), slice(left, right)


def inside(boxes: Tensor, size: tuple[int, int]) -> Tensor:
    """The pixels within any of the boxes [N,4], bool [H,W]."""
    pixels = torch.zeros(size, dtype=torch.bool)
    for box in boxes:
        pixels[within(box)] = True
    return pixels


def share_in(region: Tensor, box: Tensor) -> Tensor:
    """The share of a box [4] that lies in a region [H,W]."""
    part = region[within(box)]
    return part.sum() / max(1, part.numel())


def fills(region: Tensor, box: Tensor, room: Tensor) -> bool:
    """Whether what is True of a region [H,W] in a room [4] about a box [4] is the thing in the box,
    and not a part of it."""
    part = within(room)
    there = region[part]
    if not there.any():
        return False
    top, left = part[0].start, part[1].start
    found = box_of(there) + torch.tensor([left, top, left, top])
    return float(box_iou(found[None], box[None])) >= FILLED


def shared(a: Tensor, b: Tensor) -> tuple[float, float]:
    """What two boxes share, as a share of the first and of the second one's area."""
    area = float(area_shared(a, b[None]))
    own, others = (float((box[2:] - box[:2]).prod().clamp(min=1e-6)) for box in (a, b))
    return area / own, area / others


def lies_on(box: Tensor, place: Tensor) -> bool:
    """Whether a thing in a box stands at a place: mostly within it, or mostly covering it."""
    of_box, of_place = shared(box, place)
    return (of_box >= 0.5 and of_place >= 0.12) or (of_place >= 0.7 and of_box >= 0.25)


def stands_so(box: Tensor, anchors: Tensor, relation: Relation | None) -> bool:
    """Whether a new thing in a box may be said to stand so to any of the anchors [N,4].

    Of a side it need be on that half alone; what is to be on, in or near a thing is close to it.
    """
    if not len(anchors):
        return False
    kind = relation.kind if relation else "on"
    x, y = ((box[:2] + box[2:] - anchors[:, :2] - anchors[:, 2:]) / 2).unbind(dim=1)
    sides = {"left of": x < 0, "right of": x > 0, "above": y < 0, "below": y > 0}
    if kind in sides:
        return bool(sides[kind].any())
    apart = torch.maximum(anchors[:, :2] - box[2:], box[:2] - anchors[:, 2:]).clamp(min=0)
    near = _CLOSE if kind in ("on", "in") else NEAR
    own, others = ((each[..., 2:] - each[..., :2]).prod(dim=-1).sqrt() for each in (box, anchors))
    return bool((apart.norm(dim=-1) <= near * (own + others) / 2).any())


def worst(found: Detections, places: Tensor) -> float:
    """The lowest, over the places, of the best score of what lies on them; 0 where nothing does."""
    best = [max((float(score) for score, box in zip(found.scores, found.boxes, strict=True)
                 if lies_on(box, place)), default=0.0) for place in places]  # fmt: skip
    return min(best, default=0.0)


def specks(region: Tensor, most: float) -> Tensor:
    """The pieces of a region [H,W] of at most so many pixels."""
    pieces, _ = ndimage.label(region.numpy(), np.ones((3, 3)))
    areas = np.bincount(pieces.ravel())
    areas[0] = region.numel()
    return torch.from_numpy((areas <= most)[pieces])
