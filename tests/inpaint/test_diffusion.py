"""The painter on the sample model, alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import one_step
import pytest
import torch
from safetensors.torch import load_file, save_file
from versions import TRANSFORMERS_4
from worlds import DRESS_SCENE, drawn, instance, scene, thing

from prompt_edit.detect.colour import middle, to_lab
from prompt_edit.errors import ModelError
from prompt_edit.images import to_array
from prompt_edit.inpaint.diffusion import Inpainter
from prompt_edit.inpaint.repaint import Sampling, repaint
from prompt_edit.models.store import PAINTER, sample_models
from prompt_edit.palette import PALETTE
from prompt_edit.plan import Edit

from .tiny import same

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def dress() -> tuple[torch.Tensor, torch.Tensor]:
    picture, image = drawn(DRESS_SCENE)
    return image, torch.from_numpy(picture.mask(instance(picture, "dress"))).float()


def test_the_prompt_decides_the_colour(
    painter: Inpainter, dress: tuple[torch.Tensor, torch.Tensor]
) -> None:
    """Each colour comes nearer to what was asked for than any other dress does."""
    image, mask = dress
    colours = ("blue", "yellow", "white", "black", "orange")
    seen = {}
    for colour in colours:
        edit = Edit(operation="recolor", target="red dress", result=f"{colour} dress")
        seen[colour] = middle(repaint(painter, image, mask, edit).image[0][mask > 0.5])
    for colour in colours:
        asked = to_lab(torch.tensor(PALETTE[colour]) / 255)
        nearest = min(colours, key=lambda other: float((seen[other] - asked).norm()))
        assert nearest == colour


def test_leaves_the_rest_alone(
    painter: Inpainter, dress: tuple[torch.Tensor, torch.Tensor]
) -> None:
    image, mask = dress
    edit = Edit(operation="replace", target="dress", result="white t-shirt")
    result = repaint(painter, image, mask, edit)
    outside = result.opacity == 0
    assert torch.equal(result.image[0][outside], image[0][outside])
    assert float((result.image - image)[0][mask > 0.5].abs().mean()) > 0.05


def test_the_seed_decides(
    small_painter: Inpainter, dress: tuple[torch.Tensor, torch.Tensor]
) -> None:
    image, mask = dress
    edit = Edit(operation="recolor", target="dress", result="blue dress")
    first, again, other = (
        repaint(small_painter, image, mask, edit, Sampling(seed=seed)).image for seed in (1, 1, 2)
    )
    assert same(first, again)
    assert not same(first, other)


def test_removing_leaves_background(painter: Inpainter) -> None:
    picture, image = drawn(DRESS_SCENE)
    mask = torch.from_numpy(picture.mask(instance(picture, "dog"))).float()
    result = repaint(painter, image, mask, Edit(operation="remove", target="dog")).image
    meadow = to_array(image)[225:245, 20:60].reshape(-1, 3).mean(axis=0)
    now = to_array(result)[mask.numpy() > 0.5].mean(axis=0)
    assert abs(now - meadow).max() < 45, "where the white dog was, there is grass"


def test_things_apart_are_painted_apart(painter: Inpainter) -> None:
    picture, image = drawn(scene(thing("cup", "red", 30), thing("cup", "blue", 226)))
    masks = [picture.mask(each) for each in picture.instances]
    both = torch.from_numpy(masks[0] | masks[1]).float()
    edit = Edit(operation="recolor", target="cup", result="white cup")
    steps: list[tuple[int, int]] = []
    result = repaint(painter, image, both, edit, on_step=lambda *step: steps.append(step))
    assert steps[-1] == (2 * painter.card.steps,) * 2, "each with the model's whole resolution"
    for mask in masks:
        region = torch.from_numpy(mask)
        assert float((result.image - image)[0][region].abs().mean()) > 0.05


def test_steps_are_told_and_can_stop_it(
    small_painter: Inpainter, dress: tuple[torch.Tensor, torch.Tensor]
) -> None:
    image, mask = dress
    edit = Edit(operation="recolor", target="dress", result="blue dress")
    progress: list[tuple[int, int]] = []
    hole, prompt = mask[None, ::2, ::2], "blue dress"
    small_painter.paint(
        image[:, ::2, ::2], hole, prompt, steps=3, on_step=lambda *at: progress.append(at)
    )
    assert progress == [(1, 3), (2, 3), (3, 3)]

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        repaint(small_painter, image, mask, edit, on_step=stop)


def test_broken_folders_give_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no model_index\.json"):
        Inpainter.load(sample_models().detector)
    copy = Path(shutil.copytree(sample_models().painter, tmp_path / "inpaint"))
    file = copy / "unet" / "diffusion_pytorch_model.safetensors"
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(ModelError, match="could not be loaded as an inpainting model"):
        Inpainter.load(copy)


def test_names_of_another_transformers_are_read_or_refused(
    small_painter: Inpainter, dress: tuple[torch.Tensor, torch.Tensor], tmp_path: Path
) -> None:
    """transformers 5 drops a prefix when it saves; version 4 would take random weights instead."""
    copy = Path(shutil.copytree(one_step.folder(small=True) / PAINTER.name, tmp_path / "inpaint"))
    file = copy / "text_encoder" / "model.safetensors"
    weights = {name.removeprefix("text_model."): value for name, value in load_file(file).items()}
    save_file(weights, file, metadata={"format": "pt"})
    if TRANSFORMERS_4:
        with pytest.raises(ModelError, match="text_encoder as transformers 5 does"):
            Inpainter.load(copy)
        return
    image, mask = dress
    edit = Edit(operation="recolor", target="red dress", result="blue dress")
    both = [
        repaint(each, image, mask, edit).image for each in (small_painter, Inpainter.load(copy))
    ]
    assert torch.equal(*both)
