"""Draws the training scenes once, so that three recipes can read them from memory.

    python -m recipes.pool runs/pool [FIRST STOP]

Other scenes than the usual ones teach a model more that has seen those often.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from multiprocessing import Pool as Workers
from pathlib import Path

import numpy as np
from tqdm import tqdm

from prompt_edit.paperdoll.draw import Instance, Picture, draw
from prompt_edit.paperdoll.scene import Item, random_scene

from . import TRAIN_SEEDS


class ScenePool:
    """Drawn scenes on disk: `images` uint8 [N,256,256,3], `parts` uint8 [N,256,256], instances."""

    def __init__(self, folder: Path) -> None:
        self.images = np.load(folder / "images.npy", mmap_mode="r")
        self.parts = np.load(folder / "parts.npy", mmap_mode="r")
        first = folder / "first.txt"
        self._first = int(first.read_text()) if first.exists() else TRAIN_SEEDS.start
        lines = (folder / "instances.jsonl").read_text().splitlines()
        self.instances = [[_instance(each) for each in json.loads(line)] for line in lines]

    def picture(self, index: int) -> Picture:
        """A drawn scene of the pool, as `draw` gave it."""
        image, parts = np.asarray(self.images[index]), np.asarray(self.parts[index])
        scene = random_scene(self._first + index)
        return Picture(scene, image, parts, tuple(self.instances[index]))

    def __len__(self) -> int:
        return len(self.instances)


def _instance(values: dict) -> Instance:
    item = Item(**values.pop("item"))
    return Instance(item, tuple(values.pop("parts")), **values)


def _drawn(seed: int) -> tuple[np.ndarray, np.ndarray, str]:
    picture = draw(random_scene(seed))
    instances = json.dumps([asdict(each) for each in picture.instances])
    return picture.image, picture.parts.astype(np.uint8), instances


def make(folder: Path, seeds: range = TRAIN_SEEDS) -> ScenePool:
    """Draw the pool, or open it where it is already whole."""
    done = folder / "instances.jsonl"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        shape = (len(seeds), 256, 256)
        images = np.lib.format.open_memmap(folder / "images.npy", "w+", np.uint8, (*shape, 3))
        parts = np.lib.format.open_memmap(folder / "parts.npy", "w+", np.uint8, shape)
        lines = []
        with Workers() as workers:
            drawn = workers.imap(_drawn, seeds, chunksize=32)
            for index, (image, part, line) in enumerate(
                tqdm(drawn, total=len(seeds), unit="scene")
            ):
                images[index], parts[index] = image, part
                lines.append(line)
        images.flush()
        parts.flush()
        (folder / "first.txt").write_text(str(seeds.start))
        done.write_text("\n".join(lines))
    return ScenePool(folder)


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[2:4]]
    seeds = range(*given) if given else TRAIN_SEEDS
    make(Path(sys.argv[1] if len(sys.argv) > 1 else "runs/pool"), seeds)
