"""Files of weights: what they hold, read from their first bytes, and the weights themselves."""

from __future__ import annotations

import json
import math
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor

from ..errors import ModelError

Shapes = Mapping[str, tuple[int, ...]]
Named = TypeVar("Named")

SAFE = (".safetensors", ".sft")
PICKLED = (".ckpt", ".pt", ".pth", ".bin")
_BYTES = {"F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2,
          "I16": 2, "U16": 2}  # fmt: skip
_WRAPPERS = ("model", "state_dict")  # keys that checkpoints keep their weights under
_LONGEST = 100 * 2**20  # the format's own limit on a header


@dataclass(frozen=True)
class Held:
    """One tensor of a file: its shape, and how many bytes a number of it takes there."""

    shape: tuple[int, ...]
    itemsize: int

    @property
    def numel(self) -> int:
        return math.prod(self.shape)


def read_header(file: Path) -> dict[str, Held]:
    """The tensors of a weights file by name; no weights are read, and no code is run.

    Raises:
        ModelError: no such file, cut off, or not a weights file at all.
    """
    if _is_safe(file):
        return _safe_header(file)
    state = _unpickled(file, "meta")
    return {name: Held(tuple(t.shape), t.element_size()) for name, t in state.items()}


def read_weights(file: Path) -> dict[str, Tensor]:
    """The tensors of a weights file by name, on the CPU and as they stand there.

    A wrapping dictionary and the prefix that data-parallel training adds are taken off.

    Raises:
        ModelError: as `read_header`, or the file holds no weights.
    """
    weights = _safe_weights(file) if _is_safe(file) else _unpickled(file, "cpu")
    if not weights:
        raise ModelError(f"{file} holds no weights. Choose another file.")
    return weights


def shapes_of(header: dict[str, Held]) -> Shapes:
    """The shapes alone."""
    return {name: held.shape for name, held in header.items()}


def _is_safe(file: Path) -> bool:
    """Which of the two kinds a file is. Raises `ModelError` for none."""
    if not file.is_file():
        raise ModelError(f"There is no model at {file}. Check the path.")
    if file.suffix not in SAFE + PICKLED:
        raise ModelError(
            f"{file} is no file that can be read as a model. Choose a .safetensors or .ckpt file,"
            " or a diffusers folder."
        )
    return file.suffix in SAFE


def _safe_weights(file: Path) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    _safe_header(file)  # which says better than the library what is wrong
    try:
        return _bare(load_file(file))
    except (SafetensorError, ValueError, RuntimeError) as error:
        raise ModelError(f"{file} is damaged: {error}. Copy the file anew.") from error


def _safe_header(file: Path) -> dict[str, Held]:
    size = file.stat().st_size
    with file.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        if not 2 <= length <= min(_LONGEST, size):
            raise ModelError(f"{file} {_instead(file, 'safetensors')}")
        try:
            entries = json.loads(stream.read(length))
            held = {
                name: Held(tuple(entry["shape"]), _BYTES.get(entry["dtype"], 1))
                for name, entry in entries.items()
                if name != "__metadata__"
            }
            ends = [entry["data_offsets"][1] for name, entry in entries.items()
                    if name != "__metadata__"]  # fmt: skip
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ModelError(f"{file} {_instead(file, 'safetensors')}") from error
    whole = 8 + length + max(ends, default=0)
    if size < whole:
        raise ModelError(
            f"{file} is cut off: it holds {size:,} of {whole:,} bytes. Copy or download it anew."
        )
    return _bare(held)


def _instead(file: Path, kind: str) -> str:
    """What a file is that is not of its kind."""
    size = file.stat().st_size
    start = file.open("rb").read(200)
    if not start:
        return "is empty. Copy or download it anew."
    if start.startswith(b"version https://git-lfs"):
        return "is a Git LFS pointer, not the weights. Fetch them with: git lfs pull."
    if start[8:9] == b"{" and b'"dtype"' in start:
        return f"is cut off: its header is not whole ({size:,} bytes). Copy or download it anew."
    try:
        start.decode("utf-8")
    except UnicodeDecodeError:
        return f"is no {kind} file, or is cut off or damaged ({size:,} bytes). Copy it anew."
    return "is a text file, not weights: perhaps a page that was saved. Download it anew."


def _unpickled(file: Path, device: str) -> dict[str, Tensor]:
    """The tensors of a pickle, read so that no code in it can run."""
    try:
        loaded: Any = torch.load(file, map_location=device, weights_only=True)
    except Exception as error:  # torch raises everything from EOFError to RuntimeError
        told = str(error).lower()
        if isinstance(error, pickle.UnpicklingError) and "unsupported operand" not in told:
            raise ModelError(
                f"{file} holds Python code beside its weights, which is not run. Choose the"
                " .safetensors file of this model."
            ) from error
        raise ModelError(f"{file} {_instead(file, 'PyTorch')}") from error
    for wrapper in _WRAPPERS:
        if isinstance(loaded, dict) and isinstance(loaded.get(wrapper), dict):
            loaded = loaded[wrapper]
    tensors = loaded.items() if isinstance(loaded, dict) else ()
    return _bare({name: value for name, value in tensors if isinstance(value, Tensor)})


def _bare(weights: dict[str, Named]) -> dict[str, Named]:
    """Without the prefix that data-parallel training adds."""
    return {str(name).removeprefix("module."): value for name, value in weights.items()}
