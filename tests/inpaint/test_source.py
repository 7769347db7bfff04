"""Single files under the names that users have, and files that are no checkpoints."""

from __future__ import annotations

import os
import pickle
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from models.harm import Harm
from torch import Tensor

from prompt_edit.errors import ModelError
from prompt_edit.inpaint import renames
from prompt_edit.inpaint.diffusion import Inpainter
from prompt_edit.inpaint.schedules import Prediction, Schedule
from prompt_edit.inpaint.source import Source, open_source
from prompt_edit.inpaint.source.networks import shell
from prompt_edit.inpaint.source.single_file import SingleFile, open_file
from prompt_edit.inpaint.source.tokenizers import clip_tokenizer, t5_tokenizer
from prompt_edit.models.weights import open_header

from . import tiny
from .full_size import NETWORKS, shapes
from .tiny import plain, same, scene

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("alone", "small_edit")]

CPU = torch.device("cpu")
WHOLE = ["sd1", "sd1-inpaint", "sd2", "sd2-inpaint", "sdxl", "sdxl-inpaint", "sd3", "flux",
         "flux-fill", "flux-kontext"]  # fmt: skip
LENT = ["qwen-image", "qwen-image-edit", "z-image"]


@pytest.fixture(autouse=True)
def no_cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What lies in it could stand in for a file."""
    empty = str(tmp_path_factory.mktemp("cache"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", empty)
    monkeypatch.setattr("huggingface_hub.file_download.HF_HUB_CACHE", empty, raising=False)


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ComfyUI for the small checkpoints, which come into models/checkpoints as they are asked
    for."""
    root = tmp_path_factory.mktemp("ComfyUI")
    tiny.save_t5_tokenizer(root)
    return root / "models"


def _named(name: str) -> str:
    """SD 2's two bases differ in their names alone."""
    return "v2-base" if name == "sd2" else name


def file_of(models: Path, name: str) -> Path:
    file = models / "checkpoints" / f"{_named(name)}.safetensors"
    return file if file.exists() else tiny.save(tiny.single_state(name), file)


def painted(painter: Inpainter, prompt: str = "a red cat", seed: int = 3, **more: Any) -> Tensor:
    picture, mask = scene()
    return painter.paint(picture, mask, prompt, seed=seed, **{"steps": 2, **more})


@pytest.mark.parametrize("name", [*WHOLE, *LENT])
def test_a_single_file_paints_what_its_folder_does(name: str, models: Path) -> None:
    """Every weight arrives, and every setting that counts: the pictures are the same."""
    base = tiny.folder(name) if name in LENT else None
    painter = Inpainter.load(file_of(models, name), CPU, torch.float32, base=base)
    assert painter.key == tiny.MAKERS[name][0]
    for slot, part in tiny.pipeline(name).components.items():
        if isinstance(part, torch.nn.Module):
            ours, theirs = getattr(painter.pipeline, slot).state_dict(), part.state_dict()
            assert ours.keys() == theirs.keys()
            wrong = [key for key, value in theirs.items() if not torch.equal(value, ours[key])]
            assert not wrong
    progress: list[tuple[int, int]] = []
    first = painted(painter, on_step=lambda *at: progress.append(at))
    assert first.shape == (1, 32, 48, 3) and progress == [(1, 2), (2, 2)]
    assert torch.allclose(first, painted(tiny.painter(name)), atol=1e-5)
    assert same(first, painted(painter))
    assert not same(first, painted(painter, seed=4))


def test_sizes_of_single_files(models: Path) -> None:
    sizes = {}
    for name in ("sd1", "sdxl"):
        sizes[name] = Inpainter.load(file_of(models, name), CPU).native
    assert sizes == {"sd1": 512, "sdxl": 1024}


def test_what_a_file_is_can_be_told_without_loading(models: Path, tmp_path: Path) -> None:
    families = {name: open_source(file_of(models, name)).family for name in [*WHOLE, *LENT]}
    assert families == {name: tiny.MAKERS[name][0] for name in [*WHOLE, *LENT]}
    sides = {"sd_xl_turbo_1.0_fp16": 512, "sdxl-turbo": 512, "dreamshaperXL_turbo": 1024,
             "mySDXLTurbo": 1024, "sd_xl_base_1.0": 1024, "Juggernaut_SDXL_Turbo": 1024,
             "dreamshaper-SDXL-turbo-v2": 1024, "realvisxl_v4_sdxlturbo": 1024,
             "models--stabilityai--sdxl-turbo/a": 512, "models--me--x/sd_xl_turbo_1.0": 512,
             "models--me--my-sdxl-turbo/a": 1024, "models--me--x/My SDXL Turbo": 1024}  # fmt: skip
    for name, side in sides.items():  # Stability's Turbo was distilled at 512 pixels
        file = tmp_path / f"{name}.safetensors"
        file.parent.mkdir(exist_ok=True)
        file.symlink_to(file_of(models, "sdxl"))
        assert open_source(file).row.title == "SDXL" and schedule(file).side == side, name
    assert open_source(tiny.folder("flux")).family == "flux"


@pytest.mark.parametrize(
    ("name", "named", "prediction"),
    [("sd2", "v2-base.safetensors", "epsilon"), ("sd2", "v2-1_768.safetensors", "v_prediction"),
     ("sd2-inpaint", "512-inpainting-ema.safetensors", "epsilon"),
     ("sdxl", "plain.safetensors", "epsilon")],
)  # fmt: skip
def test_what_the_network_foretells(
    name: str, named: str, prediction: str, models: Path, tmp_path: Path
) -> None:
    file = tmp_path / named
    file.symlink_to(file_of(models, name))
    assert schedule(file).prediction == prediction
    if name == "sdxl":
        file.unlink()
        marked = {**tiny.single_state("sdxl"), "v_pred": torch.zeros(0)}
        assert schedule(tiny.save(marked, file)).prediction == "v_prediction"


@pytest.mark.parametrize(
    ("named", "apart", "prediction", "size"),
    [("sd_turbo", 0.01, "epsilon", 512), ("my_mix_768", 0.05, "epsilon", 512),
     ("v2-1-base-merge", 0.2, "v_prediction", 768), ("v2-1_512", 0.12, "v_prediction", 768)],
)  # fmt: skip
def test_a_bias_tells_what_a_name_does_not(
    named: str, apart: float, prediction: Prediction, size: int, tmp_path: Path
) -> None:
    """Of SD 2, whose two kinds have the same names and shapes."""
    bias = torch.tensor([-apart, apart] * 160)
    telltale = {"model.diffusion_model.output_blocks.11.1.transformer_blocks.0.norm1.bias": bias}
    file = tiny.save({**tiny.single_state("sd2"), **telltale}, tmp_path / f"{named}.safetensors")
    assert schedule(file) == Schedule(prediction, size)
    pickle = tmp_path / f"{named}.ckpt"
    torch.save({"state_dict": {**tiny.single_state("sd2"), **telltale}}, pickle)
    assert schedule(pickle) == Schedule(prediction, size)


def test_a_schedule_that_ends_in_noise_alone_is_honoured(tmp_path: Path) -> None:
    """As NoobAI's XL has it; both marks are tensors of no content."""
    marks = {"v_pred": torch.zeros(0), "ztsnr": torch.zeros(0)}
    file = tiny.save({**tiny.single_state("sdxl"), **marks}, tmp_path / "dark.safetensors")
    painter = Inpainter.load(file, CPU)
    config = painter.pipeline.scheduler.config
    assert (config.prediction_type, config.rescale_betas_zero_snr, config.timestep_spacing) == (
        "v_prediction", True, "trailing")  # fmt: skip
    assert torch.isfinite(painted(painter)).all()


def test_a_text_encoder_without_its_models_name_is_read(tmp_path: Path) -> None:
    whole = tiny.single_state("sd1")
    short = {name.replace("transformer.text_model.", "transformer."): value
             for name, value in whole.items()}  # fmt: skip
    assert whole.keys() != short.keys()
    painters = [Inpainter.load(tiny.save(state, tmp_path / f"{number}.safetensors"), CPU)
                for number, state in enumerate((whole, short))]  # fmt: skip
    assert same(*map(painted, painters))


def schedule(file: Path) -> Schedule:
    found = open_source(file).held
    assert isinstance(found, SingleFile) and found.schedule
    return found.schedule


@pytest.mark.parametrize("name", NETWORKS)
def test_full_size_weights_tell_the_published_settings(name: str) -> None:
    """Shapes alone, on no device: the sizes that people have."""
    network = NETWORKS[name]
    found = network.config_of(shapes(name))
    found_settings = {key: plain(found.get(key)) for key in network.settings}
    assert found_settings == network.settings


def test_schnell_is_a_flux_in_four_steps(tmp_path: Path) -> None:
    tiny.save_t5_tokenizer(tmp_path)
    state = {name: value for name, value in tiny.single_state("flux").items()
             if "guidance_in" not in name}  # fmt: skip
    file = tmp_path / "models" / "checkpoints" / "flux1-schnell.safetensors"
    painter = Inpainter.load(tiny.save(state, file), CPU)
    assert painter.card.steps == 4 and painter.variant == "FLUX schnell"
    assert not painter.pipeline.scheduler.config.use_dynamic_shifting
    assert torch.isfinite(painted(painter, steps=None)).all()


def test_few_step_files_bring_their_scheduler(models: Path, tmp_path: Path) -> None:
    file = tmp_path / "sdxl_lightning_4step.safetensors"
    file.symlink_to(file_of(models, "sdxl"))
    painter = Inpainter.load(file, CPU)
    assert (painter.card.steps, painter.card.guidance_scale) == (4, 1.0)
    assert painter.pipeline.scheduler.config.timestep_spacing == "trailing"


def test_a_pickle_of_weights_alone_is_read(tmp_path: Path) -> None:
    file = tmp_path / "v1-5.ckpt"
    torch.save({"state_dict": tiny.single_state("sd1-inpaint"), "global_step": 3}, file)
    painter = Inpainter.load(file, CPU)
    assert painter.key == "sd-inpaint"
    assert open_source(file).need(torch.float16).whole > 0
    assert torch.isfinite(painted(painter)).all()


def test_clip_has_its_own_words(tmp_path: Path) -> None:
    """The known numbers of OpenAI's tokenizer, made from the merges beside the module."""
    tokenizer = clip_tokenizer(tmp_path / "tokenizer")
    assert len(tokenizer) == 49408
    ids = tokenizer("a photo of a cat").input_ids
    assert ids == [49406, 320, 1125, 539, 320, 2368, 49407]
    assert tokenizer.pad_token_id == 49407
    assert clip_tokenizer(tmp_path / "other", "!").pad_token_id == 0


# What is read, and how often


_opened: list[str] = []
_watching: list[bool] = []


def _watch(event: str, args: tuple[Any, ...]) -> None:
    if _watching and event == "open" and isinstance(args[0], (str, bytes, Path)):
        _opened.append(os.fsdecode(args[0]))


sys.addaudithook(_watch)  # which stays; it sleeps outside `opened`


@contextmanager
def opened() -> Iterator[list[str]]:
    """The weights files that Python opened: their headers; the library maps weights by itself."""
    _opened.clear()
    _watching.append(True)
    seen: list[str] = []
    try:
        yield seen
    finally:
        _watching.clear()
        seen += [each for each in _opened if each.endswith(".safetensors")]


def _split(root: Path) -> Path:
    """FLUX as people keep it, in one folder for each kind of part."""
    state = tiny.single_state("flux")
    places = {"model.diffusion_model.": "diffusion_models/flux1-dev.safetensors",
              "text_encoders.clip_l.transformer.": "text_encoders/clip_l.safetensors",
              "text_encoders.t5xxl.transformer.": "text_encoders/t5xxl_fp16.safetensors",
              "vae.": "vae/ae.safetensors"}  # fmt: skip
    for prefix, place in places.items():
        tiny.save({name.removeprefix(prefix): value for name, value in state.items()
                   if name.startswith(prefix)}, root / place)  # fmt: skip
    return root / "diffusion_models" / "flux1-dev.safetensors"


@pytest.mark.parametrize("kind", ["whole", "neighbours", "lender", "folder"])
def test_each_header_is_read_once_a_load(kind: str, tmp_path: Path) -> None:
    """Through all that is asked: precision, memory, and the painter itself."""
    tiny.save_t5_tokenizer(tmp_path)
    path = {"whole": lambda: tiny.save(tiny.single_state("sd1"), tmp_path / "a.safetensors"),
            "neighbours": lambda: _split(tmp_path / "m"),
            "lender": lambda: tiny.save(tiny.single_state("qwen-image"),
                                        tmp_path / "a.safetensors"),
            "folder": lambda: tiny.folder("flux")}[kind]()  # fmt: skip
    base = tiny.folder("qwen-image") if kind == "lender" else None
    with opened() as seen:
        source = open_source(path, base)
        assert source.need(source.default_dtype(CPU)).whole > 0
        Inpainter.load(source, CPU)
    wanted = {"whole": 1, "neighbours": 4, "lender": 4, "folder": 4}[kind]
    assert len(set(seen)) == wanted
    assert sorted(seen) == sorted(set(seen)), "each once"
    if kind == "neighbours":
        assert len(source.neighbours) == 3 and not lacking(source)
    if kind == "lender":
        assert source.lender == base and lacking(source)


def lacking(source: Source) -> tuple[str, ...]:
    """What a single file and its neighbours do not bring."""
    assert isinstance(source.held, SingleFile)
    return source.held.lacking


# Files that are not whole


def test_parts_that_flux_lacks_are_found_beside_it(models: Path, tmp_path: Path) -> None:
    """As people keep them: the transformer alone, without prefix, and its parts in folders."""
    tiny.save_t5_tokenizer(tmp_path)
    state, root = tiny.single_state("flux-fill"), tmp_path / "models"
    places = {"model.diffusion_model.": "diffusion_models/flux1-fill-dev.safetensors",
              "text_encoders.clip_l.transformer.": "text_encoders/clip_l.safetensors",
              "text_encoders.t5xxl.transformer.": "text_encoders/t5xxl_fp16.safetensors",
              "vae.": "vae/ae.safetensors"}  # fmt: skip
    for prefix, place in places.items():
        part = {name[len(prefix):]: value for name, value in state.items()
                if name.startswith(prefix)}  # fmt: skip
        tiny.save(part, root / place)
    (root / "vae" / "broken.safetensors").write_text("no weights")
    tiny.save({"text_model.embeddings.token_embedding.weight": torch.ones(4, 8)},
              root / "text_encoders" / "another_clip.safetensors")  # fmt: skip
    file = root / "diffusion_models" / "flux1-fill-dev.safetensors"
    picture = painted(Inpainter.load(file, CPU))
    assert same(picture, painted(Inpainter.load(file_of(models, "flux-fill"), CPU)))
    (root / "vae" / "ae.safetensors").unlink()
    (root / "text_encoders" / "t5xxl_fp16.safetensors").unlink()
    with pytest.raises(ModelError, match="lacks the text encoder t5xxl, the autoencoder") as raised:
        Inpainter.load(file, CPU)
    assert "models/text_encoders" in str(raised.value) and "\n" not in str(raised.value)
    shutil.copytree(tiny.folder("flux"), root / "diffusers" / "FLUX.1-dev")
    assert open_source(file).lender == root / "diffusers" / "FLUX.1-dev"
    lent = Inpainter.load(file, CPU)
    assert lent.key == "flux-fill" and torch.isfinite(painted(lent)).all()


@pytest.mark.parametrize("name", LENT)
def test_what_nothing_can_lend_is_named(name: str, models: Path) -> None:
    with pytest.raises(ModelError, match="lacks the text encoder, its tokenizer") as raised:
        Inpainter.load(file_of(models, name), CPU)
    assert "models/diffusers" in str(raised.value) and "\n" not in str(raised.value)


def test_without_t5s_tokenizer_sd3_does_without_t5(models: Path, tmp_path: Path) -> None:
    assert t5_tokenizer(file_of(models, "sd3")) is not None
    state = {name: value for name, value in tiny.single_state("sd3").items()
             if not name.startswith("text_encoders.t5xxl.")}  # fmt: skip
    file = tiny.save(state, tmp_path / "sd3_medium_incl_clips.safetensors")
    painter = Inpainter.load(file, CPU)
    assert painter.pipeline.text_encoder_3 is None
    whole = tmp_path / "sd3_medium_incl_clips_t5xxl.safetensors"
    whole.symlink_to(file_of(models, "sd3"))
    assert Inpainter.load(whole, CPU).pipeline.text_encoder_3 is None
    assert torch.isfinite(painted(painter)).all()
    flux = tmp_path / "flux.safetensors"
    flux.symlink_to(file_of(models, "flux"))
    with pytest.raises(ModelError, match="lacks T5's tokenizer"):
        Inpainter.load(flux, CPU)


def test_sd3_takes_the_pooled_text_of_its_first_encoder_as_it_is(
    models: Path, tmp_path: Path
) -> None:
    """CLIP's own file, which lies about for other models, holds a projection."""
    tiny.save_t5_tokenizer(tmp_path)
    state = tiny.single_state("sd3")
    weight = "text_encoders.clip_{}.transformer.text_projection.weight"
    kept = state[weight.format("g")]
    for first in (torch.randn(64, 64), None):
        state.pop(weight.format("l"), None)
        state |= {} if first is None else {weight.format("l"): first}
        file = tiny.save(state, tmp_path / "models" / "checkpoints" / "sd3.safetensors")
        pipeline = open_source(file).load(torch.float32)
        assert pipeline.text_encoder.text_projection.weight.equal(torch.eye(64))
        assert pipeline.text_encoder_2.text_projection.weight.equal(kept)


@pytest.fixture(scope="session")
def later_edit() -> Path:
    """A folder of Qwen-Image-Edit as its release of 2511 is published."""
    root = tiny.ROOM / "Qwen-Image-Edit-2511"
    shutil.copytree(tiny.folder("qwen-image-edit"), root)
    tiny.change_json(root / "model_index.json", _class_name="QwenImageEditPlusPipeline")
    tiny.change_json(root / "transformer" / "config.json", zero_cond_t=True)
    return root


@pytest.mark.parametrize(("name", "mark", "later"), [
    ("qwen_image_edit_2511_bf16", "", True),
    ("a_merge", "model.diffusion_model.__index_timestep_zero__", True),
    ("qwen_image_edit_2509", "", False),
])  # fmt: skip
def test_a_later_edit_model_paints_what_its_folder_does(
    name: str, mark: str, later: bool, later_edit: Path, tmp_path: Path
) -> None:
    """It is timed otherwise, which the host marks in its file."""
    marks = {mark: torch.zeros(0)} if mark else {}
    file = tiny.save({**tiny.single_state("qwen-image-edit"), **marks},
                     tmp_path / f"{name}.safetensors")  # fmt: skip
    painter, folder = Inpainter.load(file, CPU, base=later_edit), Inpainter.load(later_edit, CPU)
    assert "Picture 1" in painter.pipeline.prompt_template_encode
    assert same(painted(painter, steps=1), painted(folder, steps=1)) or not later
    told = {"hidden_states": torch.randn(1, 12, 16), "encoder_hidden_states": torch.randn(1, 5, 32),
            "timestep": torch.tensor([0.7]), "img_shapes": [[(1, 2, 3), (1, 2, 3)]]}  # fmt: skip
    ours, theirs = (each.pipeline.transformer(**told).sample for each in (painter, folder))
    assert torch.allclose(ours, theirs, atol=1e-6) == later, "the picture is without noise"


@pytest.mark.parametrize(("name", "release"), [
    ("Qwen-Image-Edit_merge_20251110", ""), ("qwen_image_edit_20250912", ""),
    ("qwen_edit_251110", ""), ("Qwen-Image-Edit-2509_20251110", "2509"), ("QwenEdit2511", "2511"),
])  # fmt: skip
def test_a_date_is_no_release(name: str, release: str, tmp_path: Path) -> None:
    file = tiny.save(tiny.single_state("qwen-image-edit"), tmp_path / f"{name}.safetensors")
    found = open_file(file)
    assert found.network.get("zero_cond_t", False) == (release == "2511")
    assert found.row.numbers_pictures(name) == bool(release)


def test_a_diffusers_that_is_too_old_for_a_network_is_told() -> None:
    with pytest.raises(ModelError, match=r"Update diffusers .* does not know new_t"):
        shell("QwenImageTransformer2DModel", {"num_layers": 1, "new_t": True})


def test_eight_bit_files_are_widened(models: Path, tmp_path: Path) -> None:
    """As ComfyUI offers FLUX in one file: everything in float8, unscaled."""
    tiny.save_t5_tokenizer(tmp_path)
    state = {name: value.to(torch.float8_e4m3fn)
             for name, value in tiny.single_state("flux").items()}  # fmt: skip
    file = tiny.save(state, tmp_path / "models" / "checkpoints" / "flux1-dev-fp8.safetensors")
    painter = Inpainter.load(file, CPU, torch.bfloat16)
    held = painter.pipeline.transformer.x_embedder.weight
    whole = state["model.diffusion_model.img_in.weight"]
    assert torch.equal(held, whole.to(torch.bfloat16))
    assert torch.isfinite(painted(painter)).all()


def test_a_lender_of_another_family_is_refused(models: Path) -> None:
    for name, base in (("qwen-image", "z-image"), ("qwen-image-edit", "qwen-image")):
        with pytest.raises(ModelError, match="needs the parts of a Qwen-Image") as raised:
            Inpainter.load(file_of(models, name), CPU, base=tiny.folder(base))
        assert "\n" not in str(raised.value)


def test_what_is_lent_counts_as_memory(models: Path) -> None:
    file, base = file_of(models, "qwen-image"), tiny.folder("qwen-image")
    alone = open_source(file).need(torch.float16).weights
    text = sum(value.numel() for value in tiny.pipeline("qwen-image").text_encoder.parameters())
    assert open_source(file, base).need(torch.float16).weights >= alone + 2 * text


def test_flux_keeps_its_width() -> None:
    """Splitting what is fused, at another width than FLUX.1's."""
    fused = torch.arange(7 * 8.0)[:, None].expand(-1, 8)
    rename = renames.flux({"img_in.weight": (8, 4)})
    renamed = dict(rename("single_blocks.0.linear1.weight", fused))
    assert {name.split(".", 2)[2]: len(value) for name, value in renamed.items()} == {
        "attn.to_q.weight": 8, "attn.to_k.weight": 8, "attn.to_v.weight": 8,
        "proj_mlp.weight": 32}  # fmt: skip


# Bad files


def _bad_files(folder: Path, models: Path) -> dict[str, tuple[Path, str]]:
    good = file_of(models, "sd1-inpaint").read_bytes()
    files: dict[str, tuple[Path, str]] = {}

    def add(name: str, content: bytes, message: str) -> None:
        (folder / name).write_bytes(content)
        files[name] = (folder / name, message)

    add("cut.safetensors", good[: len(good) // 2], "is cut off")
    add("stub.safetensors", good[:3000], "is cut off")
    add("empty.safetensors", b"", "is empty")
    add("page.safetensors", b"<html>Not found</html>" * 50, "is a text file")
    add("pointer.safetensors", b"version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer")
    add("noise.safetensors", os.urandom(999), "is no safetensors file")
    add("noise.ckpt", os.urandom(999), "is no PyTorch file|holds Python code")
    add("notes.txt", b"hello", "no file that can be read as a model")
    add("unet.gguf", b"GGUF", "is a GGUF.*Painter from MODEL")
    files["gone"] = (folder / "gone.safetensors", "There is no model at")
    (folder / "plain").mkdir()
    files["plain"] = (folder / "plain", r"holds no model_index\.json")
    (folder / "strange").mkdir()
    tiny.write_json(folder / "strange" / "model_index.json", {"_class_name": "WanPipeline"})
    files["strange"] = (folder / "strange", "A WanPipeline can't inpaint")
    for name, (state, message) in _bad_states().items():
        files[name] = (tiny.save(state, folder / f"{name}.safetensors"), message)
    state = tiny.single_state("sd1-inpaint")
    state = {name: value for name, value in state.items() if "middle_block.0." not in name}
    files["pruned"] = (tiny.save(state, folder / "pruned.safetensors"), "weights of its unet")
    return files


def _bad_states() -> dict[str, tuple[dict[str, Tensor], str]]:
    return {
        "a_lora": ({"lora_unet_x.lora_down.weight": torch.ones(2)}, "is a LoRA"),
        "a_vae": (tiny.ldm_vae(tiny.pipeline("sd1").vae.state_dict(), 4), "an autoencoder"),
        "a_net": ({"control_model.input_hint_block.0.weight": torch.ones(2)}, "is a ControlNet"),
        "a_text": ({"text_model.final_layer_norm.bias": torch.ones(2)}, "a text encoder alone"),
        "flux2": ({"double_blocks.0.img_attn.qkv.weight": torch.ones(2, 2),
                   "double_stream_modulation_img.lin.weight": torch.ones(2)}, "is a FLUX.2"),
        "xlabs_canny": ({"double_blocks.0.img_attn.qkv.weight": torch.ones(2, 2),
                         "controlnet_blocks.0.weight": torch.ones(2, 2)}, "is a ControlNet"),
        "layered": ({"transformer_blocks.0.img_mod.1.weight": torch.ones(2, 2),
                     "txt_norm.weight": torch.ones(2),
                     "time_text_embed.addition_t_embedding.weight": torch.ones(2, 2)},
                    "is a Qwen-Image-Layered"),
        "hunyuan": ({"double_blocks.0.img_attn.qkv.weight": torch.ones(2, 2),
                     "txt_in.individual_token_refiner.x.weight": torch.ones(2)}, "is a Hunyuan"),
        "video": ({"input_blocks.0.0.weight": torch.ones(8, 4, 3, 3),
                   "input_blocks.1.0.temopral_conv.x.weight": torch.ones(2)}, "makes videos"),
        "a_unet": ({"down_blocks.0.x.weight": torch.ones(2)}, "a UNet alone"),
        "unknown": ({"weight": torch.ones(2)}, "unknown architecture"),
        "pix2pix": ({"model.diffusion_model.input_blocks.0.0.weight": torch.ones(8, 8, 1, 1)},
                    "takes 8 channels"),
        "scaled": ({"scaled_fp8": torch.ones(2)}, "scaled 8-bit weights"),
        "scaled_unmarked": ({"double_blocks.0.img_attn.qkv.scale_weight": torch.ones(1)},
                            "Painter from MODEL: .* scaled 8-bit weights"),
        "comfy_quant": ({"double_blocks.0.img_attn.qkv.comfy_quant": torch.ones(9)},
                        "scaled 8-bit weights"),
        "svdq-int4": ({"transformer_blocks.0.qkv_proj.wscales": torch.ones(2, 2)}, "SVDQuant"),
        "nf4": ({"double_blocks.0.x.weight.quant_state.bitsandbytes__nf4": torch.ones(2)},
                "bitsandbytes"),
        "flux_depth": ({"double_blocks.0.img_attn.qkv.weight": torch.ones(2),
                        "img_in.weight": torch.ones(64, 128),
                        "final_layer.linear.weight": torch.ones(64, 64)}, "another task"),
    }  # fmt: skip


def test_bad_files_give_one_line_each(models: Path, tmp_path: Path) -> None:
    for name, (path, message) in _bad_files(tmp_path, models).items():
        with pytest.raises(ModelError, match=message) as raised:
            Inpainter.load(path, CPU)
        line = str(raised.value)
        assert path.name in line and "\n" not in line, name
        verbs = ("Choose", "Copy", "Download", "Fetch", "Put", "Check")
        assert any(f"{verb} " in line for verb in verbs), f"{name}: what to do is said: {line}"


@pytest.mark.parametrize("slot", ["unet", "text_encoder", "vae"])
def test_folders_with_missing_weights_are_refused(slot: str, tmp_path: Path) -> None:
    """The libraries would fill them with random numbers."""
    from safetensors.torch import load_file

    folder = Path(shutil.copytree(tiny.folder("sd1-inpaint"), tmp_path / "model"))
    file = next((folder / slot).glob("*.safetensors"))
    state = load_file(file)
    state.pop(sorted(state)[5])
    tiny.save(state, file)
    with pytest.raises(ModelError, match=str(folder)) as raised:
        Inpainter.load(folder, CPU)
    assert "\n" not in str(raised.value)


def test_code_in_a_pickle_is_not_run(tmp_path: Path) -> None:
    witness = tmp_path / "it-ran"
    for name, protocol in (("new.ckpt", None), ("old.ckpt", 2)):
        content = {"state_dict": {"weight": torch.ones(2)}, "callbacks": Harm(witness)}
        if protocol is None:
            torch.save(content, tmp_path / name)
        else:
            (tmp_path / name).write_bytes(pickle.dumps({"callbacks": Harm(witness)}, protocol))
        with pytest.raises(
            ModelError, match=f"{name} (holds Python code|is no PyTorch file)"
        ) as raised:
            Inpainter.load(tmp_path / name, CPU)
        assert "\n" not in str(raised.value)
    assert not witness.exists()


def test_memory_of_a_file_is_told_from_its_header(models: Path) -> None:
    file = file_of(models, "sd1")
    numbers = sum(held.numel for held in open_header(file).tensors.values())
    working = 4 * 2 * 32 * 512**2
    need = open_source(file).need(torch.float16)
    assert (need.weights, need.working) == (numbers * 2, working * 2)
    assert need.offloaded < need.whole == need.weights + need.working
