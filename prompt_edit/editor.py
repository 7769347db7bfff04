"""The stages joined: one picture and one sentence in, one picture and a report out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Literal, TypeVar

import torch
from torch import Tensor

from .check import Checked, check_edit
from .check.retry import MOST, Way, try_again, ways
from .detect.asked import check_threshold
from .detect.detections import Detections, Detector
from .detect.ground import Grounded, ground
from .detect.grounding_dino import GroundingDino
from .errors import InstructionError, NotFound, shown, type_of
from .images import check_pictures
from .inpaint.control import Control
from .inpaint.diffusion import Inpainter, Lora
from .inpaint.known import check
from .inpaint.repaint import DEFAULT, Painted, Sampling, cut_out, repaint
from .inpaint.source import Source
from .inpaint.wanted import wanted
from .intent import parse_grammar
from .models.card import read_card
from .models.store import ModelSet
from .paperdoll.recognise import likeness
from .plan import Edit, EditPlan
from .segment.cover import Segmenter, cover
from .segment.sam import Sam
from .segment.seen import Seen

Stage = Literal[
    "parse", "load detector", "load segmenter", "load painter", "detect", "segment", "inpaint",
    "check",
]  # fmt: skip
OnProgress = Callable[[Stage, int, int], None]
"""Called with (stage, done, total); what it raises stops the edit and nothing is kept."""

FOREIGN = (
    "This does not look like a paper-doll picture, and the sample models know nothing else: look"
    " closely at what was cut out."
)

T = TypeVar("T")


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
        checked: what a second look found; None where none was asked for.
        tries: how often it was painted; the best of them is kept.
    """

    edit: Edit
    detections: Detections
    mask: Tensor
    opacity: Tensor
    seconds: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    checked: Checked | None = None
    tries: int = 1

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

    @property
    def checks(self) -> tuple[Checked, ...]:
        """What the check of each edit found; none where none was asked for."""
        return tuple(step.checked for step in self.steps if step.checked)

    @property
    def doubts(self) -> tuple[str, ...]:
        """What the checks found wrong, in plain sentences that name the edit."""
        return tuple(f"{step.edit.summary()}: {doubt}" for step in self.steps if step.checked
                     for doubt in step.checked.doubts)  # fmt: skip

    @property
    def verdict(self) -> str:
        """The outcome of all checks in one line; empty where none was asked for."""
        if len(self.checks) < 2:
            return "".join(each.verdict for each in self.checks)
        wrong, worst = sum(not each.ok for each in self.checks), min(c.score for c in self.checks)
        if not wrong:
            return f"Checked: all {len(self.checks)} edits are well (score {worst:.2f})."
        return (f"Doubtful: {wrong} of {len(self.checks)} edits"
                f" {'is' if wrong == 1 else 'are'} not well (score {worst:.2f}).")  # fmt: skip


@dataclass
class Later(Generic[T]):
    """A model that is loaded when it is first asked for.

    Attributes:
        stage: told while it is loaded.
        load: loads it.
        sample: whether it is one of the bundled models, which know little.
        model: what was loaded; None before.
        seconds: that loading took.
    """

    stage: Stage
    load: Callable[[], T]
    sample: bool = False
    model: T | None = None
    seconds: float = 0.0

    def get(self, tell: OnProgress | None = None) -> T:
        """The model, loaded where it is not yet."""
        if self.model is None:
            if tell:
                tell(self.stage, 0, 1)
            start = time.perf_counter()
            self.model = self.load()
            self.seconds = time.perf_counter() - start
        return self.model


class PromptEditor:
    """Joins a detector, a segmenter and a painter; the sentence is read by `parse`."""

    def __init__(
        self,
        detector: Detector | Later[Detector],
        segmenter: Segmenter | Later[Segmenter],
        painter: Inpainter | Later[Inpainter],
        parse: Callable[[str], EditPlan] = parse_grammar,
    ) -> None:
        self._detector: Later[Detector] = _later("load detector", detector)
        self._segmenter: Later[Segmenter] = _later("load segmenter", segmenter)
        self._painter: Later[Inpainter] = _later("load painter", painter)
        self.parse = parse

    @classmethod
    def load(
        cls,
        models: ModelSet,
        loras: Sequence[Lora] = (),
        offload: bool = False,
        device: torch.device | None = None,
        painter: Source | None = None,
    ) -> PromptEditor:
        """An editor that loads each of its models when an edit first needs it.

        Cutting out needs no painter, and an edit of the whole picture no detector. What is missing
        or broken is told then, as `ModelError`.

        Args:
            models: where they are; `models.store.default_models()` finds them.
            loras: put on the painter in this order.
            offload: keep on the GPU only the part of the painter that works; slower, and smaller.
            device: where they run, by default the best device of this machine.
            painter: what `open_source` found of it, where that was asked already.
        """
        model = painter or models.painter
        return cls(
            Later("load detector", lambda: GroundingDino.load(models.detector, device)),
            Later("load segmenter", lambda: Sam.load(models.segmenter, device)),
            Later("load painter",
                  lambda: Inpainter.load(model, device, loras=loras, offload=offload),
                  sample=read_card(models.painter).sample),
        )  # fmt: skip

    @property
    def detector(self) -> Detector:
        """The detector, loaded where it is not yet."""
        return self._detector.get()

    @property
    def segmenter(self) -> Segmenter:
        """The segmenter, loaded where it is not yet."""
        return self._segmenter.get()

    @property
    def painter(self) -> Inpainter:
        """The painter, loaded where it is not yet."""
        return self._painter.get()

    def edit(
        self,
        image: Tensor,
        instruction: str | EditPlan,
        sampling: Sampling = DEFAULT,
        threshold: float | None = None,
        on_progress: OnProgress | None = None,
        controls: Sequence[Control] = (),
        retries: int = 0,
        check: bool = False,
    ) -> EditResult:
        """Carry out a sentence, or a plan, on one picture.

        Args:
            image: float [1,H,W,C] in 0..1, C = 3 or 4 (alpha is carried through).
            instruction: the sentence, or a plan that was made before.
            sampling: seed, steps, guidance, strength.
            threshold: lowest box score, 0..1; by default the detector's own.
            controls: edges, depth or poses of the whole picture for the painter to follow.
            retries: 0 to 20, how often an edit that its check doubts is painted again: with another
                seed, then more room, then more guidance. The best is kept. It implies `check`.
            check: look again after each edit; what that found is in `EditStep.checked`.

        Raises:
            InstructionError, NotFound, ImageError, ModelError; the picture is then unchanged as a
                whole.
        """
        image = _checked(image)
        check_threshold(threshold)
        _check_retries(retries)
        start = time.perf_counter()
        plan = self._plan(instruction)
        seconds = {"parse": time.perf_counter() - start}
        run = _Run(self, sampling, threshold, on_progress or (lambda stage, done, total: None),
                   controls, retries, check or retries > 0)  # fmt: skip
        self.check(image, plan, sampling, on_progress)
        steps = []
        for edit in plan.edits:
            image, step = run.one(image, edit)
            steps.append(step)
            for stage, spent in step.seconds.items():
                seconds[stage] = seconds.get(stage, 0.0) + spent
        return EditResult(image, plan, tuple(steps), seconds)

    def forget(self) -> None:
        """Give the memory back that the last pictures take: for whoever edits many."""
        models: tuple[Any, ...] = (self._detector.model, self._segmenter.model)
        for model in models:
            if hasattr(model, "forget"):
                model.forget()

    def check(
        self,
        image: Tensor,
        plan: EditPlan,
        sampling: Sampling = DEFAULT,
        on_progress: OnProgress | None = None,
    ) -> None:
        """Make sure that the painter can paint a plan, before anything is looked for.

        Raises:
            InstructionError, ImageError: a sample painter has not learnt it.
        """
        later = self._painter
        painted = [edit for edit in plan.edits if not edit.cuts]
        if painted and (later.sample or later.model is not None):
            for edit in painted:
                check(later.get(on_progress), image, wanted(edit), sampling)

    def find(
        self,
        image: Tensor,
        edit: Edit,
        threshold: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> Grounded:
        """What an edit is about in a picture [1,H,W,C], with nothing painted.

        Raises:
            NotFound, ImageError, ModelError.
        """
        tell = on_progress or (lambda stage, done, total: None)
        check_threshold(threshold)
        return ground(_Detector(self, tell), _checked(image), edit, threshold)

    def _plan(self, instruction: str | EditPlan) -> EditPlan:
        if isinstance(instruction, EditPlan):
            return instruction
        if not isinstance(instruction, str):
            raise InstructionError(
                f"An instruction is a sentence or a plan, not {type_of(instruction)}."
            )
        return self.parse(instruction)


@dataclass(frozen=True)
class _Detector:
    """The editor's detector as the stages ask for it: where no edit needs it, it is not loaded."""

    editor: PromptEditor
    tell: OnProgress

    def detect(
        self, images: Tensor, phrases: Sequence[str], threshold: float | None = None
    ) -> list[Detections]:
        return self.editor._detector.get(self.tell).detect(images, phrases, threshold)

    def __getattr__(self, name: str) -> Any:
        """What else it has: its card, and what some detectors can do besides."""
        return getattr(self.editor._detector.get(self.tell), name)


@dataclass(frozen=True)
class _Segmenter:
    """The editor's segmenter, as `_Detector`."""

    editor: PromptEditor
    tell: OnProgress

    def segment(self, image: Tensor, boxes: Tensor) -> Tensor:
        if not len(boxes):
            return image.new_zeros(0, *image.shape[:2])
        return self.editor._segmenter.get(self.tell).segment(image, boxes)


@dataclass(frozen=True)
class _Run:
    """One call of `PromptEditor.edit`."""

    editor: PromptEditor
    sampling: Sampling
    threshold: float | None
    tell: OnProgress
    controls: Sequence[Control]
    retries: int
    checks: bool

    def foreign(self, image: Tensor, edit: Edit) -> tuple[str, ...]:
        """A note where the sample models cut out of a picture that they don't know."""
        painter = self.editor._painter
        if not edit.cuts or not painter.sample:
            return ()
        known = likeness(image, lambda: painter.get(self.tell).pipeline.vae) == "paper"
        return () if known else (FOREIGN,)

    def one(self, image: Tensor, edit: Edit) -> tuple[Tensor, EditStep]:
        """The picture [1,H,W,C] after one edit, and what was done."""
        seconds = dict[str, float]()
        with self._timed("detect", seconds):
            grounded = ground(_Detector(self.editor, self.tell), image, edit, self.threshold)
        with self._timed("segment", seconds):
            covered = cover(_Segmenter(self.editor, self.tell), image, grounded, apart=False)
            if not covered.mask.any():
                why = covered.reason or "what is left out covers all of it."
                raise NotFound(f'"{edit.target}" was found, but {why}')
        few = f'"{edit.target}" was found, but {covered.reason}' if covered.reason else ""
        notes = (*grounded.notes, *filter(None, (few, covered.spared)), *self.foreign(image, edit))
        step = EditStep(edit, grounded.found, covered.mask, torch.zeros_like(covered.mask),
                        seconds, notes)  # fmt: skip
        if edit.cuts:
            return self._cut(image, step, covered.seen)
        return self._paint(image, step, covered.seen)

    def _cut(self, image: Tensor, step: EditStep, seen: Seen) -> tuple[Tensor, EditStep]:
        with self._timed("inpaint", step.seconds):
            after = cut_out(image, step.mask)
        checked = self._look(image, after, step, seen) if self.checks else None
        return after, replace(step, checked=checked)

    def _paint(self, image: Tensor, step: EditStep, seen: Seen) -> tuple[Tensor, EditStep]:
        """Paint, look again where that was asked for, and paint again where it is doubtful."""

        def paint(way: Way) -> Painted:
            with self._timed("inpaint", step.seconds):
                return repaint(self.editor._painter.get(self.tell), image, way.grown(step.mask),
                               step.edit, way.sampling,
                               lambda done, total: self.tell("inpaint", done, total),
                               controls=self.controls, seen=seen)  # fmt: skip

        def look(painted: Painted) -> Checked:
            return self._look(image, painted.image, replace(step, opacity=painted.opacity), seen)

        painted, checked, tries, notes = paint(Way(self.sampling)), None, 1, step.notes
        if self.checks:
            more = ways(self.editor.painter, step.edit, step.mask, self.sampling, self.retries)
            tried = try_again(painted, self.sampling, list(more), paint, look)
            painted, checked, tries = tried.best, tried.checked, tried.tries
            notes += tried.notes
        return painted.image, replace(
            step, opacity=painted.opacity, notes=notes + painted.notes, checked=checked, tries=tries
        )

    def _look(self, before: Tensor, after: Tensor, step: EditStep, seen: Seen) -> Checked:
        """What the check says of a picture after a step."""
        with self._timed("check", step.seconds):
            return check_edit(self.editor._detector.get(self.tell), before, after, step.edit,
                              step.mask, step.opacity, self.threshold, seen.found)  # fmt: skip

    @contextmanager
    def _timed(self, stage: Literal["detect", "segment", "inpaint", "check"],
               seconds: dict[str, float]) -> Iterator[None]:  # fmt: skip
        """Note how long a stage takes; what it loads counts as "load"."""
        if stage != "inpaint":  # that tells its steps
            self.tell(stage, 0, 1)
        editor = self.editor
        models: list[Later[Any]] = [editor._detector, editor._segmenter, editor._painter]
        before, start = sum(each.seconds for each in models), time.perf_counter()
        yield
        loaded = sum(each.seconds for each in models) - before
        spent = time.perf_counter() - start - loaded
        seconds[stage] = seconds.get(stage, 0.0) + spent
        if loaded:
            seconds["load"] = seconds.get("load", 0.0) + loaded


def _later(stage: Stage, model: Any) -> Later[Any]:
    return model if isinstance(model, Later) else Later(stage, lambda: model, model=model)


def _checked(image: object) -> Tensor:
    """A picture float32 [1,H,W,3 or 4] on the CPU. Raises `ImageError` for anything else."""
    return check_pictures(image, "[1,H,W,C]", (3, 4)).cpu().float()


def _check_retries(retries: object) -> None:
    """Raise `InstructionError` for what is no whole number from 0 to `MOST`."""
    if not isinstance(retries, int) or isinstance(retries, bool) or not 0 <= retries <= MOST:
        raise InstructionError(
            f"Ask for 0 to {MOST} retries, in a whole number, not {shown(retries)}."
        )
