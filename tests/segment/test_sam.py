"""The segmenter on the sample model."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from worlds import BALLS_SCENE, DRESS_SCENE, drawn, instance

from prompt_edit.detect.detections import Detections
from prompt_edit.detect.ground import Grounded
from prompt_edit.errors import ModelError
from prompt_edit.models.recent import fingerprint, size_of
from prompt_edit.models.store import sample_models
from prompt_edit.paperdoll.draw import Picture
from prompt_edit.segment.cover import cover_each
from prompt_edit.segment.sam import Sam


def iou(mask: torch.Tensor, picture: Picture, kind: str, colour: str = "") -> float:
    true = torch.from_numpy(picture.mask(instance(picture, kind, colour)))
    hard = mask > 0.5
    return float((hard & true).sum() / (hard | true).sum())


@pytest.mark.parametrize("kind", ["dress", "dog", "hair", "woman"])
def test_cuts_what_the_box_holds(segmenter: Sam, kind: str) -> None:
    picture, image = drawn(DRESS_SCENE)
    box = torch.tensor([picture.box(instance(picture, kind))], dtype=torch.float32)
    mask = segmenter.segment(image[0], box)
    assert mask.shape == (1, 256, 256)
    assert set(mask.unique().tolist()) <= {0.0, 1.0}
    assert iou(mask[0], picture, kind) > 0.85


def test_each_box_its_own_mask(segmenter: Sam) -> None:
    picture, image = drawn(BALLS_SCENE)
    colours = ("red", "blue", "yellow")
    boxes = [picture.box(instance(picture, "ball", colour)) for colour in colours]
    masks = segmenter.segment(image[0], torch.tensor(boxes, dtype=torch.float32))
    for mask, colour in zip(masks, colours, strict=True):
        assert iou(mask, picture, "ball", colour) > 0.9


def test_no_box_no_mask(segmenter: Sam) -> None:
    image = drawn(BALLS_SCENE)[1]
    assert segmenter.segment(image[0], torch.zeros(0, 4)).shape == (0, 256, 256)


def test_wide_pictures_and_alpha(segmenter: Sam) -> None:
    picture, image = drawn(DRESS_SCENE)
    wide = torch.nn.functional.pad(image.movedim(-1, 1), (0, 101, 0, 0), mode="replicate")
    wide = torch.cat([wide, torch.ones_like(wide[:, :1])], dim=1).movedim(1, -1)
    box = torch.tensor([picture.box(instance(picture, "dress"))], dtype=torch.float32)
    mask = segmenter.segment(wide[0], box)
    assert mask.shape == (1, 256, 357)
    assert iou(mask[0, :, :256], picture, "dress") > 0.75


@pytest.mark.parametrize("size", [(3, 3), (5, 200), (30, 1000), (1000, 12)])
def test_strips_and_tiny_pictures(segmenter: Sam, size: tuple[int, int]) -> None:
    box = torch.tensor([[0.0, 0, size[1] / 2, size[0]]])
    mask = segmenter.segment(torch.rand(*size, 3), box)
    assert mask.shape == (1, *size)


def test_a_picture_is_encoded_once(segmenter: Sam, monkeypatch: pytest.MonkeyPatch) -> None:
    picture, image = drawn(DRESS_SCENE)
    image = (image * 0.97).clamp(0, 1)  # not seen by another test
    calls: list[int] = []
    encode = segmenter.model.get_image_embeddings

    def counted(*args: Any) -> Any:
        calls.append(1)
        return encode(*args)

    monkeypatch.setattr(segmenter.model, "get_image_embeddings", counted)
    for kind in ("dress", "dog"):
        box = torch.tensor([picture.box(instance(picture, kind))], dtype=torch.float32)
        segmenter.segment(image[0].clone(), box)
    assert len(calls) == 1
    segmenter.segment(image[0] * 0.9, box)
    assert len(calls) == 2


def test_another_architecture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="not SAM"):
        Sam.load(sample_models().detector)
    copy = Path(shutil.copytree(sample_models().segmenter, tmp_path / "sam"))
    file = copy / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-1000])
    with pytest.raises(ModelError, match="could not be loaded as SAM"):
        Sam.load(copy)


def test_numbers_that_are_none_are_told() -> None:
    broken = Sam.load(sample_models().segmenter)
    for weights in broken.model.parameters():
        weights.data.fill_(float("nan"))
    with pytest.raises(ModelError, match="numbers that are none"):
        broken.segment(drawn(BALLS_SCENE)[1][0], torch.tensor([[10.0, 10.0, 90.0, 90.0]]))


def test_a_batch_is_encoded_once_whatever_room_there_is(
    segmenter: Sam, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not again for masks that are known, though its embeddings were sent away."""
    images = torch.cat([drawn(scene)[1] * 0.93 for scene in (DRESS_SCENE, BALLS_SCENE)] * 2)
    images[2:] *= 0.9
    size, none = (256, 256), Detections.none((256, 256))
    box = torch.tensor([[60.0, 60.0, 190.0, 200.0]])
    found = [Grounded(Detections(box, torch.ones(1), ("x",), size), none) for _ in images]
    calls: list[int] = []
    encode = segmenter.network.encode

    def counted(pictures: Any) -> Any:
        calls.append(len(pictures))
        return encode(pictures)

    monkeypatch.setattr(segmenter.network, "encode", counted)
    monkeypatch.setattr(segmenter, "at_once", lambda _: 4)
    monkeypatch.setattr(segmenter._embeddings, "room", 1)
    first = cover_each(segmenter, images, found)
    assert calls == [4]
    segmenter.rest()
    again = cover_each(segmenter, images, found, grown=3)
    assert calls == [4] and (again.union >= first.union).all()


def test_a_picture_is_read_once_a_pass(segmenter: Sam, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before many are encoded together, and before masks are cut: of twelve megapixels it takes
    as long as a GPU takes to encode them."""
    images = torch.cat([drawn(scene)[1] * 0.83 for scene in (DRESS_SCENE, BALLS_SCENE)])
    size, none = (256, 256), Detections.none((256, 256))
    box = torch.tensor([[60.0, 60.0, 190.0, 200.0]])
    found = [Grounded(Detections(box, torch.ones(1), ("x",), size), none) for _ in images]
    read: list[int] = []

    def counted(pixels: np.ndarray) -> str:
        read.append(1)
        return fingerprint(pixels)

    monkeypatch.setattr("prompt_edit.segment.sam.fingerprint", counted)
    monkeypatch.setattr(segmenter, "at_once", lambda _: 2)
    cover_each(segmenter, images, found)
    assert len(read) == 2 * len(images)


def test_threads_ask_one_after_another(segmenter: Sam, monkeypatch: pytest.MonkeyPatch) -> None:
    inside, most = [0], [0]
    encode = segmenter.network.encode

    def counted(pictures: Any) -> Any:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        made = encode(pictures)
        inside[0] -= 1
        return made

    monkeypatch.setattr(segmenter.network, "encode", counted)
    image, box = drawn(DRESS_SCENE)[1][0], torch.tensor([[60.0, 60.0, 190.0, 200.0]])
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda shade: segmenter.segment(image * shade, box),
                      (0.95, 0.94, 0.91, 0.89, 0.87, 0.86)))  # fmt: skip
    assert most == [1]


def test_what_is_kept_of_small_masks_is_small(segmenter: Sam) -> None:
    image = drawn(BALLS_SCENE)[1].movedim(-1, 1)
    large = torch.nn.functional.interpolate(image, (2048, 2048))[0].movedim(0, -1)
    boxes = torch.tensor([[96.0 * n, 96.0 * n, 96.0 * n + 60, 96.0 * n + 60] for n in range(20)])
    segmenter._masks.clear()
    masks = segmenter.segment(large, boxes)
    assert masks.shape == (20, 2048, 2048)
    assert sum(size_of(each) for _, each in segmenter._masks.items()) < masks.numel() / 4
    assert segmenter.segment(large, boxes).equal(masks)


def test_strips_that_are_widened_to_one_picture_are_not_taken_for_each_other(
    segmenter: Sam,
) -> None:
    row = torch.rand(1, 768, 3)
    box = torch.tensor([[0.0, 0.0, 300.0, 1.0]])
    for height in (1, 3, 2):
        assert segmenter.segment(row.expand(height, 768, 3), box).shape == (1, height, 768)
