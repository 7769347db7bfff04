"""What is found on this machine, and what the catalogue says."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from platformdirs import user_data_path

from prompt_edit.chosen import chosen_finders, chosen_models
from prompt_edit.detect.grounding_dino import ARCHITECTURES
from prompt_edit.errors import ModelError
from prompt_edit.models import store
from prompt_edit.models.catalogue import catalogue, find
from prompt_edit.models.store import (
    DETECTOR,
    PAINTER,
    SEGMENTER,
    Role,
    default_models,
    describe_set,
    forgotten,
    home,
    installed,
    llm_folders,
    models_in,
    sample_models,
)
from prompt_edit.segment.families import FAMILIES

from . import files


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


def long_ago(top: Path) -> None:
    for path in (top, *top.rglob("*")):
        os.utime(path, (1, 1))


def test_what_has_not_changed_is_not_looked_through_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what has is, at once: a host asks many times a graph."""
    looked: list[Path] = []
    entries = store._entries

    def look(path: Path) -> list[Path]:
        looked.append(path)
        return entries(path)

    monkeypatch.setattr(store, "_entries", look)

    def found() -> list[str]:
        looked.clear()
        return list(models_in(SEGMENTER, [tmp_path]))

    first = folder_of(tmp_path / "below", "first", "config.json")
    assert found() == found() == ["below/first"]
    assert looked, "what has just changed may do so again"
    long_ago(tmp_path)
    assert found() == found() == ["below/first"] and not looked
    second = folder_of(tmp_path / "below", "second", "config.json")
    assert found() == ["below/first", "below/second"]
    (second / ".prompt_edit_partial").touch()
    assert found() == ["below/first"]
    long_ago(tmp_path)
    assert found() == found() == ["below/first"] and not looked
    (first / "config.json").write_text('{"model_type": "bert"}')
    assert found() == []
    (first / "config.json").write_text('{"model_type": "sam"}')
    table = first / "model.safetensors.index.json"
    table.write_text('{"weight_map": {"a": "model.safetensors"}}')
    long_ago(tmp_path)
    assert found() == ["below/first"]
    table.write_text('{"weight_map": {"a": "another.safetensors"}}')
    assert found() == []
    shutil.rmtree(tmp_path)
    assert found() == []


def test_what_comes_is_seen_where_folders_have_no_time_of_their_own(tmp_path: Path) -> None:
    """As on FAT."""
    below = tmp_path / "below"
    half = below / "half"
    half.mkdir(parents=True)
    (half / "config.json").touch()
    long_ago(tmp_path)
    assert models_in(SEGMENTER, [tmp_path]) == {}
    (half / "model.safetensors").touch()
    (below / "one.pth").touch()
    long_ago(tmp_path)
    assert list(models_in(SEGMENTER, [tmp_path])) == ["below/half", "below/one.pth"]


def test_a_models_folder_that_comes_later_is_seen(tmp_path: Path) -> None:
    folder = tmp_path / "sams"
    assert models_in(SEGMENTER, [folder]) == models_in(SEGMENTER, [folder]) == {}
    folder_of(folder, "first", "config.json")
    assert list(models_in(SEGMENTER, [folder])) == ["first"]


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
    assert files == ["sam_hq_vit_h.pth", "sam_vit_b_01ec64.pth", "mobile_sam.pth"]
    assert set(DETECTOR.kinds) == set(ARCHITECTURES) and set(SEGMENTER.kinds) == set(FAMILIES)


def test_models_are_found_where_other_packs_put_them(tmp_path: Path, alone: Path) -> None:
    for name in ("groundingdino/groundingdino_swint_ogc.pth",
                 "groundingdino/GroundingDINO_SwinT_OGC.cfg.py", "sams/sam2.1_hiera_tiny.pt",
                 "sams/mobile_sam.pt", "sam2/sam2_hiera_large-fp16.safetensors", "SAM/HQ.PTH",
                 "sam/mobile_sam.decoder.onnx"):  # fmt: skip
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert list(installed(DETECTOR, tmp_path)) == ["groundingdino_swint_ogc.pth"]
    assert list(installed(SEGMENTER, tmp_path)) == [
        "sam2.1_hiera_tiny.pt", "mobile_sam.pt", "sam2_hiera_large-fp16.safetensors", "HQ.PTH",
    ]  # fmt: skip


def test_links_in_circles_and_many_links_end(tmp_path: Path) -> None:
    folders = [tmp_path / str(number) for number in range(12)]
    for folder in folders:
        folder.mkdir()
    for folder in folders:
        for other in folders:
            (folder / f"to {other.name}").symlink_to(other, target_is_directory=True)
    (tmp_path / "round").symlink_to(tmp_path / "round")
    (folders[3] / "a model.safetensors").touch()
    assert "3/a model.safetensors" in models_in(PAINTER, [tmp_path])


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_folder_that_is_closed_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0)
    (tmp_path / "v1.ckpt").touch()
    assert list(models_in(PAINTER, [tmp_path, tmp_path / "closed"])) == ["v1.ckpt"]


# One home


def test_the_given_folder_is_before_the_variable_and_that_before_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = user_data_path("prompt-edit", appauthor=False) / "models"
    monkeypatch.delenv("PROMPT_EDIT_MODELS", raising=False)
    assert home() == usual and llm_folders() == [usual / "LLM"]
    monkeypatch.setenv("PROMPT_EDIT_MODELS", "  ")
    assert home() == usual
    monkeypatch.setenv("PROMPT_EDIT_MODELS", f'"{tmp_path}"')  # as Windows leaves quotes
    assert home() == tmp_path
    assert home(tmp_path / "given") == tmp_path / "given"
    assert home(Path("~")) == Path.home()
    with pytest.raises(ModelError, match="a user who is not known"):
        home(Path("~nobody-of-that-name"))


def test_where_nobody_has_a_home_models_are_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROMPT_EDIT_MODELS", raising=False)
    monkeypatch.setattr("prompt_edit.models.store.user_data_path", lambda *_, **__: Path("~/x"))
    assert home() == Path("models")


def test_an_old_models_folder_is_spoken_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alone: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert forgotten() == ""
    (tmp_path / "models" / "checkpoints").mkdir(parents=True)
    assert forgotten() == ""
    files.save(tmp_path / "models" / "sams" / "sam_vit_b_01ec64.pth", files.SAM)
    assert forgotten() == (
        f"The models in ./models are not used: add --models models, or move them to {home()}."
    )
    assert default_models().notes[-1] == forgotten()
    assert forgotten(Path("models")) == ""
    monkeypatch.setenv("PROMPT_EDIT_MODELS", "models")
    assert forgotten() == ""


# What is taken where none is chosen


def trio(root: Path) -> None:
    files.save(root / "groundingdino" / "groundingdino_swint_ogc.pth", files.DINO)
    files.save(root / "sams" / "sam2.1_hiera_tiny.pt", files.SAM_2)
    files.save(root / "checkpoints" / "v1-5.safetensors", files.unet(4))


def test_a_whole_set_is_taken(tmp_path: Path, alone: Path) -> None:
    trio(tmp_path)
    chosen = default_models(tmp_path)
    assert [path.name for path in (chosen.detector, chosen.segmenter, chosen.painter)] == [
        "groundingdino_swint_ogc.pth", "sam2.1_hiera_tiny.pt", "v1-5.safetensors"]  # fmt: skip
    assert not chosen.sample
    assert chosen.notes == (
        "Using groundingdino_swint_ogc.pth, sam2.1_hiera_tiny.pt and v1-5.safetensors.",
    )


@pytest.mark.parametrize(
    ("lost", "said"),
    [
        ("groundingdino", "sam2.1_hiera_tiny.pt and v1-5.safetensors are here, but no detector."),
        ("sams", "groundingdino_swint_ogc.pth and v1-5.safetensors are here, but no segmenter."),
        ("checkpoints", "sam2.1_hiera_tiny.pt are here, but no inpainting model."),
    ],
)
def test_a_partial_set_gives_the_samples_and_says_what_is_missing(
    tmp_path: Path, alone: Path, lost: str, said: str
) -> None:
    trio(tmp_path)
    shutil.rmtree(tmp_path / lost)
    chosen = default_models(tmp_path)
    assert chosen == sample_models()
    assert said in chosen.notes[0] and "sample models" in chosen.notes[0]
    assert chosen.notes[1] == "Real models come with: prompt-edit models download recommended"


def test_where_nothing_is_painted_no_painter_is_needed(tmp_path: Path, alone: Path) -> None:
    trio(tmp_path)
    shutil.rmtree(tmp_path / "checkpoints")
    chosen = default_models(tmp_path, (DETECTOR, SEGMENTER))
    assert [path.name for path in (chosen.detector, chosen.segmenter)] == [
        "groundingdino_swint_ogc.pth", "sam2.1_hiera_tiny.pt"]  # fmt: skip
    assert not chosen.sample
    assert chosen.notes == ("Using groundingdino_swint_ogc.pth and sam2.1_hiera_tiny.pt.",)


@pytest.mark.parametrize(("roles", "said"), [
    ((), ""),
    ((PAINTER,), "Using v1-5.safetensors."),
    ((DETECTOR, SEGMENTER), "Using groundingdino_swint_ogc.pth and sam2.1_hiera_tiny.pt."),
])  # fmt: skip
def test_a_set_of_fewer_roles_is_described(
    tmp_path: Path, alone: Path, roles: tuple[Role, ...], said: str
) -> None:
    trio(tmp_path)
    assert describe_set({role.name: installed(role, tmp_path) for role in roles}, roles) == said


def test_what_is_named_goes_with_a_set_of_the_others(tmp_path: Path, alone: Path) -> None:
    trio(tmp_path)
    (tmp_path / "checkpoints" / "v1-5.safetensors").unlink()
    mine = tmp_path / "mine.safetensors"
    chosen = chosen_models(None, None, mine, tmp_path)
    assert (chosen.detector.name, chosen.segmenter.name, chosen.painter) == (
        "groundingdino_swint_ogc.pth", "sam2.1_hiera_tiny.pt", mine)  # fmt: skip
    assert not chosen.sample
    assert chosen.notes == ("Using groundingdino_swint_ogc.pth and sam2.1_hiera_tiny.pt.",)
    assert chosen_models(None, None, None, tmp_path).sample


OTHERS = {"ace_step_v1.safetensors": files.ACE_STEP, "a_lora.safetensors": files.LORA,
          "flux1-dev.safetensors": files.FLUX, "wan.safetensors": files.WAN}  # fmt: skip


def test_a_set_with_something_else_for_a_painter_is_none(tmp_path: Path, alone: Path) -> None:
    trio(tmp_path)
    (tmp_path / "checkpoints" / "v1-5.safetensors").unlink()
    for name, weights in OTHERS.items():
        files.save(tmp_path / "checkpoints" / name, weights)
    chosen = default_models(tmp_path)
    assert chosen.sample
    assert "no inpainting model that is known and whole (a_lora.safetensors is" in chosen.notes[0]


def test_real_parts_beside_a_bare_checkpoint_only_give_the_samples(
    tmp_path: Path, alone: Path
) -> None:
    files.save(tmp_path / "checkpoints" / "v1-5.safetensors", files.unet(4))
    chosen = default_models(tmp_path)
    assert chosen.sample
    assert "v1-5.safetensors is here, but no detector, no segmenter." in chosen.notes[0]


def test_painters_that_were_trained_to_inpaint_come_first_then_the_catalogues(
    tmp_path: Path, alone: Path
) -> None:
    trio(tmp_path)
    for name, weights in OTHERS.items():
        files.save(tmp_path / "checkpoints" / name, weights)
    files.save(tmp_path / "checkpoints" / "mine" / "z inpainting.ckpt", files.unet(9))
    assert default_models(tmp_path).painter.name == "z inpainting.ckpt"
    files.save_pipeline(
        tmp_path / "diffusers" / "sd-1.5-inpainting", "StableDiffusionInpaintPipeline", 9
    )
    assert default_models(tmp_path).painter.name == "sd-1.5-inpainting"
    files.save_folder(tmp_path / "sam2" / "sam2.1-hiera-tiny", "sam2_video")
    assert default_models(tmp_path).segmenter.name == "sam2.1-hiera-tiny"


def test_copies_of_the_samples_are_never_mixed_in(tmp_path: Path, alone: Path) -> None:
    trio(tmp_path)
    (tmp_path / "checkpoints" / "v1-5.safetensors").unlink()
    shutil.copytree(sample_models().painter, tmp_path / "diffusers" / "small")
    assert default_models(tmp_path).sample


def test_a_folder_that_is_not_there_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alone: Path
) -> None:
    assert default_models() == sample_models()
    with pytest.raises(ModelError, match=r"no models folder at .*gone, which --models names"):
        default_models(tmp_path / "gone")
    monkeypatch.setenv("PROMPT_EDIT_MODELS", str(tmp_path / "gone"))
    with pytest.raises(ModelError, match=r"which \$PROMPT_EDIT_MODELS names"):
        default_models()


def test_where_nothing_is_there_it_is_said_how_to_get_it(tmp_path: Path, alone: Path) -> None:
    assert default_models(tmp_path).notes == (
        "Using the bundled sample models, which know the paper-doll world only.",
        "Real models come with: prompt-edit models download recommended",
    )


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
        assert any(known.role == role.name and not known.gated for known in catalogue())


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ModelError, match=r'No model is called "dino-tiny".*grounding-dino-tiny'):
        find("dino-tiny")


def test_what_is_named_to_find_goes_with_the_real_others(tmp_path: Path, alone: Path) -> None:
    trio(tmp_path)
    (tmp_path / "groundingdino" / "groundingdino_swint_ogc.pth").unlink()
    mine = tmp_path / "mine.safetensors"
    chosen = chosen_finders(mine, None, tmp_path)
    assert (chosen.detector, chosen.segmenter.name) == (mine, "sam2.1_hiera_tiny.pt")
    assert not chosen.sample and chosen.notes == ("Using sam2.1_hiera_tiny.pt.",)
    assert not chosen_finders(mine, None, tmp_path, masks=False).sample
    (tmp_path / "sams" / "sam2.1_hiera_tiny.pt").unlink()
    assert chosen_finders(mine, None, tmp_path).sample
