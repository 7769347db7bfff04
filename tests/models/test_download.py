"""Downloads through the official client, from a hub on this machine."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import huggingface_hub
import pytest
from filelock import FileLock
from versions import HUB_0

from prompt_edit.errors import ModelError
from prompt_edit.models import download as bringing
from prompt_edit.models.catalogue import Known
from prompt_edit.models.download import download, is_here, place, require_room, verify
from prompt_edit.models.store import SEGMENTER, models_in

from .conftest import FILES
from .hub import COMMIT, Hub, digest

pytestmark = pytest.mark.slow

KNOWN = Known("a-model", "sam", "sams", "someone/model", "apache-2.0", ("*.json", "*.safetensors"))
ONE_FILE = Known("model.safetensors", "sam", "sams", "someone/model", "apache-2.0",
                 ("model.safetensors",))  # fmt: skip


def test_brings_what_is_wanted_and_nothing_else(hub: Hub, tmp_path: Path) -> None:
    reported: list[tuple[int, int]] = []
    folder = download(KNOWN, tmp_path, lambda *progress: reported.append(progress))
    assert folder == tmp_path / "sams" / "a-model"
    assert (folder / "model.safetensors").read_bytes() == FILES["model.safetensors"]
    assert not (folder / "README.md").exists()
    total = len(FILES["config.json"]) + len(FILES["model.safetensors"])
    assert reported[-1] == (total, total)
    assert [done for done, _ in reported] == sorted(done for done, _ in reported)
    assert verify(KNOWN, tmp_path) == []


def test_what_is_there_is_not_fetched_again(hub: Hub, tmp_path: Path) -> None:
    download(KNOWN, tmp_path)
    before = len(hub.requests)
    download(KNOWN, tmp_path)
    assert not [each for each in hub.requests[before:] if each.startswith("GET /someone")]


def test_a_single_file_goes_where_people_keep_it(hub: Hub, tmp_path: Path) -> None:
    path = download(ONE_FILE, tmp_path)
    assert path == tmp_path / "sams" / "model.safetensors"
    assert verify(ONE_FILE, tmp_path) == []


class Cancelled(Exception):
    pass


def downloading() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name == "prompt-edit-download"]


@pytest.mark.skipif(HUB_0, reason="huggingface_hub 0 tells of whole files")
def test_cancel_keeps_whole_files_and_the_next_try_fetches_the_others(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is heard in the thread that asked, and while nothing comes."""
    monkeypatch.setattr(bringing, "_PARTING", 0.01)
    hub.stall_at, heard = 300_000, list[threading.Thread]()

    def stop(done: int, total: int) -> None:
        heard.append(threading.current_thread())
        if done > 1000:
            raise Cancelled

    with pytest.raises(Cancelled):
        download(KNOWN, tmp_path, stop)
    assert {*heard} == {threading.current_thread()} and not hub.go.is_set()
    hub.go.set()
    for thread in downloading():
        thread.join(30)
    assert not downloading(), "it has ended with the next bytes"
    assert not (place(KNOWN, tmp_path) / "model.safetensors").exists()
    assert place(KNOWN, tmp_path).is_dir() and not is_here(KNOWN, tmp_path)
    before = len(hub.requests)
    download(KNOWN, tmp_path)
    assert not [each for each in hub.requests[before:] if each.startswith("GET /someone/model/res")
                and "config.json" in each]  # fmt: skip
    assert is_here(KNOWN, tmp_path)
    assert verify(KNOWN, tmp_path) == []


def made_for_parts(folder: Path) -> Path:
    """Where the hub's client keeps what comes for `ONE_FILE`."""
    made = folder / "sams" / ".cache" / "huggingface" / "download"
    made.mkdir(parents=True)
    return made


def parts(folder: Path) -> list[Path]:
    return [*folder.rglob("*.incomplete")]


@pytest.mark.skipif(HUB_0, reason="huggingface_hub 0 tells of whole files")
def test_on_cancel_the_transfer_may_clean_up(hub: Hub, tmp_path: Path) -> None:
    """The program may end with it, and the thread with the program."""
    hub.stall_at = 300_000

    def stop(done: int, total: int) -> None:
        if done > 1000:
            assert parts(tmp_path)
            threading.Timer(0.2, hub.go.set).start()
            raise Cancelled

    with pytest.raises(Cancelled):
        download(KNOWN, tmp_path, stop)
    assert not downloading()
    assert bringing._resumes() or not parts(tmp_path)


def test_what_a_process_left_is_removed_unless_another_is_at_work_there(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bringing, "_resumes", lambda: False)
    folder = made_for_parts(tmp_path)
    left = folder / "hash.0123.89abcdef.incomplete"
    left.write_bytes(b"left")
    with FileLock(folder / "another.lock"):
        download(ONE_FILE, tmp_path)
        assert left.exists()
    for bring in (lambda: download(ONE_FILE, tmp_path), lambda: require_room([ONE_FILE], tmp_path)):
        left.write_bytes(b"left")
        bring()
        assert not left.exists()


def test_what_the_client_goes_on_from_is_kept_and_need_not_fit_again(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bringing, "_resumes", lambda: True)
    folder = made_for_parts(tmp_path)
    for of in ("model.safetensors", "README.md"):
        (folder / f"hash.{digest(FILES[of])}.incomplete").write_bytes(bytes(1000))
    assert require_room([ONE_FILE], tmp_path) == len(FILES["model.safetensors"]) - 1000
    assert len(parts(tmp_path)) == 2


@pytest.mark.skipif(HUB_0, reason="huggingface_hub 0 tells of whole files")
def test_a_cancelled_transfer_that_stalls_holds_up_no_other(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the setting of others comes back with the last of them."""
    monkeypatch.setattr(bringing, "_PARTING", 0.01)
    before = huggingface_hub.constants.HF_HUB_DISABLE_XET
    hub.stall_at = 300_000

    def stop(done: int, total: int) -> None:
        if done > 1000:
            raise Cancelled

    with pytest.raises(Cancelled):
        download(KNOWN, tmp_path, stop)
    hub.stall_at = 0
    assert download(ONE_FILE, tmp_path / "another").is_file() and downloading()
    assert huggingface_hub.constants.HF_HUB_DISABLE_XET is True
    hub.go.set()
    for thread in downloading():
        thread.join(30)
    assert before == huggingface_hub.constants.HF_HUB_DISABLE_XET


def test_what_nobody_waits_for_any_more_is_not_begun(hub: Hub, tmp_path: Path) -> None:
    tally = bringing._Tally(1, lambda done, total: None)
    tally.stopped = True
    file = bringing._File("model.safetensors", 1, None)
    bringing._bring("someone/model", COMMIT, file, tmp_path, tally)
    assert hub.requests == [] and not [*tmp_path.iterdir()]


@pytest.mark.skipif(HUB_0, reason="huggingface_hub 0 tells of whole files")
def test_what_lies_in_xet_storage_comes_over_http(hub: Hub, tmp_path: Path) -> None:
    """Where Cancel reaches it; others in the process have their setting back."""
    pytest.importorskip("hf_xet")
    hub.xet, before = True, huggingface_hub.constants.HF_HUB_DISABLE_XET
    path = download(ONE_FILE, tmp_path)
    assert path.read_bytes() == FILES["model.safetensors"]
    assert before == huggingface_hub.constants.HF_HUB_DISABLE_XET


@pytest.mark.parametrize("known", [KNOWN, ONE_FILE], ids=["folder", "file"])
def test_cancel_is_heard_while_checksums_are_compared(
    hub: Hub, tmp_path: Path, known: Known
) -> None:
    """And what was not compared to its end is no model yet."""
    target = place(known, tmp_path)
    folder = target.parent if known.single else target

    def stop(done: int, total: int) -> None:
        if (folder / ".prompt_edit_download.json").exists():  # all came
            assert done == total
            raise Cancelled

    with pytest.raises(Cancelled):
        download(known, tmp_path, stop)
    assert (folder / "model.safetensors").exists() and not is_here(known, tmp_path)
    assert models_in(SEGMENTER, [tmp_path / "sams"]) == {}
    download(known, tmp_path)
    assert is_here(known, tmp_path)
    assert models_in(SEGMENTER, [tmp_path / "sams"]) == {known.name: target}


def test_a_file_that_could_not_be_brought_may_be_put_there_by_hand(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bringing, "_PAUSES", ())
    hub.cut_at, hub.cuts = 1000, 1000
    with pytest.raises(ModelError, match="the hub did not answer"):
        download(ONE_FILE, tmp_path)
    place(ONE_FILE, tmp_path).write_bytes(b"mine")
    assert is_here(ONE_FILE, tmp_path)
    assert list(models_in(SEGMENTER, [tmp_path / "sams"])) == [ONE_FILE.name]


def test_verifying_tells_of_each_piece(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "model.safetensors"
    hub.files[name] = bytes(range(256)) * (5 << 13)  # 10 MiB
    download(KNOWN, tmp_path)
    told: list[tuple[int, int]] = []
    assert verify(KNOWN, tmp_path, lambda *progress: told.append(progress)) == []
    total = len(FILES["config.json"]) + len(hub.files[name])
    assert {each for _, each in told} == {total} and told[-1][0] == total
    assert len({done for done, _ in told}) == len(told) == 4, "one of the small, three of the large"


def test_a_transfer_that_breaks_off_is_completed(hub: Hub, tmp_path: Path) -> None:
    hub.cut_at, hub.cuts = 300_000, 1
    path = download(ONE_FILE, tmp_path)
    assert path.read_bytes() == FILES["model.safetensors"]
    assert any("bytes=" in each for each in hub.requests)


def test_a_line_that_breaks_again_and_again_is_given_up(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prompt_edit.models.download._PAUSES", (0, 0))
    hub.cut_at, hub.cuts = 1000, 1000
    with pytest.raises(ModelError, match="the hub did not answer"):
        download(ONE_FILE, tmp_path)
    assert not place(ONE_FILE, tmp_path).exists()
    hub.cuts = 0
    assert download(ONE_FILE, tmp_path).read_bytes() == FILES["model.safetensors"]


def test_a_wrong_checksum_is_not_kept(hub: Hub, tmp_path: Path) -> None:
    hub.wrong = "model.safetensors"
    said = r"Download a-model again: model\.safetensors came with a wrong checksum"
    with pytest.raises(ModelError, match=said):
        download(KNOWN, tmp_path)
    assert not (place(KNOWN, tmp_path) / "model.safetensors").exists()


def test_verify_names_what_was_changed_or_lost(hub: Hub, tmp_path: Path) -> None:
    folder = download(KNOWN, tmp_path)
    data = bytearray(FILES["model.safetensors"])
    data[5000] ^= 1
    (folder / "model.safetensors").write_bytes(data)
    assert verify(KNOWN, tmp_path) == ["model.safetensors"]
    (folder / "config.json").unlink()
    assert verify(KNOWN, tmp_path) == ["config.json", "model.safetensors"]


@pytest.mark.parametrize("switch", ["HF_HUB_OFFLINE", "PROMPT_EDIT_OFFLINE"])
def test_offline_makes_no_call_and_says_what_goes_where(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, switch: str
) -> None:
    monkeypatch.setenv(switch, "1")
    with pytest.raises(ModelError, match=rf"{switch} is set.*Put .* someone/model into .*a-model"):
        download(KNOWN, tmp_path)
    assert hub.requests == []


@pytest.mark.parametrize(("status", "said"), [(404, "the hub knows no"), (403, "accepted its lic")])
def test_a_refusal_is_one_clear_line(hub: Hub, tmp_path: Path, status: int, said: str) -> None:
    hub.status = status
    with pytest.raises(ModelError, match=said) as caught:
        download(KNOWN, tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("gated", [False, True])
def test_a_token_that_is_refused_is_told(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gated: bool
) -> None:
    """The hub gives nothing at all then, not even what is free."""
    hub.status = 401
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr(huggingface_hub.constants, "HF_TOKEN_PATH", str(tmp_path / "none"))
    known = replace(KNOWN, gated=gated)
    with pytest.raises(ModelError, match="the hub knows no"):
        download(known, tmp_path)
    monkeypatch.setenv("HF_TOKEN", "hf_expired")
    for act in (lambda: download(known, tmp_path), lambda: require_room([known], tmp_path)):
        with pytest.raises(ModelError, match="Renew or unset your Hugging Face token") as caught:
            act()
        assert ("this model needs none" in str(caught.value)) != gated


def test_a_hub_that_is_not_there_is_one_clear_line(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(ModelError, match="the hub did not answer"):
        download(KNOWN, tmp_path)


def test_no_room_is_said_before_anything_is_fetched(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prompt_edit.models.download._ROOM", 1 << 60)
    with pytest.raises(ModelError, match=r"GB free, but .* GB are needed"):
        download(KNOWN, tmp_path)
    assert not [each for each in hub.requests if each.startswith("GET /someone")]


def test_half_a_folder_is_no_model_until_the_rest_is_there(hub: Hub, tmp_path: Path) -> None:
    """The settings of the pictures come after the weights, and may be what is missing."""

    def stop(done: int, total: int) -> None:
        if (place(KNOWN, tmp_path) / "model.safetensors").exists():
            raise KeyboardInterrupt

    hub.files["preprocessor_config.json"] = b"{}"
    with pytest.raises(KeyboardInterrupt):
        download(KNOWN, tmp_path, stop)
    assert (place(KNOWN, tmp_path) / "config.json").is_file()
    assert models_in(SEGMENTER, [tmp_path / "sams"]) == {}
    download(KNOWN, tmp_path)
    assert list(models_in(SEGMENTER, [tmp_path / "sams"])) == ["a-model"]


def test_room_is_asked_for_what_is_missing_alone(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = download(KNOWN, tmp_path)
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    assert download(KNOWN, tmp_path) == folder
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"0\.0 GB free, but 0\.3 GB are needed"):
        download(KNOWN, tmp_path)


def test_the_disk_is_not_the_hub(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "sams").write_text("a file")
    with pytest.raises(ModelError, match=r"can't be written below .*: Not a directory"):
        download(KNOWN, tmp_path)


def test_a_damaged_record_is_no_hindrance(hub: Hub, tmp_path: Path) -> None:
    folder = download(KNOWN, tmp_path)
    (folder / ".prompt_edit_download.json").write_text('{"a-mod')
    with pytest.raises(ModelError, match="No checksums are known"):
        verify(KNOWN, tmp_path)
    download(KNOWN, tmp_path)
    assert verify(KNOWN, tmp_path) == []


def test_what_is_not_there_cannot_be_verified(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is not at"):
        verify(KNOWN, tmp_path)
    (tmp_path / "sams").mkdir()
    (tmp_path / "sams" / "model.safetensors").write_bytes(b"mine")
    with pytest.raises(ModelError, match="No checksums are known"):
        verify(ONE_FILE, tmp_path)
