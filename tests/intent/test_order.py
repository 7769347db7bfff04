"""Edits that are asked for at once, in the order in which none finds what another has made."""

from __future__ import annotations

import pytest

from prompt_edit.intent.grammar import parse_grammar
from prompt_edit.intent.models.llm import in_english
from prompt_edit.intent.order import in_order, unsure
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
    ("make the red ball blue and remove the blue ball", ["blue ball", "red ball"]),
    ("change the background to a beach and remove the dog", ["dog", "background"]),
    ("cut out the cup and make it blue", ["cup", "cup"]),
    ("paint the wall blue. Actually paint it green", ["wall", "blue wall"]),
    ("turn the cat into a dog. turn it into a bird", ["cat", "dog"]),
    ("make the hair red. make it dark red", ["hair", "red hair"]),
    ("remove the man, then remove the man's hat", ["man", "hat"]),
    # "Next to" is a place, and no order.
    ("make the red ball next to the box blue and remove the blue ball", ["blue ball", "red ball"]),
    ("remove the man next to the car, and remove his hat", ["hat", "man"]),
    ("replace the dog next to the tree with a cat and the cat with a bird", ["cat", "dog"]),
    # What is told by a thing, or spares it, goes before what changes that.
    ("Replace the dog with a cat. Make everything except the dog black and white.",
     ["picture", "dog"]),
    ("replace the car with a bike and remove the man next to the car", ["man", "car"]),
    ("make the red hat blue and remove the man with the red hat", ["man", "red hat"]),
    ("replace the dog with a cat and change the background to a beach but keep the dog",
     ["background", "dog"]),
    ("강아지를 고양이로 바꾸고 그것을 새로 바꿔줘", ["dog", "cat"]),
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


@pytest.mark.parametrize("instruction, ranks", [
    ("remove the first ball and the third ball", [3, 1]),
    ("remove the first ball, make the second one green", [2, 1]),
    ("remove the first two balls and make the third ball red", [3, 1]),
    ("remove the first two balls and the fourth ball", [4, 1]),
    ("remove the red ball and make the second ball from the left green", [2, 1]),
    ("make the first red ball green and the second red ball yellow", [2, 1]),
    ("make the first ball green and the second ball yellow", [1, 2]),
    ("remove the first ball, then remove the third ball", [1, 3]),
])  # fmt: skip
def test_who_goes_does_not_change_the_places_of_the_others(
    instruction: str, ranks: list[int]
) -> None:
    assert [edit.which.rank for edit in parse_grammar(instruction).edits] == ranks


@pytest.mark.parametrize("instruction", [
    "강아지를 고양이로, 고양이를 새로 바꿔줘", "replace the dog with a cat and the cat with a bird",
])  # fmt: skip
def test_a_language_models_plan_is_put_in_order(instruction: str) -> None:
    made = [Edit(operation="replace", target=target, result=result)
            for target, result in (("dog", "cat"), ("cat", "bird"))]  # fmt: skip
    english = in_english(instruction)
    assert [each.target for each in in_order(made, instruction, english)] == ["cat", "dog"]
    assert not unsure(in_order(made, instruction, english), instruction, english)


@pytest.mark.parametrize(("instruction", "told"), [
    ("Mach aus dem Hund eine Katze und aus der Katze einen Vogel", True),
    ("把狗变成猫，把猫变成鸟", True),
    ("Mach aus dem Hund eine Katze, dann aus der Katze einen Vogel", False),
    ("把狗变成猫，然后把猫变成鸟", False),
    ("remplace le chien par un chat, puis le chat par un oiseau", False),
])  # fmt: skip
def test_what_no_words_tell_is_said(instruction: str, told: bool) -> None:
    made = [Edit(operation="replace", target=target, result=result)
            for target, result in (("dog", "cat"), ("cat", "bird"))]  # fmt: skip
    ordered = in_order(made, instruction, in_english(instruction))
    assert ordered == tuple(made)
    assert bool(unsure(ordered, instruction)) is told
    assert not unsure([made[0], made[0].model_copy(update={"target": "cup"})], instruction)


@pytest.mark.parametrize("said", [
    "その後ろの犬を猫に、猫を鳥に変えて", "最後の犬を猫に、猫を鳥に変えて",
    "把最后一只狗变成猫，把猫变成鸟",
    "犬の次に大きい犬を猫に、猫を鳥に", "次にいる犬を猫に、猫を鳥に",
    "最後から二番目の犬を猫に、猫を鳥に",
    "把最后的狗变成猫，把猫变成鸟", "把最后两只狗变成猫，把猫变成鸟",
    "次に大きい犬を猫に、猫を鳥に変えて", "接着剤の犬を猫に、猫を鳥に変えて",
])  # fmt: skip
def test_a_place_is_no_order(said: str) -> None:
    made = [Edit(operation="replace", target=target, result=result)
            for target, result in (("dog", "cat"), ("cat", "bird"))]  # fmt: skip
    assert unsure(made, said)


@pytest.mark.parametrize("said", [
    "その後、猫を鳥に", "最後に猫を鳥に", "最后把猫变成鸟", "次に、猫を鳥に", "接着把猫变成鸟",
    "次に猫を鳥に", "その次に猫を鳥に", "最后一步把猫变成鸟",
    "最後の一歩、猫を鳥に", "最後のステップで猫を鳥に",
])  # fmt: skip
def test_what_comes_later_is_told(said: str) -> None:
    made = [Edit(operation="replace", target=target, result=result)
            for target, result in (("dog", "cat"), ("cat", "bird"))]  # fmt: skip
    assert not unsure(made, said)


def test_nothing_else_moves() -> None:
    made = [Edit(operation="replace", target=target, result=result)
            for target, result in (("dog", "cat"), ("cup", "vase"), ("cat", "bird"))]  # fmt: skip
    assert [each.target for each in in_order(made, "")] == ["cat", "dog", "cup"]
    assert in_order(made, "first this, then that") == tuple(made)
    assert in_order((), "") == ()
