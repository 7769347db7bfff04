"""A painter's model: its files are read once, and asked as often as need be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from ..families import FAMILIES, Family, default_dtype
from ..memory import Need, need_of
from .folder import Folder, open_folder
from .single_file import SingleFile, open_file


@dataclass(frozen=True)
class Source:
    """What is known of a painter's model before it is loaded.

    Attributes:
        path: of the file or the diffusers folder.
        family: a key of `FAMILIES`.
        held: what stands there.
    """

    path: Path
    family: str
    held: SingleFile | Folder

    @property
    def row(self) -> Family:
        """Its row in the table of families."""
        return FAMILIES[self.family]

    @property
    def neighbours(self) -> tuple[Path, ...]:
        """Files beside it that bring parts."""
        return self.held.neighbours

    @property
    def lender(self) -> Path | None:
        """The diffusers folder that brings what is in neither."""
        lender = self.held.lender
        return lender.path if lender else None

    @property
    def notes(self) -> tuple[str, ...]:
        """What was assumed, chosen or left unread, in sentences."""
        return self.held.notes

    def default_dtype(self, device: torch.device) -> torch.dtype:
        """The precision for a device, unless another is asked for."""
        return default_dtype(self.row, device)

    def need(self, dtype: torch.dtype) -> Need:
        """The most memory that loading and painting once takes, of weights of that type.

        Raises:
            ModelError: a folder's files are broken.
        """
        side, width = self.held.sizes
        return need_of(self.held.numbers(), dtype, side, width, self.row.upcast)

    def require_whole(self) -> None:
        """Raise `ModelError` where parts are missing that nothing lends."""
        self.held.require_whole()

    def load(self, dtype: torch.dtype) -> Any:
        """Its inpainting pipeline, of diffusers. Goes nowhere.

        Raises:
            ModelError: parts are missing, broken, or do not fit.
        """
        return self.held.load(dtype)


def open_source(path: str | Path, base: str | Path | None = None) -> Source:
    """What a single file or a diffusers folder is, from headers and settings.

    Args:
        path: a .safetensors or .ckpt file, or a diffusers folder.
        base: a diffusers folder of the same family that lends what a single file lacks; without
            one, the folders about the file and the local cache are looked through.

    Raises:
        ModelError: missing, broken, or nothing that is painted with here.
    """
    path = Path(path)
    if path.is_dir():
        folder = open_folder(path)
        return Source(path, folder.family, folder)
    file = open_file(path, open_folder(Path(base)) if base else None)
    return Source(path, file.family, file)
