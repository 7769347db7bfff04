"""What the language side promises to the picture side: a typed, validated plan.

An `EditPlan` is all that crosses from parsing to painting. It round-trips through JSON, so it can
travel through a graph, a file, or a language model's structured output.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from .errors import PlanError

Operation = Literal["replace", "recolor", "restyle", "remove", "add", "background", "extract"]
OrderBy = Literal[
    "all", "score", "left", "right", "top", "bottom", "center", "largest", "smallest",
    "top left", "top right", "bottom left", "bottom right",
]  # fmt: skip
RelationKind = Literal["near", "left of", "right of", "above", "below", "on", "in", "holding"]

PICTURE = "picture"
"""The target that stands for the whole picture: nothing is detected, everything is in the mask."""

BACKGROUND = "background"
"""The target of a background edit: the whole picture less the masks of `Edit.exclude`."""

_NEEDS_RESULT = {"replace", "recolor", "restyle", "add", "background"}

Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class _Told(type(BaseModel)):  # type: ignore[misc]
    """Values that do not fit are told as an error of ours, where Python code names them."""

    def __call__(cls, *args: Any, **values: Any) -> Any:
        try:
            return super().__call__(*args, **values)
        except ValidationError as error:
            raise PlanError(_first_fault(error)) from error


def _first_fault(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(step) for step in first["loc"]) or "the plan"
    return f"This is not a valid edit plan: {where}: {first['msg']}."


class _Frozen(BaseModel, metaclass=_Told):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Which(_Frozen):
    """Which of the instances that answer to the target: all of them, or some in an order.

    `by="left"` counts from the left edge, `by="top left"` from that corner, `by="largest"` from
    the largest area, `by="score"` from the most confident. `rank` is the 1-based place of the first
    one taken, `count` how many. "The second ball from the left" is `Which(by="left", rank=2)`.
    """

    by: OrderBy = "all"
    rank: int = Field(default=1, ge=1, le=100)
    count: int = Field(default=1, ge=1, le=100)

    def in_words(self) -> str:
        """For people: "number 2 from the left", "the 3 largest", "the most likely one"."""
        last = self.rank + self.count - 1
        some = f"number {self.rank}" if self.count == 1 else f"numbers {self.rank} to {last}"
        if {"left", "right", "top", "bottom"}.intersection(self.by.split()):
            return f"{some} from the {self.by}"
        named = {"all": "all", "score": "most likely", "center": "most central"}
        order = named.get(self.by, self.by)
        if self.by == "all" or self.rank > 1:
            return order if self.by == "all" else f"{some} of the {order}"
        return f"the {order} one" if self.count == 1 else f"the {self.count} {order}"


class Relation(_Frozen):
    """Where a thing stands with respect to another one, the anchor (a noun phrase).

    "The cup next to the car" is `Relation(kind="near", anchor="car")` on the edit of the cup;
    "the man's jacket" is `Relation(kind="on", anchor="man")` on the edit of the jacket.
    """

    kind: RelationKind
    anchor: Phrase


class Edit(_Frozen):
    """One change to one kind of thing.

    Attributes:
        operation: what happens: replace a thing by another, recolor it, restyle it (material,
            pattern, art style), remove it, add a new thing, change the background, or extract
            (cut the thing out onto transparency).
        target: the English noun phrase that the detector looks for; `PICTURE` for the whole
            picture; `BACKGROUND` for a background edit. For *add* it is the thing that the new
            one is put to (or `PICTURE`), and `relation` tells where, its anchor being the target.
        result: what the region shows afterwards; empty for remove and extract.
        which: which instances of the target.
        relation: geometry towards another object; detectors do not do relations.
        exclude: phrases whose masks are taken out of the edit ("except the sleeves").
        prompt: what the painter is told; the result, unless more is said.
        negative_prompt: what the painter is told to avoid.

    Raises:
        PlanError: for unknown fields, empty targets, a result where there is
            none to show, or none where one is needed.
    """

    operation: Operation
    target: Phrase
    result: Text = ""
    which: Which = Which()
    relation: Relation | None = None
    exclude: tuple[Phrase, ...] = ()
    prompt: Text = ""
    negative_prompt: Text = ""

    @model_validator(mode="before")
    @classmethod
    def _prompt_defaults_to_result(cls, data: object) -> object:
        if isinstance(data, dict) and not str(data.get("prompt") or "").strip():
            return {**data, "prompt": data.get("result", "")}
        return data

    @model_validator(mode="after")
    def _result_fits_operation(self) -> Edit:
        if self.operation in _NEEDS_RESULT and not self.result:
            raise ValueError(f"{self.operation} needs a result: what the region shows afterwards")
        if self.operation not in _NEEDS_RESULT and self.result:
            raise ValueError(f"{self.operation} leaves nothing to show: its result must be empty")
        return self

    def summary(self) -> str:
        """The edit for people: "replace red dress by white t-shirt, number 2 from the left"."""
        joint = {"replace": " by ", "add": ": ", "background": ": "}.get(self.operation, " to ")
        words = f"{self.operation} {self.target}" + (f"{joint}{self.result}" if self.result else "")
        if self.which.by != "all":
            words += f", {self.which.in_words()}"
        if self.relation:
            words += f", {self.relation.kind} {self.relation.anchor}"
        return words + (f", except {', '.join(self.exclude)}" if self.exclude else "")

    @property
    def cuts(self) -> bool:
        """True where the thing is cut out onto transparency, and nothing is painted."""
        return self.operation == "extract"

    @property
    def whole_picture(self) -> bool:
        """True where the region is the picture itself and nothing has to be detected."""
        return self.target in (PICTURE, BACKGROUND)


class EditPlan(_Frozen):
    """Ordered edits, the instruction they were read from, and who read it."""

    edits: tuple[Edit, ...] = Field(min_length=1)
    instruction: str
    parser: str
    warnings: tuple[str, ...] = ()

    @property
    def cuts(self) -> bool:
        """True where the result is transparent."""
        return any(edit.cuts for edit in self.edits)

    def to_json(self, indent: int | None = 2) -> str:
        """The plan as JSON text; `from_json` is its inverse."""
        return self.model_dump_json(indent=indent)

    @classmethod
    def from_json(cls, text: str) -> EditPlan:
        """Read a plan back. Raises `PlanError` naming the first field that does not fit."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise PlanError(_first_fault(error)) from error

    def pick(self, number: int) -> EditPlan:
        """A plan with that edit alone; 1 is the first. Raises `PlanError` where there is none."""
        if not 1 <= number <= len(self.edits):
            raise PlanError(
                f"Edit {number} was asked for, but the plan holds {len(self.edits)}."
                " Choose a lower number."
            )
        return self.model_copy(update={"edits": (self.edits[number - 1],)})

    def only(self) -> Edit:
        """The one edit of the plan. Raises `PlanError` where there are several."""
        if len(self.edits) > 1:
            raise PlanError(
                f"The plan holds {len(self.edits)} edits, and this takes one. Put Pick Edit before"
                " it, one chain an edit, or use Prompt Edit, which does that by itself."
            )
        return self.edits[0]

    def summary(self) -> str:
        """The plan for people: one line an edit."""
        return "\n".join(f"{n}. {edit.summary()}" for n, edit in enumerate(self.edits, start=1))
