"""The sample models as they are shipped, but that the painter is asked for one step.

What tests of the graph look at (what is painted where, and with which words) is there after one;
the shipped card's four are for people, and for the tests that start a process of their own.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from functools import cache
from pathlib import Path

from prompt_edit.models.card import CARD, read_card, write_card
from prompt_edit.models.store import DETECTOR, PAINTER, SAMPLES, SEGMENTER

SHIPPED = SAMPLES


@cache
def folder(small: bool = False) -> Path:
    """The folder of them, made once a process; weights are linked, not copied.

    Where `small`, the painter works on 64 x 64 pixels in place of 256 x 256: a sixteenth of the
    time, for tests to which it makes no difference what is painted.
    """
    root = Path(tempfile.mkdtemp())
    for role in (DETECTOR, SEGMENTER):
        (root / role.name).symlink_to(SHIPPED / role.name, target_is_directory=True)
    painter = root / PAINTER.name
    shutil.copytree(SHIPPED / PAINTER.name, painter, copy_function=_link)
    (painter / CARD).unlink()
    write_card(painter, read_card(SHIPPED / PAINTER.name).model_copy(update={"steps": 1}))
    if small:
        config = painter / "unet" / "config.json"
        fields = json.loads(config.read_text())
        config.unlink()
        config.write_text(json.dumps({**fields, "sample_size": fields["sample_size"] // 4}))
    return root


def _link(source: str, target: str) -> None:
    Path(target).symlink_to(source)
