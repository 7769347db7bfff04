"""The Korean words that the offline grammar knows, and their English."""

from __future__ import annotations

from pathlib import Path

from . import lexicon as lex
from .tables import listed, word_map, word_set

_MORE = Path(__file__).with_name("korean_nouns.tsv").read_text(encoding="utf-8")
"""Lines of a noun, a tab, and its English: what may be in a picture, or be wished into one."""
NOUNS = dict(line.split("\t") for line in _MORE.splitlines()) | word_map("""
    사람: person, 인물: person, 남자: man, 남성: man, 아저씨: man, 여자: woman, 여성: woman,
    아줌마: woman, 아가씨: woman, 소년: boy, 남자아이: boy, 소녀: girl, 여자아이: girl,
    아이: child, 아기: baby, 할머니: grandmother, 할아버지: grandfather, 엄마: mother,
    아빠: father, 친구: friend, 모델: model, 신부: bride, 신랑: groom, 군인: soldier,
    경찰: police officer, 머리카락 / 머리 / 헤어: hair, 머리띠: headband, 얼굴: face, 눈: eyes,
    코: nose, 입술: lips, 귀: ears, 손: hand, 팔: arm, 다리: legs, 발: feet, 손톱: fingernails,
    피부: skin, 목: neck, 수염 / 턱수염: beard, 콧수염: mustache, 눈썹: eyebrows, 어깨: shoulders,
    꼬리: tail, 옷: clothes, 드레스: dress, 원피스: dress, 티셔츠 / 티: t-shirt, 셔츠: shirt,
    블라우스: blouse, 자켓 / 재킷 / 쟈켓: jacket, 코트 / 외투: coat, 점퍼 / 잠바: jumper,
    줄무늬들: stripes, 물방울무늬들: polka dots, 꽃무늬들: flowers, 배열매: pear,
    쌓인눈: snow, 마실차: tea, 걸린시계: clock,
    스웨터: sweater, 후드티 / 후디: hoodie, 정장 / 양복: suit, 한복: hanbok, 기모노: kimono,
    교복: school uniform, 유니폼 / 제복: uniform, 조끼: vest, 바지: pants, 청바지: jeans,
    반바지: shorts, 치마 / 스커트: skirt, 미니스커트: mini skirt, 신발: shoes, 구두: dress shoes,
    운동화: sneakers, 부츠 / 장화: boots, 샌들: sandals, 양말: socks, 모자: hat,
    야구모자: baseball cap, 캡: cap, 헬멧: helmet, 왕관: crown, 안경: glasses,
    선글라스: sunglasses, 목도리 / 스카프: scarf, 장갑: gloves, 넥타이: tie, 벨트 / 허리띠: belt,
    목걸이: necklace, 귀걸이: earrings, 반지: ring, 시계: watch, 소매: sleeves, 단추: buttons,
    옷깃: collar, 주머니: pocket, 마스크: mask, 가방: bag, 배낭 / 백팩: backpack, 핸드백: handbag,
    지갑: wallet, 우산: umbrella, 강아지: dog, 개: dog, 고양이: cat, 새: bird, 말: horse, 소: cow,
    양: sheep, 토끼: rabbit, 곰: bear, 호랑이: tiger, 사자: lion, 여우: fox, 늑대: wolf,
    코끼리: elephant, 원숭이: monkey, 돼지: pig, 닭: chicken, 오리: duck, 물고기: fish,
    나비: butterfly, 용: dragon, 공룡: dinosaur, 유니콘: unicorn, 펭귄: penguin, 로봇: robot,
    자동차 / 차: car, 트럭: truck, 버스: bus, 기차: train, 자전거: bicycle, 오토바이: motorcycle,
    비행기: airplane, 배: boat, 바퀴: wheels, 창문: window, 문: door, 집: house, 건물: building,
    벽: wall, 지붕: roof, 울타리: fence, 다리미: iron, 길 / 도로: road, 거리: street,
    간판 / 표지판: sign, 가로등: street lamp, 의자: chair, 소파: sofa, 테이블 / 탁자: table,
    책상: desk, 침대: bed, 램프 / 전등: lamp, 커튼: curtain, 카펫: carpet, 거울: mirror,
    액자: frame, 컵: cup, 잔: glass, 머그컵: mug, 접시: plate, 병: bottle, 그릇: bowl, 책: book,
    펜: pen, 공: ball, 축구공: soccer ball, 상자 / 박스: box, 풍선: balloon, 인형: doll,
    깃발: flag, 전화기 / 핸드폰 / 휴대폰: phone, 컴퓨터: computer, 노트북: laptop, 카메라: camera,
    쓰레기: trash, 쓰레기통: trash can, 글자: letters, 글씨 / 텍스트: text, 로고: logo,
    워터마크: watermark, 꽃: flower, 장미: rose, 나무: tree, 잔디: grass, 풀: grass, 잎: leaves,
    산: mountain, 바위: rock, 하늘: sky, 구름: cloud, 태양: sun, 달: moon, 별: star,
    무지개: rainbow, 바다: sea, 해변 / 바닷가: beach, 강: river, 호수: lake, 숲: forest,
    사막: desert, 도시: city, 눈밭: snow field, 들판: field, 공원: park, 정원: garden,
    우주: outer space, 교실: classroom, 사무실: office, 카페: cafe, 방: room, 바닥: floor,
    밤하늘: night sky, 설산: snowy mountain, 노을 / 석양: sunset, 사과: apple, 오렌지: orange,
    바나나: banana, 포도: grapes, 딸기: strawberry, 수박: watermelon, 케이크: cake, 빵: bread,
    피자: pizza, 커피: coffee, 음식: food, 물: water, 그림자: shadow,
    사진 / 그림 / 이미지 / 화면: picture, 배경 / 뒷배경: background,
    색 / 색깔 / 색상 / 컬러: color, 스타일 / 느낌 / 풍: style, 재질 / 소재: material,
    무늬 / 패턴: pattern, 수채화: watercolor painting, 유화: oil painting, 만화: comic,
    애니메이션: anime, 스케치: sketch, 연필화: pencil sketch, 수묵화: ink wash painting,
    나머지: rest, 밤: night, 겨울: winter, 여름: summer, 봄: spring, 가을: autumn,
    길이: length, 크기: size, 고흐: van gogh, 지브리: ghibli, 헤어스타일: hair,
    이것 / 그것 / 이거 / 그거 / 저것 / 저거: it, 이것들 / 그것들 / 저것들: them, 전체: everything
""")
ATTRIBUTES = word_map("""
    빨간 / 빨강 / 빨간색 / 빨강색 / 붉은 / 붉은색 / 적색 / 빨갛게: red, 파란 / 파랑 / 파란색 /
    파랑색 / 푸른 / 푸른색 / 청색 / 파랗게: blue, 노란 / 노랑 / 노란색 / 노랑색 / 노랗게: yellow,
    초록 / 초록색 / 녹색 / 그린: green, 연두 / 연두색: light green, 청록 / 청록색: teal, 하늘색: sky
    blue, 남색 / 네이비: navy, 보라 / 보라색 / 자주색 / 자색: purple, 분홍 / 분홍색 / 핑크 / 핑크색:
    pink, 주황 / 주황색 / 오렌지색: orange, 갈색 / 밤색: brown, 회색 / 그레이: gray, 하얀 / 하얀색 /
    하양 / 흰 / 흰색 / 백색 / 하얗게: white, 검은 / 검은색 / 검정 / 검정색 / 까만 / 까만색 / 까맣게
    / 검게: black, 금색 / 황금색: gold, 은색: silver, 베이지 / 베이지색: beige, 와인색: burgundy,
    카키 / 카키색: khaki, 블랙 / 블랙색: black, 화이트 / 화이트색: white, 레드: red, 블루: blue,
    옐로우 / 옐로: yellow, 골드: gold, 실버: silver, 브라운: brown, 퍼플: purple, 코랄 / 코랄색:
    coral, 버건디 / 버건디색: burgundy, 민트그린: mint green, 원목 / 우드: wooden, 도트 / 도트무늬:
    dotted, 스트라이프 / 스트라이프무늬: striped, 금발: blond, 무지개색: rainbow, 흑백: black and
    white, 매끈한 / 매끈하게 / 매끄러운 / 매끄럽게: smooth, 세피아: sepia, 투명 / 투명한 / 투명하게:
    transparent, 밝은: light, 어두운: dark, 연한: light, 진한 / 짙은: dark, 밝게: brighter, 어둡게:
    darker, 긴 / 길게 / 길고: long, 짧은 / 짧게 / 짧고: short, 큰 / 크게 / 크고: big, 작은 / 작게 /
    작고: small, 넓은: wide, 좁은: narrow, 높은: tall, 두꺼운 / 두껍게: thick, 얇은 / 얇게: thin,
    새로운: new, 오래된 / 낡은: old, 젊은 / 젊게: young, 늙은 / 늙게: old, 귀여운 / 귀엽게: cute,
    예쁜 / 예쁘게: pretty, 둥근 / 둥글게: round, 곱슬 / 곱슬머리 / 곱슬하게 / 곱슬곱슬하게: curly,
    단발 / 단발머리: bob, 생머리: straight, 반짝이는 / 반짝이게: shiny, 따뜻한 / 따뜻하게: warm,
    눈덮인: snowy, 줄무늬: striped, 체크 / 체크무늬: checkered, 꽃무늬: floral, 물방울 / 물방울무늬
    / 땡땡이: polka dot, 민무늬 / 무지: plain, 호피 / 호피무늬: leopard print, 맑은 / 맑게 / 쾌청한:
    clear, 흐린 / 흐리게: cloudy, 흐릿한 / 흐릿하게 / 뿌옇게: blurry, 무광 / 무광의: matte, 유광 /
    유광의: glossy, 푸르게: green, 현대적인 / 모던한 / 현대식: modern, 미래 / 미래적인 / 미래형:
    futuristic, 고급 / 고급스러운 / 럭셔리한: luxury, 우아한 / 우아하게: elegant, 화려한 / 화려하게:
    fancy, 심플한 / 단순한: simple, 깔끔한 / 깨끗한 / 깨끗하게: clean, 더러운: dirty, 파스텔 /
    파스텔톤: pastel, 메인: main, 노출: exposed, 티크: teak, 전통 / 전통적인: traditional, 빈티지 /
    빈티지한: vintage, 캐주얼 / 캐주얼한: casual, 멋진 / 멋있는: stylish, 아름다운: beautiful,
    무서운: scary, 행복한: happy, 슬픈: sad, 젖은: wet, 마른: thin, 뚱뚱한: fat, 부드러운: soft,
    거친: rough, 날카로운: sharp, 뾰족한: pointy, 네모난: square, 동그란: round, 화창한: sunny,
    비오는: rainy, 눈오는 / 눈내리는 / 눈쌓인: snowy, 푸르른: green, 차가운 / 시원한: cool, 어린:
    young, 부서진 / 깨진: broken, 열린: open, 닫힌: closed, 텅빈 / 빈: empty, 가득찬: full, 나무로된
    / 목재: wooden, 민소매: sleeveless, 반팔: short-sleeved, 긴팔: long-sleeved, 형광 / 형광색:
    neon, 민트 / 민트색: mint, 살구색: peach, 아이보리 / 아이보리색 / 상아색: ivory, 자줏빛: purple,
    올리브색: olive, 군청색: navy, 구리색: copper, 가죽: leather, 데님 / 청: denim, 실크 / 비단:
    silk, 웨이브 / 웨이브진 / 구불구불한 / 구불구불하게: wavy, 낮은: low, 진하게: darker, 연하게:
    lighter, 면: cotton, 울 / 양털: wool, 니트: knitted, 털: fur, 레이스: lace, 벨벳: velvet, 금속:
    metal, 철: iron, 유리: glass, 플라스틱: plastic, 종이: paper, 돌: stone, 대리석: marble, 황금 /
    금: gold, 은: silver, 다른: other
""")
HAIRDOS = word_set("curly, straight, blond, bob, wavy")
"""Attributes whose Korean word means the hair with them."""
COMPARATIVES = word_map("""
    long: longer, short: shorter, big: bigger, small: smaller, thick: thicker, thin: thinner,
    wide: wider, narrow: narrower, young: younger, old: older, dark: darker, light: lighter,
    cute: cuter, pretty: prettier, tall: taller, brighter: brighter, darker: darker
""")
SUPERLATIVES = word_map("big: largest, small: smallest")
PLACES = word_map("""
    옆 / 곁 / 근처 / 가까이: next to, 위 / 위쪽 / 상단: on, 아래 / 아래쪽 / 밑 / 하단: below,
    안 / 속 / 안쪽: in, 왼쪽 / 왼편 / 좌측: left of, 오른쪽 / 오른편 / 우측: right of,
    앞 / 앞쪽: in front of, 뒤 / 뒤쪽 / 뒷쪽: behind, 가운데 / 중앙 / 중간: middle, 사이: between,
    맨위: on, 맨아래: below, 왼: left of, 오른: right of, 좌상단 / 좌측상단: top left,
    우상단 / 우측상단: top right, 좌하단 / 좌측하단: bottom left, 우하단 / 우측하단: bottom right
""")
SIDES = word_map("""
    on: at the top, below: at the bottom, left of: on the left, right of: on the right,
    middle: in the middle, top left: in the top left, top right: in the top right,
    bottom left: in the bottom left, bottom right: in the bottom right
""")
CORNERS = {
    frozenset(("left of", "on")): "top left",
    frozenset(("right of", "on")): "top right",
    frozenset(("left of", "below")): "bottom left",
    frozenset(("right of", "below")): "bottom right",
}
"""Two sides that are named one after the other, as in 왼쪽 위."""
DEPTHS = {"behind": "in the background", "in front of": "in the foreground"}
"""Where that is of which nothing is named: 뒤에, and not 컵 뒤에."""
HOLDING = word_set("""
    입은, 입고, 쓴, 쓰고, 신은, 신고, 든, 들고, 들린, 찬, 가진, 멘, 메고, 맨, 안은, 안고, 착용한,
    낀, 끼고
""")
LIVING = word_set("""
    dog, puppy, cat, kitten, horse, rabbit, bear, lion, tiger, bird, monkey, elephant, fox, wolf,
    pig, cow, sheep, penguin, duck, mouse, doll, robot, snowman, man, woman, boy, girl, child, baby
""")
"""Who can wear something."""
SOMEBODY = word_set("""
    police officer, soldier, doctor, nurse, teacher, student, chef, character, firefighter, worker,
    farmer, driver, pilot, clown
""")
"""Who can wear something, besides those whom English knows for persons."""
ANIMALS = (LIVING - lex.PERSONS) | word_set("squirrel, deer, goat, chicken")
"""Who has fur, or no clothes to change."""
PUT_ON = lex.WORN | word_set("leash, collar, ribbon, bow, bow tie, backpack, harness")
OUTFITS = lex.OUTFITS | word_set("swimsuit, bikini")
"""What somebody who is turned into it can only wear: 남자를 정장으로."""
LENDERS = word_set("person, man, woman, mother, father, friend, people")
"""Whose things stay theirs: of 산타 모자 there can be another, of 남자 안경 not."""
HOLDS = word_set("""
    sofa, bed, house, building, room, car, table, desk, kitchen, living room, bedroom, shelf, truck,
    bus, box, cake, tree, garden
""")
"""Of what the next thing may be a part: 소파 회색 쿠션."""
PARTS = word_set("""
    buttons, sleeves, collar, pocket, zipper, ribbon, lace, logo, letters, text, wheels, tires,
    headlights, roof, window, door, chimney, handle, lid, strap, leaves, branch
""")
"""What is of the thing before it, however that looks: 빨간 차 검은 바퀴."""
ON_FLOORS = word_set("""
    sofa, couch, bookshelf, bookcase, chair, table, desk, bed, wardrobe, closet, cabinet, bench,
    chest of drawers, dresser, piano, refrigerator, potted plant, nightstand, armchair, bicycle
""")
"""What stands beside a wall, and does not hang on it."""
NAMES_IN_N = word_set("그린, 브라운, 올리브그린, 민트그린")
"""Names of colors with the ending of a verb that stands before a noun."""
STANDING = word_set(
    "있는, 있던, 놓인, 놓여, 걸린, 달린, 쌓인, 세워진, 앉은, 앉아, 선, 서, 서있는, 보이는"
)
OWNERS = word_map("내 / 나 / 제 / 우리 / 너 / 네 / 당신: my, 그녀: her, 그: his")
ALL = word_set("모든, 모두, 전부, 다, 각, 싹, 전체적으로")
AND = word_set("그리고, 및")
BOTH = word_set("양쪽")
TWO = word_set("둘, 둘을, 둘이")
AS_IS = word_set("그대로, 그대로만")
STAYING = word_set("있고, 있게, 있도록, 인채로, 채로, 채, 살리고, 살려서, 살리면서, 살린")
"""What may be said of a thing behind 그대로, besides verbs of leaving and keeping."""
MOST = word_set("가장, 제일, 맨")
MORE = word_set("더, 좀더, 조금더")
EXCEPT = word_set("빼고, 빼곤, 뺀, 제외하고, 제외하고는, 제외한, 제외하면, 제외, 말고, 외에")
NUMBERS = {
    word: number
    for number, names in enumerate(
        listed("한/첫, 두, 세, 네, 다섯, 여섯, 일곱, 여덟, 아홉, 열"), start=1
    )
    for word in names.split("/")
}
COUNTERS = listed("개, 명, 마리, 대, 벌, 송이, 장, 권, 잔, 그루, 사람")
ENDINGS = (
    "(?:하|해|한|할|하여|했|시켜|시키|어|아|여|워|려)?(?:내|놓|놔|버려)?"
    "(?:고|서|면서|면|기|되|지만|는|은|을|자|라|렴|게|도록|다)?(?:줘|주|줄|주실|줬으면|달라)?"
    "(?:고|세요|실래요|실래|래요|래|시겠어요|십시오|라|면|길|시면|시고|요|겠니|까요|까)?"
)
"""What may follow a verb's stem, as a flat regular expression: tense, linking, politeness."""
NOT_TO = word_set("건드리, 건들, 만지, 손대, 바뀌, 변하")
"""Verbs that say only what is not to be done."""
AMONG = word_set("중, 중에, 중에서, 가운데서")
"""Behind what there is several of: 공 세 개 중 왼쪽 것."""
ANY_OF_THEM = word_set("것, 거, 쪽, 애, 놈")
"""Stand for what there is several of."""
SPOTS = word_set(
    "자리에, 자리에다, 자리에다가, 위치에, 거기에, 거기에다, 거기다, 거기다가, 그곳에, 제자리에"
)
"""Where something stood that goes."""
CONTRACTED = word_map("""
    저를: 나를, 저만: 나만, 저한테: 나한테, 저에게: 나에게, 저는: 나는, 이걸 / 요걸: 이것을, 그걸:
    그것을, 저걸: 저것을, 이건: 이것은, 그건: 그것은, 저건: 저것은
""")
PARTICLES = {
    **dict.fromkeys(
        ("을", "를", "은", "는", "이", "가", "도", "만", "만을", "들을", "만은"), "object"
    ),
    **dict.fromkeys(("으로", "로", "처럼", "같이", "으로만", "로만"), "goal"),
    **dict.fromkeys(("에", "에다", "에다가", "에는", "에만", "에도"), "place"),
    **dict.fromkeys(
        ("에게", "한테", "께", "에게만", "한테만", "에게도", "한테도", "에게는", "한테는", "한텐"),
        "receiver",
    ),
    **dict.fromkeys(("에서", "에게서", "한테서"), "source"),
    **dict.fromkeys(("와", "과", "랑", "이랑", "하고"), "and"),
    "의": "owner",
}
VERBS: dict[str, frozenset[str]] = {
    "change": word_set("""
        바꾸, 바꿔, 바꿀, 바꾼, 바꿨, 변경, 변환, 교체, 대체, 수정, 변신, 전환, 만들, 만드, 칠,
        색칠, 칠해, 염색, 물들, 채색, 처리, 고치, 고쳐, 돌려
    """),
    "do": word_set("하, 해, 할, 했"),
    "remove": word_set("""
        지우, 지워, 지운, 지울, 없애, 없앤, 없앨, 제거, 삭제, 빼, 뺄, 뺀, 벗기, 벗겨, 벗긴, 치우,
        치워
    """),
    "add": word_set("""
        추가, 넣, 걸어, 걸, 심어, 심, 그리, 그려, 그린, 얹, 붙이, 붙여, 삽입, 달아, 더해, 생성,
        뿌려, 뿌리, 꽂아, 꽂
    """),
    "place": word_set("올리, 올려, 놓, 놔, 세워, 배치, 띄워, 띄우"),
    "seat": word_set("앉혀, 앉히, 눕혀, 눕히"),
    "lay": word_set("깔아, 깔"),
    "cover": word_set("덮어, 덮, 발라, 바르"),
    "fill": word_set("채우, 채워"),
    "hide": word_set("가려, 가리"),
    "shorten": word_set("줄여, 줄이"),
    "lengthen": word_set("늘려, 늘리"),
    "enlarge": word_set("키워, 키우"),
    "whiten": word_set("미백"),
    "tint": word_set("썬팅, 선팅, 틴팅"),
    "smooth out": word_set("펴, 다려, 다리"),
    "shave": word_set("밀어, 깎아, 면도"),
    "put on": word_set("""
        씌우, 씌워, 씌운, 입히, 입혀, 입힌, 신기, 신겨, 신긴, 끼우, 끼워, 들려, 쥐여, 걸쳐, 매,
        둘러
    """),
    "dress": word_set("갈아입히, 갈아입혀, 갈아입"),
    "turn on": word_set("켜, 켠"),
    "turn off": word_set("꺼, 끄, 끈"),
    "open": word_set("열어, 열"),
    "close": word_set("닫아, 닫"),
    "empty": word_set("비우, 비워"),
    "clean": word_set("닦아, 닦, 청소"),
    "extract": word_set("오려, 오리, 잘라내, 잘라, 추출, 분리, 따내, 도려내, 누끼"),
    "keep only": word_set("남기, 남겨, 남긴"),
    "keep": word_set("두, 둬, 놔두, 놔둬, 유지, 보존, 냅두, 냅둬"),
    "select": word_set("선택, 골라, 고르, 고른, 찾아"),
}
BY_GOAL: dict[str, tuple[str, str, str]] = {
    "dress": ("dress", "dress", "put on"),
    "lay": ("change", "change", "add"),
    "cover": ("change", "on", "add"),
    "fill": ("change", "in", "put on"),
    "hide": ("", "on", ""),
}
"""Verbs that mean one thing with a look (벽을 흰색으로), another with a thing that the look is of
(방을 풍선으로: balloons go into the room), and a third without any; none for what says too little.
"""
LOOKS_OF_VERBS: dict[str, dict[str, str]] = {
    "shorten": word_map("length: shorter, size: smaller, width: narrower"),
    "lengthen": word_map("length: longer, size: bigger, width: wider"),
    "enlarge": {"*": "bigger"},
    "whiten": word_map("teeth: whiter, skin: brighter, face: brighter"),
    "tint": word_map("window / windows / windshield / car windows: darker"),
}
"""How a thing looks after it was done, by what it is; "*" is any."""
TAKEN_AWAY: dict[str, frozenset[str]] = {
    "smooth out": word_set("wrinkles, wrinkle, crease, creases"),
    "shave": word_set("beard, mustache, sideburns, stubble, leg hair, chest hair, armpit hair"),
}
"""What is gone after it was done."""
NOT_READ = {
    **dict.fromkeys(
        ("앞줄", "뒷줄", "윗줄", "아랫줄", "첫줄", "줄"),
        "I cannot tell rows apart; say which ones by their place, such as “왼쪽에서 두 번째”",
    ),
    **dict.fromkeys(
        ("마지막", "맨끝", "끝"),
        "it does not say from where; say “맨 왼쪽” or “맨 오른쪽”",
    ),
    **dict.fromkeys(
        ("양쪽에", "양쪽으로", "양쪽을", "양쪽의"),
        "say them one by one, such as “왼쪽에” and “오른쪽에”",
    ),
    "서로": "things cannot be exchanged; say what each of them should become",
}
"""Words that cannot be read, and why."""
FILLERS = word_set("""
    좀, 조금, 제발, 혹시, 그냥, 한번, 또, 또한, 그다음, 다음, 다음에, 그런, 그럼, 먼저,
    우선, 주세요, 줘, 줘요, 주라, 줄래, 줄래요, 주실래요, 주실, 주시겠어요, 주시면, 주십시오, 수,
    있나요, 있을까요, 있어, 있어요, 있니, 있습니까, 싶어, 싶어요, 싶습니다, 싶다, 싶은데, 부탁,
    부탁해, 부탁해요, 부탁드려요, 부탁드립니다, 부탁드릴게요, 감사합니다, 감사해요, 고마워,
    고마워요, 고맙습니다, 안녕, 안녕하세요, 될까요, 되나요, 돼, 돼요, 됩니다, 후, 후에, 나서,
    볼래, 봐, 봐줘, 보세요, 원해, 원해요, 원합니다, 이, 그, 저, 저기, 여기, 여기서, 여기에서,
    같은, 만큼, 주고, 주시고, 내고, 이제, 줄, 꼭, 아주, 매우, 정말, 확, 원래, 반드시,
    훨씬, 완전히, 전혀, 살짝, 자연스럽게, 절대, 절대로
""")
AS_PLACE = {"hair": "head"}
"""머리 is the hair, but what is put on it is put on the head."""
INSTEAD = word_set("대신, 대신에")
MODIFIERS = word_set("night, winter, summer, spring, autumn, city, sunset, santa")
"""Nouns that tell which where a noun follows with nothing between: 밤 풍경 is a night landscape."""
OF_WOOD = word_set("""
    floor, table, chair, fence, door, bench, box, desk, shelf, bridge, wall, window frame, spoon,
    bowl, bed, stairs, frame, house, cabin, plate, tray
""")
"""나무 is a tree, or, where one of these becomes it, what they are made of."""
OF_TREES = word_set("""
    leaf, leaves, branch, trunk, root, bark, fruit, shadow, shade, flower, blossom, stump, forest,
    top, ornament, house, nest, swing, silhouette, reflection
""")
"""What is of a tree, where 나무 stands before it; before all else it is what that is made of."""
_PAIRED = (
    word_map("""
        man / groom / dad / father / grandpa / grandfather / husband: m,
        woman / bride / mom / mother / grandma / grandmother / wife: w
    """),
    word_map("dog: d, cat: c, bird: b, horse: h, rabbit: r, cow: o, pig: p, sheep: s, duck: u"),
)


def is_pair(first: str, second: str) -> bool:
    """Whether two nouns with nothing between are two things: of 신랑 신부 she is not his."""
    return any(first in kind and second in kind and kind[first] != kind[second] for kind in _PAIRED)


JUXTAPOSED = {"bird": "new", "brick": "brick", "christmas": "christmas"}
"""Nouns that are adjectives where a noun follows with nothing between: 새 is a bird, or new."""
STUFF = {"brick": "brick", "tree": "wooden"}
"""Nouns that tell what the noun behind them is made of, or what the one before shall be of."""
INSIDE = word_set("""
    sky, room, water, sea, river, lake, street, forest, background, garden, park, living room,
    bedroom, kitchen, bathroom, classroom, office, cafe, yard
""")
AROUND = INSIDE | word_set("grass, floor, field, beach, ground")
"""Where the next thing may be, however that looks: 푸른 잔디 빨간 꽃."""
