"""A Korean instruction, rewritten before its words are read: text to text.

What is said in another way than the tables read it is said in theirs; a number and its counter
become one sign, and so does any verb of what is not to be done:

    모자말고 -> "모자 말고";  두 번째 -> "#2";  바꾸지 말고 -> "지말고"
"""

from __future__ import annotations

import re

from . import korean_words as ko
from . import lexicon as lex
from .korean_lookup import VERB_OF_STEM, look_up
from .words import is_garment

LEFT = "지말고"
"""Stands for any verb of what is not to be done."""
COUNTED = re.compile(r"([#=])(\d+)(명|사람)?")
"""A number, rewritten: "#2" is the second, "=3" three, "=3명" three people."""

_BEHIND = "(?=[을를은는이가도만로와과의에]|으로|\\s|$)"  # a noun: a particle, or nothing
_FRUITS = "사과|바나나|포도|복숭아|오렌지|귤|딸기|수박|레몬|과일"
_GROUNDS = "지붕|나무|산|땅|바닥|길|거리|들판|마당|도로|숲"
_AGAIN = "(?:좀 |더 |조금 |살짝 )*"
_STILL = "벽|벽면|책상|테이블|탁자|식탁|선반|거실|방|건물|천장|기둥|협탁|교실|역"
_REWRITTEN = (
    # 모자말고, 나빼고; but 바꾸지말고.
    (r"(?<=[가-힣])(?<!지)(말고|빼고|제외하고|대신)(?=\s|$)", r" \1"),
    (r"(?<![가-힣])저(?= ?(?:빼고|말고|제외))", "나"),
    (r"(?<![가-힣])입은(?= (?:그대로|작게|크게|빨갛게|건드리지))", "입도"),
    (r"다른 ?(?:건|것은|것들은|거는|부분은|곳은|데는)(?= )", "나머지는"),
    (r"나머지 ?(?:부분|것|것들|곳)(?=[은는을])", "나머지"),
    (r"(?<=[가-힣]) 둘(?=[을이만은](?:\s|$)|$)", " 두 개"),
    (r"(?<![가-힣])양 ?(?:쪽|옆|끝|편)(?: ?(?:의|에 ?있는|에 ?서 ?있는))?(?= )", "양쪽"),
    (rf"기장(?=[을은이만]? ?{_AGAIN}(?:길|짧|늘|줄|수선|그대로|무릎|발목))", "길이"),
    (
        rf"((?<![가-힣])(?:{_STILL})(?: ?위(?:에|의)?|에|의) ?(?:걸린 |걸려 ?있는 |있는 |놓인 )?"
        r"(?:[가-힣]*[은는한운간란큰] )?)시계(?=[을를은는이가도만와과]|\s|$)",
        r"\1걸린시계",
    ),
    (r"(?<![가-힣])(벽|손목|탁상|알람) 시계", r"\1시계"),
    (rf"(?<![가-힣])시계(?=[을를]? ?{_AGAIN}(?:달아|걸어))", "걸린시계"),
    (r"(자동차|(?<![가-힣])차|버스|트럭) ?(?:옆|뒷)?유리(?=[을를은는]|\s|$)", r"\1 창문"),
    (r"(?<![가-힣])불[을은]? ?(?=(?:좀 |다 |모두 |전부 )?[켜켠꺼끄끈])", "전등을 "),
    (rf"(?<=[가-힣]) 하나{_BEHIND}", " 한 개"),
    (rf"([가-힣]+) 몇 ?(?:마리|개|명|그루|송이|대){_BEHIND}", r"\1들"),
    (r"(줄무늬|물방울무늬|꽃무늬)(?=[를을]? (?:넣|추가|그려|그리))", r"\1들"),
    (r"^누끼[를만]? ?(?:따|떠|내)[가-힣]*", "사람을 오려줘"),
    (r"누끼[를만]? ?(?:따|떠|내)(?=[가-힣])", "오려"),
    (r"([눈비])[이가]? ?(?:오|내리)는 것처럼", r"\1오는 풍경으로"),
    (r"(?<![가-힣])해(?=[를가는의]|에게| (?:추가|넣|그려))", "태양"),
    (r"(?<!\S)(?:두|세|네|다섯) ?(?:사람|명)(?= ?중)", "사람들"),
    (r"(배경[을은도만]?) ((?:좀 |더 |조금 )*)흐리게", r"\1 \2흐릿하게"),  # no clouds
    # Words of several meanings, by what stands beside them.
    (rf"(?s)^(?=.*(?:{_FRUITS}))(.*?)(?<![가-힣])배{_BEHIND}", r"\1배열매"),
    (r"(?<![가-힣])눈(?=[을를]? ?비로)", "쌓인눈"),
    (r"(?<![가-힣])눈(?=[을은]? ?(?:좀 |다 |모두 )?(?:치우|치워|쓸|녹))", "쌓인눈"),
    (r"(?<![가-힣])눈(?= ?(?:위의?|속의?|밭|더미) )", "쌓인눈"),
    (rf"((?:하늘|배경)에 )눈{_BEHIND}", r"\1쌓인눈"),
    (
        rf"((?:{_GROUNDS}|잔디|잔디밭|모래|모래사장|(?<![가-힣])비|흙|풀|풀밭|배경|바다|강)"
        r"[을를은는]? (?:하얀 |흰 |쌓인 )*)눈(?=으로)",
        r"\1쌓인눈",
    ),
    (r"^눈(?=[을은]? ?(?:추가|넣|내려))", "쌓인눈"),
    (
        rf"((?:{_GROUNDS})(?: ?위)?(?:에|의) (?:쌓인 |있는 |하얀 |흰 )*)눈{_BEHIND}",
        r"\1쌓인눈",
    ),
    (
        rf"((?<![가-힣])(?:강|호수|바다)(?: ?위)?(?:에|의) ?(?:있는 |놓인 )?)다리{_BEHIND}",
        r"\1교량",
    ),
    (r"(커피를 (?:\S+ )?|[잔컵]에 (?:\S+ )?)차(?=[로를])", r"\1마실차"),
)
"""What is said in another way than the tables read it: patterns, and what stands in their place."""
_PATTERNS = [(re.compile(other), plain) for other, plain in _REWRITTEN]

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
# Of 네 모자 one has it, and of 네 사람 there are four.
_HAD = lex.WORN | lex.BODY | {"bag"}
_NUMBER = re.compile(r"(?<!\S)(두|세|네|다섯|여섯) (?=([가-힣]+))")
# 바꾸지 말고: a verb, and no noun such as 바지.
_NOT = re.compile(
    rf"(?<![가-힣])(?:{'|'.join([*VERB_OF_STEM, *ko.NOT_TO])})(?:하|시키)?지는? ?"
    "(?:말고|말아|않고|마세요|마시고|마십시오|마라|마)(?:줘|주세요)?요?(?![가-힣])"
)


def tidy(text: str) -> str:
    """The text, rewritten."""
    for other, plain in _PATTERNS:
        text = other.sub(plain, text)
    text = _CAUSED.sub(r"\1에게 \2 씌워줘", text)
    text = _HELD.sub(r"\1 씌워줘", _WEATHER.sub(r"\1\2", text))
    text = _NOT.sub(LEFT, text)
    text = _RANK.sub(lambda match: f"#{_number(match[1])} ", text)
    text = _COUNT.sub(_counted, text)
    return _NUMBER.sub(_counted, text)


def as_said(text: str) -> str:
    """A text that was rewritten, with its numbers as one would write them."""
    return COUNTED.sub(
        lambda found: f"{found[2]}{'번째' if found[1] == '#' else found[3] or '개'}", text
    )


def _counted(match: re.Match[str]) -> str:
    """A number with its counter, of which only those of people tell what is counted; a number
    without any, 두 남자, is one where a thing follows; but 네 모자 is "your hat"."""
    if match.re is _NUMBER:
        kind, noun, _ = look_up(match[2]) or ("", "", "")
        yours = match[1] == "네" and (is_garment(noun) or noun in _HAD)
        return f"={_number(match[1])} " if kind == "noun" and not yours else match[0]
    unit = {"명": "명", "사람": "사람"}.get(match[2], "")
    return f"={_number(match[1])}{unit} "


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else ko.NUMBERS[text]
