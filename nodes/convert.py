"""Boxes and masks of other packs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

import torch
from comfy_api.latest import io

from ..prompt_edit.detect import convert
from ..prompt_edit.detect.ground import Grounded
from .schema import schema
from .sockets import BoundingBox, Detections

FORMATS: list[convert.BoxFormat] = list(get_args(convert.BoxFormat))
SPREADS: list[convert.Spread] = list(get_args(convert.Spread))


class BoxesFromDetections(io.ComfyNode):
    """Detections as the boxes of other packs."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditToBoxes",
            display_name="Detections to Boxes",
            description="Gives detections to other packs: as BOUNDING_BOX and as BBOX.",
            search_aliases=["bbox", "bounding box", "boxes", "convert", "xyxy", "xywh",
                            "coordinates"],
            inputs=[
                Detections.Input("detections", tooltip="From Grounding DINO Detect."),
                io.Combo.Input("bbox_format", options=FORMATS, default=FORMATS[0], optional=True,
                               tooltip="What the four numbers of a BBOX are: two corners, or a"
                               " corner, width and height, as KJNodes have them."),
            ],
            outputs=[
                BoundingBox.Output("boxes", display_name="BOUNDING_BOX",
                                   tooltip="x, y, width and height in pixels, a list a picture."),
                io.BBOX.Output("bboxes", display_name="BBOX",
                               tooltip="Four numbers a box, of all pictures in one list."),
            ],
        )  # fmt: skip

    @classmethod
    def execute(
        cls, detections: Sequence[Grounded], bbox_format: convert.BoxFormat = FORMATS[0]
    ) -> io.NodeOutput:
        return io.NodeOutput(
            convert.to_bounding_boxes(detections), convert.to_bboxes(detections, bbox_format)
        )


class PickBox(io.ComfyNode):
    """One box a picture, for nodes that take no more."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditPickBox",
            display_name="Pick Box",
            description="Gives one box at a time to nodes that take one, such as Crop Image, with"
            " the picture it is in. A batch gives one a picture, one after the other.",
            search_aliases=["crop", "bbox", "bounding box", "single box", "crop to object",
                            "crop image", "select box"],
            inputs=[
                Detections.Input("detections", tooltip="From Grounding DINO Detect."),
                io.Image.Input("image", tooltip="The pictures that they were found in."),
                io.Int.Input("index", default=1, min=0, max=1000,
                             tooltip="Which box of each picture; 1 is the first, 0 takes all, one"
                             " after the other."),
            ],
            outputs=[
                BoundingBox.Output("box", display_name="box", is_output_list=True,
                                   tooltip="x, y, width and height in pixels, one by one."),
                io.Image.Output("picture", display_name="picture", is_output_list=True,
                                tooltip="The picture that each box is in. Take it from here, so"
                                " that box and picture belong together."),
            ],
        )  # fmt: skip

    @classmethod
    def execute(
        cls, detections: Sequence[Grounded], image: torch.Tensor, index: int
    ) -> io.NodeOutput:
        picked = convert.pick_boxes(detections, image, index)
        return io.NodeOutput([box for box, _ in picked], [picture for _, picture in picked])


class DetectionsFromBoxes(io.ComfyNode):
    """Boxes of other packs as detections."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditFromBoxes",
            display_name="Boxes to Detections",
            description="Takes boxes from other packs, for SAM Mask. Boxes outside the picture are"
            " left out, others are cut to it; the node says so.",
            shows=True,
            search_aliases=["bbox", "bounding box", "boxes", "convert", "xyxy", "xywh", "yolo"],
            inputs=[
                io.Image.Input("image", tooltip="The pictures that the boxes are for."),
                io.MultiType.Input("boxes", [BoundingBox, io.BBOX], tooltip="BOUNDING_BOX or BBOX:"
                                   " one, a list, or a list a picture."),
                io.Combo.Input("bbox_format", options=FORMATS, default=FORMATS[0], optional=True,
                               tooltip="What the four numbers of a BBOX are: two corners, or a"
                               " corner, width and height, as KJNodes have them."),
                io.Combo.Input("spread", display_name="a flat list is for", options=SPREADS,
                               default=SPREADS[0], optional=True,
                               tooltip="Of a list of boxes that is not a list a picture: whether"
                               " every picture gets all of them, or the first picture the first"
                               " one and so on, as KJNodes have them for a batch."),
            ],
            outputs=[Detections.Output("detections", display_name="detections",
                                       tooltip="For SAM Mask.")],
        )  # fmt: skip

    @classmethod
    def execute(
        cls, image: torch.Tensor, boxes: Any, bbox_format: convert.BoxFormat = FORMATS[0],
        spread: convert.Spread = SPREADS[0],
    ) -> io.NodeOutput:  # fmt: skip
        taken = convert.from_boxes(boxes, image, bbox_format, spread)
        return io.NodeOutput(taken.found, ui={"text": [*taken.notes]})


class SegsFromDetections(io.ComfyNode):
    """Detections and masks as SEGS."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditToSEGS",
            display_name="Detections to SEGS",
            description="Gives objects to packs that work on SEGS, such as detailers. A batch"
            " gives SEGS a picture, one after the other.",
            search_aliases=["segs", "impact pack", "detailer", "face detailer", "convert"],
            inputs=[
                io.Image.Input("image", tooltip="The pictures that they were found in."),
                Detections.Input("detections", tooltip="From Grounding DINO Detect."),
                io.Mask.Input("instances", tooltip="The instances of SAM Mask."),
                io.Float.Input("crop_factor", default=3.0, min=1.0, max=100.0, step=0.1,
                               optional=True, tooltip="Side of what is cut out around each object,"
                               " over the object's own: context for detailers, and room for a mask"
                               " that grows or is blurred."),
            ],
            outputs=[
                io.SEGS.Output("segs", display_name="SEGS", is_output_list=True,
                               tooltip="Of each picture, one by one."),
                io.Image.Output("pictures", display_name="picture", is_output_list=True,
                                tooltip="The picture of each SEGS. Take it from here for a batch,"
                                " so that both belong together."),
            ],
        )  # fmt: skip

    @classmethod
    def execute(
        cls, image: torch.Tensor, detections: Sequence[Grounded], instances: torch.Tensor,
        crop_factor: float = 3.0,
    ) -> io.NodeOutput:  # fmt: skip
        segs = convert.to_segs(detections, instances, image, crop_factor)
        return io.NodeOutput(segs, list(image.split(1)))


class DetectionsFromSegs(io.ComfyNode):
    """SEGS as detections and a mask."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditFromSEGS",
            display_name="SEGS to Detections",
            description="Takes SEGS from other packs: their boxes, and all their masks in one.",
            shows=True,
            search_aliases=["segs", "impact pack", "segs to mask", "convert"],
            inputs=[
                io.SEGS.Input("segs", tooltip="From another pack."),
                io.Image.Input("image", optional=True, tooltip="The pictures that they are for:"
                               " empty SEGS may have no size of their own."),
            ],
            outputs=[
                Detections.Output("detections", display_name="detections", tooltip="Their boxes."),
                io.Mask.Output("mask", display_name="mask", tooltip="All objects together."),
            ],
        )  # fmt: skip

    @classmethod
    def execute(cls, segs: Any, image: torch.Tensor | None = None) -> io.NodeOutput:
        taken = convert.from_segs(segs, image)
        return io.NodeOutput(taken.found, taken.mask, ui={"text": [*taken.notes]})


NODES = [BoxesFromDetections, PickBox, DetectionsFromBoxes, SegsFromDetections, DetectionsFromSegs]
