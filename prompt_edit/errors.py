"""One error family. Every message says what happened and what to do about it."""

from collections.abc import Sequence


class PromptEditError(Exception):
    """Base of every error that a user can cause and a user can mend.

    All are named after the package and not after this file: ComfyUI shows an error's module before
    its message, and cuts what is too long.
    """

    __module__ = "prompt_edit"

    def __init_subclass__(cls) -> None:
        cls.__module__ = "prompt_edit"


class InstructionError(PromptEditError):
    """The instruction is empty, or holds words that the parser cannot read."""


class PlanError(PromptEditError):
    """A plan, from JSON or from a language model, that does not fit the schema."""


class ImageError(PromptEditError):
    """A picture that is missing, broken, or of a size or mode that cannot be used."""


class NotFound(PromptEditError):
    """The picture holds nothing that answers to the edit's target."""


class ModelError(PromptEditError):
    """A model folder or checkpoint that is missing, broken, or of the wrong architecture."""


class DatasetError(PromptEditError):
    """A data set that is missing, broken, or laid out otherwise."""


class OutputError(PromptEditError):
    """A result that could not be written."""


def _classes(value: object) -> list[str]:
    """The names of a value's classes: a host loads the library once more, under its own name."""
    return [each.__name__ for each in type(value).__mro__]


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a GPU's memory is full: torch's error, which is not imported for that."""
    return type(error).__name__ == "OutOfMemoryError"


def explained(error: BaseException) -> str:
    """What to tell a person of an error, of ours or not."""
    if is_out_of_memory(error):
        return ("The GPU ran out of memory: add --offload, close other programs, choose a smaller"
                " model, or make the picture smaller.")  # fmt: skip
    return str(error) if isinstance(error, PromptEditError) else repr(error)


def first_line(error: BaseException, most: int = 160) -> str:
    """The first line of what a library says, so many letters of it; else its error's name."""
    said = str(error).strip().splitlines() or [type(error).__name__]
    return said[0][:most]


def require(
    value: object, kind: type | str, name: str, error: type[PromptEditError] = ImageError
) -> None:
    """Raise `error` for a value that is not of that type, or lacks the method of that name."""
    if isinstance(kind, str):
        if not callable(getattr(value, kind, None)):
            raise error(f"{name} must have a method {kind}(): {type_of(value)} has none.")
    elif not isinstance(value, kind) and kind.__name__ not in _classes(value):
        raise error(f"{name} must be of type {kind.__name__}, not {type_of(value)}.")


def type_of(value: object) -> str:
    """A value's type by its full name, without that of Python's own module."""
    return f"{type(value).__module__}.{type(value).__name__}".removeprefix("builtins.")


def listed(words: Sequence[str]) -> str:
    """Words, at least one, as a sentence lists them: "a, b and c"."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


def shown(value: object, most: int = 40) -> str:
    """A value on one line of so many letters, to stand in a message."""
    line = " ".join((value if isinstance(value, str) else repr(value)).split())
    return line if len(line) <= most else f"{line[: most - 3]}..."
