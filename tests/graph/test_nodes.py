"""The nodes one by one: what they promise to a host, and what they say to bad input."""

from __future__ import annotations

import gc
import inspect
import json
import os
import re
import shutil
import sys
import weakref
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from weakref import WeakSet, WeakValueDictionary

import comfy.model_management as memory
import numpy as np
import pytest
import torch
from inpaint import tiny
from inpaint.tiny import lora
from intent.llm_server import llm_server
from intent.small_llm import write_model
from models import files
from PIL import Image
from safetensors.torch import load_file, save_file
from worlds import DRESS_SCENE, PEOPLE_SCENE, drawn, instance

from prompt_edit.detect.grounding_dino import GroundingDino
from prompt_edit.editor import PromptEditor
from prompt_edit.inpaint.settings import Sampling
from prompt_edit.models.store import CONTROLNET, ROLES, sample_models
from prompt_edit.segment.sam import Sam

from . import runtime
from .english import FILE, as_text, english
from .help import page, renewed_pages
from .runtime import Graph
from .stages import SAMPLE, by_hand, detect, mask, paint, run

pytestmark = pytest.mark.slow


# --- what the host shows -------------------------------------------------------------------------


def test_every_input_and_output_is_explained(pack: dict[str, type]) -> None:
    for node_id, cls in pack.items():
        schema = cls.define_schema()  # type: ignore[attr-defined]
        assert schema.node_id == node_id and schema.description and schema.display_name
        assert all(each.tooltip for each in schema.inputs), node_id
        assert all(each.tooltip and each.display_name for each in schema.outputs), node_id
        ids = [each.id for each in (*schema.inputs, *schema.outputs)]
        assert len(ids) == len(set(ids)), node_id
        assert (runtime.ROOT / "web" / "docs" / f"{node_id}.md").is_file()


def found_by(pack: dict[str, type], words: str) -> set[str]:
    """The nodes whose name or aliases hold those words, as the page's search finds them."""
    schemas = {name: cls.define_schema() for name, cls in pack.items()}  # type: ignore[attr-defined]
    return {
        name for name, schema in schemas.items()
        if any(words in each.lower() for each in (schema.display_name, *schema.search_aliases))
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("segment anything", {"PromptEditLoadSAM", "PromptEditMask", "PromptEditMaskByHand"}),
        ("text edit", {"PromptEdit", "PromptEditParse"}),
        ("edit by text", {"PromptEdit"}),
        ("remove object", {"PromptEdit", "PromptEditInpaint"}),
        ("replace", {"PromptEdit", "PromptEditInpaint"}),
        ("recolor", {"PromptEdit", "PromptEditInpaint"}),
        ("change color", {"PromptEdit", "PromptEditInpaint"}),
        ("instruct", {"PromptEdit", "PromptEditParse"}),
        ("background", {"PromptEdit"}),
        ("llm", {"PromptEditLoadIntentLLM", "PromptEditParse"}),
        ("json plan", {"PromptEditPlanFromJSON", "PromptEditPlanToJSON"}),
        ("bbox", {"PromptEditToBoxes", "PromptEditFromBoxes", "PromptEditPickBox"}),
        ("segs", {"PromptEditToSEGS", "PromptEditFromSEGS"}),
        ("crop", {"PromptEditCrop", "PromptEditPickBox"}),
        ("grounding dino", {"PromptEditDetect", "PromptEditLoadGroundingDINO"}),
        ("inpaint", {"PromptEditInpaint", "PromptEditLoadInpaint"}),
    ],
)
def test_what_people_type_finds_the_node(
    pack: dict[str, type], words: str, wanted: set[str]
) -> None:
    assert wanted <= found_by(pack, words)


def test_every_node_has_other_names(pack: dict[str, type]) -> None:
    for name, cls in pack.items():
        aliases = cls.define_schema().search_aliases  # type: ignore[attr-defined]
        assert len(set(aliases)) == len(aliases) >= 3, name


def test_what_shows_something_says_so(pack: dict[str, type]) -> None:
    """A newer host sends it again after the page was reloaded."""
    for name, cls in pack.items():
        source = inspect.getsource(inspect.getmodule(cls)).split(f"class {cls.__name__}(")[1]  # type: ignore[arg-type]
        shows = "ui=" in source.partition("\nclass ")[0]
        assert cls.define_schema().has_intermediate_output == shows, name  # type: ignore[attr-defined]


STANDS_FOR = {
    ("PromptEditPick", "edit"): "plan",
    ("PromptEditDetect", "preview"): "image",
    ("PromptEditMask", "preview"): "image",
    ("PromptEditMaskByHand", "mask"): "rough",
    ("PromptEditMaskByHand", "preview"): "image",
    ("PromptEditPickLoRA", "picked"): "loras",
    ("PromptEditFollow", "followed"): "controls",
    ("PromptEditInpaint", "edited"): "image",
    ("PromptEditInpaint", "painted"): "mask",
    ("PromptEditCrop", "cut"): "image",
    ("PromptEditCrop", "cut_mask"): "mask",
    ("PromptEditStitch", "stitched"): "image",
    ("PromptEdit", "edited"): "image",
    ("PromptEditSamplesFit", "fitting"): "image",
    ("PromptEditFoundSoFar", "edits"): "plan",
    ("PromptEditWholeList", "whole"): "values",
    ("PromptEditPickBox", "picture"): "image",
    ("PromptEditToSEGS", "pictures"): "image",
    ("PromptEditGrid", "sheet"): "images",
    ("PromptEditCheckEdit", "image"): "after",
}
"""Of each output the input that goes on in its place where its node is bypassed."""


def bypassed(schema: Any, slot: int) -> str | None:
    """As the page has it: the input at the output's place if it fits, or the first that does."""
    kind = str(schema.outputs[slot].io_type)
    sockets = [each for optional in (False, True) for each in schema.inputs
               if each.optional == optional and not hasattr(each, "default")]  # fmt: skip
    fits = [each.id for each in sockets if kind in str(each.get_io_type()).split(",")]
    at_its_place = slot < len(sockets) and sockets[slot].id in fits
    return sockets[slot].id if at_its_place else next(iter(fits), None)


def test_a_bypassed_node_passes_on_what_its_outputs_stand_for(pack: dict[str, type]) -> None:
    schemas = {name: cls.define_schema() for name, cls in pack.items()}  # type: ignore[attr-defined]
    passed = {(name, each.id): bypassed(schema, slot) for name, schema in schemas.items()
              for slot, each in enumerate(schema.outputs)}  # fmt: skip
    assert {each: source for each, source in passed.items() if source} == STANDS_FOR


def test_help_fits_a_narrow_pane(pack: dict[str, type]) -> None:
    """The page shows help in a pane of 300 pixels, where tables and long words are cut off."""
    for node_id, cls in pack.items():
        schema = cls.define_schema()  # type: ignore[attr-defined]
        text = (runtime.ROOT / "web" / "docs" / f"{node_id}.md").read_text(encoding="utf-8")
        assert text.startswith(f"# {schema.display_name}\n"), node_id
        assert not re.search(r"^\s*\|", text, re.MULTILINE), "no tables"
        prose = re.sub(r"```.*?```|!\[.*?\)", "", text, flags=re.DOTALL)
        assert all(len(word) <= 40 for word in prose.split()), node_id


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_name_is_translated(pack: dict[str, type], language: str) -> None:
    file = runtime.ROOT / "locales" / language / "nodeDefs.json"
    translation = json.loads(file.read_text(encoding="utf-8"))
    assert set(translation) == set(pack)
    said = json.dumps(translation)
    assert not set("@|%") & set(said), "the page reads these as its own marks"
    for node_id, cls in pack.items():
        schema, texts = cls.define_schema(), translation[node_id]  # type: ignore[attr-defined]
        assert set(texts["inputs"]) == {each.id for each in schema.inputs}, node_id
        assert set(texts["outputs"]) == {str(n) for n in range(len(schema.outputs))}, node_id


def test_english_is_what_the_schemas_say(pack: dict[str, type]) -> None:
    """Where it is not: `make locales`."""
    assert FILE.read_text(encoding="utf-8") == as_text(english(pack))


def test_help_says_of_inputs_and_outputs_what_the_schemas_say(pack: dict[str, type]) -> None:
    """Where it does not: `make locales`."""
    for (node, language), text in renewed_pages(pack).items():
        assert page(node, language).read_text("utf-8") == text, f"{node}, {language}"


LOADERS = {"PromptEditLoadGroundingDINO", "PromptEditLoadSAM", "PromptEditLoadInpaint"}


def lists(pack: dict[str, type]) -> dict[str, Any]:
    """The list of each loader of an edit's models."""
    return {name: pack[name].define_schema().inputs[0] for name in LOADERS}  # type: ignore[attr-defined]


def test_loaders_list_what_is_installed_then_the_sample_then_downloads(
    pack: dict[str, type], shelf: Path
) -> None:
    files.save_folder(shelf / "grounding-dino" / "my-dino", "grounding-dino")
    options = lists(pack)["PromptEditLoadGroundingDINO"].options
    assert options[:2] == ["my-dino", SAMPLE]
    assert options[2:] and all(each.endswith(" (download)") for each in options[2:])
    assert options[2] == "grounding-dino-tiny (download)", "recommended ones first"
    assert "grounding-dino-tiny (small)" in lists(pack)["PromptEditLoadGroundingDINO"].tooltip


def test_loaders_take_one_whole_set_or_the_samples(pack: dict[str, type], shelf: Path) -> None:
    """Never a sample beside another, nor the first file that happens to lie in checkpoints."""
    shutil.rmtree(shelf / "diffusers")
    files.save(shelf / "checkpoints" / "ace_step.safetensors", files.ACE_STEP)
    files.save_folder(shelf / "grounding-dino" / "my-dino", "grounding-dino")
    assert {each.default for each in lists(pack).values()} == {SAMPLE}
    note = run(pack, "PromptEdit", image=["1", 0], instruction="make the hair red", seed=1,
               steps=0, threshold=0.0).ui["text"][-1]  # fmt: skip
    assert "sample models" in note and "my-dino is here" in note and "no segmenter" in note
    files.save(shelf / "sams" / "sam_vit_b_01ec64.pth", files.SAM)
    files.save(shelf / "checkpoints" / "v1-5-inpainting.safetensors", files.unet(9))
    defaults = {name: each.default for name, each in lists(pack).items()}
    assert defaults == {
        "PromptEditLoadGroundingDINO": "my-dino",
        "PromptEditLoadSAM": "sam_vit_b_01ec64.pth",
        "PromptEditLoadInpaint": "v1-5-inpainting.safetensors",
    }


LINKS: dict[str, Any] = {"image": ["1", 0], "instruction": "make the hair red", "seed": 1,
                         "steps": 0, "threshold": 0.0}  # fmt: skip


def loaded_inside(pack: dict[str, type], **linked: Any) -> tuple[dict[str, str], str]:
    """What Prompt Edit loads by itself where models are connected, and what it says last."""
    out = run(pack, "PromptEdit", **LINKS, **linked)
    models = {node["class_type"]: node["inputs"]["model"] for node in out.expand.values()
              if node["class_type"] in LOADERS}  # fmt: skip
    return models, out.ui["text"][-1]


def test_prompt_edit_takes_a_set_for_what_is_not_connected(
    pack: dict[str, type], shelf: Path
) -> None:
    shutil.rmtree(shelf / "diffusers")
    files.save_folder(shelf / "grounding-dino" / "my-dino", "grounding-dino")
    files.save(shelf / "sams" / "sam_vit_b_01ec64.pth", files.SAM)
    finders = {"detector": ["5", 0], "segmenter": ["5", 1]}
    assert loaded_inside(pack, painter=["5", 0]) == (
        {"PromptEditLoadGroundingDINO": "my-dino", "PromptEditLoadSAM": "sam_vit_b_01ec64.pth"},
        "Using my-dino and sam_vit_b_01ec64.pth.",
    )
    assert loaded_inside(pack, **finders)[0] == {"PromptEditLoadInpaint": SAMPLE}
    assert loaded_inside(pack)[0] == dict.fromkeys(LOADERS, SAMPLE)
    files.save(shelf / "checkpoints" / "v1-5-inpainting.safetensors", files.unet(9))
    assert loaded_inside(pack, **finders) == (
        {"PromptEditLoadInpaint": "v1-5-inpainting.safetensors"},
        "Using v1-5-inpainting.safetensors.",
    )
    models, said = loaded_inside(pack, **finders, painter=["6", 0])
    assert not models and "sing" not in said, "there is nothing to say of what is connected"


def test_a_sample_finds_things_for_a_real_painter_on_paper_alone(
    pack: dict[str, type], models: dict[str, Any], shelf: Path
) -> None:
    """Prompt Edit takes samples where nothing is installed for what was not connected."""
    real = run(pack, "PromptEditLoadInpaint", model="small", dtype="fp32")[0]
    doll, photo = drawn(DRESS_SCENE)[1], torch.rand(1, 256, 256, 3)
    finders = {key: models[key] for key in ("detector", "segmenter")}
    passed = run(pack, "PromptEditSamplesFit", image=doll, **finders, painter=real)[0]
    assert torch.equal(passed, doll)
    with pytest.raises(Exception, match=r"^Connect Load Grounding DINO and Load SAM with real"):
        run(pack, "PromptEditSamplesFit", image=torch.cat([doll, photo]), **finders, painter=real)
    with pytest.raises(Exception, match=r"^Connect Load Grounding DINO with real"):
        run(pack, "PromptEditSamplesFit", image=photo, detector=models["detector"], painter=real)
    other = SimpleNamespace(ready=None, model=SimpleNamespace(detect=None, segment=None))
    for name, title in (("detector", "Load SAM"), ("segmenter", "Load Grounding DINO")):
        with pytest.raises(Exception, match=f"^Connect {title} with real"):
            run(pack, "PromptEditSamplesFit", image=photo, **{**finders, name: other},
                painter=models["painter"])  # fmt: skip
    both = {"detector": other, "segmenter": other}
    for given in ({**both, "painter": real}, {**both, "painter": models["painter"]}, models):
        passed = run(pack, "PromptEditSamplesFit", image=photo, **given)[0]
        assert torch.equal(passed, photo), "a sample painter looks at it by itself"


@pytest.mark.parametrize(("side", "quality"), [(512, 95), (1024, 75), (200, 90)])
def test_paper_that_was_scaled_is_paper(
    pack: dict[str, type], models: dict[str, Any], shelf: Path, side: int, quality: int
) -> None:
    real = run(pack, "PromptEditLoadInpaint", model="small", dtype="fp32")[0]
    file = BytesIO()
    scaled = Image.fromarray(drawn(DRESS_SCENE)[0].image).resize(
        (side, side), Image.Resampling.LANCZOS
    )
    scaled.save(file, "JPEG", quality=quality)
    image = torch.from_numpy(np.asarray(Image.open(file), np.float32) / 255)[None]
    finders = {key: models[key] for key in ("detector", "segmenter")}
    passed = run(pack, "PromptEditSamplesFit", image=image, **finders, painter=real)[0]
    assert torch.equal(passed, image)


@pytest.mark.parametrize(("instruction", "asked"), [
    ("turn the picture into a watercolor", None),
    ("add a cat on the sofa", {"detector"}),
    ("remove the dog", {"detector", "segmenter"}),
    ("change the background to a beach", {"detector", "segmenter"}),
    ("turn the picture into a watercolor, then remove the dog", {"detector", "segmenter"}),
])  # fmt: skip
def test_no_sample_is_named_that_the_plan_does_not_ask(
    pack: dict[str, type], shelf: Path, instruction: str, asked: set[str] | None
) -> None:
    """With a painter connected: what no edit looks for need not fit the picture."""
    nodes = run(pack, "PromptEdit", **{**LINKS, "instruction": instruction}, painter=["5", 0])
    fits = [set(node["inputs"]) - {"image", "painter"} for node in nodes.expand.values()
            if node["class_type"] == "PromptEditSamplesFit"]  # fmt: skip
    assert fits == ([] if asked is None else [asked])


def test_reasons_name_their_edit_and_what_was_not_cut(
    pack: dict[str, type], models: dict[str, Any]
) -> None:
    """Of a batch each line does."""
    images = drawn(DRESS_SCENE)[1].repeat(2, 1, 1, 1)
    plan = run(pack, "PromptEditParse", instruction="remove the elephant, then remove the dress")[0]

    def told(number: int, **changed: Any) -> tuple[list[str], bool]:
        edit = run(pack, "PromptEditPick", plan=plan, index=number)[0]
        found = detect(pack, models, images, plan=edit)
        cut = mask(pack, models, images, found[0])
        given = {"reason": found[3], "found": found[4], "mask": cut[0], "seen": cut[4], **changed}
        out = run(pack, "PromptEditFoundSoFar", plan=plan, index=number, **given)
        return out[1].splitlines(), out[2]

    lines, found = told(1)
    assert len(lines) == 2 and not found
    assert all(line.startswith(f"remove elephant: picture {number}: ")
               for number, line in enumerate(lines, 1))  # fmt: skip
    assert told(2) == ([], True)
    half = torch.stack([torch.ones(256, 256), torch.zeros(256, 256)])
    lines, found = told(2, mask=half)
    assert lines[0].startswith("remove dress: picture 2: found, but nothing of it") and found
    lines, found = told(2, mask=torch.zeros(2, 256, 256))
    assert len(lines) == 2 and not found


def test_what_is_looked_for_does_not_depend_on_the_painter(pack: dict[str, type]) -> None:
    """Another one would make the host look for it again."""
    nodes = run(pack, "PromptEdit", **LINKS, painter=["5", 0]).expand.values()
    taken = {node["class_type"]: node["inputs"].get("image") for node in nodes}
    assert taken["PromptEditDetect"] == taken["PromptEditMask"] == ["1", 0]
    assert taken["PromptEditSamplesFit"] == ["1", 0] != taken["PromptEditInpaint"]


def test_folders_of_every_role_are_known_to_the_host(pack: dict[str, type]) -> None:
    import folder_paths

    for role in (*ROLES, CONTROLNET):
        for name in role.folders:
            assert any(Path(path).name == name or name in ("unet", "diffusion_models")
                       for path in folder_paths.get_folder_paths(name))  # fmt: skip


def test_a_folder_of_two_names_is_looked_through_once(
    pack: dict[str, type], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The host's unet and diffusion_models are."""
    import folder_paths

    paths = {"unet": ["unet", "more"], "diffusion_models": ["unet", "more"], "vae": ["link"]}
    (tmp_path / "unet").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "unet")
    monkeypatch.setattr(folder_paths, "get_folder_paths",
                        lambda name: [str(tmp_path / path) for path in paths[name]])  # fmt: skip
    folders = module_of_pack(".nodes.host.folders")
    found = folders.roots(["unet", "diffusion_models", "vae"])
    assert found == [tmp_path / "unet", tmp_path / "more"]


def test_a_model_is_downloaded_where_the_hosts_default_is(
    pack: dict[str, type], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which `is_default` in extra_model_paths.yaml makes another drive, of the kinds it names."""
    import folder_paths

    own, other = tmp_path / "models", tmp_path / "other"
    paths = {name: [str(own / name)] for name in ("checkpoints", "sams")}
    monkeypatch.setattr(folder_paths, "get_folder_paths", lambda name: paths.get(name, []))
    monkeypatch.setattr(folder_paths, "models_dir", str(own), raising=False)
    monkeypatch.setenv("PROMPT_EDIT_OFFLINE", "1")
    root = module_of_pack(".nodes.host.folders").download_root
    assert root("sams") == own
    paths["sams"].insert(0, str(other / "sams"))  # where the host only looks, too
    assert root("sams") == own
    paths["checkpoints"].insert(0, str(other / "checkpoints"))
    assert root("sams") == other
    with pytest.raises(Exception, match="PROMPT_EDIT_OFFLINE is set") as caught:
        run(pack, "PromptEditLoadSAM", model="sam-vit-base (download)")
    assert f"into {other}/sams/sam-vit-base" in str(caught.value)
    paths["sams"].pop(0)
    assert root("sams") == own


@pytest.mark.parametrize(("dtype", "able", "taken"), [
    ("default", True, torch.float16), ("default", False, torch.float32),
    ("fp16", False, torch.float16),
])  # fmt: skip
def test_a_painter_runs_in_full_precision_where_the_host_says_so(
    pack: dict[str, type], shelf: Path, monkeypatch: pytest.MonkeyPatch, dtype: str, able: bool,
    taken: torch.dtype,
) -> None:  # fmt: skip
    """For a card that fails at 16 bits, or for --force-fp32; what is chosen is taken."""
    asked: list[torch.dtype] = []

    def load(source: Any, device: Any, precision: torch.dtype, **_: Any) -> None:
        asked.append(precision)
        raise InterruptedError

    module = module_of_pack(".nodes.host.loading")
    monkeypatch.setattr(memory, "get_torch_device", lambda: torch.device("cuda"))
    monkeypatch.setattr(memory, "get_free_memory", lambda *_: 2**40)
    monkeypatch.setattr(memory, "free_memory", lambda *_: None)
    monkeypatch.setattr(memory, "should_use_fp16", lambda *_, **__: able)
    monkeypatch.setattr(module.Inpainter, "load", load)
    with pytest.raises(InterruptedError):
        run(pack, "PromptEditLoadInpaint", model="small", dtype=dtype)
    assert asked == [taken]
    monkeypatch.setattr(memory, "should_use_bf16", lambda *_, **__: able)
    half = torch.bfloat16 if able else torch.float32
    assert module._able(torch.bfloat16, torch.device("cuda")) == half


def test_a_card_that_is_but_slow_at_16_bits_keeps_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the host says of the GTX 10 series on Linux: weights that are cast, yes."""
    monkeypatch.setattr(memory, "should_use_fp16", lambda gpu, manual_cast=False: manual_cast)
    able = module_of_pack(".nodes.host.loading")._able
    assert able(torch.float16, torch.device("cuda")) == torch.float16


def test_previews_of_a_long_batch_are_small() -> None:
    """They are kept as long as the results are."""
    images = torch.rand(17, 9, 1000, 3)
    drawn_ = module_of_pack(".nodes.host.progress").drawn
    assert drawn_(lambda part: images[part], 17).shape == (17, 5, 512, 3)
    assert torch.equal(drawn_(lambda part: images[:16][part], 16), images[:16])


def test_masks_of_one_thing_a_picture_are_kept_once(
    pack: dict[str, type], models: dict[str, Any]
) -> None:
    images = drawn(DRESS_SCENE)[1].repeat(2, 1, 1, 1)
    for boxes, once in (((80, 80, 160, 160), True), ([(80, 80, 160, 160), (9, 9, 40, 40)], False)):
        found = run(pack, "PromptEditFromBoxes", image=images, boxes=boxes)[0]
        union, instances, index, *_ = mask(pack, models, images, found).result
        assert (instances is union) == once and len(instances) == len(index)
        masks = [instances[[n for n, row in enumerate(index) if row == each]].amax(dim=0)
                 for each in range(2)]  # fmt: skip
        assert torch.equal(torch.stack(masks), union)


def test_a_sheet_is_shown_as_large_as_it_is(pack: dict[str, type]) -> None:
    """It is made to be read."""
    pictures = [torch.zeros(1, 8, 200, 3)] * 3
    node = run(pack, "PromptEditGrid", images=pictures, columns=[3], height=[32])
    (shown,) = node.ui["images"]
    assert shown.shape == node[0].shape[1:] and shown.shape[1] > 2048


def test_a_live_preview_is_as_large_as_the_host_is_told(
    pack: dict[str, type], monkeypatch: pytest.MonkeyPatch
) -> None:
    """--preview-size."""
    progress = module_of_pack(".nodes.host.progress")
    monkeypatch.setattr(progress.args, "preview_size", 300)
    monkeypatch.setattr(progress.args, "preview_method", "auto")
    sent: list[Any] = []
    monkeypatch.setattr(progress.comfy.utils.ProgressBar, "update_absolute",
                        lambda _, done, total, preview: sent.append(preview))  # fmt: skip
    bar = progress.Progress(2)
    bar.preview(torch.rand(8, 8, 3))
    bar.step(1, 2)
    assert sent[0][2] == 300


def test_a_model_is_loaded_once_for_all_loaders(
    pack: dict[str, type], models: dict[str, Any]
) -> None:
    again = run(pack, "PromptEditLoadSAM", model=SAMPLE)[0]
    assert again is models["segmenter"]
    other = run(pack, "PromptEditLoadSAM", model=SAMPLE)
    assert other[0].model is again.model


def test_a_model_that_was_replaced_under_its_name_is_read(
    pack: dict[str, type], shelf: Path
) -> None:
    """While a graph holds the old one; a painter is another with another LoRA file, too."""
    folder = shelf / "sams" / "mine"
    shutil.copytree(sample_models().segmenter, folder)
    first = run(pack, "PromptEditLoadSAM", model="mine")[0]
    assert run(pack, "PromptEditLoadSAM", model="mine")[0] is first
    (weights,) = folder.glob("*.safetensors")
    nothing = {name: torch.zeros_like(each) for name, each in load_file(weights).items()}
    save_file(nothing, weights, {"format": "pt"})
    second = run(pack, "PromptEditLoadSAM", model="mine")[0]
    assert not any(each.any() for each in second.model.modules[0].parameters())
    file, painters = shelf / "loras" / "style.safetensors", []
    plain = run(pack, "PromptEditLoadInpaint", model="small", dtype="fp32")[0]
    for seed in range(2):
        torch.manual_seed(seed)
        lora(plain.ready(), file, "unet")
        os.utime(file, ns=(seed, seed))
        picked = run(pack, "PromptEditPickLoRA", lora="style.safetensors", weight=1.0)[0]
        painters.append(run(pack, "PromptEditLoadInpaint", model="small", dtype="fp32",
                            loras=picked)[0])  # fmt: skip
    assert painters[0] is not painters[1]


def test_what_takes_a_file_by_its_name_is_compared_by_the_file(pack: dict[str, type]) -> None:
    for name, cls in pack.items():
        chosen = {each.id for each in cls.define_schema().inputs if hasattr(each, "options")}  # type: ignore[attr-defined]
        if chosen & {"model", "lora", "provider"}:
            assert "fingerprint_inputs" in vars(cls), name
            (named,) = chosen & {"model", "lora", "provider"}
            assert named in inspect.signature(cls.validate_inputs).parameters  # type: ignore[attr-defined]
            for value in ("of another machine", None):  # None where it comes over a link
                assert cls.validate_inputs(**{named: value}) is True  # type: ignore[attr-defined]
            assert cls.validate_inputs() is True, "the host tells what does not come at all"  # type: ignore[attr-defined]


def test_the_host_is_told_of_a_model_that_was_replaced(pack: dict[str, type], shelf: Path) -> None:
    def told(node: str, **given: Any) -> Any:
        return pack[node].fingerprint_inputs(**given)  # type: ignore[attr-defined]

    whole = {"instruction": "make the hat red", "seed": 1, "image": ["1", 0]}
    before = told("PromptEdit", **whole)
    assert told("PromptEdit", **whole) == before
    files.save_folder(shelf / "grounding-dino" / "my-dino", "grounding-dino")
    files.save(shelf / "sams" / "sam_vit_b_01ec64.pth", files.SAM)
    files.save(shelf / "checkpoints" / "v1-5-inpainting.safetensors", files.unet(9))
    set_up = told("PromptEdit", **whole)
    loaded = told("PromptEditLoadGroundingDINO", model="my-dino")
    assert set_up != before and loaded != told("PromptEditLoadGroundingDINO", model=SAMPLE)
    os.utime(shelf / "grounding-dino" / "my-dino" / "config.json", ns=(1, 1))
    assert told("PromptEdit", **whole) != set_up
    assert told("PromptEditLoadGroundingDINO", model="my-dino") != loaded
    (shelf / "checkpoints" / "v1-5-inpainting.safetensors").unlink()  # a painter was connected
    found = told("PromptEdit", **whole, painter=["2", 0])
    os.utime(shelf / "grounding-dino" / "my-dino" / "config.json", ns=(2, 2))
    assert told("PromptEdit", **whole, painter=["2", 0]) != found
    linked = {**whole, **{key: ["2", 0] for key in ("detector", "segmenter", "painter")}}
    assert told("PromptEdit", **linked) != before and len(told("PromptEdit", **linked)) == 1
    for absent in ("gone", "grounding-dino-tiny (download)", None):
        assert told("PromptEditLoadGroundingDINO", model=absent) == ""


# --- one stage after the other -------------------------------------------------------------------


def test_a_batch_gives_one_result_a_picture(pack: dict[str, type], models: dict[str, Any]) -> None:
    images = torch.cat([drawn(DRESS_SCENE)[1], drawn(PEOPLE_SCENE)[1]])
    plan = run(pack, "PromptEditParse", instruction="remove the dog")[0]
    found, boxes, preview, reason, *_ = detect(pack, models, images, plan=plan).result
    assert [len(each.found) for each in found] == [1, 0] == [len(frame) for frame in boxes]
    assert preview.shape == images.shape and 'no "dog"' in reason
    union, instances, index, *_ = mask(pack, models, images, found).result
    assert union.shape == (2, 256, 256) and len(instances) == 1 and list(index) == [0]
    assert union[0].any() and not union[1].any()
    edited, painted = paint(pack, models, images, union, plan=plan).result
    assert torch.equal(edited[1], images[1]) and not painted[1].any()
    assert not torch.equal(edited[0], images[0])


def test_a_mask_by_hand_is_painted_like_any_other(
    pack: dict[str, type], models: dict[str, Any]
) -> None:
    scene, image = drawn(DRESS_SCENE)
    true = torch.from_numpy(scene.mask(instance(scene, "dress")))[None]
    rough = torch.nn.functional.max_pool2d(true.float(), 9, 1, 4)
    node = by_hand(pack, models, image, rough=rough, outside="5, 5")
    cut, preview = node.result
    assert ((cut > 0.5) & true).sum() / ((cut > 0.5) | true).sum() > 0.85
    assert preview.shape == image.shape and not node.ui["text"]
    edited, painted = paint(pack, models, image, cut, prompt="blue dress").result
    assert not torch.equal(edited, image) and torch.equal(edited[painted == 0], image[painted == 0])
    nothing = by_hand(pack, models, image, rough=torch.zeros(1, 64, 64))
    assert not nothing.result[0].any() and "paint over the object" in nothing.ui["text"][0]


def test_the_choice_overrules_the_plan(pack: dict[str, type], models: dict[str, Any]) -> None:
    image = drawn(PEOPLE_SCENE)[1]
    centres = [
        float(detect(pack, models, image, phrase="person", choose=by)[0][0].found.centers[0, 0])
        for by in ("left", "right")
    ]
    assert centres[0] < 90 < 170 < centres[1]


def test_another_result_does_not_look_at_the_picture_again(
    pack: dict[str, type], models: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    image = (drawn(DRESS_SCENE)[1] * 0.99).clamp(0, 1)
    looked: list[str] = []
    detector, segmenter = models["detector"].ready(), models["segmenter"].ready()
    for model, part in ((detector.model, "forward"), (segmenter.model.vision_encoder, "forward")):
        seen = getattr(model, part)

        def look(*args: Any, seen: Any = seen, **more: Any) -> Any:
            looked.append("once")
            return seen(*args, **more)

        monkeypatch.setattr(model, part, look)
    after = []
    for result in ("white t-shirt", "blue shirt"):
        sentence = f"change the red dress to a {result}"
        plan = run(pack, "PromptEditParse", instruction=sentence)[0]
        mask(pack, models, image, detect(pack, models, image, plan=plan)[0])
        after.append(len(looked))
    assert 2 <= after[0] == after[1], "both models look at the first, and none again"


def test_crop_and_stitch_change_the_mask_alone(pack: dict[str, type]) -> None:
    image = drawn(DRESS_SCENE)[1]
    hole = torch.zeros(1, 256, 256)
    hole[:, 100:160, 90:150] = 1
    region, cut, cut_mask = run(pack, "PromptEditCrop", image=image, mask=hole, size=192,
                                multiple=8, context=1.5).result  # fmt: skip
    assert max(cut.shape[1:3]) == 192 and cut_mask.shape == cut.shape[:3]
    variants = torch.cat([torch.zeros_like(cut), torch.ones_like(cut)])
    (stitched,) = run(pack, "PromptEditStitch", region=region, image=variants, feather=0.0,
                      match_colour=False).result  # fmt: skip
    for after, value in zip(stitched, (0.0, 1.0), strict=True):
        assert torch.equal(after[hole[0] == 0], image[0][hole[0] == 0])
        assert torch.allclose(after[hole[0] == 1], torch.tensor(value), atol=1e-6)


def test_boxes_go_to_other_packs_and_come_back(
    pack: dict[str, type], models: dict[str, Any]
) -> None:
    image = drawn(PEOPLE_SCENE)[1]
    found = detect(pack, models, image, phrase="person")[0]
    boxes, bboxes = run(pack, "PromptEditToBoxes", detections=found).result
    for given in (boxes, boxes[0], [bboxes], bboxes):
        back = run(pack, "PromptEditFromBoxes", image=image, boxes=given)[0]
        assert torch.allclose(back[0].found.boxes, found[0].found.boxes, atol=1.0)
    _, instances, *_ = mask(pack, models, image, found).result
    segs, pictures = run(pack, "PromptEditToSEGS", image=image, detections=found,
                         instances=instances).result  # fmt: skip
    assert len(segs) == len(pictures) == 1 and torch.equal(pictures[0], image)
    again, joined = run(pack, "PromptEditFromSEGS", segs=segs[0]).result
    assert again[0].found.labels == found[0].found.labels
    assert torch.equal(joined[0], instances.amax(dim=0))


def test_where_nothing_is_there_is_still_a_mask_for_other_nodes(
    pack: dict[str, type], models: dict[str, Any]
) -> None:
    image = drawn(PEOPLE_SCENE)[1]
    found = detect(pack, models, image, phrase="elephant")[0]
    union, instances, index, *_ = mask(pack, models, image, found).result
    assert instances.shape == union.shape and not instances.any() and list(index) == [-1]
    segs, _ = run(pack, "PromptEditToSEGS", image=image, detections=found,
                  instances=instances).result  # fmt: skip
    assert segs[0][1] == []


def test_a_plan_goes_through_text(pack: dict[str, type]) -> None:
    plan = run(pack, "PromptEditParse", instruction="remove the dog, then make the hat blue")[0]
    text = run(pack, "PromptEditPlanToJSON", plan=plan)[0]
    assert run(pack, "PromptEditPlanFromJSON", text=text)[0] == plan
    second = run(pack, "PromptEditPick", plan=plan, index=2)
    assert (second[1], second[2]) == ("hat", "blue hat")
    assert run(pack, "PromptEditLoadIntentLLM", provider="offline grammar")[0](plan.instruction)


def test_one_node_becomes_a_chain_an_edit(pack: dict[str, type]) -> None:
    graph = Graph({
        "1": {"class_type": "PromptEditPaperDoll",
              "inputs": {"scene": "red dress", "scene_seed": 900000, "batch": 1}},
        "2": {"class_type": "PromptEdit",
              "inputs": {"image": ["1", 0], "instruction": "make the hair red; remove the dog",
                         "seed": 1, "steps": 0, "threshold": 0.0}},
    }, pack).run()  # fmt: skip
    assert graph.ran.count("PromptEditInpaint") == graph.ran.count("PromptEditPick") == 2
    assert graph.output("2", 2).edits[1].operation == "remove"
    assert "remove dog" in graph.shown["2"]["text"][0]
    assert not torch.equal(graph.output("2"), graph.output("1"))


PEOPLE: dict[str, Any] = {
    "1": {"class_type": "PromptEditPaperDoll",
          "inputs": {"scene": "by seed", "scene_seed": 900003, "batch": 3}},
    "2": {"class_type": "PromptEditLoadGroundingDINO", "inputs": {"model": SAMPLE}},
    "3": {"class_type": "PromptEditDetect", "inputs": {
        "detector": ["2", 0], "image": ["1", 0], "phrase": "person", "threshold": 0.0,
        "choose": "largest", "rank": 1, "count": 1}},
    "4": {"class_type": "PromptEditPickBox",
          "inputs": {"detections": ["3", 0], "image": ["1", 0], "index": 1}},
}  # fmt: skip
"""A graph that gives the largest person of each picture, and that picture, one by one."""


@pytest.mark.parametrize("instruction", [
    "remove the woman but keep the hair", "replace the dress with a blue jacket except the hair",
])  # fmt: skip
def test_what_is_left_out_stays_in_a_graph_as_in_the_library(
    pack: dict[str, type], detector: GroundingDino, segmenter: Sam, instruction: str
) -> None:
    graph = Graph({
        "1": {"class_type": "PromptEditPaperDoll",
              "inputs": {"scene": "red dress", "scene_seed": 900000, "batch": 1}},
        "2": {"class_type": "PromptEdit", "inputs": {
            "image": ["1", 0], "instruction": instruction, "seed": 3, "steps": 2,
            "threshold": 0.0}},
    }, pack).run()  # fmt: skip
    painter = run(pack, "PromptEditLoadInpaint", model=SAMPLE, dtype="default")[0].ready()
    editor = PromptEditor(detector, segmenter, painter)
    done = editor.edit(graph.output("1"), instruction, Sampling(3, 2))
    assert float((graph.output("2") - done.image).abs().amax()) < 0.02
    left = editor.find(graph.output("1"), done.plan.edits[0]).left_out
    assert len(left) == 1 and done.steps[0].opacity.any()


def test_one_node_edits_each_picture_of_a_list(pack: dict[str, type]) -> None:
    """Whatever gives pictures one by one: each comes out, and masks and plans at their places."""
    graph = Graph({
        **PEOPLE,
        "5": {"class_type": "PromptEditLines", "inputs": {"text": "make the hair red"}},
        "6": {"class_type": "PromptEdit", "inputs": {
            "image": ["4", 1], "instruction": ["5", 0], "seed": 1, "steps": 0, "threshold": 0.0}},
    }, pack).run()  # fmt: skip
    given = graph.results["4"][1]
    edited, masks, plans, reasons, found = graph.results["6"]
    assert {plan.edits[0].result for plan in plans} == {"red hair"} and all(found)
    assert {len(each) for each in graph.results["6"]} == {len(given)} and not any(reasons)
    for before, after, cut in zip(given, edited, masks, strict=True):
        assert after.shape == before.shape and cut.shape == before.shape[:3]
        changed = (after != before).any(dim=-1)
        assert changed[cut > 0.9].float().mean() > 0.9 > 3 * changed.float().mean()
    graph.nodes["5"]["inputs"]["text"] = "make the hair red\nmake the background blue"
    again = Graph(graph.nodes, pack).run()
    results = [plan.edits[0].result for plan in again.results["6"][2]]
    assert results == ["red hair"] * len(given) + ["blue background"] * len(given)
    assert {len(each) for each in again.results["6"]} == {2 * len(given)}


def test_one_node_tells_whether_anything_was_found(pack: dict[str, type]) -> None:
    """Of several edits whether each did."""
    graph = Graph({
        "1": {"class_type": "PromptEditPaperDoll",
              "inputs": {"scene": "red dress", "scene_seed": 900000, "batch": 1}},
        "2": {"class_type": "PromptEditLines", "inputs": {
            "text": "remove the elephant\nremove the elephant, then make the hair red"}},
        "3": {"class_type": "PromptEdit", "inputs": {
            "image": ["1", 0], "instruction": ["2", 0], "seed": 1, "steps": 0, "threshold": 0.0}},
    }, pack).run()  # fmt: skip
    *_, (alone, several), found = graph.results["3"]
    assert found == [False, False]
    assert alone.startswith('The picture shows no "elephant"')
    assert several == f"remove elephant: {alone}"


def test_each_box_of_a_batch_goes_to_a_node_that_takes_one(pack: dict[str, type]) -> None:
    """As the host's Crop Image does it: a list of boxes and a list of pictures, pair by pair."""
    graph = Graph(PEOPLE, pack).run()
    (boxes, pictures), images = graph.results["4"], graph.output("1")
    frames = graph.output("3", 1)
    assert boxes == [frame[0] for frame in frames if frame]
    shown = [image for image, frame in zip(images.split(1), frames, strict=True) if frame]
    for box, picture, image in zip(boxes, pictures, shown, strict=True):
        assert torch.equal(picture, image) and picture.shape[0] == 1
        x, y = box["x"], box["y"]
        cut = picture[:, y : y + box["height"], x : x + box["width"]]
        assert cut.shape[1:3] == (box["height"], box["width"])


def test_what_is_blocked_does_not_run(pack: dict[str, type]) -> None:
    graph = Graph({"1": {"class_type": "PromptEditPlanToJSON", "inputs": {"plan": ["0", 0]}},
                   "0": {"class_type": "PromptEditPick", "inputs": {"plan": 0, "index": 1}}},
                  pack)  # fmt: skip
    graph.results["0"] = [[runtime.ExecutionBlocker("nothing was found")]] * 4
    graph.run()
    assert not graph.ran and graph.stopped == ["nothing was found"]


def test_what_was_left_out_is_told_in_the_node(pack: dict[str, type]) -> None:
    image = torch.zeros(1, 60, 80, 3)
    node = run(pack, "PromptEditFromBoxes", image=image, boxes=[(90, 5, 120, 20), (1, 1, 9, 9)])
    assert len(node[0][0].found) == 1 and node.ui["text"] == [
        "Left out, outside the picture: box 1."
    ]
    empty = run(pack, "PromptEditFromSEGS", segs=((0, 0), []), image=image)
    assert empty[1].shape == (1, 60, 80) and not empty[1].any() and empty.ui["text"] == []


def test_cancel_stops_within_a_step(pack: dict[str, type], models: dict[str, Any]) -> None:
    image = drawn(DRESS_SCENE)[1]
    hole = torch.zeros(1, 256, 256)
    hole[:, 100:160, 90:150] = 1
    unet, steps = models["painter"].ready().pipeline.unet, []

    def press(*_: Any) -> None:
        steps.append(1)
        memory.interrupt_current_processing(True)

    hook = unet.register_forward_hook(press)
    with pytest.raises(memory.InterruptProcessingException):
        paint(pack, models, image, hole, prompt="red dress")
    hook.remove()
    assert len(steps) == 1
    memory.interrupt_current_processing(False)
    assert paint(pack, models, image, hole, prompt="red dress")[0].shape == image.shape


# --- bad input -----------------------------------------------------------------------------------


def test_bad_input_gives_one_clear_message(pack: dict[str, type], models: dict[str, Any]) -> None:
    image = drawn(DRESS_SCENE)[1]
    two = run(pack, "PromptEditParse", instruction="remove the dog, then make the hat blue")[0]
    other = detect(pack, models, image[:, :200], phrase="dress")[0]
    whole = torch.ones(1, 256, 256)
    cases = [
        (lambda: detect(pack, models, image), "type a phrase"),
        (lambda: detect(pack, models, image, plan=two), "holds 2 edits"),
        (lambda: run(pack, "PromptEditPick", plan=two, index=3), "holds 2"),
        (lambda: run(pack, "PromptEditPlanFromJSON", text="{}"), "not a valid edit plan"),
        (lambda: run(pack, "PromptEditParse", instruction=" "), "instruction"),
        (lambda: mask(pack, models, image, other), "detections were found in"),
        (lambda: by_hand(pack, models, image, inside="the hat"), "is no list of points"),
        (lambda: by_hand(pack, models, image, outside="500, 5"), "lies beside the picture"),
        (lambda: by_hand(pack, models, image, rough=torch.ones(1, 64, 48)), "48 x 64"),
        (lambda: paint(pack, models, image, torch.ones(1, 64, 48)), "48 x 64"),
        (lambda: paint(pack, models, image, whole.expand(3, -1, -1)), "3 masks"),
        (lambda: run(pack, "PromptEditFromBoxes", image=image, boxes="box"), "no boxes"),
    ]  # fmt: skip
    for bad, words in cases:
        with pytest.raises(Exception, match=words) as caught:
            bad()
        assert type(caught.value).__module__ == "prompt_edit", words
        assert "\n" not in str(caught.value)


def test_errors_name_models_by_short_paths(pack: dict[str, type], shelf: Path) -> None:
    """The host shows a message's beginning only."""
    (shelf / "sams").mkdir()
    (shelf / "sams" / "cut.safetensors").write_bytes(b"no weights")
    with pytest.raises(Exception, match=r"^Download it anew: models/sams/cut\.safetensors "):
        run(pack, "PromptEditLoadSAM", model="cut.safetensors")
    with pytest.raises(Exception, match=r"There is no model 'gone' here\. Put it into models/sams"):
        run(pack, "PromptEditLoadSAM", model="gone")
    with pytest.raises(Exception, match=r"There is no model 'sd-1.5-inpainting \(down"):
        run(pack, "PromptEditLoadSAM", model="sd-1.5-inpainting (download)")
    with pytest.raises(Exception, match="no LoRA 'gone' here"):
        run(pack, "PromptEditPickLoRA", lora="gone", weight=1.0)


@pytest.mark.parametrize(("node", "name", "said"), [
    ("PromptEditLoadGroundingDINO", "grounding-dino-tiny", "grounding-dino-tiny"),
    ("PromptEditLoadGroundingDINO", "IDEA-Research/grounding-dino-tiny", "grounding-dino-tiny"),
    ("PromptEditLoadGroundingDINO", "mine/GroundingDINO_SwinT_OGC.pth",
     "groundingdino_swint_ogc.pth"),
    ("PromptEditLoadSAM", "grounding-dino-tiny", ""),
    ("PromptEditLoadControlNet", SAMPLE, ""),
])  # fmt: skip
def test_a_shared_workflow_names_what_can_be_downloaded(
    pack: dict[str, type], shelf: Path, node: str, name: str, said: str
) -> None:
    start = rf'Choose "{said} \(download\)" in the list\. There' if said else "There"
    with pytest.raises(Exception, match=f"^{start} is no model {re.escape(repr(name))} here"):
        run(pack, node, model=name)


def test_nothing_chosen_is_told_apart_from_nothing_there(
    pack: dict[str, type], shelf: Path
) -> None:
    with pytest.raises(Exception, match=r"^Choose a model in the list"):
        run(pack, "PromptEditLoadControlNet", model="none installed")
    shutil.rmtree(shelf / "controlnet")
    for name in ("none installed", "", None):
        with pytest.raises(Exception, match=r"^There is no model in models/controlnet yet"):
            run(pack, "PromptEditLoadControlNet", model=name)


def test_where_there_is_no_lora_it_is_said_where_to_put_one(
    pack: dict[str, type], monkeypatch: pytest.MonkeyPatch
) -> None:
    import folder_paths

    for names, said in ((["a.safetensors"], "Choose a LoRA in the list"), ([], "Put a LoRA into")):
        monkeypatch.setattr(folder_paths, "get_filename_list", lambda _, names=names: names)
        listed = pack["PromptEditPickLoRA"].define_schema().inputs[0].options  # type: ignore[attr-defined]
        assert listed == (names or ["none installed"])
        for name in ("none installed", "", None):
            with pytest.raises(Exception, match=f"^{said}"):
                run(pack, "PromptEditPickLoRA", lora=name, weight=1.0)


def test_a_lora_is_found_whichever_system_named_it(
    pack: dict[str, type], shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import folder_paths

    for here, there in (("sdxl/a.safetensors", "sdxl\\a.safetensors"),
                        ("sdxl\\a.safetensors", "sdxl/a.safetensors")):  # fmt: skip
        monkeypatch.setattr(folder_paths, "get_filename_list", lambda _, here=here: [here])
        picked = run(pack, "PromptEditPickLoRA", lora=there, weight=1.0)[0]
        assert picked[0].path == shelf / "loras" / here


# --- other people's models -----------------------------------------------------------------------


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The host's models folder, with a small plain Stable Diffusion, a LoRA and a ControlNet."""
    import folder_paths

    shutil.copytree(tiny.folder("sd1"), tmp_path / "diffusers" / "small")
    config = tmp_path / "diffusers" / "small" / "unet" / "config.json"
    tiny.change_json(config, sample_size=8)  # 64 x 64 pixels are painted fast
    tiny.controlnet().save_pretrained(tmp_path / "controlnet" / "edges")
    monkeypatch.setattr(folder_paths, "get_folder_paths", lambda name: [str(tmp_path / name)])
    monkeypatch.setattr(folder_paths, "models_dir", str(tmp_path), raising=False)
    monkeypatch.setattr(folder_paths, "get_filename_list", lambda _: ["style.safetensors"])
    monkeypatch.setattr(
        folder_paths, "get_full_path_or_raise", lambda folder, name: str(tmp_path / folder / name)
    )
    (tmp_path / "loras").mkdir()
    return tmp_path


def test_a_lora_and_a_control_picture_reach_the_painter(
    pack: dict[str, type], models: dict[str, Any], shelf: Path
) -> None:
    image = drawn(DRESS_SCENE)[1]
    hole = torch.zeros(1, 256, 256)
    hole[:, 100:150, 100:150] = 1
    plain = run(pack, "PromptEditLoadInpaint", model="small", dtype="fp32")[0]
    lora(plain.ready(), shelf / "loras" / "style.safetensors", "unet")
    picked = run(pack, "PromptEditPickLoRA", lora="style.safetensors", weight=1.0)[0]
    styled = run(pack, "PromptEditLoadInpaint", model="small", dtype="fp32", loras=picked)[0]
    net = run(pack, "PromptEditLoadControlNet", model="edges")[0]
    controls = run(pack, "PromptEditFollow", controlnet=net, image=torch.ones(1, 64, 64, 3),
                   scale=1.0, start=0.0, end=1.0)[0]  # fmt: skip
    results = [
        paint(pack, {"painter": painter}, image, hole, prompt="a hat", steps=2, **more).result
        for painter, more in ((plain, {}), (styled, {}), (plain, {"controls": controls}),
                              (plain, {}))
    ]  # fmt: skip
    pictures = [edited for edited, _ in results]
    assert torch.equal(pictures[0], pictures[3]), "neither leaves anything behind"
    assert not torch.equal(pictures[0], pictures[1])
    assert not torch.equal(pictures[0], pictures[2])
    for edited, painted in results:
        assert torch.equal(edited[painted == 0], image[painted == 0])


def test_a_painters_parts_may_lie_on_another_drive(
    pack: dict[str, type], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that extra_model_paths.yaml names; so may a folder that lends them."""
    import folder_paths

    near, far, state = tmp_path / "near", tmp_path / "far", tiny.single_state("flux-fill")
    monkeypatch.setattr(folder_paths, "get_folder_paths",
                        lambda name: [str(near / "models" / name), str(far / name)])  # fmt: skip
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    tiny.save_t5_tokenizer(near)
    places = {"model.diffusion_model.": near / "models" / "unet" / "flux1-fill-dev.safetensors",
              "text_encoders.clip_l.transformer.": far / "text_encoders" / "clip_l.safetensors",
              "text_encoders.t5xxl.transformer.": far / "text_encoders" / "t5xxl.safetensors",
              "vae.": far / "vae" / "ae.safetensors"}  # fmt: skip
    for prefix, place in places.items():
        tiny.save({name.removeprefix(prefix): value for name, value in state.items()
                   if name.startswith(prefix)}, place)  # fmt: skip
    given = {"model": "flux1-fill-dev.safetensors", "dtype": "fp32"}
    told = pack["PromptEditLoadInpaint"].fingerprint_inputs  # type: ignore[attr-defined]
    painter, version = run(pack, "PromptEditLoadInpaint", **given)[0], told(given["model"])
    assert painter.model.key == "flux-fill"
    (far / "vae" / "ae.safetensors").unlink()
    assert told(given["model"]) != version
    with pytest.raises(Exception, match="lacks the autoencoder"):
        run(pack, "PromptEditLoadInpaint", **given)
    shutil.copytree(tiny.folder("flux"), far / "diffusers" / "FLUX.1-dev")
    assert run(pack, "PromptEditLoadInpaint", **given)[0].model.key == "flux-fill"


def test_the_loader_says_which_few_step_variant_it_took(pack: dict[str, type]) -> None:
    for variant, said in (("lcm", ["Stable Diffusion 1 or 2 inpainting, LCM"]), ("none", [])):
        output = run(pack, "PromptEditLoadInpaint", model=SAMPLE, dtype="default", variant=variant)
        assert [line.partition(":")[0] for line in output.ui["text"]] == said


def test_a_download_is_named_and_happens_once(
    pack: dict[str, type], shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands in the list is fetched where it is not, and loaded from then on."""
    import folder_paths

    name = "sam-vit-base"
    monkeypatch.setattr(folder_paths, "models_dir", str(shelf), raising=False)
    monkeypatch.setenv("PROMPT_EDIT_OFFLINE", "1")
    with pytest.raises(Exception, match=r"PROMPT_EDIT_OFFLINE is set.*facebook/sam-vit-base into"):
        run(pack, "PromptEditLoadSAM", model=f"{name} (download)")
    told = pack["PromptEditLoadSAM"].fingerprint_inputs  # type: ignore[attr-defined]
    before = told(f"{name} (download)")
    shutil.copytree(sample_models().segmenter, shelf / "sams" / name)
    there = run(pack, "PromptEditLoadSAM", model=f"{name} (download)")[0]
    assert there is run(pack, "PromptEditLoadSAM", model=name)[0]
    assert told(f"{name} (download)") == before, "the graph that fetched it need not run again"
    os.utime(shelf / "sams" / name / "config.json", ns=(1, 1))
    assert told(f"{name} (download)") != before


def test_a_model_in_the_hubs_cache_is_not_downloaded_again(
    pack: dict[str, type], shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import folder_paths

    monkeypatch.setattr(folder_paths, "models_dir", str(shelf), raising=False)
    monkeypatch.setenv("PROMPT_EDIT_OFFLINE", "1")
    cached = sample_models().segmenter / "config.json"
    root = pack["PromptEditLoadSAM"].__module__.partition(".nodes.")[0]  # the folder's name
    monkeypatch.setattr(
        f"{root}.prompt_edit.models.store.try_to_load_from_cache",
        lambda repository, _: str(cached) if repository == "facebook/sam-vit-base" else None,
    )
    there = run(pack, "PromptEditLoadSAM", model="sam-vit-base (download)")[0]
    assert there is run(pack, "PromptEditLoadSAM", model="facebook/sam-vit-base")[0]


def test_a_broken_list_of_providers_is_not_written_into_pictures(
    pack: dict[str, type], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The host saves what a node is compared by inside every picture."""
    file = tmp_path / "providers.json"
    file.write_text("{")
    monkeypatch.setenv("PROMPT_EDIT_PROVIDERS", str(file))
    told = pack["PromptEditLoadIntentLLM"].fingerprint_inputs  # type: ignore[attr-defined]
    assert str(tmp_path) not in str(told(provider="offline grammar"))


def test_a_configured_language_model_reads_the_instruction(
    pack: dict[str, type], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "providers.json"
    monkeypatch.setenv("PROMPT_EDIT_PROVIDERS", str(file))
    plan = {"edits": [{"operation": "recolor", "target": "hat", "result": "blue hat"}]}
    with llm_server() as server:
        entry = {"kind": "openai", "model": "m", "endpoint": f"{server.url}/v1", "vision": True}
        file.write_text(json.dumps({"studio": entry}))
        schema = pack["PromptEditLoadIntentLLM"].define_schema()  # type: ignore[attr-defined]
        assert "studio" in schema.inputs[0].options
        llm = run(pack, "PromptEditLoadIntentLLM", provider="studio")[0]
        server.will(json.dumps(plan))
        seen = run(pack, "PromptEditParse", instruction="mach den Hut blau", llm=llm,
                   image=drawn(DRESS_SCENE)[1])  # fmt: skip
        assert len(server.asked[0].pictures) == 1
        server.will(json.dumps(plan))
        run(pack, "PromptEditParse", instruction="mach den Hut blau", llm=llm)
        assert server.asked[1].pictures == []
    assert seen[0].parser == "studio:m" and seen[1] == "hat" and seen[2] == "blue hat"
    with pytest.raises(Exception, match="No language model “gone” is set up here"):
        run(pack, "PromptEditLoadIntentLLM", provider="gone")


def test_a_local_language_model_is_under_the_hosts_memory(
    pack: dict[str, type], shelf: Path
) -> None:
    write_model(shelf / "LLM" / "tiny")
    llm = run(pack, "PromptEditLoadIntentLLM", provider="local: tiny")[0]
    plan = run(pack, "PromptEditParse", instruction="make the hat blue", llm=llm)[0]
    assert plan.edits[0].result == "blue hat" and "local: tiny" in plan.warnings[0]
    held = {type(part).__name__ for loaded in memory.current_loaded_models
            for part in loaded.model.model.children()}  # fmt: skip
    assert "LlamaForCausalLM" in held


# --- what is not done twice ----------------------------------------------------------------------


def module_of_pack(ending: str) -> Any:
    return next(each for name, each in sys.modules.items() if name.endswith(ending))


@pytest.fixture
def loading(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The pack's module that loads, where nothing is loaded and an inner node runs."""
    module = module_of_pack(".nodes.host.loading")
    monkeypatch.setattr(module, "_keepers", WeakSet())
    monkeypatch.setattr(module, "_loaded", WeakValueDictionary())
    monkeypatch.setattr(module, "_SCARCE", 0.0)  # of all memory: there is always so much free
    running = SimpleNamespace(node_id="4.0.0.1")
    monkeypatch.setattr(module, "get_executing_context", lambda: running)
    return module


def load_sam(pack: dict[str, type]) -> None:
    Graph({"1": {"class_type": "PromptEditLoadSAM", "inputs": {"model": SAMPLE}}}, pack).run()
    gc.collect()


def test_what_prompt_edit_loaded_is_there_for_the_next_picture(
    pack: dict[str, type], loading: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The host forgets what inner nodes gave as soon as it reads another picture."""
    load_sam(pack)
    assert not loading._loaded, "no Prompt Edit is in the graph: another pack's loop"
    node: Any = pack["PromptEdit"]()  # as the host has it, from its first run on
    load_sam(pack)
    assert len(loading._loaded) == 1 and "sam" in node.keeper.held
    outer = SimpleNamespace(node_id="4")
    monkeypatch.setattr(loading, "get_executing_context", lambda: outer)
    cup = {"1": {"class_type": "PromptEditLoadGroundingDINO", "inputs": {"model": SAMPLE}}}
    Graph(cup, pack).run()
    assert [*node.keeper.held] == ["sam"]
    monkeypatch.setattr(loading, "_SCARCE", 2.0)  # of all memory: there is never so much free
    gc.collect()
    Graph(cup, pack).run()
    assert not node.keeper.held


def test_what_prompt_edit_loaded_goes_with_its_node(pack: dict[str, type], loading: Any) -> None:
    """The host drops the node's instance where it is in no graph, or where memory is freed."""
    node: Any = pack["PromptEdit"]()
    load_sam(pack)
    assert len(loading._loaded) == 1
    del node
    gc.collect()
    assert not loading._loaded


def test_a_model_that_was_held_is_gone_before_another_comes(
    pack: dict[str, type], loading: Any
) -> None:
    """Two large painters do not fit side by side."""
    node: Any = pack["PromptEdit"]()
    load_sam(pack)
    model = weakref.ref(node.keeper.held["sam"].model)

    def make() -> Any:
        assert model() is None
        return loading.Resident("another", [])

    segmenter = next(role for role in ROLES if role.name == "sam")
    another = loading._shared(segmenter, ("another",), make)
    assert node.keeper.held == {"sam": another}


@pytest.mark.parametrize(("need", "scarce", "asked"), [
    (0, 0.0, []), (2**60, 0.0, [2**60]), (0, 2.0, ["all"]), (2**60, 2.0, [2**60]),
])  # fmt: skip
def test_room_is_made_where_memory_is_short(
    loading: Any, monkeypatch: pytest.MonkeyPatch, need: int, scarce: float, asked: list[Any]
) -> None:
    """A newer host keeps the model that was chosen before until a node has run."""
    told: list[Any] = []
    host = SimpleNamespace(extra_ram_release=told.append)
    monkeypatch.setitem(sys.modules, "comfy.memory_management", host)
    monkeypatch.setattr(loading, "_SCARCE", scarce)
    every = int(scarce * loading.total_memory())

    def make() -> Any:
        assert told == [every if each == "all" else each for each in asked]
        return loading.Resident(object(), [])

    segmenter = next(role for role in ROLES if role.name == "sam")
    made = loading._shared(segmenter, ("a",), make, need)
    told.clear()
    assert loading._shared(segmenter, ("a",), make, need) is made and not told


def test_a_language_model_is_asked_once_for_a_sentence(pack: dict[str, type]) -> None:
    parse, asked = module_of_pack(".nodes.parse"), list[str]()

    class Reader:
        def __call__(self, instruction: str, image: Any = None, check: Any = None) -> Any:
            asked.append(instruction)
            return parse.parse_offline(instruction)

    reader, other = Reader(), Reader()
    plans = [parse.read(words, reader) for words in ("remove the dog", "remove the dog")]
    assert asked == ["remove the dog"] and plans[0] == plans[1]
    parse.read("remove the dog", other)
    parse.read("remove the cat", reader)
    assert asked == ["remove the dog"] * 2 + ["remove the cat"]
    picture = torch.rand(1, 8, 8, 3)
    for _ in range(2):  # which may be another one each time
        parse.read("remove the dog", reader, picture)
    assert len(asked) == 5
