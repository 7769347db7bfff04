"""What sets the families of painters apart: one row a family.

Everything else in this package asks the table, so that a new family is a new row.

Guidance is what each model's makers state on its page or in its repository (CompVis/
stable-diffusion, Stability-AI/generative-models and sd3.5, black-forest-labs/flux, QwenLM/
Qwen-Image, Tongyi-MAI/Z-Image). So are the steps, save for Stable Diffusion and SDXL, where 30 do
for the 50 stated, and FLUX, with diffusers' 28.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import torch

from ..errors import ModelError
from ..models.headers import Shapes
from . import configs, renames
from .configs import Config
from .renames import Rename
from .schedules import Evidence, Schedule, sd1, sd2, sd2_inpaint, sdxl

Guidance = Literal["guidance_scale", "true_cfg_scale"]
Wording = Literal["result", "instruction"]
"""What a painter is told: what the region shows afterwards, or what to do."""


@dataclass(frozen=True)
class Text:
    """A text encoder of a layout.

    Attributes:
        slot: the pipeline's name for it; its tokenizer's is the same with "tokenizer".
        prefix: where it stands in a file.
        kind: whose names it has there.
        act: the activation, which leaves no trace in the weights.
        pad: what its tokenizer fills up with.
        projected: whether its pooled output goes through a projection.
        alike: that projection changes nothing, whatever stands in its file.
        last: whether its last layer counts.
        needed: False where the pipeline does without.
        alone: what its own file is called, where people keep it apart; "" where they don't.
        width: how wide it must be for a network of those shapes, where it is kept apart.
    """

    slot: str
    prefix: str
    kind: Literal["clip", "open_clip", "t5"] = "clip"
    act: str = "quick_gelu"
    pad: str = "<|endoftext|>"
    projected: bool = False
    alike: bool = False
    last: bool = True
    needed: bool = True
    alone: str = ""
    width: Callable[[Shapes], int] = lambda _: 0

    @property
    def tokenizer(self) -> str:
        """The pipeline's name for its tokenizer."""
        return self.slot.replace("text_encoder", "tokenizer")


@dataclass(frozen=True)
class Layout:
    """How single files of a family are laid out, and what no shape tells.

    Attributes:
        network: the network's class, and the pipeline's name for it.
        entry: the network's first weight, of [width, channels taken, ...].
        signs: weights of the network by which it is told, beside the entry.
        when: what its shapes must say besides.
        config: its settings from its shapes.
        rename: from its maker's names to diffusers'.
        word: what the file's name or its writer's notes must say, where no weight tells.
        told: settings of the network that they tell, by a pattern of what they say.
        texts: the text encoders; empty where only a diffusers folder can bring them.
        latents: how many channels its autoencoder's code has; 0 where only a folder brings that.
        scaling, shift: the autoencoder's code to unit variance.
        scheduler: class and settings; "" for the lender's.
        schedule: tells what it foretells from what is in the file; None where it is always alike.
    """

    network: tuple[str, str]
    entry: str
    config: Callable[[Shapes], Config]
    rename: Callable[[Shapes], Rename]
    signs: tuple[str, ...] = ()
    when: Callable[[Shapes], bool] = lambda _: True
    word: str = ""
    told: tuple[tuple[str, Config], ...] = ()
    texts: tuple[Text, ...] = ()
    latents: Callable[[Shapes], int] = lambda _: 0
    scaling: float = 1.0
    shift: float | None = None
    scheduler: tuple[str, Mapping[str, Any]] = ("", {})
    schedule: Callable[[Evidence], Schedule] | None = None

    def stands_in(self, bare: Shapes) -> bool:
        """Whether a network of those shapes, without prefix, has its names."""
        return self.entry in bare and all(sign in bare for sign in self.signs)


@dataclass(frozen=True)
class Family:
    """One architecture, how files hold it, and how its inpainting pipeline wants to be called.

    `strength` means the same in all rows: the share of the noise schedule that the old picture
    goes through, 0..1. Only what a model is shown besides differs, see `sees`.

    Attributes:
        title: its name for people.
        pipeline: the class of diffusers that inpaints with it.
        classes: what `model_index.json` may name for a folder of this family.
        root: families of one root share all but the network.
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
        upcast: its autoencoder overflows in fp16, and decodes in full precision.
        native: the side in pixels that it was trained on, where its settings don't say.
        channels: what its UNet takes; 0 where the pipeline's class tells all.
        packed: latents are rows of 2 x 2 patches, [1,h/2*w/2,4c], during denoising.
        pillow: the pipeline takes PIL pictures only, and paints at a size of its own.
        shift_lost: the pipeline forgets the shift of the autoencoder's code when it decodes.
        width: the network's setting that says how wide the text is that it reads.
        control, control_class: pipeline and network of its ControlNets, "" without.
        control_modes: several of them at once must each be told a mode.
        wording: what its prompt is.
        numbered: a pattern of what says of a folder's class, or a file's name, that its prompts
            number the picture; see `source.numbered`.
        options: further arguments of the pipeline's parts.
        call: further arguments of each painting.
        lenders: repositories that can lend what a single file lacks, looked for in the cache.
        own_parts: only folders of the very family can lend: it has an eye besides.
        named: what the names of files with its parts say, as a regular expression.
        layouts: how single files hold it; none where only folders are read.
    """

    title: str
    pipeline: str
    classes: tuple[str, ...]
    root: str
    sees: Literal["mask", "latents"]
    steps: int
    guidance: float
    unguided: float = 1.0
    most: float = 1.0
    guide: Guidance = "guidance_scale"
    embedded: bool = False
    half: torch.dtype = torch.float16
    upcast: bool = False
    native: int = 1024
    channels: int = 0
    packed: bool = False
    pillow: bool = False
    shift_lost: bool = False
    width: str = "joint_attention_dim"
    control: str = ""
    control_class: str = "ControlNetModel"
    control_modes: bool = False
    wording: Wording = "result"
    numbered: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    call: Mapping[str, Any] = field(default_factory=dict)
    lenders: tuple[str, ...] = ()
    own_parts: bool = False
    named: str = ""
    layouts: tuple[Layout, ...] = ()

    def numbers_pictures(self, said: str) -> bool:
        """Whether prompts number the picture, by the class of a folder or the name of a file."""
        return bool(self.numbered and re.search(self.numbered, said))

    def lends_to(self, other: Family) -> bool:
        """Whether a folder of this family has the parts that files of the other may lack."""
        return self is other or (self.root == other.root and not other.own_parts)


# How single files hold them

_BETAS = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
          "steps_offset": 1, "timestep_spacing": "leading"}  # fmt: skip
_DDIM = {**_BETAS, "clip_sample": False, "set_alpha_to_one": False}
_FLOW = "FlowMatchEulerDiscreteScheduler"
_CLIP_L, _CLIP_G, _T5 = (f"text_encoders.{name}.transformer." for name in ("clip_l", "clip_g",
                                                                          "t5xxl"))  # fmt: skip


def _plain_unet(channels: int, labels: bool, linear: bool) -> Callable[[Shapes], bool]:
    """Whether a UNet takes so many channels, sizes besides (SDXL), and projects so (SD 2)."""

    def fits(bare: Shapes) -> bool:
        # Of the label, 6 x 256 numbers are sizes, and the rest is the pooled text.
        label = bare.get("label_emb.0.0.weight", (0, 0))[1]
        projection = next((name for name in bare if name.endswith("1.proj_in.weight")), "")
        return (
            bare["input_blocks.0.0.weight"][1] == channels
            and (label > 1536 if labels else not label)
            and (len(bare.get(projection, ())) == 2) == linear
        )

    return fits


def _unet_layout(
    texts: tuple[Text, ...], when: Callable[[Shapes], bool], scaling: float,
    scheduler: tuple[str, Mapping[str, Any]], schedule: Callable[[Evidence], Schedule],
) -> Layout:  # fmt: skip
    return Layout(
        ("UNet2DConditionModel", "unet"), "input_blocks.0.0.weight", configs.unet_config,
        renames.unet, when=when, texts=texts, latents=lambda _: 4, scaling=scaling,
        scheduler=scheduler, schedule=schedule,
    )  # fmt: skip


def _sd_layouts(channels: int) -> tuple[Layout, Layout]:
    """Of Stable Diffusion 1 and 2."""
    first = (Text("text_encoder", "cond_stage_model.transformer."),)
    second = (Text("text_encoder", "cond_stage_model.model.", "open_clip", "gelu", "!",
                   last=False),)  # fmt: skip
    ddim = ("DDIMScheduler", _DDIM)
    return (
        _unet_layout(first, _plain_unet(channels, labels=False, linear=False), 0.18215, ddim, sd1),
        _unet_layout(second, _plain_unet(channels, labels=False, linear=True), 0.18215, ddim,
                     sd2 if channels == 4 else sd2_inpaint),
    )  # fmt: skip


def _sdxl_layout(channels: int) -> Layout:
    texts = (Text("text_encoder", "conditioner.embedders.0.transformer."),
             Text("text_encoder_2", "conditioner.embedders.1.model.", "open_clip", "gelu", "!",
                  projected=True))  # fmt: skip
    when = _plain_unet(channels, labels=True, linear=True)
    return _unet_layout(texts, when, 0.13025, ("EulerDiscreteScheduler", _BETAS), sdxl)


_SD3_LAYOUT = Layout(
    ("SD3Transformer2DModel", "transformer"), "x_embedder.proj.weight", configs.sd3_config,
    renames.sd3, ("joint_blocks.0.x_block.attn.qkv.weight",),
    # The pooled texts of both CLIPs, 768 and 1280 wide, stand side by side.
    # That of CLIP-L is taken as it is, though CLIP's own files hold a projection.
    texts=(Text("text_encoder", _CLIP_L, projected=True, alike=True, alone="clip_l",
                width=lambda bare: bare["y_embedder.mlp.0.weight"][1] * 3 // 8),
           Text("text_encoder_2", _CLIP_G, act="gelu", pad="!", projected=True, alone="clip_g",
                width=lambda bare: bare["y_embedder.mlp.0.weight"][1] * 5 // 8),
           Text("text_encoder_3", _T5, "t5", needed=False, alone="t5xxl",
                width=lambda bare: bare["context_embedder.weight"][1])),
    latents=lambda bare: bare["x_embedder.proj.weight"][1], scaling=1.5305, shift=0.0609,
    scheduler=(_FLOW, {"shift": 3.0}),
)  # fmt: skip

_FLUX_TEXTS = (
    Text("text_encoder", _CLIP_L, alone="clip_l",
         width=lambda bare: bare["vector_in.in_layer.weight"][1]),
    Text("text_encoder_2", _T5, "t5", alone="t5xxl", width=lambda bare: bare["txt_in.weight"][1]),
)  # fmt: skip


def _flux_layout(share: int, guided: bool = True, word: str = "") -> Layout:
    """`share`: how many times as many channels it takes as it gives."""

    def fits(bare: Shapes) -> bool:
        taken, given = bare["img_in.weight"][1], bare["final_layer.linear.weight"][0]
        return taken == share * given and ("guidance_in.in_layer.weight" in bare) == guided

    shifted = {"shift": 3.0, "base_shift": 0.5, "max_shift": 1.15, "use_dynamic_shifting": True}
    return Layout(
        ("FluxTransformer2DModel", "transformer"), "img_in.weight", configs.flux_config,
        renames.flux, ("double_blocks.0.img_attn.qkv.weight", "final_layer.linear.weight"), fits,
        word=word, texts=_FLUX_TEXTS, scaling=0.3611, shift=0.1159,
        latents=lambda bare: bare["final_layer.linear.weight"][0] // 4,
        scheduler=(_FLOW, shifted if guided else {"shift": 1.0}),
    )  # fmt: skip


QWEN_2511 = r"(?<!\d)2511(?!\d)"
QWEN_LATER = rf"(?i:(?<!\d)2509(?!\d)|{QWEN_2511}|edit[-_. ]?plus|(?<![a-z])plus(?![a-z]))"
"""The releases of Qwen-Image-Edit after the first, by the names of files and diffusers' class. The
numbers stand in dates as well (20251110), which tell nothing."""


def _qwen_layout(word: str = "", told: tuple[tuple[str, Config], ...] = ()) -> Layout:
    return Layout(
        ("QwenImageTransformer2DModel", "transformer"), "img_in.weight", configs.qwen_config,
        renames.qwen, ("transformer_blocks.0.img_mod.1.weight", "txt_norm.weight"), word=word,
        told=told,
    )  # fmt: skip


_Z_IMAGE_LAYOUT = Layout(
    ("ZImageTransformer2DModel", "transformer"), "cap_embedder.1.weight", configs.z_image_config,
    renames.z_image, ("layers.0.adaLN_modulation.0.weight", "cap_embedder.0.weight"),
    latents=lambda bare: configs.z_image_config(bare)["in_channels"], scaling=0.3611, shift=0.1159,
)  # fmt: skip


# The table

# What only the safety checker sees, a download leaves out as well.
_SD = {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}
_SDXL = {"add_watermarker": False}  # which pictures would bear where its package happens to be
_SD_CONTROL = "StableDiffusionControlNetInpaintPipeline"
_XL_CONTROL = "StableDiffusionXLControlNetInpaintPipeline"
_FLUX_CONTROL = "FluxControlNetInpaintPipeline"

FAMILIES: dict[str, Family] = {
    "sd": Family(
        "Stable Diffusion 1 or 2", "StableDiffusionInpaintPipeline",
        ("StableDiffusionPipeline", "StableDiffusionImg2ImgPipeline",
         "LatentConsistencyModelPipeline"),
        root="sd", sees="latents", steps=30, guidance=7.5, native=512, channels=4,
        width="cross_attention_dim", control=_SD_CONTROL, options=_SD,
        layouts=_sd_layouts(4),
    ),
    "sd-inpaint": Family(
        "Stable Diffusion 1 or 2 inpainting", "StableDiffusionInpaintPipeline",
        ("StableDiffusionInpaintPipeline",),
        root="sd", sees="mask", steps=30, guidance=7.5, native=512, channels=9,
        width="cross_attention_dim", control=_SD_CONTROL, options=_SD,
        layouts=_sd_layouts(9),
    ),
    "sdxl": Family(
        "SDXL", "StableDiffusionXLInpaintPipeline", ("StableDiffusionXLPipeline",),
        root="sdxl", sees="latents", steps=30, guidance=6.0, upcast=True, channels=4,
        width="cross_attention_dim", control=_XL_CONTROL, options=_SDXL,
        layouts=(_sdxl_layout(4),),
    ),
    "sdxl-inpaint": Family(
        "SDXL inpainting", "StableDiffusionXLInpaintPipeline",
        ("StableDiffusionXLInpaintPipeline",),
        root="sdxl", sees="mask", steps=30, guidance=8.0, most=0.99, upcast=True, channels=9,
        width="cross_attention_dim", control=_XL_CONTROL, options=_SDXL,
        layouts=(_sdxl_layout(9),),
    ),
    "sd3": Family(
        "Stable Diffusion 3", "StableDiffusion3InpaintPipeline",
        ("StableDiffusion3Pipeline", "StableDiffusion3InpaintPipeline",
         "StableDiffusion3Img2ImgPipeline"),
        root="sd3", sees="latents", steps=40, guidance=4.5, half=torch.bfloat16, shift_lost=True,
        lenders=("stabilityai/stable-diffusion-3.5-medium",
                 "stabilityai/stable-diffusion-3.5-large",
                 "stabilityai/stable-diffusion-3.5-large-turbo",
                 "stabilityai/stable-diffusion-3-medium-diffusers"),
        named=r"sd[-_ ]?3|stable.?diffusion.?3", layouts=(_SD3_LAYOUT,),
    ),
    "flux-kontext": Family(
        "FLUX Kontext", "FluxKontextInpaintPipeline",
        ("FluxKontextPipeline", "FluxKontextInpaintPipeline"),
        root="flux", sees="latents", steps=28, guidance=2.5, embedded=True, half=torch.bfloat16,
        packed=True, wording="instruction", named=r"flux|^ae$",
        call={"_auto_resize": False},  # the region has its size already
        lenders=("black-forest-labs/FLUX.1-Kontext-dev", "black-forest-labs/FLUX.1-dev"),
        layouts=(_flux_layout(1, word="kontext"),),
    ),
    "flux": Family(
        "FLUX", "FluxInpaintPipeline",
        ("FluxPipeline", "FluxInpaintPipeline", "FluxImg2ImgPipeline"),
        root="flux", sees="latents", steps=28, guidance=3.5, embedded=True, half=torch.bfloat16,
        packed=True, control=_FLUX_CONTROL, control_class="FluxControlNetModel",
        control_modes=True, named=r"flux|^ae$",
        lenders=("black-forest-labs/FLUX.1-dev", "black-forest-labs/FLUX.1-schnell"),
        layouts=(_flux_layout(1), _flux_layout(1, guided=False)),
    ),
    "flux-fill": Family(
        "FLUX Fill", "FluxFillPipeline", ("FluxFillPipeline",),
        root="flux", sees="mask", steps=50, guidance=30.0, embedded=True, half=torch.bfloat16,
        packed=True, named=r"flux|^ae$",
        lenders=("black-forest-labs/FLUX.1-Fill-dev", "black-forest-labs/FLUX.1-dev"),
        # It takes latents, the picture without the hole, and 8 x 8 pixels of the mask.
        layouts=(_flux_layout(6),),
    ),
    "qwen-image-edit": Family(
        "Qwen-Image-Edit", "QwenImageEditInpaintPipeline",
        ("QwenImageEditPipeline", "QwenImageEditInpaintPipeline", "QwenImageEditPlusPipeline"),
        root="qwen-image", sees="latents", steps=40, guidance=4.0, guide="true_cfg_scale",
        half=torch.bfloat16, packed=True, pillow=True, wording="instruction",
        lenders=("Qwen/Qwen-Image-Edit", "Qwen/Qwen-Image-Edit-2509", "Qwen/Qwen-Image-Edit-2511"),
        own_parts=True, numbered=QWEN_LATER,
        # The release of 2511 takes the picture that is edited for one without noise.
        layouts=(_qwen_layout("edit", told=((QWEN_2511, {"zero_cond_t": True}),)),),
    ),
    "qwen-image": Family(
        "Qwen-Image", "QwenImageInpaintPipeline",
        ("QwenImagePipeline", "QwenImageInpaintPipeline", "QwenImageImg2ImgPipeline"),
        root="qwen-image", sees="latents", steps=50, guidance=4.0, guide="true_cfg_scale",
        half=torch.bfloat16, packed=True, layouts=(_qwen_layout(),),
        lenders=("Qwen/Qwen-Image", "Qwen/Qwen-Image-2512"),
    ),
    "z-image": Family(
        "Z-Image", "ZImageInpaintPipeline",
        ("ZImagePipeline", "ZImageInpaintPipeline", "ZImageImg2ImgPipeline"),
        root="z-image", sees="latents", steps=50, guidance=4.0, unguided=0.0, half=torch.bfloat16,
        width="cap_feat_dim", lenders=("Tongyi-MAI/Z-Image-Turbo", "Tongyi-MAI/Z-Image"),
        layouts=(_Z_IMAGE_LAYOUT,),
    ),
}  # fmt: skip
"""Looked through from the top: what a word must tell stands before what is told without."""


def family_of(pipeline_class: str, in_channels: int | None = None) -> str:
    """The key of the family that a pipeline's class belongs to.

    `in_channels` of its UNet, where they are known, tell inpainting networks (9 channels) from
    plain ones (4): both can stand in one pipeline.

    Raises:
        ModelError: no family's, or a UNet of other channels.
    """
    named = next((row for row in FAMILIES.values() if pipeline_class in row.classes), None)
    if named is None:
        known = ", ".join(family.title for family in FAMILIES.values())
        raise ModelError(f"A {pipeline_class} can't inpaint here. Choose one of: {known}.")
    for key, family in FAMILIES.items():
        if in_channels and named.channels:
            if (family.root, family.channels) == (named.root, in_channels):
                return key
        elif family is named:
            return key
    raise ModelError(
        f"Its UNet takes {in_channels} channels, so it is made for another task (editing by"
        " instruction, enlarging, depth). Choose a plain or an inpainting model."
    )


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

    Without either prompt, guidance has nothing to pull to or from and is left out, unless it is an
    input of the network.
    """
    arguments: dict[str, Any] = {"prompt": prompt}
    if family.embedded:
        return {**arguments, "guidance_scale": guidance}
    if guidance <= 1 or not (prompt or negative_prompt):
        guidance = min(guidance, family.unguided)  # at 1 it is off, wherever a family counts from
    arguments[family.guide] = guidance
    if family.guide == "true_cfg_scale":  # which starts with a negative prompt only
        arguments["negative_prompt"] = (negative_prompt or " ") if guidance > 1 else None
    else:
        arguments["negative_prompt"] = negative_prompt or None
    return arguments


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
