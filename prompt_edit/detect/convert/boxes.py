"""Detections as BOUNDING_BOX and as BBOX, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

import torch
from torch import Tensor

from ...errors import ImageError, NotFound, shown
from ...images import check_pictures
from ..detections import Detections
from ..ground import Grounded, check_found, check_same, reasons
from .taken import (
    BoxFormat,
    Corners,
    Odd,
    Row,
    Spread,
    Taken,
    corners_of,
    grounded,
    is_number,
    plain,
    score_of,
    size_of,
)


def to_bounding_boxes(found: Sequence[Grounded]) -> list[list[dict[str, Any]]]:
    """The host's BOUNDING_BOX: a list a picture of {x, y, width, height, score, label}.

    Whole pixels inside the picture, at least one wide and high. Where something new is to stand,
    its place; where the whole picture is meant, no box.
    """
    check_found(found)
    return [[_as_dict(each, row) for row in range(len(each))] for each in map(edited, found)]


def to_bboxes(found: Sequence[Grounded], form: BoxFormat = "xyxy") -> list[Corners]:
    """BBOX as most packs pass it: four numbers in pixels a box, of all pictures in one list."""
    check_found(found)
    boxes = [box for each in map(edited, found) for box in each.boxes.tolist()]
    if _known(form) == "xywh":
        return [(x0, y0, x1 - x0, y1 - y0) for x0, y0, x1, y1 in boxes]
    return [tuple(box) for box in boxes]


def pick_boxes(
    found: Sequence[Grounded], images: Tensor, number: int = 1
) -> list[tuple[dict[str, Any], Tensor]]:
    """One box of each picture of a batch [B,H,W,C], and that picture [1,H,W,C].

    Args:
        number: which box of each picture, from 1 in the order of the detections; 0 takes all.

    Raises:
        NotFound: no picture has that box, with the reason.
        ImageError: pictures of another number or size.
    """
    images = check_pictures(images)
    check_same(found, images)
    number = _whole_number(number)
    frames = to_bounding_boxes(found)
    picked = [
        (box, image)
        for frame, image in zip(frames, images.split(1), strict=True)
        for box in (frame[number - 1 : number] if number else frame)
    ]
    if picked:
        return picked
    most = max(map(len, frames), default=0)
    if most:
        raise NotFound(f"There is no box {number}: {most} were found. Choose a lower index.")
    if any(each.shape == "picture" for each in found):
        raise NotFound("There is no box: the edit is about the whole picture.")
    why = reasons(found).partition("\n")[0]
    raise NotFound(f"There is no box. {why}".strip())


def _whole_number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ImageError(f"The number of a box is {shown(value)}, and must be 0 or more.")
    return value


def edited(each: Grounded) -> Detections:
    """The boxes of what is edited: of the things, or of the places for new ones."""
    if each.places is None:
        return each.found
    count, found = len(each.places), each.found
    if len(found) == count:
        return Detections(each.places, found.scores, found.labels, found.size)
    return Detections(each.places, torch.ones(count), ("place",) * count, found.size)


def _as_dict(found: Detections, row: int) -> dict[str, Any]:
    x0, y0, x1, y1 = whole_pixels(found.boxes[row].tolist(), found.size)
    return {"x": x0, "y": y0, "width": x1 - x0, "height": y1 - y0,
            "score": float(found.scores[row]), "label": found.labels[row]}  # fmt: skip


def whole_pixels(box: Sequence[float], size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The nearest whole pixels in a picture of (height, width), at least one each way."""
    height, width = size
    x0, y0 = min(max(round(box[0]), 0), width - 1), min(max(round(box[1]), 0), height - 1)
    return x0, y0, min(max(round(box[2]), x0 + 1), width), min(max(round(box[3]), y0 + 1), height)


def from_boxes(
    boxes: Any, images: Tensor, form: BoxFormat = "xyxy", spread: Spread = "every picture"
) -> Taken:
    """BOUNDING_BOX or BBOX of any nesting, as detections of each picture of a batch [B,H,W,C].

    One box, a list of boxes, or a list with the boxes of each picture. One box, and boxes for one
    picture, go to every picture, and so does a flat list, if `spread` does not say otherwise. Boxes
    are cut to the picture; those that are empty or lie outside are left out, with a note.

    Args:
        form: what four plain numbers mean; boxes with named sides need none.
        spread: what a flat list is for.

    Raises:
        ImageError: what is no box, sides that are negative or no numbers, or boxes for another
            number of pictures.
    """
    _known(form)
    size, boxes = size_of(images), plain(boxes)
    frames = _frames(boxes)
    flat = bool(boxes) and frames == [boxes]
    if _known_spread(spread) == "one a picture" and flat:
        frames = [[box] for box in boxes]
        if len(frames) != len(images):
            raise ImageError(
                f"One box a picture was asked for, but the boxes are {len(frames)} and the pictures"
                f' {len(images)}. Connect as many, or choose "every picture".'
            )
    if len(frames) not in (1, len(images)):
        raise ImageError(f"The boxes are for {len(frames)} pictures, but there are {len(images)}.")
    odd = Odd(len(frames))
    found = [
        grounded([_row(box, form) for box in frame], size, odd.of(number))
        for number, frame in enumerate(frames)
    ]
    found = found * len(images) if len(frames) == 1 else found
    doubt = (_ONE_EACH,) if flat and len(frames) == 1 < len(boxes) == len(images) else ()
    return Taken(found, torch.zeros(1, *size), odd.notes() + doubt)


_ONE_EACH = (
    "There are as many boxes as pictures, and every picture got all of them. If they are one a"
    ' picture, choose "one a picture".'
)


def _known_spread(spread: str) -> str:
    if not isinstance(spread, str) or spread not in get_args(Spread):
        raise ImageError(
            f'Boxes are for "every picture" or "one a picture", not "{shown(spread)}".'
        )
    return spread


def _known(form: str) -> str:
    if not isinstance(form, str) or form not in get_args(BoxFormat):
        raise ImageError(f'The format of boxes is xyxy or xywh, not "{shown(form)}".')
    return form


def _frames(boxes: Any) -> list[list[Any]]:
    """The boxes of each picture."""
    if boxes is None or boxes == []:
        return [[]]
    if _is_box(boxes):
        return [[boxes]]
    if isinstance(boxes, list) and all(map(_is_box, boxes)):
        return [boxes]
    if isinstance(boxes, list) and all(
        isinstance(frame, list) and all(map(_is_box, frame)) for frame in boxes
    ):
        return boxes
    raise ImageError("These are no boxes: {x, y, width, height} or four numbers are needed.")


def _is_box(value: Any) -> bool:
    if isinstance(value, dict):
        return {"x", "y", "width", "height"} <= set(value)
    return isinstance(value, list) and len(value) >= 4 and all(map(is_number, value[:4]))


def _row(box: Any, form: str) -> Row:
    """Corners, score and label of one box."""
    if isinstance(box, dict):
        sides = [plain(box[name]) for name in ("x", "y", "width", "height")]
        corners = corners_of(sides, "named")
        return corners, score_of(box.get("score")), str(box.get("label") or "object")
    return corners_of(box[:4], form), 1.0, "object"
