"""Which pictures a folder, a pattern or a storage holds, and what of the rest is left out."""

from __future__ import annotations

import glob
import os
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

from ..errors import OutputError, PromptEditError
from . import remote

Tell = Callable[[str], object]
"""Called with what a person may want to know."""

_NAMED_ALONE = frozenset({"EPS", "MPEG", "FITS"})
"""What Pillow opens and cannot be edited: one takes a program of its own, of the next it knows the
size alone, and the last holds measurements."""


@cache
def endings() -> frozenset[str]:
    """Of all pictures that Pillow reads, as it is installed; small, with their dots."""
    from PIL import Image, ImageFile

    Image.init()
    read = {
        kind for kind, (reader, _) in Image.OPEN.items()
        if kind not in _NAMED_ALONE
        and not (isinstance(reader, type) and issubclass(reader, ImageFile.StubImageFile))
    }  # fmt: skip
    return frozenset(ending for ending, kind in Image.EXTENSION.items() if kind in read)


def pictures(source: str, out: str, tell: Tell) -> list[tuple[str, Path]]:
    """Of a folder with all below it, of a pattern, or one alone: paths or addresses, and names.

    A name is the path within the folder, or within the part of a pattern that is fixed. They come
    in order; hidden files and folders are none.

    Args:
        out: where outputs go: what lies there, below the folder that is read, is left out.
        tell: told once of files that are no pictures, by their endings, and of those that a pattern
            would match if small and capital letters were one.

    Raises:
        PromptEditError: nothing is there, or a storage does not answer.
    """
    kept, left = _sorted_out(source, out, tell)
    if left:
        told = ", ".join(f"{count} {ending}" for ending, count in left.most_common())
        tell(f"Left out of {source}, as no pictures that can be read: {told}.")
    either = _in_either_case(source)
    if either != source and {*_globbed(either)} - {*_globbed(source)}:  # few look once more
        more = len(_sorted_out(either, out, lambda _: None)[0]) - len(kept)
        if more > 0:
            tell(f"{more} more would match {source} but for small and capital letters; name the"
                 " folder alone to take them, too.")  # fmt: skip
    return kept


def _sorted_out(source: str, out: str, tell: Tell) -> tuple[list[tuple[str, Path]], Counter[str]]:
    """The pictures, and how many of what else is there, by its endings."""
    kept, left = [], Counter[str]()
    for place, name in (_in_storage if remote.is_remote(source) else _here)(source, out, tell):
        if any(part.startswith(".") for part in name.parts):
            continue
        if name.suffix.lower() in endings():
            kept.append((place, name))
        else:
            left[name.suffix.lower() or "without an ending"] += 1
    return kept, left


def _in_either_case(source: str) -> str:
    """A pattern, from its first folder that is none on, with each letter small or capital.

    As it is where a system has them as one, and in a storage, whose listings cost.
    """
    if not glob.has_magic(source) or os.path.exists(source):
        return source
    if remote.is_remote(source) or os.path.normcase("A") == "a":
        return source
    parts = re.split(r"([/\\])", source)
    start = next(number for number, part in enumerate(parts) if glob.has_magic(part))
    rest = re.sub(r"\[[^]]*]|[^\W\d_]", _either, "".join(parts[start:]))
    return "".join(parts[:start]) + rest


def _either(found: re.Match[str]) -> str:
    """A letter as both, small and capital; what stands in brackets is left."""
    part, both = found[0], {found[0].lower(), found[0].upper()}
    return part if part.startswith("[") or len(both) == 1 else f"[{''.join(sorted(both))}]"


def require_apart(source: str, out: str, places: Iterable[str]) -> None:
    """Make sure that no later run reads an output as a picture.

    Args:
        places: of the outputs, from the root on or as addresses.

    Raises:
        OutputError: naming the first that would be read.
    """
    if remote.is_remote(source) != remote.is_remote(out):
        return
    if remote.is_remote(source):
        whole = source.rstrip("/")
        root, results = remote.fixed(whole), out.rstrip("/")
        rest = whole.removeprefix(root).strip("/")
    else:
        path = Path(source)
        if path.exists() and not path.is_dir():  # a picture, or a table
            return
        fixed = path if path.is_dir() else _fixed(path)
        root, results = os.path.realpath(fixed), os.path.realpath(out)
        rest = "" if path == fixed else path.relative_to(fixed).as_posix()
    if _lies_in(results, root):  # which is left out
        return
    pattern, cut = _looser(root, rest), "/" if remote.is_remote(out) else os.sep
    for place in places:
        if _lies_in(place, root) and fnmatch(place, pattern):
            raise OutputError(
                f"Choose another output folder, such as {root.rstrip(cut)}{cut}edited: {place}"
                " would be read as a picture by the next run."
            )


def _lies_in(place: str, folder: str) -> bool:
    return any(place.startswith(folder.rstrip(cut) + cut) for cut in {"/", os.sep})


def _looser(root: str, rest: str) -> str:
    """What matches all that a pattern below a folder does, and maybe more, in `fnmatch`'s sense."""
    parts = ("*" if part == "**" else f"{part}/" for part in rest.split("/"))
    return f"{glob.escape(root.rstrip('/'))}/{''.join(parts).removesuffix('/') or '*'}"


def _here(source: str, out: str, tell: Tell) -> Iterator[tuple[str, Path]]:
    path = Path(source)
    if path.is_dir():
        root, found = path, _below(path, _results_below(path, out), tell)
    elif path.exists():
        root, found = path.parent, iter([path])
    elif glob.has_magic(source):
        root = _fixed(path)
        found = _matching(source, root, _results_below(root, out))
    else:
        raise PromptEditError(f"{source} is not there. Name a folder, a pattern or a table.")
    for file in sorted(found):
        if os.path.isfile(file) or not os.path.exists(
            file
        ):  # a link to nothing is told as a row that fails
            yield str(file), file.relative_to(root)


def _below(folder: Path, results: str | None, tell: Tell) -> Iterator[Path]:
    """The files below a folder, but for results. Links are followed, and each folder is read once,
    under the name that is nearest."""
    seen, waiting = {results}, deque([folder])
    while waiting:
        folder = waiting.popleft()
        real = os.path.realpath(folder)
        if real in seen:
            continue
        seen.add(real)
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            tell(f"{folder} is left out: it cannot be read ({error.strerror}).")
            continue
        yield from (Path(entry) for entry in entries if not os.path.isdir(entry))
        waiting += (Path(entry) for entry in entries
                    if os.path.isdir(entry) and not entry.name.startswith("."))  # fmt: skip


def _matching(pattern: str, root: Path, results: str | None) -> Iterator[Path]:
    """As `_below`, of a pattern; it begins with `root`."""

    @cache
    def apart(folder: Path) -> bool:
        way = [folder, *folder.parents][: len(folder.relative_to(root).parts) + 1]
        real = {os.path.realpath(each) for each in way}
        return len(real) < len(way) or results in real

    seen = set[str]()
    every = map(Path, _globbed(pattern))
    for found in sorted(every, key=lambda each: (len(each.parts), str(each))):
        real = os.path.join(os.path.realpath(found.parent), found.name)
        if real not in seen and not os.path.isdir(found) and not apart(found.parent):
            seen.add(real)
            yield found


def _globbed(pattern: str) -> Iterator[str]:
    return glob.iglob(pattern, recursive=True)


def _results_below(root: Path, out: str) -> str | None:
    """The output folder, which a link may lead to; nothing where it is the one that is read."""
    if not out or remote.is_remote(out):
        return None
    results = os.path.realpath(out)
    return results if results != os.path.realpath(root) else None


def _fixed(pattern: Path) -> Path:
    """The folder that a pattern begins with."""
    parts: list[str] = []
    for part in pattern.parts[:-1]:
        if glob.has_magic(part):
            break
        parts.append(part)
    return Path(*parts)


def _in_storage(source: str, out: str, tell: Tell) -> Iterator[tuple[str, Path]]:
    results = f"{out.rstrip('/')}/"
    for address, name in remote.found_below(source):
        if len(address.removeprefix(results)) >= len(name):  # not further down than what is read
            yield address, Path(name)
