"""Trains the sample inpainting model: a small Stable Diffusion with a 9-channel UNet.

    python -m recipes.painter --seconds 500 --seed 2

trains by the clock, on examples that are drawn while it trains, and goes on from the weights that
are shipped. It saves as it goes; the same command, stopped and given again, goes on. With `--vae
runs/autoencoder/model` it paints what `recipes.autoencoder` has learnt to code.

It is trained at the eight noise levels at which it is used, mostly at the first, pure noise: there
the shape is found, and the further steps give it its edges. To learn every level, as large models
do, takes many times as long and gives nothing to a model that is called eight times. It tells the
clean codes and not the noise in them: what a small network gets wrong of noise stays in the picture
as confetti.

A critic learns beside it, and then teaches it (`recipes.critic`): by its errors alone a painter
learns the mean of all that could be, which is a blur.

Without a GPU it takes hours to see anything: two cores see some thirty examples a second, closely
cut, with `--half` where they compute in bfloat16. Every other step is of whole pictures with large
holes then: of close cuts alone it forgets what a background is.

What is shipped has seen 1.3 million examples: 242,000 in ten minutes of an H200 by another script,
952,000 (3,720 steps of 256, of 67,000 drawn ones) in six; then, on two processor cores, 53,000 in
two hours, and 34,000 (2,141 steps of 16) in as long beside the critic, which was shown older
pictures once more then. All that was of smaller prints. Of today's it has seen 190,000 (some 8,000
steps, each example eight times) in three and a half hours of two cores, in between as the mean of
what it was and what it had become.

Method: Rombach et al. 2022 (latent diffusion); Salimans & Ho 2022 and Li & He 2025 (what a network
predicts); Lin et al. 2024 (zero terminal SNR: without it a model cannot paint very dark or very
bright things, and steps spaced from the end).
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import torch
from diffusers import AutoencoderKL, DDIMScheduler
from torch import Tensor, nn
from transformers import CLIPTextModel, CLIPTokenizer

from prompt_edit.models.card import Card, Knowledge, write_card
from prompt_edit.models.store import PAINTER, SAMPLES
from prompt_edit.palette import COLOUR_NAMES
from prompt_edit.paperdoll.phrases import NOUNS
from prompt_edit.paperdoll.scene import BACKGROUNDS, PATTERNS, PEOPLE

from .clock import Training, fit
from .critic import STRENGTH, WARM_UP, Critic, as_strong, lesson, other_words, pull
from .examples import SIDE, Codes, Drawn, close_up, encode, held_out, stream
from .look import judge
from .unet import (
    WIDTH,
    WORDS,
    Painter,
    build,
    pipeline,
    readable_by_transformers_4,
    said,
    telling_codes,
    without_paths,
)

TIMES = (999, 874, 749, 624, 499, 374, 249, 124)
"""The noise levels of eight steps, the first of them pure noise; every other one is of four."""
SHARES = (0.4, 0.06, 0.17, 0.06, 0.13, 0.05, 0.09, 0.04)
"""How often each is trained at: those of four steps most."""
WEIGHTS = (1.0, 1.1, 1.3, 1.6, 2.0, 2.6, 3.5, 5.0)
"""How much an error counts at each level: the clearer the codes are, the smaller it is."""
LARGE = 0.13
"""From that share of the picture on, a hole is shown whole, as well as closely."""
LESSON = 0.1
"""How much of a step the critic's lesson is: little, or its gradients would bound the painter's."""
CARD = Card(sample=True, steps=4, guidance_scale=1.5, knows=Knowledge(
    nouns=tuple(noun for noun in NOUNS if noun not in ("person", "child")),
    colourless=PEOPLE,
    colours=(*COLOUR_NAMES, "blond"),
    looks=(*PATTERNS, "short", "long"),
    backgrounds=tuple(name for name in BACKGROUNDS if name not in ("studio", "room")),
    steps=8,
    guidance_scale=2.0,
))  # fmt: skip
"""The looks stand in the order in which `describe` says them."""


class Taught(nn.Module):
    """The painter, and the critic that learns beside it and then teaches it."""

    patterns: Tensor
    steps: Tensor

    def __init__(self, painter: Painter, tokenizer: CLIPTokenizer) -> None:
        super().__init__()
        self.painter, self.critic = painter, Critic(WIDTH)
        patterns = said(tokenizer, list(PATTERNS[1:]))[:, 1]
        self.register_buffer("patterns", patterns)
        self.register_buffer("steps", torch.zeros(()))


@dataclass
class Bank:
    """The codes of the examples that came last, where they are trained on.

    Attributes:
        codes: of the type of numbers that the autoencoder computes in, room for R examples.
        ids: int64 [R,16], what the prompts say.
        came: how many have come.
        given: how many were taken to train on, each time counted.
    """

    codes: Codes
    ids: Tensor
    came: int = 0
    given: int = 0

    @classmethod
    def empty(cls, room: int, device: torch.device, half: bool = False) -> Bank:
        kind = torch.bfloat16 if half else torch.float32
        picture, holed = torch.zeros(2, room, 4, SIDE // 4, SIDE // 4, dtype=kind, device=device)
        mask = torch.zeros(room, 1, SIDE // 4, SIDE // 4, dtype=torch.bool, device=device)
        ids = torch.zeros(room, WORDS, dtype=torch.int64, device=device)
        return cls(Codes(picture, holed, mask), ids)

    def add(self, codes: Codes, ids: Tensor) -> None:
        """Take in examples, in place of the oldest where there is no more room."""
        rows = (self.came + torch.arange(len(ids), device=self.ids.device)) % len(self.ids)
        self.codes.picture[rows], self.codes.holed[rows] = codes.picture, codes.holed
        self.codes.mask[rows], self.ids[rows] = codes.mask, ids.to(self.ids.device)
        self.came += len(ids)

    def some(self, count: int, least: float = 0.0) -> tuple[Codes, Tensor]:
        """As many examples by chance, and what is said of them.

        Args:
            least: the share of the picture that a hole must have, where any has it.
        """
        there, codes = min(self.came, len(self.ids)), self.codes
        rows = torch.randint(there, (count,), device=self.ids.device)
        if least:
            large = (codes.mask[:there].float().mean((1, 2, 3)) >= least).nonzero()[:, 0]
            rows = large[rows % len(large)] if len(large) else rows
        self.given += count
        picture, holed = codes.picture[rows].float(), codes.holed[rows].float()
        return Codes(picture, holed, codes.mask[rows]), self.ids[rows]


class Noise(nn.Module):
    """The levels that are trained at: how clear the codes are at each, and how much each counts."""

    times: Tensor
    ends: Tensor
    weights: Tensor
    clear: Tensor

    def __init__(self, scheduler: DDIMScheduler) -> None:
        super().__init__()
        self.register_buffer("times", torch.tensor(TIMES))
        self.register_buffer("ends", torch.tensor(SHARES).cumsum(0)[:-1])
        self.register_buffer("weights", torch.tensor(WEIGHTS))
        self.register_buffer("clear", scheduler.alphas_cumprod[list(TIMES)].float())

    def levels(self, count: int) -> Tensor:
        """Levels [N] by their shares, as evenly as so few can be."""
        spread = torch.arange(count, device=self.ends.device)
        return torch.bucketize((spread + torch.rand_like(spread.float())) / count, self.ends)

    def blur(self, codes: Tensor, level: Tensor) -> Tensor:
        """The codes [N,4,h,w] in as much noise as the levels have."""
        clear = self.clear[level].view(-1, 1, 1, 1)
        return clear.sqrt() * codes + (1 - clear).sqrt() * torch.randn_like(codes)


def losses(taught: Taught, noise: Noise, codes: Codes, ids: Tensor, half: bool = False) -> Tensor:
    """What painter and critic learn from; its value is the painter's error alone.

    Args:
        half: compute in bfloat16, where the device is fast in it.
    """
    painter, critic, level = taught.painter, taught.critic, noise.levels(len(ids))
    noisy = noise.blur(codes.picture, level)
    with torch.autocast(noisy.device.type, torch.bfloat16, enabled=half):
        read = painter.text(ids)
        mask, words = codes.mask.float(), read.last_hidden_state
        foreseen = painter(noisy, mask, codes.holed, noise.times[level], words).float()
        made = torch.where(codes.mask, foreseen, codes.picture)
        meant = read.pooler_output.detach()
        with torch.no_grad():
            wrong = painter.text(other_words(ids, taught.patterns)).pooler_output
        learnt = lesson(critic, made, codes, meant, wrong)
        pulled = pull(critic, made, codes, meant)
    error = error_of(foreseen, codes, noise.weights[level])
    taught.steps += 1
    strength = STRENGTH * (taught.steps / WARM_UP).clamp(max=1)
    beside = strength * as_strong(pulled, error, foreseen) + LESSON * learnt
    return error + beside - beside.detach()


def error_of(foreseen: Tensor, codes: Codes, weights: Tensor) -> Tensor:
    """The error of the foreseen codes [N,4,h,w], inside the hole for the most part.

    Half of it is absolute, which asks for flat paper with an edge, and half squared, which asks for
    the mean of all pictures that could be. `weights` [N] is how much each counts.
    """
    weight = codes.mask.float() + 0.1
    error = foreseen - codes.picture
    error = 0.5 * ((error.square() + 1e-4).sqrt() + error.square()) * weight
    each = error.sum((1, 2, 3)) / (weight.sum((1, 2, 3)) * error.shape[1])
    return (each * weights).mean()


def arriving(loader: Iterable[Drawn], vae: AutoencoderKL, tokenizer: CLIPTokenizer, most: int
             ) -> Iterator[list[tuple[Codes, Tensor, int]]]:  # fmt: skip
    """Whenever it is asked, at most so many of what has been drawn since, with the scene of each.

    Nothing is waited for. What goes wrong where they are drawn is raised here.
    """
    waiting: Queue[Drawn | Exception] = Queue(maxsize=12 * most)

    def carry() -> None:
        try:
            for drawn in loader:
                waiting.put(drawn)
        except Exception as error:
            waiting.put(error)

    Thread(target=carry, daemon=True).start()
    while True:
        come = []
        for each in [waiting.get_nowait() for _ in range(min(waiting.qsize(), most))]:
            if isinstance(each, Exception):
                raise each
            come.append((encode(vae, each), said(tokenizer, each.prompts), each.scene))
        yield come


@dataclass(frozen=True)
class Settings:
    """What a run may be told: all else stands above."""

    seconds: float
    rate: float
    batch: int
    room: int
    start: Path
    vae: Path
    out: Path
    seed: int
    workers: int
    device: torch.device
    half: bool
    again: int
    close: int
    fresh: bool

    @classmethod
    def from_command_line(cls) -> Settings:
        has = torch.cuda.is_available()
        parser = argparse.ArgumentParser(description=__doc__)
        parser.add_argument("--seconds", type=float, default=500 if has else 36_000)
        parser.add_argument("--rate", type=float, default=6e-4)
        parser.add_argument("--batch", type=int, default=256 if has else 32)
        parser.add_argument("--room", type=int, default=200_000 if has else 20_000)
        parser.add_argument("--start", type=Path, default=SAMPLES / PAINTER.name)
        parser.add_argument("--vae", type=Path, help="whose codes to paint: by default those of"
                            " the autoencoder that is in --start")  # fmt: skip
        parser.add_argument("--out", type=Path, default=Path("runs/painter"))
        parser.add_argument("--seed", type=int, default=1, help="other scenes, other noise")
        parser.add_argument("--workers", type=int, default=max(1, (os.cpu_count() or 2) - 2))
        parser.add_argument("--device", type=torch.device, default="cuda" if has else "cpu")
        parser.add_argument("--half", action=argparse.BooleanOptionalAction, default=has,
                            help="compute in bfloat16")  # fmt: skip
        parser.add_argument("--again", type=int, default=0 if has else 6,
                            help="train on each example so often before others are encoded: a "
                            "processor takes as long for that as for a step")  # fmt: skip
        parser.add_argument("--close", type=int, default=SIDE // 4 if has else SIDE // 8,
                            help="see so many codes around the hole: half of them take less than a"
                            " third of the time")  # fmt: skip
        parser.add_argument("--fresh", action="store_true", help="start from random weights")
        values = parser.parse_args()
        values.vae = values.vae or values.start / "vae"
        return cls(**vars(values))

    @property
    def told(self) -> dict[str, Any]:
        """What may not change while a run goes on; folders as seen from where it is begun."""
        return {
            "seed": self.seed, "rate": self.rate, "batch": self.batch, "fresh": self.fresh,
            "start": os.path.relpath(self.start), "vae": os.path.relpath(self.vae),
        }  # fmt: skip


def begun(settings: Settings) -> tuple[Painter, CLIPTokenizer, DDIMScheduler, AutoencoderKL]:
    """What a run begins with, on its device."""
    start, whole = settings.start, {"torch_dtype": torch.float32}
    vae = AutoencoderKL.from_pretrained(settings.vae, **whole)
    painter, tokenizer, scheduler = build(settings.out)
    if not settings.fresh:
        text = CLIPTextModel.from_pretrained(start / "text_encoder", **whole)
        painter = Painter(text, telling_codes(start))
        tokenizer = CLIPTokenizer.from_pretrained(start / "tokenizer", local_files_only=True)
    painter.to(settings.device, memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    vae = vae.to(settings.device).eval().requires_grad_(False)
    return painter, tokenizer, scheduler, vae


def main() -> None:
    settings = Settings.from_command_line()
    settings.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(settings.seed)
    torch.backends.cudnn.benchmark = True
    torch.set_float32_matmul_precision("high")
    painter, tokenizer, scheduler, vae = begun(settings)
    bank = Bank.empty(settings.room, settings.device, settings.half)
    noise = Noise(scheduler).to(settings.device)
    taught = Taught(painter, tokenizer).to(settings.device)
    taught.critic.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    closely = cycle([True, False] if settings.close < SIDE // 4 else [None])

    def loss() -> Tensor:
        close = next(closely)
        few, least = (settings.batch // 4, LARGE) if close is False else (settings.batch, 0.0)
        codes, ids = bank.some(max(1, few), least)
        codes = close_up(codes, settings.close) if close else codes
        return losses(taught, noise, codes, ids, settings.half)

    training = Training(taught, loss, settings.device, settings.told, 40_000 * settings.seed)
    training.go_on(settings.out, settings.seconds)
    torch.manual_seed(settings.seed * 1_000_003 + training.steps)  # no noise comes twice
    loader = stream(settings.workers, first=training.scene)
    encoder = deepcopy(vae).to(bank.codes.picture.dtype)
    arrived = arriving(loader, encoder, tokenizer, 1 if settings.again else 16)

    def take_in() -> str:
        if not bank.given or settings.again * bank.came <= bank.given:
            for codes, ids, scene in next(arrived):
                bank.add(codes, ids)
                training.scene = scene + 1
        return f"{bank.came} drawn"

    if training.cuda:  # fused, a step takes half the time; to fuse takes a minute or two
        painter.unet.compile(dynamic=False)
    while bank.came < 2 * settings.batch:
        take_in()
        time.sleep(0.1)
    fit(training, settings.out, settings.seconds, settings.rate, take_in)
    assert isinstance(training.average, Taught)
    average = training.average.painter
    folder = settings.out / "model"
    pipeline(average, vae, tokenizer, scheduler).save_pretrained(folder)
    readable_by_transformers_4(folder)
    without_paths(folder)
    write_card(folder, CARD)
    judge(average, vae, scheduler, tokenizer, held_out(72), settings.out)
    os._exit(0)  # the drawing goes on else until its queue is full


if __name__ == "__main__":
    main()
