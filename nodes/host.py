"""What the host does for us: memory, folders, progress, stopping, previews."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar
from weakref import WeakValueDictionary

import comfy.model_management as memory
import comfy.utils
import folder_paths
import torch
from comfy.cli_args import LatentPreviewMethod, args
from comfy.model_patcher import ModelPatcher
from comfy_api.latest import io, ui
from PIL import Image

from ..prompt_edit.errors import ModelError
from ..prompt_edit.images import to_pil
from ..prompt_edit.inpaint.diffusion import Inpainter
from ..prompt_edit.inpaint.memory import GIB, estimate
from ..prompt_edit.intent.llm import LlmParser, Parser
from ..prompt_edit.intent.local import LocalModel
from ..prompt_edit.intent.providers import make_parser
from ..prompt_edit.intent.waiting import Check, never
from ..prompt_edit.models.catalogue import RECOMMENDED, catalogue, find
from ..prompt_edit.models.download import download
from ..prompt_edit.models.store import (
    CONTROLNET,
    PAINTER,
    ROLES,
    SAMPLES,
    Role,
    models_in,
    set_told,
    whole_set,
)
from ..prompt_edit.plan import EditPlan

Model = TypeVar("Model")

SAMPLE = "sample (paper dolls)"
"""The name of the bundled model in every loader's list."""

NOTHING = "none installed"
"""Stands in the list where there is no such model: what is chosen unasked is no download."""

DOWNLOAD = " (download)"
"""Ends the name of a model that a loader brings here if it is not."""


class _Whole(ModelPatcher):
    """Moves a model whole or not at all.

    The host's own layers can rest on the CPU while others run on the GPU. Those of transformers
    and diffusers can't: half a model there ends in an error about two devices.
    """

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

    def ready(self) -> Model:
        """The model, on the device where it runs; others may be sent away for it."""
        return ready_together(self)[0]


def ready_together(*residents: Resident) -> list[Any]:
    """Their models, all on the device at once: none is sent away for another."""
    room = max(each.working for each in residents)
    patchers = [patcher for each in residents for patcher in each.patchers]
    if patchers:
        memory.load_models_gpu(patchers, memory_required=room)
    else:
        memory.free_memory(room, memory.get_torch_device())
    return [each.model for each in residents]


class ResidentParser:
    """A parser whose local language model the host moves to the GPU and back.

    Its weights are read when the first instruction is.
    """

    def __init__(self, parser: LlmParser, model: LocalModel) -> None:
        self._parser, self._model = parser, model
        self._resident: Resident[LlmParser] | None = None

    def __call__(
        self, instruction: str, image: torch.Tensor | None = None, check: Check = never
    ) -> EditPlan:
        if self._resident is None:
            module = self._model.load(str(memory.unet_offload_device()), check)
            self._resident = Resident(self._parser, [module])
        return self._resident.ready()(instruction, image, check)


def load_llm(name: str) -> Parser:
    """The parser of that name; the host minds a local model's memory, unless its place is set."""
    parser = make_parser(name, llm_folders())
    if isinstance(parser, LlmParser):
        model = parser.language_model
        if isinstance(model, LocalModel) and not model.device:
            return ResidentParser(parser, model)
    return parser


def register_folders() -> None:
    """Make the model folders known to the host, beside those of `extra_model_paths`."""
    names = [name for role in (*ROLES, CONTROLNET) for name in role.folders]
    for name in (*names, "bert-base-uncased", "LLM"):
        folder_paths.add_model_folder_path(name, os.path.join(folder_paths.models_dir, name))


def model_input(role: Role) -> io.Combo.Input:
    """A loader's list: what is installed, the sample model if there is one, and downloads.

    What stands in it unasked is of one whole set, or the sample: in all loaders alike.
    What can be downloaded stays in the list once it is here, so that a workflow that names it
    opens everywhere.
    """
    bundled = [SAMPLE] if role in ROLES else []
    names = [*installed(role), *bundled] or [NOTHING]
    default = _set_of(_installed()).get(role.sample, names[0])
    sizes = _recommended(role)
    known = [each.name for each in catalogue()
             if each.role == role.sample and each.repository and not each.gated]  # fmt: skip
    downloads = [name + DOWNLOAD for name in dict.fromkeys([*sizes, *known])]
    told = ", ".join(f"{name} ({', '.join(each)})" for name, each in sizes.items())
    return io.Combo.Input("model", options=[*names, *downloads], default=default,
                          tooltip="Installed models come first; the sample model needs no download."
                          f' Only a name that ends in "{DOWNLOAD.strip()}" is downloaded, once.'
                          + (f" Recommended: {told}." if told else ""))  # fmt: skip


def _recommended(role: Role) -> dict[str, list[str]]:
    """The models of the recommended sets, and for which sizes of set; none where they have none."""
    sizes: dict[str, list[str]] = {}
    for each in RECOMMENDED if role in ROLES else ():
        sizes.setdefault(each.models[ROLES.index(role)], []).append(each.size)
    return sizes


def installed(role: Role) -> dict[str, Path]:
    """The models in the host's folders and in the Hugging Face cache, by name."""
    return models_in(role, roots(role.folders))


def load(kind: Any, role: Role, name: str) -> Resident:
    """A loader's choice, loaded in the host's memory; it moves to the GPU when it is used."""
    path = _path(role, name)
    precision = kind.default_dtype(path, memory.get_torch_device())

    def made() -> Resident:
        model = kind.load(path, device=memory.unet_offload_device(), dtype=precision)
        return Resident(model, model.modules)

    return _shared((path, precision), made)


def load_painter(name: str, dtype: str, **options: Any) -> Resident[Inpainter]:
    """`load` for a painter; one that is too large for the GPU runs there part by part."""
    path, gpu = _path(PAINTER, name), memory.get_torch_device()
    precision = _DTYPES.get(dtype) or Inpainter.default_dtype(path, gpu)

    def made() -> Resident[Inpainter]:
        need = estimate(path, precision)
        offload = False
        if gpu.type not in ("cpu", "mps"):  # a Mac's GPU has no memory of its own
            memory.free_memory(need.whole, gpu)
            offload = need.whole > memory.get_free_memory(gpu)
        logging.info("%s takes about %.1f GiB on %s%s", path.name,
                     (need.offloaded if offload else need.whole) / GIB, gpu,
                     ", part by part, which is slower" if offload else "")  # fmt: skip
        model = Inpainter.load(path, gpu, precision, rest=memory.unet_offload_device(),
                               offload=offload, **options)  # fmt: skip
        return Resident(model, [] if offload else model.modules, model.working)

    return _shared((path, precision, *sorted(options.items())), made)


def _shared(key: tuple[Any, ...], made: Callable[[], Resident]) -> Any:
    """What some graph still holds under that key, or what is made now."""
    resident = _loaded.get(key)
    if resident is None:
        resident = _loaded[key] = made()
    return resident


def _path(role: Role, name: str) -> Path:
    """Where the model of that name is, downloaded if it is to be and is not here."""
    if name == SAMPLE:
        return SAMPLES / role.sample
    if name == NOTHING:
        raise ModelError(
            f"There is no model in models/{role.folders[0]} yet. Put one there, or choose a name"
            f' that ends in "{DOWNLOAD.strip()}".'
        )
    found = installed(role)
    if name in found:
        return found[name]
    known = find(name.removesuffix(DOWNLOAD)) if name.endswith(DOWNLOAD) else None
    if known is None or known.role != role.sample:
        raise ModelError(
            f"There is no model {name[:80]!r} here. Put it into models/{role.folders[0]}, or choose"
            " another in the list."
        )
    here = found.get(known.name) or found.get(known.repository)
    return here or download(known, Path(folder_paths.models_dir), Progress(1).step)


_DTYPES = {"fp16": torch.float16, "bf16": torch.bfloat16, "fp32": torch.float32}
_loaded: WeakValueDictionary[tuple[Any, ...], Resident] = WeakValueDictionary()
"""What some graph still holds: two loaders of one model share it."""


def default_names() -> tuple[dict[str, str], str]:
    """For each role of an edit the model that is taken unless one is chosen, and a word on them.

    One whole set of known models, or all samples: the sample models know the paper-doll world only.
    """
    found = _installed()
    return _set_of(found), set_told(found)


def _installed() -> dict[str, dict[str, Path]]:
    """What is installed for each role of an edit."""
    return {role.sample: installed(role) for role in ROLES}


def _set_of(found: dict[str, dict[str, Path]]) -> dict[str, str]:
    return whole_set(found) or {role.sample: SAMPLE for role in ROLES}


def roots(folders: Sequence[str]) -> list[Path]:
    """Where the host keeps models of those kinds."""
    return [Path(path) for name in folders for path in folder_paths.get_folder_paths(name)]


def llm_folders() -> list[str]:
    """Where the host keeps language models."""
    return folder_paths.get_folder_paths("LLM")


def lora_names() -> list[str]:
    """The LoRAs in the host's folders, by their path in them."""
    return folder_paths.get_filename_list("loras")


def lora_path(name: str) -> Path:
    """Where a LoRA is. Raises `ModelError` if it is not there."""
    if name not in lora_names():
        raise ModelError(f"There is no LoRA {name[:80]!r} here. Put it into models/loras.")
    return Path(folder_paths.get_full_path_or_raise("loras", name))


def briefly(message: str) -> str:
    """A message with short paths: the host shows its beginning only."""
    message = re.sub(r"\S*[/\\]models--(\S+?)--(\S+?)[/\\]snapshots[/\\]\w+", r"\1/\2", message)
    roots = {folder_paths.models_dir: "models", folder_paths.base_path: ".", Path.home(): "~"}
    for root, name in roots.items():
        message = message.replace(f"{root}{os.sep}", f"{name}/")
    return message


def stop_if_cancelled() -> None:
    """Raises what the host raises where Cancel was pressed."""
    memory.throw_exception_if_processing_interrupted()


class Progress:
    """A progress bar on the node; stepping it raises where Cancel was pressed."""

    def __init__(self, total: int) -> None:
        self._bar = comfy.utils.ProgressBar(total)
        self._preview: tuple[str, Image.Image, int] | None = None
        memory.throw_exception_if_processing_interrupted()

    def step(self, done: int, total: int) -> None:
        """So many of so many are done."""
        memory.throw_exception_if_processing_interrupted()
        self._bar.update_absolute(done, total, self._preview)

    @property
    def preview(self) -> Callable[[torch.Tensor], None] | None:
        """Takes a picture [h,w,3] to show with the next step; None where previews are off."""
        off = args.preview_method == LatentPreviewMethod.NoPreviews
        return None if off else self._take

    def _take(self, picture: torch.Tensor) -> None:
        self._preview = ("JPEG", to_pil(picture), 512)


def shown(node: type[io.ComfyNode], image: torch.Tensor, *lines: str) -> dict[str, Any]:
    """What appears inside a node: pictures [B,H,W,C], and lines of text below them."""
    return {**ui.PreviewImage(image, cls=node).as_dict(), "text": [line for line in lines if line]}
