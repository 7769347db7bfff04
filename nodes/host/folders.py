"""The host's model folders, and what lies in them."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

import folder_paths

from ...prompt_edit.errors import ModelError
from ...prompt_edit.inpaint.source.neighbours import look_in
from ...prompt_edit.models.store import CONTROLNET, ROLES, Role, models_in

NOTHING = "none installed"
"""Stands in a list where there is nothing: what is chosen unasked is no download."""


def register_folders() -> None:
    """Make the model folders known to the host, beside those of `extra_model_paths`; and those of
    the host to what looks for the parts of a painter."""
    names = [name for role in (*ROLES, CONTROLNET) for name in role.folders]
    for name in (*names, "bert-base-uncased", "LLM"):
        folder_paths.add_model_folder_path(name, os.path.join(folder_paths.models_dir, name))
    look_in(_paths)


def _paths(kind: str) -> list[str]:
    return folder_paths.get_folder_paths(kind)


def roots(folders: Sequence[str]) -> list[Path]:
    """Where the host keeps models of those kinds, each place once: it has two names for some."""
    once: dict[str, Path] = {}
    for name in folders:
        for path in _paths(name):
            once.setdefault(os.path.normcase(os.path.realpath(path)), Path(path))
    return list(once.values())


def download_root(kind: str) -> Path:
    """The models folder that a model of that kind is downloaded into.

    It is the one that `extra_model_paths.yaml` makes the default, if it has that kind, too.
    """
    default = Path(_paths("checkpoints")[0]).parent
    return default if default / kind in roots([kind]) else Path(folder_paths.models_dir)


def installed(role: Role) -> dict[str, Path]:
    """The models in the host's folders and in the Hugging Face cache, by name."""
    return models_in(role, roots(role.folders))


def llm_folders() -> list[str]:
    """Where the host keeps language models."""
    return _paths("LLM")


def lora_names() -> list[str]:
    """The LoRAs in the host's folders, by their path in them."""
    return folder_paths.get_filename_list("loras")


def lora_path(name: str) -> Path:
    """Where a LoRA is, whichever system's slashes name it. Raises `ModelError` if it is not there.

    What a workflow names with backslashes comes from Windows, and the other way round.
    """
    here = lora_names()
    if name == NOTHING:
        raise ModelError(
            "Choose a LoRA in the list: none is chosen." if here else
            "Put a LoRA into models/loras, and refresh the node definitions (key R): there is none."
        )  # fmt: skip
    alike = [each for each in here if _slashed(each) == _slashed(name)]
    if not alike:
        raise ModelError(f"There is no LoRA {name[:80]!r} here. Put it into models/loras.")
    known = name if name in alike else alike[0]
    return Path(folder_paths.get_full_path_or_raise("loras", known))


def _slashed(name: str) -> str:
    return name.replace("\\", "/")


def briefly(message: str) -> str:
    """A message with short paths: the host shows its beginning only."""
    message = re.sub(r"\S*[/\\]models--(\S+?)--(\S+?)[/\\]snapshots[/\\]\w+", r"\1/\2", message)
    roots = {folder_paths.models_dir: "models", folder_paths.base_path: ".", Path.home(): "~"}
    for root, name in roots.items():
        message = message.replace(f"{root}{os.sep}", f"{name}/")
    return message
