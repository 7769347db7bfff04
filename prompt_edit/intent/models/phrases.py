"""The phrases of an edit, and the nouns that they are about."""

from __future__ import annotations

from collections.abc import Iterator

from ...nouns import head_of, singular
from ...plan import Edit


def phrases_of(edit: Edit) -> Iterator[str]:
    """All that a plan says of an edit in words."""
    yield from (edit.target, edit.result, edit.prompt, edit.negative_prompt, *edit.exclude)
    if edit.relation:
        yield edit.relation.anchor


def noun_of(phrase: object) -> str:
    """The noun that a phrase is about, as of one: "cup" of "red cups on the table"."""
    return singular(head_of(phrase.lower())) if isinstance(phrase, str) else ""
