"""Where somebody wears a new thing: by the whole body, or by the head where that is not seen."""

from __future__ import annotations

import torch
from torch import Tensor

from ..garments import WAIST, cut_of
from ..plan import Relation
from . import place_tables as known
from .anchor import Anchor, anchors_of, cut, fractions, noun_of, part_of, within
from .detections import Detections, Detector

_AROUND = (0.5, 0.5, 1.2, 1.2)  # in units of a part of the body: what is worn on it
_SEEN = 0.25  # of the sides of what is worn: so much has to be seen of who is cut off
_OTHER = 0.7  # of a box: what is larger in it is no head, but all of it
_TO_NECK = 0.6  # of a head's mean side: from its middle to a collar


def worn_at(new: str, kind: str, at: Anchor) -> tuple[Tensor, bool] | None:
    """The box [4] of what is worn, and whether that is more than a guess; None where it is not
    worn there."""
    new = _like(new)
    if at.noun in known.HEADS:
        return (part_of(known.FACE[new], at.box, at.size), True) if new in known.FACE else None
    if _on_back(new, at):
        return within(part_of(known.ANIMAL[new], at.box, at.size), at.box), True
    if not _is_worn(new, kind, at):
        return None
    if at.noun in known.BODY_PARTS:
        if new in known.COVERINGS:
            return None
        return part_of(_AROUND, at.box, at.size), True
    by_head = None
    if not at.whole and at.head is not None:
        by_head = _by_head(new, at, at.head)
    upright = part_of(_on_body(new), at.box, at.size)
    known_place = new not in known.AT_HAND and (at.whole or by_head is not None)
    return (upright if by_head is None else by_head), known_place


def _like(new: str) -> str:
    """The noun of what is worn where this is: a blazer as a jacket is."""
    new = known.LIKE.get(new, new)
    garment = None if new in known.BODY else cut_of(new)
    if garment is None or garment.kind == "hair":
        return new
    if garment.start == WAIST:
        return "skirt" if garment.kind == "skirt" else "pants"
    if garment.kind == "top":
        return "shirt"
    return "coat" if garment.sleeved else "dress"


def _on_back(new: str, at: Anchor) -> bool:
    """Whether an animal wears it on its body."""
    return at.is_animal and new in known.ANIMAL and not (at.whole and new in known.BODY)


def _is_worn(new: str, kind: str, at: Anchor) -> bool:
    if new in known.BODY:
        return at.wears or (at.noun in known.BODY_PARTS and kind == "on")
    worn = kind == "on" and new in {*known.FACE, *known.AT_HAND}
    return worn and (at.is_person or at.is_animal or at.noun in known.BODY_PARTS)


def _on_body(new: str) -> known.Part:
    """Where it is in the box of who stands; of what is worn at the head that follows from there."""
    if new in known.AT_HAND:
        return known.BODY["glove"]
    if new in known.BODY:
        return known.BODY[new]
    x, y, width, height = known.STANDING
    cx, cy, w, h = known.FACE[new]
    return x + (cx - 0.5) * width, y + (cy - 0.5) * height, w * width, h * height


def part_on_body(noun: str) -> known.Part | None:
    """Where on a body it is worn, or a part of it; None where that has no place of its own."""
    noun = _like(noun)
    if noun in known.HEADS:
        return known.STANDING
    return _on_body(noun) if noun in known.BODY or noun in known.FACE else None


def _by_head(new: str, at: Anchor, head: Tensor) -> Tensor | None:
    """Where it is by the head [4] of who is not seen whole; None where that tells nothing."""
    if at.is_animal and new in known.NECK:
        return _at_neck(at, head)
    if new in known.FACE:
        return part_of(known.FACE[new], head, at.size)
    if at.is_animal:
        return None
    # As tall as those are that have such a face, and as wide as is seen.
    _, y, _, share = known.STANDING
    height = (head[3] - head[1]) / share
    top = (head[1] + head[3]) / 2 - y * height
    body = torch.stack([at.box[0], top, at.box[2], top + height])
    centre, sides = fractions(_on_body(new), body)
    low = torch.maximum(centre - sides / 2, at.box[:2])
    part = torch.minimum(centre + sides / 2, at.box[2:]) - low
    if (part < _SEEN * sides).any():
        return None
    return cut(low + part / 2, part, at.size)


def _at_neck(at: Anchor, head: Tensor) -> Tensor:
    """Of an animal, from its head on towards its middle."""
    middle, side = (head[:2] + head[2:]) / 2, (head[2:] - head[:2]).mean()
    way = (at.box[:2] + at.box[2:]) / 2 - middle
    neck = middle + way * (_TO_NECK * side / way.norm().clamp(min=1e-6)).clamp(max=1)
    return within(cut(neck, 0.8 * side.repeat(2), at.size), at.box)


# --- heads ---------------------------------------------------------------------------------------


def heads_of(
    detector: Detector, image: Tensor, result: str, found: Detections, relation: Relation | None
) -> Tensor:
    """The heads [N,4] of those who are not seen whole and are to wear something.

    Of no area where none is needed, or none was found. The detector is asked only where one is.
    """
    heads = torch.zeros(len(found), 4)
    anchors = anchors_of(found, relation)
    for row, at in enumerate(anchors):
        if not _needs_head(noun_of(result), relation.kind if relation else "on", at):
            continue
        for phrase in ("head", "face") if at.is_animal else ("face",):
            head = _head(detector.detect(image, [phrase])[0], at)
            if head is not None:
                heads[row] = head
                break
    return heads


def _needs_head(new: str, kind: str, at: Anchor) -> bool:
    new = _like(new)
    worn = kind in ("on", "holding") and at.wears and _is_worn(new, kind, at)
    return worn and not at.whole and not _on_back(new, at)


def _head(heads: Detections, at: Anchor) -> Tensor | None:
    """Which of them is the head [4] of this one: a person's is in the upper half, nearest to the
    middle; an animal's, the largest, is anywhere in its box."""
    x, y = heads.centers.unbind(dim=1)
    left, top, right, bottom = at.box.tolist()
    lowest = bottom if at.is_animal else (top + bottom) / 2
    fits = (x >= left) & (x <= right) & (y >= top) & (y <= lowest)
    fits &= heads.areas <= _OTHER * at.sides.prod()
    if not fits.any():
        return None
    order = -heads.areas if at.is_animal else (x - (left + right) / 2).abs()
    return heads.boxes[int(torch.where(fits, order, torch.inf).argmin())]
