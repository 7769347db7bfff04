"""A model folder's own settings, and what is said of folders that are none."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from prompt_edit.errors import ModelError
from prompt_edit.models.card import CARD, Card, read_card, read_config


def test_a_folder_without_a_card_has_the_defaults(tmp_path: Path) -> None:
    assert read_card(tmp_path) == Card()
    assert not read_card(tmp_path).sample


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", Card()),
        ('{"sample": true, "threshold": 0.2}', Card(sample=True, threshold=0.2)),
        ('{"steps": 8, "guidance_scale": 1}', Card(steps=8, guidance_scale=1.0)),
    ],
)
def test_a_card_is_read(tmp_path: Path, text: str, expected: Card) -> None:
    (tmp_path / CARD).write_text(text)
    assert read_card(tmp_path) == expected


def test_a_card_comes_back_as_it_was_written(tmp_path: Path) -> None:
    card = Card(sample=True, threshold=0.25, steps=12, guidance_scale=3.5)
    (tmp_path / CARD).write_text(card.model_dump_json())
    assert read_card(tmp_path) == card


def test_a_card_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Card().steps = 3


BROKEN_CARDS = {
    "empty": (b"", "EOF"),
    "cut off": (b'{"sample": tr', "JSON"),
    "a list": (b"[]", "object"),
    "a misspelt name": (b'{"treshold": 0.2}', "treshold"),
    "a word for a number": (b'{"steps": "many"}', "steps"),
    "half a step": (b'{"steps": 2.5}', "steps"),
    "not text": (b"\xff\xfe\x00{", "not text"),
}


@pytest.mark.parametrize(("data", "hint"), BROKEN_CARDS.values(), ids=BROKEN_CARDS)
def test_a_broken_card_is_named(tmp_path: Path, data: bytes, hint: str) -> None:
    (tmp_path / CARD).write_bytes(data)
    with pytest.raises(ModelError) as caught:
        read_card(tmp_path)
    assert str(tmp_path / CARD) in str(caught.value) and hint in str(caught.value)


def test_a_config_is_read(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "sam", "sizes": [1, 2]}')
    assert read_config(tmp_path, "config.json") == {"model_type": "sam", "sizes": [1, 2]}


BROKEN_CONFIGS = {
    "empty": (b"", "valid JSON"),
    "cut off": (b'{"model_type": "s', "valid JSON"),
    "not text": (b"\xff\xfe\x00{", "valid JSON"),
    "a list": (b"[1, 2]", "settings"),
    "a word": (b'"sam"', "settings"),
    "nothing": (b"null", "settings"),
}


@pytest.mark.parametrize(("data", "hint"), BROKEN_CONFIGS.values(), ids=BROKEN_CONFIGS)
def test_a_broken_config_is_named(tmp_path: Path, data: bytes, hint: str) -> None:
    (tmp_path / "config.json").write_bytes(data)
    with pytest.raises(ModelError) as caught:
        read_config(tmp_path, "config.json")
    assert str(tmp_path / "config.json") in str(caught.value) and hint in str(caught.value)


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"weights")
    (tmp_path / "config.json").mkdir()
    for folder, hint in [
        (tmp_path / "nowhere", "no model at"),
        (weights, "is a file"),
        (tmp_path, "holds no config.json"),
    ]:
        with pytest.raises(ModelError) as caught:
            read_config(folder, "config.json")
        assert str(folder) in str(caught.value) and hint in str(caught.value)
