"""What a new thing is put to, and boxes in units of others."""

from __future__ import annotations

import re
from dataclasses import dataclass

import torch
from torch import Tensor

from ..intent.grammar.lexicon import PERSONS
from ..nouns import head_of, singular, words_of
from ..plan import Relation
from . import place_tables as known
from .detections import Detections

_UPRIGHT = {"animal": 1.0, "person": 1.6}  # height over width of who is seen from head to foot
_EDGE = 0.01  # of the picture's height: who reaches so near to the lower edge is cut off by it
_PAIR = re.compile(r"^(?:an?\s+)?pairs?\s+of\s+")


def noun_of(phrase: str) -> str:
    """The head of a noun phrase, in the singular, save for pairs: "hat" of "red hats with dots"."""
    head = head_of(_PAIR.sub("", phrase.lower()))
    return head if head in known.BODY else singular(head)


def is_person(noun: str) -> bool:
    """Whether a noun, in lower case and in the singular, names somebody."""
    return noun in PERSONS or noun in known.PEOPLE


def lives(noun: str) -> bool:
    """Whether such a noun names somebody or an animal."""
    return is_person(noun) or noun in known.ANIMALS


@dataclass(frozen=True)
class Anchor:
    """What a new thing is put to.

    Attributes:
        noun: what it is.
        box: [4], xyxy in pixels.
        size: height and width of the picture.
        head: [4], its head or face; None where that is not known.
    """

    noun: str
    box: Tensor
    size: tuple[int, int]
    head: Tensor | None = None

    @property
    def sides(self) -> Tensor:
        return self.box[2:] - self.box[:2]

    @property
    def is_person(self) -> bool:
        return is_person(self.noun)

    @property
    def is_animal(self) -> bool:
        return self.noun in known.ANIMALS

    @property
    def wears(self) -> bool:
        """Whether it may be somebody, whose head is a part of it."""
        return self.noun not in known.NOBODY

    @property
    def whole(self) -> bool:
        """Whether it is somebody upright, seen from head to foot."""
        width, height = self.sides.tolist()
        if self.is_animal:
            return height >= _UPRIGHT["animal"] * width
        cut_off = float(self.box[3]) >= (1 - _EDGE) * self.size[0]
        return not cut_off and height >= _UPRIGHT["person"] * width


def anchors_of(
    found: Detections, relation: Relation | None, heads: Tensor | None = None
) -> list[Anchor]:
    """What was found, by the phrase of each where the relation lists that, else by the relation's.

    Args:
        heads: [N,4], of no area where none is known.
    """
    anchors = []
    for row, (box, label) in enumerate(zip(found.boxes, found.labels, strict=True)):
        told = relation.anchor if relation else label
        words = set(words_of(label))
        told = label if words and words <= set(words_of(told)) else told
        head = heads[row] if heads is not None and (heads[row, 2:] > heads[row, :2]).all() else None
        anchors.append(Anchor(noun_of(told), box, found.size, head))
    return anchors


# --- boxes ---------------------------------------------------------------------------------------


def part_of(part: known.Part, box: Tensor, size: tuple[int, int]) -> Tensor:
    """What is given in units of a box [4], in pixels and cut to the picture, [4]."""
    return cut(*fractions(part, box), size)


def fractions(part: known.Part, box: Tensor) -> tuple[Tensor, Tensor]:
    """Centre and sides, in pixels, of what is given in units of a box [4]."""
    values, sides = torch.tensor(part), box[2:] - box[:2]
    return box[:2] + values[:2] * sides, values[2:] * sides


def within(box: Tensor, other: Tensor) -> Tensor:
    """What of a box [4] lies in another; all of it where nothing does."""
    inner = torch.cat([torch.maximum(box[:2], other[:2]), torch.minimum(box[2:], other[2:])])
    return inner if (inner[2:] > inner[:2]).all() else box


def shared(box: Tensor, boxes: Tensor) -> Tensor:
    """The area of a box [4] that each of others [N,4] covers, [N]."""
    inner = torch.minimum(box[2:], boxes[:, 2:]) - torch.maximum(box[:2], boxes[:, :2])
    return inner.clamp(min=0).prod(dim=1)


def cut(centre: Tensor, sides: Tensor, size: tuple[int, int]) -> Tensor:
    """A box [4] by its centre and sides, cut to the picture."""
    limit = torch.tensor([size[1], size[0]], dtype=torch.float32)
    # A thing that would be outside the picture is moved in, at least by half of it.
    centre = torch.minimum(torch.maximum(centre, sides * 0), limit)
    low = torch.minimum((centre - sides / 2).clamp(min=0), limit - 1)
    return torch.cat([low, torch.maximum(torch.minimum(centre + sides / 2, limit), low + 1)])
