"""Masks as the latents see them, in squares of pixels."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def whole_cells(mask: Tensor, cell: int) -> Tensor:
    """A mask [1,h,w] that covers each latent's square of `cell` pixels wholly or not at all.

    The pipelines look at one pixel of each square, and would leave out what lies beside it. What is
    painted beyond the mask is not kept: the region is laid back through the mask itself.
    """
    most = F.max_pool2d(mask[:, None], cell)[:, 0]
    return most.repeat_interleave(cell, dim=1).repeat_interleave(cell, dim=2)


def with_thin_parts(mask: Tensor, cell: int, middle: bool = False) -> Tensor:
    """A mask [1,h,w] in which no part is so thin that the pipelines would not see it.

    They look at one pixel of each latent's square of `cell` pixels, and show the model a hole that
    its mask leaves out. So a square in which the mask has another pixel, and beside which none is
    seen, is covered wholly.

    Args:
        middle: what looks is ComfyUI, which takes the middle of each square.
    """
    seen = mask[:, None, ::cell, ::cell]
    if middle:
        seen = F.interpolate(mask[:, None], seen.shape[-2:], mode="bilinear").round()
    missed = (F.max_pool2d(mask[:, None], cell) > 0.5) & (F.max_pool2d(seen, 3, 1, 1) < 0.5)
    squares = missed[:, 0].repeat_interleave(cell, dim=1).repeat_interleave(cell, dim=2)
    return torch.maximum(mask, squares.to(mask))
