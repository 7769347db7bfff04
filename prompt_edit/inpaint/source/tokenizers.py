"""Tokenizers, which no single file holds: CLIP's own is here, T5's is looked for."""

from __future__ import annotations

import json
import lzma
from functools import cache
from pathlib import Path
from typing import Any

from huggingface_hub import try_to_load_from_cache

from ..families import FAMILIES


def t5_tokenizer(file: Path) -> Path | None:
    """A folder with T5's tokenizer: ComfyUI's own above the file, or one in the local cache."""
    for parent in list(file.absolute().parents)[:5]:
        folder = parent / "comfy" / "text_encoders" / "t5_tokenizer"
        if (folder / "tokenizer.json").is_file():
            return folder
    places = [(repository, f"{text.tokenizer}/tokenizer.json") for family in FAMILIES.values()
              for layout in family.layouts for text in layout.texts if text.kind == "t5"
              for repository in family.lenders]  # fmt: skip
    for repository, name in [*places, ("google/t5-v1_1-xxl", "tokenizer.json")]:
        cached = try_to_load_from_cache(repository, name)
        if isinstance(cached, str):
            return Path(cached).parent
    return None


def clip_tokenizer(folder: Path, pad: str = "<|endoftext|>") -> Any:
    """CLIP's tokenizer, which no checkpoint holds; written to `folder` and read back.

    Its vocabulary follows from its merges (OpenAI, MIT licence): the bytes, the bytes at a word's
    end, the merged pairs, start and end.
    """
    import transformers

    folder.mkdir(parents=True, exist_ok=True)
    for name, text in _clip_files().items():
        (folder / name).write_text(text, encoding="utf-8")
    ends = {"unk_token": "<|endoftext|>", "bos_token": "<|startoftext|>",
            "eos_token": "<|endoftext|>", "pad_token": pad}  # fmt: skip
    settings = {"tokenizer_class": "CLIPTokenizer", "model_max_length": 77, "do_lower_case": True}
    (folder / "tokenizer_config.json").write_text(json.dumps({**settings, **ends}), "utf-8")
    return transformers.CLIPTokenizer.from_pretrained(folder, local_files_only=True)


@cache
def _clip_files() -> dict[str, str]:
    """By name, what CLIP's tokenizer is read from; SDXL and SD 3 have it twice."""
    packed = Path(__file__).with_name("clip_merges.txt.xz").read_bytes()
    merges = lzma.decompress(packed).decode("utf-8").splitlines()
    letters = _byte_letters()
    words = [*letters, *(letter + "</w>" for letter in letters),
             *(pair.replace(" ", "") for pair in merges),
             "<|startoftext|>", "<|endoftext|>"]  # fmt: skip
    return {
        "vocab.json": json.dumps({word: number for number, word in enumerate(words)}),
        "merges.txt": "#version: 0.2\n" + "\n".join(merges) + "\n",
    }


def _byte_letters() -> list[str]:
    """A printable letter for each of the 256 bytes, in the order of byte-level BPE (GPT-2)."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    return [chr(byte) for byte in printable] + [chr(256 + number) for number in range(68)]
