"""How far our Grounding DINO is from groundingdino-py under the installed transformers.

Random weights at the published sizes (Swin-T, 172 million), same pixels, same caption; boxes in
pixels of a picture of 800 x 1024. Needs what `make test-full` installs. Another version: put it
into a folder with `pip install --target` and the folder into PYTHONPATH.

    python benchmarks/detector_parity.py
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest
import torch
import transformers

sys.path[:0] = [str(Path(__file__).parents[1] / name) for name in ("tests", ".")]
from detect.reference import SWIN_T, both, the_original  # noqa: E402

from prompt_edit.detect import original as ours  # noqa: E402

HEIGHT, WIDTH = 800, 1024


def measure() -> tuple[float, float, float]:
    """The largest and the median error of a box side in pixels, and the largest of a score."""
    with the_original() as theirs, tempfile.TemporaryDirectory() as folder:
        expected, got = both(theirs, SWIN_T, (HEIGHT, WIDTH), Path(folder), strict=False)
    scale = torch.tensor([WIDTH, HEIGHT, WIDTH, HEIGHT])
    moved = ((got["boxes"] - expected["boxes"]).abs() * scale).amax(dim=-1)
    scored = (got["logits"].sigmoid() - expected["logits"].sigmoid()).abs()
    return float(moved.max()), float(moved.median()), float(scored.max())


def main() -> None:
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    for name in ("as it is", "corrected"):
        with pytest.MonkeyPatch.context() as patch:
            if name == "as it is":
                patch.setattr(ours, "correct_text_positions", lambda model: None)
            most, median, score = measure()
        print(
            f"transformers {transformers.__version__}, {name}: boxes up to {most:.4f} px"
            f" (median {median:.4f}), scores up to {score:.6f}"
        )


if __name__ == "__main__":
    main()
