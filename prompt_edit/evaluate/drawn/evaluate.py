"""How well the whole graph does in the paper world, where the truth is known to the pixel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ...check.boxes import box_of
from ...errors import ImageError, InstructionError, NotFound
from ...images import to_array
from ...paperdoll.draw import Picture, draw
from ...paperdoll.phrases import Phrase, absent_phrases, find, phrases_about
from ...paperdoll.scene import random_scene
from ...paperdoll.tensors import as_image
from ...plan import Operation
from ..fidelity import psnr, seam, ssim
from ..scores import mask_scores
from .methods import Edited, Method
from .right import has_colour, right
from .tasks import Task, make_task, other_task

KEPT = 60  # edits of an operation whose pictures are kept, for a sheet: all would fill the memory
ABSENT = 8  # phrases a scene that name nothing in it, half of them right but for the colour
OPERATIONS: tuple[Operation, ...] = (
    "recolor", "replace", "restyle", "remove", "add", "background",
)  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """The pictures of one task.

    Attributes:
        edited: None where the edit was refused, or its object not found; `why` says so then.
        true: the picture that was asked for.
    """

    task: Task
    edited: Edited | None
    true: Picture
    why: str = ""


@dataclass(frozen=True)
class Tried:
    """What became of one task.

    Attributes:
        seen: its pictures; None where they are no longer kept.
        seconds: what the edit took; None where nothing was made.
        success: whether a person would call it right; see `right.right`.
        coloured: whether the true region has the colour that was asked for.
        psnr, ssim, seam: see `evaluate.fidelity`; NaN where nothing was made.
        outside: how many pixels changed where the edit's opacity is 0.
    """

    operation: Operation
    seen: Seen | None
    seconds: float | None = None
    success: bool = False
    coloured: bool = False
    psnr: float = float("nan")
    ssim: float = float("nan")
    seam: float = float("nan")
    outside: int = 0


@dataclass
class Measured:
    """All that was measured, as it grows."""

    scores: list[tuple[float, float, float]] = field(default_factory=list)
    false_alarms: list[bool] = field(default_factory=list)
    tried: list[Tried] = field(default_factory=list)
    scenes: int = 0

    def add(self, tried: Tried) -> None:
        """Take in one edit: its figures, and of the first ones of each operation the pictures."""
        alike = sum(each.operation == tried.operation for each in self.tried)
        self.tried.append(tried if alike < KEPT else replace(tried, seen=None))

    def figures(self) -> dict[str, Any]:
        """As `evaluate` gives them; None where there is nothing to take a mean of."""
        precision, recall, f1 = np.mean(self.scores, axis=0) if self.scores else (None,) * 3
        coloured = [each.coloured for each in self.tried
                    if each.operation in ("recolor", "replace")]  # fmt: skip
        spent = [each.seconds for each in self.tried if each.seconds is not None]
        return {
            "precision": precision and float(precision),
            "recall": recall and float(recall),
            "f1": f1 and float(f1),
            "absent_false_positive_rate": _mean(self.false_alarms),
            "edit_success": _mean(coloured),
            "outside_changed_pixels": sum(each.outside for each in self.tried),
            "seconds_per_edit": _mean(spent),
            "by_operation": {name: _operation_figures([each for each in self.tried
                                                       if each.operation == name])
                             for name in OPERATIONS},
            "scenes": self.scenes,
            "phrases": len(self.scores),
            "absent_phrases": len(self.false_alarms),
            "edits": len(self.tried),
            "refused": len(self.tried) - len(spent),
        }  # fmt: skip


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None


def _operation_figures(tried: list[Tried]) -> dict[str, float | int | None]:
    """The figures of one operation."""
    edited = [each for each in tried if each.seconds is not None]
    figures: dict[str, float | int | None] = {
        "count": len(tried),
        "success": _mean([each.success for each in tried]),
    }
    for name in ("psnr", "ssim", "seam"):
        figures[name] = _mean([getattr(each, name) for each in edited])
    return figures


def evaluate(
    method: Method,
    count: int,
    seed: int,
    on_scene: Callable[[int, int], None] | None = None,
    measured: Measured | None = None,
) -> Measured:
    """Measure on the scenes of the seeds from `seed` on: two edits each, and all phrases.

    One edit recolours or replaces, the other one is by turns a removal, something new, a background
    and a new look. The figures (`Measured.figures`) are:

    precision, recall, f1: of mask pixels, averaged over all (scene, phrase) pairs in which the
    phrase names something, with and without colour; absent_false_positive_rate: the share of
    phrases naming nothing for which something was found; edit_success: the share of recolor and
    replace edits after which the true region of the result has the asked colour; by_operation: for
    each, how many (count), the share that a person would call right (success, see `right.right`),
    and of those that were painted, inside the true region, psnr (dB), ssim, and seam (CIELAB
    units); outside_changed_pixels: how many pixels changed where the edit's opacity is 0, in all;
    seconds_per_edit: the mean, all stages. Then how many of each were counted; refused are those
    edits that the method would not make, which count as failures.

    `measured` grows with each scene, for who wants what was measured until a failure.
    """
    measured = measured or Measured()
    for number in range(count):
        picture = draw(random_scene(seed + number))
        rng = np.random.default_rng((seed, number))
        image = as_image(picture)
        shown, absent = phrases_about(picture.instances), some_absent(picture, rng)
        method.look(image, [str(phrase) for phrase in (*shown, *absent)])
        for phrase in shown:
            found = method.mask(image, str(phrase))
            measured.scores.append(mask_scores(found, true_mask(picture, phrase)))
        for phrase in absent:
            measured.false_alarms.append(method.finds(image, str(phrase)))
        for task in (make_task(picture, rng), other_task(picture, rng, number)):
            if task:
                measured.add(attempt(method, task))
        measured.scenes += 1
        if on_scene:
            on_scene(number + 1, count)
    return measured


# --- masks ---------------------------------------------------------------------------------------


def true_mask(picture: Picture, phrase: Phrase) -> np.ndarray:
    """The pixels of everything that the phrase names, bool [S,S]."""
    mask = np.zeros(picture.parts.shape, dtype=bool)
    for instance in find(phrase, picture.instances) or []:
        mask |= picture.mask(instance)
    return mask


def some_absent(picture: Picture, rng: np.random.Generator) -> list[Phrase]:
    """Phrases that name nothing: half of them name a thing that is there, in another colour."""
    absent = absent_phrases(picture.instances)
    here = {phrase.noun for phrase in phrases_about(picture.instances)}
    near = [phrase for phrase in absent if phrase.noun in here]
    far = [phrase for phrase in absent if phrase.noun not in here]
    chosen: list[Phrase] = []
    for group in (near, far):
        order = rng.permutation(len(group))[: ABSENT // 2]
        chosen += [group[int(place)] for place in order]
    return chosen


# --- edits ---------------------------------------------------------------------------------------


def attempt(method: Method, task: Task) -> Tried:
    """Make one edit, and compare it with the truth."""
    before = as_image(task.before)
    try:
        edited = method.edit(before, task.instruction)
    except (NotFound, InstructionError, ImageError) as error:
        return Tried(task.operation, Seen(task, None, task.true(), str(error)))
    box = None
    if bool((edited.mask > 0.5).any()):
        box = (box_of(edited.mask > 0.5) * 256 / edited.mask.shape[0]).tolist()
    true = task.true(box)
    region = task.region(true)
    if not region.any():  # put behind something else
        true, box = task.true(), None
        region = task.region(true)
    image, truth = edited.image, as_image(true)
    changed = (to_array(before) != to_array(image)).any(axis=-1)
    return Tried(
        task.operation, Seen(task, edited, true), edited.seconds,
        success=right(task, image, true, region, box),
        coloured=bool(task.item) and has_colour(task, image, true),
        psnr=psnr(image, truth, region), ssim=ssim(image, truth, region),
        seam=seam(image, truth, edited.opacity),
        outside=int(changed[edited.opacity.numpy() == 0].sum()),
    )  # fmt: skip
