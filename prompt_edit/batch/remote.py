"""Storage that has an address instead of a path: S3 and its like, through fsspec.

fsspec comes with torch; what speaks to one kind of storage is a package of its own (s3fs, gcsfs,
adlfs), which also finds the keys, where its makers say.
"""

from __future__ import annotations

import glob
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..errors import PromptEditError

_MARK = "://"


def is_remote(place: str) -> bool:
    """Whether it is an address, such as s3://bucket/folder."""
    return _MARK in place


def storage_of(address: str) -> tuple[Any, str]:
    """The file system of an address, and the address as that one knows it.

    Raises:
        PromptEditError: a kind that is not known, or whose package is not installed.
    """
    from fsspec.core import url_to_fs

    try:
        system, path = url_to_fs(address)
    except (ImportError, ValueError) as error:
        raise PromptEditError(f"{address} cannot be reached: {error}.") from error
    return system, str(path)


@contextmanager
def reaching(
    address: str, kind: type[PromptEditError] = PromptEditError, doing: str = "read"
) -> Iterator[None]:
    """What a storage says, as an error of ours: each has exceptions of its own."""
    try:
        yield
    except PromptEditError:
        raise
    except Exception as error:
        reason = str(error) or type(error).__name__
        raise kind(f"{address} cannot be {doing}: {reason.rstrip('.')}.") from error


def found_below(address: str) -> list[tuple[str, str]]:
    """The files of a folder or a pattern, or the file that is there: addresses and names, in order.

    A name is what follows the folder, or the part of a pattern that is fixed.

    Raises:
        PromptEditError: the storage does not answer.
    """
    address = address.rstrip("/")
    with reaching(address):
        system, path = storage_of(address)
        root = fixed(address)
        found = system.glob(address) if root != address else system.find(path)
        if found == [path]:
            root = address.rpartition("/")[0]
        above = storage_of(root)[1]
        names = sorted(each.removeprefix(above).lstrip("/") for each in found
                       if root == address or system.isfile(each))  # fmt: skip
        return [(f"{root}/{name}", name) for name in names]


def fixed(pattern: str) -> str:
    """The folders that a pattern begins with; all of what is none."""
    parts = pattern.split("/")
    magic = [number for number, part in enumerate(parts) if glob.has_magic(part)]
    return "/".join(parts[: magic[0]]) if magic else pattern


def read_bytes(address: str) -> bytes:
    """A whole file. Raises `PromptEditError`."""
    with reaching(address):
        system, path = storage_of(address)
        return bytes(system.cat_file(path))


def read_each(address: str, names: Sequence[str]) -> list[bytes]:
    """Whole files below an address, many at a time. Raises `PromptEditError`."""
    with reaching(address):
        system, path = storage_of(address)
        if glob.has_magic(path + "".join(names)):  # which a list would be taken for a pattern by
            return [bytes(system.cat_file(f"{path}/{name}")) for name in names]
        found = system.cat([f"{path}/{name}" for name in names]) if names else {}
        return [bytes(found[f"{path}/{name}"]) for name in names]


def remove_each(address: str, names: Sequence[str]) -> None:
    """Remove files below an address, many at a time. Raises what the storage raises."""
    system, path = storage_of(address)
    if glob.has_magic(path + "".join(names)):
        for name in names:
            system.rm_file(f"{path}/{name}")
    elif names:
        system.rm([f"{path}/{name}" for name in names])


def stamp_of(address: str) -> list[int | str]:
    """Size and version of a file, as far as its storage tells them; nothing where it is not."""
    try:
        system, path = storage_of(address)
        found = system.info(path)
    except Exception:  # said when it is read
        return []
    version = next((found[name] for name in _VERSIONS if found.get(name)), "")
    return [int(found.get("size") or 0), str(version)]


_VERSIONS = ("ETag", "etag", "md5Hash", "LastModified", "mtime", "created")


def put(file: Path, address: str) -> None:
    """Copy a file there, whole or not at all. Raises what the storage raises."""
    system, path = storage_of(address)
    system.makedirs(path.rpartition("/")[0], exist_ok=True)
    with system.open(path, "wb", autocommit=False) as written:
        written.write(file.read_bytes())
    written.commit()
