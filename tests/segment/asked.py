"""What every SAM is asked in the tests, and how answers are compared."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from prompt_edit.errors import ModelError
from prompt_edit.segment.sam import Sam

CPU = torch.device("cpu")
SIZE = (90, 140)
BOXES = torch.tensor([[10.0, 20, 60, 80], [50, 10, 130, 80]])
POINTS = torch.tensor([[[30.0, 40], [100, 60]], [[80, 40], [0, 0]]])
LABELS = torch.tensor([[1, 0], [1, -1]])
ROUGH = torch.zeros(2, *SIZE)
ROUGH[0, 20:50, 30:70] = 1
ROUGH[1, 5:80, 60:130] = 1
ASKED: dict[str, dict[str, Tensor]] = {
    "boxes": {"boxes": BOXES},
    "points": {"points": POINTS, "labels": LABELS},
    "points, all inside": {"points": POINTS},
    "rough masks": {"rough": ROUGH},
    "boxes and points": {"boxes": BOXES, "points": POINTS, "labels": LABELS},
    "boxes and rough masks": {"boxes": BOXES, "rough": ROUGH},
    "points and rough masks": {"points": POINTS, "labels": LABELS, "rough": ROUGH},
}


def picture(seed: int = 0, size: tuple[int, int] = SIZE) -> Tensor:
    return torch.rand(*size, 3, generator=torch.Generator().manual_seed(seed))


def close(got: Tensor, expected: Tensor, off: float = 1e-4) -> None:
    assert got.shape == expected.shape
    assert torch.allclose(got, expected, rtol=off, atol=off), (got - expected).abs().max()


def fails(path: Path, words: str) -> None:
    with pytest.raises(ModelError) as error:
        Sam.load(path)
    message = str(error.value)
    assert str(path) in message and words in message
    assert "\n" not in message
