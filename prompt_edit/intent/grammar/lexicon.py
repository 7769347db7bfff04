"""The English words that the offline grammar knows. Tables only: its neighbours do the reading.

Entries may hold several words ("next to"); `tokens` folds each into one token first. Nouns are an
open class and need no table; the few here answer one question each.
"""

from __future__ import annotations

from .spelling import SPELLING as SPELLING
from .tables import listed, word_map, word_set

# --- English: attributes, by kind. The order of the kinds is the order of the words in a phrase ---

SHADES = word_set("""
    light, dark, bright, pale, deep, pastel, neon, hot, soft, vivid, muted, dull, metallic, royal,
    sky, navy, baby, lime, forest, olive, blood, rose, lemon, mint, emerald, ruby, cherry, jet,
    snow, dusty, warm, cool, electric, ash, platinum, strawberry, darker, lighter, brighter, sea,
    midnight, burnt, off, army, ice, pure, steel, cobalt, chocolate, bottle, dove, wine, sage,
    powder, slate, hunter, moss, apple, canary, mustard, honey, butter, coffee, caramel, tomato,
    brick, bubblegum, peacock, ocean, denim, smoke, pearl, candy, plum, grape, raspberry,
    jade, pistachio, avocado, racing, solid
""")
SHADES_OF_THINGS = word_set("""
    sky, baby, lime, forest, olive, blood, rose, lemon, mint, emerald, ruby, cherry, snow, sea, ice,
    steel, chocolate, strawberry, light, bottle, dove, wine, moss, apple, canary, mustard, honey,
    butter, coffee, caramel, tomato, brick, bubblegum, peacock, ocean, smoke, pearl, candy, plum,
    grape, raspberry, pistachio, avocado
""")
DEGREES = word_map("""
    a bit / a little / a little bit / slightly / somewhat / a tad / a touch / a shade: slightly,
    much / a lot / way / far / even / considerably / noticeably / significantly / a whole lot: much,
    a lot more / way more / much more / far more / even more: much more, a bit more / a little more
    / slightly more / a tad more / a touch more: slightly more, a lot less / way less / much less /
    far less / even less: much less, a bit less / a little less / slightly less / a tad less / a
    touch less: slightly less, very / really / super / really really / extremely / incredibly /
    super duper / very very: very, quite: quite, rather: rather, more: more, less: less
""")
ALSO_WORDS = word_set("super, way, far, even, quite, rather")
"""Degrees that tell something else before a noun: "the far wall"."""
ATTRIBUTES: dict[str, frozenset[str]] = {
    "size": word_set("""
        big, bigger, large, larger, small, smaller, tiny, huge, giant, enormous, little, mini
    """),
    "length": word_set("""
        long, longer, short, shorter, knee-length, ankle-length, floor-length, shoulder-length,
        mid-length, cropped, maxi, high, higher, low, lower, tall, taller
    """),
    "width": word_set("""
        wide, wider, narrow, narrower, thick, thicker, thin, thinner, slim, slimmer, skinny,
        skinnier, curvier, chubby, chubbier, baggy, loose, looser, tight, tighter, fat, fatter,
        muscular, oversized
    """),
    "age": word_set("old, older, young, younger, new, newer, vintage, modern, antique, ancient"),
    "look": word_set("""
        shiny, shinier, glossy, matte, fluffy, fluffier, fuzzy, furry, sparkly, glittery, elegant,
        fancy, casual, formal, sporty, cute, cuter, beautiful, pretty, prettier, ugly, happy,
        happier, sad, sadder, angry, wet, dry, dirty, clean, cleaner, rusty, broken, smooth, rough,
        transparent, see-through, empty, full, repaired, open, closed, glowing, burning, frozen,
        lit, unlit, tidy, blank, clear, luxury, snowy, sunny, cloudy, rainy, stormy, foggy, misty,
        dramatic, realistic, colorful, brushed, polished, ripped, distressed, weathered, wrinkled,
        withered, medium rare, well done, messy, stained, translucent, metallic, simple, minimalist,
        stylish, traditional, futuristic, blurry, scary, cinematic, moody, spooky, festive,
        professional, cozy, romantic, vibrant, dreamy, magical, gloomy, mysterious, eerie,
        whimsical, creepy, epic, tinted, natural, high gloss, high-gloss
    """),
    "light": word_set("""
        dark, darker, light, lighter, bright, brighter, pale, paler, dim, dimmer, dull, vivid,
        warm, warmer, cool, cooler, sharp, sharper, soft, softer
    """),
    "form": word_set("""
        straight, bob, curly, curlier, wavy, spiky, bald, braided, round, rounder, square, oval,
        flat, pointy, sleeveless, long-sleeved, short-sleeved, strapless, slicked back, pulled back,
        tied back, swept back, v-neck, off-shoulder, hooded, bare, folded, arched, high-waisted,
        high waisted, low-rise, pleated, ruffled
    """),
    "color": word_set("""
        red, orange, yellow, green, blue, purple, pink, brown, black, white, gray, navy, olive,
        maroon, beige, turquoise, teal, golden, gold, silver, cyan, magenta, violet, indigo,
        crimson, scarlet, burgundy, lavender, lilac, ivory, cream, khaki, tan, coral, salmon,
        peach, mint, lime, mustard, amber, bronze, copper, charcoal, rose, plum, blond, brunette,
        ginger, auburn, fuchsia, aqua, azure, ruby, emerald, rainbow, multicolored, colored,
        ultramarine, ochre, salt and pepper, greenish, reddish, bluish, yellowish, redder, bluer,
        greener, whiter, blacker, ash, platinum, rose gold, chestnut, mauve, chocolate, taupe,
        gunmetal, greige, ecru, vermilion, cerulean, periwinkle
    """),
    "pattern": word_set("""
        striped, stripy, plain, checkered, checked, plaid, tartan, floral, flowered, dotted,
        spotted, polka dot, polka-dot, polka dotted, camouflage, camo, paisley, houndstooth,
        patterned, tiled, zigzag, leopard print, leopard, zebra print, tie-dye, tie-dyed, tie dye,
        tie dyed, gingham, light wash, dark wash, acid wash, stone wash, argyle, herringbone,
        two-tone, two-toned, two tone, two toned, ombre
    """),
    "material": word_set("""
        leather, denim, silk, silken, cotton, wool, woolen, woollen, linen, velvet, satin, lace,
        fur, knitted, knit, nylon, suede, wooden, wood, metal, steel, iron, stone, marble, glass,
        plastic, paper, brick, concrete, ceramic, porcelain, rubber, crystal, straw, clay, brass,
        tweed, corduroy, latex, fleece, chrome, bamboo, wicker, cardboard, ice, diamond,
        stainless steel, cast iron, wrought iron, solid wood, solid oak, oak wood, exposed brick,
        frosted glass, carbon fiber, carbon fibre, granite, quartz, aluminum, aluminium, titanium,
        terracotta, rattan, vinyl, plywood, nickel, chiffon
    """),
    "style": word_set("""
        mid century modern, mid-century modern, mid century, mid-century, art deco, art nouveau, pop
        art, film noir, low poly, vaporwave, synthwave, baroque, cubist, surrealist, bohemian, boho,
        rustic, victorian, scandinavian, sepia, monochrome, black-and-white, black and white,
        grayscale, cartoonish, photorealistic, pixelated, pixel art, watercolor, anime, cartoon,
        cyberpunk, steampunk, gothic, impressionist, retro
    """),
}
KIND_OF = {word: kind for kind, group in ATTRIBUTES.items() for word in sorted(group)}
KIND_OF["black and white"] = KIND_OF["black-and-white"] = "color"
KIND_ORDER = (*ATTRIBUTES, "other")

THING_COLORS = word_set("""
    sage, camel, rust, blush, champagne, nude, cognac, heather, honey, caramel, coffee, mocha, wine,
    eggplant, aubergine, tangerine, apricot, cinnamon, pumpkin, cranberry, raspberry, blueberry,
    espresso, tobacco, moss, pearl, smoke, sapphire, oatmeal, butter, seafoam, merlot, bordeaux,
    fawn, onyx
""")
"""Things that lend their names to colors: a coat that becomes camel is not an animal."""
WOODS = word_set("""
    oak, walnut, maple, birch, mahogany, teak, cherry wood, pine, beech, cedar, ebony, rosewood,
    acacia, hickory
""")
OF_WOOD = word_set("""
    table, tabletop, desk, chair, armchair, stool, bench, bed, headboard, nightstand, dresser,
    wardrobe, closet, cabinet, cupboard, shelf, bookshelf, bookcase, bookend, counter, countertop,
    door, frame, floor, flooring, floorboard, wall, panel, paneling, panelling, ceiling, beam,
    fence, gate, deck, decking, stair, staircase, step, railing, banister, handrail, crate, chest,
    drawer, tray, bowl, board, plank, furniture, piano, guitar, violin, mantel, trim, molding,
    baseboard, vanity, hutch, sideboard, credenza, console, handle, barrel, bridge, cabin, spoon,
    clock, box, siding, pergola, rack, stand, island, veneer, parquet
""")
"""What may be of a wood, and does not only get the color of it."""
SPOILT = word_set("""
    broken, dirty, rusty, ripped, ugly, overcast, wilted, withered, torn, cracked, damaged, faded,
    dead, dying, worn, stained, shattered, chipped, dented, tattered, rotten, burnt, ruined, bent,
    crooked, scratched, wrinkled, moldy
""")
"""How a thing is for which another one comes, that is not so."""
COMPOUNDS = word_set("""
    ice cream, ice creams, whipped cream, sour cream, shaving cream, ice cube, ice cubes, black
    hole, orange juice, red carpet, white board, stained glass, gold fish, rose bush, black board,
    night sky, evening sky, morning sky, dawn sky, sunset sky, sunrise sky, winter sky, summer sky,
    starry sky, night sea, heavy snow, pine forest, rain forest, fighter jet, shaved ice, dry ice,
    newborn baby, milky way, traffic light, street light, pendant light, night light, stage light,
    string light, porch light, spot light, tail light, brake light, toilet paper, wrapping paper,
    tissue paper, wall paper, gift paper, baking paper, rice paper, hair iron, curling iron, steam
    iron, wine glass, beer glass, champagne glass, cocktail glass, martini glass, water glass, shot
    glass, whiskey glass, whisky glass, juice glass, milk glass, soju glass, tumbler glass, drinking
    glass, magnifying glass, looking glass, vacuum cleaner, window cleaner, soybean paste, tomato
    paste, pocket watch, wrist watch, tv stand, cake stand, music stand, display stand, plant stand,
    jet ski, roller skate, drinking straw, olive tree, plum tree, plum blossom, plum blossoms,
    cherry tree, cherry blossom, cherry blossoms, peach tree, peach blossom, peach blossoms, lemon
    tree, lime tree, orange tree, chestnut tree, coral reef, silver grass, rose garden, rose petals,
    lavender field, lavender fields, cream puff, swimming pool, running track, running shoes,
    punching bag, flying saucer, playing card, playing cards, washing machine, shopping cart,
    shopping bag, parking lot, dining table, sleeping bag, rocking chair, fishing rod, hiking boots,
    ironing board, cutting board, frying pan, swim cap, swim ring, ski goggles, hanging scroll,
    standing sign, hang glider, four leaf clover, lamp shade, lamp shades, window shade, window
    shades, sun shade, sun shades, eye shade, van gogh
""")
"""Things whose names are made of attributes."""
ALSO_NOUNS = word_set("""
    orange, rose, glass, peach, plum, lime, olive, cherry, lemon, leopard, cartoon, watercolor,
    ruby, emerald, diamond, crystal, stone, brick, straw, rainbow, square, paper, chestnut,
    chocolate, plain, ice, tan, brunette, blond, light, iron, mint, anime, salmon, coral,
    high, low, copper, cream, lavender, lilac, violet, mustard, ginger, giant, charcoal,
    bamboo, cotton, wood, concrete, nickel, v-neck,
    professional
""")
"""Attributes that an article turns into things: "an orange" is a fruit, "orange" is a color."""

# --- English: what a noun phrase is built of ------------------------------------------------------

INDEFINITE = word_set("a, an, some, any, another, more")
DEFINITE = word_set("the, this, that, these, those")
OWNERS = word_map("her: woman, his: man, my / your / their / our: person, its: it")
PERSONS_BY_PRONOUN = word_map("""
    her / she: woman, him / he: man, me / you / us / myself: person, everyone / everybody: person,
    someone / somebody: person
""")
PRONOUNS = word_set("it, them, that, this, these, those, they, the same")
ALL = word_set(
    "all, every, each, both, all of, each of, every one of, both of, any of, whole, entire"
)
SOME = word_map("""
    one of: 1, two of: 2, three of: 3, some of: 2, a couple of: 2, a few of: 3, several of: 3,
    one: 1, single: 1
""")
ALL_ELSE = word_set("everything else, anything else, the rest, rest, all else")
EVERYTHING = ALL_ELSE | word_set("everything, whole thing, anything")
PICTURES = word_set("""
    picture, image, photo, photograph, pic, scene, selfie, snapshot, canvas, artwork, screenshot
""")
ARTWORKS = word_set("""
    painting, sketch, drawing, style, cartoon, watercolor, comic, anime, mosaic, engraving, sepia,
    monochrome, grayscale, black and white, black-and-white, landscape, scenery, scene, cityscape
""")
"""What a picture is turned into when no thing is named: "convert to a pencil sketch"."""
BACKGROUNDS = word_set("background, backdrop")
BODILY = word_set("""
    fur, mane, collar, leash, feather, paw, beak, whisker, hoof, horn, wing, nail, claw, mouth,
    tongue, belly, tooth, muzzle, snout, fin
""")
"""What animals have, and nothing that is put on them."""
PRINTED_ON = word_set("""
    label, sign, poster, card, banner, screen, page, book, logo, text, sticker, flag, billboard,
    menu, chart, badge, stamp, packaging
""")
"""What has a background of its own, behind its letters."""
SETTINGS = word_set("setting, surroundings, surrounding, environment, location, scenery")
"""Alone they are the background; "a table setting" is a thing."""
ASPECTS = word_set("""
    color, colors, length, size, material, fabric, texture, pattern, style, hue, tone, shade, breed,
    species, type
""")
"""Nouns that name a property of a thing, and stand for the thing: "the color of the dress"."""

EXPRESSIONS = word_set("smile, grin, frown, smirk, pout, scowl, wink, laugh")
"""What a face does: no thing that can be put on it."""
PRINTS = word_set("""
    stripes, polka dots, dots, spots, checks, plaid, floral pattern, floral print, flower pattern,
    glitter, sequins, embroidery, pinstripes, zigzags, camouflage
""")
"""What cloth has all over: it is changed by them, and nothing stands on it."""
ADJUSTED = word_set("""
    contrast, brightness, warmth, saturation, grain, vignette, sharpness, exposure, clarity,
    vibrance, vibrancy, blur, depth, depth of field, bokeh, hdr, volume, definition, noise, drama,
    dimension, sharpening, detail, details, resolution, quality
""")
"""What a photo has more or less of: nothing that stands in it."""
MAKEOVERS = word_set("makeover, refresh, upgrade, facelift, retouch, touch-up, cleanup, update")
VAGUE_ONES = word_set("different, other, another, better, nicer, similar, new different, matching")
"""Said of "one", none of them tells how it looks."""
STAYS = word_set("stay, stays, remain, remains, is kept, are kept, does not change")
"""Behind these stands that a thing is not changed: "make sure the face stays the same"."""
MOODS = word_set("""
    season, weather, time of day, lighting, atmosphere, mood, climate, time of year, art style
""")
"""What a whole picture has: "change the season to winter"."""
EFFECTS = word_set("""
    blurry, blurred, blur, blurrier, bokeh, sharp, sharper, crisp, darker, brighter, lighter,
    dimmer, dim, out of focus, in focus, clearer, softer, hazy
""")
"""What is done to a background that is there; a new one would be another picture."""
SHADED = word_set("shade, tone, hue")
PAINTED = ASPECTS - {"style"}
LOOK_NOUNS = word_set("look, tint, effect, vibe, feel, finish, theme, appearance")
COLORS = word_set("color, colors, hue, tone, shade")
HAIR_COLORS = word_set("blond, brunette, ginger, auburn")
GENDERS = word_map("""
    man / boy / guy / gentleman / groom / father / grandfather / king / prince / lad / snowman /
    santa / wizard / waiter / businessman / policeman / fireman / grandpa / dad / uncle / son /
    husband / brother / boyfriend / old man: man, woman / girl / lady / bride / mother / grandmother
    / queen / princess / actress / waitress / witch / ballerina / grandma / mom / aunt / daughter /
    wife / sister / girlfriend / old woman: woman
""")
"""Whom "his" and "her" can mean when named before."""
PERSONS = word_set("""
    person, man, woman, boy, girl, lady, guy, child, kid, model, bride, baby, people, women, men,
    player, players, goalie, referee, athlete, dancer, singer, teenager, toddler, adult, friend,
    dude, gentleman, tourist, photobomber, passerby, pedestrian, bystander, stranger, ex, fiance,
    fiancee, coworker, colleague, roommate, classmate, bridesmaid, groomsman, couple, family
""")
NOBODYS = word_set("""
    sky, cloud, sun, moon, tree, grass, wall, floor, road, street, house, building, car, truck, bus,
    text, logo, watermark, background, backdrop, mountain, sea, water, snow, fence, dog, cat, bird,
    horse, cow, sheep, duck, rabbit, chair, table, sofa, lamp, window, animal, flower
""")
"""What is there without an owner, so that the one of what stands before it in a list is not its."""
LOOKS = word_set("look, looks, appear, be, to be, is, are, become, becomes") | {""}
"""Marks, none among them, behind which a bare word describes: "make it look elegant"."""

ORDINALS = {
    word: rank
    for rank, names in enumerate(
        listed(
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
        listed("one/1, two/2, three/3, four/4, five/5, six/6, seven/7, eight/8, nine/9, ten/10"),
        start=1,
    )
    for word in names.split("/")
}
ORDERS = word_map("""
    left / leftmost / left-most / left-hand / far left: left,
    right / rightmost / right-most / right-hand / far right: right,
    top / topmost / upper / uppermost / highest: top,
    bottom / bottommost / lowermost / lowest: bottom,
    middle / center / central / middlemost: center, largest / biggest / larger / bigger: largest,
    smallest / tiniest / littlest / smaller: smallest,
    most prominent / most visible / main / most obvious / most likely: score
""")
SIDES = word_set("""
    left, right, top, bottom, middle, center, left-hand, right-hand, far left, far right
""")
SIDE_PREPOSITIONS = word_set("on, at, to, from, in, in from, counting from, starting from")
SIDE_NOUNS = word_set("side, hand side, edge, end, half, corner")

CORNERS = word_map("""
    bottom right / lower right / bottom-right / lower-right / right bottom: bottom right,
    top right / upper right / top-right / upper-right / right top: top right,
    bottom left / lower left / bottom-left / lower-left / left bottom: bottom left,
    top left / upper left / top-left / upper-left / left top: top left
""")
ORDERS |= CORNERS

RELATIONS = word_map("""
    next to / beside / by / near / close to / nearby / alongside / adjacent to / at: near, by the
    side of / on either side of / on the side of / to the side of / at the side of / at the edge of
    / at the end of / tied to: near, left of / to the left of / on the left of / at the left of / on
    the left side of / to the left side of: left of, right of / to the right of / on the right of /
    at the right of / on the right side of / to the right side of: right of, above / over: above,
    below / under / beneath / underneath / on the bottom of / at the bottom of: below, on / atop /
    worn by / held by / carried by / owned by / belonging to / attached to / stuck to / glued to /
    taped to / pinned to / on the center of / on top of / on the top of / at the top of / to the top
    of / upon / onto / on the front of / on the back of / on the surface of / on the edge of / all
    over: on, in / inside / inside of / into / within / in the middle of / in the center of / at the
    center of / in the corner of: in, with / holding / carrying / wearing / dressed in / that has /
    who has / having: holding
""")
RELATIONS |= {f"{where} the {corner} corner of": "on"
              for where in ("in", "at", "on") for corner in sorted(CORNERS)}  # fmt: skip
PLACES = {word: kind for word, kind in RELATIONS.items() if kind != "holding"}
PLACES |= {"to": "on", "around": "on", "down": "on", "up": "on"}
"""Where a new thing can go: "around her neck" is a place for a scarf, but finds none."""
AFTER_DOING = word_map("""
    with / toward / towards / for: near, out of / out from / from / through: on
""")
"""Where a new thing is that does something there: "kittens crawling out of the basket"."""
NEARLY = word_set("""
    behind, in back of, in front of, among, across, across from, opposite, against, beyond,
    along, outside, outside of, past
""")
"""Places of a depth or a distance that no box tells: what is next to it is meant."""
UNSUPPORTED_RELATIONS = word_set("""
    facing, between, in between, around, without, like, from, looking at, through, toward, towards,
    far from
""")
FILLERS = word_set("""
    that is, that are, who is, who are, which is, which are, located, placed, standing, sitting,
    lying, hanging, parked, seated
""")
"""Words between a noun and its relation that add nothing: "the cup that is on the table"."""

CLOTHES = word_set("""
    hat, cap, dress, coat, jacket, shirt, t-shirt, suit, skirt, pants, trousers, jeans, shorts,
    sweater, hoodie, uniform, scarf, tie, boots, shoes, glasses, sunglasses, blouse, vest, helmet,
    clothes, outfit, gown, tuxedo, bikini, swimsuit, pajamas, armor, sari, overalls, leggings,
    heels, sandals, slippers, loafers, cape, cloak, poncho, raincoat, beret, fedora, turban, tiara,
    wig, mask, goggles, trunks, tights, robe, costume, sneakers, socks, gloves, apron, cardigan,
    kimono, hanbok, spacesuit, onesie, jersey, toga, jumpsuit, tracksuit, sweatshirt, polo, bra,
    tux, saree, lehenga, khakis, chinos, romper, tutu, sundress, bodysuit, corset, kaftan, kilt,
    joggers, sweatpants, turtleneck, blazer, parka, windbreaker, waistcoat, nightgown, bathrobe,
    lingerie, underwear, swimwear, leotard, scrubs, dungarees, stockings, beanie, sombrero,
    veil, hijab, kurta, sherwani, qipao, cheongsam, yukata, attire, clothing, jumper, pullover,
    necktie, crop top, tank top, halter top, tube top, camisole, flip flops
""")
WORN = CLOTHES | word_set("""
    necklace, earrings, earring, bow tie, bowtie, crown, bracelet, tattoo, headphones, headband,
    choker, pendant, backpack, halo, wings, bangs, braid, braids, ponytail, pigtails, dreadlocks,
    highlights, ring, watch, purse, handbag, anklet, brooch, wristband, belt
""")
"""What somebody wears: where nobody is named, the largest person gets it."""
OUTFITS = word_set("""
    suit, dress, gown, tuxedo, tux, uniform, costume, robe, kimono, hanbok, sari, saree, lehenga,
    outfit, clothes, clothing, attire, jumpsuit, spacesuit, romper, sundress, toga, kaftan,
    tracksuit, onesie, bodysuit, overalls, dungarees, armor, pajamas
""")
"""Clothes that are all that somebody wears: of two of them one goes for the other."""
COVERINGS = word_set("""
    blanket, mask, cloth, tablecloth, sheet, cover, emoji, sticker, bar, patch, tape, tarp, veil,
    towel, rug, quilt, bandage, curtain, sack, bag, hood, bedspread, throw, duvet, box, square
""")
"""What lies on the thing that it is put over."""
WRAPS = word_set("""
    ribbon, bow, rope, chain, string, tape, bandage, light, garland, tinsel, collar, label, sleeve,
    arm, wrapper, foil, frame, border, outline, band, ivy, vine, snake, wreath, glow, circle, towel,
    blanket, cloth, sheet
""")
"""What lies on the thing that it is put around."""
HAIRDOS = word_set("ponytail, bun, braid, braids, pigtails, dreadlocks, updo, bob")
HOLDERS = word_set("""
    vase, plate, leash, wheelchair, frame, bowl, basket, box, bag, jar, pot, cup, glass, mug, tray,
    hanger, cage, crate, stroller, bottle, bucket, drawer, backpack, purse, suitcase, envelope,
    pedestal, stand, hook, string, collar, harness, saddle, chain, rope, cart, shelf, dish, pan,
    rack, case, sack, crib, cradle, ponytail, bun, braid, updo, bob
""")
"""What holds a thing, and is no place that could be seen all around it."""
FAR = word_set("""
    beach, desert, forest, woods, jungle, rainforest, savanna, space, galaxy, universe, moon, mars,
    island, mountains, countryside, meadow, prairie
""")
"""Where "the beach" is a place to be put to, and seldom one in the picture."""
SCENES = FAR | word_set("""
    field, garden, park, village, town, city, cityscape, skyline, downtown, street, road, alley,
    highway, square, plaza, market, mall, store, shop, supermarket, restaurant, cafe, bar, pub,
    club, hotel, lobby, office, studio, room, bedroom, bathroom, kitchen, classroom, school,
    library, museum, gallery, theater, stage, runway, catwalk, stadium, arena, gym, court, pool,
    playground, farm, barn, ranch, vineyard, orchard, greenhouse, mountain, hill, hills, valley,
    canyon, cliff, cave, volcano, coast, shore, seaside, harbor, port, pier, dock, ocean, sea, lake,
    river, waterfall, swamp, pond, snow, ice, sky, clouds, planet, heaven, hell, castle, palace,
    temple, church, cathedral, mosque, ruins, rooftop, balcony, terrace, patio, porch, backyard,
    yard, lawn, basement, attic, garage, warehouse, factory, laboratory, lab, hospital, prison,
    airport, station, subway, spaceship, battlefield, landscape, scene, scenery, sunset, sunrise,
    night, rain, storm, fog, autumn, winter, floor, ground, grass, sand, rock, table, tabletop,
    desk, counter, countertop, podium, platform, slab, surface, world, paradise, wonderland,
    background, backdrop, setting, environment, wilderness, tundra, glacier, lagoon, bay, boardwalk,
    courtyard, corridor, hallway, tunnel, aquarium, zoo, circus, carnival, festival, showroom,
    ballroom, nightclub, casino, apartment, penthouse, mansion, bakery, salon, spa, courtroom,
    dungeon, shrine, oasis, dunes, marsh, crater, lounge, loft, suite, villa, metropolis, suburb,
    neighborhood, avenue, boulevard, sidewalk, stable, cockpit, jungle gym, cornfield, cemetery,
    graveyard, parking lot, interior, board, cutting board, log, stump, tree stump, pebbles, mat,
    plinth, pillar, tile, tiles, cloth, party, wedding, concert, picnic, racetrack, racecourse,
    course, trail, path, red carpet, slope, driveway, creek, stream, thunderstorm, snowstorm,
    blizzard, sandstorm, parade, funfair
""")
"""What can be all around a thing, or a ground below it."""
COUNTRIES = word_set("""
    los angeles, las vegas, maldives, bahamas, netherlands, philippines, united states, himalayas,
    alps, andes, rockies, everglades, hawaii, niagara falls, tropics
""")
"""Places whose names end as plurals do."""
STUFFS = word_set("""
    lawn, grass, carpet, water, sand, snow, dirt, gravel, wallpaper, mud, turf, soil, asphalt,
    pavement, rug, moss, foliage, vegetation, fog, mist, smoke, steam
""")
"""What is a stuff, of which no other stuff can be made: no lawn is of concrete."""
FLUIDS = word_set("""
    water, tea, coffee, wine, beer, juice, milk, drink, soda, champagne, liquid, sauce, syrup,
    beverage, cocktail, lemonade, food, soup, filling, topping, frosting, ice cream, fruit, cake,
    pizza, pie, bread, burger, sandwich, salad, cookie, donut, dessert, pasta, icing, latte,
    smoothie, candy, vegetable, meat, meal, dish, snack, spice, flavor, pancake, chocolate, butter,
    cheese, jam, honey, cream, mustard, ketchup, cereal, rice
""")
"""What becomes champagne or pumpkin, and does not get the color of it."""
BODY = word_set("""
    hair, eyes, eye, skin, lips, nose, face, eyebrows, teeth, head, arm, arms, hand, hands, leg,
    legs, foot, feet, neck, ear, ears, cheek, cheeks, fingernails, nails, body, shoulder,
    shoulders, wrist, chest, forehead, tail, back, lap, waist, hips, ankle, ankles
""")
"""Parts that a living thing already has: to *give* it one is to change the one it has."""
NOWHERE = word_set("background, foreground, distance, backdrop, back, front, corner, middle, side")
"""Places that no box stands for, so that no relation can lead to them."""
DEPTHS = word_map("""
    background / distance / backdrop / back: smallest, foreground / front: largest
""")
"""Which one of several most likely stands there."""

INSTEAD = word_set("instead of, in place of, in the place of, rather than, in lieu of")
"""What stands behind it goes, for what the clause names."""
IN_ITS_PLACE = "in its place"

HAVING = word_set("have, has, had, should have, could have, to have")
HELD = word_map("""
    holding / hold / carrying / flying / displaying: hold, wearing / wear / dressed in / sporting:
    wear, having: have
""")
"""Behind a form of "to be": "the man should be wearing a hat". What is held opens as new."""
MADE_OF = word_set("made of, made from, made out of, made up of, built of")
COVERED = word_set(
    "with, of, full of, filled with, covered with, covered in, covered by, topped with"
)
"""What a look may begin with: "the plate should be full of fruit"."""

SOMEWHERE = word_set("""
    nearby, outside, inside, around, close by, somewhere, somewhere else, over there, right there
""")
"""Said behind all else, of nothing in the picture: "add a clown outside"."""
MOVED = word_set("down, up, back, away, aside, forward, together, apart, to sleep, to bed")
"""Where what is there would have to go: "put the toilet seat down"."""
AHEAD = word_set("forward, ahead, away, back, aside, sideways, down, up, left, right")
"""Where a look goes, of things that look there: "make the zebra look forward"."""

LETTERING = word_set("say, says, saying")
TEXTS = word_set("""
    text, texts, word, words, letters, lettering, caption, captions, subtitle, subtitles, slogan,
    inscription, headline
""")
ACTIONS = word_set("""
    blow, chase, juggle, hop, crouch, jog, sniff, chew, sneeze, cough, snore, pray, cheer, cuddle,
    tickle, dig, knit, inspect, grab, build, bake, feed, shave, pour, push, pull, follow, greet,
    teach, listen, applaud, shoot, punch, dribble, sip, hunt, argue, whisper, sneak, peek, peer,
    glance, gaze, relax, snooze, bleat, meow, moo, run, jump, fly, walk, smile, laugh, frown, cry,
    yawn, sleep, sit, stand, kneel, lie, lay, dance, swim, sing, bark, talk, speak, wave, wink,
    blink, play, climb, fight, kiss, hug, bow, leap, neigh, purr, growl, hiss, chirp, quack, snarl,
    crawl, float, fall, kick, throw, catch, eat, drink, drive, ride, read, raise, lift, stare,
    point, lean, bend, stretch, pose, scream, shout, howl, roar, bite, lick, smoke, skate, ski,
    surf, swing, spin, move, graze, squat, clap, nod, shake, emerge
""")
"""What living things do. No mask can be laid on it."""
USES = word_set("""
    eat, drink, read, wear, hold, use, play, sit, ride, chew, watch, write, sleep, carry, drive,
    chase, lean, rest
""")
"""What a thing may be for: "an apple to eat", "a ball to play with"."""
ARRIVALS = word_set(
    "look, watch, come, appear, arrive, hover, rise, pass, cross, enter, rest, hang"
)
"""What a new thing may do at its place, besides: "have a ufo appear over the house"."""
THINGS_IN_ING = word_set("""
    ring, earring, king, wing, ceiling, building, painting, clothing, string, swing, spring,
    pudding, icing, dressing, railing, awning, lightning, wedding, evening, morning, frosting,
    topping, drawing, stuffing, filling, lining, lettering, piercing, parking, bedding, siding,
    flooring, covering, landing, thing, wiring, stocking, something, everything, anything
""")

FUNCTION_WORDS = word_set("""
    a, an, the, this, that, these, those, and, or, but, to, into, of, for, from, with, by, as,
    than, is, are, was, were, be, been, being, am, do, does, did, not, no, never, none, will,
    would, shall, should, could, may, might, must, has, have, had, i, you, he, she, it, we, they,
    me, him, us, them, my, your, his, her, its, our, their, who, whom, whose, which, what, where,
    when, why, how, if, because, while, so, only, instead, rather, whether, unless, until, also,
    something, anything, nothing, upside, sideways, backwards, there, here, then, such, same,
    else, too, most, least, down
""")
CONNECTORS = word_set("""
    with, of, in, on, at, and, without, by, near, under, over, above, behind, against, from,
    wearing, holding, carrying, next to, in front of, full of, covered with, covered in, made of,
    made from, on top of, dressed in, that has, who has, having, in the style of, like, during, for,
    between, beside, inside, around, into, onto, out of, out, up, down, off, through, toward,
    towards, across, along, atop, behind, below, beneath, at the top of, where, dressed as
""")
"""What may join the pieces of a result: "a beach with palm trees at night"."""

# --- English: what surrounds an edit and says nothing of it ---------------------------------------

POLITE = word_set("""
    please, kindly, just, maybe, perhaps, simply, actually, thanks, thank you, thank you so much,
    thank you very much, thanks a lot, thanks in advance, thank you in advance, thanks again, thank
    you again, thanks for your help, much appreciated, as soon as possible, when you can, right
    away, real quick, really quick, pretty please, i would
    appreciate it, would appreciate it, appreciate it, without a trace, more carefully, another
    time, that is it, that is all, that would be great, would be great, if that is ok, if it is
    possible, no rush, if needed, for real, for now, once again, one more time, thanks so much, many
    thanks, cheers, for me, for us, if possible, if you can, if you could, if you do not mind, right
    now, also, too, as well, instead, completely, entirely, fully, totally, carefully, quickly,
    immediately, asap, afterwards, please and thank you, can you, could you, would you, will you,
    can we, could we, can i, could i, may i, can you help me, could you help me, can you help me to,
    help me, help me to, help me with, i think, i want to, i want you to, i would like to, i would
    like you to, i would like it if you could, i would like it if you would, i would love to, i
    would love it if you could, i need to, i need you to, i wish to, i am trying to, i am looking
    to, i was wondering if you could, we want to, we need to, we would like to, we should, should
    we, shall we, we could, could it be possible to, is there a way to, it would be nice to, you
    should, you can, you could, you must, let us, let me, go ahead and, try to, is it possible to,
    would it be possible to, would you mind, do you mind, how about, what about, i think we should,
    i think you should, be able to, are you able to, make sure to, be sure to, feel free to, i want
    for you to, in order to, for this one, do me a favor and, and nothing else, nothing else, how
    can i, how do i, how could i, all over, somehow, there, over there, over here, right there,
    right here, up there, down there, can someone, could someone, would someone, can somebody, could
    somebody, would somebody, can anyone, could anyone, would anyone, can anybody, could anybody,
    can u, could u, can you guys, could you guys, can any of you, can someone help me, can someone
    help me to, could someone help me, could someone help me to, can anyone help me, i need someone
    to, i want someone to, i would like someone to, i was wondering if someone could, i was
    wondering if anyone could, is anyone able to, is someone able to, would anyone be able to, would
    someone be able to, looking for someone to, i am looking for someone to
""")
OPENINGS = word_set("""
    hey, hi, hello, try, ok, okay, so, now, well, first, firstly, secondly, next, finally, lastly,
    only, then, but, and, while, plus, yes, dear, hey there, hi there
""")
THEN = word_set("then, and then, after that, and after that, afterward, following that, next up")
LINKS = frozenset([",", "and", "but", *THEN])
"""What may stand between two clauses, and between the things of a list."""
FRAMES = word_set(
    ",".join(
        f"{where} {which} {picture}"
        for where in ("in", "from", "of", "on", "to", "at", "within", "across", "throughout")
        for which in ("the", "this", "that", "my", "the whole", "the entire", "this whole", "your")
        for picture in sorted(PICTURES)
    )
)
"""The picture named as the place of the edit: "in this photo", "from the image"."""

LEFT_OUT = word_set("""
    except, except for, except on, excluding, but not, and not, apart from, aside from, other than,
    save for, not including, minus
""")
"""Behind these stands a part of what changes; behind the rest, what stays in any case."""
EXCEPT = LEFT_OUT | word_set("""
    without touching, without changing, without affecting, without modifying, without altering,
    while keeping, keeping, maintaining, while maintaining, retaining, while retaining, while
    leaving, while preserving, preserving
""")
UNCHANGED = word_set("""
    as it is, as is, as they are, as it was, the same, alone, unchanged, intact, untouched,
    in place, the way it is, the way they are, visible
""")

# --- English: clauses -----------------------------------------------------------------------------

VERBS: dict[str, frozenset[str]] = {
    "alter": word_set("""
        change, edit, transfer, turn, convert, transform, switch, alter, modify, morph, update,
        shift, adjust, redo
    """),
    "make": word_set("""
        make, render, have, let, want, i want, i need, i would like, i want to see, i would like to
        see, i would love to see, i would prefer, i prefer, i would rather have, make sure, make
        sure that, ensure, ensure that, make it so, make it so that, i want that, set, get
    """),
    "paint": word_set("paint, dye, color, tint, recolor, spray, stain, repaint"),
    "replace": word_set("replace, swap, exchange, trade, swap out, switch out"),
    "substitute": word_set("substitute"),
    "give": word_set("give"),
    "add": word_set("""
        add, put, place, insert, draw, attach, include, stick, set down, paste, introduce,
        incorporate, install, build, create, lay, position, superimpose, overlay, mount, hang,
        plant, sketch, bring in, edit in, put in, apply, add in, throw, scatter, spread, pop in,
        situate, glue, pin
    """),
    "remove": word_set("""
        remove, delete, erase, drop, hide, eliminate, discard, get rid of, take off, take out, take
        away, take, wipe out, clear away, edit out, crop out, strip, leave out, photoshop out, cut
        away, rub out, scrub out, chop off, cut off, i do not want, i do not need, i do not like, i
        no longer like, cut down, chop down, take down, tear down, knock down, shave off, shave,
        throw away, throw out, clear out, do away with, dispose of, omit
    """),
    "extract": word_set("extract, isolate, cut out, crop out just, separate, clip out"),
    "retain": word_set("""
        keep only, leave only, keep just, retain only, only keep, show only, only leave, only show
    """),
    "select": word_set("""
        select, find, pick, choose, locate, detect, identify, mark, pick out, look for
    """),
    "keep": word_set("""
        keep, leave, preserve, retain, protect, do not change, do not touch, do not modify,
        do not alter, do not edit, do not remove, do not affect, do not recolor
    """),
    "dress": word_set("dress, dress up, clothe"),
    "fill": word_set("""
        fill, cover, decorate, garnish, sprinkle, load, equip, adorn, fill up, top, line, surround,
        wrap, drape, furnish, litter
    """),
}
FLAWS = word_set("""
    trash, garbage, litter, rubbish, mess, clutter, junk, debris, stain, stains, spill, crack,
    cracks, wrinkle, wrinkles, dirt, dust, mud, scratch, scratches, blemish, blemishes, acne,
    pimple, pimples, smudge, smudges, dent, dents, hole, holes, tear, tears, rip, rips, crease,
    creases, graffiti, mold, rust, scar, scars, glare, cobweb, cobwebs, fingerprints
""")
"""What is gone where it is cleaned, smoothed or repaired."""
UNBROKEN = ADJUSTED | word_set("""
    perspective, horizon, sky, makeup, smile, pose, posture, focus, shadow, shadows, composition,
    angle, expression, white balance, complexion, outfit, proportions, position, look
""")
"""What does not break, so that "fix it" tells nothing of how it should look."""
STATES = word_map("""
    open: open, close / shut: closed, empty: empty, clean: clean, dirty: dirty, break: broken, light
    / light up: lit, shorten: shorter, lengthen: longer, enlarge: larger, shrink: smaller, brighten
    / brighten up: brighter, lighten: lighter, darken: darker, straighten: straight, curl: curly,
    whiten: whiter, freeze: frozen, melt: melted, polish: shiny, fix / repair / mend: repaired,
    widen: wider, narrow: narrower, thicken: thicker, sharpen: sharper, blank: blank, colorize:
    colorful, turn on / switch on: lit, turn off / switch off: unlit, clean up: clean, tidy / tidy
    up: tidy, smooth: smooth
""")
"""Verbs that make a thing be something: "close the door" is "make the door closed"."""
IRREGULAR_PARTICIPLES = word_map("""
    taken off: take off, taken out: take out, taken away: take away, gotten rid of: get rid of,
    cut out: cut out, put: put, drawn: draw, hidden: hide, made: make, given: give, kept: keep,
    left: leave, found: find, dyed: dye, hung: hang, stuck: stick
""")
PARTICLES = word_set("off, out, away, up, down")
"""Second words that may stand behind the object: "take the hat off"."""
NOUNS_TOO = word_set("""
    render, hide, turn, dress, color, paint, stick, mark, stain, switch, drop, paste, spray, dye,
    tint, shift, set, place, trade, strip, cover, top, load, clear, pick, show, plant, mount,
    sketch, position, pin, glue, throw, scatter, spread, edit, line, wrap, litter, overlay, cut,
    exchange, substitute, find, separate
""")
"""Verbs that may be nouns, and are verbs in a list only before a determiner: "hat and dress"."""
UNWANTED = word_set("""
    is not needed, are not needed, is unnecessary, are unnecessary, is unwanted, should go, must go,
    needs to go, need to go, has to go, have to go, should disappear, should vanish, needs to leave,
    to be gone, be gone, to disappear, to vanish, should not be there, should not be here, does not
    belong, does not belong there, must disappear, is not necessary, are not necessary, disappear,
    vanish, go away, gone, is gone, are gone, is now gone, are now gone
""")
"""Said of a thing that is to be removed."""
SEEN = word_set("seen, visible, shown, displayed, present")
MODALS = word_set("""
    is now, are now,
    should be, must be, needs to be, need to be, has to be, have to be, should become,
    should look like, must become, ought to be, should wear, should have, could be,
    might be, would be, could wear, could have, could become, could look like
""")
CLASS_OF_VERB = {verb: name for name, group in VERBS.items() for verb in sorted(group)}

LIKE = "look like|look as|appear as|become|becomes|look|appear|resemble|be like|like"
TURNING = "turn into|turns into|turn to|turn|turns|grow|get"
ASKING = word_set("can, could, should, what if, would it be nice if")
"""What a wish may begin with: "could the dress be red?" is "make the dress red"."""
_GIVING = {"should wear", "should have", "could wear", "could have"}
BE = "|".join(sorted(MODALS - _GIVING)) + "|to be|to become|to look like|be|is|are|was|were"

WHOLE = (
    ARTWORKS
    | PICTURES
    | word_set("""
    day, night, evening, morning, winter, summer, spring, autumn, fall, sunset, sunrise, weather,
    hour, christmas, halloween, storm, poster, postcard, book, cover, game, movie, film, render,
    collage, illustration, art, portrait, print, daytime, nighttime, time, dusk, dawn
""")
)
"""What a whole picture can become: "turn it into a sketch"."""

WEAR = (
    "to wear|wear|wears|wearing|should wear|could wear|to hold|hold|holding|holds|to have|have|has|"
    "had|having|should have|could have|contain|contains|containing|carry|carries|carrying|show|"
    "shows|showing|sport|feature"
)

CLAUSES: tuple[tuple[str, str, str], ...] = (
    # verb class, shape, meaning. Shapes are tried from above. X is a target, Y a result, A a
    # result with an indefinite article, C one that begins with an attribute, G one that ends with
    # a garment; small words between them are marks, one of which must stand there. "from" parts
    # the old attribute off.
    ("alter", f"X into|to|to be|to become|to look like|{LIKE} Y", "change"),
    ("alter", "X to wear|to hold|to have Y", "give"),
    ("alter", "X for|with|as Y", "change"),
    ("alter", "X in C", "change"),
    ("alter", "X in A", "change"),
    ("alter", "X Y", "change"),
    ("make", f"X {WEAR} Y", "give"),
    ("make", "X dressed as Y", "disguise"),
    ("make", "X without Y", "strip"),
    ("make", "X in the style of Y", "change"),
    ("make", f"X {LIKE}|{TURNING}|{BE}|into|to Y", "change"),
    ("make", "X in G", "give"),
    ("make", "A PLACE X", "add"),
    ("make", "X in|out of|from C", "change"),
    ("make", "A out of|from X", "exchange"),
    ("make", "X Y", "change"),
    ("paint", "X in the style of Y", "coat"),
    ("paint", "X in C", "coat"),
    ("paint", "X into|to Y", "tint"),
    ("paint", "X with Y", "coat"),
    ("paint", "A PLACE X", "add"),
    ("paint", "X Y", "tint"),
    ("replace", "X with|by|for|to|into Y", "exchange"),
    ("substitute", "X with|by Y", "exchange"),
    ("substitute", "Y for X", "exchange"),
    ("give", "Y to X", "give"),
    ("give", "X Y", "give"),
    ("add", "Y PLACE X", "add"),
    ("add", "Y", "add"),
    ("dress", "X in|with Y", "give"),
    ("dress", "X as|like|up as Y", "disguise"),
    ("fill", "X with Y", "give"),
    ("fill", "X in Y", "give"),
    ("remove", "Y from|off|off of X", "strip"),
    ("remove", "X", "remove"),
    ("extract", "Y from|off|of X", "extract from"),
    ("extract", "X", "extract"),
    ("retain", "X", "retain"),
    ("select", "X", "select"),
    ("keep", "X", "keep"),
)
