"""A picture of the latents while they are still noise, without a second decoder."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from .families import Family


@torch.inference_mode()
def cheap_decoder(
    pipeline: Any, family: Family, image: Tensor
) -> Callable[[Tensor], Tensor] | None:
    """The linear map from latents to colours that fits this very picture, float [1,h,w,3] in 0..1.

    It needs no table of factors a model family. It makes float [h,w,3] of a pipeline's latents.
    None where the autoencoder overflows, as SDXL's does in fp16.
    """
    vae = pipeline.vae
    pixels = image.movedim(-1, 1).to(pipeline._execution_device, vae.dtype)
    code = _encoded(vae, pixels * 2 - 1)  # [1,c,h,w]
    if not code.isfinite().all():
        return None
    small = F.interpolate(pixels.float().cpu(), code.shape[-2:], mode="area")
    factors = torch.linalg.lstsq(_columns(code), small[0].flatten(1).T).solution
    aspect = code.shape[-2] / code.shape[-1]

    def decode(latents: Tensor) -> Tensor:
        latents = latents[:1]
        if family.packed:
            latents = _unpacked(latents, aspect)
        colours = _columns(latents) @ factors
        return colours.clamp(0, 1).reshape(*latents.shape[-2:], 3)

    return decode


def _encoded(vae: Any, pixels: Tensor) -> Tensor:
    """Pixels [1,3,H,W] in -1..1 to latents [1,c,h,w], scaled as the network sees them."""
    config = vae.config
    if "latents_mean" in config and "z_dim" in config:  # a video's, of one frame
        mean = vae.encode(pixels[:, :, None]).latent_dist.mean[:, :, 0]
        centre, spread = (torch.tensor(config[name]).to(mean)[:, None, None]
                          for name in ("latents_mean", "latents_std"))  # fmt: skip
        return (mean - centre) / spread
    mean = vae.encode(pixels).latent_dist.mean
    return (mean - (config.get("shift_factor") or 0)) * config.scaling_factor


def _unpacked(rows: Tensor, aspect: float) -> Tensor:
    """Rows of 2 x 2 patches [1,n,4c] to latents [1,c,h,w]; `aspect` is h over w."""
    count, channels = rows.shape[1:]
    high = min((n for n in range(1, count + 1) if count % n == 0),
               key=lambda n: abs(math.log(n * n / count / aspect)))  # fmt: skip
    patches = rows.reshape(1, high, count // high, channels // 4, 2, 2)
    return patches.permute(0, 3, 1, 4, 2, 5).reshape(1, channels // 4, high * 2, -1)


def _columns(code: Tensor) -> Tensor:
    """Latents [1,c,h,w] as rows of channels and a constant: float [h*w,c+1], on the CPU."""
    rows = code[0].flatten(1).T.float().cpu()
    return torch.cat([rows, torch.ones(len(rows), 1)], dim=1)
