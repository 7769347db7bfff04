"""Masks to pixels."""

from __future__ import annotations

from comfy_api.latest import io

from ..prompt_edit.inpaint.diffusion import Inpainter
from ..prompt_edit.inpaint.repaint import Sampling, repaint_each
from ..prompt_edit.models.store import PAINTER
from . import host
from .sockets import CATEGORY, PainterModel, Plan


class LoadInpaintModel(io.ComfyNode):
    """Loads a painter."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="PromptEditLoadInpaint",
            display_name="Load Inpaint Model",
            category=CATEGORY,
            description="Loads an inpainting model from models/diffusers or the Hugging Face"
            " cache. The sample model knows drawn paper dolls only.",
            inputs=[
                host.model_input(PAINTER),
                io.Combo.Input("dtype", options=["default", "fp16", "bf16", "fp32"],
                               default="default",
                               tooltip="Precision of the weights; default is half on CUDA and"
                               " full elsewhere."),
            ],
            outputs=[PainterModel.Output("painter", display_name="painter",
                                         tooltip="For Diffusion Inpaint.")],
        )  # fmt: skip

    @classmethod
    def execute(cls, model: str, dtype: str) -> io.NodeOutput:
        return io.NodeOutput(host.load(Inpainter, PAINTER, model, dtype))


class DiffusionInpaint(io.ComfyNode):
    """Repaints what a mask covers."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="PromptEditInpaint",
            display_name="Diffusion Inpaint",
            category=CATEGORY,
            description="Repaints what the mask covers, the way the plan's operation asks, and"
            " leaves every other pixel bit for bit as it was.",
            inputs=[
                PainterModel.Input("painter", tooltip="From Load Inpaint Model."),
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
            ],
            outputs=[
                io.Image.Output("edited", display_name="image", tooltip="The edited pictures."),
                io.Mask.Output("painted", display_name="painted",
                               tooltip="Opacity of what is new; where it is 0 no pixel changed."),
            ],
        )  # fmt: skip

    @classmethod
    def execute(cls, painter, image, mask, prompt, negative_prompt, seed, steps, guidance,
                strength, plan=None):  # fmt: skip
        sampling = Sampling(seed, steps or None, guidance or None, strength or None)
        edit = plan.only() if plan else None
        bar = host.Progress(1)
        edited, painted = repaint_each(painter.ready(), image, mask, edit, prompt, negative_prompt,
                                       sampling, bar.step, bar.preview)  # fmt: skip
        return io.NodeOutput(edited, painted)


NODES = [LoadInpaintModel, DiffusionInpaint]
