"""A Korean word, looked up: its kind, its English, and what the particle behind it marks.

    셔츠를 -> ("noun", "shirt", "object");  바꿔주세요 -> "change"

Words that are written together are taken apart, and verbs are known in any of their endings.
"""

from __future__ import annotations

import re

from ...nouns import plural, singular
from . import korean_words as ko
from . import lexicon as lex

TABLES = {
    "noun": ko.NOUNS,
    "attribute": ko.ATTRIBUTES,
    "place": ko.PLACES,
    "owner": ko.OWNERS,
}
"""The words that a particle may follow, by kind; of a word in two tables the first one counts."""
VERB_OF_STEM = {stem: verb for verb, stems in ko.VERBS.items() for stem in stems}
"""The English verb of each stem."""
_ENDING = re.compile(ko.ENDINGS)


def look_up(word: str) -> tuple[str, str, str] | None:
    """A word as (kind, English, what its particle marks), or None where no table has it."""
    for cut in range(len(word), 0, -1):
        stem, particle = word[:cut], word[cut:]
        if particle and particle not in ko.PARTICLES:
            continue
        found = _stem(stem)
        if found:
            return (*found, ko.PARTICLES.get(particle, ""))
    return None


def _stem(stem: str) -> tuple[str, str] | None:
    for kind, table in TABLES.items():
        if stem in table:
            return kind, table[stem]
    if stem.isascii() and stem.replace("-", "").isalnum() and not stem.isdecimal():
        return "noun", stem  # English words are welcome: "dress를"
    if stem[-1:] in ("색", "빛") and stem[:-1] in ko.NOUNS:
        return "noun", ko.NOUNS[stem[:-1]]  # 노을색: the color of a sunset
    if stem.endswith("들") and stem[:-1] in ko.NOUNS:
        return "noun", plural(ko.NOUNS[stem[:-1]])
    for cut in range(1, len(stem)):  # 가죽자켓: written together
        first, second = stem[:cut], stem[cut:]
        if first in ko.ATTRIBUTES and second in ko.NOUNS and second != "거리":  # 곱슬거리는
            look, noun = ko.ATTRIBUTES[first], ko.NOUNS[second]
            if len(first) > 1 or first not in ko.STUFF_IN_ONE or _is_made(noun):
                return "noun", noun if noun.startswith(look) else f"{look} {noun}"
        named = len(first) > 1 and len(second) > 1 and first != "배경"
        if named and first in ko.NOUNS and second in ko.NOUNS:
            kind, noun = ko.NOUNS[first], ko.NOUNS[second]
            wooden = kind == "tree" and singular(noun) not in ko.OF_TREES | ko.LIVING
            return "noun", f"{'wooden' if wooden else kind} {noun}"  # 고양이인형: a cat doll
    return None


def _is_made(noun: str) -> bool:
    """Whether a thing may be of a stuff of one syllable: 은반지, and no bird 철새."""
    last = noun.rpartition(" ")[2]
    made = ko.PUT_ON | lex.WORN | lex.HOLDERS | ko.OF_WOOD | ko.PARTS | ko.MADE
    return not {noun, last, singular(last)}.isdisjoint(made)


def find_verb(word: str) -> str:
    """The English verb of a Korean one in any of its endings, or ""."""
    if word in ko.NO_VERBS:
        return ""
    for cut in range(len(word), 0, -1):
        if word[:cut] in VERB_OF_STEM and _ENDING.fullmatch(word[cut:]):
            return VERB_OF_STEM[word[:cut]]
    return ""


def why_unread(word: str) -> str:
    """Why a word of another kind of edit, in any of its endings, cannot be read, or ""."""
    for cut in range(len(word), 1, -1):
        rest = word[cut:]
        if word[:cut] in ko.UNREAD and (rest in ko.PARTICLES or _ENDING.fullmatch(rest)):
            return ko.UNREAD[word[:cut]]
    return ko.NOT_READ.get(word) or ko.NOT_READ.get(bare(word)) or ""


def bare(word: str) -> str:
    """A word without the particle that it may have: 캐릭터에 is 캐릭터."""
    for cut in range(1, len(word)):
        if word[cut:] in ko.PARTICLES and len(word[:cut]) > 1:
            return word[:cut]
    return word


def ends_in_n(word: str) -> bool:
    """Whether a verb has the form that stands before a noun: 지운, 바꾼."""
    return bool(word) and "가" <= word[-1] <= "힣" and (ord(word[-1]) - ord("가")) % 28 == 4
