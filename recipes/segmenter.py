"""Trains the sample SAM.

    python -m recipes.segmenter

A box or a point is given twice, as coordinates and drawn as a rough mask: so small a model does not
learn in an hour to find a place by coordinates alone. Its card says so (`drawn`). For the same
reason a head that is thrown away afterwards teaches the image encoder what kind of thing stands at
each place.

Method: Kirillov et al. 2023 (Segment Anything): of several masks the best one learns, and the
quality head learns their true IoU.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from scipy import ndimage
from torch import Tensor, nn
from transformers import (
    SamConfig,
    SamImageProcessor,
    SamMaskDecoderConfig,
    SamModel,
    SamProcessor,
    SamPromptEncoderConfig,
    SamVisionConfig,
)

from prompt_edit.models.card import Card, write_card
from prompt_edit.models.store import SAMPLES, SEGMENTER
from prompt_edit.paperdoll.draw import Instance
from prompt_edit.paperdoll.scene import BOTTOMS, OBJECTS, PEOPLE, TOPS
from prompt_edit.segment.drawn import box_masks, with_points

from .loop import Settings, fit
from .pool import ScenePool, make

SIDE, PATCH, WIDTH = 256, 8, 64  # pixels of a picture and of an image token; channels
BATCH, PROMPTS = 8, 12
CARD = Card(sample=True, drawn=True)
KINDS = ("", *PEOPLE, "hair", *TOPS, *BOTTOMS, "hat", "bag", "shoes", *OBJECTS)


class Trained(nn.Module):
    """SAM, and the head that only its training needs: the kind of thing at twice the token grid."""

    def __init__(self, sam: SamModel) -> None:
        super().__init__()
        self.sam = sam
        self.kinds = nn.Sequential(nn.Conv2d(WIDTH, 4 * len(KINDS), 1), nn.PixelShuffle(2))


def build() -> tuple[SamModel, SamProcessor]:
    """The untrained model and its processor."""
    vision = SamVisionConfig(
        hidden_size=WIDTH, output_channels=WIDTH, num_hidden_layers=8, num_attention_heads=2,
        image_size=SIDE, patch_size=PATCH, window_size=8, global_attn_indexes=[2, 5, 7],
        mlp_dim=4 * WIDTH, initializer_range=0.02, num_pos_feats=WIDTH // 2, scale=1.0,
    )  # fmt: skip
    prompt = SamPromptEncoderConfig(hidden_size=WIDTH, image_size=SIDE, patch_size=PATCH)
    decoder = SamMaskDecoderConfig(
        hidden_size=WIDTH, mlp_dim=4 * WIDTH, num_attention_heads=4, iou_head_hidden_dim=WIDTH
    )
    config = SamConfig(
        vision_config=vision,
        prompt_encoder_config=prompt,
        mask_decoder_config=decoder,
        initializer_range=0.02,
    )
    model = SamModel(config)
    for name, parameter in model.named_parameters():
        kept = ("embed", "token", "rel_pos")
        if parameter.dim() == 2 and not any(part in name for part in kept):
            nn.init.xavier_uniform_(parameter)
    nn.init.xavier_uniform_(model.vision_encoder.patch_embed.projection.weight.flatten(1))
    nn.init.normal_(model.vision_encoder.pos_embed, std=0.1)
    for embedding in (model.mask_decoder.iou_token, model.mask_decoder.mask_tokens):
        nn.init.normal_(embedding.weight)
    size = {"height": SIDE, "width": SIDE}
    mask_side = SIDE * 4 // PATCH
    processor = SamImageProcessor(
        size={"longest_edge": SIDE},
        pad_size=size,
        mask_size={"longest_edge": mask_side},
        mask_pad_size={"height": mask_side, "width": mask_side},
    )
    return model, SamProcessor(processor)


Batch = tuple[Tensor, Tensor, Tensor, Tensor]


class Prompts:
    """Batches: pictures [B,3,S,S], true masks [B,P,S,S], boxes [B,P,4], kinds long [B,64,64]."""

    def __init__(self, pool: ScenePool, processor: SamProcessor, device: str) -> None:
        self.pool, self.device = pool, device
        image = processor.image_processor
        self.mean = torch.tensor(image.image_mean).view(3, 1, 1) * 255
        self.std = torch.tensor(image.image_std).view(3, 1, 1) * 255

    def draw(self, rng: np.random.Generator, batch: int = BATCH, people: bool = True) -> Batch:
        """A batch of scenes, mirrored and recoloured at random, each with a few of its things,
        whole people among them or not."""
        images: list[Tensor] = []
        masks: list[Tensor] = []
        boxes: list[Tensor] = []
        kinds: list[Tensor] = []
        while len(images) < batch:
            index = int(rng.integers(len(self.pool)))
            image, parts = self.pool.images[index], self.pool.parts[index]
            instances = [each for each in self.pool.instances[index]
                         if each.clear and (people or each.item.kind not in PEOPLE)]  # fmt: skip
            if not instances:
                continue
            if rng.random() < 0.5:
                image, parts = image[:, ::-1], parts[:, ::-1]
            picked = _picked(instances, rng)
            hard = [np.isin(parts, each.parts) for each in picked]
            kind_of = np.zeros(256, dtype=np.int64)
            for each in self.pool.instances[index]:  # people first, so that what they wear wins
                kind_of[list(each.parts)] = KINDS.index(each.item.kind)
            images.append(_recoloured(image, rng))
            masks.append(torch.from_numpy(np.stack(hard)))
            boxes.append(torch.stack([_box(mask, rng) for mask in hard]))
            kinds.append(torch.from_numpy(kind_of[parts[2::4, 2::4]]))
        pixels = (torch.stack(images) - self.mean) / self.std
        tensors = (pixels, torch.stack(masks).float(), torch.stack(boxes), torch.stack(kinds))
        return tuple(value.to(self.device) for value in tensors)  # type: ignore[return-value]


# What is hard to cut is asked for more often: what lies within the box of something else.
_HARD = {"jacket": 4.0, "shirt": 3.0, "hair": 3.0, "house": 2.0, "tree": 2.0, "dog": 2.0}


def _picked(instances: list[Instance], rng: np.random.Generator) -> list[Instance]:
    weights = np.array([_HARD.get(each.item.kind, 1.0) for each in instances])
    chosen = rng.choice(len(instances), size=PROMPTS, p=weights / weights.sum())
    return [instances[int(n)] for n in chosen]


def _recoloured(image: np.ndarray, rng: np.random.Generator) -> Tensor:
    """A little brighter or darker, warmer or colder: [3,S,S] in 0..255."""
    changed = np.asarray(image, dtype=np.float32) * rng.uniform(0.85, 1.15)
    changed += rng.uniform(-12, 12, size=3).astype(np.float32)
    return torch.from_numpy(changed.clip(0, 255)).permute(2, 0, 1)


def _box(mask: np.ndarray, rng: np.random.Generator) -> Tensor:
    """The mask's box, off by as much as a detector's boxes are."""
    ys, xs = np.nonzero(mask)
    box = np.array([xs.min(), ys.min(), xs.max() + 1, ys.max() + 1], dtype=np.float32)
    size = np.array([box[2] - box[0], box[3] - box[1]] * 2)
    box += rng.normal(size=4) * np.minimum(0.05 * size + 0.6, 5)
    return torch.from_numpy(box.astype(np.float32))


def losses(model: Trained, prompts: Prompts, rng: np.random.Generator) -> dict[str, Tensor]:
    """One batch: of boxes that come drawn too, of painted masks in their boxes, or of points."""
    kind = str(rng.choice(["box", "painted", "points"], p=[0.4, 0.1, 0.5]))
    # Whoever points at a shirt means the shirt, not the one who wears it.
    pixels, masks, boxes, kinds = prompts.draw(rng, people=kind != "points")
    # A rough mask belongs to one prompt: each prompt gets its own copy of the embedding.
    masks, boxes = (value.flatten(0, 1)[:, None] for value in (masks, boxes))
    asked = _asked(kind, masks, boxes, rng)
    several = rng.random() < (0.7 if kind == "points" else 0.2)
    encoded = model.sam.vision_encoder(pixels).last_hidden_state
    out = model.sam(
        image_embeddings=encoded.repeat_interleave(PROMPTS, 0),
        **asked,
        multimask_output=bool(several),
    )
    kinds_loss = F.cross_entropy(model.kinds(encoded), kinds, weight=_kind_weights(kinds))
    logits = out.pred_masks[:, 0]  # [N,M,S/2,S/2], judged at the picture's own size
    logits = F.interpolate(logits, scale_factor=PATCH / 4, mode="bilinear")[:, None]
    return {**_mask_losses(logits, out.iou_scores, masks), "kind": kinds_loss}


def _kind_weights(kinds: Tensor) -> Tensor:
    """Rare kinds count more [K]: nine tokens of ten show none, and one in a hundred a jacket."""
    return (kinds.numel() / kinds.flatten().bincount(minlength=len(KINDS)).clamp(min=64)).sqrt()


def _asked(kind: str, masks: Tensor, boxes: Tensor, rng: np.random.Generator) -> dict[str, Tensor]:
    """What is asked by, for true masks [N,1,S,S] and their boxes [N,1,4]."""
    if kind == "points":
        side = SIDE * 4 // PATCH
        open_mask = torch.zeros(len(masks), 1, side, side, device=masks.device)
        return _pointed({"input_masks": open_mask}, masks, rng, inside=int(rng.integers(1, 4)))
    rough = _box_prompts(boxes) if kind == "box" else _painted(masks, rng)
    asked = {"input_boxes": boxes, "input_masks": rough}
    return _pointed(asked, masks, rng, inside=0) if rng.random() < 0.1 else asked


def _pointed(
    asked: dict[str, Tensor], masks: Tensor, rng: np.random.Generator, inside: int
) -> dict[str, Tensor]:
    """With points: some inside, the first of them deep, and often one beside the thing."""
    points, labels = [], []
    for mask in masks[:, 0].cpu().numpy() > 0.5:
        depth = ndimage.distance_transform_edt(mask)
        deep = _some(depth >= 0.7 * depth.max(), 1, rng)
        shallow = _some(depth >= min(2, depth.max()), inside, rng)
        away = ndimage.distance_transform_edt(~mask)
        beside = _some((away >= 2) & (away < max(24, away.min() + 3)), 1, rng)
        points.append(np.concatenate([deep, shallow])[:inside].tolist() + beside.tolist())
        labels.append([1] * inside + [0 if not inside or rng.random() < 0.4 else -1])
    xy = torch.tensor(points, dtype=torch.float32, device=masks.device)
    point_labels = torch.tensor(labels, device=masks.device)
    drawn = with_points(asked["input_masks"], xy * 4 / PATCH, point_labels)
    return {**asked, "input_masks": drawn, "input_points": xy[:, None],
            "input_labels": point_labels[:, None]}  # fmt: skip


def _some(where: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """The middles of pixels that are True, drawn at random: xy [count,2]."""
    ys, xs = np.nonzero(where)
    picked = rng.integers(len(ys), size=count)
    return np.stack([xs[picked], ys[picked]], axis=1) + 0.5


def _box_prompts(boxes: Tensor) -> Tensor:
    """Boxes [N,1,4] as rough masks at the size that the prompt encoder takes."""
    side = SIDE * 4 // PATCH
    return box_masks(boxes[:, 0] * 4 / PATCH, (side, side))


def _painted(masks: Tensor, rng: np.random.Generator) -> Tensor:
    """Logits of a mask as a hasty hand would paint it: shifted and blurred."""
    shift = [int(v) for v in rng.integers(-4, 5, size=2)]
    moved = F.avg_pool2d(torch.roll(masks, shift, dims=(-2, -1)), PATCH // 4)
    return (F.avg_pool2d(moved, 5, 1, 2) - 0.5) * 16


def _mask_losses(logits: Tensor, quality: Tensor, masks: Tensor) -> dict[str, Tensor]:
    """The best mask's loss and the quality head's: logits [N,1,M,S,S], quality [N,1,M]."""
    target = masks[:, :, None].expand_as(logits)
    cross = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    # Averaged over the thing's own size, so that small things count like large ones.
    cross = cross.sum((-1, -2)) / (2 * target.sum((-1, -2)) + 20)
    chance = logits.sigmoid()
    both = (chance * target).sum((-1, -2))
    dice = 1 - (2 * both + 1) / (chance.sum((-1, -2)) + target.sum((-1, -2)) + 1)
    best = (cross + dice).min(dim=-1).values
    return {"mask": best.mean(), "quality": F.mse_loss(quality, _iou(logits, target).detach())}


def _iou(logits: Tensor, target: Tensor) -> Tensor:
    hard, target = logits > 0, target > 0.5
    return (hard & target).sum((-1, -2)) / (hard | target).sum((-1, -2)).clamp(min=1)


def main() -> None:
    settings = Settings.from_command_line(
        __doc__ or "", steps=2600, learning_rate=1e-3, out="runs/sam"
    )
    folder = SAMPLES / SEGMENTER.name
    sam, processor = build()
    if folder.exists() and not settings.fresh:
        sam = SamModel.from_pretrained(folder, dtype=torch.float32)
    model = Trained(sam).to(settings.device).train()
    prompts = Prompts(make(settings.pool), processor, settings.device)
    average: Any = fit(
        model,
        settings,
        lambda step: losses(model, prompts, np.random.default_rng((settings.seed, step))),
        report=lambda averaged, _: f"IoU {check(averaged, prompts):.4f}",
        every=200,
    )
    average.sam.half().save_pretrained(folder)
    processor.save_pretrained(folder)
    write_card(folder, CARD)


@torch.no_grad()
def check(model: Any, prompts: Prompts) -> float:
    """The mean IoU of the single mask for boxes."""
    pixels, masks, boxes, _ = prompts.draw(np.random.default_rng(0), 12)
    masks, boxes = (value.flatten(0, 1)[:, None] for value in (masks, boxes))
    embedding = model.sam.vision_encoder(pixels).last_hidden_state
    out = model.sam(
        image_embeddings=embedding.repeat_interleave(PROMPTS, 0),
        input_boxes=boxes,
        input_masks=_box_prompts(boxes),
        multimask_output=False,
    )
    logits = F.interpolate(out.pred_masks[:, 0], (SIDE, SIDE), mode="bilinear")
    return float(_iou(logits[:, 0], masks[:, 0]).mean())


if __name__ == "__main__":
    main()
