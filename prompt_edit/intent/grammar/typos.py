"""Words that are misspelt: "backgroud", "turqoise", and a verb that a clause begins with."""

from __future__ import annotations

from functools import cache

from ...nouns import singular
from . import korean_words as ko
from . import lexicon as lex
from .tables import word_set
from .verbs import GERUNDS, PARTICIPLES
from .words import THINGS, Tokens, is_alive, is_garment, is_word, kind_of, opens

_REAL = word_set(
    "sliver, rudder, scarlett, pain, pant, pants, mask, bake, changer, remover, replacer, warp, "
    "latter, liter, letter, covert, crate, overly, attache, gary, marion, salman"
)
"""Words of their own that are near to one of the tables."""
_COLORS = sorted(word for word, kind in lex.KIND_OF.items()
                 if kind == "color" and " " not in word and len(word) > 3
                 and word not in ("redder", "bluer", "greener", "whiter", "blacker"))  # fmt: skip
_VERBS = sorted(verb for verb in lex.CLASS_OF_VERB if " " not in verb and len(verb) > 2)
_LONG = 6
"""From there on a letter may be missing or too many; of shorter words two have changed places."""


def spell(tokens: Tokens) -> list[str]:
    """The words of a sentence with what is misspelt in them as it is meant."""
    spelled: list[str] = []
    for at, token in enumerate(tokens):
        first = not spelled or spelled[-1] in (",", "and", "then")
        if first and opens(tokens[at + 1 : at + 2]):
            token = _verb(token)
        spelled.append(_thing(token))
    return spelled


@cache
def _verb(word: str) -> str:
    """The verb that a word is near to, which begins a clause."""
    if word in lex.CLASS_OF_VERB or word in GERUNDS or word in PARTICIPLES or not _unknown(word):
        return word
    return next((verb for verb in _VERBS if _near(word, verb, _LONG)), word)


@cache
def _thing(word: str) -> str:
    """ "Background" or the color that a word is near to."""
    if len(word) < 4 or not _unknown(word):
        return word
    near = (meant for meant in ("background", "backdrop", *_COLORS) if _near(word, meant, _LONG))
    return next(near, word)


def _unknown(word: str) -> bool:
    one = singular(word)
    known = word in THINGS or one in THINGS or kind_of(word) or kind_of(one) or word in lex.SHADES
    known = known or word in lex.STATES or one in lex.SCENES or one in lex.WORN
    return word.isalpha() and is_word(word) and not known and word not in _REAL


def _near(word: str, meant: str, long: int) -> bool:
    """Whether two letters of a word have changed places, a vowel is another, or one letter is
    missing or written twice; other letters make other words: "switch" and "stitch"."""
    if word[0] != meant[0] or word == meant:
        return False
    if len(word) == len(meant):
        differ = [at for at in range(len(word)) if word[at] != meant[at]]
        first, last = differ[0], differ[-1]
        swapped = last == first + 1 and word[first] + word[last] == meant[last] + meant[first]
        vowel = len(differ) == 1 and {word[first], meant[first]} <= set("aeiou")
        return swapped or (vowel and len(meant) >= long)
    if len(meant) < long or abs(len(word) - len(meant)) > 1:
        return False
    longer, shorter = sorted((word, meant), key=len, reverse=True)
    gone = [at for at in range(len(longer)) if longer[:at] + longer[at + 1 :] == shorter]
    twice = any(longer[at] == longer[at - 1] for at in gone if at)
    plain = len(meant) >= _LONG and kind_of(meant) != "color"
    return bool(gone) and (longer == meant or twice or plain)


_PLACING = frozenset(["on", "in", "to", "of", "from", "at", "under", "over", "behind", "near"])
_NO_PLURALS = {"mans": "man", "womans": "woman", "childs": "child", "mens": "men",
               "womens": "women", "childrens": "children"}  # fmt: skip


_HAD = frozenset(["bag", "stripe", "spot", "saddle", "beard", "mustache", "eyebrow", "eyelash"])
"""What else is somebody's where it is found: "kids toys" are a kind of toys."""


def possessed(words: Tokens) -> list[str]:
    """ "The mans shirt" as "the man's shirt", "the dogs collar" as "the dog's collar"."""
    told: list[str] = []
    gives = words[:1] == ["dress"]
    for at, word in enumerate(words):
        if word in lex.CLASS_OF_VERB and told[-1:] in (["and"], ["then"], [","]):
            gives = False  # another clause begins
        gives |= word in ("give", "turn", "put")
        follower, behind = [*words[at + 1 : at + 3], "", ""][:2]
        kinds = word.endswith("ens") and not _is_had(follower)  # "the womens restroom"
        if word in _NO_PLURALS and not kinds and (is_word(follower) or kind_of(follower)):
            told += [_NO_PLURALS[word], "'s"]
            continue
        said = bool(told) and (told[-1] in lex.DEFINITE or told[-1] in lex.OWNERS)
        more = behind not in ("", ",", "and") or bool({"remove", "delete"}.intersection(told))
        placed = len(told) > 1 and told[-2] in _PLACING  # "put a bird on the zebras head"
        if said and (placed or (more and not gives)) and _has(word, follower):
            told += [singular(word), "'s"]
        else:
            told.append(word)
    return told


def _has(word: str, follower: str) -> bool:
    """Whether several of a kind, as it is written, have what stands behind them."""
    living = is_alive(word) or singular(word) in ko.ANIMALS
    several = word.endswith("s") and word != singular(word) and living
    if not several or not follower or f"{word} {follower}" in THINGS or is_alive(follower):
        return False
    return _is_had(follower) and follower not in lex.ACTIONS | lex.ARRIVALS | lex.LOOKS


def _is_had(named: str) -> bool:
    had = lex.BODY | lex.WORN | lex.BODILY | _HAD
    return is_garment(named) or not had.isdisjoint((named, singular(named)))
