"""What files are that hold no painter that is read here, each by its name, and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ...errors import ModelError
from ...models.headers import Header, Shapes


@dataclass(frozen=True)
class Other:
    """A kind of file that is refused.

    Attributes:
        what: it is, as the end of a sentence that begins with the file's name.
        advice: what to do, as the message's beginning.
        signs: of which each is found in the name of some weight, as regular expressions.
        without: what no weight's name has besides; "" for nothing.
        when: what the shapes must say besides, where names don't tell.
    """

    what: str
    advice: str
    signs: tuple[str, ...]
    without: str = ""
    when: Callable[[Shapes], bool] = lambda _: True

    def matches(self, names: str, shapes: Shapes) -> bool:
        """Whether a file of those shapes, whose names stand in `names` too, a line each, is one."""
        found = all(re.search(sign, names, re.MULTILINE) for sign in self.signs)
        other = self.without and re.search(self.without, names, re.MULTILINE)
        return bool(found and not other and self.when(shapes))


_HOST = "or in ComfyUI load it there and connect Painter from MODEL"
ELSEWHERE = f"Choose another model, {_HOST}"
_SIXTEEN = f"Choose the 16-bit file of this model, {_HOST}"
_PICTURES = "Choose a model for pictures"
_REFINER = "is SDXL's refiner, which can't inpaint by itself"


def _unsupported(name: str, *signs: str, without: str = "") -> Other:
    return Other(f"is {name}, which is not supported", ELSEWHERE, signs, without)


def _one_text(shapes: Shapes) -> bool:
    """Whether a UNet reads one text encoder, whose pooled text stands beside five sizes of 256
    numbers each: SDXL's reads two side by side, and pools the second beside six."""
    label = next((shape[1] for name, shape in shapes.items()
                  if name.endswith("label_emb.0.0.weight")), 0)  # fmt: skip
    text = next((shape[1] for name, shape in shapes.items()
                 if name.endswith("attn2.to_k.weight")), 0)  # fmt: skip
    return label == text + 5 * 256


def _video(*signs: str) -> Other:
    return Other("makes videos, not pictures", _PICTURES, signs)


OTHERS: tuple[Other, ...] = (
    # What goes with a model
    Other("is a LoRA, not a model", "Choose a model, and load this on top of it",
          (r"(?<!adaln_)lora_(?!adapter)|\.lora\.(up|down)|hada_w[12]|lokr_w[12]|\.dora_scale"
           r"|\.processor\.\w+_lora\d",)),
    Other("is a ControlNet, not a model", "Choose a model, and load this beside it",
          (r"controlnet_|input_hint_block|^control_(layers|all_x_embedder)|^brushnet_|^lllite_",)),
    Other("is a T2I-Adapter, not a model", "Choose a model",
          (r"^(adapter\.)?body\.0\.(block1|resnets\.0\.block1|in_conv)\.",)),
    Other("is a GLIGEN, not a model", "Choose a model", (r"(^|\.)position_net\.",)),
    Other("is an IP-Adapter, not a model", "Choose a model",
          (r"^(image_proj|image_proj_model|ip_adapter_proj_model)\.",
           r"^ip_adapter\.|\.ip_adapter_double_stream_")),
    Other("is a style model (FLUX Redux), not a model that paints", "Choose a model",
          (r"^redux_(up|down)\.|^style_embedding$",)),
    Other("is a PuLID, not a model", "Choose a model", (r"^pulid_(ca|encoder)\.",)),
    Other("is an embedding (textual inversion), not a model", "Choose a model",
          (r"^(emb_params|string_to_param.*|clip_g)$",)),
    Other("is an enlarger, not a model", "Choose a model for pictures",
          (r"^(model\.1\.sub\.|conv_first\.|body\.0\.rdb1)",)),
    Other("is a SAM, which finds outlines", "Choose it in Load SAM",
          (r"^image_encoder\.|sam_mask_decoder\.",)),
    Other("is a Grounding DINO, which finds boxes", "Choose it in Load Grounding DINO",
          (r"^(module\.)?transformer\.level_embed$",)),
    # Videos, sounds, things in space
    _video(r"temopral_conv|temporal_transformer|time_stack|time_mix|motion_modules\."),
    _video(r"head\.modulation$"),  # Wan
    _video(r"t5_yproj\."),  # Mochi
    _video(r"(^|\.)blocks\.0\.norm1\.linear\."),  # CogVideoX
    _video(r"patchify_proj\.|(^|\.)adaln_single\.emb\.", r"scale_shift_table"),  # LTX
    Other("makes sounds, not pictures", _PICTURES,
          (r"(^|model\.)transformer\.rotary_pos_emb\.inv_freq|genre_embedder\.|lyric_encoder\.",)),
    Other("makes things in space, not pictures", _PICTURES,
          (r"(^|\.)latent_in\.weight|blocks\.0\.attn1\.k_norm\.|cc_projection\.",)),
    # Other architectures
    _unsupported("a FLUX.2", r"(double|single)_stream_modulation"),
    _unsupported("a Chroma", r"distilled_guidance_layer\."),
    _unsupported("an Ovis-Image", r"double_blocks\.0\.img_mlp\.gate_proj\."),
    _unsupported("a LongCat-Image", r"double_blocks\.0\.img_attn\.norm\.", r"txt_in\.weight",
                 without=r"vector_in\."),
    _unsupported("a Hunyuan model", r"individual_token_refiner|(^|\.)mlp_t5\.0\."),
    _unsupported("an AuraFlow", r"double_layers\.0\.attn\.w1q\."),
    _unsupported("a Stable Cascade", r"(^|\.)clf\.1\.weight|clip_(txt_)?mapper\.|effnet_mapper"),
    _unsupported("a PixArt", r"(^|\.)t_block\.1\.|(^|\.)adaln_single\.emb\."),
    _unsupported("a Cosmos or Anima", r"(^|\.)blocks\.block0\.|(^|\.)blocks\.0\.mlp\.layer1\."),
    _unsupported("a Lumina 2", r"(^|\.)cap_embedder\.1\.", r"layers\.0\.adaLN_modulation\.1\."),
    _unsupported("a Z-Image that paints pixels", r"dec_net\.cond_embed\."),
    _unsupported("a Z-Image Omni", r"siglip_embedder\."),
    _unsupported("a HiDream", r"caption_projection\.0\.linear\.|(^|\.)t_embedder1\."),
    _unsupported("an OmniGen 2", r"time_caption_embed\.|img_instruct_attn"),
    _unsupported("a Lens", r"transformer_blocks\.0\.img_mlp\.w1\."),
    _unsupported("an Ideogram 4", r"embed_image_indicator\."),
    _unsupported("a Krea 2", r"(^|\.)txtfusion\."),
    _unsupported("a Kandinsky 5", r"visual_transformer_blocks\.0\."),
    _unsupported("an Ernie-Image", r"(^|\.)layers\.0\.mlp\.linear_fc2\."),
    _unsupported("a Sana", r"blocks\.0\.cross_attn\.(q|kv)_linear\."),
    _unsupported("a Kolors", r"encoder_hid_proj\."),
    _unsupported("an unCLIP, which is shown pictures", r"noise_augmentor\.|^embedder\.model\."),
    Other("is a Qwen-Image-Layered, which makes layers, not pictures",
          "Choose Qwen-Image or Qwen-Image-Edit", ("addition_t_embedding",)),
    Other(_REFINER, "Choose the base model",
          (r"^conditioner\.embedders\.0\.model\.",), r"^conditioner\.embedders\.1\."),
    Other(_REFINER, "Choose the base model", (r"label_emb\.0\.0\.weight$",), when=_one_text),
    # Schedules that are not followed
    Other("is a Playground v2.5, whose noise (EDM) can't be followed here", ELSEWHERE,
          (r"^edm_(mean|std)$",)),
    Other("is a CosXL, whose noise (EDM) can't be followed here", ELSEWHERE,
          (r"^edm_vpred\.",)),
    Other("foretells the picture itself (x0), which can't be followed here", ELSEWHERE,
          (r"__x0__$",)),
    # Packed weights
    Other("holds scaled 8-bit weights, which diffusers can't read", _SIXTEEN,
          (r"scaled_fp8|\.weight_scale|\.scale_weight|\.comfy_quant",)),
    Other("holds 4-bit weights of SVDQuant, which diffusers can't read", _SIXTEEN,
          (r"\.wscales$|\.wtscale$",)),
    Other("holds packed weights of bitsandbytes, which are not read from a single file", _SIXTEEN,
          (r"\.quant_state\.|\.absmax$|\.SCB$",)),
    Other("holds packed weights (GPTQ or AWQ), which are not read", _SIXTEEN,
          (r"\.qweight$|\.qzeros$",)),
)  # fmt: skip
"""Looked through from the top."""

_PARTS = (
    (r"^(vision_model|visual)\.", "an eye (CLIP Vision) alone"),
    (r"^(encoder|decoder)\.(conv_in|conv1|middle|conv_out)\.", "an autoencoder (VAE) alone"),
    (r"^(encoder|decoder)\.layers\.\d+\.|^\d+\.conv\.0\.weight$",
     "a tiny autoencoder (TAESD) alone"),
    (r"^(text_model|encoder\.block|transformer\.resblocks)\.|^shared\.weight",
     "a text encoder alone"),
    (r"^(language_)?model\.(layers|embed_tokens|language_model)\.", "a language model alone"),
    (r"^(down_blocks|mid_block)\.", "a UNet alone, in diffusers' format"),
    (r"^(single_)?transformer_blocks\.", "a transformer alone, in diffusers' format"),
)  # fmt: skip


def require_painter(header: Header) -> None:
    """Raise `ModelError` for what is known to be something else, with its name and what to do."""
    names = "\n".join(header.tensors)
    for other in OTHERS:
        if other.matches(names, header.shapes):
            raise ModelError(f"{other.advice}: {header.file} {other.what}.")
    if _integers(header):
        raise ModelError(f"{_SIXTEEN}: {header.file} {_INTEGERS}.")


def part_alone(header: Header) -> str:
    """Which part of a model a file is, "" for none that is known."""
    names = "\n".join(header.tensors)
    return next((what for sign, what in _PARTS if re.search(sign, names, re.MULTILINE)), "")


def packed(header: Header) -> str:
    """How the weights of a part's file are packed, "" where they are plain numbers."""
    names = "\n".join(header.tensors)
    for other in OTHERS:
        if other.advice == _SIXTEEN and other.matches(names, header.shapes):
            return other.what
    return _INTEGERS if _integers(header) else ""


_INTEGERS = "holds packed weights of integers, which are not read"


def _integers(header: Header) -> bool:
    return any(held.whole and name.endswith(".weight") for name, held in header.tensors.items())
