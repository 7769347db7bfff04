"""Whether weights are those of a network: all of them, and no others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ModelError
from .headers import Shapes


@dataclass(frozen=True)
class Fit:
    """How the weights that a file holds fit a network: names, the file's where it has them."""

    missing: tuple[str, ...] = ()
    surplus: tuple[str, ...] = ()
    misshapen: tuple[str, ...] = ()

    @property
    def exact(self) -> bool:
        return not (self.missing or self.surplus or self.misshapen)


def fit_of(expected: Shapes, held: Mapping[str, tuple[str, tuple[int, ...]]]) -> Fit:
    """How weights fit a network that expects those names and shapes.

    Args:
        held: the file's name and the shape of each weight, by the network's name.
    """
    return Fit(
        tuple(name for name in expected if name not in held),
        _once(name for new, (name, _) in held.items() if new not in expected),
        _once(name for new, (name, shape) in held.items() if expected.get(new, shape) != shape),
    )


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def shapes_of_network(network: Any) -> Shapes:
    return {name: tuple(value.shape) for name, value in network.state_dict().items()}


def require_exact(found: Fit, path: Path, what: str, instead: str = "Choose another model") -> None:
    """Raise `ModelError` where the weights that a file or folder holds are not those of `what`.

    Args:
        instead: what to do about weights that are too many.
    """
    if found.missing:
        raise ModelError(
            f"Copy the model anew, or choose another: {path} lacks {_some(found.missing)} of the"
            f" weights of {what}. It may be cut off, pruned, or of another architecture."
        )
    if found.misshapen:
        raise ModelError(
            f"Choose another model: {path} holds weights of another architecture in {what}:"
            f" {_some(found.misshapen)} are of another size."
        )
    if found.surplus:
        raise ModelError(
            f"{instead}: {path} holds weights that no layer of {what} takes,"
            f" {_some(found.surplus)}, so it is of another architecture."
        )


def _some(names: tuple[str, ...]) -> str:
    more = f" ({names[0]} is the first)" if len(names) > 1 else f" ({names[0]})"
    return f"{len(names)}{more}"
