"""What colour a part of a picture is, beside the names that people give colours."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from torch import Tensor

from ..errors import InstructionError
from ..images import rgb
from ..palette import PALETTE
from .anchor import is_person, noun_of
from .phrases import phrases_of
from .presence import COLOURS

_OTHER_NAMES = {
    "grey": "gray", "silver": "gray", "blond": "yellow", "blonde": "yellow", "gold": "yellow",
    "golden": "yellow", "navy": "blue", "crimson": "red", "scarlet": "red", "violet": "purple",
}  # fmt: skip
_OF_PEOPLE = {"black", "white", "brown", "blond", "blonde"}
"""What is said of people's hair or skin, and not of all that is seen of them."""
_JOINTS = {"with", "without", "in", "of", "on", "at", "by", "from", "for", "under", "over", "near",
           "beside", "behind", "before", "against", "wearing", "holding", "carrying", "that", "who",
           "which"}  # fmt: skip
_SHADES = {"dark", "light", "bright", "pale", "deep", "color", "colour", "a", "the"}
_GRAYS = {"black": (0, 45), "gray": (20, 88), "white": (62, 100)}
"""The lightness L* in 0..100 that something of these names may have."""
_GRAY_CHROMA = 22  # up to which something may still be called black, gray or white
_LEAST_CHROMA = 8  # below which nothing is called by another name
_DARKEST = 20  # L* up to which people call nearly black things by these names, too
_OF_THE_DARK = {"brown", "blue", "green", "purple"}
_ENOUGH = 5000  # pixels that tell the colours of more,
_MANY = 2**18  # and the middle one
_HUE = 50  # degrees by which a colour may be off its name's own hue
_PALE_BLUE = 195  # the hue of the palest blues: by CIELAB, that of blue turns as it pales


def to_lab(pixels: Tensor) -> Tensor:
    """Pixels [...,C] in 0..1 (sRGB) in CIELAB under D65: float [...,3]."""
    from kornia.color import rgb_to_lab  # here, since it takes a second

    shown = rgb(pixels).float().clamp(0, 1)
    column = shown.reshape(1, -1, 1, 3).movedim(-1, 1)
    return rgb_to_lab(column).movedim(1, -1).reshape(shown.shape)


def named(text: str) -> str | None:
    """The one basic colour of all that a text lists, "navy" being blue; None for none or more.

    What follows "with", "in", "of" and their like is something else: a cat with blue eyes is not
    blue, nor is a cup of black coffee. "A dress in dark blue" is. Of a blonde woman or a black man
    that is the hair or the skin, and of a red ball and a cup the ball alone.
    """
    try:
        phrases = phrases_of(text)
    except InstructionError:  # signs alone, or a whole story
        phrases = [text]
    colours = {_named(phrase) for phrase in phrases}
    return colours.pop() if len(colours) == 1 else None


def _named(phrase: str) -> str | None:
    """The one basic colour that a phrase gives its thing; None for none or more."""
    said = phrase.lower().split()
    if _OF_PEOPLE & set(said) and is_person(noun_of(phrase)):
        return None
    words = [_OTHER_NAMES.get(word, word) for word in said]
    end = next((at for at, word in enumerate(words) if word in _JOINTS), len(words))
    denied = words[end:][:1] == ["without"] or words[:end][-1:] == ["free"]
    if not denied and all(word in COLOURS or word in _SHADES for word in words[end + 1 :]):
        end = len(words)
    colours = {word for word in words[:end] if word in COLOURS}
    return colours.pop() if len(colours) == 1 else None


def shares(pixels: Tensor) -> list[tuple[str, float]]:
    """The basic colours that pixels [N,3] in 0..1 show, and the share of each, most first; N > 0.

    Each pixel has the name whose sheet of paper it is nearest to. A thing of several colours has
    no middle one: a blue house with a brown roof is not gray.
    """
    some = to_lab(pixels[:: max(1, len(pixels) // _ENOUGH)])
    names, count = _nearest(some).unique(return_counts=True)
    found = [(tuple(PALETTE)[name], float(share))
             for name, share in zip(names, count / count.sum(), strict=True)]  # fmt: skip
    return sorted(found, key=lambda each: -each[1])


def nearest(pixels: Tensor) -> str:
    """The basic colour whose sheet is nearest to the middle of pixels [N,3] in 0..1; N > 0."""
    return tuple(PALETTE)[int(_nearest(middle(pixels)[None]))]


def _nearest(lab: Tensor) -> Tensor:
    """The number of the nearest sheet of paper for colours [N,3] in CIELAB: [N]."""
    return torch.cdist(lab, _sheets()).argmin(dim=1)


@cache
def _sheets() -> Tensor:
    """The sheets of paper in CIELAB: [N,3]."""
    return to_lab(torch.tensor(list(PALETTE.values())) / 255)


@cache
def _hue_of(colour: str) -> float:
    """The hue of a sheet of paper in CIELAB, in degrees from 0 to 360."""
    return _hue(to_lab(torch.tensor(PALETTE[colour]) / 255))


def middle(pixels: Tensor) -> Tensor:
    """The median of pixels [N,3] in 0..1, in CIELAB: [3]; N > 0. Of many some tell it."""
    return to_lab(pixels[:: max(1, len(pixels) // _MANY)]).median(dim=0).values


def may_be(lab: Tensor, colour: str) -> bool:
    """Whether people could call something by that name: [3], its CIELAB.

    Light and shadow move real colours far from any swatch, so only what is plainly another colour
    is denied: gray for red, green for red, but not brown for red.
    """
    light, chroma = float(lab[0]), float(lab[1:].norm())
    if colour in _GRAYS:
        low, high = _GRAYS[colour]
        return chroma <= _GRAY_CHROMA and low <= light <= high
    if light < _DARKEST and colour in _OF_THE_DARK and chroma < 2 * _LEAST_CHROMA:
        return True
    if chroma < _LEAST_CHROMA:
        return False
    own, hue = _hue_of(colour), _hue(lab)
    angle = abs(hue - own)
    return min(angle, 360 - angle) <= _HUE or (colour == "blue" and _PALE_BLUE <= hue <= own)


def _hue(lab: Tensor) -> float:
    """The hue of a colour [3] in CIELAB, in degrees from 0 to 360."""
    return float(np.degrees(np.arctan2(float(lab[2]), float(lab[1])))) % 360
