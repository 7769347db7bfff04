"""A loader's choice, loaded in the host's memory."""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import Callable
from hashlib import sha1
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakSet, WeakValueDictionary

import comfy.model_management as memory
import torch
from comfy_execution.utils import get_executing_context

from ...prompt_edit.errors import ModelError
from ...prompt_edit.inpaint.diffusion import Inpainter
from ...prompt_edit.inpaint.memory import GIB
from ...prompt_edit.inpaint.source import open_source
from ...prompt_edit.inpaint.source.neighbours import folders_about
from ...prompt_edit.models.catalogue import find
from ...prompt_edit.models.device import free_memory, total_memory
from ...prompt_edit.models.loaded import Loaded
from ...prompt_edit.models.stamps import stamps
from ...prompt_edit.models.store import PAINTER, Role
from .choice import DOWNLOAD, chosen
from .folders import installed
from .resident import Resident

_DTYPES = {"fp16": torch.float16, "bf16": torch.bfloat16, "fp32": torch.float32}
Kind = TypeVar("Kind", bound=Loaded)


def version(role: Role, name: str | None) -> str:
    """Differs where the model of that name is another one; nothing is downloaded.

    Empty for a model that is not here, and for a name that comes over a link; and for one that has
    been downloaded since, as long as it stays what came.
    """
    if not name:
        return ""
    try:
        path = _here(role, name)
    except ModelError:  # which is told when it is loaded
        return ""
    if path is None:
        _awaited.setdefault((role.name, name))
        return ""
    parts = folders_about(path) if role is PAINTER else ()
    found = version_of(path, *parts)
    if (role.name, name) not in _awaited:
        return found
    came = _awaited[role.name, name] = _awaited[role.name, name] or found
    return "" if found == came else found


_awaited: dict[tuple[str, str], str | None] = {}
"""What was not here when it was asked for, and its version since it came: else the graph that has
downloaded it would run once more for nothing."""


def _here(role: Role, name: str) -> Path | None:
    """Where the model of that name is, if it need not be downloaded."""
    if not name.endswith(DOWNLOAD):
        return chosen(role, name)
    found, known = installed(role), find(name.removesuffix(DOWNLOAD))
    return found.get(known.name) or found.get(known.repository)


def version_of(*paths: Path) -> str:
    """Differs where one of the files, or one in one of the folders, is another than before."""
    told = [stamps(path) if path.exists() else [] for path in paths]
    return sha1(repr(told).encode()).hexdigest()


def load(kind: type[Kind], role: Role, name: str) -> Resident[Kind]:
    """A loader's choice, loaded in the host's memory; it moves to the GPU when it is used."""
    path = chosen(role, name)
    gpu = memory.get_torch_device()
    precision = _able(kind.default_dtype(gpu), gpu)

    def make() -> Resident[Kind]:
        model = kind.load(path, device=memory.unet_offload_device(), dtype=precision)
        return Resident(model, model.modules, _AT_WORK)

    return _shared(role, (path, version_of(path), precision), make)


def load_painter(name: str, dtype: str, **options: Any) -> Resident[Inpainter]:
    """`load` for a painter; one that is too large for the GPU runs there part by part."""
    path, gpu = chosen(PAINTER, name), memory.get_torch_device()
    source = open_source(path)
    precision = _DTYPES.get(dtype) or _able(source.default_dtype(gpu), gpu)
    need = source.need(precision)

    def make() -> Resident[Inpainter]:
        offload = False
        if gpu.type not in ("cpu", "mps"):  # a Mac's GPU has no memory of its own
            memory.free_memory(need.whole, gpu)
            offload = need.whole > memory.get_free_memory(gpu)
        logging.info("%s takes about %.1f GiB on %s%s", path.name,
                     (need.offloaded if offload else need.whole) / GIB, gpu,
                     ", part by part, which is slower" if offload else "")  # fmt: skip
        model = Inpainter.load(source, gpu, precision, rest=memory.unet_offload_device(),
                               offload=offload, **options)  # fmt: skip
        return Resident(model, [] if offload else model.modules, model.working)

    lender = [source.lender] if source.lender else []
    files = [path, *source.neighbours, *lender, *(each.path for each in options.get("loras", ()))]
    key = (path, version_of(*files), precision, *sorted(options.items()))
    return _shared(PAINTER, key, make, need.whole if gpu.type == "cpu" else need.weights)


class Keeper:
    """Holds what the nodes that another one becomes have loaded last, by role.

    The host forgets what those gave as soon as a node before them runs: a model would be read from
    the disk for every new picture. An instance of a node it keeps until the node is in no graph, or
    its caches are freed: a keeper that such an instance holds goes with it, and so do the models.
    """

    def __init__(self) -> None:
        self.held: dict[str, Resident[Any]] = {}
        _keepers.add(self)


_keepers: WeakSet[Keeper] = WeakSet()


def _able(dtype: torch.dtype, gpu: torch.device) -> torch.dtype:
    """That precision, or the full one where the GPU fails at it, or the host runs with
    --force-fp32. Where it is but slow (fp16 on the GTX 10 series, bf16 on a GPU without it) it is
    taken: full would take twice the memory there."""
    if dtype == torch.float16:
        return dtype if memory.should_use_fp16(gpu, manual_cast=True) else torch.float32
    slow = {"prioritize_performance": False, "manual_cast": True}
    if dtype == torch.bfloat16 and not memory.should_use_bf16(gpu, **slow):
        return torch.float32
    return dtype


def _shared(
    role: Role, key: tuple[Any, ...], make: Callable[[], Resident[Any]], need: int = 0
) -> Resident[Any]:
    """What some graph still holds under that key, or what is made now.

    The key holds the files' versions: another file may lie under the name by now.

    Args:
        need: bytes of the machine's memory that it takes, if that is known.
    """
    resident, keepers = _loaded.get(key), [*_keepers]
    if resident is None:
        room = max(need, int(_SCARCE * total_memory()))
        scarce = free_memory(_CPU) < room
        for keeper in keepers:  # what was held for this role is in the way of what comes now
            for name in [*keeper.held] if scarce else [role.name]:
                keeper.held.pop(name, None)
        if scarce:
            _make_room(room)
        resident = _loaded[key] = make()
    running = get_executing_context()
    if running and "." in running.node_id:  # a node that another one has become
        for keeper in keepers:
            keeper.held[role.name] = resident
    return resident


def _make_room(room: int) -> None:
    """Let the host give up what this run does not use, until so many bytes are free: such as the
    model that was chosen before. A newer host does so after a node has run, and a model that is
    refused for lack of memory would be refused at every run."""
    release = getattr(sys.modules.get("comfy.memory_management"), "extra_ram_release", None)
    if release:
        release(room)
    gc.collect()  # models are circles of references


_AT_WORK = 3 * GIB // 2
"""What detector and SAM take beside their weights, masks of a large picture reckoned in."""
_CPU = torch.device("cpu")
_SCARCE = 0.25  # of the machine's memory: with less of it free, no model is held for later


_loaded: WeakValueDictionary[tuple[Any, ...], Resident[Any]] = WeakValueDictionary()
"""What some graph still holds: two loaders of one model share it."""
