"""Readers of instructions, with a local language model in the host's memory."""

from __future__ import annotations

import comfy.model_management as memory
import torch

from ...prompt_edit.intent.models.llm import LlmParser, Parser
from ...prompt_edit.intent.models.local import LocalModel
from ...prompt_edit.intent.models.waiting import Check, never
from ...prompt_edit.intent.providers import make_parser
from ...prompt_edit.plan import EditPlan
from .folders import llm_folders
from .resident import Resident


class ResidentParser:
    """A parser whose local language model the host moves to the GPU and back.

    Its weights are read when the first instruction is.
    """

    def __init__(self, parser: LlmParser, model: LocalModel) -> None:
        self._parser, self._model = parser, model
        self._resident: Resident[LlmParser] | None = None

    def __call__(
        self, instruction: str, image: torch.Tensor | None = None, check: Check = never
    ) -> EditPlan:
        if self._resident is None:
            module = self._model.load(str(memory.unet_offload_device()), check)
            self._resident = Resident(self._parser, [module])
        return self._resident.ready()(instruction, image, check)


def load_llm(name: str) -> Parser:
    """The parser of that name; the host minds a local model's memory, unless its place is set."""
    parser = make_parser(name, llm_folders())
    if isinstance(parser, LlmParser):
        model = parser.language_model
        if isinstance(model, LocalModel) and not model.device:
            return ResidentParser(parser, model)
    return parser
