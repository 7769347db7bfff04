"""Which of several things have the colour that they are called by."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from prompt_edit.detect.detections import Detections
from prompt_edit.detect.ground import for_phrase, ground
from prompt_edit.detect.tinted import of_colour
from prompt_edit.plan import Edit

SIZE = (120, 300)
RED, BLUE, GRAY, PINK = (0.8, 0.1, 0.15), (0.1, 0.2, 0.7), (0.5, 0.5, 0.5), (0.9, 0.5, 0.6)


def picture(*colours: tuple[float, float, float]) -> tuple[Tensor, Detections]:
    """Dresses side by side on a gray wall, each a little smaller than its box."""
    image = torch.full((1, *SIZE, 3), 0.6)
    boxes = []
    for number, colour in enumerate(colours):
        left = 10 + 95 * number
        image[:, 25:95, left + 10 : left + 60] = torch.tensor(colour)
        boxes.append([left, 20, left + 70, 100])
    found = Detections(torch.tensor(boxes, dtype=torch.float32), torch.full((len(boxes),), 0.6),
                       ("dress",) * len(boxes), SIZE)  # fmt: skip
    return image, found


@pytest.mark.parametrize(
    ("phrase", "colours", "expected"),
    [
        ("red dress", (RED, BLUE), [0]),
        ("blue dress", (RED, BLUE, BLUE), [1, 2]),
        ("red dress", (BLUE, GRAY), [0, 1]),  # none of them is: that is not for the picture to say
        ("red dress", (RED, PINK), [0, 1]),  # which may be called red
        ("dress", (RED, BLUE), [0, 1]),
        ("red dress", (BLUE,), [0]),
    ],
)
def test_those_of_the_colour_are_meant(
    phrase: str, colours: tuple[tuple[float, float, float], ...], expected: list[int]
) -> None:
    image, found = picture(*colours)
    kept = of_colour(image, found, phrase)
    assert torch.equal(kept.boxes, found.boxes[expected])


class Hears:
    """A detector that hears the noun alone, as large ones do."""

    def __init__(self, found: Detections) -> None:
        self.found = found

    def detect(self, images: Tensor, phrases: list[str], threshold: float | None = None
               ) -> list[Detections]:  # fmt: skip
        return [self.found if "dress" in phrases[0] else Detections.none(SIZE)]


def test_only_the_red_one_is_changed_or_spared() -> None:
    image, found = picture(RED, BLUE)
    hears: Any = Hears(found)
    edit = Edit(operation="recolor", target="red dress", result="green dress")
    grounded = ground(hears, image, edit)
    assert torch.equal(grounded.boxes, found.boxes[:1])
    assert any("another colour" in note for note in grounded.notes)
    spared = Edit(operation="remove", target="dress", exclude=("red dress",))
    assert torch.equal(ground(hears, image, spared).boxes, found.boxes[1:])
    assert len(ground(hears, image, for_phrase("dress")).boxes) == 2
