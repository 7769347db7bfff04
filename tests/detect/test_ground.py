"""What an edit is about, found."""

from __future__ import annotations

import torch
from worlds import BALLS_SCENE

from prompt_edit.detect.ground import ground
from prompt_edit.detect.grounding_dino import GroundingDino
from prompt_edit.paperdoll.draw import draw
from prompt_edit.paperdoll.scene import random_scene
from prompt_edit.paperdoll.tensors import as_image
from prompt_edit.plan import BACKGROUND, Edit


def test_a_plural_that_finds_nothing_is_looked_for_as_one(detector: GroundingDino) -> None:
    image = as_image(draw(BALLS_SCENE))
    one = ground(detector, image, Edit(operation="remove", target="ball"))
    many = ground(detector, image, Edit(operation="remove", target="balls"))
    assert len(many.found) == len(one.found) == 3
    assert torch.equal(many.found.boxes, one.found.boxes)


def test_who_stays_before_a_new_background_is_said(detector: GroundingDino) -> None:
    image = as_image(draw(random_scene(2)))
    sea = Edit(operation="background", target=BACKGROUND, result="sea background",
               exclude=("person",))  # fmt: skip
    alone = ground(detector, image, sea)
    people = len(alone.left_out)
    assert people
    assert alone.notes == (
        f"Before the new background {people} {'person stays' if people == 1 else 'people stay'},"
        ' and nothing else. To keep more, name it: "keep the dog and change the background to a'
        ' beach".',
    )
    assert not ground(detector, image, sea.model_copy(update={"exclude": ("hat", "person")})).notes
