"""Batches in processes of their own, which are killed or have no room."""

from __future__ import annotations

import random
from pathlib import Path
from subprocess import TimeoutExpired

import one_step
import pytest
from forked import started
from worlds import BALLS_SCENE, drawn, scene, woman

from benchmarks import batch_kills
from benchmarks.batch_kills import differences, done_in
from prompt_edit.chosen import chosen_models, load_editor
from prompt_edit.images import save_image
from prompt_edit.models.store import PAINTER
from prompt_edit.paperdoll.scene import Item


def painter() -> Path:
    """The small one."""
    return one_step.folder(small=True) / PAINTER.name


def command(pictures: Path, out: Path) -> list[str]:
    """A run in a process of its own, with the small painter."""
    return batch_kills.command(pictures, out, "--painter", str(painter()))


@pytest.fixture(scope="module", autouse=True)
def loaded(loaded_once: None) -> None:
    """The models, of which each process that is forked then has its own."""
    editor = load_editor(chosen_models(None, None, painter()))
    assert editor.detector and editor.segmenter and editor.painter


@pytest.fixture
def whole(tmp_path: Path) -> tuple[Path, Path]:
    """Four pictures, three of which show one shirt, and what a run that nobody disturbs makes."""
    pictures, out = tmp_path / "pictures", tmp_path / "whole"
    pictures.mkdir()
    shirt = Item("shirt", "green", style="short", seed=11)
    for number, x in enumerate((60, 128, 196)):
        save_image(pictures / f"{number}.png", drawn(scene(woman(x, shirt)))[1])
    save_image(pictures / "none.png", drawn(BALLS_SCENE)[1])
    started(command(pictures, out)).wait()
    assert done_in(out) == 8
    return pictures, out


def killed_amid(pictures: Path, out: Path, rows: int, pause: float) -> bool:
    """Run, and SIGKILL so many seconds after so many rows are done; whether it was still at work.

    A moment in time alone is mostly one while models are loaded, the longer the busier a machine.
    """
    run = started(command(pictures, out))
    while True:
        enough = done_in(out) >= rows
        try:
            run.wait(timeout=pause if enough else 0.01)
        except TimeoutExpired:
            if enough:
                run.kill()
                run.wait()
                return True
        else:
            return False


@pytest.mark.slow
def test_a_run_with_a_full_disk_or_killed_at_any_moment_goes_on(
    whole: tuple[Path, Path], tmp_path: Path
) -> None:
    """A limit on the size of files is what a process can be given without rights."""
    (pictures, undisturbed), out, said = whole, tmp_path / "full", tmp_path / "said.txt"
    assert started(command(pictures, out), said, largest=20_000).wait() == 1
    assert "cannot be written" in said.read_text() and "Traceback" not in said.read_text()
    started(command(pictures, out)).wait()
    assert not differences(undisturbed, out)

    out, rng = tmp_path / "killed", random.Random(5)
    for rows in (0, 1, 3):  # while it starts, and amid its rows
        assert killed_amid(pictures, out, rows, rng.uniform(0, 0.05))
    started(command(pictures, out)).wait()
    assert not differences(undisturbed, out)
    assert done_in(out) == 8
