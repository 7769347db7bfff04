"""A Korean noun phrase: its words are taken in one by one, and it is said in English.

    빨간, 모자 -> "the red hat", as a thing that is there, or "a red hat", to paint

Beside it stands `Gap`, which whatever cannot be read raises.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ...nouns import plural, singular
from . import korean_words as ko
from . import lexicon as lex
from .korean_kinds import is_kind, is_outfit
from .words import is_alive

ONE_OR_TWO = "it may be one thing or two; put a comma between them"
"""Why there is a `Gap` where nothing tells one phrase from two."""
NO_COPY = "I cannot copy what is there; say how it should look"
"""Why there is a `Gap` where one of the things in the picture is to be painted."""
WHO = "nothing tells which one you are; say where, such as “왼쪽 사람”"
"""Why there is a `Gap` where 나 stands for someone in the picture."""
# Reversed, so that the first name of a number wins: "second", not "2nd".
COUNTS = {count: word for word, count in reversed(lex.NUMBERS.items())}
"""How many, in English."""
_RANKS = {rank: word for word, rank in reversed(lex.ORDINALS.items())}


class Gap(Exception):
    """A place where the reading stops, and the word that is to blame, if it is one word."""

    def __init__(self, why: str, word: str = "") -> None:
        super().__init__(why)
        self.why, self.word = why, word


@dataclass
class Phrase:
    """A noun phrase while its words come in; the last noun is the head."""

    noun: str = ""
    attributes: list[str] = field(default_factory=list)
    owner: str = ""
    before: Phrase | None = None  # the noun that stands before with no particle between
    side: str = ""
    counted_from: bool = False
    rank: int = 0
    count: int = 0
    every: bool = False
    both: bool = False  # 양쪽 귀
    order: str = ""
    place: str = ""
    stood: bool = False  # its place was said of all that is listed: 왼쪽에 있는
    parted: bool = False  # a comma follows
    subject: bool = False  # who does something: 여자가
    topic: bool = False  # what is spoken of: 셔츠는
    patient: bool = False  # to what something is done: 셔츠를
    numbered: bool = False  # its number was said behind it: 사과 하나
    bare: bool = False  # an attribute follows with no particle between: 셔츠 흰색
    linked: bool = False  # another thing of the same list follows: 모자와
    wished: str = ""  # the attribute that may be what the thing before becomes: 셔츠 흰색 바지
    adverb: bool = False  # how it shall be: 길게
    upon: bool = False  # its place was said with 위
    hangs: bool = False  # there it hangs: 위에 걸린

    def may_be_owned(self) -> bool:
        """Whether it may be of whom the thing before it in a list is."""
        nobodys = lex.PERSONS | lex.GENDERS.keys() | lex.NOBODYS
        return not self.chosen() and self.noun not in nobodys

    def share(self, before: Phrase) -> None:
        """Be where the thing before it in a list is, or of whom that is: 남자의 모자와 안경, 책상
        위의 컵과 책, 왼쪽에 있는 컵과 접시."""
        if self.may_be_owned():
            self.owner = before.owner
        if before.place.partition(" the ")[0] in lex.PLACES.keys() | lex.NEARLY:
            self.place = before.place
        if before.stood:
            self.side, self.stood = before.side, True

    def one_of(self, several: Phrase) -> Phrase:
        """The phrase as one of those: 책상 위의 빨간 공들 중 왼쪽 것."""
        if (self.place and several.place) or (self.side and several.side):
            raise Gap("only one choice can be read")
        return replace(
            self,
            noun=several.noun,
            attributes=[*several.attributes, *self.attributes],
            owner=self.owner or several.owner,
            side=self.side or several.side,
            place=self.place or several.place,
        )

    def is_of(self, before: Phrase) -> bool:
        """Whether it is of the thing before, as in 여자 빨간 모자 and 여자는 모자를; of 셔츠 흰색
        바지 both are things by themselves."""
        if self.chosen() or is_somebody(self.noun):
            return False
        worn = self.is_garment() or self.noun in lex.BODY or self.noun in lex.WORN
        someones = is_somebody(before.noun) and worn
        if before.topic or not self.attributes:
            return before.topic and someones
        return before.bare and (not self.wished or someones) and not self._is_beside(before)

    def _is_beside(self, before: Phrase) -> bool:
        """Whether it and the thing before are two, as each has its look: 빨간 꽃 노란 꽃."""
        if self.noun == before.noun:
            return bool(before.attributes)
        has_it = is_somebody(before.noun) or before.noun in ko.AROUND or self.noun in ko.PARTS
        if has_it or not before.attributes:
            return False
        on_body = before.noun in lex.BODY and self.noun not in lex.BODY  # 긴 머리 빨간 모자
        if on_body or (before._may_have() and not self._may_have()):  # 빨간 소파 파란 쿠션
            raise Gap(ONE_OR_TWO)
        return True

    def _may_have(self) -> bool:
        """Whether the next thing may be of it, unless that is such a thing, too."""
        return self.is_garment() or self.noun in ko.HOLDS | ko.ON_FLOORS | {"bag", "wall"}

    def owning(self) -> Phrase:
        """What is named next, as a thing of this one."""
        return Phrase(place=f"of {self.the()}") if self.place else Phrase(owner=f"{self.the()}'s")

    def with_it(self) -> Phrase:
        """What is named next, as what this one is of, on, or in: 지붕이 빨간 집."""
        thing = replace(self, noun="framed picture") if self.noun == "picture" else self
        return Phrase(place=f"with {thing.the()}")

    def of(self, before: Phrase) -> Phrase:
        """The phrase as a thing of another."""
        owning = before.owning()
        return replace(
            self, owner=owning.owner, place=self.place or owning.place, before=before, wished=""
        )

    def with_noun(self, noun: str) -> Phrase:
        """The phrase with one more noun: the one before becomes its owner, "man" + "jacket"."""
        fur = self.noun == "fur" and Phrase(noun).is_garment()  # 고양이 털 모자
        trees = singular(noun) in ko.OF_TREES or noun in ko.OF_TREES | ko.LIVING
        wood = self.noun == "tree" and not trees and not self.chosen()
        if fur or wood:
            self.noun = noun
            self.attributes.append("fur" if fur else "wooden")
            return self
        if self._is_only_a_look() or self.noun == "everything":  # 레드 컬러 원피스, 전체 배경
            self.noun = noun
            return self
        if self.noun.endswith(" style"):  # 한옥 스타일 집
            self.noun += f" {noun}"
            return self
        if self.noun and noun in (self.noun, "everything"):  # 벽 전체
            return self
        if self.noun == "rest":  # 나머지 사람들
            self.noun = noun
            self.attributes.append("other")
            return self
        if self.noun and noun == "style":
            self.noun += " style"
            return self
        if self.noun and self.place:  # 안경 쓴 남자 넥타이: his
            return replace(self.owning(), noun=noun, wished=self.wished)
        if self.noun and noun.startswith(f"{self.noun} "):  # 크리스마스 트리
            self.noun = noun
            return self
        if self.noun == "picture" and self.before and noun == "background":
            return self.before.with_noun(noun)  # 음식 사진 배경
        if self.noun and not self.owner and is_kind(self.noun, noun):
            self.noun += f" {noun}"
            return self
        if self.noun == "pattern" and self.before and not self.attributes:  # 별 무늬 티셔츠
            shown = Phrase(spaced(self.before.noun, self.noun), self.before.attributes)
            return replace(shown.with_it(), noun=noun)
        if self.noun.endswith("painting") and Phrase(noun).is_garment():  # 고양이 그림 티셔츠
            return replace(self.with_it(), noun=noun)
        if self._is_had() and is_somebody(noun):  # 긴 머리 여자
            return replace(self.with_it(), noun=noun)
        birds = self.noun == "bird" and noun in ko.OF_BIRDS  # 새 날개
        if self.noun and (birds or self.noun not in ko.JUXTAPOSED):
            owner = self.unwished()
            owner.check()
            return Phrase(noun, owner=f"{owner.the()}'s", before=owner, wished=self.wished)
        if self.noun:
            self.attributes.append(ko.JUXTAPOSED[self.noun])
        self.noun = noun
        return self

    def _is_only_a_look(self) -> bool:
        looks = self.noun in ("color", "pattern", "material", "style")
        return looks and bool(self.attributes) and not self.owner

    def _is_had(self) -> bool:
        carried = ("umbrella", "bag", "balloon", "bouquet", *ko.GROWN)
        had = self.noun in lex.BODY or self.is_worn() or self.noun in carried
        return had and not self.owner and not self.chosen()

    def unwished(self) -> Phrase:
        """The phrase without what may be the look of the thing before: 셔츠 흰색 바지 단추."""
        if self.wished not in self.attributes:
            return replace(self, wished="")
        looks = [*self.attributes]
        looks.remove(self.wished)
        return replace(self, attributes=looks, wished="")

    def lift(self) -> None:
        """소파 위에 걸린 액자, 집 위 구름: above it, and not on it."""
        on, _, where = self.place.partition("on the ")
        head = where.rpartition(" ")[2]
        hung = self.hangs and self.noun.rpartition(" ")[2] in ko.HUNG
        over = hung and not {where, head}.isdisjoint(ko.OVERHUNG)
        flies = singular(self.noun) in ko.IN_SKIES and head in ko.OVERFLOWN
        if self.upon and not on and (over or flies):
            self.place = f"above the {where}"

    def is_garment(self) -> bool:
        return not {self.noun, self.noun.rpartition(" ")[2]}.isdisjoint(ko.PUT_ON)

    def is_worn(self) -> bool:
        return self.is_garment() or self.noun in lex.WORN

    def is_shared(self, before: Phrase) -> bool:
        """Whether it is of the thing before it in a list as well: 여자와 남자의 옷."""
        owner = self.owner.removesuffix("'s") or self.place.partition("of ")[2]
        owner = owner.partition(" with ")[0].partition(" wearing ")[0]
        somebodys = owner == "my" or any(map(_lives, owner.split()))
        if not owner or somebodys != _lives(before.noun):
            return False
        had = self.noun in lex.BODY | ko.GROWN | ko.PARTS | {"shadow", "reflection"}
        alike = (singular(before.noun) in ko.ANIMALS) == bool(ko.ANIMALS & {*owner.split()})
        shared = somebodys and (had or alike)
        unsure = somebodys or (had and not self.before)
        if (unsure and not shared) or self.noun in lex.PICTURES:
            raise Gap(ONE_OR_TWO)  # 집과 나무의 그림자
        return shared

    def as_of(self, before: Phrase) -> Phrase:
        """The phrase as what the thing before it in a list has as well."""
        nobodys = replace(self, owner="", place="", side="", before=None)
        return replace(nobodys.of(before), linked=True)

    def is_put_on(self) -> bool:
        return self.is_worn() or self.noun in ko.MADE_UP

    def the(self) -> str:
        """The phrase as a thing that is in the picture."""
        if not self.noun:
            raise Gap("it names no thing")
        if self.noun in ("it", "them"):
            return self.noun
        return spaced(
            self.owner or ("every" if self.every else "the"),
            _RANKS.get(self.rank, ""),
            "" if self.count == 1 and self.chosen() else COUNTS.get(self.count, ""),
            self.order,
            *self.attributes,
            plural(self.noun) if self.count > 1 else self.noun,
            self.where(),
            self.place,
        )

    def chosen(self) -> bool:
        """Whether it is told from others like it by more than its looks."""
        return bool(self.side or self.rank or self.order or self.every or self.place or self.owner)

    def a(self) -> str:
        """The phrase as a thing, or only a look, to paint."""
        if self.before and self.owner == f"{self.before.the()}'s":
            return self.compound().a()  # 밤 풍경: a night landscape
        having = self.place.startswith(("with ", "wearing ")) and replace(self, place="")
        if having and self.noun and not having.chosen():
            return spaced(having.a(), *(word for word in self.place.split() if word != "the"))
        if self.chosen():
            raise Gap("what shall be painted can have no place and no owner")
        if not self.noun:
            return spaced(*self.attributes)
        if self.count > 1:
            return spaced(COUNTS[self.count], *self.attributes, plural(self.noun))
        article = "another" if "other" in self.attributes else "a"
        return spaced(article, *(each for each in self.attributes if each != "other"), self.noun)

    def as_new(self) -> Phrase:
        """The phrase as a new thing, of a kind that the noun before tells: 의사 가운, 아침 햇살,
        고양이 사진."""
        first = self.before.noun if self.before else ""
        shown = self.noun == "picture" and first not in ko.HOLDS | ko.AROUND | {"wall"}
        named = first in ko.MODIFIERS or is_outfit(first, self.noun)
        return self.compound() if first and (named or shown or self.is_guise()) else self

    def is_guise(self) -> bool:
        """Whether it is what animals have and somebody may put on: 토끼 귀 달아줘."""
        first = self.before.noun if self.before else ""
        animal = first in ko.ANIMALS or first == "butterfly"
        return animal and self.noun in ("ears", "wings", "tail", "horns", "whiskers", "beak")

    def as_there(self) -> Phrase:
        """바다 배경을 is what is there, the whole of it: the sea goes with it."""
        shown = self.before
        scenery = (
            shown
            and shown.noun in ko.AROUND | ko.SKIES | ko.SCENERY | ko.MODIFIERS
            and not shown.chosen()
        )
        return self.unowned() if scenery and self.noun == "background" else self

    def unowned(self) -> Phrase:
        """The phrase as a thing of nobody, and nowhere."""
        return replace(self, owner="", place="", before=None)

    def compound(self) -> Phrase:
        """The phrase with the noun before it as a part of its name: a santa hat."""
        first = self.before or Phrase()
        if first.chosen():
            raise Gap(NO_COPY)
        noun = " ".join(part for part in (first.noun, self.noun) if part)
        return Phrase(noun, [*first.attributes, *self.attributes], first.owner, count=self.count)

    def plainly_described(self) -> bool:
        """Whether it is said how the thing is, and not that it is to be more so."""
        compared = {*ko.COMPARATIVES.values()}
        return bool(self.attributes) and not any(
            each in compared or each.startswith("more ") for each in self.attributes
        )

    def where(self) -> str:
        """The side of the picture: "on the left", or "from the left" to count."""
        said = ko.SIDES.get(self.side, "")
        return f"from the {said.partition(' the ')[2]}" if said and self.counted_from else said

    def check(self) -> None:
        """Raise `Gap` for 양쪽 사람: who stands on both sides is found one by one."""
        if self.both and is_somebody(self.noun) and singular(self.noun) not in ko.ANIMALS:
            raise Gap("say them one by one: “왼쪽 사람과 오른쪽 사람”", "양쪽")
        self.every = self.every or self.both


def is_somebody(noun: str) -> bool:
    """Whether it is someone, or an animal, who can wear something."""
    return is_alive(noun) or singular(noun) in ko.SOMEBODY


def _lives(noun: str) -> bool:
    return is_somebody(noun) or singular(noun) in ko.ANIMALS


def is_ground(noun: str) -> bool:
    """Whether it is the background, or one that shows something: "sea background"."""
    return noun.rpartition(" ")[2] in lex.BACKGROUNDS


def spaced(*words: str) -> str:
    """The words that are there, with spaces between."""
    return " ".join(word for word in words if word)


def joined(things: list[Phrase]) -> str:
    """Things that are in the picture, in one list: "the hat and the bag"."""
    return " and ".join(each.the() for each in things)
