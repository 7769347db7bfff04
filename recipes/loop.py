"""The training loop that the recipes share: AdamW, warm-up and cosine, an averaged copy, resume."""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel
from tqdm import tqdm


@dataclass(frozen=True)
class Settings:
    """What a run may be told: all else is in the recipe.

    `threads` bounds the CPU cores in use, `device` is "cuda" where there is one. Unless `fresh`,
    a run goes on from the weights that are shipped. `half` computes in bfloat16, in half the time
    where a processor is fast in it; the weights stay as they are.
    """

    steps: int
    learning_rate: float
    pool: Path
    out: Path
    seed: int
    threads: int
    device: str
    fresh: bool
    half: bool

    @classmethod
    def from_command_line(
        cls, description: str, *, steps: int, learning_rate: float, out: str
    ) -> Settings:
        """Read the settings from `sys.argv`, with the recipe's own defaults."""
        parser = argparse.ArgumentParser(description=description)
        parser.add_argument("--steps", type=int, default=steps)
        parser.add_argument("--learning-rate", type=float, default=learning_rate)
        parser.add_argument("--pool", type=Path, default=Path("runs/pool"))
        parser.add_argument("--out", type=Path, default=Path(out))
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--threads", type=int, default=torch.get_num_threads())
        parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
        parser.add_argument("--fresh", action="store_true", help="start from random weights")
        parser.add_argument("--half", action="store_true", help="compute in bfloat16")
        values = parser.parse_args()
        torch.set_num_threads(values.threads)
        torch.manual_seed(values.seed)
        return cls(**vars(values))


def fit(
    model: nn.Module,
    settings: Settings,
    losses: Callable[[int], dict[str, torch.Tensor]],
    *,
    report: Callable[[nn.Module, int], str] | None = None,
    every: int = 500,
) -> nn.Module:
    """Train `model` on the sum of what `losses(step)` returns; give back its averaged copy.

    A checkpoint in `settings.out` is written every `every` steps and taken up again when the same
    command is run once more; `report` is asked at the same steps what is worth logging.

    Raises:
        SystemExit: no step is left to make, or the run in that folder was told something else.
    """
    settings.out.mkdir(parents=True, exist_ok=True)
    file = settings.out / "training.pt"
    told = {"seed": settings.seed, "learning rate": settings.learning_rate, "fresh": settings.fresh}
    average = AveragedModel(model, multi_avg_fn=_follow, use_buffers=True)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=settings.learning_rate, betas=(0.9, 0.98), weight_decay=1e-4
    )
    device = torch.device(settings.device)
    state = go_on(file, told, device, model=model, average=average, optimizer=optimizer)
    begin = state.get("step", 0)
    if begin >= settings.steps:
        end(settings.out, "--steps")
    bar = tqdm(range(begin, settings.steps), initial=begin, total=settings.steps, mininterval=10)
    clock = time.time()
    mean: dict[str, float] = {}
    for step in bar:
        for group in optimizer.param_groups:
            group["lr"] = settings.learning_rate * _schedule(step, settings.steps)
        with torch.autocast(device.type, torch.bfloat16, enabled=settings.half):
            parts = losses(step)
        total = sum(parts.values(), torch.zeros((), device=settings.device))
        optimizer.zero_grad(set_to_none=True)
        total.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        average.update_parameters(model)
        for name, value in parts.items():
            now = float(value.detach())
            mean[name] = 0.98 * mean.get(name, now) + 0.02 * now
        if (step + 1) % 50 == 0:
            shown = " ".join(f"{name} {value:.4f}" for name, value in mean.items())
            bar.write(f"{step + 1:6d} {(time.time() - clock) / 50:5.2f} s/step  {shown}")
            clock = time.time()
        if (step + 1) % every == 0 or step + 1 == settings.steps:
            save(file, {"model": model.state_dict(), "average": average.state_dict(),
                        "optimizer": optimizer.state_dict(), "step": step + 1, "told": told,
                        })  # fmt: skip
            if report:
                bar.write(f"{step + 1:6d} {report(average.module, step + 1)}")
            clock = time.time()
    return average.module


def go_on(file: Path, told: dict[str, Any], device: torch.device, **parts: Any) -> dict[str, Any]:
    """Bring a model, its average and its optimizer to where a run left them.

    Args:
        told: what may not change on the way, by names for people. Runs of long ago kept none.
        parts: each by its name in the checkpoint.

    Returns:
        All that the checkpoint holds; nothing where there is none.

    Raises:
        SystemExit: it is of another run.
    """
    if not file.exists():
        return {}
    state: dict[str, Any] = torch.load(file, map_location=device, weights_only=True)
    before, away = state.get("told", told), f"Move {file.parent} away, or name another with --out."
    other = [name for name, value in told.items() if before.get(name, value) != value]
    if other:
        was, now = (", ".join(f"{n} {each[n]}" for n in other) for each in (before, told))
        raise SystemExit(f"The run in {file.parent} was told {was}, and this one {now}. {away}")
    try:
        for name, part in parts.items():
            part.load_state_dict(state[name])
    except (KeyError, RuntimeError, ValueError) as error:
        raise SystemExit(f"{file} is of another model. {away}") from error
    return state


def end(folder: Path, option: str) -> NoReturn:
    """Say that nothing is left to do, and save nothing: what is shipped may be newer by now."""
    print(f"The run in {folder} is done. Give it more {option}, or move it away to begin anew.")
    sys.exit()


Tensors = tuple[Tensor, ...] | list[Tensor]


def _follow(averages: Tensors, now: Tensors, count: Tensor | int) -> None:
    """An exponential average that forgets the untrained weights: its memory grows to 500 steps."""
    if not averages[0].is_floating_point():  # counters and positions
        torch._foreach_copy_(averages, now)
        return
    torch._foreach_lerp_(averages, now, 1 - min(0.998, (1 + int(count)) / (10 + int(count))))


def save(file: Path, state: dict[str, Any]) -> None:
    """Written beside and moved into place, so that a run that dies leaves the last whole one."""
    partial = file.with_suffix(".partial")
    torch.save(state, partial)
    partial.replace(file)


def _schedule(step: int, steps: int) -> float:
    """A linear warm-up over 200 steps, a level way, and over the last third half a cosine to 2 %.

    A run may so go on with more steps than it was first given (Hägele et al. 2024).
    """
    warm = min(1.0, (step + 1) / 200)
    rest = max(0.0, 3 * step / steps - 2)
    return warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * rest)))
