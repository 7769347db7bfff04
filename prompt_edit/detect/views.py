"""A Grounding DINO's image side: each picture is prepared and seen by the backbone once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ..models.recent import Recent

Feature = tuple[Tensor, Tensor, Tensor]  # a map [1,C,h,w], its mask [1,h,w], and its positions


@dataclass(frozen=True)
class View:
    """A picture as the model takes it.

    Attributes:
        pixels: [1,3,h,w], as the processor scales them.
        mask: int [1,h,w], 1 where the picture is.
        features: what the backbone makes of it, on several scales; none before it looked.
    """

    pixels: Tensor
    mask: Tensor
    features: tuple[Feature, ...] = ()


class Views:
    """The pictures that a model saw last; what words ask of them needs the model's other half only.

    The backbone is a third of the model's work, and in the library it belongs to every call: so for
    the time of a call its forward is replaced by one that recalls.
    """

    def __init__(self, model: Any, prepare: Any) -> None:
        self._model, self._prepare = model, prepare
        self._kept: Recent[str, View] = Recent()

    @property
    def pixels(self) -> int:
        """The most pixels that the model sees of a picture."""
        sides = [int(side) for side in dict(self._prepare.size).values() if side]
        return sides[0] * sides[-1]

    def look(self, pictures: Sequence[tuple[str, np.ndarray]], words: Mapping[str, Any]) -> Any:
        """The model's output for B pictures of one size, and a caption for each.

        Args:
            pictures: (name, uint8 [H,W,3]); equal names, equal pictures, which are seen once.
            words: of the tokenizer, [B,T] each.
        """
        names = [name for name, _ in pictures]
        views = self._kept.get_all(
            names, lambda lacking: [self._view(pictures[number][1]) for number in lacking]
        )
        weight, backbone = next(self._model.parameters()), self._model.model.backbone
        own = vars(backbone).get("forward")  # such as a hook's
        backbone.forward = partial(self._recalled, names, views, backbone.forward)
        try:
            return self._model(
                pixel_values=torch.cat([view.pixels for view in views]).to(weight),
                pixel_mask=torch.cat([view.mask for view in views]).to(weight.device),
                **words,
            )
        finally:
            del backbone.forward
            if own:
                backbone.forward = own

    def forget(self) -> None:
        """Give the memory back that the pictures take."""
        self._kept.clear()

    def _view(self, pixels: np.ndarray) -> View:
        # Of a bare array the library would guess where the channels are.
        inputs = self._prepare(images=Image.fromarray(pixels), return_tensors="pt")
        return View(inputs["pixel_values"], inputs["pixel_mask"])

    def _recalled(
        self,
        names: Sequence[str],
        views: Sequence[View],
        see: Callable[[Tensor, Tensor], Any],
        pixels: Tensor,
        mask: Tensor,
    ) -> tuple[list[tuple[Tensor, Tensor]], list[Tensor]]:
        """What stands in the backbone's place: features and positions, recalled or made."""
        known = {name: view.features for name, view in zip(names, views, strict=True)}
        new = [row for row, name in enumerate(names)
               if not known[name] and names.index(name) == row]  # fmt: skip
        for row, features in zip(new, _alone(*see(pixels[new], mask[new])) if new else (),
                                 strict=True):  # fmt: skip
            known[names[row]] = features
            self._kept.put(names[row], replace(views[row], features=features))
        seen = [known[name] for name in names]
        scales = [[torch.cat(parts).to(pixels.device) for parts in zip(*scale, strict=True)]
                  for scale in zip(*seen, strict=True)]  # fmt: skip
        return [(each, there) for each, there, _ in scales], [at for _, _, at in scales]


def _alone(
    features: Sequence[tuple[Tensor, Tensor]], positions: Sequence[Tensor]
) -> list[tuple[Feature, ...]]:
    """A batch's features, picture by picture; none holds on to the others."""
    scales = [(each, there, at) for (each, there), at in zip(features, positions, strict=True)]
    return [
        tuple((a[row : row + 1].clone(), b[row : row + 1].clone(), c[row : row + 1].clone())
              for a, b, c in scales)
        for row in range(len(scales[0][0]))
    ]  # fmt: skip
