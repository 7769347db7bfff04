"""Draws the training scenes once, so that three recipes can read them from memory.

    python -m recipes.pool runs/pool [FIRST STOP]

Other scenes than the usual ones teach a model more that has seen those often. What other code than
today's has drawn is not read, nor other scenes than are asked for: a sentence says so.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from hashlib import sha256
from multiprocessing import Pool as Workers
from pathlib import Path
from types import ModuleType

import numpy as np
from tqdm import tqdm

from prompt_edit import palette
from prompt_edit.paperdoll import canvas, scene
from prompt_edit.paperdoll import draw as drawing
from prompt_edit.paperdoll.draw import Instance, Picture, draw
from prompt_edit.paperdoll.scene import Item, random_scene

from . import TRAIN_SEEDS


class ScenePool:
    """Drawn scenes on disk: `images` uint8 [N,256,256,3], `parts` uint8 [N,256,256], instances."""

    def __init__(self, folder: Path) -> None:
        self.images = np.load(folder / "images.npy", mmap_mode="r")
        self.parts = np.load(folder / "parts.npy", mmap_mode="r")
        self.seeds = range(*json.loads((folder / "drawn.json").read_text())["seeds"])
        lines = (folder / "instances.jsonl").read_text().splitlines()
        self.instances = [[_instance(each) for each in json.loads(line)] for line in lines]

    def picture(self, index: int) -> Picture:
        """A drawn scene of the pool, as `draw` gave it."""
        image, parts = np.asarray(self.images[index]), np.asarray(self.parts[index])
        scene = random_scene(self.seeds[index])
        return Picture(scene, image, parts, tuple(self.instances[index]))

    def __len__(self) -> int:
        return len(self.instances)

    def __str__(self) -> str:
        return f"the scenes {self.seeds.start} to {self.seeds.stop - 1}"


def _instance(values: dict) -> Instance:
    item = Item(**values.pop("item"))
    return Instance(item, tuple(values.pop("parts")), **values)


def _drawn(seed: int) -> tuple[np.ndarray, np.ndarray, str]:
    picture = draw(random_scene(seed))
    instances = json.dumps([asdict(each) for each in picture.instances])
    return picture.image, picture.parts.astype(np.uint8), instances


def drawn_by(*more: ModuleType | Callable) -> str:
    """A digest of the code that draws scenes, and of more that has to do with what is kept."""
    parts = (canvas, drawing, palette, scene, *more)
    return sha256("".join(map(inspect.getsource, parts)).encode()).hexdigest()


def make(folder: Path, seeds: range | None = None) -> ScenePool:
    """Draw the pool, or open it where it is already whole.

    Args:
        seeds: of the scenes; by default those that are there, or the usual ones.

    Raises:
        SystemExit: what is there is of other scenes, or of other code.
    """
    if not (folder / "instances.jsonl").exists():
        _draw(folder, seeds or TRAIN_SEEDS)
    kept = folder / "drawn.json"
    if not kept.exists() or json.loads(kept.read_text())["code"] != drawn_by():
        raise SystemExit(f"What is in {folder} was drawn by other code. Remove that folder, and it"
                         " is drawn anew.")  # fmt: skip
    pool = ScenePool(folder)
    if seeds and seeds != pool.seeds:
        raise SystemExit(f"{folder} holds {pool}. Remove it, or name another folder.")
    return pool


def _draw(folder: Path, seeds: range) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    told = {"seeds": [seeds.start, seeds.stop], "code": drawn_by()}
    shape = (len(seeds), 256, 256)
    images = np.lib.format.open_memmap(folder / "images.npy", "w+", np.uint8, (*shape, 3))
    parts = np.lib.format.open_memmap(folder / "parts.npy", "w+", np.uint8, shape)
    lines = []
    with Workers() as workers:
        drawn = workers.imap(_drawn, seeds, chunksize=32)
        for index, (image, part, line) in enumerate(tqdm(drawn, total=len(seeds), unit="scene")):
            images[index], parts[index] = image, part
            lines.append(line)
    images.flush()
    parts.flush()
    (folder / "drawn.json").write_text(json.dumps(told))
    partial = folder / "instances.partial"
    partial.write_text("\n".join(lines))
    partial.replace(folder / "instances.jsonl")


def main() -> None:
    given = [int(each) for each in sys.argv[2:4]]
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "runs/pool")
    print(f"{folder} holds {make(folder, range(*given) if given else TRAIN_SEEDS)}.")


if __name__ == "__main__":
    main()
