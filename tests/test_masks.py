"""Any mask that a host or a script hands over becomes the picture's own, or is refused truly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from prompt_edit.errors import ImageError
from prompt_edit.masks import fitting

IMAGES = torch.zeros(2, 40, 60, 3)


def half(*shape: int) -> torch.Tensor:
    """A mask whose left half is 1."""
    mask = torch.zeros(*shape)
    mask[..., : shape[-1] // 2] = 1
    return mask


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16, torch.float64,
                                   torch.bool, torch.uint8])  # fmt: skip
@pytest.mark.parametrize("shape", [(40, 60), (1, 40, 60), (1, 1, 40, 60), (1, 40, 60, 1)])
def test_every_shape_and_type_of_a_mask_is_read(shape: tuple[int, ...], dtype: torch.dtype) -> None:
    fitted = fitting(half(40, 60).reshape(shape).to(dtype), IMAGES)
    assert fitted.dtype == torch.float32 and fitted.shape == (2, 40, 60)
    assert torch.equal(fitted[1], half(40, 60))


def test_one_mask_a_picture_stays_in_order() -> None:
    masks = torch.stack([half(40, 60), 1 - half(40, 60)])
    assert torch.equal(fitting(masks, IMAGES), masks)


@pytest.mark.parametrize("size", [(64, 64), (1, 1), (7, 300)])
@pytest.mark.parametrize("count", [1, 2])
def test_an_empty_mask_of_any_size_means_none(size: tuple[int, int], count: int) -> None:
    """What Load Image gives where a picture has no alpha."""
    fitted = fitting(torch.zeros(count, *size), IMAGES)
    assert fitted.shape == (2, 40, 60) and not fitted.any()


@pytest.mark.parametrize("size", [(80, 120), (20, 30), (400, 600), (41, 61), (399, 600)])
def test_a_mask_of_the_same_proportions_is_scaled(size: tuple[int, int]) -> None:
    fitted = fitting(half(*size), IMAGES)
    assert fitted.shape == (2, 40, 60) and fitted.min() >= 0 and fitted.max() <= 1
    assert float((fitted - half(40, 60)).abs().mean()) < 0.02


@pytest.mark.parametrize("size", [(60, 40), (40, 40), (64, 64), (40, 64), (1, 2), (80, 124)])
def test_other_proportions_are_refused_with_both_sizes(size: tuple[int, int]) -> None:
    with pytest.raises(ImageError, match=rf"mask is {size[1]} x {size[0]}.*picture is 60 x 40"):
        fitting(half(*size), IMAGES)


@pytest.mark.parametrize("count", [3, 5])
def test_another_number_is_refused(count: int) -> None:
    with pytest.raises(ImageError, match=f"{count} masks came for 2 pictures"):
        fitting(half(count, 40, 60), IMAGES)


@pytest.mark.parametrize("mask", [
    torch.full((40, 60), torch.nan), torch.full((40, 60), torch.inf), 2 * half(40, 60),
    -half(40, 60), (255 * half(40, 60)).to(torch.uint8), torch.zeros(40), torch.zeros(0, 40, 60),
    torch.zeros(1, 40, 60, 3), torch.zeros(1, 0, 60), np.zeros((1, 40, 60)), None, "mask.png",
])  # fmt: skip
def test_what_is_no_mask_is_refused(mask: Any) -> None:
    with pytest.raises(ImageError, match="mask"):
        fitting(mask, IMAGES)


def test_what_a_scaler_overshoots_by_is_cut_off() -> None:
    masks = torch.tensor([[-0.12, 0.5], [1.0, 1.1]])
    fitted = fitting(masks, torch.zeros(1, 2, 2, 3))
    assert fitted[0].tolist() == [[0, 0.5], [1, 1]]
