"""Grounding DINO: noun phrases to boxes (Liu et al. 2023), through transformers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torchvision.ops import box_convert

from ..errors import ModelError
from ..images import to_array
from ..models.card import Card, read_card, read_config
from ..models.device import best_device, best_dtype
from ..models.loading import explained, load_pretrained
from ..models.recent import Recent, fingerprint
from .detections import Detections, merge

ARCHITECTURES = ("grounding-dino", "mm-grounding-dino")
_KEPT = 64  # answers that are remembered: one a picture and phrase


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
        folder: str | Path,
        device: torch.device | None = None,
        dtype: torch.dtype | None = None,
    ) -> GroundingDino:
        """Load a Hugging Face directory. Raises `ModelError` if it is missing or broken."""
        # Here, since it takes seconds: a host that starts must not wait for it.
        from transformers import AutoModelForZeroShotObjectDetection, AutoProcessor

        folder = Path(folder)
        kind = read_config(folder, "config.json").get("model_type")
        if kind not in ARCHITECTURES:
            raise ModelError(f"{folder} holds a model of type {kind}, not Grounding DINO.")
        device = device or best_device()
        with explained(folder, "Grounding DINO"):
            model = load_pretrained(
                AutoModelForZeroShotObjectDetection, folder, dtype or best_dtype(device)
            )
            processor = AutoProcessor.from_pretrained(folder, local_files_only=True)
        return cls(model.to(device), processor, read_card(folder))

    @property
    def modules(self) -> list[torch.nn.Module]:
        """What holds weights."""
        return [self.model]

    def detect(
        self, images: Tensor, phrases: Sequence[str], threshold: float | None = None
    ) -> list[Detections]:
        """Find each phrase in each picture.

        One phrase a pass: several in one caption compete for queries and lose objects.

        Args:
            images: float [B,H,W,C] in 0..1; alpha is ignored.
            phrases: noun phrases in English.
            threshold: lowest score that counts, 0..1; by default the card's.

        Returns:
            B results, best first; empty ones where nothing was found.
        """
        least = self.card.threshold if threshold is None else threshold
        return [merge([self._find(image, phrase, least) for phrase in phrases]) for image in images]

    def _find(self, image: Tensor, phrase: str, least: float) -> Detections:
        height, width = image.shape[:2]
        pixels = to_array(image[..., :3])
        key = f"{caption(phrase)} {fingerprint(pixels)}"
        scores, boxes = self._answers.get(key, lambda: self._answer(pixels, phrase))
        scale = torch.tensor([width, height, width, height])
        boxes = torch.minimum((boxes * scale).clamp(min=0), scale.float())
        kept = (scores >= least) & ((boxes[:, 2:] - boxes[:, :2]).amin(dim=1) >= 1)
        found = Detections(boxes[kept], scores[kept], (phrase,) * int(kept.sum()), (height, width))
        return found.best_first()

    @torch.inference_mode()
    def _answer(self, pixels: np.ndarray, phrase: str) -> tuple[Tensor, Tensor]:
        """Scores [Q] and boxes [Q,4] (xyxy in 0..1) of all queries."""
        inputs = self.processor(images=pixels, text=caption(phrase), return_tensors="pt")
        inputs = inputs.to(self.model.device)
        inputs["pixel_values"] = inputs["pixel_values"].to(self.model.dtype)
        out = self.model(**inputs)
        scores = out.logits[0].float().sigmoid().amax(dim=-1).cpu()  # the best token's
        return scores, box_convert(out.pred_boxes[0].float().cpu(), "cxcywh", "xyxy")


def caption(phrase: str) -> str:
    """A phrase as the model was trained to read it: lower case, ended by a full stop."""
    return phrase.lower().strip(" .") + "."
