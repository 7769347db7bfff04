"""SAM: boxes, points and rough masks to masks (Kirillov et al. 2023, and what came of it)."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torchvision.ops import masks_to_boxes

from .. import given
from ..errors import ImageError, ModelError, shown
from ..images import check_pictures, rgb, to_array
from ..models.card import Card, read_card
from ..models.device import at_once, best_device
from ..models.loaded import Loaded
from ..models.recent import Recent, fingerprint
from .checkpoint import load_checkpoint
from .drawn import CERTAINTY, box_masks, with_points
from .families import load_family
from .masks import spots_from_logits
from .network import Network, Prompts
from .spots import Spot


class Sam(Loaded):
    """A segmenter that encodes a picture once, then answers any number of prompts.

    Attributes:
        network: the model and how it is asked.
        model: the library's object.
        card: its settings.
    """

    def __init__(self, network: Network, card: Card) -> None:
        self.network, self.model, self.card = network, network.model, card
        self._embeddings: Recent[str, list[Tensor]] = Recent()
        self._masks: Recent[str, list[Spot | None]] = Recent()
        self._one_by_one = RLock()  # threads: what is recalled, the library's model too, is shared

    @classmethod
    def load(
        cls,
        path: str | Path,
        device: torch.device | None = None,
        dtype: torch.dtype | None = None,
    ) -> Sam:
        """Load a Hugging Face directory of any SAM family, or an original checkpoint of one file.

        Args:
            path: the directory (SAM, SAM-HQ, SAM 2 or SAM 3), or a `.pth`, `.pt` or `.safetensors`
                file as SAM, SAM-HQ, SAM 2 and SAM 2.1 were first published in.
            device, dtype: the best for this machine by default; a device by its name, too.

        Raises:
            ModelError: the model is missing, broken or of another architecture.
        """
        path, device = _place(path, device)
        dtype = dtype or cls.default_dtype(device)
        if path.is_file():
            return cls(load_checkpoint(path, device, dtype), read_card(path.parent))
        return cls(load_family(path, device, dtype), read_card(path))

    @torch.inference_mode()
    def segment(
        self,
        image: Tensor,
        boxes: Tensor | None = None,
        points: Tensor | None = None,
        labels: Tensor | None = None,
        rough: Tensor | None = None,
    ) -> Tensor:
        """One mask each for N boxes, sets of points or rough masks, or for several of these.

        Points alone can mean a thing or a part of it: of the masks that the model makes of them,
        the one with the best predicted quality is taken.

        Args:
            image: float [H,W,C] in 0..1; alpha is ignored.
            boxes: float [N,4], xyxy in pixels; cut to the picture. One without an area in it
                gives an empty mask.
            points: float [N,P,2], xy in pixels.
            labels: int [N,P]: 1 for a point inside, 0 for one outside, -1 for none (where sets
                differ in length). By default all are inside.
            rough: float [N,H,W] in 0..1. An empty one gives an empty mask. Without boxes, those
                around the rough masks are taken.

        Returns:
            Hard masks, float [N,H,W] of 0 and 1, on the CPU.

        Raises:
            ImageError: a picture or a prompt that is none, or that does not fit the others.
            ModelError: the model answers with numbers that are none.
        """
        image = check_pictures(image, "[H,W,C]").float()
        size = (int(image.shape[0]), int(image.shape[1]))
        boxes = None if boxes is None else given.boxes(boxes)
        points, labels = (None, None) if points is None else given.points(points, labels, size)
        rough = None if rough is None else given.rough(rough, size)
        count = _agreed(boxes, points, rough)
        there = torch.ones(count, dtype=torch.bool)
        if boxes is not None:
            boxes, there = given.within(boxes, size)
        elif rough is not None:
            there = (rough > 0.5).flatten(1).any(dim=1)
        asked = {"boxes": boxes, "points": points, "labels": labels, "rough": rough}
        if count and there.all():
            return self._answer(image, **asked)
        masks = torch.zeros(count, *size)
        if there.any():
            kept = {name: each if each is None else each[there] for name, each in asked.items()}
            masks[there] = self._answer(image, **kept)
        return masks

    def at_once(self, _: Tensor) -> int:
        """How many of the pictures [B,H,W,C] should be seen in one pass."""
        return at_once(self.model, self.network.frame.side**2, gains_on_cpu=False)

    @torch.inference_mode()
    def see(self, images: Tensor, asked: Sequence[Sequence[Tensor]] | None = None) -> None:
        """Encode pictures [B,H,W,C] in one pass, so that `segment` need not do it one by one.

        Args:
            asked: of each picture the boxes [N,4] that it will be asked for, a call each: where
                all of those were cut before, it is not encoded. By default all are.
        """
        new: dict[str, np.ndarray] = {}
        for number, image in enumerate(check_pictures(images).float()):
            if asked is not None and not asked[number]:
                continue
            pixels = self._pixels(image)
            name = fingerprint(pixels)
            if asked is None or not all(self._knows(name, image, each) for each in asked[number]):
                new[name] = pixels
        if new:
            with self._one_by_one:
                self._embed(list(new.values()), list(new))

    def _knows(self, name: str, image: Tensor, boxes: Tensor) -> bool:
        """Whether the masks of all these boxes [N,4] in a picture [H,W,C] were cut before."""
        size = (int(image.shape[0]), int(image.shape[1]))
        boxes, there = given.within(given.boxes(boxes), size)
        asked = {"boxes": boxes[there], "points": None, "labels": None, "rough": None}
        return not there.any() or self._masks.knows(_key(name, size, asked))

    def rest(self) -> None:
        """Give the memory back that the last pictures take on the model's device."""
        self._embeddings.clear()

    def forget(self) -> None:
        """Give all memory back that the last pictures take."""
        self.rest()
        self._masks.clear()

    def _answer(self, image: Tensor, **asked: Tensor | None) -> Tensor:
        """`segment` for prompts that are all there."""
        size, pixels = (int(image.shape[0]), int(image.shape[1])), self._pixels(image)
        name = fingerprint(pixels)
        with self._one_by_one:
            spots = self._masks.get(
                _key(name, size, asked),
                lambda: self._cut(image, self._embed([pixels], [name])[0], **asked),
            )
        masks = torch.zeros(len(spots), *size)
        for mask, spot in zip(masks, spots, strict=True):
            if spot:
                spot.lay(mask)
        return masks

    def _cut(
        self,
        image: Tensor,
        embedding: list[Tensor],
        boxes: Tensor | None,
        points: Tensor | None,
        labels: Tensor | None,
        rough: Tensor | None,
    ) -> list[Spot | None]:
        size = (int(image.shape[0]), int(image.shape[1]))
        if boxes is None and rough is not None:  # SAM never learnt from a mask alone
            boxes = masks_to_boxes(rough > 0.5)
            boxes[:, 2:] += 1  # from the last pixel to the edge behind it
        prompts = self._prompts(size, boxes, points, labels, rough)
        logits, quality = self.network.decode(embedding, prompts)
        if not (logits.isfinite().all() and quality.isfinite().all()):
            raise ModelError(
                "Load SAM in full precision (ComfyUI: start it with --force-fp32), or choose"
                " another: it answered with numbers that are none."
            )
        best = quality.argmax(dim=-1)  # [N]
        logits = logits[torch.arange(len(best)), best].float()  # [N,h,w]
        frame, side = self.network.frame, int(logits.shape[1])
        rows, columns = frame.part(size, side)
        return spots_from_logits(logits[:, :rows, :columns], rgb(image), frame.covered(size, side))

    def _prompts(
        self,
        size: tuple[int, int],
        boxes: Tensor | None,
        points: Tensor | None,
        labels: Tensor | None,
        rough: Tensor | None,
    ) -> Prompts:
        """The prompts in the model's frame."""
        frame = self.network.frame
        scale = frame.scale(size)
        cell = frame.mask_side / frame.side
        masks = None if rough is None else self._rough(rough, size)
        if boxes is not None:
            boxes = boxes * scale.repeat(2)
            if masks is None and self.card.drawn:
                masks = box_masks(boxes * cell, (frame.mask_side, frame.mask_side))
        if points is not None:
            points = points * scale
            if self.card.drawn and labels is not None:
                if masks is None:
                    masks = torch.zeros(len(points), 1, frame.mask_side, frame.mask_side)
                masks = with_points(masks, points * cell, labels)
        # A box or a rough mask says how much is meant, points alone do not.
        return Prompts(boxes, points, labels, masks, several=boxes is None and rough is None)

    def _rough(self, rough: Tensor, size: tuple[int, int]) -> Tensor:
        """Rough masks [N,H,W] as the model takes them: logits [N,1,S,S]."""
        frame = self.network.frame
        rows, columns = frame.part(size, frame.mask_side)
        height, width = frame.covered(size, frame.mask_side)
        whole = rough[:, None]
        if (height, width) != size:
            whole = F.pad(whole, (0, width - size[1], 0, height - size[0]))
        small = F.interpolate(whole, (rows, columns), mode="bilinear", antialias=True)
        beside = (0, frame.mask_side - columns, 0, frame.mask_side - rows)
        return (F.pad(small, beside) * 2 - 1) * CERTAINTY

    def _embed(
        self, pictures: Sequence[np.ndarray], names: Sequence[str] | None = None
    ) -> list[list[Tensor]]:
        """The embedding of each picture; the last are kept, by the picture's `fingerprint`."""
        return self._embeddings.get_all(
            names or [fingerprint(each) for each in pictures],
            lambda lacking: self.network.encode([pictures[number] for number in lacking]),
            least=len(pictures),  # or the first would be gone before its masks are asked for
        )

    def _pixels(self, image: Tensor) -> np.ndarray:
        """A picture uint8 [H,W,3] that takes a pixel of the frame at least, its edge repeated: a
        strip would vanish there."""
        frame = self.network.frame
        pixels = to_array(rgb(image))
        height, width = pixels.shape[:2]
        fewest = 1 if frame.stretched else math.ceil(max(height, width) / frame.side)
        beyond = ((0, max(0, fewest - height)), (0, max(0, fewest - width)), (0, 0))
        return np.pad(pixels, beyond, mode="edge") if any(map(any, beyond)) else pixels


def _place(path: Any, device: Any) -> tuple[Path, torch.device]:
    """Where a model lies and where it is to run. Raises `ModelError` for what is none."""
    try:
        path = Path(path)
        path.is_file()  # which fails for a name that is too long
        return path, torch.device(device or best_device())
    except (TypeError, OSError, RuntimeError) as error:
        raise ModelError(
            f"Name a model's folder or file, and a device: {shown(str(path), 80)} on {device} is"
            f" none ({shown(str(error), 120)})."
        ) from error


def _key(name: str, size: given.Size, asked: dict[str, Tensor | None]) -> str:
    """Equal pictures and prompts, equal keys; two strips may have been widened to one."""
    digest = hashlib.sha1()
    for kind, each in asked.items():
        if each is not None:
            digest.update(f"{kind} {list(each.shape)} {each.dtype}".encode())
            digest.update(each.contiguous().numpy().reshape(-1).data)
    return f"{name} {size} {digest.hexdigest()}"


def _agreed(*prompts: Tensor | None) -> int:
    """The number of masks that are asked for."""
    counts = {len(prompt) for prompt in prompts if prompt is not None}
    if len(counts) != 1:
        raise ImageError(
            f"As many prompts of each kind are needed, and some; got {sorted(counts) or 'none'}."
        )
    return counts.pop()
