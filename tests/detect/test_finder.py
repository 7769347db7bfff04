"""Phrases to boxes, scores and masks in one pass."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from prompt_edit.detect.finder import Answer, Finder, found_in, plain
from prompt_edit.detect.found import Kept
from prompt_edit.detect.ground import for_phrase, ground, ground_each, reasons
from prompt_edit.errors import ImageError, InstructionError, ModelError, PromptEditError
from prompt_edit.images import to_array
from prompt_edit.models.card import Card
from prompt_edit.models.recent import fingerprint
from prompt_edit.plan import Edit, Which
from prompt_edit.segment.cover import cover, cover_each
from prompt_edit.segment.recalled import Recalling

LEFT, RIGHT = (0.1, 0.2, 0.4, 0.8), (0.6, 0.2, 0.9, 0.8)
SURE = 8.0  # a logit
THINGS = {"dog": (LEFT, RIGHT), "cat": (RIGHT,), "wall": ((-0.1, 0.0, 1.2, 1.0),),
          "sky": ((0.0, -0.3, 1.0, 1.1),)}  # fmt: skip


def answer(boxes: Any, scores: Any, presence: float | None = SURE, masks: Any = None) -> Answer:
    """An answer whose masks fill their boxes."""
    boxes = torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4)
    if masks is None:
        masks = torch.stack([filled(box, 32, 32) for box in boxes]) * 2 * SURE - SURE
    logit = None if presence is None else torch.tensor([presence])
    return Answer(boxes, torch.tensor(scores, dtype=torch.float32), logit, masks)


def filled(box: Any, height: int, width: int) -> Tensor:
    """A mask [H,W] of a box in 0..1."""
    left, top, right, bottom = (float(each) for each in box)
    ys, xs = (torch.arange(height) + 0.5) / height, (torch.arange(width) + 0.5) / width
    return (((ys > top) & (ys < bottom))[:, None] & ((xs > left) & (xs < right))).float()


class Seeing:
    """A network that sees THINGS, and remembers what it was asked."""

    def __init__(self) -> None:
        self.encoded: list[tuple[int, ...]] = []
        self.asked: list[str] = []

    def encode(self, pixels: np.ndarray) -> list[Tensor]:
        assert pixels.dtype == np.uint8
        self.encoded.append(pixels.shape)
        return [torch.zeros(1)]

    def find(self, embedding: list[Tensor], phrase: str) -> Answer:
        self.asked.append(phrase)
        boxes = THINGS.get(phrase, (LEFT,))
        return answer(boxes, [SURE - n for n in range(len(boxes))],
                      SURE if phrase in THINGS else -SURE)  # fmt: skip


class Asked:
    """A segmenter that counts the boxes that it is asked for."""

    def __init__(self) -> None:
        self.boxes = 0

    def segment(self, image: Tensor, boxes: Tensor | None = None, *more: Any) -> Tensor:
        assert boxes is not None
        self.boxes += len(boxes)
        return torch.zeros(len(boxes), *image.shape[:2])


@pytest.fixture
def network() -> Seeing:
    return Seeing()


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def finder(network: Seeing, kept: Kept) -> Finder:
    return Finder(network, Card(threshold=0.5), kept)


def pictures(count: int = 1, height: int = 50, width: int = 100) -> Tensor:
    """Each of another grey, with things in white."""
    ground = torch.linspace(0.1, 0.5, count)[:, None, None, None].expand(count, height, width, 3)
    things = (filled(LEFT, height, width) + filled(RIGHT, height, width))[None, ..., None]
    return torch.where(things > 0, 1.0, ground)


def test_every_instance_is_found_in_pixels(finder: Finder) -> None:
    (found,) = finder.detect(pictures(), ["dog"])
    assert found.size == (50, 100) and found.labels == ("dog", "dog")
    torch.testing.assert_close(
        found.boxes, torch.tensor([[10.0, 10, 40, 40], [60, 10, 90, 40]]), rtol=0, atol=1e-4
    )
    assert found.scores.tolist() == sorted(found.scores.tolist(), reverse=True)


def test_what_is_not_there_is_not_found_however_sure_a_box_is(finder: Finder) -> None:
    assert len(finder.detect(pictures(), ["horse"])[0]) == 0
    (reason,) = [reasons(ground_each(finder, pictures(), for_phrase("horse")))]
    assert reason.startswith('The picture shows no "horse" (the best score is 0.00')


def test_the_score_is_that_of_the_box_times_that_of_the_phrase() -> None:
    found = found_in(answer([LEFT], [0.0], presence=0.0), (10, 10), (10, 10))
    assert float(found.scores) == pytest.approx(0.25)
    found = found_in(answer([LEFT], [0.0], presence=None), (10, 10), (10, 10))
    assert float(found.scores) == pytest.approx(0.5)


def test_a_thing_is_found_once(finder: Finder) -> None:
    again = [each + 0.01 for each in LEFT]
    found = found_in(answer([again, LEFT], [1.0, 2.0]), (50, 100), (50, 100))
    assert len(found.boxes) == 1 == len(found.masks)
    (both,) = finder.detect(pictures(), ["cat", "dog"])
    assert len(both) == 2


@pytest.mark.parametrize("phrases", [["dog"], ["dog", "cat"], ["nothing"]])
def test_a_batch_gives_a_result_a_picture(finder: Finder, phrases: list[str]) -> None:
    assert [each.size for each in finder.detect(pictures(3), phrases)] == [(50, 100)] * 3


def test_a_picture_is_encoded_once_and_a_phrase_asked_once(finder: Finder, network: Seeing) -> None:
    for threshold in (None, 0.0, 0.9):
        finder.detect(pictures(), ["dog", "cat"], threshold)
    assert network.asked == ["dog", "cat"] and len(network.encoded) == 1
    finder.detect(1 - pictures(), ["Dog"])
    assert network.asked == ["dog", "cat", "dog"] and len(network.encoded) == 2


def test_a_lower_threshold_shows_more(finder: Finder) -> None:
    assert [len(finder.detect(pictures(), ["horse"], each)[0]) for each in (0.5, 0.0)] == [0, 1]


def test_a_strip_is_widened_and_its_boxes_and_masks_come_back(
    finder: Finder, network: Seeing, kept: Kept
) -> None:
    image = pictures(1, 2, 400)
    (found,) = finder.detect(image, ["wall"])
    assert network.encoded == [(50, 400, 3)]
    assert found.boxes[0].tolist() == [0, 0, 400, 2]
    mask = Recalling(Asked(), kept).segment(image[0], found.boxes)
    assert mask.shape == (1, 2, 400) and mask.all()


def test_numbers_that_are_none_are_told() -> None:
    with pytest.raises(ModelError, match=r"^Start ComfyUI with --force-fp32"):
        found_in(answer([LEFT], [float("nan")]), (10, 10), (10, 10))


def test_boxes_without_a_pixel_are_none() -> None:
    thin, beside = (0.5, 0.1, 0.501, 0.9), (1.1, 0.1, 1.4, 0.9)
    assert not len(found_in(answer([thin, beside], [SURE, SURE]), (10, 10), (10, 10)).boxes)
    nothing = answer([], [], masks=torch.zeros(0, 8, 8))
    assert not len(found_in(nothing, (10, 10), (10, 10)).boxes)


def test_masks_of_faint_boxes_are_not_kept() -> None:
    found = found_in(answer([LEFT, RIGHT], [-SURE, SURE]), (10, 10), (10, 10))
    assert len(found.boxes) == 2 and len(found.masks) == 1
    assert found.masks.dtype == torch.float16


@pytest.mark.parametrize(
    ("phrase", "read"),
    [
        ("Red dress", "red dress"),
        ("dress, hat", "dress hat"),
        ("dog:3", "dog 3"),
        ("(big:1.4) [car] {x}", "big 1.4 car x"),
        ("woman's t-shirt", "woman's t-shirt"),
        ("embedding:evil <|end|>", "embedding evil end"),
        ("a\n dog\\", "a dog"),
        ("cafe\u0301", "caf\u00e9"),
        ("🐕", ""),
    ],
)
def test_a_phrase_is_read_as_words(phrase: str, read: str) -> None:
    assert plain(phrase) == read


def test_signs_alone_are_not_looked_for(finder: Finder, network: Seeing) -> None:
    assert [len(each) for each in finder.detect(pictures(2), ["?!", "--"])] == [0, 0]
    assert not network.asked


def test_what_is_no_question_is_refused(finder: Finder) -> None:
    for given, error in (
        ((pictures()[0], ["dog"]), ImageError),
        ((pictures(), "dog"), InstructionError),
        ((pictures(), ["dog"], 1.5), PromptEditError),
    ):
        with pytest.raises(error):
            finder.detect(*given)  # type: ignore[arg-type]


def test_choice_and_exceptions_work_on_top(finder: Finder, kept: Kept) -> None:
    edit = Edit(operation="extract", target="dog", which=Which(by="right"), exclude=("cat",))
    grounded = ground(finder, pictures(), edit)
    assert abs(grounded.found.boxes[0, 0] - 60) < 0.1 and len(grounded.left_out) == 1
    beside = Asked()
    covered = cover(Recalling(beside, kept), pictures(), grounded)
    assert not covered.mask.any() and "covers all of it" in covered.reason
    assert not beside.boxes


def test_masks_of_a_batch_are_kept(finder: Finder, kept: Kept) -> None:
    images, beside = pictures(5), Asked()
    found = ground_each(finder, images, for_phrase("dog"))
    masks = cover_each(Recalling(beside, kept), images, found)
    assert masks.instances.shape == (10, 50, 100) and not beside.boxes
    wanted = torch.stack([filled(box, 50, 100) for box in (LEFT, RIGHT)]).amax(dim=0)
    assert (masks.union == wanted).float().mean() > 0.97


def test_two_phrases_of_one_box_keep_their_own_masks(finder: Finder, kept: Kept) -> None:
    """Of what fills the picture the box is the picture."""
    image = pictures()
    wall, sky = (finder.detect(image, [each])[0] for each in ("wall", "sky"))
    assert (wall.boxes - sky.boxes).abs().max() < 0.2
    again = finder.detect(image, ["wall"])[0]
    assert again.boxes.equal(wall.boxes)
    numbers = [kept.find(fingerprint(to_array(image[0])), each.boxes[0]) for each in (wall, sky)]
    assert numbers[0] and numbers[1] and numbers[0][0] is not numbers[1][0]
