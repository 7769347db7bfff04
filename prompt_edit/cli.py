"""`prompt-edit`: the whole graph from a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from tqdm import tqdm

from .errors import InstructionError, ModelError, OutputError, PromptEditError
from .intent.providers import GRAMMAR, make_parser, provider_names
from .models.cli import app as models_app
from .plan import EditPlan

if TYPE_CHECKING:  # torch takes seconds to import: `parse` and `--help` do without
    from torch import Tensor

    from .editor import EditResult, PromptEditor
    from .inpaint.control import Control
    from .inpaint.diffusion import Lora
    from .models.store import ModelSet

app = typer.Typer(
    help="Edit a picture with one sentence; every pixel outside the edit stays as it was.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

LlmOption = Annotated[str, typer.Option(help="What reads it: see `prompt-edit providers`.")]
ModelOption = Annotated[Path | None, typer.Option(help="Folder or file; else the default.")]


def main() -> None:
    """Run the command line; an error of ours is one line and exit code 1."""
    for stream in (sys.stdout, sys.stderr):  # where the terminal lacks letters, their numbers
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except PromptEditError as error:
        typer.secho(f"Error: {error}", fg="red", err=True)
        sys.exit(1)


@app.command()
def edit(
    image: Annotated[
        Path, typer.Argument(help="The picture: PNG (8 or 16 bits), JPEG, WebP, TIFF.")
    ],
    instruction: Annotated[str, typer.Argument(help='What to change, e.g. "make the hat red".')],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Result [IMAGE-edited.png].")
    ] = None,
    llm: LlmOption = GRAMMAR,
    show_picture: Annotated[
        bool, typer.Option("--show-picture", help="Let a language model that can see look at it.")
    ] = False,
    detector: ModelOption = None,
    segmenter: ModelOption = None,
    painter: ModelOption = None,
    lora: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE[:WEIGHT]", help="Put it on the painter; may be repeated."),
    ] = None,
    control: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NET=PICTURE[:SCALE]",
            help="Follow edges, depth or a pose through a ControlNet; may be repeated.",
        ),
    ] = None,
    offload: Annotated[
        bool, typer.Option("--offload", help="Keep only what works on the GPU: slower, smaller.")
    ] = False,
    threshold: Annotated[float | None, typer.Option(min=0, max=1, help="Lowest box score.")] = None,
    steps: Annotated[int | None, typer.Option(min=1, max=1000, help="Denoising steps.")] = None,
    guidance: Annotated[float | None, typer.Option(min=0, max=50, help="Guidance scale.")] = None,
    strength: Annotated[
        float | None, typer.Option(min=0.01, max=1, help="How much of the old picture goes.")
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, max=2**53, help="Another seed paints another variant.")
    ] = 0,
    mask: Annotated[Path | None, typer.Option(help="Also write the mask of what changed.")] = None,
    side_by_side: Annotated[
        Path | None, typer.Option(help="Also write before, mask and after in one picture.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Also write plan, boxes, scores and seconds as JSON.")
    ] = None,
) -> None:
    """Edit one picture.

    Nothing is written if the object is not found or anything else goes wrong.
    """
    from . import images
    from .inpaint.repaint import Sampling
    from .preview import overlay
    from .preview import side_by_side as sheet

    source = images.load_image(image)
    plan = make_parser(llm)(instruction, source.pixels if show_picture else None)
    alpha = source.pixels.shape[-1] == 4 or any(e.operation == "extract" for e in plan.edits)
    out = images.check_output(out or image.with_name(f"{image.stem}-edited.png"), alpha)
    for extra in filter(None, (mask, side_by_side)):
        images.check_output(extra)
    if report:
        images.check_writable(report)
    _require_apart(out, mask, side_by_side, report)
    _say_warnings(plan)
    models = _models(detector, segmenter, painter)
    _say_models(models)
    controls = _controls(control or ())
    editor = _load(models, _loras(lora or ()), offload)
    if models.sample:
        _warn_if_foreign(editor, source.pixels)
    sampling = Sampling(seed, steps, guidance, strength)
    with _progress() as on_progress:
        result = editor.edit(source.pixels, plan, sampling, threshold, on_progress, controls)
    images.save_image(out, result.image, source)
    if out.suffix.lower() in (".jpg", ".jpeg"):
        _note("JPEG changes every pixel a little; write PNG to keep the rest bit for bit.")
    if mask:
        images.save_image(mask, _changed(result).movedim(0, -1)[None])
    if side_by_side:
        step = result.steps[-1]
        pictures = [images.to_pil(source.pixels),
                    overlay(source.pixels, step.detections, step.mask),
                    images.to_pil(result.image)]  # fmt: skip
        sheet([(instruction, pictures)], ("before", "boxes and mask", "after")).save(side_by_side)
    if report:
        _write_text(report, json.dumps(_report(result), indent=2, ensure_ascii=False))
    for step in result.steps:
        for note in step.notes:
            _note(note)
        scores = ", ".join(f"{score:.2f}" for score in step.detections.scores.tolist())
        found = f"{len(step.detections)} found ({scores})" if scores else "whole picture"
        typer.echo(
            f"{step.edit.operation} {step.edit.target}: {found},"
            f" mask {step.mask_share:.1%}, {sum(step.seconds.values()):.1f} s"
        )
    typer.echo(str(out))


@app.command()
def parse(
    instruction: Annotated[str, typer.Argument(help='A sentence, or "-" for one a line on stdin.')],
    llm: LlmOption = GRAMMAR,
) -> None:
    """Print the plan that a sentence is read as, in JSON."""
    read = make_parser(llm)
    if instruction != "-":
        typer.echo(read(instruction).to_json())
        return
    for line in sys.stdin:
        line = line.rstrip("\n")
        try:
            typer.echo(read(line).to_json(indent=None))
        except InstructionError as error:
            typer.echo(json.dumps({"error": str(error)}, ensure_ascii=False))


@app.command()
def providers() -> None:
    """Show what can read instructions here: the offline grammar, and what is set up."""
    for name in provider_names():
        typer.echo(name)


@app.command()
def draw(
    out: Annotated[Path, typer.Argument(help="Where to write the picture.")],
    seed: Annotated[int, typer.Option(min=0, help="Which scene.")] = 900_000,
    size: Annotated[int, typer.Option(min=64, max=4096, help="Side in pixels.")] = 256,
) -> None:
    """Draw a paper-doll scene to try things on."""
    import torch

    from .images import save_image
    from .paperdoll.draw import draw as draw_scene
    from .paperdoll.scene import random_scene

    picture = draw_scene(random_scene(seed), size)
    save_image(out, torch.from_numpy(picture.image)[None] / 255)
    typer.echo(str(out))


evaluate = typer.Typer(
    help="Measure the whole graph where the truth is known.", no_args_is_help=True
)
app.add_typer(evaluate, name="evaluate")
app.add_typer(models_app, name="models")


@evaluate.callback()
def _evaluate() -> None:
    """Keeps `paperdoll` a subcommand: other worlds may join it."""


@evaluate.command("paperdoll")
def evaluate_paperdoll(
    count: Annotated[int, typer.Option(min=1, help="How many scenes.")] = 200,
    seed: Annotated[
        int, typer.Option(min=0, help="The first scene; training used those below 14000.")
    ] = 900_000,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the figures here too.")
    ] = None,
    detector: ModelOption = None,
    segmenter: ModelOption = None,
    painter: ModelOption = None,
) -> None:
    """Masks, absent phrases and edits on drawn scenes: precision, recall, F1 and success."""
    from .images import check_writable
    from .paperdoll.evaluate import evaluate as measure

    if json_file:
        check_writable(json_file)
    models = _models(detector, segmenter, painter)
    _say_models(models)
    with tqdm(total=count, unit="scene") as bar:

        def advance(done: int, _: int) -> None:
            bar.update(done - bar.n)

        figures = measure(_load(models), count, seed, advance)
    text = json.dumps(figures, indent=2)
    if json_file:
        _write_text(json_file, text)
    typer.echo(text)


# --- helpers -------------------------------------------------------------------------------------


def _models(detector: Path | None, segmenter: Path | None, painter: Path | None) -> ModelSet:
    """The default models, save for those that were named."""
    from .models.store import ModelSet, default_models

    chosen = default_models()
    return ModelSet(
        detector or chosen.detector, segmenter or chosen.segmenter, painter or chosen.painter,
        sample=chosen.sample and painter is None,
    )  # fmt: skip


def _load(models: ModelSet, loras: Sequence[Lora] = (), offload: bool = False) -> PromptEditor:
    from .editor import PromptEditor
    from .models.loading import quiet_libraries

    quiet_libraries()
    return PromptEditor.load(models, loras, offload)


def _loras(words: Sequence[str]) -> list[Lora]:
    """LoRAs from FILE or FILE:WEIGHT."""
    from .inpaint.diffusion import Lora

    return [Lora(*_weighed(word)) for word in words]


def _controls(words: Sequence[str]) -> list[Control]:
    """ControlNets with their pictures from NET=PICTURE or NET=PICTURE:SCALE."""
    from .images import load_image
    from .inpaint.control import Control, ControlNet

    found = []
    for word in words:
        net, equals, told = word.partition("=")
        if not (net and equals and told):
            raise ModelError(
                f'--control takes NET=PICTURE, for instance canny=edges.png, not "{word}".'
            )
        picture, scale = _weighed(told)
        found.append(Control(ControlNet.load(net), load_image(picture).pixels, scale))
    return found


def _weighed(word: str) -> tuple[Path, float]:
    """FILE or FILE:NUMBER; without a number it is 1."""
    file, _, number = word.rpartition(":")
    try:
        return Path(file), float(number)
    except ValueError:  # a colon may also stand after a drive's letter
        return Path(word), 1.0


@contextmanager
def _progress() -> Iterator:
    """One bar that shows the stage; on stderr, and only where someone is looking."""
    with tqdm(total=1, disable=None, leave=False, bar_format="{desc:>9} {bar} {n}/{total}") as bar:

        def show(stage: str, done: int, total: int) -> None:
            bar.set_description_str(stage, refresh=False)
            bar.n, bar.total = done, total
            bar.refresh()

        yield show


def _require_apart(*outputs: Path | None) -> None:
    """What is written twice to one file is lost."""
    named = [path.resolve() for path in outputs if path]
    for path in named:
        if named.count(path) > 1:
            raise OutputError(f"{path} is to be written twice. Give each output a name of its own.")


def _changed(result: EditResult) -> Tensor:
    """The opacity of all edits together, [1,H,W]."""
    import torch

    return torch.stack([torch.maximum(step.opacity, step.mask * (step.edit.operation == "extract"))
                        for step in result.steps]).amax(dim=0)[None]  # fmt: skip


def _report(result: EditResult) -> dict[str, object]:
    return {
        "plan": json.loads(result.plan.to_json()),
        "steps": [
            {
                "target": step.edit.target,
                "boxes": step.detections.boxes.tolist(),
                "scores": step.detections.scores.tolist(),
                "labels": list(step.detections.labels),
                "mask_share": step.mask_share,
                "seconds": step.seconds,
                "notes": list(step.notes),
            }
            for step in result.steps
        ],
        "seconds": result.seconds,
    }


def _write_text(path: Path, text: str) -> None:
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}.") from error


def _say_models(models: ModelSet) -> None:
    if models.sample:
        _note("Using the bundled sample models, which know the paper-doll world only.")
        return
    from .inpaint.diffusion import Inpainter
    from .inpaint.memory import GIB, estimate
    from .models.device import best_device

    device = best_device()
    need = estimate(models.painter, Inpainter.default_dtype(models.painter, device))
    _note(f"Using {models.detector.name}, {models.segmenter.name} and {models.painter.name}. The"
          f" last takes about {need.whole / GIB:.1f} GiB on {device.type}, and"
          f" {need.offloaded / GIB:.1f} GiB with --offload.")  # fmt: skip


def _warn_if_foreign(editor: PromptEditor, image: Tensor) -> None:
    from .paperdoll.recognise import is_paper

    if not is_paper(image, editor.painter.pipeline.vae):
        typer.secho(
            "Warning: this does not look like a paper-doll picture, and the sample models know"
            " nothing else. Expect nonsense. The README tells how to use real models.",
            fg="yellow",
            err=True,
        )


def _say_warnings(plan: EditPlan) -> None:
    for warning in plan.warnings:
        _note(warning)


def _note(text: str) -> None:
    typer.secho(f"Note: {text}", dim=True, err=True)


if __name__ == "__main__":
    main()
