"""Masks that were found along with their boxes."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from prompt_edit.detect.found import Found, Kept
from prompt_edit.errors import ImageError
from prompt_edit.images import to_array
from prompt_edit.models.recent import ROOM, fingerprint, size_of
from prompt_edit.segment.masks import from_logits
from prompt_edit.segment.recalled import Recalling

BOXES = torch.tensor([[8.0, 8, 24, 24], [32, 8, 48, 24]])


class Asked:
    """A segmenter that fills what it is asked for, and remembers it."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def segment(self, image: Tensor, boxes: Any = None, points: Any = None, labels: Any = None,
                rough: Any = None) -> Tensor:  # fmt: skip
        self.asked.append((boxes, points, labels, rough))
        count = next(len(each) for each in (boxes, points, rough) if each is not None)
        return torch.ones(count, *image.shape[:2])


def found(boxes: Tensor = BOXES, kept: int = 2) -> Found:
    masks = torch.full((kept, 16, 16), -8.0)
    for mask, (left, top, right, bottom) in zip(masks, (boxes / 4).long().tolist(), strict=False):
        mask[top:bottom, left:right] = 8.0
    return Found(boxes, torch.linspace(0.9, 0.8, len(boxes)), masks.half(), (64, 64))


@pytest.fixture
def image() -> Tensor:
    """Grey, with what stands in the first box in white."""
    picture = torch.full((64, 64, 3), 0.4)
    picture[8:24, 8:24] = 1.0
    return picture


@pytest.fixture
def beside() -> Asked:
    return Asked()


def name_of(image: Tensor) -> str:
    return fingerprint(to_array(image))


@pytest.fixture
def segmenter(image: Tensor, beside: Asked) -> Recalling:
    kept = Kept()
    kept.get(name_of(image), "thing", found)
    return Recalling(beside, kept)


def test_the_mask_of_a_found_box_is_known(
    segmenter: Recalling, beside: Asked, image: Tensor
) -> None:
    masks = segmenter.segment(image, BOXES.flip(0))
    wanted = torch.zeros(2, 64, 64)
    wanted[1, 8:24, 8:24] = wanted[0, 8:24, 32:48] = 1
    assert not beside.asked and (masks == wanted).float().mean() > 0.98
    assert masks[1].equal(wanted[1]), "its edge is where the picture's is"


def test_a_box_survives_another_form(segmenter: Recalling, beside: Asked, image: Tensor) -> None:
    segmenter.segment(image, BOXES + 0.003)
    assert not beside.asked


def test_another_box_is_cut(segmenter: Recalling, beside: Asked, image: Tensor) -> None:
    boxes = torch.cat([BOXES[:1], BOXES[1:] + 0.5])
    masks = segmenter.segment(image, boxes)
    assert masks[1].all() and not masks[0].all()
    ((asked, *_),) = beside.asked
    assert asked.equal(boxes[1:])


def test_another_picture_is_cut(segmenter: Recalling, beside: Asked, image: Tensor) -> None:
    changed = image.clone()
    changed[0, 0] = 0
    assert segmenter.segment(changed, BOXES).all() and len(beside.asked) == 1


def test_alpha_makes_no_other_picture(segmenter: Recalling, beside: Asked, image: Tensor) -> None:
    segmenter.segment(torch.cat([image, torch.zeros(64, 64, 1)], dim=-1), BOXES)
    assert not beside.asked


def test_what_has_no_kept_mask_is_cut(beside: Asked, image: Tensor) -> None:
    kept = Kept()
    kept.get(name_of(image), "thing", lambda: found(kept=1))
    masks = Recalling(beside, kept).segment(image, BOXES)
    assert masks[1].all() and beside.asked[0][0].equal(BOXES[1:])


def test_a_kept_mask_without_a_pixel_is_cut(beside: Asked, image: Tensor) -> None:
    kept, void = Kept(), found()
    void.masks[0] = -8
    kept.get(name_of(image), "thing", lambda: void)
    assert Recalling(beside, kept).segment(image, BOXES)[0].all()


def test_points_and_rough_masks_go_on(segmenter: Recalling, beside: Asked, image: Tensor) -> None:
    points, labels, rough = torch.ones(2, 1, 2), torch.ones(2, 1), torch.ones(2, 64, 64)
    segmenter.segment(image, points=points, labels=labels)
    segmenter.segment(image, rough=rough)
    segmenter.segment(image, BOXES, points)
    assert [tuple(each is not None for each in given) for given in beside.asked] == [
        (False, True, True, False), (False, False, False, True), (True, True, False, False)
    ]  # fmt: skip


def test_no_boxes_give_no_masks(segmenter: Recalling, beside: Asked, image: Tensor) -> None:
    assert segmenter.segment(image, torch.zeros(0, 4)).shape == (0, 64, 64) and not beside.asked


def test_what_is_no_picture_or_box_is_refused(segmenter: Recalling, image: Tensor) -> None:
    with pytest.raises(ImageError):
        segmenter.segment(image[..., 0], BOXES)
    with pytest.raises(ImageError):
        segmenter.segment(image, BOXES[:, :3])


def test_the_room_is_bounded(image: Tensor) -> None:
    kept = Kept(3 * size_of(found()))
    for number in range(5):
        kept.get(f"picture {number}", "thing", found)
    known = [kept.find(f"picture {number}", BOXES[0]) is not None for number in range(5)]
    assert known == [False, False, True, True, True]
    kept.get("picture 2", "thing", found)
    kept.get("picture 5", "thing", found)
    assert kept.find("picture 2", BOXES[0]) and not kept.find("picture 3", BOXES[0])


def test_one_answer_is_kept_whatever_its_size() -> None:
    kept = Kept(1)
    kept.get("picture", "thing", found)
    assert kept.find("picture", BOXES[0])


@pytest.mark.parametrize("size", [(64, 64), (31, 47), (300, 900), (1200, 260), (700, 700)])
def test_a_mask_that_is_cut_out_is_the_same(size: tuple[int, int]) -> None:
    """No more of it is kept than its edge is told by."""
    chance = torch.Generator().manual_seed(sum(size))
    ys, xs = torch.arange(288)[:, None], torch.arange(288)[None]
    masks = torch.stack([
        6 - ((ys - y) ** 2 + (xs - x) ** 2).sqrt() * 12 / radius
        for y, x, radius in ((20, 30, 18), (150, 140, 30), (280, 200, 24), (400, 400, 9))
    ])  # fmt: skip
    masks += torch.randn(masks.shape, generator=chance) * 0.3 * (masks > -4)
    image, boxes = torch.rand(*size, 3, generator=chance), torch.zeros(4, 4)
    high = size[0] + (40 if size == (300, 900) else 0)  # a strip is widened
    plain = Found(boxes, torch.ones(4), masks.half(), (high, size[1]))
    cut = plain.cut()
    if min(size) > 200:
        assert cut.masks[0].numel() < 0.4 * masks[0].numel()
    for number in range(4):
        one, other = (from_logits(each.logits(number), image, each.whole) for each in (plain, cut))
        assert torch.equal(one, other)


def test_the_masks_of_a_video_are_kept() -> None:
    """81 frames with twelve people each, from SAM 3."""
    masks = torch.full((12, 288, 288), -9.0)
    for number, mask in enumerate(masks):
        mask[90:190, 20 * number : 20 * number + 40] = 9
    frame = Found(torch.rand(12, 4), torch.ones(12), masks.half(), (720, 1280)).cut()
    assert 81 * size_of(frame) < ROOM


def test_a_mask_is_brought_to_the_pictures_edges_once(
    segmenter: Recalling, image: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = segmenter.segment(image, BOXES)
    monkeypatch.setattr("prompt_edit.segment.recalled.spots_from_logits", None)
    assert torch.equal(segmenter.segment(image, BOXES), first)
    with pytest.raises(TypeError):  # another picture's is its own
        segmenter._spot(found(), 0, "another", image)


def test_masks_cover_what_a_picture_was_widened_to(image: Tensor) -> None:
    mask = found().masks[0]
    strip, whole = (from_logits(mask, each, (64, 64)) for each in (image[:20], image))
    assert strip.shape == (20, 64) and strip.any()
    assert strip.equal(whole[:20])


def test_a_mask_that_lies_beside_a_widened_picture_is_none() -> None:
    logits = torch.full((72, 72), -10.0)
    logits[60:, 20:40] = 10
    strip = torch.rand(30, 720, 3)
    assert not from_logits(logits, strip, (250, 720)).any()
