"""What the host is given."""

from __future__ import annotations

from comfy_api.latest import ComfyExtension, io

from . import (
    check,
    convert,
    detect,
    from_clip,
    from_model,
    from_sam3,
    host,
    inpaint,
    parse,
    region,
    sample,
    segment,
    show,
    whole,
)
from .inputs import checked


class PromptEditExtension(ComfyExtension):
    """All nodes of the pack."""

    async def get_node_list(self) -> list[type[io.ComfyNode]]:
        host.register_folders()
        stages = (
            parse, detect, segment, inpaint, region, whole, convert, show, sample, from_clip,
            from_model, from_sam3, check,
        )  # fmt: skip
        return [checked(node) for stage in stages for node in stage.NODES]
