"""Which language models are set up, and that a name is all that anyone else can give."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from prompt_edit.errors import ModelError
from prompt_edit.intent import parse_grammar, providers
from prompt_edit.intent.models.gemini import GeminiModel
from prompt_edit.intent.models.llm import LlmParser, parse_offline
from prompt_edit.intent.models.local import LocalModel
from prompt_edit.intent.models.openai_compatible import OpenAiModel
from prompt_edit.intent.providers import (
    FILE_VARIABLE,
    GRAMMAR,
    Provider,
    configured_providers,
    described,
    language_model,
    make_parser,
    provider_names,
)

from .llm_server import LlmServer, llm_server

KEY = "sk-Zk41pVq8-never-to-be-seen"
INSTRUCTION = "change the red dress to a white t-shirt"
GOOD = '{"edits": [{"operation": "replace", "target": "red dress", "result": "white coat"}]}'

Configure = Callable[[str], Path]


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for variable in ("GEMINI_API_KEY", "GOOGLE_API_KEY", "OPENAI_API_KEY",
                     "PROMPT_EDIT_OLLAMA_MODEL", "PROMPT_EDIT_PROVIDERS"):  # fmt: skip
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Configure:
    """Writes a providers file and names it, as TOML or JSON by its text."""

    def write(text: str) -> Path:
        path = tmp_path / ("providers.json" if text.startswith("{") else "providers.toml")
        path.write_text(text, encoding="utf-8")
        monkeypatch.setenv("PROMPT_EDIT_PROVIDERS", str(path))
        return path

    return write


@pytest.fixture
def server() -> Iterator[LlmServer]:
    with llm_server() as running:
        yield running


@pytest.fixture
def everything_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "_need", lambda *args: None)


def test_with_nothing_set_there_is_the_grammar() -> None:
    assert provider_names() == [GRAMMAR]
    parser = make_parser(GRAMMAR)
    assert parser is parse_offline and parser(INSTRUCTION) == parse_grammar(INSTRUCTION)


@pytest.mark.parametrize(
    ("variable", "name", "kind"),
    [
        ("GEMINI_API_KEY", "gemini", GeminiModel),
        ("GOOGLE_API_KEY", "gemini", GeminiModel),
        ("OPENAI_API_KEY", "openai", OpenAiModel),
        ("PROMPT_EDIT_OLLAMA_MODEL", "ollama", OpenAiModel),
    ],
)
@pytest.mark.usefixtures("everything_is_installed")
def test_a_variable_sets_up_its_provider(
    monkeypatch: pytest.MonkeyPatch, variable: str, name: str, kind: type
) -> None:
    monkeypatch.setenv(variable, KEY)
    assert provider_names() == [GRAMMAR, name]
    parser = make_parser(name)
    assert isinstance(parser, LlmParser) and isinstance(parser.language_model, kind)
    assert parser.language_model.name == name
    if variable.endswith("_KEY"):
        assert KEY not in repr(parser) and KEY not in repr(configured_providers())


@pytest.mark.usefixtures("everything_is_installed")
def test_a_key_from_the_environment_goes_to_its_service_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", "http://127.0.0.1:9/")
    hosts = [make_parser(name).language_model.endpoint.url for name in ("gemini", "openai")]  # type: ignore[attr-defined]
    assert hosts == ["https://generativelanguage.googleapis.com/", "https://api.openai.com/v1"]


TOML = """
[ollama]
kind = "openai"
endpoint = "{url}/v1"
model = "qwen3:8b"
vision = true
timeout = 5

[office]
kind = "openai"
endpoint = "{url}/v1"
model = "big"
key_env = "OFFICE_KEY"

[written]
kind = "gemini"
endpoint = "{url}"
model = "gemini-x"
key = "{key}"
"""


@pytest.mark.parametrize("form", ["toml", "json"])
def test_a_file_sets_up_providers(
    configure: Configure, server: LlmServer, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    pytest.importorskip("openai")
    pytest.importorskip("google.genai")
    monkeypatch.setenv("OFFICE_KEY", KEY)
    text = TOML.format(url=server.url, key=KEY)
    if form == "json":
        pytest.importorskip("tomllib")
        text = json.dumps(providers._read_toml(text))
    configure(text)
    assert provider_names() == [GRAMMAR, "ollama", "office", "written"]
    for name in ("ollama", "office", "written"):
        server.will(GOOD)
        parser = make_parser(name)
        plan = parser(INSTRUCTION)
        assert plan.parser.startswith(f"{name}:") and not plan.warnings
        assert KEY not in repr(parser) + plan.to_json()
        assert server.url not in repr(parser) + plan.to_json()
    ollama, office, written = server.asked
    assert KEY not in str(ollama.headers) and ollama.body["model"] == "qwen3:8b"
    assert office.headers["authorization"] == f"Bearer {KEY}"
    assert written.headers["x-goog-api-key"] == KEY and "gemini-x" in written.path


def test_the_usual_place_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "config" / "prompt-edit"
    folder.mkdir(parents=True)
    entry = {"kind": "openai", "endpoint": "http://127.0.0.1:1/v1", "model": "m"}
    (folder / "providers.json").write_text(json.dumps({"here": entry}))
    assert provider_names() == [GRAMMAR, "here"]


def test_the_file_wins_over_the_environment(
    configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", "another")
    configure('{"gemini": {"kind": "gemini", "model": "mine", "key_env": "GEMINI_API_KEY"}}')
    assert configured_providers()["gemini"].model == "mine"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f'[a]\nkind = "openai"\nkey = "{KEY}"', "“a”, model: Field required"),
        (f'[a]\nkind = "{KEY}"\nmodel = "m"', "“a”, kind: "),
        (f'[a]\nkind = "gemini"\nmodel = "m"\nkey = ["{KEY}"]', "“a”, key: "),
        (f'[a]\nkind = "gemini"\nmodel = "m"\napi_key = "{KEY}"', "“a”, api_key: Extra"),
        (f'[a]\nkind = "openai"\nmodel = "m"\nendpoint = "{KEY}"', "“a”, endpoint: "),
        (f'[a]\nkind = "local"\nmodel = "m"\nkey = "{KEY}"', "a local model has no endpoint"),
        ('[a]\nkind = "openai"\nmodel = "m"\nendpoint = "http://127.0.0.1:abc/v1"', "“a”: "),
        (f'[a]\nkind = "openai"\nmodel = "m"\nkey_env = "{KEY}"', "“a”, key_env: "),
        (f'a = "{KEY}"', "“a”: "),
        (f'[a]\nkey = "{KEY}', "no valid TOML"),
        (f'{{"a": {{"key": "{KEY}"', "no valid JSON"),
    ],
)
def test_a_wrong_file_is_told_without_its_secrets(
    configure: Configure, caplog: pytest.LogCaptureFixture, text: str, expected: str
) -> None:
    path = configure(text)
    for name in ("a", "another"):
        with pytest.raises(ModelError) as raised:
            make_parser(name)
        message = str(raised.value)
        assert expected in message and str(path) in message and "\n" not in message
        assert KEY not in message
    assert provider_names() == [GRAMMAR]  # the list stands whatever the file says
    assert expected in caplog.text and KEY not in caplog.text


def test_a_byte_order_mark_is_no_fault(configure: Configure) -> None:
    configure('\ufeff[a]\nkind = "openai"\nmodel = "m"')
    assert list(configured_providers()) == ["a"]


def test_a_file_that_is_named_but_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMPT_EDIT_PROVIDERS", "/nowhere/providers.toml")
    with pytest.raises(ModelError, match="cannot be read: No such file"):
        configured_providers()


@pytest.mark.parametrize(
    "name", ["gemnii", "http://evil.example/v1", "gemini@evil.example", "../../etc/passwd", ""]
)
def test_a_workflow_can_only_name_what_is_set_up(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    with pytest.raises(ModelError) as raised:
        make_parser(name)
    assert "There is: offline grammar, gemini." in str(raised.value)


@pytest.mark.usefixtures("everything_is_installed")
@pytest.mark.parametrize(
    ("key", "expected"),
    [("", "needs an API key. Put it into $OFFICE_KEY"), ("a key", "$OFFICE_KEY does not hold")],
)
def test_a_missing_or_odd_key_is_told(
    configure: Configure, monkeypatch: pytest.MonkeyPatch, key: str, expected: str
) -> None:
    monkeypatch.setenv("OFFICE_KEY", key)
    configure('{"office": {"kind": "gemini", "model": "m", "key_env": "OFFICE_KEY"}}')
    with pytest.raises(ModelError) as raised:
        make_parser("office")
    assert expected in str(raised.value)


@pytest.mark.parametrize(
    ("kind", "module", "package"),
    [("gemini", "google.genai", "google-genai"), ("openai", "openai", "openai")],
)
def test_a_missing_library_is_told(
    monkeypatch: pytest.MonkeyPatch, kind: str, module: str, package: str
) -> None:
    real = providers.importlib.util.find_spec
    monkeypatch.setattr(
        providers.importlib.util,
        "find_spec",
        lambda name, *rest: None if name == module else real(name, *rest),
    )
    provider = Provider(kind=kind, model="m", key=KEY)  # type: ignore[arg-type]
    with pytest.raises(ModelError, match=f"pip install {package}$"):
        language_model("mine", provider)


# --- models in folders


def gguf(path: Path, head: bytes = b"GGUF") -> Path:
    path.write_bytes(head + b"\0" * 32)
    return path


@pytest.mark.usefixtures("everything_is_installed")
def test_models_in_folders_are_listed_by_name_alone(tmp_path: Path) -> None:
    first, second = tmp_path / "LLM", tmp_path / "more"
    first.mkdir()
    second.mkdir()
    gguf(first / "small.gguf")
    gguf(first / "text.gguf", b"once")
    (first / "notes.txt").write_text("once")
    (second / "gemma").mkdir()
    (second / "gemma" / "config.json").write_text("{}")
    (second / "empty").mkdir()
    gguf(second / "empty" / "deep.gguf")
    gguf(second / "empty" / "mmproj-deep.gguf")
    folders = [first, second, tmp_path / "missing"]
    names = ["local: small.gguf", "local: empty/deep.gguf", "local: gemma"]
    assert provider_names(folders) == [GRAMMAR, *names]
    model = make_parser("local: small.gguf", folders).language_model  # type: ignore[attr-defined]
    assert isinstance(model, LocalModel) and model.path == first / "small.gguf"
    assert str(tmp_path) not in repr(model)
    with pytest.raises(ModelError, match="is set up here"):
        make_parser("local: ../secret.gguf", folders)


@pytest.mark.usefixtures("everything_is_installed")
def test_what_cannot_be_read_is_left_out_of_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list that raised would take the whole pack away."""
    gguf(tmp_path / "closed.gguf"), gguf(tmp_path / "open.gguf")
    real = Path.open

    def guarded(path: Path, *args: Any, **more: Any) -> Any:
        if path.name == "closed.gguf":
            raise PermissionError(13, "Permission denied")
        return real(path, *args, **more)

    monkeypatch.setattr(Path, "open", guarded)
    assert provider_names([tmp_path]) == [GRAMMAR, "local: open.gguf"]


@pytest.mark.usefixtures("everything_is_installed")
def test_where_nobody_lives_no_file_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv(FILE_VARIABLE, raising=False)

    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    assert provider_names() == [GRAMMAR]
    monkeypatch.setenv(FILE_VARIABLE, "~nobody-is-called-so/providers.toml")
    assert provider_names() == [GRAMMAR]
    with pytest.raises(ModelError, match=FILE_VARIABLE):
        make_parser("mine")


@pytest.mark.usefixtures("everything_is_installed")
@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda path: path, "There is no language model at"),
        (lambda path: path.mkdir(), "holds no config.json"),
        (lambda path: gguf(path, b"once upon a time"), "is not a GGUF file"),
    ],
    ids=["missing", "empty folder", "text"],
)
def test_a_local_model_that_is_none_is_told(
    tmp_path: Path, make: Callable[[Path], object], expected: str
) -> None:
    path = tmp_path / "model"
    make(path)
    with pytest.raises(ModelError) as raised:
        language_model("mine", Provider(kind="local", model=str(path)))
    assert expected in str(raised.value) and str(path) in str(raised.value)


@pytest.mark.usefixtures("everything_is_installed")
def test_providers_are_described_without_their_keys(
    monkeypatch: pytest.MonkeyPatch, configure: Configure, tmp_path: Path
) -> None:
    configure(f"""
[mine]
kind = "openai"
model = "small"
key = "{KEY}"

[theirs]
kind = "gemini"
model = "flash"
key_env = "THEIR_KEY"

[keyless]
kind = "openai"
model = "large"

[served]
kind = "openai"
model = "qwen"
endpoint = "http://127.0.0.1:11434/v1"
""").chmod(0o600)
    monkeypatch.delenv("THEIR_KEY", raising=False)
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    (tmp_path / "LLM" / "Qwen").mkdir(parents=True)
    model = gguf(tmp_path / "LLM" / "Qwen" / "small.gguf")
    listed = described([tmp_path / "LLM"])
    assert [tuple(vars(each).values()) for each in listed] == [
        (GRAMMAR, "grammar", "", "not needed"),
        ("local: Qwen/small.gguf", "local", str(model), "not needed"),
        ("gemini", "gemini", providers.GEMINI_MODEL, "set ($GEMINI_API_KEY)"),
        ("mine", "openai", "small", "set in the file"),
        ("theirs", "gemini", "flash", "missing: set $THEIR_KEY"),
        ("keyless", "openai", "large", "missing: set key_env in the file"),
        ("served", "openai", "qwen", "not needed"),
    ]
    assert KEY not in repr(listed)
    assert [each.name for each in listed] == provider_names([tmp_path / "LLM"])


def test_a_file_that_is_wrong_is_logged_and_the_rest_described(
    configure: Configure, caplog: pytest.LogCaptureFixture
) -> None:
    configure("[mine]\nkind = 7")
    assert [each.name for each in described()] == [GRAMMAR]
    assert "is not right at" in caplog.text


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
@pytest.mark.parametrize(("mode", "warned"), [(0o600, 0), (0o640, 1), (0o604, 1), (0o644, 1)])
def test_a_key_that_others_can_read_is_warned_of_once(
    configure: Configure, caplog: pytest.LogCaptureFixture, mode: int, warned: int
) -> None:
    path = configure(f'[mine]\nkind = "openai"\nmodel = "small"\nkey = "{KEY}"')
    path.chmod(mode)
    for _ in range(2):
        configured_providers()
    assert len(caplog.records) == warned
    assert not warned or f"{path} holds a key and can be read by others" in caplog.text
    assert KEY not in caplog.text


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
def test_a_file_without_a_key_may_be_read_by_all(
    configure: Configure, caplog: pytest.LogCaptureFixture
) -> None:
    configure('[mine]\nkind = "openai"\nmodel = "small"\nkey_env = "MY_KEY"').chmod(0o644)
    configured_providers()
    assert not caplog.records


@pytest.mark.usefixtures("everything_is_installed")
def test_local_models_are_found_by_maker_and_name(tmp_path: Path) -> None:
    for name in ("Qwen/Qwen3-4B", "gemma", "gemma/inside"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "config.json").touch()
    assert provider_names([tmp_path]) == [GRAMMAR, "local: Qwen/Qwen3-4B", "local: gemma"]
