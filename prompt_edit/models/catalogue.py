"""The models that people use for this, and where they are published.

The facts are in `catalogue.json`: repository, pinned revision, files, and the SHA-256 of those
files of which it is public.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from ..errors import ModelError


@dataclass(frozen=True)
class PinnedFile:
    """A file's path in its repository, its SHA-256, and its size in bytes (0 if not known)."""

    path: str
    sha256: str
    size: int = 0


@dataclass(frozen=True)
class Known:
    """A published model.

    Attributes:
        name: what people call it; the name of its folder, or of its one file.
        role: what it does: a `store.Role`'s `sample`, or "controlnet" or "lora".
        folder: where it belongs, below a models folder.
        repository: its Hugging Face id; empty where it is published elsewhere, at `url`.
        licence: SPDX id, or the licence's own name.
        patterns: which files of the repository belong to it.
        revision: the commit, tag or branch that is downloaded.
        files: those of which a checksum is public.
        gated: True where the publisher asks for an account; such models are never needed.
    """

    name: str
    role: str
    folder: str
    repository: str
    licence: str
    patterns: tuple[str, ...]
    revision: str = "main"
    files: tuple[PinnedFile, ...] = ()
    gated: bool = False
    url: str = ""

    @property
    def single(self) -> bool:
        """True for a checkpoint that is one file, which lies beside others."""
        return Path(self.name).suffix in (".pth", ".safetensors", ".ckpt")

    @property
    def size(self) -> int:
        """Bytes of the files that are known; 0 where none is."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True)
class Recommended:
    """A detector, a segmenter and a painter that go together, free for anyone to download.

    Attributes:
        size: "small", "medium" or "large".
        models: their names in the catalogue.
        memory: bytes of a GPU that an edit takes about, all three in it: weights, and what the
            painter's autoencoder needs at its native size.
        offloaded: the same with only one part of the painter at a time in it.
    """

    size: str
    models: tuple[str, str, str]
    memory: int
    offloaded: int

    @property
    def name(self) -> str:
        """What it is called on the command line."""
        return f"recommended-{self.size}"

    def known(self) -> tuple[Known, ...]:
        """Its models."""
        return tuple(map(find, self.models))

    @property
    def bytes(self) -> int:
        """What is downloaded."""
        return sum(known.size for known in self.known())


_GB = 10**9
RECOMMENDED = (
    Recommended("small", ("grounding-dino-tiny", "sam2.1-hiera-tiny", "sd-1.5-inpainting"),
                4 * _GB, 4 * _GB),
    Recommended("medium", ("grounding-dino-base", "sam2.1-hiera-base-plus", "sdxl-inpainting-0.1"),
                13 * _GB, 9 * _GB),
    Recommended("large", ("grounding-dino-base", "sam2.1-hiera-large", "z-image-turbo"),
                25 * _GB, 16 * _GB),
)  # fmt: skip
"""The smallest first; it is what "recommended" brings, since it runs everywhere."""


def recommended(name: str) -> Recommended | None:
    """The set of that name, "recommended" alone being the first; None for other names."""
    if name == "recommended":
        return RECOMMENDED[0]
    return next((each for each in RECOMMENDED if each.name == name), None)


@cache
def catalogue() -> tuple[Known, ...]:
    """All known models, those that are taken first before others of their role."""
    entries = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return tuple(_known(**entry) for entry in entries)


def _known(patterns: list[str], files: list[dict], **values: object) -> Known:
    pinned = tuple(PinnedFile(**file) for file in files)
    return Known(patterns=tuple(patterns), files=pinned, **values)  # type: ignore[arg-type]


def find(name: str) -> Known:
    """A model by name. Raises `ModelError` with the names that there are."""
    for known in catalogue():
        if known.name == name:
            return known
    near = get_close_matches(name, [known.name for known in catalogue()], n=3, cutoff=0.3)
    raise ModelError(
        f'No model is called "{name}". '
        + (f"Near to it are {', '.join(near)}; all" if near else "All")
        + " are shown by `prompt-edit models list`."
    )
