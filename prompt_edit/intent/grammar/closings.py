"""What is said around an edit and nothing of it: "thx", "again", "seamlessly"."""

from __future__ import annotations

import re

from ...nouns import singular
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
_CALLED_BARE = frozenset(["bro", "bruh", "mate"])
"""Those that seldom end a name, as "guys" and "dude" do: "the delivery guys", "the surfer dude"."""
_MATES = word_set("""
    soul, class, room, team, ship, play, house, flat, work, check, first, running, school, pen,
    frat, gym, tech, crypto, finance, bar, stable, cabin, band
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
    likely, unlikely, orderly, timely, earthly, bodily, scholarly, nightly, quarterly, melancholy,
    worldly, cowardly, sickly, surly, portly, spindly, giggly, neighborly, subfamily, underbelly,
    grizzly, mayfly, horsefly, greenfly, whitefly, kimberly, beverly, reilly, connolly, shelly,
    partly, partially, nearly, hardly, barely, exclusively, horizontally, vertically, diagonally,
    equally, evenly, respectively, mostly, mainly, slightly
""")
"""Nouns and adjectives, and adverbs that change what is asked."""
_TELLING_HOW = frozenset(["dressed", "styled", "decorated", "painted", "lit", "cut"])
_BEFORE = frozenset(["", ",", "and", "then", "but"])
_ENDS = _BEFORE | {"please"}
_STARTS = frozenset(
    verb.split()[0] for verb in (*lex.CLASS_OF_VERB, *lex.STATES, *lex.ASKING, *lex.DEFINITE)
)
"""What a clause may begin with."""


def is_manner(word: str) -> bool:
    """True for an adverb that tells how something is done: "seamlessly"."""
    if len(word) < 6 or not word.endswith("ly") or word in _NO_MANNERS:
        return False
    return not kind_of(word) and word not in lex.DEGREES and word not in THINGS


def says_nothing(word: str) -> bool:
    """True for "thx" and "again", which end no name; "yo yo" and "the letter k" do."""
    said = word in _SAID or _PLEASE.fullmatch(word)
    return bool(said) and word not in ("yo", "k", "tia")


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
        verb = follower in _STARTS or (follower == "," and not kept)
        begins = before in _BEFORE or (before in lex.OPENINGS and len(kept) == 1)
        if not (nothing and begins and verb):
            kept.append(word)
    return kept


def _closes(words: Tokens) -> bool:
    """Whether the last of the words says nothing, at the end of a clause."""
    *before, last = words
    previous = before[-1] if before else ""
    greeted = previous in lex.OPENINGS and (before[-2:-1] or [""])[0] in _BEFORE  # "hey | guys"
    if previous in ("", ",") or greeted:
        return bool(last in _SAID or last in _CALLED or _PLEASE.fullmatch(last))
    bare = opens([previous]) and previous not in lex.PRONOUNS | lex.PERSONS_BY_PRONOUN.keys()
    noun = previous in lex.NOUNS_TOO and before[-2:-1] and before[-2] not in _BEFORE  # "the dress"
    if previous == "'s" or bare or (previous in lex.CLASS_OF_VERB and not noun):
        return False
    if says_nothing(last):
        return previous not in ("of", "from", "for")
    if previous in _TELLING_HOW or previous in lex.RELATIONS:
        return False
    if last in _CALLED:
        return _is_called(last, before)
    named = is_word(previous) or bool(kind_of(previous)) or previous in lex.PRONOUNS
    return named and previous not in lex.LOOKS and is_manner(last)


def _is_called(whom: str, words: Tokens) -> bool:
    """Whether somebody is spoken to behind the words, rather than named: not in "the gym | bro"."""
    previous = words[-1]
    if says_nothing(previous):
        return True  # "thx | guys"
    thing = not {previous, singular(previous)}.isdisjoint(THINGS - lex.SCENES)
    told = bool(kind_of(previous)) or previous in ("it", "them")
    ended = told or (thing and whom in _CALLED_BARE and previous not in _MATES)
    return ended and _names_something(words)


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
