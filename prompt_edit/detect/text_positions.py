"""Where the words of a caption stand, told to Grounding DINO as it was trained to be told.

transformers 5.0 to 5.22 counts the full stop of a phrase as 0 and not as the next number, and from
5.10 cuts the sines of the positions to whole numbers: boxes move, scores change. What a model is
told is looked at, whatever its version says of itself, and corrected in that model alone.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

SPECIAL = (101, 102, 1012, 1029)
"""BERT's [CLS], [SEP], full stop and question mark: what ends a phrase."""

_log = logging.getLogger(__name__)
_warned: set[str] = set()


def text_positions(ids: Tensor, special: Sequence[int] = SPECIAL) -> Tensor:
    """The place of each token [B,T] in its phrase, from 0; the stop that ends a phrase counts.

    What no stop ends, and the first and last token of all, stand at 0.
    """
    device, ids = ids.device, ids.cpu()  # MPS has no running maximum before torch 2.8
    last = ids.shape[1] - 1
    places = torch.arange(last + 1).expand_as(ids)
    stops = torch.isin(ids, torch.tensor(special))
    before = torch.where(stops, places, -1).cummax(dim=1).values.roll(1, dims=1)
    before[:, 0] = -1
    end = torch.where(stops, places, last).flip(1).cummin(dim=1).values.flip(1)
    return torch.where((end > 0) & (end < last), places - before - 1, 0).to(device)


def text_sines(
    features: Tensor, given: Tensor | None, places: Tensor | None, *, width: int
) -> Tensor:
    """The positions [B,T] as sines and cosines [B,T,width], in the features' own type.

    Takes what the library's `get_text_position_embeddings` takes: features [B,T,C], and either the
    embeddings as they are to be, or the positions, or neither for the running number.
    """
    if given is not None and places is None:
        return given
    if places is None:
        places = torch.arange(features.shape[1], device=features.device)[None]
        places = places.expand(features.shape[0], -1)
    pairs = torch.arange(width, device=places.device) // 2
    angles = places[..., None].float() * (2 * math.pi) / 10000 ** (2 * pairs / width)
    sines = torch.stack([angles[..., 0::2].sin(), angles[..., 1::2].cos()], dim=-1).flatten(-2)
    return sines.to(features.dtype)


def correct_text_positions(model: Any) -> None:
    """See to it that a Grounding DINO or MM-Grounding-DINO is told right positions."""
    model.model.text_backbone.register_forward_pre_hook(_correct_places, with_kwargs=True)
    for layer in model.model.encoder.layers:
        original = layer.get_text_position_embeddings
        right = partial(text_sines, width=layer.d_model)
        probe = torch.zeros(1, 4, layer.d_model), None, torch.arange(4)[None]
        if not torch.allclose(original(*probe).float(), right(*probe), atol=1e-3):
            layer.get_text_position_embeddings = right
            _tell("sines of text positions")


def _correct_places(_: Any, args: tuple[Any, ...], named: dict[str, Any]) -> None:
    """Before the words are read: the positions in place, since the image side is told them too."""
    # As BERT takes them: ids, attention mask, token types, positions.
    ids = named.get("input_ids", args[0] if args else None)
    places = named.get("position_ids", args[3] if len(args) > 3 else None)
    if ids is None or places is None:
        return
    right = text_positions(ids).to(places.dtype)
    if not torch.equal(places, right):
        places.copy_(right)
        _tell("text positions")


def _tell(what: str) -> None:
    if what not in _warned:
        _warned.add(what)
        from transformers import __version__

        _log.warning(
            "transformers %s gives Grounding DINO wrong %s; they are corrected here."
            " 4.57, and 5.23 or newer, need no correction.", __version__, what,
        )  # fmt: skip
