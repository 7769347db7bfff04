"""Diffusers folders: which family one is of, and loading it from the disk alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from packaging.version import Version

from ..errors import ModelError
from ..models.card import read_config
from ..models.loading import explained
from ..models.weights import read_header
from .families import FAMILIES, family_of, pipeline_class

INDEX = "model_index.json"
_SKIPPED = ("safety_checker", "feature_extractor", "image_encoder")


def told_by_folder(folder: Path) -> tuple[str, str]:
    """The family's key, and the class of the folder's scheduler.

    Raises:
        ModelError: no diffusers folder, or one that can't inpaint.
    """
    index = read_config(folder, INDEX)
    if "_class_name" not in index:
        raise ModelError(f"Copy the model anew: {folder}/{INDEX} names no pipeline.")
    unet = folder / "unet" / "config.json"
    channels = read_config(unet.parent, unet.name).get("in_channels") if unet.is_file() else None
    try:
        key = family_of(str(index["_class_name"]), channels)
    except ModelError as error:
        raise ModelError(f"Choose another model than {folder}: {error}") from error
    return key, str((index.get("scheduler") or ["", ""])[1])


def load_folder(folder: Path, dtype: torch.dtype) -> tuple[Any, str]:
    """The folder's inpainting pipeline and its family's key. Goes nowhere.

    Raises:
        ModelError: missing, broken, or no family's.
    """
    key, _ = told_by_folder(folder)
    family = FAMILIES[key]
    made = pipeline_class(family.pipeline)
    options = {**family.options, **dtype_option(dtype)}
    if _half_only(folder):
        options["variant"] = "fp16"
    with explained(folder, "an inpainting model"):
        pipeline = made.from_pretrained(folder, local_files_only=True, **options)
    _require_whole(folder, pipeline)
    return pipeline, key


def dtype_option(dtype: torch.dtype) -> dict[str, torch.dtype]:
    """The argument that tells diffusers a type: 0.42 renamed it, and warns of the old name."""
    import diffusers

    renamed = Version(diffusers.__version__) >= Version("0.42")
    return {"dtype" if renamed else "torch_dtype": dtype}


def _require_whole(folder: Path, pipeline: Any) -> None:
    """The libraries fill what is missing with random numbers, or nothing, and go on."""
    import transformers

    old = Version(transformers.__version__) < Version("5")
    for slot, files in weight_files(folder).items():
        part = getattr(pipeline, slot, None)
        if files and isinstance(part, torch.nn.Module):
            needed = sum(value.numel() for value in part.parameters())
            tensors = {name: one for file in files for name, one in read_header(file).items()}
            held = sum(one.numel for one in tensors.values())
            if old and tensors.keys().isdisjoint(part.state_dict()):
                raise ModelError(
                    f"Update transformers: {folder} names the weights of its {slot} as"
                    f" transformers 5 does, which {transformers.__version__} can't read."
                )
            if held < needed or any(value.is_meta for value in part.parameters()):
                raise ModelError(
                    f"Copy the model anew: {folder} lacks weights of its {slot}, {held:,} of"
                    f" {needed:,} numbers are there."
                )


def weight_files(folder: Path) -> dict[str, list[Path]]:
    """The files that are loaded of a folder, by part."""
    index = read_config(folder, INDEX)
    parts = [name for name, kind in index.items()
             if isinstance(kind, list) and kind and kind[0] and name not in _SKIPPED]  # fmt: skip
    return {part: _chosen(folder / part) for part in parts if (folder / part).is_dir()}


def _half_only(folder: Path) -> bool:
    """Whether only the fp16 variant was downloaded."""
    network = next((folder / name for name in ("unet", "transformer") if (folder / name).is_dir()),
                   folder)  # fmt: skip
    files = [path.name for path in network.iterdir() if path.suffix in (".safetensors", ".bin")]
    return bool(files) and all(".fp16" in name for name in files)


def _chosen(part: Path) -> list[Path]:
    """Weights as the library chooses them: safetensors first, plain before fp16."""
    for suffix in (".safetensors", ".bin"):
        files = sorted(path for path in part.glob("*" + suffix) if "non_ema" not in path.name)
        plain = [path for path in files if ".fp16" not in path.name]
        if plain or files:
            return plain or files
    return []
