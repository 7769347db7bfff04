"""An edit as a sentence: what a painter is told that follows instructions, not descriptions."""

from __future__ import annotations

import re

from ..errors import listed
from ..intent.grammar.words import kind_of
from ..nouns import ONE_IN_S, PAIRS, head_of, singular
from ..plan import BACKGROUND, PICTURE, Edit


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MASS = _words(
    "air armor armour art bread cake cardboard clothing coffee cotton denim fire fog food foliage"
    " fruit fur furniture glass gold graffiti grass gravel hair ice jewelry jewellery lava leather"
    " light lightning makeup marble metal mist moss mud paper plastic rain rice rock rust sand"
    " shade silk silver skin sky smoke snow soil steel stone sunlight sunshine tea text velvet"
    " water wine wood wool"
)
"""Nouns that are said without an article where a thing is made of them or replaced by them."""

_DETERMINERS = _words(
    "a an the some any no this that these those his her its their my your our one two three four"
    " five six seven eight nine ten many several"
)
_PICTURES = _words(
    "picture photo photograph image painting watercolor watercolour drawing sketch cartoon comic"
    " anime mosaic engraving etching woodcut lithograph poster print collage illustration fresco"
    " portrait render rendering scene"
)
_PLACES = r"\s(?:of|with|in|on|at|from|to|that|which|wearing|holding|made|covered|full|and|by)\s"
_PLURAL = r"[^s]s$|(?:men|people|children|feet|teeth|mice|geese|sheep|fish)$"
_JOINTS = {
    "near": "next to",
    "left of": "to the left of",
    "right of": "to the right of",
    "holding": "in the hands of",
}
_VOWEL = r"(?!one\b|eu|use|uni[^mn])[aeiou]|hour|honest"


FILL = "fill the empty part in, so that it goes with what surrounds it"
"""What is said where a mask is to be painted, and nobody says with what."""


def instruction(edit: Edit) -> str:
    """The edit in plain English: "replace the red dress with a white t-shirt".

    Only what is done is said, not where: the mask says that, and what a model sees is the
    surroundings of one thing. Of an edit whose prompt says more than its result, the prompt counts.
    """
    target = the(edit.target)
    if edit.target == BACKGROUND:
        background = a(re.sub(r"\s+background$", "", edit.prompt)) if edit.prompt else ""
        kept = f", and keep {listed([*map(the, edit.exclude)])} as before" if edit.exclude else ""
        return f"replace the background with {background}{kept}"
    if edit.operation == "remove":
        return FILL if edit.target == PICTURE else f"remove {target}, and show what is behind"
    if edit.operation == "add":
        return f"add {a(edit.prompt)}{_place(edit)}"
    if edit.operation == "replace" and edit.target != PICTURE:
        return f"replace {target} with {a(edit.prompt)}"
    if edit.target == PICTURE:
        kind = edit.prompt.lower().split()[-1:] or [""]
        named = kind[0] in _PICTURES
        return f"turn the picture into {a(edit.prompt if named else f'{edit.prompt} picture')}"
    looks = _looks(edit)
    changed = f"make {target} {looks}" if looks else f"change {target} into {a(edit.prompt)}"
    return f"{changed}, and keep the shape" if _shape_stays(edit, looks) else changed


_KINDS = {"color", "light", "pattern", "material"}
_FINISHES = _words("shiny shinier glossy matte sparkly glittery rusty wet dry dirty clean cleaner")
_BETWEEN = _words("and more less very much slightly")
"""With the attributes of those kinds, what says nothing of a thing's shape."""


def _shape_stays(edit: Edit, looks: str) -> bool:
    """Whether what is changed is colour, pattern or material alone: hair that is made long has
    another shape, and a model that is told to keep the shape keeps it short."""
    if edit.operation == "recolor":
        return True
    words = looks.lower().replace(",", " ").split()
    return bool(words) and all(
        kind_of(word) in _KINDS or word in _FINISHES | _BETWEEN for word in words
    )


def _looks(edit: Edit) -> str:
    """What "blue hat" says of a hat: "blue"; empty where the prompt ends in another thing."""
    thing = edit.target.lower().split()[-1]
    words = edit.prompt.split()
    return " ".join(words[:-1]) if len(words) > 1 and words[-1].lower() == thing else ""


_COUNTS = _words("the some two three four five six seven eight nine ten both several many all")
_TOGETHER = PAIRS | _words(
    "shoes boots sneakers sandals slippers heels socks stockings gloves mittens earrings wings eyes"
    " flowers roses tulips daisies lilies grapes berries leaves"
)
"""Plurals of which one thing has several."""


def of_one(edit: Edit) -> Edit | None:
    """The edit as it is said of one of several things, "replace dog by cat" of "replace dogs by
    cats"; None where it is said alike."""
    if edit.operation == "remove" or edit.whole_picture or not _is_plural(head_of(edit.target)):
        return None
    words = {name: _one(getattr(edit, name)) for name in ("target", "result", "prompt")}
    if words["prompt"] == edit.prompt:
        return None
    relation = edit.relation and edit.relation.model_copy(
        update={"anchor": _one(edit.relation.anchor)}
    )
    return edit.model_copy(update={**words, "relation": relation})


def _one(phrase: str) -> str:
    """ "Cat" of "two cats"; pairs, lists and what comes in bunches stay."""
    head = head_of(phrase).lower()
    if not _is_plural(head) or head in _TOGETHER or re.search(r",|\sand\s", phrase):
        return phrase
    first, _, rest = phrase.partition(" ")
    counted = rest and (first.lower() in _COUNTS or first.isdigit())
    return singular(rest if counted else phrase)


def _is_plural(noun: str) -> bool:
    return bool(re.search(_PLURAL, noun.lower())) and noun.lower() not in ONE_IN_S


def the(phrase: str) -> str:
    """A noun phrase with the definite article, unless it has a determiner."""
    return phrase if _determined(phrase) else f"the {phrase}"


def a(phrase: str) -> str:
    """A noun phrase with the indefinite article where English wants one."""
    head = re.split(_PLACES, f"{phrase.lower()} ")[0].split(",")[-1].split()
    portion = " of " in phrase  # a glass of water
    if not head or _determined(phrase) or (head[-1] in _MASS and not portion):
        return phrase
    if _is_plural(head[-1]):
        return phrase
    return f"{'an' if re.match(_VOWEL, phrase.lower()) else 'a'} {phrase}"


def _determined(phrase: str) -> bool:
    first = phrase.lower().split()[:1]
    return not first or first[0] in _DETERMINERS or first[0][0].isdigit() or "'s " in phrase


def _place(edit: Edit) -> str:
    if edit.relation:
        kind = edit.relation.kind
        return f" {_JOINTS.get(kind, kind)} {the(edit.relation.anchor)}"
    return "" if edit.target == PICTURE else f" to {the(edit.target)}"
