"""Painters of every family, of their true classes, made small and with random weights.

`FOLDERS` writes them as diffusers folders; `single_files` writes them under the names that their
makers gave the weights, which is the other way round from what the library does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import diffusers
import torch
import transformers
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from torch import Tensor
from versions import TRANSFORMERS_4

from prompt_edit.inpaint.diffusion import Inpainter
from prompt_edit.inpaint.source.tokenizers import clip_tokenizer

State = dict[str, Tensor]

LAST_BITS = 1e-4  # of 0..1: where tensors lie in memory moves sums a little on some processors


def same(first: Tensor, second: Tensor) -> bool:
    """Whether two pictures that were painted apart are one picture."""
    return torch.allclose(first, second, rtol=0, atol=LAST_BITS)


WORDS = 49408  # CLIP's vocabulary, whose tokenizer is real
_ROOM = TemporaryDirectory()  # gone with the process
ROOM = Path(_ROOM.name)


@cache
def words(pad: str = "<|endoftext|>") -> Any:
    return clip_tokenizer(ROOM / f"tokenizer{len(pad)}", pad)


def clip(width: int = 64, projected: bool = False, act: str = "quick_gelu", layers: int = 2) -> Any:
    config = transformers.CLIPTextConfig(
        vocab_size=WORDS, hidden_size=width, intermediate_size=2 * width, num_hidden_layers=layers,
        num_attention_heads=width // 64, projection_dim=width, hidden_act=act,
        bos_token_id=49406, eos_token_id=49407,
    )  # fmt: skip
    kinds = (transformers.CLIPTextModel, transformers.CLIPTextModelWithProjection)
    return kinds[projected](config).eval()


@cache
def letters(chat: bool = False) -> Any:
    """A tokenizer of bytes, with the marks that Qwen's prompts have."""
    marks = ["<pad>", "</s>", "<unk>", "<|im_start|>", "<|im_end|>", "<|vision_start|>",
             "<|vision_end|>", "<|image_pad|>", "<|video_pad|>"]  # fmt: skip
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    model = Tokenizer(models.BPE({word: i for i, word in enumerate([*marks, *alphabet])}, []))
    model.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    model.decoder = decoders.ByteLevel()
    # Qwen's processor of transformers 4 takes no other class.
    kind = (
        transformers.Qwen2TokenizerFast if TRANSFORMERS_4 else transformers.PreTrainedTokenizerFast
    )
    tokenizer = kind(
        tokenizer_object=model, pad_token="<pad>", eos_token="</s>", unk_token="<unk>",
        additional_special_tokens=marks[3:], model_max_length=512,
    )  # fmt: skip
    if chat:
        tokenizer.chat_template = "{% for m in messages %}<|im_start|>{{ m.content }}{% endfor %}"
    return tokenizer


def t5(width: int, layers: int = 1) -> Any:
    config = transformers.T5Config(
        vocab_size=300, d_model=width, d_kv=8, d_ff=32, num_layers=layers, num_heads=2,
        feed_forward_proj="gated-gelu", tie_word_embeddings=False, is_encoder_decoder=False,
    )  # fmt: skip
    return transformers.T5EncoderModel(config).eval()


def vae(
    levels: int = 2, quant: bool = True, scaling: float = 0.18215, shift: Any = None,
    channels: int = 4,
) -> Any:  # fmt: skip
    return diffusers.AutoencoderKL(
        block_out_channels=(32,) * levels, layers_per_block=1, latent_channels=channels,
        down_block_types=("DownEncoderBlock2D",) * levels, norm_num_groups=32,
        up_block_types=("UpDecoderBlock2D",) * levels, use_quant_conv=quant,
        use_post_quant_conv=quant, scaling_factor=scaling, shift_factor=shift, sample_size=32,
    )  # fmt: skip


def unet(channels: int, linear: bool, crossed: int, xl: bool = False) -> Any:
    more: dict[str, Any] = {}
    if xl:
        more = {"addition_embed_type": "text_time", "addition_time_embed_dim": 256,
                "projection_class_embeddings_input_dim": 64 + 6 * 256,
                "transformer_layers_per_block": (1, 2)}  # fmt: skip
    down = ["DownBlock2D", "CrossAttnDownBlock2D"]  # SDXL attends below, SD 1 and 2 above
    up = ["CrossAttnUpBlock2D", "UpBlock2D"]
    if not xl:
        down, up = down[::-1], up[::-1]
    return diffusers.UNet2DConditionModel(
        sample_size=32, in_channels=channels, out_channels=4, layers_per_block=1,
        block_out_channels=(64, 128), cross_attention_dim=crossed,
        down_block_types=down, up_block_types=up, use_linear_projection=linear,
        attention_head_dim=(1, 2) if linear else 8, **more,
    )  # fmt: skip


def ddim(**more: Any) -> Any:
    return diffusers.DDIMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False,
        set_alpha_to_one=False, steps_offset=1, **more,
    )  # fmt: skip


def flow(**more: Any) -> Any:
    return diffusers.FlowMatchEulerDiscreteScheduler(**more)


def sd(channels: int, two: bool = False) -> Any:
    plain = channels == 4
    kind = diffusers.StableDiffusionPipeline if plain else diffusers.StableDiffusionInpaintPipeline
    return kind(
        vae=vae(levels=4), text_encoder=clip(act="gelu" if two else "quick_gelu"),
        tokenizer=words("!" if two else "<|endoftext|>"), unet=unet(channels, two, 64),
        scheduler=ddim(), safety_checker=None, feature_extractor=None,
        requires_safety_checker=False,
    )  # fmt: skip


def sdxl(channels: int) -> Any:
    plain = channels == 4
    kind = (diffusers.StableDiffusionXLPipeline if plain
            else diffusers.StableDiffusionXLInpaintPipeline)  # fmt: skip
    return kind(
        vae=vae(levels=4, scaling=0.13025), text_encoder=clip(), tokenizer=words(),
        text_encoder_2=clip(projected=True, act="gelu"), tokenizer_2=words("!"),
        unet=unet(channels, True, 128, xl=True),
        scheduler=diffusers.EulerDiscreteScheduler(beta_start=0.00085, beta_end=0.012,
                                                   beta_schedule="scaled_linear", steps_offset=1,
                                                   timestep_spacing="leading"),
    )  # fmt: skip


def sd3() -> Any:
    first = clip(projected=True)
    torch.nn.init.eye_(first.text_projection.weight)  # as published: it is taken as it is
    return diffusers.StableDiffusion3Pipeline(
        vae=vae(quant=False, scaling=1.5305, shift=0.0609, channels=16),
        text_encoder=first, tokenizer=words(),
        text_encoder_2=clip(projected=True, act="gelu"), tokenizer_2=words("!"),
        text_encoder_3=t5(128), tokenizer_3=letters(), scheduler=flow(shift=3.0),
        transformer=diffusers.SD3Transformer2DModel(
            sample_size=32, in_channels=16, out_channels=16, num_layers=2, num_attention_heads=1,
            joint_attention_dim=128, caption_projection_dim=64, pooled_projection_dim=128,
            pos_embed_max_size=32, qk_norm="rms_norm", dual_attention_layers=(0,),
        ),
    )  # fmt: skip


def flux(kind: Any = diffusers.FluxPipeline) -> Any:
    fill = kind is diffusers.FluxFillPipeline
    return kind(
        vae=vae(levels=3, quant=False, scaling=0.3611, shift=0.1159), text_encoder=clip(),
        tokenizer=words(), text_encoder_2=t5(32), tokenizer_2=letters(),
        scheduler=flow(shift=3.0, use_dynamic_shifting=True),
        transformer=diffusers.FluxTransformer2DModel(
            in_channels=96 if fill else 16, out_channels=16, num_layers=2, num_single_layers=2,
            attention_head_dim=32, num_attention_heads=2, joint_attention_dim=32,
            pooled_projection_dim=64, guidance_embeds=True, axes_dims_rope=(4, 14, 14),
        ),
    )  # fmt: skip


def _qwen_parts() -> dict[str, Any]:
    ids = letters().convert_tokens_to_ids
    text = {"vocab_size": 300, "hidden_size": 32, "intermediate_size": 37, "num_hidden_layers": 2,
            "num_attention_heads": 2, "num_key_value_heads": 1, "max_position_embeddings": 1024,
            "rope_scaling": {"type": "mrope", "rope_type": "default", "mrope_section": [2, 3, 3]},
            "rope_theta": 1e6, "pad_token_id": 0, "bos_token_id": 3,
            "eos_token_id": 1}  # fmt: skip
    vision = {"depth": 1, "hidden_size": 32, "intermediate_size": 32, "num_heads": 2,
              "out_hidden_size": 32, "fullatt_block_indexes": [0]}  # fmt: skip
    marks = {"image_token_id": "<|image_pad|>", "video_token_id": "<|video_pad|>",
             "vision_start_token_id": "<|vision_start|>",
             "vision_end_token_id": "<|vision_end|>"}  # fmt: skip
    config = transformers.Qwen2_5_VLConfig(
        text_config=text, vision_config=vision, **{name: ids(mark) for name, mark in marks.items()}
    )
    return {
        "vae": diffusers.AutoencoderKLQwenImage(
            base_dim=8, z_dim=4, dim_mult=[1, 2], num_res_blocks=1, temperal_downsample=[False],
            latents_mean=[0.1, -0.2, 0.0, 0.3], latents_std=[1.0, 1.5, 2.0, 1.2],
        ),
        "text_encoder": transformers.Qwen2_5_VLForConditionalGeneration(config).eval(),
        "tokenizer": letters(),
        "transformer": diffusers.QwenImageTransformer2DModel(
            in_channels=16, out_channels=4, num_layers=2, attention_head_dim=32,
            num_attention_heads=2, joint_attention_dim=32, axes_dims_rope=(4, 14, 14),
        ),
        "scheduler": flow(use_dynamic_shifting=True),
    }  # fmt: skip


def qwen() -> Any:
    return diffusers.QwenImagePipeline(**_qwen_parts())


def qwen_edit() -> Any:
    images = transformers.Qwen2VLImageProcessor(min_pixels=56 * 56, max_pixels=56 * 56)
    videos = transformers.Qwen2VLVideoProcessor()
    processor = transformers.Qwen2VLProcessor(images, letters(), videos, chat_template=None)
    return diffusers.QwenImageEditPipeline(**_qwen_parts(), processor=processor)


def z_image() -> Any:
    config = transformers.Qwen3Config(
        vocab_size=300, hidden_size=32, intermediate_size=37, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=1, head_dim=16,
    )  # fmt: skip
    return diffusers.ZImagePipeline(
        vae=vae(quant=False, scaling=0.3611, shift=0.1159), tokenizer=letters(chat=True),
        text_encoder=transformers.Qwen3Model(config).eval(), scheduler=flow(shift=3.0),
        transformer=diffusers.ZImageTransformer2DModel(
            in_channels=4, dim=64, n_layers=2, n_refiner_layers=1, n_heads=2, n_kv_heads=2,
            cap_feat_dim=32, axes_dims=[8, 12, 12], axes_lens=[1024, 64, 64],
        ),
    )  # fmt: skip


MAKERS: dict[str, tuple[str, Callable[[], Any]]] = {
    "sd1": ("sd", lambda: sd(4)),
    "sd1-inpaint": ("sd-inpaint", lambda: sd(9)),
    "sd2": ("sd", lambda: sd(4, two=True)),
    "sd2-inpaint": ("sd-inpaint", lambda: sd(9, two=True)),
    "sdxl": ("sdxl", lambda: sdxl(4)),
    "sdxl-inpaint": ("sdxl-inpaint", lambda: sdxl(9)),
    "sd3": ("sd3", sd3),
    "flux": ("flux", flux),
    "flux-fill": ("flux-fill", lambda: flux(diffusers.FluxFillPipeline)),
    "flux-kontext": ("flux-kontext", lambda: flux(diffusers.FluxKontextPipeline)),
    "qwen-image": ("qwen-image", qwen),
    "qwen-image-edit": ("qwen-image-edit", qwen_edit),
    "z-image": ("z-image", z_image),
}
"""By name: the family, and what makes a small pipeline of it."""

ONE_EACH = list({family: name for name, (family, _) in reversed(MAKERS.items())}.values())[::-1]
"""One of each family, where the way to paint counts: Stable Diffusion 2 goes that of 1."""


@cache
def pipeline(name: str) -> Any:
    """One of `MAKERS`, made once. Weights are larger than usual, so that prompts are seen."""
    torch.manual_seed(0)
    built = MAKERS[name][1]()
    for part in built.components.values():
        if isinstance(part, torch.nn.Module):
            for module_name, value in part.named_parameters():
                with torch.no_grad():  # some start at zero, and would hide what they multiply
                    if value.abs().max() == 0 and not module_name.endswith("bias"):
                        value.normal_(std=0.05)
    return built


@cache
def folder(name: str) -> Path:
    """One of `MAKERS` as a diffusers folder, written once."""
    path = ROOM / name
    pipeline(name).save_pretrained(path)
    return path


@cache
def painter(name: str) -> Inpainter:
    """One of `MAKERS` as it is loaded from its folder, once: for tests that leave it as it is."""
    return Inpainter.load(folder(name), torch.device("cpu"))


# The names that the makers gave the weights


def ldm_unet(state: State, layers: int, blocks: int, attended: tuple[bool, ...]) -> State:
    """A UNet's or a ControlNet's weights as Stable Diffusion names them.

    `attended` tells of each upward block whether it attends: it moves the upsampler's number.
    """
    fixed = {"conv_in": "input_blocks.0.0", "time_embedding.linear_1": "time_embed.0",
             "time_embedding.linear_2": "time_embed.2", "conv_norm_out": "out.0",
             "conv_out": "out.2", "add_embedding.linear_1": "label_emb.0.0",
             "add_embedding.linear_2": "label_emb.0.2",
             "mid_block.resnets.0": "middle_block.0", "mid_block.attentions.0": "middle_block.1",
             "mid_block.resnets.1": "middle_block.2",
             "controlnet_cond_embedding.conv_in": "input_hint_block.0",
             "controlnet_cond_embedding.conv_out": "input_hint_block.14",
             "controlnet_mid_block": "middle_block_out.0"}  # fmt: skip
    for number in range(6):
        fixed[f"controlnet_cond_embedding.blocks.{number}"] = f"input_hint_block.{2 * number + 2}"
    for block in range(blocks):
        start = block * (layers + 1)
        for layer in range(layers + 1):
            fixed[f"controlnet_down_blocks.{start + layer}"] = f"zero_convs.{start + layer}.0"
            down, up = f"input_blocks.{start + layer + 1}", f"output_blocks.{start + layer}"
            fixed[f"down_blocks.{block}.resnets.{layer}"] = down + ".0"
            fixed[f"down_blocks.{block}.attentions.{layer}"] = down + ".1"
            fixed[f"up_blocks.{block}.resnets.{layer}"] = up + ".0"
            fixed[f"up_blocks.{block}.attentions.{layer}"] = up + ".1"
        last = start + layers
        fixed[f"down_blocks.{block}.downsamplers.0.conv"] = f"input_blocks.{last + 1}.0.op"
        place = 2 if block < len(attended) and attended[block] else 1
        fixed[f"up_blocks.{block}.upsamplers.0.conv"] = f"output_blocks.{last}.{place}.conv"
    resnet = {"norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1",
              "norm2": "out_layers.0", "conv2": "out_layers.3",
              "conv_shortcut": "skip_connection"}  # fmt: skip
    renamed = {}
    for name, value in state.items():
        known = max((key for key in fixed if name.startswith(key + ".")), key=len)
        rest = name[len(known) + 1 :]
        if ".resnets." in known:
            part, kind = rest.split(".")
            rest = f"{resnet[part]}.{kind}"
        renamed[f"{fixed[known]}.{rest}"] = value
    return renamed


def ldm_vae(state: State, levels: int) -> State:
    """An autoencoder's weights as Stable Diffusion names them."""
    renamed = {}
    for name, value in state.items():
        attends = "attentions" in name
        name = re.sub(r"up_blocks\.(\d+)", lambda m: f"up.{levels - 1 - int(m[1])}", name)
        for old, new in (
            (r"down_blocks\.", "down."), (r"mid_block\.attentions\.0", "mid.attn_1"),
            (r"mid_block\.resnets\.0", "mid.block_1"), (r"mid_block\.resnets\.1", "mid.block_2"),
            (r"\.resnets\.", ".block."), ("conv_shortcut", "nin_shortcut"),
            (r"downsamplers\.0", "downsample"), (r"upsamplers\.0", "upsample"),
            ("conv_norm_out", "norm_out"), ("group_norm", "norm"), (r"to_out\.0", "proj_out"),
            ("to_([qkv])", r"\1"),
        ):  # fmt: skip
            name = re.sub(old, new, name)
        if attends and value.ndim == 2:
            value = value[:, :, None, None]
        renamed[name] = value
    return renamed


def hf_text(model: Any) -> State:
    """CLIP's weights as transformers named them when these files were made."""
    renamed = {}
    for name, value in model.state_dict().items():
        whole = name.startswith(("text_model.", "text_projection"))
        renamed[name if whole else "text_model." + name] = value
    return renamed


def open_clip(model: Any, more_layer: bool = False) -> State:
    """CLIP's weights as OpenCLIP names them; Stable Diffusion 2 has a layer more than is used."""
    state = hf_text(model)
    layers = len({name.split(".")[3] for name in state if ".layers." in name})
    renamed: State = {}
    for name, value in state.items():
        layer = re.match(r"text_model\.encoder\.layers\.(\d+)\.(.+)", name)
        if layer is None:
            name = {"embeddings.position_embedding.weight": "positional_embedding",
                    "embeddings.token_embedding.weight": "token_embedding.weight",
                    "final_layer_norm.weight": "ln_final.weight",
                    "final_layer_norm.bias": "ln_final.bias"}.get(
                        name.removeprefix("text_model."), name)  # fmt: skip
            renamed["text_projection" if name == "text_projection.weight" else name] = (
                value.T if name == "text_projection.weight" else value
            )
            continue
        start, rest = f"transformer.resblocks.{layer[1]}.", layer[2]
        if rest.startswith("self_attn.") and "out_proj" not in rest:
            kind = rest.rsplit(".", 1)[1]
            names = [name.replace(rest, f"self_attn.{part}_proj.{kind}") for part in "qkv"]
            renamed[f"{start}attn.in_proj_{kind}"] = torch.cat([state[each] for each in names])
            continue
        for old, new in (("self_attn", "attn"), ("layer_norm", "ln_"), ("fc1", "c_fc"),
                         ("fc2", "c_proj")):  # fmt: skip
            rest = rest.replace(old, new)
        renamed[start + rest] = value
    if more_layer:
        end, more = f"resblocks.{layers - 1}.", f"resblocks.{layers}."
        unused = {name.replace(end, more): torch.randn_like(value)
                  for name, value in renamed.items() if end in name}  # fmt: skip
        renamed |= unused
    return renamed


def mmdit(state: State, layers: int) -> State:
    """SD 3's transformer as Stability names it."""

    def swapped(value: Tensor) -> Tensor:
        scale, shift = value.chunk(2)
        return torch.cat([shift, scale])

    fixed = {"pos_embed.pos_embed": "pos_embed", "pos_embed.proj": "x_embedder.proj",
             "time_text_embed.timestep_embedder.linear_1": "t_embedder.mlp.0",
             "time_text_embed.timestep_embedder.linear_2": "t_embedder.mlp.2",
             "time_text_embed.text_embedder.linear_1": "y_embedder.mlp.0",
             "time_text_embed.text_embedder.linear_2": "y_embedder.mlp.2",
             "proj_out": "final_layer.linear", "norm_out.linear": "final_layer.adaLN_modulation.1",
             "context_embedder": "context_embedder"}  # fmt: skip
    inner = {"attn.norm_q": "x_block.attn.ln_q", "attn.norm_k": "x_block.attn.ln_k",
             "attn.norm_added_q": "context_block.attn.ln_q",
             "attn.norm_added_k": "context_block.attn.ln_k",
             "attn.to_out.0": "x_block.attn.proj", "attn.to_add_out": "context_block.attn.proj",
             "attn2.norm_q": "x_block.attn2.ln_q", "attn2.norm_k": "x_block.attn2.ln_k",
             "attn2.to_out.0": "x_block.attn2.proj",
             "norm1.linear": "x_block.adaLN_modulation.1",
             "norm1_context.linear": "context_block.adaLN_modulation.1",
             "ff.net.0.proj": "x_block.mlp.fc1", "ff.net.2": "x_block.mlp.fc2",
             "ff_context.net.0.proj": "context_block.mlp.fc1",
             "ff_context.net.2": "context_block.mlp.fc2"}  # fmt: skip
    fused = {"attn.to_q": ("attn.to_{}", "x_block.attn.qkv"),
             "attn.add_q_proj": ("attn.add_{}_proj", "context_block.attn.qkv"),
             "attn2.to_q": ("attn2.to_{}", "x_block.attn2.qkv")}  # fmt: skip
    renamed: State = {}
    for name, value in state.items():
        block = re.match(r"transformer_blocks\.(\d+)\.(.+)\.(weight|bias)$", name)
        if block is None:
            stem, _, kind = name.rpartition(".") if name not in fixed else (name, "", "")
            value = swapped(value) if stem == "norm_out.linear" else value
            renamed[fixed[stem] + ("." + kind if kind else "")] = value
            continue
        start, part, kind = f"joint_blocks.{block[1]}.", block[2], block[3]
        if part in fused:
            pattern, target = fused[part]
            pieces = [state[f"transformer_blocks.{block[1]}.{pattern.format(each)}.{kind}"]
                      for each in "qkv"]  # fmt: skip
            renamed[f"{start}{target}.{kind}"] = torch.cat(pieces)
        elif part in inner:
            last = part == "norm1_context.linear" and int(block[1]) == layers - 1
            renamed[f"{start}{inner[part]}.{kind}"] = swapped(value) if last else value
    return renamed


def bfl(state: State) -> State:
    """FLUX's transformer as Black Forest Labs name it."""
    embedders = {"timestep": "time_in", "text": "vector_in", "guidance": "guidance_in"}
    double = {"norm1.linear": "img_mod.lin", "norm1_context.linear": "txt_mod.lin",
              "attn.norm_q": "img_attn.norm.query_norm", "attn.norm_k": "img_attn.norm.key_norm",
              "attn.norm_added_q": "txt_attn.norm.query_norm",
              "attn.norm_added_k": "txt_attn.norm.key_norm", "attn.to_out.0": "img_attn.proj",
              "attn.to_add_out": "txt_attn.proj", "ff.net.0.proj": "img_mlp.0",
              "ff.net.2": "img_mlp.2", "ff_context.net.0.proj": "txt_mlp.0",
              "ff_context.net.2": "txt_mlp.2"}  # fmt: skip
    single = {"norm.linear": "modulation.lin", "attn.norm_q": "norm.query_norm",
              "attn.norm_k": "norm.key_norm", "proj_out": "linear2"}  # fmt: skip
    renamed: State = {}
    for name, value in state.items():
        stem, _, kind = name.rpartition(".")
        block = re.match(r"(single_)?transformer_blocks\.(\d+)\.(.+)", stem)
        if block is None:
            embedder = re.match(r"time_text_embed\.(\w+)_embedder\.linear_(\d)", stem)
            if embedder:
                layer = {"1": "in_layer", "2": "out_layer"}[embedder[2]]
                renamed[f"{embedders[embedder[1]]}.{layer}.{kind}"] = value
            elif stem == "norm_out.linear":
                scale, shift = value.chunk(2)
                renamed[f"final_layer.adaLN_modulation.1.{kind}"] = torch.cat([shift, scale])
            else:
                new = {"x_embedder": "img_in", "context_embedder": "txt_in",
                       "proj_out": "final_layer.linear"}[stem]  # fmt: skip
                renamed[f"{new}.{kind}"] = value
            continue
        alone, part = bool(block[1]), block[3]
        start = f"{'single' if alone else 'double'}_blocks.{block[2]}."
        old = stem.removesuffix(part)
        if part == "attn.to_q":
            more = ("attn.to_k", "attn.to_v", *(("proj_mlp",) if alone else ()))
            whole = torch.cat([value, *(state[f"{old}{each}.{kind}"] for each in more)])
            renamed[f"{start}{'linear1' if alone else 'img_attn.qkv'}.{kind}"] = whole
        elif part == "attn.add_q_proj":
            pieces = [state[f"{old}attn.add_{each}_proj.{kind}"] for each in "qkv"]
            renamed[f"{start}txt_attn.qkv.{kind}"] = torch.cat(pieces)
        elif part in (single if alone else double):
            new = (single if alone else double)[part]
            renamed[f"{start}{new}.{'scale' if '_norm' in new else kind}"] = value
    return renamed


def z_original(state: State) -> State:
    """Z-Image's transformer as its makers name it, queries, keys and values in one."""
    renamed: State = {}
    for name, value in state.items():
        if re.search(r"attention\.to_[kv]\.", name):
            continue
        if "attention.to_q." in name:
            parts = [state[name.replace("to_q", f"to_{each}")] for each in "qkv"]
            renamed[name.replace("to_q", "qkv")] = torch.cat(parts)
            continue
        for old, new in (("all_final_layer.2-1.", "final_layer."),
                         ("all_x_embedder.2-1.", "x_embedder."),
                         ("attention.to_out.0", "attention.out"),
                         ("attention.norm_q", "attention.q_norm"),
                         ("attention.norm_k", "attention.k_norm")):  # fmt: skip
            name = name.replace(old, new)
        renamed[name] = value
    return renamed


def below(prefix: str, state: State) -> State:
    return {prefix + name: value for name, value in state.items()}


def single_state(name: str) -> State:
    """One of `MAKERS` as a single file has it."""
    built = pipeline(name)
    network = (built.components.get("unet") or built.transformer).state_dict()
    state: State = {}
    if name.startswith(("sd1", "sd2", "sdxl")):
        named = ldm_unet(network, 1, 2, (name.startswith("sdxl"), False))
        state |= below("model.diffusion_model.", named)
        state |= below("first_stage_model.", ldm_vae(built.vae.state_dict(), 4))
        if name.startswith("sd1"):
            state |= below("cond_stage_model.transformer.", hf_text(built.text_encoder))
            old = "cond_stage_model.transformer.text_model.embeddings.position_ids"
            state[old] = torch.arange(77)[None]
        elif name.startswith("sd2"):
            state |= below("cond_stage_model.model.", open_clip(built.text_encoder, True))
        else:
            state |= below("conditioner.embedders.0.transformer.", hf_text(built.text_encoder))
            state |= below("conditioner.embedders.1.model.", open_clip(built.text_encoder_2))
    elif name == "sd3":
        state |= below("model.diffusion_model.", mmdit(network, 2))
        state |= below("first_stage_model.", ldm_vae(built.vae.state_dict(), 2))
        state |= below("text_encoders.clip_l.transformer.", hf_text(built.text_encoder))
        state |= below("text_encoders.clip_g.transformer.", hf_text(built.text_encoder_2))
        state |= below("text_encoders.t5xxl.transformer.", t5_state(built.text_encoder_3))
    elif name.startswith("flux"):
        state |= below("model.diffusion_model.", bfl(network))
        state |= below("vae.", ldm_vae(built.vae.state_dict(), 3))
        state |= below("text_encoders.clip_l.transformer.", hf_text(built.text_encoder))
        state |= below("text_encoders.t5xxl.transformer.", t5_state(built.text_encoder_2))
    elif name.startswith("qwen"):
        state |= below("model.diffusion_model.", network)
    else:
        state |= below("model.diffusion_model.", z_original(network))
    return state


def t5_state(model: Any) -> State:
    return {name: value for name, value in model.state_dict().items() if "embed_tokens" not in name}


def save(state: State, file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: value.contiguous().clone() for name, value in state.items()}, file)
    return file


def save_t5_tokenizer(root: Path) -> None:
    """Where ComfyUI keeps it."""
    letters().save_pretrained(root / "comfy" / "text_encoders" / "t5_tokenizer")


def controlnet(xl: bool = False, linear: bool = False, crossed: int = 64) -> Any:
    torch.manual_seed(1)
    net = diffusers.ControlNetModel.from_unet(
        unet(4, linear or xl, crossed, xl=xl), conditioning_embedding_out_channels=(16, 16, 32, 32)
    )
    for value in net.parameters():
        with torch.no_grad():
            if value.abs().max() == 0:  # a fresh ControlNet says nothing
                value.normal_(std=0.5)
    return net


def write_json(file: Path, value: Any) -> None:
    file.write_text(json.dumps(value), encoding="utf-8")


def scene(height: int = 32, width: int = 48) -> tuple[Tensor, Tensor]:
    """A picture [1,h,w,3] and a mask [1,h,w] in its middle."""
    picture = torch.rand(1, height, width, 3, generator=torch.Generator().manual_seed(7))
    mask = torch.zeros(1, height, width)
    mask[:, height // 4 : -height // 4, width // 4 : -width // 4] = 1
    return picture, mask


def lora(painter: Inpainter, file: Path, slot: str) -> Path:
    """A LoRA of random weights in diffusers' (PEFT's) names."""
    torch.manual_seed(5)
    network = getattr(painter.pipeline, slot)
    state = {}
    for name, module in network.named_modules():
        if name.endswith(("to_q", "to_v")) and isinstance(module, torch.nn.Linear):
            start = f"{slot}.{name}"
            state[start + ".lora_A.weight"] = torch.randn(4, module.in_features) * 0.3
            state[start + ".lora_B.weight"] = torch.randn(module.out_features, 4) * 0.3
    return save(state, file)


def plain(value: Any) -> Any:
    return list(value) if isinstance(value, (list, tuple)) else value


def change_json(file: Path, **values: Any) -> None:
    """Set some settings in a file of them."""
    write_json(file, {**json.loads(file.read_text(encoding="utf-8")), **values})
