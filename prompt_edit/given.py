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

from .errors import ImageError, shown
from .masks import check_mask

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
        text = ", ".join(f"{each:g}" for each in values[number].tolist())
        raise ImageError(
            f"Box {number + 1} ({text}) is none: left, top, right, bottom in pixels are needed,"
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
    signs = torch.ones(values.shape[:2]) if labels is None else _numbers(labels, "Labels")
    if signs.shape != values.shape[:2] or not torch.isin(signs, torch.tensor([-1.0, 0, 1])).all():
        raise ImageError(
            f"The labels must be of shape {list(values.shape[:2])}, as the points are: 1 for"
            " inside, 0 for outside, -1 for none."
        )
    in_picture([tuple(each) for each in values[signs >= 0].tolist()], size)
    return values, signs.int()


def marks(given: Any) -> list[Any]:
    """Points as a list; none where None is given."""
    try:
        return [] if given is None else list(given)
    except TypeError as error:
        raise ImageError(f"Points are a list of (across, down), not {shown(given)}.") from error


def in_picture(marks: Sequence[Any], size: Size) -> None:
    """Raises `ImageError` for a point (across, down) beside the picture, or for no point."""
    height, width = size
    for mark in marks:
        try:
            x, y = mark
            inside = 0 <= x < width and 0 <= y < height
        except (TypeError, ValueError) as error:
            raise ImageError(f"{shown(mark)} is no point: across and down, in pixels.") from error
        if not inside:
            raise ImageError(
                f"The point {x:g}, {y:g} lies beside the picture, which is {width} x {height}"
                " pixels."
            )


def mask(given: Any, name: str = "The mask") -> Tensor:
    """One mask as float32 [H,W], where it is."""
    values = check_mask(given, name)
    if values.dim() != 2 or not values.numel():
        raise ImageError(f"{name} must have the shape [H,W] here, not {list(values.shape)}.")
    return values


def masks(given: Any, name: str = "The mask") -> Tensor:
    """Masks as float32 [N,H,W], where they are; N may be 0."""
    values = check_mask(given, name)
    if values.dim() != 3 or 0 in values.shape[1:]:
        raise ImageError(f"{name} must have the shape [N,H,W], not {list(values.shape)}.")
    return values


def size(given: Any) -> Size:
    """Height and width of a picture, at least a pixel each."""
    whole = isinstance(given, Sequence) and all(
        isinstance(each, int) and not isinstance(each, bool) and each > 0 for each in given
    )
    if not whole or len(given) != 2:
        raise ImageError(f"A size is (height, width) in pixels, not {shown(given)}.")
    return given[0], given[1]


def rough(given: Any, size: Size) -> Tensor:
    """Rough masks of a picture as float32 [N,H,W] on the CPU."""
    values = masks(given, "The rough mask").cpu()
    if tuple(values.shape[1:]) != size:
        raise ImageError(
            f"The rough mask must be of the picture's size, [N,{size[0]},{size[1]}], not"
            f" {list(values.shape)}."
        )
    return values


def is_number(value: Any) -> bool:
    """Whether it is a finite number; True and False are none."""
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def length(value: Any, name: str) -> float:
    """A number of pixels; it may be below 0."""
    if not is_number(value):
        raise ImageError(f"{name} is {shown(value)}, and must be a number of pixels.")
    return float(value)


def flag(value: Any, name: str) -> bool:
    """On or off: whatever Python takes for true or false."""
    try:
        return bool(value)
    except (TypeError, ValueError, RuntimeError) as error:  # several at once are neither
        raise ImageError(f"{name} is on or off, not {shown(value)}.") from error


def _numbers(given: Any, name: str) -> Tensor:
    """Float32 on the CPU, of a tensor, an array or a list."""
    try:
        values = given if isinstance(given, Tensor) else torch.from_numpy(np.array(given, float))
        values = values.detach().cpu().to_dense()
    except (TypeError, ValueError) as error:
        raise ImageError(f"{name} must be numbers, not {shown(given)}.") from error
    if values.is_complex():
        raise ImageError(f"{name} must be real numbers, not {values.dtype}.")
    return values.float()
