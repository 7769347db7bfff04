"""`prompt-edit evaluate`: the whole graph, measured."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from tqdm import tqdm

from .. import console
from ..chosen import chosen_models, device_of, load_editor, say_models
from ..console import QuietOption, VerboseOption, say
from ..options import DeviceOption, ModelOption, ModelsOption, RetriesOption
from ..outputs import STREAM, check_apart, check_writable, write_all

app = typer.Typer(
    help="Measure the whole graph where the truth is known.", no_args_is_help=True,
    rich_markup_mode=None,
)  # fmt: skip


@app.callback()
def _evaluate() -> None:
    """Keeps `paperdoll` a subcommand: other worlds may join it."""


@app.command(
    "paperdoll",
    epilog="Examples:\n\n\b\n  prompt-edit evaluate paperdoll --count 20\n"
    "  prompt-edit evaluate paperdoll --json figures.json --sheet edits.jpg\n",
)
def evaluate_paperdoll(
    count: Annotated[int, typer.Option(min=1, help="How many scenes.")] = 200,
    seed: Annotated[
        int,
        typer.Option(min=0, max=2**53, help="The first scene; training used those below 14000."),
    ] = 900_000,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the figures here too.")
    ] = None,
    sheet: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw 60 of the edits beside their true pictures."),
    ] = None,
    retries: RetriesOption = 0,
    models_dir: ModelsOption = None,
    detector: ModelOption = None,
    segmenter: ModelOption = None,
    painter: ModelOption = None,
    device: DeviceOption = None,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Masks, absent phrases and edits on drawn scenes: precision, recall, F1 and success.

    The edits are told by operation, too, each with its PSNR, SSIM and seam.
    """
    models = chosen_models(detector, segmenter, painter, models_dir)
    written = [file for file in (json_file, sheet) if file]
    for file in written:
        check_writable(file)
    check_apart(written, [models.detector, models.segmenter, models.painter])
    from PIL import Image

    from ..images import check_output
    from ..paperdoll.evaluate import evaluate as measure
    from ..paperdoll.sheet import contact_sheet

    if sheet:
        check_output(sheet)
    place = device_of(device)
    say_models(models, place)
    silent = console.is_quiet() or sys.stderr is None
    with tqdm(total=count, unit="scene", disable=silent) as bar:

        def advance(done: int, _: int) -> None:
            bar.update(done - bar.n)

        measured = measure(load_editor(models, (), False, place), count, seed, advance, retries)
    text = json.dumps(measured.figures(), indent=2)
    writers: list[tuple[Path, Callable[[Path], object]]] = []
    if json_file:
        writers.append((json_file, lambda file: file.write_text(text + "\n", encoding="utf-8")))
    if sheet:
        kind = Image.registered_extensions().get(sheet.suffix.lower(), "PNG")
        drawn = contact_sheet(measured.tried)
        writers.append((sheet, lambda file: drawn.save(file, kind, quality=88)))
    write_all(writers)
    if STREAM not in written:
        say(text)
