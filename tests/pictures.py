"""Pictures of noise as arrays, tensors and files, with what goes along."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import png
import torch
from PIL import Image

ORIENTATION = 0x0112
DESCRIPTION = 0x010E


def noise(*shape: int, bits: int = 8, seed: int = 0) -> np.ndarray:
    values = np.random.default_rng(seed).integers(0, 2**bits, shape)
    return values.astype(np.uint16 if bits == 16 else np.uint8)


def tensor(values: np.ndarray) -> torch.Tensor:
    """The picture [1,H,W,C] that an array [H,W,C] stands for, by plain division."""
    top = 65535.0 if values.dtype == np.uint16 else 255.0
    return torch.from_numpy(values.astype(np.float64) / top).float()[None]


def exif(orientation: int | None = None) -> Image.Exif:
    tags = Image.Exif()
    tags[DESCRIPTION] = "a paper doll"
    if orientation:
        tags[ORIENTATION] = orientation
    return tags


def write_deep(path: Path, values: np.ndarray, turn: int | None = None, **options: object) -> Path:
    """A 16-bit PNG of an array [H,W,C], C of 1 to 4, with EXIF where `turn` is given."""
    height, width, planes = values.shape
    writer = png.Writer(width, height, greyscale=planes < 3, alpha=planes in (2, 4), bitdepth=16,
                        **options)  # fmt: skip
    data = io.BytesIO()
    writer.write(data, values.reshape(height, -1).tolist())
    chunks = list(png.Reader(bytes=data.getvalue()).chunks())
    if turn:
        chunks.insert(1, (b"eXIf", exif(turn).tobytes().removeprefix(b"Exif\0\0")))
    with path.open("wb") as file:
        png.write_chunks(file, chunks)
    return path
