"""Whatever the host has loaded, as a painter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from comfy_api.latest import io

from ..prompt_edit.errors import ModelError
from ..prompt_edit.inpaint.control import Control
from ..prompt_edit.inpaint.ways import AUTOMATIC, WAYS, choose
from ..prompt_edit.models.card import Card
from . import host
from .behind import files_behind
from .patches import NOTE, fixed
from .sampling import HostPainter, Settings, facts_of, sampler_names
from .schema import schema
from .sockets import Controls, Followed, PainterModel


class PainterFromModel(io.ComfyNode):
    """Makes a painter of a MODEL."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        samplers, schedulers = sampler_names()
        return schema(
            node_id="PromptEditPainterFromModel",
            display_name="Painter from MODEL",
            shows=True,
            search_aliases=["ksampler", "inpaint with model", "checkpoint painter", "flux kontext",
                            "qwen image edit", "flux fill", "gguf", "sdxl inpaint", "z-image",
                            "edit model", "inpaint model conditioning", "differential diffusion"],
            description="Whatever the host has loaded paints: any checkpoint, GGUF or fp8 model,"
            " with LoRAs and patches on it. How it wants to inpaint is told from the model.",
            inputs=[
                io.Model.Input("model", tooltip="From any loader, through any LoRA or patch."),
                io.Clip.Input("clip", tooltip="The text encoder that belongs to the model."),
                io.Vae.Input("vae", tooltip="The VAE that belongs to the model."),
                io.Int.Input("steps", default=0, min=0, max=200,
                             tooltip="Denoising steps; 0 takes what the model's makers advise."),
                io.Float.Input("cfg", default=0.0, min=0.0, max=100.0, step=0.1,
                               tooltip="Classifier-free guidance; 1 is none, 0 takes what the"
                               " model's makers advise."),
                io.Combo.Input("sampler_name", options=samplers, default=samplers[0],
                               tooltip="As in KSampler."),
                io.Combo.Input("scheduler", options=schedulers, default=schedulers[0],
                               tooltip="As in KSampler."),
                io.Float.Input("denoise", default=1.0, min=0.01, max=1.0, step=0.01,
                               tooltip="The most of the old picture that is noised away."),
                io.Combo.Input("way", options=[AUTOMATIC, *WAYS], default=AUTOMATIC,
                               tooltip="How the model wants to paint; automatic asks the model and"
                               " the names of its files. inpaint: it was trained to. plain: noise"
                               " in the mask alone. edit: it sees the picture and is told what to"
                               " do (Kontext, Qwen-Image-Edit). instruct: InstructPix2Pix."),
                io.Boolean.Input("noise_mask", default=True,
                                 tooltip="Noise in the mask alone. Off: all of the cut is painted"
                                 " anew, and only the mask is kept of it."),
                io.Boolean.Input("soft_mask", default=True,
                                 tooltip="What lies next to the mask is painted along in the last"
                                 " steps, and not kept, which hides the seam"
                                 " (DifferentialDiffusion); for the plain way."),
                io.ControlNet.Input("control_net", optional=True,
                                    tooltip="Holds the painting to control_image."),
                io.Image.Input("control_image", optional=True,
                               tooltip="Edges, depth or pose of the whole picture."),
                io.Float.Input("control_strength", default=1.0, min=0.0, max=10.0, step=0.01,
                               optional=True, tooltip="How closely control_image is followed."),
                Controls.Input("controls", optional=True,
                               tooltip="More to follow, from Follow Picture."),
            ],
            outputs=[PainterModel.Output("painter", display_name="painter",
                                         tooltip="For Diffusion Inpaint and Prompt Edit.")],
            hidden=[io.Hidden.prompt, io.Hidden.unique_id],
        )  # fmt: skip

    @classmethod
    def execute(
        cls, model: Any, clip: Any, vae: Any, steps: int, cfg: float, sampler_name: str,
        scheduler: str, denoise: float, way: str, noise_mask: bool, soft_mask: bool,
        control_net: Any = None, control_image: torch.Tensor | None = None,
        control_strength: float = 1.0, controls: Sequence[Followed] = (),
    ) -> io.NodeOutput:  # fmt: skip
        for name, part in (("model", model), ("clip", clip), ("vae", vae)):
            if part is None:
                raise ModelError(
                    f"Connect another {name.upper()}: this loader's file holds none. Load it with"
                    f" {_LOADERS[name]}."
                )
        names = files_behind(cls.hidden.prompt, cls.hidden.unique_id, "model")
        choice = choose(facts_of(model, names), way)
        card = Card(steps=steps or choice.kind.steps, guidance_scale=cfg or choice.kind.cfg)
        notes = choice.notes_for(card.steps, card.guidance_scale, sampler_name)
        patched = fixed(model)
        if patched:
            notes = [*notes, NOTE]
        followed = [*patched, *(Control(net, *how) for net, how in controls)]
        if (control_net is None) != (control_image is None):
            raise ModelError("Connect both control_net and control_image, or neither.")
        if control_net is not None and control_image is not None:
            followed.append(Control(control_net, control_image, control_strength))
        settings = Settings(sampler_name, scheduler, denoise, noise_mask, soft_mask)
        painter = HostPainter(model, clip, vae, choice, settings, card, followed)
        return io.NodeOutput(host.Resident(painter, []), ui={"text": notes})


_LOADERS = {"model": "Load Diffusion Model", "clip": "Load CLIP", "vae": "Load VAE"}

NODES = [PainterFromModel]
