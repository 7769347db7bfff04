"""What a phrase is held against before it counts as found."""

from __future__ import annotations

import pytest
from worlds import DRESS_SCENE, PEOPLE_SCENE, drawn

from prompt_edit.detect.ground import ground
from prompt_edit.detect.grounding_dino import GroundingDino, caption
from prompt_edit.detect.presence import COLOURS, colour_in, colourless, contrasts, rivals
from prompt_edit.errors import NotFound
from prompt_edit.models.card import Card
from prompt_edit.plan import Edit


@pytest.mark.parametrize(
    ("phrase", "colour", "rest"),
    [
        ("red hat", "red", "hat"),
        ("Red striped shirt", "red", "striped shirt"),
        ("hat", None, "hat"),
        ("black and white dog", None, "and dog"),  # two colours: neither can be exchanged
        ("redwood tree", None, "redwood tree"),
    ],
)
def test_the_colour_of_a_phrase(phrase: str, colour: str | None, rest: str) -> None:
    assert colour_in(phrase) == colour
    assert colourless(phrase) == rest


def test_rivals_are_the_phrase_in_every_other_colour() -> None:
    assert len(rivals("red hat")) == len(COLOURS) - 1
    assert "blue hat" in rivals("red hat") and "red hat" not in rivals("red hat")
    assert rivals("hat") == () == rivals("black and white dog")


def test_the_card_says_what_is_asked() -> None:
    assert contrasts("red hat", Card()) == []
    assert [each.phrase for each in contrasts("red hat", Card(contrast=0.8))] == ["red hat"]
    card = Card(contrast=0.8, nouns=("hat", "cup"), noun_contrast=0.4)
    both = contrasts("red hat", card)
    assert [(each.phrase, each.share) for each in both] == [("red hat", 0.8), ("hat", 0.4)]
    assert both[1].rivals == ("cup",)
    assert [each.phrase for each in contrasts("hat", card)] == ["hat"]


def test_a_second_look_takes_another_colour_for_what_it_is(detector: GroundingDino) -> None:
    """Without it wrong colours may fire; with it none does, and the right ones do."""
    image = drawn(PEOPLE_SCENE)[1]
    credulous = GroundingDino(detector.model, detector.processor, Card(threshold=0.2))
    wary = GroundingDino(detector.model, detector.processor,
                         detector.card.model_copy(update={"threshold": 0.2}))  # fmt: skip
    fired = {}
    for name, model in (("credulous", credulous), ("wary", wary)):
        found = {c: len(model.detect(image, [f"{c} dress"])[0]) for c in COLOURS}
        fired[name] = {colour for colour, count in found.items() if count}
    assert fired["wary"] == {"red", "blue", "yellow"}
    assert fired["wary"] <= fired["credulous"]


def test_the_message_says_that_the_thing_is_there_in_another_colour(
    detector: GroundingDino,
) -> None:
    image = drawn(DRESS_SCENE)[1]
    with pytest.raises(NotFound, match=r'no "green dress": there is 1 "dress", but none .* green'):
        ground(detector, image, Edit(operation="remove", target="green dress"))
    with pytest.raises(NotFound, match=r'no "house" \(the best score is'):
        ground(detector, image, Edit(operation="remove", target="house"))


def test_a_full_stop_does_not_make_two_phrases_of_one() -> None:
    assert caption(" Red hat. ") == "red hat."
    assert caption("a 2.5 litre cup").count(".") == 1
