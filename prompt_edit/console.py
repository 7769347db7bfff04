"""How the command line speaks: results on stdout, all else on stderr, an error in one line."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from typing import Annotated, Any

import typer
from tqdm import tqdm

from .errors import OutputError, PromptEditError, explained, first_line, is_out_of_memory

Show = Callable[[str, int, int], None]
"""Called with (stage, done, total)."""

# Usage errors, of click or of the copy that typer brings.
_CLICK_ERROR: Any = typer.BadParameter.__mro__[2]


@dataclass
class _Voice:
    quiet: bool = False
    verbose: bool = False


_voice = _Voice()


def _set_quiet(value: bool) -> bool:
    _voice.quiet = value
    return value


def _set_verbose(value: bool) -> bool:
    _voice.verbose = value
    logging.getLogger("prompt_edit").setLevel(logging.DEBUG if value else logging.WARNING)
    return value


QuietOption = Annotated[
    bool,
    typer.Option("--quiet", "-q", callback=_set_quiet, help="Say nothing but warnings and errors."),
]
VerboseOption = Annotated[
    bool,
    typer.Option("--verbose", "-v", callback=_set_verbose,
                 help="Say more: each model's path, what each stage took, where errors came from."),
]  # fmt: skip


def run(app: typer.Typer, name: str) -> None:
    """Run a command line and exit: 0 where all is done, 1 for told errors, 2 for misuse."""
    _voice.quiet = _voice.verbose = False
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # Where a terminal lacks letters, their numbers; a file gets them all, as it is read.
            chosen = stream.isatty() or "PYTHONIOENCODING" in os.environ
            encoding = None if chosen else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")
    _take_over_logs()
    try:
        code = app(prog_name=name, standalone_mode=False)
        if sys.stdout is not None:
            with _explained_stdout():
                sys.stdout.flush()
    except PromptEditError as error:
        if _voice.verbose:
            traceback.print_exc()
        code = fail(str(error))
    except BrokenPipeError:  # whoever read has gone
        _drop_stdout()
        code = 1
    except _CLICK_ERROR as error:
        code = _usage(error)
    except (KeyboardInterrupt, typer.Abort):
        code = _STOPPED
    except Exception as error:  # a fault of ours, of a library, or of memory
        if _voice.verbose:
            traceback.print_exc()
        code = fail(_told(error))
    if code == _STOPPED:  # newer typers give this code, where older ones raise
        typer.secho("Stopped.", fg="yellow", err=True)
    sys.exit(code if isinstance(code, int) else 0)


def _told(error: Exception) -> str:
    """What to say of an error that none of ours is."""
    if is_out_of_memory(error):
        return explained(error)
    said = first_line(error, 200) if str(error).strip() else "nothing more is known"
    return (f"This should not happen ({type(error).__name__}: {said}). -v shows where; please"
            " report it.")  # fmt: skip


_STOPPED = 130  # the exit code of what a person interrupted


def _usage(error: Any) -> int:
    """Tell what was wrong with the words of a command line, in one line as all errors."""
    message = error.format_message()
    if message.startswith("Usage:"):  # a command that is nothing without another
        typer.echo(message)
        return int(error.exit_code)
    where = error.ctx.command_path if getattr(error, "ctx", None) else "prompt-edit"
    fail(f"{' '.join(message.split()).rstrip('.')}. `{where} --help` tells what there is.")
    return int(error.exit_code)


class _AsNotes(logging.Handler):
    """What the package logs, in the voice of its command line."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.WARNING:
            warn(record.getMessage())
        else:
            note(record.getMessage())


def _take_over_logs() -> None:
    """Keep what libraries log and warn of for their developers from the terminal."""
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    logging.getLogger().addHandler(logging.NullHandler())
    own = logging.getLogger("prompt_edit")
    own.propagate = False
    own.handlers = [_AsNotes()]


def say(text: str) -> None:
    """A line of the result, on stdout."""
    with _explained_stdout():
        typer.echo(text)


def note(text: str) -> None:
    """What a person may want to know, on stderr; not where quiet was asked for."""
    if not _voice.quiet:
        typer.secho(f"Note: {text}", dim=True, err=True)


def detail(text: str) -> None:
    """What only who asked for more wants to know, on stderr."""
    if _voice.verbose:
        typer.secho(text, dim=True, err=True)


def warn(text: str) -> None:
    """What a person must know, on stderr."""
    typer.secho(f"Warning: {text}", fg="yellow", err=True)


def fail(text: str) -> int:
    """An error, on stderr; gives its exit code."""
    typer.secho(f"Error: {text}", fg="red", err=True)
    return 1


def is_quiet() -> bool:
    """Whether nothing but warnings and errors is to be said."""
    return _voice.quiet


@contextlib.contextmanager
def progress() -> Iterator[Show]:
    """One bar that shows the stage; on stderr, and only where someone is looking."""
    if _voice.quiet or sys.stderr is None or not sys.stderr.isatty():
        yield lambda stage, done, total: None
        return
    with tqdm(total=1, leave=False, bar_format="{desc:>14} {bar} {n}/{total} {elapsed}") as bar:

        def show(stage: str, done: int, total: int) -> None:
            bar.set_description_str(stage, refresh=False)
            bar.n, bar.total = done, total
            bar.refresh()

        yield show


@contextlib.contextmanager
def bar(total: int, unit: str, done: int = 0) -> Iterator[Callable[..., None]]:
    """How far long work is, how fast, and how long it will take: called with how many are done.

    A bar on stderr, and in a file or a pipe a line a minute.
    """
    silent = _voice.quiet or sys.stderr is None
    looked_at = not silent and sys.stderr.isatty()
    told = time.monotonic()
    with tqdm(total=total, initial=done, unit=unit, smoothing=0.05, dynamic_ncols=True,
              disable=not looked_at) as drawn:  # fmt: skip

        def advance(reached: int, _: int = 0) -> None:
            nonlocal told
            drawn.update(reached - drawn.n)
            if not silent and not looked_at and time.monotonic() - told >= _SELDOM:
                told = time.monotonic()
                note(f"{reached} of {total} {unit}s are done.")

        yield advance


_SELDOM = 60  # seconds between two lines of a log


@contextlib.contextmanager
def _explained_stdout() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        _drop_stdout()
        raise OutputError(f"Standard output cannot be written: {error.strerror}.") from error


def _drop_stdout() -> None:
    """Let what is still to be flushed go nowhere, or Python complains of it at its end."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
