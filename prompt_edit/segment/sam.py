"""SAM: boxes or points to masks (Kirillov et al. 2023), through transformers."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torchvision.transforms.functional import resize
from transformers import SamModel, SamProcessor

from ..errors import ModelError
from ..models.card import Card, read_card, read_config
from ..models.device import best_device, best_dtype
from ..models.loading import explained, load_pretrained
from .masks import without_specks

_KEPT = 4  # pictures whose embedding is remembered


class Sam:
    """A segmenter that encodes a picture once, then answers any number of prompts."""

    def __init__(self, model: torch.nn.Module, processor: Any, card: Card) -> None:
        self.model, self.processor, self.card = model, processor, card
        self._embeddings: OrderedDict[str, Tensor] = OrderedDict()

    @classmethod
    def load(
        cls,
        folder: str | Path,
        device: torch.device | None = None,
        dtype: torch.dtype | None = None,
    ) -> Sam:
        """Load a Hugging Face directory. Raises `ModelError` if it is missing or broken."""
        folder = Path(folder)
        kind = read_config(folder, "config.json").get("model_type")
        if kind != "sam":
            raise ModelError(f"{folder} holds a model of type {kind}, not SAM.")
        device = device or best_device()
        with explained(folder, "SAM"):
            model = load_pretrained(SamModel, folder, dtype or best_dtype(device))
            processor = SamProcessor.from_pretrained(folder, local_files_only=True)
        return cls(model.to(device), processor, read_card(folder))

    def segment(self, image: Tensor, boxes: Tensor) -> Tensor:
        """One mask a box.

        Args:
            image: float [H,W,C] in 0..1; alpha is ignored.
            boxes: float [N,4], xyxy in pixels.

        Returns:
            Hard masks, float [N,H,W] of 0 and 1, on the CPU.
        """
        if not len(boxes):
            return torch.zeros(0, *image.shape[:2])
        return self._masks(image, input_boxes=boxes[None])

    def segment_points(self, image: Tensor, points: Tensor, labels: Tensor) -> Tensor:
        """One mask from N points [N,2] (x, y in pixels), labels [N]: 1 inside, 0 outside.

        Of the three masks that SAM offers for points, the one that it thinks best: [1,H,W].
        """
        return self._masks(image, input_points=points[None, None], input_labels=labels[None, None])

    @torch.inference_mode()
    def _masks(self, image: Tensor, **prompts: Tensor) -> Tensor:
        height, width = image.shape[:2]
        longest = self.processor.image_processor.size["longest_edge"]
        scale = longest / max(height, width)
        inputs: dict[str, Tensor] = {}
        for name, value in prompts.items():
            scaled = value.float() * scale if name != "input_labels" else value
            inputs[name] = scaled.to(self.model.device)
        by_points = "input_points" in prompts
        out = self.model(
            image_embeddings=self._embed(image), multimask_output=by_points, **inputs
        )
        best = out.iou_scores[0].argmax(dim=-1)  # [N]
        logits = out.pred_masks[0][torch.arange(len(best)), best].float()  # [N,h,w]
        shown = round(height * scale), round(width * scale)
        square = resize(logits[None], [longest, longest], antialias=False)[0]
        full = resize(square[None, :, : shown[0], : shown[1]], [height, width], antialias=False)[0]
        return torch.stack([without_specks((mask > 0).float()) for mask in full.cpu()])

    def _embed(self, image: Tensor) -> Tensor:
        """The picture's embedding [1,C,h,w]; the last few are kept, by the picture's content."""
        pixels = (image[..., :3].clamp(0, 1) * 255).round().byte().cpu()
        key = f"{tuple(pixels.shape)} {hashlib.sha1(pixels.numpy().tobytes()).hexdigest()}"
        if key not in self._embeddings:
            inputs = self.processor(images=pixels.numpy(), return_tensors="pt")
            values = inputs["pixel_values"].to(self.model.device, self.model.dtype)
            self._embeddings[key] = self.model.get_image_embeddings(values)
            while len(self._embeddings) > _KEPT:
                self._embeddings.popitem(last=False)
        self._embeddings.move_to_end(key)
        return self._embeddings[key]
