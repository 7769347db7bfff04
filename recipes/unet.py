"""The sample inpainting model itself: built, read and written as Stable Diffusion's folders are."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path

import torch
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionInpaintPipeline
from diffusers import UNet2DConditionModel as UNet
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from prompt_edit.palette import COLOUR_NAMES
from prompt_edit.paperdoll.phrases import vocabulary
from prompt_edit.paperdoll.scene import BACKGROUNDS

from .examples import SIDE

WORDS, WIDTH = 16, 128
"""How many tokens a prompt has, and by how many numbers each is understood."""


class Painter(nn.Module):
    """What is trained together: the text encoder and the UNet."""

    def __init__(self, text: CLIPTextModel, unet: UNet) -> None:
        super().__init__()
        self.text, self.unet = text, unet

    def forward(
        self, noisy: Tensor, mask: Tensor, holed: Tensor, time: Tensor, words: Tensor
    ) -> Tensor:
        """The clean codes that it sees in noisy ones [N,4,h,w].

        For masks [N,1,h,w] and words [N,16,128].
        """
        stacked = torch.cat([noisy, mask, holed], dim=1)
        stacked = stacked.contiguous(memory_format=torch.channels_last)
        return self.unet(stacked, time, words).sample

    def read(self, ids: Tensor) -> Tensor:
        """Words [N,16] as the text encoder understands them: [N,16,128]."""
        return self.text(ids).last_hidden_state


def build(folder: Path) -> tuple[Painter, CLIPTokenizer, DDIMScheduler]:
    """The untrained model, its tokenizer and its noise schedule."""
    tokenizer = _tokenizer(folder)
    text = CLIPTextModel(CLIPTextConfig(
        vocab_size=len(tokenizer), hidden_size=WIDTH, intermediate_size=256, projection_dim=WIDTH,
        num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=WORDS,
        bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    ))  # fmt: skip
    unet = UNet(
        sample_size=SIDE // 4, in_channels=9, out_channels=4, layers_per_block=1,
        block_out_channels=(48, 96, 160, 224), norm_num_groups=16, cross_attention_dim=WIDTH,
        attention_head_dim=4,
        down_block_types=("DownBlock2D",) * 2 + ("CrossAttnDownBlock2D",) * 2,
        up_block_types=("CrossAttnUpBlock2D",) * 2 + ("UpBlock2D",) * 2,
    )  # fmt: skip
    scheduler = DDIMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False,
        set_alpha_to_one=True, steps_offset=1, prediction_type="sample",
        timestep_spacing="trailing", rescale_betas_zero_snr=True,
    )  # fmt: skip
    return Painter(text, unet), tokenizer, scheduler


def _tokenizer(folder: Path) -> CLIPTokenizer:
    """CLIP's byte-pair encoding, learnt on the words of the paper world: each becomes one token.

    What the folder holds already is read: learnt anew, words of equal rank would change their ids.
    """
    if (folder / "merges.txt").exists():
        return CLIPTokenizer.from_pretrained(folder, model_max_length=WORDS, local_files_only=True)
    words = [*vocabulary(), *COLOUR_NAMES, *BACKGROUNDS, "short", "long", "plain", "blond", "hat"]
    model = Tokenizer(models.BPE(end_of_word_suffix="</w>", unk_token="<|endoftext|>"))
    model.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Whitespace(), pre_tokenizers.ByteLevel(add_prefix_space=False)])  # fmt: skip
    trainer = trainers.BpeTrainer(
        vocab_size=1024, end_of_word_suffix="</w>", show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )  # fmt: skip
    model.train_from_iterator([word for word in words for _ in range(3)], trainer)
    learnt = json.loads(model.to_str())["model"]
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = [pair if isinstance(pair, str) else " ".join(pair) for pair in learnt["merges"]]
    tokens = dict.fromkeys(
        [
            *alphabet,
            *(f"{letter}</w>" for letter in alphabet),
            *(m.replace(" ", "") for m in merges),
        ]
    )
    ids = {token: number for number, token in enumerate(
        [*tokens, "<|startoftext|>", "<|endoftext|>"])}  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps(ids))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n")
    return CLIPTokenizer.from_pretrained(folder, model_max_length=WORDS)


def said(tokenizer: CLIPTokenizer, prompts: list[str]) -> Tensor:
    """Prompts as tokens, int64 [N,16]."""
    return tokenizer(prompts, padding="max_length", truncation=True, max_length=WORDS,
                     return_tensors="pt").input_ids  # fmt: skip


@torch.no_grad()
def telling_codes(folder: Path) -> UNet:
    """The network of a folder; one that told the velocity begins as one that tells the codes.

    Of pure noise, where most is learnt, those are the same but for the sign.
    """
    unet = UNet.from_pretrained(folder / "unet", torch_dtype=torch.float32)
    prediction = DDIMScheduler.from_pretrained(folder / "scheduler").config.prediction_type
    if prediction == "v_prediction":
        for weights in unet.conv_out.parameters():
            weights.neg_()
    return unet


def readable_by_transformers_4(folder: Path) -> None:
    """Add what transformers 4 reads and transformers 5 no longer writes, but reads as well.

    These are two files of the tokenizer, and the prefix of the text encoder's names: without it
    transformers 4 would take random weights, and say no word.
    """
    tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer", local_files_only=True)
    tokenizer.backend_tokenizer.model.save(str(folder / "tokenizer"))
    file = folder / "text_encoder" / "model.safetensors"
    weights = {"text_model." + name.removeprefix("text_model."): value
               for name, value in load_file(file).items()}  # fmt: skip
    save_file(weights, file, metadata={"format": "pt"})


def without_paths(folder: Path) -> None:
    """Take out where the weights lay on the machine that trained them."""
    for file in folder.glob("*/config.json"):
        config = json.loads(file.read_text())
        config.pop("_name_or_path", None)
        file.write_text(json.dumps(config, indent=2) + "\n")


def pipeline(
    painter: Painter, vae: AutoencoderKL, tokenizer: CLIPTokenizer, scheduler: DDIMScheduler
) -> StableDiffusionInpaintPipeline:
    """The model as people load it, in half precision; the parts given stay as they are."""
    vae, text, unet = (deepcopy(part).half() for part in (vae, painter.text, painter.unet))
    return StableDiffusionInpaintPipeline(
        vae, text, tokenizer, unet, scheduler, None, None, requires_safety_checker=False
    )
