"""Files as they were published, by kind: what a host and we are asked about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from prompt_edit.models.headers import Shapes

from .full_size import shapes

NETWORK = "model.diffusion_model."
_BIAS = NETWORK + "output_blocks.11.1.transformer_blocks.0.norm1.bias"


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    Attributes:
        ours: the key of its family, or words of the refusal where it is refused.
        shapes: of its weights; of an architecture that is refused by its names, those of them
            that the host looks at.
        values: of weights that are looked at, the marks among them.
        name: of the file.
        differs: where ours is meant to be another than the host's: what, and why.
    """

    ours: str
    shapes: Callable[[], Shapes]
    values: Mapping[str, Any] = field(default_factory=dict)
    name: str = "model"
    differs: Mapping[str, str] = field(default_factory=dict)

    @property
    def question(self) -> dict[str, Any]:
        """For `ask_host`."""
        return {"shapes": dict(self.shapes()), "values": dict(self.values)}


def _of(network: str) -> Callable[[], Shapes]:
    """A whole network, as checkpoints have it."""
    return lambda: {NETWORK + name: shape for name, shape in shapes(network).items()}


def _saved_by_the_host() -> Shapes:
    """It saves FLUX with norms that have a "weight" for the makers' "scale"."""
    return {name.replace("_norm.scale", "_norm.weight"): shape
            for name, shape in _of("flux-dev")().items()}  # fmt: skip


def _layered() -> Shapes:
    return {**_of("qwen-image")(),
            NETWORK + "time_text_embed.addition_t_embedding.weight": (2, 3072)}  # fmt: skip


def _sketch(*weights: Shapes) -> Callable[[], Shapes]:
    return lambda: {name: shape for some in weights for name, shape in some.items()}


_DOUBLE = {"double_blocks.0.img_attn.norm.key_norm.scale": (128,)}
_LUMINA = {"cap_embedder.1.weight": (2304, 2304),
           "noise_refiner.0.attention.k_norm.weight": (96,),
           "layers.0.adaLN_modulation.1.weight": (9216, 1024)}  # fmt: skip
_CHROMA = {"img_in.weight": (3072, 64), "txt_in.weight": (3072, 4096),
           "distilled_guidance_layer.norms.0.scale": (5120,)}  # fmt: skip
_FLUX_2 = {"img_in.weight": (6144, 128), "txt_in.weight": (6144, 15360),
           "double_stream_modulation_img.lin.weight": (36864, 6144)}  # fmt: skip
_AURA_FLOW = {"model.double_layers.0.attn.w1q.weight": (3072, 3072),
              "model.positional_encoding": (1, 9216, 3072),
              "model.cond_seq_linear.weight": (3072, 2048)}  # fmt: skip
_PIXART = {"t_block.1.weight": (6912, 1152), "blocks.0.scale_shift_table": (6, 1152)}
_HIDREAM = {"caption_projection.0.linear.weight": (2560, 4096)}
_KANDINSKY = {"visual_transformer_blocks.0.cross_attention.key_norm.weight": (64,),
              "visual_transformer_blocks.0.feed_forward.in_layer.weight": (10240, 2560),
              "visual_embeddings.in_layer.bias": (2560,),
              "visual_embeddings.in_layer.weight": (2560, 64),
              "time_embeddings.in_layer.bias": (512,),
              "text_embeddings.in_layer.weight": (2560, 3584)}  # fmt: skip
_WAN = {"head.modulation": (1, 2, 1536), "head.head.weight": (64, 1536),
        "blocks.0.ffn.0.weight": (8960, 1536),
        "patch_embedding.weight": (1536, 16, 1, 2, 2)}  # fmt: skip
_LENT = "a single file brings none, and the folder that lends it does"
_MARK = "the mark is heeded in each family that has both kinds, and no file has it by chance"

KINDS: dict[str, Kind] = {
    "sd1": Kind("sd", _of("sd1")),
    "sd1-inpaint": Kind("sd-inpaint", _of("sd1-inpaint")),
    "sd1 marked v_pred": Kind("sd", _of("sd1"), {"v_pred": []}, differs={"prediction": _MARK}),
    "sd1-pix2pix": Kind("takes 8 channels", _of("sd1-pix2pix")),
    "sd2 base": Kind("sd", _of("sd2"), {_BIAS: [-0.03, 0.03] * 160}, "v2-1_768"),
    "sd2 768": Kind("sd", _of("sd2"), {_BIAS: [-0.2, 0.2] * 160}, "v2-1_512-base"),
    "sd2-inpaint": Kind("sd-inpaint", _of("sd2-inpaint"), {_BIAS: [-0.2, 0.2] * 160}),
    "sdxl": Kind("sdxl", _of("sdxl")),
    "sdxl-turbo": Kind("sdxl", _of("sdxl"), name="sd_xl_turbo_1.0_fp16"),
    "sdxl-inpaint": Kind("sdxl-inpaint", _of("sdxl-inpaint")),
    "sdxl marked v_pred": Kind("sdxl", _of("sdxl"), {"v_pred": []}),
    "sdxl marked v_pred, ztsnr": Kind("sdxl", _of("sdxl"), {"v_pred": [], "ztsnr": []}),
    "sdxl marked ztsnr": Kind("sdxl", _of("sdxl"), {"ztsnr": []}),
    "playground 2.5": Kind("is a Playground v2.5", _of("sdxl"),
                           {"edm_mean": [0.0] * 4, "edm_std": [1.0] * 4}),
    "cosxl": Kind("is a CosXL", _of("sdxl"),
                  {"edm_vpred.sigma_max": 120.0, "edm_vpred.sigma_min": 0.002}),
    "sdxl-refiner, its UNet alone": Kind("is SDXL's refiner", _of("sdxl-refiner")),
    "ssd-1b": Kind("sdxl", _of("ssd-1b")),
    "vega": Kind("sdxl", _of("vega")),
    "koala": Kind("sdxl", _of("koala")),
    "sd3-medium": Kind("sd3", _of("sd3-medium")),
    "sd3.5-medium": Kind("sd3", _of("sd3.5-medium")),
    "sd3.5-large": Kind("sd3", _of("sd3.5-large")),
    "flux-dev": Kind("flux", _of("flux-dev"), name="flux1-dev"),
    "flux-dev, saved by the host": Kind("flux", _saved_by_the_host, name="flux1-dev"),
    "flux-schnell": Kind("flux", _of("flux-schnell"), name="flux1-schnell"),
    "flux-fill": Kind("flux-fill", _of("flux-fill")),
    "flux-kontext": Kind("flux-kontext", _of("flux-dev"), name="flux1-dev-kontext"),
    "flux-depth": Kind("takes 128 channels", _of("flux-depth")),
    "qwen-image": Kind("qwen-image", _of("qwen-image"), differs={"shift": _LENT}),
    "qwen-image-edit": Kind("qwen-image-edit", _of("qwen-image"), name="qwen_image_edit_2509",
                            differs={"shift": _LENT}),
    "qwen-image-edit 2511": Kind("qwen-image-edit", _of("qwen-image"),
                                 {NETWORK + "__index_timestep_zero__": []},
                                 differs={"shift": _LENT}),
    "qwen-image-layered": Kind("is a Qwen-Image-Layered", _layered),
    "z-image": Kind("z-image", _of("z-image"), differs={"shift": _LENT}),
    "lumina 2": Kind("is a Lumina 2", _sketch(_LUMINA)),
    "chroma": Kind("is a Chroma", _sketch(_DOUBLE, _CHROMA)),
    "flux 2": Kind("is a FLUX.2", _sketch(_DOUBLE, _FLUX_2)),
    "auraflow": Kind("is an AuraFlow", _sketch(_AURA_FLOW)),
    "pixart sigma": Kind("is a PixArt", _sketch(_PIXART)),
    "hidream": Kind("is a HiDream", _sketch(_HIDREAM)),
    "kandinsky 5": Kind("is a Kandinsky 5", _sketch(_KANDINSKY)),
    "wan 2.1": Kind("makes videos", _sketch(_WAN)),
}  # fmt: skip
