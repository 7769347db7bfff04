"""What the help pages quote of messages is what the code says."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from prompt_edit.models.card import read_card

from . import runtime

PYDANTICS = ("Extra inputs are not permitted", "Invalid JSON", "Field required")
START = re.compile(r'^- (?:[A-Z][\w ]* says )?("[^"\n]+"(?:(?:,| or| and) "[^"\n]+")*)', re.M)


@cache
def said() -> str:
    """The literals of the code that hold a blank, capitalised too, \\0 standing for values."""
    literals = set()
    for file in (*runtime.ROOT.glob("prompt_edit/**/*.py"), *runtime.ROOT.glob("nodes/**/*.py")):
        nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
        apart = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
        literals |= {literal(node) for node in nodes if id(node) not in apart}
    literals = {each for each in literals if " " in each}
    return "\n".join(literals | {each[0].upper() + each[1:] for each in literals})


def literal(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(literal(each) or "\0" for each in node.values)
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return node.value.replace("\n", " ") if is_text else ""  # type: ignore[attr-defined]


def is_said(words: str, first: bool) -> bool:
    """In one literal, `first` at its start. Numbers and "..." stand for anything."""
    words = re.sub(r"\([^)]*\)|\d+ x \d+", "...", words.strip(" .,:"))
    tokens = re.findall(r"\.\.\.|\d[\d.]*(?!\w)|\w+|[^\w\s]", words)
    takes, fixed, after = r"(?m:^)[\0 :]*" if first else "", 0, False
    for each in tokens:
        gap, word = each == "..." or each[0].isdigit(), " *" + re.escape(each)
        takes += ".*?" if gap else word if after else rf"(?:{word}| *\0|(?<=\0))"
        fixed, after = fixed + len(each) * (not gap), gap
    found = re.findall(takes, said())
    return any(len(re.sub(r"\0| ", "", each)) >= fixed / 2 for each in found)


def quotes() -> list[tuple[str, str]]:
    pages = {file.stem: file.read_text("utf-8") for file in runtime.ROOT.glob("web/docs/*.md")}
    return [(page, quote) for page, text in sorted(pages.items()) for start in START.findall(text)
            for quote in re.findall(r'"([^"]+)"', start)]  # fmt: skip


@pytest.mark.parametrize(("page", "quote"), quotes())
def test_a_quoted_message_is_said(page: str, quote: str) -> None:
    for number, words in enumerate(re.split(r"(?<!\.\.)(?<=[.:)]) |, but ", quote.strip(" ."))):
        known = words.strip(" .") in PYDANTICS or len(re.findall(r"[^\W\d]{2,}", words)) < 2
        assert known or is_said(words, not number), f"{page}: {words}"


@pytest.mark.parametrize(
    ("file", "words"),
    [("PromptEditLoadInpaint.md", "The sample model has {} steps and guidance scale {:g}."),
     ("PromptEditLoadInpaint/ko.md", "샘플 모델은 단계 수 {}, 가이던스 {:g}입니다.")],
)  # fmt: skip
def test_the_samples_own_settings_are_told(file: str, words: str) -> None:
    card = read_card(runtime.ROOT / "prompt_edit" / "models" / "samples" / "inpaint")
    text = (runtime.ROOT / "web" / "docs" / file).read_text("utf-8")
    assert words.format(card.steps, card.guidance_scale) in text
