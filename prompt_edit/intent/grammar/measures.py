"""How much, as people say it: "10 years younger", "2 inches longer"."""

from __future__ import annotations

from itertools import pairwise

from . import lexicon as lex
from .words import Tokens, kind_of

_STEPS = frozenset(["years", "year", "shades", "sizes", "size", "stops", "levels", "decades"])
_UNITS = frozenset(["cm", "mm", "km", "inch", "inches", "foot", "feet", "ft", "yard", "yards"]
                   + ["meter", "meters", "metre", "metres", "centimeter", "centimeters", "percent"]
                   + ["centimetre", "centimetres", "times", "kg", "kilos", "pounds", "stories"]
                   + ["storeys", "degrees", "pixels", "points", "px", *_STEPS])  # fmt: skip


def measured(words: Tokens) -> bool:
    """Whether the last two words tell how much, as a painter may read it: "10 years"."""
    return len(words) > 2 and words[-1] in _STEPS and _is_number(words[-2])


def measures(noun: Tokens) -> str:
    """A measure among the words of a thing, which are none of its name: "10 cm"; or ""."""
    for number, unit in pairwise(noun):
        if unit in _UNITS and _is_number(number):
            return f"{number} {unit}"
    return ""


def measured_look(words: Tokens) -> bool:
    """Whether a look is only told by how much: "a few inches longer"."""
    return len(words) > 1 and words[-2] in _UNITS - _STEPS and bool(kind_of(words[-1]))


def _is_number(word: str) -> bool:
    return word.isdecimal() or word in lex.NUMBERS or word in _MORE_NUMBERS


_MORE_NUMBERS = frozenset(
    ["twice", "few", "several", "couple", "half", "dozen", "hundred", "twelve", "fifteen"]
    + ["twenty", "thirty", "forty", "fifty", "sixty"]
)
