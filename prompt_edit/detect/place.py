"""Where a new thing goes: a box for what is not there yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from ..nouns import words_of
from ..plan import Relation
from . import place_tables as known
from .anchor import Anchor, anchors_of, cut, noun_of, part_of, shared, within
from .detections import Detections
from .worn import worn_at

# Elsewhere: the centre's offset from the anchor's centre, in units of (anchor + new) half sides.
_BESIDE = {
    "left of": (-1.0, 0.0),
    "right of": (1.0, 0.0),
    "above": (0.0, -1.0),
    "below": (0.0, 1.0),
    "on": (0.0, -1.0),
    "in": (0.0, 0.0),
    "holding": (0.8, 0.2),
}
_ALL = (0.5, 0.5, 1.0, 1.0)
_SHARE = 0.75  # of the anchor's mean side: the side of a new thing of unknown size,
_OF_LARGE = 0.3  # or so much where the anchor takes more
_LARGE = 0.25  # than this of the picture
_FOOT = 0.6  # of the height of what lies: how far down on it a thing stands
_FLOOR = (0.5, 0.55, 0.6, 0.6)  # in units of what lies: what lies on it
_REAR = 0.95  # of the height of what stands over a thing: where that thing stands
_BENEATH = (0.5, 0.9, 1.0, 0.2)  # in units of what stands on it: what lies under that
_LEAST = 0.1  # of the picture's shorter side: what stands on a thin strip is no smaller
_HANDS = 10.0  # a person's height, in sides of a hand's box


def place(
    result: str, anchors: Detections, relation: Relation | None, heads: Tensor | None = None
) -> Tensor:
    """A box for each anchor [N,4], xyxy in pixels, cut to the picture.

    Args:
        result: the noun phrase of the new thing; its head is looked up among things worn.
        anchors: what it is put to.
        relation: how it stands to them; None counts as *on*.
        heads: [N,4], the anchors' heads, as `heads_of` finds them; of no area where none is known.
    """
    boxes = [box for box, _ in _places(result, anchors, relation, heads)]
    return torch.stack(boxes) if boxes else torch.zeros(0, 4)


def is_guess(
    result: str, anchors: Detections, relation: Relation | None, heads: Tensor | None = None
) -> bool:
    """Whether it is not known where one of the anchors wears or holds the new thing."""
    return not all(sure for _, sure in _places(result, anchors, relation, heads))


def has_room(place: Tensor, anchor: Tensor, relation: Relation | None, noun: str = "") -> bool:
    """Whether a place [4] lies beside its anchor [4], what `noun` says, where it is to: most of it
    at least."""
    if relation is None or relation.kind not in ("left of", "right of", "above", "below", "near"):
        return True
    if relation.kind == "below" and noun in known.UNDER:
        return True
    return _mostly_beside(place, anchor)


def _mostly_beside(place: Tensor, anchor: Tensor) -> bool:
    return bool(shared(place, anchor[None])[0] <= 0.5 * (place[2:] - place[:2]).prod())


def _places(
    result: str, anchors: Detections, relation: Relation | None, heads: Tensor | None
) -> list[tuple[Tensor, bool]]:
    """For each anchor a box, and whether that is more than a guess."""
    new, kind = noun_of(result), relation.kind if relation else "on"
    return [_one(new, kind, each) for each in anchors_of(anchors, relation, heads)]


def _one(new: str, kind: str, at: Anchor) -> tuple[Tensor, bool]:
    if at.noun in known.HAND and kind in ("in", "holding"):
        return _in_hand(new, at), True
    worn = worn_at(new, kind, at) if kind in ("on", "holding") else None
    if worn:
        return worn
    if kind in ("on", "in") and new in known.COVERINGS:
        return part_of(_ALL, at.box, at.size), True
    if kind == "below" and at.noun in known.UNDER:
        return _standing_under(new, at), True
    sure = kind not in ("on", "holding") or not at.is_person or new in known.FLAT
    if kind == "on":
        if new in known.FLAT or at.noun in known.UPRIGHT | known.INSIDE:
            kind = "in"
        elif at.noun in known.LYING:
            return _standing_within(new, at), True
        elif at.noun in known.HAND:
            return _in_hand(new, at), True
        elif at.is_person:
            kind = "holding" if new in known.HELD else "in"
    return _beside(new, kind, at), sure


def _beside(new: str, kind: str, at: Anchor) -> Tensor:
    """Beside the anchor, on its upper edge, at its hand or in its middle."""
    sides, own = at.sides, _sides(new, kind, at)
    centre = at.box[:2] + sides / 2
    if kind == "near":  # on the side that has more room
        kind = "right of" if centre[0] < at.size[1] / 2 else "left of"
    offset = torch.tensor(_BESIDE[kind]) * (sides + own) / 2
    if kind in ("left of", "right of"):  # on the same ground
        offset[1] = (sides[1] - own[1]) / 2
    box = cut(centre + offset, own, at.size)
    if kind == "in":
        return within(box, at.box)
    if at.is_person and kind in ("left of", "right of") and _mostly_beside(box, at.box):
        # What is large is cut off by the picture's edge, and does not cover who stands there.
        edge = 2 if kind == "left of" else 0
        free = box.clone()
        free[edge] = at.box[2 - edge]
        return within(box, free)
    return box


def _sides(new: str, kind: str, at: Anchor) -> Tensor:
    """Width and height of a new thing: as large as it is beside a person, or a share of what it is
    put to."""
    if at.is_person and (new in known.SIZES or kind == "holding"):
        return torch.tensor(known.SIZES.get(new, known.IN_HAND)) * at.sides[1]
    area = at.sides.prod()
    large = float(area) > _LARGE * at.size[0] * at.size[1]
    return (area.sqrt() * (_OF_LARGE if large else _SHARE)).repeat(2)


def _standing_within(new: str, at: Anchor) -> Tensor:
    """With its foot on what lies, and no larger than fits there."""
    if new in known.SPREAD:
        return part_of(_FLOOR, at.box, at.size)
    width, height = at.sides.tolist()
    fits = min(width, max(_FOOT * height, _LEAST * min(at.size)))
    side = min(float(_sides(new, "on", at)[0]), fits)
    foot = at.box[:2] + at.sides * torch.tensor([0.5, _FOOT])
    return cut(foot - torch.tensor([0.0, side / 2]), torch.tensor([side, side]), at.size)


def _standing_under(new: str, at: Anchor) -> Tensor:
    """On the ground that it stands on, and no larger than there is room for."""
    if new in known.SPREAD:
        return part_of(_BENEATH, at.box, at.size)
    width, height = at.sides.tolist()
    side = min(float(_sides(new, "below", at)[0]), width, known.UNDER[at.noun] * height)
    foot = at.box[:2] + at.sides * torch.tensor([0.5, _REAR])
    return cut(foot - torch.tensor([0.0, side / 2]), torch.tensor([side, side]), at.size)


def _in_hand(new: str, at: Anchor) -> Tensor:
    """What is held stands up from the hand, or hangs down from it."""
    sides = torch.tensor(known.SIZES.get(new, known.IN_HAND)) * _HANDS * at.sides.prod().sqrt()
    x, top, bottom = (at.box[0] + at.box[2]) / 2, at.box[1], at.box[3]
    y = top + sides[1] / 2 if new in known.HANGING else bottom - sides[1] / 2
    return cut(torch.stack([x, y]), sides, at.size)


# --- without an anchor ---------------------------------------------------------------------------


def look_of(new: str) -> str:
    """How a picture looks that shows what has no place of its own, as rain; else nothing."""
    return known.WEATHER.get(noun_of(new), "")


def place_freely(
    others: Detections, side_of_picture: str = "all", new: str = "",
    taken: Callable[[Tensor], list[float]] | None = None,
) -> Tensor:  # fmt: skip
    """A box [1,4] on the ground, or for things of the sky at the top, where it covers least of
    what is there.

    Args:
        others: who must not be covered.
        taken: what share of each box [N,4] shows something, 0..1.
        side_of_picture: a `Which.by`: left, right, top, bottom, a corner and center ask for that
            place, whatever stands there.
        new: the noun phrase of the new thing.
    """
    flies = noun_of(new) in known.SKY or not known.FLYING.isdisjoint(words_of(new))
    side = (0.2 if flies else 0.32) * min(others.size)
    asked = side_of_picture.split()
    level = next((each for each in asked if each in _LEVELS), "top" if flies else "bottom")
    column = next((each for each in asked if each in _COLUMNS), "")
    if column:
        return _along(side, level, [_COLUMNS[column]], others.size)
    found = [_freest(part * side, level, others, taken) for part in _SMALLER]
    best, _ = min(found, key=lambda each: each[1] if each[1] > TAKEN else 0.0)
    return best[None]


_LEVELS = {"top": 0.0, "center": 0.5, "bottom": 1.0}
_COLUMNS = {"left": 0.0, "center": 0.5, "right": 1.0}
_SMALLER = (1.0, 0.7, 0.5)  # of its usual side: where there is no room else
TAKEN = 0.12  # share of a place from which on something stands there


def _along(side: float, level: str, columns: Sequence[float], size: tuple[int, int]) -> Tensor:
    """Squares [N,4] at a level of the picture, each at a share of the way from left to right."""
    height, width = size
    y = 0.62 * side + _LEVELS[level] * (height - 1.24 * side)
    sides = torch.tensor([side, side])
    return torch.stack([
        cut(torch.tensor([0.55 * side + share * (width - 1.1 * side), y]), sides, size)
        for share in columns
    ])  # fmt: skip


def _freest(
    side: float, level: str, others: Detections, taken: Callable[[Tensor], list[float]] | None
) -> tuple[Tensor, float]:
    """The place [4] for a thing of some side that is most free, and how much of it is taken."""
    columns = torch.linspace(0, 1, 9).tolist()
    boxes = _along(side, level, columns, others.size)
    shown = taken(boxes) if taken else [0.0] * len(boxes)
    share = [max(float(shared(box, others.boxes).sum()) / side**2, each)
             for box, each in zip(boxes, shown, strict=True)]  # fmt: skip
    best = min(range(len(boxes)), key=lambda at: (round(share[at], 1), abs(columns[at] - 0.5)))
    return boxes[best], round(share[best], 1)
