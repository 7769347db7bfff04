"""Masks of what a person marked, on the sample model."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from scipy import ndimage
from torch import Tensor
from worlds import BALLS_SCENE, DRESS_SCENE, drawn, instance

from prompt_edit.errors import ImageError
from prompt_edit.paperdoll.draw import Picture
from prompt_edit.preview import marked
from prompt_edit.segment.by_hand import mask_by_hand, patches, read_points
from prompt_edit.segment.sam import Sam


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("", []),
        ("120, 80", [(120, 80)]),
        ("120,80; 200 90.5;", [(120, 80), (200, 90.5)]),
        ("120 80\n(200, 90)\n", [(120, 80), (200, 90)]),
        ('[{"x": 120, "y": 80}, {"x": 1.5, "y": 2}]', [(120, 80), (1.5, 2)]),
        ('{"x": 1, "y": 2}', [(1, 2)]),
        ("[[120, 80], [200, 90]]", [(120, 80), (200, 90)]),
        ("[120, 80]", [(120, 80)]),
        ("[]", []),
    ],
)
def test_points_are_read_as_people_and_editors_write_them(
    text: str, points: list[tuple[float, float]]
) -> None:
    assert read_points(text) == points


@pytest.mark.parametrize("text", ["here", "1", "1, 2, 3", "[1]", '[{"x": 1}]', "[[1, 2], null]",
                                  "[1, 2", '["ab"]', "[[1, [2]]]", "[[]]"])  # fmt: skip
def test_what_is_no_point_is_refused(text: str) -> None:
    with pytest.raises(ImageError, match="is no list of points"):
        read_points(text)


def iou(mask: Tensor, picture: Picture, *kinds: str) -> float:
    true = torch.zeros(256, 256, dtype=torch.bool)
    for kind in kinds:
        true |= torch.from_numpy(picture.mask(instance(picture, *kind.split())))
    hard = mask > 0.5
    return float((hard & true).sum() / (hard | true).sum())


def hasty(picture: Picture, kind: str) -> Tensor:
    """A thing painted over as a hasty hand does: beyond its edge, and off by some pixels."""
    true = picture.mask(instance(picture, *kind.split()))
    wide = ndimage.shift(ndimage.binary_dilation(true, iterations=4).astype(float), (3, -3))
    return torch.from_numpy((wide > 0.5).astype("float32"))


def deepest(picture: Picture, kind: str) -> tuple[float, float]:
    """The point of a thing that is farthest from its edge."""
    true = picture.mask(instance(picture, *kind.split()))
    y, x = divmod(int(ndimage.distance_transform_edt(true).argmax()), 256)
    return x + 0.5, y + 0.5


@pytest.mark.parametrize("kind", ["dress", "dog", "hair"])
def test_cuts_what_was_painted_over(segmenter: Sam, kind: str) -> None:
    picture, image = drawn(DRESS_SCENE)
    rough = hasty(picture, kind)
    mask = mask_by_hand(segmenter, image, rough=rough[None])
    assert mask.shape == (1, 256, 256)
    assert iou(mask[0], picture, kind) > max(0.85, iou(rough, picture, kind) + 0.1)


@pytest.mark.parametrize("kind", ["dress", "dog", "hair"])
def test_cuts_what_a_point_lies_on(segmenter: Sam, kind: str) -> None:
    picture, image = drawn(DRESS_SCENE)
    mask = mask_by_hand(segmenter, image, inside=[deepest(picture, kind)])
    assert iou(mask[0], picture, kind) > 0.8


def test_each_patch_is_one_thing_and_points_add_another(segmenter: Sam) -> None:
    picture, image = drawn(BALLS_SCENE)
    rough = torch.maximum(hasty(picture, "ball red"), hasty(picture, "ball blue"))
    point = deepest(picture, "ball yellow")
    mask = mask_by_hand(segmenter, image, [point], rough=rough[None])
    assert iou(mask[0], picture, "ball red", "ball blue", "ball yellow") > 0.85


def test_patches_are_cut_together(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[int]()

    class Marked:
        """A segmenter that gives back what was painted."""

        def segment(self, image: Tensor, **given: Any) -> Tensor:
            asked.append(len(given["rough"]))
            assert given["points"].shape == (asked[-1], 1, 2) and not given["labels"].any()
            return given["rough"]

    rough = torch.zeros(1, 60, 60)
    rough[0, ::6, ::12] = 1  # fifty patches
    for pixels, calls in ((2**28, [8] * 6 + [2]), (8 * 60 * 60, [2] * 25)):
        monkeypatch.setattr("prompt_edit.segment.cover._PIXELS", pixels)
        asked.clear()
        mask = mask_by_hand(Marked(), torch.zeros(1, 60, 60, 3), outside=[(3, 3)], rough=rough)  # type: ignore[arg-type]
        assert asked == calls and torch.equal(mask, rough)


def test_the_same_marks_serve_a_batch(segmenter: Sam) -> None:
    picture, image = drawn(DRESS_SCENE)
    progress: list[tuple[int, int]] = []
    mask = mask_by_hand(segmenter, torch.cat([image, image]), rough=hasty(picture, "dog")[None],
                        on_step=lambda *at: progress.append(at))  # fmt: skip
    assert progress == [(1, 2), (2, 2)]
    assert torch.equal(mask[0], mask[1]) and mask[0].any()


def test_no_mark_gives_an_empty_mask_of_full_size(segmenter: Sam) -> None:
    image = drawn(DRESS_SCENE)[1]
    for rough in (None, torch.zeros(1, 64, 64)):  # the host's mask of a picture without alpha
        mask = mask_by_hand(segmenter, image, rough=rough)
        assert mask.shape == (1, 256, 256) and not mask.any()


def test_marks_that_do_not_fit_the_picture_are_refused(segmenter: Sam) -> None:
    image = drawn(DRESS_SCENE)[1]
    with pytest.raises(ImageError, match=r"300, 20 lies beside the picture, which is 256 x 256"):
        mask_by_hand(segmenter, image, inside=[(300, 20)])
    with pytest.raises(ImageError, match="64 x 48 pixels, but the picture is 256 x 256"):
        mask_by_hand(segmenter, image, rough=torch.ones(1, 48, 64))
    with pytest.raises(ImageError, match="2 masks came for 1 picture"):
        mask_by_hand(segmenter, image, rough=torch.ones(2, 256, 256))


def test_the_mask_is_finished_as_asked(segmenter: Sam) -> None:
    picture, image = drawn(DRESS_SCENE)
    rough = hasty(picture, "dog")[None]
    plain = mask_by_hand(segmenter, image, rough=rough)
    grown = mask_by_hand(segmenter, image, rough=rough, grown=5)
    soft = mask_by_hand(segmenter, image, rough=rough, feathered=6)
    assert (grown >= plain).all() and grown.sum() > plain.sum()
    assert ((soft > 0) & (soft < 1)).any() and (soft <= plain).all()


def test_patches_are_told_apart() -> None:
    rough = torch.zeros(8, 8)
    rough[1:3, 1:3] = 1
    rough[5:7, 4:8] = 0.9
    found = torch.stack(list(patches(rough)))
    assert found.shape == (2, 8, 8) and torch.equal(found.sum(dim=0), (rough > 0.5).float())
    assert list(patches(torch.zeros(8, 8))) == []


def test_a_slip_of_the_brush_is_no_thing_and_a_thin_line_is_one() -> None:
    line = torch.eye(200)
    assert [float(each.sum()) for each in patches(line)] == [200]
    stained = torch.zeros(200, 200)
    stained[20:60, 20:60] = 1
    stained[100::10, 100::10] = 1
    assert [float(each.sum()) for each in patches(stained)] == [1600]


def test_a_mask_of_grains_is_refused(segmenter: Sam) -> None:
    grains = torch.zeros(1, 256, 256)
    grains[:, ::8, ::8] = 1
    with pytest.raises(ImageError, match="falls into 1024 pieces"):
        mask_by_hand(segmenter, drawn(DRESS_SCENE)[1], rough=grains)


def test_faint_paint_with_points_outside_is_no_paint(segmenter: Sam) -> None:
    faint = torch.full((1, 256, 256), 0.3)
    mask = mask_by_hand(segmenter, drawn(DRESS_SCENE)[1], rough=faint, outside=[(10, 10)])
    assert not mask.any()


def test_the_preview_shows_mask_and_points() -> None:
    image, mask = torch.ones(2, 64, 64, 3), torch.zeros(2, 64, 64)
    mask[:, 30:40, 30:40] = 1
    shown = marked(image, mask, [(10.0, 12.0)], [(50.0, 12.0)])
    assert shown.shape == image.shape
    green, red, tinted = shown[0, 12, 10], shown[0, 12, 50], shown[0, 35, 35]
    assert green[1] > green[0] and red[0] > red[1] and tinted[1] < 1
    assert torch.equal(shown[1, 60, 60], image[1, 60, 60])


def test_a_cup_beside_a_sofa_is_no_slip_of_the_brush() -> None:
    painted = torch.zeros(400, 600)
    painted[20:320, 20:420] = 1
    painted[340:350, 500:512] = 1
    assert [float(each.sum()) for each in patches(painted)] == [120_000, 120]
