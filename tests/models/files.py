"""Small files with the names and shapes that tell what a model is, and nothing besides."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

State = dict[str, Tensor]


def state(shapes: Mapping[str, tuple[int, ...]]) -> State:
    return {name: torch.zeros(shape, dtype=torch.float16) for name, shape in shapes.items()}


def ones(names: Iterable[str]) -> State:
    return state(dict.fromkeys(names, (1,)))


def unet(channels: int, *more: str) -> State:
    """A Stable Diffusion 1 checkpoint with all its parts."""
    network = "model.diffusion_model."
    return state({network + "input_blocks.0.0.weight": (4, channels, 3, 3)}) | ones(
        (network + "middle_block.1.transformer_blocks.0.attn2.to_k.weight",
         "cond_stage_model.transformer.text_model.embeddings.token_embedding.weight",
         "first_stage_model.decoder.conv_in.weight", *more)
    )  # fmt: skip


DINO = ones(("transformer.level_embed", "transformer.tgt_embed.weight", "feat_map.weight",
             "backbone.0.patch_embed.proj.weight",
             "bert.embeddings.word_embeddings.weight"))  # fmt: skip
SAM = ones(("image_encoder.pos_embed", "mask_decoder.mask_tokens.weight",
            "image_encoder.blocks.0.attn.rel_pos_h"))  # fmt: skip
SAM_2 = ones(("image_encoder.trunk.pos_embed_window", "sam_mask_decoder.mask_tokens.weight"))
ACE_STEP = ones(("transformer_blocks.0.cross_attn.to_q.weight", "lyric_embs.weight",
                 "genre_embedder.weight"))  # fmt: skip
WAN = ones(("blocks.0.self_attn.q.weight", "patch_embedding.weight", "time_projection.1.weight"))
LORA = ones(("lora_unet_input_blocks_1_1_proj_in.lora_down.weight",
             "lora_unet_input_blocks_1_1_proj_in.alpha"))  # fmt: skip
FLUX = state({"double_blocks.0.img_attn.qkv.weight": (3, 1), "img_in.weight": (1, 64),
              "final_layer.linear.weight": (64, 1), "guidance_in.in_layer.weight": (1, 1),
              "vector_in.in_layer.weight": (1, 768), "txt_in.weight": (1, 4096)})  # fmt: skip


def save(file: Path, weights: State) -> Path:
    """Write a file of the kind that its ending names."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.suffix.lower() == ".safetensors":
        save_file(weights, file)
    else:
        torch.save({"state_dict" if file.suffix == ".ckpt" else "model": weights}, file)
    return file


def save_folder(folder: Path, kind: str) -> Path:
    """A transformers folder of that model_type."""
    save(folder / "model.safetensors", ones(["weight"]))
    return _settings(folder, "config.json", {"model_type": kind})


def save_pipeline(
    folder: Path, name: str, channels: int = 4, network: str = "unet", without: str = ""
) -> Path:
    """A diffusers folder of that pipeline."""
    for part in {network, "vae", "text_encoder"} - {without}:
        save(folder / part / "model.safetensors", ones(["weight"]))
    _settings(folder / network, "config.json", {"in_channels": channels})
    index = {
        "_class_name": name,
        "vae": ["diffusers", "AutoencoderKL"],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "text_encoder_2": [None, None],
    }
    return _settings(folder, "model_index.json", index)


def _settings(folder: Path, name: str, settings: dict[str, Any]) -> Path:
    (folder / name).write_text(json.dumps(settings), encoding="utf-8")
    return folder
