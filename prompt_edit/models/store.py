"""Finds the models that are on this machine. Nothing is downloaded here."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huggingface_hub import try_to_load_from_cache

from .catalogue import catalogue

SAMPLES = Path(__file__).parent.parent / "paperdoll" / "weights"
FOLDER_VARIABLE = "PROMPT_EDIT_MODELS"


@dataclass(frozen=True)
class Role:
    """A place in the pipeline that a model can fill.

    Attributes:
        sample: folder of the bundled sample model.
        folders: where users keep such models, below a models folder; the best kind first.
        index: the file that makes a folder a model.
        files: endings of single-file checkpoints; none where there are no such.
        kinds: what `index` may name as its model_type; all, where none is told.
        last: names (a regular expression) that belong to other packs: taken if nothing else is.
    """

    sample: str
    folders: tuple[str, ...]
    index: str
    files: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    last: str = "(?!)"


DETECTOR = Role(
    "grounding-dino", ("grounding-dino",), "config.json", (".pth", ".safetensors"),
    kinds=("grounding-dino", "mm-grounding-dino"),
)  # fmt: skip
SEGMENTER = Role(
    "sam", ("sams", "sam2", "sam3"), "config.json", (".pth", ".safetensors"),
    kinds=("sam", "sam_hq", "sam2", "sam2_video", "sam3_tracker", "sam3_video"),
    last=r"mobile|fast|edge|_?hq_|sam2|sam3",  # files that only their own packs read
)  # fmt: skip
PAINTER = Role(
    "inpaint", ("diffusers", "checkpoints", "diffusion_models", "unet"), "model_index.json",
    (".safetensors", ".sft", ".ckpt"),
)  # fmt: skip
CONTROLNET = Role("controlnet", ("controlnet",), "config.json", (".safetensors", ".pth"))

PARTIAL = ".prompt_edit_partial"
"""Lies in a model's folder while it is downloaded."""


@dataclass(frozen=True)
class ModelSet:
    """One folder or file for each role; `sample` tells that they are the bundled ones."""

    detector: Path
    segmenter: Path
    painter: Path
    sample: bool


def home() -> Path | None:
    """The models folder of scripts and the command line: `$PROMPT_EDIT_MODELS`, if it is set."""
    root = os.environ.get(FOLDER_VARIABLE)
    return Path(root).expanduser() if root else None


def installed(role: Role) -> Path | None:
    """The first real model for a role: below `$PROMPT_EDIT_MODELS`, then in the local cache."""
    root = home()
    folders = [root / name for name in role.folders] if root else []
    return next(iter(models_in(role, folders).values()), None)


def models_in(role: Role, folders: Sequence[Path]) -> dict[str, Path]:
    """The models for a role in those folders, subfolders too, then in the Hugging Face cache.

    Their names are their paths below the folder, with slashes on every system, or the repository.
    """
    found: dict[str, Path] = {}
    for folder in folders:
        below = {path.relative_to(folder).as_posix(): path for path in _models_below(folder, role)}
        for name in sorted(below, key=lambda name: (_comes_last(name, role), name)):
            found.setdefault(name, below[name])  # the first folder's, as everywhere in the host
    for known in catalogue():
        if known.role == role.sample and known.repository and not known.single:
            cached = try_to_load_from_cache(known.repository, role.index)
            if isinstance(cached, str) and _is_whole(Path(cached).parent, role):
                found.setdefault(known.repository, Path(cached).parent)
    return found


def _models_below(folder: Path, role: Role, above: frozenset[Path] = frozenset()) -> Iterator[Path]:
    """Models in a folder and in its subfolders; what lies inside a model is none."""
    real = folder.resolve()
    if not folder.is_dir() or real in above:  # a link to where it lies in
        return
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_file():
            if path.suffix in role.files:
                yield path
        elif _is_whole(path, role):
            yield path
        elif not any((path / index).is_file() for index in ("config.json", "model_index.json")):
            yield from _models_below(path, role, above | {real})


def _comes_last(name: str, role: Role) -> bool:
    return name.endswith(role.files) and bool(re.search(role.last, name, re.IGNORECASE))


def _is_whole(folder: Path, role: Role) -> bool:
    """True where there are settings of the right kind and all weights: a cache may hold settings
    alone, and a download may have been cut off."""
    index = folder / role.index
    if not index.is_file() or (folder / PARTIAL).exists():
        return False
    kind = _read(index).get("model_type")
    if role.kinds and kind and kind not in role.kinds:
        return False
    for table in [*folder.glob("*.index.json"), *folder.glob("*/*.index.json")]:
        shards = set(_read(table).get("weight_map", {}).values())
        if not all((table.parent / shard).is_file() for shard in shards):
            return False
    return any(any(folder.glob(f"{place}*{ending}"))
               for place in ("", "*/") for ending in (".safetensors", ".bin"))  # fmt: skip


def _read(file: Path) -> dict[str, Any]:
    """A file of settings; empty where it can't be read, which the loaders say better."""
    try:
        held = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return held if isinstance(held, dict) else {}


def default_models() -> ModelSet:
    """Real models if all three are installed, else the sample ones.

    They are not mixed: the sample models know the paper-doll world only.
    """
    detector, segmenter, painter = (installed(role) for role in (DETECTOR, SEGMENTER, PAINTER))
    if detector and segmenter and painter:
        return ModelSet(detector, segmenter, painter, sample=False)
    return sample_models()


def sample_models() -> ModelSet:
    """The bundled models."""
    detector, segmenter, painter = (
        SAMPLES / role.sample for role in (DETECTOR, SEGMENTER, PAINTER)
    )
    return ModelSet(detector, segmenter, painter, sample=True)
