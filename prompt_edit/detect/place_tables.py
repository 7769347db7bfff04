"""What is known of things and their places, by noun: what is worn where, what lies, what is big."""

from __future__ import annotations

Part = tuple[float, float, float, float]
"""Centre x, centre y, width and height, in units of a box."""

# --- what is worn --------------------------------------------------------------------------------

BODY: dict[str, Part] = {
    "hat": (0.5, 0.04, 0.62, 0.22),
    "cap": (0.5, 0.04, 0.62, 0.22),
    "helmet": (0.5, 0.06, 0.5, 0.2),
    "crown": (0.5, 0.02, 0.4, 0.14),
    "hair": (0.5, 0.1, 0.55, 0.26),
    "glasses": (0.5, 0.12, 0.36, 0.07),
    "sunglasses": (0.5, 0.12, 0.36, 0.07),
    "beard": (0.5, 0.18, 0.32, 0.1),
    "scarf": (0.5, 0.25, 0.5, 0.12),
    "necklace": (0.5, 0.27, 0.36, 0.1),
    "tie": (0.5, 0.36, 0.2, 0.22),
    "jacket": (0.5, 0.42, 1.0, 0.4),
    "coat": (0.5, 0.5, 1.0, 0.55),
    "shirt": (0.5, 0.4, 1.0, 0.36),
    "t-shirt": (0.5, 0.4, 1.0, 0.36),
    "bag": (0.92, 0.66, 0.42, 0.26),
    "handbag": (0.92, 0.66, 0.42, 0.26),
    "shoes": (0.5, 0.96, 0.8, 0.1),
    "beanie": (0.5, 0.04, 0.55, 0.2),
    "wig": (0.5, 0.1, 0.55, 0.26),
    "headphones": (0.5, 0.09, 0.52, 0.18),
    "goggles": (0.5, 0.12, 0.36, 0.08),
    "mask": (0.5, 0.14, 0.36, 0.12),
    "moustache": (0.5, 0.155, 0.26, 0.05),
    "earring": (0.5, 0.14, 0.46, 0.08),
    "hoodie": (0.5, 0.4, 1.0, 0.4),
    "sweater": (0.5, 0.4, 1.0, 0.36),
    "blouse": (0.5, 0.4, 1.0, 0.36),
    "vest": (0.5, 0.4, 0.8, 0.36),
    "dress": (0.5, 0.52, 1.0, 0.6),
    "apron": (0.5, 0.5, 0.8, 0.5),
    "backpack": (0.5, 0.36, 0.9, 0.36),
    "belt": (0.5, 0.52, 0.7, 0.07),
    "skirt": (0.5, 0.62, 0.9, 0.28),
    "pants": (0.5, 0.72, 0.8, 0.5),
    "trousers": (0.5, 0.72, 0.8, 0.5),
    "jeans": (0.5, 0.72, 0.8, 0.5),
    "shorts": (0.5, 0.6, 0.8, 0.24),
    "glove": (0.5, 0.55, 1.15, 0.14),
    "boot": (0.5, 0.93, 0.8, 0.16),
    "sock": (0.5, 0.91, 0.7, 0.12),
}
"""In units of the box of who stands upright and is seen from head to foot."""

_EYES: Part = (0.5, 0.42, 0.95, 0.3)
_CROWN: Part = (0.5, -0.1, 1.5, 0.7)
FACE: dict[str, Part] = {
    **dict.fromkeys(("hat", "cap", "beanie", "helmet", "crown", "turban", "tiara", "beret", "hood",
                     "halo", "antler", "horn"), _CROWN),
    **dict.fromkeys(("glasses", "sunglasses", "goggles", "eyeglasses", "spectacles", "monocle",
                     "eyepatch"), _EYES),
    **dict.fromkeys(("headband", "bandana"), (0.5, 0.1, 1.2, 0.3)),
    **dict.fromkeys(("hair", "wig"), (0.5, 0.25, 1.6, 1.1)),
    **dict.fromkeys(("moustache", "mustache"), (0.5, 0.7, 0.55, 0.18)),
    **dict.fromkeys(("freckle", "make-up", "makeup", "blush", "wrinkle"),
                    (0.5, 0.5, 1.0, 1.0)),
    **dict.fromkeys(("necklace", "choker", "collar"), (0.5, 1.25, 1.2, 0.4)),
    "headphones": (0.5, 0.35, 1.5, 0.9),
    "mask": (0.5, 0.55, 1.05, 0.8),
    "earring": (0.5, 0.6, 1.3, 0.35),
    "lipstick": (0.5, 0.78, 0.5, 0.2),
    "beard": (0.5, 0.85, 0.8, 0.4),
    "goatee": (0.5, 0.92, 0.4, 0.3),
    "scarf": (0.5, 1.25, 1.6, 0.55),
    "tie": (0.5, 1.75, 0.6, 1.0),
}  # fmt: skip
"""In units of the box of a face or a head."""

STANDING: Part = (0.5, 0.125, 0.35, 0.13)
"""The face, in units of the box of who stands."""

_COATLIKE: Part = (0.5, 0.42, 0.7, 0.6)
ANIMAL: dict[str, Part] = {
    **dict.fromkeys(("coat", "jacket", "sweater", "shirt", "t-shirt", "hoodie", "vest", "dress",
                     "blouse", "cape", "blanket"), _COATLIKE),
    **dict.fromkeys(("shoes", "boot", "sock"), (0.5, 0.9, 0.9, 0.2)),
    **dict.fromkeys(("saddle", "backpack"), (0.5, 0.25, 0.4, 0.4)),
    "harness": (0.5, 0.45, 0.45, 0.6),
    "wing": (0.5, 0.3, 0.8, 0.6),
}  # fmt: skip
"""In units of the box of an animal that stands on four legs."""

NECK = {"collar", "necklace", "choker", "scarf", "tie"}
"""Of an animal these are between the head and the body."""
AT_HAND = {"watch", "wristwatch", "ring", "bracelet"}
"""These are where gloves are."""
LIKE = {
    "uniform": "coat", "costume": "coat", "outfit": "coat", "armor": "coat", "armour": "coat",
    "spacesuit": "coat", "shoe": "shoes",
    "sneaker": "shoes", "sandal": "shoes", "heel": "shoes", "slipper": "shoes", "purse": "handbag",
    "briefcase": "handbag", "rucksack": "backpack",
}  # fmt: skip
"""What is worn as something else is."""

HEADS = {"face", "head"}
HAND = {"hand", "fist", "palm"}
BODY_PARTS = {*HAND, "neck", "wrist", "finger", "ankle", "ear", "eye", "nose", "mouth", "lip",
              "foot", "leg", "arm", "chest", "torso", "waist", "back", "shoulder",
              "cheek"}  # fmt: skip
ANIMALS = {"animal", "dog", "puppy", "cat", "kitten", "horse", "pony", "donkey", "cow", "bull",
           "calf", "sheep", "lamb", "goat", "pig", "bear", "panda", "lion", "tiger", "leopard",
           "cheetah", "elephant", "giraffe", "zebra", "camel", "llama", "alpaca", "fox", "wolf",
           "deer", "moose", "rabbit", "bunny", "hamster", "mouse", "rat", "squirrel", "raccoon",
           "monkey", "pet", "unicorn", "turtle", "crocodile", "dinosaur"}  # fmt: skip

PEOPLE = {"angel", "soldier", "knight", "king", "queen", "prince", "princess", "fairy",
          "witch", "wizard", "pirate", "clown", "superhero", "nurse", "doctor", "teacher",
          "student", "dancer", "singer", "player", "actor", "actress", "chef", "cook",
          "waiter", "waitress", "farmer", "worker", "policeman", "officer", "astronaut",
          "groom", "gentleman", "teenager", "toddler", "father", "mother", "grandfather",
          "grandmother", "son", "daughter", "brother", "sister", "wife", "husband", "friend",
          "monk", "nun", "priest", "policewoman", "fireman", "firefighter", "businessman",
          "businesswoman", "cowboy", "cowgirl", "rider", "jockey", "cyclist", "gal", "male",
          "female", "twin", "sibling", "parent", "uncle", "aunt", "cousin", "grandson",
          "granddaughter", "grandchild", "grandma", "grandpa", "mom", "mum", "dad", "boyfriend",
          "girlfriend"}  # fmt: skip
"""Whom the grammar does not count among persons."""
GROUPS = {"couple", "family", "group", "crowd", "team", "audience"}
"""Several in one box: people, where it is not said of what."""

# --- what things stand on, lie on and are in -----------------------------------------------------

FLAT = {"logo", "print", "tattoo", "patch", "sticker", "badge", "button", "picture", "painting",
        "poster", "graffiti", "text", "label", "stain", "stripe", "pattern", "drawing", "photo",
        "number", "letter", "emblem"}  # fmt: skip
"""What is put "on" something lies in the middle of it, and does not stand on top of it,"""
UPRIGHT = {"wall", "door", "window", "fence", "shirt", "t-shirt", "jacket", "dress", "sweater",
           "hoodie", "coat", "sleeve", "cheek", "arm", "billboard", "screen", "flag",
           "sign"}  # fmt: skip
"""and so does all that is put on these,"""
INSIDE = {"sky", "face", "lip", "forehead", "mouth", "neck", "wrist", "finger", "ankle", "chest",
          "shelf", "bookshelf", "glass", "aquarium", "tank", "bowl", "basket", "bucket", "bathtub",
          "tub", "sink"}  # fmt: skip
"""or on these, which hold it."""
LYING = {
    "lake", "sea", "ocean", "water", "river", "stream", "canal", "pond", "pool", "bay", "lagoon",
    "puddle", "road", "street", "highway", "driveway", "alley", "lane", "path", "trail", "track",
    "sidewalk", "pavement", "asphalt", "crosswalk", "floor", "ground", "soil", "earth", "land",
    "grass", "lawn", "field", "meadow", "pasture", "prairie", "garden", "yard", "park", "beach",
    "shore", "sand", "desert", "snow", "ice", "rink", "bed", "mattress", "sofa", "couch",
    "armchair", "hammock", "lap", "rug", "carpet", "mat", "blanket", "towel", "stage", "platform",
    "runway", "court", "pitch", "deck", "dock", "pier", "lot", "plate", "tray",
}  # fmt: skip
"""On these things stand within their boxes, and not on the upper edge."""
UNDER = {"table": 0.55, "desk": 0.55, "bench": 0.5, "stool": 0.55, "chair": 0.45, "piano": 0.4,
         "bed": 0.3, "tree": 0.35, "arch": 0.7, "bridge": 0.6, "awning": 0.7, "canopy": 0.7,
         "gazebo": 0.7, "pergola": 0.7}  # fmt: skip
"""Under these is room within their boxes, which reach down to the ground: so much of the height."""
SPREAD = {"rug", "carpet", "mat", "towel", "blanket", "bedspread", "quilt", "sheet", "puddle",
          "shadow", "crosswalk", "path"}  # fmt: skip
"""These lie there themselves."""
LIFELESS = {"table", "desk", "chair", "bench", "stool", "counter", "cabinet", "dresser",
            "nightstand", "box", "hook", "rack", "hanger", "pole", "cake", "cup", "mug",
            "bottle", "vase", "pot", "plant", "tree", "bush", "rock", "stone", "hill",
            "mountain", "book", "laptop", "car", "truck", "bus", "boat", "bicycle", "bike",
            "house", "building", "roof", "tower"}  # fmt: skip
"""These wear nothing, and neither does what lies, stands upright as a wall does, or holds things:
a hat on a table is on no head."""
NOBODY = LIFELESS | LYING | UPRIGHT | INSIDE | BODY_PARTS | HEADS
COVERINGS = {"snow", "frost", "ice", "moss", "lichen", "ivy", "vine", "grass", "freckle",
             "lipstick", "make-up", "makeup", "blush", "wrinkle", "frosting", "icing", "glaze",
             "dust", "rust", "dirt", "mud", "soot", "ash", "paint", "graffiti", "glitter", "fog",
             "mist", "haze", "rain"}  # fmt: skip
"""These cover the whole of what they are on."""

# --- what flies, and what is everywhere ----------------------------------------------------------

SKY = {"sun", "moon", "cloud", "star", "bird", "seagull", "gull", "eagle", "hawk", "plane",
       "airplane", "aeroplane", "aircraft", "jet", "helicopter", "drone", "balloon", "airship",
       "kite", "parachute", "rainbow", "ufo", "spaceship", "comet", "meteor", "lightning",
       "firework", "aurora"}  # fmt: skip
"""Things of the sky."""
FLYING = {"flying", "soaring", "hovering"}
"""Words by which others are there, too."""
WEATHER = {"rain": "rainy", "snow": "snowy", "fog": "foggy", "mist": "misty", "haze": "foggy",
           "smoke": "foggy", "storm": "stormy", "rainfall": "rainy", "snowfall": "snowy",
           "drizzle": "rainy", "blizzard": "snowy"}  # fmt: skip
"""What is all over a picture, and how a picture looks then."""

# --- how large -----------------------------------------------------------------------------------

SIZES: dict[str, tuple[float, float]] = {
    **dict.fromkeys(("bird", "pigeon", "parrot", "rabbit", "bunny"), (0.15, 0.15)),
    **dict.fromkeys(("cat", "kitten"), (0.3, 0.3)),
    **dict.fromkeys(("dog", "puppy"), (0.45, 0.4)),
    **dict.fromkeys(("man", "woman", "person", "lady", "guy"), (0.5, 1.0)),
    **dict.fromkeys(("child", "kid", "boy", "girl"), (0.35, 0.65)),
    **dict.fromkeys(("cup", "mug", "glass", "phone", "smartphone", "apple"), (0.1, 0.1)),
    **dict.fromkeys(("sword", "umbrella", "parasol", "spear", "flag"), (0.6, 0.6)),
    **dict.fromkeys(("car", "taxi"), (1.5, 0.9)),
    **dict.fromkeys(("bicycle", "bike"), (0.9, 0.7)),
    **dict.fromkeys(("bag", "handbag", "basket", "suitcase", "bouquet"), (0.25, 0.25)),
    **dict.fromkeys(("book", "camera", "bottle", "flower", "rose"), (0.15, 0.15)),
    "baby": (0.3, 0.35),
    "horse": (1.2, 1.0),
    "motorcycle": (1.1, 0.7),
    "chair": (0.4, 0.5),
    "table": (0.8, 0.45),
    "bench": (0.9, 0.5),
    "tree": (0.9, 1.3),
    "ball": (0.18, 0.18),
    "balloon": (0.25, 0.25),
    "guitar": (0.4, 0.55),
}
"""Width and height, in units of a person's height."""
IN_HAND = (0.2, 0.2)
"""Of what is held, and not known."""
HELD = {"sword", "umbrella", "parasol", "spear", "flag", "cup", "mug", "glass", "phone",
        "smartphone", "apple", "basket", "suitcase", "bouquet", "book", "camera", "bottle",
        "flower", "rose", "balloon", "guitar", "microphone", "torch", "lantern", "stick", "cane",
        "gun", "racket"}  # fmt: skip
"""Of what is put to a person, what goes into a hand."""
HANGING = {"bag", "handbag", "basket", "suitcase", "bucket", "lantern"}
"""What is carried below the hand."""
