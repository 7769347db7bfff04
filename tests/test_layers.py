"""The packages stand on one another: none imports one that stands on it, however far up."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import prompt_edit

ROOT = Path(prompt_edit.__file__).parent


def imported(file: Path) -> Iterator[str]:
    """The packages of the library, and modules beside them, that a module imports."""
    package = file.relative_to(ROOT.parent).parent.parts
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = (*package[: len(package) + 1 - node.level], *(node.module or "").split("."))
            for name in node.names:
                whole = [each for each in (*base, name.name) if each]
                yield whole[1]


def test_no_package_imports_what_stands_on_it() -> None:
    needs: dict[str, set[str]] = {}
    for file in ROOT.rglob("*.py"):
        own = file.relative_to(ROOT).parts[0].removesuffix(".py")
        needs.setdefault(own, set()).update(set(imported(file)) - {own})
    assert {"images", "given"} <= needs["segment"] and "detect" in needs["check"]
    order = [*TopologicalSorter(needs).static_order()]  # raises CycleError for a circle
    assert order.index("intent") < order.index("cli")
    assert order.index("detect") < order.index("segment") < order.index("editor")


def test_the_library_does_without_its_host() -> None:
    for file in ROOT.rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        names = [name.name for node in ast.walk(tree) if isinstance(node, ast.Import)
                 for name in node.names]  # fmt: skip
        names += [node.module or "" for node in ast.walk(tree)
                  if isinstance(node, ast.ImportFrom) and not node.level]  # fmt: skip
        hosts = ("comfy", "folder_paths", "execution", "nodes")
        assert not [name for name in names if name.startswith(hosts)], file
