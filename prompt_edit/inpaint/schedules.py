"""What Stable Diffusion's networks foretell, and at which size, told from what is in their files.

Shapes are the same; marks, one bias and the writer's notes tell. Marks come first, as ComfyUI reads
them, and where the notes say otherwise, that is said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from ..errors import ModelError
from ..models.weights import Header, read_tensor

Prediction = Literal["epsilon", "v_prediction"]


@dataclass(frozen=True)
class Schedule:
    """What a network foretells of noised latents.

    Attributes:
        prediction: the noise ("epsilon") or the velocity ("v_prediction").
        side: in pixels, that it was trained on.
        dark: it ends in noise alone (zero terminal signal), for truly dark pictures.
        notes: what was assumed, in sentences.
    """

    prediction: Prediction = "epsilon"
    side: int = 512
    dark: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """What a schedule is told from.

    Attributes:
        header: of the file.
        prefix: before the network's names.
        name: what the path says.
    """

    header: Header
    prefix: str
    name: str

    def note(self, *keys: str) -> str:
        """What the writer's notes say under the first of those keys that is there, small."""
        metadata = self.header.metadata
        return next((metadata[key].strip().lower() for key in keys if key in metadata), "")


def sd1(evidence: Evidence) -> Schedule:
    return _marked(evidence, None, 512)


SDXL_TURBO = r"(?i:^(?:models--\S+?(?:--| ))?sd[-_. ]?xl[-_. ]?turbo)"
"""Stability's SDXL Turbo, which was distilled at 512 pixels: a file, or a repository in the cache,
whose name begins so. Merges that others call "... SDXL Turbo" paint at 1024."""


def sdxl(evidence: Evidence) -> Schedule:
    return _marked(evidence, None, 512 if re.search(SDXL_TURBO, evidence.name) else 1024)


def sd2_inpaint(_: Evidence) -> Schedule:
    """They foretell the noise, all of them."""
    return Schedule()


_TELLTALE, _APART = "output_blocks.11.1.transformer_blocks.0.norm1.bias", 0.09


def sd2(evidence: Evidence) -> Schedule:
    """One bias was trained far apart in the one that foretells the velocity, at 768 pixels; the
    mark is ComfyUI's. Of a file without it the name has to tell: the other's is "base".
    """
    bias = read_tensor(evidence.header, evidence.prefix + _TELLTALE)
    if bias is not None:
        return _velocity(evidence, float(bias.float().std(unbiased=False)) > _APART)
    noted = _noted(evidence)
    if noted:
        return _velocity(evidence, noted == "v_prediction")
    kind = evidence.note("modelspec.architecture") or evidence.name.lower()
    schedule = _velocity(evidence, not any(word in kind for word in ("base", "512", "turbo")))
    assumed = "the noise" if schedule.prediction == "epsilon" else "the velocity"
    note = (
        f"Taken by its name to foretell {assumed}, at {schedule.side} pixels: nothing in it tells."
    )
    return replace(schedule, notes=(*schedule.notes, note))


def _velocity(evidence: Evidence, velocity: bool) -> Schedule:
    """Of Stable Diffusion 2, where that is known."""
    own: Prediction = "v_prediction" if velocity else "epsilon"
    return _marked(evidence, own, 768 if velocity else 512)


def _marked(evidence: Evidence, own: Prediction | None, side: int) -> Schedule:
    """By marks, by `own` where the weights tell, and by the writer's notes, in this order."""
    noted, tensors = _noted(evidence), evidence.header.tensors
    marked: Prediction | None = "v_prediction" if "v_pred" in tensors else own
    prediction = marked or noted or "epsilon"
    notes: tuple[str, ...] = ()
    if noted and noted != prediction:
        notes = (f"Its notes say {noted}, its weights {prediction}, which counts.",)
    dark = "ztsnr" in tensors and "v_pred" in tensors
    return Schedule(prediction, _side(evidence) or side, dark, notes)


_PREDICTIONS: dict[str, Prediction] = {
    "epsilon": "epsilon", "eps": "epsilon", "v": "v_prediction", "v_prediction": "v_prediction",
    "v-prediction": "v_prediction", "velocity": "v_prediction",
}  # fmt: skip


def _noted(evidence: Evidence) -> Prediction | None:
    """What the notes say of the prediction.

    Raises:
        ModelError: one that is not followed here.
    """
    said = evidence.note("modelspec.prediction_type", "modelspec.predict_key")
    if said and said not in _PREDICTIONS:
        raise ModelError(
            f"Choose another model, or in ComfyUI load it there and connect Painter from MODEL:"
            f" {evidence.header.file} says that it foretells {said!r}, which is not followed here."
        )
    return _PREDICTIONS.get(said)


def _side(evidence: Evidence) -> int:
    """The side of the square of the pictures that the notes say it was trained on; 0 for none."""
    sizes = re.fullmatch(r"(\d{3,4})(?:x(\d{3,4}))?", evidence.note("modelspec.resolution"))
    if sizes is None:
        return 0
    area = int(sizes[1]) * int(sizes[2] or sizes[1])
    return round(area**0.5 / 64) * 64
