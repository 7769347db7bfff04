"""The same batch by actors of Ray, one of which dies."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from benchmarks.batch_kills import actor_killed, command, differences, draw_pictures, started

pytest.importorskip("ray", reason="an extra; `make test-full` installs it")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one machine makes of some pictures, in `out` beside `in`."""
    folder = tmp_path_factory.mktemp("batch")
    draw_pictures(folder / "in", 20)
    started(command(folder / "in", folder / "out")).wait()  # 1: some wear no shirt
    return folder


def test_two_actors_one_of_which_is_killed(whole: Path, tmp_path: Path) -> None:
    assert actor_killed(whole / "in", tmp_path), "the run was over before"
    assert not differences(whole / "out", tmp_path)


def test_no_cluster_is_one_line(whole: Path, tmp_path: Path) -> None:
    words = command(whole / "in", tmp_path, "--ray", "127.0.0.1:1")
    run = subprocess.run(words, capture_output=True, text=True, check=False, timeout=200)
    assert run.returncode == 1 and "There is no Ray cluster at 127.0.0.1:1" in run.stderr
    assert "Traceback" not in run.stderr
