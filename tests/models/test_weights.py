"""Files of weights: header and weights tell the same, whatever the file is."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from prompt_edit.errors import ModelError
from prompt_edit.models.weights import Held, open_header, read_weights

from .harm import Harm

WEIGHTS = {"a.weight": torch.arange(6.0).reshape(2, 3), "b": torch.ones(4, dtype=torch.float16)}


def written(folder: Path, kind: str, prefix: str = "", wrapper: str = "") -> Path:
    file = folder / f"model{kind}"
    state = {prefix + name: value for name, value in WEIGHTS.items()}
    if kind == ".safetensors":
        save_file(state, file, metadata={"format": "pt"})
    else:
        torch.save({wrapper: state, "epoch": 3} if wrapper else state, file)
    return file


@pytest.mark.parametrize(
    ("kind", "prefix", "wrapper"),
    [
        (".safetensors", "", ""),
        (".safetensors", "module.", ""),
        (".pth", "", ""),
        (".pth", "module.", "model"),
        (".ckpt", "", "state_dict"),
    ],
)
def test_header_and_weights_tell_the_same(
    tmp_path: Path, kind: str, prefix: str, wrapper: str
) -> None:
    file = written(tmp_path, kind, prefix, wrapper)
    assert open_header(file).tensors == {"a.weight": Held((2, 3), 4), "b": Held((4,), 2)}
    read = read_weights(file)
    assert read.keys() == WEIGHTS.keys()
    assert all(torch.equal(read[name], value) for name, value in WEIGHTS.items())


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("gone.pth", None, "There is no model at"),
        ("notes.txt", b"notes", "no file that can be read as a model"),
        ("empty.safetensors", b"", "is empty"),
        ("page.safetensors", b"<html>Sign in</html>", "is a text file, not weights"),
        ("pointer.ckpt", b"version https://git-lfs.github.com/spec/v1", "Git LFS pointer"),
        ("noise.pth", bytes(range(128, 256)), "is no PyTorch file"),
    ],
)
def test_what_is_no_weights_file_is_one_line(
    tmp_path: Path, name: str, data: bytes | None, said: str
) -> None:
    file = tmp_path / name
    if data is not None:
        file.write_bytes(data)
    for read in (open_header, read_weights):
        with pytest.raises(ModelError, match=said) as caught:
            read(file)
        assert name in str(caught.value) and "\n" not in str(caught.value)


def test_a_file_that_is_cut_off_says_so(tmp_path: Path) -> None:
    file = written(tmp_path, ".safetensors")
    file.write_bytes(file.read_bytes()[:-4])
    with pytest.raises(ModelError, match=r"Copy the model anew: .* is cut off \(.* of .* bytes\)"):
        open_header(file)


def test_code_in_a_pickle_is_not_run(tmp_path: Path) -> None:
    target = tmp_path / "harm"
    torch.save({"model": WEIGHTS, "more": Harm(target)}, tmp_path / "model.pth")
    with pytest.raises(ModelError, match="holds Python code beside its weights"):
        read_weights(tmp_path / "model.pth")
    assert not target.exists()
