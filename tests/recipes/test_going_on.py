"""What a recipe goes on from: its own run, in the folder that it was told, and nothing stale."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
import torch
from torch import nn

from recipes import autoencoder, baselines, clock, detector, painter, pool, segmenter
from recipes.loop import Settings, fit


def run(settings: Settings, model: nn.Module | None = None) -> nn.Module:
    """Train one layer, as a recipe trains its model."""
    model = model or nn.Linear(2, 1)
    return fit(model, settings, lambda _: {"error": model(torch.ones(1, 2)).square().mean()})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        steps=2, learning_rate=1e-3, pool=tmp_path, out=tmp_path / "run", seed=1, threads=1,
        device="cpu", fresh=False, half=False,
    )  # fmt: skip


@pytest.mark.parametrize("change, said", [
    ({"seed": 2}, "told seed 1, and this one seed 2"),
    ({"learning_rate": 0.5}, "told learning rate 0.001, and this one learning rate 0.5"),
    ({"fresh": True, "seed": 3}, "told seed 1, fresh False, and this one seed 3, fresh True"),
])  # fmt: skip
def test_a_run_goes_on_as_it_was_told(
    settings: Settings, change: dict[str, Any], said: str
) -> None:
    run(settings)
    with pytest.raises(SystemExit, match=rf"{said}\. Move .*run away, or .* --out"):
        run(replace(settings, steps=4, **change))
    run(replace(settings, steps=4, threads=2, half=True))


def test_a_run_that_is_done_gives_nothing_back_to_be_saved(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    run(settings)
    with pytest.raises(SystemExit) as ended:
        run(settings)
    assert ended.value.code is None, "`make train` goes on with the next"
    assert "is done. Give it more --steps" in capsys.readouterr().out


def test_the_run_of_another_recipe_is_refused_and_an_old_one_is_not(settings: Settings) -> None:
    run(settings)
    with pytest.raises(SystemExit, match=r"training\.pt is of another model\. Move"):
        run(replace(settings, steps=4), nn.Linear(2, 3))
    file = settings.out / "training.pt"
    state = torch.load(file, weights_only=True)
    del state["told"]
    torch.save(state, file)
    run(replace(settings, steps=4, seed=2))


def test_each_recipe_has_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    outs = []

    def asked(*_: object, out: str, **__: object) -> Settings:
        outs.append(out)
        raise SystemExit

    monkeypatch.setattr(Settings, "from_command_line", asked)
    recipes = ((autoencoder, ""), (detector, ""), (segmenter, ""),
               (baselines, "vae"), (baselines, "gan"))  # fmt: skip
    for recipe, word in recipes:
        monkeypatch.setattr("sys.argv", ["recipe", word])
        with pytest.raises(SystemExit):
            recipe.main()
    assert len(set(outs)) == len(outs)
    made = (Path(__file__).parents[2] / "Makefile").read_text()
    assert f"recipes.painter --vae {outs[0]}/model\n" in made, "what was learnt is painted with"


def test_the_painter_is_told_whose_codes_to_paint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["painter", "--start", "one"])
    assert painter.Settings.from_command_line().told["vae"] == "one/vae"
    monkeypatch.setattr("sys.argv", ["painter", "--start", "one", "--vae", "other"])
    assert painter.Settings.from_command_line().told["vae"] == "other"


def test_a_run_by_the_clock_goes_on_as_it_was_told_where_it_drew_last(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def training(seed: int) -> clock.Training:
        model = nn.Linear(2, 1)
        told = {"seed": seed}
        device = torch.device("cpu")
        return clock.Training(model, lambda: model(torch.ones(2)).sum(), device, told, 40_000)

    begun = training(1)
    begun.go_on(tmp_path, 1.0)
    assert begun.scene == 40_000
    begun.step()
    begun.spent, begun.scene = 3.0, 40_070
    begun.save(tmp_path / "training.pt")
    again = training(1)
    again.go_on(tmp_path, 4.0)
    assert (again.steps, again.spent, again.scene) == (1, 3.0, 40_070)
    with pytest.raises(SystemExit, match="told seed 1, and this one seed 2"):
        training(2).go_on(tmp_path, 4.0)
    with pytest.raises(SystemExit) as ended:
        training(1).go_on(tmp_path, 3.0)
    assert ended.value.code is None and "Give it more --seconds" in capsys.readouterr().out


def test_what_goes_wrong_where_examples_are_drawn_is_raised_where_they_are_taken() -> None:
    def dying() -> Iterator[Any]:
        raise RuntimeError("a worker was killed")
        yield

    arrived = painter.arriving(dying(), cast(Any, None), cast(Any, None), 1)
    late = time.monotonic() + 20
    with pytest.raises(RuntimeError, match="a worker was killed"):
        while time.monotonic() < late:
            assert next(arrived) == []
            time.sleep(0.01)


def test_the_best_of_another_run_does_not_count(tmp_path: Path) -> None:
    assert baselines.reached(tmp_path) == 0
    (tmp_path / "held-out.txt").write_text("0.6\n")
    (tmp_path / "baseline.safetensors").touch()
    assert baselines.reached(tmp_path) == 0, "no run goes on here"
    (tmp_path / "training.pt").touch()
    assert baselines.reached(tmp_path) == 0.6
    (tmp_path / "baseline.safetensors").unlink()
    assert baselines.reached(tmp_path) == 0, "no weights are kept"


def test_lessons_are_drawn_anew_by_other_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[range] = []

    def lessons(seeds: range) -> baselines.Lessons:
        drawn.append(seeds)
        one = torch.ones(1)
        return baselines.Lessons(one, one, ["hat"], one, one, one)

    monkeypatch.setattr(baselines, "lessons", lessons)
    file = tmp_path / "runs" / "lessons.pt"
    for _ in range(2):
        assert baselines.kept(file, range(3)).words == ["hat"]
    assert len(drawn) == 1
    monkeypatch.setattr(baselines, "drawn_by", lambda *_: "other")
    baselines.kept(file, range(3))
    assert len(drawn) == 2 and list(file.parent.iterdir()) == [file]


def test_the_digest_is_of_the_code() -> None:
    assert pool.drawn_by() == pool.drawn_by() != pool.drawn_by(run)
