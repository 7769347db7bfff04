"""Models whose weights the host moves to the GPU and back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import comfy.model_management as memory
import torch
from comfy.model_patcher import ModelPatcher

Model = TypeVar("Model")


class _Whole(ModelPatcher):
    """Moves a model whole or not at all.

    The host's own layers can rest on the CPU while others run on the GPU. Those of transformers
    and diffusers can't: half a model there ends in an error about two devices.

    Attributes:
        rest: called when the model is sent away, for what it keeps on the GPU besides.
    """

    rest: Callable[[], None] | None = None

    def detach(self, *args: Any, **kwargs: Any) -> Any:
        result = super().detach(*args, **kwargs)
        if self.rest:
            self.rest()
        return result

    def partially_load(self, device_to: torch.device, extra_memory: float = 0, *args: Any,
                       **kwargs: Any) -> Any:  # fmt: skip
        return super().partially_load(device_to, 1e32, *args, **kwargs)

    def partially_unload(self, *args: Any, **kwargs: Any) -> int:
        return 0  # bytes freed, so that the host sends the whole model away


class Resident(Generic[Model]):
    """A model of the library whose weights the host moves to the GPU and back.

    Attributes:
        patchers: what the host moves; none where the model moves its parts by itself.
        working: memory in bytes that it takes on the GPU besides.
    """

    def __init__(self, model: Model, modules: Sequence[torch.nn.Module], working: int = 0) -> None:
        self.model, self.working = model, working
        self.patchers = [
            _Whole(torch.nn.ModuleList(modules), memory.get_torch_device(),
                   memory.unet_offload_device())
        ] if modules else []  # fmt: skip
        for patcher in self.patchers:
            patcher.rest = getattr(model, "rest", None)

    def ready(self) -> Model:
        """The model, on the device where it runs; others may be sent away for it."""
        ready_together(self)
        return self.model


def ready_together(*residents: Resident[Any]) -> list[Any]:
    """Their models, all on the device at once: none is sent away for another."""
    room = max(each.working for each in residents)
    patchers = [patcher for each in residents for patcher in each.patchers]
    if patchers:
        memory.load_models_gpu(patchers, memory_required=room)
    else:
        memory.free_memory(room, memory.get_torch_device())
    return [each.model for each in residents]
