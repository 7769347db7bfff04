"""The segmenter on the sample model."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from worlds import BALLS_SCENE, DRESS_SCENE, drawn, instance

from prompt_edit.errors import ModelError
from prompt_edit.models.store import sample_models
from prompt_edit.paperdoll.draw import Picture
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
