"""Holds the memory of a process level that works for days, on the CPU."""

from __future__ import annotations

import ctypes
import os
import sys

_KERNELS = 64
"""Of each kind that torch keeps. By default there are 1,024: one more for every other shape of a
region, a few tens of kilobytes each."""


def keep_few_kernels() -> None:
    """Let torch keep few compiled kernels, unless the environment says how many.

    It is read when the first is compiled: to be called before a model is used.
    """
    for variable in ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY"):
        os.environ.setdefault(variable, str(_KERNELS))


def trim() -> None:
    """Give what lies free back to the system: glibc keeps it, in more and more pieces."""
    if _malloc_trim:
        _malloc_trim(0)


_malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
