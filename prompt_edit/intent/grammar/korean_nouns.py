"""More Korean nouns, and their English: what may be in a picture, or be wished into one.

A good part of them are names of pictographs in the Unicode CLDR; see NOTICE.
"""

from __future__ import annotations

from .tables import word_map

MORE_NOUNS = word_map("""
    금메달: 1st place medal, 은메달: 2nd place medal, 동메달: 3rd place medal, 산타클로스: santa
    claus, 주판: abacus, 아코디언: accordion, 반창고 / 밴드: band-aid, 케이블카: aerial tramway,
    증류기: alembic, 외계인: alien, 에일리언: alien monster, 구급차: ambulance, 미식축구공:
    american football, 닻: anchor, 개미: ant, 화가: artist, 팔레트: palette, 우주비행사:
    astronaut, 경삼륜차: auto rickshaw, 아보카도: avocado, 도끼: axe, 젖병: baby bottle, 병아리:
    chick, 베이컨: bacon, 오소리: badger, 베이글: bagel, 바게트: baguette bread, 접시저울: balance
    scale, 밴조: banjo, 야구공: baseball, 바구니: basket, 박쥐: bat, 욕조: bathtub, 배터리:
    battery, 비버: beaver, 맥주잔: beer glass, 딱정벌레: beetle, 피망: bell pepper, 도시락: lunch
    box, 비키니: bikini, 들소: bison, 꽃송이: blossom, 복어: blowfish, 블루베리: blueberries,
    멧돼지: boar, 폭탄: bomb, 뼈다귀: bone, 부메랑: boomerang, 꽃다발: bouquet, 벽돌: brick,
    브로콜리: broccoli, 빗자루: broom, 양동이: bucket, 고속철: bullet train, 부리또: burrito,
    버터: butter, 선인장: cactus, 달력: calendar, 낙타: camel, 양초 / 촛불: candle, 사탕: candy,
    통조림: canned food, 카누: canoe, 당근: carrot, 쇠사슬: chains, 체리: cherry, 벚꽃 / 벚나무:
    cherry blossoms, 어린이: child, 얼룩다람쥐: chipmunk, 초콜렛 / 초콜릿: chocolate, 젓가락:
    chopsticks, 교회: church, 서커스: circus tent, 압축기: clamp, 슬레이트: clapper board, 맥주:
    beer, 클립보드: clipboard, 번개구름: cloud with lightning, 비구름: cloud with rain, 눈구름:
    cloud with snow, 파우치: clutch bag, 바퀴벌레: cockroach, 칵테일: cocktail, 코코넛: coconut,
    동전: coin, 혜성: comet, 나침반: compass, 편의점: convenience store, 요리사: chef, 쿠키 /
    과자: cookies, 프라이팬: frying pan, 산호초: coral, 젖소: cow, 꽃게 / 게: crab, 크레용:
    crayon, 신용카드: credit card, 귀뚜라미: cricket, 악어: crocodile, 크루아상: croissant, 목발:
    crutch, 오이: cucumber, 컵케이크: cupcake, 카레라이스: curry rice, 고깃덩이 / 고기: meat,
    태풍: cyclone, 떡꼬치: dango, 사슴: deer, 백화점: department store, 탐정: detective, 도도새:
    dodo, 돌고래: dolphin, 당나귀: donkey, 도넛: donut, 비둘기: pigeon, 핏방울: drop of blood,
    드럼: drums, 만두: dumplings, 이메일: e-mail, 독수리: eagle, 옥수수: corn, 달걀 / 계란: egg,
    가지: eggplant, 엘리베이터: elevator, 엘프: elf, 봉투: envelope, 지우개: eraser, 소나무: pine
    tree, 공장: factory, 요정: fairy, 팔라펠: falafel, 낙엽 / 나뭇잎: leaves, 농부: farmer, 팩스:
    fax machine, 깃털: feathers, 관람차: ferris wheel, 페리: ferry, 폴더: file folder, 불: fire,
    소방차: fire truck, 소화기: fire extinguisher, 폭죽: firecracker, 소방관: firefighter,
    불꽃놀이: fireworks, 낚싯대: fishing rod, 홍학: flamingo, 손전등: flashlight, 플랫브레드:
    flatbread, 알통: flexed biceps, 플루트: flute, 원반: frisbee, 비행접시: flying saucer, 퐁듀:
    fondue, 발자국: footprints, 분수 / 분수대: fountain, 만년필: fountain pen, 네잎클로버: four
    leaf clover, 감자튀김: french fries, 새우튀김: fried shrimp, 주유소: fuel pump, 주사위: dice,
    마늘: garlic, 톱니바퀴: gear, 유령: ghost, 기린: giraffe, 골대: goal, 염소: goat, 고글:
    goggles, 거위: goose, 고릴라: gorilla, 야채샐러드: green salad, 근위병: guard, 안내견: guide
    dog, 기타: guitar, 털복숭이: hairy creature, 햄버거: hamburger, 망치: hammer, 하프: harp,
    헤드폰 / 헤드셋: headphones, 의료인: health worker, 고슴도치: hedgehog, 헬리콥터: helicopter,
    무궁화: hibiscus, 하이힐 / 힐: high heels, 고속열차: high-speed train, 등산화: hiking boot,
    하마: hippo, 꿀: honey, 꿀벌 / 벌: bee, 갈고리: hook, 병원: hospital, 핫도그: hot dog, 홍고추:
    hot pepper, 온천: hot spring, 호텔: hotel, 오두막: cabin, 히아신스: hyacinth, 얼음: ice,
    아이스크림: ice cream, 신분증: identification card, 할로윈: jack-o-lantern, 해파리: jellyfish,
    조이스틱: joystick, 판사: judge, 캥거루: kangaroo, 열쇠: key, 키보드: keyboard, 킥보드: kick
    scooter, 식칼: kitchen knife, 코알라: koala, 라벨: label, 사다리: ladder, 무당벌레: ladybug,
    노트 / 공책: notebook, 레몬: lemon, 전구: light bulb, 경전철: light rail, 등대: lighthouse,
    라임: lime, 립스틱: lipstick, 도마뱀: lizard, 라마: llama, 바닷가재: lobster, 자물쇠: lock,
    기관차: locomotive, 롤리팝: lollipop, 로션: lotion, 연꽃: lotus, 러브레터: love letter,
    마법사: mage, 자석: magnet, 매머드: mammoth, 망고: mango, 단풍잎: maple leaf, 마라카스:
    maracas, 도복: martial arts uniform, 마테차: mate, 정비공: mechanic, 메가폰: megaphone, 멜론 /
    메론: melon, 메모: memo, 메노라: menorah, 유성: meteor, 미생물: microbe, 마이크: microphone,
    현미경: microscope, 은하수: milky way, 미니버스: minibus, 미러볼: mirror ball, 모아이: moai,
    휴대전화: mobile phone, 제왕나비: monarch butterfly, 돈주머니: money bag, 모노레일: monorail,
    무스: moose, 모스크: mosque, 모기: mosquito, 모터보트: motorboat, 스쿠터: scooter, 고속도로:
    motorway, 후지산: mount fuji, 생쥐 / 쥐: mouse, 쥐덫: mouse trap, 버섯: mushroom, 피아노:
    piano, 음표: musical note, 높은음자리표: musical score, 이름표: name badge, 국립공원: national
    park, 신문: newspaper, 닌자: ninja, 문어: octopus, 오뎅: oden, 빌딩 / 고층빌딩: tall building,
    회사원: office worker, 기름통: oil drum, 올리브: olive, 양파: onion, 오랑우탄: orangutan,
    범고래: orca, 수달: otter, 부엉이: owl, 소포: package, 삐삐: pager, 붓: paintbrush, 야자수:
    palm tree, 팬케이크: pancakes, 클립: paperclip, 낙하산: parachute, 앵무새: parrot, 여객선:
    passenger ship, 복숭아: peach, 공작: peacock, 땅콩: peanuts, 연필: pencil, 불사조: phoenix,
    곡괭이: pick, 피클: pickle, 픽업트럭: pickup truck, 파이: pie, 돼지코: pig nose, 알약: pill,
    기장: pilot, 파인애플: pineapple, 피냐타: piñata, 플래카드: placard, 예배공간: place of
    worship, 뚫어뻥: plunger, 북극곰: polar bear, 경찰차: police car, 경찰관: police officer,
    푸들: poodle, 팝콘: popcorn, 우체국: post office, 호른: horn, 우편함: postbox, 감자: potato,
    분재 / 화분: potted plant, 닭다리: chicken leg, 묵주: prayer beads, 프레첼: pretzel, 왕자:
    prince, 공주: princess, 프린터: printer, 압정: pushpin, 퍼즐: puzzle, 너구리: raccoon, 전철:
    train, 숫양: ram, 면도칼: razor, 영수증: receipt, 세뱃돈: red envelope, 코뿔소: rhino, 리본:
    ribbon, 주먹밥: rice cracker, 구명부환: life ring, 고구마: sweet potato, 로켓: rocket,
    두루마리: scroll, 롤러코스터: roller coaster, 롤러스케이트: roller skate, 수탉: rooster,
    뿌리채소: root vegetable, 장미꽃: rose, 럭비공: rugby football, 구명조끼: safety vest, 돛단배:
    sailboat, 사케: sake, 소금: salt, 샌드위치: sandwich, 사리: sari, 인공위성: satellite, 색소폰:
    saxophone, 학교: school, 과학자: scientist, 가위: scissors, 드라이버: screwdriver, 문서:
    document, 물개: seal, 좌석: seat, 새싹: seedling, 보조견: service dog, 바늘: sewing needle,
    토끼풀: shamrock, 상어: shark, 방패: shield, 선박: ship, 별똥별: shooting star, 쇼핑백 /
    장바구니: shopping bag, 쇼핑카트: shopping cart, 삽: shovel, 샤워: shower, 새우: shrimp, 가수:
    singer, 스케이트보드: skateboard, 스키: skis, 해골: skull, 스컹크: skunk, 썰매: sled,
    나무늘보: sloth, 경비행기: small airplane, 달팽이: snail, 뱀: snake, 눈송이: snowflakes,
    눈사람: snowman, 스노우맨: snowman without snow, 비누: soap, 스파게티: spaghetti, 불꽃: flame,
    말풍선: speech bubble, 쾌속정: speedboat, 거미: spider, 거미줄: spider web, 달팽이집: spiral
    shell, 스펀지: sponge, 숟가락: spoon, 지프: jeep, 경기장: stadium, 기차역 / 역: station, 국수
    / 면발: noodles, 청진기: stethoscope, 스톱워치: stopwatch, 학생: student, 해바라기: sunflower,
    일출: sunrise, 일몰: sunset, 초밥: sushi, 백조: swan, 시나고그: synagogue, 주사기: syringe,
    타코: taco, 타말레: tamale, 귤: tangerine, 택시: taxi, 교사 / 선생님: teacher, 찻주전자:
    teapot, 수화기: telephone receiver, 망원경: telescope, 텔레비전 / 티비: television, 텐트:
    tent, 시험관: test tube, 온도계: thermometer, 가락신: flip-flops, 실타래: thread, 티켓:
    ticket, 변기: toilet, 토마토: tomato, 혀: tongue, 공구통: toolbox, 이빨 / 치아: teeth, 칫솔:
    toothbrush, 토네이도: tornado, 트랙터: tractor, 트램: tram, 삼각자: triangular ruler, 트롤:
    troll, 트롬본: trombone, 트로피: trophy, 음료수 / 음료: drink, 열대어: tropical fish, 트럼펫:
    trumpet, 튤립: tulip, 양주잔: tumbler glass, 칠면조: turkey, 거북이: turtle, 뱀파이어:
    vampire, 캠코더: video camera, 비디오테이프: videocassette, 바이올린: violin, 화산: volcano,
    배구공: volleyball, 와플: waffle, 물소: water buffalo, 물총: water pistol, 고래: whale, 백발:
    white hair, 와인잔: wine glass, 날개: wings, 목재: wood, 지렁이: worm, 렌치: wrench, 엑스레이:
    x-ray, 실뭉치: ball of yarn, 음양: yin yang, 요요: yo-yo, 얼룩말: zebra, 좀비: zombie, 캐릭터:
    character, 제품 / 상품: product, 산타: santa, 풍경 / 경치: landscape, 콘크리트: concrete,
    외벽: outer wall, 앞마당 / 마당: yard, 데크: deck, 조경: landscaping, 도심: city center, 골목:
    alley, 시골: countryside, 마을: village, 성당: cathedral, 절 / 사찰: temple, 궁 / 궁전:
    palace, 성: castle, 탑: tower, 다리미판: ironing board, 교량: bridge, 공항: airport, 항구:
    harbor, 부두: pier, 섬: island, 언덕: hill, 계곡: valley, 폭포: waterfall, 절벽: cliff, 동굴:
    cave, 초원: meadow, 논: rice field, 밭: field, 농장: farm, 눈보라: snowstorm, 빙하: glacier,
    모래: sand, 모래사장 / 백사장: sandy beach, 파도: waves, 수영장: swimming pool, 놀이터:
    playground, 놀이공원: amusement park, 운동장: sports field, 체육관: gym, 무대: stage, 극장:
    theater, 영화관: movie theater, 미술관: art museum, 박물관: museum, 도서관: library, 서점:
    bookstore, 시장: market, 마트: supermarket, 가게 / 상점: shop, 식당 / 레스토랑: restaurant,
    주방 / 부엌: kitchen, 거실: living room, 침실: bedroom, 욕실 / 화장실: bathroom, 베란다 /
    발코니: balcony, 옥상: rooftop, 지하실: basement, 계단: stairs, 복도: hallway, 현관: entrance,
    문손잡이: door handle, 천장: ceiling, 벽지: wallpaper, 타일: tiles, 마루: wooden floor, 러그:
    rug, 블라인드: blinds, 선반: shelf, 서랍: drawer, 서랍장: chest of drawers, 옷장: wardrobe,
    책장: bookshelf, 꽃병: vase, 조명 / 스탠드: lamp, 샹들리에: chandelier, 벽난로: fireplace,
    에어컨: air conditioner, 냉장고: refrigerator, 세탁기: washing machine, 전자레인지: microwave,
    오븐: oven, 가스레인지: stove, 선풍기: fan, 청소기: vacuum cleaner, 모니터: monitor, 스피커:
    speaker, 이어폰: earphones, 충전기: charger, 전선: wires, 콘센트: outlet, 베개: pillow, 쿠션:
    cushion, 이불 / 담요: blanket, 수건: towel, 휴지: tissue, 샴푸: shampoo, 빗: comb, 화장품:
    cosmetics, 향수: perfume, 매니큐어: nail polish, 문신 / 타투: tattoo, 흉터: scar, 점: mole,
    여드름: pimples, 주름: wrinkles, 잡티: blemishes, 주근깨: freckles, 보조개: dimples, 이마:
    forehead, 뺨 / 볼: cheek, 턱: chin, 입: mouth, 속눈썹: eyelashes, 눈동자: eyes, 앞머리: bangs,
    가르마: hair parting, 포니테일: ponytail, 땋은머리: braided hair, 파마머리: permed hair,
    대머리: bald head, 구레나룻: sideburns, 가슴: chest, 배꼽: navel, 허리: waist, 엉덩이: hip,
    무릎: knees, 팔꿈치: elbow, 손목: wrist, 손가락: fingers, 발가락: toes, 등: back, 뿔: horns,
    발톱: claws, 군복: military uniform, 수영복: swimsuit, 잠옷: pajamas, 속옷: underwear, 가운:
    robe, 웨딩드레스: wedding dress, 턱시도: tuxedo, 망토: cape, 앞치마: apron, 카디건 / 가디건:
    cardigan, 폴로셔츠: polo shirt, 탱크탑: tank top, 나시: sleeveless top, 크롭탑: crop top,
    맨투맨: sweatshirt, 패딩: padded jacket, 트렌치코트: trench coat, 레깅스: leggings, 스타킹:
    stockings, 슬리퍼: slippers, 로퍼: loafers, 비니: beanie, 베레모: beret, 밀짚모자: straw hat,
    중절모: fedora, 두건: bandana, 머리핀: hairpin, 브로치: brooch, 팔찌: bracelet, 발찌: anklet,
    스마트워치: smartwatch, 손목시계: wristwatch, 토트백: tote bag, 숄더백: shoulder bag, 캐리어 /
    여행가방: suitcase, 지팡이: cane, 휠체어: wheelchair, 유모차: stroller, 부채: hand fan, 화환:
    wreath, 현수막: banner, 포스터: poster, 벽시계: wall clock, 칠판: blackboard, 볼펜: pen,
    테이프: tape, 잡지: magazine, 편지: letter, 우체통: mailbox, 우표: stamp, 돈: money, 지폐:
    banknote, 카드: card, 호스: hose, 밧줄: rope, 체인: chain, 칼 / 나이프: knife, 검: sword, 활:
    bow, 총: gun, 갑옷: armor, 연기: smoke, 안개: fog, 비: rain, 번개: lightning, 먹구름: dark
    clouds, 오로라: aurora, 우주선: spaceship, 행성: planet, 지구: earth, 괴물: monster, 마녀:
    witch, 천사: angel, 악마: devil, 인어: mermaid, 해적: pirate, 기사: knight, 왕: king, 여왕:
    queen, 의사: doctor, 간호사: nurse, 배우: actor, 운동선수: athlete, 선수: player, 관광객:
    tourist, 행인: passerby, 군중: crowd, 직원: employee, 손님: customer, 노인: elderly person,
    청년: young man, 커플: couple, 가족: family, 다람쥐: squirrel, 햄스터: hamster, 판다: panda,
    오징어: squid, 개구리: frog, 까마귀: crow, 갈매기: seagull, 잠자리: dragonfly, 벌레: bug,
    하트: heart, 화살표: arrow, 자막: subtitles, 스티커: sticker, 낙서: graffiti, 얼룩: stain,
    먼지: dust, 흠집: scratches, 반사: reflection, 날짜: date, 숫자: number, 스포츠카: sports car,
    승용차: car, 승합차 / 밴: van, 캠핑카: camper van, 굴착기: excavator, 드론: drone, 열기구: hot
    air balloon, 비행선: airship, 요트: yacht, 보트: boat, 잠수함: submarine, 지하철: subway
    train, 신호등: traffic light, 횡단보도: crosswalk, 차선: lanes, 보도 / 인도: sidewalk, 주차장:
    parking lot, 터널: tunnel, 철도 / 철길: railway, 전봇대: utility pole, 벤치: bench,
    쓰레기봉투: trash bag, 단풍: autumn leaves, 단풍나무: maple tree, 대나무: bamboo, 은행나무:
    ginkgo tree, 백합: lily, 국화: chrysanthemum, 수국: hydrangea, 라벤더: lavender, 민들레:
    dandelion, 잡초: weeds, 덩굴: vines, 나뭇가지: branch, 뿌리: roots, 열매 / 과일: fruit, 배추:
    cabbage, 고추: chili pepper, 호박: pumpkin, 채소 / 야채: vegetables, 키위: kiwi, 감:
    persimmon, 자두: plum, 견과류: nuts, 밥: rice, 라면: ramen, 김밥: gimbap, 김치: kimchi,
    비빔밥: bibimbap, 불고기: bulgogi, 떡볶이: tteokbokki, 파스타: pasta, 샐러드: salad, 스테이크:
    steak, 치킨: fried chicken, 생선: fish, 치즈: cheese, 잼: jam, 소스: sauce, 수프: soup, 찌개:
    stew, 머핀: muffin, 우유: milk, 주스: juice, 콜라: cola, 와인: wine, 소주: soju, 녹차: green
    tea, 빨대: straw, 물병: water bottle, 텀블러: tumbler, 주전자: kettle, 찻잔: teacup, 냄비:
    pot, 도마: cutting board, 포크: fork, 쟁반: tray, 식탁: dining table, 식탁보: tablecloth,
    냅킨: napkin, 뚜껑: lid, 손잡이: handle, 악보: sheet music, 농구공: basketball, 야구방망이 /
    배트: baseball bat, 테니스공: tennis ball, 라켓: racket, 스노보드: snowboard, 서핑보드:
    surfboard, 튜브: swim ring, 그네: swing, 미끄럼틀: slide, 장난감: toy, 곰인형: teddy bear,
    레고: lego bricks, 연: kite, 선물: gift, 선물상자: gift box, 크리스마스트리 / 트리: christmas
    tree, 촛대: candlestick, 메달: medal, 왕좌: throne, 동상 / 조각상: statue, 분필: chalk, 물감:
    paint, 이젤: easel, 사진관: photo studio, 삼각대: tripod, 렌즈: lens, 마우스: computer mouse,
    태블릿: tablet, 책가방: school bag, 필통: pencil case, 계산기: calculator, 저울: scale, 약:
    medicine, 붕대: bandage, 산소마스크: oxygen mask, 잠수복: wetsuit, 우비: raincoat, 우주복:
    space suit, 수트 / 슈트: suit, 점프수트: jumpsuit, 후드: hood, 지퍼: zipper, 끈: strap,
    신발끈: shoelaces, 밑창: sole, 타이어: tires, 번호판: license plate, 헤드라이트: headlights,
    유리창: window, 창틀: window frame, 굴뚝: chimney, 기둥: pillar, 난간: railing, 담장 / 담:
    wall, 대문: gate, 우물: well, 정자: pavilion, 석상: stone statue, 종: bell, 십자가: cross,
    촛농: wax, 보석: jewel, 다이아몬드: diamond, 진주: pearl, 금괴: gold bar, 보물상자: treasure
    chest, 지도: map, 지구본: globe, 밤거리: night street, 야경: night view, 노을빛: sunset light,
    햇빛 / 햇살: sunlight, 달빛: moonlight, 별빛: starlight, 초승달: crescent moon, 보름달: full
    moon, 밤바다: night sea, 바닷속: underwater scene, 설원: snow field, 황무지: wasteland, 정글:
    jungle, 사바나: savanna, 열대우림: rainforest, 스튜디오: studio, 아파트: apartment building,
    한옥: hanok, 기와집: tiled house, 초가집: thatched house, 텃밭: vegetable garden, 연못: pond
""")
