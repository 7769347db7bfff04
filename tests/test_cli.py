"""The command line, as a person meets it: in a process of its own or through typer's runner."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import png
import pytest
import torch
from diffusers import ControlNetModel
from PIL import Image
from safetensors.torch import save_file
from worlds import DRESS_SCENE, drawn

from prompt_edit import cli
from prompt_edit.editor import PromptEditor
from prompt_edit.images import load_image
from prompt_edit.models.store import ModelSet, sample_models

SENTENCE = "make the dress blue"


@pytest.fixture(autouse=True)
def loaded_once(editor: PromptEditor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands run with the models that are loaded already, when they are the default ones."""
    load = PromptEditor.load
    sample = cli._models(None, None, None)

    def once(models: ModelSet, *more: object) -> PromptEditor:
        return editor if (models, *more) == (sample, [], False) else load(models, *more)

    monkeypatch.setattr(PromptEditor, "load", once)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "doll.png"
    Image.fromarray(drawn(DRESS_SCENE)[0].image).save(path)
    return path


def run(*words: object) -> int:
    """The exit code of the command line."""
    try:
        sys.argv = ["prompt-edit", *map(str, words)]
        cli.main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def edit(path: Path, *words: object, sentence: str = SENTENCE) -> int:
    return run("edit", path, sentence, "--steps", 2, *words)


def test_edit_writes_all_it_was_asked_for(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, mask, sheet, report = (tmp_path / name for name in ("o.png", "m.png", "s.png", "r.json"))
    code = edit(picture, "-o", out, "--mask", mask, "--side-by-side", sheet, "--report", report)
    said = capsys.readouterr()
    assert code == 0, said.err
    assert said.out.splitlines()[-1] == str(out)
    assert "sample models" in said.err
    assert "Warning" not in said.err
    before, after, hole = (np.asarray(Image.open(path)) for path in (picture, out, mask))
    assert (before == after)[hole == 0].all()
    assert (before != after)[hole == 255].any()
    assert Image.open(sheet).width > 3 * 256
    told = json.loads(report.read_text())
    assert told["plan"]["edits"][0]["result"] == "blue dress"
    assert len(told["steps"][0]["boxes"]) == len(told["steps"][0]["scores"]) == 1


def test_default_output_stands_beside_the_picture(picture: Path) -> None:
    assert edit(picture) == 0
    assert picture.with_name("doll-edited.png").exists()


def test_a_lora_is_put_on_with_its_weight(
    picture: Path, editor: PromptEditor, tmp_path: Path
) -> None:
    file = tmp_path / "style.safetensors"
    torch.manual_seed(0)
    save_file(
        {f"unet.{name}.lora_{side}.weight": torch.randn(*shape) * 0.3
         for name, layer in editor.painter.pipeline.unet.named_modules()
         if name.endswith("attn2.to_v")
         for side, shape in (("A", (4, layer.in_features)), ("B", (layer.out_features, 4)))},
        file,
    )  # fmt: skip
    made = {}
    for name, words in {
        "bare": (),
        "none": ("--lora", f"{file}:0"),
        "full": ("--lora", file),
    }.items():
        out = tmp_path / f"{name}.png"
        assert edit(picture, "-o", out, *words) == 0
        made[name] = load_image(out).pixels
    assert (made["bare"] - made["none"]).abs().max() < 2 / 255
    assert (made["bare"] - made["full"]).abs().max() > 8 / 255


@pytest.fixture(scope="module")
def net(editor: PromptEditor, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ControlNet of random weights for the sample painter."""
    unet = editor.painter.pipeline.unet.config
    told = ("block_out_channels", "cross_attention_dim", "attention_head_dim", "down_block_types",
            "layers_per_block", "norm_num_groups")  # fmt: skip
    torch.manual_seed(0)
    made = ControlNetModel(conditioning_embedding_out_channels=(16, 16, 32),
                           **{name: unet[name] for name in told})  # fmt: skip
    with torch.no_grad():
        for value in made.parameters():
            if not value.any():  # a fresh ControlNet says nothing
                value.normal_(std=0.1)
    folder = tmp_path_factory.mktemp("nets") / "canny"
    made.save_pretrained(folder)
    return folder


def test_a_control_picture_is_followed_with_its_scale(
    picture: Path, net: Path, tmp_path: Path
) -> None:
    edges = tmp_path / "edges.png"
    Image.effect_noise((128, 128), 90).save(edges)
    made = {}
    for name, words in {
        "bare": (),
        "none": ("--control", f"{net}={edges}:0"),
        "full": ("--control", f"{net}={edges}"),
    }.items():
        out = tmp_path / f"{name}.png"
        assert edit(picture, "-o", out, *words) == 0
        made[name] = load_image(out).pixels
    assert (made["bare"] - made["none"]).abs().max() < 2 / 255
    assert (made["bare"] - made["full"]).abs().max() > 8 / 255


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("canny", "NET=PICTURE"),
        ("=edges.png", "NET=PICTURE"),
        ("no-net=edges.png", "no-net"),
        ("{net}=no-edges.png", "no-edges.png"),
    ],
)
def test_a_bad_control_is_one_line(
    picture: Path, net: Path, capsys: pytest.CaptureFixture[str], word: str, said: str
) -> None:
    assert edit(picture, "--control", word.format(net=net)) == 1
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith("Error: ") and said in error
    assert not picture.with_name("doll-edited.png").exists()


def _gray(path: Path) -> None:
    Image.fromarray(drawn(DRESS_SCENE)[0].image).convert("L").save(path)


def _rgba(path: Path) -> None:
    Image.fromarray(drawn(DRESS_SCENE)[0].image).convert("RGBA").save(path)


def _deep(path: Path) -> None:
    values = drawn(DRESS_SCENE)[0].image.astype(np.uint16) * 257 + 3
    writer = png.Writer(256, 256, greyscale=False, bitdepth=16)
    with path.open("wb") as file:
        writer.write(file, np.minimum(values, 65535).reshape(256, -1))


def _turned(path: Path) -> None:
    image = Image.fromarray(drawn(DRESS_SCENE)[0].image).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(path, exif=exif)


def _large(path: Path) -> None:
    Image.fromarray(drawn(DRESS_SCENE)[0].image).resize((4000, 4000)).save(path)


@pytest.mark.parametrize("make", [_rgba, _deep, _turned, _large])
def test_all_kinds_of_pictures_work(make: object, tmp_path: Path) -> None:
    path, out, mask = (tmp_path / name for name in ("in.png", "out.png", "mask.png"))
    make(path)  # type: ignore[operator]
    assert edit(path, "-o", out, "--mask", mask) == 0
    before, after = load_image(path), load_image(out)
    assert before.bits == after.bits
    assert before.pixels.shape == after.pixels.shape
    changed = (before.pixels != after.pixels).any(dim=-1)[0]
    opaque = load_image(mask).pixels[0, ..., 0] > 0
    assert changed.any()
    assert not (changed & ~opaque).any()


def test_a_gray_picture_becomes_coloured_only_where_painted(tmp_path: Path) -> None:
    path, out, mask = (tmp_path / name for name in ("in.png", "out.png", "mask.png"))
    _gray(path)
    words = ("-o", out, "--mask", mask, "--threshold", 0.02)
    assert edit(path, *words, sentence="make one woman red") in (0, 1)
    if out.exists():
        pixels = load_image(out).pixels[0]
        spread = pixels.amax(dim=-1) - pixels.amin(dim=-1)
        assert float(spread[load_image(mask).pixels[0, ..., 0] == 0].max()) == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["edit", "{missing}", SENTENCE], "no picture at"),
        (["edit", "{text}", SENTENCE], "not a picture"),
        (["edit", "{half}", SENTENCE], "broken or cut off"),
        (["edit", "{picture}", ""], "empty"),
        (["edit", "{picture}", "frobnicate the dress"], "frobnicate"),
        (["edit", "{picture}", "paint the car red"], 'no "car"'),
        (["edit", "{picture}", SENTENCE, "-o", "{missing}/a.png"], "does not exist"),
        (["edit", "{picture}", SENTENCE, "-o", "{text}"], "picture type"),
        (["edit", "{picture}", SENTENCE, "--report", "{missing}/a.json"], "does not exist"),
        (
            [
                "edit",
                "{picture}",
                SENTENCE,
                "-o",
                "{folder}/a.png",
                "--mask",
                "{folder}/../folder/a.png",
            ],
            "is to be written twice",
        ),
        (["edit", "{picture}", SENTENCE, "--detector", "{missing}"], "no model at"),
        (["edit", "{picture}", SENTENCE, "--painter", "{folder}"], "no model_index.json"),
        (["evaluate", "paperdoll", "--json", "{missing}/out.json"], "does not exist"),
    ],
)
def test_bad_input_is_one_clear_line(
    arguments: list[str], words: str, picture: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    text, half, folder = tmp_path / "note.txt", tmp_path / "half.png", tmp_path / "folder"
    text.write_text("hello")
    half.write_bytes(picture.read_bytes()[:3000])
    folder.mkdir()
    before = set(tmp_path.iterdir())
    named = {"missing": tmp_path / "missing", "text": text, "half": half, "picture": picture,
             "folder": folder}  # fmt: skip
    assert run(*(word.format(**named) for word in arguments)) == 1
    errors = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("Note")]
    assert len(errors) == 1, errors
    assert errors[0].startswith("Error: ")
    assert words in errors[0]
    assert set(tmp_path.iterdir()) == before, "nothing is written"


def test_an_existing_result_survives_a_failure(picture: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    out.write_bytes(b"precious")
    assert edit(picture, "-o", out, sentence="paint the car red") == 1
    assert out.read_bytes() == b"precious"


def test_a_picture_from_another_world_is_warned_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "noise.png"
    noise = np.random.default_rng(0).integers(0, 255, size=(64, 64, 3)).astype(np.uint8)
    Image.fromarray(noise).resize((256, 256)).save(path)
    edit(path)
    assert "does not look like a paper-doll picture" in capsys.readouterr().err


def test_what_a_painter_takes_is_told_before_it_is_loaded(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    painter = Path(shutil.copytree(sample_models().painter, tmp_path / "mine"))
    assert edit(picture, "--painter", painter) == 0
    assert re.search(
        r"mine\. The last takes about 0\.\d GiB on cpu, and 0\.\d", capsys.readouterr().err
    )


def test_parse_prints_a_plan(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("parse", "change the red dress to a white t-shirt") == 0
    plan = json.loads(capsys.readouterr().out)
    assert plan["edits"][0]["target"] == "red dress"
    assert plan["parser"] == "grammar"


def test_parse_reads_lines_quickly_and_answers_each() -> None:
    lines = ["make the hat red", "", "qwxz", "가방을 지워줘"]
    done = subprocess.run(
        [sys.executable, "-m", "prompt_edit", "parse", "-"],
        input="\n".join(lines) + "\n", capture_output=True, text=True, check=True,
    )  # fmt: skip
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == 4
    assert answers[0]["edits"][0]["result"] == "red hat"
    assert "error" in answers[1]
    assert "qwxz" in answers[2]["error"]
    assert answers[3]["edits"][0]["operation"] == "remove"


def test_letters_that_the_terminal_lacks_are_told_by_number() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "prompt_edit", "parse", "가방을 지워줘"],
        capture_output=True, check=True, env={**os.environ, "PYTHONIOENCODING": "cp1252"},
    )  # fmt: skip
    assert json.loads(done.stdout.decode("cp1252"))["instruction"] == "가방을 지워줘"


def test_a_seed_too_large_is_refused(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert edit(picture, "--seed", 10**23) == 2
    assert "--seed" in capsys.readouterr().err


def test_draw_and_evaluate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "scene.png"
    assert run("draw", path, "--seed", 900001, "--size", 128) == 0
    assert Image.open(path).size == (128, 128)
    file = tmp_path / "out.json"
    assert run("evaluate", "paperdoll", "--count", 2, "--seed", 900100, "--json", file) == 0
    figures = json.loads(file.read_text())
    assert figures["outside_changed_pixels"] == 0
    assert figures["scenes"] == 2
    assert figures["phrases"] > 10
