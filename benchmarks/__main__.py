"""What each stage takes beyond the bare forwards of its models.

    python -m benchmarks                   # full-size models of random weights
    python -m benchmarks --small           # the sample models, in a minute
    python -m benchmarks --json times.json
    python -m benchmarks --only detect     # the rows of one stage: on a CPU all take hours

A line of the table is a stage, with the medians of both in milliseconds, what ours takes beyond the
bare, and what of ours is spent beside its networks. The last lines compare otherwise: what is asked
of a known picture, with the first time; and eight pictures at once, with one by one. The first
lines, where `benchmarks.others` finds them, are of what people use today, in the place of the bare.
Ratios are of one run.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import torch

from prompt_edit.models.device import best_device
from prompt_edit.models.loading import quiet_libraries

from . import others, stages
from .models import Models, full_size, samples

ONE_MEGAPIXEL, TWELVE_MEGAPIXELS = (768, 1024), (3000, 4000)


Asked = Callable[[str], bool]
"""Whether rows of a stage, one of these, are asked for."""
STAGES = ("detect", "segment", "paint", "second", "run", "batch")


def rows(models: Models, clock: stages.Clock, asked: Asked) -> Iterator[stages.Row]:
    """All that is measured: each stage in both sizes, then many boxes and another phrase."""
    one = ONE_MEGAPIXEL
    for size in (one, TWELVE_MEGAPIXELS):
        if asked("detect"):
            yield stages.detect(models, clock, size)
        if asked("segment"):
            yield stages.segment(models, clock, size, 3)
        if asked("paint"):
            yield stages.paint(models, clock, size)
    if asked("segment"):
        yield stages.segment(models, clock, one, 10)
    if asked("second"):
        yield stages.second_phrase(models, clock, one)
    if asked("run"):
        yield stages.run_again(models, clock, one)
    if asked("batch"):
        yield from stages.batches(models, clock, one)


def everything(
    folder: Path, small: bool, clock: stages.Clock, asked: Asked
) -> Iterator[stages.Row]:
    """The sample models' rows, or the full-size ones' and, where they are, what others take."""
    if not small:
        yield from others.rows(folder, clock, ONE_MEGAPIXEL, asked)
    models = samples(clock.device) if small else full_size(folder, clock.device)
    clock.watch(*models.networks)
    yield from rows(models, clock, asked)


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--small", action="store_true", help="time the sample models")
    options.add_argument("--device", type=torch.device, default=best_device())
    options.add_argument("--rounds", type=int, default=3, help="of which the median is taken")
    options.add_argument(
        "--models", type=Path, metavar="FOLDER", help="keep the full-size ones here"
    )
    options.add_argument("--only", choices=STAGES, action="append",
                         help="time this stage alone: batch is eight pictures at once")  # fmt: skip
    options.add_argument("--json", type=Path, metavar="FILE", help="write the rows here, too")
    values = options.parse_args()
    quiet_libraries()
    done = []
    print("| | ours (ms) | bare (ms) | beyond | beside (ms) | peak memory (MiB) |\n"
          "|---|--:|--:|--:|--:|--:|")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        clock = stages.Clock(values.device, values.rounds)
        asked = (values.only or STAGES).__contains__
        for row in everything(values.models or Path(folder), values.small, clock, asked):
            print(f"| {row.name} | {row.ours_ms:.0f} | {row.bare_ms:.0f} | {row.overhead:+.1%}"
                  f" | {row.beside_ms:.0f} | {_amount(row.memory_mib)} |", flush=True)  # fmt: skip
            done.append(asdict(row))
    if values.json:
        values.json.write_text(json.dumps(done, indent=2) + "\n", encoding="utf-8")


def _amount(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"


if __name__ == "__main__":
    main()
