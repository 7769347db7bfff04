"""A server on this machine that speaks Gemini's and OpenAI's protocols, well or badly."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """One reply of the server.

    Attributes:
        text: what the model says; with another status than 200, the error's message.
        slow: seconds before the reply begins, cut short when the server is closed.
        hang_up: send half of the body, then close the connection.
        raw: the body itself, in place of one of the protocol.
    """

    text: str = ""
    status: int = 200
    slow: float = 0.0
    hang_up: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    raw: str | None = None


@dataclass(frozen=True)
class Asked:
    """One request, as it came in."""

    path: str
    headers: dict[str, str]
    body: Json

    @property
    def gemini(self) -> bool:
        return self.path.endswith(":generateContent")

    @property
    def system(self) -> str:
        if self.gemini:
            return self.body["systemInstruction"]["parts"][0]["text"]
        return self.body["messages"][0]["content"]

    @property
    def turns(self) -> list[tuple[str, str]]:
        """Role and text of every turn after the system's."""
        if self.gemini:
            return [(turn["role"], turn["parts"][0]["text"]) for turn in self.body["contents"]]
        return [(turn["role"], _text(turn["content"])) for turn in self.body["messages"][1:]]

    @property
    def schema(self) -> Json | None:
        if self.gemini:
            return self.body["generationConfig"].get("responseJsonSchema")
        return self.body.get("response_format", {}).get("json_schema", {}).get("schema")

    @property
    def pictures(self) -> list[bytes]:
        if self.gemini:
            parts = [part for turn in self.body["contents"] for part in turn["parts"]]
            data = [part["inlineData"]["data"] for part in parts if "inlineData" in part]
            return [base64.urlsafe_b64decode(text) for text in data]
        parts = [p for t in self.body["messages"] if isinstance(t["content"], list)
                 for p in t["content"]]  # fmt: skip
        urls = [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]
        return [base64.b64decode(url.partition(",")[2]) for url in urls]


@dataclass
class LlmServer:
    """What it will answer, in order, what it was asked, and what of that it has answered."""

    url: str
    answers: list[Answer] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    answered: list[Asked] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def will(self, *answers: Answer | str) -> None:
        self.answers += [Answer(a) if isinstance(a, str) else a for a in answers]

    @property
    def port(self) -> str:
        return self.url.rpartition(":")[2]


@contextmanager
def llm_server() -> Iterator[LlmServer]:
    """A running server; it stops at the end of the block, slow replies included."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: Any) -> None:
            pass

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.path, headers, body)
            server.asked.append(asked)
            answer = server.answers.pop(0) if server.answers else Answer("nothing left", 418)
            if answer.slow:
                server.closing.wait(answer.slow)
            server.answered.append(asked)
            data = _body(asked, answer).encode()
            try:
                self.send_response(answer.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                for name, value in answer.headers:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data[: len(data) // 2] if answer.hang_up else data)
            except OSError:  # nobody waits any more
                self.close_connection = True
            if answer.hang_up:
                self.close_connection = True

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server = LlmServer(f"http://127.0.0.1:{http.server_port}")
    thread = threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        http.shutdown()
        http.server_close()


def _body(asked: Asked, answer: Answer) -> str:
    if answer.raw is not None:
        return answer.raw
    if answer.status != 200:
        fault: Json = {"message": answer.text}
        fault |= {"code": answer.status, "status": "FAILED"} if asked.gemini else {"type": "failed"}
        return json.dumps({"error": fault})
    if asked.gemini:
        content = {"role": "model", "parts": [{"text": answer.text}]}
        return json.dumps({"candidates": [{"content": content, "finishReason": "STOP"}]})
    message = {"role": "assistant", "content": answer.text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return json.dumps(
        {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}
    )


def _text(content: Any) -> str:
    return content if isinstance(content, str) else content[0]["text"]
