"""Finds the models that are on this machine. Nothing is downloaded here."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

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
    """

    sample: str
    folders: tuple[str, ...]
    index: str
    files: tuple[str, ...]


DETECTOR = Role("grounding-dino", ("grounding-dino",), "config.json", (".pth", ".safetensors"))
SEGMENTER = Role("sam", ("sams", "sam2", "sam3"), "config.json", (".pth", ".safetensors"))
PAINTER = Role(
    "inpaint", ("diffusers", "checkpoints"), "model_index.json", (".safetensors", ".sft", ".ckpt")
)


CONTROLNET = Role("controlnet", ("controlnet",), "config.json", (".safetensors", ".pth"))


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
    return Path(root) if root else None


def installed(role: Role) -> Path | None:
    """The first real model for a role: below `$PROMPT_EDIT_MODELS`, then in the local cache."""
    root = home()
    folders = [root / name for name in role.folders] if root else []
    return next(iter(models_in(role, folders).values()), None)


def models_in(role: Role, folders: Sequence[Path]) -> dict[str, Path]:
    """The models for a role by name, in those folders and then in the Hugging Face cache."""
    paths = [path for each in folders if each.is_dir() for path in sorted(each.iterdir())]
    found: dict[str, Path] = {}
    for path in paths:
        if _is_whole(path, role):
            found.setdefault(path.name, path)  # the first folder's, as everywhere in the host
    for known in catalogue():
        if known.role == role.sample and known.repository and not known.single:
            cached = try_to_load_from_cache(known.repository, role.index)
            if isinstance(cached, str) and _is_whole(Path(cached).parent, role):
                found.setdefault(known.repository, Path(cached).parent)
    return found


def _is_whole(path: Path, role: Role) -> bool:
    """True where there are settings and weights: a cache may hold settings alone."""
    if path.is_file():
        return path.suffix in role.files
    weights = (".safetensors", ".bin")
    return (path / role.index).is_file() and any(file.suffix in weights for file in path.rglob("*"))


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
