"""Text that stands in a picture, which no plan can change."""

from __future__ import annotations

from ...nouns import singular
from . import lexicon as lex
from .noun_phrase import NounPhrase
from .slots import Slots
from .words import THINGS, kind_of, opens, stands_bare, stumble

_NAMES = frozenset(["name", "title", "font", "number", "date", "time", "year", "quote", "typeface"]
                   + ["writing", "message", "price", "brand", "greeting", "score"])  # fmt: skip
_BEARERS = frozenset(["label", "sign", "signboard", "banner", "sticker", "tag", "badge", "poster"]
                     + ["clock", "watch"])  # fmt: skip
"""What becomes another such thing, or gets other letters: "change the label to organic"."""
_LOOKS = frozenset(["color", "size", "length", "width", "light", "material", "pattern", "style"])
_GREETINGS = (
    "happy birthday", "happy new year", "happy anniversary", "merry christmas", "congratulations",
    "congrats", "welcome", "hello", "good luck", "good morning", "get well", "happy holidays",
    "happy halloween", "thank you", "i love you", "best wishes", "happy easter",
)  # fmt: skip
_PLATES = frozenset(["tag", "plate", "badge", "card", "board", "sign", "label"])
_REFUSED = "text in pictures cannot be edited"


def refuse_new_text(target: NounPhrase, result: NounPhrase, slots: Slots) -> None:
    """Raise `InstructionError` for "change the name on the cup to anna"."""
    if result.noun.isdecimal():
        stumble(slots.result, _REFUSED)
    first, last = target.noun.partition(" ")[0], target.head
    texts = lex.TEXTS | _NAMES
    named = not texts.isdisjoint((first, last, target.noun.rpartition(" ")[2]))
    named = (
        named and last not in _PLATES and (last not in ("time", "year") or bool(target.relation))
    )
    plates = target.noun in ("license plate", "number plate")
    if not (named or plates or last in _BEARERS) or not slots.mark or opens(slots.result):
        return
    looks = {*map(kind_of, result.attributes)} <= _LOOKS
    known = not THINGS.isdisjoint((result.noun, singular(result.noun)))
    known = known and (not named or stands_bare(result.noun))
    shown = result.head == last or result.head in lex.ARTWORKS or result.head == "art"
    known = known or (not named and shown)  # another sign
    if (result.noun and not (known and not result.tail)) or (not result.noun and not looks):
        stumble(slots.result, _REFUSED)


def refuse_text(gift: NounPhrase, said: str) -> None:
    """Raise `InstructionError` for "add happy birthday", "add the name anna"."""
    words = gift.noun.split()
    ends = (*words[:1], *words[-1:])
    named = ends[:1] == ("name",) and len(words) > 1 and words[-1] not in _PLATES
    greets = said.startswith(_GREETINGS) and (said in _GREETINGS or gift.head not in THINGS)
    greets = greets and not said.startswith("hello kitty")
    numbered = gift.head == "number" or (ends[:1] == ("number",) and words[-1].isdecimal())
    if not lex.TEXTS.isdisjoint(ends) or named or greets or numbered:
        stumble(gift.text or said, _REFUSED)
