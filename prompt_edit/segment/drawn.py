"""Boxes and points drawn as rough masks, for a SAM that wants to see a prompt as well."""

from __future__ import annotations

import torch
from torch import Tensor

CERTAINTY = 8.0
"""Logit of a rough mask: far from doubt, and not beyond half precision."""

_REACH = 2.5  # cells around a point that belong to it


def box_masks(boxes: Tensor, size: tuple[int, int]) -> Tensor:
    """Boxes [N,4] as rough masks: logits [N,1,H,W], positive inside and negative outside."""
    ys, xs = _centres(size, boxes.device)
    x0, y0, x1, y1 = (side[:, None, None] for side in boxes.unbind(dim=1))
    inside = (xs > x0) & (xs < x1) & (ys > y0) & (ys < y1)
    return (inside.float() * 2 - 1)[:, None] * CERTAINTY


def with_points(masks: Tensor, points: Tensor, labels: Tensor) -> Tensor:
    """Rough masks, logits [N,1,H,W], with small discs at points [N,P,2]: positive where the label
    [N,P] is 1, negative where it is 0. From zeros, what lies between the discs is left open."""
    ys, xs = _centres((masks.shape[2], masks.shape[3]), masks.device)
    x, y = (each[..., None, None] for each in points.unbind(dim=-1))
    near = (xs - x) ** 2 + (ys - y) ** 2 < _REACH**2  # [N,P,H,W]
    for label in (1, 0):
        marked = (near & (labels == label)[..., None, None]).any(dim=1, keepdim=True)
        masks = torch.where(marked, CERTAINTY * (2 * label - 1), masks)
    return masks


def _centres(size: tuple[int, int], device: torch.device) -> tuple[Tensor, Tensor]:
    """The middles of all cells, down [H,1] and across [1,W]."""
    ys = torch.arange(size[0], device=device)[:, None] + 0.5
    return ys, torch.arange(size[1], device=device)[None] + 0.5
