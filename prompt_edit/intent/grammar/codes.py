"""Colours given by a code, as the words that a painter knows: "#1a2b4c" is navy blue."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from . import lexicon as lex
from .words import kind_of, stumble

if TYPE_CHECKING:  # numpy and Pillow take a tenth of a second, which few instructions need
    import numpy as np

_CODE = re.compile(
    # Of three figures only those that are alike: "#100" may be a number.
    r"\(?(?P<code>#(?:[0-9a-f]{8}|[0-9a-f]{6}|(?P<same>\d)(?P=same){2}|(?!\d{3})[0-9a-f]{3})"
    r"(?![0-9a-z])|\b(?:rgba?|hsl|hsv)\s*\([^()]*\))\)?", re.I
)  # fmt: skip
_ANNOUNCED = re.compile(
    r"\b(?:the\s+)?(?:(?:following|exact|hex|hexadecimal|rgb|colou?r|shade|code|value)\s*[:=]?\s+)+"
    r"(?=#|rgba?\b|hs[lv]\b)", re.I
)  # fmt: skip
_SHORT = re.compile(r"(\b(?:hex|colou?r|code|shade)\W+)#(\d)(\d)(\d)\b", re.I)
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
    "dimgray": "dark gray", "#333": "dark gray", "gray": "gray", "slategray": "gray",
    "lightgray": "light gray", "black": "black", "white": "white", "#9caf88": "green",
    "#8a9a5b": "olive green", "mediumpurple": "purple", "#85144b": "maroon",
}  # fmt: skip
"""Colours, most by their names in CSS, and what people call them."""


def in_words(text: str) -> tuple[str, list[str]]:
    """A text with each code as words, and what is to be said of them."""
    notes: list[str] = []

    def words(found: re.Match[str]) -> str:
        code, before, after = found["code"], plain[: found.start()], plain[found.end() :]
        try:
            name = _nearest(_rgb(code.replace(" ", "")))
        except (ValueError, OverflowError):  # rgb(300, 0, 0)
            return found[0]
        if named := _beside(before, after, found[0].startswith("(")):
            notes.append(f"Read “{named}”, and not “{code}” beside it: painters know colors by"
                         " their names.")  # fmt: skip
            return ""
        notes.append(f"Read “{code}” as {name}: painters know colors by their names, so the "
                     "result comes near that shade and does not meet it.")  # fmt: skip
        return name

    plain = _SHORT.sub(r"\1#\2\2\3\3\4\4", text)
    plain = _ANNOUNCED.sub("", _UNMARKED.sub("#", plain))
    return _CODE.sub(words, plain), notes


def _beside(before: str, after: str, enclosed: bool) -> str:
    """The name of a colour that stands right before a code or behind it: "navy blue #000080".

    That an orange is orange tells only a code that is `enclosed` in brackets.
    """
    last, first = before.split()[-1:], after.split()[:1]
    for word in (*last, *first) if before.endswith(" ") else ():
        if kind_of(word) == "color" and (enclosed or word not in lex.ALSO_NOUNS):
            return word
    return ""


def refuse_numbers(text: str) -> None:
    """Raise `InstructionError` for a colour that no rule tells: "Pantone 186 C"."""
    if unknown := _SYSTEMS.search(text):
        stumble(unknown[0], "I know no colors by such numbers; write it as #d02e2c, or in words")


@cache
def _nearest(colour: tuple[int, ...]) -> str:
    """The words of the nearest colour in CIELAB."""
    away = ((_known() - _lab([colour])) ** 2).sum(axis=1)
    return list(_WORDS.values())[int(away.argmin())]


@cache
def _known() -> np.ndarray:
    return _lab([_rgb(name) for name in _WORDS])


def _rgb(code: str) -> tuple[int, ...]:
    """The channels of a colour in 0..255. Raises `ValueError` for none."""
    from PIL import ImageColor

    return ImageColor.getrgb(code)[:3]


def _lab(colours: list[tuple[int, ...]]) -> np.ndarray:
    """Colours of sRGB in 0..255 in CIELAB, float [N,3]."""
    import numpy as np
    from PIL import Image, ImageCms

    row = Image.fromarray(np.array([colours], np.uint8))
    profiles = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    converted = ImageCms.profileToProfile(row, *profiles, outputMode="LAB")
    assert converted is not None  # only in place it gives none
    light, *others = np.asarray(converted)[0].T.astype(np.uint8)
    return np.stack([light * (100 / 255), *(each.view(np.int8) for each in others)], axis=1)
