"""Single files of weights: which SAM one holds, told by what is in it, and its loading."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from ..errors import ModelError
from ..models.weights import read_weights
from .converted import SAM, SAM_2, SAM_HQ, load_original
from .network import Network

_INSTEAD = "Take sam_vit_b_01ec64.pth, sam_hq_vit_b.pth or sam2.1_hiera_tiny.pt, or a larger one"


@dataclass(frozen=True)
class Foreign:
    """A model that single files hold and that is not read here.

    Attributes:
        name: with its article, for messages.
        sign: a regular expression that the name of one of its weights begins with.
        instead: what to do.
    """

    name: str
    sign: str
    instead: str = _INSTEAD


# The first whose sign is there: those with a part of another come before it.
_FOREIGN = (
    Foreign("HQ-SAM 2", r"sam_mask_decoder\.hf_token"),
    Foreign("EdgeTAM", r"image_encoder\.trunk\.body\.",
            "Take sam2.1_hiera_tiny.pt or a larger one"),
    Foreign("MobileSAM or another SAM with a TinyViT", r"image_encoder\.layers\."),
    Foreign("EdgeSAM or RepViT-SAM", r"image_encoder\.features\."),
    Foreign("EfficientViT-SAM", r"image_encoder\.backbone\."),
    Foreign("a SAM with an adapter", r"image_encoder\.(blocks\.\d+\.)?\w*adapter"),
    Foreign("the original SAM 3", r"(detector|sam3_model)\.backbone\.",
            "Take its Hugging Face folder (facebook/sam3)"),
    Foreign("the weights of a Hugging Face folder",
            r"(vision_encoder|detector_model|tracker_model|tracker_neck)\.",
            "Choose the folder that it lies in"),
)  # fmt: skip
_SAM_2 = ("image_encoder.trunk.pos_embed_window", "sam_mask_decoder.mask_tokens.weight")
_SAM_1 = ("image_encoder.pos_embed", "mask_decoder.mask_tokens.weight")
_RELATIVE = "image_encoder.blocks.0.attn.rel_pos_h"
_HQ = "mask_decoder.hf_token.weight"


def load_checkpoint(file: Path, device: torch.device, dtype: torch.dtype) -> Network:
    """Load a `.pth`, `.pt` or `.safetensors` file of SAM, SAM-HQ, SAM 2 or SAM 2.1.

    Which one it is, and its size, is deduced from the weights. Nothing but tensors is read from a
    pickle.

    Raises:
        ModelError: the file is missing, broken or of another architecture, which is named where it
            is known.
    """
    weights = _read(file)
    for each in _FOREIGN:
        if any(re.match(each.sign, name, re.IGNORECASE) for name in weights):
            raise _foreign(file, each.name, each.instead)
    if all(name in weights for name in _SAM_2):
        return load_original(SAM_2, weights, file, device, dtype)
    if any(name.startswith("sam_mask_decoder.") for name in weights):
        raise _foreign(file, "EfficientTAM or another SAM 2 without a Hiera")
    if not all(name in weights for name in _SAM_1):
        raise ModelError(f"Choose another file: {file} does not hold SAM, SAM-HQ or SAM 2.")
    if _RELATIVE not in weights:
        raise _foreign(file, "EfficientSAM")
    return load_original(SAM_HQ if _HQ in weights else SAM, weights, file, device, dtype)


def _read(file: Path) -> Mapping[str, Tensor]:
    """`read_weights`, and of a file that is a program of a known kind, which one."""
    try:
        return read_weights(file)
    except ModelError as error:
        program = ""
        with suppress(Exception):  # of no more than a name for a file that is refused anyway
            program = _program(file)
        if program:
            raise _foreign(file, program) from error
        raise


def _program(file: Path) -> str:
    """What a file holds that is no mere weights, as far as is known. No code in it is run."""
    if not zipfile.is_zipfile(file):
        return ""
    with zipfile.ZipFile(file) as archive:
        if any(name.endswith("/constants.pkl") for name in archive.namelist()):
            return "a TorchScript program, such as EfficientSAM's"
    named = torch.serialization.get_unsafe_globals_in_checkpoint(file)
    return (
        "FastSAM or another YOLO" if any(each.startswith("ultralytics.") for each in named) else ""
    )


def _foreign(file: Path, name: str, instead: str = _INSTEAD) -> ModelError:
    return ModelError(f"{instead}: {file} holds {name}, which is not read here.")
