"""Noun phrases: things that are in the picture (`PhraseReader.target`), and things, or only looks,
to paint (`read_result`)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ...nouns import singular
from ...plan import BACKGROUND, PICTURE, Relation, Which
from ..checker import FRAMED, HANGS
from . import lexicon as lex
from .measures import measured_look, measures
from .poses import is_posed
from .shades import is_shade, shade_before
from .words import (
    Tokens,
    counts,
    does,
    in_name,
    is_alive,
    is_attribute,
    is_garment,
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

ALL_OF_THEM = Which()
BODY_HEADS = frozenset(singular(part) for part in lex.BODY)
WITH_PEOPLE = BODY_HEADS.union(map(singular, lex.CLOTHES), lex.CLOTHES)
"""What people have or wear: it stays where they do."""
_CARRIED = WITH_PEOPLE.union(lex.ASPECTS, lex.PICTURES, lex.BACKGROUNDS)
_ENDS_OF = frozenset(["tip", "end", "root", "strand"])
_IN_NOUNS = lex.SIDES.union(lex.NUMBERS)  # "tank top", "number 7"


@dataclass(frozen=True)
class NounPhrase:
    """A thing in the picture, or one to paint.

    Attributes:
        attributes: adjectives in order, each of a kind that `kind_of` names.
        noun: the head with the nouns before it ("wedding dress"); empty for "blue" alone.
        tail: what follows the head of a result: "with white dots".
        which, relation: as in `Edit`; a result has none.
        article: "definite", "indefinite" or "".
        aspect: the property that it was named by: "color" for "the color of the dress".
    """

    noun: str = ""
    attributes: tuple[str, ...] = ()
    tail: str = ""
    which: Which = ALL_OF_THEM
    relation: Relation | None = None
    article: str = ""
    aspect: str = ""

    @property
    def text(self) -> str:
        """All of it, as the plan and the painter get it."""
        return " ".join(part for part in (*self.attributes, self.noun, self.tail) if part)

    @property
    def head(self) -> str:
        """The last noun in the singular, to tell "red hair" and "black hair" for one thing."""
        return singular(self.noun.rpartition(" ")[2])

    @property
    def whole(self) -> bool:
        """True for the picture and its background, for which nothing has to be found."""
        return self.noun in (PICTURE, BACKGROUND)

    def related(self, kind: str, anchor: NounPhrase) -> NounPhrase:
        """The same thing where it stands to `anchor`."""
        return replace(self, relation=Relation(kind=kind, anchor=anchor.text))


def order_by(by: str, rank: int = 1, count: int = 1) -> Which:
    """A `Which` from words of the tables."""
    return Which(by=by, rank=rank, count=count)


# --- a thing to paint -----------------------------------------------------------------------------


def read_result(tokens: Tokens) -> NounPhrase:
    """A thing, or only a look, as it shall be painted.

    Raises:
        InstructionError: where the tokens name neither.
    """
    words = _sleeved(without_article(tokens))
    if measured_look(words):
        stumble(tokens, _HOW_MUCH)
    if words[:2] == ["it", "is"]:  # "to look like | it is night"
        words = without_article(words[2:])
    if words[:1] == ["in the style of"]:
        return NounPhrase(tail=_tail(words))
    if words[:1] and words[0] in lex.MADE_OF:
        words = words[1:]
        if words and all(kind_of(word) for word in words):
            return NounPhrase(attributes=tuple(words))
        return NounPhrase(tail=_tail(["made of", *words]))
    if words[:1] and words[0] in lex.COVERED and len(words) > 1:
        return NounPhrase(tail=_tail(words))
    attributes, at = take_while(words, 0, is_attribute)
    nouns, end = take_while(words, at, _names)
    if len(nouns) > 1 and end < len(words) and does(nouns[-1]):
        nouns, end = nouns[:-1], end - 1  # "a llama crossing the street"
    last = attributes[-1] if attributes else ""
    if not nouns and last in lex.ALSO_NOUNS and opens(tokens) == "indefinite":
        nouns = [attributes.pop()]  # "an orange", which is no color
    if nouns and nouns[-1] in ("one", "ones"):
        attributes, nouns = _of_one([*attributes, *nouns[:-1]], tokens), []
    if attributes and len(nouns) == 1 and nouns[0] in lex.PAINTED:
        nouns = _of_color(attributes, nouns, tokens)  # "a blue color"
    if len(nouns) > 2 and nouns[-1] in lex.COLORS and kind_of(nouns[-2]) == "color":
        nouns.pop()  # "a nice blue color"
    if told := shade_before(nouns):  # "a nice blue | dress"
        attributes, nouns = [*attributes, join(nouns[:told])], nouns[told:]
    if is_shade(nouns):
        if lex.VAGUE_ONES.intersection(nouns):
            stumble(tokens, "it does not say which")
        attributes, nouns = [*attributes, join(nouns)], []  # "a nice blue"
    if nouns and nouns[-1] in lex.LOOK_NOUNS:
        attributes, nouns = [*attributes, *nouns[:-1]], []
    if nouns[-2:] == ["hair", "style"]:
        nouns.pop()  # "a different hairstyle"
        if not attributes and len(nouns) == 1:
            stumble(tokens, "it does not say which")
    if nouns and nouns[-1] == "style":
        attributes, nouns = [join([*attributes, *nouns])], []
    if not attributes and not nouns:
        stumble(tokens, "it does not say what to paint")
    if nouns and nouns[-1] in lex.ASPECTS:
        stumble(tokens, "it does not say which")
    return NounPhrase(join(nouns), tuple(attributes), _tail(words[end:]))


_HOW_MUCH = "how much that is cannot be painted; say how it should look, such as “much longer”"


def _of_one(looks: list[str], said: Tokens) -> list[str]:
    """How "a blue one" looks; refused where that is not told, as of "a different one"."""
    if lex.VAGUE_ONES.issuperset(looks):
        stumble(said, "it does not say what to paint")
    return looks


def _of_color(looks: list[str], nouns: list[str], said: Tokens) -> list[str]:
    """No noun, for "a blue color" is a look; refused where none is told, as of "a new color"."""
    if nouns[0] in lex.COLORS and {"age", "size"}.issuperset(map(kind_of, looks)):
        stumble(said, "it does not say which")
    return []


def _sleeved(words: list[str]) -> list[str]:
    """ "Long sleeve" and "long sleeve shirt" with one word for the sleeves."""
    at = words.index("sleeve") if "sleeve" in words[1:] else 0
    garment = at == len(words) - 1 or (words[at + 1 : at + 2] and words[at + 1] in lex.CLOTHES)
    if not at or words[at - 1] not in ("long", "short") or not garment:
        return words
    return [*words[: at - 1], f"{words[at - 1]}-sleeved", *words[at + 1 :]]


def _names(token: str) -> bool:
    return token == "'s" or (is_word(token) and token not in lex.CONNECTORS)


def _tail(tokens: Tokens) -> str:
    """What follows the head of a result, each piece of it joined by a connector."""
    kept: list[str] = []
    joined = False
    for token in tokens:
        if token in lex.CONNECTORS or token in lex.FILLERS or does(token):
            joined = True
        elif joined and opens([token]):
            if kept[-1] == "and":
                continue
        elif not is_word(token) and token not in (",", "'s"):
            stumble(tokens, f"“{token}” does not belong there")
        else:
            joined = False
        kept.append(token)
    return join(kept)


# --- a thing in the picture -----------------------------------------------------------------------


@dataclass
class Choice:
    """Which of several, as far as the words read so far say."""

    order: str = ""
    rank: int = 0
    count: int = 0
    every: bool = False
    article: str = ""

    def choose(self, order: str, tokens: Tokens) -> None:
        """Take an order, which may be said once."""
        if self.order not in ("", order):
            stumble(tokens, "only one choice can be read, such as “the left ball”")
        self.order = order


class PhraseReader:
    """Reads what is in the picture; remembers what "it", "her" and "him" can stand for.

    Attributes:
        antecedent: the thing that "it" stands for, if one was named.
        anchor: what a thing stood to that was named last.
        persons: who "woman" and "man" were last.
        spoken_of: who was only spoken of, and may be "he" or "she": "the kid is in the way".
        warnings: what was assumed.
    """

    def __init__(self) -> None:
        self.antecedent: NounPhrase | None = None
        self.anchor: NounPhrase | None = None
        self.persons: dict[str, NounPhrase] = {}
        self.spoken_of: NounPhrase | None = None
        self.warnings: list[str] = []

    def target(self, tokens: Tokens) -> NounPhrase:
        """A thing that is in the picture, with which of them and its relation.

        Raises:
            InstructionError: where the tokens name no thing, or more than a plan can hold of it.
        """
        phrase = self._phrase(tokens)
        if tokens and tokens[0] == "some" and is_plural(phrase.noun):
            stumble(tokens, "I cannot tell which ones “some” means")
        if phrase.head in _NO_THINGS:
            stumble(tokens, "it names no thing")
        if phrase.noun.startswith(("number of ", "amount of ")):
            stumble(tokens, "how many there are cannot be changed; say what comes or goes")
        if phrase.article == "indefinite" and phrase.which == ALL_OF_THEM:
            return replace(phrase, which=Which(by="score"))
        return phrase

    def relate(self, phrase: NounPhrase, kind: str, anchor: NounPhrase) -> NounPhrase:
        """`phrase` where it stands to `anchor`; "the color of the dress" is the dress.

        Raises:
            InstructionError: where one of them already stands somewhere or is chosen from several.
        """
        if phrase.noun in lex.ASPECTS and phrase.attributes == ("fur",):
            phrase = NounPhrase("fur", aspect=phrase.noun)  # "the dog's fur color"
        elif phrase.noun in lex.ASPECTS or phrase.noun in (
            "shape",
            "design",
        ):  # "the jacket's color from black" is that of a black jacket
            attributes = (*phrase.attributes, *anchor.attributes)
            aspect = "pattern" if phrase.noun == "design" else phrase.noun
            return replace(anchor, aspect=aspect, attributes=attributes)
        if phrase.noun.partition(" ")[0] in lex.BACKGROUNDS and anchor.head in lex.PRINTED_ON:
            stumble(f"{phrase.noun} of the {anchor.noun}", _OF_PART)
        if phrase.noun == PICTURE:
            if anchor.noun in ("person", PICTURE):  # "my picture"
                return phrase
            phrase = self.hung(phrase)
        part = phrase.head in BODY_HEADS | _ENDS_OF and anchor.head not in ("head", "back")
        if kind == "on" and anchor.relation and anchor.head in BODY_HEADS and not part:
            # What is on her face is on her.
            anchor = NounPhrase(anchor.relation.anchor, which=anchor.which)
        layers = kind in ("above", "below") and {phrase.head, anchor.head} <= WITH_PEOPLE
        if phrase.relation or layers:  # "the shirt under the jacket" is not lower in the picture
            self.disregard(phrase, anchor.text)
            return phrase
        if anchor.relation:  # of two places the nearer one counts
            self.disregard(anchor, anchor.relation.anchor)
            anchor = replace(anchor, relation=None)
        if anchor.noun == BACKGROUND and kind == "holding":
            stumble(
                f"{phrase.text} with {anchor.text}", "nothing can be found by what is behind it"
            )
        if anchor.noun in lex.NOWHERE:
            if phrase.noun in lex.EVERYTHING and lex.DEPTHS.get(anchor.noun) == "smallest":
                return NounPhrase(BACKGROUND)
            return self._by_depth(phrase, anchor.noun)
        if anchor.which.by == "score" and anchor.which.count > 1:  # "the table with the two cups"
            self.warnings.append(f"How many {anchor.noun} there are is not looked at.")
            anchor = replace(anchor, which=ALL_OF_THEM)
        if anchor.which != ALL_OF_THEM and anchor.article != "indefinite":
            if phrase.which != ALL_OF_THEM or kind not in ("on", "in", "holding"):
                stumble(f"{phrase.text} {kind} {anchor.text}", "only one choice can be read")
            if is_plural(phrase.noun):
                stumble(f"{phrase.text} {kind} {anchor.text}",
                        "several things of one of several cannot be told apart")  # fmt: skip
            phrase = replace(phrase, which=anchor.which)
            self.warnings.append(
                f"Read “{anchor.which.by}” as said of the {phrase.noun}, not of the {anchor.noun}."
            )
        return phrase.related(kind, anchor)

    def hung(self, picture: NounPhrase) -> NounPhrase:
        """The picture as one that hangs in the scene, and can be looked for."""
        self.warnings.append(HANGS)
        return replace(picture, noun=FRAMED)

    def disregard(self, phrase: NounPhrase, place: str) -> None:
        """Warn that a place which a plan cannot hold does not tell which thing is meant."""
        self.warnings.append(f"Any {phrase.noun} is taken, whatever the {place}.")

    def _by_depth(self, phrase: NounPhrase, where: str) -> NounPhrase:
        """ "The man in the background", who is the smallest one, as far as boxes tell."""
        if where == "corner":
            self.warnings.append(f"Any {phrase.noun} is taken, whichever {where} is meant.")
            return phrase
        order = lex.DEPTHS.get(where)
        if not order or is_plural(phrase.noun) or phrase.which != ALL_OF_THEM:
            stumble(where, "nothing can be found by where that is")
        self.warnings.append(f"Took the {order} {phrase.noun} to be the one in the {where}.")
        return replace(phrase, which=order_by(order))

    def _phrase(self, tokens: Tokens) -> NounPhrase:
        if not tokens or (len(tokens) == 1 and tokens[0] in lex.PRONOUNS):
            return self._referent(tokens)
        at = list(tokens).index("'s") if "'s" in tokens else 0
        if at and not any(_relates(tokens[:at], n) and _owns(tokens[n + 1 : at])
                          and not _is_ones(tokens, n, at) for n in range(at)):  # fmt: skip
            holder = self._phrase(tokens[:at])
            if len(tokens) == at + 1 and not (
                holder.head in lex.PERSONS or holder.noun in lex.GENDERS
            ):  # "the cats'", "the tv's": a stray quote
                return holder
            if len(tokens) == at + 1:  # "the girl's", of what was named before
                return self.relate(NounPhrase(self._antecedent(tokens).noun), "on", holder)
            if len(tokens) == at + 2 and tokens[-1] in lex.ASPECTS:
                return replace(holder, aspect=tokens[-1])  # "the dress's color"
            return self.relate(self._phrase(tokens[at + 1 :]), "on", holder)
        if len(tokens) == 1 and tokens[0] in lex.PERSONS_BY_PRONOUN:
            return self._person(lex.PERSONS_BY_PRONOUN[tokens[0]])
        if tokens[0] in _ANYBODY:  # "everyone in the back"
            tokens = [_ANYBODY[tokens[0]], "person", *tokens[1:]]
        tokens, choice = _rank_first(tokens), Choice()
        owner, at = self._determiners(tokens, choice)
        phrase, at = _described(tokens, at)
        phrase = replace(phrase, article=choice.article)
        return self._own_name(self._modify(phrase, tokens[at:], choice, owner), owner)

    def _antecedent(self, tokens: Tokens) -> NounPhrase:
        if not self.antecedent or self.antecedent.whole:
            stumble(tokens, "it does not say what of that")
        return self.antecedent

    def _referent(self, tokens: Tokens) -> NounPhrase:
        """What "it", or nothing at all, stands for."""
        if self.antecedent:
            return self.antecedent
        if tokens and tokens[0] not in ("it", "this", "that"):
            stumble(tokens, "nothing was named before that it could stand for")
        self.warnings.append("No thing was named, so the whole picture is taken.")
        return NounPhrase(PICTURE)

    def _person(self, noun: str) -> NounPhrase:
        """Whom "her" means: the last woman or girl named, who was spoken of, or else any woman."""
        return self.persons.get(noun) or self.spoken_of or NounPhrase(noun)

    def _owner(self, person: str) -> NounPhrase | None:
        """Whose a thing is, said by "her" or "its"; None where nothing was named before."""
        if person != "it":
            return self._person(person)
        if self.antecedent:
            return self._referent(["its"])
        self.warnings.append("Nothing was named that “its” could stand for: any one is taken.")
        return None

    def _determiners(self, tokens: Tokens, choice: Choice) -> tuple[NounPhrase | None, int]:
        """What stands before the attributes, into `choice`; the owner ("her") and where it ends."""
        owner = None
        for at, token in enumerate(tokens):
            behind = tokens[at + 1 :]
            more = behind and (
                is_word(behind[0]) or behind[0] in lex.OWNERS or behind[0] in lex.CORNERS
            )
            if token == "only" and opens(behind):
                continue
            if token == "corner" and more and at and tokens[at - 1] in lex.CORNERS:
                continue
            if token in lex.ALL:
                choice.every = True
            elif token in lex.SOME:
                choice.order, choice.count = "score", int(lex.SOME[token])
            elif token == "any" or (token == "the same" and more):
                choice.article = choice.article or "definite"  # of them all
            elif token in lex.DEFINITE or token in lex.INDEFINITE:
                choice.article = choice.article or opens([token])
            elif token in lex.OWNERS:
                owner = self._owner(lex.OWNERS[token])
            elif token in lex.ORDERS and more and not _compares(behind, token, choice):
                choice.choose(lex.ORDERS[token], tokens)
            elif token == "last" and more:
                choice.choose(token, tokens)
            elif token in lex.ORDINALS and more:
                choice.rank = lex.ORDINALS[token]
            elif token in lex.NUMBERS and more:
                if choice.order != "score":  # of "one of the two", two is how many there are
                    choice.count = lex.NUMBERS[token]
            else:
                return owner, at
        stumble(tokens, "it names no thing")

    def _modify(
        self, phrase: NounPhrase, rest: Tokens, choice: Choice, owner: NounPhrase | None
    ) -> NounPhrase:
        """What stands behind the noun: sides, "of ...", and one relation to an anchor."""
        if owner and owner is self.antecedent and owner.relation and phrase.head in BODY_HEADS:
            # "Give the dog a red collar and make its ears black": the collar has none.
            owner = owner if is_alive(owner.head) else NounPhrase(owner.relation.anchor)
        elif owner and owner is self.antecedent and owner.relation and phrase.head in lex.BODILY:
            wearer = NounPhrase(owner.relation.anchor)  # "a hat on the cat and ... its fur"
            owner = wearer if is_alive(wearer.head) and not is_alive(owner.head) else owner
        at, kind, anchor = 0, "on", owner
        if owner and owner.noun == "person" and phrase.head not in _CARRIED:
            # "my hair" is on me, "my cat" is not, and who I am cannot be seen.
            self.warnings.append(f"Any {phrase.noun} is taken, whoever it belongs to.")
            anchor = None
        while at < len(rest):
            token, behind = rest[at], rest[at + 1 :]
            if side := side_at(rest, at):
                order, at = side
                choice.choose(order, rest)
            elif token in lex.FILLERS and behind and kind_of(behind[0]) and token in _IS:
                looks, at = take_while(rest, at + 1, is_attribute)  # "the cars that are red"
                phrase = replace(phrase, attributes=(*phrase.attributes, *looks))
            elif token in lex.FILLERS or is_posed(rest, at):
                at += 1
            elif (token in _WORN_IN and not anchor and (looks := _worn_colors(behind))
                  and len(looks) < len(behind)):  # fmt: skip
                kind, anchor = "holding", NounPhrase("clothes", tuple(looks))
                at += 1 + len(looks)  # "the woman in red next to the car"
            elif anchor and kind == "holding" and token in lex.NEARLY:
                self.disregard(phrase, join(without_article(behind)))
                break
            elif token == "of" and not opens(behind) and phrase.noun not in lex.ASPECTS:
                words, at = take_while(rest, at + 1, is_word)  # "cup of coffee"
                phrase = replace(phrase, noun=join([phrase.noun, "of", *words]))
            elif token == "from" and behind and all(map(kind_of, behind)):
                phrase = replace(phrase, attributes=(*phrase.attributes, *behind))
                break
            elif anchor and (token in lex.RELATIONS or token == "of"):
                self.disregard(phrase, join(without_article(behind)))
                break
            else:
                kind, anchor = self._place(phrase, rest[at:], choice.every)
                break
        phrase = replace(phrase, which=self._settle(choice, phrase.noun))
        return self.relate(phrase, kind, anchor) if anchor else phrase

    def _place(self, phrase: NounPhrase, place: Tokens, every: bool) -> tuple[str, NounPhrase]:
        """The relation that a place behind a noun tells: "on the table", "behind her".

        Raises:
            InstructionError: for a place that no relation stands for.
        """
        token, behind = place[0], place[1:]
        if token in lex.RELATIONS or token == "of" or _surrounds(phrase, token):
            worn = token in _WORN_IN and bool(behind) and all(map(kind_of, behind))
            kind = "in" if worn else lex.RELATIONS.get(token, "on")
            kind, anchor = self._anchor(kind, behind)
            if every and anchor.noun in lex.DEPTHS and phrase.noun not in lex.EVERYTHING:
                stumble(place, "nothing can be found by where that is")
            lies = token == "in" and kind == "holding" and _lies_in(phrase)
            return ("in" if lies else kind), anchor
        if token in lex.NEARLY and behind:
            self.warnings.append(f"Read “{join(place)}” as near it: no box has depth.")
            return self._anchor("near", behind)
        if token == "around" and behind:
            _, anchor = self._anchor("near", behind)
            wrapped = phrase.head in lex.WRAPS or is_garment(phrase.noun)
            if wrapped or anchor.head in BODY_HEADS:
                return "on", anchor
            self.warnings.append(f"Read “{join(place)}” as near it.")
            return "near", anchor
        if token in lex.UNSUPPORTED_RELATIONS:
            stumble(place, "I know no such place")
        stumble(place, f"I cannot place it behind “{phrase.text}”")

    def _anchor(self, kind: str, tokens: Tokens) -> tuple[str, NounPhrase]:
        """The anchor of a relation; "in" something worn is "holding"."""
        if kind == "in" and tokens and all(map(kind_of, tokens)):
            return "holding", NounPhrase("clothes", tuple(tokens))  # "the woman in red"
        if list(tokens) in (["it"], ["them"]) and not self.antecedent:
            if not self.anchor:
                stumble(tokens, "nothing was named before that it could stand for")
            return kind, self.anchor
        self.anchor = anchor = self._phrase(tokens)
        worn = kind == "in" and is_garment(anchor.noun)
        return ("holding" if worn else kind), anchor

    def _settle(self, choice: Choice, noun: str) -> Which:
        """The choice as the plan has it, with a warning for all that was not said."""
        order, rank, count = choice.order, choice.rank, choice.count
        if choice.every and (order or rank):
            stumble(noun, "it is asked for all of them and for some of them")
        if order == "last":
            order = "right"
            self.warnings.append(f"Took the last {noun} to be the rightmost.")
        elif rank and not order:
            order = "left"
            self.warnings.append(f"Counted the {noun} from the left.")
        elif count and not order:
            order = "score"
        elif order and not rank and not count and is_plural(noun):
            self.warnings.append(f"Only one of the {noun} is taken; say how many to take more.")
        return order_by(order or "all", rank or 1, count or 1)

    def _own_name(self, phrase: NounPhrase, owner: NounPhrase | None) -> NounPhrase:
        """The phrase with "picture", "background" and property nouns under their own names."""
        if phrase.noun in lex.GENDERS:
            self.persons[lex.GENDERS[phrase.noun]] = phrase
        plain = not phrase.attributes and phrase.which == ALL_OF_THEM
        *before, last = phrase.noun.split()
        if phrase.noun in lex.EVERYTHING and phrase.relation:
            stumble(phrase.noun, "it names no thing; say which things")
        if phrase.noun in lex.EVERYTHING or (phrase.noun in lex.PICTURES and plain):
            if phrase.relation and not owner:
                return self.hung(phrase)
            return NounPhrase(PICTURE)
        if phrase.noun == "time" and plain and not phrase.relation:
            self.warnings.append("Read “time” as the whole picture.")
            return NounPhrase(PICTURE)
        times = last in lex.PICTURES and before and lex.WHOLE.issuperset(before)
        if plain and (phrase.noun in lex.MOODS or times):  # "the season", "the daytime scene"
            self.warnings.append(f"Read “{phrase.noun}” as the whole picture.")
            return NounPhrase(PICTURE)
        if phrase.noun in lex.BACKGROUNDS | lex.SETTINGS:
            return replace(phrase, noun=BACKGROUND)
        if last in lex.BACKGROUNDS:
            if before[-1] in lex.PRINTED_ON:
                stumble(phrase.noun, _OF_PART)
            self.warnings.append(f"Read “{phrase.noun}” as the background.")
            return replace(phrase, noun=BACKGROUND, attributes=())
        if last in lex.ASPECTS and before and phrase.noun not in lex.COMPOUNDS:
            return replace(phrase, noun=" ".join(before), aspect=last)  # "hair color"
        if phrase.noun in lex.ASPECTS and plain and not phrase.relation:
            if phrase.noun not in lex.COLORS | {"style"} and not self.antecedent:
                stumble(phrase.noun, "it does not say of what")
            return self._referent([])  # "change the color to blue"
        return phrase


_STANDING = frozenset(["parked", "standing", "hanging", "seated", "sitting", "lying"])
_IS = frozenset(["that is", "that are", "which is", "which are", "who is", "who are"])
_WORN_IN = frozenset(["in", "wearing", "dressed in"])


def _worn_colors(tokens: Tokens) -> list[str]:
    """The colors of clothes in "red next to the car", where no noun follows them."""
    looks, end = take_while(tokens, 0, lambda token: kind_of(token) in ("color", "pattern"))
    follows = end < len(tokens) and in_name(tokens[end]) and tokens[end] not in lex.FILLERS
    return [] if follows or tokens[end : end + 1] == ["'s"] else looks


def _lies_in(phrase: NounPhrase) -> bool:
    """Whether a thing is in clothes and does not wear them: "the wrinkles in the shirt"."""
    flaw = not lex.FLAWS.isdisjoint((phrase.noun, phrase.head)) or phrase.head in _IN_CLOTHES
    return flaw and not is_alive(phrase.head)


_IN_CLOTHES = frozenset(
    ["flower", "feather", "button", "pin", "pocket", "zipper", "thread", "hand", "pen", "rose"]
    + ["hair", "hole", "tear", "rip", "crease", "fold", "leaf", "logo", "stripe", "pattern", "seam"]
    + ["ribbon", "reflection", "glare", "shadow", "light", "tag", "label", "patch"]
)
_OF_PART = "only that of the whole picture can be found; name the thing itself, or paint a mask"


def _rank_first(tokens: Tokens) -> Tokens:
    """ "The person second from the left" and "person number 2 from the left" as "the second
    person from the left"."""
    for at in range(1, len(tokens) - 1):
        numbered = tokens[at - 1] in ("number", "no")
        rank, end = _rank(tokens[at], numbered), at - numbered
        if not rank or not side_at(tokens, at + 1) or not is_word(tokens[at - 1]):
            continue
        label = tokens[at].isdecimal() or numbered  # "player 10 on the right"
        if label and "from" not in tokens[at + 1]:
            continue
        start = next((n for n in range(end) if not opens(tokens[n : n + 1])), end)
        if start < end:
            return [*tokens[:start], rank, *tokens[start:end], *tokens[at + 1 :]]
    return tokens


def _rank(token: str, numbered: bool) -> str:
    """The place in a row that a token names behind a noun: "second", "2", "number two"; or ""."""
    if token in lex.ORDINALS:
        return token
    if token.isdecimal() or (numbered and token in lex.NUMBERS):
        return _RANKS.get(lex.NUMBERS.get(token, 0), f"{token}th")
    return ""


_RANKS = {rank: name for name, rank in lex.ORDINALS.items() if name[0].isalpha()}


def _described(tokens: Tokens, at: int) -> tuple[NounPhrase, int]:
    """The noun from a place on, with the attributes before it, and where it ends."""
    attributes, at = take_while(tokens, at, is_attribute)
    start = at
    if at < len(tokens) - 1 and tokens[at] in _STANDING and in_name(tokens[at + 1]):
        at += 1  # "the parked cars"
    while at < len(tokens) and is_word(tokens[at]) and not side_at(tokens, at):
        if at > start and is_posed(tokens, at):
            break
        describes = kind_of(tokens[at]) and tokens[at] not in lex.ALSO_NOUNS
        if at > start and (describes or (counts(tokens[at]) and tokens[at] not in _IN_NOUNS)):
            stumble(tokens, f"“{tokens[at]}” stands behind the thing it describes")
        at += 1
    _refuse_vague(tokens[:at], tokens[start:at])
    noun = join(tokens[start:at])
    last = attributes[-1] if attributes else ""
    if not noun and (last in lex.ALSO_NOUNS or kind_of(last) == "material"):
        noun = attributes.pop()  # "the orange"
    if not noun or (counts(noun) and noun not in ("top", "bottom")):
        stumble(tokens, "it names no thing")
    return NounPhrase(noun, tuple(attributes)), at


def _refuse_vague(said: Tokens, noun: Tokens) -> None:
    """Raise `InstructionError` for words that choose among things as no plan can hold it."""
    first = noun[0] if noun else ""
    ranks = len(noun) == 2 and _RANK.fullmatch(first)  # no "18th century painting"
    if ranks or (first.isdecimal() and len(noun) > 1 and is_plural(noun[-1])):
        stumble(said, "I count up to ten only")
    some = first in _AMOUNTS and lex.DEFINITE.isdisjoint(said)
    if measure := measures(noun[-2:]):  # and not "the 100 meter sign"
        stumble(measure, _HOW_MUCH)
    for word in noun:
        if (word in _VAGUE and noun[-1] != "side") or list(noun) == ["half"] or some:
            stumble(said, f"I cannot tell which ones “{word}” means")
        if _TIMES.fullmatch(word):
            stumble(said, "how many times that is cannot be painted; say how it should look")


_VAGUE = frozenset(
    ["other", "others", "farthest", "furthest", "nearest", "closest", "remaining", "tallest"]
    + ["shortest", "oldest", "youngest", "newest", "brightest", "darkest", "longest", "widest"]
    + ["thinnest", "thickest", "fattest", "heaviest", "cutest", "prettiest", "ugliest", "happiest"]
)
_NO_THINGS = frozenset(["whatever", "thing", "stuff", "what"])
_AMOUNTS = frozenset(
    ["several", "various", "multiple", "numerous", "either", "many", "most", "few", "lots", "fewer"]
)
_RANK = re.compile(r"\d+(?:st|nd|rd|th)|[a-z]*(?:eleventh|twelfth|teenth|tieth)")
_TIMES = re.compile(r"\d+x")
_ANYBODY = {"everyone": "every", "everybody": "every", "anyone": "every",
            "anybody": "every",
            "someone": "a", "somebody": "a"}  # fmt: skip


def _compares(behind: Tokens, token: str, choice: Choice) -> bool:
    """Whether "smaller" only describes: of "the smaller balls" there may be several."""
    if token not in ("larger", "bigger", "smaller") or choice.count:
        return False
    words, _ = take_while(behind, 0, lambda each: is_attribute(each) or is_word(each))
    return bool(words) and is_plural(words[-1])


def _owns(tokens: Tokens) -> bool:
    """Whether "'s" behind these is theirs: in "the man wearing a hat's shirt" it is the man's."""
    worn = is_garment(join(tokens))  # "the man in the red shirt's pants"
    return opens(tokens) != "indefinite" and not worn and not all(map(kind_of, tokens))


def _is_ones(tokens: Tokens, relation: int, at: int) -> bool:
    """Whether "'s" is of who is somewhere: "the man on the bench's hat" is the man's."""
    part = tokens[-1]
    had = is_garment(part) or {part, singular(part)} & (BODY_HEADS | lex.BODILY | {"leash"})
    living = relation and is_alive(tokens[relation - 1]) and not is_alive(tokens[at - 1])
    return bool(had and living and lex.RELATIONS.get(tokens[relation]) != "holding")


def _relates(tokens: Tokens, at: int) -> bool:
    """Whether an anchor follows, rather than a side: "the man on the left's hat"."""
    relation = tokens[at] in lex.RELATIONS or tokens[at] in lex.NEARLY
    relation = relation or (tokens[at] == "of" and opens(tokens[at + 1 :]) == "definite")
    return relation and not side_at(tokens, at)


def _surrounds(phrase: NounPhrase, token: str) -> bool:
    return phrase.noun in lex.BACKGROUNDS and token in ("behind", "around", "for")
