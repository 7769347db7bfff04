"""Trains the sample SAM.

    python -m prompt_edit.paperdoll.recipes.segmenter

Mostly on cuts of 128 pixels at the full resolution: with windowed attention and relative positions
only, the image encoder does not mind, and prompts keep the coordinates of the whole picture.

A box is given twice, as its corners and as a rough mask: so small a model does not learn in an hour
to find a place by coordinates alone. Its card says so (`box_mask`).

Method: Kirillov et al. 2023 (Segment Anything): the single mask is learnt from every prompt, of
the three others the best one, and the quality head learns their true IoU.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
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

from ...segment.sam import box_masks
from .loop import Settings, fit
from .pool import ScenePool, make

SIDE, CUT, PATCH = 256, 128, 4  # pixels: the model's picture, a training cut, an image token
BATCH, PROMPTS = 16, 4


def build() -> tuple[SamModel, SamProcessor]:
    """The untrained model and its processor."""
    vision = SamVisionConfig(
        hidden_size=64, output_channels=64, num_hidden_layers=4, num_attention_heads=2,
        image_size=SIDE, patch_size=PATCH, window_size=8, global_attn_indexes=[], mlp_dim=256,
        use_abs_pos=False, initializer_range=0.02, num_pos_feats=32, scale=1.0,
    )  # fmt: skip
    prompt = SamPromptEncoderConfig(hidden_size=64, image_size=SIDE, patch_size=PATCH)
    decoder = SamMaskDecoderConfig(
        hidden_size=64, mlp_dim=256, num_attention_heads=4, iou_head_hidden_dim=64
    )
    model = SamModel(SamConfig(vision_config=vision, prompt_encoder_config=prompt,
                               mask_decoder_config=decoder, initializer_range=0.02))  # fmt: skip
    for name, parameter in model.named_parameters():
        kept = ("embed", "token", "rel_pos")
        if parameter.dim() == 2 and not any(part in name for part in kept):
            nn.init.xavier_uniform_(parameter)
    for embedding in (model.mask_decoder.iou_token, model.mask_decoder.mask_tokens):
        nn.init.normal_(embedding.weight)
    size = {"height": SIDE, "width": SIDE}
    processor = SamImageProcessor(size={"longest_edge": SIDE}, pad_size=size, mask_pad_size=size,
                                  mask_size={"longest_edge": SIDE})  # fmt: skip
    return model, SamProcessor(processor)


Batch = tuple[Tensor, Tensor, Tensor, tuple[int, int]]


class Cuts:
    """Batches of pictures [B,3,S,S], true masks [B,P,S,S] and prompts in whole-picture pixels."""

    def __init__(self, pool: ScenePool, processor: SamProcessor, device: str) -> None:
        self.pool, self.device = pool, device
        image = processor.image_processor
        self.mean = torch.tensor(image.image_mean).view(3, 1, 1) * 255
        self.std = torch.tensor(image.image_std).view(3, 1, 1) * 255

    def draw(self, rng: np.random.Generator, side: int, batch: int) -> Batch:
        """Pictures, masks, boxes [B,P,4] in pixels of the whole picture, and the cut's (x, y)."""
        x, y = (int(v) for v in rng.integers((SIDE - side) // PATCH + 1, size=2) * PATCH)
        images, masks, boxes = [], [], []
        while len(images) < batch:
            index = int(rng.integers(len(self.pool)))
            cut = np.s_[y : y + side, x : x + side]
            image, parts = self.pool.images[index][cut], self.pool.parts[index][cut]
            if rng.random() < 0.5:
                image, parts = image[:, ::-1], parts[:, ::-1]
            image = _recoloured(np.asarray(image, dtype=np.float32), rng)
            shown = [np.isin(parts, each.parts) for each in self.pool.instances[index]]
            shown = [mask for mask in shown if mask.sum() >= 24]
            if not shown:
                continue
            picked = [shown[int(n)] for n in rng.integers(len(shown), size=PROMPTS)]
            images.append(torch.from_numpy(image.copy()).permute(2, 0, 1))
            masks.append(torch.from_numpy(np.stack(picked)))
            boxes.append(torch.stack([_box(mask, rng) for mask in picked]))
        pixels = (torch.stack(images) - self.mean) / self.std
        offset = torch.tensor([x, y, x, y], dtype=torch.float32)
        made = (pixels, torch.stack(masks).float(), torch.stack(boxes) + offset)
        whole = tuple(value.to(self.device) for value in made)
        return whole[0], whole[1], whole[2], (x, y)


def _recoloured(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A little brighter or darker, warmer or colder."""
    return np.clip(image * rng.uniform(0.85, 1.15) + rng.uniform(-12, 12, size=3), 0, 255).astype(
        np.float32
    )


def _box(mask: np.ndarray, rng: np.random.Generator) -> Tensor:
    """The mask's box, off by as much as a detector's boxes are."""
    ys, xs = np.nonzero(mask)
    box = np.array([xs.min(), ys.min(), xs.max() + 1, ys.max() + 1], dtype=np.float32)
    size = np.array([box[2] - box[0], box[3] - box[1]] * 2)
    box += rng.normal(size=4) * np.minimum(0.05 * size + 0.6, 5)
    return torch.from_numpy(box.astype(np.float32))


def encode(model: SamModel, pixels: Tensor) -> Tensor:
    """The image encoder on any size that its patches divide; [B,3,S,S] to [B,C,S/4,S/4]."""
    encoder = model.vision_encoder
    hidden = encoder.patch_embed.projection(pixels).permute(0, 2, 3, 1)
    for layer in encoder.layers:
        hidden = layer(hidden)
    return encoder.neck(hidden)


def losses(model: SamModel, cuts: Cuts, rng: np.random.Generator) -> dict[str, Tensor]:
    """One batch of boxes; each comes with itself, or sometimes a painted mask, as a rough mask."""
    whole = rng.random() < 0.2
    side, batch = (SIDE, BATCH // 4) if whole else (CUT, BATCH)
    pixels, masks, boxes, (x, y) = cuts.draw(rng, side, batch)
    tokens = side // PATCH
    # A rough mask belongs to one prompt: each prompt gets its own copy of the embedding.
    masks, boxes = (value.flatten(0, 1)[:, None] for value in (masks, boxes))
    rough = box_masks(boxes[:, 0], (SIDE, SIDE))[..., y : y + side, x : x + side]
    if rng.random() < 0.1:
        rough = _painted(masks, rng)
    embedding = encode(model, pixels).repeat_interleave(PROMPTS, 0)
    sparse, dense = model.prompt_encoder(None, None, boxes, rough)
    position = model.get_image_wide_positional_embeddings()
    row, column = y // PATCH, x // PATCH
    position = position[..., row : row + tokens, column : column + tokens]
    several = bool(rng.random() < 0.2)
    logits, quality = model.mask_decoder(embedding, position.expand(len(embedding), -1, -1, -1),
                                         sparse, dense, multimask_output=several)  # fmt: skip
    return _mask_losses(logits, quality, masks)


def _painted(masks: Tensor, rng: np.random.Generator) -> Tensor:
    """Logits of a mask as a hasty hand would paint it: shifted and blurred, [N,1,S,S]."""
    shift = [int(v) for v in rng.integers(-4, 5, size=2)]
    moved = torch.roll(masks, shift, dims=(-2, -1))
    return (F.avg_pool2d(moved, 9, 1, 4) - 0.5) * 16


def _mask_losses(logits: Tensor, quality: Tensor, masks: Tensor) -> dict[str, Tensor]:
    """The best mask's loss and the quality head's: logits [B,P,M,S,S], quality [B,P,M]."""
    target = masks[:, :, None].expand_as(logits)
    cross = F.binary_cross_entropy_with_logits(logits, target, reduction="none").mean((-1, -2))
    chance = logits.sigmoid()
    both = (chance * target).sum((-1, -2))
    dice = 1 - (2 * both + 1) / (chance.sum((-1, -2)) + target.sum((-1, -2)) + 1)
    best = (4 * cross + dice).min(dim=-1).values
    return {"mask": best.mean(), "quality": F.mse_loss(quality, _iou(logits, target).detach())}


def _iou(logits: Tensor, target: Tensor) -> Tensor:
    hard, target = logits > 0, target > 0.5
    return (hard & target).sum((-1, -2)) / (hard | target).sum((-1, -2)).clamp(min=1)


def main() -> None:
    settings = Settings.from_command_line(
        __doc__ or "", steps=1800, learning_rate=1e-3, out="runs/sam"
    )
    model, processor = build()
    model.to(settings.device).train()
    cuts = Cuts(make(settings.pool), processor, settings.device)
    average = fit(
        model,
        settings,
        lambda step: losses(model, cuts, np.random.default_rng((settings.seed, step))),
        report=lambda averaged, _: f"IoU {check(averaged, cuts):.4f}",
        every=200,
    )
    folder = Path(settings.out) / "model"
    average.half().save_pretrained(folder)
    processor.save_pretrained(folder)


@torch.no_grad()
def check(model: nn.Module, cuts: Cuts) -> float:
    """The mean IoU of the single mask for boxes on whole pictures."""
    pixels, masks, boxes, _ = cuts.draw(np.random.default_rng(0), SIDE, 12)
    masks, boxes = (value.flatten(0, 1)[:, None] for value in (masks, boxes))
    embedding = encode(model, pixels).repeat_interleave(PROMPTS, 0)  # type: ignore[arg-type]
    logits = model(image_embeddings=embedding, input_boxes=boxes, multimask_output=False,
                   input_masks=box_masks(boxes[:, 0], (SIDE, SIDE))).pred_masks  # fmt: skip
    return float(_iou(logits[:, :, 0], masks).mean())


if __name__ == "__main__":
    main()
