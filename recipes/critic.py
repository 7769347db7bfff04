"""Tells painted codes from true ones, so that the painter paints one of what could be.

By its errors alone a painter learns the mean of all that could be: an edge that may lie here or
there becomes a slope, and stripes that may begin anywhere become plain cloth. No true picture looks
like that, and so the critic finds it out.

Method: Goodfellow et al. 2014 (a critic); Lim & Ye 2017 (the hinge loss); Isola et al. 2017
(patches); Miyato & Koyama 2018 (words by projection); Reed et al. 2016 (true pictures with wrong
words count as made); Esser et al. 2021 (weighed by its gradient); Sauer et al. 2023 (a diffusion
model of few steps, taught by a critic beside its errors).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .examples import Codes

STRENGTH, WARM_UP = 1.0, 300
"""How much the painter minds the critic after so many steps, in which the critic learns to tell: as
much as its errors, by the size of the gradients."""
MADE, WRONG = 0.7, 0.3
"""What counts in the critic's lesson on pictures that are not true: made ones, and wrong words."""


class Critic(nn.Module):
    """Sees patches of 32 x 32 codes, each with the hole, what is around it, and what is said."""

    def __init__(self, words: int, width: int = 64) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(9, width, 3, 1, 1), nn.LeakyReLU(0.2),
            *_layer(width, width, 4, 2), *_layer(width, 2 * width, 3, 1),
            *_layer(2 * width, 2 * width, 4, 2), *_layer(2 * width, 3 * width, 3, 1),
        )  # fmt: skip
        self.last = nn.Conv2d(3 * width, 1, 3, 1, 1)
        self.words = nn.Linear(words, 3 * width)

    def forward(self, picture: Tensor, seen: Codes, said: Tensor) -> Tensor:
        """How true codes [N,4,h,w] look, [N,1,h/4,w/4]: high if true.

        Args:
            seen: the hole, and the codes around it.
            said: what the prompts say, [N,W].
        """
        stacked = torch.cat([picture, seen.mask.float(), seen.holed], dim=1)
        features = self.body(stacked.contiguous(memory_format=torch.channels_last))
        fit = (features * self.words(said)[..., None, None]).sum(dim=1, keepdim=True)
        return self.last(features) + fit / features.shape[1] ** 0.5


def _layer(given: int, made: int, side: int, stride: int) -> tuple[nn.Module, ...]:
    convolution = nn.Conv2d(given, made, side, stride, 1)
    return convolution, nn.GroupNorm(8, made), nn.LeakyReLU(0.2)


def lesson(critic: Critic, made: Tensor, codes: Codes, said: Tensor, wrong: Tensor) -> Tensor:
    """What the critic has to learn: the hinge loss, 0..2 and more.

    Args:
        made: the painter's codes, where the hole is, [N,4,h,w].
        said, wrong: what the prompts say, and what they might have said instead, [N,W].
    """
    patches = _patches(codes.mask)
    true = _mean(F.relu(1 - critic(codes.picture, codes, said)), patches)
    false = _mean(F.relu(1 + critic(made.detach(), codes, said)), patches)
    unlike = _mean(F.relu(1 + critic(codes.picture, codes, wrong)), patches)
    return true + MADE * false + WRONG * unlike


def pull(critic: Critic, made: Tensor, codes: Codes, said: Tensor) -> Tensor:
    """What the painter has to learn of the critic, which stays as it is."""
    still = {name: value.detach() for name, value in critic.named_parameters()}
    looks = torch.func.functional_call(critic, still, (made, codes, said))
    return -_mean(looks, _patches(codes.mask))


def as_strong(pull_: Tensor, error: Tensor, made: Tensor) -> Tensor:
    """The pull, made as strong as the error where both reach the made codes."""
    (of_error,) = torch.autograd.grad(error, made, retain_graph=True)
    (of_pull,) = torch.autograd.grad(pull_, made, retain_graph=True)
    return pull_ * (of_error.norm() / of_pull.norm().clamp(min=1e-8)).detach()


def other_words(ids: Tensor, patterns: Tensor) -> Tensor:
    """Prompts int64 [N,16] that say something else: what another says, or where they name a pattern
    another one or none, so that cloth of which none is said stays plain."""
    is_pattern = ids[..., None] == patterns
    shift = torch.randint(1, len(patterns), ids.shape, device=ids.device)
    other = patterns[(is_pattern.int().argmax(dim=-1) + shift) % len(patterns)]
    patterned = is_pattern.any(dim=-1)
    swapped = torch.where(patterned, other, ids)
    silent = torch.rand(len(ids), 1, device=ids.device) < 0.5
    swapped = torch.where(silent, _without(ids, patterned), swapped)
    return torch.where(patterned.any(dim=-1, keepdim=True), swapped, ids.roll(1, 0))


def _without(ids: Tensor, word: Tensor) -> Tensor:
    """The prompts int64 [N,L] without the first word at which `word`, bool [N,L], is set."""
    at = torch.arange(ids.shape[1], device=ids.device)
    after = at >= word.int().argmax(dim=1, keepdim=True)
    return ids.gather(1, (at + after).clamp(max=ids.shape[1] - 1))


def _patches(mask: Tensor) -> Tensor:
    """Where a patch sees the hole: float [N,1,h/4,w/4]."""
    return F.max_pool2d(mask.float(), 5, 4, 2)


def _mean(each: Tensor, where: Tensor) -> Tensor:
    return (each.float() * where).sum() / where.sum().clamp(min=1)
