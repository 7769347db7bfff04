"""Where something new is, as the small words tell: on a thing, around it, or all about it."""

from __future__ import annotations

from itertools import takewhile

from ...nouns import singular
from . import lexicon as lex
from .noun_phrase import BODY_HEADS, NounPhrase
from .words import THINGS, Tokens, is_alive, is_garment, is_word, join, opens, stumble

WORN_ONES = lex.WORN.union(map(singular, lex.WORN))
FAR = frozenset(
    ["beach", "desert", "forest", "woods", "jungle", "rainforest", "savanna", "space", "galaxy"]
    + ["universe", "moon", "mars", "island", "mountains", "countryside", "meadow", "prairie"]
)
"""Where "the beach" is a place to be put to, and seldom one in the picture."""


def surrounds(place: Tokens, near: bool = False) -> bool:
    """Whether a place can be all around what is there: "a beach", "paris", no chair.

    Raises:
        InstructionError: for an unknown word that may as well be something to wear or to sit in.
    """
    named = list(takewhile(lambda token: token not in lex.CONNECTORS, place)) or list(place)
    last = singular(named[-1])
    if lex.SCENES.intersection((named[-1], last)) or join(named) in lex.COUNTRIES:
        return True
    known = last in THINGS or named[-1] in THINGS or is_alive(last)
    if near or known or last in lex.HOLDERS or last in WORN_ONES:
        return False
    if opens(place) or (is_word(last) and last != named[-1]):
        stumble(place, "it may be a place, or something to wear or to sit in; say “make ... wear”"
                       " or “change the background to”")  # fmt: skip
    return True


def touching(mark: str, kind: str, gift: NounPhrase, target: NounPhrase) -> str:
    """Whether a gift is on its place, or beside or above it: "a blanket over the sofa"."""
    part = target.head in BODY_HEADS
    worn = gift.head in WORN_ONES or is_garment(gift.noun)
    if mark == "around":
        close = part or worn or is_alive(target.head) or gift.head in lex.WRAPS
        return "on" if close or target.whole else "near"
    if mark == "over":
        covers = gift.head in lex.COVERINGS or (worn and gift.head not in ("halo", "crown"))
        return "on" if covers or (part and target.head != "head") else kind
    return kind
