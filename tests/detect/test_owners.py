"""Whose a thing is: on him, with him or beside him, and not somebody else's."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from worlds import PEOPLE_SCENE, drawn

from detect.boxes import Box, Boxes
from prompt_edit.detect.ground import ground
from prompt_edit.detect.grounding_dino import GroundingDino
from prompt_edit.errors import NotFound
from prompt_edit.plan import Edit, Relation, RelationKind

SIZE = (1600, 1400)
FATHER: Box = (400, 100, 900, 1500)
CHILD: Box = (520, 700, 800, 1480)
WOMAN: Box = (900, 150, 1300, 1500)
HIS_SHIRT: Box = (430, 320, 870, 880)
CHILDS_SHIRT: Box = (550, 900, 770, 1180)
HER_HAT: Box = (905, 140, 1080, 260)
HER_SHIRT: Box = (930, 400, 1270, 900)


def meant(
    detector: Boxes, target: str, kind: RelationKind, anchor: str
) -> tuple[list[Box], tuple[str, ...]]:
    """The boxes that are meant, and the notes."""
    edit = Edit(operation="remove", target=target, relation=Relation(kind=kind, anchor=anchor))
    got = ground(detector, torch.zeros(1, *SIZE, 3), edit)
    return [tuple(box) for box in got.boxes.tolist()], got.notes


ALL: list[Box] = [FATHER, CHILD, WOMAN]
OWN: dict[str, tuple[dict[str, list[Box]], tuple[str, RelationKind, str], list[Box]]] = {
    "his shirt and not the child's": (
        {"man": [FATHER], "shirt": [HIS_SHIRT, CHILDS_SHIRT], "person": ALL},
        ("shirt", "on", "man"), [HIS_SHIRT]),
    "the child's and not his": (
        {"child": [CHILD], "shirt": [HIS_SHIRT, CHILDS_SHIRT], "person": ALL},
        ("shirt", "on", "child"), [CHILDS_SHIRT]),
    "where he is no person to the detector": (
        {"man": [FATHER], "shirt": [HIS_SHIRT, CHILDS_SHIRT], "person": [CHILD]},
        ("shirt", "on", "man"), [HIS_SHIRT]),
    "where half of him is one more": (
        {"man": [FATHER], "shirt": [HIS_SHIRT, CHILDS_SHIRT],
         "person": [*ALL, (400, 100, 900, 900)]},
        ("shirt", "on", "man"), [HIS_SHIRT]),
    "shirts of several": (
        {"people": ALL, "shirts": [HIS_SHIRT, CHILDS_SHIRT, HER_SHIRT], "person": ALL},
        ("shirts", "on", "people"), [HIS_SHIRT, CHILDS_SHIRT, HER_SHIRT]),
    "his face, with a child in his arms": (
        {"man": [FATHER], "face": [(560, 200, 700, 380), (470, 320, 560, 430)],
         "person": [FATHER, (410, 300, 640, 800)]},
        ("face", "on", "man"), [(560, 200, 700, 380)]),
    "his bag and not the child's": (
        {"man": [FATHER], "bag": [(620, 950, 880, 1100), (700, 1150, 805, 1300)],
         "person": [FATHER, CHILD]},
        ("bag", "on", "man"), [(620, 950, 880, 1100)]),
    "the man in the red shirt": (
        {"man": [FATHER, (10, 100, 380, 1500)], "red shirt": [(30, 300, 360, 800), CHILDS_SHIRT],
         "person": [*ALL, (10, 100, 380, 1500)]},
        ("man", "holding", "red shirt"), [(10, 100, 380, 1500)]),
    "the woman with the hat": (
        {"people": [FATHER, WOMAN], "hat": [HER_HAT], "person": ALL},
        ("people", "holding", "hat"), [WOMAN]),
    "a phone in the hand of the smaller one": (
        {"person": ALL, "phone": [(540, 1000, 580, 1060)]},
        ("person", "holding", "phone"), [CHILD]),
}  # fmt: skip


COUPLE: Box = (395, 95, 1305, 1505)
STRANGER: Box = (1150, 200, 1395, 1500)
STRANGERS_SHIRT: Box = (1180, 400, 1390, 850)
HALF: Box = (400, 100, 900, 700)
BEHIND: Box = (560, 90, 1020, 1480)
OWN |= {
    "the couple's shirts": (
        {"couple": [COUPLE], "shirts": [HIS_SHIRT, HER_SHIRT], "person": [FATHER, WOMAN]},
        ("shirts", "on", "couple"),
        [HIS_SHIRT, HER_SHIRT],
    ),
    "where she is half of the couple's box, and nobody else's": (
        {
            "couple": [(860, 95, 1305, 1505)],
            "shirts": [HIS_SHIRT, HER_SHIRT, (865, 900, 930, 1100)],
            "person": [(865, 100, 935, 1300), WOMAN],
        },
        ("shirts", "on", "couple"),
        [HER_SHIRT, (865, 900, 930, 1100)],
    ),
    "not the shirt of who stands beside them": (
        {
            "family": [COUPLE],
            "shirts": [HIS_SHIRT, HER_SHIRT, STRANGERS_SHIRT],
            "person": [FATHER, WOMAN, STRANGER],
        },
        ("shirts", "on", "family"),
        [HIS_SHIRT, HER_SHIRT],
    ),
    "parents in one box": (
        {"parents": [COUPLE], "shirts": [HIS_SHIRT, HER_SHIRT], "person": [FATHER, WOMAN]},
        ("shirts", "on", "parents"),
        [HIS_SHIRT, HER_SHIRT],
    ),
    "the couple with the dogs": (
        {
            "couple": [COUPLE],
            "dogs": [(880, 900, 1100, 1200), (950, 1210, 1200, 1490)],
            "person": [FATHER, WOMAN],
        },
        ("couple", "holding", "dogs"),
        [COUPLE],
    ),
    "what half of him holds": (
        {"man": [FATHER], "bag": [(420, 420, 640, 640)], "person": [FATHER, HALF]},
        ("bag", "on", "man"),
        [(420, 420, 640, 640)],
    ),
    "what half of him holds, where he is no person to the detector": (
        {
            "man": [FATHER],
            "bag": [(420, 420, 640, 640), (700, 1150, 805, 1300)],
            "person": [HALF, CHILD],
        },
        ("bag", "on", "man"),
        [(420, 420, 640, 640)],
    ),
    "what he holds, and not who stands behind": (
        {
            "man": [FATHER],
            "guitar": [(600, 500, 880, 900), CHILDS_SHIRT],
            "person": [FATHER, BEHIND, CHILD],
        },
        ("guitar", "on", "man"),
        [(600, 500, 880, 900)],
    ),
}


@pytest.mark.parametrize(("boxes", "asked", "expected"), OWN.values(), ids=OWN)
def test_a_thing_is_of_who_wears_it(
    boxes: dict[str, list[Box]], asked: tuple[str, RelationKind, str], expected: list[Box]
) -> None:
    assert meant(Boxes(boxes), *asked) == (expected, ())


@pytest.mark.parametrize(("target", "anchor"), [
    ("crowd", "beach"), ("people", "beach"), ("group of people", "street"), ("man", "horse"),
    ("group of pictures", "wall"), ("team", "field"), ("group of pictures", "man"),
])  # fmt: skip
def test_who_fills_a_place_is_not_the_place(target: str, anchor: str) -> None:
    crowd, beach = (0.0, 200.0, 1390.0, 1390.0), (0.0, 250.0, 1390.0, 1400.0)
    assert meant(Boxes({target: [crowd], anchor: [beach]}), target, "on", anchor) == ([crowd], ())


@pytest.mark.parametrize(("boxes", "asked"), [
    ({"man": [FATHER], "shirt": [CHILDS_SHIRT], "person": ALL}, ("shirt", "on", "man")),
    ({"man": [FATHER, (10, 100, 380, 1500)], "red shirt": [CHILDS_SHIRT], "person": ALL},
     ("man", "holding", "red shirt")),
    ({"man": [FATHER], "hat": [HER_HAT], "person": ALL}, ("man", "holding", "hat")),
    ({"man": [FATHER], "hat": [HER_HAT], "person": ALL}, ("hat", "on", "man")),
    ({"man": [FATHER], "beard": [(1000, 300, 1100, 400)], "person": [FATHER, WOMAN]},
     ("man", "holding", "beard")),
    ({"man": [FATHER], "suitcase": [(950, 1200, 1200, 1490)], "person": [FATHER, WOMAN]},
     ("suitcase", "on", "man")),
    ({"man": [FATHER], "wife": [FATHER], "person": [FATHER]}, ("wife", "on", "man")),
    ({"horse": [FATHER], "man": [WOMAN], "person": [WOMAN]}, ("man", "on", "horse")),
    ({"man": [FATHER], "group of people": [FATHER], "person": [FATHER]},
     ("group of people", "on", "man")),
    ({"couple": [COUPLE], "shirt": [STRANGERS_SHIRT], "person": [FATHER, WOMAN, STRANGER]},
     ("shirt", "on", "couple")),
    ({"table": [FATHER], "chair": [(950, 900, 1200, 1500)]}, ("chair", "on", "table")),
    ({"bottle": [FATHER], "cap": [(950, 900, 1000, 950)]}, ("bottle", "holding", "cap")),
])  # fmt: skip
def test_what_is_another_s_is_not_taken_for_his(
    boxes: dict[str, list[Box]], asked: tuple[str, RelationKind, str]
) -> None:
    with pytest.raises(NotFound, match="elsewhere"):
        meant(Boxes(boxes), *asked)


@pytest.mark.parametrize(("boxes", "asked"), [
    ({"man": [FATHER], "shirt": [HIS_SHIRT]}, ("shirt", "on", "man")),
    ({"man": [FATHER], "shirt": [HIS_SHIRT, HER_SHIRT]}, ("shirt", "on", "man")),
    ({"dog": [FATHER], "tail": [HIS_SHIRT, CHILDS_SHIRT]}, ("tail", "on", "dog")),
    ({"man": [FATHER], "cup": [HER_HAT, CHILDS_SHIRT]}, ("cup", "near", "man")),
])  # fmt: skip
def test_others_are_looked_for_only_where_they_matter(boxes: Any, asked: Any) -> None:
    detector = Boxes(boxes)
    meant(detector, *asked)
    assert detector.asked == [asked[0], asked[2]]


DOG: Box = (950, 1150, 1250, 1500)
FAR_DOG: Box = (1290, 1300, 1390, 1400)
BESIDE: dict[str, tuple[dict[str, list[Box]], tuple[str, RelationKind, str], list[Box]]] = {
    "the man's dog": (
        {"man": [FATHER], "dog": [FAR_DOG, DOG], "person": [FATHER]}, ("dog", "on", "man"), [DOG]),
    "the man's dogs": (
        {"man": [FATHER], "dogs": [FAR_DOG, DOG], "person": [FATHER]},
        ("dogs", "on", "man"), [FAR_DOG, DOG]),
    "no box around several": (
        {"man": [FATHER], "person": [FATHER],
         "dog": [(945, 1148, 1395, 1500), (950, 1150, 1160, 1500), (1180, 1150, 1390, 1500)]},
        ("dog", "on", "man"), [(950, 1150, 1160, 1500)]),
    "not the dog of another": (
        {"man": [FATHER], "dog": [DOG, (10, 1200, 200, 1500)],
         "person": [FATHER, (1280, 400, 1390, 900)]},
        ("dog", "on", "man"), [DOG]),
    "rather the one that nobody else is nearer to": (
        {"man": [FATHER], "dog": [DOG, (10, 1200, 200, 1500)],
         "person": [FATHER, (1255, 700, 1390, 1500)]},
        ("dog", "on", "man"), [(10, 1200, 200, 1500)]),
    "the girl with the balloon": (
        {"girl": [FATHER, WOMAN], "balloon": [(100, 50, 300, 300)], "person": [FATHER, WOMAN]},
        ("girl", "holding", "balloon"), [FATHER]),
    "the dog's ball": (
        {"dog": [DOG], "ball": [(800, 1400, 900, 1500)]}, ("ball", "on", "dog"),
        [(800, 1400, 900, 1500)]),
    "the couple's dog": (
        {"couple": [COUPLE], "dog": [(1230, 1250, 1398, 1500)],
         "person": [(390, 95, 900, 1505), WOMAN]},
        ("dog", "on", "couple"), [(1230, 1250, 1398, 1500)]),
    "the man with the horse": (
        {"man": [WOMAN], "horse": [(350, 100, 850, 1500)], "person": [WOMAN]},
        ("man", "holding", "horse"), [WOMAN]),
    "nearer in pixels to him than to a larger one": (
        {"boy": [CHILD], "ball": [(830, 1400, 880, 1450), (1385, 1400, 1399, 1450)],
         "person": [CHILD, (920, 100, 1380, 1500)]},
        ("ball", "on", "boy"), [(830, 1400, 880, 1450)]),
    "the woman's bag": (
        {"woman": [FATHER], "bag": [(950, 1300, 1100, 1500)], "person": [FATHER]},
        ("bag", "on", "woman"), [(950, 1300, 1100, 1500)]),
    "the man's friend": (
        {"man": [FATHER], "friend": [FATHER, WOMAN], "person": [FATHER, WOMAN]},
        ("friend", "on", "man"), [WOMAN]),
}  # fmt: skip


@pytest.mark.parametrize(("boxes", "asked", "expected"), BESIDE.values(), ids=BESIDE)
def test_a_thing_beside_its_owner_is_taken_and_it_is_said(
    boxes: dict[str, list[Box]], asked: tuple[str, RelationKind, str], expected: list[Box]
) -> None:
    got, notes = meant(Boxes(boxes), *asked)
    assert got == expected and len(notes) == 1 and "what is beside it was taken" in notes[0]


def test_far_off_nothing_is_anybody_s() -> None:
    dogs: dict[str, list[Box]] = {"man": [(10, 10, 60, 160)], "dog": [DOG]}
    with pytest.raises(NotFound, match="elsewhere"):
        meant(Boxes(dogs), "dog", "on", "man")


def test_drawn_people_wear_what_they_wear(detector: GroundingDino) -> None:
    image = drawn(PEOPLE_SCENE)[1]
    for target, kind, anchor, count in (
        ("dress", "on", "person", 3), ("person", "holding", "blue dress", 1),
        ("blue dress", "on", "person", 1), ("hair", "on", "person", 3),
    ):  # fmt: skip
        relation = Relation(kind=kind, anchor=anchor)  # type: ignore[arg-type]
        got = ground(detector, image, Edit(operation="remove", target=target, relation=relation))
        assert got.count == count and not got.notes, (target, kind, anchor)
