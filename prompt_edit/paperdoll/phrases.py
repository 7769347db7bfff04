"""Which noun phrases are true of a drawn scene, and of what in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..palette import COLOUR_NAMES, HAIR_COLOURS
from .draw import Instance
from .scene import OBJECTS, PATTERNS, Item

# A noun stands for the kinds of things it names and, where it is narrower, for one style of them.
NOUNS: dict[str, tuple[tuple[str, ...], str | None]] = {
    **{kind: ((kind,), None) for kind in OBJECTS},
    **{kind: ((kind,), None) for kind in ("hair", "hat", "shirt", "dress", "jacket", "pants")},
    **{kind: ((kind,), None) for kind in ("shorts", "skirt", "shoes", "bag")},
    **{kind: ((kind,), None) for kind in ("man", "woman", "boy", "girl")},
    "person": (("man", "woman", "boy", "girl"), None),
    "child": (("boy", "girl"), None),
    "t-shirt": (("shirt",), "short"),
    "cap": (("hat",), "cap"),
    "coat": (("jacket",), None),
    "trousers": (("pants",), None),
    "handbag": (("bag",), None),
}
COLOURLESS = ("man", "woman", "boy", "girl", "person", "child")
ALIASES = {"blond": "yellow"}  # said of hair only


@dataclass(frozen=True)
class Phrase:
    """A noun with an optional colour and pattern: "hat", "red hat", "striped shirt"."""

    noun: str
    colour: str = ""
    pattern: str = ""

    def __str__(self) -> str:
        return " ".join(word for word in (self.colour, self.pattern, self.noun) if word)

    def matches(self, item: Item) -> bool | None:
        """Whether the phrase is true of the item; None where people would disagree."""
        kinds, style = NOUNS[self.noun]
        if item.kind not in kinds:
            return False
        if self.colour and ALIASES.get(self.colour, self.colour) != item.colour:
            return False
        if self.pattern and self.pattern != item.pattern:
            return False
        return None if style and item.style != style else True


def find(phrase: Phrase, instances: Iterable[Instance]) -> list[Instance] | None:
    """The instances that a phrase names; None where that is not clear enough to judge by."""
    named = [(phrase.matches(each.item), each) for each in instances]
    if any(truth is None or (truth and not each.clear) for truth, each in named):
        return None
    return [each for truth, each in named if truth]


def phrases_about(instances: Iterable[Instance]) -> list[Phrase]:
    """Every phrase, with and without colour, that is clearly true of something in the scene."""
    instances = list(instances)
    seen: dict[Phrase, None] = {}
    for each in instances:
        for noun in NOUNS:
            for colour in ("", each.item.colour):
                if not (colour and noun in COLOURLESS):
                    seen[Phrase(noun, colour)] = None
    return [phrase for phrase in seen if find(phrase, instances)]


def absent_phrases(instances: Iterable[Instance]) -> list[Phrase]:
    """Phrases that name nothing in the scene: other things, and right things in other colours."""
    instances = list(instances)
    candidates = [Phrase(noun) for noun in NOUNS]
    candidates += [Phrase(noun, colour) for noun in NOUNS if noun not in COLOURLESS
                   for colour in (HAIR_COLOURS if noun == "hair" else COLOUR_NAMES)]  # fmt: skip
    return [phrase for phrase in candidates if find(phrase, instances) == []]


def vocabulary() -> tuple[str, ...]:
    """Every word that phrases are made of."""
    nouns = [word for noun in NOUNS for word in noun.split("-")]
    return tuple(sorted({*nouns, *COLOUR_NAMES, *ALIASES, *PATTERNS, "background"}))


SPELLINGS = {"grey": "gray", "blonde": "blond", "tshirt": "t-shirt", "tee": "t-shirt",
             "stripy": "striped", "stripes": "striped", "spotted": "dotted", "dots": "dotted",
             "dot": "dotted",
             "checkered": "checked", "chequered": "checked", "plaid": "checked",
             "seaside": "beach", "snowy": "snow"}  # fmt: skip
"""Other words for those of the vocabulary."""
