"""Boxes and masks of other packs."""

from __future__ import annotations

from comfy_api.latest import io

from ..prompt_edit.detect import convert
from .schema import schema
from .sockets import BoundingBox, Detections


class BoxesFromDetections(io.ComfyNode):
    """Detections as the boxes of other packs."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditToBoxes",
            display_name="Detections to Boxes",
            description="Gives detections to other packs: as BOUNDING_BOX and as BBOX.",
            inputs=[Detections.Input("detections", tooltip="From Grounding DINO Detect.")],
            outputs=[
                BoundingBox.Output("boxes", display_name="BOUNDING_BOX",
                                   tooltip="x, y, width and height in pixels, a list a picture."),
                io.BBOX.Output("bboxes", display_name="BBOX",
                               tooltip="(x0, y0, x1, y1), of all pictures in one list."),
            ],
        )  # fmt: skip

    @classmethod
    def execute(cls, detections) -> io.NodeOutput:
        return io.NodeOutput(convert.to_bounding_boxes(detections), convert.to_bboxes(detections))


class DetectionsFromBoxes(io.ComfyNode):
    """Boxes of other packs as detections."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditFromBoxes",
            display_name="Boxes to Detections",
            description="Takes boxes from other packs, for SAM Mask.",
            inputs=[
                io.Image.Input("image", tooltip="The pictures that the boxes are for."),
                io.MultiType.Input("boxes", [BoundingBox, io.BBOX], tooltip="BOUNDING_BOX or BBOX:"
                                   " one, a list, or a list a picture."),
            ],
            outputs=[Detections.Output("detections", display_name="detections",
                                       tooltip="For SAM Mask.")],
        )  # fmt: skip

    @classmethod
    def execute(cls, image, boxes) -> io.NodeOutput:
        return io.NodeOutput(convert.from_boxes(boxes, image))


class SegsFromDetections(io.ComfyNode):
    """Detections and masks as SEGS."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditToSEGS",
            display_name="Detections to SEGS",
            description="Gives the objects of one picture to packs that work on SEGS.",
            inputs=[
                io.Image.Input("image", tooltip="One picture."),
                Detections.Input("detections", tooltip="From Grounding DINO Detect."),
                io.Mask.Input("instances", tooltip="The instances of SAM Mask."),
            ],
            outputs=[io.SEGS.Output("segs", display_name="SEGS", tooltip="One an object.")],
        )

    @classmethod
    def execute(cls, image, detections, instances) -> io.NodeOutput:
        return io.NodeOutput(convert.to_segs(detections[0], instances, image[0]))


class DetectionsFromSegs(io.ComfyNode):
    """SEGS as detections and a mask."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditFromSEGS",
            display_name="SEGS to Detections",
            description="Takes SEGS from other packs: their boxes, and all their masks in one.",
            inputs=[io.SEGS.Input("segs", tooltip="From another pack.")],
            outputs=[
                Detections.Output("detections", display_name="detections", tooltip="Their boxes."),
                io.Mask.Output("mask", display_name="mask", tooltip="All objects together."),
            ],
        )

    @classmethod
    def execute(cls, segs) -> io.NodeOutput:
        return io.NodeOutput([convert.from_segs(segs)], convert.segs_mask(segs))


NODES = [BoxesFromDetections, DetectionsFromBoxes, SegsFromDetections, DetectionsFromSegs]
