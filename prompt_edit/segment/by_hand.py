"""Masks of what a person marked: points on one thing, and patches painted roughly over things."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, Protocol

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor

from .. import given
from ..errors import ImageError, ModelError, require, shown
from ..images import check_pictures
from ..masks import fitting
from .cover import crowd, finished

Point = tuple[float, float]
"""Across and down, in pixels from the upper left."""


class Labelled(tuple[float, float]):
    """A `Point` that said of itself whether it is inside (1) or outside (0)."""

    label: int

    def __new__(cls, x: float, y: float, label: int) -> Labelled:
        point = super().__new__(cls, (x, y))
        point.label = label
        return point


_LABELS = ("label", "labels", "point_label", "pointLabel", "clickType", "positive")
"""What editors of points call it."""

NOTHING = "The mask is empty: paint over the object, or give a point on it."


class Pointer(Protocol):
    """A segmenter that takes points and rough masks; see `Sam.segment`."""

    def segment(
        self,
        image: Tensor,
        boxes: Tensor | None = None,
        points: Tensor | None = None,
        labels: Tensor | None = None,
        rough: Tensor | None = None,
    ) -> Tensor: ...


def read_points(text: str) -> list[Point]:
    """Points from "120, 80; 200, 90" (or a line each), or from the JSON that point editors give:
    [{"x": 120, "y": 80}] or [[120, 80]]. A "label" of 0 or 1 stays with its point.

    Raises:
        ImageError: anything else.
    """
    try:
        text = text.strip()
        if text.startswith(("[", "{")):
            return _from_json(json.loads(text))
        parts = [part for part in re.split(r"[;；\n]|(?<=\))\s*[,，]", text) if part.strip()]
        return [_pair(re.split(r"[,，\s]+", part.strip(" \t\r(),，"))) for part in parts]
    except (*_UNREADABLE, AttributeError) as error:
        raise ImageError(
            f'Write points as across, down in pixels: 120, 80; 200, 90. "{shown(text, 60)}" is no'
            " list of points."
        ) from error


# What Python raises for text that is no number, and for JSON that is no point.
_UNREADABLE = (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError)


def _from_json(value: Any) -> list[Point]:
    if isinstance(value, dict):
        point = _pair((value["x"], value["y"]))
        labels = [float(value[name]) for name in _LABELS if name in value]
        if not set(labels) <= {0, 1} or len(set(labels)) > 1:
            raise ValueError("no label of a point")
        return [Labelled(*point, int(labels[0])) if labels else point]
    if value and not isinstance(value[0], (dict, list)):
        return [_pair(value)]
    return [_from_json(each)[0] for each in value]


def _pair(values: Sequence[Any]) -> Point:
    x, y = map(float, values)
    if not (math.isfinite(x) and math.isfinite(y)):
        raise ValueError("not finite")
    return x, y


def mask_by_hand(
    segmenter: Pointer,
    images: Tensor,
    inside: Sequence[Point] = (),
    outside: Sequence[Point] = (),
    rough: Tensor | None = None,
    grown: float = 0,
    feathered: float = 0,
    filled: bool = False,
    on_step: Callable[[int, int], None] | None = None,
) -> Tensor:
    """The mask of what was marked in each picture of a batch [B,H,W,C]: float [B,H,W] in 0..1.

    Args:
        inside: points on one thing; the same in all pictures.
        outside: points on what does not belong to it, nor to the painted things.
        rough: masks in 0..1, one a picture or one for all, as `prompt_edit.masks.fitting` takes
            them; each patch covers one thing. What is all zero counts as not given, of any size.
        grown, feathered: in pixels; see `masks.grow` and `masks.feather`.
        on_step: called after each picture with (done, total); what it raises stops the work.

    Raises:
        ImageError: a point beside the picture, or a rough mask of other proportions or in too
            many pieces.
    """
    require(segmenter, "segment", "The segmenter", ModelError)
    images = check_pictures(images).float()
    height, width = int(images.shape[1]), int(images.shape[2])
    inside, outside = _labelled(inside, 1), _labelled(outside, 0)
    given.in_picture([*inside, *outside], (height, width))
    inside, outside = ([(float(x), float(y)) for x, y in each] for each in (inside, outside))
    painted = None if rough is None else fitting(rough, images)
    masks = []
    for number, image in enumerate(images):
        mask = torch.zeros(height, width)
        if inside:
            points = torch.tensor([[*inside, *outside]], dtype=torch.float32)
            labels = torch.tensor([[1] * len(inside) + [0] * len(outside)])
            mask = segmenter.segment(image, points=points, labels=labels)[0]
        for things in _crowds(painted[number]) if painted is not None else ():
            found = segmenter.segment(image, rough=things, **_beside(outside, len(things)))
            mask = torch.maximum(mask, found.amax(dim=0))
        masks.append(finished(mask, None, grown, feathered, filled))
        if on_step:
            on_step(number + 1, len(images))
    return torch.stack(masks)


def _labelled(points: Any, label: int) -> list[Any]:
    """Points as a list. Raises `ImageError` for one whose own label says otherwise."""
    listed = given.marks(points)
    for point in listed:
        if getattr(point, "label", label) != label:
            here, there = ("inside", "outside") if label else ("outside", "inside")
            x, y = point
            raise ImageError(
                f"Move the point {x:g}, {y:g} from {here} to {there}: that is what its label,"
                f" {point.label}, says."
            )
    return listed


def _beside(outside: Sequence[Point], count: int) -> dict[str, Tensor]:
    """The points that belong to none of so many things."""
    if not outside:
        return {}
    points = torch.tensor([list(outside)] * count, dtype=torch.float32)
    return {"points": points, "labels": torch.zeros(points.shape[:2], dtype=torch.int)}


def _crowds(rough: Tensor) -> Iterator[Tensor]:
    """The patches of a rough mask [H,W] as so many masks [N,H,W] as are cut at once."""
    each = patches(rough)
    most = max(1, crowd((rough.shape[0], rough.shape[1])) // 4)  # as rough ones, too, take memory
    while some := [*islice(each, most)]:
        yield torch.stack(some)


def patches(rough: Tensor) -> Iterator[Tensor]:
    """The connected patches [H,W] of a rough mask [H,W], without specks.

    Raises:
        ImageError: there are too many to be things that someone painted over.
    """
    labels, count = ndimage.label(given.mask(rough).cpu().numpy() > 0.5, structure=np.ones((3, 3)))
    areas = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    slip = min(_SPECK * areas.max(initial=0), (_SPECK * min(labels.shape)) ** 2)
    kept = 1 + np.flatnonzero(areas >= slip)
    if len(kept) > _MOST:
        raise ImageError(
            f"Paint over things in whole patches: the mask falls into {len(kept)} pieces, and each"
            " is taken for a thing. Or connect this mask to Diffusion Inpaint as it is."
        )
    for number in kept:
        yield torch.from_numpy((labels == number).astype(np.float32))


_SPECK = 0.01  # of the largest patch, and of the picture's side across: a slip of the brush
_MOST = 64
