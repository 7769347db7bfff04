"""Colours by their codes, as words."""

from __future__ import annotations

import pytest

from prompt_edit.intent.grammar.codes import in_words


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("make it #FF0000", "make it red"),
        ("the hex color #ff0000", "red"),
        ("to the following color: #f00", "to red"),
        ("rgb (0, 128, 128)", "teal"),
        ("a #333 wall", "a dark gray wall"),
        ("#9370db", "purple"),
        ("(#1a2b6c)", "dark blue"),
        ("the color #369", "blue"),
        ("make the orange #ff0000", "make the orange red"),
        ("number #100, #blessed", "number #100, #blessed"),
        ("rgb(300, 0, 0)", "rgb(300, 0, 0)"),
    ],
)
def test_the_nearest_name(text: str, read: str) -> None:
    plain, notes = in_words(text)
    assert plain == read
    assert len(notes) == (plain != text)


def test_a_name_beside_a_code_is_enough() -> None:
    plain, (note,) = in_words("make it light gray (#f5f5f5)")
    assert plain.strip() == "make it light gray"
    assert "“gray”, and not “#f5f5f5”" in note
    plain, _ = in_words("a navy blue #000080 coat")
    assert plain.split() == ["a", "navy", "blue", "coat"]
