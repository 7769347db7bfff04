"""What tests of painters must not do, and what would take them too long."""

from __future__ import annotations

import socket
from typing import Any

import pytest


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No network: whoever asks for it fails."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a network call was attempted")

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)


@pytest.fixture
def small_edit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Qwen-Image-Edit paints a megapixel whatever it is given: 48 x 32 will do here."""
    from diffusers.pipelines.qwenimage import pipeline_qwenimage_edit_inpaint as edit

    monkeypatch.setattr(edit, "calculate_dimensions", lambda area, ratio: (48, 32, None))
