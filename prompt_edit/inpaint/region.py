"""The part of a picture that a model gets to see: cut out with context, and put back exactly."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from .. import given
from ..errors import ImageError, require, shown
from ..images import check_form, check_pictures, resized, rgb
from ..masks import fitting
from ..segment.masks import feather
from ..segment.spots import Box, spot_of


@dataclass(frozen=True)
class Region:
    """A box of a picture, and the size at which a model works on it.

    Attributes:
        x, y, width, height: the box in pixels of the picture, always inside it.
        work: (height, width) in pixels, multiples of what the model needs.
    """

    x: int
    y: int
    width: int
    height: int
    work: tuple[int, int]

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns of the box."""
        return slice(self.y, self.y + self.height), slice(self.x, self.x + self.width)

    @property
    def box(self) -> Box:
        """Its sides in the picture."""
        return self.y, self.x, self.y + self.height, self.x + self.width

    def cut(self, image: Tensor) -> Tensor:
        """The box of an image [B,H,W,C] at working size: float32. Nothing else of it is read."""
        rows, columns = self.slices
        self._require_inside(check_form(image))
        part = check_pictures(image[:, rows, columns]).float()
        # One pixel below 0, as scalers leave it, and diffusers would take all for -1..1.
        return resized(part, self.work, "bicubic").clamp(0, 1)

    def cut_mask(self, mask: Tensor) -> Tensor:
        """The box of a mask [B,H,W] at working size, hard; what is thin stays, as a thin line."""
        rows, columns = self.slices
        mask = given.masks(mask)
        self._require_inside(mask)
        return self.shrunk(mask[:, rows, columns] > 0.5)

    def shrunk(self, hard: Tensor) -> Tensor:
        """A hard mask of the box, bool [B,h,w], as `cut_mask` gives it."""
        small = resized(hard[..., None].float(), self.work, "bicubic")[..., 0]
        shrinks = self.work[0] < self.height or self.work[1] < self.width
        return (small > (0.05 if shrinks else 0.5)).float()

    def back(self, patch: Tensor) -> Tensor:
        """A patch [B,h,w,C] at working size, at the size of the box."""
        return resized(check_pictures(patch), (self.height, self.width), "bicubic")

    def _require_inside(self, pixels: Tensor) -> None:
        high, wide = pixels.shape[1:3]
        if self.y + self.height > high or self.x + self.width > wide:
            raise ImageError(
                f"Take the picture that the region was made for: this one is {wide} x {high}"
                " pixels, and the region lies beside it."
            )


def region_around(mask: Tensor, native: int, multiple: int, context: float = 1.4) -> Region:
    """A region that holds the mask [H,W] with context, near a square, inside the picture.

    Args:
        mask: float [H,W]; must not be empty.
        native, multiple, context: as `region_of` takes them.

    Raises:
        ImageError: no mask, an empty one, or sizes that nothing can be cut to.
    """
    mask = given.mask(mask)
    _require_sizes(native, multiple, context)
    rows = mask.amax(dim=1).nonzero()[:, 0]
    columns = mask.amax(dim=0).nonzero()[:, 0]
    if not len(rows):
        raise ImageError("Paint a mask first: an empty one has no region.")
    box = int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1
    return region_of(box, (mask.shape[0], mask.shape[1]), native, multiple, context)


def region_of(
    box: Box, size: tuple[int, int], native: int, multiple: int, context: float = 1.4,
    by_area: bool = False,
) -> Region:  # fmt: skip
    """A region that holds a box with context, near a square, inside a picture.

    Args:
        size: height and width of the picture.
        native: the side in pixels that the model was trained on. The region's longer side becomes
            this. What is small there has three times its own side around it, so that it is painted
            in detail and the model still sees where it is; it is enlarged fourfold at most, where
            the picture is large enough.
        multiple: what both working sides must be divisible by.
        context: the region's side over the box's longer side.
        by_area: a region that is no square has a square's pixels, as models were trained on: its
            longer side becomes more than the native one, by half at most.
    """
    top, left, bottom, right = box
    longest = max(bottom - top, right - left)
    seen = min(max(longest * _AROUND, native / _MOST_LARGER), native * _MOST_SEEN)
    side = round(max(longest * context + 8, seen))
    y, region_height = _fit(top, bottom, side, size[0])
    x, region_width = _fit(left, right, side, size[1])
    longer = max(region_height, region_width)
    scale = native / longer
    if by_area:
        scale = min(native / math.sqrt(region_height * region_width), _LONGEST * scale)
    work = tuple(max(multiple, round(length * scale / multiple) * multiple)
                 for length in (region_height, region_width))  # fmt: skip
    return Region(x, y, region_width, region_height, (work[0], work[1]))


_LONGEST = 1.5  # native sides
_AROUND = 3  # sides of a small thing
_MOST_LARGER = 4
_MOST_SEEN = 0.75  # of the native side, beyond what the context asks for


def _require_sizes(size: Any, multiple: Any, context: Any) -> None:
    values = size, multiple, context
    if not all(given.is_number(value) and value >= 1 for value in values):
        raise ImageError(
            "Crop with a size, a multiple and a context of at least 1, not"
            f" {', '.join(shown(value, 20) for value in values)}."
        )


def _fit(low: int, high: int, side: int, limit: int) -> tuple[int, int]:
    """Start and length of an interval of `side` about low..high, moved and cut to 0..limit."""
    side = min(max(side, high - low), limit)
    start = round((low + high - side) / 2)
    return min(max(start, 0), limit - side), side


def stitch(image: Tensor, patch: Tensor, mask: Tensor, region: Region) -> Tensor:
    """Lay a patch over a picture through a mask; where the mask is 0 the picture is untouched.

    Args:
        image: float [1,H,W,C]; alpha, if any, stays the picture's own.
        patch: float [1,h,w,3] at the region's box size.
        mask: float [1,H,W] in 0..1, the opacity of the patch.

    Returns:
        [1,H,W,C] of the image's type of numbers; bit-identical to `image` outside the mask.

    Raises:
        ImageError: a picture, patch or mask that is none, or of another size.
    """
    require(region, Region, "The region")
    image, patch = check_form(image, "[1,H,W,C]"), check_form(patch, "[1,H,W,C]")
    mask = given.masks(mask)
    region._require_inside(image)
    if mask.shape != image.shape[:3] or patch.shape[1:3] != (region.height, region.width):
        raise ImageError("Take a mask of the picture's size, and a patch of the region's.")
    result = image.clone()
    rows, columns = region.slices
    lay(result, patch, mask[0, rows, columns], region.box)
    return result


def lay(image: Tensor, patch: Tensor, opacity: Tensor, box: Box) -> None:
    """Write a patch into a box of a picture [1,H,W,C]; where the opacity is 0 nothing is written.

    Args:
        patch: float [1,h,w,3]; opacity: float [h,w] in 0..1, both of the box's size.

    Raises:
        ImageError: a patch whose numbers are none, or in another range.
    """
    if (spot := spot_of(opacity.sign())) is None:
        return
    top, left, bottom, right = spot.box
    patch = check_pictures(patch)[:, top:bottom, left:right].to(image.device, torch.float32)
    alpha = opacity[top:bottom, left:right, None].to(image.device)
    old = image[:, box[0] + top : box[0] + bottom, box[1] + left : box[1] + right, :3]
    blend = (patch - old).mul_(alpha).add_(old)
    old.copy_(torch.where(alpha > 0, blend.to(old.dtype), old))


@dataclass(frozen=True)
class Crop:
    """The surroundings of masks in a batch, on their way to a sampler and back.

    Attributes:
        images: float [B,H,W,C], the whole pictures.
        masks: float [B,H,W] in 0..1.
        regions: one a picture, all with the same working size.
    """

    images: Tensor
    masks: Tensor
    regions: tuple[Region, ...]

    def cuts(self) -> tuple[Tensor, Tensor]:
        """The cut pictures [B,h,w,3] and their hard masks [B,h,w]."""
        pictures = [rgb(region.cut(image[None]))
                    for region, image in zip(self.regions, self.images, strict=True)]  # fmt: skip
        masks = [region.cut_mask(mask[None])
                 for region, mask in zip(self.regions, self.masks, strict=True)]  # fmt: skip
        return torch.cat(pictures), torch.cat(masks)


def crop(images: Tensor, masks: Tensor, size: int, multiple: int, context: float) -> Crop:
    """Cut the surroundings of each mask out; of an empty mask, as much of the picture as fits.

    Args:
        images: float [B,H,W,C]; masks: as `masks.fitting` takes them.
        size: the longer working side, in pixels. All pictures get one working size, and regions of
            its proportions, where the picture has room for them.
        multiple, context: as `region_around` takes them.

    Raises:
        ImageError: pictures or masks that are none, masks of other proportions or another number,
            and sizes that nothing can be cut to.
    """
    images = check_pictures(images)
    _require_sizes(size, multiple, context)
    images = images if images.shape[-1] > 1 else rgb(images)
    masks = fitting(masks, images)
    held = (masks.shape[1], masks.shape[2])
    whole = region_around(torch.ones(held), size, multiple, context)
    hard = (masks > 0.5).float()
    regions = [region_around(each, size, multiple, context) if each.any() else None
               for each in hard]  # fmt: skip
    longest = max((each for each in regions if each), key=_oblong, default=whole)
    return Crop(images, masks, tuple(_shaped(each or whole, longest, held, not each)
                                     for each in regions))  # fmt: skip


def _oblong(region: Region) -> float:
    return abs(math.log(region.height / region.width))


def _shaped(region: Region, like: Region, size: tuple[int, int], cut: bool) -> Region:
    """A region with the proportions of another and its working size: a larger one, or, where it may
    be `cut`, one that the picture has room for."""
    aspect = like.height / like.width
    height = max(region.height, round(region.width * aspect))
    if cut:
        height = min(size[0], round(size[1] * aspect))
    width = round(height / aspect)
    if height > size[0] or width > size[1]:
        return replace(region, work=like.work)
    y, height = _about(region.y, region.height, height, size[0])
    x, width = _about(region.x, region.width, width, size[1])
    return Region(x, y, width, height, like.work)


def _about(start: int, length: int, wanted: int, limit: int) -> tuple[int, int]:
    """Start and length of an interval of the wanted length about another, inside 0..limit."""
    start = round(start + (length - wanted) / 2)
    return min(max(start, 0), limit - wanted), wanted


def uncrop(cut: Crop, patches: Tensor, feathered: float, matched: bool = True) -> Tensor:
    """Lay edited cuts [N,h,w,C], of any size of their proportions, back: [N,H,W,C] of the whole
    pictures' type.

    N is the number of pictures, or any number where there is one picture: variants of it.

    Raises:
        ImageError: another number of cuts, cuts of other proportions than they were made with, or
            no pictures.
    """
    require(cut, Crop, "The cut")
    patches = check_pictures(patches)
    if not (given.is_number(feathered) and feathered >= 0):
        raise ImageError(f"Feather by 0 pixels or more, not by {shown(feathered)}.")
    matched = given.flag(matched, "Matching the colours")
    count = len(cut.images)
    if len(patches) != count and count != 1:
        raise ImageError(
            f"Connect as many cuts as pictures were cut: {len(patches)} came back of {count}."
            " One picture may have several variants."
        )
    _require_proportions(patches, cut.regions[0].work)
    originals, holes = cut.cuts()
    results = []
    for number, patch in enumerate(rgb(patches).split(1)):
        row = number % count
        region = cut.regions[row]
        patch = patch.to(cut.images.device, torch.float32)
        if matched:  # told at the size of the cut; the patch keeps its own, which may be finer
            small = resized(patch, region.work, "bicubic")
            shift = colour_shift(small, originals[row][None], holes[row][None])
            patch = (patch + shift).clamp_(0, 1)
        opacity = feather(cut.masks[row], feathered)
        results.append(stitch(cut.images[row][None], region.back(patch), opacity[None], region))
    return torch.cat(results)


def alike(size: tuple[int, int], own: tuple[int, int]) -> bool:
    """Whether one size (height, width) has the proportions of another but for what rounding to a
    model's sides comes to: a small share, or, of what is as large as models paint, half a step of
    64 pixels a side, which is more where a picture is long and thin."""
    (high, wide), (height, width) = size, own
    if abs(math.log(high * width / (wide * height))) <= _ASPECT:
        return True
    least = max((high - _STEP / 2) / height, (wide - _STEP / 2) / width)
    most = min((high + _STEP / 2) / height, (wide + _STEP / 2) / width)
    return max(size) >= _PAINTED and least <= most  # one scale gives both sides


_ASPECT = 0.12  # in logarithms
_STEP = 64
_PAINTED = 512


def _require_proportions(patches: Tensor, work: tuple[int, int]) -> None:
    """Raise `ImageError` for cuts [N,h,w,C] of other proportions: whether they were squeezed, which
    laying them back undoes, or cropped, can't be told."""
    (high, wide), (height, width) = patches.shape[1:3], work
    if not alike((high, wide), work):
        raise ImageError(
            f"Give the cut back in its proportions: it is {wide} x {high} pixels, and was cut at"
            f" {width} x {height}."
        )


def match_colour(patch: Tensor, original: Tensor, mask: Tensor) -> Tensor:
    """Shift a patch's colours so that, outside the mask, it agrees with the original.

    Arguments and errors are those of `colour_shift`.
    """
    return (patch + colour_shift(patch, original, mask)).clamp_(0, 1)


def colour_shift(patch: Tensor, original: Tensor, mask: Tensor) -> Tensor:
    """By how much a patch's colours lie off the original's outside the mask: float [3].

    A model's autoencoder shifts all colours a little; what it did to the pixels that it should
    have kept (around the mask) tells by how much. Those beside the mask may be new, too, where a
    model paints whole cells; they tell where there are no others. A painter that reaches further
    tells where (`reached`, see `Painter`). What differs by more is new, and shifts nothing.

    Args:
        patch, original: float [1,h,w,3]; mask: float [1,h,w], 1 where the patch is new.

    Raises:
        ImageError: pictures or a mask that are none, or of different sizes.
    """
    patch, original = (check_pictures(each, "[1,H,W,C]", (3,)) for each in (patch, original))
    mask = given.masks(mask)
    if not patch.shape[:3] == original.shape[:3] == mask.shape:
        raise ImageError("Take a patch, an original and a mask of one size.")
    step = max(1, min(mask.shape[1:]) // _JUDGED)
    some, true, new = (each[:, ::step, ::step] for each in (patch, original, mask >= 0.5))
    reach = math.ceil(_CELL / step)
    far = _near(new, reach) == 0
    known = far if far.sum() >= _MANY else ~new
    none = torch.zeros(3, device=patch.device)
    if known.sum() < 16:
        return none
    off = (true - some)[known].T.contiguous()  # [3,N]
    shift = off.median(dim=1).values
    return none if shift.abs().max() > _MOST_SHIFT else shift


def _near(mask: Tensor, reach: int) -> Tensor:
    """Float [1,h,w], 1 in the squares of `reach` pixels about each of a mask: by columns, then by
    rows, which takes a fraction of the time of squares."""
    columns = F.max_pool2d(mask[:, None].float(), (2 * reach + 1, 1), 1, (reach, 0))
    return F.max_pool2d(columns, (1, 2 * reach + 1), 1, (0, reach))[:, 0]


_JUDGED = 256  # pixels a side: as many tell the shift of colours as all do
_CELL = 16  # two cells of most models: what is painted beyond a hard mask is nearer to it
_MANY = 256  # such pixels are enough
_MOST_SHIFT = 0.15  # no autoencoder shifts colours further
