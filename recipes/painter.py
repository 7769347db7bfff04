"""Trains the sample inpainting model: a small Stable Diffusion with a 9-channel UNet.

    python -m recipes.examples      # draws what it learns from; a while on two cores
    python -m recipes.painter --start recipes/painter/start

It is trained at the four noise levels at which it is used, mostly at the first, pure noise: there
the shape is found, and the further steps give it its edges. To learn every level, as large models
do, takes many times as long and gives nothing to a model that is called four times. It tells the
clean codes and not the noise in them: what a small network gets wrong of noise stays in the picture
as confetti.

`painter/start/` holds weights half way: better than those that are shipped wherever a thing keeps
its shape, and not yet able to paint a new one. A run goes on from them.

Method: Rombach et al. 2022 (latent diffusion); Salimans & Ho 2022 and Li & He 2025 (what a network
predicts); Lin et al. 2024 (zero terminal SNR: without it a model cannot paint very dark or very
bright things, and steps spaced from the end).
"""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path

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

from .examples import HELD, SIDE, Codes, Example, encode, examples, read
from .loop import Settings, fit

BATCH, WORDS, WIDTH = 32, 16, 96
TIMES = (999, 749, 499, 249)
"""The noise levels of four steps, the first of them pure noise."""
SHARES = (0.4, 0.2, 0.2, 0.2)
WEIGHTS = (1.0, 1.3, 2.0, 3.5)
"""How much an error counts at each level: the clearer the codes are, the smaller it is."""
CARD = Card(sample=True, steps=1, guidance_scale=1.3, knows=Knowledge(
    nouns=tuple(noun for noun in NOUNS if noun not in ("person", "child")),
    colourless=PEOPLE,
    colours=(*COLOUR_NAMES, "blond"),
    looks=(*PATTERNS, "short", "long"),
    backgrounds=tuple(name for name in BACKGROUNDS if name not in ("studio", "room")),
    steps=1,
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

        For masks [N,1,h,w] and words [N,16,96].
        """
        stacked = torch.cat([noisy, mask, holed], dim=1)
        stacked = stacked.contiguous(memory_format=torch.channels_last)
        return self.unet(stacked, time, words).sample

    def read(self, ids: Tensor) -> Tensor:
        """Words [N,16] as the text encoder understands them: [N,16,96]."""
        return self.text(ids).last_hidden_state


def build(folder: Path) -> tuple[Painter, CLIPTokenizer, DDIMScheduler]:
    """The untrained model, its tokenizer and its noise schedule."""
    tokenizer = _tokenizer(folder)
    text = CLIPTextModel(CLIPTextConfig(
        vocab_size=len(tokenizer), hidden_size=WIDTH, intermediate_size=192, projection_dim=WIDTH,
        num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=WORDS,
        bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    ))  # fmt: skip
    unet = UNet(
        sample_size=SIDE // 4, in_channels=9, out_channels=4, layers_per_block=1,
        block_out_channels=(32, 64, 128, 192), norm_num_groups=16, cross_attention_dim=WIDTH,
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


def losses(
    painter: Painter, scheduler: DDIMScheduler, ids: Tensor, data: Codes, scale: float,
    rng: np.random.Generator, device: str,
) -> dict[str, Tensor]:  # fmt: skip
    """The error of the foreseen codes, inside the hole for the most part, by noise level.

    Half of it is absolute, which asks for flat paper with an edge, and half squared, which asks for
    the mean of all pictures that could be.
    """
    rows = torch.from_numpy(rng.integers(len(data.prompts), size=BATCH))
    picture, holed = (part[rows].to(device).float() * scale for part in (data.picture, data.holed))
    mask = data.mask[rows].to(device).float()
    noise = torch.from_numpy(rng.standard_normal(picture.shape, dtype=np.float32)).to(device)
    level = torch.from_numpy(rng.choice(len(TIMES), size=BATCH, p=SHARES))
    time = torch.tensor(TIMES)[level]
    noisy = scheduler.add_noise(picture, noise, time)
    with torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):  # slow on most CPUs
        words = painter.read(ids[rows].to(device))
        foreseen = painter(noisy, mask, holed, time.to(device), words).float()
    weight = mask + 0.1
    error = foreseen - picture
    error = 0.5 * ((error.square() + 1e-4).sqrt() + error.square()) * weight
    each = error.sum((1, 2, 3)) / (weight.sum((1, 2, 3)) * picture.shape[1])
    each = each * torch.tensor(WEIGHTS, device=device)[level.to(device)]
    return {f"t{time}": each[(level == number).to(device)].sum() / BATCH
            for number, time in enumerate(TIMES)}  # fmt: skip


# --- looking at it -------------------------------------------------------------------------------


def held_out(count: int) -> list[Example]:
    """Examples of scenes that are neither trained nor evaluated on."""
    made: list[Example] = []
    for seed in HELD:
        made += examples(seed)
        if len(made) >= count:
            break
    return made[:count]


@torch.no_grad()
def paint(
    painter: Painter, vae: AutoencoderKL, scheduler: DDIMScheduler, codes: Codes, ids: Tensor,
    steps: int, device: str,
) -> Tensor:  # fmt: skip
    """What it paints in some examples: float [N,3,S,S] in -1..1."""
    scale = vae.config.scaling_factor
    scheduler = deepcopy(scheduler)
    scheduler.set_timesteps(steps)
    mask, holed = codes.mask.to(device).float(), codes.holed.to(device).float() * scale
    generator = torch.Generator().manual_seed(0)
    noisy = torch.randn(codes.holed.shape, generator=generator).to(device)
    words = painter.read(ids.to(device))
    for time in scheduler.timesteps:
        times = torch.full((len(noisy),), int(time), device=device)
        foreseen = painter(noisy, mask, holed, times, words)
        noisy = scheduler.step(foreseen, time, noisy).prev_sample
    return vae.decode(noisy / scale).sample.clamp(-1, 1)


def psnr(made: Tensor, held: list[Example]) -> float:
    """Of what was painted, inside the holes, in dB: the mean over the examples."""
    true = torch.stack([torch.from_numpy(each.image.copy()) for each in held])
    true = true.permute(0, 3, 1, 2).float() / 127.5 - 1
    hole = torch.stack([torch.from_numpy(each.mask.copy()) for each in held])[:, None]
    error = (((made.cpu() - true) / 2).square() * hole).sum((1, 2, 3)) / (3 * hole.sum((1, 2, 3)))
    return float(-10 * torch.log10(error).mean())


def sheet(file: Path, held: list[Example], *made: Tensor) -> None:
    """A picture to judge by: in each column an example's hole, its truth, and what was painted."""
    rows = []
    for number, each in enumerate(held):
        mask = each.mask[..., None]
        parts = [np.where(mask, 128, each.image), each.image]
        for pictures in made:
            patch = (pictures[number].permute(1, 2, 0).cpu().numpy() * 127.5 + 127.5).round()
            parts.append(np.where(mask, patch, each.image))
        rows.append(np.concatenate(parts).astype(np.uint8))
    lines = [np.concatenate(rows[n : n + 12], 1) for n in range(0, len(rows) - 11, 12)]
    Image.fromarray(np.concatenate(lines)).save(file, quality=90)


def main() -> None:
    settings = Settings.from_command_line(
        __doc__ or "", steps=12_000, learning_rate=1e-3, out="runs/painter"
    )
    device = settings.device
    painter, tokenizer, scheduler = build(settings.out)
    begin = settings.start or SAMPLES / PAINTER.name
    vae = AutoencoderKL.from_pretrained(begin, subfolder="vae", torch_dtype=torch.float32)
    vae = vae.to(device).eval().requires_grad_(False)
    if not settings.fresh:
        painter = Painter(
            CLIPTextModel.from_pretrained(begin / "text_encoder", torch_dtype=torch.float32),
            telling_codes(begin),
        )
        tokenizer = CLIPTokenizer.from_pretrained(begin / "tokenizer", local_files_only=True)
    painter.to(device, memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    data = read(sorted(settings.examples.glob("*.safetensors")))
    held = held_out(60)
    held_codes = encode(vae, held)
    ids, held_ids = (
        tokenizer(codes.prompts, padding="max_length", truncation=True, max_length=WORDS,
                  return_tensors="pt").input_ids
        for codes in (data, held_codes)
    )  # fmt: skip

    def step(number: int) -> dict[str, Tensor]:
        rng = np.random.default_rng((settings.seed, number))
        return losses(painter, scheduler, ids, data, vae.config.scaling_factor, rng, device)

    def report(average: nn.Module, number: int) -> str:
        assert isinstance(average, Painter)
        made = [paint(average, vae, scheduler, held_codes, held_ids, steps, device)
                for steps in (1, 2, 4)]  # fmt: skip
        sheet(settings.out / "sheet.jpg", held, *made)
        told = " ".join(f"{psnr(each, held):.2f}" for each in made)
        return f"PSNR in the hole after 1, 2 and 4 steps: {told} dB"

    average = fit(painter, settings, step, report=report, every=250)
    assert isinstance(average, Painter)
    folder = settings.out / "model"
    pipeline(average, vae, tokenizer, scheduler).save_pretrained(folder)
    readable_by_transformers_4(folder)
    without_paths(folder)
    write_card(folder, CARD)


@torch.no_grad()
def telling_codes(folder: Path) -> UNet:
    """The network of a folder; one that told the velocity begins as one that tells the codes.

    Of pure noise, where most is learnt, those are the same but for the sign.
    """
    unet = UNet.from_pretrained(folder / "unet", torch_dtype=torch.float32)
    told = DDIMScheduler.from_pretrained(folder / "scheduler").config.prediction_type
    if told == "v_prediction":
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
