"""What the painter learns from: edits of drawn scenes, each a square cut of the picture.

    python -m recipes.examples --count 40000

draws and encodes examples into numbered files of 1,024 and goes on where it was stopped; several
of them can run side by side, each with its own `--part`. The mask comes from the scene before, the
picture from the scene after. So masks are wider than what appears in them, prompts name what
appears, and an empty prompt is the plain background that a removed thing leaves.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from PIL import Image
from safetensors import safe_open
from safetensors.torch import save_file
from scipy import ndimage
from torch import Tensor
from tqdm import tqdm

from prompt_edit.models.store import PAINTER, SAMPLES
from prompt_edit.paperdoll.changes import swap, without
from prompt_edit.paperdoll.draw import Instance, Picture, draw
from prompt_edit.paperdoll.phrases import NOUNS
from prompt_edit.paperdoll.scene import (
    BACKGROUNDS,
    OBJECTS,
    PEOPLE,
    Item,
    Person,
    random_item,
    random_scene,
)

SIDE = 128
SCENES = range(0, 600_000)
"""Scenes to train on; evaluation uses those from 900,000 on."""
HELD = range(700_000, 800_000)
"""Scenes to watch the training by."""
SHARD = 1024


@dataclass(frozen=True)
class Example:
    """A picture uint8 [128,128,3], what of it is to be painted, bool [128,128], and the prompt."""

    image: np.ndarray
    mask: np.ndarray
    prompt: str


Edit = tuple[np.ndarray, np.ndarray, str]  # the picture after, the mask, the prompt

KINDS = ("repaint", "repaint", "replace", "replace", "replace", "remove", "add")


def examples(seed: int) -> list[Example]:
    """Edits of one scene, none where nothing in it shows clearly. Deterministic by seed."""
    rng = np.random.default_rng((77, seed))
    before = draw(random_scene(seed))
    clear = [each for each in before.instances if each.clear]
    edits: list[Edit | None] = [_backdrop(before, rng)] if rng.random() < 0.3 else []
    for kind in KINDS if clear else ():
        chosen = clear[int(rng.integers(len(clear)))]
        edits.append(_EDITS[kind](before, chosen, rng))
    return [_cut(*edit, rng) for edit in edits if edit is not None]


# --- the edits -----------------------------------------------------------------------------------


def _repaint(before: Picture, chosen: Instance, rng: np.random.Generator) -> Edit | None:
    if chosen.item.kind in PEOPLE:  # whom nobody recolours, and who are many things at once
        return None
    # Mostly as tight as a recoloured thing's mask: then the new edge is where the old one was.
    reach = int(rng.integers(1, 4) if rng.random() < 0.75 else rng.integers(4, 12))
    return before.image, _grown(before.mask(chosen), reach), describe(chosen.item, rng)


def _add(before: Picture, chosen: Instance, rng: np.random.Generator) -> Edit | None:
    if chosen.item.kind in PEOPLE:
        return None
    box = _boxed(_grown(before.mask(chosen), int(rng.integers(2, 14))))
    return before.image, box, describe(chosen.item, rng)


def _removed(before: Picture, chosen: Instance, rng: np.random.Generator) -> Edit | None:
    if chosen.item.kind in ("pants", "skirt", "shorts", "hair") and rng.random() < 0.7:
        return None
    after = draw(without(before.scene, chosen))
    return after.image, _wider(before.mask(chosen), rng), ""


def _replaced(before: Picture, chosen: Instance, rng: np.random.Generator) -> Edit | None:
    if chosen.item.kind in PEOPLE:
        return None
    new = _substitute(chosen.item, rng)
    if rng.random() < 0.2:
        new = replace(new, colour=_unsaid(new.kind), pattern="plain")
    after = draw(swap(before.scene, chosen, new))
    shown = next((each for each in after.instances if each.item == new), None)
    if shown is None or not shown.clear:
        return None
    mask = _wider(before.mask(chosen), rng)
    if rng.random() < 0.5:  # room for what is larger than what it replaces
        mask = mask | _grown(after.mask(shown), 3)
    return after.image, mask, describe(new, rng)


def _backdrop(before: Picture, rng: np.random.Generator) -> Edit:
    kept = np.zeros(before.parts.shape, dtype=bool)
    for each in before.instances:
        if each.item.kind in PEOPLE:
            kept |= before.mask(each)
    scene = replace(before.scene, background=str(rng.choice(BACKGROUNDS)), things=tuple(
        thing for thing in before.scene.things if isinstance(thing, Person)))  # fmt: skip
    named = scene.background if scene.background not in ("studio", "room") else scene.colour
    return draw(scene).image, ~_grown(kept, int(rng.integers(1, 3))), f"{named} background"


_EDITS = {"repaint": _repaint, "add": _add, "remove": _removed, "replace": _replaced}

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
    if item.pattern != "plain" and rng.random() < 0.8:
        noun = f"{item.pattern} {noun}"
    elif item.pattern == "plain" and item.kind in ("shirt", "dress") and rng.random() < 0.05:
        noun = f"plain {noun}"
    colour = "blond" if item.kind == "hair" and item.colour == "yellow" else item.colour
    silent = not colour or (colour == _unsaid(item.kind) and rng.random() < 0.5)
    return noun if silent else f"{colour} {noun}"


def _unsaid(kind: str) -> str:
    """The colour that a thing is painted in where none is said: always the same one, or the model
    would have to paint all colours at once."""
    return {"hair": "black", "dog": "brown", "cat": "orange", "tree": "green"}.get(kind, "blue")


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
    """A square around the mask, with what surrounds it, at 128 pixels.

    Mostly as `region_around` cuts it, a little moved and scaled; else closer or wider.
    """
    ys, xs = np.nonzero(mask)
    long = max(int(np.ptp(ys)), int(np.ptp(xs))) + 1
    spread = rng.uniform(0.97, 1.05) if rng.random() < 0.6 else rng.uniform(0.85, 1.3)
    side = max(long * 1.4 + 8, 0.75 * SIDE) * spread
    side = int(np.clip(max(side, long + 2), 96, 256))
    y, x = (_start(values, side, rng) for values in (ys, xs))
    box = (x, y, x + side, y + side)
    small = Image.fromarray(image).resize((SIDE, SIDE), Image.Resampling.LANCZOS, box)
    hole = Image.fromarray(mask).convert("L").resize((SIDE, SIDE), Image.Resampling.BILINEAR, box)
    made, hidden = np.asarray(small), np.asarray(hole) > 127
    if rng.random() < 0.5:
        made, hidden = made[:, ::-1], hidden[:, ::-1]
    return Example(made, hidden, prompt)


def _start(values: np.ndarray, side: int, rng: np.random.Generator) -> int:
    """Where the cut begins: about the middle of the mask, the whole of which it holds if it can."""
    low, high = int(values.min()), int(values.max()) + 1
    middle = (low + high - side) / 2 + rng.uniform(-0.06, 0.06) * side
    least, most = sorted((high - side, low))
    return int(np.clip(np.clip(round(middle), least, most), 0, 256 - side))


# --- as codes ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Codes:
    """Examples as the painter sees them.

    Attributes:
        picture, holed: float16 [N,4,32,32], the autoencoder's means, without and with the hole.
        mask: bool [N,1,32,32].
        prompts: N of them.
    """

    picture: Tensor
    holed: Tensor
    mask: Tensor
    prompts: list[str]


@torch.no_grad()
def encode(vae: AutoencoderKL, batch: list[Example]) -> Codes:
    """The codes of some examples."""
    image = torch.stack([torch.from_numpy(each.image.copy()) for each in batch])
    mask = torch.stack([torch.from_numpy(each.mask.copy()) for each in batch])[:, None]
    image = image.permute(0, 3, 1, 2).float() / 127.5 - 1
    both = torch.cat([image, image * ~mask]).to(vae.device, memory_format=torch.channels_last)
    codes = vae.encode(both).latent_dist.mean.half().cpu()
    picture, holed = codes.contiguous().chunk(2)  # safetensors holds no other layout
    small = F.interpolate(mask.float(), scale_factor=picture.shape[-1] / SIDE)  # as diffusers does
    return Codes(picture, holed, small.bool(), [each.prompt for each in batch])


def write(file: Path, codes: Codes) -> None:
    """Beside its place and then moved there, so that a file that is there is whole."""
    partial = file.with_suffix(".partial")
    tensors = {"picture": codes.picture, "holed": codes.holed, "mask": codes.mask}
    save_file(tensors, partial, metadata={"prompts": json.dumps(codes.prompts)})
    partial.replace(file)


def read(files: list[Path]) -> Codes:
    """The examples of some files, joined."""
    parts: list[Codes] = []
    for file in files:
        with safe_open(file, "pt") as kept:
            prompts = json.loads(kept.metadata()["prompts"])
            picture, holed, mask = map(kept.get_tensor, ("picture", "holed", "mask"))
            parts.append(Codes(picture, holed, mask, prompts))
    return _joined(parts)


def _joined(parts: list[Codes]) -> Codes:
    picture, holed, mask = (
        torch.cat([getattr(part, name) for part in parts]) for name in ("picture", "holed", "mask")
    )
    return Codes(picture, holed, mask, [prompt for part in parts for prompt in part.prompts])


def stream(seeds: range, first: int) -> Iterator[Example]:
    """Examples of the scenes from the one numbered `first` on."""
    for seed in seeds[first:]:
        yield from examples(seed)


def make(folder: Path, vae: AutoencoderKL, count: int, part: int = 0) -> None:
    """Draw and encode at least `count` examples into files of 1,024; those that are there stay.

    Each file draws from 256 scenes of its own, so that it depends on its number alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    numbers = [10_000 * part + n for n in range(-(-count // SHARD))]
    for number in tqdm(numbers, unit="file"):
        file = folder / f"{number:06d}.safetensors"
        if file.exists():
            continue
        source = stream(SCENES, 256 * (number // 10_000 * 200 + number % 10_000))
        batches = ([next(source) for _ in range(16)] for _ in range(SHARD // 16))
        write(file, _joined([encode(vae, batch) for batch in batches]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=40_000)
    parser.add_argument("--part", type=int, default=0, help="0 to 9: draws other scenes")
    parser.add_argument("--out", type=Path, default=Path("runs/examples"))
    parser.add_argument("--vae", type=Path, default=SAMPLES / PAINTER.name / "vae")
    parser.add_argument("--threads", type=int, default=1)
    values = parser.parse_args()
    torch.set_num_threads(values.threads)
    vae = AutoencoderKL.from_pretrained(values.vae, torch_dtype=torch.float32).eval()
    vae = vae.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    make(values.out, vae, values.count, values.part)


if __name__ == "__main__":
    main()
