"""The table of results: a line a job, added when its output is there, whole after any stop."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from hashlib import sha256
from typing import Any, NamedTuple, TypeVar

from ..errors import OutputError
from . import parquet
from .jobs import Job, Record, Shard, key_of, stamp_of
from .places import Place
from .table import plain

T = TypeVar("T")


class Known(NamedTuple):
    """What is kept in mind of a line: a batch may have more of them than there is memory for.

    Attributes:
        asked: the picture and the instruction.
    """

    status: str
    asked: tuple[str, str]
    key: str
    stamp: list[int | str]
    ok: bool | None
    size: int | None
    digest: str

    @classmethod
    def of(cls, line: Record) -> Known:
        asked = line.get("picture", ""), line.get("instruction", "")
        key, stamp = line.get("key", ""), line.get("stamp", [])
        size, digest = line.get("output_bytes"), line.get("output_sha256", "")
        return cls(line["status"], asked, key, stamp, line.get("ok"), size, digest)


class Records:
    """What is known of a batch's jobs, kept where its outputs go.

    While it is entered no other run can be at work on the same shard, where that can be kept.
    """

    def __init__(self, out: Place, shard: Shard, settings: dict[str, Any]) -> None:
        self._out, self._settings = out, settings
        self._shard = shard.name
        self._known: dict[str, Known] = {}
        self._lines, self._written = b"", 0.0
        self._held = ExitStack()

    def __enter__(self) -> Records:
        """Raises `OutputError` where another run is at work, or nothing can be written."""
        with ExitStack() as held:
            held.enter_context(self._out.held(self._shard))
            self._there, self._claimed = self._out.look(), self._out.claimed()
            self._unsure = frozenset(name for names in self._claimed.values() for name in names)
            self._known = self._latest(Known.of)
            self._held = held.pop_all()  # until it is left
        return self

    def __exit__(self, *_: object) -> None:
        with self._held:
            self._write()

    def _latest(self, kept: Callable[[Record], T]) -> dict[str, T]:
        """Of each output what is `kept` of its line: that of what is there, or else the last of the
        shard's own table.

        An output may have been made again since as part of another shard, with a line elsewhere.
        """
        latest: dict[str, tuple[Known, T]] = {}
        for line, _ in self._read():
            name, known = line["output"], Known.of(line)
            before = latest.get(name)
            if not before or not self._outlives(name, before[0], known):
                latest[name] = known, kept(line)
        return {name: one for name, (_, one) in latest.items()}

    def _outlives(self, name: str, before: Known, line: Known) -> bool:
        """Whether what an earlier line tells is there, and not what the later one does."""
        if before.size is None or before.digest == line.digest:
            return False
        if self._there(name) != before.size:
            return False
        return line.size != before.size or self._holds(name, before)

    def _holds(self, name: str, known: Known) -> bool:
        """Whether an output is what its line tells of it."""
        if known.size is None or self._there(name) != known.size:
            return False
        return sha256(self._out.content(name)).hexdigest() == known.digest

    def _read(self) -> Iterator[tuple[Record, bool]]:
        """All lines of all tables, and whether it is the shard's own. Raises `OutputError`."""
        for table, own in self._out.tables(self._shard):
            lines = table.splitlines()
            records = [record for record in map(_read_line, lines) if record]
            if own and lines and not records:
                raise OutputError(
                    f"Choose an empty folder: {self.file} is there already, and not of a batch."
                )
            for record in records:
                yield record, own

    def claim(self, jobs: Sequence[Job]) -> None:
        """Keep in mind what is about to be made: if the run is killed, it is known by that.

        Raises:
            OutputError: something stands in the place of an output that no batch has made.
        """
        made = {name for claims in self._claimed.values() for name in claims}
        made.update(name for name, known in self._known.items() if known.size is not None)
        for job in jobs:
            if job.output not in made and self._there(job.output) is not None:
                raise OutputError(
                    f"Choose an empty folder: {self._out.at(job.output)} is there already, and not"
                    " of a batch."
                )
        if jobs:
            own = self._claimed.setdefault(self._shard, [])
            own += {job.output for job in jobs}.difference(own)
            self._out.claim(self._shard, own)

    @property
    def file(self) -> str:
        """The table, in JSON lines."""
        return f"{self._out}/{self._shard}.jsonl"

    def settled(self, job: Job, again: bool) -> bool:
        """Whether a job need not be done: it is done, or failed and is not tried `again`.

        It must be where anything that goes into it has changed, or its output is gone. What is done
        stays done where its picture cannot be seen now.
        """
        known = self._known.get(job.output)
        if not known or known.key != key_of(job, self._settings):
            return False
        stamp, done = stamp_of(job.picture), known.status == "done"
        if known.stamp != stamp and (stamp or not done):
            return False
        if not done:
            return not again
        if job.output in self._unsure:  # a run that was killed may have made another in its place
            return self._holds(job.output, known)
        return self._there(job.output) is not None

    def add(self, job: Job, record: Record) -> None:
        """Write the line of a job whose output is there, or which failed. Raises `OutputError`.

        What stands in a failed one's place goes if it is of another sentence or picture.
        """
        line = {"row": job.number, "picture": job.picture, "instruction": job.instruction,
                "seed": job.seed, "output": job.output, **record,
                "key": key_of(job, self._settings),
                **({"columns": job.more} if job.more else {})}  # fmt: skip
        before = self._known.get(job.output)
        if record["status"] != "done" and before and before.size is not None:
            another = before.asked != (job.picture, job.instruction)
            if another or record["stamp"] not in ([], before.stamp):
                self._out.remove(job.output)
            else:
                line |= {"output_bytes": before.size, "output_sha256": before.digest,
                         "stamp": record["stamp"] or before.stamp}  # fmt: skip
        self._known[job.output] = Known.of(line)
        self._lines += _written(line)
        if time.monotonic() - self._written >= self._out.every:
            self._write()

    def _write(self) -> None:
        if self._lines:
            lines, self._lines = self._lines, b""
            self._out.append(self._shard, lines)
            self._written = time.monotonic()

    def finish(self, jobs: Sequence[Job], as_parquet: bool) -> list[Known]:
        """Put the table in order, a line a job; what is known of each. Raises `OutputError`.

        Lines of what else the shard has made follow, as long as it is there.
        """
        self._write()
        self._there = self._out.look()
        said = self._latest(dict)
        lines = [_of_row(job, said[job.output]) for job in jobs if job.output in said]
        table = self._out.scratch(self._shard) / f"{self._shard}.jsonl"
        try:
            whole = lines + self._others(said, {job.output for job in jobs})
            table.write_bytes(b"".join(map(_written, whole)))
            self._out.finish(self._shard, table)
            if as_parquet:
                parquet.write(table.with_suffix(".parquet"), whole)
                self._out.finish(self._shard, table.with_suffix(".parquet"))
        except (OSError, ValueError) as error:  # arrow's, too
            reason = getattr(error, "strerror", None) or error
            raise OutputError(f"{self.file} cannot be written: {reason}.") from error
        self._out.claim(self._shard, [name for name in self._claimed.get(self._shard, ())
                                      if not self._stands(said.get(name))
                                      and self._there(name) is not None])  # fmt: skip
        return [Known.of(line) for line in lines]

    def _others(self, said: dict[str, Record], outputs: set[str]) -> list[Record]:
        """The lines of the shard's own table that are of other outputs, which are there."""
        own = dict.fromkeys(line["output"] for line, own in self._read() if own)
        return [said[name] for name in own if name not in outputs and self._stands(said[name])]

    def _stands(self, line: Record | None) -> bool:
        """Whether a line is of an output that is there."""
        if line is None or line["status"] != "done":
            return False
        return self._there(line["output"]) is not None


def _read_line(line: bytes) -> Record | None:
    """What a line of a table tells; nothing where it is none of a batch's."""
    with suppress(ValueError, TypeError, KeyError):
        record: Record = json.loads(line)
        if isinstance(record["output"], str) and isinstance(record["status"], str):
            return record
    return None


def _of_row(job: Job, line: Record) -> Record:
    """A line with what its row has now of what no result depends on."""
    kept = {name: value for name, value in line.items() if name != "columns"}
    return {**kept, "row": job.number, **({"columns": job.more} if job.more else {})}


def _written(line: Record) -> bytes:
    """A line of the table, in UTF-8."""
    line = plain(line)
    try:
        return (json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n").encode()
    except UnicodeEncodeError:  # a file's name is no UTF-8: escaped, its letters can be read back
        return (json.dumps(line, allow_nan=False) + "\n").encode()
