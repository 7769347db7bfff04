"""Instruction to plan."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any
from weakref import ref

import torch
from comfy_api.latest import io

from ..prompt_edit.errors import ModelError
from ..prompt_edit.intent.models.llm import Parser, is_unanswered, parse_offline
from ..prompt_edit.intent.providers import GRAMMAR, configured_providers, provider_names
from ..prompt_edit.plan import EditPlan
from . import host
from .host.loading import version_of
from .schema import schema
from .sockets import Llm, Plan

_unanswered: Counter[str] = Counter()
"""How often each instruction was read by the grammar because its LLM did not answer."""


def read(instruction: str, llm: Parser | None, image: torch.Tensor | None = None) -> EditPlan:
    """The plan of an instruction; `times_unanswered` counts where its LLM did not answer.

    A model that was asked without a picture is not asked again: *Prompt Edit* reads at every run.
    """
    if llm is None:
        return parse_offline(instruction)
    key = id(llm), instruction
    if image is None and key in _answered and _answered[key][0]() is llm:
        return _answered[key][1]
    plan = llm(instruction, image, host.stop_if_cancelled)
    if is_unanswered(plan):
        _unanswered[instruction] += 1
    elif image is None:
        if len(_answered) >= _MANY:
            _answered.clear()
        _answered[key] = ref(llm), plan
    return plan


_MANY = 500  # plans
_answered: dict[tuple[int, str], tuple[ref[Any], EditPlan]] = {}
"""By the reader, as long as it lives, and the instruction."""


def times_unanswered(instruction: str | None) -> int:
    """Differs from what it was before a reading whose LLM did not answer: it is to be read again.

    Args:
        instruction: None where it comes over a link, and may be any.
    """
    return sum(_unanswered.values()) if instruction is None else _unanswered[instruction]


_SALT = token_hex()
"""The host saves what changes with a key inside pictures: nobody shall try keys against it."""


def _settings(provider: str | None) -> str:
    """Differs where a provider is set up otherwise, or a local model's files are others."""
    try:
        found = configured_providers(host.llm_folders()).get(provider or "")
    except ModelError as error:  # which is told when the node runs, and may hold a path
        return _hidden(str(error))
    if found is None:
        return ""
    files = version_of(Path(found.model).expanduser()) if found.kind == "local" else ""
    return _hidden(found.model_dump_json(), found.secret(), files)


def _hidden(*told: str | None) -> str:
    """Differs where one of these does, and tells nobody what they are."""
    return sha256(repr((_SALT, *told)).encode()).hexdigest()


class LoadIntentLlm(host.Chooses):
    """Chooses what reads instructions."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditLoadIntentLLM",
            display_name="Load Intent LLM",
            description="Chooses what reads the instruction: the offline grammar, which needs no"
            " key and no network, or a language model that is set up on the server.",
            search_aliases=[
                "llm",
                "language model",
                "ollama",
                "openai",
                "gemini",
                "gpt",
                "chat model",
            ],
            inputs=[
                io.Combo.Input(
                    "provider",
                    options=provider_names(host.llm_folders()),
                    default=GRAMMAR,
                    tooltip="What reads instructions. Keys and addresses are set on the server,"
                    " never in a workflow; local models come from models/LLM.",
                )
            ],
            outputs=[Llm.Output("llm", display_name="llm", tooltip="For LLM Intent Parse.")],
        )

    @classmethod
    def fingerprint_inputs(cls, provider: str | None) -> str:
        return _settings(provider)  # the file may be another than when it was read

    @classmethod
    def execute(cls, provider: str) -> io.NodeOutput:
        return io.NodeOutput(host.load_llm(provider))


class LlmIntentParse(io.ComfyNode):
    """Reads an instruction."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditParse",
            display_name="LLM Intent Parse",
            description="Reads an instruction and writes a plan: what to change, into what, and"
            " which one is meant. Without an LLM, the offline grammar reads it.",
            shows=True,
            search_aliases=[
                "text edit",
                "edit by text",
                "instruction",
                "instruct",
                "prompt",
                "llm",
                "parse",
                "natural language",
            ],
            inputs=[
                io.String.Input(
                    "instruction",
                    multiline=True,
                    default="change the red dress to a white t-shirt",
                    tooltip="What to change, in a sentence. Several edits may follow each other:"
                    ' "remove the dog, then make the hat blue".',
                ),
                Llm.Input(
                    "llm", optional=True, tooltip="What reads it; the offline grammar if empty."
                ),
                io.Image.Input(
                    "image",
                    optional=True,
                    tooltip="Sent along to a language model that can see. Leave it empty, and no"
                    " picture leaves this machine.",
                ),
            ],
            outputs=[
                Plan.Output("plan", display_name="plan", tooltip="All edits, in order."),
                io.String.Output(
                    "target", display_name="target", tooltip="What the first edit changes."
                ),
                io.String.Output(
                    "prompt", display_name="prompt", tooltip="What it shows afterwards."
                ),
                io.String.Output(
                    "negative", display_name="negative prompt", tooltip="What it shall not show."
                ),
            ],
        )

    @classmethod
    def fingerprint_inputs(cls, instruction: str | None = None, **_: object) -> int:
        return times_unanswered(instruction)

    @classmethod
    def execute(
        cls, instruction: str, llm: Parser | None = None, image: torch.Tensor | None = None
    ) -> io.NodeOutput:
        plan = read(instruction, llm, image)
        edit = plan.edits[0]
        lines = [*plan.warnings, plan.summary()]
        return io.NodeOutput(
            plan, edit.target, edit.prompt, edit.negative_prompt, ui={"text": lines}
        )


class PickEdit(io.ComfyNode):
    """Takes one edit of a plan."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditPick",
            display_name="Pick Edit",
            description="Takes one edit out of a plan that holds several.",
            search_aliases=["select edit", "split plan", "one edit", "edit index"],
            inputs=[
                Plan.Input("plan", tooltip="From LLM Intent Parse."),
                io.Int.Input(
                    "index", default=1, min=1, max=100, tooltip="Which one; 1 is the first."
                ),
            ],
            outputs=[
                Plan.Output("edit", display_name="plan", tooltip="A plan with that edit alone."),
                io.String.Output("target", display_name="target", tooltip="What it changes."),
                io.String.Output(
                    "prompt", display_name="prompt", tooltip="What it shows afterwards."
                ),
                io.String.Output(
                    "negative", display_name="negative prompt", tooltip="What it shall not show."
                ),
            ],
        )

    @classmethod
    def execute(cls, plan: EditPlan, index: int) -> io.NodeOutput:
        picked = plan.pick(index)
        edit = picked.only()
        return io.NodeOutput(picked, edit.target, edit.prompt, edit.negative_prompt)


class PlanFromJson(io.ComfyNode):
    """Reads a plan that was written by hand or by another program."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditPlanFromJSON",
            display_name="Edit Plan from JSON",
            description="Reads a plan from JSON, as `prompt-edit parse` and Edit Plan to JSON"
            " write it.",
            search_aliases=["json", "json plan", "load plan", "edit list", "structured output"],
            inputs=[
                io.String.Input(
                    "text",
                    multiline=True,
                    default='{"edits": [{"operation": "recolor", "target": "dress",'
                    ' "result": "white dress"}], "instruction": "", "parser": "hand"}',
                    tooltip="The plan; an error names the first field that does not fit.",
                )
            ],
            outputs=[Plan.Output("plan", display_name="plan", tooltip="The plan.")],
        )

    @classmethod
    def execute(cls, text: str) -> io.NodeOutput:
        return io.NodeOutput(EditPlan.from_json(text))


class PlanToJson(io.ComfyNode):
    """Writes a plan as text."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditPlanToJSON",
            display_name="Edit Plan to JSON",
            description="Writes a plan as JSON, to be looked at, changed or stored.",
            is_output_node=True,
            shows=True,
            search_aliases=["json", "json plan", "show plan", "save plan", "plan to text"],
            inputs=[Plan.Input("plan", tooltip="From LLM Intent Parse.")],
            outputs=[io.String.Output("text", display_name="text", tooltip="The plan as JSON.")],
        )

    @classmethod
    def execute(cls, plan: EditPlan) -> io.NodeOutput:
        return io.NodeOutput(plan.to_json(), ui={"text": [plan.to_json()]})


NODES = [LoadIntentLlm, LlmIntentParse, PickEdit, PlanFromJson, PlanToJson]
