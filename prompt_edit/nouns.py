"""The number of a noun phrase: "hats", "cup of tea"."""

from __future__ import annotations

import re

_BEFORE = (" with ", " of ", " in ", " on ", " from ", " at ", " without ", " behind ", " near ",
           " for ", " over ", " under ", " that ", " who ", " made ")  # fmt: skip
_IRREGULAR = {"man": "men", "woman": "women", "person": "people", "bus": "buses",
              "child": "children",
              "foot": "feet", "tooth": "teeth", "mouse": "mice", "goose": "geese", "leaf": "leaves",
              "knife": "knives", "shelf": "shelves", "scarf": "scarves", "sheep": "sheep",
              "fish": "fish", "deer": "deer", "hair": "hair", "wolf": "wolves",
              "zombie": "zombies", "cookie": "cookies", "hoodie": "hoodies",
              "selfie": "selfies", "movie": "movies", "brownie": "brownies",
              "smoothie": "smoothies", "genie": "genies"}  # fmt: skip
ONE_IN_S = frozenset(["bus", "gas", "lens", "canvas", "iris", "cactus", "octopus", "virus", "atlas"]
                     + ["christmas"])  # fmt: skip
"""Nouns in the singular that end as plurals do."""


def plural(phrase: str) -> str:
    """ "Hat" gives "hats", "cup of tea" gives "cups of tea"; plurals stay."""
    start, head, rest = _parted(phrase)
    low = head.lower()
    if low in _IRREGULAR:
        head = _IRREGULAR[low]
    elif low in ONE_IN_S or low.endswith(("ss", "x", "z", "ch", "sh")):
        head += "es"
    elif low.endswith("y") and low[-2:-1] not in tuple("aeiou"):
        head = head[:-1] + "ies"
    elif not low.endswith("s") and low not in _IRREGULAR.values():
        head += "s"
    return f"{start} {head}{rest}".strip()


def singular(phrase: str) -> str:
    """ "Hats" gives "hat", "cups of tea" gives "cup of tea"; singulars stay, and so do pants."""
    start, head, rest = _parted(phrase)
    low = head.lower()
    if low in _REGULAR:
        head = _REGULAR[low]
    elif low in PAIRS | ONE_IN_S or not low.endswith("s") or low.endswith(("ss", "us", "is")):
        pass
    elif low.endswith("ies") and len(low) > 4:
        head = head[:-3] + "y"
    elif low.endswith(("sses", "xes", "zes", "ches", "shes")):
        head = head[:-2]
    elif len(low) > 3:
        head = head[:-1]
    return f"{start} {head}{rest}".strip()


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, without the signs between them."""
    return re.findall(r"\w+", text.lower())


def head_of(phrase: str) -> str:
    """The noun that a phrase is about: "hat" of "red hat with a feather"."""
    return _parted(phrase)[1]


_REGULAR = {many: one for one, many in _IRREGULAR.items()}
PAIRS = {"pants", "jeans", "trousers", "shorts", "glasses", "sunglasses", "tights", "leggings",
          "scissors", "headphones", "clothes", "goggles", "binoculars", "pajamas",
          "pliers"}  # fmt: skip
"""Plurals that are one thing."""
ON_FACES = frozenset(
    ["beard", "mustache", "moustache", "goatee", "stubble", "sideburn", "freckle", "dimple"]
    + ["makeup", "lipstick", "eyeliner", "eyeshadow", "mascara", "blush", "earring", "eyelash"]
)
"""What is nowhere but on a face, though nobody is named."""


def _parted(phrase: str) -> tuple[str, str, str]:
    """What stands before the head of a phrase, its head, and what follows."""
    cut = min((phrase.find(each) for each in _BEFORE if each in phrase), default=len(phrase))
    start, _, head = phrase[:cut].rpartition(" ")
    return start, head, phrase[cut:]
