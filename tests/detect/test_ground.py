"""What an edit is about, found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor
from torchvision.ops import box_iou
from worlds import BALLS_SCENE

from detect.boxes import Boxes
from prompt_edit.detect.asked import Query
from prompt_edit.detect.ground import ground
from prompt_edit.detect.grounding_dino import GroundingDino
from prompt_edit.errors import NotFound
from prompt_edit.paperdoll.draw import draw
from prompt_edit.paperdoll.scene import random_scene
from prompt_edit.paperdoll.tensors import as_image
from prompt_edit.plan import BACKGROUND, PICTURE, Edit, Relation, RelationKind, Which


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


# --- what is left out, and where there is no room ------------------------------------------------


BLANK = torch.zeros(1, 200, 300, 3)
PEOPLE = [(10.0, 20.0, 60.0, 190.0), (90.0, 30.0, 140.0, 190.0), (200.0, 20.0, 250.0, 190.0)]


def test_what_is_left_out_is_none_of_those_that_are_meant() -> None:
    woman = (91.0, 31.0, 139.0, 189.0)
    detector = Boxes({"people": PEOPLE, "person": PEOPLE, "woman": [woman], "hat": [(0, 0, 9, 9)]})
    everyone: dict[str, Any] = {"target": "people", "exclude": ("woman",)}
    removed = ground(detector, BLANK, Edit(operation="remove", **everyone))
    assert removed.boxes[:, 0].tolist() == [10, 200] and removed.count == 2
    hats = ground(detector, BLANK, Edit(operation="add", result="hat", **everyone))
    assert hats.count == 2 and not ((hats.boxes[:, 0] > 85) & (hats.boxes[:, 2] < 145)).any()
    detector.boxes["woman"] = PEOPLE
    with pytest.raises(NotFound, match="is to be left out"):
        ground(detector, BLANK, Edit(operation="add", result="hat", **everyone))
    worn = Boxes({"person": PEOPLE[:1], "dress": [(12, 60, 58, 150)]})
    kept = ground(worn, BLANK, Edit(operation="recolor", target="person", result="blue person",
                                    exclude=("dress",)))  # fmt: skip
    assert kept.count == 1, "a part of it is left out, not it"


@pytest.mark.parametrize(("target", "which", "count"), [
    ("cup", {}, 1), ("cups", {}, 2), ("cup", {"by": "left", "rank": 2}, 1),
    ("cups", {"by": "score", "count": 2}, 2),
])  # fmt: skip
def test_of_those_near_a_thing_the_nearest_where_one_is_meant(
    target: str, which: dict[str, Any], count: int
) -> None:
    cups = [(68.0, 98.0, 84.0, 122.0), (85.0, 100.0, 105.0, 120.0)]
    detector = Boxes({"cup": cups, "cups": cups, "plate": [(110, 100, 160, 125)]})
    edit = Edit(operation="remove", target=target, which=Which(**which),
                relation=Relation(kind="near", anchor="plate"))  # fmt: skip
    assert ground(detector, BLANK, edit).count == count


@pytest.mark.parametrize(("target", "which", "lefts"), [
    ("man", {}, [90, 10]), ("men", {}, [90, 10]), ("man, boy", {}, [90, 10]),
    ("man", {"by": "left"}, [10]), ("man", {"by": "right", "rank": 2}, [10]),
])  # fmt: skip
def test_of_those_at_a_side_all_where_no_order_says_which(
    target: str, which: dict[str, Any], lefts: list[float]
) -> None:
    people = [PEOPLE[1], PEOPLE[0]]
    detector = Boxes({"man": people, "men": people, "dog": [(210, 120, 260, 180)]})
    edit = Edit(operation="remove", target=target, which=Which(**which),
                relation=Relation(kind="left of", anchor="dog"))  # fmt: skip
    assert ground(detector, BLANK, edit).boxes[:, 0].tolist() == lefts


def test_what_is_near_as_well_is_told_and_all_can_be_had() -> None:
    cups = [(68.0, 98.0, 84.0, 122.0), (85.0, 100.0, 105.0, 120.0)]
    detector = Boxes({"cup": cups, "plate": [(110, 100, 160, 125)]})
    edit = Edit(operation="remove", target="cup", relation=Relation(kind="near", anchor="plate"))
    nearest = ground(detector, BLANK, edit)
    assert nearest.boxes[:, 0].tolist() == [85] and nearest.edit == edit
    assert nearest.notes == (
        '1 more "cup" is near "plate", and left alone: one is meant. To take all, say "cups".',
    )
    every = ground(detector, BLANK, replace(Query.of(edit), every=True))
    assert every.count == 2 and not every.notes


def test_the_nearest_is_no_box_around_several() -> None:
    around = (8.0, 49.0, 174.0, 92.0)
    balls = [(10.0, 50.0, 50.0, 90.0), (70.0, 50.0, 110.0, 90.0), (130.0, 50.0, 172.0, 90.0)]
    detector = Boxes({"ball": [around, *balls], "dog": [(210, 40, 270, 100)]})
    near = Relation(kind="near", anchor="dog")
    for which in (Which(), Which(by="right"), Which(by="score")):
        edit = Edit(operation="remove", target="ball", which=which, relation=near)
        assert ground(detector, BLANK, edit).boxes[:, 0].tolist() == [130]


NEXT_TO: dict[str, tuple[str, list[tuple[float, float, float, float]], list[int], int]] = {
    "a window and no casement": (
        "window", [(100, 20, 260, 190), (104, 24, 178, 186), (182, 24, 256, 186)], [0], 0),
    "whose casement reaches as far": (
        "window", [(100, 20, 260, 190), (100, 20, 180, 190), (180, 20, 260, 190)], [0], 0),
    "a couple": ("couple", [(150, 20, 260, 190), (152, 30, 200, 188), (210, 22, 260, 188)], [0], 0),
    "one of two men who touch": (
        "man", [(150, 20, 260, 190), (150, 20, 206, 190), (204, 22, 260, 190)], [2], 1),
    "one sheep or many": ("sheep", [(165, 20, 215, 80), (220, 20, 262, 60)], [0, 1], 0),
    "a walrus": ("walrus", [(165, 20, 215, 80), (220, 20, 262, 60)], [1], 1),
    "no cup's handle is one more": (
        "cup", [(225, 100, 265, 160), (215, 110, 240, 150), (150, 90, 210, 160)], [0], 1),
}  # fmt: skip


@pytest.mark.parametrize(("target", "things", "rows", "more"), NEXT_TO.values(), ids=NEXT_TO)
def test_of_what_is_near_a_whole_one(
    target: str, things: list[tuple[float, float, float, float]], rows: list[int], more: int
) -> None:
    edit = Edit(operation="remove", target=target, relation=Relation(kind="near", anchor="door"))
    got = ground(Boxes({target: things, "door": [(270, 20, 299, 195)]}), BLANK, edit)
    assert got.boxes.tolist() == [list(things[row]) for row in rows]
    assert [note.split()[0] for note in got.notes] == ([str(more)] if more else [])
    assert not any(f'say "{target}"' in note for note in got.notes), "no advice to say the same"


@pytest.mark.parametrize(("target", "kind", "things", "at", "rows"), [
    ("fence", "on", [(10, 100, 290, 160), (12, 102, 100, 158), (200, 102, 288, 158)],
     (0, 90, 300, 200), [0, 1, 2]),  # all of it
    ("table", "holding", [(10, 100, 290, 160), (12, 102, 100, 158), (200, 102, 288, 158)],
     (40, 105, 60, 130), [1]),  # no other one
    ("cabinet", "holding", [(10, 100, 290, 160), (10, 100, 150, 160), (150, 100, 290, 160)],
     (40, 105, 60, 130), [0]),
])  # fmt: skip
def test_of_what_is_on_another_or_has_it_a_whole_one(
    target: str, kind: RelationKind, things: list[tuple[float, float, float, float]],
    at: tuple[float, float, float, float], rows: list[int],
) -> None:  # fmt: skip
    edit = Edit(operation="remove", target=target, relation=Relation(kind=kind, anchor="it"))
    got = ground(Boxes({target: things, "it": [at]}), BLANK, edit)
    assert sorted(got.boxes.tolist()) == sorted(list(things[row]) for row in rows)


@pytest.mark.parametrize("by", ["largest", "score"])
def test_of_a_window_no_casement_is_taken(by: Any) -> None:
    window = [(100.0, 20.0, 180.0, 120.0), (100.0, 20.0, 140.0, 120.0), (140.0, 20.0, 180.0, 120.0)]
    edit = Edit(operation="remove", target="window", which=Which(by=by))
    assert ground(Boxes({"window": window}), BLANK, edit).boxes.tolist() == [list(window[0])]


def test_there_is_room_under_a_table_of_a_list() -> None:
    boxes = {"table": [(30.0, 90.0, 160.0, 200.0)], "sofa": [(200.0, 10.0, 290.0, 90.0)]}
    edit = Edit(operation="add", target="table and sofa", result="ball",
                relation=Relation(kind="below", anchor="table and sofa"))  # fmt: skip
    assert ground(Boxes(boxes), BLANK, edit).count == 2


@pytest.mark.parametrize(("by", "rank", "left"), [
    ("left", 2, 70), ("right", 2, 70), ("center", 1, 70), ("largest", 1, 130), ("score", 1, 10),
])  # fmt: skip
def test_a_box_around_all_of_them_is_not_counted(by: Any, rank: int, left: float) -> None:
    around = (8.0, 49.0, 174.0, 92.0)
    balls = [(10.0, 50.0, 50.0, 90.0), (70.0, 50.0, 110.0, 90.0), (130.0, 50.0, 172.0, 90.0)]
    detector = Boxes({"ball": [around, *balls]})
    edit = Edit(operation="remove", target="ball", which=Which(by=by, rank=rank))
    assert ground(detector, BLANK, edit).boxes[:, 0].tolist() == [left]
    four = edit.model_copy(update={"which": Which(by="left", rank=4)})
    with pytest.raises(NotFound, match="only 3 "):
        ground(detector, BLANK, four)


def test_there_is_room_under_a_table_that_reaches_to_the_edge() -> None:
    edit = Edit(operation="add", target="table", result="ball",
                relation=Relation(kind="below", anchor="table"))  # fmt: skip
    (box,) = ground(Boxes({"table": [(30.0, 90.0, 260.0, 200.0)]}), BLANK, edit).boxes.tolist()
    assert box[1] > 120 and box[3] <= 200


@pytest.mark.parametrize(("result", "guess"), [("hat", False), ("red hats", False),
                                               ("watch", True), ("tattoo", False)])  # fmt: skip
def test_where_a_person_wears_what_is_not_known_is_said_to_be_a_guess(
    result: str, guess: bool
) -> None:
    edit = Edit(operation="add", target="man", result=result,
                relation=Relation(kind="on", anchor="man"))  # fmt: skip
    notes = ground(Boxes({"man": PEOPLE[:1]}), BLANK, edit).notes
    assert any("is a guess" in note for note in notes) == guess


def test_fewer_than_were_asked_for_is_said() -> None:
    detector = Boxes({"cups": PEOPLE[:2]})
    edit = Edit(operation="remove", target="cups", which=Which(by="left", count=3))
    assert ground(detector, BLANK, edit).notes == ("3 were asked for, and 2 cups found.",)


@pytest.mark.parametrize(("box", "kind"), [
    ((0.0, 60.0, 90.0, 190.0), "left of"), ((210.0, 60.0, 300.0, 190.0), "right of"),
    ((30.0, 90.0, 260.0, 200.0), "below"), ((30.0, 0.0, 260.0, 90.0), "above"),
    ((4.0, 4.0, 296.0, 196.0), "near"),
])  # fmt: skip
def test_nothing_is_painted_over_what_it_is_to_stand_beside(
    box: tuple[float, float, float, float], kind: RelationKind
) -> None:
    relation = Relation(kind=kind, anchor="dog")
    edit = Edit(operation="add", target="dog", result="cat", relation=relation)
    with pytest.raises(NotFound, match="There is no room"):
        ground(Boxes({"dog": [box]}), BLANK, edit)
    with_room = ground(Boxes({"dog": [box, (120.0, 80.0, 180.0, 130.0)]}), BLANK, edit)
    assert with_room.count == 1 and "At 1 of 2 there is no room" in with_room.notes[0]


def test_what_lies_in_another_is_kept_and_cut_out_too() -> None:
    """A shirt under a jacket: their boxes are nearly one."""
    shirt, jacket = (20.0, 20.0, 60.0, 60.0), (18.0, 18.0, 62.0, 63.0)
    boxes = {"shirt": [shirt], "jacket": [jacket], "cloth": [shirt]}
    image = torch.zeros(1, 100, 100, 3)
    cut = Edit(operation="extract", target="shirt and jacket")
    assert len(ground(Boxes(boxes), image, cut).found) == 2
    sea = Edit(operation="background", target=BACKGROUND, result="sea", exclude=("shirt", "jacket"))
    assert len(ground(Boxes(boxes), image, sea).left_out) == 2
    twice = Edit(operation="extract", target="shirt and cloth")
    assert len(ground(Boxes(boxes), image, twice).found) == 1


# --- where something new stands ------------------------------------------------------------------


def with_blocks(*blocks: tuple[int, int, int, int]) -> Tensor:
    """A light picture with dark blocks in it, xyxy."""
    image = torch.full((1, 256, 256, 3), 0.8)
    for x0, y0, x1, y1 in blocks:
        image[:, y0:y1, x0:x1] = 0.1
    return image


def test_free_ground_is_where_nothing_stands() -> None:
    new = Edit(operation="add", target=PICTURE, result="ball")
    blocks: list[tuple[int, int, int, int]] = []
    for _ in range(3):
        box = ground(Boxes({}), with_blocks(*blocks), new).boxes[0]
        for other in blocks:
            assert not box_iou(box[None], torch.tensor([other]).float()).any()
        x0, y0, x1, y1 = box.int().tolist()
        blocks.append((x0 + 2, y0 + 2, x1 - 2, y1 - 2))


@pytest.mark.parametrize("kind", ["near", "left of", "right of"])
def test_what_comes_second_stands_beside_what_came_first(kind: RelationKind) -> None:
    dog = (110.0, 180, 150, 240)
    detector, block = Boxes({"dog": [dog]}), (110, 180, 150, 240)
    new = Edit(operation="add", target="dog", result="ball",
               relation=Relation(kind=kind, anchor="dog"))  # fmt: skip
    first = ground(detector, with_blocks(block), new).boxes
    taken = tuple(first[0].int().tolist())
    second = ground(detector, with_blocks(block, taken), new).boxes
    assert not box_iou(first, second).any()
    middle = float(second[0, 0] + second[0, 2]) / 2
    assert kind == "near" or (middle < 110) == (kind == "left of")
    assert float(second[0, 0]) >= 0 and float(second[0, 2]) <= 256
