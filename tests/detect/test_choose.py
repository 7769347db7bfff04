"""Which ones are meant: order, rank and relations, each against plain geometry."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from prompt_edit.detect.choose import choose, one_by_one, related, without_parts
from prompt_edit.detect.detections import Detections
from prompt_edit.plan import OrderBy, Relation, RelationKind, Which

SIZE = (200, 300)  # height, width
Box = tuple[float, float, float, float]


def found(*boxes: Box, scores: list[float] | None = None) -> Detections:
    return Detections(
        torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4),
        torch.tensor(scores or [0.5] * len(boxes)),
        tuple(f"thing {index}" for index in range(len(boxes))),
        SIZE,
    )


def numbers(each: Detections) -> list[int]:
    return [int(label.split()[1]) for label in each.labels]


sides = st.integers(1, 80)
boxes = st.builds(
    lambda x, y, w, h: (x, y, x + w, y + h), st.integers(0, 220), st.integers(0, 120), sides, sides
)
pictures = st.lists(boxes, max_size=7).flatmap(
    lambda rows: st.builds(
        lambda scores: found(*rows, scores=scores),
        st.lists(st.floats(0, 1, width=32), min_size=len(rows), max_size=len(rows)),
    )
)

# Four balls:    0 far left and large,  1 in the middle,  2 right and low,  3 top and small.
BALLS = found(
    (0, 80, 60, 140), (140, 90, 160, 110), (250, 160, 290, 200), (170, 0, 180, 10),
    scores=[0.4, 0.9, 0.6, 0.7],
)  # fmt: skip
ORDER = {
    "all": [0, 1, 2, 3],
    "score": [1, 3, 2, 0],
    "left": [0, 1, 3, 2],
    "right": [2, 3, 1, 0],
    "top": [3, 1, 0, 2],
    "bottom": [2, 0, 1, 3],
    "center": [1, 3, 0, 2],
    "largest": [0, 2, 1, 3],
    "smallest": [3, 1, 2, 0],
    "top left": [0, 3, 1, 2],
    "top right": [3, 1, 2, 0],
    "bottom left": [0, 1, 2, 3],
    "bottom right": [2, 1, 0, 3],
}


@pytest.mark.parametrize("by", get_args(OrderBy))
def test_each_order(by: OrderBy) -> None:
    assert numbers(choose(BALLS, Which(by=by, count=100))) == ORDER[by]


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        (Which(by="left"), [0]),
        (Which(by="left", rank=2), [1]),
        (Which(by="left", rank=2, count=2), [1, 3]),
        (Which(by="right", rank=4, count=3), [0]),
        (Which(by="largest", rank=5), []),
        (Which(by="all", rank=3, count=1), [0, 1, 2, 3]),
    ],
)
def test_rank_and_count(which: Which, expected: list[int]) -> None:
    assert numbers(choose(BALLS, which)) == expected


@given(pictures, st.sampled_from(get_args(OrderBy)), st.integers(1, 9), st.integers(1, 9))
def test_choose_takes_as_many_as_there_are_and_no_other(
    picture: Detections, by: OrderBy, rank: int, count: int
) -> None:
    chosen = choose(picture, Which(by=by, rank=rank, count=count))
    expected = len(picture) if by == "all" else max(0, min(count, len(picture) - rank + 1))
    assert len(chosen) == expected
    assert len(set(numbers(chosen))) == expected
    for row, index in enumerate(numbers(chosen)):
        assert torch.equal(chosen.boxes[row], picture.boxes[index])
        assert chosen.scores[row] == picture.scores[index]
    whole = numbers(choose(picture, Which(by=by, count=100)))
    if by != "all":
        assert numbers(chosen) == whole[rank - 1 : rank - 1 + count]


@given(pictures)
def test_equals_stay_in_the_order_they_were_found_in(picture: Detections) -> None:
    same = Detections(picture.boxes, torch.full_like(picture.scores, 0.5), picture.labels, SIZE)
    assert numbers(choose(same, Which(by="score", count=100))) == list(range(len(picture)))


CAR: Box = (100, 100, 180, 160)
RELATED: dict[str, tuple[RelationKind, list[Box], list[int]]] = {
    "left": ("left of", [(10, 100, 40, 130), (90, 100, 120, 130), (200, 100, 220, 130)], [0]),
    "right": ("right of", [(10, 100, 40, 130), (160, 100, 190, 130), (190, 0, 220, 30)], [2]),
    "above": ("above", [(120, 10, 150, 40), (120, 95, 150, 125), (120, 170, 150, 190)], [0]),
    "below": ("below", [(120, 10, 150, 40), (120, 140, 150, 170), (120, 170, 150, 190)], [2]),
    "worn on it": ("on", [(110, 110, 140, 140), (250, 110, 280, 140)], [0]),
    "standing on it": ("on", [(120, 70, 150, 102), (120, 10, 150, 42), (0, 70, 30, 102)], [0]),
    "not in front of it": ("on", [(120, 20, 150, 175), (120, 60, 150, 150)], [1]),
    "in": ("in", [(110, 110, 140, 140), (165, 110, 195, 140), (150, 110, 190, 140)], [0, 2]),
    "rising out of it": ("in", [(90, 20, 190, 120), (90, 20, 190, 95), (0, 20, 60, 120)], [0]),
    "holding": ("holding", [(60, 20, 150, 190), (0, 20, 50, 190)], [0]),
    "holding by the edge": ("holding", [(180, 20, 240, 190), (200, 20, 260, 190)], [0]),
    "near": ("near", [(190, 120, 220, 150), (280, 0, 300, 20)], [0]),
    "not itself": ("near", [CAR, (190, 120, 220, 150)], [1]),
    "the nearest": ("near", [(220, 120, 250, 150), (185, 120, 215, 150)], [1]),
    "the nearest in pixels": ("near", [(200, 20, 290, 190), (183, 120, 190, 127)], [1]),
    "all at the left": ("left of", [(0, 100, 30, 130), (60, 90, 90, 150)], [0, 1]),
    "all at the right": ("right of", [(270, 0, 290, 150), (185, 0, 205, 150)], [0, 1]),
    "all above": ("above", [(100, 0, 130, 20), (100, 70, 130, 95)], [0, 1]),
    "all below": ("below", [(100, 165, 130, 175), (100, 190, 130, 199)], [0, 1]),
    "of two that touch it, the one that is more there": (
        "near",
        [(10, 90, 120, 190), (60, 90, 130, 190)],
        [1],
    ),
    "under it, on the same ground": ("below", [(120, 135, 150, 158), (120, 40, 150, 95)], [0]),
    "what sticks out under it": ("below", [(90, 135, 190, 180)], [0]),
    "lower before under": ("below", [(120, 135, 150, 158), (120, 165, 150, 180)], [1]),
    "not what it is behind": ("below", [(110, 90, 170, 180), (60, 140, 105, 160)], []),
    "in one's own box, not at another's elbow": (
        "holding",
        [(20, 20, 101, 190), (95, 20, 200, 190)],
        [1],
    ),
}


@pytest.mark.parametrize(("kind", "things", "expected"), RELATED.values(), ids=RELATED)
def test_each_relation_to_a_car(kind: RelationKind, things: list[Box], expected: list[int]) -> None:
    relation = Relation(kind=kind, anchor="car")
    assert numbers(related(found(*things), found(CAR), relation)) == expected


@pytest.mark.parametrize(
    ("kind", "thing", "anchor"),
    [
        ("in", (100, 50, 300, 150), (160, 130, 240, 195)),  # flowers, a vase
        ("on", (150, 20, 220, 190), (100, 180, 300, 196)),  # a man, a surfboard
        ("on", (100, 10, 300, 160), (80, 130, 290, 190)),  # a cake, a plate
    ],
)
def test_what_is_held_may_be_larger_than_what_holds_it(
    kind: RelationKind, thing: Box, anchor: Box
) -> None:
    assert len(related(found(thing), found(anchor), Relation(kind=kind, anchor="it"))) == 1


def test_all_that_are_near_where_several_are_meant() -> None:
    cups = found((220, 120, 250, 150), (185, 120, 215, 150), (0, 0, 9, 9))
    near = Relation(kind="near", anchor="car")
    assert numbers(related(cups, found(CAR), near, nearest=False)) == [0, 1]


def test_any_of_several_anchors_will_do() -> None:
    cars = found((0, 100, 40, 130), (250, 100, 290, 130))
    cups = found((45, 115, 55, 130), (150, 115, 160, 130), (235, 115, 245, 130))
    assert numbers(related(cups, cars, Relation(kind="near", anchor="car"))) == [0, 2]


def test_a_car_with_no_cup_near_it_brings_in_none() -> None:
    cars = found((20, 100, 50, 140), (270, 100, 290, 120))
    about_the_first = [(60, 100, 70, 110), (60, 115, 70, 125), (60, 130, 70, 140)]
    near_neither = (150, 100, 160, 110)
    kept = related(found(*about_the_first, near_neither), cars, Relation(kind="near", anchor="car"))
    assert kept and 3 not in numbers(kept)


@pytest.mark.parametrize("kind", get_args(RelationKind))
def test_nothing_is_related_to_nothing(kind: RelationKind) -> None:
    relation = Relation(kind=kind, anchor="car")
    assert len(related(BALLS, Detections.none(SIZE), relation)) == 0
    assert len(related(Detections.none(SIZE), BALLS, relation)) == 0


def middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def inner(a: Box, b: Box) -> float:
    return max(min(a[2], b[2]) - max(a[0], b[0]), 0) * max(min(a[3], b[3]) - max(a[1], b[1]), 0)


def area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def gap(a: Box, b: Box) -> float:
    across = max(a[0] - b[2], b[0] - a[2], 0)
    down = max(a[1] - b[3], b[1] - a[3], 0)
    return (across**2 + down**2) ** 0.5 / max((area(a) ** 0.5 + area(b) ** 0.5) / 2, 1)


def might_hold(kind: RelationKind, a: Box, b: Box) -> bool:
    """Whether `a` can be said to stand so to `b`, with a hair's breadth of doubt in favour."""
    (x, y), hair = middle(a), 1e-4
    across = b[0] <= x <= b[2] and y < middle(b)[1]
    half = (b[0], middle(b)[1], b[2], b[3])
    under = b[0] <= x <= b[2] and y > half[1] - hair
    under &= inner(a, half) >= (0.5 - hair) * area(a) or a[1] > half[1] - hair
    stands = across and a[3] > b[1] - 0.25 * (a[3] - a[1]) - hair
    return {
        "near": gap(a, b) <= 1 + hair,
        "left of": x < b[0],
        "right of": x > b[2],
        "above": y < b[1],
        "below": y > b[3] or under,
        "on": inner(a, b) >= (0.5 - hair) * area(a) or stands,
        "in": inner(a, b) >= (0.6 - hair) * area(a) or (across and b[1] < a[3] <= b[3]),
        "holding": inner(a, b) >= (0.4 - hair) * area(b) or gap(a, b) <= 0.02 + hair,
    }[kind]


@settings(max_examples=200)
@given(pictures, pictures, st.sampled_from(get_args(RelationKind)))
def test_nothing_outside_the_relation_is_returned(
    things: Detections, anchors: Detections, kind: RelationKind
) -> None:
    kept = related(things, anchors, Relation(kind=kind, anchor="anchor"))
    assert numbers(kept) == sorted(set(numbers(kept))), "in the order found, each once"
    for box in kept.boxes.tolist():
        assert any(might_hold(kind, box, anchor) for anchor in anchors.boxes.tolist())


@given(pictures, boxes, st.sampled_from(["left of", "right of", "above", "below", "near"]))
def test_a_thing_is_not_beside_itself(things: Detections, box: Box, kind: RelationKind) -> None:
    me = found(box)
    assert len(related(me, me, Relation(kind=kind, anchor="anchor"))) == 0
    for kept in related(things, me, Relation(kind=kind, anchor="anchor")).boxes.tolist():
        assert kept != list(map(float, box))


@pytest.mark.parametrize("down", [False, True])
def test_the_middle_one_of_a_row_is_the_middle_one(down: bool) -> None:
    places = [24, 70, 140]
    row = [(p - 9.0, 40.0, p + 9.0, 58.0) for p in places]
    boxes = [(y0, x0, y1, x1) if down else (x0, y0, x1, y1) for x0, y0, x1, y1 in row]
    middle = choose(found(*boxes), Which(by="center"))
    assert middle.boxes.tolist() == [list(boxes[1])]
    two = choose(found(*boxes[1:]), Which(by="center"))  # of which none is the middle one
    assert len(two) == 1


UNDER_IT: Box = (120, 130, 150, 155)
BEFORE_IT: Box = (20, 165, 60, 195)


@pytest.mark.parametrize(("anchor", "things", "expected"), [
    ("table", [BEFORE_IT, UNDER_IT], [1]), ("wooden tables", [BEFORE_IT, UNDER_IT], [1]),
    ("table", [BEFORE_IT], [0]), ("car", [BEFORE_IT, UNDER_IT], [0]),
    ("table", [BEFORE_IT, (101, 103, 180, 162)], [0]),  # itself
    ("table", [(105, 140, 115, 195), UNDER_IT], [1]),  # before it, and its head is as high
    ("bed", [BEFORE_IT, UNDER_IT], [0]), ("tree", [BEFORE_IT, UNDER_IT], [0]),  # what lies on it
])  # fmt: skip
def test_under_a_table_is_not_on_the_floor_before_it(
    anchor: str, things: list[Box], expected: list[int]
) -> None:
    at = replace(found(CAR), labels=(anchor,))
    assert numbers(related(found(*things), at, Relation(kind="below", anchor=anchor))) == expected


def balls(*boxes: Box, scores: list[float] | None = None) -> Detections:
    each = found(*boxes, scores=scores)
    return Detections(each.boxes, each.scores, ("ball",) * len(boxes), SIZE)


ROW: list[Box] = [(10, 50, 50, 90), (70, 50, 110, 90), (130, 50, 170, 90)]
AROUND: Box = (8, 49, 172, 92)


@pytest.mark.parametrize(
    ("things", "single"),
    [
        (balls(*ROW, AROUND), [0, 1, 2]),
        (balls(AROUND, *ROW), [1, 2, 3]),
        (balls(ROW[0], ROW[1], (10, 50, 110, 90), ROW[2], AROUND), [0, 1, 3]),  # two groups
        (balls(*ROW, AROUND, scores=[0.4, 0.4, 0.4, 0.7]), [0, 1, 2, 3]),  # no group is so sure
        (balls(ROW[0], ROW[2], AROUND), [0, 1, 2]),  # most of it is something else
        (balls(ROW[0], AROUND), [0, 1]),
        (balls((100, 20, 160, 190), (105, 110, 130, 185), (132, 110, 158, 185)), [0, 1, 2]),
        (found(*ROW, AROUND), [0, 1, 2, 3]),  # each of another name
        (balls(), []),
    ],
)
def test_a_box_around_several_is_none_of_them(things: Detections, single: list[int]) -> None:
    """But a mother is one more than the children before her."""
    assert torch.equal(one_by_one(things).boxes, things.take(single).boxes)
    assert torch.equal(one_by_one(things, wholes=True).boxes, things.take(single).boxes)


@pytest.mark.parametrize("parts", [
    [(100, 20, 180, 190), (180, 20, 260, 190)], [(104, 24, 178, 186), (182, 24, 256, 186)],
    [(100, 20, 260, 100), (100, 101, 180, 190), (182, 99, 260, 190)],
])  # fmt: skip
def test_a_window_is_no_group_of_its_casements_where_wholes_count(parts: list[Box]) -> None:
    window = balls((100, 20, 260, 190), *parts)
    assert len(one_by_one(window, wholes=True)) == len(window)
    assert torch.equal(one_by_one(window).boxes, window.boxes[1:])
    assert torch.equal(without_parts(window).boxes, window.boxes[:1])
    men = replace(window, labels=("man",) * len(window))  # however close they stand
    assert torch.equal(one_by_one(men, wholes=True).boxes, men.boxes[1:])
    assert len(without_parts(men)) == len(men)
    unsure = replace(window, scores=torch.tensor([0.4] + [0.5] * len(parts)))
    assert len(without_parts(unsure)) == len(window)


def test_a_couple_is_no_group_of_two_where_wholes_count() -> None:
    each = balls((100, 20, 200, 190), (102, 30, 145, 188), (152, 22, 198, 188))
    couple = replace(each, labels=("couple",) * 3)
    assert len(one_by_one(couple, wholes=True)) == 3
    assert torch.equal(without_parts(couple).boxes, couple.boxes[:1])
