"""What the readers of data sets give: pictures, and where each category is in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ..errors import DatasetError
from .scores import Truth


@dataclass(frozen=True)
class Labelled:
    """A picture of a data set, and the name that is its own there."""

    name: str
    file: Path


class Dataset(Protocol):
    """Pictures in which each of the categories is labelled, or known to be absent.

    Attributes:
        phrases: what to look for, by category.
        pictures: in the order of the data set.
        masks: whether pixels are labelled, and not boxes alone.
        labels: the files and folders that its labels are read from; `folder` that of its pictures.
    """

    @property
    def masks(self) -> bool: ...

    @property
    def labels(self) -> tuple[Path, ...]: ...

    @property
    def folder(self) -> Path: ...

    @property
    def phrases(self) -> Mapping[str, str]: ...

    @property
    def pictures(self) -> tuple[Labelled, ...]: ...

    def truth(self, picture: Labelled) -> dict[str, Truth]:
        """Where the categories are that the picture shows; an empty truth is neither there nor
        absent."""
        ...


def need(path: Path, what: str) -> Path:
    """The path. Raises `DatasetError`, which says what should be there, where nothing is."""
    if is_there(path):
        return path
    raise DatasetError(f"There is no {path}: {what}.")


def is_there(path: Path) -> bool:
    """Whether there is such a file or folder.

    Raises:
        DatasetError: the name is too long, or a folder above may not be entered.
    """
    try:
        return path.exists()
    except OSError as error:
        raise DatasetError(f"{path} cannot be looked for: {error.strerror}.") from error


def lines_of(file: Path) -> list[str]:
    """The lines of a list that hold something, without the blanks around them.

    Raises:
        DatasetError: it is missing, or no text.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")  # Windows may begin it with a mark
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{file} cannot be read ({error}). Save it as text in UTF-8.") from error
    return [line.strip() for line in text.splitlines() if line.strip()]
