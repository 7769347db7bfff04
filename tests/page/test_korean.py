"""The page in Korean: what is seen is Korean, what is sent stays as it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from graph.server import Server
from playwright.sync_api import Browser

from .browser import Tab

LOCALE = "Comfy.Locale"
NODES: dict[str, tuple[str, dict[str, Any]]] = {
    "scene": ("PromptEditPaperDoll", {}),
    "whole": ("PromptEdit", {}),
    "sheet": ("PreviewImage", {}),
}
LINKS = [("scene", 0, "whole", "image"), ("whole", 0, "sheet", "images")]
SHOWN = """() => Object.fromEntries(app.graph.nodes.map((node) => [node.type,
  Object.fromEntries((node.widgets ?? []).map((each) => [each.name, each._displayValue]))]))"""
HELP = """async (name) => {
  const locale = app.ui.settings.getSettingValue("Comfy.Locale");
  const answer = await fetch(`/extensions/prompt-edit/docs/${name}/${locale}.md`);
  return answer.ok ? await answer.text() : "";
}"""


@pytest.fixture(scope="module")
def korean(server: Server, browser: Browser) -> Iterator[Tab]:
    tab = Tab(browser, server.address)
    before = tab.page.evaluate("(name) => app.ui.settings.getSettingValue(name)", LOCALE)
    speak(tab, "ko")
    tab.reload()
    yield tab
    speak(tab, before)
    tab.page.close()


def speak(tab: Tab, language: str) -> None:
    tab.page.evaluate(
        "async ([name, value]) => await app.ui.settings.setSettingValueAsync(name, value)",
        [LOCALE, language],
    )


def test_titles_list_values_and_first_texts_are_korean(korean: Tab) -> None:
    korean.vue(False)
    korean.build(NODES, LINKS)
    titles = {node["type"]: node["title"] for node in korean.nodes()}
    assert titles["PromptEdit"] == "프롬프트 편집"
    shown = korean.page.evaluate(SHOWN)
    assert shown["PromptEdit"]["instruction"] == "빨간 드레스를 하얀 티셔츠로 바꿔줘"
    korean.page.evaluate("async () => await app.refreshComboInNodes()")
    assert korean.page.evaluate(SHOWN) == shown, "also after the lists were read again"
    labels = korean.version >= (1, 45)  # an older page has no labels of values
    assert shown["PromptEditPaperDoll"]["scene"] == ("빨간 드레스" if labels else "red dress")


def test_what_is_sent_and_saved_is_not_translated(korean: Tab) -> None:
    korean.vue(False)
    korean.build(NODES, LINKS)
    sent = {node["class_type"]: node["inputs"] for node in korean.prompt().values()}
    assert sent["PromptEditPaperDoll"]["scene"] == "red dress"
    assert korean.run()["kind"] == "execution_success"


def test_a_saved_text_is_not_replaced(korean: Tab) -> None:
    korean.build({"parse": ("PromptEditParse", {"instruction": "remove the dog"})}, [])
    saved = korean.page.evaluate("() => app.graph.serialize()")
    korean.open(saved)
    assert korean.nodes()[0]["values"]["instruction"] == "remove the dog"


def test_help_is_served_in_korean(korean: Tab) -> None:
    assert korean.page.evaluate(HELP, "PromptEdit").startswith("# 프롬프트 편집\n")
