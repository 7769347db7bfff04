"""A training loop that ends by the clock, for recipes that draw their examples while they train."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from tqdm import tqdm

from .loop import end, go_on, save

EVERY = 20
"""On a GPU, the steps between two looks at the clock: each look waits for what was launched."""


class Training:
    """A model being trained, its average, and all that a run needs to go on after a stop.

    Attributes:
        told: what may not change on the way, by names for people.
        scene: the scene to be drawn next.
    """

    def __init__(self, model: nn.Module, loss: Callable[[], Tensor], device: torch.device,
                 told: dict[str, Any], scene: int = 0) -> None:  # fmt: skip
        self.model, self.loss, self.told, self.scene = model, loss, told, scene
        self.average = deepcopy(model).eval().requires_grad_(False)
        self.cuda = device.type == "cuda"
        self.rate, self.error = torch.zeros((), device=device), torch.zeros((), device=device)
        self.optimizer = torch.optim.AdamW(
            model.parameters(), lr=self.rate, betas=(0.9, 0.99), weight_decay=1e-3,
            capturable=self.cuda, fused=self.cuda,
        )  # fmt: skip
        self.spent, self.steps = 0.0, 0

    def step(self) -> None:
        loss = self.loss()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        averages: list[Tensor] = list(self.average.parameters())
        torch._foreach_lerp_(averages, list(self.model.parameters()), 0.0015)
        self.error.lerp_(loss.detach(), 0.02 if self.steps else 1.0)
        self.steps += 1

    def save(self, file: Path) -> None:
        save(file, {
            "model": self.model.state_dict(), "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(), "spent": self.spent, "steps": self.steps,
            "told": self.told, "scene": self.scene,
        })  # fmt: skip

    def go_on(self, out: Path, seconds: float) -> None:
        """Take up the run in a folder, where there is one; runs of long ago kept no scene.

        Raises:
            SystemExit: so many seconds are spent already, or it was told something else.
        """
        state = go_on(out / "training.pt", self.told, self.rate.device, model=self.model,
                      average=self.average, optimizer=self.optimizer)  # fmt: skip
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate
        self.spent, self.steps = state.get("spent", 0.0), state.get("steps", 0)
        self.scene = state.get("scene", self.scene)
        if self.spent >= seconds:
            end(out, "--seconds")


def fit(
    training: Training, out: Path, seconds: float, highest: float, between: Callable[[], str]
) -> None:
    """Train until so many seconds are spent, all runs in this folder together.

    Args:
        training: is saved in `out/training.pt`.
        highest: the learning rate after the warm-up.
        between: called between steps, for what came meanwhile; says what to show beside the bar.
    """
    file, every = out / "training.pt", EVERY if training.cuda else 1
    bar = tqdm(total=round(seconds), initial=round(training.spent), unit="s", mininterval=10)
    clock = saved = time.time()
    while training.spent < seconds:
        training.rate.fill_(rate(highest, training.spent / seconds, training.steps))
        training.step()
        if training.steps % every:
            continue
        status = between()
        now = time.time()
        training.spent, clock = training.spent + now - clock, now
        bar.update(round(training.spent) - bar.n)
        bar.set_postfix_str(f"step {training.steps}, error {float(training.error):.4f}, {status}")
        if now - saved > 120:
            training.save(file)
            saved = now
    training.save(file)
    bar.close()


def rate(highest: float, part: float, steps: int) -> float:
    """A warm-up over 200 steps, level to the middle, then half a cosine to 1 %."""
    falling = (1 + math.cos(math.pi * max(0.0, 2 * part - 1))) / 2
    return highest * min(1.0, (steps + 1) / 200) * (0.01 + 0.99 * falling)
