"""New backgrounds: of what is put before one, cut out onto one, or given one."""

from __future__ import annotations

from . import lexicon as lex
from .noun_phrase import NounPhrase, read_result
from .slots import Slots
from .words import Tokens, opens, side_at, stumble, without_article

_BEHIND = frozenset(["behind", "around", "to", "for", "with", "near", "next to"])
_ONTO = frozenset(["on", "onto", "against", "with", "in", "before", "in front of"])


def is_ground(place: Tokens) -> bool:
    """Whether a place is a new background: "a white background"."""
    return len(place) > 1 and place[-1] in lex.BACKGROUNDS and opens(place) != "definite"


def given(slots: Slots) -> NounPhrase | None:
    """The new background of "a white background behind | to the bottle"."""
    if slots.mark not in _BEHIND or opens(slots.result) == "definite" or (
        side_at(["on", *slots.target], 0)
    ):  # fmt: skip
        return None
    if without_article(slots.target)[-1:] == [] or slots.target[-1] in lex.NOWHERE:
        return None
    gift = read_result(slots.result)
    return gift if gift.head in lex.BACKGROUNDS and not gift.tail else None


def meant_for(said: Tokens) -> tuple[list[str], list[str]]:
    """ "A white background | for the bottle": what it is for, or nothing, and the background."""
    at = next((n for n, token in enumerate(said) if token in ("for", "behind") and n), len(said))
    ground = list(said[:at])
    named = opens(said[at + 1 :]) == "definite" and ground[-1] in lex.BACKGROUNDS
    return (list(said[at + 1 :]), ground) if named else ([], list(said))


def cut_onto(said: Tokens) -> int:
    """Where "on a white background" begins behind what is cut out, or 0."""
    for at in range(1, len(said) - 1):
        if said[at] in _ONTO and is_ground(said[at + 1 :]):
            return at
    return 0


def refuse_vague(ground: NounPhrase) -> None:
    """Raise `InstructionError` for "a new background", of which nothing is told."""
    looks = lex.VAGUE_ONES | {"new", "nice", "cool", "good"}
    words = ground.text.split()
    if words[-1] in lex.BACKGROUNDS and looks.issuperset(words[:-1]):
        stumble(ground.text, "it does not say what the background should be")
