"""The benchmarks run: what they measure is for people, on machines that do nothing else."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
import torch

from benchmarks import __main__ as benchmarks
from benchmarks import others
from benchmarks.stages import Clock

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("small_samples")]


def test_every_stage_is_timed_beside_its_bare_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(benchmarks, "ONE_MEGAPIXEL", (96, 128))
    monkeypatch.setattr(benchmarks, "TWELVE_MEGAPIXELS", (192, 256))
    file = tmp_path / "times.json"
    asked = ["--small", "--rounds", "1", "--device", "cpu", "--json", str(file)]
    monkeypatch.setattr(sys, "argv", ["benchmarks", *asked])
    benchmarks.main()
    rows = json.loads(file.read_text())
    stages = {row["name"].split(",")[0] for row in rows}
    assert stages == {"detect", "segment", "paint", "second phrase against the first",
                      "run again with other words"}  # fmt: skip
    assert sum("8 pictures at once" in row["name"] for row in rows) == 3
    for row in rows:
        assert row["ours_ms"] > 0 and row["bare_ms"] > 0
        assert row["overhead"] == pytest.approx(row["ours_ms"] / row["bare_ms"] - 1)
        assert 0 < row["beside_ms"] <= row["ours_ms"]
        if "run again" not in row["name"]:
            assert row["beside_ms"] < row["ours_ms"], "no network was watched"
    assert capsys.readouterr().out.count("\n| ") == len(rows)


@pytest.mark.skipif(not others.KNOWN.keys() & os.environ.keys(), reason="no variable names one")
def test_what_people_use_today_is_timed_beside_ours(tmp_path: Path) -> None:
    rows = list(others.rows(tmp_path, Clock(torch.device("cpu"), 1), (96, 128)))
    assert len(rows) == 2 * len(others.KNOWN.keys() & os.environ.keys())
    assert all(row.ours_ms > 0 and row.bare_ms > 0 for row in rows)
