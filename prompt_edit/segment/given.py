"""What is handed in, checked before any model sees it: boxes, points, masks, lengths.

Each function raises `ImageError` for what it does not take.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..errors import ImageError

Size = tuple[int, int]
"""Height and width of a picture, in pixels."""


def boxes(given: Any) -> Tensor:
    """Boxes as float32 [N,4] on the CPU; each ends behind or where it begins."""
    values = _numbers(given, "Boxes")
    if values.shape == (0,):
        values = values.reshape(0, 4)
    if values.dim() != 2 or values.shape[1] != 4:
        raise ImageError(
            f"The boxes have the shape {list(values.shape)}. Give one of shape [N,4]: left, top,"
            " right, bottom in pixels."
        )
    good = values.isfinite().all(dim=1) & (values[:, 2:] >= values[:, :2]).all(dim=1)
    if not good.all():
        number = int((~good).nonzero()[0])
        told = ", ".join(f"{each:g}" for each in values[number].tolist())
        raise ImageError(
            f"Box {number + 1} ({told}) is none: left, top, right, bottom in pixels are needed,"
            " the right one behind the left. x, y, width, height are to be converted."
        )
    return values


def within(values: Tensor, size: Size) -> tuple[Tensor, Tensor]:
    """Boxes [N,4] cut to a picture, and which of them [N] have an area in it."""
    height, width = size
    cut = torch.minimum(values.clamp(min=0), torch.tensor([width, height] * 2))
    return cut, (cut[:, 2:] > cut[:, :2]).all(dim=1)


def points(given: Any, labels: Any, size: Size) -> tuple[Tensor, Tensor]:
    """Points as float32 [N,P,2] and their labels as int [N,P], on the CPU; 1 where none are told.
    A point that is one (whose label is not -1) lies in the picture."""
    values = _numbers(given, "Points")
    if values.dim() != 3 or values.shape[2] != 2 or not values.shape[1]:
        raise ImageError(
            f"The points have the shape {list(values.shape)}. Give one of shape [N,P,2]: for each"
            " mask its points, across and down in pixels."
        )
    told = torch.ones(values.shape[:2]) if labels is None else _numbers(labels, "Labels")
    if told.shape != values.shape[:2] or not torch.isin(told, torch.tensor([-1.0, 0, 1])).all():
        raise ImageError(
            f"The labels must be of shape {list(values.shape[:2])}, as the points are: 1 for"
            " inside, 0 for outside, -1 for none."
        )
    in_picture([tuple(each) for each in values[told >= 0].tolist()], size)
    return values, told.int()


def in_picture(marks: Sequence[Any], size: Size) -> None:
    """Raises `ImageError` for a point (across, down) beside the picture, or for no point."""
    height, width = size
    for mark in marks:
        try:
            x, y = mark
            inside = 0 <= x < width and 0 <= y < height
        except (TypeError, ValueError) as error:
            raise ImageError(f"{mark!r:.60} is no point: across and down, in pixels.") from error
        if not inside:
            raise ImageError(
                f"The point {x:g}, {y:g} lies beside the picture, which is {width} x {height}"
                " pixels."
            )


def mask(given: Any) -> Tensor:
    """One mask as float32 [H,W], where it is."""
    if isinstance(given, Tensor) and given.dim() == 2 and given.numel() and not given.isnan().any():
        return given.detach().float()
    told = f"of shape {list(given.shape)}" if isinstance(given, Tensor) else type(given).__name__
    raise ImageError(f"A mask [H,W] of numbers from 0 to 1 is needed; this one is {told}.")


def rough(given: Any, size: Size) -> Tensor:
    """Rough masks of a picture as float32 [N,H,W] on the CPU."""
    values = _numbers(given, "Rough masks")
    if values.dim() != 3 or tuple(values.shape[1:]) != size or not values.isfinite().all():
        raise ImageError(
            f"The rough masks have the shape {list(values.shape)}, or hold NaN. Give numbers from 0"
            f" to 1 of the picture's size: [N,{size[0]},{size[1]}]."
        )
    return values


def length(value: Any, name: str) -> float:
    """A number of pixels; it may be below 0."""
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        raise ImageError(f"{name} is {value!r:.40}, and must be a number of pixels.")
    return float(value)


def _numbers(given: Any, name: str) -> Tensor:
    """Float32 on the CPU, of a tensor, an array or a list."""
    try:
        values = given if isinstance(given, Tensor) else torch.from_numpy(np.array(given, float))
    except (TypeError, ValueError) as error:
        raise ImageError(f"{name} must be numbers, not {given!r:.60}.") from error
    return values.detach().cpu().float()
