"""The offline parser: an English or Korean instruction becomes an `EditPlan`, with no model.

    text -> tokens -> clauses -> (verb class, slots) -> noun phrases -> edits

A clause is a verb and a body. `lexicon.CLAUSES` says which slots the body of each verb has and
which small words stand between them; a slot is read either as a target (a thing that is in the
picture: `Reader.target`) or as a result (a thing to paint: `Reader.result`). Korean is first turned
round into English by `korean.to_english`, so that meaning is decided in one place.

The grammar does not guess: what it assumes it says in `EditPlan.warnings`, and words that it cannot
place raise `InstructionError`. Every loop runs over a bounded list of tokens; the only regular
expressions are flat ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NoReturn

from pydantic import ValidationError

from ..errors import InstructionError
from ..plan import BACKGROUND, PICTURE, Edit, EditPlan, Relation, Which
from . import lexicon as lex
from .korean import to_english

PARSER = "grammar"
LONGEST = 2000
EXAMPLE = "change the red dress to a white t-shirt"

Tokens = Sequence[str]


def parse_grammar(instruction: str) -> EditPlan:
    """Read an English or Korean instruction into a plan.

    Raises:
        InstructionError: for an empty instruction, one longer than 2000 characters, one in
            another language, and for words that the grammar cannot place; the message names them.
    """
    if not instruction.strip():
        raise InstructionError(f"The instruction is empty. Write, for example: “{EXAMPLE}”.")
    if len(instruction) > LONGEST:
        raise InstructionError(
            f"The instruction has {len(instruction)} characters; at most {LONGEST} can be read. "
            f"Say what to change in a sentence or two, for example: “{EXAMPLE}”."
        )
    text = normalise(instruction)
    if not HANGUL.search(text):
        return _read(instruction, text)
    english = to_english(text)
    try:
        return _read(instruction, english)
    except InstructionError as error:
        raise InstructionError(f"{error} (In English the instruction is “{english}”.)") from error


def _read(instruction: str, text: str) -> EditPlan:
    reader = Reader()
    for sentence in sentences(text):
        reader.read_sentence(sentence)
    try:
        return EditPlan(
            edits=reader.finish(),
            instruction=instruction,
            parser=PARSER,
            warnings=tuple(dict.fromkeys(reader.warnings)),
        )
    except ValidationError as error:
        first = error.errors()[0]
        stumble(str(first.get("input", ""))[:80], f"it does not fit a plan ({first['msg']})")


def stumble(words: str | Tokens, why: str) -> NoReturn:
    """Raise the error that names the words and shows an instruction that can be read."""
    named = words if isinstance(words, str) else join(words)
    raise InstructionError(
        f"I cannot read “{named}”: {why}. An instruction that I can read: “{EXAMPLE}”."
    )


# --- text to tokens -------------------------------------------------------------------------------

HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
_TYPOGRAPHY = str.maketrans("‘’‛`´“”„«»–—−…", "'''''\"\"\"\"\"---.")
_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*'?|[,:&+]|[.;!?\n。！？]|[^\s\"'()\[\]*~^-]")
_ENDS = frozenset(".;!?\n。！？")
_COMMAS = {",": ",", ":": ",", "&": "and", "+": "and", "、": ","}


def normalise(text: str) -> str:
    """Lower-case text with composed letters and plain quotes."""
    return unicodedata.normalize("NFKC", text.translate(_TYPOGRAPHY)).lower()


def sentences(text: str) -> list[list[str]]:
    """The sentences of normalised text, each as tokens with its frame and politeness removed."""
    found: list[list[str]] = [[]]
    for word in _WORD.findall(text):
        if word in _ENDS:
            found.append([])
        else:
            found[-1].extend(_pieces(word))
    return [tokens for tokens in map(_tidy, found) if any(t not in (",", "and") for t in tokens)]


def _pieces(word: str) -> list[str]:
    """One raw word as tokens: contractions opened, possessives parted, foreign scripts refused."""
    if word in _COMMAS:
        return [_COMMAS[word]]
    if "'" in word and word in lex.SPELLING:
        return lex.SPELLING[word].split()
    if word.endswith("s'"):
        return [word[:-1], "'s"]
    word = word.rstrip("'")
    if word.endswith("'s"):
        return [word[:-2], "'s"]
    for letter in word:
        if letter.isalpha() and not unicodedata.name(letter, "").startswith("LATIN"):
            stumble(word, "I read English and Korean only")
    if not any(letter.isalnum() for letter in word):
        if unicodedata.category(word[0]) in ("So", "Sk", "Mn", "Cf"):  # emoji say nothing to edit
            return []
        stumble(word, "I do not know this sign")
    return [word]


def fold(tokens: Tokens, phrases: dict[str, list[tuple[str, ...]]]) -> list[str]:
    """Join each run of tokens that is one entry of a table into one token, longest first."""
    folded, at = [], 0
    while at < len(tokens):
        for phrase in phrases.get(tokens[at], ()):
            if tuple(tokens[at : at + len(phrase)]) == phrase:
                break
        else:
            phrase = (tokens[at],)
        folded.append(" ".join(phrase))
        at += len(phrase)
    return folded


def _index(entries: Iterable[str]) -> dict[str, list[tuple[str, ...]]]:
    """Entries of several words by their first word, the longest first."""
    index: dict[str, list[tuple[str, ...]]] = {}
    for words in sorted((tuple(e.split()) for e in entries), key=lambda w: (-len(w), w)):
        if len(words) > 1:
            index.setdefault(words[0], []).append(words)
    return index


def _singular(noun: str) -> str:
    return noun[:-1] if is_plural(noun) else noun


def is_plural(noun: str) -> bool:
    """Whether a noun looks like the plural of one that can be counted."""
    return noun.endswith("s") and not noun.endswith("ss") and noun not in lex.PLURAL_ONLY


def _inflect(verb: str, ending: str) -> str:
    """ "swap out", "ing" -> "swapping out"."""
    first, *rest = verb.split()
    if first in ("put", "cut", "set", "get", "let", "swap", "drop", "strip", "crop", "clip", "rub"):
        stem = first + first[-1]
    elif first.endswith("e") and not (ending == "ing" and first == "dye"):
        stem = first[:-1]
    elif first.endswith("y") and first[-2] not in "aeiou" and ending == "ed":
        stem = first[:-1] + "i"
    else:
        stem = first
    return " ".join([stem + ending, *rest])


_BODY_HEADS = frozenset(_singular(part) for part in lex.BODY)
_CARRIED = _BODY_HEADS | {_singular(piece) for piece in lex.CLOTHES} | lex.ASPECTS
_CARRIED |= lex.PICTURES | lex.BACKGROUNDS
_IN_NOUNS = lex.SIDES | frozenset(lex.NUMBERS)  # "tank top", "number 7"
_BE = frozenset(lex.BE.split("|"))
_PLAIN_VERBS = [verb for verb in lex.CLASS_OF_VERB if not verb.startswith(("i ", "do ", "only "))]
_GERUNDS = {_inflect(verb, "ing"): verb for verb in _PLAIN_VERBS}
_PARTICIPLES = {_inflect(verb, "ed"): verb for verb in _PLAIN_VERBS} | lex.IRREGULAR_PARTICIPLES
_PARTICLES = {tuple(v.split()) for v in _PLAIN_VERBS if v.split()[-1] in lex.PARTICLES}


@dataclass(frozen=True)
class Shape:
    """One row of `lexicon.CLAUSES`: slots, the marks between them, and what the clause means."""

    first: str
    marks: frozenset[str]
    second: str
    meaning: str
    giving: bool


def _shape(verb_class: str, text: str, meaning: str) -> Shape:
    marks = frozenset(text[2:-2].split("|")) - {""}
    if marks == {"PLACE"}:
        marks = (frozenset(lex.PLACES) | lex.UNSUPPORTED_RELATIONS) - {"from", "like", "without"}
    return Shape(text[0], marks, text[2:][-1:], meaning, verb_class == "give")


_SHAPES: dict[str, list[Shape]] = {}
for _row in lex.CLAUSES:
    _SHAPES.setdefault(_row[0], []).append(_shape(*_row))

_SAID_FOR_NOTHING = _index([*lex.POLITE, *lex.FRAMES, "instead of", "keep just", "leave just"])
_SPELLED_APART = _index(lex.SPELLING)
_FOLDED = _index([
    *lex.KIND_OF, *lex.DEGREES, *lex.PRONOUNS, *lex.ALL, *lex.SOME, *lex.EVERYTHING, *lex.ORDERS,
    *lex.SIDES, *lex.SIDE_PREPOSITIONS, *lex.SIDE_NOUNS, *lex.RELATIONS, *lex.UNSUPPORTED_RELATIONS,
    *lex.FILLERS, *lex.CONNECTORS, *lex.THEN, *lex.EXCEPT, *lex.UNCHANGED, *lex.CLASS_OF_VERB,
    *_GERUNDS, *_PARTICIPLES,
    *(mark for shapes in _SHAPES.values() for shape in shapes for mark in shape.marks),
])  # fmt: skip


def _tidy(words: Tokens) -> list[str]:
    """Spelling, politeness and the frame ("in this photo") done with, table entries folded."""
    tokens = [
        piece
        for token in fold(words, _SPELLED_APART)
        for piece in lex.SPELLING.get(token, token).split()
    ]
    folded = fold(tokens, _SAID_FOR_NOTHING)
    kept = []
    for at, token in enumerate(folded):
        follower = folded[at + 1] if at + 1 < len(folded) else ""
        framing = token in lex.FRAMES and not (
            follower == "'s" or follower in lex.RELATIONS or follower in ("of", "frame")
        )
        if token not in lex.POLITE and not framing:
            kept.extend(token.split())
    return _join_attributes(fold(kept, _FOLDED))


def _join_attributes(tokens: Tokens) -> list[str]:
    """One token per attribute: "dark blue", "slightly longer", "black and white".

    Attributes of one kind that "and" joins are one attribute, so that a later "and" can only part
    the things of a list; between attributes of different kinds the "and" goes.
    """
    words: list[str] = []
    for token in tokens:
        last = words[-1] if words else ""
        if last in lex.DEGREES and (kind_of(token) or last == "more"):
            words[-1] = f"{lex.DEGREES[last]} {token}"
        elif last in lex.SHADES and kind_of(token) == "color" and lex.KIND_OF.get(token):
            words[-1] = f"{last} {token}"
        else:
            words.append(token)
    joined: list[str] = []
    for token in words:
        if (
            len(joined) > 1
            and joined[-1] in ("and", ",")
            and kind_of(joined[-2])
            and kind_of(token)
        ):
            link = joined.pop()
            if kind_of(joined[-1]) == kind_of(token):
                token = joined.pop() + link.replace("and", " and") + " " + token
        joined.append(token)
    return joined


def kind_of(token: str) -> str:
    """The kind of an attribute ("color", "material" ...), or "" for any other word."""
    if token in lex.KIND_OF:
        return lex.KIND_OF[token]
    first, _, rest = token.partition(" ")
    if rest and first in lex.DEGREES.values():
        return kind_of(rest) or "other"
    if " " in token:
        return kind_of(token.rpartition(" ")[2])
    parts = token.split("-")
    if len(parts) > 1 and all(
        part in lex.SHADES or part == "and" or lex.KIND_OF.get(part) == "color" for part in parts
    ):
        return "color"
    return ""


def join(tokens: Tokens) -> str:
    """Tokens as text again."""
    return " ".join(tokens).replace(" 's", "'s").replace(" ,", ",")


# --- phrases --------------------------------------------------------------------------------------


ALL_OF_THEM = Which()


@dataclass(frozen=True)
class NounPhrase:
    """A thing in the picture, or one to paint.

    Attributes:
        attributes: adjectives in order, each of a kind that `kind_of` names.
        noun: the head with the nouns before it ("wedding dress"); empty for "blue" alone.
        tail: what follows the head of a result: "with white dots".
        which, relation: as in `Edit`; a result has none.
        article: "definite", "indefinite" or "".
        aspect: the property that it was named by: "color" for "the color of the dress".
    """

    noun: str = ""
    attributes: tuple[str, ...] = ()
    tail: str = ""
    which: Which = ALL_OF_THEM
    relation: Relation | None = None
    article: str = ""
    aspect: str = ""

    @property
    def text(self) -> str:
        """All of it, as the plan and the painter get it."""
        return " ".join(part for part in (*self.attributes, self.noun, self.tail) if part)

    @property
    def head(self) -> str:
        """The last noun in the singular, to tell "red hair" and "black hair" for one thing."""
        return _singular(self.noun.rpartition(" ")[2])


def is_word(token: str) -> bool:
    """True for open-class words, which may be a noun or belong to one."""
    return (
        token not in lex.FUNCTION_WORDS
        and token not in lex.RELATIONS
        and token not in lex.UNSUPPORTED_RELATIONS
        and token not in lex.FILLERS
        and token not in lex.EXCEPT
        and token not in lex.DEGREES
        and token not in lex.PARTICLES
        and (token not in lex.CLASS_OF_VERB or token in lex.NOUNS_TOO)
        and token not in ("'s", ",")
    )


@dataclass
class Choice:
    """Which of several, as far as the words read so far say."""

    order: str = ""
    rank: int = 0
    count: int = 0
    every: bool = False
    article: str = ""

    def choose(self, order: str, tokens: Tokens) -> None:
        """Take an order, which may be said once."""
        if self.order not in ("", order):
            stumble(tokens, "only one choice can be read, such as “the left ball”")
        self.order = order


@dataclass(frozen=True)
class Slots:
    """The tokens of a clause that name the target and the result, and the mark between them."""

    target: Tokens
    result: Tokens = ()
    mark: str = ""

    def sharing(self, slot: str, tokens: Tokens) -> Slots:
        """The same with other tokens in one slot."""
        return replace(self, target=tokens) if slot == "target" else replace(self, result=tokens)


@dataclass
class Draft:
    """An edit before it is known what other clauses keep."""

    operation: str
    target: NounPhrase
    result: str = ""
    exclude: list[NounPhrase] = field(default_factory=list)


def which(by: str, rank: int = 1, count: int = 1) -> Which:
    """A `Which` from words of the tables."""
    return Which.model_validate({"by": by, "rank": rank, "count": count})


def take_while(tokens: Tokens, start: int, fits: Callable[[str], bool]) -> tuple[list[str], int]:
    """The run of fitting tokens from `start`, commas left out, and where it ends."""
    end = start
    while end < len(tokens) and fits(tokens[end]):
        end += 1
    return [token for token in tokens[start:end] if token != ","], end


def _names(token: str) -> bool:
    return token == "'s" or (is_word(token) and token not in lex.CONNECTORS)


def is_attribute(token: str) -> bool:
    """True for attributes and the commas between them."""
    return bool(kind_of(token)) or token == ","


def opens(tokens: Tokens) -> str:
    """Whether a phrase begins as "definite", "indefinite", or as neither: ""."""
    first = tokens[0] if tokens else ""
    if first in lex.INDEFINITE:
        return "indefinite"
    definite = (lex.DEFINITE, lex.OWNERS, lex.PRONOUNS, lex.PERSONS_BY_PRONOUN, lex.ALL)
    return "definite" if any(first in table for table in definite) else ""


def without_article(tokens: Tokens) -> list[str]:
    """The phrase without the articles that it begins with."""
    start = 0
    while start < len(tokens) and tokens[start] in lex.INDEFINITE | lex.DEFINITE:
        start += 1
    return list(tokens[start:])


def side_at(tokens: Tokens, at: int) -> tuple[str, int] | None:
    """ "on the left" at a place in a phrase: the order it asks for, and where it ends."""
    if tokens[at] not in lex.SIDE_PREPOSITIONS:
        return None
    at += 1
    if tokens[at : at + 1] == ["the"]:
        at += 1
    if at >= len(tokens) or tokens[at] not in lex.SIDES:
        return None
    order = lex.ORDERS[tokens[at]]
    at += 1
    if at < len(tokens) and tokens[at] in lex.SIDE_NOUNS:
        at += 1
    ended = at == len(tokens) or not (is_word(tokens[at]) or tokens[at] == "of")
    return (order, at) if ended else None


def complement(tokens: Tokens, giving: bool = False) -> int:
    """Where the result begins that no mark parts from its target, or 0: "make the hat | red"."""
    starts = [at for at in range(1, len(tokens)) if _may_end_target(tokens[:at])]
    for at in starts:
        if tokens[at] in lex.INDEFINITE:
            return at
    for at in starts:
        rest = tokens[at:]
        if giving:
            looks = kind_of(rest[0]) and not kind_of(tokens[at - 1])
            if looks or rest[0] in lex.NUMBERS:
                return at
        elif kind_of(rest[0]):
            _, end = take_while(rest, 0, lambda token: is_attribute(token) or token == "and")
            if end == len(rest) or rest[end] in ("with", "in the style of"):
                return at
    return 0


def _may_end_target(tokens: Tokens) -> bool:
    last = tokens[-1]
    if len(tokens) == 1 and (last in lex.PRONOUNS or last in lex.PERSONS_BY_PRONOUN):
        return True
    return is_word(last) and (last in lex.SIDES or not _counts(last))


def _counts(token: str) -> bool:
    tables = (lex.ORDERS, lex.ORDINALS, lex.NUMBERS, lex.ALL, lex.SOME)
    return token == "last" or any(token in table for table in tables)


# --- clauses --------------------------------------------------------------------------------------


def split_list(tokens: Tokens) -> list[list[str]]:
    """The members of a list that "and" and commas part."""
    members: list[list[str]] = [[]]
    for token in tokens:
        if token in ("and", ","):
            members.append([])
        else:
            members[-1].append(token)
    return [member for member in members if member]


def split_clauses(tokens: Tokens) -> list[list[str]]:
    """Parts a sentence where "then" stands, or "and", "but" or a comma before a verb."""
    clauses: list[list[str]] = [[]]
    for at, token in enumerate(tokens):
        links = token in ("and", "but", "while", "plus", ",")
        if token in lex.THEN or (links and _starts_clause(tokens[at + 1 :])):
            clauses.append([])
        else:
            clauses[-1].append(token)
    return [clause for clause in map(_without_openings, clauses) if clause]


def _starts_clause(tokens: Tokens) -> bool:
    tokens = _without_openings(tokens)
    if len(tokens) < 2 or not _find_verb(tokens):
        return False
    return tokens[0] not in lex.NOUNS_TOO or opens(tokens[1:]) != ""


def _without_openings(tokens: Tokens) -> list[str]:
    """The clause without "hey", "so", "and" and the like at its ends."""
    start, end = 0, len(tokens)
    while start < end and (
        tokens[start] in lex.OPENINGS or tokens[start] == "," or tokens[start].isdecimal()
    ):
        start += 1
    while end > start and tokens[end - 1] in (",", "and"):
        end -= 1
    return list(tokens[start:end])


def _find_verb(tokens: Tokens) -> tuple[str, list[str]] | None:
    """The verb that a clause begins with, in its base form, and the body behind it."""
    first, *body = tokens
    base = _GERUNDS.get(first, first)
    for at, token in enumerate(body):
        if (base, token) in _PARTICLES:
            after = body[at + 1 :]
            # "take the hat off the man": the particle parts the slots as "from" does.
            after = after[1:] if after[:1] in (["of"], ["from"]) else after
            parts = after and (opens(after) or is_word(after[0]))
            return f"{base} {token}", [*body[:at], *(["from"] if parts else []), *after]
    return (base, body) if base in lex.CLASS_OF_VERB else None


def split_verb(tokens: Tokens) -> tuple[str, list[str]]:
    """The class of a clause's verb and the clause's body.

    "The hat should be removed" and "I want the hat removed" are turned into "remove the hat".
    """
    found = _find_verb(tokens)
    verb_class = lex.CLASS_OF_VERB[found[0]] if found else ""
    body = found[1] if found else list(tokens)
    if not found and any(token in lex.MODALS for token in tokens):
        verb_class = "make"
    if not verb_class:
        stumble(tokens[0], "I know no such thing to do to a picture")
    if verb_class == "make":
        for at, token in enumerate(body):
            thing = body[:at]
            while thing and thing[-1] in _BE:
                thing.pop()
            if token in _PARTICIPLES and any(map(is_word, without_article(thing)[-1:])):
                verb = _PARTICIPLES[token]
                return lex.CLASS_OF_VERB[verb], [*thing, *body[at + 1 :]]
    return verb_class, body


def _carry_on(shape: Shape, last: Slots, chunk: Tokens) -> list[Slots]:
    """What a list member without a mark adds to the slots before it.

    It is one more target ("to the boy and the girl"), one more gift ("a hat and sunglasses"), or
    more of the result ("a red skirt and a white shirt").
    """
    new = opens(chunk) == "indefinite" or kind_of(chunk[0]) != "" or chunk[0] in lex.NUMBERS
    bare = all(map(is_word, chunk))
    if shape.second == "X" and shape.meaning != "strip":
        if opens(chunk) == "definite" or (bare and opens(last.target) == "definite"):
            return [last, replace(last, target=["the", *chunk] if bare else chunk)]
        if new:
            return [last, Slots((), chunk)]
    elif shape.meaning == "give" and (new or bare):
        return [last, replace(last, result=chunk)]
    elif new or (bare and opens(last.result) == "indefinite"):
        return [replace(last, result=[*last.result, "and", *chunk])]
    stumble(chunk, "I cannot tell what to do with it")


class Reader:
    """Reads clause after clause; remembers drafts, what is kept, and what "it" stands for."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self.kept: list[NounPhrase] = []
        self.warnings: list[str] = []
        self.antecedent: NounPhrase | None = None
        self.persons: dict[str, str] = {}  # who "woman" and "man" were last
        self.recent: list[Draft] = []  # of the clause before in the same sentence

    # --- clauses ---

    def read_sentence(self, tokens: Tokens) -> None:
        """Act on every clause of one sentence in turn."""
        self.recent = []
        for clause in split_clauses(tokens):
            self.read_clause(clause)

    def read_clause(self, tokens: Tokens) -> None:
        """Match one clause against the shapes of its verb and act on the slots."""
        verb_class, body = split_verb(tokens)
        body, excluded = self._split_exclusion(body, verb_class)
        chunks = split_list(body)
        if not chunks and not (verb_class == "keep" and excluded):
            stumble(tokens, "it does not say what to change")
        for shape in _SHAPES[verb_class]:
            slots = self._fill(shape, chunks)
            if slots:
                break
        else:
            stumble(tokens, "it does not say what that should become")
        before = len(self.drafts)
        for each in slots:
            _MEANINGS[shape.meaning](self, each)
        self.recent = self.drafts[before:] or self.recent
        for draft in self.drafts[before:]:
            draft.exclude.extend(excluded)

    def _split_exclusion(self, body: Tokens, verb_class: str) -> tuple[list[str], list[NounPhrase]]:
        """The body without "except the sleeves", and the phrases that are excepted."""
        start = next((at for at, token in enumerate(body) if token in lex.EXCEPT), None)
        if start is None:
            return list(body), []
        end = next(
            (at for at in range(start, len(body)) if body[at] in ("to", "into", "be", "to be")),
            len(body),
        )
        if end == len(body) and verb_class in ("make", "paint", "alter"):
            end = start + 1 + (complement(body[start + 1 :]) or len(body))
        return [*body[:start], *body[end:]], self._targets(body[start + 1 : end])

    def _targets(self, tokens: Tokens) -> list[NounPhrase]:
        """The things that stay, of which nothing is said but their names."""
        plain = [token for token in tokens if token not in lex.UNCHANGED]
        return [self.target(chunk) for chunk in split_list(plain)]

    def _fill(self, shape: Shape, chunks: list[list[str]]) -> list[Slots]:
        """Slots of one shape for every member of the lists in a clause, or [] if it does not fit.

        "the shirt and the pants to red" gives two that share the result; "a red skirt and a white
        shirt" behind a mark is one result; "to the boy and the girl" gives two that share the gift.
        """
        if not shape.second:
            return [Slots(chunk) if shape.first == "X" else Slots((), chunk) for chunk in chunks]
        parted = [self._part(shape, chunk) for chunk in chunks]
        if not any(parted) and not shape.marks:
            parted[-1] = self._part_last_word(shape, chunks[-1])
        if not any(parted):
            return []
        filled: list[Slots] = []
        waiting: list[Tokens] = []
        for chunk, slots in zip(chunks, parted):
            if slots:
                slot = "result" if shape.second == "X" else "target"
                filled.extend(slots.sharing(slot, each) for each in waiting)
                filled.append(slots)
                waiting = []
            elif filled:
                filled[-1:] = _carry_on(shape, filled[-1], chunk)
            else:
                waiting.append(chunk)
        return filled

    def _part(self, shape: Shape, chunk: Tokens) -> Slots | None:
        """One chunk parted into the two slots of a shape."""
        if not shape.marks:
            at = complement(chunk, shape.giving)
            return Slots(chunk[:at], chunk[at:]) if at else None
        target_last = shape.second == "X"
        places = [
            at
            for at, token in enumerate(chunk[:-1])
            if token in shape.marks
            and (at or (not target_last and (self.antecedent or lex.ARTWORKS & set(chunk))))
            and (shape.meaning == "add" or not side_at(chunk, at))
            and (shape.second != "C" or kind_of(next(iter(without_article(chunk[at + 1 :])), "")))
        ]
        if not places or (shape.first == "A" and opens(chunk) != "indefinite"):
            return None
        # Of several marks take the one that leaves "the" to the target and "a" to the result.
        fits = [at for at in places if (opens(chunk[at + 1 :]) == "definite") == target_last]
        at = fits[0] if fits else places[0 if target_last else -1]
        before, mark, after = chunk[:at], chunk[at], chunk[at + 1 :]
        if len(places) > 1 and not target_last:
            self.warnings.append(
                f"Read “{join(before)}” as what changes, “{join(after)}” as what it becomes."
            )
        return Slots(after, before, mark) if target_last else Slots(before, after, mark)

    def _part_last_word(self, shape: Shape, chunk: Tokens) -> Slots | None:
        """ "make the dress glam": English lets nothing but a description stand there."""
        words = [token for token in chunk if is_word(token)]
        if not is_word(chunk[-1]) or not chunk[:-1]:
            return None
        if not is_word(chunk[-2]) and not (len(chunk) == 2 and chunk[0] in lex.PRONOUNS):
            return None
        if not shape.giving or len(words) > 2:
            self.warnings.append(
                f"Read “{chunk[-1]}” as what “{join(chunk[:-1])}” should become or get."
            )
        return Slots(chunk[:-1], chunk[-1:])

    # --- meanings: what a clause does with its slots ---

    def change(self, slots: Slots) -> None:
        """Target into result."""
        target, result = self.target(slots.target), self.result(slots.result)
        bare = slots.mark in lex.LOOKS and not opens(slots.result) and not is_plural(result.noun)
        self._alter(target, as_look(result) if bare else result)

    def coat(self, slots: Slots) -> None:
        """A look, or things painted on: "paint the car with flowers"."""
        result = self.result(slots.result)
        if result.noun:
            result = NounPhrase(tail=f"with {result.text}")
        self._alter(self.target(slots.target), result)

    def give(self, slots: Slots) -> None:
        """Give a thing a look, a living thing another body part, or anything a new thing."""
        owner, gift = self.target(slots.target), self.result(slots.result)
        if not gift.noun:
            self._alter(owner, gift)
        elif gift.head in _BODY_HEADS and owner.noun not in (PICTURE, BACKGROUND):
            # Who has hair already does not get more of it: the hair changes.
            self._alter(self._relate(NounPhrase(gift.noun), "on", owner), gift)
        else:
            self._put(gift, "on", owner)

    def add(self, slots: Slots) -> None:
        """A new thing somewhere, or, for "put her on a beach", a new place around her."""
        place, mark = slots.target, slots.mark
        if not mark:
            gift = self.result(slots.result)
            if gift.head in lex.BACKGROUNDS:
                self._change_background(NounPhrase(BACKGROUND), gift)
            else:
                self._put(gift, "in", NounPhrase(PICTURE))
            return
        if mark not in lex.PLACES:
            stumble([mark, *place], "I know no such place")
        if mark == "in" and place[-1] in lex.CLOTHES:
            return self.give(Slots(slots.result, place))  # "put her in a red dress"
        side = side_at(["on", *place], 0)
        new_place = opens(place) != "definite" or (place[-1] in lex.BACKGROUNDS and len(place) > 2)
        if opens(slots.result) == "definite" and new_place and not side:
            subject = self.target(slots.result)
            ground = self._relate(NounPhrase(BACKGROUND), "on", subject)
            self._change_background(ground, self.result(place))
            return
        if opens(slots.result) == "definite":
            self.warnings.append(
                f"Read “{join(slots.result)}” as a new one: things that are there cannot be moved."
            )
        target = NounPhrase(PICTURE, which=which(side[0])) if side else self.target(place)
        self._put(self.result(slots.result), lex.PLACES[mark], target)

    def strip(self, slots: Slots) -> None:
        """Take the result slot's thing away from the target slot's."""
        self._draft("remove", self._part_of(slots))
        self.antecedent = None

    def extract_from(self, slots: Slots) -> None:
        """Cut the result slot's thing out of the target slot's."""
        self._draft("extract", self._part_of(slots))

    def _part_of(self, slots: Slots) -> NounPhrase:
        part, whole = self.target(slots.result), self.target(slots.target)
        return part if whole.noun in (PICTURE, BACKGROUND) else self._relate(part, "on", whole)

    def remove(self, slots: Slots) -> None:
        """Take the target away."""
        self._draft("remove", self.target(slots.target))
        self.antecedent = None

    def extract(self, slots: Slots) -> None:
        """Cut the target out."""
        self._draft("extract", self.target(slots.target))

    def select(self, slots: Slots) -> None:
        """Nothing yet, but "it" is the target from here on."""
        self.antecedent = self.target(slots.target)

    def keep(self, slots: Slots) -> None:
        """What stays as it is in the clause before, or, without one, in the whole instruction."""
        for phrase in self._targets(slots.target):
            for excluded in [draft.exclude for draft in self.recent] or [self.kept]:
                excluded.append(phrase)

    def _draft(self, operation: str, target: NounPhrase, result: str = "") -> None:
        if target.noun == PICTURE and target.which != ALL_OF_THEM and operation != "add":
            stumble(target.which.by, "it names a side of the picture but no thing there")
        self.drafts.append(Draft(operation, target, result))
        self.antecedent = target

    def _alter(self, target: NounPhrase, result: NounPhrase) -> None:
        """Replace, recolor or restyle, by what differs between the target and the result."""
        if target.noun == BACKGROUND:
            self._change_background(target, result)
            return
        if (
            not result.noun
            and target.head in lex.PERSONS
            and set(result.attributes) <= lex.HAIR_COLORS
        ):
            target = self._relate(NounPhrase("hair"), "on", target)  # "make her blond"
        operation = compare(target, result)
        if target.aspect and target.noun != PICTURE:
            operation = "recolor" if target.aspect in lex.COLORS else "restyle"
            result = as_look(result)  # "the pattern of the dress to polka dots"
        shown = compose(target, result)
        self._draft(operation, target, shown.text)
        self.antecedent = replace(shown, which=target.which, relation=target.relation)

    def _change_background(self, target: NounPhrase, result: NounPhrase) -> None:
        if result.attributes == ("transparent",):
            self._draft("extract", target)
            return
        shown = compose(target, result)
        if shown.head not in lex.BACKGROUNDS:
            shown = replace(shown, noun=f"{shown.noun} {BACKGROUND}")
        self._draft("background", target, shown.text)

    def _put(self, gift: NounPhrase, kind: str, target: NounPhrase) -> None:
        if target.relation and (target.head in _BODY_HEADS or target == self.antecedent):
            anchor = target.relation.anchor
            self.warnings.append(f"Any {target.noun} is taken, whatever the {anchor}.")
        elif target.relation:
            stumble(target.text, "the place of a new thing cannot have a place of its own")
        whole = target.noun in (PICTURE, BACKGROUND)
        relation = None if whole else Relation.model_validate({"kind": kind, "anchor": target.text})
        self._draft("add", replace(target, relation=relation), gift.text)
        self.antecedent = replace(gift, relation=relation)

    # --- noun phrases ---

    def target(self, tokens: Tokens) -> NounPhrase:
        """A thing that is in the picture, with which of them and its relation."""
        phrase = self._phrase(tokens)
        if phrase.article == "indefinite" and phrase.which == ALL_OF_THEM:
            return replace(phrase, which=Which(by="score"))
        return phrase

    def _phrase(self, tokens: Tokens) -> NounPhrase:
        if not tokens or (len(tokens) == 1 and tokens[0] in lex.PRONOUNS):
            return self._referent(tokens)
        if "'s" in tokens:
            at = list(tokens).index("'s")
            holder = self._phrase(tokens[:at])
            if len(tokens) == at + 2 and tokens[-1] in lex.ASPECTS:
                return replace(holder, aspect=tokens[-1])  # "the dress's color"
            return self._relate(self._phrase(tokens[at + 1 :]), "on", holder)
        if len(tokens) == 1 and tokens[0] in lex.PERSONS_BY_PRONOUN:
            return self._person(lex.PERSONS_BY_PRONOUN[tokens[0]])
        choice = Choice()
        owner, at = self._read_determiners(tokens, choice)
        attributes, at = take_while(tokens, at, is_attribute)
        start = at
        while at < len(tokens) and is_word(tokens[at]) and not side_at(tokens, at):
            describes = kind_of(tokens[at]) and tokens[at] not in lex.ALSO_NOUNS
            if at > start and (describes or (_counts(tokens[at]) and tokens[at] not in _IN_NOUNS)):
                stumble(tokens, f"“{tokens[at]}” stands behind the thing it describes")
            at += 1
        noun = join(tokens[start:at])
        if (
            not noun
            and attributes
            and (attributes[-1] in lex.ALSO_NOUNS or kind_of(attributes[-1]) == "material")
        ):
            noun = attributes.pop()  # "the orange"
        if not noun or (_counts(noun) and noun not in ("top", "bottom")):
            stumble(tokens, "it names no thing")
        phrase = NounPhrase(noun, tuple(attributes), article=choice.article)
        return self._named(self._modify(phrase, tokens[at:], choice, owner), owner)

    def _person(self, noun: str) -> NounPhrase:
        """Whom "her" means: the last woman or girl named, or else any woman."""
        return NounPhrase(self.persons.get(noun, noun))

    def _read_determiners(self, tokens: Tokens, choice: Choice) -> tuple[NounPhrase | None, int]:
        """What stands before the attributes, into `choice`; the owner ("her") and where it ends."""
        owner = None
        for at, token in enumerate(tokens):
            more = at + 1 < len(tokens) and (
                is_word(tokens[at + 1]) or tokens[at + 1] in lex.OWNERS
            )
            if token == "only" and opens(tokens[at + 1 :]):
                continue
            if token in lex.ALL:
                choice.every = True
            elif token in lex.SOME:
                choice.order, choice.count = "score", int(lex.SOME[token])
            elif token in lex.DEFINITE or token in lex.INDEFINITE:
                choice.article = choice.article or opens([token])
            elif token in lex.OWNERS:
                person = lex.OWNERS[token]
                owner = self._referent(["its"]) if person == "it" else self._person(person)
            elif token in lex.ORDERS and more:
                choice.choose(lex.ORDERS[token], tokens)
            elif token == "last" and more:
                choice.choose(token, tokens)
            elif token in lex.ORDINALS and more:
                choice.rank = lex.ORDINALS[token]
            elif token in lex.NUMBERS and more:
                choice.count = lex.NUMBERS[token]
            else:
                return owner, at
        stumble(tokens, "it names no thing")

    def _modify(
        self, phrase: NounPhrase, rest: Tokens, choice: Choice, owner: NounPhrase | None
    ) -> NounPhrase:
        """What stands behind the noun: sides, "of ...", and one relation to an anchor."""
        at, kind, anchor = 0, "on", owner
        if owner and owner.noun == "person" and phrase.head not in _CARRIED:
            # "my hair" is on me, "my cat" is not, and who I am cannot be seen.
            self.warnings.append(f"Any {phrase.noun} is taken, whoever it belongs to.")
            anchor = None
        while at < len(rest):
            token, behind = rest[at], rest[at + 1 :]
            side = side_at(rest, at)
            if side:
                choice.choose(side[0], rest)
                at = side[1]
            elif token in lex.FILLERS:
                at += 1
            elif token == "of" and opens(behind) == "":
                words, end = take_while(rest, at + 1, is_word)  # "cup of coffee"
                phrase, at = replace(phrase, noun=join([phrase.noun, "of", *words])), end
            elif token == "from" and behind and all(map(kind_of, behind)):
                phrase = replace(phrase, attributes=(*phrase.attributes, *behind))
                at = len(rest)
            elif token in lex.RELATIONS or token == "of" or _surrounds(phrase, token):
                if anchor:
                    stumble(rest, "only one relation at a time can be read")
                kind = lex.RELATIONS.get(token, "on")
                kind, anchor = self._anchor(kind, behind)
                at = len(rest)
            elif token in lex.UNSUPPORTED_RELATIONS:
                stumble(rest[at:], "I know no such place")
            else:
                stumble(rest[at:], f"I cannot place it behind “{phrase.text}”")
        phrase = replace(phrase, which=self._settle(choice, phrase.noun))
        return self._relate(phrase, kind, anchor) if anchor else phrase

    def _anchor(self, kind: str, tokens: Tokens) -> tuple[str, NounPhrase]:
        """The anchor of a relation; "in" something worn is "holding"."""
        if kind == "in" and tokens and all(map(kind_of, tokens)):
            return "holding", NounPhrase("clothes", tuple(tokens))  # "the woman in red"
        anchor = self._phrase(tokens)
        worn = kind == "in" and anchor.noun.rpartition(" ")[2] in lex.CLOTHES
        return ("holding" if worn else kind), anchor

    def _relate(self, phrase: NounPhrase, kind: str, anchor: NounPhrase) -> NounPhrase:
        """`phrase` where it stands to `anchor`; "the color of the dress" is the dress."""
        if phrase.noun in lex.ASPECTS and not phrase.attributes:
            return replace(anchor, aspect=phrase.noun)
        if phrase.noun == PICTURE and anchor.noun == "person":  # "my picture"
            return phrase
        if kind == "on" and anchor.relation and anchor.head in _BODY_HEADS:
            # What is on her face is on her.
            anchor = NounPhrase(anchor.relation.anchor, which=anchor.which)
        if phrase.relation or anchor.relation:
            stumble(
                f"{phrase.text} {kind} {anchor.text}", "only one relation at a time can be read"
            )
        if anchor.noun in lex.NOWHERE:
            stumble(anchor.noun, "nothing can be found by where that is")
        chosen = phrase.which
        if anchor.which != ALL_OF_THEM and anchor.article != "indefinite":
            if chosen != ALL_OF_THEM or kind not in ("on", "in"):
                stumble(f"{phrase.text} {kind} {anchor.text}", "only one choice can be read")
            chosen = anchor.which
            self.warnings.append(
                f"Read “{chosen.by}” as said of the {phrase.noun}, not of the {anchor.noun}."
            )
        relation = Relation.model_validate({"kind": kind, "anchor": anchor.text})
        return replace(phrase, which=chosen, relation=relation)

    def _named(self, phrase: NounPhrase, owner: NounPhrase | None) -> NounPhrase:
        """The phrase with "picture", "background" and property nouns under their own names."""
        if phrase.noun in lex.GENDERS:
            self.persons[lex.GENDERS[phrase.noun]] = phrase.text
        plain = not phrase.attributes and phrase.which == ALL_OF_THEM
        *before, last = phrase.noun.split()
        if phrase.noun in lex.EVERYTHING or (phrase.noun in lex.PICTURES and plain):
            if phrase.relation and not owner:
                self.warnings.append("Read “picture” as a picture that hangs in the scene.")
                return replace(phrase, noun="framed picture")
            return NounPhrase(PICTURE)
        if phrase.noun in lex.BACKGROUNDS:
            return replace(phrase, noun=BACKGROUND)
        if last in lex.ASPECTS and before:
            return replace(phrase, noun=" ".join(before), aspect=last)  # "hair color"
        if phrase.noun in lex.ASPECTS and plain and not phrase.relation:
            return self._referent([])  # "change the color to blue"
        return phrase

    def _referent(self, tokens: Tokens) -> NounPhrase:
        """What "it", or nothing at all, stands for."""
        if self.antecedent:
            return self.antecedent
        if tokens and tokens[0] not in ("it", "this", "that"):
            stumble(tokens, "nothing was named before that it could stand for")
        self.warnings.append("No thing was named, so the whole picture is taken.")
        return NounPhrase(PICTURE)

    def _settle(self, choice: Choice, noun: str) -> Which:
        """The choice as the plan has it, with a warning for all that was not said."""
        order, rank, count = choice.order, choice.rank, choice.count
        if choice.every and order:
            stumble(noun, "it is asked for all of them and for some of them")
        if order == "last":
            order = "right"
            self.warnings.append(f"Took the last {noun} to be the rightmost.")
        elif rank and not order:
            order = "left"
            self.warnings.append(f"Counted the {noun} from the left.")
        elif count and not order:
            order = "score"
        elif order and not rank and not count and is_plural(noun):
            self.warnings.append(f"Only one of the {noun} is taken; say how many to take more.")
        return which(order or "all", rank or 1, count or 1)

    def result(self, tokens: Tokens) -> NounPhrase:
        """A thing, or only a look, as it shall be painted."""
        if not tokens:
            stumble("to", "it does not say what to paint")
        words = without_article(tokens)
        if words[:1] == ["in the style of"]:
            return NounPhrase(tail=self._tail(words))
        attributes, at = take_while(words, 0, is_attribute)
        nouns, end = take_while(words, at, _names)
        if (
            not nouns
            and attributes
            and opens(tokens) == "indefinite"
            and attributes[-1] in lex.ALSO_NOUNS
        ):
            nouns = [attributes.pop()]  # "an orange", which is no color
        if attributes and nouns in (["one"], ["ones"], *([aspect] for aspect in lex.PAINTED)):
            nouns = []  # "a blue one", "a blue color"
        if nouns[-1:] and nouns[-1] in lex.LOOK_NOUNS:
            attributes, nouns = [*attributes, *nouns[:-1]], []
        if nouns[-1:] == ["style"]:
            attributes, nouns = [join([*attributes, *nouns])], []
        if not attributes and not nouns:
            stumble(tokens, "it does not say what to paint")
        if nouns and nouns[-1] in lex.ASPECTS:
            stumble(tokens, "it does not say which")
        return NounPhrase(join(nouns), tuple(attributes), self._tail(words[end:]))

    @staticmethod
    def _tail(tokens: Tokens) -> str:
        """What follows the head of a result, each piece of it joined by a connector."""
        kept: list[str] = []
        joined = False
        for token in tokens:
            if token in lex.CONNECTORS or token in lex.FILLERS:
                joined = True
            elif opens([token]) in ("definite", "indefinite") and joined:
                if kept[-1] == "and":
                    continue
            elif not is_word(token) and token not in (",", "'s"):
                stumble(tokens, f"“{token}” does not belong there")
            else:
                joined = False
            kept.append(token)
        return join(kept)

    # --- the plan ---

    def finish(self) -> tuple[Edit, ...]:
        """The drafts as edits, with all that is kept taken out of them."""
        if not self.drafts:
            named = self.kept or ([self.antecedent] if self.antecedent else [])
            stumble(" and ".join(each.text for each in named) or "this", "nothing says what to do")
        cuts = [draft for draft in self.drafts if _cuts(draft)]
        edits = [self._edit(draft) for draft in self.drafts if not _cuts(draft)]
        if cuts:
            before = self.drafts[: self.drafts.index(cuts[0])]
            edits.insert(len(before), self._cut_out(cuts))
        return tuple(edits)

    def _edit(self, draft: Draft) -> Edit:
        target, relation = draft.target, draft.target.relation
        kept = [each for each in [*draft.exclude, *self.kept] if self._needs_keeping(each, draft)]
        exclude = [self._name_kept(each) for each in kept]
        if draft.operation == "background":
            exclude = [self._name_kept(each) for each in _subjects(target)] + exclude
            exclude = exclude or [self._assumed_subject()]
            relation = None
        return Edit.model_validate({
            "operation": draft.operation,
            "target": target.noun if target.noun in (PICTURE, BACKGROUND) else target.text,
            "result": draft.result,
            "which": target.which,
            "relation": relation,
            "exclude": tuple(dict.fromkeys(exclude)),
        })  # fmt: skip

    @staticmethod
    def _needs_keeping(kept: NounPhrase, draft: Draft) -> bool:
        """False for "everything else": what is not the target stays as it is in any case."""
        if kept.noun not in (PICTURE, BACKGROUND):
            return True
        if draft.target.noun in (PICTURE, BACKGROUND):
            stumble(kept.noun, "it cannot both change and stay")
        return False

    def _name_kept(self, kept: NounPhrase) -> str:
        """The phrase for `Edit.exclude`, which holds no choice and no relation."""
        if kept.relation and kept.relation.kind == "on" and kept.which == ALL_OF_THEM:
            anchor = kept.relation.anchor
            self.warnings.append(f"Every {kept.text} is kept, not only that of the {anchor}.")
        elif kept.relation or kept.which.by not in ("all", "score"):
            stumble(kept.text, "what stays as it is can only be named plainly, such as “the dog”")
        return kept.text

    def _cut_out(self, drafts: list[Draft]) -> Edit:
        """All that is cut out, and all that is kept where the rest goes, as one extraction.

        One after the other would leave nothing: the second thing is gone when the first is cut.
        """
        subjects, exclude, rest = [], [], []
        for draft in drafts:
            if draft.target.noun in (PICTURE, BACKGROUND):
                subjects += [*_subjects(draft.target), *draft.exclude]
                rest.append(draft.target.noun)
            else:
                subjects.append(draft.target)
                exclude += [self._name_kept(each) for each in draft.exclude]
        subjects = list(dict.fromkeys([*subjects, *self.kept]))
        if not subjects and PICTURE in rest:
            stumble("the picture", "nothing would be left; name what to keep")
        if not subjects:
            subjects = [NounPhrase(self._assumed_subject())]
        if len(subjects) > 1:
            subjects = [NounPhrase(" and ".join(self._name_kept(each) for each in subjects))]
        return Edit(
            operation="extract",
            target=subjects[0].text,
            which=subjects[0].which,
            relation=subjects[0].relation,
            exclude=tuple(dict.fromkeys(exclude)),
        )

    def _assumed_subject(self) -> str:
        self.warnings.append(
            "Nothing was said to stay, so a person is kept; add “keep the ...” for another thing."
        )
        return "person"


_MEANINGS: dict[str, Callable[[Reader, Slots], None]] = {
    "change": Reader.change,
    "coat": Reader.coat,
    "give": Reader.give,
    "add": Reader.add,
    "strip": Reader.strip,
    "remove": Reader.remove,
    "extract": Reader.extract,
    "extract from": Reader.extract_from,
    "select": Reader.select,
    "keep": Reader.keep,
}


def _cuts(draft: Draft) -> bool:
    """True for cutting a thing out, and for removing all that is around it."""
    whole = draft.target.noun in (PICTURE, BACKGROUND)
    return draft.operation == "extract" or (draft.operation == "remove" and whole)


def _subjects(background: NounPhrase) -> list[NounPhrase]:
    """Whom "her background" or "the background behind the dog" names."""
    if not background.relation:
        return []
    return [NounPhrase(background.relation.anchor, which=background.which)]


def _surrounds(phrase: NounPhrase, token: str) -> bool:
    return phrase.noun in lex.BACKGROUNDS and token in ("behind", "around", "for")


# --- what an alteration shows ---------------------------------------------------------------------


def compose(target: NounPhrase, result: NounPhrase) -> NounPhrase:
    """What is shown: the result, or the target with its attributes of the same kinds replaced."""
    if result.noun:
        return result
    replaced = {kind_of(attribute) for attribute in result.attributes}
    stay = [attribute for attribute in target.attributes if kind_of(attribute) not in replaced]
    attributes = sorted([*result.attributes, *stay], key=_place_in_phrase)
    return NounPhrase(target.noun, tuple(attributes), result.tail)


def as_look(result: NounPhrase) -> NounPhrase:
    """A noun as a description: "glam" in "make the dress glam"."""
    looks = (result.noun,) if result.noun else ()
    return replace(result, noun="", attributes=(*result.attributes, *looks))


def _place_in_phrase(attribute: str) -> int:
    kind = kind_of(attribute)
    return lex.KIND_ORDER.index(kind if kind in lex.KIND_ORDER else "other")


def compare(target: NounPhrase, result: NounPhrase) -> str:
    """The operation: "recolor" where only colors differ, "restyle" where the thing stays one."""
    if target.noun == PICTURE:
        return "restyle"
    if result.noun and result.head != target.head:
        return "replace"
    colors = {a for a in result.attributes if kind_of(a) == "color"}
    others = set(result.attributes) - colors
    same_thing = result.noun in ("", target.noun) and not result.tail
    if same_thing and colors and others <= set(target.attributes):
        return "recolor"
    return "restyle"
