"""Labelled data sets are read as they are packed, and what is asked of them adds up."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from evaluate import drawn_sets
from PIL import Image
from torch import Tensor

from prompt_edit.cli import app
from prompt_edit.detect.detections import Detections
from prompt_edit.editor import PromptEditor
from prompt_edit.errors import DatasetError, ImageError
from prompt_edit.evaluate.coco import Coco
from prompt_edit.evaluate.imagenet import ImageNet
from prompt_edit.evaluate.labelled import Dataset
from prompt_edit.evaluate.run import figures, order, run
from prompt_edit.evaluate.scores import Boxes, Found, Pixels, box_scores, mask_scores
from prompt_edit.evaluate.voc import Voc

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


def test_classes_of_one_name_get_names_of_their_own(tmp_path: Path) -> None:
    root = drawn_sets.imagenet(tmp_path)
    file = root / "LOC_synset_mapping.txt"
    file.write_text("n1 crane\nn2 crane, hoist\nn3 tench, Tinca tinca\n")
    assert ImageNet(root).phrases == {"n1": "crane", "n2": "hoist", "n3": "tench"}


# --- the command ---------------------------------------------------------------------------------


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
    err = capsys.readouterr().err
    assert "paper dolls only" in err
    with pytest.raises(DatasetError, match="another data set, split, seed or models"):
        command(*words, "--seed", 1)


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
