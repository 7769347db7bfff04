"""What a person is told of a painting that cannot be as they may think."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from prompt_edit.inpaint.diffusion import Inpainter
from prompt_edit.inpaint.families import FAMILIES, guidance_arguments
from prompt_edit.inpaint.repaint import repaint, repaint_each
from prompt_edit.inpaint.settings import Sampling
from prompt_edit.models.card import Card
from prompt_edit.plan import PICTURE, Edit

from .test_repaint import Brush, SmallBrush

IMAGE = torch.full((1, 64, 64, 3), 0.5)
MASK = torch.zeros(64, 64)
MASK[16:48, 16:48] = 1
RED = Edit(operation="recolor", target="dress", result="red dress")


class Plain(SmallBrush):
    """As a model is that was not trained to see holes, with `heeds` of a negative prompt."""

    fills = False

    def __init__(self, heeds: bool = True) -> None:
        super().__init__()
        self.heeds = heeds

    def heeds_negative(self, guidance_scale: float | None) -> bool:
        return self.heeds

    def unread(self, prompt: str) -> str:
        return ""


def of(brush: Any) -> Any:
    """A brush, which a checker takes for no painter."""
    return brush


def told(painter: Any, edit: Edit, **given: Any) -> str:
    return " ".join(repaint_each(painter, IMAGE, MASK[None], edit, **given).notes)


def test_a_negative_prompt_that_changes_nothing_is_told() -> None:
    assert "negative prompt" in told(Plain(heeds=False), RED, negative_prompt="hands")
    assert not told(Plain(heeds=True), RED, negative_prompt="hands")
    assert not told(Plain(heeds=False), RED)


def test_weights_that_are_read_as_letters_are_told() -> None:
    assert "(red:1.2)" in told(Plain(), RED, prompt="a (red:1.2) dress")
    assert not told(SmallBrush(), RED, prompt="a (red:1.2) dress"), "a host reads them"
    assert not told(Plain(), RED, prompt="a dress (red) at 10:30")


def test_a_hole_that_no_model_sees_is_told() -> None:
    gone = Edit(operation="remove", target="dog")
    assert "inpainting model" in told(Plain(), gone)
    assert not told(SmallBrush(), gone) and not told(Plain(), RED)
    assert not told(Plain(), gone, prompt="green grass")


def test_a_patch_that_is_enlarged_is_told() -> None:
    image, mask = torch.full((1, 900, 300, 3), 0.5), torch.ones(900, 300)
    said = " ".join(repaint(of(SmallBrush()), image, mask, RED).notes)
    assert "enlarged" in said and "upscaler" in said
    assert not repaint(of(Brush()), image, mask, RED).notes


@pytest.mark.parametrize(
    ("target", "result", "strength"),
    [("dress", "darker dress", 0.6), ("dress", "much brighter red dress", 0.6),
     ("dress", "red dress", 1.0), ("darker dress", "darker red dress", 1.0),
     (PICTURE, "darker picture", 0.6)],
)  # fmt: skip
def test_what_is_only_more_of_a_look_keeps_what_is_there(
    target: str, result: str, strength: float
) -> None:
    edit, painter = Edit(operation="restyle", target=target, result=result), SmallBrush()
    notes = repaint(of(painter), IMAGE, MASK, edit).notes
    assert painter.given[0]["strength"] == strength
    assert any("strength" in note for note in notes) == (strength < 1)
    repaint(of(painter), IMAGE, MASK, edit, Sampling(strength=0.9))
    assert painter.given[1]["strength"] == 0.9


def heeding(key: str, own: float) -> Inpainter:
    painter = Inpainter.__new__(Inpainter)
    painter.key, painter.card = key, Card(guidance_scale=own)
    return painter


@pytest.mark.parametrize("key", FAMILIES)
def test_which_models_heed_a_negative_prompt(key: str) -> None:
    """As the arguments have it that its pipeline gets."""
    for guidance in (0.0, 1.0, 4.0):
        given = guidance_arguments(FAMILIES[key], "a dress", "hands", guidance)
        scale = given.get(FAMILIES[key].guide, 0)
        pulls = "negative_prompt" in given and scale > FAMILIES[key].unguided
        assert heeding(key, 4.0).heeds_negative(guidance) == pulls
        assert heeding(key, guidance).heeds_negative(None) == pulls


def test_guidance_of_one_is_off_in_every_family() -> None:
    for family in FAMILIES.values():
        given = guidance_arguments(family, "a dress", "hands", 1.0)
        assert family.embedded or given[family.guide] == family.unguided
