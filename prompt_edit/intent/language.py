"""Which language a text is in, as far as its small words tell."""

from __future__ import annotations

import re

from ..nouns import ON_FACES, singular
from .grammar import lexicon as lex
from .grammar.words import THINGS, kind_of

_ENGLISH = frozenset(
    ["the", "make", "replace", "with", "into", "turn", "put", "his", "it", "add", "delete", "erase"]
    + ["cut", "keep", "except"]
)
_SHARED = frozenset(["remove", "a", "her", "of", "an", "to", "give", "and", "my"])
"""Small words of English and of another language: "her" is here in Danish, "to" this in Polish."""
_FOREIGN = frozenset(
    ["la", "le", "les", "un", "une", "des", "du", "et", "el", "los", "las", "una", "por", "para"]
    + ["con", "der", "das", "den", "dem", "ein", "eine", "mit", "und", "durch", "il", "lo", "gli"]
    + ["di", "do", "da", "em", "os", "uma", "het", "een", "van", "de", "och", "ett"]
)
"""Words of other languages in Latin letters; one of them, and nothing is asked of the nouns."""

_ARTICLES = frozenset(
    ["la", "le", "les", "un", "une", "du", "el", "los", "las", "una", "der", "das", "dem", "ein"]
    + ["eine", "il", "lo", "gli", "os", "uma", "het", "een"]
)
_PREPOSITIONS = frozenset(
    ["en", "et", "sur", "avec", "dans", "au", "aux", "por", "con", "del", "al", "mit", "und", "auf"]
)
_ENGLISH_ONLY = frozenset(["this", "that", "all", "every", "be", "is", "on", "for", "from", "some"])


def is_english(text: str) -> bool:
    """Whether a text is in English, as far as its small words tell."""
    words = set(words_said(text))
    foreign = any(letter.isalpha() and ord(letter) > 0x24F for letter in text)
    if foreign or ("the" not in words and words & _FOREIGN):  # "the van" has a word of Dutch
        return False
    shared, others = words & _SHARED, words - _SHARED
    if words & _ENGLISH or len(shared - {"a", "remove"}) > 1:
        return True
    known = sum(singular(word) in _NAMED or bool(kind_of(word)) for word in others)
    plain = all(map(str.isascii, words))  # "usuń to auto" removes a car in Polish
    return bool(shared) and plain and 2 * known >= len(others)


_NAMED = {word for name in THINGS for word in name.split()}.union(lex.CLASS_OF_VERB, ON_FACES)
"""Words that are known for English ones, besides how things look."""


def is_foreign(text: str) -> bool:
    """Whether a text has articles of another language in Latin letters, and none in English."""
    words = set(words_said(text))
    others = words & (_FOREIGN | _ARTICLES | _PREPOSITIONS)  # one alone may be of a name: Las Vegas
    english = words & _ENGLISH.union(_SHARED, _ENGLISH_ONLY) - {"remove", "a"}
    return bool(words & _ARTICLES) and len(others) > 1 and not english


def words_said(text: str) -> list[str]:
    """The words, a hyphened one in its parts."""
    return re.findall(r"[^\W\d_]{2,}|\ba\b|\bi\b", re.sub(r"['’]s\b", "", text.lower()))
