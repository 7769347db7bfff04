"""A batch on many machines: the same stage, held by actors of a Ray Data pipeline.

Ray is an extra, `prompt-edit[ray]`. Pictures and outputs are in a folder that all machines see, or
in a storage with an address (see `remote`); the models lie at the same paths on each.
"""

from __future__ import annotations

import importlib
import logging
import pickle
import socket
from collections.abc import Iterable
from typing import Any

from ..errors import ModelError, OutputError, PromptEditError
from .places import Place
from .run import Tell
from .stage import Settings, Stage, Task

_ROWS = 16  # rows that travel together: few enough to go on early, many enough to cost nothing


class Worker:
    """A stage in a process of its own, as Ray Data calls it: with columns of a few rows."""

    def __init__(self, settings: Settings, out: Place, shard: str) -> None:
        self._stage = Stage(settings, out, shard)

    def __call__(self, rows: dict[str, Any]) -> dict[str, list[bytes]]:
        """Tasks in, pairs of jobs and records out, both pickled: plans are no columns."""
        return {"done": [pickle.dumps(self._one(pickle.loads(task))) for task in rows["task"]]}

    def _one(self, task: Task) -> tuple[Any, Any]:
        try:
            return task.job, self._stage(task)
        except (ModelError, OutputError) as error:
            return task.job, error  # which stops the run, where it is told


def run_on_ray(
    settings: Settings, out: Place, shard: str, tasks: Iterable[Task], tell: Tell, address: str,
    workers: int | None,
) -> None:  # fmt: skip
    """Do all tasks on a Ray cluster, rows of one picture by one worker.

    Ray starts an actor anew that dies, and gives its rows to another; an output that is there
    already is made once more, the same.

    Args:
        address: of the cluster, or "local" for one on this machine.
        workers: actors at once; by default as many as there are GPUs, or cores where there is none.

    Raises:
        PromptEditError: Ray is not installed, or there is no cluster at the address.
        ModelError, OutputError: what would stop every row.
    """
    ray = _ray()
    try:
        _knock(address)
        ray.init(address, log_to_driver=False,
                 logging_level="error", ignore_reinit_error=True)  # fmt: skip
    except (OSError, ValueError, RuntimeError) as error:
        raise PromptEditError(f"There is no Ray cluster at {address}: {error}.") from error
    try:
        gpus = int(ray.cluster_resources().get("GPU", 0))
        count = workers or gpus or int(ray.cluster_resources().get("CPU", 1))
        _hush(ray)
        items = [{"task": pickle.dumps(task)} for task in tasks]
        rows = ray.data.from_items(items, override_num_blocks=max(1, -(-len(items) // _ROWS)))
        done = rows.map_batches(
            Worker, fn_constructor_args=(settings, out, shard),
            batch_size=_ROWS, num_gpus=1 if gpus else 0,
            compute=ray.data.ActorPoolStrategy(min_size=1, max_size=count),
        )  # fmt: skip
        for row in done.iter_rows():
            job, record = pickle.loads(row["done"])
            if isinstance(record, PromptEditError):
                raise record
            tell(job, record)
    finally:
        ray.shutdown()


def _knock(address: str) -> None:
    """Raise `OSError` where nobody answers: Ray itself would try for minutes."""
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if colon:
        socket.create_connection((host, int(port)), timeout=10).close()


def _hush(ray: Any) -> None:
    """Ray tells its developers much; the bar and the table tell people enough."""
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = context.print_on_execution_start = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)


def _ray() -> Any:
    """Raises `PromptEditError` where Ray is not installed."""
    try:
        importlib.import_module("ray.data")
        return importlib.import_module("ray")
    except ImportError as error:
        raise PromptEditError(
            'Install Ray to use many machines: pip install "prompt-edit[ray]". One machine needs'
            " none."
        ) from error
