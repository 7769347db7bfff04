"""Men and women, boys and girls: who answers to both words is who the better one says."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch
from torch import Tensor
from worlds import PEOPLE_SCENE, drawn

from prompt_edit.detect.anchor import is_person, noun_of
from prompt_edit.detect.detections import Detections
from prompt_edit.detect.ground import ground
from prompt_edit.detect.grounding_dino import GroundingDino
from prompt_edit.detect.peers import _PEERS
from prompt_edit.nouns import plural
from prompt_edit.plan import Edit, Relation, Which

SIZE = (200, 300)
MAN, WOMAN, OTHER = (10.0, 20.0, 60.0, 190.0), (90.0, 30.0, 140.0, 190.0), (200, 20, 250, 190)


class Hears:
    """A detector to whom everybody is a man, and a woman: each with the score of that word."""

    def __init__(self, **scores: tuple[float, ...]) -> None:
        self.scores = scores
        self.asked: list[str] = []

    def detect(
        self, images: Tensor, phrases: Sequence[str], threshold: float | None = None
    ) -> list[Detections]:
        self.asked += phrases
        word = phrases[0].replace("men", "man").replace("tall ", "").split()[0]
        scores = torch.tensor(self.scores.get(word, ()))
        kept = scores >= 0.35
        boxes = torch.tensor((MAN, WOMAN, OTHER)[: len(scores)]).reshape(-1, 4)
        labels = (phrases[0],) * int(kept.sum())
        return [Detections(boxes[kept], scores[kept], labels, SIZE)]


def remove(detector: Hears, target: str, **more: object) -> tuple[list[float], tuple[str, ...]]:
    edit = Edit.model_validate({"operation": "remove", "target": target, **more})
    got = ground(detector, torch.zeros(1, *SIZE, 3), edit)
    return got.boxes[:, 0].tolist(), got.notes


BOTH = {"man": (0.7, 0.4, 0.6), "woman": (0.4, 0.8, 0.3), "boy": (0.6, 0.5), "girl": (0.4, 0.7)}


@pytest.mark.parametrize(
    ("target", "lefts", "other"),
    [("man", [10, 200], "woman"), ("men", [10, 200], "woman"), ("tall man", [10, 200], "woman"),
     ("man in a coat", [10, 200], "woman"), ("woman", [90], "man"), ("boy", [10], "girl"),
     ("girl", [90], "boy")],
)  # fmt: skip
def test_a_man_is_no_woman(target: str, lefts: list[float], other: str) -> None:
    got, notes = remove(Hears(**BOTH), target)
    assert got == lefts and len(notes) == 1
    assert f'more found for "{target}", more like "{other}", and left alone.' in notes[0]


def test_who_is_on_the_list_as_well_is_not_said_to_be_left_alone() -> None:
    got, notes = remove(Hears(**BOTH), "man, woman")
    assert sorted(got) == [10, 90, 200] and notes == ()
    got, notes = remove(Hears(**BOTH), "man, dog")
    assert got == [10, 200] and any("1 more found" in note for note in notes)


@pytest.mark.parametrize("noun", sorted(_PEERS))
def test_several_have_the_same_peers(noun: str) -> None:
    assert noun_of(plural(noun)) == noun and is_person(noun)


def test_where_all_are_the_other_nobody_is_left_out_and_it_is_said() -> None:
    got, notes = remove(Hears(man=(0.4, 0.5), woman=(0.7, 0.8)), "man")
    assert got == [90, 10] and notes == ('All that was found for "man" looks more like "woman".',)


def test_who_is_counted_left_alone_or_stood_beside_is_one_of_the_kind() -> None:
    second = Which(by="left", rank=2)
    assert remove(Hears(**BOTH), "man", which=second)[0] == [200]
    beside = Relation(kind="right of", anchor="woman")
    assert remove(Hears(**BOTH), "man", relation=beside)[0] == [200]
    everyone = Hears(**BOTH, person=(0.6, 0.6, 0.6))
    assert remove(everyone, "person", exclude=("man",))[0] == [90]


@pytest.mark.parametrize(
    ("scores", "target"),
    [({"man": (0.7,), "woman": (0.8,)}, "man"), ({"dog": (0.7, 0.6)}, "dog"),
     ({"person": (0.7, 0.6)}, "person")],
)  # fmt: skip
def test_one_alone_and_what_has_no_other_is_not_asked_for_twice(
    scores: dict[str, tuple[float, ...]], target: str
) -> None:
    detector = Hears(**scores)
    assert remove(detector, target)[1] == () and detector.asked == [target]


def test_the_detector_is_asked_for_both_at_once(detector: GroundingDino) -> None:
    image = drawn(PEOPLE_SCENE)[1]
    found = detector.detect(image, ["person"])[0]
    scores = detector.scores_at(image, found.boxes, ["woman", "man"])
    assert scores.shape == (3, 2) and (scores[:, 0] > scores[:, 1]).all()
    nowhere = torch.tensor([[0.0, 0, 9, 9]])
    assert not detector.scores_at(image, nowhere, ["woman", "man"]).any()
