"""Before, after and plan to a verdict."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from comfy_api.latest import io

from ..prompt_edit.check import check_each, reports
from ..prompt_edit.detect.detections import Detector
from ..prompt_edit.detect.ground import Grounded
from ..prompt_edit.plan import EditPlan
from . import host
from .schema import schema
from .sockets import Detections, DetectorModel, Plan


class CheckEdit(io.ComfyNode):
    """Looks again after an edit."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditCheckEdit",
            display_name="Check Edit",
            shows=True,
            is_output_node=True,  # what it says is worth a run, at the end of a graph too
            search_aliases=["verify edit", "check result", "compare before after", "quality check",
                            "score edit", "evaluate edit", "did it work", "validate"],
            description="Looks again after an edit: whether the result is where it was asked, the"
            " old thing is gone, nothing outside changed and the seam is quiet. A score, and a"
            " report in plain words.",
            inputs=[
                DetectorModel.Input("detector",
                                    tooltip="From Load Grounding DINO or SAM 3 Finder."),
                # The first of its kind: what passes on where the node is bypassed.
                io.Image.Input("after", tooltip="The picture after the edit, of the same size."),
                io.Image.Input("before", tooltip="The picture that was edited, or a batch."),
                Plan.Input("plan", tooltip="What was asked for. From LLM Intent Parse, Pick Edit or"
                           " Prompt Edit."),
                io.Mask.Input("mask", optional=True, tooltip="What was to be edited. From SAM Mask."
                              " Without it, where the detector finds it. From Prompt Edit: that of"
                              " the last edit. To use that of an earlier one, connect painted, or"
                              " the plan of Pick Edit."),
                io.Mask.Input("painted", optional=True, tooltip="What was painted. From Diffusion"
                              " Inpaint. With it, every pixel that changed elsewhere counts."),
                io.Int.Input("index", default=1, min=1, max=100, optional=True,
                             tooltip="Which edit of the plan, from 1."),
                io.Float.Input("threshold", default=0.0, min=0.0, max=1.0, step=0.01, optional=True,
                               tooltip="Lowest score with which the target was looked for, as in"
                               " Grounding DINO Detect or Prompt Edit; 0 is the model's own."),
                Detections.Input("detections", optional=True, tooltip="What the mask was cut from,"
                                 " from Grounding DINO Detect: needed where some of the things were"
                                 " chosen there, and not in the plan."),
            ],
            outputs=[
                io.Image.Output("image", display_name="after",
                                tooltip="The pictures after the edit, as they came."),
                io.String.Output("report", display_name="report",
                                 tooltip="What was found, in plain sentences."),
                io.Float.Output("score", display_name="score",
                                tooltip="0 to 1; 1 where nothing is wrong. Of a batch the lowest."),
                io.Boolean.Output("ok", display_name="ok",
                                  tooltip="Whether nothing is wrong in any picture."),
            ],
        )  # fmt: skip

    @classmethod
    def execute(
        cls, detector: host.Resident[Detector], before: torch.Tensor, after: torch.Tensor,
        plan: EditPlan, mask: torch.Tensor | None = None, painted: torch.Tensor | None = None,
        index: int = 1, threshold: float = 0.0, detections: Sequence[Grounded] = (),
    ) -> io.NodeOutput:  # fmt: skip
        edit, last = plan.pick(index).only(), len(plan.edits)
        others = last > 1 and painted is None  # what they changed is not known
        unused = others and index < last and mask is not None
        if unused:
            mask = None
        bar = host.Progress(len(after))
        found = check_each(detector.ready(), before, after, edit, mask, painted, bar.step,
                           threshold or None, detections)  # fmt: skip
        if others:
            found = [each.beside_others() for each in found]
        report = f"{edit.summary()}\n{reports(found)}"
        if last > 1:
            report += f"\nEdit {index} of {last} alone was looked at: see index."
        if unused:
            report += f" A mask is taken for that of edit {last}, and not used."
        return io.NodeOutput(
            after, report, min(each.score for each in found), all(each.ok for each in found),
            ui={"text": [report]},
        )  # fmt: skip


NODES = [CheckEdit]
