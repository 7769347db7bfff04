"""The first words of a message: a host shows about so many letters, and cuts the rest."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from inpaint import tiny
from models import files
from worlds import DRESS_SCENE, drawn

from prompt_edit import given
from prompt_edit.detect import convert
from prompt_edit.detect.detections import Detections
from prompt_edit.detect.ground import Grounded, check_found, check_same, for_phrase
from prompt_edit.detect.grounding_dino import GroundingDino
from prompt_edit.editor import PromptEditor
from prompt_edit.errors import PromptEditError
from prompt_edit.images import check_pictures
from prompt_edit.inpaint import memory, region
from prompt_edit.inpaint.control import ControlNet
from prompt_edit.inpaint.diffusion import Inpainter, Lora
from prompt_edit.masks import fitting
from prompt_edit.models.weights import open_header
from prompt_edit.plan import EditPlan
from prompt_edit.segment import by_hand, masks
from prompt_edit.segment.sam import Sam

SHOWN = 85  # letters
LONG = "models/checkpoints/a model with a name that says all that its maker thought of it"

PICTURE = torch.full((1, 32, 32, 3), 0.5)
NONE = Detections.none((64, 48))
SEG = convert.SEG(None, None, 0.5, (0, 0, 9, 9), (0, 0, 9, 9), "hat")
FOUND = [Grounded(NONE, NONE)] * 2


def starts(run: Callable[[], Any], *words: str) -> None:
    """The message's beginning holds all of the words."""
    with pytest.raises(PromptEditError) as caught:
        run()
    said = str(caught.value)
    assert all(each in said[:SHOWN] for each in words), f"{said[:SHOWN]} | {said[SHOWN:]}"


PICTURES_AND_MASKS: dict[str, tuple[Callable[[], Any], str]] = {
    "detections of others": (lambda: check_same(FOUND, PICTURE), "Connect the picture that"),
    "no detections": (lambda: check_found([1]), "Connect Grounding DINO Detect, or Boxes to"),
    "masks of others": (
        lambda: convert.to_segs(FOUND, torch.zeros(3, 64, 48), torch.rand(2, 64, 48, 3)),
        "Connect the instances of the SAM Mask",
    ),
    "masks of another size": (
        lambda: convert.to_segs(FOUND, torch.zeros(0, 9, 9), torch.rand(2, 64, 48, 3)),
        "Connect the picture that the masks were made from",
    ),
    "SEGS of another picture": (
        lambda: convert.from_segs(((9, 9), [SEG]), PICTURE),
        "Connect the picture that",
    ),
    "a mask of other proportions": (
        lambda: fitting(torch.ones(20, 64), PICTURE),
        "Make the mask from this very picture",
    ),
    "bytes": (lambda: check_pictures((PICTURE * 255).byte()), "divide it by 255"),
    "to 255": (lambda: check_pictures(PICTURE * 255), "Scale it, or divide it by"),
    "a mask to 255": (lambda: fitting(torch.full((1, 32, 32), 255), PICTURE), "Divide it by 255"),
    "two sizes": (
        lambda: masks.subtract(torch.ones(9, 9), torch.ones(8, 8)),
        "Make both masks from the same",
    ),
    "many pieces": (
        lambda: list(
            by_hand.patches(
                (
                    torch.arange(40 * 40).reshape(40, 40) % 2 * (torch.arange(40)[:, None] % 2)
                ).float()
            )
        ),
        "Paint over things in whole patches",
    ),
    "no points": (
        lambda: by_hand.read_points("on the hat, please"),
        "Write points as across, down",
    ),
    "boxes of two corners": (lambda: given.boxes(torch.ones(1, 3)), "Give one of shape [N,4]"),
    "fewer cuts": (
        lambda: region.uncrop(
            region.crop(torch.rand(3, 64, 64, 3), torch.ones(64, 64), 64, 8, 1.4),
            torch.rand(2, 64, 64, 3),
            2,
        ),
        "Connect as many cuts as pictures",
    ),
    "an empty mask": (lambda: region.region_around(torch.zeros(9, 9), 64, 8), "Paint a mask"),
    "no words": (lambda: for_phrase("?!" * 30), 'Type what to find ("red dress")'),
    "long words": (lambda: for_phrase("hat " * 100), "Shorten it"),
    "several edits": (
        lambda: EditPlan.model_validate(
            {
                "instruction": "x",
                "parser": "x",
                "edits": [{"operation": "remove", "target": "hat"}] * 3,
            }
        ).only(),
        "Put Pick Edit before it",
    ),
}


@pytest.mark.parametrize("name", PICTURES_AND_MASKS)
def test_what_to_do_with_pictures_and_masks_comes_first(name: str) -> None:
    run, words = PICTURES_AND_MASKS[name]
    starts(run, words)


LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:0"
Write = Callable[[Path], Any]


def flux_alone() -> files.State:
    network = "model.diffusion_model."
    whole = tiny.single_state("flux")
    return {name: value for name, value in whole.items() if name.startswith(network)}


def weights(state: files.State) -> Write:
    return lambda file: files.save(file, state)


MODELS: dict[str, tuple[str, Write, Callable[[Path], Any], str]] = {
    "empty": (
        ".safetensors",
        lambda file: file.write_bytes(b""),
        open_header,
        "Copy or download it",
    ),
    "a page": (
        ".safetensors",
        lambda file: file.write_text("<html>"),
        Sam.load,
        "Download it anew",
    ),
    "a pointer": (".ckpt", lambda file: file.write_bytes(LFS), Inpainter.load, "git lfs pull"),
    "noise": (
        ".pth",
        lambda file: file.write_bytes(bytes(range(128, 256))),
        Sam.load,
        "Copy it anew",
    ),
    "text": (
        ".txt",
        lambda file: file.write_text("hat"),
        open_header,
        "Choose a .safetensors or .ckpt",
    ),
    "a LoRA": (
        ".safetensors",
        weights(files.LORA),
        Inpainter.load,
        "Choose a model, and load this on",
    ),
    "a video model": (
        ".safetensors",
        weights(files.unet(4, "model.diffusion_model.time_stack.weight")),
        Inpainter.load,
        "Choose a model for pictures",
    ),
    "another task": (
        ".safetensors",
        weights(files.unet(8)),
        Inpainter.load,
        "Choose a plain or an inpainting model",
    ),
    "a FLUX alone": (
        ".safetensors",
        lambda file: files.save(file, flux_alone()),
        Inpainter.load,
        "Put its parts into models/text_encoders",
    ),
    "a FLUX that was pruned": (
        ".safetensors",
        weights(files.FLUX),
        Inpainter.load,
        "Copy the model anew, or choose another",
    ),
    "no SAM": (".safetensors", weights(files.WAN), Sam.load, "Choose another file"),
    "no detector": (".safetensors", weights(files.WAN), GroundingDino.load, "Choose another file"),
    "no ControlNet": (
        ".safetensors",
        weights(files.WAN),
        ControlNet.load,
        "Choose another file, or a diffusers folder",
    ),
    "no LoRA": (
        ".safetensors",
        weights(files.WAN),
        lambda file: Inpainter.load(tiny.folder("sd1"), loras=[Lora(file)]),
        "Choose a file from models/loras",
    ),
    "a folder of another kind": (
        "",
        lambda folder: files.save_folder(folder, "bert"),
        Sam.load,
        "Choose another model",
    ),
    "no pipeline": (
        "",
        lambda folder: files.save_pipeline(folder, "WanPipeline"),
        Inpainter.load,
        "Choose another model",
    ),
    "no config": ("", Path.mkdir, GroundingDino.load, "Copy the model anew"),
}


@pytest.mark.parametrize("name", MODELS)
def test_what_to_do_with_a_model_comes_before_its_long_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    ending, write, load, words = MODELS[name]
    monkeypatch.chdir(tmp_path)  # the host shows paths from its folder on
    path = Path(LONG + ending)
    path.parent.mkdir(parents=True)
    write(path)
    starts(lambda: load(path), words)


def test_what_to_do_with_a_file_that_is_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = files.save(Path(LONG + ".safetensors"), files.SAM)
    file.write_bytes(file.read_bytes()[:-2])
    starts(lambda: Sam.load(file), "Copy the model anew")
    folder = Path(shutil.copytree(tiny.folder("sd1"), Path("models/diffusers/small")))
    unet = next((folder / "unet").glob("*.safetensors"))
    unet.write_bytes(unet.read_bytes()[:-2])
    starts(lambda: Inpainter.load(folder), "Copy the model anew")


def test_what_to_do_where_the_memory_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_memory", lambda device: 2**20)
    starts(lambda: Inpainter.load(tiny.folder("sd1")), "Close other programs")


@pytest.mark.parametrize(("instruction", "words"), [
    ("make the dress turquoise", "Use other words, or a real model"),
    ("turn the picture into a watercolor", "Load a real model"),
    ("change the background to a blue beach", "Name one background"),
])  # fmt: skip
def test_what_to_do_where_the_sample_painter_has_not_learnt_it(
    editor: PromptEditor, instruction: str, words: str
) -> None:
    starts(lambda: editor.edit(drawn(DRESS_SCENE)[1], instruction), words)
