"""What a model made of the last pictures, so that it need not look at them again.

One rule for all of it: what was made is kept by what the picture is, and by what was asked; within
the model that made it, so that a model loaded anew remembers nothing; and as long as there is room
for its bytes, the one that was asked for longest ago going first.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, ItemsView, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import is_dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from torch import Tensor

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

ROOM = 128 * 2**20
"""Bytes that each kind of thing may take."""
_LEAST = 256  # bytes that the smallest thing takes, its key reckoned in


class Recent(Generic[Key, Value]):
    """The last values, by key, `room` bytes of them; the very last stays, whatever its size."""

    def __init__(self, room: int = ROOM) -> None:
        self.room = room
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._taken = 0

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """The value of that key, made if it is not there."""
        return self.get_all([key], lambda _: [make()])[0]

    def get_all(
        self, keys: Sequence[Key], make: Callable[[list[int]], Iterable[Value]], least: int = 1
    ) -> list[Value]:
        """The values of those keys; `make` is told the numbers of those that are not there.

        The last `least` stay, whatever their size.
        """
        known = {key: self._values[key] for key in keys if key in self._values}
        lacking = list({key: n for n, key in enumerate(keys) if key not in known}.values())
        for number, value in zip(lacking, make(lacking) if lacking else (), strict=True):
            known[keys[number]] = value
            self.put(keys[number], value, least)
        for key in keys:
            if key in self._values:
                self.recall(key)
        return [known[key] for key in keys]

    def recall(self, key: Key) -> Value:
        """The value of a key that is there; it counts as asked for."""
        self._values.move_to_end(key)
        return self._values[key]

    def knows(self, key: Key) -> bool:
        return key in self._values

    def put(self, key: Key, value: Value, least: int = 1) -> None:
        """Keep a value, in place of one that stood there, and the last `least` in any case."""
        if key in self._values:
            self._taken -= size_of(self._values.pop(key))
        self._values[key] = value
        self._taken += size_of(value)
        while self._taken > self.room and len(self._values) > least:
            self._taken -= size_of(self._values.popitem(last=False)[1])

    def clear(self) -> None:
        """Forget all."""
        self._values.clear()
        self._taken = 0

    def items(self) -> ItemsView[Key, Value]:
        """Keys and values, the one asked for longest ago first."""
        return self._values.items()


def size_of(value: Any) -> int:
    """The bytes that a value takes: those of the numbers in it, and a few for all else."""
    if isinstance(value, (Tensor, np.ndarray)):
        return _LEAST + value.nbytes
    parts: Iterable[Any] = ()
    if is_dataclass(value):
        parts = vars(value).values()
    elif isinstance(value, (list, tuple)):
        parts = value
    return _LEAST + sum(map(size_of, parts))


def fingerprint(pixels: np.ndarray) -> str:
    """A key of a picture's content: equal pixels, equal keys. Every byte of it counts."""
    data = np.ascontiguousarray(pixels).reshape(-1).view(np.uint8).data
    pieces = [data[start : start + _PIECE] for start in range(0, len(data), _PIECE)]
    if len(pieces) < 2:
        return f"{pixels.shape} {hashlib.sha1(data).hexdigest()}"
    with ThreadPoolExecutor() as pool:  # Python is let go of while bytes are hashed
        sums = b"".join(each.digest() for each in pool.map(hashlib.sha1, pieces))
    return f"{pixels.shape} {hashlib.sha1(sums).hexdigest()}"


_PIECE = 2**22  # bytes that are hashed apart, however many threads there are
