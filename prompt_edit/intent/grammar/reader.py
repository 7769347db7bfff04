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
from ...nouns import singular
from ...plan import BACKGROUND, PICTURE, Edit, EditPlan
from ..checker import checked
from ..order import in_order
from . import english, grounds, korean
from . import lexicon as lex
from .clauses import (
    beside_background,
    fill,
    split_clauses,
    split_exception,
    split_instead,
    split_list,
    split_verb,
    takes_the_place,
)
from .codes import in_words, refuse_numbers
from .companions import belonging
from .drafting import GONE
from .edits import GROUND_ALONE, Draft, as_edits, as_look
from .fronted import verb_first
from .giving import Giving
from .its import is_about_it, ones_of_its
from .lettering import refuse_new_text
from .lists import in_pairs
from .looks import (
    as_another,
    as_it_was,
    as_stuff,
    comes_for,
    describes,
    doubtful_color,
    is_shown,
    looks_of,
    refuse_copy,
)
from .noun_phrase import ALL_OF_THEM, BODY_HEADS, NounPhrase, read_result
from .owners import share
from .places import WORN_ONES
from .slots import Slots
from .tokens import normalise, refuse_lettering, sentences
from .wishes import fragment, introduces, spoken_of, states, wanted
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
    stumble,
    without_article,
)

PARSER = "grammar"
LONGEST = 2000

LANGUAGES = (korean, english)
"""Each with `speaks(text)`, and with `to_english(text)`; the first one that speaks it reads it."""

_NOTHING = frozenset(["nothing", "background", "empty space", "surroundings", "its surroundings"])
_TIMES = frozenset(
    ["day", "night", "evening", "morning", "winter", "summer", "spring", "autumn", "fall", "dusk"]
    + ["sunset", "sunrise", "storm", "daytime", "nighttime", "dawn", "day time", "night time"]
)
_SEVERAL = (["them"], ["they"], ["these"], ["those"], ["both"], ["both of them"], ["all of them"])
_OF_A_THING = frozenset(["size", "length", "width", "form", "color", "pattern", "material"])
"""Kinds of looks that a whole picture seldom gets."""
_OF_A_PICTURE = frozenset(["black and white", "black-and-white", "colored", "multicolored"])
_OTHERS = frozenset(["else", "other", "others"])
_SPEAKERS = frozenset(["me", "us", "myself", "you"])
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
    return bool({"it", "them", "him", "her", "one", "ones"}.intersection(tokens))


class Reader(Giving):
    """Reads clause after clause; remembers the drafts and what is kept.

    A clause acts on its slots through the method that `lexicon.CLAUSES` names as its meaning.
    """

    def read_sentence(self, tokens: Tokens, alone: bool = False, later: bool = False) -> None:
        """Act on every clause of one sentence in turn.

        What only tells how a thing is, is a wish where nothing else is said (`alone`), and names
        the thing for a clause behind it, or for a `later` sentence, that is about "it".
        """
        self.recent = []
        _refuse_pointing(tokens)
        clauses = split_clauses(verb_first(self.ones.name(tokens)))
        for number, clause in enumerate(clauses):
            lone = len(clauses) == 1
            shown = not alone and introduces(clause)
            points = later or any(map(_points, clauses[number + 1 :]))
            told = spoken_of(clause) if points or shown else []
            if told:
                self._speak_of(self.phrases.target(told))
            else:
                self.read_clause(self._as_wish(clause, alone) if lone else clause)

    def _speak_of(self, thing: NounPhrase) -> None:
        """Take in what "it" is from here on, or "he" or "she", where its name tells neither."""
        self.phrases.antecedent = thing
        self.ones.noun = thing.noun
        nobody_else = is_alive(thing.head) and thing.noun not in lex.GENDERS
        self.phrases.spoken_of = thing if nobody_else else None

    def _as_wish(self, clause: Tokens, alone: bool) -> Tokens:
        """A sentence of one clause that only tells something, as what shall be so."""
        if clause[0] == "if" and _WISHED.intersection(clause):
            return ["what if", *clause[1:]]  # "if the dress were red?"
        if alone and (wish := fragment(wanted(clause))):
            self.warnings.append(f"Read “{join(clause)}” as what shall be so.")
            return wish
        if alone and "too" in clause:
            stumble(clause[clause.index("too") :], "it does not say how it should look; say “make"
                    " it less ...”")  # fmt: skip
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
        if verb_class == "keep":
            body = ["and" if token == "or" else token for token in body]
        body, excepted = split_exception(body, verb_class)
        members, notes = belonging(verb_class, split_list(body))
        self.warnings += notes
        chunks, beside = beside_background(members)
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
        slots = ones_of_its(meaning, slots)
        for each in slots:
            first = self.drafts[before].target if before < len(self.drafts) else None
            if first and not self.phrases.antecedent and is_about_it(each, first):
                self.phrases.antecedent = first  # "the car | its shadow"
            known = start if its and list(each.target[:1]) == ["its"] else self.phrases.antecedent
            ones = them if list(each.target) in _SEVERAL else [known]
            named_so = [replace(each, target=one.noun.split() if one else ()) for one in ones]
            for one, counted in zip(ones, in_pairs(meaning, named_so), strict=True):
                self.phrases.antecedent = one
                share = replace(each, result=counted.result)
                _MEANINGS[meaning](self, self._all_but_kept(share))
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
        refuse_new_text(target, result, slots)
        comes = fresh or comes_for(target, result, slots.mark)
        result = looks_of(slots.result, target, comes)
        pointed = target.noun == PICTURE and lex.PRONOUNS.issuperset(slots.target or [""])
        if pointed and result.noun and not result.tail and result.head not in lex.WHOLE:
            stumble(slots.target, "nothing was named before that it could stand for")
        refuse_copy(target, result, slots)
        if result.head in lex.BACKGROUNDS and not target.whole and not fresh:
            self.give(slots)  # "get me a white background"
            return
        grows = slots.mark in ("get", "grow") and result.noun  # "let the man grow a beard"
        wears = is_person(target.noun) and is_garment(result.noun) and not fresh
        if grows or wears or (target.head in lex.PERSONS and result.head in BODY_HEADS):
            self.give(slots)  # "make him red hair", "change him into a suit"
            return
        spared = self._spared(slots.target)
        if fresh and slots.result[-1] in ("one", "ones"):
            result = as_another(target, result)
        result = as_stuff(target, result, fresh)
        if not result.noun and (doubt := doubtful_color(slots, target, fresh)):
            self.warnings.append(doubt)
        self._alter(target, as_look(result) if describes(target, result, slots) else result)
        self.drafts[-1].exclude.extend(spared)

    def _or_picture(self, target: NounPhrase, result: NounPhrase) -> NounPhrase:
        """The whole picture, where that is meant: "turn the drawing into a photo"."""
        times = target.noun in _TIMES and result.noun in _TIMES  # "turn day into night"
        if not times and not is_shown(target, result):
            return target
        if target.text != PICTURE:
            self.warnings.append(f"Read “{target.text}” as the whole picture.")
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
            stumble(slots.target, GONE)

    def _target_of(self, slots: Slots) -> NounPhrase:
        """The target, without what it is now: "the car | from a van" shows in the picture."""
        said, looks = as_it_was(slots)
        target = self.phrases.target(said)
        if target.whole or not looks:
            return target
        return replace(target, attributes=(*target.attributes, *looks))

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

    def remove(self, slots: Slots) -> None:
        """Take the target away, or the result slot's thing from it: "the hat from the man"."""
        if self._removed(slots.target):  # "I do not like the hat, remove it"
            return
        if slots.result and without_article(slots.result) in (["pattern"], ["print"], ["design"]):
            self._alter(self.phrases.target(slots.target), NounPhrase(attributes=("plain",)))
            return
        if not slots.result and set(slots.target) <= _SPEAKERS and slots.target:
            stumble(slots.target, "nobody can tell who that is; say how that one looks")
        gone = self._thing_or_part(slots)
        if gone.aspect == "pattern":
            self._alter(replace(gone, aspect=""), NounPhrase(attributes=("plain",)))
            return
        if gone.aspect:
            stumble(slots.target, f"it does not say what {gone.aspect} should come instead")
        if gone.noun == PICTURE and slots.target and slots.target[-1] in lex.PICTURES:
            gone = self.phrases.hung(NounPhrase())
        self._draft("remove", gone)
        self.phrases.antecedent = None

    def extract(self, slots: Slots) -> None:
        """Cut the target out, or the result slot's thing from it; "on a white background" it gets
        that one."""
        at = grounds.cut_onto(slots.target)
        ground = slots.target[at + 1 :]
        if at:
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
        plain = ["and" if token == "or" else token
                 for token in tokens if token not in lex.UNCHANGED]  # fmt: skip
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
