"""Trains the sample Grounding DINO.

    python -m recipes.detector

The architecture is the library's; the loss is written here. transformers 5.23 computes another
one: it offsets the class labels of an image by that image's own number of phrases instead of the
running sum, so that names are never learnt, and it detaches the proposals, so that the encoder's
heads get no gradient. Here the library's Hungarian matcher works on targets that are built image
by image, and a dense term teaches the encoder's heads at every position.

Method: Liu et al. 2023 (Grounding DINO), Lin et al. 2017 (focal loss), Rezatofighi et al. 2019
(generalised IoU).
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor, nn
from torchvision.ops import box_convert, sigmoid_focal_loss
from transformers import (
    BertConfig,
    BertTokenizerFast,
    GroundingDinoConfig,
    GroundingDinoForObjectDetection,
    GroundingDinoImageProcessor,
    GroundingDinoProcessor,
    SwinConfig,
)
from transformers.loss.loss_grounding_dino import GroundingDinoHungarianMatcher

from prompt_edit.detect.grounding_dino import phrase_of_token
from prompt_edit.models.card import Card, write_card
from prompt_edit.models.store import DETECTOR, SAMPLES
from prompt_edit.palette import COLOUR_NAMES
from prompt_edit.paperdoll.draw import Instance
from prompt_edit.paperdoll.phrases import (
    COLOURLESS,
    NOUNS,
    Phrase,
    absent_phrases,
    find,
    phrases_about,
    vocabulary,
)
from prompt_edit.paperdoll.scene import PATTERNS

from .loop import Settings, fit
from .pool import ScenePool, make

SIDE = 224  # pixels of a picture's shorter side: at 160 things below 40 of 256 pixels were lost
BATCH, WORDS = 12, 64  # pictures a step; tokens of the longest caption
# Threshold and contrasts are the best of a grid, on 360 scenes that nobody is judged on.
CARD = Card(sample=True, threshold=0.25, contrast=0.8, nouns=tuple(NOUNS), noun_contrast=0.25)
_STRIDES = (8, 16, 32)

Kind = Literal["one", "several", "colours", "nouns"]
"""A caption of one phrase, as at inference; of 4 to 8; of one noun in all colours; of all nouns."""

# How often each kind is drawn, at first and in the last third.
_SHARES: tuple[dict[Kind, float], ...] = (
    {"one": 0.3, "several": 0.25, "colours": 0.3, "nouns": 0.15},
    {"one": 0.55, "several": 0.1, "colours": 0.25, "nouns": 0.1},
)


def build(folder: Path) -> tuple[GroundingDinoForObjectDetection, GroundingDinoProcessor]:
    """The untrained model and its processor; `folder` receives the vocabulary file."""
    processor = GroundingDinoProcessor(
        GroundingDinoImageProcessor(size={"shortest_edge": SIDE, "longest_edge": 2 * SIDE}),
        _tokenizer(folder),
    )
    config = GroundingDinoConfig(
        backbone_config=SwinConfig(
            image_size=SIDE, embed_dim=32, depths=[1, 1, 2, 1], num_heads=[1, 2, 4, 8],
            window_size=5, drop_path_rate=0.0, out_features=["stage2", "stage3", "stage4"],
        ),
        text_config=BertConfig(
            vocab_size=len(processor.tokenizer), hidden_size=64, num_hidden_layers=2,
            num_attention_heads=4, intermediate_size=128, max_position_embeddings=WORDS,
            hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
        ),
        d_model=64, encoder_layers=2, decoder_layers=2, encoder_ffn_dim=192, decoder_ffn_dim=192,
        encoder_attention_heads=4, decoder_attention_heads=4, num_feature_levels=3,
        num_queries=30, max_text_len=WORDS, dropout=0.0, fusion_dropout=0.0, fusion_droppath=0.0,
        text_enhancer_dropout=0.0, activation_dropout=0.0, attention_dropout=0.0,
        use_pretrained_backbone=False,
    )  # fmt: skip
    model = GroundingDinoForObjectDetection(config)
    # The library's initial weights (standard deviation 0.02) are for fine-tuning: too weak to
    # start from nothing.
    for name, parameter in model.named_parameters():
        kept = ("embeddings", "level_embed", "sampling_offsets", "attention_weights", "layers.2")
        if parameter.dim() == 2 and not any(part in name for part in kept):
            nn.init.xavier_uniform_(parameter)
    nn.init.normal_(model.model.query_position_embeddings.weight)
    return model, processor


@torch.no_grad()
def open_gates(model: GroundingDinoForObjectDetection, least: float = 0.2) -> None:
    """Let text and picture reach each other in the encoder.

    The library starts their fusion at a scale of 1e-4, which suits trained features. From nothing
    the gates were still at 0.03 after 3500 steps, and the picture had hardly heard of the phrase.
    """
    for name, gate in model.named_parameters():
        if name.endswith(("vision_param", "text_param")):
            gate.copy_(torch.where(gate < 0, -1.0, 1.0) * gate.abs().clamp(min=least))


def _tokenizer(folder: Path) -> BertTokenizerFast:
    """Whole words for the paper world, letters for all others, at BERT's ids where they matter.

    The model builds its text mask from the ids 101, 102, 1012 and 1029 ([CLS], [SEP], ".", "?").
    """
    words = {0: "[PAD]", 100: "[UNK]", 101: "[CLS]", 102: "[SEP]", 103: "[MASK]", 1012: ".",
             1029: "?"}  # fmt: skip
    letters = [*string.ascii_lowercase, *string.digits, "-", "'", ","]
    known = [*letters, *(f"##{letter}" for letter in letters), *vocabulary()]
    free = (number for number in range(104, 1012))
    words.update({number: word for number, word in zip(free, known, strict=False)})
    lines = [words.get(number, f"[unused{number}]") for number in range(1030)]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(lines) + "\n")
    return BertTokenizerFast.from_pretrained(folder, local_files_only=True)


@dataclass(frozen=True)
class Example:
    """A picture uint8 [S,S,3], phrases, and for each phrase its boxes (cxcywh in 0..1, [N,4])."""

    image: np.ndarray
    phrases: list[str]
    boxes: list[np.ndarray]


def example(pool: ScenePool, rng: np.random.Generator, kind: Kind) -> Example:
    """A scene, mirrored or zoomed at random, with phrases that are true of it and others."""
    index = int(rng.integers(len(pool)))
    image, parts = np.asarray(pool.images[index]), np.asarray(pool.parts[index])
    if rng.random() < 0.5:
        image, parts = image[:, ::-1], parts[:, ::-1]
    if rng.random() < 0.4:
        image, parts, instances = _zoomed(image, parts, pool.instances[index], rng)
    else:
        instances = pool.instances[index]
    boxes = _boxes(parts)
    chosen = _choose(instances, rng, kind)
    found = [find(phrase, instances) or [] if phrase else [] for _, phrase in chosen]
    return Example(
        image,
        [text for text, _ in chosen],
        [np.array([_union(boxes, each) for each in named]).reshape(-1, 4) for named in found],
    )


def _zoomed(
    image: np.ndarray, parts: np.ndarray, instances: list[Instance], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, list[Instance]]:
    """A square cut of the picture; things that it cuts mostly away are no longer clear."""
    size = parts.shape[0]
    side = int(rng.uniform(0.6, 0.95) * size)
    y, x = rng.integers(size - side, size=2)
    cut = np.s_[y : y + side, x : x + side]
    before, after = (np.bincount(p.ravel(), minlength=256) for p in (parts, parts[cut]))
    kept = []
    for each in instances:
        left, all_ = after[list(each.parts)].sum(), before[list(each.parts)].sum()
        if left:
            kept.append(Instance(each.item, each.parts, each.owner, each.clear and left > all_ / 2))
    return image[cut], parts[cut], kept


def _boxes(parts: np.ndarray) -> dict[int, tuple[int, int, int, int]]:
    """The xyxy box of each part, and under key -1 the picture's own size."""
    boxes = {-1: (0, 0, parts.shape[1], parts.shape[0])}
    for number, found in enumerate(ndimage.find_objects(parts), start=1):
        if found:
            boxes[number] = (found[1].start, found[0].start, found[1].stop, found[0].stop)
    return boxes


def _union(boxes: dict[int, tuple[int, int, int, int]], instance: Instance) -> list[float]:
    each = np.array([boxes[part] for part in instance.parts if part in boxes], dtype=np.float64)
    x0, y0 = each[:, :2].min(axis=0)
    x1, y1 = each[:, 2:].max(axis=0)
    width, height = boxes[-1][2:]
    return [(x0 + x1) / 2 / width, (y0 + y1) / 2 / height, (x1 - x0) / width, (y1 - y0) / height]


def _choose(
    instances: list[Instance], rng: np.random.Generator, kind: Kind
) -> list[tuple[str, Phrase | None]]:
    """Phrases for the caption, as text and, where they are words of the paper world, as phrases."""
    if kind == "colours":
        chosen = _colours(instances, rng)
    elif kind == "nouns":
        chosen = _nouns(instances, rng)
    else:
        chosen = _mixed(instances, rng, 1 if kind == "one" else int(rng.integers(4, 9)))
    order = rng.permutation(len(chosen)).tolist()
    return _short([(str(phrase or word), phrase) for word, phrase in (chosen[n] for n in order)])


_HARD = {"hair": 3.0, "jacket": 3.0, "coat": 3.0, "tree": 2.0, "house": 2.0, "cup": 2.0,
         "cat": 2.0, "ball": 2.0, "bag": 1.5, "handbag": 1.5}  # fmt: skip
"""What was missed most, on scenes that are neither trained nor judged on."""

Chosen = list[tuple[str, Phrase | None]]  # a word of no meaning, or a phrase


def _colours(instances: list[Instance], rng: np.random.Generator) -> Chosen:
    """A noun in all colours: what the presence check asks, and the quickest way to learn them."""
    here = sorted({phrase.noun for phrase in phrases_about(instances)} - set(COLOURLESS))
    known = here and rng.random() < 0.9
    noun = here[_place_of_one(here, rng)] if known else str(rng.choice(list(NOUNS)))
    return _clear([Phrase(noun, colour) for colour in COLOUR_NAMES], instances)


def _nouns(instances: list[Instance], rng: np.random.Generator) -> Chosen:
    """Many nouns, without a colour or all in the same one."""
    colour = str(rng.choice(COLOUR_NAMES)) if rng.random() < 0.3 else ""
    nouns = [noun for noun in NOUNS if not (colour and noun in COLOURLESS)]
    return _clear([Phrase(noun, colour) for noun in nouns], instances)


def _clear(phrases: list[Phrase], instances: list[Instance]) -> Chosen:
    return [("", phrase) for phrase in phrases if find(phrase, instances) is not None]


def _short(chosen: Chosen) -> Chosen:
    """As many as the model can read: a token a word, a hyphen and a full stop."""
    kept: Chosen = []
    left = WORDS - 4
    for text, phrase in chosen:
        left -= len(text.replace("-", " - ").split()) + 1 if phrase else 2 * len(text)
        if left < 0 and kept:
            break
        kept.append((text, phrase))
    return kept


def _mixed(instances: list[Instance], rng: np.random.Generator, count: int) -> Chosen:
    """Some phrases that are true, some that are false in every way that people get wrong."""
    true, false = phrases_about(instances), absent_phrases(instances)
    plain = [phrase for phrase in false if not phrase.colour]
    nouns = {phrase.noun for phrase in true}
    near = [phrase for phrase in false if phrase.noun in nouns]  # right noun, wrong colour
    true += [p for each in instances if each.item.pattern != "plain"
             for p in [Phrase(each.item.kind, pattern=each.item.pattern)]
             if rng.random() < 0.3 and find(p, instances)]  # fmt: skip
    near += [p for noun in nouns & {"shirt", "dress", "skirt"} for pattern in PATTERNS[1:]
             for p in [Phrase(noun, pattern=pattern)]
             if rng.random() < 0.1 and find(p, instances) == []]  # fmt: skip
    positives = int(rng.random() < 0.5) if count == 1 else round(count * 0.55)
    chosen: dict[str, Phrase | None] = {}
    for _ in range(count):
        if len(chosen) < positives and true:
            phrase = _one(true, rng)
            chosen[str(phrase)] = phrase
        elif rng.random() < 0.06:
            chosen[_nonsense(rng)] = None
        else:
            # Plain nouns are few among all that could be said: give them their own share, or the
            # model learns that a noun without a colour is always there.
            source = (near, plain, false)[int(rng.integers(3))] or false
            phrase = _one(source, rng)
            chosen[str(phrase)] = phrase
    return list(chosen.items())


def _one(phrases: list[Phrase], rng: np.random.Generator) -> Phrase:
    return phrases[_place_of_one([each.noun for each in phrases], rng)]


def _place_of_one(nouns: list[str], rng: np.random.Generator) -> int:
    """The place of one of them; what is hard to find is asked for more often."""
    weights = np.array([_HARD.get(each, 1.0) for each in nouns])
    return int(rng.choice(len(nouns), p=weights / weights.sum()))


def _nonsense(rng: np.random.Generator) -> str:
    """A word that names nothing, so that unknown words are not taken for whatever stands there."""
    word = "".join(rng.choice(list(string.ascii_lowercase), size=int(rng.integers(3, 10))))
    return f"{rng.choice(COLOUR_NAMES)} {word}" if rng.random() < 0.4 else word


@dataclass(frozen=True)
class Batch:
    """Inputs of the model; boxes cxcywh [N,4] and positive tokens [N,T] of each image."""

    inputs: dict[str, Tensor]
    boxes: list[Tensor]
    tokens: list[Tensor]


def collate(examples: list[Example], processor: GroundingDinoProcessor, device: str) -> Batch:
    """Caption, tokenise and resize the examples as the processor does it at inference."""
    captions = [" . ".join(each.phrases) + " ." for each in examples]
    images = [each.image.copy() for each in examples]
    inputs = processor(images=images, text=captions, return_tensors="pt", padding=True)
    boxes, tokens = [], []
    for row, each in zip(inputs["input_ids"], examples, strict=True):
        phrase_of = phrase_of_token(row)
        maps = [(phrase_of == number).float() for number in range(len(each.phrases))]
        # A thing that several phrases name is one target, with the tokens of them all.
        every = torch.tensor(np.concatenate(each.boxes), dtype=torch.float32)
        once, which = every.unique(dim=0, return_inverse=True)
        named = torch.arange(len(maps)).repeat_interleave(torch.tensor([*map(len, each.boxes)]))
        positive = torch.zeros(len(once), len(row)).index_add(0, which, torch.stack(maps)[named])
        boxes.append(once.to(device))
        tokens.append(positive.clamp(max=1).to(device))
    return Batch({name: value.to(device) for name, value in inputs.items()}, boxes, tokens)


def losses(
    model: GroundingDinoForObjectDetection, batch: Batch, matcher: nn.Module
) -> dict[str, Tensor]:
    """The decoder's matched losses at each layer, and the encoder's dense ones."""
    out = model(**batch.inputs)
    shown = batch.inputs["attention_mask"].bool()  # [B,T]
    count = max(1, sum(len(boxes) for boxes in batch.boxes))
    zero = out.logits.new_zeros(())
    total = {"class": zero, "box": zero, "giou": zero}
    reference = out.init_reference_points
    for layer in range(model.config.decoder_layers):
        hidden = out.intermediate_hidden_states[:, layer]
        text, mask = out.encoder_last_hidden_state_text, batch.inputs["attention_mask"].bool()
        logits = model.class_embed[layer](hidden, text, mask)[..., : shown.shape[1]]
        delta = model.bbox_embed[layer](hidden)
        predicted = (delta + torch.special.logit(reference, eps=1e-5)).sigmoid()
        reference = out.intermediate_reference_points[:, layer]
        target = torch.zeros_like(logits)
        matched, wanted = [], []
        for image, (rows, columns) in enumerate(_match(matcher, logits, predicted, batch)):
            target[image, rows] = batch.tokens[image][columns]
            matched.append(predicted[image, rows])
            wanted.append(batch.boxes[image][columns])
        total["class"] = total["class"] + 2 * _focal(logits, target, shown) / count
        total["box"] = (
            total["box"] + 5 * (torch.cat(matched) - torch.cat(wanted)).abs().sum() / count
        )
        total["giou"] = (
            total["giou"] + 2 * _giou(torch.cat(matched), torch.cat(wanted)).sum() / count
        )
    dense, boxes = _dense(out, batch, shown)
    return {**total, "dense": dense, "dense_box": boxes}


@torch.no_grad()
def _match(
    matcher: nn.Module, logits: Tensor, boxes: Tensor, batch: Batch
) -> list[tuple[Tensor, Tensor]]:
    """Each image alone, so that no image's phrases can be taken for another's."""
    pairs = []
    for image, wanted in enumerate(batch.boxes):
        if not len(wanted):
            pairs.append((torch.empty(0, dtype=torch.long), torch.empty(0, dtype=torch.long)))
            continue
        outputs = {"logits": logits[image : image + 1].clamp(-50, 50),
                   "pred_boxes": boxes[image : image + 1],
                   "label_maps": (batch.tokens[image],)}  # fmt: skip
        labels = torch.arange(len(wanted), device=wanted.device)
        pairs += matcher(outputs, [{"class_labels": labels, "boxes": wanted}])
    return pairs


def _focal(logits: Tensor, target: Tensor, shown: Tensor) -> Tensor:
    """Focal loss over real tokens: logits and target [B,Q,T], shown [B,T]."""
    mask = shown[:, None].expand_as(logits)
    return sigmoid_focal_loss(logits[mask], target[mask], reduction="sum")


def _dense(out: Any, batch: Batch, shown: Tensor) -> tuple[Tensor, Tensor]:
    """Every position in the central half of a box, on the level of its size, answers for it."""
    height, width = batch.inputs["pixel_values"].shape[-2:]
    centres, strides = _grid(height, width, shown.device)
    logits = out.enc_outputs_class[..., : shown.shape[1]]
    coordinates = out.enc_outputs_coord_logits
    target = torch.zeros_like(logits)
    matched, wanted = [], []
    for image, boxes in enumerate(batch.boxes):
        if not len(boxes):
            continue
        pixels = boxes * boxes.new_tensor([width, height, width, height])
        size = (pixels[:, 2] * pixels[:, 3]).sqrt()
        level = torch.bucketize(size, size.new_tensor([28.0, 64.0]))
        stride = size.new_tensor(_STRIDES)[level]
        offset = (centres[:, None] - pixels[None, :, :2]).abs()  # [P,N,2]
        # The central half, but never less than the one cell that holds the centre.
        reach = torch.maximum(pixels[:, 2:] / 4, stride[:, None] * 0.501)
        inside = (offset <= reach).all(-1) & (strides[:, None] == stride[None])
        target[image] = (inside.float() @ batch.tokens[image]).clamp(max=1)
        # Where boxes lie within each other, the smallest is the one meant.
        area = torch.where(inside, size[None], torch.inf)
        best, which = area.min(dim=1)
        rows = torch.isfinite(best)
        matched.append(coordinates[image, rows].sigmoid())
        wanted.append(boxes[which[rows]])
    positives = max(1, sum(len(each) for each in wanted))
    dense = _focal(logits, target, shown) / max(1.0, float(target.sum()) / 2)
    if not wanted:
        return dense, coordinates.new_zeros(())
    difference = (torch.cat(matched) - torch.cat(wanted)).abs().sum()
    overlap = _giou(torch.cat(matched), torch.cat(wanted)).sum()
    return dense, (5 * difference + 2 * overlap) / positives


def _giou(predicted: Tensor, wanted: Tensor) -> Tensor:
    """1 - GIoU of boxes cxcywh [N,4], row by row: dense positives are too many for a matrix."""
    a, b = (box_convert(boxes, "cxcywh", "xyxy") for boxes in (predicted, wanted))
    inner = (torch.minimum(a[:, 2:], b[:, 2:]) - torch.maximum(a[:, :2], b[:, :2])).clamp(min=0)
    outer = torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])
    both, hull = inner.prod(1), outer.prod(1).clamp(min=1e-9)
    union = (predicted[:, 2:].prod(1) + wanted[:, 2:].prod(1) - both).clamp(min=1e-9)
    return 1 - both / union + (hull - union) / hull


def _grid(height: int, width: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """The centres [P,2] (x, y in pixels) and strides [P] of all positions, level after level."""
    centres, strides = [], []
    for stride in _STRIDES:
        ys = torch.arange(-(-height // stride), device=device) * stride + stride / 2
        xs = torch.arange(-(-width // stride), device=device) * stride + stride / 2
        grid = torch.stack(torch.meshgrid(xs, ys, indexing="xy"), dim=-1).reshape(-1, 2)
        centres.append(grid)
        strides.append(torch.full((len(grid),), float(stride), device=device))
    return torch.cat(centres), torch.cat(strides)


def main() -> None:
    settings = Settings.from_command_line(
        __doc__ or "", steps=7000, learning_rate=4e-4, out="runs/grounding-dino"
    )
    pool = make(settings.pool)
    folder = SAMPLES / DETECTOR.name
    model, processor = build(settings.out)
    if folder.exists() and not settings.fresh:
        model = GroundingDinoForObjectDetection.from_pretrained(folder, dtype=torch.float32)
    open_gates(model)
    model.to(settings.device).train()
    matcher = GroundingDinoHungarianMatcher(class_cost=2.0, bbox_cost=5.0, giou_cost=2.0)

    def step(number: int) -> dict[str, Tensor]:
        rng = np.random.default_rng((settings.seed, number))
        # Half precision is a fifth faster; the last third needs the finer boxes of the full one.
        coarse = number < 0.67 * settings.steps
        shares = _SHARES[0 if coarse else 1]
        kind = list(shares)[int(rng.choice(len(shares), p=list(shares.values())))]
        examples = [example(pool, rng, kind) for _ in range(BATCH)]
        batch = collate(examples, processor, settings.device)
        with torch.autocast(settings.device, torch.bfloat16, enabled=coarse):
            return losses(model, batch, matcher)

    average: Any = fit(model, settings, step)
    average.half().save_pretrained(folder)
    processor.save_pretrained(folder)
    write_card(folder, CARD)


if __name__ == "__main__":
    main()
