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
from dataclasses import dataclass, field, replace

from ...errors import InstructionError
from ...nouns import plural, singular
from . import korean_words as ko
from . import lexicon as lex

_NUMERALS = "|".join(ko.NUMBERS)
_RANK = re.compile(rf"(?<!\S)({_NUMERALS}|\d{{1,2}}) ?번째로?")
# A counter that "째" follows is a rank: 두 개째.
# What follows is a particle or nothing: 열대어 is a tropical fish.
_COUNT = re.compile(rf"(?<!\S)({_NUMERALS}|\d{{1,2}}) ?(?:{'|'.join(ko.COUNTERS)})"
                    rf"(?=(?:{'|'.join(ko.PARTICLES)})?(?![가-힣]))")  # fmt: skip
# 고양이가 모자를 쓰게 해줘: what someone is to wear or hold is put on them.
_WORN = r"(?:쓰|들|입|끼|신|매|차|메|안|착용하)(?:고 ?있)?(?:게|도록) ?(?:해|하|만들|만드)[가-힣]*"
_THING = "(?:[가-힣]+ ){0,3}[가-힣]+[을를]"
_CAUSED = re.compile(rf"(?<!\S)([가-힣]+?)(?:이|가|은|는|도) ({_THING}) {_WORN}")
_HELD = re.compile(rf"([가-힣]+[을를]) {_WORN}")
_WEATHER = re.compile("(비|눈) ?(오는|내리는)")
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
    text = _COUNT.sub(lambda match: f"={_number(match[1])} ", text)
    clause, said = Clause(first=True), []
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
                said.append(sentence)
                gone = sentence.startswith("remove")
                wearer = clause.wearer_after(sentence)
                clause, words = Clause(wearer=wearer, gone=gone), []
    except Gap as gap:
        named = gap.word or " ".join(words).rstrip(" .")
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
    order: str = ""
    place: str = ""
    subject: bool = False  # who does something: 여자가
    topic: bool = False  # what is spoken of: 셔츠는
    linked: bool = False  # another thing of the same list follows: 모자와

    def may_be_owned(self) -> bool:
        """Whether it may be of whom the thing before it in a list is."""
        nobodys = lex.PERSONS | lex.GENDERS.keys() | lex.NOBODYS
        return not self.chosen() and self.noun not in nobodys

    def owning(self) -> Phrase:
        """What is named next, as a thing of this one."""
        return Phrase(place=f"of {self.the()}") if self.place else Phrase(owner=f"{self.the()}'s")

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
            return replace(self.owning(), noun=noun)
        if self.noun and noun.startswith(f"{self.noun} "):  # 크리스마스 트리
            self.noun = noun
            return self
        if self.noun and self.noun not in ko.JUXTAPOSED:
            return Phrase(noun, owner=f"{self.the()}'s", before=self)
        if self.noun:
            self.attributes.append(ko.JUXTAPOSED[self.noun])
        self.noun = noun
        return self

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


def _spaced(*words: str) -> str:
    return " ".join(word for word in words if word)


@dataclass
class Clause:
    """What stands before a verb, sorted by what the particles say it is for."""

    phrase: Phrase = field(default_factory=Phrase)
    objects: list[Phrase] = field(default_factory=list)
    goal: Phrase | None = None
    place: str = ""
    standing: Phrase | None = None  # the place again, should 있는 turn it to the next noun
    wearer: str = ""  # the place of the clause before, for verbs that need one
    excepted: list[str] = field(default_factory=list)
    first: bool = False  # nothing was named before
    gone: bool = False  # what was named before goes
    instead: str = ""  # what goes, for what the clause names
    guest: Phrase | None = None  # what stands where the noun that follows is
    everything: bool = False
    most: bool = False
    more: bool = False
    spared: list[Phrase] = field(default_factory=list)  # of what it is said what not to do
    among: str = ""  # what there is several of

    def take(self, word: str) -> str | None:
        """Take one word in; the English clause where the word ends it."""
        if word == ",":
            return self._comma()
        if re.fullmatch(r"[#=]\d+", word):
            self._count(word)
        elif word in ko.PARTICLES and self.phrase.count:  # 두 개를
            self.phrase.subject = word in ("이", "가")
            self._close(ko.PARTICLES[word])
        elif word in ko.AMONG and self.phrase.noun:
            self.among, self.phrase = singular(self.phrase.noun), Phrase()
        elif word == _LEFT:
            self._leave()
        elif word in ko.EXCEPT:
            if not self.phrase.noun and self.phrase.attributes:  # 빨간색 말고 파란색으로
                self.phrase = Phrase()
                return None
            self._close("object")
            self.excepted += [phrase.the() for phrase in self.objects]
            self.objects = []
        elif word in ko.INSTEAD:
            self._close("object")
            self.instead = self.objects.pop().the() if self.objects else ""
            if self.gone and not self.instead:  # 개를 없애고 대신 고양이를
                self.place = "in its place"
        elif word in ko.SPOTS:
            self._spot()
        elif word in ko.ALL:
            self._all()
        elif word in ko.MOST:
            self.most = True
        elif word in ko.MORE:
            self.more = True
        elif word in ko.HOLDING:
            self._close("object")
            held = self.objects.pop() if self.objects else Phrase()
            if held.subject:  # 여자가 든 가방: hers
                self.phrase = held.owning()
            else:
                self.phrase = Phrase(place=f"wearing {held.the()}")
        elif word in ko.STANDING:
            if self.standing:
                self.phrase, self.standing, self.place = self.standing, None, ""
            elif self.objects and self.objects[-1].subject and not self.phrase.noun:
                self.guest = self.objects.pop()  # 개가 앉은 의자: the chair with the dog
                several = replace(self.guest, count=0, noun=plural(self.guest.noun))
                guest = several if self.guest.count > 1 else self.guest
                self.phrase = Phrase(place=f"with {guest.the()}")
        elif word not in ko.FILLERS:
            return self._open_class(word)
        return None

    def _leave(self) -> None:
        """What is not to be done: 배경은 바꾸지 말고 leaves the ground, 빨간색으로 하지 말고 the
        color."""
        self._close("")
        if self.goal:
            self.goal = None
        else:
            self.spared, self.objects = [*self.spared, *self.objects], []

    def _carried(self) -> str:
        """What is left as it is, said in English; where nothing else is named, it is what the verb
        is of: 모자를 지우지 말고 칠해줘."""
        spared, self.spared = self.spared, []
        if not spared or not self.objects:
            self.objects = self.objects or spared
            return ""
        return f"keep {' and '.join(each.the() for each in spared)}. "

    def end(self) -> str:
        """What the words say where no verb follows: "the jacket to leather"."""
        self._close("")
        if self.spared and not (self.goal or self.objects):
            return self._say("keep")
        left = [phrase.the() for phrase in self.objects] + [self.place] + self.excepted
        if not self.goal and any(left):
            raise Gap("nothing says what to do with it")
        return self._say("change") if self.goal else ""

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

    def _open_class(self, word: str) -> str | None:
        found = self._one_of_them(word) or look_up(word)
        if not found:
            verb = find_verb(word)
            if not verb:
                raise Gap("I do not know this Korean word", _bare(word))
            self._close("")
            if verb != "do":
                return self._say(verb)
            return self._say("change") if self.goal else None  # 변경 해 주세요: only a light verb
        kind, english, role = found
        if kind == "owner":
            self.phrase.owner = english
        elif kind == "place":
            self._place(english, role)
        elif kind == "attribute":
            self._attribute(english)
            if role == "object" and english in ko.HAIRDOS:
                self.phrase.noun = "hair"
            if role not in ("", "owner"):
                self._close(role)
        elif english != "picture" or role not in ("source", "place"):  # "in the picture"
            if ko.is_pair(self.phrase.noun, english):  # 신랑 신부: both
                self._close("and")
            self._refuse_two_colours(word)
            self.phrase = self.phrase.with_noun(english)
            self.phrase.topic = word[-1] in "은는" and role == "object"
            self.phrase.subject = role == "object" and word[-1] in "이가"
            if role:
                self._close(role)
        return None

    def _one_of_them(self, word: str) -> tuple[str, str, str] | None:
        """왼쪽 것을, of what there is several of."""
        stem = next((each for each in ko.ANY_OF_THEM if word.startswith(each)), "")
        particle = word[len(stem) :]
        if not self.among or not stem or particle not in ("", *ko.PARTICLES):
            return None
        return "noun", self.among, ko.PARTICLES.get(particle, "")

    def _refuse_two_colours(self, word: str) -> None:
        """셔츠는 흰색 바지는 검은색으로: the white is the shirt's, not that of the trousers."""
        spoken = bool(self.objects) and self.objects[-1].topic and not self.goal
        if spoken and word[-1] in "은는" and self.phrase.attributes and not self.phrase.noun:
            raise Gap("two things become two colors; put a comma between them")

    def _attribute(self, english: str) -> None:
        if self.phrase.noun:
            self._close("object")  # an attribute begins the next phrase
        if (self.most or self.phrase.rank) and english in ko.SUPERLATIVES:
            self.phrase.order, self.most = ko.SUPERLATIVES[english], False
            return
        if self.most:
            raise Gap("I can find only the largest and the smallest")
        if self.more:
            english, self.more = ko.COMPARATIVES.get(english, f"more {english}"), False
        self.phrase.attributes.append(english)

    def _count(self, word: str) -> None:
        number = int(word[1:])
        if not 0 < number <= len(_COUNTS):
            raise Gap(f"I count from one to {len(_COUNTS)}")
        if word[0] == "=":
            self.phrase.count = number
            return
        if self.phrase.noun:
            self._close("object")
        self.phrase.rank = number

    def _all(self) -> None:
        if self.objects and not self.phrase.noun:
            self.objects[-1].every = True
        else:
            self.phrase.every = True
            self.everything = True

    def _place(self, english: str, role: str) -> None:
        """A place word: a side of the picture, or a relation to the noun before it."""
        if role in ("object", "goal"):
            raise Gap("things cannot be moved, and a side alone names no thing")
        anchor = self.phrase
        anchor.noun = ko.AS_PLACE.get(anchor.noun, anchor.noun)
        looks = [] if anchor.noun else anchor.attributes  # 파란 왼쪽 컵
        rank = 0 if anchor.noun else anchor.rank
        self.phrase, self.most = Phrase(rank=rank, attributes=looks), False
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
            self.place = self.phrase.place or self.phrase.where()
            self.standing, self.phrase = self.phrase, Phrase()

    def _spot(self) -> None:
        """그 자리에, in its place; 컵이 있던 자리에, in that of the cup."""
        gone = self.phrase if self.phrase.noun else self.guest
        if gone:
            self.instead = gone.the()
            self.phrase, self.standing, self.place = Phrase(), None, ""
        else:
            self.place = "in its place"

    def _corner(self, side: str, other: str) -> str:
        """Two sides as one place: 왼쪽 위 is the top left."""
        corner = ko.CORNERS.get(frozenset((side, other)))
        if not corner:
            raise Gap("only one choice can be read")
        return corner

    def _comma(self) -> str | None:
        """A comma ends a clause that has its goal, and otherwise parts the things of a list."""
        self._close("")
        return self._say("change") if self.goal and self.objects else None

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
        if role == "goal" or (not phrase.noun and role == ""):
            if self.goal:
                raise Gap("there are two things for one to become")
            if phrase.before and phrase.before.noun in ko.MODIFIERS:
                phrase = phrase.compound()
            elif phrase.before and not self.objects:  # 치마 반바지로: nothing parts the two nouns
                self.objects, phrase = [phrase.before], Phrase(phrase.noun)
            wooden = self.objects and self.objects[-1].noun in ko.OF_WOOD
            if wooden and phrase.noun == "tree" and not phrase.attributes and not phrase.chosen():
                phrase = Phrase(attributes=["wooden"])  # 바닥을 나무로
            self.goal = phrase
        elif role in ("", "object", "and"):
            before = self.objects[-1] if self.objects else Phrase()
            if before.linked and phrase.may_be_owned():  # 남자의 모자와 안경
                phrase.owner = before.owner
            phrase.linked = role == "and"
            self.objects.append(phrase)
        elif role == "owner":
            self.phrase = phrase.owning()
        else:
            preposition = {"receiver": "to", "source": "from", "place": "on"}[role]
            phrase.noun = ko.AS_PLACE.get(phrase.noun, phrase.noun)
            if phrase.noun in ko.INSIDE and role == "place":
                preposition = "in"
            all_of_them = [phrase]
            while self.objects and self.objects[-1].linked:  # 강아지랑 고양이한테
                all_of_them.insert(0, self.objects.pop())
            self.place = f"{preposition} {' and '.join(each.the() for each in all_of_them)}"
            self.standing = Phrase(place=self.place)

    def _say(self, verb: str) -> str:
        """The clause in English."""
        if self.spared:
            return self._carried() + self._say(verb)
        dressed = len(self.objects) > 1 and self.objects[0].noun in ko.LIVING
        if verb == "put on" and not self.place and dressed:  # 여자를 한복을 입혀줘
            self.place = f"to {self.objects.pop(0).the()}"
        things = " and ".join(phrase.the() for phrase in self.objects)
        if not things and self.everything:
            things = "everything"
        excepted = " except " + " and ".join(self.excepted) if self.excepted else ""
        if verb == "put on" and not self.place and not (self.objects and self.objects[0].before):
            self.place = self.wearer or "to the person"
        if self.instead and verb not in ("add", "put on"):
            raise Gap("it does not go with it", "대신")
        if verb in ("add", "put on"):
            # Nothing is excepted from what is new: "빼고" meant to take away.
            taken = f"remove {' and '.join(self.excepted)}. " if self.excepted else ""
            return taken + self._say_add()
        if verb == "change":
            if not self.goal:
                raise Gap("it does not say what that should become")
            if not things and (self.first or self.gone):
                things = self._unnamed(self.goal)
            return _spaced("change", things, "to", self.goal.a()) + excepted
        if verb == "extract" and any(each.noun in _CUT_SHORTER for each in self.objects):
            raise Gap("say how it should look then, such as “짧은 머리로 바꿔줘”")
        if self.goal:
            raise Gap(f"it does not go with “{verb}”")
        if self.place and not self.place.startswith(("from", "on", "to")):
            raise Gap(f"it does not go with “{verb}”")
        source = f"from {self.place.split(' ', 1)[1]}" if self.place else ""
        return _spaced(verb, things, source) + excepted

    def _unnamed(self, goal: Phrase) -> str:
        """What becomes the goal where nothing is named that could, or only what goes."""
        if goal.noun in lex.WHOLE:
            return "the picture"  # 밤으로: the whole becomes a night
        if goal.noun and goal.plainly_described() and (self.first or goal.noun == "sky"):
            return f"the {goal.noun}"  # 맑은 하늘로: the sky is what becomes a clear one
        return "it" if self.gone else ""  # 컵을 지우고 꽃병으로: the cup becomes a vase

    def _say_add(self) -> str:
        owner = self.objects[0].before if self.objects else None
        if self.place:
            self.objects = [each.compound() if each.before else each for each in self.objects]
            owner = None
        for phrase in self.objects:
            if phrase.before:
                phrase.owner, phrase.before = "", None
        place = self.place or (f"to {owner.the()}" if owner else "")
        gifts = " and ".join(phrase.a() for phrase in self.objects)
        return _spaced("add", gifts, f"instead of {self.instead}" if self.instead else place)
