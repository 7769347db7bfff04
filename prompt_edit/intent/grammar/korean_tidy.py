"""A Korean instruction, rewritten before its words are read: text to text.

What is said in another way than the tables read it is said in theirs; a number and its counter
become one sign, and so does any verb of what is not to be done:

    모자말고 -> "모자 말고";  두 번째 -> "#2";  바꾸지 말고 -> "지말고"
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from ...nouns import plural
from . import korean_words as ko
from . import lexicon as lex
from .korean_endings import plain
from .korean_homonyms import BEHIND, HOMONYMS
from .korean_lookup import VERB_OF_STEM, look_up
from .korean_phrase import Phrase
from .words import is_garment

LEFT = "지말고"
"""Stands for any verb of what is not to be done."""
COUNTED = re.compile(r"([#=])(\d+)(명|사람)?")
"""A number, rewritten: "#2" is the second, "=3" three, "=3명" three people."""


def _rank(match: re.Match[str]) -> str:
    return {"첫": "첫", "둘": "두", "셋": "세", "넷": "네"}[match[1]] + " 번째"


def _both(match: re.Match[str]) -> str:
    """첫번째랑 세번째 사람: two of what follows."""
    noun = match[3]
    for cut in range(len(noun), 0, -1):
        if (look_up(noun[:cut]) or ("", "", "x"))[::2] == ("noun", ""):
            return f"{match[1]} {noun[:cut]}와 {match[2]} {noun}"
    return match[0]


def _many(match: re.Match[str]) -> str:
    """별 많이 그려줘: several of what can be counted."""
    for noun in (match[1], match[1].rstrip("을를")):
        english = ko.NOUNS.get(noun, "")
        if english:
            return noun if english in lex.FLUIDS or plural(english) == english else f"{noun}들"
    return match[0]


def _made_of(match: re.Match[str]) -> str:
    """유리로 된 컵, 빨간색으로 칠해진 벽: what something is of is how it looks."""
    kind, noun, role = look_up(match[1]) or ("", "", "x")
    looks = kind == "attribute" or noun in ko.STUFF
    made = "원목" if noun == "tree" else match[1]
    return made if looks and not role else match[0]


def _for_that(match: re.Match[str]) -> str:
    """치마 말고 바지로 바꿔줘: the skirt becomes the pants."""
    thing = (look_up(match[1]) or ("", "", "x"))[::2] == ("noun", "")
    *looks, _ = match[2].split()
    plain = all((look_up(each) or ("", "", "x"))[::2] == ("attribute", "") for each in looks)
    return f"{match[1]}를 {match[2]}" if thing and plain else match[0]


def _tree(match: re.Match[str]) -> str:
    """사과 나무: a tree that is called so."""
    return f"{match[1]}나무" if f"{match[1]}나무" in ko.NOUNS else match[0]


def _goal_last(match: re.Match[str]) -> str:
    """컵 색 바꿔줘 파랑으로: the goal, before its verb."""
    told = any(word.endswith("로") and word != "그대로" for word in match[1].split())
    return match[0] if told else f" {match[1]} {match[3]} {match[2]}"


_AGAIN = "(?:좀 |더 |조금 |살짝 )*"
_STILL = "벽|벽면|책상|테이블|탁자|식탁|선반|거실|방|건물|천장|기둥|협탁|교실|역"
_FEW = "한|두|세|네|다섯|\\d{1,2}"
_OF_THE_PHOTO = "(?:구도|화질|해상도|선명도|밝기|색감|채도|명도|대비|노출|초점)"
_REWRITTEN = (
    # What is of the whole photo stays anyway: 제품과 구도는 유지하고, 밝기는 그대로 두고.
    (rf"[와과랑] ?{_OF_THE_PHOTO}(?=[은는을를도]? ?(?:그대로|유지|건드리))", ""),
    (
        rf"(?<![가-힣]){_OF_THE_PHOTO}[은는을를도]? ?(?:그대로"
        r"(?: ?(?:두고|둔 채|하고|놔두고|유지하고))?|유지하고|유지한 채로?"
        r"|건드리지 말고)(?![가-힣]),? ?",
        "",
    ),
    # 컵, 접시 등을: "and the like".
    (
        r"((?:,|[와과랑]) ?[가-힣]+) 등(?=[을은도]? (?:다 |모두 |전부 )*"
        r"(?:지우|지워|제거|삭제|없애|치우|치워))",
        r"\1",
    ),
    (r"(?<![가-힣])(방울(?= 토마토)|물(?= 방울)|(?:발|눈물)(?= 자국)|티(?= 셔츠)) ", r"\1"),
    (r"(?<![가-힣])(케이크|피자|사과) (?=조각)", r"\1"),
    (r"(?<![가-힣])무지 (?=큰|작은|예쁜|긴|높은|넓은|귀여운|멋진|밝은|많은)", ""),
    (
        rf"(?<![가-힣])([가-힣]+) ({_FEW}) (컵|병|캔|접시|그릇|상자|봉지|바구니){BEHIND}",
        r"\1 \3 \2 개",  # 물 한 컵
    ),
    (
        r"(?<=[가-힣])(?<!그녀)(?<!(?<![가-힣])[그나저너])의 "
        r"(?=(?:옆|곁|앞|뒤|위|아래|밑|사이|왼쪽|오른쪽|안|속)에)",
        " ",
    ),
    (r"(?<![가-힣])(여자|남자) (?=아이(?!돌|콘|스)|친구)", r"\1"),
    (r"(?<![가-힣])([가-힣]{2,3}) 나무(?=[를을은는이가도만와과의에]|\s|$)", _tree),
    (r"(?<![가-힣])(경찰|쓰레기) (?=차(?![가-힣]{2})|봉투)", r"\1"),
    (r"(?<![가-힣])(?:개|강아지) 집(?=[을를은이도만의에]|\s|$)", "개집"),
    # 모자말고, 나빼고; but 바꾸지말고.
    (r"(?<=[가-힣])(?<!지)(말고|빼고|제외하고|대신)(?=\s|$)", r" \1"),
    (r"(?<![가-힣])저(?= ?(?:빼고|말고|제외))", "나"),
    (r"(?<![가-힣])입은(?= (?:그대로|작게|크게|빨갛게|건드리지))", "입도"),
    (r"다른 ?(?:건|것은|것들은|거는|부분은|곳은|데는)(?= )", "나머지는"),
    (r"나머지 ?(?:부분|것|것들|곳)(?=[은는을])", "나머지"),
    (r"(?<=[가-힣]) 둘(?=[을이만은과도](?:\s|$)|$| (?!다(?:\s|$)|모두|중))", " 두 개"),
    (r"(?<=[가-힣]) 둘(?= 중)", " 두 개"),
    (r"(?<=[가-힣]) 셋(?=[을이만은과도]?(?:\s|$))", " 세 개"),
    (r"(?<=[가-힣]) 넷(?=[을이만은과도]?(?:\s|$))", " 네 개"),
    (r"(꽃|줄|물방울|체크|호피|얼룩|격자) 무늬", r"\1무늬"),
    (rf"(?<![가-힣])([가-힣]+) ({_FEW}) ?조각(?=[을를은만도]?(?:\s|$))", r"\1조각 \2 개"),
    (rf"장미 ({_FEW}) ?다발(?=[을를은만도]?(?:\s|$))", r"장미다발 \1 개"),
    (rf"꽃 ({_FEW}) ?다발(?=[을를은만도]?(?:\s|$))", r"꽃다발 \1 개"),
    (r"(안개|구름|햇빛|햇살|단풍)[이가]? ?(?:끼|들)게(?= ?(?:해|하|만들))", r"\1 추가"),
    (r"^(비|눈)[이가]? ?(?:오|내리)게(?= ?(?:해|하|만들))", r"\1오는 풍경으로"),
    (r"(?<![가-힣])그(?=(?:위|아래|밑|옆|앞|뒤)에)", "그 "),
    (r"(?<![가-힣])(첫|둘|셋|넷)째(?=[^가-힣]|[를은는도만]\s)", _rank),
    (r"(왼쪽|오른쪽|위|아래|앞|뒤)부터", r"\1에서"),
    (r"(번째)에 ?(?:앉은|앉아 ?있는|있는|선|서 ?있는)(?= )", r"\1"),
    (r"((?:첫|두|세|네|\d) ?번째)(?:랑|와|하고) ?((?:두|세|네|다섯|\d) ?번째) (\S+)", _both),
    (r"(?:맨 )?(왼|오른)쪽 ?끝(?:에 ?있는|의)?(?= )", r"\1쪽"),
    (r"(?<![가-힣])모두(?:에게|한테)", "모든 사람에게"),
    (r"^전체적으로(?= (?:더 |좀 |조금 )*\S+게)", "사진을"),
    (r"([가-힣]+만) ?따(?=줘|주|내|고)", r"\1 오려"),
    (r"(?<![가-힣])안 ?(쓴|입은|신은|낀|찬|든)(?= )", r"안\1"),
    (r"(?<=[가-힣])[이가] 아니(?:라|고)(?= )", " 말고"),
    (r"(?<=[가-힣])[이가] 아닌(?= (?:[가-힣]+ )?[가-힣]+로(?:\s|$))", " 말고"),
    (r"(?<![가-힣])([가-힣]+?)으?로 (?:된|만든|만들어진|칠해진|칠한|도색된)(?= )", _made_of),
    (r"(?<![가-힣])([가-힣]+?)으?로 장식된(?= )", r"\1이 가득한"),
    (r"(무늬|체크|스트라이프|도트)[가이]? ?있는(?= )", r"\1"),
    (r"나비 넥타이", "나비넥타이"),
    (r"털색[깔상]", "털색"),
    (r"(시계|가방|카메라) 줄(?=[을이은만]|\s)", r"\1 끈"),
    (r"(이어폰|충전기|마이크) 줄(?=[을이은만]|\s)", r"\1 케이블"),
    (r"(?<![가-힣])([가-힣]+) (?:더 |아주 )?많이(?= )", _many),
    (r"(?:지우|없애|제거하|삭제하|바꾸|빼)는 대신에?", LEFT),
    (r"(?<![가-힣])불이? ?([켜꺼]진)", r"\1"),
    (
        r"(?<![가-힣])([가-힣]+) (?:말고|대신에?) ((?:[가-힣]+ )?[가-힣]+로)"
        r"(?= ?(?:바꿔|바꾸|변경|교체|해)|$)",
        _for_that,
    ),
    (
        r"(?:^|(?<=[.!?])\s+)([^.,!?]*?) (바꿔\S*|변경\S*|칠해\S*|염색\S*) ([가-힣]+로)(?=[.!?]|$)",
        _goal_last,
    ),
    (r"(?<![가-힣])키가? ?(?:큰(?= )|크고)", "키큰"),
    (r"(?<![가-힣])키가? ?작은(?= )", "키작은"),
    (r"(?<![가-힣])양 ?(?:쪽|옆|끝|편)(?: ?(?:의|에 ?있는|에 ?서 ?있는))?(?= )", "양쪽"),
    (rf"기장(?=[을은이만]? ?{_AGAIN}(?:길|짧|늘|줄|수선|그대로|무릎|발목))", "길이"),
    (
        rf"((?<![가-힣])(?:{_STILL})(?: ?위(?:에|의)?|에|의) ?(?:걸린 |걸려 ?있는 |있는 |놓인 "
        r"|단 |달린 |건 |붙은 |붙인 )?"
        r"(?:[가-힣]*[은는한운간란큰] )?)시계(?=[을를은는이가도만와과]|\s|$)",
        r"\1걸린시계",
    ),
    (r"(?<![가-힣])(벽|손목|탁상|알람) 시계", r"\1시계"),
    (rf"(?<![가-힣])시계(?=[을를]? ?{_AGAIN}(?:달아|걸어))", "걸린시계"),
    (r"(?<=차|스|럭) 앞 유리", " 앞유리"),
    (r"(자동차|(?<![가-힣])차|버스|트럭) ?(?:옆|뒷|뒤)? ?유리(?=[을를은는]|\s|$)", r"\1 창문"),
    (r"(?<![가-힣])불[을은]? ?(?=(?:좀 |다 |모두 |전부 )?[켜켠꺼끄끈])", "전등을 "),
    (rf"(?<=[가-힣]) 하나{BEHIND}", " 한 개"),
    (
        r"(?<![가-힣])([가-힣]+) (?:몇|여러|두어|두세|서너) ?"
        rf"(?:마리|개|명|그루|송이|대){BEHIND}",
        r"\1들",
    ),
    (r"(줄무늬|물방울무늬|꽃무늬)(?=[를을]? (?:넣|추가|그려|그리))", r"\1들"),
    (r"^누끼[를만]? ?(?:따|떠|내)[가-힣]*", "사람을 오려줘"),
    (r"누끼[를만]? ?(?:따|떠|내)(?=[가-힣])", "오려"),
    (r"([눈비])[이가]? ?(?:오|내리)는 것처럼", r"\1오는 풍경으로"),
    (r"(?<![가-힣])해(?=[를가는의]|에게| (?:추가|넣|그려))", "태양"),
    (r"(배경[을은도만]?) ?((?:좀 ?|더 ?|조금 ?)*)흐리게", r"\1 \2흐릿하게"),  # no clouds
)
"""What is said in another way than the tables read it: patterns, and what stands in their place."""


@cache  # when the first Korean sentence comes: it takes as long as reading the rest of the tables
def _patterns() -> list[tuple[re.Pattern[str], Any]]:
    return [(re.compile(other), said) for other, said in (*_REWRITTEN, *HOMONYMS)]


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
_HELD = re.compile(rf"(?<![가-힣])([가-힣]+(?<![이가])) {_WORN}")
_WEATHER = re.compile("(?<![가-힣])(비|눈)(?:[이가]|으로)? ?(오는|내리는|쌓인|덮인)")
_KNIT_SO = re.compile(r"(?<![가-힣])([가-힣]+) 니트(?=로)")
_KNIT = re.compile(r"(?<![가-힣])니트(?=[를는가만도에의과랑와]|\s*$|\s+([가-힣]+))")
_DONE = re.compile(
    r"(?<![가-힣])([가-힣]+?)[를을]? 한 (?=사람|남자|여자|아이|아기|소녀|소년|학생|강아지|고양이)"
)
_BELT = {"sword", "knife", "gun", "badge", "diaper"}
"""What one wears at the belt, or so, besides what is worn: 칼을 차게."""
# Of 네 모자 one has it, and of 네 사람 there are four.
_HAD = lex.WORN | lex.BODY | {"bag"}
_NUMBER = re.compile(r"(?<!\S)(한|두|세|네|다섯|여섯) (?=([가-힣]+))")
# 바꾸지 말고: a verb, and no noun such as 바지.
_NOT = re.compile(
    rf"(?<![가-힣])(?:{'|'.join([*VERB_OF_STEM, *ko.NOT_TO])})(?:하|시키)?(?:지는? ?"
    "(?:말고|말아|않고|마세요|마시고|마십시오|마라|마)(?:줘|주세요)?요?(?![가-힣])"
    "|면 안 ?[돼되된됩][가-힣]*)"
)


def tidy(text: str) -> str:
    """The text, rewritten."""
    text = plain(text)
    for other, said in _patterns():
        text = other.sub(said, text)
    text = _KNIT_SO.sub(_knit_so, _KNIT.sub(_knit, text))
    text = _DONE.sub(_worn, text)
    text = _CAUSED.sub(_put_on, text)
    text = _HELD.sub(_put_on, _WEATHER.sub(r"\1\2", text))
    text = _NOT.sub(LEFT, text)
    text = _RANK.sub(lambda match: f"#{_number(match[1])} ", text)
    text = _COUNT.sub(_counted, text)
    return _NUMBER.sub(_counted, text)


def _knit(match: re.Match[str]) -> str:
    """니트 is a sweater, or, where a thing follows, what that is of: 니트 원피스."""
    if match[1] in ko.HOLDING:  # 니트 입은 여자
        return "니트옷"
    kind, noun, _ = look_up(match[1] or "") or ("", "", "")
    of_it = kind == "noun" and noun not in lex.ASPECTS - {"material"} and noun not in ko.PARTS
    return match[0] if of_it else "니트옷"


def _knit_so(match: re.Match[str]) -> str:
    """셔츠를 니트로 is of knit, and 회색 니트로 a sweater."""
    looks = (look_up(match[1]) or ("", "", ""))[::2] == ("attribute", "")
    return f"{match[1]} 니트옷" if looks else match[0]


def _worn(match: re.Match[str]) -> str:
    """마스크 한 사람: who wears one, and not one person."""
    noun = (look_up(match[1]) or ("", "", ""))[1]
    return f"{match[1]} 착용한 " if is_garment(noun) or noun in lex.WORN else match[0]


def _put_on(match: re.Match[str]) -> str:
    """모자를 쓰게 해줘; but of 손을 들게 and 수박을 차게 nobody gets what is named."""
    thing = match[match.lastindex or 1]
    noun = (look_up(thing.rpartition(" ")[2]) or ("", "", ""))[1]
    cold = (
        re.search(r"차(?:게|도록)", match[0]) and not Phrase(noun).is_worn() and noun not in _BELT
    )
    if cold or not noun or noun in lex.BODY or noun in lex.FLUIDS or noun in ko.ALOFT:
        return match[0]
    return f"{match[1]}에게 {thing} 씌워줘" if match.lastindex == 2 else f"{thing} 씌워줘"


def _counted(match: re.Match[str]) -> str:
    """A number with its counter, of which only those of people tell what is counted; a number
    without any, 두 남자, is one where a thing follows; but 네 모자 is "your hat"."""
    if match.re is _NUMBER:
        kind, noun, _ = look_up(match[2]) or ("", "", "")
        yours = match[1] == "네" and (is_garment(noun) or noun in _HAD)
        return f"={_number(match[1])} " if kind == "noun" and not yours else match[0]
    if match[2] == "쌍":
        return f"={2 * _number(match[1])} "
    if match[2] == "켤레" and _number(match[1]) > 1:
        return match[0]  # three pairs are not three shoes
    unit = {"명": "명", "사람": "사람"}.get(match[2], "")
    return f"={_number(match[1])}{unit} "


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else ko.NUMBERS[text]
