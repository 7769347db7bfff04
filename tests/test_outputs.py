"""Files written together: all or none, and no output is ever an input or another output."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from prompt_edit.errors import OutputError
from prompt_edit.outputs import STREAM, check_apart, check_writable, same_file, write_all


def put(text: str) -> Callable[[Path], int]:
    return lambda file: file.write_text(text)


def fail(file: Path) -> None:
    file.write_text("half of it")
    raise OSError(28, "No space left on device")


def held(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("old", [True, False], ids=["over old ones", "new"])
@pytest.mark.parametrize("bad", [0, 1, 2])
def test_where_one_cannot_be_filled_none_is_there(tmp_path: Path, old: bool, bad: int) -> None:
    paths = [tmp_path / name for name in "abc"]
    for path in paths if old else ():
        path.write_text("old")
    before = held(tmp_path)
    with pytest.raises(OutputError, match=f"{paths[bad]} cannot be written: No space left"):
        write_all([(path, fail if n == bad else put("new")) for n, path in enumerate(paths)])
    assert held(tmp_path) == before


@pytest.mark.parametrize("links", [True, False], ids=["with links", "without"])
@pytest.mark.parametrize("bad", [0, 1, 2])
def test_where_one_cannot_be_moved_all_is_as_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: int, links: bool
) -> None:
    paths = [tmp_path / name for name in "abc"]
    for path in paths[:2]:
        path.write_text("old")
    before, replace = held(tmp_path), Path.replace

    def broken(file: Path, place: Path) -> Path:
        if place == paths[bad] and file.read_text() == "new":
            raise OSError(5, "Input/output error")
        return replace(file, place)

    def no_link(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(Path, "replace", broken)
    if not links:
        monkeypatch.setattr(os, "link", no_link)
    with pytest.raises(OutputError, match="Input/output error"):
        write_all([(path, put("new")) for path in paths])
    assert held(tmp_path) == before
    monkeypatch.setattr(Path, "replace", replace)
    write_all([(path, put("new")) for path in paths])
    assert held(tmp_path) == dict.fromkeys("abc", "new")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_device_leaves_nothing_and_stays_a_device(tmp_path: Path) -> None:
    (tmp_path / "link.png").symlink_to("/dev/full")
    for device in (Path("/dev/full"), tmp_path / "link.png"):
        with pytest.raises(OutputError, match="No space left on device"):
            write_all([(tmp_path / "a", put("new")), (device, put("report"))])
        assert stat.S_ISCHR(device.stat().st_mode)
        assert not (tmp_path / "a").exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder],
                           capture_output=True, check=False)  # fmt: skip
    if mount.returncode:
        pytest.skip("needs the right to mount a small disk")
    yield folder
    subprocess.run(["umount", folder], check=False)


def test_a_disk_that_is_full_after_the_first(tmp_path: Path, small_disk: Path) -> None:
    with pytest.raises(OutputError, match="No space left"):
        write_all([(tmp_path / "a", put("new")), (small_disk / "b", put("x" * 50_000)),
                   (small_disk / "c", put("x" * 50_000))])  # fmt: skip
    assert not held(tmp_path) and not held(small_disk)


def test_links_stay_links_and_rights_stay(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "real").chmod(0o640)
    (tmp_path / "link").symlink_to("real")
    write_all([(tmp_path / "link", put("new")), (tmp_path / "plain", put("new"))])
    assert (tmp_path / "link").is_symlink() and (tmp_path / "real").read_text() == "new"
    assert stat.S_IMODE((tmp_path / "real").stat().st_mode) == 0o640
    (tmp_path / "usual").write_text("")
    rights = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("plain", "usual")]
    assert rights[0] == rights[1]


def test_what_has_come_to_be_meanwhile_is_kept(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("of another run")
    with pytest.raises(OutputError, match="meanwhile"):
        write_all([(tmp_path / "b", put("new")), (tmp_path / "a", put("new"))], [tmp_path / "a"])
    assert held(tmp_path) == {"a": "of another run"}


# --- the same file by other paths ----------------------------------------------------------------


def ways(folder: Path) -> dict[str, tuple[Path, Path]]:
    """Two paths to one file, by the way that leads there."""
    (folder / "sub").mkdir()
    (folder / "a.png").write_text("there")
    (folder / "soft.png").symlink_to("a.png")
    os.link(folder / "a.png", folder / "hard.png")
    (folder / "other").symlink_to("sub", target_is_directory=True)
    (folder / "dangling.png").symlink_to("new.png")
    a = folder / "a.png"
    return {
        "the same": (a, a),
        "a dot": (a, folder / "." / "a.png"),
        "up and down": (a, folder / "sub" / ".." / "a.png"),
        "relative": (a, Path(os.path.relpath(a))),
        "a link": (a, folder / "soft.png"),
        "a second name": (a, folder / "hard.png"),
        "a linked folder": (folder / "sub" / "n.png", folder / "other" / "n.png"),
        "a link to nothing yet": (folder / "new.png", folder / "dangling.png"),
        "case alone": (folder / "sub" / "New.png", folder / "sub" / "nEW.PNG"),
        "standard output": (STREAM, STREAM),
    }


@pytest.mark.parametrize("way", ["the same", "a dot", "up and down", "relative", "a link",
                                 "a second name", "a linked folder", "a link to nothing yet",
                                 "case alone", "standard output"])  # fmt: skip
def test_one_file_by_two_paths(tmp_path: Path, way: str) -> None:
    one, other = ways(tmp_path)[way]
    assert same_file(one, other) and same_file(other, one)
    with pytest.raises(OutputError, match="written twice"):
        check_apart([one, other])
    if way != "standard output":
        with pytest.raises(OutputError, match="what the edit reads"):
            check_apart([one], [other])


def test_two_files_are_two(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text("same")
    check_apart([tmp_path / "a", tmp_path / "c", STREAM], [tmp_path / "b", STREAM])
    assert not same_file(tmp_path / "c", tmp_path / "d")


def test_nothing_is_written_into_a_model(tmp_path: Path) -> None:
    model = tmp_path / "model"
    (model / "unet").mkdir(parents=True)
    with pytest.raises(OutputError, match="what the edit reads"):
        check_apart([model / "unet" / "new.json"], [model])


# --- places that can't be written to -------------------------------------------------------------


def test_places_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    (tmp_path / "file").write_text("")
    (tmp_path / "lost.png").symlink_to(tmp_path / "nowhere" / "a.png")
    for path, words in {
        tmp_path: "is a folder",
        tmp_path / "one": "leads back to itself",
        tmp_path / "one" / "a.png": "leads back to itself",
        tmp_path / "none" / "a": "does not exist",
        tmp_path / "file" / "a": "does not exist",
        tmp_path / "lost.png": "does not exist",
        tmp_path / ("a" * 300): "too long",
        tmp_path / "a\0b": "cannot be written",
    }.items():
        with pytest.raises(OutputError, match=words):
            check_writable(path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs another user")
def test_what_belongs_to_others_is_refused_early(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path\n"
        "from prompt_edit.outputs import check_writable\n"
        "from prompt_edit.errors import OutputError\n"
        "os.setuid(65534)\n"
        "try: check_writable(Path(sys.argv[1]))\n"
        "except OutputError as error: print(error)\n"
    )

    (tmp_path / "a.png").write_text("")
    for folder in [tmp_path, *(each for each in tmp_path.parents if "pytest" in str(each))]:
        folder.chmod(0o755)
    for name, words in {"a.png": "protected", "b.png": "cannot be written to"}.items():
        process = subprocess.run([sys.executable, "-c", code, tmp_path / name], capture_output=True,
                                 text=True, check=True)  # fmt: skip
        assert words in process.stdout, process.stdout
