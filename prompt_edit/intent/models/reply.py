"""How what a language model says is read: the last plan of its reply, or what is wrong with it.

A reply holds edits and nothing else; who wrote the plan, and from which words, is never the model's
to say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ...errors import PlanError
from ...plan import Edit
from ..grammar import korean
from .brief import EXAMPLES
from .tidy import tidied, without_remarks

MOST_EDITS = 20  # more, from an instruction of 2000 characters at most, is a model that runs on
LONGEST_REPLY = 100_000


class Reply(BaseModel):
    """What a model may send: edits and nothing else."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    edits: tuple[Edit, ...] = Field(max_length=MOST_EDITS)

    @model_validator(mode="before")
    @classmethod
    def _tidied(cls, data: object) -> object:
        if isinstance(data, dict) and isinstance(data.get("edits"), list):
            return {**without_remarks(data), "edits": [tidied(edit) for edit in data["edits"]]}
        return data

    @model_validator(mode="after")
    def _fits_the_detector(self) -> Reply:
        for edit in self.edits:
            if edit.operation == "background" and not edit.exclude:
                raise ValueError("background needs exclude: what stands in front and stays")
            for phrase in _phrases(edit):
                if any(letter.isalpha() and ord(letter) > 0x24F for letter in phrase):
                    raise ValueError(f"“{phrase[:60]}” is not English; the detector reads English")
        return self


def read_reply(text: str) -> tuple[Edit, ...]:
    """The edits of a reply: its last plan in JSON, whatever stands around it; maybe none.

    Models think aloud, with drafts; what they end with is what they say. Edits that no plan holds
    are taken together.

    Raises `PlanError` whose message is the fault alone, fit for asking again.
    """
    text = _THOUGHTS.sub("", text[:LONGEST_REPLY])
    if _THINKING.match(text):
        raise PlanError("the reply ends before its thinking does")
    thought, _, rest = text.rpartition("</think>")
    objects = _objects(rest if "{" in rest else thought or text)
    plans = [each for each in objects if "edits" in each]
    plans = [each for each in plans if each["edits"]] or plans
    if any(each != plans[-1] for each in plans) and not _DRAFT.search(text):
        raise PlanError("there are several plans in the reply: send one, with all edits")
    edits = [each for each in objects if "operation" in each]
    data = plans[-1] if plans else {"edits": edits} if edits else objects[-1]
    try:
        return Reply.model_validate(data).edits
    except ValidationError as error:
        raise PlanError(_faults(error)) from None


_TAG = r"think(?:ing)?|thoughts?|reasoning"
_THOUGHTS = re.compile(rf"<({_TAG})>.*?</\1>|\[({_TAG})\].*?\[/\2\]", re.IGNORECASE | re.DOTALL)
_DRAFT = re.compile(r"\b(?:draft|wait|final|actually|correct(?:ion|ed)|revised)\b", re.IGNORECASE)
_THINKING = re.compile(rf"\s*(?:<(?:{_TAG})>|\[(?:{_TAG})\])", re.IGNORECASE)
_PLAN = re.compile(r'\{[^{}]*"(?:edits|operation)"')
_MOST_BRACES = 100
"""That open no object: a text of nothing else would take minutes to go through."""


def _objects(text: str) -> list[dict[str, Any]]:
    """The JSON objects of a text in turn, without those inside others; at least one.

    Raises `PlanError` where there is none, or where the last plan is broken: a half of it, or a
    draft before it, would be something else.
    """
    found: list[dict[str, Any]] = []
    fault, faults, broken = "there is no JSON object in the reply", 0, False
    start = text.find("{")
    while start >= 0 and faults < _MOST_BRACES:
        try:
            data, start = json.JSONDecoder().raw_decode(text, start)
            found.append(data)
            broken = broken and "edits" not in data
        except json.JSONDecodeError as error:
            fault, faults = f"the JSON is broken: {error.msg}", faults + 1
            broken = broken or bool(_PLAN.match(text, start))
            start += 1
        except (ValueError, RecursionError):  # numbers of 5000 digits, ten thousand open brackets
            raise PlanError("the JSON cannot be read") from None
        start = text.find("{", start)
    if broken or not found:
        raise PlanError(fault)
    return found


def schema() -> dict[str, Any]:
    """The JSON schema of a reply, in the subset that every structured output takes.

    References are resolved, every property is required, no other one is allowed, and limits of
    length and size are left out: servers differ on those, and pydantic checks them afterwards.
    """
    full = Reply.model_json_schema()
    return _strict(full, full.get("$defs", {}))


_KEPT = ("type", "enum")


def _strict(node: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in node:
        return _strict(shared[node["$ref"].rpartition("/")[2]], shared)
    strict: dict[str, Any] = {key: node[key] for key in _KEPT if key in node}
    if "anyOf" in node:
        strict["anyOf"] = [_strict(choice, shared) for choice in node["anyOf"]]
    if "items" in node:
        strict["items"] = _strict(node["items"], shared)
    if "properties" in node:
        inner = {name: _strict(child, shared) for name, child in node["properties"].items()}
        strict |= {
            "properties": inner,
            "required": list(inner),
            "additionalProperties": False,
        }
    return strict


_INVENTED = frozenset(
    ["blicket", "daxes", "wug", "tolver", "gazzer", "pimwit", "sprock", "vint", "zarnel", "fep"]
    + ["zorp", "tamble", "kelvo", "dobrin", "lurd", "mispa", "feeb", "rulp", "hask", "nacle"]
)
_TRANSLATED = {
    word
    for words, edits in EXAMPLES
    if korean.speaks(words)
    for edit in edits
    for phrase in (edit["target"], edit.get("result", ""))
    for word in phrase.split()
}


def require_own_words(edits: Sequence[Edit], instruction: str) -> None:
    """Raise `PlanError` for a word of the examples that the instruction does not have."""
    said = instruction.lower()
    foreign = korean.speaks(instruction)
    for edit in edits:
        for word in " ".join(_phrases(edit)).lower().split():
            translated = foreign and word in _TRANSLATED and not korean.says(instruction, word)
            if word not in said and (translated or word in _INVENTED):
                raise PlanError(f"“{word}” stands in an example, and not in the instruction")


def _phrases(edit: Edit) -> Iterator[str]:
    yield from (edit.target, edit.result, edit.prompt, edit.negative_prompt, *edit.exclude)
    if edit.relation:
        yield edit.relation.anchor


def _faults(error: ValidationError) -> str:
    """The first few faults in one line, without what the model had written there."""
    found = error.errors(include_url=False, include_input=False)
    lines = []
    for fault in found[:3]:
        where = ".".join(str(step)[:40] for step in fault["loc"])
        lines.append(f"{where}: {fault['msg']}" if where else fault["msg"])
    return " ".join("; ".join(lines).replace("Value error, ", "").split())[:300]
