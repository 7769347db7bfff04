"""What an English instruction says beyond doubt, and a plan has lost: small models drop colours,
choices and exceptions, or take the whole picture for a thing.

Each rule looks for words that can mean one thing only: a right plan that is refused twice is lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from ...errors import PlanError
from ...nouns import plural, singular
from ...plan import PICTURE, Edit
from ..checker import NO_THINGS, is_english
from ..grammar import lexicon as lex
from ..grammar.words import is_alive, kind_of
from .phrases import noun_of, phrases_of

_QUOTED = re.compile(r"[\"“”][^\"“”]*[\"“”]|(?<!\w)['‘][^'’]+['’](?!\w)")
_WISH = re.compile(r"(?: would|'d) like\b", re.IGNORECASE)  # nothing is "like a red car" there
_TOKEN = re.compile(r"[^\W_][\w'-]*|[,.;:!?]")
_ENDS = frozenset(",.;:!?")
_DEFINITE = frozenset(["the", "his", "her", "my", "its", "their", "your", "this", "that", "these"]
                      + ["those"])  # fmt: skip


def require_heard(edits: Sequence[Edit], instruction: str) -> None:
    """Raise `PlanError` for what was said in English and stands nowhere in a plan."""
    if not edits or not is_english(instruction):
        return
    text = _WISH.sub(" want", _QUOTED.sub(" , ", instruction).replace("’", "'"))
    said = _TOKEN.findall(text)
    low = [token.lower() for token in said]
    for fault in (_colour(edits, said), _choice(edits, low), _exception(edits, low),
                  _whole(edits, low), _exchanged(edits, low)):  # fmt: skip
        if fault:
            raise PlanError(fault)


# --- colours


_COLOURS = {
    "red": "red|crimson|scarlet|maroon|burgundy|ruby|auburn|ginger",
    "orange": "orange|ginger|copper",
    "yellow": "yellow|gold",
    "green": "green|emerald|olive",
    "blue": "blu|navy|azure|cobalt|turquoise|teal",
    "purple": "purple|violet|lavender|lilac",
    "pink": "pink|rose|magenta",
    "brown": "brown|brunette|chestnut|auburn|tan\\b|beige",
    "black": "black",
    "white": "white|ivory|cream",
    "gray": "gray|grey|silver|charcoal",
    "grey": "gray|grey|silver|charcoal",
    "blond": "blond|golden",
    "blonde": "blond|golden",
}
"""Common colours, and how the words for them in a plan begin."""
_SPARING = frozenset(
    ["keep", "keeping", "except", "excluding", "without", "leave", "leaving", "not", "don't"]
    + ["no", "never", "instead", "rather", "besides", "apart", "aside", "preserve", "preserving"]
    + ["unlike", "maintain", "maintaining", "nothing", "stay", "stays", "remain", "remains"]
)
"""What follows stays, or is not wanted; a plan may say that in few words, or not at all."""
_CURING = frozenset(
    ["fix", "correct", "whiten", "neutralize", "neutralise", "reduce", "desaturate"]
)
"""Of these a colour is what is wrong: "fix the red skin", and not "fix the car, make it red"."""
_LOCATIVE = frozenset(
    ["in", "on", "at", "of", "near", "next", "beside", "behind", "under", "above", "below", "over"]
    + ["from", "between", "inside", "around", "wearing", "holding", "by", "like", "as"]
)
_MARKS = frozenset(["to", "into", "with", "for", "make", "paint", "change", "replace", "turn"]
                   + ["dye", "add", "put", "remove", "give", "and", "then", "but"])  # fmt: skip
_REASONS = frozenset(["so", "because", "since", "where", "when", "while", "if", "though"]
                     + ["although", "until", "unless", "the"])  # fmt: skip
_NO_NOUNS = _LOCATIVE | _MARKS | _ENDS | _REASONS | {"", "too", "please", "instead", "again", "it"}
_OF_ITS_OWN = frozenset(["juice", "wine", "tea", "balance", "screen", "hole", "carpet", "card"])
"""Of these the color tells nothing that a plan has to hold."""


def _colour(edits: Sequence[Edit], said: Sequence[str]) -> str:
    """A colour that is said of what changes, or of what it becomes, and is nowhere in the plan."""
    written = " ".join(phrase.lower() for edit in edits for phrase in phrases_of(edit))
    changed = {noun_of(each) for edit in edits for each in (edit.target, edit.result)}
    chosen = {noun_of(edit.target) for edit in edits if edit.which.by != "all"}
    hit = {noun_of(edit.target) for edit in edits if edit.operation in ("remove", "replace")
           or (edit.operation != "add" and is_alive(noun_of(edit.target)))}  # fmt: skip
    low = [token.lower() for token in said]
    for at, colour in _required(said):
        nouns = set(map(singular, _named(low, at))) - {"one"}
        start = max(0, _before_looks(low, at))
        comes = low[start] in _COMING or _is_of_whom(low, start, hit)
        of_another = nouns and nouns.isdisjoint(changed) and not comes
        if of_another or re.search(rf"\b(?:{_COLOURS[colour]})", written) or nouns & chosen:
            continue
        return f"“{colour}” was said and stands nowhere in the plan"
    return ""


_COMING = frozenset(["a", "an", "add", "with", "into", "to", "wear", "wearing"])
_OWNING = frozenset(["his", "her", "him", "my", "me", "your", "their", "them", "its"])


def _is_of_whom(low: Sequence[str], start: int, hit: set[str]) -> bool:
    """Whether "remove the woman's" or "give her" ends there, and all of her is what changes."""
    word = low[start]
    if singular(word.removesuffix("'s").removesuffix("'")) not in hit and not (
        word in _OWNING and any(map(is_alive, hit))
    ):
        return False
    passed = _DEFINITE | {"off", "out", "away", "a", "an"}
    verb = _before_looks(low, start, lambda each: each in passed or kind_of(each))
    owns = word in _OWNING or word.endswith(("'s", "'"))
    return verb >= 0 and (low[verb] == "give" or (owns and low[verb] in _VERBS))


def _named(low: Sequence[str], at: int) -> list[str]:
    """What a colour is said of: the words behind it that may be of one noun."""
    words = low[at + 1 : at + 4]
    end = next((n for n, each in enumerate(words) if each in _NO_NOUNS), len(words))
    return [each for each in words[:end] if not kind_of(each)]


def _required(said: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Where a colour stands that tells what changes, or what it becomes."""
    low = [token.lower() for token in said]
    for at, colour in enumerate(low):
        if colour not in _COLOURS or (at and low[at - 1] not in _ENDS and said[at] != colour):
            continue  # "the White House"
        after = low[at + 1] if at + 1 < len(low) else ""
        if after in _OF_ITS_OWN or (colour == "red" and after in ("eye", "eyes")):
            continue
        if _is_monochrome(low, at) or _is_told(low, at, after) or _is_spared(low, at):
            continue
        if not _is_a_place(low, at, after) and not _is_of_a_ground(low, at):
            yield at, colour


def _is_monochrome(low: Sequence[str], at: int) -> bool:
    """Whether a colour is of "black and white", however that is written."""
    if low[at] not in ("black", "white"):
        return False
    near = [each for each in low[max(0, at - 2) : at + 3] if each not in ("and", "n", "or")]
    return {"black", "white"} in map(set, pairwise(near))


def _is_told(low: Sequence[str], at: int, after: str) -> bool:
    """Whether a colour only tells how something is: "is dark red", "from red", "red to blue", "the
    red hat is nice"."""
    start = _before_looks(low, at, lambda each: each in _HOW_MUCH or bool(kind_of(each)))
    skipped, before = {*low[start + 1 : at]}, low[start] if start >= 0 else ""
    told = before in _BEING | {"from", "than"} or (at and low[at - 1] in _TELLING)
    if told or not _TOO_MUCH.isdisjoint({before} | skipped):
        return True
    alone = after in _NO_NOUNS and low[at - 1 if at else 0] in lex.DEFINITE | {"some", "more"}
    end = next((each for each in low[at + 1 : at + 5] if each in _ENDS | _BEING | _JOINING), "")
    return alone or end in _BEING or after in ("to", "into", "for") or after.endswith("'s")


_BEING = frozenset(["is", "are", "was", "were", "looks", "seems", "appears", "isn't", "aren't"])
_TELLING = frozenset(["in", "of", "as", "like"])
_JOINING = _REASONS | {"that", "which", "who", "and", "as", "it"}
_HOW_MUCH = frozenset(["a", "bit", "little", "very", "so", "quite", "rather", "really", "slightly"]
                      + ["and", "all", "mostly", "partly"])  # fmt: skip
_TOO_MUCH = frozenset(["too", "less", "overly", "currently", "originally", "already", "naturally"]
                      + ["previously", "formerly"])  # fmt: skip


def _is_spared(low: Sequence[str], at: int) -> bool:
    """Whether a colour is of what stays, or is not wanted, or of what is only told to be there."""
    start = max((n + 1 for n in range(at) if _is_new_clause(low, n)), default=0)
    clause = low[start:at]
    told = any(who in _SOMEBODY and does in _HAVING for who, does in pairwise(clause[:3]))
    told = told or any(who == "there" and does in _BEING for who, does in pairwise(clause))
    told = told or not {"there's", "here's"}.isdisjoint(clause)
    told = told or (not _CURING.isdisjoint(clause) and not _is_made(low, start, at))
    asked = _ASKING.match(" ".join(clause))
    rest = " ".join(clause)[asked.end() :].split() if asked else []
    clause = rest if not _VERBS.isdisjoint(rest) else clause
    return told or any(each in _SPARING or each.endswith("n't") for each in clause)


_ASKING = re.compile(
    r"(?:please )?(?:(?:can't|couldn't|won't|wouldn't|why don't|shouldn't) (?:you|we)|why not)\b"
)
"""What asks for what follows, and spares nothing: "couldn't you paint the car red"."""


def _is_new_clause(low: Sequence[str], at: int) -> bool:
    """Whether a word ends what was asked or spared before it: "so make it", "and paint the"."""
    if low[at] not in ("and", "so"):
        return low[at] in _ENDS | {"but", "then"}
    rest = [each for each in low[at + 1 : at + 5] if each not in ("please", "just", "then")]
    return rest[:1] in (["i"], ["we"]) or (
        len(rest) > 1 and rest[0] in _VERBS and rest[1] in _DEFINITE | {"it", "them", "him", "a"}
    )


def _is_made(low: Sequence[str], start: int, at: int) -> bool:
    """Whether a colour is what something becomes: "correct the shirt to blue"."""
    before = _before_looks(low, at, lambda each: each in _HOW_MUCH or bool(kind_of(each)))
    ends = at + 1 == len(low) or low[at + 1] in _NO_NOUNS
    return low[before] in ("to", "into", "be") or (
        ends and not {"make", "paint", "turn", "dye"}.isdisjoint(low[start:at])
    )


_SOMEBODY = frozenset(["here", "this", "that", "these", "those", "i", "we", "she", "he"]
                      + ["they"])  # fmt: skip
_HAVING = _BEING | {"have", "has", "had", "love", "like", "hate", "see", "am", "wears"}


def _is_a_place(low: Sequence[str], at: int, after: str) -> bool:
    """Whether a colour is of that by which a thing stands: "next to the red car"."""
    if after in _NO_NOUNS or not at:
        return False
    marks = _LOCATIVE | _MARKS | _ENDS
    mark = next((n for n in range(at - 1, -1, -1) if low[n] in marks), 0)
    with_the = low[mark] == "with" and low[mark + 1] in _DEFINITE
    return low[mark] in _LOCATIVE or with_the


def _is_of_a_ground(low: Sequence[str], at: int) -> bool:
    """Whether it is how the background is now: "the white background"."""
    near = low[at + 1 : at + 4]
    ground = any(each in ("background", "backdrop", "bg") for each in near)
    return ground and not _DEFINITE.isdisjoint(low[max(0, at - 3) : at])


# --- which of several


_ORDERED = frozenset(
    ["first", "second", "third", "fourth", "fifth", "sixth", "1st", "2nd", "3rd", "4th", "5th"]
    + ["last", "middle"]
    + ["leftmost", "rightmost", "topmost", "bottommost", "left-most", "right-most", "left", "right"]
    + ["largest", "biggest", "smallest"]
)
_COUNTED = frozenset(["one", "two", "three", "four", "five"])
_NO_ORDER = lex.BODY | lex.NOWHERE | frozenset(
    ["floor", "story", "storey", "row", "layer", "level", "step", "half", "side", "page", "thing"]
    + ["edge", "end", "part", "portion", "area", "region", "section", "quarter", "top", "bottom"]
    + ["lady", "responder", "class", "base", "gear", "name", "supper", "age", "school", "child"]
    + ["shoe", "glove", "sock", "sleeve", "wing", "knee", "elbow", "eyebrow", "lens", "finger"]
)  # fmt: skip
"""Of these "the left" and "the second" may be names."""
_DOING = frozenset(["standing", "sitting", "parked", "lying", "placed", "located", "that", "who"]
                   + ["is", "are", "which"])  # fmt: skip
_PICTURES = lex.PICTURES | {"frame"}
_PHRASE_ENDS = _NO_NOUNS | _DEFINITE | {"a", "an"}
_FOLLOWING = _ENDS | _MARKS | {"", "a", "an", "the", "so", "in", "from", "by", "wear", "wearing"}


def _choice(edits: Sequence[Edit], low: Sequence[str]) -> str:
    """A thing that is one of several by what was said, and all of them by the plan."""
    told = {noun_of(edit.target) for edit in edits if _tells(edit)}
    for edit in edits:
        new = edit.operation == "add" and edit.target == PICTURE
        noun = noun_of(edit.result if new else edit.target)
        if edit.operation == "background" or _tells(edit) or noun in told | {""}:
            continue
        if not new and edit.target == PICTURE:
            continue
        places = _places_of(noun, low)
        ends = [*places, *(end for at in places for end in _ends_of(low, at))]
        sides = {_side_of(low, at) or (_corner_of(low, at) if new else "") for at in ends} - {""}
        one = any(_in_order(low, at) for at in places)
        if edit.operation != "add":
            one = one or any(_deep(low, at) for at in places)
            one = one or any(_by_a_thing(low, at) for at in ends)
        if len(sides) == 1 or (not new and one):
            return f"not every {noun} is meant: say which, by its place or what it is next to"
    return ""


def _tells(edit: Edit) -> bool:
    """Whether an edit is not of all things of its kind."""
    placed = edit.relation and edit.operation != "add"
    return bool(edit.which.by != "all" or placed or edit.exclude)


def _places_of(noun: str, low: Sequence[str]) -> list[int]:
    names = {noun, plural(noun)}
    return [at for at, token in enumerate(low) if token in names or singular(token) in names]


def _ends_of(low: Sequence[str], at: int) -> list[int]:
    """Where "the cup of hot tea" may end, behind "of"; nowhere for that of a certain thing."""
    if low[at + 1 : at + 2] != ["of"]:
        return []
    last = next((n for n in range(at + 2, min(at + 6, len(low))) if low[n] in _PHRASE_ENDS),
                min(at + 6, len(low)))  # fmt: skip
    return list(range(at + 2, last))


def _deep(low: Sequence[str], at: int) -> bool:
    """Whether a noun, of who may stand before it as well, is told by the background."""
    deep = is_alive(low[at]) and low[at + 1 : at + 3] == ["in", "the"]
    return deep and low[at + 3 : at + 4] in (["background"], ["foreground"], ["distance"])


def _in_order(low: Sequence[str], at: int) -> bool:
    """Whether a noun has "the second" or "two of the" before it, with looks between."""
    if singular(low[at]) in _NO_ORDER:
        return False
    start = _before_looks(low, at, lambda each: bool(kind_of(each)) and each not in _ORDERED)
    before = low[max(0, start - 2) : start + 1]
    ordered = len(before) > 1 and before[-1] in _ORDERED and before[-2] == "the"
    counted = len(before) > 2 and before[-3] in _COUNTED and before[-2] == "of"
    return ordered or (counted and before[-1] in _DEFINITE)


def _side_of(low: Sequence[str], at: int) -> str:
    """The side of the picture that a noun has behind it, "on the left" say; "" for none."""
    rest = [*low[at + 1 : at + 12], "", "", "", ""]
    while rest[0] in _DOING:
        rest.pop(0)
    if rest[0] not in ("on", "at") or rest[1] != "the":
        return ""
    side, *rest = [each for each in rest[2:] if each not in ("far", "very")]
    while rest[0] in ("hand", "side"):
        rest.pop(0)
    both = rest[0] == "and" and {"left", "right"} & {*rest[1:3]}
    ends = rest[0] in _FOLLOWING or bool(kind_of(rest[0]))
    if rest[0] == "of":
        ends = rest[1] in lex.DEFINITE and rest[2] in _PICTURES
    return side if side in ("left", "right") and ends and not both else ""


_CORNER = re.compile(
    r"(?:in|at|on|to|into) the (?:far |very )?((?:(?:top|bottom|upper|lower)[ -])?(?:left|right))"
    r"(?:[ -]hand)? (?:corner|edge|part|half|area)\b(?! of (?!the (?:picture|image|photo|scene)\b))"
)


def _corner_of(low: Sequence[str], at: int) -> str:
    """The corner or edge of the picture in which a new thing comes, or ""."""
    found = _CORNER.match(" ".join(low[at + 1 : at + 12]))
    return found[1] if found else ""


def _by_a_thing(low: Sequence[str], at: int) -> bool:
    """Whether a noun has "next to" behind it."""
    rest = [each for each in low[at + 1 : at + 8] if each not in _DOING]
    rest = ["beside", *rest[2:]] if rest[:2] == ["next", "to"] else rest
    return rest[:1] == ["beside"] and not {"each", "one", "it", "them", "him"} & {*rest[1:2]}


# --- what is spared


_EXCEPTED = re.compile(
    r"\b(?:except(?: for)?|excluding|but not|apart from)"
    r" (?:the|his|her|my|its|their|these|those)\b(?! same)"
)
_NOTHING_ELSE = re.compile(
    r"\b(?:nothing|anything|keep|leave|same|unchanged|untouched|don't|not change|as is)\b"
)
_VERBS = lex.CLASS_OF_VERB.keys() - {"have", "find", "want", "get", "let", "like", "set", "top"}
_APART = re.compile(r"\b(?:standing|sitting|stands|set|far|\w+ing) apart from\b")


def _exception(edits: Sequence[Edit], low: Sequence[str]) -> str:
    """An exception that no edit makes."""
    text = " ".join(low)
    found = _EXCEPTED.search(text)
    if not found or _NOTHING_ELSE.search(text[: found.start()]) or _APART.search(text):
        return ""
    before = low[: len(text[: found.start()].split())]
    told = [noun_of(edit.target) for edit in edits if edit.target != PICTURE]
    unasked = _VERBS.isdisjoint(before)
    if unasked and any(_places_of(each, low) and not _places_of(each, before) for each in told):
        return ""  # "everything is fine except the sky, make it blue"
    made = any(edit.exclude or edit.operation in ("extract", "background") or edit.which.by != "all"
               for edit in edits)  # fmt: skip
    if made:
        return ""
    return f"“{found[0]} ...” was said: name in exclude what stays as it is"


# --- what is a thing, and not the whole picture


_OF_A_PICTURE = (
    lex.PICTURES | lex.ARTWORKS | lex.WHOLE | lex.ADJUSTED | lex.LOOK_NOUNS | lex.ASPECTS
    | {word for mood in lex.MOODS for word in mood.split()}
    | {"thing", "temperature", "filter", "background", "backdrop", "ambience", "ambiance", "vibe"}
    | {"light", "sunlight", "moonlight", "daylight", "highlight", "shadow", "midtone", "haze"}
    | {"glare", "lens", "era", "decade", "century", "period", "viewpoint", "view", "shot", "zoom"}
    | {"focus", "palette", "scheme", "grading", "cast", "balance", "aesthetic"}
    | set(map(singular, NO_THINGS))
)  # fmt: skip
_SCENES = lex.SCENES - frozenset(
    ["table", "tabletop", "desk", "counter", "countertop", "podium", "platform", "slab", "surface"]
    + ["board", "cutting board", "log", "stump", "tree stump", "mat", "plinth", "pillar", "tile"]
    + ["cloth", "red carpet", "rock", "floor", "ground", "grass", "lawn", "sand", "sky", "clouds"]
    + ["path", "driveway", "sidewalk", "castle", "church", "barn", "stage", "balcony"]
)
"""What can be all around: no things in it, which are a part of the picture."""
_NAMING = frozenset(["like", "as", "of", "from", "by", "into", "to", "with", "in", "on", "at"]
                    + ["for", "than", "resemble"])  # fmt: skip


def _whole(edits: Sequence[Edit], low: Sequence[str]) -> str:
    """A thing that is said to change, where the plan changes the whole picture."""
    for edit in edits:
        if edit.target != PICTURE or edit.operation not in ("recolor", "replace", "restyle"):
            continue
        noun = noun_of(edit.result)
        scenes = _SCENES if edit.operation != "recolor" else frozenset()
        if edit.exclude or noun in _OF_A_PICTURE | scenes or kind_of(noun):
            continue
        told = {*edit.result.lower().split()}
        if any(_is_definite(low, at, told) for at in _places_of(noun, low)):
            return f"“{noun}” was said, and not the whole picture: make that the target"
    return ""


def _is_definite(low: Sequence[str], at: int, told: set[str]) -> bool:
    """Whether "the" stands before a noun, which is not what something shall look like."""
    start = _before_looks(low, at, lambda each: bool(kind_of(each)) or each in told)
    before = low[start - 1] if start > 0 else ""
    return start >= 0 and low[start] in _DEFINITE and before not in _NAMING


_CHANGING = re.compile(
    r"\b(replace|swap|exchange|change|turn|convert|transform) (?:the|his|her|my|this|that)"
    r" ((?:[\w'-]+ ){0,4}?[\w'-]+) (?:with|by|for|to|into) "
)
_GOING = frozenset(
    ["remove", "delete", "erase", "without", "no", "not", "nothing", "none", "rid", "background"]
    + ["empty", "blank", "invisible", "transparent", "disappear", "off", "away", "out", "clear"]
    + ["clean", "surroundings", "gone", "isn't", "aren't"]
)


_AROUND = re.compile(
    r"(?:the |its |some |more of the )?(?:surrounding|nearby|adjacent|neighbou?ring|plain|bare)\b"
    r"|what(?:ever|'s)?\b"
    r"|the (?:[\w'-]+ ){0,2}(?:behind|beneath|underneath|around)(?: (?:it|him|her|them))?\b"
)
"""What is there once a thing is gone: "with what's behind him"."""


def _exchanged(edits: Sequence[Edit], low: Sequence[str]) -> str:
    """A thing that another one comes for, where the plan removes it, takes the picture for it, or
    has the two the wrong way round."""
    text = " ".join(low)
    found = _CHANGING.search(text)
    goes = not _GOING.isdisjoint(low) or (found and _AROUND.match(text[found.end() :]))
    if found and all(edit.operation == "remove" for edit in edits) and not goes:
        return f"“{found[1]}” was said: nothing is only removed"
    if len(edits) > 1 or edits[0].operation != "replace":
        return ""
    old, new = noun_of(edits[0].target), noun_of(edits[0].result)
    if edits[0].target == PICTURE and found and found[1] in ("replace", "swap", "exchange"):
        named = noun_of(found[2])
        if named not in _OF_A_PICTURE | _SCENES | {"", "everything"}:
            return f"“{named}” was said, and not the whole picture: make that the target"
    places, others = _places_of(old, low), _places_of(new, low)
    comes = old != new and places and all(_is_new(low, at) for at in places)
    if comes and any(_is_definite(low, at, set()) for at in others):
        return f"“{old}” is what comes, and “{new}” the target that it replaces"
    return ""


def _is_new(low: Sequence[str], at: int) -> bool:
    """Whether "with a" stands before a noun."""
    start = _before_looks(low, at)
    return start > 0 and low[start] in ("a", "an") and low[start - 1] in _BRINGING


_BRINGING = ("with", "into", "to", "by")


def _before_looks(low: Sequence[str], at: int, is_look: Callable[[str], object] = kind_of) -> int:
    """Where the word stands that a noun has before its looks, of which it has three at most."""
    start = at - 1
    while start >= 0 and at - start < 4 and is_look(low[start]):
        start -= 1
    return start
