"""Many results from one mask: prompts a line each, and a sheet to compare them on."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from comfy_api.latest import io

from ..prompt_edit.intent import prompt_lines
from ..prompt_edit.preview import grid
from . import host
from .schema import schema


class PromptLines(io.ComfyNode):
    """Splits a text into prompts."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditLines",
            display_name="Prompt Lines",
            description="One prompt a line. What they are connected to runs once for each: one"
            " mask, many results.",
            search_aliases=[
                "prompt list",
                "variants",
                "variations",
                "multiple prompts",
                "split text",
                "text lines",
                "prompt",
            ],
            inputs=[
                io.String.Input(
                    "text",
                    multiline=True,
                    default="red dress\nblue dress\nyellow dress\ngreen dress",
                    tooltip="One prompt a line; empty lines do not count.",
                )
            ],
            outputs=[
                io.String.Output(
                    "prompts", display_name="prompts", is_output_list=True, tooltip="One by one."
                )
            ],
        )

    @classmethod
    def execute(cls, text: str) -> io.NodeOutput:
        return io.NodeOutput(prompt_lines(text))


class PictureGrid(io.ComfyNode):
    """Lays pictures out on one sheet."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditGrid",
            display_name="Picture Grid",
            description="Lays pictures out on one sheet, each with its caption.",
            shows=True,
            search_aliases=["image grid", "contact sheet", "compare", "collage", "xy plot",
                            "side by side"],
            is_input_list=True,
            is_output_node=True,
            inputs=[
                io.Image.Input("images", tooltip="A list, a batch, or both."),
                io.String.Input("captions", default="", force_input=True, optional=True,
                                tooltip="One a picture, for instance from Prompt Lines."),
                io.Int.Input("columns", default=4, min=1, max=64, tooltip="Pictures in a row."),
                io.Int.Input("height", default=256, min=32, max=4096,
                             tooltip="Of each picture on the sheet, in pixels."),
            ],
            outputs=[io.Image.Output("sheet", display_name="image", tooltip="The sheet.")],
        )  # fmt: skip

    @classmethod
    def execute(
        cls, images: Sequence[torch.Tensor], columns: Sequence[int], height: Sequence[int],
        captions: Sequence[str] = (),
    ) -> io.NodeOutput:  # fmt: skip
        sheet = grid([each for batch in images for each in batch], captions, columns[0], height[0])
        return io.NodeOutput(sheet, ui=host.shown(cls, sheet, alone=None))


NODES = [PromptLines, PictureGrid]
