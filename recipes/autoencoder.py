"""Trains the autoencoder of the sample inpainting model.

    python -m recipes.autoencoder

It halves the picture twice (not three times, as Stable Diffusion does): a small model keeps sharp
paper edges that way. Method: Kingma & Welling 2014; Rombach et al. 2022.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from torch import Tensor, nn

from prompt_edit.models.store import PAINTER, SAMPLES

from .loop import Settings, fit
from .pool import ScenePool, make

CUT, BATCH = 64, 16


def build() -> AutoencoderKL:
    """The untrained autoencoder: convolutions only, so that any size can be coded."""
    vae = AutoencoderKL(
        in_channels=3, out_channels=3, latent_channels=4, block_out_channels=(24, 48, 64),
        down_block_types=("DownEncoderBlock2D",) * 3, up_block_types=("UpDecoderBlock2D",) * 3,
        layers_per_block=1, norm_num_groups=1, sample_size=128, mid_block_add_attention=False,
    )  # fmt: skip
    begin_as_thumbnail(vae)
    return vae


@torch.no_grad()
def begin_as_thumbnail(vae: AutoencoderKL, steady: float = 4.0) -> None:
    """Set first weights with which the code is the picture at a quarter of its size.

    From random weights the colours alone took thousands of steps. Eight channels are wired through
    the whole network: the three colours, their negatives, and a constant with its negative. As
    silu(x) - silu(-x) = x, such pairs pass the activations unchanged; the constant keeps the group
    norms from rescaling them. All other channels are random, and the details are learnt there.
    """
    for name, module in vae.named_modules():
        if name.endswith("conv2"):  # residual blocks add nothing yet
            nn.init.zeros_(module.weight)
            nn.init.zeros_(module.bias)
        elif name.endswith("downsamplers.0.conv"):
            _wire(module, torch.eye(8), taps=2)
        elif name.endswith(("upsamplers.0.conv", "conv_shortcut")):
            _wire(module, torch.eye(8))
    colours = torch.zeros(8, 3)
    colours[:3], colours[3:6] = torch.eye(3), -torch.eye(3)
    for part, width in ((vae.encoder, 64), (vae.decoder, 24)):
        _wire(part.conv_in, colours)
        part.conv_in.bias[6:8] = torch.tensor([steady, -steady])
        nn.init.zeros_(part.conv_out.weight[: 3 if part is vae.encoder else None])
        _wire(part.conv_out, colours[:6].T * steady * (2 / width) ** 0.5)
    for conv in (vae.quant_conv, vae.post_quant_conv):
        conv.weight.copy_(torch.eye(len(conv.weight))[..., None, None])
        nn.init.zeros_(conv.bias)
    nn.init.zeros_(vae.encoder.conv_out.weight[4:])
    nn.init.constant_(vae.quant_conv.bias[4:], -8.0)  # a faint noise: log variance -8
    # Scale the code to unit variance, and what comes back to what went in.
    image = F.interpolate(torch.rand(8, 3, 8, 8) * 2 - 1, scale_factor=16)
    spread = vae.encode(image).latent_dist.mean.std(dim=(0, 2, 3))
    vae.quant_conv.weight[:4] /= spread[:, None, None, None]
    vae.post_quant_conv.weight[:3] *= spread[:3, None, None, None]
    decoded = vae.decode(vae.encode(image).latent_dist.mean).sample
    vae.decoder.conv_out.weight *= (decoded * image).sum() / decoded.square().sum()


def _wire(conv: nn.Conv2d, weights: Tensor, taps: int = 1) -> None:
    """Let the first outputs be those mixtures of the first inputs alone: weights [out,in].

    They are taken at the middle of the kernel, or as a mean over its first `taps` x `taps` places.
    """
    rows, columns = weights.shape
    conv.weight[:rows] = 0
    conv.bias[:rows] = 0  # type: ignore[index]
    middle = conv.kernel_size[0] // 2
    places = slice(0, taps) if taps > 1 else slice(middle, middle + 1)
    conv.weight[:rows, :columns, places, places] = weights[..., None, None] / taps**2


def cuts(pool: ScenePool, rng: np.random.Generator, side: int, batch: int) -> Tensor:
    """Pieces of scenes, at full and half size, some with a gray hole: [B,3,S,S] in -1..1."""
    pieces = []
    for _ in range(batch):
        step = 2 if rng.random() < 0.35 else 1
        y, x = (int(v) for v in rng.integers(256 - side * step + 1, size=2))
        index = int(rng.integers(len(pool)))
        piece = torch.from_numpy(
            np.array(pool.images[index, y : y + side * step, x : x + side * step])
        )
        piece = piece.permute(2, 0, 1).float() / 127.5 - 1
        piece = F.avg_pool2d(piece[None], step)[0]
        if rng.random() < 0.25:  # what the painter's masked pictures look like
            top, left = (int(v) for v in rng.integers(side // 2, size=2))
            piece[:, top : top + side // 2, left : left + side // 2] = 0
        pieces.append(piece)
    return torch.stack(pieces)


def losses(vae: AutoencoderKL, image: Tensor) -> dict[str, Tensor]:
    """Absolute error of the colours and of their edges, and a faint pull to a unit normal."""
    with torch.autocast(image.device.type, torch.bfloat16):
        code = vae.encode(image).latent_dist
        decoded = vae.decode(code.sample()).sample.float()
    edges = sum(
        ((decoded.diff(dim=axis) - image.diff(dim=axis)).abs().mean() for axis in (-1, -2)),
        torch.zeros((), device=image.device),
    )
    return {
        "colour": (decoded - image).abs().mean(),
        "edge": edges,
        "normal": 1e-7 * code.kl().mean(),
    }


def main() -> None:
    settings = Settings.from_command_line(
        __doc__ or "", steps=1700, learning_rate=2.5e-4, out="runs/autoencoder"
    )
    pool = make(settings.pool)
    vae = build()
    folder = SAMPLES / PAINTER.name
    if folder.exists() and not settings.fresh:
        vae = AutoencoderKL.from_pretrained(folder, subfolder="vae", torch_dtype=torch.float32)
    # Channels last: twice as fast on a CPU.
    vae = vae.to(settings.device, memory_format=torch.channels_last).train()  # type: ignore[call-overload]

    def step(number: int) -> dict[str, Tensor]:
        rng = np.random.default_rng((settings.seed, number))
        image = cuts(pool, rng, CUT, BATCH).to(settings.device, memory_format=torch.channels_last)
        return losses(vae, image)

    def quality(averaged: nn.Module, _: int) -> str:
        return f"PSNR {check(averaged, pool, settings.device):.2f} dB"  # type: ignore[arg-type]

    average: AutoencoderKL = fit(vae, settings, step, report=quality, every=300)  # type: ignore[assignment]
    with torch.no_grad():  # latents of unit variance are what the noise schedule expects
        image = cuts(pool, np.random.default_rng(0), 128, 64).to(settings.device)
        deviation = average.encode(image).latent_dist.mean.std()
    average.register_to_config(scaling_factor=round(1 / float(deviation), 4))
    average.save_pretrained(settings.out / "model")


@torch.no_grad()
def check(vae: AutoencoderKL, pool: ScenePool, device: str) -> float:
    """Peak signal to noise ratio, in dB, of what comes back from the mean code."""
    image = cuts(pool, np.random.default_rng(0), 128, 16).to(device)
    decoded = vae.decode(vae.encode(image).latent_dist.mean).sample.clamp(-1, 1)
    return float(-10 * torch.log10(((decoded - image) / 2).square().mean()))


if __name__ == "__main__":
    main()
