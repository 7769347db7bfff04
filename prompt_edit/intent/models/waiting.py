"""Waiting for something slow without being deaf to Cancel."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from ...errors import ModelError

Check = Callable[[], None]
"""Called again and again while waiting; what it raises ends the wait at once."""

Value = TypeVar("Value")

POLL = 0.1  # seconds
LONGEST_WAIT = 30.0  # seconds that a server is believed when it says to come back later


class NoAnswer(ModelError):
    """A language model that gave no answer; the message is the cause alone, in a few words.

    `again` is true where another try may help, `after` the seconds that the server asked for.
    """

    def __init__(self, cause: str, again: bool = False, after: float | None = None) -> None:
        super().__init__(cause)
        self.again, self.after = again, after


def never() -> None:
    """The check of a caller that does not cancel."""


def wait_for(
    work: Callable[[], Value],
    check: Check = never,
    timeout: float = 60.0,
    abandon: Callable[[], None] = never,
) -> Value:
    """What `work` returns or raises, done in a thread of its own.

    Work that is not waited for any longer, because `check` raised or `timeout` seconds went by, is
    left to end by itself; `abandon` should make that soon, and is not waited for either.

    Raises:
        NoAnswer: after `timeout` seconds.
        Exception: whatever `check` or `work` raises.
    """
    check()
    outcome: list[tuple[Value | None, BaseException | None]] = []
    done = threading.Event()

    def run() -> None:
        try:
            outcome.append((work(), None))
        except BaseException as error:
            outcome.append((None, error))
        finally:
            done.set()

    start_daemon(run)
    end = time.monotonic() + timeout
    try:
        while not done.wait(POLL):
            check()
            if time.monotonic() > end:
                raise NoAnswer(f"no reply within {timeout:g} s", again=True)
    except BaseException:
        start_daemon(abandon)
        raise
    value, error = outcome[0]
    if error is not None:
        raise error
    return value  # type: ignore[return-value]


def start_daemon(work: Callable[[], object]) -> None:
    """Run it in a thread that does not keep the program from ending."""
    threading.Thread(target=work, daemon=True, name="prompt-edit-intent").start()


def pause(seconds: float, check: Check = never) -> None:
    """Sleep, but hear Cancel."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        check()
        time.sleep(min(POLL, left))


def with_retries(
    attempt: Callable[[], Value], backoff: tuple[float, ...], check: Check = never
) -> Value:
    """Try, and try again after each of the back-off times (seconds) where that may help.

    A server that says when to come back is believed; where that takes too long, nobody waits.
    """
    for delay in backoff:
        try:
            return attempt()
        except NoAnswer as failure:
            wait = delay if failure.after is None else failure.after
            if not failure.again or wait > max(LONGEST_WAIT, delay):
                raise
        pause(wait, check)
    return attempt()
