"""A later run sees that models are other ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from prompt_edit.inpaint.source import neighbours
from prompt_edit.inpaint.source.neighbours import folders_about
from prompt_edit.models.card import CARD
from prompt_edit.models.stamps import PEFT, stamps


@pytest.mark.parametrize("folder", [True, False])
def test_a_model_with_another_threshold_is_another_one(folder: bool, tmp_path: Path) -> None:
    """Of a checkpoint in one file the card lies beside it."""
    file = tmp_path / "detector.pth"
    file.write_bytes(b"weights")
    model = tmp_path if folder else file
    seen = [stamps(model)]
    for text in ('{"threshold": 0.3}', '{"threshold": 0.25}'):
        (tmp_path / CARD).write_text(text)
        assert stamps(model) not in seen
        assert stamps(model) == stamps(model)
        seen.append(stamps(model))


def test_a_lora_with_other_settings_is_another_one(tmp_path: Path) -> None:
    file = tmp_path / "adapter_model.safetensors"
    file.write_bytes(b"weights")
    before = stamps(file)
    (tmp_path / PEFT).write_text('{"lora_alpha": 8}')
    assert stamps(file) != before


def test_what_is_not_read_is_no_part_of_a_model(tmp_path: Path) -> None:
    """Downloads and systems leave files beside the weights."""
    (tmp_path / "weights.safetensors").write_bytes(b"weights")
    before = stamps(tmp_path)
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", ".prompt_edit_download.json",
                 ".cache/huggingface/download/weights.lock", "unet/.gitignore"):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("new")
    assert stamps(tmp_path) == before
    hidden = tmp_path / ".models" / "sam"  # a folder may be hidden itself
    hidden.mkdir(parents=True)
    (hidden / "config.json").touch()
    assert [name for name, *_ in stamps(hidden)] == ["config.json"]


def test_parts_lie_about_a_file_and_in_a_folder(tmp_path: Path) -> None:
    for name in ("diffusion_models/flux", "vae", "text_encoders"):
        (tmp_path / name).mkdir(parents=True)
    file = tmp_path / "diffusion_models" / "flux" / "dev.safetensors"
    file.write_bytes(b"weights")
    assert {*folders_about(file)} == {tmp_path / "vae", tmp_path / "text_encoders"}
    assert not [*folders_about(file.parent)]


def test_parts_may_lie_in_a_hosts_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "_hosts", [])
    for name in ("here/vae", "there/vae", "there/encoders"):
        (tmp_path / name).mkdir(parents=True)
    places = {"vae": ["here/vae", "there/vae"], "text_encoders": ["there/encoders", "nowhere"]}
    neighbours.look_in(lambda kind: [str(tmp_path / place) for place in places[kind]])
    file = tmp_path / "here" / "unet" / "dev.safetensors"
    found = [place.relative_to(tmp_path).as_posix() for place in folders_about(file)]
    assert found == ["here/vae", "there/encoders", "there/vae"], "the nearest first, each once"
