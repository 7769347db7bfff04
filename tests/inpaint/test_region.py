"""Regions cut out and put back: always inside the picture, always whole, exact outside the mask."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from prompt_edit.errors import ImageError, InstructionError
from prompt_edit.images import rgb
from prompt_edit.inpaint.canvas import Canvas, _pieces
from prompt_edit.inpaint.diffusion import Inpainter
from prompt_edit.inpaint.region import (
    Region,
    alike,
    crop,
    match_colour,
    region_around,
    region_of,
    stitch,
    uncrop,
)
from prompt_edit.inpaint.repaint import (
    WHOLE,
    Sampling,
    cut_out,
    painted_mask,
    repaint,
    repaint_each,
)
from prompt_edit.inpaint.settings import PAINT, is_surface, paint_of
from prompt_edit.inpaint.wanted import Wanted
from prompt_edit.models.card import Card
from prompt_edit.plan import Edit, Operation
from prompt_edit.segment.spots import spot_of

FEWER = settings(max_examples=50)  # large pictures take their time

sides = st.integers(1, 300)
multiples = st.sampled_from([8, 16, 32, 64])
natives = st.sampled_from([64, 128, 256, 512, 1024])


@st.composite
def masks(draw: st.DrawFn) -> Tensor:
    """One to three boxes, hard or soft, somewhere in a picture of any size."""
    height, width = draw(sides), draw(sides)
    mask = torch.zeros(height, width)
    for _ in range(draw(st.integers(1, 3))):
        y, x = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
        bottom, right = draw(st.integers(y + 1, height)), draw(st.integers(x + 1, width))
        mask[y:bottom, x:right] = draw(st.sampled_from([1.0, 0.4]))
    return mask


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


def box_mask(size: tuple[int, int], top: int, left: int, bottom: int, right: int) -> Tensor:
    mask = torch.zeros(size)
    mask[top:bottom, left:right] = 1
    return mask


# --- where ---------------------------------------------------------------------------------------


@given(masks(), natives, multiples, st.floats(1, 4))
def test_the_region_is_in_the_picture_holds_the_mask_and_suits_the_model(
    mask: Tensor, native: int, multiple: int, context: float
) -> None:
    height, width = mask.shape
    region = region_around(mask, native, multiple, context)
    assert region.x >= 0 and region.x + region.width <= width and region.width > 0
    assert region.y >= 0 and region.y + region.height <= height and region.height > 0
    rows, columns = region.slices
    assert (mask[rows, columns] > 0).sum() == (mask > 0).sum()
    assert mask[rows, columns].shape == (region.height, region.width)
    for side in region.work:
        assert side > 0 and side % multiple == 0
    assert max(region.work) <= native + multiple / 2 or max(region.work) == multiple


@given(masks(), natives, st.floats(1, 4))
def test_the_region_has_the_context_that_was_asked_for_where_there_is_room(
    mask: Tensor, native: int, context: float
) -> None:
    region = region_around(mask, native, 8, context)
    rows, columns = (mask.amax(dim=axis).nonzero()[:, 0] for axis in (1, 0))
    longer = int(max(rows[-1] - rows[0], columns[-1] - columns[0])) + 1
    wanted = max(longer * context, min(native * 0.75, max(longer * 3, native / 4)))
    for side, limit in zip((region.height, region.width), mask.shape, strict=True):
        assert side == limit or side >= wanted - 1


@given(masks(), natives, multiples)
def test_the_working_size_keeps_the_shape_of_the_region(
    mask: Tensor, native: int, multiple: int
) -> None:
    region = region_around(mask, native, multiple)
    scale = native / max(region.height, region.width)
    for side, length in zip(region.work, (region.height, region.width), strict=True):
        assert side == multiple or abs(side - length * scale) <= multiple / 2


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        # A small thing in a large picture: a square about it, of three times its side.
        (box_mask((1000, 1000), 450, 450, 550, 550), Region(350, 350, 300, 300, (512, 512))),
        # A tiny one is enlarged fourfold, and no more.
        (box_mask((1000, 1000), 490, 490, 510, 510), Region(436, 436, 128, 128, (512, 512))),
        # At the corner it is moved in, not cut.
        (box_mask((1000, 1000), 0, 900, 100, 1000), Region(700, 0, 300, 300, (512, 512))),
        # One of 200, around which three quarters of the native side are enough.
        (box_mask((1000, 1000), 400, 400, 600, 600), Region(308, 308, 384, 384, (512, 512))),
        # A thing as large as the picture: all of it, at its shape.
        (box_mask((1000, 2000), 0, 0, 1000, 2000), Region(0, 0, 2000, 1000, (256, 512))),
        # A tall thing of 400: 400 * 1.4 + 8.
        (box_mask((1000, 1000), 300, 480, 700, 520), Region(216, 216, 568, 568, (512, 512))),
    ],
)
def test_regions_by_hand(mask: Tensor, expected: Region) -> None:
    assert region_around(mask, 512, 8) == expected


@pytest.mark.parametrize(("size", "native", "work"), [
    ((1024, 1792), 1024, (776, 1352)), ((1080, 1920), 1024, (768, 1368)),
    ((1500, 6000), 512, (192, 768)), ((6000, 1500), 512, (768, 192)),
    ((900, 900), 512, (512, 512)), ((3000, 4000), 1024, (888, 1184)),
])  # fmt: skip
def test_what_is_no_square_has_as_many_pixels(
    size: tuple[int, int], native: int, work: tuple[int, int]
) -> None:
    region = region_of((0, 0, *size), size, native, 8, by_area=True)
    assert region.work == work
    assert work[0] * work[1] <= 1.02 * native**2
    assert region_of((0, 0, *size), size, native, 8).work[size[1] > size[0]] == native


def test_a_sample_painter_paints_at_the_side_it_learnt() -> None:
    image, mask = torch.full((1, 100, 200, 3), 0.5), torch.ones(100, 200)
    for sample, work in ((True, (128, 256)), (False, (184, 360))):
        painter: Any = SimpleNamespace(card=Card(sample=sample), native=256, multiple=8)
        canvas = Canvas(image, mask, Wanted(), PAINT["replace"], (), 256)
        assert canvas.brief(0, painter, 0).mask.shape == (1, *work)


@given(masks(), natives, multiples, st.floats(1, 4))
def test_a_region_of_as_many_pixels_is_the_same_part_of_the_picture(
    mask: Tensor, native: int, multiple: int, context: float
) -> None:
    spot = spot_of(mask)
    if spot is None:
        return
    side, area = (region_of(spot.box, spot.size, native, multiple, context, by_area=each)
                  for each in (False, True))  # fmt: skip
    assert side.box == area.box
    assert all(work % multiple == 0 for work in area.work)
    assert max(area.work) <= 1.5 * native + multiple
    if side.width == side.height:
        assert side == area


def test_one_pixel_in_a_picture_of_one_pixel() -> None:
    assert region_around(torch.ones(1, 1), 512, 8) == Region(0, 0, 1, 1, (512, 512))


# --- there and back ------------------------------------------------------------------------------


@FEWER
@given(masks(), st.sampled_from([3, 4]), st.integers(1, 2))
def test_what_is_cut_has_the_working_size_and_comes_back_at_its_own(
    mask: Tensor, channels: int, batch: int
) -> None:
    region = region_around(mask, 64, 8)
    image = noise(batch, *mask.shape, channels)
    patch = region.cut(image)
    assert patch.shape == (batch, *region.work, channels)
    assert patch.min() >= 0 and patch.max() <= 1
    back = region.back(patch)
    assert back.shape == (batch, region.height, region.width, channels)
    assert back.min() >= 0 and back.max() <= 1
    hole = region.cut_mask(mask[None])
    assert hole.shape == (1, *region.work)
    assert set(hole.unique().tolist()) <= {0.0, 1.0}


def test_a_region_at_working_size_is_cut_bit_for_bit() -> None:
    image = noise(1, 90, 100, 3)
    region = Region(20, 10, 64, 64, (64, 64))
    assert torch.equal(region.cut(image), image[:, 10:74, 20:84])
    assert torch.equal(region.back(region.cut(image)), image[:, 10:74, 20:84])


@FEWER
@given(masks())
def test_a_plain_picture_stays_plain(mask: Tensor) -> None:
    region = region_around(mask, 64, 8)
    image = torch.full((1, *mask.shape, 3), 0.3)
    back = region.back(region.cut(image))
    assert torch.allclose(back, torch.tensor(0.3), atol=1e-5)


def test_a_slope_comes_back_where_it_was() -> None:
    slope = torch.linspace(0, 1, 200)[None, None, :, None].expand(1, 150, 200, 3)
    region = Region(30, 20, 120, 110, (176, 192))
    back = region.back(region.cut(slope))
    assert (back - slope[:, 20:130, 30:150])[:, 4:-4, 4:-4].abs().max() < 0.005


def test_a_mask_is_cut_to_the_place_it_is_at() -> None:
    mask = box_mask((200, 200), 50, 60, 90, 120)[None]
    region = Region(40, 40, 100, 100, (200, 200))
    hole = region.cut_mask(mask)[0]
    assert torch.equal(hole, box_mask((200, 200), 20, 40, 100, 160))


def test_what_is_thin_beside_something_thick_is_cut_with_it() -> None:
    """A string of 5 pixels on a balloon, at an eighth of the size."""
    mask = box_mask((2400, 2400), 200, 200, 1000, 1000) + box_mask(
        (2400, 2400), 600, 1000, 605, 2000
    )
    region = region_around(mask, 256, 8)
    assert region.height > 6 * region.work[0]
    hole = region.cut_mask(mask[None])[0]
    assert hole.any(dim=0).sum() == pytest.approx(1800 * region.work[1] / region.width, abs=2)


def test_what_is_less_than_half_masked_is_not_cut() -> None:
    image, soft = noise(1, 60, 60, 3), torch.full((1, 60, 60), 0.45)
    soft[0, 10:20, 10:20] = 0.9
    _, hole = crop(image, soft, 64, 8, 1.4).cuts()
    assert 0 < hole.mean() < 0.5


# --- stitching -----------------------------------------------------------------------------------


@FEWER
@given(
    masks(), st.sampled_from([3, 4]), st.sampled_from(["hard", "soft"]), st.integers(0, 1 << 20),
    st.sampled_from([0.0, 1.0]),
)  # fmt: skip
def test_stitch_is_bit_identical_outside_the_mask(
    mask: Tensor, channels: int, edge: str, seed: int, extreme: float
) -> None:
    image = noise(1, *mask.shape, channels, seed=seed)
    before = image.clone()
    region = region_around(mask, 64, 8)
    patch = torch.full((1, region.height, region.width, 3), extreme)
    opacity = mask * noise(*mask.shape, seed=seed + 1) if edge == "soft" else (mask > 0).float()
    result = stitch(image, patch, opacity[None], region)
    assert result.shape == image.shape and result.dtype == image.dtype
    outside = opacity == 0
    assert torch.equal(result[0][outside], image[0][outside])
    assert torch.equal(result[..., 3:], image[..., 3:]), "alpha stays the picture's own"
    assert torch.equal(image, before), "the picture that was given is not written to"
    assert torch.equal(result[0, ..., :3][opacity == 1], patch.new_full((), extreme).expand(
        int((opacity == 1).sum()), 3))  # fmt: skip
    low, high = image[..., :3].clamp(max=extreme), image[..., :3].clamp(min=extreme)
    assert ((result[..., :3] >= low - 1e-6) & (result[..., :3] <= high + 1e-6)).all()


def test_stitch_blends_by_the_opacity() -> None:
    image, patch = torch.zeros(1, 4, 4, 3), torch.ones(1, 4, 4, 3)
    opacity = torch.linspace(0, 1, 16).reshape(1, 4, 4)
    result = stitch(image, patch, opacity, Region(0, 0, 4, 4, (8, 8)))
    assert torch.allclose(result, opacity[..., None].expand(-1, -1, -1, 3))


def test_what_is_not_a_number_is_not_laid_back() -> None:
    image, patch = noise(1, 4, 4, 3), torch.full((1, 4, 4, 3), torch.nan)
    opacity = box_mask((4, 4), 1, 1, 3, 3)[None]
    with pytest.raises(ImageError, match="NaN"):
        stitch(image, patch, opacity, Region(0, 0, 4, 4, (8, 8)))


# --- colour --------------------------------------------------------------------------------------


def test_a_shift_of_all_colours_is_taken_back() -> None:
    original = noise(1, 32, 32, 3) * 0.5 + 0.25
    mask = box_mask((32, 32), 8, 8, 24, 24)[None]
    shift = torch.tensor([0.05, -0.03, 0.08])
    matched = match_colour(original + shift, original, mask)
    assert torch.allclose(matched, original, atol=1e-5)


def test_what_is_new_in_the_mask_does_not_count_for_the_shift() -> None:
    original = noise(1, 32, 32, 3) * 0.5 + 0.25
    mask = box_mask((32, 32), 2, 2, 30, 30)[None]
    patch = torch.where(mask[..., None] > 0, 0.9, original + 0.1)
    matched = match_colour(patch, original, mask)
    assert torch.allclose(matched[mask == 0], original[mask == 0], atol=1e-5)
    assert torch.allclose(matched[mask > 0], torch.tensor(0.8), atol=1e-5)


def test_with_nothing_around_to_judge_by_the_patch_stays() -> None:
    patch = noise(1, 16, 16, 3)
    assert torch.equal(match_colour(patch, torch.zeros_like(patch), torch.ones(1, 16, 16)), patch)


@FEWER
@given(masks(), st.integers(0, 1 << 20))
def test_matched_colours_are_colours(mask: Tensor, seed: int) -> None:
    patch, original = noise(1, *mask.shape, 3, seed=seed), noise(1, *mask.shape, 3, seed=seed + 1)
    matched = match_colour(patch, original, (mask > 0).float()[None])
    assert matched.shape == patch.shape
    assert matched.min() >= 0 and matched.max() <= 1


# --- the mask that is painted --------------------------------------------------------------------


GROWING: list[Operation] = ["replace", "recolor", "restyle", "remove"]
KEEPING: list[Operation] = ["add", "background", "extract"]


@pytest.mark.parametrize("operation", [*GROWING, *KEEPING])
def test_the_painted_mask_holds_the_thing(operation: Operation) -> None:
    mask = box_mask((301, 299), 100, 120, 160, 190)
    mask[10, 10] = 0.3  # not of the thing
    painted = painted_mask(mask, PAINT[operation])
    assert painted.shape == mask.shape and set(painted.unique().tolist()) == {0, 1}
    assert (painted >= (mask > 0.5).float()).all()
    assert painted[10, 10] == 0
    grown = painted.sum() - (mask > 0.5).sum()
    assert grown > 0 if operation in GROWING else grown == 0


def test_what_replaces_a_thing_gets_more_room_than_what_recolours_it() -> None:
    mask = box_mask((300, 300), 100, 100, 180, 180)
    assert painted_mask(mask, PAINT["replace"]).sum() > painted_mask(mask, PAINT["recolor"]).sum()


@pytest.mark.parametrize("operation", GROWING)
def test_the_growth_follows_the_size_of_the_picture(operation: Operation) -> None:
    small = painted_mask(box_mask((200, 200), 80, 80, 120, 120), PAINT[operation])
    large = painted_mask(box_mask((800, 800), 320, 320, 480, 480), PAINT[operation])
    assert float(large.mean()) == pytest.approx(float(small.mean()), rel=0.12)


@pytest.mark.parametrize("size", [(512, 768), (1500, 2000)])
@pytest.mark.parametrize("operation", ["replace", "remove"])
def test_what_is_large_grows_over_little_of_what_stands_before_it(
    operation: Operation, size: tuple[int, int]
) -> None:
    high, wide = size
    sofa = box_mask(size, high // 4, wide // 8, high, wide - wide // 8)
    painted = painted_mask(sofa, PAINT[operation])
    grown = high // 4 - int(painted.amax(dim=1).nonzero()[0])
    assert 0.015 * wide <= grown <= 0.03 * wide


@pytest.mark.parametrize("operation", GROWING)
@pytest.mark.parametrize("size", [(512, 768), (1500, 2000)])
def test_a_pole_before_the_sky_stays(operation: Operation, size: tuple[int, int]) -> None:
    high, wide = size
    sky = box_mask(size, 0, 0, high // 2, wide)
    pole = slice(wide // 2, wide // 2 + wide // 100)
    sky[100:, pole] = 0
    words = {} if operation == "remove" else {"result": "a sunset"}
    asked = Edit(operation=operation, target="blue skies", **words)
    painted = painted_mask(sky, paint_of(asked))
    assert painted.sum() > sky.sum(), "a mask errs by a little"
    assert (painted[150 : high // 2, pole] == 0).float().mean() > 0.4
    assert not painted[high // 2 + wide // 400 + 1 :].any()
    assert paint_of(asked).strength == PAINT[operation].strength
    thing = paint_of(asked.model_copy(update={"target": "sky-blue car"}))
    assert thing == PAINT[operation]


@pytest.mark.parametrize(("phrase", "surface"), [
    ("sky", True), ("brick walls", True), ("grass", True), ("water of the lake", True),
    ("wall clock", False), ("beach ball", False), ("glass of water", False), ("man", False),
])  # fmt: skip
def test_what_lies_behind_things_is_known_by_its_noun(phrase: str, surface: bool) -> None:
    assert is_surface(phrase) == surface


def test_a_boat_on_the_water_is_a_thing() -> None:
    assert paint_of(Edit(operation="add", target="water", result="boat")) == PAINT["add"]


@FEWER
@given(masks(), st.sampled_from([64, 256]))
def test_pieces_are_the_mask_taken_apart(mask: Tensor, native: int) -> None:
    hard = (mask > 0).float()
    spot = spot_of(hard)
    assert spot
    numbered, boxes = _pieces(spot, native)
    pieces = numbered.whole()
    assert torch.equal((pieces > 0).float(), hard)
    assert sorted(pieces[hard > 0].unique().tolist()) == list(range(1, len(boxes) + 1))
    for number, box in enumerate(boxes, start=1):
        piece = spot_of((pieces == number).float())
        assert piece and piece.box == box


@pytest.mark.parametrize(
    ("far", "native", "count"), [(30, 64, 1), (250, 64, 2), (250, 512, 1), (250, 256, 2)]
)
def test_things_that_fit_one_region_are_painted_in_one(far: int, native: int, count: int) -> None:
    mask = box_mask((300, 300), 5, 5, 15, 15) + box_mask((300, 300), far, far, far + 10, far + 10)
    spot = spot_of(mask)
    assert spot and len(_pieces(spot, native)[1]) == count


def test_an_empty_mask_has_no_pieces() -> None:
    empty = Canvas(noise(1, 20, 30, 3), torch.zeros(20, 30), Wanted(), PAINT["replace"], (), 64)
    assert empty.count == 0 and torch.equal(empty.opacity, torch.zeros(20, 30))


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_cut_out_keeps_the_colours_and_both_transparencies(channels: int) -> None:
    image = noise(1, 9, 7, channels)
    mask = noise(9, 7, seed=1)
    thing = cut_out(image, mask)
    assert thing.shape == (1, 9, 7, 4)
    assert torch.equal(thing[..., :3], rgb(image))
    alpha = image[0, ..., 3] if channels == 4 else torch.ones(9, 7)
    assert torch.allclose(thing[0, ..., 3], mask * alpha)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
@pytest.mark.parametrize("channels", [3, 4])
def test_what_is_cut_away_is_gone_and_the_edge_is_soft(channels: int, dtype: torch.dtype) -> None:
    """Sharing a cut-out must not share what was cut away."""
    image = noise(1, 40, 50, channels).to(dtype)
    image[..., 3:] = 0.5
    mask = torch.maximum(box_mask((40, 50), 4, 5, 20, 25), box_mask((40, 50), 30, 30, 38, 48))
    thing = cut_out(image, mask)
    assert thing.dtype == dtype
    alpha = thing[0, ..., 3].float()
    assert not thing[0][mask == 0].any(), "colours too, not the alpha alone"
    assert torch.equal(thing[0, ..., :3][alpha > 0], image[0, ..., :3][alpha > 0])
    most = 0.5 if channels == 4 else 1.0
    assert alpha.max() == most and (alpha[mask == 1] > 0).all()
    assert ((alpha > 0) & (alpha < most)).any()
    assert (alpha[6:18, 7:23] == most).all(), "two pixels in, it is whole"


def test_an_extracted_batch_keeps_each_picture_apart() -> None:
    images, masks = noise(3, 20, 20, 3), torch.zeros(3, 20, 20)
    masks[0, 2:9, 2:9] = 1
    masks[2] = noise(20, 20, seed=4)
    cuts = repaint_each(cast(Inpainter, None), images, masks, Edit(operation="extract", target="x"))
    assert cuts.images.shape == (3, 20, 20, 4) and not cuts.opacity.any()
    assert not cuts.images[0][masks[0] == 0].any()
    assert torch.equal(cuts.images[1, ..., :3], images[1]) and (cuts.images[1, ..., 3] == 1).all()
    assert torch.equal(cuts.images[2, ..., 3], masks[2])
    assert cuts.notes == (f"Picture 2: {WHOLE}",)


# --- kinds of numbers ----------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_cut_and_put_back_in_any_type_of_numbers(channels: int, dtype: torch.dtype) -> None:
    images, mask = noise(2, 60, 44, channels).to(dtype), box_mask((60, 44), 10, 10, 40, 30)
    for masks in (mask, mask.to(dtype), mask.bool(), mask[None, ..., None].to(dtype)):
        cut = crop(images, masks, 64, 8, 1.4)
        pictures, holes = cut.cuts()
        assert pictures.dtype == holes.dtype == torch.float32
        for patches in (1 - pictures, (1 - pictures).to(dtype)):
            result = uncrop(cut, patches, 2)
            whole = images if channels > 1 else images.expand(-1, -1, -1, 3)
            assert result.dtype == dtype
            assert torch.equal(result[:, mask == 0], whole[:, mask == 0])
            assert not torch.equal(result, whole)


# --- what is no picture --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "image",
    [
        noise(8, 8, 3), noise(1, 8, 8, 2), noise(1, 8, 8, 5), torch.zeros(1, 0, 8, 3),
        torch.zeros(0, 8, 8, 3), torch.zeros(1, 8, 8, 3, dtype=torch.uint8),
        np.zeros((1, 8, 8, 3), np.float32), None, "a.png",
    ],
)  # fmt: skip
def test_what_is_no_picture_is_told(image: Any) -> None:
    mask, edit = torch.ones(8, 8), Edit(operation="remove", target="hat")
    cut = crop(noise(1, 8, 8, 3), mask, 64, 8, 1.4)
    nobody = cast(Inpainter, None)
    with pytest.raises(ImageError, match="picture"):
        crop(image, mask, 64, 8, 1.4)
    with pytest.raises(ImageError, match="picture"):
        uncrop(cut, image, 2)
    with pytest.raises(ImageError, match="picture"):
        cut_out(image, mask)
    with pytest.raises(ImageError, match="picture"):
        repaint(nobody, image, mask, edit)
    with pytest.raises(ImageError, match="picture"):
        repaint_each(nobody, image, mask, edit)


@pytest.mark.parametrize(("size", "multiple", "context"), [
    (0, 8, 1.4), (-64, 8, 1.4), (64, 0, 1.4), (64, 8, 0.5), (64, 8, math.nan), (64, 8, math.inf),
])  # fmt: skip
def test_what_nothing_can_be_cut_to_is_told(size: int, multiple: int, context: float) -> None:
    with pytest.raises(ImageError, match="Crop with"):
        crop(noise(1, 8, 8, 3), torch.ones(8, 8), size, multiple, context)


@pytest.mark.parametrize("feathered", [-1.0, math.nan, math.inf])
def test_no_edge_fades_over_less_than_nothing(feathered: float) -> None:
    cut = crop(noise(1, 8, 8, 3), torch.ones(8, 8), 64, 8, 1.4)
    with pytest.raises(ImageError, match="Feather"):
        uncrop(cut, cut.cuts()[0], feathered)


@pytest.mark.parametrize("values", [
    {"seed": -1}, {"seed": 2**64}, {"seed": 1.5}, {"seed": math.nan}, {"seed": True},
    {"seed": None}, {"steps": 0}, {"steps": -3}, {"steps": 1001}, {"steps": 2.0},
    {"guidance_scale": math.nan}, {"guidance_scale": -1}, {"guidance_scale": math.inf},
    {"strength": math.nan}, {"strength": 1.01}, {"strength": -0.1}, {"strength": "1"},
], ids=str)  # fmt: skip
def test_sampling_takes_what_can_be_sampled_with(values: dict[str, Any]) -> None:
    with pytest.raises(InstructionError, match=next(iter(values)).replace("_", " ")):
        Sampling(**values)


def test_the_largest_values_are_taken() -> None:
    Sampling(2**64 - 1, 500, 100, 1)
    Sampling(0, 1, 0, 0)


# --- what comes back finer, and cuts of one size -------------------------------------------------


@pytest.mark.parametrize("matched", [True, False])
def test_a_cut_that_comes_back_finer_stays_fine(matched: bool) -> None:
    image = torch.zeros(1, 120, 120, 3)
    image[:, ::2] = 1  # lines that the cut's working size cannot show
    mask = box_mask((120, 120), 20, 20, 100, 100)
    cut = crop(image, mask, 48, 8, 1.4)
    (region,) = cut.regions
    finer = image[:, region.slices[0], region.slices[1]]
    assert torch.allclose(uncrop(cut, finer, 0, matched), image, atol=0.02)


@pytest.mark.parametrize(("sides", "fits"), [
    ((16, 64), True), ((64, 256), True), ((67, 256), True), ((60, 256), True), ((4, 16), True),
    ((27, 64), False), ((64, 64), False), ((16, 72), True), ((16, 80), False), ((64, 16), False),
])  # fmt: skip
def test_a_cut_of_other_proportions_is_not_squeezed(sides: tuple[int, int], fits: bool) -> None:
    """As FluxKontextImageScale makes it; rounding to a model's sides is none."""
    image, mask = noise(1, 64, 256, 3), box_mask((64, 256), 4, 4, 60, 250)
    cut = crop(image, mask, 64, 8, 1.4)
    assert cut.regions[0].work == (16, 64)
    patch = torch.zeros(1, *sides, 3)
    if fits:
        assert torch.equal(uncrop(cut, patch, 0, False)[0][mask == 0], image[0][mask == 0])
        return
    with pytest.raises(
        ImageError, match=f"it is {sides[1]} x {sides[0]} pixels, and was cut at 64"
    ):
        uncrop(cut, patch, 0)


@pytest.mark.parametrize(("size", "own", "fits"), [
    ((128, 1024), (112, 1024), True), ((128, 512), (96, 512), True), ((64, 1024), (96, 1024), True),
    ((1024, 64), (1024, 40), True), ((128, 2048), (56, 1024), True), ((128, 768), (72, 512), True),
    ((1024, 1024), (640, 1024), False), ((128, 1024), (80, 1024), False),
    ((672, 1568), (256, 1024), False), ((512, 768), (512, 512), False),
    ((112, 1024), (128, 768), False), ((27, 64), (16, 64), False), ((64, 64), (32, 64), False),
])  # fmt: skip
def test_rounding_to_steps_of_64_pixels_changes_no_proportions(
    size: tuple[int, int], own: tuple[int, int], fits: bool
) -> None:
    assert alike(size, own) == alike(size[::-1], own[::-1]) == fits


@pytest.mark.parametrize("rows", [(0, 1), (1, 0), (0, 0, 1), (1, 2), (2, 1, 0)])
def test_no_cut_of_a_batch_is_squeezed(rows: tuple[int, ...]) -> None:
    """The first mask is empty, or its region is cut by the edge: the others are no less round."""
    there = (torch.zeros(108, 192), box_mask((108, 192), 40, 60, 70, 90),
             box_mask((108, 192), 4, 50, 104, 150))  # fmt: skip
    masks = torch.stack([there[row] for row in rows])
    cut = crop(noise(len(rows), 108, 192, 3), masks, 64, 8, 1.4)
    for region, mask in zip(cut.regions, masks, strict=True):
        height, width = region.work
        assert region.height / region.width == pytest.approx(height / width, rel=0.08)
        assert not mask.any() or region.cut_mask(mask[None]).sum() > 0
        rows_, columns = region.slices
        assert mask.sum() == mask[rows_, columns].sum()
