"""English, which the reader reads as it stands."""

from __future__ import annotations


def speaks(text: str) -> bool:
    """True: what no other language claims is read as English, and told what of it is none."""
    return True


def to_english(text: str) -> str:
    """The text itself."""
    return text
