"""How words are spelled that mean the same: "grey" is "gray", "i'd" is "i would"."""

from __future__ import annotations

from .tables import word_map

SPELLING = word_map("""
    we can have / we could have / we can show / there should be / there must be / there has to be /
    there needs to be / there could be / there can be / let there be / have there be / make there be
    / can there be / could there be / should there be / what if there is / what if there are / what
    if there was / what if there were / i want there to be / can we have / could we have / let us
    have: add, should not have / must not have: should have no, should not wear / should not be
    wearing / must not wear: should wear no, not be wearing / not wear: wear no, not be holding /
    not hold: hold no, not have: have no, there should be no / there must be no / there should not
    be / let there be no / have there be no / i want no / i do not want any / i do not want to see /
    i do not want to see any: remove, insted / insead: instead, repalce / relace: replace, chnage /
    chage: change, remvoe / reomve: remove, on fire / in flames: burning, no smoking: no-smoking, us
    flag: american flag, two more: two, three more: three, four more: four, five more: five, one
    more: another, bg: background, i want to see / i would like to see / i would love to see: i
    want, to resemble / to appear like / to be like: to look like, color scheme / color palette /
    colour scheme: color, so that it is / so that they are / so it is / such that it is / so that it
    becomes / so that it looks like: to, lit up: lit, give me the / give us the / show me the / show
    us the / let me see the: i want the, give me this / give us this / show me this / show us this /
    let me see this: i want this, i no longer want / i no longer need: remove, look like it is
    snowing / look as if it is snowing: snowy, look like it is raining / look as if it is raining:
    rainy, background setting / back ground / background scene / background scenery / background
    image: background, one way: one-way, no parking: no-parking, no entry: no-entry, in it is place
    / in it is spot / on its place / in its spot / in its stead / in their place / in his place / in
    her place / in that place / in that spot / in its place instead / in the same spot / in the same
    place / in the same position / in that same spot / on the same spot / where it is / where it was
    / where it stood / where it used to be / where they were: in its place, colour: color, colours:
    colors, coloured: colored, colouring: coloring, recolour: recolor, colourize / colourise /
    colorise: colorize, recolouring: recoloring, grey: gray, centre: center, tshirt / tee shirt / t
    shirt / tee: t-shirt, tshirts / tee shirts / t shirts: t-shirts, water color / watercolour:
    watercolor, blonde: blond, pyjamas: pajamas, jewellery: jewelry, i'd: i would, let's: let us,
    i'm: i am, it's: it is, he's: he is, she's: she is, they're: they are, you're: you are, we're:
    we are, that's: that is, there's: there is, who's: who is, what's: what is, don't: do not,
    doesn't: does not, didn't: did not, can't: can not, everything but / all but: everything except,
    all except: everything except, won't: will not, shouldn't: should not, isn't: is not, couldn't:
    could not, wouldn't: would not, i'll: i will, wanna: want to, hairstyle / hairdo / haircut: hair
    style, gimme: give me, knee length: knee-length, long sleeved / long sleeve: long-sleeved, short
    sleeved / short sleeve: short-sleeved, ankle length: ankle-length, floor length: floor-length,
    shoulder length: shoulder-length, a size larger / one size larger / a size bigger / one size
    bigger: larger, a size smaller / one size smaller: smaller, teh / hte: the, adn / nad: and, ppl:
    people, pesron / peron: person, wiht / w: with, chnge / cahnge / changue: change, mkae / amke:
    make, gren / gree: green, ot: to, would be nicer in / would look nicer in / would be better in /
    would look better in / looks better in: should be, that'd: that would, multicoloured:
    multicolored, fuschia: fuchsia, go from / goes from: from, wit / whit: with, pepole / peopel /
    poeple: people, forrest: forest, wite: white, blu: blue, gry: gray, colr / coler / collor /
    clor: color, thank u / thank ya / thank yu: thank you, yelow: yellow, purpel: purple, balck /
    blak: black, whtie / wihte: white, ornage: orange, shrit / shrt: shirt, drss / drees: dress,
    hiar: hair, lets: let us, we'd: we would, you'd: you would, pls / plz: please, make it snow /
    let it snow: make it snowy, make it rain / let it rain: make it rainy, make it snow white: make
    it snow white, delet / delte / deleate: delete, romove / remov / rmove: remove, chang / chnaged:
    change, dont: do not, doesnt: does not, cant: can not, exactly the same / the exact same /
    exactly as it is / exactly as is / exactly as they are / exactly how it is: the same, it look
    like he is wearing / it look as if he is wearing: him wear, it look like she is wearing / it
    look as if she is wearing: her wear, it look like they are wearing / it look as if they are
    wearing: them wear, it look like i am wearing / it look as if i am wearing: me wear, look like
    he is wearing / look like she is wearing / look like they are wearing / look like i am wearing /
    look as if he is wearing / look as if she is wearing / look as if they are wearing / look like
    it is wearing: wear, dressed like / dressed up as / dressed up like: dressed as, time
    of the day: time of day, a number of: several, mak / mke: make, giv / gve: give
""")
