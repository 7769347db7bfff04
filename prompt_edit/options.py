"""What the command line's options and arguments are called, take and tell."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from .errors import ModelError

LlmOption = Annotated[
    str, typer.Option(metavar="NAME", help="What reads the sentence: see `prompt-edit providers`.")
]
ModelOption = Annotated[
    Path | None,
    typer.Option(metavar="PATH", show_default="the one of --models", help="Folder or file."),
]
ModelsOption = Annotated[
    Path | None,
    typer.Option(
        "--models", metavar="DIR", show_default="$PROMPT_EDIT_MODELS, else the user's data folder",
        help="Where models lie, as `prompt-edit models download` puts them.",
    ),
]  # fmt: skip
DeviceOption = Annotated[
    str | None,
    typer.Option(metavar="NAME", show_default="the best one here", help="cpu, cuda, cuda:1, mps."),
]

ImageArgument = Annotated[
    Path,
    typer.Argument(
        metavar="IMAGE", show_default=False, help='PNG, JPEG, WebP, TIFF, ...; "-" is stdin.'
    ),
]

InstructionArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="INSTRUCTION",
        show_default=False,
        help='What to change, e.g. "make the hat red".',
    ),
]

OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        metavar="FILE",
        show_default="IMAGE-edited.png",
        help='Where the result goes; "-" is stdout. A file of that name is replaced, the'
        " default one only with --overwrite, and what is read never.",
    ),
]

OverwriteOption = Annotated[
    bool, typer.Option("--overwrite", help="Replace IMAGE-edited.png of an earlier run.")
]

PlanFileOption = Annotated[
    Path | None,
    typer.Option(
        "--plan",
        metavar="FILE",
        help='A plan as `parse` prints it, in place of a sentence; "-" is stdin.',
    ),
]

DryRunOption = Annotated[
    bool,
    typer.Option(
        "--dry-run",
        help="Show the plan, what is found, the models and the outputs; paint and write nothing.",
    ),
]

NegativePromptOption = Annotated[
    str, typer.Option(metavar="TEXT", show_default="the plan's", help="What not to paint.")
]

ShowPictureOption = Annotated[
    bool, typer.Option("--show-picture", help="Let a language model that can see look at it.")
]

LoraOption = Annotated[
    list[str] | None,
    typer.Option(metavar="FILE[:WEIGHT]", help="Put it on the painter; may be repeated."),
]

ControlOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NET=PICTURE[:SCALE]",
        help="Follow edges, depth or a pose through a ControlNet; may be repeated.",
    ),
]

OffloadOption = Annotated[
    bool, typer.Option("--offload", help="Keep only what works on the GPU: slower, smaller.")
]

ThresholdOption = Annotated[
    float | None,
    typer.Option(
        min=0, max=1, show_default="the detector's own, else 0.35", help="Lowest box score."
    ),
]

StepsOption = Annotated[
    int | None,
    typer.Option(
        min=1, max=500, show_default="the painter's own, else 30", help="Denoising steps."
    ),
]

GuidanceOption = Annotated[
    float | None,
    typer.Option(min=0, max=50, show_default="the painter's own, else 7.5", help="Guidance scale."),
]

StrengthOption = Annotated[
    float | None,
    typer.Option(
        min=0.01,
        max=1,
        show_default="1; 0.6 for another look of the whole picture",
        help="How much of the old picture goes.",
    ),
]

SeedOption = Annotated[
    int, typer.Option(min=0, max=2**53, help="Another seed paints another variant.")
]

CheckOption = Annotated[
    bool,
    typer.Option("--check", help="Look again after each edit, and say whether it shows what was"
                 " asked for."),
]  # fmt: skip

RetriesOption = Annotated[
    int,
    typer.Option(
        min=0, max=20,
        help="Paint an edit that the check doubts again, so often at most; the best is kept.",
    ),
]  # fmt: skip

MaskOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Also write the mask of what changed.")
]

SideBySideOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Also write before, mask and after in one picture."),
]

ReportOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Also write plan, boxes, scores, seconds and checks as JSON."
    ),
]


def weighed_loras(words: Sequence[str]) -> list[tuple[Path, float]]:
    """LoRAs and their weights from FILE or FILE:WEIGHT. Raises `ModelError`: one is not there."""
    found = [weighed(word) for word in words]
    for path, _ in found:
        if not path.exists():
            raise ModelError(f"There is no LoRA at {path}. Check the path.")
    return found


def weighed(word: str) -> tuple[Path, float]:
    """FILE or FILE:NUMBER; without a number it is 1."""
    file, _, number = word.rpartition(":")
    try:
        weight = float(number)
    except ValueError:  # a colon may also stand after a drive's letter
        return Path(word), 1.0
    if not file or not -100 <= weight <= 100:
        raise ModelError(f'"{word}" is not FILE:NUMBER with a number from -100 to 100.')
    return Path(file), weight
