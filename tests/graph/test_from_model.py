"""Painters made of the host's models: in the host itself, and what needs none."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from .server import HOST, PYTHON

HERE = Path(__file__).parent


@pytest.mark.skipif(not HOST, reason="COMFYUI_PATH names no ComfyUI folder")
def test_in_the_host() -> None:
    process = subprocess.run([PYTHON, HERE / "host_painter.py"], cwd=HOST,
                             env={**os.environ, "PYTHONPATH": f"{HOST}{os.pathsep}{HERE}"},
                             text=True, capture_output=True)  # fmt: skip
    assert process.stdout.strip().endswith("all held"), (
        process.stdout[-500:] + process.stderr[-3000:]
    )


def files_behind(prompt: Any, node: Any = "9", slot: str = "model") -> tuple[str, ...]:
    spec = importlib.util.spec_from_file_location("behind", HERE.parents[1] / "nodes" / "behind.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.files_behind(prompt, node, slot)


LOADER = {"inputs": {"unet_name": "flux\\kontext-Q4.gguf", "weight_dtype": "default"}}


@pytest.mark.parametrize(("nodes", "names"), [
    ({"1": LOADER, "9": {"inputs": {"model": ["1", 0]}}}, ("kontext-Q4.gguf",)),
    ({"1": LOADER,
      "2": {"inputs": {"model": ["1", 0], "clip": ["5", 0], "lora_name": "sub/a.safetensors",
                       "strength_model": 0.8}},
      "3": {"inputs": {"model": ["2", 0], "lora_name": "off.safetensors", "strength_model": 0}},
      "4": {"inputs": {"model": ["3", 0], "b1": 1.3}},
      "9": {"inputs": {"model": ["4", 0]}}}, ("kontext-Q4.gguf", "a.safetensors")),
    ({"1": LOADER,
      "2": {"inputs": {"model": ["1", 0],
                       "lora_1": {"on": True, "lora": "x.safetensors", "strength": 1},
                       "lora_2": {"on": False, "lora": "y.safetensors", "strength": 1}}},
      "9": {"inputs": {"model": ["2", 0]}}}, ("kontext-Q4.gguf", "x.safetensors")),
    ({"1": LOADER, "2": {"inputs": {"anything": ["1", 0]}}, "9": {"inputs": {"model": ["2", 0]}}},
     ("kontext-Q4.gguf",)),
    ({"1": LOADER, "6": {"inputs": {"on_false": ["1", 0], "on_true": ["1", 0], "switch": True}},
      "2": {"inputs": {"model": ["6", 0], "lora_name": "a.safetensors", "strength_model": 1}},
      "9": {"inputs": {"model": ["2", 0]}}}, ()),  # a LoRA is no model
    ({"1": {"inputs": {"unet_name": "fill.safetensors", "weight_dtype": ["7", 0]}},
      "9": {"inputs": {"model": ["1", 0]}}}, ("fill.safetensors",)),
    ({"1": {"inputs": {"ckpt_name": "a.safetensors", "positive": ["7", 0], "negative": ["8", 0]}},
      "9": {"inputs": {"model": ["1", 0]}}}, ("a.safetensors",)),
    ({"1": {"inputs": {"model": ["9", 0]}}, "9": {"inputs": {"model": ["1", 0]}}}, ()),
    ({"9": {"inputs": {"model": ["gone", 0]}}}, ()),
    ({"9": {"inputs": {}}}, ()),
    ({}, ()),
    (None, ()),
])  # fmt: skip
def test_which_files_stand_behind_a_link(nodes: Any, names: tuple[str, ...]) -> None:
    assert files_behind(nodes) == names


def test_parts_that_are_not_there(pack: dict[str, type]) -> None:
    node = pack["PromptEditPainterFromModel"]
    widgets = dict(steps=0, cfg=0.0, sampler_name="euler", scheduler="simple", denoise=1.0,
                   way="automatic", noise_mask=True, soft_mask=True)  # fmt: skip
    with pytest.raises(Exception, match="Connect another MODEL"):
        node.execute(model=None, clip=None, vae=None, **widgets)  # type: ignore[attr-defined]
    with pytest.raises(Exception, match="must come from a loader"):
        node.execute(model="x", clip=None, vae=None, **widgets)  # type: ignore[attr-defined]


def test_a_patch_that_follows_a_whole_picture_paints_no_part(pack: dict[str, type]) -> None:
    """What the host's DiffSynth and Fun ControlNets leave on a MODEL."""
    module = next(each for name, each in sys.modules.items() if name.endswith(".nodes.patches"))
    region = next(each for name, each in sys.modules.items()
                  if name.endswith(".prompt_edit.inpaint.region"))  # fmt: skip
    picture = {"image": torch.rand(1, 96, 128, 3), "inpaint_image": None}
    patches = {
        "double_block": [patch := SimpleNamespace(model_patch=1, strength=0.5, **picture), print],
        "noise_refiner": [patch, SimpleNamespace(model_patch=1, strength=0, **picture),
                          SimpleNamespace(model_patch=1, encoded_image=torch.rand(1, 4, 4))],
    }  # fmt: skip
    model = SimpleNamespace(model_options={"transformer_options": {"patches": patches}})
    (control,) = module.fixed(model)
    assert control.net is patch and control.image.shape == (1, 96, 128, 3)
    whole = region.Region(0, 0, 128, 96, (48, 64))
    assert control.of_picture(3).cut(whole, 96, 128) is control
    for part in (replace(whole, width=96), replace(whole, y=1, height=95)):
        with pytest.raises(Exception, match="Apply the patch to the cut of Crop Region"):
            control.cut(part, 96, 128)
    with pytest.raises(Exception, match="Edit pictures one by one"):
        replace(control, image=control.image.expand(2, -1, -1, -1)).of_picture(0)
    plain: list[dict[str, Any]] = [{}, {"transformer_options": {}}]
    assert [module.fixed(SimpleNamespace(model_options=each)) for each in plain] == [(), ()]
