"""What we take files for, held against what ComfyUI takes them for.

`host_facts.json` has its answers, of the version that is named there; where COMFYUI_PATH names a
ComfyUI, it is asked itself, too. To write the file anew, from the repository's root:

    COMFYUI_PATH=... COMFYUI_PYTHON=... PYTHONPATH=tests:. python -m inpaint.test_against_host
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from prompt_edit.errors import ModelError
from prompt_edit.inpaint.families import pipeline_class
from prompt_edit.inpaint.source import open_source, single_file
from prompt_edit.inpaint.source.single_file import SingleFile
from prompt_edit.models.headers import Header
from prompt_edit.models.held import Held

from .published import KINDS, Kind

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("alone")]

HERE = Path(__file__).parent
TABLE = HERE / "host_facts.json"
FACTS: dict[str, Any] = json.loads(TABLE.read_text(encoding="utf-8")) if TABLE.is_file() else {}
HOST = os.environ.get("COMFYUI_PATH")
PYTHON = os.environ.get("COMFYUI_PYTHON", sys.executable)
PREDICTIONS = {"EPS": "epsilon", "V_PREDICTION": "v_prediction", "FLOW": "flow", "FLUX": "flow"}
# Its schedule that ends in noise alone stops where diffusers' does not: 4519 for 4096.
DARK = 4096.0


def ask() -> dict[str, Any]:
    """What the ComfyUI at hand takes our kinds for, and which models it knows; see `ask_host`."""
    questions = json.dumps({name: kind.question for name, kind in KINDS.items()})
    command = [PYTHON, str(HERE / "ask_host.py"), str(HOST)]
    done = subprocess.run(command, input=questions, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    answers: dict[str, Any] = json.loads(done.stdout)
    return answers


def opened(kind: Kind, folder: Path, monkeypatch: pytest.MonkeyPatch) -> SingleFile:
    """A file of that kind. It holds the weights that are looked at, and its header tells of all."""
    file = folder / f"{kind.name}.safetensors"
    values = {name: torch.tensor(value) for name, value in kind.values.items()}
    save_file(values or {"none": torch.zeros(0)}, file)
    shapes = {**kind.shapes(), **{name: tuple(value.shape) for name, value in values.items()}}
    header = Header(file, {name: Held(shape, 2) for name, shape in shapes.items()})
    monkeypatch.setattr(single_file, "open_header", lambda _: header)
    found = open_source(file).held
    assert isinstance(found, SingleFile)
    return found


def ours(found: SingleFile) -> dict[str, Any]:
    """What we take a file for, in the host's words."""
    name, settings = found.layout.scheduler
    prediction = found.schedule.prediction if found.schedule else "flow"
    facts = {
        "prediction": prediction, "zsnr": bool(found.schedule and found.schedule.dark),
        "scale": found.layout.scaling, "centre": found.layout.shift or 0,
        "channels": found.network["in_channels"],
    }  # fmt: skip
    if found.row.root == "flux":
        facts["channels"] //= 4  # the host counts them before they are packed
    if prediction == "flow":
        shift = settings.get("max_shift" if settings.get("use_dynamic_shifting") else "shift")
        return {**facts, "shift": shift, "sigma_max": 1.0}
    noise = {"rescale_betas_zero_snr": True} if facts["zsnr"] else {}
    kept = pipeline_class(name).from_config({**settings, **noise}).alphas_cumprod[-1].item()
    return {**facts, "shift": None, "sigma_max": ((1 - kept) / kept) ** 0.5}


@pytest.mark.parametrize("name", KINDS)
def test_we_take_a_file_for_what_the_host_does(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, fact = KINDS[name], FACTS["facts"][name]
    assert fact, "the host knows it"
    if " " in kind.ours:
        with pytest.raises(ModelError, match=re.escape(kind.ours)):
            opened(kind, tmp_path, monkeypatch)
        return
    found = opened(kind, tmp_path, monkeypatch)
    assert found.family == kind.ours
    theirs = {key: fact[key] for key in fact.keys() - {"class"}}
    theirs["prediction"] = PREDICTIONS[fact["prediction"]]
    if fact["zsnr"]:
        theirs["sigma_max"] = DARK
    wrong = {key for key, value in ours(found).items() if value != pytest.approx(theirs[key])}
    assert wrong == kind.differs.keys()


@pytest.mark.skipif(not HOST, reason="COMFYUI_PATH names no ComfyUI folder")
def test_the_host_still_says_so() -> None:
    """One of another version may know fewer kinds; of those that it knows, it says the same."""
    now = ask()
    facts = FACTS["facts"]
    if now["version"] != FACTS["ComfyUI"]:
        facts = {name: fact for name, fact in facts.items()
                 if fact["class"] in now["known"] and now["facts"][name]}  # fmt: skip
    assert facts and {name: now["facts"][name] for name in facts} == facts


if __name__ == "__main__":
    answered = ask()
    lines = [f"    {json.dumps(kind)}: {json.dumps(fact)}"
             for kind, fact in answered["facts"].items()]  # fmt: skip
    joined, said = ",\n".join(lines), json.dumps(answered["version"])
    TABLE.write_text(f'{{\n  "ComfyUI": {said},\n  "facts": {{\n{joined}\n  }}\n}}\n',
                     encoding="utf-8")  # fmt: skip
