"""The offline parser: an English or Korean instruction becomes an `EditPlan`, with no model.

    text -> tokens -> clauses -> (verb class, slots) -> noun phrases -> drafts -> edits

A clause is a verb and a body. `lexicon.CLAUSES` says which slots the body of each verb has and
which small words stand between them; a slot is read either as a target (a thing that is in the
picture) or as a result (a thing to paint). Other languages are first turned
round into English (`LANGUAGES`), so that meaning is decided in one place: `Reader`.

The grammar does not guess: what it assumes it says in `EditPlan.warnings`, and words that it cannot
place raise `InstructionError`. Every loop runs over a bounded list of tokens; the only regular
expressions are flat ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from ...errors import InstructionError, PlanError
from ...nouns import ON_FACES, singular
from ...plan import BACKGROUND, PICTURE, Edit, EditPlan, Which
from ..checker import checked
from ..order import in_order
from . import english, korean
from . import lexicon as lex
from .clauses import (
    beside_background,
    fill,
    fragment,
    split_clauses,
    split_exception,
    split_instead,
    split_list,
    split_verb,
    spoken_of,
    states,
    takes_the_place,
)
from .codes import in_words, refuse_numbers
from .edits import GROUND_ALONE, Draft, as_edits, as_look, compare, compose
from .looks import (
    as_another,
    as_stuff,
    comes_for,
    describes,
    looks_of,
    of_pattern,
    refuse_copy,
)
from .noun_phrase import ALL_OF_THEM, BODY_HEADS, NounPhrase, PhraseReader, order_by, read_result
from .ones import Ones
from .owners import share
from .places import WORN_ONES, clothed, surrounds, touching, wears
from .slots import WEAR, Slots
from .tokens import normalise, refuse_lettering, sentences
from .words import (
    EXAMPLE,
    THINGS,
    Tokens,
    is_alive,
    is_garment,
    is_person,
    is_word,
    join,
    kind_of,
    opens,
    side_at,
    stands_bare,
    stumble,
    without_article,
)

PARSER = "grammar"
LONGEST = 2000

LANGUAGES = (korean, english)
"""Each with `speaks(text)`, and with `to_english(text)`; the first one that speaks it reads it."""

_WORN = WEAR - frozenset(lex.HAVING) - {"contain", "contains", "containing", "show", "shows"}
_NOTHING = frozenset(["nothing", "background", "empty space", "surroundings", "its surroundings"])
_TIMES = frozenset(
    ["day", "night", "evening", "morning", "winter", "summer", "spring", "autumn", "fall", "dusk"]
    + ["sunset", "sunrise", "storm", "daytime", "nighttime", "dawn", "day time", "night time"]
)
_SEVERAL = (["them"], ["they"], ["these"], ["those"], ["both"], ["both of them"], ["all of them"])
_OF_A_THING = frozenset(["size", "length", "width", "form", "color", "pattern", "material"])
"""Kinds of looks that a whole picture seldom gets."""
_OF_A_PICTURE = frozenset(["black and white", "black-and-white", "colored", "multicolored"])
_GONE = "what it could stand for has been removed"
_OTHERS = frozenset(["else", "other", "others"])
_WISHED = frozenset(["was", "were", "had", "could", "would"])


def parse_grammar(instruction: str) -> EditPlan:
    """Read an English or Korean instruction into a plan.

    Raises:
        InstructionError: for an empty instruction, one longer than 2000 characters, one in
            another language, one with quoted words to paint, and for words that the grammar
            cannot place; the message names them.
    """
    if not instruction.strip():
        raise InstructionError(f"The instruction is empty. Write, for example: “{EXAMPLE}”.")
    if len(instruction) > LONGEST:
        raise InstructionError(
            f"The instruction has {len(instruction)} characters; at most {LONGEST} can be read. "
            f"Say what to change in a sentence or two, for example: “{EXAMPLE}”."
        )
    text, notes = in_words(normalise(instruction))
    refuse_lettering(text)
    refuse_numbers(text)
    language = next(each for each in LANGUAGES if each.speaks(text))
    said = language.to_english(text)
    try:
        return _read(instruction, said, notes)
    except InstructionError as error:
        if language is english:
            raise
        raise InstructionError(f"{error} (In English the instruction is “{said}”.)") from error


def _read(instruction: str, text: str, notes: list[str]) -> EditPlan:
    reader = Reader()
    try:
        said = sentences(text)
        for number, sentence in enumerate(said):
            later = any(map(_points, said[number + 1 :]))
            reader.read_sentence(sentence, alone=len(said) == 1, later=later)
        edits = reader.finish()
    except PlanError as error:
        first = error.__cause__.errors()[0]  # type: ignore[union-attr]
        stumble(str(first["input"])[:80], f"it does not fit a plan ({first['msg']})")
    try:
        spelled = " ".join(join(tokens) for tokens in said)  # "tshirt" as "t-shirt"
        edits, mended = checked(edits, f"{text} {spelled}")
    except PlanError as error:
        stumble(instruction.strip()[:80], str(error).rstrip("."))
    warnings = tuple(dict.fromkeys([*notes, *reader.warnings, *mended]))
    edits = in_order(edits, instruction, text)
    return EditPlan(edits=edits, instruction=instruction, parser=PARSER, warnings=warnings)


def _points(tokens: Tokens) -> bool:
    """Whether a clause is about "it", whatever that is."""
    return bool({"it", "them", "him", "her"}.intersection(tokens))


class Reader:
    """Reads clause after clause; remembers the drafts and what is kept.

    A clause acts on its slots through the method that `lexicon.CLAUSES` names as its meaning.
    """

    def __init__(self) -> None:
        self.phrases = PhraseReader()
        self.warnings = self.phrases.warnings
        self.drafts: list[Draft] = []
        self.recent: list[Draft] = []  # of the clause before in the same sentence
        self.named: list[NounPhrase | None] = []  # what "them" stands for
        self.kept: list[NounPhrase] = []
        self.made: list[NounPhrase] = []  # as what was named looks by now
        self.stays: list[NounPhrase] = []  # what the last clause of that kind kept
        self.selected: list[NounPhrase] = []  # "select the dog": what stays before a background
        self.ones = Ones()

    def read_sentence(self, tokens: Tokens, alone: bool = False, later: bool = False) -> None:
        """Act on every clause of one sentence in turn.

        What only tells how a thing is, is a wish where nothing else is said (`alone`), and names
        the thing for a clause behind it, or for a `later` sentence, that is about "it".
        """
        self.recent = []
        _refuse_pointing(tokens)
        clauses = split_clauses(self.ones.name(tokens))
        for number, clause in enumerate(clauses):
            lone = len(clauses) == 1
            told = spoken_of(clause) if later or any(map(_points, clauses[number + 1 :])) else []
            if told:
                self._speak_of(self.phrases.target(told))
            else:
                self.read_clause(self._as_wish(clause, alone) if lone else clause)

    def _speak_of(self, thing: NounPhrase) -> None:
        """Take in what "it" is from here on, or "he" or "she", where its name tells neither."""
        self.phrases.antecedent = thing
        nobody_else = is_alive(thing.head) and thing.noun not in lex.GENDERS
        self.phrases.spoken_of = thing if nobody_else else None

    def _as_wish(self, clause: Tokens, alone: bool) -> Tokens:
        """A sentence of one clause that only tells something, as what shall be so."""
        if clause[0] == "if" and _WISHED.intersection(clause):
            return ["what if", *clause[1:]]  # "if the dress were red?"
        if alone and (wish := fragment(clause)):
            self.warnings.append(f"Read “{join(clause)}” as what shall be so.")
            return wish
        there = clause[0] in ("is", "are") and opens(clause[1:])  # "there is a cat on the sofa"
        if not alone or not (there or states(clause)):
            return clause
        words = ["there", *clause] if there else clause
        self.warnings.append(f"Read “{join(words)}” as what shall be so.")
        return ["add", *clause[1:]] if there else ["make", *clause]

    def read_clause(self, tokens: Tokens) -> None:
        """Match one clause against the shapes of its verb and act on the slots."""
        if instead := split_instead(tokens):
            self._act("change", [instead], [])
            return
        verb_class, body = split_verb(tokens)
        if comes := takes_the_place(verb_class, body):
            self._take_the_place(comes)
            return
        if "respectively" in body:
            stumble(tokens, "say each of them by itself")
        mark = next((token for token in body if token in lex.EXCEPT), "")
        body, excepted = split_exception(body, verb_class)
        chunks, beside = beside_background(split_list(body))
        if not chunks:
            stumble(tokens, "it does not say what to change")
        filled = fill(verb_class, chunks, known=self.phrases.antecedent is not None)
        excluded = [*map(self.phrases.target, beside), *self._plain_things(excepted)]
        if mark in lex.LEFT_OUT:
            excluded = [self._hung(each, excepted) for each in excluded]
        if not filled:
            stumble(tokens, "it does not say what that should become")
        self._act(*filled, excluded)

    def _act(self, meaning: str, slots: Sequence[Slots], excluded: list[NounPhrase]) -> None:
        """Do what a clause means with each of its slots."""
        self.warnings += [each.assumed for each in slots if each.assumed]
        before = len(self.drafts)
        them = self.named if len(self.named) > 1 else [self.phrases.antecedent]
        named: list[NounPhrase | None] = []
        self.stays = [] if meaning == "keep" else self.stays
        start, its = self.phrases.antecedent, list(slots[0].target[:1]) == ["its"]
        for each in slots:
            known = start if its and list(each.target[:1]) == ["its"] else self.phrases.antecedent
            for one in them if list(each.target) in _SEVERAL else [known]:
                self.phrases.antecedent = one
                _MEANINGS[meaning](self, self._all_but_kept(each))
                named += [self.phrases.antecedent] if self.phrases.antecedent else []
        self.named = named
        new = self.drafts[before:]
        if _counts_down(new):
            new = self.drafts[before:] = new[::-1]
        for draft in new:
            draft.exclude.extend(_of_others(excluded, draft, new))
        self.recent = new or self.recent

    def finish(self) -> tuple[Edit, ...]:
        """The edits of all clauses."""
        if not self.drafts:
            antecedent = self.phrases.antecedent
            named = self.kept or ([antecedent] if antecedent else [])
            stumble(" and ".join(each.text for each in named) or "this", "nothing says what to do")
        return as_edits(self.drafts, self.kept, self.warnings)

    # --- meanings ---

    def change(self, slots: Slots, fresh: bool = False) -> None:
        """Target into result; a `fresh` one comes for it, and has nothing of its looks."""
        result = read_result(slots.result)
        if slots.mark == "instead of" and self._names_what_went(slots.target):
            slots = replace(slots, target=["it"])
        if self._removed(slots.target):
            self._become_of_removed(slots, result)
        target = self._or_picture(self._target_of(slots), result)
        if result.noun.isdecimal():
            stumble(slots.result, "text in pictures cannot be edited")
        comes = fresh or comes_for(target, result, slots.mark)
        result = looks_of(slots.result, target, comes)
        pointed = target.noun == PICTURE and lex.PRONOUNS.issuperset(slots.target or [""])
        if pointed and result.noun and not result.tail and result.head not in lex.WHOLE:
            stumble(slots.target, "nothing was named before that it could stand for")
        refuse_copy(target, result, slots)
        grows = slots.mark in ("get", "grow") and result.noun  # "let the man grow a beard"
        wears = is_person(target.noun) and is_garment(result.noun) and not fresh
        if grows or wears or (target.head in lex.PERSONS and result.head in BODY_HEADS):
            self.give(slots)  # "make him red hair", "change him into a suit"
            return
        spared = self._spared(slots.target)
        if fresh and slots.result[-1] in ("one", "ones"):
            result = as_another(target, result)
        result = as_stuff(target, result, fresh)
        self._alter(target, as_look(result) if describes(target, result, slots) else result)
        self.drafts[-1].exclude.extend(spared)

    def _or_picture(self, target: NounPhrase, result: NounPhrase) -> NounPhrase:
        """The whole picture, where that is meant: "turn the drawing into a photo"."""
        drawn = target.noun in lex.ARTWORKS and result.noun in lex.PICTURES and not target.relation
        times = target.noun in _TIMES and result.noun in _TIMES  # "turn day into night"
        if not drawn and not times:
            return target
        self.warnings.append(f"Read “{target.noun}” as the whole picture.")
        return NounPhrase(PICTURE)

    def tint(self, slots: Slots) -> None:
        """A look that no thing can be: "recolor the dress to zorp"."""
        result = read_result(slots.result)
        becomes = slots.mark == "into" and opens(slots.result) == "indefinite"
        looks = not result.noun or result.noun in lex.PRINTS or result.head in BODY_HEADS
        if looks or becomes:  # "paint the house into a castle"
            self.change(slots)
            return
        target = self.phrases.target(slots.target)
        look = looks_of(slots.result, target)
        if look.noun and not slots.mark and opens(slots.result) and singular(look.noun) in THINGS:
            stumble(slots.result, "it is no color; say “with ...” for what is painted on a thing")
        self._alter(target, as_look(look))

    def disguise(self, slots: Slots) -> None:
        """ "Dress the dog as a pirate": it stays a dog."""
        target = self.phrases.target(slots.target)
        if target.whole:
            stumble(slots.target or ["as"], "nothing was named before that it could stand for")
        self._alter(target, NounPhrase(tail=f"dressed as {join(slots.result)}"))

    def _removed(self, said: Tokens) -> bool:
        """Whether that is an "it" which could only stand for what was just removed."""
        gone = bool(self.drafts) and self.drafts[-1].operation == "remove"
        return gone and not self.phrases.antecedent and bool(said) and lex.PRONOUNS.issuperset(said)

    def _names_what_went(self, said: Tokens) -> bool:
        """ "Remove the red car and put a bus instead of the car": whether that is the same car."""
        went = self.drafts[-1] if self.drafts else None
        if not went or went.operation != "remove":
            return False
        named, gone = {*said} - lex.DEFINITE, {*went.target.text.split()}
        return bool(named) and (named <= gone or gone <= named)

    def _become_of_removed(self, slots: Slots, result: NounPhrase) -> None:
        """ "Remove the hat and replace it with a crown": the hat is "it", and becomes the crown.

        Raises:
            InstructionError: where "it" is to look as only a thing can.
        """
        thing = (result.noun and result.head not in lex.WHOLE) or slots.result[-1:] == ["one"]
        if thing or self.drafts[-1].target.noun == BACKGROUND:
            self._take_back()
        elif _OF_A_THING.intersection(map(kind_of, {*result.attributes} - _OF_A_PICTURE)):
            stumble(slots.target, _GONE)

    def _take_back(self) -> None:
        """What was just removed stays, and is "it"."""
        self.phrases.antecedent = self.drafts.pop().target

    def _target_of(self, slots: Slots) -> NounPhrase:
        """The target, without what it is now: "the car | from a van" shows in the picture."""
        said = list(slots.target)
        if "from" in said[1:] and slots.mark in ("to", "into"):
            start = said.index("from", 1)
            was = said[start + 1 :]
            if opens(was) == "indefinite" or (was and stands_bare(was[-1])):
                said = said[:start]
        return self.phrases.target(said)

    def exchange(self, slots: Slots) -> None:
        """Target into another thing, though it be of the same name: "with a butter knife"."""
        if join(without_article(slots.result)) in _NOTHING:
            self.remove(Slots(slots.target))
            return
        before = len(self.drafts)
        self.change(slots, fresh=True)
        another = slots.result[-1] in ("one", "ones")
        for draft in self.drafts[before:]:
            spoilt = not lex.SPOILT.isdisjoint(draft.target.text.split())
            changes = draft.operation == "restyle" or (draft.operation == "recolor" and spoilt)
            if changes and (another or read_result(slots.result).noun):
                draft.operation = "replace"

    def coat(self, slots: Slots) -> None:
        """A look, or things painted on: "paint the car with flowers"."""
        result = read_result(slots.result)
        if result.noun:
            result = NounPhrase(tail=f"with {result.text}")
        self._alter(self.phrases.target(slots.target), result)

    def give(self, slots: Slots) -> None:
        """Give a thing a look, a living thing another body part, or anything a new thing."""
        owner, gift = self.phrases.target(slots.target), read_result(slots.result)
        shade = gift.attributes[-1] if len(gift.attributes) == 1 and not gift.noun else ""
        if slots.mark == "with" and shade in THINGS and kind_of(shade) == "color":
            gift = NounPhrase(shade)  # "decorate the table with lavender"
        if not gift.noun and (slots.mark in _WORN or slots.mark == "in"):
            self._dress(owner, gift)
        elif not gift.noun:
            self._alter(owner, gift)
        elif worn := self._goes_for(owner, gift):
            self._alter(worn, gift)
        elif gift.head in BODY_HEADS and not owner.whole:
            # Who has hair already does not get more of it: the hair changes.
            self._alter(self.phrases.relate(NounPhrase(gift.noun.split()[-1]), "on", owner), gift)
        else:
            self._put(gift, "on", owner)

    def _goes_for(self, owner: NounPhrase, gift: NounPhrase) -> NounPhrase | None:
        """The red dress of "change the woman in the red dress to a suit": it goes for the suit."""
        held = owner.relation if owner.relation and owner.relation.kind == "holding" else None
        if not held or not is_garment(gift.noun) or not is_person(owner.noun):
            return None
        worn = read_result(sentences(held.anchor)[0])
        if worn.head != gift.head and not {worn.head, gift.head} <= lex.OUTFITS:
            return None
        return self.phrases.relate(worn, "on", replace(owner, relation=None))

    def add(self, slots: Slots) -> None:
        """A new thing somewhere, or, for "put her on a beach", a new place around her."""
        if slots.mark:
            self._add_at(slots)
            return
        if opens(slots.result) == "definite" and slots.result[-1] in lex.MOVED:
            stumble(slots.result, "things that are there cannot be moved")
        gift = _some_more(read_result(slots.result))
        last = self.drafts[-1] if self.drafts else None
        stripped = last and (last.operation, last.target.noun) == ("remove", BACKGROUND)
        if stripped and gift.head in lex.SCENES:  # "remove the background and add a beach"
            self._take_back()
            self._change_background(NounPhrase(BACKGROUND), gift)
        elif gift.head in lex.BACKGROUNDS:
            self._change_background(NounPhrase(BACKGROUND), gift)
        elif not gift.noun and {*map(kind_of, gift.attributes)} == {"material"}:
            stumble(slots.result, "it does not say what of it")  # "add wood"
        elif not gift.noun:  # "apply van gogh style"
            self._alter(NounPhrase(PICTURE), gift)
        elif gift.head == "filter" and gift.attributes:
            self._alter(NounPhrase(PICTURE), replace(gift, noun=""))
        elif gift.head in ON_FACES or gift.head in WORN_ONES:
            self._put(gift, "on", self._wearer())
        else:
            self._put(gift, "in", NounPhrase(PICTURE))

    def _wearer(self) -> NounPhrase:
        """Who gets what is worn, where nobody is named: of whom the last edit was, or whose."""
        for made in self.drafts[-1:]:
            last = made.target
            if made.operation == "replace" and is_alive(made.result.rpartition(" ")[2]):
                return NounPhrase(made.result)
            if made.operation not in ("remove", "extract", "replace") and is_alive(last.head):
                return replace(last, relation=None)
            if last.relation and is_alive(last.relation.anchor.rpartition(" ")[2]):
                return NounPhrase(last.relation.anchor)
        self.warnings.append("Nobody was named, so the largest person gets it.")
        return NounPhrase("person", which=Which(by="largest"))

    def remove(self, slots: Slots) -> None:
        """Take the target away, or the result slot's thing from it: "the hat from the man"."""
        if self._removed(slots.target):  # "I do not like the hat, remove it"
            return
        gone = self._thing_or_part(slots)
        if gone.noun == PICTURE and slots.target and slots.target[-1] in lex.PICTURES:
            gone = self.phrases.hung(NounPhrase())
        self._draft("remove", gone)
        self.phrases.antecedent = None

    def extract(self, slots: Slots) -> None:
        """Cut the target out, or the result slot's thing from it; "on a white background" it gets
        that one."""
        at = next((at for at, each in enumerate(slots.target) if each == "on" and at), 0)
        ground = slots.target[at + 1 :] if at else []
        if len(ground) > 1 and ground[-1] in lex.BACKGROUNDS and opens(ground) != "definite":
            subject = self.phrases.target(slots.target[:at])
            behind = self.phrases.relate(NounPhrase(BACKGROUND), "on", subject)
            self._change_background(behind, read_result(ground))
            return
        self._draft("extract", self._thing_or_part(slots))

    def retain(self, slots: Slots) -> None:
        """Cut out what alone is to be left."""
        if slots.target and slots.target[-1] in lex.BACKGROUNDS:
            stumble(slots.target, GROUND_ALONE)
        self.extract(slots)
        if self.drafts[-1].target.head in WORN_ONES:  # "remove the model and keep only the dress"
            gone = [each for each in self.drafts if each.operation == "remove"]
            wearers = [each for each in gone if is_alive(each.target.head)]
            self.drafts = [each for each in self.drafts if each not in wearers]

    def select(self, slots: Slots) -> None:
        """Nothing yet, but "it" is the target from here on."""
        self.phrases.antecedent = self.phrases.target(slots.target)
        self.made.append(self.phrases.antecedent)
        self.selected.append(self.phrases.antecedent)

    def keep(self, slots: Slots) -> None:
        """What stays as it is in the clause before, or, without one, in the whole instruction."""
        things = self._plain_things(slots.target)
        walls = any(draft.target.head in ("wall", "room") for draft in self.recent)
        if walls and not {"whole", "entire", *lex.UNCHANGED}.intersection(slots.target):
            things = [self._hung(each, slots.target) for each in things]
        for draft in self.recent:
            draft.exclude.extend(_of_others(things, draft, self.recent))
        if not self.recent:
            self.kept.extend(things)
        self.stays.extend(things)

    # --- their parts ---

    def _spared(self, said: Tokens) -> list[NounPhrase]:
        """What "everything else" is not: all that was named before."""
        if join(said) not in lex.ALL_ELSE:
            return []
        if said[-1].endswith("rest") and any(
            each.target.which != ALL_OF_THEM for each in self.drafts
        ):
            stumble(said, "it may be the other ones, or all of the picture; say which things")
        if self.drafts and self.drafts[-1].operation == "extract":  # "isolate the dress and ..."
            self._take_back()
            return [*self.made, *([self.phrases.antecedent] if self.phrases.antecedent else [])]
        return list(self.made)

    def _all_but_kept(self, slots: Slots) -> Slots:
        """ "Keep the bride, remove everyone else": all people, for what is kept is left out."""
        said = list(slots.target)
        if not _OTHERS.intersection(said):
            return slots
        last = self.drafts[-1] if self.drafts else None
        if last and last.operation == "extract" and not self.stays and len(said) > 1:
            self.stays = [self.drafts.pop().target]  # "keep only the bride and remove the others"
        if not self.stays:
            return slots
        if said[-1] == "others" and len(self.stays) == 1:
            said = ["all", self.stays[0].noun]
        others = without_article([token for token in said if token not in _OTHERS])
        if not any(is_word(token) and token != "one" for token in others):
            return slots  # "the other one", of which nobody knows what it is
        everybody = {"everyone", "everybody", *lex.ALL}.intersection(others[:1])
        self.kept += [each for each in self.stays if each not in self.kept]
        return replace(slots, target=others if everybody else ["all", *others])

    def _take_the_place(self, gift: Tokens) -> None:
        """ "Remove the table and put a bathtub in its place" replaces the table."""
        if self.drafts and self.drafts[-1].operation == "remove":
            self._take_back()
        self._act("change", [Slots(["it"], gift)], [])

    def _plain_things(self, tokens: Tokens) -> list[NounPhrase]:
        """The things that stay, of which nothing is said but their names."""
        plain = [token for token in tokens if token not in lex.UNCHANGED]
        chunks = share(split_list(plain))
        things = []
        for chunk in chunks:
            while len(chunk) > 2 and kind_of(chunk[-1]) and is_word(chunk[-2]):
                chunk = chunk[:-1]  # "leave the belt black"
            bare = lex.ASPECTS.issuperset(without_article(chunk))
            thing = None if bare else self.phrases.target(chunk)
            made = thing and lex.PRONOUNS.issuperset(chunk) and any(
                thing.text == draft.result for draft in self.drafts)  # fmt: skip
            if thing and not thing.aspect and not made:
                things.append(thing)
            else:  # "but keep the color"
                self.warnings.append(f"Whether “{join(chunk)}” stays is up to the painter.")
        return things

    def _hung(self, left_out: NounPhrase, said: Tokens) -> NounPhrase:
        """ "Except the picture": what is left out of a wall is a thing on it."""
        hangs = left_out.noun == PICTURE and lex.PICTURES.intersection(said)
        return self.phrases.hung(left_out) if hangs else left_out

    def _thing_or_part(self, slots: Slots) -> NounPhrase:
        if not slots.result:
            return self.phrases.target(slots.target)
        if lex.EVERYTHING.issuperset(slots.result):
            stumble(slots.result, "it names no thing; say which things")
        part, owner = self.phrases.target(slots.result), self.phrases.target(slots.target)
        return part if owner.whole else self.phrases.relate(part, "on", owner)

    def _add_at(self, slots: Slots) -> None:
        place, mark = slots.target, slots.mark
        kind = lex.PLACES.get(mark) or lex.AFTER_DOING.get(mark, "")
        kind = kind or ("near" if mark in lex.NEARLY else "")
        if not kind:
            stumble([mark, *place], "I know no such place")
        if mark in lex.NEARLY:
            self.warnings.append(
                f"Put “{join([mark, *place])}” to the side of it: no box has depth."
            )
        if mark == "in" and self._put_in_clothes(slots):
            return
        side = side_at(["on", *place], 0)
        if opens(slots.result) == "definite" and self._set_before(slots, moved=bool(side)):
            return
        target = picture = NounPhrase(PICTURE)
        if side:
            target = replace(picture, which=order_by(side[0]))
        elif without_article(place) not in [[where] for where in lex.NOWHERE]:
            if self._removed(place):
                stumble(place, _GONE)
            target = self.phrases.target(place)  # "in the back" is anywhere
        gift = _some_more(read_result(slots.result))
        if target.whole and place[-1] in lex.BACKGROUNDS and gift.head in lex.SCENES:
            self._change_background(NounPhrase(BACKGROUND), gift)
            return
        self._put(gift, touching(mark, kind, gift, target), target)

    def _put_in_clothes(self, slots: Slots) -> bool:
        """Whether "put her in a red dress", "put her in red" or "add a man in red" was meant."""
        place, there = slots.target, opens(slots.result) == "definite"
        garment = is_garment(join(place)) and not clothed(place)[1]
        if not garment and not all(map(kind_of, place)):
            return False
        if garment and there and wears(self.phrases.target(slots.result), place):
            self.give(Slots(slots.result, place))
        elif garment and (there or opens(place) == "definite"):  # "put a flower in his hat"
            return False
        elif there:
            self._dress(self.phrases.target(slots.result), read_result(place))
        else:
            gift = read_result([*slots.result, slots.mark, *place])
            self._put(gift, "in", NounPhrase(PICTURE))
        return True

    def _set_before(self, slots: Slots, moved: bool) -> bool:
        """Whether "put the dog on a beach" gave what is there another background.

        Raises:
            InstructionError: where the thing would have to be moved.
        """
        (place, worn), mark = clothed(slots.target), slots.mark
        named_ground = place[-1] in lex.BACKGROUNDS and len(place) > 2
        far = lex.PLACES.get(mark) in ("in", "on") or mark == "at"
        named_ground |= far and place[-1] in lex.FAR
        if not moved and (mark in lex.NEARLY or (mark == "to" and not opens(place))):
            stumble(slots.result, "things that are there cannot be moved")
        if not moved and (opens(place) != "definite" or named_ground):
            subject = self.phrases.target(slots.result)
            if subject.head == "hair" and place[-1] in lex.HAIRDOS:
                self._alter(subject, NounPhrase(tail=join([mark, *place])))
                return True
            if not surrounds(place, mark, subject):
                stumble(slots.result, "things that are there cannot be moved")
            ground = self.phrases.relate(NounPhrase(BACKGROUND), "on", subject)
            self._change_background(ground, read_result(place))
            if worn and not self._put_in_clothes(Slots(worn, slots.result, "in")):
                stumble(worn, "it is nothing to wear")  # "put her on a beach in a red dress"
            return True
        self.warnings.append(
            f"Read “{join(slots.result)}” as a new one: things that are there cannot be moved."
        )
        return False

    def _dress(self, owner: NounPhrase, look: NounPhrase) -> None:
        """Give what someone wears a look; anything else gets it itself."""
        if is_person(owner.noun):
            owner = self._clothes_of(owner)
        self._alter(owner, look)

    def _clothes_of(self, owner: NounPhrase) -> NounPhrase:
        """The clothes of someone; the red ones of "the man in red"."""
        held, clothes = owner.relation, NounPhrase("clothes")
        if held and _in_colored_clothes(owner):
            clothes = read_result(sentences(held.anchor)[0])
            owner = replace(owner, relation=None)
        return self.phrases.relate(clothes, "on", owner)

    def _alter(self, target: NounPhrase, result: NounPhrase) -> None:
        """Replace, recolor or restyle, by what differs between the target and the result."""
        if target.noun == BACKGROUND:
            self._change_background(target, result)
            return
        recolored = result.attributes and {*map(kind_of, result.attributes)} == {"color"}
        hair_color = result.attributes and lex.HAIR_COLORS.issuperset(result.attributes)
        if hair_color and not (result.noun or result.tail) and target.head in lex.PERSONS:
            # "make her blond"
            target = self.phrases.relate(NounPhrase("hair"), "on", target)
        elif recolored and not result.noun and not result.tail and _in_colored_clothes(target):
            target = self._clothes_of(target)  # "make the people in red green"
        if result.noun in lex.PRINTS and not (target.whole or target.aspect):
            result = NounPhrase(tail=f"with {result.text}")  # "the dress to polka dots"
        operation = compare(target, result)
        if target.aspect and target.noun != PICTURE:
            operation = "recolor" if target.aspect in lex.COLORS else "restyle"
            result = as_look(result)  # "the pattern of the dress to polka dots"
            if target.aspect == "pattern":
                result = of_pattern(result)
        shown = compose(target, result)
        self._draft(operation, target, shown.text)
        self.phrases.antecedent = replace(shown, which=target.which, relation=target.relation)
        if operation == "replace" and target.noun in lex.GENDERS:  # who is "he" from here on
            self.phrases.persons[lex.GENDERS[target.noun]] = self.phrases.antecedent
        if not target.whole:
            self.made = [each for each in self.made if each.noun != target.noun] + [shown]

    def _change_background(self, target: NounPhrase, result: NounPhrase) -> None:
        cut = self.drafts[-1] if self.drafts and self.drafts[-1].operation == "extract" else None
        if cut and (not target.relation or target.relation.anchor == cut.target.text):
            # "Cut out the dog and put it on a white background": the dog stays, and nothing is cut.
            self.drafts.remove(cut)
            target = target if target.relation else self.phrases.relate(target, "on", cut.target)
        if result.attributes == ("transparent",):
            self._draft("extract", target)
            return
        looks = [look.rpartition(" ")[2] for look in result.attributes]  # "slightly darker"
        if lex.EFFECTS.intersection([*looks, *result.attributes, result.noun]) and not (
            result.noun and result.attributes
        ):
            stumble(result.text, "it is an effect on what is there, and no new background")
        shown = compose(target, result)
        if shown.head not in lex.BACKGROUNDS:
            shown = replace(shown, noun=f"{shown.noun} {BACKGROUND}")
        self._draft("background", target, shown.text)

    def _put(self, gift: NounPhrase, kind: str, target: NounPhrase) -> None:
        """A new thing where `kind` says, seen from the target."""
        if gift.text.startswith(("fewer ", "less ")):
            stumble(gift.text, "it does not say which ones go")
        if gift.noun in ("one", "each other"):
            stumble(gift.text, "it does not say what to paint")
        if gift.head in lex.MAKEOVERS:
            stumble(gift.text, "it does not say how it should look")
        made = {*map(kind_of, gift.attributes)} & {"material", "color", "pattern"}
        thing = made and not target.whole  # "lace details" of a dress
        if not thing and not lex.ADJUSTED.isdisjoint((gift.noun, gift.head)):
            stumble(gift.text, "it is an effect on what is there, and no thing to put somewhere")
        if gift.head in lex.EXPRESSIONS:
            stumble(gift.text, "an expression is no thing that can be put somewhere")
        if lex.TEXTS.intersection((gift.noun.partition(" ")[0], gift.noun.rpartition(" ")[2])):
            stumble(gift.text, "text in pictures cannot be edited")
        if not gift.noun and gift.attributes and not target.whole:  # "a floral pattern"
            self._alter(target, gift)
            return
        if kind == "on" and gift.noun in lex.PRINTS and not target.whole:
            self._alter(target, NounPhrase(tail=f"with {gift.text}"))
            return
        if target.relation:
            self.phrases.disregard(target, target.relation.anchor)
        relation = None if target.whole else gift.related(kind, target).relation
        self._draft("add", replace(target, relation=relation), gift.text)
        self.phrases.antecedent = replace(gift, relation=relation)

    def _draft(self, operation: str, target: NounPhrase, result: str = "") -> None:
        if target.noun == PICTURE and target.which != ALL_OF_THEM and operation != "add":
            stumble(target.which.by, "it names a side of the picture but no thing there")
        stays = self.selected if target.noun == BACKGROUND else []
        self.drafts.append(Draft(operation, target, result, list(stays)))
        self.phrases.antecedent = target


def _some_more(gift: NounPhrase) -> NounPhrase:
    """ "More pepperoni" as a thing: of a look there may be more, but not of it alone."""
    more, _, what = gift.attributes[0].partition(" ") if gift.attributes else ("", "", "")
    if gift.noun or len(gift.attributes) > 1 or more != "more" or kind_of(what) or not what:
        return gift
    return replace(gift, noun=what, attributes=("more",))


def _in_colored_clothes(owner: NounPhrase) -> bool:
    """Whether someone is told by the color of what is worn: "the man in red"."""
    held = owner.relation
    told = held is not None and held.kind == "holding" and held.anchor.endswith(" clothes")
    return told and is_person(owner.noun)


def _of_others(
    spared: Sequence[NounPhrase], draft: Draft, drafts: Sequence[Draft]
) -> list[NounPhrase]:
    """What is spared in one of several edits, of which it may itself be another's target."""
    return [each for each in spared if len(drafts) == 1 or each.text != draft.target.text]


def _counts_down(drafts: Sequence[Draft]) -> bool:
    """Whether one clause takes several of a row: with the first gone, the third is the second."""
    ranks = [draft.target.which.rank for draft in drafts]
    alike = len({(d.operation, singular(d.target.text), d.target.which.by) for d in drafts}) == 1
    fewer = alike and drafts[0].operation in ("remove", "replace")
    return fewer and len(ranks) > 1 and ranks == sorted({*ranks})


def _refuse_pointing(tokens: Tokens) -> None:
    """Raise `InstructionError` for "this chair" and "that chair": both are all chairs."""
    pointed = [{behind for token, behind in pairwise(tokens) if token == which}
               for which in ("this", "that")]  # fmt: skip
    for noun in set.intersection(*pointed):
        if is_word(noun):
            stumble(["this", noun], "I cannot see which one you point at; say where it is")


_MEANINGS: dict[str, Callable[[Reader, Slots], None]] = {
    "change": Reader.change,
    "tint": Reader.tint,
    "disguise": Reader.disguise,
    "exchange": Reader.exchange,
    "coat": Reader.coat,
    "give": Reader.give,
    "add": Reader.add,
    "strip": Reader.remove,
    "remove": Reader.remove,
    "extract from": Reader.extract,
    "extract": Reader.extract,
    "retain": Reader.retain,
    "select": Reader.select,
    "keep": Reader.keep,
}
