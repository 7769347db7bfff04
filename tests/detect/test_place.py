"""Where a new thing goes: on the wearer, beside the anchor, on free ground; in the picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from prompt_edit.detect.detections import Detections
from prompt_edit.detect.place import place, place_freely
from prompt_edit.plan import Relation, RelationKind
from prompt_edit.segment.cover import cover_boxes

SIZE = (200, 300)  # height, width
Box = tuple[float, float, float, float]
MAN: Box = (120, 40, 180, 190)
TABLE: Box = (100, 100, 160, 160)


def found(*boxes: Box, size: tuple[int, int] = SIZE) -> Detections:
    rows = torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4)
    return Detections(rows, torch.full((len(boxes),), 0.5), ("anchor",) * len(boxes), size)


def placed(result: str, anchor: Box, kind: RelationKind | None) -> Box:
    relation = Relation(kind=kind, anchor="anchor") if kind else None
    boxes = place(result, found(anchor), relation)
    assert boxes.shape == (1, 4)
    return tuple(boxes[0].tolist())


def middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def shared(a: Box, b: Box) -> float:
    return max(min(a[2], b[2]) - max(a[0], b[0]), 0) * max(min(a[3], b[3]) - max(a[1], b[1]), 0)


def inside(box: Sequence[float], size: tuple[int, int]) -> bool:
    return 0 <= box[0] < box[2] <= size[1] and 0 <= box[1] < box[3] <= size[0]


@pytest.mark.parametrize("result", ["hat", "red hat", "Red HAT", "woollen cap"])
@pytest.mark.parametrize("kind", ["on", None])
def test_a_hat_sits_on_the_head(result: str, kind: RelationKind | None) -> None:
    box = placed(result, MAN, kind)
    assert middle(box)[0] == pytest.approx(middle(MAN)[0])
    assert box[1] < MAN[1] < box[3] < MAN[1] + 0.25 * (MAN[3] - MAN[1])
    assert box[2] - box[0] < MAN[2] - MAN[0]


def test_what_is_worn_lies_from_the_head_down_in_the_order_it_is_worn() -> None:
    worn = ["hat", "glasses", "scarf", "shirt", "bag", "shoes"]
    heights = [middle(placed(noun, MAN, "on"))[1] for noun in worn]
    assert heights == sorted(heights)
    assert MAN[3] - 10 < placed("shoes", MAN, "on")[3] <= SIZE[0]


def test_a_bag_is_held_at_one_side_of_the_body() -> None:
    bag = placed("blue bag", MAN, "holding")
    assert bag[2] > MAN[2] and shared(bag, MAN) > 0


def test_a_hat_beside_somebody_is_no_hat_on_a_head() -> None:
    box = placed("hat", MAN, "left of")
    assert box[2] <= MAN[0] + 1e-3


BESIDE = {
    "left of": lambda box: box[2] <= TABLE[0] + 1e-3 and box[3] == pytest.approx(TABLE[3]),
    "right of": lambda box: box[0] >= TABLE[2] - 1e-3 and box[3] == pytest.approx(TABLE[3]),
    "above": lambda box: box[3] <= TABLE[1] + 1e-3 and middle(box)[0] == middle(TABLE)[0],
    "on": lambda box: box[3] == pytest.approx(TABLE[1]) and middle(box)[0] == middle(TABLE)[0],
    "in": lambda box: middle(box) == middle(TABLE) and box[0] > TABLE[0] and box[3] < TABLE[3],
    "holding": lambda box: shared(box, TABLE) > 0 and box[2] > TABLE[2],
    # No room for all of it below: it is cut at the lower edge, not moved up into the table.
    "below": lambda box: box[1] >= TABLE[3] - 1e-3 and box[3] == SIZE[0],
    # The table stands left of the middle: there is more room at its right.
    "near": lambda box: box[0] >= TABLE[2] - 1e-3,
}


@pytest.mark.parametrize("kind", get_args(RelationKind))
def test_a_vase_and_a_table(kind: RelationKind) -> None:
    assert BESIDE[kind](placed("vase", TABLE, kind)), placed("vase", TABLE, kind)


def test_near_goes_to_the_left_of_what_stands_at_the_right() -> None:
    right: Box = (230, 100, 290, 160)
    assert placed("vase", right, "near")[2] <= right[0] + 1e-3


def test_one_box_for_each_anchor_and_none_for_none() -> None:
    assert place("hat", found(MAN, TABLE, MAN), None).shape == (3, 4)
    assert place("hat", found(), None).shape == (0, 4)


sizes = st.tuples(st.integers(1, 300), st.integers(1, 300))


@st.composite
def anchors(draw: st.DrawFn) -> Detections:
    """Boxes of at least a pixel, anywhere in a picture of any size, at any fraction of a pixel."""
    height, width = draw(sizes)
    boxes = []
    for _ in range(draw(st.integers(0, 4))):
        x, y = draw(st.floats(0, width - 1)), draw(st.floats(0, height - 1))
        w, h = draw(st.floats(1, width)), draw(st.floats(1, height))
        boxes.append((x, y, min(x + w, width), min(y + h, height)))
    return found(*boxes, size=(height, width))


@given(
    anchors(),
    st.sampled_from(["hat", "vase", "shoes", "bag", ""]),
    st.sampled_from([None, *get_args(RelationKind)]),
)
def test_every_place_is_inside_the_picture(
    around: Detections, noun: str, kind: RelationKind | None
) -> None:
    relation = Relation(kind=kind, anchor="anchor") if kind else None
    boxes = place(noun, around, relation)
    assert boxes.shape == (len(around), 4)
    for box in boxes.tolist():
        assert inside(box, around.size), box


@given(anchors(), st.sampled_from(["all", "left", "right", "top", "bottom", "center", "largest"]))
def test_a_free_place_is_inside_the_picture(others: Detections, side: str) -> None:
    boxes = place_freely(others, side)
    assert boxes.shape == (1, 4)
    assert inside(boxes[0].tolist(), others.size)


def free(*others: Box, side: str = "all") -> Box:
    return tuple(place_freely(found(*others), side)[0].tolist())


def test_a_free_place_in_an_empty_picture_is_the_middle_of_the_ground() -> None:
    box = free()
    assert middle(box)[0] == pytest.approx(SIZE[1] / 2, abs=1)
    assert SIZE[0] * 0.85 < box[3] <= SIZE[0]


def test_a_free_place_is_free() -> None:
    assert shared(free((100, 0, 200, 200)), (100, 0, 200, 200)) == 0
    assert middle(free((0, 0, 200, 200)))[0] > 200
    assert middle(free((100, 0, 300, 200)))[0] < 100


@pytest.mark.parametrize(
    ("side", "axis", "low", "high"),
    [
        ("left", 0, 0, 0.25),
        ("right", 0, 0.75, 1),
        ("top", 1, 0, 0.3),
        ("center", 0, 0.49, 0.51),
        ("center", 1, 0.49, 0.51),
    ],
)
def test_a_place_that_was_asked_for(side: str, axis: int, low: float, high: float) -> None:
    share = middle(free(side=side))[axis] / SIZE[1 - axis]
    assert low <= share <= high


def test_a_place_that_was_asked_for_is_taken_whatever_stands_there() -> None:
    everywhere: Box = (0, 0, 300, 200)
    for side in ("left", "right", "center"):
        assert free(everywhere, side=side) == free(side=side)


# --- the masks of such places --------------------------------------------------------------------


def test_a_covered_box_is_a_box_without_its_corners() -> None:
    mask = cover_boxes(torch.tensor([[10.0, 20.0, 50.0, 40.0]]), (60, 80))[0]
    assert mask.shape == (60, 80) and set(mask.unique().tolist()) == {0, 1}
    rows, columns = mask.nonzero().T
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (20, 39, 10, 49)
    assert [mask[y, x].item() for y in (20, 39) for x in (10, 49)] == [0] * 4
    assert 0.85 < mask.sum() / 800 < 1
    assert torch.equal(mask[20:40, 10:50], mask[20:40, 10:50].flip(0, 1))


def test_several_covered_boxes_keep_their_own_masks() -> None:
    masks = cover_boxes(torch.tensor([[0.0, 0, 20, 20], [10, 10, 40, 40]]), (50, 50))
    assert masks.shape == (2, 50, 50)
    assert masks[0, 5, 5] and not masks[1, 5, 5]
    assert masks[1, 30, 30] and not masks[0, 30, 30]


def test_no_boxes_cover_nothing_at_full_size() -> None:
    assert cover_boxes(torch.zeros(0, 4), (50, 70)).shape == (0, 50, 70)


def test_a_box_of_one_pixel_between_pixels_covers_something() -> None:
    assert cover_boxes(torch.tensor([[1.5, 0.2, 2.5, 1.2]]), (2, 3)).any()


@given(anchors(), st.sampled_from(get_args(RelationKind)))
def test_whatever_is_placed_covers_something(around: Detections, kind: RelationKind) -> None:
    boxes = place("vase", around, Relation(kind=kind, anchor="anchor"))
    for box in boxes:
        mask = cover_boxes(box[None], around.size)[0]
        assert mask.shape == around.size and mask.any(), box


@pytest.mark.parametrize(
    "result", ["red hats", "hat with a feather", "pair of glasses", "earrings"]
)
def test_the_head_of_a_phrase_says_where_it_is_worn(result: str) -> None:
    box = placed(result, MAN, "on")
    assert MAN[1] - 20 < middle(box)[1] < MAN[1] + 0.2 * (MAN[3] - MAN[1])
    assert box[2] - box[0] < MAN[2] - MAN[0]


@pytest.mark.parametrize(("result", "anchor"), [("logo", "shirt"), ("stickers", "laptop"),
                                                ("clock", "white walls")])  # fmt: skip
def test_what_lies_flat_on_a_thing_is_within_it(result: str, anchor: str) -> None:
    box = place(result, found(TABLE), Relation(kind="on", anchor=anchor))[0].tolist()
    assert middle(tuple(box)) == middle(TABLE)  # type: ignore[arg-type]
    assert TABLE[0] < box[0] and box[2] < TABLE[2] and TABLE[1] < box[1] and box[3] < TABLE[3]
