"""What is there stays, and is not gone through each time that garbage is looked for.

A host looks for it before each stage, which takes a second where all of torch is gone through.
"""

from __future__ import annotations

import gc


def settle() -> None:
    """Take all that lives now for what stays."""
    gc.collect()
    gc.freeze()
