"""What a model made of the last few pictures, so that it need not look at them again."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

import numpy as np

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """The last `limit` values, by key; the one that was asked for longest ago goes first."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._values: OrderedDict[str, Value] = OrderedDict()

    def get(self, key: str, make: Callable[[], Value]) -> Value:
        """The value of that key, made if it is not there."""
        if key not in self._values:
            self._values[key] = make()
            if len(self._values) > self.limit:
                self._values.popitem(last=False)
        self._values.move_to_end(key)
        return self._values[key]


def fingerprint(pixels: np.ndarray) -> str:
    """A key of a picture's content: equal pixels, equal keys."""
    return f"{pixels.shape} {hashlib.sha1(np.ascontiguousarray(pixels).tobytes()).hexdigest()}"
