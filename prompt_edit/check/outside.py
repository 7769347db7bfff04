"""Whether anything changed that should not have, and whether a cut is right."""

from __future__ import annotations

import torch
from torch import Tensor

from ..images import rgb
from .boxes import fills, inside
from .checked import Finding, format_pixels, unjudged
from .look import Look
from .several import sets_of

_LEVEL = 0.6 / 255  # a change that shows in a file of 8 bits


def check_outside(look: Look) -> Finding:
    """How many pixels changed that should not have."""
    what = "Whether anything else changed"
    if look.allowed is None:
        why = ("the edit is of the whole picture" if look.edit.whole_picture
               else f"{look.grounded}, and no mask is known")  # fmt: skip
        return unjudged("outside", what, why)
    forbidden = ~look.allowed
    if not forbidden.any():
        return unjudged("outside", what, "all of the picture was painted")
    differs = (_with_alpha(look.after) - _with_alpha(look.before)).abs().amax(dim=-1)
    count = int(((differs > _LEVEL) & forbidden).sum())
    if not count:
        return Finding("outside", True, 0.0, "No pixel outside has changed.")
    most = round(float(differs[forbidden].max()) * 255)
    said = (f"{format_pixels(count)} outside the edit changed"
            f" ({count / int(forbidden.sum()):.1%} of what should have stayed), by up to {most} of"
            " 255 levels.")  # fmt: skip
    return Finding("outside", False, float(count), said, 0.49 * (1 - count / int(forbidden.sum())))


def _with_alpha(image: Tensor) -> Tensor:
    """A picture [1,H,W,C] of any number of channels as [H,W,4], opaque where none says."""
    opaque = torch.ones_like(image[..., :1]) if image.shape[-1] != 4 else image[..., 3:]
    return torch.cat([rgb(image), opaque], dim=-1)[0].clamp(0, 1)


def check_cut(look: Look) -> Finding:
    """Whether the thing, and nothing else, is left of the picture."""
    if look.after.shape[-1] != 4:
        return Finding(
            "cut", False, 0.0, "Nothing was cut out: the picture has no transparency.", 0.0
        )
    left = look.after[0, ..., 3] > 0  # its edge fades inwards
    if not left.any():
        return Finding("cut", False, 0.0, "Nothing is left of the picture.", 0.0)
    if left.all():
        return Finding("cut", False, 0.0, "Nothing was cut away.", 0.0)
    what = "Whether the right thing was cut out"
    if look.mask is not None:
        fits = _fits(look, left, look.mask)
        passed = fits >= 0.8
        if passed:  # whether that is the right thing is told by where the mask lies
            return Finding("cut", True, fits, "What the mask covers was cut out, and nothing else.")
    elif isinstance(look.grounded, str):
        return unjudged("cut", what, look.grounded)
    else:
        wanted = inside(look.grounded.boxes, look.size)
        fits = float((left & wanted).sum() / left.sum())
        filled = [fills(left, box, box) for box in look.grounded.boxes]
        sets = sets_of(look.edit, look.grounded.found)
        passed = fits >= 0.8 and all(any(filled[row] for row in rows) for rows in sets)
    said = (f'The "{look.edit.target}" was cut out.' if passed
            else f'What was cut out is not the "{look.edit.target}".')  # fmt: skip
    return Finding("cut", passed, fits, said, 1.0 if passed else 0.49 * fits)


def _fits(look: Look, left: Tensor, mask: Tensor) -> float:
    """How well what is left [H,W] fits what of a mask the picture showed before (IoU).

    Of a soft mask all that it covers at all is left.
    """
    shown = _with_alpha(look.before)[..., 3] > 0
    wanted = [(mask > level) & shown for level in (0.0, 0.5)]
    return max(float((left & each).sum() / (left | each).sum()) for each in wanted)


def check_kept(look: Look) -> Finding:
    """How many of the pixels that are left changed their colour."""
    if look.after.shape[-1] != 4:
        return unjudged("outside", "Whether colours changed", "nothing was cut out")
    left = look.after[0, ..., 3] > 0
    differs = (rgb(look.after) - rgb(look.before))[0].abs().amax(dim=-1) > _LEVEL
    count = int((differs & left).sum())
    said = "What is left has its colours."
    if count:
        said = f"{format_pixels(count)} of what is left changed colour."
    mark = 1.0 if not count else 0.49 * (1 - count / int(left.sum()))
    return Finding("outside", not count, float(count), said, mark)
