"""Korean words that are written with no space between, taken apart at their particles and verbs.

빨간컵을지워주세요 -> 빨간컵을, 지워주세요;  배경흰색으로 -> 배경, 흰색으로
"""

from __future__ import annotations

from . import korean_words as ko
from . import lexicon as lex
from .korean_lookup import find_verb, look_up, why_unread
from .korean_phrase import is_somebody
from .korean_small_words import SMALL_WORDS

_SHORT = frozenset(["다", "좀", "더", "모두", "전부"])
_LONGEST = 24
"""Letters in a word that is taken apart; what is longer is no word, but a text."""
_NEXT = {
    "start": {"noun", "ground", "place", "at", "marked", "look", "goal"},
    "ground": {"verb", "short", "look", "goal"},
    "noun": {"verb", "short", "look", "place", "at"},
    "place": {"noun", "marked", "one"},
    "one": {"verb"},
    "at": {"noun", "marked", "verb", "short"},
    "marked": {"noun", "place", "marked", "look", "goal", "short", "verb"},
    "short": {"look", "verb"},
    "look": {"verb"},
    "goal": {"verb"},
}
"""What may follow a piece; a noun never follows a noun, as 귤나무 is one thing."""
_LAST = {"verb", "look", "goal"}
_HAD = lex.BODY - {"back"} | {"clothes"}
"""What one has whose word is of one syllable; but 사람등 is "people and the like"."""


def apart(word: str) -> list[str]:
    """The pieces of a word that no table has; the word, where no one way is the shortest."""
    if _known(word) or not 3 < len(word) <= _LONGEST:
        return _owned(word)
    # The shortest ways to each letter, by the kind of the piece that ends there.
    ways: list[dict[str, list[list[str]]]] = [{"start": [[]]}]
    for end in range(1, len(word) + 1):
        ways.append(_ways_to(word, end, ways))
    found = [way for kind in _LAST for way in ways[-1].get(kind, [])]
    shortest = min(map(len, found), default=0)
    found = [way for way in found if len(way) == shortest]
    if len(found) != 1:
        return _owned(word)
    return [each for piece in found[0] for each in _owned(piece)]


def _owned(word: str) -> list[str]:
    """남자모자를: the man's hat, as where it is written apart."""
    for end in range(len(word), 2, -1):
        if end < len(word) and word[end:] not in ko.PARTICLES:
            continue
        if word[:end] in ko.NOUNS or word[:end].endswith("가면"):  # 고양이가면: one to put on
            break
        for cut in range(2, end):
            owner, thing = (ko.NOUNS.get(each, "") for each in (word[:cut], word[cut:end]))
            if is_somebody(owner) and thing and (end - cut > 1 or thing in _HAD):
                return [word[:cut], word[cut:]]
    return [word]


def together(words: list[str]) -> list[str]:
    """Words, with one that no table has put before the next, where both are one: 웨딩 드레스."""
    joined: list[str] = []
    for word in words:
        before = joined[-1] if joined else ""
        if before and not _known(before) and (look_up(before + word) or ("",))[0] == "noun":
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def _known(word: str) -> bool:
    small = word in SMALL_WORDS or word in ko.FILLERS or word in ko.PARTICLES or word in ko.AND
    return bool(small or look_up(word) or find_verb(word) or why_unread(word))


def _ways_to(
    word: str, end: int, ways: list[dict[str, list[list[str]]]]
) -> dict[str, list[list[str]]]:
    here: dict[str, list[list[str]]] = {}
    for start in range(end):
        piece = word[start:end]
        kinds = _kinds(piece) if ways[start] else set()
        for before, found in ways[start].items():
            for kind in kinds & _NEXT.get(before, set()):
                here.setdefault(kind, []).extend([*way, piece] for way in found)
    for kind, found in here.items():
        shortest = min(map(len, found))
        here[kind] = [way for way in found if len(way) == shortest][:2]
    return here


def _kinds(piece: str) -> set[str]:
    """What a piece may be: "look" and "goal" are what something becomes, 하얗게 and 컵으로."""
    kinds = {"short"} if piece in _SHORT else set()
    if len(piece) < 2:
        return kinds | ({"one"} if piece in ko.NOUNS else set())
    if find_verb(piece) and piece[-1] not in "을은는":
        kinds.add("verb")
    kind, _, role = look_up(piece) or ("", "", "")
    if len(piece) == 2 and role and piece[-1] not in "을를":
        return kinds  # 초가: a thatched house, and no candle
    if kind == "attribute" and (piece.endswith("게") or (len(piece) > 2 and role == "goal")):
        kinds.add("look")
    elif role == "goal" and kind == "noun":
        kinds.add("goal")
    elif kind == "place" and role in ("", "place"):
        kinds.add("at" if role else "place")
    elif role and kind in ("noun", "owner"):
        kinds.add("marked")
    elif kind == "noun":
        kinds.add("ground" if piece in ("배경", "뒷배경") else "noun")
    return kinds
