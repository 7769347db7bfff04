"""The sample models keep up what the README says of them, on scenes they have not seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from torch import Tensor

from prompt_edit.editor import PromptEditor
from prompt_edit.evaluate.drawn.changes import swap
from prompt_edit.evaluate.drawn.evaluate import (
    KEPT,
    OPERATIONS,
    Measured,
    Seen,
    Tried,
    evaluate,
    some_absent,
)
from prompt_edit.evaluate.drawn.methods import Proposed
from prompt_edit.evaluate.drawn.right import right
from prompt_edit.evaluate.drawn.sheet import contact_sheet
from prompt_edit.evaluate.drawn.tasks import Task, make_task, other_task, shown
from prompt_edit.intent import parse_grammar
from prompt_edit.paperdoll.draw import draw
from prompt_edit.paperdoll.phrases import find
from prompt_edit.paperdoll.scene import random_scene
from prompt_edit.paperdoll.tensors import as_image

pytestmark = pytest.mark.slow


def test_tasks_ask_for_what_the_true_picture_shows() -> None:
    seen = set()
    for seed in range(800_000, 800_040):
        picture, rng = draw(random_scene(seed)), np.random.default_rng(seed)
        for task in (make_task(picture, rng), other_task(picture, rng, seed)):
            if task is None:
                continue
            seen.add(task.operation)
            (edit,) = parse_grammar(task.instruction).edits
            assert edit.operation == task.operation, task.instruction
            true = task.true()
            assert task.region(true).any()
            if task.item:
                assert shown(true, task.item).any()
                said = task.item.pattern if task.operation == "restyle" else task.item.colour
                assert said in task.instruction
    assert seen == set(OPERATIONS)


def test_absent_phrases_name_nothing() -> None:
    for seed in range(800_000, 800_020):
        picture = draw(random_scene(seed))
        phrases = some_absent(picture, np.random.default_rng(seed))
        assert len(phrases) >= 4
        assert all(find(phrase, picture.instances) == [] for phrase in phrases)


def test_the_models_have_not_become_worse(editor: PromptEditor) -> None:
    """Floors below what the README's table tells, for a few scenes; raise them with the models."""
    measured = evaluate(Proposed(editor), 4, 910_000)
    figures = measured.figures()
    assert figures["precision"] >= 0.86
    assert figures["recall"] >= 0.86
    assert figures["f1"] >= 0.86
    assert figures["absent_false_positive_rate"] <= 0.1
    assert figures["edit_success"] >= 0.7
    assert figures["outside_changed_pixels"] == 0
    assert figures["edits"] >= 5
    by_operation = figures["by_operation"]
    assert sum(by_operation[name]["count"] for name in OPERATIONS) == figures["edits"]
    assert all(set(each) == {"count", "success", "psnr", "ssim", "seam"}
               for each in by_operation.values())  # fmt: skip
    picture = contact_sheet(measured.tried)
    assert picture.width > 2000 and len(picture.convert("RGB").getcolors(1 << 24) or ()) > 1000


def test_the_pictures_of_a_long_run_are_not_all_kept() -> None:
    picture, measured = draw(random_scene(910_000)), Measured()
    task = Task("remove", "remove it", picture, picture.scene)
    for _ in range(KEPT + 5):
        measured.add(Tried(task.operation, Seen(task, None, picture), success=True))
    measured.add(Tried("add", Seen(task, None, picture)))
    assert sum(each.seen is not None for each in measured.tried) == KEPT + 1
    assert measured.figures()["by_operation"]["remove"]["count"] == KEPT + 5
    assert contact_sheet(measured.tried).height > 0


drawn = cache(draw)


def restyles(seeds: range) -> Iterator[Task]:
    """What may be asked of the patterns in some scenes."""
    for seed in seeds:
        task = other_task(draw(random_scene(seed)), np.random.default_rng(seed), 3)
        if task and task.operation == "restyle":
            yield task


def printed(task: Task, pattern: str, strength: float = 1.0, moved: int = 0) -> Tensor:
    """The picture of a task with some pattern, more or less faint, moved down the cloth."""
    assert task.item and task.about
    plain, full = (
        as_image(drawn(swap(task.before.scene, task.about, replace(task.item, pattern=each))))
        for each in ("plain", pattern)
    )
    cloth = torch.from_numpy(shown(drawn(task.after), task.item))[None, ..., None]
    return plain + strength * ((full - plain) * cloth).roll(moved, dims=1) * cloth


def is_right(task: Task, image: Tensor) -> bool:
    true = drawn(task.after)
    return right(task, image, true, task.region(true))


def test_a_pattern_is_right_where_it_shows_wherever_it_begins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("prompt_edit.evaluate.drawn.right.draw", drawn)  # each sheet once
    found = {task.item.pattern: task for task in restyles(range(910_000, 910_016)) if task.item}
    tasks = list(found.values())
    assert len(tasks) == 3
    for task in tasks:
        assert task.item
        asked = task.item.pattern
        assert is_right(task, as_image(task.true())) and is_right(task, printed(task, asked, 0.7))
        if asked == "striped":
            assert is_right(task, printed(task, asked, moved=4))
        assert not is_right(task, as_image(task.before))
        assert not is_right(task, printed(task, asked, 0.3))  # as good as plain
        darker = printed(task, "plain") * 0.9  # which is no pattern
        assert not is_right(task, darker)
        others = {"striped", "dotted", "checked"} - {asked}
        assert not any(is_right(task, printed(task, each)) for each in others)
