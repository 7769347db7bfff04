"""How a host's model wants to inpaint: one row a way, one row an architecture.

A host tells of a model what its architecture is called, what its network is shown beside the noise,
and which files it was made of. From that, `choose` tells the way, the settings and the words.

Steps and guidance are what each model's makers advise; those of the families that the library
paints with itself stand in their own table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor

from ..errors import ModelError
from ..segment.masks import feather
from .cells import whole_cells
from .families import FAMILIES, QWEN_LATER, Wording
from .few_step import NONE, FewStep, few_step, few_step_of
from .schedules import SDXL_TURBO

AUTOMATIC = "automatic"
_Named = tuple[tuple[str, "Kind"], ...]


@dataclass(frozen=True)
class Way:
    """How a model is shown what to paint, and where.

    Attributes:
        title: for people.
        wording: what its prompt is.
        beside: what its network sees beside the noise: "hole" is the picture without what the mask
            covers, and the mask; "picture" is the whole picture; "" is nothing.
        reference: the picture goes along as a reference latent.
        soft: each latent is painted from the step on that its place in a soft mask tells
            (DifferentialDiffusion, exx8/differential-diffusion), which hides the seam.
    """

    title: str
    wording: Wording = "result"
    beside: Literal["", "hole", "picture"] = ""
    reference: bool = False
    soft: bool = False


WAYS: dict[str, Way] = {
    "inpaint": Way("sees the hole (trained to inpaint)", beside="hole"),
    "plain": Way("noise in the mask alone", soft=True),
    "edit": Way("sees the picture and follows an instruction", "instruction", reference=True),
    "instruct": Way("sees the picture beside the noise", "instruction", beside="picture"),
}
"""InstructPix2Pix is the last; the host's own nodes for the four are InpaintModelConditioning,
SetLatentNoiseMask, ReferenceLatent and InstructPixToPixConditioning."""


@dataclass(frozen=True)
class Kind:
    """One architecture.

    Attributes:
        title: its name for people.
        steps, cfg: its defaults; a cfg of 1 is none.
        guidance: what goes into the network where guidance is an input of it (distilled).
        native: the side in pixels that it was trained on.
        way: how it wants to paint.
        family: whose few-step variants it has, "" without.
        named: what is another kind, by what stands in the names of its files.
        numbered: its prompts number the pictures that they are about.
        sampler: the host's sampler that it was distilled for, "" for any.
        known: it was looked up; an unknown one is painted with as the plainest.
    """

    title: str
    steps: int = 25
    cfg: float = 4.0
    guidance: float | None = None
    native: int = 1024
    way: str = "plain"
    family: str = ""
    named: _Named = ()
    numbered: bool = False
    sampler: str = ""
    known: bool = True


def _of(key: str, way: str = "plain", native: int = 0, named: _Named = ()) -> Kind:
    """A kind with the settings of a family of the library."""
    family = FAMILIES[key]
    return Kind(
        family.title, family.steps, 1.0 if family.embedded else family.guidance,
        family.guidance if family.embedded else None, native or family.native, way, key, named,
    )  # fmt: skip


_KONTEXT = _of("flux-kontext", "edit")
_KLEIN = Kind("FLUX.2 klein", 4, 1.0, way="edit")
_KLEIN_BASE = Kind("FLUX.2 klein base", 50, 4.0, way="edit")
_QWEN_EDIT = _of("qwen-image-edit", "edit")
_QWEN_EDIT_PLUS = replace(_QWEN_EDIT, title="Qwen-Image-Edit 2509 or later", numbered=True)
_Z_EDIT = replace(_of("z-image", "edit"), title="Z-Image-Edit")
_E1 = Kind("HiDream-E1", 28, 3.0, way="instruct")
_DEV = Kind("HiDream Dev", 28, 1.0, sampler="lcm")
_FAST = Kind("HiDream Fast", 16, 1.0, sampler="lcm")
_LONGCAT_EDIT = Kind("LongCat-Image-Edit", 50, 4.5, way="edit")
_LONGCAT_TURBO = Kind("LongCat-Image-Edit Turbo", 8, 1.0, way="edit")

KINDS: dict[str, Kind] = {
    "SD15_instructpix2pix": Kind("InstructPix2Pix", 50, 7.5, native=512, way="instruct"),
    "SDXL_instructpix2pix": Kind("SDXL InstructPix2Pix", 50, 5.0, way="instruct"),
    "SD15": _of("sd"),
    "SD20": _of("sd", native=768),
    "SDXL": _of("sdxl", named=((SDXL_TURBO, _of("sdxl", native=512)),)),
    "SD3": _of("sd3"),
    "FluxInpaint": _of("flux-fill", "inpaint"),
    "FluxSchnell": Kind("FLUX schnell", 4, 1.0, family="flux"),
    "Flux": _of("flux", named=(("kontext", _KONTEXT),)),
    "Flux2": Kind(
        "FLUX.2", 50, 1.0, 4.0, way="edit",
        named=(("klein(?=.*base)", _KLEIN_BASE), ("klein", _KLEIN)),
    ),
    "Ovis": Kind("Ovis-Image", 50, 5.0),
    "Chroma": Kind("Chroma", 40, 3.0, named=(("flash", Kind("Chroma Flash", 8, 1.0)),)),
    "QwenImage": _of("qwen-image", named=(
        (rf"(?=.*edit).*{QWEN_LATER}", _QWEN_EDIT_PLUS), ("edit", _QWEN_EDIT),
    )),
    "ZImage": _of("z-image", named=(("edit|omni", _Z_EDIT),)),
    "Lumina2": Kind("Lumina 2", 50, 4.0),
    "Omnigen2": Kind("OmniGen 2", 50, 5.0, way="edit"),
    "Boogu": Kind("Boogu", 50, 5.0, way="edit"),
    "HiDream": Kind("HiDream", 50, 5.0,
                    named=(("[_-]e1", _E1), ("[_-]dev", _DEV), ("[_-]fast", _FAST))),
    "LongCatImage": Kind("LongCat-Image", 50, 4.5, named=(
        ("edit.*turbo", _LONGCAT_TURBO), ("edit", _LONGCAT_EDIT),
    )),
    "AuraFlow": Kind("AuraFlow", 50, 3.5),
    "HunyuanDiT": Kind("Hunyuan-DiT", 50, 6.0),
    "PixArtAlpha": Kind("PixArt", 20, 4.5),
    "HunyuanImage21": Kind("HunyuanImage 2.1", 50, 3.5, native=2048),
    "Kandinsky5Image": Kind("Kandinsky 5", 50, 3.5),
}  # fmt: skip
"""By the name of the host's class in `comfy.supported_models`, or of one that it derives from."""

UNPAINTABLE: dict[str, str] = {
    "SVD_img2vid": "makes videos", "LTXV": "makes videos", "LTXAV": "makes videos",
    "GenmoMochi": "makes videos", "HunyuanVideo": "makes videos", "CosmosT2V": "makes videos",
    "CosmosI2VPredict2": "makes videos", "WAN21_T2V": "makes videos",
    "CogVideoX_T2V": "makes videos", "Kandinsky5": "makes videos", "StableAudio": "makes sound",
    "ACEStep": "makes sound",
    "ACEStep15": "makes sound", "Hunyuan3Dv2": "makes shapes", "TripoSplat": "makes shapes",
    "Stable_Zero123": "turns things around", "SV3D_u": "turns things around",
    "SD_X4Upscaler": "enlarges pictures", "HunyuanImage21Refiner": "refines pictures",
    "Stable_Cascade_C": "paints in two stages", "LotusD": "estimates depth",
    "QwenImageLayered": "takes pictures apart into layers",
    "DepthAnything3": "estimates depth", "RT_DETR_v4": "finds things", "SAM3": "finds things",
    "PiD": "decodes latents",
}  # fmt: skip
"""What does something else. A class counts before those that it derives from, here and above."""


@dataclass(frozen=True)
class Facts:
    """What a host says of a model.

    Attributes:
        classes: the names of its architecture's class and of those that it derives from, the
            nearest first.
        beside: what its network is shown beside the noise, by the host's names: "mask" and
            "masked_image" for models that were trained to inpaint.
        names: of the files that it was made of, the model's first, LoRAs after it; none where they
            are not known.
        edits: the weights themselves say that it was trained to edit.
    """

    classes: tuple[str, ...]
    beside: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    edits: bool = False


@dataclass(frozen=True)
class Choice:
    """How a model is painted with, and what people should know of it."""

    kind: Kind
    way: Way
    notes: tuple[str, ...] = ()

    def notes_for(self, steps: int, cfg: float, sampler: str = "") -> list[str]:
        """What someone should know who paints with it in so many steps, a line each."""
        other = self.kind.sampler and sampler and sampler != self.kind.sampler
        advice = f"Set sampler_name to {self.kind.sampler}: it was distilled for that."
        guidance = self.kind.guidance
        pulled = "" if guidance is None else f", guidance {guidance:g}"
        words = {"result": "what the region shows", "instruction": "what to do"}[self.way.wording]
        return [
            f"{self.kind.title}: {self.way.title}; {steps} steps, cfg {cfg:g}{pulled}. Its prompt"
            f" says {words}.", *((advice,) if other else ()), *self.notes,
        ]  # fmt: skip


def choose(facts: Facts, asked: str = AUTOMATIC) -> Choice:
    """The way and the settings of a model.

    Args:
        asked: a key of `WAYS`, where somebody knows better than what the names tell.

    Raises:
        ModelError: a model that paints no pictures, or cannot paint in the way that is asked for.
    """
    kind, doubt = _kind(facts)
    hole = {"mask", "masked_image"} <= set(facts.beside)
    if hole:
        kind = _trained_to_inpaint(kind)
    elif facts.beside and kind.way not in ("inpaint", "instruct"):
        raise ModelError(
            f"Choose another model: this {kind.title} wants {', '.join(facts.beside)} beside the"
            " noise, which no inpainting gives."
        )
    own = kind.way
    if asked not in (AUTOMATIC, *WAYS):
        raise ModelError(f"Ask for one of {', '.join((AUTOMATIC, *WAYS))}, not for {asked!r:.40}.")
    if asked not in (AUTOMATIC, own):
        if WAYS[asked].beside or WAYS[own].beside:
            raise ModelError(
                f'Leave the way at "{AUTOMATIC}": this {kind.title} {WAYS[own].title}.'
            )
        kind = _as(kind, asked)
    kind = _few_steps(kind, facts.names)
    notes = []
    if not kind.known:
        notes.append("Set steps and cfg as its makers advise: this architecture is not known here.")
    if doubt and asked == AUTOMATIC:
        notes.append(doubt)
    return Choice(kind, WAYS[kind.way], tuple(notes))


def _kind(facts: Facts) -> tuple[Kind, str]:
    """The row of a model, and what is in doubt about it."""
    for name in facts.classes:
        if name in UNPAINTABLE:
            raise ModelError(
                f"Choose an image model: this one ({facts.classes[0]}) {UNPAINTABLE[name]}."
            )
        if name in KINDS:
            return _named(KINDS[name], facts)
    return Kind(facts.classes[0] if facts.classes else "an unknown model", known=False), ""


def _named(kind: Kind, facts: Facts) -> tuple[Kind, str]:
    name = " ".join(facts.names[:1])
    for words, other in kind.named:
        if re.search(words, name, re.IGNORECASE) or (facts.edits and other.way == "edit"):
            return other, ""
    others = [other.title for _, other in kind.named if other.way != kind.way]
    if others and not name:
        return kind, f'If this is a {" or ".join(others)}, set the way to "edit".'
    return kind, ""


def _trained_to_inpaint(kind: Kind) -> Kind:
    """The kind's sibling that was trained to inpaint."""
    if kind.way == "inpaint":
        return kind
    key = f"{kind.family}-inpaint"
    if key in FAMILIES:
        return _of(key, "inpaint", FAMILIES[key].native)
    return replace(kind, title=f"{kind.title} inpainting", way="inpaint")


def _as(kind: Kind, way: str) -> Kind:
    """The kind's sibling that paints in that way, or the kind itself in that way."""
    for _, other in kind.named:
        if other.way == way:
            return other
    return replace(kind, way=way)


def _few_steps(kind: Kind, names: tuple[str, ...]) -> Kind:
    """The kind with the steps of the few-step variant that the files' names tell."""
    if kind.family:
        for number, name in enumerate(names):
            variant = few_step_of(kind.family, name, lora=number > 0)
            row = None if variant == NONE else few_step(variant, kind.family, name)
            if row:
                return _as_few(kind, row)
    return kind


def _as_few(kind: Kind, row: FewStep) -> Kind:
    cfg = kind.cfg if row.guidance is None else max(row.guidance, 1.0)
    sampler = "lcm" if row.scheduler == "LCMScheduler" else ""
    title = f"{kind.title}, {row.title}"
    return replace(kind, title=title, steps=row.steps, cfg=cfg, sampler=sampler)


def soft_mask(mask: Tensor, cell: int) -> Tensor:
    """A mask [B,h,w] that is 1 in each latent's square of `cell` pixels that it touches, and falls
    over a fiftieth of the longer side outside them, and over a square at least.

    With it, what is next to the mask is painted in the last steps only, so that what is new goes
    over into what stays. It falls outside, where the stitch keeps the picture: inside, the edge of
    what is old would never be painted. What is thin and stays is not painted in its middle.
    """
    stays = 1 - whole_cells(mask, cell)
    return 1 - torch.stack([feather(each, max(*each.shape, 50 * cell) / 50) for each in stays])
