"""Boxes and points drawn as rough masks."""

from __future__ import annotations

import torch

from prompt_edit.segment.drawn import CERTAINTY, box_masks, with_points


def test_box_masks_are_positive_inside_only() -> None:
    mask = box_masks(torch.tensor([[2.0, 1.0, 5.0, 3.0]]), (4, 6))
    assert (mask[0, 0] > 0).nonzero().tolist() == [[1, 2], [1, 3], [1, 4], [2, 2], [2, 3], [2, 4]]
    assert mask.abs().unique().tolist() == [CERTAINTY]


def test_points_are_discs_and_leave_the_rest_open() -> None:
    points = torch.tensor([[[5.0, 4.0], [12.0, 4.0]], [[8.0, 8.0], [0.0, 0.0]]])
    labels = torch.tensor([[1, 0], [1, -1]])
    drawn = with_points(torch.zeros(2, 1, 16, 16), points, labels)
    assert drawn[0, 0, 4, 5] == CERTAINTY and drawn[0, 0, 4, 12] == -CERTAINTY
    assert drawn[0, 0, 12, 12] == 0 and drawn[1, 0, 8, 8] == CERTAINTY
    assert drawn[1, 0, 0, 0] == 0, "no point"
    assert 12 <= (drawn[1, 0] > 0).sum() <= 26


def test_points_overrule_what_was_drawn_before() -> None:
    masks = box_masks(torch.tensor([[0.0, 0.0, 16.0, 16.0]]), (16, 16))
    drawn = with_points(masks, torch.tensor([[[8.0, 8.0]]]), torch.tensor([[0]]))
    assert drawn[0, 0, 8, 8] < 0 < drawn[0, 0, 1, 1]
