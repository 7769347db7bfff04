"""COCO (Lin et al. 2014): `annotations/instances_SPLIT.json`, and a folder `SPLIT` of pictures."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import DatasetError
from .labelled import Labelled, need
from .scores import Pixels, Truth


class Coco:
    """The instances of a split. Crowds count neither way, as in the data set's own evaluation.

    Pictures without any label are part of it: all is absent there.

    Raises:
        DatasetError: files are missing, or are not what they should be.
    """

    def __init__(self, root: Path, split: str = "val2017") -> None:
        file = need(root / "annotations" / f"instances_{split}.json",
                    "COCO has its labels there, as cocodataset.org packs them")  # fmt: skip
        folder = need(root / split, "COCO has its pictures there")
        self._coco = _opened(file)
        self.labels, self.folder = (file,), folder
        named = self._coco.loadCats(self._coco.getCatIds())
        self._names = {each["id"]: str(each["name"]) for each in named}
        self.phrases = {name: name for name in self._names.values()}
        self._numbers = {str(each["file_name"]): number for number, each in self._coco.imgs.items()}
        self.pictures = tuple(Labelled(name, folder / name) for name in self._numbers)
        self._check(file)

    def _check(self, file: Path) -> None:
        labels = self._coco.anns.values()
        if labels and not any(each.get("segmentation") for each in labels):
            raise DatasetError(
                f"{file} has boxes only. Choose labels of pixels: COCO is measured by masks."
            )
        unknown = {each.get("category_id") for each in labels} - {*self._names}
        if unknown:
            raise DatasetError(f"{file} has no category {unknown.pop()}, but labels of it.")

    def truth(self, picture: Labelled) -> dict[str, Truth]:
        number = self._numbers[picture.name]
        image = self._coco.imgs[number]
        masks: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        for label in self._coco.imgToAnns[number]:
            blank = np.zeros((image["height"], image["width"]), dtype=bool)
            pair = masks.setdefault(self._names[label["category_id"]], (blank, blank.copy()))
            if label.get("segmentation"):
                pair[1 if label.get("iscrowd") else 0][self._coco.annToMask(label) > 0] = True
            else:  # which pixels of its box are its own is not known
                x, y, width, height = (round(side) for side in label["bbox"])
                pair[1][max(0, y) : y + height, max(0, x) : x + width] = True
        # What one label calls a thing and another one a crowd is a thing.
        return {name: Pixels(mask, void & ~mask) for name, (mask, void) in masks.items()}


def _opened(file: Path) -> Any:
    """The labels through pycocotools, which knows polygons, both run-length codes and crowds."""
    try:
        from pycocotools.coco import COCO
    except ImportError as error:
        raise DatasetError(
            "COCO is read by pycocotools, which is not installed:"
            ' pip install "prompt-edit[evaluate]".'
        ) from error
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # it tells how long it took
            coco = COCO(str(file))
        for part in ("images", "annotations", "categories"):
            coco.dataset[part]
    except (ValueError, KeyError, TypeError, AssertionError) as error:
        raise DatasetError(
            f"{file} holds no COCO instances ({type(error).__name__}: {error})."
        ) from error
    return coco
