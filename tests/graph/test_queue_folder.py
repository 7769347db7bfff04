"""The script that queues a folder of pictures on a running ComfyUI; against one: `test_host`."""

from __future__ import annotations

import importlib
from io import BytesIO
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from PIL import Image, ImageCms

from . import runtime


@pytest.fixture
def queueing(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script that queues a folder."""
    monkeypatch.syspath_prepend(runtime.ROOT / "workflows" / "api")
    return importlib.import_module("queue_folder")


def test_of_several_pictures_the_first_is_fetched(queueing: ModuleType) -> None:
    """An animation's frames are saved one by one."""
    saved = {"9": {"images": [{"filename": f"{number}.png"} for number in range(3)]}}
    graph = {"9": {"class_type": "SaveImage", "inputs": {}}}
    assert queueing.result(graph, {"outputs": saved}) == {"filename": "0.png"}


def test_outputs_are_not_queued_by_the_next_run(queueing: ModuleType, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    (folder / "photos").mkdir(parents=True)
    for name in ("b.jpg", "photos/b.jpg", "._b.jpg", ".cache/c.png"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    files = [folder / "b.jpg", folder / "photos" / "b.jpg"]
    assert queueing.pictures_in(folder, tmp_path) == files, "what a Mac leaves is none"
    for out in (folder, folder / ".", tmp_path):
        with pytest.raises(ValueError, match=r"would be read by the next run: .*edited"):
            queueing.run(None, {}, folder, "remove the dog", out)
    places = queueing.places_of(files, folder, folder / "edited")
    queueing.require_apart(places, folder, folder / "edited")


PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
LONG = PROFILE + bytes(range(256)) * 600  # more than a JPEG's segment holds


@pytest.mark.parametrize(
    ("mode", "name", "options", "lost"),
    [
        ("RGB", "a.png", {}, ()),
        ("RGBA", "a.png", {}, ("an alpha channel",)),
        ("LA", "a.png", {}, ("an alpha channel",)),
        ("P", "a.png", {"transparency": 1}, ("an alpha channel",)),
        ("I;16", "a.png", {}, ("16 bits a channel",)),
        ("RGB", "a.jpg", {}, ()),
        ("RGB", "a.webp", {}, ()),
        ("RGB", "a.webp", {"lossless": True}, ()),
        ("RGBA", "a.webp", {"lossless": True}, ("an alpha channel",)),
        ("RGBA", "a.webp", {}, ("an alpha channel",)),
        ("RGB", "a.tif", {}, ()),
        ("RGBA", "a.tif", {}, ("an alpha channel",)),
        ("I;16", "a.tif", {}, ("16 bits a channel",)),
        ("F", "a.tif", {}, ("32 bits a channel",)),
        ("RGB", "a.bmp", {}, ()),
    ],
)
@pytest.mark.parametrize("profile", [b"", PROFILE, LONG], ids=["none", "short", "long"])
def test_what_a_host_drops_is_told_and_the_profile_kept(
    queueing: ModuleType, tmp_path: Path, mode: str, name: str, options: dict[str, Any],
    lost: tuple[str, ...], profile: bytes,
) -> None:  # fmt: skip
    more: dict[str, Any] = {"icc_profile": profile} if profile else {}
    picture = Image.new(mode, (9, 7))
    if mode in ("RGBA", "LA"):
        picture.putalpha(Image.linear_gradient("L").resize((9, 7)))
    picture.save(tmp_path / name, **options, **more)
    kept = queueing.kept_of((tmp_path / name).read_bytes())
    assert kept.lost == lost
    assert kept.profile == (b"" if name == "a.bmp" else profile)
    Image.new("RGB", (9, 7), "red").save(tmp_path / "made.png")
    made = queueing.with_profile((tmp_path / "made.png").read_bytes(), kept.profile)
    with Image.open(BytesIO(made)) as opened:
        assert opened.convert("RGB").getpixel((3, 3)) == (255, 0, 0)
        assert opened.info.get("icc_profile", b"") == kept.profile


def test_frames_are_told_and_a_profile_for_ink_is_left(
    queueing: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frames = [Image.new("RGB", (9, 7), colour) for colour in ("red", "blue")]
    for name in ("a.png", "a.webp", "a.tif"):
        frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:])
        assert queueing.kept_of((tmp_path / name).read_bytes()).lost == (queueing.FRAMES,)
    ink = PROFILE[:16] + b"CMYK" + PROFILE[20:]
    Image.new("CMYK", (9, 7)).save(tmp_path / "a.jpg", icc_profile=ink)
    assert queueing.kept_of((tmp_path / "a.jpg").read_bytes()) == queueing.Kept()
    for name in ("a.png", "a.webp", "a.tif", "a.jpg"):  # cut off anywhere
        data = (tmp_path / name).read_bytes()
        for end in range(0, len(data), 7):
            queueing.kept_of(data[:end])
    frames[0].save(tmp_path / "made.png")
    place = tmp_path / "out" / "a.png"
    queued = queueing.Queued("1", {}, tmp_path / "a.tif", place, queueing.Kept(PROFILE, ("x", "y")))
    assert queueing.bring(queued, (tmp_path / "made.png").read_bytes()) == ["x", "y"]
    assert "a.tif: lost in its output: x, y" in capsys.readouterr().err
    with Image.open(place) as opened:
        assert opened.info["icc_profile"] == PROFILE
    Image.new("RGBA", (9, 7)).save(tmp_path / "made.png")
    cut = queued._replace(kept=queueing.Kept(b"", (queueing.CLEAR,)))
    assert not queueing.bring(cut, (tmp_path / "made.png").read_bytes())
    assert "lost" not in capsys.readouterr().err, "the graph brings transparency of its own"


def test_alpha_channels_are_told_once(
    queueing: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of many pictures that are opaque all the same."""
    (tmp_path / "in").mkdir()
    for name, mode in (("a.png", "RGBA"), ("b.png", "RGBA"), ("c.png", "RGB"), ("d.tif", "F")):
        Image.new(mode, (9, 7)).save(tmp_path / "in" / name)
    Image.new("RGB", (9, 7)).save(tmp_path / "made.png")
    made = (tmp_path / "made.png").read_bytes()
    graph = {"1": {"class_type": "LoadImage", "inputs": {}},
             "2": {"class_type": "PromptEdit", "inputs": {"instruction": ""}},
             "3": {"class_type": "SaveImage", "inputs": {}}}  # fmt: skip
    host = SimpleNamespace(
        upload=lambda *_: "1.png", queue=lambda _: "1", fetch=lambda _: made,
        outcome=lambda _: {"outputs": {"3": {"images": [{}]}}},
    )  # fmt: skip
    assert queueing.run(host, graph, tmp_path / "in", "remove the dog", tmp_path / "out") == 0
    told = capsys.readouterr().err
    assert "a.png" not in told and "2 had an alpha channel, which their outputs lack" in told
    assert "d.tif: lost in its output: 32 bits a channel" in told


@pytest.mark.parametrize(
    ("address", "here"),
    [("http://127.0.0.1:8188", True), ("http://127.1.2.3:8188", True), ("http://[::1]:8188", True),
     ("http://localhost:8188", True), ("http://LOCALHOST", True), ("http://0.0.0.0:8188", True),
     ("http://gpu:8188", False), ("http://10.0.0.7:8188", False), ("gpu:8188", False)],
)  # fmt: skip
def test_this_machine_is_asked_without_a_proxy(
    queueing: ModuleType, monkeypatch: pytest.MonkeyPatch, address: str, here: bool
) -> None:
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    assert queueing.is_here(address) == here
    opener = queueing.Host(address)._open.__self__
    proxies = [each.proxies for each in opener.handlers if hasattr(each, "proxies")]
    assert any(proxies) != here


def test_a_disk_that_fails_is_one_line(
    queueing: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(queueing, "run", full)
    monkeypatch.setattr("sys.argv", ["queue", str(tmp_path), "remove the dog", "--out", "x"])
    with pytest.raises(SystemExit, match="No space left on device"):
        queueing.main()
