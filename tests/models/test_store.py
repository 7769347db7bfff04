"""What is found on this machine, and what the catalogue says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from prompt_edit.detect.grounding_dino import ARCHITECTURES
from prompt_edit.errors import ModelError
from prompt_edit.models.catalogue import catalogue, find
from prompt_edit.models.store import (
    DETECTOR,
    PAINTER,
    SEGMENTER,
    default_models,
    installed,
    models_in,
    sample_models,
)
from prompt_edit.segment.families import FAMILIES


def folder_of(root: Path, name: str, index: str) -> Path:
    path = root / name
    path.mkdir(parents=True)
    for file in (index, "model.safetensors"):
        (path / file).touch()
    return path


def test_folders_and_single_files_are_found_by_name(tmp_path: Path) -> None:
    folder_of(tmp_path, "my-dino", "config.json")
    (tmp_path / "groundingdino_swint_ogc.pth").touch()
    (tmp_path / "notes.txt").touch()
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "config.json").touch()
    assert list(models_in(DETECTOR, [tmp_path])) == ["groundingdino_swint_ogc.pth", "my-dino"]


def test_the_first_folder_wins(tmp_path: Path) -> None:
    first = folder_of(tmp_path / "a", "same", "config.json")
    folder_of(tmp_path / "b", "same", "config.json")
    found = models_in(SEGMENTER, [tmp_path / "a", tmp_path / "b", tmp_path / "none"])
    assert found == {"same": first}


def test_subfolders_are_looked_through_but_not_models(tmp_path: Path) -> None:
    for name in ("sdxl/a.safetensors", "b.ckpt", "sdxl/turbo/c.safetensors", ".git/d.ckpt",
                 "half/unet/e.safetensors"):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "half" / "unet" / "config.json").touch()  # of a folder that is not whole
    folder_of(tmp_path, "mine/sd15", "model_index.json")
    (tmp_path / "sdxl" / "again").symlink_to(tmp_path, target_is_directory=True)
    assert list(models_in(PAINTER, [tmp_path])) == [
        "b.ckpt", "mine/sd15", "sdxl/a.safetensors", "sdxl/turbo/c.safetensors"]  # fmt: skip
    elsewhere = tmp_path / "elsewhere"
    (tmp_path / "mine").rename(elsewhere)
    other = tmp_path / "other"
    other.mkdir()
    (other / "linked").symlink_to(elsewhere, target_is_directory=True)
    assert list(models_in(PAINTER, [other])) == ["linked/sd15"]


def test_weights_in_a_linked_subfolder_count(tmp_path: Path) -> None:
    (tmp_path / "sd").mkdir()
    (tmp_path / "sd" / "model_index.json").touch()
    assert models_in(PAINTER, [tmp_path]) == {}
    unet = folder_of(tmp_path / "there", "unet", "config.json")
    (tmp_path / "sd" / "unet").symlink_to(unet, target_is_directory=True)
    assert list(models_in(PAINTER, [tmp_path])) == ["sd"]


def test_a_missing_shard_makes_a_folder_no_model(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "dino", "config.json")
    table = {"weight_map": {"a": "model.safetensors", "b": "model-2.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(table))
    assert models_in(DETECTOR, [tmp_path]) == {}
    (folder / "model-2.safetensors").touch()
    assert list(models_in(DETECTOR, [tmp_path])) == ["dino"]


def test_what_belongs_to_other_packs_is_not_taken_first(tmp_path: Path) -> None:
    """BERT lies beside Grounding DINO's file, and other packs' files in models/sams."""
    bert = folder_of(tmp_path, "bert-base-uncased", "config.json")
    (bert / "config.json").write_text('{"model_type": "bert"}')
    for name in ("mobile_sam.pth", "sam_hq_vit_h.pth", "sam_vit_b_01ec64.pth",
                 "groundingdino_swint_ogc.pth"):  # fmt: skip
        (tmp_path / name).touch()
    assert bert.name not in models_in(DETECTOR, [tmp_path])
    files = [name for name in models_in(SEGMENTER, [tmp_path]) if "sam" in name]
    assert files == ["sam_vit_b_01ec64.pth", "mobile_sam.pth", "sam_hq_vit_h.pth"]
    assert set(DETECTOR.kinds) == set(ARCHITECTURES) and set(SEGMENTER.kinds) == set(FAMILIES)


def test_real_models_are_taken_if_all_three_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMPT_EDIT_MODELS", str(tmp_path))
    monkeypatch.setattr("prompt_edit.models.store.try_to_load_from_cache", lambda *_: None)
    dino = folder_of(tmp_path / "grounding-dino", "dino", "config.json")
    sam = folder_of(tmp_path / "sam2", "sam2.1-hiera-tiny", "config.json")
    assert default_models() == sample_models()
    assert installed(PAINTER) is None
    (tmp_path / "checkpoints").mkdir()
    painter = tmp_path / "checkpoints" / "512-inpainting-ema.safetensors"
    painter.touch()
    chosen = default_models()
    assert (chosen.detector, chosen.segmenter, chosen.painter) == (dino, sam, painter)
    assert not chosen.sample


def test_the_catalogue_is_whole() -> None:
    names = [known.name for known in catalogue()]
    assert len(names) == len(set(names)) > 25
    folders = {"grounding-dino", "sams", "sam2", "sam3", "diffusers", "checkpoints", "controlnet",
               "loras"}  # fmt: skip
    for known in catalogue():
        assert known.folder in folders
        assert known.licence and known.patterns
        assert bool(known.repository) != bool(known.url)
        assert re.fullmatch("main|[0-9a-f]{40}", known.revision)
        for file in known.files:
            assert re.fullmatch("[0-9a-f]{64}", file.sha256), file
        if known.single:
            assert known.patterns == (known.name,) and known.files


def test_no_role_needs_a_gated_model() -> None:
    for role in (DETECTOR, SEGMENTER, PAINTER):
        assert any(known.role == role.sample and not known.gated for known in catalogue())


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ModelError, match=r'No model is called "dino-tiny".*grounding-dino-tiny'):
        find("dino-tiny")
