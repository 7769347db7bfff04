"""Whether a picture is from the paper-doll world, which is all that the sample models know."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal
from weakref import WeakKeyDictionary

import numpy as np
import torch
import torch.nn.functional as F
from scipy import fft, ndimage
from torch import Tensor

from ..detect.colour import to_lab
from ..images import rgb
from ..models.recent import Recent, fingerprint
from ..models.store import PAINTER, SAMPLES
from ..palette import PALETTE, SHEETS, SKIN
from .canvas import grain as paper_grain

Likeness = Literal["paper", "doubtful", "foreign"]

SIDE = 256  # pixels: how large the world is drawn, and a picture is looked at


@dataclass(frozen=True)
class Traits:
    """What tells cut paper from other pictures; shares of the visible pixels, 0..1.

    Attributes:
        ground: pixels in the colours of one background, the one that has most.
        known: pixels in any colour of the world.
        dead: pixels around which nothing changes at all: paper has a grain.
        colourful: pixels that are not gray.
    """

    ground: float
    known: float
    dead: float
    colourful: float


def likeness(image: Tensor, vae: Any) -> Likeness:
    """What a picture is: of this world, perhaps so, or certainly not.

    Of 540 drawn scenes from 64 to 1024 pixels, cropped, scaled and compressed, none was foreign.
    Of 692 photographs, paintings, cartoons, logos and screenshots 641 were. What is told from those
    in between was made stricter later: of 180 other drawn pictures, whole, scaled and compressed,
    all are paper still, and of 150 other foreign ones 135 are foreign, 15 doubtful and none paper,
    where 4 had been: gray ones and a few with flat colours.

    One edit asks this of a picture several times; it is looked at once.

    Args:
        image: float [1,H,W,C] in 0..1.
        vae: the sample painter's autoencoder, or what loads it, where it is needed.
    """
    key = f"{image.dtype} {fingerprint(image.detach().cpu().float().numpy())}"
    if _grained.get(key, lambda: has_grain(image)):
        return "paper"
    held = vae if isinstance(vae, torch.nn.Module) else vae()
    return _seen.setdefault(held, Recent(2**16)).get(key, lambda: _likeness(image, held))


def is_paper(image: Tensor) -> bool:
    """`likeness` where there is no sample painter: whether a picture [1,H,W,C] is of this world,
    scaled and compressed ones too."""
    return likeness(image, _bundled_vae) == "paper"


@cache
def _bundled_vae() -> torch.nn.Module:
    from diffusers import AutoencoderKL

    vae: torch.nn.Module = AutoencoderKL.from_pretrained(SAMPLES / PAINTER.name, subfolder="vae")
    return vae.eval()


_grained: Recent[str, bool] = Recent(2**16)
# By the autoencoder itself: another may get the number of one that is gone.
_seen: WeakKeyDictionary[Any, Recent[str, Likeness]] = WeakKeyDictionary()


def _likeness(image: Tensor, vae: Any) -> Likeness:
    """`likeness` of a picture that shows no grain."""
    seen = traits(image)
    if seen.known < 0.66 or seen.ground < 0.25 or seen.dead > 0.6:
        return "foreign"
    rendered = fidelity(image, vae)
    if rendered < 29:
        return "foreign"
    fits = seen.known >= 0.8 and seen.ground >= 0.5 and seen.dead < 0.3 and rendered >= 31
    return "paper" if fits and seen.colourful >= 0.2 else "doubtful"


def has_grain(image: Tensor) -> bool:
    """Whether somewhere in a picture [1,H,W,C] lies the fibre that all paper of this world has.

    It is always the same, pixel for pixel, wherever a sheet lies: a piece of a sheet that nobody
    scaled or painted over correlates with it by 0.7 and more, and nothing else by 0.25.
    """
    light = rgb(image)[0].detach().cpu().float().clamp(0, 1).mean(dim=-1).numpy()
    fine = _fine(light, "nearest")
    return any(
        _correlation(piece) > least
        for side, least in ((32, 0.4), (16, 0.7))
        for piece in _even_pieces(light, fine, side)
    )


def _even_pieces(light: np.ndarray, fine: np.ndarray, side: int) -> list[np.ndarray]:
    """Squares [side,side] of a picture [H,W] with little in them but grain, 24 at most."""
    mean, rough, squared = (_square_means(each, side) for each in (light, fine, fine * fine))
    spread = np.sqrt(np.clip(squared - rough * rough, 0, None)) / np.maximum(mean, 1e-9)
    places = np.argwhere((mean > 0.12) & (spread > 0.0015) & (spread < 0.015)) * (side // 2)
    some = places[:: max(1, -(-len(places) // 24))]
    return [fine[y : y + side, x : x + side] for y, x in some]


def _square_means(values: np.ndarray, side: int) -> np.ndarray:
    """The means of all squares [side,side] of values [H,W], every half a side: [rows,columns]."""
    half = side // 2
    high, wide = (length // half for length in values.shape)
    cells = values[: high * half, : wide * half].reshape(high, half, wide, half)
    sums = cells.mean(axis=(1, 3), dtype=np.float64)
    return (sums[:-1, :-1] + sums[1:, :-1] + sums[:-1, 1:] + sums[1:, 1:]) / 4


def _correlation(piece: np.ndarray) -> float:
    """How alike a piece is to the grain, at the place where it is most alike: up to 1."""
    piece = piece - piece.mean()
    grain, spectrum, spread = _grain_spectrum()
    alike = fft.irfft2(np.conj(fft.rfft2(piece, grain.shape)) * spectrum, grain.shape)
    return float(alike.max() / (np.linalg.norm(piece) * spread * len(piece) + 1e-9))


@lru_cache(maxsize=1)
def _grain_spectrum() -> tuple[np.ndarray, np.ndarray, float]:
    grain = _fine(paper_grain(), "wrap")
    return grain, fft.rfft2(grain), float(grain.std())


def _fine(values: np.ndarray, mode: Literal["wrap", "nearest"]) -> np.ndarray:
    """What changes from pixel to pixel, without what changes slowly."""
    return values - ndimage.gaussian_filter(values, 1.5, mode=mode)


def traits(image: Tensor) -> Traits:
    """Measure a picture [1,H,W,C]; what is transparent counts as background of any colour."""
    small = _small(image)
    seen = small[..., 3] > 0.05 if small.shape[-1] == 4 else np.ones(small.shape[:2], bool)
    small = small[..., :3]
    if not seen[::2, ::2].any():
        return Traits(0, 0, 1, 0)
    part = np.s_[::2, ::2]
    even = ndimage.uniform_filter(small, (3, 3, 0))[part][seen[part]]  # [N,3]
    lab = to_lab(torch.from_numpy(even)).numpy()
    known = np.zeros(len(lab), dtype=bool)
    grounds = []
    for sheets in _sheets():
        near, almost = _near(lab, sheets)
        grounds.append(float(near.sum()))
        known |= almost
    known |= _near(lab, _palette())[1]
    most = max(grounds) + float((~seen[part]).sum())
    colourful = float((np.hypot(lab[:, 1], lab[:, 2]) > 8).mean())
    return Traits(most / seen[part].size, float(known.mean()), _dead(small, seen), colourful)


def _small(image: Tensor) -> np.ndarray:
    """The picture with its longer side at 256 pixels or less: float [h,w,C], C of 3 or 4."""
    image = (image if image.shape[-1] == 4 else rgb(image)).detach().cpu().float()
    scale = SIDE / max(image.shape[1:3])
    moved = image.movedim(-1, 1).clamp(0, 1)
    if scale < 1:
        size = [max(1, round(side * scale)) for side in image.shape[1:3]]
        moved = F.interpolate(moved, size, mode="bilinear", antialias=True)
    return moved[0].movedim(0, -1).numpy()


def _near(lab: np.ndarray, sheets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which colours [N,3] are those of a sheet [M,3], in CIELAB, but for a little light and hue,
    and which but for somewhat more: bool [N] each."""
    light, red, yellow = np.ascontiguousarray(lab.T)
    near, almost = np.zeros((2, len(lab)), dtype=bool)
    for sheet in sheets:
        off = np.abs(light - sheet[0])
        hue = (red - sheet[1]) ** 2 + (yellow - sheet[2]) ** 2
        near |= (off < 8) & (hue < 4.5**2)
        almost |= (off < 12) & (hue < 9**2)
    return near, almost


@cache
def _sheets() -> list[np.ndarray]:
    """The papers of each background, in CIELAB."""
    return [_lab_of(sheets) for sheets in SHEETS.values()]


@cache
def _palette() -> np.ndarray:
    """The papers of all else, in CIELAB."""
    return _lab_of(np.array([*PALETTE.values(), *SKIN]))


def _lab_of(colours: np.ndarray) -> np.ndarray:
    return to_lab(torch.from_numpy(colours / 255)).numpy()


def _dead(small: np.ndarray, seen: np.ndarray) -> float:
    """The share of visible pixels around which the light varies by less than a 400th."""
    light = small @ np.array([0.299, 0.587, 0.114], np.float32)
    mean = ndimage.uniform_filter(light, 5)
    spread = ndimage.uniform_filter(light * light, 5) - mean * mean
    still = np.sqrt(np.clip(spread, 0, None)) < 0.0025 * np.clip(mean, 0.04, None)
    return float(still[seen].mean())


@torch.inference_mode()
def fidelity(image: Tensor, vae: Any) -> float:
    """Peak signal to noise ratio, in dB, of a picture after coding and decoding at 256 pixels."""
    image = image.float().cpu()
    if image.shape[-1] == 4:  # laid on the sky
        sky = torch.from_numpy(SHEETS["meadow"][0]).float() / 255
        image = torch.lerp(sky.expand_as(image[..., :3]), image[..., :3], image[..., 3:])
    small = rgb(image).movedim(-1, 1)
    scale = SIDE / max(small.shape[-2:])
    size = [max(16, round(side * scale / 16) * 16) for side in small.shape[-2:]]
    small = F.interpolate(small, size, mode="bilinear", antialias=True) * 2 - 1
    given = small.to(vae.device, vae.dtype)
    decoded = vae.decode(vae.encode(given).latent_dist.mean).sample.float().cpu().clamp(-1, 1)
    return float(-10 * torch.log10(((decoded - small) / 2).square().mean().clamp(min=1e-9)))
