"""Two Korean nouns with nothing between: one thing of a kind, one of another's, or two things.

곰 인형 -> a bear doll;  강아지 옷 -> the dog's clothes;  컵 접시 -> the cup and the plate
"""

from __future__ import annotations

from ...nouns import singular
from . import korean_words as ko
from . import lexicon as lex
from .tables import word_map, word_set

_DISGUISES = word_set("""
    santa, witch, chef, pirate, cowboy, angel, devil, fairy, princess, prince, king, queen,
    superman, batman, spider-man, iron man, superhero, mage, vampire, ghost, zombie, mermaid,
    ninja, knight, viking, clown, astronaut
""")
"""Whom people dress up as: of 산타 모자 nobody thinks that it is his."""
_PUT_ON_TOO = word_set("beard, mustache, wings, wand, horns, tail, nose, sword, cane")
_SHAPES = word_set("heart, star, toy")
_JEWELS = word_set("hairpin, ribbon, earrings, necklace, ring, brooch, headband, tattoo, bracelet")
_FLOWERS = word_set("""
    flower, rose, tulip, sunflower, lily, daisy, carnation, lavender, cherry blossoms, hydrangea,
    peony, laurel, dandelion
""")
_OF_FLOWERS = word_set("""
    bouquet, wreath, garland, crown, petals, pattern, garden, hat, headband, potted plant
""")
_DOLLS = word_set(
    "doll, toy, sticker, statue, painting, poster, figurine, ornament, keyring, costume"
)
"""What shows an animal or a thing: 곰 인형."""
_FOODS = lex.FLUIDS | word_set("""
    cake, fried rice, rice soup, soup, noodles, ramen, pie, tart, ice cream, cookies, cookie,
    hamburger, sandwich, yogurt, porridge, stew, kimbap, dumplings, pudding, bread, toast
""")
_VESSELS = word_set("""
    bottle, can, cup, glass, mug, bowl, pot, box, basket, jar, plate, dish, bag, bucket, carton
""")
_CONTENTS = _FOODS | word_set("""
    pet food, gift, fruit, egg, eggs, flower, apple, orange, tissue, trash, tool, popcorn, soju,
    kimchi, pickle, rice, salad, pasta, cereal, candy, jam, honey, salt, sugar, pepper, ketchup,
    soy sauce, gochujang, peanuts, vegetables, tomato, side dishes, medicine
""")
_PACKED = word_set("shoes, clothes, laundry, cosmetics, documents, book, sand")
_PACKS = word_set("box, basket, bag, bucket")
_SET_WITH = {("coffee", "table"), ("book", "shelf")}
"""Furniture of a kind."""
_BEARERS = (
    lex.HOLDERS
    | ko.HOLDS
    | ko.ON_FLOORS
    | ko.AROUND
    | word_set(
        "wall, window, door, phone, laptop, helmet, refrigerator, mirror, counter, tray, hand"
    )
)
"""Where things stand, hang, or stick: of 책상 인형 nobody thinks that it shows a desk."""
_SLOTS = word_map("""
    dress: dress,
    shirt / t-shirt / blouse / sweater: top, pants / jeans / shorts / skirt / mini skirt: bottom,
    shoes / sneakers / boots / dress shoes / high heels / sandals: shoes, socks: socks, hat / cap:
    hat, glasses / sunglasses: glasses, earrings: earrings, necklace: necklace, gloves: gloves,
    scarf: scarf, bag / backpack / handbag: bag, ring: ring, bracelet: bracelet, mask: mask,
    watch: watch
""")
_FRUITS = word_set("apple, banana, orange, pear, peach, lemon, strawberry, grapes, watermelon")
_ALIKE: tuple[frozenset[str], ...] = (
    word_set("cup, plate, fork, knife, spoon, chopsticks, glass, bowl, mug, bottle, kettle, tray"),
    word_set("chair, table, sofa, bed, desk, wardrobe, bookshelf, refrigerator, television"),
    word_set("car, bus, truck, bicycle, motorcycle, train, taxi, van"),
    word_set("wall, ceiling, floor"),
    _FRUITS,
    word_set("book, pen, pencil, notebook, eraser, ruler, scissors"),
    word_set("tree, flower, grass, bush"),
    word_set("sun, moon, star, cloud, rainbow"),
)
_PAIRED = (
    word_map("""
        man / groom / dad / father / grandpa / grandfather / husband: m,
        woman / bride / mom / mother / grandma / grandmother / wife: w
    """),
    word_map("dog: d, cat: c, bird: b, horse: h, rabbit: r, cow: o, pig: p, sheep: s, duck: u"),
    _SLOTS,
)
_SEATED = word_set("table, desk, bed")
_UNSURE = {("tree", "flower"), *((each, "chair") for each in _SEATED)}
"""Two of a kind, of which the second may be the first one's as well: 책상 의자."""


def is_pair(first: str, second: str) -> bool:
    """Whether two nouns with nothing between are two things: of 신랑 신부 she is not his."""
    if any(first in kind and second in kind and kind[first] != kind[second] for kind in _PAIRED):
        return True
    return first != second and any({first, second} <= kind for kind in _ALIKE)


def is_unsure(first: str, second: str) -> bool:
    """Whether two nouns may as well be one thing of the other as two things."""
    return (first, second) in _UNSURE


def is_kind(first: str, second: str) -> bool:
    """Whether the first of two nouns tells what kind the second is of: 곰 인형."""
    if second in lex.ASPECTS or second in ko.PARTS or second == "background":
        return False
    worn = second in ko.PUT_ON or second in lex.WORN
    if first in _DISGUISES:
        return worn or second in _PUT_ON_TOO or second in _DOLLS
    if first in _SHAPES:
        return second not in lex.BODY
    if first in _FLOWERS and second in _OF_FLOWERS:
        return True
    if second in _JEWELS and (first in _FLOWERS or first in ("butterfly", "pearl", "diamond")):
        return True
    if (first, second) in _SET_WITH:
        return True
    if second == "piece":  # 레몬 조각
        return first in _CONTENTS | _FRUITS | {"ice", "cheese", "chocolate"}
    if second in _VESSELS:
        contents = _CONTENTS | _FRUITS | (_PACKED if second in _PACKS else set())
        held = not {first, singular(first)}.isdisjoint(contents)
        return held and first not in _VESSELS
    if first in lex.PERSONS or first in lex.GENDERS or first in ko.SOMEBODY or first in _BEARERS:
        return False
    if second in _DOLLS:
        return first not in ko.PUT_ON and first not in lex.BODY
    return second in _FOODS and first not in ko.LIVING


def go_together(first: str, second: str) -> bool:
    """Whether somebody wears one with the other: 흰 티에 청바지."""
    clothes = {"top", "bottom", "shoes", "socks"}
    return is_pair(first, second) and {_SLOTS.get(first), _SLOTS.get(second)} <= clothes


def is_outfit(first: str, second: str) -> bool:
    """Whether somebody who has nobody's clothes on would be given them: 의사 가운 입혀줘."""
    clothes = second in ko.OUTFITS or second in ("clothes", "robe", "uniform", "costume")
    return first in ko.SOMEBODY and (clothes or (first in _UNIFORMED and second in lex.WORN))


_UNIFORMED = ko.SOMEBODY - word_set("student, teacher, character, worker, driver")
"""Of whom one knows what they wear: a police officer hat."""
