"""How much memory a painter takes, told before it is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch

from ..errors import ModelError
from ..models.device import free_memory

GIB = 2**30


NETWORKS = ("unet", "transformer")
"""What a pipeline calls the part that denoises."""

_STEP = 1.5 * GIB


@dataclass(frozen=True)
class Need:
    """Memory in bytes.

    Attributes:
        weights: to hold the whole model.
        network, reader, decoder: the weights of what denoises, of the largest part that reads
            text, and of the autoencoder as it works.
        step, working: what denoising and decoding take besides.
    """

    weights: int
    network: int
    reader: int
    decoder: int
    step: int
    working: int

    @property
    def whole(self) -> int:
        """To paint with the whole model in one place."""
        return self.weights + self.working

    @property
    def offloaded(self) -> int:
        """To paint with only one part at a time there, beside the autoencoder: once it has encoded
        the picture, by which the text is still read, it stays until the end."""
        encoding = self.working // 2  # its layers are half as wide
        return self.decoder + max(self.network + self.step, self.reader + encoding, self.working)


def need_of(
    numbers: Mapping[str, int], dtype: torch.dtype, side: int, width: int, upcast: bool
) -> Need:
    """The most memory that loading and painting once takes.

    What is needed beside the weights is greatest while the autoencoder decodes, and is reckoned as
    four tensors of its widest full-size layer. A step of the network takes less: in 16 bits, with
    guidance and a picture beside the noise, the tensors that are alive at once are at most 0.3 GiB
    for SDXL, 0.9 for FLUX, 0.8 for Qwen-Image, 1.0 for Z-Image (counted at 1024 x 1024 pixels over
    their published settings), or a quarter of the weights of the smallest. The rest of 1.5 GiB, or
    of half the weights, is for what the kernels of libraries take.

    Args:
        numbers: how many each part has, by its name in the pipeline.
        dtype: of the weights.
        side: of the pictures, in pixels.
        width: of the autoencoder's first layer.
        upcast: it decodes in full precision.
    """
    size = 4 if upcast else dtype.itemsize
    network = sum(numbers.get(name, 0) for name in NETWORKS) * dtype.itemsize
    readers = [each for name, each in numbers.items() if name not in (*NETWORKS, "vae")]
    step = int(_STEP * (side / 1024) ** 2 * dtype.itemsize / 2)
    return Need(
        sum(numbers.values()) * dtype.itemsize, network,
        max(readers, default=0) * dtype.itemsize, numbers.get("vae", 0) * size,
        min(step, network // 2), 8 * width * side**2 * size,
    )  # fmt: skip


def require_memory(
    path: Path, need: int, device: torch.device, dtype: torch.dtype, offload: bool = False
) -> None:
    """Raise `ModelError` with numbers, and what to do, where `need` bytes are not free; `offload`
    says that the parts go there one at a time."""
    free = free_memory(device)
    if need <= free:
        return
    on_cpu = device.type == "cpu"
    half = "bf16" if on_cpu else "fp16 or bf16"  # on the CPU fp16 is widened
    advice = ["close other programs"]
    if dtype.itemsize > 2:
        advice.append(f"load it as {half}")
    if offload:
        advice.append("in ComfyUI load its fp8 or GGUF file there and connect Painter from MODEL")
    elif device.type not in ("cpu", "mps"):  # a Mac's GPU has no memory of its own
        advice.append("turn offloading on")
    where = "in this machine's memory" if on_cpu else f"on {device}"
    first, *more = advice
    raise ModelError(
        f"{', '.join((first.capitalize(), *more))}, or choose a smaller model: {path} needs about"
        f" {need / GIB:.1f} GiB, but {free / GIB:.1f} GiB are free {where}."
    )
