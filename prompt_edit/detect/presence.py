"""Whether what was found has the asked colour, or the asked name alone.

A detector of phrases hits a blue dress for "red dress", since half of the phrase is true. Asked for
the dress in all colours at once, it says which of them it prefers.
"""

from __future__ import annotations

COLOURS = ("black", "white", "red", "green", "yellow", "blue", "brown", "orange", "pink", "purple",
           "gray")  # fmt: skip
"""The basic colour terms of English (Berlin & Kay 1969)."""


def colour_in(phrase: str) -> str | None:
    """The one basic colour that a phrase names; None where it names none, or several."""
    named = [word for word in phrase.lower().split() if word in COLOURS]
    return named[0] if len(named) == 1 else None


def rivals(phrase: str) -> list[str]:
    """The phrase in every other basic colour: "red hat" gives "black hat", "white hat", ..."""
    colour = colour_in(phrase)
    words = phrase.lower().split()
    if colour is None:
        return []
    return [" ".join(other if word == colour else word for word in words)
            for other in COLOURS if other != colour]  # fmt: skip


def colourless(phrase: str) -> str:
    """The phrase without its colour: "red hat" gives "hat"."""
    return " ".join(word for word in phrase.split() if word.lower() not in COLOURS)
