"""Korean phrases, each put where the particle behind it says: into `Roles`.

    머리카락을 -> an object;  빨간색으로 -> the goal;  책상에 -> the place

In casual speech there is no particle; then what stands before tells what a phrase is for.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from . import korean_words as ko
from . import lexicon as lex
from .korean_kinds import is_outfit
from .korean_phrase import (
    NO_COPY,
    ONE_OR_TWO,
    Gap,
    Phrase,
    is_ground,
    is_somebody,
    joined,
    spaced,
)
from .korean_roles import Roles


@dataclass
class Sorting(Roles):
    """Roles that are filled phrase by phrase."""

    phrase: Phrase = field(default_factory=Phrase)
    among: Phrase | None = None  # what there is several of
    early: bool = False  # the goal is named before what becomes it
    said: list[str] = field(default_factory=list)  # what ended with no verb
    turned: tuple[list[Phrase], Phrase | None] | None = None  # what was said last, with no verb
    kept: list[Phrase] = field(default_factory=list)  # what stays, if named last

    def close(self, role: str) -> None:
        """The phrase is complete: put it where its particle says."""
        phrase, self.phrase = self.phrase, Phrase()
        told = phrase.chosen() or phrase.count or (phrase.noun and phrase.attributes)
        if self.among and told and phrase.noun in ("", self.among.noun):
            phrase = phrase.one_of(self.among)
        if not phrase.noun and not phrase.attributes:
            if phrase.side or phrase.place or phrase.rank:
                raise Gap("it names no thing")
            if phrase.count and self.objects:  # 컵을 하나만
                self.objects[-1].count = self.objects[-1].count or phrase.count
            return
        phrase.check()
        phrase.lift()
        if role == "goal" or (not phrase.noun and role == ""):
            self._become(phrase, marked=role == "goal")
        elif role in ("", "object", "and"):
            self._object(phrase, role)
        elif role == "owner":
            self.phrase = phrase.owning()
        else:
            if self.goal and self.objects:
                self.turn()
            self._put(phrase, role)

    def _become(self, phrase: Phrase, marked: bool) -> None:
        """The phrase is what the things before it become."""
        if not phrase.noun:
            phrase.every = False  # 다 파란색으로
        phrase = self._as_ground(phrase)
        if phrase.noun.rpartition(" ")[2] == "atmosphere":  # 방을 크리스마스 분위기로
            phrase.noun = phrase.noun.replace("atmosphere", "style")
        turned = phrase.before and phrase.before.noun not in ko.MODIFIERS
        worn = turned and phrase.is_garment() and not phrase.wished
        if worn and self._others_dressed():  # 남자 정장, 여자 드레스로
            self.objects, phrase = [phrase.before or phrase], Phrase(phrase.noun)
        if self.goal and turned and self.objects:
            self.turn()
        elif self.goal and self.early and self.objects and phrase.adverb:  # 밝게 배경은 어둡게
            raise Gap("there are two things for one to become")
        elif self.goal and phrase.adverb:  # 금발로 길게
            self.goal.attributes += phrase.attributes
            return
        elif self.goal and self.goal.adverb:  # 길게 금발로
            phrase.attributes = [*self.goal.attributes, *phrase.attributes]
        elif self.goal:
            raise Gap("there are two things for one to become")
        phrase = self._with_listed(phrase)
        first = phrase.before.noun if phrase.before else ""
        if first in ko.MODIFIERS or (is_outfit(first, phrase.noun) and not self.objects):
            phrase = phrase.compound()
        elif phrase.before and (not self.objects or phrase.wished or self.objects[-1].linked):
            # 치마 반바지로: nothing parts the two nouns
            self.objects.append(replace(phrase.before, wished=phrase.wished))
            phrase = Phrase(phrase.noun)
        self._share_out(phrase, marked)
        last = self.objects[-1].noun if self.objects else ""
        wooden = not ko.OF_WOOD.isdisjoint((last, last.rpartition(" ")[2]))
        if wooden and phrase.noun == "tree" and not phrase.attributes and not phrase.chosen():
            phrase = Phrase(attributes=["wooden"])  # 바닥을 나무로
        if phrase.attributes == ["neon"] and not phrase.noun:
            raise Gap("say which neon color, such as “형광 초록색”", "형광")
        self.goal, self.early = phrase, not self.objects

    def _as_ground(self, phrase: Phrase) -> Phrase:
        """바다 배경으로, and 바다를 배경으로: a background that shows the sea. What else is named,
        신발을 흰 배경으로, stays before it."""
        shown = phrase.place.partition("with the ")[2]
        if phrase.noun in lex.PICTURES and is_ground(shown):  # 배경이 하얀 사진으로
            looks = shown.split()
            return Phrase(looks.pop(), looks)
        if not is_ground(phrase.noun):
            return phrase
        things = [each for each in self.objects if not is_ground(each.noun)]
        if self.goal or len(things) < len(self.objects):
            return phrase
        if phrase.before:
            first = phrase.before
            if first.before and not is_somebody(first.before.noun):  # 파리 거리 배경으로
                phrase.before = first.compound()
            phrase = phrase.compound()
        elif not phrase.attributes and len(things) == 1:
            if things[0].chosen() or is_somebody(things[0].noun):
                raise Gap(NO_COPY)
            phrase = Phrase(spaced(things.pop().noun, phrase.noun), self.objects[0].attributes)
        if phrase.noun.split()[0] in lex.PICTURES or not (phrase.attributes or " " in phrase.noun):
            raise Gap("say what the background should show")
        stays = [each for each in things if each.noun.rpartition(" ")[2] not in lex.PICTURES]
        if stays:
            self.said.append(f"keep {joined(stays)}")
        self.objects = []
        return phrase

    def _with_listed(self, goal: Phrase) -> Phrase:
        """배경을 산과 호수로: what is linked with the goal belongs to it, and is no object."""
        listed: list[Phrase] = []
        while self.objects and self.objects[-1].linked:
            listed.insert(0, self.objects.pop())
        if not any(each.patient or each.topic for each in self.objects):
            self.objects += listed
            return goal
        if not listed:
            return goal
        first, *others = listed
        plain = goal.noun and not any(each.chosen() or each.count for each in [*listed, goal])
        if not plain or not all(is_ground(each.noun) for each in self.objects):
            raise Gap("a thing can become only one other; say each with a verb of its own")
        shown = [spaced(*each.attributes, each.noun) for each in [*others, goal]]
        return replace(first, linked=False, place=f"with {' and '.join(shown)}")

    def _others_dressed(self) -> bool:
        """Whether all that is named is of someone who shall wear it, as others shall theirs."""
        pairs = [(each.before, Phrase(each.noun)) for each in self.objects if each.is_garment()]
        worn = [(who, what) for who, what in pairs if who and is_somebody(who.noun)]
        if self.goal or not worn or len(worn) < len(self.objects):
            return False
        self.dressed += worn
        return True

    def _share_out(self, goal: Phrase, marked: bool) -> None:
        """셔츠 흰색 바지 검은색으로: the white is what the shirt becomes."""
        if not any(each.wished for each in self.objects[1:]):
            return
        group: list[Phrase] = []
        for thing in self.objects:
            if group and thing.wished:
                before = group[-1]
                parted = before.topic or (before.chosen() and thing.chosen())
                has = before.noun in ko.HOLDS and marked
                unsure = thing.patient or (not parted and not thing.topic and (goal.noun or has))
                if unsure and not before.patient:
                    raise Gap(ONE_OR_TWO)
                self.turn(group, Phrase(attributes=[thing.wished]))
                group = []
            group.append(thing.unwished())
        self.objects = group

    def _object(self, phrase: Phrase, role: str) -> None:
        if self.goal and self.objects:
            self.turn()
        phrase = phrase.as_there()
        before = self.objects[-1] if self.objects else Phrase()
        if is_ground(phrase.noun) and phrase.owner and (before.linked or before.parted):
            phrase, before = self._behind_all(phrase), Phrase()
        if before.linked and not phrase.chosen():
            phrase.share(before)
        elif before.linked and phrase.is_shared(before):
            self.objects[-1] = phrase.as_of(before)  # 강아지와 고양이의 꼬리
        if phrase.noun in lex.ASPECTS and not phrase.chosen():
            phrase = self._of_kept(phrase)
        else:
            self.kept = []
        if before.noun == "fur" and before.before and before.bare and phrase.is_garment():
            self.objects.pop()  # 강아지 털 갈색 모자
            phrase = replace(phrase, attributes=["fur", *phrase.attributes]).of(before.before)
        elif phrase.is_of(before):  # 여자 빨간 모자
            phrase = phrase.of(self.objects.pop())
        elif phrase.topic and (phrase.wished or not is_somebody(before.noun)):
            phrase = self._next_topic(phrase, before)
        elif before.bare and before.attributes and not phrase.wished and phrase.may_be_owned():
            # 남자 빨간 모자 파란 가방
            owner = before.before
            phrase = phrase.of(owner) if owner else replace(phrase, owner=before.owner)
        phrase.linked = role == "and"
        self.objects.append(phrase)

    def _behind_all(self, ground: Phrase) -> Phrase:
        """남자와 여자의 배경을: one background, behind all who are listed."""
        before: list[Phrase] = []
        while self.objects and (self.objects[-1].linked or self.objects[-1].parted):
            before.insert(0, self.objects.pop())
        last = ground.owner.removesuffix("'s")
        return replace(ground, owner="", place=f"behind {joined(before)} and {last}")

    def _of_kept(self, phrase: Phrase) -> Phrase:
        """치마 색은 그대로 길이만, and 치마는 그대로 길이만: of what was kept, which as a whole
        does not stay then."""
        last = self.kept[-1] if self.kept else Phrase("picture")
        if last.noun in lex.ASPECTS:
            return replace(phrase, owner=last.owner)
        animal = last.noun in ko.ANIMALS and phrase.noun != "style"
        if last.noun in lex.EVERYTHING | lex.PICTURES or (is_somebody(last.noun) and not animal):
            return phrase
        if len(self.kept) > 1:
            raise Gap("say of each what it should become")
        last = replace(last, noun=last.noun.removesuffix(" style"))
        self.said = [each for each in self.said if each != f"keep {last.the()}"]
        return phrase.of(last)

    def _next_topic(self, phrase: Phrase, before: Phrase) -> Phrase:
        """상의는 흰 셔츠 하의는, 컵은 접시, 병은: what stands between is what the first becomes."""
        between = phrase.before
        if between and before.topic and phrase.noun not in lex.ASPECTS:
            garments = between.is_garment() and before.is_garment()
            if between.noun == before.noun or (garments and not phrase.wished):
                look = [phrase.wished] if phrase.wished else []
                self.turn(self.objects, Phrase(between.noun, [*between.attributes, *look]))
                return Phrase(phrase.noun, topic=True)
            if garments or not phrase.wished:
                raise Gap(ONE_OR_TWO)
        if phrase.wished:  # 셔츠는 파란색 바지는
            self.turn(self.objects, Phrase(attributes=[phrase.wished]))
            return phrase.unwished()
        alone = not (before.topic or before.patient or before.linked)
        if alone and len(self.objects) > 1 and self.objects[-2].topic and not before.chosen():
            self.turn(self.objects[:-1], before)
        return phrase

    def _put(self, phrase: Phrase, role: str) -> None:
        """The phrase is a place, or whom something is for or from."""
        preposition = {"receiver": "to", "source": "from", "place": "on"}[role]
        phrase.noun = ko.AS_PLACE.get(phrase.noun, phrase.noun)
        if self.receiver and phrase.noun in lex.BODY and not (self.objects or self.receiver.place):
            phrase.owner, self.place = self.receiver.owning().owner, ""  # 여자한테 머리에
        self.only_place()
        if phrase.noun in ko.INSIDE and role == "place":
            preposition = "in"
        all_of_them = [phrase]
        while self.objects and self.objects[-1].linked:  # 강아지랑 고양이한테
            before = self.objects.pop()
            shared = phrase.is_shared(before)  # 남자와 여자의 옷에
            all_of_them.insert(0, phrase.as_of(before) if shared else before)
        self.place = f"{preposition} {joined(all_of_them)}"
        self.named_first = bool(self.objects) and self.objects[-1].patient
        self.source = phrase if role == "source" else None
        self.receiver = phrase if role == "receiver" else None
        self.standing = Phrase(place=self.place)
        self.spot = phrase

    def only_place(self) -> None:
        """Refuse a second place, of which nothing tells what goes there."""
        if self.place:
            raise Gap("there are two places for one thing; say each with a verb of its own")

    def next_wearer(self) -> None:
        """남자는 정장 여자는: where the next one is named, the suit is what the first shall
        wear."""
        garment, before = self.phrase, self.phrase.before
        nothing = not garment.noun and not garment.wished
        if nothing and self.objects and not self.goal:  # 남자는 정장, 여자는
            worn = self.objects[-1]
            if worn.is_garment() and worn.before and worn.before.topic and not worn.patient:
                self.dressed.append((worn.before, worn.unowned()))
                self.objects.pop()
        if not garment.is_garment() or self.goal:
            return
        if before and is_somebody(before.noun):
            self.dressed.append((before, Phrase(garment.noun)))
        elif self.objects and is_somebody(self.objects[-1].noun):
            self.dressed.append((self.objects.pop(), replace(garment, side="")))
        elif self.receiver:  # 남자한테는 정장 여자한테는
            self.dressed.append((self.receiver, replace(garment, side="")))
            self.receiver, self.place, self.standing = None, "", None
        else:
            return
        self.phrase = Phrase(side=garment.side)

    def turn(self, things: list[Phrase] | None = None, goal: Phrase | None = None) -> None:
        """What has its goal is complete, where the next thing follows with no verb between."""
        if things and goal:
            self.objects, self.goal = things, goal
        self.turned = None
        if worn := self.dressing():
            self.dressed += worn
        else:
            turned = (self.objects, self.goal)
            self.said.append(self.say("change"))
            self.turned = turned
        self.objects, self.goal, self.excepted = [], None, []
        self.place, self.standing, self.source, self.receiver = "", None, None, None
        self.everything = self.first = False
