"""How the tables of words are written: names parted by commas, over as many lines as they take."""

from __future__ import annotations


def listed(text: str) -> tuple[str, ...]:
    return tuple(" ".join(entry.split()) for entry in text.split(",") if entry.strip())


def word_set(text: str) -> frozenset[str]:
    return frozenset(listed(text))


def word_map(text: str) -> dict[str, str]:
    """ "a: x, b c: x y" -> {"a": "x", "b": "x y"...}; several keys are parted by "/"."""
    pairs = (entry.split(":") for entry in listed(text))
    return {key.strip(): value.strip() for keys, value in pairs for key in keys.split("/")}
