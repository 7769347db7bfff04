"""Trains the paper's baselines on the scenes that the detector and the segmenter learn from.

    python -m recipes.baselines vae
    python -m recipes.baselines gan

Each takes an hour or two on a CPU; the weights that are best on held-out scenes are kept
(`runs/vae/baseline.safetensors`). Then:

    prompt-edit evaluate paperdoll --method vae --weights runs/vae/baseline.safetensors

The GAN's generator and discriminator are trained together, by the hinge loss beside L1, as pix2pix
is by its own; the VAE by L1 and the divergence of its code from a normal one.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import partial
from multiprocessing import Pool as Workers
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.func import functional_call
from tqdm import tqdm

from prompt_edit.evaluate.drawn import changes, tasks
from prompt_edit.evaluate.drawn.baselines import (
    LATENT,
    SIDE,
    ConditionalVae,
    PatchDiscriminator,
    Pix2Pix,
    tokens,
)
from prompt_edit.evaluate.drawn.evaluate import true_mask
from prompt_edit.evaluate.drawn.tasks import Task, make_task, other_task
from prompt_edit.evaluate.scores import mask_scores
from prompt_edit.paperdoll import phrases
from prompt_edit.paperdoll.draw import Picture, draw
from prompt_edit.paperdoll.phrases import phrases_about
from prompt_edit.paperdoll.scene import random_scene

from . import TRAIN_SEEDS
from .loop import Settings, fit, save
from .pool import drawn_by

BATCH = 16
"""Four times as many on a GPU."""
HELD = range(14_000, 14_060)
"""Scenes to stop by."""


@dataclass(frozen=True)
class Lessons:
    """Scenes, and what may be said of each.

    Attributes:
        before: uint8 [N,3,128,128].
        scene: int64 [M], the scene of each saying.
        words: M of them: phrases, whose picture stays, and instructions.
        masks: bool [M,1,128,128].
        after: uint8 [K,3,128,128], the true pictures of the instructions.
        painted: int64 [M], the place of its true picture in `after`; -1 where the picture stays.
    """

    before: Tensor
    scene: Tensor
    words: list[str]
    masks: Tensor
    after: Tensor
    painted: Tensor

    def to(self, device: torch.device) -> Lessons:
        """The same where they are trained on."""
        moved = {name: value.to(device) for name, value in vars(self).items() if name != "words"}
        return Lessons(words=self.words, **moved)


def lessons(seeds: range, phrases: int = 4) -> Lessons:
    """Two instructions and so many phrases of each scene. Deterministic by the seeds."""
    parts = [seeds[place : place + 50] for place in range(0, len(seeds), 50)]
    with Workers() as workers:
        drawn = workers.imap(partial(_some_lessons, phrases=phrases), parts)
        return _joined(list(tqdm(drawn, total=len(parts), unit="part", mininterval=10)))


def _joined(parts: list[Lessons]) -> Lessons:
    """Lessons one behind the other: places move by what stands before."""
    scenes = np.cumsum([0, *(len(part.before) for part in parts)])
    pictures = np.cumsum([0, *(len(part.after) for part in parts)])
    moved = zip(parts, scenes.tolist(), pictures.tolist(), strict=False)
    scene, painted = zip(*(
        (part.scene + first, torch.where(part.painted < 0, -1, part.painted + one))
        for part, first, one in moved
    ), strict=True)  # fmt: skip
    before, masks, after = (
        torch.cat([getattr(part, name) for part in parts]) for name in ("before", "masks", "after")
    )
    words = [line for part in parts for line in part.words]
    return Lessons(before, torch.cat(scene), words, masks, after, torch.cat(painted))


def _some_lessons(seeds: range, phrases: int) -> Lessons:
    before: list[Tensor] = []
    after: list[Tensor] = []
    masks: list[Tensor] = []
    words: list[str] = []
    places: list[tuple[int, int]] = []
    for seed in seeds:
        picture, rng = draw(random_scene(seed)), np.random.default_rng((5, seed))
        before.append(_small(picture.image))
        named = phrases_about(picture.instances)
        for place in rng.permutation(len(named))[:phrases]:
            words.append(str(named[place]))
            masks.append(_small_mask(true_mask(picture, named[place])))
            places.append((len(before) - 1, -1))
        for task in (make_task(picture, rng), other_task(picture, rng, seed)):
            if task:
                true = task.true()
                words.append(task.instruction)
                masks.append(_small_mask(meant(task, true)))
                places.append((len(before) - 1, len(after)))
                after.append(_small(true.image))
    scene, painted = torch.tensor(places).T
    return Lessons(
        torch.stack(before), scene, words, torch.stack(masks), torch.stack(after), painted
    )


def meant(task: Task, true: Picture) -> np.ndarray:
    """What an instruction is about: what it names, and what becomes new, bool [S,S]."""
    region = task.region(true)
    return region | task.before.mask(task.about) if task.about and not task.added else region


def _small(image: np.ndarray) -> Tensor:
    small = Image.fromarray(image).resize((SIDE, SIDE), Image.Resampling.BOX)
    return torch.from_numpy(np.asarray(small).copy()).permute(2, 0, 1)


def _small_mask(mask: np.ndarray) -> Tensor:
    small = Image.fromarray(mask.astype(np.uint8) * 255).resize((SIDE, SIDE), Image.Resampling.BOX)
    return torch.from_numpy(np.asarray(small) > 127)[None]


@dataclass(frozen=True)
class Batch:
    """Pictures and answers [B,C,128,128] in -1..1 (an answer is mask and picture), and words."""

    small: Tensor
    ids: Tensor
    answer: Tensor


def batch(data: Lessons, ids: Tensor, rng: np.random.Generator, size: int = BATCH) -> Batch:
    rows = torch.from_numpy(rng.integers(len(data.words), size=size)).to(ids.device)
    small = data.before[data.scene[rows]].float() / 127.5 - 1
    changed = data.painted[rows]
    after = data.after[changed.clamp(min=0)].float() / 127.5 - 1
    after = torch.where((changed < 0)[:, None, None, None], small, after)
    mask = data.masks[rows].float()
    return Batch(small, ids[rows], torch.cat([mask * 2 - 1, after], dim=1))


def _activated(raw: Tensor) -> Tensor:
    """What a network gives, in -1..1."""
    return torch.cat([raw[:, :1].sigmoid() * 2 - 1, raw[:, 1:].tanh()], dim=1)


def rebuilt(raw: Tensor, each: Batch) -> dict[str, Tensor]:
    """The errors of mask and picture; within the mask the picture's counts ten times."""
    raw = raw.float()
    mask = (each.answer[:, :1] + 1) / 2
    entropy = F.binary_cross_entropy_with_logits(raw[:, :1], mask)
    weight = 1 + 9 * mask
    error = ((raw[:, 1:].tanh() - each.answer[:, 1:]).abs() * weight).mean() / weight.mean()
    return {"mask": entropy, "picture": error}


class VaeTrainer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.network = ConditionalVae()

    def losses(self, each: Batch) -> dict[str, Tensor]:
        mean, spread = (
            part.float() for part in self.network.coded(each.small, each.ids, each.answer)
        )
        code = mean + torch.randn_like(mean) * (spread / 2).exp()
        raw = self.network(each.small, each.ids, code)
        divergence = 0.5 * (mean.square() + spread.exp() - 1 - spread).sum(dim=1).mean()
        return {**rebuilt(raw, each), "divergence": divergence / LATENT}


class GanTrainer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.network, self.critic = Pix2Pix(), PatchDiscriminator()

    def losses(self, each: Batch) -> dict[str, Tensor]:
        raw = self.network(each.small, each.ids)
        generated = _activated(raw)
        # The generator learns from a critic that stays as it is, the critic from made pictures.
        still = {name: value.detach() for name, value in self.critic.named_parameters()}
        liked = functional_call(self.critic, still, (each.small, each.ids, generated))
        true = self.critic(each.small, each.ids, each.answer)
        false = self.critic(each.small, each.ids, generated.detach())
        return {
            **rebuilt(raw, each),
            "liked": -0.02 * liked.mean(),
            "critic": F.relu(1 - true).mean() + F.relu(1 + false).mean(),
        }


@torch.no_grad()
def held_f1(network: ConditionalVae | Pix2Pix, data: Lessons) -> float:
    """The mean F1 of the masks of phrases."""
    rows = [n for n, place in enumerate(data.painted.tolist()) if place < 0]
    scores = []
    for start in range(0, len(rows), 32):
        some = rows[start : start + 32]
        images = data.before[data.scene[some]].float() / 255
        images = images.to(next(network.parameters()).device)
        masks, _ = network.paint(images, [data.words[n] for n in some])
        scores += [mask_scores((mask[0] > 0.5).cpu().numpy(), data.masks[n, 0].numpy()).f1
                   for mask, n in zip(masks, some, strict=True)]  # fmt: skip
    return float(np.mean(scores))


def main() -> None:
    kind = sys.argv.pop(1) if len(sys.argv) > 1 and sys.argv[1] in ("vae", "gan") else "vae"
    settings = Settings.from_command_line(
        __doc__ or "", steps=8000, learning_rate=5e-4, out=f"runs/{kind}"
    )
    trainer: VaeTrainer | GanTrainer = VaeTrainer() if kind == "vae" else GanTrainer()
    data, held = (kept(settings.out.parent / f"lessons-{seeds.start}-{seeds.stop}.pt", seeds)
                  for seeds in (TRAIN_SEEDS[:6000], HELD))  # fmt: skip
    device = torch.device(settings.device)
    size = 4 * BATCH if device.type == "cuda" else BATCH
    trainer.to(device)
    data, ids = data.to(device), tokens(data.words).to(device)
    best = reached(settings.out)

    def step(number: int) -> dict[str, Tensor]:
        torch.manual_seed(settings.seed * 1_000_003 + number)
        rng = np.random.default_rng((settings.seed, number))
        return trainer.losses(batch(data, ids, rng, size))

    def report(average: nn.Module, number: int) -> str:
        network = average.network
        assert isinstance(network, ConditionalVae | Pix2Pix)
        nonlocal best
        score = held_f1(network.eval(), held)
        if score > best:
            best = score
            save_file(network.state_dict(), settings.out / "baseline.safetensors")
            (settings.out / "held-out.txt").write_text(f"{score}\n")
        return f"F1 on held-out scenes {score:.3f}, best {best:.3f}"

    fit(trainer, settings, step, report=report, every=250)


def reached(folder: Path) -> float:
    """The best score of the run that goes on in a folder; 0 where none does, or its best weights
    are gone: what another run has reached does not count."""
    score = folder / "held-out.txt"
    files = (score, folder / "training.pt", folder / "baseline.safetensors")
    return float(score.read_text()) if all(file.exists() for file in files) else 0.0


def kept(file: Path, seeds: range) -> Lessons:
    """The lessons, drawn once, and anew where other code has drawn them."""
    code = drawn_by(changes, phrases, tasks, true_mask, _some_lessons, meant, _small, _small_mask)
    state = torch.load(file, weights_only=True) if file.exists() else {}
    if state.pop("code", None) != code:
        file.parent.mkdir(parents=True, exist_ok=True)
        state = vars(lessons(seeds))
        save(file, {**state, "code": code})
    return Lessons(**state)


if __name__ == "__main__":
    main()
