"""Of several things that an edit is about: which must be edited, and what of each is its own."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from ..detect.detections import Detections
from ..detect.ground import Grounded
from ..detect.phrases import phrases_of
from ..nouns import singular
from ..plan import Edit
from ..segment.masks import Cut
from .boxes import inside, share_in, within

_OWN = 0.5  # of a box: what no other lies on tells more of its thing than all of it, from there on


def sets_of(edit: Edit, found: Detections) -> list[list[int]]:
    """The rows of what an edit is about, in sets: of each set one thing at least must be edited.

    Of a plural, and of an order, each thing is a set; another phrase is one, since for "man" a
    detector may see more. Of a list each phrase counts.
    """
    if edit.which.by != "all":
        return [[row] for row in range(len(found))]
    phrases, sets = phrases_of(edit.target), list[list[int]]()
    for phrase in phrases:
        one = singular(phrase)
        rows = [row for row, label in enumerate(found.labels)
                if len(phrases) == 1 or label.lower() in (phrase.lower(), one.lower())]  # fmt: skip
        sets += [rows] if one == phrase else [[row] for row in rows]
    return [rows for rows in sets if rows]


def left_out(edit: Edit, grounded: Grounded, region: Tensor) -> tuple[int, int]:
    """How many of the things that must be edited a region [H,W] does not touch, and of how many.

    None where it touches none at all: then it is about something else.
    """
    size = (region.shape[0], region.shape[1])
    stay = inside(grounded.left_out.boxes, size)
    parts = zip(grounded.boxes, own_parts(grounded.boxes, size), strict=True)
    touched = [bool((region[cut] & part).any()) or bool(share_in(stay, box) >= 0.5)
               for box, (cut, part) in parts]  # fmt: skip
    sets = sets_of(edit, grounded.found)
    left = sum(not any(touched[row] for row in rows) for rows in sets)
    return (left if left < len(sets) else 0), len(sets)


def own_parts(boxes: Tensor, size: tuple[int, int]) -> Iterator[tuple[Cut, Tensor]]:
    """Where each of the boxes [N,4] is, and which of its pixels [h,w] no other lies on, where those
    are the most of it; all of its pixels elsewhere."""
    count = torch.zeros(size, dtype=torch.int16)
    cuts = [within(box) for box in boxes]
    for cut in cuts:
        count[cut] += 1
    for cut in cuts:
        own = count[cut] == 1
        yield cut, own if own.sum() >= _OWN * own.numel() else torch.ones_like(own)
