"""Two lists in one clause: "replace the cat and the dog with a lion and a wolf"."""

from __future__ import annotations

from dataclasses import replace
from itertools import dropwhile, takewhile

from ...nouns import PAIRS, singular
from . import lexicon as lex
from .slots import Slots
from .words import counts, in_name, is_alive, is_garment, is_plural, join, opens, stumble

_EACH = "two lists stand in one clause; say each of them by itself"


def in_pairs(meaning: str, slots: list[Slots]) -> list[Slots]:
    """The first target into the first result, the second into the second.

    Raises:
        InstructionError: where there are more of the ones than of the others.
    """
    first, last = slots[0], slots[-1]
    shared = [*first.result, "and"]
    if len(slots) < 2 or meaning not in ("change", "exchange", "tint"):
        return slots
    if any(each.result != first.result for each in slots[:-1]):
        return slots
    if last.result == first.result:
        return _counted(slots)
    if list(last.result[: len(shared)]) != shared:
        return slots
    results: list[list[str]] = [[]]
    for token in last.result:
        results[-1:] = [results[-1], []] if token == "and" else [[*results[-1], token]]
    if len(results) != len(slots):
        stumble(last.result, _EACH)
    garments = all(is_garment(join(each.target)) for each in slots)
    dressed = lex.OUTFITS.isdisjoint(each.target[-1] for each in slots)
    if garments and dressed and not lex.OUTFITS.isdisjoint(one[-1] for one in results):
        stumble(last.result, _EACH)  # a dress goes for both, "the shirt | pants to a dress | heels"
    return [replace(each, result=one) for each, one in zip(slots, results, strict=True)]


_COUNT = "its number is not that of the things that go; say each of them by itself"
_PART_OF_A_NAME = frozenset(["piece", "tone", "way", "door", "seater", "story", "storey", "wheel"])
"""What a number may stand before in a name: "two piece suits"."""


def _counted(slots: list[Slots]) -> list[Slots]:
    """ "The dog | the cat with two rabbits": one rabbit for each of them, and not two.

    Raises:
        InstructionError: where the count is not that of the things that go.
    """
    number, *counted = slots[0].result or [""]
    count = lex.NUMBERS.get(number, 0)
    look = not lex.ASPECTS.isdisjoint(counted)  # "to two colors"
    if not count or look or _PART_OF_A_NAME.intersection(counted[:1]):
        return slots
    if counted[-1:] in (["each"], ["apiece"]):
        return [replace(each, result=[number, *counted[:-1]]) for each in slots]
    *looks, last = counted or [""]
    pairs = PAIRS | lex.CLOTHES  # "two boots" may be one pair
    single = not any(is_plural(head) and head not in pairs for head in map(_head, slots))
    named = last and last not in pairs - {singular(last)} and all(map(in_name, counted))
    if count != len(slots) or not single or not named:
        stumble(slots[0].result, _COUNT)
    return [replace(each, result=["a", *looks, singular(last)]) for each in slots]


def _head(slots: Slots) -> str:
    """The last word of the name of a target: "cats" of "the cats on the left"."""
    behind = dropwhile(lambda token: opens([token]) or counts(token), slots.target)
    named = list(takewhile(lambda token: in_name(token) or token == "'s", behind))
    return named[-1] if named else ""


def to_each(meaning: str, slots: list[Slots]) -> list[Slots]:
    """ "A hat | glasses on the man | the woman": both get both.

    Raises:
        InstructionError: for things that may as well be parted among the places.
    """
    targets = list({tuple(each.target): each for each in slots})
    gifts = list({tuple(each.result): each for each in slots})
    if meaning not in ("add", "give") or len(targets) < 2 or len(gifts) < 2:
        return slots
    if not all(target and is_alive(target[-1]) for target in targets):
        stumble(slots[0].result, _EACH)
    return [
        replace(slots[0], target=list(target), result=list(gift))
        for target in targets
        for gift in gifts
    ]
