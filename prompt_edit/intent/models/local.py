"""A language model on this machine, read by transformers: a folder, or one GGUF file."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from ...errors import ModelError, first_line
from ...models.stamps import Stamp, stamps
from .brief import SYSTEM, Message
from .chat import OPENING, PLAIN, harmless
from .waiting import Check, NoAnswer, never, wait_for

MOST_TOKENS = 512

_Key = tuple[str, tuple[Stamp, ...], str, str]
_loaded: WeakValueDictionary[_Key, _Weights] = WeakValueDictionary()
_loading = threading.Lock()


class LocalModel:
    """A causal language model; its weights are read at the first question, or by `load`.

    Models of the same path share their weights, which go when the last of them goes.
    """

    sees = False
    shots = 6  # every token of the prompt is read on this machine

    def __init__(self, name: str, path: str | Path, device: str = "", timeout: float = 300) -> None:
        """
        Args:
            name: the provider, as the user calls it.
            path: a folder in Hugging Face format, or a .gguf file.
            device: as torch calls it, e.g. "cuda:0"; empty for the best one there is.
            timeout: seconds that an answer may take, loading aside.

        Attributes:
            device: as given; where it is empty, a host may move the weights as it likes.

        Raises:
            ModelError: where there is no such folder or file, or it is no model.
        """
        self.name, self.path, self.timeout = name, Path(path).expanduser(), timeout
        self.device, self._weights = device, None  # type: str, _Weights | None
        check_path(self.path)

    @property
    def model(self) -> str:
        """The name of the file or folder; where it lies is nobody's business."""
        return self.path.name

    def __repr__(self) -> str:
        return f"LocalModel({self.name!r}, {self.model!r})"

    def load(self, rest: str = "", check: Check = never) -> Any:
        """Read the weights, unless they are here, and return the torch module.

        Args:
            rest: where they wait, as torch calls it, for a host that brings them to where they
                run; empty to bring them there at once.
            check: called at least four times a second; what it raises ends the wait at once.

        Raises:
            ModelError: for files that are broken or of an unknown architecture.
        """
        return self._read(check, rest).module

    def complete(self, messages: Sequence[Message], check: Check = never) -> str:
        """The model's next turn, greedy, cut where its JSON ends.

        Raises:
            ModelError: for files that are broken or of an unknown architecture.
            NoAnswer: after `timeout` seconds; whatever `check` raises ends the wait at once.
        """
        weights = self._read(check)
        stop = threading.Event()
        return wait_for(
            lambda: weights.generate(messages, stop), check, self.timeout, abandon=stop.set
        )

    def _read(self, check: Check, rest: str = "") -> _Weights:
        return wait_for(lambda: self._load(rest), check, timeout=24 * 3600)

    def _load(self, rest: str = "") -> _Weights:
        with _loading:  # two nodes of a graph want one copy
            if self._weights is None:
                files = tuple(stamps(self.path))  # a folder's own time tells nothing of its files
                key = (str(self.path.resolve()), files, self.device, rest)
                weights = _loaded.get(key)
                if weights is None:
                    weights = _loaded[key] = _Weights(self.path, self.device, rest)
                self._weights = weights
        return self._weights


def check_path(path: Path) -> None:
    """Raise `ModelError` where nothing that looks like a language model is at the path."""
    if path.is_dir():
        if not (path / "config.json").is_file():
            raise ModelError(
                f"Name a folder in Hugging Face format, or a .gguf file: {path} holds no"
                " config.json."
            )
    elif not path.is_file():
        raise ModelError(f"There is no language model at {path}. Check the path.")
    elif not is_gguf(path):
        raise ModelError(
            f"Name one, or a folder in Hugging Face format: {path} is not a GGUF file."
        )


def is_gguf(path: Path) -> bool:
    """True for a file that begins as GGUF does, and can be read."""
    try:
        with path.open("rb") as file:
            return file.read(4) == b"GGUF"
    except OSError:
        return False


class _Weights:
    """Module and tokenizer, and the lock that keeps two questions apart."""

    def __init__(self, path: Path, device: str, rest: str) -> None:
        from transformers import AutoModelForCausalLM, AutoTokenizer

        from ...models.device import best_device
        from ...models.fit import Fit, require_exact
        from ...models.loading import explained, require_words

        where = _device(device) if device else best_device()
        folder = path if path.is_dir() else path.parent
        # Nothing is looked up on a hub, and no code that lies beside the weights is run.
        named: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
        if folder != path:
            named["gguf_file"] = path.name
        with explained(path, "a language model"):
            self.tokenizer = AutoTokenizer.from_pretrained(folder, **named)
            module, report = AutoModelForCausalLM.from_pretrained(
                folder, dtype=_dtype(where), output_loading_info=True, **named
            )
            # Filled with random numbers, and no other word about it.
            require_exact(Fit(tuple(sorted(report["missing_keys"]))), path, "a language model")
            require_words(self.tokenizer, module, path)
            self.module = module.to(rest or where).eval()
        self._busy = threading.Lock()

    def generate(self, messages: Sequence[Message], stop: threading.Event) -> str:
        """The next turn. Raises `NoAnswer` where memory or the context window is too small, or the
        model's own template or settings fail."""
        try:
            with self._busy:
                return self._generate(messages, stop)
        except Exception as error:  # templates raise what they like
            raise NoAnswer(first_line(error)) from None

    def _generate(self, messages: Sequence[Message], stop: threading.Event) -> str:
        import torch
        from transformers import StoppingCriteriaList

        prompt = self._prompt(messages) + OPENING
        # A template writes the tokens that begin a text itself.
        tokens = self.tokenizer(
            prompt, return_tensors="pt", add_special_tokens=not self._has_template
        ).to(self.module.device)
        start = tokens["input_ids"].shape[1]
        with torch.inference_mode():
            written = self.module.generate(
                input_ids=tokens["input_ids"],
                attention_mask=tokens["attention_mask"],
                max_new_tokens=MOST_TOKENS,
                do_sample=False,
                num_beams=1,
                num_return_sequences=1,
                temperature=None,
                top_p=None,
                top_k=None,
                pad_token_id=self.tokenizer.pad_token_id or self.tokenizer.eos_token_id,
                stopping_criteria=StoppingCriteriaList([_ending(self.tokenizer, start, stop)]),
            )
        return OPENING + self.tokenizer.decode(written[0, start:], skip_special_tokens=True)

    @property
    def _has_template(self) -> bool:
        return bool(getattr(self.tokenizer, "chat_template", None))

    def _prompt(self, messages: Sequence[Message]) -> str:
        """The conversation as the model was taught to read it; else the examples, one by one."""
        if not self._has_template:  # a model that was never taught to follow rules
            return PLAIN.prompt(messages)
        turns = [{"role": "system", "content": SYSTEM}]
        turns += [{"role": m.role, "content": harmless(m.text)} for m in messages]
        template = self.tokenizer.apply_chat_template
        try:
            return template(turns, tokenize=False, add_generation_prompt=True)
        except Exception:  # templates raise what they like; some know no system turn
            first = {"role": "user", "content": f"{SYSTEM}\n\n{turns[1]['content']}"}
            return template([first, *turns[2:]], tokenize=False, add_generation_prompt=True)


def ends(text: str) -> bool:
    """True once the JSON object that the text begins with is closed."""
    try:
        json.JSONDecoder().raw_decode(text)
    except ValueError:
        return False
    return True


def _ending(tokenizer: Any, start: int, stop: threading.Event) -> Any:
    """A stopping criterion: the JSON is closed, or nobody waits any more."""
    import torch
    from transformers import StoppingCriteria

    class Ending(StoppingCriteria):
        def __call__(self, input_ids: Any, scores: Any, **kwargs: Any) -> Any:
            over = stop.is_set() or ends(OPENING + tokenizer.decode(input_ids[0, start:]))
            return torch.full((len(input_ids),), over, device=input_ids.device, dtype=torch.bool)

    return Ending()


def _device(name: str) -> Any:
    import torch

    try:
        return torch.device(name)
    except RuntimeError:
        raise ModelError(
            f"“{name}” is no device. Write cpu, cuda, cuda:0 or mps, or leave it out."
        ) from None


def _dtype(device: Any) -> Any:
    """bfloat16 on a GPU that has it: some language models overflow in float16."""
    import torch

    from ...models.device import best_dtype

    if device.type == "cuda" and torch.cuda.is_bf16_supported():
        return torch.bfloat16
    return best_dtype(device)
