"""Boxes to masks."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from comfy_api.latest import io

from ..prompt_edit.detect.ground import Grounded
from ..prompt_edit.models.store import SEGMENTER
from ..prompt_edit.preview import marked, sheet
from ..prompt_edit.segment.by_hand import NOTHING, Pointer, mask_by_hand, read_points
from ..prompt_edit.segment.cover import Segmenter, cover_each
from ..prompt_edit.segment.sam import Sam
from . import host
from .host.loading import version
from .schema import schema
from .sockets import Detections, SeenMask, SegmenterModel


class LoadSam(host.Chooses):
    """Loads a segmenter."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditLoadSAM",
            display_name="Load SAM",
            search_aliases=["segment anything", "sam", "sam2", "sam3", "sam hq", "sam loader",
                            "segmentation model"],
            description="Loads a Segment Anything model (SAM, SAM-HQ, SAM 2, SAM 3) from"
            " models/sams, sam2 or sam3, or the Hugging Face cache. The sample model knows drawn"
            " paper dolls only.",
            inputs=[host.model_input(SEGMENTER)],
            outputs=[SegmenterModel.Output("segmenter", display_name="segmenter",
                                           tooltip="For SAM Mask.")],
        )  # fmt: skip

    @classmethod
    def fingerprint_inputs(cls, model: str | None) -> str:
        return version(SEGMENTER, model)

    @classmethod
    def execute(cls, model: str) -> io.NodeOutput:
        return io.NodeOutput(host.load(Sam, SEGMENTER, model))


class SamMask(io.ComfyNode):
    """Cuts what stands in the boxes."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditMask",
            display_name="SAM Mask",
            shows=True,
            search_aliases=["segment anything", "sam", "sam2", "sam mask", "mask object", "segment",
                            "cut out", "boxes to mask", "detections to mask", "auto mask"],
            essentials_category="Image Tools",
            description="Cuts the mask of what stands in each box, less what the plan leaves out."
            " Without a box the mask is empty, at the picture's size.",
            inputs=[
                SegmenterModel.Input("segmenter", tooltip="From Load SAM or SAM 3 Finder."),
                io.Image.Input("image", tooltip="The pictures that the boxes were found in."),
                Detections.Input("detections", tooltip="From Grounding DINO Detect."),
                io.Int.Input("grow", default=0, min=-256, max=256,
                             tooltip="Pixels that the mask grows, or shrinks below 0."),
                io.Float.Input("feather", default=0.0, min=0.0, max=256.0, step=0.5,
                               tooltip="Pixels over which the edge fades, inwards."),
                io.Boolean.Input("fill_holes", default=False,
                                 tooltip="Fill what the mask encloses."),
            ],
            outputs=[
                io.Mask.Output("mask", display_name="mask",
                               tooltip="One mask a picture: all objects together."),
                io.Mask.Output("instances", display_name="instances",
                               tooltip="One mask an object, of all pictures; one empty mask where"
                               " nothing is."),
                io.Int.Output("index", display_name="image index", is_output_list=True,
                              tooltip="For each object the picture it is in, from 0; one -1 where"
                              " nothing is."),
                io.Image.Output("preview", display_name="preview",
                                tooltip="The mask laid over the picture. Of a batch each is at"
                                " most 1024 pixels wide and high; of more than 16, 512."),
                SeenMask.Output("seen", display_name="seen",
                                tooltip="What is left alone, and where each thing is: for Diffusion"
                                " Inpaint."),
            ],
        )  # fmt: skip

    @classmethod
    def execute(
        cls, segmenter: host.Resident[Segmenter], image: torch.Tensor,
        detections: Sequence[Grounded], grow: int, feather: float, fill_holes: bool,
    ) -> io.NodeOutput:  # fmt: skip
        bar = host.Progress(len(image))
        masks = cover_each(
            segmenter.ready(), image, detections, grow, feather, fill_holes, bar.step
        )
        preview = host.drawn(
            lambda part: sheet(image[part], detections[part], masks.union[part]), len(image)
        )
        # Where nothing is the host cannot go on with an empty list, nor others with no masks.
        index = masks.index or [-1]
        instances = masks.instances if masks.index else torch.zeros_like(masks.union[:1])
        if [*masks.index] == [*range(len(image))]:
            instances = masks.union  # one a picture is all of it: it need not be kept twice
        return io.NodeOutput(
            masks.union,
            instances,
            index,
            preview,
            [*masks.seen],
            ui=host.shown(cls, preview, *masks.notes),
        )


class SamMaskByHand(io.ComfyNode):
    """Cuts what a person marked."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditMaskByHand",
            display_name="SAM Mask by Hand",
            shows=True,
            search_aliases=["segment anything", "sam", "sam2", "select object", "points", "click",
                            "mask editor", "points to mask", "refine mask", "cut out"],
            description="Cuts the mask of what you painted over roughly in the mask editor, or of"
            " what points lie on: for what no words find.",
            inputs=[
                SegmenterModel.Input("segmenter", tooltip="From Load SAM or SAM 3 Finder."),
                io.Image.Input("image", tooltip="One picture, or a batch that is marked alike."),
                io.Mask.Input("rough", optional=True, tooltip="Patches painted over things, each"
                              " over one: the mask of Load Image, from the mask editor. One of"
                              " another size is scaled if its proportions are the picture's."),
                io.String.Input("inside", default="", tooltip="Points on one thing, across and down"
                                " in pixels: 120, 80; 200, 90. Or the JSON of a points editor."),
                io.String.Input("outside", default="", tooltip="Points on what does not belong to"
                                " it."),
                io.Int.Input("grow", default=0, min=-256, max=256,
                             tooltip="Pixels that the mask grows, or shrinks below 0."),
                io.Float.Input("feather", default=0.0, min=0.0, max=256.0, step=0.5,
                               tooltip="Pixels over which the edge fades, inwards."),
                io.Boolean.Input("fill_holes", default=False,
                                 tooltip="Fill what the mask encloses."),
            ],
            outputs=[
                io.Mask.Output("mask", display_name="mask", tooltip="One mask a picture."),
                io.Image.Output("preview", display_name="preview",
                                tooltip="Mask and points laid over the picture. Of a batch each"
                                " is at most 1024 pixels wide and high; of more than 16, 512."),
            ],
        )  # fmt: skip

    @classmethod
    def execute(
        cls, segmenter: host.Resident[Pointer], image: torch.Tensor, inside: str, outside: str,
        grow: int, feather: float, fill_holes: bool, rough: torch.Tensor | None = None,
    ) -> io.NodeOutput:  # fmt: skip
        points = read_points(inside), read_points(outside)
        bar = host.Progress(len(image))
        mask = mask_by_hand(
            segmenter.ready(), image, *points, rough, grow, feather, fill_holes, bar.step
        )
        preview = host.drawn(lambda part: marked(image[part], mask[part], *points), len(image))
        note = "" if mask.any() else NOTHING
        return io.NodeOutput(mask, preview, ui=host.shown(cls, preview, note))


NODES = [LoadSam, SamMask, SamMaskByHand]
