"""Pieces of several pictures in one call: the same pictures as one by one, and told as they go."""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np
import one_step
import pytest
import torch
from elsewhere import GPU, Elsewhere
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage
from torch import Tensor
from worlds import BALLS_SCENE, DRESS_SCENE, PEOPLE_SCENE, drawn

from prompt_edit.inpaint.canvas import Canvas, _joined, _pieces, _side
from prompt_edit.inpaint.diffusion import Inpainter
from prompt_edit.inpaint.repaint import EMPTY, Sampling, repaint, repaint_each
from prompt_edit.inpaint.settings import PAINT
from prompt_edit.inpaint.wanted import wanted
from prompt_edit.models.store import PAINTER
from prompt_edit.plan import Edit
from prompt_edit.segment.spots import Box, spot_of

pytestmark = pytest.mark.slow

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
def batches(small_painter: Inpainter) -> Any:
    """How many pictures the network saw in each step, without guidance's doubling."""
    seen: list[int] = []
    hook = small_painter.pipeline.vae.decoder.register_forward_pre_hook(
        lambda _, args: seen.append(len(args[0]))
    )
    yield seen
    hook.remove()


def test_a_batch_is_painted_as_its_pictures_are(
    small_painter: Inpainter, batches: list[int]
) -> None:
    together = repaint_each(small_painter, pictures(), masks(), EDIT, sampling=SAMPLING)
    assert max(batches) > 1 and sum(batches) == 4
    for number, (picture, mask) in enumerate(zip(pictures(), masks(), strict=True)):
        painted, opacity = together.images[number], together.opacity[number]
        if not mask.any():
            assert painted.equal(picture) and not opacity.any()
            continue
        alone = repaint(small_painter, picture[None], mask, EDIT, SAMPLING)
        assert opacity.equal(alone.opacity)
        assert (painted - alone.image[0]).abs().max() < 0.002
        assert painted[opacity == 0].equal(picture[opacity == 0])
    assert [note for note in together.notes if EMPTY in note] == [f"Picture 3: {EMPTY}"]


def test_steps_of_all_are_told_in_order(small_painter: Inpainter) -> None:
    progress: list[float] = []
    repaint_each(small_painter, pictures(), masks(), EDIT, sampling=SAMPLING,
                 on_step=lambda done, total: progress.append(done / total))  # fmt: skip
    assert progress == sorted(progress) and progress[-1] == 1 and len(progress) > 1


def test_what_does_not_fit_the_memory_is_painted_one_by_one(
    small_painter: Inpainter, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = repaint_each(small_painter, pictures(), masks(), EDIT, sampling=SAMPLING)
    paint_all, progress = small_painter.paint_all, list[float]()

    def small(briefs: Any, **more: Any) -> Any:
        if len(briefs) > 1:
            raise torch.cuda.OutOfMemoryError("CUDA out of memory.")
        return paint_all(briefs, **more)

    monkeypatch.setattr(small_painter, "paint_all", small)
    got = repaint_each(small_painter, pictures(), masks(), EDIT, sampling=SAMPLING,
                       on_step=lambda done, total: progress.append(done / total))  # fmt: skip
    assert (got.images - wanted.images).abs().max() < 0.002
    assert progress == sorted(progress) and progress[-1] == 1


def test_pieces_of_other_sizes_are_not_painted_together(small_painter: Inpainter) -> None:
    wide = Canvas(
        pictures()[:1], masks()[3], wanted(EDIT), PAINT["replace"], (), small_painter.native
    )
    square = Canvas(pictures()[:1, :100], masks()[3, :100], wanted(EDIT), PAINT["replace"], (),
                    small_painter.native)  # fmt: skip
    shapes = {tuple(each.brief(0, small_painter, 0).mask.shape) for each in (wide, square)}
    assert len(shapes) == 2


def test_what_did_not_fit_holds_on_to_no_memory(
    small_painter: Inpainter, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[weakref.ref[Tensor]] = []
    paint_all, alive = small_painter.paint_all, list[bool]()

    def small(briefs: Any, **more: Any) -> Any:
        if len(briefs) > 1:
            latents = torch.zeros(9)
            held.append(weakref.ref(latents))
            raise torch.cuda.OutOfMemoryError("CUDA out of memory.")
        alive.extend(each() is not None for each in held)
        return paint_all(briefs, **more)

    monkeypatch.setattr(small_painter, "paint_all", small)
    repaint_each(small_painter, pictures()[:2], masks()[:2], EDIT, sampling=SAMPLING)
    assert alive and not any(alive)


def test_a_picture_on_a_gpu_is_painted() -> None:
    """As a host with `--gpu-only` gives it."""
    image, mask = pictures()[:1], masks()[0]
    with Elsewhere():
        far = Inpainter.load(one_step.folder(small=True) / PAINTER.name, GPU, torch.float32)
        wanted, *others = (
            repaint(far, image.to(place), mask.to(of_mask), EDIT, SAMPLING).image.cpu()
            for place, of_mask in (("cpu", "cpu"), (GPU, "cpu"), (GPU, GPU))
        )
        assert all(bool((each - wanted).abs().max() < 1e-5) for each in others)


@given(st.lists(st.tuples(*[st.integers(0, 400)] * 2, *[st.integers(1, 90)] * 2), min_size=1,
                max_size=14))  # fmt: skip
def test_pieces_that_one_region_holds_are_painted_together(things: list[tuple[int, ...]]) -> None:
    """As by joining the first fitting pair of all, until there is none: slow, and plain."""
    hard = np.zeros((512, 512), bool)
    for y, x, high, wide in things:
        hard[y : y + high, x : x + wide] = True
    spot = spot_of(torch.from_numpy(hard).float())
    assert spot
    pieces, boxes = _pieces(spot, 128)
    labels, count = ndimage.label(hard)
    groups = [(part[0].start, part[1].start, part[0].stop, part[1].stop)
              for part in ndimage.find_objects(labels)]  # fmt: skip

    def fit(a: Box, b: Box) -> bool:
        return _side(_joined(a, b)) <= 1.5 * max(_side(a), _side(b), 64)

    while pair := next(((i, j) for i in range(len(groups)) for j in range(i + 1, len(groups))
                        if fit(groups[i], groups[j])), None):  # fmt: skip
        groups[pair[0]] = _joined(groups[pair[0]], groups.pop(pair[1]))
    assert boxes == groups
    assert (pieces.within((0, 0, 512, 512)) > 0).astype(bool).tolist() == hard.tolist()
    assert count >= len(boxes) == pieces.values.max()
