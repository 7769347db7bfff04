"""How much memory a painter takes, told before it is loaded."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import torch

from ..errors import ModelError
from ..models.card import read_config
from ..models.device import free_memory
from ..models.weights import read_header, shapes_of
from .checkpoint import VAE_PREFIXES, completed, detect, lacking_parts, lender_of
from .configs import Shapes
from .families import FAMILIES
from .folder import told_by_folder, weight_files

GIB = 2**30


@dataclass(frozen=True)
class Need:
    """Memory in bytes: what each part's weights take, and what painting takes besides."""

    parts: tuple[int, ...]
    working: int

    @property
    def weights(self) -> int:
        """To hold the whole model."""
        return sum(self.parts)

    @property
    def whole(self) -> int:
        """To paint with the whole model in one place."""
        return self.weights + self.working

    @property
    def offloaded(self) -> int:
        """To paint with only one part at a time there."""
        return max(self.parts, default=0) + self.working


def estimate(path: str | Path, dtype: torch.dtype, base: str | Path | None = None) -> Need:
    """The most memory that loading and painting once takes; nothing is loaded.

    Weights are counted from the files' headers. What is needed besides is greatest while the
    autoencoder decodes, and is reckoned as four tensors of its widest full-size layer.

    Args:
        path: a single file or a diffusers folder.
        dtype: of the weights.
        base: the folder that lends what a single file lacks, as `Inpainter.load` takes it.

    Raises:
        ModelError: no model there.
    """
    path = Path(path)
    lender = Path(base) if base else None
    key, parts, side, width = _folder_parts(path) if path.is_dir() else _file_parts(path, lender)
    size = 4 if key in _UPCAST else dtype.itemsize
    return Need(tuple(numbers * dtype.itemsize for numbers in parts), 8 * width * side**2 * size)


_UPCAST = ("sdxl", "sdxl-inpaint")
"""Families whose autoencoder overflows in fp16: their pipelines decode in full precision."""


def _folder_parts(folder: Path) -> tuple[str, list[int], int, int]:
    """Family, how many numbers each part has, the side in pixels, the autoencoder's first width."""
    key, _ = told_by_folder(folder)
    try:
        parts = list(_counted(folder).values())
    except ModelError as error:
        raise ModelError(
            f"{error} So {folder} could not be loaded as an inpainting model."
        ) from error
    side, width = FAMILIES[key].native, 128
    if (folder / "vae" / "config.json").is_file():
        vae = read_config(folder / "vae", "config.json")
        channels = vae.get("block_out_channels") or [vae.get("base_dim", width)]
        width = channels[0]
        if (folder / "unet" / "config.json").is_file():
            latents = read_config(folder / "unet", "config.json").get("sample_size")
            if isinstance(latents, int):
                side = latents * 2 ** (len(channels) - 1)
    return key, parts, side, width


def _file_parts(file: Path, base: Path | None) -> tuple[str, list[int], int, int]:
    shapes = shapes_of(read_header(file))
    kind = detect(shapes, file)
    shapes, _ = completed(file, kind, shapes)
    vae = {name: shape for name, shape in shapes.items() if name.startswith(VAE_PREFIXES)}
    texts = {name: shape for name, shape in shapes.items() if name.startswith(_TEXTS)}
    rest = {name: shape for name, shape in shapes.items() if name not in vae and name not in texts}
    parts = [_numbers(part) for part in (rest, vae, texts)]
    if lacking_parts(file, kind, shapes):
        lender = lender_of(file, kind.family, base)
        lent = _counted(lender) if lender else {}
        parts += [numbers for part, numbers in lent.items() if part not in ("unet", "transformer")]
    first = next((shape[0] for name, shape in vae.items()
                  if name.endswith("encoder.conv_in.weight")), 128)  # fmt: skip
    return kind.family, parts, kind.size * 8 or FAMILIES[kind.family].native, first


_TEXTS = ("cond_stage_model.", "conditioner.", "text_encoders.")


def _numbers(shapes: Shapes) -> int:
    return sum(math.prod(shape) for shape in shapes.values())


def _counted(folder: Path) -> dict[str, int]:
    """How many numbers each part of a folder has."""
    return {part: sum(held.numel for file in files for held in read_header(file).values())
            for part, files in weight_files(folder).items()}  # fmt: skip


def require_memory(path: Path, need: int, device: torch.device, dtype: torch.dtype) -> None:
    """Raise `ModelError` with numbers, and what to do, where `need` bytes are not free."""
    free = free_memory(device)
    if need <= free:
        return
    on_cpu = device.type == "cpu"
    half = "bf16" if on_cpu else "fp16 or bf16"  # on the CPU fp16 is widened
    advice = ["close other programs"]
    if dtype.itemsize > 2:
        advice.append(f"load it as {half}")
    if not on_cpu:
        advice.append("turn offloading on")
    where = "in this machine's memory" if on_cpu else f"on {device}"
    raise ModelError(
        f"{', '.join(advice).capitalize()}, or choose a smaller model: {path} needs about"
        f" {need / GIB:.1f} GiB, but {free / GIB:.1f} GiB are free {where}."
    )
