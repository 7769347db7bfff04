"""Two lists in one clause: "replace the cat and the dog with a lion and a wolf"."""

from __future__ import annotations

from dataclasses import replace

from . import lexicon as lex
from .slots import Slots
from .words import is_alive, is_garment, join, stumble

_EACH = "two lists stand in one clause; say each of them by itself"


def in_pairs(meaning: str, slots: list[Slots]) -> list[Slots]:
    """The first target into the first result, the second into the second.

    Raises:
        InstructionError: where there are more of the ones than of the others.
    """
    first, last = slots[0], slots[-1]
    shared = [*first.result, "and"]
    several = len(slots) > 1 and meaning in ("change", "exchange", "tint")
    if not several or list(last.result[: len(shared)]) != shared:
        return slots
    if any(each.result != first.result for each in slots[:-1]):
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
