"""The stages joined: one picture and one sentence in, one picture and a report out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor

from .detect.detections import Detections
from .detect.ground import Detector, ground
from .detect.grounding_dino import GroundingDino
from .errors import ImageError, NotFound
from .inpaint.control import Control
from .inpaint.diffusion import Inpainter, Lora
from .inpaint.repaint import DEFAULT, Sampling, cut_out, repaint
from .intent import parse_grammar
from .models.store import ModelSet
from .plan import Edit, EditPlan
from .segment.cover import Segmenter, cover
from .segment.sam import Sam

Stage = Literal["parse", "detect", "segment", "inpaint"]
OnProgress = Callable[[Stage, int, int], None]
"""Called with (stage, done, total); what it raises stops the edit and nothing is kept."""


@dataclass(frozen=True)
class EditStep:
    """What one edit of the plan did.

    Attributes:
        edit: as planned.
        detections: the boxes that were meant; empty for an edit of the whole picture.
        mask: float [H,W], the pixels of the object (or of the place for a new one), 0 or 1.
        opacity: float [H,W] in 0..1 of what was painted; where it is 0, no pixel changed.
        seconds: by stage.
        notes: what a person should know of it, in plain sentences.
    """

    edit: Edit
    detections: Detections
    mask: Tensor
    opacity: Tensor
    seconds: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def mask_share(self) -> float:
        """The share of the picture that the mask covers, 0..1."""
        return float(self.mask.mean())


@dataclass(frozen=True)
class EditResult:
    """The edited picture, float [1,H,W,C], the plan, and what each of its edits did."""

    image: Tensor
    plan: EditPlan
    steps: tuple[EditStep, ...]
    seconds: dict[str, float]


class PromptEditor:
    """Joins a detector, a segmenter and a painter; the sentence is read by `parse`."""

    def __init__(
        self,
        detector: Detector,
        segmenter: Segmenter,
        painter: Inpainter,
        parse: Callable[[str], EditPlan] = parse_grammar,
    ) -> None:
        self.detector, self.segmenter, self.painter, self.parse = (
            detector,
            segmenter,
            painter,
            parse,
        )

    @classmethod
    def load(
        cls, models: ModelSet, loras: Sequence[Lora] = (), offload: bool = False
    ) -> PromptEditor:
        """Load the three models on the best device of this machine.

        Args:
            models: where they are; `models.store.default_models()` finds them.
            loras: put on the painter in this order.
            offload: keep on the GPU only the part of the painter that works; slower, and smaller.

        Raises:
            ModelError: a model is missing, broken, or too large for the free memory.
        """
        return cls(
            GroundingDino.load(models.detector),
            Sam.load(models.segmenter),
            Inpainter.load(models.painter, loras=loras, offload=offload),
        )

    def edit(
        self,
        image: Tensor,
        instruction: str | EditPlan,
        sampling: Sampling = DEFAULT,
        threshold: float | None = None,
        on_progress: OnProgress | None = None,
        controls: Sequence[Control] = (),
    ) -> EditResult:
        """Carry out a sentence, or a plan, on one picture.

        Args:
            image: float [1,H,W,C] in 0..1, C = 3 or 4 (alpha is carried through).
            instruction: the sentence, or a plan that was made before.
            sampling: seed, steps, guidance, strength.
            threshold: lowest box score, 0..1; by default the detector's own.
            controls: edges, depth or poses of the whole picture for the painter to follow.

        Raises:
            InstructionError, NotFound, ImageError, ModelError; the picture is then unchanged as a
                whole.
        """
        if image.dim() != 4 or image.shape[0] != 1 or image.shape[-1] not in (3, 4):
            raise ImageError(
                f"One picture [1,H,W,3 or 4] is needed, not one of shape {list(image.shape)}."
            )
        start = time.perf_counter()
        plan = instruction if isinstance(instruction, EditPlan) else self.parse(instruction)
        seconds = {"parse": time.perf_counter() - start}
        steps = []
        for edit in plan.edits:
            image, step = self._one(image, edit, sampling, threshold, on_progress, controls)
            steps.append(step)
            for stage, spent in step.seconds.items():
                seconds[stage] = seconds.get(stage, 0.0) + spent
        return EditResult(image, plan, tuple(steps), seconds)

    def _one(
        self,
        image: Tensor,
        edit: Edit,
        sampling: Sampling,
        threshold: float | None,
        on_progress: OnProgress | None,
        controls: Sequence[Control],
    ) -> tuple[Tensor, EditStep]:
        tell = on_progress or (lambda stage, done, total: None)
        clock = [time.perf_counter()]
        tell("detect", 0, 1)
        grounded = ground(self.detector, image, edit, threshold)
        clock.append(time.perf_counter())
        tell("segment", 0, 1)
        covered = cover(self.segmenter, image, grounded)
        if not covered.mask.any():
            raise NotFound(f'"{edit.target}" was found, but what is left out covers all of it.')
        clock.append(time.perf_counter())
        if edit.operation == "extract":
            image, opacity = cut_out(image, covered.mask), torch.zeros_like(covered.mask)
        else:
            painted = repaint(self.painter, image, covered.mask, edit, sampling,
                              lambda done, total: tell("inpaint", done, total),
                              controls=controls)  # fmt: skip
            image, opacity = painted.image, painted.opacity
        clock.append(time.perf_counter())
        spent = [after - before for before, after in pairwise(clock)]
        seconds = dict(zip(("detect", "segment", "inpaint"), spent, strict=True))
        found = grounded.found
        return image, EditStep(edit, found, covered.mask, opacity, seconds, grounded.notes)
