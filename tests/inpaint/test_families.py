"""Painters of every family as diffusers folders: true classes, small, random weights."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

import diffusers
import pytest
import torch
import transformers
from elsewhere import GPU, Elsewhere
from PIL import Image
from torch import Tensor

from prompt_edit.errors import ImageError, ModelError
from prompt_edit.inpaint import control, diffusion, memory
from prompt_edit.inpaint.cells import whole_cells
from prompt_edit.inpaint.control import Control, ControlNet
from prompt_edit.inpaint.diffusion import Inpainter, Lora
from prompt_edit.inpaint.families import (
    FAMILIES,
    default_dtype,
    family_of,
    guidance_arguments,
    pipeline_class,
)
from prompt_edit.inpaint.few_step import FEW_STEP, few_step, few_step_of, name_of
from prompt_edit.inpaint.memory import GIB, Need, need_of
from prompt_edit.inpaint.painter import Brief
from prompt_edit.inpaint.region import region_around
from prompt_edit.inpaint.repaint import Sampling, repaint, repaint_each
from prompt_edit.inpaint.source import Source, open_source
from prompt_edit.models.catalogue import catalogue, find
from prompt_edit.models.device import total_memory
from prompt_edit.plan import Edit

from . import tiny
from .tiny import lora, plain, same, scene

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("alone", "small_edit")]

NAMES = list(tiny.MAKERS)


painter_of = tiny.painter


@cache
def plainly(name: str) -> Tensor:
    """What a painter as it was loaded makes of the scene, for all tests that compare with it."""
    return painted(painter_of(name))


def painted(painter: Inpainter, prompt: str = "a red cat", **more: Any) -> Tensor:
    picture, mask = scene()
    return painter.paint(picture, mask, prompt, **{"steps": 2, **more})


@pytest.mark.parametrize("name", NAMES)
def test_paints_by_seed_and_prompt(name: str) -> None:
    painter = painter_of(name)
    assert painter.key == tiny.MAKERS[name][0]
    first, again, other = (painted(painter, seed=seed, steps=1) for seed in (3, 3, 4))
    assert first.shape == (1, 32, 48, 3)
    assert first.dtype == torch.float32 and first.min() >= 0 and first.max() <= 1
    assert same(first, again)
    assert not same(first, other)
    worded = painted(painter, "many small blue boats", seed=3, steps=1, guidance_scale=9.0)
    assert not same(first, worded)
    assert torch.isfinite(painted(painter, "", seed=3, steps=1)).all(), "without a prompt too"


@pytest.mark.parametrize("strength", [1.0, 0.6])
@pytest.mark.parametrize("name", tiny.ONE_EACH)
def test_several_in_one_call_as_one_by_one(name: str, strength: float) -> None:
    painter = painter_of(name)
    if painter.family.pillow:
        assert painter.at_once == 1
        return
    picture, mask = scene()
    briefs = [
        Brief(picture, mask, "a red cat", "blue", 3),
        Brief(1 - picture, mask.roll(5, dims=2), "many small blue boats on a lake", "green sky", 9),
        Brief(picture.flip(2), mask, "x", "blue", 3),
    ]
    together = painter.paint_all(briefs, steps=2, strength=strength)
    for brief, batched in zip(briefs, together, strict=True):
        alone = painter.paint(brief.image, brief.mask, brief.prompt, brief.negative_prompt,
                              seed=brief.seed, steps=2, strength=strength)  # fmt: skip
        assert batched.shape == alone.shape and (batched - alone).abs().max() < 1e-3
    assert not same(*together[:2])


@pytest.mark.parametrize("name", tiny.ONE_EACH)
def test_tells_its_steps_and_stops(name: str) -> None:
    painter = painter_of(name)
    progress: list[tuple[int, int]] = []
    shown: list[Tensor] = []
    painted(painter, steps=3, on_step=lambda *at: progress.append(at), on_preview=shown.append)
    assert progress == [(1, 3), (2, 3), (3, 3)]
    assert len(shown) == 3
    for picture in shown:
        assert picture.ndim == 3 and picture.shape[2] == 3
        assert picture.shape[1] * 2 == picture.shape[0] * 3, "upright, as the picture is"
    progress.clear()
    painted(painter, steps=4, strength=0.5, on_step=lambda *at: progress.append(at))
    assert progress == [(1, 2), (2, 2)], "half the strength, half the steps"

    def stop(done: int, total: int) -> None:
        progress.append((done, total))
        raise KeyboardInterrupt

    progress.clear()
    with pytest.raises(KeyboardInterrupt):
        painted(painter, on_step=stop)
    assert len(progress) == 1


@pytest.mark.parametrize("name", NAMES)
def test_a_mask_smaller_than_a_latent_is_painted(name: str) -> None:
    painter = painter_of(name)
    cell = int(painter.pipeline.vae_scale_factor)
    picture, mask = scene()[0], torch.zeros(1, 32, 48)
    mask[:, cell + 1 : 2 * cell, cell + 1 : 2 * cell] = 1  # not where its latent is sampled
    first, other = (
        painter.paint(picture, mask, prompt, steps=1, guidance_scale=9.0)
        for prompt in ("a red cat", "many small blue boats")
    )
    assert not same(first, other)


def test_masks_cover_whole_cells() -> None:
    mask = torch.zeros(1, 8, 12)
    mask[0, 3, 5] = 0.7
    covered = whole_cells(mask, 4)
    assert covered.shape == mask.shape and float(covered.sum()) == pytest.approx(0.7 * 16)
    assert (covered[0, :4, 4:8] == covered.max()).all()


@pytest.mark.parametrize("name", tiny.ONE_EACH)
def test_leaves_the_rest_bit_for_bit(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Inpainter, "native", 32)
    picture = torch.rand(1, 50, 70, 3)
    mask = torch.zeros(50, 70)
    mask[20:30, 30:44] = 1
    edit = Edit(operation="recolor", target="thing", result="red thing", prompt="a red thing")
    result = repaint(painter_of(name), picture, mask, edit, Sampling(steps=2))
    outside = result.opacity == 0
    assert outside.any() and torch.equal(result.image[0][outside], picture[0][outside])
    assert not same(result.image, picture)


@pytest.mark.parametrize("name", ["sd3", "flux", "flux-fill", "z-image"])
def test_what_is_decoded_is_what_was_encoded(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the mask is not, in an autoencoder whose code lies far from 0."""
    painter, (picture, mask) = painter_of(name), scene()
    vae, decoded = painter.pipeline.vae, list[Tensor]()
    decode, own = vae.decode, vae.config.shift_factor
    code = vae.encode(picture.movedim(-1, 1) * 2 - 1).latent_dist

    def watched(latents: Tensor, **more: Any) -> Any:
        decoded.append(latents)
        return decode(latents, **more)

    monkeypatch.setattr(vae, "decode", watched)
    vae.register_to_config(shift_factor=50.0)
    try:
        painted(painter, strength=0.02)
    finally:
        vae.register_to_config(shift_factor=own)
    off = (decoded[-1] - code.mean).abs() / code.std.clamp_min(0.1)
    kept = whole_cells(mask, painter.pipeline.vae_scale_factor)[0] == 0
    step = mask.shape[1] // code.mean.shape[2]
    assert off[0, :, kept[::step, ::step]].max() < 20


def test_sizes_of_each_family() -> None:
    sizes = {name: (painter_of(name).native, painter_of(name).multiple) for name in NAMES}
    assert sizes["sd1"] == (256, 16) and sizes["sdxl"] == (256, 16)
    assert sizes["sd3"] == (64, 4)
    assert sizes["flux"] == (512, 8), "128 latents of 4 pixels; a patch is 2 x 2 of them"
    assert sizes["z-image"] == (1024, 4)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("name", ["sd1-inpaint", "flux-fill"])
def test_half_precision_paints_on_the_cpu(name: str, dtype: torch.dtype) -> None:
    painter = Inpainter.load(tiny.folder(name), torch.device("cpu"), dtype)
    assert {value.dtype for value in painter.modules[0].parameters()} == {dtype}
    assert torch.isfinite(painted(painter)).all()


def test_a_folder_of_the_fp16_variant_alone_is_read(tmp_path: Path) -> None:
    tiny.pipeline("sd1").save_pretrained(tmp_path / "model", variant="fp16")
    painter = Inpainter.load(tmp_path / "model", torch.device("cpu"))
    assert same(painted(painter), plainly("sd1"))


def test_the_default_type_follows_family_and_device() -> None:
    small, large = FAMILIES["sd"], FAMILIES["flux"]
    found = [[default_dtype(family, torch.device(device)) for device in ("cpu", "mps", "cuda")]
             for family in (small, large)]  # fmt: skip
    assert found == [[torch.float32, torch.float32, torch.float16],
                     [torch.float32, torch.bfloat16, torch.bfloat16]]  # fmt: skip


def test_every_family_has_its_classes() -> None:
    for key, family in FAMILIES.items():
        assert pipeline_class(family.pipeline)
        assert not family.control or pipeline_class(family.control)
        for name in family.classes:
            pipeline_class(name)
            assert family_of(name) == key
    assert family_of("StableDiffusionInpaintPipeline", 4) == "sd"
    assert family_of("StableDiffusionXLPipeline", 9) == "sdxl-inpaint"
    with pytest.raises(ModelError, match="PixArtAlphaPipeline can't inpaint here"):
        family_of("PixArtAlphaPipeline")
    with pytest.raises(ModelError, match=r"has no FluxEternalPipeline\. Update it"):
        pipeline_class("FluxEternalPipeline")


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("sd", {"prompt": "p", "negative_prompt": "n", "guidance_scale": 5}),
        ("flux-fill", {"prompt": "p", "guidance_scale": 5}),
        ("flux", {"prompt": "p", "guidance_scale": 5}),
        ("qwen-image", {"prompt": "p", "negative_prompt": "n", "true_cfg_scale": 5}),
        ("z-image", {"prompt": "p", "negative_prompt": "n", "guidance_scale": 5}),
    ],
)
def test_guidance_goes_where_the_family_wants_it(key: str, expected: dict[str, Any]) -> None:
    assert guidance_arguments(FAMILIES[key], "p", "n", 5) == expected


def test_guidance_rests_without_a_prompt() -> None:
    assert guidance_arguments(FAMILIES["sd"], "", "", 5)["guidance_scale"] == 1.0
    assert guidance_arguments(FAMILIES["z-image"], "", "", 5)["guidance_scale"] == 0.0
    assert guidance_arguments(FAMILIES["flux"], "", "", 5)["guidance_scale"] == 5
    qwen = guidance_arguments(FAMILIES["qwen-image"], "p", "", 4)
    assert qwen["negative_prompt"] == " ", "which its guidance needs to start"
    assert guidance_arguments(FAMILIES["qwen-image"], "", "", 4)["negative_prompt"] is None


@pytest.mark.parametrize("key", ["sd", "sdxl", "sd3", "qwen-image", "z-image"])
def test_what_shall_not_be_there_counts_without_a_prompt(key: str) -> None:
    """As where a thing is removed, and no car shall come in its place."""
    family = FAMILIES[key]
    asked = guidance_arguments(family, "", "car", 5)
    assert (asked[family.guide], asked["negative_prompt"]) == (5, "car")


def test_distilled_guidance_counts_and_negative_prompts_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """FLUX sees its guidance as an input; the others weigh a negative prompt against the prompt."""
    fill = painter_of("flux-fill")
    assert not same(painted(fill, guidance_scale=1.0), painted(fill, guidance_scale=30.0))
    for name in ("sd1", "sd3", "qwen-image", "z-image"):
        painter = painter_of(name)
        plain = painted(painter, guidance_scale=5.0)
        assert not same(plain, painted(painter, negative_prompt="dogs", guidance_scale=5.0))


def test_later_releases_of_qwen_edit_are_asked_as_by_their_makers(tmp_path: Path) -> None:
    """They number the picture, and show it to the text encoder small."""
    shutil.copytree(tiny.folder("qwen-image-edit"), tmp_path / "later")
    tiny.change_json(tmp_path / "later" / "model_index.json",
                     _class_name="QwenImageEditPlusPipeline")  # fmt: skip
    first, later = painter_of("qwen-image-edit"), Inpainter.load(tmp_path / "later")
    plus = diffusers.QwenImageEditPlusPipeline(**later.pipeline.components)
    plus.processor.image_processor = transformers.Qwen2VLImageProcessor(
        min_pixels=56 * 56, max_pixels=448 * 448
    )
    picture = Image.effect_noise((96, 160), 100).convert("RGB")
    small = plus.image_processor.resize(picture, 480, 288)  # 384 x 384 pixels of 3:5, in whole 32
    expected, _ = plus.encode_prompt(image=[small], prompt="make it red")
    asked, _ = later.pipeline.encode_prompt(image=picture, prompt="make it red")
    assert torch.equal(asked, expected)
    assert "Picture 1" not in first.pipeline.prompt_template_encode


# Few steps


@pytest.mark.parametrize(
    ("key", "name", "variant", "steps", "guidance"),
    [
        ("sdxl", "sdxl_lightning_4step", "lightning", 4, 1.0),
        ("sdxl", "sdxl_lightning_8step_lora", "lightning", 8, 1.0),
        ("sd", "lcm-lora-sdv1-5", "lcm", 6, 1.5),
        ("sdxl", "models--stabilityai--sdxl-turbo abc", "turbo", 4, 1.0),
        ("sd", "Hyper-SD15-8steps-lora", "hyper", 8, 1.0),
        ("sd3", "sd3.5_large_turbo", "sd3-turbo", 4, 1.0),
        ("flux", "flux1-schnell-fp8", "schnell", 4, None),
        ("flux-fill", "FLUX.1-Turbo-Alpha", "flux-turbo", 8, None),
        ("qwen-image", "Qwen-Image-Lightning-4steps-V1.0", "qwen-lightning", 4, 1.0),
        ("sdxl", "Hyper-SDXL-12steps-CFG-lora", "hyper-cfg", 12, 5.0),
        ("sdxl", "dmd2_sdxl_4step_unet_fp16", "dmd2", 4, 1.0),
        ("z-image", "z_image_turbo_bf16", "z-image-turbo", 9, 0.0),
    ],
)
def test_names_tell_few_step_variants(
    key: str, name: str, variant: str, steps: int, guidance: float | None
) -> None:
    assert few_step_of(key, name) == variant
    row = few_step(variant, key, name)
    assert row is not None and (row.steps, row.guidance) == (steps, guidance)
    assert not row.scheduler or pipeline_class(row.scheduler)


@pytest.mark.parametrize(
    ("key", "name", "variant"),
    [
        ("sdxl", "juggernautXL_v9Rdphoto2Lightning", "lightning"),
        ("sdxl", "realvisxlV50_v50LightningBakedvae", "lightning"),
        ("sdxl", "dreamshaperXL_lightningDPMSDE", "lightning"),
        ("sdxl", "dreamshaperXLLightning", "lightning"),
        ("sd", "realisticVisionV60B1_v51HyperVAE", "hyper"),
        ("sd", "sd15LCM", "lcm"),
        ("sd", "hyperRealism_v10", "none"),
        ("sd", "Hyper-Realistic_v2", "none"),
        ("sdxl", "CalcMapXL", "none"),
        ("flux", "turbocharged-dev", "none"),
    ],
)
def test_a_variant_is_a_word_of_the_name(key: str, name: str, variant: str) -> None:
    assert few_step_of(key, name) == variant


@pytest.mark.parametrize(
    ("key", "name", "variant"),
    [
        ("sdxl", "sdxl_lightning_4step_lora", "lightning"),
        ("sd", "Hyper-SD15-8steps-lora", "hyper"),
        ("sdxl", "models--ByteDance--Hyper-SD pytorch_lora_weights", "hyper"),
        ("sdxl", "sd_xl_turbo_lora_v1", "turbo"),
        ("flux", "FLUX.1-Turbo-Alpha", "flux-turbo"),
        ("flux", "Hyper-FLUX.1-dev-8steps-lora", "flux-turbo"),
        ("qwen-image", "Qwen-Image-Lightning-8steps-V1.0", "qwen-lightning"),
        ("qwen-image-edit", "Qwen-Image-Edit-Lightning-fp32", "qwen-lightning"),
        ("sd", "lcm-lora-sdv1-5", "lcm"),
        ("sdxl", "LightningBolts", "none"),
        ("sdxl", "lightning_style_xl", "none"),
        ("sdxl", "Porsche_911_Turbo", "none"),
        ("flux", "hyperrealistic flux", "none"),
    ],
)
def test_a_lora_with_a_variants_word_may_be_a_style(key: str, name: str, variant: str) -> None:
    assert few_step_of(key, name, lora=True) == variant


@pytest.mark.parametrize("name", ["sdxl_lightning_1step", "Hyper-SDXL-1step-lora"])
def test_single_step_files_are_refused(name: str) -> None:
    with pytest.raises(ModelError, match=f"{name} is the .* of a single step"):
        few_step(few_step_of("sdxl", name), "sdxl", name)


@pytest.mark.parametrize("steps", [2, 4, 8])
def test_dmd2_takes_equal_parts_of_the_schedule(steps: int, tmp_path: Path) -> None:
    folder = tmp_path / "dmd2_sdxl_4step"
    folder.symlink_to(tiny.folder("sdxl"), target_is_directory=True)
    painter = Inpainter.load(folder)
    assert torch.isfinite(painted(painter, steps=steps)).all()
    at = painter.pipeline.scheduler.timesteps.tolist()
    assert at == [1000 * part // steps - 1 for part in range(steps, 0, -1)]


@pytest.mark.parametrize("more", [{"steps": 60}, {"strength": 0.01}])
def test_lcm_takes_more_steps_than_its_schedule_has(more: dict[str, Any]) -> None:
    painter = Inpainter.load(tiny.folder("sd1"), variant="lcm")
    assert torch.isfinite(painted(painter, **more)).all()


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_weights_that_are_no_numbers_are_named(dtype: torch.dtype) -> None:
    """Where the precision is not to blame, another will not help."""
    painter = Inpainter.load(tiny.folder("sd1"), torch.device("cpu"), dtype)
    with torch.no_grad():
        painter.pipeline.vae.decoder.conv_out.bias.fill_(float("nan"))
    with pytest.raises(ModelError, match=r"Copy the model anew.*decoder\.conv_out\.bias") as raised:
        painted(painter)
    assert "fp32" not in str(raised.value)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_picture_of_no_numbers_is_told(dtype: torch.dtype) -> None:
    painter = Inpainter.load(tiny.folder("sd1"), torch.device("cpu"), dtype)
    message = rf"Copy the model anew.*run out of numbers in {str(dtype)[6:]}"
    with pytest.raises(ModelError, match=message):
        painter._finished(torch.full((1, 3, 32, 48), float("nan")), 32, 48)


def test_a_picture_that_overflows_in_half_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    painter = Inpainter.load(tiny.folder("sd1"), torch.device("cpu"), torch.float16)
    monkeypatch.setattr(painter, "_widen", lambda: None)
    with pytest.raises(ModelError, match=r"bf16 or fp32.*run out of numbers in float16"):
        painter._finished(torch.full((1, 3, 32, 48), float("nan")), 32, 48)


def test_gray_pictures_of_one_channel(
    nets: dict[str, ControlNet], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Depth and edges come so from some packs."""
    monkeypatch.setattr(Inpainter, "native", 32)
    painter, gray = painter_of("sd1"), torch.rand(1, 64, 64, 1)
    mask = torch.zeros(1, 64, 64)
    mask[:, 20:40, 20:40] = 1
    follow = [Control(nets["folder"], gray)]
    result = repaint_each(painter, gray, mask, None, "cat", sampling=Sampling(steps=2),
                          controls=follow)  # fmt: skip
    assert result.images.shape == (1, 64, 64, 3)
    kept = result.opacity == 0
    assert torch.equal(result.images[kept], gray.expand(-1, -1, -1, 3)[kept])


def test_without_guidance_a_negative_prompt_counts_for_nothing(tmp_path: Path) -> None:
    """What `unguided` says of each family, asked of the library's own pipelines."""
    for name in ("sd1", "sdxl", "sd3", "qwen-image", "z-image"):
        painter = painter_of(name)
        none = painter.family.unguided
        plain = painted(painter, guidance_scale=none)
        assert same(plain, painted(painter, negative_prompt="dogs", guidance_scale=none))


def test_schnell_reads_as_many_words_as_it_was_made_for(tmp_path: Path) -> None:
    folder = tmp_path / "flux1-schnell"
    folder.symlink_to(tiny.folder("flux"), target_is_directory=True)
    painter = Inpainter.load(folder)
    asked: list[int] = []
    encode = painter.pipeline.encode_prompt

    def encoded(**arguments: Any) -> Any:
        asked.append(arguments["max_sequence_length"])
        return encode(**arguments)

    painter.pipeline.encode_prompt = encoded
    painted(painter)
    assert asked == [256]


def test_other_names_tell_none() -> None:
    assert few_step_of("sd", "v1-5-pruned-emaonly") == "none"
    assert few_step_of("flux", "flux1-dev") == "none"
    assert few_step_of("sd", "anything", "LCMScheduler") == "lcm"
    assert few_step_of("sd3", "lightning") == "none"
    path = Path("/cache/models--stabilityai--sd-turbo/snapshots/b2f3")
    assert "sd-turbo" in name_of(path)
    assert "turbo" not in name_of(Path("/home/turbo/models/plain.safetensors"))
    assert all(set(row.families) <= set(FAMILIES) for row in FEW_STEP.values())


def test_a_few_step_folder_brings_scheduler_and_defaults(tmp_path: Path) -> None:
    folder = tmp_path / "sdxl-lightning-4step"
    folder.symlink_to(tiny.folder("sdxl"), target_is_directory=True)
    painter = Inpainter.load(folder)
    assert (painter.card.steps, painter.card.guidance_scale) == (4, 1.0)
    assert painter.variant == "Lightning"
    assert painter.notes == ["SDXL, Lightning: 4 steps, guidance scale 1."]
    assert painter.pipeline.scheduler.config.timestep_spacing == "trailing"
    progress: list[tuple[int, int]] = []
    painted(painter, steps=None, on_step=lambda *at: progress.append(at))
    assert len(progress) == 4
    plain = Inpainter.load(folder, variant="none")
    assert (plain.card.steps, plain.variant, plain.notes) == (30, "none", []), "overruled"
    other = Inpainter.load(folder, variant="lcm")
    assert type(other.pipeline.scheduler).__name__ == "LCMScheduler"
    assert torch.isfinite(painted(other, steps=None)).all()
    with pytest.raises(ModelError, match="no few-step variant 'schnell'"):
        Inpainter.load(folder, variant="schnell")


@pytest.mark.parametrize("name", ["sd1", "sd1-inpaint", "sdxl", "sdxl-inpaint"])
@pytest.mark.parametrize("variant", [v for v, row in FEW_STEP.items() if "sdxl" in row.families])
def test_few_steps_neither_clip_codes_nor_keep_another_schedule(name: str, variant: str) -> None:
    """The checkpoint's scheduler may be of another class, and of other sigmas."""
    whole = painter_of(name)
    painter = as_variant(whole, variant)
    whole.pipeline.scheduler = whole._scheduler  # as it was, for the other tests
    own = dict(painter._scheduler.config) | {"use_karras_sigmas": True}
    own.pop("clip_sample", None)
    painter._scheduler = diffusers.EulerDiscreteScheduler.from_config(own)
    scheduler = painter._scheduled(painter.card.steps)
    assert not scheduler.config.get("clip_sample")
    if isinstance(scheduler, diffusers.DDIMScheduler):
        assert not scheduler.config.set_alpha_to_one
    if variant == "lightning":
        assert not scheduler.config.use_karras_sigmas


DOWNLOADED = {
    "sd-1.5-inpainting": "sd1-inpaint", "sd-2-inpainting": "sd2-inpaint",
    "sdxl-inpainting-0.1": "sdxl-inpaint", "stable-diffusion-3.5-medium": "sd3",
    "flux.1-fill-dev": "flux-fill", "flux.1-schnell": "flux", "qwen-image": "qwen-image",
    "qwen-image-edit": "qwen-image-edit", "z-image-turbo": "z-image",
}  # fmt: skip
_CHECKED = {"feature_extractor": ["transformers", "CLIPImageProcessor"],
            "safety_checker": ["stable_diffusion", "StableDiffusionSafetyChecker"]}  # fmt: skip


@pytest.mark.parametrize("name", DOWNLOADED)
def test_what_a_download_brings_is_enough(name: str, tmp_path: Path) -> None:
    """Of a whole repository only what the catalogue's patterns name."""
    known, whole, some = find(name), tmp_path / "whole", tmp_path / name
    halved = any(".fp16." in pattern for pattern in known.patterns)
    tiny.pipeline(DOWNLOADED[name]).save_pretrained(whole, variant="fp16" if halved else None)
    if name.startswith(("sd-1", "sd-2")):  # whose index names what only the checker sees
        tiny.change_json(whole / "model_index.json", **_CHECKED)
    for file in whole.rglob("*"):
        inside = file.relative_to(whole)
        if file.is_file() and any(fnmatch(inside.as_posix(), each) for each in known.patterns):
            (some / inside).parent.mkdir(parents=True, exist_ok=True)
            (some / inside).hardlink_to(file)
    painter = Inpainter.load(some)
    assert painter.key == tiny.MAKERS[DOWNLOADED[name]][0]
    assert same(painted(painter, steps=2), plainly(DOWNLOADED[name])) or painter.variant != "none"


def test_every_painter_of_the_catalogue_is_tried() -> None:
    assert DOWNLOADED.keys() == {each.name for each in catalogue()
                                 if each.role == "inpaint" and not each.single}  # fmt: skip


def test_what_is_behind_the_last_place_is_told() -> None:
    painter, (picture, mask) = painter_of("sd1"), scene()
    long = "red " * 90 + "boat"
    notes = repaint_each(painter, picture, mask, None, long, sampling=Sampling(steps=1)).notes
    assert any("boat" in note and "fewer words" in note for note in notes)
    assert not painter.unread("a red boat") and not painter_of("flux").unread(long)


# LoRA


def kohya(painter: Inpainter, file: Path) -> Path:
    """A LoRA in the names that training scripts for Stable Diffusion write."""
    torch.manual_seed(6)
    state = {}
    for name, module in painter.pipeline.unet.named_modules():
        if name.endswith(("to_q", "to_v")) and isinstance(module, torch.nn.Linear):
            start = "lora_unet_" + name.replace(".", "_")
            state[start + ".lora_down.weight"] = torch.randn(4, module.in_features) * 0.3
            state[start + ".lora_up.weight"] = torch.randn(module.out_features, 4) * 0.3
            state[start + ".alpha"] = torch.tensor(4.0)
    return tiny.save(state, file)


@pytest.mark.parametrize("name", NAMES)
def test_a_lora_changes_the_result_and_comes_off_again(name: str, tmp_path: Path) -> None:
    painter, before = painter_of(name), plainly(name)
    weights = {n: v.clone() for n, v in painter._network.state_dict().items()}
    slot = "unet" if hasattr(painter.pipeline, "unet") else "transformer"
    painter.add_lora(Lora(lora(painter, tmp_path / "style.safetensors", slot), 1.0))
    try:
        assert not same(before, painted(painter))
    finally:
        painter.remove_loras()
    assert same(before, painted(painter))
    assert painter._network.state_dict().keys() == weights.keys()
    assert all(torch.equal(v, weights[n]) for n, v in painter._network.state_dict().items())


def test_loras_are_weighed_and_add_up(tmp_path: Path) -> None:
    painter, before = Inpainter.load(tiny.folder("sd1")), plainly("sd1")
    first = lora(painter, tmp_path / "first.safetensors", "unet")
    second = kohya(painter, tmp_path / "second.safetensors")
    pictures: dict[int, torch.Tensor] = {}
    for loras in ([Lora(first, 0.0)], [Lora(first, 0.5)], [Lora(first)], [Lora(second)],
                  [Lora(first), Lora(second)]):  # fmt: skip
        for each in loras:
            painter.add_lora(each)
        pictures[len(pictures)] = painted(painter)
        painter.remove_loras()
    assert torch.allclose(pictures[0], before, atol=1e-5), "of no weight, no change"
    for number in range(1, 5):
        assert all(not same(pictures[number], pictures[other]) for other in range(number))
    at_load = Inpainter.load(tiny.folder("sd1"), loras=[Lora(first), Lora(second)])
    assert same(painted(at_load), pictures[4])


def test_a_lora_of_a_single_step_is_refused_before_it_is_on(tmp_path: Path) -> None:
    painter, before = Inpainter.load(tiny.folder("sd1")), plainly("sd1")
    with pytest.raises(ModelError, match="of a single step"):
        painter.add_lora(Lora(kohya(painter, tmp_path / "Hyper-SD15-1step-lora.safetensors")))
    assert same(painted(painter), before)


def test_a_few_step_lora_brings_its_scheduler(tmp_path: Path) -> None:
    painter = Inpainter.load(tiny.folder("sd1"))
    own = painter.pipeline.scheduler
    painter.add_lora(Lora(kohya(painter, tmp_path / "lcm-lora-sdv1-5.safetensors")))
    assert type(painter.pipeline.scheduler).__name__ == "LCMScheduler"
    assert (painter.card.steps, painter.card.guidance_scale) == (6, 1.5)
    assert torch.isfinite(painted(painter, steps=None)).all()
    painter.remove_loras()
    assert painter.pipeline.scheduler is own and painter.card.steps == 30
    painter.add_lora(Lora(tmp_path / "lcm-lora-sdv1-5.safetensors", 0.0))
    assert painter.pipeline.scheduler is own, "of no weight, it changes nothing"


def test_a_lora_as_it_is_downloaded(tmp_path: Path) -> None:
    """Its file has the library's name, and its folder the model's."""
    painter, folder = Inpainter.load(tiny.folder("sd1")), tmp_path / "lcm-lora-sdv1-5"
    folder.mkdir()
    file = kohya(painter, folder / "pytorch_lora_weights.safetensors")
    for named in (file, folder):
        painter.add_lora(Lora(named))
        assert painter.card.steps == 6, named
        painter.remove_loras()
    (folder / "other.safetensors").write_bytes(b"")
    with pytest.raises(ModelError, match="holds 2 such files"):
        painter.add_lora(Lora(folder))


def test_a_lora_that_does_not_fit_leaves_the_painter_alone(tmp_path: Path) -> None:
    painter, before = Inpainter.load(tiny.folder("sd1")), plainly("sd1")
    other = kohya(painter_of("sdxl"), tmp_path / "other.safetensors")
    with pytest.raises(ModelError, match=r"other.safetensors"):
        painter.add_lora(Lora(other))
    strange = tiny.save({"lora_unet_nothing.lora_down.weight": torch.ones(2, 2),
                         "lora_unet_nothing.lora_up.weight": torch.ones(2, 2)},
                        tmp_path / "strange.safetensors")  # fmt: skip
    with pytest.raises(ModelError, match=r"strange.safetensors"):
        painter.add_lora(Lora(strange))
    plain = tiny.save({"weight": torch.ones(2)}, tmp_path / "plain.safetensors")
    with pytest.raises(ModelError, match="is not a LoRA"):
        painter.add_lora(Lora(plain))
    with pytest.raises(ModelError, match="no model at"):
        painter.add_lora(Lora(tmp_path / "gone.safetensors"))
    assert same(before, painted(painter))


# ControlNet


@pytest.fixture(scope="module")
def nets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, ControlNet]]:
    root = tmp_path_factory.mktemp("controlnets")
    folder = root / "canny"
    tiny.controlnet().save_pretrained(folder)
    state = tiny.below("control_model.", tiny.ldm_unet(tiny.controlnet().state_dict(), 1, 2, ()))
    original = tiny.save(state, root / "control_v11p_sd15_canny.safetensors")
    xl = tiny.controlnet(xl=True, crossed=128)
    xl_file = tiny.save(xl.state_dict(), root / "controlnet-depth-sdxl.safetensors")
    yield {"folder": ControlNet.load(folder), "original": ControlNet.load(original),
           "xl": ControlNet.load(xl_file)}  # fmt: skip


def test_a_controlnet_of_16_bits_alone_is_as_the_whole(
    nets: dict[str, ControlNet], tmp_path: Path
) -> None:
    """As it is downloaded."""
    tiny.controlnet().half().save_pretrained(tmp_path, variant="fp16")
    assert (tmp_path / "diffusion_pytorch_model.fp16.safetensors").is_file()
    state = ControlNet.load(tmp_path).model.state_dict()
    for name, value in nets["folder"].model.state_dict().items():
        assert torch.allclose(state[name].float(), value, atol=1e-3)


def test_single_file_controlnets_equal_folders(nets: dict[str, ControlNet]) -> None:
    state = nets["original"].model.state_dict()
    whole = nets["folder"].model.state_dict()
    assert state.keys() == whole.keys()
    assert all(torch.equal(value, state[name]) for name, value in whole.items())
    ours, theirs = nets["original"].model.config, nets["folder"].model.config
    settings = ("block_out_channels", "cross_attention_dim", "attention_head_dim",
                "conditioning_embedding_out_channels", "down_block_types")  # fmt: skip
    for name in settings:
        assert plain(ours[name]) == plain(theirs[name])


@pytest.mark.parametrize(
    ("name", "net"),
    [("sd1", "folder"), ("sd1-inpaint", "original"), ("sdxl", "xl"), ("sdxl-inpaint", "xl")],
)
def test_a_control_picture_changes_the_result(
    name: str, net: str, nets: dict[str, ControlNet]
) -> None:
    painter = painter_of(name)
    edges, lines = torch.zeros(1, 32, 48, 3), torch.ones(1, 64, 96, 3)
    progress: list[tuple[int, int]] = []
    plain = plainly(name)
    pictures = [painted(painter, controls=[Control(nets[net], image)],
                        on_step=lambda *at: progress.append(at))
                for image in (edges, edges, lines)]  # fmt: skip
    assert same(pictures[0], pictures[1])
    assert not same(pictures[0], pictures[2]) and not same(pictures[0], plain)
    assert progress[:2] == [(1, 2), (2, 2)]
    assert same(plain, painted(painter)), "and leaves nothing behind"
    both = [Control(nets[net], edges, 0.5), Control(nets[net], lines, 0.5, end=0.5)]
    assert not same(painted(painter, controls=both), pictures[0])


@pytest.mark.parametrize(("start", "end"), [(0.5, 0.5), (0.0, 0.0), (1.0, 1.0)])
def test_what_is_followed_in_no_part_is_not_followed(
    start: float, end: float, nets: dict[str, ControlNet], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Inpainter, "native", 32)
    painter = painter_of("sd1-inpaint")
    control = Control(nets["folder"], torch.ones(1, 32, 48, 3), 1.0, start, end)
    image, mask = torch.full((1, 32, 48, 3), 0.5), torch.zeros(32, 48)
    mask[8:24, 8:40] = 1
    edit = Edit(operation="replace", target="cup", result="ball")
    results = [repaint(painter, image, mask, edit, Sampling(seed=1, steps=2), controls=controls)
               for controls in ((), (control,))]  # fmt: skip
    assert torch.equal(results[0].image, results[1].image)


def test_what_would_be_followed_backwards_is_refused(nets: dict[str, ControlNet]) -> None:
    control = Control(nets["folder"], torch.ones(1, 32, 48, 3), 1.0, 0.8, 0.2)
    with pytest.raises(ImageError, match="start before it ends"):
        repaint_each(
            painter_of("sd1-inpaint"), torch.zeros(1, 32, 48, 3), torch.ones(32, 48), None, "ball",
            controls=(control,),
        )  # fmt: skip


@pytest.mark.parametrize("muted", [True, False])
def test_a_muted_picture_to_follow_is_as_none(
    muted: bool, nets: dict[str, ControlNet], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of another shape, too; without one to follow the whole picture keeps what it shows."""
    monkeypatch.setattr(Inpainter, "native", 32)
    painter = painter_of("sd1-inpaint")
    control = Control(nets["folder"], torch.ones(1, 64, 200, 3), 0.0)
    edit = Edit(operation="restyle", target="picture", result="watercolor")
    result = repaint_each(painter, torch.full((1, 32, 48, 3), 0.5), torch.ones(32, 48), edit,
                          sampling=Sampling(steps=2), controls=(control,) * muted)  # fmt: skip
    assert any("strength 0.6" in note for note in result.notes)


@pytest.mark.parametrize(("size", "told"), [
    ((2, 32, 48, 3), "2 control pictures came for 3 pictures"),
    ((1, 64, 200, 3), "200 x 64 pixels, but the picture is 48 x 32"),
])  # fmt: skip
def test_control_pictures_of_other_pictures_are_refused(
    size: tuple[int, ...], told: str, nets: dict[str, ControlNet]
) -> None:
    control = Control(nets["folder"], torch.ones(*size))
    with pytest.raises(ImageError, match=told):
        repaint_each(
            painter_of("sd1-inpaint"), torch.zeros(3, 32, 48, 3), torch.ones(32, 48), None, "ball",
            controls=(control,),
        )  # fmt: skip


def flux_controlnet(seed: int, **more: Any) -> Any:
    import diffusers

    torch.manual_seed(seed)
    net = diffusers.FluxControlNetModel(
        in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=32,
        num_attention_heads=2, joint_attention_dim=32, pooled_projection_dim=64,
        guidance_embeds=True, axes_dims_rope=(4, 14, 14), **more,
    )  # fmt: skip
    for value in net.parameters():
        if value.abs().max() == 0:
            torch.nn.init.normal_(value, std=0.5)
    return net


def test_flux_follows_control_pictures(tmp_path: Path) -> None:
    flux_controlnet(2).save_pretrained(tmp_path / "depth")
    flux_controlnet(3).save_pretrained(tmp_path / "canny")
    depth, canny = (ControlNet.load(tmp_path / name) for name in ("depth", "canny"))
    painter = painter_of("flux")
    black, white = (torch.full((1, 32, 48, 3), value) for value in (0.0, 1.0))
    pictures = [painted(painter, controls=[Control(depth, image)]) for image in (black, white)]
    assert not same(pictures[0], pictures[1])
    both = painted(painter, controls=[Control(depth, black), Control(canny, white)])
    assert not same(both, pictures[0])
    silent = [painted(painter, controls=[Control(depth, black), Control(canny, image, scale=0.0)])
              for image in (black, white)]  # fmt: skip
    assert same(*silent)


@pytest.mark.parametrize("name", ["sd1", "flux"])
def test_a_net_follows_the_precision_of_its_painter(name: str, tmp_path: Path) -> None:
    net = flux_controlnet(2) if name == "flux" else tiny.controlnet()
    net.save_pretrained(tmp_path)
    loaded = ControlNet.load(tmp_path, torch.device("cpu"), torch.float16)
    painter = Inpainter.load(tiny.folder(name), torch.device("cpu"), torch.bfloat16)
    picture = painted(painter, controls=[Control(loaded, torch.ones(1, 32, 48, 3))])
    assert torch.isfinite(picture).all() and not same(picture, painted(painter))


def test_a_union_of_nets_is_refused(tmp_path: Path) -> None:
    flux_controlnet(2, num_mode=7).save_pretrained(tmp_path / "union")
    state = {**tiny.controlnet(xl=True, crossed=128).state_dict(),
             "task_embedding": torch.zeros(6, 32)}  # fmt: skip
    for path in (tmp_path / "union", tiny.save(state, tmp_path / "promax.safetensors")):
        with pytest.raises(ModelError, match="is a union of ControlNets"):
            ControlNet.load(path)


def test_controls_are_cut_with_the_region(nets: dict[str, ControlNet]) -> None:
    mask = torch.zeros(60, 80)
    mask[10:20, 50:60] = 1
    region = region_around(mask, 32, 4)
    image = torch.rand(1, 60, 80, 3)
    cut = Control(nets["folder"], image).cut(region, 60, 80)
    assert torch.equal(cut.image, region.cut(image))
    assert Control(nets["folder"], image[:, ::2, ::2]).cut(region, 60, 80).image.shape == (
        1, *region.work, 3)  # fmt: skip


def test_controls_for_others_are_refused(nets: dict[str, ControlNet], tmp_path: Path) -> None:
    image = torch.zeros(1, 32, 48, 3)
    with pytest.raises(ModelError, match="is not a ControlNet for SDXL"):
        painted(painter_of("sdxl"), controls=[Control(nets["folder"], image)])
    with pytest.raises(ModelError, match="Z-Image has no ControlNet"):
        painted(painter_of("z-image"), controls=[Control(nets["folder"], image)])
    with pytest.raises(ModelError, match="is not a ControlNet"):
        ControlNet.load(tiny.save({"weight": torch.ones(2)}, tmp_path / "other.safetensors"))
    with pytest.raises(ModelError, match=r"holds no config\.json"):
        ControlNet.load(tmp_path)
    assert control.control_arguments(FAMILIES["sdxl"], [Control(nets["xl"], image, 0.7)])[
        "controlnet_conditioning_scale"] == 0.7  # fmt: skip


# A GPU


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(diffusion, "require_memory", lambda *_: None)
    with Elsewhere():
        yield


@cache
def far(name: str) -> Inpainter:
    return Inpainter.load(tiny.folder(name), GPU, torch.float32)


@cache
def offloaded(name: str) -> Inpainter:
    return Inpainter.load(tiny.folder(name), GPU, torch.float32, offload=True)


def alike(there: Tensor, here: Tensor) -> bool:
    return there.device.type == "cpu" and torch.allclose(there, here, atol=1e-4)


@pytest.mark.usefixtures("gpu")
@pytest.mark.parametrize("name", tiny.ONE_EACH)
def test_paints_the_same_on_a_gpu(name: str) -> None:
    """And when it was sent away and comes back, and part by part."""
    here = plainly(name)
    for offload in (False, True):
        painter = offloaded(name) if offload else far(name)
        shown: list[Tensor] = []
        assert alike(painted(painter, on_preview=shown.append), here)
        assert len(shown) == 2 and all(each.device.type == "cpu" for each in shown)
        places = {value.device.type for part in painter.modules for value in part.parameters()}
        assert places == {"cpu" if offload else "cuda"}
        if not offload:
            painter.pipeline.to("cpu").to(GPU)
            assert alike(painted(painter), here)


@pytest.mark.usefixtures("gpu")
@pytest.mark.parametrize("name", ["sd1", "sdxl-inpaint", "flux"])
def test_follows_control_pictures_on_a_gpu(
    name: str, nets: dict[str, ControlNet], tmp_path: Path
) -> None:
    """And part by part."""
    net = flux_controlnet(2) if name == "flux" else nets["xl" if "xl" in name else "folder"].model
    net.save_pretrained(tmp_path)
    picture = torch.rand(1, 32, 48, 3)
    cpu = torch.device("cpu")
    here = painted(painter_of(name), controls=[Control(ControlNet.load(tmp_path, cpu), picture)])
    for painter in (far(name), offloaded(name)):
        loaded = ControlNet.load(tmp_path, GPU, torch.float32)
        assert alike(painted(painter, controls=[Control(loaded, picture)]), here)


@pytest.mark.usefixtures("gpu")
@pytest.mark.parametrize(
    ("name", "variant"),
    [(name, variant) for variant, row in FEW_STEP.items()
     for name in NAMES if tiny.MAKERS[name][0] == row.families[-1]],
)  # fmt: skip
def test_few_steps_are_the_same_on_a_gpu(name: str, variant: str) -> None:
    here, there = (painted(as_variant(each, variant)) for each in (painter_of(name), far(name)))
    assert alike(there, here)


def as_variant(painter: Inpainter, variant: str) -> Inpainter:
    """Another painter with the same weights."""
    painter.pipeline.scheduler = painter._scheduler
    return Inpainter(painter.pipeline, painter._card, painter.key, painter.path, variant)


@pytest.mark.usefixtures("gpu")
def test_a_lora_works_on_a_gpu(tmp_path: Path) -> None:
    file = kohya(painter_of("sd1"), tmp_path / "style.safetensors")
    both = [painted(Inpainter.load(tiny.folder("sd1"), device, torch.float32, loras=[Lora(file)]))
            for device in (torch.device("cpu"), GPU)]  # fmt: skip
    assert alike(both[1], both[0]) and not alike(both[1], plainly("sd1"))
    late = Inpainter.load(tiny.folder("sd1"), GPU, torch.float32)
    late.add_lora(Lora(file))
    assert alike(painted(late), both[0])
    late.remove_loras()
    assert alike(painted(late), plainly("sd1"))


# Memory


def estimate(path: Path, dtype: torch.dtype) -> Need:
    return open_source(path).need(dtype)


def test_memory_is_told_before_loading() -> None:
    for name in ("sd1", "flux", "qwen-image-edit"):
        weights = sum(value.numel() for part in painter_of(name).modules
                      for value in part.parameters())  # fmt: skip
        full, half = (estimate(tiny.folder(name), dtype)
                      for dtype in (torch.float32, torch.float16))  # fmt: skip
        assert full.whole == 2 * half.whole
        assert full.whole > full.weights == weights * 4
        assert half.offloaded < half.whole
    small = estimate(tiny.folder("sd1"), torch.float32).whole
    parts = sum(v.numel() for part in painter_of("sd1").modules for v in part.parameters())
    assert small == pytest.approx(parts * 4 + 4 * 2 * 32 * 256**2 * 4, rel=0.01)


def test_sdxl_decodes_in_full_precision() -> None:
    full, half = (estimate(tiny.folder("sdxl"), dtype) for dtype in (torch.float32, torch.float16))
    assert full.weights == 2 * half.weights
    assert full.working == half.working


def test_half_precision_is_widened_on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """It must be reckoned so, and is no advice there."""
    full = estimate(tiny.folder("sd1"), torch.float32)
    monkeypatch.setattr(memory, "free_memory", lambda device: full.whole - 1)
    with pytest.raises(ModelError, match="bf16") as raised:
        Inpainter.load(tiny.folder("sd1"), torch.device("cpu"), torch.float32)
    assert "fp16" not in str(raised.value) and "offload" not in str(raised.value)
    with pytest.raises(ModelError, match="Close other programs, or choose a smaller"):
        Inpainter.load(tiny.folder("sd1"), torch.device("cpu"), torch.float16)
    monkeypatch.setattr(memory, "free_memory", lambda device: full.whole)
    painter = Inpainter.load(tiny.folder("sd1"), torch.device("cpu"), torch.float16)
    assert painter.working == full.working


def test_too_little_memory_gives_a_line_with_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_memory", lambda device: 10 * 2**20)
    with pytest.raises(ModelError, match=r"needs about 0\.\d GiB, but 0\.0 GiB are free") as raised:
        Inpainter.load(tiny.folder("sd1"), torch.device("cpu"))
    assert "bf16" in str(raised.value) and "\n" not in str(raised.value)
    assert total_memory() > 0


def published(dtype: torch.dtype, side: int = 1024, upcast: bool = False, **parts: float) -> Need:
    """Of parts of so many thousand million numbers."""
    return need_of(
        {name: int(each * 1e9) for name, each in parts.items()}, dtype, side, 128, upcast
    )


def test_part_by_part_less_memory_does() -> None:
    """SDXL on a card of 8 GB, whose autoencoder decodes when its UNet is gone; Z-Image on 16."""
    xl = published(torch.float16, upcast=True, unet=2.567, vae=0.084, text_encoder=0.123,
                   text_encoder_2=0.695)  # fmt: skip
    assert 5.5 < xl.offloaded / GIB < 7 and xl.whole / GIB > 10
    image = published(torch.bfloat16, transformer=6.155, vae=0.084, text_encoder=4.022)
    assert 12.5 < image.offloaded / GIB < 14
    third = published(torch.bfloat16, transformer=2.243, vae=0.084, text_encoder_3=4.762)
    assert third.offloaded > (4.762 + 0.084) * 2e9 + third.working // 2, "while it encodes"
    small = published(torch.float16, 512, unet=0.86, vae=0.084, text_encoder=0.123)
    assert small.decoder + small.network < small.offloaded < small.whole


def test_advice_for_too_little_memory_is_what_can_be_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_memory", lambda device: GIB)
    told = {}
    for place, offload in (("cuda", False), ("cuda", True), ("mps", False), ("cpu", False)):
        with pytest.raises(ModelError) as raised:
            memory.require_memory(Path("x"), 2 * GIB, torch.device(place), torch.float32, offload)
        told[place, offload] = str(raised.value)
    assert all(line.startswith("Close other programs, load it as ") for line in told.values())
    assert {key for key, line in told.items() if "turn offloading on" in line} == {("cuda", False)}
    assert {key for key, line in told.items() if "in ComfyUI load its fp8 or GGUF file there and"
            " connect Painter from MODEL, or choose" in line} == {("cuda", True)}  # fmt: skip


def test_attention_is_sliced_on_small_macs_only(monkeypatch: pytest.MonkeyPatch) -> None:
    sliced: list[bool] = []

    class Elsewhere:
        def __init__(self, pipeline: Any) -> None:
            self._pipeline = pipeline

        def __getattr__(self, name: str) -> Any:
            if name == "to":
                return lambda device: self
            if name == "enable_attention_slicing":
                return lambda: sliced.append(True)
            return getattr(self._pipeline, name)

    load = Source.load
    monkeypatch.setattr(Source, "load", lambda self, dtype: Elsewhere(load(self, dtype)))
    monkeypatch.setattr(diffusion, "require_memory", lambda *_: None)
    for device, total in (("mps", 128), ("cpu", 8), ("mps", 16)):
        monkeypatch.setattr(diffusion, "total_memory", lambda total=total: total * 2**30)
        Inpainter.load(tiny.folder("sd1"), torch.device(device), torch.float32)
    assert sliced == [True]


def test_offloaded_parts_paint_the_same_and_survive_cancel(nets: dict[str, ControlNet]) -> None:
    """With the library's own hooks, which move between the CPU and itself here."""
    painter = Inpainter.load(tiny.folder("sd1"), torch.device("cpu"))
    follow = [Control(nets["folder"], torch.rand(1, 32, 48, 3))]
    plain = painted(painter), painted(painter, controls=follow)
    painter.pipeline.enable_model_cpu_offload(device=torch.device("cpu"))
    released: list[int] = []
    free = painter.pipeline.maybe_free_model_hooks

    def release() -> None:
        released.append(1)
        free()

    painter.pipeline.maybe_free_model_hooks = release

    def cancel(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        painted(painter, on_step=cancel, on_preview=lambda _: None)
    assert released == [1]
    assert same(painted(painter), plain[0])
    assert same(painted(painter, controls=follow), plain[1])


def test_offload_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(type(painter_of("sd1").pipeline), "enable_model_cpu_offload",
                        lambda self, device: asked.append(device))  # fmt: skip
    monkeypatch.setattr(diffusion, "require_memory", lambda *_: None)
    Inpainter.load(tiny.folder("sd1"), torch.device("cuda"), torch.float32, offload=True)
    assert asked == [torch.device("cuda")]
