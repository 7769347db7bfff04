"""A process that runs for days takes no more memory than one of an hour."""

from __future__ import annotations

import os

import psutil
import pytest

from prompt_edit import steady

VARIABLES = ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY")


def test_what_the_environment_says_of_kernels_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLES[0], "7")
    monkeypatch.setenv(VARIABLES[1], "0")
    monkeypatch.delenv(VARIABLES[1])
    steady.keep_few_kernels()
    assert os.environ[VARIABLES[0]] == "7"
    assert 0 < int(os.environ[VARIABLES[1]]) < 1024


@pytest.mark.skipif(not steady._malloc_trim, reason="glibc alone keeps what lies free")
def test_what_lies_free_goes_back_to_the_system() -> None:
    pieces = [bytes(2048) for _ in range(100_000)]
    kept = pieces[::1000]  # one here and there, so that nothing is free up to the end
    del pieces
    before = psutil.Process().memory_info().rss
    steady.trim()
    assert psutil.Process().memory_info().rss < before - 100 * 2**20
    assert len(kept) == 100
