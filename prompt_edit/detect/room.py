"""Room for what a thing becomes: the mask of a skirt has no legs for trousers, a T-shirt's no
sleeves, that of short hair no place where long hair falls, and a dog's none for a bigger one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from ..nouns import head_of, singular
from .detections import Detections

# How far down a garment reaches, in parts of a standing person from the top of the head.
_WAIST, _HIP, _THIGH, _KNEE, _CALF, _ANKLE = 0.45, 0.56, 0.67, 0.75, 0.85, 0.93
_WRIST, _SHOULDER, _CHEST = 0.52, 0.2, 0.34

_TOPS = {"shirt", "t-shirt", "tee", "blouse", "vest", "top", "polo", "jersey", "bikini", "swimsuit",
         "underwear", "briefs", "leotard", "bodysuit", "waistcoat", "camisole", "tank"}  # fmt: skip
_SLEEVED_TOPS = {"sweater", "hoodie", "jacket", "cardigan", "blazer", "pullover", "sweatshirt",
                 "jumper", "turtleneck", "parka", "windbreaker", "anorak"}  # fmt: skip
_SUITS = {"suit", "tuxedo", "tracksuit", "pantsuit", "pajamas", "pyjamas"}
"""In the place of a top, its upper half."""
_LEGS = {
    "shorts": _THIGH, "trunks": _THIGH, "romper": _THIGH, "capris": _CALF, "culottes": _CALF,
    **dict.fromkeys(
        ("pants", "trousers", "jeans", "leggings", "tights", "slacks", "chinos", "joggers",
         "sweatpants", "overalls", "dungarees", "jumpsuit", "stockings", "onesie", "khakis",
         "corduroys"), _ANKLE),
}  # fmt: skip
_SKIRTS = {
    "miniskirt": _THIGH, "tutu": _THIGH, "kilt": _KNEE, "skirt": _KNEE, "apron": _KNEE,
    "tunic": _THIGH, "minidress": _THIGH, "dress": _KNEE, "sundress": _KNEE, "nightgown": _CALF,
    "gown": _ANKLE, "sari": _ANKLE, "saree": _ANKLE, "toga": _ANKLE,
}  # fmt: skip
_COATS = {
    "poncho": _THIGH, "coat": _KNEE, "trenchcoat": _KNEE, "overcoat": _KNEE, "raincoat": _KNEE,
    **dict.fromkeys(("robe", "bathrobe", "cloak", "kimono", "kaftan", "caftan", "abaya", "hanbok",
                     "cassock", "cape"), _ANKLE),
}  # fmt: skip
_LENGTHS = {
    "mini": _THIGH, "short": _THIGH, "shorter": _THIGH, "thigh-length": _THIGH,
    "knee-length": _KNEE, "midi": _CALF, "calf-length": _CALF, "mid-length": _CALF,
    **dict.fromkeys(("long", "longer", "maxi", "ankle-length", "floor-length", "full-length"),
                    _ANKLE),
}  # fmt: skip
_HAIR = {"long": _CHEST, "longer": _CHEST, "shoulder-length": _SHOULDER, "waist-length": _WAIST}

_ENOUGH = 0.04  # of a wearer's height: so much further a mask grows by itself
_INSIDE = 0.8  # of a garment's box, in that of who wears it
_UPRIGHT = 1.2  # height over width of who stands
_SKIRT = 0.76  # of a wearer's box with the arms: the width of what falls about the legs
_STANCE = 1.4  # of a garment's width: that of the legs below it; a bag in the hand is further out
_TORSO = 0.25  # of a top's width, to both sides of its middle, where no sleeve is


class Cut(NamedTuple):
    """How a garment is cut: how far down it reaches, whether about the legs, whether with sleeves.

    Attributes:
        reach: in parts of its wearer's height.
        part: the part of the body that it is worn on.
    """

    reach: float
    part: str
    wide: bool = False
    sleeved: bool = False


@dataclass(frozen=True)
class Room:
    """What the masks of some things take in besides them: M strips.

    Attributes:
        things: the number of the thing that each strip belongs to.
        strips: float [M,4], xyxy in pixels.
        wearers: float [M,4]: of a strip only what is of who is in this box; all where it has no
            area.
    """

    things: tuple[int, ...]
    strips: Tensor
    wearers: Tensor


def cut_of(phrase: str) -> Cut | None:
    """How a garment, or long hair, is cut by its name; None for all else."""
    phrase = phrase.lower().replace("ankle length", "ankle-length")
    noun, words = head_of(phrase), set(phrase.replace("-sleeved", " sleeved").split())
    sleeved = {"long", "sleeved"} <= words or {"long", "sleeves"} <= words
    if noun == "hair":
        said = [_HAIR[word] for word in words if word in _HAIR]
        return Cut(said[0] if said else 0.0, "hair")
    if noun not in _LEGS and noun not in _SUITS:
        noun = singular(noun)
    said = [length for word, length in _LENGTHS.items() if word in words and not sleeved]
    if noun in _TOPS or noun in _SLEEVED_TOPS:
        longer = _THIGH if said and said[0] > _THIGH else _HIP
        bare = "sleeveless" in words or {"short", "sleeved"} <= words
        return Cut(longer, "top", sleeved=sleeved or (noun in _SLEEVED_TOPS and not bare))
    if noun in _SUITS:
        return Cut(_ANKLE, "suit", sleeved=True)
    if noun in _LEGS:
        shorts = said and _LEGS[noun] == _THIGH
        return Cut(min(said[0], _KNEE) if shorts else _LEGS[noun], "legs")
    for kinds, coat in ((_SKIRTS, False), (_COATS, True)):
        if noun in kinds:
            return Cut(said[0] if said else kinds[noun], "skirt", True, coat or sleeved)
    return None


def may_need_room(target: str, result: str) -> bool:
    """Whether what takes a garment's place reaches further: who wears it has to be found then."""
    old, new = cut_of(target), cut_of(result)
    if old is None or new is None or (old.part == "hair") != (new.part == "hair"):
        return False
    return new.reach > old.reach or (new.sleeved and not old.sleeved)


def room_for(
    target: str, result: str, found: Detections, people: Detections
) -> tuple[Room | None, str]:
    """Room for what things become, and what to say of it; None where it fits.

    A standing wearer is taken to be as people are; of one who is cut off by the lower edge of the
    picture, all that shows is taken.

    Args:
        people: who may wear garments.
    """
    growth = _growth(target, result)
    pieces: list[_Piece] = []
    if any(growth):
        pieces = [(row, _around(box, growth), None) for row, box in enumerate(found.boxes)]
    worn, alone = _worn(target, result, found, people)
    pieces += worn
    if pieces:
        return _room(pieces), (
            f'The mask has room for "{result}"{", as far as it would reach" if worn else ""}. Paint'
            " a mask by hand to end it elsewhere."
        )
    if alone:
        return None, (
            f'"{result}" may end where "{target}" does: nobody who stands was found to wear it.'
            " Paint the mask by hand where it should reach further."
        )
    return None, ""


_Piece = tuple[int, Tensor, Tensor | None]
"""The number of a thing, a strip [4], and who wears it, [4]; None where all of the strip counts."""


def _room(pieces: Sequence[_Piece]) -> Room:
    things, strips, wearers = zip(*pieces, strict=True)
    nobody = torch.zeros(4)
    return Room(
        things, torch.stack(strips),
        torch.stack([nobody if wearer is None else wearer for wearer in wearers]),
    )  # fmt: skip


# --- what grows ----------------------------------------------------------------------------------

_GROWN = {
    **dict.fromkeys(("bigger", "larger", "big", "large", "huge", "giant", "gigantic", "enormous",
                     "massive", "oversized", "greater", "grown"), (0.4, 0.1, 0.2)),
    **dict.fromkeys(("taller", "tall", "higher", "high"), (0.5, 0.0, 0.05)),
    **dict.fromkeys(("wider", "wide", "broader", "broad"), (0.0, 0.0, 0.25)),
    **dict.fromkeys(("thicker", "thick", "fuller", "bushier", "bushy", "puffier", "puffy", "fatter",
                     "fat", "bulkier", "fluffier", "fluffy"), (0.15, 0.1, 0.15)),
}  # fmt: skip
"""By how much a thing's box grows: upwards and downwards, of its height, and to each side, of its
width."""
_LONGER = ("longer", "long")  # which goes on to both ends of what lies, and down what hangs
_DEGREES = {"slightly": 0.5, "little": 0.5, "bit": 0.5, "much": 2.0, "far": 2.0, "way": 2.0,
            "very": 1.5, "twice": 2.0}  # fmt: skip


def _growth(target: str, result: str) -> tuple[float, float, float, float]:
    """As `_GROWN` has it, and by how much what lies or hangs is longer; all 0 where it does not."""
    said = set(result.lower().split()[:-1])
    known = set(target.lower().split())
    degree = next((_DEGREES[word] for word in said if word in _DEGREES), 1.0)
    sides = [_GROWN[word] for word in said - known if word in _GROWN]
    up, down, side = (degree * max((each[axis] for each in sides), default=0) for axis in range(3))
    longer = degree * 0.5 if said.intersection(_LONGER) - known and cut_of(result) is None else 0.0
    return up, down, side, longer


def _around(box: Tensor, growth: tuple[float, float, float, float]) -> Tensor:
    """The box [4] of a thing that grew."""
    width, height = (float(each) for each in box[2:] - box[:2])
    up, down, side, longer = growth
    if width > 1.3 * height:
        side += longer / 2
    else:
        down += longer
    return box + torch.tensor([-side * width, -up * height, side * width, down * height])


# --- what is worn --------------------------------------------------------------------------------


def _worn(
    target: str, result: str, found: Detections, people: Detections
) -> tuple[list[_Piece], bool]:
    """What a garment needs that reaches further; and whether nobody was found to wear one."""
    if not may_need_room(target, result):
        return [], False
    old, new = cut_of(target), cut_of(result)
    assert old and new
    if new.part == "suit" and old.part == "top":
        new = new._replace(reach=_HIP)
    pieces: list[_Piece] = []
    alone = False
    for row, box in enumerate(found.boxes):
        wearer = _wearer(box, people.boxes)
        if wearer is None:
            alone = True
            continue
        for strip in _strips(box, wearer, old, new, found.size):
            pieces.append((row, strip, None if _whole(strip, box, new) else wearer))
    return pieces, alone


def _wearer(box: Tensor, people: Tensor) -> Tensor | None:
    """The smallest of the people [M,4] whose box holds a garment's [4], if he or she stands."""
    inner = torch.minimum(box[2:], people[:, 2:]) - torch.maximum(box[:2], people[:, :2])
    share = inner.clamp(min=0).prod(dim=1) / (box[2:] - box[:2]).prod().clamp(min=1e-6)
    sides = people[:, 2:] - people[:, :2]
    fit = (share >= _INSIDE) & (sides[:, 1] >= _UPRIGHT * sides[:, 0])
    if not fit.any():
        return None
    return people[torch.where(fit, sides.prod(dim=1), torch.inf).argmin()]


def _whole(strip: Tensor, box: Tensor, new: Cut) -> bool:
    """Whether a strip takes in what is behind the wearer, too: about legs, and where hair falls."""
    return new.part == "hair" or (new.wide and bool(strip[3] > box[3]))


def _strips(box: Tensor, wearer: Tensor, old: Cut, new: Cut, size: tuple[int, int]) -> list[Tensor]:
    """What a garment in the place of the one in the box [4] needs besides, [4] each."""
    x0, y0, x1, y1 = box.tolist()
    left, top, right, bottom = wearer.tolist()
    height = bottom - top
    cut_off = bottom > 0.98 * size[0]

    def down(share: float) -> float:
        return bottom if cut_off and share >= _HIP else top + share * height

    strips: list[tuple[float, float, float, float]] = []
    further = down(new.reach) - y1 > _ENOUGH * height
    if new.part == "hair":
        if further:  # on both sides of the face
            out, within, start = 0.2 * (x1 - x0), 0.15 * (x1 - x0), (y0 + y1) / 2
            strips = [(x0 - out, start, x0 + within, down(new.reach)),
                      (x1 - within, start, x1 + out, down(new.reach))]  # fmt: skip
        return [torch.tensor(each) for each in strips]
    if further:
        hem = y1 - 0.15 * (y1 - y0)  # which may be aslant
        half = min(x1 - x0, _SKIRT * (right - left)) if new.wide else _STANCE * (x1 - x0)
        middle = (x0 + x1) / 2
        strips.append((middle - half / 2, hem, middle + half / 2, down(new.reach)))
    wrist = top + _WRIST * height
    if new.sleeved and not old.sleeved and old.part in ("top", "skirt", "suit") and wrist > y0:
        middle, torso = (x0 + x1) / 2, _TORSO * (x1 - x0)
        strips += [(left, y0, middle - torso, wrist), (middle + torso, y0, right, wrist)]
    return [torch.tensor(each) for each in strips]
