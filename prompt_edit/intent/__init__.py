"""Instruction in, `EditPlan` out."""

from ..errors import InstructionError
from .grammar import parse_grammar

__all__ = ["parse_grammar", "prompt_lines"]


def prompt_lines(text: str) -> list[str]:
    """The prompts of a text, one a line. Raises `InstructionError` where there is none."""
    prompts = [line.strip() for line in text.splitlines() if line.strip()]
    if not prompts:
        raise InstructionError("There is no prompt: type at least one line.")
    return prompts
