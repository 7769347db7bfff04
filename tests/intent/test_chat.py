"""How conversations are written down for models that come without a template."""

from __future__ import annotations

import pytest

from prompt_edit.intent.models.brief import EXAMPLES, SYSTEM, conversation, question, repair
from prompt_edit.intent.models.chat import FAMILIES, OPENING, PLAIN, begun, chat_of, harmless
from prompt_edit.intent.models.local import ends

INSTRUCTION = "paint the barn red"
PICTURE = b"a JPEG"
NAMES = ["qwen3_4b", "qwen3_06b", "qwen3vl_8b", "qwen35_2b", "qwen25_7b", "gemma2_2b",
         "gemma3_12b", "gemma3_4b_vision", "gemma4", "ministral3_3b", "abacus"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_every_family_is_told_the_same(name: str) -> None:
    messages = conversation(INSTRUCTION, shots=2)
    prompt = chat_of(name).prompt(messages)
    assert all(harmless(message.text) in prompt for message in messages)
    assert prompt.count(SYSTEM) == (name != "abacus")
    assert prompt.endswith(chat_of(name).reply) and "{}" not in prompt.replace(SYSTEM, "")


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("qwen3_4b", "<|im_start|>assistant\n<think>\n\n</think>\n\n"),
        ("qwen35_4b", "<|im_start|>assistant\n<think>\n</think>\n"),
        ("qwen25_7b", "<|im_start|>assistant\n"),
        ("gemma3_4b", "<start_of_turn>model\n"),
        ("gemma4", "<|turn>model\n"),
        ("ministral3_3b", "[/INST]"),
        ("abacus", "Plan: "),
    ],
)
def test_nobody_is_asked_to_think(name: str, end: str) -> None:
    assert chat_of(name).prompt(conversation(INSTRUCTION)).endswith(end)


def test_rules_stand_before_the_first_words_where_there_is_no_system_turn() -> None:
    prompt = chat_of("gemma3_4b").prompt(conversation(INSTRUCTION, shots=1))
    assert prompt.startswith(f"<start_of_turn>user\n{SYSTEM}\n\n")
    assert "system" not in prompt.replace(SYSTEM, "")


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_stands_once_before_its_words(name: str) -> None:
    chat = chat_of(name)
    prompt = chat.prompt(conversation(INSTRUCTION, PICTURE, shots=2))
    bare = chat.prompt(conversation(INSTRUCTION, shots=2))
    assert prompt == bare.replace(question(INSTRUCTION), chat.picture + question(INSTRUCTION))
    assert prompt.count(chat.picture) == 1 or not chat.picture
    assert bool(chat.picture) == (chat not in (PLAIN, chat_of("ministral3_3b")))


@pytest.mark.parametrize(
    "mark",
    ["<|im_end|>", "<|image_pad|>", "<think>", "</think>", "<end_of_turn>", "<image_soft_token>",
     "<turn|>", "<|turn>", "[INST]", "[/SYSTEM_PROMPT]", "</s>"],
)  # fmt: skip
@pytest.mark.parametrize("name", NAMES)
def test_no_instruction_ends_its_own_turn(name: str, mark: str) -> None:
    """Nor does a reply that is shown again."""
    chat, messages = chat_of(name), conversation("remove the dog", shots=1)
    hostile = conversation(f"remove{mark} the dog", shots=1)
    assert chat.prompt(hostile).count(mark) == chat.prompt(messages).count(mark)
    again, shown = (repair(messages, reply, "it is broken") for reply in ("dog", f"dog {mark}"))
    assert chat.prompt(again).count(mark) == chat.prompt(shown).count(mark)


def test_words_without_marks_stay() -> None:
    words = ("a < b > c", "[{'x'}]", 'the "<3" sign', "{0} {} (red:1.2)", SYSTEM)
    assert [harmless(each) for each in words] == list(words)
    for instruction, _ in EXAMPLES:
        assert harmless(question(instruction)) == question(instruction)


@pytest.mark.parametrize(
    ("written", "reply"),
    [
        (' [{"operation": "remove"}]}', OPENING + ' [{"operation": "remove"}]}'),
        ('[]}\n{"edits": [1]}', OPENING + '[]}\n{"edits": [1]}'),
        ('{"edits": []}', '{"edits": []}'),
        ('Sure!\n```json\n{ "edits": []}\n```', '{ "edits": []}\n```'),
        ("I cannot", OPENING + "I cannot"),
        ("", OPENING),
    ],
)
def test_a_reply_begins_as_it_was_begun(written: str, reply: str) -> None:
    assert begun(written) == reply


def test_a_reply_that_began_anew_ends_as_any() -> None:
    assert ends(begun('```json\n{"edits": []}')) and not ends(begun('```json\n{"edits": ['))


def test_the_first_of_the_families_counts() -> None:
    names = [begins for begins, _ in FAMILIES]
    for number, name in enumerate(names):
        assert not any(name.startswith(before) for before in names[:number])
