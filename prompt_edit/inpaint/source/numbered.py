"""How the releases of Qwen-Image-Edit from 2509 on are asked; diffusers' inpainting asks as the
first was."""

from __future__ import annotations

from typing import Any

_EYE = "<|vision_start|>"
_SEEN_SIDE = 384
"""The text encoder sees a picture of as many pixels as a square of that side, in whole 32."""


def numbered(pipeline: Any) -> Any:
    """The pipeline, whose prompts number the picture, and whose text encoder sees it small, as in
    diffusers' `QwenImageEditPlusPipeline`."""
    template = pipeline.prompt_template_encode
    pipeline.prompt_template_encode = template.replace(_EYE, f"Picture 1: {_EYE}")
    encode = pipeline.encode_prompt

    def encode_prompt(*, image: Any, **more: Any) -> Any:
        scale = _SEEN_SIDE / (image.width * image.height) ** 0.5
        width, height = (max(1, round(side * scale / 32)) * 32 for side in image.size)
        return encode(image=pipeline.image_processor.resize(image, height, width), **more)

    pipeline.encode_prompt = encode_prompt
    return pipeline
