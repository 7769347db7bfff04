"""Run by test_host.py inside the host: what happens where a GPU can't hold a model.

The device "meta" stands for the GPU: weights can lie there, and nothing is computed.
"""

from __future__ import annotations

import sys

import comfy.options
from small_models import load_pack

comfy.options.enable_args_parsing()
sys.argv = ["main.py", "--cpu"]

import comfy.model_management as memory  # noqa: E402
import diffusers  # noqa: E402
import torch  # noqa: E402
from comfy.model_patcher import ModelPatcher  # noqa: E402

CPU, GPU = torch.device("cpu"), torch.device("meta")
free = {"bytes": 0}


def pretend() -> None:
    """The host believes in a GPU with `free` bytes left."""
    memory.get_torch_device = lambda: GPU
    memory.unet_offload_device = lambda: CPU
    memory.soft_empty_cache = lambda *_: None
    memory.vram_state = memory.VRAMState.NORMAL_VRAM
    memory.get_free_memory = lambda _=None, torch_free_too=False: (
        (free["bytes"], 0) if torch_free_too else free["bytes"]
    )


def network() -> torch.nn.Module:
    """256 MiB in 4 layers."""
    return torch.nn.Sequential(*(torch.nn.Linear(4096, 4096) for _ in range(4)))


def places(*modules: torch.nn.Module) -> set[str]:
    return {value.device.type for module in modules for value in module.parameters()}


def main() -> None:
    pretend()
    host = load_pack("nodes.host")

    free["bytes"] = 200 * 2**20
    plain = ModelPatcher(network(), GPU, CPU)
    memory.load_models_gpu([plain])
    split = places(plain.model) == {"cpu", "meta"}  # 0.3.64 does; what a host does is its own
    print("the host splits models:", split)
    memory.current_loaded_models.clear()

    class It:
        rested = 0

        def rest(self) -> None:
            self.rested += 1

    net, it = network(), It()
    resident = host.Resident(it, [net])
    assert resident.ready() is it
    assert places(net) == {"meta"}
    (patcher,) = resident.patchers
    assert patcher.partially_unload(CPU, 2**20) == 0
    assert places(net) == {"meta"} and not it.rested
    net.to_empty(device="cpu")  # no data comes back from where this GPU is
    memory.current_loaded_models[0].model_unload()
    assert it.rested == 1, "what it kept on the GPU is given back"
    memory.current_loaded_models.clear()

    free["bytes"] = 2**20
    moved: list[torch.device] = []
    diffusers.DiffusionPipeline.enable_model_cpu_offload = lambda _, device: moved.append(device)
    asked: list[float] = []
    memory.free_memory = lambda need, device, *_, **__: asked.append(need)
    painter = host.load_painter(host.SAMPLE, "fp32")
    assert places(*painter.model.modules) == {"cpu"}
    assert (painter.patchers, moved) == ([], [GPU]), "it moves its parts by itself"
    need = painter.working
    assert asked[0] > need > 0
    painter.ready()
    assert asked[-1] == need, "others leave the GPU before it paints"

    del painter
    free["bytes"] = 8 * 2**30
    painter = host.load_painter(host.SAMPLE, "fp32")
    assert len(painter.patchers) == 1 and 0 < painter.working < need
    painter.ready()
    assert places(*painter.model.modules) == {"meta"}
    print("all held")


main()
