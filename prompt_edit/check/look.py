"""One picture before and after an edit, and where to look in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor
from torchvision.ops import box_iou

from ..detect.detections import Detections, Detector, merge
from ..detect.ground import Grounded, all_of, check_asked, check_same, ground
from ..detect.phrases import phrases_of
from ..detect.presence import colourless
from ..errors import ImageError, InstructionError, NotFound, PromptEditError
from ..images import check_pictures, rgb
from ..inpaint.repaint import painted_mask
from ..inpaint.settings import paint_of
from ..masks import fitting
from ..models.card import Card
from ..nouns import singular
from ..plan import Edit
from ..segment.masks import Cut, around, grow
from .boxes import SAME_PLACE, box_of, inside, lies_on, share_in, shared, specks, within
from .lab import Lab
from .several import own_parts

SLIGHT = 5.0  # CIELAB units: a change that a model's own noise does not make
FAINT = 0.5  # share of the detector's threshold that counts where nothing speaks against it
OTHER_SHARE = 0.1  # of the pixels of a thing: with less of it, its colour is another one
_NEW = 0.05  # of the box of a new thing: the least that has changed
_SLACK = 8  # thousandths of the longer side around a mask whose growth is not known
_REACH = 0.5  # of the root of its area: how far beyond it a shadow or a sleeve may reach,
_FARTHEST = 80  # and in thousandths of the longer side


@dataclass(frozen=True)
class Spot:
    """One thing that is edited: its pixels, bool [H,W], and the boxes [N,4] at which it may stand
    after the edit; or all things."""

    boxes: Tensor
    region: Tensor

    def holds(self, box: Tensor) -> bool:
        """Whether a thing in a box stands here."""
        return any(lies_on(box, place) for place in self.boxes)


@dataclass(frozen=True)
class Look:
    """One picture before and after an edit, float32 [1,H,W,C] on the CPU, and where to look.

    `mask` and `opacity` are [H,W], or None where they are not known; `threshold` is that with which
    the target was looked for, None for the detector's own; `found` is what it found, where that is
    known.
    """

    detector: Detector
    before: Tensor
    after: Tensor
    edit: Edit
    mask: Tensor | None
    opacity: Tensor | None
    threshold: float | None = None
    found: Grounded | None = None

    @classmethod
    def at(
        cls, detector: Detector, before: Tensor, after: Tensor, edit: Edit, mask: Tensor | None,
        opacity: Tensor | None, threshold: float | None = None, found: Grounded | None = None,
    ) -> Look:  # fmt: skip
        check_asked(detector, edit, threshold)
        before = check_pictures(before, "[1,H,W,C]", name="The picture before").cpu().float()
        after = check_pictures(after, "[1,H,W,C]", name="The picture after").cpu().float()
        check_same_size(before, after)
        mask, opacity = (None if each is None else fitting(each, before)[0]
                         for each in (mask, opacity))  # fmt: skip
        if found is not None:
            check_same([found], before)
            found = found if _is_of(found, edit) else None
        return cls(detector, before, after, edit, mask, opacity, threshold, found)

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
        """All that a text lists in one of the pictures; what has no number for a score is none."""
        image = rgb(image)
        found = merge([all_of(self.detector, image, phrase, threshold)
                       for phrase in phrases_of(text)])  # fmt: skip
        found = found.take(~found.scores.isnan())
        return replace(found, scores=found.scores.clamp(0, 1))

    def new_ones(self, found: Detections) -> Detections:
        """Of what was found in the picture after, what may be the result of the edit: where
        something is added, what stands there as it stood before is not it."""
        if self.edit.operation != "add":
            return found
        changed = [float((self.moved_in(within(box)) > SLIGHT).float().mean())
                   for box in found.boxes]  # fmt: skip
        return found.take([row for row, share in enumerate(changed) if share >= _NEW])

    def knows(self, text: str) -> bool:
        """Whether the detector can look for the things; those that a small one knows are listed."""
        nouns = set(self.card.nouns)
        try:
            return all(not nouns or _noun_in(each, nouns) for each in phrases_of(text))
        except InstructionError:  # signs alone, or a whole story
            return False

    def why_not(self, text: str) -> str:
        """Why it cannot be judged whether something stands where it should; "" where it can."""
        if not self.knows(text):
            return "the detector does not know that"
        return "" if self.is_placed else f"{self.grounded}, and no mask is known"

    @cached_property
    def grounded(self) -> Grounded | str:
        """What the edit is about in the picture before, or why that is not known."""
        if self.found is not None:
            return self.found
        if self.edit.cuts or not self.edit.whole_picture:
            relation = self.edit.relation
            asked = [self.edit.target, *([relation.anchor] if relation else [])]
            if not all(map(self.knows, asked)):
                return f'the detector does not know "{self.edit.target}"'
        try:
            return ground(self.detector, rgb(self.before), self.edit, self.threshold)
        except NotFound:
            return f'the detector finds no "{self.edit.target}" in the picture before'
        except PromptEditError as error:
            return f"the detector cannot look for it: {error}"

    @cached_property
    def places(self) -> Tensor:
        """Boxes [N,4] of what is edited, one a thing; those of the region where none is known."""
        boxes, adds = self._grounded_boxes, self.edit.operation == "add"
        if self.has_mask:
            least = 0.6 if adds else 0.1  # a place is painted as a whole
            boxes = boxes[[bool(share_in(self.region, box) > least) for box in boxes]]
            within = (self.region & inside(boxes, self.size)).sum()
            if adds and within < self.region.sum() / 2:  # a place of someone's own
                boxes = boxes[:0]
        if not len(boxes) and self.region.any():
            boxes = box_of(self.region)[None]
        return boxes

    @cached_property
    def reached(self) -> Tensor:
        """The places [N,4], each with what its mask takes in for what the thing becomes."""
        if isinstance(self.grounded, str) or not self.grounded.room:
            return self.places
        wide = []
        for place in self.places:
            pieces = [torch.tensor(each.box) for each in self.grounded.room
                      if place.equal(self.grounded.boxes[each.thing])]  # fmt: skip
            boxes = torch.stack([place, *pieces])
            wide.append(torch.cat([boxes[:, :2].amin(dim=0), boxes[:, 2:].amax(dim=0)]))
        return torch.stack(wide)

    def best_at_all(self, found: Detections) -> float:
        """The lowest, over the places, of the best score of what stands there; 0 where nothing
        does."""
        pairs = torch.stack([self.places, self.reached], dim=1)  # [N,2,4]
        return min((max((float(score) for score, box in zip(found.scores, found.boxes, strict=True)
                         if any(lies_on(box, place) for place in pair)), default=0.0)
                    for pair in pairs), default=0.0)  # fmt: skip

    @cached_property
    def whole(self) -> Spot:
        """All things that are edited, as one."""
        return Spot(torch.cat([self.places, self.reached]), self.region)

    @cached_property
    def spots(self) -> list[Spot]:
        """Each thing that is edited, with its part of the region; at least one."""
        if len(self.places) < 2 or self.edit.whole_picture:
            return [self.whole]
        spots = []
        parts = own_parts(self.places, self.size)
        for place, wide, (cut, part) in zip(self.places, self.reached, parts, strict=True):
            own = torch.zeros(self.size, dtype=torch.bool)
            own[cut] = self.region[cut] & part
            if own[cut].any():
                spots.append(Spot(torch.stack([place, wide]), own))
        return spots or [self.whole]

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
            return ~inside(grounded.left_out.boxes, self.size)
        wider = grounded.reached[len(grounded.boxes) :]
        return inside(torch.cat([self._grounded_boxes, wider]), self.size)

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
            new = new[box_iou(new, old).amax(dim=1) < SAME_PLACE]
        if edit.whole_picture:
            return new[:1] if len(new) else boxes
        best = [next((row for row, box in enumerate(new) if shared(box, place)[0] > 0), None)
                for place in boxes]  # fmt: skip
        rows = sorted({row for row in best if row is not None})
        return new[rows] if rows else boxes

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
        stands, what hangs together with both close by (a shadow, a longer sleeve), and a few
        specks.
        """
        if self.opacity is not None:
            return self.opacity > 0
        if not self.is_placed:
            return None
        if self.mask is None and getattr(self.grounded, "shape", "") == "picture":
            return None
        grown = painted_mask(self.region.float(), paint_of(self.edit))
        stands = self.region
        if self.edit.operation in ("replace", "add"):  # others keep the shape of what they change
            stands = stands | inside(self.results.boxes, self.size)
        wide = (grow(grown, _SLACK * self.unit) > 0.5) | stands
        near = grow(stands.float(), self._reach) > 0.5
        pieces, _ = ndimage.label((wide | ((self.moved > 0) & near)).numpy(), np.ones((3, 3)))
        joined = torch.from_numpy(np.isin(pieces, np.unique(pieces[wide.numpy()])) & (pieces > 0))
        most = (2 * _SLACK * self.unit) ** 2
        loose = specks((self.moved > 0) & ~joined, most)
        return joined | loose if loose.sum() <= most else joined

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
        found = self.new_ones(self.find(self.after, self.edit.result))
        return found.take([row for row, box in enumerate(found.boxes) if self.whole.holds(box)])

    @cached_property
    def lab(self) -> tuple[Lab, Lab]:
        """Both pictures in CIELAB."""
        return Lab(self.before[0]), Lab(self.after[0])

    @cached_property
    def moved(self) -> Tensor:
        """By how many CIELAB units each pixel [H,W] differs."""
        return self.moved_in((slice(0, self.size[0]), slice(0, self.size[1])))

    def moved_in(self, cut: Cut) -> Tensor:
        """By how many CIELAB units each pixel of a part [h,w] differs."""
        before, after = (each.at(cut) for each in self.lab)
        return (after - before).norm(dim=-1) * self.shows[cut]

    def moved_at(self, region: Tensor) -> Tensor:
        """By how many CIELAB units each pixel [N] of a region [H,W] differs."""
        cut = around(region.numpy(), 0)
        return self.moved_in(cut)[region[cut]] if cut else torch.zeros(0)

    @cached_property
    def shows(self) -> Tensor:
        """Which pixels of the picture after can be seen, bool [H,W]: not those of alpha 0."""
        if self.after.shape[-1] != 4:
            return torch.ones(self.size, dtype=torch.bool)
        return self.after[0, ..., 3] > 0


def check_same_size(before: Tensor, after: Tensor) -> None:
    if before.shape[1:3] != after.shape[1:3]:
        (high, wide), (higher, wider) = before.shape[1:3], after.shape[1:3]
        raise ImageError(
            f"Scale the picture after the edit to {wide} x {high} pixels, as before: it is"
            f" {wider} x {higher}."
        )


def _is_of(found: Grounded, edit: Edit) -> bool:
    """Whether something was found, and by a look for what this edit is about."""
    adds = edit.operation == "add"
    shape = "place" if adds else "picture" if edit.whole_picture else "object"
    if found.shape != shape or found.reason or not found.count:
        return False
    if found.edit is not None:
        return all(getattr(found.edit, asked) == getattr(edit, asked) for asked in _LOOKED_FOR)
    labels = {singular(label.lower()) for label in found.found.labels}
    try:
        asked = {singular(each.lower()) for each in phrases_of(edit.target)}
    except InstructionError:  # signs alone, or a whole story
        return False
    return not labels or not labels.isdisjoint(asked)


_LOOKED_FOR = ("target", "which", "relation", "exclude")


def _noun_in(phrase: str, nouns: set[str]) -> bool:
    words = colourless(phrase.lower()).split()
    forms = {form for word in words for form in (word, word.removesuffix("s"), singular(word))}
    return bool(forms & nouns)
