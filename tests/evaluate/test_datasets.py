"""Labelled data sets are read as they are packed, and what is asked of them adds up."""

from __future__ import annotations

import json
import re
import shutil
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import commandline
import numpy as np
import pytest
import torch
from evaluate import drawn_sets
from PIL import Image
from torch import Tensor

from prompt_edit.cli import app
from prompt_edit.detect.detections import Detections
from prompt_edit.editor import PromptEditor
from prompt_edit.errors import DatasetError, ImageError, ModelError, OutputError
from prompt_edit.evaluate import run as measure
from prompt_edit.evaluate.coco import Coco
from prompt_edit.evaluate.imagenet import ImageNet
from prompt_edit.evaluate.labelled import Dataset
from prompt_edit.evaluate.run import Log, Looked, figures, order, run
from prompt_edit.evaluate.scores import Boxes, Found, Pixels, box_scores, mask_scores
from prompt_edit.evaluate.voc import Voc
from prompt_edit.models import store
from prompt_edit.segment.sam import Sam

pytestmark = pytest.mark.slow

KINDS: dict[str, tuple[Callable[[Path], Path], Callable[..., Dataset]]] = {
    "coco": (drawn_sets.coco, Coco),
    "voc": (drawn_sets.voc, Voc),
    "imagenet": (drawn_sets.imagenet, ImageNet),
}


def command(*words: object) -> int:
    return int(app([str(word) for word in words], standalone_mode=False) or 0)


class Knowing:
    """A detector and a segmenter in one, which say what is labelled."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.truth: dict[str, Any] = {}

    def detect(
        self, images: Tensor, phrases: Sequence[str], threshold: float | None = None
    ) -> list[Detections]:
        true = self.truth.get(phrases[0])
        if true is None:
            return [Detections.none((256, 256))]
        if isinstance(true, Boxes):
            boxes = true.boxes
        else:
            ys, xs = np.nonzero(true.mask)
            boxes = torch.tensor([[xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]]).float()
        scores = torch.ones(len(boxes))
        self.mask = None if isinstance(true, Boxes) else true.mask
        return [Detections(boxes, scores, tuple(phrases) * len(boxes), (256, 256))]

    def segment(self, image: Tensor, boxes: Tensor) -> Tensor:
        assert self.mask is not None
        return torch.from_numpy(self.mask).float()[None]


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_says_what_is_labelled_is_right_in_all(kind: str, tmp_path: Path) -> None:
    make, reader = KINDS[kind]
    dataset = reader(make(tmp_path))
    knowing = Knowing(dataset)
    seen = 0
    for picture in dataset.pictures:
        knowing.truth = {dataset.phrases[name]: true
                         for name, true in dataset.truth(picture).items()}  # fmt: skip
        (looked,) = run(knowing, knowing, dataset, [picture], absent=2)
        assert all(score == (1, 1, 1) for score in looked.scores.values()), looked
        assert not any(looked.absent.values())
        assert not set(looked.absent) & set(looked.scores)
        seen += len(looked.scores)
    assert seen >= 5


@pytest.mark.parametrize("kind", KINDS)
def test_the_boxes_and_pixels_are_those_that_were_drawn(kind: str, tmp_path: Path) -> None:
    make, reader = KINDS[kind]
    dataset = reader(make(tmp_path))
    for labelled, (_, picture) in zip(dataset.pictures, drawn_sets.scenes(), strict=True):
        truth = dataset.truth(labelled)
        drawn = drawn_sets.labelled(picture)
        for name, true in truth.items():
            these = [each for each in drawn if each.item.kind == dataset.phrases[name]]
            if isinstance(true, Boxes):
                wanted = torch.tensor([picture.box(each) for each in these]).float()
                assert torch.equal(true.boxes.sort(0).values, wanted.sort(0).values)
            elif isinstance(true, Pixels):
                mask = np.any([picture.mask(each) for each in these], axis=0)
                assert ((true.mask == mask) | true.void).all()


def test_the_sample_models_score_on_drawn_sets(editor: PromptEditor, tmp_path: Path) -> None:
    dataset = Coco(drawn_sets.coco(tmp_path))
    scores = figures(run(editor.detector, editor.segmenter, dataset, dataset.pictures))
    assert scores["f1"] > 0.7
    assert scores["absent_false_positive_rate"] < 0.2
    assert scores["by_category"]["cat"]["count"] >= 1


# --- scores --------------------------------------------------------------------------------------


def test_mask_scores() -> None:
    true = np.zeros((4, 4), dtype=bool)
    true[:2] = True
    half = np.zeros((4, 4), dtype=bool)
    half[0] = True
    assert mask_scores(true, true) == (1, 1, 1)
    assert mask_scores(half, true) == (1, 0.5, pytest.approx(2 / 3))
    assert mask_scores(np.zeros_like(true), true) == (0, 0, 0)


# --- what counts neither way ---------------------------------------------------------------------


def found(mask: np.ndarray, boxes: Tensor | None = None) -> Found:
    return Found(torch.zeros(0, 4) if boxes is None else boxes, lambda: mask)


def test_void_pixels_count_neither_way() -> None:
    true, void = np.zeros((8, 8), dtype=bool), np.zeros((8, 8), dtype=bool)
    true[:2], void[2:4] = True, True
    both = true | void
    assert Pixels(true, void).scores(found(both)) == (1, 1, 1)
    assert Pixels(true, np.zeros_like(void)).scores(found(both)).precision == 0.5
    assert Pixels(np.zeros_like(true), void).empty


def test_a_box_is_found_once() -> None:
    true = torch.tensor([[0.0, 0, 10, 10], [20, 0, 30, 10]])
    twice = torch.tensor([[0.0, 0, 10, 10], [0, 0, 10, 9]])
    assert box_scores(twice, true) == (0.5, 0.5, pytest.approx(0.5))
    assert box_scores(twice[:1], true[:1]) == (1, 1, 1)
    assert box_scores(torch.zeros(0, 4), true) == (0, 0, 0)
    assert box_scores(twice, true[1:], void=true[:1]) == (0, 0, 0), "no mistakes, and no hit"
    assert box_scores(torch.cat([true[1:], twice]), true[1:], void=true[:1]) == (1, 1, 1)


def test_a_crowd_is_neither_there_nor_absent(tmp_path: Path) -> None:
    root = drawn_sets.coco(tmp_path)
    file = root / "annotations" / "instances_val2017.json"
    labels = json.loads(file.read_text())
    crowd = np.zeros((256, 256), dtype=bool)
    crowd[:40, :60] = True
    labels["annotations"].append({
        "id": 999, "image_id": 1, "category_id": 24, "iscrowd": 1, "area": 2400,
        "bbox": [0, 0, 60, 40], "segmentation": drawn_sets.runs(crowd),
    })  # fmt: skip
    labels["annotations"].append({
        "id": 1000, "image_id": 2, "category_id": 24, "iscrowd": 0, "area": 100,
        "bbox": [0, 0, 10, 10], "segmentation": [[0, 0, 10, 0, 10, 10, 0, 10]],
    })  # fmt: skip
    file.write_text(json.dumps(labels))
    dataset = Coco(root)
    first, second = dataset.pictures[:2]
    zebra = dataset.truth(first)["zebra"]
    assert isinstance(zebra, Pixels) and zebra.empty and (zebra.void == crowd).all()
    (looked,) = run(knowing := Knowing(dataset), knowing, dataset, [first], absent=9)
    assert "zebra" not in looked.absent and "zebra" not in looked.scores
    polygon = dataset.truth(second)["zebra"]
    assert isinstance(polygon, Pixels) and 80 <= polygon.mask.sum() <= 121


def test_what_voc_calls_difficult_is_neither_there_nor_absent(tmp_path: Path) -> None:
    root = drawn_sets.voc(tmp_path)
    name = drawn_sets.scenes()[0][0]
    file = root / "VOC2012" / "Annotations" / f"{name}.xml"
    tree = ElementTree.parse(file)
    element = ElementTree.fromstring(
        "<object><name>tvmonitor</name><difficult>1</difficult><bndbox><xmin>1</xmin><ymin>1</ymin>"
        "<xmax>20</xmax><ymax>20</ymax></bndbox></object>"
    )
    tree.getroot().append(element)
    tree.write(file)
    for split in ("Segmentation/val", "Main/val"):
        dataset = Voc(root, split)
        truth = dataset.truth(dataset.pictures[0])
        assert truth["tvmonitor"].empty
        assert dataset.phrases["tvmonitor"] == "tv monitor"


BOX = "<bndbox><xmin>{}</xmin><ymin>1</ymin><xmax>20</xmax><ymax>20</ymax></bndbox>"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"<a><object><name>cat</name>{BOX.format('nan')}</object></a>", "no boxes"),
        (f"<a><object><name>cat</name>{BOX.format('-inf')}</object></a>", "no boxes"),
        ("<a><object><name>cat</name></object></a>", "no boxes"),
        ("<a><size><width>inf</width><height>9</height></size></a>", "no boxes"),
        ('<?xml version="1.0" encoding="klingon"?><a/>', "no boxes"),
        (f"<a><object><name>Cat</name>{BOX.format(1)}</object></a>", "a class 'Cat'"),
    ],
)
def test_boxes_that_cannot_be_read_are_told_of_their_picture_alone(
    text: str, told: str, tmp_path: Path
) -> None:
    """A class of another name was taken for absent, and a box at no place never found."""
    dataset = Voc(drawn_sets.voc(tmp_path), "Main/val")
    first, second = dataset.pictures[:2]
    file = dataset.labels[1] / f"{first.name}.xml"
    file.write_text(text)
    with pytest.raises(DatasetError, match=told):
        dataset.truth(first)
    dataset.truth(second)
    file.unlink()
    file.mkdir()
    with pytest.raises(DatasetError, match="no boxes"):
        dataset.truth(first)


@pytest.mark.parametrize("kept", [0, 9, 300])
def test_numbers_of_pixels_that_are_cut_off_are_told(kept: int, tmp_path: Path) -> None:
    dataset = Voc(drawn_sets.voc(tmp_path))
    first = dataset.pictures[0]
    file = dataset.labels[2] / f"{first.name}.png"
    file.write_bytes(file.read_bytes()[:kept])
    with pytest.raises(DatasetError, match="broken or cut off"):
        dataset.truth(first)


def test_classes_of_one_name_get_names_of_their_own(tmp_path: Path) -> None:
    root = drawn_sets.imagenet(tmp_path)
    file = root / "LOC_synset_mapping.txt"
    file.write_text("n1 crane\nn2 crane, hoist\nn3 tench, Tinca tinca\n")
    assert ImageNet(root).phrases == {"n1": "crane", "n2": "hoist", "n3": "tench"}


def test_names_that_differ_in_case_alone_are_the_same(tmp_path: Path) -> None:
    """As the corgi called Cardigan and the garment; both cranes have that name alone."""
    root = drawn_sets.imagenet(tmp_path)
    (root / "LOC_synset_mapping.txt").write_text(
        "n02113186 Cardigan, Cardigan Welsh corgi\nn02963159 cardigan\nn02012849 crane\n"
        "n03126707 crane\n"
    )
    phrases = [phrase.lower() for phrase in ImageNet(root).phrases.values()]
    assert len(set(phrases)) == 4 and phrases[0] == "cardigan welsh corgi"


# --- the way round, and the scale, in which pictures were labelled -------------------------------

_TURNS = {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
          6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}  # fmt: skip


class Yellow:
    """Finds the yellow pixels, in whatever picture it is shown."""

    def detect(
        self, images: Tensor, phrases: Sequence[str], threshold: float | None = None
    ) -> list[Detections]:
        ys, xs = self.pixels(images[0]).nonzero(as_tuple=True)
        size = (int(images.shape[1]), int(images.shape[2]))
        if phrases[0] != "cat" or not len(ys):
            return [Detections.none(size)]
        box = torch.tensor([[xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]]).float()
        return [Detections(box, torch.ones(1), ("cat",), size)]

    def segment(self, image: Tensor, boxes: Tensor) -> Tensor:
        return self.pixels(image).float()[None]

    def pixels(self, image: Tensor) -> Tensor:
        return (image[..., 0] > 0.5) & (image[..., 1] > 0.5) & (image[..., 2] < 0.5)


def yellow(file: Path, turn: int = 1) -> None:
    """120 x 80 pixels, yellow in 5..35, 10..40; and how it is to be turned."""
    pixels = np.zeros((80, 120, 3), np.uint8)
    pixels[10:40, 5:35] = (255, 255, 0)
    exif = Image.Exif()
    exif[0x0112] = turn
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(file, "PNG", exif=exif.tobytes())


def one_coco(root: Path, turn: int, turned: bool = False) -> Coco:
    """One picture, labelled as its pixels are stored, or as they are turned."""
    yellow(root / "val2017" / "a.png", turn)
    mask = np.zeros((80, 120), np.uint8)
    mask[10:40, 5:35] = 1
    if turned:
        mask = np.asarray(Image.fromarray(mask).transpose(_TURNS[{6: 8, 8: 6}.get(turn, turn)]))
    (root / "annotations").mkdir()
    (root / "annotations" / "instances_val2017.json").write_text(json.dumps({
        "images": [{"id": 1, "file_name": "a.png", "height": mask.shape[0],
                    "width": mask.shape[1]}],
        "categories": [{"id": 17, "name": "cat"}, {"id": 2, "name": "dog"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 17, "iscrowd": 0, "area": 900,
                         "bbox": [0, 0, 1, 1], "segmentation": drawn_sets.runs(mask)}],
    }))  # fmt: skip
    return Coco(root)


def one_imagenet(root: Path, scale: float = 1.0, *, name: str = "n1", swapped: bool = False,
                 turn: int = 1, split: str = "val", inner: str = "") -> ImageNet:  # fmt: skip
    """One picture whose box was drawn in it at another scale."""
    yellow(root / "ILSVRC" / "Data" / "CLS-LOC" / split / inner / "a.JPEG", turn)
    x0, y0, x1, y1 = (round(side * scale) for side in (5, 10, 35, 40))
    x, y = ((x1, x0 + 1), (y1, y0 + 1)) if swapped else ((x0 + 1, x1), (y0 + 1, y1))
    labels = root / "ILSVRC" / "Annotations" / "CLS-LOC" / split / inner / "a.xml"
    labels.parent.mkdir(parents=True)
    labels.write_text(
        f"<annotation><size><width>{round(120 * scale)}</width><height>{round(80 * scale)}</height>"
        f"</size><object><name>{name}</name><bndbox><xmin>{x[0]}</xmin><ymin>{y[0]}</ymin>"
        f"<xmax>{x[1]}</xmax><ymax>{y[1]}</ymax></bndbox></object></annotation>"
    )
    (root / "LOC_synset_mapping.txt").write_text("n1 cat, Felis\nn2 dog\n")
    return ImageNet(root, split)


@pytest.mark.parametrize("turn", [1, 2, 3, 6, 8])
def test_labels_are_of_the_pixels_as_they_are_stored(turn: int, tmp_path: Path) -> None:
    for dataset in (one_coco(tmp_path / "coco", turn), one_imagenet(tmp_path, turn=turn)):
        (looked,) = run(Yellow(), Yellow(), dataset, dataset.pictures)
        assert [*looked.scores.values()] == [(1, 1, 1)], type(dataset)


@pytest.mark.parametrize("turn", [6, 8])
def test_labels_of_a_turned_picture_are_known_by_their_size(turn: int, tmp_path: Path) -> None:
    dataset = one_coco(tmp_path, turn, turned=True)
    (looked,) = run(Yellow(), Yellow(), dataset, dataset.pictures)
    assert looked.scores["cat"] == (1, 1, 1)


@pytest.mark.parametrize("scale", [0.5, 2.0])
def test_boxes_drawn_at_another_scale_are_scaled(scale: float, tmp_path: Path) -> None:
    dataset = one_imagenet(tmp_path, scale)
    (looked,) = run(Yellow(), Yellow(), dataset, dataset.pictures)
    assert looked.scores["n1"] == (1, 1, 1)


def test_corners_may_stand_the_other_way_round(tmp_path: Path) -> None:
    dataset = one_imagenet(tmp_path, swapped=True)
    (looked,) = run(Yellow(), Yellow(), dataset, dataset.pictures)
    assert looked.scores["n1"] == (1, 1, 1)


def test_a_training_picture_shows_the_class_of_its_folder(tmp_path: Path) -> None:
    dataset = one_imagenet(tmp_path / "a", name="tabby_cat", split="train", inner="n1")
    (looked,) = run(Yellow(), Yellow(), dataset, dataset.pictures)
    assert looked.scores["n1"] == (1, 1, 1) and "n1" not in looked.absent
    unknown = one_imagenet(tmp_path / "b", name="tabby_cat")
    with pytest.raises(DatasetError, match="tabby_cat"):
        run(Yellow(), Yellow(), unknown, unknown.pictures)


def test_lists_of_a_class_and_names_with_blanks_are_read(tmp_path: Path) -> None:
    root = drawn_sets.voc(tmp_path)
    names = [name for name, _ in drawn_sets.scenes()]
    lists = root / "VOC2012" / "ImageSets" / "Main"
    (lists / "cat_val.txt").write_text("".join(f"{name} {n % 3 - 1:2}\n"
                                               for n, name in enumerate(names)))  # fmt: skip
    (lists / "own.txt").write_text("my photo\nmein Foto \u00e4\n\n", encoding="utf-8")
    assert [each.name for each in Voc(root, "Main/cat_val").pictures] == names
    assert [each.name for each in Voc(root, "Main/own").pictures] == [
        "my photo",
        "mein Foto \u00e4",
    ]


def test_lists_as_windows_saves_them_and_joined_ones_are_read(tmp_path: Path) -> None:
    root = drawn_sets.voc(tmp_path / "voc")
    names = [name for name, _ in drawn_sets.scenes()]
    file = root / "VOC2012" / "ImageSets" / "Main" / "own.txt"
    file.write_bytes("\r\n".join([*names, *names[:2], ""]).encode("utf-8-sig"))
    assert [each.name for each in Voc(root, "Main/own").pictures] == names
    for data in ("\n".join(names).encode("utf-16"), b"Stra\xdfe\n"):
        file.write_bytes(data)
        with pytest.raises(DatasetError, match=r"own\.txt cannot be read .*UTF-8"):
            Voc(root, "Main/own")
    root = drawn_sets.imagenet(tmp_path / "imagenet")
    phrases, mapping = ImageNet(root).phrases, root / "LOC_synset_mapping.txt"
    lines = mapping.read_text().replace(" ", "\t", 1).replace("\n", "\r\n")
    mapping.write_bytes(lines.encode("utf-8-sig"))
    assert ImageNet(root).phrases == phrases
    mapping.write_bytes(b"n1 ma\xdf\n")
    with pytest.raises(DatasetError, match="cannot be read"):
        ImageNet(root)


@pytest.mark.skipif(sys.platform != "linux", reason="file names are text elsewhere")
def test_names_of_no_text_are_names(tmp_path: Path) -> None:
    labels = one_imagenet(tmp_path).labels[0] / "a.xml"
    picture = tmp_path / "ILSVRC" / "Data" / "CLS-LOC" / "val" / "a.JPEG"
    for file in (labels, picture):
        file.rename(file.with_name(f"a\udcff{file.suffix}"))
    dataset, log = ImageNet(tmp_path), Log(tmp_path / "log.jsonl", {})
    looked = run(Yellow(), Yellow(), dataset, dataset.pictures, log=log)
    assert looked[0].scores["n1"] == (1, 1, 1)
    assert Log(tmp_path / "log.jsonl", {}).known == {"a\udcff": looked[0]}


def test_labels_without_pixels(tmp_path: Path) -> None:
    one_coco(tmp_path, 1)
    file = tmp_path / "annotations" / "instances_val2017.json"
    labels = json.loads(file.read_text())
    first = labels["annotations"][0]
    labels["annotations"].append({**first, "id": 2, "bbox": [60, 5, 20, 20], "segmentation": []})
    file.write_text(json.dumps(labels))
    dataset = Coco(tmp_path)
    truth = dataset.truth(dataset.pictures[0])["cat"]
    assert isinstance(truth, Pixels) and truth.void[5:25, 60:80].all() and truth.void.sum() == 400
    del first["segmentation"]
    file.write_text(json.dumps(labels))
    with pytest.raises(DatasetError, match="boxes only"):
        Coco(tmp_path)
    first["category_id"], first["segmentation"] = 99, [[0, 0, 5, 0, 5, 5]]
    file.write_text(json.dumps(labels))
    with pytest.raises(DatasetError, match="no category 99"):
        Coco(tmp_path)


def with_label(root: Path, **changed: object) -> Coco:
    """Drawn scenes with one more label, which is odd, in the first picture."""
    file = drawn_sets.coco(root) / "annotations" / "instances_val2017.json"
    labels = json.loads(file.read_text())
    label = {"id": 900, "image_id": 1, "category_id": 24, "iscrowd": 0, "bbox": [5, 5, 10, 10]}
    labels["annotations"].append({**label, **changed})
    file.write_text(json.dumps(labels))
    return Coco(root)


@pytest.mark.parametrize(
    "shape",
    [
        [[1, 1, 9, 1, 9, 9, 3]], [1, 1, 9, 1, 9, 9], [[float("nan"), 1, 9, 1, 9, 9]],
        [[1e9, 1, 9, 1, 9, 9]], [[[1, 1], [9, 1], [9, 9], [1, 9], [1, 5], [1, 3]]], "abc",
        {"counts": [0, 10], "size": [256, 256]}, {"counts": [0, 99999], "size": [256, 256]},
        {"counts": [0, 100], "size": [10, 10]}, {"counts": [70000, -4464], "size": [256, 256]},
        {"counts": "zzz", "size": [256, 256]}, {"counts": "", "size": [256, 256]},
        {"size": [256, 256]}, [[5, 10], [35, 10], [35, 40], [5, 40]], [[[5, 10], [35, 10]]],
    ],
)  # fmt: skip
def test_a_label_that_cannot_be_read_is_told_of_its_picture_alone(
    shape: object, tmp_path: Path
) -> None:
    """Of a run-length code that ends too soon pycocotools makes what lies in its memory."""
    dataset = with_label(tmp_path, segmentation=shape)
    with pytest.raises(DatasetError, match="cannot be read"):
        dataset.truth(dataset.pictures[0])
    assert dataset.truth(dataset.pictures[1])


def test_points_and_lines_enclose_nothing(tmp_path: Path) -> None:
    triangle = [30, 30, 60, 30, 60, 60]
    dataset = with_label(tmp_path / "a", segmentation=[[1, 1, 9, 9], triangle, []])
    zebra = dataset.truth(dataset.pictures[0])["zebra"]
    assert isinstance(zebra, Pixels) and 400 < zebra.mask.sum() < 550 and not zebra.void.any()
    dataset = with_label(tmp_path / "b", segmentation=[[1, 1, 9, 9]])
    zebra = dataset.truth(dataset.pictures[0])["zebra"]
    assert isinstance(zebra, Pixels) and zebra.empty and zebra.void.sum() == 100


@pytest.mark.parametrize("box", [[5, -30, 10, 10], [-30, 5, 10, 10], [300, 300, 10, 10]])
def test_a_box_outside_of_the_picture_leaves_nothing_out(box: list[int], tmp_path: Path) -> None:
    dataset = with_label(tmp_path, bbox=box)
    zebra = dataset.truth(dataset.pictures[0])["zebra"]
    assert isinstance(zebra, Pixels) and not zebra.void.any()
    odd = with_label(tmp_path / "odd", bbox=[5, 5, -10, -10])
    with pytest.raises(DatasetError, match="cannot be read"):
        odd.truth(odd.pictures[0])


@pytest.mark.parametrize(("said", "crowd"), [("0", False), (0.0, False), ("1", True), (True, True)])
def test_a_crowd_may_be_said_in_letters(said: object, crowd: bool, tmp_path: Path) -> None:
    dataset = with_label(tmp_path, segmentation=[[30, 30, 60, 30, 60, 60]], iscrowd=said)
    zebra = dataset.truth(dataset.pictures[0])["zebra"]
    assert isinstance(zebra, Pixels) and zebra.void.any() == zebra.empty == crowd


@pytest.mark.parametrize("seed", range(5))
def test_codes_and_polygons_are_those_of_pycocotools(seed: int, tmp_path: Path) -> None:
    codes = pytest.importorskip("pycocotools.mask")
    rng = np.random.default_rng(seed)
    mask = np.zeros((256, 256), np.uint8)
    mask[rng.integers(0, 256, 90), rng.integers(0, 256, 90)] = 1
    mask[20 * seed : 100, 30:50] = 1
    code = codes.encode(np.asfortranarray(mask))
    polygon = rng.uniform(-20, 280, 12).tolist()
    both = codes.merge([code, *codes.frPyObjects([polygon], 256, 256)])
    for number, shape in enumerate(({**code, "counts": code["counts"].decode()}, [polygon], both)):
        packed = {**shape, "counts": shape["counts"].decode()} if shape is both else shape
        dataset = with_label(tmp_path / str(number), segmentation=packed)
        zebra = dataset.truth(dataset.pictures[0])["zebra"]
        (wanted,) = codes.frPyObjects(shape, 256, 256) if shape == [polygon] else (shape,)
        assert isinstance(zebra, Pixels)
        assert (zebra.mask == codes.decode(wanted)).all()


def changed_coco(root: Path, change: Callable[[dict[str, Any]], object]) -> Coco:
    file = drawn_sets.coco(root) / "annotations" / "instances_val2017.json"
    labels = json.loads(file.read_text())
    change(labels)
    file.write_text(json.dumps(labels), encoding="utf-8-sig")
    return Coco(root)


def test_whose_labels_are_unclear_is_told(tmp_path: Path) -> None:
    """A picture under two numbers had the labels of one, two of one number those of both."""

    def twice(labels: dict[str, Any]) -> None:
        labels["images"] += [{**labels["images"][0], "id": 77}, labels["images"][2]]

    dataset = changed_coco(tmp_path / "a", twice)
    assert len(dataset.pictures) == 6
    with pytest.raises(DatasetError, match="twice"):
        dataset.truth(dataset.pictures[0])
    dataset.truth(dataset.pictures[2])  # listed twice, but in the very same way
    dataset = changed_coco(tmp_path / "b", lambda labels: labels["images"][1].update(id=1))
    assert len(dataset.pictures) == 6
    for picture in dataset.pictures[:2]:
        with pytest.raises(DatasetError, match="twice"):
            dataset.truth(picture)


def test_labels_of_no_picture_and_no_category_are_told(tmp_path: Path) -> None:
    def in_letters(labels: dict[str, Any]) -> None:
        for each in labels["annotations"]:
            each["image_id"] = str(each["image_id"])

    def hidden(labels: dict[str, Any]) -> None:  # by a label of the same number
        labels["annotations"].insert(0, {**labels["annotations"][0], "category_id": 99})

    with pytest.raises(DatasetError, match="none of a picture that it lists"):
        changed_coco(tmp_path / "a", in_letters)
    with pytest.raises(DatasetError, match="no category 99"):
        changed_coco(tmp_path / "b", hidden)
    with pytest.raises(DatasetError, match="two names and one number"):
        changed_coco(
            tmp_path / "c", lambda labels: labels["categories"].append({"id": 17, "name": "a"})
        )
    for part, field in (("images", "file_name"), ("images", "height"), ("categories", "name")):
        with pytest.raises(DatasetError, match=f"no COCO instances .*{field}"):
            changed_coco(tmp_path / field, lambda labels: labels[part][0].pop(field))  # noqa: B023


# --- where things lie ----------------------------------------------------------------------------


def test_of_several_years_the_newest_that_has_the_split_is_read(tmp_path: Path) -> None:
    root = drawn_sets.voc(tmp_path)
    older = root / "VOC2007"
    shutil.copytree(root / "VOC2012", older)
    (older / "ImageSets" / "Main" / "test.txt").write_text(drawn_sets.scenes()[0][0] + "\n")
    assert Voc(root, "Main/val").folder == root / "VOC2012" / "JPEGImages"
    dataset = Voc(root, "Main/test")
    assert dataset.folder == older / "JPEGImages" and len(dataset.pictures) == 1
    with pytest.raises(DatasetError, match=r"VOC2012.*none\.txt"):
        Voc(root, "Main/none")


def test_the_pictures_of_coco_may_lie_in_a_folder_of_images(tmp_path: Path) -> None:
    root = drawn_sets.coco(tmp_path)
    (root / "images").mkdir()
    (root / "val2017").rename(root / "images" / "val2017")
    assert all(each.file.exists() for each in Coco(root).pictures)


# --- the command ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("loaded_once")
@pytest.mark.parametrize("kind", KINDS)
def test_a_stopped_run_goes_on(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = KINDS[kind][0](tmp_path / "set")
    file, log = tmp_path / "out.json", tmp_path / "out.jsonl"
    words = ["evaluate", kind, root, "--json", file, "--device", "cpu"]
    assert command(*words, "--count", 2) == 0
    first = log.read_text()
    assert len(first.splitlines()) == 3
    log.write_text(first + '{"name": "half of a li')
    assert command(*words) == 0
    assert log.read_text().startswith(first)
    names = [json.loads(line)["name"] for line in log.read_text().splitlines()[1:]]
    assert len(names) == len(set(names)) == 6
    report = json.loads(file.read_text())
    assert report["pictures"] == 6 and report["sample_models"] is True
    assert Path(report["folder"]).is_relative_to(root)
    err = capsys.readouterr().err
    assert "paper dolls only" in err
    with pytest.raises(DatasetError, match=r"another data set, .*\(seed 0, now 1\)"):
        command(*words, "--seed", 1)


@pytest.mark.usefixtures("loaded_once")
def test_what_is_logged_is_of_the_very_labels_and_models(tmp_path: Path) -> None:
    root, file = drawn_sets.coco(tmp_path / "set"), tmp_path / "out.json"
    words = ["evaluate", "coco", root, "--json", file, "--device", "cpu", "--count", 1]
    assert command(*words) == 0
    labels = root / "annotations" / "instances_val2017.json"
    text = labels.read_text()
    labels.write_text(text + " ")
    with pytest.raises(DatasetError, match="other labels"):
        command(*words)
    own = tmp_path / "own"
    shutil.copytree(store.sample_models().detector, own)
    with pytest.raises(DatasetError, match="seed or models"):
        command(*words, "--detector", own)


@pytest.mark.usefixtures("loaded_once")
def test_a_picture_that_was_replaced_is_looked_at_again(tmp_path: Path) -> None:
    root, file = drawn_sets.coco(tmp_path / "set"), tmp_path / "out.json"
    words = ["evaluate", "coco", root, "--json", file, "--device", "cpu", "--count", 2]
    assert command(*words) == 0
    first, f1 = file.with_suffix(".jsonl").read_text(), json.loads(file.read_text())["f1"]
    for each in Coco(root).pictures:
        Image.new("RGB", (256, 256)).save(each.file)
    assert command(*words) == 0
    assert f1 > 0.5 > json.loads(file.read_text())["f1"]
    log = file.with_suffix(".jsonl").read_text()
    assert log.startswith(first) and len(log.splitlines()) == 5
    assert command(*words) == 0
    assert file.with_suffix(".jsonl").read_text() == log


@pytest.mark.usefixtures("loaded_once")
def test_what_is_broken_is_left_out_and_tried_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root, file = drawn_sets.coco(tmp_path / "set"), tmp_path / "out.json"
    words = ["evaluate", "coco", root, "--json", file, "--device", "cpu", "--count", 2]
    missing = order(Coco(root), 0, 2)[0].file
    missing.rename(missing.with_suffix(".away"))
    assert command(*words) == 1
    report = json.loads(file.read_text())
    assert report["failed"] == [missing.name] and report["pictures"] == 1
    err = capsys.readouterr().err
    assert "1 of 2 pictures" in err
    assert re.search(rf"^Warning: {re.escape(missing.name)} is left out", err, re.MULTILINE)
    missing.with_suffix(".away").rename(missing)
    assert command(*words) == 0
    report = json.loads(file.read_text())
    assert report["failed"] == [] and report["pictures"] == 2
    for each in Coco(root).pictures:
        each.file.unlink()
    file.with_suffix(".jsonl").unlink()
    with pytest.raises(DatasetError, match="None of the first 2"):
        command(*words)


@pytest.mark.usefixtures("loaded_once")
def test_where_a_model_fails_that_picture_alone_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, file = drawn_sets.coco(tmp_path / "set"), tmp_path / "out.json"
    failures = iter([ModelError("It answered with no numbers."), torch.OutOfMemoryError("full")])

    def look(*asked: Any) -> Looked:
        for each in failures:
            raise each
        return own(*asked)

    own = measure.look
    monkeypatch.setattr(measure, "look", look)
    assert command("evaluate", "coco", root, "--json", file, "--device", "cpu") == 1
    report, err = json.loads(file.read_text()), capsys.readouterr().err
    assert len(report["failed"]) == 2 and report["pictures"] == 4
    assert "no numbers" in err and "memory is full" in err


@pytest.mark.usefixtures("loaded_once")
@pytest.mark.parametrize(("kind", "more"), [("imagenet", ()), ("voc", ("--split", "Main/val"))])
def test_boxes_are_measured_without_a_segmenter(
    kind: str, more: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, file = KINDS[kind][0](tmp_path / "set"), tmp_path / "out.json"
    words = ["evaluate", kind, root, *more, "--json", file, "--device", "cpu", "--count", 1]
    with monkeypatch.context() as patch:
        patch.setattr(Sam, "load", lambda *_, **__: pytest.fail("a segmenter was loaded"))
        assert command(*words) == 0
    assert "segmenter" not in json.loads(file.read_text())
    with pytest.raises(ModelError, match="boxes are measured"):
        command(*words, "--segmenter", tmp_path)


@pytest.mark.usefixtures("loaded_once")
def test_models_of_ones_own_are_not_said_to_be_the_samples(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is painted: a painter is needed neither here nor in the folder of models."""
    root, file = drawn_sets.coco(tmp_path / "set"), tmp_path / "out.json"
    given = []
    for role in (store.DETECTOR, store.SEGMENTER):
        own = tmp_path / role.name
        shutil.copytree(store.SAMPLES / role.name, own)
        card = json.loads((own / "prompt_edit.json").read_text())
        (own / "prompt_edit.json").write_text(json.dumps({**card, "sample": False}))
        given += [f"--{ {'grounding-dino': 'detector', 'sam': 'segmenter'}[role.name] }", own]
    words = ["evaluate", "coco", root, "--json", file, "--device", "cpu", "--count", 1]
    assert command(*words, *given) == 0
    report = json.loads(file.read_text())
    assert report["sample_models"] is False and report["detector"] == str(given[1])
    assert "paper dolls" not in capsys.readouterr().err


@pytest.mark.usefixtures("loaded_once")
def test_the_names_of_imagenets_classes_are_labels_too(tmp_path: Path) -> None:
    root, file = drawn_sets.imagenet(tmp_path / "set"), tmp_path / "out.json"
    words = ["evaluate", "imagenet", root, "--device", "cpu", "--count", 1, "--json"]
    assert command(*words, file) == 0
    mapping = root / "LOC_synset_mapping.txt"
    with pytest.raises(OutputError, match="would be lost"):
        command(*words, mapping)
    mapping.write_text(mapping.read_text().replace("cup", "mug"))
    with pytest.raises(DatasetError, match="other labels"):
        command(*words, file)


@pytest.mark.usefixtures("loaded_once")
def test_who_interrupts_is_told_so_and_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, file = drawn_sets.voc(tmp_path / "set"), tmp_path / "out.json"
    words = ["evaluate", "voc", root, "--json", file, "--device", "cpu"]
    looks = iter([measure.look] * 2)

    def look(*asked: Any) -> Looked:
        for each in looks:
            return each(*asked)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(measure, "look", look)
        assert commandline.run(*words) == 130
    assert capsys.readouterr().err.splitlines()[-1] == "Stopped."
    assert len(file.with_suffix(".jsonl").read_text().splitlines()) == 3 and not file.exists()
    assert commandline.run(*words) == 0
    assert json.loads(file.read_text())["pictures"] == 6


def test_outputs_that_would_be_read_or_lost_are_refused(tmp_path: Path) -> None:
    root = drawn_sets.coco(tmp_path / "set")
    words = ["evaluate", "coco", root, "--device", "cpu", "--json"]
    with pytest.raises(OutputError, match="another ending"):
        command(*words, tmp_path / "out.jsonl")
    with pytest.raises(OutputError, match="would be lost"):
        command(*words, root / "annotations" / "instances_val2017.json")
    with pytest.raises(OutputError, match="is a folder"):
        command(*words, ".")
    empty = drawn_sets.voc(tmp_path / "voc")
    (empty / "VOC2012" / "ImageSets" / "Main" / "none.txt").write_text("\n")
    with pytest.raises(DatasetError, match="no picture in Main/none"):
        command("evaluate", "voc", empty, "--split", "Main/none")


@pytest.mark.parametrize("line", ["{}", "[]", "\x00", '{"name": "x", "scores": 3}', "3"])
def test_a_log_that_is_none_is_left_as_it_is(line: str, tmp_path: Path) -> None:
    file = tmp_path / "out.jsonl"
    half = f'{line}\n{{"name": "half of a li'
    for text in (f'{{"a": 1}}\n{line}\n', f"{line}\n", line, half, f'{{"a": 1}}\n{half}'):
        file.write_text(text)
        with pytest.raises(DatasetError):
            Log(file, {"a": 1})
        assert file.read_text() == text
    file.write_text('{"a"')  # the first line, cut off
    assert Log(file, {"a": 1}).known == {} and file.read_text() == '{"a": 1}\n'


def test_a_full_disk_is_told_and_what_was_logged_is_kept(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")  # not on every system
    file = tmp_path / "out.jsonl"
    log, most = Log(file, {"a": 1}), resource.getrlimit(resource.RLIMIT_FSIZE)
    log.add(Looked("first", {}, {}, 1.0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size + 9, most[1]))
    try:
        with pytest.raises(OutputError, match=r"out\.jsonl cannot be written: .*goes on"):
            log.add(Looked("second", {}, {}, 1.0))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
    assert [*Log(file, {"a": 1}).known] == ["first"]


def test_the_pictures_are_the_same_ones_in_each_run(tmp_path: Path) -> None:
    dataset = Coco(drawn_sets.coco(tmp_path))
    assert order(dataset, 3, 2) == order(dataset, 3, None)[:2]
    assert order(dataset, 3, None) != order(dataset, 4, None)


# --- what is missing or broken -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("coco", "annotations/instances_val2017.json"),
        ("voc", "VOC2012/ImageSets/Segmentation/val.txt"),
        ("imagenet", "LOC_synset_mapping.txt"),
    ],
)
def test_what_is_missing_is_named(kind: str, path: str, tmp_path: Path) -> None:
    make, reader = KINDS[kind]
    root = make(tmp_path)
    (root / path).unlink()
    with pytest.raises(DatasetError, match=Path(path).name):
        reader(root)
    with pytest.raises(DatasetError, match="There is no"):
        reader(tmp_path / "nowhere")
    with pytest.raises(DatasetError, match="too long"):
        reader(tmp_path / ("long" * 99))


def test_a_picture_that_is_missing_is_named(editor: PromptEditor, tmp_path: Path) -> None:
    dataset = Coco(drawn_sets.coco(tmp_path))
    dataset.pictures[0].file.unlink()
    with pytest.raises(ImageError, match=dataset.pictures[0].name):
        run(editor.detector, editor.segmenter, dataset, dataset.pictures)


def test_labels_of_another_size_are_refused(editor: PromptEditor, tmp_path: Path) -> None:
    dataset = Coco(drawn_sets.coco(tmp_path))
    for each in dataset.pictures:
        Image.new("RGB", (64, 48)).save(each.file)
    with pytest.raises(DatasetError, match="another size"):
        run(editor.detector, editor.segmenter, dataset, dataset.pictures)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"images": [], "annotations": []}', "\x00"])
def test_what_is_no_coco_is_refused(text: str, tmp_path: Path) -> None:
    root = drawn_sets.coco(tmp_path)
    (root / "annotations" / "instances_val2017.json").write_text(text)
    with pytest.raises(DatasetError, match="no COCO instances"):
        Coco(root)
