"""Tables in Parquet, through pyarrow, which is no part of a plain installation."""

from __future__ import annotations

import importlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import PromptEditError


def arrow(part: str = "") -> Any:
    """pyarrow, or a part of it. Raises `PromptEditError` where it is not installed."""
    try:
        return importlib.import_module(f"pyarrow.{part}" if part else "pyarrow")
    except ImportError as error:
        raise PromptEditError(
            'Install pyarrow for Parquet: pip install "prompt-edit[parquet]". CSV and JSONL need'
            " nothing."
        ) from error


def write(file: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows; what is nested in them is written as JSON."""
    flat = [{name: _flat(value) for name, value in row.items()} for row in rows]
    names = list(dict.fromkeys(name for row in flat for name in row))
    columns = {name: _column([row.get(name) for row in flat]) for name in names}
    arrow("parquet").write_table(arrow().table(columns), file)


def _column(values: list[Any]) -> Any:
    """Values as arrow takes them; seeds that are no int64 as uint64, or as text."""
    numbers = [value for value in values if isinstance(value, int)]
    if all(-(2**63) <= number < 2**63 for number in numbers):
        return values
    if all(0 <= number < 2**64 for number in numbers):
        return arrow().array(values, arrow().uint64())
    return [None if value is None else str(value) for value in values]


def _flat(value: Any) -> Any:
    """What a column can hold; of a file's name whose bytes are no UTF-8, their numbers."""
    if isinstance(value, (dict, list)):
        value = json.dumps(value, ensure_ascii=False)
    return value.encode(errors="backslashreplace").decode() if isinstance(value, str) else value
