"""What Prompt Edit shows is what its run showed, also where the host has nothing to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from graph.server import HOST, Server
from playwright.sync_api import Browser

from .browser import FRONTEND, SETTINGS, VUE_SINCE, Tab

WHOLE = "PromptEdit"
NODES = {
    "scene": ("PromptEditPaperDoll", {}),
    "whole": (WHOLE, {"instruction": "make the dress blue", "control_after_generate": "fixed"}),
    "picture": ("PreviewImage", {}),
}
LINKS = [("scene", 0, "whole", "image"), ("whole", 0, "picture", "images")]
SHOWN = """() => {
  const every = (graph) =>
    graph.nodes.flatMap((node) => [node, ...(node.subgraph ? every(node.subgraph) : [])]);
  const node = every(app.rootGraph ?? app.graph).find((each) => each.type === "PromptEdit");
  const inside = node.graph !== (app.rootGraph ?? app.graph);
  const output = app.nodeOutputs[inside ? `${node.graph.id}:${node.id}` : node.id] ?? {};
  return { files: (output.images ?? []).map((each) => each.filename),
           said: node.widgets.find((each) => each.name === "said")?.value ?? null };
}"""
DRAWN = """async () => {
  const node = app.graph.nodes.find((each) => each.type === "PromptEdit");
  const element = document.querySelector(`[data-node-id="${node.id}"]`);
  const pictures = element ? [...element.querySelectorAll("img")] : node.imgs ?? [];
  await Promise.all(pictures.map((each) => each.decode()));
  return pictures.map((each) => new URL(each.src).searchParams.get("filename"));
}"""
INTO_A_SUBGRAPH = """() => {
  const node = app.graph.nodes.find((each) => each.type === "PromptEdit");
  app.graph.convertToSubgraph(new Set([node]));
}"""
SET = """([name, value]) => {
  const node = app.graph.nodes.find((each) => each.type === "PromptEdit");
  node.widgets.find((each) => each.name === name).value = value;
}"""


@pytest.fixture(scope="module")
def remembering(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """The page of a host that remembers what it did many runs ago."""
    if not HOST:
        pytest.skip("COMFYUI_PATH names no ComfyUI folder")
    options = ["--cache-lru", "100", *(["--front-end-root", FRONTEND] if FRONTEND else [])]
    server = Server(tmp_path_factory.mktemp("remembering"), options, SETTINGS)
    tab = Tab(browser, server.address)
    yield tab
    tab.page.close()
    server.stop()


def ran(tab: Tab) -> dict[str, Any]:
    """Runs, and gives the picture files and the text that Prompt Edit holds in the end."""
    assert tab.run()["kind"] == "execution_success"
    return tab.page.evaluate(SHOWN)


def test_the_pictures_come_back_after_a_reload(drawn: Tab) -> None:
    drawn.build(NODES, LINKS)
    first = ran(drawn)
    assert first["files"] and first["said"].startswith("1. recolor")
    assert ran(drawn) == first
    drawn.reload()
    assert drawn.page.evaluate(SHOWN)["files"] == []
    assert ran(drawn) == first
    drawn.settled()
    assert drawn.page.evaluate(DRAWN) == first["files"]
    drawn.page.evaluate(SET, ["seed", 7])
    repainted = ran(drawn)
    assert repainted["files"], "of stages that had nothing to do"
    drawn.reload()
    assert ran(drawn) == repainted
    assert drawn.errors == []


def test_the_pictures_are_those_of_this_very_graph(remembering: Tab) -> None:
    """Two instructions by turns: what the other one showed does not stay, and does not come."""
    tab = remembering
    tab.build(NODES, LINKS)
    dress = ran(tab)
    tab.page.evaluate(SET, ["instruction", "make the hair green"])
    hair = ran(tab)
    assert not set(dress["files"]) & set(hair["files"]) and dress["said"] != hair["said"]
    for reload in (False, True):
        for text, expected in [("make the dress blue", dress), ("make the hair green", hair)]:
            if reload:
                tab.reload()
            tab.page.evaluate(SET, ["instruction", text])
            assert ran(tab) == expected
            tab.settled()
            assert tab.page.evaluate(DRAWN) == expected["files"]
    assert tab.errors == []


def test_no_broken_picture_where_the_files_are_gone(tab: Tab, server: Server) -> None:
    tab.vue(False)
    tab.build(NODES, LINKS)
    tab.page.evaluate(SET, ["instruction", "make the dress yellow"])  # as in no other test
    first = ran(tab)
    assert first["files"]
    for name in first["files"]:
        (server.folder / "temp" / name).unlink()
    tab.reload()
    assert ran(tab) == {"files": [], "said": first["said"]}
    assert tab.page.evaluate(DRAWN) == []
    assert tab.errors == []


def test_they_come_back_inside_a_subgraph(tab: Tab) -> None:
    tab.vue(False)
    tab.build(NODES, LINKS)
    tab.page.evaluate(INTO_A_SUBGRAPH)
    tab.frames()
    first = ran(tab)
    assert first["files"] and first["said"]
    tab.reload()
    assert ran(tab) == first
    assert tab.errors == []


def test_they_come_back_with_their_workflow(tab: Tab) -> None:
    """Another workflow is opened, and the first comes to the front again."""
    if tab.version < VUE_SINCE:
        pytest.skip("this page forgets what nodes showed")
    tab.vue(False)
    tab.build(NODES, LINKS)
    first = ran(tab)
    tab.away_and_back({"scene": NODES["scene"]})
    assert tab.page.evaluate(SHOWN) == first
    assert tab.errors == []
