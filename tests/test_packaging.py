"""What is packed, and what installers read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]


def test_each_requirement_can_be_given_to_pip_as_it_stands() -> None:
    """Some versions of ComfyUI-Manager hand over whole lines."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    needed = [Requirement(line) for line in lines if line and not line.startswith("#")]
    assert {"torch", "transformers", "diffusers", "safetensors"} <= {each.name for each in needed}


@pytest.mark.parametrize("needed", ["web/docs/PromptEdit.md", "nodes", "locales/en", "workflows"])
def test_the_registry_leaves_out_nothing_that_the_pack_needs(needed: str) -> None:
    """A pattern without a slash at its head matches at any depth, as in .gitignore."""
    patterns = (ROOT / ".comfyignore").read_text(encoding="utf-8").split()
    assert all(re.fullmatch(r"/[^/]+/?", each) for each in patterns)
    assert not any(needed.startswith(each.strip("/")) for each in patterns)
    assert (ROOT / needed).exists()


def test_the_makers_of_what_is_packed_are_named() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    packed = re.findall(r"^(prompt_edit/\S+)$", notice, re.MULTILINE)
    assert all((ROOT / each).is_file() for each in packed) and len(packed) == 2
    assert "OpenAI" in notice and "MIT" in notice and "Google" in notice
    assert '"NOTICE"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
