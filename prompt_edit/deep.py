"""Sixteen bits a channel, which Pillow would cut to eight: PNG and TIFF, read and written."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import png
from PIL import Image, TiffImagePlugin, TiffTags

from .errors import ImageError
from .metadata import Info, all_chunks, png_chunks, without_layout


def is_deep_png(data: bytes) -> bool:
    """True for PNG with 16 bits a channel."""
    return next((chunk[8] == 16 for kind, chunk in png_chunks(data) if len(chunk) > 8), False)


def read_png(data: bytes, opened: Image.Image) -> np.ndarray:
    """A 16-bit PNG as uint16 [H,W,3 or 4]; gray becomes RGB.

    Args:
        opened: what Pillow makes of it, cut to 8 bits.
    """
    low = _low_bytes(data)
    return _read_slowly(data) if low is None else np.asarray(opened).astype(np.uint16) << 8 | low


def _low_bytes(data: bytes) -> np.ndarray | None:
    """Those of colours, uint8 [H,W,3 or 4], by Pillow, which decodes many times as fast as pypng;
    None where what it makes of a file may be other than the high ones."""
    if any(kind in (b"tRNS", b"acTL") for kind, _ in png_chunks(data)):
        return None
    opened: Any = Image.open(BytesIO(data))
    tiles = [each for each in opened.tile if getattr(each, "args", "") == f"{opened.mode};16B"]
    if len(tiles) != 1 or opened.mode not in ("RGB", "RGBA"):
        return None
    opened.tile = [tiles[0]._replace(args=f"{opened.mode};16L")]
    return np.asarray(opened)


def _read_slowly(data: bytes) -> np.ndarray:
    """`read_png` of every kind."""
    if any(kind == b"sBIT" for kind, _ in png_chunks(data)):
        data = _without_depths(data)
    width, height, rows, info = png.Reader(bytes=data).asDirect()
    values = np.vstack([np.asarray(row, dtype=np.uint16) for row in rows])
    values = values.reshape(height, width, info["planes"])
    if info["greyscale"]:
        gray, alpha = values[..., :1], values[..., 1:]
        values = np.concatenate([gray, gray, gray, alpha], axis=2)
    return values


def _without_depths(data: bytes) -> bytes:
    """A PNG without what it says of how many of its bits count (sBIT), by which they are scaled."""
    plain, chunks = BytesIO(), png.Reader(bytes=data).chunks()
    png.write_chunks(plain, [chunk for chunk in chunks if chunk[0] != b"sBIT"])
    return plain.getvalue()


def write_png(path: Path, values: np.ndarray, info: Info) -> None:
    """Write uint16 [H,W,1 to 4] as PNG."""
    height, width, planes = values.shape
    writer = png.Writer(width, height, greyscale=planes < 3, alpha=planes in (2, 4), bitdepth=16)
    plain = BytesIO()
    writer.write(plain, values.reshape(height, width * planes))
    head, *rest = png.Reader(bytes=plain.getvalue()).chunks()
    with path.open("wb") as file:
        png.write_chunks(file, [head, *all_chunks(info), *rest])


def is_deep_tiff(opened: Image.Image) -> bool:
    """True for TIFF with more than 8 bits a channel."""
    bits = getattr(opened, "tag_v2", {}).get(258, 8)
    return max(bits if isinstance(bits, tuple) else (bits,)) > 8


def turn_of_tiff(opened: Image.Image) -> int:
    """How a deep TIFF in colours has to be turned, 1 to 8; 0 for other pictures."""
    if not is_deep_tiff(opened) or opened.mode[0] in "IF":
        return 0
    turn = opened.getexif().get(274, 1)
    return turn if turn in range(1, 9) else 1


def step_of_gray_png(data: bytes) -> int:
    """By how much of 255 two neighbouring levels of a gray PNG of 2 or 4 bits differ; else 1."""
    known = data.startswith(b"\x89PNG") and len(data) > 25 and data[25] == 0
    return 255 // (2 ** data[24] - 1) if known and data[24] in (2, 4) else 1


def of_gray_tiff(opened: Image.Image, values: np.ndarray, name: str) -> np.ndarray:
    """What Pillow read of a gray TIFF, uint16 [H,W], on the scale of 16 bits, and 0 as black.

    Raises:
        ImageError: it holds numbers with a sign, or of more than 16 bits.
    """
    tags = getattr(opened, "tag_v2", {})
    bits, signed, meaning = (_first(tags.get(tag, plain)) for tag, plain in
                             ((258, 16), (339, 1), (262, 1)))  # fmt: skip
    if bits > 16 or signed != 1:
        held = f"{bits}-bit values" if signed == 1 else "numbers with a sign"
        raise ImageError(f"{name} holds {held}. Save it with 8 or 16 bits a channel.")
    if bits < 16:
        top = 2**bits - 1
        values = np.round(values.astype(np.float64) * (65535 / top)).astype(np.uint16)
    return 65535 - values if meaning == 0 else values


def _first(value: Any) -> int:
    return int(value[0] if isinstance(value, tuple) else value)


def read_tiff(data: bytes, name: str) -> np.ndarray:
    """The first page of a 16-bit TIFF as uint16 [H,W,3 or 4].

    Raises:
        ImageError: another kind of TIFF than RGB or RGBA of 16 bits, or packed in a way that only
            an unusual library unpacks.
    """
    refusal = ImageError(
        f"{name} holds 16-bit colours in a way that is not read here. Save it as PNG, which keeps"
        " all of them, or as TIFF without compression."
    )
    try:
        import tifffile
    except ImportError:
        raise refusal from None
    try:
        with tifffile.TiffFile(BytesIO(data)) as file:
            page: Any = file.pages[0]
            if page.photometric != 2 or tuple(page.extrasamples) not in ((), (2,)):
                raise refusal
            values = page.asarray()
    except ImageError:
        raise
    except Exception as error:  # it raises whatever odd bytes lead to
        raise refusal from error
    if values.dtype != np.uint16 or values.ndim != 3:
        raise refusal
    if page.planarconfig == 2:  # colour by colour
        values = np.moveaxis(values, 0, 2)
    if values.shape[2] not in (3, 4):
        raise refusal
    return values


def write_tiff(path: Path, values: np.ndarray, info: Info) -> None:
    """Write uint16 [H,W,1, 3 or 4] as TIFF without compression."""
    height, width, planes = values.shape
    pixels = values.astype("<u2").tobytes()
    tags = TiffImagePlugin.ImageFileDirectory_v2(b"II*\0" + bytes(4))
    for tag, value in _described(info).items():
        tags[tag] = value
    tags[256], tags[257], tags[258], tags[259] = width, height, (16,) * planes, 1
    tags[262], tags[277], tags[278] = (2 if planes > 2 else 1), planes, height
    tags.tagtype[273] = tags.tagtype[279] = TiffTags.LONG
    tags[273], tags[279] = (
        0,
        len(pixels),
    )  # Pillow adds where the table ends, and so the pixels begin
    if planes in (2, 4):
        tags[338] = 2  # alpha that the colours are not multiplied by
    table = tags.tobytes(8)
    if len(table) + len(pixels) > 2**32 - 9:
        raise ValueError("a TIFF holds at most 4 GB; write .png")
    with path.open("wb") as file:
        file.write(b"II*\0" + (8).to_bytes(4, "little"))
        file.write(table)
        file.write(pixels)


def _described(info: Info) -> dict[int, Any]:
    """EXIF, colour profile, XMP and DPI by TIFF's tags."""
    exif = Image.Exif()
    exif.load(without_layout(info.get("exif", b"")))
    found: dict[int, Any] = {tag: exif.get_ifd(tag) if tag in (0x8769, 0x8825) else value
                             for tag, value in exif.items()}  # fmt: skip
    if profile := info.get("icc_profile"):
        found[34675] = profile
    if xmp := info.get("xmp"):
        found[700] = xmp
    if dpi := info.get("dpi"):
        found[282], found[283], found[296] = dpi[0], dpi[1], 2
    return found


def hides_depth(data: bytes, kind: str) -> bool:
    """True for files of more than 8 bits a channel that Pillow reads with 8 and says nothing."""
    if kind == "AVIF":
        at = data.find(b"av1C")
        return at > 0 and bool(data[at + 6] & 0x40)
    if kind == "JPEG2000":
        at = data.find(b"\xff\x4f\xff\x51")
        return at >= 0 and (data[at + 42] & 0x7F) + 1 > 8
    if kind == "PPM" and data[:2] in (b"P3", b"P6", b"P7"):
        words = [word for line in data[:2000].split(b"\n") if not line.startswith(b"#")
                 for word in line.split()]  # fmt: skip
        return data[:2] != b"P7" and len(words) > 3 and words[3].isdigit() and int(words[3]) > 255
    return kind == "SGI" and data[3:4] == b"\2"
