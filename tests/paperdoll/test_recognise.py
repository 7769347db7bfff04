"""Drawn scenes are known again whatever was done to the file; other pictures are not taken."""

from __future__ import annotations

from functools import cache
from io import BytesIO

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from torch import Tensor

from prompt_edit.inpaint.diffusion import Inpainter
from prompt_edit.palette import COLOUR_NAMES, SHEETS
from prompt_edit.paperdoll import recognise
from prompt_edit.paperdoll.draw import draw
from prompt_edit.paperdoll.recognise import likeness, traits
from prompt_edit.paperdoll.scene import BACKGROUNDS, Scene, random_scene

pytestmark = pytest.mark.slow

SIZES = (64, 96, 128, 192, 256, 384, 512, 1024)


def tensor(picture: Image.Image | np.ndarray) -> Tensor:
    return torch.from_numpy(np.asarray(picture, dtype=np.float32) / 255)[None]


def compressed(picture: np.ndarray, quality: int) -> np.ndarray:
    file = BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))


@pytest.mark.parametrize(
    ("background", "colour"),
    [(background, colour) for background in BACKGROUNDS
     for colour in (COLOUR_NAMES if background in ("studio", "room") else COLOUR_NAMES[:1])],
)  # fmt: skip
def test_the_sheets_of_a_background_are_those_that_are_drawn(background: str, colour: str) -> None:
    """`SHEETS` tells the colours that `draw` uses. Out of doors the scene's own is not seen."""
    name = colour if background in ("studio", "room") else background
    assert name in SHEETS
    empty = draw(Scene(background, colour, 33), 128).image
    assert traits(tensor(empty)).ground > 0.9


@pytest.mark.parametrize("size", SIZES)
def test_drawn_scenes_are_paper_at_every_size_and_quality(painter: Inpainter, size: int) -> None:
    """Two scenes of its own for each size."""
    vae, first = painter.pipeline.vae, 900_100 + 2 * SIZES.index(size)
    for seed in (first, first + 1):
        image = draw(random_scene(seed), size).image
        assert likeness(tensor(image), vae) == "paper"
        assert likeness(tensor(compressed(image, 75)), vae) == "paper" or size < 128
        assert likeness(tensor(compressed(image, 40)), vae) != "foreign"
        part = image[size // 4 :, : 3 * size // 4]
        assert likeness(tensor(part), vae) != "foreign"


def test_what_was_cut_out_of_a_scene_is_paper(painter: Inpainter) -> None:
    picture = draw(random_scene(900_003))
    thing = max(picture.instances, key=lambda each: picture.mask(each).sum())
    alpha = 255 * picture.mask(thing)[..., None].astype(np.uint8)
    cut = np.concatenate([np.where(alpha > 0, picture.image, 0), alpha], axis=2)
    assert likeness(tensor(cut), painter.pipeline.vae) != "foreign"


def test_what_one_autoencoder_told_is_not_taken_for_anothers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Python gives the number of one that is gone to the next."""
    asked: list[Tensor] = []

    def told(image: Tensor, _: torch.nn.Module) -> str:
        asked.append(image)
        return "paper"

    monkeypatch.setattr(recognise, "_likeness", told)
    image = torch.rand(1, 64, 64, 3)
    for number in range(1, 20):
        vae = torch.nn.Identity()
        for _ in range(2):
            likeness(image, vae)
        assert len(asked) == number
        del vae


@cache
def others() -> dict[str, np.ndarray]:
    """Pictures of other worlds that need no file."""
    rng = np.random.default_rng(3)
    y, x = np.mgrid[0:200, 0:260] / 260
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(260), np.fft.fftfreq(200))) + 1 / 260
    noise = rng.standard_normal((200, 260, 3))
    clouds = np.stack([np.fft.ifft2(np.fft.fft2(noise[..., n]) / frequency**1.3).real
                       for n in range(3)], axis=-1)  # fmt: skip
    clouds = 0.7 * clouds.mean(axis=-1, keepdims=True) + 0.3 * clouds
    flat = Image.new("RGB", (260, 200), (90, 10, 160))
    page = Image.new("RGB", (260, 200), "white")
    for n in range(12):
        box = [20 * n, 10 * n, 20 * n + 60, 10 * n + 90]
        ImageDraw.Draw(flat).ellipse(box, fill=tuple(int(v) for v in rng.integers(0, 255, 3)))
        ImageDraw.Draw(page).text((5, 15 * n), "the quick brown fox jumps " * 2, fill="black")
    values = {
        "noise": 0.5 + 0.3 * noise,
        "like a photograph": 0.5 + 0.2 * clouds / clouds.std(),
        "a blur": np.stack([x, y, 1 - x], axis=-1),
        "black": np.zeros((200, 260, 3)),
        "white": np.ones((200, 260, 3)),
        "red": np.ones((200, 260, 3)) * (1, 0, 0),
        "paper of no grain": np.ones((200, 260, 3)) * (176 / 255, 214 / 255, 240 / 255),
    }
    drawn = {name: (255 * np.clip(v, 0, 1)).astype(np.uint8) for name, v in values.items()}
    return {**drawn, "flat shapes": np.asarray(flat), "a page": np.asarray(page)}


@pytest.mark.parametrize("name", list(others()))
def test_other_pictures_are_foreign(painter: Inpainter, name: str) -> None:
    picture = others()[name]
    assert likeness(tensor(picture), painter.pipeline.vae) == "foreign"
    if picture.std() > 1:
        assert likeness(tensor(compressed(picture, 80)), painter.pipeline.vae) == "foreign"


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (400, 1), (3, 3), (17, 900)])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_any_size_is_looked_at(painter: Inpainter, size: tuple[int, int], channels: int) -> None:
    assert likeness(torch.rand(1, *size, channels), painter.pipeline.vae) in ("doubtful", "foreign")
    assert likeness(torch.zeros(1, *size, channels), painter.pipeline.vae) == "foreign"
