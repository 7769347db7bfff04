"""Pascal VOC (Everingham et al. 2010): the folder `VOC2012`, `VOC2007`, ... of a `VOCdevkit`.

The pictures of `ImageSets/Segmentation` are labelled to the pixel (SegmentationClass), those of
`ImageSets/Main` by boxes (Annotations).
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ..errors import DatasetError
from .labelled import Labelled, is_there, lines_of, need
from .scores import Boxes, Pixels, Truth

CLASSES = (
    "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow",
    "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train",
    "tvmonitor",
)  # fmt: skip
"""In the order of their numbers in SegmentationClass, from 1."""
PHRASES = {"diningtable": "dining table", "pottedplant": "potted plant", "tvmonitor": "tv monitor"}
VOID = 255  # outlines, and what is hard to tell


class Voc:
    """One split of it, by pixels or by boxes. What is marked as difficult counts neither way.

    Args:
        root: the folder of a year, or the `VOCdevkit` around it.
        split: a file of `ImageSets`; those in its folder `Main` are the larger sets, of boxes.

    Raises:
        DatasetError: files are missing, or are not what they should be.
    """

    def __init__(self, root: Path, split: str = "Segmentation/val") -> None:
        self._root = _year(root, split)
        self.masks = not split.startswith("Main/")
        listed = need(self._root / "ImageSets" / f"{split}.txt",
                      "Pascal VOC lists the pictures of a split there")  # fmt: skip
        names = _names_in(listed)
        folder = need(self._root / "JPEGImages", "Pascal VOC has its pictures there")
        labelled = ("Annotations", "SegmentationClass") if self.masks else ("Annotations",)
        self.labels, self.folder = (listed, *(self._root / name for name in labelled)), folder
        self.phrases = {name: PHRASES.get(name, name) for name in CLASSES}
        self.pictures = tuple(Labelled(name, folder / f"{name}.jpg") for name in names)

    def truth(self, picture: Labelled) -> dict[str, Truth]:
        labels = self._root / "Annotations" / f"{picture.name}.xml"
        truth: dict[str, Truth] = {}

        def known(name: str) -> str:
            if name in CLASSES:
                return name
            raise DatasetError(f"{labels} names a class {name!r}, which Pascal VOC lacks.")

        if not self.masks or is_there(labels):
            truth.update(boxes_of(labels, known))
        if not self.masks:
            return truth
        file = need(self._root / "SegmentationClass" / f"{picture.name}.png",
                    "Pascal VOC has the labels of this picture there")  # fmt: skip
        numbers = _numbers_in(file)
        # What has a box and no pixel is hard to tell: neither there nor absent.
        shown = {
            *truth,
            *(CLASSES[number - 1] for number in np.unique(numbers) if 0 < number <= 20),
        }
        void = numbers == VOID
        return {name: Pixels(numbers == CLASSES.index(name) + 1, void) for name in sorted(shown)}


def _numbers_in(file: Path) -> np.ndarray:
    """The class number of each pixel, uint8 [H,W]."""
    try:
        with Image.open(file) as opened:
            numbers = np.asarray(opened)
    except Exception as error:  # Pillow's readers raise whatever odd bytes lead to
        raise DatasetError(f"{file} is broken or cut off ({error}). Copy it anew.") from error
    if numbers.ndim != 2 or not set(np.unique(numbers)) <= {*range(21), VOID}:
        raise DatasetError(f"{file} must hold the numbers 0 to 20 and 255, one a pixel.")
    return numbers


def _names_in(file: Path) -> list[str]:
    """The pictures of a list, a line each; a class's own list says beside each what it shows.

    All of those are taken: where the class is not shown it should not be found. What stands there
    twice, as where lists were joined, counts once.
    """
    lines = lines_of(file)
    of_class = [re.fullmatch(r"(.*\S)\s+(?:-1|0|1)", line) for line in lines]
    if lines and all(of_class):
        lines = [found[1] for found in of_class if found]
    return [*dict.fromkeys(lines)]


def _year(root: Path, split: str) -> Path:
    """The folder of the year: of several the newest one that has the split, as 2007 alone does
    `Main/test`."""
    if is_there(root / "ImageSets"):
        return root
    years = sorted(each.parent for each in root.glob("VOC*/ImageSets"))
    if not years:
        raise DatasetError(f"There is no ImageSets in {root}: name the folder VOC2012 or VOC2007.")
    having = [each for each in years if is_there(each / "ImageSets" / f"{split}.txt")]
    return (having or years)[-1]


def boxes_of(
    file: Path, category: Callable[[str], str], scalable: bool = False
) -> dict[str, Truth]:
    """The boxes by category in an XML file, as Pascal VOC and ImageNet write them.

    Args:
        category: what an object's name stands for.
        scalable: whether they may have been drawn in a picture of another scale.

    Raises:
        DatasetError: the file is missing or broken.
    """
    need(file, "the boxes of a picture are there")
    kept: dict[str, tuple[list[list[float]], list[list[float]]]] = defaultdict(lambda: ([], []))
    try:
        root = ElementTree.parse(file).getroot()
        sides = [round(float(root.findtext(f"size/{side}") or 0)) for side in ("height", "width")]
        for each in root.iterfind("object"):
            name = category((each.findtext("name") or "").strip())
            corners = [float(each.findtext(f"bndbox/{side}") or "")
                       for side in ("xmin", "ymin", "xmax", "ymax")]  # fmt: skip
            x, y = (sorted(corners[axis::2]) for axis in (0, 1))  # some stand the other way round
            # Pixels are counted from 1, and the last one belongs to the box.
            box = [x[0] - 1, y[0] - 1, x[1], y[1]]
            if not np.isfinite(box).all():
                raise ValueError(f"a box of {corners}")
            kept[name][(each.findtext("difficult") or "0").strip() == "1"].append(box)
    except DatasetError:
        raise
    except Exception as error:  # its reader raises whatever odd bytes lead to
        raise DatasetError(f"{file} holds no boxes as Pascal VOC writes them ({error}).") from error
    size = (sides[0], sides[1]) if all(sides) else None
    return {name: Boxes(_tensor(there), _tensor(void), size, scalable)
            for name, (there, void) in kept.items()}  # fmt: skip


def _tensor(boxes: list[list[float]]) -> Tensor:
    return torch.tensor(boxes).reshape(-1, 4)
