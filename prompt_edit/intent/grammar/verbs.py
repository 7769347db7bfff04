"""The forms of the verbs, and the shapes of the clauses that they make."""

from __future__ import annotations

from dataclasses import dataclass

from . import lexicon as lex
from .slots import WHERE
from .words import Tokens, is_word, opens

_DOUBLED = ("put", "cut", "set", "get", "let", "swap", "drop", "strip", "crop", "clip", "rub")


def _inflect(verb: str, ending: str) -> str:
    """ "swap out", "ing" -> "swapping out"."""
    first, *rest = verb.split()
    if first in _DOUBLED:
        stem = first + first[-1]
    elif first.endswith("e") and not (ending == "ing" and first == "dye"):
        stem = first[:-1]
    elif first.endswith("y") and first[-2] not in "aeiou" and ending == "ed":
        stem = first[:-1] + "i"
    else:
        stem = first
    return " ".join([stem + ending, *rest])


# Sentences ("i want", "do not change", "only keep") have no other forms.
_PLAIN = [verb for verb in lex.CLASS_OF_VERB if not verb.startswith(("i ", "do ", "only "))]
GERUNDS = {_inflect(verb, "ing"): verb for verb in _PLAIN}
PARTICIPLES = {_inflect(verb, "ed"): verb for verb in _PLAIN} | lex.IRREGULAR_PARTICIPLES
WITH_PARTICLE = {tuple(verb.split()) for verb in _PLAIN if verb.split()[-1] in lex.PARTICLES}
"""The verbs that can be taken apart: ("take", "off")."""


@dataclass(frozen=True)
class Shape:
    """One row of `lexicon.CLAUSES`: two slots, the marks that may part them, and the meaning.

    Attributes:
        first, second: what the slot holds, by the letters of the table; `second` may be "".
        marks: the small words one of which must stand between; none where nothing does.
        meaning: what the clause does with its slots, a method of `grammar.Reader`.
        giving: whether the result is a thing rather than a look: "give the man glasses".
    """

    first: str
    marks: frozenset[str]
    second: str
    meaning: str
    giving: bool

    @property
    def target_last(self) -> bool:
        """True for "add a hat to the boy", where the target stands behind the result."""
        return self.second == "X"


def _shape(verb_class: str, text: str, meaning: str) -> Shape:
    marks = frozenset(text[2:-2].split("|")) - {""}
    if marks == {"PLACE"}:
        marks = WHERE.union(lex.AFTER_DOING) - {"like", "without"}
    return Shape(text[0], marks, text[2:][-1:], meaning, verb_class == "give")


SHAPES: dict[str, list[Shape]] = {}
"""By verb class, in the order in which they are tried."""
for _row in lex.CLAUSES:
    SHAPES.setdefault(_row[0], []).append(_shape(*_row))


def find_verb(tokens: Tokens) -> tuple[str, list[str]] | None:
    """The verb that a clause begins with, in its base form, and the body behind it."""
    first, *body = tokens
    base = GERUNDS.get(first, first)
    for at, token in enumerate(body):
        if (base, token) in WITH_PARTICLE:
            after = body[at + 1 :]
            # "take the hat off the man": the particle parts the slots as "from" does.
            after = after[1:] if after[:1] in (["of"], ["from"]) else after
            parts = after and (opens(after) or is_word(after[0]))
            return f"{base} {token}", [*body[:at], *(["from"] if parts else []), *after]
    return (base, body) if base in lex.CLASS_OF_VERB else None
