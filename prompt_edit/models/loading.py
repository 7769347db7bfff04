"""Loading models so that a broken one gives one clear line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from ..errors import ModelError

# What a model computes when it is built: transformers 4 writes it into files, transformers 5 not.
_COMPUTED = ("relative_position_index",)


@contextmanager
def explained(folder: Path, what: str) -> Iterator[None]:
    """Turn whatever a loader raises into a `ModelError` that names the folder and the cause."""
    try:
        yield
    except ModelError:
        raise
    except Exception as error:  # loaders raise everything from KeyError to SafetensorError
        cause = str(error).strip().splitlines()
        first = cause[0][:200] if cause else type(error).__name__
        raise ModelError(
            f"{folder} could not be loaded as {what}: {first}. The files may be cut off or from"
            " another architecture: copy the model anew."
        ) from error


def quiet_libraries() -> None:
    """Silence the libraries' own bars and advice, which are for their developers."""
    from diffusers.utils import logging as diffusers_logging
    from transformers.utils import logging as transformers_logging

    for library in (transformers_logging, diffusers_logging):
        library.set_verbosity_error()
        library.disable_progress_bar()


def load_pretrained(model_class: Any, folder: Path, dtype: torch.dtype) -> Any:
    """`from_pretrained` from the folder alone, in eval mode; missing weights are an error.

    The library would fill missing weights with random numbers and go on.
    """
    model, report = model_class.from_pretrained(
        folder, local_files_only=True, dtype=dtype, output_loading_info=True
    )
    missing = sorted(name for name in report["missing_keys"] if not name.endswith(_COMPUTED))
    if missing:
        raise ModelError(
            f"{folder} lacks {len(missing)} of the model's weights ({missing[0]} is the first)."
            " The file may be cut off or from another architecture: copy the model anew."
        )
    return model.eval()
