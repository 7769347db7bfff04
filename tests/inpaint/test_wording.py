"""Plans as instructions in plain English."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompt_edit.inpaint.wording import a, instruction, of_one, the
from prompt_edit.intent.models.llm import parse_offline
from prompt_edit.plan import Edit


@pytest.mark.parametrize(("said", "expected"), [
    ("change the red dress to a white t-shirt", "replace the red dress with a white t-shirt"),
    ("make the hat blue", "make the hat blue, and keep the shape"),
    ("change her hair to blond", "make the hair blond, and keep the shape"),
    ("make the car wooden", "make the car wooden, and keep the shape"),
    ("make the dress striped", "make the dress striped, and keep the shape"),
    ("make the sofa dark brown leather", "make the sofa dark brown leather, and keep the shape"),
    ("paint the car matte black", "make the car matte black, and keep the shape"),
    ("make the hair long", "make the hair long"),
    ("make the hair long and blond", "make the hair long blond"),
    ("make the dog bigger", "make the dog bigger"),
    ("make the skirt shorter", "make the skirt shorter"),
    ("make the door open", "make the door open"),
    ("make the man fat", "make the man fat"),
    ("remove the second dog from the left", "remove the dog, and show what is behind"),
    ("add a cat to the left of the tree", "add a cat to the left of the tree"),
    ("put a hat on the man", "add a hat on the man"),
    ("add a red balloon", "add a red balloon"),
    ("keep the dog and change the background to a beach",
     "replace the background with a beach, and keep the dog as before"),
    ("make it look like a watercolor", "turn the picture into a watercolor"),
    ("make it winter", "turn the picture into a winter picture"),
    ("replace the grass with snow", "replace the grass with snow"),
    ("replace the cat with a unicorn", "replace the cat with a unicorn"),
    ("replace the dog with an elephant", "replace the dog with an elephant"),
    ("replace the two cups with a vase", "replace the cups with a vase"),
])  # fmt: skip
def test_what_was_said_comes_back_as_an_instruction(said: str, expected: str) -> None:
    (edit,) = parse_offline(said).edits
    assert instruction(edit) == expected


@pytest.mark.parametrize(("phrase", "expected"), [
    ("white t-shirt", "a white t-shirt"), ("old car", "an old car"), ("pants", "pants"),
    ("glass dome", "a glass dome"), ("glass of water", "a glass of water"), ("snow", "snow"),
    ("uniform", "a uniform"), ("umbrella", "an umbrella"), ("hourglass", "an hourglass"),
    ("European castle", "a European castle"), ("two dogs", "two dogs"), ("dress", "a dress"),
    ("an apple", "an apple"), ("man with sunglasses", "a man with sunglasses"),
    ("bus", "a bus"), ("children", "children"), ("3 cats", "3 cats"),
    ("one-eyed cat", "a one-eyed cat"),
])  # fmt: skip
def test_articles(phrase: str, expected: str) -> None:
    assert a(phrase) == expected


def test_a_fuller_prompt_counts_for_the_result() -> None:
    edit = Edit(operation="replace", target="her bag", result="basket", prompt="wicker basket")
    assert instruction(edit) == "replace her bag with a wicker basket"


@pytest.mark.parametrize(("said", "prompt", "told"), [
    ("replace the dogs with cats", "cat", "replace the dog with a cat"),
    ("replace the two dogs with two black cats", "black cat", "replace the dog with a black cat"),
    ("replace the men with women", "woman", "replace the man with a woman"),
    ("replace the buses with trucks", "truck", "replace the bus with a truck"),
    ("make the dogs golden", "golden dog", "make the dog golden, and keep the shape"),
    ("add hats to the men", "hat", "add a hat on the man"),
    ("replace the plates with cups of tea", "cup of tea", "replace the plate with a cup of tea"),
])  # fmt: skip
def test_what_is_said_of_several_is_said_of_one(said: str, prompt: str, told: str) -> None:
    (edit,) = parse_offline(said).edits
    one = of_one(edit)
    assert one and one.prompt == prompt
    assert instruction(one) == told


@pytest.mark.parametrize("said", [
    "replace the dog with cats", "replace the skirts with jeans", "replace the shoes with boots",
    "replace the dogs with cats and birds", "replace the dogs with a canvas", "remove the dogs",
    "replace the vases with flowers", "change the background to mountains", "make the shoes red",
    "replace the dogs with sheep",
])  # fmt: skip
def test_what_is_no_plural_of_one_stays(said: str) -> None:
    (edit,) = parse_offline(said).edits
    assert of_one(edit) is None


def test_several_things_stay() -> None:
    edit = Edit(operation="background", target="background", result="forest",
                exclude=("dog", "two men", "car"))  # fmt: skip
    assert instruction(edit).endswith("keep the dog, two men and the car as before")


@given(st.text(max_size=30), st.text(min_size=1, max_size=30))
def test_any_words_are_taken(result: str, target: str) -> None:
    assert isinstance(a(result), str)
    assert the(target).endswith(target)
    if target.strip() and result.strip():
        for operation in ("replace", "recolor", "add", "background"):
            text = instruction(Edit(operation=operation, target=target, result=result))
            assert result.split()[0] in text
