"""The order of edits that are asked for at once: none finds what another one has made."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..nouns import singular
from ..plan import Edit

_LATER = re.compile(
    r"\b(?:then|after(?:wards?)?|finally|next|once)\b|다음|나서|후에|마지막", re.IGNORECASE
)


def in_order(edits: Sequence[Edit], instruction: str) -> tuple[Edit, ...]:
    """Of "the dog to a cat and the cat to a bird", the cat first: else both become birds.

    What is asked of a thing that an edit has just made ("and give the cat a hat") comes after it,
    as it was said: only replacements go before replacements, and colours before colours, and of
    "remove the man and his hat" the hat goes first: nobody finds it on him after. Where the
    instruction itself says what comes later, nothing is changed.
    """
    if _LATER.search(instruction):
        return tuple(edits)
    ordered: list[Edit] = []
    for edit in edits:
        at = next((n for n, each in enumerate(ordered) if _makes(each, edit)), len(ordered))
        ordered.insert(at, edit)
    return tuple(ordered)


def _makes(first: Edit, second: Edit) -> bool:
    """Whether the first edit makes what the second one looks for, and changes in the same way; or
    removes what the second one removes something of."""
    if first.operation == "remove" == second.operation and second.relation:
        return _words(second.relation.anchor) == _words(first.target)
    if first.operation != second.operation or first.target == second.target:
        return False
    if second.relation or second.which.by != "all":  # its place tells it from what was made
        return False
    old, new, wanted = (set(_words(text)) for text in (first.target, first.result, second.target))
    if first.operation == "replace":
        return wanted <= new and _words(second.target)[-1] == _words(first.result)[-1]
    if first.operation == "recolor" and old and _words(first.target)[-1] in wanted:
        return bool(wanted & new) and wanted <= old | new
    return False


def _words(text: str) -> list[str]:
    """Lower case, without articles, the noun in the singular."""
    words = [word for word in singular(text.lower()).split() if word not in ("a", "an", "the")]
    return words or [""]
