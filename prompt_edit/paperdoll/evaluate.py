"""How well the whole graph does in the paper world, where the truth is known to the pixel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace as altered

import numpy as np
import torch
from torch import Tensor

from ..detect.ground import ground_each
from ..editor import PromptEditor
from ..errors import NotFound
from ..images import to_array
from ..plan import Edit
from ..segment.cover import cover
from .changes import swap
from .draw import Instance, Picture, draw
from .palette import COLOUR_NAMES, nearest_colour
from .phrases import COLOURLESS, Phrase, absent_phrases, find, phrases_about
from .scene import Item, random_scene

ABSENT = 8  # phrases a scene that name nothing in it, half of them right but for the colour

# What people ask for in the place of what: kind -> (kind, style, noun).
_INSTEAD = {
    "dress": ("shirt", "short", "t-shirt"),
    "pants": ("skirt", "short", "short skirt"),
    "shorts": ("pants", "", "pants"),
    "skirt": ("pants", "", "pants"),
    "hat": ("hat", "cap", "cap"),
    "ball": ("cup", "", "cup"),
    "cup": ("ball", "", "ball"),
    "dog": ("cat", "", "cat"),
    "cat": ("dog", "", "dog"),
}


@dataclass(frozen=True)
class Task:
    """An instruction, the scene's picture after it, and the item that the change should show."""

    instruction: str
    after: Picture
    item: Item


def evaluate(
    editor: PromptEditor, count: int, seed: int, on_scene: Callable[[int, int], None] | None = None
) -> dict[str, float | int]:
    """Measure on the scenes of the seeds from `seed` on.

    Returns:
        precision, recall, f1: of mask pixels, averaged over all (scene, phrase) pairs in which the
        phrase names something, with and without colour; absent_false_positive_rate: the share of
        phrases naming nothing for which something was found; edit_success: the share of recolor
        and replace edits after which the true region of the result has the asked colour;
        outside_changed_pixels: how many pixels changed where the edit's opacity is 0, in all;
        seconds_per_edit: the mean, all stages. Then how many of each were counted.
    """
    scores: list[tuple[float, float, float]] = []
    false_alarms: list[bool] = []
    successes: list[bool] = []
    outside, seconds = 0, 0.0
    for number in range(count):
        picture = draw(random_scene(seed + number))
        rng = np.random.default_rng((seed, number))
        image = as_image(picture)
        for phrase in phrases_about(picture.instances):
            scores.append(mask_scores(_masked(editor, image, phrase), true_mask(picture, phrase)))
        for phrase in some_absent(picture, rng):
            found = editor.detector.detect(image, [str(phrase)])[0]
            false_alarms.append(len(found) > 0)
        task = make_task(picture, rng)
        if task:
            success, changed, spent = _try(editor, image, task)
            successes.append(success)
            outside += changed
            seconds += spent
        if on_scene:
            on_scene(number + 1, count)
    precision, recall, f1 = np.mean(scores, axis=0) if scores else (0.0, 0.0, 0.0)
    return {
        "precision": float(precision),
        "recall": float(recall),
        "f1": float(f1),
        "absent_false_positive_rate": float(np.mean(false_alarms)) if false_alarms else 0.0,
        "edit_success": float(np.mean(successes)) if successes else 0.0,
        "outside_changed_pixels": outside,
        "seconds_per_edit": seconds / max(1, len(successes)),
        "scenes": count,
        "phrases": len(scores),
        "absent_phrases": len(false_alarms),
        "edits": len(successes),
    }


def as_image(picture: Picture) -> Tensor:
    """A drawn picture as the library takes it: float [1,S,S,3] in 0..1."""
    return torch.from_numpy(picture.image.astype(np.float32) / 255)[None]


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


def mask_scores(predicted: np.ndarray, true: np.ndarray) -> tuple[float, float, float]:
    """Precision, recall and F1 of pixels; all 0 where nothing was predicted."""
    both = float((predicted & true).sum())
    precision = both / max(1.0, float(predicted.sum()))
    recall = both / max(1.0, float(true.sum()))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


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


def make_task(picture: Picture, rng: np.random.Generator) -> Task | None:
    """A recolouring or a replacement of something that one phrase names alone."""
    alone = [
        (each, phrase)
        for each in picture.instances
        if each.clear and each.item.kind not in COLOURLESS
        for phrase in [Phrase(each.item.kind, each.item.colour)]
        if find(phrase, picture.instances) == [each]
    ]
    if not alone:
        return None
    instance, phrase = alone[int(rng.integers(len(alone)))]
    colours = [name for name in COLOUR_NAMES if name != instance.item.colour]
    colour = colours[int(rng.integers(len(colours)))]
    if instance.item.kind in _INSTEAD and rng.random() < 0.5:
        kind, style, noun = _INSTEAD[instance.item.kind]
        new = Item(kind, colour, style=style, seed=instance.item.seed)
        instruction = f"change the {phrase} to a {colour} {noun}"
        if noun == "pants":
            instruction = f"change the {phrase} to {colour} pants"
    else:
        new = altered(instance.item, colour=colour)
        instruction = f"change the {phrase} to {colour}"
    return Task(instruction, draw(swap(picture.scene, instance, new)), new)


def _try(editor: PromptEditor, image: Tensor, task: Task) -> tuple[bool, int, float]:
    """Whether the asked colour shows, how many pixels changed outside, and the seconds it took."""
    try:
        result = editor.edit(image, task.instruction)
    except NotFound:
        return False, 0, 0.0
    step = result.steps[0]
    before, after = to_array(image), to_array(result.image)
    untouched = step.opacity.numpy() == 0
    outside = int((before != after).any(axis=-1)[untouched].sum())
    region = _shown(task.after, task.item)
    seen = nearest_colour(after[region]) if region.any() else ""
    return seen == task.item.colour, outside, sum(result.seconds.values())


def _shown(picture: Picture, item: Item) -> np.ndarray:
    """The pixels of an item in the true picture after the edit."""
    shown: list[Instance] = [each for each in picture.instances if each.item == item]
    return (
        np.any([picture.mask(each) for each in shown], axis=0)
        if shown
        else np.zeros(picture.parts.shape, dtype=bool)
    )
