"""Whether the edit was made at the right place, and made at all."""

from __future__ import annotations

import torch
from torch import Tensor

from ..detect import colour
from ..detect.ground import Grounded
from ..detect.presence import colourless
from ..images import rgb
from .boxes import box_of, fills, inside, share_in, stands_so, within, worst
from .checked import Finding, unjudged
from .look import FAINT, OTHER_SHARE, SLIGHT, Look, Spot
from .several import left_out

_LEAST_SHARE = 0.04  # of the region that must have changed so much,
_LEAST_OF_ALL = 0.0005  # or of the picture, where no region is known
_AS_SURE = 0.8  # of the best score: what answers so well is as likely to be meant
_UNSURE = 0.3  # of the best score: what answers less well is something else
_WHOLE = 0.97  # of the box of what was to stay: with as much of it in a mask nothing was spared


def check_target(look: Look) -> Finding | None:
    """Whether the mask lies on the thing that was asked for."""
    edit = look.edit
    if stays := _stays(look):
        said = f'The mask takes in what was to stay: "{stays}".'
        return Finding("target", False, 0.0, said, 0.0)
    if gone := _vanished(look):
        said = f'The "{gone}" was to stay, and is not seen there any more.'
        return Finding("target", False, 0.0, said, 0.0)
    if not look.has_mask:
        return None
    if edit.operation == "add":
        return _check_place(look)
    if edit.whole_picture:
        return None
    what = f'Whether the mask lies on the "{edit.target}"'
    region = look.region
    other = _other_colour(look)
    if other:
        asked = colour.named(edit.target)
        said = f'The mask lies elsewhere: there it is {other}, and the "{edit.target}" is {asked}.'
        return Finding("target", False, 0.0, said, 0.0)
    if isinstance(look.grounded, str):
        return unjudged("target", what, look.grounded)
    if few := _few(look, look.grounded):
        return few
    share = float((region & inside(_widened(look, look.grounded.reached), look.size)).sum())
    share /= max(1, int(region.sum()))
    scores = look.grounded.found.scores
    best = look.grounded.boxes[scores >= _AS_SURE * scores.max()]
    if share >= 0.5 and any(_fills(look, box) for box in best):
        return Finding("target", True, share, f'The mask lies on the "{edit.target}".')
    if _is_faint(look, float(scores.max())):
        return unjudged("target", what, "the detector is not sure which one it is")
    said = f'The mask lies elsewhere: the detector sees the "{edit.target}" at another place.'
    return Finding("target", False, share, said, 0.49 * share)


def _stays(look: Look) -> str:
    """What the mask takes in as a whole, though it was to be left alone; "" for nothing."""
    if not look.has_mask or isinstance(look.grounded, str):
        return ""
    kept = look.grounded.left_out
    return next((label for label, box in zip(kept.labels, kept.boxes, strict=True)
                 if share_in(look.region, box) >= _WHOLE), "")  # fmt: skip


def _vanished(look: Look) -> str:
    """What was to be left alone, changed, and is not seen in the picture after; "" for nothing."""
    if isinstance(look.grounded, str):
        return ""
    kept, least = look.grounded.left_out, look.card.threshold * FAINT
    for label, box in zip(kept.labels, kept.boxes, strict=True):
        changed = look.moved_in(within(box)) > SLIGHT
        if changed.float().mean() > 0.5 and not worst(
            look.find(look.after, label, least), box[None]
        ):
            return label
    return ""


def _check_place(look: Look) -> Finding | None:
    """What is to be said where the mask is no place for all the new things; None where it is, or
    may be: someone's own place is as good, where it stands to the anchor as was asked."""
    edit, grounded = look.edit, look.grounded
    if edit.whole_picture or isinstance(grounded, str):
        return None
    if few := _few(look, grounded):
        return few
    own = not any(place.equal(box) for place in look.places for box in grounded.boxes)
    if not own or stands_so(box_of(look.region), grounded.found.boxes, edit.relation):
        return None
    kind = edit.relation.kind if edit.relation else "on"
    where = "near" if kind == "holding" else kind
    said = f'The mask lies elsewhere: what is there is not {where} the "{edit.target}".'
    return Finding("target", False, 0.0, said, 0.0)


def _few(look: Look, grounded: Grounded) -> Finding | None:
    """What is to be said where the mask touches some alone of the things that are all meant."""
    left, count = left_out(look.edit, grounded, look.region)
    if not left:
        return None
    said = f'The mask leaves out {left} of the {count} things that "{look.edit.target}" names.'
    return Finding("target", False, 1 - left / count, said, 0.49 * (1 - left / count))


def _fills(look: Look, box: Tensor) -> bool:
    """Whether the mask reaches over the thing in a box, and is no part of it: no man's hat."""
    room = _widened(look, box)
    if look.edit.exclude:
        return bool(look.region[within(room)].any())
    return fills(look.region, box, room)


def _other_colour(look: Look) -> str:
    """The colour under the mask before the edit, where that is plainly not the target's."""
    asked, there = colour.named(look.edit.target), rgb(look.before)[0][look.region]
    if asked is None or not len(there):
        return ""
    shares = colour.shares(there)
    least = OTHER_SHARE if look.card.sample else 0.02
    plain = look.card.sample or not colour.may_be(colour.middle(there), asked)
    return shares[0][0] if plain and dict(shares).get(asked, 0.0) < least else ""


def _widened(look: Look, boxes: Tensor) -> Tensor:
    return boxes + torch.tensor([-1, -1, 1, 1]) * 20 * look.unit


def _is_faint(look: Look, best: float) -> bool:
    """Whether what the mask lies on answers to the target, though not as well as something else.

    It does where the detector sees it too faintly, but no other one far more surely (with the score
    `best`), or sees its noun there, and it has the colour.
    """
    target, place = look.edit.target, box_of(look.region)[None]
    least, asked = look.card.threshold, colour.named(target)
    faint = worst(look.find(look.before, target, least * FAINT), place)
    if _UNSURE * best <= faint < least:
        return True
    noun = colourless(target)
    there = rgb(look.before)[0][look.region]
    same = asked is not None and bool(noun) and colour.shares(there)[0][0] == asked
    return same and worst(look.find(look.before, noun), place) > 0


def check_painted(look: Look) -> Finding:
    """Whether the region differs from before at all."""
    share = float((look.moved_at(look.region) > SLIGHT).float().mean())
    least = _LEAST_SHARE if look.is_placed else _LEAST_OF_ALL
    moved = [float((look.moved_at(spot.region) > SLIGHT).float().mean()) for spot in look.spots]
    same = [spot for spot, part in zip(look.spots, moved, strict=True) if part < least]
    if not same:
        return Finding("painted", True, share, f"{share:.0%} of the region has changed.")
    left = [spot for spot in same if not _shows_already(look, spot)]
    if not left and len(same) < len(moved):
        return Finding("painted", True, share, f"{share:.0%} of the region has changed.")
    if not left:
        return unjudged("painted", "Whether anything was painted",
                         f'the picture showed "{look.edit.result}" there before')  # fmt: skip
    if len(left) < len(moved):
        said = f"Nothing was painted at {len(left)} of {len(moved)} places."
        return Finding("painted", False, share, said, 0.49 * (1 - len(left) / len(moved)))
    some = bool((look.moved_at(look.region) > 0).any())
    said = ("Next to nothing was painted: the region looks as it did before." if some else
            "Nothing was painted: the region is as it was before.")  # fmt: skip
    return Finding("painted", False, share, said, 0.49 * min(1.0, share / least))


def _shows_already(look: Look, spot: Spot) -> bool:
    """Whether the picture showed the result there before the edit."""
    edit, result = look.edit, look.edit.result
    if edit.operation in ("recolor", "background"):
        asked = colour.named(result)
        there = rgb(look.before)[0][spot.region]
        tinted = edit.operation == "background" and look.card.sample  # its walls are pale
        if asked is None or tinted:
            return False
        return dict(colour.shares(there)).get(asked, 0.0) >= 0.5
    if edit.operation != "replace" or edit.whole_picture or not look.knows(result):
        return False
    return any(map(spot.holds, look.find(look.before, result).boxes))
