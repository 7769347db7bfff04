"""What the painter learns from: edits of drawn scenes, each a square cut of the picture.

The mask comes from the scene before, the picture from the scene after. So masks are wider than
what appears in them, prompts name what appears, and an empty prompt is the plain background that a
removed thing leaves. Scenes are drawn at 512 pixels, and half of the cuts are those of a picture of
256 pixels, enlarged: people have both.

What is not said is always the same (colour, length, pattern, which way an animal looks): were it
left to chance, the best that could be painted would be the mean of all that could be meant, a blur.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import cycle
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from scipy import ndimage
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from prompt_edit.evaluate.drawn.changes import swap, without
from prompt_edit.evaluate.drawn.tasks import BESIDE, Task
from prompt_edit.inpaint.region import region_of
from prompt_edit.paperdoll.draw import Instance, Picture, draw
from prompt_edit.paperdoll.phrases import NOUNS
from prompt_edit.paperdoll.scene import (
    BACKGROUNDS,
    OBJECTS,
    PATTERNS,
    PEOPLE,
    TOPS,
    Item,
    Person,
    Scene,
    random_item,
    random_scene,
)
from prompt_edit.segment.cover import cover_boxes

if TYPE_CHECKING:  # it takes seconds, which each process that draws would wait for
    from diffusers import AutoencoderKL

SIDE = 256
SCENES = range(0, 600_000)
"""Scenes to train on; evaluation uses those from 900,000 on."""
HELD = range(700_000, 800_000)
"""Scenes to watch the training by."""


@dataclass(frozen=True)
class Example:
    """A picture uint8 [256,256,3], what of it is to be painted, bool [256,256], and the prompt."""

    image: np.ndarray
    mask: np.ndarray
    prompt: str


Edit = tuple[np.ndarray, np.ndarray, str]
"""The picture after, uint8 [512,512,3]; the mask, bool [256,256]; the prompt."""

KINDS = (
    *("restyle",) * 5, *("replace",) * 4, *("place",) * 4, *("remove",) * 4, *("repaint",) * 4,
    "add",
)  # fmt: skip
"""Edits that are tried of each scene: most often those that are hardest to paint, and plain things
as often as patterned ones, or nothing plain stays plain."""


def examples(seed: int) -> list[Example]:
    """Edits of one scene, none where nothing in it shows clearly. Deterministic by seed."""
    rng = np.random.default_rng((77, seed))
    before = _drawn(random_scene(seed))
    clear = [each for each in before.instances if each.clear]
    edits: list[Edit | None] = [_backdrop(before, rng)] if rng.random() < 0.7 else []
    for kind in KINDS if clear else ():
        fit = [each for each in clear if each.item.kind in _ASKED_OF.get(kind, (each.item.kind,))]
        if fit:
            edits.append(_EDITS[kind](before, fit[int(rng.integers(len(fit)))], rng))
    return [_cut(*edit, rng) for edit in edits if edit is not None]


def _drawn(scene: Scene) -> Picture:
    """Twice as fine as the masks: closely cut, a thing still has its edges."""
    return draw(scene, 2 * SIDE)


def _mask(picture: Picture, instance: Instance) -> np.ndarray:
    return picture.mask(instance)[::2, ::2]


# --- the edits -----------------------------------------------------------------------------------


def _repaint(before: Picture, chosen: Instance, rng: np.random.Generator) -> Edit | None:
    if chosen.item.kind in PEOPLE:  # whom nobody recolours, and who are many things at once
        return None
    # Mostly as tight as a recoloured thing's mask: then the new edge is where the old one was.
    reach = int(rng.integers(1, 4) if rng.random() < 0.75 else rng.integers(4, 12))
    return before.image, _grown(_mask(before, chosen), reach), describe(chosen.item, rng)


def _add(before: Picture, chosen: Instance, rng: np.random.Generator) -> Edit | None:
    if chosen.item.kind in PEOPLE or _turned(before.scene, chosen):
        return None
    box = _boxed(_grown(_mask(before, chosen), int(rng.integers(2, 14))))
    return before.image, box, describe(chosen.item, rng)


def _turned(scene: Scene, chosen: Instance) -> bool:
    """Whether a thing that nobody wears looks to the left, as nothing new does."""
    return any(thing.flip and thing.item == chosen.item for thing in scene.things)


def _restyled(before: Picture, chosen: Instance, rng: np.random.Generator) -> Edit | None:
    others = [pattern for pattern in PATTERNS[1:] if pattern != chosen.item.pattern]
    new = replace(chosen.item, pattern=str(rng.choice(others)))
    after = _drawn(swap(before.scene, chosen, new))
    mask = _grown(_mask(before, chosen), int(rng.integers(1, 4)))
    return after.image, mask, describe(new, rng)


def _placed(before: Picture, chosen: Instance, rng: np.random.Generator) -> Edit | None:
    """Something new beside a thing, where `detect.place` would have it."""
    side: Literal["left of", "right of"] = "left of" if rng.random() < 0.5 else "right of"
    new = random_item(rng, str(rng.choice(BESIDE)))
    if rng.random() < 0.1:
        new = replace(new, colour=_unsaid(new.kind))
    task = Task("add", "", before, before.scene, chosen, new, side)
    after = _drawn(task.scene_with(new, None))
    shown = next((each for each in after.instances if each.item == new), None)
    if shown is None or not shown.clear:
        return None
    box = torch.tensor([task.place()]) * SIDE / 256
    return after.image, cover_boxes(box, (SIDE, SIDE))[0].numpy() > 0.5, describe(new, rng)


def _removed(before: Picture, chosen: Instance, rng: np.random.Generator) -> Edit | None:
    if chosen.item.kind in ("pants", "skirt", "shorts", "hair") and rng.random() < 0.7:
        return None
    after = _drawn(without(before.scene, chosen))
    return after.image, _wider(_mask(before, chosen), rng), ""


def _replaced(before: Picture, chosen: Instance, rng: np.random.Generator) -> Edit | None:
    if chosen.item.kind in PEOPLE:
        return None
    new = _substitute(chosen.item, rng)
    if rng.random() < 0.2:
        new = replace(new, colour=_unsaid(new.kind), pattern="plain")
    said = describe(new, rng)
    new = as_said(new, said)
    after = _drawn(swap(before.scene, chosen, new))
    shown = next((each for each in after.instances if each.item == new), None)
    if shown is None or not shown.clear:
        return None
    mask = _wider(_mask(before, chosen), rng)
    if rng.random() < 0.5:  # room for what is larger than what it replaces
        mask = mask | _grown(_mask(after, shown), 3)
    return after.image, mask, said


def _backdrop(before: Picture, rng: np.random.Generator) -> Edit:
    kept = np.zeros((SIDE, SIDE), dtype=bool)
    for each in before.instances:
        if each.item.kind in PEOPLE:
            kept |= _mask(before, each)
    scene = replace(before.scene, background=str(rng.choice(BACKGROUNDS)), things=tuple(
        thing for thing in before.scene.things if isinstance(thing, Person)))  # fmt: skip
    named = scene.background if scene.background not in ("studio", "room") else scene.colour
    return _drawn(scene).image, ~_grown(kept, int(rng.integers(1, 3))), f"{named} background"


_EDITS = {"repaint": _repaint, "restyle": _restyled, "add": _add, "place": _placed,
          "remove": _removed, "replace": _replaced}  # fmt: skip
_ASKED_OF = {"restyle": TOPS, "place": OBJECTS}
"""Of which things alone some of these are asked."""

_OTHERS = {
    "dress": ("shirt", "shirt", "skirt"),
    "shirt": ("dress", "shirt", "jacket"),
    "pants": ("skirt", "shorts", "skirt"),
    "shorts": ("pants", "skirt"),
    "skirt": ("pants", "shorts"),
    "jacket": ("shirt", "jacket"),
    **{kind: (kind,) for kind in ("hat", "bag", "shoes", "hair")},
}


def _substitute(item: Item, rng: np.random.Generator) -> Item:
    """Something else that can be in the item's place."""
    return random_item(rng, str(rng.choice(_OTHERS.get(item.kind, OBJECTS))))


# --- what is said --------------------------------------------------------------------------------

_SYNONYMS = {
    kind: [noun for noun, (kinds, style) in NOUNS.items() if kinds == (kind,) and not style]
    for kind in ("pants", "jacket", "bag", "hat", "shirt")
}
_STYLED = {"short shirt": "t-shirt", "cap hat": "cap"}


def describe(item: Item, rng: np.random.Generator) -> str:
    """A noun phrase for an item, as people would say it: mostly with its colour."""
    noun = str(rng.choice(_SYNONYMS.get(item.kind, [item.kind])))
    if rng.random() < 0.6:
        noun = _STYLED.get(f"{item.style} {item.kind}", noun)
    if item.style and item.kind in ("hair", "skirt", "dress") and rng.random() < 0.5:
        noun = f"{item.style} {noun}"
    if item.pattern != "plain":
        noun = f"{item.pattern} {noun}"
    elif item.kind in ("shirt", "dress") and rng.random() < 0.05:
        noun = f"plain {noun}"
    colour = "blond" if item.kind == "hair" and item.colour == "yellow" else item.colour
    silent = not colour or (colour == _unsaid(item.kind) and rng.random() < 0.5)
    return noun if silent else f"{colour} {noun}"


def _unsaid(kind: str) -> str:
    """The colour that a thing is painted in where none is said: always the same one, or the model
    would have to paint all colours at once."""
    return {"hair": "black", "dog": "brown", "cat": "orange", "tree": "green"}.get(kind, "blue")


_USUAL_STYLE = {"hair": "long", "skirt": "long", "shirt": "long", "dress": "long", "hat": "brim",
           "bag": "hand"}  # fmt: skip


def as_said(item: Item, said: str) -> Item:
    """The item with the style that is said of it; where none is, with the usual one of its kind."""
    told = {item.style, _STYLED.get(f"{item.style} {item.kind}")} & set(said.split())
    return item if told else replace(item, style=_USUAL_STYLE.get(item.kind, ""))


# --- masks and cuts ------------------------------------------------------------------------------


def _grown(mask: np.ndarray, by: int) -> np.ndarray:
    """The mask grown by that many pixels, in all directions alike."""
    return ndimage.distance_transform_edt(~mask) <= by


def _boxed(mask: np.ndarray) -> np.ndarray:
    ys, xs = np.nonzero(mask)
    box = np.zeros_like(mask)
    box[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1] = True
    return box


def _wider(mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The mask grown by a few pixels or many, sometimes to its whole box."""
    grown = _grown(mask, int(rng.integers(4, 13)))
    return _boxed(grown) if rng.random() < 0.15 else grown


def _cut(image: np.ndarray, mask: np.ndarray, prompt: str, rng: np.random.Generator) -> Example:
    """What is painted of a picture of 256 pixels, or of 512, at 256 pixels."""
    side = SIDE if rng.random() < 0.65 else 2 * SIDE
    picture = Image.fromarray(image).resize((side, side), Image.Resampling.BOX)
    hole = Image.fromarray(mask).convert("L").resize((side, side), Image.Resampling.BILINEAR)
    ys, xs = np.nonzero(np.asarray(hole) > 127)
    box = int(ys.min()), int(xs.min()), int(ys.max()) + 1, int(xs.max()) + 1
    region = region_of(box, (side, side), SIDE, 8)
    area = (region.x, region.y, region.x + region.width, region.y + region.height)
    cut = picture.resize((SIDE, SIDE), Image.Resampling.BICUBIC, area)
    hidden = hole.resize((SIDE, SIDE), Image.Resampling.BILINEAR, area)
    return Example(np.asarray(cut), np.asarray(hidden) > 127, prompt)


# --- without end ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drawn:
    """Examples stacked.

    Attributes:
        images: uint8 [N,256,256,3].
        masks: bool [N,256,256].
        prompts: N of them.
        scene: where a stream drew them, that of the last.
    """

    images: Tensor
    masks: Tensor
    prompts: list[str]
    scene: int = -1


def stacked(some: list[Example]) -> Drawn:
    """Examples as one."""
    images, masks = (
        np.stack(parts) for parts in zip(*((e.image, e.mask) for e in some), strict=True)
    )
    return Drawn(torch.from_numpy(images), torch.from_numpy(masks), [e.prompt for e in some])


class Stream(IterableDataset):
    """Examples of the scenes from a numbered one on, each with its scene, without end; workers
    share the scenes."""

    def __init__(self, first: int) -> None:
        self.first = first

    def __iter__(self) -> Iterator[tuple[Example, int]]:
        info = get_worker_info()
        place, workers = (info.id, info.num_workers) if info else (0, 1)
        first = (self.first + place) % len(SCENES)
        for seed in cycle([*SCENES[first::workers], *SCENES[first % workers : first : workers]]):
            yield from ((each, seed) for each in examples(seed))


def _come(some: list[tuple[Example, int]]) -> Drawn:
    return replace(stacked([each for each, _ in some]), scene=some[-1][1])


def stream(workers: int, first: int, size: int = 64) -> DataLoader:
    """Batches of `Drawn`, drawn by that many processes, which give way to the training."""
    return DataLoader(
        Stream(first), batch_size=size, num_workers=workers, collate_fn=_come, prefetch_factor=4,
        worker_init_fn=_give_way, multiprocessing_context="spawn",
    )  # fmt: skip


def _give_way(_: int) -> None:
    os.nice(5)


def held_out(count: int) -> list[Example]:
    """Examples of scenes that are neither trained nor evaluated on."""
    held: list[Example] = []
    for seed in HELD:
        held += examples(seed)
        if len(held) >= count:
            break
    return held[:count]


# --- as codes ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Codes:
    """Examples as the painter sees them.

    Attributes:
        picture, holed: [N,4,64,64], the autoencoder's means, scaled, without and with the hole.
        mask: bool [N,1,64,64].
    """

    picture: Tensor
    holed: Tensor
    mask: Tensor


@torch.no_grad()
def encode(vae: AutoencoderKL, some: Drawn) -> Codes:
    """The codes of some examples, on the autoencoder's device and of its type of numbers."""
    image = some.images.to(vae.device).permute(0, 3, 1, 2).to(vae.dtype) / 127.5 - 1
    mask = some.masks.to(vae.device)[:, None]
    both = torch.cat([image, image * ~mask]).contiguous(memory_format=torch.channels_last)
    codes = vae.encode(both).latent_dist.mean * vae.config.scaling_factor
    picture, holed = codes.chunk(2)
    small = F.interpolate(mask.float(), scale_factor=picture.shape[-1] / SIDE)  # as diffusers does
    return Codes(picture, holed, small.bool())


def close_up(codes: Codes, side: int) -> Codes:
    """A square [N,C,side,side] of each example's codes [N,C,h,w] that shows its hole, or a part of
    it where it is larger; where it lies about it is left to chance."""
    high, wide = codes.mask.shape[-2:]
    rows, columns = codes.mask[:, 0].any(dim=2), codes.mask[:, 0].any(dim=1)  # [N,h], [N,w]
    y, x = _begins(rows, side), _begins(columns, side)
    down = (y[:, None] + torch.arange(side, device=y.device)).clamp(max=high - 1)
    across = (x[:, None] + torch.arange(side, device=x.device)).clamp(max=wide - 1)
    each = torch.arange(len(y), device=y.device)[:, None, None]

    def cut(part: Tensor) -> Tensor:
        return part.movedim(1, -1)[each, down[:, :, None], across[:, None, :]].movedim(-1, 1)

    return Codes(cut(codes.picture), cut(codes.holed), cut(codes.mask))


def _begins(shown: Tensor, side: int) -> Tensor:
    """Where to cut out a side of something that is seen at some places, bool [N,L]: int64 [N]."""
    length = shown.shape[1]
    at = torch.arange(length, device=shown.device)
    first = at.where(shown, length).amin(dim=1).clamp(max=length - 1)
    last = at.where(shown, -1).amax(dim=1).clamp(min=0) + 1
    low, high = torch.minimum(first, last - side), torch.maximum(first, last - side)
    low, high = low.clamp(0, length - side), high.clamp(0, length - side)
    return low + (torch.rand_like(low.float()) * (high - low + 1)).long()
