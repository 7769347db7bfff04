"""The number of a noun phrase: "hats", "cup of tea"."""

from __future__ import annotations

import re
from collections.abc import Iterable

_BEFORE = (" with ", " of ", " in ", " on ", " from ", " at ", " without ", " behind ", " near ",
           " for ", " over ", " under ", " that ", " who ", " made ")  # fmt: skip
_IRREGULAR = {"bus": "buses",
              "foot": "feet", "tooth": "teeth", "mouse": "mice", "goose": "geese", "leaf": "leaves",
              "sheep": "sheep", "fish": "fish", "deer": "deer", "hair": "hair",
              "zombie": "zombies", "cookie": "cookies", "hoodie": "hoodies",
              "selfie": "selfies", "movie": "movies", "brownie": "brownies",
              "smoothie": "smoothies", "genie": "genies"}  # fmt: skip
_ENDINGS = {"man": "men", "child": "children", "person": "people", "wife": "wives",
            "knife": "knives", "shelf": "shelves", "scarf": "scarves", "wolf": "wolves",
            "calf": "calves", "thief": "thieves", "loaf": "loaves"}  # fmt: skip
"""Of all nouns that end so: policeman, grandchild, housewife, bookshelf."""
_NO_MEN = frozenset(["human", "superhuman", "german", "roman", "norman", "shaman", "talisman",
                     "ottoman", "caiman", "omen", "amen", "ramen", "semen", "hymen", "stamen",
                     "specimen", "abdomen", "regimen", "acumen", "cyclamen", "bitumen", "dolmen",
                     "foramen", "doberman", "cayman", "walkman", "carmen", "lumen", "albumen",
                     "brahman"])  # fmt: skip
"""Nouns in the singular that end in "man" or "men", and are no man nor several."""
ONE_IN_S = frozenset(["bus", "gas", "lens", "canvas", "iris", "cactus", "octopus", "virus", "atlas"]
                     + ["christmas"])  # fmt: skip
"""Nouns in the singular that end as plurals do."""


def plural(phrase: str) -> str:
    """ "Hat" gives "hats", "cup of tea" gives "cups of tea"; plurals stay."""
    start, head, rest = _parted(phrase)
    low = head.lower()
    if low in _IRREGULAR:
        head = _IRREGULAR[low]
    elif ended := _ending(low, _ENDINGS):
        head = head[: -len(ended)] + _ENDINGS[ended]
    elif low in ONE_IN_S or low.endswith(("ss", "x", "z", "ch", "sh")):
        head += "es"
    elif low.endswith("y") and low[-2:-1] not in tuple("aeiou"):
        head = head[:-1] + "ies"
    elif not low.endswith("s") and low not in _REGULAR and not _ending(low, _ENDED):
        head += "s"
    return f"{start} {head}{rest}".strip()


def singular(phrase: str) -> str:
    """ "Hats" gives "hat", "cups of tea" gives "cup of tea"; singulars stay, and so do pants."""
    start, head, rest = _parted(phrase)
    low = head.lower()
    if low in _REGULAR:
        head = _REGULAR[low]
    elif ended := _ending(low, _ENDED):
        head = head[: -len(ended)] + _ENDED[ended]
    elif low in PAIRS | ONE_IN_S or not low.endswith("s") or low.endswith(("ss", "us", "is")):
        pass
    elif low.endswith("ies") and len(low) > 4:
        head = head[:-3] + "y"
    elif low.endswith(("sses", "xes", "zes", "ches", "shes")):
        head = head[:-2]
    elif len(low) > 3:
        head = head[:-1]
    return f"{start} {head}{rest}".strip()


def may_be_several(phrase: str) -> bool:
    """Whether a phrase names several, or does not tell: "hats", "sheep", "glasses"; no walrus."""
    if singular(phrase) != phrase:
        return True
    return plural(phrase) == phrase and not head_of(phrase).lower().endswith(("us", "is"))


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, without the signs between them."""
    return re.findall(r"\w+", text.lower())


def head_of(phrase: str) -> str:
    """The noun that a phrase is about: "hat" of "red hat with a feather"."""
    return _parted(phrase)[1]


_REGULAR = {many: one for one, many in _IRREGULAR.items()}
_ENDED = {many: one for one, many in _ENDINGS.items()}
PAIRS = {"pants", "jeans", "trousers", "shorts", "glasses", "sunglasses", "tights", "leggings",
          "scissors", "headphones", "clothes", "goggles", "binoculars", "pajamas",
          "pliers"}  # fmt: skip
"""Plurals that are one thing."""
ON_FACES = frozenset(
    ["beard", "mustache", "moustache", "goatee", "stubble", "sideburn", "freckle", "dimple"]
    + ["makeup", "lipstick", "eyeliner", "eyeshadow", "mascara", "blush", "earring", "eyelash"]
)
"""What is nowhere but on a face, though nobody is named."""


def _ending(noun: str, endings: Iterable[str]) -> str:
    """Which of the endings a noun has; "" for none of them."""
    return "" if noun in _NO_MEN else next(filter(noun.endswith, endings), "")


def _parted(phrase: str) -> tuple[str, str, str]:
    """What stands before the head of a phrase, its head, and what follows."""
    cut = min((phrase.find(each) for each in _BEFORE if each in phrase), default=len(phrase))
    start, _, head = phrase[:cut].rpartition(" ")
    return start, head, phrase[cut:]
