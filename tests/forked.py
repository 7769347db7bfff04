"""The command line in processes of their own that need not import all anew.

The process of the tests imports what `prompt-edit` needs, if it has not yet, and forks one for each
command: a real one, which can be killed or given limits, without the seconds that imports take.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import threading
from collections.abc import Sequence
from importlib import import_module
from multiprocessing.process import BaseProcess
from pathlib import Path
from subprocess import TimeoutExpired

NEEDED = [
    "prompt_edit.cli", "prompt_edit.batch.run", "prompt_edit.editor", "prompt_edit.batch.stage",
    "diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion_inpaint",
    "transformers.models.grounding_dino.modeling_grounding_dino",
    "transformers.models.sam.modeling_sam",
]  # fmt: skip


class Run:
    """A command at work, with what `subprocess.Popen` has of the same names."""

    def __init__(self, process: BaseProcess) -> None:
        self._process = process
        process.start()

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, or `subprocess.TimeoutExpired`."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise TimeoutExpired("prompt-edit", timeout or 0)
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()


def started(words: Sequence[str], said: Path | None = None, largest: int | None = None) -> Run:
    """Start `prompt-edit` with the words that follow `python -m prompt_edit`, in one thread.

    Args:
        said: where what it says goes; nowhere by default.
        largest: bytes above which it cannot write a file.
    """
    given = list(words[words.index("prompt_edit") + 1 :])
    for module in NEEDED:
        import_module(module)
    fork = multiprocessing.get_context("fork")
    return Run(fork.Process(target=_main, args=(given, said or os.devnull, largest)))


def _main(words: list[str], said: str | Path, largest: int | None) -> None:
    if largest is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    with open(said, "wb") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__  # not those that pytest reads
    import torch
    from tqdm import tqdm

    from prompt_edit import cli

    # Its own is shared by all that fork: whoever is killed while a bar is drawn holds it for ever.
    tqdm.set_lock(threading.RLock())
    torch.set_num_threads(1)  # as many in all: sums of floats depend on how many share them
    sys.argv = ["prompt-edit", *words]
    cli.main()
