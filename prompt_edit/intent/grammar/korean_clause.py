"""A Korean clause, read word by word until its verb, into the English that it says.

    머리카락을, 빨간색으로, 변경해주세요 -> "change the hair to red"

A word adds to the phrase that is being named, closes it, or tells how the clause is meant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ...nouns import plural, singular
from . import korean_words as ko
from . import lexicon as lex
from .korean_lookup import bare, ends_in_n, find_verb, look_up
from .korean_phrase import COUNTS, ONE_OR_TWO, WHO, Gap, Phrase, is_somebody, joined
from .korean_sorting import Sorting
from .korean_tidy import COUNTED, LEFT
from .words import kind_of


@dataclass
class Clause(Sorting):
    """What stands before a verb, while its words come in."""

    guest: Phrase | None = None  # what stands where the noun that follows is
    most: bool = False
    more: bool = False
    as_is: bool = False  # 그대로 was said just before

    # --- word by word ---

    def take(self, word: str) -> str | None:
        """Take one word in; the English clause where the word ends it."""
        if word == ",":
            return self._comma()
        if counted := COUNTED.fullmatch(word):
            self._count(int(counted[2]), ranked=counted[1] == "#", unit=counted[3])
        elif word in ko.PARTICLES and self.phrase.count:  # 두 개를
            self.phrase.subject = word in ("이", "가")
            self.close(ko.PARTICLES[word])
        elif word in ko.AND:
            return self._also()
        elif word in _SMALL_WORDS:
            _SMALL_WORDS[word](self)
        elif word not in ko.FILLERS or (word == "줄" and self.phrase.rank):
            return self._open_class(word)
        return None

    def _also(self) -> str | None:
        """그리고 is "and", or, behind 새를, "draw and"."""
        if self.phrase.noun:  # 컵 그리고 접시
            self.close("and")
        elif self.objects and self.objects[-1].patient and not self.goal:
            return self.say("add")
        return None

    def _comma(self) -> str | None:
        """A comma ends a clause that has its goal, and otherwise parts the things of a list."""
        self.close("")
        return self.say("change") if self.goal and self.objects else None

    # --- small words ---

    def _several(self) -> None:
        if not self.phrase.noun:
            raise Gap("it does not say of what", "중")
        self.among, self.phrase = singular(self.phrase.noun), Phrase()

    def _leave(self) -> None:
        """What is not to be done: 배경은 바꾸지 말고 leaves the ground, 빨간색으로 하지 말고 the
        color."""
        self.close("")
        if self.goal:
            self.goal = None
        else:
            self.spared, self.objects = [*self.spared, *self.objects], []

    def _stay(self) -> None:
        """배경은 그대로: what stays as it is; of 배경을 그대로 only a verb tells that."""
        if self.phrase.attributes and not self.phrase.noun:
            self.phrase = Phrase()  # 빨간색 그대로
        self.phrase.topic |= bool(self.phrase.noun and self.phrase.wished)  # 배경 흰색 인물 그대로
        self.close("")
        if self.goal:
            return
        self.as_is = True
        if self.objects and not self.objects[-1].patient:
            self._keep()

    def _keep(self) -> None:
        self.said.append(f"keep {joined(self.objects)}")
        self.kept, self.objects, self.place, self.standing = self.objects, [], "", None

    def _except(self) -> None:
        if not self.phrase.noun and self.phrase.owner == "my":
            raise Gap(WHO)
        if not self.phrase.noun and self.phrase.attributes:  # 빨간색 말고 파란색으로
            self.phrase = Phrase()
            return
        left_out = [] if self.goal else self.objects
        told = self.objects if self.goal else []
        self.objects = left_out
        self.close("object")
        if self.turned and not self.goal:  # 셔츠를 파란색으로 소매만 빼고: still of the shirt
            told, self.goal = self.turned
            self.turned = None
            self.said.pop()
        self.excepted += [phrase.the() for phrase in self.objects]
        self.objects = told

    def _instead(self) -> None:
        self.close("object")
        self.instead = self.objects.pop().the() if self.objects else ""
        if self.gone and not self.instead:  # 개를 없애고 대신 고양이를
            self.place = "in its place"

    def _all(self) -> None:
        if self.objects and not self.phrase.noun:
            self.objects[-1].every = True
        else:
            self.phrase.every = True
            self.everything = True

    def _both(self) -> None:
        self.phrase.both = True

    def _two(self) -> None:
        """둘 다: both of what was named."""
        if not self.phrase.noun and not self.objects:
            self.phrase.noun = "them"

    def _most(self) -> None:
        self.most = True

    def _more(self) -> None:
        self.more = True

    def _hold(self) -> None:
        """모자 쓴 남자, 여자가 든 가방, 손에 든 컵, 들고 있는 컵."""
        self.close("object")
        held = self.objects.pop() if self.objects else Phrase()
        if held.before and self.objects:  # 안경 쓴 남자는 정장 안경 쓴 여자는
            who, garment = self.objects[-1], held.before
            if who.topic and is_somebody(who.noun) and garment.is_garment():
                self.dressed.append((self.objects.pop(), garment))
                held = Phrase(held.noun, held.attributes)
        if held.subject:  # 여자가 든 가방: hers
            self.phrase = held.owning()
        elif held.noun:
            self.phrase = Phrase(place=f"wearing {held.unwished().the()}", wished=held.wished)
        elif self.standing and self.place:
            inside = "hand" not in self.place and self.place.startswith("on ")
            self.phrase.place = f"in {self.place[3:]}" if inside else self.place
            self.standing, self.place = None, ""
        else:
            self.phrase.owner = "the person's"

    def _stand(self) -> None:
        """책상에 있는 컵, 개가 앉은 의자, 눈 쌓인 지붕."""
        if self.phrase.noun:
            self.phrase = Phrase(place=f"with {self.phrase.the()}")
            self.standing, self.place = None, ""
        elif self.objects and self.objects[-1].subject:
            self.guest = self.objects.pop()  # 개가 앉은 의자: the chair with the dog
            several = replace(self.guest, count=0, noun=plural(self.guest.noun))
            guest = several if self.guest.count > 1 else self.guest
            self.phrase = Phrase(place=f"with {guest.the()}")
            self.standing, self.place = None, ""
        elif self.standing:
            self.phrase, self.standing, self.place = self.standing, None, ""

    def _spot(self) -> None:
        """그 자리에, in its place; 컵이 있던 자리에, in that of the cup."""
        gone = self.phrase if self.phrase.noun else self.guest
        if gone:
            self.instead = gone.the()
            self.phrase, self.standing, self.place = Phrase(), None, ""
        else:
            self.place = "in its place"

    # --- words of the tables ---

    def _open_class(self, word: str) -> str | None:
        found = self._one_of_them(word) or look_up(word)
        stays, self.as_is = self.as_is, False
        if why := ko.NOT_READ.get(word) or ko.NOT_READ.get(bare(word)):
            raise Gap(why, word)
        if not found:
            verb = find_verb(word)
            if stays and (verb in ("do", "keep", "keep only") or word in ko.STAYING):
                if self.objects:
                    self._keep()
                return None
            if not verb:
                raise Gap("I do not know this Korean word", bare(word))
            self.close("")
            if verb != "do":
                return self.say(verb)
            return self.say("change") if self.goal else None  # 변경 해 주세요: only a light verb
        kind, english, role = found
        if kind == "attribute" and english == "fur" and self.phrase.noun in ko.ANIMALS:
            kind = "noun"
        if kind == "owner":
            self._owner(word, english, role)
        elif kind == "place":
            self._place(english, role)
        elif kind == "attribute":
            self._attribute(word, english, role)
        elif english != "picture" or role not in ("source", "place"):  # "in the picture"
            self._noun(word, english, role)
        return None

    def _owner(self, word: str, english: str, role: str) -> None:
        if role in ("object", "receiver", "and"):  # 나한테
            self.phrase, self.myself = Phrase("person", patient=word[-1] in "을를"), english == "my"
            self.close(role)
        else:
            self.phrase.owner = english

    def _noun(self, word: str, english: str, role: str) -> None:
        told = bool(self.objects) and self.objects[-1].topic and not self.goal
        if ko.is_pair(self.phrase.noun, english):  # 신랑 신부: both
            if told and word[-1] in "은는":  # 강아지는 고양이 토끼는
                raise Gap(ONE_OR_TWO)
            self.close("and")
        elif is_somebody(english):
            self.next_wearer()
            owner = self.phrase.before
            if owner and is_somebody(owner.noun):  # 남자 가방 여자
                raise Gap(ONE_OR_TWO)
        if told and self.phrase.noun in ko.STUFF:  # 벽은 벽돌 바닥은
            self.phrase.wished = ko.STUFF[self.phrase.noun]
        self.phrase = self.phrase.with_noun(english)
        self.phrase.topic = word[-1] in "은는" and role == "object"
        self.phrase.subject = role == "object" and word[-1] in "이가"
        self.phrase.patient = role == "object" and word[-1] in "을를"
        if role:
            self.close(role)

    def _one_of_them(self, word: str) -> tuple[str, str, str] | None:
        """왼쪽 것을, of what there is several of."""
        stem = next((each for each in ko.ANY_OF_THEM if word.startswith(each)), "")
        particle = word[len(stem) :]
        if not self.among or not stem or particle not in ("", *ko.PARTICLES):
            return None
        return "noun", self.among, ko.PARTICLES.get(particle, "")

    def _attribute(self, word: str, english: str, role: str) -> None:
        if self.phrase.noun:
            self.phrase.bare = True
            self.close("object")  # an attribute begins the next phrase
        before = self.objects[-1] if self.objects and not self.goal else Phrase()
        if (self.most or self.phrase.rank) and english in ko.SUPERLATIVES:
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

    def _count(self, number: int, ranked: bool, unit: str | None) -> None:
        if not 0 < number <= len(COUNTS):
            raise Gap(f"I count from one to {len(COUNTS)}")
        if ranked:
            if self.phrase.noun:
                self.close("object")
            self.phrase.rank = number
            return
        self.phrase.count = number
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
        upon = english not in ("left of", "right of", "middle")
        if upon and kind_of(made_of) == "material":  # 대리석 위에
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
            self.phrase.place = f"{english} {anchor.the()}"
        if role == "place":
            if self.goal and self.objects:
                self.turn()
            self.only_place()
            self.place = self.phrase.place or self.phrase.where()
            if named.wished and self.phrase.place:  # 컵을 대리석 테이블 위에
                self.place = f"{english} {named.the()}"
            self.named_first = bool(self.objects) and self.objects[-1].patient
            self.standing, self.phrase = self.phrase, Phrase()

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
            alone=said.startswith("keep only"),
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


_SMALL_WORDS: dict[str, Callable[[Clause], None]] = {
    word: handler
    for words, handler in (
        (ko.STANDING, Clause._stand),
        (ko.HOLDING, Clause._hold),
        (ko.MORE, Clause._more),
        (ko.MOST, Clause._most),
        (ko.ALL, Clause._all),
        (ko.BOTH, Clause._both),
        (ko.TWO, Clause._two),
        (ko.SPOTS, Clause._spot),
        (ko.INSTEAD, Clause._instead),
        (ko.EXCEPT, Clause._except),
        (ko.AS_IS, Clause._stay),
        ((LEFT,), Clause._leave),
        (ko.AMONG, Clause._several),
    )
    for word in words
}
"""What each small word does to the clause; of a word in two tables the later one counts."""
