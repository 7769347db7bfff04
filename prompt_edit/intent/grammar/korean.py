"""Korean instructions turned round into the English that `grammar` reads.

Korean puts the verb last, and marks what a phrase is for by a particle behind it, or, in casual
speech, by nothing at all. So the text is rewritten where it is said in an unusual way
(`korean_tidy`), each word is looked up with its particle (`korean_lookup`), phrases are gathered up
to their particle (`korean_phrase`, `korean_clause`) and put where it says (`korean_sorting`), and
at the verb the clause is said in English (`korean_roles`):

    이 사람의 머리카락을 / 빨간색으로 / 변경해주세요 -> "change the person's hair to red"

Nothing is decided here about what an edit means. A word that is not in the tables
(`korean_words`) cannot be translated, and is named in the error.
"""

from __future__ import annotations

import re

from ...errors import InstructionError
from . import korean_words as ko
from .korean_clause import Clause
from .korean_lookup import TABLES, ends_in_n
from .korean_phrase import Gap
from .korean_spacing import apart, together
from .korean_tidy import tidy

AFTER = re.compile(
    "(?:뒤|후|다음|이후|직후)(?:에|엔|에는)?|(?:게|거|것|걸|건)(?:로|만|도)?|상태(?:로|에서)|채로?"
)
_WORD = re.compile(r"[^\s,.;!?\"'()]+|[,.;!?\n]")
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")


def speaks(text: str) -> bool:
    """Whether there is a Korean letter in the text."""
    return bool(_HANGUL.search(text))


def to_english(text: str) -> str:
    """The instruction, clause by clause, in plain English.

    Raises:
        InstructionError: for a Korean word that is not in the tables, naming it.
    """
    original, text = text, tidy(text)
    clause = last = Clause(first=True)
    said: list[str] = []
    words: list[str] = []  # of the clause so far, to name in an error
    try:
        before = ""
        words_apart = [each for word in _WORD.findall(text) for each in apart(word)]
        said_words = [*together(words_apart), "."]
        for at, said_word in enumerate(said_words, 1):
            word = ko.CONTRACTED.get(said_word, said_word)
            clause.ahead = said_words[at : at + 4]
            if not words and ends_in_n(before) and AFTER.fullmatch(word):
                continue  # 지운 뒤에: "after"; elsewhere it is "behind"
            before = word
            words.append(word)
            sentence = clause.end() if word in ".;!?\n" else clause.take(word)
            if sentence is not None:
                if not sentence and clause.only_tells_where():
                    said[-1:] = [last.say_there(clause.place)]  # 추가해줘 소파 옆에
                if clause.narrows(sentence):
                    said[-1:] = [each.replace("keep only", "keep", 1) for each in said[-1:]]
                said += [*clause.said, sentence]
                last, clause, words = clause, clause.next(sentence), []
    except Gap as gap:
        named = _as_written(gap.word or " ".join(words), original)
        raise InstructionError(
            f"I cannot read “{named}”: {gap.why}. Say it in English, or let a language model parse "
            "it. An instruction that I can read: “빨간 드레스를 하얀 티셔츠로 바꿔줘”."
        ) from gap
    return ". ".join(sentence for sentence in said if sentence)


def _as_written(named: str, original: str) -> str:
    """What is named in an error, as it was written; all of it where that was rewritten."""
    letters = re.findall(r"[^\s,.]", named)
    written = re.search(r"[\s,.]*".join(map(re.escape, letters)), original)
    return written[0] if letters and written else original.strip(" .!?~\n")


def says(text: str, english: str) -> bool:
    """Whether a Korean word of the tables that means an English one stands in a text."""
    return any(word in text for table in TABLES.values() for word, meant in table.items()
               if english in meant.split())  # fmt: skip
