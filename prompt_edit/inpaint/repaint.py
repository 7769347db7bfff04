"""One edit of one picture: mask in, new pixels out, the rest untouched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor

from ..images import rgb
from ..plan import PICTURE, Edit
from ..segment.masks import feather, fitting, grow
from .control import Control
from .diffusion import Inpainter, OnPreview, OnStep
from .region import Region, match_colour, region_around, stitch
from .settings import AS_GIVEN, PAINT, Paint


@dataclass(frozen=True)
class Sampling:
    """How to paint: None means the model's own default.

    Attributes:
        seed: of the noise.
        steps: denoising steps.
        guidance_scale: classifier-free guidance.
        strength: 0..1, how much of the old picture is noised away; by default the operation's.
    """

    seed: int = 0
    steps: int | None = None
    guidance_scale: float | None = None
    strength: float | None = None


DEFAULT = Sampling()


@dataclass(frozen=True)
class Painted:
    """A picture [1,H,W,C], the opacity [H,W] of what is new in it, and where it was painted."""

    image: Tensor
    opacity: Tensor
    regions: tuple[Region, ...]


def repaint(
    painter: Inpainter,
    image: Tensor,
    mask: Tensor,
    edit: Edit,
    sampling: Sampling = DEFAULT,
    on_step: OnStep | None = None,
    on_preview: OnPreview | None = None,
    paint: Paint | None = None,
    controls: Sequence[Control] = (),
) -> Painted:
    """Paint what `mask` [H,W] covers in `image` [1,H,W,C] the way the edit's operation asks.

    Things that stand apart are painted one by one, each with the model's full resolution.
    `paint` overrules what the operation asks; `controls` are pictures of the whole to follow.
    """
    paint = paint or PAINT[edit.operation]
    hard = painted_mask(mask, paint)
    unit = max(hard.shape) / 1000
    opacity = feather(hard, paint.feather * unit)
    pieces, count = _pieces(hard, painter.native)
    regions = []
    for number in range(count):
        piece = (pieces == number + 1).to(hard)
        region = region_around(piece, painter.native, painter.multiple)
        picture = rgb(region.cut(image))
        hole = region.cut_mask(piece[None])
        patch = painter.paint(
            picture, hole, edit.prompt, edit.negative_prompt,
            seed=sampling.seed + number, steps=sampling.steps,
            guidance_scale=sampling.guidance_scale,
            strength=paint.strength if sampling.strength is None else sampling.strength,
            controls=[each.cut(region, *image.shape[1:3]) for each in controls],
            on_step=_counted(on_step, number, count), on_preview=on_preview,
        )  # fmt: skip
        patch = region.back(match_colour(patch, picture, hole))
        image = stitch(image, patch, (opacity * piece)[None], region)
        regions.append(region)
    return Painted(image, opacity, tuple(regions))


def repaint_each(
    painter: Inpainter,
    images: Tensor,
    masks: Tensor,
    edit: Edit | None,
    prompt: str = "",
    negative_prompt: str = "",
    sampling: Sampling = DEFAULT,
    on_step: OnStep | None = None,
    on_preview: OnPreview | None = None,
    controls: Sequence[Control] = (),
) -> tuple[Tensor, Tensor]:
    """`repaint` for each picture of a batch [B,H,W,C]; where a mask is empty nothing is done.

    Args:
        masks: float [B,H,W], or [1,H,W] for all pictures, in 0..1.
        edit: how to paint; without one, the masks are taken as they are.
        prompt, negative_prompt: overrule the edit's where they are not empty.
        controls: what to follow; one picture for all, or one a picture.

    Returns:
        The pictures [B,H,W,C], C = 4 for an extracted object, and the opacity [B,H,W] of what is
        new in them.

    Raises:
        ImageError: masks of another size or number.
    """
    images = images if images.shape[-1] > 1 else rgb(images)
    masks = fitting(masks, images)
    paint = None if edit else AS_GIVEN
    edit = edit or Edit(operation="remove", target=PICTURE)
    told = {"prompt": prompt.strip() or edit.prompt,
            "negative_prompt": negative_prompt.strip() or edit.negative_prompt}  # fmt: skip
    edit = edit.model_copy(update=told)
    pictures, opacities = [], []
    for number, (image, mask) in enumerate(zip(images, masks, strict=True)):
        counted = _counted(on_step, number, len(images))
        if edit.operation == "extract":  # where nothing was found, the whole picture
            cut = mask if mask.any() else torch.ones_like(mask)
            painted = Painted(cut_out(image[None], cut), torch.zeros_like(mask), ())
        elif (mask > 0.5).any():
            painted = repaint(
                painter, image[None], mask, edit, sampling, counted, on_preview, paint,
                [each.of_picture(number) for each in controls],
            )  # fmt: skip
        else:
            painted = Painted(image[None], torch.zeros_like(mask), ())
        pictures.append(painted.image)
        opacities.append(painted.opacity)
        if counted:
            counted(1, 1)
    return torch.cat(pictures), torch.stack(opacities)


def painted_mask(mask: Tensor, paint: Paint) -> Tensor:
    """The mask [H,W] that is repainted: the object's, grown as its operation needs; hard."""
    unit = max(mask.shape) / 1000
    return grow(mask, max(paint.grow * float(mask.sum()) ** 0.5, paint.least * unit))


def cut_out(image: Tensor, mask: Tensor) -> Tensor:
    """The masked object on transparency: float [1,H,W,4]."""
    alpha = mask[None, ..., None].to(image)
    if image.shape[-1] == 4:
        alpha = alpha * image[..., 3:]
    return torch.cat([image[..., :3], alpha], dim=-1)


def _counted(on_step: OnStep | None, number: int, count: int) -> OnStep | None:
    """The steps of one piece as steps of all of them."""
    if on_step is None:
        return None
    return lambda done, total: on_step(number * total + done, count * total)


def _pieces(hard: Tensor, native: int) -> tuple[Tensor, int]:
    """The mask's connected pieces; those that fit one region together stay together.

    Returns:
        For each pixel the number of its piece, int [H,W], from 1, 0 for none; and how many.
    """
    labels, count = ndimage.label(hard.numpy() > 0.5)
    groups = [
        ([number], (y.start, x.start, y.stop, x.stop))
        for number, (y, x) in enumerate(ndimage.find_objects(labels), start=1)
    ]
    merged = True
    while merged and len(groups) > 1:
        merged = False
        for i in range(len(groups)):
            for j in range(i + 1, len(groups)):
                box = _joined(groups[i][1], groups[j][1])
                largest = max(_side(groups[i][1]), _side(groups[j][1]), native // 2)
                if _side(box) <= 1.5 * largest:
                    groups[i] = (groups[i][0] + groups[j][0], box)
                    del groups[j]
                    merged = True
                    break
            if merged:
                break
    piece_of = np.zeros(count + 1, np.int32)
    for piece, (numbers, _) in enumerate(groups, start=1):
        piece_of[numbers] = piece
    return torch.from_numpy(piece_of[labels]), len(groups)


_Box = tuple[int, int, int, int]  # top, left, bottom, right


def _joined(a: _Box, b: _Box) -> _Box:
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])


def _side(box: _Box) -> int:
    return max(box[2] - box[0], box[3] - box[1])
