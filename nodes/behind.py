"""Which files stand behind a link of the graph that runs."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

_ENDS = (".safetensors", ".sft", ".gguf", ".ckpt", ".pt", ".pth", ".bin")
_FARTHEST = 64  # nodes; a graph that is longer, or runs in a circle, tells no names


def files_behind(prompt: dict[str, Any] | None, node: str | None, slot: str) -> tuple[str, ...]:
    """The names of the model files that an input is made of: the loader's first, then the LoRAs'.

    Args:
        prompt: the graph in API form, as the host gives it to a node that asks.
        node, slot: whose input it is.

    A LoRA of strength 0 does not count. Nothing is raised: what is not known is not told.
    """
    found: list[str] = []
    link = (prompt or {}).get(str(node), {}).get("inputs", {}).get(slot)
    for _ in range(_FARTHEST):
        if not _is_link(link):
            break
        inputs = prompt.get(str(link[0]), {}).get("inputs", {})  # type: ignore[union-attr]
        named = _files(inputs)
        found[:0] = named
        models, others = _links(inputs)
        if named and not models:
            return tuple(found)  # a loader
        link = next(iter(models or (others if len(others) == 1 else [])), None)
        if link is None:
            return ()  # a switch: what stands behind it is not known, and a LoRA is no model
    return tuple(found)


def _is_link(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[1], int)


def _links(inputs: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """The links that a model comes by, told by their names, and all others."""
    models, others = list[Any](), list[Any]()
    for name, value in inputs.items():
        if _is_link(value):
            (models if name.startswith("model") else others).append(value)
    return models, others


def _files(inputs: dict[str, Any]) -> list[str]:
    """The files that a node's widgets name; some packs keep a LoRA's in a record of its own."""
    off = any(inputs.get(name) == 0 for name in ("strength_model", "lora_strength", "strength"))
    names = [] if off else [value for value in inputs.values() if isinstance(value, str)]
    for value in inputs.values():
        if isinstance(value, dict) and value.get("on", True) and value.get("strength", 1) != 0:
            names += [each for each in value.values() if isinstance(each, str)]
    files = [name for name in names if name.lower().endswith(_ENDS)]
    return [PurePosixPath(name.replace("\\", "/")).name for name in files]
