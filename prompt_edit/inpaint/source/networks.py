"""Networks from their settings and weights: all of the weights, or none.

Names and shapes are held against each other before a number is read, so that what does not fit is
told by name and at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ...errors import ModelError
from ...models.headers import Shapes
from ..configs import Config
from ..families import pipeline_class
from ..renames import Rename

State = dict[str, Tensor]


def below(names: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """What stands below a prefix, without it."""
    return {name[len(prefix) :]: value for name, value in names.items() if name.startswith(prefix)}


@dataclass(frozen=True)
class Fit:
    """How the weights that a file holds fit a network: names, the file's where it has them."""

    missing: tuple[str, ...] = ()
    surplus: tuple[str, ...] = ()
    misshapen: tuple[str, ...] = ()

    @property
    def exact(self) -> bool:
        return not (self.missing or self.surplus or self.misshapen)


def fit(expected: Shapes, held: Shapes, rename: Rename) -> Fit:
    """How weights of those names and shapes fit a network that expects others."""
    renamed: dict[str, tuple[str, tuple[int, ...]]] = {}
    for name, shape in held.items():
        for new, value in rename(name, torch.empty(shape, device="meta")):
            renamed[new] = name, tuple(value.shape)
    return Fit(
        tuple(name for name in expected if name not in renamed),
        _once(name for new, (name, _) in renamed.items() if new not in expected),
        _once(name for new, (name, shape) in renamed.items() if expected.get(new, shape) != shape),
    )


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def require_exact(found: Fit, file: Path, part: str) -> None:
    """Raise `ModelError` where the weights that a file holds are not those of its `part`."""
    if found.missing:
        raise ModelError(
            f"Copy the model anew, or choose another: {file} lacks {_some(found.missing)} of the"
            f" weights of its {part}. It may be cut off, pruned, or of another architecture."
        )
    if found.misshapen:
        raise ModelError(
            f"Choose another model: {file} holds weights of another architecture in its {part}:"
            f" {_some(found.misshapen)} are of another size."
        )
    if found.surplus:
        raise ModelError(
            "Choose another model, or in ComfyUI load it there and connect Painter from MODEL:"
            f" {file} holds weights that no layer of its {part} takes, {_some(found.surplus)}, so"
            " it is of another architecture."
        )


def _some(names: tuple[str, ...]) -> str:
    more = f" ({names[0]} is the first)" if len(names) > 1 else f" ({names[0]})"
    return f"{len(names)}{more}"


def shell(class_name: str, config: Config) -> Any:
    """A network of diffusers without its weights."""
    from accelerate import init_empty_weights

    with init_empty_weights():
        return pipeline_class(class_name).from_config(config)


def shapes_of_network(network: Any) -> Shapes:
    return {name: tuple(value.shape) for name, value in network.state_dict().items()}


def filled(network: Any, state: State, rename: Rename, dtype: torch.dtype) -> Any:
    """A `shell` with its weights. They were found to fit."""
    weights = {new: one.to(dtype).contiguous() if one.is_floating_point() else one
               for name, value in state.items() for new, one in rename(name, value)}  # fmt: skip
    network.load_state_dict(weights, assign=True)
    return network.eval()
