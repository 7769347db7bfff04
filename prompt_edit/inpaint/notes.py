"""What a person should know of what a painter is asked for, in plain sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from torch import Tensor

from ..garments import NECK, cut_of
from .canvas import Canvas
from .painter import Painter
from .settings import Sampling
from .wanted import Wanted
from .wording import a


def of_asked(
    painter: Painter, asked: Wanted, said: Wanted, sampling: Sampling, follows: bool
) -> tuple[str, ...]:
    """What of the request the painter cannot do, or does not heed.

    Args:
        asked, said: in the words that were given, and in the painter's.
        follows: whether it is held to a picture, such as a ControlNet's.
    """
    return (
        *_below(painter, asked),
        *_unread(painter, said),
        *_unweighed(painter, said),
        *_unheard(painter, said, sampling),
        *(() if follows else _unfilled(painter, said)),
    )


def of_clear(image: Tensor, mask: Tensor) -> tuple[str, ...]:
    """A note where much of what a mask [H,W] covers lies where a picture [1,H,W,C] is
    transparent."""
    if image.shape[-1] != 4 or not (mask > 0.5).any():
        return ()
    clear = float((image[0, ..., 3][(mask > 0.5).to(image.device)] == 0).float().mean())
    if clear < 0.05:
        return ()
    return (f"{clear:.0%} of what is painted does not show: the picture is transparent there, and"
            " stays so. Take its transparency away first.",)  # fmt: skip


_COARSE = 3.0  # times that a patch is enlarged, from which on one sees it


def of_size(painter: Painter, canvases: Sequence[Canvas]) -> tuple[str, ...]:
    """A note where what is painted is much larger than the model works at. A sample painter's
    pictures are small anyway."""
    regions = [region for canvas in canvases for region in canvas.regions]
    if painter.card.knows or not regions:
        return ()
    most = max(regions, key=lambda region: region.height / region.work[0])
    factor = most.height / most.work[0]
    if factor < _COARSE:
        return ()
    high, wide = most.work
    return (f"Painted at {wide} x {high} and enlarged {factor:.0f} times, which one sees: choose a"
            " model that works at a larger size, make the picture smaller, or enlarge the result"
            " with an upscaler.",)  # fmt: skip


def _below(painter: Painter, asked: Wanted) -> tuple[str, ...]:
    """A note where a top takes the place of what reaches further down, and nothing is said of what
    shows below it. A sample painter paints one thing at a time."""
    edit = asked.edit
    if edit is None or edit.operation != "replace" or painter.card.knows:
        return ()
    old, new = cut_of(edit.target), cut_of(asked.prompt)
    if old is None or new is None or " and " in asked.prompt:
        return ()
    if new.kind != "top" or old.start > NECK or new.reach >= old.reach:
        return ()
    return (f'The mask is that of the whole "{edit.target}": what is below the "{asked.prompt}" is'
            f' invented. Say it: "{a(asked.prompt)} and blue jeans".',)  # fmt: skip


def _unread(painter: Any, asked: Wanted) -> tuple[str, ...]:
    """A note where a prompt is longer than the painter reads."""
    unread = getattr(painter, "unread", None)
    cut_off = [rest for each in (asked.prompt, asked.negative_prompt)
               if unread and each and (rest := unread(each))]  # fmt: skip
    return tuple(f"The model does not read so much, and left out “{rest}”: say it in fewer words."
                 for rest in cut_off)  # fmt: skip


_WEIGHED = re.compile(r"\([^()]+:\d+(?:\.\d+)?\)")


def _unweighed(painter: Any, asked: Wanted) -> tuple[str, ...]:
    """A note where words have weights that are read as letters."""
    found = _WEIGHED.search(f"{asked.prompt} {asked.negative_prompt}")
    if not found or not hasattr(painter, "unread"):  # a host reads them
        return ()
    return (f"Weights such as “{found[0][:40]}” are not read by this painter: they count as words."
            " Painter from MODEL reads them.",)  # fmt: skip


def _unheard(painter: Any, asked: Wanted, sampling: Sampling) -> tuple[str, ...]:
    """A note where a negative prompt changes nothing."""
    heeds = getattr(painter, "heeds_negative", None)
    if not asked.negative_prompt or heeds is None or heeds(sampling.guidance_scale):
        return ()
    return ("The negative prompt changes nothing: this model is used without guidance, or has it"
            " built in.",)  # fmt: skip


def _unfilled(painter: Any, asked: Wanted) -> tuple[str, ...]:
    """A note where a hole is to be filled by a model that was not trained to see one."""
    removed = asked.edit is not None and asked.edit.operation == "remove" and not asked.prompt
    if not removed or getattr(painter, "fills", True):
        return ()
    return ("This model was not trained to fill holes, and may paint another thing here: choose an"
            " inpainting model to remove things.",)  # fmt: skip
