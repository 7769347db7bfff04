"""Boxes and masks in other packs' formats: what goes out comes back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from prompt_edit.detect.convert import (
    SEG,
    from_boxes,
    from_segs,
    pick_boxes,
    to_bboxes,
    to_bounding_boxes,
    to_segs,
)
from prompt_edit.detect.detections import Detections
from prompt_edit.detect.ground import Grounded
from prompt_edit.errors import ImageError, NotFound

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


@given(st.lists(st.lists(corners, max_size=4), min_size=1, max_size=3))
def test_bounding_boxes_come_back(frames: list[list[tuple[int, int, int, int]]]) -> None:
    found = [grounded(*frame) for frame in frames]
    back = from_boxes(to_bounding_boxes(found), torch.zeros(len(frames), *SIZE, 3)).found
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
    taken = from_boxes(boxes, IMAGES)
    assert len(taken.found) == 2 and not taken.notes
    for each in taken.found:
        assert each.found.boxes.tolist() == [[1, 2, 11, 22]]


FLAT = [(1, 2, 11, 22), (5, 5, 9, 9)]


@pytest.mark.parametrize("boxes", [FLAT, np.array(FLAT), torch.tensor(FLAT)])
def test_a_flat_list_is_for_all_pictures_or_one_each(boxes: Any) -> None:
    every = from_boxes(boxes, IMAGES)
    assert [len(each.found) for each in every.found] == [2, 2]
    (doubt,) = every.notes
    assert "as many boxes as pictures" in doubt and '"one a picture"' in doubt
    apart = from_boxes(boxes, IMAGES, spread="one a picture")
    assert [each.found.boxes.tolist() for each in apart.found] == [[[*box]] for box in FLAT]
    assert not apart.notes and not from_boxes(boxes, IMAGES[:1]).notes


def test_one_each_of_what_is_no_flat_list() -> None:
    for boxes in ([FLAT, FLAT[:1]], FLAT[0], [FLAT], None, []):
        taken = [from_boxes(boxes, IMAGES, spread=each).found  # type: ignore[arg-type]
                 for each in ("every picture", "one a picture")]  # fmt: skip
        assert all(torch.equal(a.found.boxes, b.found.boxes) for a, b in zip(*taken, strict=True))
    for few in (FLAT[:1], FLAT * 2):
        with pytest.raises(ImageError, match=rf"the boxes are {len(few)} and the pictures 2"):
            from_boxes(few, IMAGES, spread="one a picture")
    with pytest.raises(ImageError, match='"every picture" or "one a picture"'):
        from_boxes(FLAT, IMAGES, spread="both")  # type: ignore[arg-type]


def test_no_boxes_are_nothing_found() -> None:
    empty: list[Any] = [None, [], [[], []]]
    for nothing in empty:
        assert [len(each.found) for each in from_boxes(nothing, IMAGES).found] == [0, 0]


@pytest.mark.parametrize(
    ("boxes", "words"),
    [
        ("box", "no boxes"),
        ([[1, 2]], "no boxes"),
        (torch.tensor(3.0), "no boxes"),
        ([True, False, True, True], "no boxes"),
        ([["1", "2", "3", "4"]], "no boxes"),
        ([[[[1, 2, 3, 4]]]], "no boxes"),
        ([[(1, 2, 3, 4)]] * 3, "3 pictures"),
        ([50, 40, 20, 10], "is negative. If it is x, y, width and height, choose the format xywh"),
        ({"x": 5, "y": 5, "width": -3, "height": 3}, "is negative"),
        ([1, 2, float("nan"), 4], "must be numbers"),
        ([1, 2, float("inf"), 4], "must be numbers"),
        ({"x": None, "y": 5, "width": 3, "height": 3}, "must be numbers"),
        ({"x": 5, "y": 5, "width": 3, "height": 3, "score": "high"}, "no number"),
        ({"x": 5, "y": 5, "width": 3, "height": 3, "score": float("nan")}, "no number"),
    ],
)
def test_what_is_no_box_is_said(boxes: Any, words: str) -> None:
    with pytest.raises(ImageError, match=words):
        from_boxes(boxes, IMAGES)


@pytest.mark.parametrize("images", [None, torch.zeros(60, 80, 3), torch.zeros(0, 60, 80, 3)])
def test_what_are_no_pictures_is_said(images: Any) -> None:
    with pytest.raises(ImageError, match="The picture"):
        from_boxes([1, 2, 3, 4], images)


def test_four_numbers_are_read_in_the_chosen_format() -> None:
    named = {"x": 5, "y": 6, "width": 7, "height": 8}
    boxes = [from_boxes(box, IMAGES, "xywh").found[0].found.boxes.tolist()
             for box in ((5, 6, 7, 8), [named])]  # fmt: skip
    assert boxes == [[[5, 6, 12, 14]]] * 2
    with pytest.raises(ImageError, match="choose the format xyxy"):
        from_boxes((50, 40, -20, 10), IMAGES, "xywh")
    with pytest.raises(ImageError, match="xyxy or xywh"):
        from_boxes((5, 6, 7, 8), IMAGES, "cxcywh")  # type: ignore[arg-type]


def test_boxes_are_cut_to_the_picture_and_others_left_out_with_a_word() -> None:
    taken = from_boxes(
        [[-10, 5, 20, 100], [90, 5, 120, 20], [3, 3, 3, 9], [0.1, 0.2, 0.5, 0.6], [1, 1, 80.4, 9]],
        IMAGES,
    )
    assert torch.allclose(
        taken.found[1].found.boxes, torch.tensor([[0, 5, 20, 60], [1, 1, 80.0, 9]])
    )
    assert taken.notes == (
        "Cut to the picture: box 1.",
        "Left out, outside the picture: box 2.",
        "Left out, smaller than a pixel (are they shares of the picture?): box 3, box 4.",
    )


def test_where_no_box_is_left_the_reason_is_told_picture_by_picture() -> None:
    taken = from_boxes([[[1, 1, 9, 9]], [[90, 5, 120, 20]] * 9], IMAGES)
    assert [len(each.found) for each in taken.found] == [1, 0]
    assert taken.found[1].reason == "None of the boxes lies in the picture."
    (note,) = taken.notes
    assert "box 1 of picture 2" in note and note.endswith("and 4 more.")


def test_bboxes_are_corners_or_a_corner_with_sides() -> None:
    found = [grounded((1, 2, 30, 40)), grounded()]
    assert to_bboxes(found) == [(1, 2, 30, 40)]
    assert to_bboxes(found, "xywh") == [(1, 2, 29, 38)]


def test_bounding_boxes_are_whole_pixels_inside_the_picture() -> None:
    found = [grounded((-3.2, 1.5, 80.7, 61), (79.9, 59.9, 80, 60), (5.2, 5.2, 5.3, 5.3))]
    (frame,) = to_bounding_boxes(found)
    sides = [tuple(box[side] for side in ("x", "y", "width", "height")) for box in frame]
    assert sides == [(0, 2, 80, 58), (79, 59, 1, 1), (5, 5, 1, 1)]
    assert all(type(side) is int for box in sides for side in box)


def test_what_is_added_has_the_box_of_its_place() -> None:
    anchor = grounded((5, 5, 20, 20)).found
    places = torch.tensor([[5.0, 1, 20, 6]])
    onto = Grounded(anchor, Detections.none(SIZE), "place", places)
    free = Grounded(Detections.none(SIZE), Detections.none(SIZE), "place", places)
    for each in (onto, free):
        assert to_bboxes([each]) == [(5, 1, 20, 6)]
        assert len(to_segs([each], torch.ones(1, *SIZE), IMAGES[:1])[0][1]) == 1


# --- one box at a time ---------------------------------------------------------------------------


def test_one_box_a_picture_comes_with_its_picture() -> None:
    images = torch.rand(3, *SIZE, 3)
    found = [grounded((1, 2, 30, 40), (5, 5, 9, 9)), grounded(), grounded((7, 7, 20, 20))]
    for number, xs in ((1, [1, 7]), (2, [5]), (0, [1, 5, 7])):
        picked = pick_boxes(found, images, number)
        assert [box["x"] for box, _ in picked] == xs
        for box, image in picked:
            assert torch.equal(image, images[2:] if box["x"] == 7 else images[:1])


def test_no_box_is_an_error_with_the_reason_and_no_wrong_picture() -> None:
    none = Detections.none(SIZE)
    absent = Grounded(none, none, reason='The picture shows no "dog".')
    whole = Grounded(none, none, "picture")
    for found, words in ((absent, 'no "dog"'), (whole, "whole picture"),
                         (grounded((1, 2, 3, 4)), "no box 2: 1 ")):  # fmt: skip
        with pytest.raises(NotFound, match=words):
            pick_boxes([found], IMAGES[:1], 2)
    with pytest.raises(ImageError, match="80 x 60 pixels, but 1 picture of 70 x 60"):
        pick_boxes([grounded((1, 2, 3, 4))], IMAGES[:1, :, :70])


# --- SEGS ----------------------------------------------------------------------------------------


def two_objects() -> tuple[Grounded, torch.Tensor]:
    masks = torch.zeros(2, *SIZE)
    masks[0, 5:30, 2:20] = 1  # wider than its box
    masks[1, 40:50, 60:80] = 1
    return grounded((5, 8, 15, 25), (60, 40, 80, 50)), masks


def test_segs_hold_the_mask_even_outside_its_box() -> None:
    found, masks = two_objects()
    (segs,) = to_segs([found], masks, torch.rand(1, *SIZE, 3), crop_factor=1.0)
    assert segs[0] == SIZE and segs[1][0].crop_region == (2, 5, 20, 30)
    assert segs[1][0].cropped_image.shape == (1, 25, 18, 3)
    taken = from_segs(segs)
    assert torch.equal(taken.mask[0], masks.amax(dim=0))
    assert torch.equal(taken.found[0].found.boxes, found.found.boxes)
    assert taken.found[0].found.labels == found.found.labels and not taken.notes


@pytest.mark.parametrize("factor", [1.0, 1.7, 3.0, 100.0])
def test_segs_have_room_around_the_object_within_the_picture(factor: float) -> None:
    found, masks = two_objects()
    image = torch.rand(1, *SIZE, 3)
    ((_, objects),) = to_segs([found], masks, image, factor)
    for seg, mask, (width, height) in zip(objects, masks, [(18, 25), (20, 10)], strict=True):
        x0, y0, x1, y1 = seg.crop_region
        assert x0 >= 0 and x1 <= 80 and y0 >= 0 and y1 <= 60
        assert (x1 - x0, y1 - y0) == (
            min(round(width * factor), 80),
            min(round(height * factor), 60),
        )
        assert seg.cropped_mask.shape == (y1 - y0, x1 - x0) and seg.cropped_mask.sum() == mask.sum()
        assert np.array_equal(seg.cropped_image, image[:, y0:y1, x0:x1].numpy())


def test_a_batch_gives_segs_of_each_picture() -> None:
    found, masks = two_objects()
    segs = to_segs([grounded(), found], masks, IMAGES.half())
    assert [len(objects) for _, objects in segs] == [0, 2]
    assert segs[1][1][0].cropped_image.dtype == np.float32
    assert torch.equal(from_segs(segs[1]).mask[0], masks.amax(dim=0))


def test_an_edit_of_the_whole_picture_is_one_object() -> None:
    none = Detections.none(SIZE)
    ((_, (seg,)),) = to_segs([Grounded(none, none, "picture")], torch.ones(1, *SIZE), IMAGES[:1])
    assert seg.bbox == seg.crop_region == (0, 0, 80, 60) and seg.label == "picture"


def test_segs_need_a_mask_an_object_and_their_pictures() -> None:
    one = grounded((1, 2, 3, 4))
    with pytest.raises(ImageError, match="1 objects need as many masks, not 3"):
        to_segs([one], torch.zeros(3, *SIZE), IMAGES[:1])
    with pytest.raises(ImageError, match="for 1 picture of 80 x 60 pixels, but 2"):
        to_segs([one], torch.zeros(1, *SIZE), IMAGES)
    with pytest.raises(ImageError, match="are 64 x 64 pixels, but the picture is 80 x 60"):
        to_segs([one], torch.zeros(1, 64, 64), IMAGES[:1])


def seg(mask: Any, region: Any = (10, 10, 14, 13), box: Any = (10, 10, 14, 13), **more: Any) -> SEG:
    return SEG(**{"cropped_image": None, "cropped_mask": mask, "confidence": 0.5,
                  "crop_region": region, "bbox": box, "label": "hat", **more})  # fmt: skip


@pytest.mark.parametrize(
    "mask",
    [
        np.ones((3, 4), np.float32),
        np.ones((3, 4)) > 0,
        np.full((3, 4), 255, np.uint8),
        torch.ones(3, 4),
        torch.ones(3, 4, dtype=torch.float16),
        torch.ones(1, 3, 4),
        torch.ones(3, 4, 1),
        torch.stack([torch.zeros(3, 4), torch.ones(3, 4)]),
        [[1.0] * 4] * 3,
        None,
    ],
)
def test_every_kind_of_mask_is_read(mask: Any) -> None:
    taken = from_segs((SIZE, [seg(mask)]))
    assert taken.mask.sum() == 12 and taken.mask[0, 10:13, 10:14].all()
    assert bool(taken.notes) == (mask is None)


@pytest.mark.parametrize("cut", [True, False])
def test_a_region_beyond_the_picture_is_cut(cut: bool) -> None:
    mask = torch.zeros(20, 20)
    mask[15:, 15:] = 1  # 5 x 5 pixels at the picture's own corner
    region = (-15, -15, 5, 5)
    given = mask[15:, 15:] if cut else mask
    taken = from_segs((SIZE, [seg(given, region, box=(-1, -1, 5, 5))]))
    assert taken.mask.sum() == 25 and taken.mask[0, :5, :5].all()
    assert taken.found[0].found.boxes.tolist() == [[0, 0, 5, 5]]
    outside = from_segs((SIZE, [seg(torch.ones(5, 5), (90, 0, 95, 5), box=(90, 0, 95, 5))]))
    assert not outside.mask.any() and "outside the picture" in outside.notes[0]


@pytest.mark.parametrize(
    ("confidence", "score"),
    [(None, 1.0), (np.array([0.25]), 0.25), (np.float32(0.5), 0.5), (torch.tensor(0.75), 0.75),
     ([], 1.0)],
)  # fmt: skip
def test_a_confidence_may_be_anything(confidence: Any, score: float) -> None:
    taken = from_segs((SIZE, [seg(np.ones((3, 4)), confidence=confidence, label=None)]))
    assert taken.found[0].found.scores.tolist() == [score]
    assert taken.found[0].found.labels == ("object",)


def test_empty_segs_take_the_size_of_the_picture() -> None:
    taken = from_segs(((0, 0), []), IMAGES)
    assert taken.mask.shape == (1, *SIZE) and not taken.mask.any()
    assert [each.found.size for each in taken.found] == [SIZE] * 2
    assert [len(each.found) for each in from_segs((SIZE, [seg(None)]), IMAGES).found] == [1, 1]


@pytest.mark.parametrize(
    ("segs", "words"),
    [
        (((0, 0), []), "no size"),
        ([], "no SEGS"),
        (([],), "no SEGS"),
        ("segs", "no SEGS"),
        (None, "no SEGS"),
        ((SIZE, [(1, 2)]), "no SEGS"),
        ((("a", "b"), []), "no SEGS"),
        (((float("nan"), 4), []), "no SEGS"),
        (((-1, 4), []), "no SEGS"),
        (((10**9, 10**9), []), "not the picture's size"),
        ((SIZE, [seg(np.ones((9, 9)))]), "9 x 9 pixels, but a region of 4 x 3"),
        ((SIZE, [seg("mask")]), "holds no numbers"),
        ((SIZE, [seg(np.full((3, 4), np.nan))]), "is needed"),
        ((SIZE, [seg(torch.ones(3, 4), box=None)]), "four numbers"),
        ((SIZE, [seg(torch.ones(3, 4), box=(14, 13, 10, 10))]), "negative"),
        ((SIZE, [seg(torch.ones(3, 4), region=(1, 2, 3))]), "four numbers"),
        ((SIZE, [seg(torch.ones(3, 4), confidence="high")]), "no number"),
    ],
)
def test_what_are_no_segs_is_said(segs: Any, words: str) -> None:
    with pytest.raises(ImageError, match=words):
        from_segs(segs)


def test_segs_of_another_picture_are_refused() -> None:
    with pytest.raises(ImageError, match="for 80 x 60 pixels"):
        from_segs((SIZE, [seg(None)]), torch.zeros(1, 64, 64, 3))
