"""What "it" and "its" stand for where two things were named: "the car and its shadow"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from . import lexicon as lex
from .noun_phrase import BODY_HEADS, NounPhrase
from .places import WORN_ONES
from .slots import Slots
from .words import is_alive, is_garment, stumble

_BESIDE = frozenset(["left of", "right of", "below", "above"])


def is_about_it(slots: Slots, first: NounPhrase) -> bool:
    """Whether a target is told by the first thing of its list: "its shadow", "the cups on it"."""
    said = list(slots.target)
    on_it = len(said) > 1 and said[-1] in ("it", "them") and not first.relation
    return said[:1] == ["its"] or on_it


def ones_of_its(meaning: str, slots: Sequence[Slots]) -> list[Slots]:
    """The slots of a clause, "it" beside a place as that place: "on the left of the house | on the
    right of it".

    Raises:
        InstructionError: for a thing and what is its, of which one thing comes: "replace the car
            and its shadow with a bus".
    """
    told: list[Slots] = []
    for each in slots:
        before = told[-1] if told else None
        its = list(each.target[:1]) == ["its"]
        if meaning == "exchange" and before and its and each.result == before.result:
            stumble(each.target, "say what it should become in a clause of its own")
        beside = lex.PLACES.get(each.mark) in _BESIDE and list(each.target) == ["it"]
        if meaning == "add" and before and before.mark and beside:
            each = replace(each, target=before.target)
        told.append(each)
    return told


def whose(owner: NounPhrase, gift: NounPhrase) -> NounPhrase:
    """The cat, of "a hat on the cat", where what is given is worn as well."""
    wearer = owner.relation.anchor if owner.relation else ""
    worn = gift.head in WORN_ONES | BODY_HEADS or is_garment(gift.noun)
    if worn and _is_worn(owner) and is_alive(wearer.rpartition(" ")[2]):
        return NounPhrase(wearer)
    return owner


def _is_worn(thing: NounPhrase) -> bool:
    return thing.head in WORN_ONES or is_garment(thing.noun)
