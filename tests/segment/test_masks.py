"""Masks grown, feathered, filled and joined, at any size and shape."""

from __future__ import annotations

import math
from collections.abc import Callable
from unittest.mock import patch

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from kornia.filters import guided_blur
from scipy import ndimage
from torch import Tensor
from worlds import BALLS_SCENE, DRESS_SCENE, PEOPLE_SCENE, drawn

from prompt_edit.paperdoll.scene import Scene
from prompt_edit.segment import masks as masks_of
from prompt_edit.segment import spots
from prompt_edit.segment.masks import (
    feather,
    fill_holes,
    from_logits,
    grow,
    spots_from_logits,
    subtract,
    union,
)
from prompt_edit.segment.spots import spot_of
from prompt_edit.segment.spots import without_specks as without_specks_of

sides = st.integers(1, 40)
pixels = st.floats(0, 12)


@st.composite
def masks(draw: st.DrawFn) -> Tensor:
    """Noise, discs and boxes, soft or hard, empty and full ones among them."""
    height, width = draw(sides), draw(sides)
    chance = torch.Generator().manual_seed(draw(st.integers(0, 1 << 30)))
    kind = draw(st.sampled_from(["noise", "soft", "disc", "box", "empty", "full"]))
    if kind in ("empty", "full"):
        return torch.full((height, width), float(kind == "full"))
    noise = torch.rand(height, width, generator=chance)
    if kind == "soft":
        return noise
    if kind == "noise":
        return (noise < draw(st.sampled_from([0.02, 0.3, 0.9]))).float()
    y, x = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
    down = (torch.arange(height)[:, None] - y).abs()
    across = (torch.arange(width)[None] - x).abs()
    size = draw(st.integers(0, 15))
    if kind == "disc":
        return (down**2 + across**2 <= size**2).float()
    return (torch.maximum(down, across) <= size).float()


def hard(mask: Tensor) -> Tensor:
    return (mask > 0.5).float()


def picture(*rows: str) -> Tensor:
    """A mask drawn with "#" and "."."""
    return torch.tensor([[float(each == "#") for each in row] for row in rows])


def is_hard(mask: Tensor) -> bool:
    return set(mask.unique().tolist()) <= {0.0, 1.0}


# --- grow ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "rows"),
    [
        (1, [".....", "..#..", ".###.", "..#..", "....."]),
        (1.4, [".....", "..#..", ".###.", "..#..", "....."]),
        (1.5, [".....", ".###.", ".###.", ".###.", "....."]),
        (2, ["..#..", ".###.", "#####", ".###.", "..#.."]),
        (0, [".....", ".....", "..#..", ".....", "....."]),
        (-1, ["....."] * 5),
    ],
)
def test_a_dot_grows_by_a_euclidean_distance(by: float, rows: list[str]) -> None:
    dot = picture(".....", ".....", "..#..", ".....", ".....")
    assert torch.equal(grow(dot, by), picture(*rows))


def test_shrinking_takes_off_the_rim_but_not_along_the_edge_of_the_picture() -> None:
    mask = picture("####.", "####.", "####.", ".....")
    assert torch.equal(grow(mask, -1), picture("###..", "###..", ".....", "....."))


@given(masks(), pixels, pixels)
def test_grow_contains_the_mask_and_is_monotone(mask: Tensor, one: float, two: float) -> None:
    less, more = sorted((one, two))
    small, large = grow(mask, less), grow(mask, more)
    assert small.shape == mask.shape and is_hard(small)
    assert (hard(mask) <= small).all()
    assert (small <= large).all()
    assert (grow(mask, -more) <= grow(mask, -less)).all()
    assert (grow(mask, -less) <= hard(mask)).all()


@given(masks(), pixels)
def test_shrinking_is_growing_what_is_outside(mask: Tensor, by: float) -> None:
    outside = 1 - hard(mask)
    assert torch.equal(grow(mask, -by), 1 - grow(outside, by))


@given(masks(), st.integers(1, 8))
def test_grow_reaches_every_pixel_that_is_near_and_no_other(mask: Tensor, by: int) -> None:
    there = hard(mask).nonzero().float()
    everywhere = torch.ones_like(mask).nonzero().float()
    grown = grow(mask, by).flatten()
    if not len(there):
        assert not grown.any()
        return
    distance = torch.cdist(everywhere, there, compute_mode="donot_use_mm_for_euclid_dist").amin(1)
    assert torch.equal(grown, (distance <= by).float())


# --- feather -------------------------------------------------------------------------------------


@given(masks(), pixels)
def test_feather_never_exceeds_the_mask_and_is_one_deep_inside(mask: Tensor, band: float) -> None:
    soft = feather(mask, band)
    assert soft.shape == mask.shape
    assert ((soft >= 0) & (soft <= hard(mask))).all()
    assert (soft[hard(mask) > 0] > 0).all(), "every pixel of the mask changes a little"
    deep = grow(mask, -(band + 1))
    assert (soft[deep > 0] == 1).all()


@given(masks(), pixels)
def test_feather_of_a_thick_mask_falls_from_within_outwards(mask: Tensor, band: float) -> None:
    thick = grow(grow(mask, -(2 * band + 2)), 2 * band + 2) * hard(mask)  # opened
    if thick.any() and not thick.all():
        soft = feather(thick, band)
        depth = torch.from_numpy(ndimage.distance_transform_edt(thick))
        assert torch.allclose(soft[thick > 0], (depth / (band + 1)).clamp(max=1)[thick > 0].float())


@pytest.mark.parametrize("width", [1, 2, 3, 5, 12, 40])
def test_what_is_thin_is_opaque_along_its_middle(width: int) -> None:
    """A wire beside something large, in a large picture: it must not stay half as it was."""
    mask = torch.zeros(300, 600)
    mask[150 : 150 + width, 300:] = 1
    mask[50:250, 50:200] = 1
    soft = feather(mask, 16)
    middle = soft[150 + width // 2, 400:]
    assert (middle == 1).all()
    assert soft[150, 450] <= 1 / min(width / 4, 8) + 0.01, "and still soft at its edge"


def test_feather_across_a_step() -> None:
    mask = torch.zeros(3, 16)
    mask[:, 4:] = 1
    rising = [0, 0, 0, 0, 0.25, 0.5, 0.75, 1, 1, 1]
    assert feather(mask, 3)[1, :10].tolist() == pytest.approx(rising)
    assert torch.equal(feather(mask, 0), mask)
    assert torch.equal(feather(torch.ones(3, 10), 3), torch.ones(3, 10))


# --- holes and specks ----------------------------------------------------------------------------


def test_fill_holes_fills_what_is_enclosed_and_not_what_is_open() -> None:
    ring = picture("######.###", "#....#.#..", "#.##.#.#..", "#....#.#..", "######.###")
    filled = picture("######.###", "######.#..", "######.#..", "######.#..", "######.###")
    assert torch.equal(fill_holes(ring), filled)


def test_a_bay_at_the_edge_of_the_picture_is_no_hole() -> None:
    bay = picture("##.##", "#...#", "#####")
    assert torch.equal(fill_holes(bay), bay)


@given(masks())
def test_fill_holes_contains_the_mask_and_leaves_no_hole(mask: Tensor) -> None:
    filled = fill_holes(mask)
    assert filled.shape == mask.shape and is_hard(filled)
    assert (filled >= hard(mask)).all()
    assert torch.equal(fill_holes(filled), filled)
    open_to_the_edge = torch.zeros_like(mask)  # flood what is empty, from the picture's rim
    open_to_the_edge[[0, -1]] = 1
    open_to_the_edge[:, [0, -1]] = 1
    open_to_the_edge *= 1 - hard(mask)
    while True:
        wider = grow(open_to_the_edge, 1) * (1 - hard(mask))
        if torch.equal(wider, open_to_the_edge):
            break
        open_to_the_edge = wider
    assert torch.equal(filled, 1 - open_to_the_edge)


def without_specks(mask: Tensor, share: float = 0.01) -> Tensor:
    spot = spot_of(mask)
    return without_specks_of(spot, share).whole() if spot else torch.zeros_like(mask)


def test_specks_go_and_what_is_large_stays() -> None:
    mask = torch.zeros(40, 40)
    mask[2:22, 2:22] = 1
    mask[30:36, 30:36] = 1
    mask[38, 2] = 1
    kept = without_specks(mask, 0.01)
    assert kept[2:22, 2:22].all() and kept[30:36, 30:36].all()
    assert kept[38, 2] == 0 and kept.sum() == 436
    assert without_specks(mask, 0.2).sum() == 400


@given(masks(), st.sampled_from([0.0, 0.01, 0.1]))
def test_without_specks_takes_away_only(mask: Tensor, share: float) -> None:
    kept = without_specks(mask, share)
    assert kept.shape == mask.shape and is_hard(kept)
    assert (kept <= hard(mask)).all()
    if share == 0:
        assert torch.equal(kept, hard(mask))


def test_a_lonely_speck_is_all_there_is_and_stays() -> None:
    mask = torch.zeros(100, 100)
    mask[50, 50] = 1
    assert torch.equal(without_specks(mask, 0.5), mask)


# --- together ------------------------------------------------------------------------------------


@given(sides, sides)
def test_the_union_of_none_is_zero_at_full_size(height: int, width: int) -> None:
    joined = union(torch.zeros(0, height, width), (height, width))
    assert joined.shape == (height, width) and not joined.any()


@given(masks(), st.integers(1, 4), st.integers(0, 1 << 30))
def test_the_union_holds_each_and_no_more(mask: Tensor, count: int, seed: int) -> None:
    chance = torch.Generator().manual_seed(seed)
    others = torch.rand(count, *mask.shape, generator=chance)
    each = torch.cat([mask[None], others])
    joined = union(each, (mask.shape[0], mask.shape[1]))
    assert (joined >= each).all()
    assert (joined[None] == each).any(dim=0).all()


@given(masks(), st.integers(0, 1 << 30))
def test_subtract_leaves_what_is_in_one_only(mask: Tensor, seed: int) -> None:
    other = torch.rand(mask.shape, generator=torch.Generator().manual_seed(seed)).round()
    rest = subtract(hard(mask), other)
    assert torch.equal(rest, hard(mask) * (1 - other))
    assert not subtract(mask, torch.ones_like(mask)).any()
    assert torch.equal(subtract(mask, torch.zeros_like(mask)), mask)


# --- only where the mask is


@pytest.mark.parametrize("change", [
    lambda mask: grow(mask, 3.5), lambda mask: grow(mask, -1.5), lambda mask: feather(mask, 2.5),
    fill_holes, without_specks,
])  # fmt: skip
@given(mask=masks(), above=st.integers(4, 40), beside=st.integers(4, 40))
def test_how_large_the_picture_is_makes_no_difference(
    change: Callable[[Tensor], Tensor], mask: Tensor, above: int, beside: int
) -> None:
    room = 6  # more than any change reaches
    height, width = mask.shape
    near = torch.zeros(height + 2 * room, width + 2 * room)
    near[room : room + height, room : room + width] = mask
    far = torch.zeros(height + 2 * room + above, width + 2 * room + beside)
    far[above:, beside:] = near
    expected = torch.zeros_like(far)
    expected[above:, beside:] = change(near)
    assert torch.equal(change(far), expected)


@pytest.mark.parametrize(("height", "width"), [(512, 512), (200, 1600), (1600, 200)])
def test_what_a_model_is_sure_of_stays_whatever_its_colour(height: int, width: int) -> None:
    """A thin limb of its surroundings' colour, on a body: nothing in the picture shows an edge."""
    logits = torch.full((64, 64), -10.0)
    logits[8:40, 8:24] = 10
    logits[20:23, 24:56] = 10
    image = torch.full((height, width, 3), 0.5)
    mask = from_logits(logits, image)
    limb = torch.zeros(64, 64)
    limb[20:23, 26:54] = 1
    there = F.interpolate(limb[None, None], (height, width))[0, 0] > 0
    assert mask[there].mean() > 0.85


@pytest.mark.parametrize(("height", "width"), [(200, 1600), (1600, 200)])
def test_edges_of_long_pictures_are_found_both_ways(height: int, width: int) -> None:
    """Of models that stretch a picture to a square, a cell is long one way and short the other."""
    rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    there = ((rows / height - 0.5).abs() < 0.23) & ((columns / width - 0.5).abs() < 0.23)
    red, blue = torch.tensor([0.8, 0.3, 0.2]), torch.tensor([0.2, 0.4, 0.7])
    image = torch.where(there[..., None], red, blue)
    coarse = F.interpolate(there[None, None].float(), (64, 64), mode="area")[0, 0]
    mask = from_logits(torch.logit(coarse.clamp(0.02, 0.98)), image)
    assert iou(mask > 0.5, there) > 0.995


@pytest.mark.parametrize("scene", [DRESS_SCENE, PEOPLE_SCENE, BALLS_SCENE])
def test_edges_are_those_of_the_exact_filter(scene: Scene) -> None:
    """Which averages over every pixel of the whole picture, and not over every fourth near it."""
    picture, image = drawn(scene)
    masks = torch.stack([torch.from_numpy(picture.mask(each)) for each in picture.instances])
    masks = masks[masks.sum(dim=(1, 2)) >= 150]
    coarse = F.interpolate(masks[None].float(), (64, 64), mode="area")
    logits = torch.logit(coarse.clamp(0.01, 0.99))
    chance = F.interpolate(logits, (256, 256), mode="bilinear").sigmoid()
    filtered = guided_blur(image.movedim(-1, 1), chance, 33, 1e-5)
    for true, rough, fine in zip(masks, logits[0], filtered[0], strict=True):
        exact = without_specks((fine > 0.5).float()) > 0.5
        ours = from_logits(rough, image[0]) > 0.5
        assert iou(ours, exact) > 0.985
        assert iou(ours, true) > iou(exact, true) - 0.015


def test_what_is_cut_out_holds_on_to_nothing_else() -> None:
    """Or what is kept of it would take more memory than is reckoned."""
    lines = torch.linspace(-10, 10, 64)
    disc = 9 - (lines[:, None] ** 2 + lines[None] ** 2)
    (spot,) = spots_from_logits(disc[None], torch.full((256, 256, 3), 0.5))
    assert spot is not None and spot.values.base is None


@pytest.mark.parametrize("cells", [24, 64, 240])
def test_what_lies_in_the_middle_stays_there(cells: int) -> None:
    """The filter sees one pixel a cell; were that a corner, the mask would lie half a cell off."""
    inside = 0.25 - ((torch.arange(cells) + 0.5) / cells - 0.5).abs()
    logits = 20 * torch.minimum(inside[:, None], inside[None])
    mask = from_logits(logits, torch.full((960, 960, 3), 0.5))
    for lines in (mask.amax(dim=0), mask.amax(dim=1)):
        there = lines.nonzero()[:, 0]
        assert abs(int(there[0]) - (959 - int(there[-1]))) <= 1


def iou(one: Tensor, other: Tensor) -> float:
    return float((one & other).sum() / (one | other).sum())


@pytest.mark.parametrize("threads", [1, 3, 16])
@settings(max_examples=50)  # of each number of threads
@given(mask=masks(), by=pixels)
def test_threads_make_no_difference(mask: Tensor, by: float, threads: int) -> None:
    nothing = torch.zeros(30, mask.shape[1])
    tall = hard(torch.cat([mask, nothing, mask.flip(0), torch.ones_like(mask)]))
    with patch.object(torch, "get_num_threads", lambda: threads):
        changed = [grow(tall, by), grow(tall, -by), feather(tall, by)]
    outside, inside = (ndimage.distance_transform_edt(each) for each in (1 - tall, tall))
    most = ndimage.maximum_filter(inside, 2 * math.ceil(2 * by + 1) + 1, mode="nearest")
    soft = np.clip(inside / (np.minimum((most - 1) / 2, by) + 1), 0, 1)
    for result, expected in zip(changed, (outside <= by, inside > by, soft), strict=True):
        assert np.array_equal(result, expected.astype(np.float32))


@pytest.mark.parametrize("change", [
    lambda mask: grow(mask, 3), lambda mask: grow(mask, -2), lambda mask: feather(mask, 4),
])  # fmt: skip
def test_of_a_background_only_the_surroundings_of_what_stays_are_measured(
    change: Callable[[Tensor], Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    mask, measured = torch.ones(500, 700), list[int]()
    mask[200:230, 300:340] = 0
    depth = spots._depth

    def counted(inside: np.ndarray, reach: float) -> np.ndarray:
        measured.append(inside.size)
        return depth(inside, reach)

    monkeypatch.setattr(spots, "_depth", counted)
    assert change(mask).any() and max(measured) < 110 * 110


@pytest.mark.parametrize("size", [(5, 5), (40, 61), (97, 130)])
@pytest.mark.parametrize("steps", [(1, 1), (3, 2), (7, 11)])
def test_the_edge_is_told_plane_by_plane_as_by_all_at_once(
    size: tuple[int, int], steps: tuple[int, int]
) -> None:
    chance, image = torch.rand(size), torch.rand(*size, 3)
    colours = image.movedim(-1, 0)
    down, across = (min(step, side // 5) for step, side in zip(steps, size, strict=True))
    rows, columns = slice(down // 2, None, down), slice(across // 2, None, across)
    fit = masks_of._fit(colours[:, rows, columns], chance[rows, columns])
    fit = F.interpolate(fit, scale_factor=(down, across), mode="bilinear")
    fit = F.pad(fit, (0, size[1] - fit.shape[-1], 0, size[0] - fit.shape[-2]), "replicate")[0]
    expected = (fit[:3] * colours).sum(dim=0) + fit[3] > 0.5
    assert torch.equal(masks_of._sharp(chance, image, steps), expected)


def test_of_holes_only_the_small_ones() -> None:
    wheel = torch.zeros(100, 100)
    wheel[10:90, 10:90] = 1
    wheel[30:60, 30:60] = 0  # what shows through
    wheel[75, 75] = 0
    filled = fill_holes(wheel, 0.005)
    assert filled[75, 75] == 1 and filled.sum() == wheel.sum() + 1
    assert fill_holes(wheel)[10:90, 10:90].all()
