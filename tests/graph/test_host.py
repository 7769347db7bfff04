"""Against a real ComfyUI: see server.py for how to name one."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from intent.llm_server import Answer, llm_server
from PIL import Image
from scipy import ndimage
from worlds import DRESS_SCENE, drawn, instance

from prompt_edit.models.store import sample_models
from prompt_edit.paperdoll.draw import draw
from prompt_edit.paperdoll.scene import random_scene

from . import runtime
from .server import HOST, PYTHON, Server, messages
from .shipped import BUNDLED, api, keys, name, workflow

PROVIDERS = "providers.json"
QUEUE = runtime.ROOT / "workflows" / "api" / "queue_folder.py"
pytestmark = pytest.mark.skipif(not HOST, reason="COMFYUI_PATH names no ComfyUI folder")


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("base")
    (folder / PROVIDERS).write_text("{}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROMPT_EDIT_PROVIDERS", str(folder / PROVIDERS))
        server = Server(folder)
    yield server
    server.stop()


def test_it_loads_quickly_and_without_a_word(host: Server) -> None:
    ours = [line for line in host.log.read_text().splitlines() if "prompt-edit" in line]
    assert len(ours) == 1, ours  # the host's own list of import times
    assert "IMPORT FAILED" not in ours[0]


def test_the_host_describes_our_nodes(host: Server, pack: dict[str, type]) -> None:
    described = host.get("/object_info")
    for node_id in pack:
        node = described[node_id]
        assert node["description"] and node["category"] == "Prompt Edit"
        inputs = [each for group in ("required", "optional")
                  for each in node["input"].get(group, {}).values()]  # fmt: skip
        assert all(options[1].get("tooltip") for options in inputs), node_id
        assert all(node["output_tooltips"])
    assert described["PromptEditDetect"]["output"][0] == "DETECTIONS"
    assert described["PromptEditParse"]["output"][0] == "EDIT_PLAN"


@pytest.mark.parametrize("path", BUNDLED, ids=name)
def test_each_workflow_runs_and_then_has_nothing_to_do(host: Server, path: Path) -> None:
    prompt = api(path)
    first = host.run(prompt)
    assert first["status"]["status_str"] == "success", first["status"]
    pictures = host.pictures(first)
    assert pictures and all(picture.std() > 10 for picture in pictures)
    if name(path) == "extract":
        assert pictures[0].shape[-1] == 4
    again = host.run(prompt)
    (cached,) = messages(again, "execution_cached")
    assert set(cached["nodes"]) == set(prompt)


def test_another_seed_repaints_and_nothing_else(host: Server) -> None:
    prompt = workflow("prompt_edit_stage_by_stage")
    host.run(prompt)
    inpaint = keys(prompt)["PromptEditInpaint"]
    prompt[inpaint]["inputs"]["seed"] = 77
    (cached,) = messages(host.run(prompt), "execution_cached")
    left = {prompt[key]["class_type"] for key in set(prompt) - set(cached["nodes"])}
    assert left == {"PromptEditInpaint", "SaveImage"}


def test_every_pixel_outside_the_mask_stays(host: Server) -> None:
    prompt = workflow("prompt_edit_stage_by_stage")
    of = keys(prompt)
    for number, (source, slot) in enumerate([("PromptEditPaperDoll", 0), ("PromptEditInpaint", 0)]):
        prompt[f"9{number}"] = {"class_type": "SaveImage", "inputs": {
            "images": [of[source], slot], "filename_prefix": f"pair{number}"}}  # fmt: skip
    prompt["92"] = {"class_type": "MaskToImage", "inputs": {"mask": [of["PromptEditInpaint"], 1]}}
    prompt["93"] = {"class_type": "SaveImage",
                    "inputs": {"images": ["92", 0], "filename_prefix": "pair2"}}  # fmt: skip
    host.run(prompt)
    before, after, painted = (
        np.asarray(Image.open(next((host.folder / "output").glob(f"pair{number}_*.png"))))
        for number in range(3)
    )
    changed = (before != after).any(axis=-1)
    assert changed.any() and not changed[painted[..., 0] == 0].any()


def test_cancel_leaves_the_host_ready(host: Server) -> None:
    prompt = workflow("prompt_edit_stage_by_stage")
    scene = prompt[keys(prompt)["PromptEditPaperDoll"]]["inputs"]
    scene.update(batch=64)  # which is enough to do
    number = host.queue(prompt)
    host.until(lambda: host.get("/queue")["queue_running"], 30)
    time.sleep(1.5)
    host.post("/interrupt", {})
    stopped = host.wait(number)
    assert messages(stopped, "execution_interrupted"), stopped["status"]
    scene.update(batch=1)
    assert host.run(prompt)["status"]["status_str"] == "success"


def test_models_that_were_sent_away_come_back_the_same(host: Server) -> None:
    prompt = workflow("prompt_edit_stage_by_stage")
    inpaint = keys(prompt)["PromptEditInpaint"]
    prompt[inpaint]["inputs"]["seed"] = 301
    first = host.pictures(host.run(prompt))[0]
    host.post("/free", {"unload_models": True, "free_memory": True})
    time.sleep(3)
    again = host.run(prompt)
    (cached,) = messages(again, "execution_cached")
    assert cached["nodes"] == [], "the host forgot all results, so every model is loaded anew"
    assert np.array_equal(first, host.pictures(again)[0])


@pytest.mark.parametrize(
    ("loader", "place", "model"),
    [("PromptEditLoadGroundingDINO", "grounding-dino", sample_models().detector),
     ("PromptEditLoadSAM", "sams", sample_models().segmenter),
     ("PromptEditLoadInpaint", "diffusers", sample_models().painter)],
    ids=["detector", "segmenter", "painter"],
)  # fmt: skip
def test_a_model_that_was_replaced_is_loaded_and_all_else_kept(
    host: Server, loader: str, place: str, model: Path
) -> None:
    folder = host.folder / "models" / place / "mine"
    shutil.copytree(model, folder)
    prompt = workflow("prompt_edit_stage_by_stage")
    prompt[keys(prompt)[loader]]["inputs"]["model"] = "mine"
    host.run(prompt)
    (kept,) = messages(host.run(prompt), "execution_cached")
    assert set(kept["nodes"]) == set(prompt)
    os.utime(next(folder.glob("*.json")))
    (kept,) = messages(host.run(prompt), "execution_cached")
    left = {prompt[key]["class_type"] for key in set(prompt) - set(kept["nodes"])}
    stages = ["PromptEditDetect", "PromptEditMask", "PromptEditInpaint", "SaveImage"]
    first = {"grounding-dino": 0, "sams": 1, "diffusers": 2}[place]
    assert left == {loader, *stages[first:]}


def test_a_model_is_never_split_between_two_devices() -> None:
    script = Path(__file__).parent / "small_gpu.py"
    process = subprocess.run([PYTHON, script], cwd=HOST,
                             env={**os.environ, "PYTHONPATH": str(HOST)}, text=True,
                             capture_output=True)  # fmt: skip
    assert process.stdout.strip().endswith("all held"), process.stderr[-3000:]


def test_what_was_painted_over_in_the_mask_editor_is_cut(host: Server) -> None:
    """The editor saves the painted part as transparency; Load Image gives that as a mask."""
    scene, _ = drawn(DRESS_SCENE)
    true = scene.mask(instance(scene, "dress"))
    painted = ndimage.binary_dilation(true, iterations=4)
    alpha = np.where(painted, 0, 255).astype(np.uint8)
    (host.folder / "input").mkdir(exist_ok=True)
    Image.fromarray(np.dstack([scene.image, alpha])).save(host.folder / "input" / "marked.png")
    history = host.run({
        "1": {"class_type": "LoadImage", "inputs": {"image": "marked.png"}},
        "2": {"class_type": "PromptEditLoadSAM", "inputs": {"model": "sample (paper dolls)"}},
        "3": {"class_type": "PromptEditMaskByHand", "inputs": {
            "segmenter": ["2", 0], "image": ["1", 0], "rough": ["1", 1], "inside": "",
            "outside": "", "grow": 0, "feather": 0.0, "fill_holes": False}},
        "4": {"class_type": "MaskToImage", "inputs": {"mask": ["3", 0]}},
        "5": {"class_type": "SaveImage", "inputs": {"images": ["4", 0], "filename_prefix": "cut"}},
    })  # fmt: skip
    cut = host.pictures(history)[0][..., 0] > 127
    assert (cut & true).sum() / (cut | true).sum() > 0.85


def test_check_edit_runs_though_nothing_takes_its_outputs(host: Server) -> None:
    prompt = workflow("prompt_edit_one_node")
    of = keys(prompt)
    whole = of["PromptEdit"]
    prompt[whole]["inputs"].update(instruction="make the dress blue; make the hair red", seed=9)
    graph = {key: node for key, node in prompt.items() if node["class_type"] != "SaveImage"}
    graph["90"] = {"class_type": "PromptEditLoadGroundingDINO",
                   "inputs": {"model": "sample (paper dolls)"}}  # fmt: skip
    graph["91"] = {"class_type": "PromptEditCheckEdit", "inputs": {
        "detector": ["90", 0], "before": [of["PromptEditPaperDoll"], 0], "after": [whole, 0],
        "plan": [whole, 2], "mask": [whole, 1]}}  # fmt: skip
    (report,) = host.run(graph)["outputs"]["91"]["text"]
    assert "Edit 1 of 2 alone was looked at" in report and "NOT OK" not in report


def test_two_prompts_wait_for_each_other(host: Server) -> None:
    prompt = workflow("prompt_edit_one_node")
    node = keys(prompt)["PromptEdit"]
    numbers = []
    for seed in (11, 12):
        prompt[node]["inputs"]["seed"] = seed
        numbers.append(host.queue(prompt))
    for number in numbers:
        assert host.wait(number)["status"]["status_str"] == "success"


def test_one_node_edits_each_picture_of_a_list(host: Server) -> None:
    """Two variants that come one by one: two pictures come out, each with its mask and its plan."""
    prompt = workflow("prompt_edit_colour_variants")
    of = keys(prompt)
    prompt[of["PromptEditLines"]]["inputs"]["text"] = "blue dress\ngreen dress"
    graph = {key: node for key, node in prompt.items() if node["class_type"] not in
             ("PromptEditGrid", "SaveImage")}  # fmt: skip
    graph["90"] = {"class_type": "PromptEdit", "inputs": {
        "image": [of["PromptEditInpaint"], 0], "instruction": "make the hair red", "seed": 5,
        "steps": 0, "threshold": 0.0}}  # fmt: skip
    graph["91"] = {"class_type": "MaskToImage", "inputs": {"mask": ["90", 1]}}
    graph["92"] = {"class_type": "PromptEditPlanToJSON", "inputs": {"plan": ["90", 2]}}
    for key, source in (("93", of["PromptEditInpaint"]), ("94", "90"), ("95", "91")):
        saving = {"images": [source, 0], "filename_prefix": f"list{key}"}
        graph[key] = {"class_type": "SaveImage", "inputs": saving}
    history = host.run(graph)
    assert history["status"]["status_str"] == "success", history["status"]
    assert [len(history["outputs"][key]["images"]) for key in ("93", "94", "95")] == [2, 2, 2]
    plan, other = history["outputs"]["92"]["text"]
    assert "red hair" in plan and plan == other
    output = host.folder / "output"
    before, after, mask = (
        [np.asarray(Image.open(file)) for file in sorted(output.glob(f"list{key}_*"))]
        for key in ("93", "94", "95")
    )
    for one, other, cut in zip(before, after, mask, strict=True):
        changed = (one != other).any(axis=-1)
        assert changed[cut[..., 0] > 230].mean() > 0.9 > 3 * changed.mean()


def test_bad_input_names_its_node(host: Server) -> None:
    prompt = workflow("prompt_edit_stage_by_stage")
    of = keys(prompt)
    prompt[of["PromptEditParse"]]["inputs"]["instruction"] = "frobnicate"
    (error,) = messages(host.run(prompt), "execution_error")
    assert error["node_type"] == "PromptEditParse" and "frobnicate" in error["exception_message"]
    prompt[of["PromptEditMask"]]["inputs"]["detections"] = [of["PromptEditPaperDoll"], 0]
    with pytest.raises(urllib.error.HTTPError) as refused:
        host.queue(prompt)
    assert "type mismatch" in refused.value.read().decode()


def test_a_name_that_does_not_come_is_asked_for(host: Server) -> None:
    prompt = workflow("prompt_edit_stage_by_stage")
    del prompt[keys(prompt)["PromptEditLoadSAM"]]["inputs"]["model"]
    with pytest.raises(urllib.error.HTTPError) as refused:
        host.queue(prompt)
    said = refused.value.read().decode()
    assert "Required input is missing" in said and "Exception" not in said


@pytest.mark.parametrize(("loader", "name", "said"), [
    ("PromptEditLoadGroundingDINO", "grounding-dino-tiny",
     'Choose "grounding-dino-tiny (download)" in the list.'),
    ("PromptEditLoadSAM", "of another machine.pth", "There is no model 'of another machine.pth'"),
])  # fmt: skip
def test_a_model_of_another_machine_is_explained(
    host: Server, loader: str, name: str, said: str
) -> None:
    """A shared workflow names it: the host alone would say "Value not in list"."""
    prompt = workflow("prompt_edit_stage_by_stage")
    prompt[keys(prompt)[loader]]["inputs"]["model"] = name
    (error,) = messages(host.run(prompt), "execution_error")
    assert error["exception_message"].startswith(said), error["exception_message"]


def test_what_was_connected_is_not_mixed_with_samples(host: Server) -> None:
    """A picture that is no paper doll, and a detector beside samples that is another."""
    prompt = workflow("prompt_edit_one_node")
    whole = prompt[keys(prompt)["PromptEdit"]]["inputs"]
    folder = host.folder / "models" / "grounding-dino" / "own"
    shutil.copytree(sample_models().detector, folder)
    (folder / "prompt_edit.json").write_text('{"threshold": 0.3}')  # it says no more what it is
    (host.folder / "input").mkdir(exist_ok=True)
    noise = np.random.default_rng(0).integers(0, 255, (96, 96, 3), dtype=np.uint8)
    Image.fromarray(noise).save(host.folder / "input" / "noise.png")
    prompt["90"] = {"class_type": "PromptEditLoadGroundingDINO", "inputs": {"model": "own"}}
    whole.update(detector=["90", 0], instruction="remove the hat")
    assert host.run(prompt)["status"]["status_str"] == "success"
    prompt["91"] = {"class_type": "LoadImage", "inputs": {"image": "noise.png"}}
    whole.update(image=["91", 0])
    (error,) = messages(host.run(prompt), "execution_error")
    assert error["exception_message"].startswith("Connect Load SAM with real models")
    shutil.rmtree(folder)


def test_a_folder_is_queued_and_goes_on_where_it_was_stopped(host: Server, tmp_path: Path) -> None:
    pictures, out = tmp_path / "in", tmp_path / "out"
    (pictures / "below").mkdir(parents=True)
    for each in ("a.png", "below/a.png"):
        Image.fromarray(draw(random_scene(900_002)).image).save(pictures / each)
    (pictures / "b.png").write_bytes(b"no picture")
    words = [sys.executable, str(QUEUE), str(pictures), "make the hat red", "--out", str(out),
             "--host", host.address]  # fmt: skip
    first = subprocess.run(words, capture_output=True, text=True, check=False)
    assert first.returncode == 1 and "2 done, 1 failed" in first.stderr, first.stderr
    assert sorted(file.relative_to(out).as_posix() for file in out.rglob("*.*")) == [
        "a.png", "below/a.png"
    ]  # fmt: skip
    edited = np.asarray(Image.open(out / "a.png"))
    assert edited.shape == (256, 256, 3) and (edited != draw(random_scene(900_002)).image).any()
    (out / "a.png").unlink()
    (pictures / "b.png").unlink()
    again = subprocess.run(words, capture_output=True, text=True, check=False)
    assert again.returncode == 0 and "1 of 2 are there" in again.stderr
    assert "1 done, 0 failed" in again.stderr
    (out / "a.png").unlink()
    nobody = subprocess.run([*words[:-1], "http://127.0.0.1:9"], capture_output=True, text=True,
                            check=False)  # fmt: skip
    assert nobody.returncode == 1 and "No ComfyUI answers" in nobody.stderr
    assert "Traceback" not in nobody.stderr


@pytest.mark.parametrize("linked", [False, True], ids=["typed", "linked"])
def test_an_instruction_is_read_again_until_its_model_answers(host: Server, linked: bool) -> None:
    """And where its provider is set up otherwise; else the host keeps what was read."""
    text = f"make the hat blue{' ' * linked}"
    graph = {
        "1": {"class_type": "PromptEditLoadIntentLLM", "inputs": {"provider": "studio"}},
        "2": {"class_type": "PromptEditLines", "inputs": {"text": text}},
        "3": {"class_type": "PromptEditParse",
              "inputs": {"instruction": ["2", 0] if linked else text, "llm": ["1", 0]}},
        "4": {"class_type": "PromptEditPlanToJSON", "inputs": {"plan": ["3", 0]}},
        "5": {"class_type": "PromptEditPaperDoll",
              "inputs": {"scene": "red dress", "scene_seed": 900000, "batch": 1}},
        "6": {"class_type": "PromptEdit", "inputs": {
            "image": ["5", 0], "instruction": ["2", 0] if linked else f"{text}.", "llm": ["1", 0],
            "seed": 1, "steps": 0, "threshold": 0.0}},
        "7": {"class_type": "PromptEditPlanToJSON", "inputs": {"plan": ["6", 2]}},
    }  # fmt: skip

    def parsers() -> list[str]:
        outputs = host.wait(host.queue(graph, "a page"))["outputs"]  # which is sent what is kept
        return [json.loads(outputs[key]["text"][0])["parser"] for key in ("4", "7")]

    plan = {"edits": [{"operation": "recolor", "target": "hat", "result": "blue hat"}]}
    with llm_server() as server:
        entry = {"kind": "openai", "model": "m", "endpoint": f"{server.url}/v1"}
        (host.folder / PROVIDERS).write_text(json.dumps({"studio": entry}))
        server.will(*[Answer("no key", 401)] * 4, *[json.dumps(plan)] * 4)
        assert parsers() == ["grammar", "grammar"]
        assert parsers() == ["grammar", "grammar"]
        assert parsers() == ["studio:m", "studio:m"]
        asked = 6 - linked  # of the same words only one of the two nodes asks
        assert len(server.asked) == asked and parsers() == ["studio:m", "studio:m"]
        assert len(server.asked) == asked, "what was answered is kept"
        (host.folder / PROVIDERS).write_text(json.dumps({"studio": {**entry, "model": "other"}}))
        assert parsers() == ["studio:other", "studio:other"]


def test_two_pictures_of_one_name_have_two_outputs(host: Server, tmp_path: Path) -> None:
    pictures, out = tmp_path / "in", tmp_path / "out"
    (pictures / "a").mkdir(parents=True)
    outputs = {"a/b.png": "a/b.png", "a-b.png": "a-b.png", "x.png": "x.png.png",
               "x.jpg": "x.jpg.png", 'a"b 모자.png': 'a"b 모자.png'}  # fmt: skip
    hatted = {True: [], False: []}  # type: ignore[var-annotated]
    for scene in (draw(random_scene(900_002 + n)) for n in range(24)):
        hats = [each for each in scene.instances if each.item.kind == "hat"]
        if not hats or hats[0].clear:
            hatted[bool(hats)].append(scene.image)
    scenes = dict(zip(outputs, hatted[True], strict=False))
    for file, image in {**scenes, "none.png": hatted[False][0]}.items():
        Image.fromarray(image).save(pictures / file)
    ended = subprocess.run(
        [sys.executable, str(QUEUE), str(pictures), "make the hat red", "--out", str(out),
         "--host", host.address], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 1 and "5 done, 1 failed" in ended.stderr, ended.stderr
    assert "none.png: nothing was found to edit" in ended.stderr
    assert {each.relative_to(out).as_posix() for each in out.rglob("*.*")} == {*outputs.values()}
    for file, output in outputs.items():
        edited = np.asarray(Image.open(out / output))
        alike = {other: (abs(edited.astype(int) - scene).max(axis=-1) < 16).mean()
                 for other, scene in scenes.items()}  # fmt: skip
        assert max(alike, key=alike.__getitem__) == file


def test_a_repeated_prompt_and_one_that_was_cleared_are_told_apart(
    host: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one has its picture still; for the other nobody waits."""
    monkeypatch.syspath_prepend(QUEUE.parent)
    queueing = importlib.import_module("queue_folder")
    asked, prompt = queueing.Host(host.address), workflow("prompt_edit_one_node")
    prompt[keys(prompt)["PromptEdit"]]["inputs"]["seed"] = 4321
    kept = []
    for _ in range(2):
        number = asked.queue(prompt)
        outcome = host.until(lambda number=number: asked.outcome(number), 120)
        kept.append(asked.fetch(queueing.result(prompt, outcome)))
    assert kept[0] == kept[1]
    prompt[keys(prompt)["PromptEditPaperDoll"]]["inputs"]["batch"] = 32  # which is enough to do
    numbers = [asked.queue(prompt)]
    host.until(lambda: host.get("/queue")["queue_running"], 30)
    prompt[keys(prompt)["PromptEdit"]]["inputs"]["seed"] = 4322
    numbers.append(asked.queue(prompt))
    assert [asked.outcome(number) for number in numbers] == [None, None]
    host.post("/queue", {"clear": True})
    with pytest.raises(ValueError, match="the host dropped it"):
        asked.outcome(numbers[1])
    host.post("/interrupt", {})
    stopped = host.until(lambda: asked.outcome(numbers[0]), 60)
    with pytest.raises(ValueError, match="no picture"):
        queueing.result(prompt, stopped)
