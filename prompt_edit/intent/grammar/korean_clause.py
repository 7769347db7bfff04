"""A Korean clause, read word by word until its verb, into the English that it says.

    머리카락을, 빨간색으로, 변경해주세요 -> "change the hair to red"

A word adds to the phrase that is being named, closes it, or tells how the clause is meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ...nouns import singular
from . import korean_words as ko
from . import lexicon as lex
from .korean_kinds import is_pair, is_unsure
from .korean_lookup import bare, ends_in_n, find_verb, look_up, why_unread
from .korean_phrase import COUNTS, NO_COPY, ONE_OR_TWO, Gap, Phrase, is_ground, is_somebody
from .korean_small_words import BY_DOING, ONE_THING, SMALL_WORDS, SmallWords
from .korean_tidy import COUNTED
from .words import kind_of

_THING = re.compile(rf"(?:것|거|걸|건)들?(?:{'|'.join(ko.PARTICLES)})?")
"""Stands for what is not named."""


@dataclass
class Clause(SmallWords):
    """What stands before a verb, while its words come in."""

    last: Phrase | None = None  # what the clause before named last
    added: bool = False  # that is new

    # --- word by word ---

    def take(self, word: str) -> str | None:
        """Take one word in; the English clause where the word ends it."""
        self.previous, self.word = self.word, word
        if word == ",":
            return self._comma()
        if counted := COUNTED.fullmatch(word):
            self._count(int(counted[2]), ranked=counted[1] == "#", unit=counted[3])
        elif word == "의" and self.phrase.count and not self.phrase.noun:
            pass  # 두 개의 컵
        elif word in ko.PARTICLES and self.phrase.count:  # 두 개를
            self.phrase.subject = word in ("이", "가")
            self.close(ko.PARTICLES[word])
        elif word in ko.AND:
            return self._also()
        elif word == "맨" and self.ties():
            self.hold()
        elif word in SMALL_WORDS and not (word in ko.BEARING and self.goes_on()):
            SMALL_WORDS[word](self)
        elif word == "같은" and self.objects and self.objects[-1].linked:
            raise Gap(NO_COPY, word)  # 가방과 같은 색으로
        elif word == "다음" and self._is_next_one():
            raise Gap("it does not say after which; say where: “왼쪽에서 두 번째 사람”", word)
        elif word not in ko.FILLERS or (word == "줄" and self.phrase.rank):
            return self._open_class(word)
        return None

    def _is_next_one(self) -> bool:
        """다음 사람; but 지운 다음 사람을, and 그 다음 and 하고 다음, are "then"."""
        follows = self.ahead and (look_up(self.ahead[0]) or ("",))[0] == "noun"
        then = self.previous == "그" or ends_in_n(self.previous)
        return bool(follows) and not then and (self.first or bool(self.previous))

    def _also(self) -> str | None:
        """그리고 is "and", or, behind 새를, "draw and"."""
        if self.phrase.noun:  # 컵 그리고 접시
            self.close("and")
        elif self.objects and self.objects[-1].patient and not self.goal:
            return self.say("add")
        elif self.goal and not self.objects and not self.phrase.attributes:  # 흰 배경으로 그리고
            return self.say("change")
        return None

    def _comma(self) -> str | None:
        """A comma ends a clause that has its goal, and otherwise parts the things of a list."""
        self.close("")
        if self.objects:
            self.objects[-1].parted = True
        return self.say("change") if self.goal and self.objects else None

    # --- words of the tables ---

    def _open_class(self, word: str) -> str | None:
        found = self._one_of_them(word) or look_up(word)
        stays, self.as_is = self.as_is, False
        if why := why_unread(word):
            raise Gap(why, word)
        if not found:
            verb = find_verb(word)
            if stays and (verb in ("do", "keep", "keep only") or word in ko.STAYING):
                if self.objects:
                    self._keep()
                return None
            if not verb and _THING.fullmatch(word):
                raise Gap("it does not say what; name the thing, such as “빨간 컵”", word)
            does = word.endswith("는") and self._next_noun()[0]
            if not verb and (does or (word.endswith("고") and self.ahead[:1] == ["있는"])):
                raise Gap(BY_DOING, word)
            if not verb:
                raise Gap("I do not know this Korean word", bare(word))
            if ends_in_n(word) and not (word.endswith("면") or self.goes_on()):
                raise Gap(BY_DOING, word)
            self.close("")
            if verb != "do":
                return self.say(verb)
            if self.goal:
                return self.say("change")
            if self.objects and all(each.is_put_on() for each in self.objects):
                return self.say("put on")  # 귀걸이 해줘
            return None  # 변경 해 주세요: only a light verb
        kind, english, role = found
        alone = role not in ("", "goal", "source") and english in ko.STUFF_ALONE  # 종이에, 털은
        if alone or (english == "fur" and self.phrase.noun in ko.ANIMALS):
            kind = "noun"
        if kind == "owner":
            self._owner(word, english, role)
        elif kind == "place":
            self._place(english, role)
        elif kind == "attribute":
            self._attribute(word, english, role)
        elif english != "picture" or role not in ("source", "place"):  # "in the picture"
            self._noun(word, english, role)
        elif self.phrase.place.startswith("with "):  # 개가 있는 사진에서
            self.phrase = Phrase()
        return None

    def _owner(self, word: str, english: str, role: str) -> None:
        if role in ("object", "receiver", "and"):  # 나한테
            self.phrase, self.myself = Phrase("person", patient=word[-1] in "을를"), english == "my"
            self.close(role)
        else:
            self.phrase.owner = english

    def _noun(self, word: str, english: str, role: str) -> None:
        told = bool(self.objects) and self.objects[-1].topic and not self.goal
        self._part(word, english, role, told)
        if is_somebody(english):
            self.next_wearer()
            owner = self.phrase.before
            if owner and is_somebody(owner.noun):  # 남자 가방 여자
                raise Gap(ONE_OR_TWO)
        if told and self.phrase.noun in ko.STUFF:  # 벽은 벽돌 바닥은
            self.phrase.wished = ko.STUFF[self.phrase.noun]
        if english == "picture" and word.startswith("그림") and self.phrase.noun:
            english = "painting"  # 꽃 그림
        self.phrase = self.phrase.with_noun(english)
        self.phrase.topic = word[-1] in "은는" and role == "object"
        self.phrase.subject = role == "object" and word[-1] in "이가"
        self.phrase.patient = role == "object" and word[-1] in "을를"
        if role:
            self.close(role)

    def _part(self, word: str, noun: str, role: str, told: bool) -> None:
        """Close what is named, where the next noun is another thing: 신랑 신부, 컵 하나 배 하나."""
        before = self.phrase
        listed = role in ("", "object", "and")
        had = noun in ko.PARTS or (is_somebody(before.noun) and not is_somebody(noun))
        if before.numbered and listed and not had:
            self.close("and")
        elif is_ground(before.noun) and role == "and" and self._next_noun()[1] == "goal":
            self.phrase.topic = True  # 배경 산과 호수로
            self.close("object")
        elif is_pair(before.noun, noun) and listed:
            people = is_somebody(noun)
            if (told and word[-1] in "은는" and people) or is_unsure(before.noun, noun):
                raise Gap(ONE_OR_TWO)  # 강아지는 고양이 토끼는
            if people or not told:
                self.close("and")
        elif before.is_garment() and role == "receiver" and not self._next_noun()[0]:
            self.close("object")  # 모자 여자한테 씌워줘

    def _one_of_them(self, word: str) -> tuple[str, str, str] | None:
        """왼쪽 것을, of what there is several of."""
        stem = next((each for each in ko.ANY_OF_THEM if word.startswith(each)), "")
        particle = word[len(stem) :]
        if not self.among or not stem or particle not in ("", *ko.PARTICLES):
            return None
        return "noun", self.among.noun, ko.PARTICLES.get(particle, "")

    def _attribute(self, word: str, english: str, role: str) -> None:
        if not role and ends_in_n(word) and word not in ko.NAMES_IN_N and self._has_such(english):
            return
        if word.endswith("고") and self.objects and self.objects[-1].subject:
            raise Gap(ONE_THING)  # 머리가 짧고 안경 쓴 남자
        if self.phrase.noun:
            self.phrase.bare = True
            self.close("object")  # an attribute begins the next phrase
        before = self.objects[-1] if self.objects and not self.goal else Phrase()
        if (self.most or self.of_two or self.phrase.rank) and english in ko.SUPERLATIVES:
            self.phrase.order, self.most = ko.SUPERLATIVES[english], False
            return
        if self.most:
            raise Gap("I can find only the largest and the smallest")
        if role == "source" and before.noun:  # 지퍼를 실버에서 골드로
            self.phrase = Phrase()
            return
        told = before.topic or before.patient
        if not role and not self.phrase.attributes and (before.bare or told):
            looks = ("color", "material", "pattern") if told else ("color",)
            plain = not ends_in_n(word) or word in ko.NAMES_IN_N
            self.phrase.wished = english if plain and kind_of(english) in looks else ""
        if self.more:
            english, self.more = ko.COMPARATIVES.get(english, f"more {english}"), False
        self.phrase.attributes.append(english)
        if role == "object" and english in ko.HAIRDOS:
            self.phrase.noun = "hair"
        if word.endswith("게"):  # it says how the thing before shall be, whatever follows
            self.phrase.adverb = True
            role = "goal"
        if role not in ("", "owner"):
            self.close(role)

    def _has_such(self, look: str) -> bool:
        """머리가 긴 여자, 지붕 빨간 집: a thing of the one that follows, which tells which one."""
        thing = self.phrase
        if not thing.noun and not thing.attributes and self.objects and self.objects[-1].subject:
            thing = self.objects[-1]
        noun, role = self._next_noun()
        if not noun or not thing.noun:
            return False
        if thing is self.phrase:
            someone = is_somebody(noun) or singular(noun) in ko.ANIMALS
            theirs = thing.noun in lex.BODY or thing.noun in ko.GROWN or thing.is_garment()
            had = thing.noun in ko.PARTS or (someone and theirs)
            if not had or thing.before or thing.owner or noun == thing.noun or role == "goal":
                return False
        else:
            self.objects.pop()
        if self.most or self.more:
            raise Gap("I can find only the largest and the smallest")
        sized = thing.noun == "hair" and look in ko.SUPERLATIVES  # 머리 큰 인형
        named = "head" if sized else thing.noun
        self.phrase = replace(thing, noun=named, attributes=[*thing.attributes, look]).with_it()
        return True

    def _next_noun(self) -> tuple[str, str]:
        """The noun that the words ahead come to, over others that tell how it is, and its role."""
        for word in self.ahead:
            kind, english, role = look_up(word) or ("", "", "")
            if kind == "noun":
                return english, role
            if kind != "attribute" or role:
                break
        return "", ""

    def _count(self, number: int, ranked: bool, unit: str | None) -> None:
        if not 0 < number <= len(COUNTS):
            raise Gap(f"I count from one to {len(COUNTS)}")
        if ranked:
            if self.phrase.noun:
                self.close("object")
            self.phrase.rank = number
            return
        looks = self.phrase.attributes
        if looks and not self.phrase.noun and looks[-1] in ko.STUFF_ALONE:  # 종이 두 장
            self.phrase.noun = looks.pop()
        self.phrase.count, self.phrase.numbered = number, bool(self.phrase.noun)
        named = self.among or self.phrase.noun or self.objects
        if not named and (unit == "사람" or (unit and self.phrase.chosen())):  # 오른쪽 두 명
            self.phrase.noun = "person"

    def _place(self, english: str, role: str) -> None:
        """A place word: a side of the picture, or a relation to the noun before it."""
        if role in ("object", "goal"):
            raise Gap("things cannot be moved, and a side alone names no thing")
        if english in ko.SIDES and english != "on":
            self.next_wearer()  # 왼쪽 사람은 빨간 옷 오른쪽 사람은
        anchor = self.phrase
        made_of = anchor.attributes[-1] if anchor.attributes and not anchor.noun else ""
        if role == "place":
            anchor = self._where_it_goes(anchor, english)
        surface = english not in ("left of", "right of", "middle")
        if surface and kind_of(made_of) == "material":  # 대리석 위에
            anchor.noun = "glass" if made_of == "glass" else f"{made_of} surface"
            anchor.attributes = anchor.attributes[:-1]
        anchor.noun = ko.AS_PLACE.get(anchor.noun, anchor.noun)
        looks = [] if anchor.noun else anchor.attributes  # 파란 왼쪽 컵
        rank = 0 if anchor.noun else anchor.rank
        self.phrase, self.most = Phrase(rank=rank, attributes=looks, wished=anchor.wished), False
        named, anchor = anchor, anchor.unwished()
        if anchor.noun in ("", "picture"):
            if english in ko.SIDES:
                if anchor.side:
                    english = self._corner(anchor.side, english)
                self.phrase.side, self.phrase.counted_from = english, role == "source"
            elif english in ko.DEPTHS and not anchor.noun:
                self.phrase.place = ko.DEPTHS[english]
            elif not anchor.noun:
                raise Gap("it does not say of what")
        elif english not in lex.RELATIONS and english not in lex.NEARLY:
            raise Gap("I know no such place")
        else:
            self.phrase.place, self.phrase.upon = f"{english} {anchor.the()}", english == "on"
        if role == "place":
            if self.goal and self.objects:
                self.turn()
            self.only_place()
            self.upon = english == "on" and bool(self.phrase.place)
            self.place = self.phrase.place or self.phrase.where()
            if named.wished and self.phrase.place:  # 컵을 대리석 테이블 위에
                self.place = f"{english} {named.the()}"
            self.named_first = bool(self.objects) and self.objects[-1].patient
            self.standing, self.phrase = self.phrase, Phrase()

    def _where_it_goes(self, anchor: Phrase, english: str) -> Phrase:
        """Of what a place is said: 그 위에 is of what was named last."""
        if anchor.noun:
            tells_which = self.ahead[:1] and self.ahead[0] in ko.STANDING | ko.HOLDING | ko.BEARING
            listed = self.objects and self.objects[-1].linked and english != "between"
            if listed and not tells_which:
                raise Gap(ONE_OR_TWO)  # 엄마와 아이 옆에
        elif anchor.owner:
            raise Gap("it does not say of what")  # 그의 뒤에
        elif not anchor.attributes and not anchor.side:
            return self._that(english) or anchor
        return anchor

    def _that(self, english: str) -> Phrase | None:
        """그 위에, and, of what was added last, 위에: what was named last."""
        pointed = self.previous == "그"
        if pointed and not self.last:
            raise Gap("it does not say of what")
        if pointed or (self.added and english in ko.BESIDE_IT):
            return Phrase(self.last.noun, [*self.last.attributes]) if self.last else None
        return None

    def _corner(self, side: str, other: str) -> str:
        """Two sides as one place: 왼쪽 위 is the top left."""
        corner = ko.CORNERS.get(frozenset((side, other)))
        if not corner:
            raise Gap("only one choice can be read")
        return corner

    # --- its ends ---

    def end(self) -> str:
        """What the words say where no verb follows: "the jacket to leather"."""
        self.close("")
        if self.spared and not (self.goal or self.objects):
            return self.say("keep")
        if self.dressed and self.dressing():
            return self.say("change")
        if self.only_tells_where():
            return ""
        left = [phrase.the() for phrase in self.objects] + [self.place] + self.excepted
        if not self.goal and any(left):
            raise Gap("nothing says what to do with it")
        return self.say("change") if self.goal else ""

    def only_tells_where(self) -> bool:
        """Whether there is nothing but a place: what is added before goes there."""
        return bool(self.standing and self.place and not (self.objects or self.goal))

    def say_there(self, place: str) -> str:
        """The clause again, of something new, with a place that is told behind the verb."""
        if self.verb not in ("add", "put on") or self.said or (self.place and not self.placed):
            raise Gap("nothing says what to do with it")
        self.place = place
        return self.say(self.verb)

    def next(self, said: str) -> Clause:
        """The clause that follows this one, which said that."""
        return Clause(
            wearer=self.wearer_after(said),
            gone=said.startswith("remove"),
            alone=said.startswith("keep only") and not self.word.endswith(("줘", "요", "라")),
            added=said.startswith(("add", "put")),
            last=self._last_named(said),
        )

    def _last_named(self, said: str) -> Phrase | None:
        """What 그 옆에 is said of in the clause that follows; nothing that goes."""
        if said.startswith(("remove", "extract")):
            return None
        named = self.goal if self.goal and self.goal.noun else None
        return named or (self.objects[-1] if self.objects else None)

    def narrows(self, said: str) -> bool:
        """여자만 남기고 남자는 다 지워줘: all the men go, and not all but the woman."""
        rest = lex.EVERYTHING | lex.PICTURES
        return (
            self.alone
            and said.startswith("remove")
            and bool(self.objects)
            and not any(
                is_ground(each.noun) or each.noun in rest or "other" in each.attributes
                for each in self.objects
            )
        )

    def wearer_after(self, said: str) -> str:
        """Whom the clause is about, for what one after it puts on: whose thing it was, an animal,
        or a doll; "" for nobody."""
        if said.startswith("add") and self.objects and self.objects[-1].noun in ko.LIVING:
            return "to it"
        if self.place:
            return self.place
        owner = self.objects[-1].owner if self.objects else ""
        if owner.endswith("'s"):
            return f"to {owner[:-2]}"
        if said.startswith(("remove", "keep", "extract")):
            return ""
        about = [self.goal] if self.goal else self.objects
        named = [phrase.noun for phrase in about if phrase and phrase.noun in ko.LIVING]
        return f"to the {named[-1]}" if named else ""
