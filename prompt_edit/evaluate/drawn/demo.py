"""The three edits of the paper's figures, on paper dolls, in one picture. `make demo` runs it."""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from torch import Tensor

from ...detect.detections import Detections
from ...images import to_pil
from ...inpaint.repaint import Sampling
from ...models.loading import quiet_libraries
from ...models.store import sample_models
from ...paperdoll.draw import draw
from ...paperdoll.scene import Item, Person, Placed, Scene, random_scene
from ...paperdoll.tensors import as_image
from ...preview import overlay, side_by_side

BEST = Sampling(seed=6, steps=8, guidance_scale=2.0)
"""All that the sample painter can: twice its usual steps."""


def woman(x: float, *worn: Item, skin: int = 1, seed: int = 5) -> Person:
    """A woman in the middle ground, dressed as told."""
    return Person(Item("woman", "", seed=seed), x, 246, 196, skin=skin, worn=worn)


def scenes() -> list[tuple[str, Scene]]:
    """Each figure's instruction, word for word, and a scene that it fits."""
    black_hair = Item("hair", "black", style="long", seed=3)
    dress = Item("dress", "red", style="long", seed=11)
    shoes = Item("shoes", "brown", seed=4)
    return [
        (
            "I want to change red dress to white t-shirt.",
            Scene("meadow", "gray", 77, (
                Placed(Item("tree", "green", seed=8), 40, 196, 130),
                woman(128, Item("hair", "brown", style="long", seed=3), shoes, dress),
                Placed(Item("dog", "white", seed=2), 212, 244, 54, flip=True),
            )),
        ),
        (
            "I want to select pants and change them into short skirt.",
            Scene("room", "blue", 5, (
                woman(120, black_hair, shoes, Item("pants", "purple", seed=9),
                      Item("shirt", "yellow", style="short", seed=6), skin=2),
                Placed(Item("cat", "orange", seed=4), 210, 246, 56),
            )),
        ),
        (
            "I want to change black hair to red hair.",
            Scene("beach", "gray", 40, (
                woman(132, black_hair, shoes, Item("skirt", "blue", style="short", seed=9),
                      Item("shirt", "white", "striped", style="short", seed=6)),
                Placed(Item("ball", "yellow", seed=4), 48, 244, 40),
            )),
        ),
    ]  # fmt: skip


def scene_images(figure: int | None, seed: int, count: int = 1) -> Tensor:
    """Pictures float [N,256,256,3]: a figure's scene again and again, or those of the seeds."""
    drawn = [
        draw(random_scene(seed + n) if figure is None else scenes()[figure][1])
        for n in range(count)
    ]
    return torch.cat([as_image(each) for each in drawn])


def main(folder: Path) -> Path:
    """Make the edits, write the sheet and give its path."""
    from ...editor import PromptEditor  # what draws a scene needs no models

    quiet_libraries()
    editor = PromptEditor.load(sample_models())
    rows = []
    for instruction, scene in scenes():
        image = as_image(draw(scene, 512))  # each model works at its own size
        result = editor.edit(image, instruction, BEST)
        step = result.steps[0]
        found: Detections = step.detections
        rows.append((instruction, [to_pil(image), overlay(image, found, step.mask),
                                   to_pil(result.image)]))  # fmt: skip
        print(f"{instruction}  {sum(result.seconds.values()):.1f} s", file=sys.stderr)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "demo.png"
    side_by_side(rows, ("before", "boxes and mask", "after")).save(path)
    return path


if __name__ == "__main__":
    print(main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo")).resolve())
