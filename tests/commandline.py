"""The command line without a process of its own, which takes seconds to import all."""

from __future__ import annotations

import sys
from functools import cache

import typer.main

from prompt_edit import cli

# What typer makes of the functions of all commands, which takes longer than many a command.
typer.main.get_command = cache(typer.main.get_command)  # type: ignore[assignment]


def run(*words: object) -> int:
    """The exit code of `prompt-edit` with those words."""
    try:
        sys.argv = ["prompt-edit", *map(str, words)]
        cli.main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0
