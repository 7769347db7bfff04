"""Original Grounding DINO checkpoints: equal to the original code, and clear when broken."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from models.harm import Harm
from safetensors.torch import save_file
from torch import Tensor, nn

from detect.reference import SMALL, SWIN_B, SWIN_T, Sizes, both, build, close, the_original
from prompt_edit.detect.original import VOCABULARY, load_original
from prompt_edit.errors import ModelError
from prompt_edit.models.weights import read_weights

PUBLISHED = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"  # its SHA-256


@pytest.fixture(scope="module")
def reference() -> Any:
    pytest.importorskip("groundingdino", reason="groundingdino-py, the reference, is not installed")
    with the_original() as original:
        yield original


@pytest.mark.parametrize(
    ("shape", "sides"),
    [
        pytest.param(SMALL, (224, 288), id="small"),
        pytest.param(SWIN_T, (256, 320), id="Swin-T at its true size"),
        pytest.param(SWIN_B, (416, 448), id="Swin-B at its true size"),
    ],
)
def test_equals_the_original_code(
    reference: Any, tmp_path: Path, shape: Sizes, sides: tuple[int, int]
) -> None:
    expected, got = both(reference, shape, sides, tmp_path)
    assert expected["boxes"].shape == got["boxes"].shape == (1, shape.queries, 4)
    assert expected["boxes"].std() > 0.01, "boxes that all look alike prove nothing"
    close(got["boxes"], expected["boxes"])
    spoken = expected["logits"].isfinite().all(dim=1)[0]
    close(got["logits"][..., spoken], expected["logits"][..., spoken])
    assert (got["logits"][..., ~spoken] == -torch.inf).all()


@pytest.fixture(scope="module")
def state(reference: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Tensor]:
    model = build(reference, SMALL, tmp_path_factory.mktemp("bert"))
    return {name: value.clone() for name, value in model.state_dict().items()}


def test_every_wrapping_gives_the_same_model(state: dict[str, Tensor], tmp_path: Path) -> None:
    torch.save({"model": state}, tmp_path / "plain.pth")
    torch.save({f"module.{name}": value for name, value in state.items()}, tmp_path / "bare.pth")
    save_file(state, tmp_path / "single.safetensors")
    models = [
        load_original(tmp_path / name, None, torch.float32)[0].state_dict()
        for name in ("plain.pth", "bare.pth", "single.safetensors")
    ]
    for other in models[1:]:
        assert models[0].keys() == other.keys()
        assert all(torch.equal(value, other[name]) for name, value in models[0].items())


def test_the_type_is_the_one_asked_for(state: dict[str, Tensor], tmp_path: Path) -> None:
    torch.save({"model": state}, tmp_path / "m.pth")
    model, _ = load_original(tmp_path / "m.pth", None, torch.bfloat16)
    assert model.dtype == torch.bfloat16 and not model.training


def test_the_tokenizer_is_the_given_then_the_near_then_the_bundled(
    state: dict[str, Tensor], tmp_path: Path
) -> None:
    file = tmp_path / "models" / "grounding-dino" / "m.pth"
    file.parent.mkdir(parents=True)
    torch.save({"model": state}, file)
    bundled = (VOCABULARY / "vocab.txt").read_text(encoding="utf-8").splitlines()

    def tokenizer(given: Path | None) -> Any:
        return load_original(file, given, torch.float32)[1].tokenizer

    def folder(path: Path, word: str) -> Path:
        path.mkdir()
        (path / "vocab.txt").write_text("\n".join([*bundled[:-1], word]), encoding="utf-8")
        return path

    assert tokenizer(None).convert_tokens_to_ids("dog") == 3899
    folder(tmp_path / "models" / "bert-base-uncased", "near")
    assert tokenizer(None).convert_ids_to_tokens(30521) == "near"
    given = folder(tmp_path / "mine", "given")
    assert tokenizer(given).convert_ids_to_tokens(30521) == "given"
    with pytest.raises(ModelError, match="bert-base-uncased folder"):
        tokenizer(tmp_path)


def test_a_tokenizer_with_too_many_words_is_refused(
    state: dict[str, Tensor], tmp_path: Path
) -> None:
    name = "bert.embeddings.word_embeddings.weight"
    torch.save({"model": {**state, name: state[name][:1000].clone()}}, tmp_path / "m.pth")
    with pytest.raises(ModelError, match="30522 words and the checkpoint 1000"):
        load_original(tmp_path / "m.pth", None, torch.float32)


def test_the_bundled_vocabulary_is_the_published_one() -> None:
    held = (VOCABULARY / "vocab.txt").read_bytes()
    assert hashlib.sha256(held).hexdigest() == PUBLISHED
    words = held.decode().splitlines()
    places = {"[PAD]": 0, "[UNK]": 100, "[CLS]": 101, "[SEP]": 102, ".": 1012, "?": 1029}
    assert len(words) == 30522
    assert {word: words.index(word) for word in places} == places


def test_captions_become_the_words_that_the_model_was_trained_on() -> None:
    from transformers import BertTokenizerFast

    tokenizer = BertTokenizerFast.from_pretrained(VOCABULARY, local_files_only=True)
    assert tokenizer("Dog.")["input_ids"] == [101, 3899, 1012, 102]
    words = ["a", "x", "##yl", "##ophone", ",", "naive"]
    assert tokenizer.tokenize("A xylophone, naïve") == words


def write_whole(path: Path) -> bytes:
    torch.save({"model": {"a.weight": torch.zeros(4000)}}, path)
    return path.read_bytes()


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "nothing.pth": (lambda path: None, "no model at"),
    "empty.pth": (lambda path: path.write_bytes(b""), "is empty"),
    "cut.pth": (lambda path: path.write_bytes(write_whole(path)[:8000]), "cut off"),
    "text.pth": (lambda path: path.write_text("<html>"), "is a text file"),
    "text.safetensors": (lambda path: path.write_text("version https://git-lfs"), "Git LFS"),
    "number.pth": (lambda path: torch.save(3, path), "no weights"),
    "other.pth": (write_whole, "not hold the original Grounding DINO"),
    "code.pth": (
        lambda path: torch.save({"model": {}, "x": Harm(path.with_suffix(".harm"))}, path),
        "holds Python code",
    ),
    "module.pth": (lambda path: torch.save(nn.Linear(2, 2), path), "holds Python code"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_gives_one_line_that_names_it(name: str, tmp_path: Path) -> None:
    write, words = BROKEN[name]
    file = tmp_path / name
    write(file)
    fails(file, words)
    assert not file.with_suffix(".harm").exists(), "code in a pickle was run"


def test_a_state_that_lacks_weights_is_not_filled_with_noise(
    state: dict[str, Tensor], tmp_path: Path
) -> None:
    gone = "transformer.decoder.norm.weight"
    torch.save({name: value for name, value in state.items() if name != gone}, tmp_path / "m.pth")
    fails(tmp_path / "m.pth", "decoder.layer_norm.weight")


def test_a_state_of_odd_shapes_is_refused(state: dict[str, Tensor], tmp_path: Path) -> None:
    name = "transformer.enc_output.weight"
    torch.save({**state, name: torch.zeros(3, 3)}, tmp_path / "m.pth")
    fails(tmp_path / "m.pth", "could not be loaded as the original Grounding DINO")


def test_a_whole_file_is_read_whole(tmp_path: Path) -> None:
    write_whole(tmp_path / "m.pth")
    assert read_weights(tmp_path / "m.pth")["a.weight"].shape == (4000,)


def fails(file: Path, words: str) -> None:
    with pytest.raises(ModelError) as error:
        load_original(file, None, torch.float32)
    message = str(error.value)
    assert str(file) in message and words in message
    assert "\n" not in message
