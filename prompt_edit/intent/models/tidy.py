"""Slips of language models that need no second question: an edit as it was meant."""

from __future__ import annotations

import re
from typing import Any

from ...nouns import singular
from ...plan import BACKGROUND, PICTURE
from ..grammar.words import kind_of


def tidied(edit: object) -> object:
    """An edit with the slips set right that need no second question."""
    if not isinstance(edit, dict):
        return edit
    tidy = without_remarks(_filled(edit))
    for name in ("which", "relation"):
        if isinstance(tidy.get(name), dict):
            tidy[name] = _filled(tidy[name])
    _tidy_choice(tidy)
    if isinstance(tidy.get("exclude"), str):
        tidy["exclude"] = [tidy["exclude"]]
    if isinstance(tidy.get("exclude"), list):
        tidy["exclude"] = [each for each in tidy["exclude"] if each not in _NOTHING]
    if isinstance(tidy.get("operation"), str):
        tidy["operation"] = tidy["operation"].strip().lower()
    operation, relation = tidy.get("operation"), tidy.get("relation")
    if operation in ("remove", "extract"):
        tidy.pop("result", None)
    if isinstance(tidy.get("target"), str):
        tidy["target"] = _named(tidy["target"])
    if operation == "background":
        tidy["target"] = BACKGROUND
    elif operation == "add" and isinstance(relation, dict):
        if _head(relation.get("anchor")) == _head(tidy.get("result")):
            relation |= {"kind": "on", "anchor": tidy.get("target")}  # the new thing itself
        tidy["target"] = relation.get("anchor")
    elif operation == "add" and tidy.get("target") == tidy.get("result"):
        tidy["target"] = PICTURE  # the new thing is not there to be found
    elif isinstance(relation, dict) and relation.get("anchor") == tidy.get("target"):
        del tidy["relation"]  # nothing stands near itself
    _tidy_result(tidy)
    return tidy


def _named(target: str) -> str:
    """A target without its article; the picture and its background under their own names."""
    bare = re.sub(r"^(?:the|a|an) ", "", target.strip(), flags=re.IGNORECASE)
    if bare.lower() in _WHOLE:
        return PICTURE
    return BACKGROUND if bare.lower() in (BACKGROUND, "backdrop") else bare


_WHOLE = frozenset(
    [PICTURE, "image", "photo", "photograph", "whole picture", "whole image", "entire picture"]
    + ["entire image"]
)


def _tidy_result(edit: dict[str, Any]) -> None:
    """Say what a look is of, where a thing shall only look otherwise: "blue" of a red dress is
    "blue dress"."""
    target, result = edit.get("target"), edit.get("result")
    if edit.get("operation") not in ("recolor", "restyle") or target in (PICTURE, BACKGROUND):
        return
    if not (isinstance(target, str) and isinstance(result, str)):
        return
    told = {kind_of(word) for word in result.lower().split()}
    if "" not in told:
        stays = [word for word in target.split() if kind_of(word.lower()) not in told]
        edit["result"] = " ".join([result, *stays])


def _head(phrase: object) -> str:
    """The last word of a phrase, in the singular."""
    return singular(phrase.lower()).split()[-1] if isinstance(phrase, str) and phrase else ""


_NOTHING: tuple[object, ...] = (None, "", [], {}, "none", "null")
_REMARKS = frozenset(
    ["explanation", "confidence", "reason", "reasoning", "thought", "thoughts", "comment", "note",
     "notes", "id", "index", "step"]
)  # fmt: skip
"""What models add to a plan that says nothing of what to do."""


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that are not empty: one that does not apply may be."""
    return {name: value for name, value in fields.items() if value not in _NOTHING}


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
        which = {name: value for name, value in which.items() if value not in (0, "0")}
        if "by" not in which and any(value != 1 for value in which.values()):
            which["by"] = None  # the second of what order? It is asked again
        if which.get("by") == "all" and which.get("rank", 1) != 1:
            which["by"] = None
        elif which.get("by") == "all" and which.get("count", 1) != 1:
            which["by"] = "score"
        edit["which"] = which
