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
from typing import get_args

from ..errors import PlanError
from ..nouns import ON_FACES, head_of, plural, singular
from ..plan import BACKGROUND, PICTURE, Edit, OrderBy, Relation, Which
from .grammar import lexicon as lex
from .grammar.words import is_alive
from .language import is_english as is_english
from .language import is_foreign as is_foreign
from .language import words_said

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
_BEHIND = _GROUNDS | lex.SETTINGS
_HAIRDOS = (
    *("blond", "blonde", "brunette", "ginger", "auburn", "bald", "redhead"),  # "make her blond"
    *("hairstyle", "hairdo", "haircut", "bangs", "fringe", "ponytail", "curls", "curly", "braid"),
    *("pigtail", "mohawk", "dreadlocks", "dreads", "cornrows", "bun", "bob", "afro", "updo"),
    *("mullet", "perm", "highlights"),
)
_FACES = ("expression", "smile", "smiling", "grin", "frown", "frowning", "laugh", "laughing")
_DRESSED = (
    *("in", "wear", "wearing", "dress", "dressed", "like"),  # "the woman in red", "like a nurse"
    *("suit", "uniform", "costume", "gown", "tuxedo", "armor"),
)
_MEANT = {
    "hair": _HAIRDOS,
    "beard": ("shaven", "shave", "shaved"),
    "mustache": ("shaven", "shave", "shaved"),
    "shoe": ("barefoot",),
    "shirt": ("shirtless", "topless"),
    "face": _FACES,
    "mouth": _FACES,
    "lip": _FACES,
    "background": ("bg",),
    "clothes": _DRESSED,
    "framed": ("picture", "image", "photo", "painting", "scene"),  # on a wall
    "picture": ("image", "photo", "painting", "scene"),
}
"""Nouns, and the words that may mean them."""
_EMOJI = re.compile(
    r"\b(?:the|an?|this|that|my|his|her|with|to|into|of|by|remove|delete|erase|add|change|replace|turn)"
    "\\s+[\u2600-\u27bf\U0001f300-\U0001faff]",
    re.IGNORECASE,
)
"""In the place of a noun: what it shows, many words may say."""
_SMALL = frozenset(["the", "and", "with", "of", "in", "on", "at", "from", "to", "for", "that"])

_PICTURES = frozenset(["picture", "image", "photo", "photograph", "scene", "pic"])
_OF_PICTURES = _SMALL | {"a", "whole", "entire", "full", "this", "my", "original", "input"}
_FRAMES = frozenset(["frame", "screen"])
"""Things as well: only what is "in the frame" is in the picture."""
FRAMED = "framed picture"
"""What hangs in a scene, and can be looked for."""
HANGS = "Read “picture” as a picture that hangs in the scene."
_PLACES = frozenset(
    ["foreground", "background", "corner", "corners", "side", "sides", "edges", "portion", "part",
     "area", "region", "place", "spot", "top", "bottom", "left", "right", "center", "middle",
     "edge", "distance", "here", "there", "front", "other", "opposite", "far", "everything",
     "else", "rest", "it", "them", "one", "ones", "view"]
)  # fmt: skip
"""Where things are, and words that stand for things: nothing is found by them alone."""
_KEPT_ANYWAY = frozenset(
    ["composition", "layout", "perspective", "angle", "framing", "proportions", "position"]
)
"""What no masked edit changes, and no detector finds."""
_LIT_ANYWAY = frozenset(
    ["lighting", "shading", "color", "colors", "colour", "colours", "mood", "atmosphere", "quality",
     "image quality", "resolution", "detail", "details", "tone", "brightness", "contrast",
     "sharpness"]
)  # fmt: skip
"""What a picture has and no detector finds."""
NO_THINGS = _KEPT_ANYWAY | _LIT_ANYWAY
_MAY_BE_THINGS = frozenset(["focus", "scale"])
"""A picture has them, and they are a car and a kitchen scale as well."""
_KEEPING = re.compile(
    r"\b(?:keep|preserve|maintain|retain|leave|match|unchanged?)(?:s|ing)?\b|\bsame\b"
    r"|(?:not|n['’]t|without) (?:chang|touch|alter)",
    re.IGNORECASE,
)
_REST = frozenset(["everything", "anything", "else", "rest", "other", "others", "remaining"])
_EVERYBODY = frozenset(["everybody", "everyone"])
_ALONE = frozenset(["everything", "anything", "others"])
"""Of these no noun follows: "everything on the table"."""
_THINGS = frozenset(["of", "the", "all", "thing", "things", "part", "parts", "element", "elements"]
                    + ["object", "objects", "detail", "details"])  # fmt: skip
"""Of what else there is, tell nothing."""
_OWNED = re.compile(r"^(?:the|an?|her|his|its|my|your|our|their)\s+", re.IGNORECASE)
_STATES = frozenset(
    ["expression", "expressions", "pose", "posture", "gesture", "stance", "position", "orientation",
     "perspective", "viewpoint", "emotion", "direction", "angle"]
)  # fmt: skip
"""How things are, not what: nothing is cut out by them."""
_MANNERS = frozenset(
    ["pose", "expression", "shape", "posture", "size", "style", "facial expression"]
)
"""How a thing is: no mask keeps that of what is painted anew."""
_LAST_MANNERS = frozenset(["pose", "poses", "expression", "expressions", "posture", "gesture"])
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
        edit, read_as = _mended(given, instruction, seen)
        notes += read_as
        for phrase in _sought(edit):
            if phrase != edit.target or not _named_by_place(edit):
                _require_a_thing(phrase)
        mended.append(edit)
    require_said(mended, instruction, seen)
    _require_there(mended)
    _require_apart(mended)
    return tuple(mended), tuple(dict.fromkeys(notes))


def _mended(given: Edit, instruction: str, seen: bool) -> tuple[Edit, list[str]]:
    """An edit as what can be done, and what is to be said of that."""
    placed, sides = _at_a_side(given)
    deep, depths = _by_depth(placed, instruction)
    edit, read_as = _of_the_whole(deep)
    exclude, unkept = _staying(edit, instruction)
    notes = sides + depths + read_as + unkept
    relation = edit.relation
    if relation and is_picture(relation.anchor, relation.kind):
        hangs = relation.kind not in ("in", "on", "holding") and edit.target != PICTURE
        relation = Relation(kind=relation.kind, anchor=FRAMED) if hangs else None
        notes += [HANGS] if hangs else []
    if edit.operation == "background" and not exclude:
        if seen:
            raise PlanError("background needs exclude: what stands in front and stays")
        exclude = ("person",)
        notes.append("Nothing was said to stay that can be found, so a person is kept.")
    return edit.model_copy(update={"relation": relation, "exclude": exclude}), notes


_BESIDE = {"left of": "left", "right of": "right", "above": "top", "below": "bottom"}
_SIDES = {"left": "left", "right": "right", "top": "top", "upper": "top", "bottom": "bottom",
          "lower": "bottom", "center": "center", "centre": "center",
          "middle": "center"}  # fmt: skip
_SIDE_NOUNS = frozenset(["side", "corner", "edge", "half", "part", "portion", "area"]
                        + ["foreground", "background"])  # fmt: skip


def _side_of(relation: Relation) -> str:
    """The side of the picture that an anchor names, as `Which.by` calls it, or ""."""
    if is_picture(relation.anchor, "in"):
        return _BESIDE.get(relation.kind, "")
    said = re.sub(r"[ -]hand(?= side\b)", "", relation.anchor.lower())
    words = [each for each in said.split() if each not in _OF_PICTURES]
    named = [_SIDES[each] for each in words if each in _SIDES]
    told = {*words} & (_SIDE_NOUNS | _PICTURES | {"left", "right"})
    if not told or not _SIDE_NOUNS.union(_PICTURES, _SIDES).issuperset(words):
        return ""
    return " ".join(sorted(dict.fromkeys(named), key=("top", "bottom").__contains__, reverse=True))


def _at_a_side(edit: Edit) -> tuple[Edit, list[str]]:
    """What stands at a side of the picture, as one in that order; what is new comes there."""
    side, new = _side_of(edit.relation) if edit.relation else "", edit.operation == "add"
    if side not in get_args(OrderBy) or (edit.whole_picture and not new):
        return edit, []
    if not new and edit.relation and edit.relation.kind in ("above", "below"):
        return edit, []  # of a picture that hangs
    which = Which(by=side) if edit.which.by == "all" else edit.which  # type: ignore[arg-type]
    target = PICTURE if new else edit.target
    many = not new and edit.which.by == "all" and singular(target) != target
    notes = [f"Only one of the {target} is taken; say how many to take more."] if many else []
    return edit.model_copy(update={"target": target, "relation": None, "which": which}), notes


_DEPTHS = {"background": "smallest", "backdrop": "smallest", "distance": "smallest",
           "foreground": "largest"}  # fmt: skip


def _by_depth(edit: Edit, instruction: str) -> tuple[Edit, list[str]]:
    """What stands in the background as the smallest one of its kind, as far as boxes tell.

    New scenery that comes there is a new background; something else comes into the picture.
    """
    at = edit.target if edit.operation == "add" else edit.relation.anchor if edit.relation else ""
    where = _OWNED.sub("", at.lower())
    order = _DEPTHS.get(where, "")
    if not order or edit.operation == "background":
        return edit, []
    if edit.operation == "add":
        if order == "largest" or singular(head_of(edit.result)).lower() not in lex.SCENES:
            return edit.model_copy(update={"relation": None, "target": PICTURE}), []
        result = f"{edit.result} {BACKGROUND}"
        prompt = result if edit.prompt == edit.result else edit.prompt
        ground = {"operation": "background", "target": BACKGROUND, "relation": None}
        return edit.model_copy(update=ground | {"result": result, "prompt": prompt}), []
    many = _is_said_of_many(edit.target, instruction)
    if edit.whole_picture or edit.which.by != "all" or (many and is_alive(head_of(edit.target))):
        return edit, []  # nothing can be found by that place, which is told
    if many:
        said = f"All {plural(edit.target)} are taken, in the {where} or not."
        return edit.model_copy(update={"relation": None}), [said]
    said = f"Took the {order} {edit.target} to be the one in the {where}."
    which = Which(by=order)  # type: ignore[arg-type]
    return edit.model_copy(update={"relation": None, "which": which}), [said]


def _is_said_of_many(noun: str, instruction: str) -> bool:
    """Whether several are meant: by the noun, or by how the instruction says it; "들" is "s"."""
    one = singular(head_of(noun)).lower()
    said = [each for each in words_said(instruction) if singular(each) == one]
    many = singular(noun) != noun or (bool(said) and one not in said)
    return many or not _NOT_MANY.issuperset(_IN_MANY.findall(instruction))


_IN_MANY = re.compile(r"(?<![가-힣])([가-힣]+들)(?:[을은도이만의과]|에게)?(?![가-힣])")
_NOT_MANY = frozenset(["아들", "큰아들", "작은아들", "막내아들", "샌들", "버들", "캔들", "핸들"]
                      + ["누들", "푸들", "번들"])  # fmt: skip
"""One son, one sandal, one poodle."""


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
        if same or (anchor == first.target and first.which.by == "all"):
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
    where = edit.relation and not is_picture(edit.relation.anchor, "in")
    where = where or edit.which.by not in ("all", "score")
    cut = edit.target == BACKGROUND or (edit.target == PICTURE and edit.exclude)
    if edit.target == PICTURE and edit.exclude and where and operation in ("remove", "extract"):
        raise PlanError(f"name the things that are there: the {PICTURE} itself has no place")
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
    if where:
        return edit.model_copy(update={"target": FRAMED}), [HANGS]
    if operation in ("remove", "extract"):
        raise PlanError("of the whole picture nothing would be left; name the thing")
    return edit, []


def _staying(edit: Edit, instruction: str) -> tuple[tuple[str, ...], list[str]]:
    """What of all that stays can be looked for, and what is to be said of the rest.

    What an edit of a thing spares is a part of that: all else stays as it is in any case.
    """
    kept, notes = [], []
    of_a_thing = not edit.whole_picture and edit.operation != "extract"
    anyway = _KEPT_ANYWAY | _LIT_ANYWAY | (_GROUNDS if of_a_thing else set())
    if of_a_thing and edit.operation != "remove":
        anyway |= {"shadows"}
    anyway |= {each for each in _MAY_BE_THINGS if _is_of_the_picture(each, edit, instruction)}
    for each in edit.exclude:
        bare = _plain(_OWNED.sub("", each), of_a_thing)
        low = bare.lower()
        if low in _MANNERS or low.split()[-1:] in ([last] for last in _LAST_MANNERS):
            notes.append(f"Whether the {low} stays is up to the painter.")
        elif is_picture(low):
            notes.append("The picture itself cannot be left out; name the things that stay.")
        elif low and low not in anyway:
            kept.append(bare)
    return tuple(dict.fromkeys(kept)), notes


def _is_of_the_picture(word: str, edit: Edit, instruction: str) -> bool:
    """Whether "focus" or "scale" is that of the picture: said first where something is kept, and
    in lower case; a scale beside others of that kind, or as "the same scale"."""
    named = {_OWNED.sub("", each).lower() for each in edit.exclude}
    beside = not named.isdisjoint(NO_THINGS | _MANNERS)
    first = re.search(rf"\b{word}\b", instruction, re.IGNORECASE)
    if not first:  # in another language
        return word == "focus" and beside
    if not first[0].islower() or not _KEEPING.search(instruction[: first.start()]):
        return False
    same = re.search(rf"\bsame {word}\b|\b{word} the same\b", instruction, re.IGNORECASE)
    return word == "focus" or bool(same) or beside


def _plain(phrase: str, of_a_thing: bool) -> str:
    """What stays, named plainly: "other people" are people; "" for what an edit of a thing never
    touches, and for "everything else".

    "The other chairs" are none that it touches; of "other chairs with cushions" nobody knows.
    """
    first, *more = phrase.lower().split() or [""]
    if first not in _REST | _EVERYBODY | {"all"}:
        return phrase
    left = [each for each in more if each not in _REST | _THINGS | _PICTURES]
    left = left if {*left} - _SMALL else []
    if of_a_thing and not {"rest", "else"}.isdisjoint((first, *more)):
        return ""
    if first in _EVERYBODY:
        return " ".join(["person", *left]) if left or not of_a_thing else ""
    if first in _ALONE:
        return phrase if left else ""
    return "" if of_a_thing and first != "all" and len(left) < 2 else " ".join(left)


def is_picture(phrase: str, where: str = "") -> bool:
    """Whether a phrase names the picture itself: "the whole photo"."""
    words = set(words_said(phrase))
    pictures = _PICTURES | {"view"} | (_FRAMES if where == "in" else set())
    return bool(words & pictures) and words <= pictures | _OF_PICTURES


def _named_by_place(edit: Edit) -> bool:
    """Whether a word for a place names a thing: "her top", which is a piece of clothing, and "the
    spot on her cheek"; the top of a cake is a place."""
    anchor = words_said(edit.relation.anchor)[-1:] if edit.relation else []
    if edit.target in ("spot", "spots"):
        return bool(anchor)
    return edit.target == "top" and not _SAID_OF_PEOPLE.union(_PEOPLE).isdisjoint(
        map(singular, anchor)
    )


def _require_a_thing(phrase: str) -> None:
    """Raise `PlanError` for what no detector can look for."""
    words = [word for word in phrase.lower().split() if word not in ("the", "a", "an")]
    named = any(letter.isalpha() for word in words for letter in word)
    if not named or (len(words) > 1 and words[0] in _ALONE):
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
    words = words_said(instruction)
    said = {*words, *(form for word in words for form in _forms(word))}
    written = [*words, *map("".join, pairwise(words))]  # "sun glasses"
    pointed = seen and not {"it", "this", "that", "them", "these", "those"}.isdisjoint(words)
    pointed = pointed or bool(_EMOJI.search(instruction))
    people = any(not _SAID_OF_PEOPLE.isdisjoint({word} | _forms(word)) for word in words)
    for edit in edits:
        unsaid = people or edit.target == BACKGROUND or not said.isdisjoint(_BEHIND)
        unsaid = unsaid or edit.operation == "add"  # "add a hat", to whoever is there
        for phrase in _sought(edit):
            if (seen and phrase in edit.exclude) or (pointed and phrase == edit.target):
                continue
            for word in words_said(phrase):
                if word in _SMALL or not said.isdisjoint(_forms(word)):
                    continue
                if unsaid and word in _PEOPLE:
                    continue
                meant = _MEANT.get(word) or _MEANT.get(singular(word), ())
                if not said.isdisjoint(meant) or _misspelt(word, written):
                    continue
                raise PlanError(
                    f"“{word[:40]}” stands nowhere in the instruction: name things in its words"
                )


def _sought(edit: Edit) -> Iterator[str]:
    """The phrases of an edit that are looked for in the picture."""
    if edit.target not in (PICTURE, BACKGROUND):
        yield edit.target
    if edit.relation and edit.relation.anchor not in (PICTURE, edit.target):
        yield edit.relation.anchor
    yield from edit.exclude


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
