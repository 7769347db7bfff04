"""How well the whole graph does in the paper world, where the truth is known to the pixel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..check.boxes import box_of
from ..colour import to_lab
from ..detect.ground import ground_each
from ..editor import EditResult, PromptEditor
from ..errors import ImageError, InstructionError, NotFound
from ..evaluate.fidelity import psnr, seam, ssim
from ..evaluate.scores import mask_scores
from ..images import to_array
from ..inpaint.repaint import Sampling
from ..plan import Edit, Operation
from ..segment.cover import cover
from .draw import Picture, draw
from .palette import SHEETS, nearest_colour
from .phrases import Phrase, absent_phrases, find, phrases_about
from .scene import random_scene
from .tasks import Task, make_task, other_task, shown
from .tensors import as_image

ABSENT = 8  # phrases a scene that name nothing in it, half of them right but for the colour
OPERATIONS: tuple[Operation, ...] = (
    "recolor", "replace", "restyle", "remove", "add", "background",
)  # fmt: skip
NEAR = 12.0  # CIELAB units up to which paper counts as of the same colour
MOSTLY = 0.8  # share of a region that must then be right, where nothing or a backdrop shows


@dataclass(frozen=True)
class Tried:
    """What became of one task.

    Attributes:
        result: None where the edit was refused, or its object not found.
        true: the picture that was asked for.
        success: whether a person would call it right; see `right`.
        psnr, ssim, seam: see `evaluate.fidelity`; NaN where nothing was made.
        outside: how many pixels changed where the edit's opacity is 0.
    """

    task: Task
    result: EditResult | None
    true: Picture
    success: bool = False
    psnr: float = float("nan")
    ssim: float = float("nan")
    seam: float = float("nan")
    outside: int = 0
    why: str = ""

    @property
    def seconds(self) -> float:
        """What all stages took, without loading models."""
        spent = self.result.seconds if self.result else {}
        return sum(value for stage, value in spent.items() if stage != "load")


@dataclass
class Measured:
    """All that was measured, as it grows."""

    scores: list[tuple[float, float, float]] = field(default_factory=list)
    false_alarms: list[bool] = field(default_factory=list)
    tried: list[Tried] = field(default_factory=list)
    scenes: int = 0

    def figures(self) -> dict[str, Any]:
        """As `evaluate` gives them."""
        precision, recall, f1 = np.mean(self.scores, axis=0) if self.scores else (0.0, 0.0, 0.0)
        coloured = [each for each in self.tried if each.task.operation in ("recolor", "replace")]
        made = [each for each in self.tried if each.result]
        return {
            "precision": float(precision),
            "recall": float(recall),
            "f1": float(f1),
            "absent_false_positive_rate": _mean(self.false_alarms),
            "edit_success": _mean([each.result is not None and has_colour(each)
                                   for each in coloured]),
            "outside_changed_pixels": sum(each.outside for each in self.tried),
            "seconds_per_edit": _mean([each.seconds for each in made]),
            "by_operation": {name: _told([each for each in self.tried
                                          if each.task.operation == name])
                             for name in OPERATIONS},
            "scenes": self.scenes,
            "phrases": len(self.scores),
            "absent_phrases": len(self.false_alarms),
            "edits": len(self.tried),
            "refused": len(self.tried) - len(made),
        }  # fmt: skip


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else 0.0


def _told(tried: list[Tried]) -> dict[str, float | int | None]:
    """The figures of one operation; None where there is nothing to take a mean of."""
    made = [each for each in tried if each.result]
    figures: dict[str, float | int | None] = {
        "count": len(tried),
        "success": _mean([each.success for each in tried]) if tried else None,
    }
    for name in ("psnr", "ssim", "seam"):
        figures[name] = _mean([getattr(each, name) for each in made]) if made else None
    return figures


def evaluate(
    editor: PromptEditor,
    count: int,
    seed: int,
    on_scene: Callable[[int, int], None] | None = None,
    retries: int = 0,
) -> Measured:
    """Measure on the scenes of the seeds from `seed` on: two edits each, and all phrases.

    One edit recolours or replaces, the other one is by turns a removal, something new, a background
    and a new look. The figures (`Measured.figures`) are:

    precision, recall, f1: of mask pixels, averaged over all (scene, phrase) pairs in which the
    phrase names something, with and without colour; absent_false_positive_rate: the share of
    phrases naming nothing for which something was found; edit_success: the share of recolor and
    replace edits after which the true region of the result has the asked colour; by_operation: for
    each, how many (count), the share that a person would call right (success, see `right`), and of
    those that were painted, inside the true region, psnr (dB), ssim, and seam (CIELAB units);
    outside_changed_pixels: how many pixels changed where the edit's opacity is 0, in all;
    seconds_per_edit: the mean, all stages. Then how many of each were counted; refused are those
    edits that the editor would not make, which count as failures.

    Args:
        retries: how often an edit that its check doubts is painted again.
    """
    measured = Measured()
    for number in range(count):
        picture = draw(random_scene(seed + number))
        rng = np.random.default_rng((seed, number))
        image = as_image(picture)
        for phrase in phrases_about(picture.instances):
            found = _masked(editor, image, phrase)
            measured.scores.append(mask_scores(found, true_mask(picture, phrase)))
        for phrase in some_absent(picture, rng):
            boxes = editor.detector.detect(image, [str(phrase)])[0]
            measured.false_alarms.append(len(boxes) > 0)
        for task in (make_task(picture, rng), other_task(picture, rng, number)):
            if task:
                measured.tried.append(attempt(editor, task, retries))
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


def _masked(editor: PromptEditor, image: Tensor, phrase: Phrase) -> np.ndarray:
    """What the detector and the segmenter make of a phrase, bool [S,S]."""
    edit = Edit(operation="extract", target=str(phrase))
    grounded = ground_each(editor.detector, image, edit)[0]
    return cover(editor.segmenter, image, grounded).mask.numpy() > 0.5


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


def attempt(editor: PromptEditor, task: Task, retries: int = 0) -> Tried:
    """Make one edit, and compare it with the truth."""
    before = as_image(task.before)
    try:
        result = editor.edit(before, task.instruction, Sampling(), retries=retries)
    except (NotFound, InstructionError, ImageError) as error:
        return Tried(task, None, task.true(), why=str(error))
    step = result.steps[0]
    box = box_of(step.mask > 0.5) * 256 / step.mask.shape[0]
    true = task.true(box.tolist())
    region = task.region(true)
    if not region.any():
        region = step.opacity.numpy() > 0.5
    made, truth = result.image[..., :3], as_image(true)
    changed = (to_array(before) != to_array(result.image)).any(axis=-1)
    tried = Tried(
        task, result, true,
        psnr=psnr(made, truth, region), ssim=ssim(made, truth, region),
        seam=seam(made, truth, step.opacity),
        outside=int(changed[step.opacity.numpy() == 0].sum()),
    )  # fmt: skip
    return replace(tried, success=right(tried, region))


def has_colour(tried: Tried) -> bool:
    """Whether the true region of the item has, in the middle, the colour that was asked for."""
    assert tried.result and tried.task.item
    region = shown(tried.true, tried.task.item)
    after = to_array(tried.result.image)[..., :3]
    return bool(region.any()) and nearest_colour(after[region]) == tried.task.item.colour


def right(tried: Tried, region: np.ndarray) -> bool:
    """Whether a person would call the edit right, told by colours in the true region [S,S].

    recolor: the thing has the colour. replace and add: it has, and most of what should be new is
    nearer to the true picture than to the one before. restyle: most of what should be new is so.
    remove: eight tenths are as in the true picture, up to 12 CIELAB units. background: so many
    have one of the colours that such a background is made of; where its hills lie is free.
    """
    assert tried.result
    if tried.task.operation in ("recolor", "replace", "add") and not has_colour(tried):
        return False
    if tried.task.operation == "recolor":
        return True
    after = to_lab(tried.result.image)[torch.from_numpy(region)]
    true = to_lab(as_image(tried.true))[torch.from_numpy(region)]
    before = to_lab(as_image(tried.task.before))[torch.from_numpy(region)]
    if tried.task.operation == "remove":
        return float(((after - true).norm(dim=-1) <= NEAR).float().mean()) >= MOSTLY
    if tried.task.operation == "background":
        sheets = torch.from_numpy(SHEETS[tried.true.scene.background] / 255).float()
        allowed = to_lab(sheets[None, :, None])[:, 0]
        nearest = torch.cdist(after, allowed).amin(dim=1)
        return float((nearest <= NEAR).float().mean()) >= MOSTLY
    nearer = (after - true).norm(dim=-1) < (after - before).norm(dim=-1)
    differs = (true - before).norm(dim=-1) > NEAR / 2
    return bool(differs.any()) and float(nearer[differs].float().mean()) > 0.5
