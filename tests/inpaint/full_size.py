"""Networks of the sizes that people have: the published settings, and the shapes in single files.

Everything lies on no device, so that nothing takes room.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch

from prompt_edit.inpaint import configs
from prompt_edit.inpaint.families import pipeline_class
from prompt_edit.models.headers import Shapes

from . import tiny
from .tiny import State

Settings = dict[str, Any]


@dataclass(frozen=True)
class Network:
    """A published network.

    Attributes:
        kind: its class in diffusers.
        settings: that its makers published for diffusers.
        renamed: from diffusers' names to those in its makers' file.
        config_of: ours, that tells the settings from the shapes.
    """

    kind: str
    settings: Settings
    renamed: Callable[[State], State]
    config_of: Callable[[Shapes], configs.Config]

    @property
    def state(self) -> State:
        """Its weights under its makers' names, on no device."""
        with torch.device("meta"):
            return self.renamed(pipeline_class(self.kind)(**self.settings).state_dict())


def _unet(settings: Settings, layers: int = 2) -> Network:
    up = settings["up_block_types"]
    attended = tuple(one.startswith("Cross") for one in up)
    return Network("UNet2DConditionModel", settings,
                   lambda state: tiny.ldm_unet(state, layers, len(up), attended),
                   configs.unet_config)  # fmt: skip


def _blocks(*attended: bool) -> Settings:
    """The types of a UNet's blocks on the way down, and up again."""
    down = ["CrossAttnDownBlock2D" if each else "DownBlock2D" for each in attended]
    return {"down_block_types": down,
            "up_block_types": [each.replace("Down", "Up") for each in down[::-1]]}  # fmt: skip


_SD1: Settings = {"block_out_channels": [320, 640, 1280, 1280], "layers_per_block": 2,
                  **_blocks(True, True, True, False), "in_channels": 4,
                  "cross_attention_dim": 768, "attention_head_dim": 8}  # fmt: skip
_SD2: Settings = {**_SD1, "cross_attention_dim": 1024, "use_linear_projection": True,
                  "attention_head_dim": [5, 10, 20, 20]}  # fmt: skip
_LABELLED: Settings = {"use_linear_projection": True, "addition_embed_type": "text_time",
                       "addition_time_embed_dim": 256}  # fmt: skip
_SDXL: Settings = {"block_out_channels": [320, 640, 1280], "layers_per_block": 2,
                   **_blocks(False, True, True), "in_channels": 4,
                   "cross_attention_dim": 2048, "attention_head_dim": [5, 10, 20],
                   "transformer_layers_per_block": [1, 2, 10], **_LABELLED,
                   "projection_class_embeddings_input_dim": 2816}  # fmt: skip
_REFINER: Settings = {"block_out_channels": [384, 768, 1536, 1536], "layers_per_block": 2,
                      **_blocks(False, True, True, False), "in_channels": 4,
                      "cross_attention_dim": 1280, "attention_head_dim": [6, 12, 24, 24],
                      "transformer_layers_per_block": [1, 4, 4, 4], **_LABELLED,
                      "projection_class_embeddings_input_dim": 2560}  # fmt: skip


def _distilled(depths: list[Any], middle: str | None, layers: int = 2, **more: Any) -> Network:
    """SDXL with less in it."""
    return _unet({**_SDXL, "transformer_layers_per_block": depths, "layers_per_block": layers,
                  "mid_block_type": middle, **more}, layers)  # fmt: skip


def _sd3(layers: int, positions: int, dual: int = 0, norm: str | None = "rms_norm") -> Network:
    return Network(
        "SD3Transformer2DModel",
        {"in_channels": 16, "out_channels": 16, "num_layers": layers,
         "num_attention_heads": layers, "joint_attention_dim": 4096,
         "caption_projection_dim": 64 * layers, "patch_size": 2, "pooled_projection_dim": 2048,
         "pos_embed_max_size": positions, "qk_norm": norm,
         "dual_attention_layers": list(range(dual)), "attention_head_dim": 64,
         "sample_size": 128},
        lambda state: tiny.mmdit(state, layers), configs.sd3_config,
    )  # fmt: skip


def _flux(channels: int, guided: bool = True) -> Network:
    return Network(
        "FluxTransformer2DModel",
        {"in_channels": channels, "out_channels": 64, "num_layers": 19, "num_single_layers": 38,
         "attention_head_dim": 128, "num_attention_heads": 24, "joint_attention_dim": 4096,
         "pooled_projection_dim": 768, "guidance_embeds": guided, "axes_dims_rope": [16, 56, 56]},
        tiny.bfl, configs.flux_config,
    )  # fmt: skip


NETWORKS: dict[str, Network] = {
    "sd1": _unet(_SD1),
    "sd1-inpaint": _unet({**_SD1, "in_channels": 9}),
    "sd1-pix2pix": _unet({**_SD1, "in_channels": 8}),
    "sd2": _unet(_SD2),
    "sd2-inpaint": _unet({**_SD2, "in_channels": 9}),
    "sdxl": _unet(_SDXL),
    "sdxl-inpaint": _unet({**_SDXL, "in_channels": 9}),
    "sdxl-refiner": _unet(_REFINER),
    "ssd-1b": _distilled(
        [[1, 1], [2, 2], [4, 4]], "UNetMidBlock2D",
        reverse_transformer_layers_per_block=[[4, 4, 10], [2, 1, 1], [1, 1, 1]],
    ),
    "vega": _distilled([1, 1, 2], "UNetMidBlock2D"),
    "koala": _distilled([1, 2, 5], None, layers=1),
    "sd3-medium": _sd3(24, 192, norm=None),
    "sd3.5-medium": _sd3(24, 384, dual=13),
    "sd3.5-large": _sd3(38, 192),
    "flux-dev": _flux(64),
    "flux-schnell": _flux(64, guided=False),
    "flux-fill": _flux(384),
    "flux-depth": _flux(128),
    "qwen-image": Network(
        "QwenImageTransformer2DModel",
        {"patch_size": 2, "in_channels": 64, "out_channels": 16, "num_layers": 60,
         "attention_head_dim": 128, "num_attention_heads": 24, "joint_attention_dim": 3584,
         "axes_dims_rope": [16, 56, 56]},
        lambda state: state, configs.qwen_config,
    ),
    "z-image": Network(
        "ZImageTransformer2DModel",
        {"in_channels": 16, "dim": 3840, "n_layers": 30, "n_refiner_layers": 2, "n_heads": 30,
         "n_kv_heads": 30, "cap_feat_dim": 2560, "axes_dims": [32, 48, 48],
         "axes_lens": [1536, 512, 512]},
        tiny.z_original, configs.z_image_config,
    ),
    "autoencoder of 16": Network(
        "AutoencoderKL",
        {"block_out_channels": [128, 256, 512, 512], "layers_per_block": 2, "latent_channels": 16,
         "down_block_types": ["DownEncoderBlock2D"] * 4,
         "up_block_types": ["UpDecoderBlock2D"] * 4, "use_quant_conv": False,
         "use_post_quant_conv": False},
        lambda state: tiny.ldm_vae(state, 4),
        lambda shapes: configs.vae_config(shapes, 0.3611, 0.1159),
    ),
}  # fmt: skip


@cache
def shapes(name: str) -> Shapes:
    """Of one of `NETWORKS`, under its makers' names."""
    return {weight: tuple(value.shape) for weight, value in NETWORKS[name].state.items()}
