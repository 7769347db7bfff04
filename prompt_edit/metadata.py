"""What a file holds beside its pixels: read, handed on to a result, or told where it can't be.

It travels as a table: "icc_profile", "exif", "xmp", "comment" as bytes, "dpi" as two numbers,
"text" as PNG's words by name, "colour" as PNG's chunks that say what its numbers mean.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from PIL import ExifTags, Image, PngImagePlugin

Info = dict[str, Any]

_ORIENTATION = 0x0112
_XMP_WORD = "XML:com.adobe.xmp"
_IPTC = 0x0404
# Of a TIFF's tags those that tell how its pixels lie; the rest describes the picture.
_LAYOUT = {254, 255, 256, 257, 258, 259, 262, 263, 266, 273, 277, 278, 279, 284, 292, 293, 297, 301,
           317, 320, 321, 322, 323, 324, 325, 330, 332, 334, 338, 339, 340, 341, 347, 512, 513,
           514, 529, 530, 531, 532, 700, 33723, 34377, 34675}  # fmt: skip
# The stored small picture is of the old pixels, and would show what an edit took away.
_THUMBNAILS = re.compile(rb"<(xmp:Thumbnails|xap:Thumbnails)\b.*?</\1>", re.DOTALL)
_TURNED = re.compile(rb'tiff:Orientation="[0-9]"|<tiff:Orientation>[0-9]</tiff:Orientation>')

NAMES = {
    "icc_profile": "colour profile",
    "exif": "EXIF",
    "xmp": "XMP",
    "text": "text",
    "comment": "comment",
    "colour": "gamma",
    "dpi": "DPI",
}
HELD: dict[str, set[str]] = {
    ".png": set(NAMES),
    ".jpg": {"icc_profile", "exif", "xmp", "comment", "dpi"},
    ".webp": {"icc_profile", "exif", "xmp", "dpi"},
    ".tif": {"icc_profile", "exif", "xmp", "dpi"},
    ".bmp": {"dpi"},
}
HELD[".jpeg"], HELD[".tiff"] = HELD[".jpg"], HELD[".tif"]


def read_exif(opened: Image.Image) -> tuple[int, bytes | None, list[str]]:
    """How a picture has to be turned (1 to 8), its EXIF without that, and notes on what is odd.

    What can't be read or written again is left out; the pixels don't depend on it. The stored
    small picture is left out, too.
    """
    try:
        tags = opened.getexif()
        turn = tags.get(_ORIENTATION, 1)
        for tag in (_ORIENTATION, *(_LAYOUT if opened.format == "TIFF" else ())):
            tags.pop(tag, None)
        for place in ExifTags.IFD:
            tags.get_ifd(place)
    except Exception:  # Pillow raises whatever the odd bytes lead to
        return 1, None, ["Its EXIF cannot be read and is dropped; the picture is not turned."]
    turn = turn if turn in range(1, 9) else 1
    dropped = [tag for tag in list(tags) if not _writes(tags, tag)]
    for tag in dropped:
        del tags[tag]
    try:
        kept = tags.tobytes() if len(tags) else None
    except Exception:
        return turn, None, ["Its EXIF cannot be written again and is dropped."]
    names = ", ".join(str(ExifTags.TAGS.get(tag, tag)) for tag in dropped)
    return turn, kept, [f"Its EXIF is odd: {names} is dropped."] if dropped else []


def _writes(tags: Image.Exif, tag: int) -> bool:
    one = Image.Exif()
    try:
        one[tag] = tags.get_ifd(tag) if tag in (0x8769, 0x8825) else tags[tag]
        one.tobytes()
    except Exception:
        return False
    return True


def read_info(opened: Image.Image, data: bytes) -> tuple[Info, list[str]]:
    """All but EXIF of an open picture and its file's bytes, and notes on what is dropped."""
    info, notes = dict[str, Any](), []
    profile = opened.info.get("icc_profile")
    # A profile describes the colours it was made for: CMYK and gray ones do not fit RGB.
    fits = opened.mode in ("RGB", "RGBA", "RGBX", "P", "PA")
    if profile and fits and profile[16:20] == b"RGB ":  # Pillow opens 16-bit gray as RGBA
        info["icc_profile"] = profile
    elif profile and opened.mode not in ("CMYK", "LAB"):  # those are converted by it
        notes.append(f"Its colour profile is for {opened.mode} and is dropped: the result is RGB.")
    with suppress(TypeError, ValueError, ZeroDivisionError):
        dpi = tuple(float(each) for each in opened.info.get("dpi", ()))
        if len(dpi) == 2 and all(0 < each < 1e6 for each in dpi):
            info["dpi"] = dpi
    if xmp := _xmp(opened):
        info["xmp"] = xmp
    comment = opened.info.get("comment")
    if comment:
        info["comment"] = comment if isinstance(comment, bytes) else str(comment).encode()
    if isinstance(opened, PngImagePlugin.PngImageFile):
        text = {name: words for name, words in opened.text.items()
                if name != _XMP_WORD and not name.startswith("Raw profile type ")}  # fmt: skip
        colour = tuple(each for each in png_chunks(data)
                       if each[0] in (b"gAMA", b"cHRM", b"sRGB", b"cICP"))  # fmt: skip
        info.update({"text": text} if text else {}, **({"colour": colour} if colour else {}))
    resources = opened.info.get("photoshop")
    if isinstance(resources, Mapping) and _IPTC in resources:
        notes.append("Its IPTC captions are dropped.")
    return info, notes


def _xmp(opened: Image.Image) -> bytes:
    packet = opened.info.get("xmp") or opened.info.get(_XMP_WORD)
    packet = packet or getattr(opened, "tag_v2", {}).get(700) or b""
    packet = packet.encode() if isinstance(packet, str) else bytes(packet)
    return _TURNED.sub(b"", _THUMBNAILS.sub(b"", packet))


def png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a PNG before its pixels; nothing for other files."""
    at = 8 if data[:8] == b"\x89PNG\r\n\x1a\n" else len(data)
    while at + 8 <= len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        if kind == b"IDAT":
            return
        yield kind, data[at + 8 : at + 8 + size]
        at += size + 12


def lost(suffix: str, info: Info) -> list[str]:
    """The names of what a file of that ending can't hold."""
    gone = [key for key in NAMES if key in info and key not in HELD[suffix]]
    if "colour" in gone and ("icc_profile" in info or _plain(info["colour"])):
        gone.remove("colour")  # nothing that shows
    return [f"text ({', '.join(list(info['text'])[:4])})" if key == "text" else NAMES[key]
            for key in gone]  # fmt: skip


def _plain(chunks: tuple[tuple[bytes, bytes], ...]) -> bool:
    """True where PNG's numbers mean what they mean everywhere: sRGB."""
    by_type = dict(chunks)
    if b"cICP" in by_type:
        return False
    return b"sRGB" in by_type or by_type.get(b"gAMA", b"\0\0\xb1\x8f") in (
        b"\0\0\xb1\x8f",
        b"\0\0\xb1\x8e",
    )


def options(suffix: str, info: Info) -> dict[str, Any]:
    """What Pillow's `save` is told to put into an 8-bit file of that ending."""
    kept = {key: value for key, value in info.items()
            if key in HELD[suffix] and key not in ("text", "colour")}  # fmt: skip
    if suffix == ".png":
        words = PngImagePlugin.PngInfo()
        for kind, data in text_chunks(info):
            words.add(kind, data)
        kept = {key: kept[key] for key in kept if key not in ("comment", "xmp")}
        return {**kept, "pnginfo": words}
    if suffix == ".webp" and "dpi" in kept:
        x, y = kept.pop("dpi")
        kept["exif"] = _with(kept.get("exif"), {0x011A: x, 0x011B: y, 0x0128: 2})
    if suffix in (".tif", ".tiff") and "exif" in kept:
        kept["exif"] = without_layout(kept["exif"])
    if suffix in (".tif", ".tiff") and "xmp" in kept:
        kept["exif"] = _with(kept.get("exif"), {700: kept.pop("xmp")})
    return kept


def without_layout(exif: bytes) -> bytes:
    """EXIF without what in a TIFF would tell how its pixels lie: a camera's JPEG has its own."""
    tags = Image.Exif()
    tags.load(exif)
    for tag in _LAYOUT:
        tags.pop(tag, None)
    return tags.tobytes() if len(tags) else b""


def _with(exif: bytes | None, more: dict[int, Any]) -> bytes:
    tags = Image.Exif()
    tags.load(exif or b"")
    tags.update(more)
    return tags.tobytes()


def text_chunks(info: Info) -> list[tuple[bytes, bytes]]:
    """PNG's chunks for words, XMP and the meaning of its numbers."""
    words = PngImagePlugin.PngInfo()
    for name, text in info.get("text", {}).items():
        if isinstance(text, PngImagePlugin.iTXt):
            words.add_itxt(name, text, text.lang or "", text.tkey or "")
        else:
            words.add_text(name, text)
    if "comment" in info:
        words.add_text("Comment", info["comment"].decode("utf-8", "replace").rstrip("\0"))
    if "xmp" in info:
        words.add_itxt(_XMP_WORD, info["xmp"].decode("utf-8", "replace"))
    colour = [each for each in info.get("colour", ())
              if not ("icc_profile" in info and each[0] == b"sRGB")]  # fmt: skip
    return [*colour, *((each[0], each[1]) for each in words.chunks)]


def all_chunks(info: Info) -> list[tuple[bytes, bytes]]:
    """All of it as PNG's chunks (PNG third edition, 11.3), in an order that is allowed."""
    chunks = []
    if profile := info.get("icc_profile"):
        chunks.append((b"iCCP", b"ICC Profile\0\0" + zlib.compress(profile)))
    if dpi := info.get("dpi"):
        chunks.append((b"pHYs", struct.pack(">IIB", *(round(each / 0.0254) for each in dpi), 1)))
    if exif := info.get("exif"):
        chunks.append((b"eXIf", exif.removeprefix(b"Exif\0\0")))
    return chunks + text_chunks(info)
