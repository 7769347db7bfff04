"""What an edit covers: the masks of its target, less those of what it leaves out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from .. import given
from ..detect.detections import together
from ..detect.ground import Grounded, check_same
from ..detect.room import Box, Room
from ..errors import ImageError, ModelError, require
from ..images import check_pictures
from ..models.device import free_memory
from .masks import feather, fill_holes, grow, subtract, union
from .seen import Seen


class Segmenter(Protocol):
    """What turns boxes into masks."""

    def segment(self, image: Tensor, boxes: Tensor) -> Tensor: ...


@dataclass(frozen=True)
class Cover:
    """Hard masks of one picture: `mask` [H,W] is the union, `instances` [N,H,W] one a box, and
    `seen` what the painter is told besides: what is left alone is in none of them.

    `reason` says why nothing is covered though something was found, or why not all that was, as
    what follows "it was found, but", and `spared` what of the rest to leave out SAM cannot cut, in
    a sentence; empty where there is nothing to say.
    """

    mask: Tensor
    instances: Tensor
    seen: Seen
    reason: str = ""
    spared: str = ""


def cover(segmenter: Segmenter, image: Tensor, grounded: Grounded, apart: bool = True) -> Cover:
    """The pixels that an edit is about, in one picture [1,H,W,C]; all zero where nothing is.

    Args:
        apart: keep the mask of each thing; without it there are no instances, and many things take
            no more memory than a few.

    Raises:
        ImageError: a picture or boxes that are none, or detections of another picture.
    """
    masks = cover_each(segmenter, image, [grounded], apart=apart)
    return Cover(masks.union[0], masks.instances, masks.seen[0], masks.reasons[0], masks.spared[0])


def _cut(segmenter: Segmenter, image: Tensor, grounded: Grounded) -> Tensor:
    """Masks [N,H,W], one a box, with what is left alone still in them."""
    size = (int(image.shape[1]), int(image.shape[2]))
    if grounded.shape == "picture":
        return torch.ones(1, *size)
    if grounded.shape == "place":
        return cover_boxes(grounded.boxes, size)
    _check_room(len(grounded.boxes), size)
    masks = segmenter.segment(image[0], given.boxes(grounded.boxes))
    if grounded.room and len(masks) == len(grounded.boxes):
        return _with_room(segmenter, image, masks, grounded.room)
    return masks


def _check_room(count: int, size: tuple[int, int], pictures: int = 1) -> None:
    """Raise `ImageError` where so many masks of a picture's size would fill the memory."""
    masks = _COPIES * count if pictures == 1 else count + pictures
    wanted, free = 4 * masks * size[0] * size[1], free_memory(torch.device("cpu"))
    if wanted > free:
        mend = "make the picture smaller" if pictures == 1 else "send fewer or smaller pictures"
        raise ImageError(
            f"Name fewer things, or {mend}: {count} were found, and their masks"
            f" would take {wanted / 2**30:.1f} GiB of memory, of which {free / 2**30:.1f} are free."
        )


_COPIES = 3  # of a picture's masks, while they are cut, joined and left out of one another


def _with_room(segmenter: Segmenter, image: Tensor, masks: Tensor, room: Room) -> Tensor:
    """Masks [N,H,W], and what the things in them become takes in besides."""
    found, masks = masks, masks.clone()  # those may be recalled
    boxes = _worn_by(room)
    wearers = segmenter.segment(image[0], torch.tensor(boxes)) if boxes else masks[:0]
    if len(wearers) != len(boxes):
        return masks
    for piece in room:
        x0, y0, x1, y1 = (max(0, round(each)) for each in piece.box)
        part = masks[piece.thing, y0:y1, x0:x1]
        if not part.numel():  # outside of the picture
            continue
        if piece.takes == "wearer" and piece.wearer:
            limbs = wearers[boxes.index(piece.wearer), y0:y1, x0:x1]
            cloth = grow(limbs, _CLOTH * (piece.wearer[3] - piece.wearer[1]))
            part.copy_(torch.maximum(part, cloth))
        elif piece.takes == "all":
            part.fill_(1)
        else:
            larger = _resized(found[piece.thing], piece.box)
            masks[piece.thing] = torch.maximum(masks[piece.thing], larger)
    return masks


_CLOTH = 0.02  # of a wearer's height: cloth is wider than the limb in it by so much on each side


def _resized(mask: Tensor, box: Box) -> Tensor:
    """What a mask [H,W] shows, made to fill a box, which may reach out of the picture."""
    new, shown = torch.zeros_like(mask), mask.nonzero()
    if not len(shown):
        return new
    (top, left), (bottom, right) = shown.amin(dim=0).tolist(), (shown.amax(dim=0) + 1).tolist()
    x0, y0, x1, y1 = (round(each) for each in box)
    sides = (max(1, y1 - y0), max(1, x1 - x0))
    whole = F.interpolate(mask[None, None, top:bottom, left:right], sides)[0, 0]
    part = new[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)]
    part.copy_(whole[max(0, -y0) :, max(0, -x0) :][: part.shape[0], : part.shape[1]])
    return new


def _worn_by(room: Room) -> list[Box]:
    """The boxes of those whose arms or legs are taken in, each once."""
    return list(dict.fromkeys(each.wearer for each in room if each.wearer))


def _kept(segmenter: Segmenter, image: Tensor, grounded: Grounded) -> tuple[Tensor | None, str]:
    """The mask [H,W] of what the edit leaves alone in one picture [1,H,W,C], None of nothing, and
    what is to be said of it: see `Cover.spared`."""
    size = (int(image.shape[1]), int(image.shape[2]))
    boxes = given.boxes(grounded.left_out.boxes)
    if not len(boxes):
        return None, ""
    mask, uncut = torch.zeros(size), list[bool]()
    for some in boxes.split(crowd(size)):
        masks = segmenter.segment(image[0], some)
        mask = torch.maximum(mask, union(masks, size))
        shown = _shows(masks) if len(masks) == len(some) else _shows(masks).any()
        uncut += (given.within(some, size)[1] & ~shown).tolist()
    for box in boxes[torch.tensor(uncut)]:  # it is left out, whether SAM sees what it is or not
        mask = torch.maximum(mask, cover_boxes(box[None], size)[0])
    if grounded.shape == "picture" and mask.any():
        # No halo of the old background around the subject, and none of a mask's own holes; through
        # a wheel or a bent arm the new one shows.
        mask = fill_holes(grow(mask, 1), _PINHOLE)
    return (mask if mask.any() else None), _spared(grounded.left_out.labels, uncut)


def _spared(labels: Sequence[str], uncut: Sequence[bool]) -> str:
    """What is to be said of what is left out by its box, since SAM cannot cut it."""
    names = [f'"{label}"' for label, each in zip(labels, uncut, strict=True) if each]
    if not names:
        return ""
    things = ", ".join(dict.fromkeys(names))
    boxes = "the box" if len(names) == 1 else f"{len(names)} boxes"
    return f"SAM sees nothing to cut in {boxes} of {things}, which is left out: all in it stays."


def _shows(masks: Tensor) -> Tensor:
    """Which of the masks [N,H,W] show anything: bool [N]."""
    if not len(masks):
        return torch.zeros(0, dtype=torch.bool)
    return masks.amax(dim=(1, 2)) > 0


def crowd(size: tuple[int, int]) -> int:
    """How many masks of that size are made at once where only their union is wanted."""
    return max(1, min(_CROWD, _PIXELS // (size[0] * size[1])))


_CROWD = 32
_PIXELS = 2**28  # in all of them: a gibibyte
_PINHOLE = 0.005  # of a mask: what it encloses up to there is no opening


@dataclass(frozen=True)
class Covers:
    """Masks of a batch: `union` [B,H,W], `instances` [N,H,W] of all pictures, for each instance
    the picture it is in, `index`, and for each picture what the painter is told besides, and a
    `Cover.reason` and `Cover.spared`."""

    union: Tensor
    instances: Tensor
    index: tuple[int, ...]
    seen: tuple[Seen, ...]
    reasons: tuple[str, ...]
    spared: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said, as lines for a person; in a batch each says its picture, from 1."""
        several, lines = len(self.reasons) > 1, []
        for number, (reason, spared) in enumerate(zip(self.reasons, self.spared, strict=True), 1):
            if reason:
                who = f"picture {number}: found" if several else "Found"
                lines.append(f"{who}, but {reason}")
            if spared:
                lines.append(f"picture {number}: {spared}" if several else spared)
        return tuple(lines)


def cover_each(
    segmenter: Segmenter,
    images: Tensor,
    found: Sequence[Grounded],
    grown: float = 0,
    feathered: float = 0,
    filled: bool = False,
    on_step: Callable[[int, int], None] | None = None,
    apart: bool = True,
) -> Covers:
    """`cover` for each picture of a batch [B,H,W,C], its masks grown, filled and feathered.

    Args:
        grown, feathered: in pixels; see `masks.grow` and `masks.feather`.
        on_step: called after each picture with (done, total); what it raises stops the work.

    Raises:
        ImageError: pictures, boxes or lengths that are none, or detections of other pictures.
    """
    require(segmenter, "segment", "The segmenter", ModelError)
    images = check_pictures(images).float()
    check_same(found, images)
    grown = given.length(grown, "The growth of the mask")
    feathered = given.length(feathered, "The feather of the mask")
    changes = bool(grown) or feathered > 0 or given.flag(filled, "Filling")
    finish = partial(finished, grown=grown, feathered=feathered, filled=filled)
    size = (int(images.shape[1]), int(images.shape[2]))
    at_once = together(segmenter, images)
    masks = _room_for(found, size) if apart else torch.empty(0, *size)
    joined, index = torch.zeros(len(found), *size), list[int]()
    seen, reasons, notes = [], [], []
    for number, each in enumerate(found):
        if at_once > 1 and number % at_once == 0:
            several = slice(number, number + at_once)
            _see(segmenter, images[several], found[several])
        image, whys = images[number : number + 1], list[str]()
        left, spared = _kept(segmenter, image, each)
        for part in [each] if apart else _parts(each, size):
            ready = cut = _cut(segmenter, image, part)
            if len(cut) and (changes or left is not None):
                ready = torch.stack([finish(mask, left) for mask in cut])
            whys += _whys(cut, left, ready)
            joined[number] = torch.maximum(joined[number], union(ready, size))
            if apart:
                masks = ready if len(found) == 1 else _laid(masks, len(index), ready)
                index += [number] * len(ready)
        seen.append(Seen(left, each.boxes, size, each))
        reasons.append(_reason(whys, each))
        notes.append(spared)
        if on_step:
            on_step(number + 1, len(found))
    return Covers(joined, masks[: len(index)], tuple(index), tuple(seen), tuple(reasons),
                  tuple(notes))  # fmt: skip


def _parts(grounded: Grounded, size: tuple[int, int]) -> Iterator[Grounded]:
    """What is cut at once where only the union is wanted: a crowd of the things, and the next."""
    count, most = len(grounded.boxes), crowd(size)
    if grounded.shape == "picture" or count <= most:
        yield grounded
        return
    for start in range(0, count, most):
        rows = range(start, min(start + most, count))
        room = tuple(piece._replace(thing=piece.thing - start) for piece in grounded.room
                     if piece.thing in rows)  # fmt: skip
        if grounded.places is None:
            yield replace(grounded, found=grounded.found.take(rows), room=room)
        else:
            yield replace(grounded, places=grounded.places[start : start + most], room=room)


def _room_for(found: Sequence[Grounded], size: tuple[int, int]) -> Tensor:
    """A tensor [N,H,W] for the masks of a batch, which come one picture after the other: else all
    of them would be held twice where they are joined. Of one picture they need not be joined."""
    if len(found) == 1:
        return torch.empty(0, *size)
    count = sum(1 if each.shape == "picture" else len(each.boxes) for each in found)
    _check_room(count, size, len(found))
    return torch.empty(count, *size)


def _laid(masks: Tensor, start: int, more: Tensor) -> Tensor:
    """Masks [N,H,W], with more of them from `start` on; a segmenter may give more than boxes."""
    end = start + len(more)
    masks = masks if end <= len(masks) else masks.resize_(end, *masks.shape[1:])
    masks[start:end] = more
    return masks


def _see(segmenter: Any, images: Tensor, found: Sequence[Grounded]) -> None:
    """Encode together what will be cut of several pictures: it is recalled then."""
    size = (int(images.shape[1]), int(images.shape[2]))
    asked = [_to_cut(each, size) for each in found]
    if sum(map(bool, asked)) > 1:
        segmenter.see(images, asked)


def _to_cut(grounded: Grounded, size: tuple[int, int]) -> list[Tensor]:
    """The boxes [N,4] whose masks will be asked for, a call each."""
    asked = [*grounded.left_out.boxes.split(crowd(size))]
    if grounded.shape == "object":
        asked.append(grounded.boxes)
        asked.append(torch.tensor(_worn_by(grounded.room)))
    return [boxes for boxes in asked if len(boxes)]


_BLIND, _COVERED, _SHRUNK = "SAM sees nothing", "left out", "shrunk"
"""Why a mask is empty."""


def _whys(cut: Tensor, left: Tensor | None, ready: Tensor) -> list[str]:
    """Of each of the masks `ready` [N,H,W] why it is empty, by what was cut; "" where it is not."""

    def why(mask: Tensor) -> str:
        if not mask.any():
            return _BLIND
        return _COVERED if left is not None and not subtract(mask, left).any() else _SHRUNK

    return ["" if shows else why(mask) for mask, shows in zip(cut, _shows(ready), strict=True)]


def _reason(whys: Sequence[str], grounded: Grounded) -> str:
    """What is to be said of the masks of one picture: see `Cover.reason`."""
    if not any(whys):
        return ""
    count, blind, shrunk = len(whys), whys.count(_BLIND), whys.count(_SHRUNK)
    beside = 0
    if grounded.shape == "object":
        beside = int((~given.within(given.boxes(grounded.boxes), grounded.found.size)[1]).sum())
    if beside:
        return f"{beside} of {count} boxes have no area in the picture."
    if not all(whys):  # what is left out as a whole was to be
        uncut = f"SAM sees nothing to cut in {blind} of {count} boxes." if blind else ""
        lost = f"{shrunk} of {count} masks shrink to nothing." if shrunk else ""
        return f"{uncut} {lost}".strip()
    covered = whys.count(_COVERED)
    if blind == count:
        return "SAM sees nothing to cut in its box. Choose another SAM, or mark it by hand."
    if covered == count:
        return "what is left out covers all of it."
    if shrunk == count:
        return "its mask shrinks to nothing. Shrink it less."
    told = {f"SAM sees nothing to cut in {blind} of {count} boxes": blind,
            f"what is left out covers {covered} of {count}": covered,
            f"{shrunk} of {count} masks shrink to nothing": shrunk}  # fmt: skip
    return f"{', and '.join(why for why, times in told.items() if times)}."


def finished(
    mask: Tensor, left: Tensor | None, grown: float, feathered: float, filled: bool
) -> Tensor:
    """A mask [H,W] grown, filled and feathered, without what is left alone, [H,W]; hard before."""
    mask = grow(mask if left is None else subtract(mask, left), grown)
    mask = fill_holes(mask) if given.flag(filled, "Filling") else mask
    # What is left alone does not come back.
    return feather(mask if left is None else subtract(mask, left), feathered)


def cover_boxes(boxes: Tensor, size: tuple[int, int]) -> Tensor:
    """The boxes [N,4], their corners cut round, in which something new will stand: [N,H,W]."""
    boxes, size = given.boxes(boxes), given.size(size)
    if not len(boxes):
        return torch.zeros(0, *size)
    masks = torch.zeros(len(boxes), *size)
    for mask, (x0, y0, x1, y1) in zip(masks, boxes.tolist(), strict=True):
        # Never so small that it falls between the pixels' centres.
        down, across = max((y1 - y0) / 2, 0.71), max((x1 - x0) / 2, 0.71)
        rows, v = _centres((y0 + y1) / 2, down, size[0])
        columns, u = _centres((x0 + x1) / 2, across, size[1])
        # A superellipse: a box without its corners.
        mask[rows, columns] = (u[None] ** 4 + v[:, None] ** 4 <= 1).float()
    return masks


def _centres(middle: float, reach: float, side: int) -> tuple[slice, Tensor]:
    """The pixels of a side that lie within reach of a place, and how far of it each centre is."""
    start, stop = (
        int(min(max(each, 0), side)) for each in (middle - reach - 1, middle + reach + 1)
    )
    return slice(start, stop), (torch.arange(start, stop) + 0.5 - middle) / reach
