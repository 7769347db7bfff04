"""What a painter is: all that the rest of the package asks of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from ..models.card import Card
from .control import Control
from .families import Wording

OnStep = Callable[[int, int], None]
"""Called after each denoising step with (done, total). What it raises stops the painting."""

OnPreview = Callable[[Tensor], None]
"""Called before each `OnStep` with a small picture of the state so far, float [h,w,3] in 0..1."""


@dataclass(frozen=True)
class Brief:
    """What a painter is to paint, and where.

    Attributes:
        image: float [1,h,w,3] in 0..1; both sides divisible by the painter's `multiple`.
        mask: float [1,h,w], 1 where to paint.
        prompt: in the painter's `wording`; empty for what surrounds the hole.
        negative_prompt: what the region does not show.
        seed: of the noise, which is drawn on the CPU so that every device gives the same.
        controls: pictures to follow, of the same part of the picture.
    """

    image: Tensor
    mask: Tensor
    prompt: str
    negative_prompt: str = ""
    seed: int = 0
    controls: tuple[Control, ...] = ()


class Painter(Protocol):
    """A model that paints into a hole: of diffusers (`Inpainter`), or of a host.

    One that has `at_once` and `paint_all` beside these paints several holes in one call. One that
    paints further than two latents beyond a mask, as with a soft edge, has `reached`, which tells
    of a mask [1,h,w] where that is: 1 there.
    """

    @property
    def card(self) -> Card:
        """Steps and guidance that it works best with; and what it knows, if that is little."""

    @property
    def wording(self) -> Wording:
        """What its prompt is: what the region shows afterwards, or what to do."""

    @property
    def controls(self) -> Sequence[Control]:
        """Pictures of the whole that it always follows, besides those of a painting."""

    @property
    def native(self) -> int:
        """The side in pixels that it was trained on."""

    @property
    def multiple(self) -> int:
        """What both sides of a picture must be divisible by."""

    def paint(
        self,
        image: Tensor,
        mask: Tensor,
        prompt: str,
        negative_prompt: str = "",
        *,
        seed: int = 0,
        steps: int | None = None,
        guidance_scale: float | None = None,
        strength: float = 1.0,
        controls: Sequence[Control] = (),
        on_step: OnStep | None = None,
        on_preview: OnPreview | None = None,
    ) -> Tensor:
        """Repaint what the mask covers.

        Args:
            image: float [1,h,w,3] in 0..1; both sides divisible by `multiple`.
            mask: float [1,h,w], 1 where to paint.
            prompt: in the `wording`; empty for what surrounds the hole.
            negative_prompt: what the region does not show.
            seed: of the noise, which is drawn on the CPU so that every device gives the same.
            steps, guidance_scale: by default the card's.
            strength: how much of the old picture is noised away, 0..1.
            controls: pictures to follow, of the same part of the picture.

        Returns:
            float [1,h,w,3] in 0..1, on the CPU; the known part is the model's rendering of it.

        Raises:
            ModelError: parts that do not belong together, or a picture of no numbers.
        """
