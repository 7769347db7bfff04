"""Where something new is, as the small words tell: on a thing, around it, or all about it."""

from __future__ import annotations

from itertools import takewhile

from ...nouns import singular
from . import lexicon as lex
from .noun_phrase import BODY_HEADS, NounPhrase
from .words import (
    THINGS,
    Tokens,
    is_alive,
    is_garment,
    is_person,
    is_word,
    join,
    kind_of,
    opens,
    stumble,
)

WORN_ONES = lex.WORN.union(map(singular, lex.WORN))
_ROOMY = frozenset(["cottage", "hut", "cabin", "plane", "airplane", "tub", "sauna", "tent"])
"""What is all around who is in it."""


def surrounds(place: Tokens, mark: str, subject: NounPhrase) -> bool:
    """Whether a place can be all around what is there: "a beach", "paris", no chair.

    Args:
        mark: the small word before the place.
        subject: what is put there.

    Raises:
        InstructionError: for an unknown word that may as well be something to wear or to sit in.
    """
    named = list(takewhile(lambda token: token not in lex.CONNECTORS, place)) or list(place)
    last = singular(named[-1])
    if lex.SCENES.intersection((named[-1], last)) or join(named) in lex.COUNTRIES:
        return True
    kind = lex.PLACES.get(mark) if mark != "at" else mark
    if kind == "in" and last in _ROOMY:
        return True
    known = last in THINGS or named[-1] in THINGS or is_alive(last)
    if kind == "near" or known or last in lex.HOLDERS or last in WORN_ONES:
        return False
    told = kind == "at" and subject.head not in WORN_ONES  # nobody wears what is there
    if not told and (opens(place) or (is_word(last) and last != named[-1])):
        stumble(place, "it may be a place, or something to wear or to sit in; say “make ... wear”"
                       " or “change the background to”")  # fmt: skip
    return True


def touching(mark: str, kind: str, gift: NounPhrase, target: NounPhrase) -> str:
    """Whether a gift is on its place, or beside or above it: "a blanket over the sofa"."""
    part = target.head in BODY_HEADS
    worn = gift.head in WORN_ONES or is_garment(gift.noun)
    if mark == "around":
        close = part or worn or gift.head in lex.WRAPS
        return "on" if close or target.whole else "near"
    if mark == "over":
        covers = gift.head in lex.COVERINGS or (worn and gift.head not in ("halo", "crown"))
        return "on" if covers or (part and target.head != "head") else kind
    return kind


def clothed(place: Tokens) -> tuple[list[str], list[str]]:
    """A place, and what is to be worn there: "a beach | a red dress" with "in" between them."""
    at = next((at for at in range(len(place) - 1, 0, -1) if place[at] in ("in", "wearing")), 0)
    worn = list(place[at + 1 :]) if at else []
    dressed = is_garment(join(worn)) or all(map(kind_of, worn))
    if not worn or opens(worn) == "definite" or not dressed:
        return list(place), []
    return list(place[:at]), worn


def wears(one: NounPhrase, clothes: Tokens) -> bool:
    """Whether what is put in clothes is to wear them: a man in a suit, no gift in the stocking."""
    if clothes[-1] in _SINGLE:
        return False
    dressed = is_person(one.noun) or is_alive(one.head)
    return dressed or (opens(clothes) != "definite" and clothes[-1] not in _HOLLOW)


_SINGLE = frozenset(["shoe", "sock", "stocking", "boot", "sneaker", "slipper", "sandal", "glove"])
_HOLLOW = frozenset(["hat", "cap", "helmet", "shoes", "socks", "stockings", "boots", "slippers"])
"""What also holds things that are put there."""
