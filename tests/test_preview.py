"""Sheets for people to look at."""

from __future__ import annotations

import torch

from prompt_edit.detect.detections import Detections
from prompt_edit.detect.ground import Grounded
from prompt_edit.preview import grid, sheet


def test_a_grid_holds_every_picture() -> None:
    colours = torch.eye(3)
    pictures = [colour.expand(40, 20, 3) for colour in colours]
    made = grid(pictures, ["one", "two", "three"], columns=2, height=80)
    assert made.shape[0] == 1 and made.shape[-1] == 3
    for colour in colours:
        assert int((made[0] == colour).all(dim=-1).sum()) == 80 * 40
    assert grid(pictures, columns=9, height=40).shape[2] == 3 * 20 + 4 * 10


def test_a_sheet_marks_boxes_and_masks_of_each_picture() -> None:
    size = (64, 64)
    found = Detections(torch.tensor([[10.0, 20, 40, 50]]), torch.tensor([0.8]), ("cup",), size)
    none = Detections.none(size)
    images = torch.ones(2, 64, 64, 3)
    masks = torch.zeros(2, *size)
    masks[0, 25:45, 15:35] = 1
    shown = sheet(images, [Grounded(found, none), Grounded(none, none)], masks)
    assert torch.equal(shown[1], images[1])
    assert not torch.equal(shown[0, 35, 10], images[0, 35, 10])  # the box
    assert not torch.equal(shown[0, 35, 25], images[0, 35, 25])  # the mask
    assert torch.equal(shown[0, 60, 60], images[0, 60, 60])
