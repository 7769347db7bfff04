"""What is seen of a run: its progress, its previews, what it made; and its end on Cancel."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import comfy.model_management as memory
import comfy.utils
import torch
from comfy.cli_args import LatentPreviewMethod, args
from comfy_api.latest import io, ui
from PIL import Image

from ...prompt_edit.images import to_pil
from ...prompt_edit.preview import ALONE, few

_LONG = 16  # pictures of a batch
_SMALL = 512  # pixels of the longer side


def stop_if_cancelled() -> None:
    """Raises what the host raises where Cancel was pressed."""
    memory.throw_exception_if_processing_interrupted()


class Progress:
    """A progress bar on the node; stepping it raises where Cancel was pressed."""

    def __init__(self, total: int) -> None:
        self._bar = comfy.utils.ProgressBar(total)
        self._preview: tuple[str, Image.Image, int] | None = None
        stop_if_cancelled()

    def step(self, done: int, total: int) -> None:
        """So many of so many are done."""
        stop_if_cancelled()
        self._bar.update_absolute(done, total, self._preview)

    @property
    def preview(self) -> Callable[[torch.Tensor], None] | None:
        """Takes a picture [h,w,3] to show with the next step; None where previews are off."""
        off = args.preview_method == LatentPreviewMethod.NoPreviews
        return None if off else self._take

    def _take(self, picture: torch.Tensor) -> None:
        self._preview = ("JPEG", to_pil(picture), args.preview_size)


def drawn(draw: Callable[[slice], torch.Tensor], count: int) -> torch.Tensor:
    """What `draw` makes of each part of a batch, to be looked at: float [B,h,w,3].

    It is kept as long as the node's results are: of a long batch each picture is small.
    """
    if count <= _LONG:
        return draw(slice(count))
    parts = -(-count // _LONG)
    ends = [count * part // parts for part in range(parts + 1)]
    return torch.cat([few(draw(slice(*part)), _LONG, _SMALL) for part in pairwise(ends)])


def shown(
    node: type[io.ComfyNode], image: torch.Tensor, *lines: str, alone: int | None = ALONE
) -> dict[str, Any]:
    """What appears inside a node: pictures [B,H,W,C], and lines of text below them.

    The host writes each picture to a file: of a long batch the first are shown, and it is said.
    One picture is not larger than `alone`.
    """
    pictures = few(image, alone=alone)
    if len(pictures) < len(image):
        lines = (*lines, f"Shown are the first {len(pictures)} of {len(image)} pictures.")
    shown = ui.PreviewImage(pictures, cls=node).as_dict()
    return {**shown, "text": [line for line in lines if line]}
