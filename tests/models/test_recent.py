"""What is remembered of the last pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from prompt_edit.models.recent import Recent, fingerprint, size_of


@dataclass(frozen=True)
class Answer:
    scores: torch.Tensor
    parts: list[torch.Tensor]


def test_a_value_is_made_once_and_the_oldest_goes() -> None:
    computed: list[str] = []
    recent: Recent[str, torch.Tensor] = Recent(2 * size_of(torch.zeros(100)))

    def make(key: str) -> torch.Tensor:
        computed.append(key)
        return torch.full((100,), float(ord(key)))

    asked = [int(recent.get(key, lambda key=key: make(key))[0]) for key in "aabacab"]  # type: ignore[misc]
    assert asked == [ord(key) for key in "aabacab"]
    assert computed == ["a", "b", "c", "b"]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 400)), max_size=40))
def test_never_more_than_there_is_room_for(asked: list[tuple[int, int]]) -> None:
    recent: Recent[int, torch.Tensor] = Recent(3000)
    for key, length in asked:
        recent.put(key, torch.zeros(length))
        kept = dict(recent.items())
        assert list(kept)[-1] == key and len(kept[key]) == length
        assert len(kept) == 1 or sum(map(size_of, kept.values())) <= 3000


def test_several_are_made_together_each_once() -> None:
    recent: Recent[str, str] = Recent()
    recent.put("b", "known")
    computed: list[list[int]] = []

    def make(numbers: list[int]) -> list[str]:
        computed.append(numbers)
        return [f"made {number}" for number in numbers]

    assert recent.get_all(["a", "b", "c", "a"], make) == ["made 3", "known", "made 2", "made 3"]
    assert recent.get_all(["a", "b", "c", "a"], make) == ["made 3", "known", "made 2", "made 3"]
    assert computed == [[3, 2]]


def test_all_that_were_asked_for_come_though_there_is_room_for_one() -> None:
    recent: Recent[int, torch.Tensor] = Recent(1)
    values = recent.get_all([1, 2, 3], lambda numbers: [torch.full((9,), n) for n in numbers])
    assert [int(value[0]) for value in values] == [0, 1, 2]
    assert [key for key, _ in recent.items()] == [3]


def test_the_bytes_of_all_tensors_count() -> None:
    inner = [torch.zeros(1000), torch.zeros(10, dtype=torch.float16)]
    assert 5020 <= size_of(Answer(torch.zeros(250), inner)) < 7000


def test_equal_pixels_equal_keys() -> None:
    picture = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    assert fingerprint(picture) == fingerprint(picture.copy()[:, :])
    assert fingerprint(picture) != fingerprint(picture.reshape(2, 8, 3))
    assert fingerprint(picture) != fingerprint(picture[::-1])


def test_every_byte_of_a_large_picture_counts() -> None:
    """It is hashed in pieces: the first and the last byte of each, and their order."""
    picture = np.random.default_rng(0).integers(0, 256, (1500, 2000, 3), dtype=np.uint8)
    key, flat = fingerprint(picture), picture.reshape(-1)
    assert key == fingerprint(picture.copy())
    for place in (0, 2**22 - 1, 2**22, 2**23 - 1, 2**23, len(flat) - 1):
        flat[place] ^= 1
        assert fingerprint(picture) != key
        flat[place] ^= 1
    flat[: 2**23] = np.roll(flat[: 2**23], 2**22)
    assert fingerprint(picture) != key


def test_what_was_made_together_stays_together_where_it_is_asked_for() -> None:
    recent: Recent[int, torch.Tensor] = Recent(1)
    recent.put(9, torch.zeros(9))
    recent.get_all([1, 2, 3], lambda numbers: [torch.zeros(9) for _ in numbers], least=3)
    assert [key for key, _ in recent.items()] == [1, 2, 3] and not recent.knows(9)
    recent.put(4, torch.zeros(9))
    assert [key for key, _ in recent.items()] == [4]
