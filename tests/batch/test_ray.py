"""The same batch by actors of Ray, one of which dies."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from benchmarks.batch_kills import command, differences, draw_pictures

pytest.importorskip("ray", reason="an extra; `make test-full` installs it")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one machine makes of some pictures, in `out` beside `in`."""
    folder = tmp_path_factory.mktemp("batch")
    draw_pictures(folder / "in", 20)
    subprocess.run(command(folder / "in", folder / "out"), check=False, capture_output=True)
    return folder


def workers_of(run: subprocess.Popen[bytes]) -> Iterator[psutil.Process]:
    for process in psutil.Process(run.pid).children(recursive=True):
        try:
            if "MapWorker" in " ".join(process.cmdline()):
                yield process
        except psutil.Error:
            continue


def test_two_actors_one_of_which_is_killed(whole: Path, tmp_path: Path) -> None:
    words = command(whole / "in", tmp_path, "--ray", "local", "--workers", "2")
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as run:
        table, deadline = tmp_path / "results.jsonl", time.monotonic() + 240
        while not (table.exists() and table.stat().st_size) and time.monotonic() < deadline:
            assert run.poll() is None, run.stderr.read().decode() if run.stderr else ""
            time.sleep(0.2)
        victims = list(workers_of(run))
        assert victims
        victims[0].kill()
        told = run.communicate(timeout=300)[1].decode()
    assert "Traceback" not in told
    assert not differences(whole / "out", tmp_path)


def test_no_cluster_is_one_line(whole: Path, tmp_path: Path) -> None:
    words = command(whole / "in", tmp_path, "--ray", "127.0.0.1:1")
    run = subprocess.run(words, capture_output=True, text=True, check=False, timeout=200)
    assert run.returncode == 1 and "There is no Ray cluster at 127.0.0.1:1" in run.stderr
    assert "Traceback" not in run.stderr
