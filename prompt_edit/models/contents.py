"""Which models are known, told from their settings or headers alone: nothing is loaded.

This is narrower than what the loaders take: it decides what is used although nobody chose it. And
it does without torch, which takes seconds to import: the names of pipelines stand here once more,
and a test holds them against the table of families.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..errors import ModelError
from .card import read_card, read_config
from .headers import SAFE, Shapes, open_header


@dataclass(frozen=True)
class Contents:
    """What a known, whole model is.

    Attributes:
        role: the `name` of the `store.Role` that it fills.
        inpaints: a painter that was trained to inpaint, and not to paint alone.
    """

    role: str
    inpaints: bool = False


def contents(path: Path) -> Contents | None:
    """What a folder or file is, or None: unknown, a part, cut off, or one of the bundled samples.

    A file is read once; it is read again when it has changed.
    """
    try:
        return _folder(path) if os.path.isdir(path) else _file(path)
    except (ModelError, OSError, ValueError, TypeError, LookupError, AttributeError):
        return None  # whoever chooses it is told what is wrong with it


# Folders

_DETECTORS = ("grounding-dino", "mm-grounding-dino")
_SEGMENTERS = ("sam", "sam_hq", "sam2", "sam2_video", "sam3_tracker", "sam3_video")
_PIPELINE = re.compile(
    r"(StableDiffusion(XL|3)?|LatentConsistencyModel|Flux(Fill|Kontext)?|QwenImage(Edit(Plus)?)?|ZImage)"
    r"(Inpaint|Img2Img)?Pipeline"
)


def _folder(folder: Path) -> Contents | None:
    if read_card(folder).sample:
        return None
    if os.path.isfile(folder / "model_index.json"):
        return _pipeline(folder)
    kind = read_config(folder, "config.json").get("model_type")
    role = "grounding-dino" if kind in _DETECTORS else "sam" if kind in _SEGMENTERS else None
    return Contents(role) if role and _has_weights(folder) else None


def _pipeline(folder: Path) -> Contents | None:
    index = read_config(folder, "model_index.json")
    name = str(index.get("_class_name"))
    network = "unet" if os.path.isdir(folder / "unet") else "transformer"
    parts = [network, "vae", *(slot for slot in index if slot.startswith("text_encoder")
                               and index[slot] and index[slot][0])]  # fmt: skip
    if not _PIPELINE.fullmatch(name) or not all(_has_weights(folder / part) for part in parts):
        return None
    if network == "unet":
        channels = read_config(folder / network, "config.json").get("in_channels")
        return Contents("inpaint", channels == 9) if channels in (4, 9) else None
    return Contents("inpaint", name == "FluxFillPipeline")


def _has_weights(folder: Path) -> bool:
    """Whether weights lie there, none of them cut off."""
    files = [path for path in folder.iterdir() if path.suffix in (*SAFE, ".bin")]
    for file in files:
        if file.suffix in SAFE:
            _header(file)
    return bool(files)


# Files


def _file(file: Path) -> Contents | None:
    return _contents_of(str(file), *_version(file))


def _version(file: Path) -> tuple[int, int]:
    stat = file.stat()
    return stat.st_mtime_ns, stat.st_size


def _header(file: Path) -> None:
    """Raises `ModelError` where the file is cut off or none of weights."""
    _whole(str(file), *_version(file))


@lru_cache(maxsize=4096)
def _whole(file: str, _time: int, _size: int) -> None:
    open_header(Path(file))


@lru_cache(maxsize=4096)
def _contents_of(file: str, _time: int, _size: int) -> Contents | None:
    try:
        shapes = open_header(Path(file)).shapes
    except ModelError:
        return None
    if shapes.keys() >= _DETECTOR:
        return Contents("grounding-dino")
    if any(signs <= shapes.keys() for signs in _SAM) and not _any(shapes, _OTHER_SAM):
        return Contents("sam")
    return _painter(shapes)


_DETECTOR = {
    "transformer.level_embed", "transformer.tgt_embed.weight", "feat_map.weight",
    "backbone.0.patch_embed.proj.weight", "bert.embeddings.word_embeddings.weight",
}  # fmt: skip
_SAM = (
    {"image_encoder.trunk.pos_embed_window", "sam_mask_decoder.mask_tokens.weight"},
    {"image_encoder.pos_embed", "mask_decoder.mask_tokens.weight",
     "image_encoder.blocks.0.attn.rel_pos_h"},
)  # fmt: skip
_OTHER_SAM = r"sam_mask_decoder\.hf_token|image_encoder\.(trunk\.body|layers|features|backbone)\.|"
_OTHER_SAM += r"(?i:image_encoder\.(blocks\.\d+\.)?\w*adapter)"
# LoRAs, ControlNets, SDXL's refiner, networks that see in time, and weights of 4 or 8 bits that
# need scales: none of them is a painter as it stands.
_OTHER_UNET = (
    r".*(lora_|\.lora[._]|input_hint_block|controlnet|scaled_fp8|\.weight_scale|\.quant_state\."
    r"|temporal|temopral|time_stack|time_mix|motion_module)|conditioner\.embedders\.0\.model\."
)
_FIRST = "model.diffusion_model.input_blocks.0.0.weight"
_CONTEXT = "model.diffusion_model.middle_block.1.transformer_blocks.0.attn2.to_k.weight"
_TEXTS = r"cond_stage_model\.(transformer|model)\.|conditioner\.embedders\.1\.model\."
_AUTOENCODER = r"(first_stage_model|vae)\.decoder\.conv_in\.weight"


def _painter(shapes: Shapes) -> Contents | None:
    """Stable Diffusion 1 and 2 and SDXL with all their parts. Files of the larger families hold
    the network alone, and are only taken where they are named."""
    channels = shapes.get(_FIRST, (0, 0))[1]
    whole = _CONTEXT in shapes and _any(shapes, _TEXTS) and _any(shapes, _AUTOENCODER)
    if channels not in (4, 9) or not whole or _any(shapes, _OTHER_UNET):
        return None
    return Contents("inpaint", channels == 9)


def _any(names: Collection[str] | Mapping[str, Any], pattern: str) -> bool:
    return any(map(re.compile(pattern).match, names))
