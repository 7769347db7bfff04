"""The masks of a batch: all of them, in no more memory than they take."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor

from prompt_edit.detect.detections import Detections
from prompt_edit.detect.ground import Grounded
from prompt_edit.errors import ImageError
from prompt_edit.segment.cover import cover_each
from prompt_edit.steady import trim

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


class Rows:
    """A segmenter whose masks are rows of the picture, the first of the first box, and so on."""

    def __init__(self, more: int = 0) -> None:
        self.more = more  # masks than boxes

    def segment(self, image: Tensor, boxes: Tensor) -> Tensor:
        masks = torch.zeros((len(boxes) + self.more) * bool(len(boxes)), *image.shape[:2])
        for number, mask in enumerate(masks):
            mask[number] = 1
        return masks


def found(count: int, size: tuple[int, int]) -> Grounded:
    boxes = torch.tensor([[1.0, 1, 9, 9]]).repeat(count, 1)
    some = Detections(boxes, torch.ones(count), ("apple",) * count, size)
    return Grounded(some, Detections.none(size))


@pytest.mark.parametrize("more", [0, 2, -1])
def test_a_batch_has_the_masks_of_its_pictures_in_their_order(more: int) -> None:
    counts, size = (2, 0, 3), (12, 16)
    images, each = torch.zeros(3, *size, 3), [found(count, size) for count in counts]
    covers = cover_each(Rows(more), images, each)
    given = [count + more if count else 0 for count in counts]
    assert covers.index == tuple(n for n, count in enumerate(given) for _ in range(count))
    rows = [mask.any(dim=1).nonzero()[:, 0].tolist() for mask in covers.instances]
    assert rows == [[n] for count in given for n in range(count)]
    assert [int(mask.any(dim=1).sum()) for mask in covers.union] == given


def peak(work: Callable[[], object]) -> int:
    """Bytes that some work takes at its worst."""

    def told(name: str) -> int:
        return int(re.search(rf"{name}:\s*(\d+)", _STATUS.read_text())[1]) * 1024  # type: ignore[index]

    trim()  # the tests keep what is freed: work that takes it again would seem to take nothing
    _RESET.write_text("5")
    before = told("VmRSS")
    work()
    return told("VmHWM") - before


@pytest.mark.skipif(not _RESET.exists(), reason="Linux alone tells the peak")
def test_a_batch_takes_no_more_memory_than_its_masks() -> None:
    size, count, pictures = (400, 400), 8, 24
    images, each = torch.zeros(1, 1, 1, 1).expand(pictures, *size, 3), found(count, size)
    cover_each(Rows(), images[:2], [each] * 2)
    taken = peak(lambda: cover_each(Rows(), images, [each] * pictures))
    one = 4 * size[0] * size[1]
    assert taken < one * (count + 1) * pictures + one * (3 * count + 4 * pictures)


def test_more_masks_of_a_batch_than_the_memory_holds_are_refused_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    size, asked = (300, 400), list[int]()
    images, each = torch.zeros(20, *size, 3), found(10, size)
    monkeypatch.setattr("prompt_edit.segment.cover.free_memory", lambda device: 90 * 2**20)
    said = "Name fewer things, or send fewer or smaller pictures: 200 were found"
    with pytest.raises(ImageError, match=said):
        cover_each(Rows(), images, [each] * 20, on_step=lambda done, total: asked.append(done))
    assert not asked
    assert len(cover_each(Rows(), images[:15], [each] * 15).instances) == 150
