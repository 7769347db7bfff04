"""What stands about a LoRA beside its tensors: PEFT's settings, in the file or next to it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import ModelError
from ...models.stamps import PEFT
from ...models.weights import Header

_KEY = "lora_adapter_metadata"  # diffusers'

_MOVING = ("pissa", "olora", "corda", "loftq", "lora_ga")
"""Ways to start training that move the model's own weights, which such a LoRA is then made for."""


@dataclass(frozen=True)
class Declared:
    """PEFT's settings by part of the pipeline; under "" those of whatever part."""

    parts: Mapping[str, Mapping[str, Any]]

    def scale(self, slot: str, name: str, rank: int) -> float:
        """What a layer's product is multiplied by.

        Args:
            slot: the pipeline's name for the part.
            name: of the layer in it, which patterns of PEFT's may single out.
            rank: of the layer.
        """
        settings = self.parts.get(slot) or self.parts.get("") or {}
        alpha = settings.get("lora_alpha", rank)
        for pattern, other in (settings.get("alpha_pattern") or {}).items():
            if re.match(rf"(.*\.)?({pattern})$", name):  # as PEFT reads them
                alpha = other
                break
        return float(alpha) / (math.sqrt(rank) if settings.get("use_rslora") else rank)


def declared_by(header: Header) -> Declared | None:
    """The settings of a file, by its header, if it has any.

    Raises:
        ModelError: they can't be read, or they speak of what is not applied.
    """
    file = header.file
    try:
        text = header.metadata.get(_KEY)
        beside = file.with_name(PEFT)
        if text:
            settings = json.loads(text)
        elif file.stem == "adapter_model" and beside.is_file():
            settings = json.loads(beside.read_text(encoding="utf-8"))
        else:
            return None
        parts: dict[str, dict[str, Any]] = {}
        for key, value in settings.items():
            slot, _, name = key.rpartition(".")
            parts.setdefault(slot, {})[name] = value
        declared = Declared(parts)
        for slot, each in parts.items():
            _require_known(file, each)
            declared.scale(slot, "", 1)
        return declared
    except (ValueError, TypeError, AttributeError, re.error, OSError) as error:
        raise ModelError(
            f"Choose another copy of the LoRA: the settings beside {file}'s weights can't be read"
            f" ({error})."
        ) from error


def _require_known(file: Path, settings: Mapping[str, Any]) -> None:
    kind = str(settings.get("peft_type") or "LORA").rpartition(".")[2]
    start = str(settings.get("init_lora_weights") or "").lower()
    if kind != "LORA" or start.startswith(_MOVING):
        what = kind if kind != "LORA" else start
        raise ModelError(
            f"Choose another LoRA: {file} was made as {what} by PEFT, which is not applied here."
        )
