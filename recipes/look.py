"""Looking at the sample painter: held-out examples, as figures and as a sheet."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL, DDIMScheduler
from PIL import Image
from torch import Tensor
from transformers import CLIPTokenizer

from .examples import Codes, Example, encode, stacked
from .unet import Painter, said


@torch.no_grad()
def paint(
    painter: Painter, vae: AutoencoderKL, scheduler: DDIMScheduler, codes: Codes, ids: Tensor,
    steps: int, guidance: float = 1.0,
) -> Tensor:  # fmt: skip
    """What it paints in some examples, whose codes are scaled: float [N,3,S,S] in -1..1."""
    scheduler = deepcopy(scheduler)
    scheduler.set_timesteps(steps)
    generator = torch.Generator().manual_seed(0)
    noisy = torch.randn(codes.holed.shape, generator=generator).to(codes.holed.device)
    mask, words = codes.mask.float(), painter.read(ids)
    unsaid = painter.read(ids[:1] * 0 + painter.text.config.eos_token_id)  # nothing but the end
    for time_ in scheduler.timesteps:
        times = torch.full((len(noisy),), int(time_), device=noisy.device)
        foreseen = painter(noisy, mask, codes.holed, times, words)
        if guidance != 1:
            plain = painter(noisy, mask, codes.holed, times, unsaid.expand_as(words))
            foreseen = plain + guidance * (foreseen - plain)
        noisy = scheduler.step(foreseen, time_, noisy).prev_sample
    return vae.decode(noisy / vae.config.scaling_factor).sample.clamp(-1, 1)


def psnr(painted: Tensor, held: list[Example]) -> float:
    """Of what was painted, inside the holes, in dB: the mean over the examples."""
    true = torch.stack([torch.from_numpy(each.image.copy()) for each in held])
    true = true.permute(0, 3, 1, 2).float() / 127.5 - 1
    hole = torch.stack([torch.from_numpy(each.mask.copy()) for each in held])[:, None]
    error = (((painted.cpu() - true) / 2).square() * hole).sum((1, 2, 3))
    error = error / (3 * hole.sum((1, 2, 3)))
    return float(-10 * torch.log10(error).mean())


def sheet(file: Path, held: list[Example], *painted: Tensor) -> None:
    """A picture to judge by: in each column an example's hole, its truth, and what was painted."""
    rows = []
    for number, each in enumerate(held):
        mask = each.mask[..., None]
        parts = [np.where(mask, 128, each.image), each.image]
        for pictures in painted:
            patch = (pictures[number].permute(1, 2, 0).cpu().numpy() * 127.5 + 127.5).round()
            parts.append(np.where(mask, patch, each.image))
        rows.append(np.concatenate(parts).astype(np.uint8))
    lines = [np.concatenate(rows[n : n + 12], 1) for n in range(0, len(rows) - 11, 12)]
    Image.fromarray(np.concatenate(lines)).save(file, quality=90)


LOOKS = ((1, 1.0), (4, 1.0), (8, 1.0), (8, 1.5), (4, 1.5), (8, 2.0))
"""Steps and guidance that are tried in the end; the first four are drawn."""


def judge(painter: Painter, vae: AutoencoderKL, scheduler: DDIMScheduler,
          tokenizer: CLIPTokenizer, held: list[Example], out: Path) -> None:  # fmt: skip
    """Figures and a sheet of held-out examples, painted with several settings."""
    drawn = stacked(held)
    codes, ids = encode(vae, drawn), said(tokenizer, drawn.prompts).to(vae.device)
    painted = {}
    for steps, guidance in LOOKS:
        painted[steps, guidance] = paint(painter, vae, scheduler, codes, ids, steps, guidance)
        score = psnr(painted[steps, guidance], held)
        print(f"{steps} steps, guidance {guidance}: PSNR in the hole {score:.2f} dB", flush=True)
    sheet(out / "sheet.jpg", held, *(painted[each] for each in LOOKS[:4]))
