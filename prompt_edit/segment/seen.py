"""What a painter is told of a mask besides."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Seen:
    """What is known of a mask besides.

    Attributes:
        kept: [H,W] in 0..1, what was left out of it; None where that is not known.
        boxes: float [N,4], xyxy in pixels, of the things in it; None where they are not known.
    """

    kept: Tensor | None = None
    boxes: Tensor | None = None


NOTHING = Seen()
