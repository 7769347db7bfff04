"""Grounding DINO: noun phrases to boxes (Liu et al. 2023), through transformers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torchvision.ops import box_convert, box_iou

from ..errors import ModelError
from ..images import check_pictures, rgb, to_array
from ..models.card import Card, read_card, read_config
from ..models.device import best_device
from ..models.loading import explained, load_pretrained
from ..models.recent import Recent, fingerprint
from .asked import check_phrases, check_threshold
from .detections import Detections, merge
from .original import load_original
from .presence import contrasts
from .text_positions import correct_text_positions

ARCHITECTURES = ("grounding-dino", "mm-grounding-dino")
_KEPT = 64  # answers that are remembered: one a picture and caption
_THINNEST = 8  # the longest side, in shortest ones, that a picture is looked at with
_SAME_PLACE = 0.6  # the IoU from which on two boxes are about the same thing
_NO_WORDS = ("Mn", "So", "Sk", "Cf", "Cs")  # accents, pictograms, and what joins and varies them
_FULL_STOP = 1012  # BERT's, which the model tells phrases apart by


class GroundingDino:
    """A detector for free noun phrases.

    Attributes:
        card: its settings; `card.threshold` is the default box threshold.
        model, processor: the library's objects.
    """

    def __init__(self, model: Any, processor: Any, card: Card) -> None:
        self.model, self.processor, self.card = model, processor, card
        self._answers: Recent[tuple[Tensor, Tensor]] = Recent(_KEPT)

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
        dtype = dtype or cls.default_dtype(path, device)
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
            model = load_pretrained(AutoModelForZeroShotObjectDetection, path, dtype)
            processor = AutoProcessor.from_pretrained(path, local_files_only=True)
        correct_text_positions(model)
        return cls(model.to(device), processor, read_card(path))

    @staticmethod
    def default_dtype(_: Path, __: torch.device) -> torch.dtype:
        """The precision that a model is loaded in, whatever the device."""
        return torch.float32

    @property
    def modules(self) -> list[torch.nn.Module]:
        """What holds weights."""
        return [self.model]

    def detect(
        self, images: Tensor, phrases: Sequence[str], threshold: float | None = None
    ) -> list[Detections]:
        """Find each phrase in each picture.

        One phrase a pass: several in one caption compete for queries and lose objects. What was
        found is asked for once more beside what it could be mistaken for (see `presence`).

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
        return [merge([self._find(image, phrase, least) for phrase in phrases]) for image in images]

    def _find(self, image: Tensor, phrase: str, least: float) -> Detections:
        height, width = image.shape[:2]
        if not any(letter.isalnum() for letter in phrase):
            return Detections.none((height, width))  # signs alone match anything
        pixels = to_array(rgb(image))
        scores, boxes = self._answers_to(pixels, [phrase])
        best = scores[:, 0]
        scale = torch.tensor([width, height, width, height])
        edges = torch.minimum((boxes * scale).clamp(min=0), scale.float())
        kept = (best >= least) & ((edges[:, 2:] - edges[:, :2]).amin(dim=1) >= 1)
        kept[kept.clone()] = self._confirmed(pixels, phrase, boxes[kept])
        found = Detections(edges[kept], best[kept], (phrase,) * int(kept.sum()), (height, width))
        return found.best_first()

    def _confirmed(self, pixels: np.ndarray, phrase: str, boxes: Tensor) -> Tensor:
        """Which of the boxes [N,4] the phrase names better than what it could be mistaken for."""
        kept = torch.ones(len(boxes), dtype=torch.bool)
        for contrast in contrasts(phrase, self.card) if len(boxes) else []:
            scores, seen = self._answers_to(pixels, [contrast.phrase, *contrast.rivals])
            there = box_iou(boxes, seen) > _SAME_PLACE  # [N,Q]
            best = (scores[None] * there[..., None]).amax(dim=1)  # [N,K]
            kept &= best[:, 0] >= contrast.share * best[:, 1:].amax(dim=1)
        return kept

    def _answers_to(self, pixels: np.ndarray, phrases: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Scores [Q,K] of K phrases in one caption, and boxes [Q,4] (xyxy in 0..1)."""
        text = " ".join(caption(phrase) for phrase in phrases)
        key = f"{text} {fingerprint(pixels)}"
        return self._answers.get(key, lambda: self._answer(pixels, text))

    @torch.inference_mode()
    def _answer(self, pixels: np.ndarray, text: str) -> tuple[Tensor, Tensor]:
        whole = padded(pixels)
        inputs = self.processor(  # of a bare array it would guess where the channels are
            images=Image.fromarray(whole), text=text, return_tensors="pt",
            truncation=True, max_length=self.model.config.max_text_len,
        )  # fmt: skip
        inputs = inputs.to(self.model.device)
        inputs["pixel_values"] = inputs["pixel_values"].to(self.model.dtype)
        out = self.model(**inputs)
        ids = inputs["input_ids"][0][: out.logits.shape[-1]]
        scores = out.logits[0, :, : len(ids)].float().sigmoid()  # [Q,T]
        owner = phrase_of_token(ids)
        of_phrase = [(scores * (owner == n)).amax(dim=-1) for n in range(text.count("."))]
        boxes = box_convert(out.pred_boxes[0].float(), "cxcywh", "xyxy").cpu()
        if not (boxes.isfinite().all() and torch.stack(of_phrase).isfinite().all()):
            raise ModelError(
                "Copy Grounding DINO anew, or choose another: it answered with numbers that are"
                " none."
            )
        boxes *= torch.tensor(
            [whole.shape[1] / pixels.shape[1], whole.shape[0] / pixels.shape[0]] * 2
        )
        return torch.stack(of_phrase, dim=1).cpu(), boxes.cpu()


def padded(pixels: np.ndarray) -> np.ndarray:
    """A picture [H,W,3], and a strip widened by its own edge to the right and below.

    Of a strip the model would see too few places to look at, or none.
    """
    height, width = pixels.shape[:2]
    least = -(-max(height, width) // _THINNEST)
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
