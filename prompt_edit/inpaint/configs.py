"""The settings of a model's parts, told from the shapes of its weights.

A single file holds weights alone; diffusers and transformers want settings too and would fetch
them from the Hub. Shapes tell nearly all of them, and a family's habits the rest.

Networks and autoencoders are asked under the names that their makers gave them; text encoders under
those of transformers.
"""

from __future__ import annotations

import re
from typing import Any

from ..models.headers import Shapes, count

Config = dict[str, Any]


def unet_config(shapes: Shapes) -> Config:
    """`UNet2DConditionModel` of names as Stable Diffusion has them, without prefix.

    The distilled ones of SDXL (SSD-1B, Vega, KOALA) have other depths on the way down than up, and
    little or nothing in the middle.
    """
    config = _unet_blocks(shapes)
    layers, down = config["layers_per_block"], config.pop("depths")
    up = [[_depth(shapes, f"output_blocks.{block * (layers + 1) + layer}.")
           for layer in range(layers + 1)] for block in range(len(down))]  # fmt: skip
    even = [set(one) for one in (*down, *up)]
    if any(len(one) > 1 for one in even) or even[: len(down)] != even[len(down) :][::-1]:
        config["transformer_layers_per_block"] = [[depth or 1 for depth in one] for one in down]
        config["reverse_transformer_layers_per_block"] = [
            [depth or 1 for depth in one] for one in up
        ]
    if "middle_block.1.proj_in.weight" not in shapes:
        middle = "middle_block.0.in_layers.0.weight" in shapes
        config["mid_block_type"] = "UNetMidBlock2D" if middle else None
    return {
        **config,
        "_class_name": "UNet2DConditionModel",
        "up_block_types": ["CrossAttnUpBlock2D" if any(one) else "UpBlock2D" for one in up],
        "out_channels": shapes["out.2.weight"][0],
    }


def _depth(shapes: Shapes, start: str) -> int:
    """How many transformer blocks follow one another there."""
    return count(shapes, re.escape(start) + r"1\.transformer_blocks\.(\d+)\.")


def controlnet_config(shapes: Shapes) -> Config:
    """`ControlNetModel`, of Stable Diffusion's names or of diffusers'."""
    if "conv_in.weight" in shapes:
        blocks, hint = _diffusers_blocks(shapes), _diffusers_hint(shapes)
    else:
        blocks = _unet_blocks(shapes)
        del blocks["depths"]
        hint = tuple(shapes[f"input_hint_block.{i}.weight"][0] for i in (0, 4, 8, 12))
    return {**blocks, "_class_name": "ControlNetModel", "conditioning_embedding_out_channels": hint}


def _unet_blocks(shapes: Shapes) -> Config:
    """The encoder half, which UNet and ControlNet share; and the depths of all its layers."""
    channels: list[int] = []
    depths: list[list[int]] = [[]]
    width = 0
    for number in range(1, count(shapes, r"input_blocks\.(\d+)\.")):
        start = f"input_blocks.{number}."
        if start + "0.op.weight" in shapes:
            channels.append(width)
            depths.append([])
            continue
        width = shapes[start + "0.out_layers.3.weight"][0]
        depths[-1].append(_depth(shapes, start))
    channels.append(width)
    label = shapes.get("label_emb.0.0.weight")
    blocks = _blocks(
        shapes, channels, [one[0] for one in depths], len(depths[0]),
        count(shapes, r"middle_block\.1\.transformer_blocks\.(\d+)\."),
        shapes["input_blocks.0.0.weight"][1], label[1] if label else None,
        next((name for name in shapes if name.endswith("1.proj_in.weight")), None),
    )  # fmt: skip
    return {**blocks, "depths": depths}


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
        # The middle takes the last block's depth; where that has none, its own must stand there.
        "transformer_layers_per_block": [d or 1 for d in depths[:-1]] + [depths[-1] or middle or 1],
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
    norm = "double_blocks.0.img_attn.norm.key_norm."
    head = (shapes.get(norm + "weight") or shapes[norm + "scale"])[0]
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
        "axes_dims_rope": _axes(head),
    }


def qwen_config(shapes: Shapes) -> Config:
    """`QwenImageTransformer2DModel`, whose makers named it as diffusers does."""
    width, channels = shapes["img_in.weight"]
    head = shapes["transformer_blocks.0.attn.norm_q.weight"][0]
    return {
        "_class_name": "QwenImageTransformer2DModel",
        "patch_size": 2,
        "in_channels": channels,
        "out_channels": shapes["proj_out.weight"][0] // 4,
        "num_layers": count(shapes, r"transformer_blocks\.(\d+)\."),
        "attention_head_dim": head,
        "num_attention_heads": width // head,
        "joint_attention_dim": shapes["txt_in.weight"][1],
        "axes_dims_rope": _axes(head),
    }


def z_image_config(shapes: Shapes) -> Config:
    """`ZImageTransformer2DModel` of its makers' names or diffusers', without prefix."""
    width, patch = shapes.get("x_embedder.weight") or shapes["all_x_embedder.2-1.weight"]
    start = "layers.0.attention."
    head = (shapes.get(start + "q_norm.weight") or shapes[start + "norm_q.weight"])[0]
    fused = shapes.get(start + "qkv.weight")
    asked = (fused[0] - width) // 2 if fused else shapes[start + "to_k.weight"][0]
    return {
        "_class_name": "ZImageTransformer2DModel",
        "in_channels": patch // 4,
        "dim": width,
        "n_layers": count(shapes, r"layers\.(\d+)\."),
        "n_refiner_layers": count(shapes, r"noise_refiner\.(\d+)\."),
        "n_heads": width // head,
        "n_kv_heads": asked // head,
        "cap_feat_dim": shapes["cap_embedder.0.weight"][0],
        # a quarter of the channels for the text's place, the rest for rows and columns
        "axes_dims": [head // 4, head * 3 // 8, head * 3 // 8],
        "axes_lens": [1536, 512, 512],
    }


def _axes(head: int) -> tuple[int, int, int]:
    """16 of 128 channels for the picture's number, the rest for its rows and columns."""
    return head // 8, head * 7 // 16, head * 7 // 16


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


def clip_shapes(config: Config, projected: bool) -> Shapes:
    """Every weight of that text encoder; `projected` where its pooled output goes on."""
    width, inner = config["hidden_size"], config["intermediate_size"]
    start = "text_model.embeddings."
    shapes: dict[str, tuple[int, ...]] = {
        start + "token_embedding.weight": (config["vocab_size"], width),
        start + "position_embedding.weight": (config["max_position_embeddings"], width),
    }
    for layer in range(config["num_hidden_layers"]):
        start = f"text_model.encoder.layers.{layer}."
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            shapes |= _linear(f"{start}self_attn.{name}", width, width)
        shapes |= _linear(start + "mlp.fc1", inner, width) | _linear(
            start + "mlp.fc2", width, inner
        )
        shapes |= _norm(start + "layer_norm1", width) | _norm(start + "layer_norm2", width)
    shapes |= _norm("text_model.final_layer_norm", width)
    if projected:
        shapes["text_projection.weight"] = (config["projection_dim"], width)
    return shapes


def t5_shapes(config: Config) -> Shapes:
    """Every weight of that encoder."""
    width, inner = config["d_model"], config["d_ff"]
    heads = config["num_heads"] * config["d_kv"]
    shapes: dict[str, tuple[int, ...]] = {
        "shared.weight": (config["vocab_size"], width),
        "encoder.final_layer_norm.weight": (width,),
        "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight": (
            32, config["num_heads"]),
    }  # fmt: skip
    for block in range(config["num_layers"]):
        start = f"encoder.block.{block}.layer."
        shapes |= {f"{start}0.SelfAttention.{name}.weight": (heads, width) for name in "qkv"}
        shapes[start + "0.SelfAttention.o.weight"] = (width, heads)
        shapes |= {
            f"{start}1.DenseReluDense.wi_{number}.weight": (inner, width) for number in (0, 1)
        }
        shapes[start + "1.DenseReluDense.wo.weight"] = (width, inner)
        shapes |= {f"{start}{layer}.layer_norm.weight": (width,) for layer in (0, 1)}
    return shapes


def _linear(name: str, rows: int, columns: int) -> dict[str, tuple[int, ...]]:
    return {name + ".weight": (rows, columns), name + ".bias": (rows,)}


def _norm(name: str, width: int) -> dict[str, tuple[int, ...]]:
    return {name + ".weight": (width,), name + ".bias": (width,)}
