"""Weights under the names that their makers gave them, renamed to those of diffusers.

Each function looks at a network's shapes and gives a `Rename`: what becomes of one weight. What it
does not know keeps its name, and is found to be too much by whoever fills a network with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from ..models.headers import Shapes

Rename = Callable[[str, Tensor], Iterable[tuple[str, Tensor]]]
"""One weight's name and value to new ones: several where it holds what diffusers keeps apart."""

Table = tuple[tuple[str, str], ...]


def as_it_is(_: Shapes) -> Rename:
    """For what diffusers names as its maker does."""
    return lambda name, value: [(name, value)]


MARKS = {"__index_timestep_zero__": "Qwen-Image-Edit-2511"}
"""Tensors of no content by which ComfyUI marks a release of its own architecture."""


def qwen(_: Shapes) -> Rename:
    """`QwenImageTransformer2DModel`, whose makers named it as diffusers does."""
    return lambda name, value: [] if name in MARKS else [(name, value)]


def _through(table: Table, name: str) -> str:
    for old, new in table:
        name = re.sub(old, new, name)
    return name


# Stable Diffusion's UNet, and its ControlNets


def unet(shapes: Shapes) -> Rename:
    """`UNet2DConditionModel` or `ControlNetModel`."""
    start = "input_blocks.{}.0.in_layers.0.weight"
    layers = next(number for number in range(1, 99) if start.format(number + 1) not in shapes)
    return lambda name, value: [(_unet_name(name, layers), value)]


def _unet_name(name: str, layers: int) -> str:
    """`layers` a block on the way down; on the way up there is one more."""
    block = re.match(r"(input|output)_blocks\.(\d+)\.(\d+)\.(.+)", name)
    if block is None or name.startswith("input_blocks.0."):
        return _through(_UNET_ENDS, name)
    down, rest = block[1] == "input", block[4]
    number, layer = divmod(int(block[2]) - down, layers + 1)
    start = f"{'down' if down else 'up'}_blocks.{number}."
    if down and layer == layers:
        return start + rest.replace("op.", "downsamplers.0.conv.", 1)
    if rest.startswith("conv."):
        return f"{start}upsamplers.0.{rest}"
    if block[3] == "0":
        return f"{start}resnets.{layer}.{_through(_RESNET, rest)}"
    return f"{start}attentions.{layer}.{rest}"


_RESNET: Table = (
    (r"^in_layers\.0", "norm1"), (r"^in_layers\.2", "conv1"), (r"^emb_layers\.1", "time_emb_proj"),
    (r"^out_layers\.0", "norm2"), (r"^out_layers\.3", "conv2"),
    ("^skip_connection", "conv_shortcut"),
)  # fmt: skip
_UNET_ENDS: Table = (
    (r"^time_embed\.0", "time_embedding.linear_1"), (r"^time_embed\.2", "time_embedding.linear_2"),
    (r"^label_emb\.0\.0", "add_embedding.linear_1"),
    (r"^label_emb\.0\.2", "add_embedding.linear_2"),
    (r"^input_blocks\.0\.0", "conv_in"), (r"^out\.0", "conv_norm_out"), (r"^out\.2", "conv_out"),
    (r"^middle_block\.1", "mid_block.attentions.0"),
    (r"^middle_block\.0\.", "mid_block.resnets.0."),
    (r"^middle_block\.2\.", "mid_block.resnets.1."),
    *((old.replace("^", r"^(mid_block\.resnets\.\d\.)"), r"\1" + new) for old, new in _RESNET),
    (r"^zero_convs\.(\d+)\.0", r"controlnet_down_blocks.\1"),
    (r"^middle_block_out\.0", "controlnet_mid_block"),
    (r"^input_hint_block\.0\.", "controlnet_cond_embedding.conv_in."),
    (r"^input_hint_block\.14\.", "controlnet_cond_embedding.conv_out."),
    *((rf"^input_hint_block\.{2 * number + 2}\.", f"controlnet_cond_embedding.blocks.{number}.")
      for number in range(6)),
)  # fmt: skip


# The autoencoder of all but Qwen-Image


def vae(shapes: Shapes) -> Rename:
    """`AutoencoderKL`."""
    levels = len({name.split(".")[2] for name in shapes if name.startswith("decoder.up.")})

    def rename(name: str, value: Tensor) -> Iterable[tuple[str, Tensor]]:
        name = re.sub(r"(?<=\.)up\.(\d+)", lambda at: f"up_blocks.{levels - 1 - int(at[1])}", name)
        attends = ".mid.attn_1." in name
        for old, new in (*_VAE, *(_VAE_ATTENTION if attends else ())):
            name = re.sub(old, new, name)
        # Once they were convolutions of one pixel.
        flat = value[:, :, 0, 0] if attends and value.ndim == 4 else value
        return [(name, flat)]

    return rename


_VAE: Table = (
    (r"\.down\.(\d+)", r".down_blocks.\1"), (r"\.mid\.attn_1\.", ".mid_block.attentions.0."),
    (r"\.mid\.block_1\.", ".mid_block.resnets.0."), (r"\.mid\.block_2\.", ".mid_block.resnets.1."),
    (r"\.block\.", ".resnets."), ("nin_shortcut", "conv_shortcut"),
    (r"\.downsample\.", ".downsamplers.0."), (r"\.upsample\.", ".upsamplers.0."),
    (r"\.norm_out\.", ".conv_norm_out."),
)  # fmt: skip
_VAE_ATTENTION: Table = (
    (r"\.norm\.", ".group_norm."), (r"\.([qkv])\.", r".to_\1."), ("proj_out", "to_out.0"),
)  # fmt: skip


# Stable Diffusion 3


def sd3(shapes: Shapes) -> Rename:
    """`SD3Transformer2DModel`."""
    last = max(int(name.split(".")[1]) for name in shapes if name.startswith("joint_blocks."))

    def rename(name: str, value: Tensor) -> Iterable[tuple[str, Tensor]]:
        name = _through(_SD3, name)
        fused = re.match(r"(.+\.)(x|context)_block\.(attn2?)\.qkv\.(\w+)$", name)
        if fused:
            own = ("to_q", "to_k", "to_v") if fused[2] == "x" else _ADDED
            return [(f"{fused[1]}{fused[3]}.{target}.{fused[4]}", piece)
                    for target, piece in zip(own, value.chunk(3), strict=True)]  # fmt: skip
        # The last block's text and the end are modulated in the other order.
        if name.startswith(("norm_out.", f"transformer_blocks.{last}.norm1_context.")):
            value = _swapped(value)
        return [(name, value)]

    return rename


def _swapped(value: Tensor) -> Tensor:
    """Shift and scale the other way round."""
    shift, scale = value.chunk(2)
    return torch.cat([scale, shift])


_ADDED = ("add_q_proj", "add_k_proj", "add_v_proj")
_SD3: Table = (
    ("^joint_blocks", "transformer_blocks"), ("^pos_embed$", "pos_embed.pos_embed"),
    (r"^x_embedder\.proj", "pos_embed.proj"), (r"^final_layer\.linear", "proj_out"),
    (r"^final_layer\.adaLN_modulation\.1", "norm_out.linear"),
    (r"^t_embedder\.mlp\.0", "time_text_embed.timestep_embedder.linear_1"),
    (r"^t_embedder\.mlp\.2", "time_text_embed.timestep_embedder.linear_2"),
    (r"^y_embedder\.mlp\.0", "time_text_embed.text_embedder.linear_1"),
    (r"^y_embedder\.mlp\.2", "time_text_embed.text_embedder.linear_2"),
    (r"x_block\.adaLN_modulation\.1", "norm1.linear"),
    (r"context_block\.adaLN_modulation\.1", "norm1_context.linear"),
    (r"x_block\.(attn2?)\.ln_([qk])", r"\1.norm_\2"),
    (r"context_block\.attn\.ln_([qk])", r"attn.norm_added_\1"),
    (r"x_block\.(attn2?)\.proj", r"\1.to_out.0"),
    (r"context_block\.attn\.proj", "attn.to_add_out"),
    (r"x_block\.mlp\.fc1", "ff.net.0.proj"), (r"x_block\.mlp\.fc2", "ff.net.2"),
    (r"context_block\.mlp\.fc1", "ff_context.net.0.proj"),
    (r"context_block\.mlp\.fc2", "ff_context.net.2"),
)  # fmt: skip


# FLUX


def flux(shapes: Shapes) -> Rename:
    """`FluxTransformer2DModel` of any width; the library's own takes FLUX.1's for granted."""
    width = shapes["img_in.weight"][0]
    return lambda name, value: _flux(name, value, width)


def _flux(name: str, value: Tensor, width: int) -> Iterable[tuple[str, Tensor]]:
    kind = name.rsplit(".", 1)[-1]
    if name.startswith("final_layer.adaLN_modulation.1."):
        return [("norm_out.linear." + kind, _swapped(value))]
    if ".linear1." in name and len(value) > 3 * width:
        targets = ("attn.to_q", "attn.to_k", "attn.to_v", "proj_mlp")
        pieces = value.split([width, width, width, len(value) - 3 * width])
        start = "single_transformer_blocks." + name.split(".")[1]
        return [(f"{start}.{target}.{kind}", piece)
                for target, piece in zip(targets, pieces, strict=True)]  # fmt: skip
    if "_attn.qkv." in name:
        start = "transformer_blocks." + name.split(".")[1]
        own = ("to_q", "to_k", "to_v") if "img_attn" in name else _ADDED
        return [(f"{start}.attn.{target}.{kind}", piece)
                for target, piece in zip(own, value.chunk(3), strict=True)]  # fmt: skip
    return [(_through(_FLUX, name), value)]


# ComfyUI saves a "weight" of the norms for their makers' "scale".
_FLUX: Table = (
    (r"^(time|vector|guidance)_in\.in_layer", r"time_text_embed.\1_embedder.linear_1"),
    (r"^(time|vector|guidance)_in\.out_layer", r"time_text_embed.\1_embedder.linear_2"),
    (r"time_embedder", "timestep_embedder"),
    (r"vector_embedder", "text_embedder"),
    (r"^img_in", "x_embedder"),
    (r"^txt_in", "context_embedder"),
    (r"^final_layer\.linear", "proj_out"),
    (r"img_mod\.lin", "norm1.linear"),
    (r"txt_mod\.lin", "norm1_context.linear"),
    (r"img_attn\.norm\.query_norm\.(scale|weight)", "attn.norm_q.weight"),
    (r"img_attn\.norm\.key_norm\.(scale|weight)", "attn.norm_k.weight"),
    (r"txt_attn\.norm\.query_norm\.(scale|weight)", "attn.norm_added_q.weight"),
    (r"txt_attn\.norm\.key_norm\.(scale|weight)", "attn.norm_added_k.weight"),
    (r"\.norm\.query_norm\.(scale|weight)", ".attn.norm_q.weight"),
    (r"\.norm\.key_norm\.(scale|weight)", ".attn.norm_k.weight"),
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


# Z-Image


def z_image(shapes: Shapes) -> Rename:
    """`ZImageTransformer2DModel`, of its makers' names or of diffusers'."""

    def rename(name: str, value: Tensor) -> Iterable[tuple[str, Tensor]]:
        if name == "norm_final.weight":  # it stands there, and nothing is done with it
            return []
        fused = re.match(r"(.+\.attention\.)qkv\.(\w+)$", name)
        if fused is None:
            return [(_through(_Z_IMAGE, name), value)]
        out = shapes[f"{fused[1]}out.weight"][1]  # heads that ask; those asked may be fewer
        pieces = value.split([out, (len(value) - out) // 2, (len(value) - out) // 2])
        return [(f"{fused[1]}to_{part}.{fused[2]}", piece)
                for part, piece in zip("qkv", pieces, strict=True)]  # fmt: skip

    return rename


_Z_IMAGE: Table = (
    (r"^final_layer\.", "all_final_layer.2-1."), (r"^x_embedder\.", "all_x_embedder.2-1."),
    (r"\.attention\.out\.", ".attention.to_out.0."),
    (r"\.attention\.([qk])_norm\.", r".attention.norm_\1."),
)  # fmt: skip


# Text encoders, as transformers names them


def clip(shapes: Shapes) -> Rename:
    """CLIP's; some merges leave the model's name out."""
    start = "text_model." if "embeddings.token_embedding.weight" in shapes else ""
    return lambda name, value: [(start + name, value)]


def t5(shapes: Shapes) -> Rename:
    """T5's encoder, out of the whole T5 too, whose words stand there once or twice."""

    def rename(name: str, value: Tensor) -> Iterable[tuple[str, Tensor]]:
        if name == "encoder.embed_tokens.weight":
            return [] if "shared.weight" in shapes else [("shared.weight", value)]
        return [] if name.startswith(("decoder.", "lm_head.")) else [(name, value)]

    return rename


def open_clip(last: bool) -> Callable[[Shapes], Rename]:
    """CLIP's text encoder as transformers names it.

    Args:
        last: whether its last layer counts; Stable Diffusion 2 stops before it.
    """

    def rename_for(shapes: Shapes) -> Rename:
        layers = {int(name.split(".")[2]) for name in shapes
                  if name.startswith("transformer.resblocks.")}  # fmt: skip
        unused = f"transformer.resblocks.{max(layers, default=0)}."
        return lambda name, value: (
            [] if not last and name.startswith(unused) else _open_clip(name, value)
        )

    return rename_for


def _open_clip(name: str, value: Tensor) -> Iterable[tuple[str, Tensor]]:
    if name == "text_projection":
        return [("text_projection.weight", value.T.contiguous())]
    fused = re.match(r"transformer\.resblocks\.(\d+)\.attn\.in_proj_(\w+)", name)
    if fused:
        start = f"text_model.encoder.layers.{fused[1]}.self_attn."
        return [(f"{start}{part}_proj.{fused[2]}", piece.clone())
                for part, piece in zip("qkv", value.chunk(3), strict=True)]  # fmt: skip
    return [(_through(_OPEN_CLIP, name), value)]


_OPEN_CLIP: Table = (
    (r"^positional_embedding$", "text_model.embeddings.position_embedding.weight"),
    (r"^token_embedding\.", "text_model.embeddings.token_embedding."),
    (r"^ln_final\.", "text_model.final_layer_norm."),
    (r"^transformer\.resblocks\.", "text_model.encoder.layers."),
    (r"\.attn\.", ".self_attn."), (r"\.ln_([12])\.", r".layer_norm\1."),
    (r"\.c_fc\.", ".fc1."), (r"\.c_proj\.", ".fc2."),
)  # fmt: skip
