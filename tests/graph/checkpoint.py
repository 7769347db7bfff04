"""Run inside the host: writes a checkpoint of full size with random weights, and a LoRA for it.

    checkpoint.py FILE CHANNELS

CHANNELS is 4 for a Stable Diffusion 1.5, 9 for the one that was trained to inpaint.
"""

from __future__ import annotations

import sys
from pathlib import Path

from small_models import settled, start

file, channels = Path(sys.argv[1]), int(sys.argv[2])
start()

import comfy.supported_models as supported  # noqa: E402
import torch  # noqa: E402
from comfy import sd1_clip  # noqa: E402
from comfy.ldm.models.autoencoder import AutoencoderKL  # noqa: E402
from safetensors.torch import save_file  # noqa: E402

UNET = {
    "image_size": 32, "in_channels": channels, "out_channels": 4, "model_channels": 320,
    "num_res_blocks": [2] * 4, "channel_mult": [1, 2, 4, 4], "transformer_depth": [1] * 6 + [0] * 2,
    "transformer_depth_output": [1] * 9 + [0] * 3, "transformer_depth_middle": 1,
    "context_dim": 768, "use_linear_in_transformer": False, "use_spatial_transformer": True,
    "adm_in_channels": None, "use_temporal_attention": False, "use_checkpoint": False,
    "legacy": False, "dtype": torch.float16,
}  # fmt: skip
VAE = {"double_z": True, "z_channels": 4, "resolution": 256, "in_channels": 3, "out_ch": 3,
       "ch": 128, "ch_mult": [1, 2, 4, 4], "num_res_blocks": 2, "attn_resolutions": [],
       "dropout": 0.0}  # fmt: skip


def main() -> None:
    config = supported.SD15(dict(UNET))
    config.set_inference_dtype(torch.float16, None)
    network = config.get_model({}, "", device=torch.device("cpu")).diffusion_model
    parts = {
        "model.diffusion_model": settled(network, 0.02),
        "cond_stage_model.transformer": settled(sd1_clip.SD1ClipModel().clip_l.transformer, 0.02),
        "first_stage_model": settled(AutoencoderKL(ddconfig=VAE, embed_dim=4), 0.02),
    }
    weights = {f"{part}.{name}": value.half().contiguous() for part, module in parts.items()
               for name, value in module.state_dict().items()
               if "text_projection" not in name}  # fmt: skip
    save_file(weights, file)
    size = sum(value.numel() for value in weights.values())
    name = "lora_unet_input_blocks_1_1_transformer_blocks_0_attn2_to_k"
    random = torch.Generator().manual_seed(5)
    save_file({f"{name}.lora_up.weight": torch.randn(320, 8, generator=random),
               f"{name}.lora_down.weight": torch.randn(8, 768, generator=random),
               f"{name}.alpha": torch.tensor(8.0)}, file.with_name("lora.safetensors"))  # fmt: skip
    print(f"{size:,} weights")


main()
