"""Plan to boxes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import torch
from comfy_api.latest import io
from comfy_execution.graph_utils import ExecutionBlocker

from ..prompt_edit.detect.asked import Query
from ..prompt_edit.detect.convert import to_bounding_boxes
from ..prompt_edit.detect.detections import Detector
from ..prompt_edit.detect.ground import for_phrase, ground_each, reasons
from ..prompt_edit.detect.grounding_dino import GroundingDino
from ..prompt_edit.errors import NotFound
from ..prompt_edit.models.store import DETECTOR
from ..prompt_edit.plan import EditPlan, OrderBy, Which
from ..prompt_edit.preview import sheet
from . import host
from .host.loading import version
from .schema import schema
from .sockets import BoundingBox, Detections, DetectorModel, Plan

PLANNED = "as planned"
GO_ON, STOP, FAIL = "pass the picture on", "stop here", "fail"


class LoadGroundingDino(host.Chooses):
    """Loads a detector."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditLoadGroundingDINO",
            display_name="Load Grounding DINO",
            search_aliases=["grounding dino", "groundingdino", "object detector", "detector loader",
                            "detection model", "bbox"],
            description="Loads a Grounding DINO from models/grounding-dino or the Hugging Face"
            " cache. The sample model knows drawn paper dolls only.",
            inputs=[host.model_input(DETECTOR)],
            outputs=[DetectorModel.Output("detector", display_name="detector",
                                          tooltip="For Grounding DINO Detect.")],
        )  # fmt: skip

    @classmethod
    def fingerprint_inputs(cls, model: str | None) -> str:
        return version(DETECTOR, model)

    @classmethod
    def execute(cls, model: str) -> io.NodeOutput:
        return io.NodeOutput(host.load(GroundingDino, DETECTOR, model))


class GroundingDinoDetect(io.ComfyNode):
    """Finds what a plan or a phrase is about."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditDetect",
            display_name="Grounding DINO Detect",
            shows=True,
            search_aliases=["grounding dino", "groundingdino", "find object", "detect",
                            "object detection", "text to box", "bbox", "bounding box", "locate"],
            essentials_category="Image Tools",
            description="Finds the object that the plan names, and what the plan leaves out."
            " Where nothing is found the picture passes unchanged, unless you choose otherwise,"
            " and the node says why.",
            inputs=[
                DetectorModel.Input("detector",
                                    tooltip="From Load Grounding DINO or SAM 3 Finder."),
                io.Image.Input("image", tooltip="One picture or a batch."),
                Plan.Input("plan", optional=True, tooltip="From LLM Intent Parse or Pick Edit."),
                io.String.Input("phrase", default="", tooltip="What to find, where no plan is"
                                " connected: a noun phrase in English."),
                io.Float.Input("threshold", default=0.0, min=0.0, max=1.0, step=0.01,
                               tooltip="Lowest score that counts; 0 takes the model's own."),
                io.Combo.Input("choose", options=[PLANNED, *get_args(OrderBy)], default=PLANNED,
                               tooltip="Which of the found: as the instruction says (without one,"
                               " all of them), or the first in an order."),
                io.Int.Input("rank", default=1, min=1, max=100,
                             tooltip="The first one taken in that order; 1 is the very first."),
                io.Int.Input("count", default=1, min=1, max=100,
                             tooltip="How many are taken in that order."),
                io.Combo.Input("when_missing", display_name="where nothing is found",
                               options=[GO_ON, STOP, FAIL], default=GO_ON, optional=True,
                               tooltip="Pass the picture on as it is; or stop what takes the"
                               " detections or boxes, while the rest of the graph runs; or fail"
                               " with the reason. In a batch: where no picture shows it."),
            ],
            outputs=[
                Detections.Output("detections", display_name="detections", tooltip="For SAM Mask."),
                BoundingBox.Output("boxes", display_name="boxes",
                                   tooltip="A list a picture, in the host's own format; for one"
                                   " box, Pick Box."),
                io.Image.Output("preview", display_name="preview",
                                tooltip="The boxes drawn on the picture. Of a batch each is"
                                " at most 1024 pixels wide and high; of more than 16, 512."),
                io.String.Output("reason", display_name="reason",
                                 tooltip="Why nothing was found, and what was to be left out but is"
                                 " not there."),
                io.Boolean.Output("any_found", display_name="found",
                                  tooltip="Whether anything was found in any picture."),
                io.Int.Output("how_many", display_name="count",
                              tooltip="How many were found in all pictures; where an edit is about"
                              " the whole picture, one a picture."),
            ],
        )  # fmt: skip

    @classmethod
    def execute(
        cls, detector: host.Resident[Detector], image: torch.Tensor, phrase: str,
        threshold: float, choose: str, rank: int, count: int, plan: EditPlan | None = None,
        when_missing: str = GO_ON,
    ) -> io.NodeOutput:  # fmt: skip
        query = Query.of(plan.only()) if plan else for_phrase(phrase)
        if choose != PLANNED:
            which = Which(by=choose, rank=rank, count=count)
            query = replace(query, which=which, every=choose == "all")
        bar = host.Progress(len(image))
        model = detector.ready()
        found = ground_each(model, image, query, threshold or None, bar.step)
        reason = reasons(found)
        any_found = not all(each.reason for each in found)
        if when_missing == FAIL and not any_found:
            raise NotFound(reason)
        leads_on: list[Any] = [found, to_bounding_boxes(found)]
        if when_missing == STOP and not any_found:
            leads_on = [ExecutionBlocker(None), ExecutionBlocker(None)]  # no error is shown
        preview = host.drawn(lambda part: sheet(image[part], found[part]), len(image))
        return io.NodeOutput(
            *leads_on, preview, reason, any_found, sum(each.count for each in found),
            ui=host.shown(cls, preview, reason),
        )  # fmt: skip


NODES = [LoadGroundingDino, GroundingDinoDetect]
