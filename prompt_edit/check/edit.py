"""Looking again: whether a picture after an edit shows what was asked for, and only that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from torch import Tensor

from ..detect.detections import Detector
from ..detect.ground import Grounded, check_same
from ..errors import ImageError
from ..images import check_pictures
from ..masks import fitting
from ..plan import Edit
from .checked import Checked, Finding, unjudged
from .gone import check_gone
from .look import Look, check_same_size
from .outside import check_cut, check_kept, check_outside
from .pattern import check_pattern
from .region import check_painted, check_target
from .result import check_colour, check_result
from .seam import check_seam

_OF_PAINT = (check_target, check_painted, check_result, check_colour, check_pattern, check_gone,
             check_outside, check_seam)  # fmt: skip
_OF_A_CUT = (check_target, check_cut, check_kept)


def check_edit(
    detector: Detector,
    before: Tensor,
    after: Tensor,
    edit: Edit,
    mask: Tensor | None = None,
    opacity: Tensor | None = None,
    threshold: float | None = None,
    found: Grounded | None = None,
) -> Checked:
    """Look whether a picture after an edit shows what was asked for, and nothing else new.

    Args:
        detector: looks for the result, and for what should be gone; its card says how sure it
            must be.
        before, after: float [1,H,W,C] in 0..1, of one size.
        mask: [H,W] or [1,H,W] in 0..1, the thing, or the place of a new one. Without it, where the
            detector finds the edit's target in `before`.
        opacity: of the same shapes, what was painted: where it is 0, no pixel may differ. Without
            it, what lies beyond the mask, grown as the operation grows it, may not. A cut paints
            nothing: of one it is not looked at.
        threshold: with which the target was looked for, 0 to 1; None for the detector's own.
        found: what the mask was cut from, where that is known: one of several may have been chosen.
            Of another edit it is not looked at.

    Raises:
        ImageError: pictures or masks that are none, or of different sizes.
        ModelError, PlanError: what cannot look, or is no edit.
    """
    look = Look.at(detector, before, after, edit, mask, opacity, threshold, found)
    return _findings(replace(look, opacity=None) if edit.cuts else look)


def check_each(
    detector: Detector,
    before: Tensor,
    after: Tensor,
    edit: Edit,
    masks: Tensor | None = None,
    opacities: Tensor | None = None,
    on_step: Callable[[int, int], None] | None = None,
    threshold: float | None = None,
    found: Sequence[Grounded] = (),
) -> list[Checked]:
    """`check_edit` for each picture of a batch [B,H,W,C]; one before, or one mask, is for all.

    `found` is one a picture before, or none. `on_step` is called after each picture with
    (done, total); what it raises stops the work.
    """
    before, after = check_pictures(before), check_pictures(after)
    if len(before) not in (1, len(after)):
        raise ImageError(
            f"Connect as many pictures before as after: {len(before)} and {len(after)} came."
        )
    check_same_size(before, after)
    if found:
        check_same(found, before)
    layers = [None if each is None else fitting(each, after) for each in (masks, opacities)]
    results: list[Checked] = []
    for number in range(len(after)):
        row = number % len(before)
        old, known = before[row][None], found[row] if found else None
        mask, opacity = (None if each is None else each[number] for each in layers)
        results.append(
            check_edit(detector, old, after[number][None], edit, mask, opacity, threshold, known)
        )
        if on_step:
            on_step(len(results), len(after))
    return results


def _findings(look: Look) -> Checked:
    if not look.region.any():
        return Checked((_of_nothing(look),))
    looks = _OF_A_CUT if look.edit.cuts else _OF_PAINT
    found = [each(look) for each in looks]
    return Checked(tuple(each for each in found if each is not None))


def _of_nothing(look: Look) -> Finding:
    """What is to be said where there is no place to look at."""
    if look.edit.cuts:
        return Finding("cut", False, 0.0, "Nothing was cut out: the mask is empty.", 0.0)
    if look.has_mask:
        return Finding("painted", False, 0.0, "Nothing was painted: the mask is empty.", 0.0)
    return unjudged("painted", "Whether anything was painted",
                    "what is to stay fills the picture, and no mask is known")  # fmt: skip
