"""The names that trainers give a painter's layers, and the modules that they mean.

A file may name layers as diffusers does or as the model's makers do, with dots or with
underscores, behind any of a dozen prefixes; and what the makers keep in one layer (queries, keys
and values, say) diffusers keeps in several. One table a painter, made of its own modules, has all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from ...models.headers import count

Names = Mapping[str, "Layer"]


@dataclass(frozen=True)
class Rows:
    """Rows of a module's weight and bias.

    Attributes:
        slot: the pipeline's name for the part.
        module: its path in that part.
        half: None for all of its rows, 0 for the first half of them, 1 for the second.
    """

    slot: str
    module: str
    half: int | None = None


Layer = tuple[Rows, ...]
"""A layer as a file knows it: its rows, from the top, in a painter's modules."""


@dataclass(frozen=True)
class Block:
    """How the makers name what is in a block, each as (diffusers' name, theirs).

    Attributes:
        name: theirs for the list of blocks.
        layers: of one module each.
        fused: of several modules, whose rows lie below each other in theirs.
    """

    name: str
    layers: tuple[tuple[str, str], ...] = ()
    fused: tuple[tuple[tuple[str, ...], str], ...] = ()


@dataclass(frozen=True)
class Makers:
    """How the makers name a network.

    Attributes:
        outside: layers outside of blocks, as (diffusers' name, theirs).
        blocks: by diffusers' name for the list.
        swapped: diffusers' names of layers whose halves, shift and scale, change places.
    """

    outside: tuple[tuple[str, str], ...] = ()
    blocks: Mapping[str, Block] = field(default_factory=dict)
    swapped: tuple[str, ...] = ()


_QKV = ("attn.to_q", "attn.to_k", "attn.to_v")
_ADDED = ("attn.add_q_proj", "attn.add_k_proj", "attn.add_v_proj")
_EMBEDDERS = (("timestep", "time_in"), ("text", "vector_in"), ("guidance", "guidance_in"))
_FLUX = Makers(
    outside=(
        ("x_embedder", "img_in"), ("context_embedder", "txt_in"),
        ("proj_out", "final_layer.linear"), ("norm_out.linear", "final_layer.adaLN_modulation.1"),
        *((f"time_text_embed.{ours}_embedder.linear_{number}", f"{theirs}.{layer}")
          for ours, theirs in _EMBEDDERS
          for number, layer in ((1, "in_layer"), (2, "out_layer"))),
    ),
    blocks={
        "transformer_blocks": Block(
            "double_blocks",
            (
                ("norm1.linear", "img_mod.lin"), ("norm1_context.linear", "txt_mod.lin"),
                ("attn.norm_q", "img_attn.norm.query_norm"),
                ("attn.norm_k", "img_attn.norm.key_norm"),
                ("attn.norm_added_q", "txt_attn.norm.query_norm"),
                ("attn.norm_added_k", "txt_attn.norm.key_norm"),
                ("attn.to_out.0", "img_attn.proj"), ("attn.to_add_out", "txt_attn.proj"),
                ("ff.net.0.proj", "img_mlp.0"), ("ff.net.2", "img_mlp.2"),
                ("ff_context.net.0.proj", "txt_mlp.0"), ("ff_context.net.2", "txt_mlp.2"),
                # XLabs number the streams: 1 is the picture, 2 the text.
                ("attn.to_out.0", "processor.proj_lora1"),
                ("attn.to_add_out", "processor.proj_lora2"),
            ),
            (
                (_QKV, "img_attn.qkv"), (_ADDED, "txt_attn.qkv"),
                (_QKV, "processor.qkv_lora1"), (_ADDED, "processor.qkv_lora2"),
            ),
        ),
        "single_transformer_blocks": Block(
            "single_blocks",
            (
                ("norm.linear", "modulation.lin"), ("proj_out", "linear2"),
                ("attn.norm_q", "norm.query_norm"), ("attn.norm_k", "norm.key_norm"),
                ("proj_out", "processor.proj"),
            ),
            (((*_QKV, "proj_mlp"), "linear1"), (_QKV, "processor.qkv")),
        ),
    },
    swapped=("norm_out.linear",),
)  # fmt: skip

_SD3 = Makers(
    outside=(
        ("pos_embed.proj", "x_embedder.proj"),
        ("proj_out", "final_layer.linear"), ("norm_out.linear", "final_layer.adaLN_modulation.1"),
        *((f"time_text_embed.{ours}_embedder.linear_{number}", f"{theirs}.mlp.{layer}")
          for ours, theirs in (("timestep", "t_embedder"), ("text", "y_embedder"))
          for number, layer in ((1, 0), (2, 2))),
    ),
    blocks={
        "transformer_blocks": Block(
            "joint_blocks",
            (
                ("norm1.linear", "x_block.adaLN_modulation.1"),
                ("norm1_context.linear", "context_block.adaLN_modulation.1"),
                ("attn.norm_q", "x_block.attn.ln_q"), ("attn.norm_k", "x_block.attn.ln_k"),
                ("attn.norm_added_q", "context_block.attn.ln_q"),
                ("attn.norm_added_k", "context_block.attn.ln_k"),
                ("attn.to_out.0", "x_block.attn.proj"),
                ("attn.to_add_out", "context_block.attn.proj"),
                ("attn2.norm_q", "x_block.attn2.ln_q"), ("attn2.norm_k", "x_block.attn2.ln_k"),
                ("attn2.to_out.0", "x_block.attn2.proj"),
                ("ff.net.0.proj", "x_block.mlp.fc1"), ("ff.net.2", "x_block.mlp.fc2"),
                ("ff_context.net.0.proj", "context_block.mlp.fc1"),
                ("ff_context.net.2", "context_block.mlp.fc2"),
            ),
            (
                (_QKV, "x_block.attn.qkv"), (_ADDED, "context_block.attn.qkv"),
                (("attn2.to_q", "attn2.to_k", "attn2.to_v"), "x_block.attn2.qkv"),
            ),
        ),
    },
    swapped=("norm_out.linear",),
)  # fmt: skip


def _z_block(name: str) -> Block:
    return Block(
        name,
        (("attention.to_out.0", "attention.out"), ("attention.norm_q", "attention.q_norm"),
         ("attention.norm_k", "attention.k_norm")),
        ((("attention.to_q", "attention.to_k", "attention.to_v"), "attention.qkv"),),
    )  # fmt: skip


_Z_IMAGE = Makers(
    outside=(
        ("all_x_embedder.2-1", "x_embedder"),
        ("all_final_layer.2-1.linear", "final_layer.linear"),
        ("all_final_layer.2-1.adaLN_modulation.1", "final_layer.adaLN_modulation.1"),
    ),
    blocks={each: _z_block(each) for each in ("layers", "noise_refiner", "context_refiner")},
)

_MAKERS = {
    "FluxTransformer2DModel": _FLUX,
    "SD3Transformer2DModel": _SD3,
    "ZImageTransformer2DModel": _Z_IMAGE,
}
"""By diffusers' class; those that are not here keep their makers' names in diffusers."""


class Table:
    """What the layers of a painter may be called.

    Its names are those of the modules of the network and the text encoders, and of their makers.
    """

    def __init__(self, pipeline: Any) -> None:
        parts = {slot: part for slot, part in pipeline.components.items()
                 if isinstance(part, torch.nn.Module) and slot.startswith(_SLOTS)}  # fmt: skip
        self._dotted = {slot: _names(slot, part) for slot, part in parts.items()}
        self._flat = {slot: _flat(names) for slot, names in self._dotted.items()}
        self._prefixes = list(_prefixes(parts))

    def find(self, name: str) -> Layer | None:
        """The layer of that name in a file, without what tells its tensors apart; None for none.

        None as well where the name could mean two.
        """
        found = set()
        for prefix, slot, dotted in self._prefixes:
            if name.startswith(prefix):
                names = self._dotted[slot] if dotted else self._flat[slot]
                layer = names.get(name[len(prefix) :])
                if layer:
                    found.add(layer)
        return found.pop() if len(found) == 1 else None


_SLOTS = ("unet", "transformer", "text_encoder")
_FLAT = ("lora_unet_", "lora_transformer_", "lycoris_")
_DOTTED = ("", "diffusion_model.", "model.diffusion_model.", "base_model.model.")
_CLIPS = {"clip_l": "text_encoder", "clip_h": "text_encoder", "clip_g": "text_encoder_2"}


def _prefixes(parts: Mapping[str, torch.nn.Module]) -> Iterator[tuple[str, str, bool]]:
    """What may stand before a layer's name: the prefix, the part it means, whether dots follow."""
    for slot, part in parts.items():
        for more in ("", "base_model.model."):
            yield f"{slot}.{more}", slot, True
        if not slot.startswith("text_encoder"):
            yield from ((prefix, slot, False) for prefix in _FLAT)
            yield from ((prefix, slot, True) for prefix in _DOTTED)
            continue
        number = int(slot.removeprefix("text_encoder").removeprefix("_") or 1)
        yield f"lora_te{number}_", slot, False
        if number == 1:
            yield "lora_te_", slot, False
        if type(part).__name__.startswith("T5"):
            yield "text_encoders.t5xxl.transformer.", slot, True
            yield "lora_te3_", slot, False  # kohya's, where it is the second too
        yield from ((f"text_encoders.{name}.transformer.", slot, True)
                    for name, theirs in _CLIPS.items() if theirs == slot)  # fmt: skip


def _names(slot: str, part: torch.nn.Module) -> dict[str, Layer]:
    modules = [name for name, module in part.named_modules()
               if isinstance(getattr(module, "weight", None), torch.Tensor)]  # fmt: skip
    layers: dict[str, Layer] = {name: (Rows(slot, name),) for name in modules}
    if slot.startswith("text_encoder"):
        return _with_others(layers, _text_names)
    if type(part).__name__ == "UNet2DConditionModel":
        layers |= {theirs: (Rows(slot, ours),) for ours, theirs in _unet_names(modules)}
    else:
        makers = _MAKERS.get(type(part).__name__, Makers())
        layers |= {theirs: tuple(Rows(slot, *each) for each in rows)
                   for theirs, rows in _transformer_names(makers, set(modules))}  # fmt: skip
    return _with_others(layers, _attention_names)


def _flat(names: Names) -> dict[str, Layer]:
    """Names with underscores for dots, as kohya's scripts write them; none that mean two."""
    layers: dict[str, Layer] = {}
    double = set()
    for name, layer in names.items():
        flat = name.replace(".", "_")
        if layers.setdefault(flat, layer) != layer:
            double.add(flat)
    return {name: layer for name, layer in layers.items() if name not in double}


def _with_others(names: Names, others: Any) -> dict[str, Layer]:
    """With further names of the same layers, which never hide a name that is there."""
    more = {other: layer for name, layer in names.items() for other in others(name)}
    return more | dict(names)


def _attention_names(name: str) -> Iterator[str]:
    """Of diffusers' first format, which named the processor, and left out that a list is one."""
    start, _, last = name.rpartition(".to_")
    if start:
        short = last.removesuffix(".0")
        called = {f"{start}.to_{short}", f"{start}.processor.to_{short}"}
        yield from (called | {f"{start}.processor.to_{last}"}) - {name}


def _text_names(name: str) -> Iterator[str]:
    """Of a text encoder, whose outermost name comes and goes with transformers' versions."""
    bare = name.removeprefix("text_model.")
    called = {bare, f"text_model.{bare}"}
    if name.startswith("model.language_model."):
        called.add(name.replace("model.language_model.", "model."))
    elif not name.startswith("model."):
        called.add(f"model.{name}")
    for each in list(called):  # diffusers' first format calls all attention alike
        start, found, last = each.rpartition(".self_attn.")
        if found and last in _FIRST:
            called.add(f"{start}.self_attn.{_FIRST[last]}")
    yield from called - {name}


_FIRST = {"q_proj": "to_q", "k_proj": "to_k", "v_proj": "to_v", "out_proj": "to_out"}


def _transformer_names(
    makers: Makers, modules: set[str]
) -> Iterator[tuple[str, list[tuple[str, int | None]]]]:
    """Each of the makers' names with diffusers' modules: path, and half where they are swapped."""
    for ours, theirs in makers.outside:
        if ours in modules:
            swapped = ours in makers.swapped
            yield theirs, [(ours, 1), (ours, 0)] if swapped else [(ours, None)]
    for ours, block in makers.blocks.items():
        for number in range(_count(modules, ours)):
            start, end = f"{ours}.{number}.", f"{block.name}.{number}."
            for inner, theirs in block.layers:
                if start + inner in modules:
                    # SD 3's last block ends the text's stream as the network ends the picture's.
                    last = inner == "norm1_context.linear" and start + _TEXT_OUT not in modules
                    halves = (1, 0) if last else (None,)
                    yield end + theirs, [(start + inner, half) for half in halves]
            for several, theirs in block.fused:
                if all(start + each in modules for each in several):
                    yield end + theirs, [(start + each, None) for each in several]


_TEXT_OUT = "attn.to_add_out"


def _count(modules: Iterable[str], blocks: str) -> int:
    return count(modules, re.escape(blocks) + r"\.(\d+)\.")


_UNET = {
    "conv_in": "input_blocks.0.0", "conv_norm_out": "out.0", "conv_out": "out.2",
    "time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2",
    "add_embedding.linear_1": "label_emb.0.0", "add_embedding.linear_2": "label_emb.0.2",
}  # fmt: skip
_RESNET = {"norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1",
           "norm2": "out_layers.0", "conv2": "out_layers.3",
           "conv_shortcut": "skip_connection"}  # fmt: skip


def _unet_names(modules: list[str]) -> Iterator[tuple[str, str]]:
    """Each module of a UNet as diffusers and as Stable Diffusion name it."""
    blocks = dict(_unet_blocks(set(modules)))
    for ours in modules:
        if ours in _UNET:
            yield ours, _UNET[ours]
            continue
        head = re.match(r"(?:(?:down|up)_blocks\.\d+|mid_block)\.[a-z]+\.\d+", ours)
        if head is None or head[0] not in blocks:
            continue
        inner = ours[len(head[0]) + 1 :]
        if ".resnets." in head[0]:
            inner = _RESNET[inner]
        elif ".downsamplers." in head[0]:
            inner = "op"
        yield ours, f"{blocks[head[0]]}.{inner}"


def _unet_blocks(modules: set[str]) -> Iterator[tuple[str, str]]:
    """The heads of diffusers' names and of Stable Diffusion's, which counts through all blocks."""
    number = 1
    for block in range(_count(modules, "down_blocks")):
        start = f"down_blocks.{block}."
        for layer in range(_count(modules, start + "resnets")):
            yield f"{start}resnets.{layer}", f"input_blocks.{number}.0"
            yield f"{start}attentions.{layer}", f"input_blocks.{number}.1"
            number += 1
        if _count(modules, start + "downsamplers"):
            yield f"{start}downsamplers.0", f"input_blocks.{number}.0"
            number += 1
    yield "mid_block.resnets.0", "middle_block.0"
    yield "mid_block.attentions.0", "middle_block.1"
    yield "mid_block.resnets.1", "middle_block.2"
    number = 0
    for block in range(_count(modules, "up_blocks")):
        start = f"up_blocks.{block}."
        attends = bool(_count(modules, start + "attentions"))
        for layer in range(_count(modules, start + "resnets")):
            yield f"{start}resnets.{layer}", f"output_blocks.{number}.0"
            yield f"{start}attentions.{layer}", f"output_blocks.{number}.1"
            number += 1
        yield f"{start}upsamplers.0", f"output_blocks.{number - 1}.{1 + attends}"
