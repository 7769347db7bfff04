"""Whether a pattern that was asked for shows at all, and one that was not is gone."""

from __future__ import annotations

import re

import numpy as np
from scipy import ndimage
from torch import Tensor

from ..detect.colour import COLOURS
from ..segment.masks import around
from .boxes import box_of
from .checked import Finding, unjudged
from .lab import Lab
from .look import Look
from .result import place_of_result

_PATTERNS = re.compile(
    r"\b(striped|stripy|stripes|pinstriped?|checked|checkered|chequered|plaid|tartan|gingham"
    r"|houndstooth|argyle|dotted|dots|polka|spotted|speckled|floral|flowered|paisley|patterned)\b"
)
_PLAIN = re.compile(
    rf"\b(plain|unpatterned|patternless|solid[ -](colou?r(ed)?|{'|'.join(COLOURS)}))\b"
)
_DENIED = re.compile(r"\b(without|with no|free of)\b")
_PRINTED, _FAINT = 8.0, 4.0  # of L* between the lights and darks: printed paper's least; a photo's
_STILL = 0.6  # of the relief before, from which on the pattern is taken to be there still
_RIM, _WAVE = 0.05, 0.36  # of the thing's mean side: what its edge takes, and the widest stripe
_LEAST = 30  # pixels of which anything can be said


def check_pattern(look: Look) -> Finding | None:
    """Whether lights and darks alternate where a pattern was asked for; which one is not told.

    Where none is wanted, whether those are gone that were there. No detector says that: to
    Grounding DINO a shirt is about as striped as it is dotted.
    """
    result = look.edit.result.lower()
    denied = _DENIED.search(result)
    named = _PATTERNS.search(result[: denied.start()] if denied else result)
    if named:
        return _shows(look, named[0])
    if _PLAIN.search(result) or (denied and _PATTERNS.search(result[denied.end() :])):
        return _is_gone(look)
    return None


def _shows(look: Look, asked: str) -> Finding:
    """Whether a pattern that was asked for shows."""
    found = _reliefs(look, look.lab[1])
    if not found:
        return unjudged("pattern", f"Whether it is {asked}", "too little of it is there to measure")
    least, limit = min(found), _PRINTED if look.card.sample else _FAINT
    if least >= limit:
        return Finding("pattern", True, least, "A pattern shows, as asked.")
    said = f"No pattern shows, though {asked} was asked for."
    return Finding("pattern", False, least, said, 0.49 * least / limit)


def _is_gone(look: Look) -> Finding | None:
    """Whether a thing that had a pattern has none; None where it had none before.

    Folds and buttons are lights and darks as well: they count for nothing as long as they are less
    than what was there.
    """
    if not look.has_mask:  # a box holds edges that are no pattern
        return None
    had, has = (max(_reliefs(look, each), default=0.0) for each in look.lab)
    if had < _PRINTED:
        return None
    limit = max(_PRINTED, _STILL * had)
    if has < limit:
        return Finding("pattern", True, has, "No pattern shows, as asked.")
    said = "A pattern shows still, though none was asked for."
    return Finding("pattern", False, has, said, 0.49 * limit / has)


def _reliefs(look: Look, lab: Lab) -> list[float]:
    """The relief of each thing that is large enough, in one of the pictures."""
    places = [place_of_result(look, spot) for spot in look.spots]
    cuts = [around(place.numpy(), 0) for place in places]
    found = [relief(lab.at(cut)[..., 0], place[cut])
             for place, cut in zip(places, cuts, strict=True) if cut]  # fmt: skip
    return [each for each in found if each is not None]


def relief(lightness: Tensor, region: Tensor) -> float | None:
    """By how much light and dark differ within a thing, in L*: between its 5th and 95th percentile,
    less what changes over more than a third of it, as folds and shades do.

    Args:
        lightness: L* in 0..100, [H,W]; region: bool [H,W].

    Returns:
        None where the thing is too small.
    """
    if region.sum() < _LEAST:
        return None
    left, top, right, bottom = box_of(region).int().tolist()
    where, light = (np.pad(each[top:bottom, left:right].numpy(), 1) for each in (region, lightness))
    side = float(where.sum()) ** 0.5
    depth = ndimage.distance_transform_edt(where)
    core = depth > min(max(2.0, _RIM * side), 0.6 * depth.max())
    wide = max(3, round(_WAVE * side))
    share = ndimage.uniform_filter(where.astype(np.float32), wide, mode="constant")
    mean = ndimage.uniform_filter(np.where(where, light, 0), wide, mode="constant")
    low, high = np.percentile((light - mean / np.maximum(share, 1e-6))[core], (5, 95))
    return float(high - low)
