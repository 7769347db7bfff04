"""The named colours of the paper world."""

from __future__ import annotations

import numpy as np

PALETTE: dict[str, tuple[int, int, int]] = {
    "red": (208, 46, 44),
    "orange": (240, 132, 40),
    "yellow": (247, 208, 64),
    "green": (62, 150, 82),
    "blue": (52, 100, 194),
    "purple": (126, 74, 168),
    "pink": (244, 152, 186),
    "brown": (118, 74, 44),
    "black": (42, 42, 48),
    "white": (247, 245, 240),
    "gray": (148, 150, 154),
}
"""sRGB values, chosen to lie far apart in CIELAB and to look like dyed paper."""

SKIN = ((252, 219, 190), (241, 194, 154), (222, 168, 124), (178, 122, 82), (136, 88, 58))
HAIR_COLOURS = ("black", "brown", "yellow", "red", "gray", "orange", "white", "pink", "blue")
ANIMAL_COLOURS = ("brown", "black", "white", "gray", "orange")
TREE_COLOURS = ("green", "green", "green", "orange", "yellow", "pink", "red")
COLOUR_NAMES = tuple(PALETTE)


def tint(colour: str) -> np.ndarray:
    """The paper of a studio or a wall of that colour: float [3] in 0..255."""
    return 0.45 * np.array(PALETTE[colour]) + 0.55 * np.array((236, 232, 226))


_SKY, _CLOUD = (176, 214, 240), (252, 252, 252)
_INDOORS = ((250, 247, 240), (196, 158, 118), (172, 132, 96), (206, 186, 164))

SHEETS: dict[str, np.ndarray] = {
    **{name: np.array([tint(name), 0.94 * tint(name), 1.04 * tint(name), *_INDOORS])
       for name in PALETTE},
    "night": np.array([(44, 52, 92), (38, 52, 78), (52, 74, 86)]),
    "meadow": np.array([_SKY, _CLOUD, (164, 206, 148), (138, 192, 124), (118, 178, 108)]),
    "beach": np.array([_SKY, _CLOUD, (84, 172, 200), (122, 200, 214), (250, 246, 236),
                       (238, 216, 170)]),
    "snow": np.array([(206, 220, 234), _CLOUD, (222, 232, 242), (234, 240, 246),
                      (244, 247, 250)]),
    "city": np.array([_SKY, _CLOUD, (178, 194, 214), (206, 206, 206), (176, 176, 180)]),
}  # fmt: skip
"""The large sheets of each background, sRGB in 0..255; a colour stands for studio and room."""
