"""Clauses: a sentence parted at its verbs, and each body parted into slots by a shape of its verb.

Nothing is decided here about what the slots mean.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, takewhile

from ...nouns import PAIRS, singular
from . import lexicon as lex
from .actions import newcomer
from .owners import is_had, share, shares_article, without_place
from .slots import BE, WEAR, WHERE, Slots
from .verbs import GERUNDS, PARTICIPLES, SHAPES, WITH_PARTICLE, Shape
from .words import (
    THINGS,
    Tokens,
    counts,
    does,
    in_name,
    is_alive,
    is_attribute,
    is_garment,
    is_person,
    is_plural,
    is_word,
    join,
    kind_of,
    opens,
    side_at,
    stands_bare,
    stumble,
    take_while,
    without_article,
)

# --- a sentence -----------------------------------------------------------------------------------


def split_list(tokens: Tokens) -> list[list[str]]:
    """The members of a list that "and" and commas part."""
    members: list[list[str]] = [[]]
    for token in tokens:
        if token in ("and", ","):
            members.append([])
        else:
            members[-1].append(token)
    return [member for member in members if member]


def split_clauses(tokens: Tokens) -> list[list[str]]:
    """Parts a sentence where "then" stands, or "and", "but" or a comma before a verb."""
    clauses: list[list[str]] = [[]]
    for at, token in enumerate(tokens):
        links = token in ("and", "but", "while", "plus", ",")
        told = bool(at and kind_of(tokens[at - 1])) and tokens[at - 1] not in lex.ALSO_NOUNS
        told |= not lex.INDEFINITE.isdisjoint(clauses[-1])  # "the dog a cat, shoes stay black"
        waits = lex.INSTEAD.intersection(_without_openings(clauses[-1])[:1])
        # "instead of the dog, put a cat there" is one clause
        if token in lex.THEN or (links and not waits and _starts_clause(tokens[at + 1 :], told)):
            clauses.append([])
        else:
            clauses[-1].append(token)
    return [clause for clause in map(_without_openings, clauses) if clause]


def _starts_clause(tokens: Tokens, bare: bool = False) -> bool:
    """Whether a clause begins there; with `bare`, "hair stays the same" is one."""
    tokens = _without_openings(tokens)
    if len(tokens) > 1 and tokens[0] in lex.STATES and opens(tokens[1:]) == "definite":
        return True  # "close the door"
    if len(tokens) > 1 and not _find_verb(tokens):
        told, _ = take_while(tokens, 0, lambda token: token not in lex.LINKS)
        stays = _stays(told) if told else []  # "and everything else stays the same"
        return bool(stays) and (bare or opens(stays) == "definite" or join(stays) in lex.ALL_ELSE)
    if len(tokens) < 2:
        return False
    return tokens[0] not in lex.NOUNS_TOO or opens(tokens[1:]) != ""


def _without_openings(tokens: Tokens) -> list[str]:
    """The clause without "hey", "so", "and" and the like at its ends."""
    start, end = 0, len(tokens)
    while start < end and (
        tokens[start] in lex.OPENINGS or tokens[start] == "," or tokens[start].isdecimal()
    ):
        start += 1
    while end > start and (tokens[end - 1] in (",", "and") or _says_nowhere(tokens, end - 1)):
        end -= 1
    return list(tokens[start:end])


def _says_nowhere(tokens: Tokens, at: int) -> bool:
    """Whether "nearby" or the like stands there, behind a thing."""
    return (
        at > 1
        and tokens[at] in lex.SOMEWHERE
        and is_word(tokens[at - 1])
        and tokens[at - 1] not in lex.ACTIONS
    )


def spoken_of(tokens: Tokens) -> list[str]:
    """What a clause only tells something of: "the dress" of "the dress is too long", "there is a
    stain on the shirt", "the dog on the left:"; nothing where it does more, or speaks of two."""
    for seen in _SEEN:
        if tuple(tokens[: len(seen)]) == seen and opens(tokens[len(seen) :]):
            return list(tokens[len(seen) :])
    if tokens[0] in ("is", "are") and (opens(tokens[1:]) or counts(tokens[1])):
        return list(tokens[1:])
    thing = list(takewhile(lambda token: token not in _TELLING, tokens))
    told = tokens[len(thing) + 1 :]
    told = told[1:] if opens(told) and all(map(in_name, told[1:])) else told  # "is | my ex"
    several = any(token == "," or opens([token]) for token in told)
    names = opens(thing) == "definite" and len(thing) > 1 and not several
    return thing if names else []


_SEEN = (("see",), ("look", "at"), ("i", "see"), ("i", "hate"), ("i", "dislike"))
_TELLING = frozenset(["is", "are", "was", "were", "look", "looks", "seem", "seems", "feels"])


def states(tokens: Tokens) -> bool:
    """Whether a sentence says how a thing is: "the cake is a pie"."""
    at = next((at for at, token in enumerate(tokens) if token in ("is", "are")), 0)
    said = at > 1 and opens(tokens) == "definite" and not _find_verb(tokens)
    return said and at < len(tokens) - 1 and not does(tokens[at + 1])


def fragment(tokens: Tokens) -> list[str]:
    """A wish without a verb, as one with it: "white background", "shirt red, pants blue"."""
    if _find_verb(tokens) and tokens[0] != "dress":
        return []
    wishes = [_wish(member) for member in split_list(tokens)]
    if not wishes or not all(wishes):
        return []
    return ["make", *wishes[0], *(word for wish in wishes[1:] for word in ("and", *wish))]


def _wish(said: Tokens) -> list[str]:
    """What becomes what, in "red dress", "dress red" and "dress to red"; else nothing."""
    definite, said = opens(said) == "definite", without_article(said)
    looks, at = take_while(said, 0, is_attribute)
    named, end = take_while(said, at, lambda token: is_word(token) and not kind_of(token))
    if not looks:
        behind = said[end + 1 :] if said[end : end + 1] in (["to"], ["in"]) else said[end:]
        looks = behind if all(map(kind_of, behind)) else []
    elif definite or end < len(said):
        return []  # "the red dress" is there already
    if len(named) > 1 and named[-1] in lex.BACKGROUNDS and end == len(said):
        return ["the", "background", "a", *said[:-1]]  # "beach background"
    names = {join(named), named[-1], singular(named[-1])} if named else set()
    return ["the", *named, *looks] if looks and not _NAMED.isdisjoint(names) else []


_NAMED = (THINGS - lex.WHOLE) | lex.CLOTHES | lex.BODY | lex.BACKGROUNDS

# --- the verb -------------------------------------------------------------------------------------


def split_verb(tokens: Tokens) -> tuple[str, list[str]]:
    """The class of a clause's verb and the clause's body.

    "The hat should be removed" and "I want the hat removed" are turned into "remove the hat",
    "could the hat be red" into "make the hat be red".

    Raises:
        InstructionError: where the clause begins with no verb of the tables, and for text that is
            to stand in the picture.
    """
    if len(tokens) > 1 and tokens[-1] in lex.UNWANTED and tokens[0] not in lex.ASKING:
        start = 1 if tokens[0] in lex.CLASS_OF_VERB else 0  # "make the car disappear"
        return "remove", list(tokens[start:-1])
    if stays := _stays(tokens):
        return "keep", stays
    _refuse_exchange(tokens)
    verb_class, body = _said(tokens)
    instead = next((at for at, token in enumerate(body) if token in lex.INSTEAD), len(body))
    body = body[:instead]  # "make it red instead of blue": see `split_instead`
    if verb_class in ("make", "alter", "add", "paint", "give") and _letters(body):
        stumble(body, "text in pictures cannot be edited")
    if verb_class == "add":
        body = _without_on(body)
    if verb_class == "give" or (verb_class == "add" and opens(body) == "indefinite"):
        body = _without_purpose(body)
    return _wished(body) if verb_class == "make" else (verb_class, body)


def _stays(tokens: Tokens) -> list[str]:
    """What is not to change: "make sure | the face | stays the same"; empty for nothing."""
    at = next((at for at, token in enumerate(tokens) if token in lex.STAYS and at), 0)
    told = tokens[at + 1 :]
    if not at or not (lex.UNCHANGED.issuperset(told) or all(map(kind_of, told))):
        return []
    verb = tokens[0] in lex.CLASS_OF_VERB and lex.CLASS_OF_VERB[tokens[0]] == "make"
    named = list(tokens[verb:at])
    while named and (named[-1] in _WILL or named[-1] in BE):
        named.pop()
    if not all(map(_is_plain, split_list(named))):
        return []  # "make the dress red, the shoes stay black"
    bare = named and all(map(in_name, named))  # "shoes stay black"
    return named if bare or opens(named) == "definite" or join(named) in lex.ALL_ELSE else []


def _is_plain(thing: Tokens) -> bool:
    """Whether nothing more is said of a thing than its name."""
    looks = kind_of(thing[-1]) and thing[-1] not in lex.ALSO_NOUNS
    return not looks and lex.INDEFINITE.isdisjoint(thing)


_WILL = frozenset(["should", "must", "to", "will", "can", "do", "does", "all"])


def _refuse_exchange(tokens: Tokens) -> None:
    """Raise `InstructionError` where two things that are there would change places."""
    at = next((at for at, token in enumerate(tokens) if token == "with"), 0)
    one, other = without_article(tokens[1:at]), tokens[at + 1 :]
    both = opens(tokens[1:2]) == "definite" and opens(other) == "definite"
    moved = at and both and one and one[-1] not in lex.BACKGROUNDS
    if moved and GERUNDS.get(tokens[0], tokens[0]) in _EXCHANGES and other[0] not in lex.PRONOUNS:
        stumble(tokens, "two things that are there cannot change places; say what each should"
                        " become")  # fmt: skip


_EXCHANGES = frozenset(["swap", "switch", "exchange", "trade"])
_MENDED = {"clean", "tidy", "repaired", "smooth", "straight"}


def _said(tokens: Tokens) -> tuple[str, list[str]]:
    """The verb class that a clause begins with, or is a wish of, and what follows."""
    if tokens[0] in lex.ASKING and len(tokens) > 1:
        return "make", list(tokens[1:])
    if opens(tokens[1:]) == "definite":
        if state := lex.STATES.get(f"{tokens[0]} {tokens[-1]}"):  # "turn the lamp on"
            return "make", [*tokens[1:-1], state]
        if state := lex.STATES.get(tokens[0]):
            flaw = state in _MENDED and any(each in lex.FLAWS for each in tokens[2:4])
            if state in _MENDED and not flaw:
                _refuse_mending(tokens, state)
            return ("remove", list(tokens[1:])) if flaw else ("make", [*tokens[1:], state])
    if found := _find_verb(tokens):
        verb, body = found
        new = verb == "edit" and opens(body) == "indefinite"  # "edit a boat in its place"
        return ("add" if new else lex.CLASS_OF_VERB[verb]), body
    if any(token in lex.MODALS for token in tokens):
        return "make", list(tokens)
    stumble(tokens[0], "I know no such thing to do to a picture")


def _refuse_mending(tokens: Tokens, state: str) -> None:
    """Raise `InstructionError` for "fix the lighting": it is not broken, and what is to come of it
    is not said; "clean the background" asks for no other one."""
    named, end = take_while(tokens, 2, is_word)
    last, before = named[-1] if named else "", named[-2] if len(named) > 1 else ""
    of_thing = tokens[end : end + 1] == ["of"] and not is_alive(tokens[-1])
    of_thing |= singular(before) in THINGS and not is_alive(before)
    if last in lex.BODY and (of_thing or not lex.SPOILT.isdisjoint(named)):
        return  # "the chair leg"
    whole = {last} & (lex.BACKGROUNDS | lex.SETTINGS | lex.PICTURES)
    sound = lex.BODY | lex.ASPECTS | lex.MOODS | lex.EFFECTS | lex.UNBROKEN | lex.HAIRDOS
    sound = sound - _BROKEN if state == "repaired" else lex.UNBROKEN
    if whole or (state in ("repaired", "straight") and {last, join(named)} & sound):
        stumble(tokens, "it does not say how it should look")


_BROKEN = {"teeth", "nails", "fingernails"}


def _wished(body: list[str]) -> tuple[str, list[str]]:
    """What is to be so, as what is to be done: "the hat be removed" as "remove the hat"."""
    if bare := _turn_negative(body):
        return "remove", bare
    there = body[1:2] and (body[1] in BE or body[1] in lex.HAVING)
    if len(body) > 3 and body[0] == "it" and there and not kind_of(body[2]):
        new = opens(body[2:]) == "indefinite" or is_word(body[2])
        if new and WHERE.intersection(body[3:]):
            return "add", body[2:]  # "it should be a hand next to the laptop"
    new = opens(body) == "indefinite"
    for at, token in enumerate(body[:-1]):
        if token in BE and body[at + 1] in lex.SEEN:  # "a child should be seen on the bed"
            if not new:
                stumble(body, "it does not say what that should become")
            return "add", [*body[:at], *body[at + 2 :]]
    if new and body[-1] in BE:  # "a child should be there"
        return "add", body[:-1]
    return _turn_passive(body) or ("make", _turn_progressive(body))


def _without_on(body: list[str]) -> list[str]:
    """ "Put a hat on" and "put on a hat", where nobody is named, as "put a hat"."""
    if body[:1] == ["on"] and opens(body[1:]) == "indefinite" and all(map(in_name, body[2:])):
        return body[1:]
    worn = body[-1:] == ["on"] and len(body) > 1 and body[-2] not in PARTICIPLES
    return body[:-1] if worn else body


def _without_purpose(words: list[str]) -> list[str]:
    """ "Apple to eat", "toy to play with": what a thing is for is not painted."""
    at = next((at for at, token in enumerate(words) if token == "to" and at), len(words))
    what_for = words[at + 1 :]
    return words[:at] if what_for and len(what_for) < 3 and what_for[0] in lex.USES else words


def _letters(body: Tokens) -> bool:
    """Whether words or numbers are to stand somewhere: "let the clock show six"."""
    return any(
        token in lex.LETTERING
        or (token in ("show", "shows") and (follower in lex.NUMBERS or follower.isdecimal()))
        or (token == "to" and follower in ("read", "spell"))
        for token, follower in pairwise([*body[1:], ""])
    )


def _turn_negative(body: list[str]) -> list[str]:
    """ "The man wear no hat" as "hat from the man"; empty where nothing is denied."""
    at = next((at for at, token in enumerate(body) if token == "no"), 0)
    if at < 2 or body[at - 1] not in WEAR or at == len(body) - 1:
        return []
    return [*without_article(body[at + 1 :]), "from", *body[: at - 1]]


def _find_verb(tokens: Tokens) -> tuple[str, list[str]] | None:
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


def _turn_passive(body: list[str]) -> tuple[str, list[str]] | None:
    """The class and the body for the participle in "the hat be removed", if there is one."""
    for at, token in enumerate(body):
        thing = body[:at]
        while thing and thing[-1] in BE:
            thing.pop()
        if (
            token in PARTICIPLES
            and not (at and kind_of(body[at - 1]))
            and any(map(is_word, without_article(thing)[-1:]))
        ):
            return lex.CLASS_OF_VERB[PARTICIPLES[token]], [*thing, *body[at + 1 :]]
    return None


def _turn_progressive(body: list[str]) -> list[str]:
    """ "the man be wearing a hat" as "the man wear a hat"."""
    turned: list[str] = []
    for at, token in enumerate(body):
        if turned and turned[-1] in BE and token in lex.HELD and opens(body[at + 1 :]):
            turned[-1] = lex.HELD[token]
        else:
            turned.append(token)
    return turned


def takes_the_place(verb_class: str, body: list[str]) -> list[str]:
    """What comes for what went, in "put a bathtub in its place"; empty where nothing does."""
    at = next((at for at, token in enumerate(body) if token == lex.IN_ITS_PLACE), None)
    if at is None and len(body) > 1 and body[-1] == "in place":
        at = len(body) - 1
    if at is None or verb_class not in ("add", "make", "paint"):
        return []
    comes = [*body[:at], *body[at + 1 :]]
    return comes[:-1] if comes[-1:] == [","] else comes


# --- the body -------------------------------------------------------------------------------------


def split_exception(body: Tokens, verb_class: str) -> tuple[list[str], list[str]]:
    """The body without "except the sleeves", and the tokens of what is excepted.

    Raises:
        InstructionError: where only a number is told of what is excepted: "all but two".
    """
    start = next((at for at, token in enumerate(body) if token in lex.EXCEPT), len(body))
    end = next(
        (at for at in range(start, len(body)) if body[at] in ("to", "into", "be", "to be")),
        len(body),
    )
    excepted = list(body[start + 1 : end])
    if excepted and (excepted[0] in lex.SOME or excepted[0] in lex.NUMBERS):
        stumble(excepted, "it does not say which of them")
    if end == len(body) and verb_class in ("make", "paint", "alter"):
        at = _result_start(excepted)
        if at:
            end, excepted = start + 1 + at, excepted[:at]
    return [*body[:start], *body[end:]], excepted


def split_instead(tokens: Tokens) -> Slots | None:
    """ "put a cat there instead of the dog": what goes, as target, and what comes, as result."""
    at = next((at for at, token in enumerate(tokens) if token in lex.INSTEAD), None)
    if at is None:
        return None
    before, after = list(tokens[:at]), list(tokens[at + 1 :])
    if before and all(map(kind_of, after)):
        return None
    if not before:  # "instead of the dog put a cat"
        verbs = [n for n in range(1, len(after) - 1) if after[n] in lex.CLASS_OF_VERB]
        if not verbs:
            stumble(tokens, "it does not say what should come there")
        target = [token for token in after[: verbs[0]] if token != ","]
        return _exchanged(target, _what_comes(after[verbs[0] :]))
    return _exchanged(after, _what_comes(before))


def _names_a_thing(token: str) -> bool:
    """Whether a word may stand in the name of something new, and in no wish."""
    return in_name(token) or token in lex.INDEFINITE or token in lex.CONNECTORS


def _exchanged(target: list[str], result: list[str]) -> Slots:
    if not target or not result:
        stumble(lex.IN_ITS_PLACE, "it does not say what goes, or what comes")
    if target[-1] in ("one", "ones"):  # "a red dress instead of a blue one"
        target = [*target[:-1], result[-1]]
    return Slots(target, result, "instead of")


def _what_comes(clause: list[str]) -> list[str]:
    """The new thing in "put a cat on the chair", "make it be a cat", "let him hold a cat"."""
    if not _find_verb(clause) and all(map(_names_a_thing, clause)):
        return clause  # "a white shirt instead of the dress"
    verb_class, body = split_verb(clause)
    if verb_class not in ("add", "make", "give", "paint"):
        stumble(clause, "nothing new comes in it")
    if new := newcomer(verb_class, [body]):
        return list(new.result)
    marks = [at for at, token in enumerate(body) if token in BE or token in WEAR]
    if marks:
        return body[marks[-1] + 1 :]
    places = [at for at, token in enumerate(body) if at and token in lex.PLACES]
    if places and opens(body) == "definite" and opens(body[places[0] + 1 :]) == "indefinite":
        return body[places[0] + 1 :]  # "put the dog on a box instead of the chair"
    if places and opens(body) == "definite":
        stumble(body, "things that are there cannot be moved")
    body = body[: places[0]] if places else body
    starts = [at for at, token in enumerate(body) if token in lex.INDEFINITE]
    return body[starts[0] :] if starts else body


def fill(verb_class: str, chunks: list[list[str]], known: bool) -> tuple[str, list[Slots]] | None:
    """The meaning of a clause, and slots for every member of the lists in it.

    "the shirt and the pants to red" gives two that share the result; "a red skirt and a white
    shirt" behind a mark is one result; "to the boy and the girl" gives two that share the gift.

    Args:
        verb_class: one of `lexicon.VERBS`.
        chunks: the body of the clause by `split_list`, at least one member.
        known: whether a thing was named before, so that "change to red" needs no target.

    Returns:
        None where no shape of the verb fits.

    Raises:
        InstructionError: for a member of a list that belongs to no slot.
    """
    if new := newcomer(verb_class, chunks):
        return "add", [new]
    for shape in SHAPES[verb_class]:
        if slots := _fill_shape(shape, chunks, known):
            alike = len({tuple(each.result) for each in slots}) == 1
            owns = shape.meaning != "add"
            once = all(each.result is slots[0].result for each in slots)
            becomes = owns and once and bool(slots[0].result)
            things = share([list(each.target) for each in slots], alike, becomes, owns)
            slots = [replace(each, target=one) for each, one in zip(slots, things, strict=True)]
            return shape.meaning, _one_each(slots) if alike else slots
    return None


def _one_each(slots: list[Slots]) -> list[Slots]:
    """ "The left cat | the right cat into dogs": each of them becomes one dog."""
    result = list(slots[0].result)
    last = [without_place(each.target)[-1] if each.target else "" for each in slots]
    alike = len({*map(singular, last)}) == 1
    living = all(is_alive(each) and not is_plural(each) for each in last)  # "the bride | groom"
    if len(slots) == 1 or not (alike or living) or len(result) != 1:
        return slots
    if result[0] in PAIRS | lex.PRINTS or not is_plural(result[0]):
        return slots
    return [replace(each, result=["a", singular(result[0])]) for each in slots]


def beside_background(chunks: list[list[str]]) -> tuple[list[list[str]], list[list[str]]]:
    """The background behind "the woman and the dog to a beach", and the dog, which stays, too."""
    first = chunks[0] if chunks else []
    at = next((at for at, token in enumerate(first) if token in lex.BACKGROUNDS), None)
    if at is None or first[at + 1 : at + 2] not in [["behind"], ["around"], ["of"], ["for"]]:
        return chunks, []
    if any(token in ("to", "into", "with") for token in first) or _result_start(first):
        return chunks, []
    stay: list[list[str]] = []
    rest = [list(chunk) for chunk in chunks[1:]]
    while rest and (opens(rest[0]) == "definite" or shares_article(rest[0])):
        end = next((n for n, token in enumerate(rest[0]) if token in ("to", "into", "with", "be")),
                   _result_start(rest[0]) or len(rest[0]))  # fmt: skip
        stay.append(rest[0][:end])
        if end < len(rest[0]):
            first, rest = [*first, *rest[0][end:]], rest[1:]
            break
        rest = rest[1:]
    return [list(first), *rest], stay


def _fill_shape(shape: Shape, chunks: list[list[str]], known: bool) -> list[Slots]:
    if not shape.second:
        return [Slots(chunk) if shape.first == "X" else Slots((), chunk) for chunk in chunks]
    chunks = _one_thing(chunks)
    parted = [_part(shape, chunk, known) for chunk in chunks]
    if shape.giving and not shape.marks:
        parted = [each or _gets(chunk) for each, chunk in zip(parted, chunks, strict=True)]
    if not any(parted) and not shape.marks:
        parted[-1] = _part_last_word(shape, chunks[-1])
    if not shape.giving and not shape.marks and parted[-1] and all(map(kind_of, parted[-1].result)):
        parted = [None if each and _is_hers(each) else each for each in parted]
    if not any(parted):
        return []
    filled: list[Slots] = []
    waiting: list[list[str]] = []
    for chunk, slots in zip(chunks, parted, strict=True):
        if slots:
            filled += [
                replace(slots, result=each) if shape.target_last else replace(slots, target=each)
                for each in waiting
            ]
            filled.append(slots)
            waiting = []
        elif filled:
            filled[-1:] = _carry_on(shape, filled[-1], chunk)
        else:
            waiting.append(chunk)
    return filled


def _gets(chunk: Tokens) -> Slots | None:
    """ "The man | sunglasses" in a list of what several get."""
    *whom, gift = chunk
    if len(whom) < 2 or opens(whom) != "definite" or is_alive(gift) or not is_word(gift):
        return None
    gets = is_alive(whom[-1]) and (stands_bare(gift) or is_garment(gift))
    return Slots(whom, [gift]) if gets else None


def _is_hers(slots: Slots) -> bool:
    """Whether "her | red shirt" is a thing of hers, of which something is said behind it."""
    return slots.target[0] in lex.OWNERS and len(slots.target) == 1 and not kind_of(
        slots.result[-1])  # fmt: skip


def _one_thing(chunks: list[list[str]]) -> list[list[str]]:
    """ "The cheese | tomato pizza into a meat pizza": two names of what becomes another such."""
    if len(chunks) < 2 or len(chunks[0]) != 2 or opens(chunks[0]) != "definite":
        return chunks
    first, second, *others = chunks
    named = take_while(second, 0, is_word)[0]
    if opens(second) or len(named) < 2 or named[-1] != second[-1] or len(named) == len(second):
        return chunks
    return [[first[0], join([first[1], "and", second[0]]), *second[1:]], *others]


def _carry_on(shape: Shape, last: Slots, chunk: Tokens) -> list[Slots]:
    """What a list member without a mark adds to the slots before it.

    It is one more target ("to the boy and the girl"), one more gift ("a hat and sunglasses"), or
    more of the result ("a red skirt and a white shirt").
    """
    new = opens(chunk) == "indefinite" or kind_of(chunk[0]) != "" or chunk[0] in lex.NUMBERS
    bare = all(map(is_word, chunk))
    garments = is_garment(join(chunk)) and is_garment(join(last.target)) and last.mark == "in"
    if shape.meaning == "add" and garments and (bare or opens(last.result) == "indefinite"):
        return [replace(last, target=[*last.target, "and", *chunk])]  # "in a suit | tie"
    if shape.target_last and bare and _is_gift(chunk, last):
        return [last, replace(last, result=chunk)]
    if shape.meaning == "strip" and _have_both(last, chunk):
        return [last, replace(last, target=chunk)]
    if shape.meaning == "add" and lex.PLACES.get(last.mark, "on") not in ("on", "in"):
        assumed = f"Put it {last.mark} “{join(last.target)}”, whatever “{join(chunk)}”."
        return [replace(last, assumed=assumed)]  # one knife by the plate and the cup
    if shape.target_last and shape.meaning != "strip":
        if opens(chunk) == "definite" or (bare and opens(last.target) == "definite"):
            return [last, replace(last, target=["the", *chunk] if bare else chunk)]
        if new:
            return [last, Slots((), chunk)]
    elif shape.meaning == "give" and (new or bare):
        return [last, replace(last, result=chunk)]
    elif new or (bare and (opens(last.result) == "indefinite" or _may_go_on(last))):
        return [replace(last, result=[*last.result, "and", *chunk])]
    stumble(chunk, "I cannot tell what to do with it")


def _is_gift(chunk: Tokens, last: Slots) -> bool:
    """Whether it is put there too: "a hat to the man | glasses", "a logo to the shirt | stripes".

    Raises:
        InstructionError: where it may as well be another place: "flowers to the vase | candles".
    """
    named, place = join(chunk), singular(last.target[-1])
    if is_alive(place) or is_garment(place) or not lex.BODY.isdisjoint({place, last.target[-1]}):
        dressed = is_alive(place) or (not is_garment(place) and _is_worn_one(join(last.result)))
        worn = dressed and _is_worn_one(named)
        return not is_alive(chunk[-1]) and (worn or named in lex.PRINTS)
    if place in lex.HOLDERS and stands_bare(chunk[-1]) and not is_plural(last.target[-1]):
        stumble(chunk, "it may come there, or get something too; say it in a clause of its own")
    return False


def _is_worn_one(named: str) -> bool:
    last = named.rpartition(" ")[2]
    return is_garment(named) or not lex.WORN.isdisjoint((named, last, singular(last)))


def _have_both(last: Slots, chunk: Tokens) -> bool:
    """Whether "the glasses from the man | the woman" are the woman's too."""
    living = is_alive(chunk[-1]) and is_alive(last.target[-1])
    return living and is_had(last.result) and opens(chunk) in ("definite", "")


def _may_go_on(last: Slots) -> bool:
    """Whether a result may be one of several things: "with chicken | and cheese"."""
    named = last.result and opens(last.result) != "definite" and not all(map(kind_of, last.result))
    return bool(named) and (last.mark in ("with", "by", "to", "into", "for", "instead of")
                            or last.result[0] in lex.COVERED)  # fmt: skip


# --- two slots ------------------------------------------------------------------------------------


def _part(shape: Shape, chunk: list[str], known: bool) -> Slots | None:
    """One chunk parted into the two slots of a shape."""
    if not shape.marks:
        at = _result_start(chunk, shape.giving)
        return Slots(chunk[:at], chunk[at:]) if at else None
    places = [at for at in range(len(chunk) - 1) if _may_part(shape, chunk, at, known)]
    if not places:
        return None
    # Of several marks take the one that leaves "the" to the target and "a" to the result.
    fits = [at for at in places if (opens(chunk[at + 1 :]) == "definite") == shape.target_last]
    at = fits[0] if fits else places[0 if shape.target_last else -1]
    if behind := [each for each in places if each > at and _is_dressed(chunk, at, each)]:
        at = behind[0]
    before, mark, after = chunk[:at], chunk[at], chunk[at + 1 :]
    if mark == "in the style of":
        after = [mark, *after]
    if shape.first == "A" and opens(chunk) != "indefinite":
        return None
    while len(before) > 1 and before[-1] in BE:
        before.pop()  # "let a cat be | on the chair"
    if shape.target_last:
        return Slots(after, before, mark)
    assumed = f"Read “{join(before)}” as what changes, “{join(after)}” as what it becomes."
    return Slots(before, after, mark, assumed if len(places) > 1 else "")


def _is_dressed(chunk: Tokens, first: int, last: int) -> bool:
    """Whether it is "put the woman in the red dress | in a suit"."""
    worn = chunk[first] == "in" and is_garment(join(chunk[first + 1 : last]))
    return worn and opens(chunk) == "definite" and is_person(chunk[first - 1])


def _may_part(shape: Shape, chunk: Tokens, at: int, known: bool) -> bool:
    """Whether the token there is a mark of the shape that parts its slots."""
    if chunk[at] not in shape.marks:
        return False
    if at == 0 and (shape.target_last or not (known or lex.ARTWORKS.intersection(chunk))):
        return False
    if shape.meaning != "add" and side_at(chunk, at):
        return False
    if chunk[at] in lex.AFTER_DOING and shape.meaning == "add":  # "grazing with the zebras"
        return does(chunk[at - 1]) and opens(chunk[at + 1 :]) == "definite"
    after = chunk[at + 1 :]
    if chunk[at] == "of" and not opens(after):
        return False  # "a stack of books"
    if (chunk[at] in BE or chunk[at] in ("look", "appear")) and after[0] in WHERE - {"like"}:
        return False  # it tells where, not what
    if shape.second == "A":
        return opens(after) == "indefinite"
    if shape.second == "G":
        return opens(after) != "definite" and after[-1] in lex.CLOTHES
    if shape.second == "C" and "'s" in after:
        return False  # "the woman in red's dress"
    if shape.second == "C" and chunk[at] == "in" and _is_worn(chunk[at - 1], after):
        return False  # "the man in black taller"
    if shape.second == "C" and any(map(is_garment, after[:-1])) and kind_of(after[-1]):
        return False  # "the man in a red shirt taller"
    if shape.second == "C" and chunk[at] == "in":
        rest = [token for token in without_article(after) if not kind_of(token)]
        if opens(after) and any(token not in lex.CLOTHES | lex.PAINTED for token in rest):
            return False  # "in a glass bowl"
    if shape.second == "C":  # "the man in the blue shirt": "the" tells which man, not the result
        return opens(after) != "definite" and any(map(kind_of, without_article(after)[:1]))
    return True


def _is_worn(before: str, after: Tokens) -> bool:
    """Whether a color tells what somebody wears, and what comes behind it what they become."""
    look = kind_of(after[-1])
    worn = is_alive(before) and len(after) > 1 and kind_of(after[0]) == "color"
    return worn and bool(look) and look not in ("material", "pattern")


def _part_last_word(shape: Shape, chunk: Tokens) -> Slots | None:
    """ "make the dress glam": English lets nothing but a description stand there."""
    *target, last = chunk
    if not shape.giving and last in lex.PRINTS and "with" in target[2:]:
        at = target.index("with")  # "make the dress with polka dots"
        return Slots(target[:at], chunk[at:])
    if last == "style" and is_word(target[-1]):
        rest = target[:-1]
        if len(rest) > 1 or (rest and rest[0] in lex.PRONOUNS | lex.PERSONS_BY_PRONOUN.keys()):
            return Slots(rest, [target[-1], last])  # "make the room boho style"
    if " ".join(without_article(chunk)) in THINGS:  # "change the license plate"
        return None
    if shape.meaning == "tint" and _is_no_look(last):  # "tint the rear windows"
        return None
    if not target or not is_word(last) or (opens(chunk) == "indefinite" and not kind_of(last)):
        return None
    pronouns = {*lex.PRONOUNS, *(lex.PERSONS_BY_PRONOUN if shape.giving else ())}
    if not is_word(target[-1]) and not (len(target) == 1 and target[0] in pronouns):
        return None
    plain = shape.giving and sum(map(is_word, chunk)) <= 2
    assumed = f"Read “{last}” as what “{join(target)}” should become or get."
    return Slots(target, [last], assumed="" if plain else assumed)


def _is_no_look(token: str) -> bool:
    named = {token, singular(token)}
    looks = lex.THING_COLORS | lex.PRINTS | lex.WOODS | _PAINTS
    return named.isdisjoint(looks) and not named.isdisjoint(THINGS)


_PAINTS = lex.SHADES_OF_THINGS - {"sky", "baby", "forest", "sea", "ocean", "snow", "ice", "bottle",
                                  "steel", "brick", "light", "apple", "candy"}  # fmt: skip


def _result_start(tokens: Tokens, giving: bool = False) -> int:
    """Where the result begins that no mark parts from its target, or 0: "make the hat | red"."""
    if len(tokens) > 1 and tokens[0] in lex.PERSONS_BY_PRONOUN and (giving or kind_of(tokens[1])):
        return _behind_hers(tokens, giving) or 1  # "him funny glasses"
    starts = [at for at in range(1, len(tokens)) if _may_end_target(tokens[:at])]
    starts = [at for at in starts if tokens[at + 1 : at + 2] != ["'s"]]
    return _first_start(tokens, starts, giving)


def _behind_hers(tokens: Tokens, giving: bool) -> int:
    """Where the result begins behind "her red dress", which is a thing and not she; 0 for none."""
    _, at = take_while(tokens, 1, is_attribute)
    if tokens[0] not in lex.OWNERS or at >= len(tokens) - 1 or not in_name(tokens[at]):
        return 0
    starts = [n for n in range(at + 1, len(tokens)) if _may_end_target(tokens[:n])]
    return _first_start(tokens, starts, giving and not is_alive(tokens[at]))


def _first_start(tokens: Tokens, starts: list[int], giving: bool) -> int:
    """The first of some places where a result may begin, or 0."""
    for at in starts:
        if tokens[at] in lex.INDEFINITE or (" " in tokens[at] and tokens[at] in lex.COVERED):
            return at  # "the sky | full of stars"
    for at in starts:
        rest = tokens[at:]
        if giving:
            if len(rest) > 1 and is_alive(tokens[at - 1]) and all(map(is_word, rest)):
                return at  # "the dogs | cowboy hats"
            sided = tokens[at - 1] in lex.SIDES | lex.SIDE_NOUNS and rest[0] not in lex.SIDE_NOUNS
            if sided and any(map(is_alive, tokens[:at])) and all(map(is_word, rest)):
                return at  # "the man on the left | sunglasses"
            worn = tokens[at - 2 : at - 1] == ["in"] and is_alive(tokens[max(at - 3, 0)])
            looks = kind_of(rest[0]) and (worn or not kind_of(tokens[at - 1]))
            if looks or rest[0] in lex.NUMBERS:
                return at
        elif kind_of(rest[0]):
            _, end = take_while(rest, 0, lambda token: is_attribute(token) or token == "and")
            if end == len(rest) or rest[end] in ("with", "in the style of"):
                return at
            if end == len(rest) - 1 and rest[end] in lex.THING_COLORS | lex.WOODS:
                return at  # "the table | dark walnut"
            made_of = kind_of(rest[end - 1]) in ("material", "pattern")
            if made_of and not kind_of(tokens[at - 1]) and all(map(is_word, rest[end:])):
                return at  # "the floor | ceramic tile"
    return 0


def _may_end_target(tokens: Tokens) -> bool:
    last = tokens[-1]
    if len(tokens) == 1 and (last in lex.PRONOUNS or last in lex.PERSONS_BY_PRONOUN):
        return True
    return is_word(last) and (last in lex.SIDES or not counts(last))
