"""Whose head a new thing is worn on, where not all of them is seen."""

from __future__ import annotations

import pytest
import torch

from detect.boxes import Box, Boxes
from prompt_edit.detect.ground import Grounded, ground
from prompt_edit.errors import NotFound
from prompt_edit.intent.grammar import parse_grammar
from prompt_edit.plan import PICTURE, Edit, Relation, Which

SIZE = (400, 600)
WHOLE: Box = (200, 60, 290, 360)
BUST: Box = (150, 60, 450, 400)  # reaches to the lower edge of the picture
SITTING: Box = (150, 60, 400, 360)
FACE: Box = (250, 90, 350, 220)
DOG: Box = (200, 200, 420, 350)
HEAD: Box = (200, 180, 280, 260)


def worn(new: str, target: str, detector: Boxes) -> Grounded:
    edit = Edit(operation="add", target=target, result=new,
                relation=Relation(kind="on", anchor=target))  # fmt: skip
    return ground(detector, torch.zeros(1, *SIZE, 3), edit)


def guessed(grounded: Grounded) -> bool:
    return any("is a guess" in note for note in grounded.notes)


def on_face(new: str, face: Box = FACE) -> list[float]:
    return worn(new, "face", Boxes({"face": [face]})).boxes[0].tolist()


@pytest.mark.parametrize("new", ["glasses", "red hat", "beard", "necklace", "scarf", "earrings",
                                 "mask", "freckles", "tie"])  # fmt: skip
@pytest.mark.parametrize("box", [BUST, SITTING])
def test_who_is_not_seen_whole_wears_it_where_the_face_is(new: str, box: Box) -> None:
    got = worn(new, "man", Boxes({"man": [box], "face": [FACE]}))
    assert got.boxes[0].tolist() == on_face(new) and not guessed(got)


@pytest.mark.parametrize("new", ["glasses", "hat", "shirt", "goatee"])
def test_of_who_is_seen_whole_no_face_is_asked_for(new: str) -> None:
    detector = Boxes({"man": [WHOLE], "face": [(230, 70, 260, 110)]})
    got = worn(new, "man", detector)
    assert detector.asked == ["man"] and not guessed(got)


@pytest.mark.parametrize("new", ["glasses", "hat", "necklace", "suit"])
def test_without_a_face_it_is_a_guess(new: str) -> None:
    got = worn(new, "man", Boxes({"man": [BUST]}))
    whole = worn(new, "anybody", Boxes({"anybody": [BUST]}))
    assert guessed(got) and torch.equal(got.boxes, whole.boxes)


@pytest.mark.parametrize("face", [
    (250, 300, 330, 390),  # in the lower half: of somebody before them
    (10, 90, 90, 190),  # of somebody beside them
    (155, 65, 445, 345),  # all of the person
])  # fmt: skip
def test_which_faces_are_not_theirs(face: Box) -> None:
    assert guessed(worn("hat", "man", Boxes({"man": [BUST], "face": [face]})))


def test_each_of_several_has_the_own_face_and_one_that_has_none_is_a_guess() -> None:
    people = [(20.0, 100.0, 220.0, 400.0), (230.0, 100.0, 430.0, 400.0), WHOLE]
    faces = [
        (300.0, 120.0, 360.0, 200.0),
        (190.0, 110.0, 210.0, 140.0),
        (90.0, 120.0, 150.0, 200.0),
    ]
    got = worn("hat", "men", Boxes({"men": people, "face": faces}))
    assert got.boxes[0].tolist() == on_face("hat", faces[2])
    assert got.boxes[1].tolist() == on_face("hat", faces[0])
    assert not guessed(got)
    assert guessed(worn("hat", "men", Boxes({"men": people, "face": faces[:1]})))


def test_a_garment_of_a_bust_goes_from_below_the_face_to_the_edge() -> None:
    got = worn("shirt", "man", Boxes({"man": [BUST], "face": [FACE]}))
    x0, y0, x1, y1 = got.boxes[0].tolist()
    assert (x0, x1, y1) == (150, 450, 400) and FACE[3] < y0 < FACE[3] + 65 and not guessed(got)
    shoes = worn("shoes", "man", Boxes({"man": [BUST], "face": [FACE]}))
    assert guessed(shoes), "there are no feet to be seen"


@pytest.mark.parametrize("new", ["hat", "glasses", "bandana"])
def test_an_animal_wears_it_where_its_head_is(new: str) -> None:
    for phrase in ("head", "face"):
        got = worn(new, "dog", Boxes({"dog": [DOG], phrase: [HEAD]}))
        assert got.boxes[0].tolist() == on_face(new, HEAD) and not guessed(got)
    assert guessed(worn(new, "dog", Boxes({"dog": [DOG]})))
    upright = Boxes({"dog": [WHOLE], "head": [HEAD]})
    assert not guessed(worn("hat", "dog", upright)) and upright.asked == ["dog"]


@pytest.mark.parametrize(("new", "animal"), [
    ("saddle", "horse"), ("sweater", "dog"), ("boots", "cat"), ("harness", "dog"),
    ("collar", "cat"), ("scarf", "cow"), ("wings", "horse"), ("blanket", "sheep"),
])  # fmt: skip
@pytest.mark.parametrize("box", [DOG, WHOLE])
@pytest.mark.parametrize("head", [[], [HEAD]])
def test_what_is_on_an_animal_is_not_above_it(
    new: str, animal: str, box: Box, head: list[Box]
) -> None:
    got = worn(new, animal, Boxes({animal: [box], "head": head}))
    x0, y0, x1, y1 = got.boxes[0].tolist()
    assert box[0] <= x0 < x1 <= box[2] and box[1] - 1e-3 <= y0 < y1 <= box[3] + 5


def test_a_collar_is_between_the_head_and_the_body() -> None:
    got = worn("collar", "dog", Boxes({"dog": [DOG], "head": [HEAD]})).boxes[0]
    x, y = ((got[:2] + got[2:]) / 2).tolist()
    assert 240 < x < 310 and 220 < y < 275
    bird = worn("bird", "dog", Boxes({"dog": [DOG], "head": [HEAD]}))
    assert bird.boxes[0, 3] == DOG[1], "what is not worn stands on it"


def test_a_weather_is_no_thing_in_a_place() -> None:
    image = torch.zeros(1, *SIZE, 3)
    for new, look in (("rain", "rainy"), ("snow", "snowy"), ("thick fog", "foggy")):
        with pytest.raises(NotFound, match=f'Ask for the whole picture, "make it {look}"'):
            ground(Boxes({}), image, Edit(operation="add", target=PICTURE, result=new))
        assert parse_grammar(f"make it {look}").edits[0].target == PICTURE
    asked = Edit(operation="add", target=PICTURE, result="fog", which=Which(by="left"))
    assert ground(Boxes({}), image, asked).count == 1


def test_the_sun_is_put_at_the_top() -> None:
    edit = Edit(operation="add", target=PICTURE, result="sun")
    assert ground(Boxes({}), torch.zeros(1, *SIZE, 3), edit).boxes[0, 3] < 0.3 * SIZE[0]
