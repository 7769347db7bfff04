"""Hand-made paper-doll scenes for tests."""

from __future__ import annotations

from functools import cache

from torch import Tensor

from prompt_edit.paperdoll.draw import Instance, Picture, draw
from prompt_edit.paperdoll.scene import Item, Person, Placed, Scene
from prompt_edit.paperdoll.tensors import as_image


def thing(kind: str, colour: str, x: float, y: float = 240, height: float = 50) -> Placed:
    return Placed(Item(kind, colour, seed=5), x, y, height)


def woman(x: float, *worn: Item) -> Person:
    hair = Item("hair", "black", style="long", seed=3)
    shoes = Item("shoes", "brown", seed=4)
    return Person(Item("woman", "", seed=5), x, 246, 196, skin=1, worn=(hair, shoes, *worn))


def scene(*things: Placed, background: str = "meadow", colour: str = "gray") -> Scene:
    return Scene(background, colour, 21, things)


RED_DRESS = Item("dress", "red", style="short", seed=11)
DRESS_SCENE = scene(woman(128, RED_DRESS), thing("dog", "white", 215, 244, 54))
OTHER_DRESS_SCENE = scene(woman(99, RED_DRESS))
PEOPLE_SCENE = scene(
    *(
        woman(x, Item("dress", colour, style="short", seed=11))
        for x, colour in ((45, "red"), (128, "blue"), (211, "yellow"))
    ),
    background="beach",
)
BALLS_SCENE = scene(
    thing("ball", "red", 45), thing("ball", "blue", 128), thing("ball", "yellow", 210),
    background="studio", colour="yellow",
)  # fmt: skip


def drawn(of: Scene) -> tuple[Picture, Tensor]:
    picture = _drawn(of)
    return picture, as_image(picture)


_drawn = cache(draw)  # the same few scenes, in hundreds of tests


def instance(picture: Picture, kind: str, colour: str = "") -> Instance:
    return next(
        each for each in picture.instances
        if each.item.kind == kind and colour in ("", each.item.colour)
    )  # fmt: skip
