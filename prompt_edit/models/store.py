"""Finds the models that are on this machine. Nothing is downloaded here."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import try_to_load_from_cache

SAMPLES = Path(__file__).parent.parent / "paperdoll" / "weights"
FOLDER_VARIABLE = "PROMPT_EDIT_MODELS"


@dataclass(frozen=True)
class Role:
    """A place in the pipeline that a model can fill.

    Attributes:
        sample: folder of the bundled sample model.
        folders: where users keep such models, below a models folder.
        index: the file that makes a folder a model.
        repositories: Hugging Face ids that are looked for in the local cache, best first.
    """

    sample: str
    folders: tuple[str, ...]
    index: str
    repositories: tuple[str, ...]


DETECTOR = Role(
    "grounding-dino",
    ("grounding-dino",),
    "config.json",
    ("IDEA-Research/grounding-dino-base", "IDEA-Research/grounding-dino-tiny"),
)
SEGMENTER = Role(
    "sam",
    ("sams",),
    "config.json",
    ("facebook/sam-vit-huge", "facebook/sam-vit-large", "facebook/sam-vit-base"),
)
PAINTER = Role(
    "inpaint",
    ("diffusers",),
    "model_index.json",
    (
        "stable-diffusion-v1-5/stable-diffusion-inpainting",
        "runwayml/stable-diffusion-inpainting",
        "stabilityai/stable-diffusion-2-inpainting",
    ),
)


@dataclass(frozen=True)
class ModelSet:
    """One folder for each role; `sample` tells that they are the bundled ones."""

    detector: Path
    segmenter: Path
    painter: Path
    sample: bool


def installed(role: Role) -> Path | None:
    """The first real model for a role: below `$PROMPT_EDIT_MODELS`, then in the local cache."""
    return next((folder for folder in _candidates(role) if _is_whole(folder, role)), None)


def models_in(role: Role, roots: Sequence[Path]) -> dict[str, Path]:
    """The models for a role by name, in those folders and then in the local cache."""
    folders = [path for root in roots if root.is_dir() for path in sorted(root.iterdir())]
    found: dict[str, Path] = {}
    for path in folders:
        if path.is_dir() and _is_whole(path, role):
            found.setdefault(path.name, path)  # the first folder's, as everywhere in the host
    for repository in role.repositories:
        cached = try_to_load_from_cache(repository, role.index)
        if isinstance(cached, str) and _is_whole(Path(cached).parent, role):
            found.setdefault(repository, Path(cached).parent)
    return found


def _candidates(role: Role) -> Iterator[Path]:
    root = os.environ.get(FOLDER_VARIABLE)
    if root:
        for folder in role.folders:
            yield from sorted(path for path in Path(root, folder).glob("*") if path.is_dir())
    for repository in role.repositories:
        cached = try_to_load_from_cache(repository, role.index)
        if isinstance(cached, str):
            yield Path(cached).parent


def _is_whole(folder: Path, role: Role) -> bool:
    """True where there are settings and weights: a cache may hold settings alone."""
    weights = (".safetensors", ".bin")
    return (folder / role.index).is_file() and any(
        path.suffix in weights for path in folder.rglob("*")
    )


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
