"""A picture in CIELAB, converted where it is looked at."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..detect.colour import to_lab
from ..segment.masks import Cut

_SIDE = 512  # pixels of a tile: a small picture is one


class Lab:
    """A picture [H,W,C] whose tiles are converted when they are first asked for, once each."""

    def __init__(self, image: Tensor) -> None:
        self._image = image
        self._values = torch.empty(*image.shape[:2], 3)  # no memory before it is written to
        self._known = np.zeros([-(-side // _SIDE) for side in image.shape[:2]], dtype=bool)

    def at(self, cut: Cut) -> Tensor:
        """A part of it, float [h,w,3]; not to be changed."""
        tiles = tuple(slice(part.start // _SIDE, -(-part.stop // _SIDE)) for part in cut)
        for row, column in np.argwhere(~self._known[tiles]):
            row, column = row + tiles[0].start, column + tiles[1].start
            tile = tuple(slice(each * _SIDE, (each + 1) * _SIDE) for each in (row, column))
            self._values[tile] = to_lab(self._image[tile])
            self._known[row, column] = True
        return self._values[cut]
