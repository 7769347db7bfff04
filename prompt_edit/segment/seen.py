"""What a painter is told of a mask besides."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from ..detect.ground import Grounded
from ..given import Size


@dataclass(frozen=True)
class Seen:
    """What is known of a mask besides.

    Attributes:
        kept: [H,W] in 0..1, what was left out of it; None where that is nothing, or not known.
        boxes: float [N,4], xyxy in pixels, of the things in it; None where they are not known.
        size: (height, width) of the picture that they are of; None where `kept` has it, or the
            picture that is painted.
        found: what the mask was cut from; None where that is not known.
    """

    kept: Tensor | None = None
    boxes: Tensor | None = None
    size: Size | None = None
    found: Grounded | None = None


NOTHING = Seen()
