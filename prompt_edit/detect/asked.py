"""What a detector is asked, looked at before the model is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real

import torch
from torch import Tensor

from ..errors import ImageError, InstructionError, PromptEditError


def check_pictures(images: object) -> None:
    """Raise `ImageError` for what is no batch of pictures, float [B,H,W,1, 3 or 4] in 0..1."""
    if not isinstance(images, Tensor):
        raise ImageError(
            f"Pictures are a torch tensor [B,H,W,3] in 0..1, not {type(images).__name__}."
            " torch.from_numpy makes one of an array."
        )
    shape = list(images.shape)
    if images.dim() != 4 or shape[3] not in (1, 3, 4):
        raise ImageError(f"Pictures are [B,H,W,1, 3 or 4], not of shape {shape}.")
    if not images.numel():
        raise ImageError(f"There are no pixels in pictures of shape {shape}.")
    if not images.is_floating_point():
        raise ImageError(f"Pictures hold float numbers in 0..1, not {images.dtype}: divide by 255.")
    low, high = (float(each) for each in torch.aminmax(images.float()))
    if not math.isfinite(low + high):
        raise ImageError("The picture holds NaN or infinite numbers. Make it anew.")
    if low < -0.5 or high > 1.5:
        raise ImageError(
            f"The picture's numbers go from {low:.3g} to {high:.3g}, not from 0 to 1. Scale them."
        )


def check_phrases(phrases: object) -> None:
    """Raise `InstructionError` for what is no list of texts; a text alone is a list of letters."""
    texts = isinstance(phrases, Sequence) and not isinstance(phrases, str)
    if not texts or not phrases or any(not isinstance(each, str) for each in phrases):  # type: ignore[attr-defined]
        raise InstructionError(
            f'What to find is a list such as ["red dress"], not {repr(phrases)[:40]}.'
        )


def check_threshold(threshold: object) -> None:
    """Raise `PromptEditError` for what is neither None nor a number in 0..1."""
    good = isinstance(threshold, Real) and not isinstance(threshold, bool)
    if threshold is not None and not (good and 0 <= threshold <= 1):  # type: ignore[operator]
        raise PromptEditError(f"The threshold is {repr(threshold)[:40]}, and must be from 0 to 1.")
