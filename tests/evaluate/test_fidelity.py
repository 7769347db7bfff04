"""How near a picture is to the true one, and whether an edge shows."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from prompt_edit.evaluate.fidelity import MOST, psnr, seam, ssim

REGION = np.zeros((64, 64), dtype=bool)
REGION[16:48, 16:48] = True


def picture() -> torch.Tensor:
    return torch.rand(1, 64, 64, 3, generator=torch.Generator().manual_seed(3)) * 0.5


def test_the_same_picture_is_as_near_as_can_be() -> None:
    true = picture()
    assert psnr(true, true, REGION) == MOST
    assert ssim(true, true, REGION) == pytest.approx(1, abs=1e-4)
    assert seam(true, true, torch.from_numpy(REGION).float()) == 0


def test_what_differs_outside_the_region_does_not_count() -> None:
    true = picture()
    edited = true.clone()
    edited[0, :4] += 0.4
    assert psnr(edited, true, REGION) == MOST


def test_a_tenth_of_white_is_twenty_decibels() -> None:
    true = picture()
    assert psnr(true + 0.1, true, REGION) == pytest.approx(20, abs=1e-3)


def test_noise_lowers_the_similarity() -> None:
    true = picture()
    other = torch.rand(true.shape, generator=torch.Generator().manual_seed(4))
    assert ssim(other, true, REGION) < 0.2


def test_a_step_at_the_edge_is_a_seam_and_an_outline_that_belongs_there_is_none() -> None:
    opacity = torch.from_numpy(REGION).float()
    flat = torch.full((1, 64, 64, 3), 0.5)
    square = flat.clone()
    square[0, 16:48, 16:48] = 0.8
    assert seam(square, flat, opacity) > 20
    assert seam(square, square, opacity) == 0
    assert seam(flat, square, opacity) == 0, "smoother than the truth is no seam"
    assert seam(flat, flat, torch.zeros(64, 64)) == 0
