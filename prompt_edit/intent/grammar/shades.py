"""Names of colors and materials of two words: "raven black", "vegan leather", "sand colored"."""

from __future__ import annotations

import re

from ...nouns import singular
from . import lexicon as lex
from .tables import listed
from .words import THINGS, Tokens, counts, is_garment, is_word, kind_of, opens


def _lending(text: str) -> dict[str, set[str]]:
    """ "raven / coal: black, coal: gray" as names, and what each lends itself to."""
    lent: dict[str, set[str]] = {}
    for entry in listed(text):
        names, _, looks = entry.partition(":")
        for name in names.split("/"):
            lent.setdefault(name.strip(), set()).update(looks.split())
    return lent


_LENT = _lending("""
    ferrari: red yellow, blush: pink, eggshell: white blue, sand: beige brown tan yellow, chalk:
    white, raven / coal / ink / pitch / onyx / obsidian: black, sandy: blond brown beige, grass /
    pine / fern / kelly / seafoam / jungle / shamrock / eucalyptus / basil / pea: green, rust: red
    orange brown, pumpkin / tangerine / carrot / burnt: orange, cloud: white gray, bone / milk /
    arctic / alpine / stark / cotton: white, barbie / flamingo / watermelon / peony / shocking /
    millennial / bubblegum: pink, tiffany / gulf / cornflower / prussian / egyptian / carolina /
    oxford / aegean / caribbean / mediterranean / powder / petrol / admiral: blue, sunflower /
    banana / buttercup / sunshine / corn: yellow, storm / graphite / anthracite / gunmetal / stone /
    charcoal / cement: gray, eggplant / aubergine / orchid / amethyst / mulberry / wisteria: purple,
    mahogany / cranberry / garnet / oxblood / chili / poppy / lipstick / cardinal / scarlet /
    crimson / burgundy: red, walnut / cinnamon / mocha / espresso / cognac / camel / nut / hazel /
    umber: brown, dirty / golden / icy / champagne / sandy / caramel: blond, champagne / antique /
    vintage / yellow / rose: gold, sterling: silver, shearling / quilted / vegan / patent /
    crocodile / alligator / snakeskin / python / ostrich / saddle / nappa / pebbled / genuine /
    imitation / napa: leather, faux / fake / synthetic: leather fur suede marble wood stone brick
    silk, carrara / calacatta / travertine: marble, galvanized / corrugated: steel metal iron,
    tempered / tinted / smoked / fluted: glass, reclaimed / distressed / bleached: wood, crushed /
    quilted: velvet, walnut / oak / pine / mahogany / maple / birch / teak / cedar / ebony / hickory
    / acacia: wood, sequin: gold silver black, ballet / nude: pink, french: white blue, lush: green,
    organic / merino: wool cotton, antiqued / rubbed: bronze brass, fire engine / candy apple /
    cherry / blood: red, duck egg / robin egg / egg shell: blue white, cotton candy / bubble gum:
    pink, british racing: green, oil rubbed: bronze
""")
"""What lends its name to a color or a material, and to which ones."""
_CARAT = re.compile(r"\d\dk|\dk|(?:9|10|14|18|22|24)-?(?:karat|carat|kt)")
_COLORED = (
    frozenset(_LENT)
    | lex.THING_COLORS
    | lex.SHADES
    | lex.WOODS
    | {
        "autumn",
        "skin",
        "flesh",
        "jewel",
        "earth",
        "multi",
        "rainbow",
        "lavender",
        "coffee",
        "lead",
    }
)
_GROUND = frozenset(["sand", "grass", "snow", "stone"])
_CHOOSING = lex.DEFINITE.union(lex.OWNERS, lex.ALL, lex.SOME, ["'s"])
"""What stands before a thing and not before a color: "her lipstick red"."""


def lent(words: Tokens, colour: str, follower: str) -> int:
    """How many of the last words lend their name to the color or material behind them."""
    for count in (2, 1):
        name = " ".join(words[-count:]) if len(words) > count else ""
        fits = colour in _LENT.get(name, set())
        fits |= count == 1 and colour == "gold" and bool(_CARAT.fullmatch(name))
        if fits and not _is_named(words, count, follower):
            return count
    return 0


def _is_named(words: Tokens, count: int, follower: str) -> bool:
    """Whether those words name the thing itself: "the grass", "the garden grass"."""
    rest, name = list(words[:-count]), " ".join(words[-count:])
    if f"{rest[-1]} {name}" in THINGS or (name in _GROUND and rest[-1] in lex.SCENES):
        return True
    listed = rest[-1] in (",", "and") and bool(rest[-2:-1]) and bool(kind_of(rest[-2]))
    while len(rest) > 1 and kind_of(rest[-1]):  # "the long grass"
        rest.pop()
    before = rest[-1]
    unknown = is_word(before) and before not in lex.CLASS_OF_VERB and not _is_known(before)
    if name in lex.STUFFS and (unknown or listed):
        return True  # "the dead grass green", "the roof red and grass green"
    chosen = before in _CHOOSING or counts(before)
    alone = chosen and rest[-2:-1] not in (["to"], ["in"], ["into"])
    return alone and (name in lex.STUFFS or not (follower and is_word(follower)))


def _is_known(noun: str) -> bool:
    return not _KNOWN.isdisjoint((noun, singular(noun)))


_KNOWN = THINGS | lex.CLOTHES | lex.BODY | frozenset(map(singular, THINGS))
_PARTS = frozenset(["hem", "hull", "surface", "edge", "edges", "trim", "tip", "tips", "rim", "back",
                    "front", "top", "bottom", "side", "sides", "inside", "interior", "exterior",
                    "part", "half", "base", "body", "stay", "cover", "pleat", "pleats",
                    *lex.PICTURES])  # fmt: skip


def doubtful(target: Tokens, result: Tokens) -> str:
    """A warning for "the wall accent | red": an unknown word may belong to the color, or ""."""
    if len(target) < 3 or opens(target) != "definite" or not all(map(kind_of, result)):
        return ""
    before, last = target[-2:]
    known = _is_known(last) or f"{before} {last}" in THINGS or not _is_known(before)
    if known or kind_of(last) or kind_of(result[0]) not in ("color", "material"):
        return ""
    if last in lex.SIDES | lex.ASPECTS | lex.SIDE_NOUNS | _PARTS:
        return ""
    return f"Read “{before} {last}” as what changes; say “to” before a color of two words."


def is_compound(words: Tokens) -> bool:
    """Whether the last two words are one known thing: "water bottle"."""
    return len(words) > 1 and " ".join(words[-2:]) in THINGS


def colored(words: Tokens, ends: bool) -> bool:
    """Whether "colored" belongs to the last of the words: "the wall | sand colored".

    `ends`: whether nothing follows, so that "the sand colored" is a sand that becomes so.
    """
    if len(words) < 2 or words[-1] not in _COLORED:
        return False
    return not (ends and words[-2] in lex.DEFINITE)


def is_shade(words: Tokens) -> bool:
    """Whether words that name no thing tell a color or material: "nice blue", "rich burgundy"."""
    *before, last = words or [""]
    look = kind_of(last) in ("color", "material") and last not in lex.ALSO_NOUNS
    return (
        bool(before)
        and look
        and not any(
            counts(word) or not is_word(word) or _is_known(word) or is_garment(word)
            for word in before
        )
    )


def style_at(chunk: Tokens) -> int:
    """Where the style begins in "the kitchen | french country style", or 0."""
    pronoun = chunk[0] in lex.PRONOUNS - lex.DEFINITE or chunk[0] in lex.PERSONS_BY_PRONOUN
    pronoun = pronoun or (chunk[0] in ("this", "that") and len(chunk) == 3)
    if chunk[0] in lex.OWNERS and len(chunk) > 3 and _is_known(chunk[1]):
        pronoun = False  # "her dress | 1920s style"
    if pronoun and len(chunk) > 2:
        return 1
    for at in range(1 + bool(opens(chunk)), len(chunk) - 1):
        last, following = chunk[at - 1], chunk[at]
        if last in lex.PICTURES:
            return at
        compound = f"{last} {following}" in THINGS and at < len(chunk) - 2
        if is_word(last) and _is_known(last) and not compound:
            return at
    at = len(chunk) - 2
    return at if at > 1 and is_word(chunk[at]) else 0


def shade_before(words: Tokens) -> int:
    """Where the thing begins behind a color that unknown words tell: "nice blue | dress"; or 0."""
    ends = (end for end in range(2, len(words)) if is_shade(words[:end]))
    return next((end for end in ends if not kind_of(words[end])), 0)
