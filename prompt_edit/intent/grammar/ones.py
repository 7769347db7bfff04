"""What "one" stands for: "the red car and the green one"."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile

from ...nouns import singular
from . import lexicon as lex
from .words import Tokens, counts, does, is_word, kind_of

_POINTING = lex.DEFINITE.union(lex.OWNERS, lex.ALL, ["'s"])
_PLACING = lex.RELATIONS.keys() | {"of", "from", "off"}
_SHAPING = frozenset(f"{lex.LIKE}|{lex.TURNING}".split("|"))
_ONE: dict[str, Callable[[str], str]] = {
    "one": singular, "one of": singular, "ones": str, "ones of": str,
}  # fmt: skip


class Ones:
    """Remembers what was named last, and names it where "one" stands for it.

    Attributes:
        noun: of the thing that was named last where a clause or a list begins; "" for none.
        anchor: of what something was last said to be on, of or beside, in the same sentence: "put
            a hat on the tall man and a scarf on the short one".
        gift: what was last given or put somewhere in the same sentence: "give the man a red hat and
            the woman a green one".
    """

    def __init__(self) -> None:
        self.noun = self.anchor = self.gift = ""

    def name(self, tokens: Tokens) -> list[str]:
        """The tokens of a sentence with nouns in the place of "one" and "ones"."""
        self.anchor = self.gift = ""
        gives = any(lex.CLASS_OF_VERB.get(token) in ("give", "add") or token == "wear"
                    for token in tokens)  # fmt: skip
        named: list[str] = []
        at = 0
        while at < len(tokens):
            if self.noun and _is_bare(tokens, at):
                named += ["a", singular(self.noun)]
                at += 1
                continue
            linked = at > 0 and tokens[at - 1] in lex.LINKS | lex.THEN | {";"}
            if linked and tokens[at] in lex.CLASS_OF_VERB:  # "and change the shirt to a blue one"
                gives = lex.CLASS_OF_VERB[tokens[at]] in ("give", "add") or "wear" in tokens
            named.append(tokens[at])
            at += 1
            if named[-1] in _POINTING or named[-1].isdecimal():
                at = self._phrase(tokens, at, named)
            elif gives and named[-1] in lex.INDEFINITE:
                at = self._given(tokens, at, named)
        return named

    def _given(self, tokens: Tokens, at: int, named: list[str]) -> int:
        """Take in what stands behind "a", attributes and a noun or "one"; where it ends."""
        start = at
        while at < len(tokens) and kind_of(tokens[at]):
            at += 1
        named += tokens[start:at]
        if self.gift and at > start and tokens[at : at + 1] == ["one"]:
            named.append(singular(self.gift))
            return at + 1
        said = list(takewhile(_names, tokens[at:]))
        self.gift = " ".join(said) or self.gift
        return at

    def _phrase(self, tokens: Tokens, at: int, named: list[str]) -> int:
        """Take in what stands behind "the", attributes and a noun or "one"; where it ends."""
        told = named[:-1] if named[-2:-1] and named[-2] in lex.ALL else named  # "all | the cups"
        before = told[-2] if len(told) > 1 and named[-1] != "'s" else ","
        if before == "instead of" and self.gift:
            return at  # "a red dress instead of the blue one": of what is given
        first = before in lex.LINKS or before in lex.CLASS_OF_VERB
        placed = not first and (before in _PLACING or not self.noun)
        while at < len(tokens) and _chooses(tokens[at]) and not _is_one(tokens, at):
            named.append(tokens[at])
            at += 1
        meant = (placed and self.anchor) or self.noun
        if meant and at < len(tokens) and _is_one(tokens, at):
            named += [_ONE[tokens[at]](meant), *tokens[at].split()[1:]]
            return at + 1
        said = list(takewhile(_names, tokens[at:]))
        owns = tokens[at + len(said) : at + len(said) + 1] == ["'s"]
        if said and first and not owns:
            self.noun = " ".join(said)
        elif said and placed and not owns:
            self.anchor = " ".join(said)
        return at


def _is_bare(tokens: Tokens, at: int) -> bool:
    """Whether nothing but "one" names the thing: "for one with stripes"."""
    follower = tokens[at + 1].split()[0] if at + 1 < len(tokens) else ""
    looks = at > 0 and bool(kind_of(tokens[at - 1]))  # "a red one with long sleeves"
    return tokens[at] == "one" and follower in ("with", "that") and not looks


def _is_one(tokens: Tokens, at: int) -> bool:
    """Whether it stands for a noun: not in "the one cup"."""
    return tokens[at] in _ONE and not (at + 1 < len(tokens) and _names(tokens[at + 1]))


def _chooses(token: str) -> bool:
    return bool(kind_of(token)) or counts(token)


def _names(token: str) -> bool:
    return is_word(token) and not _chooses(token) and token not in _SHAPING and not does(token)
