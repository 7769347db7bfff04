"""Detections in the formats of other node packs, and back."""

from __future__ import annotations

import math
from collections import namedtuple
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, get_args

import numpy as np
import torch
from torch import Tensor

from .. import given
from ..errors import ImageError, NotFound, shown
from ..images import check_pictures
from .detections import Detections
from .ground import Grounded, check_found, check_same, reasons

BoxFormat = Literal["xyxy", "xywh"]
"""What four plain numbers mean: two corners, or one corner with width and height; in pixels."""

SEG = namedtuple(
    "SEG",
    ["cropped_image", "cropped_mask", "confidence", "crop_region", "bbox", "label",
     "control_net_wrapper"],
    defaults=[None],
)  # fmt: skip
"""One object as the Impact pack passes it: mask float [h,w] and region (x0,y0,x1,y1) in pixels."""

Segs = tuple[tuple[int, int], list[SEG]]
"""The objects of one picture, and its (height, width) in pixels."""

Corners = tuple[float, float, float, float]
Item = TypeVar("Item")

_MOST_PIXELS = 2**30  # of one mask: 4 GiB
_MANY = 5  # boxes that one note names one by one


@dataclass(frozen=True)
class Taken:
    """What came from another pack.

    Attributes:
        found: detections of each picture.
        mask: float [1,H,W], all objects together; all zero where boxes alone came.
        notes: what was left out or cut, in plain sentences.
    """

    found: list[Grounded]
    mask: Tensor
    notes: tuple[str, ...] = ()


# --- boxes that go out ---------------------------------------------------------------------------


def to_bounding_boxes(found: Sequence[Grounded]) -> list[list[dict[str, Any]]]:
    """The host's BOUNDING_BOX: a list a picture of {x, y, width, height, score, label}.

    Whole pixels inside the picture, at least one wide and high. Where something new is to stand,
    its place; where the whole picture is meant, no box.
    """
    check_found(found)
    return [[_as_dict(each, row) for row in range(len(each))] for each in map(_edited, found)]


def to_bboxes(found: Sequence[Grounded], form: BoxFormat = "xyxy") -> list[Corners]:
    """BBOX as most packs pass it: four numbers in pixels a box, of all pictures in one list."""
    check_found(found)
    boxes = [box for each in map(_edited, found) for box in each.boxes.tolist()]
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


def _edited(each: Grounded) -> Detections:
    """The boxes of what is edited: of the things, or of the places for new ones."""
    if each.places is None:
        return each.found
    count, found = len(each.places), each.found
    if len(found) == count:
        return Detections(each.places, found.scores, found.labels, found.size)
    return Detections(each.places, torch.ones(count), ("place",) * count, found.size)


def _as_dict(found: Detections, row: int) -> dict[str, Any]:
    x0, y0, x1, y1 = _whole(found.boxes[row].tolist(), found.size)
    return {"x": x0, "y": y0, "width": x1 - x0, "height": y1 - y0,
            "score": float(found.scores[row]), "label": found.labels[row]}  # fmt: skip


def _whole(box: Sequence[float], size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The nearest whole pixels in a picture of (height, width), at least one each way."""
    height, width = size
    x0, y0 = min(max(round(box[0]), 0), width - 1), min(max(round(box[1]), 0), height - 1)
    return x0, y0, min(max(round(box[2]), x0 + 1), width), min(max(round(box[3]), y0 + 1), height)


# --- SEGS that go out ----------------------------------------------------------------------------


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
        return _edited(each)
    height, width = each.found.size
    box = torch.tensor([[0.0, 0.0, width, height]])
    return Detections(box, torch.ones(1), ("picture",), each.found.size)


def _seg(found: Detections, row: int, mask: Tensor, image: Tensor, crop_factor: float) -> SEG:
    box = found.boxes[row]
    x0, y0, x1, y1 = region = _region(box, mask, crop_factor)
    return SEG(
        image[None, y0:y1, x0:x1, :3].float().cpu().numpy(),
        mask[y0:y1, x0:x1].float().cpu().numpy(),
        float(found.scores[row]), region, _whole(box.tolist(), found.size), found.labels[row],
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


# --- boxes that come in --------------------------------------------------------------------------


def from_boxes(boxes: Any, images: Tensor, form: BoxFormat = "xyxy") -> Taken:
    """BOUNDING_BOX or BBOX of any nesting, as detections of each picture of a batch [B,H,W,C].

    One box, a list of boxes, or a list with the boxes of each picture. A flat list, and boxes for
    one picture, go to every picture. Boxes are cut to the picture; those that are empty or lie
    outside are left out, with a note.

    Args:
        form: what four plain numbers mean; boxes with named sides need none.

    Raises:
        ImageError: what is no box, sides that are negative or no numbers, or boxes for another
            number of pictures.
    """
    _known(form)
    size = _size(images)
    frames = _frames(_plain(boxes))
    if len(frames) not in (1, len(images)):
        raise ImageError(f"The boxes are for {len(frames)} pictures, but there are {len(images)}.")
    odd = _Odd(len(frames))
    found = [
        _grounded([_row(box, form) for box in frame], size, odd.of(number))
        for number, frame in enumerate(frames)
    ]
    found = found * len(images) if len(frames) == 1 else found
    return Taken(found, torch.zeros(1, *size), odd.notes())


def _known(form: str) -> str:
    if not isinstance(form, str) or form not in get_args(BoxFormat):
        raise ImageError(f'The format of boxes is xyxy or xywh, not "{shown(form)}".')
    return form


def _plain(value: Any) -> Any:
    """Arrays, tensors and tuples as lists of Python's own numbers."""
    if isinstance(value, Tensor):
        value = value.detach().to_dense()
    if isinstance(value, (Tensor, np.ndarray, np.generic)):
        value = value.tolist()
    return [_plain(each) for each in value] if isinstance(value, (list, tuple)) else value


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
    return isinstance(value, list) and len(value) >= 4 and all(map(_is_number, value[:4]))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_Row = tuple[Corners, float, str]
_OTHER = {
    "xyxy": " If it is x, y, width and height, choose the format xywh.",
    "xywh": " If it is two corners, choose the format xyxy.",
}


def _row(box: Any, form: str) -> _Row:
    """Corners, score and label of one box."""
    if isinstance(box, dict):
        sides = [_plain(box[name]) for name in ("x", "y", "width", "height")]
        corners = _corners(sides, "named")
        return corners, _score(box.get("score")), str(box.get("label") or "object")
    return _corners(box[:4], form), 1.0, "object"


def _corners(sides: list[Any], form: str) -> Corners:
    """Two corners. Raises `ImageError` for what is no number, and for negative sides."""
    text = f"({', '.join(map(str, sides))})"
    if not all(map(_is_number, sides)) or not all(abs(side) < 1e9 for side in sides):
        raise ImageError(f"A box is {text}: its sides must be numbers of pixels.")
    x0, y0, x1, y1 = map(float, sides)
    if form in ("xywh", "named"):
        x1, y1 = x0 + x1, y0 + y1
    if x1 < x0 or y1 < y0:
        raise ImageError(f"A box is {text}: its width or height is negative.{_OTHER.get(form, '')}")
    return x0, y0, x1, y1


def _score(value: Any) -> float:
    """A score, or the highest of several; 1 where there is none."""
    scores = np.asarray(1.0 if value is None else _plain(value)).ravel()
    if not len(scores):
        return 1.0
    if scores.dtype.kind not in "iufb" or not np.isfinite(scores).all():
        raise ImageError(f"A box has the score {shown(value)}, which is no number.")
    return float(scores.max())


class _Odd:
    """The boxes that were left out or cut, told a line a kind and not a line a box."""

    def __init__(self, pictures: int) -> None:
        self._pictures = pictures
        self._boxes: dict[str, list[str]] = {}

    def of(self, picture: int) -> Callable[[int, str], None]:
        """Takes the number of a box in that picture, from 0, and what became of it."""

        def tell(box: int, what: str) -> None:
            where = f"box {box + 1}"
            where += f" of picture {picture + 1}" if self._pictures > 1 else ""
            self._boxes.setdefault(what, []).append(where)

        return tell

    def notes(self) -> tuple[str, ...]:
        return tuple(f"{what}: {_listed(boxes)}." for what, boxes in self._boxes.items())


def _listed(names: list[str]) -> str:
    rest = len(names) - _MANY
    return ", ".join(names[:_MANY]) + (f" and {rest} more" if rest > 0 else "")


def _grounded(
    rows: Sequence[_Row], size: tuple[int, int], tell: Callable[[int, str], None]
) -> Grounded:
    """Those boxes, cut to a picture of (height, width)."""
    kept = []
    for number, (corners, score, label) in enumerate(rows):
        cut, what = _cut(corners, size)
        if what:
            tell(number, what)
        if cut:
            kept.append((cut, score, label))
    none = Detections.none(size)
    if not kept:
        reason = "None of the boxes lies in the picture." if rows else "No box came in."
        return Grounded(none, none, reason=reason)
    boxes, scores, labels = zip(*kept, strict=True)
    return Grounded(Detections(torch.tensor(boxes), torch.tensor(scores), labels, size), none)


def _cut(box: Corners, size: tuple[int, int]) -> tuple[Corners | None, str]:
    """What of a box lies in a picture of (height, width), and what is to be told of it."""
    height, width = size
    x0, y0, x1, y1 = box
    if min(x1 - x0, y1 - y0) < 1:
        return None, "Left out, smaller than a pixel (are they shares of the picture?)"
    inside = max(x0, 0.0), max(y0, 0.0), min(x1, float(width)), min(y1, float(height))
    if min(inside[2] - inside[0], inside[3] - inside[1]) < 1:
        return None, "Left out, outside the picture"
    beyond = max(abs(one - other) for one, other in zip(box, inside, strict=True)) > 1
    return inside, "Cut to the picture" if beyond else ""


# --- SEGS that come in ---------------------------------------------------------------------------


def from_segs(segs: Any, images: Tensor | None = None) -> Taken:
    """SEGS as detections and a mask.

    Args:
        images: the pictures [B,H,W,C] that they are for: empty SEGS may have no size of their own.
            Each picture gets all objects.

    Raises:
        ImageError: what are no SEGS, those of another picture, or empty ones without a picture.
    """
    size, objects = _read_segs(segs, images)
    odd = _Odd(1)
    mask = torch.zeros(1, *size)
    rows = []
    for number, each in enumerate(objects):
        corners = _corners(_sides(each.bbox), "SEGS")
        rows.append((corners, _score(each.confidence), str(each.label or "object")))
        if each.cropped_mask is None:
            odd.of(0)(number, "Without a mask, so that the whole box is taken")
        _paste(mask[0], each)
    found = _grounded(rows, size, odd.of(0))
    return Taken([found] * (1 if images is None else len(images)), mask, odd.notes())


def _read_segs(segs: Any, images: Tensor | None) -> tuple[tuple[int, int], Sequence[Any]]:
    """(height, width) and the objects."""
    own = None if images is None else _size(images)
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
    box = _plain(box)
    if not isinstance(box, list) or len(box) != 4:
        raise ImageError(f"A box of these SEGS is {shown(box)}: four numbers are needed.")
    return box


def _paste(whole: Tensor, each: Any) -> None:
    """Lay an object's mask into the mask [H,W] of its picture; without one, its box."""
    height, width = whole.shape
    bare = each.cropped_mask is None
    x0, y0, x1, y1 = _corners(_sides(each.bbox if bare else each.crop_region), "SEGS")
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


def _size(images: Any) -> tuple[int, int]:
    """(height, width) of a batch [B,H,W,C]."""
    images = check_pictures(images)
    return int(images.shape[1]), int(images.shape[2])


def _by(size: Sequence[int]) -> str:
    """A (height, width) as people write it."""
    return " x ".join(str(int(side)) for side in reversed(size))
