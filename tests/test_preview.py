"""Sheets for people to look at."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageFont

from prompt_edit import preview
from prompt_edit.detect.detections import Detections
from prompt_edit.detect.ground import Grounded
from prompt_edit.errors import ImageError
from prompt_edit.images import to_pil
from prompt_edit.preview import few, grid, lettered, marked, sheet, side_by_side


def test_a_grid_holds_every_picture() -> None:
    colours = torch.eye(3)
    pictures = [colour.expand(40, 20, 3) for colour in colours]
    result = grid(pictures, ["one", "two", "three"], columns=2, height=80)
    assert result.shape[0] == 1 and result.shape[-1] == 3
    for colour in colours:
        assert int((result[0] == colour).all(dim=-1).sum()) == 80 * 40
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


@pytest.mark.parametrize("many", [sheet, marked])
def test_a_batch_takes_no_more_memory_than_its_pictures(many: Any) -> None:
    """Beside the batch itself, which NumPy does not hold, one picture at a time."""
    images, none = torch.rand(24, 128, 128, 3), Detections.none((128, 128))
    masks = torch.zeros(images.shape[:3])
    rest = ([Grounded(none, none)] * 24, masks) if many is sheet else (masks, [(5, 5)], [])
    many(images[:1], *(each[:1] for each in rest))  # fonts and the like are loaded
    tracemalloc.start()
    shown = many(images, *rest)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert shown.shape == images.shape and shown.dtype == torch.float32
    assert most < shown.nbytes / 3


@pytest.mark.parametrize("many", [sheet, marked])
def test_a_preview_of_many_pictures_is_small_and_of_one_as_large_as_it_is(many: Any) -> None:
    """The host keeps it as long as the node's other results."""
    images, none = torch.rand(3, 40, 1500, 3), Detections.none((40, 1500))
    masks = torch.zeros(images.shape[:3])
    rest = ([Grounded(none, none)] * 3, masks) if many is sheet else (masks, [], [])
    assert many(images, *rest).shape == (3, 27, 1024, 3)
    assert many(images[:1], *(each[:1] for each in rest)).shape == (1, 40, 1500, 3)


@pytest.mark.parametrize("many", [sheet, marked])
def test_pictures_of_a_batch_are_drawn_on_when_they_are_small(
    many: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    size, tinted, tint = (1200, 1800), list[Any](), preview._tint

    def counted(picture: Image.Image, mask: np.ndarray) -> None:
        tinted.append((picture.size, mask.shape))
        tint(picture, mask)

    monkeypatch.setattr(preview, "_tint", counted)
    images, masks = torch.full((2, *size, 3), 0.5), torch.zeros(2, *size)
    masks[:, 600:900, 300:900] = 1
    box = torch.tensor([[900.0, 300, 1500, 900]])
    found = Detections(box, torch.tensor([0.8]), ("cup",), size)
    of = [Grounded(found, Detections.none(size))] * 2
    shown = many(images, *((of, masks) if many is sheet else (masks, [(900, 300)], [])))
    assert tinted == [((1024, 683), (683, 1024))] * 2
    assert torch.allclose(shown[0, 400, 300], torch.tensor([0.75, 0.38, 0.5]), atol=0.01)
    assert torch.equal(shown[0, 400, 120], shown[0, 0, 0])
    line = (shown[0, 250, 480:560] != shown[0, 0, 0]).any(dim=-1).nonzero()[:, 0] + 480
    if many is sheet:  # as wide as a 5 of a line of 8.4 pixels, that were scaled
        assert 4 <= len(line) <= 6 and abs(int(line[0]) - 512) <= 1
    assert not torch.equal(shown[0, 171, 512], shown[0, 0, 0]), "a corner, or a point"


def test_a_node_shows_a_few_small_pictures_of_a_batch() -> None:
    images = torch.rand(5, 100, 200, 4)
    assert torch.equal(few(images, 3, 200), images[:3])
    assert few(images, 3, 50).shape == (3, 25, 50, 3)
    assert torch.equal(few(images[:1], 3, 50), images[:1]), "one alone is looked at closely"
    assert few(images[:1], 3, 50, 150).shape == (1, 75, 150, 3), "but a file is written of it"
    wide = torch.rand(1, 30, 6000, 3)
    assert few(wide).shape == (1, 10, 2048, 3)
    assert torch.equal(few(wide, alone=None), wide)
    assert few(torch.rand(2, 1, 300, 3), 3, 50).shape == (2, 1, 50, 3)
    flat = torch.full((2, 80, 40, 3), 0.2)
    assert (few(flat, 2, 20) - flat[:, :20, :10]).abs().max() < 1e-6


def test_a_text_that_no_font_has_is_left_out_and_draws_no_boxes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(preview, "_OTHERS", ())
    assert lettered("make the hat red", 16)[0] == "make the hat red"
    assert lettered("모자를 빨간색으로 바꿔줘", 16)[0] == ""
    assert lettered("a red hat \U0001f452, please\nnow", 16)[0] == "a red hat , please now"
    white = Image.new("RGB", (64, 64), "white")
    plain, korean = (side_by_side([(text, [white])]) for text in ("", "모자를 빨간색으로 바꿔줘"))
    assert plain.tobytes() == korean.tobytes()


def test_another_font_is_taken_where_it_has_the_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    poor, rich = ImageFont.load_default(16), ImageFont.load_default(17)
    monkeypatch.setattr(preview, "_font", lambda name, size: rich if name else poor)
    drawn = preview._drawn
    monkeypatch.setattr(preview, "_drawn",
                        lambda font, text: text if font is rich else drawn(font, text))  # fmt: skip
    assert lettered("모자", 16) == ("모자", rich)
    assert lettered("hat", 16) == ("hat", poor)


def test_a_long_caption_stays_inside() -> None:
    white = Image.new("RGB", (384, 384), "white")
    result = np.asarray(side_by_side([("very " * 300, [white])]))
    edge = result[:, [0, 1, 2, -3, -2, -1]]
    assert (edge == np.array(preview._PAPER)).all()


def test_a_caption_that_is_too_long_ends_in_dots_below_its_own_picture() -> None:
    pictures = [torch.ones(40, 40, 3)] * 2
    lone, both = (grid(pictures, ["a long caption " * 9, second], height=80)
                  for second in ("", "b"))  # fmt: skip
    written = (lone[0, -36:] != lone[0, -1, -1]).any(dim=-1).any(dim=0).nonzero()
    assert 10 < written.max() < 10 + 80 + 10, "it does not reach below the next"
    assert not torch.equal(lone, both)


def test_nothing_to_lay_out_is_said() -> None:
    for call in (grid, side_by_side):
        with pytest.raises(ImageError, match="no picture"):
            call([])


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (2, 3000)])
def test_odd_sizes_can_be_shown(size: tuple[int, int]) -> None:
    none = Detections.none(size)
    image = torch.zeros(1, *size, 3)
    box = Detections(torch.tensor([[0.0, 0, size[1], size[0]]]), torch.tensor([0.8]), ("x",), size)
    sheet(image, [Grounded(box, none)])
    grid([image[0]])
    side_by_side([("x", [to_pil(image)])])


def test_a_sheet_of_strips_stays_of_a_size_that_can_be_kept() -> None:
    result = grid([torch.rand(1, 5000, 3)] * 2, ["x" * 100_000, "y"], height=64)
    assert result.shape[1] < 200 and result.shape[2] < 4000
