from __future__ import annotations

from collections.abc import Iterator

import pytest

from prompt_edit.segment.converted import SIZES, Hiera

from . import small


@pytest.fixture(scope="session", autouse=True)
def small_sam_2() -> Iterator[None]:
    """SAM 2 of these tests' size is known, as the published sizes are."""
    with pytest.MonkeyPatch.context() as patch:
        config = small.hiera()["backbone_config"]
        size = Hiera(1, tuple(config["window_size_per_stage"]), (3,), side=small.SIDE)
        patch.setitem(SIZES, (config["hidden_size"], tuple(config["blocks_per_stage"])), size)
        yield
