"""Room for what reaches further than what it replaces."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from prompt_edit.check import check_edit
from prompt_edit.detect.detections import Detections
from prompt_edit.detect.ground import ground
from prompt_edit.detect.grounding_dino import GroundingDino
from prompt_edit.detect.room import Room, room_for
from prompt_edit.evaluate.drawn.changes import swap
from prompt_edit.paperdoll.draw import Picture, draw
from prompt_edit.paperdoll.scene import Item, random_scene
from prompt_edit.paperdoll.tensors import as_image
from prompt_edit.plan import Edit
from prompt_edit.segment.cover import cover
from prompt_edit.segment.sam import Sam

SIZE = (400, 300)
TROUSERS = Item("pants", "red", seed=3)
WEARER = (100.0, 50.0, 200.0, 350.0)  # 300 high, 100 wide


def room(
    target: str, result: str, box: Sequence[float], people: Sequence[Sequence[float]] = (WEARER,),
    size: tuple[int, int] = SIZE,
) -> tuple[Room, tuple[str, ...]]:  # fmt: skip
    found = Detections(torch.tensor([box]).float(), torch.ones(1), (target,), size)
    several = torch.tensor(people).float().reshape(-1, 4)
    standing = Detections(several, torch.ones(len(several)), ("person",) * len(several), size)
    return room_for(target, result, found, standing)


def at(share: float) -> Any:
    """A height on the wearer, in parts from the top of the head."""
    return pytest.approx(50 + 300 * share)


SHORTS, SHIRT, HAIR = (125, 215, 175, 251), (110, 104, 190, 218), (130, 50, 170, 92)


def test_trousers_reach_to_the_ankles_and_take_in_the_legs_alone() -> None:
    (legs,), notes = room("shorts", "blue jeans", SHORTS)
    assert (legs.thing, legs.takes, legs.wearer) == (0, "wearer", WEARER)
    x0, y0, x1, y1 = legs.box
    assert (x0, x1) == (115, 185) and 240 < y0 < 251 and y1 == at(0.93)
    assert len(notes) == 1 and 'has room for "blue jeans"' in notes[0]


def test_a_skirt_takes_in_what_is_between_the_legs_but_no_hands() -> None:
    (skirt,), _ = room("shirt", "dress", (100, 104, 200, 218))
    assert skirt.takes == "all" and skirt.box[::2] == pytest.approx((112, 188))
    assert skirt.box[3] == at(0.75) and 190 < skirt.box[1] < 218
    (between,), _ = room("pants", "long skirt", (125, 190, 175, 329))
    assert between.takes == "all" and between.box[0::2] == (125, 175) and between.box[3] == at(0.93)


def test_sleeves_take_in_the_arms_and_not_what_hangs_over_the_middle() -> None:
    pieces, _ = room("t-shirt", "wool sweater", SHIRT)
    assert [each.box[::2] for each in pieces] == [(100, 130), (170, 200)]
    assert all(each.box[1] == 104 and each.box[3] == at(0.52) for each in pieces)
    assert all(each.takes == "wearer" for each in pieces)
    *arms, skirt = sorted(room("tank top", "long coat", SHIRT)[0])
    assert [each.takes for each in (*arms, skirt)].count("all") == 1  # no arm is a whole box


def test_what_begins_further_up_takes_in_the_body() -> None:
    pieces, _ = room("pants", "red dress", (125, 190, 175, 329))
    body = next(each for each in pieces if each.takes == "wearer")
    assert body.box[1] == at(0.2) and body.box[3] == 190
    (belly,), _ = room("bikini", "white t-shirt", (125, 130, 175, 210))
    assert belly.takes == "wearer" and belly.box[1] == at(0.2) and belly.box[3] >= 210


def test_long_hair_falls_on_both_sides_of_the_face() -> None:
    (one, other), notes = room("short hair", "long hair", HAIR, ())  # of a portrait, too
    assert one.takes == other.takes == "all" and len(notes) == 1
    assert one.box[2] < 145 < 155 < other.box[0] and one.box[3] == 50 + 2.4 * 40


@pytest.mark.parametrize("target, result, box", [
    ("pants", "short skirt", (125, 190, 175, 330)),
    ("skirt", "pants", (125, 188, 175, 325)),  # a long one
    ("dress", "t-shirt", (115, 104, 185, 275)),
    ("jacket", "sweater", SHIRT),
    ("hair", "red hair", HAIR),
    ("hair", "curly hair", HAIR),
    ("long hair", "long red hair", HAIR),
    ("hat", "long hair", HAIR),
    ("hair", "dress", HAIR),
    ("cup", "dress", SHORTS),
    ("shorts", "cup", SHORTS),
    ("t-shirt", "polo shirt", SHIRT),
    ("dress", "blue dress", SHORTS),
    ("shirt", "t-shirt with a big red heart", SHIRT),
    ("roof top", "coat of snow", SHIRT),
])  # fmt: skip
def test_what_fits_needs_no_room_and_no_word(
    target: str, result: str, box: tuple[float, ...]
) -> None:
    assert room(target, result, box) == ((), ())


def test_of_a_suit_only_the_jacket_takes_the_place_of_a_shirt() -> None:
    pieces, _ = room("shirt", "gray suit", SHIRT)
    assert len(pieces) == 2 and all(each.box[3] == at(0.52) for each in pieces)
    pieces, _ = room("dress", "gray suit", (115, 104, 185, 275))
    assert max(each.box[3] for each in pieces) == at(0.93)


@pytest.mark.parametrize("people", [
    (), ((0, 0, 90, 300),),  # elsewhere
    ((20, 150, 290, 300),),  # lying
])  # fmt: skip
def test_where_nobody_wears_it_that_is_said(people: tuple[tuple[float, ...], ...]) -> None:
    pieces, notes = room("shorts", "pants", SHORTS, people)
    assert not pieces and len(notes) == 1
    assert notes[0].startswith('"pants" may end where "shorts" does: nobody was found to wear it.')
    assert room("pants", "shorts", SHORTS, people) == ((), ())


def test_who_wears_it_is_on_whom_it_ends_where_it_should() -> None:
    half, behind, child = (100, 50, 200, 260), (60, 20, 240, 390), (110, 160, 190, 300)
    for others in ((half,), (behind,), (child,), (half, behind, child)):
        (legs,), _ = room("shorts", "pants", SHORTS, (*others, WEARER))
        assert legs.wearer == WEARER, others


def test_of_who_is_cut_off_the_garment_tells_the_height() -> None:
    knees, tight = (400, 300), (352, 300)
    (legs,), _ = room("shorts", "pants", (125, 330, 175, 370), [(100, 100, 200, 400)], knees)
    assert legs.box[3] == 400
    assert room("shirt", "dress", (110, 250, 190, 399), [(100, 200, 200, 400)], knees)[0] == ()
    arms, _ = room("t-shirt", "sweater", (110, 250, 190, 399), [(100, 200, 200, 400)], knees)
    assert all(each.box[3] > 370 for each in arms)
    (skirt,), _ = room("shirt", "dress", SHIRT, (WEARER,), tight)  # with the feet at the edge
    assert skirt.box[3] == at(0.75)


@pytest.mark.parametrize("target, result, expected", [
    ("dog", "bigger dog", (80, 60, 220, 210)),
    ("cup", "slightly larger cup", (90, 80, 210, 205)),
    ("dog", "huge horse", (80, 60, 220, 210)),
    ("big dog", "bigger dog", (80, 60, 220, 210)),
    ("tree", "taller tree", (95, 50, 205, 200)),
    ("nose", "much wider nose", (50, 100, 250, 200)),
    ("beard", "longer beard", (100, 100, 200, 250)),
    ("shirt", "oversized hoodie", (85, 100, 215, 210)),
    ("hair", "thicker hair", (85, 100, 215, 210)),
])  # fmt: skip
def test_what_becomes_bigger_has_room_for_it(
    target: str, result: str, expected: tuple[int, ...]
) -> None:
    pieces, notes = room(target, result, (100, 100, 200, 200), ())
    assert pieces[0].box == pytest.approx(expected) and pieces[0].takes == "thing"
    assert f'for "{result}"' in notes[0]


def test_what_lies_is_longer_at_both_ends() -> None:
    (piece,), _ = room("table", "longer table", (100, 100, 250, 150), ())
    assert piece.box == (62.5, 100, 287.5, 150)


@pytest.mark.parametrize("target, result", [
    ("dog", "smaller dog"), ("big dog", "big cat"), ("dog", "cat"), ("cup", "tall"),
    ("wall", "high-gloss wall"), ("long table", "long bench"), ("dog", ""),
    ("man", "man with a bigger hat"), ("shirt", "big floral shirt"),
    ("dress", "large floral print"), ("dog", "dog, higher resolution"),
    ("shoes", "high heels"), ("sweater", "fluffy sweater"),
])  # fmt: skip
def test_what_does_not_grow_has_none(target: str, result: str) -> None:
    assert room(target, result, (100, 100, 200, 200), ()) == ((), ())


def test_scenery_does_not_grow() -> None:
    assert room("sky", "bigger sky", (0, 0, 300, 250), ()) == ((), ())


# --- in pictures ---------------------------------------------------------------------------------


@cache
def in_others(
    kind: str = "shorts", new: Item = TROUSERS, count: int = 7
) -> list[tuple[Picture, Picture, Item]]:
    """Scenes in which one shorts of a colour are worn, as they are and with trousers there."""
    pairs: list[tuple[Picture, Picture, Item]] = []
    for before in map(draw, map(random_scene, itertools.count(901_000))):
        worn = [each for each in before.instances if each.item.kind == kind and each.clear]
        colours = [each.item.colour for each in worn]
        alone = [each for each in worn if colours.count(each.item.colour) == 1]
        pairs += [(before, draw(swap(before.scene, each, new)), each.item) for each in alone[:1]]
        if len(pairs) == count:
            break
    return pairs


@pytest.mark.slow
def test_a_mask_has_room_for_trousers(detector: GroundingDino, segmenter: Sam) -> None:
    """For three quarters of what changes, their shadow included; shorts have a third of it."""
    shares, alone = [], []
    for before, after, shorts in in_others():
        image = as_image(before)
        edit = Edit(operation="replace", target=f"{shorts.colour} shorts", result="red pants")
        found = ground(detector, image, edit)
        differs = (before.image != after.image).any(axis=-1)
        mask = cover(segmenter, image, found).mask.numpy() > 0.5
        small = cover(segmenter, image, replace(found, room=())).mask.numpy() > 0.5
        shares.append(float(mask[differs].mean()))
        alone.append(float(small[differs].mean()))
        new = next(each for each in after.instances if each.item == TROUSERS)
        x0, y0, x1, y1 = after.box(new)
        mask[y0 - 3 : y1 + 6, x0 - 6 : x1 + 6] = False
        assert (mask & ~small).sum() < 40  # and nothing else but the rim of a bag in front
    assert np.median(shares) > 0.72 > 0.4 > np.median(alone), (shares, alone)


def test_a_mask_that_is_recalled_stays_as_it_was(detector: GroundingDino, segmenter: Sam) -> None:
    before, _, shorts = in_others()[0]
    image = as_image(before)
    edit = Edit(operation="replace", target=f"{shorts.colour} shorts", result="pants")
    found = ground(detector, image, edit)
    first = cover(segmenter, image, replace(found, room=())).mask
    wide = cover(segmenter, image, found).mask
    assert torch.equal(cover(segmenter, image, replace(found, room=())).mask, first)
    assert torch.equal(cover(segmenter, image, found).mask, wide) and wide.sum() > first.sum()


def test_what_is_left_out_stays_out_of_the_room(detector: GroundingDino, segmenter: Sam) -> None:
    before, _, shorts = in_others()[0]
    image = as_image(before)
    edit = Edit(operation="replace", target=f"{shorts.colour} shorts", result="pants",
                exclude=("person",))  # fmt: skip
    found = ground(detector, image, edit)
    everyone = segmenter.segment(image[0], found.left_out.boxes).amax(dim=0)
    assert not bool((cover(segmenter, image, found).mask * everyone).any())


def whole(image: Tensor, boxes: Tensor) -> Tensor:
    """Boxes as masks."""
    ys, xs = torch.arange(image.shape[0])[:, None], torch.arange(image.shape[1])[None]
    return torch.stack([((xs >= x0) & (xs < x1) & (ys >= y0) & (ys < y1)).float()
                        for x0, y0, x1, y1 in boxes])  # fmt: skip


def test_each_thing_gets_its_own_room() -> None:
    known: dict[str, list[tuple[float, ...]]] = {
        "shorts": [SHORTS, (10, 10, 40, 30), (225, 215, 275, 251)],
        "person": [WEARER, (200, 50, 300, 350)],
    }

    class Boxes:
        segment = staticmethod(whole)

    class Finder:
        def detect(
            self, images: Tensor, phrases: Sequence[str], threshold: float | None = None
        ) -> list[Detections]:
            boxes = known[phrases[0]]
            labels = (phrases[0],) * len(boxes)
            return [Detections(torch.tensor(boxes).float(), torch.ones(len(boxes)), labels, SIZE)]

    image = torch.zeros(1, *SIZE, 3)
    found = ground(Finder(), image, Edit(operation="replace", target="shorts", result="pants"))
    masks = cover(Boxes(), image, found).instances
    assert [int(mask.nonzero()[:, 0].max()) for mask in masks] == [328, 29, 328]
    assert [each.thing for each in found.room] == [0, 2]
    recoloured = ground(Finder(), image, Edit(operation="recolor", target="shorts", result="red"))
    assert not recoloured.room and not recoloured.notes


@pytest.mark.slow
@pytest.mark.parametrize("kind, new, result", [
    ("shorts", TROUSERS, "red pants"),
    ("shirt", Item("dress", "red", style="long", seed=3), "red dress"),
])  # fmt: skip
def test_what_reaches_further_is_no_doubt(
    kind: str, new: Item, result: str, detector: GroundingDino, segmenter: Sam
) -> None:
    """Painted as it is drawn it lies where it should; with a mask beside it it does not."""
    said: list[str] = []
    elsewhere = 0
    for before, after, worn in in_others(kind, new):
        edit = Edit(operation="replace", target=f"{worn.colour} {kind}", result=result)
        image, true = as_image(before), as_image(after)
        mask = cover(segmenter, image, ground(detector, image, edit)).mask
        said += check_edit(detector, image, true, edit, mask).doubts
        wrong = check_edit(detector, image, true, edit, mask.roll(60, dims=1))
        elsewhere += not wrong.ok
    assert not said and elsewhere >= 5, (said, elsewhere)


def test_room_outside_of_the_picture_is_none() -> None:
    class Boxes:
        segment = staticmethod(whole)

    class Finder:
        def detect(
            self, images: Tensor, phrases: Sequence[str], threshold: float | None = None
        ) -> list[Detections]:
            box = {"t-shirt": (5.0, 104, 60, 218), "person": (0.0, 50, 100, 350)}[phrases[0]]
            return [Detections(torch.tensor([box]), torch.ones(1), (phrases[0],), SIZE)]

    image = torch.zeros(1, *SIZE, 3)
    edit = Edit(operation="replace", target="t-shirt", result="sweater")
    found = ground(Finder(), image, edit)
    beside = [each._replace(box=(320, 10, 340, 60)) for each in found.room]
    assert len(beside) == 2
    without = cover(Boxes(), image, replace(found, room=())).mask
    assert torch.equal(cover(Boxes(), image, replace(found, room=tuple(beside))).mask, without)
    above = [each._replace(box=(10, -60, 40, -5)) for each in found.room]
    assert torch.equal(cover(Boxes(), image, replace(found, room=tuple(above))).mask, without)


def test_a_thing_grows_in_its_own_shape() -> None:
    """A frame becomes a larger frame: what it is around stays out."""

    class Frames:
        @staticmethod
        def segment(image: Tensor, boxes: Tensor) -> Tensor:
            inner = boxes + torch.tensor([10, 10, -10, -10])
            return whole(image, boxes) - whole(image, inner)

    class Finder:
        def detect(
            self, images: Tensor, phrases: Sequence[str], threshold: float | None = None
        ) -> list[Detections]:
            boxes = torch.tensor([[100.0, 2, 200, 102]])
            return [Detections(boxes, torch.ones(1), ("mirror",), SIZE)]

    image = torch.zeros(1, *SIZE, 3)
    edit = Edit(operation="restyle", target="mirror", result="bigger mirror")
    found = ground(Finder(), image, edit)
    mask = cover(Frames(), image, found).mask
    assert found.room[0].box == (80, -38, 220, 112)
    assert bool(mask[60, 82]) and bool(mask[105, 150]) and not bool(mask[50, 150])
    assert int(mask.sum()) < 0.6 * 140 * 112
