"""How families of language models write a conversation down, for hosts that bring only weights.

A host's text encoder is a language model without the chat template that its makers ship. Here a
family is a row: what opens and closes each turn, and where a picture stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .brief import SYSTEM, Message

OPENING = '{"edits":'  # every reply begins so; said for the model, it neither chats nor ponders


@dataclass(frozen=True)
class Chat:
    """How a conversation is written down.

    Attributes:
        system, user, assistant: a turn, "{}" being its text. Without one for the system, its text
            stands before the user's first; with an empty one, it is left out.
        reply: what opens the model's own turn, with thinking off.
        picture: what stands for a picture, before the words of its turn; empty if there is none.
        side: the pixels of the square that pictures are made to fit; 0 for any size.
    """

    system: str | None
    user: str
    assistant: str
    reply: str
    picture: str = ""
    side: int = 0

    def prompt(self, messages: Sequence[Message]) -> str:
        """The conversation after the brief, up to where the model's next turn begins."""
        before = f"{SYSTEM}\n\n" if self.system is None else ""
        written = (self.system or "").replace("{}", SYSTEM)
        for message in messages:
            shown = self.picture if message.picture else ""
            turn = self.user if message.role == "user" else self.assistant
            written += turn.replace("{}", before + shown + harmless(message.text))
            before = ""
        return written + self.reply


PLAIN = Chat("", "Instruction: {}\n", "Plan: {}\n\n", "Plan: ")
"""For models that were never taught to follow rules: the examples, one by one."""


def _qwen(thoughts: str) -> Chat:
    return Chat(
        system="<|im_start|>system\n{}<|im_end|>\n",
        user="<|im_start|>user\n{}<|im_end|>\n",
        assistant="<|im_start|>assistant\n{}<|im_end|>\n",
        reply=f"<|im_start|>assistant\n{thoughts}",
        picture="<|vision_start|><|image_pad|><|vision_end|>",
    )


_GEMMA_4 = Chat(
    system="<|turn>system\n{}<turn|>\n",
    user="<|turn>user\n{}<turn|>\n",
    assistant="<|turn>model\n{}<turn|>\n",
    reply="<|turn>model\n",
    picture="\n\n<|image><|image|><image|>\n\n",
)
_GEMMA = Chat(
    system=None,
    user="<start_of_turn>user\n{}<end_of_turn>\n",
    assistant="<start_of_turn>model\n{}<end_of_turn>\n",
    reply="<start_of_turn>model\n",
    picture="\n\n<image_soft_token>\n\n",
    side=896,
)
_MISTRAL = Chat(
    system="[SYSTEM_PROMPT]{}[/SYSTEM_PROMPT]",
    user="[INST]{}[/INST]",
    assistant="{}</s>",
    reply="",
)

FAMILIES: tuple[tuple[str, Chat], ...] = (
    ("qwen35", _qwen("<think>\n</think>\n")),
    ("qwen3", _qwen("<think>\n\n</think>\n\n")),
    ("qwen", _qwen("")),
    ("gemma4", _GEMMA_4),
    ("gemma", _GEMMA),
    ("ministral", _MISTRAL),
)
"""By what the names of a family begin with, as ComfyUI calls text encoders; the first counts."""


def chat_of(name: str) -> Chat:
    """How the model of that name is talked to; `PLAIN` where its family is not known."""
    return next((chat for begins, chat in FAMILIES if name.startswith(begins)), PLAIN)


_MARK = re.compile(r"<(?=[|/A-Za-z])|\[(?=/?[A-Z_]+\])")


def harmless(text: str) -> str:
    """The text with a blank in what could be read as the mark of a turn or a picture."""
    return _MARK.sub(r"\g<0> ", text)


_ANEW = re.compile(r'\{\s*"edits"')


def begun(written: str) -> str:
    """The reply of a model that `OPENING` was said for, with it, or from where it began anew."""
    anew = None if written.lstrip().startswith("[") else _ANEW.search(written)
    return written[anew.start() :] if anew else OPENING + written
