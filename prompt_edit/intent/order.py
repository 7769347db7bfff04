"""The order of edits that are asked for at once: none finds what another one has made."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from ..nouns import singular
from ..plan import PICTURE, Edit

_NEXT_IN_PLACE = "大き|小さ|高|低|長|短|近|遠|明る|暗|太|細|古|若|ある|いる|来る|並"
"""In Japanese, behind "next": "the next biggest", "the one that is next"."""
_LATER = re.compile(
    r"\b(?:then|after(?:wards?)?|finally|next(?! to\b)|(?<!at )once)\b"
    r"|\b(?:dann|danach|anschlie(?:ß|ss)end|schlie(?:ß|ss)lich|puis|ensuite|enfin|luego|después"
    r"|despues|dopo|poi|depois|daarna|potem|затем|потом)\b"
    "|다음|나서|(?<!오)후에|마지막으로|然后|然後|之后|之後|接着(?![剂劑剤])|それから"
    "|最[后後](?![一二两兩三几幾面排尾の的か方部边邊個个那這这位列])|最[后後][の的]?一[步歩]"
    "|最[后後]一起|最後の(?:ステップ|手順)|その後(?![ろ方])"
    rf"|次に(?=[、,])|(?:(?<![の目])|(?<=その))次に(?!{_NEXT_IN_PLACE})",
    re.IGNORECASE,
)


def in_order(edits: Sequence[Edit], instruction: str, english: str = "") -> tuple[Edit, ...]:
    """Of "the dog to a cat and the cat to a bird", the cat first: else both become birds.

    What is asked of a thing that an edit has just made ("and give the cat a hat") comes after it,
    as it was said: only replacements go before replacements, and colours before colours. What is
    removed goes before what would make its like, before a new background, and from the last to the
    first: with the first ball gone, the third is the second. What is told by a thing, or spares it,
    goes before what changes or removes that: after "remove the man" nobody finds the hat on him.
    What is cut out is so at the end. Where the instruction itself says what comes later, nothing is
    changed.

    Args:
        english: what the instruction is in English, where it is in another language.
    """
    if _LATER.search(instruction):
        return tuple(edits)
    said, ordered = english or instruction, list[Edit]()
    for edit in edits:
        at = next((n for n, each in enumerate(ordered) if _waits(each, edit, said)),
                  len(ordered))  # fmt: skip
        ordered.insert(at, edit)
    return tuple(ordered)


def unsure(edits: Sequence[Edit], instruction: str, english: str = "") -> list[str]:
    """What is to be said where an edit may find what one before it has made, and the words do not
    tell whether it shall: those of a language that nothing here knows.

    Args:
        edits: as `in_order` gives them.
    """
    if _LATER.search(instruction):
        return []
    return [
        f"“{second.target}” may be what was there before, or what “{first.target}” has become:"
        " it is taken for both. If that is wrong, ask for one of them in a second run."
        for first, second in combinations(edits, 2)
        if _makes(first, second) and _times_said(first, second, english or instruction) == 0
    ]


def _waits(first: Edit, second: Edit, instruction: str) -> bool:
    """Whether the first edit has to come after the second one, before which it was said."""
    if first.cuts != second.cuts:
        return first.cuts
    if first.operation == "background" and second.operation == "remove":
        return True
    if _shifts(first, second) or _hides(first, second):
        return True
    return _makes(first, second) and not _is_it(first, second, instruction)


def _shifts(first: Edit, second: Edit) -> bool:
    """Whether the second edit counts from one side what the first one makes fewer of."""
    counted, kind = second.which.by, {*_words(second.target)}
    if second.target == PICTURE:  # a side of it, where something new comes
        return False
    if counted in _UNCOUNTED or first.operation == "add" or not kind <= {*_words(first.target)}:
        return False
    if first.operation != "remove" and kind <= {*_words(first.result)}:
        return False
    if first.which.by == counted:
        return first.which.rank < second.which.rank
    return first.which.by in _UNCOUNTED and first.target != second.target


_UNCOUNTED = ("all", "score")


def _hides(first: Edit, second: Edit) -> bool:
    """Whether the second edit's thing is told by what the first one changes or removes, or that is
    to be spared."""
    if first.operation in ("add", "background", "extract"):
        return False
    told = (second.relation.anchor if second.relation else "", *second.exclude)
    gone = _words(first.target)
    return any(_words(each) == gone and not {*gone} <= {*_words(first.result)} for each in told)


def _makes(first: Edit, second: Edit) -> bool:
    """Whether the first edit makes what the second one looks for, and changes in the same way, or
    removes."""
    alike = first.operation == second.operation or second.operation == "remove"
    if not alike or first.target == second.target:
        return False
    if second.relation or second.which.by != "all":  # its place tells it from what was made
        return False
    old, new, wanted = (set(_words(text)) for text in (first.target, first.result, second.target))
    if first.operation == "replace":
        return wanted <= new and _words(second.target)[-1] == _words(first.result)[-1]
    if first.operation == "recolor" and old and _words(first.target)[-1] in wanted:
        # Of a wall that was not called by a colour, the blue wall is the one that is blue now.
        return bool(wanted & new) and wanted <= old | new and not old <= wanted
    return False


def _is_it(first: Edit, second: Edit, instruction: str) -> bool:
    """Whether the second edit is about what the first one made: "turn it into a bird". What tells
    that from its like of before is named once alone then, or in other words."""
    times = _times_said(first, second, instruction)
    return bool(instruction) and times is not None and times <= 1


def _times_said(first: Edit, second: Edit, instruction: str) -> int | None:
    """How often what tells the second target from the first is said; None where nothing does."""
    new = [word for word in _words(second.target) if word not in _words(first.target)]
    said = instruction.lower()
    return min((len(re.findall(rf"\b{re.escape(word)}", said)) for word in new), default=None)


def _words(text: str) -> list[str]:
    """Lower case, without articles, the noun in the singular."""
    words = [word for word in singular(text.lower()).split() if word not in ("a", "an", "the")]
    return words or [""]
