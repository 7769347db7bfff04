"""New things: put somewhere, or given to somebody."""

from __future__ import annotations

from dataclasses import replace

from ...nouns import ON_FACES
from ...plan import BACKGROUND, PICTURE, Which
from . import grounds
from . import lexicon as lex
from .drafting import GONE, Drafting
from .edits import as_look
from .its import whose
from .lettering import refuse_text
from .looks import shows_on
from .noun_phrase import BODY_HEADS, NounPhrase, order_by, read_result
from .places import WORN_ONES, clothed, surrounds, touching, wears
from .slots import WEAR, Slots
from .stuffs import as_thing
from .tokens import sentences
from .words import (
    THINGS,
    is_alive,
    is_garment,
    is_person,
    join,
    kind_of,
    opens,
    side_at,
    stumble,
    without_article,
)

_OF_THINGS = frozenset(["material", "size", "length", "width"])
_TAKING = frozenset(["drinking", "eating", "feeding", "sipping", "fishing"])
_WORN = WEAR - frozenset(lex.HAVING) - {"contain", "contains", "containing", "show", "shows"}


class Giving(Drafting):
    """Reads what comes into the picture, as things, or as looks of what is there."""

    def give(self, slots: Slots) -> None:
        """Give a thing a look, a living thing another body part, or anything a new thing."""
        owner, gift = self.phrases.target(slots.target), read_result(slots.result)
        if list(slots.target) == ["it"]:
            owner = whose(owner, gift)
        if gift.head in lex.BACKGROUNDS and slots.target in (["me"], ["us"]):
            owner = NounPhrase(PICTURE)
        shade = gift.attributes[-1] if len(gift.attributes) == 1 and not gift.noun else ""
        if slots.mark == "with" and shade in THINGS and kind_of(shade) == "color":
            gift = NounPhrase(shade)  # "decorate the table with lavender"
        if slots.mark in ("with", "in"):
            gift = as_thing(gift, owner, "with")
        elif not slots.mark and owner.head in lex.FLUIDS | lex.HOLDERS:
            gift = as_thing(gift, owner, "")  # "fill the bowl with ice"
        if gift.head in lex.BACKGROUNDS:
            self._ground_of(owner, gift)
        elif part := shows_on(owner, gift):
            self._alter(self.phrases.relate(NounPhrase(part), "on", owner), as_look(gift))
        elif not gift.noun and (slots.mark in _WORN or slots.mark == "in"):
            self._dress(owner, gift)
        elif not gift.noun:
            bare = opens(slots.result) == "indefinite" and kind_of(slots.result[-1])
            if bare and is_person(owner.noun):
                stumble(slots.result, "it names no thing")  # "give him a red and a blue hat"
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
        if opens(slots.result) == "definite" and (at := grounds.cut_onto(slots.result)):
            subject = self.phrases.target(
                slots.result[:at]
            )  # "put the shoes with a white background"
            self._ground_of(subject, read_result(slots.result[at + 1 :]))
            return
        gift = _some_more(read_result(slots.result))
        last = self.drafts[-1] if self.drafts else None
        stripped = last and (last.operation, last.target.noun) == ("remove", BACKGROUND)
        if stripped and gift.head in lex.SCENES:  # "remove the background and add a beach"
            self._take_back()
            self._change_background(NounPhrase(BACKGROUND), gift)
        elif gift.head in lex.BACKGROUNDS:
            whom, ground = grounds.meant_for(slots.result)
            meant = self.phrases.target(whom) if whom else NounPhrase(PICTURE)
            self._ground_of(meant, read_result(ground))
        elif not gift.noun and {*map(kind_of, slots.result[-1:])} <= _OF_THINGS:
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

    def _add_at(self, slots: Slots) -> None:
        place, mark = slots.target, slots.mark
        kind = lex.PLACES.get(mark) or lex.AFTER_DOING.get(mark, "")
        kind = kind or ("near" if mark in lex.NEARLY else "")
        if mark == "from" and slots.result[-1] in _TAKING:
            kind = "near"  # "a deer drinking | from the river"
        if slots.result[-1] == "coming" and slots.result[1:]:
            slots = replace(slots, result=slots.result[:-1])  # "sunlight coming | through"
        if not kind:
            stumble([mark, *place], "I know no such place")
        if gift := grounds.given(slots):
            self._ground_of(self.phrases.target(place), gift)
            return
        if mark in lex.NEARLY and not grounds.is_ground(place):
            self.warnings.append(
                f"Put “{join([mark, *place])}” to the side of it: no box has depth."
            )
        if mark == "in" and self._put_in_clothes(slots):
            return
        if mark == "on" and list(place) == ["top"]:
            self._add_on_top(slots)
            return
        side = side_at(["on", *place], 0)
        if opens(slots.result) == "definite" and self._set_before(slots, moved=bool(side)):
            return
        target = picture = NounPhrase(PICTURE)
        if side:
            target = replace(picture, which=order_by(side[0]))
        elif without_article(place) not in [[where] for where in lex.NOWHERE]:
            if self._removed(place):
                stumble(place, GONE)
            target = self.phrases.target(place)  # "in the back" is anywhere
        gift = _some_more(read_result(slots.result))
        if target.whole and place[-1] in lex.BACKGROUNDS and gift.head in lex.SCENES:
            self._change_background(NounPhrase(BACKGROUND), gift)
            return
        gift = as_thing(gift, target, mark)
        self._put(gift, touching(mark, kind, gift, target), target)

    def _add_on_top(self, slots: Slots) -> None:
        """ "Put a cherry on top": of what was named last, or of "a car with a box" itself."""
        if "with" in slots.result[1:]:
            self.add(Slots((), [*slots.result, "on", "top"]))
            return
        if not self.phrases.antecedent or self.phrases.antecedent.whole:
            stumble("on top", "it does not say on top of what")
        self.add(replace(slots, target=["it"]))

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
        nearly = mark in lex.NEARLY and not grounds.is_ground(place)
        if not moved and (nearly or (mark == "to" and not opens(place))):
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

    def _put(self, gift: NounPhrase, kind: str, target: NounPhrase) -> None:
        """A new thing where `kind` says, seen from the target."""
        if gift.text.startswith(("fewer ", "less ")):
            stumble(gift.text, "it does not say which ones go")
        if gift.noun in ("one", "each other"):
            stumble(gift.text, "it does not say what to paint")
        words = gift.text.split()
        at = words.index("where") if "where" in words else len(words)
        if opens(words[at + 1 :]) == "definite":  # "where the river bends"
            stumble(words[at:], "I know no such place")
        if gift.head in lex.MAKEOVERS:
            stumble(gift.text, "it does not say how it should look")
        made = {*map(kind_of, gift.attributes)} & {"material", "color", "pattern"}
        thing = made and not target.whole  # "lace details" of a dress
        if not thing and not lex.ADJUSTED.isdisjoint((gift.noun, gift.head)):
            stumble(gift.text, "it is an effect on what is there, and no thing to put somewhere")
        if gift.head in lex.EXPRESSIONS:
            stumble(gift.text, "an expression is no thing that can be put somewhere")
        refuse_text(gift, gift.text)
        if gift.head in lex.BACKGROUNDS:
            self._ground_of(target, gift)
            return
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


def _some_more(gift: NounPhrase) -> NounPhrase:
    """ "More pepperoni" as a thing: of a look there may be more, but not of it alone."""
    more, _, what = gift.attributes[0].partition(" ") if gift.attributes else ("", "", "")
    if gift.noun or len(gift.attributes) > 1 or more != "more" or kind_of(what) or not what:
        return gift
    return replace(gift, noun=what, attributes=("more",))
