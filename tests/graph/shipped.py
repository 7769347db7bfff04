"""The shipped workflows, and the graphs in API form that they are drawn from."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

from . import runtime

FOLDER = runtime.ROOT / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.json"))
_spec = importlib.util.spec_from_file_location("draw", FOLDER / "draw.py")
assert _spec and _spec.loader
draw = importlib.util.module_from_spec(_spec)
sys.modules["draw"] = draw
_spec.loader.exec_module(draw)
NAMES = {page.title: name for name, page in draw.PAGES.items()}
NEEDS_A_DOWNLOAD = {"your_sampler", "controlnet", "sdxl_inpainting", "flux_fill",
                    "qwen_image_edit", "z_image", "sam3", "lora_controlnet"}  # fmt: skip


def name(path: Path) -> str:
    """A workflow's name in the API form, less "prompt_edit_"."""
    return NAMES[path.stem]


BUNDLED = [path for path in WORKFLOWS if name(path) not in NEEDS_A_DOWNLOAD]
DOWNLOADED = [path for path in WORKFLOWS if name(path) in NEEDS_A_DOWNLOAD]


def api(path: Path) -> dict[str, Any]:
    return json.loads((FOLDER / "api" / f"prompt_edit_{name(path)}.json").read_text())


def workflow(stem: str) -> dict[str, Any]:
    """A shipped workflow in API form."""
    return api(next(path for path in BUNDLED if f"prompt_edit_{name(path)}" == stem))


def keys(prompt: dict[str, Any]) -> dict[str, str]:
    """The key of each node by its class."""
    return {node["class_type"]: key for key, node in prompt.items()}
