"""Detections in the formats of other node packs, and back."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..errors import ImageError
from .detections import Detections
from .ground import Grounded

SEG = namedtuple(
    "SEG",
    ["cropped_image", "cropped_mask", "confidence", "crop_region", "bbox", "label",
     "control_net_wrapper"],
    defaults=[None],
)  # fmt: skip
"""One object as the Impact pack passes it: mask float [h,w] and region (x0,y0,x1,y1) in pixels."""


def to_bounding_boxes(found: Sequence[Grounded]) -> list[list[dict[str, Any]]]:
    """The host's BOUNDING_BOX: a list a picture of {x, y, width, height, score, label}."""
    return [[_as_dict(each, row) for row in range(len(each))] for each in _detections(found)]


def _as_dict(found: Detections, row: int) -> dict[str, Any]:
    x0, y0, x1, y1 = found.boxes[row].tolist()
    return {"x": round(x0), "y": round(y0), "width": round(x1 - x0), "height": round(y1 - y0),
            "score": float(found.scores[row]), "label": found.labels[row]}  # fmt: skip


def to_bboxes(found: Sequence[Grounded]) -> list[tuple[float, float, float, float]]:
    """BBOX as most packs pass it: (x0, y0, x1, y1) in pixels, of all pictures."""
    return [tuple(box) for each in _detections(found) for box in each.boxes.tolist()]


def to_segs(found: Grounded, masks: Tensor, image: Tensor) -> tuple[tuple[int, int], list[SEG]]:
    """SEGS of one picture: image [H,W,C] and its objects' masks [N,H,W]."""
    detections = found.found
    if len(masks) != len(detections):
        raise ImageError(
            f"{len(detections)} objects need as many masks, not {len(masks)}: connect the"
            " instances of the SAM Mask that these detections went into."
        )
    segs = []
    for row, mask in enumerate(masks):
        x0, y0, x1, y1 = _around(detections.boxes[row], mask)
        segs.append(SEG(
            image[None, y0:y1, x0:x1, :3].cpu().numpy(), mask[y0:y1, x0:x1].cpu().numpy(),
            float(detections.scores[row]), (x0, y0, x1, y1),
            tuple(round(side) for side in detections.boxes[row].tolist()), detections.labels[row],
        ))  # fmt: skip
    return detections.size, segs


def _around(box: Tensor, mask: Tensor) -> tuple[int, int, int, int]:
    """The whole pixels that hold both the box and the mask."""
    height, width = mask.shape
    x0, y0, x1, y1 = box.tolist()
    ys, xs = mask.nonzero().unbind(dim=1)
    if len(ys):
        x0, x1 = min(x0, int(xs.min())), max(x1, int(xs.max()) + 1)
        y0, y1 = min(y0, int(ys.min())), max(y1, int(ys.max()) + 1)
    return (
        max(int(x0), 0),
        max(int(y0), 0),
        min(int(-(-x1 // 1)), width),
        min(int(-(-y1 // 1)), height),
    )


def segs_mask(segs: tuple[tuple[int, int], Sequence[Any]]) -> Tensor:
    """All objects of SEGS together: float [1,H,W]."""
    (height, width), objects = segs
    mask = torch.zeros(1, int(height), int(width))
    for each in objects:
        x0, y0, x1, y1 = (int(side) for side in each.crop_region)
        piece = torch.as_tensor(np.asarray(each.cropped_mask), dtype=torch.float32)
        mask[0, y0:y1, x0:x1] = torch.maximum(mask[0, y0:y1, x0:x1], piece)
    return mask


def from_segs(segs: tuple[tuple[int, int], Sequence[Any]]) -> Grounded:
    """SEGS as detections of one picture."""
    (height, width), objects = segs
    rows = [
        [*map(float, each.bbox), float(np.max(each.confidence)), str(each.label or "object")]
        for each in objects
    ]
    return _grounded(rows, (int(height), int(width)))


def from_boxes(boxes: Any, images: Tensor) -> list[Grounded]:
    """BOUNDING_BOX or BBOX of any nesting, as detections of each picture of a batch [B,H,W,C].

    One box, a list of boxes, or a list with the boxes of each picture. A flat list, and boxes for
    one picture, go to every picture.

    Raises:
        ImageError: what is no box, or boxes for another number of pictures.
    """
    height, width = images.shape[1:3]
    frames = _frames(boxes)
    if len(frames) == 1:
        frames = frames * len(images)
    if len(frames) != len(images):
        raise ImageError(f"The boxes are for {len(frames)} pictures, but there are {len(images)}.")
    return [_grounded([_row(box) for box in frame], (height, width)) for frame in frames]


def _frames(boxes: Any) -> list[list[Any]]:
    """The boxes of each picture."""
    if boxes is None or (_is_list(boxes) and not len(boxes)):
        return [[]]
    if _is_box(boxes):
        return [[boxes]]
    if _is_list(boxes) and all(_is_box(each) for each in boxes):
        return [list(boxes)]
    if _is_list(boxes) and all(
        _is_list(frame) and all(_is_box(each) for each in frame) for frame in boxes
    ):
        return [list(frame) for frame in boxes]
    raise ImageError("These are no boxes: {x, y, width, height} or (x0, y0, x1, y1) is needed.")


def _is_list(value: Any) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, (str, dict))


def _is_box(value: Any) -> bool:
    if isinstance(value, dict):
        return {"x", "y", "width", "height"} <= set(value)
    return (
        _is_list(value) and len(value) >= 4
        and all(isinstance(each, (int, float, np.number)) or getattr(each, "ndim", 1) == 0
                for each in list(value)[:4])
    )  # fmt: skip


def _row(box: Any) -> list[Any]:
    if isinstance(box, dict):
        x, y = float(box["x"]), float(box["y"])
        sides = [x, y, x + float(box["width"]), y + float(box["height"])]
        return [*sides, float(box.get("score", 1.0)), str(box.get("label", "object"))]
    return [*(float(side) for side in list(box)[:4]), 1.0, "object"]


def _grounded(rows: list[list[Any]], size: tuple[int, int]) -> Grounded:
    none = Detections.none(size)
    if not rows:
        return Grounded(none, none, reason="No box came in.")
    boxes = torch.tensor([row[:4] for row in rows], dtype=torch.float32)
    scores = torch.tensor([row[4] for row in rows], dtype=torch.float32)
    return Grounded(Detections(boxes, scores, tuple(row[5] for row in rows), size), none)


def _detections(found: Sequence[Grounded]) -> list[Detections]:
    return [each.found for each in found]
