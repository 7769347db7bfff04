"""What is said before the verb and belongs behind it: "on the left, add a tree"."""

from __future__ import annotations

from itertools import dropwhile

from . import lexicon as lex
from .clauses import split_clauses
from .slots import WHERE
from .words import Tokens, in_name, opens, side_at


def verb_first(tokens: Tokens) -> list[str]:
    """A sentence with its verb first, and what stays before all else: "keep the face, make ..."."""
    said = list(dropwhile(lambda token: token == "," or token in lex.OPENINGS, tokens))
    if not said:
        return list(tokens)
    if said[0] in lex.EXCEPT - lex.LEFT_OUT:
        return ["keep", *_parted(said[1:])]
    if said[0] in lex.LEFT_OUT and "," in said:
        comma = said.index(",")
        first, *others = split_clauses(said[comma + 1 :]) or [[]]
        return [*first, *said[:comma], *(word for each in others for word in ("and", *each))]
    if said[0] not in WHERE and not side_at(_until_comma(said), 0):
        return list(tokens)
    verb = next((at for at, token in enumerate(said) if lex.CLASS_OF_VERB.get(token) == "add"), 0)
    place = said[:verb][:-1] if said[verb - 1 : verb] == [","] else said[:verb]
    named = all(in_name(token) or opens([token]) for token in place[1:])
    if verb < 2 or len(place) < 2 or not named:
        return said
    first, *others = split_clauses(said[verb:])
    return [*first, *place, *(word for each in others for word in ("and", *each))]


def _parted(said: list[str]) -> list[str]:
    """ "The face, make the hair red", with the comma, where none was written."""
    verbs = lex.CLASS_OF_VERB.keys() - lex.NOUNS_TOO
    at = next((at for at, token in enumerate(said) if at and token in verbs), 0)
    return [*said[:at], ",", *said[at:]] if at and said[at - 1] not in lex.LINKS else said


def _until_comma(tokens: Tokens) -> list[str]:
    end = tokens.index(",") if "," in tokens else len(tokens)
    return list(tokens[:end])
