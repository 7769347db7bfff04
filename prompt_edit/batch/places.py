"""Where a batch's outputs go: a folder, or a storage with an address."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import ClassVar, Protocol, TypeVar
from uuid import uuid4

from filelock import FileLock, Timeout

from ..errors import OutputError, PromptEditError
from ..outputs import check_writable
from . import remote
from .jobs import INSIDE, RESULTS, as_one

_LOOK = 1.0  # seconds that a lock may be held by another who only looks
_PAUSES = (0.1, 0.3, 1.0, 2.0) if os.name == "nt" else ()
"""Seconds after which what Windows refused is tried again: scanners open what was just written."""
_AT_ONCE = 500  # objects of a few lines that are read together, and kept in memory
_PROBE = 1 << 20  # bytes, as of a picture: where less is free the next one fails, too
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG)

T = TypeVar("T")


class Place(Protocol):
    """What is asked of either. All that writes raises `OutputError` where that cannot be done.

    A `shard` is the name of its table, without an ending.
    """

    @property
    def every(self) -> float:
        """Seconds between two writings of lines to a table."""

    def at(self, name: str) -> str:
        """The path or address of an output, as nothing else has it."""

    def claimed(self) -> dict[str, Claims]:
        """By shard, what runs that came to no end were about to make."""

    def claim(self, shard: str, outputs: Claims) -> None:
        """Keep in mind what is about to be made, in place of all that the shard claimed before."""

    def look(self) -> Callable[[str], int | None]:
        """Tells the size of an output in bytes; None where it is not there."""

    def content(self, name: str) -> bytes:
        """Of an output; nothing where it cannot be read."""

    def held(self, shard: str) -> AbstractContextManager[None]:
        """While it lasts no other run works on the shard, nor on shards of which there are more or
        fewer, as far as that can be kept."""

    def scratch(self, shard: str) -> Path:
        """A folder for files that are not whole yet."""

    def make_room(self, name: str) -> None:
        """Make the folder of an output."""

    def check(self, name: str) -> None:
        """Say early that an output could not be written."""

    def bring(self, file: Path, name: str) -> None:
        """Move a file to its place, whole or not at all. Raises `OSError`, too."""

    def takes_more(self, shard: str) -> bool:
        """Whether other outputs can be written, where one could not."""

    def remove(self, name: str) -> None:
        """Take an output away, if it is there."""

    def tables(self, shard: str) -> Iterator[tuple[bytes, bool]]:
        """All tables of results, whole lines alone; with True the shard's own, which come last."""

    def append(self, shard: str, lines: bytes) -> None:
        """Add lines to the table of a shard."""

    def finish(self, shard: str, table: Path) -> None:
        """Bring a whole table, of any type, in place of all that was appended."""


_CLAIMS = ".claims"
Claims = dict[str, str]
"""The key of a job by its output; see `Records.claim`."""
UNKNOWN = ""
"""Stands for a key in claims that did not keep it."""


def _read_claims(data: bytes) -> Claims:
    """Versions before kept the outputs alone."""
    claims: dict[str, str] | list[str] = json.loads(data) if data else {}
    return claims if isinstance(claims, dict) else dict.fromkeys(claims, UNKNOWN)


def is_full(error: BaseException | None) -> bool:
    """Whether a disk takes nothing more, as far as an error or what led to it tells."""
    while error is not None and not isinstance(error, OSError):
        error = error.__cause__
    return error is not None and error.errno in _FULL


def _patiently(act: Callable[[], T]) -> T:
    """Do what Windows refuses while somebody else looks at a file. Raises `OSError`."""
    for pause in _PAUSES:
        try:
            return act()
        except PermissionError:
            time.sleep(pause)
    return act()


def _together(names: Iterable[str]) -> Iterator[list[str]]:
    """Objects that are read together, in order: few lines each, or one table of any length."""
    for few, group in groupby(names, lambda name: name.startswith(f"{INSIDE}/")):
        some, size = [*group], _AT_ONCE if few else 1
        yield from (some[start : start + size] for start in range(0, len(some), size))


def _count(shard: str) -> str:
    """In how many parts a batch is, by the name of one; see `Shard.name`."""
    return shard.rpartition("-of-")[2]


def place_of(out: str, wholly: bool = False) -> Place:
    """A folder's path, or an address such as s3://bucket/folder.

    Args:
        wholly: name a folder from the root on, for those who work elsewhere.

    Raises:
        PromptEditError: a kind of storage that is not known, or whose package is not installed.
    """
    if not remote.is_remote(out):
        return Folder(Path(out).resolve() if wholly else Path(out))
    remote.storage_of(out)
    return Storage(out.rstrip("/"))


@dataclass(frozen=True)
class Folder:
    """A folder, maybe one that several machines see."""

    path: Path
    every: ClassVar[float] = 0.0

    def __str__(self) -> str:
        return str(self.path)

    def at(self, name: str) -> str:
        return as_one(str(self.path / name))

    def claimed(self) -> dict[str, Claims]:
        return {file.stem: _read_claims(file.read_bytes())
                for file in (self.path / INSIDE).glob(f"*{_CLAIMS}")}  # fmt: skip

    def claim(self, shard: str, outputs: Claims) -> None:
        place = self.path / INSIDE / f"{shard}{_CLAIMS}"
        try:
            if not outputs:
                _patiently(lambda: place.unlink(missing_ok=True))
                return
            file = self.scratch(shard) / place.name
            file.write_text(json.dumps(outputs))
            _patiently(lambda: file.replace(place))
        except OSError as error:
            raise OutputError(f"{place} cannot be written: {error.strerror}.") from error

    def look(self) -> Callable[[str], int | None]:
        return self._size

    def _size(self, name: str) -> int | None:
        with suppress(OSError, ValueError):  # a name that no file can have
            found = (self.path / name).stat()
            return found.st_size if stat.S_ISREG(found.st_mode) else None
        return None

    def content(self, name: str) -> bytes:
        with suppress(OSError):
            return (self.path / name).read_bytes()
        return b""

    @contextmanager
    def held(self, shard: str) -> Iterator[None]:
        """By a lock that the system takes from a run that is killed; what it left is removed."""
        scratch, lock = self.scratch(shard), FileLock(self._lock(shard), timeout=0)
        try:
            scratch.mkdir(parents=True, exist_ok=True)
            lock.acquire()
            for left in scratch.iterdir():
                left.unlink()
        except Timeout as error:
            raise OutputError(
                f"Wait for the run that is at work in {self}, or give each a shard of its own:"
                " --shard 1/2."
            ) from error
        except OSError as error:
            raise OutputError(f"{self} cannot be written: {error.strerror}.") from error
        try:
            self._require_no_others(shard)
            yield
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
            lock.release()
            self._lock(shard).unlink(missing_ok=True)
            with suppress(OSError):  # another shard is at work
                scratch.parent.rmdir()

    def _require_no_others(self, shard: str) -> None:
        """Raise `OutputError` where a run has parted the batch otherwise: each would do all."""
        for file in self._lock("").parent.glob("*.lock"):
            if _count(file.stem) != _count(shard):
                try:
                    with FileLock(file, timeout=_LOOK):
                        pass  # left by a run that was killed
                except OSError as error:  # a timeout, too
                    raise OutputError(
                        f"Wait for the run that is at work in {self} as {file.stem}, or part this"
                        " one as that: --shard takes as many parts in all runs of a batch."
                    ) from error

    def _lock(self, shard: str) -> Path:
        return self.path / INSIDE / f"{shard}.lock"

    def scratch(self, shard: str) -> Path:
        """On the same disk, so that a file is moved at one stroke."""
        return self.path / INSIDE / shard

    def make_room(self, name: str) -> None:
        folder = (self.path / name).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{folder} cannot be made: {error.strerror}.") from error

    def check(self, name: str) -> None:
        check_writable(self.path / name)

    def bring(self, file: Path, name: str) -> None:
        with file.open("r+b") as written:
            os.fsync(written.fileno())  # some disks say only then that they are full
        _patiently(lambda: file.replace(self.path / name))

    def takes_more(self, shard: str) -> bool:
        probe = self.scratch(shard) / f"probe-{uuid4().hex}"  # several threads may ask
        with suppress(OSError):
            probe.write_bytes(bytes(_PROBE))
            probe.unlink()
            return os.access(self.path, os.W_OK | os.X_OK)
        return False

    def remove(self, name: str) -> None:
        file = self.path / name
        try:
            _patiently(lambda: file.unlink(missing_ok=True))
        except OSError as error:
            raise OutputError(f"{file} cannot be removed: {error.strerror}.") from error

    def tables(self, shard: str) -> Iterator[tuple[bytes, bool]]:
        own = self._table(shard)
        for table in sorted(self.path.glob(f"{RESULTS}*.jsonl"), key=lambda each: each == own):
            data = table.read_bytes()
            whole = data[: data.rfind(b"\n") + 1]
            yield whole, table == own
            if table == own and len(whole) < len(data):  # a run was killed while it wrote
                os.truncate(table, len(whole))

    def _table(self, shard: str) -> Path:
        return self.path / f"{shard}.jsonl"

    def append(self, shard: str, lines: bytes) -> None:
        table = self._table(shard)
        try:
            with _patiently(lambda: table.open("ab")) as opened:
                start = opened.tell()
                try:
                    opened.write(lines)
                    opened.flush()
                except OSError:
                    os.ftruncate(opened.fileno(), start)
                    raise
        except OSError as error:
            raise OutputError(f"{table} cannot be written: {error.strerror}.") from error

    def finish(self, shard: str, table: Path) -> None:
        _patiently(lambda: table.replace(self.path / table.name))


@dataclass(frozen=True)
class Storage:
    """A storage that fsspec reaches. Nothing can be appended there and nothing locked: lines of a
    table are files of their own until it is finished, and who runs a shard twice does it twice.
    """

    address: str
    every: ClassVar[float] = 5.0  # and so a batch of a day leaves thousands of them

    def __str__(self) -> str:
        return self.address

    def at(self, name: str) -> str:
        return f"{self.address}/{name}"

    def claimed(self) -> dict[str, Claims]:
        start = f"{INSIDE}/"
        return {
            name.removeprefix(start).removesuffix(_CLAIMS): _read_claims(self.content(name))
            for name in self._sizes() if name.startswith(start) and name.endswith(_CLAIMS)
        }  # fmt: skip

    def claim(self, shard: str, outputs: Claims) -> None:
        if not outputs:
            self.remove(f"{INSIDE}/{shard}{_CLAIMS}")
            return
        file = self.scratch(shard) / "claims"
        file.write_text(json.dumps(outputs))
        self.bring(file, f"{INSIDE}/{shard}{_CLAIMS}")

    def look(self) -> Callable[[str], int | None]:
        """By one listing: what is asked one by one takes longer than to make it."""
        return self._sizes().get

    def _sizes(self) -> dict[str, int]:
        """Of all that is there, by name."""
        with remote.reaching(self.address, OutputError, "reached"):
            system, path = remote.storage_of(self.address)
            system.invalidate_cache(path)  # not the listing of the pictures, which answers stamps
            found = system.find(path, detail=True)
            return {name.removeprefix(path).lstrip("/"): int(each.get("size") or 0)
                    for name, each in found.items()}  # fmt: skip

    def content(self, name: str) -> bytes:
        with suppress(PromptEditError):
            return remote.read_bytes(self.at(name))
        return b""

    @contextmanager
    def held(self, shard: str) -> Iterator[None]:
        scratch = self.scratch(shard)
        try:
            yield
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def scratch(self, shard: str) -> Path:
        """On this machine, whichever that is."""
        digest = hashlib.sha256(f"{self.address} {shard}".encode()).hexdigest()[:16]
        folder = Path(tempfile.gettempdir()) / f"prompt-edit-{digest}"
        folder.mkdir(exist_ok=True)
        return folder

    def make_room(self, name: str) -> None:
        """There are no folders."""

    def check(self, name: str) -> None:
        """By the name alone: what else can be written is known when it is."""
        try:
            name.encode()
        except UnicodeEncodeError as error:
            raise OutputError(
                f"{self.at(name)} cannot be written: its name is no UTF-8. Rename the picture."
            ) from error

    def bring(self, file: Path, name: str) -> None:
        with remote.reaching(self.at(name), OutputError, "written"):
            remote.put(file, self.at(name))
        file.unlink()

    def takes_more(self, shard: str) -> bool:
        probe = self.scratch(shard) / f"probe-{uuid4().hex}"
        with suppress(OSError, OutputError):
            probe.write_bytes(b"1")
            self.bring(probe, f"{INSIDE}/{probe.name}")
            self.remove(f"{INSIDE}/{probe.name}")
            return True
        return False

    def remove(self, name: str) -> None:
        with remote.reaching(self.at(name), OutputError, "removed"):
            system, path = remote.storage_of(self.at(name))
            if system.exists(path):
                system.rm_file(path)

    def tables(self, shard: str) -> Iterator[tuple[bytes, bool]]:
        names = [name for name in self._sizes() if name.endswith(".jsonl")
                 and (name.startswith(RESULTS) or name.startswith(f"{INSIDE}/"))]  # fmt: skip
        own = (f"{shard}.jsonl", f"{INSIDE}/{shard}/")
        names.sort(key=lambda each: (each.startswith(own), INSIDE in each, each))
        for some in _together(names):
            for name, data in zip(some, remote.read_each(self.address, some), strict=True):
                yield data, name.startswith(own)

    def append(self, shard: str, lines: bytes) -> None:
        file = self.scratch(shard) / "lines"
        file.write_bytes(lines)
        self.bring(file, f"{INSIDE}/{shard}/{time.time_ns()}.jsonl")

    def finish(self, shard: str, table: Path) -> None:
        self.bring(table, table.name)
        names = [name for name in self._sizes() if name.startswith(f"{INSIDE}/{shard}/")]
        with remote.reaching(self.address, OutputError, "removed"):
            remote.remove_each(self.address, names)
