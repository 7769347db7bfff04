"""Of several people, those who are called so: asked for a man, detectors show women, too."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torchvision.ops import box_iou

from .anchor import noun_of
from .detections import SAME_PLACE, Detections, Detector


def _both(pair: tuple[str, str], *names: tuple[str, str]) -> dict[str, tuple[str, str]]:
    """By each of the names, first the word of a pair that it is a name for, then the other."""
    return {
        **{one: pair for one, _ in (pair, *names)},
        **{other: pair[::-1] for _, other in (pair, *names)},
    }


_PEERS = {
    **_both(("man", "woman"), ("gentleman", "lady"), ("husband", "wife"), ("father", "mother"),
            ("grandfather", "grandmother"), ("policeman", "policewoman"),
            ("businessman", "businesswoman"), ("guy", "gal"), ("male", "female")),
    **_both(("boy", "girl"), ("son", "daughter")),
    **_both(("groom", "bride")),
}  # fmt: skip
"""What a detector hears of such a noun, and who else answers to it."""


def of_kind(
    detector: Detector, image: Tensor, found: Detections, phrase: str
) -> tuple[Detections, str]:
    """What was found in an image [1,H,W,C], without who is plainly the other one of such a pair,
    and how that one is called. One alone stays."""
    words = _PEERS.get(noun_of(phrase))
    if words is None or len(found) < 2:
        return found, ""
    own, other = _scores(detector, image, found.boxes, words).unbind(dim=1)
    return found.take(own >= other), words[1]


def _scores(detector: Detector, image: Tensor, boxes: Tensor, words: Sequence[str]) -> Tensor:
    """What each of the words scores where the boxes [N,4] are, float [N,K]; both in one caption
    where the detector can be asked so."""
    if at_once := getattr(detector, "scores_at", None):
        return at_once(image, boxes, words)
    scores = torch.zeros(len(boxes), len(words))
    for column, word in enumerate(words):
        there = detector.detect(image, [word])[0]
        if len(there):
            same = box_iou(boxes, there.boxes) > SAME_PLACE
            scores[:, column] = (there.scores * same).amax(dim=1)
    return scores
