"""Pieces of several pictures in one call: the same pictures as one by one, and told as they go."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor
from worlds import BALLS_SCENE, DRESS_SCENE, PEOPLE_SCENE, drawn

from prompt_edit.inpaint.canvas import Canvas
from prompt_edit.inpaint.diffusion import Inpainter
from prompt_edit.inpaint.repaint import EMPTY, Sampling, repaint, repaint_each
from prompt_edit.inpaint.settings import PAINT
from prompt_edit.inpaint.wanted import wanted
from prompt_edit.plan import Edit

EDIT = Edit(operation="replace", target="thing", result="red hat")
SAMPLING = Sampling(seed=5, steps=1)


def pictures() -> Tensor:
    scenes = (DRESS_SCENE, PEOPLE_SCENE, BALLS_SCENE, DRESS_SCENE)
    return torch.cat([drawn(scene)[1] for scene in scenes])


def masks() -> Tensor:
    """Two things that stand apart, one, none, and one that is wide."""
    stack = torch.zeros(4, 256, 256)
    stack[0, 20:40, 20:40] = stack[0, 200:230, 200:230] = 1
    stack[1, 100:150, 90:140] = 1
    stack[3, 60:80, 10:240] = 1
    return stack


@pytest.fixture
def batches(painter: Inpainter) -> Any:
    """How many pictures the network saw in each step, without guidance's doubling."""
    seen: list[int] = []
    hook = painter.pipeline.vae.decoder.register_forward_pre_hook(
        lambda _, args: seen.append(len(args[0]))
    )
    yield seen
    hook.remove()


def test_a_batch_is_painted_as_its_pictures_are(painter: Inpainter, batches: list[int]) -> None:
    together = repaint_each(painter, pictures(), masks(), EDIT, sampling=SAMPLING)
    assert max(batches) > 1 and sum(batches) == 4
    for number, (picture, mask) in enumerate(zip(pictures(), masks(), strict=True)):
        painted, opacity = together.images[number], together.opacity[number]
        if not mask.any():
            assert painted.equal(picture) and not opacity.any()
            continue
        alone = repaint(painter, picture[None], mask, EDIT, SAMPLING)
        assert opacity.equal(alone.opacity)
        assert (painted - alone.image[0]).abs().max() < 0.002
        assert painted[opacity == 0].equal(picture[opacity == 0])
    assert [note for note in together.notes if EMPTY in note] == [f"Picture 3: {EMPTY}"]


def test_steps_of_all_are_told_in_order(painter: Inpainter) -> None:
    progress: list[float] = []
    repaint_each(painter, pictures(), masks(), EDIT, sampling=SAMPLING,
                 on_step=lambda done, total: progress.append(done / total))  # fmt: skip
    assert progress == sorted(progress) and progress[-1] == 1 and len(progress) > 1


def test_what_does_not_fit_the_memory_is_painted_one_by_one(
    painter: Inpainter, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = repaint_each(painter, pictures(), masks(), EDIT, sampling=SAMPLING)
    paint_all, progress = painter.paint_all, list[float]()

    def small(briefs: Any, **more: Any) -> Any:
        if len(briefs) > 1:
            raise torch.cuda.OutOfMemoryError("CUDA out of memory.")
        return paint_all(briefs, **more)

    monkeypatch.setattr(painter, "paint_all", small)
    got = repaint_each(painter, pictures(), masks(), EDIT, sampling=SAMPLING,
                       on_step=lambda done, total: progress.append(done / total))  # fmt: skip
    assert (got.images - wanted.images).abs().max() < 0.002
    assert progress == sorted(progress) and progress[-1] == 1


def test_pieces_of_other_sizes_are_not_painted_together(painter: Inpainter) -> None:
    wide = Canvas(pictures()[:1], masks()[3], wanted(EDIT), PAINT["replace"], (), painter.native)
    square = Canvas(pictures()[:1, :100], masks()[3, :100], wanted(EDIT), PAINT["replace"], (),
                    painter.native)  # fmt: skip
    shapes = {tuple(each.brief(0, painter, 0).mask.shape) for each in (wide, square)}
    assert len(shapes) == 2
