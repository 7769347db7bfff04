"""The names of a LoRA file's tensors: which layer each belongs to, and what it is there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from ...errors import ModelError

Parts = dict[str, dict[str, str]]
"""By layer: what each of its tensors is there, and the tensor's name in the file."""

_ADAPTER = r"(?:\.(?!weight$|bias$)[A-Za-z]\w*)?"  # PEFT's name for one of several, "default"
_ENDS = (
    (rf"\.lora_(up|down|mid|A|B){_ADAPTER}(?:\.weight)?", ""),
    (rf"\.lora_(?:up|B){_ADAPTER}\.bias", "bias"),
    (r"(?:_lora|\.lora|\.lora_linear_layer)?\.(up|down)\.weight", ""),
    (r"(?:_lora|\.lora|\.lora_linear_layer)?\.(alpha)", ""),
    (r"\.(dora_scale)", ""),
    (rf"\.lora_magnitude_vector{_ADAPTER}(?:\.weight)?", "magnitude"),
    (r"\.(hada_w[12]_[ab]|hada_t[12]|lokr_w[12](?:_[ab])?|lokr_t2)", ""),
    (r"\.(diff|diff_b|w_norm|b_norm|set_weight)", ""),
)
"""How names end, and what the tensor then is: what the group catches, unless it is said."""
_ENDING = tuple((re.compile(f"(.+?){end}"), said) for end, said in _ENDS)
_SAME = {"A": "down", "B": "up"}

_KINDS = (
    (r"(?i).*\.boft_\w+(\.\w+)*|.*\.oft_blocks|.*\.oft_(R|S|diag)(\.\w+)*",
     "an OFT or BOFT, which turns weights"),
    (r".*\.(a[12]|b[12]|bm)\.weight|.*\.glora_\w+(\.\w+)*", "a GLoRA"),
    (r".*\.on_input|.*\.ia3_l(\.\w+)*", "an (IA)3"),
    (r".*\.lambda_layer", "a T-LoRA, whose strength follows the step"),
    (r".*\.vera_lambda_\w+(\.\w+)*", "a VeRA"),
    (r".*\.reshape_weight|lora_controlnet",
     "a control LoRA, which widens layers and follows a picture of edges or depth"),
    (r"bundle_emb\..*", "a LoRA with embeddings beside it, for words of its own"),
    (r".*\.lora_embedding_[AB](\.\w+)*", "a LoRA for the words of a text encoder (PEFT's)"),
    (r"string_to_param(\..*)?|emb_params|clip_[lg]|t5xxl",
     "an embedding (textual inversion), not a LoRA"),
    (r"(.*\.)?(ip_adapter|image_proj)(\..*)?", "an IP-Adapter, not a LoRA"),
)  # fmt: skip
"""Kinds of file that are not applied, by the names of their tensors."""
_KINDS_OF_LORA = (
    (r".*_norm\.scale",
     "a control LoRA, which widens layers and follows a picture of edges or depth"),
    (r".*\.modules_to_save(\..*)?", "a LoRA with whole layers beside it (PEFT's)"),
    (r"(.*\.)?(scaled_fp8|scale_weight|weight_scale|comfy_quant|absmax|quant_state(\..*)?)",
     "a LoRA of scaled 4- or 8-bit numbers"),
)  # fmt: skip
"""The same, where a LoRA's tensors stand beside them; whole models have such names too."""


def parts_of(file: Path, names: Iterable[str]) -> Parts:
    """The tensors of a file by layer.

    Raises:
        ModelError: no LoRA, a kind that is not applied, or tensors that mean nothing here.
    """
    pairs = {name: _layer_and_part(name) for name in names}
    changing = any(each and each[1] != "alpha" for each in pairs.values())
    _require_applied(file, pairs, (*_KINDS, *(_KINDS_OF_LORA if changing else ())))
    if not changing:
        raise ModelError(f"Choose a file from models/loras: {file} is not a LoRA.")
    unknown = [name for name, each in pairs.items() if each is None]
    if unknown:
        raise ModelError(
            f"Choose another LoRA: {file} holds tensors whose meaning is not known here"
            f" ({first_of(unknown)}), and it can't be applied without them."
        )
    parts: Parts = {}
    for name, each in pairs.items():
        layer, part = each or ("", "")
        held = parts.setdefault(layer, {})
        if part in held:
            raise ModelError(
                f"Choose another copy of the LoRA: {file} holds two of one kind for a layer"
                f" ({held[part]} and {name})."
            )
        held[part] = name
    return parts


def _require_applied(file: Path, names: Iterable[str], kinds: Iterable[tuple[str, str]]) -> None:
    for pattern, what in kinds:
        found = [name for name in names if re.fullmatch(pattern, name)]
        if found:
            raise ModelError(
                "Choose another LoRA, or in ComfyUI load this one there and connect Painter from"
                f" MODEL: {file} is {what}, which is not applied here ({first_of(found)})."
            )


def _layer_and_part(name: str) -> tuple[str, str] | None:
    """The layer of a tensor, and what it is there."""
    for pattern, said in _ENDING:
        match = pattern.fullmatch(name)
        if match:
            part = said or match[2]
            return match[1], _SAME.get(part, part)
    return None


def first_of(names: Iterable[str]) -> str:
    """A few of many names, and how many there are."""
    names = list(names)
    more = len(names) - 3
    return ", ".join(names[:3]) + (f" and {more:,} more" if more > 0 else "")


_SIGNS: Mapping[str, str] = {
    r"double_stream_modulation|single_stream_modulation": "FLUX.2",
    r"(double|single)_blocks|single_transformer_blocks": "FLUX",
    r"joint_blocks": "Stable Diffusion 3",
    r"transformer_blocks.\d+.(img|txt)_(mod|mlp)": "Qwen-Image",
    r"(noise|context)_refiner|layers.\d+.(attention|feed_forward)": "Z-Image",
    r"input_blocks|output_blocks|middle_block|lora_te2_text": "SDXL",
    r"(down|up)_blocks|mid_block": "Stable Diffusion 1 or SDXL",
    r"\bblocks.\d+.(self|cross)_attn|lora_unet_blocks_\d+": "Wan, which makes videos",
}
"""What only the layers of one model are called."""


def made_for(layers: Iterable[str], title: str) -> str:
    """Words for a message: the model that layers of such names are of, where it is not `title`."""
    layers = list(layers)
    maker = next((maker for sign, maker in _SIGNS.items()
                  if any(re.search(sign, layer) for layer in layers)), "")  # fmt: skip
    if not maker or any(each in title for each in maker.split(" or ")):
        return ""
    return f"; it is one for {maker}"
