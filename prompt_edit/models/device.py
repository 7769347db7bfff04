"""Where a model runs, in which precision, and what memory there is."""

from __future__ import annotations

from typing import Any

import psutil  # type: ignore[import-untyped]
import torch

_TOGETHER = 8  # pictures: more at once are hardly faster
_SMALL = 2**17  # pixels of a picture up to which several are faster together on a CPU
_TAKES = 4096  # bytes a pixel on a GPU; SAM ViT-H and Grounding DINO in full precision take less


def best_device() -> torch.device:
    """CUDA where there is one, else Apple's MPS, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def best_dtype(device: torch.device) -> torch.dtype:
    """Half precision on a GPU; full on a CPU, which is slow or wrong in half."""
    return torch.float16 if device.type == "cuda" else torch.float32


def free_memory(device: torch.device) -> int:
    """What is free on a device, in bytes; of the machine's memory for the CPU."""
    if device.type == "cuda":
        cached = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return int(torch.cuda.mem_get_info(device)[0]) + cached
    if device.type == "mps":
        used = torch.mps.driver_allocated_memory()
        return max(0, int(torch.mps.recommended_max_memory() - used))
    return psutil.virtual_memory().available


def total_memory() -> int:
    """The machine's memory, in bytes."""
    return psutil.virtual_memory().total


def at_once(model: Any, pixels: int, takes: int = 0, gains_on_cpu: bool = True) -> int:
    """How many pictures of that many pixels a network should see in one pass: 1 to 8.

    A GPU is filled by several, and half of its free memory is let to them. On a CPU several small
    ones are faster together, large ones only take more memory.

    Args:
        takes: bytes that one takes at work, where that is known.
        gains_on_cpu: whether small ones are; SAM's attention is not.
    """
    weights = next(model.parameters(), None) if isinstance(model, torch.nn.Module) else None
    if weights is None:
        return 1
    if weights.device.type != "cuda":
        return _TOGETHER if gains_on_cpu and pixels <= _SMALL else 1
    room = free_memory(weights.device) // 2 // max(takes, pixels * _TAKES)
    return max(1, min(_TOGETHER, room))
