"""How much memory a painter takes, told before it is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from ..errors import ModelError
from ..models.device import free_memory

GIB = 2**30


@dataclass(frozen=True)
class Need:
    """Memory in bytes: what each part's weights take, and what painting takes besides."""

    parts: tuple[int, ...]
    working: int

    @property
    def weights(self) -> int:
        """To hold the whole model."""
        return sum(self.parts)

    @property
    def whole(self) -> int:
        """To paint with the whole model in one place."""
        return self.weights + self.working

    @property
    def offloaded(self) -> int:
        """To paint with only one part at a time there."""
        return max(self.parts, default=0) + self.working


def need_of(
    numbers: Sequence[int], dtype: torch.dtype, side: int, width: int, upcast: bool
) -> Need:
    """The most memory that loading and painting once takes.

    What is needed beside the weights is greatest while the autoencoder decodes, and is reckoned as
    four tensors of its widest full-size layer.

    Args:
        numbers: how many each part has.
        dtype: of the weights.
        side: of the pictures, in pixels.
        width: of the autoencoder's first layer.
        upcast: it decodes in full precision.
    """
    size = 4 if upcast else dtype.itemsize
    return Need(tuple(each * dtype.itemsize for each in numbers), 8 * width * side**2 * size)


def require_memory(path: Path, need: int, device: torch.device, dtype: torch.dtype) -> None:
    """Raise `ModelError` with numbers, and what to do, where `need` bytes are not free."""
    free = free_memory(device)
    if need <= free:
        return
    on_cpu = device.type == "cpu"
    half = "bf16" if on_cpu else "fp16 or bf16"  # on the CPU fp16 is widened
    advice = ["close other programs"]
    if dtype.itemsize > 2:
        advice.append(f"load it as {half}")
    if not on_cpu:
        advice.append("turn offloading on")
    where = "in this machine's memory" if on_cpu else f"on {device}"
    raise ModelError(
        f"{', '.join(advice).capitalize()}, or choose a smaller model: {path} needs about"
        f" {need / GIB:.1f} GiB, but {free / GIB:.1f} GiB are free {where}."
    )
