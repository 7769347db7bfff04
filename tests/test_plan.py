"""The plan: what it accepts, what it refuses and why, and its way through JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from prompt_edit.errors import PlanError, PromptEditError
from prompt_edit.plan import (
    BACKGROUND,
    PICTURE,
    Edit,
    EditPlan,
    Operation,
    OrderBy,
    Relation,
    RelationKind,
    Which,
)

NEEDS_RESULT = {"replace", "recolor", "restyle", "add", "background"}

phrases = st.text(min_size=1, max_size=200).map(str.strip).filter(bool)
texts = st.text(max_size=300)


@st.composite
def edits(draw: st.DrawFn) -> Edit:
    operation = draw(st.sampled_from(get_args(Operation)))
    which = st.builds(
        Which, by=st.sampled_from(get_args(OrderBy)), rank=st.integers(1, 100),
        count=st.integers(1, 100),
    )  # fmt: skip
    relation = st.builds(Relation, kind=st.sampled_from(get_args(RelationKind)), anchor=phrases)
    return Edit(
        operation=operation,
        target=draw(phrases | st.sampled_from([PICTURE, BACKGROUND])),
        result=draw(phrases) if operation in NEEDS_RESULT else "",
        which=draw(which),
        relation=draw(st.none() | relation),
        exclude=tuple(draw(st.lists(phrases, max_size=3))),
        prompt=draw(texts),
        negative_prompt=draw(texts),
    )


plans = st.builds(
    EditPlan,
    edits=st.lists(edits(), min_size=1, max_size=3).map(tuple),
    instruction=st.text(max_size=300),
    parser=st.text(max_size=20),
    warnings=st.lists(st.text(max_size=40), max_size=2).map(tuple),
)


def as_json(**changes: Any) -> str:
    """A valid plan of one edit, as JSON, with the fields of that edit changed."""
    edit = {"operation": "replace", "target": "red dress", "result": "white t-shirt", **changes}
    return json.dumps({"edits": [edit], "instruction": "change it", "parser": "test"})


@given(plans, st.sampled_from([None, 0, 2]))
def test_a_plan_comes_back_from_json_as_it_was(plan: EditPlan, indent: int | None) -> None:
    again = EditPlan.from_json(plan.to_json(indent))
    assert again == plan
    assert again.to_json(indent) == plan.to_json(indent)


def test_json_written_by_a_language_model_is_read_with_the_defaults_filled_in() -> None:
    plan = EditPlan.from_json(as_json())
    assert plan.edits == (
        Edit(operation="replace", target="red dress", result="white t-shirt",
             prompt="white t-shirt", which=Which(by="all", rank=1, count=1)),
    )  # fmt: skip
    assert plan.edits[0].relation is None and plan.edits[0].exclude == ()


BROKEN = {
    "empty text": ("", "the plan"),
    "cut off": ('{"edits": [', "the plan"),
    "a list": ("[]", "the plan"),
    "no edits": ('{"edits": [], "instruction": "", "parser": ""}', "edits"),
    "no parser": ('{"edits": [{"operation": "remove", "target": "hat"}], "instruction": ""}',
                  "parser"),
    "unknown operation": (as_json(operation="explode"), "edits.0.operation"),
    "blank target": (as_json(target="  \t "), "edits.0.target"),
    "endless target": (as_json(target="a" * 201), "edits.0.target"),
    "endless result": (as_json(result="a" * 2001), "edits.0.result"),
    "unknown field": (as_json(colour="red"), "edits.0.colour"),
    "unknown order": (as_json(which={"by": "oldest"}), "edits.0.which.by"),
    "rank below one": (as_json(which={"by": "left", "rank": 0}), "edits.0.which.rank"),
    "no count": (as_json(which={"by": "left", "count": 0}), "edits.0.which.count"),
    "a relation that is not known": (as_json(relation={"kind": "beyond", "anchor": "car"}),
                                     "edits.0.relation.kind"),
    "a relation to nothing": (as_json(relation={"kind": "near", "anchor": " "}),
                              "edits.0.relation.anchor"),
    "blank exclusion": (as_json(exclude=["hat", ""]), "edits.0.exclude.1"),
    "nothing to show": (as_json(result=""), "edits.0"),
    "blank to show": (as_json(result="   "), "edits.0"),
    "something to show for a removal": (as_json(operation="remove"), "edits.0"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "where"), BROKEN.values(), ids=BROKEN)
def test_json_that_is_no_plan_is_refused_by_the_name_of_the_field(text: str, where: str) -> None:
    with pytest.raises(PlanError) as caught:
        EditPlan.from_json(text)
    assert f"valid edit plan: {where}: " in str(caught.value)
    assert isinstance(caught.value, PromptEditError)


@pytest.mark.parametrize(
    ("make", "where"),
    [
        (lambda: Edit(operation="remove", target="a" * 201), "target: "),
        (lambda: Edit(operation="explode", target="hat"), "operation: "),
        (lambda: Which(by="left", rank=0), "rank: "),
        (lambda: Relation(kind="near", anchor=" "), "anchor: "),
        (lambda: EditPlan(edits=(), instruction="", parser=""), "edits: "),
    ],
)
def test_python_code_is_told_the_same(make: Callable[[], object], where: str) -> None:
    with pytest.raises(PlanError) as caught:
        make()
    assert f"valid edit plan: {where}" in str(caught.value)


@pytest.mark.parametrize("operation", get_args(Operation))
def test_a_result_stands_where_there_is_something_to_show_and_only_there(
    operation: Operation,
) -> None:
    needed = operation in NEEDS_RESULT
    assert Edit(operation=operation, target="hat", result="red hat" if needed else "")
    with pytest.raises(PlanError, match="needs a result" if needed else "must be empty"):
        Edit(operation=operation, target="hat", result="" if needed else "red hat")


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("", "red hat"),
        ("  ", "red hat"),
        ("a red felt hat", "a red felt hat"),
        (" a red felt hat ", "a red felt hat"),
    ],
)
def test_the_painter_is_told_the_result_unless_more_is_said(prompt: str, expected: str) -> None:
    assert Edit(operation="replace", target="hat", result=" red hat ", prompt=prompt).prompt == (
        expected
    )


def test_phrases_are_stripped() -> None:
    relation = Relation(kind="near", anchor=" car\n")
    edit = Edit(operation="remove", target=" cup ", relation=relation, exclude=(" lid ",))
    assert (edit.target, edit.relation, edit.exclude) == (
        "cup", Relation(kind="near", anchor="car"), ("lid",),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("target", "whole"),
    [(PICTURE, True), (BACKGROUND, True), ("dog", False), ("framed picture", False)],
)
def test_only_the_picture_and_its_background_need_no_detector(target: str, whole: bool) -> None:
    edit = Edit(operation="restyle", target=target, result="oil painting")
    assert edit.whole_picture is whole


def test_a_plan_cannot_be_changed() -> None:
    plan = EditPlan.from_json(as_json())
    with pytest.raises(ValidationError, match="frozen"):
        plan.edits[0].target = "hat"
    with pytest.raises(ValidationError, match="frozen"):
        plan.parser = "me"
    assert len({plan, EditPlan.from_json(as_json())}) == 1, "equal plans are one key of a cache"


def test_one_edit_of_several() -> None:
    edits = [Edit(operation="remove", target=name) for name in ("dog", "cat")]
    plan = EditPlan(edits=tuple(edits), instruction="remove them", parser="hand")
    assert plan.pick(2).only() == edits[1]
    assert plan.summary() == "1. remove dog\n2. remove cat"
    with pytest.raises(PlanError, match="holds 2 edits"):
        plan.only()
    for number in (0, 3):
        with pytest.raises(PlanError, match="holds 2"):
            plan.pick(number)


def test_a_summary_says_all_that_was_understood() -> None:
    edit = Edit(
        operation="recolor",
        target="ball",
        result="green ball",
        which=Which(by="left", rank=2, count=2),
        relation=Relation(kind="near", anchor="car"),
        exclude=("stripes",),
    )
    assert edit.summary() == (
        "recolor ball to green ball, numbers 2 to 3 from the left, near car, except stripes"
    )


@pytest.mark.parametrize(("which", "said"), [
    ({"by": "left", "rank": 2}, "number 2 from the left"),
    ({"by": "top", "count": 2}, "numbers 1 to 2 from the top"),
    ({"by": "bottom left", "rank": 2}, "number 2 from the bottom left"),
    ({"by": "largest"}, "the largest one"),
    ({"by": "smallest", "count": 3}, "the 3 smallest"),
    ({"by": "largest", "rank": 2}, "number 2 of the largest"),
    ({"by": "score"}, "the most likely one"),
    ({"by": "center"}, "the most central one"),
])  # fmt: skip
def test_a_choice_in_words(which: dict[str, object], said: str) -> None:
    assert Which.model_validate(which).in_words() == said
