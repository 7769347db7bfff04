"""Files that are written together: all of them or none, and never over what was read."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import OutputError

Write = Callable[[Path], object]
"""Fills the file that it is given, which stands beside the one that is meant."""

STREAM = Path("-")
"""Stands for standard output."""


def check_writable(path: Path) -> Path:
    """Say early that a file could not be written there. Raises `OutputError`."""
    if path == STREAM:
        return path
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        mode = None
    except (OSError, ValueError) as error:
        raise OutputError(_cannot_be_named(path, error)) from error
    if mode is not None and stat.S_ISDIR(mode):
        raise OutputError(f"{path} is a folder. Name a file in it: {path / 'edited.png'}.")
    if mode is not None and not os.access(path, os.W_OK):
        raise OutputError(f"{path} is there and protected. Choose another name.")
    if mode is None or stat.S_ISREG(mode):
        _check_folder(_real(path).parent)
    return path


def _cannot_be_named(path: Path, error: OSError | ValueError) -> str:
    number = getattr(error, "errno", None)
    if number == errno.ELOOP:
        return f"{path} is a link that leads back to itself. Remove it, or choose another name."
    if number == errno.ENAMETOOLONG:
        return f"The name of {path} is too long. Use a shorter one."
    if number == errno.ENOTDIR:
        return f"The folder {path.parent} does not exist: a part of it is a file. Choose another."
    return f"{path} cannot be written: {getattr(error, 'strerror', None) or error}."


def _check_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise OutputError(f"The folder {folder} does not exist. Make it first.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(f"The folder {folder} cannot be written to. Choose another one.")


def check_apart(
    outputs: Iterable[Path], inputs: Iterable[Path] = (), reader: str = "the edit"
) -> None:
    """Make sure that no output is an input or another output, by whatever path it is reached.

    Args:
        outputs: files to be written.
        inputs: files that are read, and folders of which all is.
        reader: what reads them, for the message.

    Raises:
        OutputError: naming the two.
    """
    outputs, inputs = list(outputs), [each for each in inputs if each != STREAM]
    for number, path in enumerate(outputs):
        for read in inputs:
            if path != STREAM and (same_file(path, read) or _lies_in(path, read)):
                raise OutputError(
                    f"{path} is what {reader} reads ({read}), and would be lost. Choose another"
                    " name for the output."
                )
        for other in outputs[:number]:
            if same_file(path, other):
                raise OutputError(
                    f"{path} is to be written twice. Give each output a name of its own."
                )


def same_file(one: Path, other: Path) -> bool:
    """True where two paths lead to one file, or would once it is there.

    Links are followed. Names that differ in case only count as one: on many systems they are.
    """
    if STREAM in (one, other):
        return one == other
    with suppress(OSError, ValueError):
        return os.path.samefile(one, other)
    one, other = _real(one), _real(other)
    if one.name.casefold() != other.name.casefold():
        return False
    with suppress(OSError, ValueError):
        return os.path.samefile(one.parent, other.parent)
    return one.parent == other.parent


def _lies_in(path: Path, folder: Path) -> bool:
    return folder.is_dir() and _real(path).is_relative_to(_real(folder))


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def write_all(outputs: Sequence[tuple[Path, Write]], fresh: Iterable[Path] = ()) -> None:
    """Write all files or none: each is filled beside its place, then all are moved.

    What stands in a place is kept until all are there, and comes back where one can't be moved.
    A link stays a link. Standard output and devices are written before anything is moved.

    Args:
        outputs: where to, and what fills a file; `STREAM` is standard output.
        fresh: those of them that must not be there yet.

    Raises:
        OutputError: one can't be written, and nothing has changed.
    """
    staged: list[tuple[Path, Path]] = []  # the file beside, and the place
    streams: list[tuple[Path, Path]] = []
    try:
        for path, write in outputs:
            with _explained(path):
                place = path if path == STREAM else _real(path)
                flows = place == STREAM or (place.exists() and not place.is_file())
                beside = _beside(Path(tempfile.gettempdir()) / "out" if flows else place, path)
                (streams if flows else staged).append((beside, place))
                write(beside)
                _settle(beside)
        for beside, place in streams:
            with _explained(place):
                _pour(beside, place)
        _move(staged, [_real(path) for path in fresh])
    finally:
        for beside, _ in staged + streams:
            beside.unlink(missing_ok=True)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what the system says into an `OutputError` that names the file."""
    name = "Standard output" if path == STREAM else path
    try:
        yield
    except BrokenPipeError:  # whoever read has gone, which is no fault
        raise
    except (OSError, ValueError) as error:  # Pillow says ValueError where a format has limits
        reason = getattr(error, "strerror", None) or error
        raise OutputError(f"{name} cannot be written: {reason}. Nothing was written.") from error


def _beside(place: Path, asked: Path) -> Path:
    """A new empty file in the folder of `place`, with the ending that was asked for."""
    ending = asked.suffix if len(asked.suffix) < 10 else ""
    handle, name = tempfile.mkstemp(ending, ".prompt-edit-", place.parent)
    os.close(handle)
    return Path(name)


def _settle(file: Path) -> None:
    """Bring a file to the disk: some disks say only then that they are full."""
    with file.open("r+b") as written:
        os.fsync(written.fileno())


def _pour(file: Path, place: Path) -> None:
    with file.open("rb") as source:
        if place == STREAM:
            sys.stdout.flush()
            shutil.copyfileobj(source, sys.stdout.buffer)
            sys.stdout.buffer.flush()
            return
        with place.open("wb") as device:
            shutil.copyfileobj(source, device)


def _move(staged: Sequence[tuple[Path, Path]], fresh: Sequence[Path]) -> None:
    """Move all into their places; where one fails, put back what stood there."""
    done: list[tuple[Path, Path | None]] = []  # the place, and what stood in it
    try:
        for beside, place in staged:
            with _explained(place):
                if place in fresh and place.exists():
                    raise OutputError(f"{place} has come to be meanwhile. Nothing was written.")
                beside.chmod(_rights(place))
                old = _set_aside(place)
                done.append((place, old))
                beside.replace(place)
    except BaseException:
        for place, old in reversed(done):
            with suppress(OSError):
                if old:
                    old.replace(place)
                    old.unlink(missing_ok=True)  # two names of one file: nothing was replaced
                else:
                    place.unlink(missing_ok=True)
        raise
    for _, old in done:
        if old:
            old.unlink(missing_ok=True)


def _set_aside(place: Path) -> Path | None:
    """A second name for what stands in a place, or None where nothing does."""
    if not place.exists():
        return None
    old = _beside(place, place)
    old.unlink()
    try:
        os.link(place, old)  # whoever reads it meanwhile finds it whole
    except OSError:  # a file system without links
        place.rename(old)
    return old


def _rights(place: Path) -> int:
    """Those of the file that stands there, else those of any new file."""
    if place.exists():
        return stat.S_IMODE(place.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
