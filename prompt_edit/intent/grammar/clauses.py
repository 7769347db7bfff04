"""Clauses: a sentence parted at its verbs, and each body parted into slots by a shape of its verb.

Nothing is decided here about what the slots mean.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from ...nouns import ON_FACES, PAIRS, singular
from . import lexicon as lex
from .actions import newcomer
from .lists import in_pairs, to_each
from .owners import is_had, share, shares_article, without_place
from .parting import ends_on_pronoun, part, part_last_word, result_start
from .slots import BE, WEAR, WHERE, Slots
from .verbs import GERUNDS, PARTICIPLES, SHAPES, Shape, find_verb
from .words import (
    THINGS,
    Tokens,
    in_name,
    is_alive,
    is_garment,
    is_plural,
    is_word,
    join,
    kind_of,
    opens,
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
    if len(tokens) > 1 and not find_verb(tokens):
        told, _ = take_while(tokens, 0, lambda token: token not in lex.LINKS)
        stays = _stays(told) if told else []  # "and everything else stays the same"
        return bool(stays) and (bare or opens(stays) == "definite" or join(stays) in lex.ALL_ELSE)
    if len(tokens) < 2:
        return False
    counted = tokens[1] in lex.EVERYTHING or tokens[1] in lex.NUMBERS  # "and place two candles"
    return tokens[0] not in lex.NOUNS_TOO or counted or opens(tokens[1:]) != ""


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
    if verb_class == "remove" and (kept := _not_to_change(body)):
        return "keep", kept
    if tokens[0] in ("hang", "hanging") and "from" in body[1:-1]:
        body[body.index("from", 1)] = "on"  # "hang a lamp from the ceiling"
    if verb_class in ("paint", "fill") and _is_put_on(body):
        verb_class = "add"  # "paint flames on the wall", "sprinkle sugar on the cake"
        body = ["on" if token in ("over", "onto") else token for token in body]
    if verb_class == "add":
        body = _without_on(body)
    if verb_class == "give" or (verb_class == "add" and opens(body) == "indefinite"):
        body = _without_purpose(body)
    if verb_class in ("make", "alter", "paint"):
        body = _without_match(body)
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


def _is_put_on(body: Tokens) -> bool:
    """Whether something new comes onto something: "flames on the wall"."""
    at = next((at for at, token in enumerate(body) if token in ("on", "over", "onto") and at), 0)
    new = bool(at) and not opens(body) and all(map(in_name, body[:at])) and is_word(body[at - 1])
    return new and not kind_of(body[at - 1]) and not kind_of(body[-1]) and "with" not in body


def _not_to_change(body: Tokens) -> list[str]:
    """What stays in "i do not want | the background changed"; empty where it is removed."""
    kept = list(body[:-1])
    if body[-2:] == ["to", "change"]:
        kept = list(body[:-2])
    elif body[-1:] and body[-1] not in _CHANGED:
        return []
    while kept and (kept[-1] in BE or kept[-1] == "be"):
        kept.pop()
    return kept


_CHANGED = frozenset(["changed", "touched", "altered", "modified", "edited", "affected"])


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
    if ground := _new_ground(tokens):
        return "add", ground
    tokens = _with_article(_switched(tokens))
    if opens(tokens[1:]) == "definite":
        if state := lex.STATES.get(f"{tokens[0]} {tokens[-1]}"):  # "turn the lamp on"
            return "make", [*tokens[1:-1], state]
        if state := lex.STATES.get(tokens[0]):
            flaw = state in _MENDED and any(each in lex.FLAWS for each in tokens[2:4])
            if state in _MENDED and not flaw:
                _refuse_mending(tokens, state)
            return ("remove", list(tokens[1:])) if flaw else ("make", [*tokens[1:], state])
    if found := find_verb(tokens):
        verb, body = found
        if verb == "create" and _is_picture(body):
            stumble(tokens, "it asks for another picture; say what to change in this one")
        new = verb == "edit" or (verb == "drop" and not lex.PLACES.keys().isdisjoint(body))
        new = new and opens(body) == "indefinite"  # "edit a boat in its place"
        if verb in ("shave", "shave off") and not new:
            return _shaved(body)
        return ("add" if new else lex.CLASS_OF_VERB[verb]), body
    if any(token in lex.MODALS for token in tokens):
        return "make", list(tokens)
    stumble(tokens[0], "I know no such thing to do to a picture")


def _is_picture(body: Tokens) -> bool:
    """Whether it is a whole picture that is asked for: "a cartoon version", "an image of a cat"."""
    said = without_article(body)
    named, end = take_while(said, 0, in_name)
    alone = said[end : end + 1] in ([], ["of"], ["in"], ["with"], ["where"])
    return alone and bool(named) and named[-1] in lex.PICTURES | _VERSIONS


_VERSIONS = frozenset(["version", "versions", "variation", "variations", "variant", "variants"])


def _shaved(body: list[str]) -> tuple[str, list[str]]:
    """What shaving does: a beard goes, a head becomes bald.

    Raises:
        InstructionError: for what would not go by it: "shave the dog".
    """
    said = without_article(body)
    named, _ = take_while(said, 0, lambda each: is_word(each) or each in lex.OWNERS)
    last = singular(named[-1]) if named else ""
    if last == "head":
        return "make", [*body, "bald"]
    if last not in ON_FACES | {"hair", "fur", "eyebrow", "wool"}:
        stumble(body, "it does not say what hair goes; say “remove the hair on ...”")
    return "remove", body


def _new_ground(tokens: Tokens) -> list[str]:
    """ "A white background", of "i want | use | change to a white background"; or nothing."""
    body = list(tokens[1:])
    wants = lex.CLASS_OF_VERB.get(tokens[0]) == "make" or tokens[0] == "use"
    if lex.CLASS_OF_VERB.get(tokens[0]) == "alter" and body[:1] in (["to"], ["into"]):
        wants, body = True, body[1:]
    named = len(body) > 2 and body[-1] in lex.BACKGROUNDS and opens(body) == "indefinite"
    return body if wants and named and all(map(in_name, body[1:])) else []


def _with_article(tokens: Tokens) -> Tokens:
    """ "Whiten teeth" as "whiten the teeth", "turn lights off" as "turn the lights off"."""
    rest = tokens[1:]
    apart = len(tokens) > 2 and f"{tokens[0]} {tokens[-1]}" in lex.STATES
    named = without_article(rest[:-1] if apart else rest)
    state = (tokens[0] in lex.STATES and not kind_of(tokens[0])) or apart
    bare = bool(named) and not opens(rest) and all(map(in_name, named))
    if state and bare and not _KNOWN.isdisjoint((named[-1], singular(named[-1]))):
        return [tokens[0], "the", *rest]
    return tokens


def _switched(tokens: Tokens) -> Tokens:
    """ "Put the lights on in the room" as "switch the lights in the room on"."""
    at = next((at for at, token in enumerate(tokens) if token in ("on", "off")), 0)
    thing, behind = tokens[2:at], tokens[at + 1 :]
    switch = tokens[0] in ("put", "switch", "turn") and opens(tokens[1:]) == "definite"
    if not switch or not thing or not all(map(in_name, thing)) or _STRUNG.intersection(thing):
        return tokens
    room = not behind or (behind[0] == "in" and opens(behind[1:]) == "definite")
    if singular(thing[-1]) not in _SWITCHED or not room or not all(map(in_name, behind[2:])):
        return tokens
    return ["switch", *tokens[1:at], *behind, tokens[at]]


_SWITCHED = frozenset(["light", "lamp", "tv", "television", "headlight", "streetlight", "lantern"]
                      + ["chandelier", "spotlight", "floodlight", "bulb", "lightbulb", "monitor"]
                      + ["screen", "computer", "laptop", "radio", "oven", "stove", "heater"]
                      + ["heating", "lighting", "flashlight", "torch", "telly"])  # fmt: skip
_STRUNG = frozenset(["christmas", "fairy", "string"])
"""Lights that are put on a thing."""

_KNOWN = lex.BODY | lex.PICTURES | lex.CLOTHES | THINGS


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


def _without_match(body: list[str]) -> list[str]:
    """ "The shoes and the bag match in white" without the "match", which the color tells.

    Raises:
        InstructionError: where nothing tells in what they match.
    """
    at = next((at for at, token in enumerate(body) if token in _MATCHING and at), 0)
    before, behind = body[at - 1] if at else "", body[at + 1 :]
    named = at and (is_word(before) or before in _BOTH or before == "to")
    new = not lex.INDEFINITE.isdisjoint(body[:at])  # "let the man hold a match"
    told = behind[:1] == ["in"] and not opens(behind[1:])
    if not named or new or not (not behind or opens(behind) or told):
        return body
    if not told or behind[1:] == ["colorful"] or not all(map(kind_of, behind[1:])):
        what = body[at - 1 :] if before == "to" else body
        stumble(what, "it does not say what that should become")
    return [*body[: at - (before == "to")], *behind]


_MATCHING = frozenset(["match", "matching"])
_BOTH = frozenset(["it", "them", "they", "both", "these", "those", "all"])


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


def _turn_passive(body: list[str]) -> tuple[str, list[str]] | None:
    """The class and the body for the participle in "the hat be removed", if there is one."""
    for at, token in enumerate(body):
        thing = body[:at]
        while thing and thing[-1] in BE:
            thing.pop()
        if (
            token in PARTICIPLES
            and token != "tinted"
            and not (at and kind_of(body[at - 1]))
            and (
                any(map(is_word, without_article(thing)[-1:]))
                or (len(thing) < at and ends_on_pronoun(thing))
            )
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
        at = result_start(excepted)
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
    if not find_verb(clause) and all(map(_names_a_thing, clause)):
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
            slots = in_pairs(shape.meaning, slots)
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
    if any(token in ("to", "into", "with") for token in first) or result_start(first):
        return chunks, []
    stay: list[list[str]] = []
    rest = [list(chunk) for chunk in chunks[1:]]
    while rest and (opens(rest[0]) == "definite" or shares_article(rest[0])):
        end = next((n for n, token in enumerate(rest[0]) if token in ("to", "into", "with", "be")),
                   result_start(rest[0]) or len(rest[0]))  # fmt: skip
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
    parted = [part(shape, chunk, known) for chunk in chunks]
    if shape.giving and not shape.marks:
        parted = [each or _gets(chunk) for each, chunk in zip(parted, chunks, strict=True)]
    if not any(parted) and not shape.marks:
        parted[-1] = part_last_word(shape, chunks[-1])
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
    alone = sum(map(bool, parted)) == 1 and parted[0] is None and parted[-1] is None
    return to_each(shape.meaning, filled) if alone else filled


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
    elif shape.meaning == "give" and (at := _second_gift(chunk)):
        return [last, Slots(chunk[:at], chunk[at:], last.mark)]
    elif opens(chunk) == "definite" and chunk[-1] == "the same" and len(chunk) > 2:
        return _carry_on(shape, last, chunk[:-1])
    elif opens(chunk) == "definite" and last.result and all(map(kind_of, last.result)) and (
        all(map(is_word, chunk[1:])) and not kind_of(chunk[-1])
    ):  # fmt: skip
        assumed = f"Read “{join(chunk)}” as what becomes “{join(last.result)}”, too."
        return [last, replace(last, target=chunk, assumed=assumed)]  # "and the cat too"
    elif new or (bare and (opens(last.result) == "indefinite" or _may_go_on(last))):
        return [replace(last, result=[*last.result, "and", *chunk])]
    stumble(chunk, "I cannot tell what to do with it")


def _second_gift(chunk: Tokens) -> int:
    """Where the gift begins in "the woman | a blue one", or 0."""
    if opens(chunk) != "definite":
        return 0
    return next((at for at in range(2, len(chunk) - 1) if chunk[at] in lex.INDEFINITE), 0)


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
