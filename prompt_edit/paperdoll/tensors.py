"""Drawn pictures as the library takes pictures."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from .draw import Picture


def as_image(picture: Picture) -> Tensor:
    """A drawn picture: float [1,S,S,3] in 0..1."""
    return torch.from_numpy(picture.image.astype(np.float32) / 255)[None]
