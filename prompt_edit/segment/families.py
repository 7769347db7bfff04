"""SAM, SAM-HQ, SAM 2 and SAM 3 from Hugging Face directories, through transformers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ..errors import ModelError
from ..models.card import read_config
from ..models.loading import explained, load_pretrained
from .hq_decoder import correct_decoder
from .network import Frame, Prompts, each_alone

_AT_ONCE = 16  # masks that are asked for in one pass: each takes memory


@dataclass(frozen=True)
class SamFamily:
    """An architecture, and what differs between it and the others.

    Attributes:
        name: for messages.
        model, processor: names of the library's classes.
        stretched: see `Frame`.
        flat: makes a list of tensors of what the model encodes a picture to.
        named: hands that list back to the model.
        corrected: mends what the library gets wrong in a model.
    """

    name: str
    model: str
    processor: str
    stretched: bool
    flat: Callable[[Any], list[Tensor]]
    named: Callable[[list[Tensor]], dict[str, Any]]
    corrected: Callable[[Any], None] = lambda model: None


_SAM = SamFamily(
    "SAM",
    "SamModel",
    "SamProcessor",
    stretched=False,
    flat=lambda encoded: [encoded],
    named=lambda kept: {"image_embeddings": kept[0]},
)
_SAM_HQ = SamFamily(
    "SAM-HQ",
    "SamHQModel",
    "SamHQProcessor",
    stretched=False,
    # Of what its blocks make on the way the decoder looks at the first; each is as large as five
    # embeddings.
    flat=lambda encoded: [encoded[0], *encoded[1][:1]],
    named=lambda kept: {"image_embeddings": kept[0], "intermediate_embeddings": kept[1:]},
    corrected=correct_decoder,
)
_SAM_2 = SamFamily(
    "SAM 2",
    "Sam2Model",
    "Sam2Processor",
    stretched=True,
    flat=list,
    named=lambda kept: {"image_embeddings": kept},
)
_SAM_3 = SamFamily(
    "SAM 3",
    "Sam3TrackerModel",
    "Sam3TrackerProcessor",
    stretched=True,
    flat=list,
    named=lambda kept: {"image_embeddings": kept},
)
# By the `model_type` of config.json. SAM 2 and 3 are published as video models; their part for
# single pictures is loaded.
FAMILIES = {
    "sam": _SAM,
    "sam_hq": _SAM_HQ,
    "sam2": _SAM_2,
    "sam2_video": _SAM_2,
    "sam3_tracker": _SAM_3,
    "sam3_video": _SAM_3,
}


class TransformersNetwork:
    """A model of any family; see `Network`."""

    def __init__(self, family: SamFamily, model: Any, processor: Any) -> None:
        self.family, self.model, self.processor = family, model, processor
        family.corrected(model)
        prompt = model.config.prompt_encoder_config
        size = processor.image_processor.size
        self.frame = Frame(
            side=int(size["height"] if family.stretched else size["longest_edge"]),
            mask_side=4 * (prompt.image_size // prompt.patch_size),
            stretched=family.stretched,
        )

    def encode(self, pictures: Sequence[np.ndarray]) -> list[list[Tensor]]:
        # An array of one or three rows would be taken for one of channels first.
        images = [Image.fromarray(pixels) for pixels in pictures]
        values = self.processor.image_processor(images=images, return_tensors="pt")["pixel_values"]
        weight = next(self.model.vision_encoder.parameters())
        values = values.to(weight.device, weight.dtype)
        return each_alone(self.family.flat(self.model.get_image_embeddings(values)))

    def decode(self, embedding: list[Tensor], prompts: Prompts) -> tuple[Tensor, Tensor]:
        answers = [self._answer(embedding, part) for part in prompts.parts(_AT_ONCE)]
        masks, quality = zip(*answers, strict=True)
        return torch.cat(masks), torch.cat(quality)

    def _answer(self, embedding: list[Tensor], prompts: Prompts) -> tuple[Tensor, Tensor]:
        weight = next(self.model.mask_decoder.parameters())  # finer than the encoder's, perhaps
        device, dtype = weight.device, weight.dtype
        # The library takes any number of boxes a picture, but one rough mask.
        axis = 0 if prompts.masks is None else 1

        def batch(value: Tensor | None) -> Tensor | None:  # cloned: version 4 writes into boxes
            return None if value is None else value.to(device).unsqueeze(axis).clone()

        seen = [each.to(device, dtype) for each in embedding]
        if axis:
            seen = [each.expand(len(prompts), *each.shape[1:]) for each in seen]
        out = self.model(
            **self.family.named(seen),
            input_boxes=batch(prompts.boxes),
            input_points=batch(prompts.points),
            input_labels=batch(prompts.labels),
            input_masks=None if prompts.masks is None else prompts.masks.to(device, dtype),
            multimask_output=prompts.several,
        )
        return out.pred_masks.squeeze(axis).float(), out.iou_scores.squeeze(axis).float()


def load_family(folder: Path, device: torch.device, dtype: torch.dtype) -> TransformersNetwork:
    """Load a Hugging Face directory. Raises `ModelError` if it is missing, broken or not SAM."""
    import transformers

    kind = read_config(folder, "config.json").get("model_type")
    family = FAMILIES.get(str(kind))
    if family is None:
        raise ModelError(
            f"Choose another model: {folder} is of type {kind}, not SAM. Types that are:"
            f" {', '.join(FAMILIES)}."
        )
    known_to(transformers, family, folder)
    with explained(folder, family.name):
        model = load_pretrained(getattr(transformers, family.model), folder, family.name, dtype)
        processor = getattr(transformers, family.processor).from_pretrained(
            folder, local_files_only=True
        )
        return TransformersNetwork(family, model.to(device), processor)


def known_to(library: Any, family: SamFamily, path: Path) -> None:
    """Raises `ModelError` where the installed transformers is older than a family."""
    if not hasattr(library, family.model):
        raise ModelError(
            f"Update transformers, or choose another model: {path} holds {family.name}, which"
            f" transformers {library.__version__} does not know."
        )
