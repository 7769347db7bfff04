"""What the host does for us: memory, folders, progress, stopping, previews."""

from __future__ import annotations

import os
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
from ..prompt_edit.intent.llm import LlmParser, Parser
from ..prompt_edit.intent.local import LocalModel
from ..prompt_edit.intent.providers import make_parser
from ..prompt_edit.intent.waiting import Check, never
from ..prompt_edit.models.catalogue import catalogue, find
from ..prompt_edit.models.download import download
from ..prompt_edit.models.store import DETECTOR, PAINTER, SAMPLES, SEGMENTER, Role, models_in
from ..prompt_edit.plan import EditPlan

Model = TypeVar("Model")

SAMPLE = "sample (paper dolls)"
"""The name of the bundled model in every loader's list."""

NOTHING = "none installed"
"""Stands in the list where there is no such model: what is chosen unasked is no download."""

DOWNLOAD = " (download)"
"""Ends the name of a model that a loader brings here if it is not."""


class Resident(Generic[Model]):
    """A model of the library whose weights the host moves to the GPU and back."""

    def __init__(self, model: Model, modules: Sequence[torch.nn.Module]) -> None:
        self._model = model
        self.patcher = ModelPatcher(
            torch.nn.ModuleList(modules),
            load_device=memory.get_torch_device(),
            offload_device=memory.unet_offload_device(),
        )

    def ready(self) -> Model:
        """The model, on the device where it runs; others may be sent away for it."""
        memory.load_models_gpu([self.patcher])
        return self._model


def ready_together(*residents: Resident) -> list[Any]:
    """Their models, all on the device at once: none is sent away for another."""
    memory.load_models_gpu([each.patcher for each in residents])
    return [each.ready() for each in residents]


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
    for name in ("grounding-dino", "sams", "sam2", "sam3", "bert-base-uncased", "LLM", "diffusers"):
        folder_paths.add_model_folder_path(name, os.path.join(folder_paths.models_dir, name))


def model_input(role: Role) -> io.Combo.Input:
    """A loader's list: what is installed, the sample model if there is one, and downloads.

    What can be downloaded stays in the list once it is here, so that a workflow that names it
    opens everywhere.
    """
    known = [each.name + DOWNLOAD for each in catalogue()
             if each.role == role.sample and each.repository and not each.gated]  # fmt: skip
    sample = SAMPLE if (SAMPLES / role.sample).is_dir() else NOTHING
    here = list(installed(role))
    names = [*here, *([sample] if sample == SAMPLE or not here else []), *known]
    return io.Combo.Input("model", options=names, default=names[0], tooltip="Installed models come"
                          " first; the sample model needs no download. Only a name that ends in"
                          f" \"{DOWNLOAD.strip()}\" is downloaded, once.")  # fmt: skip


def installed(role: Role) -> dict[str, Path]:
    """The models in the host's folders and in the Hugging Face cache, by name."""
    return models_in(role, roots(role.folders))


def load(kind: Any, role: Role, name: str, dtype: str = "default", **options: Any) -> Resident:
    """A loader's choice, loaded in the host's memory; it moves to the GPU when it is used."""
    path = _path(role, name)
    precision = _DTYPES.get(dtype) or kind.default_dtype(path, memory.get_torch_device())
    key = (path, precision, *sorted(options.items()))
    if key not in _loaded:
        model = kind.load(path, device=memory.unet_offload_device(), dtype=precision, **options)
        resident = Resident(model, model.modules)
        _loaded[key] = resident
    return _loaded[key]


def _path(role: Role, name: str) -> Path:
    """Where the model of that name is, downloaded if it is to be and is not here."""
    if name == SAMPLE:
        return SAMPLES / role.sample
    if name == NOTHING:
        raise ModelError(
            f"There is no model in models/{role.folders[0]} yet. Put one there, or choose a name"
            f' that ends in "{DOWNLOAD.strip()}".'
        )
    if not name.endswith(DOWNLOAD):
        return installed(role)[name]
    known = find(name.removesuffix(DOWNLOAD))
    here = installed(role).get(known.name)
    return here or download(known, Path(folder_paths.models_dir), Progress(1).step)


_DTYPES = {"fp16": torch.float16, "bf16": torch.bfloat16, "fp32": torch.float32}
_loaded: WeakValueDictionary[tuple[Any, ...], Resident] = WeakValueDictionary()
"""What some graph still holds: two loaders of one model share it."""


def default_names() -> dict[str, str]:
    """For each role the model that is taken unless one is chosen: installed ones, or all samples.

    They are not mixed: the sample models know the paper-doll world only.
    """
    roles = (DETECTOR, SEGMENTER, PAINTER)
    first = {role.sample: next(iter(installed(role)), None) for role in roles}
    whole = all(first.values())
    return {role: str(name) if whole else SAMPLE for role, name in first.items()}


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
    """Where a LoRA is. Raises FileNotFoundError if it is gone."""
    return Path(folder_paths.get_full_path_or_raise("loras", name))


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
