"""What is known of a tensor that lies in a file."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Held:
    """One tensor of a file: its shape, and how many bytes a number of it takes there."""

    shape: tuple[int, ...]
    itemsize: int

    @property
    def numel(self) -> int:
        return math.prod(self.shape)
