"""Where a picture has room for something new: what stands there already is not painted over."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from ..images import rgb
from ..plan import Relation
from .place import TAKEN, has_room

_SIDE = 96  # pixels of the picture's longer side: texture is gone there, and things are not
_STEP = 0.08  # between neighbours, of 0..1: the least edge of a thing
_FARTHEST = 3  # widths by which a new thing may stand further off than just beside


def edges_of(image: Tensor) -> Tensor:
    """Where the things in a picture [1,H,W,C] have edges, bool [h,w], much smaller than it."""
    high, wide = image.shape[1:3]
    scale = min(1.0, _SIDE / max(high, wide))
    size = max(2, round(high * scale)), max(2, round(wide * scale))
    small = F.interpolate(rgb(image).float().movedim(-1, 1), size, mode="area")[0].cpu()
    edges = torch.zeros(size, dtype=torch.bool)
    edges[:, 1:] |= (small[:, :, 1:] - small[:, :, :-1]).abs().amax(dim=0) > _STEP
    edges[1:] |= (small[:, 1:] - small[:, :-1]).abs().amax(dim=0) > _STEP
    return edges


def taken(edges: Tensor, boxes: Tensor, size: tuple[int, int]) -> list[float]:
    """What share of each box [N,4] has edges in it, 0..1; `size` is the picture's."""
    scale = torch.tensor([edges.shape[1] / size[1], edges.shape[0] / size[0]]).repeat(2)
    shares = []
    for box in boxes:
        left, top, right, bottom = (box * scale).round().int().tolist()
        part = edges[top : max(bottom, top + 1), left : max(right, left + 1)]
        shares.append(float(part.float().mean()) if part.numel() else 1.0)
    return shares


def beside_others(
    places: Tensor, anchors: Tensor, relation: Relation | None, image: Tensor
) -> Tensor:
    """Places [N,4] beside anchors [N,4], moved away from what else stands there.

    Beside is on the other side, or further off; where all is taken, they stay.
    """
    if relation is None or relation.kind not in ("near", "left of", "right of"):
        return places
    size, edges = (int(image.shape[1]), int(image.shape[2])), edges_of(image)
    moved = places.clone()
    for row, (place, anchor) in enumerate(zip(places, anchors, strict=True)):
        tried = _others(place, anchor, relation, size)
        shares = taken(edges, tried, size)
        free = [number for number, share in enumerate(shares) if share < TAKEN]
        if free:
            moved[row] = tried[free[0]]
    return moved


def _others(place: Tensor, anchor: Tensor, relation: Relation, size: tuple[int, int]) -> Tensor:
    """The place [4] itself, and where else the thing might stand, [N,4]: the nearest first."""
    width = float(place[2] - place[0])
    right = float(place[0] + place[2]) > float(anchor[0] + anchor[2])
    moves = [step * width * (1 if right else -1) for step in range(_FARTHEST + 1)]
    moves.append(float(size[1] - place[2]) if right else -float(place[0]))  # to the very edge
    if relation.kind == "near":
        across = float(anchor[0] + anchor[2] - place[0] - place[2])  # as far on the other side
        moves = [each for away in moves for each in (away, across - away)]
    shifted = [place + torch.tensor([move, 0.0, move, 0.0]) for move in moves]
    inside = [each for each in shifted if each[0] >= 0 and each[2] <= size[1]]
    fit = [each for each in inside if has_room(each, anchor, relation)]
    return torch.stack([place, *(each for each in fit if not each.equal(place))])
