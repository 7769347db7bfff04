"""How each operation is painted: one row an operation."""

from __future__ import annotations

from dataclasses import dataclass

from ..plan import Operation


@dataclass(frozen=True)
class Paint:
    """How the region of an operation is made and filled.

    Attributes:
        grow: how far the mask grows, as a share of the square root of its area: what replaces a
            thing needs room, what recolours it must keep its outline.
        least: the least growth, in thousandths of the picture's longer side.
        feather: the soft band at the edge of the stitch mask, in the same unit.
        strength: how much of the old picture is noised away, 0..1.
    """

    grow: float
    least: float
    feather: float
    strength: float = 1.0


PAINT: dict[Operation, Paint] = {
    "recolor": Paint(grow=0.02, least=6, feather=4),
    "restyle": Paint(grow=0.02, least=6, feather=4),
    "replace": Paint(grow=0.12, least=16, feather=10),
    "remove": Paint(grow=0.08, least=20, feather=10),
    "add": Paint(grow=0.0, least=0, feather=12),
    "background": Paint(grow=0.0, least=0, feather=6),
    "extract": Paint(grow=0.0, least=0, feather=0),
}

AS_GIVEN = Paint(grow=0.0, least=0, feather=4)
"""How a mask is painted that came with no operation: as it is."""
