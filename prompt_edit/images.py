"""Pictures from and to files, with nothing lost: bit depth, alpha, colour profile, orientation."""

from __future__ import annotations

import os
import tempfile
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import png
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

from .errors import ImageError, OutputError

_ORIENTATION = 0x0112  # the EXIF tag
_BITS_PER_SAMPLE = 258  # the TIFF tag
OPAQUE = {".jpg", ".jpeg", ".bmp"}
FORMATS = OPAQUE | {".png", ".tif", ".tiff", ".webp"}


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
    try:
        if path.is_dir():
            raise ImageError(f"{path} is a folder. Name one picture in it.")
        with Image.open(path) as opened:
            opened.load()
            upright = ImageOps.exif_transpose(opened)
            info = _kept_info(opened, upright)
            if _is_deep_png(path):
                return ImageFile(_to_tensor(_upright(_read_deep_png(path), opened)), 16, info)
            if upright.mode[0] in "IF":
                gray = _sixteen_bits(np.asarray(upright), path)
                return ImageFile(_to_tensor(np.repeat(gray[..., None], 3, axis=2)), 16, info)
            if _is_deep_tiff(opened):
                raise ImageError(
                    f"{path} holds colours of 16 bits, of which a TIFF's are read with 8. Save it"
                    " as PNG, which keeps all of them."
                )
            return ImageFile(_to_tensor(np.asarray(_as_rgb(upright))), 8, info)
    except FileNotFoundError as error:
        raise ImageError(f"There is no picture at {path}. Check the path.") from error
    except UnidentifiedImageError as error:
        raise ImageError(
            f"{path} is not a picture that can be read. Save it as PNG or JPEG."
        ) from error
    except (
        OSError,
        SyntaxError,
        ValueError,
        TypeError,
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
    with suppress(Exception):  # a tag that Pillow reads but cannot write is no reason to fail
        exif = upright.getexif()
        if exif:
            info["exif"] = exif.tobytes()
    return info


def _sixteen_bits(values: np.ndarray, path: Path) -> np.ndarray:
    """Integers that fit 16 bits. Raises `ImageError` for others, whose scale nobody told."""
    if values.dtype.kind == "f" or values.min() < 0 or values.max() > 65535:
        raise ImageError(f"{path} holds 32-bit values. Save it with 8 or 16 bits a channel.")
    return values.astype(np.uint16)


def _is_deep_tiff(opened: Image.Image) -> bool:
    bits = getattr(opened, "tag_v2", {}).get(_BITS_PER_SAMPLE, 8)
    return max(bits if isinstance(bits, tuple) else (bits,)) > 8


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


def rgb(pixels: Tensor) -> Tensor:
    """The colours [...,3] of pixels [...,C]: without alpha, and three alike where C is 1."""
    return pixels.expand(*pixels.shape[:-1], 3) if pixels.shape[-1] == 1 else pixels[..., :3]


def to_array(pixels: Tensor, bits: int = 8) -> np.ndarray:
    """float [H,W,C] or [1,H,W,C] in 0..1 to uint8 or uint16 [H,W,C]."""
    top = 2**bits - 1
    values = pixels.detach().cpu().float().reshape(pixels.shape[-3:]).clamp(0, 1) * top
    return values.round().numpy().astype(np.uint16 if bits == 16 else np.uint8)


def to_pil(pixels: Tensor) -> Image.Image:
    """float [H,W,C] or [1,H,W,C] in 0..1, C of 1, 3 or 4, to an 8-bit Pillow image."""
    values = to_array(pixels)
    return Image.fromarray(values[..., 0] if values.shape[-1] == 1 else values)


def check_output(path: str | Path, alpha: bool = False) -> Path:
    """Say early, before minutes of work, that a result could not be written.

    Raises `OutputError` for a missing or closed folder, a file type that is not known, or one that
    cannot hold transparency where `alpha` asks for it.
    """
    path = Path(path)
    if alpha and path.suffix.lower() in OPAQUE:
        raise OutputError(f"{path} cannot hold transparency. Use .png, .webp or .tif.")
    if path.suffix.lower() not in FORMATS:
        raise OutputError(f"{path} does not end in a known picture type. Use .png to lose nothing.")
    return check_writable(path)


def check_writable(path: Path) -> Path:
    """Say early that a file could not be written there. Raises `OutputError`."""
    if os.path.isdir(path):
        raise OutputError(f"{path} is a folder. Name a file in it.")
    if len(path.name.encode()) > 255:
        raise OutputError(f"The name of {path} is too long. Use a shorter one.")
    if not path.parent.is_dir():
        raise OutputError(f"The folder {path.parent} does not exist. Make it first.")
    if not os.access(path.parent, os.W_OK):
        raise OutputError(f"The folder {path.parent} cannot be written to. Choose another one.")
    return path


def save_image(path: str | Path, pixels: Tensor, like: ImageFile | None = None) -> None:
    """Write a picture [1,H,W,C], whole or not at all, with the depth and profile of `like`.

    Sixteen bits are kept in PNG only. Raises `OutputError` if it cannot be written.
    """
    path = check_output(path, alpha=pixels.shape[-1] == 4)
    path = Path(os.path.realpath(path))  # a link stays a link
    like = like or ImageFile(pixels)
    folder = path.parent
    try:
        with tempfile.NamedTemporaryFile(dir=folder, suffix=path.suffix, delete=False) as file:
            partial = Path(file.name)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}.") from error
    try:
        if like.bits == 16 and path.suffix.lower() == ".png":
            _write_deep_png(partial, to_array(pixels, 16), like.info)
        else:
            lossless: dict[str, Any] = {"lossless": True} if path.suffix.lower() == ".webp" else {}
            to_pil(pixels).save(partial, quality=95, **lossless, **like.info)
        partial.chmod(path.stat().st_mode if path.exists() else 0o666 & ~_umask())
        partial.replace(path)
    except (OSError, ValueError) as error:  # Pillow says ValueError where a format has limits
        reason = getattr(error, "strerror", None) or error
        raise OutputError(f"{path} cannot be written: {reason}.") from error
    finally:
        partial.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _write_deep_png(path: Path, values: np.ndarray, info: dict[str, Any]) -> None:
    height, width, planes = values.shape
    writer = png.Writer(width, height, greyscale=planes < 3, alpha=planes in (2, 4), bitdepth=16)
    plain = BytesIO()
    writer.write(plain, values.reshape(height, width * planes))
    head, *rest = png.Reader(bytes=plain.getvalue()).chunks()
    with path.open("wb") as file:
        png.write_chunks(file, [head, *_chunks(info), *rest])


def _chunks(info: dict[str, Any]) -> list[tuple[bytes, bytes]]:
    """Colour profile and EXIF as PNG chunks (PNG third edition, 11.3)."""
    chunks = []
    if profile := info.get("icc_profile"):
        chunks.append((b"iCCP", b"ICC Profile\0\0" + zlib.compress(profile)))
    if exif := info.get("exif"):
        chunks.append((b"eXIf", exif.removeprefix(b"Exif\0\0")))
    return chunks
