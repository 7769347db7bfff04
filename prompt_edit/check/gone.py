"""Whether what was there before is gone."""

from __future__ import annotations

import torch
from torch import Tensor
from torchvision.ops import box_iou

from ..detect import colour
from ..images import rgb
from ..nouns import singular, words_of
from .boxes import SAME_PLACE, lies_on, shared
from .checked import Finding, unjudged
from .look import Look
from .result import colour_of

_SAME_THING = 0.7  # IoU from which on two boxes are about the same thing


def check_gone(look: Look) -> Finding | None:
    """Whether what was there before is gone from its place."""
    edit = look.edit
    if edit.operation not in ("remove", "replace", "recolor") or edit.whole_picture:
        return None
    if edit.operation == "recolor":
        old, new = colour.named(edit.target), colour.named(edit.result)
        if not old or old == new:
            return None
    what = f'Whether the "{edit.target}" is gone'
    if why := look.why_not(edit.target) or _why_it_may_stay(look):
        return unjudged("gone", what, why)
    score, box = _still_there(look)
    if not score or _is_the_result(look, score, box):
        return Finding("gone", True, score, f'The "{edit.target}" is gone from there.')
    if edit.operation == "recolor" and not look.card.contrast and not _has_colour_of_old(look):
        return unjudged("gone", what, "the detector still answers, and may not tell colours apart")
    said = f'The "{edit.target}" is still there (score {score:.2f}).'
    return Finding("gone", False, score, said, 0.49 * (1 - score))


def _why_it_may_stay(look: Look) -> str:
    """Why what answers to the old phrase says nothing; "" where it does."""
    edit = look.edit
    if edit.operation == "replace" and _words(edit.target) <= _words(edit.result):
        return f'"{edit.result}" answers to that as well'
    old = look.find(look.before, edit.target).boxes
    if not any(lies_on(box, place) for box in old for place in look.places):
        return "the detector does not see it there in the picture before"
    return ""


def _words(text: str) -> set[str]:
    return set(map(singular, words_of(text)))


def _has_colour_of_old(look: Look) -> bool:
    """Whether the region has the old colour still, more than any other."""
    there = rgb(look.after)[0][look.region]
    return colour.shares(there)[0][0] == colour.named(look.edit.target)


def _still_there(look: Look) -> tuple[float, Tensor]:
    """The best score of the old thing at its place in the picture after, and its box."""
    found = look.find(look.after, look.edit.target)
    asked = look.places
    others = _others(look, asked)
    for score, box in zip(found.scores.tolist(), found.boxes, strict=True):
        of_box, of_place = zip(*(shared(box, place) for place in asked), strict=True)
        there = any(
            inner >= 0.7 and outer >= 0.3 for inner, outer in zip(of_box, of_place, strict=True)
        )
        if not (there or float(box_iou(box[None], asked).max()) > SAME_PLACE):
            continue
        if not len(others) or float(box_iou(box[None], others).max()) < _SAME_THING:
            return float(score), box
    return 0.0, torch.zeros(4)


def _others(look: Look, asked: Tensor) -> Tensor:
    """Boxes [N,4] of what also answers to the target, but was not meant."""
    boxes = look.find(look.before, look.edit.target).boxes
    if not len(boxes) or not len(asked):
        return boxes
    return boxes[box_iou(boxes, asked).amax(dim=1) < _SAME_THING]


def _is_the_result(look: Look, score: float, box: Tensor) -> bool:
    """Whether what answers to the old phrase is the new thing: a cap is a hat, too.

    It is where it answers better to the new phrase; half as well will do where the new thing was
    to have a colour of its own, and has it.
    """
    if look.edit.operation != "replace" or not len(look.results):
        return False
    asked = colour.named(look.edit.result)
    recoloured = asked not in (None, colour.named(look.edit.target)) and bool(colour_of(look)[0])
    same = box_iou(box[None], look.results.boxes)[0] > SAME_PLACE
    return bool((look.results.scores[same] >= score * (0.5 if recoloured else 1)).any())
