"""Noun phrases to boxes, scores and masks in one pass (SAM 3, Carion et al. 2025)."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor
from torchvision.ops import nms

from ..errors import ModelError
from ..images import check_pictures, rgb, to_array
from ..models.card import Card
from ..models.recent import Recent, fingerprint
from .asked import check_phrases, check_threshold
from .detections import Detections, merge
from .found import Found, Kept
from .grounding_dino import padded

_SAME = 0.7  # the IoU from which on two boxes are about the same thing
_FAINTEST = 0.1  # the score from which on a mask is kept
_MOST = 100  # masks that are kept of one phrase in one picture
_SIGNS = "-'&%+#/."  # what a phrase may hold besides letters and numbers


@dataclass(frozen=True)
class Answer:
    """What a network says of a phrase in a picture.

    Attributes:
        boxes: float [Q,4], xyxy in 0..1 of the picture.
        scores: logits [Q], each of one box.
        presence: a logit: whether the phrase is in the picture at all. None where it is not said.
        masks: logits [Q,h,w] of the whole picture, however it was stretched.
    """

    boxes: Tensor
    scores: Tensor
    presence: Tensor | None
    masks: Tensor

    @property
    def chances(self) -> Tensor:
        """Scores float [Q] in 0..1: that of each box, times that of the phrase being there."""
        scores = self.scores.float().sigmoid()
        if self.presence is None:
            return scores
        return scores * self.presence.float().sigmoid().reshape(1)


class Concepts(Protocol):
    """A network that finds all instances of a phrase, and their masks."""

    def encode(self, pixels: np.ndarray) -> list[Tensor]:
        """The embedding of a picture, uint8 [H,W,3]."""

    def find(self, embedding: list[Tensor], phrase: str) -> Answer:
        """What it sees of a phrase of letters, numbers and a few signs."""


class Finder:
    """A detector whose boxes come with masks, which are kept for `Recalling`.

    Attributes:
        card: its settings; `card.threshold` is the default score.
    """

    def __init__(self, network: Concepts, card: Card, kept: Kept) -> None:
        self.network, self.card, self._kept = network, card, kept
        self._embeddings: Recent[str, list[Tensor]] = Recent()

    def detect(
        self, images: Tensor, phrases: Sequence[str], threshold: float | None = None
    ) -> list[Detections]:
        """Find each phrase in each picture; see `GroundingDino.detect`."""
        check_pictures(images)
        check_phrases(phrases)
        check_threshold(threshold)
        least = self.card.threshold if threshold is None else threshold
        return [self._in_picture(image, phrases, least) for image in images]

    def _in_picture(self, image: Tensor, phrases: Sequence[str], least: float) -> Detections:
        pixels = to_array(rgb(image))
        picture = fingerprint(pixels)
        return merge([self._find(pixels, picture, phrase, least) for phrase in phrases])

    def _find(self, pixels: np.ndarray, picture: str, phrase: str, least: float) -> Detections:
        size, asked = (pixels.shape[0], pixels.shape[1]), plain(phrase)
        if not any(letter.isalnum() for letter in asked):
            return Detections.none(size)
        found = self._kept.get(picture, asked, lambda: self._look(pixels, picture, asked))
        count = int((found.scores >= least).sum())  # the best come first
        return Detections(found.boxes[:count], found.scores[:count], (phrase,) * count, size)

    def _look(self, pixels: np.ndarray, picture: str, phrase: str) -> Found:
        whole = padded(pixels)
        embedding = self._embeddings.get(picture, lambda: self.network.encode(whole))
        answer = self.network.find(embedding, phrase)
        return found_in(answer, pixels.shape[:2], whole.shape[:2])


def found_in(answer: Answer, size: tuple[int, ...], whole: tuple[int, ...]) -> Found:
    """What an answer says of a picture of `size` (height, width), seen widened to `whole`.

    Each thing once, at least a pixel large, best first; the masks of faint ones are not kept.

    Raises:
        ModelError: the answer is not of numbers.
    """
    chances, boxes = answer.chances.cpu(), answer.boxes.float().cpu()
    if not (chances.isfinite().all() and boxes.isfinite().all()):
        raise ModelError(
            "Start ComfyUI with --force-fp32: SAM 3 answered with numbers that are none."
        )
    edges = boxes * torch.tensor([whole[1], whole[0]] * 2)
    edges = torch.minimum(edges.clamp(min=0), torch.tensor([size[1], size[0]] * 2))
    large = ((edges[:, 2:] - edges[:, :2]).amin(dim=1) >= 1).nonzero()[:, 0]
    rows = large[nms(edges[large], chances[large], _SAME)]
    kept = rows[:_MOST]
    kept = kept[chances[kept] >= _FAINTEST]
    masks = answer.masks[kept.to(answer.masks.device)].half().cpu()
    return Found(edges[rows], chances[rows], masks, (whole[0], whole[1])).cut()


def plain(phrase: str) -> str:
    """A phrase in lower case, of letters, numbers and a few signs.

    Commas would part it, ":2" would count and brackets would weigh; pictograms are no words.
    """
    text = unicodedata.normalize("NFC", phrase.lower())
    kept = (each if each.isalnum() or each in _SIGNS else " " for each in text)
    return " ".join("".join(kept).split())
