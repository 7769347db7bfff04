"""Each stage beside the bare forwards of its own models on the same picture, in one run.

Every round times both, one after the other, so that a busy machine troubles both alike. The picture
is another one each round, but for one pixel: nothing is recalled that a new picture would not have.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, cycle, islice, product, repeat
from pathlib import Path
from time import perf_counter
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from prompt_edit.detect.detections import Detections
from prompt_edit.detect.ground import Grounded, ground_each
from prompt_edit.detect.grounding_dino import caption
from prompt_edit.images import to_array, to_pil
from prompt_edit.inpaint.region import region_around
from prompt_edit.inpaint.repaint import Sampling, painted_mask, repaint, repaint_each
from prompt_edit.inpaint.settings import paint_of
from prompt_edit.palette import COLOUR_NAMES
from prompt_edit.paperdoll.draw import draw
from prompt_edit.paperdoll.scene import random_scene
from prompt_edit.paperdoll.tensors import as_image
from prompt_edit.plan import Edit
from prompt_edit.segment.cover import cover_each
from prompt_edit.segment.network import Prompts
from prompt_edit.segment.sam import Sam

from .models import Models

PHRASES = ("hat", "dog", "shirt", "house")
STEPS = 4
TOGETHER = 8  # pictures
WARM_UP = 1  # rounds that do not count


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        overhead: what ours takes beyond the bare, in parts of it.
        beside_ms: what ours spends outside its networks. Two calls of half a minute differ by more
            on a busy machine; this is told from the rest within one.
        memory_mib: the most that was taken while ours worked, all that is loaded with it; None
            where the system does not tell.
    """

    name: str
    ours_ms: float
    bare_ms: float
    overhead: float
    beside_ms: float
    memory_mib: float | None


@dataclass(frozen=True)
class Clock:
    """Times two things in turn."""

    device: torch.device
    rounds: int
    _watched: list[float] = field(default_factory=list)
    """When the networks that are watched began and ended, by turns."""

    def watch(self, *networks: nn.Module) -> None:
        """Tell what these take from the rest; none of them is part of another."""
        for each in networks:
            each.register_forward_pre_hook(lambda *_: self._watched.append(self._now()))
            each.register_forward_hook(lambda *_: self._watched.append(self._now()))

    def ratio(self, name: str, ours: Callable[[], Any], bare: Callable[[], Any]) -> Row:
        """Medians of both, after what warms up."""
        times, peaks = [], []
        for _ in range(self.rounds + WARM_UP):
            _begin_peak(self.device)
            mine = self._timed(ours)
            peaks.append(_peak(self.device))
            times.append((*mine, *self._timed(bare)))
        took, beside, theirs, _ = (1000 * statistics.median(each)
                                   for each in zip(*times[WARM_UP:], strict=True))  # fmt: skip
        told = [peak for peak in peaks if peak is not None]
        return Row(name, took, theirs, took / theirs - 1, beside, max(told, default=None))

    def _timed(self, work: Callable[[], Any]) -> tuple[float, float]:
        """Seconds in all, and of those outside the networks that are watched."""
        self._watched.clear()
        start = self._now()
        work()
        spent = self._now() - start
        inside = sum(self._watched[1::2]) - sum(self._watched[::2])
        return spent, spent - inside

    def _now(self) -> float:
        """Seconds, when all is done that was begun."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        return perf_counter()


def _begin_peak(device: torch.device) -> None:
    """Forget the most memory that was taken so far."""
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    elif _PEAK.exists():
        _PEAK.with_name("clear_refs").write_text("5")


def _peak(device: torch.device) -> float | None:
    """The most memory since then, in MiB: the card's, or on Linux the process's."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 2**20
    if not _PEAK.exists():
        return None
    line = next(line for line in _PEAK.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 2**10


_PEAK = Path("/proc/self/status")

_numbers = count()


def pictures(height: int, width: int) -> Iterator[Tensor]:
    """A drawn scene [1,H,W,3], again and again with another corner, which no row had before."""
    scene = as_image(draw(random_scene(900_002))).movedim(-1, 1)
    image = F.interpolate(scene, (height, width), mode="bicubic").clamp(0, 1).movedim(1, -1)
    for number in _numbers:
        image = image.clone()
        image[0, 0, :2, 0] = torch.tensor([number % 256, number // 256 % 256]) / 255
        yield image


def boxes_in(height: int, width: int, many: int) -> Tensor:
    """Boxes [N,4] in rows across the picture, an eighth of it wide."""
    side = torch.tensor([width, height]) / 8
    places = torch.tensor([(0.1 + 0.2 * (n % 4), 0.15 + 0.3 * (n // 4)) for n in range(many)])
    corners = places * torch.tensor([width, height])
    return torch.cat([corners, corners + side], dim=1)


def detect(models: Models, clock: Clock, size: tuple[int, int]) -> Row:
    """One phrase in a new picture, against preprocessing and one forward."""
    finder, images = models.detector, pictures(*size)

    @torch.inference_mode()
    def bare() -> None:
        inputs = finder.processor(images=to_pil(next(images)[0]), text=caption(PHRASES[0]),
                                  return_tensors="pt").to(finder.model.device)  # fmt: skip
        finder.model(**inputs)

    def ours() -> None:
        finder.detect(next(images), [PHRASES[0]])

    return clock.ratio(f"detect, {label(size)}", ours, bare)


def segment(models: Models, clock: Clock, size: tuple[int, int], many: int) -> Row:
    """The masks of boxes in a new picture, against encoding it and decoding them."""
    cutter, images, found = models.segmenter, pictures(*size), some_boxes(size, many)
    prompts = Prompts(boxes=_scaled(cutter, found.found.boxes, size))

    @torch.inference_mode()
    def bare() -> None:
        pixels = to_array(next(images)[0])
        cutter.network.decode(cutter.network.encode([pixels])[0], prompts)

    return clock.ratio(f"segment, {many} boxes, {label(size)}",
                       lambda: cover_drawn(cutter, next(images), found), bare)  # fmt: skip


def cover_drawn(cutter: Sam, image: Tensor, found: Grounded) -> None:
    """All that ours does for the mask of some boxes in an image [1,H,W,3]."""
    with drawn_masks(cutter, found.found.boxes, found.found.size):
        cover_each(cutter, image, [found])


@contextmanager
def drawn_masks(cutter: Sam, boxes: Tensor, size: tuple[int, int]) -> Iterator[None]:
    """Ellipses in boxes [N,4] in the place of what a random network decodes, which is noise."""
    network, scaled = cutter.network, _scaled(cutter, boxes, size)
    decode = network.decode

    def as_if(embedding: list[Tensor], prompts: Prompts) -> tuple[Tensor, Tensor]:
        logits, quality = decode(embedding, prompts)
        cells = scaled * logits.shape[-1] / network.frame.side
        drawn = torch.stack([_ellipse(box, logits.shape[-1]) for box in cells])
        return drawn[:, None].expand_as(logits).to(logits), quality

    network.decode = as_if  # type: ignore[method-assign]
    try:
        yield
    finally:
        network.decode = decode  # type: ignore[method-assign]


def _scaled(cutter: Sam, boxes: Tensor, size: tuple[int, int]) -> Tensor:
    """Boxes in pixels of a picture (height, width) as the network takes them."""
    return boxes * cutter.network.frame.scale(size).repeat(2)


def some_boxes(size: tuple[int, int], many: int) -> Grounded:
    """So many boxes as if a phrase had found them, and none to be kept out."""
    found = Detections(boxes_in(*size, many), torch.ones(many), ("thing",) * many, size)
    return Grounded(found, Detections.none(size))


def second_phrase(models: Models, clock: Clock, size: tuple[int, int]) -> Row:
    """Another phrase and another box in a known picture, against the first in a new one."""
    images, box, boxes = pictures(*size), boxes_in(*size, 1), count()
    known = next(images)

    def whole(image: Tensor, phrase: str) -> None:
        models.detector.detect(image, [phrase])
        models.segmenter.segment(image[0], box + next(boxes) % 50)

    others = cycle(map(" ".join, product(COLOUR_NAMES, PHRASES)))
    whole(known, PHRASES[0])
    return clock.ratio(
        f"second phrase against the first, {label(size)}",
        lambda: whole(known, next(others)), lambda: whole(next(images), PHRASES[0]),
    )  # fmt: skip


def run_again(models: Models, clock: Clock, size: tuple[int, int]) -> Row:
    """What a graph does anew where only the result's words changed, against its first run."""
    images, found = pictures(*size), some_boxes(size, 3)
    known = next(images)

    def whole(image: Tensor) -> None:
        ground_each(models.detector, image, Edit(operation="remove", target=PHRASES[0]))
        cover_each(models.segmenter, image, [found])

    whole(known)
    return clock.ratio(f"run again with other words, against the first run, {label(size)}",
                       lambda: whole(known), lambda: whole(next(images)))  # fmt: skip


def batches(models: Models, clock: Clock, size: tuple[int, int]) -> Iterator[Row]:
    """Several pictures at once, against the same work one by one."""
    images, found = pictures(*size), [some_boxes(size, 1)]
    edit, masks = (
        Edit(operation="replace", target="hat", result="red hat"),
        torch.zeros(TOGETHER, *size),
    )
    x0, y0, x1, y1 = boxes_in(*size, 6)[5].int().tolist()
    masks[:, y0:y1, x0:x1] = 1
    steps = models.painter.card.steps if models.painter.card.knows else STEPS

    def paint(rows: Tensor) -> None:
        repaint_each(models.painter, rows, masks[: len(rows)], edit,
                     sampling=Sampling(steps=steps, strength=1.0))  # fmt: skip

    def at_once(name: str, work: Callable[[Tensor], Any], shown: Iterator[Tensor]) -> Row:
        return clock.ratio(
            f"{name}, {TOGETHER} pictures at once, against one by one, {label(size)}",
            lambda: work(torch.cat(list(islice(shown, TOGETHER)))),
            lambda: [work(image) for image in islice(shown, TOGETHER)],
        )

    yield at_once("detect", lambda rows: models.detector.detect(rows, [PHRASES[0]]), images)
    yield at_once("segment", lambda rows: cover_each(models.segmenter, rows, found * len(rows)),
                  images)  # fmt: skip
    # One picture again and again: nothing of it is recalled, but that the sample painter knows it.
    yield at_once("paint", paint, repeat(next(images)))


def paint(models: Models, clock: Clock, size: tuple[int, int]) -> Row:
    """A region painted and laid back, against the pipeline's call on the cut region."""
    painter, image = models.painter, next(pictures(*size))
    edit = Edit(operation="replace", target="hat", result="red hat")
    mask = torch.zeros(size)
    x0, y0, x1, y1 = boxes_in(*size, 6)[5].int().tolist()
    mask[y0:y1, x0:x1] = 1
    grown = painted_mask(mask, paint_of(edit))
    region = region_around(grown, painter.native, painter.multiple)
    cut, hole = region.cut(image), region.cut_mask(grown[None])
    steps = painter.card.steps if painter.card.knows else STEPS  # the sample knows its own alone
    guidance = painter.card.guidance_scale

    def bare() -> None:
        painter.pipeline(
            prompt=edit.result, image=cut.movedim(-1, 1), mask_image=hole[:, None],
            height=region.work[0], width=region.work[1], num_inference_steps=steps, strength=1.0,
            guidance_scale=guidance, generator=torch.Generator("cpu").manual_seed(0),
            output_type="pt",
        )  # fmt: skip

    def ours() -> None:
        repaint(painter, image, mask, edit, Sampling(steps=steps, strength=1.0))

    return clock.ratio(f"paint, {steps} step{'s' * (steps > 1)}, {label(size)}", ours, bare)


def _ellipse(box: Tensor, side: int) -> Tensor:
    """Logits [S,S] of an ellipse in a box of cells, soft at its edge."""
    cells = torch.arange(side) + 0.5
    x0, y0, x1, y1 = box.tolist()
    across = (cells[None] - (x0 + x1) / 2) / max((x1 - x0) / 2, 0.5)
    down = (cells[:, None] - (y0 + y1) / 2) / max((y1 - y0) / 2, 0.5)
    return (1 - across**2 - down**2).clamp(min=-1) * 10


def label(size: tuple[int, int]) -> str:
    return f"{size[1]} x {size[0]}"
