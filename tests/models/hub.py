"""A small Hugging Face hub on this machine, for the official client to talk to."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """What it holds, what it was asked, and how it misbehaves."""

    files: dict[str, bytes]
    repository: str = "someone/model"
    others: dict[str, dict[str, bytes]] = field(default_factory=dict)  # more repositories
    requests: list[str] = field(default_factory=list)
    cut_at: int = 0  # bytes after which the next transfers break off
    cuts: int = 0  # how many of them
    stall_at: int = 0  # bytes after which transfers wait until `go` is set
    go: threading.Event = field(default_factory=threading.Event)
    xet: bool = False  # it says of all files that they are in Xet's storage, which is not there
    wrong: str = ""  # a file whose stated checksum is another one
    status: int = 200
    address: str = ""

    def held(self, path: str) -> dict[str, bytes]:
        """The files of the repository that is asked for."""
        held = {self.repository: self.files, **self.others}
        return next(files for name, files in held.items() if f"/{name}/" in f"{path}/")

    def listing(self, path: str) -> dict[str, object]:
        return {"id": self.repository, "sha": COMMIT, "siblings": [
            {"rfilename": name, "size": len(data), "blobId": "0" * 40, "lfs": {
                "sha256": digest(b"other" if name == self.wrong else data),
                "size": len(data), "pointerSize": 134}}
            for name, data in self.held(path).items()]}  # fmt: skip


@contextmanager
def serve(files: dict[str, bytes]) -> Iterator[Hub]:
    """Run a hub that holds one repository until the block is left."""
    hub = Hub(files)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(hub))
    hub.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield hub
    finally:
        hub.go.set()
        server.shutdown()
        server.server_close()


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_HEAD(self) -> None:
            self.answer(body=False)

        def do_GET(self) -> None:
            self.answer(body=True)

        def answer(self, body: bool) -> None:
            hub.requests.append(
                f"{self.command} {self.path} {self.headers.get('Range', '')}".strip()
            )
            if hub.status != 200:
                code = "GatedRepo" if hub.status == 403 else "RepoNotFound"
                self.reply(hub.status, b"{}", {"X-Error-Code": code}, body)
            elif self.path.startswith("/api/models/"):
                self.reply(200, json.dumps(hub.listing(self.path)).encode(), {}, body)
            else:
                self.send_file(self.path.split("/resolve/", 1)[1].split("/", 1)[1], body)

        def send_file(self, name: str, body: bool) -> None:
            data = hub.held(self.path)[name]
            span = self.headers.get("Range", "")
            start = int(span.removeprefix("bytes=").split("-")[0]) if span else 0
            headers = {"ETag": f'"{digest(data)}"', "X-Repo-Commit": COMMIT,
                       "X-Linked-Size": str(len(data)), "Accept-Ranges": "bytes"}  # fmt: skip
            if hub.xet:
                headers |= {"X-Xet-Hash": digest(data), "X-Xet-Refresh-Route": "http://127.0.0.1:9"}
            if span:
                headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
            self.reply(206 if span else 200, data[start:], headers, body)

        def reply(self, status: int, data: bytes, headers: dict[str, str], body: bool) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            if not body:
                return
            if hub.cuts and len(data) > hub.cut_at:
                hub.cuts -= 1
                self.wfile.write(data[: hub.cut_at])
                self.connection.close()
                return
            if hub.stall_at and len(data) > hub.stall_at:
                self.wfile.write(data[: hub.stall_at])
                data = data[hub.stall_at :]
                hub.go.wait(60)
            self.wfile.write(data)

    return Handler


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
