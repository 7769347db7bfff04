"""The masked part of a picture, cut out for other samplers and put back exactly."""

from __future__ import annotations

import torch
from comfy_api.latest import io

from ..prompt_edit.inpaint.region import Crop, crop, uncrop
from .schema import schema
from .sockets import Region


class CropRegion(io.ComfyNode):
    """Cuts the surroundings of a mask out."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditCrop",
            display_name="Crop Region",
            essentials_category="Image Tools",
            search_aliases=["inpaint crop", "crop by mask", "crop and stitch", "masked crop"],
            description="Cuts the surroundings of the mask out at the size that a model works at,"
            " for your own sampler. Stitch Region puts the result back.",
            inputs=[
                io.Image.Input("image", tooltip="One picture or a batch."),
                io.Mask.Input("mask", tooltip="What is to be edited, at the picture's size."),
                io.Int.Input("size", default=512, min=64, max=4096, step=8,
                             tooltip="The longer side of the cut, in pixels."),
                io.Int.Input("multiple", default=8, min=1, max=128,
                             tooltip="What both sides must be divisible by."),
                io.Float.Input("context", default=1.4, min=1.0, max=10.0, step=0.05,
                               tooltip="The cut's side over the mask's longer side."),
            ],
            outputs=[
                Region.Output("region", display_name="region", tooltip="For Stitch Region."),
                io.Image.Output("cut", display_name="image", tooltip="The cut pictures."),
                io.Mask.Output("cut_mask", display_name="mask", tooltip="The cut masks."),
            ],
        )  # fmt: skip

    @classmethod
    def execute(
        cls, image: torch.Tensor, mask: torch.Tensor, size: int, multiple: int, context: float
    ) -> io.NodeOutput:
        region = crop(image, mask, size, multiple, context)
        return io.NodeOutput(region, *region.cuts())


class StitchRegion(io.ComfyNode):
    """Puts an edited cut back."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditStitch",
            display_name="Stitch Region",
            essentials_category="Image Tools",
            search_aliases=["inpaint stitch", "uncrop", "paste back", "crop and stitch"],
            description="Puts an edited cut back into its picture, through the mask: every other"
            " pixel stays bit for bit as it was.",
            inputs=[
                Region.Input("region", tooltip="From Crop Region."),
                io.Image.Input("image", tooltip="The edited cut, at any size of its proportions;"
                               " several for one picture give several pictures."),
                io.Float.Input("feather", default=4.0, min=0.0, max=256.0, step=0.5,
                               tooltip="Pixels over which the edge fades, inside the mask."),
                io.Boolean.Input("match_colour", default=True,
                                 tooltip="Undo the colour shift of the model's autoencoder, as far"
                                 " as the kept surroundings show it."),
            ],
            outputs=[io.Image.Output("stitched", display_name="image",
                                     tooltip="The whole pictures.")],
        )  # fmt: skip

    @classmethod
    def execute(
        cls, region: Crop, image: torch.Tensor, feather: float, match_colour: bool
    ) -> io.NodeOutput:
        return io.NodeOutput(uncrop(region, image, feather, match_colour))


NODES = [CropRegion, StitchRegion]
