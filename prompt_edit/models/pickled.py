"""What tensors a PyTorch pickle holds, read without unpickling it.

The opcodes are walked through with `pickletools`, which runs nothing, and only names, shapes and
types are kept: no weights are read, whatever the file's size.
"""

from __future__ import annotations

import pickletools
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from .held import Held

_MAGIC = 0x1950A86A20F9469CFC6C  # begins files of torch before 1.6, as four pickles in a row
_ITEMSIZE = {"Double": 8, "Long": 8, "ComplexFloat": 8, "ComplexDouble": 16, "Float": 4, "Int": 4,
             "Half": 2, "BFloat16": 2, "Short": 2, "Int16": 2, "Int32": 4, "Int64": 8}  # fmt: skip
_WHOLE = ("Byte", "Char", "Short", "Int", "Long", "Bool", "Int16", "Int32", "Int64")
_DATA = re.compile(
    r"torch (\w*Storage|Size|device|dtype|strided|[a-z]+\d+\w*|bool|half|float|double|long)"
    r"|torch\._utils _rebuild\w+|torch\.storage \w+Storage|torch\._tensor _rebuild\w+"
    r"|torch\.nn\.parameter Parameter|torch\.serialization _get_layout"
    r"|collections (OrderedDict|defaultdict|Counter)|_codecs encode"
)
"""Names of what holds data: what else is called when a file is unpickled may be any code."""


class HoldsCode(ValueError):
    """A pickle that calls more than what rebuilds tensors."""


class _Name(str):
    """Module and name of something that the pickle calls."""


def pickled(file: Path) -> Any:
    """The file's content: dictionaries, lists and plain values, with a `Held` for each tensor.

    Raises:
        HoldsCode: what is in it would run code.
        ValueError, zipfile.BadZipFile, and what a broken pickle makes of this: no such file.
    """
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            name = next((n for n in archive.namelist() if n.endswith("/data.pkl")), None)
            if name is None:
                raise ValueError("a zip archive of something else")
            with archive.open(name) as stream:
                return _content(stream)
    with file.open("rb") as stream:
        if _content(stream) != _MAGIC:
            raise ValueError("no file of torch")
        _content(stream), _content(stream)  # the protocol, and the system that wrote it
        return _content(stream)


def _content(stream: IO[bytes]) -> Any:
    """One pickle's value; a stack machine that calls nothing."""
    stack: list[Any] = []
    marks: list[int] = []
    memo: dict[int, Any] = {}

    def since_mark() -> list[Any]:
        start = marks.pop()
        items = stack[start:]
        del stack[start:]
        return items

    for opcode, given, _ in pickletools.genops(stream):
        name, argument = opcode.name, cast(Any, given)
        if name == "STOP":
            return stack.pop()
        if name == "MARK":
            marks.append(len(stack))
        elif name in ("PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"):
            memo[len(memo) if argument is None else int(argument)] = stack[-1]
        elif name in ("GET", "BINGET", "LONG_BINGET"):
            stack.append(memo[int(argument)])
        elif name in _ENDS:  # items since the mark become one, or go into the one before
            items = since_mark()
            if name in ("TUPLE", "LIST", "DICT"):
                stack.append(_gathered(name, items))
            elif name != "POP_MARK":
                _put(stack[-1], items, name)
        elif name in ("APPEND", "SETITEM"):
            count = 1 if name == "APPEND" else 2
            items = stack[-count:]
            del stack[-count:]
            _put(stack[-1], items, name + "S")
        elif name in _POPPED:
            count = _POPPED[name]
            taken = stack[len(stack) - count :]
            del stack[len(stack) - count :]
            stack.extend(_pushed(name, taken))
        elif name == "GLOBAL":
            stack.append(_named(argument))
        elif name not in ("PROTO", "FRAME"):
            stack.append(_plain(name, argument))
    raise ValueError("it does not end")


_ENDS = ("TUPLE", "LIST", "DICT", "POP_MARK", "SETITEMS", "APPENDS", "ADDITEMS")
_POPPED = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3, "REDUCE": 2, "NEWOBJ": 2, "BUILD": 2,
           "BINPERSID": 1, "STACK_GLOBAL": 2, "POP": 1}  # fmt: skip


def _gathered(name: str, items: list[Any]) -> Any:
    if name == "DICT":
        return dict(zip(items[::2], items[1::2], strict=True))
    return tuple(items) if name == "TUPLE" else items


def _put(target: Any, items: list[Any], name: str) -> None:
    if name == "SETITEMS" and isinstance(target, dict):
        target.update(zip(items[::2], items[1::2], strict=True))
    elif isinstance(target, list):
        target.extend(items)


def _pushed(name: str, taken: list[Any]) -> Iterator[Any]:
    """What comes onto the stack for what was taken from it."""
    if name.startswith("TUPLE"):
        yield tuple(taken)
    elif name in ("REDUCE", "NEWOBJ"):
        yield _called(*taken)
    elif name == "BUILD":  # sets an object's attributes
        yield taken[0]
    elif name == "BINPERSID":  # ("storage", its class, key, place, numbers)
        yield _Name(taken[0][1])
    elif name == "STACK_GLOBAL":
        yield _named(" ".join(taken))


def _called(function: Any, arguments: Any) -> Any:
    if not isinstance(function, _Name):
        raise HoldsCode("it calls what it made itself")
    called = function.rpartition(" ")[2]
    if called.startswith("_rebuild_tensor"):
        kind = arguments[0].rpartition(" ")[2].removesuffix("Storage")
        if kind == "Untyped":  # then the type is told besides
            kind = arguments[6].rpartition(" ")[2].lstrip("u").capitalize()
        return Held(tuple(arguments[2]), _ITEMSIZE.get(kind, 1), kind in _WHOLE)
    if called.startswith("_rebuild_parameter"):
        return arguments[0]
    return {} if called in ("OrderedDict", "defaultdict", "Counter") else None


def _named(name: str) -> _Name:
    if not _DATA.fullmatch(name):
        raise HoldsCode(name)
    return _Name(name)


def _plain(name: str, argument: Any) -> Any:
    """A value that stands in the pickle itself."""
    if name in ("EMPTY_DICT", "EMPTY_LIST", "EMPTY_TUPLE", "EMPTY_SET"):
        return {"EMPTY_DICT": dict, "EMPTY_TUPLE": tuple}.get(name, list)()
    if name in ("NONE", "NEWTRUE", "NEWFALSE"):
        return {"NEWTRUE": True, "NEWFALSE": False}.get(name)
    if argument is None:
        raise HoldsCode(name)  # a way to make objects that torch does not use
    return argument
