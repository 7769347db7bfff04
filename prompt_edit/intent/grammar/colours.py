"""Where a sentence names a color, whatever it is of."""

from __future__ import annotations

import re

from . import korean
from . import korean_words as ko
from .tokens import normalise, sentences
from .words import kind_of

_KOREAN = {word: english for word, english in ko.ATTRIBUTES.items()
           if kind_of(english) == "color"}  # fmt: skip
_NAMED = re.compile("|".join(sorted(map(re.escape, _KOREAN), key=len, reverse=True)))


def colours_in(instruction: str) -> list[tuple[int, int]]:
    """Where each color begins and ends: "dark red", "off-white" and "very light blue" are one.

    What stands between quotes or is no word of a language that is read is left out.
    """
    if korean.speaks(instruction):
        return [each.span() for each in _NAMED.finditer(instruction)]
    runs: list[list[str]] = [[]]
    for token in (token for sentence in sentences(normalise(instruction)) for token in sentence):
        if kind_of(token) == "color":
            runs[-1].append(token)
            runs.append([])
        elif kind_of(token) == "light":
            runs[-1].append(token)
        else:
            runs[-1] = []
    spans, start = [], 0
    for run in filter(None, runs):
        if found := _written(run).search(instruction, start):
            spans.append(found.span())
            start = found.end()
    return spans


def _written(run: list[str]) -> re.Pattern[str]:
    """As people write it: "gray" or "grey", in one word or two."""
    words = re.split(r"[\s-]+", " ".join(run))
    spelt = [re.escape(word).replace("gray", "gr[ae]y").replace("color", "colou?r")
             for word in words]  # fmt: skip
    return re.compile(r"\b" + r"[\s-]*".join(spelt) + r"\b", re.IGNORECASE)


def english_colour(colour: str) -> str:
    """A color in English, where it is a Korean one."""
    return _KOREAN.get(colour, colour)
