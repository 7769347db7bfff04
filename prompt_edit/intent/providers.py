"""The language models that are set up here, by name.

A graph, a file or a command line names a provider and nothing else. Its address, its model and its
key are set where the program runs, in the environment or in a file, and belong together: nothing
that comes with a workflow can send a key to another address.

The file is $PROMPT_EDIT_PROVIDERS, else ~/.config/prompt-edit/providers.toml (or .json):

    [gemini]
    kind = "gemini"
    model = "gemini-2.5-flash"
    key_env = "GEMINI_API_KEY"

    [ollama]
    kind = "openai"
    endpoint = "http://127.0.0.1:11434/v1"
    model = "qwen3-vl:8b"
    vision = true

    [small]
    kind = "local"
    model = "/models/LLM/gemma-3-1b-it-Q4_K_M.gguf"

Without a file, $GEMINI_API_KEY (or $GOOGLE_API_KEY) sets up "gemini", $OPENAI_API_KEY "openai", and
$PROMPT_EDIT_OLLAMA_MODEL "ollama"; models in the folders that the caller gives are "local: NAME".
"""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import shlex
import stat
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from ..errors import ModelError
from .models import gemini, openai_compatible
from .models.llm import LanguageModel, LlmParser, Parser, parse_offline
from .models.local import LocalModel, is_gguf
from .models.remote import Endpoint

GRAMMAR = "offline grammar"
FILE_VARIABLE = "PROMPT_EDIT_PROVIDERS"
OLLAMA = "http://127.0.0.1:11434"

# Names that do not age: the services point them at their newest small model.
GEMINI_MODEL = "gemini-flash-latest"
OPENAI_MODEL = "gpt-5-mini"

Kind = Literal["gemini", "openai", "local"]


class Provider(BaseModel):
    """One language model: what it is, where it is, and the key that goes there.

    Attributes:
        kind: "gemini", "openai" (any server that speaks its protocol), or "local".
        model: the model's name; for a local one the path of its folder or .gguf file.
        endpoint: the base URL; left out, the service's own.
        key_env: the environment variable that holds the key.
        key: the key itself, where no variable holds it.
        vision: whether a connected picture is sent along; left out, only to Gemini and OpenAI.
        timeout: seconds that one try may take; left out, 60, and 300 on this machine.
        device: where a local model runs, e.g. "cuda:0" or "cpu"; left out, the best one there is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: Kind
    model: str = Field(min_length=1)
    endpoint: str = Field(default="", repr=False, pattern=r"^(https?://\S+)?$")
    key_env: str = Field(default="", repr=False, pattern=r"^([A-Za-z_]\w*)?$")
    key: SecretStr = SecretStr("")
    vision: bool | None = None
    timeout: float | None = Field(default=None, gt=0, le=3600)
    device: str = ""

    @model_validator(mode="after")
    def _fits_together(self) -> Provider:
        _ = urlsplit(self.endpoint).port  # raises ValueError for what is none
        if self.kind == "local" and (self.endpoint or self.key_env or self.key.get_secret_value()):
            raise ValueError("a local model has no endpoint and no key")
        return self

    def secret(self) -> str:
        """The key, or "" where none is set."""
        return self.key.get_secret_value() or os.environ.get(self.key_env, "").strip()


@dataclass(frozen=True)
class Described:
    """A line about a provider, for people; no key is in it.

    Attributes:
        name: what `make_parser` takes.
        kind: "grammar", "gemini", "openai" or "local".
        model: the model's name; for a local one its path; "" for the grammar.
        key: "not needed", "set ($VARIABLE)", "set in the file", or "missing: set $VARIABLE".
    """

    name: str
    kind: str
    model: str
    key: str


def described(folders: Iterable[str | Path] = ()) -> tuple[Described, ...]:
    """What `provider_names` lists, with what each of them is. Never raises."""
    found = _listed(folders)
    return (
        Described(GRAMMAR, "grammar", "", "not needed"),
        *(
            Described(name, each.kind, each.model, _key_status(each))
            for name, each in found.items()
        ),
    )


def _key_status(provider: Provider) -> str:
    if provider.key.get_secret_value():
        return "set in the file"
    variable = f"${provider.key_env}" if provider.key_env else ""
    if provider.secret():
        return f"set ({variable})"
    if (
        variable
        or provider.kind == "gemini"
        or (provider.kind == "openai" and not provider.endpoint)
    ):
        return f"missing: set {variable or 'key_env in the file'}"
    return "not needed"


def configured_providers(folders: Iterable[str | Path] = ()) -> dict[str, Provider]:
    """What is set up: from the environment, the folders of local models, and the file, which wins.

    Raises `ModelError` for a file that cannot be read; the message names its entry, no value.
    """
    return {**_from_folders(folders), **_from_environment(), **_from_file()}


def provider_names(folders: Iterable[str | Path] = ()) -> list[str]:
    """The names for a list to choose from, the offline grammar first. Never raises.

    What is wrong with the file is logged, and told again when a provider is chosen.
    """
    return [GRAMMAR, *_listed(folders)]


def _listed(folders: Iterable[str | Path]) -> dict[str, Provider]:
    folders = tuple(folders)
    try:
        configured = configured_providers(folders)
    except ModelError as error:
        logging.getLogger(__name__).warning("%s", error)
        configured = {**_from_folders(folders), **_from_environment()}
    return {name: each for name, each in configured.items() if name != GRAMMAR}


def make_parser(name: str, folders: Iterable[str | Path] = ()) -> Parser:
    """The parser behind a provider's name; `GRAMMAR` is the one that needs nothing.

    Raises:
        ModelError: for a name that is not set up, a key that is missing, a library that is not
            installed, a local model that is not there.
    """
    if name == GRAMMAR:
        return parse_offline
    configured = configured_providers(folders)
    if name not in configured:
        known = ", ".join([GRAMMAR, *configured])
        raise ModelError(f"No language model “{name}” is set up here. There is: {known}.")
    return LlmParser(language_model(name, configured[name]))


def language_model(name: str, provider: Provider) -> LanguageModel:
    """The model of a provider. Raises `ModelError` as `make_parser` does."""
    if provider.kind == "local":
        _need("transformers", "transformers", name)
        model = LocalModel(name, provider.model, provider.device, provider.timeout or 300.0)
        if model.path.is_file():
            _need("gguf", "gguf", name)
        return model
    if provider.kind == "gemini":
        _need("google.genai", "google-genai", name)
        endpoint = _endpoint(name, provider, gemini.ADDRESS, needs_key=True)
        return gemini.GeminiModel(name, provider.model, endpoint, provider.vision is not False)
    _need("openai", "openai", name)
    endpoint = _endpoint(name, provider, openai_compatible.ADDRESS, needs_key=not provider.endpoint)
    sees = not provider.endpoint if provider.vision is None else provider.vision
    return openai_compatible.OpenAiModel(name, provider.model, endpoint, sees)


def _endpoint(name: str, provider: Provider, address: str, needs_key: bool) -> Endpoint:
    key = provider.secret()
    where = f"${provider.key_env}" if provider.key_env else f"the key of “{name}”"
    if not key and (needs_key or provider.key_env):
        raise ModelError(
            f"{name} needs an API key. Put it into {where}, where this program is started."
        )
    if not key.isascii() or any(letter.isspace() for letter in key):
        raise ModelError(f"{where} does not hold an API key: it has blanks or foreign letters.")
    endpoint = Endpoint(provider.endpoint or address, key, where)
    usual = 300.0 if endpoint.here else 60.0  # the first answer waits until a model is loaded
    return replace(endpoint, timeout=provider.timeout or usual)


def _need(module: str, package: str, name: str) -> None:
    try:
        found = importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # the package around it
        found = False
    if not found:
        raise ModelError(f"{name} needs {package}, which is missing: pip install {package}")


def _from_environment() -> dict[str, Provider]:
    env, found = os.environ, {}
    for variable in ("GEMINI_API_KEY", "GOOGLE_API_KEY"):
        if env.get(variable) and "gemini" not in found:
            found["gemini"] = Provider(kind="gemini", model=GEMINI_MODEL, key_env=variable)
    if env.get("OPENAI_API_KEY"):
        found["openai"] = Provider(kind="openai", model=OPENAI_MODEL, key_env="OPENAI_API_KEY")
    if env.get("PROMPT_EDIT_OLLAMA_MODEL"):
        found["ollama"] = Provider(
            kind="openai", model=env["PROMPT_EDIT_OLLAMA_MODEL"], endpoint=f"{OLLAMA}/v1"
        )
    return found


def _from_folders(folders: Iterable[str | Path]) -> dict[str, Provider]:
    """Every .gguf file and every folder with a config.json, by its path within the folder, down to
    FOLDER/MAKER/MODEL."""
    found: dict[str, Provider] = {}
    for folder in map(Path, folders):
        for path in sorted([*folder.glob("*"), *folder.glob("*/*")]):
            if _is_model(path) and (path.parent == folder or not _is_model(path.parent)):
                name = f"local: {path.relative_to(folder).as_posix()}"
                found.setdefault(name, Provider(kind="local", model=str(path)))
    return found


def _is_model(path: Path) -> bool:
    try:
        if path.is_dir():
            return (path / "config.json").is_file()
    except OSError:  # closed to this user
        return False
    if path.suffix.lower() != ".gguf" or path.name.startswith("mmproj"):  # a projector, no model
        return False
    return is_gguf(path)


def _file() -> Path | None:
    named = os.environ.get(FILE_VARIABLE)
    try:
        if named:
            return Path(named).expanduser()
        base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "prompt-edit"
        usual = (base / "providers.toml", base / "providers.json")
        return next((path for path in usual if path.is_file()), None)
    except (OSError, RuntimeError) as error:  # nobody's home, or closed to this user
        if named:
            raise ModelError(f"${FILE_VARIABLE} names {named}: {error}.") from None
        return None


def _from_file() -> dict[str, Provider]:
    path = _file()
    if path is None:
        return {}
    entries = _read_table(path)
    found = {}
    for name, entry in entries.items():
        try:
            found[name] = Provider.model_validate(entry)
        except ValidationError as error:
            fault = error.errors(include_input=False, include_url=False)[0]
            field = ".".join(str(step) for step in fault["loc"])
            where = f"“{name}”, {field}" if field else f"“{name}”"
            raise ModelError(f"Mend {path}: it is not right at {where}: {fault['msg']}.") from None
    if any(each.key.get_secret_value() for each in found.values()):
        _warn_if_open(str(path))
    return found


@cache
def _warn_if_open(path: str) -> None:
    """Log, once, that a file with a key in it can be read by others."""
    if os.name == "posix" and os.stat(path).st_mode & (stat.S_IRGRP | stat.S_IROTH):
        logging.getLogger(__name__).warning(
            "%s holds a key and can be read by others: chmod 600 %s", path, shlex.quote(path)
        )


def _read_table(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")  # some editors begin it with a mark
        table = json.loads(text) if path.suffix.lower() == ".json" else _read_toml(text)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ModelError(
            f"Mend {path}, or ${FILE_VARIABLE}, which may name it: it cannot be read: {why}."
        ) from None
    except (ValueError, RecursionError) as error:
        # Line and column, but none of the text: a key may stand there.
        line = getattr(error, "lineno", None)
        where = f" (line {line})" if line else ""
        raise ModelError(f"Mend {path}: it is no valid {path.suffix[1:].upper()}{where}.") from None
    if not isinstance(table, dict):
        raise ModelError(f"Mend {path}: it must hold a table of providers by name.")
    return table


def _read_toml(text: str) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    return tomllib.loads(text)
