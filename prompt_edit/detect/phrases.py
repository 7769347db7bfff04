"""The things that a text lists, one phrase each, as people write lists."""

from __future__ import annotations

import re
import unicodedata

from ..errors import InstructionError, shown
from ..intent.grammar import lexicon as lex
from ..intent.grammar.words import kind_of

LONGEST = 200  # letters of one phrase; a detector reads no more

_DETERMINERS = "|".join(sorted(
    {word for word in {*lex.INDEFINITE, *lex.DEFINITE, *lex.OWNERS, *lex.ALL} if " " not in word}
    - {"whole", "entire"}
))  # fmt: skip
_LEADING = re.compile(
    rf"(?:(?:all|any|both|each|some|every one|one) of\s+)?(?:{_DETERMINERS})\s+", re.IGNORECASE
)
_BULLET = re.compile(r"^[ \t]*(?:[-*•·–—]|\d{1,2}[.)])[ \t]+", re.MULTILINE)
_HARD = re.compile(r"[;|\n\r\t\v\f\x85\u2028\u2029。؛•]|[?!](?=\s|$)|\.{2,}")
_STOP = re.compile(r"\.")
_SOFT = re.compile(
    r"\s*(?:(?<!\d),|,(?!\d)|[、،])\s*(?:(?:and|or|&)\s+)?"
    r"|\s+(?:and|or|and/or|as well as|[&+/])\s+"
    r"|(?<=[^\W\d_]{2})/(?=[^\W\d_]{2})"  # "cup/ball", but not "w/o hat" or "24/7"
    r"|(?<=[^\W\d_]{3})&(?=[^\W\d_]{3})",  # "cup&ball", but not "M&M"
    re.IGNORECASE,
)
_SHORTENED = {"st", "mr", "mrs", "ms", "dr", "prof", "jr", "sr", "vs", "mt", "ft", "inc", "ltd",
              "approx", "no", "nr"}  # fmt: skip
_ENDINGS = {"com", "org", "net", "io", "ai", "js", "tv", "gov", "edu", "png", "jpg"}
_PAIRS = {"(": ")", "[": "]", "{": "}", "<": ">", "'": "'", "‘": "’"}


def phrases_of(target: str) -> list[str]:
    """The things that a target lists: "dog and cat" is two phrases, to be found one by one.

    Full stops, commas, semicolons, bars, slashes, lines, "and" and "or" part things; articles are
    dropped. "Black and white dog" is one: looks alone are no thing, so they belong to what follows.
    "A red and a blue ball" are two balls.

    Raises:
        InstructionError: there is no word in it, or a phrase is longer than 200 letters.
    """
    text = unicodedata.normalize("NFKC", target)
    chunks = _HARD.split(_at_stops(_BULLET.sub("\n", f"\n{text}")))
    phrases = [phrase for chunk in chunks for phrase in _listed(chunk)]
    if not phrases and _says(text):
        phrases = [target.strip()]
    if not phrases:
        raise InstructionError(
            f'Type what to find ("red dress"): "{shown(target.strip())}" holds no word to look for.'
        )
    longest = max(phrases, key=len)
    if len(longest) > LONGEST:
        raise InstructionError(
            f"A phrase to find has {len(longest)} letters, and {LONGEST} are the most. Shorten it,"
            f' or part several things by commas: "{longest[:30]}...".'
        )
    once: dict[str, str] = {}
    for phrase in phrases:
        once.setdefault(phrase.lower(), phrase)
    return list(once.values())


def _says(text: str) -> bool:
    return any(letter.isalnum() for letter in text)


def _at_stops(text: str) -> str:
    """The text with a line's end for each full stop that ends a phrase."""
    return _STOP.sub(lambda stop: "." if _within_a_word(text, stop.start()) else "\n", text)


def _within_a_word(text: str, at: int) -> bool:
    """Whether a full stop is part of "1.5", "St. Bernard", "U.S. flag" or "amazon.com"."""
    before, after = text[:at], text[at + 1 :]
    word = re.search(r"(?:\w\.)*\w*$", before)[0].lower()  # type: ignore[index]
    if re.match(r"\d", after) and (not word or word[-1].isdigit()):
        return not before or before[-1].isspace() or before[-1].isdigit()
    if not word or not _says(after):
        return False
    if word in ("no", "nr"):
        return bool(re.match(r"\s*\d", after))
    if word in _SHORTENED or re.fullmatch(r"(?:[^\W\d_]\.)*[^\W\d_]", word):
        return True
    following = re.match(r"\w+", after)
    return bool(following) and following[0].lower() in _ENDINGS  # type: ignore[index]


def _listed(chunk: str) -> list[str]:
    """The phrases of what only commas, slashes, "and" and "or" part."""
    phrases: list[str] = []
    looks: list[tuple[str, str]] = []  # what waits for its thing, each with what follows it
    chunk = _bare(chunk)
    parts = _SOFT.split(chunk)
    joints = [*_SOFT.findall(chunk), ""]
    for index, (raw, joint) in enumerate(zip(parts, joints, strict=True)):
        part = re.sub(r"^(?:and|or)\s+", "", _bare(raw), flags=re.IGNORECASE)
        bare = _without_article(part)
        if not _says(bare):
            continue
        following = _bare(parts[index + 1]) if index + 1 < len(parts) else ""
        if _waits(bare, joint, following):
            looks.append((bare, joint))
            continue
        thing = _without_looks(bare)
        if thing and looks and (bare != part or any("or" in each for _, each in looks)):
            phrases += [f"{look} {thing}" for look, _ in looks]  # "the red and the blue ball"
            looks = []
        if looks and not thing:  # "dog, black and white": no thing follows
            bare, looks = "".join(f"{a}{b}" for a, b in looks) + bare, []
        phrases.append("".join(f"{look}{each}" for look, each in looks) + bare)
        looks = []
    return _with_last_looks(phrases, chunk)


def _with_last_looks(phrases: list[str], chunk: str) -> list[str]:
    """ "Man in black and white": a look at the end belongs to the look before it."""
    if len(phrases) > 1 and not _without_looks(phrases[-1]) and phrases[-1] in chunk:
        before, last = phrases[-2], phrases[-1]
        joint = re.search(rf"{re.escape(before)}(\W+(?:and|or)\W+|\s*,\s*){re.escape(last)}", chunk)
        if joint and len(before.split()) > 1 and kind_of(before.split()[-1].lower()):
            return [*phrases[:-2], before + joint[1] + last]
    return phrases


def _waits(bare: str, joint: str, following: str) -> bool:
    """Whether a part says only how the thing that follows looks."""
    if not following or not joint or _without_looks(bare):
        return False
    word, after = bare.split()[-1].lower(), _without_article(following)
    noun = word in lex.ALSO_NOUNS or kind_of(word) == "material"
    if not noun:
        return True
    first = after.split()[0].lower() if after.split() else ""
    same = kind_of(first) == kind_of(word) and after == following
    return same and ("," not in joint or word == "orange")  # "orange and white cat"


def _without_looks(phrase: str) -> str:
    """What is left of a phrase without the looks that it begins with: "big red ball" is a ball."""
    words = phrase.split()
    while words and kind_of(words[0].lower().strip(",")):
        words = words[1:]
    return " ".join(words)


def _without_article(phrase: str) -> str:
    while opened := _LEADING.match(phrase):
        phrase = phrase[opened.end() :]
    return phrase


def _bare(phrase: str) -> str:
    """Without quotes, brackets and marks around it."""
    phrase = " ".join(phrase.split()).strip(' "“”«»„*!?:~,-')
    while len(phrase) > 1 and _PAIRS.get(phrase[0]) == phrase[-1]:
        phrase = phrase[1:-1].strip(' "“”«»„*!?:~,-')
    return phrase
