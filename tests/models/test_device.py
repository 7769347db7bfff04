"""How many pictures are seen at once, by device and memory."""

from __future__ import annotations

import torch
from elsewhere import GPU, Elsewhere

from prompt_edit.models.device import at_once


def test_small_pictures_go_together_on_a_cpu_and_large_ones_alone() -> None:
    model = torch.nn.Linear(1, 1)
    assert at_once(model, 128**2) == 8 and at_once(model, 512**2) == 1
    assert at_once(model, 128**2, gains_on_cpu=False) == 1
    assert at_once(object(), 1) == 1 == at_once(torch.nn.Identity(), 1)


def test_a_gpu_takes_what_half_of_its_free_memory_holds() -> None:
    with Elsewhere():  # of which 8 GiB are free
        model = torch.nn.Linear(1, 1).to(GPU)
        assert at_once(model, 512**2) == 4
        assert at_once(model, 512**2, gains_on_cpu=False) == 4
        assert at_once(model, 1024**2) == 1
        assert at_once(model, 100**2) == 8
        assert at_once(model, 100**2, takes=2**31) == 2
