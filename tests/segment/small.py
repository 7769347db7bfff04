"""Small SAMs of every family with random weights, saved as users have them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from prompt_edit.segment.converted import SAM, renamed

SIDE, PATCH, WIDTH, CHANNELS = 128, 8, 32, 32

# The library's names and those of original files, each in turn. Written by hand from the two state
# dictionaries.
_THREE = r"((?:mlps\.\d+|hf_mlp|iou_prediction_head|pred_obj_score_head)\.)"
_HEADS = (
    (_THREE + r"layers\.0\.", r"\1layers.1."),
    (_THREE + r"proj_in\.", r"\1layers.0."),
    (_THREE + r"proj_out\.", r"\1layers.2."),
    (r"mask_embed\.conv1", "mask_downscaling.0"),
    (r"mask_embed\.layer_norm1", "mask_downscaling.1"),
    (r"mask_embed\.conv2", "mask_downscaling.3"),
    (r"mask_embed\.layer_norm2", "mask_downscaling.4"),
    (r"mask_embed\.conv3", "mask_downscaling.6"),
    (r"upscale_conv1", "output_upscaling.0"),
    (r"upscale_layer_norm", "output_upscaling.1"),
    (r"upscale_conv2", "output_upscaling.3"),
    (r"shared_embedding\.positional_embedding", "pe_layer.positional_encoding_gaussian_matrix"),
    (r"\.point_embed\.", ".point_embeddings."),
    (r"patch_embed\.projection", "patch_embed.proj"),
)
SAM_HQ_NAMES = (
    (r"hq_mask_mlp", "hf_mlp"),
    *_HEADS,
    (r"hq_token", "hf_token"),
    (r"encoder_conv1", "embedding_encoder.0"),
    (r"encoder_norm", "embedding_encoder.1"),
    (r"encoder_conv2", "embedding_encoder.3"),
    (r"compress_vit_conv1", "compress_vit_feat.0"),
    (r"compress_vit_norm", "compress_vit_feat.1"),
    (r"compress_vit_conv2", "compress_vit_feat.3"),
    (r"mask_decoder\.mask_conv1", "mask_decoder.embedding_maskfeature.0"),
    (r"mask_decoder\.mask_norm", "mask_decoder.embedding_maskfeature.1"),
    (r"mask_decoder\.mask_conv2", "mask_decoder.embedding_maskfeature.3"),
    (r"vision_encoder\.layers", "image_encoder.blocks"),
    (r"vision_encoder\.neck\.conv1", "image_encoder.neck.0"),
    (r"vision_encoder\.neck\.layer_norm1", "image_encoder.neck.1"),
    (r"vision_encoder\.neck\.conv2", "image_encoder.neck.2"),
    (r"vision_encoder\.neck\.layer_norm2", "image_encoder.neck.3"),
    (r"vision_encoder", "image_encoder"),
    (r"layer_norm_final_attn", "norm_final_attn"),
    (r"layer_norm(\d)", r"norm\1"),
)
SAM_2_NAMES = (
    *_HEADS,
    (r"vision_encoder\.neck\.convs\.(\d)\.", r"image_encoder.neck.convs.\1.conv."),
    (r"vision_encoder\.backbone", "image_encoder.trunk"),
    (r"^prompt_encoder", "sam_prompt_encoder"),
    (r"^mask_decoder", "sam_mask_decoder"),
    (r"\.mlp\.proj_in", ".mlp.layers.0"),
    (r"\.mlp\.proj_out", ".mlp.layers.1"),
    (r"\.o_proj", ".out_proj"),
    (r"layer_norm_final_attn", "norm_final_attn"),
    (r"layer_norm(\d)", r"norm\1"),
    (r"no_memory_embedding", "no_mem_embed"),
)
# A few of the weights of SAM 2 that follow things through a film.
TRACKING = {
    "maskmem_tpos_enc": (7, 1, 1, 8), "no_mem_pos_enc": (1, 1, 32), "no_obj_ptr": (1, 32),
    "no_obj_embed_spatial": (1, 8), "mask_downsample.weight": (1, 1, 4, 4),
    "memory_attention.layers.0.self_attn.q_proj.weight": (32, 32),
    "memory_attention.layers.0.norm1.weight": (32,),
    "memory_encoder.fuser.layers.0.dwconv.weight": (32, 1, 7, 7),
    "obj_ptr_proj.layers.0.weight": (32, 32), "obj_ptr_tpos_proj.weight": (8, 32),
}  # fmt: skip


def as_sam_hq(model: Any) -> dict[str, Tensor]:
    """The state of a `SamHQModel` as SAM-HQ's own files have it."""
    return _as_original(model.state_dict(), SAM_HQ_NAMES)


def as_sam(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The state of a `SamModel` as SAM's own files have it."""
    return _as_original(state, SAM_HQ_NAMES)


def as_sam_2(model: Any) -> dict[str, Tensor]:
    """The state of a `Sam2Model` as SAM 2's own files have it."""
    state = _as_original(model.state_dict(), SAM_2_NAMES)
    place = "sam_prompt_encoder.point_embeddings"
    for kind, row in enumerate(state.pop(f"{place}.weight").clone()):
        state[f"{place}.{kind}.weight"] = row[None].clone()
    tracking = {name: torch.rand(shape) for name, shape in TRACKING.items()}
    return {**state, **tracking}


def _as_original(state: dict[str, Tensor], names: tuple[tuple[str, str], ...]) -> dict[str, Tensor]:
    result = {}
    for name, value in state.items():
        if name.startswith("shared_image_embedding"):
            continue  # the original has it once
        for old, new in names:
            name = re.sub(old, new, name)
        result[name] = value.clone()
    return result


def stir(model: torch.nn.Module) -> None:
    """Move every weight off its zeros and ones, which would hide a mistake."""
    for value in model.state_dict().values():
        if value.is_floating_point():
            value += 0.05 * torch.randn_like(value)


def original() -> Any:
    """A small `segment_anything` model, always the same."""
    from segment_anything.modeling import (
        ImageEncoderViT,
        MaskDecoder,
        PromptEncoder,
        Sam,
        TwoWayTransformer,
    )

    torch.manual_seed(1)
    grid = SIDE // PATCH
    model = Sam(
        ImageEncoderViT(
            img_size=SIDE, patch_size=PATCH, embed_dim=WIDTH, depth=4, num_heads=2,
            out_chans=CHANNELS, use_rel_pos=True, window_size=6, global_attn_indexes=(1, 3),
            norm_layer=lambda width: torch.nn.LayerNorm(width, eps=1e-6),
        ),
        PromptEncoder(CHANNELS, (grid, grid), (SIDE, SIDE), mask_in_chans=16),
        MaskDecoder(
            transformer_dim=CHANNELS,
            transformer=TwoWayTransformer(2, CHANNELS, num_heads=8, mlp_dim=48),
            iou_head_hidden_dim=24,
        ),
    )  # fmt: skip
    stir(model)
    return model.eval().requires_grad_(False)


def original_state() -> dict[str, Tensor]:
    """Its state."""
    return {name: value.clone() for name, value in original().state_dict().items()}


def vision() -> dict[str, Any]:
    """Settings of the image encoder above."""
    return {
        "hidden_size": WIDTH, "output_channels": CHANNELS, "num_hidden_layers": 4,
        "num_attention_heads": 2, "image_size": SIDE, "patch_size": PATCH, "window_size": 6,
        "global_attn_indexes": [1, 3], "num_pos_feats": CHANNELS // 2, "mlp_dim": 4 * WIDTH,
    }  # fmt: skip


def prompts(patch: int = PATCH, side: int = SIDE) -> dict[str, Any]:
    return {"hidden_size": CHANNELS, "image_size": side, "patch_size": patch}


def decoder() -> dict[str, Any]:
    return {
        "hidden_size": CHANNELS, "num_attention_heads": 8, "mlp_dim": 48, "iou_head_hidden_dim": 24,
    }  # fmt: skip


def sam() -> Any:
    from transformers import SamConfig, SamModel

    config = SamConfig(
        vision_config=vision(), prompt_encoder_config=prompts(), mask_decoder_config=decoder()
    )
    model = SamModel(config)
    stir(model)
    return model


def save_sam(folder: Path, state: dict[str, Tensor] | None = None) -> Path:
    from transformers import SamImageProcessor, SamProcessor

    model = sam()
    if state is not None:
        model.load_state_dict(renamed(state, SAM))
    model.save_pretrained(folder)
    SamProcessor(SamImageProcessor(**_letterbox())).save_pretrained(folder)
    return folder


def sam_hq() -> Any:
    from transformers import SamHQConfig, SamHQModel

    model = SamHQModel(
        SamHQConfig(
            vision_config=vision(),
            prompt_encoder_config=prompts(),
            mask_decoder_config={**decoder(), "vit_dim": WIDTH},
        )
    )
    stir(model)
    return model


def save_sam_hq(folder: Path, model: Any = None) -> Path:
    from transformers import SamHQProcessor, SamImageProcessor

    (model or sam_hq()).save_pretrained(folder)
    SamHQProcessor(SamImageProcessor(**_letterbox())).save_pretrained(folder)
    return folder


def _letterbox() -> dict[str, Any]:
    square = {"height": SIDE, "width": SIDE}
    return {"size": {"longest_edge": SIDE}, "pad_size": square}


def hiera() -> dict[str, Any]:
    """Settings of a small image encoder of SAM 2."""
    return {
        "backbone_config": {
            "model_type": "sam2_hiera_det_model", "hidden_size": 16, "image_size": [SIDE, SIDE],
            "blocks_per_stage": [1, 1, 2, 1], "embed_dim_per_stage": [16, 32, 64, 128],
            "num_attention_heads_per_stage": [1, 2, 4, 8], "window_size_per_stage": [8, 4, 4, 2],
            "global_attention_blocks": [3], "window_positional_embedding_background_size": [4, 4],
        },
        "backbone_channel_list": [128, 64, 32, 16],
        "backbone_feature_sizes": [[32, 32], [16, 16], [8, 8]],
        "fpn_hidden_size": CHANNELS,
    }  # fmt: skip


def sam_2() -> Any:
    from transformers import Sam2Config, Sam2Model

    model = Sam2Model(
        Sam2Config(
            vision_config={"model_type": "sam2_vision_model", **hiera()},
            prompt_encoder_config=prompts(patch=16),
            mask_decoder_config=decoder(),
        )
    )
    stir(model)
    places = model.prompt_encoder.shared_embedding.positional_embedding
    model.shared_image_embedding.positional_embedding.copy_(places)  # the original has it once
    return model


def save_sam2(folder: Path, model: Any = None) -> Path:
    return _save_stretched(model or sam_2(), folder, "Sam2Processor")


def save_sam2_video(folder: Path) -> Path:
    """As SAM 2 and 2.1 are published."""
    from transformers import Sam2VideoConfig, Sam2VideoModel

    model = Sam2VideoModel(
        Sam2VideoConfig(
            vision_config={"model_type": "sam2_vision_model", **hiera()},
            prompt_encoder_config=prompts(patch=16),
            mask_decoder_config=decoder(),
            image_size=SIDE,
            **tracking(),
        )
    )
    stir(model)
    return _save_stretched(model, folder, "Sam2Processor")


def tracking() -> dict[str, Any]:
    """Settings of the part that follows things through a film, which pictures do not need."""
    return {
        "memory_attention_hidden_size": CHANNELS, "memory_attention_num_layers": 1,
        "memory_attention_num_attention_heads": 1, "memory_attention_feed_forward_hidden_size": 48,
        "memory_attention_rope_feat_sizes": [8, 8], "memory_encoder_hidden_size": CHANNELS,
        "memory_encoder_output_channels": 16, "mask_downsampler_embed_dim": CHANNELS,
        "memory_fuser_embed_dim": CHANNELS, "memory_fuser_intermediate_dim": 48,
        "memory_fuser_num_layers": 1,
    }  # fmt: skip


SIDE_3 = 112  # of SAM 3: eight patches of 14 pixels


def vit_3() -> dict[str, Any]:
    """Settings of a small image encoder of SAM 3."""
    return {
        "model_type": "sam3_vision_model",
        "backbone_config": {
            "model_type": "sam3_vit_model", "hidden_size": 32, "intermediate_size": 48,
            "num_hidden_layers": 2, "num_attention_heads": 2, "image_size": SIDE_3,
            "pretrain_image_size": 56, "window_size": 4, "global_attn_indexes": [1],
        },
        "fpn_hidden_size": CHANNELS,
        "backbone_feature_sizes": [[32, 32], [16, 16], [8, 8]],
    }  # fmt: skip


def save_sam3_tracker(folder: Path) -> Path:
    from transformers import Sam3TrackerConfig, Sam3TrackerModel

    model = Sam3TrackerModel(
        Sam3TrackerConfig(
            vision_config=vit_3(),
            prompt_encoder_config=prompts(14, SIDE_3),
            mask_decoder_config=decoder(),
        )
    )
    stir(model)
    return _save_stretched(model, folder, "Sam3TrackerProcessor", "Sam3ImageProcessor", SIDE_3)


def save_sam3_video(folder: Path) -> Path:
    """As SAM 3 is published."""
    from transformers import Sam3VideoConfig, Sam3VideoModel

    layers = {"hidden_size": CHANNELS, "num_layers": 1, "num_attention_heads": 2}
    text = {
        "model_type": "clip_text_model", "hidden_size": 32, "num_hidden_layers": 1,
        "num_attention_heads": 2, "intermediate_size": 48, "vocab_size": 99, "projection_dim": 32,
        "bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 1,
    }  # fmt: skip
    config = Sam3VideoConfig(
        detector_config={
            "model_type": "sam3", "vision_config": vit_3(), "text_config": text,
            "geometry_encoder_config": {**layers, "intermediate_size": 48},
            "detr_encoder_config": {**layers, "intermediate_size": 48},
            "detr_decoder_config": {**layers, "intermediate_size": 48, "num_queries": 5},
            "mask_decoder_config": {"hidden_size": CHANNELS, "num_attention_heads": 2},
        },
        tracker_config={
            "model_type": "sam3_tracker_video", "vision_config": vit_3(), "image_size": SIDE_3,
            "prompt_encoder_config": prompts(14, SIDE_3), "mask_decoder_config": decoder(),
            **tracking(),
        },
    )  # fmt: skip
    model = Sam3VideoModel(config)
    stir(model)
    _save_stretched(model, folder, "Sam3TrackerProcessor", "Sam3ImageProcessor", SIDE_3)
    # transformers 5.24 writes a prefix twice that the published file has once.
    file = folder / "model.safetensors"
    state = {
        name.replace("tracker_model.tracker_model.", "tracker_model."): value
        for name, value in load_file(file).items()
    }
    save_file(state, file, metadata={"format": "pt"})
    return folder


def _save_stretched(
    model: Any,
    folder: Path,
    processor: str,
    images: str = "Sam2ImageProcessor",
    side: int = SIDE,
) -> Path:
    import transformers

    square = {"height": side, "width": side}
    kind = getattr(transformers, images, None) or getattr(transformers, f"{images}Fast")
    model.save_pretrained(folder)
    getattr(transformers, processor)(kind(size=square)).save_pretrained(folder)
    return folder


FAMILIES: dict[str, Callable[[Path], Path]] = {
    "SAM": save_sam,
    "SAM-HQ": save_sam_hq,
    "SAM 2": save_sam2,
    "SAM 2 as published": save_sam2_video,
    "SAM 3 tracker": save_sam3_tracker,
    "SAM 3 as published": save_sam3_video,
}
