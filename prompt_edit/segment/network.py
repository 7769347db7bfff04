"""What every segmenter of the SAM family can do, whatever code it runs through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class Frame:
    """The square that a model sees a picture in.

    Attributes:
        side: pixels of the square.
        mask_side: pixels of the rough masks that the model takes.
        stretched: True where the picture fills the square, whatever its shape (SAM 2, SAM 3);
            False where it keeps its shape and lies in the upper left (SAM, SAM-HQ).
    """

    side: int
    mask_side: int
    stretched: bool

    def scale(self, size: tuple[int, int]) -> Tensor:
        """From a picture's pixels to the square's: float [2], across and down."""
        height, width = size if self.stretched else (max(size), max(size))
        return torch.tensor([self.side / width, self.side / height])

    def part(self, size: tuple[int, int], side: int) -> tuple[int, int]:
        """Rows and columns that a picture takes of a square of that side; 1 at least."""
        if self.stretched:
            return side, side
        height, width = size
        longest = max(size)
        return max(1, round(side * (height / longest))), max(1, round(side * (width / longest)))

    def covered(self, size: tuple[int, int], side: int) -> tuple[int, int]:
        """Height and width in the picture's pixels that this `part` stands for: the picture's, but
        for what was rounded. A cell is large: a third of one is eight pixels of 6000."""
        if self.stretched:
            return size
        cell = max(size) / side
        rows, columns = self.part(size, side)
        return (round(rows * cell) if rows > 1 else size[0],
                round(columns * cell) if columns > 1 else size[1])  # fmt: skip


@dataclass(frozen=True)
class Prompts:
    """What N masks are asked for by, in the pixels of a frame.

    Attributes:
        boxes: float [N,4], xyxy.
        points: float [N,P,2], xy.
        labels: int [N,P]: 1 inside, 0 outside, -1 no point.
        masks: logits [N,1,S,S], S being the frame's `mask_side`.
        several: ask for several masks each, where the prompt can be read in several ways.
    """

    boxes: Tensor | None = None
    points: Tensor | None = None
    labels: Tensor | None = None
    masks: Tensor | None = None
    several: bool = False

    def __len__(self) -> int:
        given = (self.boxes, self.points, self.labels, self.masks)
        return next(len(value) for value in given if value is not None)

    def parts(self, most: int) -> Iterator[Prompts]:
        """The same prompts, no more than that many at a time."""
        given = (self.boxes, self.points, self.labels, self.masks)
        for start in range(0, len(self), most):
            boxes, points, labels, masks = (
                None if value is None else value[start : start + most] for value in given
            )
            yield Prompts(boxes, points, labels, masks, self.several)


def each_alone(batch: Sequence[Tensor]) -> list[list[Tensor]]:
    """Tensors [B,...] of B pictures as B lists of tensors [1,...]; no list holds on to another."""
    if len(batch[0]) == 1:
        return [list(batch)]
    return [list(row) for row in zip(*([part.clone() for part in each.split(1)]
                                       for each in batch), strict=True)]  # fmt: skip


class Network(Protocol):
    """A model that encodes a picture once, then answers any number of prompts."""

    @property
    def model(self) -> Any:
        """What holds its weights."""

    @property
    def frame(self) -> Frame:
        """How pictures and masks lie in what it sees."""

    def encode(self, pictures: Sequence[np.ndarray]) -> list[list[Tensor]]:
        """The embedding of each picture, uint8 [H,W,3]: tensors [1,...], in one pass."""

    def decode(self, embedding: list[Tensor], prompts: Prompts) -> tuple[Tensor, Tensor]:
        """Masks of the frame, logits [N,M,h,w], and their predicted quality [N,M]."""
