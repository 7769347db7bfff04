"""The sample models, loaded once, and scenes that no model was trained on.

What takes seconds to import is imported where it is used: the process that only hands tests out to
others has no need of it.
"""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

# What a developer has installed must not change what is tested.
os.environ.pop("PROMPT_EDIT_MODELS", None)
os.environ["XDG_DATA_HOME"] = tempfile.mkdtemp()

# One thread a process, before torch is imported: the tests run in as many processes as there are
# cores, and start others. As many kernels are kept as torch keeps by itself: what a batch asks for,
# which is to work for days, would count for all tests behind it.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "1024")
os.environ.setdefault("LRU_CACHE_CAPACITY", "1024")
# What is freed is kept for the next test: to take memory anew costs as much as to fill it. It is
# read when a process begins: by the workers.
os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", str(2**28))
os.environ.setdefault("MALLOC_MMAP_THRESHOLD_", str(2**28))

import one_step
import pytest
from hypothesis import settings

from prompt_edit.models import store
from prompt_edit.models.store import DETECTOR, PAINTER, SEGMENTER

if TYPE_CHECKING:
    from prompt_edit.detect.grounding_dino import GroundingDino
    from prompt_edit.editor import PromptEditor
    from prompt_edit.inpaint.diffusion import Inpainter
    from prompt_edit.segment.sam import Sam

store.SAMPLES = one_step.folder()

# The same examples everywhere, however slow the machine: what fails on one fails on all.
settings.register_profile("any machine", deadline=None, derandomize=True)
settings.load_profile("any machine")


def pytest_configure() -> None:
    gc.set_threshold(100_000)  # a million things come with what is imported, and none is garbage


def pytest_collection_finish() -> None:
    from settled import read_vocabularies_once, settle

    read_vocabularies_once()
    settle()


@pytest.fixture(scope="session")
def detector() -> GroundingDino:
    from prompt_edit.detect.grounding_dino import GroundingDino

    return GroundingDino.load(one_step.folder() / DETECTOR.name)


@pytest.fixture(scope="session")
def segmenter() -> Sam:
    from prompt_edit.segment.sam import Sam

    return Sam.load(one_step.folder() / SEGMENTER.name)


@pytest.fixture(scope="session")
def painter() -> Inpainter:
    from prompt_edit.inpaint.diffusion import Inpainter

    return Inpainter.load(one_step.folder() / PAINTER.name)


@pytest.fixture(scope="session")
def small_painter() -> Inpainter:
    """The sample painter at 64 x 64 pixels, for tests that do not look at what it paints."""
    from prompt_edit.inpaint.diffusion import Inpainter

    return Inpainter.load(one_step.folder(small=True) / PAINTER.name)


@pytest.fixture(scope="module")
def small_samples() -> Iterator[None]:
    """The sample models are those with the small painter."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "SAMPLES", one_step.folder(small=True))
        yield


@cache
def _once(kind: Any) -> Any:
    """Its own `load`, for all modules of tests together: each path is loaded once."""
    return cache(kind.load)


@pytest.fixture(scope="module")
def loaded_once() -> Iterator[None]:
    """Commands that follow each other take the models that one before them loaded."""
    from prompt_edit.detect.grounding_dino import GroundingDino
    from prompt_edit.inpaint.diffusion import Inpainter
    from prompt_edit.segment.sam import Sam

    with pytest.MonkeyPatch.context() as patch:
        load = Inpainter.load
        plain, *finders = map(_once, (Inpainter, GroundingDino, Sam))
        for kind, recalled in zip((GroundingDino, Sam), finders, strict=True):
            patch.setattr(kind, "load", recalled)
        patch.setattr(Inpainter, "load", lambda source, *given, loras=(), **how: (
            load(source, *given, loras=loras, **how)
            if loras or not isinstance(source, Path) else plain(source, *given, **how)
        ))  # fmt: skip
        yield


@pytest.fixture(scope="session")
def editor(detector: GroundingDino, segmenter: Sam, painter: Inpainter) -> PromptEditor:
    from prompt_edit.editor import PromptEditor

    return PromptEditor(detector, segmenter, painter)
