"""What can be asked of one token, or of the tokens that a phrase begins with.

A token is a word, or several that `tokens` has folded into one: "next to", "dark blue".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NoReturn

from ...errors import InstructionError
from ...nouns import PAIRS, singular
from . import korean_words as ko
from . import lexicon as lex

EXAMPLE = "change the red dress to a white t-shirt"

THINGS = frozenset(ko.NOUNS.values())
"""Nouns that are known for nouns, of one word or more: the dictionary's English."""

Tokens = Sequence[str]

_CLOSED = lex.FUNCTION_WORDS.union(
    lex.CORNERS,
    lex.RELATIONS, lex.NEARLY, lex.UNSUPPORTED_RELATIONS, lex.INSTEAD, [lex.IN_ITS_PLACE],
    lex.MADE_OF, lex.BE.split("|"), lex.UNWANTED, lex.THEN,
    lex.FILLERS, lex.EXCEPT, lex.DEGREES.keys() - lex.ALSO_WORDS, lex.PARTICLES,
    lex.CLASS_OF_VERB.keys() - lex.NOUNS_TOO, ["'s", ","],
)  # fmt: skip
_COUNTING = {"last"}.union(lex.ORDERS, lex.ORDINALS, lex.NUMBERS, lex.ALL, lex.SOME)
_GARMENTS = lex.CLOTHES.union(map(singular, lex.CLOTHES)) - {"trunk", "scrub", "overall"}
_DEFINITE = lex.DEFINITE.union(lex.OWNERS, lex.PRONOUNS, lex.PERSONS_BY_PRONOUN, lex.ALL)


def stumble(words: str | Tokens, why: str) -> NoReturn:
    """Raise the `InstructionError` that names the words and shows what can be read."""
    named = words if isinstance(words, str) else join(words)
    raise InstructionError(
        f"I cannot read “{named}”: {why}. An instruction that I can read: “{EXAMPLE}”."
    )


def join(tokens: Tokens) -> str:
    """Tokens as text again."""
    return " ".join(tokens).replace(" 's", "'s").replace(" ,", ",")


# --- one token ------------------------------------------------------------------------------------


def kind_of(token: str) -> str:
    """The kind of an attribute ("color", "material" ...), or "" for any other word."""
    if token in lex.COMPOUNDS:
        return ""
    if token in lex.KIND_OF:
        return lex.KIND_OF[token]
    first, _, rest = token.partition(" ")
    if rest and first in lex.DEGREES.values():
        return kind_of(rest) or "other"
    if rest:
        return kind_of(token.rpartition(" ")[2])
    parts = token.split("-")
    named = parts[-1] == "colored"  # "camel-colored"
    if len(parts) > 1 and (named or all(
        part in lex.SHADES or part == "and" or lex.KIND_OF.get(part) == "color" for part in parts
    )):  # fmt: skip
        return "color"
    return ""


def is_attribute(token: str) -> bool:
    """True for attributes and the commas between them."""
    return bool(kind_of(token)) or token == ","


def is_word(token: str) -> bool:
    """True for open-class words, which may be a noun or belong to one."""
    return token not in _CLOSED


def in_name(token: str) -> bool:
    """True for what the name of a thing may be made of, but for articles."""
    return is_word(token) or bool(kind_of(token))


def is_alive(token: str) -> bool:
    """True for a person or an animal, one or several."""
    one = singular(token)
    return one in lex.PERSONS or one in lex.GENDERS or one in ko.LIVING


def is_person(noun: str) -> bool:
    """True for one person or several, by their last word."""
    last = noun.rpartition(" ")[2]
    one = singular(last)
    return not lex.PERSONS.isdisjoint((last, one)) or one in lex.GENDERS or noun in lex.GENDERS


def is_garment(noun: str) -> bool:
    """True for what somebody wears, by its last words: "wedding dress", "crop tops"."""
    *before, last = noun.split() or [""]
    names = {last, singular(last), *(f"{each} {singular(last)}" for each in before[-1:])}
    told = kind_of(before[-1]) if before and singular(last) == "top" else ""
    top = told in ("color", "pattern", "form", "length")  # that of a table is of marble
    return top or not _GARMENTS.isdisjoint(names)


def does(token: str) -> bool:
    """True for "crossing", and for no thing such as "building"."""
    return token.endswith("ing") and token not in lex.THINGS_IN_ING


def counts(token: str) -> bool:
    """True for words that choose among several things: "second", "left", "two", "all"."""
    return token in _COUNTING


def is_plural(noun: str) -> bool:
    """True for what looks like the plural of a noun that can be counted."""
    return singular(noun) != noun


def stands_bare(noun: str) -> bool:
    """True for a noun that needs no article to be new: "vines", "goggles"."""
    return is_plural(noun) or noun.rpartition(" ")[2] in PAIRS


# --- several tokens -------------------------------------------------------------------------------


def opens(tokens: Tokens) -> str:
    """Whether a phrase begins as "definite", "indefinite", or as neither: ""."""
    first = tokens[0] if tokens else ""
    if first in lex.INDEFINITE:
        return "indefinite"
    return "definite" if first in _DEFINITE else ""


def without_article(tokens: Tokens) -> list[str]:
    """The phrase without the articles that it begins with."""
    start = 0
    while start < len(tokens) and tokens[start] in lex.INDEFINITE | lex.DEFINITE:
        start += 1
    return list(tokens[start:])


def take_while(tokens: Tokens, start: int, fits: Callable[[str], bool]) -> tuple[list[str], int]:
    """The run of fitting tokens from `start`, commas left out, and where it ends."""
    end = start
    while end < len(tokens) and fits(tokens[end]):
        end += 1
    return [token for token in tokens[start:end] if token != ","], end


def side_at(tokens: Tokens, at: int) -> tuple[str, int] | None:
    """ "on the left" at a place in a phrase: the order it asks for, and where it ends."""
    if tokens[at] not in lex.SIDE_PREPOSITIONS:
        return None
    at += 1
    if at < len(tokens) and tokens[at] == "the":
        at += 1
    if at >= len(tokens) or not (tokens[at] in lex.SIDES or tokens[at] in lex.CORNERS):
        return None
    order = lex.ORDERS[tokens[at]]
    at += 1
    if at < len(tokens) and tokens[at] in lex.SIDE_NOUNS:
        at += 1
    ended = at == len(tokens) or not (is_word(tokens[at]) or tokens[at] == "of")
    ended = ended or all(map(kind_of, tokens[at:]))  # "the chair to the right | blue"
    return (order, at) if ended else None
