"""Room for what a thing becomes: the mask of a skirt has no legs for trousers, a T-shirt's no
sleeves, that of short hair no place where long hair falls, and a dog's none for a bigger one."""

from __future__ import annotations

from typing import Literal, NamedTuple

import torch
from torch import Tensor

from ..garments import (
    HIP,
    WAIST,
    WRIST,
    Cut,
    begins_higher,
    cut_of,
    falls_between,
    in_place_of,
    needs,
)
from ..nouns import head_of
from .anchor import shared
from .detections import Detections

Box = tuple[float, float, float, float]


class Piece(NamedTuple):
    """What the mask of a thing takes in besides the thing.

    Attributes:
        thing: its number.
        box: xyxy in pixels.
        takes: all of the box; what is in it of who wears the thing; or the thing itself, made as
            large as the box.
        wearer: the box of who wears it, where that counts.
    """

    thing: int
    box: Box
    takes: Literal["all", "wearer", "thing"]
    wearer: Box | None = None


Room = tuple[Piece, ...]


def may_need_room(target: str, result: str) -> bool:
    """Whether what takes a garment's place reaches further: who wears it has to be found then."""
    old = cut_of(target)
    return needs(old, cut_of(result)) and old is not None and old.kind != "hair"


def room_for(
    target: str, result: str, found: Detections, people: Detections
) -> tuple[Room, tuple[str, ...]]:
    """Room for what things become, and what to say of it; none where it fits.

    Args:
        target: the noun phrase of what was found.
        result: that of what it becomes.
        people: who may wear garments.
    """
    old, new = cut_of(target), cut_of(result)
    pieces = _larger(target, result, found)
    alone = 0
    if old and new and needs(old, new):
        new = in_place_of(new, old)
        for thing, box in enumerate(found.boxes):
            wearer = _wearer(box, people.boxes, old)
            if old.kind == "hair":
                pieces += _falling(thing, box, new)
            elif wearer is None:
                alone += 1
            else:
                pieces += _worn(thing, box, wearer, old, new, found.size)
    return tuple(pieces), _notes(target, result, bool(pieces), alone, len(found))


def _notes(target: str, result: str, some: bool, alone: int, count: int) -> tuple[str, ...]:
    """For a person: that masks are wider than what was found, and where they are not."""
    notes: list[str] = []
    if some:
        notes.append(f'The mask has room for "{result}", as far as it would reach. Look that no'
                     " hand or bag is in it, or paint a mask by hand.")  # fmt: skip
    if alone:
        which = "" if alone == count else f" {alone} of {count} times"
        notes.append(f'"{result}" may end where "{target}" does{which}: nobody was found to wear'
                     " it. Paint the mask by hand where it should reach further.")  # fmt: skip
    return tuple(notes)


# --- what is worn --------------------------------------------------------------------------------

_INSIDE = 0.8  # of a garment's box, in that of who wears it
_UPRIGHT = 1.2  # height over width of who stands
_ENOUGH = 0.04  # of a wearer's height: so much further a mask grows by itself
_SKIRT = 0.76  # of a wearer's box with the arms: the width of what falls about the legs
_STANCE = 1.4  # of a garment's width: that of the legs below it; a bag in the hand is further out
_TORSO = 0.25  # of a top's width, to both sides of its middle, where no sleeve is


def _wearer(box: Tensor, people: Tensor, old: Cut) -> Box | None:
    """Who of the people [M,4] around a garment [4] wears it: on whom it ends where such ones do."""
    share = shared(box, people) / (box[2:] - box[:2]).prod().clamp(min=1e-6)
    width, height = (people[:, 2:] - people[:, :2]).clamp(min=1e-6).unbind(dim=1)
    fit = (share >= _INSIDE) & (height >= _UPRIGHT * width)
    if not fit.any():
        return None
    off = ((box[3] - people[:, 1]) / height - old.reach).abs()
    return _box(people[torch.where(fit, off, torch.inf).argmin()])


def _worn(
    thing: int, box: Tensor, wearer: Box, old: Cut, new: Cut, size: tuple[int, int]
) -> list[Piece]:
    """What a garment takes in of its wearer, and of what is about the legs.

    A standing wearer is taken to be as people are. Of one whom the lower edge of the picture cuts
    off, the old garment tells how tall he or she is.
    """
    x0, y0, x1, y1 = box.tolist()
    left, top, right, bottom = wearer
    height, middle = bottom - top, (x0 + x1) / 2
    if bottom > 0.98 * size[0]:
        height = max(height, (y1 - top) / old.reach)

    def at(share: float) -> float:
        return min(bottom, top + share * height)

    lower, upper = at(new.reach), at(new.start)
    hem = y1 - 0.15 * (y1 - y0)  # which may be aslant
    skirt = new.kind == "skirt"
    across = min(x1 - x0, _SKIRT * (right - left)) if skirt else _STANCE * (x1 - x0)
    body: list[tuple[float, float, float, bool]] = []  # width, from, to, whether all of it
    if lower - y1 > _ENOUGH * height:
        body.append((across, hem, lower, skirt))
    if falls_between(old, new):
        body.append((x1 - x0, at(HIP), lower, True))
    if begins_higher(old, new):
        body.append((1.1 * (x1 - x0), upper, y0, False))
    if old.scanty and not new.scanty:
        body.append((x1 - x0, upper, max(y1, min(lower, at(WAIST))), False))
    boxes = [((middle - wide / 2, start, middle + wide / 2, end), whole)
             for wide, start, end, whole in body]  # fmt: skip
    if new.sleeved and not old.sleeved:
        torso = _TORSO * (x1 - x0)
        boxes += [((left, y0, middle - torso, at(WRIST)), False),
                  ((middle + torso, y0, right, at(WRIST)), False)]  # fmt: skip
    return [Piece(thing, each, "all") if whole else Piece(thing, each, "wearer", wearer)
            for each, whole in boxes if each[3] - each[1] >= 1]  # fmt: skip


def _falling(thing: int, box: Tensor, new: Cut) -> list[Piece]:
    """Where long hair falls, on both sides of the face: by the width of the head."""
    x0, y0, x1, y1 = box.tolist()
    width, end = x1 - x0, y0 + new.reach * (x1 - x0)
    if end - y1 <= 0.2 * width:
        return []
    out, within, start = 0.2 * width, 0.15 * width, (y0 + y1) / 2
    return [Piece(thing, (x0 - out, start, x0 + within, end), "all"),
            Piece(thing, (x1 - within, start, x1 + out, end), "all")]  # fmt: skip


# --- what grows ----------------------------------------------------------------------------------

_GROWN = {
    **dict.fromkeys(("bigger", "larger", "huge", "giant", "gigantic", "enormous", "massive",
                     "oversized"), (0.4, 0.1, 0.2)),
    **dict.fromkeys(("taller", "higher"), (0.5, 0.0, 0.05)),
    **dict.fromkeys(("wider", "broader"), (0.0, 0.0, 0.25)),
    **dict.fromkeys(("thicker", "fuller", "bushier", "puffier", "fatter", "bulkier", "fluffier"),
                    (0.15, 0.1, 0.15)),
}  # fmt: skip
"""By how much a thing grows: upwards and downwards, of its height, and to each side, of its
width."""
_LONGER = 0.5  # of its longer side: to both ends of what lies, and down what hangs
_DEGREES = {"slightly": 0.5, "much": 2.0, "far": 2.0, "twice": 2.0}
_SCENERY = 0.5  # of the picture: what covers more of it is no thing that grows


def _larger(target: str, result: str, found: Detections) -> list[Piece]:
    """Things in the size that is said of them: "bigger dog", "slightly taller tree".

    Nothing grows by a word that it had, of which another word is meant, or that follows its noun.
    """
    noun = head_of(result.lower())
    said = result.lower().split(",")[0].split()
    words = said[: said.index(noun)] if noun in said else []
    fresh = [word for word in words if word not in target.lower().split()]
    sides = [_GROWN[word] for word in fresh if word in _GROWN]
    longer = "longer" in fresh and cut_of(result) is None
    if not sides and not longer:
        return []
    degree = next((_DEGREES[word] for word in words if word in _DEGREES), 1.0)
    up, down, side = (degree * max((each[axis] for each in sides), default=0) for axis in range(3))
    if cut_of(target):  # or it would reach over the face of who wears it
        up, side = 0.0, min(side, 0.15)
    pieces = []
    for thing, box in enumerate(found.boxes):
        width, height = (float(each) for each in box[2:] - box[:2])
        if width * height > _SCENERY * found.size[0] * found.size[1]:
            continue
        lies = width > 1.3 * height
        across = side + (degree * _LONGER / 2 if longer and lies else 0.0)
        below = down + (degree * _LONGER if longer and not lies else 0.0)
        by = torch.tensor([-across * width, -up * height, across * width, below * height])
        pieces.append(Piece(thing, _box(box + by), "thing"))
    return pieces


def _box(values: Tensor) -> Box:
    x0, y0, x1, y1 = values.tolist()
    return x0, y0, x1, y1
