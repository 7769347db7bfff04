"""Downloads through the official client, from a hub on this machine."""

from __future__ import annotations

import threading
from pathlib import Path

import huggingface_hub
import pytest
from versions import HUB_0

from prompt_edit.errors import ModelError
from prompt_edit.models.catalogue import Known
from prompt_edit.models.download import download, is_here, place, verify
from prompt_edit.models.store import SEGMENTER, models_in

from .conftest import FILES
from .hub import Hub

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
    hub: Hub, tmp_path: Path
) -> None:
    """It is heard in the thread that asked, and while nothing comes."""
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


@pytest.mark.skipif(HUB_0, reason="huggingface_hub 0 tells of whole files")
def test_what_lies_in_xet_storage_comes_over_http(hub: Hub, tmp_path: Path) -> None:
    """Where Cancel reaches it; others in the process have their setting back."""
    pytest.importorskip("hf_xet")
    hub.xet, before = True, huggingface_hub.constants.HF_HUB_DISABLE_XET
    path = download(ONE_FILE, tmp_path)
    assert path.read_bytes() == FILES["model.safetensors"]
    assert before == huggingface_hub.constants.HF_HUB_DISABLE_XET


def test_cancel_is_heard_while_checksums_are_compared(hub: Hub, tmp_path: Path) -> None:
    """And what was not compared to its end is no model yet."""
    folder = place(KNOWN, tmp_path)

    def stop(done: int, total: int) -> None:
        if (folder / ".prompt_edit_download.json").exists():  # all came
            assert done == total
            raise Cancelled

    with pytest.raises(Cancelled):
        download(KNOWN, tmp_path, stop)
    assert (folder / "model.safetensors").exists() and not is_here(KNOWN, tmp_path)
    download(KNOWN, tmp_path)
    assert is_here(KNOWN, tmp_path)


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
    left = folder / ".cache" / "huggingface" / "download" / "etag.0123.incomplete"
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_bytes(bytes(2**20))  # which no client goes on from
    with pytest.raises(ModelError, match=r"but 0\.3 GB are needed"):
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
