"""Lists of things, as people write them, taken apart and found one by one."""

from __future__ import annotations

import pytest
from worlds import BALLS_SCENE, DRESS_SCENE, PEOPLE_SCENE, drawn

from prompt_edit.detect.ground import for_phrase, ground
from prompt_edit.detect.grounding_dino import GroundingDino
from prompt_edit.detect.phrases import phrases_of
from prompt_edit.errors import InstructionError
from prompt_edit.plan import Edit, Relation


@pytest.mark.parametrize("text", [
    "dress . hair", "dress. hair.", "dress.hair.", "dress, hair", "dress,hair", "dress; hair",
    "dress;hair;", "dress | hair", "dress|hair", "dress\nhair", "dress\r\nhair\n", "dress/hair",
    "dress / hair", "the dress and the hair", "a dress or hair", "dress & hair", "dress + hair",
    "dress，hair", "dress、hair", "dress；hair", "dress。hair。", "dress｜hair", "- dress\n- hair",
    "1. dress\n2. hair", '"dress", "hair"', "[dress, hair]", "dress, and hair", "dress? hair!",
    "dress ... hair", "dress, hair, Dress", " , dress ;; hair . , ", "her dress, his hair",
    "dress\thair", "all of the dress; any hair",
])  # fmt: skip
def test_a_list_is_taken_apart(text: str) -> None:
    assert phrases_of(text) == ["dress", "hair"]


@pytest.mark.parametrize("text", [
    "black and white dog", "red, white and blue flag", "red, white, and blue flag", "St. Bernard",
    "t-shirt", "1.5 litre bottle", "1,000 dollars", "hot-dog", "U.S. flag", "Dr. Martens boots",
    "amazon.com box", "no. 7 shirt", "black/white dog", "w/o hat", "24/7 shop", "M&M",
    "big, red ball", "old and rusty car", "man in black and white", "orange and white cat",
    "light blue and white shirt", "wooden and metal chair", "red-and-white dress", "orange", "red",
])  # fmt: skip
def test_one_thing_stays_one(text: str) -> None:
    assert phrases_of(text) == [text]
    assert phrases_of(f"the {text}") == [text]
    assert phrases_of(f"{text} . cup.") == [text, "cup"]


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("the red dress", ["red dress"]),
        ("red, white and blue flag and cat", ["red, white and blue flag", "cat"]),
        ("the red and the blue ball", ["red ball", "blue ball"]),
        ("red or blue ball", ["red ball", "blue ball"]),
        ("apple, orange, banana", ["apple", "orange", "banana"]),
        ("a glass and a red ball", ["glass", "red ball"]),
        ("dog and red", ["dog", "red"]),  # nothing is dropped
        (" and ", ["and"]),
    ],
)
def test_looks_and_articles(text: str, phrases: list[str]) -> None:
    assert phrases_of(text) == phrases


@pytest.mark.parametrize("text", ["", " ", ".", "...", ",;|", "!?", "🐶", "-", "\n", "。"])
def test_what_holds_no_word_is_refused(text: str) -> None:
    with pytest.raises(InstructionError):
        phrases_of(text)
    with pytest.raises(InstructionError):
        for_phrase(text)


def test_long_lists_work_and_long_phrases_are_refused(detector: GroundingDino) -> None:
    text = "red dress, " + ", ".join(f"thing {number}" for number in range(40))
    assert len(text) > 200
    found = ground(detector, drawn(DRESS_SCENE)[1], for_phrase(text)).found
    assert "red dress" in found.labels
    with pytest.raises(InstructionError, match="has 300 letters"):
        for_phrase("x" * 300)


@pytest.mark.parametrize(
    "text", ["dress . hair", "the dress, the hair", "dress|hair", "hair;dress"]
)
def test_boxes_are_labelled_by_the_phrase_that_they_answer(
    detector: GroundingDino, text: str
) -> None:
    image = drawn(DRESS_SCENE)[1]
    grounded = ground(detector, image, for_phrase(text))
    assert set(grounded.found.labels) == {"dress", "hair"} and not grounded.notes
    planned = ground(detector, image, Edit(operation="remove", target=text))
    assert planned.found.labels == grounded.found.labels


def test_anchors_and_exclusions_are_lists_as_well(detector: GroundingDino) -> None:
    image = drawn(PEOPLE_SCENE)[1]
    near = Edit(operation="remove", target="person",
                relation=Relation(kind="on", anchor="the red dress; a xylophone"))  # fmt: skip
    beside = near.model_copy(
        update={"relation": Relation(kind="right of", anchor="the red dress . xylophone")}
    )
    grounded = ground(detector, image, beside)
    assert len(grounded.found) == 2
    assert any("xylophone" in note for note in grounded.notes)
    edit = Edit(operation="remove", target="person", exclude=("the red dress, a house", "person"))
    grounded = ground(detector, image, edit)
    assert grounded.missing == ("house",)
    assert {"red dress", "person"} <= set(grounded.left_out.labels)
    assert any(note.startswith('"house" was to be left out, but') for note in grounded.notes)


def test_what_two_phrases_hit_is_one_thing_and_neither_is_missing(detector: GroundingDino) -> None:
    image = drawn(DRESS_SCENE)[1]
    grounded = ground(detector, image, for_phrase("woman, person"))
    assert len(grounded.found) == 1 and not grounded.notes
    edit = Edit(operation="remove", target="dress", exclude=("woman", "person"))
    assert ground(detector, image, edit).missing == ()


def test_what_of_a_list_is_not_there_is_told(detector: GroundingDino) -> None:
    grounded = ground(detector, drawn(BALLS_SCENE)[1], for_phrase("red ball, xylophone"))
    assert grounded.found.labels == ("red ball",)
    assert len(grounded.notes) == 1 and 'no "xylophone"' in grounded.notes[0]
