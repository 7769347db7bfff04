"""Patches on a MODEL of the host that follow a picture: ControlNets that are no CONTROL_NET."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ..prompt_edit.errors import ModelError
from ..prompt_edit.inpaint.control import Control
from ..prompt_edit.inpaint.region import Region

NOTE = (
    "A patch on this MODEL follows a picture of the whole: where a part is painted, it is refused."
)


@dataclass(frozen=True)
class Fixed(Control):
    """What a patch follows. It holds the picture itself and presses it into whatever is painted, so
    that a part of a picture would follow the whole of it."""

    def of_picture(self, number: int) -> Control:
        if len(self.image) > 1:
            raise ModelError(
                "Edit pictures one by one: a patch on this MODEL follows"
                f" {len(self.image)} pictures at once."
            )
        return self

    def cut(self, region: Region, height: int, width: int) -> Control:
        if (region.height, region.width) != (height, width):
            raise ModelError(
                "Apply the patch to the cut of Crop Region, with your own sampler, or take it off:"
                f" this MODEL follows a picture of the whole ({type(self.net).__name__}), and a"
                " part is painted."
            )
        return self


def fixed(model: Any) -> tuple[Fixed, ...]:
    """Of each patch on a MODEL that follows a picture its size; one without strength does not."""
    patches = model.model_options.get("transformer_options", {}).get("patches", {})
    owners = [getattr(each, "__self__", each) for some in patches.values() for each in some]
    held = {id(each): each for each in owners if hasattr(each, "model_patch")}
    return tuple(
        Fixed(patch, torch.zeros(()).expand(*size, 3))
        for patch in held.values() if getattr(patch, "strength", 1) != 0
        for size in _sizes(patch)
    )  # fmt: skip


def _sizes(patch: Any) -> Iterator[tuple[int, int, int]]:
    """(B, height, width) of the picture that a patch holds, once."""
    for name, first in (("image", 1), ("inpaint_image", 1), ("hint_latent", 2)):
        held = getattr(patch, name, None)
        if isinstance(held, Tensor) and held.ndim == 4:
            yield int(held.shape[0]), int(held.shape[first]), int(held.shape[first + 1])
            return
