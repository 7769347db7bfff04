"""Whose a thing is: the shirt of a child before a man is not his, and his dog is beside him."""

from __future__ import annotations

import torch
from torch import Tensor
from torchvision.ops import box_iou

from ..intent.grammar import lexicon as lex
from ..nouns import ON_FACES, head_of, singular
from ..plan import Relation
from . import place_tables as known
from .anchor import is_person, lives, noun_of, shared
from .choose import NEAR, closest, distance, gap, pairs
from .detections import Detections
from .worn import part_on_body

_HIS = 0.8  # of a thing's box, in that of who wears or holds it; what sticks out has less,
_PARTLY = 0.4  # and at least so much
_FITS = 0.12  # of a person's height: so near to its place is what somebody wears
_HIMSELF = 0.5  # IoU from which on two boxes are of one person
_SAME_TOP = 0.05  # of a person's height: who lies in his box and reaches up so far is half of him
_RATHER = 0.75  # of the area of who is asked for: who else holds a thing is smaller than that

_CARRIED = {"bag", "handbag", "purse", "briefcase", "backpack", "rucksack"}
_PARTS_OF_ANIMALS = {"paw", "fur", "mane", "beak", "snout", "muzzle", "whisker", "trunk", "tusk",
                     "hoof", "claw", "feather", "saddle", "harness"}  # fmt: skip
_ON_SOMEBODY = (
    {singular(word) for word in lex.BODY | lex.WORN} | ON_FACES | known.BODY_PARTS | known.HEADS
    | known.AT_HAND | known.FLAT | _PARTS_OF_ANIMALS
) - _CARRIED  # fmt: skip
"""What is nowhere but on who wears it or has it."""


def has_owner(relation: Relation) -> bool:
    """Whether a relation tells whose a thing is."""
    return relation.kind in ("on", "holding")


def may_be_anothers(found: Detections, anchors: Detections, relation: Relation) -> bool:
    """Whether all people have to be known: not where the one pair that there is fits, nor where
    nobody may be beside."""
    things, owners = _sides(found, anchors, relation)
    if not has_owner(relation) or not _somebody(owners).any():
        return False
    holds = _turned(pairs(found.boxes, anchors.boxes, relation.kind), relation)
    certain = (holds & ~_himself(things, owners)).nonzero()
    if not len(certain):
        return bool(_stands_apart(things).any())
    thing, owner = certain[0]
    noun, box, body = noun_of(things.labels[thing]), things.boxes[thing], owners.boxes[owner, None]
    his = shared(box, body) >= _HIS * _area(box)
    fits = part_on_body(noun) is None or _misfit(noun, box, body) <= _FITS
    return len(certain) > 1 or not bool(his & fits)


def anothers(
    found: Detections, anchors: Detections, relation: Relation, people: Detections
) -> Tensor:
    """Which things belong to somebody else than their anchors, of whom people tell: bool [N,M]."""
    things, owners = _sides(found, anchors, relation)
    if not has_owner(relation):
        return torch.zeros(len(found), len(anchors), dtype=torch.bool)
    other = _himself(things, owners)
    if len(people):
        everyone, himself = _everyone(things, owners, people)
        for row, (label, box) in enumerate(zip(things.labels, things.boxes, strict=True)):
            whose = _whose(noun_of(label), box, everyone, himself.any(dim=1))
            other[row] |= False if whose is None else ~himself[whose]
    return _turned(other, relation)


def beside(
    found: Detections, anchors: Detections, relation: Relation, nearest: bool, people: Detections
) -> Detections:
    """What is next to a living owner, where nothing is on or with one: the man's dog, the girl with
    the balloon.

    Nothing that is another's, and rather nothing that somebody else is nearer to; of several the
    `nearest`.
    """
    things, owners = _sides(found, anchors, relation)
    alive = torch.tensor([_lives(each) for each in owners.labels])
    apart = gap(things.boxes[:, None], owners.boxes[None])  # [N,M]
    near = (apart <= NEAR) & _stands_apart(things)[:, None] & alive
    near &= ~_turned(anothers(found, anchors, relation, people), relation)
    if relation.kind == "on":  # who stands by a horse does not ride it
        near &= ~_somebody(things)[:, None] | _somebody(owners)
    everyone, himself = _everyone(things, owners, people)
    rest = everyone[~himself.any(dim=1)]
    if len(rest):
        theirs = distance(things.boxes[:, None], rest[None]).amin(dim=1, keepdim=True)
        nearest_of_all = near & (distance(things.boxes[:, None], owners.boxes[None]) <= theirs)
        near = nearest_of_all if nearest_of_all.any() else near
    if relation.kind == "holding":
        near = closest(owners.boxes, things.boxes, near.T).T
    elif nearest:
        near = closest(things.boxes, owners.boxes, near)
    return found.take(_turned(near, relation).any(dim=1))


def _sides(
    found: Detections, anchors: Detections, relation: Relation
) -> tuple[Detections, Detections]:
    """Things, and who may own them: "the man's dog", "the man with the dog"."""
    return (anchors, found) if relation.kind == "holding" else (found, anchors)


def _turned(matrix: Tensor, relation: Relation) -> Tensor:
    """Of things and owners instead of found ones and anchors, and the other way round."""
    return matrix.T if relation.kind == "holding" else matrix


def _lives(label: str) -> bool:
    return _is_somebody(label) or lives(_each_of(label))


def _is_somebody(label: str) -> bool:
    each = _each_of(label)
    return is_person(each) or each in known.GROUPS


def _each_of(label: str) -> str:
    """The noun of a label, and where that is a group, of what it is one: "picture" of a "group of
    pictures"."""
    label = label.lower()
    several = label.partition(f"{head_of(label)} of ")[2]
    return noun_of(several if several and noun_of(label) in known.GROUPS else label)


def _himself(things: Detections, owners: Detections) -> Tensor:
    """Which things are the owners themselves: asked for a man's wife, a detector may show him."""
    people = _somebody(things)[:, None] & _somebody(owners)  # a crowd may fill a beach
    return people & (box_iou(things.boxes, owners.boxes) > _HIMSELF)


def _somebody(things: Detections) -> Tensor:
    return torch.tensor([_is_somebody(each) for each in things.labels], dtype=torch.bool)


def _stands_apart(things: Detections) -> Tensor:
    """Which things may be beside their owner: bool [N]."""
    nouns = [noun_of(label) for label in things.labels]
    return torch.tensor([
        noun in _CARRIED or (noun not in _ON_SOMEBODY and part_on_body(noun) is None)
        for noun in nouns
    ])  # fmt: skip


def _everyone(things: Detections, owners: Detections, people: Detections) -> tuple[Tensor, Tensor]:
    """All people [P,4] but those who are things here, the owners among them, and which of them each
    owner is: bool [P,M]. A couple is all who are in its box."""
    boxes, own = people.boxes, owners.boxes
    half = _within(boxes, own) & _half(boxes[:, None], own)
    thing = box_iou(boxes, things.boxes[_somebody(things)]) > _HIMSELF
    boxes = boxes[~half.any(dim=1) & ~thing.any(dim=1)]
    if not len(boxes):
        return own, torch.eye(len(own), dtype=torch.bool)
    alike, best = box_iou(boxes, own).max(dim=0)
    himself, inner = torch.zeros(len(boxes), len(own), dtype=torch.bool), _within(boxes, own)
    himself[best, torch.arange(len(own))] = alike > _HIMSELF
    himself |= inner & _groups(owners, (alike < _HIS) & (inner.sum(dim=0) > 1))
    unseen = alike <= _HIMSELF
    alone = torch.eye(len(own), dtype=torch.bool)[unseen]
    return torch.cat([boxes, own[unseen]]), torch.cat([himself, alone])


def _groups(owners: Detections, several: Tensor) -> Tensor:
    """Which owners are a group in one box: by their noun, or those of a plural with several people
    in them and nobody as large. Bool [M]."""
    nouns = [noun_of(label) for label in owners.labels]
    plurals = torch.tensor([singular(label.lower()) != label.lower() for label in owners.labels])
    return torch.tensor([noun in known.GROUPS for noun in nouns]) | (plurals & several)


def _within(people: Tensor, owners: Tensor) -> Tensor:
    """Which people [P,4] are in the boxes of which owners [M,4]: bool [P,M]."""
    inner = [shared(box, owners) >= _HIS * _area(box) for box in people]
    return torch.stack(inner) if inner else torch.zeros(0, len(owners), dtype=torch.bool)


def _half(people: Tensor, owners: Tensor) -> Tensor:
    """Which people [P,1,4] are the upper half of which owners [M,4]: bool [P,M]."""
    (wide, high), (width, height) = (
        (each[..., 2:] - each[..., :2]).unbind(dim=-1) for each in (people, owners)
    )
    top = (people[..., 1] - owners[..., 1]).abs() <= _SAME_TOP * height
    return top & (wide >= _HIS * width) & (high <= _HIS * height)


def _whose(noun: str, box: Tensor, people: Tensor, asked: Tensor) -> Tensor | None:
    """Which of the people [P,4] has a thing [4] in the box, and in its place; None for nobody.

    Of what has no place of its own rather who is `asked` for: bool [P].
    """
    share = shared(box, people) / _area(box)
    fit = share >= share.max().clamp(_PARTLY, _HIS)
    if not fit.any():
        return None
    off = _misfit(noun, box, people)
    if part_on_body(noun) is None:
        off = torch.where(asked, _RATHER * off, off)
    return off.where(fit, torch.inf).argmin()


def _misfit(noun: str, box: Tensor, people: Tensor) -> Tensor:
    """How far a thing [4] is from where each of the people [P,4] would wear it, in their heights.

    Of what has no place of its own the area of who holds it, the smaller the better.
    """
    sides = (people[:, 2:] - people[:, :2]).clamp(min=1e-6)
    part = part_on_body(noun)
    if part is None:
        return sides.prod(dim=1)
    x, y = (((box[:2] + box[2:]) / 2 - people[:, :2]) / sides).unbind(dim=1)
    across = ((x - 0.5).abs() - abs(part[0] - 0.5)) * sides[:, 0] / sides[:, 1]
    return torch.hypot(across, y - part[1])


def _area(box: Tensor) -> Tensor:
    return (box[2:] - box[:2]).prod().clamp(min=1e-6)
