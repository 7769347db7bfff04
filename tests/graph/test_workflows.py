"""The shipped workflows: whole, in step with their API form, and running on the sample models."""

from __future__ import annotations

import importlib
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch

from prompt_edit.inpaint.repaint import EMPTY, LEFT, WHOLE

from . import runtime
from .runtime import Graph
from .shipped import (
    BUNDLED,
    DOWNLOADED,
    FOLDER,
    NEEDS_A_DOWNLOAD,
    WORKFLOWS,
    api,
    draw,
    name,
)

pytestmark = pytest.mark.slow


def test_the_page_lists_them_by_title_for_a_newcomer() -> None:
    assert [name(path) for path in WORKFLOWS] == list(draw.PAGES)
    assert sorted(path.stem for path in (FOLDER / "api").glob("*.json")) == sorted(
        f"prompt_edit_{name}" for name in draw.PAGES
    )
    assert [path for path in WORKFLOWS if "(downloads)" in path.stem] == DOWNLOADED
    assert [*BUNDLED, *DOWNLOADED] == WORKFLOWS


@pytest.mark.parametrize("path", WORKFLOWS, ids=name)
def test_each_has_a_picture_and_says_what_to_change(path: Path) -> None:
    assert path.with_suffix(".jpg").stat().st_size < 500_000
    graph = json.loads(path.read_text())
    notes = [node for node in graph["nodes"] if node["type"] == "MarkdownNote"]
    assert notes and graph["groups"]
    wanted = [model for node in graph["nodes"] for model in node["properties"].get("models", [])]
    assert bool(wanted) == (name(path) in NEEDS_A_DOWNLOAD)
    for model in wanted:
        assert model["name"] in notes[0]["widgets_values"][0]
        assert model["url"].endswith(f"/{model['name']}") and model["directory"]
        assert model["url"].startswith("https://huggingface.co/")
        assert "/resolve/main/" in model["url"]


@pytest.mark.parametrize("path", DOWNLOADED, ids=name)
def test_what_loads_a_file_of_the_host_links_to_it(path: Path) -> None:
    """Each file that a node's widget names, so that the page can offer what is missing."""
    for node in json.loads(path.read_text())["nodes"]:
        files = [each for each in node["widgets_values"] if str(each).endswith(".safetensors")]
        models = node["properties"].get("models", [])
        assert files == [each["name"] for each in models]


@pytest.mark.parametrize("path", DOWNLOADED[2:], ids=name)
def test_a_picture_of_a_graph_is_not_taken_for_a_result(path: Path) -> None:
    """Nothing was painted where the pictures of these were made, and their notes say so."""
    (note,) = [node for node in json.loads(path.read_text())["nodes"]
               if node["type"] == "MarkdownNote"]  # fmt: skip
    assert draw.GRAPH in note["widgets_values"][0]
    assert draw.GRAPH_KO in note["widgets_values"][0]


@pytest.mark.parametrize("path", DOWNLOADED[2:], ids=name)
def test_a_model_of_the_host_paints(path: Path) -> None:
    """MODEL, CLIP and VAE go into the painter, and the painter into the stages."""
    nodes = api(path)
    (painter,) = [key for key, node in nodes.items()
                  if node["class_type"] == "PromptEditPainterFromModel"]  # fmt: skip
    (painting,) = [node["inputs"] for node in nodes.values()
                   if node["class_type"] == "PromptEditInpaint"]  # fmt: skip
    assert painting["painter"] == [painter, 0]
    assert all(
        isinstance(nodes[painter]["inputs"][name], list) for name in ("model", "clip", "vae")
    )


def test_one_download_paints_and_reads() -> None:
    """Of Z-Image, the same CLIP reads the instruction and encodes the prompt."""
    (path,) = [path for path in WORKFLOWS if name(path) == "z_image"]
    inputs = {node["class_type"]: node["inputs"] for node in api(path).values()}
    reads, paints = inputs["PromptEditLlmFromClip"], inputs["PromptEditPainterFromModel"]
    assert reads["clip"] == paints["clip"]
    llm = api(path)[inputs["PromptEditParse"]["llm"][0]]
    assert llm["class_type"] == "PromptEditLlmFromClip"


def test_sam_3_finds_and_cuts() -> None:
    """One finder gives detector and segmenter, of one checkpoint."""
    (path,) = [path for path in WORKFLOWS if name(path) == "sam3"]
    nodes = api(path)
    inputs = {node["class_type"]: node["inputs"] for node in nodes.values()}
    finder, place = inputs["PromptEditDetect"]["detector"]
    assert place == 0 and inputs["PromptEditMask"]["segmenter"] == [finder, 1]
    assert nodes[finder]["class_type"] == "PromptEditFinderFromSAM3"
    (loader, _), (other, _) = (nodes[finder]["inputs"][slot] for slot in ("model", "clip"))
    assert loader == other != inputs["PromptEditPainterFromModel"]["model"][0]


def test_a_lora_and_a_controlnet_reach_the_painter() -> None:
    (path,) = [path for path in WORKFLOWS if name(path) == "lora_controlnet"]
    nodes = api(path)
    (painter,) = [node["inputs"] for node in nodes.values()
                  if node["class_type"] == "PromptEditPainterFromModel"]  # fmt: skip
    behind = {slot: nodes[painter[slot][0]]["class_type"]
              for slot in ("model", "clip", "control_net", "control_image")}  # fmt: skip
    assert behind == {"model": "LoraLoader", "clip": "LoraLoader",
                      "control_net": "ControlNetLoader", "control_image": "Canny"}  # fmt: skip


@pytest.mark.parametrize("path", WORKFLOWS, ids=name)
def test_a_mask_grows_once(path: Path) -> None:
    """Where the painter has the plan, it makes the room that its operation needs."""
    nodes = api(path)
    for node in nodes.values():
        if node["class_type"] == "PromptEditInpaint" and "plan" in node["inputs"]:
            cut = nodes[node["inputs"]["mask"][0]]
            assert cut["class_type"] != "PromptEditMask" or cut["inputs"]["grow"] == 0


@pytest.mark.parametrize("path", WORKFLOWS, ids=name)
def test_both_forms_say_the_same(path: Path) -> None:
    written = {key: {"class_type": node["class_type"], "inputs": node["inputs"]}
               for key, node in api(path).items()}  # fmt: skip
    assert written == as_api(json.loads(path.read_text()))


def as_api(graph: dict[str, Any]) -> dict[str, Any]:
    """A workflow of the page as the page exports it for `/prompt`."""
    links = {link[0]: [str(link[1]), link[2]] for link in graph["links"]}
    nodes = {}
    for node in graph["nodes"]:
        if node["type"] == "MarkdownNote":
            continue
        values = iter(node["widgets_values"])
        widgets = {}
        for each in node["inputs"]:
            if each["name"] == "upload":  # a button, which says nothing
                next(values)
            elif "widget" in each:
                widgets[each["name"]] = next(values)
                if each["name"] == "seed":
                    assert next(values) == "fixed"  # a shared graph gives the shown result
        linked = {each["name"]: links[each["link"]]
                  for each in node["inputs"] if each.get("link")}  # fmt: skip
        nodes[str(node["id"])] = {"class_type": node["type"], "inputs": {**widgets, **linked}}
    return nodes


@pytest.mark.parametrize("path", WORKFLOWS, ids=name)
def test_nodes_do_not_lie_on_each_other(path: Path) -> None:
    nodes = json.loads(path.read_text())["nodes"]
    boxes = sorted((node["pos"][0], node["pos"][1] - 30, node["pos"][0] + node["size"][0],
                    node["pos"][1] + node["size"][1]) for node in nodes)  # fmt: skip
    for (_, top, right, bottom), (left, *rest) in pairwise(boxes):
        assert left >= right or rest[0] >= bottom or rest[2] <= top


@pytest.mark.parametrize("path", WORKFLOWS, ids=name)
def test_each_node_lies_in_one_group(path: Path) -> None:
    graph = json.loads(path.read_text())
    for node in graph["nodes"]:
        (x, y), (width, height) = node["pos"], node["size"]
        around = [
            left <= x and top <= y - 30 and x + width <= left + across and y + height <= top + down
            for left, top, across, down in (group["bounding"] for group in graph["groups"])
        ]
        assert sum(around) == (node["type"] != "MarkdownNote"), node["type"]


def every_slot(nodes: list[dict[str, Any]], pack: dict[str, type]) -> None:
    for node in nodes:
        if node["type"] in pack:
            schema = pack[node["type"]].define_schema()  # type: ignore[attr-defined]
            assert {each["name"] for each in node["inputs"]} == {each.id for each in schema.inputs}
            assert [each["type"] for each in node["outputs"]] == [
                str(each.io_type) for each in schema.outputs
            ]


@pytest.mark.parametrize("path", WORKFLOWS, ids=name)
def test_each_node_has_all_its_slots(path: Path, pack: dict[str, type]) -> None:
    """A page that finds one missing may hang a link on its neighbour."""
    every_slot(json.loads(path.read_text())["nodes"], pack)


def test_the_blueprint_is_the_whole_graph_in_one_node(pack: dict[str, type]) -> None:
    """What a user changes stands on its face; inside are the stages of the workflow."""
    blueprint = json.loads((runtime.ROOT / "subgraphs" / "Prompt Edit.json").read_text())
    (outer,), (inner,) = blueprint["nodes"], blueprint["definitions"]["subgraphs"]
    assert outer["type"] == inner["id"]
    face = ["image", "instruction", "seed", "detector", "segmenter", "painter"]
    for node in (inner, outer):
        assert [each["name"] for each in node["inputs"]] == face
        assert [each["name"] for each in node["outputs"]] == ["image", "mask"]
    assert blueprint == draw.blueprint(json.loads(WORKFLOWS[0].read_text()))
    assert inner["name"] == "Prompt Edit" and inner["description"]
    every_slot(inner["nodes"], pack)
    nodes = {node["id"]: node for node in inner["nodes"]}
    whole = {node["class_type"] for node in api(WORKFLOWS[0]).values()}
    stages = {node["type"] for node in nodes.values()} - {"MarkdownNote"}
    assert stages == whole - {"PromptEditPaperDoll", "SaveImage"}
    for link in inner["links"]:
        if link["target_id"] in nodes:
            assert nodes[link["target_id"]]["inputs"][link["target_slot"]]["link"] == link["id"]
        if link["origin_id"] in nodes:
            assert link["id"] in nodes[link["origin_id"]]["outputs"][link["origin_slot"]]["links"]


@pytest.mark.parametrize("path", BUNDLED, ids=name)
def test_it_runs_and_changes_its_region_alone(path: Path, pack: dict[str, type]) -> None:
    graph = Graph(api(path), pack).run()
    before = graph.output(graph.named("PromptEditPaperDoll"))
    saved = graph.output(graph.nodes[graph.named("SaveImage")]["inputs"]["images"][0])
    if name(path) == "extract":
        shown = saved[..., 3] > 0
        assert 0.03 < float(saved[..., 3].mean()) < 0.4
        assert torch.equal(saved[..., :3][shown], before[shown])
        assert not saved[~shown].any()  # nothing of what was cut away is left
        return
    painted = [key for key, node in graph.nodes.items()
               if node["class_type"] == "PromptEditInpaint"]  # fmt: skip
    for key in painted:
        source = graph.output(*graph.nodes[key]["inputs"]["image"])
        results, opacities = graph.results[key]
        for after, opacity in zip(results, opacities, strict=True):
            changed = (after != source).any(dim=-1)
            assert not changed[opacity == 0].any()
            assert float(changed[opacity > 0.9].float().mean()) > 0.9
            assert 0.003 < float((opacity > 0).float().mean()) < 0.5
    assert painted and torch.isfinite(saved).all()
    if name(path) == "batch":
        assert saved.shape == before.shape == (4, 256, 256, 3)
    if name(path) == "crop_stitch_upscale":
        whole = graph.output(graph.named("PromptEditStitch"))
        mask = graph.output(graph.named("PromptEditMask"))
        assert torch.equal(whole[mask == 0], before[mask == 0])
        assert saved.shape == (1, 512, 512, 3)
    if name(path) == "colour_variants":
        assert len(graph.results[painted[0]][0]) == 6


def test_a_folder_is_queued_without_what_was_made_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outputs may lie inside the folder, beside it, about it, or be it."""
    monkeypatch.syspath_prepend(runtime.ROOT / "workflows" / "api")
    pictures_in = importlib.import_module("queue_folder").pictures_in
    folder = tmp_path / "photos"
    for file in ("a.png", "edited/a.png", "edited2/b.png"):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).touch()
    whole = [folder / "a.png", folder / "edited" / "a.png", folder / "edited2" / "b.png"]
    assert pictures_in(folder, folder / "edited") == [whole[0], whole[2]]
    for out in (tmp_path / "edited", tmp_path, folder):
        assert pictures_in(folder, out) == whole
    with pytest.raises(ValueError, match="is no folder"):
        pictures_in(tmp_path / "phtos", tmp_path)


def test_what_is_queued_and_came_back_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(runtime.ROOT / "workflows" / "api")
    queueing = importlib.import_module("queue_folder")
    with pytest.raises(ValueError, match="export it as API"):
        queueing.filled({"nodes": [], "links": []}, "a.png", "remove the dog")
    graph = {"9": {"class_type": "SaveImage", "inputs": {}}}
    saved = {"9": {"images": [{"filename": "x.png"}]}}
    assert queueing.result(graph, {"outputs": saved}) == {"filename": "x.png"}
    for note in (EMPTY, WHOLE, LEFT):
        with pytest.raises(ValueError, match="nothing was found to edit"):
            queueing.result(graph, {"outputs": saved | {"5": {"text": ["done", note]}}})
    with pytest.raises(ValueError, match="holds no pictures"):
        queueing.run(None, {}, Path(__file__).parent, "remove the dog", Path("nowhere"))
