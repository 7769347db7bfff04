"""The table of results: a line a job, added when its output is there, whole after any stop."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from ..errors import OutputError
from . import parquet
from .jobs import Job, Record, Shard, key_of, stamp_of
from .places import Place


class Records:
    """What is known of a batch's jobs, kept where its outputs go.

    While it is entered no other run can be at work on the same shard, where that can be kept.
    """

    def __init__(self, out: Place, shard: Shard, settings: dict[str, Any]) -> None:
        self._out, self._settings = out, settings
        self._shard = shard.name
        self._known: dict[str, Record] = {}
        self._lines, self._written = b"", 0.0
        self._held = ExitStack()
        self._fresh = not out.begun()

    def __enter__(self) -> Records:
        """Raises `OutputError` where another run is at work, or nothing can be written."""
        self._held.enter_context(self._out.held(self._shard))
        for table in self._out.tables(self._shard):
            self._learn(table)
        self._there = self._out.look()
        return self

    def __exit__(self, *_: object) -> None:
        with self._held:
            self._write()

    def _learn(self, table: bytes) -> None:
        """Take in lines; what is said last of an output counts."""
        for line in table.splitlines():
            try:
                record = json.loads(line)
                self._known[record["output"]] = record
            except (ValueError, TypeError, KeyError):
                continue

    def require_free(self, jobs: Sequence[Job]) -> None:
        """Raise `OutputError` where an output stands in a place that no batch has worked in."""
        for job in jobs if self._fresh else ():
            if self._there(job.output):
                raise OutputError(
                    f"Choose an empty folder: {self._out.at(job.output)} is there already, and not"
                    " of a batch."
                )

    @property
    def file(self) -> str:
        """The table, in JSON lines."""
        return f"{self._out}/{self._shard}.jsonl"

    def settled(self, job: Job, again: bool) -> Record | None:
        """The record of a job that need not be done: it is done, or failed and not tried `again`.

        None where anything that goes into it has changed, or its output is gone.
        """
        known = self._known.get(job.output)
        if not known or known.get("key") != key_of(job, self._settings):
            return None
        if known.get("stamp") != stamp_of(job.picture):
            return None
        if known["status"] == "done":
            return known if self._there(job.output) else None
        return None if again else known

    def add(self, job: Job, record: Record) -> Record:
        """Write the line of a job whose output is there, or which failed. Raises `OutputError`."""
        line = {"row": job.number, "picture": job.picture, "instruction": job.instruction,
                "seed": job.seed, "output": job.output, **record,
                "key": key_of(job, self._settings),
                **({"columns": job.more} if job.more else {})}  # fmt: skip
        if record["status"] != "done" and self._known.get(job.output, {}).get("status") == "done":
            self._out.remove(job.output)  # of another sentence or picture
        self._known[job.output] = line
        self._lines += (json.dumps(line, ensure_ascii=False) + "\n").encode()
        if time.monotonic() - self._written >= self._out.every:
            self._write()
        return line

    def _write(self) -> None:
        if self._lines:
            lines, self._lines = self._lines, b""
            self._out.append(self._shard, lines)
            self._written = time.monotonic()

    def finish(self, jobs: Sequence[Job], as_parquet: bool) -> list[Record]:
        """Put the table in order, a line a job; give the lines back. Raises `OutputError`."""
        self._write()
        lines = [{**self._known[job.output], "row": job.number} for job in jobs
                 if job.output in self._known]  # fmt: skip
        table = self._out.scratch(self._shard) / f"{self._shard}.jsonl"
        files = [table, table.with_suffix(".parquet")] if as_parquet else [table]
        try:
            text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
            table.write_text(text, encoding="utf-8")
            if as_parquet:
                parquet.write(files[1], lines)
            self._out.finish(self._shard, files)
        except OSError as error:
            raise OutputError(f"{self.file} cannot be written: {error.strerror}.") from error
        return lines
