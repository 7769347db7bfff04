"""Models to time: the samples, or random ones of the sizes that people have."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionInpaintPipeline
from diffusers import UNet2DConditionModel as UNet
from torch import nn
from transformers import (
    BertTokenizerFast,
    CLIPTextConfig,
    CLIPTextModel,
    GroundingDinoConfig,
    GroundingDinoForObjectDetection,
    GroundingDinoImageProcessor,
    GroundingDinoProcessor,
    SamConfig,
    SamModel,
    SamProcessor,
    SamVisionConfig,
)
from transformers.models.sam.image_processing_sam import SamImageProcessor

import prompt_edit.detect
from prompt_edit.detect.grounding_dino import GroundingDino
from prompt_edit.inpaint.diffusion import Inpainter
from prompt_edit.inpaint.source.tokenizers import clip_tokenizer
from prompt_edit.models.store import sample_models
from prompt_edit.segment.sam import Sam

WORDS = Path(prompt_edit.detect.__file__).parent / "bert-base-uncased"


@dataclass(frozen=True)
class Models:
    """The three stages' models, loaded as anybody's are."""

    detector: GroundingDino
    segmenter: Sam
    painter: Inpainter

    @property
    def networks(self) -> list[nn.Module]:
        """What does the work, none of them part of another."""
        pipeline = self.painter.pipeline
        return [*seeing(self.detector, self.segmenter), pipeline.unet, pipeline.text_encoder,
                *pipeline.vae.children()]  # fmt: skip


def seeing(detector: GroundingDino, segmenter: Sam) -> list[nn.Module]:
    """The networks of the first two stages, without SAM's position embedding: in some versions of
    the library it is a part of the prompt encoder as well."""
    sam = segmenter.network.model
    return [detector.model, sam.vision_encoder, sam.prompt_encoder, sam.mask_decoder]


def samples(device: torch.device) -> Models:
    """The shipped ones, which know drawn paper dolls."""
    chosen = sample_models()
    return Models(GroundingDino.load(chosen.detector, device), Sam.load(chosen.segmenter, device),
                  Inpainter.load(chosen.painter, device))  # fmt: skip


def full_size(folder: Path, device: torch.device) -> Models:
    """Grounding DINO Swin-T, SAM (ViT-H on a GPU, ViT-B on a CPU) and Stable Diffusion 1.5 for
    inpainting, of random weights, written to a folder, where they are not there, and loaded."""
    write(folder, huge=device.type == "cuda")
    return Models(GroundingDino.load(folder / "detector", device),
                  Sam.load(folder / "segmenter", device),
                  Inpainter.load(folder / "painter", device))  # fmt: skip


def write(folder: Path, huge: bool) -> None:
    """Each of the three; what is there already stays."""
    torch.manual_seed(0)
    for name, make in (("detector", _detector), ("segmenter", partial(_segmenter, huge=huge)),
                       ("painter", _painter)):  # fmt: skip
        if not (folder / name).exists():
            make(folder / f"{name}.partial")
            (folder / f"{name}.partial").rename(folder / name)


def _detector(folder: Path) -> None:
    GroundingDinoForObjectDetection(GroundingDinoConfig()).save_pretrained(folder)
    words = BertTokenizerFast.from_pretrained(WORDS)
    GroundingDinoProcessor(GroundingDinoImageProcessor(), words).save_pretrained(folder)


def _segmenter(folder: Path, huge: bool) -> None:
    # The library's own spread, 1e-10, gives denormal numbers, six times as slow on a CPU.
    sizes: dict[str, Any] = {"initializer_range": 0.02}
    if huge:
        sizes |= {"hidden_size": 1280, "num_hidden_layers": 32, "num_attention_heads": 16,
                 "global_attn_indexes": [7, 15, 23, 31]}  # fmt: skip
    config = SamConfig(vision_config=SamVisionConfig(**sizes), initializer_range=0.02)
    SamModel(config).save_pretrained(folder)
    SamProcessor(SamImageProcessor()).save_pretrained(folder)


def small_painter(folder: Path) -> Path:
    """Write a painter of 128 px and random weights, where there is none; what it paints is noise,
    in a tenth of the sample's time."""
    if not folder.exists():
        torch.manual_seed(0)
        beside = folder.with_name(f"{folder.name}.partial")
        wide = {
            "block_out_channels": (16, 32, 32, 32),
            "layers_per_block": 1,
            "norm_num_groups": 16,
        }
        _inpainting(beside, wide, wide, words=32, sample=16)
        beside.rename(folder)
    return folder


def _painter(folder: Path) -> None:
    network = {"block_out_channels": (320, 640, 1280, 1280), "layers_per_block": 2}
    coder = {"block_out_channels": (128, 256, 512, 512), "layers_per_block": 2}
    _inpainting(folder, network, coder, words=768, sample=64)


def _inpainting(
    folder: Path, network: dict[str, Any], coder: dict[str, Any], words: int, sample: int
) -> None:
    """A painter in Stable Diffusion 1.5's shape: 9 channels, codes of an eighth of the side."""
    text = CLIPTextModel(CLIPTextConfig(
        vocab_size=49408, hidden_size=words, intermediate_size=4 * words, num_hidden_layers=12,
        num_attention_heads=words // 64 or 2, projection_dim=words,
    ))  # fmt: skip
    unet = UNet(sample_size=sample, in_channels=9, cross_attention_dim=words,
                attention_head_dim=8, **network)  # fmt: skip
    autoencoder = AutoencoderKL(
        sample_size=8 * sample, down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4, **coder,
    )  # fmt: skip
    schedule = DDIMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False,
        set_alpha_to_one=False, steps_offset=1,
    )  # fmt: skip
    tokens = clip_tokenizer(folder / "tokenizer")
    StableDiffusionInpaintPipeline(
        autoencoder.half(), text.half(), tokens, unet.half(), schedule, None, None,
        requires_safety_checker=False,
    ).save_pretrained(folder)  # fmt: skip
