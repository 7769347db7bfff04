"""The detector on the sample model: what it finds, what it refuses, how it fails."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from elsewhere import GPU, Elsewhere
from torchvision.ops import box_convert, box_iou
from worlds import BALLS_SCENE, DRESS_SCENE, PEOPLE_SCENE, drawn, instance

from prompt_edit.detect.ground import ground
from prompt_edit.detect.grounding_dino import GroundingDino
from prompt_edit.errors import ModelError, NotFound
from prompt_edit.images import to_pil
from prompt_edit.models.card import Card
from prompt_edit.models.store import sample_models
from prompt_edit.plan import Edit, Relation, Which


@pytest.mark.parametrize(
    ("phrase", "kind"),
    [("dress", "dress"), ("red dress", "dress"), ("dog", "dog"), ("black hair", "hair"),
     ("woman", "woman"), ("person", "woman")],
)  # fmt: skip
def test_finds_what_is_there(detector: GroundingDino, phrase: str, kind: str) -> None:
    picture, image = drawn(DRESS_SCENE)
    found = detector.detect(image, [phrase])[0]
    true = torch.tensor([picture.box(instance(picture, kind))], dtype=torch.float32)
    assert len(found) >= 1
    assert float(box_iou(found.boxes[:1], true)) > 0.55
    assert set(found.labels) == {phrase}
    assert found.size == (256, 256)


@pytest.mark.parametrize("phrase", ["house", "tree", "green dress", "yellow dress", "xylophone"])
def test_finds_nothing_that_is_not_there(detector: GroundingDino, phrase: str) -> None:
    _, image = drawn(DRESS_SCENE)
    assert len(detector.detect(image, [phrase], 0.3)[0]) == 0


@pytest.mark.parametrize("phrase", ["very " * 300 + "red dress", "dress?", "a dress? or what. yes",
                                    "people woman's dress", "?", " and "])  # fmt: skip
def test_any_phrase_can_be_asked_for(detector: GroundingDino, phrase: str) -> None:
    """Longer than the model reads, or with what it tells phrases apart by."""
    found = detector.detect(drawn(DRESS_SCENE)[1], [phrase])[0]
    assert set(found.labels) <= {phrase}


def test_several_colours_do_not_name_another_thing(detector: GroundingDino) -> None:
    with pytest.raises(NotFound):
        ground(
            detector, drawn(BALLS_SCENE)[1], Edit(operation="remove", target="red and white dress")
        )


def test_several_instances_and_phrases(detector: GroundingDino) -> None:
    picture, image = drawn(PEOPLE_SCENE)
    assert len(detector.detect(image, ["person"])[0]) == 3
    both = detector.detect(image, ["red dress", "blue dress"])[0]
    assert sorted(both.labels) == ["blue dress", "red dress"]
    for label, box in zip(both.labels, both.boxes, strict=True):
        true = picture.box(instance(picture, "dress", label.split()[0]))
        assert float(box_iou(box[None], torch.tensor([true], dtype=torch.float32))) > 0.5


def test_finds_the_same_on_a_gpu(detector: GroundingDino) -> None:
    image = drawn(PEOPLE_SCENE)[1]
    phrases = ["red dress", "person"]
    here = detector.detect(image, phrases)[0]
    with Elsewhere():
        there = GroundingDino.load(sample_models().detector, GPU, torch.float32)
        for place in (GPU, "cpu", GPU):  # sent away, and back
            there.model.to(place)
            found = there.detect(image, phrases)[0]
            assert found.boxes.device.type == "cpu"
            assert torch.allclose(found.boxes, here.boxes, atol=0.05)


def test_a_batch_gives_a_result_for_every_picture(detector: GroundingDino) -> None:
    images = torch.cat([drawn(DRESS_SCENE)[1], drawn(BALLS_SCENE)[1]])
    found = detector.detect(images, ["person"])
    assert [len(each) for each in found] == [1, 0]
    assert found[1].boxes.shape == (0, 4)


def test_alpha_and_other_sizes(detector: GroundingDino) -> None:
    _, image = drawn(DRESS_SCENE)
    wide = torch.nn.functional.pad(image.movedim(-1, 1), (60, 61, 0, 0), mode="replicate")
    wide = torch.cat([wide, torch.ones_like(wide[:, :1])], dim=1).movedim(1, -1)
    found = detector.detect(wide, ["person"])[0]
    assert found.size == (256, 377)
    narrow = detector.detect(image, ["person"])[0]
    moved = found.boxes[0] - torch.tensor([60, 0, 60, 0])
    assert float(box_iou(moved[None], narrow.boxes[:1])) > 0.6


def test_threshold_is_the_cards_unless_given(detector: GroundingDino) -> None:
    _, image = drawn(DRESS_SCENE)
    assert len(detector.detect(image, ["dress"], 1.0)[0]) == 0
    assert len(detector.detect(image, ["dress"], 0.001)[0]) > 1
    least = detector.detect(image, ["person"])[0].scores.min()
    assert float(least) >= detector.card.threshold


def test_ground_takes_the_asked_one(detector: GroundingDino) -> None:
    _, image = drawn(PEOPLE_SCENE)
    edit = Edit(operation="remove", target="person", which=Which(by="left", rank=2))
    found = ground(detector, image, edit).found
    assert len(found) == 1
    assert abs(float(found.centers[0, 0]) - 128) < 12


def test_ground_resolves_relations(detector: GroundingDino) -> None:
    _, image = drawn(PEOPLE_SCENE)
    relation = Relation(kind="right of", anchor="blue dress")
    edit = Edit(operation="remove", target="person", relation=relation)
    found = ground(detector, image, edit).found
    assert len(found) == 1
    assert float(found.centers[0, 0]) > 180


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (Edit(operation="remove", target="xylophone"), 'no "xylophone"'),
        (Edit(operation="remove", target="person", which=Which(by="left", rank=4)), "only 3"),
        (
            Edit(
                operation="remove",
                target="person",
                relation=Relation(kind="near", anchor="xylophone"),
            ),
            'no "xylophone"',
        ),
        (
            Edit(
                operation="remove",
                target="red dress",
                relation=Relation(kind="right of", anchor="yellow dress"),
            ),
            "right of",
        ),
    ],
)
def test_ground_says_why_it_found_nothing(detector: GroundingDino, edit: Edit, reason: str) -> None:
    _, image = drawn(PEOPLE_SCENE)
    with pytest.raises(NotFound, match=reason):
        ground(detector, image, edit)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(sample_models().detector, tmp_path / "model"))


def test_mm_grounding_dino_is_the_other_architecture(copy: Path) -> None:
    """Random weights of its class in a folder of its kind; what is found is what it says itself."""
    from transformers import MMGroundingDinoConfig, MMGroundingDinoForObjectDetection

    held = json.loads((copy / "config.json").read_text())
    config = MMGroundingDinoConfig(**{key: held[key] for key in held if key != "model_type"})
    torch.manual_seed(0)
    (copy / "model.safetensors").unlink()
    MMGroundingDinoForObjectDetection(config).save_pretrained(copy)
    detector = GroundingDino.load(copy)
    assert isinstance(detector.model, MMGroundingDinoForObjectDetection)

    _, image = drawn(DRESS_SCENE)
    detector.card = Card()  # no presence check: nothing is learnt here
    found = detector.detect(image, ["red dress"], 0.0)[0]
    inputs = detector.processor(images=to_pil(image[0]), text="red dress.", return_tensors="pt")
    with torch.inference_mode():
        said = detector.model(**inputs)
    words = said.logits[0, :, 1:3].sigmoid()  # [CLS] red dress . [SEP]
    best = int(words.amax(dim=1).argmax())
    assert float(found.scores[0]) == pytest.approx(float(words[best].max()), abs=1e-4)
    box = box_convert(said.pred_boxes[0, best] * 256, "cxcywh", "xyxy").clamp(0, 256)
    assert torch.allclose(found.boxes[0], box, atol=0.05)


def test_broken_folders_give_one_clear_line(copy: Path) -> None:
    weights = copy / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[: len(whole) // 2])
    _fails(copy, str(copy))
    weights.write_bytes(b"not weights at all")
    _fails(copy, str(copy))
    weights.unlink()
    _fails(copy, str(copy))
    (copy / "config.json").write_text('{"model_type": "bert"}')
    _fails(copy, "bert, not Grounding DINO")
    (copy / "config.json").write_text("{")
    _fails(copy, "not valid JSON")
    (copy / "config.json").unlink()
    _fails(copy, "no config.json")
    _fails(copy / "nowhere", "no model at")


def test_missing_weights_are_not_filled_with_noise(copy: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(copy / "model.safetensors")
    gone = next(name for name in weights if "text_projection" in name)
    del weights[gone]
    save_file(weights, copy / "model.safetensors", metadata={"format": "pt"})
    _fails(copy, gone)


def test_a_bad_card_is_named(copy: Path) -> None:
    (copy / "prompt_edit.json").write_text(json.dumps({"threshold": "high"}))
    _fails(copy, "prompt_edit.json")


def _fails(folder: Path, words: str) -> None:
    with pytest.raises(ModelError) as error:
        GroundingDino.load(folder)
    assert words in str(error.value)
    assert "\n" not in str(error.value).split("Mend")[0].split(": 1 validation")[0]


def test_numbers_that_are_none_are_told() -> None:
    broken = GroundingDino.load(sample_models().detector)
    for weights in broken.model.parameters():
        weights.data.fill_(float("nan"))
    with pytest.raises(ModelError, match="numbers that are none"):
        broken.detect(drawn(BALLS_SCENE)[1], ["ball"])
