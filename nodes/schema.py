"""`io.Schema` on every host: what an older one does not know is left out."""

from __future__ import annotations

import dataclasses
from typing import Any

from comfy_api.latest import io

from .sockets import CATEGORY

_KNOWN = {each.name for each in dataclasses.fields(io.Schema)}


def schema(*, shows: bool = False, **fields: Any) -> io.Schema:
    """A node of this pack.

    Args:
        shows: the node shows pictures or text in itself, which a newer host keeps and sends again
            after the page was reloaded (`has_intermediate_output`, 0.19 and later).
        fields: of `io.Schema`, those of newer hosts too: `search_aliases`,
            `essentials_category`.
    """
    fields = {"category": CATEGORY, "has_intermediate_output": shows, **fields}
    return io.Schema(**{name: value for name, value in fields.items() if name in _KNOWN})
