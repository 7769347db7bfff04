"""The whole graph in one node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import torch
from comfy_api.latest import io
from comfy_execution.graph_utils import GraphBuilder

from ..prompt_edit.check.retry import MOST
from ..prompt_edit.errors import ImageError, listed
from ..prompt_edit.intent.models.llm import Parser
from ..prompt_edit.models.store import DETECTOR, PAINTER, ROLES, SEGMENTER, Role
from ..prompt_edit.paperdoll.recognise import is_paper
from ..prompt_edit.plan import EditPlan
from ..prompt_edit.segment.seen import Seen
from . import host
from .host.loading import version
from .parse import read, times_unanswered
from .schema import schema
from .sockets import DetectorModel, Llm, PainterModel, Plan, SeenMask, SegmenterModel

Link = list[Any]
"""A node of the graph by its id, and the number of its output."""

_LINK = {"rawLink": True}
"""The host passes the link, not the value: inner nodes hold it, and their results are cached."""

_INPUTS = {DETECTOR: "detector", SEGMENTER: "segmenter", PAINTER: "painter"}
_LOADERS = {DETECTOR: "PromptEditLoadGroundingDINO", SEGMENTER: "PromptEditLoadSAM",
            PAINTER: "PromptEditLoadInpaint"}  # fmt: skip
_DEFAULT = (
    "If empty: of known models for all empty inputs, where they are installed; else the sample."
)


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
                            tooltip="What was understood, for each picture."),
                io.String.Output("reason", display_name="reason", is_output_list=True,
                                 tooltip="Why nothing was found or cut, and what was to be left"
                                 " out but is not there. Of several edits each line names its"
                                 " own."),
                io.Boolean.Output("found", display_name="found", is_output_list=True,
                                  tooltip="Whether each edit found something to change. Of a batch:"
                                  " in any picture."),
            ],
        )  # fmt: skip

    @classmethod
    def fingerprint_inputs(cls, instruction: str | None = None, **given: Any) -> list[Any]:
        empty = _empty({role: given.get(name) for role, name in _INPUTS.items()})
        names, _ = host.default_names(empty)
        taken = [(names[role.name], version(role, names[role.name])) for role in empty]
        return [times_unanswered(instruction), *taken]

    @classmethod
    def execute(
        cls, image: Link, instruction: str, seed: int, steps: int, threshold: float,
        llm: Parser | None = None, detector: Link | None = None, segmenter: Link | None = None,
        painter: Link | None = None, retries: int = 0,
    ) -> io.NodeOutput:  # fmt: skip
        plan = read(instruction, llm)
        graph = GraphBuilder()
        linked = {DETECTOR: detector, SEGMENTER: segmenter, PAINTER: painter}
        empty = _empty(linked)
        names, note = host.default_names(empty)
        models = {role: _loaded(graph, role, names[role.name]) if link is None else link
                  for role, link in linked.items()}  # fmt: skip
        # The plan travels as text: the host compares text, and so knows what it has done before.
        whole = graph.node("PromptEditPlanFromJSON", text=plan.to_json()).out(0)
        asked = {role: models[role] for role in _asked(plan)}
        fits: Link = image
        told: Any = None
        if asked and len(empty) < len(ROLES):  # else all are samples, or none is
            fits = _fitting(graph, image, {**asked, PAINTER: models[PAINTER]})
        for number in range(1, len(plan.edits) + 1):
            picked = graph.node("PromptEditPick", plan=whole, index=number).out(0)
            found, cut, image = _stages(
                graph, image, fits, picked, models, seed, steps, threshold, retries
            )
            fits, told = image, _told(graph, whole, number, found, cut, told)
        given = image, cut.out(0), *[told.out(slot) for slot in range(3)]
        ends = [graph.node("PromptEditWholeList", values=each).out(0) for each in given]
        lines = [*plan.warnings, plan.summary(), *filter(None, [note])]
        shown = {"text": lines, "run": [uuid4().hex]}  # the page tells runs apart by it
        return io.NodeOutput(*ends, expand=graph.finalize(), ui=shown)


class SamplesFit(io.ComfyNode):
    """Stands before the painter of Prompt Edit where some of its models were connected."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditSamplesFit",
            display_name="Samples Fit",
            description="Prompt Edit holds it inside: where a sample model finds or cuts things"
            " beside a real model, it lets pictures of paper dolls pass alone. It is of no use in a"
            " graph.",
            search_aliases=["sample models", "paper dolls only", "inside prompt edit"],
            is_dev_only=True,
            inputs=[
                io.Image.Input("image", tooltip="The picture that is edited."),
                PainterModel.Input("painter", tooltip="What paints."),
                DetectorModel.Input("detector", optional=True,
                                    tooltip="What finds things in it, where any are looked for."),
                SegmenterModel.Input("segmenter", optional=True,
                                     tooltip="What cuts them, where any are cut."),
            ],
            outputs=[io.Image.Output("fitting", display_name="image", tooltip="The picture.")],
        )  # fmt: skip

    @classmethod
    def execute(
        cls, image: torch.Tensor, painter: host.Resident[Any],
        detector: host.Resident[Any] | None = None, segmenter: host.Resident[Any] | None = None,
    ) -> io.NodeOutput:  # fmt: skip
        loaders = {"Load Grounding DINO": detector, "Load SAM": segmenter}
        finders = {title: model for title, model in loaders.items() if model is not None}
        samples = [title for title, model in finders.items() if _is_sample(model)]
        mixed = samples and not (len(samples) == len(finders) and _is_sample(painter))
        if mixed and not all(map(is_paper, image.split(1))):
            raise ImageError(
                f"Connect {listed(samples)} with real models, or SAM 3 Finder, to Prompt Edit: a"
                " sample model knows drawn paper dolls only, and finds something else in this"
                " picture."
            )
        return io.NodeOutput(image)


class FoundSoFar(io.ComfyNode):
    """Gathers what the edits of Prompt Edit found, picture by picture."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditFoundSoFar",
            display_name="Found So Far",
            description="Prompt Edit holds it inside, one an edit: for each picture the plan, and"
            " what was found up to this edit. It is of no use in a graph.",
            search_aliases=["reasons of edits", "all found", "inside prompt edit"],
            is_dev_only=True,
            inputs=[
                Plan.Input("plan", tooltip="All edits."),
                io.Int.Input("index", default=1, min=1, tooltip="Which edit; 1 is the first."),
                io.String.Input("reason", default="", tooltip="Why it found nothing."),
                io.Boolean.Input("found", default=True, tooltip="Whether it found something."),
                io.Mask.Input("mask", tooltip="What was cut of it."),
                SeenMask.Input("seen", tooltip="What the mask was cut from."),
                io.String.Input("reasons_before", default="", optional=True,
                                tooltip="Those of the edits before it."),
                io.Boolean.Input("found_before", default=True, optional=True,
                                 tooltip="Whether those all found something."),
            ],
            outputs=[
                Plan.Output("edits", display_name="plan", tooltip="All edits, for each picture."),
                io.String.Output("reasons", display_name="reason",
                                 tooltip="Lines of all edits up to this one."),
                io.Boolean.Output("all_found", display_name="found",
                                  tooltip="Whether all found something."),
            ],
        )  # fmt: skip

    @classmethod
    def execute(
        cls, plan: EditPlan, index: int, reason: str, found: bool, mask: torch.Tensor,
        seen: Sequence[Seen], reasons_before: str = "", found_before: bool = True,
    ) -> io.NodeOutput:  # fmt: skip
        edit = f"{plan.pick(index).only().summary()}: " if len(plan.edits) > 1 else ""
        lines = [edit + line for line in (*reason.splitlines(), *_uncut(mask, seen))]
        reasons = "\n".join(filter(None, (reasons_before, *lines)))
        return io.NodeOutput(plan, reasons, found and bool(mask.any()) and found_before)


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


def _empty(models: dict[Role, Any]) -> tuple[Role, ...]:
    """The roles that no model was connected for."""
    return tuple(role for role in ROLES if models[role] is None)


def _is_sample(resident: host.Resident[Any]) -> bool:
    card = getattr(resident.model, "card", None)
    return bool(card and card.sample)


def _asked(plan: EditPlan) -> list[Role]:
    """Whom the edits ask what is in the picture: a new thing gets a place, and is not cut."""
    adds = [edit for edit in plan.edits if edit.operation == "add"]
    found = [edit for edit in plan.edits if edit not in adds and not edit.whole_picture]
    spared = [edit for edit in plan.edits if edit.exclude]
    return [DETECTOR, SEGMENTER] if found or spared else [DETECTOR] if adds else []


def _uncut(masks: torch.Tensor, seen: Sequence[Seen]) -> list[str]:
    """A line for each picture where something was found, and the mask [B,H,W] is empty."""
    said = "ound, but nothing of it is in the mask: choose another SAM, or leave out less."
    return [
        f"picture {number}: f{said}" if len(seen) > 1 else f"F{said}"
        for number, (each, mask) in enumerate(zip(seen, masks, strict=False), 1)
        if each.found and each.found.count and not mask.any()
    ]


def _loaded(graph: GraphBuilder, role: Role, model: str) -> Link:
    """The model that a loader in the graph gives."""
    options = {"dtype": "default"} if role is PAINTER else {}
    return graph.node(_LOADERS[role], model=model, **options).out(0)


def _fitting(graph: GraphBuilder, image: Link, models: dict[Role, Link]) -> Link:
    """The picture, where those models know such pictures. The stages before the painter do not take
    it from there: they would run again for another painter."""
    named = {_INPUTS[role]: link for role, link in models.items()}
    return graph.node("PromptEditSamplesFit", image=image, **named).out(0)


def _stages(
    graph: GraphBuilder, image: Link, fits: Link, edit: Link, models: dict[Role, Link], seed: int,
    steps: int, threshold: float, retries: int,
) -> tuple[Any, Any, Link]:  # fmt: skip
    """One edit's stages: what detects, what cuts, and the edited picture.

    Args:
        fits: the picture, as the painter takes it.
    """
    found = graph.node(
        "PromptEditDetect", detector=models[DETECTOR], image=image, plan=edit, phrase="",
        threshold=threshold, choose="as planned", rank=1, count=1,
    )  # fmt: skip
    cut = graph.node(
        "PromptEditMask", segmenter=models[SEGMENTER], image=image, detections=found.out(0),
        grow=0, feather=0.0, fill_holes=False,
    )  # fmt: skip
    looks = {"detector": models[DETECTOR], "retries": retries} if retries else {}
    edited = graph.node(
        "PromptEditInpaint", painter=models[PAINTER], image=fits, mask=cut.out(0), plan=edit,
        prompt="", negative_prompt="", seed=seed, steps=steps, guidance=0.0, strength=0.0,
        seen=cut.out(4), **looks,
    ).out(0)  # fmt: skip
    return found, cut, edited


def _told(graph: GraphBuilder, plan: Link, number: int, found: Any, cut: Any, before: Any) -> Any:
    """What tells plan, reason and found, up to that edit."""
    earlier = {"reasons_before": before.out(1), "found_before": before.out(2)} if before else {}
    return graph.node("PromptEditFoundSoFar", plan=plan, index=number, reason=found.out(3),
                      found=found.out(4), mask=cut.out(0), seen=cut.out(4), **earlier)  # fmt: skip


NODES = [PromptEdit, SamplesFit, FoundSoFar, WholeList]
