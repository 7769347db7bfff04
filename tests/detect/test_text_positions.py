"""What Grounding DINO is told about the places of words, under whichever transformers is here."""

from __future__ import annotations

import importlib
import json
import logging
import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from elsewhere import GPU, Elsewhere
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from worlds import PEOPLE_SCENE, drawn

from prompt_edit.detect import text_positions as module
from prompt_edit.detect.grounding_dino import GroundingDino, Picture
from prompt_edit.detect.text_positions import SPECIAL, text_positions, text_sines
from prompt_edit.errors import ModelError
from prompt_edit.models.store import sample_models

CLS, SEP, STOP, ASK = 101, 102, 1012, 1029


def by_the_original(ids: list[int]) -> list[int]:
    """As the original code goes through a caption, stop by stop."""
    places, before = [0] * len(ids), 0
    for at, token in enumerate(ids):
        if token in SPECIAL:
            if at not in (0, len(ids) - 1):
                places[before + 1 : at + 1] = range(at - before)
            before = at
    return places


@pytest.mark.parametrize(
    ("ids", "places"),
    [
        ([CLS, 2417, 4377, STOP, SEP], [0, 0, 1, 2, 0]),
        ([CLS, 2417, 4377, STOP, 3899, STOP, SEP], [0, 0, 1, 2, 0, 1, 0]),
        ([CLS, 3899, ASK, 4937, STOP, SEP], [0, 0, 1, 0, 1, 0]),
        ([CLS, STOP, STOP, SEP], [0, 0, 0, 0]),
        ([CLS, 2417, 4377, SEP], [0, 0, 0, 0]),  # ended by no stop
        ([CLS, SEP], [0, 0]),
    ],
)
def test_places_start_anew_after_each_stop_and_count_it(ids: list[int], places: list[int]) -> None:
    assert text_positions(torch.tensor([ids]))[0].tolist() == places == by_the_original(ids)


@given(st.lists(st.sampled_from([7, 8, STOP, ASK]), max_size=30))
def test_places_are_the_originals(words: list[int]) -> None:
    ids = [CLS, *words, SEP]
    assert text_positions(torch.tensor([ids]))[0].tolist() == by_the_original(ids)


def test_places_need_nothing_of_the_device_that_mps_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("cummax", "cummin"):
        monkeypatch.setattr(Tensor, name, _only_here(getattr(Tensor, name)))
    with Elsewhere():
        places = text_positions(torch.tensor([[CLS, 2417, 4377, STOP, SEP]], device=GPU))
        assert places.device == GPU and places.cpu()[0].tolist() == [0, 0, 1, 2, 0]


def _only_here(function: Callable) -> Callable:
    def method(values: Tensor, *args: Any, **named: Any) -> Any:
        assert values.device.type == "cpu", "not implemented"
        return function(values, *args, **named)

    return method


def test_sines_are_those_of_the_paper() -> None:
    said = text_sines(torch.zeros(1, 3, 8), None, torch.tensor([[0, 1, 5]]), width=8)
    for row, place in enumerate((0, 1, 5)):
        for pair in range(4):
            angle = 2 * math.pi * place / 10000 ** (2 * pair / 8)
            expected = [math.sin(angle), math.cos(angle)]
            assert said[0, row, 2 * pair : 2 * pair + 2].tolist() == pytest.approx(
                expected, abs=1e-5
            )
    features = torch.zeros(2, 3, 8, dtype=torch.float16)
    assert text_sines(features, None, None, width=8).dtype == torch.float16
    counted = text_sines(features.float(), None, torch.tensor([[0, 1, 2]] * 2), width=8)
    assert torch.equal(text_sines(features.float(), None, None, width=8), counted)
    assert text_sines(features, counted, None, width=8) is counted


@pytest.fixture(params=["grounding-dino", "mm-grounding-dino"])
def detector(request: pytest.FixtureRequest, tmp_path: Path) -> GroundingDino:
    """The sample model, and random weights of the other class, loaded as every model is."""
    if request.param == "grounding-dino":
        return GroundingDino.load(sample_models().detector)
    from transformers import MMGroundingDinoConfig, MMGroundingDinoForObjectDetection

    folder = Path(shutil.copytree(sample_models().detector, tmp_path / "model"))
    held = json.loads((folder / "config.json").read_text())
    config = MMGroundingDinoConfig(**{key: held[key] for key in held if key != "model_type"})
    torch.manual_seed(0)
    (folder / "model.safetensors").unlink()
    MMGroundingDinoForObjectDetection(config).save_pretrained(folder)
    return GroundingDino.load(folder)


def ask(detector: GroundingDino, text: str = "red dress. dog.") -> tuple[Tensor, Tensor]:
    answer = next(detector._answer([(Picture.of(drawn(PEOPLE_SCENE)[1][0]), text)]))
    return answer.scores, answer.boxes


def test_the_model_is_told_the_right_places_and_sines(detector: GroundingDino) -> None:
    """Fails without the correction under transformers 5.0 to 5.22."""
    inner = detector.model.model
    seen: dict[str, Any] = {}

    def words(_: Any, args: tuple, named: dict) -> None:
        seen["places"] = named.get("position_ids", args[3] if len(args) > 3 else None)

    def enhanced(_: Any, args: tuple, named: dict) -> None:
        seen["sines"] = named["position_embeddings"]

    inner.text_backbone.register_forward_pre_hook(words, with_kwargs=True)
    for layer in inner.encoder.layers:
        layer.text_enhancer_layer.register_forward_pre_hook(enhanced, with_kwargs=True)
        ask(detector)
        places = seen["places"]
        assert places[0].tolist() == [0, 0, 1, 2, 0, 1, 0]
        width = detector.model.config.d_model
        right = text_sines(torch.zeros(1, 7, width), None, places, width=width)
        assert torch.allclose(seen["sines"].float(), right, atol=1e-5)


def wrong_places(right: Callable) -> Callable:
    def function(*args: Any, **named: Any) -> Any:
        mask, places = right(*args, **named)
        stops = torch.isin(args[0] if args else named["input_ids"], torch.tensor(SPECIAL))
        return mask, torch.where(stops, 0, places)

    return function


def cut_sines(right: Callable) -> Callable:
    return lambda *args, **named: right(*args, **named).trunc()


def test_a_library_that_is_wrong_is_corrected_in_our_model_alone_and_told_once(
    detector: GroundingDino, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    right = ask(detector)
    library = importlib.import_module(type(detector.model).__module__)
    name = "generate_masks_with_special_tokens_and_transfer_map"
    monkeypatch.setattr(library, name, wrong_places(getattr(library, name)))
    layer = type(detector.model.model.encoder.layers[0])
    sines = "get_text_position_embeddings"
    monkeypatch.setattr(layer, sines, cut_sines(getattr(layer, sines)))
    monkeypatch.setattr(module, "_warned", set())

    untouched = type(detector.model)(detector.model.config).eval()
    untouched.load_state_dict(detector.model.state_dict())
    moved = ask(GroundingDino(untouched, detector.processor, detector.card))
    assert (moved[1] - right[1]).abs().max() > 1e-4, "what is wrong must show"

    ours = type(detector.model)(detector.model.config).eval()
    ours.load_state_dict(detector.model.state_dict())
    with caplog.at_level(logging.WARNING):
        module.correct_text_positions(ours)
        corrected = [ask(GroundingDino(ours, detector.processor, detector.card)) for _ in range(2)]
    for got in corrected:
        assert torch.allclose(got[0], right[0], atol=1e-5)
        assert torch.allclose(got[1], right[1], atol=1e-5)
    assert [line.getMessage().split("wrong ")[1].split(";")[0] for line in caplog.records] == [
        "sines of text positions",
        "text positions",
    ]
    again = ask(GroundingDino(untouched, detector.processor, detector.card))
    assert torch.equal(again[1], moved[1]), "another pack's model must not feel it"


def test_half_precision_is_refused() -> None:
    for dtype in (torch.float16, torch.bfloat16):
        with pytest.raises(ModelError, match="full precision"):
            GroundingDino.load(sample_models().detector, dtype=dtype)
    for device in ("cpu", "cuda", "mps"):
        assert GroundingDino.default_dtype(torch.device(device)) == torch.float32
