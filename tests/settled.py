"""What is there stays, and is not gone through each time that garbage is looked for.

A host looks for it before each stage, which takes a second where all of torch is gone through; and
reading a vocabulary, as loading a painter does, makes enough for Python to look a hundred times.
"""

from __future__ import annotations

import gc


def settle() -> None:
    """Take all that lives now for what stays, and look more seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)
