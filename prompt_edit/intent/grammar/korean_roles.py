"""What the phrases of a Korean clause are for, and from that, and its verb, the clause in English.

    object 머리카락, goal 빨간색, "change" -> "change the hair to red"

`korean_sorting` finds which phrase is what.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise, takewhile

from ...nouns import singular
from . import korean_words as ko
from . import lexicon as lex
from .korean_kinds import go_together, is_kind, is_outfit
from .korean_phrase import (
    ONE_OR_TWO,
    WHO,
    Gap,
    Phrase,
    is_ground,
    is_somebody,
    joined,
    spaced,
)
from .words import THINGS, kind_of

_MANNERS = {"style", "atmosphere", "landscape", "mood"}
"""What a room is decorated in, and not with."""
_WRITTEN = {"text", "letters", "title", "number", "numbers", "name", "date", "subtitles"}
_PLAIN_COLORS = {"red", "orange", "yellow", "green", "blue", "purple", "pink", "black", "white"}
_FELLED = {"tree", "branch", "bush", "flower"}
"""What 자르다 may cut down as well."""
_CUT_SHORTER = {"hair", "bangs", "fingernails", "nails", "toenails", "beard", "cake", "grass"}
"""What 자르다 makes shorter; all else it cuts out."""

WHICH_CLOTHES = "it does not say which clothes"
"""Why there is a `Gap` where clothes are to be put on that nothing tells of."""


@dataclass
class Roles:
    """What is named before a verb, by what it is for."""

    objects: list[Phrase] = field(default_factory=list)
    goal: Phrase | None = None
    place: str = ""
    standing: Phrase | None = None  # the place again, should 있는 turn it to the next noun
    source: Phrase | None = None  # what it was before: 치마에서
    receiver: Phrase | None = None  # who gets something: 여자에게
    wearer: str = ""  # the place of the clause before, for verbs that need one
    excepted: list[str] = field(default_factory=list)
    first: bool = False  # nothing was named before
    gone: bool = False  # what was named before goes
    alone: bool = False  # what was named before is all that stays
    instead: str = ""  # what goes, for what the clause names
    everything: bool = False
    spared: list[Phrase] = field(default_factory=list)  # of what it is said what not to do
    placed: bool = False  # the place was not said
    named_first: bool = False  # the thing is named before its place
    dressed: list[tuple[Phrase, Phrase]] = field(default_factory=list)  # and what each shall wear
    myself: bool = False  # 나를
    verb: str = ""
    manner: str = ""  # how it is added: it hangs, or it floats
    spot: Phrase | None = None  # what is named as the place
    upon: bool = False  # 위에 was said of the place

    def say(self, verb: str) -> str:
        """The clause in English, with a verb of the tables (`korean_words.VERBS`)."""
        if self.spared:
            return self._carried() + self.say(verb)
        joined(self.objects)  # each of them names a thing
        self.manner = verb if verb in ("hang", "float") else ""
        verb = {"hang": "add", "float": "place"}.get(verb, verb)
        verb = self.verb = self._plain(verb)
        self._check_listed(verb)
        if verb in ("change", "put on", "dress", "add") and (worn := self._worn(verb)):
            return worn
        if self.dressed:
            self._own()
        if any(each.wished and each.wished not in each.attributes for each in self.objects):
            raise Gap(ONE_OR_TWO)
        if verb == "put on" and self.spot and self.objects:
            self._wear_both(self.spot)
        if verb == "put on" and not self.place and self.everything:  # 전부 모자 씌워줘
            self.place = "to every person"
            self.objects = [replace(each, every=False) for each in self.objects]
        if verb == "put on" and not self.place and len(self.objects) > 1:
            self._find_wearers()
        if verb == "put on" and not self.place and not (self.objects and self.objects[0].before):
            self.place, self.placed = self.wearer or "to the person", True
        if self.instead and verb not in ("add", "put on"):
            raise Gap("it does not go with it", "대신")
        if verb in ("add", "put on"):
            # Nothing is excepted from what is new: "빼고" meant to take away.
            taken = f"remove {' and '.join(self.excepted)}. " if self.excepted else ""
            return taken + self._say_add()
        verb = "change" if verb == "dress" else verb
        if verb == "keep only" and not self.first and all(each.topic for each in self.objects):
            verb = "keep"  # 배경을 지우고 그림자는 남겨줘
        self.objects = [self._picture_of(each) for each in self.objects]
        if self.standing and self.place and not self.source:
            self._locate()
        return self._say_change() if verb == "change" else self._say_of(verb)

    def _check_listed(self, verb: str) -> None:
        """Refuse 아이가 그린 그림을 and 공을 차는 아이를: the first tells which the second is."""
        if verb in ("add", "put on", "dress") or (verb == "change" and not self.goal):
            return
        marked = [each for each in self.objects if each.patient or each.subject]
        for first, second in [*pairwise(marked), *pairwise(self.objects)]:
            asked = first.linked or first.parted or second.noun in lex.ASPECTS
            if not asked and (first.subject or (first.patient and second.patient)):
                raise Gap("it may tell which one is meant; say how that looks, or where it is")

    def _picture_of(self, thing: Phrase) -> Phrase:
        """고양이 사진을: a picture of it, or, where that becomes a work of art, the whole one."""
        shown = thing.before
        if thing.noun != "picture" or not shown or shown.chosen() or shown.noun in ko.HANGERS:
            return thing
        goal = self.goal or Phrase()
        art = goal.noun.rpartition(" ")[2] in lex.WHOLE or lex.WHOLE.intersection(goal.attributes)
        if art and not thing.place:
            return Phrase("picture")
        hangs = shown.noun in ko.HOLDS | ko.AROUND | ko.ON_FLOORS
        named = replace(thing.compound(), place=thing.place, linked=thing.linked)
        return thing if hangs else named

    def _carried(self) -> str:
        """What is left as it is, said in English; where nothing else is named, it is what the verb
        is of: 모자를 지우지 말고 칠해줘."""
        spared, self.spared = self.spared, []
        if not spared or not self.objects:
            self.objects = self.objects or spared
            return ""
        return f"keep {joined(spared)}. "

    def _plain(self, verb: str) -> str:
        """The English verb, by what stands before the Korean one."""
        noun = self.objects[-1].noun if self.objects else ""
        if verb in ko.LOOKS_OF_VERBS:
            looks = ko.LOOKS_OF_VERBS[verb]
            look = looks.get(noun) or looks.get("*", "")
            if not look or self.goal:
                raise Gap("say how it should look then, such as “짧게” or “작게”")
            self.goal = Phrase(attributes=[look])
            return "change"
        if verb in ko.TAKEN_AWAY:
            if not ko.TAKEN_AWAY[verb].intersection((noun, singular(noun))):
                raise Gap("say how it should look then, or that it should go: “지워줘”")
            return "remove"
        verb = self._meant(verb, noun)
        there = noun in lex.BODY or noun in ko.FASTENED
        moves = verb == "seat" or (verb == "place" and there)
        if verb == "take in" or (moves and not self.place):
            raise Gap("things that are there cannot be moved")
        if verb in ("place", "seat"):
            self.named_first &= bool(self.place) and len(self.objects) == 1
            return "add"
        self.named_first = False
        return self._by_goal(verb, noun) if verb in ko.BY_GOAL else verb

    def _meant(self, verb: str, noun: str) -> str:
        """What a verb of several meanings means, by what it is done to."""
        if verb == "make":  # 눈사람 만들어줘
            there = not self.objects or noun in lex.PICTURES or noun in lex.ASPECTS
            return "change" if self.goal or there else "add"
        if verb == "clear":  # 책상을 깨끗하게 치워줘
            tidied = self.goal and (noun in ko.ON_FLOORS | ko.HOLDS | ko.AROUND)
            return "change" if tidied else "remove"
        if verb == "blow away":
            if not is_ground(noun):
                raise Gap("say whether it should go, “지워줘”, or be there, “추가해줘”")
            return "remove"
        if verb == "take in" and noun not in ko.FASTENED:
            return "remove"
        if verb == "decorate" and self.goal and self.goal.noun.split(" ")[-1] in _MANNERS:
            return "change"
        if verb == "cut":
            if noun in _FELLED and not self.goal:
                raise Gap("it may be to cut it out or down; say “오려줘” or “지워줘”")
            return "change" if self.goal else "extract"
        if verb == "clean" and not self.goal and noun in ko.DIRT:
            return "remove"
        return verb

    def _by_goal(self, verb: str, noun: str) -> str:
        """What a verb means with a look, with a thing, or with no goal (`korean_words.BY_GOAL`)."""
        with_look, with_thing, without = ko.BY_GOAL[verb]
        if self.goal and self.goal.noun and noun in ("background", "picture", ""):
            return with_look
        if self.goal and self.goal.noun and with_thing in ("on", "in"):
            inside = with_thing == "in" or (verb == "decorate" and noun in ko.INSIDE)
            self.place = f"{'in' if inside else 'on'} {joined(self.objects)}"
            self.objects, self.goal = [self.goal], None
            return "add"
        plain = (with_thing if self.goal.noun else with_look) if self.goal else without
        bare = noun == "clothes" and not self.objects[-1].attributes
        if verb == "dress" and bare and not self.goal:
            raise Gap(WHICH_CLOTHES)
        if not plain:
            raise Gap("say what shall be seen there, or that it should go: “지워줘”")
        return plain

    def _own(self) -> None:
        """남자 모자 여자 안경 지워줘: who was read as to wear something has it."""
        self.objects = [*(garment.of(who) for who, garment in self.dressed), *self.objects]
        self.dressed = []

    def dressing(self) -> list[tuple[Phrase, Phrase]]:
        """Who shall wear what: 남자를 정장으로, and 남자 정장 where others are dressed as well."""
        things, goal = self.objects, self.goal
        people = bool(things) and all(is_somebody(each.noun) for each in things)
        if goal and goal.is_garment() and people:
            outfit = goal.noun.rpartition(" ")[2] in ko.OUTFITS
            plain = outfit or things[0].topic or self.dressed
            return [(each, goal) for each in things] if plain else []
        if not self.dressed or goal or not things or not things[-1].is_garment():
            return []
        if len(things) == 2 and is_somebody(things[0].noun):
            return [(things[0], things[1])]
        before = things[0].before
        if before and is_somebody(before.noun) and len(things) == 1:
            return [(before, Phrase(things[0].noun, things[0].attributes))]
        return []

    def _worn(self, verb: str) -> str:
        """What is to be worn, in English; "" where it is told in another way."""
        worn = self.dressing()
        if not worn and not self.dressed:
            if self.goal and self.goal.noun and verb == "put on":
                if self.objects and not self.objects[-1].is_garment():
                    raise Gap("it does not say who shall wear it")
                if self.objects:  # 옷을 한복으로 입혀줘
                    return self._say_change()
                self.objects, self.goal = [self.goal], None
            elif self.goal and self.goal.noun and verb == "dress" and not self.objects:
                if self.receiver:  # 여자한테 한복으로 갈아입혀줘
                    return _dress(self.receiver, self.goal, verb)
                self.objects = [Phrase("clothes")]
            return ""
        if not worn and self.goal and not (verb == "put on" and self.goal.noun):
            self._own()
            return ""
        pairs = [*self.dressed, *worn]
        self.dressed = []
        said = [f"keep {' and '.join(self.excepted)}"] if self.excepted else []
        self.excepted = []
        said += [_dress(who, garment, verb) for who, garment in pairs]  # before what is left
        if worn:
            self.place = f"to {worn[-1][0].the()}"
            return ". ".join(said)
        return ". ".join([*said, self.say(verb)])

    def _wear_both(self, spot: Phrase) -> None:
        """흰 티에 청바지 입혀줘: both are to be worn, and neither on the other."""
        if go_together(spot.noun, self.objects[0].noun):
            self.objects = [replace(spot, linked=True), *self.objects]
            self.place, self.standing, self.spot = "", None, None

    def _find_wearers(self) -> None:
        """여자를 한복을 입혀줘, 엄마 아빠 한복 입혀줘: who stands first gets what comes last."""
        *others, last = self.objects
        if last.before and others[-1].linked:
            others, last = [*others, last.before], Phrase(last.noun, last.attributes)
        who = list(takewhile(lambda each: is_somebody(each.noun), others))
        if who:
            self.objects = [*others[len(who) :], last]
            self.place = f"to {joined(who)}"

    def _locate(self) -> None:
        """하늘에 구름 지워줘: the thing is told by where it is."""
        if self.place in ko.DEPTHS.values() and self.objects:
            raise Gap("it does not say which one; say where, such as “왼쪽 사람”")
        for each in self.objects:
            if not each.place and not (each.side and self.place.startswith(("on the", "at the"))):
                each.place = self.place
        if self.objects:
            self.place, self.standing = "", None

    def _say_change(self) -> str:
        if not self.goal:
            raise Gap("it does not say what that should become")
        self._check_goal(self.goal)
        if self.source and not self.objects:  # 치마에서 바지로
            self.objects = [self.source]
        things = joined(self.objects)
        if not things and self.everything:
            shade = not self.goal.noun and not lex.ARTWORKS.intersection(self.goal.attributes)
            if self.alone or shade:
                raise Gap("name the things, or say “… 빼고 다 흑백으로”")
            things = "everything"
        if not things and (self.first or self.gone):
            things = self._unnamed(self.goal)
        return spaced("change", things, "to", self.goal.a()) + self._exception()

    def _check_goal(self, goal: Phrase) -> None:
        """Refuse what cannot be painted, or what does not say what gets which look."""
        last = self.objects[-1] if self.objects else Phrase()
        if last.noun in _WRITTEN and goal.noun and not is_ground(goal.noun):
            raise Gap("text in pictures cannot be edited, only removed or given another color")
        sized = any(kind_of(each) == "size" for each in goal.attributes)
        if is_ground(last.noun) and sized and not goal.noun:
            raise Gap("a background has no size; say what it should show")
        colors = [each for each in goal.attributes if each in _PLAIN_COLORS]
        if len(colors) > 1 and not any(kind_of(each) == "pattern" for each in goal.attributes):
            raise Gap("say which one gets which color, or that it is striped: “줄무늬”")

    def _say_of(self, verb: str) -> str:
        """A verb that has no goal, in English."""
        if self.myself and verb in ("extract", "keep only", "remove"):
            raise Gap(WHO)
        if verb == "extract" and any(each.noun in _CUT_SHORTER for each in self.objects):
            raise Gap("say how it should look then, such as “짧은 머리로 바꿔줘”")
        if verb == "remove" and self.goal and self.goal.attributes == ["clean"]:
            self.goal = None  # 깨끗하게 지워줘
        if self.goal or (self.place and not self.place.startswith(("from", "on", "to"))):
            raise Gap(f"it does not go with “{verb}”")
        source = f"from {self.place.split(' ', 1)[1]}" if self.place else ""
        things = joined(self.objects)
        if not things and self.everything:
            things = "everything"
        if not things and verb == "remove" and self.alone:
            return ""  # 왼쪽 사람만 남기고 지워줘
        last = self.objects[-1] if self.objects else Phrase()
        told = last.topic or (last.patient and not last.every)
        if verb in ("keep", "keep only") and self.excepted and told:
            # 올리브는 빼고 버섯은 남겨줘; of 버섯만 all else goes
            return f"remove {' and '.join(self.excepted)}. {spaced('keep', things, source)}"
        return spaced(verb, things, source) + self._exception()

    def _exception(self) -> str:
        return " except " + " and ".join(self.excepted) if self.excepted else ""

    def _unnamed(self, goal: Phrase) -> str:
        """What becomes the goal where nothing is named that could, or only what goes."""
        if is_ground(goal.noun):
            return "the background"
        if goal.noun in lex.WHOLE or goal.noun.endswith(" art"):
            return "the picture"  # 밤으로: the whole becomes a night
        told = goal.plainly_described() or goal.place
        if goal.noun and told and (self.first or goal.noun == "sky"):
            return f"the {goal.noun}"  # 맑은 하늘로: the sky is what becomes a clear one
        kind, _, last = goal.noun.rpartition(" ")
        if goal.noun in lex.HAIRDOS or goal.noun == "bald head":
            return "the hair"
        made_up = goal.noun not in THINGS and bool(kind_of(kind))  # 은반지로, 파란하늘로
        named = made_up or last == "hair" or kind in ko.MODIFIERS or " style " in goal.noun
        worn = Phrase(last).is_worn() and last not in ko.OUTFITS  # 뿔테안경으로
        named = named or worn or is_kind(kind, last) or is_outfit(kind, last)
        if kind and self.first and named and last not in lex.WHOLE:
            return f"the {last}"  # 단발머리로, 여름 원피스로
        return "it" if self.gone else ""  # 컵을 지우고 꽃병으로: the cup becomes a vase

    def _in_the_air(self, place: str) -> str:
        """소파 위에 액자를 걸어줘, 산 위에 무지개: what hangs there or flies is above it."""
        on, _, where = place.partition("on the ")
        if on or not where or not self.upon:
            return place
        if where in ko.SKIES:
            return f"in the {where}"
        hooked = where in ko.HANGERS and (self.manner == "hang" or where == "christmas tree")
        if hooked:
            return place  # 트리 위에 별을 달아줘
        flies = all(singular(each.noun) in ko.AIRBORNE for each in self.objects)
        floats = self.manner == "float" and where not in ko.WATERS
        hung = all(each.noun.rpartition(" ")[2] in ko.HUNG for each in self.objects)
        hangs = self.manner == "hang" and hung
        return f"above the {where}" if flies or floats or hangs else place

    def _say_add(self) -> str:
        if self.goal and not self.goal.noun and not self.objects:
            *looks, last = self.goal.attributes
            if last in ko.HAIRDOS:  # 웨이브 넣어줘
                self.objects = [Phrase("hair")]
                return self._say_change()
            if last in ko.STUFF_ALONE:  # 레이스 달아줘
                self.objects, self.goal = [Phrase(last, looks)], None
        if self.goal and (self.goal.noun or not self.objects):
            raise Gap("it does not go with what is new")
        if self.goal:
            if self.objects[-1].noun in lex.BODY | lex.BACKGROUNDS | {"sky"}:
                if self.place and not self.standing:
                    raise Gap("it does not go with what is new")
                self._locate()
                return self._say_change()  # 눈을 크게 그려줘
            self.objects[-1].attributes += self.goal.attributes
            self.goal = None
        if not self.place:
            guise = any(each.is_guise() for each in self.objects)
            self.objects = [each.as_new() for each in self.objects]
            self.place = (self.wearer or "to the person") if guise else ""
        owner = self.objects[0].before if self.objects else None
        if any(each.before and each.owner != self.objects[0].owner for each in self.objects):
            if self.place or not all(each.before for each in self.objects):
                raise Gap("it does not say who gets what; say each with a verb of its own")
            return ". ".join(
                f"add {each.unowned().a()} to {each.before.the()}"
                for each in self.objects
                if each.before
            )
        if self.place:
            if any(each.before and each.before.noun in ko.LENDERS for each in self.objects):
                raise Gap("what one has cannot be given to another; name a new thing")
            self.objects = [each.compound() if each.before else each for each in self.objects]
            owner = None
        for phrase in self.objects:
            if phrase.before:
                phrase.owner, phrase.before = "", None
        place = self.place or (f"to {owner.the()}" if owner else "")
        if place.startswith("on the wall") and any(
            each.noun in ko.ON_FLOORS for each in self.objects
        ):
            place = f"next to {place[3:]}"
        new = self.objects and {"new", "other"}.intersection(self.objects[0].attributes)
        if self.named_first and not (self.instead or new or self.objects[0].chosen()):
            return spaced("put", self.objects[0].the(), place)  # 컵을 책상 위에 올려줘
        place = self._in_the_air(place)
        gifts = " and ".join(phrase.a() for phrase in self.objects)
        return spaced("add", gifts, f"instead of {self.instead}" if self.instead else place)


def _dress(who: Phrase, garment: Phrase, verb: str) -> str:
    """What someone shall wear: people change their clothes, animals have none yet."""
    outfit = garment.noun.rpartition(" ")[2] in ko.OUTFITS
    if outfit and verb not in ("put on", "add") and singular(who.noun) not in ko.ANIMALS:
        if garment.noun == "clothes" and not garment.attributes:
            raise Gap(WHICH_CLOTHES)
        clothes = Phrase("clothes", place=f"of {who.the()}")
        if not who.side:
            clothes = replace(who.owning(), noun="clothes")
        return f"change {clothes.the()} to {garment.a()}"
    return f"add {garment.a()} to {who.the()}"
