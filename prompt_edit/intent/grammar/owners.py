"""What the things of a list share: the owner, the article, and where they are."""

from __future__ import annotations

from itertools import pairwise

from ...nouns import PAIRS, singular
from . import lexicon as lex
from .words import (
    THINGS,
    Tokens,
    counts,
    is_alive,
    is_attribute,
    is_garment,
    is_person,
    is_word,
    opens,
    side_at,
    take_while,
    without_article,
)


def share(
    things: list[list[str]], alike: bool = True, becomes: bool = False, owns: bool = True
) -> list[list[str]]:
    """The things of a list, each with what is said once of all of them.

    "His hat | glasses" are both his, "the boy's hat | the girl's" two hats, and "the cups | plates
    on the table" both there; what has an article of its own is a thing by itself.

    Args:
        alike: the same becomes of all of them; a place is not said of what becomes something else.
        becomes: whether something that is said once becomes of them, rather than that they go.
        owns: whether they are what somebody has, rather than where something is put.
    """
    shared = [list(thing) for thing in things]
    for before, thing in reversed(list(pairwise(shared))):
        _name_too(before, thing)
        if _owns_too(before, thing, becomes):
            before += thing[len(_owner(thing)) - 1 :]
        if alike and _had_by(thing) and is_had(before) and before[-1] not in lex.COLORS:
            before += _had_by(thing)  # "the shirt | the pants of the man"
    for before, thing in pairwise(shared):
        if owns and _owns_as_well(before, thing):  # "the hats of the man | the woman"
            had = before[: len(before) - len(_had_by(before)) + 1]
            thing[:0] = had if opens(thing) else [*had, "the"]
    for before, thing in pairwise(shared):
        owner = _owner(before)
        if len(thing) == 1:  # "and hers blue"
            thing[0] = _ALONE.get(thing[0], thing[0])
        own = thing and (thing[-1] == "'s" or (len(thing) == 1 and thing[0] in lex.OWNERS))
        if owner and own and thing != before:
            thing += before[len(owner) :]
        elif owner and _is_owned(thing):
            thing[:0] = owner
    last = shared[-1] if shared else []
    place = place_of(last) if alike else []
    named = {*lex.PRONOUNS, *lex.PERSONS_BY_PRONOUN, *lex.OWNERS}.union(*shared[:-1]) - {"the"}
    one_article = bool(place) and opens(shared[0]) == "definite"
    if one_article and named.isdisjoint(place) and all(map(shares_article, shared[1:])):
        for thing in shared[:-1]:
            if thing and not place_of(thing) and opens(thing) != "indefinite":
                thing += place
    return shared


def _name_too(before: list[str], thing: list[str]) -> None:
    """Name what "the left | right lamps" are: the left lamp and the right lamp."""
    chosen, at = without_article(before), next(
        (at for at, token in enumerate(thing) if not opens([token])), 0)  # fmt: skip
    if {*chosen[:1]} & lex.ALL:  # "both the left and the right lamp"
        chosen = without_article(chosen[1:])
    if len(chosen) != 1 or not _ranks(chosen[0]) or not _ranks(thing[at]):
        return
    _, end = take_while(thing, at + 1, lambda token: is_attribute(token) or is_word(token))
    if end == at + 1 or opens(thing) == "indefinite":
        return
    if not at and thing[end - 1] not in PAIRS:
        thing[end - 1] = singular(thing[end - 1])
    thing[:0] = [] if at else ["the"]
    before[:] = ["the", *chosen, *thing[at + 1 + (not at) :]]


def _ranks(token: str) -> bool:
    return token in lex.ORDERS or token in lex.ORDINALS or token == "last"


def _had_by(thing: Tokens) -> list[str]:
    """ "Of the man" behind what somebody wears or has: "the hats of the man"."""
    at = max((at for at, token in enumerate(thing) if token == "of" and at), default=0)
    owner, part = thing[at + 1 :] if at else [], thing[:at]
    if "of" in part and part[list(part).index("of") - 1] in lex.ASPECTS:  # "the color of the eyes"
        part = part[list(part).index("of") + 1 :]
    named, _ = take_while(without_article(owner), 0, lambda each: is_word(each) or counts(each))
    had = owner and opens(owner) == "definite" and is_had(part) and named
    return list(thing[at:]) if had and any(map(is_alive, named)) else []


def is_had(thing: Tokens) -> bool:
    """Whether it is what people have or wear, and nobody's so far: "the shirt"."""
    if not thing or "of" in thing or _owner(thing) or place_of(thing):
        return False
    return is_garment(thing[-1]) or not lex.BODY.isdisjoint((thing[-1], singular(thing[-1])))


def _owns_as_well(before: Tokens, thing: Tokens) -> bool:
    """Whether "the woman" behind "the hats of the man" has some of them."""
    had = _had_by(before)
    named = without_place(thing)
    if not had or "'s" in thing or "of" in thing or not named:
        return False
    return is_alive(named[-1]) and opens(thing) in ("definite", "")


def _owns_too(before: Tokens, thing: Tokens, becomes: bool) -> bool:
    """Whether what is "the bride | groom's" is the bride's as well; not so of a tree and John's."""
    owner = _owner(thing)[:-1]
    behind = bool(owner) and thing[-1] in lex.BACKGROUNDS and "'s" not in before
    if behind and is_alive(before[-1]) and is_alive(owner[-1]):
        return True  # "the man | the woman's background"
    if becomes and opens(owner) == "definite" and is_had(thing[len(owner) + 1 :]):
        people = is_person(before[-1]) and is_person(owner[-1])
        alone = {"'s", "of"}.isdisjoint(before) and not place_of(before)
        if people and alone:  # "make the man | the woman's shirts blue"
            return True
    if not owner or opens(owner) or "'s" in before or place_of(before) or not shares_article(owner):
        return False
    named = [singular(each[-1]) for each in (owner, before) if each]
    living = [each in lex.PERSONS or each in lex.GENDERS for each in named]
    return all(living) or (not any(living) and all(each in THINGS for each in named))


def _owner(thing: Tokens) -> list[str]:
    """The words that say whose a thing is, with which it opens."""
    if "'s" in thing:
        words = list(thing[: len(thing) - list(thing)[::-1].index("'s")])
        return [] if place_of(words) or len(words) == len(thing) else words
    return list(thing[:1]) if thing and thing[0] in lex.OWNERS and len(thing) > 1 else []


def shares_article(thing: Tokens) -> bool:
    """Whether a thing shares the article of the one before it."""
    if not thing or opens(thing) or "'s" in thing or counts(thing[0]):
        return False
    return is_attribute(thing[0]) or is_word(thing[0])


def _is_owned(thing: Tokens) -> bool:
    """Whether an owner that is named before it has it too: "his left eye | right eye"."""
    sided = len(thing) > 1 and thing[0] in lex.ORDERS and is_had(thing[1:])
    return (shares_article(thing) or sided) and not place_of(thing) and not _unowned(thing[sided:])


_ALONE = {"hers": "her", "theirs": "their", "mine": "my", "yours": "your", "ours": "our"}


def _unowned(thing: Tokens) -> bool:
    """Whether a thing is somebody, or of what is there without an owner."""
    named, _ = take_while(thing, 0, lambda token: is_attribute(token) or is_word(token))
    return named[-1] in lex.PERSONS or singular(named[-1]) in lex.NOBODYS | lex.GENDERS.keys()


def without_place(thing: Tokens) -> Tokens:
    return thing[: len(thing) - len(place_of(thing))]


def place_of(thing: Tokens) -> list[str]:
    """Where a thing is, said behind it: "on the table", "on the left"; not what it holds."""
    for at in range(1, len(thing)):
        related = lex.RELATIONS.get(thing[at], "holding") != "holding" or thing[at] in lex.NEARLY
        if side_at(thing, at) or (related and at < len(thing) - 1):
            return list(thing[at:])
    return []
