"""The lines of the help pages that name inputs and outputs, from the schemas and the locales.

    - **name** (TYPE, 0 to 1, default 0.5; more by hand): what it is, by hand.

Name, type, range and default are the schema's; `make locales` sets them, adds what is new, and
leaves the words behind the colon alone, as they say more than a tooltip has room for.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from . import runtime

LINE = re.compile(r"- \*\*(?P<name>.+?)\*\* \((?P<facts>[^;)]*)(?P<more>;[^)]*)?\)(?P<rest>.*)")
TITLES = {"en": ("Inputs", "Outputs"), "ko": ("입력", "출력")}
WORDS = {
    "en": {"required": "required", "optional": "optional", "or": " or ", "to": "{} to {}",
           "default": "default {}", "empty": "empty", "on": "on", "off": "off", "list": "a list",
           "long": "an example"},
    "ko": {"required": "필수", "optional": "선택", "or": " 또는 ", "to": "{}~{}",
           "default": "기본값 {}", "empty": "없음", "on": "켬", "off": "끔", "list": "목록",
           "long": "예시"},
}  # fmt: skip
ENDLESS = 2**32
"""A range that goes on beyond this is no news."""
_LONG = 43
"""Longer texts do not fit the pane."""
_INSTALLED = {"model", "lora", "sampler_name", "scheduler"}
"""Lists of what is installed, or of the host, whose first is another on each machine."""


def page(node: str, language: str) -> Path:
    docs = runtime.ROOT / "web" / "docs"
    return docs / f"{node}.md" if language == "en" else docs / node / f"{language}.md"


def renewed_pages(pack: dict[str, type]) -> dict[tuple[str, str], str]:
    """All help pages by node and language, as they should be."""
    return {
        (node, language): renewed(page(node, language).read_text("utf-8"), cls.define_schema(),  # type: ignore[attr-defined]
                                  language)
        for language in TITLES for node, cls in pack.items()
    }  # fmt: skip


def renewed(text: str, schema: Any, language: str) -> str:
    """A page whose lines of inputs and outputs are as the schema has them."""
    locale = runtime.ROOT / "locales" / language / "nodeDefs.json"
    texts = json.loads(locale.read_text(encoding="utf-8"))[schema.node_id]
    inputs = [(texts["inputs"][each.id], input_facts(each, texts["inputs"][each.id], language))
              for each in schema.inputs]  # fmt: skip
    outputs = [(texts["outputs"][str(number)], output_facts(each, language))
               for number, each in enumerate(schema.outputs)]  # fmt: skip
    for title, wanted in zip(TITLES[language], (inputs, outputs), strict=True):
        head, mark, rest = text.partition(f"## {title}\n\n")
        lines, blank, after = rest.partition("\n\n")
        text = head + mark + _lines(lines, wanted) + blank + after
    return text


def _lines(old: str, wanted: list[tuple[dict[str, Any], str]]) -> str:
    """Each input's or output's line in the schema's order, and what stands between them."""
    held = {found["name"].replace("_", " "): (found["more"] or "", found["rest"])
            for line in old.splitlines() if (found := LINE.fullmatch(line))}  # fmt: skip
    return "\n".join(
        f"- **{text['name']}** ({facts}{more}){rest}"
        for text, facts in wanted
        for more, rest in [held.get(text["name"].replace("_", " "), ("", f": {text['tooltip']}"))]
    )


def input_facts(each: Any, text: dict[str, Any], language: str) -> str:
    """Type, range and default of an input."""
    words, facts = WORDS[language], [each.get_io_type().replace(",", WORDS[language]["or"])]
    default = getattr(each, "default", None)
    if each.optional:
        facts.append(words["optional"])
    elif not hasattr(each, "default"):
        facts.append(words["required"])
    low, high = getattr(each, "min", None), getattr(each, "max", None)
    if low is not None and high is not None and high <= ENDLESS:
        facts.append(words["to"].format(f"{low:g}", f"{high:g}"))
    if default is not None and each.id not in _INSTALLED:
        first = text.get("default", default)  # of a field: words.js shows it in the page's language
        facts.append(words["default"].format(_value(first, text.get("options", {}), words)))
    return ", ".join(facts)


def _value(default: Any, options: dict[str, str], words: dict[str, str]) -> str:
    if isinstance(default, bool):
        return words["on" if default else "off"]
    if isinstance(default, (int, float)):
        return f"{default:g}"
    if len(default) > _LONG:
        return words["long"]
    return f'"{options.get(default, default)}"' if default else words["empty"]


def output_facts(each: Any, language: str) -> str:
    """Type of an output."""
    kind = each.get_io_type()
    return f"{kind}, {WORDS[language]['list']}" if each.is_output_list else kind
