"""The original Grounding DINO (groundingdino-py), made to run beside any transformers."""

from __future__ import annotations

import argparse
import functools
import inspect
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from prompt_edit.detect.original import VOCABULARY, load_original

CAPTION = "a red dress. the dog."
CLOSE = 1e-4


@dataclass(frozen=True)
class Sizes:
    """Sizes of a checkpoint. The original code knows 256 channels only."""

    embed: int
    depths: tuple[int, ...]
    heads: tuple[int, ...]
    window: int
    layers: int
    feedforward: int
    queries: int
    bert: int
    bert_layers: int


SMALL = Sizes(24, (1, 1, 2, 1), (1, 2, 3, 4), 5, 2, 64, 20, 64, 2)
SWIN_T = Sizes(96, (2, 2, 6, 2), (3, 6, 12, 24), 7, 6, 2048, 900, 768, 12)
SWIN_B = Sizes(128, (2, 2, 18, 2), (4, 8, 16, 32), 12, 6, 2048, 900, 768, 12)


@contextmanager
def bert_as_it_was() -> Iterator[pytest.MonkeyPatch]:
    """What the original code expects of `BertModel`, and transformers 5 took away."""
    from transformers import PreTrainedModel
    from transformers.models.bert.modeling_bert import BertEmbeddings

    def extended(_: Any, mask: Tensor, *rest: Any) -> Tensor:
        return (1 - mask[:, None].float()) * torch.finfo(torch.float32).min

    lost = {
        "get_extended_attention_mask": extended,
        "get_head_mask": lambda _, heads, layers, *rest: [None] * layers,
        "invert_attention_mask": lambda _, mask: mask,
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, method in lost.items():
            held = getattr(PreTrainedModel, name, None)
            # From 5.0 the mask's function takes no device, which the original gives it.
            if held is None or (method is extended and "device" not in _takes(held)):
                patch.setattr(PreTrainedModel, name, method, raising=False)
        embed = BertEmbeddings.forward
        if "past_key_values_length" not in _takes(embed):
            patch.setattr(
                BertEmbeddings,
                "forward",
                lambda *args, past_key_values_length=0, **named: embed(*args, **named),
            )
        yield patch


@contextmanager
def the_original() -> Iterator[Any]:
    """The original package, made to run."""
    with bert_as_it_was() as patch:
        from groundingdino.models.GroundingDINO import groundingdino
        from groundingdino.models.GroundingDINO.backbone import backbone, swin_transformer

        yield SimpleNamespace(
            patch=patch, model=groundingdino, backbone=backbone, swin=swin_transformer
        )


def _takes(function: Callable) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)


def build(reference: Any, shape: Sizes, folder: Path) -> nn.Module:
    """The original model with random weights that all matter."""
    from transformers import BertConfig, BertModel, BertTokenizerFast

    torch.manual_seed(1)  # one that proposes no place beyond the edge
    bert = BertConfig(
        hidden_size=shape.bert,
        num_hidden_layers=shape.bert_layers,
        num_attention_heads=shape.bert // 64,
        intermediate_size=2 * shape.bert,
    )
    BertModel(bert).save_pretrained(folder)
    BertTokenizerFast.from_pretrained(VOCABULARY).save_pretrained(folder)
    swin = functools.partial(
        reference.swin.SwinTransformer,
        embed_dim=shape.embed,
        depths=shape.depths,
        num_heads=shape.heads,
        window_size=shape.window,
    )
    reference.patch.setattr(
        reference.backbone, "build_swin_transformer", lambda name, **options: swin(**options)
    )
    model = reference.model.build_groundingdino(argparse.Namespace(**settings(shape, folder)))
    model.eval()
    shutil.rmtree(folder)
    for name, value in model.named_parameters():
        if value.ndim == 1 or "bbox_embed" in name or "bias_table" in name:
            value.data += 0.05 * torch.randn_like(value)  # zeros and ones would hide a mistake
    for name, value in model.named_parameters():
        # Boxes stay inside: the two codes clamp those at the very edge (0.001) differently.
        if re.search(r"bbox_embed\.(\d\.)?layers\.2\.", name):
            value.data *= 0.1
    return model


def settings(shape: Sizes, bert: Path) -> dict[str, Any]:
    """The original's configuration file, as far as sizes go, with BERT's folder."""
    return dict(
        backbone="swin_T_224_1k", position_embedding="sine", pe_temperatureH=20,
        pe_temperatureW=20, return_interm_indices=[1, 2, 3], backbone_freeze_keywords=None,
        enc_layers=shape.layers, dec_layers=shape.layers, pre_norm=False,
        dim_feedforward=shape.feedforward, hidden_dim=256, dropout=0.0, nheads=8,
        num_queries=shape.queries, query_dim=4, num_patterns=0, num_feature_levels=4,
        enc_n_points=4, dec_n_points=4, two_stage_type="standard",
        two_stage_bbox_embed_share=False, two_stage_class_embed_share=False,
        transformer_activation="relu", dec_pred_bbox_embed_share=True, dn_box_noise_scale=1.0,
        dn_label_noise_ratio=0.5, embed_init_tgt=True, dn_labelbook_size=2000, max_text_len=256,
        text_encoder_type=str(bert), use_text_enhancer=True, use_fusion_layer=True,
        use_checkpoint=False, use_transformer_ckpt=False, use_text_cross_attention=True,
        text_dropout=0.0, fusion_dropout=0.0, fusion_droppath=0.1, sub_sentence_present=True,
        hidden_size=256,
    )  # fmt: skip


def published(model: nn.Module, prefix: str = "module.") -> dict[str, Any]:
    """A state as it is published: wrapped, prefixed, with what inference does not use."""
    state = {prefix + name: value for name, value in model.state_dict().items()}
    unused = {"label_enc.weight": torch.zeros(3, 4), "bert.embeddings.position_ids": torch.ones(1)}
    return {"model": {**state, **{prefix + name: value for name, value in unused.items()}}}


def both(
    original: Any, shape: Sizes, sides: tuple[int, int], folder: Path, strict: bool = True
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """The original's and our boxes [1,Q,4] and logits [1,Q,T]: same weights, pixels and words."""
    theirs = build(original, shape, folder / "bert")
    file = folder / "groundingdino.pth"
    torch.save(published(theirs), file)
    pixels = torch.randn(1, 3, *sides)
    with pytest.MonkeyPatch.context() as patch, torch.inference_mode():
        patch.setattr(torch, "topk", same_ranking(strict))
        expected = theirs(pixels, captions=[CAPTION])
        del theirs
        model, processor = load_original(file, None, torch.float32)
        file.unlink()  # it can be a gigabyte
        got = model(pixel_values=pixels, **processor.tokenizer(CAPTION, return_tensors="pt"))
    return (
        {"boxes": expected["pred_boxes"], "logits": expected["pred_logits"]},
        {"boxes": got.pred_boxes, "logits": got.logits},
    )


def same_ranking(strict: bool) -> Callable:
    """`torch.topk` that repeats its first ranking, if strict only where the scores are the same.

    Both codes rank their proposals, and a proposal's rank is part of its query. Of two that tie,
    rounding decides which is first; that is no difference between the codes.
    """
    rank = torch.topk
    first: list[tuple[Tensor, Any]] = []

    def topk(scores: Tensor, *args: Any, **named: Any) -> Any:
        if not first:
            first.append((scores, rank(scores, *args, **named)))
        if strict:
            close(scores, first[0][0])
        return first[0][1]

    return topk


def close(got: Tensor, expected: Tensor) -> None:
    assert torch.allclose(got, expected, rtol=CLOSE, atol=CLOSE), (got - expected).abs().max()
