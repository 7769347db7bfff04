"""What is there stays, and is not gone through each time that garbage is looked for.

A host looks for it before each stage, which takes a second where all of torch is gone through; and
reading a vocabulary, as loading a painter does, makes enough for Python to look a hundred times.
"""

from __future__ import annotations

import gc
from hashlib import blake2b
from pathlib import Path
from typing import Any

from transformers import CLIPTokenizer


def settle() -> None:
    """Take all that lives now for what stays, and look more seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


def read_vocabularies_once() -> None:
    """CLIP's vocabulary, which takes longer to read than a tiny painter, is read once a process.

    A tokenizer of equal files and options is the same one again.
    """
    read, known = CLIPTokenizer.from_pretrained, dict[Any, CLIPTokenizer]()

    def once(path: Any, *more: Any, **options: Any) -> CLIPTokenizer:
        digest = blake2b()
        for file in sorted(Path(path).iterdir()) if Path(path).is_dir() else ():
            digest.update(file.name.encode() + file.read_bytes())
        key = digest.digest(), repr((more, options))
        if key not in known:
            known[key] = read(path, *more, **options)
        return known[key]

    CLIPTokenizer.from_pretrained = once  # type: ignore[method-assign, assignment]
