"""Edits that are asked for at once, in the order in which none finds what another has made."""

from __future__ import annotations

import pytest

from prompt_edit.intent.grammar import parse_grammar
from prompt_edit.intent.order import in_order
from prompt_edit.plan import Edit


def order(instruction: str) -> list[tuple[str, str]]:
    return [(edit.target, edit.result) for edit in parse_grammar(instruction).edits]


@pytest.mark.parametrize("instruction, expected", [
    ("replace the dog with a cat and the cat with a bird", ["cat", "dog"]),
    ("change the dog to a white cat and change the cat to a bird", ["cat", "dog"]),
    ("make the red car blue and the blue car green", ["blue car", "red car"]),
    ("change the apples to pears, the pears to plums and the plums to cherries",
     ["plums", "pears", "apples"]),
    ("강아지를 고양이로, 고양이를 새로 바꿔줘", ["cat", "dog"]),
    ("remove the man and his hat", ["hat", "man"]),
    ("남자와 그의 모자를 지워줘", ["hat", "man"]),
    ("remove the man, then remove the man's hat", ["man", "hat"]),
    # Asked of what was made, or of two things that have nothing to do with one another.
    ("replace the dog with a cat and make the cat black", ["dog", "cat"]),
    ("replace the dog with a cat and give the cat a hat", ["dog", "cat"]),
    ("replace the dog with a cat, then replace the cat with a bird", ["dog", "cat"]),
    ("replace the dog with a cat and the cup with a ball", ["dog", "cup"]),
    ("make the red car blue and the blue hat green", ["red car", "blue hat"]),
    ("make the car blue and the hat blue", ["car", "hat"]),
])  # fmt: skip
def test_what_is_asked_at_once(instruction: str, expected: list[str]) -> None:
    assert [target for target, _ in order(instruction)] == expected


def test_nothing_else_moves() -> None:
    made = [Edit(operation="replace", target=target, result=result)
            for target, result in (("dog", "cat"), ("cup", "vase"), ("cat", "bird"))]  # fmt: skip
    assert [each.target for each in in_order(made, "")] == ["cat", "dog", "cup"]
    assert in_order(made, "first this, then that") == tuple(made)
    assert in_order((), "") == ()
