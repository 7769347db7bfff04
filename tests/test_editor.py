"""All stages together, on the sample models."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from elsewhere import GPU, Elsewhere
from torch import Tensor
from worlds import DRESS_SCENE, PEOPLE_SCENE, drawn, instance, scene, woman

from prompt_edit import editor as editing
from prompt_edit.detect.colour import nearest
from prompt_edit.detect.grounding_dino import GroundingDino
from prompt_edit.editor import PromptEditor
from prompt_edit.errors import ImageError, InstructionError, NotFound, PromptEditError
from prompt_edit.inpaint.diffusion import Inpainter
from prompt_edit.inpaint.repaint import Sampling
from prompt_edit.models.card import Card
from prompt_edit.models.store import sample_models
from prompt_edit.paperdoll.recognise import likeness
from prompt_edit.paperdoll.scene import Item
from prompt_edit.plan import EditPlan
from prompt_edit.segment.sam import Sam

QUICK = Sampling()  # the sample painter takes one step

pytestmark = pytest.mark.usefixtures("small_samples")


@pytest.fixture
def small_editor(detector: GroundingDino, segmenter: Sam, small_painter: Inpainter) -> PromptEditor:
    """For tests that do not look at what is painted."""
    return PromptEditor(detector, segmenter, small_painter)


def test_the_papers_sentence(editor: PromptEditor) -> None:
    picture, image = drawn(DRESS_SCENE)
    result = editor.edit(image, "I want to change red dress to white t-shirt.")
    step = result.steps[0]
    assert step.edit.operation == "replace"
    assert step.detections.labels == ("red dress",)
    assert set(result.seconds) == {"parse", "detect", "segment", "inpaint"}
    outside = step.opacity == 0
    assert torch.equal(result.image[0][outside], image[0][outside])
    dress = picture.mask(instance(picture, "dress"))
    chest = dress.copy()
    chest[int(dress.nonzero()[0].min()) + 35 :] = False  # a t-shirt hides this part of a dress
    assert nearest(result.image[0][chest]) in ("white", "gray")


def test_the_whole_graph_is_the_same_on_a_gpu(
    small_editor: PromptEditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prompt_edit.inpaint.diffusion.require_memory", lambda *_: None)
    _, image = drawn(DRESS_SCENE)
    here = small_editor.edit(image, "make the dress blue and remove the dog", QUICK)
    samples = sample_models()
    with Elsewhere():
        there = PromptEditor(
            GroundingDino.load(samples.detector, GPU, torch.float32),
            Sam.load(samples.segmenter, GPU, torch.float32),
            Inpainter.load(samples.painter, GPU, torch.float32),
        )
        result = there.edit(image, "make the dress blue and remove the dog", QUICK)
        assert result.image.device.type == "cpu"
    assert torch.allclose(result.image, here.image, atol=1e-4)


def test_korean(editor: PromptEditor) -> None:
    picture, image = drawn(DRESS_SCENE)
    sentence = "이 사진에서 이 사람의 머리카락을 빨간색으로 변경해주세요."
    result = editor.edit(image, sentence)
    hair = picture.mask(instance(picture, "hair"))
    assert nearest(result.image[0][hair]) == "red"


def test_edits_follow_each_other(editor: PromptEditor) -> None:
    picture, image = drawn(PEOPLE_SCENE)
    result = editor.edit(image, "make the red dress white and then paint the blue dress black")
    assert [step.edit.operation for step in result.steps] == ["recolor", "recolor"]
    for colour, kept in (("red", False), ("blue", False), ("yellow", True)):
        dress = torch.from_numpy(picture.mask(instance(picture, "dress", colour)))
        moved = float((result.image - image)[0][dress].abs().mean())
        assert moved == 0 if kept else moved > 0.1


def test_only_the_chosen_one(small_editor: PromptEditor) -> None:
    picture, image = drawn(PEOPLE_SCENE)
    result = small_editor.edit(image, "remove the second person from the left", QUICK)
    people = [each for each in picture.instances if each.item.kind == "woman"]
    middle = torch.from_numpy(picture.mask(people[1]))
    mask = result.steps[0].mask > 0.5
    assert float((mask & middle).sum() / (mask | middle).sum()) > 0.7


def test_exclusion(editor: PromptEditor) -> None:
    hat = Item("hat", "blue", style="brim", seed=2)
    shirt, pants = Item("shirt", "green", seed=7), Item("pants", "purple", seed=8)
    picture, image = drawn(scene(woman(128, shirt, pants, hat)))
    result = editor.edit(image, "extract the woman except the hat")
    hidden = torch.from_numpy(picture.mask(instance(picture, "hat")))
    assert float(result.image[0, ..., 3][hidden].mean()) < 0.25


def test_what_is_left_out_stays_where_the_mask_grows(small_editor: PromptEditor) -> None:
    hat = Item("hat", "blue", style="brim", seed=2)
    shirt, pants = Item("shirt", "green", seed=7), Item("pants", "purple", seed=8)
    picture, image = drawn(scene(woman(128, shirt, pants, hat)))
    step = small_editor.edit(image, "remove the woman except the hat", QUICK).steps[0]
    kept = torch.from_numpy(picture.mask(instance(picture, "hat")))
    assert float((step.opacity[kept] > 0).float().mean()) < 0.25
    assert bool((step.opacity > 0).sum() > 1.2 * step.mask.sum())


class Told:
    """Paints nothing, and remembers what it was to paint."""

    card, wording, native, multiple, controls = Card(), "result", 64, 8, ()

    def __init__(self) -> None:
        self.prompts: list[str] = []

    def paint(self, image: torch.Tensor, mask: torch.Tensor, prompt: str, *_: str, **how: object
              ) -> torch.Tensor:  # fmt: skip
        self.prompts.append(prompt)
        return image


def test_each_of_several_becomes_one(detector: GroundingDino, segmenter: Sam) -> None:
    hats = [Item("hat", colour, style="brim", seed=2) for colour in ("blue", "red")]
    _, image = drawn(scene(*(woman(x, hat) for x, hat in zip((60, 196), hats, strict=True))))
    told: Any = Told()
    result = PromptEditor(detector, segmenter, told).edit(image, "replace the hats with crowns")
    assert len(result.steps[0].detections) == 2
    assert told.prompts == ["crown", "crown"]


def test_extract_cuts_the_object_out(editor: PromptEditor) -> None:
    picture, image = drawn(DRESS_SCENE)
    result = editor.edit(image, "cut out the dog")
    assert result.image.shape == (1, 256, 256, 4)
    alpha = result.image[..., 3:]
    assert torch.equal(result.image[..., :3], torch.where(alpha > 0, image, 0))
    dog = torch.from_numpy(picture.mask(instance(picture, "dog"))).float()
    assert float((result.image[0, ..., 3] - dog).abs().mean()) < 0.01


def test_add_paints_where_it_says(small_editor: PromptEditor) -> None:
    picture, image = drawn(DRESS_SCENE)
    result = small_editor.edit(image, "add a blue hat on the woman", QUICK)
    ys, xs = (result.steps[0].opacity > 0).nonzero().unbind(dim=1)
    x0, y0, x1, y1 = picture.box(instance(picture, "woman"))
    assert abs(float(xs.float().mean()) - (x0 + x1) / 2) < 25
    assert float(ys.max()) < y0 + 0.3 * (y1 - y0)


def test_background_keeps_the_subject(small_editor: PromptEditor) -> None:
    picture, image = drawn(scene(woman(128, Item("dress", "red", seed=11))))
    result = small_editor.edit(image, "change the background to snow", QUICK)
    kept = torch.from_numpy(picture.mask(instance(picture, "woman")))
    changed = (result.image != image).any(dim=-1)[0]
    assert float(changed[kept].float().mean()) < 0.15
    assert float(changed[~kept].float().mean()) > 0.9


def test_alpha_is_carried_through(small_editor: PromptEditor) -> None:
    _, image = drawn(DRESS_SCENE)
    alpha = torch.linspace(0, 1, 256).expand(1, 256, 256)[..., None]
    result = small_editor.edit(torch.cat([image, alpha], dim=-1), "make the dress blue", QUICK)
    assert torch.equal(result.image[..., 3:], alpha)


def test_what_cannot_be_done_is_said(editor: PromptEditor) -> None:
    _, image = drawn(DRESS_SCENE)
    with pytest.raises(NotFound, match='no "car"'):
        editor.edit(image, "paint the car red")
    with pytest.raises(InstructionError):
        editor.edit(image, "frobnicate")
    with pytest.raises(ImageError, match="shape"):
        editor.edit(image[0], "make the dress blue")


def test_progress_is_told_and_can_stop_it(small_editor: PromptEditor) -> None:
    _, image = drawn(DRESS_SCENE)
    stages: list[str] = []

    def note(stage: str, done: int, total: int) -> None:
        stages.append(stage)
        if stage == "inpaint" and done == 1:
            raise KeyboardInterrupt

    before = image.clone()
    with pytest.raises(KeyboardInterrupt):
        small_editor.edit(image, "make the dress blue", QUICK, on_progress=note)
    assert stages == ["detect", "segment", "inpaint"]
    assert torch.equal(image, before)


# --- what is loaded, and when --------------------------------------------------------------------


def loads(editor: PromptEditor) -> set[str]:
    """Which of its models an editor has loaded."""
    models = (editor._detector, editor._segmenter, editor._painter)
    return {each.stage.removeprefix("load ") for each in models if each.model is not None}


def test_only_what_an_edit_needs_is_loaded() -> None:
    _, image = drawn(DRESS_SCENE)
    editor = PromptEditor.load(sample_models())
    assert loads(editor) == set()
    stages: list[str] = []
    with pytest.raises(NotFound):
        editor.edit(image, "cut out the car", on_progress=lambda stage, *_: stages.append(stage))
    assert loads(editor) == {"detector"} and stages == ["detect", "load detector"]
    editor.find(image, EditPlan.from_json(PLAN).edits[0])
    assert loads(editor) == {"detector"}
    result = editor.edit(image, "cut out the dog")
    assert "load" in result.seconds and loads(editor) == {"detector", "segmenter"}
    assert "load" not in editor.edit(image, "cut out the dog").seconds


def test_what_needs_no_painter_to_be_told_from_paper_loads_none(
    painter: Inpainter,
) -> None:
    """A picture with the paper's grain is paper: the autoencoder is asked about others alone."""
    vae, loaded = painter.pipeline.vae, list[int]()

    def load() -> Any:
        loaded.append(1)
        return vae

    assert likeness(drawn(DRESS_SCENE)[1], load) == "paper" and not loaded
    grey = drawn(DRESS_SCENE)[1][:, ::2, ::2].mean(dim=-1, keepdim=True).expand(-1, -1, -1, 3)
    assert likeness(grey, load) == likeness(grey, vae) != "paper" and loaded


def test_what_sam_cannot_cut_is_noted(editor: PromptEditor) -> None:
    class Blind:
        """A segmenter that sees nothing in the first of several boxes."""

        def segment(self, image: Tensor, boxes: Tensor) -> Tensor:
            masks = editor.segmenter.segment(image, boxes).clone()
            masks[: len(boxes) > 1] = 0
            return masks

    blind = PromptEditor(editor.detector, Blind(), editor.painter)
    _, image = drawn(PEOPLE_SCENE)
    (step,) = blind.edit(image, "cut out the dresses").steps
    said = f'"{step.edit.target}" was found, but SAM sees nothing to cut in 1 of 3 boxes.'
    assert step.notes == (said,)


def test_the_detector_is_asked_as_the_nodes_ask_it(editor: PromptEditor) -> None:
    """Whatever it can do besides, several phrases in one pass among it."""
    handed = editing._Detector(editor, lambda *_: None)
    for name in ("card", "at_once", "scores_at"):
        assert getattr(handed, name) == getattr(editor.detector, name)
    assert not hasattr(handed, "imagined")


PLAN = '{"edits": [{"operation": "recolor", "target": "dress", "result": "blue dress"}], ' \
    '"instruction": "", "parser": "by hand"}'  # fmt: skip


def test_an_edit_of_the_whole_picture_needs_no_detector() -> None:
    _, image = drawn(scene())
    editor = PromptEditor.load(sample_models())
    editor.edit(image, EditPlan.from_json(
        '{"edits": [{"operation": "background", "target": "background", "result": "snow"}],'
        ' "instruction": "", "parser": "by hand"}'))  # fmt: skip
    assert loads(editor) == {"painter"}


def test_what_a_sample_painter_refuses_is_told_before_anything_is_looked_for() -> None:
    _, image = drawn(DRESS_SCENE)
    editor = PromptEditor.load(sample_models())
    with pytest.raises(InstructionError, match="turquoise"):
        editor.edit(image, "make the hat turquoise")
    assert loads(editor) == {"painter"}


def test_a_picture_of_another_world_is_told_where_it_is_cut(
    editor: PromptEditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples = PromptEditor.load(sample_models())
    for name in ("_detector", "_segmenter", "_painter"):
        getattr(samples, name).model = getattr(editor, name).model
    noise = torch.rand(1, 64, 64, 3, generator=torch.Generator().manual_seed(0))
    with pytest.raises(ImageError, match="real model"):
        samples.edit(noise, "remove the dog")
    _, image = drawn(DRESS_SCENE)
    assert not samples.edit(image, "cut out the dog").steps[0].notes
    monkeypatch.setattr("prompt_edit.editor.likeness", lambda *_: "doubtful")
    (note,) = samples.edit(image, "cut out the dog").steps[0].notes
    assert "paper-doll" in note


# --- what Python code may hand over --------------------------------------------------------------


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (np.zeros((1, 64, 64, 3), np.float32), "not numpy.ndarray"),
        (None, "not NoneType"),
        ("a.png", "not str"),
        (torch.zeros(1, 0, 64, 3), "no pixels"),
        (torch.zeros(1, 64, 0, 3), "no pixels"),
        (torch.zeros(64, 64, 3), "shape"),
        (torch.zeros(2, 64, 64, 3), "shape"),
        (torch.zeros(1, 3, 64, 64), "shape"),
        (torch.zeros(1, 64, 64, 3, dtype=torch.uint8), "divide it by 255"),
        (torch.full((1, 64, 64, 3), 255.0), "not from 0 to 1"),
        (torch.full((1, 64, 64, 3), torch.nan), "NaN"),
    ],
    ids=str,
)
def test_what_is_no_picture(editor: PromptEditor, picture: object, words: str) -> None:
    with pytest.raises(ImageError, match=words):
        editor.edit(picture, "remove the dog")  # type: ignore[arg-type]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_pictures_of_other_precision(editor: PromptEditor, dtype: torch.dtype) -> None:
    _, image = drawn(DRESS_SCENE)
    result = editor.edit(image.to(dtype), "cut out the dog")
    assert result.image.dtype == torch.float32


@pytest.mark.parametrize("threshold", [float("nan"), -0.1, 1.1, float("inf"), "0.3"])
def test_what_is_no_threshold(editor: PromptEditor, threshold: float) -> None:
    with pytest.raises(PromptEditError, match="threshold"):
        editor.edit(drawn(DRESS_SCENE)[1], "remove the dog", threshold=threshold)


@pytest.mark.parametrize("instruction", [None, 3, b"remove the dog"])
def test_what_is_no_instruction(editor: PromptEditor, instruction: object) -> None:
    with pytest.raises(InstructionError):
        editor.edit(drawn(DRESS_SCENE)[1], instruction)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "sampling",
    [{"seed": 2**64}, {"seed": -1}, {"strength": float("nan")}, {"steps": 0}],
    ids=str,
)
def test_what_is_no_sampling(editor: PromptEditor, sampling: dict) -> None:
    with pytest.raises(PromptEditError):
        editor.edit(drawn(DRESS_SCENE)[1], "remove the dog", Sampling(**sampling))


class Blind:
    """A segmenter that sees nothing."""

    def segment(self, image: torch.Tensor, boxes: torch.Tensor) -> torch.Tensor:
        return torch.zeros(len(boxes), *image.shape[:2])


def test_an_empty_mask_is_not_said_to_be_left_out(editor: PromptEditor) -> None:
    blind = PromptEditor(editor.detector, Blind(), editor.painter)
    with pytest.raises(NotFound) as caught:
        blind.edit(drawn(DRESS_SCENE)[1], "remove the dog")
    assert "left out" not in str(caught.value)
