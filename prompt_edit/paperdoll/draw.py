"""Draws a scene: people, things and backgrounds of cut paper, with exact masks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..palette import PALETTE, SKIN, tint
from .canvas import Canvas, Points, Print, ellipse, rounded
from .scene import Item, Person, Placed, Scene

MIN_AREA = 28  # of 256x256 pixels, and
MIN_SHOWN = 0.2  # of the thing's own area: with less of it showing, a thing is not called clear
_DARK = (58, 52, 56)


@dataclass(frozen=True)
class Instance:
    """A thing as it shows in the picture.

    `parts` are its values in `Picture.parts`; `owner` is the index, in the scene, of the person who
    wears it or is it; `clear` is False where so little shows that nobody could be asked to find it.
    """

    item: Item
    parts: tuple[int, ...]
    owner: int | None
    clear: bool


@dataclass(frozen=True)
class Picture:
    """A drawn scene: image uint8 [S,S,3], parts int16 [S,S] (0 is background), its instances."""

    scene: Scene
    image: np.ndarray
    parts: np.ndarray
    instances: tuple[Instance, ...]

    def mask(self, instance: Instance) -> np.ndarray:
        """The visible pixels of an instance, bool [S,S]."""
        return np.isin(self.parts, instance.parts)

    def box(self, instance: Instance) -> tuple[int, int, int, int]:
        """The xyxy box, in pixels, about the visible pixels of an instance."""
        ys, xs = np.nonzero(self.mask(instance))
        return int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1


def draw(scene: Scene, size: int = 256) -> Picture:
    """Draw a scene at `size` x `size` pixels; the same scene gives the same pixels."""
    canvas = Canvas(size, (255, 255, 255))
    canvas.image[:] = backdrop(size, scene.background, scene.colour, scene.seed)
    drawn: list[tuple[Item, tuple[int, ...], int | None]] = []
    order = sorted(range(len(scene.things)), key=lambda index: scene.things[index].y)
    part = 0
    for index in order:
        thing = scene.things[index]
        if not isinstance(thing, Person):
            part += 1
            _OBJECTS[thing.item.kind](canvas, thing, _colour(thing.item), part)
            drawn.append((thing.item, (part,), None))
            continue
        body = part + 1
        worn = {item: body + 1 + place for place, item in enumerate(thing.worn)}
        _Doll(canvas, thing, body, worn).draw()
        part = body + len(worn)
        drawn.append((thing.item, (body, *worn.values()), index))
        drawn += [(item, (number,), index) for item, number in worn.items()]
    image = np.clip(canvas.image + 0.5, 0, 255).astype(np.uint8, order="C")
    return Picture(scene, image, canvas.parts, _visible(canvas, drawn))


def _visible(
    canvas: Canvas, drawn: list[tuple[Item, tuple[int, ...], int | None]]
) -> tuple[Instance, ...]:
    count = np.bincount(canvas.parts.ravel(), minlength=256)
    least = MIN_AREA * canvas.scale**2
    found = []
    for item, parts, owner in drawn:
        area = int(sum(count[part] for part in parts))
        whole = sum(canvas.amodal.get(part, 0) for part in parts)
        if area:
            clear = area >= least and area >= MIN_SHOWN * whole
            found.append(Instance(item, parts, owner, clear))
    return tuple(found)


@lru_cache(maxsize=256)
def _colour(item: Item) -> np.ndarray:
    """The item's paper: its palette colour, a little off, as no two sheets are dyed alike."""
    wobble = np.random.default_rng(item.seed).uniform(-9, 9, size=3)
    wobble += np.random.default_rng(item.seed + 1).uniform(-7, 7)
    return np.clip(np.array(PALETTE[item.colour]) + wobble, 0, 255)


# --- backgrounds ---------------------------------------------------------------------------------


def _strip(
    canvas: Canvas, top: list[float], rgb: tuple[int, int, int], light: float = 0.08
) -> None:
    """A sheet from the line through `top` (heights at even steps across) to the lower edge."""
    xs = np.linspace(-8, 264, len(top))
    line = np.stack([xs, top], axis=1)
    points = np.concatenate([line, [(264, 264), (-8, 264)]])
    canvas.paint(points, rgb, 0, light=light, shadow=0.10)


def _hills(rng: np.random.Generator, base: float, swing: float, count: int = 25) -> list[float]:
    x = np.linspace(0, 1, count)
    waves = [np.sin(2 * np.pi * (x * rate + rng.random())) / rate for rate in (1.0, 1.7, 2.9)]
    return list(base + swing * np.sum(waves, axis=0))


def _cloud(canvas: Canvas, x: float, y: float, size: float, rgb: tuple[int, int, int]) -> None:
    for dx, dy, radius in ((-0.7, 0.1, 0.5), (0.7, 0.1, 0.5), (0.0, -0.1, 0.75)):
        canvas.paint(ellipse(x + dx * size, y + dy * size, radius * size, radius * size * 0.6),
                     rgb, 0, light=0.04, shadow=0.05)  # fmt: skip


def _sheet(canvas: Canvas, rgb: tuple[float, ...] | np.ndarray, light: float) -> None:
    whole = np.array([(-2, -2), (258, -2), (258, 258), (-2, 258)], dtype=np.float64)
    canvas.paint(whole, np.asarray(rgb), 0, light=light, shadow=0)


@lru_cache(maxsize=4)
def backdrop(size: int, kind: str, colour: str, seed: int) -> np.ndarray:
    """What is behind a scene, float [S,S,3]: half of the work, and the same after each edit."""
    canvas = Canvas(size, (255, 255, 255))
    _background(canvas, kind, colour, np.random.default_rng(seed + 17))
    return canvas.image


def _background(canvas: Canvas, kind: str, colour: str, rng: np.random.Generator) -> None:
    wall = tint(colour)
    if kind == "studio":
        _sheet(canvas, wall, 0.14)
        canvas.paint(ellipse(128, 240, 170, 34), wall * 0.94, 0, light=0.05, shadow=0.06)
    elif kind == "room":
        _sheet(canvas, wall, 0.06)
        if rng.random() < 0.5:
            for x in np.arange(rng.uniform(0, 12), 256, 24):
                stripe = np.array([(x, -2), (x + 9, -2), (x + 9, 200), (x, 200)])
                canvas.paint(stripe, wall * 1.04, 0, light=0, shadow=0)
        _strip(canvas, [192.0] * 2, (250, 247, 240))
        wood = ((196, 158, 118), (172, 132, 96), (206, 186, 164))[int(rng.integers(3))]
        _strip(canvas, [198.0] * 2, wood, 0.16)
    elif kind == "night":
        _sheet(canvas, (44, 52, 92), -0.35)
        for x, y, r in zip(rng.uniform(4, 252, 26), rng.uniform(4, 150, 26),
                           rng.uniform(0.5, 1.3, 26), strict=True):  # fmt: skip
            canvas.paint(ellipse(x, y, r, r, 8), (250, 240, 200), 0, shadow=0)
        moon = rng.uniform(40, 216), rng.uniform(28, 60)
        canvas.paint(ellipse(*moon, 15, 15), (250, 236, 186), 0, shadow=0.05)
        _strip(canvas, _hills(rng, 172, 9), (38, 52, 78))
        _strip(canvas, _hills(rng, 200, 4), (52, 74, 86), 0.14)
    else:
        _sheet(canvas, (176, 214, 240) if kind != "snow" else (206, 220, 234), -0.10)
        if kind != "snow" and rng.random() < 0.6:
            canvas.paint(ellipse(rng.uniform(20, 236), rng.uniform(22, 50), 14, 14),
                         (255, 226, 130), 0, shadow=0.05)  # fmt: skip
        for _ in range(int(rng.integers(1, 4))):
            _cloud(canvas, rng.uniform(10, 246), rng.uniform(16, 84), rng.uniform(14, 26),
                   (252, 252, 252))  # fmt: skip
        _ground(canvas, kind, rng)


def _ground(canvas: Canvas, kind: str, rng: np.random.Generator) -> None:
    if kind == "meadow":
        _strip(canvas, _hills(rng, 160, 10), (164, 206, 148))
        _strip(canvas, _hills(rng, 182, 7), (138, 192, 124))
        _strip(canvas, _hills(rng, 206, 4), (118, 178, 108), 0.14)
    elif kind == "beach":
        _strip(canvas, [152.0] * 2, (84, 172, 200), -0.14)
        _strip(canvas, _hills(rng, 172, 1.5), (122, 200, 214))
        _strip(canvas, _hills(rng, 192, 3), (250, 246, 236))
        _strip(canvas, _hills(rng, 197, 3), (238, 216, 170), 0.12)
    elif kind == "snow":
        _strip(canvas, _hills(rng, 158, 12), (222, 232, 242))
        _strip(canvas, _hills(rng, 186, 6), (234, 240, 246))
        _strip(canvas, _hills(rng, 206, 3), (244, 247, 250), 0.10)
    else:
        for x in np.arange(-10, 260, 26):
            top = rng.uniform(70, 140)
            tower = np.array([(x, top), (x + 25, top), (x + 25, 205), (x, 205)])
            canvas.paint(tower, np.array((178, 194, 214)) * rng.uniform(0.94, 1.06), 0, shadow=0.08)
        _strip(canvas, [190.0] * 2, (206, 206, 206))
        _strip(canvas, [202.0] * 2, (176, 176, 180), 0.14)


# --- things --------------------------------------------------------------------------------------


def _ball(canvas: Canvas, thing: Placed, rgb: np.ndarray, part: int) -> None:
    r = thing.height / 2
    x, y = thing.x, thing.y - r
    canvas.paint(ellipse(x, y, r, r, 40), rgb, part, light=0.22)
    tilt = np.radians(np.random.default_rng(thing.item.seed).uniform(-50, 50))
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    band = _lens(r) @ turn.T + (x, y)
    canvas.paint(band, _tinted(rgb, 22), part, light=0.2, shadow=0.08)
    canvas.paint(ellipse(x - 0.38 * r, y - 0.42 * r, 0.2 * r, 0.15 * r), _tinted(rgb, 60, up=True),
                 part, shadow=0)  # fmt: skip


def _lens(r: float) -> Points:
    """The stripe about a ball's middle, within the circle of radius `r`."""
    angle = np.linspace(-0.42, 0.42, 9)
    right = np.stack([r * 0.98 * np.cos(angle), r * 0.98 * np.sin(angle)], axis=1)
    return np.concatenate([right, -right])


def _tinted(rgb: np.ndarray, by: float, up: bool = False) -> np.ndarray:
    """A tint of the same colour: lighter, or darker where the paper is light already."""
    return np.clip(rgb + (by if up or rgb.mean() < 170 else -by), 0, 255)


def _car(canvas: Canvas, thing: Placed, rgb: np.ndarray, part: int) -> None:
    def at(points: list[tuple[float, float]], times: int = 2) -> Points:
        return _placed(thing, points, times)

    cabin = [(-0.55, -0.5), (-0.42, -0.98), (0.22, -0.98), (0.5, -0.5)]
    canvas.paint(at(cabin, 2), rgb, part)
    canvas.paint(at([(-0.44, -0.54), (-0.35, -0.88), (-0.1, -0.88), (-0.1, -0.54)], 1),
                 (196, 226, 240), part, shadow=0.1)  # fmt: skip
    canvas.paint(at([(-0.03, -0.54), (-0.03, -0.88), (0.17, -0.88), (0.36, -0.54)], 1),
                 (196, 226, 240), part, shadow=0.1)  # fmt: skip
    body = [(-1.0, -0.2), (-0.98, -0.55), (-0.6, -0.6), (0.6, -0.6), (1.02, -0.5), (1.04, -0.16),
            (0.6, -0.13), (-0.6, -0.13)]  # fmt: skip
    canvas.paint(at(body), rgb, part, light=0.18)
    canvas.paint(at([(0.86, -0.47), (1.0, -0.45), (1.0, -0.34), (0.88, -0.34)]), (255, 240, 180),
                 part, shadow=0.05)  # fmt: skip
    side = -1 if thing.flip else 1
    for dx in (-0.56, 0.58):
        x, y = thing.x + side * dx * thing.height, thing.y - 0.19 * thing.height
        canvas.paint(ellipse(x, y, 0.2 * thing.height, 0.2 * thing.height), _DARK, part)
        canvas.paint(ellipse(x, y, 0.09 * thing.height, 0.09 * thing.height), (206, 206, 210),
                     part, shadow=0.05)  # fmt: skip


def _placed(thing: Placed, points: list[tuple[float, float]], times: int = 2) -> Points:
    """Points in units of the thing's height, from the middle of its foot, to the sheet's units."""
    p = np.asarray(points, dtype=np.float64) * thing.height
    if thing.flip:
        p[:, 0] *= -1
    return rounded(p, times) + (thing.x, thing.y)


def _disc(thing: Placed, x: float, y: float, rx: float, ry: float, count: int = 28) -> Points:
    """An ellipse in units of the thing's height, from the middle of its foot."""
    middle = _placed(thing, [(x, y)], 0)[0]
    return ellipse(middle[0], middle[1], rx * thing.height, ry * thing.height, count)


def _house(canvas: Canvas, thing: Placed, rgb: np.ndarray, part: int) -> None:
    canvas.paint(_placed(thing, [(-0.42, 0), (-0.42, -0.6), (0.42, -0.6), (0.42, 0)], 0), rgb, part)
    roof = (112, 84, 78) if thing.item.colour not in ("brown", "red") else (92, 96, 108)
    canvas.paint(_placed(thing, [(-0.52, -0.56), (0, -1.0), (0.52, -0.56)], 1), roof, part)
    canvas.paint(_placed(thing, [(-0.08, 0), (-0.08, -0.3), (0.08, -0.3), (0.08, 0)], 0),
                 (150, 112, 82), part, shadow=0.1)  # fmt: skip
    for x in (-0.26, 0.26):
        window = [(x - 0.09, -0.26), (x - 0.09, -0.45), (x + 0.09, -0.45), (x + 0.09, -0.26)]
        canvas.paint(_placed(thing, window, 0), (214, 234, 244), part, shadow=0.14)


def _tree(canvas: Canvas, thing: Placed, rgb: np.ndarray, part: int) -> None:
    trunk = [(-0.05, 0), (-0.035, -0.45), (0.035, -0.45), (0.05, 0)]
    canvas.paint(_placed(thing, trunk, 0), (116, 84, 60), part)
    if np.random.default_rng(thing.item.seed).random() < 0.5:
        for low, high, wide in ((-0.24, -0.62, 0.3), (-0.44, -0.82, 0.24), (-0.64, -1.0, 0.17)):
            canvas.paint(_placed(thing, [(-wide, low), (0, high), (wide, low)], 1), rgb, part)
    else:
        for x, y, r in ((-0.14, -0.5, 0.17), (0.15, -0.5, 0.17), (0.0, -0.75, 0.22),
                        (0.0, -0.52, 0.18)):  # fmt: skip
            canvas.paint(_disc(thing, x, y, r, r), rgb, part, shadow=0.12)


def _cup(canvas: Canvas, thing: Placed, rgb: np.ndarray, part: int) -> None:
    h = thing.height
    outer = ellipse(0.36 * h * (-1 if thing.flip else 1) + thing.x, thing.y - 0.52 * h,
                    0.24 * h, 0.26 * h)  # fmt: skip
    inner = (outer - outer.mean(axis=0)) * 0.55 + outer.mean(axis=0)
    ring = np.concatenate([outer, outer[:1], inner[::-1], inner[-1:]])
    canvas.paint(ring, rgb * 0.95, part)
    body = [(-0.36, -0.9), (-0.3, -0.06), (-0.2, 0), (0.2, 0), (0.3, -0.06), (0.36, -0.9)]
    canvas.paint(_placed(thing, body, 1), rgb, part, light=0.16)
    canvas.paint(ellipse(thing.x, thing.y - 0.9 * h, 0.355 * h, 0.09 * h), rgb * 0.86, part,
                 shadow=0.05)  # fmt: skip


def _dog(canvas: Canvas, thing: Placed, rgb: np.ndarray, part: int) -> None:
    def lay(points: list[tuple[float, float]], tone: float = 1.0, times: int = 2) -> None:
        canvas.paint(_placed(thing, points, times), rgb * tone, part)

    lay([(-0.5, -0.56), (-0.72, -0.86), (-0.62, -0.92), (-0.42, -0.62)])  # tail
    for x in (-0.4, -0.24, 0.18, 0.32):
        lay([(x - 0.07, -0.35), (x - 0.06, 0), (x + 0.07, 0), (x + 0.07, -0.35)], 0.95, 1)
    lay([(-0.56, -0.3), (-0.52, -0.66), (0.3, -0.68), (0.46, -0.5), (0.4, -0.26), (-0.4, -0.24)])
    lay([(0.2, -0.5), (0.26, -0.96), (0.56, -0.98), (0.8, -0.74), (0.78, -0.62), (0.5, -0.52)])
    lay([(0.2, -0.88), (0.34, -0.96), (0.36, -0.7), (0.24, -0.6), (0.16, -0.7)], 0.72)  # ear
    _dots(canvas, thing, part, [(0.5, -0.82, 0.03), (0.79, -0.71, 0.045)])


def _cat(canvas: Canvas, thing: Placed, rgb: np.ndarray, part: int) -> None:
    def lay(points: list[tuple[float, float]], tone: float = 1.0, times: int = 2) -> None:
        canvas.paint(_placed(thing, points, times), rgb * tone, part)

    lay([(0.2, -0.1), (0.44, -0.1), (0.5, -0.4), (0.42, -0.56), (0.56, -0.52), (0.62, -0.3),
         (0.5, 0.0), (0.2, 0.02)], 0.94)  # fmt: skip
    lay([(-0.3, 0), (-0.26, -0.4), (-0.12, -0.62), (0.12, -0.62), (0.26, -0.4), (0.3, 0)])
    for side in (-1, 1):
        lay([(side * 0.06, -0.86), (side * 0.24, -1.04), (side * 0.29, -0.7)], 0.9, 0)
    canvas.paint(_disc(thing, 0, -0.7, 0.3, 0.24), rgb, part)
    for x in (-0.1, 0.1):
        lay([(x - 0.07, -0.2), (x - 0.07, 0.0), (x + 0.07, 0.0), (x + 0.07, -0.2)], 0.95, 1)
    _dots(canvas, thing, part, [(-0.11, -0.74, 0.035), (0.11, -0.74, 0.035), (0, -0.64, 0.025)])


def _dots(canvas: Canvas, thing: Placed, part: int, dots: list[tuple[float, float, float]]) -> None:
    """Eyes and noses: (x, y, radius) in units of the thing's height; light ones on dark fur."""
    rgb = _DARK if thing.item.colour != "black" else (224, 214, 180)
    for x, y, r in dots:
        canvas.paint(_disc(thing, x, y, r, r, 12), rgb, part, shadow=0)


_OBJECTS = {"ball": _ball, "car": _car, "house": _house, "tree": _tree, "cup": _cup, "dog": _dog,
            "cat": _cat}  # fmt: skip


# --- people --------------------------------------------------------------------------------------


class _Doll:
    """One person. Heights run from 0 (crown) to 1 (soles), widths in the same unit."""

    def __init__(self, canvas: Canvas, person: Person, body: int, worn: dict[Item, int]) -> None:
        self.canvas, self.person, self.body, self.worn = canvas, person, body, worn
        self.child = person.item.kind in ("boy", "girl")
        self.slim = person.item.kind in ("woman", "girl")
        self.skin = np.array(SKIN[person.skin], dtype=np.float64)
        # Children have larger heads; everything below follows from where the chin is.
        self.head, self.head_wide = (0.165, 0.105) if self.child else (0.125, 0.077)
        self.chin = self.head + (0.125 if self.child else 0.092)
        self.shoulder = self.chin + 0.035
        self.waist = self.shoulder + (0.20 if self.child else 0.215)
        self.hip = self.waist + 0.075
        self.broad = 0.105 if self.slim else 0.125

    def draw(self) -> None:
        hair, hat, bag = (self.person.wearing(kind) for kind in ("hair", "hat", "bag"))
        if hair and hair.style == "long":
            self._lay(self._long_hair(), hair)
        self._legs()
        for kind in ("shoes", "pants", "shorts", "skirt"):
            if item := self.person.wearing(kind):
                getattr(self, f"_{kind}")(item)
        self._arms_and_neck()
        for kind in ("shirt", "dress", "jacket"):
            if item := self.person.wearing(kind):
                getattr(self, f"_{kind}")(item)
        self._face()
        if hair:
            self._lay(self._fringe(), hair)
        if hat:
            self._hat(hat)
        if bag:
            self._bag(bag)

    def _at(self, points: list[tuple[float, float]] | Points, times: int = 2) -> Points:
        person = self.person
        p = rounded(points, times)
        x = p[:, 0] * (-1 if person.flip else 1)
        return np.stack([person.x + x * person.height, person.y + (p[:, 1] - 1) * person.height],
                        axis=1)  # fmt: skip

    def _mirrored(self, half: list[tuple[float, float]]) -> list[tuple[float, float]]:
        """A shape from its right half, listed from the top down."""
        return half + [(-x, y) for x, y in reversed(half)]

    def _lay(self, points: list[tuple[float, float]], item: Item, times: int = 2,
             tone: float = 1.0) -> None:  # fmt: skip
        printed, person = None, self.person
        if item.pattern != "plain":
            printed = Print(item.pattern, person.x, person.y - person.height, person.cloth)
        self.canvas.paint(self._at(points, times), _colour(item) * tone, self.worn[item],
                          printed=printed)  # fmt: skip

    def _flesh(self, points: list[tuple[float, float]] | Points, times: int = 2,
               shadow: float = 0.16) -> None:  # fmt: skip
        self.canvas.paint(self._at(points, times), self.skin, self.body, light=0.05, shadow=shadow)

    def _legs(self) -> None:
        for side in (-1, 1):
            self._flesh([(side * 0.012, self.hip - 0.02), (side * 0.085, self.hip - 0.02),
                         (side * 0.075, 0.97), (side * 0.03, 0.97)], 1)  # fmt: skip
        # The plain suit that every paper doll has under its clothes.
        suit = [
            (0.03, self.chin + 0.03),
            (self.broad - 0.03, self.shoulder + 0.012),
            (0.078, self.waist - 0.02),
            (0.085, self.hip),
            (0.012, self.hip + 0.035),
        ]
        self.canvas.paint(self._at(self._mirrored(suit), 1), (232, 228, 222), self.body,
                          light=0.05, shadow=0.1)  # fmt: skip

    def _arms_and_neck(self) -> None:
        self._flesh([(-0.035, self.chin - 0.03), (0.035, self.chin - 0.03),
                     (0.04, self.shoulder + 0.03), (-0.04, self.shoulder + 0.03)], 0)  # fmt: skip
        for side in (-1, 1):
            hand = (side * (self.broad + 0.075), self.hip + 0.02)
            self._flesh([(side * (self.broad - 0.035), self.shoulder + 0.01),
                         (side * (self.broad + 0.01), self.shoulder + 0.02),
                         (hand[0] + side * 0.02, hand[1]), (hand[0] - side * 0.028, hand[1])],
                        1)  # fmt: skip
            self._flesh(ellipse(*hand, 0.027, 0.027, 14), 0, 0.1)

    def _shoes(self, item: Item) -> None:
        for side in (-1, 1):
            self._lay([(side * 0.018, 0.935), (side * 0.082, 0.935), (side * 0.115, 0.975),
                       (side * 0.115, 1.0), (side * 0.015, 1.0)], item, 1)  # fmt: skip

    def _trousers(self, item: Item, end: float) -> None:
        half = [(0.092, self.waist - 0.01), (0.112, self.hip + 0.02), (0.1, end), (0.02, end),
                (0.008, self.hip + 0.06)]  # fmt: skip
        self._lay(self._mirrored(half), item, 1)

    def _pants(self, item: Item) -> None:
        self._trousers(item, 0.935)

    def _shorts(self, item: Item) -> None:
        self._trousers(item, self.hip + 0.15)

    def _skirt(self, item: Item) -> None:
        end, wide = (self.hip + 0.12, 0.145) if item.style == "short" else (0.86, 0.175)
        self._lay(self._mirrored([(0.085, self.waist - 0.01), (wide, end - 0.01),
                                  (wide * 0.5, end + 0.008)]), item, 1)  # fmt: skip

    def _sleeves(self, item: Item, long: bool, wider: float = 0.0) -> None:
        """Both, of the paper's width and as much more on each side; of the body's height."""
        end = self.hip - 0.03 if long else self.shoulder + 0.11
        reach = 0.075 * (end - self.shoulder) / (self.hip + 0.02 - self.shoulder)
        for side in (-1, 1):
            x = self.broad + reach
            self._lay([(side * (self.broad - 0.05), self.shoulder),
                       (side * (self.broad + 0.014 + wider), self.shoulder + 0.012),
                       (side * (x + 0.03 + wider), end), (side * (x - 0.036 - wider), end + 0.008)],
                      item, 1, 0.96)  # fmt: skip

    def _shirt(self, item: Item) -> None:
        self._sleeves(item, item.style == "long")
        half = [(0.03, self.chin + 0.018), (self.broad, self.shoulder), (self.broad - 0.012,
                self.shoulder + 0.1), (0.098, self.waist), (0.105, self.hip)]  # fmt: skip
        self._lay(self._mirrored(half), item, 1)

    def _dress(self, item: Item) -> None:
        end, wide = (self.hip + 0.13, 0.155) if item.style == "short" else (0.85, 0.19)
        self._sleeves(item, False)
        half = [(0.045, self.chin + 0.03), (self.broad - 0.012, self.shoulder), (0.09,
                self.shoulder + 0.11), (0.078, self.waist), (wide, end - 0.01),
                (wide * 0.5, end + 0.01)]  # fmt: skip
        self._lay(self._mirrored(half), item, 1)

    def _jacket(self, item: Item) -> None:
        self._sleeves(item, True, 0.018)  # no thread of the sleeves below shows beside them
        for side in (-1, 1):
            self._lay([(side * 0.03, self.chin + 0.012), (side * (self.broad + 0.012),
                       self.shoulder), (side * (self.broad + 0.004), self.shoulder + 0.12),
                       (side * 0.122, self.hip + 0.015), (side * 0.045, self.hip + 0.02),
                       (side * 0.055, self.shoulder + 0.1)], item, 1)  # fmt: skip

    def _face(self) -> None:
        wide, tall = self.head_wide, self.chin - self.head
        for side in (-1, 1):
            self._flesh(ellipse(side * wide * 1.0, self.head + 0.012, 0.016, 0.024, 12), 0, 0.1)
        self._flesh(ellipse(0, self.head, wide, tall), 0)
        for side in (-1, 1):
            self._ink(ellipse(side * wide * 0.42, self.head + 0.012, wide * 0.11, wide * 0.15, 12),
                      _DARK)  # fmt: skip
            cheek = ellipse(side * wide * 0.6, self.head + 0.5 * tall, wide * 0.17, wide * 0.1, 12)
            self._ink(cheek, self.skin * (1.0, 0.84, 0.82))
        arc = np.linspace(0.25, np.pi - 0.25, 9)
        low = np.stack([np.cos(arc) * wide * 0.3, np.sin(arc) * tall * 0.2], axis=1)
        high = np.stack([np.cos(arc) * wide * 0.3, np.sin(arc) * tall * 0.1], axis=1)[::-1]
        self._ink(np.concatenate([low, high]) + (0, self.head + 0.5 * tall), (172, 62, 62))

    def _ink(self, points: Points, rgb: tuple[int, int, int] | np.ndarray) -> None:
        self.canvas.paint(self._at(points, 0), rgb, self.body, shadow=0, light=0)

    def _long_hair(self) -> list[tuple[float, float]]:
        wide, tall = self.head_wide, self.chin - self.head
        return self._mirrored([(0.02, self.head - tall * 1.1),
                               (wide * 1.15, self.head - tall * 0.7),
                               (wide * 1.42, self.head + tall * 0.6),
                               (wide * 1.4, self.shoulder + 0.07),
                               (wide * 0.7, self.shoulder + 0.09)])  # fmt: skip

    def _fringe(self) -> list[tuple[float, float]]:
        wide, tall = self.head_wide, self.chin - self.head
        return [(-wide * 1.08, self.head + tall * 0.2), (-wide * 1.14, self.head - tall * 0.6),
                (-wide * 0.5, self.head - tall * 1.16), (wide * 0.5, self.head - tall * 1.16),
                (wide * 1.14, self.head - tall * 0.6), (wide * 1.08, self.head + tall * 0.2),
                (wide * 0.9, self.head - tall * 0.3), (wide * 0.2, self.head - tall * 0.5),
                (-wide * 0.5, self.head - tall * 0.3),
                (-wide * 0.9, self.head - tall * 0.1)]  # fmt: skip

    def _hat(self, item: Item) -> None:
        wide, tall = self.head_wide, self.chin - self.head
        line = self.head - tall * 0.52
        crown = self._mirrored([(wide * 0.62, self.head - tall * 1.42), (wide * 0.95,
                               self.head - tall * 1.2), (wide * 1.05, line)])  # fmt: skip
        self._lay(crown, item, 1)
        if item.style == "brim":
            brim = [(wide, line - tall * 0.1), (wide * 1.75, line), (wide, line + tall * 0.16)]
            self._lay(self._mirrored(brim), item, 2, 0.93)
        elif item.style == "cap":
            self._lay([(wide * 0.1, line - tall * 0.12), (wide * 1.75, line), (wide * 1.7, line +
                       tall * 0.14), (wide * 0.1, line + tall * 0.12)], item, 1, 0.93)  # fmt: skip
        else:
            self._lay(self._mirrored([(wide * 1.1, line - tall * 0.14), (wide * 1.1, line +
                      tall * 0.12)]), item, 1, 0.93)  # fmt: skip
            top = ellipse(0, self.head - tall * 1.46, wide * 0.26, wide * 0.26, 16)
            self._lay([(float(x), float(y)) for x, y in top], item, 0)

    def _bag(self, item: Item) -> None:
        x, y = self.broad + 0.085, self.hip + 0.03
        tall, wide = (0.1, 0.075) if item.style == "hand" else (0.15, 0.065)
        outer = ellipse(x, y + 0.01, wide * 0.62, 0.05, 18)
        inner = ellipse(x, y + 0.01, wide * 0.42, 0.034, 18)
        loop = np.concatenate([outer, outer[:1], inner[::-1], inner[-1:]])
        self._lay([(float(a), float(b)) for a, b in loop], item, 0, 0.9)
        self._lay([(x - wide * 0.85, y + 0.02), (x + wide * 0.85, y + 0.02), (x + wide, y + tall),
                   (x - wide, y + tall)], item, 1)  # fmt: skip
        self._lay([(x - wide * 0.8, y + 0.022), (x + wide * 0.8, y + 0.022), (x, y + 0.06)],
                  item, 0, 0.92)  # fmt: skip
