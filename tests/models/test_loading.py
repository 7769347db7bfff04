"""What a loader says of a model that does not load: what happened, and no advice to run code."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from prompt_edit.detect.grounding_dino import GroundingDino
from prompt_edit.errors import ModelError
from prompt_edit.models.loading import explained
from prompt_edit.models.store import sample_models
from prompt_edit.segment.sam import Sam

from .harm import Harm

LOADERS: list[tuple[Any, Path]] = [
    (GroundingDino, sample_models().detector),
    (Sam, sample_models().segmenter),
]


def pickled(folder: Path, model: Path, **more: object) -> Path:
    """A copy of a model with its weights in a pickle, which holds more than them."""
    shutil.copytree(model, folder)
    weights = load_file(folder / "model.safetensors")
    torch.save({**weights, **more}, folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    return folder


@pytest.mark.parametrize(("kind", "model"), LOADERS, ids=["detector", "segmenter"])
def test_a_pickled_folder_with_code_is_refused_in_plain_words(
    tmp_path: Path, kind: Any, model: Path
) -> None:
    folder = pickled(tmp_path / "model", model, more=Harm(tmp_path / "harm"))
    with pytest.raises(ModelError) as caught:
        kind.load(folder)
    assert str(caught.value) == (
        f"Choose a copy of this model with .safetensors files: {folder} holds Python code beside"
        " its weights, which is not run."
    )
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize(("kind", "model"), LOADERS, ids=["detector", "segmenter"])
def test_a_pickled_folder_that_is_damaged_says_so(tmp_path: Path, kind: Any, model: Path) -> None:
    file = pickled(tmp_path / "model", model) / "pytorch_model.bin"
    for data in (bytes(range(128, 256)), file.read_bytes()[:5000], b"<html>", b""):
        file.write_bytes(data)
        with pytest.raises(ModelError, match=r"^Copy the model anew") as caught:
            kind.load(file.parent)
        for word in ("weights_only", "Weights only", "from_tf", "torch.load"):
            assert word not in str(caught.value)


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        ("x requires you to execute the code. Please pass `trust_remote_code=True`.",
         "Choose a model that transformers itself knows: m is a model with Python code of its own,"
         " which is not run."),
        ("Shapes differ. You can set `ignore_mismatched_sizes=True`. Please do.",
         "Copy the model anew, or choose another: m could not be loaded as a model: Shapes differ."
         " It may be cut off, or of another architecture."),
        ("Due to a serious vulnerability issue in `torch.load`, even with `weights_only=True`, we",
         "Choose a copy of this model with .safetensors files: m holds .bin weights, which this"
         " version of torch can't read safely."),
        ("", "Copy the model anew, or choose another: m could not be loaded as a model: ValueError."
         " It may be cut off, or of another architecture."),
    ],
)  # fmt: skip
def test_advice_to_programmers_is_left_out(cause: str, expected: str) -> None:
    with pytest.raises(ModelError) as caught, explained(Path("m"), "a model"):
        raise ValueError(cause)
    assert str(caught.value) == expected


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError("The paging file is too small for this operation to complete. (os error 1455)"),
        OSError(1455, "페이징 파일이 너무 작습니다. [WinError 1455]"),
        OSError(12, "Cannot allocate memory"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:124] data. DefaultCPUAllocator: not enough"
                     " memory: you tried to allocate 67108864 bytes."),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes."),
        RuntimeError("MPS backend out of memory (MPS allocated: 9.06 GB)."),
    ],
)  # fmt: skip
def test_a_lack_of_memory_is_no_broken_file(error: Exception) -> None:
    said = (
        "Close other programs, enlarge the paging file, or choose a smaller model: m takes more"
        " memory than is free."
    )
    with pytest.raises(ModelError) as caught, explained(Path("m"), "a model"):
        raise error
    assert str(caught.value) == said
    with pytest.raises(ModelError) as caught, explained(Path("m"), "a model"):
        raise ValueError("Unable to load the weights.") from error
    assert str(caught.value) == said


def test_a_gpus_full_memory_is_the_hosts_affair() -> None:
    """Which makes room where it sees torch's own error."""
    full = torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB.")
    with pytest.raises(torch.cuda.OutOfMemoryError), explained(Path("m"), "a model"):
        raise full
    with pytest.raises(torch.cuda.OutOfMemoryError), explained(Path("m"), "a model"):
        raise OSError("The weights could not be moved.") from full


@pytest.mark.parametrize("part", ["detector", "painter", "painter without the folder"])
def test_a_model_without_its_words_is_refused(tmp_path: Path, part: str) -> None:
    from prompt_edit.inpaint.diffusion import Inpainter

    source = sample_models().detector if part == "detector" else sample_models().painter
    folder = Path(shutil.copytree(source, tmp_path / "model"))
    words = folder if part == "detector" else folder / "tokenizer"
    for name in ("tokenizer.json", "vocab.json", "vocab.txt", "merges.txt"):
        (words / name).unlink(missing_ok=True)
    if part == "painter without the folder":
        shutil.rmtree(words)
    kind: Any = GroundingDino if part == "detector" else Inpainter
    with pytest.raises(ModelError, match=r"^Copy the model anew"):
        kind.load(folder)
