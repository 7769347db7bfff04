"""`prompt-edit evaluate`: the whole graph in the drawn world, its masks in labelled data sets."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from enum import Enum
from hashlib import sha1
from importlib import metadata as packages
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from tqdm import tqdm

from .. import console, steady
from ..chosen import chosen_finders, chosen_models, device_of, load_editor, say_models
from ..console import QuietOption, VerboseOption, detail, note, say, warn
from ..errors import DatasetError, ModelError, OutputError, is_out_of_memory
from ..models.stamps import stamps, version
from ..models.store import ModelSet
from ..options import DeviceOption, ModelOption, ModelsOption, RetriesOption
from ..outputs import STREAM, check_apart, check_writable, write_all

if TYPE_CHECKING:  # torch takes seconds to import: `--help` does without
    import torch

    from .drawn.baselines import Kind
    from .drawn.evaluate import Measured
    from .drawn.methods import Method
    from .labelled import Dataset, Labelled
    from .run import Looked

app = typer.Typer(
    help="Measure where the truth is known.", no_args_is_help=True,
    rich_markup_mode=None,
)  # fmt: skip


class MethodName(str, Enum):
    PROPOSED = "proposed"
    VAE = "vae"
    GAN = "gan"


def _method(
    name: MethodName, weights: Path | None, models: ModelSet | None, device: torch.device,
    retries: int,
) -> Method:  # fmt: skip
    """The whole graph of the models, or a baseline, which takes none."""
    from .drawn.baselines import load_baseline
    from .drawn.methods import OneNetwork, Proposed

    if models:
        if weights:
            raise ModelError("Name a baseline with --method: --weights are of one.")
        found = say_models(models, device)
        return Proposed(load_editor(models, (), False, device, found), retries)
    if retries:
        raise ModelError("Leave --retries out: a baseline paints once.")
    return OneNetwork(load_baseline(cast("Kind", name.value), weights or _usual(name)), device)


def _models_of(method: MethodName, *named: Path | None) -> ModelSet | None:
    """Those of the whole graph, of what was named as `chosen_models` takes it; a baseline's none.

    Raises `ModelError` where one was named for a baseline.
    """
    if method is MethodName.PROPOSED:
        return chosen_models(*named)
    if given := next(filter(None, named), None):
        raise ModelError(f"Leave {given} out: a baseline is one network, of --weights.")
    return None


def _usual(name: MethodName) -> Path:
    """Where its recipe leaves a baseline's weights."""
    return Path("runs") / name.value / "baseline.safetensors"


JsonOption = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Write the figures here too.")
]


@app.command(
    "paperdoll",
    epilog="Examples:\n\n\b\n  prompt-edit evaluate paperdoll --count 20\n"
    "  prompt-edit evaluate paperdoll --json figures.json --sheet edits.jpg\n",
)
def evaluate_paperdoll(
    count: Annotated[int, typer.Option(min=1, help="How many scenes.")] = 200,
    seed: Annotated[
        int,
        typer.Option(min=0, max=2**53, help="The first scene; training used those below 600000."),
    ] = 900_000,
    json_file: JsonOption = None,
    sheet: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw 60 of the edits beside their true pictures."),
    ] = None,
    retries: RetriesOption = 0,
    method: Annotated[
        MethodName, typer.Option(help="The whole graph, or one of the paper's two baselines.")
    ] = MethodName.PROPOSED,
    weights: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Of a baseline, as `recipes.baselines` trains it."),
    ] = None,
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
    models = _models_of(method, detector, segmenter, painter, models_dir)
    written = [file for file in (json_file, sheet) if file]
    for file in written:
        check_writable(file)
    read = [weights] if weights else []
    check_apart(written, [models.detector, models.segmenter, models.painter] if models else read)
    from ..images import check_output
    from ..models.device import best_device
    from .drawn.evaluate import Measured
    from .drawn.evaluate import evaluate as measure

    if sheet:
        check_output(sheet)
    on = device_of(device) or best_device()
    about = {"method": method.value, "asked": count, "seed": seed, "retries": retries,
             "device": str(on), **_named(models, weights or _usual(method)),
             "version": version()}  # fmt: skip
    chosen, measured = _method(method, weights, models, on, retries), Measured()
    try:
        with console.bar(count, "scene") as advance:
            measure(chosen, count, seed, advance, measured)
    except BaseException:  # stopped by a person, too
        if measured.scenes:
            warn(f"Only {measured.scenes} of {count} scenes could be measured.")
            _write_paperdoll(about, measured, _partial(json_file), None)
        raise
    _write_paperdoll(about, measured, json_file, sheet)


def _partial(file: Path | None) -> Path | None:
    """Where figures go that are not of all: beside the name for those of all."""
    return file and (file if file == STREAM else file.with_stem(f"{file.stem}-partial"))


def _named(models: ModelSet | None, weights: Path) -> dict[str, Any]:
    """Which models figures are of."""
    if models is None:
        return {"weights": str(weights)}
    return {"sample_models": models.sample, "detector": str(models.detector),
            "segmenter": str(models.segmenter), "painter": str(models.painter)}  # fmt: skip


def _write_paperdoll(
    about: dict[str, Any], measured: Measured, json_file: Path | None, sheet: Path | None
) -> None:
    """The figures, and of what they are, into a file, too, and the sheet of edits."""
    from PIL import Image

    from .drawn.sheet import contact_sheet

    text = json.dumps({**about, **measured.figures()}, indent=2)
    writers: list[tuple[Path, Callable[[Path], object]]] = []
    if json_file:
        writers.append((json_file, lambda file: file.write_text(text + "\n", encoding="utf-8")))
    if sheet:
        kind = Image.registered_extensions().get(sheet.suffix.lower(), "PNG")
        drawn = contact_sheet(measured.tried)
        writers.append((sheet, lambda file: drawn.save(file, kind, quality=88)))
    write_all(writers)
    if STREAM not in (json_file, sheet):
        say(text)


# --- labelled data sets --------------------------------------------------------------------------

RootArgument = Annotated[
    Path, typer.Argument(metavar="FOLDER", show_default=False, help="Where the data set lies.")
]
SplitOption = Annotated[str, typer.Option(metavar="NAME", help="Which part of it.")]
SomeOption = Annotated[
    int | None,
    typer.Option(min=1, show_default="all", help="How many pictures, chosen by the seed."),
]
ShuffleOption = Annotated[int, typer.Option(min=0, max=2**53, help="Chooses the pictures.")]
AbsentOption = Annotated[
    int, typer.Option(min=0, help="Categories to ask of each picture that it does not show.")
]


def _dataset_command(name: str, usual: str, help_text: str) -> None:
    """Add the command that measures on one kind of data set."""

    def command(
        root: RootArgument,
        split: SplitOption = usual,
        count: SomeOption = None,
        seed: ShuffleOption = 0,
        absent: AbsentOption = 2,
        json_file: JsonOption = None,
        models_dir: ModelsOption = None,
        detector: ModelOption = None,
        segmenter: ModelOption = None,
        device: DeviceOption = None,
        quiet: QuietOption = False,
        verbose: VerboseOption = False,
    ) -> None:
        log_file = _log_beside(json_file)  # before what takes long
        dataset = _opened(name, root, split)
        if segmenter and not dataset.masks:
            raise ModelError("Leave --segmenter out: boxes are measured here, and no masks.")
        models = chosen_finders(detector, segmenter, models_dir, dataset.masks)
        settings = {"data": name, "split": split, "seed": seed, "absent": absent}
        _measure(dataset, settings, count, json_file, log_file, models, device_of(device))

    command.__doc__ = help_text
    example = f"prompt-edit evaluate {name} {name.upper()} --count 100 --json {name}.json"
    app.command(name, epilog=f"Example:\n\n\b\n  {example}\n")(command)


_LOGGED = (
    "\n\n    Each is the mean over all pairs of a picture and a category that it shows; by"
    " category,\n    over the pictures that show it."
    "\n\n    With --json, a line for each picture is kept beside it (.jsonl), and the same command"
    " goes on\n    where it was stopped. A picture that is missing or broken is told and left out,"
    "\n    and so is one at which a model or the GPU's memory fails."
)
_dataset_command("coco", "val2017", "Masks on COCO: precision, recall, F1 by category." + _LOGGED)
_dataset_command(
    "voc", "Segmentation/val",
    "Masks on Pascal VOC, or boxes with `--split Main/val`: precision, recall, F1 by category."
    + _LOGGED,
)  # fmt: skip
_dataset_command(
    "imagenet", "val",
    "Boxes on ImageNet: precision, recall, F1 by category. A picture's own class alone is labelled"
    " there,\n    so the share of false alarms is an upper bound." + _LOGGED,
)  # fmt: skip


def _measure(
    dataset: Dataset, settings: dict[str, Any], count: int | None, json_file: Path | None,
    log_file: Path | None, models: ModelSet, device: torch.device | None,
) -> None:  # fmt: skip
    from ..models.device import best_device
    from .run import figures, order

    used = _used(dataset, models)
    for line in models.notes:
        note(line)
    for role, path in used.items():
        detail(f"{role}: {path}")
    written = [file for file in (json_file, log_file) if file]
    if log_file:
        check_writable(log_file)
    check_apart(written, [*used.values(), *dataset.labels, dataset.folder], "the measurement")
    pictures = order(dataset, settings["seed"], count)
    if not pictures:
        raise DatasetError(f"There is no picture in {settings['split']} of {dataset.folder}. Name"
                           " another split.")  # fmt: skip
    device = device or best_device()
    settings = {**settings, "device": device.type}
    if models.sample:
        note("The sample models know drawn paper dolls only. On photographs their figures are near"
             " zero, and say nothing of Prompt Edit with real models.")  # fmt: skip
    looked, failed = _looked_at(dataset, pictures, models, device, log_file, settings)
    report = {**settings, "folder": str(dataset.folder), "sample_models": models.sample,
              **{role: str(path) for role, path in used.items()},
              **figures(looked), "failed": failed}  # fmt: skip
    text = json.dumps(report, indent=2)
    if json_file:
        write_all([(json_file, lambda file: file.write_text(text + "\n", encoding="utf-8"))])
    if json_file != STREAM:
        say(text)
    if failed:
        warn(f"{len(failed)} of {len(pictures)} pictures could not be measured, and count nowhere.")
        raise typer.Exit(1)


def _log_beside(json_file: Path | None) -> Path | None:
    """Where a line for each picture is kept; raises `OutputError` where the figures go there."""
    if json_file is None or json_file == STREAM:
        return None
    check_writable(json_file)
    if json_file.suffix.lower() == ".jsonl":
        raise OutputError(
            f"Choose another ending than .jsonl for {json_file}: a line for each picture is kept"
            " in the file of that name."
        )
    named = json_file.name[: -len(".json")] if json_file.suffix.lower() == ".json" else ""
    return json_file.with_name((named or json_file.name) + ".jsonl")  # not of "run-0.35" alone


def _looked_at(
    dataset: Dataset, pictures: Sequence[Labelled], models: ModelSet, device: torch.device,
    log_file: Path | None, settings: dict[str, Any],
) -> tuple[list[Looked], list[str]]:  # fmt: skip
    """What became of the pictures, and the names of those that are left out."""
    from .run import Log, run

    steady.keep_few_kernels()
    log = Log(log_file, {**settings, **_of_files(dataset, models)}) if log_file else None
    editor = load_editor(models, (), False, device)
    failed: list[str] = []
    with console.bar(len(pictures), "picture") as show:

        def advance(done: int, _: int) -> None:
            show(done)
            if len(failed) == done == min(_HOPELESS, len(pictures)):
                raise DatasetError(f"None of the first {done} pictures could be measured.")

        def leave(picture: Labelled, error: Exception) -> None:
            failed.append(picture.name)
            why = _FULL if is_out_of_memory(error) else error
            with tqdm.external_write_mode():
                warn(f"{picture.name} is left out: {why}")

        cutter = editor.segmenter if dataset.masks else None
        looked = run(editor.detector, cutter, dataset, pictures, settings["absent"],
                     settings["seed"], log, advance, leave)  # fmt: skip
    return looked, failed


_FULL = "the GPU's memory is full. Close other programs, or name smaller models."
_HOPELESS = 20  # pictures: where so many fail at first, the rest will


def _used(dataset: Dataset, models: ModelSet) -> dict[str, Path]:
    """The models that are asked, by role: boxes need no segmenter."""
    cuts = {"segmenter": models.segmenter} if dataset.masks else {}
    return {"detector": models.detector, **cuts}


def _of_files(dataset: Dataset, models: ModelSet) -> dict[str, str]:
    """By what a later run knows the same labels and models: their files, wherever they lie; and
    what may answer otherwise, our own version and the libraries'."""
    used = {role: (path,) for role, path in _used(dataset, models).items()}
    files = {"labels": dataset.labels, **used}
    told = {name: sha1(repr([stamps(path) for path in paths]).encode()).hexdigest()
            for name, paths in files.items()}  # fmt: skip
    return {**told, "version": version(),
            **{name: packages.version(name) for name in ("torch", "transformers")}}  # fmt: skip


def _opened(kind: str, root: Path, split: str) -> Dataset:
    from .coco import Coco
    from .imagenet import ImageNet
    from .voc import Voc

    readers: dict[str, Callable[[Path, str], Dataset]] = {
        "coco": Coco, "voc": Voc, "imagenet": ImageNet,
    }  # fmt: skip
    return readers[kind](root, split)
