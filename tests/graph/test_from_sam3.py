"""A SAM 3 of the host as detector and segmenter."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from .server import HOST, PYTHON


class SAM3:
    """As the host calls its class; 3.1 is of the same."""

    diffusion_model = SimpleNamespace(tracker=SimpleNamespace(image_size=1008))


def of(model: Any, clip: str | None = "sam3_clip") -> dict[str, Any]:
    """MODEL and CLIP of these."""
    return {
        "model": model and SimpleNamespace(model=model, clone=None),
        "clip": clip and SimpleNamespace(cond_stage_model=SimpleNamespace(clip=clip), tokenize=0),
    }


def refused(pack: dict[str, Any], given: dict[str, Any]) -> str:
    with pytest.raises(Exception) as raised:
        pack["PromptEditFinderFromSAM3"].execute(**given)
    assert raised.typename == "ModelError"
    return str(raised.value)


def test_it_gives_a_detector_and_a_segmenter(pack: dict[str, Any]) -> None:
    detector, segmenter = pack["PromptEditFinderFromSAM3"].execute(**of(SAM3())).result
    assert callable(detector.model.detect) and callable(segmenter.model.segment)
    assert detector.model.card.threshold == 0.5 and not detector.model.card.contrast
    assert not detector.patchers and not segmenter.patchers, "the host moves it by itself"


@pytest.mark.parametrize("given", [of(None, None), of(object()), of(object(), "clip_l")])
def test_a_host_without_sam3_is_told_what_to_do(pack: dict[str, Any], given: Any) -> None:
    """The stand-in for the host, which these tests run in, has none."""
    assert refused(pack, given).startswith("Update ComfyUI to 0.20 or later: ")


@pytest.mark.parametrize(
    ("clip", "reason"), [(None, "there is no CLIP"), ("clip_l", "this CLIP is SimpleNamespace")]
)
def test_the_clip_of_another_model_is_refused(
    pack: dict[str, Any], clip: str | None, reason: str
) -> None:
    connect = "Connect the CLIP of the Load Checkpoint that SAM 3 is from: "
    assert refused(pack, of(SAM3(), clip)) == f"{connect}{reason}."


@pytest.mark.skipif(not HOST, reason="COMFYUI_PATH names no ComfyUI folder")
def test_the_hosts_own_sam3_finds_and_cuts() -> None:
    script = Path(__file__).parent / "host_finder.py"
    process = subprocess.run([PYTHON, script], cwd=HOST, text=True, capture_output=True,
                             env={**os.environ, "PYTHONPATH": str(HOST)})  # fmt: skip
    assert process.stdout.strip().endswith("all held"), process.stderr[-3000:]
    if "skipped: " in process.stdout:
        pytest.skip(process.stdout.partition("skipped: ")[2].splitlines()[0])
