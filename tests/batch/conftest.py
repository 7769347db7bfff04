"""The sample models for batches that run within the tests, and what they worked on."""

from __future__ import annotations

from typing import Any

import pytest

from prompt_edit.batch import stage
from prompt_edit.batch.stage import Stage
from prompt_edit.editor import PromptEditor


@pytest.fixture
def editor(
    monkeypatch: pytest.MonkeyPatch, detector: Any, segmenter: Any, small_painter: Any
) -> PromptEditor:
    """The sample models, loaded once for all tests; what they saw in one they know in the next."""
    editor = PromptEditor(detector, segmenter, small_painter)
    monkeypatch.setattr(editor, "forget", lambda: None)
    monkeypatch.setattr(stage, "load_editor", lambda *_: editor)
    return editor


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The outputs that are worked on."""
    asked: list[str] = []
    edit = Stage.edit

    def counted(self: Stage, task: Any, source: Any) -> Any:
        asked.append(task.job.output)
        return edit(self, task, source)

    monkeypatch.setattr(Stage, "edit", counted)
    return asked
