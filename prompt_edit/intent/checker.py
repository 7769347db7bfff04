"""What a language model put into a plan that nobody said.

Small models copy things from the examples that they are shown. In an English plan for an English
instruction, what is looked for stands in the instruction.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..errors import PlanError
from ..plan import BACKGROUND, PICTURE, Edit

_ENGLISH = frozenset(
    ["the", "make", "remove", "replace", "with", "into", "turn", "put", "her", "his", "it", "of"]
    + ["add", "a", "an", "to", "delete", "erase", "give", "cut", "keep", "except", "and", "my"]
)
_FOREIGN = frozenset(
    ["la", "le", "les", "un", "une", "des", "du", "et", "el", "los", "las", "una", "por", "para"]
    + ["con", "der", "das", "den", "dem", "ein", "eine", "mit", "und", "durch", "il", "lo", "gli"]
    + ["di", "do", "da", "em", "os", "uma", "het", "een", "van", "de", "och", "ett"]
)
"""Words of other languages in Latin letters; one of them, and nothing is asked of the nouns."""

_PERSONAL = frozenset(
    ["he", "she", "him", "her", "his", "hers", "they", "them", "their", "theirs", "i", "me", "my"]
    + ["you", "your", "we", "us", "our", "who", "someone", "everyone", "somebody", "everybody"]
)
_PEOPLE = frozenset(
    ["person", "people", "man", "woman", "men", "women", "boy", "girl", "child", "human", "face"]
)
_SMALL = frozenset(["the", "and", "with", "of", "in", "on", "at", "from", "to", "for", "that"])


def require_said(edits: Iterable[Edit], instruction: str) -> None:
    """Raise `PlanError` for a thing that is to be found, and that the instruction does not name.

    People may be meant by pronouns, and stand before a background unsaid.
    """
    if not is_english(instruction):
        return
    said = {_stem(word) for word in _words(instruction)}
    pronouns = not _PERSONAL.isdisjoint(_words(instruction))
    for edit in edits:
        unsaid = pronouns or edit.target == BACKGROUND
        for phrase in _sought(edit):
            for word in _words(phrase):
                if word in _SMALL or _stem(word) in said or (unsaid and word in _PEOPLE):
                    continue
                raise PlanError(
                    f"“{word[:40]}” stands nowhere in the instruction: name things in its words"
                )


def is_english(text: str) -> bool:
    """Whether a text is in English, as far as its small words tell."""
    words = set(_words(text))
    foreign = any(letter.isalpha() and ord(letter) > 0x24F for letter in text)
    return not foreign and not words & _FOREIGN and bool(words & _ENGLISH)


def _sought(edit: Edit) -> Iterator[str]:
    """The phrases of an edit that are looked for in the picture."""
    if edit.target not in (PICTURE, BACKGROUND):
        yield edit.target
    if edit.relation and edit.relation.anchor not in (PICTURE, edit.target):
        yield edit.relation.anchor
    yield from edit.exclude


def _words(text: str) -> list[str]:
    """The words, a hyphened one in its parts."""
    return re.findall(r"[^\W\d_]{2,}|\ba\b|\bi\b", re.sub(r"['’]s\b", "", text.lower()))


def _stem(word: str) -> str:
    """A noun's singular, near enough to compare: "dresses" and "dress", "babies" and "baby"."""
    irregular = {"men": "man", "women": "woman", "people": "person", "children": "child",
                 "feet": "foot", "teeth": "tooth", "mice": "mouse", "leaves": "leaf"}  # fmt: skip
    word = irregular.get(word, word).replace("colour", "color").replace("grey", "gray")
    for ending, rest in (("ies", "y"), ("ses", "s"), ("shes", "sh"), ("ches", "ch"), ("xes", "x")):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word.removesuffix(ending) + rest
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word
