"""A pickle with code in it, which nothing here may ever run."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path


class Harm:
    """Pickled, it would make a folder when it is read."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Callable, tuple]:
        return os.mkdir, (str(self.trace),)
