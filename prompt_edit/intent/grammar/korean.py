"""Korean instructions turned round into the English that `grammar` reads.

Korean puts the verb last, and marks what a phrase is for by a particle behind it, or, in casual
speech, by nothing at all. So each word is looked up with its particle, phrases are gathered up to
their particle, and at the verb the clause is said in English:

    이 사람의 머리카락을 / 빨간색으로 / 변경해주세요 -> "change the person's hair to red"

Nothing is decided here about what an edit means. A word that is not in the tables cannot be
translated, and is named in the error.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import takewhile

from ...errors import InstructionError
from ...nouns import plural, singular
from . import korean_words as ko
from . import lexicon as lex
from .words import is_alive, kind_of

_NUMERALS = "|".join(ko.NUMBERS)
_RANK = re.compile(rf"(?<!\S)({_NUMERALS}|\d{{1,2}}) ?번째로?")
# A counter that "째" follows is a rank: 두 개째.
# What follows is a particle or nothing: 열대어 is a tropical fish.
_COUNT = re.compile(rf"(?<!\S)({_NUMERALS}|\d{{1,2}}) ?({'|'.join(ko.COUNTERS)})"
                    rf"(?=(?:{'|'.join(ko.PARTICLES)})?(?![가-힣]))")  # fmt: skip
# 고양이가 모자를 쓰게 해줘: what someone is to wear or hold is put on them.
_WORN = r"(?:쓰|들|입|끼|신|매|차|메|안|착용하)(?:고 ?있)?(?:게|도록) ?(?:해|하|만들|만드)[가-힣]*"
_THING = "(?:[가-힣]+ ){0,3}[가-힣]+[을를]?"
_CAUSED = re.compile(rf"(?<!\S)([가-힣]+?)(?:이|가|은|는|도) ({_THING}) {_WORN}")
_HELD = re.compile(rf"([가-힣]+[을를]?) {_WORN}")
_WEATHER = re.compile("(비|눈) ?(오는|내리는|쌓인)")
_NUMBER = re.compile(r"(?<!\S)(두|세|네|다섯|여섯) (?=([가-힣]+))")
_COUNTED = re.compile(r"([#=])(\d+)(명|사람)?")
_WORD = re.compile(r"[^\s,.;!?\"'()]+|[,.;!?\n]")
_LEFT = "지말고"
"""Stands for any verb of what is not to be done."""
_ENDING = re.compile(ko.ENDINGS)
_REWRITTEN = [(re.compile(other), plain) for other, plain in ko.REWRITTEN]
# Reversed, so that the first name of a number wins: "second", not "2nd".
_RANKS = {rank: word for word, rank in reversed(lex.ORDINALS.items())}
_COUNTS = {count: word for word, count in reversed(lex.NUMBERS.items())}
_VERB_OF_STEM = {stem: verb for verb, stems in ko.VERBS.items() for stem in stems}
# 바꾸지 말고: a verb, and no noun such as 바지.
_NOT = re.compile(
    rf"(?<![가-힣])(?:{'|'.join([*_VERB_OF_STEM, *ko.NOT_TO])})(?:하|시키)?지는? ?"
    "(?:말고|말아|않고|마세요|마시고|마십시오|마라|마)(?:줘|주세요)?요?(?![가-힣])"
)
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")


def speaks(text: str) -> bool:
    """Whether there is a Korean letter in the text."""
    return bool(_HANGUL.search(text))


def to_english(text: str) -> str:
    """The instruction, clause by clause, in plain English.

    Raises:
        InstructionError: for a Korean word that is not in the tables, naming it.
    """
    for other, plain in _REWRITTEN:
        text = other.sub(plain, text)
    text = _CAUSED.sub(r"\1에게 \2 씌워줘", text)
    text = _HELD.sub(r"\1 씌워줘", _WEATHER.sub(r"\1\2", text))
    text = _NOT.sub(_LEFT, text)
    text = _RANK.sub(lambda match: f"#{_number(match[1])} ", text)
    text = _COUNT.sub(_counted, text)
    text = _NUMBER.sub(_counted, text)
    clause = last = Clause(first=True)
    said: list[str] = []
    words: list[str] = []  # of the clause so far, to name in an error
    try:
        before = ""
        for word in [*_WORD.findall(text), "."]:
            word = ko.CONTRACTED.get(word, word)
            if word == "뒤에" and not words and _ends_in_n(before):
                continue  # 지운 뒤에: "after"; elsewhere it is "behind"
            before = word
            words.append(word)
            sentence = clause.end() if word in ".;!?\n" else clause.take(word)
            if sentence is not None:
                if not sentence and clause.only_tells_where():
                    said[-1:] = [last.say_there(clause.place)]  # 추가해줘 소파 옆에
                said += [*clause.said, sentence]
                last, clause, words = clause, clause.next(sentence), []
    except Gap as gap:
        named = gap.word or _COUNTED.sub(_as_said, " ".join(words).rstrip(" ."))
        raise InstructionError(
            f"I cannot read “{named}”: {gap.why}. Say it in English, or let a language model parse "
            "it. An instruction that I can read: “빨간 드레스를 하얀 티셔츠로 바꿔줘”."
        ) from gap
    return ". ".join(sentence for sentence in said if sentence)


def says(text: str, english: str) -> bool:
    """Whether a Korean word of the tables that means an English one stands in a text."""
    return any(word in text for table in _TABLES.values() for word, meant in table.items()
               if english in meant.split())  # fmt: skip


def _ends_in_n(word: str) -> bool:
    """Whether a verb has the form that stands before a noun: 지운, 바꾼."""
    return bool(word) and "가" <= word[-1] <= "힣" and (ord(word[-1]) - ord("가")) % 28 == 4


class Gap(Exception):
    """A place where the reading stops, and the word that is to blame, if it is one word."""

    def __init__(self, why: str, word: str = "") -> None:
        super().__init__(why)
        self.why, self.word = why, word


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else ko.NUMBERS[text]


def _as_said(match: re.Match[str]) -> str:
    """A number as one would write it."""
    return f"{match[2]}{'번째' if match[1] == '#' else match[3] or '개'}"


def _counted(match: re.Match[str]) -> str:
    """A number with its counter, of which only those of people tell what is counted; a number
    without any, 두 남자, is one where a thing follows."""
    if match.re is _NUMBER:
        found = look_up(match[2])
        return f"={_number(match[1])} " if found and found[0] == "noun" else match[0]
    unit = {"명": "명", "사람": "사람"}.get(match[2], "")
    return f"={_number(match[1])}{unit} "


# --- words ----------------------------------------------------------------------------------------


def look_up(word: str) -> tuple[str, str, str] | None:
    """A word as (kind, English, what its particle marks), or None where no table has it."""
    for cut in range(len(word), 0, -1):
        stem, particle = word[:cut], word[cut:]
        if particle and particle not in ko.PARTICLES:
            continue
        found = _stem(stem)
        if found:
            return (*found, ko.PARTICLES.get(particle, ""))
    return None


def _stem(stem: str) -> tuple[str, str] | None:
    for kind, table in _TABLES.items():
        if stem in table:
            return kind, table[stem]
    if stem.isascii() and stem.replace("-", "").isalnum() and not stem.isdecimal():
        return "noun", stem  # English words are welcome: "dress를"
    if stem[-1:] in ("색", "빛") and stem[:-1] in ko.NOUNS:
        return "noun", ko.NOUNS[stem[:-1]]  # 노을색: the color of a sunset
    if stem.endswith("들") and stem[:-1] in ko.NOUNS:
        return "noun", plural(ko.NOUNS[stem[:-1]])
    for cut in range(1, len(stem)):  # 가죽자켓: written together
        first, second = stem[:cut], stem[cut:]
        if first in ko.ATTRIBUTES and second in ko.NOUNS:
            return "noun", f"{ko.ATTRIBUTES[first]} {ko.NOUNS[second]}"
        if len(first) > 1 and len(second) > 1 and first in ko.NOUNS and second in ko.NOUNS:
            return "noun", f"{ko.NOUNS[first]} {ko.NOUNS[second]}"  # 고양이인형: a cat doll
    return None


_ONE_OR_TWO = "it may be one thing or two; put a comma between them"
_WHO = "nothing tells which one you are; say where, such as “왼쪽 사람”"
_CUT_SHORTER = {"hair", "nail", "nails", "beard", "cake", "grass"}
_DEPTHS = {"behind": "in the background", "in front of": "in the foreground"}
_TABLES = {
    "noun": ko.NOUNS,
    "attribute": ko.ATTRIBUTES,
    "place": ko.PLACES,
    "owner": ko.OWNERS,
}


def _bare(word: str) -> str:
    """A word without the particle that it may have: 캐릭터에 is 캐릭터."""
    for cut in range(1, len(word)):
        if word[cut:] in ko.PARTICLES and len(word[:cut]) > 1:
            return word[:cut]
    return word


def find_verb(word: str) -> str:
    """The English verb of a Korean one in any of its endings, or ""."""
    if word == "두":
        return ""  # two, and no verb without an ending
    for cut in range(len(word), 0, -1):
        if word[:cut] in _VERB_OF_STEM and _ENDING.fullmatch(word[cut:]):
            return _VERB_OF_STEM[word[:cut]]
    return ""


# --- phrases and clauses --------------------------------------------------------------------------


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
    subject: bool = False  # who does something: 여자가
    topic: bool = False  # what is spoken of: 셔츠는
    patient: bool = False  # to what something is done: 셔츠를
    bare: bool = False  # an attribute follows with no particle between: 셔츠 흰색
    linked: bool = False  # another thing of the same list follows: 모자와
    wished: str = ""  # the attribute that may be what the thing before becomes: 셔츠 흰색 바지
    adverb: bool = False  # how it shall be: 길게

    def may_be_owned(self) -> bool:
        """Whether it may be of whom the thing before it in a list is."""
        nobodys = lex.PERSONS | lex.GENDERS.keys() | lex.NOBODYS
        return not self.chosen() and self.noun not in nobodys

    def is_of(self, before: Phrase) -> bool:
        """Whether it is of the thing before, as in 여자 빨간 모자 and 여자는 모자를; of 셔츠 흰색
        바지 both are things by themselves."""
        if self.chosen() or _is_somebody(self.noun):
            return False
        worn = self.is_garment() or self.noun in lex.BODY or self.noun in lex.WORN
        someones = _is_somebody(before.noun) and worn
        if before.topic or not self.attributes:
            return before.topic and someones
        return before.bare and (not self.wished or someones)

    def owning(self) -> Phrase:
        """What is named next, as a thing of this one."""
        return Phrase(place=f"of {self.the()}") if self.place else Phrase(owner=f"{self.the()}'s")

    def of(self, before: Phrase) -> Phrase:
        """The phrase as a thing of another."""
        owning = before.owning()
        return replace(
            self, owner=owning.owner, place=self.place or owning.place, before=before, wished=""
        )

    def with_noun(self, noun: str) -> Phrase:
        """The phrase with one more noun: the one before becomes its owner, "man" + "jacket"."""
        if self.noun == "tree" and noun not in ko.OF_TREES | ko.LIVING and not self.chosen():
            self.noun = noun
            self.attributes.append("wooden")
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
        if self.noun and self.noun not in ko.JUXTAPOSED:
            owner = self.unwished()
            return Phrase(noun, owner=f"{owner.the()}'s", before=owner, wished=self.wished)
        if self.noun:
            self.attributes.append(ko.JUXTAPOSED[self.noun])
        self.noun = noun
        return self

    def unwished(self) -> Phrase:
        """The phrase without what may be the look of the thing before: 셔츠 흰색 바지 단추."""
        if self.wished not in self.attributes:
            return replace(self, wished="")
        looks = [*self.attributes]
        looks.remove(self.wished)
        return replace(self, attributes=looks, wished="")

    def is_garment(self) -> bool:
        return not {self.noun, self.noun.rpartition(" ")[2]}.isdisjoint(ko.PUT_ON)

    def the(self) -> str:
        """The phrase as a thing that is in the picture."""
        if not self.noun:
            raise Gap("it names no thing")
        if self.noun in ("it", "them"):
            return self.noun
        return _spaced(
            self.owner or ("every" if self.every else "the"),
            _RANKS.get(self.rank, ""),
            "" if self.count == 1 and self.chosen() else _COUNTS.get(self.count, ""),
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
        if self.chosen():
            raise Gap("what shall be painted can have no place and no owner")
        if not self.noun:
            return _spaced(*self.attributes)
        if self.count > 1:
            return _spaced(_COUNTS[self.count], *self.attributes, plural(self.noun))
        article = "another" if "other" in self.attributes else "a"
        return _spaced(article, *(each for each in self.attributes if each != "other"), self.noun)

    def compound(self) -> Phrase:
        """The phrase with the noun before it as a part of its name: a santa hat."""
        first = self.before or Phrase()
        if first.chosen():
            raise Gap("I cannot copy what is there; say how it should look")
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
        paired = self.noun in lex.BODY | lex.WORN or self.noun.endswith("s")
        if self.both and not paired:
            raise Gap("say them one by one: “왼쪽 사람과 오른쪽 사람”", "양쪽")
        self.every = self.every or self.both


def _is_somebody(noun: str) -> bool:
    """Whether it is someone, or an animal, who can wear something."""
    return is_alive(noun) or singular(noun) in ko.SOMEBODY


def _spaced(*words: str) -> str:
    return " ".join(word for word in words if word)


def _and(things: list[Phrase]) -> str:
    return " and ".join(each.the() for each in things)


@dataclass
class Clause:
    """What stands before a verb, sorted by what the particles say it is for."""

    phrase: Phrase = field(default_factory=Phrase)
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
    guest: Phrase | None = None  # what stands where the noun that follows is
    everything: bool = False
    most: bool = False
    more: bool = False
    spared: list[Phrase] = field(default_factory=list)  # of what it is said what not to do
    among: str = ""  # what there is several of
    as_is: bool = False  # 그대로 was said just before
    early: bool = False  # the goal is named before what becomes it
    placed: bool = False  # the place was not said
    named_first: bool = False  # the thing is named before its place
    said: list[str] = field(default_factory=list)  # what ended with no verb
    dressed: list[tuple[Phrase, Phrase]] = field(default_factory=list)  # and what each shall wear
    turned: tuple[list[Phrase], Phrase | None] | None = None  # what was said last, with no verb
    myself: bool = False  # 나를
    looked_at: str = ""  # whose look it is that stays
    verb: str = ""

    # --- word by word ---

    def take(self, word: str) -> str | None:
        """Take one word in; the English clause where the word ends it."""
        if word == ",":
            return self._comma()
        if counted := _COUNTED.fullmatch(word):
            self._count(int(counted[2]), ranked=counted[1] == "#", unit=counted[3])
        elif word in ko.PARTICLES and self.phrase.count:  # 두 개를
            self.phrase.subject = word in ("이", "가")
            self._close(ko.PARTICLES[word])
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
            self._close("and")
        elif self.objects and self.objects[-1].patient and not self.goal:
            return self._say("add")
        return None

    def _several(self) -> None:
        if not self.phrase.noun:
            raise Gap("it does not say of what", "중")
        self.among, self.phrase = singular(self.phrase.noun), Phrase()

    def _leave(self) -> None:
        """What is not to be done: 배경은 바꾸지 말고 leaves the ground, 빨간색으로 하지 말고 the
        color."""
        self._close("")
        if self.goal:
            self.goal = None
        else:
            self.spared, self.objects = [*self.spared, *self.objects], []

    def _stay(self) -> None:
        """배경은 그대로: what stays as it is; of 배경을 그대로 only a verb tells that."""
        if self.phrase.attributes and not self.phrase.noun:
            self.phrase = Phrase()  # 빨간색 그대로
        self.phrase.topic |= bool(self.phrase.noun and self.phrase.wished)  # 배경 흰색 인물 그대로
        self._close("")
        if self.goal:
            return
        self.as_is = True
        if self.objects and not self.objects[-1].patient:
            self._keep()

    def _keep(self) -> None:
        self.said.append(f"keep {_and(self.objects)}")
        last = self.objects[-1]
        self.looked_at = last.owner if last.noun in lex.ASPECTS else ""
        self.objects, self.place, self.standing = [], "", None

    def _except(self) -> None:
        if not self.phrase.noun and self.phrase.owner == "my":
            raise Gap(_WHO)
        if not self.phrase.noun and self.phrase.attributes:  # 빨간색 말고 파란색으로
            self.phrase = Phrase()
            return
        left_out = [] if self.goal else self.objects
        told = self.objects if self.goal else []
        self.objects = left_out
        self._close("object")
        if self.turned and not self.goal:  # 셔츠를 파란색으로 소매만 빼고: still of the shirt
            told, self.goal = self.turned
            self.turned = None
            self.said.pop()
        self.excepted += [phrase.the() for phrase in self.objects]
        self.objects = told

    def _instead(self) -> None:
        self._close("object")
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
        self._close("object")
        held = self.objects.pop() if self.objects else Phrase()
        if held.before and self.objects:  # 안경 쓴 남자는 정장 안경 쓴 여자는
            who, garment = self.objects[-1], held.before
            if who.topic and _is_somebody(who.noun) and garment.is_garment():
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

    def _carried(self) -> str:
        """What is left as it is, said in English; where nothing else is named, it is what the verb
        is of: 모자를 지우지 말고 칠해줘."""
        spared, self.spared = self.spared, []
        if not spared or not self.objects:
            self.objects = self.objects or spared
            return ""
        return f"keep {_and(spared)}. "

    # --- its ends ---

    def end(self) -> str:
        """What the words say where no verb follows: "the jacket to leather"."""
        self._close("")
        if self.spared and not (self.goal or self.objects):
            return self._say("keep")
        if self.dressed and self._dressing():
            return self._say("change")
        if self.only_tells_where():
            return ""
        left = [phrase.the() for phrase in self.objects] + [self.place] + self.excepted
        if not self.goal and any(left):
            raise Gap("nothing says what to do with it")
        return self._say("change") if self.goal else ""

    def only_tells_where(self) -> bool:
        """Whether there is nothing but a place: what is added before goes there."""
        return bool(self.standing and self.place and not (self.objects or self.goal))

    def say_there(self, place: str) -> str:
        """The clause again, of something new, with a place that is told behind the verb."""
        if self.verb not in ("add", "put on") or self.said or (self.place and not self.placed):
            raise Gap("nothing says what to do with it")
        self.place = place
        return self._say(self.verb)

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

    def _comma(self) -> str | None:
        """A comma ends a clause that has its goal, and otherwise parts the things of a list."""
        self._close("")
        return self._say("change") if self.goal and self.objects else None

    def _turn(self, things: list[Phrase] | None = None, goal: Phrase | None = None) -> None:
        """What has its goal is complete, where the next thing follows with no verb between."""
        if things and goal:
            self.objects, self.goal = things, goal
        self.turned = None
        if worn := self._dressing():
            self.dressed += worn
        else:
            turned = (self.objects, self.goal)
            self.said.append(self._say("change"))
            self.turned = turned
        self.objects, self.goal, self.excepted = [], None, []
        self.place, self.standing, self.source, self.receiver = "", None, None, None
        self.everything = self.first = False

    # --- words of the tables ---

    def _open_class(self, word: str) -> str | None:
        found = self._one_of_them(word) or look_up(word)
        stays, self.as_is = self.as_is, False
        if why := ko.NOT_READ.get(word) or ko.NOT_READ.get(_bare(word)):
            raise Gap(why, word)
        if not found:
            verb = find_verb(word)
            if stays and (verb in ("do", "keep", "keep only") or word in ko.STAYING):
                if self.objects:
                    self._keep()
                return None
            if not verb:
                raise Gap("I do not know this Korean word", _bare(word))
            self._close("")
            if verb != "do":
                return self._say(verb)
            return self._say("change") if self.goal else None  # 변경 해 주세요: only a light verb
        kind, english, role = found
        if kind == "attribute" and english == "fur" and self.phrase.noun in ko.ANIMALS:
            kind = "noun"
        if kind == "owner":
            self._owner(english, role)
        elif kind == "place":
            self._place(english, role)
        elif kind == "attribute":
            self._attribute(word, english, role)
        elif english != "picture" or role not in ("source", "place"):  # "in the picture"
            self._noun(word, english, role)
        return None

    def _owner(self, english: str, role: str) -> None:
        if role in ("object", "receiver", "and"):  # 나한테
            self.phrase, self.myself = Phrase("person"), english == "my"
            self._close(role)
        else:
            self.phrase.owner = english

    def _noun(self, word: str, english: str, role: str) -> None:
        told = bool(self.objects) and self.objects[-1].topic and not self.goal
        if ko.is_pair(self.phrase.noun, english):  # 신랑 신부: both
            if told and word[-1] in "은는":  # 강아지는 고양이 토끼는
                raise Gap(_ONE_OR_TWO)
            self._close("and")
        elif _is_somebody(english):
            self._next_wearer()
            owner = self.phrase.before
            if owner and _is_somebody(owner.noun):  # 남자 가방 여자
                raise Gap(_ONE_OR_TWO)
        if told and self.phrase.noun in ko.STUFF:  # 벽은 벽돌 바닥은
            self.phrase.wished = ko.STUFF[self.phrase.noun]
        self.phrase = self.phrase.with_noun(english)
        self.phrase.topic = word[-1] in "은는" and role == "object"
        self.phrase.subject = role == "object" and word[-1] in "이가"
        self.phrase.patient = role == "object" and word[-1] in "을를"
        if role:
            self._close(role)

    def _next_wearer(self) -> None:
        """남자는 정장 여자는: where the next one is named, the suit is what the first shall
        wear."""
        garment, before = self.phrase, self.phrase.before
        nothing = not garment.noun and not garment.wished
        if nothing and self.objects and not self.goal:  # 남자는 정장, 여자는
            worn = self.objects[-1]
            if worn.is_garment() and worn.before and worn.before.topic and not worn.patient:
                look = replace(worn, owner="", place="", before=None)
                self.dressed.append((worn.before, look))
                self.objects.pop()
        if not garment.is_garment() or self.goal:
            return
        if before and _is_somebody(before.noun):
            self.dressed.append((before, Phrase(garment.noun)))
        elif self.objects and _is_somebody(self.objects[-1].noun):
            self.dressed.append((self.objects.pop(), replace(garment, side="")))
        elif self.receiver:  # 남자한테는 정장 여자한테는
            self.dressed.append((self.receiver, replace(garment, side="")))
            self.receiver, self.place, self.standing = None, "", None
        else:
            return
        self.phrase = Phrase(side=garment.side)

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
            self._close("object")  # an attribute begins the next phrase
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
            plain = not _ends_in_n(word) or word in ko.NAMES_IN_N
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
            self._close(role)

    def _count(self, number: int, ranked: bool, unit: str | None) -> None:
        if not 0 < number <= len(_COUNTS):
            raise Gap(f"I count from one to {len(_COUNTS)}")
        if ranked:
            if self.phrase.noun:
                self._close("object")
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
            self._next_wearer()  # 왼쪽 사람은 빨간 옷 오른쪽 사람은
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
            elif english in _DEPTHS and not anchor.noun:
                self.phrase.place = _DEPTHS[english]
            elif not anchor.noun:
                raise Gap("it does not say of what")
        elif english not in lex.RELATIONS and english not in lex.NEARLY:
            raise Gap("I know no such place")
        else:
            self.phrase.place = f"{english} {anchor.the()}"
        if role == "place":
            if self.goal and self.objects:
                self._turn()
            self._only_place()
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

    # --- phrases put in their places ---

    def _close(self, role: str) -> None:
        """The phrase is complete: put it where its particle says."""
        phrase, self.phrase = self.phrase, Phrase()
        if self.among and not phrase.noun and (phrase.chosen() or phrase.count):
            phrase.noun = self.among
        if not phrase.noun and not phrase.attributes:
            if phrase.side or phrase.place or phrase.rank:
                raise Gap("it names no thing")
            if phrase.count and self.objects:  # 컵을 하나만
                self.objects[-1].count = self.objects[-1].count or phrase.count
            return
        phrase.check()
        if role == "goal" or (not phrase.noun and role == ""):
            self._become(phrase, marked=role == "goal")
        elif role in ("", "object", "and"):
            self._object(phrase, role)
        elif role == "owner":
            self.phrase = phrase.owning()
        else:
            if self.goal and self.objects:
                self._turn()
            self._put(phrase, role)

    def _become(self, phrase: Phrase, marked: bool) -> None:
        """The phrase is what the things before it become."""
        if not phrase.noun:
            phrase.every = False  # 다 파란색으로
        turned = phrase.before and phrase.before.noun not in ko.MODIFIERS
        worn = turned and phrase.is_garment() and not phrase.wished
        if worn and self._others_dressed():  # 남자 정장, 여자 드레스로
            self.objects, phrase = [phrase.before or phrase], Phrase(phrase.noun)
        if self.goal and turned and self.objects:
            self._turn()
        elif self.goal and self.early and self.objects and phrase.adverb:  # 밝게 배경은 어둡게
            raise Gap("there are two things for one to become")
        elif self.goal and phrase.adverb:  # 금발로 길게
            self.goal.attributes += phrase.attributes
            return
        elif self.goal and self.goal.adverb:  # 길게 금발로
            phrase.attributes = [*self.goal.attributes, *phrase.attributes]
        elif self.goal:
            raise Gap("there are two things for one to become")
        if phrase.before and phrase.before.noun in ko.MODIFIERS:
            phrase = phrase.compound()
        elif phrase.before and (not self.objects or phrase.wished or self.objects[-1].linked):
            # 치마 반바지로: nothing parts the two nouns
            self.objects.append(replace(phrase.before, wished=phrase.wished))
            phrase = Phrase(phrase.noun)
        self._share_out(phrase, marked)
        wooden = self.objects and self.objects[-1].noun in ko.OF_WOOD
        if wooden and phrase.noun == "tree" and not phrase.attributes and not phrase.chosen():
            phrase = Phrase(attributes=["wooden"])  # 바닥을 나무로
        if phrase.attributes == ["neon"] and not phrase.noun:
            raise Gap("say which neon color, such as “형광 초록색”", "형광")
        self.goal, self.early = phrase, not self.objects

    def _others_dressed(self) -> bool:
        """Whether all that is named is of someone who shall wear it, as others shall theirs."""
        pairs = [(each.before, Phrase(each.noun)) for each in self.objects if each.is_garment()]
        worn = [(who, what) for who, what in pairs if who and _is_somebody(who.noun)]
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
                    raise Gap(_ONE_OR_TWO)
                self._turn(group, Phrase(attributes=[thing.wished]))
                group = []
            group.append(thing.unwished())
        self.objects = group

    def _object(self, phrase: Phrase, role: str) -> None:
        if self.goal and self.objects:
            self._turn()
        before = self.objects[-1] if self.objects else Phrase()
        if before.linked and phrase.may_be_owned():  # 남자의 모자와 안경
            phrase.owner = before.owner
        if phrase.noun in lex.ASPECTS and not phrase.chosen():  # 치마 색은 그대로 길이만
            phrase.owner = self.looked_at
        if phrase.is_of(before):  # 여자 빨간 모자
            phrase = phrase.of(self.objects.pop())
        elif phrase.topic and (phrase.wished or not _is_somebody(before.noun)):
            phrase = self._next_topic(phrase, before)
        phrase.linked = role == "and"
        self.objects.append(phrase)

    def _next_topic(self, phrase: Phrase, before: Phrase) -> Phrase:
        """상의는 흰 셔츠 하의는, 컵은 접시, 병은: what stands between is what the first becomes."""
        between = phrase.before
        if between and before.topic and phrase.noun not in lex.ASPECTS:
            garments = between.is_garment() and before.is_garment()
            if between.noun == before.noun or (garments and not phrase.wished):
                look = [phrase.wished] if phrase.wished else []
                self._turn(self.objects, Phrase(between.noun, [*between.attributes, *look]))
                return Phrase(phrase.noun, topic=True)
            if garments or not phrase.wished:
                raise Gap(_ONE_OR_TWO)
        if phrase.wished:  # 셔츠는 파란색 바지는
            self._turn(self.objects, Phrase(attributes=[phrase.wished]))
            return phrase.unwished()
        alone = not (before.topic or before.patient or before.linked)
        if alone and len(self.objects) > 1 and self.objects[-2].topic and not before.chosen():
            self._turn(self.objects[:-1], before)
        return phrase

    def _put(self, phrase: Phrase, role: str) -> None:
        """The phrase is a place, or whom something is for or from."""
        preposition = {"receiver": "to", "source": "from", "place": "on"}[role]
        phrase.noun = ko.AS_PLACE.get(phrase.noun, phrase.noun)
        if self.receiver and phrase.noun in lex.BODY and not (self.objects or self.receiver.place):
            phrase.owner, self.place = self.receiver.owning().owner, ""  # 여자한테 머리에
        self._only_place()
        if phrase.noun in ko.INSIDE and role == "place":
            preposition = "in"
        all_of_them = [phrase]
        while self.objects and self.objects[-1].linked:  # 강아지랑 고양이한테
            all_of_them.insert(0, self.objects.pop())
        self.place = f"{preposition} {_and(all_of_them)}"
        self.named_first = bool(self.objects) and self.objects[-1].patient
        self.source = phrase if role == "source" else None
        self.receiver = phrase if role == "receiver" else None
        self.standing = Phrase(place=self.place)

    def _only_place(self) -> None:
        """Refuse a second place, of which nothing tells what goes there."""
        if self.place:
            raise Gap("there are two places for one thing; say each with a verb of its own")

    # --- in English ---

    def _say(self, verb: str) -> str:
        """The clause in English."""
        if self.spared:
            return self._carried() + self._say(verb)
        _and(self.objects)  # each of them names a thing
        verb = self.verb = self._plain(verb)
        if verb in ("change", "put on", "dress", "add") and (worn := self._worn(verb)):
            return worn
        if self.dressed:
            self._own()
        if any(each.wished and each.wished not in each.attributes for each in self.objects):
            raise Gap(_ONE_OR_TWO)
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
        if self.standing and self.place and not self.source:
            self._locate()
        return self._say_change() if verb == "change" else self._say_of(verb)

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
        if verb == "seat" and not self.place:
            raise Gap("things that are there cannot be moved")
        if verb in ("place", "seat"):
            self.named_first &= bool(self.place) and len(self.objects) == 1
            return "add"
        self.named_first = False
        if verb in ko.BY_GOAL:
            with_look, with_thing, without = ko.BY_GOAL[verb]
            if self.goal and self.goal.noun and noun in ("background", "picture", ""):
                return with_look
            if self.goal and self.goal.noun and with_thing in ("on", "in"):
                self.place, self.objects, self.goal = (
                    f"{with_thing} {_and(self.objects)}", [self.goal], None)  # fmt: skip
                return "add"
            plain = (with_thing if self.goal.noun else with_look) if self.goal else without
            if not plain:
                raise Gap("say what shall be seen there, or that it should go: “지워줘”")
            return plain
        return verb

    def _own(self) -> None:
        """남자 모자 여자 안경 지워줘: who was read as to wear something has it."""
        self.objects = [*(garment.of(who) for who, garment in self.dressed), *self.objects]
        self.dressed = []

    def _dressing(self) -> list[tuple[Phrase, Phrase]]:
        """Who shall wear what: 남자를 정장으로, and 남자 정장 where others are dressed as well."""
        things, goal = self.objects, self.goal
        people = bool(things) and all(_is_somebody(each.noun) for each in things)
        if goal and goal.is_garment() and people:
            outfit = goal.noun.rpartition(" ")[2] in ko.OUTFITS
            plain = outfit or things[0].topic or self.dressed
            return [(each, goal) for each in things] if plain else []
        if not self.dressed or goal or not things or not things[-1].is_garment():
            return []
        if len(things) == 2 and _is_somebody(things[0].noun):
            return [(things[0], things[1])]
        before = things[0].before
        if before and _is_somebody(before.noun) and len(things) == 1:
            return [(before, Phrase(things[0].noun, things[0].attributes))]
        return []

    def _worn(self, verb: str) -> str:
        """What is to be worn, in English; "" where it is told in another way."""
        worn = self._dressing()
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
        return ". ".join([*said, self._say(verb)])

    def _find_wearers(self) -> None:
        """여자를 한복을 입혀줘, 엄마 아빠 한복 입혀줘: who stands first gets what comes last."""
        *others, last = self.objects
        if last.before and others[-1].linked:
            others, last = [*others, last.before], Phrase(last.noun, last.attributes)
        who = list(takewhile(lambda each: _is_somebody(each.noun), others))
        if who:
            self.objects = [*others[len(who) :], last]
            self.place = f"to {_and(who)}"

    def _locate(self) -> None:
        """하늘에 구름 지워줘: the thing is told by where it is."""
        if self.place in _DEPTHS.values() and self.objects:
            raise Gap("it does not say which one; say where, such as “왼쪽 사람”")
        for each in self.objects:
            if not each.place and not (each.side and self.place.startswith(("on the", "at the"))):
                each.place = self.place
        if self.objects:
            self.place, self.standing = "", None

    def _say_change(self) -> str:
        if not self.goal:
            raise Gap("it does not say what that should become")
        if self.source and not self.objects:  # 치마에서 바지로
            self.objects = [self.source]
        things = _and(self.objects)
        if not things and self.everything:
            shade = not self.goal.noun and not lex.ARTWORKS.intersection(self.goal.attributes)
            if self.alone or shade:
                raise Gap("name the things, or say “… 빼고 다 흑백으로”")
            things = "everything"
        if not things and (self.first or self.gone):
            things = self._unnamed(self.goal)
        return _spaced("change", things, "to", self.goal.a()) + self._exception()

    def _say_of(self, verb: str) -> str:
        """A verb that has no goal, in English."""
        if self.myself and verb in ("extract", "keep only", "remove"):
            raise Gap(_WHO)
        if verb == "extract" and any(each.noun in _CUT_SHORTER for each in self.objects):
            raise Gap("say how it should look then, such as “짧은 머리로 바꿔줘”")
        if verb == "remove" and self.goal and self.goal.attributes == ["clean"]:
            self.goal = None  # 깨끗하게 지워줘
        if self.goal:
            raise Gap(f"it does not go with “{verb}”")
        if self.place and not self.place.startswith(("from", "on", "to")):
            raise Gap(f"it does not go with “{verb}”")
        source = f"from {self.place.split(' ', 1)[1]}" if self.place else ""
        things = _and(self.objects)
        if not things and self.everything:
            things = "everything"
        if not things and verb == "remove" and self.alone:
            return ""  # 왼쪽 사람만 남기고 지워줘
        return _spaced(verb, things, source) + self._exception()

    def _exception(self) -> str:
        return " except " + " and ".join(self.excepted) if self.excepted else ""

    def _unnamed(self, goal: Phrase) -> str:
        """What becomes the goal where nothing is named that could, or only what goes."""
        if goal.noun in lex.WHOLE:
            return "the picture"  # 밤으로: the whole becomes a night
        if goal.noun and goal.plainly_described() and (self.first or goal.noun == "sky"):
            return f"the {goal.noun}"  # 맑은 하늘로: the sky is what becomes a clear one
        return "it" if self.gone else ""  # 컵을 지우고 꽃병으로: the cup becomes a vase

    def _say_add(self) -> str:
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
        owner = self.objects[0].before if self.objects else None
        if any(each.before and each.owner != self.objects[0].owner for each in self.objects):
            if self.place or not all(each.before for each in self.objects):
                raise Gap("it does not say who gets what; say each with a verb of its own")
            return ". ".join(
                f"add {replace(each, owner='', place='', before=None).a()} to {each.before.the()}"
                for each in self.objects if each.before
            )  # fmt: skip
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
            return _spaced("put", self.objects[0].the(), place)  # 컵을 책상 위에 올려줘
        gifts = " and ".join(phrase.a() for phrase in self.objects)
        return _spaced("add", gifts, f"instead of {self.instead}" if self.instead else place)


def _dress(who: Phrase, garment: Phrase, verb: str) -> str:
    """What someone shall wear: people change their clothes, animals have none yet."""
    outfit = garment.noun.rpartition(" ")[2] in ko.OUTFITS
    if outfit and verb not in ("put on", "add") and singular(who.noun) not in ko.ANIMALS:
        if garment.noun == "clothes" and not garment.attributes:
            raise Gap("it does not say which clothes")
        clothes = Phrase("clothes", place=f"of {who.the()}")
        if not who.side:
            clothes = replace(who.owning(), noun="clothes")
        return f"change {clothes.the()} to {garment.a()}"
    return f"add {garment.a()} to {who.the()}"


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
        ((_LEFT,), Clause._leave),
        (ko.AMONG, Clause._several),
    )
    for word in words
}
"""What each small word does to the clause; of a word in two tables the later one counts."""
