"""What is said around an edit and nothing of it: "thx", "again", "seamlessly"."""

from __future__ import annotations

import re

from . import lexicon as lex
from .tables import word_set
from .words import THINGS, Tokens, counts, is_word, kind_of, opens

_SAID = word_set("""
    thx, thnx, tnx, tx, ty, tysm, tyvm, tks, thks, thanx, thankyou, again, today, ok, okay, okey,
    alright, yeah, yep, yes, pretty please, asap, tho, though, xd, kthx, rn, kk, tia, xoxo, btw,
    fyi, yo, omg, smh
""")
"""Said at either end of a clause, none of them of a thing."""
_CALLED = word_set("bro, bruh, mate, buddy, pal, dude, fam, sis, sir, folks, guys")
"""Whom a sentence speaks to, where they are not what it names."""
_MATES = word_set("""
    soul, class, room, team, ship, play, house, flat, work, check, first, running, school, pen, frat
""")
_PLEASE = re.compile(
    r"pl+[sz]+|ple+a*[sz]+e*|plea+se+|th+a*n?[kx]+s+|lo+l+z*|lmf?ao|(?:a?h[ae]){2,}h?|k+|rofl"
)
_NO_MANNERS = word_set("""
    family, elderly, friendly, lovely, silly, early, only, lively, lonely, holy, oily, chilly,
    hilly, jolly, girly, manly, womanly, ghostly, heavenly, deadly, homely, scaly, pearly, costly,
    cuddly, bubbly, wobbly, prickly, smelly, woolly, wooly, wrinkly, frilly, gnarly, squiggly,
    wiggly, burly, stately, saintly, kingly, queenly, princely, motherly, fatherly, ghastly, steely,
    grisly, unruly, crumbly, straggly, bristly, pebbly, unsightly, unfriendly, knobbly, gravelly,
    otherworldly, daily, weekly, monthly, yearly, hourly, jelly, belly, potbelly, butterfly, lily,
    fly, dragonfly, firefly, gadfly, housefly, bully, holly, ally, doily, anomaly, assembly, italy,
    sicily, filly, dolly, molly, polly, sally, billy, emily, lolly, tally, rally, folly, gully,
    jally, gelly, telly, trolly, monopoly, multiply, imply, apply, reply, supply, comply, homily,
    partly, partially, nearly, hardly, barely, exclusively, horizontally, vertically, diagonally,
    equally, evenly, respectively, mostly, mainly, slightly
""")
"""Nouns and adjectives, and adverbs that change what is asked."""
_TELLING_HOW = frozenset(["dressed", "styled", "decorated", "painted", "lit", "cut"])
_BEFORE = frozenset(["", ",", "and", "then", "but"])
_ENDS = _BEFORE | {"please"}


def is_manner(word: str) -> bool:
    """True for an adverb that tells how something is done: "seamlessly"."""
    if len(word) < 6 or not word.endswith("ly") or word in _NO_MANNERS:
        return False
    return not kind_of(word) and word not in lex.DEGREES and word not in THINGS


def without_closings(words: Tokens) -> list[str]:
    """The words of a sentence without what is said for nothing at the ends of its clauses."""
    kept: list[str] = []  # from the end
    for at in range(len(words) - 1, -1, -1):
        follower = kept[-1] if kept else ""
        if not (follower in _ENDS and _closes(words[: at + 1])):
            kept.append(words[at])
    return _without_first(kept[::-1])


def _without_first(words: list[str]) -> list[str]:
    """The words without what stands before a verb: "cleanly remove", "bro, remove"."""
    kept: list[str] = []
    for at, word in enumerate(words):
        before, follower = kept[-1] if kept else "", words[at + 1] if at + 1 < len(words) else ""
        nothing = word in _SAID or word in _CALLED or is_manner(word) or _PLEASE.fullmatch(word)
        verb = follower in lex.CLASS_OF_VERB or (follower == "," and not kept)
        if not (nothing and before in _BEFORE and verb):
            kept.append(word)
    return kept


def _closes(words: Tokens) -> bool:
    """Whether the last of the words says nothing, at the end of a clause."""
    *before, last = words
    previous = before[-1] if before else ""
    if previous in ("", ","):
        return bool(last in _SAID or last in _CALLED or _PLEASE.fullmatch(last))
    bare = opens([previous]) and previous not in lex.PRONOUNS | lex.PERSONS_BY_PRONOUN.keys()
    if previous in _TELLING_HOW or previous == "'s" or bare:
        return False
    if previous in lex.CLASS_OF_VERB or previous in lex.RELATIONS:
        return False
    if (last in _SAID and last != previous) or _PLEASE.fullmatch(last):
        return last != "yo"
    if last in _CALLED:
        return previous not in _MATES and _names_something(before)
    named = is_word(previous) or bool(kind_of(previous)) or previous in lex.PRONOUNS
    return named and previous not in lex.LOOKS and is_manner(last)


def _names_something(words: Tokens) -> bool:
    """Whether a thing was named since the last article: not in "the tall | dude"."""
    for word in reversed(words):
        if word in ("it", "them") or word in lex.PERSONS_BY_PRONOUN:
            return True
        if opens([word]):
            return False
        verb = word in lex.CLASS_OF_VERB and word not in lex.NOUNS_TOO
        if is_word(word) and not kind_of(word) and not counts(word) and not verb:
            return True
    return False
