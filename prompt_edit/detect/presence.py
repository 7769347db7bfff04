"""Whether what was found is what was asked for, or only the most like it.

A detector of phrases hits a blue dress for "red dress", since half of the phrase is true, and a
ball for "cup" where there is no cup. Asked for all colours of the dress at once, it says which of
them it prefers at that place.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..models.card import Card

COLOURS = ("black", "white", "red", "green", "yellow", "blue", "brown", "orange", "pink", "purple",
           "gray")  # fmt: skip
"""The basic colour terms of English (Berlin & Kay 1969)."""


@dataclass(frozen=True)
class Contrast:
    """A phrase must score at least `share` of what any of its rivals scores at the same place."""

    phrase: str
    rivals: tuple[str, ...]
    share: float


def contrasts(phrase: str, card: Card) -> list[Contrast]:
    """What a phrase is held against: other colours, and what the model mistakes things for."""
    noun = colourless(phrase)
    others = tuple(each for each in card.nouns if each != noun)
    every = [
        Contrast(phrase, rivals(phrase), card.contrast),
        Contrast(noun, others, card.noun_contrast),
    ]
    return [each for each in every if each.phrase and each.rivals and each.share]


def colour_in(phrase: str) -> str | None:
    """The one basic colour that a phrase names; None where it names none, or several."""
    named = [word for word in phrase.lower().split() if word in COLOURS]
    return named[0] if len(named) == 1 else None


def rivals(phrase: str) -> tuple[str, ...]:
    """The phrase in every other basic colour: "red hat" gives "black hat", "white hat", ..."""
    colour = colour_in(phrase)
    words = phrase.lower().split()
    return tuple(
        " ".join(other if word == colour else word for word in words)
        for other in COLOURS
        if colour and other != colour
    )


def colourless(phrase: str) -> str:
    """The phrase without its colours: "red hat" gives "hat"."""
    return " ".join(word for word in phrase.split() if word.lower() not in COLOURS)
