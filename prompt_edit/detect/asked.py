"""What a detector is asked, looked at before the model is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from numbers import Real

from ..errors import InstructionError, PlanError, PromptEditError, require, shown
from ..plan import BACKGROUND, PICTURE, Edit, Relation, Which


@dataclass(frozen=True)
class Query:
    """What is looked for in a picture.

    Attributes:
        target: noun phrases in a list as people write one, `PICTURE` or `BACKGROUND`.
        which: which of the things found.
        relation: of them to another thing; of a new thing to them.
        exclude: phrases for what is left alone.
        new: the new thing that room is wanted for; empty where things are looked for.
        becomes: what they will be, which may need more room than they take; else empty.
        every: whether all in the relation are meant, though the target names one.
        edit: that it is of; None where it is of none.
    """

    target: str
    which: Which = field(default_factory=Which)
    relation: Relation | None = None
    exclude: tuple[str, ...] = ()
    new: str = ""
    becomes: str = ""
    every: bool = False
    edit: Edit | None = None

    @classmethod
    def of(cls, asked: Edit | Query) -> Query:
        """What an edit is about. Raises `PlanError` for what is neither."""
        if isinstance(asked, Query):
            return asked
        require(asked, Edit, "The edit", PlanError)
        new = asked.result if asked.operation == "add" else ""
        becomes = asked.result if asked.operation in ("replace", "restyle") else ""
        return cls(asked.target, asked.which, asked.relation, asked.exclude, new, becomes,
                   edit=asked)  # fmt: skip

    @property
    def whole_picture(self) -> bool:
        """True where it is about the picture itself, and nothing has to be detected."""
        return self.target in (PICTURE, BACKGROUND)


def check_phrases(phrases: object) -> None:
    """Raise `InstructionError` for what is no list of texts; a text alone is a list of letters."""
    texts = isinstance(phrases, Sequence) and not isinstance(phrases, str)
    if not texts or not phrases or any(not isinstance(each, str) for each in phrases):  # type: ignore[attr-defined]
        raise InstructionError(
            f'What to find is a list such as ["red dress"], not {shown(phrases)}.'
        )


def check_threshold(threshold: object) -> None:
    """Raise `PromptEditError` for what is neither None nor a number in 0..1."""
    good = isinstance(threshold, Real) and not isinstance(threshold, bool)
    if threshold is not None and not (good and 0 <= threshold <= 1):  # type: ignore[operator]
        raise PromptEditError(f"The threshold is {shown(threshold)}, and must be from 0 to 1.")
