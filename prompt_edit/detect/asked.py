"""What a detector is asked, looked at before the model is."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real

from ..errors import InstructionError, PromptEditError, shown


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
