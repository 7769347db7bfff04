"""Where a new thing goes: on the wearer, beside the anchor, on free ground; in the picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from prompt_edit.detect.anchor import noun_of
from prompt_edit.detect.detections import Detections
from prompt_edit.detect.place import has_room, is_guess, look_of, place, place_freely
from prompt_edit.plan import OrderBy, Relation, RelationKind
from prompt_edit.segment.cover import cover_boxes

SIZE = (200, 300)  # height, width
Box = tuple[float, float, float, float]
MAN: Box = (120, 40, 180, 190)
TABLE: Box = (100, 100, 160, 160)


def found(*boxes: Box, size: tuple[int, int] = SIZE) -> Detections:
    rows = torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4)
    return Detections(rows, torch.full((len(boxes),), 0.5), ("anchor",) * len(boxes), size)


def placed(result: str, anchor: Box, kind: RelationKind | None) -> Box:
    relation = Relation(kind=kind, anchor="anchor") if kind else None
    boxes = place(result, found(anchor), relation)
    assert boxes.shape == (1, 4)
    return tuple(boxes[0].tolist())


def middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def shared(a: Box, b: Box) -> float:
    return max(min(a[2], b[2]) - max(a[0], b[0]), 0) * max(min(a[3], b[3]) - max(a[1], b[1]), 0)


def inside(box: Sequence[float], size: tuple[int, int]) -> bool:
    return 0 <= box[0] < box[2] <= size[1] and 0 <= box[1] < box[3] <= size[0]


@pytest.mark.parametrize("result", ["hat", "red hat", "Red HAT", "woollen cap"])
@pytest.mark.parametrize("kind", ["on", None])
def test_a_hat_sits_on_the_head(result: str, kind: RelationKind | None) -> None:
    box = placed(result, MAN, kind)
    assert middle(box)[0] == pytest.approx(middle(MAN)[0])
    assert box[1] < MAN[1] < box[3] < MAN[1] + 0.25 * (MAN[3] - MAN[1])
    assert box[2] - box[0] < MAN[2] - MAN[0]


def test_what_is_worn_lies_from_the_head_down_in_the_order_it_is_worn() -> None:
    worn = ["hat", "glasses", "scarf", "shirt", "bag", "shoes"]
    heights = [middle(placed(noun, MAN, "on"))[1] for noun in worn]
    assert heights == sorted(heights)
    assert MAN[3] - 10 < placed("shoes", MAN, "on")[3] <= SIZE[0]


def test_a_bag_is_held_at_one_side_of_the_body() -> None:
    bag = placed("blue bag", MAN, "holding")
    assert bag[2] > MAN[2] and shared(bag, MAN) > 0


def test_a_hat_beside_somebody_is_no_hat_on_a_head() -> None:
    box = placed("hat", MAN, "left of")
    assert box[2] <= MAN[0] + 1e-3


BESIDE = {
    "left of": lambda box: box[2] <= TABLE[0] + 1e-3 and box[3] == pytest.approx(TABLE[3]),
    "right of": lambda box: box[0] >= TABLE[2] - 1e-3 and box[3] == pytest.approx(TABLE[3]),
    "above": lambda box: box[3] <= TABLE[1] + 1e-3 and middle(box)[0] == middle(TABLE)[0],
    "on": lambda box: box[3] == pytest.approx(TABLE[1]) and middle(box)[0] == middle(TABLE)[0],
    "in": lambda box: middle(box) == middle(TABLE) and box[0] > TABLE[0] and box[3] < TABLE[3],
    "holding": lambda box: shared(box, TABLE) > 0 and box[2] > TABLE[2],
    # No room for all of it below: it is cut at the lower edge, not moved up into the table.
    "below": lambda box: box[1] >= TABLE[3] - 1e-3 and box[3] == SIZE[0],
    # The table stands left of the middle: there is more room at its right.
    "near": lambda box: box[0] >= TABLE[2] - 1e-3,
}


@pytest.mark.parametrize("kind", get_args(RelationKind))
def test_a_vase_and_a_table(kind: RelationKind) -> None:
    assert BESIDE[kind](placed("vase", TABLE, kind)), placed("vase", TABLE, kind)


@pytest.mark.parametrize("anchor", ["table", "wooden desk", "chairs", "bed", "big tree"])
@pytest.mark.parametrize("box", [TABLE, (100, 100, 160, 200), (0, 0, 300, 200)])
@pytest.mark.parametrize("new", ["ball", "dog", "rug"])
def test_under_what_stands_on_the_ground_is_room_within_its_box(
    new: str, anchor: str, box: Box
) -> None:
    under = put(new, "below", anchor, box)
    assert shared(under, box) == pytest.approx(area(under), rel=1e-4) and area(under) > 9
    assert middle(under)[0] == middle(box)[0] and middle(under)[1] > middle(box)[1]
    relation = Relation(kind="below", anchor=anchor)
    assert has_room(torch.tensor(under), torch.tensor(box).float(), relation, noun_of(anchor))
    assert put(new, "below", "shelf", TABLE)[1] >= TABLE[3] - 1e-3


def test_near_goes_to_the_left_of_what_stands_at_the_right() -> None:
    right: Box = (230, 100, 290, 160)
    assert placed("vase", right, "near")[2] <= right[0] + 1e-3


def test_one_box_for_each_anchor_and_none_for_none() -> None:
    assert place("hat", found(MAN, TABLE, MAN), None).shape == (3, 4)
    assert place("hat", found(), None).shape == (0, 4)


sizes = st.tuples(st.integers(1, 300), st.integers(1, 300))


@st.composite
def anchors(draw: st.DrawFn) -> Detections:
    """Boxes of at least a pixel, anywhere in a picture of any size, at any fraction of a pixel."""
    height, width = draw(sizes)
    boxes = []
    for _ in range(draw(st.integers(0, 4))):
        x, y = draw(st.floats(0, width - 1)), draw(st.floats(0, height - 1))
        w, h = draw(st.floats(1, width)), draw(st.floats(1, height))
        boxes.append((x, y, min(x + w, width), min(y + h, height)))
    return found(*boxes, size=(height, width))


@given(
    anchors(),
    st.sampled_from(["hat", "vase", "shoes", "bag", ""]),
    st.sampled_from([None, *get_args(RelationKind)]),
)
def test_every_place_is_inside_the_picture(
    around: Detections, noun: str, kind: RelationKind | None
) -> None:
    relation = Relation(kind=kind, anchor="anchor") if kind else None
    boxes = place(noun, around, relation)
    assert boxes.shape == (len(around), 4)
    for box in boxes.tolist():
        assert inside(box, around.size), box


@given(anchors(), st.sampled_from(get_args(OrderBy)))
def test_a_free_place_is_inside_the_picture(others: Detections, side: str) -> None:
    boxes = place_freely(others, side)
    assert boxes.shape == (1, 4)
    assert inside(boxes[0].tolist(), others.size)


def free(*others: Box, side: str = "all") -> Box:
    return tuple(place_freely(found(*others), side)[0].tolist())


def test_a_free_place_in_an_empty_picture_is_the_middle_of_the_ground() -> None:
    box = free()
    assert middle(box)[0] == pytest.approx(SIZE[1] / 2, abs=1)
    assert SIZE[0] * 0.85 < box[3] <= SIZE[0]


@pytest.mark.parametrize("new", ["", "logo", "moon"])
@pytest.mark.parametrize("corner", ["top left", "top right", "bottom left", "bottom right"])
def test_a_corner_is_one(corner: str, new: str) -> None:
    x, y = middle(tuple(place_freely(found(), corner, new)[0].tolist()))
    assert (y < 0.3 * SIZE[0]) == corner.startswith("top") != (y > 0.7 * SIZE[0])
    assert (x < 0.3 * SIZE[1]) == corner.endswith("left") != (x > 0.7 * SIZE[1])


def test_a_free_place_is_free() -> None:
    assert shared(free((100, 0, 200, 200)), (100, 0, 200, 200)) == 0
    assert middle(free((0, 0, 200, 200)))[0] > 200
    assert middle(free((100, 0, 300, 200)))[0] < 100


@pytest.mark.parametrize(
    ("side", "axis", "low", "high"),
    [
        ("left", 0, 0, 0.25),
        ("right", 0, 0.75, 1),
        ("top", 1, 0, 0.3),
        ("center", 0, 0.49, 0.51),
        ("center", 1, 0.49, 0.51),
    ],
)
def test_a_place_that_was_asked_for(side: str, axis: int, low: float, high: float) -> None:
    share = middle(free(side=side))[axis] / SIZE[1 - axis]
    assert low <= share <= high


def test_a_place_that_was_asked_for_is_taken_whatever_stands_there() -> None:
    everywhere: Box = (0, 0, 300, 200)
    for side in ("left", "right", "center"):
        assert free(everywhere, side=side) == free(side=side)


# --- the masks of such places --------------------------------------------------------------------


def test_a_covered_box_is_a_box_without_its_corners() -> None:
    mask = cover_boxes(torch.tensor([[10.0, 20.0, 50.0, 40.0]]), (60, 80))[0]
    assert mask.shape == (60, 80) and set(mask.unique().tolist()) == {0, 1}
    rows, columns = mask.nonzero().T
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (20, 39, 10, 49)
    assert [mask[y, x].item() for y in (20, 39) for x in (10, 49)] == [0] * 4
    assert 0.85 < mask.sum() / 800 < 1
    assert torch.equal(mask[20:40, 10:50], mask[20:40, 10:50].flip(0, 1))


def test_several_covered_boxes_keep_their_own_masks() -> None:
    masks = cover_boxes(torch.tensor([[0.0, 0, 20, 20], [10, 10, 40, 40]]), (50, 50))
    assert masks.shape == (2, 50, 50)
    assert masks[0, 5, 5] and not masks[1, 5, 5]
    assert masks[1, 30, 30] and not masks[0, 30, 30]


def test_no_boxes_cover_nothing_at_full_size() -> None:
    assert cover_boxes(torch.zeros(0, 4), (50, 70)).shape == (0, 50, 70)


def test_a_box_of_one_pixel_between_pixels_covers_something() -> None:
    assert cover_boxes(torch.tensor([[1.5, 0.2, 2.5, 1.2]]), (2, 3)).any()


@given(anchors(), st.sampled_from(get_args(RelationKind)))
def test_whatever_is_placed_covers_something(around: Detections, kind: RelationKind) -> None:
    boxes = place("vase", around, Relation(kind=kind, anchor="anchor"))
    for box in boxes:
        mask = cover_boxes(box[None], around.size)[0]
        assert mask.shape == around.size and mask.any(), box


@pytest.mark.parametrize(
    "result", ["red hats", "hat with a feather", "pair of glasses", "earrings"]
)
def test_the_head_of_a_phrase_says_where_it_is_worn(result: str) -> None:
    box = placed(result, MAN, "on")
    assert MAN[1] - 20 < middle(box)[1] < MAN[1] + 0.2 * (MAN[3] - MAN[1])
    assert box[2] - box[0] < MAN[2] - MAN[0]


@pytest.mark.parametrize(("result", "anchor"), [("logo", "shirt"), ("stickers", "laptop"),
                                                ("clock", "white walls")])  # fmt: skip
def test_what_lies_flat_on_a_thing_is_within_it(result: str, anchor: str) -> None:
    box = place(result, found(TABLE), Relation(kind="on", anchor=anchor))[0].tolist()
    assert middle(tuple(box)) == middle(TABLE)  # type: ignore[arg-type]
    assert TABLE[0] < box[0] and box[2] < TABLE[2] and TABLE[1] < box[1] and box[3] < TABLE[3]


# --- what it is put to ---------------------------------------------------------------------------

WIDE = (400, 600)


def put(new: str, kind: RelationKind, anchor: str, box: Box) -> Box:
    """The place of a new thing in a picture of 600 x 400."""
    boxes = place(new, found(box, size=WIDE), Relation(kind=kind, anchor=anchor))
    assert inside(boxes[0].tolist(), WIDE)
    return tuple(boxes[0].tolist())


def area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


@pytest.mark.parametrize(("new", "kind", "old", "box", "expected"), [
    ("red ball", "right of", "blue cup", (40, 176, 92, 236), (92.0, 194.107, 133.893, 236.0)),
    ("red cup", "left of", "brown cat", (203, 201, 244, 248), (170.077, 215.077, 203.0, 248.0)),
    ("orange dog", "left of", "gray ball", (219, 209, 244, 234), (200.25, 215.25, 219.0, 234.0)),
    ("white cat", "right of", "black dog", (46, 182, 114, 230), (114.0, 187.151, 156.849, 230.0)),
    ("blue ball", "left of", "green car", (120, 150, 240, 208), (57.43, 145.43, 120.0, 208.0)),
    ("brown dog", "right of", "red car", (6, 150, 126, 208), (126.0, 145.43, 188.57, 208.0)),
    ("hat", "on", "man", (100, 40, 150, 230), (109.5, 26.7, 140.5, 68.5)),
    ("bag", "on", "woman", (100, 40, 150, 230), (135.5, 140.7, 156.5, 190.1)),
    ("glasses", "on", "man", (100, 40, 150, 230), (116.0, 56.15, 134.0, 69.45)),
])  # fmt: skip
def test_where_the_sample_painter_learned_to_paint_new_things(
    new: str, kind: RelationKind, old: str, box: Box, expected: Box
) -> None:
    anchors = found(box, size=(256, 256))
    got = place(new, anchors, Relation(kind=kind, anchor=old))[0]
    assert got.tolist() == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize(("new", "anchor", "box"), [
    ("boat", "lake", (0, 200, 600, 400)), ("boat", "blue lake", (0, 200, 600, 280)),
    ("cat", "sofa", (150, 200, 450, 330)), ("cat", "unmade bed", (50, 150, 500, 380)),
    ("red car", "road", (0, 300, 600, 400)), ("sheep", "grass", (0, 250, 600, 400)),
    ("people", "beach", (0, 250, 600, 400)), ("rug", "floor", (0, 280, 600, 400)),
    ("ship", "sea", (0, 100, 600, 400)), ("player", "tennis court", (50, 200, 550, 390)),
])  # fmt: skip
def test_what_is_put_on_what_lies_stands_on_it(new: str, anchor: str, box: Box) -> None:
    got = put(new, "on", anchor, box)
    assert shared(got, box) == pytest.approx(area(got))
    assert box[1] + 0.5 * (box[3] - box[1]) < got[3] < box[1] + 0.9 * (box[3] - box[1])
    assert middle(got)[0] == pytest.approx(middle(box)[0])


def test_on_a_thin_strip_a_thing_is_no_speck() -> None:
    got = put("cat", "on", "floor", (0, 380, 600, 400))
    assert got[3] - got[1] == pytest.approx(40) and 380 < got[3] <= 400


def test_a_rug_lies_wide_on_the_floor() -> None:
    got = put("rug", "on", "floor", (0, 280, 600, 400))
    assert got[2] - got[0] == pytest.approx(360) and got[3] - got[1] == pytest.approx(72)


@pytest.mark.parametrize("anchor", ["table", "cake", "chair", "car", "roof"])
def test_what_is_put_on_what_has_a_top_stands_on_that(anchor: str) -> None:
    box: Box = (150, 200, 350, 330)
    assert put("cup", "on", anchor, box)[3] == pytest.approx(200)


@pytest.mark.parametrize("anchor", ["sky", "shelf", "glass", "aquarium", "bowl of soup", "face",
                                    "forehead", "lips", "cheek"])  # fmt: skip
def test_what_holds_a_thing_has_it_within(anchor: str) -> None:
    box: Box = (150, 200, 350, 330)
    got = put("star", "on", anchor, box)
    assert middle(got) == pytest.approx(middle(box)) and shared(got, box) == pytest.approx(
        area(got)
    )


@pytest.mark.parametrize(("new", "anchor"), [
    ("snow", "roof"), ("thick frost", "window"), ("green moss", "stone"), ("ivy", "house"),
    ("freckles", "face"), ("lipstick", "lips"), ("make-up", "face"), ("frosting", "cake"),
    ("dust", "table"), ("rust", "car"), ("mud", "man"), ("graffiti", "wall"), ("mist", "lake"),
])  # fmt: skip
def test_what_covers_a_thing_covers_all_of_it(new: str, anchor: str) -> None:
    box: Box = (150, 200, 250, 330)
    assert put(new, "on", anchor, box) == pytest.approx(box)


def test_what_is_in_a_thing_is_not_larger_than_it() -> None:
    box: Box = (100, 200, 500, 230)
    got = put("ball", "in", "box", box)
    assert (got[1], got[3]) == (200, 230) and got[2] - got[0] < 100


def test_beside_what_fills_the_picture_a_thing_is_small() -> None:
    box: Box = (100, 50, 500, 380)
    side = (400 * 330) ** 0.5
    for kind in ("on", "in", "right of"):
        got = put("butterfly", kind, "bush", box)
        assert got[3] - got[1] == pytest.approx(min(0.3 * side, 50 if kind == "on" else 999), 0.6)
        assert got[2] - got[0] <= 0.3 * side + 1e-3
    small = put("butterfly", "in", "bush", (100, 50, 300, 200))
    assert small[2] - small[0] == pytest.approx(0.75 * (200 * 150) ** 0.5)


@pytest.mark.parametrize(("new", "wide", "high"), [
    ("bird", 0.15, 0.15), ("black cat", 0.3, 0.3), ("dog", 0.45, 0.4), ("child", 0.35, 0.65),
    ("red ball", 0.18, 0.18), ("umbrella", 0.6, 0.6), ("bicycle", 0.9, 0.7), ("chair", 0.4, 0.5),
    ("car", 1.5, 0.9),
])  # fmt: skip
@pytest.mark.parametrize("kind", ["left of", "right of", "near"])
def test_beside_a_person_a_thing_is_as_large_as_it_is(
    new: str, wide: float, high: float, kind: RelationKind
) -> None:
    got = put(new, kind, "woman", (270, 200, 330, 360))
    assert got[2] - got[0] == pytest.approx(wide * 160)
    assert got[3] - got[1] == pytest.approx(high * 160) and got[3] == pytest.approx(360)


@pytest.mark.parametrize(("kind", "box"), [("left of", (80, 100, 170, 380)),
                                           ("right of", (440, 100, 530, 380))])  # fmt: skip
def test_what_is_large_does_not_cover_whom_it_stands_beside(kind: RelationKind, box: Box) -> None:
    got = put("tree", kind, "man", box)
    assert shared(got, box) == 0 and got[2] - got[0] > 60


# --- who wears or holds it -----------------------------------------------------------------------

FACE: Box = (250, 90, 350, 220)
HEADGEAR = {"hat": (225, 31.5, 375, 122.5), "glasses": (252.5, 125.1, 347.5, 164.1),
            "beard": (260, 174.5, 340, 226.5)}  # fmt: skip


@pytest.mark.parametrize("anchor", ["face", "man's face", "head"])
@pytest.mark.parametrize("new", HEADGEAR)
def test_on_a_face_a_thing_has_its_place_in_the_face(new: str, anchor: str) -> None:
    assert put(new, "on", anchor, FACE) == pytest.approx(HEADGEAR[new], abs=0.1)


def test_what_is_worn_at_a_face_lies_from_the_top_down() -> None:
    worn = ["crown", "sunglasses", "moustache", "goatee", "necklace", "tie"]
    heights = [middle(put(noun, "on", "face", FACE))[1] for noun in worn]
    assert heights == sorted(heights) and heights[-1] > FACE[3]


def test_a_bird_stands_on_a_head_and_a_logo_is_on_a_face() -> None:
    assert put("bird", "on", "head", FACE)[3] == pytest.approx(FACE[1])
    assert middle(put("sticker", "on", "face", FACE)) == middle(FACE)


@pytest.mark.parametrize(("new", "anchor"), [("ring", "finger"), ("watch", "wrist"),
                                             ("necklace", "neck"), ("bracelet", "arm"),
                                             ("glove", "hand"), ("shoes", "feet")])  # fmt: skip
def test_on_a_part_of_the_body_it_is_around_that(new: str, anchor: str) -> None:
    box: Box = (200, 200, 260, 230)
    got = put(new, "on", anchor, box)
    assert middle(got) == pytest.approx(middle(box)) and shared(got, box) == area(box)
    assert area(got) < 1.5 * area(box)


@pytest.mark.parametrize("anchor", ["table", "chair", "floor", "shelf", "wall", "box", "cake"])
def test_a_hat_on_a_thing_is_on_no_head(anchor: str) -> None:
    box: Box = (150, 200, 350, 330)
    assert put("hat", "on", anchor, box) == put("vase", "on", anchor, box)


@pytest.mark.parametrize(("new", "like"), [
    ("suit", "coat"), ("black tuxedo", "coat"), ("uniform", "coat"), ("costume", "coat"),
    ("blazer", "shirt"), ("leggings", "pants"), ("kilt", "skirt"), ("gown", "dress"),
    ("sneakers", "shoes"), ("watch", "glove"), ("ring", "glove"), ("bracelet", "glove"),
])  # fmt: skip
def test_garments_are_where_those_of_their_kind_are(new: str, like: str) -> None:
    man: Box = (200, 60, 290, 360)
    assert put(new, "on", "man", man) == put(like, "on", "man", man)


@pytest.mark.parametrize("new", ["wings", "parrot", "umbrella", "lightsaber"])
def test_what_is_unknown_on_a_person_is_never_above_the_head(new: str) -> None:
    man: Box = (200, 60, 290, 360)
    for who in ("man", "angel", "soldiers"):
        got = put(new, "on", who, man)
        assert man[1] < got[1] and got[3] <= man[3] and shared(got, man) > 0
        assert is_guess(new, found(man, size=WIDE), Relation(kind="on", anchor=who))


@pytest.mark.parametrize(("new", "side"), [("umbrella", 180), ("sword", 180), ("lightsaber", 60)])
def test_what_a_person_holds_is_as_large_as_it_is(new: str, side: float) -> None:
    got = put(new, "holding", "man", (200, 60, 290, 360))
    assert got[2] - got[0] == pytest.approx(side) and got[3] - got[1] == pytest.approx(side)
    assert got[0] < 290 < got[2]


@pytest.mark.parametrize("kind", ["in", "on", "holding"])
def test_what_a_hand_holds_is_not_as_small_as_the_hand(kind: RelationKind) -> None:
    hand: Box = (280, 200, 310, 230)
    umbrella = put("umbrella", kind, "hand", hand)
    assert umbrella[2] - umbrella[0] == pytest.approx(180) and umbrella[3] == pytest.approx(230)
    basket = put("basket", kind, "left hand", hand)
    assert basket[1] == pytest.approx(200) and basket[3] - basket[1] == pytest.approx(75)


def test_of_a_list_each_is_what_it_was_found_as() -> None:
    boxes = torch.tensor([[200.0, 60, 290, 360], [320, 200, 560, 390]])
    seen = Detections(boxes, torch.ones(2), ("man", "table"), WIDE)
    both = place("hat", seen, Relation(kind="on", anchor="man and table"))
    assert both[0].tolist() == pytest.approx(put("hat", "on", "man", (200, 60, 290, 360)))
    assert both[1].tolist() == pytest.approx(put("hat", "on", "table", (320, 200, 560, 390)))


@given(
    anchors(),
    st.sampled_from(["hat", "tie", "watch", "collar", "saddle", "snow", "rug", "umbrella", "tree"]),
    st.sampled_from(["man", "dog", "face", "hand", "wrist", "lake", "sky", "cake"]),
    st.sampled_from(get_args(RelationKind)),
    st.data(),
)
def test_wherever_it_is_put_it_is_inside_the_picture(
    around: Detections, new: str, anchor: str, kind: RelationKind, data: st.DataObject
) -> None:
    height, width = around.size
    heads = torch.zeros(len(around), 4)
    for row in range(len(around)):
        x, y = data.draw(st.floats(0, width - 1)), data.draw(st.floats(0, height - 1))
        heads[row] = torch.tensor([x, y, data.draw(st.floats(x, width)), y + 1])
    for box in place(new, around, Relation(kind=kind, anchor=anchor), heads).tolist():
        assert inside(box, around.size), box


# --- on no thing ---------------------------------------------------------------------------------


@pytest.mark.parametrize("new", ["sun", "full moon", "white clouds", "bird", "hot air balloon",
                                 "plane", "kite", "rainbow", "dragon flying"])  # fmt: skip
def test_things_of_the_sky_are_at_the_top_and_smaller(new: str) -> None:
    box = tuple(place_freely(found(), "all", new)[0].tolist())
    assert box[3] <= 0.3 * SIZE[0] and box[2] - box[0] == pytest.approx(0.2 * SIZE[0])
    low = place_freely(found(), "bottom", new)[0]
    assert low[3] > 0.85 * SIZE[0]
    left = place_freely(found(), "left", new)[0]
    assert left[3] <= 0.3 * SIZE[0] and left[2] < 0.3 * SIZE[1]


@pytest.mark.parametrize("new", ["", "dog", "red car", "dragon", "tree"])
@pytest.mark.parametrize("side", ["all", "left", "center", "top", "bottom"])
def test_things_of_the_ground_are_where_they_were(new: str, side: str) -> None:
    person = found((100, 50, 200, 190))
    assert torch.equal(place_freely(person, side, new), place_freely(person, side))
    assert place_freely(person, "all", new)[0, 3] > 0.85 * SIZE[0]


@pytest.mark.parametrize(("new", "look"), [("rain", "rainy"), ("heavy snow", "snowy"),
                                           ("thick fog", "foggy"), ("dog", "")])  # fmt: skip
def test_how_a_picture_looks_in_a_weather(new: str, look: str) -> None:
    assert look_of(new) == look
