"""Pictures from and to files, with nothing lost in silence: bit depth, alpha, colours, metadata."""

from __future__ import annotations

import math
import re
import stat
import sys
import warnings
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageCms, UnidentifiedImageError
from torch import Tensor

from . import deep, metadata
from .errors import ImageError, OutputError, type_of
from .metadata import Info
from .outputs import STREAM, check_writable, write_all

OPAQUE = {".jpg", ".jpeg", ".bmp"}
FORMATS = OPAQUE | {".png", ".tif", ".tiff", ".webp"}
_DEEP = {".png", ".tif", ".tiff"}
_MOST_BYTES = 2**31
_LONGEST = {".webp": 16_383, ".jpg": 65_500, ".jpeg": 65_500}  # sides, in pixels
_SEGMENT = 65_500  # the bytes that one of JPEG's segments holds, less its name


@dataclass(frozen=True)
class ImageFile:
    """A picture as read from a file.

    Attributes:
        pixels: float32 [1,H,W,C] in 0..1, C = 3 (RGB) or 4 (RGBA); gray becomes RGB.
        bits: 8 or 16, the depth that the file has and that a result is written with.
        info: what goes back into a result, see `metadata`: "icc_profile" and "exif" among others.
        notes: what of the file could not be taken along, in plain sentences.
        digest: SHA-256 of the file, in hexadecimal; "" for one that was not read from a file.
    """

    pixels: Tensor
    bits: int = 8
    info: Info = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    digest: str = ""


Layout = Literal["[B,H,W,C]", "[1,H,W,C]", "[H,W,C]"]
"""How pictures are handed over: a batch, a batch of one, or one alone."""

BEYOND = 0.5  # of the range on either side: what resampling and denoising overshoot by


def check_pictures(
    images: Any,
    shape: Layout = "[B,H,W,C]",
    channels: tuple[int, ...] = (1, 3, 4),
    name: str = "The picture",
) -> Tensor:
    """The pictures as they are, where they are: of any float type, in 0..1, at least a pixel.

    Values a little outside 0..1 stay: resampling overshoots, and what is written is clamped.

    Args:
        channels: that a pixel may have.
        name: what a message calls them.

    Raises:
        ImageError: another type, shape or range, or NaN among the numbers.
    """
    images = check_form(images, shape, channels, name)
    low, high = (float(each) for each in torch.aminmax(images.float()))
    if not math.isfinite(low + high):
        raise ImageError(f"{name} holds NaN or infinite numbers. Make it anew.")
    if low < -BEYOND or high > 1 + BEYOND:
        raise ImageError(
            f"{name} goes from {low:.3g} to {high:.3g}, not from 0 to 1. Scale it, or divide it by"
            " 255."
        )
    return images


def check_form(
    images: Any,
    shape: Layout = "[B,H,W,C]",
    channels: tuple[int, ...] = (1, 3, 4),
    name: str = "The picture",
) -> Tensor:
    """`check_pictures` but for the range of the numbers, for which all of them must be read."""
    if not isinstance(images, Tensor):
        raise ImageError(
            f"{name} must be a torch tensor {shape} in 0..1, not {type_of(images)}."
            " images.load_image reads a file; torch.from_numpy takes an array."
        )
    if images.layout != torch.strided:
        raise ImageError(f"{name} must be a dense tensor, not {images.layout}.")
    size, listed = list(images.shape), " or ".join(", ".join(map(str, channels)).rsplit(", ", 1))
    several = images.dim() == 4 and (shape == "[B,H,W,C]" or size[0] == 1)
    fits = images.dim() == 3 if shape == "[H,W,C]" else several
    if not fits or size[-1] not in channels:
        raise ImageError(f"{name} must have the shape {shape}, C = {listed}, not {size}.")
    if not images.numel():
        raise ImageError(f"{name} has no pixels: its shape is {size}.")
    if not images.is_floating_point():
        raise ImageError(f"{name} holds {images.dtype}, not floats in 0..1: divide it by 255.")
    return images.detach()


def load_image(path: str | Path, upright: bool = True) -> ImageFile:
    """Read a picture; "-" is standard input. A file is read once, so a pipe will do.

    Args:
        upright: turned as its EXIF says, or as its pixels are stored.

    Raises:
        ImageError: it is missing, broken, too large, or no picture.
    """
    path = Path(path)
    name = "Standard input" if path == STREAM else str(path)
    return decode(_read(path, name), name, upright)


def decode(data: bytes, name: str, upright: bool = True) -> ImageFile:
    """A picture from the bytes of its file, as `load_image` reads one.

    Args:
        name: what a message calls it.

    Raises:
        ImageError: it is broken, too large, or no picture.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # for developers; what is lost is told in notes
            return _decoded(data, name, upright)
    except UnidentifiedImageError as error:
        raise ImageError(
            f"{name} is not a picture that can be read. Save it as PNG or JPEG."
        ) from error
    except Image.DecompressionBombError as error:
        raise ImageError(_too_large(name, error)) from error
    except MemoryError as error:
        raise ImageError(f"{name} does not fit the free memory. Make it smaller.") from error
    except ImageError:
        raise
    except Exception as error:  # its readers raise whatever odd bytes lead to
        if "MAX_TEXT" in str(error):
            raise ImageError(f"{name} holds too much text. Save it without metadata.") from error
        raise ImageError(f"{name} is broken or cut off ({error}). Save it anew.") from error


def _read(path: Path, name: str) -> bytes:
    try:
        if path == STREAM:
            if sys.stdin is None or sys.stdin.closed or sys.stdin.isatty():
                raise ImageError("Standard input holds no picture. Pipe one in, or name a file.")
            data = sys.stdin.buffer.read(_MOST_BYTES + 1)
        else:
            mode = path.stat().st_mode
            if stat.S_ISDIR(mode):
                raise ImageError(f"{path} is a folder. Name one picture in it.")
            if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
                raise ImageError(f"{path} is a device, not a picture. Name a file.")
            with path.open("rb") as file:
                data = file.read(_MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise ImageError(f"There is no picture at {path}. Check the path.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ImageError(f"{name} cannot be read: {reason}. Check the path.") from error
    if len(data) > _MOST_BYTES:
        raise ImageError(f"{name} is larger than 2 GB. Make it smaller.")
    if not data:
        raise ImageError(f"{name} is empty. Save the picture anew.")
    return data


def _too_large(name: str, error: Exception) -> str:
    match = re.search(r"\d+", str(error))
    most = 2 * (Image.MAX_IMAGE_PIXELS or 0) / 1e6
    size = f"{int(match[0]) / 1e6:,.0f} million pixels" if match else "too many pixels"
    return f"{name} has {size}, and at most {most:,.0f} million can be edited. Make it smaller."


def _decoded(data: bytes, name: str, upright: bool) -> ImageFile:
    with Image.open(BytesIO(data)) as opened:
        told = deep.turn_of_tiff(opened)  # Pillow turns what it loads itself, and forgets it
        opened.load()
        turn, exif, notes = metadata.read_exif(opened)
        turn = told or turn
        info, more = metadata.read_info(opened, data)
        info = {**info, "exif": exif} if exif else info
        values, converted = _pixels(opened, data, name)
        notes = _frames(data) + notes + more + converted + _of_space(info.get("icc_profile"))
    bits = 16 if values.dtype == np.uint16 else 8
    lines = tuple(f"{name}: {note}" for note in notes)
    pixels = _to_tensor(_upright(values, turn if upright else 1))
    return ImageFile(pixels, bits, info, lines, sha256(data).hexdigest())


def _of_space(profile: bytes | None) -> list[str]:
    """A note where a picture's colours are not those of sRGB, which models know alone."""
    try:
        held = ImageCms.ImageCmsProfile(BytesIO(profile)) if profile else None
        name = ImageCms.getProfileDescription(held).strip() if held else "sRGB"
    except (ImageCms.PyCMSError, OSError, ValueError):
        return []
    if "srgb" in name.lower():
        return []
    return [f'Its colours stay in its own space ("{name[:60]}"). What is painted is meant for sRGB,'
            " and may look stronger there: convert the picture to sRGB for true ones."]  # fmt: skip


def _frames(data: bytes) -> list[str]:
    with Image.open(BytesIO(data)) as opened:
        try:
            count = int(getattr(opened, "n_frames", 1))
        except Exception:  # one of those that are not needed is broken
            return ["Only the first frame is edited; what follows it is broken."]
    if count < 2 or opened.format == "PSD":  # a PSD's are layers, and what is read shows them all
        return []
    word = {"TIFF": "pages", "MPO": "pictures"}.get(str(opened.format), "frames")
    return [f"It holds {count} {word}. Only the first is edited, and the result has no other."]


def _pixels(opened: Image.Image, data: bytes, name: str) -> tuple[np.ndarray, list[str]]:
    """uint8 or uint16 [H,W,3 or 4], not yet upright, and notes on what became of the colours."""
    if deep.is_deep_png(data):
        return deep.read_png(data, opened), []
    if opened.mode[0] in "IF":
        gray = _sixteen_bits(np.asarray(opened), name)
        gray = deep.of_gray_tiff(opened, gray, name) if opened.format == "TIFF" else gray
        return np.repeat(gray[..., None], 3, axis=2), []
    if deep.is_deep_tiff(opened):
        return deep.read_tiff(data, name), []
    if "transparency" in opened.info and opened.mode == "L":
        # Pillow spreads few levels over 0 to 255, but not the one that is transparent.
        opened.info["transparency"] *= deep.step_of_gray_png(data)
    notes = []
    if deep.hides_depth(data, str(opened.format)):
        notes.append("It has more than 8 bits a channel, of which 8 are read. PNG keeps 16.")
    if opened.mode in ("CMYK", "LAB"):
        notes.append(f"It is {opened.mode}; the result is RGB.")
    return np.asarray(_as_rgb(opened)), notes


def _as_rgb(image: Image.Image) -> Image.Image:
    if image.mode in ("CMYK", "LAB"):
        return _through_profile(image)
    clear = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    return image.convert("RGBA" if clear else "RGB")


def _through_profile(image: Image.Image) -> Image.Image:
    """CMYK or LAB as sRGB, by the file's own profile where it has one that fits."""
    profile = image.info.get("icc_profile")
    try:
        source = BytesIO(profile) if profile and image.mode == "CMYK" else ImageCms.createProfile(
            "LAB" if image.mode == "LAB" else "sRGB")  # fmt: skip
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"),
                                              outputMode="RGB")  # fmt: skip
    except (ImageCms.PyCMSError, OSError, ValueError):
        converted = None
    return converted or image.convert("RGB")


def _sixteen_bits(values: np.ndarray, name: str) -> np.ndarray:
    """Integers that fit 16 bits. Raises `ImageError` for others, whose scale nobody told."""
    if values.dtype.kind == "f" or values.min() < 0 or values.max() > 65535:
        raise ImageError(f"{name} holds 32-bit values. Save it with 8 or 16 bits a channel.")
    return values.astype(np.uint16)


def _upright(values: np.ndarray, turn: int) -> np.ndarray:
    """An array [H,W,C] turned as EXIF's orientation (1 to 8) says."""
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


def resized(
    images: Tensor, size: tuple[int, int], mode: Literal["bilinear", "bicubic"] = "bilinear"
) -> Tensor:
    """Pictures [B,H,W,C] in 0..1 at another (height, width); antialiased where they shrink."""
    if images.shape[1:3] == size:
        return images
    moved = images.movedim(-1, 1).contiguous()  # in which it is scaled much faster
    scaled = F.interpolate(moved, size, mode=mode, antialias=True)
    return scaled.clamp_(0, 1).movedim(1, -1).contiguous()


def to_array(pixels: Tensor, bits: int = 8) -> np.ndarray:
    """float [H,W,C] or [1,H,W,C] in 0..1 to uint8 or uint16 [H,W,C]."""
    top, kind = 2**bits - 1, np.uint8 if bits == 8 else np.uint16
    values = pixels.detach().cpu().reshape(pixels.shape[-3:])
    array = np.empty(tuple(values.shape), kind)
    rows = max(1, _AT_ONCE // values[0].numel())
    for start in range(0, len(values), rows):  # as many as stay near the processor
        some = values[start : start + rows].float() * top
        array[start : start + rows] = some.round_().clamp_(0, top).numpy()
    return array


_AT_ONCE = 2**18  # numbers


def to_pil(pixels: Tensor) -> Image.Image:
    """float [H,W,C] or [1,H,W,C] in 0..1, C of 1, 3 or 4, to an 8-bit Pillow image."""
    values = to_array(pixels)
    return Image.fromarray(values[..., 0] if values.shape[-1] == 1 else values)


def check_output(path: str | Path, alpha: bool = False, like: ImageFile | None = None) -> Path:
    """Say early, before minutes of work, that a result could not be written.

    Args:
        path: where to; "-" is standard output, as PNG.
        alpha: the result has transparency.
        like: a picture of the result's size, with what goes along.

    Raises:
        OutputError: a missing or closed folder, a file type that is not known, or one that cannot
            hold the result.
    """
    path = Path(path)
    if path != STREAM:
        check_writable(path)
        check_kind(path, alpha, like)
    return path


def check_kind(path: Path, alpha: bool = False, like: ImageFile | None = None) -> None:
    """As `check_output`, by the name alone."""
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise OutputError(f"{path} does not end in a known picture type. Use .png to lose nothing.")
    if alpha and suffix in OPAQUE:
        raise OutputError(f"{path} cannot hold transparency. Use .png, .webp or .tif.")
    if like:
        longest = _LONGEST.get(suffix, 2**31)
        if max(like.pixels.shape[1:3]) > longest:
            raise OutputError(f"{path} cannot hold sides over {longest} pixels. Use .png.")
        for key in ("exif", "xmp", "comment") if suffix in (".jpg", ".jpeg") else ():
            if len(like.info.get(key, b"")) > _SEGMENT:
                raise OutputError(f"{path} cannot hold so much {metadata.NAMES[key]}. Use .png.")


def losses(path: str | Path, like: ImageFile) -> list[str]:
    """What a result of that name can't keep of a picture, in plain sentences."""
    suffix = _kind(Path(path))
    notes = []
    if like.bits == 16 and suffix not in _DEEP:
        notes.append(f"{path} holds 8 bits a channel, and the picture has 16. Write .png or .tif to"
                     " keep all of them.")  # fmt: skip
    if suffix in (".jpg", ".jpeg"):
        notes.append("JPEG changes every pixel a little; write PNG to keep the rest bit for bit.")
    if gone := metadata.lost(suffix, like.info):
        notes.append(f"{path} does not keep the picture's {', '.join(gone)}. Write .png to keep"
                     " all.")  # fmt: skip
    return notes


def save_image(path: str | Path, pixels: Tensor, like: ImageFile | None = None) -> None:
    """Write a picture [1,H,W,C], whole or not at all, with the depth and metadata of `like`.

    `losses` tells what a file type can't keep of it.

    Raises:
        ImageError: pixels of another type, shape or range.
        OutputError: it cannot be written.
    """
    check_pictures(pixels, "[1,H,W,C]")
    path = check_output(path, alpha=pixels.shape[-1] == 4)
    write_all([(path, lambda file: fill(file, pixels, like))])


def fill(file: Path, pixels: Tensor | Image.Image, like: ImageFile | None = None) -> None:
    """Write a picture into a file as its ending says, PNG where it has none.

    Raises whatever the system or Pillow says; `outputs.write_all` makes it an error of ours.
    """
    suffix = _kind(file)
    if like and like.bits == 16 and suffix in _DEEP and isinstance(pixels, Tensor):
        write = deep.write_png if suffix == ".png" else deep.write_tiff
        write(file, to_array(pixels, 16), like.info)
        return
    options = metadata.options(suffix, like.info if like else {})
    if suffix == ".webp":  # exact: what is clear keeps its colour
        options.update(lossless=True, exact=True)
    if suffix in (".jpg", ".jpeg"):  # colours as fine as light and dark
        options.update(subsampling=0)
    kinds = Image.registered_extensions()
    picture = to_pil(pixels) if isinstance(pixels, Tensor) else pixels
    picture.save(file, format=kinds[suffix], quality=95, **options)


def _kind(path: Path) -> str:
    return path.suffix.lower() or ".png"
