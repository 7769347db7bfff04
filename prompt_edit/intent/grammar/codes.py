"""Colours given by a code, as the words that a painter knows: "#1a2b4c" is navy blue."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
from PIL import Image, ImageCms, ImageColor

from .words import stumble

_CODE = re.compile(
    r"#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})(?![0-9a-z])|\b(?:rgba?|hsl|hsv)\s*\([^()]*\)", re.I
)
_ANNOUNCED = re.compile(r"\b(?:hex|rgb|colou?r)(?: (?:code|value))?:?\s+(?=#|rgb\b)", re.I)
_UNMARKED = re.compile(r"\bhex(?: (?:code|value))?:?\s+(?=[0-9a-f]{6}\b)", re.I)
_SYSTEMS = re.compile(
    r"\b(?:pantone|pms|ral|cmyk|rgba?|hsl|hsv|hex(?: code)?|ncs)\b[\s:#(-]*[a-f]*\d\w*", re.I
)
_WORDS = {
    "red": "red", "crimson": "crimson", "maroon": "maroon", "saddlebrown": "brown",
    "sienna": "brown", "tan": "tan", "beige": "beige", "ivory": "ivory", "darkorange": "orange",
    "coral": "coral", "salmon": "salmon", "pink": "pink", "hotpink": "hot pink",
    "magenta": "magenta", "orchid": "light purple", "purple": "purple", "indigo": "indigo",
    "#4a2c2a": "dark brown", "peachpuff": "peach", "lavender": "lavender", "#1b2a41": "dark blue",
    "midnightblue": "dark blue", "navy": "navy blue", "blue": "blue",
    "royalblue": "royal blue", "steelblue": "blue", "skyblue": "sky blue",
    "lightblue": "light blue", "teal": "teal", "turquoise": "turquoise", "darkgreen": "dark green",
    "#4b5320": "dark green", "green": "green", "seagreen": "green", "limegreen": "bright green",
    "lightgreen": "light green", "olive": "olive green", "khaki": "khaki", "gold": "yellow",
    "yellow": "yellow", "lightyellow": "light yellow", "darkslategray": "dark gray",
    "dimgray": "dark gray", "gray": "gray", "slategray": "gray", "lightgray": "light gray",
    "black": "black", "white": "white",
}  # fmt: skip
"""Colours, most by their names in CSS, and what people call them."""


def in_words(text: str) -> tuple[str, list[str]]:
    """A text with each code as words, and what is to be said of them."""
    notes: list[str] = []

    def words(code: re.Match[str]) -> str:
        try:
            name = _nearest(ImageColor.getrgb(code[0])[:3])
        except (ValueError, OverflowError):  # rgb(300, 0, 0)
            return code[0]
        notes.append(f"Read “{code[0]}” as {name}: painters know colors by their names, so the "
                     "result comes near that shade and does not meet it.")  # fmt: skip
        return name

    return _CODE.sub(words, _ANNOUNCED.sub("", _UNMARKED.sub("#", text))), notes


def refuse_numbers(text: str) -> None:
    """Raise `InstructionError` for a colour that no rule tells: "Pantone 186 C"."""
    if unknown := _SYSTEMS.search(text):
        stumble(unknown[0], "I know no colors by such numbers; write it as #d02e2c, or in words")


def _nearest(colour: tuple[int, ...]) -> str:
    """The words of the nearest colour in CIELAB."""
    away = np.linalg.norm(_known() - _lab([colour]), axis=1)
    return list(_WORDS.values())[int(away.argmin())]


@cache
def _known() -> np.ndarray:
    return _lab([ImageColor.getrgb(name)[:3] for name in _WORDS])


def _lab(colours: list[tuple[int, ...]]) -> np.ndarray:
    """Colours of sRGB in 0..255 in CIELAB, float [N,3]."""
    row = Image.fromarray(np.array([colours], np.uint8))
    profiles = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    converted = ImageCms.profileToProfile(row, *profiles, outputMode="LAB")
    assert converted is not None  # only in place it gives none
    light, *others = np.asarray(converted)[0].T.astype(np.uint8)
    return np.stack([light * (100 / 255), *(each.view(np.int8) for each in others)], axis=1)
