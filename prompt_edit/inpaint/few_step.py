"""Ways of painting in few steps that models were distilled for: one row a variant.

The facts are what each variant's makers state on its page (tianweiy/DMD2, ByteDance's
SDXL-Lightning and Hyper-SD, ModelTC/Qwen-Image-Lightning, latent-consistency).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..errors import ModelError
from ..models.headers import PICKLED, SAFE
from .families import FAMILIES


@dataclass(frozen=True)
class FewStep:
    """A way of painting in few steps that a checkpoint or a LoRA was distilled for.

    Attributes:
        title: its name for people.
        words: what a file's or folder's name holds, as a regular expression; see `few_step_of`.
        families: keys of those whose checkpoints it is about.
        steps: denoising steps, where the name tells none ("4step").
        guidance: None for the family's own.
        scheduler: a class of diffusers, "" for the checkpoint's own.
        settings: what the scheduler must be told.
        least: the fewest steps; files that were made for fewer want other settings.
        even: the schedule is cut into equal parts, one a step.
        options: further arguments of the pipeline.
    """

    title: str
    words: str
    families: tuple[str, ...]
    steps: int
    guidance: float | None
    scheduler: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    least: int = 1
    even: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)

    def schedule(self, steps: int) -> dict[str, Any]:
        """What the scheduler must be told to take that many steps."""
        settings = dict(self.settings)
        if self.scheduler == "LCMScheduler":  # it picks from a schedule of 50, or of more
            settings["original_inference_steps"] = steps if self.even else max(50, steps)
        return settings


_UNETS = ("sd", "sd-inpaint", "sdxl", "sdxl-inpaint")
_QWEN = ("qwen-image", "qwen-image-edit")
_TRAILING = {"timestep_spacing": "trailing"}
_EULER = {**_TRAILING, "use_karras_sigmas": False, "use_exponential_sigmas": False,
          "use_beta_sigmas": False}  # fmt: skip
_DDIM = {**_TRAILING, "clip_sample": False, "set_alpha_to_one": False}
"""What the checkpoint's own scheduler may say otherwise, or leave to a default that is wrong for
codes: DDIM's clips them to -1..1."""
# log(3): Qwen-Image-Lightning was distilled on a schedule that is shifted by 3.
_SHIFTED = {"base_shift": 1.0986122886681098, "max_shift": 1.0986122886681098, "shift": 1.0,
            "shift_terminal": None, "use_dynamic_shifting": True}  # fmt: skip
_HYPER = r"hyper(?![-_ ]?(?:real|detail))"

FEW_STEP: dict[str, FewStep] = {
    "lcm": FewStep("LCM", r"lcm|latent.?consistency", _UNETS, 6, 1.5, "LCMScheduler"),
    "dmd2": FewStep("DMD2", r"dmd2", _UNETS, 4, 1.0, "LCMScheduler", least=2, even=True),
    "lightning": FewStep("Lightning", r"lightning", _UNETS, 4, 1.0,
                         "EulerDiscreteScheduler", _EULER, least=2),
    "hyper-cfg": FewStep("Hyper-SD with guidance", rf"{_HYPER}(?=.*cfg)", _UNETS, 8, 5.0,
                         "DDIMScheduler", _DDIM),
    "hyper": FewStep("Hyper-SD", _HYPER, _UNETS, 8, 1.0, "DDIMScheduler", _DDIM, least=2),
    "turbo": FewStep("Turbo", r"turbo", _UNETS, 4, 1.0,
                     "EulerAncestralDiscreteScheduler", _TRAILING),
    "sd3-turbo": FewStep("SD 3.5 Turbo", r"turbo", ("sd3",), 4, 1.0),
    "schnell": FewStep("FLUX schnell", r"schnell", ("flux",), 4, None,
                       options={"max_sequence_length": 256}),
    "flux-turbo": FewStep("FLUX Turbo", rf"turbo|{_HYPER}", ("flux", "flux-kontext", "flux-fill"),
                          8, None),
    "qwen-lightning": FewStep("Qwen-Image-Lightning", r"lightning", _QWEN, 8, 1.0,
                              "FlowMatchEulerDiscreteScheduler", _SHIFTED),
    "z-image-turbo": FewStep("Z-Image-Turbo", r"turbo", ("z-image",), 9, 0.0),
}  # fmt: skip
"""Looked through from the top; the first that fits counts."""

NONE = "none"
"""The variant's name that says: as many steps as the family takes."""


def few_step_of(key: str, name: str, scheduler: str = "", lora: bool = False) -> str:
    """The few-step variant that a name speaks of; `NONE` where it speaks of none.

    It must stand there as a word, or as a hump of camel case. A LoRA's name, which may tell a style
    or a thing just as well (lightning bolts, a car with a turbo), must have a model's name before
    it or the steps besides.

    Args:
        key: of the family.
        name: of the file, folder or repository.
        scheduler: class of the checkpoint's own scheduler; LCM models bring theirs.
        lora: it is a LoRA's.
    """
    for variant, row in FEW_STEP.items():
        if key in row.families and _speaks_of(row.words, name, lora and variant not in _UNMISTAKEN):
            return variant
    return "lcm" if scheduler == "LCMScheduler" and key in _UNETS else NONE


_UNMISTAKEN = ("lcm", "dmd2", "schnell")
_MODELS = r"(?:sd|xl|sd[-_. ]?[123][\d.]*|flux(?:\.?1)?|image(?:[-_. ]?edit)?)[-_. ]*"
_STEPS = r"(\d+)[-_ ]?steps?"


def _speaks_of(words: str, name: str, doubtful: bool) -> bool:
    word = rf"(?:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z])|(?<=XL))(?i:{words})(?![a-z])"
    if not doubtful:
        return bool(re.search(word, name))
    named = rf"(?i:{_MODELS})(?i:{words})(?![a-z])|{word}[-_ ]*(?i:sd|flux)"
    steps = re.search(_STEPS, name, re.IGNORECASE)
    return bool(re.search(named, name) or (steps and re.search(word, name)))


def few_step(variant: str, key: str, name: str = "") -> FewStep | None:
    """The row of that variant, with the steps that the name tells ("4step"); None for `NONE`.

    Raises:
        ModelError: no such variant, one of another family, or a file made for fewer steps than can
            be painted.
    """
    if variant == NONE:
        return None
    row = FEW_STEP.get(variant)
    if row is None or key not in row.families:
        fitting = [name for name, other in FEW_STEP.items() if key in other.families]
        raise ModelError(
            f"{FAMILIES[key].title} has no few-step variant {variant!r}."
            f" Choose one of: {', '.join([NONE, *fitting])}."
        )
    match = re.search(_STEPS, name, re.IGNORECASE)
    steps = int(match[1]) if match and 0 < int(match[1]) <= 100 else row.steps
    if steps < row.least:
        raise ModelError(
            f"Choose its file for 2, 4 or 8 steps: {name} is the {row.title} of a single step,"
            " which is not painted here."
        )
    return replace(row, steps=steps)


def name_of(path: Path) -> str:
    """What a path says of its model: its last name, and the repository's in a Hugging Face cache.

    The folders above belong to the user and say nothing, save for that of a file which has the name
    that the library gives to every one.
    """
    cached = [part for part in path.parts if part.startswith("models--")]
    name = path.stem if path.suffix in SAFE + PICKLED else path.name
    above = [path.parent.name] if name.partition(".")[0] in _ANY else []
    return " ".join([*cached[-1:], *above, name])


_ANY = ("pytorch_lora_weights", "adapter_model", "diffusion_pytorch_model", "pytorch_model",
        "model")  # fmt: skip
