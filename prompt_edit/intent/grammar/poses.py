"""Words that only tell which thing is meant: "the cat sitting on the sofa"."""

from __future__ import annotations

from itertools import pairwise

from . import lexicon as lex
from .slots import BE, WEAR, WHERE
from .tables import word_set
from .words import THINGS, Tokens, does, is_word, kind_of, opens, side_at

_POSED = word_set("""
    scattered, spread, perched, mounted, attached, stuck, written, printed, painted, drawn, piled,
    positioned, displayed, stacked, tied, stood, spilled, sat, strewn, glued, pinned, nailed, taped,
    engraved, reflected, seen, hidden, left, lined up, thrown, dropped
""")
_NO_DOING = word_set("""
    dumpling, duckling, sapling, seedling, sibling, viking, scaffolding, plumbing, knitting,
    gosling, darling, starling, herring, bearing, seating, training, stitching, padding, beading,
    fencing, molding, engraving, webbing, quilting, piping, seasoning, coating, packaging, plating,
    roofing, shelving, tubing, netting, rigging, bunting, coloring, shading, marking, branding,
    clearing, serving, gathering, meeting, writing, wrapping, paneling, opening, crossing, carving,
    etching
""")
_LOOKING = frozenset(["looking", "facing", "pointing", "turning", "heading", "staring", "gazing"])
CHANGING = (
    frozenset(f"{lex.LIKE}|{lex.TURNING}".split("|"))
    | BE
    | {"into", "to", "as"}
    | (WEAR - {"with", "wearing", "holding", "having", "carrying", "showing", "containing"})
)
_SHAPES = frozenset(["size", "length", "width", "age", "form", "look"])


def is_posed(tokens: Tokens, at: int) -> bool:
    """Whether the token there tells how a thing is where it is: "leaning | against the wall"."""
    token, behind = tokens[at], tokens[at + 1 :]
    if (
        token in _LOOKING
        or not (does(token) or token in _POSED)
        or token in THINGS
        or token in _NO_DOING
        or not behind
    ):
        return False
    return lex.PLACES.get(behind[0], "") != "" or behind[0] in lex.NEARLY or bool(
        side_at(behind, 0))  # fmt: skip


def says_more(after: Tokens) -> bool:
    """Whether more is said behind a thing: "glasses | younger", "the sofa | look new"."""
    if any(token in CHANGING for token in after[1:]):
        return True
    end = len(after)
    while end and kind_of(after[end - 1]):
        end -= 1
    if end == len(after):
        return any(
            token in lex.INDEFINITE and is_word(before) and not opens([before])
            for before, token in pairwise(after)
        )
    if end and (is_word(after[end - 1]) or after[end - 1] in lex.PERSONS_BY_PRONOUN):
        return after[end - 1 : end] != ["and"]
    kinds = [kind_of(token) for token in after[end:]]
    return not opens(after) and len(kinds) > 1 and kinds[0] == "color" and kinds[-1] in _SHAPES


def tells_which(chunk: Tokens, at: int) -> bool:
    """Whether "sitting" in "the cat sitting on the sofa black" tells which cat becomes so."""
    behind = chunk[at + 1 :]
    posed = chunk[at] in lex.FILLERS or does(chunk[at])
    placed = bool(behind) and (behind[0] in WHERE or side_at(behind, 0) is not None)
    return opens(chunk) == "definite" and posed and placed and says_more(behind[1:])
