"""COCO (Lin et al. 2014): `annotations/instances_SPLIT.json`, and a folder `SPLIT` of pictures.

The pictures may lie in `images/SPLIT`, too, as its authors' own programs have them.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import DatasetError
from .labelled import Labelled, is_there, need
from .scores import Pixels, Truth

_FARTHEST = 1e6  # pixels: points beyond take all memory to join


class Coco:
    """The instances of a split. Crowds count neither way, as in the data set's own evaluation.

    Pictures without any label are part of it: all is absent there.

    Raises:
        DatasetError: files are missing, or are not what they should be.
    """

    def __init__(self, root: Path, split: str = "val2017") -> None:
        file = need(root / "annotations" / f"instances_{split}.json",
                    "COCO has its labels there, as cocodataset.org packs them")  # fmt: skip
        usual, inner = root / split, root / "images" / split
        other = not is_there(usual) and inner.is_dir()
        folder = inner if other else need(usual, "COCO has its pictures there")
        self._coco, self._file = _opened(file), file
        self.labels, self.folder = (file,), folder
        self._names = {number: str(each["name"]) for number, each in self._coco.cats.items()}
        self.masks = True
        self.phrases = {name: name for name in self._names.values()}
        images = self._coco.dataset["images"]
        self._images = {str(each["file_name"]): each for each in images}
        self._unclear = _unclear(images)
        self.pictures = tuple(Labelled(name, folder / name) for name in self._images)
        self._check()

    def _check(self) -> None:
        labels, categories = (self._coco.dataset[part] for part in ("annotations", "categories"))
        if labels and not any(each.get("segmentation") for each in labels):
            raise DatasetError(
                f"{self._file} has boxes only. Choose labels of pixels: COCO is measured by masks."
            )
        unknown = {each["category_id"] for each in labels} - {*self._names}
        if unknown:
            raise DatasetError(f"{self._file} has no category {unknown.pop()}, but labels of it.")
        if any(self._names[each["id"]] != str(each["name"]) for each in categories):
            raise DatasetError(f"{self._file} has categories of two names and one number.")
        if labels and not {*self._coco.imgToAnns} & {*self._coco.imgs}:
            raise DatasetError(
                f"{self._file} has labels, but none of a picture that it lists: the first one is of"
                f" {labels[0]['image_id']!r}."
            )

    def truth(self, picture: Labelled) -> dict[str, Truth]:
        if picture.name in self._unclear:
            raise DatasetError(
                f"{self._file} lists it, or its number, twice: which labels are its own is unclear."
            )
        image = self._images[picture.name]
        masks: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        try:
            size = int(image["height"]), int(image["width"])
            for label in self._coco.imgToAnns.get(image["id"], ()):
                blank = np.zeros(size, dtype=bool)
                pair = masks.setdefault(self._names[label["category_id"]], (blank, blank.copy()))
                _draw(label, *pair)
        except Exception as error:  # pycocotools raises whatever odd labels lead to
            raise DatasetError(
                f"{self._file} holds labels of it that cannot be read ({type(error).__name__}:"
                f" {error})."
            ) from error
        # What one label calls a thing and another one a crowd is a thing.
        return {name: Pixels(mask, void & ~mask) for name, (mask, void) in masks.items()}


def _unclear(images: Sequence[Mapping[str, Any]]) -> set[str]:
    """The names of pictures that are listed under two numbers, or with another one's number."""
    listed = {(str(each["file_name"]), each["id"]) for each in images}
    names = Counter(name for name, _ in listed)
    numbers = Counter(number for _, number in listed)
    return {name for name, number in listed if names[name] > 1 or numbers[number] > 1}


def _opened(file: Path) -> Any:
    """The labels through pycocotools, which knows polygons, both run-length codes and crowds."""
    try:
        from pycocotools.coco import COCO
    except ImportError as error:
        raise DatasetError(
            "COCO is read by pycocotools, which is not installed:"
            ' pip install "prompt-edit[evaluate]".'
        ) from error
    coco = COCO()
    try:
        with file.open(encoding="utf-8-sig") as opened:  # Windows may begin it with a mark
            coco.dataset = json.load(opened)
        for part, fields in _FIELDS.items():
            for each in coco.dataset[part]:
                for field in fields:
                    each[field]
        with contextlib.redirect_stdout(io.StringIO()):  # it tells what it does
            coco.createIndex()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(
            f"{file} holds no COCO instances ({type(error).__name__}: {error})."
        ) from error
    return coco


_FIELDS = {
    "images": ("id", "file_name", "height", "width"),
    "annotations": ("id", "image_id", "category_id"),
    "categories": ("id", "name"),
}
"""What is read of each part, beside the labels' pixels."""


# --- the pixels of a label -----------------------------------------------------------------------


def _draw(label: Mapping[str, Any], mask: np.ndarray, void: np.ndarray) -> None:
    """Add one to the pixels of its category, bool [H,W], or to those that count neither way."""
    shape = label.get("segmentation")
    if isinstance(shape, list):  # fewer than three points enclose nothing
        if any(not isinstance(side, (int, float)) for each in shape for side in each):
            raise ValueError("polygons of something else than numbers")
        if len(shape) > 2 and all(len(each) == 2 for each in shape):
            raise ValueError("polygons as pairs: COCO has them as x, y, x, y and so on")
        shape = [each for each in shape if len(each) >= 6]
    if shape:
        crowd = int(label.get("iscrowd") or 0)  # some programs write "0"
        (void if crowd else mask)[_pixels(shape, mask.shape)] = True
    else:  # which pixels of its box are its own is not known
        x, y, width, height = (round(side) for side in label["bbox"])
        if width < 0 or height < 0:
            raise ValueError("a box of less than no size")
        void[max(0, y) : max(0, y + height), max(0, x) : max(0, x + width)] = True


def _pixels(shape: Any, size: tuple[int, ...]) -> np.ndarray:
    """Those of polygons, or of a run-length code of either kind, bool [H,W].

    What pycocotools would make of broken ones is whatever lies in its memory.
    """
    from pycocotools import mask as codes

    if isinstance(shape, list):
        if not all(np.ndim(each) == 1 and len(each) % 2 == 0 and np.abs(each).max() < _FARTHEST
                   for each in shape):  # fmt: skip
            raise ValueError("a polygon is no list of points x, y")
        return codes.decode(codes.merge(codes.frPyObjects(shape, *size))) > 0
    runs = shape["counts"]
    code = codes.frPyObjects(shape, *size) if isinstance(runs, list) else shape
    lengths = runs if isinstance(runs, list) else _lengths(runs)
    whole = min(lengths, default=0) >= 0 and sum(lengths) == size[0] * size[1]
    if tuple(shape["size"]) != size or not whole:
        raise ValueError(f"a run-length code is not of {size[1]} x {size[0]} pixels")
    return codes.decode(code) > 0


def _lengths(code: str | bytes) -> list[int]:
    """The runs of a compressed code, 5 bits a letter; of the fourth and those after it it tells
    what they have more than the last but one."""
    runs: list[int] = []
    value = shift = 0
    for letter in code if isinstance(code, bytes) else code.encode():
        bits = letter - 48
        value |= (bits & 31) << shift
        shift += 5
        if not bits & 32:  # the last letter of a run, which holds its sign
            value -= (bits & 16) << (shift - 4)
            runs.append(value + (runs[-2] if len(runs) > 2 else 0))
            value = shift = 0
    return runs
