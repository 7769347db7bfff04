"""How near a picture is to the true one, in a region, and how quiet the edge of what is new is."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..detect.colour import to_lab

MOST = 60.0  # dB: what is said of pictures that are the same
REACH = 4  # pixels to both sides of an edge


def psnr(edited: Tensor, true: Tensor, region: np.ndarray) -> float:
    """Peak signal to noise ratio in dB, up to 60, of the pixels in a region.

    Args:
        edited, true: float [1,H,W,3] in 0..1.
        region: bool [H,W], not empty.
    """
    error = (edited - true)[0][torch.from_numpy(region)].square().mean()
    return float(-10 * torch.log10(error.clamp(min=10 ** (-MOST / 10))))


def ssim(edited: Tensor, true: Tensor, region: np.ndarray) -> float:
    """The mean of the structural similarity (Wang et al. 2004) about each pixel of a region."""
    from kornia.metrics import ssim as similarity  # here, since it takes a second

    each = similarity(edited.movedim(-1, 1), true.movedim(-1, 1), window_size=11)
    return float(each[0].mean(dim=0)[torch.from_numpy(region)].mean())


def seam(edited: Tensor, true: Tensor, opacity: Tensor) -> float:
    """The step in colour across the edge of what was painted, beyond what belongs there.

    Both sides of the edge are compared 4 pixels away from it, in the picture and in the true one:
    an object's own outline is no seam.

    Args:
        edited, true: float [1,H,W,3] in 0..1.
        opacity: [H,W] in 0..1 of what was painted.

    Returns:
        CIELAB units, the mean over the edge; 0 where there is none.
    """
    inside = opacity > 0.5
    shown, wanted = to_lab(edited[0]), to_lab(true[0])
    steps = [_steps(shown, wanted, inside, axis) for axis in (0, 1)]
    more = torch.cat(steps)
    return float(more.mean()) if len(more) else 0.0


def _steps(edited: Tensor, true: Tensor, inside: Tensor, axis: int) -> Tensor:
    """How much larger each step across the edge is along one axis than in the true picture."""
    low, high = (slice(0, -2 * REACH), slice(2 * REACH, None))

    def ends(values: Tensor) -> tuple[Tensor, Tensor]:
        return (values[low], values[high]) if axis == 0 else (values[:, low], values[:, high])

    first, last = ends(inside)
    edge = first != last
    sizes = []
    for picture in (edited, true):
        before, after = ends(picture)
        sizes.append((after - before).norm(dim=-1)[edge])
    return (sizes[0] - sizes[1]).clamp(min=0)
