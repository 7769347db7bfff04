"""Grounding DINO: noun phrases to boxes (Liu et al. 2023), through transformers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torchvision.ops import box_convert, box_iou

from ..errors import ModelError
from ..images import check_pictures, rgb, to_array
from ..models.card import Card, read_card, read_config
from ..models.device import at_once, best_device
from ..models.loaded import Loaded
from ..models.loading import explained, load_pretrained, require_words
from ..models.recent import Recent, fingerprint
from .asked import check_phrases, check_threshold
from .detections import SAME_PLACE, Detections, merge
from .original import load_original
from .presence import contrasts
from .text_positions import correct_text_positions
from .views import Views

ARCHITECTURES = ("grounding-dino", "mm-grounding-dino")
_THINNEST = 8  # the longest side, in shortest ones, that a picture is looked at with
_NO_WORDS = ("Mn", "So", "Sk", "Cf", "Cs")  # accents, pictograms, and what joins and varies them
_FULL_STOP = 1012  # BERT's, which the model tells phrases apart by


@dataclass(frozen=True)
class Answer:
    """What the model says of K phrases in one caption: scores [Q,K] in 0..1 of each of its boxes,
    [Q,4], xyxy in 0..1 of the picture."""

    scores: Tensor
    boxes: Tensor

    def edges(self, size: tuple[int, int]) -> Tensor:
        """The boxes in pixels of a picture (height, width), cut to it."""
        height, width = size
        scale = torch.tensor([width, height, width, height])
        return torch.minimum((self.boxes * scale).clamp(min=0), scale.float())


@dataclass(frozen=True)
class Picture:
    """A picture to look at: its name, by its content, its (height, width), and what the model is
    shown of it, uint8 [H,W,3]."""

    name: str
    size: tuple[int, int]
    padded: np.ndarray

    @classmethod
    def of(cls, image: Tensor) -> Picture:
        """Of a float tensor [H,W,C]."""
        pixels = to_array(rgb(image))
        size = int(pixels.shape[0]), int(pixels.shape[1])
        return cls(fingerprint(pixels), size, padded(pixels))


Question = tuple[Picture, str]
"""A picture, and a phrase or a caption to look for in it."""


class GroundingDino(Loaded):
    """A detector for free noun phrases.

    Attributes:
        card: its settings; `card.threshold` is the default box threshold.
        model, processor: the library's objects.
    """

    def __init__(self, model: Any, processor: Any, card: Card) -> None:
        self.model, self.processor, self.card = model, processor, card
        self._views = Views(model, processor.image_processor)
        self._answers: Recent[str, Answer] = Recent()
        self._one_by_one = RLock()  # threads: what is recalled, the library's model too, is shared

    @classmethod
    def load(
        cls,
        path: str | Path,
        device: torch.device | None = None,
        dtype: torch.dtype | None = None,
    ) -> GroundingDino:
        """Load a Hugging Face directory, or an original checkpoint (`.pth` or `.safetensors`).

        Args:
            device: by default the best of this machine.
            dtype: full precision only, as the original code: in half, transformers before 5.10
                stops and the CPU finds nothing.

        Raises:
            ModelError: the model is missing, broken or of another architecture, or half precision
                was asked for.
        """
        path = Path(path)
        device = device or best_device()
        dtype = dtype or cls.default_dtype(device)
        if dtype != torch.float32:
            raise ModelError(f"Grounding DINO needs full precision, not {dtype}. Leave dtype out.")
        if path.is_file():
            model, processor = load_original(path, None, dtype)
            return cls(model.to(device), processor, read_card(path.parent))
        # Here, since it takes seconds: a host that starts must not wait for it.
        from transformers import AutoModelForZeroShotObjectDetection, AutoProcessor

        kind = read_config(path, "config.json").get("model_type")
        if kind not in ARCHITECTURES:
            raise ModelError(
                f"Choose another: {path} holds a model of type {kind}, not Grounding DINO."
            )
        with explained(path, "Grounding DINO"):
            model = load_pretrained(
                AutoModelForZeroShotObjectDetection, path, "Grounding DINO", dtype
            )
            processor = AutoProcessor.from_pretrained(path, local_files_only=True)
        require_words(processor.tokenizer, model, path)
        correct_text_positions(model)
        return cls(model.to(device), processor, read_card(path))

    @staticmethod
    def default_dtype(_: torch.device) -> torch.dtype:
        """The precision that a model is loaded in, whatever the device."""
        return torch.float32

    def detect(
        self, images: Tensor, phrases: Sequence[str], threshold: float | None = None
    ) -> list[Detections]:
        """Find each phrase in each picture, several of both in one pass.

        Each phrase is a caption of its own: several in one compete for queries and lose objects.
        What was found is asked for once more beside what it could be mistaken for (see `presence`).

        Args:
            images: float [B,H,W,C] in 0..1; alpha is ignored.
            phrases: noun phrases in English.
            threshold: lowest score that counts, 0..1; by default the card's.

        Returns:
            B results, best first; empty ones where nothing was found, or the phrase has no word.

        Raises:
            ImageError: the pictures are of another shape, type or range.
            InstructionError: `phrases` is no list of texts, or empty.
            PromptEditError: the threshold is not in 0..1.
            ModelError: the model answers with numbers that are none.
        """
        check_pictures(images)
        check_phrases(phrases)
        check_threshold(threshold)
        least = self.card.threshold if threshold is None else threshold
        pictures = [Picture.of(image) for image in images]
        worded = [phrase for phrase in phrases if any(letter.isalnum() for letter in phrase)]
        if not worded:  # signs alone match anything
            return [Detections.none(picture.size) for picture in pictures]
        found = self._find([(picture, phrase) for picture in pictures for phrase in worded], least)
        count = len(worded)
        return [merge(found[row : row + count]) for row in range(0, len(found), count)]

    def scores_at(self, image: Tensor, boxes: Tensor, phrases: Sequence[str]) -> Tensor:
        """What each of K phrases scores where boxes [N,4] are, in pixels of a picture [1,H,W,C]:
        float [N,K]. All are asked for in one caption, so that the model must choose."""
        picture = Picture.of(image[0])
        (answer,) = self._answers_to([(picture, " ".join(map(caption, phrases)))])
        return _best_at(boxes, answer.edges(picture.size), answer.scores)

    def at_once(self, _: Tensor | None = None) -> int:
        """How many pictures should be seen in one pass, whatever their size."""
        return at_once(self.model, self._views.pixels)

    def rest(self) -> None:
        """Give the memory back that the last pictures take on the model's device."""
        self._views.forget()

    def forget(self) -> None:
        """Give all memory back that the last pictures take."""
        self.rest()
        self._answers.clear()

    def _find(self, asked: Sequence[Question], least: float) -> list[Detections]:
        """What answers each question, a picture and a phrase."""
        answers = self._answers_to([(picture, caption(phrase)) for picture, phrase in asked])
        edges = [answer.edges(picture.size)
                 for answer, (picture, _) in zip(answers, asked, strict=True)]  # fmt: skip
        rows = [
            ((answer.scores[:, 0] >= least) & _shows(each)).nonzero()[:, 0]
            for answer, each in zip(answers, edges, strict=True)
        ]
        boxes = [answer.boxes[kept] for answer, kept in zip(answers, rows, strict=True)]
        sure = self._confirmed(asked, boxes)
        found = []
        for number, (picture, phrase) in enumerate(asked):
            kept = rows[number][sure[number]]
            scores = answers[number].scores[kept, 0]
            each = Detections(edges[number][kept], scores, (phrase,) * len(kept), picture.size)
            found.append(each.best_first())
        return found

    def _confirmed(self, asked: Sequence[Question], boxes: Sequence[Tensor]) -> list[Tensor]:
        """Which boxes [N,4] of each answer the phrase names better than what it could be mistaken
        for: bool [N]."""
        kept = [torch.ones(len(each), dtype=torch.bool) for each in boxes]
        looks = [(number, contrast) for number, (_, phrase) in enumerate(asked)
                 if len(boxes[number]) for contrast in contrasts(phrase, self.card)]  # fmt: skip
        answers = self._answers_to([
            (asked[number][0], " ".join(map(caption, [contrast.phrase, *contrast.rivals])))
            for number, contrast in looks
        ])  # fmt: skip
        for (number, contrast), answer in zip(looks, answers, strict=True):
            best = _best_at(boxes[number], answer.boxes, answer.scores)
            kept[number] &= best[:, 0] >= contrast.share * best[:, 1:].amax(dim=1)
        return kept

    def _answers_to(self, asked: Sequence[Question]) -> list[Answer]:
        """What the model says of captions, each in a picture: several in one pass."""

        def answered(lacking: list[int]) -> Iterator[Answer]:
            most = self.at_once()
            for start in range(0, len(lacking), most):
                yield from self._answer([asked[row] for row in lacking[start : start + most]])

        with self._one_by_one:
            return self._answers.get_all(
                [f"{text} {picture.name}" for picture, text in asked], answered
            )

    @torch.inference_mode()
    def _answer(self, asked: Sequence[Question]) -> Iterator[Answer]:
        words = self.processor.tokenizer(
            [text for _, text in asked], return_tensors="pt", padding=True, truncation=True,
            return_token_type_ids=True, max_length=self.model.config.max_text_len,
        ).to(self.model.device)  # fmt: skip
        out = self._views.look([(picture.name, picture.padded) for picture, _ in asked], words)
        boxes = box_convert(out.pred_boxes.float(), "cxcywh", "xyxy").cpu()  # [B,Q,4]
        scores = out.logits[..., : words["input_ids"].shape[1]].float().sigmoid().cpu()  # [B,Q,T]
        for row, (picture, text) in enumerate(asked):
            owner = phrase_of_token(words["input_ids"][row].cpu()[: scores.shape[-1]])
            of_phrase = torch.stack([(scores[row] * (owner == number)).amax(dim=-1)
                                     for number in range(text.count("."))], dim=1)  # fmt: skip
            if not (boxes[row].isfinite().all() and of_phrase.isfinite().all()):
                raise ModelError(
                    "Copy Grounding DINO anew, or choose another: it answered with numbers that are"
                    " none."
                )
            whole, (height, width) = picture.padded.shape, picture.size
            wider = torch.tensor([whole[1] / width, whole[0] / height] * 2)
            yield Answer(of_phrase, boxes[row] * wider)


def _best_at(boxes: Tensor, others: Tensor, scores: Tensor) -> Tensor:
    """The best scores [N,K] of others [Q,4], scored [Q,K], at the places of boxes [N,4]."""
    there = box_iou(boxes, others) > SAME_PLACE  # [N,Q]
    return (scores[None] * there[..., None]).amax(dim=1)


def _shows(edges: Tensor) -> Tensor:
    """Which of the boxes [N,4] are a pixel large at least: bool [N]."""
    return (edges[:, 2:] - edges[:, :2]).amin(dim=1) >= 1


def padded(pixels: np.ndarray) -> np.ndarray:
    """A picture [H,W,3], and a strip widened by its own edge to the right and below.

    Of a strip the model would see too few places to look at, or none.
    """
    height, width = pixels.shape[:2]
    least = -(-max(height, width) // _THINNEST)
    if min(height, width) >= least:
        return pixels
    more = (0, max(0, least - height)), (0, max(0, least - width)), (0, 0)
    return np.pad(pixels, more, mode="edge")


def caption(phrase: str) -> str:
    """A phrase as the model was trained to read it: lower case, no accents, ended by a full stop.

    Other stops, and question marks, would end it too early for the model; pictograms are no words.
    """
    parted = unicodedata.normalize("NFD", phrase.lower())
    kept = "".join(each for each in parted if unicodedata.category(each) not in _NO_WORDS)
    return re.sub(r"[.?]", " ", unicodedata.normalize("NFC", kept)).strip() + "."


def phrase_of_token(ids: Tensor) -> Tensor:
    """For each token [T] the number of its phrase; -1 for [PAD], [CLS], [SEP] and full stops."""
    special = torch.isin(ids, torch.tensor([0, 101, 102, _FULL_STOP], device=ids.device))
    return torch.where(special, -1, (ids == _FULL_STOP).cumsum(0))
