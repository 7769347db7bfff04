"""A LoRA file as changes of a painter's layers: all that it holds, or a refusal that says why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ...errors import ModelError
from ...models.weights import PICKLED, SAFE, open_header, read_weights
from .declared import Declared, declared_by
from .kinds import (
    Decomposed,
    Delta,
    Difference,
    Hadamard,
    Kronecker,
    LowRank,
    Padded,
    Replacement,
    Shape,
    fits,
    rank_of,
)
from .merged import Change, Which, numbers, shape_of
from .names import Layer, Table
from .tensors import Parts, first_of, made_for, parts_of

Held = dict[str, Tensor]
"""A layer's tensors by what they are."""


def weights_in(path: Path) -> Path:
    """The file of a LoRA that is named by its folder, as one is downloaded; else the path itself.

    Raises:
        ModelError: a folder of none, or of several.
    """
    if not path.is_dir():
        return path
    files = sorted(each for each in path.iterdir() if each.suffix in SAFE + PICKLED)
    if len(files) != 1:
        raise ModelError(f"Name the LoRA's file: the folder {path} holds {len(files)} such files.")
    return files[0]


def read_lora(file: Path, pipeline: Any, title: str) -> list[Change]:
    """What a LoRA changes in a pipeline; nothing is changed yet.

    Every tensor of the file is accounted for. Formats: those of kohya's scripts, LyCORIS,
    OneTrainer, ai-toolkit, SimpleTuner, XLabs, ComfyUI, diffusers and PEFT, with layers named as
    diffusers does or as the model's makers do. Kinds: LoRA, LoCon, DoRA, LoHa, LoKr, and plain
    differences of weights, norms and biases.

    Args:
        file: .safetensors, or a pickle without code in it.
        pipeline: of diffusers.
        title: the family's name, for messages.

    Raises:
        ModelError: missing, broken, no LoRA, a kind that is not applied, or for another model.
    """
    header = open_header(file)
    parts = parts_of(file, header.tensors)
    layers = _layers(file, parts, Table(pipeline), title)
    tensors = read_weights(header)
    _require_numbers(file, tensors)
    declared = declared_by(header)
    changes = []
    for name, held in parts.items():
        scale = _scale(declared, name, layers[name])
        values = {part: tensors[each] for part, each in held.items()}
        for which, delta in _deltas(file, name, values, scale):
            change = _fitting(file, pipeline, Change(name, layers[name], which, delta), title)
            changes += [change] if change else []
    _require_once(file, changes)
    return changes


def _layers(file: Path, parts: Parts, table: Table, title: str) -> dict[str, Layer]:
    """The layer of each name. Raises `ModelError`: the model lacks some."""
    found = {name: table.find(name) for name in parts}
    lacking = [name for name, layer in found.items() if layer is None]
    if not lacking:
        return {name: layer for name, layer in found.items() if layer is not None}
    hint = made_for(parts, title)
    if len(lacking) == len(found):
        raise ModelError(
            f"Choose a LoRA that was made for this model: {file} fits no layer of {title}"
            f" ({first_of(lacking)}){hint}."
        )
    raise ModelError(
        f"Choose a LoRA that was made for this model: {file} changes {len(lacking):,} layers that"
        f" this {title} does not have ({first_of(lacking)}){hint}."
    )


def _require_numbers(file: Path, tensors: Mapping[str, Tensor]) -> None:
    for name, value in tensors.items():
        if not value.is_floating_point() and value.numel() != 1:
            raise ModelError(
                f"Choose the 16-bit file of this LoRA: {file} holds whole numbers, which stand for"
                f" others ({name})."
            )
        if not value.float().isfinite().all():
            raise ModelError(
                f"Choose another copy of the LoRA: {file} holds values that are no numbers"
                f" ({name})."
            )


def _scale(declared: Declared | None, name: str, layer: Layer) -> Callable[[int], float]:
    """What scales a layer of some rank, where no tensor says it."""
    if declared is None:
        return lambda rank: 1.0
    slot = layer[0].slot
    bare = name.removeprefix(f"{slot}.").removeprefix("base_model.model.")
    return lambda rank: declared.scale(slot, bare, rank)


def _deltas(
    file: Path, name: str, held: Held, scale: Callable[[int], float]
) -> Iterator[tuple[Which, Delta]]:
    """What a layer's tensors make of its weight and of its bias.

    Raises:
        ModelError: one is missing, or is left over.
    """
    held = dict(held)
    try:
        deltas = [each for make in _MAKERS if (each := make(held)) is not None]
        if len(deltas) > 1:
            raise KeyError
        biases = [Difference(held.pop(each)) for each in ("diff_b", "b_norm") if each in held]
        if deltas and (rank := rank_of(deltas[0])):
            alpha = held.pop("alpha", None)
            scaled = scale(rank) if alpha is None else float(_single(alpha)) / rank
            deltas = [replace(deltas[0], scale=scaled)]  # type: ignore[type-var]
            if "bias" in held:
                biases.append(Difference(held.pop("bias"), scaled))
        elif deltas and isinstance(deltas[0], Kronecker):
            held.pop("alpha", None)  # without a rank there is nothing that it could be divided by
        for part in ("dora_scale", "magnitude"):
            if part in held and isinstance(deltas[0], (LowRank, Hadamard, Kronecker)):
                deltas = [Decomposed(deltas[0], held.pop(part), part == "magnitude")]
        if held or len(biases) > 1 or not (deltas or biases):
            raise KeyError
    except (KeyError, IndexError) as error:
        raise ModelError(
            f"Copy the LoRA anew, or choose another: {file} holds parts of {name} that make no"
            f" whole ({', '.join(sorted(held)) or 'too few'}). It may be cut off."
        ) from error
    yield from (("weight", delta) for delta in deltas)
    yield from (("bias", delta) for delta in biases)


def _single(alpha: Tensor) -> Tensor:
    if alpha.numel() != 1:
        raise KeyError
    return alpha.reshape(())


def _low_rank(held: Held) -> Delta | None:
    if not held.keys() & {"up", "down", "mid"}:
        return None
    return LowRank(held.pop("up"), held.pop("down"), held.pop("mid", None))


def _hadamard(held: Held) -> Delta | None:
    if not any(part.startswith("hada_") for part in held):
        return None
    first, second = ((held.pop(f"hada_w{each}_a"), held.pop(f"hada_w{each}_b")) for each in (1, 2))
    cores = (held.pop("hada_t1"), held.pop("hada_t2")) if "hada_t1" in held else None
    return Hadamard(first, second, cores)


def _kronecker(held: Held) -> Delta | None:
    if not any(part.startswith("lokr_") for part in held):
        return None
    small, block = (
        held.pop(f"lokr_w{each}") if f"lokr_w{each}" in held
        else (held.pop(f"lokr_w{each}_a"), held.pop(f"lokr_w{each}_b"))
        for each in (1, 2)
    )  # fmt: skip
    core = held.pop("lokr_t2") if "lokr_t2" in held and isinstance(block, tuple) else None
    return Kronecker(small, block, core)


def _difference(held: Held) -> Delta | None:
    part = next((each for each in ("diff", "w_norm") if each in held), None)
    return Difference(held.pop(part)) if part else None


def _replacement(held: Held) -> Delta | None:
    return Replacement(held.pop("set_weight")) if "set_weight" in held else None


_MAKERS = (_low_rank, _hadamard, _kronecker, _difference, _replacement)


def _fitting(file: Path, pipeline: Any, change: Change, title: str) -> Change | None:
    """The change, if it fits; None for one of nothing to what is not there.

    Raises:
        ModelError: it is for a weight of another shape, or for a bias that is not there.
    """
    shape = shape_of(pipeline, change.layer, change.which)
    if shape is None:
        if not torch.count_nonzero(change.delta.value):  # type: ignore[attr-defined]
            return None
        raise ModelError(
            f"Choose a LoRA that was made for this model: {file} changes the bias of {change.name},"
            f" which has none in {title}."
        )
    try:
        if fits(change.delta, shape):
            return change
        if taken := _of_noise_alone(pipeline, change, shape):
            return replace(change, delta=Padded(change.delta, taken))
        theirs = numbers(change.delta.shape)
    except (ValueError, RuntimeError) as error:
        raise ModelError(
            f"Copy the LoRA anew, or choose another: in {file} the parts of {change.name} don't fit"
            " each other."
        ) from error
    raise ModelError(
        f"Choose a LoRA that was made for this model: in {file} the {change.which} of {change.name}"
        f" is {theirs}, and this {title}'s is {numbers(shape)}."
    )


def _of_noise_alone(pipeline: Any, change: Change, shape: Shape) -> int:
    """How many of the first inputs a change is for that was made for a network which sees nothing
    beside the noise; 0 where it is none.

    A sibling that was trained to inpaint is shown the mask and the picture behind the noise, and
    all else of it is alike: what a LoRA does to the noise (4 of 9, 64 of 384 channels), it does
    there too. Not so what measures the whole weight (DoRA), or takes its place.
    """
    rows, which, delta = change.layer[0], change.which, change.delta
    if (rows.slot, rows.module, which) not in _ENTRIES or isinstance(
        delta, (Decomposed, Replacement)
    ):
        return 0
    noise = int(getattr(pipeline, rows.slot).config.out_channels or shape[1])
    narrow = (shape[0], noise, *shape[2:])
    return noise if noise < shape[1] and fits(delta, narrow) else 0


_ENTRIES = {("unet", "conv_in", "weight"), ("transformer", "x_embedder", "weight")}
"""The first layers of networks with siblings that were trained to inpaint."""


def _require_once(file: Path, changes: list[Change]) -> None:
    """Raise `ModelError` where two layers of a file are one in the model."""
    seen: dict[Any, str] = {}
    for change in changes:
        for place in change.places:
            if place in seen:
                raise ModelError(
                    f"Choose another copy of the LoRA: {file} changes a layer twice, as"
                    f" {seen[place]} and as {change.name}."
                )
            seen[place] = change.name
