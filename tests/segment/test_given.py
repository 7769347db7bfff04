"""Odd things handed in: each works, or gives one message of ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from worlds import DRESS_SCENE, drawn, instance

from prompt_edit.detect.detections import Detections
from prompt_edit.detect.ground import Grounded
from prompt_edit.errors import ImageError, ModelError
from prompt_edit.models.store import sample_models
from prompt_edit.segment.by_hand import mask_by_hand, read_points
from prompt_edit.segment.cover import cover, cover_boxes, cover_each
from prompt_edit.segment.masks import feather, fill_holes, grow, subtract
from prompt_edit.segment.sam import Sam

NAN = float("nan")
SIZE = (40, 60)
IMAGE = torch.rand(*SIZE, 3, generator=torch.Generator().manual_seed(1))
BOX = torch.tensor([[5.0, 5, 30, 30]])


def box(*sides: float) -> Tensor:
    return torch.tensor([sides], dtype=torch.float32)


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no picture": ({"image": None}, "not NoneType"),
    "an array": ({"image": IMAGE.numpy()}, "not numpy.ndarray"),
    "bytes": ({"image": (IMAGE * 255).byte()}, "holds torch.uint8"),
    "a batch": ({"image": IMAGE[None]}, "must have the shape"),
    "channels first": ({"image": IMAGE.movedim(-1, 0)}, "must have the shape"),
    "two channels": ({"image": IMAGE[..., :2]}, "must have the shape"),
    "no height": ({"image": IMAGE[:0]}, "has no pixels"),
    "NaN": ({"image": IMAGE * NAN}, "holds NaN"),
    "no prompt": ({"boxes": None}, "and some; got none"),
    "a box of NaN": ({"boxes": box(1, 2, NAN, 4)}, r"Box 1 \(1, 2, nan, 4\) is none"),
    "an endless box": ({"boxes": box(1, 2, float("inf"), 4)}, "Box 1"),
    "a box that ends before it begins": (
        {"boxes": torch.cat([BOX, box(30, 5, 10, 30)])}, r"Box 2 \(30, 5, 10, 30\) is none"),
    "a box of three": ({"boxes": torch.ones(1, 3)}, "shape \\[1, 3\\]"),
    "one box alone": ({"boxes": BOX[0]}, "shape \\[4\\]"),
    "a word as box": ({"boxes": "here"}, "Boxes must be numbers"),
    "ragged boxes": ({"boxes": [[1, 2, 3, 4], [1]]}, "Boxes must be numbers"),
    "flat points": ({"points": torch.ones(1, 2)}, "shape \\[1, 2\\]"),
    "no points in a set": ({"points": torch.ones(1, 0, 2)}, "shape \\[1, 0, 2\\]"),
    "a point of NaN": ({"points": torch.tensor([[[NAN, 3]]])}, "nan, 3 lies beside"),
    "a point beside": ({"points": torch.tensor([[[60.0, 3]]])}, "60, 3 lies beside"),
    "odd labels": ({"points": torch.ones(1, 1, 2), "labels": torch.tensor([[7]])}, "labels"),
    "labels of others": ({"points": torch.ones(1, 1, 2), "labels": torch.ones(2, 2)}, "labels"),
    "more points than boxes": ({"points": torch.ones(2, 1, 2)}, "As many prompts"),
    "a small rough mask": ({"rough": torch.ones(1, 20, 30)}, "must be of the picture's size"),
    "a flat rough mask": ({"rough": torch.ones(*SIZE)}, "rough mask must have the shape"),
    "a rough mask of NaN": ({"rough": torch.full((1, *SIZE), NAN)}, "rough mask holds values"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_segmented_is_said(segmenter: Sam, name: str) -> None:
    changed, words = WRONG[name]
    with pytest.raises(ImageError, match=words):
        segmenter.segment(**{"image": IMAGE, "boxes": BOX, **changed})


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_pictures_and_masks_of_any_precision(segmenter: Sam, dtype: torch.dtype) -> None:
    scene, image = drawn(DRESS_SCENE)
    boxes = torch.tensor([scene.box(instance(scene, "dress"))], dtype=torch.float32)
    whole = segmenter.segment(image[0], boxes)
    other = segmenter.segment(image[0].to(dtype), boxes.to(dtype))
    assert other.dtype == torch.float32 and (whole - other).abs().mean() < 0.01
    rough = mask_by_hand(segmenter, image.to(dtype), rough=whole.to(dtype))
    assert (rough - whole).abs().mean() < 0.02
    for done in (grow(whole[0].to(dtype), 2), feather(whole[0].to(dtype), 2),
                 fill_holes(whole[0].to(dtype))):  # fmt: skip
        assert done.shape == whole[0].shape and done.any()


SHAPES = [(1, 1), (1, 2000), (2000, 1), (2, 4000), (3, 700), (1, 3), (3, 3)]


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("size", SHAPES)
def test_one_pixel_and_strips_are_cut_like_any_picture(
    segmenter: Sam, size: tuple[int, int], channels: int
) -> None:
    height, width = size
    image = torch.rand(1, height, width, channels)
    boxes = box(0, 0, width, height)
    assert segmenter.segment(image[0], boxes).shape == (1, *size)
    found = Detections(boxes, torch.ones(1), ("hat",), size)
    assert cover(segmenter, image, Grounded(found, Detections.none(size))).mask.shape == size
    whole = mask_by_hand(segmenter, image, [(0, 0)], rough=torch.ones(1, *size), grown=2,
                         feathered=3, filled=True)  # fmt: skip
    assert whole.shape == (1, *size) and whole.isfinite().all()


def test_a_strip_of_three_rows_is_not_taken_for_three_channels(segmenter: Sam) -> None:
    """A library that guesses which side the channels are on would see it turned."""
    row = torch.linspace(0, 1, 90)[:, None].expand(90, 3)
    lying, standing = row[None].expand(3, 90, 3), row[:, None].expand(90, 3, 3)
    one, other = (segmenter._embed([segmenter._pixels(each)])[0][0] for each in (lying, standing))
    assert not torch.allclose(one, other)


def test_a_box_is_cut_to_the_picture_and_without_an_area_it_gives_nothing(segmenter: Sam) -> None:
    scene, image = drawn(DRESS_SCENE)
    dress = torch.tensor([scene.box(instance(scene, "dress"))], dtype=torch.float32)
    asked = torch.cat([dress, box(20, 20, 20, 90), box(300, 20, 400, 90), box(-9, -9, 0, 0)])
    masks = segmenter.segment(image[0], asked)
    assert torch.equal(masks[:1], segmenter.segment(image[0], dress)) and masks[0].any()
    assert not masks[1:].any()
    everything = segmenter.segment(image[0], box(-1e30, -1e30, 1e30, 1e30))
    assert torch.equal(everything, segmenter.segment(image[0], box(0, 0, 256, 256)))
    assert segmenter.segment(image[0], []).shape == (0, 256, 256)  # type: ignore[arg-type]


# --- cover ---------------------------------------------------------------------------------------


class Filled:
    """A segmenter that fills its boxes; with `blind` it sees nothing."""

    def __init__(self, blind: bool = False) -> None:
        self.blind = blind

    def segment(self, image: Tensor, boxes: Tensor) -> Tensor:
        masks = torch.zeros(len(boxes), *image.shape[:2])
        for mask, (x0, y0, x1, y1) in zip(masks, boxes.int().tolist(), strict=True):
            mask[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)] = 0 if self.blind else 1
        return masks


def grounded(boxes: Tensor, left: Tensor | None = None, size: tuple[int, int] = SIZE) -> Grounded:
    found, without = (
        Detections(each, torch.ones(len(each)), ("hat",) * len(each), size)
        for each in (boxes, torch.zeros(0, 4) if left is None else left)
    )
    return Grounded(found, without)


REASONS: list[tuple[Filled, Grounded, str]] = [
    (Filled(), grounded(BOX), ""),
    (Filled(), grounded(torch.zeros(0, 4)), ""),
    (Filled(), grounded(BOX, BOX), "what is left out covers all of it."),
    (Filled(blind=True), grounded(BOX), "SAM sees nothing to cut in its box. Choose another SAM, or"
     " mark it by hand."),
    (Filled(blind=True), grounded(BOX, BOX), "SAM sees nothing to cut in its box. Choose another"
     " SAM, or mark it by hand."),
    (Filled(), grounded(box(70, 5, 90, 9)), "1 of 1 boxes have no area in the picture."),
    (Filled(), grounded(torch.cat([BOX, box(9, 9, 9, 30)])),
     "1 of 2 boxes have no area in the picture."),
]  # fmt: skip


@pytest.mark.parametrize(("segmenter", "asked", "reason"), REASONS)
def test_an_empty_cover_says_why(segmenter: Filled, asked: Grounded, reason: str) -> None:
    covered = cover(segmenter, IMAGE[None], asked)
    assert covered.reason == reason
    assert covered.instances.shape == (len(asked.boxes), *SIZE)
    pair = cover_each(segmenter, torch.stack([IMAGE, IMAGE]), [grounded(BOX), asked])
    assert pair.reasons[1] == reason


def test_what_is_shrunk_away_is_said() -> None:
    covered = cover_each(Filled(), IMAGE[None], [grounded(BOX)], grown=-20)
    assert covered.reasons == ("its mask shrinks to nothing. Shrink it less.",)


class NearBlind(Filled):
    """One that sees nothing in boxes of less than six pixels: a cell of SAM's own mask."""

    def segment(self, image: Tensor, boxes: Tensor) -> Tensor:
        small = (boxes[:, 2:] - boxes[:, :2]).amax(dim=1) < 6
        return super().segment(image, boxes) * ~small[:, None, None]


BUTTONS = torch.cat([box(15, 20, 20, 25), box(15, 30, 25, 40), box(30, 9, 30, 9)])
"""A small one, a large one, and one without an area."""


@pytest.mark.parametrize("shape", ["object", "picture"])
def test_what_is_left_out_and_cannot_be_cut_is_left_out_by_its_box(shape: Any) -> None:
    asked = replace(grounded(box(10, 10, 50, 60), BUTTONS), shape=shape)
    covered = cover(NearBlind(), IMAGE[None], asked)
    kept = covered.seen.kept
    assert kept is not None and covered.mask.any()
    for button in ((slice(21, 24), slice(16, 19)), (slice(30, 40), slice(15, 25))):
        assert not covered.mask[button].any() and kept[button].all()
    assert covered.mask[12:18].any() and kept.sum() < 300
    assert not covered.reason and covered.spared == (
        'SAM sees nothing to cut in the box of "hat", which is left out: all in it stays.'
    )
    pair = cover_each(NearBlind(), torch.stack([IMAGE, IMAGE]), [grounded(BOX), asked])
    assert pair.notes == (f"picture 2: {covered.spared}",)


def test_things_without_a_mask_beside_others_are_told() -> None:
    boxes = torch.cat([BUTTONS[:2], box(50, 30, 54, 34)])
    covered = cover_each(NearBlind(), IMAGE[None], [grounded(boxes)])
    assert covered.notes == ("Found, but SAM sees nothing to cut in 2 of 3 boxes.",)
    shrunk = cover_each(Filled(), IMAGE[None], [grounded(boxes)], grown=-3)
    assert shrunk.reasons == ("2 of 3 masks shrink to nothing.",)
    within = cover(Filled(), IMAGE[None], grounded(boxes, boxes[:1]))
    assert not within.reason and not within.instances[0].any(), "it was to be left out"


@pytest.mark.parametrize("place", [(3.2, 4.9, 30.1, 20.4), (-20, -9, 25.5, 30), (5, 5, 5.2, 90),
                                   (61, 5, 90, 9), (-1e30, -1e30, 1e30, 1e30)])  # fmt: skip
def test_a_box_without_its_corners(place: tuple[float, ...]) -> None:
    x0, y0, x1, y1 = place
    ys, xs = torch.arange(SIZE[0])[:, None] + 0.5, torch.arange(SIZE[1])[None] + 0.5
    u = (xs - (x0 + x1) / 2) / max((x1 - x0) / 2, 0.71)
    v = (ys - (y0 + y1) / 2) / max((y1 - y0) / 2, 0.71)
    assert torch.equal(cover_boxes(box(*place), SIZE)[0], (u**4 + v**4 <= 1).float())


WRONG_COVER: dict[str, tuple[Callable[[], Any], str]] = {
    "NaN": (lambda: cover(Filled(), IMAGE[None], grounded(box(1, 2, NAN, 4))), "Box 1"),
    "negative": (lambda: cover(Filled(), IMAGE[None], grounded(box(9, 2, 1, 4))), "Box 1"),
    "NaN in what is left out": (
        lambda: cover(Filled(), IMAGE[None], grounded(BOX, box(1, 2, NAN, 4))), "Box 1"),
    "a place of NaN": (lambda: cover_boxes(box(1, 2, NAN, 4), SIZE), "Box 1"),
    "another picture": (
        lambda: cover(Filled(), IMAGE[None], grounded(BOX, size=(9, 9))), "are for 1 picture"),
    "boxes of others": (
        lambda: cover_each(Filled(), IMAGE[None], [BOX]), "these are no detections"),  # type: ignore
    "a picture without a batch": (
        lambda: cover(Filled(), IMAGE, grounded(BOX)), "must have the shape"),
    "an array": (
        lambda: cover(Filled(), IMAGE[None].numpy(), grounded(BOX)), "picture"),  # type: ignore
    "no detections": (lambda: cover_each(Filled(), IMAGE[None], None), "Detections"),  # type: ignore
    "grown by NaN": (
        lambda: cover_each(Filled(), IMAGE[None], [grounded(BOX)], grown=NAN), "growth"),
    "feathered by words": (
        lambda: cover_each(Filled(), IMAGE[None], [grounded(BOX)], feathered="2"),  # type: ignore
        "feather"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_COVER)
def test_what_cannot_be_covered_is_said(name: str) -> None:
    run, words = WRONG_COVER[name]
    with pytest.raises(ImageError, match=words):
        run()


# --- masks and marks -----------------------------------------------------------------------------


@pytest.mark.parametrize("mask", [None, np.ones((4, 4)), torch.ones(4), torch.ones(1, 4, 4),
                                  torch.zeros(0, 4), torch.full((4, 4), NAN)])  # fmt: skip
@pytest.mark.parametrize("done", [fill_holes, lambda mask: grow(mask, 1),
                                  lambda mask: feather(mask, 1)])  # fmt: skip
def test_what_is_no_mask_is_said(done: Callable[[Any], Tensor], mask: Any) -> None:
    with pytest.raises(ImageError, match="The mask"):
        done(mask)


def test_masks_of_other_sizes_are_not_subtracted() -> None:
    with pytest.raises(ImageError, match="different sizes"):
        subtract(torch.ones(4, 4), torch.ones(5, 4))


def test_lengths_beyond_the_picture_take_no_longer() -> None:
    mask = torch.zeros(20, 30)
    mask[5:9, 5:9] = 1
    assert torch.equal(feather(mask, 1e12), feather(mask, 50))
    assert grow(mask, 1e12).all() and not grow(mask, -1e12).any()


@pytest.mark.parametrize("text", [None, 5, "NaN, 3", "inf, 3", "1e999, 1", "[" * 100_000,
                                  "[" * 5000 + "]" * 5000, "[1" + "0" * 400 + ", 5]", '[{"x": NaN,'
                                  ' "y": 1}]', "\x00", "120, 80, 200, 90"])  # fmt: skip
def test_nonsense_is_no_point(text: Any) -> None:
    with pytest.raises(ImageError, match="is no list of points") as error:
        read_points(text)
    assert len(str(error.value)) < 250


@pytest.mark.parametrize("text", ["120，80；200，90", "(120, 80), (200, 90)", "120, 80,\n200, 90,"])
def test_points_as_people_write_them(text: str) -> None:
    assert read_points(text) == [(120, 80), (200, 90)]


def test_points_in_a_tensor(segmenter: Sam) -> None:
    scene, image = drawn(DRESS_SCENE)
    x0, y0, x1, y1 = scene.box(instance(scene, "dog"))
    point = [((x0 + x1) / 2, (y0 + y1) / 2)]
    marked = mask_by_hand(segmenter, image, torch.tensor(point), torch.zeros(0, 2))  # type: ignore
    assert torch.equal(marked, mask_by_hand(segmenter, image, point))


@pytest.mark.parametrize("path", [None, 5, "a" * 5000])
def test_what_is_no_path_is_said(path: Any) -> None:
    with pytest.raises(ModelError) as error:
        Sam.load(path)
    assert len(str(error.value)) < 6000


def test_a_device_by_name() -> None:
    path = sample_models().segmenter
    assert Sam.load(path, "cpu").model.device.type == "cpu"  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="gpu0"):
        Sam.load(path, "gpu0")  # type: ignore[arg-type]


@pytest.mark.parametrize("marks", [["ab"], [(1,)], [(NAN, 3)], [(1, 2, 3)], [None], [("1", "2")]])
def test_marks_that_are_none_are_said(segmenter: Sam, marks: Any) -> None:
    for inside, outside in ((marks, []), ([(3, 3)], marks)):
        with pytest.raises(ImageError, match=r"is no point|lies beside"):
            mask_by_hand(segmenter, IMAGE[None], inside, outside)


def test_a_rough_mask_is_taken_in_any_shape(segmenter: Sam) -> None:
    scene, image = drawn(DRESS_SCENE)
    rough = torch.from_numpy(scene.mask(instance(scene, "dress"))).float()
    plain = mask_by_hand(segmenter, image, rough=rough[None])
    assert plain.any()
    for shaped in (rough, rough[None, None], rough[None, ..., None], rough > 0.5):
        assert torch.equal(mask_by_hand(segmenter, image, rough=shaped), plain)
    half = torch.nn.functional.interpolate(rough[None, None], (128, 128))[0]
    assert (mask_by_hand(segmenter, image, rough=half) - plain).abs().mean() < 0.02
    for none in (torch.zeros(1, 64, 64), torch.zeros(64, 64), torch.zeros(1, 64, 64, 1)):
        assert not mask_by_hand(segmenter, image, rough=none).any()
    with pytest.raises(ImageError):
        mask_by_hand(segmenter, image, rough=torch.full((1, 256, 256), NAN))


def test_nothing_that_is_left_out_takes_no_room(segmenter: Sam) -> None:
    """And what nothing was found of is nothing, too."""
    scene, image = drawn(DRESS_SCENE)
    dress = box(*scene.box(instance(scene, "dress")))
    found, size = Detections(dress, torch.ones(1), ("dress",), (256, 256)), (256, 256)
    for beside in (Detections.none(size), replace(found, boxes=box(20, 20, 20, 90))):
        seen = cover_each(segmenter, image, [Grounded(found, beside)], grown=3).seen[0]
        assert seen.kept is None and seen.size == size
    seen = cover_each(segmenter, image, [Grounded(found, found)]).seen[0]
    assert seen.kept is not None and seen.kept.any()


def test_more_masks_than_the_memory_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    size = (300, 400)
    boxes = torch.tensor([[10.0, 10, 30, 30]]).repeat(50, 1)
    found = Detections(boxes, torch.ones(50), ("apple",) * 50, size)
    grounded, image = Grounded(found, Detections.none(size)), torch.zeros(1, *size, 3)
    monkeypatch.setattr("prompt_edit.segment.cover.free_memory", lambda device: 60 * 2**20)
    with pytest.raises(ImageError, match="Name fewer things"):
        cover(Blank(), image, grounded)
    monkeypatch.setattr("prompt_edit.segment.cover.free_memory", lambda device: 90 * 2**20)
    assert cover(Blank(), image, grounded).instances.shape == (50, *size)


class Blank:
    """A segmenter whose masks are the whole picture."""

    def segment(self, image: Tensor, boxes: Tensor) -> Tensor:
        return torch.ones(len(boxes), *image.shape[:2])
