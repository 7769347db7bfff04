"""Any server that speaks OpenAI's chat completions: OpenAI, Ollama, LM Studio, vLLM, OpenRouter."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

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
    _way: list[int] = field(default_factory=lambda: [0], repr=False, compare=False)

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
            # A key goes to its own address only, wherever a server points.
            http_client=openai.DefaultHttpxClient(
                follow_redirects=False, trust_env=not self.endpoint.here
            ),
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
            self._way[0] = number
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
            return self._text(reply.choices[0])
        except openai.APITimeoutError:
            failure = NoAnswer(f"no reply within {self.endpoint.timeout:g} s", again=True)
        except openai.APIConnectionError:
            failure = cut_off()
        except openai.APIStatusError as error:
            after = error.response.headers.get("retry-after")
            failure = self.endpoint.refusal(error.status_code, _said(error), after)
            if error.status_code in (400, 404, 422):  # what servers say of a schema
                failure = _NotTaken(failure)
            elif error.status_code in (500, 501):  # some say so: the next try is plainer
                self._way[0] = (self._way[0] + 1) % len(_ways())
        except (openai.APIError, OSError):  # a body cut off, or one that is no JSON
            failure = NoAnswer("the server's reply was cut off, or no JSON", again=True)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError):
            failure = NoAnswer("the server's reply is not in OpenAI's protocol")
        raise failure

    def _text(self, choice: Any) -> str:
        """What was written. Raises `NoAnswer` where it was refused, or cut off."""
        written = choice.message.content or ""
        refused = getattr(choice.message, "refusal", None)
        why = f"refusal: {self.endpoint.detail(refused)}" if refused else choice.finish_reason
        if failure := unfinished(written, why or ""):
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
    """The server's own words, where it sent any in the usual place."""
    body = error.body
    return body.get("message") if isinstance(body, dict) else ""
