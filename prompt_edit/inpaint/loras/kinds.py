"""The arithmetic of what a LoRA file holds for one layer: how its weight changes.

Each kind tells the `shape` of the weight that it is for, and the `change` that it makes of one, in
full precision. Its parts stay as the file has them until then.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

Shape = tuple[int, ...]


class Delta(Protocol):
    """What changes one weight."""

    @property
    def shape(self) -> Shape:
        """Of the weight [out,in], [out,in,h,w] or [out]; raises `ValueError`: its parts don't fit
        each other."""

    def change(self, base: Tensor) -> Tensor:
        """What is to be added to a weight `base`: float32, of its shape."""


@dataclass(frozen=True)
class LowRank:
    """A product of two thin matrices (LoRA, arXiv 2106.09685; convolutions and `mid`: LyCORIS).

    Attributes:
        up: [out,rank], or [out,rank,1,1].
        down: [rank,in], or [rank,in,h,w]; [rank,in,1,1] with `mid`.
        mid: a core [rank,rank,h,w] between them (Tucker's decomposition), or None.
        scale: alpha by rank.
    """

    up: Tensor
    down: Tensor
    mid: Tensor | None = None
    scale: float = 1.0

    @property
    def shape(self) -> Shape:
        up, down = _matrix(self.up), self.down
        _require(down.ndim >= 2)
        if self.mid is None:
            _require(up.shape[1] == down.shape[0])
            return (len(up), *down.shape[1:])
        core, down = self.mid, _matrix(down)
        _require(core.ndim > 2 and tuple(core.shape[:2]) == (up.shape[1], len(down)))
        return (len(up), down.shape[1], *core.shape[2:])

    def change(self, base: Tensor) -> Tensor:
        up, down = _matrix(self.up).float(), _matrix(self.down).float()
        if self.mid is None:
            product = up @ down
        else:
            product = torch.einsum("or,rs...,si->oi...", up, self.mid.float(), down)
        return self.scale * product.reshape(base.shape)


@dataclass(frozen=True)
class Hadamard:
    """Two low-rank products, multiplied number by number (LoHa, arXiv 2309.14859, of LyCORIS).

    Attributes:
        first, second: each [out,rank] and [rank,in]; with cores [rank,out] and [rank,in].
        cores: [rank,rank,h,w] of each (Tucker's decomposition), or None.
        scale: alpha by rank.
    """

    first: tuple[Tensor, Tensor]
    second: tuple[Tensor, Tensor]
    cores: tuple[Tensor, Tensor] | None = None
    scale: float = 1.0

    @property
    def shape(self) -> Shape:
        one, other = (_product_shape(*each) for each in self._factors)
        _require(one == other)
        return one

    def change(self, base: Tensor) -> Tensor:
        one, other = (_product(*each) for each in self._factors)
        return self.scale * (one * other).reshape(base.shape)

    @property
    def _factors(self) -> tuple[tuple[Tensor, Tensor, Tensor | None], ...]:
        one, other = self.cores or (None, None)
        return (*self.first, one), (*self.second, other)


@dataclass(frozen=True)
class Kronecker:
    """A small matrix, each of whose numbers multiplies a block (LoKr, arXiv 2309.14859, LyCORIS).

    Attributes:
        small: [a,c], or a pair whose product it is.
        block: [b,d] or [b,d,h,w], or a pair whose product it is; the weight is [ab,cd,h,w].
        core: [rank,rank,h,w] between the block's pair, which then is [rank,b] and [rank,d].
        scale: alpha by the rank of the last pair; 1 where there is none.
    """

    small: Tensor | tuple[Tensor, Tensor]
    block: Tensor | tuple[Tensor, Tensor]
    core: Tensor | None = None
    scale: float = 1.0

    @property
    def shape(self) -> Shape:
        small, block = _part_shape(self.small), _part_shape(self.block, self.core)
        _require(len(small) == 2 and len(block) >= 2)
        return (small[0] * block[0], small[1] * block[1], *block[2:])

    def change(self, base: Tensor) -> Tensor:
        small, block = _part(self.small), _part(self.block, self.core)
        return self.scale * torch.kron(small, block.flatten(1)).reshape(base.shape)


@dataclass(frozen=True)
class Difference:
    """The change itself, number by number: of any weight, norm or bias."""

    value: Tensor
    scale: float = 1.0

    @property
    def shape(self) -> Shape:
        return tuple(self.value.shape)

    def change(self, base: Tensor) -> Tensor:
        return self.scale * self.value.float().reshape(base.shape)


@dataclass(frozen=True)
class Replacement:
    """A weight in the old one's place."""

    value: Tensor

    @property
    def shape(self) -> Shape:
        return tuple(self.value.shape)

    def change(self, base: Tensor) -> Tensor:
        return self.value.float().reshape(base.shape) - base


@dataclass(frozen=True)
class Decomposed:
    """A changed weight whose rows or columns are then given their lengths (DoRA, arXiv 2402.09353).

    The lengths are those of the weight after `inner` has changed it, as in the paper, PEFT and
    LyCORIS.

    Attributes:
        inner: what changes it first.
        length: what each output's row is given, [out] in any shape; or each input's column,
            [1,in], in LyCORIS's first files.
        outputs: it is of the outputs whatever its shape, as PEFT has it.
    """

    inner: Delta
    length: Tensor
    outputs: bool = False

    @property
    def shape(self) -> Shape:
        return self.inner.shape

    def measures(self, weight: Shape) -> bool:
        """Whether there is a length for each row, or for each column, of a weight."""
        return self._by_output(weight) or self._by_input(weight)

    def change(self, base: Tensor) -> Tensor:
        changed = base + self.inner.change(base)
        axis = 0 if self._by_output(tuple(base.shape)) else 1
        others = [each for each in range(base.ndim) if each != axis]
        lengths = torch.linalg.vector_norm(changed, dim=others, keepdim=True)
        wanted = self.length.float().reshape(lengths.shape)
        # A row of zeros has no direction that could be lengthened.
        return wanted * changed / lengths.clamp_min(torch.finfo(torch.float32).tiny) - base

    def _by_output(self, shape: Shape) -> bool:
        own = self.length
        first = self.outputs or own.ndim < 2 or own.shape[0] == own.numel()
        return first and own.numel() == shape[0]

    def _by_input(self, shape: Shape) -> bool:
        own = self.length
        columns = own.ndim > 1 and own.shape[0] == 1 and own.shape[1] == own.numel()
        return columns and not self.outputs and own.numel() == shape[1]


@dataclass(frozen=True)
class Padded:
    """What changes the first inputs of a weight, and nothing of those behind them.

    Attributes:
        inner: for a weight [out,taken,...].
        taken: how many inputs that is.
    """

    inner: Delta
    taken: int

    @property
    def shape(self) -> Shape:
        return self.inner.shape

    def change(self, base: Tensor) -> Tensor:
        changed = torch.zeros_like(base)
        changed[:, : self.taken] = self.inner.change(base[:, : self.taken])
        return changed


def fits(delta: Delta, weight: Shape) -> bool:
    """Whether a delta is for a weight of that shape.

    Its own is the same, or lacks a kernel of 1 x 1, or is a convolution's as a matrix [out,in*h*w].

    Raises:
        ValueError: its parts don't fit each other.
    """
    if isinstance(delta, Decomposed):
        return fits(delta.inner, weight) and delta.measures(weight)
    own = delta.shape
    if len(own) == 2 and len(weight) > 2:
        return own == (weight[0], math.prod(weight[1:]))
    return _without_ones(own) == _without_ones(weight)


def _without_ones(shape: Shape) -> Shape:
    while len(shape) > 2 and shape[-1] == 1:
        shape = shape[:-1]
    return shape


def rank_of(delta: Delta) -> int:
    """The rank that alpha is divided by; 0 where there is none."""
    if isinstance(delta, LowRank):
        return len(delta.down)
    if isinstance(delta, Hadamard):
        return len(delta.first[1])
    if isinstance(delta, Kronecker):
        pair = next((each for each in (delta.block, delta.small) if isinstance(each, tuple)), None)
        return len(pair[1]) if pair else 0
    return 0


def _require(held: bool) -> None:
    if not held:
        raise ValueError("the parts of a layer don't fit each other")


def _matrix(value: Tensor) -> Tensor:
    """[n,m] of [n,...]."""
    _require(value.ndim >= 2)
    return value.flatten(1)


def _product_shape(left: Tensor, right: Tensor, core: Tensor | None) -> Shape:
    _require(left.ndim == 2 and right.ndim == 2)
    if core is None:
        _require(left.shape[1] == right.shape[0])
        return (left.shape[0], right.shape[1])
    _require(core.ndim > 2 and tuple(core.shape[:2]) == (left.shape[0], right.shape[0]))
    return (left.shape[1], right.shape[1], *core.shape[2:])


def _product(left: Tensor, right: Tensor, core: Tensor | None) -> Tensor:
    left, right = left.float(), right.float()
    if core is None:
        return left @ right
    return torch.einsum("rs...,ro,si->oi...", core.float(), left, right)


def _part_shape(part: Tensor | tuple[Tensor, Tensor], core: Tensor | None = None) -> Shape:
    return _product_shape(*part, core) if isinstance(part, tuple) else tuple(part.shape)


def _part(part: Tensor | tuple[Tensor, Tensor], core: Tensor | None = None) -> Tensor:
    return _product(*part, core) if isinstance(part, tuple) else part.float()
