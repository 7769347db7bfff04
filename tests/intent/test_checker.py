"""What a language model puts into a plan that nobody said."""

from __future__ import annotations

import pytest

from prompt_edit.errors import InstructionError, PlanError
from prompt_edit.intent import parse_grammar
from prompt_edit.intent.checker import checked, is_english, require_said
from prompt_edit.intent.models.brief import EXAMPLES
from prompt_edit.intent.models.reply import require_own_words
from prompt_edit.plan import BACKGROUND, PICTURE, Edit, Relation


def removing(target: str, **more: object) -> Edit:
    return Edit.model_validate({"operation": "remove", "target": target, **more})


def of(operation: str, target: str, result: str = "", **more: object) -> Edit:
    return Edit.model_validate(
        {"operation": operation, "target": target, "result": result, **more}
    )  # fmt: skip


@pytest.mark.parametrize(("instruction", "edit"), [
    ("remove the dogs", removing("dog")),
    ("delete the puppy's leash", removing("leash", relation={"kind": "on", "anchor": "puppy"})),
    ("change the red t-shirt to blue", removing("red t-shirt")),
    ("change the t shirt to blue", removing("t-shirt")),
    ("make her hair blue", removing("hair", relation={"kind": "on", "anchor": "woman"})),
    ("take off my glasses", removing("glasses", relation={"kind": "on", "anchor": "person"})),
    ("remove the people except the children", removing("person", exclude=["child"])),
    ("make it a watercolor", removing(PICTURE)),
    ("change the background to a beach",
     Edit(operation="background", target="background", result="beach", exclude=("person",))),
    ("remove the grey boxes", removing("gray box")),
    ("chagne the red dres to a white tshirt", removing("red dress")),
    ("remove the tomatoes and cookies", removing("tomato")),
    ("remove the tomatoes and cookies", removing("cookie")),
    ("remove the wolves", removing("wolf")),
    ("remove the snowmen", removing("snowman")),
    ("remove the wine glasses", removing("wine glass")),
    ("remove the sun glasses", removing("sunglasses")),
    ("make the lady's hair red", removing("hair", relation={"kind": "on", "anchor": "woman"})),
    ("make her wear black", removing("clothes", relation={"kind": "on", "anchor": "woman"})),
    ("supprime le chien", removing("dog")),
    ("quita el sombrero", removing("hat")),
    ("강아지를 지워줘", removing("dog")),
])  # fmt: skip
def test_what_was_said_passes(instruction: str, edit: Edit) -> None:
    require_said([edit], instruction)


@pytest.mark.parametrize(("instruction", "edit"), [
    ("remove the dog", removing("cup")),
    ("remove the dog", removing("red dog")),
    ("remove the dog", removing("dog", relation={"kind": "near", "anchor": "clock"})),
    ("remove the dog", removing("dog", exclude=["sleeves"])),
    ("remove the dog", removing("person")),
    ("make the shirt red", removing("skirt")),
    ("remove the house", removing("horse")),
    ("remove the chairs", removing("stairs")),
    ("make the chair red", removing("hair")),
    ("remove the train", removing("rain")),
    ("make the van red", removing("unicorn")),
    ("make what is there a scarf", removing("hat")),
    ("change the background to a beach",
     Edit(operation="background", target="background", result="beach", exclude=("dog",))),
])  # fmt: skip
def test_what_was_not_said_is_named(instruction: str, edit: Edit) -> None:
    with pytest.raises(PlanError, match="stands nowhere in the instruction"):
        require_said([edit], instruction)


@pytest.mark.parametrize(("instruction", "edits"), EXAMPLES)
def test_the_examples_of_the_brief_pass(instruction: str, edits: tuple[dict, ...]) -> None:
    require_said([Edit.model_validate(edit) for edit in edits], instruction)


@pytest.mark.parametrize(("text", "english"), [
    ("remove the dog", True), ("add a hat", True), ("change la robe en rouge", False),
    ("entferne den Hund", False), ("개를 지워줘", False), ("togli il cane", False), ("", False),
    ("remove dog", True), ("remove a dog", True), ("change dress to blue", True),
    ("dress to red", True),
    ("give her a hat", True), ("give Bob freckles", True), ("colour her hair blue", True),
    ("remova a árvore", False), ("deixe a camisa azul", False), ("odstraň psa a kočku", False),
    ("borra a ese hombre", False), ("apague a lâmpada", False), ("töröld a kutyát", False),
    ("zmień to na czerwone", False),
    ("usuń to auto", False), ("add a café table", True),
    ("elimina a esta mujer", False), ("fjern and", False),
    ("pinta mi coche a rojo", False), ("fjern hunden her", False), ("remove o cachorro", False),
    ("Remove a bolsa", False), ("verwijder hond of kat", False), ("give manden en hat", False),
])  # fmt: skip
def test_english(text: str, english: bool) -> None:
    assert is_english(text) is english


@pytest.mark.parametrize("target", [
    "cow singing", "left side", "foreground", "background portion", "corner", "it",
    "other side", "everything on the table", "others in red",
    "dog to be", "woman standing", "123", "photo",
])  # fmt: skip
def test_what_no_detector_can_look_for_is_refused(target: str) -> None:
    with pytest.raises(PlanError, match=r"to look for|looked for"):
        checked([removing(target)], target)


def test_nothing_is_asked_of_what_goes() -> None:
    """Of another, or of the same before it goes, it is."""
    said = "remove the man, make his shirt red, and the dog beside the tree and the cup blue"
    on_him = Relation(kind="on", anchor="man")
    man, shirt_off = removing("man"), removing("shirt", relation=on_him)
    near = removing("dog", relation={"kind": "near", "anchor": "tree"})
    shirt = Edit(operation="recolor", target="shirt", result="red shirt", relation=on_him)
    cup, dog, red_man = (
        Edit(operation="recolor", target=noun, result=f"red {noun}")
        for noun in ("cup", "dog", "man")
    )
    for wrong in ([man, shirt], [man, cup, red_man]):
        with pytest.raises(PlanError, match="the man is removed first"):
            checked(wrong, said)
    for fine in ([shirt, man], [man, cup], [near, dog], [man, shirt_off]):
        assert list(checked(fine, said)[0]) == fine


LEFT, RIGHT = {"which": {"by": "left"}}, {"which": {"by": "right"}}


@pytest.mark.parametrize("said", [
    "remove the man on the left and give the man on the right a hat",
    "Remove the leftmost man. Then make the remaining man wear a hat.",
    "왼쪽 남자를 지우고 남은 남자에게 모자를 씌워줘",
    "entferne den linken Mann und gib dem anderen Mann einen Hut",
])  # fmt: skip
def test_who_is_still_there_can_be_asked_of(said: str) -> None:
    on_him = {"kind": "on", "anchor": "man"}
    for who in (RIGHT, {}):
        plan = [removing("man", **LEFT), of("add", "man", "hat", relation=on_him, **who)]
        assert list(checked(plan, said)[0]) == plan


@pytest.mark.parametrize(("given", "target", "by", "notes"), [
    (removing("dog", relation={"kind": "left of", "anchor": "picture"}), "dog", "left", 0),
    (removing("dog", relation={"kind": "on", "anchor": "right-hand side"}), "dog", "right", 0),
    (removing("dogs", relation={"kind": "in", "anchor": "left side"}), "dogs", "left", 1),
    (removing("cup", relation={"kind": "in", "anchor": "top left corner"}), "cup", "top left", 0),
    (removing("cup", relation={"kind": "in", "anchor": "lower right corner of the image"}), "cup",
     "bottom right", 0),
])  # fmt: skip
def test_a_side_of_the_picture_is_an_order(given: Edit, target: str, by: str, notes: int) -> None:
    (edit,), told = checked([given], "remove the dog, the dogs and the cup")
    assert (edit.target, edit.which.by, edit.relation) == (target, by, None)
    assert len(told) == notes


@pytest.mark.parametrize(("kind", "anchor", "by"), [
    ("left of", PICTURE, "left"), ("above", PICTURE, "top"), ("below", "whole image", "bottom"),
    ("near", PICTURE, "all"), ("on", "left side", "left"),
    ("in", "the upper right corner", "top right"),
    ("in", "foreground", "all"), ("in", "background", "all"),
])  # fmt: skip
def test_a_new_thing_comes_to_that_side(kind: str, anchor: str, by: str) -> None:
    given = of("add", anchor, "tree", relation={"kind": kind, "anchor": anchor})
    (edit,), _ = checked([given], "add a tree there")
    assert (edit.target, edit.which.by, edit.relation) == (PICTURE, by, None)


def test_near_a_picture_hangs_a_picture() -> None:
    """Nothing stands beside the whole of it."""
    for kind in ("near", "above"):
        given = removing("lamp", relation={"kind": kind, "anchor": PICTURE})
        (edit,), notes = checked([given], "remove the lamp near the picture")
        assert edit.relation == Relation(kind=kind, anchor="framed picture")
        assert notes == ("Read “picture” as a picture that hangs in the scene.",)


@pytest.mark.parametrize(("instruction", "given", "by"), [
    ("remove the man in the background", "man", "smallest"),
    ("remove the dog in the foreground", "dog", "largest"),
    ("배경에 있는 사람을 만들어서 지워줘", "person", "smallest"),
    ("배경에 있는 샌들을 지워줘", "sandal", "smallest"),
    ("배경에 있는 아들을 지워줘", "son", "smallest"),
    ("배경에 있는 푸들을 지워줘", "poodle", "smallest"),
])  # fmt: skip
def test_who_is_in_the_background_is_the_smallest(instruction: str, given: str, by: str) -> None:
    where = "foreground" if by == "largest" else "background"
    edit = removing(given, relation={"kind": "in", "anchor": where})
    (read,), notes = checked([edit], instruction)
    assert (read.which.by, read.relation) == (by, None)
    assert notes == (f"Took the {by} {given} to be the one in the {where}.",)


@pytest.mark.parametrize(("instruction", "given"), [
    ("remove the people in the background", "person"),
    ("remove the people in the background", "people"),
    ("remove the dogs in the foreground", "dog"), ("배경에 있는 사람들을 지워줘", "person"),
    ("배경에 있는 아들들을 지워줘", "son"),
])  # fmt: skip
def test_of_several_nobody_knows_who_is_in_the_background(instruction: str, given: str) -> None:
    where = "foreground" if "foreground" in instruction else "background"
    with pytest.raises(PlanError, match=f"“{where}” is a place in the picture"):
        checked([removing(given, relation={"kind": "in", "anchor": where})], instruction)


def test_things_in_the_background_are_all_taken_and_that_is_told() -> None:
    given = removing("trees", relation={"kind": "in", "anchor": "background"})
    assert checked([given], "remove the trees in the background") == (
        (removing("trees"),), ("All trees are taken, in the background or not.",))  # fmt: skip


@pytest.mark.parametrize("result", ["castle", "snowy mountains", "sandy beach", "fog"])
def test_new_scenery_is_a_new_background(result: str) -> None:
    """As the grammar reads it."""
    given = of("add", BACKGROUND, result, relation={"kind": "in", "anchor": BACKGROUND})
    (edit,), _ = checked([given], f"add a {result} in the background")
    (read,) = parse_grammar(f"add a {result} in the background").edits
    assert edit == read


COAT = of("recolor", "dress", "blue dress")


@pytest.mark.parametrize(("named", "kept", "notes"), [
    (["everything else"], [], 0), (["the rest"], [], 0), (["background"], [], 0),
    (["others"], [], 0),
    (["other people"], [], 0), (["rest of the picture"], [], 0), (["lighting", "mood"], [], 0),
    (["the pose"], [], 1), (["her facial expression"], [], 1), (["everyone else"], [], 0),
    (["the sleeves"], ["sleeves"], 0), (["her hair"], ["hair"], 0),
    (["other sleeves"], [], 0), (["the rest of the sleeves"], [], 0),
    (["everything else in the picture"], [], 0), (["everything in the picture"], [], 0),
    (["other sleeves with the hair"], ["sleeves with hair"], 0),
    (["remaining sleeves with hair"], ["sleeves with hair"], 0),
    (["everyone with sleeves"], ["person with sleeves"], 0),
])  # fmt: skip
def test_what_stays_anyway_is_not_asked_of_a_thing(
    named: list[str], kept: list[str], notes: int
) -> None:
    said = "make the dress blue but not her hair and the sleeves"
    (edit,), told = checked([COAT.model_copy(update={"exclude": tuple(named)})], said)
    assert (list(edit.exclude), len(told)) == (kept, notes)


@pytest.mark.parametrize(("named", "kept"), [
    (["everything else"], ["person"]), (["lighting"], ["person"]), (["everyone"], ["person"]),
    (["other people", "the dog"], ["people", "dog"]), (["all the dogs"], ["dogs"]),
    (["everyone"], ["person"]), (["everybody with the dogs"], ["person with dogs"]),
])  # fmt: skip
def test_before_a_new_background_somebody_stays(named: list[str], kept: list[str]) -> None:
    ground = of("background", BACKGROUND, "sea background", exclude=named)
    (edit,), _ = checked([ground], "make the background a sea, keep the people and the dogs")
    assert list(edit.exclude) == kept


def test_who_sees_says_what_stands_before_a_background() -> None:
    ground = of("background", BACKGROUND, "sea background")
    with pytest.raises(PlanError, match="background needs exclude"):
        checked([ground], "make the background a sea", seen=True)
    (edit,), notes = checked([ground], "make the background a sea")
    assert edit.exclude == ("person",) and "person is kept" in notes[0]


def test_the_picture_is_no_place_and_cannot_be_left_out() -> None:
    edit = removing(
        "dog", relation={"kind": "in", "anchor": "picture"}, exclude=["the image", "cat"]
    )
    (mended,), notes = checked([edit], "remove the dog in the picture but not the cat")
    assert mended.relation is None and mended.exclude == ("cat",)
    assert "cannot be left out" in " ".join(notes)


def test_what_stays_in_any_case_is_not_looked_for() -> None:
    ground = Edit(operation="background", target=BACKGROUND, result="sea background")
    kept = ground.model_copy(update={"exclude": ("cup", "composition")})
    assert checked([kept], "keep the cup and the composition, make the background a sea") == (
        (ground.model_copy(update={"exclude": ("cup",)}),), ())  # fmt: skip
    (edit,), notes = checked(
        [ground.model_copy(update={"exclude": ("composition",)})], "keep the composition"
    )
    assert edit.exclude == ("person",)
    assert "person is kept" in notes[0]


def test_every_reader_is_checked() -> None:
    with pytest.raises(InstructionError, match="place in the picture"):
        parse_grammar("remove the left side")


@pytest.mark.parametrize(("instruction", "target"), [
    ("remove the boat", "wug"),
    ("강아지를 지워줘", "cup"),
    ("entferne den Hund", "rulp"),
    ("강아지를 지워줘", "hair"),
    ("분홍색을 지워줘", "red hair"),
    ("remova a árvore", "árvore"),
    ("öffne die Tür", "tür"),
])  # fmt: skip
def test_what_was_copied_from_an_example_is_refused(instruction: str, target: str) -> None:
    with pytest.raises(PlanError, match=target.split()[0]):
        require_own_words([removing(target)], instruction)


def test_a_result_that_was_copied_is_refused() -> None:
    for instruction, copied in (("강아지를 고양이로", "pants"), ("머리를 파란색으로", "red hair")):
        with pytest.raises(PlanError, match="stands in an example"):
            require_own_words([of("replace", "dog", copied)], instruction)
    require_own_words([of("replace", "dog", "jeans", prompt="pants on a tree")], "개를 청바지로")


@pytest.mark.parametrize(("instruction", "target"), [
    ("remove the wug", "wug"),
    ("컵을 지워줘", "cup"),
    ("나무 옆의 강아지를 지워줘", "dog"),
    ("entferne die Tasse", "cup"),
])  # fmt: skip
def test_words_of_the_instruction_are_its_own(instruction: str, target: str) -> None:
    require_own_words([removing(target)], instruction)


def test_every_word_of_the_examples_that_nobody_uses_is_known() -> None:
    for words, edits in EXAMPLES:
        if words.isascii() and edits and edits[0]["target"] != PICTURE:
            with pytest.raises(PlanError):
                require_own_words([Edit.model_validate(each) for each in edits], "do it")


WALL = {"kind": "on", "anchor": "wall"}


@pytest.mark.parametrize(("instruction", "given", "mended"), [
    ("make the background blue", of("recolor", BACKGROUND, "blue background"),
     of("background", BACKGROUND, "blue background", prompt="blue background",
        exclude=("person",))),
    ("make the background a beach, keep the dog",
     of("replace", BACKGROUND, "beach", exclude=("dog",)),
     of("background", BACKGROUND, "beach background", prompt="beach", exclude=("dog",))),
    ("remove the background", of("remove", BACKGROUND), of("extract", "person")),
    ("remove the background but keep the dog and the cat",
     of("extract", BACKGROUND, exclude=("dog", "cat")), of("extract", "dog and cat")),
    ("remove everything except the dog", of("remove", PICTURE, exclude=("dog",)),
     of("extract", "dog")),
    ("remove the background behind the dog",
     of("remove", BACKGROUND, relation={"kind": "on", "anchor": "dog"}), of("extract", "dog")),
    ("make the picture a sketch", of("restyle", PICTURE, "sketch", which={"by": "score"}),
     of("restyle", PICTURE, "sketch", which={"by": "score"})),
    ("remove the picture on the wall", of("remove", PICTURE, relation=WALL),
     of("remove", "framed picture", relation=WALL)),
    ("make the left picture red", of("recolor", PICTURE, "red picture", which={"by": "left"}),
     of("recolor", "framed picture", "red picture", which={"by": "left"})),
    ("turn the picture into a watercolor", of("restyle", PICTURE, "watercolor"),
     of("restyle", PICTURE, "watercolor")),
    ("paint the laptop pink except the screen",
     of("recolor", "laptop", "pink laptop", exclude=("screen",)),
     of("recolor", "laptop", "pink laptop", exclude=("screen",))),
    ("remove the man in the frame",
     of("remove", "man", relation={"kind": "in", "anchor": "frame"}), of("remove", "man")),
])  # fmt: skip
def test_no_mask_of_everything_takes_what_stands_in_it(
    instruction: str, given: Edit, mended: Edit
) -> None:
    (edit,), _ = checked([given], instruction)
    assert edit == mended


@pytest.mark.parametrize(("said", "given"), [
    ("remove everything on the table except the cup",
     of("remove", PICTURE, relation={"kind": "on", "anchor": "table"}, exclude=("cup",))),
    ("remove everything on the table",
     of("remove", PICTURE, relation={"kind": "on", "anchor": "table"})),
    ("make everything on the table blue",
     of("recolor", PICTURE, "blue", relation={"kind": "on", "anchor": "table"})),
    ("remove everything on the left", of("remove", PICTURE, which={"by": "left"})),
])  # fmt: skip
def test_what_is_there_is_not_the_whole_picture(said: str, given: Edit) -> None:
    with pytest.raises(PlanError, match=r"name (?:the )?things"):
        checked([given], said)


@pytest.mark.parametrize("kept", ["scale", "focus"])
def test_a_scale_may_be_a_thing(kept: str) -> None:
    (edit,), _ = checked(
        [of("background", BACKGROUND, "white background", exclude=(kept,))],
        f"put the {kept} on a white background",
    )
    assert edit.exclude == (kept,)


@pytest.mark.parametrize(("said", "named", "kept"), [
    ("keep the lighting and the focus", ["focus", "lighting"], "person"),
    ("keep the focus", ["focus"], "person"), ("keep the Focus", ["focus"], "focus"),
    ("keep the scale and the perspective", ["scale", "perspective"], "person"),
    ("at the same scale", ["scale"], "person"), ("keep the scale", ["scale"], "scale"),
    ("put the scale there, keep the colors", ["scale", "colors"], "scale"),
    ("초점과 조명은 그대로", ["focus", "lighting"], "person"),
])  # fmt: skip
def test_how_sharp_and_how_large_are_no_things(said: str, named: list[str], kept: str) -> None:
    ground = of("background", BACKGROUND, "sea background", exclude=named)
    (edit,), _ = checked([ground], f"make the background a sea, {said}")
    assert edit.exclude == (kept,)


@pytest.mark.parametrize("operation", ["remove", "extract"])
def test_of_the_whole_picture_nothing_would_be_left(operation: str) -> None:
    with pytest.raises(PlanError, match="nothing would be left"):
        checked([of(operation, PICTURE)], "remove the picture")
