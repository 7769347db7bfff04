"""What the sample painter has not learnt is refused before it paints something else."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
import torch
from one_step import SHIPPED
from torch import Tensor
from worlds import DRESS_SCENE, drawn, instance

from prompt_edit.errors import ImageError, InstructionError, PromptEditError
from prompt_edit.inpaint.diffusion import Inpainter
from prompt_edit.inpaint.known import DOUBT, check, worded
from prompt_edit.inpaint.repaint import EMPTY, Sampling, repaint, repaint_each
from prompt_edit.inpaint.wanted import wanted
from prompt_edit.intent import parse_grammar
from prompt_edit.models.card import Card, Knowledge, read_card
from prompt_edit.models.store import PAINTER
from prompt_edit.paperdoll.draw import draw
from prompt_edit.paperdoll.phrases import SPELLINGS, vocabulary
from prompt_edit.paperdoll.scene import BACKGROUNDS, random_item, random_scene
from prompt_edit.paperdoll.tensors import as_image
from prompt_edit.plan import PICTURE, Edit
from recipes.examples import describe
from recipes.painter import CARD

KNOWS = CARD.knows or Knowledge(nouns=(), colours=(), looks=(), backgrounds=(), steps=1,
                                guidance_scale=1)  # fmt: skip


@pytest.fixture(scope="module")
def dress() -> tuple[Tensor, Tensor]:
    picture, image = drawn(DRESS_SCENE)
    return image, torch.from_numpy(picture.mask(instance(picture, "dress"))).float()


def asked(prompt: str, operation: Any = "replace", target: str = "thing") -> Edit:
    return Edit(operation=operation, target=target, result=prompt or "x", prompt=prompt or "x")


def test_the_shipped_card_is_what_the_recipe_writes() -> None:
    assert read_card(SHIPPED / PAINTER.name) == CARD


# --- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(40))
def test_every_prompt_that_it_was_trained_with_is_known_and_stays(seed: int) -> None:
    import numpy as np

    rng = np.random.default_rng(seed)
    for kind in KNOWS.nouns:
        if kind in ("t-shirt", "cap", "coat", "trousers", "handbag", *KNOWS.colourless):
            continue
        prompt = describe(random_item(rng, kind), rng)
        assert worded(KNOWS, wanted(asked(prompt))) == (prompt, ())


@pytest.mark.parametrize(("said", "painted"), [
    ("a white t-shirt", "white t-shirt"), ("The red Dress.", "red dress"),
    ("white tshirt", "white t-shirt"), ("a grey T shirt", "gray t-shirt"),
    ("blonde hair", "blond hair"), ("striped, red shirt", "red striped shirt"),
    ("short blue skirt", "blue short skirt"), ("polka dot dress", "dotted dress"),
    ("red hats", "red hat"), ("the pants", "pants"), ("man", "man"), ("hat", "hat"),
    ("a snow background", "snow background"), ("blue background", "blue background"),
])  # fmt: skip
def test_what_people_say_is_put_as_it_was_learnt(said: str, painted: str) -> None:
    assert worded(KNOWS, wanted(asked(said))) == (painted, ())


@pytest.mark.parametrize("place", [*KNOWS.backgrounds, "red", "the beach", "a snowy background"])
def test_backgrounds_that_it_learnt(place: str) -> None:
    painted, _ = worded(KNOWS, wanted(asked(place, "background", "background")))
    assert painted.split()[1:] == ["background"] and painted.split()[0] in vocabulary() + (
        BACKGROUNDS
    )


UNKNOWN = ["turquoise hat", "light blue cap", "dark red dress", "jeans", "watercolor",
           "like a watercolor", "dress with white dots", "wooden dress", "shiny shoes",
           "hat and scarf", "모자", "red hat 4k", "(red:1.2) hat", "dragon", "person",
           "#ff0000 hat",
           "denim shirt", "hat, masterpiece", "hatred", "redhat", "t"]  # fmt: skip


@pytest.mark.parametrize("prompt", UNKNOWN)
def test_an_unknown_word_is_refused_and_named(prompt: str) -> None:
    with pytest.raises(InstructionError, match="does not know") as raised:
        worded(KNOWS, wanted(asked(prompt)))
    named = re.findall(r'"(.*?)"', str(raised.value))
    assert named and all(word in prompt.lower() for word in named)
    assert "turquoise" not in str(raised.value).split(". It knows")[1]
    assert "red" in str(raised.value) and "real model" in str(raised.value)[:60]


@pytest.mark.parametrize("prompt", ["blue dress, hat", "red and blue hat", "red blue hat",
                                    "shirt pants", "red woman", "a blue man"])  # fmt: skip
def test_more_than_one_thing_or_colour_is_refused(prompt: str) -> None:
    with pytest.raises(InstructionError):
        worded(KNOWS, wanted(asked(prompt)))


@pytest.mark.parametrize("place", ["forest", "a white studio", "room", "city at night",
                                   "night beach", "blurry", "blond"])  # fmt: skip
def test_other_backgrounds_are_refused(place: str) -> None:
    with pytest.raises(InstructionError, match="meadow"):
        worded(KNOWS, wanted(asked(place, "background", "background")))


@pytest.mark.parametrize("operation", ["restyle", "recolor", "replace"])
def test_whole_pictures_are_refused(operation: Any) -> None:
    with pytest.raises(InstructionError, match="whole picture"):
        worded(KNOWS, wanted(asked("red hat", operation, PICTURE)))


def test_what_is_doubtful_is_noted() -> None:
    assert "Say what is painted" in worded(KNOWS, wanted(asked("red")))[1][0]
    edit = asked("red hat").model_copy(update={"negative_prompt": "blue"})
    assert "negative" in worded(KNOWS, wanted(edit))[1][0]


def test_other_spellings_lead_to_what_it_knows() -> None:
    known = {*KNOWS.nouns, *KNOWS.colours, *KNOWS.looks, *KNOWS.backgrounds}
    assert set(SPELLINGS.values()) <= known and not set(SPELLINGS) & known


@pytest.mark.parametrize("sentence", [
    "make the hat turquoise", "make the picture look like a watercolor",
    "make the dress look like a watercolor", "change the background to a forest",
    "make it night", "make the shoes shiny", "turn the dog into a horse",
    "replace the hat with a light blue cap", "add a unicorn", "make the woman green",
])  # fmt: skip
def test_sentences_that_it_would_paint_wrong(
    painter: Inpainter, dress: tuple[Tensor, Tensor], sentence: str
) -> None:
    for edit in parse_grammar(sentence).edits:
        with pytest.raises(InstructionError, match="sample painter"):
            check(painter, dress[0], wanted(edit))


# --- before painting -----------------------------------------------------------------------------


class Never:
    """The sample painter, if it could not paint."""

    def __init__(self, painter: Inpainter) -> None:
        self.card, self.pipeline = painter.card, painter.pipeline
        self.native, self.multiple = painter.native, painter.multiple

    def paint(self, *_: Any, **__: Any) -> Tensor:
        raise AssertionError("it must not paint")


@pytest.mark.parametrize("sampling", [
    Sampling(steps=9), Sampling(steps=20), Sampling(strength=0.9), Sampling(strength=0),
    Sampling(guidance_scale=7.5), Sampling(guidance_scale=30),
])  # fmt: skip
def test_settings_that_give_noise_are_refused(
    painter: Inpainter, dress: tuple[Tensor, Tensor], sampling: Sampling
) -> None:
    edit, nobody = asked("blue dress"), Never(painter)
    with pytest.raises(InstructionError, match="Leave the"):
        repaint(nobody, *dress, edit, sampling)  # type: ignore[arg-type]
    with pytest.raises(InstructionError, match="Leave the"):
        repaint_each(nobody, *dress, edit, sampling=sampling)  # type: ignore[arg-type]


def test_its_own_settings_are_taken(small_painter: Inpainter, dress: tuple[Tensor, Tensor]) -> None:
    own = Sampling(3, steps=1, guidance_scale=1.3, strength=1)
    assert check(small_painter, dress[0], wanted(asked("blue dress")), own) == ()
    result = repaint(small_painter, *dress, asked("blue dress"), own)
    assert result.notes == () and (result.image != dress[0]).any()


def test_a_prompt_typed_by_hand_is_checked_too(
    small_painter: Inpainter, dress: tuple[Tensor, Tensor]
) -> None:
    nobody: Any = Never(small_painter)
    for edit in (None, asked("blue dress")):
        with pytest.raises(InstructionError, match="turquoise"):
            repaint_each(nobody, *dress, edit, "turquoise dress")
    said, learnt = (repaint_each(small_painter, *dress, None, prompt).images
                    for prompt in ("a blue dress", "blue dress"))  # fmt: skip
    assert torch.allclose(said, learnt, atol=1e-4), "articles were in no prompt that it learnt"


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("channels", [3, 4])
def test_paints_in_the_type_of_numbers_that_came(
    small_painter: Inpainter, dress: tuple[Tensor, Tensor], channels: int, dtype: torch.dtype
) -> None:
    image = torch.cat([dress[0], torch.full((1, 256, 256, 1), 0.7)], dim=-1)[..., :channels]
    image, mask = image.to(dtype), dress[1].to(dtype)
    result = repaint_each(small_painter, image, mask[None, ..., None], asked("blue dress"))
    assert result.images.dtype == dtype and result.images.shape == image.shape
    assert torch.equal(result.images[result.opacity == 0], image[result.opacity == 0])
    changed = (result.images != image).any(dim=-1)[0]
    assert float(changed[mask > 0.5].float().mean()) > 0.9


@pytest.mark.parametrize("size", [(64, 64), (256, 256)])
def test_an_empty_mask_leaves_the_picture_and_says_so(
    small_painter: Inpainter, dress: tuple[Tensor, Tensor], size: tuple[int, int]
) -> None:
    """Load Image gives 64 x 64 zeros where a picture has no alpha."""
    result = repaint_each(small_painter, dress[0], torch.zeros(1, *size), asked("blue dress"))
    assert torch.equal(result.images, dress[0]) and not result.opacity.any()
    assert result.opacity.shape == (1, 256, 256) and result.notes == (EMPTY,)
    alone = repaint(small_painter, dress[0], torch.zeros(size), asked("blue dress"))
    assert torch.equal(alone.image, dress[0]) and alone.notes == (EMPTY,)


def test_the_largest_seed_paints_several_things(small_painter: Inpainter) -> None:
    image = as_image(draw(random_scene(900_004)))
    mask = torch.zeros(256, 256)
    mask[10:30, 10:30] = mask[220:240, 220:240] = 1
    steps: list[tuple[int, int]] = []
    edit = Edit(operation="remove", target="x")
    repaint(small_painter, image, mask, edit, Sampling(2**64 - 1, steps=1),
            on_step=lambda *step: steps.append(step))  # fmt: skip
    assert steps[-1] == (2, 2)


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (2, 700), (5, 5)])
def test_strips_and_single_pixels_are_painted_or_refused(
    small_painter: Inpainter, dress: tuple[Tensor, Tensor], size: tuple[int, int]
) -> None:
    image = dress[0][:, : size[0], : size[1]]
    image = image.expand(1, *image.shape[1:]).repeat(1, 2, 3, 1)[:, : size[0], : size[1]]
    mask = torch.ones(image.shape[1:3])
    try:
        result = repaint(small_painter, image, mask, Edit(operation="remove", target="x"))
    except PromptEditError as refused:
        assert "sample painter" in str(refused)
    else:
        assert result.image.shape == image.shape and result.image.isfinite().all()


# --- pictures ------------------------------------------------------------------------------------


def test_a_picture_of_another_world_is_refused(
    small_painter: Inpainter, dress: tuple[Tensor, Tensor]
) -> None:
    nobody: Any = Never(small_painter)
    foreign = torch.rand(1, 256, 256, 3, generator=torch.Generator().manual_seed(1))
    with pytest.raises(ImageError, match="Load a real model for this picture"):
        repaint(nobody, foreign, dress[1], asked("blue dress"))
    both = torch.cat([dress[0], foreign])
    with pytest.raises(ImageError, match="real model"):
        repaint_each(nobody, both, dress[1], asked("blue dress"))
    only_first = torch.stack([dress[1], torch.zeros(256, 256)])
    result = repaint_each(small_painter, both, only_first, asked("blue dress"))
    assert torch.equal(result.images[1], foreign[0]), "what is not painted may be anything"


def test_a_doubtful_picture_is_painted_with_a_note(
    small_painter: Inpainter, dress: tuple[Tensor, Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prompt_edit.inpaint.known.likeness", lambda *_: "doubtful")
    assert repaint(small_painter, *dress, asked("blue dress")).notes == (DOUBT,)
    images = dress[0].expand(2, -1, -1, -1)
    result = repaint_each(small_painter, images, dress[1], asked("blue dress"))
    assert result.notes == (f"Picture 1: {DOUBT}", f"Picture 2: {DOUBT}")


def test_what_knows_the_world_is_asked_nothing(small_painter: Inpainter) -> None:
    class Real:
        card = Card()

    noise = torch.rand(1, 32, 32, 3)
    foreign = wanted(asked("like a watercolor"))
    assert check(Real(), noise, foreign, Sampling(steps=50)) == ()  # type: ignore[arg-type]
    assert check(small_painter, noise, wanted(Edit(operation="extract", target="x"))) == ()


@pytest.mark.slow
@pytest.mark.parametrize("background", BACKGROUNDS)
def test_it_knows_again_what_it_has_painted(painter: Inpainter, background: str) -> None:
    """So that a second edit of the same picture is not refused."""
    scene = replace(random_scene(900_011), background=background)
    picture = draw(scene)
    image = as_image(picture)
    person = next(each for each in picture.instances if each.owner is not None)
    mask = torch.from_numpy(picture.mask(person)).float()
    edits = [(1 - mask, asked("snow", "background", "background")),
             (mask, Edit(operation="remove", target="person"))]  # fmt: skip
    for region, edit in edits:
        result = repaint(painter, image, region, edit)
        assert check(painter, result.image, wanted(asked("red hat"))) == ()
