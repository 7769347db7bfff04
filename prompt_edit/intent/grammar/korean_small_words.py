"""Small words of a Korean clause, which tell how it is meant: 빼고, 쓴, 있는, 그대로, 중에서.

안경 쓴 남자 -> the man wearing the glasses;  소매 빼고 -> except the sleeves
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ...nouns import plural, singular
from . import korean_words as ko
from . import lexicon as lex
from .korean_lookup import look_up
from .korean_phrase import ONE_OR_TWO, WHO, Gap, Phrase, is_somebody, joined
from .korean_sorting import Sorting
from .korean_tidy import LEFT

BY_DOING = "I cannot tell things by what they do; say how it looks, or where: “왼쪽 사람”"
"""Why there is a `Gap` where a verb tells which thing is meant."""
ONE_THING = "I can look for one thing that another has; name only that"
"""Why there is a `Gap` where two things tell which thing is meant."""
_GOING_ON = re.compile(
    rf"[,.;!?\n]|(?:{'|'.join(ko.GOING_ON)})(?:{'|'.join(ko.PARTICLES)}|부터|엔)?"
)


@dataclass
class SmallWords(Sorting):
    """What small words do to the clause so far."""

    guest: Phrase | None = None  # what stands where the noun that follows is
    most: bool = False
    of_two: bool = False  # there are two of what one is chosen from
    more: bool = False
    as_is: bool = False  # 그대로 was said just before
    word: str = ""  # the one that is read
    previous: str = ""  # the one before
    ahead: list[str] = field(default_factory=list)  # the next ones

    def _several(self) -> None:
        if not self.phrase.noun and not self.phrase.count:
            raise Gap("it does not say of what", "중")
        several, self.phrase = self.phrase, Phrase()
        self.of_two = several.count == 2 or several.noun == "them"  # 둘 중 큰 컵
        if several.noun not in ("", "them"):
            self.among = replace(several, noun=singular(several.noun), count=0, numbered=False)

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

    def goes_on(self) -> bool:
        """Whether a verb before a noun is done first, 지운 다음, and does not tell which thing is
        meant, 꽃을 꽂은 꽃병."""
        return not self.ahead or bool(_GOING_ON.fullmatch(self.ahead[0]))

    def ties(self) -> bool:
        """Whether 맨 is "wearing", as of ties and bags, and not "most"."""
        thing = self.phrase
        if not thing.noun and not thing.attributes and self.objects:
            thing = self.objects[-1]
        if self.ahead and (look_up(self.ahead[0]) or ("",))[0] == "place":  # 맨 위에
            return False
        return thing.subject or thing.noun in ko.TIED

    def _bear(self) -> None:
        """꽃을 꽂은 꽃병, and 벽에 붙인 포스터."""
        if self.phrase.noun or self.objects:
            self.hold()
            self.standing, self.place = None, ""
        else:
            self._stand()

    def hold(self) -> None:
        """모자 쓴 남자, 여자가 든 가방, 손에 든 컵, 들고 있는 컵."""
        self.close("object")
        held = self.objects.pop() if self.objects else Phrase()
        if held.before and self.objects:  # 안경 쓴 남자는 정장 안경 쓴 여자는
            who, garment = self.objects[-1], held.before
            if who.topic and is_somebody(who.noun) and garment.is_garment():
                self.dressed.append((self.objects.pop(), garment))
                held = Phrase(held.noun, held.attributes)
        if held.noun in lex.BODY and self.word in ("잡고", "잡은"):  # 손을 잡은 사람들
            raise Gap(BY_DOING, self.word)
        beside = self.objects[-1] if self.objects else Phrase()
        both = held.is_worn() and beside.is_worn() and not (beside.patient or beside.topic)
        if both or (beside.linked and not self._is_by_itself(beside, held)):
            raise Gap(ONE_THING)
        if held.subject and (held.noun in lex.FLUIDS or self.word in ko.RIDING):
            self.phrase = held.with_it()  # 물이 든 컵, 사람이 탄 배
        elif held.subject:  # 여자가 든 가방: hers
            self.phrase = held.owning()
        elif held.noun:
            has = "wearing" if held.is_garment() or held.noun in lex.WORN else "with"
            has = (self.word in ko.RIDING and _aboard(held.noun)) or has
            self.phrase = Phrase(place=f"{has} {held.unwished().the()}", wished=held.wished)
        elif held.attributes:
            raise Gap("it names no thing")
        elif self.standing and self.place:
            inside = "hand" not in self.place and self.place.startswith("on ")
            if self.word in ko.RIDING:  # 말 위에 탄
                inside &= _aboard(self.place.removeprefix("on the ")) != "on"
            self.phrase.place = f"in {self.place[3:]}" if inside else self.place
            self.standing, self.place = None, ""
        elif self.word in ko.ONES_OWN:
            self.phrase.owner = "the person's"
        else:
            raise Gap(BY_DOING, self.word)

    def _is_by_itself(self, beside: Phrase, held: Phrase) -> bool:
        """Whether what a thing is linked with is no second one that somebody has: 여자와 안경 쓴
        남자, but not 모자와 안경을 쓴 남자."""
        someone = is_somebody(beside.noun) and self.word not in ko.EMBRACING
        worn = held.is_worn() or held.noun in ko.GROWN
        return someone and (worn or singular(beside.noun) not in ko.ANIMALS)

    def _stand(self) -> None:
        """책상에 있는 컵, 개가 앉은 의자, 눈 쌓인 지붕."""
        had = self.phrase
        if not had.noun and self.objects and self.objects[-1].subject:
            had = self.objects[-1]
        grown = had.noun in ko.GROWN or had.noun in lex.BODY
        for each in self.objects[-2:] if had.noun else ():
            if each.linked and not (grown and self._is_by_itself(each, had)):
                raise Gap(ONE_THING)  # 컵과 접시가 있는 테이블
        if self.standing and " and " in self.place and not had.noun:
            raise Gap(ONE_OR_TWO)  # 책과 책상에 있는 컵
        if self.phrase.noun:
            self.phrase = self.phrase.with_it()
            self.standing, self.place = None, ""
        elif self.objects and self.objects[-1].subject:
            self.guest = self.objects.pop()  # 개가 앉은 의자: the chair with the dog
            several = replace(self.guest, count=0, noun=plural(self.guest.noun))
            guest = several if self.guest.count > 1 else self.guest
            self.phrase = guest.with_it()
            self.standing, self.place = None, ""
        elif self.standing:
            self.phrase, self.standing, self.place = self.standing, None, ""
            self.phrase.stood, self.phrase.hangs = True, self.word in ko.HANGING
            self.phrase.upon &= self.word in ko.UP_THERE
            if self.word in ("담긴", "담겨") and self.phrase.place.startswith("on "):
                self.phrase.place = f"in {self.phrase.place[3:]}"
        elif self.word in ko.POSTURES and not (self.phrase.chosen() or self.phrase.attributes):
            raise Gap(BY_DOING, self.word)

    def _spot(self) -> None:
        """그 자리에, in its place; 컵이 있던 자리에, in that of the cup."""
        gone = self.phrase if self.phrase.noun else self.guest
        if gone:
            self.instead = gone.the()
            self.phrase, self.standing, self.place = Phrase(), None, ""
        else:
            self.place = "in its place"


def _aboard(ridden: str) -> str:
    """Where somebody is who rides it: "in" the car, "on" the horse; "" of what nobody rides."""
    names = {singular(ridden), singular(ridden.rpartition(" ")[2]), ridden}
    if not ko.BOARDED.isdisjoint(names):
        return "in"
    return "" if names.isdisjoint(ko.MOUNTED | ko.ANIMALS) else "on"


SMALL_WORDS: dict[str, Callable[[SmallWords], None]] = {
    word: handler
    for words, handler in (
        (ko.STANDING, SmallWords._stand),
        (ko.HOLDING, SmallWords.hold),
        (ko.BEARING, SmallWords._bear),
        (ko.MORE, SmallWords._more),
        (ko.MOST, SmallWords._most),
        (ko.ALL, SmallWords._all),
        (ko.BOTH, SmallWords._both),
        (ko.TWO, SmallWords._two),
        (ko.SPOTS, SmallWords._spot),
        (ko.INSTEAD, SmallWords._instead),
        (ko.EXCEPT, SmallWords._except),
        (ko.AS_IS, SmallWords._stay),
        ((LEFT,), SmallWords._leave),
        (ko.AMONG, SmallWords._several),
    )
    for word in words
}
"""What each small word does to the clause; of a word in two tables the later one counts."""
