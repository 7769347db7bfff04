"""The whole graph in one node."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from comfy_api.latest import io
from comfy_execution.graph_utils import GraphBuilder

from ..prompt_edit.check.retry import MOST
from ..prompt_edit.intent.models.llm import Parser
from ..prompt_edit.models.store import DETECTOR, PAINTER, ROLES, SEGMENTER
from . import host
from .host.loading import version
from .parse import read, times_unanswered
from .schema import schema
from .sockets import DetectorModel, Llm, PainterModel, Plan, SegmenterModel

Link = list[Any]
"""A node of the graph by its id, and the number of its output."""

_LINK = {"rawLink": True}
"""The host passes the link, not the value: inner nodes hold it, and their results are cached."""

_DEFAULT = "If empty: of a whole set of known models, where one is installed; else the sample."


class PromptEdit(io.ComfyNode):
    """Becomes one chain of stage nodes an edit, so that each stage is cached and visible."""

    def __init__(self) -> None:
        super().__init__()
        self.keeper = host.Keeper()  # lives as long as the host has this node in a graph

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEdit",
            display_name="Prompt Edit",
            description="One sentence in, one edited picture out: reads the instruction, finds the"
            " object, cuts its mask and repaints it. Several edits follow each other.",
            shows=True,
            search_aliases=["text edit", "edit by text", "edit image", "remove object", "replace",
                            "replace object", "change color", "recolor", "background", "instruct",
                            "prompt", "inpaint", "text guided edit", "object removal"],
            essentials_category="Image Tools",
            enable_expand=True,
            inputs=[
                io.Image.Input("image", tooltip="One picture or a batch.", extra_dict=_LINK),
                io.String.Input("instruction", multiline=True,
                                default="change the red dress to a white t-shirt",
                                tooltip="What to change, in a sentence."),
                io.Int.Input("seed", default=0, min=0, max=2**53, control_after_generate=True,
                             tooltip="Of the noise. Changing it repaints, and does nothing else."),
                io.Int.Input("steps", default=0, min=0, max=200,
                             tooltip="Denoising steps; 0 takes the model's own."),
                io.Float.Input("threshold", default=0.0, min=0.0, max=1.0, step=0.01,
                               tooltip="Lowest box score that counts; 0 takes the model's own."),
                Llm.Input("llm", optional=True, tooltip="The offline grammar if empty."),
                DetectorModel.Input("detector", optional=True, extra_dict=_LINK,
                                    tooltip=_DEFAULT),
                SegmenterModel.Input("segmenter", optional=True, extra_dict=_LINK,
                                     tooltip=_DEFAULT),
                PainterModel.Input("painter", optional=True, extra_dict=_LINK,
                                   tooltip=_DEFAULT),
                io.Int.Input("retries", default=0, min=0, max=MOST, optional=True,
                             tooltip="How often an edit whose result the detector doubts is painted"
                             " again, with another seed, then more room, then more guidance; the"
                             " best is kept."),
            ],
            outputs=[
                io.Image.Output("edited", display_name="image", is_output_list=True,
                                tooltip="The edited pictures."),
                io.Mask.Output("mask", display_name="mask", is_output_list=True,
                               tooltip="The last edit's mask."),
                Plan.Output("plan", display_name="plan", is_output_list=True,
                            tooltip="What was understood."),
            ],
        )  # fmt: skip

    @classmethod
    def fingerprint_inputs(cls, instruction: str | None = None, **given: Any) -> list[Any]:
        changes: list[Any] = [times_unanswered(instruction)]
        if not given.keys() >= {"detector", "segmenter", "painter"}:
            names, _ = host.default_names()  # what is taken where none is connected
            changes += [(name := names[role.name], version(role, name)) for role in ROLES]
        return changes

    @classmethod
    def execute(
        cls, image: Link, instruction: str, seed: int, steps: int, threshold: float,
        llm: Parser | None = None, detector: Link | None = None, segmenter: Link | None = None,
        painter: Link | None = None, retries: int = 0,
    ) -> io.NodeOutput:  # fmt: skip
        plan = read(instruction, llm)
        graph = GraphBuilder()
        names, note = host.default_names()
        lines = [*plan.warnings, plan.summary()]
        if any(each is None for each in (detector, segmenter, painter)):
            lines.append(note)
        if detector is None:
            detector = _loaded(graph, "PromptEditLoadGroundingDINO", names[DETECTOR.name])
        if segmenter is None:
            segmenter = _loaded(graph, "PromptEditLoadSAM", names[SEGMENTER.name])
        if painter is None:
            model = names[PAINTER.name]
            painter = _loaded(graph, "PromptEditLoadInpaint", model, dtype="default")
        models = (detector, segmenter, painter)
        # The plan travels as text: the host compares text, and so knows what it has done before.
        whole = graph.node("PromptEditPlanFromJSON", text=plan.to_json()).out(0)
        mask: Link = []
        for number in range(1, len(plan.edits) + 1):
            edit = graph.node("PromptEditPick", plan=whole, index=number).out(0)
            image, mask = _stages(graph, image, edit, models, seed, steps, threshold, retries)
        ends = [graph.node("PromptEditWholeList", values=each).out(0)
                for each in (image, mask, whole)]  # fmt: skip
        shown = {"text": lines, "run": [uuid4().hex]}  # the page tells runs apart by it
        return io.NodeOutput(*ends, expand=graph.finalize(), ui=shown)


class WholeList(io.ComfyNode):
    """Ends each output of Prompt Edit.

    The host lays the values of all links that a node becomes in one row and takes the first as its
    first output, the second as its second. Of three edited pictures the second would be the mask:
    so the whole list is one value, which an output that is a list gives out one by one.
    """

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditWholeList",
            display_name="Whole List",
            description="Prompt Edit ends with it inside: of many pictures that come one by one it"
            " makes one value. It is of no use in a graph.",
            search_aliases=["list of results", "results of prompt edit", "end of prompt edit"],
            is_dev_only=True,
            is_input_list=True,
            inputs=[io.AnyType.Input("values", tooltip="What comes one by one.")],
            outputs=[io.AnyType.Output("whole", display_name="list", tooltip="All of it at once.")],
        )

    @classmethod
    def execute(cls, values: list[Any]) -> io.NodeOutput:
        return io.NodeOutput(values)


def _loaded(graph: GraphBuilder, loader: str, model: str, **options: str) -> Link:
    """The model that a loader in the graph gives."""
    return graph.node(loader, model=model, **options).out(0)


def _stages(
    graph: GraphBuilder, image: Link, edit: Link, models: tuple[Link, Link, Link], seed: int,
    steps: int, threshold: float, retries: int,
) -> tuple[Link, Link]:  # fmt: skip
    """One edit's stages with detector, segmenter and painter: the edited picture, and the mask."""
    detector, segmenter, painter = models
    found = graph.node(
        "PromptEditDetect", detector=detector, image=image, plan=edit, phrase="",
        threshold=threshold, choose="as planned", rank=1, count=1,
    ).out(0)  # fmt: skip
    cut = graph.node(
        "PromptEditMask", segmenter=segmenter, image=image, detections=found, grow=0, feather=0.0,
        fill_holes=False,
    )  # fmt: skip
    looks = {"detector": detector, "retries": retries} if retries else {}
    edited = graph.node(
        "PromptEditInpaint", painter=painter, image=image, mask=cut.out(0), plan=edit, prompt="",
        negative_prompt="", seed=seed, steps=steps, guidance=0.0, strength=0.0, seen=cut.out(4),
        **looks,
    ).out(0)  # fmt: skip
    return edited, cut.out(0)


NODES = [PromptEdit, WholeList]
