"""What is remembered of the last pictures."""

from __future__ import annotations

import numpy as np

from prompt_edit.models.recent import Recent, fingerprint


def test_a_value_is_made_once_and_the_oldest_goes() -> None:
    made: list[str] = []
    recent: Recent[str] = Recent(2)

    def make(key: str) -> str:
        made.append(key)
        return key.upper()

    def ask(key: str) -> str:
        return recent.get(key, lambda: make(key))

    assert [ask(key) for key in "aabacab"] == list("AABACAB")
    assert made == ["a", "b", "c", "b"]


def test_equal_pixels_equal_keys() -> None:
    picture = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    assert fingerprint(picture) == fingerprint(picture.copy()[:, :])
    assert fingerprint(picture) != fingerprint(picture.reshape(2, 8, 3))
    assert fingerprint(picture) != fingerprint(picture[::-1])
