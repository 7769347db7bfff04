"""The pack's own socket types, and what travels on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from comfy_api.latest import io

from ..prompt_edit.errors import ImageError, ModelError, PlanError, PromptEditError

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
Followed = tuple[Any, tuple[torch.Tensor, float, float, float]]
"""A tuple of such pairs: a ControlNet, ours in a `host.Resident` or the host's own, with its
picture, scale, start and end."""

Detections = io.Custom("DETECTIONS")
"""A list with one `prompt_edit.detect.ground.Grounded` a picture."""

SeenMask = io.Custom("PROMPT_EDIT_SEEN")
"""A list with one `prompt_edit.segment.seen.Seen` a picture."""

Region = io.Custom("PROMPT_EDIT_REGION")
"""A `prompt_edit.inpaint.region.Crop`."""

BoundingBox = io.Custom("BOUNDING_BOX")
"""The host's own: a list with one list of `{x, y, width, height, score, label}` a picture."""


def _has(*names: str) -> Callable[[Any], bool]:
    return lambda value: all(hasattr(value, name) for name in names)


def _holds(*names: str) -> Callable[[Any], bool]:
    return lambda value: hasattr(value, "ready") and _has(*names)(getattr(value, "model", None))


def _or_none(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """A checkpoint gives None for what is not in it, and the node knows what to do then."""
    return lambda value: value is None or fits(value)


def _several(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, (list, tuple)) and all(map(fits, value))


def _control(value: Any) -> bool:
    if not isinstance(value, tuple) or len(value) != 2:
        return False
    return _holds("model")(value[0]) or _has("set_cond_hint")(value[0])


CARRIED: dict[str, tuple[Callable[[Any], bool], str, type[PromptEditError]]] = {
    "PROMPT_EDIT_LLM": (callable, "Load Intent LLM", ModelError),
    "EDIT_PLAN": (_has("edits", "pick"), "LLM Intent Parse", PlanError),
    "PROMPT_EDIT_DETECTOR": (_holds("detect"), "Load Grounding DINO or SAM 3 Finder", ModelError),
    "PROMPT_EDIT_SEGMENTER": (_holds("segment"), "Load SAM or SAM 3 Finder", ModelError),
    "PROMPT_EDIT_PAINTER": (
        _holds("paint"),
        "Load Inpaint Model or Painter from MODEL",
        ModelError,
    ),
    "PROMPT_EDIT_LORAS": (_several(_has("path", "weight")), "Pick LoRA", ModelError),
    "PROMPT_EDIT_CONTROLNET,CONTROL_NET": (
        lambda value: _holds("model")(value) or _has("set_cond_hint")(value),
        "Load ControlNet for Inpaint or Load ControlNet Model",
        ModelError,
    ),
    "MODEL": (_or_none(_has("model", "clone")), "a loader of models", ModelError),
    "CLIP": (_or_none(_has("tokenize")), "a loader of text encoders", ModelError),
    "VAE": (_or_none(_has("encode", "decode")), "a loader of VAEs", ModelError),
    "CONTROL_NET": (_has("set_cond_hint"), "Load ControlNet Model", ModelError),
    "PROMPT_EDIT_CONTROLS": (_several(_control), "Follow Picture", ModelError),
    "DETECTIONS": (_several(_has("found", "boxes")), "Grounding DINO Detect", ImageError),
    "PROMPT_EDIT_SEEN": (_several(_has("kept", "boxes")), "SAM Mask", ImageError),
    "PROMPT_EDIT_REGION": (_has("images", "regions"), "Crop Region", ImageError),
}
"""Of each socket: whether a value fits it, where such values come from, what else is raised."""
