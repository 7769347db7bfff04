"""A text encoder of the host that writes text, as a reader of instructions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from itertools import dropwhile
from typing import Any

import numpy as np
import torch
from comfy_api.latest import io
from PIL import Image

from ..prompt_edit.errors import ModelError, first_line
from ..prompt_edit.intent.models.brief import Message
from ..prompt_edit.intent.models.chat import OPENING, begun, chat_of
from ..prompt_edit.intent.models.llm import LlmParser
from ..prompt_edit.intent.models.local import MOST_TOKENS, LocalModel, ends
from ..prompt_edit.intent.models.waiting import Check, NoAnswer, never
from .schema import schema
from .sockets import Llm

_CONNECT = "Connect a text encoder that writes, such as Qwen3 4B (Z-Image's), Qwen3-VL or Gemma 3"


class LlmFromClip(io.ComfyNode):
    """Makes a reader of instructions of a CLIP."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditLlmFromClip",
            display_name="Intent LLM from CLIP",
            description="A text encoder that the host has loaded reads the instruction: many are"
            " whole language models, such as Z-Image's Qwen3 4B. No key, no network, no second"
            " download.",
            search_aliases=["llm", "language model", "clip", "text encoder", "qwen", "qwen3",
                            "gemma", "text generate", "vlm"],
            inputs=[
                io.Clip.Input("clip", tooltip="From Load CLIP, say: Qwen3, Qwen3-VL, Qwen3.5,"
                              " Gemma 2, 3 or 4. CLIP-L, CLIP-G and T5 cannot write."),
            ],
            outputs=[Llm.Output("llm", display_name="llm",
                                tooltip="For LLM Intent Parse or Prompt Edit.")],
        )  # fmt: skip

    @classmethod
    def execute(cls, clip: Any) -> io.NodeOutput:
        return io.NodeOutput(LlmParser(ClipModel(clip)))


class ClipModel:
    """A text encoder of the host as a `prompt_edit.intent.models.llm.LanguageModel`."""

    name = "CLIP"
    shots = LocalModel.shots

    def __init__(self, clip: Any) -> None:
        """Raises `ModelError` where it is none that writes."""
        self._clip, self._writer = clip, _writer(clip)
        self.model = next(iter(clip.tokenize("a")))
        self._chat = chat_of(self.model)

    @property
    def sees(self) -> bool:
        return bool(self._chat.picture) and hasattr(self._writer, "preprocess_embed")

    def complete(self, messages: Sequence[Message], check: Check = never) -> str:
        """The next turn, greedy, cut where its JSON ends.

        Raises:
            NoAnswer: where the host fails, say for lack of memory.
            Exception: whatever `check` raises, or the host on Cancel.
        """
        raised: list[BaseException] = []

        def heard() -> None:
            try:
                check()
            except BaseException as error:
                raised.append(error)
                raise

        heard()
        try:
            return begun(self._clip.decode(self._written(self._tokens(messages), heard)))
        except Exception as error:  # the host's code, and its models, raise what they like
            if raised:
                raise
            raise NoAnswer(first_line(error)) from None

    def _tokens(self, messages: Sequence[Message]) -> dict[str, Any]:
        """The conversation as the host's tokenizer reads it; its own templates are left out."""
        text = _literal(self._chat.prompt(messages) + OPENING)
        pictures = [each.picture for each in messages if each.picture]
        image = _pixels(pictures[0], self._chat.side) if pictures else None
        tokens = self._clip.tokenize(text, image=image, llama_template="{}", skip_template=True,
                                     min_length=1, thinking=False)  # fmt: skip
        # Gemma's tokenizers fill up from the left, and nothing hides that from a model that writes.
        rows = [list(dropwhile(_pads, row)) for row in tokens[self.model]]
        if pictures and all(isinstance(token, int) for row in rows for token, *_ in row):
            raise NoAnswer("the host's tokenizer took no picture; disconnect it")
        return {**tokens, self.model: rows}

    @torch.inference_mode()
    def _written(self, tokens: dict[str, Any], check: Check) -> list[int]:
        """The tokens of its reply."""
        written: list[int] = []

        def take(token: int) -> None:
            written.append(token)
            if ends(begun(self._clip.decode(written))):
                raise _Over

        with _watched(self._writer, check, take):
            try:
                return self._clip.generate(tokens, do_sample=False, max_length=MOST_TOKENS)
            except _Over:
                return written


class _Over(Exception):
    """The reply is complete: the host would write on, up to the bound."""


def _writer(clip: Any) -> Any:
    """The network that writes. Raises `ModelError` where there is none."""
    if clip is None:
        raise ModelError(f"{_CONNECT}: this loader's file holds no text encoder.")
    if not hasattr(clip, "generate"):
        raise ModelError(
            "Update ComfyUI to 0.15 or later: before, its text encoders do not write. Load Intent"
            " LLM works here too."
        )
    whole = clip.cond_stage_model
    parts = whole.modules() if hasattr(whole, "generate") else ()
    found = next(filter(_writes, parts), None)
    if found is None:
        raise ModelError(f"{_CONNECT}: {type(whole).__name__} only encodes.")
    return found


def _writes(part: Any) -> bool:
    """Whether it is a whole language model: some that the host reads end before their last norm, or
    have no token to stop at."""
    config = getattr(getattr(part, "model", None), "config", None)
    whole = getattr(config, "stop_tokens", None) and getattr(config, "final_norm", True)
    return bool(whole) and callable(getattr(part, "generate", None))


@contextmanager
def _watched(writer: Any, check: Check, take: Callable[[int], None]) -> Iterator[None]:
    """While it writes, `check` is called before each layer, and `take` with each new token."""

    def embeds(_: Any, given: tuple[torch.Tensor, ...]) -> None:
        if given[0].shape[-1] == 1:  # more at once are the prompt
            take(int(given[0]))

    def runs(_: Any, given: Any) -> None:
        check()

    inner = writer.model
    hooks = [layer.register_forward_pre_hook(runs) for layer in inner.layers]
    hooks.append(inner.embed_tokens.register_forward_pre_hook(embeds))
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _literal(text: str) -> str:
    """The text so that the host's tokenizers read each letter of it.

    They weigh what stands in parentheses, look up embeddings by name, and those of Gemma 2 and 3
    drop the first piece of a text with turns.
    """
    text = text.replace("embedding:", "embedding :")
    text = text.replace("(", "\\(").replace(")", "\\)")
    return f"\n{text}" if text.startswith("<start_of_turn>") else text


def _pads(token: tuple[Any, ...]) -> bool:
    return isinstance(token[0], int) and token[0] == 0


def _pixels(picture: bytes, side: int) -> torch.Tensor:
    """A JPEG as the host's picture [1,h,w,3]; squeezed into a square where the model cuts one."""
    opened = Image.open(BytesIO(picture)).convert("RGB")
    if side:
        opened = opened.resize((side, side))
    return torch.from_numpy(np.array(opened)).float()[None] / 255


NODES = [LlmFromClip]
