"""What sets the families of painters apart: one row a family, one row a few-step variant.

Everything else in this package asks the table, so that a new family is a new row.

Guidance, and few-step variants whole, are what each model's makers state on its page or in its
repository (CompVis/stable-diffusion, Stability-AI/generative-models and sd3.5,
black-forest-labs/flux, QwenLM/Qwen-Image, Tongyi-MAI/Z-Image, tianweiy/DMD2, ByteDance's
SDXL-Lightning and Hyper-SD, ModelTC/Qwen-Image-Lightning, latent-consistency). So are the steps,
save for Stable Diffusion and SDXL, where 30 do for the 50 stated, and FLUX, with diffusers' 28.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import torch

from ..errors import ModelError

Guidance = Literal["guidance_scale", "true_cfg_scale"]
Wording = Literal["result", "instruction"]
"""What a painter is told: what the region shows afterwards, or what to do."""


@dataclass(frozen=True)
class Family:
    """One architecture, and how its inpainting pipeline wants to be called.

    `strength` means the same in all rows: the share of the noise schedule that the old picture
    goes through, 0..1. Only what a model is shown besides differs, see `sees`.

    Attributes:
        title: its name for people.
        pipeline: the class of diffusers that inpaints with it.
        classes: what `model_index.json` may name for a folder of this family.
        sees: "mask" for a network that was trained to inpaint and is shown the mask and the
            picture without the hole; "latents" for one that is not: after each step the known
            latents are put back, noised as far as the rest is.
        steps, guidance: its defaults.
        unguided: the guidance that costs nothing and pulls to nothing: Z-Image's counts from 0.
        most: the greatest strength; below 1 where a model must not start from noise alone.
        guide: the argument that carries the guidance.
        embedded: guidance is an input of the network (distilled), so that it costs nothing, is
            needed without a prompt too, and leaves no place for a negative prompt.
        half: the 16-bit type that it runs in: the transformers overflow in fp16.
        native: the side in pixels that it was trained on, where its settings don't say.
        packed: latents are rows of 2 x 2 patches, [1,h/2*w/2,4c], during denoising.
        pillow: the pipeline takes PIL pictures only, and paints at a size of its own.
        control, control_class: pipeline and network of its ControlNets, "" without.
        wording: what its prompt is.
        options: further arguments of the pipeline.
        lenders: repositories that can lend what a single file lacks, looked for in the cache.
    """

    title: str
    pipeline: str
    classes: tuple[str, ...]
    sees: Literal["mask", "latents"]
    steps: int
    guidance: float
    unguided: float = 1.0
    most: float = 1.0
    guide: Guidance = "guidance_scale"
    embedded: bool = False
    half: torch.dtype = torch.float16
    native: int = 1024
    packed: bool = False
    pillow: bool = False
    control: str = ""
    control_class: str = "ControlNetModel"
    wording: Wording = "result"
    options: Mapping[str, Any] = field(default_factory=dict)
    lenders: tuple[str, ...] = ()


_SD = {"safety_checker": None, "requires_safety_checker": False}
_SD_CONTROL = "StableDiffusionControlNetInpaintPipeline"
_XL_CONTROL = "StableDiffusionXLControlNetInpaintPipeline"
_FLUX_CONTROL = "FluxControlNetInpaintPipeline"

FAMILIES: dict[str, Family] = {
    "sd": Family(
        "Stable Diffusion 1 or 2", "StableDiffusionInpaintPipeline",
        ("StableDiffusionPipeline", "StableDiffusionImg2ImgPipeline",
         "LatentConsistencyModelPipeline"),
        sees="latents", steps=30, guidance=7.5, native=512, control=_SD_CONTROL, options=_SD,
    ),
    "sd-inpaint": Family(
        "Stable Diffusion 1 or 2 inpainting", "StableDiffusionInpaintPipeline",
        ("StableDiffusionInpaintPipeline",),
        sees="mask", steps=30, guidance=7.5, native=512, control=_SD_CONTROL, options=_SD,
    ),
    "sdxl": Family(
        "SDXL", "StableDiffusionXLInpaintPipeline", ("StableDiffusionXLPipeline",),
        sees="latents", steps=30, guidance=6.0, control=_XL_CONTROL,
    ),
    "sdxl-inpaint": Family(
        "SDXL inpainting", "StableDiffusionXLInpaintPipeline",
        ("StableDiffusionXLInpaintPipeline",),
        sees="mask", steps=30, guidance=8.0, most=0.99, control=_XL_CONTROL,
    ),
    "sd3": Family(
        "Stable Diffusion 3", "StableDiffusion3InpaintPipeline",
        ("StableDiffusion3Pipeline", "StableDiffusion3InpaintPipeline",
         "StableDiffusion3Img2ImgPipeline"),
        sees="latents", steps=40, guidance=4.5, half=torch.bfloat16,
        lenders=("stabilityai/stable-diffusion-3.5-medium",
                 "stabilityai/stable-diffusion-3-medium-diffusers"),
    ),
    "flux": Family(
        "FLUX", "FluxInpaintPipeline",
        ("FluxPipeline", "FluxInpaintPipeline", "FluxImg2ImgPipeline"),
        sees="latents", steps=28, guidance=3.5, embedded=True, half=torch.bfloat16, packed=True,
        control=_FLUX_CONTROL, control_class="FluxControlNetModel",
        lenders=("black-forest-labs/FLUX.1-dev", "black-forest-labs/FLUX.1-schnell"),
    ),
    "flux-fill": Family(
        "FLUX Fill", "FluxFillPipeline", ("FluxFillPipeline",),
        sees="mask", steps=50, guidance=30.0, embedded=True, half=torch.bfloat16, packed=True,
        lenders=("black-forest-labs/FLUX.1-Fill-dev", "black-forest-labs/FLUX.1-dev"),
    ),
    "qwen-image": Family(
        "Qwen-Image", "QwenImageInpaintPipeline",
        ("QwenImagePipeline", "QwenImageInpaintPipeline", "QwenImageImg2ImgPipeline"),
        sees="latents", steps=50, guidance=4.0, guide="true_cfg_scale", half=torch.bfloat16,
        packed=True, lenders=("Qwen/Qwen-Image",),
    ),
    "qwen-image-edit": Family(
        "Qwen-Image-Edit", "QwenImageEditInpaintPipeline",
        ("QwenImageEditPipeline", "QwenImageEditInpaintPipeline", "QwenImageEditPlusPipeline"),
        sees="latents", steps=40, guidance=4.0, guide="true_cfg_scale", half=torch.bfloat16,
        packed=True, pillow=True, wording="instruction", lenders=("Qwen/Qwen-Image-Edit",),
    ),
    "z-image": Family(
        "Z-Image", "ZImageInpaintPipeline",
        ("ZImagePipeline", "ZImageInpaintPipeline", "ZImageImg2ImgPipeline"),
        sees="latents", steps=50, guidance=4.0, unguided=0.0, half=torch.bfloat16,
        lenders=("Tongyi-MAI/Z-Image-Turbo", "Tongyi-MAI/Z-Image"),
    ),
}  # fmt: skip


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
# log(3): Qwen-Image-Lightning was distilled on a schedule that is shifted by 3.
_SHIFTED = {"base_shift": 1.0986122886681098, "max_shift": 1.0986122886681098, "shift": 1.0,
            "shift_terminal": None, "use_dynamic_shifting": True}  # fmt: skip
_HYPER = r"hyper(?![-_ ]?(?:real|detail))"

FEW_STEP: dict[str, FewStep] = {
    "lcm": FewStep("LCM", r"lcm|latent.?consistency", _UNETS, 6, 1.5, "LCMScheduler"),
    "dmd2": FewStep("DMD2", r"dmd2", _UNETS, 4, 1.0, "LCMScheduler", least=2, even=True),
    "lightning": FewStep("Lightning", r"lightning", _UNETS, 4, 1.0,
                         "EulerDiscreteScheduler", _TRAILING, least=2),
    "hyper-cfg": FewStep("Hyper-SD with guidance", rf"{_HYPER}(?=.*cfg)", _UNETS, 8, 5.0,
                         "DDIMScheduler", _TRAILING),
    "hyper": FewStep("Hyper-SD", _HYPER, _UNETS, 8, 1.0, "DDIMScheduler", _TRAILING, least=2),
    "turbo": FewStep("Turbo", r"turbo", _UNETS, 4, 1.0,
                     "EulerAncestralDiscreteScheduler", _TRAILING),
    "sd3-turbo": FewStep("SD 3.5 Turbo", r"turbo", ("sd3",), 4, 1.0),
    "schnell": FewStep("FLUX schnell", r"schnell", ("flux",), 4, None,
                       options={"max_sequence_length": 256}),
    "flux-turbo": FewStep("FLUX Turbo", rf"turbo|{_HYPER}", ("flux", "flux-fill"), 8, None),
    "qwen-lightning": FewStep("Qwen-Image-Lightning", r"lightning", _QWEN, 8, 1.0,
                              "FlowMatchEulerDiscreteScheduler", _SHIFTED),
    "z-image-turbo": FewStep("Z-Image-Turbo", r"turbo", ("z-image",), 9, 0.0),
}  # fmt: skip
"""Looked through from the top; the first that fits counts."""

NONE = "none"
"""The variant's name that says: as many steps as the family takes."""


def family_of(pipeline_class: str, in_channels: int | None = None) -> str:
    """The key of the family that a pipeline's class belongs to.

    `in_channels` of its network, where they are known, tells inpainting networks (9 channels) from
    plain ones (4): both can stand in one pipeline.

    Raises:
        ModelError: no family's.
    """
    for key, family in FAMILIES.items():
        if pipeline_class in family.classes:
            if key in _UNETS and in_channels:
                plain = key.removesuffix("-inpaint")
                return f"{plain}-inpaint" if in_channels == 9 else plain
            return key
    known = ", ".join(family.title for family in FAMILIES.values())
    raise ModelError(f"A {pipeline_class} can't inpaint here. Choose one of: {known}.")


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
    told = re.search(_STEPS, name, re.IGNORECASE)
    steps = int(told[1]) if told and 0 < int(told[1]) <= 100 else row.steps
    if steps < row.least:
        raise ModelError(
            f"Choose its file for 2, 4 or 8 steps: {name} is the {row.title} of a single step,"
            " which is not painted here."
        )
    return replace(row, steps=steps)


def name_of(path: Path) -> str:
    """What a path says of its model: its last name, and the repository's in a Hugging Face cache.

    The folders above belong to the user and say nothing.
    """
    cached = [part for part in path.parts if part.startswith("models--")]
    return " ".join([*cached[-1:], path.stem if path.suffix in WEIGHTS else path.name])


WEIGHTS = (".safetensors", ".sft", ".ckpt", ".pt", ".pth", ".bin")


def default_dtype(family: Family, device: torch.device) -> torch.dtype:
    """The family's 16-bit type on a GPU, full precision on the CPU.

    Apple's MPS takes full precision for the small families too, whose fp16 it gets wrong at times.
    """
    if device.type == "cpu" or (device.type == "mps" and family.half == torch.float16):
        return torch.float32
    return family.half


def guidance_arguments(
    family: Family, prompt: str, negative_prompt: str, guidance: float
) -> dict[str, Any]:
    """Prompts and guidance under the names that the family's pipeline gives them.

    Without a prompt, guidance has nothing to pull to and is left out, unless it is an input of the
    network.
    """
    told: dict[str, Any] = {"prompt": prompt}
    if family.embedded:
        return {**told, "guidance_scale": guidance}
    guidance = guidance if prompt else family.unguided
    told[family.guide] = guidance
    if family.guide == "true_cfg_scale":  # which starts with a negative prompt only
        told["negative_prompt"] = (negative_prompt or " ") if guidance > 1 else None
    else:
        told["negative_prompt"] = negative_prompt or None
    return told


def pipeline_class(name: str) -> Any:
    """A class of diffusers by name. Raises `ModelError` where the installed one is too old."""
    # Here, since it takes seconds: a host that starts must not wait for it.
    import diffusers

    found = getattr(diffusers, name, None)
    if found is None:
        raise ModelError(
            f"diffusers {diffusers.__version__} has no {name}. Update it: pip install -U diffusers."
        )
    return found
