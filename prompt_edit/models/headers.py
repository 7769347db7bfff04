"""What files of weights hold, read from their first bytes: quick, and no code in them is run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from ..errors import ModelError
from .held import Held
from .pickled import HoldsCode, pickled

Shapes = Mapping[str, tuple[int, ...]]
Named = TypeVar("Named")

SAFE = (".safetensors", ".sft")
PICKLED = (".ckpt", ".pt", ".pth", ".bin")
_BYTES = {"F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2,
          "I16": 2, "U16": 2}  # fmt: skip
_WHOLE = ("I", "U", "BOOL")
_WRAPPERS = ("model", "state_dict")  # keys that checkpoints keep their weights under
_LONGEST = 100 * 2**20  # the format's own limit on a header


@dataclass(frozen=True)
class Header:
    """What a weights file says of itself.

    Attributes:
        file: that it was read from.
        tensors: what it holds, by name.
        metadata: what its writer says of it (safetensors alone).
    """

    file: Path
    tensors: Mapping[str, Held]
    metadata: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def shapes(self) -> Shapes:
        """The shapes alone."""
        return {name: held.shape for name, held in self.tensors.items()}


def count(names: Iterable[str], pattern: str) -> int:
    """How many numbers the pattern catches in its group, at the start of names: layers, blocks."""
    found = re.compile(pattern)
    return len({match[1] for name in names if (match := found.match(name))})


def open_header(file: Path) -> Header:
    """What a weights file says of itself; no weights are read, and no code is run.

    Raises:
        ModelError: no such file, cut off, or not a weights file at all.
    """
    if is_safe(file):
        return _safe_header(file)
    try:
        content = pickled(file)
    except HoldsCode as error:
        raise holds_code(file) from error
    except Exception as error:  # a broken pickle breaks in any way
        raise ModelError(instead(file, "PyTorch")) from error
    return Header(file, tensors(content, Held))


def holds_code(file: Path) -> ModelError:
    """What to say of a pickle that is more than weights."""
    return ModelError(
        f"Choose the .safetensors file of this model: {file} holds Python code beside its weights,"
        " which is not run."
    )


def tensors(content: Any, kind: type[Named]) -> dict[str, Named]:
    """The tensors of what a pickle held, by name, out of their wrapping and without the prefix
    that data-parallel training adds."""
    for wrapper in _WRAPPERS:
        if isinstance(content, dict) and isinstance(content.get(wrapper), dict):
            content = content[wrapper]
    items = content.items() if isinstance(content, dict) else ()
    return bare({name: value for name, value in items if isinstance(value, kind)})


def is_safe(file: Path) -> bool:
    """Which of the two kinds a file is. Raises `ModelError` for none."""
    if not file.is_file():
        raise ModelError(f"There is no model at {file}. Check the path.")
    if file.suffix.lower() == ".gguf":
        raise ModelError(
            f"Choose the 16-bit file of this model: {file} is a GGUF, whose weights are packed. In"
            " ComfyUI a GGUF loader reads a painter, and Painter from MODEL takes it."
        )
    if file.suffix.lower() not in SAFE + PICKLED:
        raise ModelError(
            f"Choose a .safetensors or .ckpt file, or a diffusers folder: {file} is no file that"
            " can be read as a model."
        )
    return file.suffix.lower() in SAFE


def _safe_header(file: Path) -> Header:
    size = file.stat().st_size
    with file.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        if not 2 <= length <= min(_LONGEST, size):
            raise ModelError(instead(file, "safetensors"))
        try:
            entries = json.loads(stream.read(length))
            notes = entries.pop("__metadata__", None) or {}
            metadata = {str(key): str(value) for key, value in notes.items()}
            held = {name: Held(tuple(entry["shape"]), _BYTES.get(entry["dtype"], 1),
                               entry["dtype"].startswith(_WHOLE))
                    for name, entry in entries.items()}  # fmt: skip
            ends = [entry["data_offsets"][1] for entry in entries.values()]
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ModelError(instead(file, "safetensors")) from error
    whole = 8 + length + max(ends, default=0)
    if size < whole:
        raise ModelError(f"Copy the model anew: {file} is cut off ({size:,} of {whole:,} bytes).")
    return Header(file, bare(held), metadata)


def instead(file: Path, kind: str) -> str:
    """What to do about a file that is not of its kind, and what it is."""
    size = file.stat().st_size
    start = file.open("rb").read(200)
    if not start:
        return f"Copy or download it anew: {file} is empty."
    if start.startswith(b"version https://git-lfs"):
        return f"Fetch the weights with git lfs pull: {file} is a Git LFS pointer to them."
    if start[8:9] == b"{" and b'"dtype"' in start:
        return f"Copy the model anew: {file} is cut off in its header ({size:,} bytes)."
    try:
        start.decode("utf-8")
    except UnicodeDecodeError:
        return f"Copy it anew: {file} is no {kind} file, or is cut off or damaged ({size:,} bytes)."
    return f"Download it anew: {file} is a text file, not weights; perhaps a page that was saved."


def bare(weights: dict[str, Named]) -> dict[str, Named]:
    """Without the prefix that data-parallel training adds."""
    return {str(name).removeprefix("module."): value for name, value in weights.items()}
