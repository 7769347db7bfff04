"""What is known of a tensor that lies in a file."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Held:
    """One tensor of a file.

    Attributes:
        shape: its sizes.
        itemsize: how many bytes a number of it takes there.
        whole: its numbers are integers, as packed weights are.
    """

    shape: tuple[int, ...]
    itemsize: int
    whole: bool = False

    @property
    def numel(self) -> int:
        return math.prod(self.shape)
