"""Changes merged into a pipeline's weights, which are kept as they were and can be put back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor

from ...errors import ModelError
from ...models.device import free_memory
from .kinds import Delta, Shape
from .names import Layer, Rows

Which = Literal["weight", "bias"]

CPU = torch.device("cpu")
GIB = 2**30


class Place(NamedTuple):
    """Where a tensor is in a pipeline."""

    slot: str
    module: str
    which: Which


@dataclass(frozen=True)
class Change:
    """What a file does to the weight or the bias of one layer.

    Attributes:
        name: the layer's in the file, for messages.
    """

    name: str
    layer: Layer
    which: Which
    delta: Delta

    @property
    def places(self) -> set[Place]:
        """Of the tensors that it changes."""
        return {Place(rows.slot, rows.module, self.which) for rows in self.layer}


@dataclass(frozen=True)
class Put:
    """One LoRA to put on, or that is on."""

    file: Path
    changes: tuple[Change, ...]
    weight: float


class Merged:
    """The LoRAs of a pipeline, merged into its weights.

    A changed weight is its own value and each LoRA's change of that times the LoRA's weight, added
    up in full precision and rounded once. So the order does not matter beyond rounding, no LoRA
    sees another's change, and one of weight 0 changes nothing. The weights' own values are kept on
    the CPU in their own precision, from which they are put back bit for bit; not so of what is put
    on for good, which takes no more memory than the layers that are changed together.
    """

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline
        self._puts: list[Put] = []
        self._own: dict[Place, Tensor] = {}

    def add(self, put: Put) -> None:
        """Merge one LoRA more, whose changes fit; on an error all weights are as before.

        Raises:
            ModelError: no memory to keep the weights' own values, weights that can't be changed, or
                numbers that their precision does not hold.
        """
        if not put.weight:
            return
        touched = _touched([put])
        fresh = [place for place in touched if place not in self._own]
        self._require_room(put.file, touched)
        before = self._copied(touched)
        self._own |= {place: before[place] for place in fresh}
        self._puts.append(put)
        try:
            for group, weighed in _together(self._puts, touched):
                self._merge(group, weighed)
        except BaseException:
            self._puts.pop()
            self._put_back(before)
            for place in fresh:
                del self._own[place]
            raise

    def add_for_good(self, puts: Sequence[Put]) -> None:
        """Merge LoRAs that are to stay, before any other; on an error some weights are changed.

        Raises:
            ModelError: as `add`.
        """
        puts = [put for put in puts if put.weight]
        for group, weighed in _together(puts, _touched(puts)):
            self._require_room(weighed[-1][0].file, group)
            self._own = self._copied(group)
            self._merge(group, weighed)
        self._own = {}

    def remove(self) -> None:
        """Put all weights back as they were before the first LoRA."""
        self._put_back(self._own)
        self._puts, self._own = [], {}

    def _copied(self, places: Iterable[Place]) -> dict[Place, Tensor]:
        return {place: tensor_of(self._pipeline, place).to(CPU, copy=True) for place in places}

    def _put_back(self, kept: dict[Place, Tensor]) -> None:
        with torch.inference_mode():  # a host may have loaded the model in it
            for place, value in kept.items():
                tensor_of(self._pipeline, place).copy_(value)

    @torch.inference_mode()
    def _merge(self, places: set[Place], weighed: Weighed) -> None:
        """Set some tensors to what all LoRAs make of them: their changes, each with its weight."""
        totals = {place: self._own[place].float().clone() for place in places}
        for put, change in weighed:
            base = torch.cat([_rows(self._own[_place(change, rows)], rows).float()
                              for rows in change.layer])  # fmt: skip
            parts = (change.delta.change(base) * put.weight).split(
                [len(_rows(totals[_place(change, rows)], rows)) for rows in change.layer]
            )
            for rows, part in zip(change.layer, parts, strict=True):
                _rows(totals[_place(change, rows)], rows).add_(part)
        for place, total in totals.items():
            tensor = tensor_of(self._pipeline, place)
            value = total.to(tensor.dtype)
            if not value.isfinite().all() and self._own[place].isfinite().all():
                kind = str(tensor.dtype)[6:]
                file = weighed[-1][0].file  # those before it were held
                raise ModelError(
                    f"Give the LoRA a smaller weight{_or_wider(tensor)}: {file} at this weight"
                    f" makes numbers that {kind} does not hold ({place.slot}.{place.module})."
                )
            tensor.copy_(value)

    def _require_room(self, file: Path, places: Iterable[Place]) -> None:
        tensors = [tensor_of(self._pipeline, place) for place in places]
        if any(not each.is_floating_point() or each.itemsize < 2 for each in tensors):
            raise ModelError(
                "Choose the 16-bit file of this model: its weights of 4 or 8 bits can't be changed"
                f" by {file}."
            )
        need, free = sum(each.nbytes for each in tensors), free_memory(CPU)
        if need > free:
            raise ModelError(
                f"Close other programs, or leave the LoRA out: to put {file} on, {need / GIB:.1f}"
                f" GiB of the model's own weights are copied first, but {free / GIB:.1f} GiB are"
                " free in this machine's memory."
            )


def tensor_of(pipeline: Any, place: Place) -> Any:
    """A parameter of a pipeline, without its gradient; None: that module has none."""
    module = getattr(pipeline, place.slot).get_submodule(place.module)
    found = getattr(module, place.which, None)
    return None if found is None else found.detach()


def shape_of(pipeline: Any, layer: Layer, which: Which) -> Shape | None:
    """The shape of a layer's weight or bias as a file has it; None: a module of it has none."""
    parts = [tensor_of(pipeline, Place(rows.slot, rows.module, which)) for rows in layer]
    if any(part is None for part in parts):
        return None
    rows = sum(len(_rows(part, each)) for part, each in zip(parts, layer, strict=True))
    return (rows, *parts[0].shape[1:])


def _place(change: Change, rows: Rows) -> Place:
    return Place(rows.slot, rows.module, change.which)


def _rows(value: Tensor, rows: Rows) -> Tensor:
    """The rows that are meant, not copied."""
    if rows.half is None:
        return value
    middle = len(value) // 2
    return value[middle:] if rows.half else value[:middle]


def _or_wider(value: Tensor) -> str:
    return ", or load the model as bf16 or fp32" if value.dtype == torch.float16 else ""


Weighed = list[tuple[Put, Change]]


def _touched(puts: Iterable[Put]) -> list[Place]:
    return sorted({place for put in puts for change in put.changes for place in change.places})


def _together(puts: Iterable[Put], wanted: Iterable[Place]) -> Iterator[tuple[set[Place], Weighed]]:
    """Places that must be set together, some of them wanted, with what changes them."""
    weighed = [(put, change) for put in puts for change in put.changes]
    at: dict[Place, list[int]] = {}
    for number, (_, change) in enumerate(weighed):
        for place in change.places:
            at.setdefault(place, []).append(number)
    for group in _groups([change for _, change in weighed], wanted):
        meant = sorted({number for place in group for number in at[place]})
        yield group, [weighed[number] for number in meant]


def _groups(changes: Iterable[Change], wanted: Iterable[Place]) -> Iterator[set[Place]]:
    """Places in sets, so that no change reaches over two; those with a wanted one."""
    of: dict[Place, set[Place]] = {}
    for change in changes:
        joined = set[Place]().union(*(of.get(place, {place}) for place in change.places))
        for place in joined:
            of[place] = joined
    done: set[Place] = set()
    for place in wanted:
        if place not in done:
            done |= of[place]
            yield of[place]


def numbers(shape: Shape) -> str:
    """A shape for people: 320 x 768."""
    return " x ".join(map(str, shape)) if shape else "a single number"
