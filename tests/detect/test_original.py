"""Original Grounding DINO checkpoints: equal to the original code, and clear when broken."""

from __future__ import annotations

import argparse
import functools
import hashlib
import inspect
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from models.harm import Harm
from safetensors.torch import save_file
from torch import Tensor, nn

from prompt_edit.detect.original import VOCABULARY, load_original
from prompt_edit.errors import ModelError
from prompt_edit.models.weights import read_weights

CAPTION = "a red dress. the dog."
CLOSE = 1e-4
PUBLISHED = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"  # its SHA-256


@dataclass(frozen=True)
class Shape:
    """Sizes of a checkpoint. The original code knows 256 channels only."""

    embed: int
    depths: tuple[int, ...]
    heads: tuple[int, ...]
    window: int
    layers: int
    feedforward: int
    queries: int
    bert: int
    bert_layers: int


SMALL = Shape(24, (1, 1, 2, 1), (1, 2, 3, 4), 5, 2, 64, 20, 64, 2)
SWIN_T = Shape(96, (2, 2, 6, 2), (3, 6, 12, 24), 7, 6, 2048, 900, 768, 12)
SWIN_B = Shape(128, (2, 2, 18, 2), (4, 8, 16, 32), 12, 6, 2048, 900, 768, 12)


@pytest.fixture(scope="module")
def reference() -> Any:
    """The original package, with what it expects of `BertModel` and transformers 5 took away."""
    pytest.importorskip("groundingdino", reason="groundingdino-py, the reference, is not installed")
    from transformers import PreTrainedModel
    from transformers.models.bert.modeling_bert import BertEmbeddings

    def extended(_: Any, mask: Tensor, *rest: Any) -> Tensor:
        return (1 - mask[:, None].float()) * torch.finfo(torch.float32).min

    lost = {
        "get_extended_attention_mask": extended,
        "get_head_mask": lambda _, heads, layers, *rest: [None] * layers,
        "invert_attention_mask": lambda _, mask: mask,
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, method in lost.items():
            if not hasattr(PreTrainedModel, name):
                patch.setattr(PreTrainedModel, name, method, raising=False)
        embed = BertEmbeddings.forward
        if "past_key_values_length" not in inspect.signature(embed).parameters:
            patch.setattr(
                BertEmbeddings,
                "forward",
                lambda *args, past_key_values_length=0, **named: embed(*args, **named),
            )
        from groundingdino.models.GroundingDINO import groundingdino
        from groundingdino.models.GroundingDINO.backbone import backbone, swin_transformer

        yield SimpleNamespace(
            patch=patch, model=groundingdino, backbone=backbone, swin=swin_transformer
        )


def build(reference: Any, shape: Shape, folder: Path) -> nn.Module:
    """The original model with random weights that all matter."""
    from transformers import BertConfig, BertModel, BertTokenizerFast

    torch.manual_seed(0)
    bert = BertConfig(
        hidden_size=shape.bert,
        num_hidden_layers=shape.bert_layers,
        num_attention_heads=shape.bert // 64,
        intermediate_size=2 * shape.bert,
    )
    BertModel(bert).save_pretrained(folder)
    BertTokenizerFast.from_pretrained(VOCABULARY).save_pretrained(folder)
    swin = functools.partial(
        reference.swin.SwinTransformer,
        embed_dim=shape.embed,
        depths=shape.depths,
        num_heads=shape.heads,
        window_size=shape.window,
    )
    reference.patch.setattr(
        reference.backbone, "build_swin_transformer", lambda name, **options: swin(**options)
    )
    # The original's configuration file, as far as sizes go.
    settings = argparse.Namespace(
        backbone="swin_T_224_1k", position_embedding="sine", pe_temperatureH=20,
        pe_temperatureW=20, return_interm_indices=[1, 2, 3], backbone_freeze_keywords=None,
        enc_layers=shape.layers, dec_layers=shape.layers, pre_norm=False,
        dim_feedforward=shape.feedforward, hidden_dim=256, dropout=0.0, nheads=8,
        num_queries=shape.queries, query_dim=4, num_patterns=0, num_feature_levels=4,
        enc_n_points=4, dec_n_points=4, two_stage_type="standard",
        two_stage_bbox_embed_share=False, two_stage_class_embed_share=False,
        transformer_activation="relu", dec_pred_bbox_embed_share=True, dn_box_noise_scale=1.0,
        dn_label_noise_ratio=0.5, embed_init_tgt=True, dn_labelbook_size=2000, max_text_len=256,
        text_encoder_type=str(folder), use_text_enhancer=True, use_fusion_layer=True,
        use_checkpoint=False, use_transformer_ckpt=False, use_text_cross_attention=True,
        text_dropout=0.0, fusion_dropout=0.0, fusion_droppath=0.1, sub_sentence_present=True,
        hidden_size=256,
    )  # fmt: skip
    model = reference.model.build_groundingdino(settings).eval()
    shutil.rmtree(folder)
    for name, value in model.named_parameters():
        if value.ndim == 1 or "bbox_embed" in name or "bias_table" in name:
            value.data += 0.05 * torch.randn_like(value)  # zeros and ones would hide a mistake
    return model


def published(model: nn.Module, prefix: str = "module.") -> dict[str, Any]:
    """A state as it is published: wrapped, prefixed, with what inference does not use."""
    state = {prefix + name: value for name, value in model.state_dict().items()}
    unused = {"label_enc.weight": torch.zeros(3, 4), "bert.embeddings.position_ids": torch.ones(1)}
    return {"model": {**state, **{prefix + name: value for name, value in unused.items()}}}


@pytest.mark.parametrize(
    ("shape", "sides"),
    [
        pytest.param(SMALL, (224, 288), id="small"),
        pytest.param(SWIN_T, (256, 320), id="Swin-T at its true size"),
        pytest.param(SWIN_B, (416, 448), id="Swin-B at its true size"),
    ],
)
def test_equals_the_original_code(
    reference: Any,
    tmp_path: Path,
    shape: Shape,
    sides: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    theirs = build(reference, shape, tmp_path / "bert")
    file = tmp_path / "groundingdino.pth"
    torch.save(published(theirs), file)
    pixels = torch.randn(1, 3, *sides)
    monkeypatch.setattr(torch, "topk", same_ranking())
    with torch.inference_mode():
        expected = theirs(pixels, captions=[CAPTION])
    del theirs
    model, processor = load_original(file, None, torch.float32)
    file.unlink()  # it can be a gigabyte
    words = processor.tokenizer(CAPTION, return_tensors="pt")
    with torch.inference_mode():
        got = model(pixel_values=pixels, **words)
    length = words["input_ids"].shape[1]
    assert expected["pred_boxes"].shape == got.pred_boxes.shape == (1, shape.queries, 4)
    assert expected["pred_boxes"].std() > 0.01, "boxes that all look alike prove nothing"
    close(got.pred_boxes, expected["pred_boxes"])
    close(got.logits[..., :length], expected["pred_logits"][..., :length])
    assert (got.logits[..., length:] == -torch.inf).all()


def same_ranking() -> Callable:
    """`torch.topk` that repeats its first ranking where the scores are equal up to rounding.

    Both codes rank their proposals, and a proposal's rank is part of its query. Of two that tie,
    rounding decides which is first; that is no difference between the codes.
    """
    rank, first = torch.topk, []

    def topk(scores: Tensor, *args: Any, **named: Any) -> Any:
        if not first:
            first.append((scores, rank(scores, *args, **named)))
        close(scores, first[0][0])
        return first[0][1]

    return topk


def close(got: Tensor, expected: Tensor) -> None:
    assert torch.allclose(got, expected, rtol=CLOSE, atol=CLOSE), (got - expected).abs().max()


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
