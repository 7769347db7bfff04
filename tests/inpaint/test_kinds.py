"""Kinds of files by what happens to them: one row a kind, which is a row of the docs, too."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import diffusers
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from prompt_edit.errors import ModelError
from prompt_edit.inpaint.diffusion import Inpainter
from prompt_edit.inpaint.source import open_source

from . import tiny
from .tiny import State, below

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("alone")]

CPU = torch.device("cpu")
DOCS = Path(__file__).parents[2] / "docs" / "kinds-of-files.md"
NETWORK = "model.diffusion_model."
FLUX_PARTS = {"text_encoders.clip_l.transformer.": "text_encoders/clip_l.safetensors",
              "text_encoders.t5xxl.transformer.": "text_encoders/t5xxl_fp16.safetensors",
              "vae.": "vae/ae.safetensors"}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A kind of file.

    Attributes:
        kind: for people, as the docs have it.
        happens: "loads as ..." with words of what is told besides after a colon, or words of the
            refusal, as the docs have it.
        write: writes it below the root of a ComfyUI, and gives its path.
        scheduler: settings of its scheduler that must have come about.
        base: one of `tiny.MAKERS` whose folder lends.
    """

    kind: str
    happens: str
    write: Callable[[Path], Path]
    scheduler: Mapping[str, Any] | None = None
    base: str = ""


def checkpoint(
    state: Callable[[], State], name: str = "model", notes: dict[str, str] | None = None
) -> Callable[[Path], Path]:
    """Writes a single file into models/checkpoints."""

    def write(root: Path) -> Path:
        file = root / "models" / "checkpoints" / f"{name}.safetensors"
        file.parent.mkdir(parents=True, exist_ok=True)
        save_file({key: value.contiguous().clone() for key, value in state().items()}, file, notes)
        return file

    return write


@cache
def whole(name: str) -> State:
    return tiny.single_state(name)


def with_more(name: str, **more: Tensor) -> Callable[[], State]:
    return lambda: {**whole(name), **{key.replace("__", "."): value for key, value in more.items()}}


def marked(name: str, *marks: str) -> Callable[[], State]:
    return lambda: {**whole(name), **{mark: torch.zeros(0) for mark in marks}}


def of_names(*names: str) -> Callable[[], State]:
    """Weights of those names, which are another architecture's own."""
    return lambda: {name: torch.ones(2, 2) for name in names}


def sd2_of(spread: float) -> Callable[[], State]:
    """Stable Diffusion 2 of as many blocks as it has, with the bias that tells its two kinds."""

    def state() -> State:
        torch.manual_seed(1)
        down = ["CrossAttnDownBlock2D"] * 3 + ["DownBlock2D"]
        net = diffusers.UNet2DConditionModel(
            sample_size=32, block_out_channels=(64,) * 4, cross_attention_dim=64,
            down_block_types=down,
            up_block_types=[each.replace("Down", "Up") for each in down[::-1]],
            use_linear_projection=True, attention_head_dim=1,
        )  # fmt: skip
        named = tiny.ldm_unet(net.state_dict(), 2, 4, (False, True, True, True))
        bias = torch.tensor([-spread, spread] * 32)
        named["output_blocks.11.1.transformer_blocks.0.norm1.bias"] = bias
        rest = {name: value for name, value in whole("sd2").items()
                if not name.startswith(NETWORK)}  # fmt: skip
        return {**rest, **below(NETWORK, named)}

    return state


def distilled(layers: int, middle: str | None, **more: Any) -> Callable[[], State]:
    """SDXL with less in it, as SSD-1B, Vega and KOALA are."""

    def state() -> State:
        torch.manual_seed(1)
        net = diffusers.UNet2DConditionModel(
            sample_size=32, in_channels=4, out_channels=4, layers_per_block=layers,
            block_out_channels=(64, 128), cross_attention_dim=128, mid_block_type=middle,
            down_block_types=["DownBlock2D", "CrossAttnDownBlock2D"],
            up_block_types=["CrossAttnUpBlock2D", "UpBlock2D"], use_linear_projection=True,
            attention_head_dim=(1, 2), addition_embed_type="text_time",
            addition_time_embed_dim=256, projection_class_embeddings_input_dim=64 + 6 * 256, **more,
        )  # fmt: skip
        rest = {name: value for name, value in whole("sdxl").items()
                if not name.startswith(NETWORK)}  # fmt: skip
        named = tiny.ldm_unet(net.state_dict(), layers, 2, (True, False))
        return {**rest, **below(NETWORK, named)}

    return state


def without(name: str, *patterns: str) -> Callable[[], State]:
    return lambda: {key: value for key, value in whole(name).items()
                    if not any(re.search(pattern, key) for pattern in patterns)}  # fmt: skip


def bare(name: str) -> Callable[[], State]:
    """The network alone, without its prefix."""
    return lambda: {key.removeprefix(NETWORK): value for key, value in whole(name).items()
                    if key.startswith(NETWORK)}  # fmt: skip


def split_flux(change: Callable[[Path, Path], None] = lambda *_: None) -> Callable[[Path], Path]:
    """FLUX as people keep it: the transformer alone, and its parts in folders beside."""

    def write(root: Path) -> Path:
        models = root / "models"
        for prefix, place in FLUX_PARTS.items():
            tiny.save({name.removeprefix(prefix): value for name, value in whole("flux").items()
                       if name.startswith(prefix)}, models / place)  # fmt: skip
        file = tiny.save(bare("flux")(), models / "diffusion_models" / "flux1-dev.safetensors")
        change(models, file)
        return file

    return write


def _scaled_t5(models: Path, _: Path) -> None:
    file = models / "text_encoders" / "t5xxl_fp16.safetensors"
    state = tiny.t5_state(tiny.pipeline("flux").text_encoder_2)
    state = {name: value.to(torch.float8_e4m3fn) if value.ndim == 2 else value
             for name, value in state.items()}  # fmt: skip
    scales = {name.replace(".weight", ".scale_weight"): torch.ones(1) for name in state}
    file.unlink()
    tiny.save({**state, **scales, "scaled_fp8": torch.zeros(0)},
              file.with_name("t5xxl_fp8_e4m3fn_scaled.safetensors"))  # fmt: skip


def _gguf_t5(models: Path, _: Path) -> None:
    (models / "text_encoders" / "t5xxl_fp16.safetensors").unlink()
    (models / "text_encoders" / "t5-v1_1-xxl-Q4_K_M.gguf").write_bytes(b"GGUF")


def _umt5(models: Path, _: Path) -> None:
    """As wide as T5, with positions in every block: Wan's."""
    file = models / "text_encoders" / "t5xxl_fp16.safetensors"
    state = tiny.t5_state(tiny.t5(32, layers=2))
    name = "encoder.block.{}.layer.0.SelfAttention.relative_attention_bias.weight"
    file.unlink()
    tiny.save({**state, name.format(1): state[name.format(0)]},
              file.with_name("umt5_xxl_fp16.safetensors"))  # fmt: skip


def _long_clip(models: Path, _: Path) -> None:
    file = models / "text_encoders" / "clip_l.safetensors"
    state = tiny.hf_text(tiny.pipeline("flux").text_encoder)
    name = "text_model.embeddings.position_embedding.weight"
    file.unlink()
    tiny.save({**state, name: torch.zeros(248, 64)}, file.with_name("long_clip_l.safetensors"))


def _cut_clip(models: Path, _: Path) -> None:
    file = models / "text_encoders" / "clip_l.safetensors"
    state = tiny.hf_text(tiny.pipeline("flux").text_encoder)
    tiny.save({name: value for name, value in state.items() if ".layers.1.mlp.fc1." not in name},
              file)  # fmt: skip


def _sd3_vae(models: Path, _: Path) -> None:
    ours = models / "vae" / "ae.safetensors"
    ours.rename(ours.with_name("sd3_vae.safetensors"))


def _two_vaes(models: Path, _: Path) -> None:
    state = tiny.ldm_vae(tiny.pipeline("flux").vae.state_dict(), 3)
    tiny.save(state, models / "vae" / "a_tuned_one.safetensors")


def folder(name: str, change: Callable[[Path], None] = lambda _: None) -> Callable[[Path], Path]:
    """A diffusers folder of one of `tiny.MAKERS`."""

    def write(root: Path) -> Path:
        path = root / "models" / "diffusers" / name
        tiny.pipeline(name).save_pretrained(path)
        change(path)
        return path

    return write


def setting(file: str, **values: Any) -> Callable[[Path], None]:
    """Changes settings in a folder."""
    return lambda path: tiny.change_json(path / file, **values)


def _more_weights(path: Path) -> None:
    from safetensors.torch import load_file

    file = path / "unet" / "diffusion_pytorch_model.safetensors"
    tiny.save({**load_file(file), "adapter.weight": torch.ones(3)}, file)


def plain_file(name: str, content: bytes) -> Callable[[Path], Path]:
    def write(root: Path) -> Path:
        (root / name).write_bytes(content)
        return root / name

    return write


def pickled(root: Path) -> Path:
    torch.save({"state_dict": whole("sd1"), "global_step": 3}, root / "v1-5.ckpt")
    return root / "v1-5.ckpt"


NO_WORD = "neither its name nor its notes say 'kontext'"
EPSILON, VELOCITY = {"prediction_type": "epsilon"}, {"prediction_type": "v_prediction"}
DARK = {**VELOCITY, "rescale_betas_zero_snr": True}
TALL = NETWORK + "output_blocks.40.0.in_layers.0.weight"
FLUX_MORE = NETWORK + "double_blocks.0.img_attn.extra.weight"
# The pooled text is as wide as the text, 64, and stands beside five sizes.
REFINER = {"input_blocks.0.0.weight": (64, 4, 3, 3), "label_emb.0.0.weight": (256, 64 + 5 * 256),
           "input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight": (64, 64)}  # fmt: skip
DOUBLE = "double_blocks.0.img_attn.norm.key_norm.scale"

LOADED = (
    Row("Stable Diffusion 1, one file", "loads as Stable Diffusion 1 or 2",
        checkpoint(lambda: whole("sd1")), EPSILON),
    Row("Stable Diffusion 1 inpainting", "loads as Stable Diffusion 1 or 2 inpainting",
        checkpoint(lambda: whole("sd1-inpaint")), EPSILON),
    Row("Stable Diffusion 1 with running means (EMA) of its weights",
        "loads as Stable Diffusion 1 or 2: Not read: 1 of its weights, model_ema",
        checkpoint(with_more("sd1", model_ema__diffusion_modelout2weight=torch.ones(3)))),
    Row("Stable Diffusion 1 with tables of its training's noise",
        "loads as Stable Diffusion 1 or 2", checkpoint(with_more("sd1", betas=torch.ones(9)))),
    Row("Stable Diffusion 1, marked `v_pred`", "loads as Stable Diffusion 1 or 2",
        checkpoint(marked("sd1", "v_pred")), VELOCITY),
    Row("a pickle (`.ckpt`) of weights alone", "loads as Stable Diffusion 1 or 2", pickled),
    Row("Stable Diffusion 2 whose bias lies close (SD-Turbo, the bases), whatever its name",
        "loads as Stable Diffusion 1 or 2", checkpoint(sd2_of(0.03), "v2-1_768"), EPSILON),
    Row("Stable Diffusion 2 whose bias lies apart (768 pixels), whatever its name",
        "loads as Stable Diffusion 1 or 2", checkpoint(sd2_of(0.2), "v2-base"), VELOCITY),
    Row("Stable Diffusion 2, named as a base",
        "loads as Stable Diffusion 1 or 2: Taken by its name to foretell the noise, at 512",
        checkpoint(lambda: whole("sd2"), "v2-1_512-base"), EPSILON),
    Row("Stable Diffusion 2 without a telling name",
        "loads as Stable Diffusion 1 or 2: Taken by its name to foretell the velocity, at 768",
        checkpoint(lambda: whole("sd2")), VELOCITY),
    Row("Stable Diffusion 2 whose notes say v",
        "loads as Stable Diffusion 1 or 2",
        checkpoint(lambda: whole("sd2"), "base", {"modelspec.prediction_type": "v"}), VELOCITY),
    Row("Stable Diffusion 2 inpainting", "loads as Stable Diffusion 1 or 2 inpainting",
        checkpoint(lambda: whole("sd2-inpaint"), "v2-768-v"), EPSILON),
    Row("SDXL", "loads as SDXL", checkpoint(lambda: whole("sdxl")), EPSILON),
    Row("SDXL inpainting", "loads as SDXL inpainting", checkpoint(lambda: whole("sdxl-inpaint"))),
    Row("SDXL marked `v_pred`", "loads as SDXL", checkpoint(marked("sdxl", "v_pred")), VELOCITY),
    Row("SDXL marked `v_pred` and `ztsnr` (NoobAI)", "loads as SDXL",
        checkpoint(marked("sdxl", "v_pred", "ztsnr")), DARK),
    Row("SDXL marked `ztsnr` alone", "loads as SDXL", checkpoint(marked("sdxl", "ztsnr")),
        {**EPSILON, "rescale_betas_zero_snr": False}),
    Row("SDXL whose notes say v", "loads as SDXL",
        checkpoint(lambda: whole("sdxl"), "x", {"modelspec.prediction_type": "v"}), VELOCITY),
    Row("SDXL marked `v_pred` whose notes say epsilon",
        "loads as SDXL: Its notes say epsilon, its weights v_prediction",
        checkpoint(marked("sdxl", "v_pred"), "x", {"modelspec.predict_key": "epsilon"}), VELOCITY),
    Row("SDXL distilled to other depths (SSD-1B, Vega)", "loads as SDXL",
        checkpoint(distilled(2, "UNetMidBlock2D", transformer_layers_per_block=[[1, 1], [2, 1]],
                             reverse_transformer_layers_per_block=[[2, 2, 1], [1, 1, 1]]))),
    Row("SDXL distilled without a middle (KOALA)", "loads as SDXL",
        checkpoint(distilled(1, None, transformer_layers_per_block=[1, 2]))),
    Row("Stable Diffusion 3 with its text encoders", "loads as Stable Diffusion 3",
        checkpoint(lambda: whole("sd3")), {"shift": 3.0}),
    Row("Stable Diffusion 3 without T5", "loads as Stable Diffusion 3",
        checkpoint(without("sd3", "t5xxl")), {"shift": 3.0}),
    Row("FLUX dev", f"loads as FLUX: {NO_WORD}", checkpoint(lambda: whole("flux")),
        {"use_dynamic_shifting": True, "max_shift": 1.15}),
    Row("FLUX dev, saved by ComfyUI", f"loads as FLUX: {NO_WORD}",
        checkpoint(lambda: {name.replace("_norm.scale", "_norm.weight"): value
                            for name, value in whole("flux").items()})),
    Row("FLUX schnell", "loads as FLUX", checkpoint(without("flux", "guidance_in")),
        {"use_dynamic_shifting": False, "shift": 1.0}),
    Row("FLUX Fill", "loads as FLUX Fill", checkpoint(lambda: whole("flux-fill"))),
    Row("FLUX Kontext by its name", "loads as FLUX Kontext",
        checkpoint(lambda: whole("flux"), "flux1-dev-kontext_fp8")),
    Row("FLUX Kontext by its notes", "loads as FLUX Kontext",
        checkpoint(lambda: whole("flux"), "x", {"modelspec.title": "FLUX.1 Kontext [dev]"})),
    Row("FLUX in plain 8-bit floats", f"loads as FLUX: {NO_WORD}",
        checkpoint(lambda: {name: value.to(torch.float8_e4m3fn)
                            for name, value in whole("flux").items()})),
    Row("FLUX's transformer, its parts in folders beside", f"loads as FLUX: {NO_WORD}",
        split_flux()),
    Row("FLUX's transformer, two autoencoders beside",
        "loads as FLUX: Taken as the autoencoder: ae.safetensors. Of the same shape: a_tuned_one",
        split_flux(_two_vaes)),
    Row("Qwen-Image with a folder that lends",
        "loads as Qwen-Image: neither its name nor its notes say 'edit'",
        checkpoint(lambda: whole("qwen-image"), "qwen_image"), base="qwen-image"),
    Row("Qwen-Image-Edit by its name", "loads as Qwen-Image-Edit",
        checkpoint(lambda: whole("qwen-image"), "qwen_image_edit_2509"), base="qwen-image-edit"),
    Row("Qwen-Image-Edit by its notes", "loads as Qwen-Image-Edit",
        checkpoint(lambda: whole("qwen-image"), "x", {"modelspec.title": "Qwen Image Edit"}),
        base="qwen-image-edit"),
    Row("Qwen-Image-Edit of 2511, marked `__index_timestep_zero__`", "loads as Qwen-Image-Edit",
        checkpoint(marked("qwen-image", NETWORK + "__index_timestep_zero__")),
        base="qwen-image-edit"),
    Row("Qwen-Image of no word, with an edit folder that lends",
        "loads as Qwen-Image-Edit: Taken as Qwen-Image-Edit",
        checkpoint(lambda: whole("qwen-image")), base="qwen-image-edit"),
    Row("Z-Image with a folder that lends", "loads as Z-Image: Lent by",
        checkpoint(lambda: whole("z-image")), base="z-image"),
    Row("Z-Image under diffusers' names", "loads as Z-Image: Lent by",
        checkpoint(lambda: below(NETWORK, tiny.pipeline("z-image").transformer.state_dict())),
        base="z-image"),
    Row("a diffusers folder of Stable Diffusion", "loads as Stable Diffusion 1 or 2",
        folder("sd1")),
    Row("a diffusers folder of FLUX Kontext", "loads as FLUX Kontext", folder("flux-kontext")),
    Row("a diffusers folder of FLUX Fill", "loads as FLUX Fill", folder("flux-fill")),
)  # fmt: skip

HALVES = (
    Row("a UNet of Stable Diffusion alone, without prefix",
        "Put a whole diffusers folder of Stable Diffusion 1 or 2 into models/diffusers",
        checkpoint(bare("sd1"))),
    Row("SDXL without its autoencoder", "lacks the autoencoder",
        checkpoint(without("sdxl", "first_stage_model"))),
    Row("FLUX's transformer with nothing beside it",
        "lacks the text encoder clip_l, the text encoder t5xxl, the autoencoder",
        checkpoint(bare("flux"))),
    Row("FLUX's transformer, a scaled 8-bit T5 beside",
        "t5xxl_fp8_e4m3fn_scaled.safetensors holds scaled 8-bit weights", split_flux(_scaled_t5)),
    Row("FLUX's transformer, a T5 in GGUF beside", "t5-v1_1-xxl-Q4_K_M.gguf is a GGUF",
        split_flux(_gguf_t5)),
    Row("FLUX's transformer, Wan's umT5 beside", "lacks the text encoder t5xxl", split_flux(_umt5)),
    Row("FLUX's transformer, a CLIP for longer texts beside", "lacks the text encoder clip_l",
        split_flux(_long_clip)),
    Row("FLUX's transformer, a CLIP beside that lacks weights", "lacks the text encoder clip_l",
        split_flux(_cut_clip)),
    Row("FLUX's transformer, the autoencoder of SD 3 beside",
        "sd3_vae.safetensors is another model's by its name", split_flux(_sd3_vae)),
    Row("Qwen-Image with nothing that lends", "lacks the text encoder, its tokenizer",
        checkpoint(lambda: whole("qwen-image"))),
    Row("Z-Image with nothing that lends", "lacks the text encoder, its tokenizer",
        checkpoint(lambda: whole("z-image"))),
    Row("a UNet with blocks too many", "no layer of its unet takes, 1 (output_blocks.40.0",
        checkpoint(lambda: {**whole("sd1"), TALL: torch.ones(3)})),
    Row("a FLUX with layers that none has", "no layer of its transformer takes",
        checkpoint(lambda: {**whole("flux"), FLUX_MORE: torch.ones(3)})),
    Row("a Z-Image with layers that none has", "no layer of its transformer takes",
        checkpoint(lambda: {**whole("z-image"), NETWORK + "adapter.weight": torch.ones(3)}),
        base="z-image"),
    Row("a Qwen-Image with layers that none has", "no layer of its transformer takes",
        checkpoint(lambda: {**whole("qwen-image"), NETWORK + "adapter.weight": torch.ones(3)}),
        base="qwen-image"),
    Row("a UNet that lacks blocks", "of the weights of its unet",
        checkpoint(without("sd1", r"middle_block\.0\."))),
    Row("a transformer that lacks weights", "of the weights of its transformer",
        checkpoint(without("flux", r"double_blocks\.1\.txt_mlp"))),
    Row("an autoencoder that lacks weights", "of the weights of its vae",
        checkpoint(without("sd1", r"decoder\.mid\.block_2"))),
    Row("a text encoder that lacks weights", "of the weights of its text encoder",
        checkpoint(without("sd1", r"layers\.1\.mlp\.fc1"))),
    Row("a UNet with a layer of another size", "of another architecture in its unet",
        checkpoint(lambda: {**whole("sd1"), NETWORK + "out.0.weight": torch.ones(7)})),
    Row("a folder with weights that its settings do not know", "no layer of its unet takes",
        folder("sd1", _more_weights)),
)  # fmt: skip

REFUSED = (
    Row("SDXL whose notes say another prediction", "foretells 'rectified_flow'",
        checkpoint(lambda: whole("sdxl"), "x", {"modelspec.prediction_type": "rectified_flow"})),
    Row("Playground v2.5", "is a Playground v2.5, whose noise (EDM)",
        checkpoint(with_more("sdxl", edm_mean=torch.zeros(4), edm_std=torch.ones(4)))),
    Row("CosXL", "is a CosXL, whose noise (EDM)",
        checkpoint(with_more("sdxl", edm_vpred__sigma_max=torch.tensor(120.0)))),
    Row("a folder of Playground v2.5", "is made for a noise or a code (EDM",
        folder("sdxl", setting("model_index.json", scheduler=["diffusers", "EDMEulerScheduler"]))),
    Row("a folder whose code has a centre of its own", "is made for a noise or a code (EDM",
        folder("sdxl", setting("vae/config.json", latents_mean=[1.0] * 4))),
    Row("a network that foretells the picture (`__x0__`)", "foretells the picture itself",
        checkpoint(marked("z-image", NETWORK + "__x0__"))),
    Row("InstructPix2Pix (8 channels)", "takes 8 channels",
        checkpoint(lambda: {**whole("sd1"),
                            NETWORK + "input_blocks.0.0.weight": torch.ones(64, 8, 3, 3)})),
    Row("an enlarger of 7 channels (SD x4)", "takes 7 channels",
        checkpoint(lambda: {**whole("sd2"),
                            NETWORK + "input_blocks.0.0.weight": torch.ones(64, 7, 3, 3)})),
    Row("a folder of 8 channels", "takes 8 channels",
        folder("sd1", setting("unet/config.json", in_channels=8))),
    Row("FLUX depth or canny", "takes 32 channels",
        checkpoint(lambda: {**whole("flux"), NETWORK + "img_in.weight": torch.ones(64, 32)})),
    Row("SDXL's refiner", "is SDXL's refiner", checkpoint(of_names(
        "conditioner.embedders.0.model.ln_final.weight", NETWORK + "input_blocks.0.0.weight"))),
    Row("SDXL's refiner, its UNet alone", "is SDXL's refiner",
        checkpoint(lambda: {NETWORK + name: torch.zeros(shape)
                            for name, shape in REFINER.items()})),
    Row("Stable Diffusion unCLIP", "is an unCLIP", checkpoint(of_names(
        "noise_augmentor.data_mean", NETWORK + "input_blocks.0.0.weight"))),
    Row("FLUX.2", "is a FLUX.2", checkpoint(of_names(
        DOUBLE, "double_stream_modulation_img.lin.weight", "img_in.weight"))),
    Row("FLUX.2 with the checkpoint's prefix", "is a FLUX.2", checkpoint(of_names(
        NETWORK + DOUBLE, NETWORK + "single_stream_modulation.lin.weight"))),
    Row("Chroma", "is a Chroma", checkpoint(of_names(
        DOUBLE, "distilled_guidance_layer.norms.0.scale"))),
    Row("Ovis-Image", "is an Ovis-Image", checkpoint(of_names(
        DOUBLE, "double_blocks.0.img_mlp.gate_proj.weight"))),
    Row("LongCat-Image", "is a LongCat-Image", checkpoint(of_names(
        DOUBLE, "img_in.weight", "txt_in.weight"))),
    Row("Qwen-Image-Layered", "is a Qwen-Image-Layered", checkpoint(with_more(
        "qwen-image",
        model__diffusion_model__time_text_embed__addition_t_embedding__weight=torch.ones(2, 64)))),
    Row("Z-Image Omni", "is a Z-Image Omni",
        checkpoint(marked("z-image", NETWORK + "siglip_embedder.0.weight"))),
    Row("Z-Image in pixels", "is a Z-Image that paints pixels",
        checkpoint(marked("z-image", NETWORK + "dec_net.cond_embed.weight"))),
    Row("Lumina 2", "is a Lumina 2", checkpoint(of_names(
        "cap_embedder.1.weight", "layers.0.adaLN_modulation.1.weight",
        "noise_refiner.0.attention.k_norm.weight"))),
    Row("AuraFlow", "is an AuraFlow", checkpoint(of_names(
        "model.double_layers.0.attn.w1q.weight", "model.cond_seq_linear.weight"))),
    Row("HiDream", "is a HiDream", checkpoint(of_names("caption_projection.0.linear.weight"))),
    Row("HiDream O1", "is a HiDream", checkpoint(of_names("t_embedder1.mlp.0.weight"))),
    Row("OmniGen 2", "is an OmniGen 2", checkpoint(of_names(
        "time_caption_embed.timestep_embedder.linear_1.bias"))),
    Row("Lens", "is a Lens", checkpoint(of_names(
        "transformer_blocks.0.img_mlp.w1.weight", "txt_norm.weight"))),
    Row("Ideogram 4", "is an Ideogram 4", checkpoint(of_names("embed_image_indicator.weight"))),
    Row("Krea 2", "is a Krea 2", checkpoint(of_names("txtfusion.projector.weight"))),
    Row("Kandinsky 5", "is a Kandinsky 5", checkpoint(of_names(
        "visual_transformer_blocks.0.cross_attention.key_norm.weight"))),
    Row("Ernie-Image", "is an Ernie-Image", checkpoint(of_names(
        "layers.0.mlp.linear_fc2.weight"))),
    Row("Sana", "is a Sana", checkpoint(of_names("blocks.0.cross_attn.q_linear.weight"))),
    Row("Stable Cascade", "is a Stable Cascade", checkpoint(of_names(
        "clf.1.weight", "clip_txt_mapper.weight"))),
    Row("PixArt", "is a PixArt", checkpoint(of_names("t_block.1.weight", "blocks.0.x.weight"))),
    Row("Cosmos", "is a Cosmos or Anima", checkpoint(of_names(
        "net.blocks.block0.blocks.0.block.attn.to_q.0.weight", "net.x.adaln_lora_1.weight"))),
    Row("Cosmos Predict 2, Anima", "is a Cosmos or Anima", checkpoint(of_names(
        "net.blocks.0.mlp.layer1.weight"))),
    Row("HunyuanDiT", "is a Hunyuan model", checkpoint(of_names("mlp_t5.0.weight"))),
    Row("Hunyuan Image or Video", "is a Hunyuan model", checkpoint(of_names(
        "txt_in.individual_token_refiner.blocks.0.norm1.weight"))),
    Row("Wan", "makes videos", checkpoint(of_names("head.modulation", "blocks.0.x.weight"))),
    Row("Mochi", "makes videos", checkpoint(of_names("t5_yproj.weight"))),
    Row("CogVideoX", "makes videos", checkpoint(of_names("blocks.0.norm1.linear.weight"))),
    Row("LTX-Video", "makes videos", checkpoint(of_names(
        "patchify_proj.weight", "transformer_blocks.27.scale_shift_table"))),
    Row("Stable Video Diffusion", "makes videos", checkpoint(of_names(
        NETWORK + "input_blocks.1.1.time_stack.0.attn1.to_q.weight"))),
    Row("Stable Audio", "makes sounds", checkpoint(of_names(
        "transformer.rotary_pos_emb.inv_freq"))),
    Row("ACE-Step", "makes sounds", checkpoint(of_names("genre_embedder.weight"))),
    Row("Hunyuan 3D", "makes things in space", checkpoint(of_names("latent_in.weight"))),
    Row("a LoRA (kohya)", "is a LoRA", checkpoint(of_names(
        "lora_unet_input_blocks_4_1_proj_in.lora_down.weight"))),
    Row("a LoRA (PEFT)", "is a LoRA", checkpoint(of_names(
        "transformer.single_transformer_blocks.0.attn.to_q.lora_A.weight"))),
    Row("a LoHa or LoKr", "is a LoRA", checkpoint(of_names("lycoris_blocks_0.hada_w1_a"))),
    Row("a ControlNet of Stable Diffusion", "is a ControlNet", checkpoint(lambda: below(
        "control_model.", tiny.ldm_unet(tiny.controlnet().state_dict(), 1, 2, ())))),
    Row("a ControlNet under diffusers' names", "is a ControlNet",
        checkpoint(lambda: tiny.controlnet().state_dict())),
    Row("a ControlNet of FLUX by XLabs", "is a ControlNet", checkpoint(of_names(
        DOUBLE, "img_in.weight", "controlnet_blocks.0.weight", "input_hint_block.0.weight"))),
    Row("a ControlNet of Z-Image", "is a ControlNet", checkpoint(of_names(
        "control_layers.14.adaLN_modulation.0.weight"))),
    Row("an IP-Adapter", "is an IP-Adapter", checkpoint(of_names(
        "image_proj.proj.weight", "ip_adapter.1.to_k_ip.weight"))),
    Row("XLabs' IP-Adapter of FLUX", "is an IP-Adapter", checkpoint(of_names(
        "ip_adapter_proj_model.proj.weight",
        "double_blocks.0.processor.ip_adapter_double_stream_k_proj.weight"))),
    Row("XLabs' LoRA of FLUX", "is a LoRA", checkpoint(of_names(
        "double_blocks.0.processor.proj_lora1.down.weight"))),
    Row("a ControlNet-LLLite", "is a ControlNet", checkpoint(of_names(
        "lllite_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_q.down.0.weight"))),
    Row("a T2I-Adapter", "is a T2I-Adapter", checkpoint(of_names(
        "conv_in.weight", "body.0.block1.weight"))),
    Row("a T2I-Adapter, in diffusers' format", "is a T2I-Adapter", checkpoint(of_names(
        "adapter.body.0.resnets.0.block1.weight"))),
    Row("a GLIGEN", "is a GLIGEN", checkpoint(of_names(
        "position_net.linears.0.weight", "input_blocks.1.1.fuser.linear.weight"))),
    Row("FLUX Redux", "is a style model", checkpoint(of_names(
        "redux_down.weight", "redux_up.weight"))),
    Row("a PuLID", "is a PuLID", checkpoint(of_names("pulid_ca.0.norm1.weight"))),
    Row("a textual inversion", "is an embedding", checkpoint(of_names("emb_params"))),
    Row("an autoencoder", "an autoencoder (VAE) alone",
        checkpoint(lambda: tiny.ldm_vae(tiny.pipeline("sd1").vae.state_dict(), 4))),
    Row("a tiny autoencoder", "a tiny autoencoder (TAESD) alone", checkpoint(of_names(
        "encoder.layers.0.weight", "decoder.layers.1.weight"))),
    Row("a tiny autoencoder's decoder", "a tiny autoencoder (TAESD) alone", checkpoint(of_names(
        "1.weight", "3.conv.0.weight"))),
    Row("Wan's autoencoder", "an autoencoder (VAE) alone", checkpoint(of_names(
        "decoder.middle.0.residual.0.gamma", "encoder.conv1.weight"))),
    Row("CLIP's text encoder", "a text encoder alone",
        checkpoint(lambda: tiny.hf_text(tiny.pipeline("sd1").text_encoder))),
    Row("T5's text encoder", "a text encoder alone",
        checkpoint(lambda: tiny.t5_state(tiny.pipeline("flux").text_encoder_2))),
    Row("a language model", "a language model alone", checkpoint(of_names(
        "model.layers.0.self_attn.q_proj.weight", "model.embed_tokens.weight"))),
    Row("a UNet under diffusers' names", "a UNet alone, in diffusers' format",
        checkpoint(lambda: tiny.pipeline("sd1").unet.state_dict())),
    Row("a transformer under diffusers' names", "a transformer alone, in diffusers' format",
        checkpoint(lambda: tiny.pipeline("flux").transformer.state_dict())),
    Row("scaled 8-bit weights (`scale_weight`)", "holds scaled 8-bit weights", checkpoint(
        lambda: {**whole("flux"), NETWORK + "img_in.scale_weight": torch.ones(1),
                 NETWORK + "scaled_fp8": torch.zeros(0)})),
    Row("scaled 8-bit weights (`comfy_quant`)", "holds scaled 8-bit weights", checkpoint(
        lambda: {**whole("flux"), NETWORK + "img_in.comfy_quant": torch.ones(9).byte(),
                 NETWORK + "img_in.weight_scale": torch.ones(1)})),
    Row("NF4 (bitsandbytes)", "holds packed weights of bitsandbytes", checkpoint(
        lambda: {**whole("flux"),
                 NETWORK + "img_in.weight.quant_state.bitsandbytes__nf4": torch.ones(9).byte(),
                 NETWORK + "img_in.weight.absmax": torch.ones(9)})),
    Row("SVDQuant (nunchaku)", "holds 4-bit weights of SVDQuant", checkpoint(of_names(
        "transformer_blocks.0.qkv_proj.wscales", "transformer_blocks.0.qkv_proj.qweight"))),
    Row("GPTQ or AWQ", "holds packed weights (GPTQ or AWQ)", checkpoint(of_names(
        "double_blocks.0.img_attn.qkv.qweight", "double_blocks.0.img_attn.qkv.qzeros"))),
    Row("weights packed in another way", "holds packed weights of integers", checkpoint(
        lambda: {**whole("flux"), NETWORK + "img_in.weight": torch.ones(64, 8).byte()})),
    Row("GGUF", "is a GGUF", plain_file("flux1-dev-Q4_K_S.gguf", b"GGUF")),
    Row("a file that is cut off", "is cut off", plain_file(
        "cut.safetensors", (100).to_bytes(8, "little") + b'{"a":{"dtype":"F32","shape":[9]')),
    Row("a saved web page", "is a text file", plain_file("x.safetensors", b"<html>No</html>" * 50)),
    Row("a pointer of Git LFS", "Git LFS pointer", plain_file(
        "x.safetensors", b"version https://git-lfs.github.com/spec/v1\n")),
    Row("an empty file", "is empty", plain_file("x.safetensors", b"")),
    Row("any other file", "no file that can be read as a model", plain_file("x.txt", b"hello")),
    Row("an unknown architecture", "unknown architecture", checkpoint(of_names("weight"))),
    Row("a folder of a pipeline that can't inpaint here", "A WanPipeline can't inpaint",
        folder("sd1", setting("model_index.json", _class_name="WanPipeline"))),
)  # fmt: skip

ROWS = (*LOADED, *HALVES, *REFUSED)


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    tiny.save_t5_tokenizer(tmp_path)
    yield tmp_path


@pytest.fixture(autouse=True)
def no_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What lies in it could stand in for a file."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))


@pytest.mark.parametrize("row", LOADED, ids=lambda row: row.kind)
def test_loads(row: Row, root: Path) -> None:
    title, _, expected = row.happens.removeprefix("loads as ").partition(": ")
    path = row.write(root)
    source = open_source(path, tiny.folder(row.base) if row.base else None)
    assert source.row.title == title
    assert bool(expected) == bool(source.notes) or row.base, source.notes
    assert expected in " ".join(source.notes)
    pipeline = source.load(torch.float32)
    assert type(pipeline).__name__ == source.row.pipeline
    settings = pipeline.scheduler.config
    for name, value in (row.scheduler or {}).items():
        assert settings[name] == value, name
    assert not any(value.is_meta for part in pipeline.components.values()
                   if isinstance(part, torch.nn.Module) for value in part.parameters())  # fmt: skip


@pytest.mark.parametrize("row", [*HALVES, *REFUSED], ids=lambda row: row.kind)
def test_is_refused(row: Row, root: Path) -> None:
    path = row.write(root)
    base = tiny.folder(row.base) if row.base else None
    with pytest.raises(ModelError) as raised:
        Inpainter.load(path, CPU, base=base)
    line = str(raised.value)
    assert row.happens in line
    assert path.name in line and "\n" not in line
    verbs = ("Choose", "Copy", "Download", "Fetch", "Put")
    assert line.startswith(verbs), "what to do is said first"


def test_the_docs_have_these_rows() -> None:
    lines = DOCS.read_text(encoding="utf-8").splitlines()
    found = [tuple(cell.strip() for cell in line.strip("|").split(" | ")) for line in lines
             if line.startswith("| ")][1:]  # fmt: skip
    assert found == [(row.kind, row.happens) for row in ROWS]
    assert len(ROWS) >= 60 and len({row.kind for row in ROWS}) == len(ROWS)
