"""What the README tells people to type works as it stands there, from top to bottom."""

from __future__ import annotations

import itertools
import re
import shlex
import sys
from pathlib import Path

import pytest
from commandline import run as run_inside
from evaluate import drawn_sets

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("small_samples", "loaded_once")]

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^ *```(\w+)\n(.*?)^ *```$", README, re.MULTILINE | re.DOTALL)
COMMANDS = [
    shlex.split(line, comments=True)
    for kind, block in BLOCKS if kind == "sh"
    for line in block.replace("\\\n", " ").splitlines() if line.strip().startswith("prompt-edit ")
    if "s3://" not in line  # `tests/batch/test_remote.py` has a server for that
]  # fmt: skip
ENOUGH = {"--count": "1"}  # scenes that an evaluation takes here


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a reader stands: pictures and data sets of their own lie here, and no models."""
    here = tmp_path_factory.mktemp("reader")
    drawn_sets.coco(here / "COCO")
    drawn_sets.voc(here / "VOCdevkit")
    for listed in (here / "VOCdevkit").rglob("val.txt"):  # a count is not asked for
        listed.write_text("\n".join(listed.read_text().splitlines()[:2]) + "\n")
    drawn_sets.imagenet(here)
    (here / "photos").mkdir()
    for name in ("a", "b"):
        assert run_inside("draw", here / f"photos/{name}.jpg", "--seed", "900899") == 0
    rows = "".join(f"photos/{name}.jpg,make the hat red,x/{name}.png\n" for name in ("a", "b"))
    (here / "catalogue.csv").write_text(f"picture,instruction,output\n{rows}")
    assert run_inside("draw", here / "photo.png", "--seed", "900899") == 0
    return here


def home(here: Path) -> dict[str, str]:
    return {"HOME": str(here), "XDG_DATA_HOME": str(here / "data"), "PROMPT_EDIT_OFFLINE": "1",
            "PYTHONUTF8": "1"}  # fmt: skip


def shortened(command: list[str]) -> list[str]:
    return [ENOUGH.get(before, word) for before, word in zip(["", *command], command, strict=False)]


def outcome(command: list[str]) -> str | None:
    """What a command that cannot succeed here says; None where it does its work."""
    if command[1:3] == ["models", "download"]:
        return "downloads are off"
    if command[1:3] == ["models", "verify"]:
        return "is not here|missing|not as it was published|Download it"
    if "--ray" in command:
        return "Install Ray|There is no Ray cluster"
    if "--lora" in command:
        return "style.safetensors"
    return None


def test_the_commands_of_the_readme(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(COMMANDS) > 8
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", [])
    for name, value in home(folder).items():
        monkeypatch.setenv(name, value)
    for command in COMMANDS:
        code = run_inside(*shortened(command)[1:])
        captured = capsys.readouterr()
        refusal = outcome(command)
        words = shlex.join(command)
        assert code == (1 if refusal else 0), f"{words}\n{captured.out}{captured.err}"
        if refusal:
            assert re.search(refusal, captured.err), f"{words}\n{captured.err}"
        for flag, value in itertools.pairwise(command):
            if not refusal and flag in ("-o", "--mask", "--side-by-side", "--json"):
                assert (folder / value).stat().st_size, f"{words} wrote no {value}"
            if not refusal and flag == "--out":
                assert (folder / value / "results.jsonl").is_file(), words


def test_the_python_of_the_readme(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (code,) = (block for kind, block in BLOCKS if kind == "python")
    run_inside("draw", folder / "doll.png", "--seed", "900899")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_DATA_HOME", str(folder / "data"))
    (folder / "out.png").unlink(missing_ok=True)
    exec(code, {"__name__": "__main__"})
    assert (folder / "out.png").is_file()
    assert "white t-shirt" in capsys.readouterr().out


def test_every_file_and_link_that_it_names_is_there() -> None:
    for path in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / path).exists(), path
    for path in re.findall(r"`((?:tests|docs|workflows|prompt_edit|nodes)/[\w./-]+)`", README):
        assert (ROOT / path).exists(), path


def test_every_make_target_that_it_names_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"\bmake ([a-z-]+)\b", README):
        if f"\n{target}:" not in makefile:
            assert not re.search(rf"^make {target}\b|`make {target}`", README, re.MULTILINE), target
