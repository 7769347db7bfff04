"""Clauses: a sentence parted at its verbs, and each body parted into slots by a shape of its verb.

Nothing is decided here about what the slots mean.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, takewhile

from ...nouns import PAIRS, singular
from . import lexicon as lex
from .actions import newcomer
from .slots import BE, WEAR, WHERE, Slots
from .verbs import GERUNDS, PARTICIPLES, SHAPES, WITH_PARTICLE, Shape
from .words import (
    THINGS,
    Tokens,
    counts,
    does,
    is_alive,
    is_attribute,
    is_plural,
    is_word,
    join,
    kind_of,
    opens,
    side_at,
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
        waits = lex.INSTEAD.intersection(_without_openings(clauses[-1])[:1])
        # "instead of the dog, put a cat there" is one clause
        if token in lex.THEN or (links and not waits and _starts_clause(tokens[at + 1 :])):
            clauses.append([])
        else:
            clauses[-1].append(token)
    return [clause for clause in map(_without_openings, clauses) if clause]


def _starts_clause(tokens: Tokens) -> bool:
    tokens = _without_openings(tokens)
    if len(tokens) > 1 and tokens[0] in lex.STATES and opens(tokens[1:]) == "definite":
        return True  # "close the door"
    if len(tokens) < 2 or not _find_verb(tokens):
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
    several = any(token == "," or opens([token]) for token in tokens[len(thing) :])
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
            return ("remove", list(tokens[1:])) if flaw else ("make", [*tokens[1:], state])
    if found := _find_verb(tokens):
        verb, body = found
        new = verb == "edit" and opens(body) == "indefinite"  # "edit a boat in its place"
        return ("add" if new else lex.CLASS_OF_VERB[verb]), body
    if any(token in lex.MODALS for token in tokens):
        return "make", list(tokens)
    stumble(tokens[0], "I know no such thing to do to a picture")


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
    if body[:1] == ["on"] and opens(body[1:]) == "indefinite" and all(map(_in_name, body[2:])):
        return body[1:]
    worn = body[-1:] == ["on"] and len(body) > 1 and body[-2] not in PARTICIPLES
    return body[:-1] if worn else body


def _in_name(token: str) -> bool:
    return is_word(token) or bool(kind_of(token))


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
    return _in_name(token) or token in lex.INDEFINITE or token in lex.CONNECTORS


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
            things = share([list(each.target) for each in slots], alike)
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


def share(things: list[list[str]], alike: bool = True) -> list[list[str]]:
    """The things of a list, each with what is said once of all of them.

    "His hat | glasses" are both his, "the boy's hat | the girl's" two hats, and "the cups | plates
    on the table" both there; what has an article of its own is a thing by itself.

    Args:
        alike: the same becomes of all of them; a place is not said of what becomes something else.
    """
    shared = [list(thing) for thing in things]
    for before, thing in reversed(list(pairwise(shared))):
        _name_too(before, thing)
        if _owns_too(before, thing):
            before += thing[len(_owner(thing)) - 1 :]
    for before, thing in pairwise(shared):
        owner = _owner(before)
        if len(thing) == 1:  # "and hers blue"
            thing[0] = _ALONE.get(thing[0], thing[0])
        own = thing and (thing[-1] == "'s" or (len(thing) == 1 and thing[0] in lex.OWNERS))
        if owner and own and thing != before:
            thing += before[len(owner) :]
        elif owner and _stands_bare(thing) and not _place(thing) and not _unowned(thing):
            thing[:0] = owner
    last = shared[-1] if shared else []
    place = _place(last) if alike else []
    named = {*lex.PRONOUNS, *lex.PERSONS_BY_PRONOUN, *lex.OWNERS}.union(*shared[:-1]) - {"the"}
    one_article = bool(place) and opens(shared[0]) == "definite"
    if one_article and named.isdisjoint(place) and all(map(_stands_bare, shared[1:])):
        for thing in shared[:-1]:
            if thing and not _place(thing) and opens(thing) != "indefinite":
                thing += place
    return shared


def _name_too(before: list[str], thing: list[str]) -> None:
    """Name what "the left | right lamps" are: the left lamp and the right lamp."""
    chosen, at = without_article(before), next(
        (at for at, token in enumerate(thing) if not opens([token])), 0)  # fmt: skip
    if {*chosen[:1]} & lex.ALL:  # "both the left and the right lamp"
        chosen = without_article(chosen[1:])
    if len(chosen) != 1 or not _ranks(chosen[0]) or not _ranks(thing[at]):
        return
    _, end = take_while(thing, at + 1, lambda token: is_attribute(token) or is_word(token))
    if end == at + 1 or opens(thing) == "indefinite":
        return
    if not at and thing[end - 1] not in PAIRS:
        thing[end - 1] = singular(thing[end - 1])
    thing[:0] = [] if at else ["the"]
    before[:] = ["the", *chosen, *thing[at + 1 + (not at) :]]


def _ranks(token: str) -> bool:
    return token in lex.ORDERS or token in lex.ORDINALS or token == "last"


def _owns_too(before: Tokens, thing: Tokens) -> bool:
    """Whether what is "the bride | groom's" is the bride's as well; not so of a tree and John's."""
    owner = _owner(thing)[:-1]
    if not owner or opens(owner) or "'s" in before or _place(before) or not _stands_bare(owner):
        return False
    named = [singular(each[-1]) for each in (owner, before) if each]
    living = [each in lex.PERSONS or each in lex.GENDERS for each in named]
    return all(living) or (not any(living) and all(each in THINGS for each in named))


def _owner(thing: Tokens) -> list[str]:
    """The words that say whose a thing is, with which it opens."""
    if "'s" in thing:
        words = list(thing[: len(thing) - list(thing)[::-1].index("'s")])
        return [] if _place(words) or len(words) == len(thing) else words
    return list(thing[:1]) if thing and thing[0] in lex.OWNERS and len(thing) > 1 else []


def _stands_bare(thing: Tokens) -> bool:
    """Whether a thing shares the article of the one before it."""
    if not thing or opens(thing) or "'s" in thing or counts(thing[0]):
        return False
    return is_attribute(thing[0]) or is_word(thing[0])


_ALONE = {"hers": "her", "theirs": "their", "mine": "my", "yours": "your", "ours": "our"}


def _unowned(thing: Tokens) -> bool:
    """Whether a thing is somebody, or of what is there without an owner."""
    named, _ = take_while(thing, 0, lambda token: is_attribute(token) or is_word(token))
    return named[-1] in lex.PERSONS or singular(named[-1]) in lex.NOBODYS | lex.GENDERS.keys()


def without_place(thing: Tokens) -> Tokens:
    return thing[: len(thing) - len(_place(thing))]


def _place(thing: Tokens) -> list[str]:
    """Where a thing is, said behind it: "on the table", "on the left"; not what it holds."""
    for at in range(1, len(thing)):
        related = lex.RELATIONS.get(thing[at], "holding") != "holding" or thing[at] in lex.NEARLY
        if side_at(thing, at) or (related and at < len(thing) - 1):
            return list(thing[at:])
    return []


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
    while rest and (opens(rest[0]) == "definite" or _stands_bare(rest[0])):
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
    if not any(parted) and not shape.marks:
        parted[-1] = _part_last_word(shape, chunks[-1])
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
    if not target or not is_word(last) or (opens(chunk) == "indefinite" and not kind_of(last)):
        return None
    pronouns = {*lex.PRONOUNS, *(lex.PERSONS_BY_PRONOUN if shape.giving else ())}
    if not is_word(target[-1]) and not (len(target) == 1 and target[0] in pronouns):
        return None
    plain = shape.giving and sum(map(is_word, chunk)) <= 2
    assumed = f"Read “{last}” as what “{join(target)}” should become or get."
    return Slots(target, [last], assumed="" if plain else assumed)


def _result_start(tokens: Tokens, giving: bool = False) -> int:
    """Where the result begins that no mark parts from its target, or 0: "make the hat | red"."""
    if len(tokens) > 1 and tokens[0] in lex.PERSONS_BY_PRONOUN and (giving or kind_of(tokens[1])):
        return 1  # "him funny glasses"
    starts = [at for at in range(1, len(tokens)) if _may_end_target(tokens[:at])]
    starts = [at for at in starts if tokens[at + 1 : at + 2] != ["'s"]]
    for at in starts:
        if tokens[at] in lex.INDEFINITE or (" " in tokens[at] and tokens[at] in lex.COVERED):
            return at  # "the sky | full of stars"
    for at in starts:
        rest = tokens[at:]
        if giving:
            if len(rest) > 1 and is_alive(tokens[at - 1]) and all(map(is_word, rest)):
                return at  # "the dogs | cowboy hats"
            looks = kind_of(rest[0]) and not kind_of(tokens[at - 1])
            if looks or rest[0] in lex.NUMBERS:
                return at
        elif kind_of(rest[0]):
            _, end = take_while(rest, 0, lambda token: is_attribute(token) or token == "and")
            if end == len(rest) or rest[end] in ("with", "in the style of"):
                return at
            made_of = kind_of(rest[end - 1]) in ("material", "pattern")
            if made_of and not kind_of(tokens[at - 1]) and all(map(is_word, rest[end:])):
                return at  # "the floor | ceramic tile"
    return 0


def _may_end_target(tokens: Tokens) -> bool:
    last = tokens[-1]
    if len(tokens) == 1 and (last in lex.PRONOUNS or last in lex.PERSONS_BY_PRONOUN):
        return True
    return is_word(last) and (last in lex.SIDES or not counts(last))
