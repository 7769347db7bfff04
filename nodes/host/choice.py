"""What a loader's list holds, and which model is chosen by a name in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from comfy_api.latest import io

from ...prompt_edit.errors import ModelError
from ...prompt_edit.models.catalogue import RECOMMENDED, Known, catalogue, find
from ...prompt_edit.models.download import download
from ...prompt_edit.models.store import ROLES, SAMPLES, Role, describe_set, whole_set
from .folders import NOTHING, download_root, installed
from .progress import Progress

SAMPLE = "sample (paper dolls)"
"""The name of the bundled model in every loader's list."""

DOWNLOAD = " (download)"
"""Ends the name of a model that a loader brings here if it is not."""


class Chooses(io.ComfyNode):
    """A node with a list of what is here: another machine's workflow may name what is not."""

    @classmethod
    def validate_inputs(
        cls, model: str | None = None, lora: str | None = None, provider: str | None = None
    ) -> bool:
        """The host does not look for these names in their lists: what is not there, the node
        explains when it runs. None is a name that comes over a link, or does not come."""
        return True


def model_input(role: Role) -> io.Combo.Input:
    """A loader's list: what is installed, the sample model if there is one, and downloads.

    What stands in it unasked is of one whole set, or the sample: in all loaders alike.
    What can be downloaded stays in the list once it is here, so that a workflow that names it
    opens everywhere.
    """
    bundled = [SAMPLE] if role in ROLES else []
    names = [*installed(role), *bundled] or [NOTHING]
    default = _set_of(_installed(ROLES), ROLES).get(role.name, names[0])
    sizes = _recommended(role)
    known = [each.name for each in _published(role)]
    downloads = [name + DOWNLOAD for name in dict.fromkeys([*sizes, *known])]
    recommended = ", ".join(f"{name} ({', '.join(each)})" for name, each in sizes.items())
    return io.Combo.Input("model", options=[*names, *downloads], default=default,
                          tooltip="Installed models come first"
                          + ("; the sample model needs no download." if bundled else ".")
                          + f' Only a name that ends in "{DOWNLOAD.strip()}" is downloaded, once.'
                          + (f" Recommended: {recommended}." if recommended else ""))  # fmt: skip


def _published(role: Role) -> list[Known]:
    """The models for that role which a loader can download."""
    return [each for each in catalogue()
            if each.role == role.name and each.repository and not each.gated]  # fmt: skip


def _recommended(role: Role) -> dict[str, list[str]]:
    """The models of the recommended sets, and for which sizes of set; none where they have none."""
    sizes: dict[str, list[str]] = {}
    for each in RECOMMENDED if role in ROLES else ():
        sizes.setdefault(each.models[ROLES.index(role)], []).append(each.size)
    return sizes


def default_names(roles: Sequence[Role] = ROLES) -> tuple[dict[str, str], str]:
    """For each of those roles of an edit the model that is taken unless one is chosen, and a word
    on them.

    One whole set of known models, or all samples: the sample models know the paper-doll world only.
    """
    found = _installed(roles)
    return _set_of(found, roles), describe_set(found, roles)


def _installed(roles: Sequence[Role]) -> dict[str, dict[str, Path]]:
    """What is installed for each of the roles."""
    return {role.name: installed(role) for role in roles}


def _set_of(found: dict[str, dict[str, Path]], roles: Sequence[Role]) -> dict[str, str]:
    return whole_set(found, roles) or {role.name: SAMPLE for role in roles}


def chosen(role: Role, name: str) -> Path:
    """Where the model of that name is, downloaded if it is to be and is not here."""
    if name == SAMPLE and role in ROLES:
        return SAMPLES / role.name
    found = installed(role)
    if name == NOTHING:
        raise ModelError(
            "Choose a model in the list: none is chosen." if found else
            f"There is no model in models/{role.folders[0]} yet. Put one there, or choose a name"
            f' that ends in "{DOWNLOAD.strip()}".'
        )  # fmt: skip
    if name in found:
        return found[name]
    known = find(name.removesuffix(DOWNLOAD)) if name.endswith(DOWNLOAD) else None
    if known is None or known.role != role.name:
        raise ModelError(_absent(role, name))
    here = found.get(known.name) or found.get(known.repository)
    return here or download(known, download_root(known.folder), Progress(1).step)


def _absent(role: Role, name: str) -> str:
    """What to do where no model of that name is here: a shared workflow names one of elsewhere."""
    there = f"There is no model {name[:80]!r} here."
    names = {name.lower(), name.rsplit("/", 1)[-1].lower()}
    for known in _published(role):
        if names & {known.name.lower(), known.repository.lower()}:
            return f'Choose "{known.name}{DOWNLOAD}" in the list. {there}'
    return f"{there} Put it into models/{role.folders[0]}, or choose another in the list."
