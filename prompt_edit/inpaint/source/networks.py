"""Networks from their settings and weights: all of the weights, or none.

Names and shapes are held against each other before a number is read, so that what does not fit is
told by name and at once.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from ...errors import ModelError
from ...models.fit import Fit, fit_of
from ...models.headers import Shapes
from ..configs import Config
from ..families import pipeline_class
from ..renames import Rename

State = dict[str, Tensor]


def below(names: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """What stands below a prefix, without it."""
    return {name[len(prefix) :]: value for name, value in names.items() if name.startswith(prefix)}


def fit(expected: Shapes, held: Shapes, rename: Rename) -> Fit:
    """How weights of those names and shapes fit a network that expects others."""
    renamed: dict[str, tuple[str, tuple[int, ...]]] = {}
    for name, shape in held.items():
        for new, value in rename(name, torch.empty(shape, device="meta")):
            renamed[new] = name, tuple(value.shape)
    return fit_of(expected, renamed)


def shell(class_name: str, config: Config) -> Any:
    """A network of diffusers without its weights.

    Raises:
        ModelError: diffusers is too old for a setting, which it would leave out without a word.
    """
    from accelerate import init_empty_weights

    kind = pipeline_class(class_name)
    known = inspect.signature(kind.__init__).parameters
    unknown = [name for name in config if name not in known and not name.startswith("_")]
    if unknown:
        raise ModelError(
            f"Update diffusers (pip install -U diffusers): its {class_name} does not know"
            f" {unknown[0]}, which this model needs."
        )
    with init_empty_weights():
        return kind.from_config(config)


def filled(network: Any, state: State, rename: Rename, dtype: torch.dtype) -> Any:
    """A `shell` with its weights. They were found to fit."""
    weights = {new: one.to(dtype).contiguous() if one.is_floating_point() else one
               for name, value in state.items() for new, one in rename(name, value)}  # fmt: skip
    network.load_state_dict(weights, assign=True)
    return network.eval()
