"""The shipped workflows: whole, in step with their API form, and running on the sample models."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch

from . import runtime
from .runtime import Graph

FOLDER = runtime.ROOT / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.json"))
NEEDS_A_DOWNLOAD = {"prompt_edit_your_sampler", "prompt_edit_controlnet"}
BUNDLED = [path for path in WORKFLOWS if path.stem not in NEEDS_A_DOWNLOAD]


def name(path: Path) -> str:
    return path.stem


def api(path: Path) -> dict[str, Any]:
    return json.loads((FOLDER / "api" / path.name).read_text())


@pytest.mark.parametrize("path", WORKFLOWS, ids=name)
def test_each_has_a_picture_and_says_what_to_change(path: Path) -> None:
    assert path.with_suffix(".jpg").stat().st_size < 500_000
    graph = json.loads(path.read_text())
    notes = [node for node in graph["nodes"] if node["type"] == "MarkdownNote"]
    assert notes and graph["groups"]
    wanted = [model for node in graph["nodes"] for model in node["properties"].get("models", [])]
    assert bool(wanted) == (path.stem in NEEDS_A_DOWNLOAD)
    for model in wanted:
        assert model["name"] in notes[0]["widgets_values"][0]
        assert model["url"].endswith(model["name"]) and model["directory"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=name)
def test_both_forms_say_the_same(path: Path) -> None:
    told = {key: {"class_type": node["class_type"], "inputs": node["inputs"]}
            for key, node in api(path).items()}  # fmt: skip
    assert told == as_api(json.loads(path.read_text()))


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


def test_the_blueprint_is_the_whole_graph_in_one_node() -> None:
    """What a user changes stands on its face; inside are the stages of the workflow."""
    stem = "prompt_edit_stage_by_stage"
    blueprint = json.loads((runtime.ROOT / "subgraphs" / f"{stem}.json").read_text())
    (outer,), (inner,) = blueprint["nodes"], blueprint["definitions"]["subgraphs"]
    assert outer["type"] == inner["id"]
    assert [each["name"] for each in inner["inputs"]] == ["image", "instruction", "seed"]
    assert [each["name"] for each in outer["inputs"]] == ["image", "instruction", "seed"]
    nodes = {node["id"]: node for node in inner["nodes"]}
    whole = {node["class_type"] for node in api(FOLDER / f"{stem}.json").values()}
    stages = {node["type"] for node in nodes.values()} - {"MarkdownNote"}
    assert stages == whole - {"PromptEditPaperDoll", "SaveImage"}
    for link in inner["links"]:
        if link["target_id"] in nodes:
            assert nodes[link["target_id"]]["inputs"][link["target_slot"]]["link"] == link["id"]


@pytest.mark.parametrize("path", BUNDLED, ids=name)
def test_it_runs_and_changes_its_region_alone(path: Path, pack: dict[str, type]) -> None:
    graph = Graph(api(path), pack).run()
    before = graph.output(graph.named("PromptEditPaperDoll"))
    saved = graph.output(graph.nodes[graph.named("SaveImage")]["inputs"]["images"][0])
    if path.stem == "prompt_edit_extract":
        assert saved.shape[-1] == 4
        assert 0.03 < float(saved[..., 3].mean()) < 0.4
        assert torch.equal(saved[..., :3], before)
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
    if path.stem == "prompt_edit_batch":
        assert saved.shape == before.shape == (4, 256, 256, 3)
    if path.stem == "prompt_edit_crop_stitch_upscale":
        whole = graph.output(graph.named("PromptEditStitch"))
        mask = graph.output(graph.named("PromptEditMask"))
        assert torch.equal(whole[mask == 0], before[mask == 0])
        assert saved.shape == (1, 512, 512, 3)
    if path.stem == "prompt_edit_colour_variants":
        assert len(graph.results[painted[0]][0]) == 6
