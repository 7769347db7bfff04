"""What is measured in the paper world: the whole graph, and the paper's two baselines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ...check.boxes import box_of
from ...detect.detections import Detections
from ...detect.ground import for_phrase, ground_each
from ...editor import PromptEditor
from ...inpaint.repaint import Sampling
from ...segment.cover import cover
from .baselines import Baseline


@dataclass(frozen=True)
class Edited:
    """What a method makes of an instruction.

    Attributes:
        image: float [1,H,W,3] in 0..1.
        mask: float [H,W], 0 or 1: what it took the instruction to be about.
        opacity: float [H,W] in 0..1 of what is new.
        detections: the boxes that were meant.
        seconds: what it took, without loading models.
    """

    image: Tensor
    mask: Tensor
    opacity: Tensor
    detections: Detections
    seconds: float


class Method(Protocol):
    """Each takes pictures float [1,H,W,3] in 0..1."""

    def look(self, image: Tensor, phrases: Sequence[str]) -> None:
        """Look for phrases that are about to be asked for, one by one: together it is faster."""
        ...

    def mask(self, image: Tensor, phrase: str) -> np.ndarray:
        """The pixels of all that a noun phrase names, bool [H,W]."""
        ...

    def finds(self, image: Tensor, phrase: str) -> bool:
        """Whether it takes the phrase to name something in the picture."""
        ...

    def edit(self, image: Tensor, instruction: str) -> Edited:
        """Raises a `PromptEditError` where it refuses."""
        ...


class Proposed:
    """The graph: an instruction read, its object found, cut out and painted over."""

    def __init__(self, editor: PromptEditor, retries: int = 0) -> None:
        self._editor, self._retries = editor, retries

    def look(self, image: Tensor, phrases: Sequence[str]) -> None:
        self._editor.detector.detect(image, phrases)

    def mask(self, image: Tensor, phrase: str) -> np.ndarray:
        grounded = ground_each(self._editor.detector, image, for_phrase(phrase))[0]
        return cover(self._editor.segmenter, image, grounded).mask.numpy() > 0.5

    def finds(self, image: Tensor, phrase: str) -> bool:
        return len(self._editor.detector.detect(image, [phrase])[0]) > 0

    def edit(self, image: Tensor, instruction: str) -> Edited:
        result = self._editor.edit(image, instruction, Sampling(), retries=self._retries)
        step = result.steps[0]
        spent = sum(value for stage, value in result.seconds.items() if stage != "load")
        return Edited(result.image[..., :3], step.mask, step.opacity, step.detections, spent)


_SMALLEST = 0.001  # of a picture: eight pixels a side of 256


class OneNetwork:
    """A baseline: one network from picture and words to mask and picture.

    What it paints is laid over the picture through its own mask, so that what it leaves alone stays
    as it was: its own copy of that would be blurred, and count against it everywhere. It has found
    nothing where its mask is smaller than any drawn thing.
    """

    def __init__(self, network: Baseline, device: torch.device | None = None) -> None:
        self._device = device or torch.device("cpu")
        self._network = network.to(self._device).eval()

    def look(self, image: Tensor, phrases: Sequence[str]) -> None:
        pass

    def mask(self, image: Tensor, phrase: str) -> np.ndarray:
        return self._paint(image, phrase)[0].numpy() > 0.5

    def finds(self, image: Tensor, phrase: str) -> bool:
        return bool(self.mask(image, phrase).mean() >= _SMALLEST)

    def edit(self, image: Tensor, instruction: str) -> Edited:
        start = perf_counter()
        mask, painted = self._paint(image, instruction)
        hard = (mask > 0.5).float()
        laid = image + (painted - image) * hard[None, ..., None]
        size = (int(hard.shape[0]), int(hard.shape[1]))
        found = Detections.none(size)
        if hard.any():
            box = box_of(hard > 0.5)[None]
            found = Detections(box, torch.ones(1), (instruction,), size)
        return Edited(laid, hard, hard, found, perf_counter() - start)

    @torch.no_grad()
    def _paint(self, image: Tensor, words: str) -> tuple[Tensor, Tensor]:
        """Mask [H,W] and picture [1,H,W,3], both in 0..1 and of the picture's size."""
        size = image.shape[1:3]
        answer = self._network.paint(image.movedim(-1, 1).to(self._device), [words])
        mask, painted = (F.interpolate(each.cpu(), size, mode="bilinear") for each in answer)
        return mask[0, 0], painted.movedim(1, -1).clamp(0, 1)
