"""Stuffs that are put somewhere, and looks of the same name: "ice in the glass"."""

from __future__ import annotations

from dataclasses import replace

from . import lexicon as lex
from .noun_phrase import NounPhrase
from .words import is_alive, is_garment, kind_of

_FLAT = frozenset(["wall", "floor", "ceiling", "roof", "facade", "driveway", "countertop", "fence"]
                  + ["backsplash", "counter", "path", "road", "sidewalk", "flooring"])  # fmt: skip
_SEATS = frozenset(["sofa", "couch", "chair", "armchair", "seat", "stool", "headboard", "ottoman"]
                   + ["bench", "cushion", "pillow", "steering wheel", "bag", "shoe"])  # fmt: skip
_ROOMS = frozenset(["room", "bedroom", "bathroom", "kitchen", "office", "hall", "hallway", "garage"]
                   + ["house", "studio", "basement", "attic", "restaurant", "store"])  # fmt: skip
_BRITTLE = frozenset(["ice", "paper", "straw", "cardboard"])
"""What no cloth is made of, so that it lies on it."""


def as_thing(gift: NounPhrase, target: NounPhrase, mark: str) -> NounPhrase:
    """What is put somewhere, as a thing where it is no look of what it is put on.

    Args:
        mark: the small word before the target, or between target and gift; "" for none.
    """
    if gift.noun or not gift.attributes or target.whole:
        return gift
    *looks, last = gift.attributes
    name = last.rpartition(" ")[2]
    if not (kind_of(last) == "material" or name in lex.ALSO_NOUNS) or kind_of(last) == "pattern":
        return gift
    if name == "light" and target.head in _ROOMS:
        return gift  # "fill the room with light"
    if _is_look(name, kind_of(last), target, mark):
        return gift
    return replace(gift, noun=last, attributes=tuple(looks))


def _is_look(name: str, kind: str, target: NounPhrase, mark: str) -> bool:
    head = target.head
    if mark not in ("to", "on", "onto", "with", "") or head in lex.HOLDERS | lex.FLUIDS:
        return False
    if is_garment(target.noun):
        return name not in _BRITTLE
    if head in _SEATS:
        return mark not in ("on", "onto") and name not in _BRITTLE
    if head in _FLAT or is_alive(head) or head == "hair":
        return name not in _BRITTLE - {"paper"}
    return mark in ("to", "") and (kind == "color" or head in lex.OF_WOOD | {"frame"})
