"""English, which the reader reads as it stands."""

from __future__ import annotations

from ..checker import is_foreign
from .words import stumble


def speaks(text: str) -> bool:
    """True: what no other language claims is read as English, and told what of it is none."""
    return True


def to_english(text: str) -> str:
    """The text itself. Raises `InstructionError` where it is in another language."""
    if is_foreign(text):
        stumble(text.strip()[:80], "I read English and Korean only")
    return text
