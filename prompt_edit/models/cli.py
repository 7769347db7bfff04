"""`prompt-edit models`: what is known, what is here, and how to bring the one to the other."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path
from typing import Annotated

import typer
from tqdm import tqdm

from ..errors import ModelError
from .catalogue import RECOMMENDED, Known, Recommended, catalogue, find, recommended
from .download import OnBytes, download, is_here, place, require_room, verify
from .store import FOLDER_VARIABLE, ROLES, default_models, forgotten, home

app = typer.Typer(help="List, download and verify models.", no_args_is_help=True)

Name = Annotated[
    str,
    typer.Argument(
        help="As `prompt-edit models list` shows it, or a set: recommended (-small, -medium,"
        " -large)."
    ),
]
Models = Annotated[
    Path | None,
    typer.Option(
        "--models", help=f"The models folder, if not the usual one; else ${FOLDER_VARIABLE}."
    ),
]
Into = Annotated[Path | None, typer.Option("--into", hidden=True)]  # what it was called first


@app.command("list")
def list_models(models: Models = None, into: Into = None) -> None:
    """Show the known models, one a line: name, role, size, whether it is here, the recommended
    sets that it belongs to, and its licence."""
    given = models or into
    root = home(given)
    width = max(len(known.name) for known in catalogue())
    typer.echo(f"Models folder: {root}", err=True)
    for known in catalogue():
        size = f"{known.size / 1e9:5.1f} GB" if known.size > 1e8 else "       ?"
        here = "here" if is_here(known, root) else "gated" if known.gated else ""
        sets = ", ".join(each.size for each in RECOMMENDED if known.name in each.models)
        typer.echo(
            f"{known.name:{width}}  {known.role:14} {size}  {here:5}  {sets:13}  {known.licence}"
        )
    typer.echo(f"small, medium, large: {_sets()}.", err=True)
    _say(forgotten(given))


@app.command("download")
def download_model(name: Name, models: Models = None, into: Into = None) -> None:
    """Bring a model, or a recommended set, here; files that are whole are kept."""
    given = models or into
    root, whole = home(given), recommended(name)
    if whole:
        _announce(whole, root)
    for known in whole.known() if whole else (find(name),):
        if whole and is_here(known, root) and not require_room((known,), root):
            continue
        with _bar(known) as bar:
            path = download(known, root, _shown(bar))
        typer.echo(str(path))
    _say(forgotten(given))
    if whole:
        typer.echo(f"Now edit a picture: {_next(whole, given)}", err=True)


@app.command("verify")
def verify_model(name: Name, models: Models = None, into: Into = None) -> None:
    """Compare a model's files, or a set's, with their published checksums."""
    root, whole = home(models or into), recommended(name)
    for known in whole.known() if whole else (find(name),):
        with _bar(known) as bar:
            broken = verify(known, root, _shown(bar))
        if broken:
            raise ModelError(
                f"{known.name} is not as it was published: {', '.join(broken)}. Download it again."
            )
        typer.echo(f"{known.name} is as it was published.")


@app.command("path")
def path_of(
    name: Annotated[str, typer.Argument(help="A model; left out, the models folder.")] = "",
    models: Models = None,
    into: Into = None,
) -> None:
    """Print where a model lies, or should be put."""
    root = home(models or into)
    typer.echo(str(place(find(name), root) if name else root))


def _announce(whole: Recommended, root: Path) -> None:
    """What is to come, before it comes. Raises `ModelError` where it doesn't fit on the disk."""
    to_come = require_room(whole.known(), root)
    for role, known in zip(ROLES, whole.known(), strict=True):
        here = ", here" if is_here(known, root) else ""
        title = role.title.partition(" ")[2]
        _say(f"  {known.name:24} {title:18} {known.size / 1e9:5.1f} GB{here}, {known.licence}")
    _say(f"{whole.name}: {to_come / 1e9:.1f} GB to download into {root}. {_memory(whole)}")
    _say(f"The sets: {_sets()}.")


def _memory(whole: Recommended) -> str:
    less = f", {whole.offloaded / 1e9:.0f} GB with --offload"
    return (
        f"An edit takes about {whole.memory / 1e9:.0f} GB of a GPU's memory"
        f"{less if whole.offloaded < whole.memory else ''}; without a GPU twice that of the"
        " machine's, and minutes."
    )


def _sets() -> str:
    return "; ".join(
        f"{each.name} {each.bytes / 1e9:.1f} GB to download, {each.memory / 1e9:.0f} GB of memory"
        for each in RECOMMENDED
    )


def _next(whole: Recommended, given: Path | None) -> str:
    """The command that edits with the models of a set."""
    root, words = home(given), ["prompt-edit", "edit", "photo.jpg", "make the car red"]
    if given:
        words += ["--models", str(given)]
    places = [place(known, root) for known in whole.known()]
    chosen = default_models(given)
    taken = (chosen.detector, chosen.segmenter, chosen.painter)
    for option, mine, its in zip(("detector", "segmenter", "painter"), places, taken, strict=True):
        if mine != its:  # another that is here comes first
            words += [f"--{option}", str(mine)]
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def _say(text: str) -> None:
    if text:
        typer.echo(text, err=True)


def _bar(known: Known) -> tqdm:
    return tqdm(desc=known.name, unit="B", unit_scale=True, disable=None, leave=False)


def _shown(bar: tqdm) -> OnBytes:
    def show(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)

    return show
