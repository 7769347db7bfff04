"""Painting again where the check is not content: what is varied, and which try is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import torch
from torch import Tensor

from ..detect.detections import Detector
from ..detect.ground import Grounded
from ..detect.phrases import phrases_of
from ..errors import InstructionError
from ..inpaint.control import Control
from ..inpaint.painter import Painter
from ..inpaint.repaint import Repainted
from ..inpaint.settings import SEEDS, Paint, Sampling, is_surface
from ..masks import fitting
from ..nouns import singular, words_of
from ..plan import Edit, Operation
from ..segment.masks import grow
from ..segment.seen import Seen
from .checked import Checked
from .edit import check_edit

T = TypeVar("T")

MOST = 20  # tries besides the first that may be asked for
_MORE_GUIDANCE = 1.5
_MORE_ROOM: dict[Operation, Paint] = {
    "replace": Paint(grow=0.12, least=16, feather=0),
    "remove": Paint(grow=0.1, least=20, feather=0),
    "add": Paint(grow=0.12, least=16, feather=0),
    "recolor": Paint(grow=0.02, least=6, feather=0),
    "restyle": Paint(grow=0.02, least=6, feather=0),
}
"""By how much a mask grows once more. A new background must not grow over what stays."""


@dataclass(frozen=True)
class Way:
    """How one try paints: its sampling, and pixels by which the mask grows besides."""

    sampling: Sampling
    growth: float = 0.0

    def grown(self, mask: Tensor) -> Tensor:
        """The mask [H,W] with more room."""
        return grow(mask, self.growth) if self.growth else mask

    def __str__(self) -> str:
        words = [f"seed {self.sampling.seed}"]
        if self.growth:
            words.append(f"the mask grown by {self.growth:.0f} pixels")
        if self.sampling.guidance_scale is not None:
            words.append(f"guidance {self.sampling.guidance_scale:g}")
        return ", ".join(words)


@dataclass(frozen=True)
class Tried(Generic[T]):
    """The best of the tries, what the check says of it, how many there were, and of each a note."""

    best: T
    checked: Checked
    tries: int
    notes: tuple[str, ...]


def ways(
    painter: Painter, edit: Edit, mask: Tensor, sampling: Sampling, count: int
) -> Iterator[Way]:
    """How the tries after the first paint: another seed, then also more growth, then also more
    guidance, and from the start again.

    Args:
        mask: [H,W], what the first try painted.
        count: how many, 0 to `MOST`.
    """
    room, guidance = _room(edit, mask), _guidance(painter, edit, sampling)
    for number in range(1, count + 1):
        tried = replace(sampling, seed=(sampling.seed + number) % SEEDS)
        if number % 3 == 0 and guidance is not None:
            tried = replace(tried, guidance_scale=guidance)
        yield Way(tried, 0.0 if number % 3 == 1 else room)


def _room(edit: Edit, mask: Tensor) -> float:
    """Pixels by which a mask may grow once more; none where it borders on what is left alone,
    or lies behind things."""
    if edit.operation not in _MORE_ROOM or edit.exclude or edit.whole_picture:
        return 0.0
    if edit.operation != "add" and is_surface(edit.target):
        return 0.0
    return _MORE_ROOM[edit.operation].growth(float(mask.sum()), max(mask.shape))


def _guidance(painter: Painter, edit: Edit, sampling: Sampling) -> float | None:
    """More guidance, as far as the painter bears it; None where it bears no more, or has none."""
    card = painter.card
    usual = getattr(painter, "guidance", card.guidance_scale)  # an input of some networks
    own = usual if sampling.guidance_scale is None else sampling.guidance_scale
    if own <= 1 or not edit.prompt:
        return None
    most = card.knows.guidance_scale if card.knows else 100.0
    more = min(own * _MORE_GUIDANCE, most)
    return more if more > own else None


def try_again(
    first: T,
    sampling: Sampling,
    more: Sequence[Way],
    paint: Callable[[Way], T],
    check: Callable[[T], Checked],
) -> Tried[T]:
    """Paint again, in each of the ways, until the check is content; keeps the best try.

    Not where the mask alone is wrong, which painting does not change.

    Args:
        first: what the first try painted, with `sampling`.
        paint, check: what they raise, such as a host's interrupt, ends the tries.
    """
    best, checked = first, check(first)
    notes, latest = [_note(1, Way(sampling), checked)], checked
    for number, way in enumerate(more, start=2):
        if not latest.may_be_mended:
            break
        tried = paint(way)
        latest = check(tried)
        notes.append(_note(number, way, latest))
        if latest.rank > checked.rank:
            best, checked = tried, latest
    return Tried(best, checked, len(notes), tuple(notes) if len(notes) > 1 else ())


PaintEach = Callable[[Tensor, Tensor, Sampling, Sequence[Control], int], Repainted]
"""Paints pictures [B,H,W,C] where masks say, with a sampling and controls, the first of them of
that number in the batch: as `repaint_each`."""


def repaint_doubtful(
    painter: Painter,
    detector: Callable[[], Detector],
    paint: PaintEach,
    first: Repainted,
    images: Tensor,
    masks: Tensor,
    edit: Edit,
    sampling: Sampling,
    retries: int,
    controls: Sequence[Control] = (),
    seen: Sequence[Seen] = (),
) -> Repainted:
    """Look at each picture of a batch that was painted, and paint those that are doubtful again.

    Args:
        detector: gives the detector, ready to look: a host may have sent it away meanwhile.
        paint: paints one of the pictures once more.
        first: what the first try, with `sampling`, made of `images` [B,H,W,C] and `masks`.
        edit: what was asked for.
        controls: what the painter follows, of the whole batch.
        seen: what is known of the masks besides: none, one for all, or one a picture.

    Returns:
        The best of the tries of each picture; its notes tell of the tries, and what is doubtful.
    """
    masks = fitting(masks, images)
    results, opacities, notes = [], [], [*first.notes]
    for number, mask in enumerate(masks):
        picture = slice(number, number + 1)
        one = Repainted(first.images[picture], first.opacity[picture], ())
        if (mask > 0.5).any():
            tried = _try_one(painter, detector, paint, one, images[picture], mask, edit, sampling,
                             retries, [each.of_picture(number) for each in controls],
                             number, _found(seen, number, images))  # fmt: skip
            one, name = tried.best, f"Picture {number + 1}: " if len(masks) > 1 else ""
            lines = [*tried.notes, *tried.checked.report.splitlines()]
            notes += [f"{name}{line}" for line in lines]
        results.append(one.images)
        opacities.append(one.opacity)
    return Repainted(torch.cat(results), torch.cat(opacities), tuple(notes))


def _found(seen: Sequence[Seen], number: int, images: Tensor) -> Grounded | None:
    """What the mask of a picture of that number was cut from, where it was found in that very
    picture: it may have been scaled since."""
    found = seen[number % len(seen)].found if seen else None
    return found if found and found.found.size == tuple(images.shape[1:3]) else None


def _try_one(
    painter: Painter, detector: Callable[[], Detector], paint: PaintEach, first: Repainted,
    image: Tensor, mask: Tensor, edit: Edit, sampling: Sampling, retries: int,
    controls: Sequence[Control], number: int, found: Grounded | None,
) -> Tried[Repainted]:  # fmt: skip
    def again(way: Way) -> Repainted:
        return paint(image, way.grown(mask)[None], way.sampling, controls, number)

    def look(done: Repainted) -> Checked:
        return check_edit(detector(), image, done.images, edit, mask, done.opacity, found=found)

    count = 0 if edit.cuts else retries
    return try_again(first, sampling, list(ways(painter, edit, mask, sampling, count)), again, look)


_OF_PICTURES = {
    "16k", "4k", "8k", "absurdres", "aesthetic", "artstation", "award", "best", "bokeh",
    "cinematic", "depth", "detail", "detailed", "details", "dramatic", "dslr", "engine", "field",
    "film", "focus", "grain", "hd", "hdr", "high", "highest", "highly", "hyper", "hyperrealistic",
    "intricate", "light", "lighting", "masterpiece", "natural", "octane", "of", "on", "photo",
    "photograph", "photography", "photorealistic", "professional", "quality", "raw", "realism",
    "realistic", "render", "rendering", "res", "resolution", "sharp", "soft", "studio",
    "trending", "uhd", "ultra", "unreal", "very", "winning",
}  # fmt: skip
"""Words of prompts that say how a picture is made, and name nothing in it."""
_WEIGHTS = re.compile(r"[()\[\]{}]|:\s*\d*\.?\d+(?=[)\]\s,]|$)")  # "(red hat:1.2)"


def asked_for(edit: Edit, prompt: str) -> Edit:
    """The edit whose result is what someone typed in place of the plan's.

    Of several phrases the one that speaks of what the plan names, else the first that names a
    thing; the plan's own where none does: "masterpiece, 8k" says how, and not what.
    """
    if not prompt.strip() or not edit.result:
        return edit
    try:
        phrases = phrases_of(_WEIGHTS.sub(" ", prompt))
    except InstructionError:
        return edit
    things = [each for each in phrases if not set(words_of(each)) <= _OF_PICTURES]
    nouns = {singular(word) for word in words_of(edit.result)[-1:]}
    of_plan = [each for each in things if nouns & set(map(singular, words_of(each)))]
    chosen = (of_plan or things or [edit.result])[0]
    return edit.model_copy(update={"result": chosen})


def _note(number: int, way: Way, checked: Checked) -> str:
    outcome = " ".join(checked.doubts) or "nothing is wrong."
    return f"Try {number} ({way}), score {checked.score:.2f}: {outcome}"
