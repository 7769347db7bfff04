"""The paper's two baselines, each one network from a picture and words to a mask and a picture.

`ConditionalVae` after Kingma & Welling 2014 and Sohn et al. 2015; `Pix2Pix` after Isola et al.
2017, a U-Net and a patch discriminator. Both read the words alike, and modulate their features by
them (FiLM, Perez et al. 2018). The words are a noun phrase, whose mask is meant and nothing is to
change, or an instruction.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Literal, Protocol, cast

import torch
import torch.nn.functional as F
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from ...errors import ModelError

Kind = Literal["vae", "gan"]
SIDE = 128  # pixels that the networks see and paint
WORDS, SLOTS, WIDTH = 16, 1024, 128
LATENT = 64


class Baseline(Protocol):
    """A network that masks and paints."""

    def eval(self) -> Baseline: ...

    def to(self, device: torch.device) -> Baseline: ...

    def paint(self, images: Tensor, words: Sequence[str]) -> tuple[Tensor, Tensor]:
        """For pictures [B,3,H,W] in 0..1: masks [B,1,128,128] and pictures [B,3,128,128]."""
        ...


def tokens(words: Sequence[str]) -> Tensor:
    """Words as numbers, int64 [B,16]; 0 is none. Each word has a slot by its checksum."""
    rows = []
    for line in words:
        each = re.findall(r"[a-z]+", line.lower())[:WORDS]
        numbers = [1 + zlib.crc32(word.encode()) % (SLOTS - 1) for word in each]
        rows.append(numbers + [0] * (WORDS - len(numbers)))
    return torch.tensor(rows)


class Reader(nn.Module):
    """Words int64 [B,16] to a vector [B,128]."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(SLOTS, WIDTH, padding_idx=0)
        self.read = nn.GRU(WIDTH, WIDTH // 2, batch_first=True, bidirectional=True)

    def forward(self, ids: Tensor) -> Tensor:
        states, _ = self.read(self.embed(ids))
        seen = (ids > 0)[..., None]
        return states.masked_fill(~seen, -1e4).amax(dim=1)


class Block(nn.Module):
    """A convolution, its features scaled and shifted by what was said."""

    def __init__(self, inner: int, outer: int, scale: Literal["down", "up", "same"]) -> None:
        super().__init__()
        stride = 2 if scale == "down" else 1
        self.up = scale == "up"
        self.convolve = nn.Conv2d(inner, outer, 4 if stride == 2 else 3, stride, 1)
        self.norm = nn.GroupNorm(8, outer)
        self.said = nn.Linear(WIDTH, 2 * outer)

    def forward(self, features: Tensor, said: Tensor) -> Tensor:
        if self.up:
            features = F.interpolate(features, scale_factor=2.0)
        more, offset = self.said(said)[..., None, None].chunk(2, dim=1)
        return F.silu(self.norm(self.convolve(features)) * (1 + more) + offset)


def _narrowing(*widths: int) -> nn.ModuleList:
    """Blocks that each halve the picture, from the first width of features to the last."""
    return nn.ModuleList(Block(inner, outer, "down") for inner, outer in pairwise(widths))


def _widening(widths: Sequence[int]) -> list[tuple[int, int]]:
    """The widths before and after each block on the way back up."""
    return [*pairwise(reversed(widths)), (widths[0], widths[0])]


def _answer(raw: Tensor) -> tuple[Tensor, Tensor]:
    """What a network gives [B,4,128,128], as mask and picture."""
    return raw[:, :1].sigmoid(), (raw[:, 1:].tanh() + 1) / 2


def _small(images: Tensor) -> Tensor:
    return F.interpolate(images, (SIDE, SIDE), mode="area") * 2 - 1


class Pix2Pix(nn.Module):
    """The generator: a U-Net of six levels, whose way up sees what the way down saw."""

    widths = (32, 64, 128, 192, 192, 192)

    def __init__(self) -> None:
        super().__init__()
        self.reader = Reader()
        self.down = _narrowing(3, *self.widths)
        deepest, *others = _widening(self.widths)
        # Each but the first sees what the way down saw at its level, too.
        self.up = nn.ModuleList([
            Block(*deepest, "up"), *(Block(2 * inner, outer, "up") for inner, outer in others),
        ])  # fmt: skip
        self.last = nn.Conv2d(self.widths[0] + 3, 4, 3, 1, 1)

    def forward(self, small: Tensor, ids: Tensor) -> Tensor:
        """Pictures [B,3,128,128] in -1..1 and words to [B,4,128,128]: mask and picture, raw."""
        said = self.reader(ids)
        kept: list[Tensor] = []
        features = small
        for block in self.down:
            features = block(features, said)
            kept.append(features)
        for number, block in enumerate(self.up):
            if number:
                features = torch.cat([features, kept[-1 - number]], dim=1)
            features = block(features, said)
        return self.last(torch.cat([features, small], dim=1))

    def paint(self, images: Tensor, words: Sequence[str]) -> tuple[Tensor, Tensor]:
        return _answer(self(_small(images), tokens(words).to(images.device)))


class PatchDiscriminator(nn.Module):
    """Tells patches of true answers from made ones, given the picture and the words."""

    def __init__(self) -> None:
        super().__init__()
        self.reader = Reader()
        self.down = _narrowing(3 + 4, 32, 64, 128)
        self.last = nn.Conv2d(128, 1, 3, 1, 1)

    def forward(self, small: Tensor, ids: Tensor, answer: Tensor) -> Tensor:
        """For answers [B,4,128,128], mask and picture in -1..1: [B,1,16,16], high if true."""
        said = self.reader(ids)
        features = torch.cat([small, answer], dim=1)
        for block in self.down:
            features = block(features, said)
        return self.last(features)


class ConditionalVae(nn.Module):
    """A code of the answer, drawn about a mean; the answer is decoded from it and from what an
    encoder without shortcuts keeps of the picture, 8 x 8 features, and of the words."""

    widths = (32, 64, 128, 192)

    def __init__(self) -> None:
        super().__init__()
        self.reader = Reader()
        self.encoder = _narrowing(3, *self.widths)
        self.coder = _narrowing(3 + 4, *self.widths)
        self.code = nn.Linear(self.widths[-1], 2 * LATENT)
        self.open = Block(self.widths[-1] + LATENT, self.widths[-1], "same")
        self.decoder = nn.ModuleList(
            Block(inner, outer, "up") for inner, outer in _widening(self.widths)
        )
        self.last = nn.Conv2d(self.widths[0], 4, 3, 1, 1)

    def coded(self, small: Tensor, ids: Tensor, answer: Tensor) -> tuple[Tensor, Tensor]:
        """The mean and the logarithm of the variance [B,64] of an answer's code."""
        said = self.reader(ids)
        features = torch.cat([small, answer], dim=1)
        for block in self.coder:
            features = block(features, said)
        mean, spread = self.code(features.mean(dim=(2, 3))).chunk(2, dim=1)
        return mean, spread.clamp(-8, 8)

    def forward(self, small: Tensor, ids: Tensor, code: Tensor) -> Tensor:
        """Pictures [B,3,128,128] in -1..1, words and codes [B,64] to [B,4,128,128], raw."""
        said = self.reader(ids)
        features = small
        for block in self.encoder:
            features = block(features, said)
        spread = code[..., None, None].expand(-1, -1, *features.shape[2:])
        features = self.open(torch.cat([features, spread], dim=1), said)
        for block in self.decoder:
            features = block(features, said)
        return self.last(features)

    def paint(self, images: Tensor, words: Sequence[str]) -> tuple[Tensor, Tensor]:
        code = torch.zeros(len(images), LATENT, device=images.device)  # the likeliest one
        return _answer(self(_small(images), tokens(words).to(images.device), code))


NETWORKS: dict[Kind, type[ConditionalVae] | type[Pix2Pix]] = {"vae": ConditionalVae, "gan": Pix2Pix}


def load_baseline(kind: Kind, file: Path) -> Baseline:
    """A trained one. Raises `ModelError` where the file is missing, broken or of another kind."""
    if not file.is_file():
        raise ModelError(
            f"There is no {file}: train it first, in a checkout, with: python -m recipes.baselines"
            f" {kind}."
        )
    network = NETWORKS[kind]()
    try:
        with safe_open(file, "pt") as opened:
            network.load_state_dict({name: opened.get_tensor(name) for name in opened.keys()})  # noqa: SIM118
    except (SafetensorError, RuntimeError, OSError) as error:
        raise ModelError(f"{file} holds no {kind} of this kind. Train it anew.") from error
    return cast(Baseline, network)
