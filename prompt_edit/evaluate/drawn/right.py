"""Whether a person would call an edit of a drawn scene right, told without asking any model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import torch
from torch import Tensor

from ...detect.colour import nearest, to_lab
from ...images import rgb
from ...palette import PALETTE, SHEETS
from ...paperdoll.canvas import PERIOD, ink, print_of
from ...paperdoll.draw import Picture, draw
from ...paperdoll.scene import PATTERNS, Person
from ...paperdoll.tensors import as_image
from .changes import swap
from .tasks import Task, shown

NEAR = 12.0  # CIELAB units up to which paper counts as of the same colour
MOSTLY = 0.8  # share of a region that must then be right, where nothing or a backdrop shows
SHARP = 0.6  # share of the true picture's edges that must be there, where something new shows


def right(
    task: Task, image: Tensor, true: Picture, region: np.ndarray,
    box: Sequence[float] | None = None,
) -> bool:  # fmt: skip
    """Whether the edited picture shows what was asked for.

    recolor: the thing has the colour. replace and add: it has; of all things that could stand
    there the picture is nearest to the one asked for; and its edges are about as sharp as paper's.
    restyle: of all patterns, and a plain sheet, what is printed on the cloth is nearest to the one
    asked for; where its stripes lie is free.
    remove: eight tenths of what should be new are as in the true picture, up to 12 CIELAB units.
    background: so many have one of the colours that such a background is made of; where its hills
    lie is free.

    Args:
        image: float [1,S,S,3] in 0..1.
        true: as `task.true(box)` gives it.
        region: bool [S,S], as `task.region(true)` gives it.
        box: where something new was put, xyxy in 256ths of the side.
    """
    if task.operation == "restyle":
        return patterned(task, image, true)
    if task.operation in ("recolor", "replace", "add"):
        coloured = has_colour(task, image, true)
        if task.operation == "recolor" or not coloured:
            return coloured
        return as_asked(task, image, true, box) and sharp(image, true, region)
    after = to_lab(image[0])[torch.from_numpy(region)]
    if task.operation == "remove":
        goal = to_lab(as_image(true)[0])[torch.from_numpy(region)]
        return float(((after - goal).norm(dim=-1) <= NEAR).float().mean()) >= MOSTLY
    allowed = to_lab(torch.from_numpy(SHEETS[true.scene.background] / 255))
    off = torch.cdist(after, allowed).amin(dim=1)
    return float((off <= NEAR).float().mean()) >= MOSTLY


def has_colour(task: Task, image: Tensor, true: Picture) -> bool:
    """Whether the true region of the item has, in the middle, the colour that was asked for."""
    assert task.item
    region = torch.from_numpy(shown(true, task.item))
    return bool(region.any()) and nearest(rgb(image)[0][region]) == task.item.colour


def as_asked(task: Task, image: Tensor, true: Picture, box: Sequence[float] | None = None) -> bool:
    """Whether, of all that could stand in its place, the picture is nearest to what was asked for.

    It is compared where those differ from one another, by the mean distance in CIELAB.
    """
    pictures = [true, *task.others(box)]
    differs = np.any([(each.image != true.image).any(axis=-1) for each in pictures], axis=0)
    if not differs.any():
        return True
    where = torch.from_numpy(differs)
    after = to_lab(image[0])[where]
    away = [float((to_lab(as_image(each)[0])[where] - after).norm(dim=-1).mean())
            for each in pictures]  # fmt: skip
    return int(np.argmin(away)) == 0


def patterned(task: Task, image: Tensor, true: Picture) -> bool:
    """Whether, of all patterns, wherever they begin, what is printed on the item is nearest to its.

    It is compared with the item in plain, in gray levels about their mean: a pattern half as strong
    as it should be is as near to none.
    """
    assert task.item and task.about and task.about.owner is not None
    where = shown(true, task.item)
    if not where.any():
        return False
    sheets = {each: draw(swap(task.before.scene, task.about, replace(task.item, pattern=each)))
              for each in PATTERNS}  # fmt: skip
    plain = sheets["plain"].image.astype(np.float32)

    def print_on(picture: np.ndarray) -> np.ndarray:
        levels = (picture - plain).mean(axis=-1)[where]
        return levels - levels.mean()

    found = print_on(rgb(image)[0].numpy() * 255)
    wearer = task.before.scene.things[task.about.owner]
    assert isinstance(wearer, Person)
    y, x = (each * 256 / where.shape[0] / wearer.cloth for each in np.nonzero(where))
    light = print_of(np.array(PALETTE[task.item.colour]))
    away = {
        each: min(float(np.abs(found - print_on(sheet.image)).mean()),
                  _least(found, light, each, x, y))
        for each, sheet in sheets.items()
    }  # fmt: skip
    return min(away, key=lambda each: away[each]) == task.item.pattern


def _least(found: np.ndarray, light: float, pattern: str, x: np.ndarray, y: np.ndarray) -> float:
    """How far what was found [N] is from a pattern that begins where it fits best."""
    across, down = PERIOD.get(pattern, (1, 1))
    least = np.inf
    for dx, dy in product(range(across), range(down)):
        wanted = light * ink(pattern, x + dx, y + dy)
        least = min(least, float(np.abs(found - wanted + wanted.mean()).mean()))
    return least


def sharp(image: Tensor, true: Picture, region: np.ndarray) -> bool:
    """Whether there are edges in a region bool [S,S], as many as in the true picture or nearly."""
    where = torch.from_numpy(region)
    found, wanted = (float(_edges(each)[where].sum()) for each in (image, as_image(true)))
    return found >= SHARP * wanted


def _edges(image: Tensor) -> Tensor:
    """How steeply the colour changes at each pixel [S,S], squared: blurred edges count for less."""
    lab = to_lab(image[0])
    across = (lab[:, 1:] - lab[:, :-1]).square().sum(dim=-1)
    down = (lab[1:] - lab[:-1]).square().sum(dim=-1)
    steep = torch.zeros(lab.shape[:2])
    steep[:, 1:] += across
    steep[1:] += down
    return steep
