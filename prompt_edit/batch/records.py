"""The table of results: a line a job, added when its output is there, whole after any stop."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from hashlib import sha256
from pathlib import PurePath
from sys import intern
from typing import Any, NamedTuple, TypeVar

from ..errors import OutputError
from . import parquet
from .jobs import Job, Record, Shard, as_one, digest_of, key_of, stamp_of, told
from .places import UNKNOWN, Claims, Place
from .table import plain

T = TypeVar("T")


class Known(NamedTuple):
    """What is kept in mind of a line: a batch may have more of them than there is memory for.

    Attributes:
        source: SHA-256 of the picture's file; "" where it was never read.
        made_by: which models and version, see `_made_by`; "" in lines that do not tell it.
        size, digest: of the output, which a row that failed since may have from before.
    """

    status: str
    picture: str
    instruction: str
    key: str
    stamp: list[int | str]
    source: str
    made_by: str
    ok: bool | None
    size: int | None
    digest: str

    @classmethod
    def of(cls, line: Record) -> Known:
        return cls(
            line["status"], line.get("picture", ""), intern(str(line.get("instruction", ""))),
            line.get("key", ""), line.get("stamp", []), line.get("picture_sha256", ""),
            intern(str(line.get("made_by", ""))), line.get("ok"), line.get("output_bytes"),
            line.get("output_sha256", ""),
        )  # fmt: skip

    def is_of(self, picture: str, stamp: list[int | str]) -> bool:
        """Whether it tells of what a picture is now, wherever that lies and however it was typed.

        A copy has another time, a time of another country, or another path.
        """
        if self.stamp == stamp and self._lay_at(picture):
            return True
        alike = bool(stamp and self.source) and self.stamp[:1] in ([], stamp[:1])  # of one size
        return alike and digest_of(picture) == self.source

    def may_be_of(self, picture: str, stamp: list[int | str]) -> bool:
        """As `is_of`; of a picture that cannot be seen now its name tells."""
        if stamp:
            return self.is_of(picture, stamp)
        return PurePath(self.picture).name == PurePath(picture).name

    def _lay_at(self, picture: str) -> bool:
        return self.picture == picture or as_one(self.picture) == as_one(picture)


class Records:
    """What is known of a batch's jobs, kept where its outputs go.

    While it is entered no other run can be at work on the same shard, where that can be kept.

    Args:
        settings: how rows are done.
    """

    def __init__(self, out: Place, shard: Shard, settings: dict[str, Any]) -> None:
        self._out, self._settings = out, told(settings)
        self._made_by = _made_by(settings)
        self._shard = shard.name
        self._known: dict[str, Known] = {}
        self._renewed: dict[str, Record] = {}  # what lines of rows that are settled tell anew
        self._lines, self._written = b"", 0.0
        self._held = ExitStack()

    def __enter__(self) -> Records:
        """Raises `OutputError` where another run is at work, or nothing can be written."""
        with ExitStack() as held:
            held.enter_context(self._out.held(self._shard))
            self._there, self._claimed = self._out.look(), self._out.claimed()
            self._keys: Claims = {}  # of all shards
            for claims in self._claimed.values():
                for name, key in claims.items():
                    _claim(self._keys, name, key)
            self._known = self._latest(Known.of)[0]
            self._held = held.pop_all()  # until it is left
        return self

    def __exit__(self, *_: object) -> None:
        with self._held:
            self._write()

    def _latest(self, kept: Callable[[Record], T]) -> tuple[dict[str, T], list[str]]:
        """Of each output what is `kept` of its line: that of what is there, or else the last of the
        shard's own table; and the outputs of that table.

        An output may have been made again since as part of another shard, with a line elsewhere.
        """
        latest: dict[str, tuple[Known, T]] = {}
        mine: dict[str, None] = {}
        for line, own in self._read():
            name, known = line["output"], Known.of(line)
            if own:
                mine[name] = None
            before = latest.get(name)
            if not before or not self._outlives(name, before[0], known):
                latest[name] = known, kept(line)
        return {name: one for name, (_, one) in latest.items()}, list(mine)

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
            own = self._claimed.setdefault(self._shard, {})
            for job in jobs:
                _claim(own, job.output, self._claim_of(job))
            self._out.claim(self._shard, own)

    def _claim_of(self, job: Job) -> str:
        """By which it is told, once the run was killed, whether a line tells of what is there.

        A picture that changed makes another output by the same key.
        """
        key, known = key_of(job, self._settings), self._known.get(job.output)
        return UNKNOWN if known and known.size is not None and known.key == key else key

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
        if not known or not self._was_asked(known, job):
            return False
        stamp, done = stamp_of(job.picture), known.status == "done"
        if not known.is_of(job.picture, (stamp or known.stamp) if done else stamp):
            return False
        if not (self._is_there(job.output, known) if done else not again):
            return False
        now = {"picture": job.picture, "stamp": stamp or known.stamp,
               "key": key_of(job, self._settings), "made_by": self._made_by}  # fmt: skip
        if [*now.values()] != [known.picture, known.stamp, known.key, known.made_by]:
            self._renewed[job.output] = now
        return True

    def _is_there(self, name: str, known: Known) -> bool:
        """Whether an output is there and, where a run that was killed may have made another in its
        place, is what its line tells."""
        if self._keys.get(name, known.key) != known.key:
            return self._holds(name, known)
        return self._there(name) is not None

    def _was_asked(self, known: Known, job: Job) -> bool:
        """Whether a line is of the same job, its picture aside."""
        return known.key == key_of(job, self._settings, known.picture)

    def failed(self, outputs: Iterable[str]) -> int:
        """Of how many it is known that they failed."""
        return sum(self._known[output].status != "done" for output in outputs)

    def made_by_others(self, jobs: Sequence[Job]) -> int:
        """How many were done before, of the same sentence, with other models or another version."""
        known = ((job, self._known.get(job.output)) for job in jobs)
        return sum(each is not None and each.status == "done"
                   and each.instruction == job.instruction
                   and each.made_by not in ("", self._made_by) for job, each in known)  # fmt: skip

    def add(self, job: Job, record: Record) -> None:
        """Write the line of a job whose output is there, or which failed. Raises `OutputError`.

        What stands in a failed one's place goes if it is of another sentence or picture.
        """
        line = {"row": job.number, "picture": job.picture, "instruction": job.instruction,
                "seed": job.seed, "output": job.output, **record,
                "key": key_of(job, self._settings), "made_by": self._made_by,
                **({"columns": job.more} if job.more else {})}  # fmt: skip
        before = self._known.get(job.output)
        if record["status"] != "done" and before and before.size is not None:
            line |= self._left_of(before, job, line)
        self._known[job.output] = Known.of(line)
        self._lines += _written(line)
        if time.monotonic() - self._written >= self._out.every:
            self._write()

    def _left_of(self, before: Known, job: Job, line: Record) -> Record:
        """What a failed job's line tells of the output from before; nothing where that goes."""
        kept = {"output_bytes": before.size, "output_sha256": before.digest,
                "picture_sha256": before.source}  # fmt: skip
        if before.instruction == job.instruction and before.may_be_of(job.picture, line["stamp"]):
            return kept
        try:
            self._out.remove(job.output)
        except OutputError as error:
            said = f"{line['error']} What stands in its place is of before: {error}"
            return {**kept, "error": said}
        return {}

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
        said, own = self._latest(dict)
        lines = [_of_row(job, {**said[job.output], **self._renewed.get(job.output, {})})
                 for job in jobs if job.output in said]  # fmt: skip
        asked = {job.output for job in jobs}
        table = self._out.scratch(self._shard) / f"{self._shard}.jsonl"
        try:
            whole = lines + [said[name] for name in own
                             if name not in asked and self._stands(said[name])]  # fmt: skip
            table.write_bytes(b"".join(map(_written, whole)))
            self._out.finish(self._shard, table)
            if as_parquet:
                parquet.write(table.with_suffix(".parquet"), whole)
                self._out.finish(self._shard, table.with_suffix(".parquet"))
        except (OSError, ValueError) as error:  # arrow's, too
            reason = getattr(error, "strerror", None) or error
            raise OutputError(f"{self.file} cannot be written: {reason}.") from error
        claims = self._claimed.get(self._shard, {})
        self._out.claim(self._shard, {name: key for name, key in claims.items()
                                      if not self._stands(said.get(name))
                                      and self._there(name) is not None})  # fmt: skip
        return [Known.of(line) for line in lines]

    def _stands(self, line: Record | None) -> bool:
        """Whether a line is of an output that is there."""
        if line is None or line["status"] != "done":
            return False
        return self._there(line["output"]) is not None


def _claim(claims: Claims, name: str, key: str) -> None:
    """Add what was claimed of an output: of two jobs nobody knows which has made it."""
    claims[name] = key if claims.get(name, key) == key else UNKNOWN


def _read_line(line: bytes) -> Record | None:
    """What a line of a table tells; nothing where it is none of a batch's."""
    with suppress(ValueError, TypeError, KeyError):
        record: Record = json.loads(line)
        if isinstance(record["output"], str) and isinstance(record["status"], str):
            return record
    return None


def _made_by(settings: dict[str, Any]) -> str:
    """What stands for the models and the package's version in a line."""
    named = [settings.get(name) for name in ("models", "loras", "version", "parser")]
    return sha256(json.dumps(named, default=str).encode()).hexdigest()[:12]


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
