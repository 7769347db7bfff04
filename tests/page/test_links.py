"""What nodes show of a run must not cost them an input."""

from __future__ import annotations

from typing import Any

import pytest

from .browser import Tab

NODES: dict[str, tuple[str, dict[str, Any]]] = {
    "scene": ("PromptEditPaperDoll", {}),
    "sentence": ("PrimitiveString", {"value": "make the dress blue"}),
    "threshold": ("PrimitiveFloat", {"value": 0.3}),
    "whether": ("PrimitiveBoolean", {"value": True}),
    "sam": ("PromptEditLoadSAM", {}),
    "rough": ("SolidMask", {"value": 1.0, "width": 256, "height": 256}),
    "parse": ("PromptEditParse", {"instruction": "frobnicate"}),
    "json": ("PromptEditPlanToJSON", {}),
    "whole": (
        "PromptEdit",
        {"instruction": "make the dress green", "control_after_generate": "fixed"},
    ),
    "by hand": ("PromptEditMaskByHand", {"inside": "0.5,0.5"}),
    "picture": ("PreviewImage", {}),
    "other picture": ("PreviewImage", {}),
}
LINKS = [
    ("sentence", 0, "parse", "instruction"),
    ("parse", 0, "json", "plan"),
    ("scene", 0, "whole", "image"),
    ("threshold", 0, "whole", "threshold"),
    ("whole", 0, "picture", "images"),
    ("sam", 0, "by hand", "segmenter"),
    ("scene", 0, "by hand", "image"),
    ("rough", 0, "by hand", "rough"),
    ("whether", 0, "by hand", "fill_holes"),
    ("by hand", 1, "other picture", "images"),
]
LAST = {
    "PromptEditPlanToJSON": "plan",
    "PromptEditParse": "instruction",
    "PromptEdit": "threshold",
    "PromptEditMaskByHand": "fill_holes",
}


@pytest.mark.parametrize("vue", [False, True], ids=["classic", "vue"])
def test_each_input_keeps_its_link(tab: Tab, vue: bool) -> None:
    """Running twice, saving, opening what was saved, and running again."""
    if vue and tab.version < (1, 45):
        pytest.skip("Nodes 2.0 of this page is a trial")
    tab.vue(vue)
    tab.build(NODES, LINKS)
    before = tab.prompt()
    sockets = {node["type"]: node["sockets"] for node in tab.nodes()}
    for last in (False, True):
        for _ in range(2):
            assert tab.run()["kind"] == "execution_success"
            assert tab.prompt() == before
            assert {node["type"]: node["sockets"] for node in tab.nodes()} == sockets
            for kind, name in LAST.items():
                assert name in tab.node(kind)["links"]
        if not last:
            spoke = {node["type"] for node in tab.nodes() if node["values"].get("said")}
            assert spoke >= {"PromptEditParse", "PromptEditPlanToJSON", "PromptEdit"}
            assert "blue" in tab.node("PromptEditParse")["values"]["said"]
            saved = tab.saved()
            assert "said" not in str(saved)
            tab.open(saved)
    assert tab.errors == []


def test_what_is_said_comes_back_with_its_workflow(tab: Tab) -> None:
    """Another workflow is opened, and the first comes to the front again."""
    if tab.version < (1, 45):
        pytest.skip("this page forgets what nodes showed")
    tab.vue(False)
    tab.build(NODES, LINKS)
    assert tab.run()["kind"] == "execution_success"
    said = tab.node("PromptEditParse")["values"]["said"]
    tab.away_and_back({"scene": NODES["scene"]})
    assert tab.node("PromptEditParse")["values"]["said"] == said


BYPASS = """(kind) => { app.graph.nodes.find((node) => node.type === kind).mode = 4; }"""
INTO_A_SUBGRAPH = """(kinds) => app.graph.convertToSubgraph(
  new Set(app.graph.nodes.filter((node) => kinds.includes(node.type))))"""
SAID = """() => {
  const every = (graph) =>
    graph.nodes.flatMap((node) => [node, ...(node.subgraph ? every(node.subgraph) : [])]);
  return Object.fromEntries(every(app.rootGraph ?? app.graph).map((node) =>
    [node.type, node.widgets?.find((each) => each.name === "said")?.value ?? ""]));
}"""


def test_what_is_said_comes_back_inside_subgraphs(tab: Tab) -> None:
    """One in another, too."""
    if tab.version < (1, 45):
        pytest.skip("this page forgets what nodes showed")
    tab.vue(False)
    tab.build({name: NODES[name] for name in ("sentence", "parse", "json")}, LINKS[:2])
    for kinds in (["PromptEditParse"], ["PromptEditPlanToJSON"]):
        tab.page.evaluate(INTO_A_SUBGRAPH, kinds)
        tab.frames()
    wrapped = "() => app.graph.nodes.filter((node) => node.subgraph).map((node) => node.type)"
    tab.page.evaluate(INTO_A_SUBGRAPH, tab.page.evaluate(wrapped))
    tab.frames()
    assert tab.run()["kind"] == "execution_success"
    said = tab.page.evaluate(SAID)
    assert "blue" in said["PromptEditParse"] and "blue" in said["PromptEditPlanToJSON"]
    tab.away_and_back({"scene": NODES["scene"]})
    assert tab.page.evaluate(SAID) == said
    assert tab.errors == []


def test_check_edit_passes_on_what_was_edited_where_it_is_bypassed(tab: Tab) -> None:
    """Also in a workflow of the time when the picture before was its first."""
    tab.vue(False)
    tab.build(
        {"scene": ("PromptEditPaperDoll", {}), "edited": ("ImageInvert", {}),
         "detector": ("PromptEditLoadGroundingDINO", {}), "parse": ("PromptEditParse", {}),
         "check": ("PromptEditCheckEdit", {}), "save": ("SaveImage", {})},
        [("scene", 0, "edited", "image"), ("detector", 0, "check", "detector"),
         ("scene", 0, "check", "before"), ("edited", 0, "check", "after"),
         ("parse", 0, "check", "plan"), ("check", 0, "save", "images")],
    )  # fmt: skip
    new, old = tab.saved(), tab.saved()
    (check,) = [node for node in old["nodes"] if node["type"] == "PromptEditCheckEdit"]
    inputs = [each["name"] for each in check["inputs"]]
    one, other = inputs.index("before"), inputs.index("after")
    check["inputs"][one], check["inputs"][other] = check["inputs"][other], check["inputs"][one]
    for link in old["links"]:
        if link[3] == check["id"] and link[4] in (one, other):
            link[4] = one + other - link[4]
    assert other < one and new != old
    for workflow in (new, old):
        tab.open(workflow)
        prompt = {node["class_type"]: node["inputs"] for node in tab.prompt().values()}
        by_id = {key: node["class_type"] for key, node in tab.prompt().items()}
        wired = prompt["PromptEditCheckEdit"]
        assert by_id[wired["before"][0]] == "PromptEditPaperDoll"
        assert by_id[wired["after"][0]] == "ImageInvert"
        tab.page.evaluate(BYPASS, "PromptEditCheckEdit")
        (saved,) = [node["inputs"]["images"] for node in tab.prompt().values()
                    if node["class_type"] == "SaveImage"]  # fmt: skip
        assert by_id[saved[0]] == "ImageInvert"
    assert tab.errors == []
