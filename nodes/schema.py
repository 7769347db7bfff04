"""`io.Schema` on every host: what an older one does not know is left out."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from comfy_api.latest import io

from .sockets import CATEGORY

_KNOWN = {each.name for each in fields(io.Schema)}


def schema(*, shows: bool = False, **told: Any) -> io.Schema:
    """A node of this pack.

    Args:
        shows: the node shows pictures or text in itself, which a newer host keeps and sends again
            after the page was reloaded (`has_intermediate_output`, 0.19 and later).
        told: fields of `io.Schema`, those of newer hosts too: `search_aliases`,
            `essentials_category`.
    """
    told = {"category": CATEGORY, "has_intermediate_output": shows, **told}
    return io.Schema(**{name: value for name, value in told.items() if name in _KNOWN})
