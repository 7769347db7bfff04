"""Files of weights: what they hold, read from their first bytes, and the weights themselves."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..errors import ModelError
from .headers import (
    PICKLED as PICKLED,
)
from .headers import (
    SAFE as SAFE,
)
from .headers import (
    Shapes as Shapes,
)
from .headers import (
    bare,
    holds_code,
    instead,
    is_safe,
    safe_header,
    tensors,
)
from .headers import (
    read_header as read_header,
)
from .headers import (
    shapes_of as shapes_of,
)
from .held import Held as Held


def read_weights(file: Path) -> dict[str, Tensor]:
    """The tensors of a weights file by name, on the CPU and as they stand there.

    A wrapping dictionary and the prefix that data-parallel training adds are taken off.

    Raises:
        ModelError: as `read_header`, or the file holds no weights.
    """
    weights = _safe_weights(file) if is_safe(file) else _unpickled(file)
    if not weights:
        raise ModelError(f"Choose another file: {file} holds no weights.")
    return weights


def read_tensor(file: Path, name: str) -> Tensor | None:
    """One tensor of a safetensors file, whose name ends so; None of another file, or without it."""
    from safetensors import safe_open

    if not (file.is_file() and is_safe(file)):
        return None
    safe_header(file)
    with safe_open(file, "pt") as kept:
        found = next((key for key in kept.keys() if key.endswith(name)), None)  # noqa: SIM118
        return None if found is None else kept.get_tensor(found)


def _safe_weights(file: Path) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    safe_header(file)  # which says better than the library what is wrong
    try:
        return bare(load_file(file))
    except (SafetensorError, ValueError, RuntimeError) as error:
        raise ModelError(f"Copy the file anew: {file} is damaged ({error}).") from error


def _unpickled(file: Path) -> dict[str, Tensor]:
    """The tensors of a pickle, read so that no code in it can run."""
    try:
        loaded: Any = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises everything from EOFError to RuntimeError
        message = str(error).lower()
        if isinstance(error, pickle.UnpicklingError) and "unsupported operand" not in message:
            raise holds_code(file) from error
        raise ModelError(instead(file, "PyTorch")) from error
    return tensors(loaded, Tensor)
