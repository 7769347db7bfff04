"""What is taken although nobody chose it: only what is known and whole."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from inpaint import tiny

from prompt_edit.inpaint.families import FAMILIES
from prompt_edit.models import contents as module
from prompt_edit.models.contents import Contents, contents
from prompt_edit.models.store import SAMPLES

from . import files
from .harm import Harm

PAINTS, INPAINTS = Contents("inpaint"), Contents("inpaint", inpaints=True)


@pytest.mark.parametrize(
    ("name", "weights", "what"),
    [
        ("groundingdino_swint_ogc.pth", files.DINO, Contents("grounding-dino")),
        ("GroundingDINO.safetensors", files.DINO, Contents("grounding-dino")),
        ("sam_vit_b_01ec64.pth", files.SAM, Contents("sam")),
        ("sam2.1_hiera_tiny.PT", files.SAM_2, Contents("sam")),
        ("v1-5.safetensors", files.unet(4), PAINTS),
        ("sd-v1-5-inpainting.ckpt", files.unet(9), INPAINTS),
        ("ace_step_v1_3.5b.safetensors", files.ACE_STEP, None),
        ("wan2.1_t2v.safetensors", files.WAN, None),
        ("style.safetensors", files.LORA, None),
        ("flux1-dev.safetensors", files.FLUX, None),
        ("pix2pix.safetensors", files.unet(8), None),
        ("zeroscope.safetensors",
         files.unet(4, "model.diffusion_model.input_blocks.1.0.temopral_conv.conv1.0.weight"),
         None),
        ("animated.safetensors",
         files.unet(4, "model.diffusion_model.input_blocks.1.2.motion_module.proj_in.weight"),
         None),
        ("half.safetensors", {**files.unet(9), "scaled_fp8": torch.zeros(2)}, None),
        ("edge_sam.pth", {**files.SAM, "image_encoder.features.0.weight": torch.zeros(1)}, None),
        ("vae.safetensors", files.ones(["decoder.conv_in.weight"]), None),
    ],
)  # fmt: skip
def test_a_file_is_told_by_its_header(
    tmp_path: Path, name: str, weights: files.State, what: Contents | None
) -> None:
    assert contents(files.save(tmp_path / name, weights)) == what


@pytest.mark.parametrize("name", ["sd1", "sd1-inpaint", "sd2-inpaint", "sdxl", "sdxl-inpaint"])
def test_true_single_files_are_known(tmp_path: Path, name: str) -> None:
    file = files.save(tmp_path / "painter.ckpt", tiny.single_state(name))
    assert contents(file) == Contents("inpaint", inpaints=name.endswith("inpaint"))


@pytest.mark.parametrize("lost", ["cond_stage_model.", "first_stage_model.", "model."])
def test_a_painter_that_lacks_a_part_is_none(tmp_path: Path, lost: str) -> None:
    weights = {name: one for name, one in files.unet(9).items() if not name.startswith(lost)}
    assert contents(files.save(tmp_path / "unet.safetensors", weights)) is None


@pytest.mark.parametrize("key", list(FAMILIES))
def test_folders_of_every_family_are_known(tmp_path: Path, key: str) -> None:
    trained = FAMILIES[key].sees == "mask"
    for name in FAMILIES[key].classes:
        network = "unet" if key.startswith("sd") and key != "sd3" else "transformer"
        folder = files.save_pipeline(tmp_path / name, name, 9 if trained else 4, network)
        assert contents(folder) == Contents("inpaint", trained), name
        assert (
            contents(files.save_pipeline(tmp_path / f"{name}-2", name, 9, network, "vae")) is None
        )


@pytest.mark.parametrize(
    "name", ["WanPipeline", "AudioLDM2Pipeline", "StableVideoDiffusionPipeline",
             "StableDiffusionUpscalePipeline", "FluxControlPipeline"],
)  # fmt: skip
def test_folders_of_other_kinds_are_not(tmp_path: Path, name: str) -> None:
    assert contents(files.save_pipeline(tmp_path / "other", name)) is None


def test_folders_of_transformers_are_told_by_their_settings(tmp_path: Path) -> None:
    assert contents(files.save_folder(tmp_path / "a", "mm-grounding-dino")) == Contents(
        "grounding-dino"
    )
    assert contents(files.save_folder(tmp_path / "b", "sam2_video")) == Contents("sam")
    assert contents(files.save_folder(tmp_path / "c", "bert")) is None


def test_samples_are_none_wherever_they_lie() -> None:
    for name in ("grounding-dino", "sam", "inpaint"):
        assert contents(SAMPLES / name) is None


@pytest.mark.parametrize("ending", [".safetensors", ".ckpt"])
def test_a_file_that_is_cut_off_is_none_until_it_is_whole(tmp_path: Path, ending: str) -> None:
    file = files.save(tmp_path / f"inpainting{ending}", files.unet(9))
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    assert contents(file) is None
    file.write_bytes(whole)
    assert contents(file) == INPAINTS


def test_code_in_a_pickle_is_not_run_and_makes_it_none(tmp_path: Path) -> None:
    file, trace = tmp_path / "v1-5.ckpt", tmp_path / "harm"
    torch.save({"state_dict": files.unet(4), "callbacks": Harm(trace)}, file)
    assert contents(file) is None
    assert not trace.exists()


def test_a_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = files.save(tmp_path / "v1-5.safetensors", files.unet(4))
    assert contents(file) == PAINTS
    monkeypatch.setattr(module, "open_header", None)
    assert contents(file) == PAINTS


def test_nothing_is_none(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "gone", tmp_path / "empty"):
        assert contents(path) is None
