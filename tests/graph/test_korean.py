"""The page in Korean: names, tooltips, list values, first texts and help."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from prompt_edit.intent.models.llm import parse_offline

from . import runtime

DOCS, LOCALES = runtime.ROOT / "web" / "docs", runtime.ROOT / "locales"
HANGUL, LATIN = re.compile("[가-힣]"), re.compile("[A-Za-z]")
NAMES = sorted(file.stem for file in DOCS.glob("*.md"))
OF_OUR_OWN = {"options", "default"}
"""What the host does not read: web/js/words.js does."""


def node_texts(language: str) -> dict[str, Any]:
    return json.loads((LOCALES / language / "nodeDefs.json").read_text(encoding="utf-8"))


def shape(each: Any) -> Any:
    """Its keys, all the way down."""
    if not isinstance(each, dict):
        return type(each).__name__
    return {key: shape(value) for key, value in each.items() if key not in OF_OUR_OWN}


def parts(text: str) -> list[str]:
    """What stands below each heading of a help page, the first part being what comes before."""
    return re.split(r"^## .+\n", text, flags=re.MULTILINE)


def items(part: str) -> list[str]:
    return re.findall(r"^- \*\*(.+?)\*\* \(", part, re.MULTILINE)


def korean_share(text: str) -> float:
    """Of the letters, leaving out code, messages as they are shown, types and file names."""
    text = re.sub(r"```.*?```|`[^`]*`|!\[.*?\)|\"[^\n]*\"|'[^\n가-힣]*'", "", text, flags=re.DOTALL)
    text = re.sub(r"\b[A-Z_]{4,}\b|^- [ -~]+:", "", text, flags=re.MULTILINE)
    korean, latin = (len(kind.findall(text)) for kind in (HANGUL, LATIN))
    return korean / max(korean + latin, 1)


def test_the_same_is_told_in_both_languages() -> None:
    english, korean = node_texts("en"), node_texts("ko")
    assert list(english) == list(korean) and sorted(english) == NAMES
    assert shape(english) == shape(korean)


def test_every_tooltip_is_korean() -> None:
    for name, node in node_texts("ko").items():
        slots = [*node["inputs"].values(), *node["outputs"].values()]
        for text in (node["description"], *(each["tooltip"] for each in slots)):
            assert HANGUL.search(text), f"{name}: {text}"


@pytest.mark.parametrize("name", NAMES)
def test_help_is_korean_and_names_every_slot(name: str) -> None:
    """The page looks for docs/<node>/<language>.md, and for pictures in docs/ all the same."""
    text = (DOCS / name / "ko.md").read_text(encoding="utf-8")
    english = (DOCS / f"{name}.md").read_text(encoding="utf-8")
    node, sections = node_texts("ko")[name], parts(text)
    assert text.startswith(f"# {node['display_name']}\n")
    assert items(sections[1]) == [each["name"] for each in node["inputs"].values()]
    assert items(sections[2]) == [each["name"] for each in node["outputs"].values()]
    assert len(sections) == len(parts(english)), "the same headings as in English"
    for ours, theirs in zip(sections, parts(english), strict=True):
        assert ours.count("\n- ") == theirs.count("\n- "), ours
    pictures = re.findall(r"\]\((.+?)\)", text)
    assert pictures == re.findall(r"\]\((.+?)\)", english)
    assert all((DOCS / picture).is_file() for picture in pictures)
    assert korean_share(text) > 0.55
    assert not re.search(r"^\s*\|", text, re.MULTILINE), "no tables: the pane is narrow"


def test_list_values_and_first_texts_are_of_these_nodes(pack: dict[str, type]) -> None:
    for name, node in node_texts("ko").items():
        schema = pack[name].define_schema()  # type: ignore[attr-defined]
        for given in schema.inputs:
            words = node["inputs"][given.id]
            values = getattr(given, "options", None) or []
            assert set(words.get("options", {})) <= {str(each) for each in values}, name
            if text := words.get("default"):
                assert parse_offline(text).edits == parse_offline(given.default).edits, name


def lines(text: str) -> list[str]:
    return re.findall(r"^- .+", text, re.MULTILINE)


@pytest.mark.parametrize("name", NAMES)
def test_help_names_the_same_values_and_messages(name: str, pack: dict[str, type]) -> None:
    """What the English page names of a list, and the messages that it quotes, word for word."""
    korean = (DOCS / name / "ko.md").read_text(encoding="utf-8")
    english = (DOCS / f"{name}.md").read_text(encoding="utf-8")
    for quoted in re.findall(r"""^- ("[^"\n]+"|'[^'\n]+')""", english, re.MULTILINE):
        assert quoted in korean, quoted
    inputs = pack[name].define_schema().inputs  # type: ignore[attr-defined]
    for each, ours, theirs in zip(inputs, lines(parts(korean)[1]), lines(parts(english)[1]),
                                  strict=True):  # fmt: skip
        labels = node_texts("ko")[name]["inputs"][each.id].get("options", {})
        for value in map(str, getattr(each, "options", None) or []):
            if re.search(rf"[ (]{re.escape(value)}[,.):;]", theirs):
                assert value in ours or labels.get(value, value) in ours, value


def test_what_helps_names_is_there() -> None:
    """Titles in single quotes are of our nodes, or of the host's own."""
    titles = {node["display_name"] for node in node_texts("ko").values()}
    hosts = {"이미지 로드", "이미지 자르기", "BBoxes 그리기"}
    values = {value for node in node_texts("ko").values() for each in node["inputs"].values()
              for value in each.get("options", {}).values()}  # fmt: skip
    for file in sorted(Path(DOCS).glob("*/ko.md")):
        text = re.sub(r"\"[^\n]*?\"(?=[:.이과나은 ])", "", file.read_text(encoding="utf-8"))
        for title in re.findall(r"'([^'\n]*[가-힣][^'\n]*)'", text):
            assert title in titles | hosts | values, f"{file.parent.name}: {title}"
