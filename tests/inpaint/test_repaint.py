"""What a painter is given, and what becomes of what it paints, whatever it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from prompt_edit.check import check_edit, retry
from prompt_edit.check.checked import Checked, Finding
from prompt_edit.detect.detections import Detections
from prompt_edit.errors import ImageError
from prompt_edit.inpaint.cells import whole_cells, with_thin_parts
from prompt_edit.inpaint.control import Control
from prompt_edit.inpaint.region import match_colour
from prompt_edit.inpaint.repaint import LEFT, Repainted, Sampling, repaint, repaint_each
from prompt_edit.inpaint.ways import soft_mask
from prompt_edit.models.card import Card
from prompt_edit.plan import BACKGROUND, PICTURE, Edit
from prompt_edit.segment.cover import cover_boxes
from prompt_edit.segment.masks import grow
from prompt_edit.segment.seen import Seen

BEACH = torch.tensor([0.9, 0.85, 0.7])


class Brush:
    """Paints one colour, in whole cells as many models do, and tells what it was given."""

    card, wording, native, multiple = Card(), "result", 1024, 64

    def __init__(self, controls: Sequence[Control] = (), colour: Tensor = BEACH) -> None:
        self.controls, self.colour = tuple(controls), colour
        self.given: list[dict[str, Any]] = []

    def paint(self, image: Tensor, mask: Tensor, *words: str, **how: Any) -> Tensor:
        self.given.append({"image": image, "mask": mask, "words": words, **how})
        return torch.where(whole_cells(mask, 8)[..., None] > 0.5, self.colour, image)


class SmallBrush(Brush):
    """Sees a small picture as it is, for tests that ask what is told and what it was given."""

    native, multiple = 64, 8


@pytest.mark.parametrize("side", [20, 40, 60, 90])
def test_a_new_background_has_its_colour_however_little_stays(side: int) -> None:
    """Beside a small dark thing nearly all that is not masked lies in cells that are new."""
    image, mask = torch.full((1, 1000, 1500, 3), 0.5), torch.ones(1000, 1500)
    thing = slice(400, 400 + 2 * side), slice(700, 700 + side // 2)
    image[0][thing], mask[thing] = 0.05, 0
    edit = Edit(operation="background", target=BACKGROUND, result="beach", exclude=("man",))
    painted: Any = Brush()
    assert torch.allclose(repaint(painted, image, mask, edit).image[0, 50, 50], BEACH, atol=0.01)


def test_what_scalers_leave_beside_the_range_reaches_no_model() -> None:
    """diffusers takes a picture with one number below 0 for one in -1..1."""
    image = torch.full((1, 1024, 1024, 3), 0.75)
    image[0, 0, 0] = torch.tensor([-0.004, 1.2, 0.5])
    mask = torch.zeros(1024, 1024)
    mask[100:900, 100:900] = 1
    brush: Any = Brush()
    done = repaint(brush, image, mask, Edit(operation="replace", target="cup", result="ball"))
    assert brush.given[0]["image"].min() >= 0 and brush.given[0]["image"].max() <= 1
    assert done.image[0, 0, 0].equal(image[0, 0, 0])


def test_a_picture_of_one_channel_is_painted() -> None:
    brush: Any = Brush()
    mask = torch.zeros(64, 64)
    mask[20:40, 20:40] = 1
    edit = Edit(operation="replace", target="cup", result="ball")
    assert repaint(brush, torch.full((1, 64, 64, 1), 0.5), mask, edit).image.shape == (1, 64, 64, 3)


def test_what_a_mask_encloses_and_is_left_out_stays() -> None:
    """The buttons of a shirt, which the mask would grow over; and so it does where none are."""
    mask = torch.zeros(400, 400)
    mask[100:300, 100:300] = 1
    mask[150:154, 200:204] = mask[250:254, 200:204] = 0
    image, brush = torch.full((1, 400, 400, 3), 0.5), Brush()
    for exclude in (("buttons",), ()):
        edit = Edit(operation="replace", target="shirt", result="coat", exclude=exclude)
        opacity = repaint(brush, image, mask, edit).opacity  # type: ignore[arg-type]
        assert bool(opacity[150:154, 200:204].any()) != bool(exclude)
        assert opacity[95:100, 150:250].any(), "outwards it grows"


@pytest.mark.parametrize("side", [500, 2000])
def test_what_is_left_out_stays_but_for_a_rim(side: int) -> None:
    """Who sits on a sofa and rises above it: the sofa grows everywhere else, and where the two meet
    nothing of the old sofa shows."""
    unit = side // 100
    sofa, person = torch.zeros(side, side), torch.zeros(side, side)
    sofa[50 * unit : 80 * unit, 20 * unit : 80 * unit] = 1
    person[40 * unit : 70 * unit, 45 * unit : 55 * unit] = 1
    sofa *= 1 - person
    image, brush = torch.full((1, side, side, 3), 0.5), Brush()
    edit = Edit(operation="replace", target="sofa", result="couch", exclude=("person",))
    plain, done = (repaint(brush, image, sofa, edit, seen=seen).opacity  # type: ignore[arg-type]
                   for seen in (Seen(), Seen(person)))  # fmt: skip
    for seen, expected in (([], plain), ([Seen(person)], done)) if side == 500 else ():
        each = repaint_each(brush, image, sofa, edit, seen=seen)  # type: ignore[arg-type]
        assert each.opacity[0].equal(expected)
    half = person[::2, ::2]  # of another size, as the mask may be
    scaled = repaint_each(brush, image, sofa, edit, seen=[Seen(half)])  # type: ignore[arg-type]
    assert float((scaled.opacity[0] - done).abs().sum() / done.sum()) < 0.01
    lost = [float((each * person).sum() / person.sum()) for each in (plain, done)]
    assert lost[0] > 0.2 and lost[1] < 0.02
    far = grow(person, 0.05 * side) == 0
    assert done[far].equal(plain[far]), "elsewhere it grows"
    beside = (grow(person, 4) > 0.5) & (grow(person, 3) == 0) & (sofa > 0.5)
    beside[: 52 * unit] = False
    assert (done[beside] == 1).all()


@pytest.mark.parametrize(("side", "pixels"), [(500, 1), (1500, 2), (3000, 2)])
def test_beside_who_stays_nothing_of_the_old_background_shows(side: int, pixels: int) -> None:
    """A bright day that becomes a dark night leaves no bright outline."""
    image, mask = torch.full((1, side, side, 3), 0.95), torch.ones(side, side)
    person = slice(side // 4, side), slice(side // 3, side // 2)
    image[0][person], mask[person] = 0.3, 0
    edit = Edit(operation="background", target=BACKGROUND, result="night", exclude=("person",))
    brush: Any = Brush(colour=torch.zeros(3))
    after = repaint(brush, image, mask, edit).image[0, side // 2, :, 0]
    assert (after[side // 2 :] > 0.1).sum() <= pixels
    assert (after[: side // 3] > 0.1).sum() <= pixels


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("high", "wide"), [(47, 80), (24, 24), (300, 300)])
def test_what_is_small_and_new_is_whole(high: int, wide: int, count: int) -> None:
    """Glasses and a ring in a picture of 768 pixels are no mere haze."""
    boxes = torch.tensor([[40.0 + 230 * n, 100, 40 + 230 * n + wide * 0.7, 100 + high]
                          for n in range(count)])  # fmt: skip
    mask = cover_boxes(boxes, (512, 768)).amax(dim=0)
    edit, brush = Edit(operation="add", target="man", result="glasses"), Brush()
    image = torch.full((1, 512, 768, 3), 0.5)
    opacity = repaint(brush, image, mask, edit).opacity  # type: ignore[arg-type]
    assert (opacity[mask > 0.5] >= 0.95).float().mean() > 0.6
    assert ((opacity > 0) & (opacity < 1)).any(), "its edge is soft"


def two_dogs() -> tuple[Tensor, Tensor]:
    """The mask of two dogs far apart and of a pair of them, and their boxes."""
    boxes = torch.tensor([[25.0, 25, 75, 62], [375, 200, 425, 238], [412, 205, 462, 238]])
    return cover_boxes(boxes, (250, 500)).amax(dim=0), boxes


@pytest.mark.parametrize(("wording", "prompts"), [
    ("result", ["cat", "two cats"]),
    ("instruction", ["replace the dog with a cat", "replace the dogs with two cats"]),
])  # fmt: skip
def test_where_one_of_several_stands_one_is_painted(wording: str, prompts: list[str]) -> None:
    mask, boxes = two_dogs()
    image, edit = torch.full((1, *mask.shape, 3), 0.5), Edit(
        operation="replace", target="dogs", result="two cats")  # fmt: skip
    for seen, expected in ((Seen(boxes=boxes), prompts), (Seen(), prompts[1:] * 2),
                           (Seen(boxes=boxes[:1]), prompts[1:] * 2)):  # fmt: skip
        brush: Any = Brush()
        brush.wording, brush.native = wording, 256
        done = repaint(brush, image, mask, edit, seen=seen)
        assert [each["words"][0] for each in brush.given] == expected
        told = {prompt for prompt in expected if any(f'"{prompt}"' in note for note in done.notes)}
        assert told == (set(expected) if wording == "instruction" else set())
        for known in ([seen], [seen, Seen()]):
            brush.given.clear()
            each = repaint_each(brush, image.expand(len(known), -1, -1, -1), mask, edit, seen=known)
            asked = [prompt for given in brush.given for prompt in given["words"][:1]]
            assert sorted(asked) == sorted([*expected, *prompts[1:] * 2][: 2 * len(known)])
            assert set(done.notes) <= set(each.notes)


def test_of_pictures_each_has_its_own_to_leave_alone() -> None:
    """And a batch of another number than what is seen is refused."""
    mask, images, brush = torch.zeros(64, 64), torch.full((2, 64, 64, 3), 0.5), SmallBrush()
    mask[20:40, 20:40] = 1
    edit = Edit(operation="remove", target="dog")
    left = torch.zeros(64, 64)
    left[18:42, 18:42] = 1
    done = repaint_each(brush, images, mask, edit, seen=[Seen(), Seen(left)])  # type: ignore[arg-type]
    assert done.opacity[0].any() and not done.opacity[1].any()
    assert images[1].equal(done.images[1])
    assert done.notes == (f"Picture 2: {LEFT}",)
    assert repaint(brush, images[:1], mask, edit, seen=Seen(left)).notes == (LEFT,)  # type: ignore[arg-type]
    with pytest.raises(ImageError, match=r"What is seen is of 3 pictures, and 2 came"):
        repaint_each(brush, images, mask, edit, seen=[Seen()] * 3)  # type: ignore[arg-type]


@pytest.mark.parametrize("edit", [
    Edit(operation="add", target="table", result="cup"),
    Edit(operation="replace", target="sky", result="red sky"),
    Edit(operation="replace", target="sky", result="red sky", exclude=("dog",)),
])  # fmt: skip
def test_what_is_left_out_elsewhere_makes_no_difference(edit: Edit) -> None:
    mask, left = torch.zeros(256, 256), torch.zeros(256, 256)
    mask[120:132, 120:132] = left[:10, :10] = 1
    image, brush = torch.full((1, 256, 256, 3), 0.5), Brush()
    alone, beside = (repaint(brush, image, mask, edit, seen=seen).opacity  # type: ignore[arg-type]
                     for seen in (Seen(), Seen(left)))  # fmt: skip
    assert alone.equal(beside)
    plain = edit.model_copy(update={"exclude": ()})
    assert alone.equal(repaint(brush, image, mask, plain).opacity)  # type: ignore[arg-type]


def test_what_is_seen_is_of_the_picture_that_is_painted() -> None:
    """Enlarged or made smaller since, but not cropped, whether or not something is left out."""
    mask, boxes = two_dogs()
    high, wide = mask.shape
    image, edit = torch.full((1, high, wide, 3), 0.5), Edit(
        operation="replace", target="dogs", result="two cats")  # fmt: skip
    for seen in (Seen(boxes=boxes / 2, size=(high // 2, wide // 2)),
                 Seen(torch.zeros(high * 2, wide * 2), boxes * 2)):  # fmt: skip
        brush: Any = Brush()
        brush.native = 256
        repaint_each(brush, image, mask, edit, seen=[seen])
        assert [each["words"][0] for each in brush.given] == ["cat", "two cats"]
    for cropped in (Seen(boxes=boxes, size=(high, high)), Seen(torch.zeros(high, high), boxes)):
        with pytest.raises(ImageError, match=r"Make what is seen from this very picture: what is"):
            repaint_each(brush, image, mask, edit, seen=[cropped])
    for shape in ((1, high, wide), (high, wide, 1)):
        with pytest.raises(ImageError, match=r"What is left alone must have the shape \[H,W\]"):
            repaint_each(brush, image, mask, edit, seen=[Seen(torch.zeros(shape))])


@pytest.mark.parametrize(("target", "result", "told"), [
    ("red dress", "white t-shirt", True), ("long coat", "sweater", True), ("suit", "shirt", True),
    ("red dress", "white t-shirt and blue jeans", False), ("red dress", "blue gown", False),
    ("shirt", "t-shirt", False), ("jeans", "shorts", False), ("dog", "cat", False),
])  # fmt: skip
def test_what_is_below_a_shorter_garment_is_told(target: str, result: str, told: bool) -> None:
    image, mask = torch.full((1, 64, 64, 3), 0.5), torch.zeros(64, 64)
    mask[20:40, 20:40] = 1
    edit = Edit(operation="replace", target=target, result=result)
    for done in (repaint(SmallBrush(), image, mask, edit),  # type: ignore[arg-type]
                 repaint_each(SmallBrush(), image, mask, edit)):  # type: ignore[arg-type]  # fmt: skip
        assert any("is invented" in note for note in done.notes) == told
        if result == "white t-shirt" and told:
            assert done.notes == (
                'The mask is that of the whole "red dress": what is below the "white t-shirt" is'
                ' invented. Say it: "a white t-shirt and blue jeans".',
            )


def in_the_host(mask: Tensor, cell: int) -> Tensor:
    """A mask [1,h,w] at the size of the latents, as ComfyUI scales it."""
    size = [side // cell for side in mask.shape[1:]]
    return F.interpolate(mask[:, None], size, mode="bilinear")[0, 0]


@pytest.mark.parametrize("cell", [8, 16])
@pytest.mark.parametrize("soft", [True, False])
def test_the_host_paints_all_that_is_in_the_mask_from_the_first_step_on(
    soft: bool, cell: int
) -> None:
    """A blot, a stroke, and a thing that stays between two parts: of the mask no latent keeps
    anything of what was there, and what stays is not painted away."""
    mask = torch.zeros(1, 512, 512)
    mask[0, 37:90, 61:143] = mask[0, 203:206, 9:200] = 1
    mask[0, 112:180, 20:121] = mask[0, 112:180, 141:230] = 1
    noise = in_the_host(soft_mask(mask, cell) if soft else whole_cells(mask, cell), cell)
    touched = F.max_pool2d(mask, cell)[0] > 0
    assert (noise[touched] == 1).all()
    assert cell == 16 or noise[16, 16] < 0.5, "what is a cell wide, and stays, is seen"
    assert (noise[-1] == 0).all() and (set(noise.unique().tolist()) == {0, 1}) != soft


@pytest.mark.parametrize("side", [72, 90, 110])
def test_a_soft_edge_does_not_count_for_the_shift_of_colours(side: int) -> None:
    """Behind something small all is new, and beside that, in the soft edge, it is so half."""
    mask = torch.ones(1, 1024, 1024)
    mask[0, 400 : 400 + side, 300 : 300 + side] = 0
    soft, shift = soft_mask(mask, 8), torch.tensor([0.02, -0.03, 0.01])
    original = torch.full((1, 1024, 1024, 3), 0.4)
    painted = torch.where(soft[..., None] > 0, original + 0.1, original + shift)
    matched = match_colour(painted, original, whole_cells((soft > 0).float(), 8))
    kept = soft == 0
    assert torch.allclose(matched[kept], original[kept], atol=1e-5)


class WideBrush(SmallBrush):
    """Paints far around the mask, and shifts all colours a little."""

    native = 256

    def reached(self, mask: Tensor) -> Tensor:
        return F.max_pool2d(mask, 49, 1, 24)

    def paint(self, image: Tensor, mask: Tensor, *_: Any, **__: Any) -> Tensor:
        return torch.where(self.reached(mask)[..., None] > 0, image + 0.1, image + 0.04)


def test_a_painter_tells_how_far_it_paints() -> None:
    image, mask = torch.full((1, 256, 256, 3), 0.5), torch.ones(256, 256)
    mask[60:220, 100:160] = 0
    edit = Edit(operation="background", target=BACKGROUND, result="beach")
    done = repaint(WideBrush(), image, mask, edit)  # type: ignore[arg-type]
    assert done.image[0, 5, 5].allclose(torch.tensor(0.56)), "the shift of 0.04 is taken back"


@pytest.mark.parametrize("top", range(96, 104))
@pytest.mark.parametrize("high", [1, 3, 8])
def test_a_stroke_is_seen_wherever_it_lies(top: int, high: int) -> None:
    """The pipelines look at one pixel of each cell, at its upper left; ComfyUI at its middle."""
    mask = torch.zeros(1, 256, 256)
    mask[0, top : top + high, 40:200] = 1
    shown = with_thin_parts(mask, 8)
    assert shown[:, ::8, ::8].any() and (shown >= mask).all()
    shown = with_thin_parts(mask, 8, middle=True)
    assert in_the_host(shown, 8).round().any() and (shown >= mask).all()
    thick = torch.zeros(1, 256, 256)
    thick[0, top : top + 60, 37:203] = 1
    assert with_thin_parts(thick, 8).equal(thick)
    assert with_thin_parts(thick, 8, middle=True).equal(thick)


def test_of_the_whole_picture_another_look_leaves_what_it_shows() -> None:
    image, mask = torch.full((1, 64, 64, 3), 0.5), torch.ones(64, 64)
    edit = Edit(operation="restyle", target=PICTURE, result="watercolor painting")
    strengths = []
    for brush, sampling in ((SmallBrush(), Sampling()), (SmallBrush(), Sampling(strength=0.9)),
                            (SmallBrush([Control(None, image)]), Sampling())):  # type: ignore[arg-type]  # fmt: skip
        done = repaint_each(brush, image, mask, edit, sampling=sampling)  # type: ignore[arg-type]
        strengths.append(brush.given[0]["strength"])
        assert any("strength" in note for note in done.notes) == (strengths[-1] == 0.6)
    assert strengths == [0.6, 0.9, 1.0]
    told: Any = SmallBrush()
    told.wording = "instruction"
    repaint(told, image, mask, edit)
    assert told.given[0]["strength"] == 1


class Blind:
    def detect(self, images: Tensor, *_: Any) -> list[Detections]:
        return [Detections.none((int(images.shape[1]), int(images.shape[2])))]


def test_what_is_painted_where_nothing_shows_is_told() -> None:
    image, mask = torch.full((1, 64, 64, 4), 0.5), torch.ones(64, 64)
    image[..., 3] = 0
    image[0, 20:40, 20:40, 3], mask[20:40, 20:40] = 1, 0
    edit = Edit(operation="background", target=BACKGROUND, result="beach", exclude=("dog",))
    for done in (repaint(SmallBrush(), image, mask, edit),  # type: ignore[arg-type]
                 repaint_each(SmallBrush(), image, mask, edit)):  # type: ignore[arg-type]  # fmt: skip
        assert any(note.startswith("100% of what is painted does not show") for note in done.notes)
    after = repaint(SmallBrush(), image, mask, edit).image  # type: ignore[arg-type]
    checked = check_edit(Blind(), image, after, edit, mask, mask)
    assert not checked.ok and not checked.findings[0].passed
    image[..., 3] = 1
    assert not repaint(SmallBrush(), image, mask, edit).notes  # type: ignore[arg-type]


def test_a_picture_that_is_tried_again_follows_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    doubtful = Checked((Finding("result", False, 0.0, "wrong", 0.0),))
    monkeypatch.setattr(retry, "check_edit", lambda *_, **__: doubtful)
    images, lines = (torch.tensor(values).view(3, 1, 1, 1).expand(3, 64, 64, 3).clone()
                     for values in ((0.2, 0.4, 0.6), (0.1, 0.5, 0.9)))  # fmt: skip
    brush: Any = SmallBrush([Control(None, lines)])  # type: ignore[arg-type]
    mask = torch.zeros(1, 64, 64)
    mask[:, 20:40, 20:40] = 1
    edit = Edit(operation="replace", target="cup", result="ball")

    def paint(pictures: Tensor, masks: Tensor, how: Sampling, followed: Sequence[Control],
              number: int = 0) -> Repainted:  # fmt: skip
        return repaint_each(brush, pictures, masks, edit, sampling=how, controls=followed,
                            number=number)  # fmt: skip

    first = paint(images, mask, Sampling(), ())
    retry.repaint_doubtful(brush, Blind, paint, first, images, mask, edit, Sampling(), 1)
    pairs = [tuple(round(float(part[0, 0, 0, 0]), 2)
                   for part in (each["image"], each["controls"][0].image))
             for each in brush.given]  # fmt: skip
    assert pairs == [(0.2, 0.1), (0.4, 0.5), (0.6, 0.9)] * 2
