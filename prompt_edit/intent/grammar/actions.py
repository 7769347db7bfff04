"""What things do, which no mask can be laid on: told from what they are.

Something new may do it: it is painted, and a warning says that its doing is not. What is there
already may not: that is refused, by name.
"""

from __future__ import annotations

from . import lexicon as lex
from .poses import tells_which
from .slots import BE, WEAR, WHERE, Slots
from .words import does, is_alive, is_word, join, kind_of, opens, stands_bare, stumble

_NOT_DOING = BE | WEAR | frozenset(f"{lex.LIKE}|{lex.TURNING}".split("|"))


_FROM = ("out of", "from")  # "a cat out of the dog"


def newcomer(verb_class: str, chunks: list[list[str]]) -> Slots | None:
    """The place and the new thing of "have a spider climb the wall"; None where nothing is done.

    Raises:
        InstructionError: for a thing that is there and does something.
    """
    chunk = chunks[0]
    if verb_class in ("make", "add") and (slots := _beside(chunks, verb_class)):
        return slots
    for each in chunks:
        _refuse_turning(each, leads=verb_class == "make")
    acts = (at for at in range(1, len(chunk)) if _acts(chunk, at) and not tells_which(chunk, at))
    at = next(acts, 0)
    if verb_class == "make" and len(chunks) > 1 and opens(chunk) == "definite":
        _refuse_joint(chunks[-1])
    if verb_class != "make" or not at:
        return None
    idle = at == len(chunk) - 1
    if len(chunks) == 1 and _is_new(chunk, at) and not (idle and chunk[at] not in lex.ARRIVALS):
        return _arriving(chunk, at)
    if idle or not _says_look(chunk[at:]):
        stumble(chunk[at:], _DONE)
    return None


def _refuse_turning(chunk: list[str], leads: bool) -> None:
    """Raise `InstructionError` for "to face left", "the road lead to the castle"."""
    for at in range(1, len(chunk) - 1):
        before, token, after = chunk[at - 1 : at + 2]
        named = is_word(before) or before == "to" or before in lex.PERSONS_BY_PRONOUN
        turns = token == "face" and (after in lex.AHEAD or after == "the" or after == "each other")
        goes = token in _LEADING and after in ("to", "into", "toward", "towards", "through")
        if named and before not in lex.CLASS_OF_VERB and (turns or (leads and goes)):
            stumble(chunk[at:], _DONE)


def _refuse_joint(chunk: list[str]) -> None:
    """Raise `InstructionError` for "the man | the woman smile"."""
    held = chunk[-1] == "hands" and {"hold", "shake", "clap"}.intersection(chunk[-2:-1])
    alive = len(chunk) > 1 and is_word(chunk[-2]) and any(map(is_alive, chunk[:-1]))
    if held or (alive and chunk[-1] in lex.ACTIONS):
        stumble(chunk[-2:] if held else chunk[-1], _DONE)


_LEADING = frozenset(["lead", "leads", "flow", "flows", "go", "goes", "run", "stretch", "walk"])
_DONE = "what a thing does cannot be painted into a mask"


def _is_new(chunk: list[str], verb: int) -> bool:
    """Whether what does something is not there yet: "a child play", "children play"."""
    several = stands_bare(chunk[verb - 1])
    return opens(chunk) == "indefinite" or (not opens(chunk) and verb <= 2 and several)


def _beside(chunks: list[list[str]], verb_class: str) -> Slots | None:
    """ "A collie shepherd the flock": whatever the verb is, a new thing beside something."""
    chunk = chunks[0]
    at = next((at for at, token in enumerate(chunk) if at and opens([token]) == "definite"), 0)
    several = at == 2 and stands_bare(chunk[0])  # "vines cover the wall"
    new = several or (at > 2 and opens(chunk) == "indefinite")
    if len(chunks) > 1 or not new or at == len(chunk) - 1:
        return None
    if not all(map(is_word, chunk[1:at])) or kind_of(chunk[at - 1]) or chunk[at - 1] in _FROM:
        return None
    if verb_class == "add" and not chunk[at - 1].endswith("ing"):
        return None
    assumed = f"Read “{join(chunk)}” as a new thing; that it does “{chunk[at - 1]}” is not painted."
    return Slots(chunk[at:], chunk[: at - 1], "near", assumed)


def _acts(chunk: list[str], at: int) -> bool:
    """Whether a token behind a noun tells what that does: "climb", "climbing"."""
    before, token, after = chunk[at - 1], chunk[at], chunk[at + 1 :]
    if not (is_word(before) or before in lex.PERSONS_BY_PRONOUN or before in BE):
        return False
    if token in lex.THINGS_IN_ING or before in lex.INDEFINITE:
        return False
    open_word = is_word(token) and not kind_of(token) and token not in _NOT_DOING
    if before in lex.PERSONS and open_word and opens(after):
        return True  # "the woman blow a bubble"
    if before in BE and open_word and does(token) and after and after[0] not in (",", "and"):
        return True  # "she is now cutting carrots"
    stem = token.removesuffix("ing")
    stems = {token, stem, f"{stem}e", stem[:-1]} if stem != token else {token}
    return bool(stems & (lex.ACTIONS | lex.ARRIVALS))


def _says_look(tokens: list[str]) -> bool:
    """Whether "look" or "appear" leads to a look: "the dress look red", not "look at us"."""
    return tokens[0] in ("look", "appear") and tokens[1] not in WHERE | lex.AHEAD


def _arriving(chunk: list[str], at: int) -> Slots:
    """ "A spider climb the wall": a new thing, and where it is."""
    gift, place = chunk[:at], chunk[at + 1 :]
    while len(gift) > 1 and gift[-1] in BE:
        gift.pop()
    mark = "near"
    if place and (place[0] in lex.PLACES or place[0] in WHERE | {"from"}):
        mark = place[0] if place[0] in lex.PLACES else "near"
        place = place[1:]
    assumed = f"Read “{join(chunk)}” as a new thing; that it does “{chunk[at]}” is not painted."
    if not place or not any(map(is_word, place)):
        return Slots((), gift, assumed=assumed)
    return Slots(place, gift, mark, assumed)
