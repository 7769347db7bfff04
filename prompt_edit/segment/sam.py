"""SAM: boxes to masks (Kirillov et al. 2023), through transformers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from ..errors import ModelError
from ..images import to_array
from ..models.card import Card, read_card, read_config
from ..models.device import best_device, best_dtype
from ..models.loading import explained, load_pretrained
from ..models.recent import Recent, fingerprint
from .masks import sharpen, without_specks

_KEPT = 4  # pictures whose embedding is remembered


class Sam:
    """A segmenter that encodes a picture once, then answers any number of prompts."""

    def __init__(self, model: Any, processor: Any, card: Card) -> None:
        self.model, self.processor, self.card = model, processor, card
        self._embeddings: Recent[Tensor] = Recent(_KEPT)

    @classmethod
    def load(
        cls,
        folder: str | Path,
        device: torch.device | None = None,
        dtype: torch.dtype | None = None,
    ) -> Sam:
        """Load a Hugging Face directory. Raises `ModelError` if it is missing or broken."""
        # Here, since it takes seconds: a host that starts must not wait for it.
        from transformers import SamModel, SamProcessor

        folder = Path(folder)
        kind = read_config(folder, "config.json").get("model_type")
        if kind != "sam":
            raise ModelError(f"{folder} holds a model of type {kind}, not SAM.")
        device = device or best_device()
        with explained(folder, "SAM"):
            model = load_pretrained(SamModel, folder, dtype or best_dtype(device))
            processor = SamProcessor.from_pretrained(folder, local_files_only=True)
        return cls(model.to(device), processor, read_card(folder))

    @property
    def modules(self) -> list[torch.nn.Module]:
        """What holds weights."""
        return [self.model]

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
        scaled = (boxes.float() * self._scale(image)).to(self.model.device)
        if not self.card.box_mask:
            return self._masks(image, input_boxes=scaled[None], multimask_output=False)
        prompt = self.model.config.prompt_encoder_config
        side = 4 * prompt.image_embedding_size
        rough = box_masks(scaled * side / prompt.image_size, (side, side))
        masks = [
            self._masks(image, input_boxes=box[None, None], input_masks=mask[None],
                        multimask_output=False)
            for box, mask in zip(scaled, rough, strict=True)
        ]  # fmt: skip
        return torch.cat(masks)

    def _scale(self, image: Tensor) -> float:
        """From the picture's pixels to the model's."""
        return float(self.processor.image_processor.size["longest_edge"] / max(image.shape[:2]))

    @torch.inference_mode()
    def _masks(self, image: Tensor, **prompts: Any) -> Tensor:
        height, width = image.shape[:2]
        out = self.model(image_embeddings=self._embed(image), **prompts)
        best = out.iou_scores[0].argmax(dim=-1)  # [N]
        logits = out.pred_masks[0][torch.arange(len(best)), best].float()  # [N,h,w]
        # The model's square holds the picture in its upper left, and padding.
        share = height / max(height, width), width / max(height, width)
        rows, columns = (
            round(side * part) for side, part in zip(logits.shape[1:], share, strict=True)
        )
        full = F.interpolate(logits[None, :, :rows, :columns], (height, width), mode="bilinear")[0]
        cell = max(height, width) / max(logits.shape[1:])
        pixels = image[..., :3].float().cpu()
        chances = full.cpu().sigmoid()
        return torch.stack([without_specks(sharpen(each, pixels, cell)) for each in chances])

    def _embed(self, image: Tensor) -> Tensor:
        """The picture's embedding [1,C,h,w]; the last few are kept, by the picture's content."""
        pixels = to_array(image[..., :3])

        def encode() -> Tensor:
            inputs = self.processor(images=pixels, return_tensors="pt")
            values = inputs["pixel_values"].to(self.model.device, self.model.dtype)
            return self.model.get_image_embeddings(values)

        return self._embeddings.get(fingerprint(pixels), encode).to(self.model.device)


def box_masks(boxes: Tensor, size: tuple[int, int], certainty: float = 8.0) -> Tensor:
    """Boxes [N,4] as rough masks: logits [N,1,H,W], `certainty` inside and its negative outside."""
    ys = torch.arange(size[0], device=boxes.device)[None, :, None] + 0.5
    xs = torch.arange(size[1], device=boxes.device)[None, None, :] + 0.5
    x0, y0, x1, y1 = (side[:, None, None] for side in boxes.unbind(dim=1))
    inside = (xs > x0) & (xs < x1) & (ys > y0) & (ys < y1)
    return (inside.float() * 2 - 1)[:, None] * certainty
