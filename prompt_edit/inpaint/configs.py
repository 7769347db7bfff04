"""The settings of a model's parts, told from the shapes of its weights.

A single file holds weights alone; diffusers and transformers want settings too and would fetch
them from the Hub. Shapes tell nearly all of them, and a family's habits the rest.

Networks and autoencoders keep the names that their makers gave them, since diffusers reads those;
text encoders are renamed to those of transformers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from ..models.weights import Shapes

Config = dict[str, Any]
State = dict[str, Tensor]


def below(names: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """What stands below a prefix, without it."""
    return {name[len(prefix) :]: names[name] for name in names if name.startswith(prefix)}


def count(names: Mapping[str, Any], pattern: str) -> int:
    """How many numbers `pattern` catches in its group: layers, blocks."""
    found = re.compile(pattern)
    return len({match[1] for name in names if (match := found.match(name))})


def unet_config(shapes: Shapes, sample_size: int) -> Config:
    """`UNet2DConditionModel` of names as Stable Diffusion has them, without prefix."""
    return {
        **_unet_blocks(shapes),
        "_class_name": "UNet2DConditionModel",
        "out_channels": shapes["out.2.weight"][0],
        "sample_size": sample_size,
    }


def controlnet_config(shapes: Shapes) -> Config:
    """`ControlNetModel`, of Stable Diffusion's names or of diffusers'."""
    if "conv_in.weight" in shapes:
        blocks, hint = _diffusers_blocks(shapes), _diffusers_hint(shapes)
    else:
        blocks = _unet_blocks(shapes)
        hint = tuple(shapes[f"input_hint_block.{i}.weight"][0] for i in (0, 4, 8, 12))
    del blocks["up_block_types"]
    return {**blocks, "_class_name": "ControlNetModel", "conditioning_embedding_out_channels": hint}


def _unet_blocks(shapes: Shapes) -> Config:
    """The encoder half, which UNet and ControlNet share."""
    channels: list[int] = []
    depths: list[int] = []
    layers, width, depth = 0, 0, 0
    for number in range(1, count(shapes, r"input_blocks\.(\d+)\.")):
        start = f"input_blocks.{number}."
        if start + "0.op.weight" in shapes:
            channels.append(width)
            depths.append(depth)
            continue
        width = shapes[start + "0.out_layers.3.weight"][0]
        depth = count(shapes, re.escape(start) + r"1\.transformer_blocks\.(\d+)\.")
        layers += not channels
    channels.append(width)
    depths.append(depth)
    middle = count(shapes, r"middle_block\.1\.transformer_blocks\.(\d+)\.")
    label = shapes.get("label_emb.0.0.weight")
    return _blocks(
        shapes, channels, depths, layers, middle,
        shapes["input_blocks.0.0.weight"][1], label[1] if label else None,
        next((name for name in shapes if name.endswith("1.proj_in.weight")), None),
    )  # fmt: skip


def _diffusers_blocks(shapes: Shapes) -> Config:
    channels, depths = [], []
    for number in range(count(shapes, r"down_blocks\.(\d+)\.")):
        start = f"down_blocks.{number}."
        channels.append(shapes[start + "resnets.0.conv1.weight"][0])
        inner = re.escape(start) + r"attentions\.0\.transformer_blocks\.(\d+)\."
        depths.append(count(shapes, inner))
    label = shapes.get("add_embedding.linear_1.weight")
    return _blocks(
        shapes, channels, depths, count(shapes, r"down_blocks\.0\.resnets\.(\d+)\."),
        count(shapes, r"mid_block\.attentions\.0\.transformer_blocks\.(\d+)\."),
        shapes["conv_in.weight"][1], label[1] if label else None,
        next((name for name in shapes if name.endswith("proj_in.weight")), None),
    )  # fmt: skip


def _diffusers_hint(shapes: Shapes) -> tuple[int, ...]:
    blocks = count(shapes, r"controlnet_cond_embedding\.blocks\.(\d+)\.")
    names = [f"blocks.{number}" for number in range(1, blocks, 2)]
    return tuple(
        shapes[f"controlnet_cond_embedding.{name}.weight"][0] for name in ["conv_in", *names]
    )


def _blocks(
    shapes: Shapes, channels: list[int], depths: list[int], layers: int, middle: int,
    in_channels: int, label: int | None, projection: str | None,
) -> Config:  # fmt: skip
    # From SD 2 on the projections are linear and heads have 64 channels; SD 1 has 8 heads.
    linear = bool(projection) and len(shapes[projection or ""]) == 2
    crossed = next(shapes[name][1] for name in shapes if name.endswith("attn2.to_k.weight"))
    config = {
        "in_channels": in_channels,
        "block_out_channels": channels,
        "layers_per_block": layers,
        "down_block_types": ["CrossAttnDownBlock2D" if d else "DownBlock2D" for d in depths],
        "up_block_types": ["CrossAttnUpBlock2D" if d else "UpBlock2D" for d in reversed(depths)],
        # The middle takes the last block's depth; where that has none, its own must stand there.
        "transformer_layers_per_block": [d or 1 for d in depths[:-1]] + [depths[-1] or middle],
        "cross_attention_dim": crossed,
        "use_linear_projection": linear,
        "attention_head_dim": [width // 64 for width in channels] if linear else 8,
    }
    if label:  # SDXL: the pooled text, and six numbers of sizes as 256 each
        config |= {"addition_embed_type": "text_time", "addition_time_embed_dim": 256,
                   "projection_class_embeddings_input_dim": label}  # fmt: skip
    return config


def vae_config(shapes: Shapes, scaling: float, shift: float | None) -> Config:
    """`AutoencoderKL` of names as Stable Diffusion has them, without prefix."""
    levels = count(shapes, r"encoder\.down\.(\d+)\.")
    return {
        "_class_name": "AutoencoderKL",
        "block_out_channels": [
            shapes[f"encoder.down.{level}.block.0.conv1.weight"][0] for level in range(levels)
        ],
        "layers_per_block": count(shapes, r"encoder\.down\.0\.block\.(\d+)\."),
        "latent_channels": shapes["decoder.conv_in.weight"][1],
        "down_block_types": ["DownEncoderBlock2D"] * levels,
        "up_block_types": ["UpDecoderBlock2D"] * levels,
        "use_quant_conv": "quant_conv.weight" in shapes,
        "use_post_quant_conv": "post_quant_conv.weight" in shapes,
        "scaling_factor": scaling,
        "shift_factor": shift,
        "sample_size": 512,
    }


def sd3_config(shapes: Shapes) -> Config:
    """`SD3Transformer2DModel` of names as Stability has them, without prefix."""
    _, positions, width = shapes["pos_embed"]
    second = sorted({int(name.split(".")[1]) for name in shapes if ".x_block.attn2." in name})
    return {
        "_class_name": "SD3Transformer2DModel",
        "sample_size": 128,
        "patch_size": shapes["x_embedder.proj.weight"][2],
        "in_channels": shapes["x_embedder.proj.weight"][1],
        "out_channels": shapes["final_layer.linear.weight"][0]
        // shapes["x_embedder.proj.weight"][2] ** 2,
        "num_layers": count(shapes, r"joint_blocks\.(\d+)\."),
        "attention_head_dim": 64,
        "num_attention_heads": width // 64,
        "joint_attention_dim": shapes["context_embedder.weight"][1],
        "caption_projection_dim": shapes["context_embedder.weight"][0],
        "pooled_projection_dim": shapes["y_embedder.mlp.0.weight"][1],
        "pos_embed_max_size": round(positions**0.5),
        "dual_attention_layers": second,
        "qk_norm": "rms_norm" if "joint_blocks.0.x_block.attn.ln_q.weight" in shapes else None,
    }


def flux_config(shapes: Shapes) -> Config:
    """`FluxTransformer2DModel` of names as Black Forest Labs has them, without prefix."""
    width, channels = shapes["img_in.weight"]
    head = shapes["double_blocks.0.img_attn.norm.key_norm.scale"][0]
    return {
        "_class_name": "FluxTransformer2DModel",
        "patch_size": 1,
        "in_channels": channels,
        "out_channels": shapes["final_layer.linear.weight"][0],
        "num_layers": count(shapes, r"double_blocks\.(\d+)\."),
        "num_single_layers": count(shapes, r"single_blocks\.(\d+)\."),
        "attention_head_dim": head,
        "num_attention_heads": width // head,
        "joint_attention_dim": shapes["txt_in.weight"][1],
        "pooled_projection_dim": shapes["vector_in.in_layer.weight"][1],
        "guidance_embeds": "guidance_in.in_layer.weight" in shapes,
        # 16 of 128 channels for the picture's number, the rest for its rows and columns
        "axes_dims_rope": (head // 8, head * 7 // 16, head * 7 // 16),
    }


def clip_config(shapes: Shapes, act: str) -> Config:
    """`CLIPTextConfig` of names as transformers has them; `act` differs and leaves no trace."""
    vocabulary, width = shapes["text_model.embeddings.token_embedding.weight"]
    projection = shapes.get("text_projection.weight")
    return {
        "vocab_size": vocabulary,
        "hidden_size": width,
        "intermediate_size": shapes["text_model.encoder.layers.0.mlp.fc1.weight"][0],
        "num_hidden_layers": count(shapes, r"text_model\.encoder\.layers\.(\d+)\."),
        "num_attention_heads": width // 64,
        "max_position_embeddings": shapes["text_model.embeddings.position_embedding.weight"][0],
        "hidden_act": act,
        "projection_dim": projection[0] if projection else width,
        "bos_token_id": 49406,
        "eos_token_id": 49407,
        "pad_token_id": 1,
    }


def t5_config(shapes: Shapes) -> Config:
    """`T5Config` of a version 1.1 encoder."""
    vocabulary, width = shapes["shared.weight"]
    heads = shapes["encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"][1]
    return {
        "vocab_size": vocabulary,
        "d_model": width,
        "num_heads": heads,
        "d_kv": shapes["encoder.block.0.layer.0.SelfAttention.q.weight"][0] // heads,
        "d_ff": shapes["encoder.block.0.layer.1.DenseReluDense.wi_0.weight"][0],
        "num_layers": count(shapes, r"encoder\.block\.(\d+)\."),
        "feed_forward_proj": "gated-gelu",
        "tie_word_embeddings": False,
        "is_encoder_decoder": False,
    }


def clip_from_open_clip(state: Mapping[str, Tensor], last: bool) -> State:
    """A text encoder of OpenCLIP's names, as transformers names it.

    Args:
        state: without prefix.
        last: whether the last layer counts; Stable Diffusion 2 stops before it.
    """
    layers = count(state, r"transformer\.resblocks\.(\d+)\.")
    made: State = {}
    for name, value in state.items():
        layer = re.match(r"transformer\.resblocks\.(\d+)\.(.+)", name)
        if layer is None:
            if name == "text_projection":
                made["text_projection.weight"] = value.T.contiguous()
            elif name in _OPEN_CLIP:
                made[_OPEN_CLIP[name]] = value
        elif last or int(layer[1]) < layers - 1:
            start = f"text_model.encoder.layers.{layer[1]}."
            rest = layer[2]
            if rest.startswith("attn.in_proj_"):
                kind = rest.removeprefix("attn.in_proj_")
                for part, piece in zip("qkv", value.chunk(3), strict=True):
                    made[f"{start}self_attn.{part}_proj.{kind}"] = piece.clone()
            else:
                for old, new in _OPEN_CLIP_LAYER:
                    rest = rest.replace(old, new)
                made[start + rest] = value
    return made


_OPEN_CLIP = {
    "positional_embedding": "text_model.embeddings.position_embedding.weight",
    "token_embedding.weight": "text_model.embeddings.token_embedding.weight",
    "ln_final.weight": "text_model.final_layer_norm.weight",
    "ln_final.bias": "text_model.final_layer_norm.bias",
}
_OPEN_CLIP_LAYER = (("attn.", "self_attn."), ("ln_1", "layer_norm1"), ("ln_2", "layer_norm2"),
                    ("c_fc", "fc1"), ("c_proj", "fc2"))  # fmt: skip


def flux_to_diffusers(state: Mapping[str, Tensor], width: int) -> State:
    """FLUX's transformer as diffusers names it. `width` is that of a token.

    The library's own conversion takes FLUX.1's width for granted; this one reads any.
    """
    made: State = {}
    for name, value in state.items():
        kind = name.rsplit(".", 1)[-1]
        if name.startswith("final_layer.adaLN_modulation.1."):
            shift, scale = value.chunk(2)  # diffusers takes them the other way round
            made["norm_out.linear." + kind] = torch.cat([scale, shift])
        elif ".linear1." in name:
            parts = [width, width, width, len(value) - 3 * width]
            targets = ("attn.to_q", "attn.to_k", "attn.to_v", "proj_mlp")
            start = "single_transformer_blocks." + name.split(".")[1]
            for target, piece in zip(targets, value.split(parts), strict=True):
                made[f"{start}.{target}.{kind}"] = piece
        elif ".qkv." in name:
            start = "transformer_blocks." + name.split(".")[1]
            picture = "img_attn" in name
            own = ("to_q", "to_k", "to_v") if picture else _ADDED
            for target, piece in zip(own, value.chunk(3), strict=True):
                made[f"{start}.attn.{target}.{kind}"] = piece
        else:
            for old, new in _FLUX:
                name = re.sub(old, new, name)
            made[name] = value
    return made


_ADDED = ("add_q_proj", "add_k_proj", "add_v_proj")
_FLUX = (
    (r"^(time|vector|guidance)_in\.in_layer", r"time_text_embed.\1_embedder.linear_1"),
    (r"^(time|vector|guidance)_in\.out_layer", r"time_text_embed.\1_embedder.linear_2"),
    (r"time_embedder", "timestep_embedder"),
    (r"vector_embedder", "text_embedder"),
    (r"^img_in", "x_embedder"),
    (r"^txt_in", "context_embedder"),
    (r"^final_layer\.linear", "proj_out"),
    (r"img_mod\.lin", "norm1.linear"),
    (r"txt_mod\.lin", "norm1_context.linear"),
    (r"img_attn\.norm\.query_norm\.scale", "attn.norm_q.weight"),
    (r"img_attn\.norm\.key_norm\.scale", "attn.norm_k.weight"),
    (r"txt_attn\.norm\.query_norm\.scale", "attn.norm_added_q.weight"),
    (r"txt_attn\.norm\.key_norm\.scale", "attn.norm_added_k.weight"),
    (r"\.norm\.query_norm\.scale", ".attn.norm_q.weight"),
    (r"\.norm\.key_norm\.scale", ".attn.norm_k.weight"),
    (r"img_attn\.proj", "attn.to_out.0"),
    (r"txt_attn\.proj", "attn.to_add_out"),
    (r"img_mlp\.0", "ff.net.0.proj"),
    (r"img_mlp\.2", "ff.net.2"),
    (r"txt_mlp\.0", "ff_context.net.0.proj"),
    (r"txt_mlp\.2", "ff_context.net.2"),
    (r"modulation\.lin", "norm.linear"),
    (r"\.linear2", ".proj_out"),
    (r"^double_blocks", "transformer_blocks"),
    (r"^single_blocks", "single_transformer_blocks"),
)
