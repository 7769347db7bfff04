"""What is to be painted: the words for it, and the edit that asks for them, where one does."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import InstructionError, require
from ..plan import PICTURE, Edit
from .settings import AS_GIVEN, Paint, paint_of

_LONGEST = 10_000


@dataclass(frozen=True)
class Wanted:
    """What a painter is asked for.

    Attributes:
        prompt: what the region shows afterwards; empty for what surrounds it.
        negative_prompt: what it does not show.
        edit: what the words are of; None where a mask is painted as the prompt says.
        single: the prompt for one of several things; empty where that is the prompt.
    """

    prompt: str = ""
    negative_prompt: str = ""
    edit: Edit | None = None
    single: str = ""

    @property
    def cuts(self) -> bool:
        """Whether nothing is painted, and all but the mask is cut away."""
        return self.edit is not None and self.edit.cuts

    @property
    def paint(self) -> Paint:
        """How the mask is painted."""
        return paint_of(self.edit) if self.edit else AS_GIVEN

    @property
    def background(self) -> bool:
        """Whether the background is painted anew."""
        return self.edit is not None and self.edit.operation == "background"

    @property
    def restyled(self) -> str:
        """The operation, where it turns the whole picture into another one; else empty."""
        if self.edit is None or self.edit.target != PICTURE:
            return ""
        return self.edit.operation if self.edit.operation in _WHOLE else ""


_WHOLE = ("restyle", "recolor", "replace")


def wanted(edit: Edit | None, prompt: str = "", negative_prompt: str = "") -> Wanted:
    """What an edit asks for, or a mask alone; words that are not empty count for the edit's.

    Raises:
        InstructionError: words that are none, or too many for a tokenizer.
    """
    for typed in (prompt, negative_prompt):
        require(typed, str, "The prompt", InstructionError)
        if len(typed) > _LONGEST:  # a tokenizer would take minutes, and leave out most of it
            raise InstructionError(
                f"Shorten the prompt to {_LONGEST} characters at most: it has {len(typed)}."
            )
    own = (edit.prompt, edit.negative_prompt) if edit else ("", "")
    return Wanted(prompt.strip() or own[0], negative_prompt.strip() or own[1], edit)
