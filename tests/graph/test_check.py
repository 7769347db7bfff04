"""Check Edit, and the retries of the nodes that paint."""

from __future__ import annotations

from typing import Any

import comfy.model_management as memory
import pytest
import torch
from worlds import DRESS_SCENE, PEOPLE_SCENE, drawn

from .runtime import Graph
from .stages import detect, mask, paint, run

pytestmark = pytest.mark.slow

DOLL = {"class_type": "PromptEditPaperDoll",
        "inputs": {"scene": "red dress", "scene_seed": 900000, "batch": 1}}  # fmt: skip


@pytest.fixture(scope="module")
def edited(pack: dict[str, type], models: dict[str, Any]) -> dict[str, Any]:
    """A picture, its plan, its mask, and what Diffusion Inpaint made of it."""
    image = drawn(DRESS_SCENE)[1]
    plan = run(pack, "PromptEditParse", instruction="make the dress blue")[0]
    hole = mask(pack, models, image, detect(pack, models, image, plan=plan)[0])[0]
    after, painted = paint(pack, models, image, hole, plan=plan).result
    return {"before": image, "after": after, "plan": plan, "mask": hole, "painted": painted}


def check(pack: dict[str, type], models: dict[str, Any], **given: Any) -> Any:
    return run(pack, "PromptEditCheckEdit", detector=models["detector"], **given)


def elsewhere(hole: torch.Tensor) -> torch.Tensor:
    """A mask that lies on nothing that was asked for: what is painted there, on the hill, is always
    doubtful, and not for that alone."""
    beside = torch.zeros_like(hole)
    beside[:, 200:240, 4:60] = 1
    return beside


def test_a_check_passes_the_picture_on_and_says_what_it_found(
    pack: dict[str, type], models: dict[str, Any], edited: dict[str, Any]
) -> None:  # fmt: skip
    output = check(pack, models, **edited)
    picture, report, score, ok = output.result
    assert torch.equal(picture, edited["after"]) and isinstance(ok, bool) and 0 <= score <= 1
    assert report.startswith("recolor dress to blue dress\n")
    assert "No pixel outside has changed." in report
    assert output.ui["text"] == [report]
    unchanged = {**edited, "after": edited["before"]}
    _, report, score, ok = check(pack, models, **unchanged).result
    assert not ok and score < 0.7 and "Nothing was painted" in report


def test_mask_and_painted_may_be_left_out(
    pack: dict[str, type], models: dict[str, Any], edited: dict[str, Any]
) -> None:  # fmt: skip
    for given in (("mask",), ("painted",), ()):
        some = {name: edited[name] for name in ("before", "after", "plan", *given)}
        _, report, *_ = check(pack, models, **some).result
        assert "blue dress" in report


def test_a_batch_is_as_good_as_its_worst_picture(
    pack: dict[str, type], models: dict[str, Any], edited: dict[str, Any]
) -> None:  # fmt: skip
    both = torch.cat([edited["after"], edited["before"]])
    _, report, score, ok = check(pack, models, **{**edited, "after": both}).result
    assert not ok and "Picture 1. " in report and "Picture 2. Doubtful" in report
    assert score < 0.7


def test_which_edit_of_a_plan(
    pack: dict[str, type], models: dict[str, Any], edited: dict[str, Any]
) -> None:  # fmt: skip
    two = run(pack, "PromptEditParse", instruction="make the dress blue; remove the dog")[0]
    _, report, *_ = check(pack, models, **{**edited, "plan": two}, index=2).result
    assert report.startswith("remove dog\n")
    with pytest.raises(Exception, match="Edit 3 was asked for, but the plan holds 2"):
        check(pack, models, **{**edited, "plan": two}, index=3)
    with pytest.raises(Exception, match="Scale the picture after the edit to 256 x 256"):
        check(pack, models, **{**edited, "after": edited["after"][:, :128]})


def test_a_choice_made_in_detect_leaves_nothing_out(
    pack: dict[str, type], models: dict[str, Any]
) -> None:
    image = drawn(PEOPLE_SCENE)[1]
    plan = run(pack, "PromptEditParse", instruction="make the dresses green")[0]
    scores = detect(pack, models, image, plan=plan)[0][0].found.scores.sort().values
    between = float(scores[-2:].mean())
    for chosen in ({"choose": "left"}, {"threshold": between}):
        found = detect(pack, models, image, plan=plan, **chosen)[0]
        cut = mask(pack, models, image, found)
        given = {"before": image, "after": image, "plan": plan, "mask": cut[0]}
        known: list[dict[str, Any]] = [{"detections": found}]
        known += [{"threshold": between}] if "threshold" in chosen else []
        for more in known:
            assert "ok: The mask lies on" in check(pack, models, **given, **more)[1]
        assert "leaves out 2 of the 3 things" in check(pack, models, **given)[1]
        assert cut[4][0].found is found[0], "for Diffusion Inpaint, whose retries look as well"


def test_it_runs_at_the_end_of_a_graph(pack: dict[str, type]) -> None:
    assert pack["PromptEditCheckEdit"].define_schema().is_output_node  # type: ignore[attr-defined]


def test_nothing_false_is_said_of_a_plan_of_several_edits(
    pack: dict[str, type], models: dict[str, Any]
) -> None:
    """Prompt Edit gives the mask of the last one alone."""
    given = {"image": ["1", 0], "instruction": "make the dress blue; make the hair red", "seed": 1,
             "steps": 0, "threshold": 0.0}  # fmt: skip
    graph = Graph({"1": DOLL, "2": {"class_type": "PromptEdit", "inputs": given}}, pack).run()
    after, hole, plan = (graph.output("2", slot) for slot in range(3))
    whole = {"before": graph.output("1"), "after": after, "plan": plan, "mask": hole}
    for index, of in ((1, "recolor dress to blue dress"), (2, "recolor hair to red hair")):
        _, report, score, ok = check(pack, models, **whole, index=index).result
        assert report.startswith(f"{of}\n")
        assert ok and score == 1, report
        assert "not judged: Whether anything else changed could not be judged" in report
        assert ("A mask is taken for that of edit 2, and not used." in report) == (index == 1)
    _, report, *_ = check(pack, models, **{**whole, "mask": None}).result
    assert report.endswith("see index."), "there is no mask to speak of"
    only = run(pack, "PromptEditPick", plan=plan, index=2)[0]
    _, report, *_ = check(pack, models, **{**whole, "plan": only}).result
    assert "NOT OK" in report and "outside the edit changed" in report, "it is one edit then"


def test_a_doubtful_picture_is_painted_again_inside(
    pack: dict[str, type], models: dict[str, Any], edited: dict[str, Any]
) -> None:  # fmt: skip
    """One picture of a batch fails, since its mask lies on nothing: it alone is tried again."""
    image, unet = edited["before"], models["painter"].ready().pipeline.unet
    beside = elsewhere(edited["mask"])
    runs: list[int] = []
    hook = unet.register_forward_hook(lambda *_: runs.append(1))
    try:
        given = {"plan": edited["plan"], "seed": 3}
        paint(pack, models, image, edited["mask"], **given)
        once = len(runs)
        both = torch.cat([image, image]), torch.cat([edited["mask"], beside])
        output = paint(pack, models, *both, **given, detector=models["detector"], retries=2)
    finally:
        hook.remove()
    text = "\n".join(output.ui["text"])
    assert "Picture 2: Try 1 (seed 3)" in text and "Picture 2: Try 3 (seed 5" in text
    assert "Picture 2: Doubtful" in text
    assert len(runs) >= once * (1 + 1 + 2), "both at once, then one of them twice"
    changed = (output.result[0] != both[0]).any(dim=-1)
    assert not changed[output.result[1] == 0].any()


def test_without_detector_or_plan_it_says_that_nothing_was_tried(
    pack: dict[str, type], models: dict[str, Any], edited: dict[str, Any]
) -> None:  # fmt: skip
    image, hole = edited["before"], edited["mask"]
    output = paint(pack, models, image, hole, plan=edited["plan"], retries=2)
    assert "Nothing was tried again: connect a detector, too." in output.ui["text"]
    output = paint(pack, models, image, hole, prompt="blue dress", retries=2,
                   detector=models["detector"])  # fmt: skip
    assert "Nothing was tried again: connect a plan, too." in output.ui["text"]
    plain = paint(pack, models, image, hole, plan=edited["plan"], detector=models["detector"])
    assert torch.equal(plain.result[0], edited["after"])


def test_cancel_ends_the_tries(
    pack: dict[str, type], models: dict[str, Any], edited: dict[str, Any]
) -> None:  # fmt: skip
    image, unet = edited["before"], models["painter"].ready().pipeline.unet
    beside = elsewhere(edited["mask"])
    runs: list[int] = []

    def press(*_: Any) -> None:
        runs.append(1)
        if len(runs) > once:
            memory.interrupt_current_processing(True)

    once = models["painter"].model.card.steps * 2
    hook = unet.register_forward_hook(press)
    try:
        with pytest.raises(memory.InterruptProcessingException):
            paint(pack, models, image, beside, plan=edited["plan"], detector=models["detector"],
                  retries=20)  # fmt: skip
    finally:
        hook.remove()
        memory.interrupt_current_processing(False)
    assert len(runs) == once + 1


def test_one_node_hands_its_detector_on_where_it_may_retry(pack: dict[str, type]) -> None:
    inputs = {"image": ["1", 0], "instruction": "remove the dog", "seed": 1, "steps": 0,
              "threshold": 0.0}  # fmt: skip
    for retries in (None, 0, 2):
        given = inputs if retries is None else {**inputs, "retries": retries}
        graph = Graph({"1": DOLL, "2": {"class_type": "PromptEdit", "inputs": given}}, pack).run()
        (painting,) = [node["inputs"] for node in graph.nodes.values()
                       if node["class_type"] == "PromptEditInpaint"]  # fmt: skip
        assert ("detector" in painting, painting.get("retries", 0)) == (bool(retries), retries or 0)
