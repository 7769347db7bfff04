"""The table of results: a line a job, added when its output is there, whole after any stop."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from filelock import FileLock, Timeout

from ..errors import OutputError
from . import parquet
from .jobs import INSIDE, RESULTS, Job, Record, Shard, key_of, stamp_of


class Records:
    """What is known of a batch's jobs, kept in its output folder.

    While it is entered no other run can be at work on the same shard.
    """

    def __init__(self, out: Path, shard: Shard, settings: dict[str, Any]) -> None:
        self._out, self._settings = out, settings
        self._name = shard.name
        self.inside = out / INSIDE / shard.name
        self._lock = FileLock(out / INSIDE / f"{shard.name}.lock", timeout=0)
        self._known: dict[str, Record] = {}
        begun = any(out.glob(f"{RESULTS}*.jsonl")) or (out / INSIDE).exists()
        self._fresh = not begun

    def __enter__(self) -> Records:
        """Raises `OutputError` where another run is at work, or the folder cannot be written."""
        try:
            self.inside.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
            for left in self.inside.iterdir():  # by a run that was killed
                left.unlink()
            self._known = self._read()
        except Timeout as error:
            raise OutputError(
                f"Wait for the run that is at work in {self._out}, or give each a shard of its own:"
                " --shard 1/2."
            ) from error
        except OSError as error:
            raise OutputError(f"{self._out} cannot be written: {error.strerror}.") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        shutil.rmtree(self.inside, ignore_errors=True)
        self._lock.release()
        Path(self._lock.lock_file).unlink(missing_ok=True)
        try:
            self.inside.parent.rmdir()
        except OSError:
            return  # another shard is at work

    def require_free(self, jobs: Sequence[Job]) -> None:
        """Raise `OutputError` where an output stands in a folder that no batch has worked in."""
        for job in jobs if self._fresh else ():
            if (self._out / job.output).exists():
                raise OutputError(
                    f"Choose an empty folder: {self._out / job.output} is there already, and not"
                    " of a batch."
                )

    @property
    def file(self) -> Path:
        """The table, in JSON lines."""
        return self._out / f"{self._name}.jsonl"

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
            return known if (self._out / job.output).is_file() else None
        return None if again else known

    def add(self, job: Job, record: Record) -> Record:
        """Write the line of a job whose output is there, or which failed. Raises `OutputError`."""
        line = {"row": job.number, "picture": job.picture, "instruction": job.instruction,
                "seed": job.seed, "output": job.output, **record,
                "key": key_of(job, self._settings),
                **({"columns": job.more} if job.more else {})}  # fmt: skip
        if record["status"] != "done" and self._known.get(job.output, {}).get("status") == "done":
            (self._out / job.output).unlink(missing_ok=True)  # of another sentence or picture
        self._known[job.output] = line
        try:
            with self.file.open("ab") as table:
                start = table.tell()
                try:
                    table.write((json.dumps(line, ensure_ascii=False) + "\n").encode())
                    table.flush()
                except OSError:
                    os.ftruncate(table.fileno(), start)
                    raise
        except OSError as error:
            raise OutputError(f"{self.file} cannot be written: {error.strerror}.") from error
        return line

    def finish(self, jobs: Sequence[Job], as_parquet: bool) -> list[Record]:
        """Put the table in order, a line a job; give the lines back. Raises `OutputError`."""
        lines = [{**self._known[job.output], "row": job.number} for job in jobs
                 if job.output in self._known]  # fmt: skip
        beside = self.inside / "table"
        try:
            text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
            beside.write_text(text, encoding="utf-8")
            beside.replace(self.file)
            if as_parquet:
                parquet.write(beside, lines)
                beside.replace(self.file.with_suffix(".parquet"))
        except OSError as error:
            raise OutputError(f"{self.file} cannot be written: {error.strerror}.") from error
        return lines

    def _read(self) -> dict[str, Record]:
        """All whole lines of all tables in the folder, by output; the last of each, ours last."""
        known: dict[str, Record] = {}
        tables = sorted(self._out.glob(f"{RESULTS}*.jsonl"), key=lambda each: each == self.file)
        for table in tables:
            data = table.read_bytes()
            whole = data[: data.rfind(b"\n") + 1]
            if table == self.file and len(whole) < len(data):  # a run was killed while it wrote
                os.truncate(table, len(whole))
            for line in whole.splitlines():
                try:
                    record = json.loads(line)
                    known[record["output"]] = record
                except (ValueError, TypeError, KeyError):
                    continue
        return known
