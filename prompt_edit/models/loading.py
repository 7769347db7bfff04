"""Loading models and weights so that a broken one gives one clear line."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..errors import ModelError

_WRAPPERS = ("model", "state_dict")  # keys that checkpoints keep their weights under


@contextmanager
def explained(folder: Path, what: str) -> Iterator[None]:
    """Turn whatever a loader raises into a `ModelError` that names the folder and the cause."""
    try:
        yield
    except ModelError:
        raise
    except Exception as error:  # loaders raise everything from KeyError to SafetensorError
        cause = str(error).strip().splitlines()
        first = cause[0][:200] if cause else type(error).__name__
        raise ModelError(
            f"{folder} could not be loaded as {what}: {first}. The files may be cut off or from"
            " another architecture: copy the model anew."
        ) from error


def load_pretrained(model_class: Any, folder: Path, dtype: torch.dtype) -> Any:
    """`from_pretrained` from the folder alone, in eval mode; missing weights are an error.

    The library would fill missing weights with random numbers and go on.
    """
    model, report = model_class.from_pretrained(
        folder, local_files_only=True, dtype=dtype, output_loading_info=True
    )
    missing = sorted(report["missing_keys"])
    if missing:
        raise ModelError(
            f"{folder} lacks {len(missing)} of the model's weights ({missing[0]} is the first)."
            " The file may be cut off or from another architecture: copy the model anew."
        )
    return model.eval()


def read_weights(path: Path) -> dict[str, Tensor]:
    """The tensors of a `.pth` or `.safetensors` file by name, on the CPU.

    A wrapping dictionary and the prefix that data-parallel training adds are taken off. Code in a
    pickle is never executed: a file that holds more than tensors is refused.

    Raises:
        ModelError: the file is missing, cut off, or holds something else.
    """
    if not path.is_file():
        raise ModelError(f"There is no model file at {path}. Check the path.")
    try:
        held = _read(path)
    except Exception as error:  # readers raise everything from KeyError to SafetensorError
        if isinstance(error, pickle.UnpicklingError) and "Unsupported operand" not in str(error):
            raise ModelError(
                f"{path} was not read: it holds more than weights, and a pickle can hold code."
                " Get the model from its makers, or as .safetensors."
            ) from error
        kind = "safetensors" if path.suffix == ".safetensors" else "PyTorch"
        raise ModelError(
            f"{path} is not a whole {kind} file; it may be cut off. Copy the model anew."
        ) from error
    for wrapper in _WRAPPERS:
        if isinstance(held, dict) and isinstance(held.get(wrapper), dict):
            held = held[wrapper]
    tensors = held.items() if isinstance(held, dict) else ()
    weights = {
        name.removeprefix("module."): value
        for name, value in tensors
        if isinstance(name, str) and isinstance(value, Tensor)
    }
    if not weights:
        raise ModelError(f"{path} holds no weights. Choose another file.")
    return weights


def _read(path: Path) -> Any:
    if path.suffix == ".safetensors":
        from safetensors.torch import load_file

        return load_file(path)
    return torch.load(path, map_location="cpu", weights_only=True)
