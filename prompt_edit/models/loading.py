"""Loading models so that a broken one gives one clear line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from ..errors import ModelError, first_line, is_out_of_memory
from .fit import Fit, require_exact

# What a model computes when it is built: transformers 4 writes it into files, transformers 5 not.
_COMPUTED = ("relative_position_index",)


@contextmanager
def explained(folder: Path, what: str) -> Iterator[None]:
    """Turn whatever a loader raises into a `ModelError` that names the folder and the cause.

    But for a GPU's full memory: the host makes room there when it sees torch's own error.
    """
    try:
        yield
    except ModelError:
        raise
    except Exception as error:  # loaders raise everything from KeyError to SafetensorError
        for each in _chain(error):
            if is_out_of_memory(each):
                raise each from each.__cause__
        for sign, (advice, content) in _TELLING.items():
            if any(re.search(sign, f"{type(each).__name__}: {each}") for each in _chain(error)):
                raise ModelError(f"{advice}: {folder} {content}.") from error
        raise ModelError(
            f"Copy the model anew, or choose another: {folder} could not be loaded as {what}:"
            f" {_cause(error)} It may be cut off, or of another architecture."
        ) from error


_SAFE_COPY = "Choose a copy of this model with .safetensors files"
# What libraries say of the machine's memory, and of code in a model's files, with advice to run it;
# and what is said instead: what to do, and what of the folder.
_TELLING = {
    r"(?i)memoryerror|out of memory|not enough memory|can('t|not) allocate memory|bad_alloc"
    r"|paging file|error 1455\b": (
        "Close other programs, enlarge the paging file, or choose a smaller model",
        "takes more memory than is free",
    ),
    r"(?i)unsupported operand|invalid load key|pickle data was truncated": (
        "Copy the model anew",
        "holds .bin weights that are damaged or cut off",
    ),
    r"vulnerability issue in `torch.load`": (
        _SAFE_COPY,
        "holds .bin weights, which this version of torch can't read safely",
    ),
    r"(?i)weights[_ ]only": (
        _SAFE_COPY,
        "holds Python code beside its weights, which is not run",
    ),
    r"trust_remote_code": (
        "Choose a model that transformers itself knows",
        "is a model with Python code of its own, which is not run",
    ),
}
_ADVICE = re.compile(r"(?i)\b(please|if you|you (can|should|may|must)|try|re-?run\w*)\b|`\w+=")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _cause(error: Exception) -> str:
    """What went wrong, as the library says it, without its advice to those who write programs."""
    sentences = re.split(r"(?<=[.!?]) +", first_line(error, 10_000))
    said = [each for each in sentences if not _ADVICE.search(each)]
    return (" ".join(said)[:200].rstrip(" .:;,") or type(error).__name__) + "."


def quiet_libraries() -> None:
    """Silence the libraries' own bars and advice, which are for their developers."""
    from diffusers.utils import logging as diffusers_logging
    from transformers.utils import logging as transformers_logging

    for library in (transformers_logging, diffusers_logging):
        library.set_verbosity_error()
        library.disable_progress_bar()


def require_words(tokenizer: Any, model: Any, folder: Path) -> None:
    """Raise `ModelError` for a tokenizer that knows next to no words of those its model reads.

    Where a folder lacks the file of its vocabulary, the library makes a tokenizer of no words: all
    that is said becomes the same few tokens, and nothing tells.
    """
    if tokenizer is None or model is None:
        return
    read = getattr(model.config, "vocab_size", None)
    read = read or getattr(getattr(model.config, "text_config", None), "vocab_size", None)
    if isinstance(read, int) and len(tokenizer) < read / 2:
        raise ModelError(
            f"Copy the model anew: {folder} lacks the words of its tokenizer"
            f" ({len(tokenizer)} of {read})."
        )


def load_pretrained(model_class: Any, folder: Path, what: str, dtype: torch.dtype) -> Any:
    """`from_pretrained` from the folder alone, in eval mode; missing weights are an error.

    The library would fill missing weights with random numbers and go on.
    """
    model, report = model_class.from_pretrained(
        folder, local_files_only=True, dtype=dtype, output_loading_info=True
    )
    missing = sorted(name for name in report["missing_keys"] if not name.endswith(_COMPUTED))
    require_exact(Fit(tuple(missing)), folder, what)
    return model.eval()
