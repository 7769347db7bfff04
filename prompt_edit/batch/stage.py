"""What is done to one row: read, edit, write. The same on one machine and on many."""

from __future__ import annotations

import os
import time
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from torch import Tensor

from .. import steady
from ..chosen import device_of, load_editor
from ..editor import EditResult, PromptEditor
from ..errors import ModelError, OutputError, PromptEditError, explained
from ..images import ImageFile, check_kind, decode, fill, load_image, losses
from ..inpaint.repaint import Sampling
from ..inpaint.source.neighbours import folders_about
from ..models.stamps import stamps, version
from ..models.store import ModelSet
from ..plan import EditPlan
from ..results import steps_of
from . import remote
from .jobs import Job, Record, stamp_of
from .places import Place


@dataclass(frozen=True)
class Settings:
    """How all rows are done.

    Attributes:
        models: where they are.
        loras: files and their weights.
        device: its name; the best one where it is None.
        steps, guidance_scale, strength: see `Sampling`.
        threshold, retries, check: see `PromptEditor.edit`.
    """

    models: ModelSet
    loras: tuple[tuple[Path, float], ...] = ()
    device: str | None = None
    offload: bool = False
    steps: int | None = None
    guidance_scale: float | None = None
    strength: float | None = None
    threshold: float | None = None
    retries: int = 0
    check: bool = False

    def to_dict(self) -> dict[str, Any]:
        """All that makes a difference to a result, the models' files by size and time."""
        settings = {name: value for name, value in asdict(self).items()
                    if name not in ("models", "loras", "device", "offload")}  # fmt: skip
        painter = self.models.painter
        files = [self.models.detector, self.models.segmenter, painter, *folders_about(painter)]
        settings["models"] = [stamps(path) for path in files]
        settings["loras"] = [(stamps(path), weight) for path, weight in self.loras]
        settings["version"] = version()
        return settings


@dataclass(frozen=True)
class Task:
    """A job with its plan, or with why its instruction could not be read."""

    job: Job
    plan: EditPlan | None
    error: str = ""


@dataclass(frozen=True)
class Source:
    """A row's picture, or why there is none; and what its file was: see `stamp_of`."""

    stamp: list[int | str]
    image: ImageFile | None = None
    error: str = ""


@dataclass(frozen=True)
class Done:
    """A picture that waits to be written, as a file like its source, and what is known of it."""

    image: Tensor
    like: ImageFile
    record: Record


class Stage:
    """The models, loaded once, and what they do to a row.

    Args:
        out: where outputs go.
        shard: which part of the batch it is.
    """

    def __init__(self, settings: Settings, out: Place, shard: str) -> None:
        steady.keep_few_kernels()
        self._settings, self._out, self._shard = settings, out, shard
        self._last, self._worked = "", False

    @cached_property
    def _editor(self) -> PromptEditor:
        settings = self._settings
        return load_editor(
            settings.models, settings.loras, settings.offload, device_of(settings.device)
        )

    def __call__(self, task: Task) -> Record:
        """Read, edit and write a row; its record. Raises what would stop every other row, too."""
        edited = self.edit(task, self.read(task))
        return self.write(task, edited) if isinstance(edited, Done) else edited

    def read(self, task: Task) -> Source:
        """The row's picture."""
        stamp = stamp_of(task.job.picture)  # before it is read: what changes then is seen later
        if task.plan is None:
            return Source(stamp, error=task.error)
        try:
            return Source(stamp, _read(task.job.picture))
        except PromptEditError as error:
            return Source(stamp, error=str(error))
        except Exception as error:  # readers of rare kinds have faults of their own
            message = f"{task.job.picture} cannot be read: {error!r}. Save it as PNG or JPEG."
            return Source(stamp, error=message)

    def edit(self, task: Task, source: Source) -> Done | Record:
        """The edited picture; or the record of a row that failed.

        Raises:
            ModelError: of the first row that needs it: no other would be spared.
            OutputError: the output's folder cannot be made.
        """
        start = time.perf_counter()
        if source.image is None or task.plan is None:
            return _failed(source.error, source.stamp, start)
        self._out.make_room(task.job.output)
        if task.job.picture != self._last:  # rows of one picture share what was seen in it
            self._editor.forget()
            steady.trim()
            self._last = task.job.picture
        try:
            result = self._edited(task.job, task.plan, source.image)
        except Exception as error:
            if isinstance(error, ModelError) and not self._worked:
                raise
            return _failed(explained(error), source.stamp, start)
        self._worked = True
        notes = [*source.image.notes, *losses(task.job.output, source.image)]
        record = {
            **_record(result), "notes": [*notes, *result.plan.warnings],
            "picture_sha256": source.image.digest, "stamp": source.stamp,
            "total": time.perf_counter() - start,
        }  # fmt: skip
        return Done(result.image, source.image, record)

    def _edited(self, job: Job, plan: EditPlan, source: ImageFile) -> EditResult:
        settings = self._settings
        clear = plan.cuts or source.pixels.shape[-1] == 4
        self._out.check(job.output)
        check_kind(Path(self._out.at(job.output)), clear, source)
        sampling = Sampling(job.seed, settings.steps, settings.guidance_scale, settings.strength)
        return self._editor.edit(
            source.pixels, plan, sampling, settings.threshold, retries=settings.retries,
            check=settings.check,
        )  # fmt: skip

    def write(self, task: Task, done: Done) -> Record:
        """Bring an output to its place, whole; its record. Raises `OutputError`."""
        name = task.job.output
        place = self._out.at(name)
        beside = self._out.scratch(self._shard) / (
            f"{task.job.number}-{os.getpid()}{Path(name).suffix}"
        )
        try:
            fill(beside, done.image, done.like)
            written = beside.read_bytes()
            self._out.bring(beside, name)
        except ValueError as error:  # Pillow's, where a format has limits
            beside.unlink(missing_ok=True)
            message, stamp = f"{place} cannot be written: {error}.", done.record["stamp"]
            return _failed(message, stamp, time.perf_counter())
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise OutputError(f"{place} cannot be written: {error.strerror or error}.") from error
        digest = sha256(written).hexdigest()
        return {**done.record, "output_bytes": len(written), "output_sha256": digest}


def _read(picture: str) -> ImageFile:
    if remote.is_remote(picture):
        return decode(remote.read_bytes(picture), picture)
    return load_image(picture)


def _failed(message: str, stamp: list[int | str], start: float) -> Record:
    spent = time.perf_counter() - start
    return {"status": "failed", "error": message, "stamp": stamp, "total": spent}


def _record(result: EditResult) -> Record:
    """What is known of a row that is done."""
    return {
        "status": "done",
        "error": None,
        "plan": result.plan.model_dump(mode="json", exclude_defaults=True),
        "steps": steps_of(result),
        "mask_share": max(step.mask_share for step in result.steps),
        "ok": all(each.ok for each in result.checks) if result.checks else None,
        "doubts": list(result.doubts),
        "seconds": result.seconds,
    }
