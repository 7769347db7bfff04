"""The benchmarks run: what they measure is for people, on machines that do nothing else."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, cast

import pytest
import torch
from torch import Tensor, nn

from benchmarks import __main__ as benchmarks
from benchmarks import others, stages
from benchmarks.batch_kills import wrong_with
from benchmarks.models import small_painter
from benchmarks.stages import Clock
from prompt_edit.inpaint.diffusion import Inpainter
from prompt_edit.models.store import sample_models
from prompt_edit.segment.sam import Sam

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("small_samples")]


def test_every_stage_is_timed_beside_its_bare_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(benchmarks, "ONE_MEGAPIXEL", (96, 128))
    monkeypatch.setattr(benchmarks, "TWELVE_MEGAPIXELS", (192, 256))
    monkeypatch.setattr(stages, "TOGETHER", 3)
    monkeypatch.setattr(stages, "WARM_UP", 0)
    file = tmp_path / "times.json"
    asked = ["--small", "--rounds", "1", "--device", "cpu", "--json", str(file)]
    monkeypatch.setattr(sys, "argv", ["benchmarks", *asked])
    benchmarks.main()
    rows = json.loads(file.read_text())
    timed = {row["name"].split(",")[0] for row in rows}
    assert timed == {"detect", "segment", "paint", "second phrase against the first",
                      "run again with other words"}  # fmt: skip
    assert sum("3 pictures at once" in row["name"] for row in rows) == 3
    for row in rows:
        assert row["ours_ms"] > 0 and row["bare_ms"] > 0
        assert row["overhead"] == pytest.approx(row["ours_ms"] / row["bare_ms"] - 1)
        assert 0 < row["beside_ms"] <= row["ours_ms"]
        if "run again" not in row["name"]:
            assert row["beside_ms"] < row["ours_ms"], "no network was watched"
    assert capsys.readouterr().out.count("\n| ") == len(rows)


@pytest.mark.parametrize("asked", [["segment"], ["run", "batch"]])
def test_a_stage_is_timed_alone(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("detect", "segment", "paint", "second_phrase", "run_again"):
        monkeypatch.setattr(stages, name, lambda *_, name=name: name)
    monkeypatch.setattr(stages, "batches", lambda *_: iter(["batch"]))
    found = benchmarks.rows(cast(Any, None), cast(Any, None), asked.__contains__)
    assert {str(row).split("_")[0] for row in found} == set(asked)
    everything = benchmarks.rows(cast(Any, None), cast(Any, None), benchmarks.STAGES.__contains__)
    assert len(list(everything)) == 10


def test_both_precisions_are_named() -> None:
    class Theirs:
        name = "theirs"
        sam = nn.Linear(1, 1).half()

        def segment(self, image: Tensor, boxes: Tensor) -> None:
            assert len(boxes) == others.BOXES

    cutter = Sam.load(sample_models().segmenter, torch.device("cpu"))
    clock = Clock(torch.device("cpu"), 1)
    row = others._segment(cutter, cast(others.Other, Theirs()), clock, (96, 128))
    assert row.name == "segment, 3 boxes, in float32, against theirs in float16, 128 x 96"


def test_the_random_painter_can_be_loaded(tmp_path: Path) -> None:
    painter = Inpainter.load(small_painter(tmp_path / "painter"), torch.device("cpu"))
    assert len(painter.pipeline.tokenizer) == 49408


def test_a_batch_that_did_nothing_is_compared_with_nothing(tmp_path: Path) -> None:
    assert wrong_with(tmp_path, 2, 1) == ["the table has 0 lines and not 2", "nothing was done"]
    lines = [{"output": "1.png", "status": "done"}, {"output": "2.png", "status": "failed"}]
    table = tmp_path / "results.jsonl"
    table.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert wrong_with(tmp_path, 2, 1) == ["1 of 1 outputs are missing"]
    (tmp_path / "1.png").touch()
    assert not wrong_with(tmp_path, 2, 1)
    assert wrong_with(tmp_path, 4, 1) == ["the table has 2 lines and not 4"]
    assert wrong_with(tmp_path, 2, 0) == ["it exits with 0"]


@pytest.mark.skipif(not others.KNOWN.keys() & os.environ.keys(), reason="no variable names one")
def test_what_people_use_today_is_timed_beside_ours(tmp_path: Path) -> None:
    rows = list(others.rows(tmp_path, Clock(torch.device("cpu"), 1), (96, 128), bool))
    assert len(rows) == 2 * len(others.KNOWN.keys() & os.environ.keys())
    assert all(row.ours_ms > 0 and row.bare_ms > 0 for row in rows)
