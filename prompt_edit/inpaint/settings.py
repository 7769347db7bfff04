"""How each operation is painted, one row an operation, and what a user may set besides."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..errors import InstructionError
from ..nouns import head_of, singular
from ..plan import Edit, Operation

SEEDS = 2**64
MOST_STEPS = 500  # of the 1000 that schedulers were trained with: more would begin in the middle


@dataclass(frozen=True)
class Sampling:
    """How to paint: None means the model's own default.

    Attributes:
        seed: of the noise, 0 to 2**64 - 1.
        steps: denoising steps, 1 to 500.
        guidance_scale: classifier-free guidance, 0 to 100.
        strength: 0..1, how much of the old picture is noised away; by default the operation's.

    Raises:
        InstructionError: a value that is out of its range, or no number.
    """

    seed: int = 0
    steps: int | None = None
    guidance_scale: float | None = None
    strength: float | None = None

    def __post_init__(self) -> None:
        _require("seed", self.seed, 0, SEEDS - 1, whole=True)
        for name, most in (("steps", MOST_STEPS), ("guidance_scale", 100), ("strength", 1)):
            value = getattr(self, name)
            if value is not None:
                whole = name == "steps"
                _require(name.replace("_", " "), value, int(whole), most, whole)


def _require(name: str, value: float, least: int, most: int, whole: bool) -> None:
    kinds = (int,) if whole else (int, float)
    if (
        not isinstance(value, kinds)
        or isinstance(value, bool)
        or not math.isfinite(value)
        or not least <= value <= most
    ):
        kind = "whole number" if whole else "number"
        raise InstructionError(f"The {name} must be a {kind} from {least} to {most}, not {value}.")


DEFAULT = Sampling()


@dataclass(frozen=True)
class Paint:
    """How the region of an operation is made and filled.

    Attributes:
        grow: how far the mask grows, as a share of the square root of its area: what replaces a
            thing needs room, what recolours it must keep its outline.
        least: the least growth, in thousandths of the picture's longer side.
        feather: the soft band at the edge of the stitch mask, in the same unit.
        strength: how much of the old picture is noised away, 0..1.
        fine: whether the soft band is a pixel or two, however large the picture: where the mask
            ends, something stays, and nothing old must show beside it.
        thin: the most of the soft band, as a share of the square root of the area: what is small
            must not be all edge.
    """

    grow: float
    least: float
    feather: float
    strength: float = 1.0
    fine: bool = False
    thin: float = math.inf

    def growth(self, area: float, side: int) -> float:
        """Pixels by which a mask of that area grows in a picture of that longer side."""
        unit = side / 1000
        return max(min(self.grow * area**0.5, _MOST * unit), self.least * unit)

    def band(self, side: int, area: float) -> float:
        """Pixels over which the edge of one thing of that area is soft."""
        band = min(self.feather * side / 1000, self.thin * area**0.5 if area else 0)
        return min(band, rim(side)) if self.fine else band


_MOST = 30
"""The most growth by a share of the area, in thousandths of the picture's longer side: what is
large covers no more of what stands in front of it."""

PAINT: dict[Operation, Paint] = {
    "recolor": Paint(grow=0.02, least=6, feather=4),
    "restyle": Paint(grow=0.02, least=6, feather=4),
    "replace": Paint(grow=0.12, least=16, feather=10),
    "remove": Paint(grow=0.08, least=20, feather=10),
    "add": Paint(grow=0.0, least=0, feather=12, thin=0.06),
    "background": Paint(grow=0.0, least=0, feather=6, fine=True),
    "extract": Paint(grow=0.0, least=0, feather=0),
}

AS_GIVEN = Paint(grow=0.0, least=0, feather=4)
"""How a mask is painted that came with no operation: as it is."""

_SURFACE = Paint(grow=0.0, least=2, feather=2)
"""Of what lies behind things: no wider than a mask errs, and soft only where it grew, so that
nothing old shows beside what stands before it."""

_SURFACES = {"sky", "wall", "floor", "ground", "grass", "lawn", "meadow", "field", "water", "sea",
             "ocean", "lake", "river", "pond", "pool", "road", "street", "pavement", "sidewalk",
             "ceiling", "snow", "sand", "beach", "backdrop", "background", "scenery",
             "landscape"}  # fmt: skip


def rim(side: int) -> float:
    """Pixels, one or two, over which an edge along what stays is soft in a picture of that longer
    side."""
    return min(max(side / 1000, 1), 2)


def paint_of(edit: Edit) -> Paint:
    """How the mask of an edit is painted, by its operation and by what its target is."""
    paint = PAINT[edit.operation]
    if edit.operation in ("add", "background", "extract") or not is_surface(edit.target):
        return paint
    return _SURFACE


def is_surface(phrase: str) -> bool:
    """Whether a noun phrase names what lies behind things, such as the sky."""
    return singular(head_of(phrase.lower())) in _SURFACES
