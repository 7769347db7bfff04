"""Takes the mean of the weights of runs that went on from one another.

    python -m recipes.mean runs/one runs/other --share 0.7 --out runs/mean

It often finds more than any of them: on 600 phrases that nothing was trained on, masks' F1 was
0.9465 and 0.9507 with the detector's two runs, and 0.9541 with what is shipped, 0.3 of the one and
0.7 of the other. Means are chosen on scenes that nobody is judged on: two later runs gained 0.008
there, and lost 0.003 on the scenes from 900000 on.

Method: Wortsman et al. 2022 (model soups).
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from safetensors.torch import load_file, save_file
from torch import Tensor


def mean(one: dict[str, Tensor], other: dict[str, Tensor], share: float) -> dict[str, Tensor]:
    """The weights of two runs, `share` of the other's; counters and positions are the first's.

    Raises:
        ValueError: they are not of one architecture.
    """
    if {name: each.shape for name, each in one.items()} != {
        name: each.shape for name, each in other.items()
    }:
        raise ValueError("Take the mean of runs that went on from one another.")
    return {
        name: each.float().lerp(other[name].float(), share).to(each.dtype)
        if each.is_floating_point() else each
        for name, each in one.items()
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("one", type=Path)
    parser.add_argument("other", type=Path)
    parser.add_argument("--share", type=float, default=0.5, help="of the other run, 0..1")
    parser.add_argument("--out", type=Path, required=True)
    values = parser.parse_args()
    name = "model.safetensors"
    weights = mean(load_file(values.one / name), load_file(values.other / name), values.share)
    if values.out != values.one:
        shutil.copytree(values.one, values.out, dirs_exist_ok=True)
    save_file(weights, values.out / name, metadata={"format": "pt"})


if __name__ == "__main__":
    main()
