"""Sentences without a verb, and those that only tell how a thing is: "dress red"."""

from __future__ import annotations

from itertools import takewhile

from ...nouns import singular
from . import lexicon as lex
from .clauses import split_list
from .verbs import find_verb
from .words import (
    THINGS,
    Tokens,
    counts,
    does,
    in_name,
    is_attribute,
    is_word,
    join,
    kind_of,
    opens,
    take_while,
    without_article,
)


def spoken_of(tokens: Tokens) -> list[str]:
    """What a clause only tells something of: "the dress" of "the dress is too long", "there is a
    stain on the shirt", "the dog on the left:"; nothing where it does more, or speaks of two."""
    for seen in _SEEN:
        if tuple(tokens[: len(seen)]) == seen and opens(tokens[len(seen) :]):
            return list(tokens[len(seen) :])
    if tokens[0] in ("is", "are") and (opens(tokens[1:]) or counts(tokens[1])):
        return list(tokens[1:])
    thing = list(takewhile(lambda token: token not in _TELLING, tokens))
    told = tokens[len(thing) + 1 :]
    if tokens[0] == "that is" and opens(tokens[1:]):
        return list(tokens[1:])  # "that is | my car"
    if thing in (["here"], ["this"], ["that"], ["these"], ["those"]) and len(told) > 1 and (
        opens(told) and all(map(in_name, told[1:]))
    ):  # fmt: skip
        return list(told)  # "this is | my dog"
    told = told[1:] if opens(told) and all(map(in_name, told[1:])) else told  # "is | my ex"
    several = any(token == "," or opens([token]) for token in told)
    someone = len(thing) == 1 and (thing[0] in lex.PERSONS_BY_PRONOUN or thing == ["it"])
    names = opens(thing) == "definite" and (len(thing) > 1 or someone) and not several
    return thing if names else []


_SEEN = (("see",), ("look", "at"), ("i", "see"), ("i", "hate"), ("i", "dislike"),
         ("i do not like",), ("i no longer like",))  # fmt: skip
_TELLING = frozenset(["is", "are", "was", "were", "look", "looks", "seem", "seems", "feels"])


def states(tokens: Tokens) -> bool:
    """Whether a sentence says how a thing is: "the cake is a pie"."""
    at = next((at for at, token in enumerate(tokens) if token in ("is", "are")), 0)
    said = at > 1 and opens(tokens) == "definite" and not find_verb(tokens)
    return said and at < len(tokens) - 1 and not does(tokens[at + 1])


def fragment(tokens: Tokens) -> list[str]:
    """A wish without a verb, as one with it: "white background", "shirt red, pants blue"."""
    if tokens[0] in ("no", "without") and len(tokens) > 1 and not counts(tokens[1]):
        named = tokens[1] not in _NO_WISHES and all(map(in_name, tokens[1:]))
        return ["remove", *tokens[1:]] if named else []
    if whole := _of_the_picture(tokens):
        return ["make", "the", "picture", *whole]
    if find_verb(tokens) and tokens[0] != "dress":
        return []
    wishes = [_wish(member) for member in split_list(tokens)]
    if not wishes or not all(wishes):
        return []
    return ["make", *wishes[0], *(word for wish in wishes[1:] for word in ("and", *wish))]


def _wish(said: Tokens) -> list[str]:
    """What becomes what, in "red dress", "dress red" and "dress to red"; else nothing."""
    definite, said = opens(said) == "definite", without_article(said)
    looks, at = take_while(said, 0, is_attribute)
    named, end = take_while(said, at, lambda token: is_word(token) and not kind_of(token))
    becomes = said[end + 1 :] if said[end : end + 1] == ["to"] else []
    if becomes and opens(becomes) != "definite" and (looks or not all(map(kind_of, becomes))):
        known = {join(named), singular(join(named)), *named[-1:]}
        plain = bool(named) and all(map(in_name, without_article(becomes)))
        known_one = not (_NAMED | _MADE_SO).isdisjoint(known)
        return ["the", *looks, *named, "to", *becomes] if plain and known_one else []
    if not looks:
        behind = said[end + 1 :] if said[end : end + 1] in (["to"], ["in"]) else said[end:]
        looks = behind if all(map(kind_of, behind)) else []
    elif definite or end < len(said):
        return []  # "the red dress" is there already
    if len(named) > 1 and named[-1] in lex.BACKGROUNDS and end == len(said):
        return ["the", "background", "a", *said[:-1]]  # "beach background"
    names = {join(named), named[-1], singular(named[-1])} if named else set()
    return ["the", *named, *looks] if looks and not (_NAMED | lex.MOODS).isdisjoint(names) else []


_MADE_SO = lex.MOODS | {"time", "day", "night", "summer", "winter", "spring", "autumn"}
"""What a whole picture has or shows: "day to night"."""
_NAMED = (THINGS - lex.WHOLE) | lex.CLOTHES | lex.BODY | lex.BACKGROUNDS


_NO_WISHES = frozenset(["change", "changes", "problem", "thanks", "worries", "edits", "way"])
_WANTING = frozenset(
    ["i want", "i need", "i would like", "i would love", "i prefer", "want", "get"]
)
_WHOLE_LOOKS = frozenset(["style", "age", "light", "look"])


def wanted(tokens: Tokens) -> list[str]:
    """What is wished for in "i want | a red sofa", where nothing else is said."""
    new = len(tokens) > 1 and tokens[0] in _WANTING and opens(tokens[1:]) != "definite"
    return list(tokens[1:]) if new else list(tokens)


def _of_the_picture(tokens: Tokens) -> list[str]:
    """What the whole picture shall be: "anime style", "in black and white", "winter scene"."""
    said = list(tokens)
    if said[0] == "in the style of" and len(said) > 1:
        return said
    if said[0] in ("in", "turn to", "turn into") and len(said) > 1:
        said = said[1:]
    said = without_article(said)
    if not said or not all(map(in_name, said)):
        return []
    if said[-1] == "style" and len(said) > 1:
        return ["in", *said]
    grays = {"black and white", "black-and-white"}.intersection(said)
    kinds = {*map(kind_of, said)}
    if "" not in kinds and (kinds <= _WHOLE_LOOKS or grays):
        return said
    art = said[-1] in lex.ARTWORKS - lex.PICTURES and all(map(in_name, said))
    scene = len(said) > 1 and said[-1] in lex.PICTURES and said[0] in lex.WHOLE
    return ["a", *said] if art or scene or " ".join(said) in _PAINTINGS else []


_PAINTINGS = frozenset(["oil painting", "watercolor painting", "pencil sketch", "line art"])


def introduces(tokens: Tokens) -> bool:
    """Whether a sentence only shows something: "this is my room"."""
    shown = tokens[0] in ("this", "these", "here") and tokens[1:2] in (["is"], ["are"])
    return (shown or tokens[0] == "that is") and bool(spoken_of(tokens))
