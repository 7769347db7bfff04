"""A member of a list parted into the two slots of a shape: "the hat | red", "the man | a hat"."""

from __future__ import annotations

from ...nouns import singular
from . import lexicon as lex
from .poses import says_more
from .shades import doubtful, is_shade, style_at
from .slots import BE, WEAR, WHERE, Slots
from .verbs import Shape
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
    is_word,
    join,
    kind_of,
    opens,
    side_at,
    take_while,
    without_article,
)


def part(shape: Shape, chunk: list[str], known: bool) -> Slots | None:
    """One chunk parted into the two slots of a shape."""
    if not shape.marks:
        at = result_start(chunk, shape.giving)
        said = doubtful(chunk[:at], chunk[at:])
        return Slots(chunk[:at], chunk[at:], assumed=said) if at else None
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
    """Whether it is "put the woman in the red dress | in a suit", "the man with a hat | with"."""
    held = chunk[first + 1 : last]
    worn = chunk[first] in ("in", "with") and (is_garment(join(held)) or held[-1] in lex.WORN)
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
    gerund = chunk[at].endswith("ing") and chunk[at] in WEAR
    if gerund and shape.meaning == "give" and says_more(after):
        return False  # "the man wearing glasses younger"
    if chunk[at] == "of" and not opens(after):
        return False  # "a stack of books"
    if shape.meaning == "coat" and chunk[at] == "with" and kind_of(chunk[at - 1]):
        return not result_start(chunk[:at])  # "the wall | blue with white stripes"
    if (chunk[at] in BE or chunk[at] in ("look", "appear")) and after[0] in WHERE - {"like"}:
        return False  # it tells where, not what
    if chunk[at] == "in" and shape.meaning == "give" and shape.second == "Y":
        return opens(after) != "definite"  # "wrap the box in gold paper"
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
    if shape.second == "C" and chunk[at] == "in" and after[-1] == "style" and len(after) > 1:
        return True  # "in a victorian style"
    if shape.second == "C" and opens(after) == "indefinite" and is_shade(after[1:]):
        return True  # "in a nice green"
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


def part_last_word(shape: Shape, chunk: Tokens) -> Slots | None:
    """ "make the dress glam": English lets nothing but a description stand there."""
    *target, last = chunk
    if not shape.giving and last in lex.PRINTS and "with" in target[2:]:
        at = target.index("with")  # "make the dress with polka dots"
        return Slots(target[:at], chunk[at:])
    if last == "style" and (at := style_at(chunk)):
        return Slots(chunk[:at], chunk[at:])  # "make the room boho style"
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


def result_start(tokens: Tokens, giving: bool = False) -> int:
    """Where the result begins that no mark parts from its target, or 0: "make the hat | red"."""
    if len(tokens) > 1 and tokens[0] in lex.PERSONS_BY_PRONOUN and (giving or kind_of(tokens[1])):
        return _behind_hers(tokens, giving) or 1  # "him funny glasses"
    starts = [at for at in range(1, len(tokens)) if _may_end_target(tokens[:at])]
    starts = [at for at in starts if tokens[at + 1 : at + 2] != ["'s"]]
    starts = [at for at in starts if not ends_on_pronoun(tokens[:at])
              or opens(tokens[at:]) == "indefinite"
              or all(map(is_attribute, tokens[at:]))]  # fmt: skip
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
    if ends_on_pronoun(tokens):
        return True
    return is_word(last) and (last in lex.SIDES or not counts(last))


def ends_on_pronoun(tokens: Tokens) -> bool:
    """ "The wall behind her", "the cup next to it"."""
    meant = tokens[-1:] and (tokens[-1] in lex.PERSONS_BY_PRONOUN or tokens[-1] in ("it", "them"))
    return bool(meant) and len(tokens) > 2 and (tokens[-2] in WHERE or tokens[-2] == "of")
