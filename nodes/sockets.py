"""The pack's own socket types, and what travels on them."""

from __future__ import annotations

from comfy_api.latest import io

CATEGORY = "Prompt Edit"

Llm = io.Custom("PROMPT_EDIT_LLM")
"""A `prompt_edit.intent` parser: a function from an instruction to an `EditPlan`."""

Plan = io.Custom("EDIT_PLAN")
"""A `prompt_edit.plan.EditPlan`."""

DetectorModel = io.Custom("PROMPT_EDIT_DETECTOR")
SegmenterModel = io.Custom("PROMPT_EDIT_SEGMENTER")
PainterModel = io.Custom("PROMPT_EDIT_PAINTER")
"""A `host.Resident` that holds the library's model."""

Loras = io.Custom("PROMPT_EDIT_LORAS")
"""A tuple of `prompt_edit.inpaint.diffusion.Lora`."""

ControlNetModel = io.Custom("PROMPT_EDIT_CONTROLNET")
"""A `host.Resident` that holds a `prompt_edit.inpaint.control.ControlNet`."""

Controls = io.Custom("PROMPT_EDIT_CONTROLS")
"""A tuple of (`host.Resident` of a ControlNet, settings of a `prompt_edit` Control)."""

Detections = io.Custom("DETECTIONS")
"""A list with one `prompt_edit.detect.ground.Grounded` a picture."""

Region = io.Custom("PROMPT_EDIT_REGION")
"""A `prompt_edit.inpaint.region.Crop`."""

BoundingBox = io.Custom("BOUNDING_BOX")
"""The host's own: a list with one list of `{x, y, width, height, score, label}` a picture."""
