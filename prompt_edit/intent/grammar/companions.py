"""What of a list belongs to the thing before it: "the man with a hat | sunglasses"."""

from __future__ import annotations

from ...nouns import ON_FACES, singular
from . import lexicon as lex
from .poses import CHANGING
from .slots import WEAR, WHERE
from .words import (
    Tokens,
    is_alive,
    is_garment,
    is_word,
    join,
    kind_of,
    opens,
    side_at,
    stands_bare,
    stumble,
    take_while,
    without_article,
)

_NAMING = frozenset(["remove", "extract", "retain", "select", "keep"])
"""Verbs of one slot: all that they name is a target."""
_PARTS = frozenset(["collar", "leash", "roof", "door", "window", "wall", "handle", "chimney", "lid"]
                   + ["wheel", "horn", "wing", "petal", "leaf", "beak", "mane", "stripe", "spot"]
                   + ["spout", "shutter", "balcony", "porch", "label", "necklace"])  # fmt: skip
_OWN = lex.WORN | lex.BODY | ON_FACES | _PARTS | frozenset(map(singular, lex.WORN))
"""What is worn, or a part."""
_ENDING = frozenset(["with", "by", "to", "into", "for", "as", "from", "off"])


def belonging(verb_class: str, chunks: list[list[str]]) -> tuple[list[list[str]], list[str]]:
    """The members of a list, each with what belongs to it, and what is to be said of that.

    What belongs to something new is painted with it. Of what is there already one thing that it
    wears or holds tells which is meant, so that another one is left out.

    Raises:
        InstructionError: where it may belong to that, or be meant itself.
    """
    joined: list[list[str]] = []
    notes: list[str] = []
    for chunk in _all_named(chunks):
        before = joined[-1] if joined else []
        at = _holding(before)
        named, rest = _named(chunk) if at else ([], [])
        if not named or is_alive(named[-1]):
            joined.append(chunk)
        elif verb_class == "add" and opens(before) != "definite":
            with_it = _goes_with(before, at, named)
            joined[-1:] = [[*before, "and", *chunk]] if with_it else [before, chunk]
        elif _may_belong(verb_class, rest) and _tells_too(before, at, named):
            notes.append(
                f"Any {join(without_article(before))} is taken, with {join(named)} or without."
            )
            joined[-1] = [*before, *rest]
        else:
            joined.append(chunk)
    return joined, notes


def _all_named(chunks: list[list[str]]) -> list[list[str]]:
    """ "A red | a blue ball" as "a red ball | a blue ball"."""
    named = [list(chunk) for chunk in chunks]
    for at in range(len(named) - 2, -1, -1):
        chunk, after = named[at], named[at + 1]
        looks = without_article(chunk)
        bare = bool(looks) and all(map(kind_of, looks)) and looks[-1] not in lex.ALSO_NOUNS
        if bare and opens(chunk) == "indefinite" == opens(after):
            _, start = take_while(after, 1, lambda token: bool(kind_of(token)))
            nouns, _ = take_while(after, start, lambda each: is_word(each) and not kind_of(each))
            chunk += nouns if start > 1 else []
    return named


def _holding(chunk: Tokens) -> int:
    """Where "with a hat" or the like begins at the end of a chunk, or 0."""
    held = (n for n in range(1, len(chunk) - 1) if lex.RELATIONS.get(chunk[n]) == "holding"
            or chunk[n] in ("in", "of"))  # fmt: skip
    at = next(held, 0)
    if not at:
        return 0
    anchor = without_article(chunk[at + 1 :])
    looks = all(is_word(each) or kind_of(each) for each in anchor)
    worn = chunk[at] != "in" or is_garment(join(anchor))
    return at if anchor and looks and worn and not kind_of(anchor[-1]) else 0


def _named(chunk: Tokens) -> tuple[list[str], list[str]]:
    """The thing that a chunk begins with, and what follows it."""
    start = len(chunk) - len(without_article(chunk))
    _, at = take_while(chunk, start, lambda token: bool(kind_of(token)))
    nouns, end = take_while(
        chunk, at,
        lambda each: is_word(each) and not kind_of(each) and each not in CHANGING | WEAR,
    )  # fmt: skip
    return (list(chunk[:end]), list(chunk[end:])) if nouns else ([], [])


def _may_belong(verb_class: str, rest: Tokens) -> bool:
    """Whether something is done to what stands before, rather than that this is the result."""
    if verb_class in _NAMING:
        return not rest or side_at(rest, 0) is not None
    changes = bool(rest) and (rest[0] in CHANGING | WEAR or all(map(kind_of, rest)))
    if verb_class == "make":
        return changes or opens(rest) == "indefinite"
    if verb_class == "give":
        return opens(rest) == "indefinite"
    return bool(rest) and (rest[0] in _ENDING or (verb_class == "add" and rest[0] in WHERE))


def _tells_too(before: Tokens, at: int, named: Tokens) -> bool:
    """Whether "a hat | sunglasses" are both of what stands before them."""
    if before[at] == "of":
        return False
    worn, anchor = _is_part(named), before[at + 1 :]
    if opens(named) == "definite":
        if worn and _is_part(anchor) and opens(anchor) == "definite":
            stumble(named, "it may be what tells which one is meant, or be meant itself; say it in"
                           " a clause of its own, or leave it out")  # fmt: skip
        return False
    if opens(anchor) == "definite" and not opens(named):
        return worn
    return worn or (opens(anchor) != "definite" and (opens(named) or stands_bare(named[-1])) != "")


def _goes_with(before: Tokens, at: int, named: Tokens) -> bool:
    """Whether something new has both: "a house with a red roof | white walls"."""
    new = before[at - 1]
    if _is_part(named) and not (before[at] == "of" or is_garment(new) or _is_part([new])):
        return True
    bare = not opens(named)
    mass = bare and not opens(before[at + 1 :])  # "fish | chips", "bread | fruit"
    return (bare and stands_bare(named[-1]) and not _is_part(named)) or (
        mass and not _is_part(named) and not is_alive(before[-1])
    )


def _is_part(named: Tokens) -> bool:
    """Whether it is worn, or is a part of a body or of a thing."""
    thing = join(without_article(named))
    last = singular(thing.rpartition(" ")[2])
    many = thing.rpartition(" ")[2]
    return is_garment(thing) or not _OWN.isdisjoint((thing, last, many))
