"""What comes over a link, checked before a node runs.

The host checks widgets, and links by their types. A link from a socket of any type brings anything,
and numbers from other nodes lie outside a widget's range.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, wraps
from numbers import Real
from typing import Any

import numpy as np
import torch
from comfy_api.latest import io

from ..prompt_edit.errors import ImageError, PromptEditError
from ..prompt_edit.images import check_pictures
from . import host, sockets

_FILES = ("model", "lora")
_FOUND_BY_NAME = ("provider", *_FILES)
"""Combos whose names are explained by what looks for them."""


def checked(node: type[io.ComfyNode]) -> type[io.ComfyNode]:
    """The node, with an error of ours where an input is not what its schema says.

    Half-precision pictures and masks become float32. An optional input without a value takes its
    default.
    """
    run = node.execute.__func__
    lists = node.define_schema().is_input_list

    @cache
    def inputs() -> dict[str, io.Input]:
        return {each.id: each for each in node.define_schema().inputs}

    @wraps(run)
    def execute(cls: type[io.ComfyNode], **given: Any) -> Any:
        try:
            return run(cls, **_values(inputs(), given, lists))
        except PromptEditError as error:
            error.args = (host.briefly(str(error)),)
            raise

    node.execute = classmethod(execute)
    return node


def _values(declared: dict[str, io.Input], given: dict[str, Any], lists: bool) -> dict[str, Any]:
    """What a node is given, checked: of each input one value, or a list of them."""
    checked = {}
    for name, each in given.items():
        if name not in declared:
            checked[name] = each
            continue
        values = [
            _value(declared[name], value)
            for value in (each if lists else [each])
            if value is not None or not declared[name].optional
        ]
        if lists:
            checked[name] = values
        elif values:
            checked[name] = values[0]
    return checked


def _value(declared: io.Input, value: Any) -> Any:
    """The value as the node takes it. Raises an error of ours where it is another thing."""
    if (declared.extra_dict or {}).get("rawLink"):
        return value
    name = declared.display_name or declared.id
    kind = str(declared.get_io_type())
    if kind in _PLAIN:
        return _PLAIN[kind](declared, name, value)
    if kind in sockets.CARRIED:
        fits, source, error = sockets.CARRIED[kind]
        if not fits(value):
            raise error(f"{name} is {_short(value)}, and must come from {source}.")
    return value


def _short(value: Any) -> str:
    """A value in a few words."""
    if isinstance(value, (str, bool, int, float, type(None))):
        words = repr(value)
        return words if len(words) <= 40 else words[:37] + "..."
    if isinstance(value, (torch.Tensor, np.ndarray)):
        return f"an array of shape {list(value.shape)}"
    return f"of type {type(value).__name__}"


def _number(declared: Any, name: str, value: Any, kind: str) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    low, high = declared.min, declared.max
    free = getattr(declared, "control_after_generate", None)  # seeds of other nodes are larger
    span = f" from {low} to {high}" if not free and None not in (low, high) else ""
    good = isinstance(value, Real) and math.isfinite(value)
    if good and kind == "whole number":
        good = value == int(value)
    if not good or (span and not low <= value <= high):
        raise PromptEditError(f"{name} is {_short(value)}, and must be a {kind}{span}.")
    return int(value) if kind == "whole number" else float(value)


def _int(declared: io.Input, name: str, value: Any) -> int:
    return _number(declared, name, value, "whole number")


def _float(declared: io.Input, name: str, value: Any) -> float:
    return _number(declared, name, value, "number")


def _boolean(declared: io.Input, name: str, value: Any) -> bool:
    if isinstance(value, np.generic):
        value = value.item()
    if not isinstance(value, (bool, int)) or value not in (0, 1):
        raise PromptEditError(f"{name} is {_short(value)}, and must be true or false.")
    return bool(value)


def _string(declared: io.Input, name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise PromptEditError(f"{name} is {_short(value)}, and must be a text.")
    if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
        raise PromptEditError(
            f"{name} is {_short(value)}, which holds half a letter: type it anew."
        )
    return value


def _combo(declared: Any, name: str, value: Any) -> str:
    if declared.id in _FILES and isinstance(value, str | None) and not value:
        return host.NOTHING  # as the page sends it where a list is empty
    value = _string(declared, name, value)
    if declared.id in _FOUND_BY_NAME and value.strip() and value.isprintable():
        return value
    if value not in declared.options:
        raise PromptEditError(
            f"{name} is {_short(value)}, and must be: {', '.join(map(str, declared.options))}."
        )
    return value


def _image(declared: io.Input, name: str, value: Any) -> torch.Tensor:
    if isinstance(value, torch.Tensor) and value.dtype == torch.bool:
        value = value.float()
    return check_pictures(value, name=name).float()


def _mask(declared: io.Input, name: str, value: Any) -> torch.Tensor:
    shape = "masks [batch, height, width]"
    if not isinstance(value, torch.Tensor) or value.dim() not in (2, 3, 4) or 0 in value.shape[1:]:
        raise ImageError(f"{name} is {_short(value)}, and must be {shape}.")
    if not (value.is_floating_point() or value.dtype == torch.bool):
        raise ImageError(f"{name} holds {value.dtype}, not floats in 0..1: divide it by 255.")
    if not value.isfinite().all():
        raise ImageError(f"{name} holds NaN or infinite numbers. Make it anew.")
    return value.float()


_PLAIN: dict[str, Callable[[Any, str, Any], Any]] = {
    "INT": _int,
    "FLOAT": _float,
    "BOOLEAN": _boolean,
    "STRING": _string,
    "COMBO": _combo,
    "IMAGE": _image,
    "MASK": _mask,
}
