"""Text to tokens: words cleaned of spelling and politeness, table entries folded into one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import chain, dropwhile, pairwise, takewhile

from ...nouns import singular
from . import lexicon as lex
from .closings import is_manner, says_nothing, without_closings
from .measures import measured
from .shades import colored, is_compound, lent
from .typos import possessed, spell
from .verbs import GERUNDS, PARTICIPLES, SHAPES
from .words import Tokens, in_name, is_person, is_plural, is_word, kind_of, opens, stumble

_TYPOGRAPHY = str.maketrans("‘’‛`´“”„«»–—−…", "'''''\"\"\"\"\"---.")
_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*'?|[,:&+]|[.;!?\n。！？]|[^\s\"'()\[\]*~^-]")
_NUMBERED = re.compile(r"(?<!\S)[1-9][.):]\s+")  # 1. remove the cup 2. add a book
_ARROW = re.compile(r"\s*(?:-+>|=+>|→|⇒|➡)\s*")  # shirt -> blue
_NOT_THE = re.compile(r",\s*(?:and |but )?not (the|his|her|my|its)\b")
_WITH = re.compile(r"\bw/(?!o\b)\s*")
_PUT = "put|set|in|on|at|to|into|onto|next|near|by|beside|behind|there|from|around|over|under"
_ON_FIRE = re.compile(rf"\bput(?= (?:(?!\b(?:{_PUT})\b)[^.,;])+on fire\b)")
_ENDS = ".;!?\n。！？"
_COMMAS = {",": ",", ":": ",", "&": "and", "+": "and", "、": ","}
# An apostrophe is no quote: one that opens has no letter before it, one that closes none behind,
# but for a Korean particle.
_QUOTED = re.compile(r"\"[^\"]+\"|(?<!\w)'[^']+'(?![a-z0-9])")


def normalise(text: str) -> str:
    """Lower-case text with composed letters and plain quotes; a numbered list as sentences."""
    plain = unicodedata.normalize("NFKC", text.translate(_TYPOGRAPHY)).lower()
    plain = _ON_FIRE.sub("set", _WITH.sub("with ", plain))
    plain = _becoming(_NOT_THE.sub(r" but not \1", _ARROW.sub(" to ", plain)))
    return _NUMBERED.sub(". ", plain) if _NUMBERED.match(plain.lstrip()) else plain


def _becoming(text: str) -> str:
    """ "Shirt: red, pants: blue" as "shirt to red, pants to blue", where all of it is so."""
    parts = [part for part in re.split(r"[,;\n]", text.strip(_ENDS + " ")) if part.strip()]
    parts = [part for part in parts if part.strip() not in lex.POLITE]
    told = [
        re.fullmatch(r"\s*((?:[a-z]+ ){0,2}[a-z]+)\s*[:=]\s*([a-z][a-z -]*)", each)
        for each in parts
    ]
    if not told or not all(each and _is_plain(each[1], each[2]) for each in told):
        return text
    return ", ".join(f"{each[1]} to {each[2].strip()}" for each in told if each)


def _is_plain(named: str, becomes: str) -> bool:
    words = [*named.split(), *becomes.split()]
    verbs = lex.CLASS_OF_VERB.keys() - lex.NOUNS_TOO | lex.POLITE | {"note", "task", "step"}
    return verbs.isdisjoint(words) and len(becomes.split()) < 5


def refuse_lettering(text: str) -> None:
    """Raise `InstructionError` for quoted words in normalised text: replace "sale" with "open".

    Quotes around the whole instruction say nothing.
    """
    bare = text.strip(_ENDS + " \t")
    quoted = _QUOTED.search(bare)
    if quoted and quoted[0] == bare:
        quoted = _QUOTED.search(bare[1:-1])
    if quoted:
        stumble(
            quoted[0][1:-1].strip(),
            "words in quotes are text to stand in the picture, and text in pictures cannot be "
            "edited; write the name of a thing without quotes",
        )


def sentences(text: str) -> list[list[str]]:
    """The sentences of normalised text as tokens; empty ones, and mere commas, are left out.

    Raises:
        InstructionError: for scripts other than the Latin one, and for signs that say nothing.
    """
    found: list[list[str]] = [[]]
    for word in _WORD.findall(text):
        if word in _ENDS:
            found.append([])
        else:
            found[-1].extend(_pieces(word))
    placed = _in_its_place(found)
    tidy = [_tidy(words, [*chain(*placed[at + 1 :])]) for at, words in enumerate(placed)]
    return [tokens for tokens in tidy if any(t not in (",", "and") for t in tokens)]


def _in_its_place(said: list[list[str]]) -> list[list[str]]:
    """ "Remove the dog and put a cat there" as "... and put a cat in its place".

    So it is where the new thing is said to be nowhere else, and nothing is done in between.
    """
    verbs, placed = "", []
    for words in map(_instead_last, said):
        told: list[str] = []
        for at, word in enumerate(words):
            kind = lex.CLASS_OF_VERB.get(word, "remove" if word == "rid" else "")
            begins = not told or told[-1] in _BEFORE_VERBS or word == "rid"
            if kind and begins:
                denied = {"not", "don't", "never"}.intersection(told[-2:])
                verbs = f"{verbs} add" if kind == "add" and verbs == "remove" else (
                    kind if kind == "remove" and not denied else "")  # fmt: skip
            elif word in _PUTTING and verbs == "remove add":
                verbs = ""
            there = word in ("there", "instead") and verbs == "remove add"
            if there and told[-1] not in _OVER_THERE and _ends(words[at + 1 :]):
                told += lex.IN_ITS_PLACE.split()
                verbs = ""
            elif word != "instead" or told[-3:] != lex.IN_ITS_PLACE.split():
                told.append(word)
        placed.append(told)
    return placed


def _instead_last(words: list[str]) -> list[str]:
    """ "And instead put a cat" and "and put instead a cat" as "and put a cat instead"."""
    for at in (n for n, pair in enumerate(pairwise(words)) if pair[0] == "instead"):
        before = words[at - 1] if at else ","
        behind = list(dropwhile(_BEFORE_VERBS.__contains__, words[at + 1 :]))
        verb = behind[0] if behind and before in _BEFORE_VERBS else before
        if lex.CLASS_OF_VERB.get(verb) == "add" and words[at + 1] != "of":
            end = next((n for n in range(1, len(behind)) if _links_a_verb(behind[n:])), len(behind))
            return [*words[:at], *behind[:end], "instead", *behind[end:]]
    return words


def _links_a_verb(words: list[str]) -> bool:
    """Whether another clause begins there."""
    behind = list(dropwhile(_BEFORE_VERBS.__contains__, words))
    return words[0] in _LINKS and bool(behind) and behind[0] in lex.CLASS_OF_VERB


def _ends(behind: list[str]) -> bool:
    """Whether nothing more is said in a clause, whose last words may be polite: "please"."""
    left = list(takewhile(lambda word: word not in _LINKS, behind))
    return all(said in lex.POLITE or said == "now" for said in _fold(left, _SAID_FOR_NOTHING))


_LINKS = (",", "and", "then", "but")
_ENDING = {"", *lex.LINKS}  # what may stand behind a clause
_BEFORE_VERBS = frozenset([*_LINKS, "please", "just", "also", "to", "not", "you"]
                          + ["don't", "never"])  # fmt: skip
_PUTTING = frozenset(["on", "in", "to", "at", "by", "near", "beside", "over", "under", "into"]
                     + ["onto", "behind", "next", "above", "below", "around"])  # fmt: skip
_OVER_THERE = frozenset(["over", "right", "up", "it", "is", "from", "of", "down"])


def _pieces(word: str) -> list[str]:
    """One raw word as tokens: contractions opened, possessives parted, foreign scripts refused."""
    if word in _COMMAS:
        return [_COMMAS[word]]
    if "'" in word and word in lex.SPELLING:
        return lex.SPELLING[word].split()
    if word.endswith("s'"):
        return [word[:-1], "'s"]
    word = word.rstrip("'").replace("-coloured", "-colored")
    if word.endswith("'s"):
        return [word[:-2], "'s"]
    for letter in word:
        if letter.isalpha() and not unicodedata.name(letter, "").startswith("LATIN"):
            stumble(word, "I read English and Korean only")
    if not any(letter.isalnum() for letter in word):
        if unicodedata.category(word[0]) in ("So", "Sk", "Mn", "Cf"):  # emoji say nothing to edit
            return []
        stumble(word, "I do not know this sign")
    return [word]


# --- folding --------------------------------------------------------------------------------------

Phrases = dict[str, list[tuple[str, ...]]]


def _index(entries: Iterable[str]) -> Phrases:
    """Entries of several words by their first word, the longest first."""
    index: Phrases = {}
    for words in sorted((tuple(e.split()) for e in entries), key=lambda w: (-len(w), w)):
        if len(words) > 1:
            index.setdefault(words[0], []).append(words)
    return index


_SPELLED_APART = _index(lex.SPELLING)
# "instead of" is not "instead", "keep just" is not "just": only the shorter ones are polite.
_SAID_FOR_NOTHING = _index([*lex.POLITE, *lex.FRAMES, *lex.INSTEAD, "keep just", "leave just"])
_FOLDED = _index([
    *lex.COMPOUNDS,
    *lex.KIND_OF, *lex.DEGREES, *lex.PRONOUNS, *lex.ALL, *lex.SOME, *lex.EVERYTHING, *lex.ORDERS,
    *lex.SIDES, *lex.CORNERS, *lex.MOODS, *lex.EFFECTS, *lex.SIDE_PREPOSITIONS, *lex.SIDE_NOUNS,
    *lex.RELATIONS, *lex.UNSUPPORTED_RELATIONS,
    *lex.NEARLY, *lex.INSTEAD, lex.IN_ITS_PLACE, *lex.ASKING, *lex.STATES, *lex.UNWANTED,
    *lex.MADE_OF, *lex.COVERED,
    *lex.STAYS, *lex.FILLERS, *lex.CONNECTORS, *lex.THEN, *lex.EXCEPT, *lex.UNCHANGED,
    *lex.CLASS_OF_VERB, *GERUNDS, *PARTICIPLES,
    *(mark for shapes in SHAPES.values() for shape in shapes for mark in shape.marks),
])  # fmt: skip


def _fold(tokens: Tokens, phrases: Phrases) -> list[str]:
    """Join each run of tokens that is one entry of a table into one token, longest first."""
    folded, at = [], 0
    while at < len(tokens):
        for phrase in phrases.get(tokens[at], ()):
            if tuple(tokens[at : at + len(phrase)]) == phrase:
                break
        else:
            phrase = (tokens[at],)
        folded.append(" ".join(phrase))
        at += len(phrase)
    return folded


_SIDED = frozenset(lex.DEFINITE) | {"top", "bottom", "upper", "lower", "far"}  # "the top right to"
_PLACING = {relation.split()[0] for relation in (*lex.RELATIONS, *lex.NEARLY)}


def _tidy(words: Tokens, later: Tokens = ()) -> list[str]:
    """Spelling, politeness and the frame ("in this photo") done with, table entries folded.

    `later` is what is said in the sentences behind it.
    """
    spelled = [
        piece
        for before, token in pairwise(["", *_fold(words, _SPELLED_APART)])
        for piece in (token if _is_itself(before, token) else lex.SPELLING[token]).split()
    ]
    folded = _fold(possessed(spelled), _SAID_FOR_NOTHING)
    kept: list[str] = []
    for at, (token, follower) in enumerate(pairwise([*folded, ""])):
        named = follower in lex.RELATIONS or follower in ("'s", "of", "frame")
        begins = not kept or kept[-1] in _LINKS
        meant = (each for each in folded[at + 1 :] if each not in lex.POLITE)
        said = next((each for each in meant if not says_nothing(each)), "")
        goes_on = not begins and is_word(said) and not kind_of(said)  # "the photo studio"
        framing = token in lex.FRAMES and not named and not (goes_on and said)
        beside = token == "nearby" and kept and kept[-1] in lex.DEFINITE  # "the nearby door"
        before = token in ("right", "directly") and follower in _PLACING
        before = before or (token, follower) == ("up", "in")  # "a kite up in the sky"
        before = before and bool(kept) and kept[-1] not in _SIDED  # "a cat right next to it"
        if token == "too" and kept and kept[-1] in _TELLING and kind_of(follower):
            kept.append(token)  # "the sky is too bright"
        hasty = token == "now" and kept and said in ("", *_LINKS)  # "remove the cup now"
        if framing and _cuts_someone(kept, [*folded[at + 1 :], *later]):
            kept[-1] = "away"  # "cut him out of the photo" leaves the rest of it
        if token not in lex.POLITE and not (framing or beside or before or hasty):
            kept.extend(token.split())
    said_so = without_closings(spell(kept))
    tokens = _but_one(_where_it_was(_possessed(_some_of(_fold(said_so, _FOLDED)))))
    return _join_lists(_join_degrees(_plain_shades(tokens)))


def _some_of(tokens: Tokens) -> list[str]:
    """ "A touch darker" in two tokens, "a touch | of red" and "a touch | screen" in three."""
    told: list[str] = []
    for token, follower in pairwise([*tokens, ""]):
        thing = token in ("a tad", "a touch", "a shade") and not kind_of(follower)
        told += token.split() if thing and follower not in lex.DEGREES else [token]
    return told


def _is_itself(before: str, token: str) -> bool:
    """Whether a word is spelled as it is meant; behind an article no "with" stands: "a whit"."""
    small = lex.SPELLING.get(token) in ("with", "to", "the", "and", "make", "give")
    return token not in lex.SPELLING or (small and before in ("a", "an", "the"))


_TELLING = frozenset(["is", "are", "was", "looks", "look", "seems"])
_HAVING = frozenset(["with", "in", "wearing", "holding", "carrying", "on", "by"])


def _cuts_someone(words: Tokens, later: Tokens) -> bool:
    """Whether a person is cut out of a picture, to be gone; a dog is cut out to be had, and so is
    who is spoken of `later`."""
    whom = list(takewhile(lambda word: word not in ("cut", "cutting"), words[-2::-1]))
    if words[-1:] != ["out"] or not 0 < len(whom) < len(words) - 1 or "of" in whom:
        return False
    placing = lex.SIDES | lex.SIDE_PREPOSITIONS | {"the"}
    head = list(takewhile(lambda word: word not in _HAVING, whom[::-1]))  # "the man with the hat"
    last = next((word for word in head[::-1] if word not in placing), "")
    meant = lex.PERSONS_BY_PRONOUN.get(last) or lex.GENDERS.get(singular(last), "")
    named = {**lex.PERSONS_BY_PRONOUN, **lex.OWNERS}
    theirs = {word for word, noun in named.items() if noun in ("man", "woman")}
    theirs = {word for word in theirs if named[word] == (meant or named[word])}
    someone = is_person(last) or last in lex.PERSONS_BY_PRONOUN
    return someone and (theirs | {"them", last}).isdisjoint(later)


def _possessed(tokens: Tokens) -> list[str]:
    """ "The hat that the man is wearing" as "the hat of the man"."""
    at = next((n for n, pair in enumerate(pairwise(tokens))
               if pair[0] in ("is", "are") and pair[1] in lex.HELD), 0)  # fmt: skip
    owners = lex.DEFINITE | lex.PERSONS_BY_PRONOUN.keys()
    start = max((n for n in range(at) if tokens[n] in owners), default=0)
    thing = start - 1 if start and tokens[start - 1] in ("that", "which") else start
    if thing < 2 or not is_word(tokens[thing - 1]):
        return list(tokens)
    if tokens[thing - 1] in lex.CLASS_OF_VERB and not opens(tokens[thing - 2 : thing - 1]):
        return list(tokens)
    return [*tokens[:thing], "of", *tokens[start:at], *tokens[at + 2 :]]


def _but_one(tokens: Tokens) -> list[str]:
    """ "All cars but the red one" as "all cars except the red one"."""
    told = list(tokens)
    for at in (at for at, token in enumerate(tokens) if token == "but"):
        before = takewhile(lambda token: token not in lex.ALL | _EVERYBODY, told[at - 1 :: -1])
        named = list(before) if at else []
        whom = told[at - len(named) - 1] if len(named) < at else ""
        thing = whom in _EVERYBODY if not named else (
            is_word(named[0]) and not kind_of(named[0]))  # fmt: skip
        short = whom and len(named) < 4 and all(map(_in_a_name, named))
        behind = list(takewhile(lambda token: token not in lex.LINKS, told[at + 1 :]))
        if thing and short and opens(behind) and lex.STAYS.isdisjoint(behind):
            told[at] = "except"
    return told


def _in_a_name(token: str) -> bool:
    return token in lex.DEFINITE or (in_name(token) and token not in lex.CLASS_OF_VERB)


_EVERYBODY = frozenset(["everyone", "everybody", "anyone", "anybody", "everything"])


def _where_it_was(tokens: Tokens) -> list[str]:
    """ "Put a house where the tree was" as "put a house instead of the tree"."""
    at = tokens.index("where") if "where" in tokens else 0
    verbs = [n for n, token in enumerate(tokens[:at]) if token in lex.CLASS_OF_VERB]
    kind = lex.CLASS_OF_VERB[tokens[verbs[-1]]] if verbs else ""
    new = kind == "make" and opens(tokens[verbs[-1] + 1 :]) == "indefinite"  # "get a bench where"
    told = list(takewhile(lambda token: token not in _ENDING, tokens[at + 1 :]))
    stood = next((n for n, token in enumerate(told) if token in _STOOD), 0)
    if not (kind == "add" or new) or not stood or not _STOOD.issuperset(told[stood:]):
        return list(tokens)
    start = at - 1 if tokens[at - 1] in ("right", "exactly", "there") else at
    behind = tokens[at + 1 + len(told) :]
    return [*tokens[:start], "instead of", *told[:stood], *_where_it_was(behind)]


_STOOD = frozenset(["is", "are", "was", "were", "stood", "stands", "sat", "sits", "lay", "lies"]
                   + ["used", "to be", "standing", "sitting", "lying", "parked", "hanging"]
                   + ["located", "placed", "before"])  # fmt: skip


def _plain_shades(tokens: Tokens) -> list[str]:
    """ "A light shade of green" as "a light green", "make it colored" as "make it colorful"."""
    plain: list[str] = []
    for token, follower in pairwise([*tokens, ""]):
        shade = plain[-1:] == ["of"] and lex.SHADED.intersection(plain[-2:-1])
        if shade and lex.KIND_OF.get(token) == "color":
            del plain[-2:]
        if token == "colored" and colored(plain, follower in _ENDING):
            plain[-1] += "-colored"
            continue
        if token == "color" and follower in _ENDING and plain[-1:] in (["into"], ["in"], ["to"]):
            token = "colored"  # "turn the photo into color"
        alone = token == "colored" and lex.KIND_OF.get(plain[-1] if plain else "") != "color"
        alone = alone and not is_manner(plain[-1] if plain else "")  # "brightly colored"
        plain.append("colorful" if alone and follower in _ENDING else token)
    return plain


def _join_degrees(tokens: Tokens) -> list[str]:
    """One token for an attribute and its degree or shade: "slightly longer", "dark blue"."""
    words: list[str] = []
    for token, follower in pairwise([*tokens, ""]):
        last = words[-1] if words else ""
        colour = lex.KIND_OF.get(token) == "color"
        if last == "all" and len(words) > 1 and colour:
            words[-1] = token  # "make the dog all black"
        elif last in lex.DEGREES and _may_be_more(last, token):
            words[-1] = f"{lex.DEGREES[last]} {token}"
        elif count := lent(words, token, follower):  # "raven black"
            words[-count:] = [" ".join([*words[-count:], token])]
        elif (last in lex.SHADES and colour and not _is_thing(words, follower)) or (
            kind_of(token) and (is_manner(last) or _is_quite(words))
        ):
            words[-1] = f"{last} {token}"
        elif kind_of(token) and measured(words):  # "10 years younger"
            words[-2:] = [f"{words[-2]} {last} {token}"]
        else:
            words.append(token)
    return words


def _may_be_more(degree: str, token: str) -> bool:
    """Whether there are degrees of it: "more red", "far bigger", and not "the far | red car"."""
    if degree in ("far", "even"):
        return token.endswith("er") and bool(kind_of(token)) and token not in lex.ALSO_NOUNS
    return bool(kind_of(token)) or (degree == "more" and not is_plural(token))


def _is_quite(words: Tokens) -> bool:
    """Whether "pretty" is no look: "make the car pretty | big"."""
    before = words[-2] if len(words) > 2 else ""
    thing = (is_word(before) and not kind_of(before)) or before in lex.PRONOUNS - lex.DEFINITE
    return words[-1:] == ["pretty"] and thing and before not in lex.CLASS_OF_VERB


def _is_thing(words: Tokens, follower: str) -> bool:
    """Whether the last of the words is no shade: in "make the sky blue", not in "the sky blue car"
    and "make it sky blue"."""
    before = list(words[:-1])
    while before and kind_of(before[-1]):  # "the cloudy sky"
        before.pop()
    if words[-1] in lex.SHADES_OF_THINGS and is_compound(words):
        return True  # "the water bottle blue"
    named = before[-1:] == ["the"] and before[-2:-1] not in (["to"], ["in"], ["into"])
    looks = bool(words[:-2]) and bool(kind_of(words[-3]))  # "truck blue, sky pink"
    if words[-2:-1] in ([","], ["and"]) and looks and "," in words[:-1] and words[-4:-3]:
        alone = is_word(words[-4]) and not kind_of(words[-4]) and not opens(words[-5:-4])
        return alone and words[-1] in lex.SHADES_OF_THINGS
    described = bool(follower) and is_word(follower) and lex.KIND_OF.get(follower) != "color"
    more = follower in ("one", "ones") or described  # "the sea turquoise blue"
    return named and not more and words[-1] in lex.SHADES_OF_THINGS


def _join_lists(tokens: Tokens) -> list[str]:
    """Attributes of one kind that "and" joins are one: "black and white".

    So a later "and" can only part the things of a list; between attributes of different kinds the
    "and" goes.
    """
    joined: list[str] = []
    for token, follower in pairwise([*tokens, ""]):
        linked = len(joined) > 1 and joined[-1] in ("and", ",")
        linked = linked and not (token in lex.STATES and opens([follower]) == "definite")
        if linked and kind_of(token) and kind_of(joined[-2]):
            link = joined.pop()
            if kind_of(joined[-1]) == kind_of(token):
                token = joined.pop() + link.replace("and", " and") + " " + token
        joined.append(token)
    return joined
