"""Drawn scenes, laid out and labelled exactly as COCO, Pascal VOC and ImageNet are.

Each set is drawn once a process; tests get copies, which they may change.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage

from prompt_edit.evaluate.voc import CLASSES, VOID
from prompt_edit.paperdoll.draw import Instance, Picture, draw
from prompt_edit.paperdoll.scene import random_scene

SEEDS = range(900_300, 900_306)
DRAWN = ("cat", "dog", "car", "ball", "cup")  # what the drawn world and the data sets have alike
NUMBERS = {"cat": 17, "dog": 18, "car": 3, "ball": 37, "cup": 47, "zebra": 24}
SYNSETS = {"n02123045": "cat", "n02085620": "dog", "n02958343": "car", "n02778669": "ball",
           "n03147509": "cup"}  # fmt: skip


@cache
def scenes() -> list[tuple[str, Picture]]:
    return [(f"{seed:012d}", draw(random_scene(seed))) for seed in SEEDS]


def drawn_once(make: Callable[[Path], Path]) -> Callable[[Path], Path]:
    """Write a set to a folder of the process's own, and copy it from there."""

    @cache
    def kept() -> tempfile.TemporaryDirectory[str]:
        folder = tempfile.TemporaryDirectory()
        make(Path(folder.name))
        return folder

    def copied(root: Path) -> Path:
        return Path(shutil.copytree(kept().name, root, dirs_exist_ok=True))

    return copied


def labelled(picture: Picture) -> list[Instance]:
    return [each for each in picture.instances if each.item.kind in DRAWN]


def runs(mask: np.ndarray) -> dict:
    """COCO's uncompressed code of a mask: the lengths of its runs, column by column."""
    flat = mask.astype(np.uint8).flatten(order="F")
    turns = np.flatnonzero(np.diff(flat)) + 1
    lengths = np.diff([0, *turns, len(flat)]).tolist()
    return {"counts": ([0] if flat[0] else []) + lengths, "size": list(mask.shape)}


@drawn_once
def coco(root: Path) -> Path:
    """Each thing once as runs; a box as a polygon stands for a crowd of cups."""
    images: list[dict[str, object]] = []
    labels: list[dict[str, object]] = []
    (root / "annotations").mkdir(parents=True)
    (root / "val2017").mkdir()
    for number, (name, picture) in enumerate(scenes(), start=1):
        file = f"{name}.png"
        Image.fromarray(picture.image).save(root / "val2017" / file)
        images.append({"id": number, "file_name": file, "height": 256, "width": 256})
        for each in labelled(picture):
            mask = picture.mask(each)
            labels.append({
                "id": len(labels) + 1, "image_id": number, "area": int(mask.sum()),
                "category_id": NUMBERS[each.item.kind], "iscrowd": 0, "segmentation": runs(mask),
                "bbox": [0, 0, 1, 1],
            })  # fmt: skip
    categories = [{"id": number, "name": name} for name, number in NUMBERS.items()]
    dataset = {"images": images, "annotations": labels, "categories": categories}
    (root / "annotations" / "instances_val2017.json").write_text(json.dumps(dataset))
    return root


@drawn_once
def voc(root: Path) -> Path:
    """With outlines 2 pixels wide that do not count, as in the data set."""
    year = root / "VOC2012"
    for name in ("JPEGImages", "Annotations", "SegmentationClass", "ImageSets/Segmentation",
                 "ImageSets/Main"):  # fmt: skip
        (year / name).mkdir(parents=True)
    for name, picture in scenes():
        Image.fromarray(picture.image).save(year / "JPEGImages" / f"{name}.jpg", quality=95)
        numbers = np.zeros((256, 256), dtype=np.uint8)
        for each in labelled(picture):
            if each.item.kind in CLASSES:
                mask = picture.mask(each)
                numbers[mask] = CLASSES.index(each.item.kind) + 1
                numbers[mask & ~ndimage.binary_erosion(mask)] = VOID
        palette = Image.fromarray(numbers).convert("P")
        palette.putpalette([value for number in range(256) for value in (number, 0, 255 - number)])
        palette.save(year / "SegmentationClass" / f"{name}.png")
        boxes(year / "Annotations" / f"{name}.xml", picture, {name: name for name in CLASSES})
    listed = "".join(f"{name}\n" for name, _ in scenes())
    (year / "ImageSets" / "Segmentation" / "val.txt").write_text(listed)
    (year / "ImageSets" / "Main" / "val.txt").write_text(listed)
    return root


@drawn_once
def imagenet(root: Path) -> Path:
    labels = root / "ILSVRC" / "Annotations" / "CLS-LOC" / "val"
    pictures = root / "ILSVRC" / "Data" / "CLS-LOC" / "val"
    labels.mkdir(parents=True)
    pictures.mkdir(parents=True)
    for name, picture in scenes():
        Image.fromarray(picture.image).save(pictures / f"{name}.JPEG", quality=95)
        boxes(labels / f"{name}.xml", picture, {name: number for number, name in SYNSETS.items()})
    lines = [f"{number} {name}, some {name}" for number, name in SYNSETS.items()]
    (root / "LOC_synset_mapping.txt").write_text("\n".join(lines) + "\n")
    return root


def boxes(file: Path, picture: Picture, names: dict[str, str]) -> None:
    """The XML that both data sets have."""
    top = ElementTree.Element("annotation")
    for each in labelled(picture):
        if each.item.kind in names:
            x0, y0, x1, y1 = picture.box(each)
            element = ElementTree.SubElement(top, "object")
            ElementTree.SubElement(element, "name").text = names[each.item.kind]
            ElementTree.SubElement(element, "difficult").text = "0"
            box = ElementTree.SubElement(element, "bndbox")
            for side, value in zip(("xmin", "ymin", "xmax", "ymax"), (x0 + 1, y0 + 1, x1, y1),
                                   strict=True):  # fmt: skip
                ElementTree.SubElement(box, side).text = str(value)
    ElementTree.ElementTree(top).write(file)
