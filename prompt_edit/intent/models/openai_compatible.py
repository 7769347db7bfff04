"""Any server that speaks OpenAI's chat completions: OpenAI, Ollama, LM Studio, vLLM, OpenRouter."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from .brief import EXAMPLES, SYSTEM, Message
from .remote import Endpoint, cut_off, unfinished, unlogged
from .reply import schema
from .waiting import Check, NoAnswer, never

ADDRESS = "https://api.openai.com/v1"


@dataclass(frozen=True)
class OpenAiModel:
    """A model behind an OpenAI-compatible endpoint."""

    name: str
    model: str
    endpoint: Endpoint
    sees: bool = False
    shots: int = len(EXAMPLES)
    # The way that the server takes, and whether it has just failed.
    _way: list[int] = field(default_factory=lambda: [0, False], repr=False, compare=False)

    def complete(self, messages: Sequence[Message], check: Check = never) -> str:
        """The model's next turn. Raises `NoAnswer`; whatever `check` raises ends the wait."""
        return self.endpoint.converse(
            self._client, lambda client: self._ask(client, messages), check
        )

    def _client(self) -> Any:
        import openai

        return openai.OpenAI(
            # A server that asks for no key gets a word, or the client would look for one itself.
            api_key=self.endpoint.key or "none",
            base_url=self.endpoint.url,
            max_retries=0,  # ours hear Cancel
            timeout=self.endpoint.timeout,
            http_client=openai.DefaultHttpxClient(**self.endpoint.client_args),
        )

    def _ask(self, client: Any, messages: Sequence[Message]) -> str:
        """Ask in the richest way that the server takes, and remember which that is."""
        refused: Exception | None = None
        for number, way in enumerate(_ways()):
            if number < self._way[0]:
                continue
            try:
                reply = self._ask_once(client, messages, way)
            except _NotTaken as not_taken:
                refused = not_taken.failure
                continue
            self._way[:] = [number, False]
            return reply
        assert refused is not None
        raise refused

    def _ask_once(self, client: Any, messages: Sequence[Message], way: dict[str, Any]) -> str:
        import openai

        turns = [{"role": "system", "content": SYSTEM}, *(_turn(m) for m in messages)]
        # The client's exceptions hold the request, key and all: they end here, unchained.
        failure: Exception
        try:
            with unlogged():
                reply = client.chat.completions.create(model=self.model, messages=turns, **way)
            if failed := self._failed(reply):
                raise failed
            return self._text(reply.choices[0])
        except openai.APITimeoutError:
            failure = NoAnswer(f"no reply within {self.endpoint.timeout:g} s", again=True)
        except openai.APIConnectionError as error:
            failure = cut_off(error)
        except openai.APIStatusError as error:
            failure = self._refused(error)
        except (openai.APIError, OSError):  # a body cut off, or one that is no JSON
            failure = NoAnswer("the server's reply was cut off, or no JSON", again=True)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError):
            failure = NoAnswer("the server's reply is not in OpenAI's protocol")
        raise failure

    def _refused(self, error: Any) -> Exception:
        """The failure behind an HTTP status."""
        code, said = error.status_code, _said(error)
        failure = self.endpoint.refusal(code, said, error.response.headers.get("retry-after"))
        path = urlsplit(self.endpoint.url).path.rstrip("/")
        if code == 404 and not said and not path.endswith("/v1"):
            failure = NoAnswer(f"{failure}; the address of such a server usually ends in /v1")
        if code in (400, 404, 422):  # what servers say of a schema
            return _NotTaken(failure)
        if code in (500, 501):
            self._doubt()
        return failure

    def _doubt(self) -> None:
        """Ask plainly after a second failure in a row: some servers fail on a schema. Where that
        fails as well, it was not the schema's fault."""
        plainest = len(_ways()) - 1
        doubted = self._way[1] or self._way[0] == plainest
        if doubted:
            self._way[0] = 0 if self._way[0] == plainest else plainest
        self._way[1] = not doubted

    def _failed(self, reply: Any) -> NoAnswer | None:
        """The failure that some servers send as a reply."""
        error = getattr(reply, "error", None)
        if not error or reply.choices:
            return None
        said = error.get("message") if isinstance(error, dict) else error
        code = error.get("code") if isinstance(error, dict) else None
        if isinstance(code, int) and 400 <= code < 600:
            return self.endpoint.refusal(code, said)
        return NoAnswer(f"the server failed ({self.endpoint.detail(said)})")

    def _text(self, choice: Any) -> str:
        """What was written. Raises `NoAnswer` where it was refused, or cut off."""
        written = choice.message.content or ""
        if isinstance(written, list):  # parts, some of which are thoughts
            parts = [each for each in written if isinstance(each, dict)]
            written = "".join(str(each.get("text") or "") for each in parts)
        refused = getattr(choice.message, "refusal", None)
        if refused and "{" not in written:
            said = self.endpoint.detail(refused)
            raise NoAnswer(f"the model refused to answer ({said}); say it in other words")
        if failure := unfinished(written, choice.finish_reason or ""):
            raise failure
        return self.endpoint.scrub_reply(written)


class _NotTaken(Exception):
    """The server does not take one of the parameters."""

    def __init__(self, failure: NoAnswer) -> None:
        super().__init__()
        self.failure = failure


def _ways() -> tuple[dict[str, Any], ...]:
    """From the richest request to the plainest: some models take no temperature, some servers no
    schema."""
    form = {"type": "json_schema", "json_schema": {"name": "edit_plan", "strict": True}}
    form["json_schema"]["schema"] = schema()  # type: ignore[index]
    return ({"response_format": form, "temperature": 0.0}, {"response_format": form}, {})


def _turn(message: Message) -> dict[str, Any]:
    if not message.picture:
        return {"role": message.role, "content": message.text}
    data = base64.b64encode(message.picture).decode("ascii")
    picture = {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{data}"}}
    return {"role": message.role, "content": [{"type": "text", "text": message.text}, picture]}


def _said(error: Any) -> object:
    """The server's own words, where it sent any in JSON."""
    body = error.body  # what stands under "error", or all of it
    if isinstance(body, dict):
        return body.get("message") or body.get("detail") or body.get("error") or ""
    try:
        return body if isinstance(body, str) and isinstance(error.response.json(), dict) else ""
    except ValueError:  # a page
        return ""
