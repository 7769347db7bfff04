"""Several pictures at once, and each picture once: what is found does not change by it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import torch
from torch import Tensor
from worlds import BALLS_SCENE, DRESS_SCENE, PEOPLE_SCENE, drawn

from prompt_edit.detect.detections import Detections, merge
from prompt_edit.detect.ground import ground, ground_each
from prompt_edit.detect.grounding_dino import GroundingDino
from prompt_edit.errors import NotFound
from prompt_edit.models.store import sample_models
from prompt_edit.plan import Edit, Relation

pytestmark = pytest.mark.slow

PHRASES = ["person", "red dress", "ball", "a tall tree with many yellow leaves"]


def loaded() -> GroundingDino:
    return GroundingDino.load(sample_models().detector)


@pytest.fixture(scope="module")
def two() -> tuple[GroundingDino, GroundingDino]:
    return loaded(), loaded()


@pytest.fixture
def detector(two: tuple[GroundingDino, GroundingDino]) -> GroundingDino:
    """One that has seen nothing yet."""
    two[0].forget()
    return two[0]


@pytest.fixture
def other(two: tuple[GroundingDino, GroundingDino]) -> GroundingDino:
    """Another."""
    two[1].forget()
    return two[1]


@pytest.fixture
def seen(detector: GroundingDino) -> Iterator[list[int]]:
    """How many pictures the backbone was shown, call by call."""
    counts: list[int] = []
    encoder = detector.model.model.backbone.conv_encoder
    hook = encoder.register_forward_pre_hook(lambda _, args: counts.append(len(args[0])))
    yield counts
    hook.remove()


@pytest.fixture
def asked(detector: GroundingDino) -> Iterator[list[int]]:
    """How many pictures the whole model was asked about, call by call."""
    counts: list[int] = []
    hook = detector.model.register_forward_pre_hook(
        lambda _, __, named: counts.append(len(named["pixel_values"])), with_kwargs=True
    )
    yield counts
    hook.remove()


def pictures() -> Tensor:
    return torch.cat([drawn(scene)[1] for scene in (DRESS_SCENE, PEOPLE_SCENE, BALLS_SCENE)])


def alike(one: Detections, other: Detections) -> bool:
    return (
        one.labels == other.labels
        and torch.allclose(one.boxes, other.boxes, atol=0.05)
        and torch.allclose(one.scores, other.scores, atol=1e-4)
    )


def test_together_as_one_by_one(detector: GroundingDino, other: GroundingDino) -> None:
    together = detector.detect(pictures(), PHRASES)
    for picture, found in zip(pictures(), together, strict=True):
        other.forget()
        alone = merge([other.detect(picture[None], [phrase])[0] for phrase in PHRASES])
        assert len(alone) and alike(found, alone)


def test_a_picture_is_seen_once_whatever_is_asked(
    detector: GroundingDino, seen: list[int], asked: list[int]
) -> None:
    detector.detect(pictures(), ["person"])
    assert seen == [3]
    detector.detect(pictures()[1:], ["dog", "tree"])
    more = torch.cat([pictures(), pictures()[:1] / 2])
    detector.detect(more, ["hat"])
    assert sum(seen) == 4 and len(asked) > len(seen)


def test_what_was_asked_before_is_not_asked_again(
    detector: GroundingDino, asked: list[int]
) -> None:
    before = detector.detect(pictures(), PHRASES)
    asked.clear()
    again = detector.detect(pictures().flip(0), PHRASES)[::-1]
    assert not asked
    for one, other in zip(before, again, strict=True):
        assert one.boxes.equal(other.boxes) and one.scores.equal(other.scores)


def test_a_model_that_rests_still_knows_its_answers(
    detector: GroundingDino, seen: list[int], asked: list[int]
) -> None:
    detector.detect(pictures(), ["person"])
    passes = len(asked)
    detector.rest()
    assert not detector._views._kept.items()
    detector.detect(pictures(), ["person"])
    assert len(asked) == passes
    detector.forget()
    detector.detect(pictures(), ["person"])
    assert sum(seen) == 6


def test_what_is_not_remembered_is_looked_at_again(
    detector: GroundingDino, seen: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for kept in (detector._views._kept, detector._answers):
        monkeypatch.setattr(kept, "room", 1)
    once = detector.detect(pictures(), ["person"])
    assert all(map(alike, once, detector.detect(pictures(), ["person"])))
    assert sum(seen) > 3


def test_a_model_is_left_as_it_was() -> None:
    detector = loaded()
    backbone = detector.model.model.backbone
    detector.detect(pictures(), ["person"])
    assert "forward" not in vars(backbone)

    def fails(*_: Any, **__: Any) -> None:
        raise MemoryError

    detector.model.model.encoder.register_forward_pre_hook(fails)
    with pytest.raises(MemoryError):
        detector.detect(pictures(), ["ball"])
    assert "forward" not in vars(backbone)
    hooked = backbone.forward = backbone.forward
    with pytest.raises(MemoryError):
        detector.detect(pictures(), ["tree"])
    assert backbone.forward is hooked


@pytest.mark.parametrize(
    "edit",
    [
        Edit(operation="remove", target="dress"),
        Edit(operation="recolor", target="ball", result="green ball"),
        Edit(operation="background", target="background", result="beach", exclude=("person",)),
        Edit(operation="remove", target="dog",
             relation=Relation(kind="near", anchor="woman"), exclude=("hat",)),
        Edit(operation="add", target="person", result="red hat",
             relation=Relation(kind="on", anchor="person")),
    ],
)  # fmt: skip
def test_a_batch_is_grounded_as_its_pictures_are(
    detector: GroundingDino, other: GroundingDino, edit: Edit
) -> None:
    steps: list[int] = []
    together = ground_each(detector, pictures(), edit, on_step=lambda done, _: steps.append(done))
    assert steps == [1, 2, 3]
    for picture, found in zip(pictures(), together, strict=True):
        try:
            wanted = ground(other, picture[None], edit)
        except NotFound as absence:
            assert found.reason == str(absence)
            continue
        assert alike(found.found, wanted.found) and alike(found.left_out, wanted.left_out)
        assert torch.allclose(found.boxes, wanted.boxes, atol=0.05)
        assert found.notes == wanted.notes


def test_several_phrases_go_in_one_pass(
    detector: GroundingDino, seen: list[int], asked: list[int]
) -> None:
    detector.detect(pictures()[:1], ["tree", "xylophone", "?", "yellow house"])
    assert seen == [1] and asked[0] == 3


def test_a_batch_is_asked_about_together(detector: GroundingDino, asked: list[int]) -> None:
    ground_each(detector, pictures(), Edit(operation="remove", target="person"))
    assert asked[0] == 3


def test_threads_get_what_one_gets(detector: GroundingDino, other: GroundingDino) -> None:
    """What the backbone makes of a picture is kept under no other picture's name."""
    shades = (1.0, 0.95)  # with three pictures more than there are threads
    images = [picture[None] * shade for shade in shades for picture in pictures()]
    with ThreadPoolExecutor(4) as pool:
        at_once = list(pool.map(lambda image: detector.detect(image, ["dress"])[0], images))
    for image, found in zip(images, at_once, strict=True):
        assert alike(found, other.detect(image, ["dress"])[0])
        assert alike(detector.detect(image, ["hat"])[0], other.detect(image, ["hat"])[0])
