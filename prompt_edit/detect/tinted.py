"""Of several things of one name, those of the colour that they are called by.

Large detectors of phrases hear the noun above all: of a red and a blue dress both answer to "red
dress". The picture itself tells them apart.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ..images import rgb
from . import colour
from .detections import Detections

_INNER = 0.6  # of a box's sides: what lies about a thing is not its colour
_SHOWS, _LACKS = 0.25, 0.05  # shares of a thing's pixels from which, and up to which, it has one


def of_colour(image: Tensor, found: Detections, phrase: str) -> Detections:
    """What was found in an image [1,H,W,C], without what plainly has another colour than the phrase
    names, where something else has that one."""
    asked = colour.named(phrase)
    if asked is None or len(found) < 2:
        return found
    middles = [_middle(image, box) for box in found.boxes]
    shares = [dict(colour.shares(each)).get(asked, 0.0) if len(each) else 0.0 for each in middles]
    likely = [bool(len(each)) and colour.may_be(colour.middle(each), asked) for each in middles]
    if max(shares) < _SHOWS and not any(likely):
        return found
    rows = [row for row, share in enumerate(shares) if share > _LACKS or likely[row]]
    return found.take(rows) if rows else found


def _middle(image: Tensor, box: Tensor) -> Tensor:
    """The pixels [N,3] of the inner part of a box [4]."""
    centre, reach = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) / 2 * _INNER
    low = torch.floor(centre - reach).clamp(min=0).int().tolist()
    high = torch.ceil(centre + reach).clamp(min=0).int().tolist()
    return rgb(image[:, low[1] : high[1], low[0] : high[0]]).reshape(-1, 3).cpu()
