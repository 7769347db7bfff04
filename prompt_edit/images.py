"""Pictures from and to files, with nothing lost: bit depth, alpha, colour profile, orientation."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import png
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

from .errors import ImageError, OutputError

_ORIENTATION = 0x0112  # the EXIF tag
LOSSLESS = {".png", ".tif", ".tiff", ".bmp"}
FORMATS = LOSSLESS | {".jpg", ".jpeg", ".webp"}


@dataclass(frozen=True)
class ImageFile:
    """A picture as read from a file.

    Attributes:
        pixels: float32 [1,H,W,C] in 0..1, C = 3 (RGB) or 4 (RGBA); gray becomes RGB.
        bits: 8 or 16, the depth that the file has and that a result is written with.
        info: what goes back into a result: "icc_profile" and "exif", as bytes.
    """

    pixels: Tensor
    bits: int = 8
    info: dict[str, Any] = field(default_factory=dict)


def load_image(path: str | Path) -> ImageFile:
    """Read a picture upright. Raises `ImageError` if it is missing, broken or no picture."""
    path = Path(path)
    if not path.exists():
        raise ImageError(f"There is no picture at {path}. Check the path.")
    if path.is_dir():
        raise ImageError(f"{path} is a folder. Name one picture in it.")
    try:
        with Image.open(path) as opened:
            opened.load()
            upright = ImageOps.exif_transpose(opened)
            info = _kept_info(opened, upright)
            if _is_deep_png(path):
                return ImageFile(_to_tensor(_upright(_read_deep_png(path), opened)), 16, info)
            if upright.mode.startswith("I"):
                gray = np.asarray(upright).astype(np.uint16)
                return ImageFile(_to_tensor(np.repeat(gray[..., None], 3, axis=2)), 16, info)
            return ImageFile(_to_tensor(np.asarray(_as_rgb(upright))), 8, info)
    except UnidentifiedImageError as error:
        raise ImageError(
            f"{path} is not a picture that can be read. Save it as PNG or JPEG."
        ) from error
    except (
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        Image.DecompressionBombError,
        png.Error,
    ) as error:
        raise ImageError(f"{path} is broken or cut off ({error}). Save it anew.") from error


def _as_rgb(image: Image.Image) -> Image.Image:
    clear = "A" in image.getbands() or "transparency" in image.info
    return image.convert("RGBA" if clear else "RGB")


def _kept_info(opened: Image.Image, upright: Image.Image) -> dict[str, Any]:
    info: dict[str, Any] = {}
    # A profile describes the colours it was made for: CMYK and gray ones do not fit RGB.
    if "icc_profile" in opened.info and opened.mode in ("RGB", "RGBA", "P"):
        info["icc_profile"] = opened.info["icc_profile"]
    exif = upright.getexif()
    if exif:
        info["exif"] = exif.tobytes()
    return info


def _is_deep_png(path: Path) -> bool:
    """True for PNG with 16 bits a channel, which Pillow would cut down to 8 in colour."""
    with path.open("rb") as file:
        head = file.read(26)
    return head[:8] == b"\x89PNG\r\n\x1a\n" and head[24] == 16


def _read_deep_png(path: Path) -> np.ndarray:
    width, height, rows, info = png.Reader(filename=str(path)).asDirect()
    values = np.vstack([np.asarray(row, dtype=np.uint16) for row in rows])
    values = values.reshape(height, width, info["planes"])
    if info["greyscale"]:
        gray, alpha = values[..., :1], values[..., 1:]
        values = np.concatenate([gray, gray, gray, alpha], axis=2)
    return values


def _upright(values: np.ndarray, opened: Image.Image) -> np.ndarray:
    """What `ImageOps.exif_transpose` does, for an array [H,W,C]."""
    turn = opened.getexif().get(_ORIENTATION, 1)
    if turn in (5, 6, 7, 8):
        values = values.swapaxes(0, 1)
    if turn in (2, 3, 6, 7):
        values = values[:, ::-1]
    if turn in (3, 4, 7, 8):
        values = values[::-1]
    return np.ascontiguousarray(values)


def _to_tensor(values: np.ndarray) -> Tensor:
    """uint8 or uint16 [H,W,C] to float32 [1,H,W,C]; `to_array` is its exact inverse."""
    top = 65535 if values.dtype == np.uint16 else 255
    return torch.from_numpy(values.astype(np.float32) / np.float32(top))[None]


def to_array(pixels: Tensor, bits: int = 8) -> np.ndarray:
    """float [H,W,C] or [1,H,W,C] in 0..1 to uint8 or uint16 [H,W,C]."""
    top = 2**bits - 1
    values = pixels.detach().cpu().float().reshape(pixels.shape[-3:]).clamp(0, 1) * top
    return values.round().numpy().astype(np.uint16 if bits == 16 else np.uint8)


def to_pil(pixels: Tensor) -> Image.Image:
    """float [H,W,C] or [1,H,W,C] in 0..1, C of 1, 3 or 4, to an 8-bit Pillow image."""
    values = to_array(pixels)
    return Image.fromarray(values[..., 0] if values.shape[-1] == 1 else values)


def check_output(path: str | Path) -> Path:
    """Say early, before minutes of work, that a result could not be written.

    Raises `OutputError` for a missing or closed folder, or a file type that is not known.
    """
    path = Path(path)
    if path.suffix.lower() not in FORMATS:
        raise OutputError(f"{path} does not end in a known picture type. Use .png to lose nothing.")
    if path.is_dir():
        raise OutputError(f"{path} is a folder. Name a file in it.")
    if not path.parent.is_dir():
        raise OutputError(f"The folder {path.parent} does not exist. Make it first.")
    if not os.access(path.parent, os.W_OK):
        raise OutputError(f"The folder {path.parent} cannot be written to. Choose another one.")
    return path


def save_image(path: str | Path, pixels: Tensor, like: ImageFile | None = None) -> None:
    """Write a picture [1,H,W,C], whole or not at all, with the depth and profile of `like`.

    Sixteen bits are kept in PNG only. Raises `OutputError` if it cannot be written.
    """
    path = check_output(path)
    like = like or ImageFile(pixels)
    folder = path.parent
    try:
        with tempfile.NamedTemporaryFile(dir=folder, suffix=path.suffix, delete=False) as file:
            partial = Path(file.name)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}.") from error
    try:
        if like.bits == 16 and path.suffix.lower() == ".png":
            _write_deep_png(partial, to_array(pixels, 16))
        else:
            image = to_pil(pixels)
            if path.suffix.lower() in (".jpg", ".jpeg"):
                image = image.convert("RGB")
            lossless = {"lossless": True} if path.suffix.lower() == ".webp" else {}
            image.save(partial, quality=95, **lossless, **like.info)
        partial.chmod(path.stat().st_mode if path.exists() else 0o666 & ~_umask())
        partial.replace(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        partial.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _write_deep_png(path: Path, values: np.ndarray) -> None:
    height, width, planes = values.shape
    writer = png.Writer(width, height, greyscale=planes < 3, alpha=planes in (2, 4), bitdepth=16)
    with path.open("wb") as file:
        writer.write(file, values.reshape(height, width * planes))
