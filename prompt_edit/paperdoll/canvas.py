"""Cut paper: a sheet on which shaded shapes are laid, each remembered in a part map."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

Points = np.ndarray  # float [N,2], x to the right and y down, in units of 256 to a side
_SUPER = 4  # samples per pixel and axis: edges are antialiased by averaging 16 of them


def rounded(points: list[tuple[float, float]] | Points, times: int = 2) -> Points:
    """A closed polygon with its corners cut `times` times (Chaikin 1974): scissors, not a ruler."""
    p = np.asarray(points, dtype=np.float64)
    for _ in range(times):
        after = np.roll(p, -1, axis=0)
        p = np.stack([0.75 * p + 0.25 * after, 0.25 * p + 0.75 * after], axis=1).reshape(-1, 2)
    return p


def ellipse(x: float, y: float, rx: float, ry: float, count: int = 28) -> Points:
    """A closed polygon on the ellipse about (x, y)."""
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.stack([x + rx * np.cos(angle), y + ry * np.sin(angle)], axis=1)


@lru_cache(maxsize=1)
def grain() -> np.ndarray:
    """Paper fibre, float [512,512] about 0 with a standard deviation near 1; it tiles."""
    noise = np.random.default_rng(7).normal(size=(512, 512))
    spectrum = np.fft.fft2(noise)
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(512), np.fft.fftfreq(512)))
    soft = np.fft.ifft2(spectrum / (0.05 + frequency)).real
    return (soft / soft.std()).astype(np.float32)


def _grain_of(x0: int, y0: int, height: int, width: int) -> np.ndarray:
    """The fibre of the paper at a place on the sheet, float32 [height,width]."""
    found = grain()[y0 % 256 :, x0 % 256 :][:height, :width]
    return found if found.shape == (height, width) else np.resize(found, (height, width))


@lru_cache(maxsize=512)
def _fall(height: int) -> np.ndarray:
    """From a half above to as much below nothing, float32 [height,1]."""
    return np.linspace(0.5, -0.5, height, dtype=np.float32)[:, None]


@dataclass(frozen=True)
class Print:
    """A pattern that goes with the clothes of one person, over all of their parts.

    Were it fixed to the picture, nobody who sees a cut of it could tell where a stripe lies.

    Attributes:
        pattern: striped, dotted or checked.
        x, y: where it begins.
        unit: the length that `ink` counts in.
    """

    pattern: str
    x: float
    y: float
    unit: float

    def cover(self, at: tuple[int, int], shape: tuple[int, ...], scale: float) -> np.ndarray:
        """How much of each pixel is printed, float32 [h,w] in 0..1; `at` are the first one's x and
        y, and `scale` is how many pixels a unit of 256 has."""
        x, y = ((start + (np.arange(_SUPER * count) + 0.5) / _SUPER) / scale
                for start, count in zip(at, shape[::-1], strict=True))  # fmt: skip
        fine = ink(self.pattern, (x - self.x) / self.unit, (y[:, None] - self.y) / self.unit)
        height, width = shape
        return fine.reshape(height, _SUPER, width, _SUPER).mean(axis=(1, 3), dtype=np.float32)


class Canvas:
    """A square sheet of `size` pixels.

    Attributes:
        image: float32 [size,size,3] in 0..255.
        parts: int16 [size,size], the part that is uppermost at each pixel; 0 is the background.
        amodal: for each part, how many pixels it has, hidden ones included.
    """

    def __init__(self, size: int, rgb: tuple[float, float, float]) -> None:
        self.scale = size / 256
        # Colours lie one behind the other: arrays that end in three of them are slow to combine.
        self._planes = np.empty((3, size, size), dtype=np.float32)
        self.image = self._planes.transpose(1, 2, 0)
        self.image[:] = rgb
        self.parts = np.zeros((size, size), dtype=np.int16)
        self.amodal: dict[int, int] = {}

    def paint(
        self,
        points: Points,
        rgb: tuple[float, float, float] | np.ndarray,
        part: int,
        *,
        light: float = 0.10,
        shadow: float = 0.22,
        printed: Print | None = None,
    ) -> None:
        """Lay a shape on the sheet.

        `light` is how much brighter its top is than its bottom, `shadow` how dark the shadow it
        casts is, `printed` what is printed on it in a tint of its own colour.
        """
        found = self._coverage(points)
        if found is None:
            return
        x0, y0, cover = found
        height, width = cover.shape
        box = np.s_[..., y0 : y0 + height, x0 : x0 + width]
        if shadow:
            self._shade_below(x0, y0, cover, shadow)
        tone = 1 + light * _fall(height)
        tone = tone + 0.012 * _grain_of(x0, y0, height, width)
        # The lit rim of the paper's cut edge: up and to the left.
        rim = cover.copy()
        rim[1:, 1:] -= cover[:-1, :-1]
        colour = np.asarray(rgb, dtype=np.float32)[:, None, None] * tone
        colour += 14 * np.maximum(rim, 0)
        if printed:
            colour = colour + print_of(np.asarray(rgb)) * printed.cover((x0, y0), cover.shape,
                                                                        self.scale)  # fmt: skip
        below = self._planes[box]
        below *= 1 - cover
        colour *= cover
        below += colour
        inside = cover > 0.5
        self.parts[box][inside] = part
        if part:
            self.amodal[part] = self.amodal.get(part, 0) + int(np.count_nonzero(inside))

    def _coverage(self, points: Points) -> tuple[int, int, np.ndarray] | None:
        """The shape's upper left pixel and its cover, float32 [h,w] in 0..1, cut to the sheet."""
        p = points * self.scale
        size = self.parts.shape[0]
        x0, y0 = np.maximum(np.floor(p.min(axis=0)).astype(int) - 1, 0)
        x1, y1 = np.minimum(np.ceil(p.max(axis=0)).astype(int) + 1, size)
        if x1 - x0 < 1 or y1 - y0 < 1:
            return None
        fine = Image.new("L", (int(x1 - x0) * _SUPER, int(y1 - y0) * _SUPER))
        ImageDraw.Draw(fine).polygon(((p - (x0, y0)) * _SUPER).ravel().tolist(), fill=255)
        return int(x0), int(y0), np.asarray(fine.reduce(_SUPER), dtype=np.float32) / 255

    def _shade_below(self, x0: int, y0: int, cover: np.ndarray, strength: float) -> None:
        """Darken what lies under the shape, a little to the lower right."""
        pad = max(1, round(4 * self.scale))
        soft = np.zeros((cover.shape[0] + 2 * pad, cover.shape[1] + 2 * pad), dtype=np.uint8)
        soft[pad:-pad, pad:-pad] = cover * 255
        blurred = Image.fromarray(soft).filter(ImageFilter.BoxBlur(1.6 * self.scale))
        blur = np.asarray(blurred, dtype=np.float32)
        shift = round(1.5 * self.scale)
        top, left = y0 - pad + shift, x0 - pad + shift
        size = self.parts.shape[0]
        ys, xs = (
            slice(max(top, 0), min(top + blur.shape[0], size)),
            slice(max(left, 0), min(left + blur.shape[1], size)),
        )
        cut = blur[ys.start - top : ys.stop - top, xs.start - left : xs.stop - left]
        self._planes[:, ys, xs] *= 1 - strength / 255 * cut


def print_of(rgb: np.ndarray) -> float:
    """By how many of 255 levels a pattern is lighter than the sheet that it is printed on."""
    return 26.0 if rgb.mean() < 150 else -30.0


def ink(pattern: str, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Where a pattern is printed, bool, at places in units of the cloth, x from its middle; nowhere
    on a plain one."""
    x, y = np.broadcast_arrays(x, y)
    if pattern == "striped":
        return y % 12 < 4
    if pattern == "checked":
        return ((x + 2.5) % 15 < 5) | (y % 15 < 5)
    if pattern == "dotted":
        shift = y // 12 % 2 * 6  # every other row lies between the dots of the last one
        return np.hypot((x + shift + 6) % 12 - 6, y % 12 - 6) < 2.9
    return np.zeros(x.shape, dtype=bool)


PERIOD = {"striped": (1, 12), "checked": (15, 15), "dotted": (12, 24)}
"""After how many units, across and down, a pattern begins anew."""
