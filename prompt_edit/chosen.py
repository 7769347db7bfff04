"""Which models the commands work with, where, and what they say of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .console import detail, note
from .errors import ModelError, listed
from .models.card import read_card
from .models.store import ROLES, ModelSet, default_models, sample_models

if TYPE_CHECKING:  # torch takes seconds to import: `parse` and `--help` do without
    import torch

    from .editor import PromptEditor
    from .inpaint.source import Source


def chosen_models(
    detector: Path | None, segmenter: Path | None, painter: Path | None, root: Path | None = None
) -> ModelSet:
    """The models that were named, and of the others a whole set, or the samples."""
    named = {"detector": detector, "segmenter": segmenter, "painter": painter}
    chosen = _with_others(named, root)
    rest = [name for name, path in named.items() if not path]
    if not chosen.sample or len(rest) == len(named):
        return chosen
    note(f"The {listed(rest)} used with it know paper dolls only: name those, too, or"
         " bring a whole set with: prompt-edit models download recommended.")  # fmt: skip
    return replace(chosen, sample=painter is None)


def chosen_finders(
    detector: Path | None, segmenter: Path | None, root: Path | None = None, masks: bool = True
) -> ModelSet:
    """The detector and the segmenter as `chosen_models` takes them; none is to paint.

    Where no masks are asked for, the segmenter counts for nothing.
    """
    named = {"detector": detector, **({"segmenter": segmenter} if masks else {})}
    models = _with_others(named, root)
    used: list[Path] = [getattr(models, name) for name in named]
    cards = [read_card(path if path.is_dir() else path.parent) for path in used]
    return replace(models, sample=any(card.sample for card in cards))


def _with_others(named: dict[str, Path | None], root: Path | None) -> ModelSet:
    """What was named of some roles, and of the others among them a whole set, or the samples."""
    given: dict[str, Any] = {name: path for name, path in named.items() if path}
    rest = [role for name, role in zip(_NAMES, ROLES, strict=True)
            if name in named and name not in given]  # fmt: skip
    if not rest:
        return replace(sample_models(), **given, sample=False)
    chosen = default_models(root, rest)
    return replace(chosen, **given, notes=() if given and chosen.sample else chosen.notes)


_NAMES = ("detector", "segmenter", "painter")


def device_of(name: str | None) -> torch.device | None:
    """The device of that name. Raises `ModelError` where there is none."""
    if name is None:
        return None
    import torch

    from .models.device import best_device

    try:
        device = torch.device(name)
        torch.empty(0, device=device)
        if device.type != "meta":
            return device
    except (RuntimeError, AssertionError, ValueError, NotImplementedError):
        pass
    raise ModelError(f"There is no device {name} here. The best one is {best_device()}.")


def load_editor(
    models: ModelSet, loras: Sequence[tuple[Path, float]] = (), offload: bool = False,
    device: torch.device | None = None, painter: Source | None = None,
) -> PromptEditor:  # fmt: skip
    """An editor of those models; `painter` is what `say_models` found, where it was asked."""
    from .editor import PromptEditor
    from .inpaint.diffusion import Lora
    from .models.loading import quiet_libraries

    quiet_libraries()
    return PromptEditor.load(models, [Lora(*each) for each in loras], offload, device, painter)


def say_models(models: ModelSet, device: torch.device | None) -> Source | None:
    """Tell which models work, and what the painter takes; what it is, save for the samples."""
    for line in models.notes:
        note(line)
    for role in ("detector", "segmenter", "painter"):
        detail(f"{role}: {getattr(models, role)}")
    if models.sample:
        return None
    from .inpaint.memory import GIB
    from .inpaint.source import open_source
    from .models.device import best_device

    device = device or best_device()
    painter = open_source(models.painter)
    for line in painter.notes:
        note(line)
    need = painter.need(painter.default_dtype(device))
    note(f"Painting with {models.painter.name} takes about {need.whole / GIB:.1f} GiB on"
         f" {device.type}, and {need.offloaded / GIB:.1f} GiB with --offload.")  # fmt: skip
    return painter
