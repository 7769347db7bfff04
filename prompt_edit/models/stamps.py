"""By what a later run sees that models, labels or the package itself are other ones."""

from __future__ import annotations

from importlib import metadata as packages
from pathlib import Path

from .card import CARD

PEFT = "adapter_config.json"
"""Settings of a LoRA, next to its adapter_model.safetensors."""
Stamp = tuple[str, int, int]
"""A file's name, its size in bytes, and when it was written, in nanoseconds."""


def stamps(path: Path) -> list[Stamp]:
    """Of all files in a folder, or of a file and what lies beside it and is read with it.

    What begins with a dot is not read, nor what systems leave there.
    """
    if not path.is_dir():
        files = [path, *(path.parent / name for name in (CARD, PEFT))]
    else:
        files = [file for file in sorted(path.rglob("*")) if _is_read(file, path)]
    return [stamp(file) for file in files if file.is_file()]


def _is_read(file: Path, folder: Path) -> bool:
    parts = file.relative_to(folder).parts
    return file.name.lower() not in _LEFT and not any(part.startswith(".") for part in parts)


_LEFT = ("thumbs.db", "ehthumbs.db", "desktop.ini")


def stamp(file: Path) -> Stamp:
    """Of one file. Raises `OSError` where there is none."""
    found = file.stat()
    return file.name, found.st_size, found.st_mtime_ns


def version() -> str:
    """Of this package; empty where it is not installed."""
    try:
        return packages.version("prompt-edit")
    except packages.PackageNotFoundError:
        return ""
