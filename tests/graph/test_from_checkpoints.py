"""Stable Diffusion 1.5 and its inpainting sibling at full size, random weights, in a real ComfyUI.

The host's own loader reads them; Painter from MODEL stands in the stage graph.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from .server import HOST, PYTHON, Server, messages
from .shipped import keys, workflow

pytestmark = pytest.mark.skipif(not HOST, reason="COMFYUI_PATH names no ComfyUI folder")
HERE = Path(__file__).parent
FILES = {"sd15.safetensors": 4, "sd15-inpainting.safetensors": 9}


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("base")
    models = folder / "models"
    (models / "checkpoints").mkdir(parents=True)
    (models / "loras").mkdir()
    for name, channels in FILES.items():
        subprocess.run(
            [PYTHON, HERE / "checkpoint.py", models / "checkpoints" / name, str(channels)],
            cwd=HOST, env={**os.environ, "PYTHONPATH": f"{HOST}{os.pathsep}{HERE}"}, check=True,
            capture_output=True,
        )  # fmt: skip
    shutil.move(models / "checkpoints" / "lora.safetensors", models / "loras")
    server = Server(folder, ["--preview-method", "latent2rgb"])
    yield server
    server.stop()
    shutil.rmtree(models)  # 4 GB


def graph(checkpoint: str, lora: float = 0.0) -> dict[str, Any]:
    """The stage graph with a painter of that checkpoint; what was painted is saved beside."""
    prompt = workflow("prompt_edit_stage_by_stage")
    of = keys(prompt)
    source: list[Any] = ["50", 0]
    prompt["50"] = {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": checkpoint}}
    if lora:
        prompt["51"] = {"class_type": "LoraLoaderModelOnly", "inputs": {
            "model": source, "lora_name": "lora.safetensors", "strength_model": lora}}  # fmt: skip
        source = ["51", 0]
    prompt["52"] = {"class_type": "PromptEditPainterFromModel", "inputs": {
        "model": source, "clip": ["50", 1], "vae": ["50", 2], "steps": 2, "cfg": 1.0,
        "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0, "way": "automatic",
        "noise_mask": True, "soft_mask": True}}  # fmt: skip
    inpaint = of["PromptEditInpaint"]
    prompt[inpaint]["inputs"]["painter"] = ["52", 0]
    del prompt[of["PromptEditLoadInpaint"]]
    prompt["60"] = {"class_type": "SaveImage", "inputs": {
        "images": [of["PromptEditPaperDoll"], 0],
        "filename_prefix": f"before-{checkpoint}"}}  # fmt: skip
    prompt["61"] = {"class_type": "MaskToImage", "inputs": {"mask": [inpaint, 1]}}
    prompt["62"] = {"class_type": "SaveImage",
                    "inputs": {"images": ["61", 0], "filename_prefix": "painted"}}  # fmt: skip
    return prompt


def saved(host: Server, history: dict[str, Any], prompt: dict[str, Any], source: str) -> np.ndarray:
    """The picture that was saved of a node's output."""
    (key,) = [key for key, node in prompt.items() if node["class_type"] == "SaveImage"
              and node["inputs"]["images"][0] == source]  # fmt: skip
    return host.pictures({"outputs": {key: history["outputs"][key]}})[0]


@pytest.mark.parametrize(("checkpoint", "way"), [
    ("sd15.safetensors", "noise in the mask alone"),
    ("sd15-inpainting.safetensors", "sees the hole"),
])  # fmt: skip
def test_the_masked_region_alone_changes(host: Server, checkpoint: str, way: str) -> None:
    prompt = graph(checkpoint)
    history = host.run(prompt)
    assert history["status"]["status_str"] == "success", history["status"]
    of = keys(prompt)
    before = saved(host, history, prompt, of["PromptEditPaperDoll"])
    after = saved(host, history, prompt, of["PromptEditInpaint"])
    painted = saved(host, history, prompt, "61")[..., 0]
    changed = (before != after).any(axis=-1)
    assert changed.any() and not changed[painted == 0].any()
    if "52" in history["outputs"]:  # older hosts keep words of output nodes alone
        assert way in history["outputs"]["52"]["text"][0]

    again = host.run(prompt)
    (cached,) = messages(again, "execution_cached")
    assert set(cached["nodes"]) == set(prompt), "an unchanged graph runs nothing again"


def test_a_lora_before_it_changes_the_result(host: Server) -> None:
    pictures = []
    for lora in (0.0, 1.0):
        prompt = graph("sd15.safetensors", lora)
        history = host.run(prompt)
        pictures.append(saved(host, history, prompt, keys(prompt)["PromptEditInpaint"]))
    assert (pictures[0] != pictures[1]).any()


def test_prompt_edit_takes_it(host: Server) -> None:
    prompt = graph("sd15.safetensors")
    whole = workflow("prompt_edit_one_node")
    of = keys(whole)
    whole |= {key: prompt[key] for key in ("50", "52")}
    whole[of["PromptEdit"]]["inputs"].update(painter=["52", 0], seed=3)
    history = host.run(whole)
    assert history["status"]["status_str"] == "success", history["status"]
    assert host.pictures(history)


def test_previews_come(host: Server) -> None:
    prompt = graph("sd15.safetensors")
    inpaint = keys(prompt)["PromptEditInpaint"]
    prompt[inpaint]["inputs"].update(seed=11, steps=3)
    previews = host.previews(prompt)[inpaint]
    assert len(previews) >= 2, "one a step, save what came too late to be shown"
    for picture in previews:
        assert min(picture.size) >= 32
        assert len(picture.convert("RGB").getcolors(1 << 24) or ()) > 32


def test_cancel_stops_it(host: Server) -> None:
    prompt = graph("sd15.safetensors")
    inpaint = prompt[keys(prompt)["PromptEditInpaint"]]
    inpaint["inputs"].update(seed=5, steps=200)
    number = host.queue(prompt)
    started = keys(prompt)["PromptEditInpaint"]
    host.until(lambda: "2/200" in host.log.read_text(), 600)
    host.post("/interrupt", {})
    stopped = host.wait(number)
    (interrupted,) = messages(stopped, "execution_interrupted")
    assert interrupted["node_id"] == started
    steps = [line for line in host.log.read_text().replace("\r", "\n").splitlines()
             if "/200" in line]  # fmt: skip
    assert not any("9/200" in line for line in steps), steps[-1]
    inpaint["inputs"].update(steps=1)
    assert host.run(prompt)["status"]["status_str"] == "success"
