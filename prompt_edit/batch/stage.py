"""What is done to one row: read, edit, write. The same on one machine and on many."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from torch import Tensor

from .. import steady
from ..chosen import device_of, load_editor
from ..editor import EditResult, PromptEditor
from ..errors import (
    ModelError,
    OutputError,
    PromptEditError,
    explained,
    first_line,
    is_out_of_memory,
)
from ..images import ImageFile, check_kind, decode, fill, load_image, losses
from ..inpaint.repaint import Sampling
from ..inpaint.source.neighbours import folders_about
from ..models.stamps import stamps, version
from ..models.store import ModelSet
from ..plan import EditPlan
from ..results import steps_of
from . import remote
from .jobs import Job, Record, stamp_of
from .places import Place, is_full

_FAULTS = 20  # rows in a row that no error of ours explains, after which no other is tried


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
        self._faults, self._broken = 0, ""

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
            ModelError: of the first row that needs it: no other would be spared. Or the device
                failed, or row after row, before this one.
            OutputError: nothing more can be written.
        """
        start = time.perf_counter()
        if source.image is None or task.plan is None:
            return _failed(source.error, source.stamp, start)
        if self._broken:
            raise ModelError(self._broken)
        editor = self._editor
        try:
            self._out.make_room(task.job.output)
            if task.job.picture != self._last:  # rows of one picture share what was seen in it
                editor.forget()
                steady.trim()
                self._last = task.job.picture
            result = self._edited(task.job, task.plan, source.image)
        except Exception as error:
            self._take(error)
            return _failed(explained(error), source.stamp, start, source.image.digest)
        self._worked, self._faults = True, 0
        notes = [*source.image.notes, *losses(task.job.output, source.image)]
        record = {
            **_record(result), "notes": [*notes, *result.plan.warnings],
            "picture_sha256": source.image.digest, "stamp": source.stamp,
            "total": time.perf_counter() - start,
        }  # fmt: skip
        return Done(result.image, source.image, record)

    def _take(self, error: Exception) -> None:
        """Raise an error that would stop every other row, too; keep in mind what may.

        A row at which a device fails is told as failed, or no later run would come past it.
        """
        if isinstance(error, ModelError) and not self._worked:
            raise error
        if isinstance(error, OutputError) and self._stops_all(error):
            raise error
        if not _is_of_memory(error):  # which the next picture may not need
            self._faults = 0 if isinstance(error, PromptEditError) else self._faults + 1
        again = ("run the same command again, which goes on behind what failed; --retry-failed"
                 " tries that, too.")  # fmt: skip
        if _is_of_a_device(error):
            self._broken = f"The device failed ({first_line(error)}). When it works, {again}"
        elif self._faults >= _FAULTS:
            said = explained(error).rstrip(".")
            self._broken = (f"{self._faults} rows failed one after the other, the last with:"
                            f" {said}. When that is mended, {again}")  # fmt: skip

    def _stops_all(self, error: OSError | OutputError) -> bool:
        """Whether what could not be written is no matter of one row alone."""
        return is_full(error) or not self._out.takes_more(self._shard)

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
        """Bring an output to its place, whole; its record.

        Raises:
            OutputError: nothing more can be written.
        """
        name, start = task.job.output, time.perf_counter()
        place = self._out.at(name)
        beside = self._out.scratch(self._shard) / (
            f"{task.job.number}-{os.getpid()}{Path(name).suffix}"
        )
        try:
            fill(beside, done.image, done.like)
            written = beside.read_bytes()
            self._out.bring(beside, name)
        except Exception as error:  # of the system, a storage, memory, or a format that has limits
            with suppress(OSError):
                beside.unlink(missing_ok=True)
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            ours = isinstance(error, OutputError)
            message = str(error) if ours else f"{place} cannot be written: {reason}."
            if isinstance(error, (OSError, OutputError)) and self._stops_all(error):
                raise OutputError(message) from error
            record = done.record
            return _failed(message, record["stamp"], start, record["picture_sha256"])
        digest = sha256(written).hexdigest()
        return {**done.record, "output_bytes": len(written), "output_sha256": digest}


def _read(picture: str) -> ImageFile:
    if remote.is_remote(picture):
        return decode(remote.read_bytes(picture), picture)
    return load_image(picture)


def _is_of_a_device(error: BaseException | None) -> bool:
    """Whether a GPU failed, or what it ran: then nothing more runs on it in this process."""
    while error is not None:
        if _is_of_memory(error):
            return False
        if type(error).__name__ == "AcceleratorError":
            return True
        if any(word in str(error) for word in _OF_A_DEVICE):
            return True
        error = error.__cause__
    return False


def _is_of_memory(error: BaseException) -> bool:
    """Whether there was too little memory, the GPU's or the machine's: of one picture's size."""
    if is_out_of_memory(error) or isinstance(error, MemoryError):
        return True
    return any(word in str(error) for word in _OF_MEMORY)


_OF_MEMORY = ("out of memory", "ALLOC_FAILED", "can't allocate memory")
_OF_A_DEVICE = ("CUDA error", "HIP error", "device-side assert")


def _failed(message: str, stamp: list[int | str], start: float, digest: str = "") -> Record:
    """`digest` is of the picture, where it could be read."""
    spent = time.perf_counter() - start
    return {"status": "failed", "error": message, "stamp": stamp, "total": spent,
            **({"picture_sha256": digest} if digest else {})}  # fmt: skip


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
