"""What can be asked of a drawn scene, operation by operation, and its true picture afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import torch
from torchvision.ops import box_iou

from ...detect.detections import Detections
from ...detect.place import place
from ...palette import ANIMAL_COLOURS, COLOUR_NAMES
from ...paperdoll.draw import Instance, Picture, draw
from ...paperdoll.phrases import COLOURLESS, Phrase, find
from ...paperdoll.scene import OBJECTS, PATTERNS, PEOPLE, TOPS, Item, Placed, Scene
from ...plan import Operation, Relation
from .changes import swap, without

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
_PLACES = {"meadow": "a meadow", "beach": "a beach", "snow": "snow", "city": "a city",
           "night": "night"}  # fmt: skip
_HELD_UP = ("pants", "skirt", "shorts", "hair", "dress", "shirt")  # what few would take off
_KIN = (
    (("pants", ""), ("shorts", ""), ("skirt", "short"), ("skirt", "long")),
    (("shirt", "short"), ("shirt", "long"), ("dress", "short"), ("dress", "long"), ("jacket", "")),
    (("hat", "cap"), ("hat", "brim"), ("hat", "beanie")),
    tuple((kind, "") for kind in OBJECTS),
)
"""What may be taken for one another: (kind, style)."""
_THERE = 0.4  # the overlap (IoU) of a place with the right one, from which on it is that one
_WIDE = {"dog": 1.25, "cat": 0.9, "car": 2.1}
"""Width over height, of what may be added."""
BESIDE = ("ball", "cup", "cat", "dog")  # what may stand beside something


@dataclass(frozen=True)
class Task:
    """An instruction, and the picture that it should give.

    Attributes:
        operation: what the sentence asks for.
        before: the scene that it is asked of.
        after: the scene afterwards; of something new, without it.
        about: what the sentence names; none where the background changes.
        item: what the change should show; none where something goes, or the background changes.
        side: where something new stands: left or right of what is named.
    """

    operation: Operation
    instruction: str
    before: Picture
    after: Scene
    about: Instance | None = None
    item: Item | None = None
    side: Literal["left of", "right of"] = "right of"

    @property
    def added(self) -> bool:
        return self.operation == "add"

    def true(self, box: Sequence[float] | None = None) -> Picture:
        """The true picture; something new stands in the box xyxy, in 256ths of the side, or, where
        that is elsewhere than what was asked for, in the right place."""
        return draw(self.scene_with(self.item, box))

    def others(self, box: Sequence[float] | None = None) -> list[Picture]:
        """What a careless edit shows: a thing of another kind in the new one's place, and colour.

        One of them is what was there before, in the new colour.
        """
        if self.item is None or self.operation not in ("replace", "add"):
            return []
        kin = next(each for each in _KIN if self.item.kind in {kind for kind, _ in each})
        rest = [each for each in kin if each != (self.item.kind, self.item.style)]
        return [draw(self.scene_with(replace(self.item, kind=kind, style=style), box))
                for kind, style in rest]  # fmt: skip

    def place(self) -> list[float]:
        """Where something new should stand: xyxy in 256ths of the side."""
        assert self.about
        size = self.before.parts.shape
        corners = torch.tensor([self.before.box(self.about)]).float() * 256 / size[0]
        anchor = Detections(corners, torch.ones(1), (self.about.item.kind,), (256, 256))
        asked = Relation(kind=self.side, anchor=self.about.item.kind)
        return place(str(self.item and self.item.kind), anchor, asked)[0].tolist()

    def scene_with(self, item: Item | None, box: Sequence[float] | None) -> Scene:
        if item is None or self.about is None or (item == self.item and not self.added):
            return self.after
        if not self.added:
            return swap(self.before.scene, self.about, item)
        asked = self.place()
        if box is None or float(box_iou(torch.tensor([box]), torch.tensor([asked]))) < _THERE:
            box = asked
        x0, y0, x1, y1 = box
        height = min(y1 - y0, (x1 - x0) / _WIDE.get(item.kind, 1.0))
        placed = Placed(item, (x0 + x1) / 2, y1, height)
        return replace(self.after, things=(*self.after.things, placed))

    def region(self, true: Picture) -> np.ndarray:
        """The pixels bool [S,S] that should be new: those that differ, and all of what is shown."""
        if self.operation == "background":
            return (self.before.parts == 0) & (true.parts == 0)
        differs = (self.before.image != true.image).any(axis=-1)
        return differs | shown(true, self.item)


def shown(picture: Picture, item: Item | None) -> np.ndarray:
    """The pixels of an item in a picture, bool [S,S]."""
    found = [picture.mask(each) for each in picture.instances if each.item == item]
    return np.any(found, axis=0) if found else np.zeros(picture.parts.shape, dtype=bool)


def make_task(picture: Picture, rng: np.random.Generator) -> Task | None:
    """A recolouring or a replacement of something that one phrase names alone."""
    alone = _alone(picture)
    if not alone:
        return None
    instance, phrase = alone[int(rng.integers(len(alone)))]
    if instance.item.kind in _INSTEAD and rng.random() < 0.5:
        return _replacing(picture, instance, phrase, rng)
    return _recolouring(picture, instance, phrase, rng)


def other_task(picture: Picture, rng: np.random.Generator, number: int) -> Task | None:
    """Something else: by its number a removal, something new, a background or a new look."""
    makers = (_removing, _adding, _changing_background, _restyling)
    return makers[number % len(makers)](picture, rng)


def _alone(picture: Picture) -> list[tuple[Instance, Phrase]]:
    """What one phrase with a colour names alone."""
    return [
        (each, phrase)
        for each in picture.instances
        if each.clear and each.item.kind not in COLOURLESS
        for phrase in [Phrase(each.item.kind, each.item.colour)]
        if find(phrase, picture.instances) == [each]
    ]


def _pick(rng: np.random.Generator, options: Sequence[str], other_than: str = "") -> str:
    options = [each for each in options if each != other_than]
    return options[int(rng.integers(len(options)))]


def _recolouring(
    picture: Picture, instance: Instance, phrase: Phrase, rng: np.random.Generator
) -> Task:
    colour = _pick(rng, COLOUR_NAMES, instance.item.colour)
    new = replace(instance.item, colour=colour)
    said = f"change the {phrase} to {colour}"
    return Task("recolor", said, picture, swap(picture.scene, instance, new), instance, new)


def _replacing(
    picture: Picture, instance: Instance, phrase: Phrase, rng: np.random.Generator
) -> Task:
    colour = _pick(rng, COLOUR_NAMES, instance.item.colour)
    kind, style, noun = _INSTEAD[instance.item.kind]
    new = Item(kind, colour, style=style, seed=instance.item.seed)
    article = "" if noun == "pants" else "an " if colour == "orange" else "a "
    said = f"change the {phrase} to {article}{colour} {noun}"
    return Task("replace", said, picture, swap(picture.scene, instance, new), instance, new)


def _removing(picture: Picture, rng: np.random.Generator) -> Task | None:
    named = [(each, str(phrase)) for each, phrase in _alone(picture)
             if each.item.kind not in _HELD_UP]  # fmt: skip
    named += [(each, each.item.kind) for each in picture.instances
              if each.clear and each.item.kind in PEOPLE
              and find(Phrase(each.item.kind), picture.instances) == [each]]  # fmt: skip
    if not named:
        return None
    instance, phrase = named[int(rng.integers(len(named)))]
    after = without(picture.scene, instance)
    return Task("remove", f"remove the {phrase}", picture, after, instance)


def _adding(picture: Picture, rng: np.random.Generator) -> Task | None:
    beside = [(each, phrase) for each, phrase in _alone(picture)
              if each.item.kind in ("ball", "cup", "cat", "dog", "car")]  # fmt: skip
    if not beside:
        return None
    instance, phrase = beside[int(rng.integers(len(beside)))]
    left, _, right, _ = picture.box(instance)
    side: Literal["left of", "right of"] = "right of"
    if left > picture.parts.shape[1] - right:  # where there is room
        side = "left of"
    kind = _pick(rng, BESIDE, instance.item.kind)
    colour = _pick(rng, ANIMAL_COLOURS if kind in ("cat", "dog") else COLOUR_NAMES)
    item = Item(kind, colour, seed=int(rng.integers(1 << 30)))
    article = "an" if colour == "orange" else "a"
    said = f"add {article} {colour} {kind} to the {side} the {phrase}"
    task = Task("add", said, picture, picture.scene, instance, item, side)
    new = [each for each in task.true().instances if each.item == item]
    return task if new and new[0].clear else None  # not behind what stands before it


def _changing_background(picture: Picture, rng: np.random.Generator) -> Task | None:
    name = _pick(rng, tuple(_PLACES), picture.scene.background)
    after = replace(picture.scene, background=name)
    said = f"change the background to {_PLACES[name]}"
    if not any(each.item.kind in PEOPLE for each in picture.instances):  # people stay unasked
        alone = _alone(picture)
        if not alone:
            return None
        said = f"keep the {alone[int(rng.integers(len(alone)))][1]} and {said}"
    return Task("background", said, picture, after)


def _restyling(picture: Picture, rng: np.random.Generator) -> Task | None:
    cloth = [(each, phrase) for each, phrase in _alone(picture) if each.item.kind in TOPS]
    if not cloth:
        return None
    instance, phrase = cloth[int(rng.integers(len(cloth)))]
    pattern = _pick(rng, PATTERNS[1:], instance.item.pattern)
    new = replace(instance.item, pattern=pattern)
    said = f"make the {phrase} {pattern}"
    return Task("restyle", said, picture, swap(picture.scene, instance, new), instance, new)
