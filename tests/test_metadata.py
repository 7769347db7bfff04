"""What a file holds beside its pixels goes into the result, or its loss is told."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pictures import noise, tensor, write_deep
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

from prompt_edit.images import OPAQUE, ImageFile, load_image, losses, save_image

SUFFIXES = (".png", ".jpg", ".webp", ".tif", ".bmp")
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><dc:title>a doll</dc:title></x:xmpmeta>'
WORDS = {"parameters": "a cat\nSteps: 20", "workflow": '{"nodes": []}', "prompt": "모자"}
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def picture(seed: int = 0) -> Image.Image:
    return Image.fromarray(noise(7, 11, 3, seed=seed))


def full_png(path: Path, **options: Any) -> Path:
    words = PngImagePlugin.PngInfo()
    for name, text in WORDS.items():
        words.add_itxt(name, text)
    words.add_itxt("XML:com.adobe.xmp", XMP.decode())
    picture().save(path, pnginfo=words, dpi=(300, 300), **options)
    return path


def through(source: Path, result: Path) -> tuple[Image.Image, list[str]]:
    """A picture written as another kind of file, and what was said of it."""
    image = load_image(source)
    save_image(result, image.pixels, image)
    with Image.open(result) as opened:
        opened.load()
    return opened, [*image.notes, *losses(result, image)]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_part_is_kept_or_its_loss_is_told(tmp_path: Path, suffix: str) -> None:
    saved, said = through(full_png(tmp_path / "a.png", icc_profile=SRGB), tmp_path / f"b{suffix}")
    notes = " ".join(said)
    text = dict(getattr(saved, "text", {}))
    assert WORDS.items() <= text.items() or ("parameters" in notes and "workflow" in notes)
    xmp = saved.info.get("xmp") or getattr(saved, "tag_v2", {}).get(700)
    assert xmp == XMP or "XMP" in notes
    assert saved.info.get("icc_profile") == SRGB or "colour profile" in notes
    dpi = saved.info.get("dpi") or [saved.getexif()[tag] for tag in (0x011A, 0x011B)]
    assert [round(float(each)) for each in dpi] == [300, 300]


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_sixteen_bits_keep_all_of_it_too(tmp_path: Path, suffix: str) -> None:
    pixels = tensor(noise(7, 11, 3, bits=16))
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "a child"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.FNumber] = 2.8
    info = {"exif": exif.tobytes(), "dpi": (300.0, 300.0), "xmp": XMP, "icc_profile": SRGB,
            "text": WORDS}  # fmt: skip
    image = ImageFile(pixels, 16, info)
    save_image(tmp_path / f"b{suffix}", pixels, image)
    saved = load_image(tmp_path / f"b{suffix}")
    assert saved.bits == 16
    assert saved.info["xmp"] == XMP and saved.info["icc_profile"] == SRGB
    assert [round(each) for each in saved.info["dpi"]] == [300, 300]
    tags = Image.Exif()
    tags.load(saved.info["exif"])
    assert tags[ExifTags.Base.Artist] == "a child"
    assert float(tags.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.FNumber]) == pytest.approx(2.8)
    assert saved.info.get("text") == WORDS or "workflow" in " ".join(losses("b.tif", image))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_comment_is_kept_or_told(tmp_path: Path, suffix: str) -> None:
    picture().save(tmp_path / "a.jpg", comment=b"for Mia")
    saved, said = through(tmp_path / "a.jpg", tmp_path / f"b{suffix}")
    kept = saved.info.get("comment") == b"for Mia" or saved.info.get("Comment") == "for Mia"
    assert kept or any("comment" in each for each in said)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("bits", [8, 16])
def test_numbers_of_an_unusual_gamma_keep_it_or_it_is_told(
    tmp_path: Path, suffix: str, bits: int
) -> None:
    path = tmp_path / "a.png"
    write_deep(path, noise(7, 11, 3, bits=16), gamma=1.0) if bits == 16 else picture().save(
        path, pnginfo=gamma(100_000)
    )
    saved, said = through(path, tmp_path / f"b{suffix}")
    assert saved.info.get("gamma") == 1.0 or any("gamma" in each for each in said)


def gamma(value: int) -> PngImagePlugin.PngInfo:
    words = PngImagePlugin.PngInfo()
    words.add(b"gAMA", value.to_bytes(4, "big"))
    return words


def test_the_usual_gamma_is_no_loss(tmp_path: Path) -> None:
    picture().save(tmp_path / "a.png", pnginfo=gamma(45455))
    assert not through(tmp_path / "a.png", tmp_path / "b.webp")[1]


@pytest.mark.parametrize("kind", ["gif", "png", "webp", "tif", "mpo"])
def test_frames_beyond_the_first_are_told(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    more = [picture(seed) for seed in (1, 2)]
    exact: dict[str, Any] = {"lossless": True} if kind == "webp" else {}
    picture().save(path, append_images=more, save_all=True, **exact)
    image = load_image(path)
    assert any(" 3 " in note and "Only the first" in note for note in image.notes), image.notes
    if kind in ("png", "webp", "tif"):
        assert np.array_equal((image.pixels[0] * 255).round().numpy(), np.asarray(picture()))
    picture().save(path.with_stem("one"))
    assert not load_image(path.with_stem("one")).notes


def test_what_is_broken_behind_the_first_frame_is_no_reason_to_fail(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    picture().save(path, append_images=[picture(1)], save_all=True)
    path.write_bytes(path.read_bytes()[:-30])
    assert load_image(path).pixels.shape == (1, 7, 11, 3)


@pytest.mark.parametrize("suffix", sorted(set(SUFFIXES) - {".bmp"}))
def test_no_small_copy_of_the_old_picture_goes_along(tmp_path: Path, suffix: str) -> None:
    """Cameras put one behind EXIF and into XMP: it would show what an edit took away."""
    small = io.BytesIO()
    picture().save(small, "JPEG")
    thumbnail = small.getvalue()
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "a child"
    head = exif.tobytes()
    end = len(head) - 6
    entries = len(exif)
    at = 6 + 8 + 2 + entries * 12
    second = (2).to_bytes(2, "little") + b"".join(
        tag.to_bytes(2, "little") + (4).to_bytes(2, "little") + (1).to_bytes(4, "little")
        + value.to_bytes(4, "little")
        for tag, value in ((513, end + 30), (514, len(thumbnail)))
    ) + bytes(4)  # fmt: skip
    data = head[:at] + end.to_bytes(4, "little") + head[at + 4 :] + second + thumbnail
    xmp = XMP.replace(b"<dc", b"<xmp:Thumbnails><a>c2VjcmV0</a></xmp:Thumbnails><dc")
    picture(1).save(tmp_path / "a.jpg", exif=data, xmp=xmp)
    assert thumbnail in (tmp_path / "a.jpg").read_bytes()
    image = load_image(tmp_path / "a.jpg")
    save_image(tmp_path / f"b{suffix}", image.pixels, image)
    saved = (tmp_path / f"b{suffix}").read_bytes()
    assert thumbnail not in saved and b"c2VjcmV0" not in saved
    assert load_image(tmp_path / f"b{suffix}").info["xmp"] == XMP


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_plain_picture_has_nothing_to_tell(tmp_path: Path, suffix: str) -> None:
    picture().save(tmp_path / "a.png")
    image = load_image(tmp_path / "a.png")
    notes = losses(tmp_path / f"b{suffix}", image)
    assert not image.notes and len(notes) == (suffix == ".jpg")
    assert suffix in OPAQUE or not notes


def test_what_jpeg_cannot_hold_is_told_before_the_work(tmp_path: Path) -> None:
    from prompt_edit.errors import OutputError
    from prompt_edit.images import check_output

    for info in ({"exif": b"Exif\0\0" + bytes(70_000)}, {"xmp": bytes(70_000)}):
        with pytest.raises(OutputError, match="so much"):
            check_output(tmp_path / "a.jpg", like=ImageFile(tensor(noise(7, 11, 3)), 8, info))
    wide = ImageFile(tensor(noise(1, 16_384, 3)))
    with pytest.raises(OutputError, match="16383"):
        check_output(tmp_path / "a.webp", like=wide)


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize(("tag", "value"), [
    (256, 4000), (257, 10), (258, 12), (262, 6), (266, 2), (284, 2), (317, 2), (322, 16), (324, 8),
    (338, 2), (339, 3), (530, 2),
])  # fmt: skip
def test_how_the_pixels_of_a_jpeg_lie_is_not_how_those_of_a_tiff_do(
    tmp_path: Path, bits: int, tag: int, value: int
) -> None:
    exif = Image.Exif()
    exif[271], exif[tag] = "Maker", value
    picture().save(tmp_path / "in.jpg", exif=exif)
    before = load_image(tmp_path / "in.jpg")
    pixels = tensor(noise(12, 16, 3, bits=bits))
    save_image(tmp_path / "out.tif", pixels, ImageFile(pixels, bits, before.info))
    after = load_image(tmp_path / "out.tif")
    assert after.bits == bits and after.pixels.equal(pixels)
    with Image.open(tmp_path / "out.tif") as opened:
        assert opened.getexif()[271] == "Maker"
