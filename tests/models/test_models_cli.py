"""`prompt-edit models`, as a person meets it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from prompt_edit.errors import ModelError
from prompt_edit.models import catalogue as facts
from prompt_edit.models.catalogue import RECOMMENDED, catalogue, recommended
from prompt_edit.models.cli import app
from prompt_edit.models.store import ROLES, default_models

from . import files
from .hub import Hub


def run(*words: object) -> Result:
    return CliRunner().invoke(app, list(map(str, words)), catch_exceptions=False)


def in_bytes(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*") if path.is_file()}  # fmt: skip


@pytest.fixture
def small_hub(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    """A hub with a small model in each repository of the smallest set, under its true name."""
    makers = (
        lambda folder: files.save_folder(folder, "grounding-dino"),
        lambda folder: files.save_folder(folder, "sam2_video"),
        lambda folder: files.save_pipeline(folder, "StableDiffusionInpaintPipeline", 9),
    )
    trio = RECOMMENDED[0].known()
    for make, known in zip(makers, trio, strict=True):
        hub.others[known.repository] = in_bytes(make(tmp_path / "made" / known.name))
    shutil.rmtree(tmp_path / "made")
    wanted = ("*.json", "*.safetensors")
    small = tuple(replace(known, files=(), revision="main", patterns=wanted) if known in trio
                  else known for known in catalogue())  # fmt: skip
    monkeypatch.setattr(facts, "catalogue", lambda: small)
    return hub


def test_the_recommended_set_comes_whole_and_is_what_edits_take(
    small_hub: Hub, alone: Path
) -> None:
    assert default_models().sample
    said = run("download", "recommended")
    assert said.exit_code == 0
    assert "recommended-small: 0.0 GB to download into" in said.stderr
    assert "4 GB of a GPU's memory" in said.stderr
    assert "recommended-medium 8.2 GB to download, 13 GB of memory" in said.stderr
    assert said.stderr.splitlines()[-1] == (
        "Now edit a picture: prompt-edit edit photo.jpg 'make the car red'"
    )
    chosen = default_models()
    assert not chosen.sample
    taken = (chosen.detector, chosen.segmenter, chosen.painter)
    assert said.stdout.splitlines() == list(map(str, taken))
    assert [path.name for path in taken] == list(RECOMMENDED[0].models)
    assert all(path.is_relative_to(alone / "models") for path in taken)


def test_what_is_there_is_not_fetched_again_and_what_is_lost_comes_anew(
    small_hub: Hub, alone: Path
) -> None:
    run("download", "recommended-small")
    before = len(small_hub.requests)
    assert run("download", "recommended").exit_code == 0
    assert not [each for each in small_hub.requests[before:] if "resolve" in each]
    (alone / "models" / "sam2" / "sam2.1-hiera-tiny" / "model.safetensors").unlink()
    assert run("download", "recommended").exit_code == 0
    assert not default_models().sample


def test_the_next_command_names_the_folder_and_what_would_not_be_taken(
    small_hub: Hub, alone: Path, tmp_path: Path
) -> None:
    root = tmp_path / "my models"
    files.save_pipeline(
        root / "diffusers" / "sdxl-inpainting-0.1", "StableDiffusionXLInpaintPipeline", 9
    )
    said = run("download", "recommended", "--models", root)
    assert said.stderr.splitlines()[-1] == (
        f"Now edit a picture: prompt-edit edit photo.jpg 'make the car red' --models '{root}'"
        f" --painter '{root / 'diffusers' / 'sd-1.5-inpainting'}'"
    )


def test_a_full_disk_is_told_before_anything_comes(
    small_hub: Hub, alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    with pytest.raises(ModelError, match=r"has 0\.0 GB free"):
        run("download", "recommended")
    assert not [each for each in small_hub.requests if "resolve" in each]
    assert not alone.exists()


def test_offline_says_what_goes_where_and_takes_what_is_here(
    small_hub: Hub, alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMPT_EDIT_OFFLINE", "1")
    with pytest.raises(ModelError, match=r"grounding-dino-tiny is not on this machine"):
        run("download", "recommended")
    monkeypatch.delenv("PROMPT_EDIT_OFFLINE")
    run("download", "recommended")
    monkeypatch.setenv("PROMPT_EDIT_OFFLINE", "1")
    assert run("download", "recommended").exit_code == 0


def test_one_model_goes_into_the_one_home(small_hub: Hub, alone: Path, tmp_path: Path) -> None:
    assert "here" not in run("list").stdout
    run("download", "sam2.1-hiera-tiny")
    line = next(each for each in run("list").stdout.splitlines() if "sam2.1-hiera-tiny" in each)
    assert "here" in line and "small" in line
    assert run("path").stdout.strip() == str(alone / "models")
    for option in ("--models", "--into"):  # the second is what it was called first
        said = run("path", "sam2.1-hiera-tiny", option, tmp_path)
        assert said.stdout.strip() == str(tmp_path / "sam2" / "sam2.1-hiera-tiny")
    assert "--into" not in run("download", "--help").stdout


def test_an_old_models_folder_is_spoken_of(
    alone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files.save(tmp_path / "models" / "sams" / "sam_vit_b_01ec64.pth", files.SAM)
    assert "The models in ./models are not used" in run("list").stderr


def test_the_sets_can_be_downloaded_by_anyone() -> None:
    assert [each.name for each in RECOMMENDED] == [
        "recommended-small", "recommended-medium", "recommended-large"]  # fmt: skip
    for each in RECOMMENDED:
        assert recommended(each.name) is each
        assert [known.role for known in each.known()] == [role.name for role in ROLES]
        for known in each.known():
            assert known.repository and known.files and not known.gated
            assert len(known.revision) == 40 and known.size > 1e8
        assert each.offloaded <= each.memory
    sizes = [each.bytes for each in RECOMMENDED]
    assert sizes == sorted(sizes) and recommended("recommended") is RECOMMENDED[0]
    assert recommended("sdxl") is None
