"""Pictures from and to files: nothing lost on the way, nothing half written, every fault named."""

from __future__ import annotations

import io
import os
import random
import stat
import struct
import threading
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import png
import pytest
import tifffile
import torch
from pictures import DESCRIPTION, ORIENTATION, exif, noise, tensor, write_deep
from PIL import Image, ImageCms, ImageOps, PngImagePlugin

from prompt_edit import deep
from prompt_edit.errors import ImageError, OutputError, PromptEditError
from prompt_edit.images import (
    FORMATS,
    OPAQUE,
    ImageFile,
    check_output,
    check_pictures,
    load_image,
    losses,
    save_image,
    to_array,
    to_pil,
)

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
SIZE = (7, 11)  # height, width: odd, and no square


def as_rgb(values: np.ndarray) -> np.ndarray:
    """Gray and gray with alpha, as RGB and RGBA."""
    if values.shape[2] > 2:
        return values
    return np.concatenate([values[..., :1]] * 3 + [values[..., 1:]], axis=2)


# --- every kind of picture -----------------------------------------------------------------------


@pytest.mark.parametrize("planes", [1, 2, 3, 4])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_eight_bits_of_every_kind(tmp_path: Path, planes: int, suffix: str) -> None:
    values = noise(*SIZE, planes)
    Image.fromarray(values[..., 0] if planes == 1 else values).save(tmp_path / f"a{suffix}")
    image = load_image(tmp_path / f"a{suffix}")
    assert image.bits == 8 and image.pixels.dtype == torch.float32
    assert torch.equal(image.pixels, tensor(as_rgb(values)))


@pytest.mark.parametrize("planes", [1, 2, 3, 4])
@pytest.mark.parametrize("interlace", [False, True])
def test_sixteen_bits_of_every_kind(tmp_path: Path, planes: int, interlace: bool) -> None:
    values = noise(*SIZE, planes, bits=16)
    image = load_image(write_deep(tmp_path / "a.png", values, interlace=interlace))
    assert image.bits == 16
    assert torch.equal(image.pixels, tensor(as_rgb(values)))


@pytest.mark.parametrize("planes", [3, 4])
@pytest.mark.parametrize("interlace", [False, True])
def test_colours_of_sixteen_bits_are_decoded_alike_both_ways(
    tmp_path: Path, planes: int, interlace: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By Pillow in two halves, and by pypng, which is slow, where Pillow parts them otherwise."""
    for size in ((1, 1), (3, 70), SIZE):
        values = noise(*size, planes, bits=16)
        path = write_deep(tmp_path / "a.png", values, interlace=interlace)
        with monkeypatch.context() as patch:
            patch.setattr(deep.png, "Reader", pytest.fail)
            assert torch.equal(load_image(path).pixels, tensor(values))
        with monkeypatch.context() as patch:
            patch.setattr(deep, "_low_bytes", lambda _: None)
            assert torch.equal(load_image(path).pixels, tensor(values))
        with monkeypatch.context() as patch:  # another Pillow
            kind = ("RGB", "RGBX;16B") if planes == 3 else ("RGBA", "RGBX;16B")
            patch.setitem(PngImagePlugin._MODES, (16, 2 if planes == 3 else 6), kind)
            assert deep._low_bytes(path.read_bytes()) is None


def test_sixteen_bit_gray_of_other_kinds(tmp_path: Path) -> None:
    values = noise(*SIZE, 1, bits=16)
    for name in ("a.png", "a.tif"):
        Image.fromarray(values[..., 0]).save(tmp_path / name)
        image = load_image(tmp_path / name)
        assert image.bits == 16
        assert torch.equal(image.pixels, tensor(as_rgb(values)))


def test_a_sixteen_bit_colour_that_stands_for_transparency(tmp_path: Path) -> None:
    values = noise(*SIZE, 3, bits=16)
    clear = tuple(int(each) for each in values[2, 3])
    image = load_image(write_deep(tmp_path / "a.png", values, transparent=clear))
    assert image.pixels.shape == (1, *SIZE, 4)
    assert torch.equal(image.pixels[..., :3], tensor(values))
    assert image.pixels[0, 2, 3, 3] == 0 and image.pixels[..., 3].sum() == 7 * 11 - 1


def test_one_bit(tmp_path: Path) -> None:
    values = noise(*SIZE) > 127
    Image.fromarray(values).save(tmp_path / "a.png")
    expected = torch.from_numpy(values).float()[None, ..., None].expand(1, *SIZE, 3)
    assert torch.equal(load_image(tmp_path / "a.png").pixels, expected)


def test_a_palette(tmp_path: Path) -> None:
    image = Image.fromarray(noise(*SIZE, 3)).quantize(16)
    image.save(tmp_path / "a.png")
    expected = tensor(np.asarray(image.convert("RGB")))
    assert torch.equal(load_image(tmp_path / "a.png").pixels, expected)


@pytest.mark.parametrize("transparency", [3, bytes([255, 0, 128, 7])], ids=["one", "several"])
def test_a_palette_with_transparency(tmp_path: Path, transparency: int | bytes) -> None:
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (9, 9, 9)]
    values = noise(*SIZE) % 4
    image = Image.fromarray(values)
    image = image.convert("P")
    image.putdata([int(each) for each in values.ravel()])
    image.putpalette([channel for colour in colours for channel in colour])
    image.save(tmp_path / "a.png", transparency=transparency)
    opacity = [255, 255, 255, 0] if transparency == 3 else list(transparency)  # type: ignore[arg-type]
    table = np.array([(*colour, alpha) for colour, alpha in zip(colours, opacity, strict=True)])
    expected = tensor(table.astype(np.uint8)[values])
    assert torch.equal(load_image(tmp_path / "a.png").pixels, expected)


@pytest.mark.parametrize(
    ("mode", "clear", "ink"), [("L", 40, 40), ("RGB", (1, 2, 3), (1, 2, 3)), ("1", 0, 0)]
)
def test_one_colour_that_stands_for_transparency(
    tmp_path: Path, mode: str, clear: int, ink: int
) -> None:
    image = Image.new(mode, (11, 7), 1 if mode == "1" else "white")
    image.putpixel((3, 2), ink)
    image.save(tmp_path / "a.png", transparency=clear)
    pixels = load_image(tmp_path / "a.png").pixels
    assert pixels.shape == (1, *SIZE, 4)
    assert pixels[0, 2, 3, 3] == 0 and pixels[..., 3].sum() == 7 * 11 - 1


@pytest.mark.parametrize(
    ("ink", "colour"),
    [
        ((0, 0, 0, 0), (1, 1, 1)),
        ((0, 255, 255, 0), (1, 0, 0)),
        ((255, 255, 0, 0), (0, 0, 1)),
        ((0, 0, 0, 255), (0, 0, 0)),
    ],
)
def test_a_cmyk_jpeg(tmp_path: Path, ink: tuple, colour: tuple) -> None:
    Image.new("CMYK", (11, 7), ink).save(tmp_path / "a.jpg", quality=95, icc_profile=b"for ink")
    image = load_image(tmp_path / "a.jpg")
    assert image.pixels.shape == (1, *SIZE, 3)
    assert torch.allclose(image.pixels, torch.tensor(colour).float(), atol=0.03)
    assert "icc_profile" not in image.info, "a profile for ink does not fit red, green and blue"


@pytest.mark.parametrize("kind", ["whole numbers", "fractions"])
def test_thirty_two_bits_are_kept_or_refused_but_never_garbled(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.tif"
    if kind == "whole numbers":
        slope = np.linspace(0, 200_000, 77).astype(np.int32)
    else:
        slope = np.linspace(0, 1, 77).astype(np.float32)
    Image.fromarray(slope.reshape(SIZE)).save(path)
    try:
        pixels = load_image(path).pixels[0, ..., 0].flatten()
    except ImageError as error:
        assert str(path) in str(error)
    else:
        assert (pixels.diff() >= 0).all() and pixels[-1] > pixels[0]


# --- upright -------------------------------------------------------------------------------------


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp"])
def test_every_orientation_of_eight_bits(tmp_path: Path, turn: int, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    Image.fromarray(noise(*SIZE, 3)).save(path, exif=exif(turn))
    with Image.open(path) as opened:
        expected = np.asarray(ImageOps.exif_transpose(opened).convert("RGB"))
    assert expected.shape[:2] == (SIZE if turn < 5 else SIZE[::-1])
    assert torch.equal(load_image(path).pixels, tensor(expected))


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("planes", [1, 3, 4])
def test_every_orientation_of_sixteen_bits(tmp_path: Path, turn: int, planes: int) -> None:
    values = noise(*SIZE, planes, bits=16)
    image = load_image(write_deep(tmp_path / "a.png", values, turn))
    expected = []
    for channel in range(planes):
        turned = Image.fromarray(np.ascontiguousarray(values[..., channel]))
        turned.getexif()[ORIENTATION] = turn
        expected.append(np.asarray(ImageOps.exif_transpose(turned)))
    assert image.bits == 16
    assert torch.equal(image.pixels, tensor(as_rgb(np.stack(expected, axis=2))))


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("planes", [3, 4])
def test_every_orientation_of_a_deep_tiff(tmp_path: Path, turn: int, planes: int) -> None:
    values, path = noise(*SIZE, planes, bits=16), tmp_path / "a.tif"
    tifffile.imwrite(path, values, photometric="rgb", extratags=[(274, "H", 1, turn, True)])
    expected = load_image(write_deep(tmp_path / "a.png", values, turn))
    assert torch.equal(load_image(path).pixels, expected.pixels)


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_the_transparent_level_of_a_gray_png(tmp_path: Path, bits: int) -> None:
    path, top = tmp_path / "a.png", 2**bits - 1
    for clear in {0, 1, top}:
        with path.open("wb") as file:
            writer = png.Writer(top + 1, 1, greyscale=True, bitdepth=bits, transparent=clear)
            writer.write(file, [list(range(top + 1))])
        alpha = load_image(path).pixels[0, 0, :, 3]
        assert alpha.tolist() == [float(level != clear) for level in range(top + 1)]


@pytest.mark.parametrize("turn", [1, 3, 6, 7])
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp"])
def test_what_was_turned_upright_is_not_turned_again(
    tmp_path: Path, turn: int, suffix: str
) -> None:
    source, result = tmp_path / "a.png", tmp_path / f"b{suffix}"
    Image.fromarray(noise(*SIZE, 3)).save(source, exif=exif(turn))
    image = load_image(source)
    save_image(result, image.pixels, image)
    assert load_image(result).pixels.shape == image.pixels.shape
    with Image.open(result) as opened:
        assert opened.getexif().get(ORIENTATION, 1) == 1
        assert opened.getexif()[DESCRIPTION] == "a paper doll"
    if suffix not in OPAQUE:
        assert torch.equal(load_image(result).pixels, image.pixels)


# --- there and back ------------------------------------------------------------------------------


@pytest.mark.parametrize("bits", [8, 16])
def test_every_value_survives(bits: int) -> None:
    values = np.arange(2**bits, dtype=np.uint16 if bits == 16 else np.uint8).reshape(16, -1, 1)
    assert np.array_equal(to_array(tensor(values), bits), values)


def test_what_is_out_of_range_is_cut_not_wrapped() -> None:
    pixels = torch.tensor([-0.5, 0.0, 1.0, 1.7]).reshape(1, 2, 2, 1)
    assert to_array(pixels).ravel().tolist() == [0, 0, 255, 255]
    assert to_array(pixels, 16).ravel().tolist() == [0, 0, 65535, 65535]


@pytest.mark.parametrize(("planes", "mode"), [(1, "L"), (3, "RGB"), (4, "RGBA")])
def test_to_pil(planes: int, mode: str) -> None:
    values = noise(*SIZE, planes)
    image = to_pil(tensor(values))
    assert image.mode == mode and image.size == SIZE[::-1]
    assert np.array_equal(np.asarray(image).reshape(*SIZE, planes), values)
    assert np.array_equal(np.asarray(to_pil(tensor(values)[0])), np.asarray(image))


@pytest.mark.parametrize("size", [SIZE, (1, 1), (1, 30), (64, 3)])
@pytest.mark.parametrize("planes", [3, 4])
@pytest.mark.parametrize("suffix", [*sorted(FORMATS - OPAQUE), ".PNG"])
def test_eight_bits_survive_a_lossless_file(
    tmp_path: Path, size: tuple[int, int], planes: int, suffix: str
) -> None:
    values = noise(*size, planes)
    values[..., 3:] |= 1  # what is wholly clear may lose its colour in some formats
    save_image(tmp_path / f"a{suffix}", tensor(values))
    once = load_image(tmp_path / f"a{suffix}")
    save_image(tmp_path / f"b{suffix}", once.pixels, once)
    for image in (once, load_image(tmp_path / f"b{suffix}")):
        assert image.bits == 8
        assert torch.equal(image.pixels, tensor(values))


def test_bmp_holds_eight_bits(tmp_path: Path) -> None:
    values = noise(*SIZE, 3)
    save_image(tmp_path / "a.bmp", tensor(values))
    assert torch.equal(load_image(tmp_path / "a.bmp").pixels, tensor(values))


@pytest.mark.parametrize("suffix", sorted(OPAQUE))
def test_transparency_is_not_dropped_silently(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(OutputError, match="transparency"):
        save_image(tmp_path / f"a{suffix}", tensor(noise(*SIZE, 4)))
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("planes", [1, 2, 3, 4])
def test_sixteen_bits_survive_a_png(tmp_path: Path, planes: int) -> None:
    once = load_image(write_deep(tmp_path / "a.png", noise(*SIZE, planes, bits=16)))
    save_image(tmp_path / "b.png", once.pixels, once)
    twice = load_image(tmp_path / "b.png")
    assert twice.bits == 16
    assert torch.equal(twice.pixels, once.pixels)


def test_the_colour_of_clear_pixels_survives_a_png(tmp_path: Path) -> None:
    values = noise(*SIZE, 4)
    values[..., 3] = 0
    save_image(tmp_path / "a.png", tensor(values))
    assert torch.equal(load_image(tmp_path / "a.png").pixels, tensor(values))


@pytest.mark.parametrize("planes", [1, 3, 4])
@pytest.mark.parametrize("suffix", sorted(FORMATS))
def test_sixteen_bits_are_kept_or_their_loss_is_told(
    tmp_path: Path, suffix: str, planes: int
) -> None:
    if planes == 4 and suffix in OPAQUE:
        return
    values, path = noise(*SIZE, planes, bits=16), tmp_path / f"a{suffix}"
    image = ImageFile(tensor(values), bits=16)
    save_image(path, image.pixels, image)
    loaded = load_image(path)
    if loaded.bits == 16:
        assert torch.equal(loaded.pixels, tensor(as_rgb(values)))
        assert not losses(path, image)
    else:
        assert "the picture has 16" in losses(path, image)[0]
        if suffix not in (".jpg", ".jpeg"):
            assert (loaded.pixels - tensor(as_rgb(values))).abs().max() <= 0.5 / 255 + 1e-6


@pytest.mark.parametrize("suffix", sorted(FORMATS))
def test_every_known_file_type_can_be_written_and_read(tmp_path: Path, suffix: str) -> None:
    planes = 3 if suffix in OPAQUE else 4
    slope = torch.linspace(0.1, 0.9, 48)[None, :, None, None].expand(1, 48, 40, planes)
    save_image(tmp_path / f"a{suffix}", slope)
    pixels = load_image(tmp_path / f"a{suffix}").pixels
    assert pixels.shape[:3] == (1, 48, 40)
    assert (pixels[..., :3] - slope[..., :3]).abs().max() < 0.05


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp"])
def test_the_colour_profile_is_kept(tmp_path: Path, suffix: str) -> None:
    source, result = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    Image.fromarray(noise(*SIZE, 3)).save(source, icc_profile=SRGB)
    image = load_image(source)
    assert image.info["icc_profile"] == SRGB
    save_image(result, image.pixels, image)
    assert load_image(result).info["icc_profile"] == SRGB


def test_colours_of_another_space_are_told(tmp_path: Path) -> None:
    wide = SRGB.replace("sRGB".encode("utf-16-be"), "wide".encode("utf-16-be"))
    assert wide != SRGB
    for name, profile, told in (("a", SRGB, False), ("b", wide, True), ("c", b"no profile", False)):
        Image.fromarray(noise(*SIZE, 3)).save(tmp_path / f"{name}.png", icc_profile=profile)
        notes = load_image(tmp_path / f"{name}.png").notes
        assert any("sRGB" in note for note in notes) == told, notes


def test_the_colour_profile_and_exif_of_sixteen_bits_are_kept(tmp_path: Path) -> None:
    pixels = tensor(noise(*SIZE, 3, bits=16))
    info = {"icc_profile": SRGB, "exif": exif().tobytes()}
    save_image(tmp_path / "a.png", pixels, ImageFile(pixels, 16, info))
    with Image.open(tmp_path / "a.png") as opened:
        assert opened.info.get("icc_profile") == SRGB
        assert opened.getexif().get(DESCRIPTION) == "a paper doll"
    assert torch.equal(load_image(tmp_path / "a.png").pixels, pixels)


def test_a_gray_profile_is_not_kept_for_colours(tmp_path: Path) -> None:
    Image.fromarray(noise(*SIZE)).save(tmp_path / "a.png", icc_profile=SRGB)
    assert "icc_profile" not in load_image(tmp_path / "a.png").info


# --- what is no picture --------------------------------------------------------------------------


def encoded(kind: str, **options: object) -> bytes:
    data = io.BytesIO()
    image = Image.fromarray(noise(24, 30, 3))
    image.save(data, kind, **options)
    return data.getvalue()


def deep_encoded(folder: Path) -> bytes:
    return write_deep(folder / "whole.png", noise(24, 30, 3, bits=16)).read_bytes()


def refusal(path: Path | str) -> str:
    with pytest.raises(ImageError) as caught:
        load_image(path)
    assert str(path) in str(caught.value)
    assert isinstance(caught.value, PromptEditError)
    return str(caught.value)


def test_a_picture_that_is_not_there(tmp_path: Path) -> None:
    assert "no picture at" in refusal(tmp_path / "none.png")
    assert "no picture at" in refusal(str(tmp_path / "nowhere" / "none.png"))
    assert "is a folder" in refusal(tmp_path)


def test_a_name_that_no_file_can_have(tmp_path: Path) -> None:
    refusal(tmp_path / ("a" * 300 + ".png"))


@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"not a picture at all", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", bytes(500)],
    ids=["empty", "a line", "text", "a PNG's name only", "a JPEG's name only", "zeros"],
)
@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a"])
def test_a_file_that_is_no_picture(tmp_path: Path, data: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(data)
    refusal(tmp_path / name)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "BMP", "deep"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_file_that_is_cut_off(tmp_path: Path, kind: str, share: float) -> None:
    data = deep_encoded(tmp_path) if kind == "deep" else encoded(kind)
    path = tmp_path / "cut.png"
    path.write_bytes(data[: int(len(data) * share)])
    refusal(path)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "BMP", "deep"])
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, kind: str) -> None:
    """Single bytes go wrong, in the first few hundred, where the headers are."""
    data = deep_encoded(tmp_path) if kind == "deep" else encoded(kind, exif=exif(6))
    path, chance = tmp_path / "damaged.png", random.Random(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(120):
            broken = bytearray(data)
            broken[chance.randrange(min(400, len(data)))] = chance.randrange(256)
            path.write_bytes(broken)
            try:
                pixels = load_image(path).pixels
            except ImageError as error:
                assert str(path) in str(error)
            else:
                assert pixels.ndim == 4 and pixels.shape[-1] in (3, 4)


def test_exif_of_the_wrong_type_is_no_reason_to_fail(tmp_path: Path) -> None:
    """YResolution as text: the picture itself is whole."""
    path = tmp_path / "a.png"
    tags = b"II*\0" + struct.pack("<IHHHI4sI", 8, 1, 0x011B, 2, 3, b"hi\0\0", 0)
    Image.fromarray(noise(*SIZE, 3)).save(path, exif=b"Exif\0\0" + tags)
    assert torch.equal(load_image(path).pixels, tensor(noise(*SIZE, 3)))


def test_a_tiff_whose_strips_are_at_a_fraction(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    data = encoded("TIFF")
    at = data.index(struct.pack("<HHI", 273, 4, 1))
    path.write_bytes(data[: at + 2] + struct.pack("<H", 10) + data[at + 4 :])
    refusal(path)


def test_a_picture_that_would_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.fromarray(noise(24, 30, 3)).save(tmp_path / "a.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    refusal(tmp_path / "a.png")


# --- what cannot be written ----------------------------------------------------------------------

PIXELS = torch.full((1, *SIZE, 3), 0.5)


def not_written(path: Path, pixels: torch.Tensor = PIXELS, like: ImageFile | None = None) -> str:
    with pytest.raises(OutputError) as caught:
        save_image(path, pixels, like)
    assert isinstance(caught.value, PromptEditError)
    return str(caught.value)


@pytest.mark.parametrize("name", ["a.txt", "a", "a.png.bak", ".png", "a.gif", "a.jpgg"])
def test_a_file_type_that_is_not_known(tmp_path: Path, name: str) -> None:
    assert str(tmp_path / name) in not_written(tmp_path / name)
    with pytest.raises(OutputError, match="picture type"):
        check_output(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "none" / "a.png"
    assert str(path.parent) in not_written(path)
    (tmp_path / "file").write_text("text")
    assert str(tmp_path / "file") in not_written(tmp_path / "file" / "a.png")


def test_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.png").mkdir()
    message = not_written(tmp_path / "a.png")
    assert str(tmp_path / "a.png") in message and "folder" in message
    assert [each.name for each in tmp_path.iterdir()] == ["a.png"]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs Linux's /proc")
def test_a_folder_that_nobody_can_write_to() -> None:
    assert "/proc" in not_written(Path("/proc/a.png"))


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    path = tmp_path / ("a" * 300 + ".png")
    assert str(path) in not_written(path)
    assert not list(tmp_path.iterdir())


def test_a_good_path_is_handed_back(tmp_path: Path) -> None:
    for suffix in FORMATS:
        assert check_output(str(tmp_path / f"a{suffix}")) == tmp_path / f"a{suffix}"
    assert not list(tmp_path.iterdir()), "a check writes nothing"


TOO_MUCH: dict[str, Callable[[], tuple[str, ImageFile]]] = {
    "wide for WebP": lambda: ("a.webp", ImageFile(torch.zeros(1, 1, 16384, 3))),
    "wide for JPEG": lambda: ("a.jpg", ImageFile(torch.zeros(1, 1, 65536, 3))),
    "EXIF for JPEG": lambda: (
        "a.jpg", ImageFile(PIXELS, 8, {"exif": b"Exif\0\0MM\0*" + bytes(70_000)}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TOO_MUCH)
def test_what_a_file_type_cannot_hold(tmp_path: Path, case: str) -> None:
    name, image = TOO_MUCH[case]()
    with pytest.raises(OutputError) as caught:
        save_image(tmp_path / name, image.pixels, image)
    assert str(tmp_path / name) in str(caught.value)


@pytest.mark.parametrize("case", TOO_MUCH)
def test_what_a_file_type_cannot_hold_leaves_nothing_behind(tmp_path: Path, case: str) -> None:
    name, image = TOO_MUCH[case]()
    with pytest.raises(Exception):  # noqa: B017 - which one is the test above
        save_image(tmp_path / name, image.pixels, image)
    assert not list(tmp_path.iterdir())


def full_disk(image: Image.Image, path: Path, **options: object) -> None:
    Path(path).write_bytes(b"half a picture")
    raise OSError(28, "No space left on device")


def stopped(image: Image.Image, path: Path, **options: object) -> None:
    Path(path).write_bytes(b"half a picture")
    raise KeyboardInterrupt


def full_disk_deep(writer: png.Writer, file: io.BufferedWriter, rows: object) -> None:
    file.write(b"half a picture")
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("there", [True, False], ids=["over an old one", "new"])
@pytest.mark.parametrize("bits", [8, 16])
def test_a_full_disk_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool, bits: int
) -> None:
    path = tmp_path / "a.png"
    if there:
        save_image(path, PIXELS)
    before = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    monkeypatch.setattr(Image.Image, "save", full_disk)
    monkeypatch.setattr(png.Writer, "write", full_disk_deep)
    message = not_written(path, like=ImageFile(PIXELS, bits))
    assert str(path) in message and "No space left" in message
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == before


def test_a_stop_in_the_middle_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.png"
    save_image(path, PIXELS)
    before = path.read_bytes()
    monkeypatch.setattr(Image.Image, "save", stopped)
    with pytest.raises(KeyboardInterrupt):
        save_image(path, PIXELS * 0)
    assert [each.name for each in tmp_path.iterdir()] == ["a.png"] and path.read_bytes() == before


def test_who_reads_the_old_file_meanwhile_reads_all_of_it(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    save_image(path, PIXELS)
    before = path.read_bytes()
    with path.open("rb") as old:
        save_image(path, PIXELS * 0)
        assert old.read() == before


def test_an_old_file_is_replaced_and_keeps_its_rights(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"no picture")
    path.chmod(0o640)
    save_image(path, PIXELS)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert load_image(path).pixels.shape == PIXELS.shape
    assert [each.name for each in tmp_path.iterdir()] == ["a.png"]


def test_a_new_file_has_the_rights_of_any_new_file(tmp_path: Path) -> None:
    save_image(tmp_path / "a.png", PIXELS)
    (tmp_path / "plain").write_text("text")
    rights = {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()}
    assert len(rights) == 1


def deep_tiff(path: Path, values: np.ndarray, **options: object) -> Path:
    tifffile.imwrite(path, values, **options)  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize("planes", [3, 4])
def test_sixteen_bit_tiffs_of_other_programs(
    tmp_path: Path, order: str, compression: str | None, planes: int
) -> None:
    values = noise(*SIZE, planes, bits=16)
    alpha = ["unassalpha"] * (planes - 3)
    path = deep_tiff(tmp_path / "a.tif", values, photometric="rgb", byteorder=order,
                     extrasamples=alpha, compression=compression)  # fmt: skip
    image = load_image(path)
    assert image.bits == 16 and torch.equal(image.pixels, tensor(values))


def test_a_sixteen_bit_tiff_colour_by_colour(tmp_path: Path) -> None:
    values = noise(3, *SIZE, bits=16)
    path = deep_tiff(tmp_path / "a.tif", values, photometric="rgb", planarconfig="separate")
    assert torch.equal(load_image(path).pixels, tensor(np.moveaxis(values, 0, 2)))


def test_a_tiff_whose_colours_would_be_cut_is_refused(tmp_path: Path) -> None:
    values = noise(*SIZE, 4, bits=16)
    path = deep_tiff(tmp_path / "a.tif", values, photometric="rgb", extrasamples=["assocalpha"])
    with pytest.raises(ImageError, match="Save it as PNG"):
        load_image(path)


# --- colours -------------------------------------------------------------------------------------


def test_a_lab_tiff_has_no_alpha_and_keeps_its_colours(tmp_path: Path) -> None:
    red = Image.new("RGB", (11, 7), (200, 30, 40))
    lab = ImageCms.profileToProfile(
        red, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    assert lab is not None
    lab.save(tmp_path / "a.tif")
    image = load_image(tmp_path / "a.tif")
    assert image.pixels.shape == (1, *SIZE, 3)
    wanted = torch.tensor([200, 30, 40]) / 255
    assert torch.allclose(image.pixels, wanted.expand(1, *SIZE, 3), atol=4 / 255)
    assert "LAB" in image.notes[0]


def test_a_cmyk_picture_is_told_to_become_rgb(tmp_path: Path) -> None:
    Image.new("CMYK", (11, 7), (0, 255, 255, 0)).save(tmp_path / "a.jpg", quality=95)
    assert any("CMYK" in note for note in load_image(tmp_path / "a.jpg").notes)


def test_the_colour_of_clear_pixels_survives_a_webp(tmp_path: Path) -> None:
    values = noise(*SIZE, 4)
    values[..., 3] = 0
    save_image(tmp_path / "a.webp", tensor(values))
    assert torch.equal(load_image(tmp_path / "a.webp").pixels, tensor(values))


def test_what_pillow_reads_with_less_than_it_has_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.ppm"
    path.write_bytes(b"P6\n# made by hand\n11 7\n65535\n" + noise(*SIZE, 6).tobytes())
    assert any("more than 8 bits" in note for note in load_image(path).notes)
    Image.fromarray(noise(*SIZE, 3)).save(tmp_path / "b.ppm")
    assert not load_image(tmp_path / "b.ppm").notes


# --- what is read once, too large, or odd --------------------------------------------------------


def test_a_named_pipe_is_read_once(tmp_path: Path) -> None:
    path, values = tmp_path / "pipe", noise(24, 30, 3, bits=16)
    data = write_deep(tmp_path / "a.png", values).read_bytes()
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(data,), daemon=True)
    writer.start()
    image = load_image(path)
    writer.join()
    assert image.bits == 16 and torch.equal(image.pixels, tensor(values))


def test_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = write_deep(tmp_path / "a.png", noise(*SIZE, 3, bits=16)).read_bytes()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert load_image("-").bits == 16
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"")))
    with pytest.raises(ImageError, match="Standard input is empty"):
        load_image("-")
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(ImageError, match="Pipe one in"):
        load_image("-")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs /dev/zero")
def test_a_device_without_end_is_refused() -> None:
    assert "device" in refusal("/dev/zero")


def test_a_picture_of_900_megapixels_is_too_large_and_not_broken(tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    (tmp_path / "a.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    )
    said = refusal(tmp_path / "a.png")
    assert "900 million pixels" in said and "at most 179 million" in said and "broken" not in said


def test_nothing_of_pillow_reaches_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 24 * 30 - 1)  # from there on it warns
    Image.fromarray(noise(24, 30, 3)).save(tmp_path / "a.png")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load_image(tmp_path / "a.png")


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif"])
def test_odd_exif_is_dropped_and_told(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    tags = b"II*\0" + struct.pack("<IHHHI4sI", 8, 1, 0x011B, 2, 3, b"hi\0\0", 0)
    if suffix == ".tif":
        Image.fromarray(noise(*SIZE, 3)).save(path, tiffinfo={0x011A: 72.0})
        data = path.read_bytes()
        at = data.index(struct.pack("<HHI", 0x011A, 5, 1))
        odd = struct.pack("<HHI4s", 0x011A, 2, 3, b"hi\0\0")
        path.write_bytes(data[:at] + odd + data[at + 12 :])
    else:
        Image.fromarray(noise(*SIZE, 3)).save(path, exif=b"Exif\0\0" + tags, lossless=True)
    image = load_image(path)
    assert image.pixels.shape == (1, *SIZE, 3)
    assert any("EXIF" in note and "dropped" in note for note in image.notes)
    save_image(tmp_path / "b.png", image.pixels, image)


@pytest.mark.parametrize(
    "exif",
    [b"Exif\0\0MM\0*\0\0\0\x08\xff\xff", b"Exif\0\0II*\0\xff\xff\xff\xff", b"no EXIF at all"],
)
def test_broken_exif_does_not_break_a_picture(tmp_path: Path, exif: bytes) -> None:
    for suffix in (".png", ".jpg", ".webp"):
        Image.fromarray(noise(*SIZE, 3)).save(tmp_path / f"a{suffix}", exif=exif)
        assert load_image(tmp_path / f"a{suffix}").pixels.shape == (1, *SIZE, 3)


# --- what a picture in memory is -----------------------------------------------------------------

FINE = torch.full((1, 8, 9, 3), 0.5)
NO_PICTURES: list[tuple[Any, str]] = [
    (None, "not NoneType"),
    ("a.png", "not str"),
    (FINE.numpy(), "not numpy.ndarray"),
    (FINE.to_sparse(), "not torch.sparse_coo"),
    (FINE[0, 0], "must have the shape"),
    (FINE[None], "must have the shape"),
    (FINE[..., :2], "must have the shape"),
    (FINE.movedim(-1, 1), "must have the shape"),
    (FINE[:0], "no pixels"),
    (FINE[:, :0], "no pixels"),
    ((FINE * 255).byte(), "divide it by 255"),
    (FINE > 0, "not floats"),
    (FINE * 255, "goes from 128 to 128, not from 0 to 1"),
    (FINE - 1.5, "not from 0 to 1"),
    (FINE * torch.nan, "NaN"),
    (FINE / 0, "NaN or infinite"),
]


@pytest.mark.parametrize(("images", "words"), NO_PICTURES, ids=lambda each: str(each)[:30])
def test_what_is_no_picture_is_said_in_few_words(images: Any, words: str) -> None:
    with pytest.raises(ImageError, match=words) as error:
        check_pictures(images)
    assert words.split()[-1] in str(error.value)[:85]


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_pictures_stay_as_they_are(dtype: torch.dtype, channels: int) -> None:
    images = torch.linspace(-0.2, 1.2, 2 * 5 * 4 * channels).reshape(2, 5, 4, channels).to(dtype)
    assert torch.equal(check_pictures(images), images)
    assert torch.equal(check_pictures(images[0], "[H,W,C]"), images[0])
    assert torch.equal(check_pictures(images[:1], "[1,H,W,C]"), images[:1])
    for shape, given in (("[1,H,W,C]", images), ("[H,W,C]", images[:1])):
        with pytest.raises(ImageError, match="must have the shape"):
            check_pictures(given, shape)  # type: ignore[arg-type]


def test_sixteen_bits_of_which_few_count_are_read_whole(tmp_path: Path) -> None:
    values = noise(12, 16, 3, bits=16)
    height, width, _ = values.shape
    plain = io.BytesIO()
    png.Writer(width, height, greyscale=False, bitdepth=16).write(plain, values.reshape(height, -1))
    head, *rest = png.Reader(bytes=plain.getvalue()).chunks()
    with (tmp_path / "in.png").open("wb") as file:
        png.write_chunks(file, [head, (b"sBIT", bytes([12, 12, 12])), *rest])
    assert np.array_equal(to_array(load_image(tmp_path / "in.png").pixels, 16), values)


@pytest.mark.parametrize(("meaning", "bits"), [(1, 16), (0, 16), (1, 12)])
def test_gray_tiffs_of_every_scale_and_sense(tmp_path: Path, meaning: int, bits: int) -> None:
    top = 2**bits - 1
    values = np.linspace(0, top, 16 * 16).round().astype(np.uint16).reshape(16, 16)
    stored = values if meaning else (top - values).astype(np.uint16)
    packed = stored.tobytes()
    if bits == 12:
        pairs = stored.reshape(-1, 2).astype(np.uint32)
        whole = pairs[:, 0] << 12 | pairs[:, 1]
        packed = np.stack([whole >> 16, whole >> 8, whole], 1).astype(np.uint8).tobytes()
    tags = ((256, 16), (257, 16), (258, bits), (259, 1), (262, meaning), (277, 1), (278, 16))
    begins = 8 + 2 + 12 * (len(tags) + 2) + 4
    table = [*tags, (273, begins), (279, len(packed))]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in sorted(table))
    header = b"II*\0" + struct.pack("<IH", 8, len(table))
    (tmp_path / "in.tif").write_bytes(header + entries + bytes(4) + packed)
    read = load_image(tmp_path / "in.tif")
    assert torch.allclose(read.pixels[0, ..., 0], torch.from_numpy(values / top).float(), atol=1e-4)


@pytest.mark.parametrize("kind", [np.uint32, np.int16])
def test_gray_tiffs_whose_scale_nobody_told_are_refused(tmp_path: Path, kind: type) -> None:
    tifffile.imwrite(tmp_path / "in.tif", np.full((16, 16), 4000, kind))
    assert "8 or 16 bits" in refusal(tmp_path / "in.tif")


@pytest.mark.parametrize("odd", [
    (PIXELS * 255).to(torch.uint8), PIXELS * 255, PIXELS * float("nan"),
    PIXELS.expand(2, -1, -1, -1), PIXELS.numpy(),
])  # fmt: skip
def test_what_is_no_picture_is_not_written(tmp_path: Path, odd: Any) -> None:
    with pytest.raises(ImageError):
        save_image(tmp_path / "out.png", odd)
    assert not list(tmp_path.iterdir())


def test_a_jpeg_keeps_colours_as_fine_as_light(tmp_path: Path) -> None:
    stripes = torch.zeros(1, 32, 32, 3)
    stripes[:, :, ::2, 0], stripes[:, :, 1::2, 2] = 1, 1  # red and blue, a pixel wide
    save_image(tmp_path / "out.jpg", stripes)
    assert float((load_image(tmp_path / "out.jpg").pixels - stripes).abs().max()) < 0.1


def test_whatever_a_reader_raises_is_a_broken_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "in.png")

    def odd(*_: object) -> None:
        raise RuntimeError("Conversion from YUV failed")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", odd)
    assert "broken or cut off" in refusal(tmp_path / "in.png")
