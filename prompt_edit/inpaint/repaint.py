"""One edit of one picture: mask in, new pixels out, the rest untouched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from .. import given
from ..errors import ImageError, InstructionError, ModelError, PlanError, require
from ..images import check_pictures, rgb
from ..masks import fitting, require_alike
from ..plan import Edit
from ..segment.masks import feather
from ..segment.seen import NOTHING, Seen
from . import notes as about
from .canvas import Canvas, paint_canvases, painted_mask
from .control import Control, check_controls, followed
from .known import check, worded
from .painter import OnPreview, OnStep, Painter
from .settings import DEFAULT, Paint, Sampling, rim
from .wanted import Wanted, wanted
from .wording import FILL, instruction, of_one

__all__ = [
    "DEFAULT", "Painted", "Repainted", "Sampling", "Seen", "cut_out", "painted_mask", "repaint",
    "repaint_each",
]  # fmt: skip

EMPTY = "The mask is empty, so the picture is as it was: paint a mask, or find something first."
WHOLE = "The mask is empty, so nothing was cut away: paint a mask, or find something first."
LEFT = "What is left alone covers the mask, so the picture is as it was: leave out less."
TOLD = 'The painter was told what to do: "{}".'


@dataclass(frozen=True)
class Painted:
    """A picture [1,H,W,C], the opacity [H,W] of what is new in it, and what to know of it."""

    image: Tensor
    opacity: Tensor
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Repainted:
    """Pictures [B,H,W,C], the opacity [B,H,W] of what is new in them, and what to know of them."""

    images: Tensor
    opacity: Tensor
    notes: tuple[str, ...]


def repaint(
    painter: Painter,
    image: Tensor,
    mask: Tensor,
    edit: Edit,
    sampling: Sampling = DEFAULT,
    on_step: OnStep | None = None,
    on_preview: OnPreview | None = None,
    controls: Sequence[Control] = (),
    seen: Seen = NOTHING,
) -> Painted:
    """Paint what `mask` [H,W] covers in `image` [1,H,W,C] the way the edit's operation asks.

    Things that stand apart are painted one by one, each with the model's full resolution.
    `controls` are pictures of the whole to follow; `seen` tells what is known of the mask besides.
    The result has the type of numbers that the picture came with.

    Raises:
        InstructionError, ImageError: what a sample painter would paint wrong (`known.check`); a
            picture or a mask that is none.
    """
    image = check_pictures(image, "[1,H,W,C]")
    require(edit, Edit, "The edit", PlanError)
    if edit.cuts:
        raise InstructionError("Extracting paints nothing: use cut_out, or repaint_each.")
    done = repaint_each(painter, image, mask, edit, "", "", sampling, on_step, on_preview, controls,
                        seen=[seen])  # fmt: skip
    return Painted(done.images, done.opacity[0], done.notes)


def repaint_each(
    painter: Painter,
    images: Tensor,
    masks: Tensor,
    edit: Edit | None,
    prompt: str = "",
    negative_prompt: str = "",
    sampling: Sampling = DEFAULT,
    on_step: OnStep | None = None,
    on_preview: OnPreview | None = None,
    controls: Sequence[Control] = (),
    number: int | None = None,
    seen: Sequence[Seen] = (),
) -> Repainted:
    """`repaint` for each picture of a batch [B,H,W,C]; where a mask is empty nothing is done.

    Args:
        masks: in 0..1, one a picture or one for all; `masks.fitting` says which shapes and sizes.
        edit: how to paint; without one, the masks are taken as they are.
        prompt, negative_prompt: overrule the edit's where they are not empty.
        controls: what to follow; one picture for all, or one a picture.
        number: of the first picture, from 0, in the batch that the painter's own controls are of;
            None where the pictures are all of that batch.
        seen: what is known of the masks besides: none, one for all, or one a picture.

    Returns:
        The pictures [B,H,W,C] in the type of numbers that they came with, C = 4 for an extracted
        object. Every picture is checked before the first is painted.

    Raises:
        ImageError: pictures or masks that are none; masks, or pictures to follow, of other
            proportions or another number.
        InstructionError, ImageError: what a sample painter would paint wrong (`known.check`).
    """
    images = check_pictures(images)
    asked = _asked(painter, edit, prompt, negative_prompt, sampling, controls)
    images = images if images.shape[-1] > 1 else rgb(images)
    masks, known = fitting(masks, images), _seen_each(seen, images)
    empty = [not (mask > 0.5).any() for mask in masks]
    notes = _notes(painter, images, masks, asked, sampling, empty)
    if asked.cuts:
        return Repainted(_cut_each(images, masks, empty), torch.zeros_like(masks), tuple(notes))
    guides = _Guides.of(painter, controls, images, number)
    rows = [row for row, nothing in enumerate(empty) if not nothing]
    if not rows:
        return Repainted(images, torch.zeros(masks.shape), tuple(notes))
    results, opacity = images.clone(), torch.zeros(masks.shape)
    paint, gentle = _way(painter, asked, sampling, guides.all)
    said = _said(painter, asked, prompt)
    canvases = [Canvas(results[row : row + 1], masks[row], said, paint, guides.of_row(row),
                       painter.native, known[row]) for row in rows]  # fmt: skip
    paint_canvases(painter, canvases, sampling, paint, on_step, on_preview)
    for row, canvas in zip(rows, canvases, strict=True):
        opacity[row] = canvas.opacity
        notes += [] if canvas.count else [_of_picture(row, LEFT, len(images))]
    notes += [*_told(painter, canvases), *gentle, *about.of_size(painter, canvases),
              *about.of_asked(painter, asked, said, sampling, bool(guides.all))]  # fmt: skip
    return Repainted(results, opacity, tuple(notes))


_GENTLE = 0.6  # the strength at which another look leaves what it is of
_MORE = frozenset(
    ["darker", "lighter", "brighter", "dimmer", "paler", "warmer", "cooler", "shinier", "softer"]
    + ["sharper", "slightly", "more", "less", "much"]
)
"""What a look is told by that is only more or less of the one that is there."""


def _way(
    painter: Painter, asked: Wanted, sampling: Sampling, controls: Sequence[Control]
) -> tuple[Paint, tuple[str, ...]]:
    """How the mask is painted, and what to know of it.

    A model that is told the result alone, and follows nothing, would make another picture of the
    whole: nothing of it lies outside the mask. And what is to be darker would be another thing.
    """
    if sampling.strength is not None or painter.wording != "result" or controls:
        return asked.paint, ()
    if asked.restyled in ("restyle", "recolor"):
        note = (f"The whole picture is painted at strength {_GENTLE}, so that it stays what it"
                " shows: set the strength for more or less, or follow its lines.")  # fmt: skip
    elif not painter.card.knows and _only_more(asked.edit):
        note = (f"Painted at strength {_GENTLE}, since the look of what is there counts: set the"
                " strength for more or less.")  # fmt: skip
    else:
        return asked.paint, ()
    return replace(asked.paint, strength=_GENTLE), (note,)


def _only_more(edit: Edit | None) -> bool:
    """Whether an edit only asks for more or less of how a thing looks: "darker dress"."""
    if edit is None or edit.operation not in ("restyle", "recolor"):
        return False
    return not _MORE.isdisjoint({*edit.result.lower().split()} - {*edit.target.lower().split()})


def _cut_each(images: Tensor, masks: Tensor, empty: Sequence[bool]) -> Tensor:
    """`cut_out` of each picture; where nothing was found, the whole picture."""
    return torch.cat([
        cut_out(image[None], torch.ones_like(mask) if nothing else mask)
        for image, mask, nothing in zip(images, masks, empty, strict=True)
    ])  # fmt: skip


def _notes(
    painter: Painter, images: Tensor, masks: Tensor, asked: Wanted, sampling: Sampling,
    empty: Sequence[bool],
) -> list[str]:  # fmt: skip
    """What to know of each picture before it is painted. Raises where it would come out wrong."""
    found: list[tuple[int, str]] = []
    for number, (image, mask) in enumerate(zip(images, masks, strict=True)):
        if empty[number]:
            told: Sequence[str] = [WHOLE if asked.cuts else EMPTY]
        else:
            told = check(painter, image[None], asked, sampling)
            if not asked.cuts:
                told = [*told, *about.of_clear(image[None], mask)]
        found += [(number, note) for note in told]
    return [_of_picture(number, note, len(images)) for number, note in found]


def _of_picture(number: int, note: str, count: int) -> str:
    """A note of a picture, from 0, that says which of several it is of."""
    return f"Picture {number + 1}: {note}" if count > 1 else note


def _asked(
    painter: Any, edit: Edit | None, prompt: str, negative_prompt: str, sampling: Any, controls: Any
) -> Wanted:
    """What is wanted; an error of ours for what cannot paint, and for what says no way to."""
    if edit is not None:
        require(edit, Edit, "The edit", PlanError)
    asked = wanted(edit, prompt, negative_prompt)
    if not asked.cuts:
        require(painter, "paint", "The painter", ModelError)
    require(sampling, Sampling, "The sampling", InstructionError)
    require(controls, Sequence, "The controls")
    for each in controls:
        require(each, Control, "A control")
    return asked


@dataclass(frozen=True)
class _Guides:
    """What is followed: the painter's own, of a batch that begins at `first`, and what is given."""

    own: tuple[Control, ...]
    given: tuple[Control, ...]
    first: int

    @classmethod
    def of(
        cls, painter: Painter, controls: Sequence[Control], images: Tensor, number: int | None
    ) -> _Guides:
        check_controls(painter.controls, images, number)
        check_controls(controls, images)
        return cls(tuple(followed(painter.controls)), tuple(followed(controls)), number or 0)

    @property
    def all(self) -> tuple[Control, ...]:
        return (*self.own, *self.given)

    def of_row(self, row: int) -> list[Control]:
        own = [each.of_picture(self.first + row) for each in self.own]
        return [*own, *(each.of_picture(row) for each in self.given)]


def _phrased(painter: Painter, asked: Wanted, typed: str = "") -> Wanted:
    """What is wanted with its prompt in the painter's words.

    What someone typed as the prompt of a painter that follows instructions stays as it is.
    """
    if painter.card.knows:
        return replace(asked, prompt=worded(painter.card.knows, asked)[0])
    if painter.wording == "result":
        return asked
    return replace(asked, prompt=typed.strip() or (
        instruction(asked.edit) if asked.edit else FILL))  # fmt: skip


def _said(painter: Painter, asked: Wanted, typed: str = "") -> Wanted:
    """`_phrased`, with what is said of one of several things besides."""
    phrased = _phrased(painter, asked, typed)
    if asked.edit is None or typed.strip():
        return phrased
    return replace(phrased, single=_single(painter, asked.edit))


def _told(painter: Painter, canvases: Sequence[Canvas]) -> tuple[str, ...]:
    """What a painter was told that does what it is told, each once."""
    if painter.card.knows or painter.wording == "result":
        return ()
    return tuple(map(TOLD.format, dict.fromkeys(
        prompt for canvas in canvases for prompt in canvas.prompts)))  # fmt: skip


def _single(painter: Painter, edit: Edit) -> str:
    """The prompt for one of several things; empty where it is the prompt for all, and for a sample
    painter, which says so itself."""
    one = None if painter.card.knows else of_one(edit)
    return _phrased(painter, wanted(one)).prompt if one else ""


def _checked(seen: Any, image: Tensor) -> Seen:
    """What is known of a mask, at the size of the picture [1,H,W,C]."""
    require(seen, Seen, "What is seen")
    kept = None if seen.kept is None else given.mask(seen.kept, "What is left alone")
    boxes = None if seen.boxes is None else given.boxes(seen.boxes)
    size = kept.shape if kept is not None else seen.size and given.size(seen.size)
    if size is not None:
        (height, width), (high, wide) = size, image.shape[1:3]
        require_alike((height, width), image, "what is seen")
        if boxes is not None:
            boxes = boxes * boxes.new_tensor([wide / width, high / height] * 2)
    return Seen(fitting(kept, image)[0] if kept is not None and kept.any() else None, boxes)


def _seen_each(seen: Any, images: Tensor) -> list[Seen]:
    """What is known of the mask of each picture [B,H,W,C]."""
    require(seen, Sequence, "What is seen")
    if len(seen) not in (0, 1, len(images)):
        raise ImageError(
            f"What is seen is of {len(seen)} pictures, and {len(images)} came: one for all, or one"
            " each."
        )
    each = [_checked(one, images[:1]) for one in seen or [NOTHING]]  # they are all of one size
    return each * len(images) if len(each) == 1 else each


def cut_out(image: Tensor, mask: Tensor) -> Tensor:
    """The masked object on transparency: [1,H,W,4] of the picture's type of numbers.

    A hard mask gets an edge that fades over a pixel or two, inside it. The colours of what shows
    at all stay to the bit; what is cut away is gone: its colours are 0, not only transparent.

    Args:
        image: [1,H,W,C] in 0..1; its own alpha, if any, stays in force.
        mask: [H,W] in 0..1.
    """
    image = check_pictures(image, "[1,H,W,C]")
    mask = fitting(mask, image)
    if not ((mask > 0) & (mask < 1)).any():
        mask = feather(mask[0], rim(max(mask.shape)))[None]
    alpha = mask[..., None].to(image)
    if image.shape[-1] == 4:
        alpha = alpha * image[..., 3:]
    shown = torch.where(alpha > 0, rgb(image), torch.zeros_like(alpha))
    return torch.cat([shown, alpha], dim=-1)
