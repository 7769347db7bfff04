"""The stages' nodes, called as the host calls them, with the widgets' defaults."""

from __future__ import annotations

from typing import Any

SAMPLE = "sample (paper dolls)"


def run(pack: dict[str, type], class_type: str, **inputs: Any) -> Any:
    return pack[class_type].execute(**inputs)  # type: ignore[attr-defined]


def detect(pack: dict[str, type], models: dict[str, Any], image: Any, **changed: Any) -> Any:
    given = {"phrase": "", "threshold": 0.0, "choose": "as planned", "rank": 1, "count": 1}
    return run(pack, "PromptEditDetect", detector=models["detector"], image=image,
               **{**given, **changed})  # fmt: skip


def mask(pack: dict[str, type], models: dict[str, Any], image: Any, found: Any, **more: Any) -> Any:
    given = {"grow": 0, "feather": 0.0, "fill_holes": False}
    return run(pack, "PromptEditMask", segmenter=models["segmenter"], image=image,
               detections=found, **{**given, **more})  # fmt: skip


def by_hand(pack: dict[str, type], models: dict[str, Any], image: Any, **more: Any) -> Any:
    given = {"inside": "", "outside": "", "grow": 0, "feather": 0.0, "fill_holes": False}
    return run(pack, "PromptEditMaskByHand", segmenter=models["segmenter"], image=image,
               **{**given, **more})  # fmt: skip


def paint(pack: dict[str, type], models: dict[str, Any], image: Any, hole: Any, **more: Any) -> Any:
    given = {"prompt": "", "negative_prompt": "", "seed": 0, "steps": 0, "guidance": 0.0,
             "strength": 0.0}  # fmt: skip
    return run(pack, "PromptEditInpaint", painter=models["painter"], image=image, mask=hole,
               **{**given, **more})  # fmt: skip
