"""A second device where there is none: tensors that say they lie on a GPU, and don't mix.

All numbers are real and stay on the CPU. What a GPU would refuse is refused: an operation on
tensors of two devices, and reading one of the GPU as numpy does. So a test can see whether code
moves what it must, and that it gives the same there as here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

GPU, CPU = torch.device("cuda:0"), torch.device("cpu")

_GET_DEVICE, _SET_DATA = Tensor.device.__get__, Tensor.data.__set__  # type: ignore[attr-defined]
_IS_CUDA, _IS_CPU = Tensor.is_cuda.__get__, Tensor.is_cpu.__get__  # type: ignore[attr-defined]
_ACROSS = (
    Tensor.copy_,
    Tensor.__setitem__,
    Tensor.index_put_,
    torch._has_compatible_shallow_copy_type,
)
_FROM_HERE = (Tensor.numpy, Tensor.__array__)
_NO_PLACE = frozenset([
    torch._C._set_grad_enabled, torch.is_floating_point, Tensor.is_floating_point,
    Tensor.is_contiguous, Tensor.numel, Tensor.size, Tensor.stride, Tensor.dim,
    *(getattr(Tensor, name).__get__ for name in (
        "shape", "dtype", "requires_grad", "grad_fn", "is_meta", "is_leaf", "layout", "ndim",
        "is_sparse", "is_quantized", "is_nested", "itemsize", "nbytes",
    )),
])  # fmt: skip
"""What tells of one tensor something that is the same wherever it lies: most of all calls."""


class Elsewhere(TorchFunctionMode):
    """While it is entered, "cuda" is a device like any other, and 8 GiB of it are free."""

    def __enter__(self) -> Elsewhere:
        self._memory = patch.multiple(
            torch.cuda, mem_get_info=lambda _: (2**33, 2**34),
            memory_reserved=lambda _: 0, memory_allocated=lambda _: 0,
        )  # fmt: skip
        self._memory.start()
        super().__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)
        self._memory.stop()

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        if func in _NO_PLACE:
            return func(*args, **kwargs or {})
        kwargs = dict(kwargs or {})
        first: Any = args[0] if args else None
        if func == _GET_DEVICE:
            return GPU if _is_far(first) else func(*args)
        if func in (_IS_CUDA, _IS_CPU):
            return _is_far(first) == (func == _IS_CUDA)
        if func == _SET_DATA:
            func(*args)
            _mark(first, _is_far(args[1]))
            return None
        if func in (Tensor.to, Tensor.cuda, Tensor.cpu):
            return _moved(func, args, kwargs)
        if func in _FROM_HERE and _is_far(first):
            raise TypeError("can't convert a cuda tensor to numpy: copy it to the CPU first")
        if func is Tensor.__iter__:
            return iter([_mark(each, _is_far(first)) for each in first.unbind(0)])
        given = _tensors(args, *kwargs.values())
        far = _place_of(func, given)
        if kwargs.get("device") is not None:
            far, kwargs["device"] = _real(kwargs["device"])
        unseen = not far and any(map(_is_unseen, given))
        result = func(*args, **kwargs)
        for each in _tensors(result):
            if (each is not first or far) and not (unseen and each.dtype == torch.bool):
                _mark(each, far)
        return result


_PLAIN = frozenset([bool, int, float, str, torch.dtype, torch.device, torch.Size])


def _is_far(value: Any) -> bool:
    return bool(getattr(value, "_far", False))


def _is_unseen(value: Tensor) -> bool:
    """An attention mask that was made inside vmap, which hides where it was made."""
    return value.dtype == torch.bool and not hasattr(value, "_far")


def _mark(value: Tensor, far: bool) -> Tensor:
    value._far = far  # type: ignore[attr-defined]
    return value


def _real(device: Any) -> tuple[bool, torch.device]:
    """Whether a device is the GPU, and which one it is in truth."""
    place = torch.device(device)
    return (True, CPU) if place.type == "cuda" else (False, place)


def _moved(func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Tensor:
    value, *rest = args
    far = _is_far(value)
    if func is not Tensor.to:
        target: bool = func is Tensor.cuda
        result = value
    else:
        target = far
        for number, each in enumerate(rest):
            if isinstance(each, Tensor):
                target = _is_far(each)
            elif isinstance(each, (str, torch.device)):
                target, rest[number] = _real(each)
        if kwargs.get("device") is not None:
            target, kwargs["device"] = _real(kwargs["device"])
        result = func(value, *rest, **kwargs)
    if target != far and result is value:
        result = value.detach().clone()
    return _mark(result, target) if target != far or result is not value else result


def _place_of(func: Any, given: list[Tensor]) -> bool:
    """Where an operation takes place. Raises RuntimeError where its tensors are apart."""
    if len(given) < 2:
        return bool(given) and _is_far(given[0])
    if func is Tensor.__getitem__:  # numbers index from anywhere, and lists from here
        given = [given[0], *(each for each in given[1:] if _is_far(each) and each.dim())]
    far = [each for each in given if _is_far(each)]
    near = [each for each in given if not _is_far(each) and each.dim() and not _is_unseen(each)]
    if far and near and func not in _ACROSS:
        raise RuntimeError(
            f"Expected all tensors to be on the same device in {getattr(func, '__name__', func)},"
            f" but {tuple(far[0].shape)} is on {GPU} and {tuple(near[0].shape)} on the CPU."
        )
    return bool(far)


def _tensors(*values: Any) -> list[Tensor]:
    """Those among the values, and in lists and dicts of them."""
    found: list[Tensor] = []
    for value in values:
        if isinstance(value, Tensor):
            found.append(value)
        elif value is None or type(value) in _PLAIN:
            continue
        elif isinstance(value, (list, tuple)):
            found += _tensors(*value)
        elif isinstance(value, dict):
            found += _tensors(*value.values())
    return found
