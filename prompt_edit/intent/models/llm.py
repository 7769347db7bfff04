"""A language model reads the instruction; where it cannot, the offline grammar does, and says so.

instruction ──▶ ask ──▶ valid? ──▶ EditPlan
                 ▲         │ no, the first time: ask again with the fault
                 └─────────┘ no, or no answer: parse_grammar, with a warning that names it
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ...errors import InstructionError, PlanError
from ...plan import Edit, EditPlan
from ..checker import checked
from ..grammar import LONGEST, korean, parse_grammar
from ..grammar.codes import in_words
from ..grammar.tokens import normalise
from ..order import in_order, unsure
from .brief import Message, conversation, repair
from .heard import require_heard
from .reply import read_reply, require_own_words, spoken
from .waiting import Check, NoAnswer, never

if TYPE_CHECKING:  # torch takes seconds to import: reading a sentence does without
    from torch import Tensor

_READ_OFFLINE = ": the offline grammar read this."
_NO_HELP = ", and the offline grammar is no help: "
_UNANSWERED = re.compile(
    rf".*? did not answer \((.*)\)(?:{re.escape(_READ_OFFLINE)}|{re.escape(_NO_HELP)}.*)", re.DOTALL
)
PICTURE_SIDE = 768  # pixels; enough to tell things apart, and small to send


class LanguageModel(Protocol):
    """Whatever goes on with a conversation: a server's model or a local one."""

    @property
    def name(self) -> str:
        """The provider, as the user called it."""

    @property
    def model(self) -> str:
        """The model behind it."""

    @property
    def sees(self) -> bool:
        """True where a picture may go along."""

    @property
    def shots(self) -> int:
        """How many examples it is shown."""

    def complete(self, messages: Sequence[Message], check: Check = never) -> str:
        """The next turn. Raises `NoAnswer`; what `check` raises ends the wait at once."""


class Parser(Protocol):
    """Reads an instruction; every parser of `providers.make_parser` is called like this."""

    def __call__(
        self, instruction: str, image: Tensor | None = None, check: Check = never
    ) -> EditPlan:
        """The plan. Raises `InstructionError`."""


def parse_offline(instruction: str, image: Tensor | None = None, check: Check = never) -> EditPlan:
    """`parse_grammar`, called like every other parser; the picture is not looked at."""
    return parse_grammar(instruction)


@dataclass(frozen=True)
class LlmParser:
    """Reads instructions with a language model, and with the offline grammar where that fails."""

    language_model: LanguageModel

    def __call__(
        self, instruction: str, image: Tensor | None = None, check: Check = never
    ) -> EditPlan:
        """Read an instruction into a plan.

        Args:
            instruction: at most 2000 characters, in any language that the model knows.
            image: float [B,H,W,C] in 0..1, C of 1, 3 or 4. The first is sent along, as a small
                JPEG, if the model can see; without it no picture leaves this machine.
            check: called at least four times a second; what it raises ends the call at once.

        Returns:
            The plan; `parser` and `warnings` tell who read it.

        Raises:
            InstructionError: for an instruction that is empty or too long, or that neither the
                model nor the grammar could read; the message holds both causes.
            ModelError: for a local model whose files are broken.
        """
        if not instruction.strip() or len(instruction) > LONGEST:
            return parse_grammar(instruction)  # which refuses it, in its own words
        name = self.language_model.name
        said, warnings = in_words(instruction)
        picture = None
        if image is not None:
            if self.language_model.sees:
                picture = as_jpeg(image)
            else:
                warnings.append(f"{name} is not set up to see: the picture was not sent.")
        try:
            shots = self.language_model.shots
            messages = conversation(said, picture, shots)
            edits, notes = self._ask(said, messages, check, picture is not None)
        except NoAnswer as failure:
            trouble = f"{name} did not answer ({failure})"
        except PlanError as failure:
            trouble = f"{name} answered with no valid plan ({failure})"
        else:
            if edits:
                parser, english = f"{name}:{self.language_model.model}", in_english(said)
                ordered = in_order(edits, said, english)
                return EditPlan(
                    edits=ordered,
                    instruction=instruction,
                    parser=parser,
                    warnings=(*warnings, *notes, *unsure(ordered, said, english)),
                )
            trouble = f"{name} found no edit in the instruction"
        return _read_offline(instruction, trouble, warnings)

    def _ask(
        self, instruction: str, messages: tuple[Message, ...], check: Check, seen: bool
    ) -> tuple[tuple[Edit, ...], tuple[str, ...]]:
        """The edits, and what of them was mended.

        A reply that does not fit is asked for once more, with its fault.

        Raises `NoAnswer`, and `PlanError` where the second reply does not fit either.
        """
        reply = self.language_model.complete(messages, check)
        try:
            return read_plan(reply, instruction, seen)
        except PlanError as failure:
            again = repair(messages, spoken(reply), str(failure))
        return read_plan(self.language_model.complete(again, check), instruction, seen)


def read_plan(reply: str, instruction: str, seen: bool) -> tuple[tuple[Edit, ...], tuple[str, ...]]:
    """The edits of a reply, and what of them was mended.

    Raises `PlanError` where it does not fit, names what is unsaid, or lacks what was said.
    """
    edits = read_reply(reply)
    require_own_words(edits, instruction)
    mended, notes = checked(edits, instruction, seen)
    require_heard(mended, instruction)
    return mended, notes


def in_english(said: str) -> str:
    """What a Korean instruction is in English, as far as the grammar can say it; else ""."""
    try:
        return korean.to_english(normalise(said)) if korean.speaks(said) else ""
    except InstructionError:
        return ""


def _read_offline(instruction: str, trouble: str, warnings: Sequence[str]) -> EditPlan:
    try:
        plan = parse_grammar(instruction)
    except InstructionError as error:
        raise InstructionError(f"{trouble}{_NO_HELP}{error}") from None
    named = f"{trouble}{_READ_OFFLINE}"
    return plan.model_copy(update={"warnings": (named, *warnings, *plan.warnings)})


def read_instead(plan: EditPlan) -> str:
    """The warning that the grammar read a plan in a language model's place; "" where none did."""
    return next((each for each in plan.warnings if each.endswith(_READ_OFFLINE)), "")


def unanswered(read: EditPlan | InstructionError) -> str:
    """Why a language model did not answer, whatever the grammar made of it; "" where it did."""
    said = str(read) if isinstance(read, InstructionError) else read_instead(read)
    found = _UNANSWERED.fullmatch(said)
    return found[1] if found else ""


def is_unanswered(read: EditPlan | InstructionError) -> bool:
    """Whether a language model did not answer: asked again, it may."""
    return bool(unanswered(read))


def as_jpeg(image: Tensor) -> bytes:
    """float [B,H,W,C] in 0..1 as JPEG: the first, at most 768 pixels a side, clear parts white."""
    from io import BytesIO

    from PIL import Image

    from ...images import to_pil

    picture = to_pil(image[:1])
    if picture.mode == "RGBA":
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture)
    picture = picture.convert("RGB")
    picture.thumbnail((PICTURE_SIDE, PICTURE_SIDE))
    file = BytesIO()
    picture.save(file, "JPEG", quality=85)
    return file.getvalue()
