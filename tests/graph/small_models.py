"""Models of the host's own classes, made small from a config, with random weights.

Imported by scripts that run inside the host, after `start`.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch

ROOT = Path(__file__).parents[2]


def start() -> None:
    """The host, on the CPU and quiet; its folder is on the path."""
    import comfy.options

    comfy.options.enable_args_parsing()
    sys.argv = ["main.py", "--cpu", "--preview-method", "latent2rgb"]
    torch.set_num_threads(1)


def load_pack(module: str) -> Any:
    """A module of the pack, as the host's loader would make it."""
    if "pack" not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            "pack", ROOT / "__init__.py", submodule_search_locations=[str(ROOT)]
        )
        assert spec and spec.loader
        sys.modules["pack"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules["pack"])
    return importlib.import_module(f"pack.{module}")


def settled(module: torch.nn.Module, spread: float = 0.05) -> Any:
    """The module with random weights, and norms at 1: the host leaves them as memory was."""
    random = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for name, value in module.named_parameters():
            if value.ndim <= 1 and not name.endswith("bias"):
                value.data = torch.ones(value.shape, dtype=value.dtype)
            elif value.is_floating_point():
                value.data = (torch.randn(value.shape, generator=random) * spread).to(value.dtype)
    return module


def patched(network: torch.nn.Module) -> Any:
    """As the host's loaders give a model."""
    import comfy.model_management as memory
    import comfy.model_patcher as patchers

    kind = getattr(patchers, "CoreModelPatcher", patchers.ModelPatcher)
    return kind(settled(network), memory.get_torch_device(), torch.device("cpu"))


_UNET: dict[str, Any] = {
    "image_size": 32, "in_channels": 4, "out_channels": 4, "model_channels": 32,
    "num_res_blocks": [1, 1], "channel_mult": [1, 2], "transformer_depth": [1, 1],
    "transformer_depth_output": [1, 1, 1, 1], "transformer_depth_middle": 1, "context_dim": 32,
    "num_heads": 4, "num_head_channels": -1, "use_linear_in_transformer": False,
    "use_spatial_transformer": True, "adm_in_channels": None, "use_temporal_attention": False,
    "use_checkpoint": False, "legacy": False, "dtype": torch.float32,
}  # fmt: skip
_FLUX: dict[str, Any] = {
    "image_model": "flux", "in_channels": 16, "out_channels": 16, "vec_in_dim": 32,
    "context_in_dim": 32, "hidden_size": 64, "mlp_ratio": 2.0, "num_heads": 2, "depth": 1,
    "depth_single_blocks": 1, "axes_dim": [8, 12, 12], "theta": 10000, "patch_size": 2,
    "qkv_bias": True, "guidance_embed": True, "txt_ids_dims": [], "dtype": torch.float32,
}  # fmt: skip
_FLUX2: dict[str, Any] = {
    **_FLUX, "image_model": "flux2", "in_channels": 128, "out_channels": 128, "vec_in_dim": None,
    "patch_size": 1, "axes_dim": [8, 8, 8, 8], "theta": 2000, "global_modulation": True,
    "mlp_silu_act": True, "qkv_bias": False, "ops_bias": False, "default_ref_method": "index",
    "ref_index_scale": 10.0, "txt_ids_dims": [3], "mlp_ratio": 3.0,
}  # fmt: skip
_QWEN: dict[str, Any] = {
    "image_model": "qwen_image", "in_channels": 64, "out_channels": 16, "num_layers": 1,
    "attention_head_dim": 32, "num_attention_heads": 2, "joint_attention_dim": 64,
    "axes_dims_rope": (8, 12, 12), "dtype": torch.float32,
}  # fmt: skip
_Z: dict[str, Any] = {
    "image_model": "lumina2", "patch_size": 2, "in_channels": 16, "cap_feat_dim": 64, "dim": 256,
    "n_layers": 1, "n_refiner_layers": 1, "n_heads": 4, "n_kv_heads": 4, "qk_norm": True,
    "axes_dims": [16, 24, 24], "axes_lens": [64, 64, 64], "rope_theta": 256.0,
    "ffn_dim_multiplier": 2.0, "z_image_modulation": True, "time_scale": 1000.0,
    "pad_tokens_multiple": 32, "dtype": torch.float32,
}  # fmt: skip


def unet(kind: str = "SD15", **more: Any) -> Any:
    """A Stable Diffusion; with `in_channels=9` the one that was trained to inpaint."""
    patcher = _model(kind, {**_UNET, **more})
    if more.get("in_channels", 4) == 9:
        patcher.model.set_inpaint()
    return patcher


def flux(kind: str = "Flux", **more: Any) -> Any:
    """A FLUX: with `kind="FluxInpaint"` and 96 channels FLUX Fill, with "Flux2" a FLUX.2."""
    import dataclasses

    from comfy.ldm.flux.model import FluxParams

    known = {field.name for field in dataclasses.fields(FluxParams)} | {"image_model", "dtype"}
    config = {**(_FLUX2 if kind == "Flux2" else _FLUX), **more}
    return _model(kind, {key: value for key, value in config.items() if key in known})


def qwen_image(**more: Any) -> Any:
    """A Qwen-Image, which a Qwen-Image-Edit is as well."""
    return _model("QwenImage", {**_QWEN, **more})


def z_image(**more: Any) -> Any:
    """A Z-Image (0.25 and later)."""
    return _model("ZImage", {**_Z, **more})


def _model(kind: str, config: dict[str, Any]) -> Any:
    import comfy.supported_models as supported

    settings = getattr(supported, kind)(dict(config))
    for name in set(settings.unet_config) - set(config):  # what the base class adds for UNets
        del settings.unet_config[name]
    settings.set_inference_dtype(torch.float32, None)
    return patched(settings.get_model({}, "", device=torch.device("cpu")))


def clip() -> Any:
    """Stable Diffusion's text encoder, 32 wide."""
    from comfy import sd, sd1_clip

    target = SimpleNamespace(params={}, clip=sd1_clip.SD1ClipModel, tokenizer=sd1_clip.SD1Tokenizer)
    small = {"hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 4,
             "num_hidden_layers": 2}  # fmt: skip
    encoder = sd.CLIP(target, model_options={"clip_l_model_config": small})
    settled(encoder.cond_stage_model)
    return encoder


def seeing_clip() -> Any:
    """Qwen-Image's text encoder (Qwen2.5-VL), 64 wide, with eyes of two blocks."""
    import comfy.text_encoders.qwen_image as encoders
    import comfy.text_encoders.qwen_vl as vision
    from comfy import sd

    class Small(vision.Qwen2VLVisionTransformer):
        def __init__(self, hidden_size: int = 0, output_hidden_size: int = 64, **kw: Any) -> None:
            super().__init__(
                hidden_size=64,
                output_hidden_size=output_hidden_size,
                num_heads=2,
                num_layers=2,
                **kw,
            )

    whole, vision.Qwen2VLVisionTransformer = vision.Qwen2VLVisionTransformer, Small
    small = {"hidden_size": 64, "intermediate_size": 64, "num_hidden_layers": 2,
             "num_attention_heads": 2, "num_key_value_heads": 1}  # fmt: skip
    target = SimpleNamespace(params={}, clip=encoders.te(), tokenizer=encoders.QwenImageTokenizer)
    try:
        encoder = sd.CLIP(target, model_options={"qwen25_7b_model_config": small})
    finally:
        vision.Qwen2VLVisionTransformer = whole
    settled(encoder.cond_stage_model)
    return encoder


class Words:
    """A text encoder that gives random words of any width, and remembers what it was told."""

    def __init__(self, width: int, tokenizer: str = "object") -> None:
        self.width, self.tokenizer = width, type(tokenizer, (), {})()
        self.prompts: list[str] = []
        self.shown: list[int] = []  # how many pictures went with each

    def tokenize(self, text: str, images: Any = (), **_: Any) -> str:
        self.prompts.append(text)
        self.shown.append(len(images))
        return text

    def encode_from_tokens_scheduled(self, text: str) -> list[list[Any]]:
        random = torch.Generator().manual_seed(len(text))
        words = torch.randn(1, 7, self.width, generator=random)
        return [[words, {"pooled_output": torch.randn(1, self.width, generator=random)}]]


def vae(channels: int = 4) -> Any:
    """An autoencoder of 8 pixels a latent."""
    from comfy import sd
    from comfy.ldm.models.autoencoder import AutoencoderKL

    config = {"double_z": True, "z_channels": channels, "resolution": 64, "in_channels": 3,
              "out_ch": 3, "ch": 32, "ch_mult": [1, 1, 1, 1], "num_res_blocks": 1,
              "attn_resolutions": [], "dropout": 0.0}  # fmt: skip
    network = settled(AutoencoderKL(ddconfig=config, embed_dim=channels))
    target = {"params": {"ddconfig": config, "embed_dim": channels}}
    autoencoder = sd.VAE(sd=network.state_dict(), config=target)
    autoencoder.latent_channels = channels
    return autoencoder


def wan_vae() -> Any:
    """Qwen-Image's autoencoder, whose latents have a time."""
    import inspect

    from comfy import sd
    from comfy.ldm.wan.vae import WanVAE

    known = inspect.signature(WanVAE.__init__).parameters
    more = {name: 3 for name in ("image_channels", "conv_out_channels") if name in known}
    network = WanVAE(dim=8 if more else 96, z_dim=16, dim_mult=[1, 2, 4, 4], num_res_blocks=2,
                     attn_scales=[], temperal_downsample=[False, True, True], dropout=0.0,
                     **more)  # fmt: skip
    return sd.VAE(sd=settled(network).state_dict())


def control_net() -> Any:
    """A ControlNet for `unet`."""
    import comfy.model_management as memory
    from comfy import controlnet, ops
    from comfy.cldm.cldm import ControlNet

    skipped = ("out_channels", "transformer_depth_output", "use_temporal_attention")
    config = {name: value for name, value in _UNET.items() if name not in skipped}
    network = ControlNet(**config, hint_channels=3, operations=ops.disable_weight_init)
    return controlnet.ControlNet(
        settled(network, spread=0.3), load_device=memory.get_torch_device()
    )


def watched(model: Any) -> list[dict[str, Any]]:
    """What the network itself is called with from now on, a record a call."""
    seen: list[dict[str, Any]] = []
    network = model.model.diffusion_model
    real = network.forward

    def forward(x: torch.Tensor, *args: Any, **options: Any) -> Any:
        seen.append({"x": x, **options})
        return real(x, *args, **options)

    network.forward = forward
    return seen
