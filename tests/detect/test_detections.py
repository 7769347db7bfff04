"""Detections: rows taken, sizes measured, and the same thing never counted twice."""

from __future__ import annotations

import itertools

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from prompt_edit.detect.detections import Detections, merge
from prompt_edit.errors import ImageError

SIZE = (120, 160)  # height, width


def found(*rows: tuple[tuple[float, float, float, float], float, str]) -> Detections:
    boxes, scores, labels = zip(*rows, strict=True)
    return Detections(torch.tensor(boxes, dtype=torch.float32), torch.tensor(scores), labels, SIZE)


@st.composite
def detections(draw: st.DrawFn, most: int = 8) -> Detections:
    count = draw(st.integers(0, most))
    if not count:
        return Detections.none(SIZE)
    rows = []
    for index in range(count):
        x, y = draw(st.integers(0, 150)), draw(st.integers(0, 110))
        width, height = draw(st.integers(1, 60)), draw(st.integers(1, 60))
        box = (x, y, min(x + width, 160), min(y + height, 120))
        rows.append((box, draw(st.integers(0, 100)) / 100, f"thing {index}"))
    return found(*rows)


def overlap(a: list[float], b: list[float]) -> float:
    """IoU, by the book."""
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    inner = max(wide, 0) * max(high, 0)
    areas = [(c[2] - c[0]) * (c[3] - c[1]) for c in (a, b)]
    return inner / (sum(areas) - inner)


def rows_of(each: Detections) -> list[tuple[list[float], float, str]]:
    return list(zip(each.boxes.tolist(), each.scores.tolist(), each.labels, strict=True))


CUP = ((10, 20, 30, 60), 0.9, "cup")
SAUCER = ((40, 20, 80, 30), 0.5, "saucer")
SPOON = ((100, 0, 105, 50), 0.7, "spoon")


def test_none_is_empty_and_keeps_the_size_of_the_picture() -> None:
    none = Detections.none(SIZE)
    assert len(none) == 0
    assert none.boxes.shape == (0, 4) and none.scores.shape == (0,)
    assert none.areas.shape == (0,) and none.centers.shape == (0, 2)
    assert none.size == SIZE
    assert len(none.best_first()) == 0


def test_areas_and_centers() -> None:
    each = found(CUP, SAUCER)
    assert each.areas.tolist() == [800, 400]
    assert each.centers.tolist() == [[20, 40], [60, 25]]


def test_an_inverted_box_is_none() -> None:
    with pytest.raises(ImageError, match="Box 1"):
        found(((30, 10, 20, 40), 0.5, "cup"))
    assert found(((30, 10, 30, 40), 0.5, "cup")).areas.tolist() == [0]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([2, 0], [SPOON, CUP]),
        ([], []),
        ([1, 1], [SAUCER, SAUCER]),
        ([-1], [SPOON]),
        (torch.tensor([1]), [SAUCER]),
        (torch.tensor([True, False, True]), [CUP, SPOON]),
        (torch.tensor([False, False, False]), []),
        ([False, True, True], [SAUCER, SPOON]),
    ],
)
def test_take_keeps_boxes_scores_and_labels_together(rows: object, expected: list) -> None:
    taken = found(CUP, SAUCER, SPOON).take(rows)  # type: ignore[arg-type]
    assert taken.labels == tuple(label for _, _, label in expected)
    assert taken.boxes.tolist() == [list(box) for box, _, _ in expected]
    assert taken.scores.tolist() == pytest.approx([score for _, score, _ in expected])
    assert taken.boxes.shape == (len(expected), 4) and taken.size == SIZE


def test_merge_keeps_the_better_of_two_names_for_one_thing() -> None:
    cup = found(((10, 20, 30, 60), 0.6, "cup"))
    mug = found(((10, 20, 30, 61), 0.8, "mug"), SPOON)
    assert merge([cup, mug]).labels == ("mug", "spoon")
    assert merge([mug, cup]).labels == ("mug", "spoon")
    assert merge([cup, mug], overlap=0.999).labels == ("mug", "spoon", "cup")


def test_merge_of_nothing_found_is_nothing_found() -> None:
    merged = merge([Detections.none(SIZE), Detections.none(SIZE)])
    assert len(merged) == 0 and merged.boxes.shape == (0, 4) and merged.size == SIZE


@given(detections(), detections(), st.sampled_from([0.3, 0.5, 0.7]))
def test_merge_is_best_first_and_drops_only_what_overlaps(
    one: Detections, two: Detections, limit: float
) -> None:
    everything = rows_of(one) + rows_of(two)
    kept = rows_of(merge([one, two], limit))
    assert [row[1] for row in kept] == sorted((row[1] for row in kept), reverse=True)
    for row in kept:
        assert row in everything
    for a, b in itertools.combinations(kept, 2):
        assert overlap(a[0], b[0]) <= limit + 1e-6
    for row in everything:
        if row not in kept:
            assert any(
                better[1] >= row[1] and overlap(better[0], row[0]) > limit - 1e-6 for better in kept
            ), "dropped without a better one over it"
