"""The masks of a batch: all of them, in no more memory than they take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, UntypedStorage
from torch.multiprocessing.reductions import StorageWeakRef
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from prompt_edit.detect.detections import Detections
from prompt_edit.detect.ground import Grounded
from prompt_edit.detect.room import Piece
from prompt_edit.errors import ImageError
from prompt_edit.segment.cover import cover, cover_boxes, cover_each
from prompt_edit.segment.masks import from_logits


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


def storages(values: object) -> list[UntypedStorage]:
    return [each.untyped_storage() for each in tree_leaves(values) if isinstance(each, Tensor)]


class Living(TorchDispatchMode):
    """Counts the bytes of what torch makes, as long as it lives. Not what was there before."""

    def __init__(self) -> None:
        super().__init__()
        self.alive: dict[int, tuple[StorageWeakRef, int]] = {}
        self.most = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> object:
        out = func(*args, **(kwargs or {}))
        given = {storage._cdata for storage in storages([args, kwargs])} - self.alive.keys()
        for storage in storages(out):
            if storage._cdata not in given:
                self.alive[storage._cdata] = StorageWeakRef(storage), storage.nbytes()
        self.alive = {key: each for key, each in self.alive.items() if not each[0].expired()}
        self.most = max(self.most, sum(size for _, size in self.alive.values()))
        return out


def peak(work: Callable[[], object]) -> int:
    """Bytes that some work takes at its worst."""
    with Living() as living:
        work()
    return living.most


def test_a_batch_takes_no_more_memory_than_its_masks() -> None:
    size, count, pictures = (400, 400), 8, 24
    images, each = torch.zeros(1, 1, 1, 1).expand(pictures, *size, 3), found(count, size)
    cover_each(Rows(), images[:2], [each] * 2)
    taken = peak(lambda: cover_each(Rows(), images, [each] * pictures))
    one = 4 * size[0] * size[1]
    assert taken < one * (count + 1) * pictures + one * (3 * count + 4 * pictures)


class Boxes:
    """A segmenter that fills its boxes, but for small ones, and remembers how many came at once."""

    def __init__(self) -> None:
        self.most = 0

    def segment(self, image: Tensor, boxes: Tensor) -> Tensor:
        self.most = max(self.most, len(boxes))
        return cover_boxes(boxes, (image.shape[0], image.shape[1])) * (
            (boxes[:, 2] - boxes[:, 0]) > 3
        ).view(-1, 1, 1)


def test_of_many_things_the_union_is_made_of_a_few_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    size = (60, 90)
    boxes = torch.tensor([[8.0 * n, 5, 8 * n + 3 + n % 4, 40] for n in range(10)])
    room = (Piece(1, (0, 50, 9, 60), "all"), Piece(7, (56, 1, 64, 50), "thing"))
    things = Detections(boxes, torch.ones(10), ("flower",) * 10, size)
    left = Detections(torch.tensor([[20.0, 10, 40, 20]]), torch.ones(1), ("bee",), size)
    image = torch.zeros(1, *size, 3)
    placed = Grounded(things, left, "place", places=boxes + 1)
    for asked in (Grounded(things, left, room=room), placed, Grounded(things, left, "picture")):
        whole, few = Boxes(), Boxes()
        one = cover(whole, image, asked)
        with monkeypatch.context() as patch:
            patch.setattr("prompt_edit.segment.cover._PIXELS", 3 * size[0] * size[1])
            other = cover(few, image, asked, apart=False)
        assert torch.equal(one.mask, other.mask) and one.reason == other.reason
        assert few.most <= 3 and not len(other.instances)
    assert "in 3 of 10 boxes" in cover(Boxes(), image, Grounded(things, left)).reason


def test_many_things_are_not_refused_where_their_union_is_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    size = (300, 400)
    monkeypatch.setattr("prompt_edit.segment.cover._PIXELS", 8 * size[0] * size[1])
    monkeypatch.setattr("prompt_edit.segment.cover.free_memory", lambda device: 60 * 2**20)
    image, many = torch.zeros(1, *size, 3), found(200, size)
    with pytest.raises(ImageError, match="Name fewer things"):
        cover(Boxes(), image, many)
    assert cover(Boxes(), image, many, apart=False).mask.any()


def test_the_edge_of_a_large_mask_is_found_in_little_memory() -> None:
    """With four planes of factors at once it took eleven masks of the picture's size."""
    rows = (torch.arange(64) - 32).abs()
    logits, image = (28.0 - torch.maximum(rows[:, None], rows[None])), torch.rand(1000, 1000, 3)
    from_logits(logits, image)
    assert peak(lambda: from_logits(logits, image)) < 8 * 4 * 1000**2


def test_all_causes_of_no_mask_are_named() -> None:
    size = (60, 90)
    boxes = torch.tensor([[5.0, 5, 7, 40], [20, 10, 40, 30], [50, 10, 56, 16]])
    things = Detections(boxes, torch.ones(3), ("flower",) * 3, size)
    image, left = torch.zeros(1, *size, 3), things.take([1])
    two = cover(Boxes(), image, Grounded(things.take([0, 1]), left))
    blind = "SAM sees nothing to cut in 1 of 2 boxes"
    assert two.reason == f"{blind}, and what is left out covers 1 of 2." and not two.mask.any()
    three = cover_each(Boxes(), image, [Grounded(things, left)], grown=-8)
    assert three.reasons == (
        "SAM sees nothing to cut in 1 of 3 boxes, and what is left out covers 1 of 3, and 1 of 3"
        " masks shrink to nothing.",
    )


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
