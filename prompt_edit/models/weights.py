"""Files of weights: what they hold, read from their first bytes, and the weights themselves."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..errors import ModelError
from .headers import PICKLED as PICKLED
from .headers import SAFE as SAFE
from .headers import Header as Header
from .headers import Shapes as Shapes
from .headers import bare, holds_code, instead, is_safe, tensors
from .headers import open_header as open_header
from .held import Held as Held


def read_weights(file: Path | Header) -> dict[str, Tensor]:
    """The tensors of a weights file by name, on the CPU and as they stand there.

    A wrapping dictionary and the prefix that data-parallel training adds are taken off.

    Args:
        file: or its header, where that was read already.

    Raises:
        ModelError: as `open_header`, or the file holds no weights.
    """
    path = file.file if isinstance(file, Header) else file
    if not is_safe(path):
        weights = _unpickled(path)
    else:
        if not isinstance(file, Header):
            open_header(file)  # which says better than the library what is wrong
        weights = _safe_weights(path)
    if not weights:
        raise ModelError(f"Choose another file: {path} holds no weights.")
    return weights


def read_tensor(header: Header, name: str) -> Tensor | None:
    """One tensor of a file, and of no more than that; None without it."""
    if name not in header.tensors:
        return None
    if not is_safe(header.file):
        return _mapped(header.file).get(name)
    from safetensors import safe_open

    with safe_open(header.file, "pt") as kept:
        found = next((key for key in kept.keys() if key.removeprefix("module.") == name), None)  # noqa: SIM118
        return None if found is None else kept.get_tensor(found)


def _mapped(file: Path) -> dict[str, Tensor]:
    """The tensors of a pickle that are read when they are looked at; none of an old kind."""
    try:
        return tensors(torch.load(file, "cpu", weights_only=True, mmap=True), Tensor)
    except Exception:  # it is read whole later, and then told what is wrong
        return {}


def _safe_weights(file: Path) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

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
