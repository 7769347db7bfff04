"""Trains the sample painter on where there is no GPU: on windows about what is painted.

    python -m recipes.closer --seconds 4000 --bf16

What lies far from the hole teaches little and costs as much as the rest: on windows a step takes
half the time. Things beside or in the place of others come oftener than in `recipes.painter`, since
there a painter errs most. It goes on from the weights that are shipped; the same command, stopped
and given again, goes on.

The network knows no place in its picture, so that what it learns in a window holds in the whole.
"""

from __future__ import annotations

import argparse
import os
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL
from transformers import CLIPTextModel, CLIPTokenizer

from prompt_edit.models.store import PAINTER, SAMPLES

from .clock import Training, fit
from .examples import (
    SCENES,
    WINDOWS,
    Example,
    Stream,
    encode,
    held_out,
    one_by_one,
    stacked,
    window,
)
from .painter import Bank, Noise, Painter, build, judge, keep, losses, said, telling_codes

KINDS = ("restyle",) * 2 + ("place",) * 2 + ("replace",) * 3 + ("add", "repaint", "remove")
SHARES = (0.3, 0.14, 0.13, 0.12, 0.1, 0.08, 0.07, 0.06)
"""Of the noise levels: where the shape is found, most."""
TOGETHER = {128: 32, 160: 24, 192: 20, 256: 12}
"""Examples of a step, by the window's side: as many as take about as long."""
AT_ONCE = 16
"""Examples that are encoded in one call."""


class Banks:
    """Codes by the side of their windows, as they come in."""

    def __init__(self, vae: AutoencoderKL, tokenizer: CLIPTokenizer, room: int) -> None:
        self._vae, self._tokenizer = vae, tokenizer
        self._banks = {side: Bank.empty(room, torch.device("cpu"), side) for side in WINDOWS}
        self._waiting: dict[int, list[Example]] = {side: [] for side in WINDOWS}

    @property
    def came(self) -> int:
        return sum(bank.came for bank in self._banks.values())

    def take(self, example: Example) -> None:
        """Take in an example that is a window."""
        side = example.image.shape[0]
        waiting = self._waiting[side]
        waiting.append(example)
        if len(waiting) == AT_ONCE:
            drawn = stacked(waiting)
            self._banks[side].add(encode(self._vae, drawn), said(self._tokenizer, drawn.prompts))
            waiting.clear()

    def some(self) -> tuple[Bank, int]:
        """A bank by chance, by how much came into each, and how many of it make a step."""
        sides = [side for side in WINDOWS if self._banks[side].came]
        weights = [self._banks[side].came for side in sides]
        (side,) = random.choices(sides, weights)
        return self._banks[side], TOGETHER[side]


def drawn(first: int) -> Iterator[Example]:
    """Windows of the scenes from a numbered one on, without end."""
    rng = np.random.default_rng(first)
    for example in one_by_one(Stream(first, KINDS)):
        yield window(example, rng)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=4000)
    parser.add_argument("--rate", type=float, default=3e-4)
    parser.add_argument("--room", type=int, default=10_000, help="examples kept of each side")
    parser.add_argument("--start", type=Path, default=SAMPLES / PAINTER.name)
    parser.add_argument("--out", type=Path, default=Path("runs/closer"))
    parser.add_argument("--seed", type=int, default=7, help="other scenes, other noise")
    parser.add_argument("--bf16", action="store_true", help="for processors that have AMX")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(given.seed)
    random.seed(given.seed)
    vae = AutoencoderKL.from_pretrained(given.start, subfolder="vae", torch_dtype=torch.float32)
    _, tokenizer, scheduler = build(given.out)
    text = CLIPTextModel.from_pretrained(given.start / "text_encoder", torch_dtype=torch.float32)
    tokenizer = CLIPTokenizer.from_pretrained(given.start / "tokenizer", local_files_only=True)
    painter = Painter(text, telling_codes(given.start)).train()
    painter.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    vae = vae.eval().requires_grad_(False)
    banks, noise = Banks(vae, tokenizer, given.room), Noise(scheduler, SHARES)
    windows = drawn(len(SCENES) // 2 + 40_000 * (given.seed - 7))
    while banks.came < 10 * AT_ONCE:
        banks.take(next(windows))

    def loss() -> torch.Tensor:
        bank, count = banks.some()
        return losses(painter, noise, *bank.some(count), half=given.bf16)

    def take_in() -> str:
        for _ in range(4):
            banks.take(next(windows))
        return f"{banks.came} drawn"

    training = Training(painter, loss, torch.device("cpu"))
    fit(training, given.out, given.seconds, given.rate, take_in)
    assert isinstance(training.average, Painter)
    keep(training.average, vae, tokenizer, scheduler, given.out / "model")
    judge(training.average, vae, scheduler, tokenizer, held_out(72), given.out)
    os._exit(0)  # the drawing goes on else


if __name__ == "__main__":
    main()
