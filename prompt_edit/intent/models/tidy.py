"""Slips of language models that need no second question: an edit as it was meant."""

from __future__ import annotations

import re
from typing import Any

from ...errors import InstructionError
from ...nouns import singular, words_of
from ...plan import BACKGROUND, PICTURE
from ..checker import is_picture
from ..grammar.edits import compose
from ..grammar.noun_phrase import NounPhrase, read_result
from ..grammar.tokens import normalise, sentences
from ..grammar.words import is_attribute, join, take_while
from .phrases import noun_of


def tidied(edit: object) -> object:
    """An edit with the slips set right that need no second question."""
    if not isinstance(edit, dict):
        return edit
    tidy = without_remarks(_filled(edit))
    for name in ("which", "relation"):
        if isinstance(tidy.get(name), dict):
            tidy[name] = _filled(tidy[name])
    _tidy_choice(tidy)
    _tidy_names(tidy)
    _tidy_place(tidy)
    given = tidy.get("result")
    _tidy_result(tidy)
    _tidy_prompt(tidy, given)
    return tidy


def _tidy_names(edit: dict[str, Any]) -> None:
    """Name things without articles, and the operation as plans do."""
    if isinstance(edit.get("operation"), str):
        edit["operation"] = edit["operation"].strip().lower()
    if isinstance(edit.get("target"), str):
        edit["target"] = PICTURE if _is_all(edit) else _named(edit["target"])
    relation = edit.get("relation")
    if isinstance(relation, dict) and isinstance(relation.get("anchor"), str):
        relation["anchor"] = _named(relation["anchor"])
    if isinstance(edit.get("exclude"), str):
        edit["exclude"] = [edit["exclude"]]
    if isinstance(edit.get("exclude"), list):
        edit["exclude"] = [each for each in edit["exclude"] if not _is_nothing(each)]
    if edit.get("operation") in ("remove", "extract"):
        edit.pop("result", None)


def _named(target: str) -> str:
    """A target without its article; the picture and its background under their own names."""
    bare = re.sub(r"^(?:the|a|an) ", "", target.strip().rstrip("."), flags=re.IGNORECASE)
    if bare.lower() != "view" and is_picture(bare):
        return PICTURE
    return BACKGROUND if bare.lower() in (BACKGROUND, "backdrop") else bare


def _is_all(edit: dict[str, Any]) -> bool:
    """Whether the target is all that there is, and not "everything on the table"."""
    if edit["target"].strip().rstrip(".").lower() != "everything":
        return False
    relation, which = edit.get("relation"), edit.get("which")
    if isinstance(relation, dict):
        return is_picture(str(relation.get("anchor")), str(relation.get("kind")))
    return not isinstance(which, dict) or which.get("by") in (None, "all", "score")


def _tidy_place(edit: dict[str, Any]) -> None:
    """Let a new thing be put to what its relation names, or into the picture."""
    operation, relation = edit.get("operation"), edit.get("relation")
    if operation == "background":
        edit["target"] = BACKGROUND
    elif operation == "add" and isinstance(relation, dict):
        if _is_new(relation.get("anchor"), edit, relation.get("kind")):
            relation |= {"kind": "on", "anchor": edit.get("target")}
        edit["target"] = relation.get("anchor")
    elif operation == "add" and _is_new(edit.get("target"), edit):
        edit["target"] = PICTURE  # the new thing is not there to be found
    elif isinstance(relation, dict) and relation.get("anchor") == edit.get("target"):
        del edit["relation"]  # nothing stands near itself


def _is_new(named: object, edit: dict[str, Any], kind: object = None) -> bool:
    """Whether what is named is the new thing itself, and none of its kind that is there: "another
    cat next to the cat".

    Args:
        kind: that of the relation whose anchor it is; None for a target.
    """
    target, result = edit.get("target"), edit.get("result")
    if not (isinstance(named, str) and isinstance(result, str)):
        return False
    dining_table = not {*words_of(singular(named))} <= {*words_of(singular(result))}
    if dining_table or noun_of(named) != noun_of(result):
        return False
    if kind is None:
        return True
    if target == PICTURE:
        return kind in ("on", "in", "holding")
    return noun_of(target) != noun_of(result)


def _tidy_result(edit: dict[str, Any]) -> None:
    """Say what a look is of, where a thing shall only look otherwise: "blue" of a red dress is
    "blue dress"."""
    target = edit.get("target")
    if edit.get("operation") not in ("recolor", "restyle") or target in (PICTURE, BACKGROUND):
        return
    for name in ("result", "prompt"):
        if isinstance(target, str) and isinstance(edit.get(name), str):
            edit[name] = _look_of(target, edit[name])


def _look_of(target: str, look: str) -> str:
    """A look as that of a thing; what is more than a look, as it is."""
    try:
        read = read_result(_tokens(look))
        *before, noun = _tokens(target)
    except (InstructionError, ValueError):
        return look
    if read.noun or not read.attributes or noun in join(_tokens(look)).split():
        return look
    stay, at = take_while(before, 0, is_attribute)
    return compose(NounPhrase(join([*before[at:], noun]), tuple(stay)), read).text


def _tokens(phrase: str) -> list[str]:
    """A phrase as the grammar parts it. Raises `ValueError` for none, and `InstructionError`."""
    ((_, *tokens),) = sentences(normalise(f"is {phrase}"))  # alone "sky blue" may be two things
    return tokens


def _tidy_prompt(edit: dict[str, Any], given: object) -> None:
    """Take out a prompt that says no more than the result, or only what shall go: the painter would
    be told that, and not what it shows.

    Args:
        given: the result before it was tidied.
    """
    prompt, told = edit.get("prompt"), {*_ASKING}
    if not isinstance(prompt, str):
        return
    gone = edit.get("operation") in ("remove", "extract")
    for phrase in (given, edit.get("result"), edit.get("target")):
        told |= {*words_of(phrase)} if isinstance(phrase, str) else set()
    words = {*words_of(prompt)}
    if words <= told or (gone and noun_of(edit.get("target")) in map(singular, words)):
        del edit["prompt"]


_ASKING = ("the", "a", "an", "to", "into", "in", "of", "with", "is", "it", "and", "make", "change",
           "turn", "paint", "replace", "recolor", "color", "add", "put")  # fmt: skip


def _is_nothing(value: object) -> bool:
    """Whether a field says that it does not apply."""
    if isinstance(value, str):
        return value.strip().rstrip(".").lower() in ("", "none", "null", "n/a")
    return value in (None, [], {})


_REMARKS = frozenset(
    ["explanation", "confidence", "reason", "reasoning", "thought", "thoughts", "comment", "note",
     "notes", "id", "index", "step"]
)  # fmt: skip
"""What models add to a plan that says nothing of what to do."""


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that are not empty: one that does not apply may be."""
    return {name: value for name, value in fields.items() if not _is_nothing(value)}


def without_remarks(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in _REMARKS}


def _tidy_choice(edit: dict[str, Any]) -> None:
    """Take out a relation to nothing, and a choice that is none."""
    which, relation = edit.get("which"), edit.get("relation")
    if isinstance(relation, dict) and relation.keys() <= {"kind"}:
        del edit["relation"]
    if isinstance(which, str):
        edit["which"] = {"by": which}
    elif isinstance(which, dict):
        which = {name: _number(value) for name, value in which.items() if value not in (0, "0")}
        if "by" not in which and any(value != 1 for value in which.values()):
            which["by"] = None  # the second of what order? It is asked again
        if which.get("by") == "all" and which.get("rank", 1) != 1:
            which["by"] = None
        elif which.get("by") == "all" and which.get("count", 1) != 1:
            which["by"] = "score"
        edit["which"] = which


def _number(value: object) -> object:
    """A number that was sent as text."""
    return int(value) if isinstance(value, str) and re.fullmatch(r"\d{1,3}", value) else value
