"""What a ComfyUI takes files for. Runs in its interpreter and imports nothing of ours.

Called as: PYTHON ask_host.py FOLDER < QUESTIONS > FACTS, both of them JSON, by kind of file. A
question has the `shapes` of all weights by name, and the `values` of those few that are looked at.
A fact is None for a kind that the host does not know, and else has

    class: of its model, in `supported_models`
    prediction: the name of its `ModelType`
    shift: of its noise schedule; None where it has none
    sigma_max: the most noise, in units of the picture's own spread
    zsnr: whether the schedule ends in noise alone
    scale, centre: the latents are (code - centre) * scale; 0 for a centre that is none
    channels: that its network takes, before they are packed
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


class Told(Exception):
    """The kind of prediction, told to the network's base class before anything is built."""


def fact(detection: Any, base: Any, question: dict[str, Any]) -> dict[str, Any] | None:
    """What the host takes a file of those weights for; no memory is taken for them."""
    import torch

    state = {name: torch.empty(shape, device="meta") for name, shape in question["shapes"].items()}
    state |= {name: torch.tensor(value) for name, value in question["values"].items()}
    prefix = detection.unet_prefix_from_state_dict(state)
    if not any(name.startswith(prefix) for name in state):
        prefix = ""
    config = detection.model_config_from_unet(state, prefix)
    if config is None:
        return None
    try:
        config.get_model(state, prefix, device="meta")
        raise AssertionError("its network was built")
    except Told as answer:
        kind = answer.args[0]
    sampling, latents = base.model_sampling(config, kind), config.latent_format
    return {
        "class": type(config).__name__, "prediction": kind.name,
        "shift": getattr(sampling, "shift", None), "sigma_max": float(sampling.sigma_max),
        "zsnr": bool(config.sampling_settings.get("zsnr", False)), "scale": latents.scale_factor,
        "centre": getattr(latents, "shift_factor", 0),
        "channels": config.unet_config.get("in_channels"),
    }  # fmt: skip


def main(folder: str) -> None:
    """Answers what is asked on the standard input."""
    answers, sys.stdout = sys.stdout, sys.stderr  # the host prints
    sys.path.insert(0, folder)
    sys.argv = ["main.py", "--cpu"]
    import comfy.options

    comfy.options.enable_args_parsing()
    from comfy import model_base, model_detection, supported_models

    def answered(self: Any, model_config: Any, model_type: Any = model_base.ModelType.EPS,
             *args: Any, **more: Any) -> None:  # fmt: skip
        raise Told(model_type)

    model_base.BaseModel.__init__ = answered
    facts = {kind: fact(model_detection, model_base, question)
             for kind, question in json.load(sys.stdin).items()}  # fmt: skip
    known = sorted(model.__name__ for model in supported_models.models)
    version = Path(folder, "comfyui_version.py").read_text(encoding="utf-8").split('"')[1]
    json.dump({"version": version, "known": known, "facts": facts}, answers)


if __name__ == "__main__":
    main(sys.argv[1])
