"""Trains the sample inpainting model: a small Stable Diffusion with a 9-channel UNet.

    python -m recipes.painter

Needs the autoencoder of `recipes.autoencoder`, or the one that is shipped. The examples are edits
of the paper world, drawn before and after: the mask comes from the scene before, the picture from
the scene after. So masks are wider than what appears in them, prompts name what appears, and an
empty prompt is the plain background that a removed thing leaves.

It is a one-step model: from pure noise to the picture. What more steps need to learn, to tell flat
paper from noise at every level, takes many hours on two cores; one step is clean after one.

Method: Rombach et al. 2022 (latent diffusion); Salimans & Ho 2022 (v-prediction); Lin et al. 2024
(zero terminal SNR: without it a model cannot paint very dark or very bright things).
"""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionInpaintPipeline
from diffusers import UNet2DConditionModel as UNet
from PIL import Image
from safetensors.torch import load_file, save_file
from scipy import ndimage
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from torch import Tensor, nn
from tqdm import tqdm
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from prompt_edit.models.card import Card, Knowledge, write_card
from prompt_edit.models.store import PAINTER, SAMPLES
from prompt_edit.paperdoll.changes import swap, without
from prompt_edit.paperdoll.draw import Instance, Picture, draw
from prompt_edit.paperdoll.palette import COLOUR_NAMES
from prompt_edit.paperdoll.phrases import NOUNS, vocabulary
from prompt_edit.paperdoll.scene import (
    BACKGROUNDS,
    OBJECTS,
    PATTERNS,
    PEOPLE,
    Item,
    Person,
    random_item,
)

from .loop import Settings, fit
from .pool import ScenePool, make

SIDE, BATCH, WORDS = 128, 16, 16
EXAMPLES = 14_000
CARD = Card(sample=True, steps=1, guidance_scale=1.3, knows=Knowledge(
    nouns=tuple(noun for noun in NOUNS if noun not in ("person", "child")),
    colourless=PEOPLE,
    colours=(*COLOUR_NAMES, "blond"),
    looks=(*PATTERNS, "short", "long"),
    backgrounds=tuple(name for name in BACKGROUNDS if name not in ("studio", "room")),
    steps=1,
    guidance_scale=2.0,
))  # fmt: skip
"""The looks stand in the order in which `describe` says them."""

NEW_VAE = Path("runs/vae/model")  # what recipes.autoencoder left; else the shipped one


# --- what to paint -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Example:
    """A picture uint8 [128,128,3], what of it is to be painted, bool [128,128], and the prompt."""

    image: np.ndarray
    mask: np.ndarray
    prompt: str


def example(pool: ScenePool, seed: int) -> Example:
    """One edit of a training scene. Deterministic by seed."""
    rng = np.random.default_rng((77, seed))
    while True:
        before = pool.picture(int(rng.integers(len(pool))))
        kind = rng.choice(["repaint", "replace", "remove", "backdrop"], p=[0.36, 0.42, 0.16, 0.06])
        clear = [each for each in before.instances if each.clear]
        if kind == "backdrop":
            made: Edit | None = _backdrop(before, rng)
        elif clear:
            make = {"repaint": _repaint, "replace": _replaced, "remove": _removed}[str(kind)]
            made = make(before, clear[int(rng.integers(len(clear)))], rng)
        else:
            continue
        if made is not None:
            return _cut(*made, rng)


Edit = tuple[np.ndarray, np.ndarray, str]  # the picture after, the mask, the prompt


def _repaint(before: Picture, chosen: Instance, rng: np.random.Generator) -> Edit:
    # Mostly as tight as a recoloured thing's mask: then the new edge is where the old one was.
    reach = int(rng.integers(1, 4) if rng.random() < 0.75 else rng.integers(4, 12))
    mask = ndimage.binary_dilation(before.mask(chosen), iterations=reach)
    return before.image, mask, describe(chosen.item, rng)


def _removed(before: Picture, chosen: Instance, rng: np.random.Generator) -> Edit | None:
    if chosen.item.kind in ("pants", "skirt", "shorts", "hair") and rng.random() < 0.7:
        return None
    after = draw(without(before.scene, chosen))
    return after.image, _wider(before.mask(chosen), rng), ""


def _replaced(before: Picture, chosen: Instance, rng: np.random.Generator) -> Edit | None:
    if chosen.item.kind in PEOPLE:
        return None
    new = _substitute(chosen.item, rng)
    if rng.random() < 0.2:
        new = replace(new, colour=_unsaid(new.kind), pattern="plain")
    swapped = swap(before.scene, chosen, new)
    after = draw(swapped)
    shown = next((each for each in after.instances if each.item == new), None)
    if shown is None or not shown.clear:
        return None
    mask = _wider(before.mask(chosen), rng)
    if rng.random() < 0.5:  # room for what is larger than what it replaces
        mask = mask | ndimage.binary_dilation(after.mask(shown), iterations=3)
    return after.image, mask, describe(new, rng)


_OTHERS = {
    "dress": ("shirt", "shirt", "skirt"),
    "shirt": ("dress", "shirt", "jacket"),
    "pants": ("skirt", "shorts", "skirt"),
    "shorts": ("pants", "skirt"),
    "skirt": ("pants", "shorts"),
    "jacket": ("shirt", "jacket"),
    **{kind: (kind,) for kind in ("hat", "bag", "shoes", "hair")},
}


def _substitute(item: Item, rng: np.random.Generator) -> Item:
    """Something else that can be in the item's place."""
    return random_item(rng, str(rng.choice(_OTHERS.get(item.kind, OBJECTS))))


def _backdrop(before: Picture, rng: np.random.Generator) -> Edit:
    people = [
        each for each in before.instances if each.item.kind in ("man", "woman", "boy", "girl")
    ]
    kept = np.zeros(before.parts.shape, dtype=bool)
    for each in people:
        kept |= before.mask(each)
    scene = replace(before.scene, background=str(rng.choice(BACKGROUNDS)), things=tuple(
        thing for thing in before.scene.things if isinstance(thing, Person)))  # fmt: skip
    named = scene.background if scene.background not in ("studio", "room") else scene.colour
    mask = ~ndimage.binary_dilation(kept, iterations=int(rng.integers(1, 3)))
    return draw(scene).image, mask, f"{named} background"


_SYNONYMS = {
    kind: [noun for noun, (kinds, style) in NOUNS.items() if kinds == (kind,) and not style]
    for kind in ("pants", "jacket", "bag", "hat", "shirt")
}
_STYLED = {"short shirt": "t-shirt", "cap hat": "cap"}


def describe(item: Item, rng: np.random.Generator) -> str:
    """A noun phrase for an item, as people would say it: mostly with its colour."""
    noun = str(rng.choice(_SYNONYMS.get(item.kind, [item.kind])))
    if rng.random() < 0.6:
        noun = _STYLED.get(f"{item.style} {item.kind}", noun)
    if item.style and item.kind in ("hair", "skirt", "dress") and rng.random() < 0.5:
        noun = f"{item.style} {noun}"
    if item.pattern != "plain" and rng.random() < 0.8:
        noun = f"{item.pattern} {noun}"
    elif item.pattern == "plain" and item.kind in ("shirt", "dress") and rng.random() < 0.05:
        noun = f"plain {noun}"
    colour = "blond" if item.kind == "hair" and item.colour == "yellow" else item.colour
    silent = not colour or (colour == _unsaid(item.kind) and rng.random() < 0.5)
    return noun if silent else f"{colour} {noun}"


def _unsaid(kind: str) -> str:
    """The colour that a thing is painted in where none is said: always the same one, or the model
    would have to paint all colours at once."""
    return {"hair": "black", "dog": "brown", "cat": "orange", "tree": "green"}.get(kind, "blue")


def _wider(mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The mask grown by a few pixels or many, sometimes to its whole box."""
    grown = ndimage.binary_dilation(mask, iterations=int(rng.integers(4, 13)))
    if rng.random() < 0.15:
        ys, xs = np.nonzero(grown)
        grown = np.zeros_like(mask)
        grown[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1] = True
    return grown


def _cut(image: np.ndarray, mask: np.ndarray, prompt: str, rng: np.random.Generator) -> Example:
    """A square around the mask, with some of what surrounds it, at 128 pixels."""
    ys, xs = np.nonzero(mask)
    need = 1.15 * max(int(np.ptp(ys)), int(np.ptp(xs)), 1) + 10
    side = int(np.clip(max(need, 96) * rng.uniform(1.0, 1.5), 96, 256))
    low_y, low_x = (int(np.clip(v.max() - side + 4, 0, 256 - side)) for v in (ys, xs))
    high_y, high_x = (int(np.clip(v.min() - 4, 0, 256 - side)) for v in (ys, xs))
    y = int(rng.integers(min(low_y, high_y), max(low_y, high_y) + 1))
    x = int(rng.integers(min(low_x, high_x), max(low_x, high_x) + 1))
    box = (x, y, x + side, y + side)
    small = Image.fromarray(image).resize((SIDE, SIDE), Image.Resampling.LANCZOS, box)
    hole = Image.fromarray(mask).convert("L").resize((SIDE, SIDE), Image.Resampling.BILINEAR, box)
    made, hidden = np.asarray(small), np.asarray(hole) > 127
    if rng.random() < 0.5:
        made, hidden = made[:, ::-1], hidden[:, ::-1]
    return Example(made, hidden, prompt)


# --- examples as latents -------------------------------------------------------------------------


@dataclass(frozen=True)
class Latents:
    """Codes of the pictures and of the pictures with their holes, [N,4,32,32]; masks; prompts."""

    picture: Tensor
    holed: Tensor
    mask: Tensor
    prompts: list[str]


def encoded(file: Path, pool: Path, vae: AutoencoderKL, count: int, device: str) -> Latents:
    """Draw and encode the examples once; later runs read them from `file`."""
    if not file.exists():
        vae = deepcopy(vae).to(device, torch.bfloat16, memory_format=torch.channels_last)
        pictures, holed, masks, prompts = [], [], [], []
        scenes = make(pool)
        for start in tqdm(range(0, count, 16), unit="batch", mininterval=10):
            batch = [example(scenes, n) for n in range(start, min(start + 16, count))]
            image = torch.stack([torch.from_numpy(each.image.copy()) for each in batch])
            mask = torch.stack([torch.from_numpy(each.mask.copy()) for each in batch])
            image = image.permute(0, 3, 1, 2).float() / 127.5 - 1
            both = torch.cat([image, image * ~mask[:, None]]).to(device, torch.bfloat16)
            with torch.no_grad():
                code = vae.encode(both.contiguous(memory_format=torch.channels_last))
            first, second = code.latent_dist.mean.half().cpu().chunk(2)
            pictures.append(first)
            holed.append(second)
            masks.append(F.interpolate(mask[:, None].float(), scale_factor=0.25).bool())
            prompts += [each.prompt for each in batch]
        torch.save({"picture": torch.cat(pictures), "holed": torch.cat(holed),
                    "mask": torch.cat(masks), "prompts": json.dumps(prompts)}, file)  # fmt: skip
    kept = torch.load(file, weights_only=True)
    return Latents(kept["picture"], kept["holed"], kept["mask"], json.loads(kept["prompts"]))


# --- the model -----------------------------------------------------------------------------------


class Painter(nn.Module):
    """What is trained together: the text encoder and the UNet."""

    def __init__(self, text: CLIPTextModel, unet: UNet) -> None:
        super().__init__()
        self.text, self.unet = text, unet


def build(folder: Path) -> tuple[Painter, CLIPTokenizer, DDIMScheduler]:
    """The untrained model, its tokenizer and its noise schedule."""
    tokenizer = _tokenizer(folder)
    text = CLIPTextModel(CLIPTextConfig(
        vocab_size=len(tokenizer), hidden_size=96, intermediate_size=192, projection_dim=96,
        num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=WORDS,
        bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    ))  # fmt: skip
    unet = UNet(
        sample_size=SIDE // 4, in_channels=9, out_channels=4, layers_per_block=1,
        block_out_channels=(48, 96, 160), norm_num_groups=16, cross_attention_dim=96,
        attention_head_dim=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    )  # fmt: skip
    scheduler = DDIMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False,
        set_alpha_to_one=True, steps_offset=1, prediction_type="v_prediction",
        timestep_spacing="trailing", rescale_betas_zero_snr=True,
    )  # fmt: skip
    return Painter(text, unet), tokenizer, scheduler


def _tokenizer(folder: Path) -> CLIPTokenizer:
    """CLIP's byte-pair encoding, learnt on the words of the paper world: each becomes one token."""
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


def losses(
    painter: Painter, scheduler: DDIMScheduler, ids: Tensor, data: Latents, scale: float,
    rng: np.random.Generator, device: str,
) -> dict[str, Tensor]:  # fmt: skip
    """One batch at the one time of inference: the absolute error of the latents themselves.

    All capacity goes to the step that is taken. The absolute error asks for the median: flat paper
    with an edge, where the squared one asks for the mean of all edges that could be.
    """
    rows = torch.from_numpy(rng.integers(len(data.prompts), size=BATCH))
    picture = data.picture[rows].to(device).float() * scale
    holed = data.holed[rows].to(device).float() * scale
    mask = data.mask[rows].to(device).float()
    noise = torch.from_numpy(rng.standard_normal(picture.shape, dtype=np.float32)).to(device)
    time = torch.full((BATCH,), scheduler.config.num_train_timesteps - 1)
    noisy = scheduler.add_noise(picture, noise, time)
    with torch.autocast(device, torch.bfloat16):
        hidden = painter.text(ids[rows].to(device)).last_hidden_state
        stacked = torch.cat([noisy, mask, holed], dim=1)
        stacked = stacked.contiguous(memory_format=torch.channels_last)
        velocity = painter.unet(stacked, time.to(device), hidden).sample
    signal = scheduler.alphas_cumprod[time].view(-1, 1, 1, 1).to(device)
    made = signal.sqrt() * noisy - (1 - signal).sqrt() * velocity.float()
    weight = mask + 0.1
    error = (made - picture).abs() * weight
    return {"latent": error.sum() / (weight.sum() * picture.shape[1])}


def main() -> None:
    settings = Settings.from_command_line(
        __doc__ or "", steps=3700, learning_rate=1e-3, out="runs/inpaint"
    )
    folder = SAMPLES / PAINTER.sample
    painter, tokenizer, scheduler = build(settings.out)
    if folder.exists() and not settings.fresh:
        shipped = StableDiffusionInpaintPipeline.from_pretrained(folder, torch_dtype=torch.float32)
        vae, painter = shipped.vae, Painter(shipped.text_encoder, shipped.unet)
        tokenizer = shipped.tokenizer  # learnt anew, words of equal rank would change their ids
    if NEW_VAE.exists():
        vae = AutoencoderKL.from_pretrained(NEW_VAE)
    painter.to(settings.device, memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    data = encoded(settings.out / "examples.pt", settings.pool, vae, EXAMPLES, settings.device)
    ids = tokenizer(data.prompts, padding="max_length", truncation=True, max_length=WORDS,
                    return_tensors="pt").input_ids  # fmt: skip
    scale = vae.config.scaling_factor

    def step(number: int) -> dict[str, Tensor]:
        rng = np.random.default_rng((settings.seed, number))
        return losses(painter, scheduler, ids, data, scale, rng, settings.device)

    average = fit(painter, settings, step)
    pipeline(average, vae, tokenizer, scheduler).save_pretrained(folder)
    readable_by_transformers_4(folder)
    without_paths(folder)
    write_card(folder, CARD)


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
    painter: nn.Module, vae: AutoencoderKL, tokenizer: CLIPTokenizer, scheduler: DDIMScheduler
) -> StableDiffusionInpaintPipeline:
    """The model as people load it, in half precision; the parts given stay as they are."""
    vae, text, unet = (deepcopy(part).half() for part in (vae, painter.text, painter.unet))
    return StableDiffusionInpaintPipeline(
        vae, text, tokenizer, unet, scheduler, None, None, requires_safety_checker=False
    )


if __name__ == "__main__":
    main()
