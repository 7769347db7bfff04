"""A sheet of edits to judge by eye: before, mask, after and truth, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw

from ...images import to_pil
from ...paperdoll.tensors import as_image
from ...preview import lettered, overlay
from .evaluate import KEPT, OPERATIONS, Seen, Tried

SIDE, COLUMNS = 176, 3
_GAP, _BAND = 12, 40
_PAPER, _TEXT, _FAINT = (250, 248, 244), (60, 54, 52), (130, 122, 118)


def evenly(tried: Sequence[Tried], count: int = KEPT) -> list[Tried]:
    """The first ones of each operation, as evenly as they come, in the order of operations."""
    groups = [[each for each in tried if each.operation == name] for name in OPERATIONS]
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
        if each.seen:
            _draw(sheet, each, each.seen, x, y, number + 1)
    return sheet


def _draw(sheet: Image.Image, tried: Tried, seen: Seen, x: int, y: int, number: int) -> None:
    for place, picture in enumerate(_pictures(seen)):
        small = picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.LANCZOS)
        sheet.paste(small, (x + place * (SIDE + 4), y))
    pen = ImageDraw.Draw(sheet)
    text, font = lettered(f"{number}. {seen.task.instruction}", 14)
    pen.text((x, y + SIDE + 3), text, fill=_TEXT, font=font)
    below = (f"{tried.psnr:.1f} dB, seam {tried.seam:.1f}: {'right' if tried.success else 'wrong'}"
             if seen.edited else f"refused: {seen.why}")  # fmt: skip
    text, font = lettered(below[:100], 12)
    pen.text((x, y + SIDE + 21), text, fill=_FAINT, font=font)


def _pictures(seen: Seen) -> list[Image.Image]:
    before = Image.fromarray(seen.task.before.image)
    true = Image.fromarray(seen.true.image)
    if seen.edited is None:
        blank = Image.new("RGB", before.size, _PAPER)
        return [before, blank, blank, true]
    marked = overlay(as_image(seen.task.before), seen.edited.detections, seen.edited.mask)
    return [before, marked, to_pil(seen.edited.image), true]
