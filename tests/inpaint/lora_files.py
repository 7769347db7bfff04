"""LoRA files of every kind with random numbers, and their arithmetic, written apart from ours.

A kind makes the tensors of one layer, by the ends of their names, and a function that changes the
layer's weight in double precision.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

State = dict[str, Tensor]
Shape = tuple[int, ...]
Changed = Callable[[Tensor], Tensor]
Kind = Callable[[Shape, int], tuple[State, Changed]]


def noise(*shape: int) -> Tensor:
    return torch.randn(shape) * 0.3


def low_rank(shape: Shape, rank: int) -> tuple[State, Changed]:
    """As kohya's scripts and LyCORIS write it, with an alpha that is not the rank."""
    out, taken, *kernel = shape
    up, down = noise(out, rank, *[1] * len(kernel)), noise(rank, taken, *kernel)
    alpha = torch.tensor(0.5 + rank)
    change = torch.einsum("or,ri...->oi...", up.double().reshape(out, rank), down.double())
    held = {"lora_up.weight": up, "lora_down.weight": down, "alpha": alpha}
    return held, lambda base: base + change * (0.5 + rank) / rank


def without_alpha(shape: Shape, rank: int) -> tuple[State, Changed]:
    held, _ = low_rank(shape, rank)
    del held["alpha"]
    up, down = (held[f"lora_{each}.weight"].double() for each in ("up", "down"))
    change = torch.einsum("or,ri...->oi...", up.reshape(len(up), rank), down)
    return held, lambda base: base + change


def tucker(shape: Shape, rank: int) -> tuple[State, Changed]:
    if shape[2:] in ((), (1, 1)):
        return low_rank(shape, rank)
    out, taken, *kernel = shape
    up, down, mid = noise(out, rank, 1, 1), noise(rank, taken, 1, 1), noise(rank, rank, *kernel)
    wide = up.double().flatten(1) @ mid.double().flatten(1)  # [out,rank*h*w]
    change = torch.einsum(
        "orhw,ri->oihw", wide.reshape(out, rank, *kernel), down.double().flatten(1)
    )
    held = {"lora_up.weight": up, "lora_down.weight": down, "lora_mid.weight": mid,
            "alpha": torch.tensor(3.0)}  # fmt: skip
    return held, lambda base: base + change * 3 / rank


def flattened(shape: Shape, rank: int) -> tuple[State, Changed]:
    """Convolutions as matrices, and matrices as convolutions of 1 x 1."""
    held, changed = low_rank(shape, rank)
    for name in ("lora_up.weight", "lora_down.weight"):
        value = held[name]
        held[name] = value.flatten(1) if value.ndim > 2 else value[..., None, None]
    return held, changed


def dora(shape: Shape, rank: int) -> tuple[State, Changed]:
    held, inner = low_rank(shape, rank)
    lengths = torch.rand(shape[0], *[1] * (len(shape) - 1)) + 0.5

    def changed(base: Tensor) -> Tensor:
        whole = inner(base)
        rows = [wanted * row / row.square().sum().sqrt()
                for wanted, row in zip(lengths.double().flatten(), whole, strict=True)]  # fmt: skip
        return torch.stack(rows)

    return held | {"dora_scale": lengths}, changed


def dora_of_columns(shape: Shape, rank: int) -> tuple[State, Changed]:
    """LyCORIS's first: a length for each input."""
    held, inner = low_rank(shape, rank)
    lengths = torch.rand(1, shape[1], *[1] * (len(shape) - 2)) + 0.5

    def changed(base: Tensor) -> Tensor:
        whole = inner(base)
        columns = [
            wanted * whole[:, at] / whole[:, at].square().sum().sqrt()
            for at, wanted in enumerate(lengths.double().flatten())
        ]
        return torch.stack(columns, dim=1)

    return held | {"dora_scale": lengths}, changed


def loha(shape: Shape, rank: int) -> tuple[State, Changed]:
    columns = math.prod(shape[1:])
    held = {f"hada_w{number}_{side}": noise(*size) for number in (1, 2)
            for side, size in (("a", (shape[0], rank)), ("b", (rank, columns)))}  # fmt: skip
    a, b, c, d = (value.double() for value in held.values())
    change = sum(
        torch.outer(a[:, i], b[i]) * torch.outer(c[:, j], d[j])
        for i in range(rank)
        for j in range(rank)
    )
    assert isinstance(change, Tensor)
    return held | {
        "alpha": torch.tensor(2.5)
    }, lambda base: base + (change.reshape(shape) * 2.5 / rank)


def loha_tucker(shape: Shape, rank: int) -> tuple[State, Changed]:
    if shape[2:] in ((), (1, 1)):
        return loha(shape, rank)
    out, taken, *kernel = shape
    held: State = {}
    factors = []
    for number in (1, 2):
        core, left, right = noise(rank, rank, *kernel), noise(rank, out), noise(rank, taken)
        held |= {f"hada_t{number}": core, f"hada_w{number}_a": left, f"hada_w{number}_b": right}
        half = torch.tensordot(left.double().T, core.double(), dims=1)  # [out,rank,h,w]
        factors.append(torch.tensordot(half, right.double(), dims=([1], [0])).permute(0, 3, 1, 2))
    change = factors[0] * factors[1]
    return held | {"alpha": torch.tensor(2.5)}, lambda base: base + change * 2.5 / rank


def _divided(number: int) -> tuple[int, int]:
    few = next(each for each in (4, 2, 1) if number % each == 0)
    return few, number // few


def _blocks(small: Tensor, block: Tensor, shape: Shape) -> Tensor:
    """Each number of `small` [a,c] times `block` [b,d,...], where it stands in [ab,cd,...]."""
    high, wide = block.shape[:2]
    product = torch.zeros(shape, dtype=torch.double)
    for row in range(small.shape[0]):
        for column in range(small.shape[1]):
            product[row * high : (row + 1) * high, column * wide : (column + 1) * wide] = (
                small[row, column].double() * block.double()
            )
    return product


def lokr(small_pair: bool, block_pair: bool, core: bool = False) -> Kind:
    """LoKr with either half whole or as a product; with a core where a convolution has one."""

    def kind(shape: Shape, rank: int) -> tuple[State, Changed]:
        (a, b), (c, d), kernel = _divided(shape[0]), _divided(shape[1]), shape[2:]
        held: State = {"alpha": torch.tensor(0.5 + rank)}
        if small_pair:
            held |= {"lokr_w1_a": noise(a, rank), "lokr_w1_b": noise(rank, c)}
            small = held["lokr_w1_a"] @ held["lokr_w1_b"]
        else:
            small = held["lokr_w1"] = noise(a, c)
        if not block_pair:
            block = held["lokr_w2"] = noise(b, d, *kernel)
        elif core and math.prod(kernel) > 1:
            held |= {"lokr_t2": noise(rank, rank, *kernel), "lokr_w2_a": noise(rank, b),
                     "lokr_w2_b": noise(rank, d)}  # fmt: skip
            half = torch.tensordot(held["lokr_w2_a"].T, held["lokr_t2"], dims=1)
            block = torch.tensordot(half, held["lokr_w2_b"], dims=([1], [0])).movedim(-1, 1)
        else:
            held |= {"lokr_w2_a": noise(b, rank), "lokr_w2_b": noise(rank, d * math.prod(kernel))}
            block = (held["lokr_w2_a"] @ held["lokr_w2_b"]).reshape(b, d, *kernel)
        scale = (0.5 + rank) / rank if small_pair or block_pair else 1.0
        change = _blocks(small, block, shape)
        return held, lambda base: base + change * scale

    return kind


def full(shape: Shape, rank: int) -> tuple[State, Changed]:
    value = noise(*shape)
    return {"diff": value}, lambda base: base + value.double()


def put_in_place(shape: Shape, rank: int) -> tuple[State, Changed]:
    value = noise(*shape)
    return {"set_weight": value}, lambda base: value.double()


def lokr_dora(shape: Shape, rank: int) -> tuple[State, Changed]:
    held, inner = lokr(False, True)(shape, rank)
    lengths = torch.rand(shape[0], *[1] * (len(shape) - 1)) + 0.5

    def changed(base: Tensor) -> Tensor:
        whole = inner(base).flatten(1)
        return (lengths.double().flatten()[:, None] * torch.nn.functional.normalize(whole)).reshape(
            shape
        )

    return held | {"dora_scale": lengths}, changed


KINDS: Mapping[str, Kind] = {
    "LoRA": low_rank,
    "LoRA without alpha": without_alpha,
    "LoCon with mid": tucker,
    "LoRA in other dimensions": flattened,
    "DoRA": dora,
    "DoRA of columns": dora_of_columns,
    "LoHa": loha,
    "LoHa with cores": loha_tucker,
    "LoKr": lokr(False, True),
    "LoKr of wholes": lokr(False, False),
    "LoKr of products": lokr(True, True),
    "LoKr with a product and a whole": lokr(True, False),
    "LoKr with a core": lokr(False, True, core=True),
    "LoKr with DoRA": lokr_dora,
    "differences": full,
    "weights in place": put_in_place,
}

ENDS: Mapping[str, Mapping[str, str]] = {
    "kohya": {},
    "PEFT": {"lora_up.weight": ".lora_B.weight", "lora_down.weight": ".lora_A.weight"},
    "PEFT with its adapter": {"lora_up.weight": ".lora_B.default.weight",
                              "lora_down.weight": ".lora_A.default.weight"},
    "PEFT bare": {"lora_up.weight": ".lora_B", "lora_down.weight": ".lora_A"},
    "diffusers' first": {"lora_up.weight": "_lora.up.weight", "alpha": "_lora.alpha",
                         "lora_down.weight": "_lora.down.weight"},
    "diffusers' second": {"lora_up.weight": ".lora.up.weight",
                          "lora_down.weight": ".lora.down.weight", "alpha": ".lora.alpha"},
    "diffusers' for text": {"lora_up.weight": ".lora_linear_layer.up.weight",
                            "lora_down.weight": ".lora_linear_layer.down.weight",
                            "alpha": ".lora_linear_layer.alpha"},
    "XLabs": {"lora_up.weight": ".up.weight", "lora_down.weight": ".down.weight"},
}  # fmt: skip
"""How trainers end the names of a layer's tensors, where it is not as kohya's scripts do."""


def written(
    layers: Mapping[str, tuple[str, Tensor]],
    file: Path,
    kind: Kind = low_rank,
    ends: str = "kohya",
    metadata: dict[str, str] | None = None,
) -> State:
    """Write a LoRA, and tell what the weights must become.

    Args:
        layers: by the weight's own name: the layer's in the file, and the weight.

    Returns:
        The new weights by their own names, in double precision.
    """
    weights = [weight for _, weight in layers.values()]
    state: State = {}
    expected: State = {}
    for (own, (name, _)), (held, changed) in zip(layers.items(), _made(weights, kind), strict=True):
        for end, value in held.items():
            state[name + ENDS[ends].get(end, f".{end}")] = value
        expected[own] = changed
    save_file(state, file, metadata)
    return expected


Made = list[tuple[State, Tensor]]
_last: list[tuple[Kind, list[Tensor], Made]] = []


def _made(weights: list[Tensor], kind: Kind) -> Made:
    """What a file holds of each layer, and what its weight becomes; of the same weights in a row,
    which only have other names, reckoned once."""
    for known, before, made in _last:
        if known is kind and len(before) == len(weights) and all(map(torch.equal, before, weights)):
            return made
    torch.manual_seed(len(weights))
    made = []
    for number, weight in enumerate(weights):
        held, changed = kind(tuple(weight.shape), 1 + number % 3)
        held = {end: value.contiguous() for end, value in held.items()}
        made.append((held, changed(weight.double())))
    _last[:] = [(kind, [weight.clone() for weight in weights], made)]
    return made
