"""Edits of the paper world itself: the true picture of what a sentence asks for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...paperdoll.draw import Instance
from ...paperdoll.scene import BOTTOMS, Item, Person, Placed, Scene, random_object

_WHITE_SHIRT = Item("shirt", "white", style="short")
_BLUE_SHORTS = Item("shorts", "blue")


def without(scene: Scene, gone: Instance) -> Scene:
    """The scene with one instance taken out of it."""
    return _changed(scene, gone, None)


def swap(scene: Scene, gone: Instance, new: Item) -> Scene:
    """The scene with something else in the place of one instance (not of a person)."""
    return _changed(scene, gone, new)


def _changed(scene: Scene, gone: Instance, new: Item | None) -> Scene:
    things: list[Placed] = []
    for index, thing in enumerate(scene.things):
        if gone.owner == index and isinstance(thing, Person) and gone.item in thing.worn:
            things.append(replace(thing, worn=_dressed(thing.worn, gone.item, new)))
        elif thing.item != gone.item:
            things.append(thing)
        elif new is not None and new.kind == gone.item.kind:
            things.append(replace(thing, item=new))
        elif new is not None:
            height = random_object(np.random.default_rng(new.seed), new.kind).height
            things.append(replace(thing, item=new, height=0.5 * (height + thing.height)))
    return replace(scene, things=tuple(things))


def _dressed(worn: tuple[Item, ...], gone: Item, new: Item | None) -> tuple[Item, ...]:
    """The clothes after the change, with a shirt to a skirt and no trousers under a dress.

    What comes along unasked is always the same, so that a model can know what to paint there.
    """
    kept = [item for item in worn if item != gone]
    if new is None:
        return tuple(kept)
    if new.kind == gone.kind:
        return tuple(new if item == gone else item for item in worn)
    kinds = {item.kind for item in kept}
    if gone.kind == "dress":
        kept.append(_WHITE_SHIRT if new.kind in BOTTOMS else _BLUE_SHORTS)
    if new.kind == "dress":
        kept = [item for item in kept if item.kind not in (*BOTTOMS, "shirt")]
    if gone.kind == "jacket" and new.kind == "shirt":
        kept = [item for item in kept if item.kind not in ("shirt", "dress")]
        if not kinds & set(BOTTOMS):
            kept.append(_BLUE_SHORTS)
    return (*kept, new)
