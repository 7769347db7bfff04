"""What a plan has lost of what was said; and right plans of many kinds, which all pass."""

from __future__ import annotations

import json
from typing import Any

import pytest

from prompt_edit.errors import PlanError
from prompt_edit.intent.models.heard import require_heard
from prompt_edit.intent.models.llm import read_plan
from prompt_edit.intent.models.reply import read_reply
from prompt_edit.plan import BACKGROUND, PICTURE

Fields = dict[str, Any]


def of(operation: str, target: str, result: str = "", **more: Any) -> Fields:
    return {"operation": operation, "target": target, "result": result, **more}


def at(kind: str, anchor: str) -> Fields:
    return {"relation": {"kind": kind, "anchor": anchor}}


def by(order: str, rank: int = 1, count: int = 1) -> Fields:
    return {"which": {"by": order, "rank": rank, "count": count}}


PERSON = {"exclude": ["person"]}

RIGHT: list[tuple[str, list[Fields]]] = [
    # colours
    ("remove the glass of orange juice", [of("remove", "glass of orange juice")]),
    ("replace the orange juice with milk", [of("replace", "juice", "milk")]),
    ("remove the rose", [of("remove", "rose")]),
    ("make the rose blue", [of("recolor", "rose", "blue rose")]),
    ("turn this into a black and white photo", [of("restyle", PICTURE, "monochrome photo")]),
    ("colorize the black and white photo", [of("restyle", PICTURE, "color photo")]),
    ("change the background to a red brick wall",
     [of("background", BACKGROUND, "red brick wall", **PERSON)]),
    ("make her blonde", [of("recolor", "hair", "golden hair", **at("on", "woman"))]),
    ("make her hair grey", [of("recolor", "hair", "silver gray hair", **at("on", "woman"))]),
    ("change the car from red to blue", [of("recolor", "car", "blue car")]),
    ("the wall is white, make it green", [of("recolor", "wall", "green wall")]),
    ("make the dress red, not blue", [of("recolor", "dress", "red dress")]),
    ("make the hat green instead of red", [of("recolor", "hat", "green hat")]),
    ("change the background to a beach but keep the red car",
     [of("background", BACKGROUND, "beach", exclude=["car"])]),
    ("remove the stain on the white shirt", [of("remove", "stain")]),
    ("put a hat on the man in the blue shirt", [of("add", "man", "hat", **at("on", "man"))]),
    ("replace the white background with a beach",
     [of("background", BACKGROUND, "beach", **PERSON)]),
    ("remove the plain white background", [of("extract", "person")]),
    ("replace the green screen with a forest",
     [of("background", BACKGROUND, "forest", **PERSON)]),
    ("fix the red eyes", [of("restyle", "eyes", "natural eyes")]),
    ("change red to blue", [of("recolor", PICTURE, "blue tones")]),
    ("make the car crimson red", [of("recolor", "car", "crimson car")]),
    ("change the background to the White House",
     [of("background", BACKGROUND, "presidential residence", **PERSON)]),
    ("remove the woman in red", [of("remove", "woman", **by("left"))]),
    ("make the teeth whiter", [of("recolor", "teeth", "white teeth")]),
    ("make the white balance warmer", [of("restyle", PICTURE, "warmer picture")]),
    ("make it reddish", [of("recolor", PICTURE, "red tinted photo")]),
    ("write “red” on the sign", [of("restyle", "sign", "sign with letters")]),
    ("make the lamp golden", [of("recolor", "lamp", "gold lamp")]),
    ("change the red dress to a white t-shirt", [of("replace", "red dress", "white t-shirt")]),
    ("swap the red ball for a green one", [of("replace", "red ball", "green ball")]),
    ("make the car red but make sure the wheels stay black",
     [of("recolor", "car", "red car", exclude=["wheels"])]),
    ("make the black cat's eyes green", [of("recolor", "eyes", "green eyes", **at("on", "cat"))]),
    ("make the girl with the red hair smile",
     [of("restyle", "mouth", "smiling mouth", **at("on", "girl"))]),
    ("change the color of the red car to blue", [of("recolor", "car", "blue car")]),
    ("remove the man wearing a black hat", [of("remove", "man", **at("holding", "hat"))]),
    ("change her eye color from brown to green",
     [of("recolor", "eyes", "green eyes", **at("on", "woman"))]),
    # of what does not change, or only how it is now
    ("I love her red dress, but the shoes should be black",
     [of("recolor", "shoes", "black shoes", **at("on", "woman"))]),
    ("this is my black dog. Change the background to a beach",
     [of("background", BACKGROUND, "beach", exclude=["dog"])]),
    ("this is my black dog. Give the dog a hat", [of("add", "dog", "hat", **at("on", "dog"))]),
    ("Her red dress is nice, make the dress longer", [of("restyle", "dress", "long dress")]),
    ("the dress is dark red. Make it green", [of("recolor", "dress", "green dress")]),
    ("the dress is red and white, make it green", [of("recolor", "dress", "green dress")]),
    ("the sky looks gray, make it blue", [of("recolor", "sky", "blue sky")]),
    ("her hair is naturally black, dye the hair blond", [of("recolor", "hair", "blond hair")]),
    ("change the car from dark red to blue", [of("recolor", "car", "blue car")]),
    ("remove the yellow tint", [of("restyle", PICTURE, "neutral picture")]),
    ("neutralize the blue cast", [of("restyle", PICTURE, "neutral picture")]),
    ("remove the purple fringing", [of("restyle", PICTURE, "clean picture")]),
    ("make the picture less blue", [of("restyle", PICTURE, "warmer picture")]),
    ("the photo is too yellow, fix it", [of("restyle", PICTURE, "neutral photo")]),
    ("the photo is a bit yellow, fix it", [of("restyle", PICTURE, "neutral photo")]),
    ("fix the yellow teeth", [of("restyle", "teeth", "clean teeth")]),
    ("make her hair orange", [of("recolor", "hair", "ginger hair", **at("on", "woman"))]),
    ("make the photo black & white", [of("restyle", PICTURE, "monochrome photo")]),
    ("make the photo black/white", [of("restyle", PICTURE, "monochrome photo")]),
    ("make the photo black n white", [of("restyle", PICTURE, "monochrome photo")]),
    # which of several
    ("add another cat next to the cat", [of("add", "cat", "cat", **at("near", "cat"))]),
    ("add a coffee table next to the dining table",
     [of("add", "dining table", "coffee table", **at("near", "dining table"))]),
    ("put a vase on the table next to the window",
     [of("add", "table", "vase", **at("on", "table"))]),
    ("hang a mirror on the wall next to the door",
     [of("add", "wall", "mirror", **at("on", "wall"))]),
    ("put a hat on the man next to the car", [of("add", "man", "hat", **at("on", "man"))]),
    ("give the boy next to the tree a balloon", [of("add", "boy", "balloon", **at("on", "boy"))]),
    ("add a sun in the left corner",
     [of("add", "left corner", "sun", **at("in", "left corner"))]),
    ("put a lamp at the right edge", [of("add", "right edge", "lamp", **at("on", "right edge"))]),
    ("add a bush in the right part of the picture",
     [of("add", "right part of the picture", "bush", **at("in", "right part of the picture"))]),
    ("add a rock in the left foreground",
     [of("add", "left foreground", "rock", **at("in", "left foreground"))]),
    ("put a ring on the middle finger", [of("add", "finger", "ring", **at("on", "finger"))]),
    ("remove the second-hand shop sign", [of("remove", "shop sign")]),
    ("make it one of a kind", [of("restyle", PICTURE, "unique picture")]),
    ("remove the second floor window", [of("remove", "window")]),
    ("first remove the dog, second make the cat black",
     [of("remove", "dog"), of("recolor", "cat", "black cat")]),
    ("add a second dog", [of("add", PICTURE, "dog")]),
    ("make the first aid kit green", [of("recolor", "first aid kit", "green first aid kit")]),
    ("make her left eye blue", [of("recolor", "left eye", "blue left eye", **at("on", "woman"))]),
    ("remove the ring on the left hand", [of("remove", "ring", **at("on", "hand"))]),
    ("remove the tattoo on the right shoulder", [of("remove", "tattoo")]),
    ("remove the second dog from the left", [of("remove", "dog", **by("left", 2))]),
    ("add a tree on the left", [of("add", PICTURE, "tree", **by("left"))]),
    ("remove the cup to the left of the plate", [of("remove", "cup", **at("left of", "plate"))]),
    ("remove the dogs on the left of the fence", [of("remove", "dogs", **at("left of", "fence"))]),
    ("remove the man on the left and give the man on the right a hat",
     [of("remove", "man", **by("left")),
      of("add", "man", "hat", **by("right"), **at("on", "man"))]),
    ("change the background to a house next to a lake",
     [of("background", BACKGROUND, "house next to a lake", **PERSON)]),
    ("make the two dogs next to each other brown", [of("recolor", "dogs", "brown dogs")]),
    ("remove the dog and the cat next to it", [of("remove", "dog"), of("remove", "cat")]),
    ("remove the trees on the left and right", [of("remove", "trees")]),
    ("make the dog on the left and the dog on the right black",
     [of("recolor", "dogs", "black dogs")]),
    ("there is a brown dog next to a tree. Remove the dog",
     [of("remove", "dog", **at("near", "tree"))]),
    ("remove the first responder", [of("remove", "first responder")]),
    ("add a cat next to the dog", [of("add", "dog", "cat", **at("near", "dog"))]),
    ("turn the singer into one of the Beatles", [of("replace", "singer", "member of the beatles")]),
    ("change the background but keep the man on the left",
     [of("background", BACKGROUND, "city street", exclude=["man"])]),
    ("remove the trees in the background", [of("remove", "trees")]),
    ("make her shoes red", [of("recolor", "shoes", "red shoes", **at("on", "woman"))]),
    ("make the left shoe red", [of("recolor", "left shoe", "red shoe")]),
    ("change the pants to shorts and the glasses to sunglasses",
     [of("replace", "pants", "shorts"), of("replace", "glasses", "sunglasses")]),
    # exceptions
    ("remove everything except the dog", [of("extract", "dog")]),
    ("make everything black and white except the umbrella",
     [of("restyle", PICTURE, "black and white picture", exclude=["umbrella"])]),
    ("keep everything the same except the hat, make it blue", [of("recolor", "hat", "blue hat")]),
    ("don't change anything except the shirt, which should be green",
     [of("recolor", "shirt", "green shirt")]),
    ("everything is perfect except the sky, make it pink", [of("recolor", "sky", "pink sky")]),
    ("cut out the dog, but not the leash", [of("extract", "dog", exclude=["leash"])]),
    ("remove the man standing apart from the group", [of("remove", "man", **by("right"))]),
    ("make the shirt red but not too bright", [of("recolor", "shirt", "red shirt")]),
    # the whole picture
    ("make everything in the picture blue",
     [of("recolor", "everything", "blue picture", **at("in", "picture"))]),
    ("make the sunlight warmer", [of("restyle", PICTURE, "warm sunlight")]),
    ("make the shadows softer", [of("restyle", PICTURE, "soft shadows")]),
    ("change the camera angle to low", [of("restyle", PICTURE, "low camera angle")]),
    ("change the era to the 1920s", [of("restyle", PICTURE, "1920s era")]),
    ("turn the picture into a watercolor painting",
     [of("restyle", PICTURE, "watercolor painting")]),
    ("change the season to winter", [of("restyle", PICTURE, "winter season")]),
    ("make the lighting warmer", [of("restyle", PICTURE, "warmer lighting")]),
    ("make the scene look like a night scene", [of("restyle", PICTURE, "night scene")]),
    ("make the photo look like the Mona Lisa", [of("restyle", PICTURE, "mona lisa")]),
    ("make the city look like winter", [of("restyle", PICTURE, "winter city")]),
    ("turn the photo into a painting of the dog",
     [of("restyle", PICTURE, "painting of the dog")]),
    ("make the portrait more colorful", [of("restyle", PICTURE, "colorful portrait")]),
    ("make the colors more vivid", [of("restyle", PICTURE, "vivid colors")]),
    ("replace the picture with a pencil sketch", [of("replace", PICTURE, "pencil sketch")]),
    # what comes for what
    ("replace the dog with a cat", [of("replace", "dog", "cat")]),
    ("replace the dog with a cat", [of("remove", "dog"), of("add", PICTURE, "cat")]),
    ("replace the dog with a cat and the cat with a bird",
     [of("replace", "dog", "cat"), of("replace", "cat", "bird")]),
    ("substitute a cat for the dog", [of("replace", "dog", "cat")]),
    ("turn the prince into a frog", [of("replace", "prince", "frog")]),
    ("replace the dog with nothing", [of("remove", "dog")]),
    ("replace the person with the background", [of("remove", "person")]),
    ("change the photo to have no people", [of("remove", "people")]),
    ("replace the watermark with the surrounding texture", [of("remove", "watermark")]),
    ("replace the man with what's behind him", [of("remove", "man")]),
    ("replace the man with the wall behind him", [of("remove", "man")]),
    ("replace the logo with plain fabric", [of("remove", "logo")]),
    ("change the dress to a suit", [of("replace", "dress", "suit")]),
    # meant, and not said
    ("give her bangs", [of("restyle", "hair", "hair with bangs", **at("on", "woman"))]),
    ("make her a redhead", [of("recolor", "hair", "red hair", **at("on", "woman"))]),
    ("make him clean-shaven", [of("remove", "beard", **at("on", "man"))]),
    ("make her barefoot", [of("remove", "shoes", **at("on", "woman"))]),
    ("make him shirtless", [of("remove", "shirt", **at("on", "man"))]),
    ("make him smile", [of("restyle", "mouth", "smiling mouth", **at("on", "man"))]),
    ("give him a suit", [of("replace", "clothes", "suit", **at("on", "man"))]),
    ("make her look like a nurse",
     [of("replace", "clothes", "nurse uniform", **at("on", "woman"))]),
    ("change the expression to happy", [of("restyle", "face", "happy face")]),
    ("make the 🐶 blue", [of("recolor", "dog", "blue dog")]),
    ("remove the spot on her cheek", [of("remove", "spot", **at("on", "cheek"))]),
    # other languages, which nothing is asked of
    ("remova a árvore", [of("remove", "tree")]),
    ("deixe a camisa azul", [of("recolor", "shirt", "blue shirt")]),
    ("odstraň psa a kočku", [of("remove", "dog"), of("remove", "cat")]),
    ("zmień psa na kota, a kota na ptaka",
     [of("replace", "dog", "cat"), of("replace", "cat", "bird")]),
    ("fjern hunden her", [of("remove", "dog")]),
    ("supprime le café", [of("remove", "café")]),
    ("supprime les éclairs", [of("remove", "éclairs")]),
    ("supprime la façade", [of("remove", "façade")]),
    ("quita los jalapeños", [of("remove", "jalapeños")]),
    ("mach den zweiten Hund links rot", [of("recolor", "dog", "red dog", **by("left", 2))]),
    ("금발로 바꿔줘", [of("recolor", "hair", "blond hair")]),
    ("단발로 바꿔줘", [of("restyle", "hair", "bob hair")]),
    ("염색해줘 핑크로", [of("recolor", "hair", "pink hair")]),
    ("파마해줘", [of("restyle", "hair", "permed hair")]),
    ("삭발시켜줘", [of("remove", "hair")]),
    ("털을 검은색으로", [of("recolor", "hair", "black hair")]),
    ("홍등을 지워줘", [of("remove", "red lantern")]),
    ("벚꽃을 추가해줘", [of("add", PICTURE, "cherry tree")]),
    ("나뭇가지를 지워줘", [of("remove", "tree branch")]),
    ("숲을 지워줘", [of("remove", "tree")]),
    ("잔을 지워줘", [of("remove", "cup")]),
    ("사과를 추가해줘", [of("add", PICTURE, "red apple")]),
]  # fmt: skip


@pytest.mark.parametrize(("instruction", "edits"), RIGHT)
def test_a_right_plan_is_not_refused(instruction: str, edits: list[Fields]) -> None:
    read, _ = read_plan(json.dumps({"edits": edits}), instruction, seen=False)
    assert len(read) == len(edits)


TABLE = at("on", "table")


@pytest.mark.parametrize(("instruction", "edit"), [
    ("remove everything on the table except the cup",
     of("remove", "everything", **TABLE, exclude=["cup"])),
    ("remove everything on the table", of("remove", "everything", **TABLE)),
    ("make everything on the table blue", of("recolor", "everything", "blue", **TABLE)),
    ("remove everything on the left", of("remove", "everything", **by("left"))),
])  # fmt: skip
def test_everything_at_a_place_is_not_the_picture(instruction: str, edit: Fields) -> None:
    with pytest.raises(PlanError, match="“everything” is a place"):
        read_plan(json.dumps({"edits": [edit]}), instruction, seen=False)


WRONG: list[tuple[str, list[Fields], str]] = [
    ("change the red dress to a white t-shirt", [of("replace", "dress", "t-shirt")], "red"),
    ("change the red dress to a white t-shirt", [of("replace", "red dress", "t-shirt")], "white"),
    ("make the red car blue", [of("recolor", "car", "green car")], "red"),
    ("make the car on the left blue", [of("recolor", "car", "red car", **by("left"))], "blue"),
    ("add a black cat", [of("add", PICTURE, "cat")], "black"),
    ("make the background white", [of("background", BACKGROUND, "plain", **PERSON)], "white"),
    ("I'd like a red car on the road", [of("add", "road", "car", **at("on", "road"))], "red"),
    ("paint the car in a dark green", [of("recolor", "car", "dark car")], "green"),
    ("turn the dog into a red fox", [of("replace", "dog", "cat")], "red"),
    ("replace the vase with white lilies", [of("replace", "vase", "flowers")], "white"),
    ("make the red one green", [of("recolor", "car", "green car")], "red"),
    ("make it so that she has red hair", [of("recolor", "hair", "dyed hair")], "red"),
    ("add a red hat that is big", [of("add", PICTURE, "big hat")], "red"),
    ("remove the second dog from the left", [of("remove", "dog")], "not every dog"),
    ("remove the second dog from the left", [of("remove", "second dog")], "not every dog"),
    ("make the leftmost car red", [of("recolor", "car", "red car")], "not every car"),
    ("make the biggest ball red", [of("recolor", "ball", "red ball")], "not every ball"),
    ("remove the first red ball", [of("remove", "red ball")], "not every ball"),
    ("remove the dog on the left", [of("remove", "dog")], "not every dog"),
    ("make the man on the right wear a hat", [of("add", "man", "hat", **at("on", "man"))], "man"),
    ("remove the man standing on the left side of the picture", [of("remove", "man")], "man"),
    ("add a tree on the left", [of("add", PICTURE, "tree")], "not every tree"),
    ("add a sun in the top left corner", [of("add", PICTURE, "sun")], "not every sun"),
    ("remove the last dog", [of("remove", "dog")], "not every dog"),
    ("make the middle car red", [of("recolor", "car", "red car")], "not every car"),
    ("remove one of the dogs", [of("remove", "dog")], "not every dog"),
    ("make two of the balls green", [of("recolor", "ball", "green ball")], "not every ball"),
    ("remove the cup next to the lamp", [of("remove", "cup")], "not every cup"),
    ("remove the person sitting beside the tree", [of("remove", "person")], "not every person"),
    ("remove the people in the background", [of("remove", "people")], "not every person"),
    ("make the hat red except the brim", [of("recolor", "hat", "red hat")], "except the"),
    ("remove all the people except the woman", [of("remove", "person")], "except the"),
    ("remove all dogs except the black dog", [of("remove", "dog")], "except the"),
    ("paint the house blue but not its roof", [of("recolor", "house", "blue house")], "not its"),
    ("remove all people except the bride", [of("remove", "bride")], "except the"),
    ("make everything blue except the car", [of("recolor", "car", "blue car")], "except the"),
    ("make the car red", [of("recolor", PICTURE, "red car")], "“car”"),
    ("make the table marble", [of("restyle", PICTURE, "marble table")], "“table”"),
    ("replace the sky with stars", [of("replace", PICTURE, "stars")], "“sky”"),
    ("make the dog bigger", [of("restyle", PICTURE, "bigger dog")], "“dog”"),
    ("make her big old hat leather", [of("restyle", PICTURE, "leather hat")], "“hat”"),
    ("replace the dog with a cat", [of("replace", "cat", "dog")], "“cat” is what comes"),
    ("turn the red car into a big truck", [of("replace", "truck", "red car")], "is what comes"),
    ("replace the dog with a cat", [of("replace", PICTURE, "cat")], "“dog”"),
    ("replace the dog with a cat", [of("remove", "dog")], "only removed"),
    ("turn the dog into a cat", [of("remove", "dog")], "only removed"),
    ("replace the dog behind the tree with a cat", [of("remove", "dog")], "only removed"),
    ("replace the tie with a scarf around his neck", [of("remove", "tie")], "only removed"),
    ("replace the shirt with a plain white shirt", [of("remove", "shirt")], "white"),
]  # fmt: skip


@pytest.mark.parametrize(("instruction", "edits", "told"), WRONG)
def test_what_was_said_and_is_lost_is_told(
    instruction: str, edits: list[Fields], told: str
) -> None:
    with pytest.raises(PlanError, match=told):
        require_heard(read_reply(json.dumps({"edits": edits})), instruction)
