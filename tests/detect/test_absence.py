"""Why nothing was found: what the messages say is so."""

from __future__ import annotations

from typing import Any

import pytest
from worlds import BALLS_SCENE, DRESS_SCENE, PEOPLE_SCENE, drawn

from prompt_edit.detect.absence import absences
from prompt_edit.detect.ground import ground
from prompt_edit.detect.grounding_dino import GroundingDino
from prompt_edit.errors import NotFound
from prompt_edit.plan import Edit, Relation, Which


def why(detector: GroundingDino, edit: Edit, threshold: float | None = None) -> str:
    with pytest.raises(NotFound) as error:
        ground(detector, drawn(PEOPLE_SCENE)[1], edit, threshold)
    return str(error.value)


@pytest.mark.parametrize("phrase", ["red dress", "dress", "person"])
def test_below_the_threshold_is_no_other_colour(detector: GroundingDino, phrase: str) -> None:
    best = float(detector.detect(drawn(PEOPLE_SCENE)[1], [phrase])[0].scores.max())
    message = why(detector, Edit(operation="remove", target=phrase), 0.99)
    assert f'"{phrase}" reaches the threshold of 0.99: the best score is {best:.2f}' in message
    assert "none that is" not in message and "shows no" not in message


@pytest.mark.parametrize("threshold", [None, 0.99])
def test_another_colour_is_told_in_the_plural(
    detector: GroundingDino, threshold: float | None
) -> None:
    message = why(detector, Edit(operation="remove", target="green dress"), threshold)
    assert 'no "green dress": there are 3 "dresses", but none that is green' in message


def test_anchors_below_the_threshold(detector: GroundingDino) -> None:
    """The target is found at that threshold, and the anchor is not."""
    image = drawn(PEOPLE_SCENE)[1]
    person, anchor = (
        float(detector.detect(image, [each])[0].scores.max()) for each in ("person", "blue dress")
    )
    low, high = sorted((("person", person), ("blue dress", anchor)), key=lambda each: each[1])
    between = (low[1] + high[1]) / 2
    relation = Relation(kind="near", anchor=low[0])
    message = why(detector, Edit(operation="remove", target=high[0], relation=relation), between)
    assert f'"{low[0]}" reaches the threshold' in message


def test_rank_tells_what_is_below_the_threshold(detector: GroundingDino) -> None:
    scores = detector.detect(drawn(PEOPLE_SCENE)[1], ["dress"])[0].scores.sort().values
    edit = Edit(operation="remove", target="dress", which=Which(by="left", rank=3))
    message = why(detector, edit, float(scores[0] + scores[1]) / 2)
    assert 'only 2 "dresses" were found at the threshold of' in message
    assert "1 more is below" in message


def test_exclusions_below_the_threshold_are_not_said_to_be_absent(detector: GroundingDino) -> None:
    image = drawn(DRESS_SCENE)[1]
    dress, person = (
        float(detector.detect(image, [each])[0].scores.max()) for each in ("dress", "person")
    )
    names = ("dress", "person") if dress < person else ("person", "dress")
    edit = Edit(operation="remove", target=names[1], exclude=(names[0],))
    grounded = ground(detector, image, edit, (dress + person) / 2)
    assert grounded.missing == (names[0],)
    (note,) = grounded.notes
    assert f'"{names[0]}" was to be left out, but no "{names[0]}" reaches the threshold' in note


def test_several_that_are_absent_are_looked_for_together(
    detector: GroundingDino, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In pictures that nobody looked at before."""
    texts = ("red house", "green ball", "blue cat", "white dog", "black car", "pink tree")
    image, passes, look = drawn(PEOPLE_SCENE)[1], list[int](), detector._views.look

    def counted(pictures: Any, words: Any) -> Any:
        passes.append(len(pictures))
        return look(pictures, words)

    monkeypatch.setattr(detector._views, "look", counted)
    told = [[str(each) for each in absences(detector, image * shade, texts, 0.9)]
            for shade in (0.93, 0.94)]  # fmt: skip
    together, count = len(passes), sum(passes)
    monkeypatch.setattr(detector, "at_once", lambda *_: 1)
    passes.clear()
    alone = [[str(each) for each in absences(detector, image * shade, texts, 0.9)]
             for shade in (0.93, 0.94)]  # fmt: skip
    assert told == alone and not passes, "all is recalled"
    assert together <= count / 2


def test_what_is_not_there_at_all(detector: GroundingDino) -> None:
    with pytest.raises(NotFound, match=r'shows no "house"'):
        ground(detector, drawn(BALLS_SCENE)[1], Edit(operation="remove", target="house"))
