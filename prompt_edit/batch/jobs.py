"""Rows as jobs: each with the file that it makes and a key of all that goes into it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath
from typing import Any

from ..errors import OutputError, PromptEditError
from . import remote
from .table import Row

RESULTS, INSIDE = "results", ".prompt-edit"
"""The stem of the tables of results, and the folder for what is not done yet."""


Record = dict[str, Any]
"""What is known of a job, as a line of the table of results has it."""


@dataclass(frozen=True)
class Job:
    """A row, numbered from 1, and the path of its output in the output folder."""

    number: int
    picture: str
    instruction: str
    seed: int
    output: str
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Shard:
    """Every n-th picture, from the i-th on: one machine's part of a batch."""

    index: int = 1
    count: int = 1

    @classmethod
    def read(cls, text: str | None) -> Shard:
        """From "2/8". Raises `PromptEditError`."""
        if text is None:
            return cls()
        found = re.fullmatch(r"(\d+)/(\d+)", text.strip())
        if not found or not 1 <= int(found[1]) <= int(found[2]):
            raise PromptEditError(f'Name a shard as 2/8, the second of eight, not "{text}".')
        return cls(int(found[1]), int(found[2]))

    @property
    def name(self) -> str:
        """What its table is called, without an ending."""
        return RESULTS if self.count == 1 else f"{RESULTS}-{self.index}-of-{self.count}"


def plan_jobs(
    rows: Sequence[Row], at: Callable[[str], str], seed: int, cuts: Sequence[bool]
) -> list[Job]:
    """Give each row its output.

    Args:
        at: where an output comes to lie, see `Place.at`.
        seed: of rows that have none.
        cuts: for each row whether its result is transparent, which JPEG cannot hold.

    Raises:
        OutputError: two rows would write one file, or one a file where another needs a folder, or
            a row one that is read, or beyond where outputs go.
    """
    jobs: list[Job] = []
    taken: dict[str, int] = {}
    read = {as_one(row.picture) for row in rows}
    for number, (row, path) in enumerate(zip(rows, _names(rows, cuts), strict=True), start=1):
        _check_inside(path, row.output, number)
        key = _folded(path)
        if key in taken:
            raise OutputError(
                f"Give each row an output of its own: rows {taken[key]} and {number} would both"
                f" write {path}. Rename a picture, or name outputs in a table's column output."
            )
        place = at(path.as_posix())
        if place in read:
            raise OutputError(
                f"Choose another output folder: row {number} would write over the picture {place}."
            )
        taken[key] = number
        kept = seed if row.seed is None else row.seed
        jobs.append(Job(number, row.picture, row.instruction, kept, path.as_posix(), row.more))
    _check_folders(jobs, taken)
    return jobs


def as_one(picture: str) -> str:
    """A picture's path or address, alike however it was typed."""
    with suppress(ValueError):  # no system's path, which is told when it is read
        return picture if remote.is_remote(picture) else os.path.realpath(picture)
    return picture


_CLEAR, _OPAQUE = (".png", ".tif", ".tiff", ".webp"), (".jpg", ".jpeg", ".bmp")
"""The types that results are written in, as `images.FORMATS` has them, which takes torch."""


def _names(rows: Sequence[Row], cuts: Sequence[bool]) -> list[Path]:
    """Of the rows' outputs; where several would be one, those of a new ending keep the old, too."""
    names = [_named(row, cut) for row, cut in zip(rows, cuts, strict=True)]
    often = Counter(map(_folded, names))
    return [
        name if often[_folded(name)] == 1 or row.output or name.suffix == row.name.suffix
        else name.with_name(f"{name.stem}{row.name.suffix}{name.suffix}")
        for row, name in zip(rows, names, strict=True)
    ]  # fmt: skip


def _folded(path: Path) -> str:
    """Alike for paths that are one on many systems."""
    return unicodedata.normalize("NFC", str(path)).casefold()


def _named(row: Row, cut: bool) -> Path:
    path = Path(row.output) if row.output else row.name
    if not path.name:  # a folder, which is told when it is to be written
        return path
    stem = f"{path.stem}-{_as_name(row.variant)}" if row.variant else path.stem
    kept = row.output or path.suffix.lower() in (_CLEAR if cut else _CLEAR + _OPAQUE)
    return path.with_name(stem + (path.suffix if kept else ".png"))


def _as_name(words: str) -> str:
    return re.sub(r"[^\w]+", "-", words.strip().lower())


def _check_inside(path: Path, asked: str, number: int) -> None:
    """`asked` is what a table names, which may be read on Windows, too."""
    ways, first = (path, PureWindowsPath(asked)), _folded(Path(*path.parts[:1]))
    if first == INSIDE or any(way.anchor or ".." in way.parts for way in ways):
        raise OutputError(
            f"Name outputs within the output folder: row {number} names {path.as_posix()}."
        )


def _check_folders(jobs: Sequence[Job], taken: dict[str, int]) -> None:
    """Raise `OutputError` where one's output is to be a folder of another's."""
    for job in jobs:
        for folder in Path(job.output).parents:
            if folder.name and (other := taken.get(_folded(folder))):  # the other's row is told
                raise OutputError(
                    f"Give each row an output of its own: row {other} would write {folder}, in"
                    f" which row {job.number} would write {job.output}. Rename a picture, or name"
                    " outputs in a table's column output."
                )


def part_of(jobs: Sequence[Job], shard: Shard) -> list[Job]:
    """The jobs of a shard, all of one picture in the same."""
    order = {picture: n for n, picture in enumerate(dict.fromkeys(job.picture for job in jobs))}
    return [job for job in jobs if order[job.picture] % shard.count == shard.index - 1]


def told(settings: dict[str, Any]) -> str:
    """Settings, as `key_of` takes them."""
    return json.dumps(settings, sort_keys=True, default=str)


def key_of(job: Job, settings: str, picture: str | None = None) -> str:
    """A hash of all that goes into a job but the picture's bytes.

    Args:
        settings: as `told`.
        picture: its path as an earlier run had it typed.
    """
    asked = {"instruction": job.instruction, "output": job.output,
             "picture": job.picture if picture is None else picture, "seed": job.seed}  # fmt: skip
    return hashlib.sha256(f"[{json.dumps(asked)}, {settings}]".encode()).hexdigest()


def stamp_of(picture: str) -> list[int | str]:
    """Size and time, or version, of a picture's file; equal ones are taken for the same picture."""
    if remote.is_remote(picture):
        return remote.stamp_of(picture)
    try:
        found = Path(picture).stat()
    except (OSError, ValueError):
        return []
    return [found.st_size, found.st_mtime_ns]


def digest_of(picture: str) -> str:
    """SHA-256 of a picture's file, as its line has it; nothing where it cannot be read."""
    with suppress(OSError, ValueError, PromptEditError):
        far = remote.is_remote(picture)
        data = remote.read_bytes(picture) if far else Path(picture).read_bytes()
        return hashlib.sha256(data).hexdigest()
    return ""
