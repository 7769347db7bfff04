"""What is in a scene, before a pixel is drawn: frozen values, sampled by seed.

An edit of the world is an edit of these values (`dataclasses.replace`), drawn again: that is how
the training recipes know what a picture looks like after "remove the hat".
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..palette import ANIMAL_COLOURS, COLOUR_NAMES, HAIR_COLOURS, SKIN, TREE_COLOURS

BACKGROUNDS = ("studio", "room", "meadow", "beach", "snow", "city", "night")
PEOPLE = ("man", "woman", "boy", "girl")
OBJECTS = ("ball", "car", "house", "tree", "cup", "dog", "cat")
TOPS = ("shirt", "dress", "jacket")
BOTTOMS = ("pants", "shorts", "skirt")
PATTERNS = ("plain", "striped", "dotted", "checked")


@dataclass(frozen=True)
class Item:
    """One thing with one colour: a garment, a hat, a ball, a car."""

    kind: str
    colour: str
    pattern: str = "plain"
    style: str = ""  # "short" or "long" for hair, skirts and sleeves; the shape for hats and bags
    seed: int = 0  # its small irregularities, so that it is drawn alike when others change


@dataclass(frozen=True)
class Placed:
    """A thing standing on the ground: `x` its middle, `y` its lower edge, in units of 256."""

    item: Item
    x: float
    y: float
    height: float
    flip: bool = False


@dataclass(frozen=True)
class Person(Placed):
    """A person; `item.kind` is man, woman, boy or girl. `worn` goes from the skin outwards."""

    skin: int = 0
    worn: tuple[Item, ...] = ()

    def wearing(self, kind: str) -> Item | None:
        """The worn item of that kind, if any."""
        return next((item for item in self.worn if item.kind == kind), None)

    @property
    def cloth(self) -> float:
        """The unit in which patterns are measured: clothes of any size have as many stripes."""
        return self.height / 150


@dataclass(frozen=True)
class Scene:
    """A background and what stands on it, drawn from the farthest (smallest `y`) to the nearest."""

    background: str
    colour: str  # of the studio's paper or the room's wall
    seed: int
    things: tuple[Placed, ...] = field(default=())


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(1 << 30))


def _pick(rng: np.random.Generator, options: tuple[str, ...]) -> str:
    return options[int(rng.integers(len(options)))]


def random_item(rng: np.random.Generator, kind: str) -> Item:
    """An item of that kind with a colour, a pattern and a style that such things can have."""
    colours = {"hair": HAIR_COLOURS, "dog": ANIMAL_COLOURS, "cat": ANIMAL_COLOURS,
               "tree": TREE_COLOURS}.get(kind, COLOUR_NAMES)  # fmt: skip
    cloth = kind in TOPS + BOTTOMS
    pattern = _pick(rng, PATTERNS[1:]) if cloth and rng.random() < 0.3 else "plain"
    styles = {"hair": ("short", "long"), "skirt": ("short", "long"), "shirt": ("short", "long"),
              "dress": ("short", "long"), "hat": ("brim", "cap", "beanie"),
              "bag": ("hand", "tote")}.get(kind, ("",))  # fmt: skip
    return Item(kind, _pick(rng, colours), pattern, _pick(rng, styles), _seed(rng))


def random_outfit(rng: np.random.Generator, who: str) -> tuple[Item, ...]:
    """What a person of that kind wears, hair included, from the skin outwards."""
    feminine = who in ("woman", "girl")
    hair = random_item(rng, "hair")
    if rng.random() < 0.85:  # mostly the length that tells them apart at a glance
        hair = Item("hair", hair.colour, style="long" if feminine else "short", seed=hair.seed)
    worn = [hair, random_item(rng, "shoes")]
    if feminine and rng.random() < 0.4:
        worn.append(random_item(rng, "dress"))
    else:
        bottoms = (
            ("pants", "shorts", "skirt", "skirt") if feminine else ("pants", "pants", "shorts")
        )
        worn += [random_item(rng, _pick(rng, bottoms)), random_item(rng, "shirt")]
    if rng.random() < 0.25:
        worn.append(random_item(rng, "jacket"))
    if rng.random() < 0.35:
        worn.append(random_item(rng, "hat"))
    if rng.random() < 0.3:
        worn.append(random_item(rng, "bag"))
    return tuple(worn)


def random_person(rng: np.random.Generator, x: float, scale: float) -> Person:
    """A dressed person with the feet near the lower edge."""
    who = _pick(rng, PEOPLE)
    adult = who in ("man", "woman")
    height = float(rng.uniform(0.88, 1.0) if adult else rng.uniform(0.62, 0.74)) * 200 * scale
    y = float(rng.uniform(234, 250))
    return Person(Item(who, "", seed=_seed(rng)), x, y, height, bool(rng.random() < 0.5),
                  skin=int(rng.integers(len(SKIN))), worn=random_outfit(rng, who))  # fmt: skip


_HEIGHTS = {"ball": (24, 48), "car": (42, 66), "house": (80, 130), "tree": (90, 150),
            "cup": (26, 46), "dog": (44, 70), "cat": (42, 62)}  # fmt: skip


def random_object(rng: np.random.Generator, kind: str) -> Placed:
    """An object of that kind somewhere on the ground; houses and trees stand farther away."""
    far = kind in ("house", "tree")
    y = float(rng.uniform(178, 200) if far else rng.uniform(206, 250))
    height = float(rng.uniform(*_HEIGHTS[kind]))
    return Placed(random_item(rng, kind), float(rng.uniform(24, 232)), y, height,
                  bool(rng.random() < 0.5))  # fmt: skip


def _crowded(placed: Placed, others: list[Placed]) -> bool:
    """True where the new thing would hide, or be hidden by, most of another one near its depth."""
    for other in others:
        both_near = placed.y > 205 and other.y > 205
        reach = 0.30 * (_width(placed) + _width(other)) if both_near else 0.16 * _width(other)
        if abs(placed.x - other.x) < reach:
            return True
    return False


def _width(placed: Placed) -> float:
    wide = {"car": 2.1, "dog": 1.25, "ball": 1.0, "house": 0.95, "tree": 0.7, "cup": 1.0,
            "cat": 0.9}  # fmt: skip
    return placed.height * wide.get(placed.item.kind, 0.42)


def random_scene(seed: int) -> Scene:
    """The scene of that seed: one to three people (or none), up to four objects, a background."""
    rng = np.random.default_rng(seed)
    people = int(rng.choice([0, 1, 2, 3], p=[0.08, 0.42, 0.32, 0.18]))
    objects = int(rng.integers(0 if people else 2, 5 - people // 2))
    things: list[Placed] = []
    slots = rng.permutation(people)
    for slot in slots:
        span = 256 / people
        x = span * (slot + 0.5) + float(rng.uniform(-0.14, 0.14)) * span
        things.append(random_person(rng, x, float(rng.uniform(0.86, 1.06))))
    kind = ""
    for _ in range(objects):
        # One time in three the same kind again: several instances, often in other colours.
        kind = kind if kind and rng.random() < 0.33 else _pick(rng, OBJECTS)
        for _ in range(12):
            placed = random_object(rng, kind)
            if not _crowded(placed, things):
                things.append(placed)
                break
    return Scene(_pick(rng, BACKGROUNDS), _pick(rng, COLOUR_NAMES), seed, tuple(things))
