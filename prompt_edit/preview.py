"""Pictures for people to look at: boxes and masks over a picture, and pictures side by side."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from .detect.detections import Detections
from .detect.ground import Grounded
from .errors import ImageError
from .images import resized, to_pil
from .segment.by_hand import Point
from .segment.masks import around

_INK = (214, 40, 96)
_MASK = (255, 64, 129)
_INSIDE, _OUTSIDE = (34, 160, 90), (200, 40, 40)
_PAPER, _TEXT = (250, 248, 244), (60, 54, 52)

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
_WIDEST = 24  # times its height that a picture on a sheet may be wide
_LINE = 500  # characters; no picture here is wide enough for more
# Fonts of the usual systems with the letters that Pillow's own lacks: Korean, Chinese, Japanese.
_OTHERS = (
    "NotoSansCJK-Regular.ttc", "NotoSansKR-Regular.otf", "NotoSansKR-Regular.ttf",
    "NanumGothic.ttf", "malgun.ttf", "AppleSDGothicNeo.ttc", "Arial Unicode.ttf",
    "DroidSansFallbackFull.ttf", "wqy-microhei.ttc", "msyh.ttc", "YuGothM.ttc",
    "Hiragino Sans GB.ttc", "NotoSans-Regular.ttf", "DejaVuSans.ttf",
)  # fmt: skip


def overlay(
    image: Tensor, found: Detections, mask: Tensor, size: tuple[int, int] | None = None
) -> Image.Image:
    """The mask [H,W] tinted and the boxes drawn, with label and score, over image [1,H,W,C], scaled
    to a size (height, width)."""
    picture = to_pil(image).convert("RGB")
    boxes = found.boxes.cpu()
    if size and size[::-1] != picture.size:  # first, since pictures may be large
        boxes = boxes * _scale(picture.size, size).repeat(2)
        picture = picture.resize(size[::-1])
        mask = resized(mask[None, ..., None], size)[0, ..., 0] if mask.any() else torch.zeros(size)
    _tint(picture, mask.cpu().numpy())
    unit = max(picture.size) / 256
    draw = ImageDraw.Draw(picture)
    for box, score, label in zip(boxes.tolist(), found.scores.tolist(), found.labels, strict=True):
        draw.rectangle(box, outline=_INK, width=max(1, round(1.2 * unit)))
        text, font = lettered(f"{label} {score:.2f}", max(9.0, 9 * unit))
        _label(draw, (box[0], box[1]), text, font, picture.size)
    return picture


def _scale(old: tuple[int, int], size: tuple[int, int]) -> Tensor:
    """Across and down, from the pixels of a picture (width, height) to those of a (height, width):
    float [2]."""
    return torch.tensor([size[1] / old[0], size[0] / old[1]])


def _tint(picture: Image.Image, mask: np.ndarray) -> None:
    """Colour what a mask [H,W] shows, in place; only there, since pictures may be large."""
    if near := around(mask > 0, 0):
        rows, columns = near
        base = np.asarray(picture.crop((columns.start, rows.start, columns.stop, rows.stop)))
        strength = 0.5 * mask[near][..., None].astype(np.float32)
        tinted = base * (1 - strength) + np.array(_MASK, dtype=np.float32) * strength
        picture.paste(Image.fromarray(tinted.round().astype(np.uint8)), (columns.start, rows.start))


def sheet(images: Tensor, found: Sequence[Grounded], masks: Tensor | None = None) -> Tensor:
    """`overlay` for each picture of a batch [B,H,W,C]: float [B,h,w,3].

    Of several none is larger than `SIDE`: they are kept for as long as the node's results are.
    """
    shape = _fitting(images)
    return _batch(shape, (
        overlay(images[n : n + 1], each.found, each.found.boxes.new_zeros(each.found.size)
                if masks is None else masks[n], shape[1:])
        for n, each in enumerate(found)
    ))  # fmt: skip


SIDE, ALONE = 1024, 2048
"""Pixels of the longer side of a picture to look at: of one among several, and of one alone."""


def _fitting(images: Tensor, side: int = SIDE, alone: int | None = None) -> tuple[int, int, int]:
    """(B, height, width) of pictures [B,H,W,C] whose longer side is to be no larger than `side`;
    of one picture than `alone`, if that is told."""
    count, height, width = images.shape[:3]
    side = side if count != 1 else alone or max(height, width)
    scale = min(1.0, side / max(height, width))
    return count, max(1, round(height * scale)), max(1, round(width * scale))


def _batch(shape: tuple[int, int, int], pictures: Iterable[Image.Image]) -> Tensor:
    """Pictures, taken one by one and scaled: float [B,h,w,3], and little memory besides."""
    batch = torch.empty(*shape, 3)
    for kept, picture in zip(batch, pictures, strict=True):
        same = picture.size == (shape[2], shape[1])
        scaled = picture if same else picture.resize((shape[2], shape[1]))
        kept.copy_(torch.from_numpy(np.array(scaled)))
    return batch.div_(255)


def few(images: Tensor, most: int = 16, side: int = SIDE, alone: int | None = ALONE) -> Tensor:
    """The first of a batch [B,H,W,C], at most so many, to be shown in a node.

    None is larger than `side` pixels, and a picture that is alone, which is looked at closely, not
    larger than `alone`, if that is told.
    """
    images = images[:most]
    shape = _fitting(images, side, alone)
    if shape == images.shape[:3]:
        return images
    return _batch(shape, (to_pil(each[None]).convert("RGB") for each in images))


def marked(
    images: Tensor, masks: Tensor, inside: Sequence[Point], outside: Sequence[Point]
) -> Tensor:
    """Masks [B,H,W] and the points that they were asked by over images [B,H,W,C]: [B,h,w,3].

    Points inside are green, those outside red. None of several is larger than `SIDE`.
    """
    height, width = int(images.shape[1]), int(images.shape[2])
    shape, none = _fitting(images), Detections.none((height, width))
    scale = _scale((width, height), shape[1:])
    points = [[tuple((torch.tensor(point) * scale).tolist()) for point in each]
              for each in (inside, outside)]  # fmt: skip
    return _batch(shape, (
        _pointed(overlay(image[None], none, mask, shape[1:]), *points)
        for image, mask in zip(images, masks, strict=True)
    ))  # fmt: skip


def _pointed(
    picture: Image.Image, inside: Sequence[Point], outside: Sequence[Point]
) -> Image.Image:
    """The picture with points drawn on it."""
    draw, reach = ImageDraw.Draw(picture), max(3.0, max(picture.size) / 80)
    for points, ink in ((inside, _INSIDE), (outside, _OUTSIDE)):
        for x, y in points:
            draw.circle((x, y), reach, fill=ink, outline=_PAPER, width=max(1, int(reach / 3)))
    return picture


def _label(
    draw: ImageDraw.ImageDraw,
    corner: tuple[float, float],
    text: str,
    font: Font,
    size: tuple[int, int],
) -> None:
    """White on ink above a box's corner, moved so that all of it can be read."""
    left, top, right, bottom = draw.textbbox((0, 0), text, font=font)
    width, height = right - left + 4, bottom - top + 4
    x = min(max(corner[0], 0), max(size[0] - width, 0))
    y = max(corner[1] - height, 0)
    draw.rectangle((x, y, x + width, y + height), fill=_INK)
    draw.text((x + 2 - left, y + 2 - top), text, fill=(255, 255, 255), font=font)


def side_by_side(
    rows: Sequence[tuple[str, Sequence[Image.Image]]],
    titles: Sequence[str] = (),
    height: int = 384,
) -> Image.Image:
    """A sheet: one row a caption with its pictures, all at the same height.

    Transparency is shown as a checkerboard.
    """
    gap, band = 14, 34
    _require(rows)
    small = ImageFont.load_default(16)
    scaled = [(caption, [_fitted(picture, height) for picture in pictures])
              for caption, pictures in rows]  # fmt: skip
    width = max(sum(p.width + gap for p in pictures) for _, pictures in scaled) + gap
    head = band if titles else gap
    sheet = Image.new("RGB", (width, head + len(rows) * (height + band + gap)), _PAPER)
    draw = ImageDraw.Draw(sheet)
    y = head
    for number, (caption, pictures) in enumerate(scaled):
        x = gap
        for column, picture in enumerate(pictures):
            if number == 0 and column < len(titles):
                draw.text((x + picture.width / 2, head / 2), titles[column], fill=(120, 112, 108),
                          font=small, anchor="mm")  # fmt: skip
            sheet.paste(picture, (x, y))
            x += picture.width + gap
        _caption(draw, (width / 2, y + height + band / 2), caption, 20, width - gap)
        y += height + band + gap
    return sheet


def grid(
    images: Sequence[Tensor], captions: Sequence[str] = (), columns: int = 4, height: int = 256
) -> Tensor:
    """Pictures [H,W,C], each with its caption below it, on one sheet: float [1,h,w,3]."""
    _require(images)
    pictures = [_fitted(to_pil(image[None]), height) for image in images]
    gap, band = 10, 26 if any(captions) else 0
    columns = min(columns, len(pictures))
    rows = [pictures[n : n + columns] for n in range(0, len(pictures), columns)]
    width = max(sum(each.width + gap for each in row) for row in rows) + gap
    sheet = Image.new("RGB", (width, len(rows) * (height + band + gap) + gap), _PAPER)
    draw = ImageDraw.Draw(sheet)
    for number, row in enumerate(rows):
        x, y = gap, gap + number * (height + band + gap)
        for place, picture in enumerate(row, start=number * columns):
            sheet.paste(picture, (x, y))
            if place < len(captions):
                middle = (x + picture.width / 2, y + height + band / 2)
                _caption(draw, middle, captions[place], 14, picture.width + gap)
            x += picture.width + gap
    return torch.from_numpy(np.asarray(sheet, dtype=np.float32) / 255)[None]


def lettered(text: str, size: float) -> tuple[str, Font]:
    """A text on one line, without letters that no font here has, and the font to draw it with.

    Of a long one what a line can hold is taken.
    """
    text = " ".join(text[:_LINE].split())
    fonts = [_font("", size), *(_font(name, size) for name in _OTHERS)] if text else []
    able = [(_drawn(font, text), font) for font in fonts if font]
    for drawn, font in able:
        if drawn == text:
            return text, font
    drawn, font = max(able, key=lambda each: len(each[0]), default=("", ImageFont.load_default()))
    return " ".join(drawn.split()), font


@lru_cache(maxsize=64)
def _font(name: str, size: float) -> Font | None:
    try:
        return ImageFont.truetype(name, size) if name else ImageFont.load_default(size)
    except OSError:  # not on this system
        return None


def _drawn(font: Font, text: str) -> str:
    """The letters of a text that a font has; for others it draws the same empty box."""
    missing = bytes(font.getmask("\U0010fffe"))
    return "".join(
        letter for letter in text if letter.isspace() or bytes(font.getmask(letter)) != missing
    )


def _caption(
    draw: ImageDraw.ImageDraw, middle: tuple[float, float], text: str, size: float, width: float
) -> None:
    """A text around a point, cut short where it is wider than `width`."""
    text, font = lettered(text, size)
    whole = text
    while text and draw.textlength(text if text == whole else f"{text} ...", font=font) > width:
        text = text[: -max(1, len(text) // 20)]
    draw.text(middle, text if text == whole else f"{text} ...", fill=_TEXT, font=font, anchor="mm")


def _require(pictures: Sequence[object]) -> None:
    if not len(pictures):
        raise ImageError("There is no picture to lay out.")


def _fitted(picture: Image.Image, height: int) -> Image.Image:
    """At that height; of a strip that would be hundreds of times as wide, its middle."""
    widest = math.ceil(_WIDEST * picture.height)
    if picture.width > widest:
        left = (picture.width - widest) // 2
        picture = picture.crop((left, 0, left + widest, picture.height))
    width = max(1, round(picture.width * height / picture.height))
    picture = picture.resize((width, height), Image.Resampling.LANCZOS)
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    squares = (np.indices((height, width)) // 12).sum(axis=0) % 2
    board = Image.fromarray(np.where(squares, 255, 222).astype(np.uint8)).convert("RGBA")
    return Image.alpha_composite(board, picture).convert("RGB")
