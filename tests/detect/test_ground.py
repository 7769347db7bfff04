"""What an edit is about, found."""

from __future__ import annotations

import torch
from worlds import BALLS_SCENE

from prompt_edit.detect.ground import ground
from prompt_edit.detect.grounding_dino import GroundingDino
from prompt_edit.paperdoll.draw import draw
from prompt_edit.paperdoll.tensors import as_image
from prompt_edit.plan import Edit


def test_a_plural_that_finds_nothing_is_looked_for_as_one(detector: GroundingDino) -> None:
    image = as_image(draw(BALLS_SCENE))
    one = ground(detector, image, Edit(operation="remove", target="ball"))
    many = ground(detector, image, Edit(operation="remove", target="balls"))
    assert len(many.found) == len(one.found) == 3
    assert torch.equal(many.found.boxes, one.found.boxes)
