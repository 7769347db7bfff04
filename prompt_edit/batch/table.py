"""What is to be edited: a folder, a pattern or a table, read into rows."""

from __future__ import annotations

import csv
import json
import math
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from functools import lru_cache, partial
from io import BytesIO, StringIO
from itertools import chain
from pathlib import Path
from typing import Any
from unicodedata import normalize

from ..errors import InstructionError, PromptEditError
from ..intent.grammar import parse_grammar
from ..intent.grammar.colours import colours_in, english_colour
from ..intent.grammar.tokens import normalise, sentences
from ..intent.grammar.words import join
from . import remote
from .scan import Tell, pictures

TABLES = (".csv", ".jsonl", ".parquet")
_OWN = ("picture", "instruction", "seed", "output")
_SEPARATOR = re.compile(r'"?sep=(.)"?[\r\n]*', re.IGNORECASE)  # Excel's own first line
_PLACE = re.compile(r"\{colou?r\}", re.IGNORECASE)


@dataclass(frozen=True)
class Row:
    """One edit of one picture.

    Attributes:
        picture: the path or address of its file.
        name: the picture's path as it was named, from which the output's is made.
        instruction: the sentence; empty where the row has none.
        seed: of the noise.
        output: a path in the output folder; empty for one by the picture's name.
        variant: what tells this row from others of its picture, for the output's name.
        more: further columns of the table, which go along, as JSON has them.
    """

    picture: str
    name: Path
    instruction: str = ""
    seed: int | None = None
    output: str = ""
    variant: str = ""
    more: dict[str, Any] = field(default_factory=dict)


def read_rows(
    source: str,
    instruction: str | None,
    colours: Sequence[str] = (),
    out: str = "",
    tell: Tell = lambda _: None,
) -> list[Row]:
    """The rows of a folder, a glob pattern, a picture, or a table with a column `picture`.

    Args:
        instruction: for all rows that have none of their own.
        colours: each row is done once in each; see `in_colour`.
        out, tell: see `scan.pictures`.

    Raises:
        PromptEditError: nothing is there, a table can't be read, or a row says too little.
    """
    path = Path(source)
    if remote.is_remote(source) and path.suffix.lower() in TABLES:
        rows = list(_of_table(source, BytesIO(remote.read_bytes(source))))
    elif path.suffix.lower() in TABLES and path.is_file():
        rows = list(_of_table(source, path))
    else:
        rows = [Row(file, name) for file, name in pictures(source, out, tell)]
    if not rows:
        raise PromptEditError(f"{source} holds no pictures. Name a folder, a pattern or a table.")
    rows = [row if row.instruction else replace(row, instruction=instruction or "") for row in rows]
    for number, row in enumerate(rows, start=1):
        if not row.instruction.strip():
            raise InstructionError(
                f"Say what to change: row {number} ({row.name}) has no instruction, and the"
                ' command has none: prompt-edit batch IN "make the hat red" --out OUT.'
            )
    if not colours:
        return rows
    return [
        replace(row, instruction=in_colour(row.instruction, colour), variant=colour)
        for row in rows
        for colour in colours
    ]


@lru_cache(maxsize=4096)  # all rows of a folder ask the same
def in_colour(instruction: str, colour: str) -> str:
    """A sentence with another colour: in place of `{colour}`, or of the one it names, or after it.

    Where the grammar can read what comes of it, that must become of something.

    Raises:
        InstructionError: it names several, or none that something becomes, so that nobody knows
            where the colour goes.
    """
    if _PLACE.search(instruction):
        return _PLACE.sub(colour, instruction)
    named, refused = colours_in(instruction), ""
    if len(named) > 1:
        refused = f"names {len(named)}"
    elif not named and not instruction.isascii():
        refused = "names none"
    if not refused:
        written = [instruction[:start] + colour + instruction[end:] for start, end in named]
        written += [f"{instruction.rstrip(' .!')} {colour}"] if instruction.isascii() else []
        read = {sentence: _becomes(sentence, colour) for sentence in written}
        for sentence in written:
            if read[sentence]:
                return sentence
        if None in read.values() and False not in read.values():
            return written[0]  # for a language model
        refused = "would not make anything " + colour
    raise InstructionError(f'Write {{colour}} where the colour goes: "{instruction}" {refused}.')


def _becomes(sentence: str, colour: str) -> bool | None:
    """Whether something becomes of that colour; None where the grammar cannot read it."""
    try:
        plan = parse_grammar(sentence)
    except InstructionError:
        return None
    words = {*join(sentences(normalise(english_colour(colour)))[0]).split()}
    return any(words <= {*edit.result.split()} and not words <= {*edit.target.split()}
               for edit in plan.edits)  # fmt: skip


def _of_table(source: str, file: Path | BytesIO) -> Iterator[Row]:
    """The rows of a table in a file, or in what was read of one."""
    filled = (row for row in _read_table(source, file) if any(map(_says_something, row.values())))
    for number, columns in enumerate(filled, start=1):
        surplus = columns.pop(None, ())  # where the csv module puts what no column takes
        if any(surplus):
            raise PromptEditError(
                f"Put the sentence in quotes: row {number} of {source} has more fields than the"
                f" header, from “{str(surplus[0])[:40]}” on. What is no part of it needs a column."
            )
        columns = {_name(name): value for name, value in plain(columns).items()
                   if value is not None}  # fmt: skip
        picture = str(columns.get("picture", "")).strip()
        if not picture:
            raise PromptEditError(
                f'Give {source} a column "picture": row {number} has none'
                f" ({', '.join(columns) or 'nothing'})."
            )
        name = Path(picture)
        apart = name.is_absolute() or ".." in name.parts or remote.is_remote(picture)
        yield Row(
            _beside(source, picture),
            Path(name.name) if apart else name,
            str(columns.get("instruction", "")).strip(),
            _seed(columns.get("seed"), source, number),
            str(columns.get("output", "")).strip(),
            more={key: value for key, value in columns.items() if key not in _OWN},
        )


def _name(column: object) -> str:
    return str(column).strip().lower()


def _require_names_apart(source: str, columns: Iterable[object]) -> None:
    """Raise `PromptEditError` where two columns have one name: one of them would not count."""
    often = Counter(filter(None, map(_name, columns)))
    if name := next((name for name in often if often[name] > 1), ""):
        raise PromptEditError(
            f'Give each column of {source} a name of its own: "{name}" is there more than once.'
        )


def plain(value: Any) -> Any:
    """A value as JSON has it: dates in ISO's form, other kinds as text, None for what's no number.

    Parquet has kinds of its own, and JSON lines may hold NaN.
    """
    if isinstance(value, dict):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, (date, time)):
        return value.isoformat()
    return value.decode(errors="backslashreplace") if isinstance(value, bytes) else str(value)


def _says_something(value: Any) -> bool:
    return any(value) if isinstance(value, list) else value is not None and bool(str(value).strip())


def _beside(source: str, picture: str) -> str:
    """A picture's path or address: what a table names stands beside it, or has its own.

    Letters that are composed in the one may not be in the other: a Mac writes both.
    """
    if remote.is_remote(picture):
        return picture
    if remote.is_remote(source):
        return f"{source.rpartition('/')[0]}/{picture}"
    forms = dict.fromkeys([picture, *(normalize(form, picture) for form in ("NFC", "NFD"))])
    places = [str(Path(source).parent / form) for form in forms]
    return next(filter(os.path.exists, places), places[0]) if len(places) > 1 else places[0]


def _seed(value: Any, source: str, number: int) -> int | None:
    if value is None or not str(value).strip():
        return None
    try:
        return _whole(value)
    except (TypeError, ValueError) as error:
        raise PromptEditError(
            f"Give seeds as whole numbers: row {number} of {source} has {value!r}."
        ) from error


def _whole(value: Any) -> int:
    """A whole number, which spreadsheets write as 1.0, too. Raises `TypeError`, `ValueError`."""
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            value = float(value)
    if isinstance(value, float) and not value.is_integer():
        raise ValueError
    return int(value)


def _read_table(source: str, file: Path | BytesIO) -> Iterable[dict[Any, Any]]:
    """The rows of a table, by column. Raises `PromptEditError`."""
    kind = Path(source).suffix.lower()
    if kind == ".parquet":
        return _read_parquet(source, file)
    try:
        data = file.read_bytes() if isinstance(file, Path) else file.getvalue()
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PromptEditError(f"{source} cannot be read: {error}. Save it as UTF-8.") from error
    return _read_csv(source, text) if kind == ".csv" else _read_lines(source, text)


def _read_csv(source: str, text: str) -> list[dict[Any, Any]]:
    lines = StringIO(text, newline="")  # line ends alone end a line, and not what looks like one
    head, delimiter, above = _head_of(lines)
    table = csv.DictReader(chain([head], lines), delimiter=delimiter, strict=True)
    try:
        _require_names_apart(source, table.fieldnames or ())
        return list(table)
    except csv.Error as error:
        raise PromptEditError(
            f"{source} cannot be read after line {above + table.line_num}: {error}. Close the"
            " quotes of its fields, or save it as JSONL."
        ) from error


def _head_of(lines: StringIO) -> tuple[str, str, int]:
    """The line of names, the delimiter, and how many lines are above: empty ones, or Excel's own
    that tells the delimiter."""
    above, told = 0, ""
    while head := lines.readline():
        if found := _SEPARATOR.fullmatch(head):
            told = found[1]
        elif head.strip(' ,;\t"\r\n'):
            break
        above += 1
    return head, told or max(",;\t", key=head.count), above  # countries' spreadsheets differ


def _read_lines(source: str, text: str) -> list[dict[Any, Any]]:
    rows, each_once = [], partial(_each_once, source)
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                row = json.loads(line, object_pairs_hook=each_once)
            except (ValueError, RecursionError) as error:
                raise PromptEditError(f"Line {number} of {source} is no JSON: {error}.") from error
            if not isinstance(row, dict):
                raise PromptEditError(f"Line {number} of {source} is no object of columns.")
            _require_names_apart(source, row)
            rows.append(row)
    return rows


def _each_once(source: str, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object, which may stand within a row; there small and capital letters are two."""
    found = dict(pairs)
    if len(found) < len(pairs):
        _require_names_apart(source, [name for name, _ in pairs])
    return found


def _read_parquet(source: str, file: Path | BytesIO) -> list[dict[str, Any]]:
    from .parquet import arrow

    try:
        table = arrow("parquet").read_table(file)
        _require_names_apart(source, table.column_names)
        return table.to_pylist()  # type: ignore[no-any-return]
    except (ArithmeticError, NotImplementedError, OSError, ValueError) as error:
        raise PromptEditError(f"{source} cannot be read: {error}.") from error
