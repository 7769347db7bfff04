"""What is common to detector, segmenter and ControlNet, for whoever loads and moves them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import torch

from .device import best_dtype


class Loaded(Protocol):
    """A model with its weights in one module.

    Attributes:
        model: the library's object.
    """

    model: Any

    @classmethod
    def load(
        cls,
        path: str | Path,
        device: torch.device | None = None,
        dtype: torch.dtype | None = None,
    ) -> Any:
        """Load it, by default to the best device of this machine and in `default_dtype` there.

        Raises:
            ModelError: missing, broken, or something else.
        """

    @staticmethod
    def default_dtype(device: torch.device) -> torch.dtype:
        """The precision that it is loaded in for a device, unless another is asked for."""
        return best_dtype(device)

    @property
    def modules(self) -> list[torch.nn.Module]:
        """What holds weights."""
        return [self.model]
