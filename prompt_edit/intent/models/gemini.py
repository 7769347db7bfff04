"""Gemini, through Google's own client and its structured output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .brief import EXAMPLES, SYSTEM, Message
from .remote import Endpoint, cut_off, unfinished, unlogged
from .reply import schema
from .waiting import Check, NoAnswer, never

ADDRESS = "https://generativelanguage.googleapis.com/"


@dataclass(frozen=True)
class GeminiModel:
    """A Gemini model behind an endpoint."""

    name: str
    model: str
    endpoint: Endpoint
    sees: bool = True
    shots: int = len(EXAMPLES)

    def complete(self, messages: Sequence[Message], check: Check = never) -> str:
        """The model's next turn. Raises `NoAnswer`; whatever `check` raises ends the wait."""
        return self.endpoint.converse(
            self._client, lambda client: self._ask(client, messages), check
        )

    def _client(self) -> Any:
        from google import genai
        from google.genai import types

        options = types.HttpOptions(
            base_url=self.endpoint.url,
            timeout=int(self.endpoint.timeout * 1000),
            retry_options=types.HttpRetryOptions(attempts=1),  # ours hear Cancel
            client_args=self.endpoint.client_args,
        )
        # Said outright: the environment may send other programs to Vertex AI.
        return genai.Client(api_key=self.endpoint.key, vertexai=False, http_options=options)

    def _ask(self, client: Any, messages: Sequence[Message]) -> str:
        from google.genai import errors, types

        config = types.GenerateContentConfig(
            system_instruction=SYSTEM,
            temperature=0.0,
            response_mime_type="application/json",
            response_json_schema=schema(),
            automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
        )
        # The client's exceptions hold the request, key and all: they end here, unchained.
        failure: NoAnswer
        try:
            with unlogged():
                reply = client.models.generate_content(
                    model=self.model, contents=[_content(m) for m in messages], config=config
                )
            return self._text(reply)
        except errors.APIError as error:
            headers = getattr(error.response, "headers", None) or {}
            failure = self.endpoint.refusal(error.code, error.message, headers.get("retry-after"))
        except errors.UnknownApiResponseError:
            failure = NoAnswer("the server's reply was no JSON", again=True)
        except _transport_errors() as error:
            if "Timeout" in type(error).__name__:
                failure = NoAnswer(f"no reply within {self.endpoint.timeout:g} s", again=True)
            else:
                failure = cut_off(error)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError):
            # pydantic's too: a reply that is not of the protocol
            failure = NoAnswer("the server's reply is not in Gemini's protocol")
        raise failure

    def _text(self, reply: Any) -> str:
        """What was written. Raises `NoAnswer` where it was refused, or cut off."""
        written = reply.text or ""
        blocked = getattr(reply.prompt_feedback, "block_reason", None)
        ended = reply.candidates[0].finish_reason if reply.candidates else None
        why = f"blocked: {blocked.value}" if blocked else ended.value if ended else ""
        if failure := unfinished(written, why):
            raise failure
        return self.endpoint.scrub_reply(written)


def _content(message: Message) -> Any:
    from google.genai import types

    parts = [types.Part.from_text(text=message.text)]
    if message.picture:
        parts.append(types.Part.from_bytes(data=message.picture, mime_type="image/jpeg"))
    return types.Content(role="model" if message.role == "assistant" else "user", parts=parts)


def _transport_errors() -> tuple[type[Exception], ...]:
    """Of either HTTP library: newer clients have moved from the one to the other."""
    import importlib

    found: list[type[Exception]] = [OSError]
    for name in ("httpx", "httpx2"):
        try:
            found.append(importlib.import_module(name).RequestError)
        except ModuleNotFoundError:
            continue
    return tuple(found)
