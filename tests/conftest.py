"""The sample models, loaded once, and scenes that no model was trained on."""

from __future__ import annotations

import pytest

from prompt_edit.detect.grounding_dino import GroundingDino
from prompt_edit.editor import PromptEditor
from prompt_edit.inpaint.diffusion import Inpainter
from prompt_edit.models.store import sample_models
from prompt_edit.segment.sam import Sam


@pytest.fixture(scope="session")
def detector() -> GroundingDino:
    return GroundingDino.load(sample_models().detector)


@pytest.fixture(scope="session")
def segmenter() -> Sam:
    return Sam.load(sample_models().segmenter)


@pytest.fixture(scope="session")
def painter() -> Inpainter:
    return Inpainter.load(sample_models().painter)


@pytest.fixture(scope="session")
def editor(detector: GroundingDino, segmenter: Sam, painter: Inpainter) -> PromptEditor:
    return PromptEditor(detector, segmenter, painter)
