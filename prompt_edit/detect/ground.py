"""An edit's target, with its order and relations, to the boxes that are meant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from torch import Tensor

from ..errors import NotFound
from ..plan import Edit
from .choose import choose, related
from .detections import Detections


class Detector(Protocol):
    """What finds noun phrases in pictures."""

    def detect(
        self, images: Tensor, phrases: Sequence[str], threshold: float | None = None
    ) -> list[Detections]: ...


def ground(
    detector: Detector, image: Tensor, edit: Edit, threshold: float | None = None
) -> Detections:
    """Find what an edit is about in one picture [1,H,W,C].

    Raises `NotFound` with the reason: nothing answers to the phrase, nothing stands in the asked
    relation, or there are fewer instances than the asked rank.
    """
    found = detector.detect(image, phrases_of(edit.target), threshold)[0]
    if not len(found):
        raise NotFound(_absence(detector, image, edit.target))
    relation = edit.relation
    if relation and edit.operation != "add":  # there it tells where to put the new thing
        anchors = detector.detect(image, [relation.anchor], threshold)[0]
        if not len(anchors):
            raise NotFound(_absence(detector, image, relation.anchor))
        kept = related(found, anchors, relation)
        if not len(kept):
            raise NotFound(
                f'No "{edit.target}" is {relation.kind} "{relation.anchor}": {len(found)} found,'
                " all elsewhere. Leave the relation out, or name the object otherwise."
            )
        found = kept
    chosen = choose(found, edit.which)
    if not len(chosen):
        raise NotFound(
            f"Number {edit.which.rank} by {edit.which.by} was asked for, but only {len(found)}"
            f' "{edit.target}" {"was" if len(found) == 1 else "were"} found.'
        )
    return chosen


def phrases_of(target: str) -> list[str]:
    """The things that a target lists: "dog and cat" is two phrases, to be found one by one."""
    return [phrase.strip() for phrase in target.split(" and ") if phrase.strip()]


def _absence(detector: Detector, image: Tensor, phrase: str) -> str:
    faint = detector.detect(image, [phrase], 0.01)[0]
    best = f"the best score is {float(faint.scores.max()):.2f}" if len(faint) else "no box at all"
    return (
        f'The picture shows no "{phrase}" ({best}). Name it otherwise, or lower the box threshold.'
    )
