"""What no plan may hold, whoever wrote it: things that nobody said, and that nothing can find.

Small language models copy things from the examples that they are shown, and rules take verbs for
nouns. In an English plan for an English instruction, what is looked for stands in the instruction;
and it is a thing, of which a detector can say where it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import combinations, pairwise

from ..errors import PlanError
from ..nouns import ON_FACES, singular
from ..plan import BACKGROUND, PICTURE, Edit, Which

_ENGLISH = frozenset(
    ["the", "make", "remove", "replace", "with", "into", "turn", "put", "her", "his", "it", "of"]
    + ["add", "a", "an", "to", "delete", "erase", "give", "cut", "keep", "except", "and", "my"]
)
_FOREIGN = frozenset(
    ["la", "le", "les", "un", "une", "des", "du", "et", "el", "los", "las", "una", "por", "para"]
    + ["con", "der", "das", "den", "dem", "ein", "eine", "mit", "und", "durch", "il", "lo", "gli"]
    + ["di", "do", "da", "em", "os", "uma", "het", "een", "van", "de", "och", "ett"]
)
"""Words of other languages in Latin letters; one of them, and nothing is asked of the nouns."""

_ARTICLES = frozenset(
    ["la", "le", "les", "un", "une", "du", "el", "los", "las", "una", "der", "das", "dem", "ein"]
    + ["eine", "il", "lo", "gli", "os", "uma", "het", "een"]
)
_PREPOSITIONS = frozenset(
    ["en", "et", "sur", "avec", "dans", "au", "aux", "por", "con", "del", "al", "mit", "und", "auf"]
)
_ENGLISH_ONLY = frozenset(["this", "that", "all", "every", "be", "is", "on", "for", "from", "some"])

_PERSONAL = frozenset(
    ["he", "she", "him", "her", "his", "hers", "they", "them", "their", "theirs", "i", "me", "my"]
    + ["you", "your", "we", "us", "our", "who", "someone", "everyone", "somebody", "everybody"]
    + ["anyone", "anybody"]
)
_PEOPLE = frozenset(
    ["person", "people", "man", "woman", "men", "women", "boy", "girl", "child", "human", "face"]
)
_SAID_OF_PEOPLE = (
    _PERSONAL | ON_FACES | {"lady", "guy", "kid", "bride", "groom", "gentleman", "dude", "teen"}
)
_GROUNDS = frozenset([BACKGROUND, "backdrop"])
_HAIRDOS = (
    *("blond", "blonde", "brunette", "ginger", "auburn", "bald"),  # "make her blond"
    *("hairstyle", "hairdo", "haircut"),
)
_MEANT = {
    "hair": _HAIRDOS,
    "background": ("bg",),
    "clothes": ("in", "wear", "wearing", "dress"),  # "the woman in red"
    "framed": ("picture", "image", "photo", "everything", "painting", "scene"),  # on a wall
    "picture": ("image", "photo", "everything", "painting", "scene"),
}
"""Nouns, and the words that may mean them."""
_SMALL = frozenset(["the", "and", "with", "of", "in", "on", "at", "from", "to", "for", "that"])

_PICTURES = frozenset(["picture", "image", "photo", "photograph", "scene", "pic", "view"])
_FRAMES = frozenset(["frame", "screen"])
"""Things as well: only what is "in the frame" is in the picture."""
FRAMED = "framed picture"
"""What hangs in a scene, and can be looked for."""
HANGS = "Read “picture” as a picture that hangs in the scene."
_PLACES = frozenset(
    ["foreground", "background", "corner", "corners", "side", "sides", "edges", "portion", "part",
     "area", "region", "place", "spot", "top", "bottom", "left", "right", "center", "middle",
     "edge", "distance", "here", "there", "front", "other", "opposite", "far", "everything",
     "else", "rest", "it", "them", "one", "ones"]
)  # fmt: skip
"""Where things are, and words that stand for things: nothing is found by them alone."""
_KEPT_ANYWAY = frozenset(
    ["composition", "layout", "perspective", "angle", "framing", "proportions", "position"]
)
"""What no masked edit changes, and no detector finds."""
_STATES = frozenset(
    ["expression", "expressions", "pose", "posture", "gesture", "stance", "position", "orientation",
     "perspective", "viewpoint", "emotion", "direction", "angle"]
)  # fmt: skip
"""How things are, not what: nothing is cut out by them."""
_MANNERS = frozenset(
    ["pose", "expression", "shape", "posture", "size", "style", "facial expression"]
)
"""How a thing is: no mask keeps that of what is painted anew."""
_PARTS = frozenset(["portion", "part", "parts", "foreground", "background", "corner"])
"""Of what, does not matter: "the background portion" is no thing."""
_SAYING = frozenset(
    ["be", "is", "are", "was", "were", "should", "must", "would", "could", "can't", "will", "to",
     "become", "make", "let", "please", "not", "into", "instead"]
)  # fmt: skip
"""Words of sentences, of which no name of a thing is made."""
_DOING = frozenset(
    ["singing", "jumping", "running", "walking", "standing", "sitting", "flying", "smiling",
     "eating", "drinking", "holding", "wearing", "looking", "playing", "riding", "sleeping",
     "talking", "dancing", "barking", "laughing", "waving", "yawning", "crying", "kissing"]
)  # fmt: skip


def checked(
    edits: Sequence[Edit], instruction: str, seen: bool = False
) -> tuple[tuple[Edit, ...], tuple[str, ...]]:
    """The edits of a plan, mended where that is certain, and what is to be said of that.

    A place "in the picture" says nothing, and goes; "the picture" cannot be left out, and is not.
    What is done to the background is an edit of the operation "background", or cuts out what is
    before it.

    Args:
        seen: whether who wrote the plan has seen the picture: then it may name what stands before a
            new background, and what "it" is.

    Raises:
        PlanError: a thing is to be found that the instruction does not name, or by which nothing
            can be found; or something is asked of what goes before.
    """
    mended, notes = [], []
    for given in edits:
        edit, read_as = _of_the_whole(given)
        exclude, unkept = _staying(edit.exclude)
        notes += read_as + unkept
        relation = edit.relation
        if relation and _is_picture(relation.anchor, relation.kind) and (
            edit.target != relation.anchor
        ):  # fmt: skip
            relation = None
        if edit.operation == "background" and not exclude:
            exclude = ("person",)
            notes.append("Nothing was said to stay that can be found, so a person is kept.")
        edit = edit.model_copy(update={"relation": relation, "exclude": exclude})
        for phrase in _sought(edit):
            if phrase != edit.target or not _worn_top(edit):
                _require_a_thing(phrase)
        mended.append(edit)
    require_said(mended, instruction, seen)
    _require_there(mended)
    _require_apart(mended)
    return tuple(mended), tuple(dict.fromkeys(notes))


def _require_there(edits: Sequence[Edit]) -> None:
    """Raise `PlanError` where something is asked of what goes before: "remove the man and make his
    shirt red"."""
    for first, second in combinations(edits, 2):
        if first.operation != "remove" or first.relation or first.exclude:
            continue
        if second.operation == "remove":  # "and his hat", which goes before him
            continue
        anchor = second.relation.anchor if second.relation else ""
        same = second.target == first.target and second.which == first.which
        if same or anchor == first.target:
            raise PlanError(
                f"the {first.target} is removed first; nothing else can be asked of it then"
            )


def _require_apart(edits: Sequence[Edit]) -> None:
    """Raise `PlanError` where one edit after the other would hit the same thing: of two that become
    each other the second one finds what the first has made, and "one" and "another" are both the
    one that the detector is surest of."""
    for first, second in combinations(edits, 2):
        if first.relation != second.relation or first.which != second.which:
            continue
        if first.target == second.target and first.which.by == "score":
            raise PlanError(
                f"both would be of the same {first.target}, the one that is surest; say which by"
                " where they are"
            )
        if "add" in (first.operation, second.operation) or first.relation or not first.result:
            continue
        if (first.target, first.result) == (second.result, second.target):
            raise PlanError(
                f"{first.target} to {first.result}, {second.target} to {second.result}: one after"
                " the other both become the same; say one of them by where it is, and in a second"
                " run the other"
            )


def _of_the_whole(edit: Edit) -> tuple[Edit, list[str]]:
    """An edit of the picture or of its background as what can be done, and what is said of that.

    A mask of all that there is would take along whoever stands in it.
    """
    operation = edit.operation
    before = (edit.relation.anchor,) if edit.relation and edit.target == BACKGROUND else ()
    stays = tuple(dict.fromkeys((*before, *edit.exclude)))
    cut = edit.target == BACKGROUND or (edit.target == PICTURE and edit.exclude)
    if cut and operation in ("remove", "extract"):
        subject = " and ".join(stays) or "person"
        said = [] if stays else ["Nothing was said to stay, so a person is kept."]
        extract = {"operation": "extract", "target": subject, "result": "", "exclude": ()}
        return edit.model_copy(update=extract | {"relation": None, "which": Which()}), said
    if edit.target == BACKGROUND and operation in ("replace", "recolor", "restyle"):
        result = edit.result if singular(edit.result).endswith(tuple(_GROUNDS)) else (
            f"{edit.result} {BACKGROUND}"
        )  # fmt: skip
        more = {"operation": "background", "result": result, "exclude": stays, "relation": None}
        return edit.model_copy(update=more), []
    if edit.target != PICTURE or operation in ("add", "background"):
        return edit, []
    where = edit.relation and not _is_picture(edit.relation.anchor, "in")
    if where or edit.which.by not in ("all", "score"):
        return edit.model_copy(update={"target": FRAMED}), [HANGS]
    if operation in ("remove", "extract"):
        raise PlanError("of the whole picture nothing would be left; name the thing")
    return edit, []


def _staying(named: Iterable[str]) -> tuple[tuple[str, ...], list[str]]:
    """What of all that stays can be looked for, and what is to be said of the rest."""
    kept, notes = [], []
    for each in named:
        if each in _MANNERS:
            notes.append(f"Whether the {each} stays is up to the painter.")
        elif _is_picture(each):
            notes.append("The picture itself cannot be left out; name the things that stay.")
        elif each not in _KEPT_ANYWAY:
            kept.append(each)
    return tuple(kept), notes


def _is_picture(phrase: str, where: str = "") -> bool:
    words = _words(phrase)
    pictures = _PICTURES | _FRAMES if where == "in" else _PICTURES
    return bool(words) and set(words) <= pictures | _SMALL | {"a", "whole", "entire"}


def _worn_top(edit: Edit) -> bool:
    """Whether it is "her top", which is a piece of clothing; that of a cake is a place."""
    anchor = _words(edit.relation.anchor)[-1:] if edit.relation else []
    return edit.target == "top" and not _SAID_OF_PEOPLE.union(_PEOPLE).isdisjoint(
        map(singular, anchor)
    )


def _require_a_thing(phrase: str) -> None:
    """Raise `PlanError` for what no detector can look for."""
    words = [word for word in phrase.lower().split() if word not in ("the", "a", "an")]
    if not words or not any(letter.isalpha() for word in words for letter in word):
        raise PlanError(f"“{phrase[:40]}” names no thing that can be looked for")
    if words[-1] in _PARTS or _PLACES.union(_PICTURES).issuperset(words):
        raise PlanError(f"“{phrase[:40]}” is a place in the picture, not a thing to look for")
    if words[-1] in _STATES:
        raise PlanError(f"“{phrase[:40]}” is how something is, not a thing to look for")
    if _SAYING.intersection(words) or (len(words) > 1 and words[-1] in _DOING):
        raise PlanError(f"“{phrase[:40]}” is part of a sentence, not a thing to look for")


def require_said(edits: Iterable[Edit], instruction: str, seen: bool = False) -> None:
    """Raise `PlanError` for a thing that is to be found, and that the instruction does not name.

    People may be meant by pronouns, and stand before a background unsaid.
    """
    if not is_english(instruction):
        return
    words = _words(instruction)
    said = {form for word in words for form in _forms(word)}
    written = [*words, *map("".join, pairwise(words))]  # "sun glasses"
    pointed = seen and not {"it", "this", "that", "them", "these", "those"}.isdisjoint(words)
    people = any(not _SAID_OF_PEOPLE.isdisjoint({word} | _forms(word)) for word in words)
    for edit in edits:
        unsaid = people or edit.target == BACKGROUND or not said.isdisjoint(_GROUNDS)
        unsaid = unsaid or edit.operation == "add"  # "add a hat", to whoever is there
        for phrase in _sought(edit):
            if (seen and phrase in edit.exclude) or (pointed and phrase == edit.target):
                continue
            for word in _words(phrase):
                if word in _SMALL or not said.isdisjoint(_forms(word)):
                    continue
                if unsaid and word in _PEOPLE:
                    continue
                if not said.isdisjoint(_MEANT.get(word, ())) or _misspelt(word, written):
                    continue
                raise PlanError(
                    f"“{word[:40]}” stands nowhere in the instruction: name things in its words"
                )


def is_english(text: str) -> bool:
    """Whether a text is in English, as far as its small words tell."""
    words = set(_words(text))
    foreign = any(letter.isalpha() and ord(letter) > 0x24F for letter in text)
    # "Make the van red" has a word of Dutch.
    return not foreign and bool(words & _ENGLISH) and ("the" in words or not words & _FOREIGN)


def is_foreign(text: str) -> bool:
    """Whether a text has articles of another language in Latin letters, and none in English."""
    words = set(_words(text))
    others = words & (_FOREIGN | _ARTICLES | _PREPOSITIONS)  # one alone may be of a name: Las Vegas
    english = words & _ENGLISH.union(_ENGLISH_ONLY) - {"remove", "a"}
    return bool(words & _ARTICLES) and len(others) > 1 and not english


def _sought(edit: Edit) -> Iterator[str]:
    """The phrases of an edit that are looked for in the picture."""
    if edit.target not in (PICTURE, BACKGROUND):
        yield edit.target
    if edit.relation and edit.relation.anchor not in (PICTURE, edit.target):
        yield edit.relation.anchor
    yield from edit.exclude


def _words(text: str) -> list[str]:
    """The words, a hyphened one in its parts."""
    return re.findall(r"[^\W\d_]{2,}|\ba\b|\bi\b", re.sub(r"['’]s\b", "", text.lower()))


def _forms(word: str) -> set[str]:
    """A word and what may be its singular, in one spelling: "tomatoes" gives "tomato".

    Some of them are no words; two nouns that share one are the same noun all the same.
    """
    word = singular(word).replace("colour", "color").replace("grey", "gray")
    forms = {word}
    for ending, ones in _ENDINGS.items():
        if word.endswith(ending):
            forms.update(word.removesuffix(ending) + one for one in ones)
    return forms


_ENDINGS = {"ies": ("y", "ie"), "es": ("", "e"), "s": ("",), "ves": ("f", "fe"), "men": ("man",),
            "y": ("ie",), "f": ("ve",), "fe": ("ve",)}  # fmt: skip


def _misspelt(word: str, written: Iterable[str]) -> bool:
    """Whether one of the words that stand there is nearly this one: "dres" is "dress", and
    "tshirt" holds a shirt; a chair has no hair."""
    return len(word) > 3 and any(
        word == each or sorted(word) == sorted(each)
        or SequenceMatcher(None, word, each, autojunk=False).ratio() > ALIKE
        for each in written if each[0] == word[0] or (len(word) > 4 and word in each)
    )  # fmt: skip


ALIKE = 0.85
"""From there on two words are one, misspelt: a shirt and a skirt are at 0.8."""
