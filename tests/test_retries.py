"""Edits that are looked at again, in the editor and on the command line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from worlds import DRESS_SCENE, drawn

from prompt_edit import cli
from prompt_edit import editor as editing
from prompt_edit.detect.detections import Detections
from prompt_edit.detect.grounding_dino import GroundingDino
from prompt_edit.editor import PromptEditor
from prompt_edit.errors import InstructionError
from prompt_edit.images import load_image, save_image
from prompt_edit.inpaint.diffusion import Inpainter
from prompt_edit.inpaint.repaint import Painted
from prompt_edit.inpaint.settings import Sampling
from prompt_edit.segment.sam import Sam

pytestmark = pytest.mark.slow

SENTENCE = "make the dress blue"


class Counted:
    """The real models, and how often each was asked."""

    def __init__(self, detector: GroundingDino, segmenter: Sam, painter: Inpainter) -> None:
        self.models, self.detected, self.segmented = (detector, segmenter, painter), 0, 0
        self.card = detector.card

    def detect(self, *words: Any) -> list[Detections]:
        self.detected += 1
        return self.models[0].detect(*words)

    def segment(self, *words: Any) -> Tensor:
        self.segmented += 1
        return self.models[1].segment(*words)

    @property
    def editor(self) -> PromptEditor:
        return PromptEditor(self, self, self.models[2])


@pytest.fixture
def counted(detector: GroundingDino, segmenter: Sam, small_painter: Inpainter) -> Counted:
    return Counted(detector, segmenter, small_painter)


@pytest.fixture
def fails(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], list[Sampling]]:
    """Lets that many first tries paint nothing; gives the list of how each try painted."""

    def let(times: int) -> list[Sampling]:
        repaint, tries = editing.repaint, list[Sampling]()

        def paint(painter: Any, image: Tensor, mask: Tensor, edit: Any, sampling: Sampling,
                  *more: Any, **named: Any) -> Painted:  # fmt: skip
            tries.append(sampling)
            done = repaint(painter, image, mask, edit, sampling, *more, **named)
            if len(tries) <= times:
                return Painted(image, done.opacity, done.notes)
            return done

        monkeypatch.setattr(editing, "repaint", paint)
        return tries

    return let


def test_without_a_check_nothing_is_looked_at_twice(counted: Counted) -> None:
    _, image = drawn(DRESS_SCENE)
    plain = counted.editor.edit(image, SENTENCE)
    asked = counted.detected
    assert plain.steps[0].checked is None and plain.steps[0].tries == 1
    assert plain.verdict == "" and plain.checks == () and "check" not in plain.seconds
    checked = counted.editor.edit(image, SENTENCE, check=True)
    assert counted.detected - asked > asked
    assert torch.equal(plain.image, checked.image)
    assert checked.steps[0].checked and checked.seconds["check"] > 0


def test_only_the_painting_is_repeated(
    counted: Counted, fails: Callable[[int], list[Sampling]]
) -> None:
    _, image = drawn(DRESS_SCENE)
    tries = fails(1)
    result = counted.editor.edit(image, SENTENCE, Sampling(seed=5), retries=3)
    step = result.steps[0]
    assert counted.segmented == 1
    assert [each.seed for each in tries[:2]] == [5, 6] and step.tries == len(tries)
    assert step.checked and "Nothing was painted" in step.notes[0] and "seed 6" in step.notes[1]
    changed = (result.image != image)[0].any(dim=-1)
    assert changed.any() and not changed[step.opacity == 0].any()


def test_where_all_tries_fail_the_best_is_kept_and_doubted(
    counted: Counted, fails: Callable[[int], list[Sampling]]
) -> None:
    _, image = drawn(DRESS_SCENE)
    tries = fails(9)
    result = counted.editor.edit(image, SENTENCE, retries=2)
    assert len(tries) == 3 == result.steps[0].tries
    assert result.verdict.startswith("Doubtful") and result.doubts
    assert all(each.startswith("recolor dress to blue dress: ") for each in result.doubts)


def test_each_edit_of_a_plan_is_looked_at(counted: Counted) -> None:
    _, image = drawn(DRESS_SCENE)
    result = counted.editor.edit(image, "cut out the dog", retries=2)
    assert result.steps[0].checked and result.steps[0].checked.ok and result.steps[0].tries == 1
    result = counted.editor.edit(image, "make the dress blue, then remove the dog", check=True)
    assert len(result.checks) == 2 and "edits" in result.verdict


def test_a_check_is_told_and_can_be_stopped(
    counted: Counted, fails: Callable[[int], list[Sampling]]
) -> None:
    _, image = drawn(DRESS_SCENE)
    tries, stages = fails(9), list[str]()

    def note(stage: str, done: int, total: int) -> None:
        stages.append(stage)
        if stage == "check" and stages.count("check") == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        counted.editor.edit(image, SENTENCE, retries=5, on_progress=note)
    assert len(tries) == 2 and stages.index("check") > stages.index("inpaint")


@pytest.mark.parametrize("retries", [-1, 21, 1.5, True, "3"])
def test_what_is_no_number_of_retries(counted: Counted, retries: Any) -> None:
    with pytest.raises(InstructionError, match="0 to 20 retries"):
        counted.editor.edit(drawn(DRESS_SCENE)[1], SENTENCE, retries=retries)


# --- the command line ----------------------------------------------------------------------------


@pytest.fixture
def edit(counted: Counted, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., int]:
    """Runs `prompt-edit edit` on a drawn picture, with models that are loaded already."""
    editor = PromptEditor(*counted.models)
    monkeypatch.setattr(PromptEditor, "load", lambda *_: editor)
    save_image(tmp_path / "doll.png", drawn(DRESS_SCENE)[1])

    def run(*words: object) -> int:
        words = ("edit", tmp_path / "doll.png", SENTENCE, "-o", tmp_path / "o.png", *words)
        monkeypatch.setattr(sys, "argv", ["prompt-edit", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        return int(end.value.code or 0)

    return run


def test_a_doubtful_result_is_written_and_doubted_on_stderr(
    edit: Callable[..., int], fails: Callable[[int], list[Sampling]], tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    fails(9)
    report = tmp_path / "r.json"
    assert edit("--retries", 1, "--report", report) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[-1].startswith("Doubtful")
    assert "Warning: recolor dress to blue dress: Nothing was painted" in said.err
    assert load_image(tmp_path / "o.png").pixels.shape == (1, 256, 256, 3)
    content = json.loads(report.read_text())
    assert content["ok"] is False and content["score"] < 1
    assert content["steps"][0]["tries"] == 2
    assert {"name", "passed", "value", "said"} <= set(content["steps"][0]["checked"]["findings"][0])
    assert edit("--check", "--quiet") == 0
    quiet = capsys.readouterr()
    assert quiet.out == "" and "Nothing was painted" in quiet.err


def test_a_check_says_its_outcome_and_costs_nothing_unasked(
    edit: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "r.json"
    assert edit("--check", "--report", report) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith(("Checked", "Doubtful"))
    assert "ok" in json.loads(report.read_text())
    assert edit("--report", report) == 0
    assert capsys.readouterr().out.splitlines()[-1] == str(tmp_path / "o.png")
    content = json.loads(report.read_text())
    assert "ok" not in content and content["steps"][0]["checked"] is None


@pytest.mark.parametrize("number", ["-1", "21", "many"])
def test_too_many_retries_are_misuse(
    edit: Callable[..., int], number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert edit("--retries", number) == 2
    assert "Error" in capsys.readouterr().err
