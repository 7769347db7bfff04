"""Text encoders from their weights, told by the whole of their shapes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ...models.fit import Fit
from ...models.headers import Shapes
from .. import configs, renames
from ..configs import Config
from ..families import Text
from ..renames import Rename
from .networks import State, fit
from .tokenizers import clip_tokenizer, t5_tokenizer

# What text encoders' files hold besides, which says nothing to a painter: numbers of places, CLIP's
# eye, and T5's words in another form.
_SPARE = re.compile(
    r"(.*\.)?(position_ids|logit_scale|attn_mask)$|(vision_model|visual|visual_projection)\."
    r"|(spiece_model|scaled_fp8)$"
)
_PROJECTION = "text_projection.weight"


@dataclass(frozen=True)
class Reading:
    """How a text encoder's weights are read: its settings, and how they fit."""

    config: Config
    rename: Rename
    fit: Fit


def reading(text: Text, held: Shapes) -> Reading:
    """How weights of those names and shapes are read as that text encoder."""
    rename = _renamed(text, held)
    meta = [one for name, shape in held.items()
            for one in rename(name, torch.empty(shape, device="meta"))]  # fmt: skip
    shapes = {name: tuple(value.shape) for name, value in meta}
    try:
        if text.kind == "t5":
            config = configs.t5_config(shapes)
            expected = configs.t5_shapes(config)
        else:
            config = configs.clip_config(shapes, text.act)
            expected = configs.clip_shapes(config, text.projected and _PROJECTION in shapes)
    except (LookupError, ValueError, ArithmeticError) as error:
        return Reading({}, rename, Fit(missing=(str(error).strip("'"),)))
    return Reading(config, rename, fit(expected, held, rename))


def _renamed(text: Text, held: Shapes) -> Rename:
    kinds = {"t5": renames.t5, "clip": renames.clip, "open_clip": renames.open_clip(text.last)}
    known = kinds[text.kind](held)

    def rename(name: str, value: Tensor) -> list[tuple[str, Tensor]]:
        if _SPARE.match(name):
            return []
        return [(new, one) for new, one in known(name, value)
                if new != _PROJECTION or (text.projected and not text.alike)]  # fmt: skip

    return rename


def text_parts(
    text: Text, held: State, file: Path, work: Path, dtype: torch.dtype, lent: bool
) -> dict[str, Any]:
    """A text encoder and its tokenizer by slot; nothing where T5's tokenizer is nowhere.

    Args:
        held: its weights, that were found to fit.
        file: about which a tokenizer is looked for.
        work: a folder for files that are read at once.
        dtype: of the weights.
        lent: another brings a tokenizer where T5's is nowhere.
    """
    import transformers

    tokenizer: Any = None
    read = reading(text, {name: tuple(value.shape) for name, value in held.items()})
    state = {new: one for name, value in held.items() for new, one in read.rename(name, value)}
    if text.kind == "t5":
        folder = t5_tokenizer(file)
        if folder is None and not lent:
            return {}  # SD 3 does without; FLUX was refused before
        if folder is not None:
            tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
        kind, settings = transformers.T5EncoderModel, transformers.T5Config(**read.config)
    else:
        tokenizer = clip_tokenizer(work / text.tokenizer, text.pad)
        if text.projected:
            # Comfy's files leave out a projection that does nothing.
            state.setdefault(_PROJECTION, torch.eye(read.config["hidden_size"]))
        kind = (
            transformers.CLIPTextModelWithProjection
            if text.projected
            else transformers.CLIPTextModel
        )
        settings = transformers.CLIPTextConfig(**read.config)
    model, report = kind.from_pretrained(
        None, config=settings, state_dict=state, dtype=dtype, output_loading_info=True
    )
    unread = sorted([*report["missing_keys"], *report["unexpected_keys"]])
    if unread:
        raise ValueError(f"its text encoder is not read whole, {unread[0]} first")
    parts = {text.slot: model.eval()}
    return parts | {text.tokenizer: tokenizer} if tokenizer is not None else parts
