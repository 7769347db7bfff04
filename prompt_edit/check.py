"""Looking again: whether a picture after an edit shows what the edit asked for, and only that."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor
from torchvision.ops import box_iou

from . import colour
from .detect.absence import Detector
from .detect.detections import Detections, merge
from .detect.ground import Grounded, check_asked, ground
from .detect.phrases import phrases_of
from .detect.presence import colourless
from .errors import ImageError, InstructionError, NotFound, PromptEditError
from .images import check_pictures, rgb
from .inpaint.repaint import painted_mask
from .inpaint.settings import PAINT
from .masks import fitting
from .models.card import Card
from .plan import PICTURE, Edit
from .segment.masks import grow

Aspect = Literal["target", "painted", "result", "colour", "gone", "cut", "outside", "seam"]

_LEVEL = 0.6 / 255  # a change that shows in a file of 8 bits
_SLIGHT = 5.0  # CIELAB units: a change that a model's own noise does not make
_LEAST_SHARE = 0.04  # of the region that must have changed so much,
_LEAST_OF_ALL = 0.0005  # or of the picture, where no region is known
_SAME_PLACE = 0.5  # IoU from which on two boxes are about the same place
_SAME_THING = 0.7  # and from which on about the same thing
_FAINT = 0.5  # share of the detector's threshold that counts where the colour is right
_OTHER_SHARE = 0.1  # of what is under a mask that must have the target's colour
_SLACK = 8  # thousandths of the longer side around a mask whose growth is not known
_REACH = 0.5  # of the root of its area: how far beyond it a shadow or a sleeve may reach,
_FARTHEST = 80  # and in thousandths of the longer side
_SEAM = 4.0  # CIELAB units: a step that shows,
_THINGS = 16.0  # and one as between two things


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: what of the edit it is about.
        passed: whether it is well; None where it could not be judged.
        value: what was measured. target: the share of what was painted that lies on what was asked
            for; painted: the share of the region that changed; result: the detector's score for
            it, at the place where it is worst; colour: the share of the thing that has the colour;
            gone: the detector's score for what should be gone; cut: how well the cut fits (IoU);
            outside: the number of pixels that changed; seam: the step at the edge, in CIELAB units,
            beyond what the picture has there itself. None where nothing was.
        said: the same in one plain sentence.
        mark: 0..1: 1 where it is well, below 0.5 where not, and then how near it is.
    """

    name: Aspect
    passed: bool | None
    value: float | None
    said: str
    mark: float = 1.0


@dataclass(frozen=True)
class Checked:
    """What a look at one picture after one edit found."""

    findings: tuple[Finding, ...]

    @property
    def judged(self) -> tuple[Finding, ...]:
        """The findings that could be judged."""
        return tuple(each for each in self.findings if each.passed is not None)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong, as far as that could be judged."""
        return all(each.passed for each in self.judged)

    @property
    def score(self) -> float:
        """0..1: the mean mark of what could be judged; 1 where nothing is wrong."""
        marks = [each.mark for each in self.judged]
        return sum(marks) / len(marks) if marks else 1.0

    @property
    def doubts(self) -> tuple[str, ...]:
        """What is wrong, in plain sentences."""
        return tuple(each.said for each in self.findings if each.passed is False)

    @property
    def verdict(self) -> str:
        """The outcome in one line."""
        if not self.judged:
            return "Not checked: nothing could be judged."
        wrong, count = len(self.doubts), len(self.judged)
        if not wrong:
            return f"Checked: all {count} points are well (score {self.score:.2f})."
        return f"Doubtful: {wrong} of {count} points are not well (score {self.score:.2f})."

    @property
    def report(self) -> str:
        """The verdict, and all that was found, a line each."""
        signs = {True: "ok", False: "NOT OK", None: "not judged"}
        return "\n".join(
            [self.verdict, *(f"{signs[each.passed]}: {each.said}" for each in self.findings)]
        )

    def to_dict(self) -> dict[str, Any]:
        """The same in plain values, as JSON takes them."""
        return {"ok": self.ok, "score": self.score,
                "findings": [asdict(each) for each in self.findings]}  # fmt: skip

    def to_json(self, indent: int | None = 2) -> str:
        """The same as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)


def check_edit(
    detector: Detector,
    before: Tensor,
    after: Tensor,
    edit: Edit,
    mask: Tensor | None = None,
    opacity: Tensor | None = None,
) -> Checked:
    """Look whether a picture after an edit shows what was asked for, and nothing else new.

    Args:
        detector: looks for the result, and for what should be gone; its card says how sure it
            must be.
        before, after: float [1,H,W,C] in 0..1, of one size.
        mask: [H,W] or [1,H,W] in 0..1, the thing, or the place of a new one. Without it, where the
            detector finds the edit's target in `before`.
        opacity: of the same shapes, what was painted: where it is 0, no pixel may differ. Without
            it, what lies beyond the mask, grown as the operation grows it, may not.

    Raises:
        ImageError: pictures or masks that are none, or of different sizes.
        ModelError, PlanError: what cannot look, or is no edit.
    """
    return _check(_Look.at(detector, before, after, edit, mask, opacity))


def check_each(
    detector: Detector,
    before: Tensor,
    after: Tensor,
    edit: Edit,
    masks: Tensor | None = None,
    opacities: Tensor | None = None,
    on_step: Callable[[int, int], None] | None = None,
) -> list[Checked]:
    """`check_edit` for each picture of a batch [B,H,W,C]; one before, or one mask, is for all.

    `on_step` is called after each picture with (done, total); what it raises stops the work.
    """
    before, after = check_pictures(before), check_pictures(after)
    if len(before) not in (1, len(after)):
        raise ImageError(
            f"Connect as many pictures before as after: {len(before)} and {len(after)} came."
        )
    _check_same_size(before, after)
    layers = [None if each is None else fitting(each, after) for each in (masks, opacities)]
    results: list[Checked] = []
    for number in range(len(after)):
        old = before[number % len(before)][None]
        mask, opacity = (None if each is None else each[number] for each in layers)
        results.append(check_edit(detector, old, after[number][None], edit, mask, opacity))
        if on_step:
            on_step(len(results), len(after))
    return results


def reports(checked: Sequence[Checked]) -> str:
    """All reports as one text; in a batch each says the number of its picture, from 1."""
    if len(checked) == 1:
        return checked[0].report
    return "\n\n".join(
        f"Picture {number}. {each.report}" for number, each in enumerate(checked, start=1)
    )


def _check_same_size(before: Tensor, after: Tensor) -> None:
    if before.shape[1:3] != after.shape[1:3]:
        (high, wide), (higher, wider) = before.shape[1:3], after.shape[1:3]
        raise ImageError(
            f"Scale the picture after the edit to {wide} x {high} pixels, as before: it is"
            f" {wider} x {higher}."
        )


# --- what is looked at ---------------------------------------------------------------------------


@dataclass(frozen=True)
class _Look:
    """One picture before and after an edit, float32 [1,H,W,C] on the CPU, and where to look.

    `mask` and `opacity` are [H,W], or None where they are not known.
    """

    detector: Detector
    before: Tensor
    after: Tensor
    edit: Edit
    mask: Tensor | None
    opacity: Tensor | None

    @classmethod
    def at(
        cls, detector: Detector, before: Tensor, after: Tensor, edit: Edit, mask: Tensor | None,
        opacity: Tensor | None,
    ) -> _Look:  # fmt: skip
        check_asked(detector, edit, None)
        before = check_pictures(before, "[1,H,W,C]", name="The picture before").cpu().float()
        after = check_pictures(after, "[1,H,W,C]", name="The picture after").cpu().float()
        _check_same_size(before, after)
        layers = [None if each is None else fitting(each, before)[0] for each in (mask, opacity)]
        return cls(detector, before, after, edit, *layers)

    @property
    def size(self) -> tuple[int, int]:
        return int(self.before.shape[1]), int(self.before.shape[2])

    @property
    def unit(self) -> float:
        """A thousandth of the longer side, in pixels."""
        return max(self.size) / 1000

    @property
    def card(self) -> Card:
        card = getattr(self.detector, "card", None)
        return card if card is not None else Card()

    def find(self, image: Tensor, text: str, threshold: float | None = None) -> Detections:
        """All that a text lists in one of the pictures."""
        image = rgb(image)
        return merge([self.detector.detect(image, [phrase], threshold)[0]
                      for phrase in phrases_of(text)])  # fmt: skip

    def knows(self, text: str) -> bool:
        """Whether the detector can look for the things; those that a small one knows are listed."""
        nouns = set(self.card.nouns)
        try:
            return all(not nouns or _noun_in(each, nouns) for each in phrases_of(text))
        except InstructionError:  # signs alone, or a whole story
            return False

    @cached_property
    def grounded(self) -> Grounded | str:
        """What the edit is about in the picture before, or why that is not known."""
        if self.edit.operation == "extract" or not self.edit.whole_picture:
            relation = self.edit.relation
            asked = [self.edit.target, *([relation.anchor] if relation else [])]
            if not all(map(self.knows, asked)):
                return f'the detector does not know "{self.edit.target}"'
        try:
            return ground(self.detector, rgb(self.before), self.edit)
        except NotFound:
            return f'the detector finds no "{self.edit.target}" in the picture before'
        except PromptEditError as error:
            return f"the detector cannot look for it: {error}"

    @cached_property
    def places(self) -> Tensor:
        """Boxes [N,4] of what is edited, one a thing; those of the region where none is known."""
        boxes = self._grounded_boxes
        if self.has_mask:
            least = 0.6 if self.edit.operation == "add" else 0.1  # a place is painted as a whole
            boxes = boxes[[bool(_share_in(self.region, box) > least) for box in boxes]]
        if not len(boxes) and self.region.any():
            boxes = _box_of(self.region)[None]
        return boxes

    @cached_property
    def region(self) -> Tensor:
        """Where something new is to be, bool [H,W]; all of it where that is not known."""
        for each in (self.mask, self.opacity):
            if each is not None:
                return each > 0.5
        grounded = self.grounded
        if isinstance(grounded, str):
            return torch.ones(self.size, dtype=torch.bool)
        if grounded.shape == "picture":
            return ~_inside(grounded.left_out.boxes, self.size)
        return _inside(self._grounded_boxes, self.size)

    @cached_property
    def _grounded_boxes(self) -> Tensor:
        """Boxes [N,4] of what the edit is about, as the detector sees it."""
        if isinstance(self.grounded, str):
            return torch.zeros(0, 4)
        boxes, edit = self.grounded.boxes, self.edit
        if edit.operation != "add" or self.has_mask or not self.knows(edit.result):
            return boxes
        # Where a new thing was put is not known: it is what was not there before.
        old, new = (self.find(each, edit.result).boxes for each in (self.before, self.after))
        if len(old) and len(new):
            new = new[box_iou(new, old).amax(dim=1) < _SAME_PLACE]
        if not edit.whole_picture:
            new = new[[any(_shared(box, place)[0] > 0 for place in boxes) for box in new]]
        return new[:1] if len(new) else boxes

    @property
    def has_mask(self) -> bool:
        """Whether a mask tells where something new is to be."""
        return self.mask is not None or self.opacity is not None

    @property
    def is_placed(self) -> bool:
        """Whether it is known where something new is to be."""
        return self.has_mask or not isinstance(self.grounded, str)

    @cached_property
    def allowed(self) -> Tensor | None:
        """Where pixels may differ, bool [H,W]; None where that is not known.

        Where only the mask is known, that is the mask as the operation grows it, where the result
        stands, what hangs together with both close by (a shadow, a longer sleeve), and specks.
        """
        if self.opacity is not None:
            return self.opacity > 0
        if not self.is_placed:
            return None
        if self.mask is None and getattr(self.grounded, "shape", "") == "picture":
            return None
        grown = painted_mask(self.region.float(), PAINT[self.edit.operation])
        stands = self.region | _inside(self.results.boxes, self.size)
        wide = (grow(grown, _SLACK * self.unit) > 0.5) | stands
        near = grow(stands.float(), self._reach) > 0.5
        pieces, _ = ndimage.label((wide | ((self.moved > 0) & near)).numpy(), np.ones((3, 3)))
        joined = torch.from_numpy(np.isin(pieces, np.unique(pieces[wide.numpy()])) & (pieces > 0))
        return joined | _specks((self.moved > 0) & ~joined, (2 * _SLACK * self.unit) ** 2)

    @property
    def _reach(self) -> float:
        """How far beyond a mask, in pixels, what hangs together with it may have changed."""
        if self.edit.operation in ("background", "recolor", "restyle"):  # its shape stays
            return 2 * _SLACK * self.unit
        own = _REACH * float(self.region.sum()) ** 0.5
        return _SLACK * self.unit + min(own, _FARTHEST * self.unit)

    @cached_property
    def results(self) -> Detections:
        """What answers to the result in the picture after, at the places it is asked at."""
        if not self.edit.result or not self.knows(self.edit.result):
            return Detections.none(self.size)
        found = self.find(self.after, self.edit.result)
        return found.take(
            [row for row, box in enumerate(found.boxes)
             if any(_lies_on(box, place) for place in self.places)]
        )  # fmt: skip

    @cached_property
    def lab(self) -> tuple[Tensor, Tensor]:
        """Both pictures in CIELAB, [H,W,3] each."""
        return colour.to_lab(rgb(self.before)), colour.to_lab(rgb(self.after))

    @cached_property
    def moved(self) -> Tensor:
        """By how many CIELAB units each pixel [H,W] differs."""
        before, after = self.lab
        return (after - before).norm(dim=-1)


def _noun_in(phrase: str, nouns: set[str]) -> bool:
    words = colourless(phrase.lower()).split()
    forms = {form for word in words for form in (word, word.removesuffix("s"))}
    return bool(forms & nouns)


def _specks(region: Tensor, most: float) -> Tensor:
    """The pieces of a region [H,W] of at most so many pixels."""
    pieces, _ = ndimage.label(region.numpy(), np.ones((3, 3)))
    areas = np.bincount(pieces.ravel())
    areas[0] = region.numel()
    return torch.from_numpy((areas <= most)[pieces])


def _box_of(region: Tensor) -> Tensor:
    """The box [4] about what is True in a region [H,W]; there must be some."""
    rows, columns = region.any(dim=1).nonzero()[:, 0], region.any(dim=0).nonzero()[:, 0]
    edges = columns[0], rows[0], columns[-1] + 1, rows[-1] + 1
    return torch.stack(edges).float()


def _inside(boxes: Tensor, size: tuple[int, int]) -> Tensor:
    """The pixels within any of the boxes [N,4], bool [H,W]."""
    inside = torch.zeros(size, dtype=torch.bool)
    for x0, y0, x1, y1 in boxes.round().int().tolist():
        inside[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)] = True
    return inside


def _share_in(region: Tensor, box: Tensor) -> Tensor:
    """The share of a box [4] that lies in a region [H,W]."""
    inside = _inside(box[None], (region.shape[0], region.shape[1]))
    return (region & inside).sum() / inside.sum().clamp(min=1)


def _shared(a: Tensor, b: Tensor) -> tuple[float, float]:
    """What two boxes share, as a share of the first and of the second one's area."""
    sides = (torch.minimum(a[2:], b[2:]) - torch.maximum(a[:2], b[:2])).clamp(min=0)
    areas = [float((box[2:] - box[:2]).prod().clamp(min=1e-6)) for box in (a, b)]
    return float(sides.prod()) / areas[0], float(sides.prod()) / areas[1]


def _lies_on(box: Tensor, place: Tensor) -> bool:
    """Whether a thing in a box stands at a place: mostly within it, or mostly covering it."""
    of_box, of_place = _shared(box, place)
    return (of_box >= 0.5 and of_place >= 0.12) or (of_place >= 0.7 and of_box >= 0.25)


# --- what is found -------------------------------------------------------------------------------


def _check(look: _Look) -> Checked:
    if look.edit.operation == "extract":
        found = [_target(look), _cut(look), _kept_colours(look)]
    elif not look.region.any():
        found = [Finding("painted", False, 0.0, "Nothing was painted: the mask is empty.", 0.0)]
    else:
        found = [_target(look), _painted(look), _result(look), _coloured(look), _gone(look),
                 _outside(look), _seam(look)]  # fmt: skip
    return Checked(tuple(each for each in found if each is not None))


def _unjudged(name: Aspect, what: str, why: str) -> Finding:
    return Finding(name, None, None, f"{what} could not be judged, because {why}.")


def _target(look: _Look) -> Finding | None:
    """Whether the mask lies on the thing that was asked for."""
    edit = look.edit
    if not look.has_mask or edit.operation == "add" or edit.whole_picture:
        return None
    what = f'Whether the mask lies on the "{edit.target}"'
    region = look.region
    other = _other_colour(look)
    if other:
        asked = colour.named(edit.target)
        said = f'The mask lies elsewhere: there it is {other}, and the "{edit.target}" is {asked}.'
        return Finding("target", False, 0.0, said, 0.0)
    if isinstance(look.grounded, str):
        return _unjudged("target", what, look.grounded)
    share = float((region & _inside(_widened(look, look.grounded.boxes), look.size)).sum())
    share /= max(1, int(region.sum()))
    best = look.grounded.boxes[int(look.grounded.found.scores.argmax())]
    if share >= 0.5 and float(_share_in(region, best)) > 0.05:
        return Finding("target", True, share, f'The mask lies on the "{edit.target}".')
    if _is_faint(look):
        return _unjudged("target", what, "the detector is not sure which one it is")
    said = f'The mask lies elsewhere: the detector sees the "{edit.target}" at another place.'
    return Finding("target", False, share, said, 0.49 * share)


def _other_colour(look: _Look) -> str:
    """The colour under the mask before the edit, where that is plainly not the target's."""
    asked, there = colour.named(look.edit.target), rgb(look.before)[0][look.region]
    if asked is None or not len(there):
        return ""
    shares = colour.shares(there)
    least = _OTHER_SHARE if look.card.sample else 0.02
    plain = look.card.sample or not colour.may_be(colour.middle(there), asked)
    return shares[0][0] if plain and dict(shares).get(asked, 0.0) < least else ""


def _widened(look: _Look, boxes: Tensor) -> Tensor:
    return boxes + torch.tensor([-1, -1, 1, 1]) * 20 * look.unit


def _is_faint(look: _Look) -> bool:
    """Whether what the mask lies on answers to the target, though not as well as something else.

    It does where the detector sees it too faintly, or sees its noun there, and it has the colour.
    """
    target, place = look.edit.target, _box_of(look.region)[None]
    least, asked = look.card.threshold, colour.named(target)
    faint = _worst(look.find(look.before, target, least * _FAINT), place)
    if 0 < faint < least:
        return True
    noun = colourless(target)
    there = rgb(look.before)[0][look.region]
    same = asked is not None and bool(noun) and colour.shares(there)[0][0] == asked
    return same and _worst(look.find(look.before, noun), place) > 0


def _painted(look: _Look) -> Finding:
    """Whether the region differs from before at all."""
    region = look.region
    share = float((look.moved[region] > _SLIGHT).float().mean())
    least = _LEAST_SHARE if look.is_placed else _LEAST_OF_ALL
    if share >= least:
        return Finding("painted", True, share, f"{share:.0%} of the region has changed.")
    if _shows_already(look):
        return _unjudged("painted", "Whether anything was painted",
                         f'the picture showed "{look.edit.result}" there before')  # fmt: skip
    some = bool((look.moved[region] > 0).any())
    said = ("Next to nothing was painted: the region looks as it did before." if some else
            "Nothing was painted: the region is as it was before.")  # fmt: skip
    return Finding("painted", False, share, said, 0.49 * share / least)


def _shows_already(look: _Look) -> bool:
    """Whether the picture showed the result there before the edit."""
    edit, result = look.edit, look.edit.result
    if edit.operation in ("recolor", "background"):
        asked = colour.named(result)
        there = rgb(look.before)[0][look.region]
        tinted = edit.operation == "background" and look.card.sample  # its walls are pale
        if asked is None or tinted:
            return False
        return dict(colour.shares(there)).get(asked, 0.0) >= 0.5
    if edit.operation != "replace" or edit.whole_picture or not look.knows(result):
        return False
    return _worst(look.find(look.before, result), look.places) > 0


def _worst(found: Detections, places: Tensor) -> float:
    """The lowest, over the places, of the best score of what lies on them; 0 where nothing does."""
    best = [max((float(score) for score, box in zip(found.scores, found.boxes, strict=True)
                 if _lies_on(box, place)), default=0.0) for place in places]  # fmt: skip
    return min(best, default=0.0)


def _result(look: _Look) -> Finding | None:
    """Whether the result is where it was asked."""
    edit = look.edit
    if not edit.result:
        return None
    what = f'Whether it shows "{edit.result}"'
    if not look.knows(edit.result):
        return _unjudged("result", what, "the detector does not know that")
    if not look.is_placed:
        return _unjudged("result", what, f"{look.grounded}, and no mask is known")
    score = _worst(look.results, look.places)
    if score:
        return Finding("result", True, score,
                       f'The detector sees "{edit.result}" there (score {score:.2f}).')  # fmt: skip
    if edit.whole_picture and edit.operation != "add":
        return _unjudged("result", what, "a detector looks for things, and finds none of that name")
    return _faint_result(look, what)


def _faint_result(look: _Look, what: str) -> Finding:
    """What is left to say where the detector does not see the result as it was named.

    Half as sure is enough where nothing speaks against it: no colour was named, or it is right.
    """
    edit, right, asked = look.edit, _colour_of(look)[0], colour.named(look.edit.result)
    if edit.operation == "recolor" and right:
        return Finding("result", True, 0.0, f'The region is {asked}, and keeps its shape: it shows'
                       f' "{edit.result}".')  # fmt: skip
    if edit.operation == "restyle" and len(look.find(look.after, edit.target)):
        return _unjudged("result", what, f'the detector sees the "{edit.target}", but no styles')
    least = look.card.threshold * _FAINT
    named = (colourless(edit.result) or edit.result) if right else edit.result
    faint = _worst(look.find(look.after, named, least), look.places)
    if faint and (right or asked is None):
        told = f", and it is {asked}" if right else ""
        said = f'The detector sees "{named}" there, faintly (score {faint:.2f}){told}.'
        return Finding("result", True, faint, said)
    said = f'The detector does not see "{edit.result}" where it was asked.'
    return Finding("result", False, faint, said, 0.49 * min(faint / look.card.threshold, 1.0))


def _colour_of(look: _Look) -> tuple[bool | None, float, str]:
    """Whether the result has the colour it was asked in, the share that has, and what it is.

    None where that can't be told.
    """
    asked = colour.named(look.edit.result)
    pixels = _pixels_of_result(look)
    if asked is None or not len(pixels):
        return None, 0.0, ""
    shares = colour.shares(pixels)
    seen, share = shares[0][0], dict(shares).get(asked, 0.0)
    if seen == asked:
        return True, share, seen
    strict = look.card.sample and look.edit.operation != "background"
    other = strict or not colour.may_be(colour.middle(pixels), asked)
    if not _is_located(look):  # what was behind the old thing shows, too
        other &= share < _OTHER_SHARE
    return (False if other else None), share, seen


def _is_located(look: _Look) -> bool:
    """Whether it is known which pixels are the result's."""
    return look.edit.operation in ("recolor", "restyle", "background") or len(look.results) > 0


def _pixels_of_result(look: _Look) -> Tensor:
    """The pixels [N,3] that should have the colour asked for."""
    region = look.region
    if look.edit.operation not in ("recolor", "restyle", "background"):
        boxes = look.results.boxes
        if not len(boxes):
            boxes = look.places
        wide = look.allowed if look.allowed is not None else region
        region = wide & _inside(boxes, look.size) & (look.moved > _SLIGHT)
    elif not look.has_mask:
        region = region & (look.moved > _SLIGHT)
    return look.after[0, ..., :3].expand(*look.size, 3)[region]


def _cut(look: _Look) -> Finding:
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
        wanted = look.mask > 0.5
        fits = float((left & wanted).sum() / (left | wanted).sum())
        passed = fits >= 0.8
    elif isinstance(look.grounded, str):
        return _unjudged("cut", what, look.grounded)
    else:
        wanted = _inside(look.grounded.boxes, look.size)
        fits = float((left & wanted).sum() / left.sum())
        passed = fits >= 0.8
    said = (f'The "{look.edit.target}" was cut out.' if passed
            else f'What was cut out is not the "{look.edit.target}".')  # fmt: skip
    return Finding("cut", passed, fits, said, 1.0 if passed else 0.49 * fits)


def _kept_colours(look: _Look) -> Finding:
    """How many of the pixels that are left changed their colour."""
    if look.after.shape[-1] != 4:
        return _unjudged("outside", "Whether colours changed", "nothing was cut out")
    left = look.after[0, ..., 3] > 0
    differs = (rgb(look.after) - rgb(look.before))[0].abs().amax(dim=-1) > _LEVEL
    count = int((differs & left).sum())
    said = "What is left has its colours."
    if count:
        said = f"{_pixels(count)} of what is left changed colour."
    mark = 1.0 if not count else 0.49 * (1 - count / int(left.sum()))
    return Finding("outside", not count, float(count), said, mark)


def _coloured(look: _Look) -> Finding | None:
    """Whether the result has the colour that was asked for."""
    asked = colour.named(look.edit.result)
    if asked is None:
        return None
    right, share, seen = _colour_of(look)
    if right:
        return Finding("colour", True, share, f"It is {asked}, as asked.")
    if right is None:
        if not seen:
            return _unjudged("colour", f"Whether it is {asked}", "nothing new is there to measure")
        return _unjudged(
            "colour", f"Whether it is {asked}", f"its pixels are between {asked} and {seen}"
        )
    return Finding(
        "colour", False, share, f"It is {seen}, but {asked} was asked for.", 0.49 * share
    )


def _gone(look: _Look) -> Finding | None:
    """Whether what was there before is gone from its place."""
    edit = look.edit
    if edit.operation not in ("remove", "replace", "recolor") or edit.whole_picture:
        return None
    if edit.operation == "recolor":
        old, new = colour.named(edit.target), colour.named(edit.result)
        if not old or old == new:
            return None
    what = f'Whether the "{edit.target}" is gone'
    if not look.knows(edit.target):
        return _unjudged("gone", what, "the detector does not know that")
    if not look.is_placed:
        return _unjudged("gone", what, f"{look.grounded}, and no mask is known")
    score, box = _still_there(look)
    if not score or _is_the_result(look, score, box):
        return Finding("gone", True, score, f'The "{edit.target}" is gone from there.')
    said = f'The "{edit.target}" is still there (score {score:.2f}).'
    return Finding("gone", False, score, said, 0.49 * (1 - score))


def _still_there(look: _Look) -> tuple[float, Tensor]:
    """The best score of the old thing at its place in the picture after, and its box."""
    found = look.find(look.after, look.edit.target)
    asked = look.places
    others = _others(look, asked)
    for score, box in zip(found.scores.tolist(), found.boxes, strict=True):
        of_box, of_place = zip(*(_shared(box, place) for place in asked), strict=True)
        there = any(
            inner >= 0.7 and outer >= 0.3 for inner, outer in zip(of_box, of_place, strict=True)
        )
        if not (there or float(box_iou(box[None], asked).max()) > _SAME_PLACE):
            continue
        if not len(others) or float(box_iou(box[None], others).max()) < _SAME_THING:
            return float(score), box
    return 0.0, torch.zeros(4)


def _others(look: _Look, asked: Tensor) -> Tensor:
    """Boxes [N,4] of what also answers to the target, but was not meant."""
    boxes = look.find(look.before, look.edit.target).boxes
    if not len(boxes) or not len(asked):
        return boxes
    return boxes[box_iou(boxes, asked).amax(dim=1) < _SAME_THING]


def _is_the_result(look: _Look, score: float, box: Tensor) -> bool:
    """Whether what answers to the old phrase is the new thing: a cap is a hat, too."""
    if look.edit.operation != "replace" or not len(look.results):
        return False
    same = box_iou(box[None], look.results.boxes)[0] > _SAME_PLACE
    return bool((look.results.scores[same] >= score).any())


def _pixels(count: int) -> str:
    return f"{count:,} pixel{'' if count == 1 else 's'}"


def _outside(look: _Look) -> Finding:
    """How many pixels changed that should not have."""
    what = "Whether anything else changed"
    if look.allowed is None:
        why = ("the edit is of the whole picture" if look.edit.whole_picture
               else f"{look.grounded}, and no mask is known")  # fmt: skip
        return _unjudged("outside", what, why)
    forbidden = ~look.allowed
    if not forbidden.any():
        return _unjudged("outside", what, "all of the picture was painted")
    channels = min(look.before.shape[-1], look.after.shape[-1])
    if 1 < channels < max(look.before.shape[-1], look.after.shape[-1]):
        channels = 3
    before, after = (each[0, ..., :channels].clamp(0, 1) for each in (look.before, look.after))
    differs = (after - before).abs().amax(dim=-1)
    count = int(((differs > _LEVEL) & forbidden).sum())
    if not count:
        return Finding("outside", True, 0.0, "No pixel outside has changed.")
    most = round(float(differs[forbidden].max()) * 255)
    said = (f"{_pixels(count)} outside the edit changed"
            f" ({count / int(forbidden.sum()):.1%} of what should have stayed), by up to {most} of"
            " 255 levels.")  # fmt: skip
    return Finding("outside", False, float(count), said, 0.49 * (1 - count / int(forbidden.sum())))


def _seam(look: _Look) -> Finding | None:
    """Whether the edge of what was painted shows."""
    edit = look.edit
    what = "Whether the seam is quiet"
    if edit.target == PICTURE and edit.operation != "add":
        return None
    if edit.operation == "background":
        return _unjudged("seam", what, "it runs along the edge of what stays")
    if look.opacity is not None and look.opacity.bool().equal(look.opacity == 1):
        return _unjudged("seam", what, "the edge of what was painted is hard, as that of a thing")
    if look.opacity is not None:
        painted = look.opacity > 0
    elif look.mask is not None:
        painted = painted_mask(look.region.float(), PAINT[edit.operation]) > 0.5
    else:
        return _unjudged("seam", what, "no mask is known")
    step = seam(*look.lab, painted, PAINT[edit.operation].feather * look.unit,
                things=edit.operation != "remove")  # fmt: skip
    if step is None:
        return _unjudged("seam", what, "too little of it lies beside the edges of things")
    if step <= _SEAM:
        return Finding("seam", True, step, "The seam is quiet.")
    said = f"The seam shows: at the edge the colour steps by {step:.0f} CIELAB units too many."
    return Finding("seam", False, step, said, 0.49 * _SEAM / step)


def seam(
    before: Tensor, after: Tensor, painted: Tensor, band: float, things: bool = True
) -> float | None:
    """By how many CIELAB units the edge of what was painted shows; 0 where it is quiet.

    Along the edge, inside, the lesser of two: by how much the colour changed, and by how much more
    it steps across the edge than along a line beside it. The median of that, so that a thing which
    the edge crosses is no seam, nor is one that was there before.

    Args:
        before, after: CIELAB, [H,W,3]; painted: bool [H,W].
        band: pixels over which the paint fades, inside.
        things: whether the edge of a new thing may lie there: then what steps as things do does not
            count.

    Returns:
        None where too little of the edge counts: 8 pixels, or a quarter of it.
    """
    inside = painted.numpy()
    if not inside.any() or inside.all():
        return None
    outer, nearest = ndimage.distance_transform_edt(~inside, return_indices=True)
    depth = max(1, round(band))
    ys, xs = np.nonzero((outer > 0) & (outer <= 1))
    edge_y, edge_x = nearest[0][ys, xs], nearest[1][ys, xs]
    across = np.stack([edge_y - ys, edge_x - xs])  # [2,N], a unit step inwards
    step, beside = (_steps(after, ys, xs, across, far) for far in (depth, -depth - 1))
    high, wide = inside.shape
    y, x = (ys + depth * across[0]).clip(0, high - 1), (xs + depth * across[1]).clip(0, wide - 1)
    changed = (after[y, x] - before[y, x]).norm(dim=-1).numpy()
    excess = np.minimum(np.sqrt((step**2 - np.median(beside) ** 2).clip(min=0)), changed)
    counts = excess < (_THINGS if things else np.inf)
    return float(np.median(excess[counts])) if counts.sum() >= max(8, len(ys) / 4) else None


def _steps(
    image: Tensor, ys: np.ndarray, xs: np.ndarray, across: np.ndarray, far: int
) -> np.ndarray:
    """How far apart the colours of pixels [N], and of those `far` steps inwards, are: [N]."""
    high, wide = image.shape[:2]
    y = (ys + far * across[0]).clip(0, high - 1)
    x = (xs + far * across[1]).clip(0, wide - 1)
    return (image[y, x] - image[ys, xs]).norm(dim=-1).numpy()
