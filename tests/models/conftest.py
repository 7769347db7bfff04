"""A hub on this machine, and a machine without models."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import huggingface_hub
import pytest

from .hub import Hub, serve

FILES = {"config.json": b'{"model_type": "sam"}', "model.safetensors": bytes(range(256)) * 4096,
         "README.md": b"not wanted"}  # fmt: skip


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    for name in ("HF_HUB_OFFLINE", "PROMPT_EDIT_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    with serve(dict(FILES)) as running:
        monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", running.address)
        monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(huggingface_hub.constants, "DOWNLOAD_CHUNK_SIZE", 64 * 1024)
        template = running.address + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(
            huggingface_hub.file_download, "HUGGINGFACE_CO_URL_TEMPLATE", template, raising=False
        )
        monkeypatch.setattr(huggingface_hub.constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        impatient = SimpleNamespace(**{**vars(time), "sleep": lambda _: None})
        monkeypatch.setattr(huggingface_hub.file_download, "time", impatient)
        yield running


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No models on this machine but those that the test makes; gives the user's data folder."""
    data = tmp_path / "data"
    monkeypatch.delenv("PROMPT_EDIT_MODELS", raising=False)
    monkeypatch.setattr("prompt_edit.models.store.try_to_load_from_cache", lambda *_: None)
    monkeypatch.setattr("prompt_edit.models.store.user_data_path", lambda *_, **__: data)
    return data
