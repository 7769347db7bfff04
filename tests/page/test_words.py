"""What people type to find our nodes, and what they read when something is wrong."""

from __future__ import annotations

import pytest

from .browser import Tab


@pytest.fixture
def clean(tab: Tab) -> Tab:
    """The tab with an empty workflow in the classic renderer."""
    tab.vue(False)
    tab.build({}, [])
    return tab


@pytest.mark.parametrize(
    ("typed", "ours"),
    [
        ("segment anything", "Load SAM"),
        ("text edit", "Prompt Edit"),
        ("remove object", "Prompt Edit"),
        ("replace", "Prompt Edit"),
    ],
)
def test_the_node_search_finds_ours(clean: Tab, typed: str, ours: str) -> None:
    if clean.version < (1, 45):
        pytest.skip("the search of this page knows no other names of nodes")
    found = clean.search(typed)
    assert any(line.startswith(ours) for line in found), found


def test_what_is_of_no_use_in_a_graph_is_not_offered(clean: Tab) -> None:
    """The node that each output of Prompt Edit ends in."""
    if clean.version < (1, 45):
        pytest.skip("this page lists nodes for developers, too")
    found = clean.search("prompt edit")
    assert found and not any(line.startswith("Whole List") for line in found), found


def test_an_error_begins_with_what_is_wrong(clean: Tab) -> None:
    clean.build({"parse": ("PromptEditParse", {"instruction": "frobnicate"}),
                 "json": ("PromptEditPlanToJSON", {})}, [("parse", 0, "json", "plan")])  # fmt: skip
    assert clean.run()["kind"] == "execution_error"
    if clean.version >= (1, 58):  # which says at first only that the node failed
        clean.page.get_by_role("button", name="View details").click()
    shown = clean.page.get_by_text("I cannot read “frobnicate”").first
    shown.wait_for()
    before, _, _ = shown.inner_text().partition("I cannot read")
    assert "custom_nodes" not in before
    clean.page.keyboard.press("Escape")
    assert clean.errors == []
