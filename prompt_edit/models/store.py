"""Finds the models that are on this machine. Nothing is downloaded here."""

from __future__ import annotations

import json
import os
import re
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import time_ns
from typing import Any

from platformdirs import user_data_path

from ..errors import ModelError, listed
from .catalogue import catalogue
from .contents import Contents, contents

SAMPLES = Path(__file__).parent / "samples"
FOLDER_VARIABLE = "PROMPT_EDIT_MODELS"
LLM = "LLM"
"""The folder of language models, below a models folder."""


@dataclass(frozen=True)
class Role:
    """A place in the pipeline that a model can fill.

    Attributes:
        name: what it is called in settings; the bundled sample model lies in a folder of that
            name.
        title: what such a model is to people, with its article.
        folders: where users keep such models, below a models folder; the best kind first.
        index: the file that makes a folder a model.
        files: endings of single-file checkpoints, in small letters; none where there are no such.
        kinds: what `index` may name as its model_type; all, where none is told.
        last: names (a regular expression) that belong to other packs: taken if nothing else is.
    """

    name: str
    title: str
    folders: tuple[str, ...]
    index: str
    files: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    last: str = "(?!)"


DETECTOR = Role(
    "grounding-dino", "a detector",
    ("grounding-dino", "groundingdino"), "config.json", (".pth", ".safetensors"),
    kinds=("grounding-dino", "mm-grounding-dino"),
)  # fmt: skip
SEGMENTER = Role(
    "sam", "a segmenter", ("sams", "sam2", "sam3", "sam", "SAM"), "config.json",
    (".safetensors", ".pth", ".pt"),
    kinds=("sam", "sam_hq", "sam2", "sam2_video", "sam3_tracker", "sam3_video"),
    last=r"mobile|fast|edge|efficient|repvit|hq_vit_tiny|sam2[^/]*hq|hq[^/]*sam2|sam3",
)  # fmt: skip
PAINTER = Role(
    "inpaint", "an inpainting model", ("diffusers", "checkpoints", "diffusion_models", "unet"),
    "model_index.json", (".safetensors", ".sft", ".ckpt"),
)  # fmt: skip
CONTROLNET = Role(
    "controlnet", "a ControlNet", ("controlnet",), "config.json", (".safetensors", ".pth")
)
ROLES = (DETECTOR, SEGMENTER, PAINTER)
"""Those that an edit needs."""

PARTIAL = ".prompt_edit_partial"
"""Lies in a model's folder while it is downloaded; beside a lone file, after that file's name."""


@dataclass(frozen=True)
class ModelSet:
    """One folder or file for each role.

    Attributes:
        sample: they are the bundled ones.
        notes: in sentences, which models they are, and why where others might be expected.
    """

    detector: Path
    segmenter: Path
    painter: Path
    sample: bool
    notes: tuple[str, ...] = field(default=(), compare=False)


def home(given: Path | None = None) -> Path:
    """The models folder of scripts and the command line; it need not be there yet.

    It is the given one, else `$PROMPT_EDIT_MODELS`, else below the user's data:
    ~/.local/share/prompt-edit/models on Linux, and where it belongs on other systems.
    """
    named = given or _named()
    if named:
        try:
            return Path(named).expanduser()
        except RuntimeError as error:  # ~someone whom this machine does not know
            raise ModelError(f"{named} names a user who is not known here. Mend it.") from error
    usual = user_data_path("prompt-edit", appauthor=False)
    return usual / "models" if usual.is_absolute() else Path("models")  # where nobody has a home


def _named() -> str:
    """What the variable names; a shell may have left its quotes or blanks there."""
    return os.environ.get(FOLDER_VARIABLE, "").strip().strip("\"'")


def llm_folders(given: Path | None = None) -> list[Path]:
    """Where scripts and the command line look for language models."""
    return [home(given) / LLM]


def forgotten(given: Path | None = None) -> str:
    """A sentence about a ./models folder that holds models and is not the one in use; else ""."""
    old = Path("models")
    if given or _named() or old.resolve() == home().resolve():
        return ""
    kinds = {name for role in ROLES for name in role.folders if os.path.isdir(old / name)}
    if not any(_below(old / name, role) for role in ROLES for name in kinds & {*role.folders}):
        return ""
    return f"The models in ./models are not used: add --models models, or move them to {home()}."


def installed(role: Role, root: Path | None = None) -> dict[str, Path]:
    """The models for a role below the models folder, and in the Hugging Face cache, by name."""
    return models_in(role, [home(root) / name for name in role.folders])


def try_to_load_from_cache(repository: str, name: str) -> Any:
    """As huggingface_hub's, whose import takes as long as all else that reads a sentence."""
    from huggingface_hub import try_to_load_from_cache as cached

    return cached(repository, name)


def models_in(role: Role, folders: Sequence[Path]) -> dict[str, Path]:
    """The models for a role in those folders, subfolders too, then in the Hugging Face cache.

    Their names are their paths below the folder, with slashes on every system, or the repository.
    """
    found: dict[str, Path] = {}
    for folder in folders:
        below = _below(folder, role)
        for name in sorted(below, key=lambda name: (_comes_last(name, role), name)):
            found.setdefault(name, below[name])  # the first folder's, as everywhere in the host
    for known in catalogue():
        if known.role == role.name and known.repository and not known.single:
            cached = try_to_load_from_cache(known.repository, role.index)
            if isinstance(cached, str) and _is_whole(Path(cached).parent, role):
                found.setdefault(known.repository, Path(cached).parent)
    return found


def _below(folder: Path, role: Role) -> dict[str, Path]:
    """The models in a folder by name, looked for anew where something there is another.

    A host asks for each list of each loader many times a graph.
    """
    states, found = _scans.get((folder, role), (None, {}))
    if states is None or any(_state(place) != state for place, state in states.items()):
        states, now = {}, time_ns()
        found = {path.relative_to(folder).as_posix(): path
                 for path in _models_below(folder, role, states)}  # fmt: skip
        _scans.pop((folder, role), None)
        if all(state is None or state[0] < now - _SETTLED for state in states.values()):
            _scans[folder, role] = (states, found)
    return found


_State = tuple[int, list[str]]
"""When a file or a folder changed last, in nanoseconds, and what lies in the folder: the time alone
does not tell where a disk's folders have none of their own (FAT, many network disks)."""
_States = dict[Path, _State | None]
"""By place; None where there is none."""
_scans: dict[tuple[Path, Role], tuple[_States, dict[str, Path]]] = {}
_SETTLED = 2_000_000_000  # nanoseconds: what changed since may do so again within one of its ticks


def _state(place: Path) -> _State | None:
    try:
        time = os.stat(place).st_mtime_ns
    except OSError:
        return None
    with suppress(OSError):  # a file, or closed to this user
        return time, sorted(os.listdir(place))
    return time, []


def _told_by(folder: Path, role: Role) -> Iterator[Path]:
    """What changes where a folder becomes a model, or one is no longer whole."""
    yield folder
    if os.path.isfile(folder / role.index):
        yield folder / role.index
        yield from (each for each in _entries(folder) if not os.path.isfile(each))
        yield from (*folder.glob("*.index.json"), *folder.glob("*/*.index.json"))


def _models_below(top: Path, role: Role, states: _States) -> Iterator[Path]:
    """Models in a folder and in its subfolders; what lies inside a model is none.

    `states` takes what they were told by.
    """
    seen: Counter[str] = Counter()
    waiting: deque[tuple[Path, frozenset[str]]] = deque([(top, frozenset())])
    states[top] = _state(top)
    while waiting:  # the nearest first, so that links come after what they lead to
        folder, above = waiting.popleft()
        real = os.path.realpath(folder)
        seen[real] += 1
        if real in above or seen[real] > _NAMES:
            continue
        for path in _entries(folder):
            if os.path.isfile(path):
                if path.suffix.lower() in role.files and not os.path.exists(f"{path}{PARTIAL}"):
                    yield path
                continue
            states.update({place: _state(place) for place in _told_by(path, role)})
            if _is_whole(path, role):
                yield path
            elif not any(os.path.isfile(path / index) for index in ("config.json", PAINTER.index)):
                waiting.append((path, above | {real}))


_NAMES = 4
"""How many a folder can have through links: links among many folders lead everywhere."""


def _entries(folder: Path) -> list[Path]:
    try:
        return [path for path in sorted(folder.iterdir()) if not path.name.startswith(".")]
    except OSError:  # not there, or closed to this user
        return []


def _comes_last(name: str, role: Role) -> bool:
    is_file = name.lower().endswith(role.files)
    return is_file and bool(re.search(role.last, name, re.IGNORECASE))


def _is_whole(folder: Path, role: Role) -> bool:
    """True where there are settings of the right kind and all weights: a cache may hold settings
    alone, and a download may have been cut off."""
    index = folder / role.index
    if not os.path.isfile(index) or os.path.exists(folder / PARTIAL):
        return False
    kind = _read(index).get("model_type")
    if role.kinds and kind and kind not in role.kinds:
        return False
    for table in [*folder.glob("*.index.json"), *folder.glob("*/*.index.json")]:
        shards = set(_read(table).get("weight_map", {}).values())
        if not all(os.path.isfile(table.parent / shard) for shard in shards):
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


# Which are taken where none is chosen


def default_models(root: Path | None = None, roles: Sequence[Role] = ROLES) -> ModelSet:
    """Real models if a whole set of known ones is there, else the sample ones.

    They are not mixed: the sample models know the paper-doll world only.

    Args:
        root: the models folder, as `home` takes it.
        roles: what the models are for; of another one the sample is named.

    Raises:
        ModelError: the folder that was named is not there.
    """
    folder = home(root)
    if (root or _named()) and not os.path.isdir(folder):
        who = "--models" if root else f"${FOLDER_VARIABLE}"
        raise ModelError(
            f"Mend the name, or bring models there: there is no models folder at {folder}, which"
            f" {who} names. To bring them: prompt-edit models download recommended --models"
            f" {folder}"
        )
    found = {role.name: installed(role, root) for role in roles}
    names = whole_set(found, roles)
    notes = (describe_set(found, roles), "" if names else _ADVICE, "" if names else forgotten(root))
    if names is None:
        return replace(sample_models(), notes=tuple(filter(None, notes)))
    detector, segmenter, painter = (
        found[role.name][names[role.name]] if role in roles else SAMPLES / role.name
        for role in ROLES
    )
    return ModelSet(detector, segmenter, painter, sample=False, notes=notes[:1])


_ADVICE = "Real models come with: prompt-edit models download recommended"


def sample_models() -> ModelSet:
    """The bundled models."""
    detector, segmenter, painter = (SAMPLES / role.name for role in ROLES)
    return ModelSet(detector, segmenter, painter, sample=True)


def whole_set(
    found: Mapping[str, Mapping[str, Path]], roles: Sequence[Role] = ROLES
) -> dict[str, str] | None:
    """The name of the model to take for each of the roles, or None unless all can be filled.

    Only what is told to be a known, whole model of its role is taken: never a LoRA, a video model
    or a part. Painters that were trained to inpaint come before others, then those of the
    catalogue in its order.

    Args:
        found: by role (`Role.name`), what `models_in` gave.
    """
    chosen = {role.name: _first_known(found.get(role.name, {}), role) for role in roles}
    whole = {sample: name for sample, name in chosen.items() if name is not None}
    return whole if len(whole) == len(chosen) else None


def describe_set(found: Mapping[str, Mapping[str, Path]], roles: Sequence[Role] = ROLES) -> str:
    """Which set `whole_set` takes, in a sentence; for the samples what is there and what is not."""
    names = whole_set(found, roles)
    if names is not None:
        return f"Using {listed([*names.values()])}." if names else ""
    here, lacking = [], []
    for role in roles:
        models = found.get(role.name, {})
        name = _first_known(models, role)
        if name is not None:
            here.append(name)
        else:
            none = f"no {role.title.partition(' ')[2]}"
            other = next(iter(models), "")
            lacking.append(f"{none} that is known and whole ({other} is not)" if other else none)
    samples = "Using the bundled sample models, which know the paper-doll world only."
    if not any(found.values()):
        return samples
    holds = f"{listed(here)} {'are' if len(here) > 1 else 'is'} here, but" if here else ""
    return f"{samples} {holds or 'There is'} {', '.join(lacking)}."


def _first_known(models: Mapping[str, Path], role: Role) -> str | None:
    order = {name: number for number, known in enumerate(catalogue())
             for name in (known.name.lower(), known.repository.lower()) if name}  # fmt: skip
    ranked = []
    for number, (name, path) in enumerate(models.items()):
        held: Contents | None = contents(path)
        if held and held.role == role.name:
            known = order.get(name.lower(), order.get(name.rsplit("/", 1)[-1].lower(), len(order)))
            ranked.append((not held.inpaints, known, number, name))
    return min(ranked)[-1] if ranked else None
