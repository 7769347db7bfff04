"""`prompt-edit models`: what is known, what is here, and how to bring the one to the other."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from tqdm import tqdm

from ..errors import ModelError
from .catalogue import Known, catalogue, find
from .download import OnBytes, download, is_here, place, verify
from .store import FOLDER_VARIABLE, home

app = typer.Typer(help="List, download and verify models.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="As `prompt-edit models list` shows it.")]
Into = Annotated[
    Path | None, typer.Option(help=f"The models folder [${FOLDER_VARIABLE}, else ./models].")
]


@app.command("list")
def list_models(into: Into = None) -> None:
    """Show the known models, one a line: name, role, size, licence, and whether it is here."""
    root = _root(into)
    width = max(len(known.name) for known in catalogue())
    for known in catalogue():
        size = f"{known.size / 1e9:5.1f} GB" if known.size > 1e8 else "       ?"
        here = "here" if is_here(known, root) else "gated" if known.gated else ""
        typer.echo(f"{known.name:{width}}  {known.role:14} {size}  {here:5}  {known.licence}")


@app.command("download")
def download_model(name: Name, into: Into = None) -> None:
    """Bring a model here; what was cut off goes on where it stopped."""
    known = find(name)
    with _bar(known) as bar:
        path = download(known, _root(into), _shown(bar))
    typer.echo(str(path))


@app.command("verify")
def verify_model(name: Name, into: Into = None) -> None:
    """Compare a model's files with their published checksums."""
    known = find(name)
    with _bar(known) as bar:
        broken = verify(known, _root(into), _shown(bar))
    if broken:
        raise ModelError(
            f"{name} is not as it was published: {', '.join(broken)}. Download it again."
        )
    typer.echo(f"{name} is as it was published.")


@app.command("path")
def path_of(name: Name, into: Into = None) -> None:
    """Print where a model lies, or should be put."""
    typer.echo(str(place(find(name), _root(into))))


def _root(into: Path | None) -> Path:
    return home(into)


def _bar(known: Known) -> tqdm:
    return tqdm(desc=known.name, unit="B", unit_scale=True, disable=None, leave=False)


def _shown(bar: tqdm) -> OnBytes:
    def show(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)

    return show
