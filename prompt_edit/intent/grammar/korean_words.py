"""The Korean words that the offline grammar knows, and their English."""

from __future__ import annotations

from pathlib import Path

from . import lexicon as lex
from .tables import listed, word_map, word_set


def _table(file: str) -> dict[str, str]:
    """Lines of a Korean word, a tab, and its English."""
    lines = Path(__file__).with_name(file).read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines)


NOUNS = _table("korean_nouns.tsv")
"""What may be in a picture, or be wished into one."""
ATTRIBUTES = _table("korean_attributes.tsv")
"""How a thing may look."""
STUFF_IN_ONE = word_set("청, 철, 은, 금, 면, 털, 돌, 울")
"""Stuffs of one syllable, which begin many other words."""
STUFF_ALONE = word_set("paper, glass, stone, lace, fur, leather, metal")
"""Stuffs that are things as well, where no thing is named that is of them."""
MADE = word_set("""
    window, bridge, spoon, chopsticks, fork, knife, can, pen, wire, fence, gate, key, coin, medal,
    trophy, bracelet, accessory, jewelry, statue, pipe, roof, sword, ball, tower, wall, lion statue,
    chair, pole, tray, button, chain, teeth, tooth, line, crown, stairs, house, thread
""")
"""What may be of metal, stone, cotton, or fur, besides what is worn or holds things."""
NO_VERBS = word_set("두, 두어, 떼, 메, 매, 담, 쌓")
"""Stems that are other words where no ending follows: two, a herd."""
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
    앞 / 앞쪽: in front of, 뒤 / 뒤쪽 / 뒷쪽: behind, 사이: between,
    가운데 / 중앙 / 중간 / 한가운데 / 정가운데 / 정중앙: middle,
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
    낀, 끼고, 탄, 타고, 타는, 물고, 쥔, 잡은, 잡고, 두르고
""")
ONES_OWN = word_set(
    "입은, 입고, 쓴, 쓰고, 신은, 신고, 든, 들고, 들린, 멘, 메고, 맨, 안은, 안고, 낀, 끼고"
)
"""Of those, what somebody who is not named may do with what follows: 들고 있는 컵."""
RIDING = word_set("탄, 타고, 타는")
"""Of those, what is done with a thing that is not one's own: 사람이 탄 배."""
BOARDED = word_set("""
    car, taxi, bus, minibus, truck, van, jeep, limousine, ambulance, train, tram, carriage, boat,
    ship, ferry, yacht, sailboat, canoe, kayak, raft, submarine, airplane, helicopter, rocket,
    spaceship, balloon, tractor, tank, elevator, ferris wheel, stroller, wheelchair
""")
"""In which somebody sits who 탄 is said of."""
MOUNTED = word_set("""
    bicycle, motorcycle, bike, scooter, skateboard, snowboard, surfboard, paddleboard, skis, sled,
    swing, seesaw, slide, carousel, roller coaster, jet ski, tube
""")
"""On which somebody sits or stands who 탄 is said of, besides animals."""
EMBRACING = word_set("안은, 안고, 잡은, 잡고, 물고")
"""Of those, what may be done with somebody: 아이와 강아지를 안은 여자."""
BEARING = word_set("""
    꽂은, 얹은, 씌운, 입힌, 신긴, 심은, 넣은, 붙인, 올린, 올려놓은, 올려둔, 놓은, 놓아둔, 걸친,
    두른, 단, 매단, 담은, 뿌린, 바른, 덮은, 걸어둔, 걸어놓은, 채운, 건
""")
"""What was put on a thing tells which one it is, or where that is: 꽃을 꽂은 꽃병, 벽에 붙인
포스터."""
TIED = word_set("tie, bow tie, ribbon, scarf, belt, seat belt, bag, backpack, apron, guitar")
"""What somebody wears who 맨 is said of, which else is "most"."""
GOING_ON = word_set("""
    다음, 뒤, 후, 이후, 직후, 자리, 곳, 대신, 게, 거, 것, 걸, 건, 김, 상태, 채, 동안, 중, 데, 즉시
""")
"""Behind a verb in the form that stands before a noun: what it says is done, 지운 다음."""
LIVING = word_set("""
    dog, puppy, cat, kitten, horse, rabbit, bear, lion, tiger, bird, monkey, elephant, fox, wolf,
    pig, cow, sheep, penguin, duck, mouse, doll, robot, snowman, man, woman, boy, girl, child, baby,
    poodle, maltese dog, shiba inu, jindo dog, pomeranian, retriever, golden retriever, husky,
    chihuahua, dachshund, bulldog, beagle, welsh corgi, bichon, yorkshire terrier, shih tzu,
    siamese cat, stray cat
""")
"""Who can wear something."""
SOMEBODY = word_set("""
    police officer, soldier, doctor, nurse, teacher, student, chef, character, firefighter, worker,
    farmer, driver, pilot, clown
""")
"""Who can wear something, besides those whom English knows for persons."""
ANIMALS = (LIVING - lex.PERSONS) | word_set("""
    squirrel, deer, goat, chicken, giraffe, zebra, camel, panda, koala, kangaroo, hippo, rhino,
    crocodile, snake, frog, shark, whale, dolphin, donkey, goose, swan, owl, eagle, parrot, pigeon,
    sparrow, crow, seagull, peacock, ostrich, hamster, turtle, hedgehog, dinosaur, dragon, unicorn
""")
"""Who has fur, or no clothes to change."""
MADE_UP = word_set("makeup, lipstick, blush, nail art, nail polish, mascara, eye shadow, eyeliner")
"""What somebody gets who 해줘 is said of, besides clothes."""
GROWN = word_set("beard, mustache, bangs, horns, wings, whiskers, mane, beak, claws")
"""What is of somebody or of an animal, besides its body."""
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
    buttons, sleeves, collar, brim, pocket, zipper, ribbon, lace, logo, letters, text, wheels,
    tires, headlights, roof, window, door, chimney, handle, lid, strap, leaves, branch
""")
"""What is of the thing before it, however that looks: 빨간 차 검은 바퀴."""
ON_FLOORS = word_set("""
    sofa, couch, bookshelf, bookcase, chair, table, desk, bed, wardrobe, closet, cabinet, bench,
    chest of drawers, dresser, piano, refrigerator, potted plant, nightstand, armchair, bicycle
""")
"""What stands beside a wall, and does not hang on it."""
NAMES_IN_N = word_set("그린, 브라운, 올리브그린, 민트그린")
"""Names of colors with the ending of a verb that stands before a noun."""
STANDING = word_set("""
    가득한, 많은, 있는, 있던, 놓인, 놓여, 놓여있는, 걸린, 걸려, 걸려있는, 달린, 달려, 달려있는,
    쌓인, 쌓여, 세워진, 앉은, 앉아, 앉아있는, 선, 서, 서있는, 누운, 누워, 누워있는, 보이는, 담긴,
    담겨, 꽂힌, 꽂혀, 뜬, 떠, 떠있는, 붙은, 붙어, 붙어있는, 붙여진, 그려진, 그려져, 주차된,
    주차되어, 덮인, 묻은, 떨어진, 떨어져, 올려진, 올려져, 매달린, 매달려, 비친, 심어진, 새겨진,
    적힌, 쓰인, 깔린, 피어, 난
""")
POSTURES = word_set("앉은, 앉아, 앉아있는, 선, 서, 서있는, 누운, 누워, 누워있는")
"""Of those, what somebody does."""
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
        listed("한/첫, 두, 세, 네, 다섯, 여섯, 일곱, 여덟, 아홉, 열, 열한, 열두"), start=1
    )
    for word in names.split("/")
}
COUNTERS = listed("개, 명, 마리, 대, 벌, 송이, 장, 권, 잔, 그루, 사람, 채, 척, 켤레, 짝, 쌍, 자루")
ENDINGS = (
    "(?:하|해|한|할|하여|했|시켜|시키|어|아|여|워|려(?=고|면))?(?:내|놓|놔|버려)?"
    "(?:고|서|면서|면|기|되|지만|는|은|을|자|라|렴|게|도록|다|야|봐|도)?"
    "(?:줘|주|줄|주실|준|주신|줬으면|달라)?(?:고|세요|세용|세여|세염|실래요|실래|래요|래|시겠어요|"
    "십시오|라|면|길|시길|기|시기|시면|시고|요|용|염|여|죠|봐|겠니|까요|까)?"
)
"""What may follow a verb's stem, as a flat regular expression: tense, linking, politeness."""
NOT_TO = word_set("건드리, 건들, 만지, 손대, 바뀌, 변하")
"""Verbs that say only what is not to be done."""
AMONG = word_set("중, 중에, 중에서, 가운데서")
"""Behind what there is several of: 공 세 개 중 왼쪽 것."""
ANY_OF_THEM = word_set("것, 거, 쪽, 애, 놈")
"""Stand for what there is several of."""
UNREAD = {
    stem: why
    for stems, why in (
        (
            "확대 축소 크롭 줌인 줌아웃 회전 반전 뒤집 여백 좌우 상하 정사각형 구도",
            "pictures are not cropped, scaled, or turned here",
        ),
        ("옮기 옮겨 이동 꺼내", "things cannot be moved; remove it, and add it where it shall be"),
        (
            "보정 화질 선명 해상도 밝기 복원 모자이크 블러 합성 노이즈 대비 채도 명도 흔들림 색감",
            "that is of the whole photo, and no thing in it; name a thing, and how it should look",
        ),
        ("복사 복제", "I cannot copy what is there; name what to add, and how it should look"),
        ("되돌려 되돌리 취소", "nothing is done yet that could be undone; leave it out"),
    )
    for stem in stems.split()
}
"""Stems of words that cannot be read, in any of their endings, and why."""
SPOTS = word_set("""
    자리에, 자리에다, 자리에다가, 위치에, 거기에, 거기에다, 거기다, 거기다가, 그곳에, 곳에, 제자리에
""")
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
        바꾸, 바꿔, 바꿀, 바꾼, 바꿨, 변경, 변환, 교체, 교환, 대체, 수정, 변신, 전환, 칠, 색칠,
        칠해, 염색, 물들, 채색, 도색, 페인트칠, 랩핑, 래핑, 코팅, 처리, 고치, 고쳐, 돌려
    """),
    "make": word_set("만들, 만드"),
    "do": word_set("하, 해, 할, 했, 한"),
    "remove": word_set("""
        지우, 지워, 지운, 지울, 없애, 없앤, 없앨, 제거, 삭제, 빼, 뺄, 뺀, 벗기, 벗겨, 벗긴,
        떼, 떼어, 뗀, 뜯어, 뽑아, 베어
    """),
    "clear": word_set("치우, 치워, 치운"),
    "blow away": word_set("날려, 날리"),
    "take in": word_set("걷어"),
    "add": word_set("""
        설치, 부착, 그려넣, 새겨, 따라, 부어, 쌓아, 쌓, 추가, 넣, 심어, 심, 그리, 그려, 그린, 얹,
        붙이, 붙여, 삽입, 더해, 생성, 뿌려, 뿌리, 꽂아, 꽂
    """),
    "hang": word_set("걸어, 걸, 달아"),
    "place": word_set("올리, 올려, 놓, 놔, 세워, 배치, 담아, 담"),
    "float": word_set("띄워, 띄우"),
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
        씌우, 씌워, 씌운, 입히, 입혀, 입힌, 신기, 신겨, 신긴, 끼우, 끼워, 들려, 쥐여, 쥐어, 걸쳐,
        매, 메, 둘러, 착용
    """),
    "dress": word_set("갈아입히, 갈아입혀, 갈아입"),
    "turn on": word_set("켜, 켠"),
    "turn off": word_set("꺼, 끄, 끈"),
    "open": word_set("열어, 열"),
    "close": word_set("닫아, 닫"),
    "empty": word_set("비우, 비워"),
    "clean": word_set("닦아, 닦, 청소"),
    "extract": word_set("오려, 오리, 잘라내, 추출, 분리, 따내, 도려내, 누끼"),
    "cut": word_set("잘라, 자르, 자른"),
    "keep only": word_set("남기, 남겨, 남긴"),
    "keep": word_set("두, 둬, 놔두, 놔둬, 남겨두, 남겨둬, 유지, 보존, 냅두, 냅둬"),
    "decorate": word_set("꾸며, 꾸미, 장식"),
    "select": word_set("선택, 골라, 고르, 고른, 찾아"),
}
BY_GOAL: dict[str, tuple[str, str, str]] = {
    "dress": ("dress", "dress", "put on"),
    "lay": ("change", "change", "add"),
    "cover": ("change", "on", "add"),
    "fill": ("change", "in", "put on"),
    "hide": ("", "on", ""),
    "decorate": ("change", "on", ""),
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
DIRT = word_set("""
    stain, stains, dust, dirt, mud, fingerprints, mold, water drops, tears, tears stain, blood
""")
"""What is gone from what is cleaned: 얼룩을 닦아줘."""
FASTENED = word_set("zipper, curtain, blinds, sleeves, hood")
"""What is there already when it is drawn up or down."""
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
    **dict.fromkeys(
        ("들게", "서게", "앉게", "있게", "눕게", "걷게", "웃게", "뛰게", "웃는", "우는", "보게"),
        "poses and faces cannot be changed; name a thing, and how it should look",
    ),
    "바탕에": "say it as one look, such as “파란 줄무늬 셔츠로”",
    **dict.fromkeys(
        (
            "없는",
            "없이",
            "벗은",
            "않은",
            "아닌",
            "안쓴",
            "안입은",
            "안신은",
            "안낀",
            "안찬",
            "안든",
        ),
        "I can look only for what is there; say how it looks, or where it is",
    ),
    "서로": "things cannot be exchanged; say what each of them should become",
}
"""Words that cannot be read, and why."""
FILLERS = word_set("""
    주시기, 주길, 보자, 텅, 가득, 송송, 좀, 조금, 제발, 혹시, 그냥, 한번, 또, 또한, 그다음, 다음,
    다음에, 그런, 그럼, 먼저, 우선, 주세요, 줘, 줘요, 주라, 줄래, 줄래요, 주실래요, 주실,
    주시겠어요, 주시면, 주십시오, 수, 요청, 요청해요, 합니다, 함, 될까, 가능, 가능해, 가능한가요,
    감사하겠습니다, 있나요, 있을까요, 있어, 있어요, 있니, 있습니까, 싶어, 싶어요, 싶습니다, 싶다,
    싶은데, 부탁, 부탁해, 부탁해요, 부탁드려요, 부탁드립니다, 부탁드릴게요, 감사합니다, 감사해요,
    고마워, 고마워요, 고맙습니다, 안녕, 안녕하세요, 될까요, 되나요, 돼, 돼요, 됩니다, 후, 후에,
    나서, 볼래, 봐, 봐줘, 보세요, 원해, 원해요, 원합니다, 이, 그, 저, 저기, 여기, 여기서, 여기에서,
    같은, 만큼, 주고, 주시고, 내고, 이제, 줄, 꼭, 아주, 매우, 정말, 확, 원래, 반드시, 훨씬, 완전히,
    전혀, 살짝, 자연스럽게, 절대, 절대로
""")
AS_PLACE = {"hair": "head"}
"""머리 is the hair, but what is put on it is put on the head."""
ALOFT = word_set("""
    fog, mist, cloud, clouds, dark clouds, sunlight, light, snow, rain, wind, autumn leaves, leaves
""")
"""What nobody puts on, whatever 들게 and 끼게 may say of it."""
AIRBORNE = word_set("""
    rainbow, cloud, moon, full moon, half moon, crescent moon, sun, star, airplane, helicopter,
    drone, ufo, firework, lightning, halo, hot air balloon, speech bubble, thought bubble, seagull
""")
"""What is above the things that 위에 is said of, and not on them."""
HUNG = word_set("frame, picture, painting, poster, clock, mirror, lamp, chandelier, sign")
"""What hangs above the furniture that 위에 is said of."""
HANGING = word_set("""
    걸린, 걸려, 걸려있는, 달린, 달려, 달려있는, 매달린, 매달려, 걸어둔, 걸어놓은, 매단, 단, 건
""")
"""Of what is said of where a thing is, that it hangs there: 침대 위에 걸린 액자."""
UP_THERE = HANGING | word_set("있는, 있던, 뜬, 떠, 떠있는, 보이는")
"""Of what may be said of what is above a thing; what 위에 그려진 is said of is on it."""
OVERHUNG = ON_FLOORS | word_set("""
    dining table, door, front door, gate, entrance, fireplace, washbasin, sink, stove, bathtub,
    toilet, television
""")
"""Above which things hang, and not on it."""
OVERFLOWN = word_set("""
    building, house, mountain, hill, castle, tower, church, cathedral, palace, temple, bridge, city,
    village, sea, lake, river, island, harbor, desert, forest, field, volcano, lighthouse, windmill,
    school, barn, tent
""")
"""Above which is what the sky shows: 건물 위 구름."""
IN_SKIES = word_set("""
    cloud, dark cloud, rainbow, moon, full moon, half moon, crescent moon, sun, star, lightning,
    firework, ufo, hot air balloon
""")
"""What is nowhere else there: a seagull may sit, and an airplane stand."""
HANGERS = word_set("wall, tree, branch, hook, coat hanger, ceiling, christmas tree, picture, rack")
"""What things hang on."""
SCENERY = word_set("mountain, desert, landscape, night view, outer space")
"""What a background shows, besides what may be all around a thing and the sky."""
WATERS = word_set("water, sea, river, lake, pond, pool, swimming pool, river water, sea water")
SKIES = word_set("sky, night sky")
BESIDE_IT = word_set("on, below, next to, in, in front of, behind")
"""Places of what was added before, where nothing else is named: 케이크를 놓고 위에 초를."""
INSTEAD = word_set("대신, 대신에")
MODIFIERS = word_set("""
    night, winter, summer, spring, autumn, city, sunset, santa, morning, dawn, evening, afternoon,
    day, daytime, christmas, halloween
""")
"""Nouns that tell which where a noun follows with nothing between: 밤 풍경 is a night landscape."""
OF_WOOD = word_set("""
    floor, table, chair, fence, door, bench, box, desk, shelf, bridge, wall, window frame, spoon,
    bowl, bed, stairs, frame, house, cabin, plate, tray, bookshelf, drawer, chest of drawers,
    wardrobe, nightstand, cabinet, cutting board, trash can, basket
""")
"""나무 is a tree, or, where one of these becomes it, what they are made of."""
OF_TREES = word_set("""
    leaf, leaves, branch, trunk, root, bark, fruit, shadow, shade, flower, blossom, stump, forest,
    top, ornament, house, nest, swing, silhouette, reflection
""")
"""What is of a tree, where 나무 stands before it; before all else it is what that is made of."""
JUXTAPOSED = {"bird": "new", "brick": "brick", "christmas": "christmas"}
"""Nouns that are adjectives where a noun follows with nothing between: 새 is a bird, or new."""
OF_BIRDS = word_set("wings, beak, feathers, feather, tail, nest, cage, eyes, head, legs, feet")
STUFF = {"brick": "brick", "tree": "wooden"}
"""Nouns that tell what the noun behind them is made of, or what the one before shall be of."""
INSIDE = word_set("""
    sky, room, water, sea, river, lake, street, forest, background, garden, park, living room,
    bedroom, kitchen, bathroom, classroom, office, cafe, yard
""")
AROUND = INSIDE | word_set("grass, floor, field, beach, ground")
"""Where the next thing may be, however that looks: 푸른 잔디 빨간 꽃."""
