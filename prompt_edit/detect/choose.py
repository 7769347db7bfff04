"""Which of the detections are meant: order, rank and relations, by the geometry of boxes."""

from __future__ import annotations

import torch
from torch import Tensor

from ..errors import PlanError, require
from ..plan import Relation, RelationKind, Which
from . import place_tables as known
from .anchor import lives, noun_of
from .detections import Detections

_ITSELF = 0.9  # IoU of two boxes, up to which they are not of one thing
_ROOMY = 0.45  # of the height of what stands over a thing, from which on all below its top is free
NEAR = 1.0  # the gap between two boxes, in mean box sides, up to which they count as neighbours


def choose(found: Detections, which: Which) -> Detections:
    """The instances that `which` names; fewer, or none, where the picture does not hold as many."""
    require(found, Detections, "What was found")
    require(which, Which, "The order", PlanError)
    if which.by == "all":
        return found
    order = torch.argsort(_rank_key(found, which.by), stable=True)
    return found.take(order[which.rank - 1 : which.rank - 1 + which.count])


# --- each thing once -----------------------------------------------------------------------------

_MEMBER = 0.85  # of a box: so much of it lies in the box of its group,
_SMALLER = 0.6  # of which it is at most so much
_HULL = 0.8  # IoU of the box of a group and of that around its members
_FILLED = 0.5  # of the box of a group: what its members cover
_WHOLE = 0.85  # of a box: what its parts cover that abut, as the casements of a window do
_FAR_ABOVE = 1.5  # times the best member's score: who scores so is no group


def one_by_one(found: Detections, wholes: bool = False) -> Detections:
    """Without boxes around several others of their label: three balls are no fourth one.

    The members of a group reach to its edges, and a father is larger than the children he holds.

    Args:
        wholes: keep those that the others fill, which may be parts of them, and couples.
    """
    boxes, scores = found.boxes, found.scores
    single = []
    for row, members in enumerate(_members(found)):
        most = _most(found.labels[row]) if wholes else torch.inf
        is_group = _FILLED <= _filled(boxes[row], boxes[members]) < most
        if not is_group or scores[row] >= _FAR_ABOVE * scores[members].max():
            single.append(row)
    return found.take(single)


def without_parts(found: Detections) -> Detections:
    """Without the parts of what is as sure as they: next to a door is a window, and no casement."""
    boxes, scores = found.boxes, found.scores
    parts = torch.zeros(len(found), dtype=torch.bool)
    for row, members in enumerate(_members(found)):
        least = max(_most(found.labels[row]), _FILLED)
        if _filled(boxes[row], boxes[members]) >= least and scores[row] >= scores[members].max():
            parts |= members
    return found.take(~parts)


def _members(found: Detections) -> Tensor:
    """Who may be a member, or a part, of whom: bool [N,N]."""
    boxes, labels = found.boxes, found.labels
    alike = torch.tensor([[one == other for other in labels] for one in labels], dtype=torch.bool)
    of = _within(boxes[None], boxes[:, None], _MEMBER) & alike.view(len(found), len(found))
    return of & (found.areas[None] <= _SMALLER * found.areas[:, None])


def _most(label: str) -> float:
    """What share of a box several alike cover before they may be parts of one: three men are never
    one man, and two who are a couple always are."""
    noun = noun_of(label)
    if noun in known.GROUPS:
        return 0
    return torch.inf if lives(noun) else _WHOLE


def _filled(box: Tensor, members: Tensor) -> float:
    """What share of a box [4] its members [N,4] cover; 0 where they do not reach to its edges."""
    if len(members) < 2:
        return 0
    hull = torch.cat([members[:, :2].amin(dim=0), members[:, 2:].amax(dim=0)])
    return _covered(box, members) if bool(_overlap(hull, box) >= _HULL) else 0


def _covered(box: Tensor, others: Tensor, steps: int = 48) -> float:
    """What share of a box [4] others [N,4] cover together."""
    at = box[:2] + (torch.arange(steps)[:, None] + 0.5) / steps * (box[2:] - box[:2])  # [S,2]
    x, y = ((at >= others[:, None, :2]) & (at <= others[:, None, 2:])).unbind(dim=-1)  # [N,S]
    return float((x[:, :, None] & y[:, None]).any(dim=0).float().mean())


# --- orders --------------------------------------------------------------------------------------


def _rank_key(found: Detections, by: str) -> Tensor:
    """What to sort by, lowest first."""
    x, y = found.centers.unbind(dim=1)
    height, width = found.size

    def corner(right: int, bottom: int) -> Tensor:
        """How far it is to that corner, in a picture whose sides are 1."""
        return (x / width - right) ** 2 + (y / height - bottom) ** 2

    keys = {
        "score": -found.scores,
        "left": x,
        "right": -x,
        "top": y,
        "bottom": -y,
        "center": _off_the_middle(x, y, found.size),
        "largest": -found.areas,
        "smallest": found.areas,
        "top left": corner(0, 0),
        "top right": corner(1, 0),
        "bottom left": corner(0, 1),
        "bottom right": corner(1, 1),
    }
    return keys[by]


def _off_the_middle(x: Tensor, y: Tensor, size: tuple[int, int]) -> Tensor:
    """How far things with centers [N] are from the middle one of a row, or of the picture.

    Of an odd number in a row the middle one is meant, wherever the row stands.
    """
    spreads = [float(each.max() - each.min()) if len(each) else 0.0 for each in (x, y)]
    if len(x) % 2 and len(x) > 1 and max(spreads) >= 2 * min(spreads):
        along = x if spreads[0] > spreads[1] else y
        return (along.argsort().argsort() - len(x) // 2).abs()
    return (x - size[1] / 2) ** 2 + (y - size[0] / 2) ** 2


# --- relations -----------------------------------------------------------------------------------


def related(
    found: Detections,
    anchors: Detections,
    relation: Relation,
    nearest: bool = True,
    others: Tensor | None = None,
) -> Detections:
    """The detections that stand in that relation to any of the anchors.

    Of those *near* one anchor the `nearest` alone: "the cup next to the car" is not every cup
    around. "The cups next to the car" are.

    Args:
        others: bool [N,M], which pairs do not count, as `anothers` tells.
    """
    for each in (found, anchors):
        require(each, Detections, "What was found")
    require(relation, Relation, "The relation", PlanError)
    if not len(found) or not len(anchors):
        return found.take([])
    holds = pairs(found.boxes, anchors.boxes, relation.kind)
    if relation.kind == "below":
        holds = _rather_under(found.boxes, anchors, holds)
    if others is not None:
        holds = holds & ~others
    if nearest and relation.kind == "near":
        holds = closest(found.boxes, anchors.boxes, holds)
    return found.take(holds.any(dim=1))


def pairs(boxes: Tensor, anchors: Tensor, kind: RelationKind) -> Tensor:
    """Which of the boxes [N,4] stand in the relation to which of the anchors [M,4]: bool [N,M]."""
    a, b = boxes[:, None], anchors[None]  # [N,1,4], [1,M,4]
    holds = _HOLDS[kind](a, b)
    if kind in ("on", "in", "holding"):
        return holds
    return holds & (_overlap(a, b) <= _ITSELF)  # a thing is not next to itself


def closest(boxes: Tensor, anchors: Tensor, holds: Tensor) -> Tensor:
    """Of the pairs [N,M] that hold, for each anchor the one with the closest box."""
    a, b = boxes[:, None], anchors[None]
    middles = (_center(a) - _center(b)).norm(dim=-1)
    apart = distance(a, b) + 1e-6 * middles  # of two that touch it, the one that is more there
    best = apart.where(holds, torch.inf).argmin(dim=0)
    return holds & (torch.arange(len(boxes))[:, None] == best)


def _overlap(a: Tensor, b: Tensor) -> Tensor:
    """IoU, [N,M]."""
    inner = _inner(a, b)
    return inner / (_area(a) + _area(b) - inner).clamp(min=1e-6)


def _inner(a: Tensor, b: Tensor) -> Tensor:
    corner = torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])
    return corner.clamp(min=0).prod(dim=-1)


def _area(boxes: Tensor) -> Tensor:
    return (boxes[..., 2:] - boxes[..., :2]).prod(dim=-1)


def distance(a: Tensor, b: Tensor) -> Tensor:
    """The distance between the nearest edges in pixels, [N,M]."""
    apart = torch.maximum(a[..., :2] - b[..., 2:], b[..., :2] - a[..., 2:]).clamp(min=0)
    return apart.norm(dim=-1)


def gap(a: Tensor, b: Tensor) -> Tensor:
    """The same in mean sides of the two boxes: large things are near from further off."""
    return distance(a, b) / ((_area(a).sqrt() + _area(b).sqrt()) / 2).clamp(min=1)


def _center(boxes: Tensor) -> Tensor:
    return (boxes[..., :2] + boxes[..., 2:]) / 2


def _within(a: Tensor, b: Tensor, share: float = 0.5) -> Tensor:
    """At least that share of `a` lies inside `b`."""
    return _inner(a, b) / _area(a).clamp(min=1e-6) >= share


def _standing_on(a: Tensor, b: Tensor) -> Tensor:
    """A cup on a table, a man on a surfboard: it rises above the other's middle, and its foot is
    between a little above the other's top and a little below its middle."""
    foot, top, middle = a[..., 3], b[..., 1], _center(b)[..., 1]
    slack = 0.25 * (a[..., 3] - a[..., 1])
    return _across(a, b) & (foot > top - slack) & (foot < middle + slack)


def _standing_in(a: Tensor, b: Tensor) -> Tensor:
    """Flowers in a vase, a spoon in a cup: they rise out of it, and end in it."""
    return _across(a, b) & (a[..., 3] > b[..., 1]) & (a[..., 3] <= b[..., 3])


def _across(a: Tensor, b: Tensor) -> Tensor:
    """Whether `a` has its centre over `b`, and above the middle of it."""
    (x, y), middle = _center(a).unbind(dim=-1), _center(b)[..., 1]
    return (x > b[..., 0]) & (x < b[..., 2]) & (y < middle)


def _below(a: Tensor, b: Tensor) -> Tensor:
    """Lower than the anchor; where nothing is, in its lower half: a table's box reaches down to the
    floor, and so do a car's and a bed's."""
    lower = _center(a)[..., 1] > b[..., 3]
    return lower | (_under(a, b) & ~lower.any(dim=0, keepdim=True))


def _under(a: Tensor, b: Tensor) -> Tensor:
    """In the lower half of the anchor's box."""
    (x, y), middle = _center(a).unbind(dim=-1), _center(b)[..., 1]
    half = torch.stack([b[..., 0], middle, b[..., 2], b[..., 3]], dim=-1)
    under = (x > b[..., 0]) & (x < b[..., 2]) & (y > middle) & (y <= b[..., 3])
    return under & (
        _within(a, half) | (a[..., 1] > middle)
    )  # a rug is wider than what stands on it


def _rather_under(boxes: Tensor, anchors: Detections, holds: Tensor) -> Tensor:
    """Of the pairs [N,M] that are below, those under a table and its like, where there are any: the
    cat on the floor before it is lower in the picture, and not meant. In the lower half of a bed or
    a tree is also what lies on it."""
    room = [known.UNDER.get(noun_of(label), 0) for label in anchors.labels]
    roomy = torch.tensor(room) >= _ROOMY
    a, b = boxes[:, None], anchors.boxes[None]
    under = _under(a, b) & roomy & (_overlap(a, b) <= _ITSELF)
    return torch.where(under.any(dim=0), under, holds)


def _holding(a: Tensor, b: Tensor) -> Tensor:
    """ "The woman with the bag": the bag is the anchor, and most of it lies in her box. What merely
    touches it holds it where it lies in nobody's box: people stand close."""
    within = _within(b, a, 0.4)
    return within | ((gap(a, b) <= 0.02) & ~within.any(dim=0, keepdim=True))


_HOLDS = {
    "near": lambda a, b: gap(a, b) <= NEAR,
    "left of": lambda a, b: _center(a)[..., 0] < b[..., 0],
    "right of": lambda a, b: _center(a)[..., 0] > b[..., 2],
    "above": lambda a, b: _center(a)[..., 1] < b[..., 1],
    "below": _below,
    # Worn or mounted on it, or standing on top of it.
    "on": lambda a, b: _within(a, b) | _standing_on(a, b),
    "in": lambda a, b: _within(a, b, 0.6) | _standing_in(a, b),
    "holding": _holding,
}
