"""Folders, patterns and tables as rows."""

from __future__ import annotations

import csv
import json
import math
import ntpath
from contextlib import nullcontext, suppress
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompt_edit.batch import scan
from prompt_edit.batch.jobs import INSIDE, Shard, part_of, plan_jobs
from prompt_edit.batch.places import Folder
from prompt_edit.batch.scan import require_apart
from prompt_edit.batch.table import Row, in_colour, read_rows
from prompt_edit.errors import InstructionError, OutputError, PromptEditError
from prompt_edit.intent.grammar import parse_grammar

RED = "make the hat red"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.png", "a.JPG", "notes.txt", "deep/er/c.webp", ".hidden/d.png", "x.png/e.png"):
        file = tmp_path / "in" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"")
    return tmp_path / "in"


def outputs(rows: list[Row], out: Path = Path("out"), cut: bool = False) -> list[str]:
    return [job.output for job in plan_jobs(rows, Folder(out).at, 0, [cut] * len(rows))]


def test_a_folder_with_all_below_it(folder: Path) -> None:
    rows = read_rows(str(folder), RED)
    assert outputs(rows) == ["a.JPG", "b.png", "deep/er/c.webp", "x.png/e.png"]
    assert {row.instruction for row in rows} == {RED}


def test_a_pattern_keeps_the_folders_below_its_fixed_part(folder: Path) -> None:
    assert outputs(read_rows(f"{folder}/**/*.webp", RED)) == ["deep/er/c.webp"]
    assert outputs(read_rows(f"{folder}/deep/*/c.*", RED)) == ["er/c.webp"]
    assert outputs(read_rows(str(folder / "b.png"), RED)) == ["b.png"]


@pytest.mark.parametrize(
    ("source", "message"),
    [("empty", "holds no pictures"), ("*.gif", "holds no pictures"), ("nowhere", "is not there"),
     ("missing.csv", "is not there"), ("missing.png", "is not there")],
)  # fmt: skip
def test_nothing_is_said(tmp_path: Path, source: str, message: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(PromptEditError, match=message):
        read_rows(str(tmp_path / source), RED)


@pytest.mark.parametrize("pattern", ["", "/**/*"])
def test_what_pillow_reads_is_taken_and_the_rest_is_told(folder: Path, pattern: str) -> None:
    for name in ("p.gif", "q.jfif", "deep/r.heic", "deep/s", "t.eps", ".u.heic", "v.h5"):
        (folder / name).write_bytes(b"")
    told: list[str] = []
    rows = read_rows(f"{folder}{pattern}", RED, tell=told.append)
    assert outputs(rows) == ["a.JPG", "b.png", "deep/er/c.webp", "p.png", "q.png", "x.png/e.png"]
    (note,) = told
    assert all(each in note for each in ("1 .heic", "1 without", "1 .eps", "1 .h5", "1 .txt"))


@pytest.mark.parametrize("pattern", ["", "/**/*.png"])
def test_links_are_followed_but_not_round_and_round(folder: Path, pattern: str) -> None:
    more = folder.parent / "more"
    more.mkdir()
    (more / "f.png").write_bytes(b"")
    try:
        (folder / "linked").symlink_to(more)
    except OSError:
        pytest.skip("needs the right to make links")
    (folder / "deep" / "back").symlink_to(folder)
    (more / "back").symlink_to(more)
    (folder / "gone.png").symlink_to(folder / "nowhere.png")
    (folder / "round.png").symlink_to(folder / "round.png")
    names = [row.name.as_posix() for row in read_rows(f"{folder}{pattern}", RED)]
    assert [name for name in names if name.endswith(".png")] == [
        "b.png", "gone.png", "linked/f.png", "round.png", "x.png/e.png"
    ]  # fmt: skip


COLUMNS: list[dict[str, Any]] = [
    {"picture": "a.png", "instruction": "remove the dog", "seed": 7, "output": "x/1.png",
     "sku": "9"},
    {"picture": "b.png", "sku": "ä, \"b\"\nc"},
]  # fmt: skip


def written(folder: Path, kind: str) -> Path:
    file = folder / f"table.{kind}"
    if kind == "csv":
        with file.open("w", newline="", encoding="utf-8-sig") as table:
            lines = csv.DictWriter(table, list(COLUMNS[0]))
            lines.writeheader()
            lines.writerows(COLUMNS)
    elif kind == "jsonl":
        file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in COLUMNS) + "\n\n")
    else:
        arrow = pytest.importorskip("pyarrow")
        parquet = pytest.importorskip("pyarrow.parquet")
        parquet.write_table(arrow.Table.from_pylist(COLUMNS), file)
    return file


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_a_table_with_columns_that_go_along(tmp_path: Path, kind: str) -> None:
    one, two = read_rows(str(written(tmp_path, kind)), RED)
    assert (one.picture, one.instruction, one.seed) == (
        str(tmp_path / "a.png"),
        "remove the dog",
        7,
    )
    assert (two.instruction, two.seed) == (RED, None)
    assert outputs([one, two]) == ["x/1.png", "b.png"]
    assert one.more["sku"] == "9" and two.more["sku"] == COLUMNS[1]["sku"]


def test_values_of_all_kinds_go_along_as_json_has_them(tmp_path: Path) -> None:
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    row = {
        "picture": "a.png", "seed": math.nan, "day": date(2026, 1, 31), "price": Decimal("9.90"),
        "at": datetime(2026, 1, 31, 12, tzinfo=timezone.utc), "code": b"\xe9x", "weight": math.inf,
        "sizes": [1.5, math.nan], "of": {"day": date(2026, 1, 31)},
    }  # fmt: skip
    parquet.write_table(arrow.Table.from_pylist([row]), tmp_path / "t.parquet")
    (read,) = read_rows(str(tmp_path / "t.parquet"), RED)
    assert read.seed is None
    assert read.more == {
        "day": "2026-01-31", "price": "9.90", "at": "2026-01-31T12:00:00+00:00", "code": r"\xe9x",
        "sizes": [1.5, None], "of": {"day": "2026-01-31"},
    }  # fmt: skip


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_spreadsheets_of_different_countries(tmp_path: Path, delimiter: str) -> None:
    lines = [["picture", "instruction"], ["a.png", "remove the dog"]]
    (tmp_path / "t.csv").write_text("\n".join(map(delimiter.join, lines)))
    (row,) = read_rows(str(tmp_path / "t.csv"), None)
    assert (row.name, row.instruction) == (Path("a.png"), "remove the dog")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("image\na.png\n", 'a column "picture"'),
        ("picture,seed\na.png,many\n", "whole numbers: row 1"),
        ("picture,seed\na.png,1.5\n", "whole numbers: row 1"),
        ("Picture,instruction,picture \na.png,remove the dog,b.png\n", '"picture" is there more'),
        ("picture,sku,sku\na.png,1,2\n", '"sku" is there more'),
        ("picture\na.png\n", "Say what to change: row 1"),
        ("picture,instruction\na.png,remove the dog\nb.png,remove the dog, please\n",
         "in quotes: row 2"),
    ],
)  # fmt: skip
def test_tables_that_say_too_little(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(PromptEditError, match=message):
        read_rows(str(tmp_path / "t.csv"), None)


@pytest.mark.parametrize(
    "line",
    ['{"picture": "a.png", "picture": "b.png"}', '{"picture": "a.png", "Picture ": "b.png"}'],
)
def test_two_columns_of_one_name_are_refused_in_json_too(tmp_path: Path, line: str) -> None:
    (tmp_path / "t.jsonl").write_text(line)
    said = r'^Give each column of .*t\.jsonl a name of its own: "picture" is there more than once'
    with pytest.raises(PromptEditError, match=said):
        read_rows(str(tmp_path / "t.jsonl"), RED)
    (tmp_path / "t.jsonl").write_text('{"picture": "a.png", "sizes": {"S": 1, "s": 2}}')
    (row,) = read_rows(str(tmp_path / "t.jsonl"), RED)
    assert row.more == {"sizes": {"S": 1, "s": 2}}, "which are no columns"


@pytest.mark.parametrize(
    ("above", "name"),
    [("sep=;\r\n", "more, or less, or all"), ('"sep=;"\n', "more"), ("\n", "more"),
     (";;\r\n\r\n", "more"), ("\nSEP=;\n", "more, or less")],
)  # fmt: skip
def test_what_spreadsheets_write_above_the_names(tmp_path: Path, above: str, name: str) -> None:
    (tmp_path / "t.csv").write_bytes(f"{above}picture;{name}\na.png;x\n".encode())
    (row,) = read_rows(str(tmp_path / "t.csv"), RED)
    assert (row.name, row.more) == (Path("a.png"), {name: "x"})


@pytest.mark.parametrize(
    ("seed", "read"),
    [("1.0", 1), (" 7 ", 7), ("18446744073709551615", 2**64 - 1), (" ", None)],
)
def test_whole_numbers_as_spreadsheets_write_them(
    tmp_path: Path, seed: str, read: int | None
) -> None:
    (tmp_path / "t.csv").write_text(f"picture,seed\na.png,{seed}\n")
    assert read_rows(str(tmp_path / "t.csv"), RED)[0].seed == read


@pytest.mark.parametrize(("written", "named"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_letters_that_are_composed_are_those_that_are_not(
    tmp_path: Path, written: Any, named: Any
) -> None:
    """Where a system tells them apart."""
    file = tmp_path / normalize(written, "모자 é.png")
    file.write_bytes(b"")
    (tmp_path / "t.csv").write_text(f"picture\n{normalize(named, '모자 é.png')}\nb é.png\n")
    one, other = read_rows(str(tmp_path / "t.csv"), RED)
    assert Path(one.picture).samefile(file)
    assert other.picture == str(tmp_path / "b é.png"), "as it is named, where it is not there"


def test_what_a_pattern_leaves_for_its_capital_letters_is_told(folder: Path) -> None:
    told: list[str] = []
    (folder / "z.jpg").touch()
    for pattern, count in (("*.jpg", 1), ("[a-b].jpg", 1), ("*.png", 0), ("**/*.*", 0)):
        told.clear()
        with suppress(PromptEditError):
            read_rows(f"{folder}/{pattern}", RED, tell=told.append)
        assert [line[:12] for line in told if "capital" in line] == ["1 more would"] * count


@pytest.mark.parametrize(
    ("pattern", "scans"), [("*.jpg", 2), ("*.webp", 1), ("**/*.png", 1), ("memory://in/*.jpg", 1)]
)
def test_a_pattern_is_read_once_where_no_letter_matters(
    folder: Path, monkeypatch: pytest.MonkeyPatch, pattern: str, scans: int
) -> None:
    sorted_out, read = scan._sorted_out, list[str]()

    def counted(source: str, *more: Any) -> Any:
        read.append(source)
        return sorted_out(source, *more)

    monkeypatch.setattr(scan, "_sorted_out", counted)
    scan.pictures(pattern if "://" in pattern else f"{folder}/{pattern}", "", lambda _: None)
    assert len(read) == scans


STRANGE = "remove\u2028the\x0b\x85dog"  # what Python's `splitlines` takes for ends of lines


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_ends_of_lines_alone_end_a_line(tmp_path: Path, kind: str) -> None:
    line = json.dumps({"picture": "a.png", "instruction": STRANGE}, ensure_ascii=False)
    text = f"picture,instruction\r\na.png,{STRANGE}\r\n" if kind == "csv" else f"{line}\r\n"
    (tmp_path / f"t.{kind}").write_bytes(text.encode())
    (row,) = read_rows(str(tmp_path / f"t.{kind}"), None)
    assert row.instruction == STRANGE


def test_rows_of_empty_fields_are_none(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("picture,seed\n,,\na.png,1\n , \nb.png,2\n")
    assert [row.seed for row in read_rows(str(tmp_path / "t.csv"), RED)] == [1, 2]


@pytest.mark.parametrize("rest", ["\nb.png,remove the cat\n", " the dog" * 20_000])
def test_a_quote_that_is_not_closed_is_said(tmp_path: Path, rest: str) -> None:
    """It would swallow the rows that follow."""
    (tmp_path / "t.csv").write_text(f'picture,instruction\na.png,"remove the dog{rest}')
    with pytest.raises(PromptEditError, match=r"t\.csv cannot be read after line 1: .*quotes"):
        read_rows(str(tmp_path / "t.csv"), None)


def test_empty_fields_beyond_the_header_are_no_matter(tmp_path: Path) -> None:
    """Spreadsheets write them."""
    (tmp_path / "t.csv").write_text("picture,instruction\na.png,remove the dog,,\n")
    (row,) = read_rows(str(tmp_path / "t.csv"), None)
    assert (row.instruction, row.more) == ("remove the dog", {})


@pytest.mark.parametrize("text", ["{", "[1]", "\xff"])
def test_lines_that_are_no_rows(tmp_path: Path, text: str) -> None:
    (tmp_path / "t.jsonl").write_bytes(text.encode("latin1"))
    with pytest.raises(PromptEditError, match=r"t\.jsonl"):
        read_rows(str(tmp_path / "t.jsonl"), RED)


@pytest.mark.parametrize(
    ("instruction", "asked"),
    [
        ("make the hat {colour}", "make the hat blue"),
        ("Make the {COLOR} hat {color} at its brim", "Make the blue hat blue at its brim"),
        ("make the hat red", "make the hat blue"),
        ("make the dark red hat shiny", "make the dark red hat shiny blue"),
        ("recolor the grey sofa", "recolor the grey sofa blue"),
        ("make the hat sky blue", "make the hat blue"),
        ("make the hat light-green", "make the hat blue"),
        ("make the hat very light green", "make the hat blue"),
        ("make the hat Off-White", "make the hat blue"),
        ("Make the hat hot pink, please", "Make the hat blue, please"),
        ("make the hat navy", "make the hat blue"),
        ("paint the wall.", "paint the wall blue"),
    ],
)
def test_another_colour_takes_the_place_of_the_one_that_is_named(
    instruction: str, asked: str
) -> None:
    assert in_colour(instruction, "blue") == asked


@pytest.mark.parametrize(
    "instruction",
    ["put a hat on the man in the red shirt", "모자를 바꿔줘", "빨간 모자를 파란색으로 바꿔줘"],
)
def test_where_nothing_becomes_of_the_colour_it_is_to_be_said_where_it_goes(
    instruction: str,
) -> None:
    with pytest.raises(InstructionError, match="where the colour goes"):
        in_colour(instruction, "blue")


def test_of_two_colours_nobody_knows_which() -> None:
    with pytest.raises(InstructionError, match="names 2"):
        in_colour("make the red hat green", "blue")


@given(st.sampled_from(["red", "navy", "beige", "turquoise"]), st.sampled_from(["hat", "dress"]))
def test_what_comes_of_it_is_read_as_that_colour(colour: str, thing: str) -> None:
    for words in (f"make the {thing}", f"make the {thing} green", f"paint the {thing} {{colour}}"):
        assert parse_grammar(in_colour(words, colour)).edits[0].result == f"{colour} {thing}"


def test_each_colour_has_an_output_of_its_own(folder: Path) -> None:
    rows = read_rows(str(folder / "b.png"), RED, ["red", "Sky Blue"])
    assert outputs(rows) == ["b-red.png", "b-sky-blue.png"]


def test_what_jpeg_cannot_hold_is_png(folder: Path) -> None:
    assert outputs(read_rows(str(folder / "a.JPG"), "cut out the dog"), cut=True) == ["a.png"]


def test_pictures_of_one_name_keep_their_endings_in_it_where_they_change(folder: Path) -> None:
    (folder / "a.png").write_bytes(b"")
    (folder / "b.gif").write_bytes(b"")
    rows = read_rows(str(folder), RED)
    assert outputs(rows)[:4] == ["a.JPG", "a.png", "b.gif.png", "b.png"]
    assert outputs(rows, cut=True)[:4] == ["a.JPG.png", "a.png", "b.gif.png", "b.png"]


def test_named_outputs_are_done_in_several_colours(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("picture,output\na.gif,x/one.webp\n")
    rows = read_rows(str(tmp_path / "t.csv"), RED, ["red", "blue"])
    assert outputs(rows) == ["x/one-red.webp", "x/one-blue.webp"]
    assert outputs([Row(".", Path("."), RED, variant="red")]) == ["."]


@pytest.mark.parametrize(
    ("one", "other"), [("a.png", "A.PNG"), (normalize("NFC", "가.png"), normalize("NFD", "가.png"))]
)
def test_two_rows_of_one_output_are_refused(one: str, other: str) -> None:
    rows = [Row("1/a.png", Path(one), RED), Row("2/A.png", Path(other), RED)]
    with pytest.raises(OutputError, match="rows 1 and 2"):
        outputs(rows)


def test_an_output_without_a_name_is_of_its_row_alone() -> None:
    """The output folder, which all others lie in."""
    rows = [Row("a.png", Path("a.png"), RED, output=name) for name in ("x.png", ".", "y/z.png")]
    assert outputs(rows) == ["x.png", ".", "y/z.png"]


@pytest.mark.parametrize("names", [("x.png", "X.png/y.png"), ("x.png/z/y.png", "x.png")])
def test_an_output_is_no_folder_of_another(names: tuple[str, str]) -> None:
    with pytest.raises(OutputError, match=r"would write x\.png, in which|would write X\.png, in"):
        outputs([Row("a.png", Path("a.png"), RED, output=name) for name in names])


@pytest.mark.parametrize(
    "output",
    ["../a.png", "/tmp/a.png", f"{INSIDE}/a.png", "x/../../a.png", ".Prompt-Edit/a.png", "C:a.png",
     "C:/a.png", "\\shoes\\a.png", "\\\\host\\share\\a.png", "x\\..\\..\\a.png"],
)  # fmt: skip
def test_outputs_stay_in_their_folder(output: str) -> None:
    with pytest.raises(OutputError, match="within the output folder"):
        outputs([Row("a.png", Path("a.png"), RED, output=output)])


def test_what_is_read_is_not_written_over(folder: Path) -> None:
    with pytest.raises(OutputError, match="over the picture"):
        outputs(read_rows(str(folder), RED), folder)


@pytest.mark.parametrize(
    ("source", "out", "output", "read"),
    [
        ("in", "in", "b-red.png", True),
        ("in", ".", "in/b-red.png", True),
        ("in", ".", "b-red.png", False),
        ("in", "in/edited", "b-red.png", False),
        ("in", "elsewhere", "in/b-red.png", False),
        ("in/*.png", "in", "b-red.png", True),
        ("in/*.png", "in", "b-red.webp", False),
        ("in/**/*.png", "in", "b-red.png", True),
        ("in/**/*.png", "in/edited", "b-red.png", False),
        ("in/b.png", "in", "b-red.png", False),
        ("in/t.csv", "in", "b-red.png", False),
    ],
)
def test_what_is_made_is_not_read_by_the_next_run(
    folder: Path, source: str, out: str, output: str, read: bool
) -> None:
    (folder / "t.csv").touch()
    root = folder.parent
    places = [Folder(root / out).at(output)]
    for start in ("", "memory://bucket/"):
        if start and Path(source).suffix in (".csv", ".png") and "*" not in source:
            continue
        far = [f"{start}{Path(each).relative_to(root).as_posix()}" for each in places]
        one, other = (f"{start or f'{root}/'}{each}".removesuffix("/.") for each in (source, out))
        said = "would be read as a picture by the next run"
        with pytest.raises(OutputError, match=said) if read else nullcontext():
            require_apart(one, other, far if start else places)


def test_another_folder_of_a_storage_has_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.path.join", ntpath.join)
    with pytest.raises(OutputError, match="such as s3://shop/in/edited: "):
        require_apart("s3://shop/in", "s3://shop/in", ["s3://shop/in/a-red.png"])


@given(st.integers(1, 9), st.lists(st.integers(0, 6), max_size=30))
def test_shards_part_the_jobs_and_keep_pictures_together(count: int, pictures: list[int]) -> None:
    rows = [Row(f"{picture}.png", Path(f"{number}.png"), RED)
            for number, picture in enumerate(pictures)]  # fmt: skip
    jobs = plan_jobs(rows, Folder(Path("out")).at, 0, [False] * len(rows))
    parts = [part_of(jobs, Shard(index + 1, count)) for index in range(count)]
    assert sorted(job.number for part in parts for job in part) == [job.number for job in jobs]
    homes = [{job.picture for job in part} for part in parts]
    assert sum(map(len, homes)) == len(set(pictures))


@pytest.mark.parametrize("shard", ["0/2", "3/2", "1", "a/b", "1/0"])
def test_shards_are_named_as_second_of_eight(shard: str) -> None:
    with pytest.raises(PromptEditError, match="2/8"):
        Shard.read(shard)
