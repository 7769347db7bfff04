"""The words that the offline grammar knows. Tables only: the rooms beside it do the reading.

English entries may hold several words ("next to"); `tokens` folds each into one token first.
English nouns are an open class and need no table; the few here answer one question each.
"""

from __future__ import annotations


def _list(text: str) -> tuple[str, ...]:
    return tuple(" ".join(entry.split()) for entry in text.split(",") if entry.strip())


def _set(text: str) -> frozenset[str]:
    return frozenset(_list(text))


def _map(text: str) -> dict[str, str]:
    """ "a: x, b c: x y" -> {"a": "x", "b": "x y"...}; several keys are parted by "/"."""
    pairs = (entry.split(":") for entry in _list(text))
    return {key.strip(): value.strip() for keys, value in pairs for key in keys.split("/")}


# --- English: spelling ---------------------------------------------------------------------------

SPELLING = _map("""
    there should be: add, there must be: add, there has to be: add, there needs to be: add,
    colour: color, colours: colors, coloured: colored, colouring: coloring, recolour: recolor,
    recolouring: recoloring, grey: gray, centre: center,
    tshirt / tee shirt / t shirt / tee: t-shirt, tshirts / tee shirts / t shirts: t-shirts,
    water color / watercolour: watercolor, blonde: blond, pyjamas: pajamas, jewellery: jewelry,
    i'd: i would, let's: let us, i'm: i am, it's: it is, that's: that is, who's: who is,
    what's: what is, don't: do not, doesn't: does not, didn't: did not, can't: can not,
    everything but / all but: everything except, all except: everything except, won't: will not,
    shouldn't: should not, isn't: is not, couldn't: could not, wouldn't: would not, i'll: i will,
    wanna: want to, hairstyle / hairdo / haircut: hair style, gimme: give me, lets: let us,
    we'd: we would, you'd: you would, pls / plz: please
""")

# --- English: attributes, by kind. The order of the kinds is the order of the words in a phrase ---

SHADES = _set("""
    light, dark, bright, pale, deep, pastel, neon, hot, soft, vivid, muted, dull, metallic, royal,
    sky, navy, baby, lime, forest, olive, blood, rose, lemon, mint, emerald, ruby, cherry, jet,
    snow, dusty, warm, cool, electric, ash, platinum, strawberry, darker, lighter, brighter, sea,
    midnight, burnt, off, army, ice, pure, steel, cobalt, chocolate
""")
DEGREES = _map("""
    a bit / a little / a little bit / slightly / somewhat: slightly, much / a lot / way: much,
    very / really / super: very, more: more, less: less
""")
ATTRIBUTES: dict[str, frozenset[str]] = {
    "size": _set("""
        big, bigger, large, larger, small, smaller, tiny, huge, giant, enormous, little, mini
    """),
    "length": _set("""
        long, longer, short, shorter, knee-length, ankle-length, floor-length, shoulder-length,
        mid-length, cropped, maxi, high, higher, low, lower, tall, taller
    """),
    "width": _set("""
        wide, wider, narrow, narrower, thick, thicker, thin, thinner, slim, slimmer, skinny,
        baggy, loose, looser, tight, tighter, fat, fatter, muscular, oversized
    """),
    "age": _set("old, older, young, younger, new, newer, vintage, modern, antique, ancient"),
    "look": _set("""
        shiny, shinier, glossy, matte, fluffy, fluffier, fuzzy, furry, sparkly, glittery, elegant,
        fancy, casual, formal, sporty, cute, cuter, beautiful, pretty, prettier, ugly, happy,
        happier, sad, sadder, angry, wet, dry, dirty, clean, cleaner, rusty, broken, smooth,
        rough, transparent, see-through, empty, full, open, closed, glowing, burning, frozen,
        snowy, sunny, cloudy, rainy, stormy, foggy, misty, dramatic, realistic, colorful
    """),
    "light": _set("""
        dark, darker, light, lighter, bright, brighter, pale, paler, dim, dimmer, dull, vivid,
        warm, warmer, cool, cooler, sharp, sharper, soft, softer
    """),
    "form": _set("""
        straight, bob, curly, curlier, wavy, spiky, bald, braided, round, rounder, square, oval,
        flat, pointy, sleeveless, long-sleeved, short-sleeved, strapless, hooded, bare, folded
    """),
    "color": _set("""
        red, orange, yellow, green, blue, purple, pink, brown, black, white, gray, navy, olive,
        maroon, beige, turquoise, teal, golden, gold, silver, cyan, magenta, violet, indigo,
        crimson, scarlet, burgundy, lavender, lilac, ivory, cream, khaki, tan, coral, salmon,
        peach, mint, lime, mustard, amber, bronze, copper, charcoal, rose, plum, blond, brunette,
        ginger, auburn, fuchsia, aqua, azure, ruby, emerald, rainbow, multicolored, colored,
        ultramarine, ochre, salt and pepper, greenish, reddish, bluish, yellowish, redder, bluer,
        greener, whiter, blacker, ash, platinum, rose gold, chestnut, mauve, chocolate
    """),
    "pattern": _set("""
        striped, stripy, plain, checkered, checked, plaid, tartan, floral, flowered, dotted,
        spotted, polka dot, polka-dot, polka dotted, camouflage, camo, paisley, houndstooth,
        patterned, zigzag, leopard print, leopard, zebra print, tie-dye, tie-dyed, gingham, argyle
    """),
    "material": _set("""
        leather, denim, silk, silken, cotton, wool, woolen, woollen, linen, velvet, satin, lace,
        fur, knitted, knit, nylon, suede, wooden, wood, metal, steel, iron, stone, marble, glass,
        plastic, paper, brick, concrete, ceramic, porcelain, rubber, crystal, straw, clay, brass,
        tweed, corduroy, latex, fleece, chrome, bamboo, wicker, cardboard, ice, diamond
    """),
    "style": _set("""
        sepia, monochrome, black-and-white, black and white, grayscale, cartoonish,
        photorealistic, pixelated, watercolor, anime, cartoon, cyberpunk, steampunk, gothic,
        impressionist, retro
    """),
}
KIND_OF = {word: kind for kind, group in ATTRIBUTES.items() for word in sorted(group)}
KIND_OF["black and white"] = KIND_OF["black-and-white"] = "color"
KIND_ORDER = (*ATTRIBUTES, "other")

ALSO_NOUNS = _set("""
    orange, rose, glass, peach, plum, lime, olive, cherry, lemon, leopard, cartoon, watercolor,
    ruby, emerald, diamond, crystal, stone, brick, straw, rainbow, square, paper, chestnut,
    chocolate, brunette, blond, light, iron, mint, anime, salmon, coral, high, low, copper
""")
"""Attributes that an article turns into things: "an orange" is a fruit, "orange" is a color."""

# --- English: what a noun phrase is built of ------------------------------------------------------

INDEFINITE = _set("a, an, some, any, another")
DEFINITE = _set("the, this, that, these, those")
OWNERS = _map("her: woman, his: man, my / your / their / our: person, its: it")
PERSONS_BY_PRONOUN = _map("""
    her / she: woman, him / he: man, me / you / us / myself: person, everyone / everybody: person,
    someone / somebody: person
""")
PRONOUNS = _set("it, them, that, this, these, those, they, the same")
ALL = _set("all, every, each, both, all of, each of, every one of, both of, any of, whole, entire")
SOME = _map("one of: 1, two of: 2, three of: 3, one: 1, single: 1")
EVERYTHING = _set(
    "everything, everything else, anything else, the rest, all else, whole thing, anything"
)
PICTURES = _set("""
    picture, image, photo, photograph, pic, scene, selfie, snapshot, canvas, artwork, screenshot
""")
ARTWORKS = _set("""
    painting, sketch, drawing, style, cartoon, watercolor, comic, anime, mosaic, engraving, sepia,
    monochrome, grayscale, black and white, black-and-white
""")
"""What a picture is turned into when no thing is named: "convert to a pencil sketch"."""
BACKGROUNDS = _set("background, backdrop")
ASPECTS = _set("""
    color, colors, length, size, material, fabric, texture, pattern, style, hue, tone, shade
""")
"""Nouns that name a property of a thing, and stand for the thing: "the color of the dress"."""

PAINTED = ASPECTS - {"style"}
LOOK_NOUNS = _set("look, effect, vibe, feel, finish, theme, appearance")
COLORS = _set("color, colors, hue, tone, shade")
HAIR_COLORS = _set("blond, brunette, ginger, auburn")
GENDERS = _map("""
    man / boy / guy / gentleman / groom / father / grandfather / king / prince / lad: man,
    woman / girl / lady / bride / mother / grandmother / queen / princess: woman
""")
"""Whom "his" and "her" can mean when named before."""
PERSONS = _set("""
    person, man, woman, boy, girl, lady, guy, child, kid, model, bride, baby, people, women, men
""")
LOOKS = _set("look, looks, appear, be, to be, is, are, become, becomes") | {""}
"""Marks, none among them, behind which a bare word describes: "make it look elegant"."""

ORDINALS = {
    word: rank
    for rank, names in enumerate(
        _list(
            "first/1st, second/2nd, third/3rd, fourth/4th, fifth/5th, sixth/6th, seventh/7th,"
            "eighth/8th, ninth/9th, tenth/10th"
        ),
        start=1,
    )
    for word in names.split("/")
}
NUMBERS = {
    word: count
    for count, names in enumerate(
        _list("one/1, two/2, three/3, four/4, five/5, six/6, seven/7, eight/8, nine/9, ten/10"),
        start=1,
    )
    for word in names.split("/")
}
ORDERS = _map("""
    left / leftmost / left-most / left-hand / far left: left,
    right / rightmost / right-most / right-hand / far right: right,
    top / topmost / upper / uppermost / highest: top,
    bottom / bottommost / lowermost / lowest: bottom,
    middle / center / central / middlemost: center, largest / biggest: largest,
    smallest / tiniest / littlest: smallest,
    most prominent / most visible / main / most obvious / most likely: score
""")
SIDES = _set("""
    left, right, top, bottom, middle, center, left-hand, right-hand, far left, far right
""")
SIDE_PREPOSITIONS = _set("on, at, to, from, in, in from, counting from, starting from")
SIDE_NOUNS = _set("side, hand side, edge, end, half")

RELATIONS = _map("""
    next to / beside / by / near / close to / nearby / alongside / adjacent to / at: near,
    left of / to the left of / on the left of / at the left of / on the left side of /
    to the left side of: left of,
    right of / to the right of / on the right of / at the right of / on the right side of /
    to the right side of: right of, above / over: above,
    below / under / beneath / underneath: below, on / on top of / upon / onto: on,
    in / inside / inside of / into / within: in,
    with / holding / carrying / wearing / dressed in / that has / who has / having: holding
""")
PLACES = {word: kind for word, kind in RELATIONS.items() if kind != "holding"}
PLACES |= {"to": "on", "around": "on"}
"""Where a new thing can go: "around her neck" is a place for a scarf, but finds none."""
UNSUPPORTED_RELATIONS = _set("""
    behind, in front of, between, among, around, across, opposite, against, beyond, facing,
    in the middle of, in the center of, at the top of, at the bottom of, without, like, from,
    looking at, through, along, toward, towards, past, far from, outside
""")
FILLERS = _set("""
    that is, that are, who is, who are, which is, which are, located, placed, standing, sitting,
    lying, hanging, parked, seated
""")
"""Words between a noun and its relation that add nothing: "the cup that is on the table"."""

CLOTHES = _set("""
    hat, cap, dress, coat, jacket, shirt, t-shirt, suit, skirt, pants, trousers, jeans, shorts,
    sweater, hoodie, uniform, scarf, tie, boots, shoes, glasses, sunglasses, blouse, vest, helmet,
    clothes, outfit, gown, robe, costume, sneakers, socks, gloves, apron, cardigan, kimono, hanbok
""")
BODY = _set("""
    hair, eyes, eye, skin, lips, nose, face, eyebrows, teeth, head, arm, arms, hand, hands, leg,
    legs, foot, feet, neck, ear, ears, cheek, cheeks, fingernails, nails, body, shoulder,
    shoulders, wrist, chest, forehead, tail, back, lap
""")
"""Parts that a living thing already has: to *give* it one is to change the one it has."""

PLURAL_ONLY = _set("""
    pants, jeans, trousers, shorts, glasses, sunglasses, tights, leggings, scissors
""")
"""Plurals that are one thing."""

NOWHERE = _set("background, foreground, distance, backdrop, back, front, corner, middle")
"""Places that no box stands for, so that no relation can lead to them."""

FUNCTION_WORDS = _set("""
    a, an, the, this, that, these, those, and, or, but, to, into, of, for, from, with, by, as,
    than, is, are, was, were, be, been, being, am, do, does, did, not, no, never, none, will,
    would, shall, should, could, may, might, must, has, have, had, i, you, he, she, it, we, they,
    me, him, us, them, my, your, his, her, its, our, their, who, whom, whose, which, what, where,
    when, why, how, if, because, while, so, only, instead, rather, whether, unless, until, also,
    something, anything, nothing, upside, sideways, backwards, there, here, then, such, same,
    else, too, most, least
""")
CONNECTORS = _set("""
    with, of, in, on, at, and, without, by, near, under, over, above, behind, against, from,
    wearing, holding, carrying, next to, in front of, full of, covered with, covered in, made of,
    made from, on top of, in the style of, like, during, for, between, beside, inside, around
""")
"""What may join the pieces of a result: "a beach with palm trees at night"."""

# --- English: what surrounds an edit and says nothing of it ---------------------------------------

POLITE = _set("""
    please, kindly, just, maybe, perhaps, simply, actually, thanks, thank you, thank you so much,
    thank you very much, thanks a lot, thanks so much, many thanks, cheers, for me, for us,
    if possible, if you can, if you could, if you do not mind, right now, also, too, as well,
    instead, completely, entirely, fully, totally, carefully, afterwards, please and thank you,
    can you, could you, would you, will you, can we, could we, can i, could i, may i,
    can you help me, could you help me, can you help me to, help me, help me to, help me with,
    i think, i want to, i want you to, i would like to, i would like you to,
    i would like it if you could, i would like it if you would, i would love to,
    i would love it if you could, i need to, i need you to, i wish to, i am trying to,
    i am looking to, i was wondering if you could, we want to, we need to, we would like to,
    we should, you should, you can, you could, you must, let us, let me, go ahead and, try to,
    is it possible to, would it be possible to, would you mind, do you mind, how about,
    what about, i think we should, i think you should, be able to, are you able to, make sure to,
    be sure to, feel free to, i want for you to, in order to, for this one, do me a favor and,
    all over, somehow, there
""")
OPENINGS = _set("""
    hey, hi, hello, ok, okay, so, now, well, first, firstly, secondly, next, finally, lastly,
    only, then, but, and, while, plus, yes, dear, hey there, hi there
""")
THEN = _set("then, and then, after that, and after that, afterward, following that, next up")
FRAMES = _set(
    ",".join(
        f"{where} {which} {picture}"
        for where in ("in", "from", "of", "on", "to", "at", "within", "across", "throughout")
        for which in ("the", "this", "that", "my", "the whole", "the entire", "this whole", "your")
        for picture in sorted(PICTURES)
    )
)
"""The picture named as the place of the edit: "in this photo", "from the image"."""

EXCEPT = _set("""
    except, except for, except on, excluding, but not, and not, apart from, aside from,
    other than, save for, without touching, without changing, without affecting,
    without modifying, without altering, not including, while keeping, keeping, while leaving,
    while preserving, preserving, minus
""")
UNCHANGED = _set("""
    as it is, as is, as they are, as it was, the same, alone, unchanged, intact, untouched,
    in place, the way it is, the way they are, visible
""")

# --- English: clauses -----------------------------------------------------------------------------

VERBS: dict[str, frozenset[str]] = {
    "alter": _set("change, turn, convert, transform, switch, alter, modify, morph, update, shift"),
    "make": _set("""
        make, render, have, let, want, i want, i need, i would like, make sure, make sure that,
        ensure, ensure that, make it so, make it so that, i want that, set, get
    """),
    "paint": _set("paint, dye, color, tint, recolor, spray, stain, repaint"),
    "replace": _set("replace, swap, exchange, trade, swap out, switch out"),
    "substitute": _set("substitute"),
    "give": _set("give"),
    "add": _set("add, put, place, insert, draw, attach, include, stick, set down, paste"),
    "remove": _set("""
        remove, delete, erase, drop, hide, eliminate, discard, get rid of, take off,
        take out, take away, take, wipe out, clear away, edit out, crop out, strip,
        leave out, photoshop out, cut away, rub out
    """),
    "extract": _set("extract, isolate, cut out, crop out just, separate, clip out"),
    "retain": _set("""
        keep only, leave only, keep just, retain only, only keep, show only, only leave, only show
    """),
    "select": _set("""
        select, find, pick, choose, locate, detect, identify, mark, pick out, look for
    """),
    "keep": _set("""
        keep, leave, preserve, retain, protect, do not change, do not touch, do not modify,
        do not alter, do not edit, do not remove, do not affect, do not recolor
    """),
    "dress": _set("dress, dress up, clothe"),
}
IRREGULAR_PARTICIPLES = _map("""
    taken off: take off, taken out: take out, taken away: take away, gotten rid of: get rid of,
    cut out: cut out, put: put, drawn: draw, hidden: hide, made: make, given: give, kept: keep,
    left: leave, found: find, dyed: dye
""")
PARTICLES = _set("off, out, away, up")
"""Second words that may stand behind the object: "take the hat off"."""
NOUNS_TOO = _set("""
    render, hide, turn,
    dress, color, paint, stick, mark, stain, switch, drop, paste, spray, dye, tint, shift, set,
    place, trade, strip, clear, pick, show, cut, exchange, substitute, find, separate
""")
"""Verbs that may be nouns, and are verbs in a list only before a determiner: "hat and dress"."""
MODALS = _set("""
    should be, must be, needs to be, need to be, has to be, have to be, should become,
    should look like, must become, ought to be, should wear, should have
""")
CLASS_OF_VERB = {verb: name for name, group in VERBS.items() for verb in sorted(group)}

LIKE = "look like|look as|appear as|become|becomes|look|appear|resemble|be like|like"
BE = (
    "|".join(sorted(MODALS - {"should wear", "should have"}))
    + "|to be|to become|to look like|be|is|are"
)

WEAR = "to wear|wear|wears|wearing|should wear|to hold|hold|holding|to have|have|has|should have"

CLAUSES: tuple[tuple[str, str, str], ...] = (
    # verb class, shape, meaning. Shapes are tried from above. X is a target, Y a result, A a
    # result with an indefinite article, C one that begins with an attribute; small words between
    # them are marks, one of which must stand there. "from" parts the old attribute off.
    ("alter", f"X into|to|{LIKE} Y", "change"),
    ("alter", "X for|with|as Y", "change"),
    ("alter", "X in C", "change"),
    ("alter", "X Y", "change"),
    ("make", f"X {WEAR} Y", "give"),
    ("make", "X without Y", "strip"),
    ("make", "X in the style of Y", "change"),
    ("make", f"X {LIKE}|{BE}|into|to Y", "change"),
    ("make", "A PLACE X", "add"),
    ("make", "X in|out of|from C", "change"),
    ("make", "X Y", "change"),
    ("paint", "X in the style of Y", "coat"),
    ("paint", "X in C", "coat"),
    ("paint", "X into|to Y", "change"),
    ("paint", "X with Y", "coat"),
    ("paint", "A PLACE X", "add"),
    ("paint", "X Y", "change"),
    ("replace", "X with|by|for|to|into Y", "change"),
    ("substitute", "X with|by Y", "change"),
    ("substitute", "Y for X", "change"),
    ("give", "Y to X", "give"),
    ("give", "X Y", "give"),
    ("add", "Y PLACE X", "add"),
    ("add", "Y", "add"),
    ("dress", "X in|with Y", "give"),
    ("dress", "X as|like|up as Y", "change"),
    ("remove", "Y from|off|off of X", "strip"),
    ("remove", "X", "remove"),
    ("extract", "Y from|off|of X", "extract from"),
    ("extract", "X", "extract"),
    ("retain", "X", "extract"),
    ("select", "X", "select"),
    ("keep", "X", "keep"),
)

# --- Korean: words and their English --------------------------------------------------------------

KOREAN_NOUNS = _map("""
    사람: person, 인물: person, 남자: man, 남성: man, 아저씨: man, 여자: woman, 여성: woman,
    아줌마: woman, 아가씨: woman, 소년: boy, 남자아이: boy, 소녀: girl, 여자아이: girl,
    아이: child, 아기: baby, 할머니: grandmother, 할아버지: grandfather, 엄마: mother,
    아빠: father, 친구: friend, 모델: model, 신부: bride, 신랑: groom, 군인: soldier,
    경찰: police officer, 머리카락 / 머리 / 헤어: hair, 머리띠: headband, 얼굴: face, 눈: eyes,
    코: nose, 입술: lips, 귀: ears, 손: hand, 팔: arm, 다리: legs, 발: feet, 손톱: fingernails,
    피부: skin, 목: neck, 수염 / 턱수염: beard, 콧수염: mustache, 눈썹: eyebrows, 어깨: shoulders,
    꼬리: tail, 옷: clothes, 드레스: dress, 원피스: dress, 티셔츠 / 티: t-shirt, 셔츠: shirt,
    블라우스: blouse, 자켓 / 재킷 / 쟈켓: jacket, 코트 / 외투: coat, 점퍼 / 잠바: jumper,
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
    나머지: everything, 밤: night, 겨울: winter, 여름: summer, 봄: spring, 가을: autumn,
    길이: length, 크기: size, 고흐: van gogh, 지브리: ghibli, 헤어스타일: hair,
    이것 / 그것 / 이거 / 그거 / 저것: it, 전체: everything
""")
KOREAN_ATTRIBUTES = _map("""
    빨간 / 빨강 / 빨간색 / 빨강색 / 붉은 / 붉은색 / 적색 / 빨갛게: red,
    파란 / 파랑 / 파란색 / 파랑색 / 푸른 / 푸른색 / 청색 / 파랗게: blue,
    노란 / 노랑 / 노란색 / 노랑색 / 노랗게: yellow, 초록 / 초록색 / 녹색 / 그린: green,
    연두 / 연두색: light green, 청록 / 청록색: teal, 하늘색: sky blue, 남색 / 네이비: navy,
    보라 / 보라색 / 자주색 / 자색: purple, 분홍 / 분홍색 / 핑크 / 핑크색: pink,
    주황 / 주황색 / 오렌지색: orange, 갈색 / 밤색: brown, 회색 / 그레이: gray,
    하얀 / 하얀색 / 하양 / 흰 / 흰색 / 백색 / 하얗게: white,
    검은 / 검은색 / 검정 / 검정색 / 까만 / 까만색 / 까맣게 / 검게: black, 금색 / 황금색: gold,
    은색: silver, 베이지 / 베이지색: beige, 와인색: burgundy, 카키색: khaki, 금발: blond,
    무지개색: rainbow, 흑백: black and white, 세피아: sepia,
    투명 / 투명한 / 투명하게: transparent, 밝은: light, 어두운: dark, 연한: light,
    진한 / 짙은: dark, 밝게: brighter, 어둡게: darker, 긴 / 길게 / 길고: long,
    짧은 / 짧게 / 짧고: short, 큰 / 크게 / 크고: big, 작은 / 작게 / 작고: small, 넓은: wide,
    좁은: narrow, 높은: tall, 두꺼운 / 두껍게: thick, 얇은 / 얇게: thin, 새로운: new,
    오래된 / 낡은: old, 젊은 / 젊게: young, 늙은 / 늙게: old, 귀여운 / 귀엽게: cute,
    예쁜 / 예쁘게: pretty, 둥근 / 둥글게: round, 곱슬 / 곱슬머리 / 곱슬하게 / 곱슬곱슬하게: curly,
    단발 / 단발머리: bob, 생머리: straight, 반짝이는 / 반짝이게: shiny, 따뜻한 / 따뜻하게: warm,
    눈덮인: snowy, 줄무늬: striped, 체크 / 체크무늬: checkered, 꽃무늬: floral,
    물방울 / 물방울무늬 / 땡땡이: polka dot, 민무늬 / 무지: plain, 호피 / 호피무늬: leopard print,
    가죽: leather, 데님 / 청: denim, 실크 / 비단: silk, 면: cotton, 울 / 양털: wool,
    니트: knitted, 털: fur, 레이스: lace, 벨벳: velvet, 금속: metal, 철: iron, 유리: glass,
    플라스틱: plastic, 종이: paper, 돌: stone, 대리석: marble, 황금 / 금: gold, 은: silver
""")
KOREAN_HAIRDOS = _set("curly, straight, blond, bob")
"""Attributes whose Korean word means the hair with them."""
KOREAN_COMPARATIVES = _map("""
    long: longer, short: shorter, big: bigger, small: smaller, thick: thicker, thin: thinner,
    wide: wider, narrow: narrower, young: younger, old: older, dark: darker, light: lighter,
    cute: cuter, pretty: prettier, tall: taller, brighter: brighter, darker: darker
""")
KOREAN_SUPERLATIVES = _map("big: largest, small: smallest")
KOREAN_PLACES = _map("""
    옆 / 곁 / 근처 / 가까이: next to, 위 / 위쪽: on, 아래 / 아래쪽 / 밑: below,
    안 / 속 / 안쪽: in, 왼쪽 / 왼편 / 좌측: left of, 오른쪽 / 오른편 / 우측: right of,
    앞: in front of, 뒤: behind, 가운데 / 중앙 / 중간: middle, 사이: between, 맨위: on,
    맨아래: below, 왼: left of, 오른: right of
""")
KOREAN_SIDES = _map("""
    on: at the top, below: at the bottom, left of: on the left, right of: on the right,
    middle: in the middle
""")
KOREAN_HOLDING = _set("""
    입은, 입고, 쓴, 쓰고, 신은, 신고, 든, 들고, 가진, 멘, 메고, 맨, 안은, 안고, 착용한, 낀, 끼고
""")
KOREAN_STANDING = _set("있는, 있던, 놓인, 놓여, 앉은, 앉아, 선, 서, 서있는, 보이는")
KOREAN_OWNERS = _map("내 / 나 / 제 / 우리 / 너 / 네 / 당신: my, 그녀: her, 그: his")
KOREAN_ALL = _set("모든, 모두, 전부, 다, 각, 양쪽, 싹, 전체적으로")
KOREAN_MOST = _set("가장, 제일, 맨")
KOREAN_MORE = _set("더, 좀더, 조금더")
KOREAN_EXCEPT = _set("빼고, 빼곤, 제외하고, 제외하고는, 제외한, 제외하면, 제외, 말고, 외에")
KOREAN_NUMBERS = {
    word: number
    for number, names in enumerate(
        _list("한/첫, 두, 세, 네, 다섯, 여섯, 일곱, 여덟, 아홉, 열"), start=1
    )
    for word in names.split("/")
}
KOREAN_COUNTERS = _list("개, 명, 마리, 대, 벌, 송이, 장, 권, 잔, 그루, 사람")
KOREAN_ENDINGS = (
    "(?:하|해|한|할|하여|했|시켜|시키|어|아|여|워|려)?(?:내|놓|놔|버려)?"
    "(?:고|서|면|기|되|지만|는|은|을|자|라|렴|게|도록|다)?(?:줘|주|줄|주실|줬으면|달라)?"
    "(?:고|세요|실래요|실래|래요|래|시겠어요|십시오|라|면|길|시면|시고|요|겠니|까요|까)?"
)
"""What may follow a verb's stem, as a flat regular expression: tense, linking, politeness."""
KOREAN_PARTICLES = {
    **dict.fromkeys(
        ("을", "를", "은", "는", "이", "가", "도", "만", "만을", "들을", "만은"), "object"
    ),
    **dict.fromkeys(("으로", "로", "처럼", "같이"), "goal"),
    **dict.fromkeys(("에", "에다", "에다가"), "place"),
    **dict.fromkeys(("에게", "한테", "께"), "receiver"),
    **dict.fromkeys(("에서", "에게서", "한테서"), "source"),
    **dict.fromkeys(("와", "과", "랑", "이랑", "하고"), "and"),
    "의": "owner",
}
KOREAN_VERBS: dict[str, frozenset[str]] = {
    "change": _set("""
        바꾸, 바꿔, 바꿀, 바꾼, 바꿨, 변경, 변환, 교체, 대체, 수정, 변신, 전환, 만들, 만드, 칠,
        색칠, 칠해, 염색, 물들, 채색, 처리, 고치, 고쳐, 돌려, 갈아입히, 갈아입혀
    """),
    "do": _set("하, 해, 할, 했"),
    "remove": _set("""
        지우, 지워, 지운, 지울, 없애, 없앤, 없앨, 제거, 삭제, 빼, 뺄, 뺀, 벗기, 벗겨, 벗긴, 치우,
        치워
    """),
    "add": _set("""
        추가, 넣, 그리, 그려, 그린, 얹, 올리, 올려, 놓, 놔, 붙이, 붙여, 삽입, 배치, 달아, 더해,
        생성
    """),
    "put on": _set("""
        씌우, 씌워, 씌운, 입히, 입혀, 입힌, 신기, 신겨, 신긴, 끼우, 끼워, 들려, 쥐여, 걸쳐
    """),
    "extract": _set("오려, 오리, 잘라내, 잘라, 추출, 분리, 따내, 도려내, 누끼"),
    "keep only": _set("남기, 남겨, 남긴"),
    "keep": _set("두, 둬, 놔두, 놔둬, 유지, 보존, 냅두, 냅둬"),
    "select": _set("선택, 골라, 고르, 고른, 찾아"),
}
KOREAN_FILLERS = _set("""
    좀, 조금, 제발, 혹시, 그냥, 한번, 그리고, 또, 또한, 그다음, 다음, 다음에, 그런, 그럼, 먼저,
    우선, 주세요, 줘, 줘요, 주라, 줄래, 줄래요, 주실래요, 주실, 주시겠어요, 주시면, 주십시오, 수,
    있나요, 있을까요, 있어, 있어요, 있니, 있습니까, 싶어, 싶어요, 싶습니다, 싶다, 싶은데, 부탁,
    부탁해, 부탁해요, 부탁드려요, 부탁드립니다, 부탁드릴게요, 감사합니다, 감사해요, 고마워,
    고마워요, 고맙습니다, 안녕, 안녕하세요, 될까요, 되나요, 돼, 돼요, 됩니다, 후, 후에,
    나서, 볼래, 봐, 봐줘, 보세요, 원해, 원해요, 원합니다, 이, 그, 저, 저기, 여기, 여기서,
    여기에서, 같은, 그대로, 만큼, 주고, 주시고, 내고, 이제, 줄, 완전히, 전혀, 살짝, 자연스럽게
""")
KOREAN_PLURALS = _map("""
    person: people, man: men, woman: women, child: children, foot: feet, sheep: sheep, fish: fish,
    wolf: wolves, box: boxes, bus: buses, dress: dresses, glass: glasses, sandwich: sandwiches
""")
KOREAN_AS_PLACE = {"hair": "head"}
"""머리 is the hair, but what is put on it is put on the head."""
KOREAN_JUXTAPOSED = {"bird": "new"}
"""Nouns that are adjectives where a noun follows with nothing between: 새 is a bird, or new."""
KOREAN_INSIDE = _set("""
    sky, room, water, sea, river, lake, street, forest, background, garden, park
""")
