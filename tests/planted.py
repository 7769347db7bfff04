"""Edits of drawn scenes with their true pictures afterwards, and pictures in which they failed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from prompt_edit.detect.detections import Detections
from prompt_edit.detect.place import place, place_freely
from prompt_edit.evaluate.drawn.changes import swap, without
from prompt_edit.inpaint.repaint import cut_out, painted_mask
from prompt_edit.inpaint.settings import paint_of
from prompt_edit.palette import COLOUR_NAMES
from prompt_edit.paperdoll.draw import Instance, Picture
from prompt_edit.paperdoll.draw import draw as draw_anew
from prompt_edit.paperdoll.phrases import COLOURLESS, Phrase, find
from prompt_edit.paperdoll.scene import OBJECTS, PATTERNS, Item, Person, Placed, Scene, random_scene
from prompt_edit.paperdoll.tensors import as_image
from prompt_edit.plan import BACKGROUND, PICTURE, Edit, Relation
from prompt_edit.segment.cover import cover_boxes
from prompt_edit.segment.masks import feather

draw = lru_cache(maxsize=64)(draw_anew)
KINDS = ("wrong colour", "nothing painted", "wrong thing removed", "a change outside", "a seam")
_INSTEAD = {
    "dress": ("shirt", "short", "t-shirt"), "pants": ("skirt", "short", "skirt"),
    "shorts": ("pants", "", "pants"), "skirt": ("pants", "", "pants"), "ball": ("cup", "", "cup"),
    "cup": ("ball", "", "ball"), "dog": ("cat", "", "cat"), "cat": ("dog", "", "dog"),
    "car": ("house", "", "house"), "hat": ("hat", "cap", "cap"), "house": ("tree", "", "tree"),
}  # fmt: skip
_LOOSE = (*OBJECTS, "hat", "bag", "jacket", "man", "woman", "boy", "girl")


@dataclass(frozen=True)
class Case:
    """A picture before and after an edit, and the masks that an editor would have had.

    Attributes:
        before, after: float [1,S,S,C] in 0..1.
        mask: [S,S], the thing or the place; opacity: [S,S], what was painted.
        changed: [S,S], 1 where the true picture differs from the one before.
        planted: what is wrong with `after`; empty for the true one.
    """

    edit: Edit
    before: Tensor
    after: Tensor
    mask: Tensor
    opacity: Tensor
    changed: Tensor
    planted: str = ""


def cases(seed: int, size: int = 256) -> Iterator[Case]:
    """For each operation that the scene of a seed allows, the true picture and the failed ones."""
    picture, rng = draw(random_scene(seed), size), np.random.default_rng(seed)
    for make in (_recolor, _replace, _remove, _add, _add_freely, _background, _restyle, _extract):
        found = make(picture, rng)
        if found and _shows(found[1], found[0], size):
            yield found[0]
            yield from _failed(picture, *found, rng)


def _shows(scene: Scene, case: Case, size: int) -> bool:
    """Whether the result is clear in a scene, and at its place: what is hidden can't be seen."""
    if not case.edit.result or case.edit.operation == "background":
        return True
    *looks, noun = case.edit.result.split()
    colours = [look for look in looks if look in COLOUR_NAMES]
    phrase, after = Phrase(noun, *colours), draw(scene, size)
    for each in after.instances:
        mask = after.mask(each)
        there = float(case.mask[torch.from_numpy(mask)].mean())
        if each.clear and phrase.matches(each.item) and there > 0.3:
            return True
    return False


CaseScenes = tuple[Case, Scene, Scene | None]
"""The true case, the scene after it, and that in which the colour is wrong."""


def _alone(picture: Picture, kinds: tuple[str, ...] | None, rng: np.random.Generator
           ) -> tuple[Instance, Phrase] | None:  # fmt: skip
    """Something that one phrase names alone."""
    found = []
    for each in picture.instances:
        kind, colour = each.item.kind, "" if each.item.kind in COLOURLESS else each.item.colour
        phrases = [Phrase(kind, colour), *([Phrase(kind)] if rng.random() < 0.5 else [])]
        alone = [phrase for phrase in phrases if find(phrase, picture.instances) == [each]]
        if alone and each.clear and (kinds is None or kind in kinds):
            found.append((each, alone[-1]))
    return found[int(rng.integers(len(found)))] if found else None


def _other_colour(rng: np.random.Generator, *not_these: str) -> str:
    return str(rng.choice([name for name in COLOUR_NAMES if name not in not_these]))


def _case(picture: Picture, after: Scene, edit: Edit, mask: np.ndarray | Tensor) -> Case:
    before, new = as_image(picture), as_image(draw(after, picture.image.shape[0]))
    mask = torch.as_tensor(mask).float()
    changed = (new != before)[0].any(dim=-1).float()
    return Case(edit, before, new, mask, _painted(mask, edit, changed), changed)


def _painted(mask: Tensor, edit: Edit, changed: Tensor) -> Tensor:
    hard = torch.maximum(painted_mask(mask, paint_of(edit)), changed)
    soft = feather(hard, paint_of(edit).band(max(mask.shape), float(hard.sum())))
    return torch.maximum(soft, 0.5 * changed)


def _recolor(picture: Picture, rng: np.random.Generator) -> CaseScenes | None:
    found = _alone(picture, None, rng)
    if not found or found[0].item.kind in COLOURLESS:
        return None
    thing, phrase = found
    new = _other_colour(rng, thing.item.colour)
    edit = Edit(operation="recolor", target=str(phrase), result=f"{new} {phrase.noun}")
    after, wrong = (
        swap(picture.scene, thing, replace(thing.item, colour=each))
        for each in (new, _other_colour(rng, new, thing.item.colour))
    )
    return _case(picture, after, edit, picture.mask(thing)), after, wrong


def _replace(picture: Picture, rng: np.random.Generator) -> CaseScenes | None:
    found = _alone(picture, tuple(_INSTEAD), rng)
    if not found:
        return None
    thing, phrase = found
    kind, style, noun = _INSTEAD[thing.item.kind]
    new = _other_colour(rng, thing.item.colour)
    edit = Edit(operation="replace", target=str(phrase), result=f"{new} {noun}")
    after, wrong = (
        swap(picture.scene, thing, Item(kind, each, style=style, seed=thing.item.seed))
        for each in (new, _other_colour(rng, new, thing.item.colour))
    )
    return _case(picture, after, edit, picture.mask(thing)), after, wrong


def _remove(picture: Picture, rng: np.random.Generator) -> CaseScenes | None:
    found = _alone(picture, _LOOSE, rng)
    if not found:
        return None
    after = without(picture.scene, found[0])
    edit = Edit(operation="remove", target=str(found[1]))
    return _case(picture, after, edit, _whole(picture, found[0])), after, None


def _whole(picture: Picture, thing: Instance) -> np.ndarray:
    return np.isin(picture.parts, thing.parts)


def _add(picture: Picture, rng: np.random.Generator) -> CaseScenes | None:
    found = _alone(picture, COLOURLESS, rng)
    if not found:
        return None
    body, phrase = found
    person = picture.scene.things[body.owner]  # type: ignore[index]
    assert isinstance(person, Person)
    kinds = [kind for kind in ("hat", "bag") if not person.wearing(kind)]
    if not kinds:
        return None
    kind, new = str(rng.choice(kinds)), _other_colour(rng)
    item = Item(kind, new, style="cap" if kind == "hat" else "hand", seed=int(rng.integers(999)))
    edit = Edit(operation="add", target=str(phrase), result=f"{new} {kind}",
                relation=Relation(kind="on", anchor=str(phrase)))  # fmt: skip
    box = torch.tensor([picture.box(body)], dtype=torch.float32)
    at = Detections(box, torch.ones(1), (str(phrase),), picture.parts.shape)  # type: ignore[arg-type]
    places = place(edit.result, at, edit.relation)
    after, wrong = (
        replace(picture.scene, things=tuple(
            replace(each, worn=(*person.worn, replace(item, colour=colour)))  # type: ignore[call-arg]
            if each is person else each for each in picture.scene.things))
        for colour in (new, _other_colour(rng, new))
    )  # fmt: skip
    mask = cover_boxes(places, at.size).amax(dim=0)
    return _case(picture, after, edit, mask), after, wrong


def _add_freely(picture: Picture, rng: np.random.Generator) -> CaseScenes | None:
    size = picture.parts.shape[0]
    people = [picture.box(each) for each in picture.instances if each.item.kind in COLOURLESS]
    boxes = torch.tensor(people, dtype=torch.float32).reshape(-1, 4)
    seen = Detections(boxes, torch.ones(len(boxes)), ("person",) * len(boxes), (size, size))
    places = place_freely(seen)
    x0, _, x1, y1 = (places[0] * 256 / size).tolist()
    kind, new = str(rng.choice(["ball", "cup", "dog", "cat"])), _other_colour(rng)
    edit = Edit(operation="add", target=PICTURE, result=f"{new} {kind}")
    after, wrong = (
        replace(picture.scene, things=(*picture.scene.things, Placed(
            Item(kind, colour, seed=7), (x0 + x1) / 2, y1 - 6, 0.6 * (x1 - x0))))
        for colour in (new, _other_colour(rng, new))
    )  # fmt: skip
    return _case(picture, after, edit, cover_boxes(places, (size, size))[0]), after, wrong


def _background(picture: Picture, rng: np.random.Generator) -> CaseScenes | None:
    people = [each for each in picture.instances if each.item.kind in COLOURLESS]
    if not people:
        return None
    scene, wrong = picture.scene, None
    if rng.random() < 0.5:
        new = _other_colour(rng, scene.colour, "black", "white", "gray", "brown")
        after = replace(scene, background="studio", colour=new)
        other = {"red": "green", "green": "red", "blue": "orange", "purple": "green",
                 "orange": "blue", "yellow": "purple", "pink": "green"}[new]  # fmt: skip
        wrong = replace(after, colour=other)
    else:
        new = str(rng.choice([each for each in ("meadow", "beach", "snow", "city", "night")
                              if each != scene.background]))  # fmt: skip
        after = replace(scene, background=new)
    nouns = dict.fromkeys(each.item.kind for each in picture.instances
                          if each.item.kind in OBJECTS)  # fmt: skip
    edit = Edit(operation="background", target=BACKGROUND, result=f"{new} background",
                exclude=("person", *nouns))  # fmt: skip
    return _case(picture, after, edit, picture.parts == 0), after, wrong


def _restyle(picture: Picture, rng: np.random.Generator) -> CaseScenes | None:
    found = _alone(picture, ("shirt", "dress", "jacket", "pants", "shorts", "skirt"), rng)
    if not found:
        return None
    thing, phrase = found
    look = str(rng.choice([each for each in PATTERNS if each not in ("plain", thing.item.pattern)]))
    after = swap(picture.scene, thing, replace(thing.item, pattern=look))
    edit = Edit(operation="restyle", target=str(phrase),
                result=str(replace(phrase, pattern=look)))  # fmt: skip
    return _case(picture, after, edit, picture.mask(thing)), after, None


def _extract(picture: Picture, rng: np.random.Generator) -> CaseScenes | None:
    found = _alone(picture, _LOOSE, rng)
    if not found:
        return None
    mask = torch.from_numpy(_whole(picture, found[0])).float()
    before = as_image(picture)
    edit = Edit(operation="extract", target=str(found[1]))
    case = Case(edit, before, cut_out(before, mask), mask, torch.zeros_like(mask), mask)
    return case, picture.scene, None


# --- what goes wrong -----------------------------------------------------------------------------


def _failed(
    picture: Picture, case: Case, after: Scene, wrong: Scene | None, rng: np.random.Generator
) -> Iterator[Case]:
    size, edit = picture.parts.shape[0], case.edit
    if wrong is not None:
        yield replace(_case(picture, wrong, edit, case.mask), planted="wrong colour")
    if edit.operation == "extract":
        yield replace(case, after=case.before, planted="nothing painted")
        yield from _wrongly_cut(picture, case, rng)
        return
    noise = torch.from_numpy(rng.normal(0, 2 / 255, case.before.shape)).float()
    noise = noise * case.opacity[None, ..., None] * (rng.random() < 0.5)
    yield replace(case, after=(case.before + noise).clamp(0, 1), planted="nothing painted")
    if edit.operation == "remove":
        yield from _wrongly_removed(picture, case, rng)
    yield from _changed_outside(picture, case, after, size, rng)
    if edit.operation in ("replace", "remove", "add"):  # others follow the edge of a thing
        shift = torch.tensor(rng.choice([-1, 1]) * 30 / 255 * rng.uniform(0.7, 1.3, 3)).float()
        moved = (case.after + case.opacity[None, ..., None] * shift).clamp(0, 1)
        yield replace(case, after=moved, planted="a seam")


def _others(picture: Picture, case: Case) -> list[Instance]:
    """Other things, those of the asked kind first, most of which lie outside the edit."""
    free = case.opacity.numpy() == 0
    noun = case.edit.target.split()[-1]
    found = []
    for each in picture.instances:
        mask = _whole(picture, each)
        if each.clear and (mask & free).sum() > max(30, 0.5 * mask.sum()):
            found.append(each)
    return sorted(found, key=lambda each: each.item.kind != noun)


def _wrongly_removed(picture: Picture, case: Case, rng: np.random.Generator) -> Iterator[Case]:
    others = [each for each in _others(picture, case) if each.item.kind in _LOOSE]
    if not others:
        return
    after = without(picture.scene, others[0])
    asked = rng.random() < 0.5  # the mask, too, is of the asked thing, or of the wrong one
    mask = case.mask if asked else torch.from_numpy(_whole(picture, others[0])).float()
    planted = _case(picture, after, case.edit, mask)
    opacity = case.opacity if asked else planted.opacity
    yield replace(planted, opacity=opacity, planted="wrong thing removed")


def _wrongly_cut(picture: Picture, case: Case, rng: np.random.Generator) -> Iterator[Case]:
    others = [each for each in _others(picture, replace(case, opacity=case.mask))
              if each.item.kind in _LOOSE]  # fmt: skip
    if others:
        mask = torch.from_numpy(_whole(picture, others[0])).float()
        known = case.mask if rng.random() < 0.5 else mask
        yield replace(case, after=cut_out(case.before, mask), mask=known,
                      planted="wrong thing removed")  # fmt: skip


def _changed_outside(
    picture: Picture, case: Case, after: Scene, size: int, rng: np.random.Generator
) -> Iterator[Case]:
    others = [each for each in _others(picture, case) if each.item.kind not in COLOURLESS]
    free = case.opacity == 0
    if others and rng.random() < 0.7:
        one = others[int(rng.integers(len(others)))]
        again = next((each for each in draw(after, size).instances if each.item == one.item), None)
        if again is not None:
            new = replace(one.item, colour=_other_colour(rng, one.item.colour))
            image = as_image(draw(swap(after, again, new), size))
            if int(((image - case.after).abs().amax(-1)[0] > 0.1)[free].sum()) > 20:
                yield replace(case, after=image, planted="a change outside")
                return
    spots = free.nonzero()
    if len(spots) < 400:
        return
    y, x = spots[int(rng.integers(len(spots)))].tolist()
    image, side = case.after.clone(), size // 16
    image[:, y : y + side, x : x + side] = (image[:, y : y + side, x : x + side] + 0.25) % 1
    kept = torch.where(case.opacity[None, ..., None] > 0, case.after, image)
    yield replace(case, after=kept, planted="a change outside")
