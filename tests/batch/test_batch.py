"""`prompt-edit batch` as people run it: once, again, with something changed, and killed."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from commandline import run
from filelock import FileLock
from intent.llm_server import Answer, LlmServer, llm_server
from worlds import BALLS_SCENE, DRESS_SCENE, OTHER_DRESS_SCENE, PEOPLE_SCENE, drawn

from prompt_edit.batch import parquet, places, records, stage
from prompt_edit.batch.jobs import INSIDE, Job, Shard, stamp_of
from prompt_edit.batch.places import Folder
from prompt_edit.batch.records import Records
from prompt_edit.batch.stage import Stage
from prompt_edit.editor import PromptEditor
from prompt_edit.images import load_image, save_image, to_pil
from prompt_edit.inpaint.repaint import Sampling
from prompt_edit.intent.providers import FILE_VARIABLE

RED = "make the dress red"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dress; another dress, as JPEG, below; no dress. Each dress more would be painted too."""
    folder = tmp_path_factory.mktemp("written")
    (folder / "below").mkdir()
    save_image(folder / "a.png", drawn(DRESS_SCENE)[1])
    save_image(folder / "below" / "b.jpg", drawn(OTHER_DRESS_SCENE)[1])
    save_image(folder / "c.png", drawn(BALLS_SCENE)[1])
    return folder


@pytest.fixture
def pictures(written: Path, tmp_path: Path) -> Path:
    """The pictures as one test has them, who may change them."""
    return shutil.copytree(written, tmp_path / "in")


pytestmark = pytest.mark.usefixtures("editor")


def table(out: Path, name: str = "results.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / name).read_text().splitlines()]


def files(out: Path) -> list[str]:
    return sorted(file.relative_to(out).as_posix() for file in out.rglob("*") if file.is_file())


def test_each_picture_as_if_edited_alone(
    pictures: Path, tmp_path: Path, editor: PromptEditor, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run("batch", pictures, RED, "--out", out, "--seed", 3) == 1, "a row failed"
    output = capsys.readouterr()
    assert "2 done, 1 failed" in output.out and "Row 3" in output.err and "dress" in output.err
    assert files(out) == ["a.png", "below/b.jpg", "results.jsonl"]
    source = load_image(pictures / "a.png")
    alone = editor.edit(source.pixels, RED, Sampling(seed=3)).image
    assert torch.equal(load_image(out / "a.png").pixels, (alone * 255).round() / 255)
    rows = table(out)
    assert [row["status"] for row in rows] == ["done", "done", "failed"]
    assert [row["row"] for row in rows] == [1, 2, 3]
    assert rows[0]["plan"]["edits"][0]["operation"] == "recolor"
    assert rows[0]["steps"][0]["scores"] and rows[0]["seconds"]["inpaint"] > 0
    assert "JPEG" in rows[1]["notes"][0] and "no" in rows[2]["error"]


def test_kinds_that_results_are_not_written_in_become_png(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to_pil(drawn(DRESS_SCENE)[1]).save(pictures / "d.gif")
    (pictures / "e.heic").write_bytes(b"")
    run("batch", pictures, RED, "--out", tmp_path / "out")
    assert files(tmp_path / "out") == ["a.png", "below/b.jpg", "d.png", "results.jsonl"]
    assert "1 .heic" in capsys.readouterr().err


def test_the_same_command_does_nothing_again(
    pictures: Path, tmp_path: Path, done: list[str]
) -> None:
    out = tmp_path / "out"
    run("batch", pictures, RED, "--out", out)
    before = (out / "results.jsonl").read_bytes(), (out / "a.png").stat().st_mtime_ns
    assert done == ["a.png", "below/b.jpg", "c.png"]
    done.clear()
    assert run("batch", pictures, RED, "--out", out) == 1
    assert not done
    assert before == ((out / "results.jsonl").read_bytes(), (out / "a.png").stat().st_mtime_ns)
    run("batch", pictures, RED, "--out", out, "--retry-failed")
    assert done == ["c.png"]


@pytest.mark.parametrize("pattern", ["", "/**/*.*"])
def test_what_lies_in_the_output_folder_is_not_read(
    pictures: Path, done: list[str], pattern: str
) -> None:
    (pictures / "c.png").unlink()
    for expected in (["a.png", "below/b.jpg"], []):
        done.clear()
        assert run("batch", f"{pictures}{pattern}", RED, "--out", pictures / "edited") == 0
        assert done == expected


def test_only_what_changed_is_done_again(pictures: Path, tmp_path: Path, done: list[str]) -> None:
    out = tmp_path / "out"
    run("batch", pictures, RED, "--out", out)
    done.clear()
    save_image(pictures / "c.png", drawn(DRESS_SCENE)[1])
    assert run("batch", pictures, RED, "--out", out) == 0
    assert done == ["c.png"]
    done.clear()
    (out / "a.png").unlink()
    run("batch", pictures, RED, "--out", out)
    assert done == ["a.png"]
    for changed in (["--seed", 4], ["--threshold", 0.2], ["--check"]):
        done.clear()
        run("batch", pictures, RED, "--out", out, *changed)
        assert len(done) == 3, changed
    assert len(table(out)) == 3 and table(out)[0]["ok"] is not None


def test_another_reader_of_sentences_is_a_change(
    pictures: Path, tmp_path: Path, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("openai")
    providers, plan = tmp_path / "providers.json", {"operation": "recolor", "target": "dress",
                                                    "result": "red dress"}  # fmt: skip
    monkeypatch.setenv(FILE_VARIABLE, str(providers))
    words = ["batch", pictures / "a.png", RED, "--out", tmp_path / "out"]
    with llm_server() as server:
        for model, count in ((None, 1), (None, 1), ("m", 2), ("m", 2), ("n", 3), (None, 4)):
            entry = {"kind": "openai", "model": model or "m", "endpoint": f"{server.url}/v1"}
            providers.write_text(json.dumps({"house": entry}))
            server.will(json.dumps({"edits": [plan]}))
            assert run(*words, *(["--llm", "house"] if model else [])) == 0
            assert len(done) == count, model


def test_what_the_grammar_read_for_a_silent_model_is_not_done_for_good(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    pytest.importorskip("openai")
    providers, plan = tmp_path / "providers.json", {"operation": "recolor", "target": "dress",
                                                    "result": "red dress"}  # fmt: skip
    monkeypatch.setenv(FILE_VARIABLE, str(providers))
    words = ["batch", pictures / "a.png", RED, "--out", tmp_path / "out", "--llm", "house"]
    with llm_server() as server:
        entry = {"kind": "openai", "model": "m", "endpoint": f"{server.url}/v1"}
        providers.write_text(json.dumps({"house": entry}))
        server.will(Answer("no such key", status=401))
        assert run(*words) == 1
        assert [row["status"] for row in table(tmp_path / "out")] == ["failed"]
        told = capsys.readouterr().err
        assert "did not answer" in told and "--retry-failed" in told
        server.will(json.dumps({"edits": [plan]}))
        assert run(*words, "--retry-failed") == 0
        server.will("no plan", "no plan")
        assert run(*words[:-4], "--out", tmp_path / "other", "--llm", "house") == 0
        assert "no valid plan" in capsys.readouterr().err, "read by the grammar, and told"


def test_rows_of_a_table_with_seeds_outputs_and_more(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = pictures / "t.csv"
    source.write_text(
        "picture,instruction,seed,output,sku\n"
        "a.png,make the dress red,5,x/one.png,11\n"
        "a.png,make the dress blue,,two.png,12\n"
        "below/b.jpg,cut out the dog,,,13\n"
        "a.png,qwertz uiop,,four.png,14\n"
        "nowhere.png,make the dress red,,five.png,15\n"
    )
    out = tmp_path / "out"
    assert run("batch", source, "--out", out, "--parquet") == 1
    rows = table(out)
    assert [row["status"] for row in rows] == ["done", "done", "failed", "failed", "failed"]
    assert [row["columns"]["sku"] for row in rows] == ["11", "12", "13", "14", "15"]
    assert "nowhere.png" in rows[4]["error"]
    assert files(out) == ["results.jsonl", "results.parquet", "two.png", "x/one.png"]
    kept = pytest.importorskip("pyarrow.parquet").read_table(out / "results.parquet").to_pylist()
    assert [row["output"] for row in kept] == [row["output"] for row in rows]
    assert json.loads(kept[0]["plan"])["edits"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_that_is_no_utf_8_is_a_name(pictures: Path, tmp_path: Path, done: list[str]) -> None:
    name, out = os.fsdecode(b"caf\xe9.png"), tmp_path / "out"
    (pictures / "a.png").rename(pictures / name)
    run("batch", pictures, RED, "--out", out, "--parquet")
    assert (out / name).is_file() and name in [row["output"] for row in table(out)]
    kept = pytest.importorskip("pyarrow.parquet").read_table(out / "results.parquet").to_pylist()
    assert r"caf\udce9.png" in [row["output"] for row in kept]
    done.clear()
    run("batch", pictures, RED, "--out", out)
    assert not done


def test_parquet_is_asked_for_before_the_work(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    assert run("batch", pictures, RED, "--out", tmp_path / "out", "--parquet") == 1
    assert "Install pyarrow" in capsys.readouterr().err and not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("seeds", "kept"),
    [([7, None], [7, None]), ([7, 2**64 - 1], [7, 2**64 - 1]), ([-1, 2**63], ["-1", str(2**63)]),
     ([2**64, None], [str(2**64), None])],
)  # fmt: skip
def test_seeds_of_any_size_are_written_as_parquet(
    tmp_path: Path, seeds: list[int | None], kept: list[Any]
) -> None:
    read = pytest.importorskip("pyarrow.parquet").read_table
    parquet.write(tmp_path / "t.parquet", [{"seed": seed} for seed in seeds])
    assert [row["seed"] for row in read(tmp_path / "t.parquet").to_pylist()] == kept


def test_columns_of_a_row_that_is_done_are_those_of_now(
    pictures: Path, tmp_path: Path, done: list[str]
) -> None:
    source, out = pictures / "t.csv", tmp_path / "out"
    for text, columns in (("picture,sku,size\na.png,1,S\n", {"sku": "1", "size": "S"}),
                          ("picture,sku\na.png,2\n", {"sku": "2"}),
                          ("picture\na.png\n", None)):  # fmt: skip
        source.write_text(text)
        run("batch", source, RED, "--out", out)
        assert [row.get("columns") for row in table(out)] == [columns]
    assert done == ["a.png"]


def test_results_are_json_whatever_a_table_holds(pictures: Path, tmp_path: Path) -> None:
    source, out = pictures / "t.jsonl", tmp_path / "out"
    source.write_text('{"picture": "c.png", "weight": NaN, "sizes": [Infinity]}\n')
    run("batch", source, RED, "--out", out)
    (line,) = (out / "results.jsonl").read_text().splitlines()
    assert json.loads(line, parse_constant=pytest.fail)["columns"] == {"sizes": [None]}


def test_parts_of_a_batch_make_the_whole(pictures: Path, tmp_path: Path, done: list[str]) -> None:
    out = tmp_path / "out"
    words = ["batch", pictures, "make the dress {colour}", "--colours", "red,blue", "--out", out]
    run(*words, "--limit", 1)
    assert done == ["a-red.png"]
    for shard in ("1/2", "2/2"):
        run(*words, "--shard", shard)
    assert sorted(done) == sorted(set(done)) and len(done) == 6
    assert len(table(out, "results-1-of-2.jsonl")) + len(table(out, "results-2-of-2.jsonl")) == 6
    run(*words)
    assert len(done) == 6 and [row["row"] for row in table(out)] == [1, 2, 3, 4, 5, 6]


def test_a_dry_run_shows_the_plans_and_makes_nothing(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], done: list[str]
) -> None:
    assert run("batch", pictures, RED, "--out", tmp_path / "out", "--dry-run") == 0
    output = capsys.readouterr().out
    assert '3 x "make the dress red"' in output and "recolor dress" in output and "a.png" in output
    assert not (tmp_path / "out").exists() and not done


def test_a_line_that_was_cut_off_is_dropped(
    pictures: Path, tmp_path: Path, done: list[str]
) -> None:
    out = tmp_path / "out"
    run("batch", pictures, RED, "--out", out)
    whole, results = table(out), out / "results.jsonl"
    results.write_bytes(results.read_bytes()[:-40])
    (out / INSIDE / "results").mkdir(parents=True)
    (out / INSIDE / "results" / "1-99.png").write_bytes(b"half a pict")
    done.clear()
    run("batch", pictures, RED, "--out", out)
    assert done == ["c.png"], "the row whose line was lost"
    assert [row["output"] for row in table(out)] == [row["output"] for row in whole]
    assert files(out) == ["a.png", "below/b.jpg", "results.jsonl"]


def test_two_runs_do_not_work_on_one_shard(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out" / INSIDE).mkdir(parents=True)
    with FileLock(tmp_path / "out" / INSIDE / "results.lock"):
        assert run("batch", pictures, RED, "--out", tmp_path / "out") == 1
    assert "at work" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("held", "part", "code"),
    [("results", "1/2", 1), ("results-1-of-2", None, 1), ("results-1-of-2", "1/3", 1),
     ("results-1-of-2", "2/2", 0)],
)  # fmt: skip
def test_runs_at_once_part_a_batch_alike(
    pictures: Path, tmp_path: Path, held: str, part: str | None, code: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(places, "_LOOK", 0.2)
    out = tmp_path / "out"
    with Folder(out).held(held):
        words = ["--shard", part] if part else []
        assert run("batch", pictures / "a.png", RED, "--out", out, *words) == code
    assert not (out / INSIDE).exists()


def test_a_line_of_what_another_shard_wrote_over_since_does_not_count(
    pictures: Path, tmp_path: Path, done: list[str]
) -> None:
    """A BMP has as many bytes in blue as in red."""
    save_image(pictures / "d.bmp", drawn(DRESS_SCENE)[1])
    (pictures / "c.png").unlink()
    out, names = tmp_path / "out", ("a.png", "d.bmp")
    run("batch", pictures, RED, "--out", out)
    red = [(out / name).read_bytes() for name in names]
    for shard in ("1/2", "2/2"):
        run("batch", pictures, "make the dress blue", "--out", out, "--shard", shard)
    assert all((out / name).read_bytes() != each for name, each in zip(names, red, strict=True))
    for expected in (["a.png", "below/b.jpg", "d.bmp"], []):
        done.clear()
        run("batch", pictures, RED, "--out", out)
        assert done == expected
        assert [(out / name).read_bytes() for name in names] == red
    assert {row["instruction"] for row in table(out)} == {RED}


def test_a_fault_in_one_row_is_told_and_the_rest_goes_on(
    pictures: Path, tmp_path: Path, editor: PromptEditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit = editor.edit

    def faulty(image: Any, *more: Any, **named: Any) -> Any:
        if image.shape[1] == 128:
            raise ZeroDivisionError("a fault of ours")
        return edit(image, *more, **named)

    monkeypatch.setattr(editor, "edit", faulty)
    save_image(pictures / "b.png", drawn(DRESS_SCENE)[1][:, ::2, ::2])
    run("batch", pictures, RED, "--out", tmp_path / "out")
    rows = {row["output"]: row for row in table(tmp_path / "out")}
    assert "a fault of ours" in rows["b.png"]["error"] and rows["below/b.jpg"]["status"] == "done"


def test_a_fault_of_whatever_reads_a_picture_is_of_its_row(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(picture: str) -> Any:
        if picture.endswith("c.png"):
            raise NotImplementedError("a kind of pixels")
        return load_image(picture)

    monkeypatch.setattr(stage, "load_image", faulty)
    run("batch", pictures, RED, "--out", tmp_path / "out")
    rows = table(tmp_path / "out")
    assert [row["status"] for row in rows] == ["done", "done", "failed"]
    assert "c.png cannot be read" in rows[2]["error"] and "a kind of pixels" in rows[2]["error"]


def test_what_stands_there_is_not_written_over(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "a.png").write_bytes(b"of somebody else")
    assert run("batch", pictures, RED, "--out", out) == 1
    assert "not of a batch" in capsys.readouterr().err
    assert files(out) == ["a.png"] and (out / "a.png").read_bytes() == b"of somebody else"


def test_a_second_batch_keeps_the_lines_of_the_first_and_files_of_its_own(
    pictures: Path, tmp_path: Path, done: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    out, first = tmp_path / "out", ["batch", pictures / "a.png", RED]
    second = ["batch", pictures / "below", RED]
    run(*first, "--out", out)
    run(*second, "--out", out)
    assert [row["output"] for row in table(out)] == ["b.jpg", "a.png"]
    (out / "b.jpg").unlink()
    done.clear()
    assert run(*first, "--out", out) == 0 and not done
    assert [row["output"] for row in table(out)] == ["a.png"], "the other is gone"
    (out / "b.jpg").write_bytes(b"of somebody else")
    capsys.readouterr()
    assert run(*second, "--out", out) == 1
    assert "not of a batch" in capsys.readouterr().err
    assert (out / "b.jpg").read_bytes() == b"of somebody else"


def test_what_stands_for_a_row_that_failed_is_left(pictures: Path, tmp_path: Path) -> None:
    """It was painted by hand."""
    out = tmp_path / "out"
    words = ["batch", pictures / "c.png", RED, "--out", out]
    run(*words)
    (out / "c.png").write_bytes(b"by hand")
    assert run(*words) == 1, "it failed"
    save_image(pictures / "c.png", drawn(DRESS_SCENE)[1])
    assert run(*words) == 1, "there is something"
    assert files(out) == ["c.png", "results.jsonl"]
    assert (out / "c.png").read_bytes() == b"by hand"


@pytest.mark.parametrize("end", ["\n", ""])
def test_a_table_of_somebody_else_is_left(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], end: str
) -> None:
    (tmp_path / "results.jsonl").write_text(f'{{"score": 1}}\n{{"score": 2}}{end}')
    assert run("batch", pictures, RED, "--out", tmp_path) == 1
    assert "not of a batch" in capsys.readouterr().err
    assert (tmp_path / "results.jsonl").read_text() == f'{{"score": 1}}\n{{"score": 2}}{end}'
    assert not (tmp_path / INSIDE).exists()


def test_an_output_without_a_line_is_of_the_run_that_was_stopped(
    pictures: Path, tmp_path: Path, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out, words = tmp_path / "out", ["batch", pictures, RED, "--out", tmp_path / "out"]

    def stopped(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Records, "add", stopped)
        assert run(*words) == 130
    assert (out / "a.png").exists() and not (out / "results.jsonl").exists()
    done.clear()
    for more in (["--limit", 1], [], []):
        run(*words, *more)
    assert sorted(done) == ["a.png", "below/b.jpg", "c.png"]
    assert files(out) == ["a.png", "below/b.jpg", "results.jsonl"]


def test_what_a_stopped_run_wrote_over_is_done_again(
    pictures: Path, tmp_path: Path, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its line tells of what was there before."""
    out = tmp_path / "out"
    run("batch", pictures, RED, "--out", out)
    red = (out / "a.png").read_bytes()

    def stopped(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Records, "add", stopped)
        assert run("batch", pictures, RED.replace("red", "green"), "--out", out) == 130
    assert (out / "a.png").read_bytes() != red
    done.clear()
    run("batch", pictures, RED, "--out", out)
    assert (out / "a.png").read_bytes() == red and "a.png" in done


@pytest.mark.parametrize("pattern", ["", "/**/*.*"])
def test_a_folder_that_links_lead_to_is_read_once(
    pictures: Path, tmp_path: Path, done: list[str], pattern: str
) -> None:
    (pictures / "c.png").unlink()
    (pictures / "latest").symlink_to("below", target_is_directory=True)
    (pictures / "up").symlink_to("..", target_is_directory=True)
    (tmp_path / "elsewhere").mkdir()
    (pictures / "edited").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    for expected in (["a.png", "below/b.jpg"], []):
        done.clear()
        assert run("batch", f"{pictures}{pattern}", RED, "--out", pictures / "edited") == 0
        assert [name for name in done if not name.startswith("up")] == expected


def test_an_output_of_another_sentence_does_not_stand_for_a_row_that_fails(
    pictures: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run("batch", pictures, RED, "--out", out)
    assert (out / "a.png").exists()
    run("batch", pictures, "make the xylophone red", "--out", out)
    assert files(out) == ["results.jsonl"]
    assert {row["status"] for row in table(out)} == {"failed"}


def test_what_is_done_stays_where_its_picture_is_gone_or_its_edit_fails(
    pictures: Path, tmp_path: Path, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    run("batch", pictures / "a.png", RED, "--out", out)
    red, kept = (out / "a.png").read_bytes(), table(out)
    (tmp_path / "t.csv").write_text(f"picture,instruction\n{pictures / 'a.png'},{RED}\n")
    (pictures / "a.png").rename(pictures / "away.png")
    assert run("batch", tmp_path / "t.csv", "--out", out) == 0
    assert (out / "a.png").read_bytes() == red and table(out) == kept

    def full(*_: Any, **__: Any) -> None:
        raise MemoryError

    (pictures / "away.png").rename(pictures / "a.png")
    with monkeypatch.context() as patch:
        patch.setattr(PromptEditor, "edit", full)
        for _ in range(2):
            assert run("batch", pictures / "a.png", RED, "--out", out, "--steps", 2) == 1
    assert (out / "a.png").read_bytes() == red
    assert [row["status"] for row in table(out)] == ["failed"]
    done.clear()
    assert run("batch", pictures / "a.png", RED, "--out", out, "--steps", 2, "--retry-failed") == 0
    assert done == ["a.png"] and [row["status"] for row in table(out)] == ["done"]


def test_a_picture_that_changes_while_it_is_edited_is_done_again(
    pictures: Path, tmp_path: Path, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Stage.write

    def meanwhile(self: Stage, task: Any, edited: Any) -> Any:
        if task.job.output == "a.png" and len(done) < 4:
            save_image(pictures / "a.png", drawn(PEOPLE_SCENE)[1])
        return write(self, task, edited)

    monkeypatch.setattr(Stage, "write", meanwhile)
    run("batch", pictures, RED, "--out", tmp_path / "out")
    done.clear()
    run("batch", pictures, RED, "--out", tmp_path / "out")
    assert done == ["a.png"]


def test_the_same_pictures_by_another_path_are_the_same(
    pictures: Path, tmp_path: Path, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what failed to be made anew leaves what was made before."""
    out = tmp_path / "out"
    monkeypatch.chdir(pictures.parent)
    run("batch", "in", RED, "--out", "out")
    red = [(out / name).read_bytes() for name in ("a.png", "below/b.jpg")]
    monkeypatch.chdir(pictures)
    (tmp_path / "moved").symlink_to(pictures, target_is_directory=True)
    for source in (pictures, ".", tmp_path / "moved"):
        done.clear()
        run("batch", source, RED, "--out", out)
        assert not done
        assert table(out)[0]["picture"] == os.path.join(source, "a.png").removeprefix("./")

    def full(*_: Any, **__: Any) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(PromptEditor, "edit", full)
        assert run("batch", pictures, RED, "--out", "../out", "--steps", 2) == 1
    assert red == [(out / name).read_bytes() for name in ("a.png", "below/b.jpg")]


def test_copies_are_the_same_pictures_and_read_once_for_that(
    pictures: Path, tmp_path: Path, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    run("batch", pictures, RED, "--out", out)
    copied = shutil.copytree(pictures, tmp_path / "copied", copy_function=shutil.copyfile)
    save_image(copied / "a.png", drawn(PEOPLE_SCENE)[1])
    for expected in (["a.png"], []):
        done.clear()
        run("batch", copied, RED, "--out", out)
        assert done == expected
        monkeypatch.setattr(records, "digest_of", pytest.fail)


def test_what_versions_before_wrote_counts(tmp_path: Path) -> None:
    """Keys of the path as it was typed, claims of outputs alone."""
    out, picture = tmp_path / "out", tmp_path / "a.png"
    (out / INSIDE).mkdir(parents=True)
    for file in (picture, out / "a.png"):
        file.write_bytes(b"a picture")
    now = {"models": [["a", 1, 2]]}
    asked = {"picture": str(picture), "instruction": "빨간 모자", "seed": 3, "output": "a.png"}
    text = json.dumps([asked, now], sort_keys=True, default=str)
    digest = hashlib.sha256(b"a picture").hexdigest()
    line = {
        **asked, "row": 1, "status": "done", "key": hashlib.sha256(text.encode()).hexdigest(),
        "stamp": stamp_of(str(picture)), "picture_sha256": digest, "output_bytes": 9,
        "output_sha256": digest,
    }  # fmt: skip
    (out / "results.jsonl").write_text(json.dumps(line) + "\n")
    (out / INSIDE / "results.claims").write_text('["a.png"]')
    job = Job(1, str(picture), "빨간 모자", 3, "a.png")
    for _ in range(2):  # the first run has written it anew
        with Records(Folder(out), Shard(), now) as kept:
            assert kept.settled(job, False)
            assert not kept.settled(replace(job, seed=4), False)
            assert not kept.settled(replace(job, instruction="모자"), False)
            kept.finish([job], False)
    assert not (out / INSIDE).exists()
    (out / "a.png").write_bytes(b"is another")
    (out / INSIDE).mkdir(parents=True)
    (out / INSIDE / "results.claims").write_text('["a.png"]')
    with Records(Folder(out), Shard(), now) as kept:
        assert not kept.settled(job, False), "nobody knows by which job"


def test_what_a_stopped_run_has_lines_of_is_not_read_again(
    pictures: Path, tmp_path: Path, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Records, "finish", stopped)
        assert run("batch", pictures, RED, "--out", tmp_path / "out") == 130
    monkeypatch.setattr(Folder, "content", pytest.fail)
    done.clear()
    run("batch", pictures, RED, "--out", tmp_path / "out")
    assert not done


def test_two_stopped_runs_leave_no_doubt_of_what_is_there(
    pictures: Path, tmp_path: Path, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second claims once more what the first wrote over, and never comes to it."""
    out = tmp_path / "out"
    red = ["batch", pictures, RED, "--out", out]
    another = [*red, "--seed", 5]

    def stopped(*_: Any) -> None:
        raise KeyboardInterrupt

    run(*red)
    before = (out / "a.png").read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(Records, "add", stopped)
        assert run(*another) == 130
        assert (out / "a.png").read_bytes() != before
        patch.setattr(Stage, "edit", stopped)
        assert run(*red) == 130
    run(*red)
    assert (out / "a.png").read_bytes() == before


def test_an_output_that_cannot_be_removed_is_told(pictures: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("batch", pictures, RED, "--out", out)
    (out / "a.png").unlink()
    (out / "a.png").mkdir()
    assert run("batch", pictures, "make the xylophone red", "--out", out) == 1
    assert "cannot be removed" in table(out)[0]["error"]
    assert [row["status"] for row in table(out)] == ["failed"] * 3


class AcceleratorError(RuntimeError):
    """As torch has one."""


@pytest.mark.parametrize(
    ("error", "done_first"),
    [(AcceleratorError("unspecified launch failure"), 1),
     (RuntimeError("CUDA error: an illegal memory access was encountered"), 1),
     (torch.cuda.OutOfMemoryError("CUDA out of memory"), 3), (ZeroDivisionError(), 3)],
)  # fmt: skip
def test_a_device_that_fails_stops_the_run(
    pictures: Path, tmp_path: Path, error: Exception, done_first: int, editor: PromptEditor,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """The row at which it did counts as failed, or no run would come past it."""
    out = tmp_path / "out"

    def broken(*_: Any, **__: Any) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(editor, "edit", broken)
        assert run("batch", pictures, RED, "--out", out) == 1
    assert [row["status"] for row in table(out)] == ["failed"] * done_first
    told = capsys.readouterr().err
    assert ("The device failed" in told) == (done_first == 1) and "Traceback" not in told
    assert run("batch", pictures, RED, "--out", out, "--retry-failed") == 1
    assert [row["status"] for row in table(out)] == ["done", "done", "failed"]


def test_a_plain_second_run_goes_on_behind_the_row_that_breaks_the_device(
    pictures: Path, tmp_path: Path, editor: PromptEditor, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    edit, first = editor.edit, load_image(pictures / "a.png").pixels

    def broken(image: Any, *more: Any, **named: Any) -> Any:
        if torch.equal(image, first):
            raise AcceleratorError("unspecified launch failure")
        return edit(image, *more, **named)

    monkeypatch.setattr(editor, "edit", broken)
    words = ["batch", pictures, RED, "--out", tmp_path / "out"]
    for retry in ([], ["--retry-failed"]):  # which tries that row first
        run(*words, *retry)
        assert "run the same command again, which goes on behind what" in capsys.readouterr().err
        assert {(row["row"], row["status"]) for row in table(tmp_path / "out")} == {(1, "failed")}
    run(*words)
    assert [row["status"] for row in table(tmp_path / "out")] == ["failed", "done", "failed"]


@pytest.mark.parametrize(
    "error",
    [torch.cuda.OutOfMemoryError("CUDA out of memory"), MemoryError(),
     RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes.")],
)  # fmt: skip
def test_pictures_too_large_for_the_memory_stop_no_run(
    pictures: Path, tmp_path: Path, error: Exception, editor: PromptEditor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def large(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(stage, "_FAULTS", 2)
    monkeypatch.setattr(editor, "edit", large)
    run("batch", pictures, RED, "--out", tmp_path / "out")
    assert [row["status"] for row in table(tmp_path / "out")] == ["failed"] * 3


def test_row_after_row_that_nobody_foresaw_stops_the_run(
    pictures: Path, tmp_path: Path, editor: PromptEditor, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def faulty(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(stage, "_FAULTS", 2)
    monkeypatch.setattr(editor, "edit", faulty)
    assert run("batch", pictures, RED, "--out", tmp_path / "out") == 1
    assert len(table(tmp_path / "out")) == 2
    told = capsys.readouterr().err
    assert "2 rows failed one after the other" in told and "--retry-failed" in told
    assert "ZeroDivisionError('a fault of ours'). When that is mended" in told


def test_what_failed_before_is_told_apart_from_what_is_there(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["batch", pictures, RED, "--out", tmp_path / "out"]
    run(*words)
    assert "failed before" not in capsys.readouterr().err
    run(*words)
    told = capsys.readouterr().err
    assert "2 were there already" in told and "1 failed before; --retry-failed" in told


def test_other_models_are_told(
    pictures: Path, tmp_path: Path, done: list[str], monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    words = ["batch", pictures, RED, "--out", tmp_path / "out"]
    run(*words)
    run(*words, "--seed", 4)
    assert "Done again" not in capsys.readouterr().err
    monkeypatch.setattr(stage, "version", lambda: "another")
    run(*words, "--seed", 4)
    assert "not those of before: 2 rows" in capsys.readouterr().err and len(done) == 9
    monkeypatch.setattr(stage, "version", lambda: "a third")
    run("batch", pictures, "remove the dress", "--out", tmp_path / "out", "--limit", 1)
    assert "Done again" not in capsys.readouterr().err, "the sentence is another"


def test_a_path_of_one_row_is_its_own_affair(pictures: Path, tmp_path: Path) -> None:
    out, long = tmp_path / "out", "n" * 300
    names = ("file/x.png", f"{long}.png", f"{long}/x.png", "null\0.png", "d.png", ".")
    lines = [json.dumps({"picture": "a.png", "output": name}) for name in names]
    (pictures / "t.jsonl").write_text("\n".join([*lines, '{"picture": "other\\u0000.png"}']))
    out.mkdir()
    (out / "file").write_bytes(b"of somebody else")
    assert run("batch", pictures / "t.jsonl", RED, "--out", out) == 1
    assert [row["status"] for row in table(out)] == [*["failed"] * 4, "done", "failed", "failed"]
    assert (out / "file").read_bytes() == b"of somebody else" and not (out / INSIDE).exists()


@pytest.mark.parametrize(
    ("error", "stops"),
    [(PermissionError(errno.EACCES, "held by a viewer"), False), (MemoryError(), False),
     (ValueError("too many colours"), False), (OSError(errno.ENOSPC, "no room"), True),
     (OSError(errno.EIO, "the disk"), True)],
)  # fmt: skip
def test_what_one_file_says_stops_no_other_and_a_full_disk_all(
    pictures: Path, tmp_path: Path, error: Exception, stops: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill, out = stage.fill, tmp_path / "out"

    def faulty(file: Path, *more: Any) -> None:
        if file.name.startswith("1-"):
            raise error
        fill(file, *more)

    (pictures / "c.png").unlink()
    with monkeypatch.context() as patch:
        patch.setattr(stage, "fill", faulty)
        assert run("batch", pictures, RED, "--out", out) == 1
    if stops:
        assert not (out / "results.jsonl").exists()
    else:
        assert [row["status"] for row in table(out)] == ["failed", "done"]
        assert "a.png cannot be written" in table(out)[0]["error"]
    assert run("batch", pictures, RED, "--out", out, "--retry-failed") == 0


def test_where_nothing_can_be_written_any_more_the_run_stops(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def away(*_: Any) -> None:
        shutil.rmtree(tmp_path / "out")
        raise PermissionError(errno.EACCES, "gone")

    monkeypatch.setattr(stage, "fill", away)
    assert run("batch", pictures / "a.png", RED, "--out", tmp_path / "out") == 1
    assert "a.png cannot be written: gone" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_held_for_a_moment_is_tried_again(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Windows does while it is scanned."""
    move, refused = Path.replace, list[Path]()

    def held(self: Path, target: Path) -> Path:
        if refused.count(self) < 2:
            refused.append(self)
            raise PermissionError(errno.EACCES, "held")
        return move(self, target)

    monkeypatch.setattr(Path, "replace", held)
    monkeypatch.setattr(places, "_PAUSES", (0, 0))
    assert run("batch", pictures / "a.png", RED, "--out", tmp_path / "out") == 0
    assert files(tmp_path / "out") == ["a.png", "results.jsonl"] and len(refused) > 2


SENTENCES = "".join(f"c.png,make the dress red {number},{number}.png\n" for number in range(8))
"""Of a picture that shows no dress, so that no row takes long."""
PLAN = {"operation": "recolor", "target": "dress", "result": "red dress"}


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LlmServer]:
    """A language model, by the name of house."""
    pytest.importorskip("openai")
    monkeypatch.setenv(FILE_VARIABLE, str(tmp_path / "providers.json"))
    with llm_server() as server:
        entry = {"kind": "openai", "model": "m", "endpoint": f"{server.url}/v1"}
        (tmp_path / "providers.json").write_text(json.dumps({"house": entry}))
        yield server


def test_sentences_are_read_when_their_rows_are_next(
    pictures: Path, tmp_path: Path, house: LlmServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    (pictures / "t.csv").write_text(f"picture,instruction,output\n{SENTENCES}")
    words = ["batch", pictures / "t.csv", "--out", tmp_path / "out", "--llm", "house"]
    house.will(*[json.dumps({"edits": [PLAN]})] * 20)
    edit, edited = Stage.edit, list[Any]()

    def stopped(self: Stage, *each: Any) -> Any:
        edited.append(each)
        if len(edited) == 3:
            raise KeyboardInterrupt
        return edit(self, *each)

    with monkeypatch.context() as patch:
        patch.setattr(Stage, "edit", stopped)
        assert run(*words) == 130
    assert len(house.asked) == 5, "two ahead"
    run(*words)
    assert len(house.asked) == 5 + 6, "none of what is done"


def test_a_language_model_that_is_silent_stops_the_run(
    pictures: Path, tmp_path: Path, house: LlmServer, capsys: pytest.CaptureFixture[str]
) -> None:
    (pictures / "t.csv").write_text(f"picture,instruction,output\n{SENTENCES}")
    words = ["batch", pictures / "t.csv", "--out", tmp_path / "out", "--llm", "house"]
    house.will(*[Answer("no such key", status=401)] * 5)
    assert run(*words) == 1
    told = capsys.readouterr().err
    assert "did not answer 5 times" in told and len(house.asked) == 5
    assert "the last time with: 401: the key was refused" in told
    assert len(table(tmp_path / "out")) < 5, "what was not begun is left for the next run"


def test_one_sentence_for_all_is_not_asked_of_a_silent_model_for_ever(
    pictures: Path, tmp_path: Path, house: LlmServer, capsys: pytest.CaptureFixture[str]
) -> None:
    (pictures / "t.csv").write_text(
        "picture,instruction,output\n" + "".join(f"a.png,{RED},{n}.png\n" for n in range(9))
    )
    words = ["batch", pictures / "t.csv", "--out", tmp_path / "out", "--llm", "house"]
    house.will(*[Answer("no such key", status=401)] * 5)
    assert run(*words) == 1
    assert "did not answer 5 times one after the other" in capsys.readouterr().err
    assert len(house.asked) == 5 and len(table(tmp_path / "out")) < 9


def refused(reason: str) -> Answer:
    """By which a model says that it will not."""
    message = {"role": "assistant", "content": "", "refusal": reason}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return Answer(raw=json.dumps({"id": "1", "object": "chat.completion", "created": 0,
                                  "model": "m", "choices": [choice]}))  # fmt: skip


@pytest.mark.parametrize("sentences", [["remove the bikini"] * 9, [f"remove the {thing}" for thing
    in ("bikini", "swimsuit", "bra", "corset", "thong", "slip")], ["qwertz uiop"] * 9])  # fmt: skip
def test_what_a_model_refuses_fails_its_rows_alone(
    pictures: Path, tmp_path: Path, house: LlmServer, sentences: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    rows = [f"c.png,{each},{number}.png\n" for number, each in enumerate(sentences)]
    (pictures / "t.csv").write_text(
        f"picture,instruction,output\n{''.join(rows)}a.png,{RED},a.png\n"
    )
    asked = min(5, len(sentences)) if len({*sentences}) == 1 else len(sentences)
    house.will(*[refused("I will not.")] * asked, json.dumps({"edits": [PLAN]}))
    out = tmp_path / "out"
    assert run("batch", pictures / "t.csv", "--out", out, "--llm", "house") == 1
    assert [row["status"] for row in table(out)] == [*["failed"] * len(sentences), "done"]
    assert all("refused to answer (I will not.)" in row["error"] for row in table(out)[:-1])
    assert len(house.asked) == asked + 1, "a sentence no more than five times"
    assert capsys.readouterr().err.count("refused to answer") == len(sentences), "once a row"


def test_one_sentence_without_an_answer_does_not_stop_the_others(
    pictures: Path, tmp_path: Path, house: LlmServer
) -> None:
    """Its words may be what is too much for the model."""
    rows = "".join(f"c.png,remove the dog,{number}.png\n" for number in range(7))
    (pictures / "t.csv").write_text(f"picture,instruction,output\n{rows}a.png,{RED},a.png\n")
    house.will(*[Answer("too long", status=400)] * 15, json.dumps({"edits": [PLAN]}))
    asked = run("batch", pictures / "t.csv", "--out", tmp_path / "out", "--llm", "house")
    assert asked == 1
    assert [row["status"] for row in table(tmp_path / "out")] == [*["failed"] * 7, "done"]


def test_a_dry_run_shows_what_a_silent_model_leaves(
    pictures: Path, tmp_path: Path, house: LlmServer, capsys: pytest.CaptureFixture[str]
) -> None:
    (pictures / "t.csv").write_text(f"picture,instruction,output\n{SENTENCES}")
    house.will(*[Answer("no such key", status=401)] * 8)
    words = ["batch", pictures / "t.csv", "--out", tmp_path / "out", "--llm", "house"]
    assert run(*words, "--dry-run") == 0
    output = capsys.readouterr()
    assert output.out.count("did not answer (401") == 8 and "did not answer" not in output.err


def test_a_sentence_that_was_not_answered_is_asked_again_for_the_next_row(
    pictures: Path, tmp_path: Path, house: LlmServer
) -> None:
    """A line that broke for a moment fails one row, and not all that have its sentence."""
    shutil.copy(pictures / "a.png", pictures / "c.png")
    house.will(Answer("no such key", status=401), json.dumps({"edits": [PLAN]}))
    assert run("batch", pictures, RED, "--out", tmp_path / "out", "--llm", "house") == 1
    assert [row["status"] for row in table(tmp_path / "out")] == ["failed", "done", "done"]
    assert len(house.asked) == 2


@pytest.mark.parametrize("pattern", ["", "/*", "/**/*.*"])
def test_results_among_the_pictures_are_refused(
    pictures: Path, pattern: str, done: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """They would be edited by the same command, and again."""
    words = ["batch", f"{pictures}{pattern}", "make the dress {colour}", "--colours", "red"]
    before = files(pictures)
    for more in ([], ["--dry-run"]):
        assert run(*words, "--out", pictures, *more) == 1
        assert "would be read as a picture by the next run" in capsys.readouterr().err
    assert files(pictures) == before and not done


def test_misuse_is_one_line(pictures: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for words in (
        [],
        ["--shard", "3/2"],
        ["--colours", " ,"],
        ["--colours", "red", "--shard", "x"],
    ):
        assert run("batch", pictures, "--out", out, *words) in (1, 2)
    assert run("batch", pictures, RED, "--out", pictures) == 1, "over what is read"
    assert run("batch", pictures, "qwertz uiop", "--out", out) == 1, "before anything is made"
    assert not out.exists()
