"""Boxes and masks in other packs' formats: what goes out comes back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from prompt_edit.detect.convert import (
    from_boxes,
    from_segs,
    segs_mask,
    to_bboxes,
    to_bounding_boxes,
    to_segs,
)
from prompt_edit.detect.detections import Detections
from prompt_edit.detect.ground import Grounded
from prompt_edit.errors import ImageError

SIZE = (60, 80)
IMAGES = torch.zeros(2, *SIZE, 3)


def grounded(*boxes: tuple[float, float, float, float]) -> Grounded:
    found = Detections(
        torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4),
        torch.linspace(0.9, 0.5, len(boxes)),
        tuple(f"thing {n}" for n in range(len(boxes))),
        SIZE,
    )
    return Grounded(found, Detections.none(SIZE))


sides = [(0, 30), (0, 20), (40, 80), (30, 60)]
corners = st.tuples(*(st.integers(low, high) for low, high in sides))


@settings(deadline=None)
@given(st.lists(st.lists(corners, max_size=4), min_size=1, max_size=3))
def test_bounding_boxes_come_back(frames: list[list[tuple[int, int, int, int]]]) -> None:
    found = [grounded(*frame) for frame in frames]
    back = from_boxes(to_bounding_boxes(found), torch.zeros(len(frames), *SIZE, 3))
    for one, other in zip(found, back, strict=True):
        assert torch.equal(one.found.boxes, other.found.boxes)
        assert torch.allclose(one.found.scores, other.found.scores)
        assert one.found.labels == other.found.labels and other.found.size == SIZE


@pytest.mark.parametrize(
    "boxes",
    [
        {"x": 1, "y": 2, "width": 10, "height": 20},
        [{"x": 1, "y": 2, "width": 10, "height": 20}],
        [[{"x": 1, "y": 2, "width": 10, "height": 20}]] * 2,
        (1, 2, 11, 22),
        [1.0, 2.0, 11.0, 22.0],
        [(1, 2, 11, 22)],
        [[(1, 2, 11, 22)]],
        np.array([[1, 2, 11, 22]]),
        torch.tensor([1.0, 2, 11, 22]),
        [[1, 2, 11, 22, 0.7]],
    ],
)
def test_every_nesting_is_read(boxes: Any) -> None:
    for each in from_boxes(boxes, IMAGES):
        assert each.found.boxes.tolist() == [[1, 2, 11, 22]]


def test_no_boxes_are_nothing_found() -> None:
    for nothing in (None, [], [[], []]):
        assert [len(each.found) for each in from_boxes(nothing, IMAGES)] == [0, 0]


@pytest.mark.parametrize(("boxes", "words"), [("box", "no boxes"), ([[1, 2]], "no boxes"),
                                              ([[(1, 2, 3, 4)]] * 3, "3 pictures")])  # fmt: skip
def test_what_is_no_box_is_said(boxes: Any, words: str) -> None:
    with pytest.raises(ImageError, match=words):
        from_boxes(boxes, IMAGES)


def test_bboxes_are_corners() -> None:
    assert to_bboxes([grounded((1, 2, 30, 40)), grounded()]) == [(1, 2, 30, 40)]


def test_segs_hold_the_mask_even_outside_its_box() -> None:
    masks = torch.zeros(2, *SIZE)
    masks[0, 5:30, 2:20] = 1  # wider than its box
    masks[1, 40:50, 60:80] = 1
    found = grounded((5, 8, 15, 25), (60, 40, 80, 50))
    segs = to_segs(found, masks, torch.rand(*SIZE, 3))
    assert segs[0] == SIZE and segs[1][0].crop_region == (2, 5, 20, 30)
    assert segs[1][0].cropped_image.shape == (1, 25, 18, 3)
    assert torch.equal(segs_mask(segs)[0], masks.amax(dim=0))
    back = from_segs(segs)
    assert torch.equal(back.found.boxes, found.found.boxes)
    assert back.found.labels == found.found.labels


def test_segs_need_a_mask_an_object() -> None:
    with pytest.raises(ImageError, match="1 objects need as many masks, not 3"):
        to_segs(grounded((1, 2, 3, 4)), torch.zeros(3, *SIZE), torch.zeros(*SIZE, 3))
