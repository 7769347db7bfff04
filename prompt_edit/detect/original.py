"""The original Grounding DINO checkpoints (one `.pth` file), read into the transformers class."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import isqrt
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..errors import ModelError
from ..models.fit import Fit, require_exact
from ..models.headers import count
from ..models.loading import explained
from ..models.weights import read_weights
from .text_positions import correct_text_positions

NAME = "the original Grounding DINO"
VOCABULARY = Path(__file__).parent / "bert-base-uncased"

# What shapes do not tell; every published checkpoint agrees on these.
_POINTS = 4  # sampled per head and level by deformable attention
_BERT_HEAD = 64  # channels of one attention head of any BERT

# Original names to the names in the library's published checkpoints, which every version of it
# reads. {i} is a number, {rest} anything that ends in a weight or a bias, and {qkv} splits one
# stacked tensor in three.
_SWIN = "model.backbone.conv_encoder.model"
_ENCODER, _DECODER = "transformer.encoder", "transformer.decoder"
_SAME = {"{rest}": "{rest}"}
_NAMES: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("backbone.0", _SWIN): {
        "patch_embed.proj": "embeddings.patch_embeddings.projection",
        "patch_embed.norm": "embeddings.norm",
        "norm0": "hidden_states_norms.stage1",
        "norm1": "hidden_states_norms.stage2",
        "norm2": "hidden_states_norms.stage3",
        "norm3": "hidden_states_norms.stage4",
    },
    ("backbone.0.layers.{i}.downsample", _SWIN + ".encoder.layers.{i}.downsample"): _SAME,
    ("backbone.0.layers.{i}.blocks.{j}", _SWIN + ".encoder.layers.{i}.blocks.{j}"): {
        "norm1": "layernorm_before",
        "norm2": "layernorm_after",
        "attn.qkv": "attention.self.{qkv}",
        "attn.proj": "attention.output.dense",
        "attn.relative_position_bias_table": "attention.self.relative_position_bias_table",
        "attn.relative_position_index": "attention.self.relative_position_index",
        "mlp.fc1": "intermediate.dense",
        "mlp.fc2": "output.dense",
    },
    ("bert.embeddings", "model.text_backbone.embeddings"): _SAME,
    ("bert.encoder", "model.text_backbone.encoder"): _SAME,
    ("feat_map", "model.text_projection"): _SAME,
    ("input_proj", "model.input_proj_vision"): _SAME,
    ("bbox_embed", "bbox_embed"): _SAME,
    ("transformer", "model"): {
        "level_embed": "level_embed",
        "tgt_embed": "query_position_embeddings",
        "enc_output": "enc_output",
        "enc_output_norm": "enc_output_norm",
        "enc_out_bbox_embed.{rest}": "encoder_output_bbox_embed.{rest}",
        "decoder.norm": "decoder.layer_norm",
        "decoder.ref_point_head.{rest}": "decoder.reference_points_head.{rest}",
        "decoder.bbox_embed.{rest}": "decoder.bbox_embed.{rest}",
    },
    (_ENCODER + ".layers.{i}", "model.encoder.layers.{i}.deformable_layer"): {
        "self_attn.{rest}": "self_attn.{rest}",
        "norm1": "self_attn_layer_norm",
        "norm2": "final_layer_norm",
        "linear1": "fc1",
        "linear2": "fc2",
    },
    (_ENCODER + ".text_layers.{i}", "model.encoder.layers.{i}.text_enhancer_layer"): {
        "self_attn.in_proj": "self_attn.{qkv}",
        "self_attn.out_proj": "self_attn.out_proj",
        "norm1": "layer_norm_before",
        "norm2": "layer_norm_after",
        "linear1": "fc1",
        "linear2": "fc2",
    },
    (_ENCODER + ".fusion_layers.{i}", "model.encoder.layers.{i}.fusion_layer"): {
        "gamma_v": "vision_param",
        "gamma_l": "text_param",
        "layer_norm_v": "layer_norm_vision",
        "layer_norm_l": "layer_norm_text",
        "attn.v_proj": "attn.vision_proj",
        "attn.l_proj": "attn.text_proj",
        "attn.values_v_proj": "attn.values_vision_proj",
        "attn.values_l_proj": "attn.values_text_proj",
        "attn.out_v_proj": "attn.out_vision_proj",
        "attn.out_l_proj": "attn.out_text_proj",
    },
    (_DECODER + ".layers.{i}", "model.decoder.layers.{i}"): {
        "self_attn.in_proj": "self_attn.{qkv}",
        "self_attn.out_proj": "self_attn.out_proj",
        "norm2": "self_attn_layer_norm",
        "ca_text.in_proj": "encoder_attn_text.{qkv}",
        "ca_text.out_proj": "encoder_attn_text.out_proj",
        "catext_norm": "encoder_attn_text_layer_norm",
        "cross_attn.{rest}": "encoder_attn.{rest}",
        "norm1": "encoder_attn_layer_norm",
        "linear1": "fc1",
        "linear2": "fc2",
        "norm3": "final_layer_norm",
    },
}
_MARKS = {
    "{i}": r"(?P<i>\d+)",
    "{j}": r"(?P<j>\d+)",
    "{rest}": r"(?P<rest>.*(?:weight|bias))",
}
# What no other architecture has together.
_SIGNS = (
    "transformer.level_embed",
    "transformer.tgt_embed.weight",
    "backbone.0.patch_embed.proj.weight",
    "bert.embeddings.word_embeddings.weight",
    "feat_map.weight",
)


def load_original(path: Path, tokenizer: Path | None, dtype: torch.dtype) -> tuple[Any, Any]:
    """Load an original checkpoint, such as `groundingdino_swint_ogc.pth`, with no network.

    Sizes are deduced from the weights. Nothing but tensors is read from a pickle.

    Args:
        path: a `.pth` file, or a `.safetensors` file with the same names.
        tokenizer: a `bert-base-uncased` folder (`vocab.txt` or `tokenizer.json`); by default one
            beside the file or beside its folder, else the bundled vocabulary.
        dtype: of the weights.

    Returns:
        A `GroundingDinoForObjectDetection` in eval mode on the CPU, and its processor.

    Raises:
        ModelError: the file or the tokenizer is missing, broken or of another architecture.
    """
    from transformers import GroundingDinoForObjectDetection

    weights = read_weights(path)
    lacking = [name for name in _SIGNS if name not in weights]
    if lacking:
        raise ModelError(
            f"Choose another file: {path} does not hold {NAME} ({lacking[0]} is not in it)."
        )
    words = _words(path, tokenizer)
    with explained(path, NAME):
        model, report = GroundingDinoForObjectDetection.from_pretrained(
            None,
            config=deduced_config(weights),
            state_dict=renamed(weights),
            dtype=dtype,
            local_files_only=True,
            output_loading_info=True,
        )
    require_exact(Fit(tuple(sorted(report["missing_keys"]))), path, NAME)
    correct_text_positions(model)
    return model.eval(), _processor(words, rows=len(weights[_SIGNS[3]]))


def renamed(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights under the library's names; what inference does not use is left out."""
    rules = list(_rules())
    result: dict[str, Tensor] = {}
    for name, value in weights.items():
        for pattern, new in rules:
            match = pattern.fullmatch(name)
            if match:
                result.update(_parts(match, new, value))
                break
    return result


def _rules() -> Iterator[tuple[re.Pattern[str], str]]:
    for (old_group, new_group), names in _NAMES.items():
        for old, new in names.items():
            pattern = re.escape(f"{old_group}.{old}")
            for mark, meaning in _MARKS.items():
                pattern = pattern.replace(re.escape(mark), meaning)
            # Stacked attention writes in_proj_weight, everything else norm.weight.
            yield re.compile(rf"{pattern}(?:[._](?P<end>weight|bias))?"), f"{new_group}.{new}"


def _parts(match: re.Match[str], new: str, value: Tensor) -> dict[str, Tensor]:
    """One tensor under its new name, or the three that it stacks."""
    found = {mark: number for mark, number in match.groupdict().items() if number is not None}
    end = f".{found.pop('end')}" if "end" in found else ""
    if "{qkv}" not in new:
        return {new.format(**found) + end: value}
    stacked = zip(("query", "key", "value"), value.chunk(3), strict=True)
    return {new.format(qkv=name, **found) + end: part.contiguous() for name, part in stacked}


def deduced_config(weights: Mapping[str, Tensor]) -> Any:
    """A `GroundingDinoConfig` whose sizes are those of the weights (original names)."""
    from transformers import GroundingDinoConfig

    def rows(name: str) -> int:
        return weights[name].shape[0]

    levels = rows("transformer.level_embed")
    first = "transformer.{}.layers.0.{}.attention_weights.weight"
    heads = {
        stack: rows(first.format(stack, part)) // (levels * _POINTS)
        for stack, part in (("encoder", "self_attn"), ("decoder", "cross_attn"))
    }
    return GroundingDinoConfig(
        backbone_config=_swin(weights),
        text_config=_bert(weights),
        d_model=rows("feat_map.weight"),
        num_queries=rows("transformer.tgt_embed.weight"),
        num_feature_levels=levels,
        encoder_layers=count(weights, r"transformer\.encoder\.layers\.(\d+)\."),
        encoder_ffn_dim=rows("transformer.encoder.layers.0.linear1.weight"),
        encoder_attention_heads=heads["encoder"],
        encoder_n_points=_POINTS,
        decoder_layers=count(weights, r"transformer\.decoder\.layers\.(\d+)\."),
        decoder_ffn_dim=rows("transformer.decoder.layers.0.linear1.weight"),
        decoder_attention_heads=heads["decoder"],
        decoder_n_points=_POINTS,
        decoder_bbox_embed_share=_shares_boxes(weights),
        dropout=0.0,
    )


def _swin(weights: Mapping[str, Tensor]) -> Any:
    from transformers import SwinConfig

    patch = weights["backbone.0.patch_embed.proj.weight"]  # [C,3,P,P]
    stages = range(count(weights, r"backbone\.0\.layers\.(\d+)\."))
    tables = [
        weights[f"backbone.0.layers.{stage}.blocks.0.attn.relative_position_bias_table"]
        for stage in stages
    ]  # [(2 * window - 1) ** 2, heads] each
    return SwinConfig(
        embed_dim=patch.shape[0],
        num_channels=patch.shape[1],
        patch_size=patch.shape[2],
        depths=[
            count(weights, rf"backbone\.0\.layers\.{stage}\.blocks\.(\d+)\.") for stage in stages
        ],
        num_heads=[table.shape[1] for table in tables],
        window_size=(isqrt(tables[0].shape[0]) + 1) // 2,
        mlp_ratio=weights["backbone.0.layers.0.blocks.0.mlp.fc1.weight"].shape[0] / patch.shape[0],
        out_indices=[stage + 1 for stage in stages if f"backbone.0.norm{stage}.weight" in weights],
    )


def _bert(weights: Mapping[str, Tensor]) -> Any:
    from transformers import BertConfig

    words, width = weights["bert.embeddings.word_embeddings.weight"].shape
    return BertConfig(
        vocab_size=words,
        hidden_size=width,
        num_hidden_layers=count(weights, r"bert\.encoder\.layer\.(\d+)\."),
        num_attention_heads=max(1, width // _BERT_HEAD),
        intermediate_size=weights["bert.encoder.layer.0.intermediate.dense.weight"].shape[0],
        max_position_embeddings=weights["bert.embeddings.position_embeddings.weight"].shape[0],
        type_vocab_size=weights["bert.embeddings.token_type_embeddings.weight"].shape[0],
    )


def _shares_boxes(weights: Mapping[str, Tensor]) -> bool:
    """Whether every layer of the decoder has the same box head, as published ones have."""
    boxes = [re.fullmatch(r"bbox_embed\.\d+\.(.+)", name) for name in weights]
    return all(
        torch.equal(weights[match[0]], weights[f"bbox_embed.0.{match[1]}"])
        for match in boxes
        if match
    )


def _words(path: Path, given: Path | None) -> Path:
    """The folder of the tokenizer: the one given, one beside the model, or the bundled one."""
    if given is not None:
        if _is_tokenizer(given):
            return given
        raise ModelError(
            f"Give the bert-base-uncased folder: {given} holds no vocab.txt and no tokenizer.json."
        )
    near = [parent / VOCABULARY.name for parent in path.absolute().parents[:2]]
    return next((folder for folder in near if _is_tokenizer(folder)), VOCABULARY)


def _is_tokenizer(folder: Path) -> bool:
    return any((folder / name).is_file() for name in ("vocab.txt", "tokenizer.json"))


def _processor(words: Path, rows: int) -> Any:
    from transformers import (
        BertTokenizerFast,
        GroundingDinoImageProcessor,
        GroundingDinoProcessor,
    )

    with explained(words, "a BERT tokenizer"):
        tokenizer = BertTokenizerFast.from_pretrained(words, local_files_only=True)
    if len(tokenizer) > rows:
        raise ModelError(
            "Give the bert-base-uncased folder that the checkpoint was trained with:"
            f" {words} has {len(tokenizer)} words and the checkpoint {rows}."
        )
    return GroundingDinoProcessor(GroundingDinoImageProcessor(), tokenizer)
