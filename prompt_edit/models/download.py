"""Brings a known model here: only when asked, whole, checked, and never while offline.

The work is huggingface_hub's: it takes a line up again that breaks, and moves files into place when
they are whole. Those are kept where the work is stopped; of the file that was coming, a new hub's
client keeps nothing. Added here: the size is known before, Cancel is heard at once, what arrives is
compared with the hub's own checksums, and a record is left beside the files so that they can be
verified later without the network.
"""

from __future__ import annotations

import errno
import fnmatch
import hashlib
import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from typing import Any

from filelock import FileLock
from tqdm import tqdm

from ..errors import ModelError, first_line
from .catalogue import Known
from .store import PARTIAL

OnBytes = Callable[[int, int], None]
"""Called with (done, total) in bytes, in the thread that asked. What it raises stops the work; the
files that are whole are kept."""

OFFLINE_VARIABLE = "PROMPT_EDIT_OFFLINE"
_RECORD = ".prompt_edit_download.json"
_PARTS = Path(".cache", "huggingface", "download")  # where the hub's client keeps what comes
_POLL = 0.1  # seconds between two looks at what has come
_PARTING = 5.0  # seconds for a transfer to end on Cancel, and to clean up
_PAUSES = (0.5, 2, 5)  # seconds before a broken transfer is taken up again
_OF_THE_DISK = (errno.ENOSPC, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.ENOENT,
                errno.EISDIR)  # fmt: skip
_ROOM = 1 << 28  # bytes that stay free on the disk


@dataclass(frozen=True)
class _File:
    """A file of a repository: its size in bytes, and its SHA-256 where the hub states one."""

    path: str
    size: int
    sha256: str | None


def offline() -> bool:
    """Whether no network call may be made: HF_HUB_OFFLINE or PROMPT_EDIT_OFFLINE is set."""
    values = (os.environ.get(name, "") for name in ("HF_HUB_OFFLINE", OFFLINE_VARIABLE))
    return any(value.strip().lower() not in ("", "0", "no", "off", "false") for value in values)


def place(known: Known, root: Path) -> Path:
    """Where a model lies below a models folder: its own folder, or its one file."""
    return root / known.folder / known.name


def is_here(known: Known, root: Path) -> bool:
    """Whether a model is there, and not by half."""
    return place(known, root).exists() and not _marker(known, root).exists()


def download(known: Known, root: Path, on_bytes: OnBytes | None = None) -> Path:
    """Bring a model into a models folder, and give the folder or file to load it from.

    Files that are there already are not fetched again; the others of a folder are.

    Raises:
        ModelError: offline, no such repository, no room on the disk, no answer, a licence that was
            not accepted, or a file whose checksum is not the one that the hub states.
    """
    target = place(known, root)
    folder = _holder(known, root)
    if offline():
        raise ModelError(by_hand(known, root, f"downloads are off ({_switch()} is set)"))
    if not known.repository:
        raise ModelError(by_hand(known, root, "it is not on the Hugging Face hub"))
    with _explained(known, root):
        commit, files = _listing(known)
        _sweep(folder)
        _require_free(folder, _to_come(files, folder))
        folder.mkdir(parents=True, exist_ok=True)
        _marker(known, root).touch()
    try:
        _bring_and_compare(known, root, commit, files, on_bytes or _unheard)
    except BaseException:
        if not target.exists():  # what is brought there by hand is not in doubt
            _marker(known, root).unlink(missing_ok=True)
        raise
    _marker(known, root).unlink(missing_ok=True)
    return target


def _bring_and_compare(
    known: Known, root: Path, commit: str, files: list[_File], on_bytes: OnBytes
) -> None:
    folder, tally = _holder(known, root), _Tally(sum(file.size for file in files), on_bytes)
    with _explained(known, root):
        for file in files:
            _fetch(known.repository, commit, file, folder, tally)
        _write_record(known, folder, commit, files)
    broken = verify(known, root, lambda *_: tally.tell())
    if broken:
        for path in broken:
            (folder / path).unlink(missing_ok=True)
        raise ModelError(
            f"Download {known.name} again: {', '.join(broken)} came with a wrong checksum and was"
            " deleted. If that does not help, report it to the model's publisher."
        )


def require_room(models: Iterable[Known], root: Path) -> int:
    """How many bytes are still to come of those models together.

    Raises:
        ModelError: they do not fit on the disk; or as `download`.
    """
    needed = 0
    for known in models:
        if offline() and is_here(known, root):
            continue
        if offline() or not known.repository:
            download(known, root)  # which says what to do
        with _explained(known, root):
            folder = _holder(known, root)
            _, files = _listing(known)
            _sweep(folder)
            needed += _to_come(files, folder)
    _require_free(root, needed)
    return needed


def verify(known: Known, root: Path, on_bytes: OnBytes | None = None) -> list[str]:
    """The files of a model that are missing or not as they were published; empty if all is well.

    Checksums come from the catalogue, or from the hub's own list when it was downloaded.

    Raises:
        ModelError: the model is not there, or nothing is known to compare it with.
    """
    target = place(known, root)
    folder = _holder(known, root)
    if not target.exists():
        raise ModelError(f"{known.name} is not at {target}. Download it first.")
    files = _read_record(known, folder)
    if not files:
        raise ModelError(
            f"No checksums are known for {target}: it was not downloaded by Prompt Edit."
        )
    total, done, broken = sum(file.size for file in files), 0, []
    for file in files:
        path = folder / file.path
        if not path.is_file() or (file.size and path.stat().st_size != file.size):
            broken.append(file.path)
        elif file.sha256:
            digest, read = hashlib.sha256(), 0
            for piece in _pieces(path):
                digest.update(piece)
                read += len(piece)
                if on_bytes:
                    on_bytes(done + read, total)
            if digest.hexdigest() != file.sha256:
                broken.append(file.path)
        done += file.size
    return broken


def by_hand(known: Known, root: Path, why: str) -> str:
    """What to do where a model cannot be downloaded: which files go where."""
    source = f"of the Hugging Face repository {known.repository}" if known.repository else ""
    return (
        f"Bring the model by hand: {known.name} is not on this machine, and {why}. Put"
        f" {', '.join(known.patterns)} {source or f'from {known.url}'} into {_holder(known, root)}."
    )


def _holder(known: Known, root: Path) -> Path:
    """The folder that the files of a model lie in."""
    return place(known, root).parent if known.single else place(known, root)


def _marker(known: Known, root: Path) -> Path:
    """Lies there while a model is brought: in its folder, or beside its one file."""
    return _holder(known, root) / (known.name + PARTIAL if known.single else PARTIAL)


def _switch() -> str:
    return OFFLINE_VARIABLE if os.environ.get(OFFLINE_VARIABLE) else "HF_HUB_OFFLINE"


def _listing(known: Known) -> tuple[str, list[_File]]:
    """The commit that the pinned revision names, and the files of the model in it."""
    from huggingface_hub import HfApi

    info = HfApi().model_info(known.repository, revision=known.revision, files_metadata=True)
    pinned = {file.path: file.sha256 for file in known.files}
    files = []
    for each in info.siblings or []:
        if any(fnmatch.fnmatch(each.rfilename, pattern) for pattern in known.patterns):
            stated = each.lfs.sha256 if each.lfs else None
            expected = pinned.get(each.rfilename, stated)
            files.append(_File(each.rfilename, each.size or 0, expected))
    if not files:
        raise ModelError(f"{known.repository} holds none of {', '.join(known.patterns)}.")
    return str(info.sha), files


class _Tally:
    """What has come, in bytes: counted by the thread that brings it, told by the one that asked.

    Attributes:
        whole: bytes of the files that are done.
        part: of the one that comes.
        stopped: nothing more is wanted.
    """

    def __init__(self, total: int, on_bytes: OnBytes) -> None:
        self.total, self._on_bytes = total, on_bytes
        self.whole, self.part, self.stopped = 0, 0, False

    def tell(self) -> None:
        self._on_bytes(min(self.whole + self.part, self.total), self.total)


class _Stopped(Exception):
    """Ends a transfer that nobody waits for any more."""


def _unheard(done: int, total: int) -> None:
    """Takes the progress that nobody asked for."""


def _fetch(repository: str, commit: str, file: _File, folder: Path, tally: _Tally) -> None:
    """Bring one file, in a thread: so Cancel is heard while the line stalls.

    On Cancel it ends with the next bytes, and is waited for a little, since what has come is
    removed by the thread alone; with huggingface_hub 0, which tells of whole files only, it ends
    when the file is whole.
    """
    failed: list[BaseException] = []

    def work() -> None:
        try:
            _bring(repository, commit, file, folder, tally)
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=work, daemon=True, name="prompt-edit-download")
    thread.start()
    try:
        while thread.is_alive():
            thread.join(_POLL)
            tally.tell()
    except BaseException:
        tally.stopped = True
        thread.join(_PARTING)
        raise
    if failed:
        raise failed[0]
    tally.whole, tally.part = tally.whole + file.size, 0
    tally.tell()


def _bring(repository: str, commit: str, file: _File, folder: Path, tally: _Tally) -> None:
    """Bring one file. Where the line breaks it goes on from what came, a few times."""
    from huggingface_hub import errors, hf_hub_download

    # huggingface_hub 0 tells of whole files only.
    tells = "tqdm_class" in signature(hf_hub_download).parameters
    options: dict[str, Any] = {"tqdm_class": _bar(tally)} if tells else {}
    for pause in (*(_PAUSES if _resumes() else ()), None):
        if tally.stopped:
            return
        try:
            with _OVER_HTTP:
                hf_hub_download(repository, file.path, revision=commit, local_dir=folder, **options)
            return
        except errors.HfHubHTTPError:
            raise  # an answer, not a broken line
        except Exception as error:
            if pause is None or tally.stopped or not _from_the_line(error):
                raise
            time.sleep(pause)


class _OverHttp:
    """Without hf-xet, which nothing stops: it swallows what its callback raises.

    That is one setting for the whole process, which others may use: the first transfer changes it,
    and the last one changes it back.
    """

    def __init__(self) -> None:
        self._lock, self._users, self._before = threading.Lock(), 0, False

    def __enter__(self) -> None:
        from huggingface_hub import constants

        with self._lock:
            if not self._users:  # the oldest has no such setting
                self._before = getattr(constants, "HF_HUB_DISABLE_XET", False)
                constants.HF_HUB_DISABLE_XET = True
            self._users += 1

    def __exit__(self, *_: object) -> None:
        from huggingface_hub import constants

        with self._lock:
            self._users -= 1
            if not self._users:
                constants.HF_HUB_DISABLE_XET = self._before


_OVER_HTTP = _OverHttp()


def _from_the_line(error: Exception) -> bool:
    """Whether the network failed. The hub's client speaks requests, httpx or httpx2, by version:
    there is no common base."""
    return type(error).__module__.startswith(("httpx", "httpcore", "requests"))


def _is_there(file: _File, folder: Path) -> bool:
    path = folder / file.path
    return path.is_file() and path.stat().st_size == file.size


def _to_come(files: list[_File], folder: Path) -> int:
    """Bytes that are still to be fetched."""
    return sum(file.size - _came(file, folder) for file in files if not _is_there(file, folder))


def _came(file: _File, folder: Path) -> int:
    """Bytes of a file that was cut off, from which the hub's client goes on."""
    if not (file.sha256 and _resumes()):
        return 0
    parts = (folder / _PARTS / file.path).parent.glob(f"*.{file.sha256}.incomplete")
    return min(file.size, sum(part.stat().st_size for part in parts))


def _resumes() -> bool:
    """Whether the hub's client goes on from what an earlier call left: before 1.18 it does, and
    later by itself alone, within one call."""
    from huggingface_hub import __version__

    major, minor = __version__.split(".")[:2]
    return (int(major), int(minor)) < (1, 18)


def _sweep(folder: Path) -> None:
    """Remove the parts of files that a process left which came to its end at work.

    Not where the hub's client goes on from them, and not while another transfer is at work there:
    it holds a lock.
    """
    if _resumes():
        return
    with suppress(OSError, NotImplementedError), ExitStack() as held:  # a timeout, too
        for lock in (folder / _PARTS).rglob("*.lock"):
            held.enter_context(FileLock(lock, timeout=0))
        for part in (folder / _PARTS).rglob("*.incomplete"):
            part.unlink(missing_ok=True)


def _require_free(folder: Path, needed: int) -> None:
    """Raise `ModelError` where that many bytes do not fit on the folder's disk."""
    existing = next(path for path in (folder, *folder.absolute().parents) if os.path.exists(path))
    try:
        free = shutil.disk_usage(existing).free
    except OSError:  # closed to this user, which is told when the first file is written
        return
    if needed and free < needed + _ROOM:
        raise ModelError(
            f"Make room, or choose another folder: {folder} has {free / 1e9:.1f} GB free, but"
            f" {(needed + _ROOM) / 1e9:.1f} GB are needed."
        )


def _bar(tally: _Tally) -> Any:
    """A progress bar class for the hub that counts, and draws nothing."""

    class Bar(tqdm):
        def __init__(self, *args: Any, **options: Any) -> None:
            kept = {name: options[name] for name in ("total", "initial") if name in options}
            super().__init__(disable=True, **kept)
            tally.part = self.n = kept.get("initial") or 0

        def update(self, n: float | None = 1) -> bool | None:
            if tally.stopped:
                raise _Stopped
            self.n += n or 0
            tally.part = int(self.n)
            return None

    return Bar


@contextmanager
def _explained(known: Known, root: Path) -> Iterator[None]:
    """Say in one line why the hub did not give a model, and what to do."""
    from huggingface_hub import errors

    try:
        with _token_explained(known):
            yield
    except errors.GatedRepoError as error:
        raise ModelError(
            f"Accept the licence of {known.name} on the page of {known.repository}, then log in"
            " with `hf auth login`: it is given out only to those who accepted its licence."
        ) from error
    except (errors.RepositoryNotFoundError, errors.RevisionNotFoundError) as error:
        why = f"the hub knows no {known.repository} at revision {known.revision}"
        raise ModelError(by_hand(known, root, why)) from error
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _OF_THE_DISK:
            raise ModelError(
                f"Make room, or choose another models folder: {known.name} can't be written below"
                f" {root}: {error.strerror}."
            ) from error
        if not (isinstance(error, (OSError, errors.HfHubHTTPError)) or _from_the_line(error)):
            raise
        raise ModelError(
            by_hand(known, root, f"the hub did not answer ({first_line(error).rstrip('.')})")
        ) from error


@contextmanager
def _token_explained(known: Known) -> Iterator[None]:
    """Say it where the hub refuses a token that is sent to it: then it gives nothing at all."""
    from huggingface_hub import errors
    from huggingface_hub.utils import build_hf_headers

    try:
        yield
    except errors.HfHubHTTPError as error:
        refused = getattr(error.response, "status_code", 0) == 401
        if not refused or "authorization" not in build_hf_headers():
            raise
        raise ModelError(
            "Renew or unset your Hugging Face token (HF_TOKEN, or the one `hf auth login` stored):"
            f" the hub refuses it{'' if known.gated else '; this model needs none'}."
        ) from error


def _write_record(known: Known, folder: Path, commit: str, files: list[_File]) -> None:
    """Remember what a complete download holds, for `verify`; several models may share a folder."""
    file = folder / _RECORD
    every = _records(folder)
    every[known.name] = {"commit": commit, "files": [vars(each) for each in files]}
    whole = file.with_suffix(".new")
    whole.write_text(json.dumps(every, indent=1), encoding="utf-8")
    whole.replace(file)


def _read_record(known: Known, folder: Path) -> list[_File]:
    record = _records(folder).get(known.name)
    if record:
        return [_File(**each) for each in record["files"]]
    return [_File(each.path, each.size, each.sha256) for each in known.files]


def _records(folder: Path) -> dict[str, Any]:
    """What is remembered of a folder; nothing where its file is damaged."""
    try:
        return dict(json.loads((folder / _RECORD).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return {}


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(1 << 22):
            yield piece
