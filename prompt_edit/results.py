"""The files of one edit: checked before the work, written together after it."""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import ImageError, OutputError
from .outputs import STREAM, Write, check_apart, check_writable, write_all
from .plan import EditPlan

if TYPE_CHECKING:  # torch takes seconds to import, and the checks need none of it
    from torch import Tensor

    from .editor import EditResult
    from .images import ImageFile


@dataclass(frozen=True)
class Results:
    """Where the files of one edit go.

    Attributes:
        image: the picture that is edited; "-" is standard input.
        asked: the name that was asked for; by default IMAGE-edited.png, and standard output where
            the picture comes from standard input.
        overwrite: whether the default name may be there already.
        mask, side_by_side, report: further files.
    """

    image: Path
    asked: Path | None = None
    overwrite: bool = False
    mask: Path | None = None
    side_by_side: Path | None = None
    report: Path | None = None

    @property
    def out(self) -> Path:
        """Where the edited picture goes."""
        if self.asked or self.image == STREAM:
            return self.asked or STREAM
        return self.image.with_name(f"{self.image.stem}-edited.png")

    @property
    def all(self) -> list[Path]:
        """Every file, the edited picture first."""
        return [self.out, *filter(None, (self.mask, self.side_by_side, self.report))]

    def check(self, inputs: Iterable[Path]) -> None:
        """Say before anything is loaded what could not be read or written.

        Args:
            inputs: all other files that are read.

        Raises:
            ImageError: there is no picture.
            OutputError: a file could not be written, would be lost, or is there already.
        """
        _check_picture(self.image, bool(self.asked))
        for path in self.all:
            check_writable(path)
            if path == STREAM and sys.stdout is not None and sys.stdout.isatty():
                raise OutputError("The terminal shows no pictures. Add -o FILE, or pipe it on.")
            if path == STREAM and sys.stdout is None:
                raise OutputError("Standard output is closed. Add -o FILE.")
        check_apart(self.all, [self.image, *inputs])
        if self._is_fresh and self.out.exists():
            raise OutputError(
                f"{self.out} is there already, from an earlier run. Add --overwrite to replace it,"
                " or -o for another name."
            )

    def check_kinds(self, source: ImageFile, plan: EditPlan) -> list[str]:
        """Say before the work what the files' types can't hold; gives notes on what is lost.

        Raises:
            OutputError: a type that is not known, or that can't hold the result at all.
        """
        from .images import check_output, losses

        cut = plan.cuts
        check_output(self.out, source.pixels.shape[-1] == 4 or cut, source)
        for extra in filter(None, (self.mask, self.side_by_side)):
            check_output(extra)
        return losses(self.out, source)

    def write(self, result: EditResult, source: ImageFile) -> None:
        """Write all files, or none. Raises `OutputError`."""
        from .images import fill, to_pil
        from .preview import overlay, side_by_side

        files: list[tuple[Path, Write]] = [
            (self.out, lambda file: fill(file, result.image, source))
        ]
        if self.mask:
            files.append((self.mask, lambda file: fill(file, _changed(result))))
        if self.side_by_side:
            step = result.steps[-1]
            pictures = [to_pil(source.pixels), overlay(source.pixels, step.detections, step.mask),
                        to_pil(result.image)]  # fmt: skip
            titles = ("before", "boxes and mask", "after")
            sheet = side_by_side([(result.plan.instruction, pictures)], titles)
            files.append((self.side_by_side, lambda file: fill(file, sheet)))
        if self.report:
            text = json.dumps(_report(result), indent=2, ensure_ascii=False) + "\n"
            files.append((self.report, lambda file: file.write_text(text, encoding="utf-8")))
        write_all(files, [self.out] if self._is_fresh else [])

    @property
    def _is_fresh(self) -> bool:
        return not (self.asked or self.overwrite or self.out == STREAM)


def _check_picture(path: Path, named: bool) -> None:
    """Find out without reading it that a picture is not there."""
    if path == STREAM:
        return
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as error:
        raise ImageError(f"There is no picture at {path}. Check the path.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ImageError(f"{path} cannot be read: {reason}. Check the path.") from error
    if stat.S_ISDIR(mode):
        raise ImageError(f"{path} is a folder. Name one picture in it.")
    if not stat.S_ISREG(mode) and not named:
        raise OutputError(f"Add -o FILE: {path} is no file that a result could be named after.")


def _changed(result: EditResult) -> Tensor:
    """The opacity of all edits together, [1,H,W,1]."""
    import torch

    return torch.stack([torch.maximum(step.opacity, step.mask * step.edit.cuts)
                        for step in result.steps]).amax(dim=0)[None, ..., None]  # fmt: skip


def _report(result: EditResult) -> dict[str, object]:
    return {
        "plan": json.loads(result.plan.to_json()),
        "steps": steps_of(result),
        "seconds": result.seconds,
        **_outcome(result),
    }


def steps_of(result: EditResult) -> list[dict[str, object]]:
    """What each edit did, as JSON has it."""
    return [
        {
            "target": step.edit.target,
            "boxes": step.detections.boxes.tolist(),
            "scores": step.detections.scores.tolist(),
            "labels": list(step.detections.labels),
            "mask_share": step.mask_share,
            "seconds": step.seconds,
            "notes": list(step.notes),
            "tries": step.tries,
            "checked": step.checked.to_dict() if step.checked else None,
        }
        for step in result.steps
    ]


def _outcome(result: EditResult) -> dict[str, object]:
    """Whether all edits are well, and their lowest score; nothing where none was checked."""
    if not result.checks:
        return {}
    return {"ok": all(each.ok for each in result.checks),
            "score": min(each.score for each in result.checks)}  # fmt: skip
