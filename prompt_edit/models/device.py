"""Where a model runs and in which precision."""

from __future__ import annotations

import torch


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
