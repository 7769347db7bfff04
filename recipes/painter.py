"""Trains the sample inpainting model: a small Stable Diffusion with a 9-channel UNet.

    python -m recipes.painter --seconds 500 --seed 2

trains by the clock, on examples that are drawn while it trains, and goes on from the weights that
are shipped. It saves as it goes; the same command, stopped and given again, goes on.

It is trained at the eight noise levels at which it is used, mostly at the first, pure noise: there
the shape is found, and the further steps give it its edges. To learn every level, as large models
do, takes many times as long and gives nothing to a model that is called eight times. It tells the
clean codes and not the noise in them: what a small network gets wrong of noise stays in the picture
as confetti.

A critic learns beside it, and then teaches it (`recipes.critic`): by its errors alone a painter
learns the mean of all that could be, which is a blur.

Without a GPU it takes hours to see anything: two cores see some eight examples a second, with
`--half` where they compute in bfloat16.

What is shipped has seen 1.3 million examples: 242,000 in ten minutes of an H200 by another script,
952,000 (3,720 steps of 256, of 67,000 drawn ones) in six; then, on two processor cores, 53,000 in
two hours, and 34,000 (2,141 steps of 16) in as long beside the critic, which was shown older
pictures once more then.

Method: Rombach et al. 2022 (latent diffusion); Salimans & Ho 2022 and Li & He 2025 (what a network
predicts); Lin et al. 2024 (zero terminal SNR: without it a model cannot paint very dark or very
bright things, and steps spaced from the end).
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from threading import Thread

import numpy as np
import torch
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionInpaintPipeline
from diffusers import UNet2DConditionModel as UNet
from PIL import Image
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from prompt_edit.models.card import Card, Knowledge, write_card
from prompt_edit.models.store import PAINTER, SAMPLES
from prompt_edit.paperdoll.palette import COLOUR_NAMES
from prompt_edit.paperdoll.phrases import NOUNS, vocabulary
from prompt_edit.paperdoll.scene import BACKGROUNDS, PATTERNS, PEOPLE

from .clock import Training, fit
from .critic import STRENGTH, WARM_UP, Critic, as_strong, lesson, other_words, pull
from .examples import SIDE, Codes, Drawn, Example, encode, held_out, stacked, stream

WORDS, WIDTH = 16, 128
TIMES = (999, 874, 749, 624, 499, 374, 249, 124)
"""The noise levels of eight steps, the first of them pure noise; every other one is of four."""
SHARES = (0.28, 0.08, 0.2, 0.08, 0.15, 0.06, 0.1, 0.05)
"""How often each is trained at: those of four steps most."""
WEIGHTS = (1.0, 1.1, 1.3, 1.6, 2.0, 2.6, 3.5, 5.0)
"""How much an error counts at each level: the clearer the codes are, the smaller it is."""
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


# --- the model -----------------------------------------------------------------------------------


class Painter(nn.Module):
    """What is trained together: the text encoder and the UNet."""

    def __init__(self, text: CLIPTextModel, unet: UNet) -> None:
        super().__init__()
        self.text, self.unet = text, unet

    def forward(
        self, noisy: Tensor, mask: Tensor, holed: Tensor, time: Tensor, words: Tensor
    ) -> Tensor:
        """The clean codes that it sees in noisy ones [N,4,h,w].

        For masks [N,1,h,w] and words [N,16,128].
        """
        stacked = torch.cat([noisy, mask, holed], dim=1)
        stacked = stacked.contiguous(memory_format=torch.channels_last)
        return self.unet(stacked, time, words).sample

    def read(self, ids: Tensor) -> Tensor:
        """Words [N,16] as the text encoder understands them: [N,16,128]."""
        return self.text(ids).last_hidden_state


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


def build(folder: Path) -> tuple[Painter, CLIPTokenizer, DDIMScheduler]:
    """The untrained model, its tokenizer and its noise schedule."""
    tokenizer = _tokenizer(folder)
    text = CLIPTextModel(CLIPTextConfig(
        vocab_size=len(tokenizer), hidden_size=WIDTH, intermediate_size=256, projection_dim=WIDTH,
        num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=WORDS,
        bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    ))  # fmt: skip
    unet = UNet(
        sample_size=SIDE // 4, in_channels=9, out_channels=4, layers_per_block=1,
        block_out_channels=(48, 96, 160, 224), norm_num_groups=16, cross_attention_dim=WIDTH,
        attention_head_dim=4,
        down_block_types=("DownBlock2D",) * 2 + ("CrossAttnDownBlock2D",) * 2,
        up_block_types=("CrossAttnUpBlock2D",) * 2 + ("UpBlock2D",) * 2,
    )  # fmt: skip
    scheduler = DDIMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False,
        set_alpha_to_one=True, steps_offset=1, prediction_type="sample",
        timestep_spacing="trailing", rescale_betas_zero_snr=True,
    )  # fmt: skip
    return Painter(text, unet), tokenizer, scheduler


def _tokenizer(folder: Path) -> CLIPTokenizer:
    """CLIP's byte-pair encoding, learnt on the words of the paper world: each becomes one token.

    What the folder holds already is read: learnt anew, words of equal rank would change their ids.
    """
    if (folder / "merges.txt").exists():
        return CLIPTokenizer.from_pretrained(folder, model_max_length=WORDS, local_files_only=True)
    words = [*vocabulary(), *COLOUR_NAMES, *BACKGROUNDS, "short", "long", "plain", "blond", "hat"]
    model = Tokenizer(models.BPE(end_of_word_suffix="</w>", unk_token="<|endoftext|>"))
    model.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Whitespace(), pre_tokenizers.ByteLevel(add_prefix_space=False)])  # fmt: skip
    trainer = trainers.BpeTrainer(
        vocab_size=1024, end_of_word_suffix="</w>", show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )  # fmt: skip
    model.train_from_iterator([word for word in words for _ in range(3)], trainer)
    learnt = json.loads(model.to_str())["model"]
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = [pair if isinstance(pair, str) else " ".join(pair) for pair in learnt["merges"]]
    tokens = dict.fromkeys(
        [
            *alphabet,
            *(f"{letter}</w>" for letter in alphabet),
            *(m.replace(" ", "") for m in merges),
        ]
    )
    ids = {token: number for number, token in enumerate(
        [*tokens, "<|startoftext|>", "<|endoftext|>"])}  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps(ids))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n")
    return CLIPTokenizer.from_pretrained(folder, model_max_length=WORDS)


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

    def some(self, count: int) -> tuple[Codes, Tensor]:
        """As many examples by chance, and what is said of them."""
        there = min(self.came, len(self.ids))
        rows = torch.randint(there, (count,), device=self.ids.device)
        codes = self.codes
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


# --- looking at it -------------------------------------------------------------------------------


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


def said(tokenizer: CLIPTokenizer, prompts: list[str]) -> Tensor:
    """Prompts as tokens, int64 [N,16]."""
    return tokenizer(prompts, padding="max_length", truncation=True, max_length=WORDS,
                     return_tensors="pt").input_ids  # fmt: skip


def arriving(loader: Iterable[Drawn], vae: AutoencoderKL, tokenizer: CLIPTokenizer, most: int
             ) -> Iterator[list[tuple[Codes, Tensor]]]:  # fmt: skip
    """Whenever it is asked, at most so many of what has been drawn since; nothing is waited for."""
    waiting: Queue[Drawn] = Queue(maxsize=12 * most)

    def carry() -> None:
        for drawn in loader:
            waiting.put(drawn)

    Thread(target=carry, daemon=True).start()
    while True:
        come = [waiting.get_nowait() for _ in range(min(waiting.qsize(), most))]
        yield [(encode(vae, drawn), said(tokenizer, drawn.prompts)) for drawn in come]


@dataclass(frozen=True)
class Settings:
    """What a run may be told: all else stands above."""

    seconds: float
    rate: float
    batch: int
    room: int
    start: Path
    out: Path
    seed: int
    workers: int
    device: torch.device
    half: bool
    again: int
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
        parser.add_argument("--out", type=Path, default=Path("runs/painter"))
        parser.add_argument("--seed", type=int, default=1, help="other scenes, other noise")
        parser.add_argument("--workers", type=int, default=max(1, (os.cpu_count() or 2) - 2))
        parser.add_argument("--device", type=torch.device, default="cuda" if has else "cpu")
        parser.add_argument("--half", action=argparse.BooleanOptionalAction, default=has,
                            help="compute in bfloat16")  # fmt: skip
        parser.add_argument("--again", type=int, default=0 if has else 6,
                            help="train on each example so often before others are encoded: a "
                            "processor takes as long for that as for a step")  # fmt: skip
        parser.add_argument("--fresh", action="store_true", help="start from random weights")
        return cls(**vars(parser.parse_args()))


def begun(settings: Settings) -> tuple[Painter, CLIPTokenizer, DDIMScheduler, AutoencoderKL]:
    """What a run begins with, on its device."""
    start, whole = settings.start, {"torch_dtype": torch.float32}
    vae = AutoencoderKL.from_pretrained(start, subfolder="vae", **whole)
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
    loader = stream(settings.workers, first=40_000 * settings.seed)
    encoder = deepcopy(vae).to(bank.codes.picture.dtype)
    arrived = arriving(loader, encoder, tokenizer, 1 if settings.again else 16)

    def take_in() -> str:
        if settings.again * bank.came <= bank.given:
            for codes, ids in next(arrived):
                bank.add(codes, ids)
        return f"{bank.came} drawn"

    taught = Taught(painter, tokenizer).to(settings.device)
    taught.critic.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def loss() -> Tensor:
        return losses(taught, noise, *bank.some(settings.batch), settings.half)

    training = Training(taught, loss, settings.device)
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


@torch.no_grad()
def telling_codes(folder: Path) -> UNet:
    """The network of a folder; one that told the velocity begins as one that tells the codes.

    Of pure noise, where most is learnt, those are the same but for the sign.
    """
    unet = UNet.from_pretrained(folder / "unet", torch_dtype=torch.float32)
    prediction = DDIMScheduler.from_pretrained(folder / "scheduler").config.prediction_type
    if prediction == "v_prediction":
        for weights in unet.conv_out.parameters():
            weights.neg_()
    return unet


def readable_by_transformers_4(folder: Path) -> None:
    """Add what transformers 4 reads and transformers 5 no longer writes, but reads as well.

    These are two files of the tokenizer, and the prefix of the text encoder's names: without it
    transformers 4 would take random weights, and say no word.
    """
    tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer", local_files_only=True)
    tokenizer.backend_tokenizer.model.save(str(folder / "tokenizer"))
    file = folder / "text_encoder" / "model.safetensors"
    weights = {"text_model." + name.removeprefix("text_model."): value
               for name, value in load_file(file).items()}  # fmt: skip
    save_file(weights, file, metadata={"format": "pt"})


def without_paths(folder: Path) -> None:
    """Take out where the weights lay on the machine that trained them."""
    for file in folder.glob("*/config.json"):
        config = json.loads(file.read_text())
        config.pop("_name_or_path", None)
        file.write_text(json.dumps(config, indent=2) + "\n")


def pipeline(
    painter: Painter, vae: AutoencoderKL, tokenizer: CLIPTokenizer, scheduler: DDIMScheduler
) -> StableDiffusionInpaintPipeline:
    """The model as people load it, in half precision; the parts given stay as they are."""
    vae, text, unet = (deepcopy(part).half() for part in (vae, painter.text, painter.unet))
    return StableDiffusionInpaintPipeline(
        vae, text, tokenizer, unet, scheduler, None, None, requires_safety_checker=False
    )


if __name__ == "__main__":
    main()
