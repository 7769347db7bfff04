"""A batch whose pictures and outputs have addresses: in memory, and in a real S3 server."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import fsspec
import pytest
import torch
from commandline import run
from worlds import BALLS_SCENE, DRESS_SCENE, OTHER_DRESS_SCENE, drawn

from prompt_edit.batch import remote
from prompt_edit.batch.jobs import INSIDE, Shard
from prompt_edit.batch.places import Storage, place_of
from prompt_edit.batch.records import Records
from prompt_edit.batch.remote import put, read_bytes
from prompt_edit.batch.table import read_rows
from prompt_edit.errors import OutputError, PromptEditError
from prompt_edit.images import decode, load_image, save_image

RED = "make the dress red"


pytestmark = pytest.mark.usefixtures("editor")


@pytest.fixture(params=["memory", "s3"])
def bucket(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An address with nothing below it."""
    if request.param == "memory":
        yield "memory://bucket"
        fsspec.filesystem("memory").store.clear()
        return
    pytest.importorskip("s3fs", reason="an extra; `make test-full` installs it")
    server = pytest.importorskip("moto.server").ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    fsspec.filesystem("s3").clear_instance_cache()
    name = f"bucket-{port}"  # the server's memory is its process's
    fsspec.filesystem("s3").mkdir(name)
    yield f"s3://{name}"
    server.stop()
    fsspec.filesystem("s3").clear_instance_cache()


@pytest.fixture
def pictures(bucket: str, tmp_path: Path) -> str:
    """A dress; a dress, as JPEG, below; no dress."""
    for name, shown in (("a.png", DRESS_SCENE), ("below/b.jpg", OTHER_DRESS_SCENE),
                        ("c.png", BALLS_SCENE)):  # fmt: skip
        file = tmp_path / Path(name).name
        save_image(file, drawn(shown)[1])
        put(file, f"{bucket}/in/{name}")
    return f"{bucket}/in"


def names(address: str) -> list[str]:
    system, path = fsspec.core.url_to_fs(address)
    system.invalidate_cache()
    return sorted(each.removeprefix(path).lstrip("/") for each in system.find(path))


def table(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in read_bytes(f"{out}/results.jsonl").splitlines()]


def test_as_in_folders(
    pictures: str, bucket: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("batch", pictures, RED, "--out", f"{bucket}/out") == 1, "a row failed"
    output = capsys.readouterr()
    assert "2 done, 1 failed: " + f"{bucket}/out/results.jsonl" in output.out
    assert names(f"{bucket}/out") == ["a.png", "below/b.jpg", "results.jsonl"]
    assert run("batch", tmp_path, RED, "--out", tmp_path / "out") == 1
    here = tmp_path / "out" / "a.png"
    there = decode(read_bytes(f"{bucket}/out/a.png"), "a.png")
    assert torch.equal(there.pixels, load_image(here).pixels)
    assert [line["status"] for line in table(f"{bucket}/out")] == ["done", "done", "failed"]


def test_only_what_changed_or_is_gone_is_done_again(
    pictures: str, bucket: str, tmp_path: Path, done: list[str]
) -> None:
    out = f"{bucket}/out"
    for expected in (["a.png", "below/b.jpg", "c.png"], []):
        done.clear()
        run("batch", pictures, RED, "--out", out)
        assert done == expected
    system, path = fsspec.core.url_to_fs(out)
    system.rm_file(f"{path}/a.png")
    save_image(tmp_path / "b.jpg", drawn(DRESS_SCENE)[1])
    put(tmp_path / "b.jpg", f"{pictures}/below/b.jpg")
    done.clear()
    run("batch", pictures, RED, "--out", out)
    assert done == ["a.png", "below/b.jpg"]
    assert names(out) == ["a.png", "below/b.jpg", "results.jsonl"]


def test_a_line_of_what_another_shard_wrote_over_since_does_not_count(
    pictures: str, bucket: str, done: list[str]
) -> None:
    out = f"{bucket}/out"
    words = ["batch", f"{pictures}/a.png", RED, "--out", out]
    run(*words)
    red = read_bytes(f"{out}/a.png")
    run(*words, "--seed", 5, "--shard", "1/2")
    assert read_bytes(f"{out}/a.png") != red
    for count in (3, 3):
        run(*words)
        assert read_bytes(f"{out}/a.png") == red and len(done) == count


def test_lines_that_a_killed_run_left_count(pictures: str, bucket: str) -> None:
    """It never came to write the whole table."""
    out = f"{bucket}/out"
    run("batch", pictures, RED, "--out", out)
    whole = read_bytes(f"{out}/results.jsonl")
    storage = Storage(out)
    storage.remove("results.jsonl")
    for number, line in enumerate(whole.splitlines(keepends=True)[:2]):
        storage.append("results", line)
        assert len([name for name in names(out) if INSIDE in name]) == number + 1
    run("batch", pictures, RED, "--out", out)
    assert names(out) == ["a.png", "below/b.jpg", "results.jsonl"]
    again = table(out)
    assert again[:2] == [json.loads(line) for line in whole.splitlines()[:2]], "not done again"
    assert len(again) == 3


@pytest.mark.parametrize("name", ["out", "out[1]*"])
def test_many_lines_are_read_and_removed_together(bucket: str, name: str) -> None:
    """Also where the name of the folder would be a pattern."""
    storage = Storage(f"{bucket}/{name}")
    lines = [b'{"output": "%d.png", "status": "failed"}\n' % number for number in range(3)]
    for line in lines:
        storage.append("results", line)
    storage.append("results-2-of-3", b"{}\n")
    assert [*storage.tables("results")] == [(b"{}\n", False), *((line, True) for line in lines)]
    whole = storage.scratch("results") / "results.jsonl"
    whole.write_bytes(b"".join(lines))
    storage.finish("results", whole)
    assert [*storage.tables("results")] == [(b"{}\n", False), (b"".join(lines), True)]


def test_tables_of_any_length_are_read_one_by_one(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Together they may be more than there is memory for."""
    read_each, asked, storage = remote.read_each, list[int](), Storage(f"{bucket}/out")

    def counted(address: str, some: Sequence[str]) -> list[bytes]:
        asked.append(len(some))
        return read_each(address, some)

    monkeypatch.setattr(remote, "read_each", counted)
    for shard in ("results", "results-1-of-2", "results-2-of-2"):
        whole = storage.scratch(shard) / f"{shard}.jsonl"
        whole.write_bytes(b"{}\n")
        storage.finish(shard, whole)
        for _ in range(3):
            storage.append(shard, b"{}\n")
    shards = [own for _, own in storage.tables("results")]
    assert shards == [False] * 8 + [True] * 4
    assert asked == [1, 1, 6, 1, 3]


def test_tables_are_read_once_at_each_end(
    pictures: str, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables, read = Storage.tables, list[str]()

    def counted(self: Storage, shard: str) -> Iterator[tuple[bytes, bool]]:
        read.append(shard)
        return tables(self, shard)

    monkeypatch.setattr(Storage, "tables", counted)
    run("batch", f"{pictures}/c.png", RED, "--out", f"{bucket}/out")
    assert len(read) == 2


def test_a_copy_in_a_storage_is_the_same_picture(
    pictures: str, bucket: str, tmp_path: Path, done: list[str]
) -> None:
    """A file here, and the same there."""
    for source in (tmp_path / "a.png", f"{pictures}/a.png", tmp_path / "a.png"):
        run("batch", source, RED, "--out", f"{bucket}/out")
        assert table(f"{bucket}/out")[0]["picture"] == str(source)
    assert done == ["a.png"]


def test_results_among_the_pictures_are_refused(
    pictures: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["batch", pictures, "make the dress {colour}", "--colours", "red", "--out", pictures]
    assert run(*words) == 1
    assert "would be read as a picture by the next run" in capsys.readouterr().err


def test_an_object_that_cannot_be_written_is_of_its_row(
    pictures: str, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = remote.put

    def odd(file: Path, address: str) -> None:
        if address.endswith("a.png"):
            raise ValueError("a name that this storage does not take")
        put(file, address)

    monkeypatch.setattr(remote, "put", odd)
    run("batch", pictures, RED, "--out", f"{bucket}/out")
    assert [line["status"] for line in table(f"{bucket}/out")] == ["failed", "done", "failed"]
    assert names(f"{bucket}/out") == ["below/b.jpg", "results.jsonl"]


def test_a_storage_that_takes_nothing_more_stops_the_run(
    pictures: str, bucket: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(file: Path, address: str) -> None:
        if "/.prompt-edit/results.claims" not in address:
            raise ConnectionError("no route")

    monkeypatch.setattr(remote, "put", full)
    assert run("batch", pictures, RED, "--out", f"{bucket}/out") == 1
    assert "out/a.png cannot be written: no route" in capsys.readouterr().err


def test_what_is_not_of_a_batch_is_left(pictures: str, bucket: str, tmp_path: Path) -> None:
    put(tmp_path / "a.png", f"{bucket}/out/a.png")
    before = read_bytes(f"{bucket}/out/a.png")
    assert run("batch", pictures, RED, "--out", f"{bucket}/out") == 1
    assert read_bytes(f"{bucket}/out/a.png") == before
    assert names(f"{bucket}/out") == ["a.png"]


def test_a_picture_is_not_written_over(pictures: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("batch", pictures, RED, "--out", pictures) == 1
    assert f"would write over the picture {pictures}/a.png" in capsys.readouterr().err


def test_what_lies_in_the_output_folder_is_not_read(pictures: str, tmp_path: Path) -> None:
    put(tmp_path / "a.png", f"{pictures}/edited/a.png")
    for source in (pictures, f"{pictures}/**/*.*"):
        rows = read_rows(source, RED, out=f"{pictures}/edited")
        assert [str(row.name) for row in rows] == ["a.png", "below/b.jpg", "c.png"]
    assert len(read_rows(pictures, RED, out=pictures)) == 4, "which is told as its fault"


def test_patterns_files_and_tables(pictures: str, bucket: str, tmp_path: Path) -> None:
    assert [str(row.name) for row in read_rows(pictures, RED)] == ["a.png", "below/b.jpg", "c.png"]
    assert [str(row.name) for row in read_rows(f"{pictures}/**/*.jpg", RED)] == ["below/b.jpg"]
    assert [str(row.name) for row in read_rows(f"{pictures}/a.png", RED)] == ["a.png"]
    (tmp_path / "t.csv").write_text(f"picture,sku\nin/a.png,7\n{pictures}/c.png,8\n")
    put(tmp_path / "t.csv", f"{bucket}/t.csv")
    rows = read_rows(f"{bucket}/t.csv", RED)
    assert [row.picture for row in rows] == [f"{pictures}/a.png", f"{pictures}/c.png"]
    assert [str(row.name) for row in rows] == ["in/a.png", "c.png"]
    assert [row.more for row in rows] == [{"sku": "7"}, {"sku": "8"}]
    here = read_rows(str(tmp_path / "t.csv"), RED)
    assert [row.picture for row in here] == [str(tmp_path / "in/a.png"), f"{pictures}/c.png"]


def test_what_is_not_there(bucket: str) -> None:
    with pytest.raises(PromptEditError, match="holds no pictures"):
        read_rows(f"{bucket}/nowhere", RED)
    with pytest.raises(PromptEditError, match="cannot be read"):
        read_rows(f"{bucket}/t.csv", RED)


def test_a_name_that_is_no_utf_8_fails_alone() -> None:
    with pytest.raises(OutputError, match="no UTF-8"):
        Storage("memory://out").check(os.fsdecode(b"caf\xe9.png"))


def test_an_unknown_kind_is_said() -> None:
    for act in (lambda: place_of("nothing://out"), lambda: read_rows("nothing://in", RED)):
        with pytest.raises(PromptEditError, match=r"nothing://.* cannot be reached: "):
            act()


def test_a_storage_that_does_not_answer_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: Any, **__: Any) -> Any:
        raise ConnectionError("no route")

    monkeypatch.setattr(fsspec.filesystem("memory"), "find", closed)
    records = Records(place_of("memory://out"), Shard(), {})
    with pytest.raises(OutputError, match="memory://out cannot be reached: no route"), records:
        pass
