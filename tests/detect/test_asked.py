"""What a detector refuses to be asked, and odd things that it takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from worlds import DRESS_SCENE, drawn

from prompt_edit.detect.grounding_dino import GroundingDino, caption
from prompt_edit.errors import ImageError, InstructionError, PromptEditError

PICTURE = torch.full((1, 32, 32, 3), 0.5)


@pytest.mark.parametrize("images", [
    None, [1], np.zeros((1, 32, 32, 3), np.float32), PICTURE[0], PICTURE[..., :2],
    PICTURE.movedim(-1, 1), PICTURE[:0], PICTURE[:, :0], (PICTURE * 255).byte(), PICTURE * 255,
    PICTURE * torch.nan, PICTURE / 0,
])  # fmt: skip
def test_what_is_no_picture_is_refused(detector: GroundingDino, images: Any) -> None:
    with pytest.raises(ImageError):
        detector.detect(images, ["dress"])


@pytest.mark.parametrize("phrases", ["dress", None, [], [3], 3])
def test_what_is_no_list_of_phrases_is_refused(detector: GroundingDino, phrases: Any) -> None:
    with pytest.raises(InstructionError):
        detector.detect(PICTURE, phrases)


@pytest.mark.parametrize("threshold", [float("nan"), -0.1, 1.1, float("inf"), "0.3", True])
def test_a_threshold_is_from_0_to_1(detector: GroundingDino, threshold: Any) -> None:
    with pytest.raises(PromptEditError, match="must be from 0 to 1"):
        detector.detect(PICTURE, ["dress"], threshold)


@pytest.mark.parametrize("size", [(1, 1), (1, 3), (3, 1), (3, 300), (1, 2000), (2000, 1), (2, 4000),
                                  (4000, 2)])  # fmt: skip
def test_pictures_of_any_shape_are_looked_at(
    detector: GroundingDino, size: tuple[int, int]
) -> None:
    found = detector.detect(torch.rand(1, *size, 3), ["dress"], 0.0)[0]
    height, width = found.size
    assert found.size == size
    assert bool((found.boxes >= 0).all())
    assert bool((found.boxes <= torch.tensor([width, height] * 2)).all())


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_pictures_of_other_precision(detector: GroundingDino, dtype: torch.dtype) -> None:
    image = drawn(DRESS_SCENE)[1]
    assert detector.detect(image.to(dtype), ["dress"])[0].labels == ("dress",)


@pytest.mark.parametrize("phrase", ["", " ", "🐶", "...", "?"])
def test_signs_alone_find_nothing(detector: GroundingDino, phrase: str) -> None:
    assert len(detector.detect(drawn(DRESS_SCENE)[1], [phrase], 0.0)[0]) == 0


def test_accents_and_pictograms_are_not_told_to_the_model() -> None:
    assert caption("Naïve café 🐶") == "naive cafe."
    assert caption("개") == "개."
