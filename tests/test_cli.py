"""The command line, as a person meets it: in a process of its own or through typer's runner."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path

import numpy as np
import png
import pytest
import torch
from commandline import run
from diffusers import ControlNetModel
from PIL import Image
from safetensors.torch import save_file
from worlds import DRESS_SCENE, drawn

from prompt_edit.editor import PromptEditor
from prompt_edit.evaluate.drawn import evaluate as measure
from prompt_edit.images import load_image
from prompt_edit.models.store import sample_models
from prompt_edit.paperdoll.scene import Scene

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("small_samples", "loaded_once")]

SENTENCE = "make the dress blue"


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "doll.png"
    path.write_bytes(doll())
    return path


@cache
def doll() -> bytes:
    file = io.BytesIO()
    Image.fromarray(drawn(DRESS_SCENE)[0].image).save(file, "PNG")
    return file.getvalue()


def edit(path: Path, *words: object, sentence: str = SENTENCE) -> int:
    return run("edit", path, sentence, *words)


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
    content = json.loads(report.read_text())
    assert content["plan"]["edits"][0]["result"] == "blue dress"
    assert len(content["steps"][0]["boxes"]) == len(content["steps"][0]["scores"]) == 1


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
    pictures = {}
    for name, words in {
        "bare": (),
        "none": ("--lora", f"{file}:0"),
        "full": ("--lora", file),
    }.items():
        out = tmp_path / f"{name}.png"
        assert edit(picture, "-o", out, *words) == 0
        pictures[name] = load_image(out).pixels
    assert (pictures["bare"] - pictures["none"]).abs().max() < 2 / 255
    assert (pictures["bare"] - pictures["full"]).abs().max() > 8 / 255


@pytest.fixture(scope="module")
def net(editor: PromptEditor, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ControlNet of random weights for the sample painter."""
    unet = editor.painter.pipeline.unet.config
    shared = ("block_out_channels", "cross_attention_dim", "attention_head_dim", "down_block_types",
              "layers_per_block", "norm_num_groups")  # fmt: skip
    torch.manual_seed(0)
    network = ControlNetModel(conditioning_embedding_out_channels=(16, 16, 32),
                              **{name: unet[name] for name in shared})  # fmt: skip
    with torch.no_grad():
        for value in network.parameters():
            if not value.any():  # a fresh ControlNet says nothing
                value.normal_(std=0.1)
    folder = tmp_path_factory.mktemp("nets") / "canny"
    network.save_pretrained(folder)
    return folder


def test_a_control_picture_is_followed_with_its_scale(
    picture: Path, net: Path, tmp_path: Path
) -> None:
    edges = tmp_path / "edges.png"
    Image.effect_noise((128, 128), 90).save(edges)
    pictures = {}
    for name, words in {
        "bare": (),
        "none": ("--control", f"{net}={edges}:0"),
        "full": ("--control", f"{net}={edges}"),
    }.items():
        out = tmp_path / f"{name}.png"
        assert edit(picture, "-o", out, *words) == 0
        pictures[name] = load_image(out).pixels
    assert (pictures["bare"] - pictures["none"]).abs().max() < 2 / 255
    assert (pictures["bare"] - pictures["full"]).abs().max() > 8 / 255


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


def _rgba(path: Path) -> None:
    Image.fromarray(drawn(DRESS_SCENE)[0].image).convert("RGBA").save(path)


def _deep(path: Path) -> None:
    values = drawn(DRESS_SCENE)[0].image.astype(np.int32) * 257 + 3
    writer = png.Writer(256, 256, greyscale=False, bitdepth=16)
    with path.open("wb") as file:
        writer.write(file, np.minimum(values, 65535).astype(np.uint16).reshape(256, -1))


def _turned(path: Path) -> None:
    image = Image.fromarray(drawn(DRESS_SCENE)[0].image).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(path, exif=exif)


def _large(path: Path) -> None:
    """Far larger than any model looks at."""
    Image.fromarray(drawn(DRESS_SCENE)[0].image).resize((1700, 1700)).save(path, compress_level=1)


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
        (["edit", "{picture}", SENTENCE, "-o", "{folder}"], "is a folder"),
        (["edit", "{picture}", SENTENCE, "--report", "{folder}"], "is a folder"),
        (["edit", "{folder}", SENTENCE], "is a folder"),
        (["edit", "{picture}", SENTENCE, "--lora", "{missing}:0.5"], "no LoRA at"),
        (["edit", "{picture}", SENTENCE, "--lora", "{picture}:nan"], "FILE:NUMBER"),
        (["edit", "{picture}", SENTENCE, "--models", "{missing}"], "no models folder"),
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
        (["evaluate", "paperdoll", "--weights", "a.safetensors"], "--method"),
        (["evaluate", "paperdoll", "--method", "gan", "--retries", "1"], "paints once"),
        (["evaluate", "paperdoll", "--method", "vae", "--detector", "own"], "Leave own out"),
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


def test_a_picture_from_another_world_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "noise.png"
    noise = np.random.default_rng(0).integers(0, 255, size=(64, 64, 3)).astype(np.uint8)
    Image.fromarray(noise).resize((256, 256)).save(path)
    assert edit(path) == 1
    assert "real model" in capsys.readouterr().err
    assert not path.with_name("noise-edited.png").exists()


def test_what_a_painter_takes_is_told_before_it_is_loaded(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    painter = Path(shutil.copytree(sample_models().painter, tmp_path / "mine"))
    assert edit(picture, "--painter", painter) == 0
    assert re.search(
        r"Painting with mine takes about 0\.\d GiB on cpu, and 0\.\d", capsys.readouterr().err
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
    assert run("evaluate", "paperdoll", "--count", 1, "--seed", 900100, "--json", file) == 0
    figures = json.loads(file.read_text())
    assert figures["outside_changed_pixels"] == 0
    assert figures["scenes"] == 1
    assert figures["phrases"] > 10
    assert figures["method"] == "proposed" and figures["sample_models"] is True


def test_what_was_measured_is_kept_where_the_rest_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    scenes = iter([measure.random_scene] * 1)

    def stopped(seed: int) -> Scene:
        for each in scenes:
            return each(seed)
        raise KeyboardInterrupt

    monkeypatch.setattr(measure, "random_scene", stopped)
    file = tmp_path / "out.json"
    words = ["evaluate", "paperdoll", "--count", 3, "--seed", 900100, "--json", file]
    assert run(*words) == 130
    assert "Only 1 of 3 scenes" in capsys.readouterr().err
    assert not file.exists()
    figures = json.loads((tmp_path / "out-partial.json").read_text())
    assert figures["scenes"] == 1 and figures["asked"] == 3


# --- files ---------------------------------------------------------------------------------------


def held(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_the_default_name_never_replaces_an_earlier_result(
    picture: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert edit(picture) == 0
    before = held(picture.parent)
    assert edit(picture, sentence="remove the dress") == 1
    assert "--overwrite" in capsys.readouterr().err
    assert held(picture.parent) == before
    assert edit(picture, "--overwrite", sentence="remove the dress") == 0
    assert held(picture.parent) != before


@pytest.mark.parametrize("option", ["-o", "--mask", "--side-by-side", "--report"])
@pytest.mark.parametrize("by", ["itself", "a link", "a second name", "a detour"])
def test_no_output_is_ever_the_picture(
    picture: Path, capsys: pytest.CaptureFixture[str], option: str, by: str
) -> None:
    other = picture.with_name("other.png")
    if by == "a link":
        other.symlink_to(picture)
    elif by == "a second name":
        os.link(picture, other)
    path = {"itself": picture, "a detour": picture.parent / ".." / picture.parent.name / "doll.png"}
    before = held(picture.parent)
    assert edit(picture, option, path.get(by, other)) == 1
    assert "would be lost" in capsys.readouterr().err
    assert held(picture.parent) == before


def test_no_output_is_another_input(
    picture: Path, net: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    edges, plan, style = (tmp_path / name for name in ("edges.png", "plan.json", "style.png"))
    for path in (edges, plan, style):
        path.write_bytes(picture.read_bytes())
    for words in (
        ["--control", f"{net}={edges}", "--mask", edges],
        ["--control", f"{net}={edges}", "--report", net / "config.json"],
        ["--lora", f"{style}:0.5", "--side-by-side", style],
        ["--report", sample_models().detector / "config.json"],
        ["--report", sample_models().painter / "new.json"],
    ):
        before = held(tmp_path)
        assert edit(picture, *words) == 1, words
        assert "would be lost" in capsys.readouterr().err
        assert held(tmp_path) == before
    assert run("edit", picture, "--plan", plan, "--report", plan) == 1
    assert "would be lost" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("option", ["--mask", "--side-by-side", "--report"])
def test_all_is_written_or_nothing(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    full = tmp_path / "full.png"
    full.symlink_to("/dev/full")
    before = held(tmp_path)
    assert edit(picture, "-o", tmp_path / "o.png", "--mask", tmp_path / "m.png",
                "--report", tmp_path / "r.json", option, full) == 1  # fmt: skip
    assert "No space left" in capsys.readouterr().err
    assert held(tmp_path) == before and full.is_symlink()


@pytest.mark.parametrize("kind", ["gif", "tif", "png"])
def test_what_is_lost_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    path, image = tmp_path / f"a.{kind}", Image.fromarray(drawn(DRESS_SCENE)[0].image)
    image.save(path, save_all=True, append_images=[image.rotate(90)])
    edit(path, "-o", tmp_path / "o.webp")
    assert "2 " in capsys.readouterr().err


def test_sixteen_bits_to_webp_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _deep(tmp_path / "a.png")
    assert edit(tmp_path / "a.png", "-o", tmp_path / "o.webp") == 0
    assert "the picture has 16" in capsys.readouterr().err


# --- pipes, plans and words ----------------------------------------------------------------------


def command(*words: object, **options: object) -> subprocess.CompletedProcess[bytes]:
    """The command line in a process of its own."""
    return subprocess.run([sys.executable, "-m", "prompt_edit", *map(str, words)],
                          capture_output=True, check=False, **options)  # type: ignore[call-overload] # fmt: skip


def test_a_picture_from_and_to_a_pipe(picture: Path) -> None:
    done = command("edit", "-", "cut out the dress", input=picture.read_bytes())
    assert done.returncode == 0, done.stderr
    assert Image.open(io.BytesIO(done.stdout)).mode == "RGBA"
    assert b"1 found" in done.stderr


def test_a_named_pipe_as_picture(picture: Path, tmp_path: Path) -> None:
    pipe, out = tmp_path / "pipe", tmp_path / "o.png"
    os.mkfifo(pipe)
    assert run("edit", pipe, SENTENCE) == 1  # a result of no name
    writer = threading.Thread(target=pipe.write_bytes, args=(picture.read_bytes(),), daemon=True)
    writer.start()
    assert edit(pipe, "-o", out) == 0
    writer.join()
    assert load_image(out).pixels.shape == (1, 256, 256, 3)


def test_a_plan_in_place_of_a_sentence(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, out, report = (tmp_path / name for name in ("plan.json", "o.png", "r.json"))
    assert run("parse", "make the dress blue") == 0
    plan.write_text(capsys.readouterr().out)
    words = ("--plan", plan, "-o", out, "--report", report, "--negative-prompt", "stripes")
    assert run("edit", picture, *words) == 0
    (planned,) = json.loads(report.read_text())["plan"]["edits"]
    assert planned["result"] == "blue dress" and planned["negative_prompt"] == "stripes"
    for text, said in {"{": "not a valid edit plan", '{"edits": []}': "edits"}.items():
        plan.write_text(text)
        assert run("edit", picture, "--plan", plan) == 1
        assert said in capsys.readouterr().err
    assert run("edit", picture, "--plan", tmp_path / "none.json") == 1
    assert "cannot be read" in capsys.readouterr().err
    assert run("parse", "make the dress blue") == 0
    plan.write_text(capsys.readouterr().out, encoding="utf-16")
    assert run("edit", picture, "--plan", plan, "--dry-run") == 0, "as PowerShell writes it"
    capsys.readouterr()
    plan.write_bytes(b"\xff\xfe\x00")
    assert run("edit", picture, "--plan", plan) == 1
    assert "not text" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [["{picture}"], ["{picture}", SENTENCE, "--plan", "p.json"], ["-", "--plan", "-"],
     ["{picture}", SENTENCE, "--show-picture"], ["{picture}", "--plan", "p", "--llm", "gemini"],
     [], ["{picture}", SENTENCE, "--frob"], ["{picture}", SENTENCE, "--seed", "1.5"],
     ["{picture}", SENTENCE, "--strength", "nan"], ["{picture}", SENTENCE, "--threshold", "nan"]],
)  # fmt: skip
def test_misuse_is_one_line_and_exit_code_2(
    picture: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert run("edit", *(word.format(picture=picture) for word in words)) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1 and said[0].startswith("Error: ") and "--help" in said[0]
    assert [path.name for path in picture.parent.iterdir()] == [picture.name]


def test_a_dry_run_writes_nothing(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = picture.with_name("r.json")
    assert edit(picture, "--dry-run", "--report", report) == 0
    said = capsys.readouterr().out
    for word in (
        "recolor dress",
        "score 0.",
        "painter: ",
        "would write",
        "doll-edited.png",
        "r.json",
    ):
        assert word in said
    assert [path.name for path in picture.parent.iterdir()] == [picture.name]
    assert edit(picture, "--dry-run", sentence="paint the car red") == 1
    assert edit(picture, "--dry-run", sentence="make the dress turquoise") == 1


def test_quiet_and_verbose(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert edit(picture, "-q") == 0
    said = capsys.readouterr()
    assert not said.out and not said.err
    assert edit(picture, "-q") == 1
    assert capsys.readouterr().err.startswith("Error")
    assert edit(picture, "-v", "--overwrite") == 0
    said = capsys.readouterr()
    assert "painter: /" in said.err and re.search(r"inpaint: \d", said.err)


def test_no_device_of_that_name(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("cuda:77", "meta", "toaster", ""):
        assert edit(picture, "--device", name) == 1
        assert "no device" in capsys.readouterr().err
    assert edit(picture, "--device", "cpu") == 0


def test_a_real_painter_beside_samples_is_warned_of(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    painter = Path(shutil.copytree(sample_models().painter, tmp_path / "mine"))
    edit(picture, "--painter", painter)
    assert "The detector and segmenter used with it" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [["-h"], ["edit", "-h"], ["models", "-h"], ["evaluate", "-h"], ["parse", "--help"],
     ["draw", "-h"], ["providers", "-h"], []],
)  # fmt: skip
def test_help_is_asked_for_as_elsewhere(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*words) == 0
    said = capsys.readouterr().out
    assert "Usage: prompt-edit" in said
    if words in ([], ["-h"]):
        assert said.splitlines()[2].strip().startswith("Start here: prompt-edit edit photo.png")
        assert "--install-completion" in said
    if len(words) == 2 and words[0] not in ("models", "evaluate"):
        assert "Examples:" in said and f"  prompt-edit {words[0]}" in said


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out.startswith("prompt-edit")


def test_providers_tell_model_kind_and_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "providers.toml"
    file.write_text(
        '[mine]\nkind = "openai"\nmodel = "m-1"\nkey_env = "MINE_KEY"\n'
        '[house]\nkind = "openai"\nmodel = "m"\nendpoint = "http://127.0.0.1:1/v1"'
    )
    monkeypatch.setenv("PROMPT_EDIT_PROVIDERS", str(file))
    monkeypatch.setenv("GEMINI_API_KEY", "secret-words")
    monkeypatch.delenv("MINE_KEY", raising=False)
    assert run("providers") == 0
    lines = {line.split("  ")[0]: line for line in capsys.readouterr().out.splitlines()}
    assert "not needed" in lines["offline grammar"]
    assert "openai" in lines["mine"] and "m-1" in lines["mine"] and "set $MINE_KEY" in lines["mine"]
    assert "not needed" in lines["house"]
    assert "key: set" in lines["gemini"] and "secret" not in lines["gemini"]


# --- streams -------------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("words", [["parse", "remove the dog"], ["providers"], ["--version"]])
def test_a_full_standard_output_is_told(words: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([sys.executable, "-m", "prompt_edit", *words], stdout=full,
                              stderr=subprocess.PIPE, text=True, check=False)  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == "Error: Standard output cannot be written: No space left on device.\n"


def test_who_reads_may_go_before_the_end() -> None:
    lines = "make the hat red\n" * 5000
    done = subprocess.run(f"{sys.executable} -m prompt_edit parse - | head -1", shell=True,
                          input=lines, capture_output=True, text=True, check=False)  # fmt: skip
    assert len(done.stdout.splitlines()) == 1 and not done.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams(closed: str) -> None:
    done = subprocess.run(f"{sys.executable} -m prompt_edit parse 'remove the dog' {closed}",
                          shell=True, capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0 and "Traceback" not in done.stderr


def test_lines_from_a_closed_stream_are_not_waited_for() -> None:
    done = subprocess.run(f"{sys.executable} -m prompt_edit parse - <&-", shell=True,
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 1 and "Standard input is closed" in done.stderr


def test_what_nobody_foresaw_is_one_line_too(
    picture: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("size mismatch\nof many lines")

    monkeypatch.setattr(PromptEditor, "edit", broken)
    assert edit(picture, "-q") == 1
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith("Error: ") and "RuntimeError: size mismatch)" in said and "-v" in said
    assert edit(picture, "-v") == 1
    assert "Traceback" in capsys.readouterr().err
