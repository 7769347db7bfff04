"""`prompt-edit`: the whole graph from a terminal."""

from __future__ import annotations

import codecs
import importlib
import json
import sys
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from importlib import metadata as packages
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from . import console
from .batch.cli import EXAMPLES as BATCH_EXAMPLES
from .batch.cli import batch
from .chosen import chosen_models, device_of, load_editor, say_models
from .console import QuietOption, VerboseOption, detail, note, progress, say, warn
from .errors import ImageError, InstructionError, ModelError, NotFound, PlanError
from .evaluate.cli import app as evaluate_app
from .inpaint.settings import Sampling
from .intent.models.llm import read_instead
from .intent.providers import GRAMMAR, described, make_parser
from .models.cli import app as models_app
from .models.store import ModelSet, llm_folders
from .options import (
    CheckOption,
    ControlOption,
    DeviceOption,
    DryRunOption,
    GuidanceOption,
    ImageArgument,
    InstructionArgument,
    LlmOption,
    LoraOption,
    MaskOption,
    ModelOption,
    ModelsOption,
    NegativePromptOption,
    OffloadOption,
    OutOption,
    OverwriteOption,
    PlanFileOption,
    ReportOption,
    RetriesOption,
    SeedOption,
    ShowPictureOption,
    SideBySideOption,
    StepsOption,
    StrengthOption,
    ThresholdOption,
    weighed,
    weighed_loras,
)
from .outputs import STREAM, check_writable
from .plan import Edit, EditPlan
from .results import Results

if TYPE_CHECKING:  # torch takes seconds to import: `parse` and `--help` do without
    import torch
    from torch import Tensor

    from .detect.ground import Grounded
    from .editor import EditResult, PromptEditor
    from .images import ImageFile
    from .inpaint.control import Control

app = typer.Typer(
    help=(
        'Start here: prompt-edit edit photo.png "make the hat red"\n\n'
        "Edit a picture with one sentence; every pixel outside the edit stays as it was. No"
        " picture at hand? prompt-edit draw doll.png draws one to try things on."
    ),
    epilog=(
        "Exit codes: 0 where all is done, 1 for an error (one line says what to do), 2 for a"
        " command that was typed wrong."
    ),
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command line."""
    console.run(app, "prompt-edit")


def _say_version(value: bool) -> None:
    if value:
        with suppress(packages.PackageNotFoundError):
            say(f"prompt-edit {packages.version('prompt-edit')}")
            raise typer.Exit
        say("prompt-edit, from a copy of its folder that is not installed")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _start(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            "-V",
            callback=_say_version,
            is_eager=True,
            help="Say which version this is.",
        ),
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        say(context.get_help())


EDIT_EXAMPLES = """Examples:

\b
  prompt-edit edit photo.png "make the hat red"
  prompt-edit edit photo.png "remove the bag" -o out.png --mask mask.png
  prompt-edit edit photo.png "make the hat red" --dry-run
  prompt-edit edit photo.png "make the hat red" --retries 3
  prompt-edit parse "remove the dog" > plan.json; prompt-edit edit photo.png --plan plan.json
  curl -s https://example.com/a.jpg | prompt-edit edit - "cut out the dog" > dog.png
"""


@app.command(epilog=EDIT_EXAMPLES)
def edit(
    image: ImageArgument,
    instruction: InstructionArgument = None,
    out: OutOption = None,
    overwrite: OverwriteOption = False,
    plan_file: PlanFileOption = None,
    dry_run: DryRunOption = False,
    negative_prompt: NegativePromptOption = "",
    llm: LlmOption = GRAMMAR,
    show_picture: ShowPictureOption = False,
    models_dir: ModelsOption = None,
    detector: ModelOption = None,
    segmenter: ModelOption = None,
    painter: ModelOption = None,
    lora: LoraOption = None,
    control: ControlOption = None,
    device: DeviceOption = None,
    offload: OffloadOption = False,
    threshold: ThresholdOption = None,
    steps: StepsOption = None,
    guidance: GuidanceOption = None,
    strength: StrengthOption = None,
    seed: SeedOption = 0,
    mask: MaskOption = None,
    side_by_side: SideBySideOption = None,
    report: ReportOption = None,
    check: CheckOption = False,
    retries: RetriesOption = 0,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Edit one picture.

    All that is asked for is written, or nothing: also where the object is not found, the disk is
    full, or anything else goes wrong.
    """
    _check_words(image, instruction, plan_file, llm, show_picture)
    loras, wanted = weighed_loras(lora or ()), [_control(word) for word in control or ()]
    results = Results(image, out, overwrite, mask, side_by_side, report)
    models = chosen_models(detector, segmenter, painter, models_dir)
    results.check(_read_from(loras, wanted, plan_file, models))
    with progress() as show:
        source, plan = _read(image, instruction, plan_file, llm, show_picture, models_dir, show)
        plan = _avoiding(plan, negative_prompt)
        notes = [*source.notes, *results.check_kinds(source, plan), *plan.warnings]
    for each in notes:
        (warn if each == read_instead(plan) else note)(each)
    place, sampling = device_of(device), Sampling(seed, steps, guidance, strength)
    editor = load_editor(models, loras, offload, place, say_models(models, place))
    if dry_run:
        _foresee(editor, source.pixels, plan, sampling, threshold)
        _say_would(models, results)
        return
    controls = _load_controls(wanted, place)
    with progress() as show:
        result = editor.edit(source.pixels, plan, sampling, threshold, show, controls, retries,
                             check)  # fmt: skip
        show("write", 0, 1)
        results.write(result, source)
    _say_done(result, results)


PARSE_EXAMPLES = """Examples:

\b
  prompt-edit parse "paint the second ball from the left green"
  prompt-edit parse - < sentences.txt
  prompt-edit parse "remove the dog" > plan.json
"""


@app.command(epilog=PARSE_EXAMPLES)
def parse(
    instruction: Annotated[
        str,
        typer.Argument(
            metavar="INSTRUCTION",
            show_default=False,
            help='A sentence, or "-" for one a line on stdin.',
        ),
    ],
    llm: LlmOption = GRAMMAR,
    models_dir: ModelsOption = None,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Print the plan that a sentence is read as, in JSON.

    Of several lines each is answered in one line, with {"error": ...} where it can't be read.
    """
    read = make_parser(llm, llm_folders(models_dir))
    if instruction != "-":
        say(read(instruction).to_json())
        return
    for line in _lines():
        try:
            say(read(line).to_json(indent=None))
        except InstructionError as error:
            say(json.dumps({"error": str(error)}, ensure_ascii=False))


@app.command(epilog="Examples:\n\n\b\n  prompt-edit providers\n")
def providers(
    models_dir: ModelsOption = None, quiet: QuietOption = False, verbose: VerboseOption = False
) -> None:
    """Show what can read instructions here: name, kind, model, and whether a key is set.

    The offline grammar is always there. Others are set up in the environment or in a file: see
    "What it reads" in the README.
    """
    rows = [(each.name, each.kind, each.model or "built in", f"key: {each.key}")
            for each in described(llm_folders(models_dir))]  # fmt: skip
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        cells = [word.ljust(width) for word, width in zip(row, [*widths, 0], strict=True)]
        say("  ".join(cells))


@app.command(
    epilog="Examples:\n\n\b\n  prompt-edit draw doll.png\n"
    "  prompt-edit draw doll.png --seed 900899 --size 512\n"
)
def draw(
    out: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", show_default=False, help='Where to write the picture; "-" is stdout.'
        ),
    ],
    seed: Annotated[int, typer.Option(min=0, max=2**53, help="Which scene.")] = 900_000,
    size: Annotated[int, typer.Option(min=64, max=4096, help="Side in pixels.")] = 256,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Draw a paper-doll scene to try things on. A file of that name is replaced."""
    check_writable(out)
    import torch

    from .images import check_output, save_image
    from .paperdoll.draw import draw as draw_scene
    from .paperdoll.scene import random_scene

    check_output(out)
    picture = draw_scene(random_scene(seed), size)
    save_image(out, torch.from_numpy(picture.image)[None] / 255)
    if out != STREAM and not console.is_quiet():
        say(str(out))


app.command(epilog=BATCH_EXAMPLES)(batch)
app.add_typer(evaluate_app, name="evaluate")
app.add_typer(models_app, name="models")


# --- what is read --------------------------------------------------------------------------------


def _check_words(
    image: Path, instruction: str | None, plan_file: Path | None, llm: str, show_picture: bool
) -> None:
    """Find what can't be meant. Raises `typer.BadParameter`, which is misuse."""
    if instruction is None and plan_file is None:
        raise typer.BadParameter('Say what to change: prompt-edit edit photo.png "make it red"')
    if instruction is not None and plan_file is not None:
        raise typer.BadParameter("Give a sentence or --plan, not both.")
    if plan_file is not None and llm != GRAMMAR:
        raise typer.BadParameter("--llm reads sentences; a plan is read already.")
    if show_picture and llm == GRAMMAR:
        raise typer.BadParameter("--show-picture needs --llm: the offline grammar cannot see.")
    if image == STREAM and plan_file == STREAM:
        raise typer.BadParameter("Only one of the picture and the plan can come from stdin.")


def _read(
    image: Path, instruction: str | None, plan_file: Path | None, llm: str, show_picture: bool,
    models_dir: Path | None, show: console.Show,
) -> tuple[ImageFile, EditPlan]:  # fmt: skip
    """The picture and the plan."""
    if plan_file:
        plan = EditPlan.from_json(_text(plan_file))
        return _load_picture(image, show), plan
    read = make_parser(llm, llm_folders(models_dir))
    show("parse", 0, 1)
    if show_picture:
        source = _load_picture(image, show)
        return source, read(instruction or "", source.pixels)
    if llm != GRAMMAR:  # which takes its time, in which torch can be imported
        threading.Thread(target=importlib.import_module, args=(f"{__package__}.editor",),
                         daemon=True).start()  # fmt: skip
    plan = read(instruction or "")
    return _load_picture(image, show), plan


def _load_picture(image: Path, show: console.Show) -> ImageFile:
    show("start", 0, 1)
    from .images import load_image

    show("read", 0, 1)
    return load_image(image)


def _text(path: Path) -> str:
    """A file of text, or standard input. Raises `PlanError`."""
    try:
        if path == STREAM:
            return _decoded(_stdin().read())
        return _decoded(path.read_bytes())
    except OSError as error:
        raise PlanError(f"The plan {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise PlanError(f"The plan {path} is not text. Write one with `parse`.") from error


def _decoded(data: bytes) -> str:
    """Text in UTF-8, or in UTF-16 as Windows PowerShell writes it."""
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return data.decode("utf-16" if wide else "utf-8-sig")


def _stdin() -> BinaryIO:
    if sys.stdin is None or sys.stdin.closed:
        raise InstructionError("Standard input is closed. Pipe something in.")
    return sys.stdin.buffer


def _lines() -> Iterable[str]:
    """The lines on standard input."""
    for line in _stdin():
        yield line.decode("utf-8", "replace").rstrip("\r\n")


def _avoiding(plan: EditPlan, words: str) -> EditPlan:
    """The plan with what is not to be painted in each of its edits."""
    if not words.strip():
        return plan
    edits = tuple(Edit(**{**edit.model_dump(), "negative_prompt": words}) for edit in plan.edits)
    return plan.model_copy(update={"edits": edits})


# --- models --------------------------------------------------------------------------------------


def _read_from(
    loras: Sequence[tuple[Path, float]],
    controls: Sequence[tuple[Path, Path, float]],
    plan_file: Path | None,
    models: ModelSet,
) -> list[Path]:
    """All that an edit reads besides its picture."""
    files = [file for file, _ in loras]
    files += [file for net, picture, _ in controls for file in (net, picture)]
    files += [plan_file] if plan_file else []
    return [*files, models.detector, models.segmenter, models.painter]


def _control(word: str) -> tuple[Path, Path, float]:
    """A ControlNet, its picture and its scale from NET=PICTURE or NET=PICTURE:SCALE.

    Raises:
        ModelError, ImageError: one of the two is not there.
    """
    net, equals, value = word.partition("=")
    if not (net and equals and value):
        raise ModelError(
            f'--control takes NET=PICTURE, for instance canny=edges.png, not "{word}".'
        )
    picture, scale = weighed(value)
    if not Path(net).exists():
        raise ModelError(f"There is no ControlNet at {net}. Check the path.")
    if not picture.exists():
        raise ImageError(f"There is no picture at {picture}. Check the path.")
    return Path(net), picture, scale


def _load_controls(
    wanted: Sequence[tuple[Path, Path, float]], device: torch.device | None
) -> list[Control]:
    from .images import load_image
    from .inpaint.control import Control, ControlNet

    return [Control(ControlNet.load(net, device), load_image(picture).pixels, scale)
            for net, picture, scale in wanted]  # fmt: skip


# --- what is said --------------------------------------------------------------------------------


def _foresee(
    editor: PromptEditor,
    image: Tensor,
    plan: EditPlan,
    sampling: Sampling,
    threshold: float | None,
) -> None:
    """Say what the edits of a plan are about in a picture, with nothing painted."""
    with progress() as show:
        editor.check(image, plan, sampling, show)
        lines = []
        for number, edit in enumerate(plan.edits):
            lines.append(f"plan: {edit.summary()}")
            try:
                found = editor.find(image, edit, threshold, show)
            except NotFound as error:
                if number == 0:
                    raise
                lines.append(f"found: not yet, the edits before may bring it. {error}")
                continue
            lines += [f"found: {words}" for words in _found(found)]
    for line in lines:
        say(line)


def _found(grounded: Grounded) -> list[str]:
    """What was found and where, one line a thing."""
    found, lines = grounded.found, []
    for label, score, box in zip(found.labels, found.scores.tolist(), found.boxes.tolist(),
                                 strict=True):  # fmt: skip
        lines.append(f"{label}, score {score:.2f}, at {', '.join(f'{each:.0f}' for each in box)}")
    if grounded.shape == "picture":
        lines.append("the whole picture")
    for box in [] if grounded.places is None else grounded.places.tolist():
        lines.append(f"room for it at {', '.join(f'{each:.0f}' for each in box)}")
    return [*lines, *grounded.notes]


def _say_would(models: ModelSet, results: Results) -> None:
    for role in ("detector", "segmenter", "painter"):
        say(f"{role}: {getattr(models, role)}")
    for path in results.all:
        say(f"would write: {'standard output' if path == STREAM else path}")


def _say_done(result: EditResult, results: Results) -> None:
    """What each edit did, and where the result is: on stdout, unless that holds the picture."""
    for step in result.steps:
        for remark in step.notes:
            note(remark)
        scores = ", ".join(f"{score:.2f}" for score in step.detections.scores.tolist())
        found = f"{len(step.detections)} found ({scores})" if scores else "whole picture"
        line = (f"{step.edit.operation} {step.edit.target}: {found},"
                f" mask {step.mask_share:.1%}, {sum(step.seconds.values()):.1f} s")  # fmt: skip
        if STREAM in results.all:
            note(line)
        elif not console.is_quiet():
            say(line)
    for stage, spent in result.seconds.items():
        detail(f"{stage}: {spent:.2f} s")
    if STREAM not in results.all and not console.is_quiet():
        say(str(results.out))
    _say_checked(result, STREAM in results.all)


def _say_checked(result: EditResult, to_stderr: bool) -> None:
    """The outcome of the checks, as the last line; what is doubtful goes to stderr."""
    if result.verdict and not console.is_quiet():
        (note if to_stderr else say)(result.verdict)
    for doubt in result.doubts:
        console.warn(doubt)


if __name__ == "__main__":
    main()
