"""Masks to pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from comfy_api.latest import io

from ..prompt_edit.check.retry import MOST, asked_for, repaint_doubtful
from ..prompt_edit.detect.detections import Detector
from ..prompt_edit.errors import ModelError
from ..prompt_edit.inpaint.control import Control, ControlNet
from ..prompt_edit.inpaint.diffusion import Lora
from ..prompt_edit.inpaint.few_step import FEW_STEP, NONE
from ..prompt_edit.inpaint.painter import Painter
from ..prompt_edit.inpaint.repaint import Repainted, Sampling, repaint_each
from ..prompt_edit.models.store import CONTROLNET, PAINTER
from ..prompt_edit.plan import EditPlan
from ..prompt_edit.segment.seen import Seen
from . import host
from .host.loading import version, version_of
from .schema import schema
from .sockets import (
    ControlNetModel,
    Controls,
    DetectorModel,
    Followed,
    Loras,
    PainterModel,
    Plan,
    SeenMask,
)

AUTOMATIC = "automatic"


class LoadInpaintModel(host.Chooses):
    """Loads a painter."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditLoadInpaint",
            display_name="Load Inpaint Model",
            shows=True,
            search_aliases=["inpaint model", "load diffusion model", "load checkpoint", "painter",
                            "stable diffusion", "sdxl", "flux fill"],
            description="Loads a diffusion model from models/diffusers, models/checkpoints or the"
            " Hugging Face cache: Stable Diffusion, SDXL, SD 3, FLUX, Qwen-Image, Z-Image. The"
            " sample model knows drawn paper dolls only.",
            inputs=[
                host.model_input(PAINTER),
                io.Combo.Input("dtype", options=["default", "fp16", "bf16", "fp32"],
                               default="default",
                               tooltip="Precision of the weights; default is 16 bits on a GPU and"
                               " full on the CPU."),
                io.Combo.Input("variant", options=[AUTOMATIC, NONE, *FEW_STEP], default=AUTOMATIC,
                               optional=True,
                               tooltip="What few-step way of painting the model was made for;"
                               " automatic takes it from the names of model and LoRAs."),
                Loras.Input("loras", optional=True, tooltip="From Pick LoRA."),
            ],
            outputs=[PainterModel.Output("painter", display_name="painter",
                                         tooltip="For Diffusion Inpaint.")],
        )  # fmt: skip

    @classmethod
    def fingerprint_inputs(cls, model: str | None, **_: object) -> str:
        return version(PAINTER, model)

    @classmethod
    def execute(
        cls, model: str, dtype: str, variant: str = AUTOMATIC, loras: Sequence[Lora] = ()
    ) -> io.NodeOutput:
        named = None if variant == AUTOMATIC else variant
        resident = host.load_painter(model, dtype, variant=named, loras=tuple(loras))
        return io.NodeOutput(resident, ui={"text": resident.model.notes})


class PickLora(host.Chooses):
    """Chooses a LoRA for a painter."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditPickLoRA",
            display_name="Pick LoRA",
            search_aliases=["lora", "load lora", "lora loader", "style"],
            description="Chooses a LoRA from models/loras for Load Inpaint Model. Several follow"
            " each other.",
            inputs=[
                io.Combo.Input("lora", options=host.lora_names() or [host.NOTHING],
                               tooltip="One that was made for the inpainting model's family."),
                io.Float.Input("weight", default=1.0, min=-4.0, max=4.0, step=0.05,
                               tooltip="How much of it."),
                Loras.Input("loras", optional=True, tooltip="Those that come before it."),
            ],
            outputs=[Loras.Output("picked", display_name="loras",
                                  tooltip="For Load Inpaint Model, or for the next Pick LoRA.")],
        )  # fmt: skip

    @classmethod
    def fingerprint_inputs(cls, lora: str | None, **_: object) -> str:
        try:
            return version_of(host.lora_path(lora)) if lora else ""
        except ModelError:  # which is told when the node runs
            return ""

    @classmethod
    def execute(cls, lora: str, weight: float, loras: Sequence[Lora] = ()) -> io.NodeOutput:
        return io.NodeOutput((*loras, Lora(host.lora_path(lora), weight)))


class LoadControlNet(host.Chooses):
    """Loads a ControlNet."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditLoadControlNet",
            display_name="Load ControlNet for Inpaint",
            search_aliases=["controlnet", "control net", "load controlnet", "canny", "depth"],
            description="Loads a ControlNet of Stable Diffusion, SDXL or FLUX from"
            " models/controlnet.",
            inputs=[host.model_input(CONTROLNET)],
            outputs=[ControlNetModel.Output("controlnet", display_name="controlnet",
                                            tooltip="For Follow Picture.")],
        )  # fmt: skip

    @classmethod
    def fingerprint_inputs(cls, model: str | None) -> str:
        return version(CONTROLNET, model)

    @classmethod
    def execute(cls, model: str) -> io.NodeOutput:
        return io.NodeOutput(host.load(ControlNet, CONTROLNET, model))


class FollowPicture(io.ComfyNode):
    """Holds a painter to the edges, the depth or the pose of a picture."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditFollow",
            display_name="Follow Picture",
            search_aliases=["apply controlnet", "control image", "canny", "depth", "pose"],
            description="Holds Diffusion Inpaint to the edges, depth or pose of a picture, through"
            " a ControlNet. Several follow each other.",
            inputs=[
                io.MultiType.Input("controlnet", [ControlNetModel, io.ControlNet],
                                   tooltip="From Load ControlNet for Inpaint; for Painter from"
                                   " MODEL a CONTROL_NET of the host."),
                io.Image.Input("image", tooltip="Edges, depth or pose of the whole picture, as the"
                               " ControlNet was trained on: from Canny or any preprocessor."),
                io.Float.Input("scale", default=1.0, min=0.0, max=2.0, step=0.05,
                               tooltip="How closely it is followed."),
                io.Float.Input("start", default=0.0, min=0.0, max=1.0, step=0.01,
                               tooltip="From which part of the denoising on."),
                io.Float.Input("end", default=1.0, min=0.0, max=1.0, step=0.01,
                               tooltip="Up to which part of the denoising."),
                Controls.Input("controls", optional=True, tooltip="What else is followed."),
            ],
            outputs=[Controls.Output("followed", display_name="controls",
                                     tooltip="For Diffusion Inpaint, Painter from MODEL, or the"
                                     " next Follow Picture.")],
        )  # fmt: skip

    @classmethod
    def execute(
        cls, controlnet: Any, image: torch.Tensor, scale: float, start: float, end: float,
        controls: Sequence[Followed] = (),
    ) -> io.NodeOutput:  # fmt: skip
        return io.NodeOutput((*controls, (controlnet, (image, scale, start, end))))


class DiffusionInpaint(io.ComfyNode):
    """Repaints what a mask covers."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditInpaint",
            display_name="Diffusion Inpaint",
            shows=True,
            essentials_category="Image Tools",
            search_aliases=["inpaint", "inpainting", "repaint", "replace", "replace object",
                            "remove object", "object removal", "generative fill", "recolor",
                            "change color", "lama", "cut out"],
            description="Repaints what the mask covers, the way the plan's operation asks, and"
            " leaves every other pixel bit for bit as it was.",
            inputs=[
                PainterModel.Input("painter", tooltip="From Load Inpaint Model or Painter from"
                                   " MODEL."),
                io.Image.Input("image", tooltip="One picture or a batch."),
                io.Mask.Input("mask", tooltip="What to repaint, at the picture's size: one for all,"
                              " or one a picture. From SAM Mask or anywhere."),
                Plan.Input("plan", optional=True, tooltip="From LLM Intent Parse or Pick Edit."),
                io.String.Input("prompt", multiline=True, default="",
                                tooltip="What the region shows; overrules the plan's. Empty, and"
                                " without a plan: whatever surrounds it."),
                io.String.Input("negative_prompt", default="",
                                tooltip="What it shall not show; overrules the plan's."),
                io.Int.Input("seed", default=0, min=0, max=2**53, control_after_generate=True,
                             tooltip="Of the noise. Changing it repaints, and does nothing else."),
                io.Int.Input("steps", default=0, min=0, max=200,
                             tooltip="Denoising steps; 0 takes the model's own."),
                io.Float.Input("guidance", default=0.0, min=0.0, max=30.0, step=0.1,
                               tooltip="How strongly the prompt pulls (guidance scale); 0 takes"
                               " the model's own."),
                io.Float.Input("strength", default=0.0, min=0.0, max=1.0, step=0.01,
                               tooltip="How much of the old picture is noised away (denoise); 0"
                               " takes the operation's own."),
                Controls.Input("controls", optional=True, tooltip="From Follow Picture."),
                DetectorModel.Input("detector", optional=True,
                                    tooltip="Looks at the result, where retries are asked for. From"
                                    " Load Grounding DINO or SAM 3 Finder."),
                io.Int.Input("retries", default=0, min=0, max=MOST, optional=True,
                             tooltip="How often a picture whose result the detector doubts is"
                             " painted again, with another seed, then more room, then more"
                             " guidance; the best is kept. Needs detector and plan."),
                SeenMask.Input("seen", optional=True, tooltip="From SAM Mask: with it the mask does"
                               " not grow over what is left alone, and things that stand apart are"
                               " asked for one by one."),
            ],
            outputs=[
                io.Image.Output("edited", display_name="image", tooltip="The edited pictures."),
                io.Mask.Output("painted", display_name="painted",
                               tooltip="Opacity of what is new; where it is 0 no pixel changed."),
            ],
        )  # fmt: skip

    @classmethod
    def execute(
        cls, painter: host.Resident[Painter], image: torch.Tensor, mask: torch.Tensor,
        prompt: str, negative_prompt: str, seed: int, steps: int, guidance: float,
        strength: float, plan: EditPlan | None = None, controls: Sequence[Followed] = (),
        detector: host.Resident[Detector] | None = None, retries: int = 0,
        seen: Sequence[Seen] = (),
    ) -> io.NodeOutput:  # fmt: skip
        sampling = Sampling(seed, steps or None, guidance or None, strength or None)
        edit = plan.only() if plan else None
        bar = host.Progress(1)
        ours = [net for net, _ in controls if isinstance(net, host.Resident)]
        paints = not (edit and edit.cuts) and bool((mask > 0.5).any())

        def paint(pictures: torch.Tensor, masks: torch.Tensor, how: Sampling,
                  followed: Sequence[Control], number: int | None = None) -> Repainted:  # fmt: skip
            model = host.ready_together(painter, *ours)[0] if paints else painter.model
            known = seen if number is None or len(seen) < 2 else seen[number : number + 1]
            return repaint_each(model, pictures, masks, edit, prompt, negative_prompt, how,
                                bar.step, bar.preview, followed, number, known)  # fmt: skip

        followed = [Control(net.model if isinstance(net, host.Resident) else net, *settings)
                    for net, settings in controls]  # fmt: skip
        done = paint(image, mask, sampling, followed)
        if retries and detector is not None and edit is not None:
            done = repaint_doubtful(
                painter.model, detector.ready, paint, done, image, mask, asked_for(edit, prompt),
                sampling, retries, followed, seen,
            )  # fmt: skip
        elif retries:
            missing = "a detector" if detector is None else "a plan"
            note = f"Nothing was tried again: connect {missing}, too."
            done = replace(done, notes=(*done.notes, note))
        return io.NodeOutput(done.images, done.opacity, ui={"text": [*done.notes]})


NODES = [LoadInpaintModel, PickLora, LoadControlNet, FollowPicture, DiffusionInpaint]
