"""Odd things handed to every public function of the library: each works, or says what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from worlds import DRESS_SCENE, drawn, instance

from prompt_edit import given
from prompt_edit.detect import choose, convert
from prompt_edit.detect.ground import Grounded, for_phrase, ground, ground_each, reasons
from prompt_edit.detect.grounding_dino import GroundingDino
from prompt_edit.errors import ImageError, ModelError, PromptEditError
from prompt_edit.inpaint import region, repaint
from prompt_edit.inpaint.diffusion import Inpainter
from prompt_edit.inpaint.settings import PAINT, Sampling
from prompt_edit.masks import fitting
from prompt_edit.plan import Edit, Relation, Which
from prompt_edit.segment import by_hand, cover, masks
from prompt_edit.segment.sam import Sam

pytestmark = pytest.mark.slow

NAN = float("nan")
PLAIN: dict[str, Any] = {
    "nothing": None, "text": "x", "true": True, "nan": NAN, "infinite": float("inf"),
    "negative": -1, "much": 2**70, "a part": 0.3, "no list": [], "odds": [None, "x", NAN],
    "a dict": {"x": NAN}, "an object": object(),
}  # fmt: skip
ARRAYS: dict[str, Any] = {
    "an array": np.ones((4, 4)), "pictures in an array": np.ones((1, 256, 256, 3), np.float32),
    "one number": torch.tensor(1.0), "flat": torch.ones(4), "empty": torch.zeros(0),
    "no pixel": torch.zeros(0, 256), "a mask": torch.ones(256, 256),
    "masks": torch.ones(1, 256, 256), "a small mask": torch.ones(4, 4),
    "a mask of NaN": torch.full((256, 256), NAN), "a mask of 255": torch.full((256, 256), 255.0),
    "bytes": torch.full((256, 256), 255, dtype=torch.uint8), "sparse": torch.ones(9, 9).to_sparse(),
    "complex": torch.ones(256, 256, dtype=torch.complex64), "a latent": torch.rand(1, 4, 8, 8),
    "a picture": torch.rand(256, 256, 3), "two pictures": torch.rand(2, 256, 256, 3),
    "pictures of NaN": torch.full((1, 256, 256, 3), NAN),
    "pictures of 255": torch.full((1, 256, 256, 3), 255.0),
    "pictures in bytes": torch.zeros(1, 256, 256, 3, dtype=torch.uint8),
    "true and false": torch.ones(1, 256, 256, 3) > 0,
}  # fmt: skip

Call = tuple[Callable[..., Any], dict[str, Any]]


@pytest.fixture(scope="module")
def calls(detector: GroundingDino, segmenter: Sam, small_painter: Inpainter) -> dict[str, Call]:
    """The public functions, each with arguments that work."""
    scene, image = drawn(DRESS_SCENE)
    mask = torch.from_numpy(scene.mask(instance(scene, "dress"))).float()
    edit = Edit(operation="recolor", target="dress", result="blue dress", prompt="a blue dress")
    found = ground(detector, image, edit)
    return {
        **of_masks(image, mask),
        **of_segment(segmenter, image, mask, found),
        **of_detect(detector, image, mask, edit, found),
        **of_region(image, mask),
        **of_inpaint(small_painter, image, mask, edit),
    }


def of_masks(image: Tensor, mask: Tensor) -> dict[str, Call]:
    size = (256, 256)
    return {
        "grow": (masks.grow, {"mask": mask, "pixels": 2}),
        "feather": (masks.feather, {"mask": mask, "pixels": 2.0}),
        "fill_holes": (masks.fill_holes, {"mask": mask}),
        "union": (masks.union, {"masks": mask[None], "size": size}),
        "subtract": (masks.subtract, {"mask": mask, "other": mask}),
        "fitting": (fitting, {"masks": mask, "images": image}),
    }


def of_segment(segmenter: Sam, image: Tensor, mask: Tensor, found: Grounded) -> dict[str, Call]:
    boxes, size = found.boxes, (256, 256)
    points = {"given": torch.ones(1, 1, 2), "labels": torch.ones(1, 1), "size": size}
    return {
        "read_points": (by_hand.read_points, {"text": "1, 2"}),
        "mask_by_hand": (by_hand.mask_by_hand, {
            "segmenter": segmenter, "images": image, "inside": [(128, 128)], "outside": [(5, 5)],
            "rough": mask, "grown": 1, "feathered": 1, "filled": True}),
        "patches": (lambda rough: list(by_hand.patches(rough)), {"rough": mask}),
        "given.boxes": (given.boxes, {"given": boxes}),
        "given.points": (lambda given_, labels: given.points(given_, labels, size),
                         {"given_": points["given"], "labels": points["labels"]}),
        "given.mask": (given.mask, {"given": mask}),
        "given.rough": (lambda rough: given.rough(rough, size), {"rough": mask[None]}),
        "segment": (segmenter.segment, {
            "image": image[0], "boxes": boxes, "points": points["given"],
            "labels": points["labels"], "rough": mask[None]}),
        "cover": (cover.cover, {"segmenter": segmenter, "image": image, "grounded": found}),
        "cover_each": (cover.cover_each, {
            "segmenter": segmenter, "images": image, "found": [found], "grown": 1,
            "feathered": 1, "filled": True}),
        "cover_boxes": (cover.cover_boxes, {"boxes": boxes, "size": size}),
    }  # fmt: skip


def of_detect(
    detector: GroundingDino, image: Tensor, mask: Tensor, edit: Edit, found: Grounded
) -> dict[str, Call]:
    return {
        "ground": (ground, {"detector": detector, "image": image, "edit": edit, "threshold": 0.3}),
        "ground_each": (ground_each, {
            "detector": detector, "images": image, "edit": edit, "threshold": 0.3}),
        "reasons": (reasons, {"found": [found]}),
        "for_phrase": (for_phrase, {"phrase": "dress"}),
        "to_bounding_boxes": (convert.to_bounding_boxes, {"found": [found]}),
        "to_bboxes": (convert.to_bboxes, {"found": [found], "form": "xyxy"}),
        "pick_boxes": (convert.pick_boxes, {"found": [found], "images": image, "number": 1}),
        "to_segs": (convert.to_segs, {
            "found": [found], "masks": mask[None], "images": image, "crop_factor": 3.0}),
        "from_boxes": (convert.from_boxes, {
            "boxes": [1, 2, 30, 40], "images": image, "form": "xyxy"}),
        "from_segs": (convert.from_segs, {
            "segs": convert.to_segs([found], mask[None], image)[0], "images": image}),
        "choose": (choose.choose, {"found": found.found, "which": Which(by="left")}),
        "related": (choose.related, {
            "found": found.found, "anchors": found.found,
            "relation": Relation(kind="near", anchor="dog")}),
    }  # fmt: skip


def of_region(image: Tensor, mask: Tensor) -> dict[str, Call]:
    cut = region.crop(image, mask, 64, 8, 1.4)
    place = region.Region(0, 0, 256, 256, (256, 256))
    return {
        "region_around": (region.region_around, {
            "mask": mask, "native": 256, "multiple": 8, "context": 1.4}),
        "stitch": (region.stitch, {
            "image": image, "patch": image, "mask": mask[None], "region": place}),
        "crop": (region.crop, {
            "images": image, "masks": mask, "size": 64, "multiple": 8, "context": 1.4}),
        "uncrop": (region.uncrop, {
            "cut": cut, "patches": cut.cuts()[0], "feathered": 2.0, "matched": True}),
        "match_colour": (region.match_colour, {
            "patch": image, "original": image, "mask": mask[None]}),
        "Region.cut": (place.cut, {"image": image}),
        "Region.cut_mask": (place.cut_mask, {"mask": mask[None]}),
        "Region.back": (place.back, {"patch": image}),
    }  # fmt: skip


def of_inpaint(painter: Inpainter, image: Tensor, mask: Tensor, edit: Edit) -> dict[str, Call]:
    return {
        "repaint": (repaint.repaint, {
            "painter": painter, "image": image, "mask": mask, "edit": edit,
            "sampling": Sampling(), "controls": (),
            "seen": repaint.Seen(mask)}),
        "repaint_each": (repaint.repaint_each, {
            "painter": painter, "images": image, "masks": mask, "edit": edit, "prompt": "",
            "negative_prompt": "", "sampling": Sampling(), "controls": ()}),
        "painted_mask": (repaint.painted_mask, {"mask": mask, "paint": PAINT["recolor"]}),
        "cut_out": (repaint.cut_out, {"image": image, "mask": mask}),
    }  # fmt: skip


NAMES = [
    "grow",
    "feather",
    "fill_holes",
    "union",
    "subtract",
    "fitting",
    "read_points",
    "mask_by_hand",
    "patches",
    "given.boxes",
    "given.points",
    "given.mask",
    "given.rough",
    "segment",
    "cover",
    "cover_each",
    "cover_boxes",
    "ground",
    "ground_each",
    "reasons",
    "for_phrase",
    "to_bounding_boxes",
    "to_bboxes",
    "pick_boxes",
    "to_segs",
    "from_boxes",
    "from_segs",
    "choose",
    "related",
    "region_around",
    "stitch",
    "crop",
    "uncrop",
    "match_colour",
    "Region.cut",
    "Region.cut_mask",
    "Region.back",
    "repaint",
    "repaint_each",
    "painted_mask",
    "cut_out",
]


def test_every_function_is_tried(calls: dict[str, Call]) -> None:
    assert sorted(NAMES) == sorted(calls)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.filterwarnings("ignore")
def test_odd_values_work_or_are_named(calls: dict[str, Call], name: str) -> None:
    run, good = calls[name]
    run(**good)
    faults = []
    for argument in good:
        for words, value in {**PLAIN, **ARRAYS}.items():
            try:
                run(**{**good, argument: value})
            except PromptEditError as error:
                if not str(error) or "\n" in str(error):
                    faults.append(f"{argument}, {words}: says {str(error)[:80]!r}")
            except Exception as error:
                faults.append(f"{argument}, {words}: {error!r:.120}")
    assert not faults, "\n".join(faults)


def test_who_gives_no_model_is_told(calls: dict[str, Call]) -> None:
    for name, argument in (("mask_by_hand", "segmenter"), ("cover", "segmenter"),
                           ("ground", "detector"), ("repaint", "painter"),
                           ("repaint_each", "painter")):  # fmt: skip
        run, good = calls[name]
        with pytest.raises(ModelError, match=f"The {argument} must have a method"):
            run(**{**good, argument: None})


# --- what would be a wrong mask in silence -------------------------------------------------------


@pytest.mark.parametrize("mask", [torch.full((9, 9), 255.0), torch.full((9, 9), 9)])
def test_a_mask_that_goes_to_255_is_refused(mask: torch.Tensor) -> None:
    for run in (masks.fill_holes, lambda each: masks.grow(each, 1),
                lambda each: masks.union(each[None], (9, 9))):  # fmt: skip
        with pytest.raises(ImageError, match="not between 0 and 1"):
            run(mask)


@pytest.mark.parametrize("label", ["label", "point_label", "pointLabel", "labels"])
def test_a_point_that_says_where_it_belongs_is_not_taken_for_another(
    segmenter: Sam, label: str
) -> None:
    image = drawn(DRESS_SCENE)[1]

    def marks(*labels: Any) -> list[Any]:
        points = ", ".join(f'{{"x": {90 + 40 * n}, "y": 128, "{label}": {each}}}'
                           for n, each in enumerate(labels))  # fmt: skip
        return by_hand.read_points(f"[{points}]")

    plain = by_hand.mask_by_hand(segmenter, image, [(90, 128)], [(90, 128)])
    assert torch.equal(by_hand.mask_by_hand(segmenter, image, marks(1), marks(0)), plain)
    with pytest.raises(ImageError, match="Move the point 130, 128 from inside to outside"):
        by_hand.mask_by_hand(segmenter, image, marks(1, 0))
    with pytest.raises(ImageError, match="Move the point 90, 128 from outside to inside"):
        by_hand.mask_by_hand(segmenter, image, [(3, 3)], marks(1))
    for odd in ("2", "-1", '"a"', "null", "NaN"):
        with pytest.raises(ImageError, match="is no list of points"):
            marks(odd)
    assert marks("true")[0].label == 1


def test_one_picture_is_asked_for_where_one_edit_is_done(calls: dict[str, Call]) -> None:
    """Of a batch the first would be taken in silence."""
    pair = torch.rand(2, 256, 256, 3)
    for name in ("ground", "cover", "repaint", "cut_out"):
        run, good = calls[name]
        with pytest.raises(ImageError, match=r"must have the shape \[1,H,W,C\]|found in"):
            run(**{**good, "image": pair})


def test_detections_are_boxes() -> None:
    from prompt_edit.detect.detections import Detections

    box = torch.tensor([[1.0, 2, 3, 4]])
    for boxes, scores, labels in ((box * NAN, 1, 1), (box[0], 1, 1), (box, 2, 1), (box, 1, 0),
                                  (None, 1, 1), (box.numpy(), 1, 1)):  # fmt: skip
        with pytest.raises(ImageError):
            Detections(boxes, torch.ones(scores), ("hat",) * labels, (9, 9))  # type: ignore
