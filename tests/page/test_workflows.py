"""The shipped workflows in the page: open, run, run again, reload, run again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from graph import runtime
from graph.server import Server
from graph.test_workflows import BUNDLED, name

from .browser import Tab

VUE_SINCE = (1, 45)  # Nodes 2.0 was a trial before
(BLUEPRINT,) = (runtime.ROOT / "subgraphs").glob("*.json")


@pytest.fixture(params=[False, True], ids=["classic", "vue"])
def drawn(request: pytest.FixtureRequest, tab: Tab) -> Tab:
    """The tab with one of the two renderers."""
    if request.param and tab.version < VUE_SINCE:
        pytest.skip("Nodes 2.0 of this page is a trial")
    tab.vue(request.param)
    return tab


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
