"""How what a language model says is read: the last plan of its reply, or what is wrong with it.

A reply holds edits and nothing else; who wrote the plan, and from which words, is never the model's
to say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ...errors import PlanError
from ...nouns import singular
from ...plan import Edit
from ..checker import is_english
from ..grammar import korean
from .brief import EXAMPLES
from .phrases import phrases_of
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
        edits = data.get("edits") if isinstance(data, dict) else None
        if isinstance(edits, dict) and "operation" in edits:
            edits = [edits]
        if isinstance(data, dict) and isinstance(edits, list):
            return {**without_remarks(data), "edits": [tidied(edit) for edit in edits]}
        return data

    @model_validator(mode="after")
    def _fits_the_detector(self) -> Reply:
        for edit in self.edits:
            for phrase in phrases_of(edit):
                if any(letter.isalpha() and ord(letter) > 0x24F for letter in phrase):
                    raise ValueError(f"“{phrase[:60]}” is not English; the detector reads English")
        return self


def read_reply(text: str) -> tuple[Edit, ...]:
    """The edits of a reply: its last plan in JSON, whatever stands around it; maybe none.

    Models think aloud, with drafts; what they end with is what they say. Edits that no plan holds
    are taken together.

    Raises `PlanError` whose message is the fault alone, fit for asking again.
    """
    text = text[:LONGEST_REPLY]
    if _THINKING.match(_THOUGHTS.sub("", text)):
        raise PlanError("the reply ends before its thinking does")
    text = spoken(text)
    parts = _objects(text)
    plans = [each for each in parts if "edits" in each.data]
    plans = [each for each in plans if each.data["edits"]] or plans
    if any(each.data != plans[-1].data for each in plans) and not _corrects(text, plans, parts):
        raise PlanError("there are several plans in the reply: send one, with all edits")
    edits = [each.data for each in parts if "operation" in each.data]
    data = plans[-1].data if plans else {"edits": edits} if edits else parts[-1].data
    try:
        return Reply.model_validate(data).edits
    except ValidationError as error:
        raise PlanError(_faults(error)) from None


def spoken(text: str) -> str:
    """A reply without what its model thought aloud."""
    text = _THOUGHTS.sub("", text)
    if _THINKING.match(text):
        return ""
    thought, _, rest = text.rpartition("</think>")
    return rest if "{" in rest else thought or text


_TAG = r"think(?:ing)?|thoughts?|reasoning"
_THOUGHTS = re.compile(rf"<({_TAG})>.*?</\1>|\[({_TAG})\].*?\[/\2\]", re.IGNORECASE | re.DOTALL)
_DRAFT = re.compile(r"\b(?:draft|wait|final|actually|correct(?:ion|ed)|revised)\b", re.IGNORECASE)
_THINKING = re.compile(rf"\s*(?:<(?:{_TAG})>|\[(?:{_TAG})\])", re.IGNORECASE)
_PLAN = re.compile(r'\{[^{}]*"(?:edits|operation)"')
_MOST_BRACES = 100
"""That open no object: a text of nothing else would take minutes to go through."""


@dataclass(frozen=True)
class _Object:
    """A JSON object, and where in the text it begins and ends."""

    data: dict[str, Any]
    start: int
    end: int


def _corrects(text: str, plans: Sequence[_Object], objects: Sequence[_Object]) -> bool:
    """Whether the last plan is said to come for those before it."""
    first, last = plans[0], plans[-1]
    between = [each for each in objects if first.end <= each.start < last.start]
    starts = [*(each.start for each in between), last.start]
    ends = [first.end, *(each.end for each in between)]
    said = " ".join(text[end:start] for end, start in zip(ends, starts, strict=True))
    return bool(_DRAFT.search(said) or re.search(r"\bdraft\b", text[: first.start], re.IGNORECASE))


def _objects(text: str) -> list[_Object]:
    """The JSON objects of a text in turn, without those inside others; at least one.

    A plan that another object holds alone is taken out of it.

    Raises `PlanError` where there is none, or where the last plan is broken: a half of it, or a
    draft before it, would be something else.
    """
    found: list[_Object] = []
    fault, faults, broken = "there is no JSON object in the reply", 0, False
    start = text.find("{")
    while start >= 0 and faults < _MOST_BRACES:
        try:
            data, end = json.JSONDecoder().raw_decode(text, start)
            found.append(_Object(_unwrapped(data), start, end))
            broken = broken and "edits" not in found[-1].data
            start = end
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


def _unwrapped(data: dict[str, Any]) -> dict[str, Any]:
    """The plan of {"plan": {"edits": ...}}."""
    inner = [each for each in data.values() if isinstance(each, dict) and "edits" in each]
    return inner[0] if len(inner) == 1 and "edits" not in data else data


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
    phrase
    for words, edits in EXAMPLES
    if korean.speaks(words)
    for edit in edits
    for phrase in (edit["target"], edit.get("result", ""))
}
_ALSO_SAID = {
    "hair": ("머리", "금발", "은발", "백발", "단발", "장발", "삭발", "염색", "파마", "펌", "탈색",
             "털", "수염"),
    "tree": ("나뭇", "숲", "벚", "트리", "수목", "묘목", "가로수"),
    "cup": ("잔", "머그", "텀블러"),
    "pants": ("데님", "슬랙스", "레깅스"),
    "red": ("붉", "빨개", "새빨", "진홍", "선홍", "다홍", "주홍"),
}  # fmt: skip
"""What else may mean the words of the examples, besides what the tables say."""


def require_own_words(edits: Sequence[Edit], instruction: str) -> None:
    """Raise `PlanError` for what is of the examples, and not of the instruction.

    Of those in Korean whole phrases count, for their words are in use; in other languages a thing
    that the instruction names is none in English.
    """
    said = instruction.lower()
    for edit in edits:
        for word in " ".join(phrases_of(edit)).lower().split():
            if word not in said and word in _INVENTED:
                raise PlanError(f"“{word}” stands in an example, and not in the instruction")
        if korean.speaks(instruction) and (copied := _copied(edit, said)):
            raise PlanError(f"“{copied}” stands in an example, and not in the instruction")
        if not is_english(instruction):
            for word in edit.target.lower().split():
                if not word.isascii() and word in said and singular(word) not in _BORROWED:
                    raise PlanError(f"“{word}” is not English; the detector reads English")


_BORROWED = frozenset(
    ["café", "piñata", "crème", "brûlée", "fraîche", "fiancé", "fiancée", "jalapeño", "éclair"]
    + ["château", "châteaux", "soufflé", "pâté", "purée", "façade", "décor", "rosé", "crêpe"]
    + ["croûton", "açaí", "gruyère", "entrée", "consommé", "flambé", "sautéed", "mâché", "appliqué"]
    + ["macramé", "lamé", "piña", "señor", "señora", "señorita", "doppelgänger", "smörgåsbord"]
    + ["matinée", "déjà", "pokémon", "citroën"]
)
"""Of English, with their signs; that a word is capitalised tells no name: German nouns all are."""


def _copied(edit: Edit, said: str) -> str:
    """What of an edit is that of a Korean example alone, or ""."""
    whole = {edit.target.lower(), edit.result.lower()} & _TRANSLATED
    unsaid = [word for each in sorted(whole) for word in each.split() if not _says(said, word)]
    return unsaid[0] if unsaid else ""


def _says(said: str, word: str) -> bool:
    """Whether a Korean text has a word, in English or Korean."""
    also = any(each in said for each in _ALSO_SAID.get(word, ()))
    return word in said or also or korean.says(said, word)


def _faults(error: ValidationError) -> str:
    """The first few faults in one line, without what the model had written there."""
    found = error.errors(include_url=False, include_input=False)
    lines = []
    for fault in found[:3]:
        where = ".".join(str(step)[:40] for step in fault["loc"])
        lines.append(f"{where}: {fault['msg']}" if where else fault["msg"])
    return " ".join("; ".join(lines).replace("Value error, ", "").split())[:300]
