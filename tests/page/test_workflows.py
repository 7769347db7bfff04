"""The shipped workflows in the page: open, run, run again, reload, run again."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from graph import runtime
from graph.server import HOST, Server
from graph.shipped import BUNDLED, DOWNLOADED, api, draw, name

from .browser import VUE_SINCE, Tab

(BLUEPRINT,) = (runtime.ROOT / "subgraphs").glob("*.json")


def links(tab: Tab) -> dict[str, list[str]]:
    return {f"{node['id']} {node['type']}": node["links"] for node in tab.nodes()}


def shown(tab: Tab) -> dict[str, Any]:
    """Of each node what it shows: how many pictures, and which text."""
    return {
        f"{node['id']} {node['type']}": (node["pictures"], node["values"].get("said"))
        for node in tab.nodes()
        if node["pictures"] or node["values"].get("said")
    }


def ran(tab: Tab) -> dict[str, Any]:
    ended = tab.run()
    assert ended["kind"] == "execution_success", ended
    tab.settled()
    return shown(tab)


EACH = [pytest.param(False, path, id=f"{name(path)}-classic") for path in BUNDLED] + [
    pytest.param(True, path, id=f"{name(path)}-vue") for path in BUNDLED[:2]
]


@pytest.mark.parametrize(("vue", "path"), EACH)
def test_nothing_is_lost(tab: Tab, server: Server, vue: bool, path: Path) -> None:
    """Every link and preview is there after a second run, and after a reload."""
    if vue and tab.version < VUE_SINCE:
        pytest.skip("Nodes 2.0 of this page is a trial")
    tab.vue(vue)
    tab.open(path)
    server.post("/free", {"free_memory": True})  # what ran before is forgotten: all runs anew
    linked = links(tab)
    first = ran(tab)
    assert any(pictures for pictures, _ in first.values())
    assert ran(tab) == first and links(tab) == linked
    tab.reload()
    assert links(tab) == linked
    assert ran(tab) == first
    assert links(tab) == linked
    assert tab.errors == []


@pytest.mark.parametrize("path", BUNDLED, ids=name)
def test_nodes_lie_apart_and_in_their_groups(drawn: Tab, path: Path) -> None:
    """As they are drawn, before and after a run."""
    drawn.open(path)
    assert drawn.layout().faults() == []
    ran(drawn)
    assert drawn.layout().faults() == []
    assert drawn.errors == []


@pytest.fixture(scope="module")
def standing_in(server: Server) -> None:
    """Empty files under the names of what people download, where the host looks for them, and the
    host's example."""
    taken = server.folder / "input" / "example.png"
    taken.parent.mkdir(exist_ok=True)
    shutil.copyfile(Path(HOST or "") / "input" / taken.name, taken)
    for file, (folder, _) in draw.FILES.items():
        place = server.folder / "models" / folder / file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()


@pytest.mark.usefixtures("standing_in")
@pytest.mark.parametrize("path", DOWNLOADED, ids=name)
def test_what_needs_downloads_opens_whole(drawn: Tab, server: Server, path: Path) -> None:
    """The page sends what the API form says, and the host refuses none of it."""
    drawn.open(path)
    drawn.quiet()
    assert drawn.layout().faults() == []
    sent, wanted = drawn.prompt(), api(path)
    assert sent.keys() == wanted.keys()
    for key, node in wanted.items():
        ours, inputs = node["class_type"].startswith("PromptEdit"), node["inputs"]
        if not ours:  # older hosts have fewer widgets
            known = sent[key]["inputs"].keys()
            inputs = {slot: value for slot, value in inputs.items()
                      if slot in known or isinstance(value, list)}  # fmt: skip
        assert (sent[key]["class_type"], sent[key]["inputs"]) == (node["class_type"], inputs)
    answer = server.post("/prompt", {"prompt": sent})
    server.until(lambda: stopped(server), 180)
    assert answer["node_errors"] == {}
    assert drawn.errors == []


def stopped(server: Server) -> bool:
    """Whether nothing runs any more; what does is asked to stop."""
    server.post("/queue", {"clear": True})
    server.post("/interrupt", {})
    queue = server.get("/queue")
    return not queue["queue_running"] and not queue["queue_pending"]


def test_the_blueprint_runs(tab: Tab) -> None:
    """The subgraph, between a picture and what saves one, twice."""
    tab.vue(False)
    tab.open(BLUEPRINT)
    (whole,) = tab.nodes()
    tab.join("PromptEditPaperDoll", 0, whole["type"], "image")
    tab.join(whole["type"], 0, "PreviewImage", "images")
    prompt = tab.prompt()
    (painting,) = [each["inputs"] for each in prompt.values()
                   if each["class_type"] == "PromptEditInpaint"]  # fmt: skip
    assert isinstance(painting["seed"], int) and painting["negative_prompt"] == ""
    first = ran(tab)
    assert ran(tab) == first and any("PreviewImage" in key for key in first)
    assert tab.errors == []
