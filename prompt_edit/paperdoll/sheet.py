"""A sheet of edits to judge by eye: before, mask, after and truth, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw

from ..images import to_pil
from ..preview import lettered, overlay
from .evaluate import OPERATIONS, Tried
from .tensors import as_image

COUNT, SIDE, COLUMNS = 60, 176, 3
_GAP, _BAND = 12, 40
_PAPER, _TEXT, _FAINT = (250, 248, 244), (60, 54, 52), (130, 122, 118)


def evenly(tried: Sequence[Tried], count: int = COUNT) -> list[Tried]:
    """The first ones of each operation, as evenly as they come, in the order of operations."""
    groups = [[each for each in tried if each.task.operation == name] for name in OPERATIONS]
    taken = [0] * len(groups)
    while sum(taken) < min(count, len(tried)):
        for place, group in enumerate(groups):
            if taken[place] < len(group) and sum(taken) < count:
                taken[place] += 1
    return [each for group, most in zip(groups, taken, strict=True) for each in group[:most]]


def contact_sheet(tried: Sequence[Tried]) -> Image.Image:
    """Up to 60 edits, each as before, mask, after, truth; the sentence and the PSNR below."""
    chosen = evenly(tried)
    wide, high = 4 * SIDE + 3 * 4 + _GAP, SIDE + _BAND + _GAP
    rows = -(-len(chosen) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * wide + _GAP, rows * high + _GAP), _PAPER)
    for number, each in enumerate(chosen):
        x, y = _GAP + number % COLUMNS * wide, _GAP + number // COLUMNS * high
        _draw(sheet, each, x, y, number + 1)
    return sheet


def _draw(sheet: Image.Image, tried: Tried, x: int, y: int, number: int) -> None:
    for place, picture in enumerate(_pictures(tried)):
        small = picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.LANCZOS)
        sheet.paste(small, (x + place * (SIDE + 4), y))
    pen = ImageDraw.Draw(sheet)
    text, font = lettered(f"{number}. {tried.task.instruction}", 14)
    pen.text((x, y + SIDE + 3), text, fill=_TEXT, font=font)
    below = (f"{tried.psnr:.1f} dB, seam {tried.seam:.1f}: {'right' if tried.success else 'wrong'}"
             if tried.edited else f"refused: {tried.why}")  # fmt: skip
    text, font = lettered(below[:100], 12)
    pen.text((x, y + SIDE + 21), text, fill=_FAINT, font=font)


def _pictures(tried: Tried) -> list[Image.Image]:
    before = Image.fromarray(tried.task.before.image)
    true = Image.fromarray(tried.true.image)
    if tried.edited is None:
        blank = Image.new("RGB", before.size, _PAPER)
        return [before, blank, blank, true]
    marked = overlay(as_image(tried.task.before), tried.edited.detections, tried.edited.mask)
    return [before, marked, to_pil(tried.edited.image), true]
