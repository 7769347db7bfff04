"""SAM-HQ's mask decoder as it was published: transformers leaves out half of what it computes."""

from __future__ import annotations

import threading
from typing import Any

from torch import Tensor


def correct_decoder(model: Any) -> None:
    """Let a `SamHQModel` make its masks of the picture as the prompts changed it.

    The decoder's transformer returns the prompts and the picture, each as it looks in the light of
    the other. transformers (4.57 to 5.24 at least) goes on with the picture as it was before, and
    that with its sides exchanged: the masks come out wrong, and the predicted quality right.
    Where a version does it right, this changes nothing.
    """
    decoder = model.mask_decoder
    kept = threading.local()

    def keep(_: Any, __: Any, output: tuple[Tensor, ...]) -> None:
        kept.picture = output[1]  # [N,1,H*W,C]

    def put_in(_: Any, given: tuple[Tensor]) -> Tensor:
        picture, kept.picture = kept.picture, None
        return picture.transpose(2, 3).reshape(given[0].shape)  # [N,C,H,W]

    decoder.transformer.register_forward_hook(keep)
    decoder.upscale_conv1.register_forward_pre_hook(put_in)
