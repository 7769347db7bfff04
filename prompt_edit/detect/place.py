"""Where a new thing goes: a box for what is not there yet."""

from __future__ import annotations

import re

import torch
from torch import Tensor

from ..intent.grammar.lexicon import PERSONS
from ..nouns import head_of, singular
from ..plan import Relation
from .detections import Detections

# Things that are worn, as (centre x, centre y, width, height) in units of the wearer's box.
_WORN = {
    "hat": (0.5, 0.04, 0.62, 0.22),
    "cap": (0.5, 0.04, 0.62, 0.22),
    "helmet": (0.5, 0.06, 0.5, 0.2),
    "crown": (0.5, 0.02, 0.4, 0.14),
    "hair": (0.5, 0.1, 0.55, 0.26),
    "glasses": (0.5, 0.12, 0.36, 0.07),
    "sunglasses": (0.5, 0.12, 0.36, 0.07),
    "beard": (0.5, 0.18, 0.32, 0.1),
    "scarf": (0.5, 0.25, 0.5, 0.12),
    "necklace": (0.5, 0.27, 0.36, 0.1),
    "tie": (0.5, 0.36, 0.2, 0.22),
    "jacket": (0.5, 0.42, 1.0, 0.4),
    "coat": (0.5, 0.5, 1.0, 0.55),
    "shirt": (0.5, 0.4, 1.0, 0.36),
    "t-shirt": (0.5, 0.4, 1.0, 0.36),
    "bag": (0.92, 0.66, 0.42, 0.26),
    "handbag": (0.92, 0.66, 0.42, 0.26),
    "shoes": (0.5, 0.96, 0.8, 0.1),
    "beanie": (0.5, 0.04, 0.55, 0.2),
    "wig": (0.5, 0.1, 0.55, 0.26),
    "headphones": (0.5, 0.09, 0.52, 0.18),
    "goggles": (0.5, 0.12, 0.36, 0.08),
    "mask": (0.5, 0.14, 0.36, 0.12),
    "moustache": (0.5, 0.155, 0.26, 0.05),
    "earring": (0.5, 0.14, 0.46, 0.08),
    "hoodie": (0.5, 0.4, 1.0, 0.4),
    "sweater": (0.5, 0.4, 1.0, 0.36),
    "blouse": (0.5, 0.4, 1.0, 0.36),
    "vest": (0.5, 0.4, 0.8, 0.36),
    "dress": (0.5, 0.52, 1.0, 0.6),
    "apron": (0.5, 0.5, 0.8, 0.5),
    "backpack": (0.5, 0.36, 0.9, 0.36),
    "belt": (0.5, 0.52, 0.7, 0.07),
    "skirt": (0.5, 0.62, 0.9, 0.28),
    "pants": (0.5, 0.72, 0.8, 0.5),
    "trousers": (0.5, 0.72, 0.8, 0.5),
    "jeans": (0.5, 0.72, 0.8, 0.5),
    "shorts": (0.5, 0.6, 0.8, 0.24),
    "glove": (0.5, 0.55, 1.15, 0.14),
    "boot": (0.5, 0.93, 0.8, 0.16),
    "sock": (0.5, 0.91, 0.7, 0.12),
}  # fmt: skip

# What is put "on" something lies in the middle of it, and does not stand on top of it,
_FLAT = {"logo", "print", "tattoo", "patch", "sticker", "badge", "button", "picture", "painting",
         "poster", "graffiti", "text", "label", "stain", "stripe", "pattern", "drawing", "photo",
         "number", "letter", "emblem"}  # fmt: skip
# and so does all that is put on these.
_UPRIGHT = {"wall", "door", "window", "fence", "shirt", "t-shirt", "jacket", "dress", "sweater",
            "hoodie", "coat", "sleeve", "cheek", "arm", "billboard", "screen", "flag",
            "sign"}  # fmt: skip

# Elsewhere: the centre's offset from the anchor's centre, in units of (anchor + new) half sides.
_BESIDE = {
    "left of": (-1.0, 0.0),
    "right of": (1.0, 0.0),
    "above": (0.0, -1.0),
    "below": (0.0, 1.0),
    "on": (0.0, -1.0),
    "in": (0.0, 0.0),
    "holding": (0.8, 0.2),
}
_SHARE = 0.75  # of the anchor's mean side: the side of a new thing of unknown size


def place(result: str, anchors: Detections, relation: Relation | None) -> Tensor:
    """A box for each anchor [N,4], xyxy in pixels, cut to the picture.

    Args:
        result: the noun phrase of the new thing; its head is looked up among things worn.
        anchors: what it is put to.
        relation: how it stands to them; None counts as *on*.
    """
    kind, noun = relation.kind if relation else "on", _noun(result)
    if kind == "on" and (noun in _FLAT or (relation and _noun(relation.anchor) in _UPRIGHT)):
        kind = "in"
    boxes = [_one(noun, kind, box, anchors.size) for box in anchors.boxes]
    return torch.stack(boxes) if boxes else torch.zeros(0, 4)


_PAIR = re.compile(r"^(?:an?\s+)?pairs?\s+of\s+")


def _noun(phrase: str) -> str:
    """The head of a noun phrase, in the singular, save for pairs: "hat" of "red hats with dots"."""
    head = head_of(_PAIR.sub("", phrase.lower()))
    return head if head in _WORN else singular(head)


def is_guess(result: str, target: str, relation: Relation | None) -> bool:
    """Whether it is not known where a person wears the new thing."""
    kind = relation.kind if relation else "on"
    worn = kind in ("on", "holding") and _noun(target) in PERSONS
    return worn and _noun(result) not in {*_WORN, *_FLAT}


def has_room(place: Tensor, anchor: Tensor, relation: Relation | None) -> bool:
    """Whether a place [4] lies beside its anchor [4], where it is to: most of it at least."""
    if relation is None or relation.kind not in ("left of", "right of", "above", "below", "near"):
        return True
    return bool(_shared(place, anchor[None])[0] <= 0.5 * (place[2:] - place[:2]).prod())


def _one(noun: str, kind: str, anchor: Tensor, size: tuple[int, int]) -> Tensor:
    corner, sides = anchor[:2], anchor[2:] - anchor[:2]
    if kind in ("on", "holding") and noun in _WORN:
        values = torch.tensor(_WORN[noun])
        return _cut(corner + values[:2] * sides, values[2:] * sides, size)
    side = sides.prod().sqrt() * _SHARE
    centre = corner + sides / 2
    if kind == "near":  # on the side that has more room
        kind = "right of" if centre[0] < size[1] / 2 else "left of"
    offset = torch.tensor(_BESIDE[kind]) * (sides + side) / 2
    if kind in ("left of", "right of"):  # on the same ground
        offset[1] = (sides[1] - side) / 2
    return _cut(centre + offset, side.repeat(2), size)


def place_freely(others: Detections, side_of_picture: str = "all") -> Tensor:
    """A box [1,4] on the ground where it covers least of what is there.

    `side_of_picture` is a `Which.by`: left, right, top and center ask for that place, whatever
    stands there.
    """
    height, width = others.size
    side = 0.32 * min(height, width)
    y = {"top": 0.62 * side, "center": height / 2}.get(side_of_picture, height - 0.62 * side)
    asked = {"left": 0.55 * side, "right": width - 0.55 * side, "center": width / 2}
    if side_of_picture in asked:
        centre = torch.tensor([asked[side_of_picture], y])
        return _cut(centre, torch.tensor([side, side]), others.size)[None]
    candidates = [
        _cut(torch.tensor([x, y]), torch.tensor([side, side]), others.size)
        for x in torch.linspace(0.55 * side, width - 0.55 * side, 9).tolist()
    ]
    covered = [float(_shared(box, others.boxes).sum()) for box in candidates]
    middle = [abs(float(box[0] + box[2]) / 2 - width / 2) for box in candidates]
    best = min(range(len(candidates)), key=lambda index: (covered[index], middle[index]))
    return candidates[best][None]


def _shared(box: Tensor, boxes: Tensor) -> Tensor:
    inner = torch.minimum(box[2:], boxes[:, 2:]) - torch.maximum(box[:2], boxes[:, :2])
    return inner.clamp(min=0).prod(dim=1)


def _cut(centre: Tensor, sides: Tensor, size: tuple[int, int]) -> Tensor:
    limit = torch.tensor([size[1], size[0]], dtype=torch.float32)
    # A thing that would be outside the picture is moved in, at least by half of it.
    centre = torch.minimum(torch.maximum(centre, sides * 0), limit)
    low = torch.minimum((centre - sides / 2).clamp(min=0), limit - 1)
    return torch.cat([low, torch.maximum(torch.minimum(centre + sides / 2, limit), low + 1)])
