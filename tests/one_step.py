"""The sample models as they are shipped, but that the painter is asked for one step.

What tests of the graph look at (what is painted where, and with which words) is there after one;
the shipped card's four are for people, and for the tests that start a process of their own.
"""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

from prompt_edit.models.card import CARD, read_card, write_card
from prompt_edit.models.store import DETECTOR, PAINTER, SAMPLES, SEGMENTER

SHIPPED = SAMPLES


@cache
def folder() -> Path:
    """The folder of them, made once a process; weights are linked, not copied."""
    root = Path(tempfile.mkdtemp())
    for role in (DETECTOR, SEGMENTER):
        (root / role.name).symlink_to(SHIPPED / role.name, target_is_directory=True)
    shutil.copytree(SHIPPED / PAINTER.name, root / PAINTER.name, copy_function=_link)
    (root / PAINTER.name / CARD).unlink()
    card = read_card(SHIPPED / PAINTER.name).model_copy(update={"steps": 1})
    write_card(root / PAINTER.name, card)
    return root


def _link(source: str, target: str) -> None:
    Path(target).symlink_to(source)
