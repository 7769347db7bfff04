"""What the name of a garment, or of hair, says of how far it reaches."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from .nouns import head_of, singular

# In parts of a standing person, from the top of the head.
NECK, BUST, WAIST, HIP, THIGH, KNEE, CALF, ANKLE = 0.2, 0.26, 0.46, 0.56, 0.67, 0.75, 0.85, 0.93
WRIST = 0.52

Kind = Literal["top", "legs", "skirt", "hair"]


@dataclass(frozen=True)
class Cut:
    """How a garment is cut.

    Attributes:
        kind: close to the upper body, close to the legs, or falling about them; or hair.
        start, reach: where it begins and ends, in parts of who wears it; of hair, how far it
            falls, in widths of the head.
        sleeved: whether it has long sleeves.
        scanty: whether it leaves much bare between where it begins and ends.
        suit: whether it comes in two, of which the upper one is a top.
    """

    kind: Kind
    start: float
    reach: float
    sleeved: bool = False
    scanty: bool = False
    suit: bool = False


def _rows(cut: Cut, names: str) -> dict[str, Cut]:
    return dict.fromkeys(names.split(), cut)


_GARMENTS: dict[str, Cut] = {
    **_rows(Cut("top", NECK, HIP), "shirt t-shirt tshirt tee blouse vest top polo jersey leotard"
            " bodysuit waistcoat camisole"),
    **_rows(Cut("top", NECK, HIP, sleeved=True), "sweater hoodie jacket cardigan blazer pullover"
            " sweatshirt jumper turtleneck parka windbreaker anorak"),
    **_rows(Cut("top", BUST, HIP, scanty=True), "bikini swimsuit swimwear underwear lingerie"),
    **_rows(Cut("top", BUST, WAIST, scanty=True), "bra"),
    **_rows(Cut("legs", WAIST, HIP, scanty=True), "briefs panties thong"),
    **_rows(Cut("legs", WAIST, THIGH), "shorts trunks boxers"),
    **_rows(Cut("legs", WAIST, CALF), "capris culottes"),
    **_rows(Cut("legs", WAIST, ANKLE), "pants trousers jeans leggings tights slacks chinos joggers"
            " sweatpants stockings khakis corduroys"),
    **_rows(Cut("legs", NECK, THIGH), "romper playsuit"),
    **_rows(Cut("legs", NECK, ANKLE), "overalls dungarees"),
    **_rows(Cut("legs", NECK, ANKLE, sleeved=True), "jumpsuit onesie"),
    **_rows(Cut("legs", NECK, ANKLE, sleeved=True, suit=True), "suit tuxedo tracksuit pantsuit"
            " pajamas pyjamas"),
    **_rows(Cut("skirt", WAIST, THIGH), "miniskirt tutu"),
    **_rows(Cut("skirt", WAIST, KNEE), "skirt kilt"),
    **_rows(Cut("skirt", NECK, THIGH), "tunic minidress"),
    **_rows(Cut("skirt", NECK, KNEE), "dress sundress apron"),
    **_rows(Cut("skirt", NECK, ANKLE), "gown toga sari saree nightgown"),
    **_rows(Cut("skirt", NECK, THIGH, sleeved=True), "poncho"),
    **_rows(Cut("skirt", NECK, KNEE, sleeved=True), "coat trenchcoat overcoat raincoat"),
    **_rows(Cut("skirt", NECK, ANKLE, sleeved=True), "robe bathrobe cloak kimono kaftan caftan"
            " abaya hanbok cassock cape"),
}  # fmt: skip
_LENGTHS = {
    "mini": THIGH, "short": THIGH, "shorter": THIGH, "thigh-length": THIGH, "knee-length": KNEE,
    "midi": CALF, "calf-length": CALF, "mid-length": CALF, "cropped": CALF,
    **dict.fromkeys(("long", "longer", "maxi", "ankle-length", "floor-length", "full-length"),
                    ANKLE),
}  # fmt: skip
_HAIR = {"waist-length": 4.0, "shoulder-length": 1.7, "long": 2.4, "longer": 2.4}

_PAIR = re.compile(r"\b(?:pair|set)s?\s+of\s+")
_SLEEVES = re.compile(r"(?:\bwith )?\b(long|short)[- ]sleeve[sd]?\b|\b(sleeveless)\b")
_ONE_WORD = ((re.compile(r"\b(?:bathing|swim|swimming) suit"), "swimsuit"),
             (re.compile(r"\b(jump|track|pant)[- ]suit"), r"\1suit"),
             (re.compile(r"\b(?:wet|space|diving|ski|boiler)[- ]?suit"), "jumpsuit"),
             (re.compile(r"\btank tops?\b"), "camisole"), (re.compile(r" length\b"), "-length"),
             (re.compile(r"\b(?:roof|table|bottle|mountain|hill|desk|counter|tree|car) tops?\b"),
              "roof"))  # fmt: skip


def cut_of(phrase: str) -> Cut | None:
    """How what a noun phrase names is cut; None where it is no garment of the body, and no hair.

    "Long-sleeved shirt with a red heart" is a top with sleeves; what follows the noun says nothing
    but that.
    """
    text = _PAIR.sub("", phrase.lower())
    sleeves = _SLEEVES.search(text)
    text = _SLEEVES.sub("", text)
    for pattern, word in _ONE_WORD:
        text = pattern.sub(word, text)
    before, noun = _read(text)
    if noun == "hair":
        falls = next((fall for word, fall in _HAIR.items() if word in before), 0.0)
        return Cut("hair", 0.0, falls)
    cut = _named(noun)
    if cut is None:
        return None
    if sleeves:
        cut = replace(cut, sleeved=sleeves[1] == "long")
    said = [_LENGTHS[word] for word in before if word in _LENGTHS]
    return replace(cut, reach=_length(cut, said[0])) if said else cut


def _read(text: str) -> tuple[list[str], str]:
    """A garment's noun, or hair, and the words before it: "long", "wavy" of "long, wavy hair."."""
    before: list[str] = []
    for part in re.split(r"[,.;:!?]+", text):
        noun, words = head_of(part.strip()), part.split()
        if noun == "hair" or _named(noun):
            return before + words[: words.index(noun)], noun
        before += words
    return before, ""


def _named(noun: str) -> Cut | None:
    return _GARMENTS.get(noun) or _GARMENTS.get(singular(noun)) or _GARMENTS.get(noun + "s")


def _length(cut: Cut, said: float) -> float:
    """Where a garment ends of which a length is said: long shorts end at the knee."""
    if cut.kind == "skirt":
        return said
    if cut.kind == "top":
        return THIGH if said > THIGH else HIP
    if cut.reach == THIGH:
        return min(said, KNEE)
    return cut.reach if said == ANKLE else said


def needs(old: Cut | None, new: Cut | None) -> bool:
    """Whether something in the place of a garment goes where that is not."""
    if old is None or new is None or (old.kind == "hair") != (new.kind == "hair"):
        return False
    return bool(
        new.reach > old.reach or begins_higher(old, new) or (new.sleeved and not old.sleeved)
        or (old.scanty and not new.scanty) or falls_between(old, new)
    )  # fmt: skip


def begins_higher(old: Cut, new: Cut) -> bool:
    """Whether it hides some of the body above the old one."""
    return new.start < old.start - 0.1


def falls_between(old: Cut, new: Cut) -> bool:
    """Whether it hides what is between the legs, and the old one does not."""
    return old.kind == "legs" and new.kind == "skirt" and new.reach >= KNEE


def in_place_of(new: Cut, old: Cut) -> Cut:
    """Of a suit in the place of a shirt, the jacket alone."""
    return replace(new, kind="top", reach=HIP) if new.suit and old.kind == "top" else new
