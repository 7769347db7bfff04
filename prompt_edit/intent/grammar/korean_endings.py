"""How a Korean wish or request may end, written as a plain one.

모자를 지웠으면 좋겠어요 -> 모자를 지워;  셔츠가 빨간색이면 좋겠어 -> 셔츠가 빨간색로 해줘
"""

from __future__ import annotations

import re

from .korean_lookup import find_verb, look_up

_CHATTER = re.compile(r"[\u1100-\u11ff\u3130-\u318f~～^♥♡]+")
_END = r"(?=\s*(?:[.!?]|$))"
_THANKS = re.compile(r"(?<=[가-힣]) (?:부탁|감사|고마|고맙)[가-힣]*" + _END)
_POLITE = re.compile(r"(?<![가-힣])(?:제발|혹시|그냥|한번|안녕하세요|좀)(?![가-힣]),? *")
_GLAD = (
    "(?:정말 |참 )?(?:좋겠|좋을)[가-힣]*(?: 같[가-힣]+)?"
    "|감사하겠[가-힣]*|고맙겠[가-힣]*|어떨까[가-힣]*"
)
_WISHED = re.compile(
    rf"(?<![가-힣])([가-힣]+?)(?:(?:이었|였|이)?으?면 ?(?:{_GLAD}|해[가-힣]*|싶[가-힣]*)"
    rf"|(?:이었|였)으면{_END})"
)
_GONE = re.compile(
    rf" ?(?:없(?:었)?으면 ?(?:{_GLAD})|(?:안 ?보이|사라지|없어지)게(?= ?(?:해|하|만들)))"
)
_THERE = re.compile(rf" 있(?:었)?으면 ?(?:{_GLAD})")
_TURNED = re.compile(r"(?:으로|로|이|가) 되게(?= ?(?:해|하|만들))")
_DONE = re.compile(rf"(?<![가-힣])([가-힣]+?)으?면 ?(?:{_GLAD}|하는데|해요?|싶[가-힣]*)")
_MAY = re.compile(r"(줘|주)(?:시)?면 안 ?(?:돼|되|될까|되나|되겠|될는지)[가-힣]*")
_HOPED = re.compile(
    r"(?<=[가-힣]) ?(?:바랍니다|바라요|바래요|바람|요망|요청합니다|요청드립니다|요청드려요|요청)"
    + _END
)
_POSSIBLE = re.compile(r"(?<=[가-힣]) ?가능(?:할까|한가|하나|하|해|할지)?[가-힣]*" + _END)
_MARKS = (
    (re.compile(r"(?:(?<=^)|(?<=\s))(?:\d{1,2}[.)]|[-•*·])(?=\s)"), "."),
    (re.compile(r"(변경|교체) ?: ?([가-힣]+)" + _END), r"\2로 \1"),
    (re.compile(r"(?<=[가-힣])\s*:"), " "),
    (re.compile(r"\s*[+/]\s*(?=[가-힣])"), ", "),
)
_STRONG = 20
"""The place of ㅆ, which makes 지워 to 지웠, among the last letters of a syllable."""


def plain(text: str) -> str:
    """The text with what is only polite left out, and lists by commas."""
    text = _THANKS.sub("", _POLITE.sub("", _CHATTER.sub(" ", text)).strip())
    for mark, comma in _MARKS:
        text = mark.sub(comma, text)
    text = _MAY.sub(r"\1고", text)
    text = _POSSIBLE.sub("", _HOPED.sub("", text))
    text = _TURNED.sub("로", _THERE.sub(" 추가해줘", _GONE.sub(" 지워줘", text)))
    return _DONE.sub(_asked, _WISHED.sub(_become, text))


def _become(match: re.Match[str]) -> str:
    """배경이 바다였으면 좋겠어: what it is wished to be, as what it shall become."""
    kind, _, role = look_up(match[1]) or ("", "", "")
    return f"{match[1]}로 해줘" if kind in ("noun", "attribute") and not role else match[0]


def _asked(match: re.Match[str]) -> str:
    """바꿨으면 좋겠어, 바꿔주시면 감사하겠습니다: a wish for what the verb says."""
    stem = match[1].removesuffix("시")
    last = ord(stem[-1]) - ord("가")
    if last % 28 == _STRONG:
        stem = stem[:-1] + chr(ord(stem[-1]) - _STRONG)
    return stem if find_verb(stem) else match[0]
