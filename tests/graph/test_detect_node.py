"""Grounding DINO Detect: whether anything was found, and what happens where nothing was."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from worlds import BALLS_SCENE, DRESS_SCENE, PEOPLE_SCENE, drawn

from prompt_edit.plan import PICTURE, Edit, EditPlan

from .runtime import ExecutionBlocker, Graph

SAMPLE = "sample (paper dolls)"
GO_ON, STOP, FAIL = "pass the picture on", "stop here", "fail"


@pytest.fixture(scope="module")
def loaded(pack: dict[str, type]) -> Any:
    return pack["PromptEditLoadGroundingDINO"].execute(model=SAMPLE)[0]  # type: ignore[attr-defined]


@pytest.fixture
def detect(pack: dict[str, type], loaded: Any) -> Any:
    def run(image: torch.Tensor, phrase: str = "", **more: Any) -> Any:
        given = {"threshold": 0.0, "choose": "as planned", "rank": 1, "count": 1, **more}
        return pack["PromptEditDetect"].execute(  # type: ignore[attr-defined]
            detector=loaded, image=image, phrase=phrase, **given
        )

    return run


def test_found_and_count(detect: Any) -> None:
    image = drawn(PEOPLE_SCENE)[1]
    assert detect(image, "person").result[4:] == (True, 3)
    assert detect(image, "house").result[4:] == (False, 0)
    both = torch.cat([drawn(DRESS_SCENE)[1], drawn(BALLS_SCENE)[1]])
    assert detect(both, "dress").result[4:] == (True, 1)
    both = torch.cat([image, drawn(DRESS_SCENE)[1]])
    assert detect(both, "dress").result[4:] == (True, 4)


def test_the_whole_picture_counts_as_one(detect: Any) -> None:
    edit = Edit(operation="restyle", target=PICTURE, result="watercolor")
    plan = EditPlan(edits=(edit,), instruction="", parser="")
    assert detect(drawn(DRESS_SCENE)[1], plan=plan, when_missing=STOP).result[4:] == (True, 1)


@pytest.mark.parametrize("asked", [{}, {"when_missing": GO_ON}])
def test_what_is_not_there_passes_the_picture_on(detect: Any, asked: dict[str, str]) -> None:
    """As workflows do that were saved before there was a choice."""
    out = detect(drawn(BALLS_SCENE)[1], "house", **asked)
    assert not isinstance(out[0], ExecutionBlocker) and out[0][0].reason


def test_stop_blocks_what_leads_on_and_still_tells(detect: Any) -> None:
    image = drawn(BALLS_SCENE)[1]
    out = detect(image, "house", when_missing=STOP)
    found, boxes, preview, reason, any_found, count = out.result
    for each in (found, boxes):
        assert isinstance(each, ExecutionBlocker) and each.message is None
    assert preview.shape[0] == 1 and 'no "house"' in reason and not any_found and count == 0
    assert out.ui["text"] == [reason] and out.ui["images"]
    assert len(detect(image, "ball", when_missing=STOP)[0][0].found) == 3


def test_of_a_long_batch_a_few_are_shown_and_it_is_said(detect: Any) -> None:
    out = detect(drawn(DRESS_SCENE)[1].expand(18, -1, -1, -1), "dress")
    assert len(out[2]) == 18 and len(out.ui["images"]) == 16
    assert out.ui["text"] == ["Shown are the first 16 of 18 pictures."]


def test_a_batch_stops_where_no_picture_shows_it(detect: Any) -> None:
    both = torch.cat([drawn(DRESS_SCENE)[1], drawn(BALLS_SCENE)[1]])
    for choice in (STOP, FAIL):
        found = detect(both, "dress", when_missing=choice)[0]
        assert [bool(each.reason) for each in found] == [False, True]
    assert isinstance(detect(both, "house", when_missing=STOP)[0], ExecutionBlocker)
    with pytest.raises(Exception, match=r'(?s)picture 1: .*no "house".*picture 2: ') as error:
        detect(both, "house", when_missing=FAIL)
    assert error.type.__name__ == "NotFound"


def test_fail_tells_the_reason(detect: Any) -> None:
    with pytest.raises(Exception, match='no "house"') as error:
        detect(drawn(BALLS_SCENE)[1], "house", when_missing=FAIL)
    assert error.type.__name__ == "NotFound"  # of the pack as the host loads it


def test_nothing_that_hangs_on_it_runs(pack: dict[str, type]) -> None:
    image = drawn(BALLS_SCENE)[1]
    nodes: dict[str, Any] = {
        "2": {"class_type": "PromptEditLoadGroundingDINO", "inputs": {"model": SAMPLE}},
        "3": {"class_type": "PromptEditLoadSAM", "inputs": {"model": SAMPLE}},
        "4": {"class_type": "PromptEditDetect",
              "inputs": {"detector": ["2", 0], "image": image, "phrase": "house",
                         "threshold": 0.0, "choose": "as planned", "rank": 1, "count": 1,
                         "when_missing": STOP}},
        "5": {"class_type": "PromptEditMask",
              "inputs": {"segmenter": ["3", 0], "image": image, "detections": ["4", 0],
                         "grow": 0, "feather": 0.0, "fill_holes": False}},
    }  # fmt: skip
    graph = Graph(nodes, pack).run()
    assert "PromptEditDetect" in graph.ran and "PromptEditMask" not in graph.ran
    assert 'no "house"' in graph.shown["4"]["text"][0]
    assert graph.output("4", 4) is False


def test_boxes_of_a_batch_may_be_one_a_picture(pack: dict[str, type]) -> None:
    node: Any = pack["PromptEditFromBoxes"]
    last = node.define_schema().inputs[-1]
    assert last.id == "spread" and last.optional and last.default == last.options[0]
    boxes = [(1, 2, 11, 22), (5, 5, 9, 9)]
    every, apart = (node.execute(image=torch.zeros(2, 60, 80, 3), boxes=boxes, **more)
                    for more in ({}, {"spread": last.options[1]}))  # fmt: skip
    assert [len(each.found) for each in every[0]] == [2, 2] and len(every.ui["text"]) == 1
    assert [len(each.found) for each in apart[0]] == [1, 1] and not apart.ui["text"]


def test_new_sockets_come_after_the_old_ones(pack: dict[str, type]) -> None:
    schema = pack["PromptEditDetect"].define_schema()  # type: ignore[attr-defined]
    assert schema.inputs[-1].id == "when_missing" and schema.inputs[-1].optional
    names = [each.id for each in schema.outputs]
    assert names == ["detections", "boxes", "preview", "reason", "any_found", "how_many"]
