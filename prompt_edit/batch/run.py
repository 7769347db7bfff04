"""A batch on one machine: pictures are read ahead and written behind while the models work."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

from .jobs import Job, Record
from .stage import Done, Source, Stage, Task

_AHEAD, _BEHIND = 2, 4  # pictures: more would only take memory
_WRITERS = 4  # PNG of a large picture takes longer than a GPU needs to paint it

Tell = Callable[[Job, Record], None]
"""Called with each job whose output is there, or which failed, in order."""


def run_here(stage: Stage, tasks: Iterable[Task], tell: Tell) -> None:
    """Do all tasks in order, each asked for shortly before it is done. What stops one that would
    stop every other is raised.

    What was written before is told before anything is raised, so that no output lacks its line.
    """
    with ThreadPoolExecutor(1) as reader, ThreadPoolExecutor(_WRITERS) as writer:
        waiting: deque[tuple[Job, Future[Record]]] = deque()
        try:
            for task, source in _read_ahead(stage, tasks, reader):
                edited = stage.edit(task, source.result())
                waiting.append((task.job, writer.submit(_written, stage, task, edited)))
                while len(waiting) > _BEHIND:
                    _tell_first(waiting, tell)
        finally:
            while waiting:
                _tell_first(waiting, tell)


def _written(stage: Stage, task: Task, edited: Done | Record) -> Record:
    return stage.write(task, edited) if isinstance(edited, Done) else edited


def _tell_first(waiting: deque[tuple[Job, Future[Record]]], tell: Tell) -> None:
    job, written = waiting.popleft()
    tell(job, written.result())


def _read_ahead(
    stage: Stage, tasks: Iterable[Task], reader: ThreadPoolExecutor
) -> Iterator[tuple[Task, Future[Source]]]:
    coming, later = deque[tuple[Task, Future[Source]]](), iter(tasks)
    while True:
        for task in islice(later, _AHEAD + 1 - len(coming)):
            coming.append((task, reader.submit(stage.read, task)))
        if not coming:
            return
        yield coming.popleft()
