"""A later run sees that models are other ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from prompt_edit.models.card import CARD
from prompt_edit.models.stamps import stamps


@pytest.mark.parametrize("folder", [True, False])
def test_a_model_with_another_threshold_is_another_one(folder: bool, tmp_path: Path) -> None:
    """Of a checkpoint in one file the card lies beside it."""
    file = tmp_path / "detector.pth"
    file.write_bytes(b"weights")
    model = tmp_path if folder else file
    seen = [stamps(model)]
    for text in ('{"threshold": 0.3}', '{"threshold": 0.25}'):
        (tmp_path / CARD).write_text(text)
        assert stamps(model) not in seen
        assert stamps(model) == stamps(model)
        seen.append(stamps(model))
