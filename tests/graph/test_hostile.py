"""Every input of every node with what no one meant for it: it works, or an error of ours says why.

Links from sockets of any type bring anything, so that each value is tried on each input.
"""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from inpaint import tiny
from worlds import DRESS_SCENE, drawn

from . import runtime

pytestmark = pytest.mark.slow

SAMPLE = "sample (paper dolls)"
NAMES = sorted(page.stem for page in (runtime.ROOT / "web" / "docs").glob("*.md"))
NAN, INFINITE = float("nan"), float("inf")

ANYTHING: dict[str, Any] = {
    "nothing": None,
    "no text": "",
    "blanks": " \n\t ",
    "long text": "hat " * 5000,
    "odd text": "\x00\ud800 %s {} \u202e;--",
    "a path": "../../../etc/passwd",
    "true": True,
    "less than nothing": -1,
    "much": 2**70,
    "a part": 0.3,
    "nan": NAN,
    "infinite": INFINITE,
    "no list": [],
    "a list of odds": [None, "x", NAN],
    "a dict": {"x": NAN},
    "an object": object(),
    "bytes": b"\xff\x00",
    "an array": np.ones((4, 4)),
    "a flat tensor": torch.ones(4),
}
PICTURES: dict[str, Any] = {
    "no picture": torch.zeros(0, 64, 64, 3),
    "no height": torch.zeros(1, 0, 64, 3),
    "one pixel": torch.ones(1, 1, 1, 3),
    "a strip": torch.rand(1, 1, 2000, 3),
    "a thin strip": torch.rand(1, 2000, 2, 3),
    "one picture alone": torch.rand(64, 64, 3),
    "grey": torch.rand(1, 64, 64, 1),
    "see-through": torch.rand(1, 64, 64, 4),
    "two colours": torch.rand(1, 64, 64, 2),
    "a latent": torch.rand(1, 4, 8, 8),
    "bytes of a picture": torch.zeros(1, 64, 64, 3, dtype=torch.uint8),
    "half": torch.rand(1, 64, 64, 3).half(),
    "bfloat": torch.rand(1, 64, 64, 3).bfloat16(),
    "nan picture": torch.full((1, 64, 64, 3), NAN),
    "three pictures": torch.rand(3, 64, 64, 3),
}
MASKS: dict[str, Any] = {
    "no mask": torch.zeros(0, 64, 64),
    "no height": torch.zeros(1, 0, 64),
    "flat": torch.ones(64, 64),
    "of Load Image": torch.zeros(1, 64, 64),
    "with a colour": torch.ones(1, 256, 256, 1),
    "true and false": torch.ones(1, 256, 256) > 0,
    "half": torch.ones(1, 256, 256).half(),
    "nan mask": torch.full((1, 256, 256), NAN),
    "of bytes": torch.full((1, 256, 256), 255, dtype=torch.uint8),
    "beyond one": torch.full((1, 256, 256), 3.0),
    "three masks": torch.ones(3, 256, 256),
    "a picture": torch.ones(1, 256, 256, 3),
}
BOXES: dict[str, Any] = {
    "a negative box": {"x": 5, "y": 5, "width": -9, "height": 3},
    "a nan box": [1, 2, NAN, 4],
    "a far box": [9999, 9999, 99999, 99999],
    "a box of words": {"x": "a", "y": "b", "width": "c", "height": "d"},
    "a large box": (-1e30, -1e30, 1e30, 1e30),
    "a box in a box": [[[[[1, 2, 3, 4]]]]],
}
SEGS: dict[str, Any] = {
    "empty": ((0, 0), []),
    "no objects": ((64, 64), [1, 2]),
    "no pair": ([],),
    "huge": ((10**12, 10**12), []),
}
EDIT = '{"operation": "recolor", "target": "hat", "result": "red hat", %s}'
TEXTS: dict[str, Any] = {
    "a plan without edits": '{"edits": [], "instruction": "", "parser": ""}',
    "deep JSON": "[" * 100_000,
    "deep and closed JSON": "[" * 5000 + "]" * 5000,
    "half JSON": '{"edits": [',
    "JSON of numbers": "1" * 10_000,
    "NaN": "NaN",
    "a long target": EDIT % f'"prompt": "{"x" * 100_000}"',
    "an odd rank": '{"edits": [' + EDIT % '"which": {"by": "left", "rank": 1e400}' + "]}",
    "a point": "5, 5; 7",
    "far points": "99999999999999999999, -5",
    "points in JSON": '[{"x": NaN, "y": {}}]',
    "text of another direction": "\u202eeht\u0000 \ufeff\u200b",
}
OF_TYPE = {
    "STRING": TEXTS,
    "IMAGE": PICTURES,
    "MASK": MASKS,
    "SEGS": SEGS,
    "BOUNDING_BOX,BBOX": BOXES,
}


@pytest.fixture(scope="module")
def painter(pack: dict[str, type], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A small plain Stable Diffusion: the sample takes pictures of its own world alone."""
    import folder_paths

    folder = tmp_path_factory.mktemp("models")
    shutil.copytree(tiny.folder("sd1"), folder / "diffusers" / "small")
    config = folder / "diffusers" / "small" / "unet" / "config.json"
    tiny.change_json(config, sample_size=8)  # 64 x 64 pixels are painted fast
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folder_paths, "get_folder_paths", lambda name: [str(folder / name)])
        load = pack["PromptEditLoadInpaint"].execute  # type: ignore[attr-defined]
        return load(model="small", dtype="fp32")[0]


@pytest.fixture(scope="module")
def good(pack: dict[str, type]) -> dict[str, dict[str, Any]]:
    """Inputs of each node that work."""

    def run(node: str, **given: Any) -> Any:
        return pack[node].execute(**given)  # type: ignore[attr-defined]

    image = drawn(DRESS_SCENE)[1]
    plan = run("PromptEditParse", instruction="make the red dress blue")[0]
    models = {
        "detector": run("PromptEditLoadGroundingDINO", model=SAMPLE)[0],
        "segmenter": run("PromptEditLoadSAM", model=SAMPLE)[0],
        "painter": run("PromptEditLoadInpaint", model=SAMPLE, dtype="default")[0],
    }
    found = run("PromptEditDetect", detector=models["detector"], image=image, plan=plan,
                phrase="", threshold=0.0, choose="as planned", rank=1, count=1)[0]  # fmt: skip
    cut = run("PromptEditMask", segmenter=models["segmenter"], image=image, detections=found,
              grow=0, feather=0.0, fill_holes=False).result  # fmt: skip
    region = run("PromptEditCrop", image=image, mask=cut[0], size=64, multiple=8, context=1.2)[0]
    return {
        **models,
        "image": image,
        "images": [image],
        "captions": ["a dress"],
        "plan": plan,
        "detections": found,
        "mask": cut[0],
        "rough": cut[0],
        "instances": cut[1],
        "region": region,
        "boxes": run("PromptEditToBoxes", detections=found)[0],
        "segs": run("PromptEditToSEGS", image=image, detections=found, instances=cut[1])[0][0],
        "text": plan.to_json(),
        "phrase": "dress",
        "steps": 1,
        "size": 64,
    }


def inputs_of(node: type) -> dict[str, Any]:
    return {each.id: each for each in node.define_schema().inputs}  # type: ignore[attr-defined]


def working(node: type, good: dict[str, Any]) -> dict[str, Any]:
    """Inputs that work; those that need a file that is not there are a word."""
    given: dict[str, Any] = {}
    for name, declared in inputs_of(node).items():
        if name in good and not (
            declared.optional and name in ("image", "plan", "controls", "loras")
        ):
            given[name] = good[name]
        elif getattr(declared, "default", None) is not None:
            given[name] = declared.default
        elif not declared.optional:
            given[name] = "a file"
    if node.define_schema().is_input_list:  # type: ignore[attr-defined]
        given = {name: each if isinstance(each, list) else [each] for name, each in given.items()}
    return given


def tries(node: type, name: str) -> Iterator[tuple[str, Any]]:
    declared = inputs_of(node)[name]
    values = {**ANYTHING, **OF_TYPE.get(str(declared.get_io_type()), {})}
    lists = node.define_schema().is_input_list  # type: ignore[attr-defined]
    for words, value in values.items():
        yield words, [value] if lists else value


@pytest.mark.parametrize("node_id", NAMES)
def test_every_input_bears_anything(
    pack: dict[str, type], good: dict[str, Any], monkeypatch: pytest.MonkeyPatch, node_id: str
) -> None:
    monkeypatch.setenv("PROMPT_EDIT_OFFLINE", "1")
    node, faults = pack[node_id], []
    base = working(node, good)
    for name in inputs_of(node):
        for words, value in tries(node, name):
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    node.execute(**{**base, name: value})  # type: ignore[attr-defined]
            except Exception as error:
                kind, said = type(error), str(error)
                if kind.__module__ != "prompt_edit":
                    faults.append(f"{name}, {words}: {kind.__name__}: {said[:150]}")
                elif not said.strip() or "\n" in said:
                    faults.append(f"{name}, {words}: says {said[:150]!r}")
    assert not faults, "\n".join(faults)


ODD_SIZES = [(1, 1), (1, 2000), (2000, 1), (2, 4000), (7, 300), (33, 17)]


@pytest.mark.parametrize("size", ODD_SIZES, ids=str)
@pytest.mark.parametrize("kind", ["colour", "grey", "see-through", "half"])
def test_every_stage_bears_odd_pictures(
    pack: dict[str, type], good: dict[str, Any], painter: Any, size: tuple[int, int], kind: str
) -> None:
    """Detections, masks and regions of the odd picture itself: each stage works or says why not."""
    colours = {"grey": 1, "see-through": 4}.get(kind, 3)
    image = torch.rand(1, *size, colours, generator=torch.Generator().manual_seed(3))
    image = image.bfloat16() if kind == "half" else image
    hole = torch.zeros(1, *size)
    hole[:, : max(size[0] // 2, 1), : max(size[1] // 2, 1)] = 1

    def run(node: str, **given: Any) -> Any:
        base = {name: each for name, each in working(pack[node], good).items()
                if name not in ("plan", "phrase")}  # fmt: skip
        try:
            return pack[node].execute(**{**base, **given}).result  # type: ignore[attr-defined]
        except Exception as error:
            assert type(error).__module__ == "prompt_edit", f"{node}: {error!r}"
            return None

    run("PromptEditDetect", image=image, phrase="hat")
    run("PromptEditMaskByHand", image=image, rough=hole, inside="0, 0")
    run("PromptEditGrid", images=[image], height=[32])
    (found,) = run("PromptEditFromBoxes", image=image, boxes=(0, 0, size[1], size[0]))
    cut = run("PromptEditMask", image=image, detections=found)
    assert cut is None or cut[0].shape == hole.shape
    if cut is not None:
        ((segs,), _) = run("PromptEditToSEGS", image=image, detections=found, instances=cut[1])
        assert run("PromptEditFromSEGS", segs=segs, image=image)[1].shape == hole.shape
    ((box,), _) = run("PromptEditPickBox", detections=found, image=image)
    assert (box["width"], box["height"]) == (size[1], size[0])
    region = run("PromptEditCrop", image=image, mask=hole, size=64)
    if region is not None:
        (stitched,) = run("PromptEditStitch", region=region[0], image=region[1])
        assert torch.equal(stitched[hole == 0], image.float().expand_as(stitched)[hole == 0])
    edited = run("PromptEditInpaint", painter=painter, image=image, mask=hole, prompt="a hat",
                 steps=1)  # fmt: skip
    if edited is not None:
        assert torch.equal(
            edited[0][edited[1] == 0], image.float().expand_as(edited[0])[edited[1] == 0]
        )
