"""What a clause is parted into, and the forms of words that part it."""

from __future__ import annotations

from dataclasses import dataclass

from . import lexicon as lex
from .words import Tokens

BE = frozenset(lex.BE.split("|"))
WEAR = frozenset(lex.WEAR.split("|"))
WHERE = frozenset(lex.PLACES) | lex.NEARLY | lex.UNSUPPORTED_RELATIONS


@dataclass(frozen=True)
class Slots:
    """The tokens of a clause that name the target and the result.

    Attributes:
        mark: the small word that parted them, or "".
        assumed: a warning where they might have been parted elsewhere, or "".
    """

    target: Tokens
    result: Tokens = ()
    mark: str = ""
    assumed: str = ""
