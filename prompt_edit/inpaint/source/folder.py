"""Diffusers folders: what one is, told from settings and headers, and loading it from the disk."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import torch
from huggingface_hub import try_to_load_from_cache
from packaging.version import Version

from ...errors import ModelError
from ...models.card import read_config
from ...models.fit import Fit, require_exact
from ...models.headers import Header, Shapes, open_header
from ...models.loading import explained, require_words
from ..families import FAMILIES, Family, family_of, pipeline_class
from ..memory import NETWORKS
from .neighbours import folders_of_host
from .numbered import numbered
from .others import ELSEWHERE

INDEX = "model_index.json"
_SKIPPED = ("safety_checker", "feature_extractor", "image_encoder")


@dataclass(frozen=True)
class Folder:
    """A diffusers folder.

    Attributes:
        path: of it.
        family: a key of `FAMILIES`.
        index: its `model_index.json`.
        configs: the settings of its network, autoencoder and scheduler, by slot.
    """

    path: Path
    family: str
    index: Mapping[str, Any]
    configs: Mapping[str, Mapping[str, Any]]
    # A folder is whole, or is none: nothing about it is asked for parts.
    lender: ClassVar[None] = None
    neighbours: ClassVar[tuple[Path, ...]] = ()
    notes: ClassVar[tuple[str, ...]] = ()

    @property
    def row(self) -> Family:
        return FAMILIES[self.family]

    @property
    def scheduler(self) -> str:
        """The class of its scheduler, "" where none is told."""
        return str((self.index.get("scheduler") or ["", ""])[1])

    @property
    def network(self) -> Mapping[str, Any]:
        """Its network's settings."""
        return next((self.configs[slot] for slot in NETWORKS if slot in self.configs), {})

    @cached_property
    def headers(self) -> Mapping[str, tuple[Header, ...]]:
        """Of the files that are loaded, by part.

        Raises:
            ModelError: one is broken.
        """
        try:
            return {part: tuple(map(open_header, files)) for part, files in self._files()}
        except ModelError as error:
            raise ModelError(
                f"{error} So {self.path} could not be loaded as an inpainting model."
            ) from error

    def require_whole(self) -> None:
        """Nothing: it is told when it is loaded."""

    def _files(self) -> Iterator[tuple[str, list[Path]]]:
        for part, kind in self.index.items():
            known = isinstance(kind, list) and kind and kind[0] and part not in _SKIPPED
            if known and (self.path / part).is_dir():
                yield part, _chosen(self.path / part)

    def numbers(self) -> dict[str, int]:
        """How many numbers each part has."""
        return {part: sum(held.numel for header in headers for held in header.tensors.values())
                for part, headers in self.headers.items()}  # fmt: skip

    @property
    def sizes(self) -> tuple[int, int]:
        """The side in pixels that it was trained on, and the autoencoder's first width."""
        vae = self.configs.get("vae", {})
        channels = vae.get("block_out_channels") or [vae.get("base_dim", 128)]
        latents = self.configs.get("unet", {}).get("sample_size")
        scaled = "vae" in self.configs and isinstance(latents, int)
        side = latents * 2 ** (len(channels) - 1) if scaled and latents else self.row.native
        return side, channels[0]

    def load(self, dtype: torch.dtype) -> Any:
        """Its inpainting pipeline. Raises `ModelError` as `lend`."""
        pipeline = self.lend(pipeline_class(self.row.pipeline), dtype, self.row.options)
        later = self.row.numbers_pictures(str(self.index["_class_name"]))
        return numbered(pipeline) if later else pipeline

    def lend(self, kind: Any, dtype: torch.dtype, given: Mapping[str, Any]) -> Any:
        """A pipeline of the class `kind` of this folder's parts, save for those that are `given`.

        Goes nowhere.

        Raises:
            ModelError: broken, or not whole.
        """
        options = {**given, **dtype_option(dtype)}
        if half_only(self.path):
            options["variant"] = "fp16"
        with explained(self.path, "an inpainting model"):
            pipeline = kind.from_pretrained(self.path, local_files_only=True, **options)
        for slot, headers in self.headers.items():
            part = getattr(pipeline, slot, None)
            if headers and slot not in given and isinstance(part, torch.nn.Module):
                _require_whole(self.path, slot, part, headers)
        for slot in self.headers:
            tokenizer = slot.replace("text_encoder", "tokenizer")
            if slot.startswith("text_encoder") and not {slot, tokenizer} & given.keys():
                words = getattr(pipeline, tokenizer, None)
                require_words(words, getattr(pipeline, slot, None), self.path)
        return pipeline


def open_folder(path: Path) -> Folder:
    """What a diffusers folder is, from its settings alone.

    Raises:
        ModelError: no diffusers folder, or one that can't inpaint.
    """
    index = read_config(path, INDEX)
    if "_class_name" not in index:
        raise ModelError(f"Copy the model anew: {path}/{INDEX} names no pipeline.")
    configs = {slot: read_config(path / slot, f"{file}.json")
               for slot, file in (("unet", "config"), ("transformer", "config"), ("vae", "config"),
                                  ("scheduler", "scheduler_config"))
               if (path / slot / f"{file}.json").is_file()}  # fmt: skip
    try:
        key = family_of(str(index["_class_name"]), configs.get("unet", {}).get("in_channels"))
    except ModelError as error:
        raise ModelError(f"Choose another model than {path}: {error}") from error
    folder = Folder(path, key, index, configs)
    _require_schedule(folder)
    return folder


def _require_schedule(folder: Folder) -> None:
    """Inpainting lays the known part back by a schedule and a code that it knows: refuse others."""
    vae = folder.configs.get("vae", {})
    if folder.scheduler.startswith("EDM") or (folder.row.channels and vae.get("latents_mean")):
        raise ModelError(
            f"{ELSEWHERE}: {folder.path} is made for a noise or a code (EDM, as Playground v2.5)"
            " that diffusers' inpainting does not follow."
        )


def lender_of(path: Path, key: str, width: int, base: Folder | None = None) -> Folder | None:
    """A whole diffusers folder that can lend what a single file of that family lacks.

    Args:
        path: of the file, about which is looked, and then in the local cache.
        key: of its family.
        width: of the text that its network reads.
        base: the folder that was named for it.

    Raises:
        ModelError: `base` is of another family, or reads other texts.
    """
    row = FAMILIES[key]
    if base:
        if not base.row.lends_to(row) or base.network.get(row.width, width) != width:
            theirs = base.row.title if not base.row.lends_to(row) else (
                f"{base.row.title} whose text is {base.network.get(row.width)} wide, not {width}"
            )  # fmt: skip
            raise ModelError(
                f"Choose another folder: {path.name} needs the parts of a {row.title}, and"
                f" {base.path} is a {theirs}."
            )
        return base
    for index in _indices(path, row):
        lender = _lender(index, row, width)
        if lender:
            return lender
    return None


def _indices(path: Path, row: Family) -> Iterator[Path]:
    near = [parent / "diffusers" for parent in list(path.absolute().parents)[:3]]
    for folder in dict.fromkeys([*near, *folders_of_host("diffusers")]):
        yield from sorted(folder.glob(f"*/{INDEX}")) if folder.is_dir() else []
    for repository in row.lenders:
        cached = try_to_load_from_cache(repository, INDEX)
        if isinstance(cached, str):
            yield Path(cached)


def _lender(index: Path, row: Family, width: int) -> Folder | None:
    """That folder, where it has what is wanted."""
    try:
        class_name = json.loads(index.read_text(encoding="utf-8")).get("_class_name")
        if not FAMILIES[family_of(str(class_name))].lends_to(row):
            return None
        found = open_folder(index.parent)
    except (ModelError, ValueError, AttributeError, OSError):
        return None  # a broken folder beside ours is not our affair
    parts = ("text_encoder", "vae")
    whole = all(any((index.parent / part).glob("*.safetensors")) for part in parts)
    return found if whole and found.network.get(row.width, width) == width else None


def dtype_option(dtype: torch.dtype) -> dict[str, torch.dtype]:
    """The argument that tells diffusers a type: 0.42 renamed it, and warns of the old name."""
    import diffusers

    renamed = Version(diffusers.__version__) >= Version("0.42")
    return {"dtype" if renamed else "torch_dtype": dtype}


def _require_whole(folder: Path, slot: str, part: Any, headers: tuple[Header, ...]) -> None:
    """The libraries fill what is missing with random numbers, leave away what is too much, and go
    on."""
    import transformers

    held: Shapes = {name: shape for header in headers for name, shape in header.shapes.items()}
    needed = sum(value.numel() for value in part.parameters())
    there = sum(one.numel for header in headers for one in header.tensors.values())
    state = part.state_dict()
    old = Version(transformers.__version__) < Version("5")
    if old and held.keys().isdisjoint(state):
        raise ModelError(
            f"Update transformers: {folder} names the weights of its {slot} as transformers 5"
            f" does, which {transformers.__version__} can't read."
        )
    if there < needed or any(value.is_meta for value in part.parameters()):
        raise ModelError(
            f"Copy the model anew: {folder} lacks weights of its {slot}, {there:,} of"
            f" {needed:,} numbers are there."
        )
    whole = sum(value.numel() for value in state.values())
    if slot in (*NETWORKS, "vae") and there > whole:
        surplus = tuple(name for name in held if name not in state)
        require_exact(Fit(surplus=surplus), folder, f"its {slot}")


def half_only(folder: Path) -> bool:
    """Whether only the fp16 variant was downloaded."""
    network = next((folder / name for name in NETWORKS if (folder / name).is_dir()), folder)
    files = [path.name for path in network.iterdir() if path.suffix in (".safetensors", ".bin")]
    return bool(files) and all(".fp16" in name for name in files)


def _chosen(part: Path) -> list[Path]:
    """Weights as the library chooses them: safetensors first, plain before fp16."""
    for suffix in (".safetensors", ".bin"):
        files = sorted(path for path in part.glob("*" + suffix) if "non_ema" not in path.name)
        plain = [path for path in files if ".fp16" not in path.name]
        if plain or files:
            return plain or files
    return []
