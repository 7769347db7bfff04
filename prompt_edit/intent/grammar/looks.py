"""What a word means as a look of the thing that it is said of: "camel" is a color of a coat."""

from __future__ import annotations

from dataclasses import replace

from ...nouns import ON_FACES, singular
from . import korean_words as ko
from . import lexicon as lex
from .edits import compose
from .noun_phrase import ALL_OF_THEM, BODY_HEADS, NounPhrase, read_result
from .slots import Slots
from .words import (
    THINGS,
    Tokens,
    in_name,
    is_alive,
    is_garment,
    is_person,
    is_plural,
    kind_of,
    opens,
    side_at,
    stands_bare,
    stumble,
    without_article,
)


def as_it_was(slots: Slots) -> tuple[list[str], list[str]]:
    """A target without what it is now, and how it looks now: "the car | from red | to blue"."""
    said = list(slots.target)
    if "from" not in said[1:] or slots.mark not in ("to", "into"):
        return said, []
    start = said.index("from", 1)
    was = said[start + 1 :]
    if was and all(map(kind_of, was)):
        return said[:start], was
    named = all(map(in_name, without_article(was))) and not side_at(said, start)
    new = opens(was) == "indefinite" or (named and not opens(was) and start > 1)
    return (said[:start], []) if was and new else (said, [])


_ON_PAPER = frozenset(["sketch", "drawing", "comic", "engraving"])
_AGED = frozenset(["grainy", "overexposed", "underexposed", "washed-out", "noisy", "color"])
_OF_A_WHOLE = frozenset(["light", "look", "style", "age", "color"])


def is_shown(target: NounPhrase, result: NounPhrase) -> bool:
    """Whether the whole picture is meant by "the old photo", "the sketch"."""
    if target.relation or target.which != ALL_OF_THEM or result.tail:
        return False
    *before, last = target.noun.split() or [""]
    shown = last in lex.PICTURES and target.article == "definite"
    art = result.noun.rpartition(" ")[2] in lex.ARTWORKS | lex.PICTURES
    if (shown or target.noun in lex.ARTWORKS) and art:
        return True
    told = bool(target.attributes or before) and lex.SPOILT.union(_AGED).issuperset(before)
    photo = last in lex.PICTURES and told and target.article == "definite"
    if not photo and target.noun not in _ON_PAPER:
        return False
    kinds = {*map(kind_of, result.attributes)}
    grays = {"black and white", "black-and-white"}.intersection(result.attributes)
    looks = kinds <= _OF_A_WHOLE and ("color" not in kinds or bool(grays))
    return art or (not result.noun and bool(kinds) and looks)


def shows_on(owner: NounPhrase, gift: NounPhrase) -> str:
    """The part of somebody that is changed by a gift: "give her a bob" is of her hair; or ""."""
    if not is_person(owner.noun):
        return ""
    last = gift.attributes[-1] if gift.attributes else ""
    if not gift.noun and last in lex.HAIRDOS:
        return "hair"
    if gift.text == "tan":
        stumble(gift.text, "a tan is no thing to put on somebody; say “make the skin tan”")
    return ""


_PLANTS_OR_FOODS = frozenset(
    ["violet", "mint", "lavender", "lilac", "mustard", "salmon", "orange", "peach", "plum", "lime"]
    + ["olive", "rose", "ginger", "chocolate", "cream", "chestnut", "periwinkle", "fuchsia"]
)
_GROUNDS = frozenset(["field", "meadow", "garden", "hill", "yard", "land", "pasture", "farm"])


def doubtful_color(slots: Slots, target: NounPhrase, comes: bool) -> str:
    """A warning for "the fish to salmon", "replace the roses with violet": it may be no color.

    `comes`: whether it is said to come for the target. "" where a color is meant.
    """
    color = slots.result[0] if len(slots.result) == 1 else ""
    marked = slots.mark in ("to", "into", "with", "for", "by") and not target.aspect
    if color not in _PLANTS_OR_FOODS or not marked or target.whole or target.head in BODY_HEADS:
        return ""
    becomes = slots.mark == "into" and (is_alive(target.head) or target.head in ko.ANIMALS)
    grows = target.head in lex.STUFFS | _GROUNDS | {"fish"}
    if not (comes or becomes or grows) or is_garment(target.noun):
        return ""
    return f"Read “{color}” as a color; say “some {color}” for the thing itself."


_GROWING = {"tree", "plant", "leaf", "branch", "forest", "bush"}
_FINISHED = ("color", "material")


def comes_for(target: NounPhrase, result: NounPhrase, mark: str) -> bool:
    """Whether a thing of the name of a color comes for the target: "turn the cup into coffee"."""
    animal = is_alive(target.head) or target.head in ko.ANIMALS
    filled = target.head in lex.HOLDERS and result.noun in lex.FLUIDS
    stuff = {target.head, result.noun} <= lex.STUFFS
    return result.noun in lex.THING_COLORS and (mark == "into" or animal or filled or stuff)


def looks_of(said: Tokens, target: NounPhrase, fresh: bool = False) -> NounPhrase:
    """A result, where words for things are those for colors and woods: "the walls to sage".

    What is `fresh` comes for the target, and may be of another wood.
    """
    result = read_result(said)
    if fresh and result.noun not in lex.WOODS:
        return result
    shade = result.noun in lex.THING_COLORS and {*map(kind_of, result.attributes)} == {"light"}
    if not result.noun or (opens(said) and not shade) or target.whole or is_alive(target.head):
        return result  # "a sage" is no color, "a soft sage" is one
    if target.head in lex.FLUIDS | _GROWING or result.noun in THINGS - lex.THING_COLORS - lex.WOODS:
        return result
    if result.noun in lex.WOODS and target.head not in lex.OF_WOOD:
        return result  # no hair is of wood
    if look := _look(result.noun):
        looks = result.attributes
        if look.endswith("-colored") and looks and kind_of(looks[-1]) == "light":
            looks, look = looks[:-1], f"{looks[-1]} {look}"  # "dark camel"
        return replace(result, noun="", attributes=(*looks, look))
    return result


def _look(noun: str) -> str:
    """The look that a noun names, or ""."""
    last = noun.rpartition(" ")[2]
    if noun in lex.WOODS:
        return f"{noun.removesuffix(' wood')} wood"
    if noun in lex.THING_COLORS:
        return f"{noun}-colored"
    named = " " in noun and kind_of(last) in _FINISHED and last not in lex.ALSO_NOUNS
    return noun if named and kind_of(noun) else ""  # "british racing green", "cognac leather"


_LAID = frozenset(["carpet", "rug", "wallpaper", "glass"])
"""Stuffs that are things as well, and may be of another material."""


def as_stuff(target: NounPhrase, result: NounPhrase, fresh: bool) -> NounPhrase:
    """ "The lawn | concrete": of what comes for a stuff, and is no look of it."""
    if target.head in _LAID and not fresh:
        return result
    stuff = target.head in lex.STUFFS or kind_of(singular(target.noun)) == "material"
    kinds = {*map(kind_of, result.attributes)}
    if result.noun or result.tail or not stuff or "material" not in kinds:
        return result
    *looks, material = result.attributes
    return replace(result, noun=material, attributes=tuple(looks))


def as_another(target: NounPhrase, result: NounPhrase) -> NounPhrase:
    """ "The broken chair | a new one": another chair, which is not broken."""
    *before, last = target.noun.split()
    named = [*(word for word in before if word not in lex.SPOILT), last]
    looks = tuple(look for look in target.attributes if look not in lex.SPOILT)
    sound = replace(target, noun=" ".join(named), attributes=looks)
    return result if result.noun or target.whole or sound == target else compose(sound, result)


_THEIRS = frozenset(["hers", "his", "mine", "yours", "theirs", "ours"])
_SOMEBODY = frozenset(
    ["mermaid", "fairy", "elf", "vampire", "zombie", "witch", "princess", "alien", "robot", "clown"]
    + ["angel", "demon", "doll", "barbie", "superhero", "pirate", "knight", "pharaoh", "viking"]
)
_SHOWN_ELSEWHERE = frozenset(
    ["ad", "advertisement", "original", "reference", "example", "sample", "photo", "picture"]
    + ["image", "pic", "screenshot", "menu", "packaging", "thumbnail", "catalog", "website"]
)


def describes(target: NounPhrase, result: NounPhrase, slots: Slots) -> bool:
    """Whether a bare noun tells how the target is to look: "make it look glam"."""
    alike = result.head and result.head == target.head  # "the floor should be tiled floor"
    plain = not opens(slots.result) and not stands_bare(result.noun)
    told = slots.mark in lex.LOOKS or slots.mark in lex.MODALS
    named = slots.mark and result.noun in THINGS  # "be a pear", not "be amazing"
    named = named or {target.head, result.head} <= lex.STUFFS  # "make the grass snow"
    seasonal = plain and result.noun in _SEASONS and not target.whole
    if seasonal and slots.mark.endswith(("like", " as")):
        return True  # "make the trees look like autumn"
    return bool(plain and not alike and told and not named)


_SEASONS = frozenset(["autumn", "fall", "winter", "summer", "spring", "christmas", "halloween"]
                     + ["night", "day", "evening", "morning", "sunset", "sunrise"])  # fmt: skip


def refuse_copy(target: NounPhrase, result: NounPhrase, slots: Slots) -> None:
    """Raise `InstructionError` for looks that only someone could copy who saw them: "like the one
    on the right", "make her hair like rihanna"."""
    pointed = opens(slots.result) == "definite"
    alike = slots.mark == "resemble" or slots.mark.endswith(("like", " as"))
    copied = bool(result.tail) and result.head == target.head and pointed
    copied = copied and (alike or bool(side_at(result.tail.split(), 0)))
    parts = BODY_HEADS | ON_FACES
    part = target.head in parts and bool(result.noun) and result.head not in parts
    unseen = is_alive(result.head) or result.head in _SOMEBODY
    named = not opens(slots.result) and not stands_bare(result.noun)
    unseen |= named and result.head not in THINGS | lex.SCENES
    theirs = result.text.endswith("'s") or result.noun in _THEIRS or (part and unseen)
    shown = pointed and result.head in _SHOWN_ELSEWHERE
    if copied or (alike and (theirs or shown)):
        stumble(slots.result, "I cannot copy a look; say the color or the pattern")


def of_pattern(look: NounPhrase) -> NounPhrase:
    """What is said of a pattern, as said of its thing: "dress with a bigger pattern"."""
    kinds = {*map(kind_of, look.attributes)}
    last = look.attributes[-1] if look.attributes else ""
    if not look.tail and not kind_of(last) and is_plural(last.rpartition(" ")[2]):
        return NounPhrase(tail=f"with {look.text}")  # "the pattern to red stripes"
    if look.tail or not kinds or kinds & {"", "pattern"}:
        return look
    return NounPhrase(tail=f"with a {look.text} pattern")
