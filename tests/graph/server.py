"""A real ComfyUI: COMFYUI_PATH names its folder, COMFYUI_PYTHON its interpreter."""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from websockets.sync.client import connect

from . import runtime

HOST = os.environ.get("COMFYUI_PATH")
PYTHON = os.environ.get("COMFYUI_PYTHON", sys.executable)
PREVIEW_IMAGE = 1  # the host's number for it


class Server:
    """A running host with the pack in its custom_nodes.

    Args:
        folder: empty; the host's own models, inputs and outputs lie there.
        options: of its command line.
        settings: of its page, by their names.
    """

    def __init__(
        self, folder: Path, options: Sequence[str] = (), settings: Mapping[str, Any] | None = None
    ) -> None:
        self.folder, self.log = folder, folder / "log.txt"
        (folder / "custom_nodes").mkdir()
        (folder / "custom_nodes" / "prompt-edit").symlink_to(runtime.ROOT)
        if settings:
            file = folder / "user" / "default" / "comfy.settings.json"
            file.parent.mkdir(parents=True)
            file.write_text(json.dumps(settings))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"http://127.0.0.1:{free.getsockname()[1]}"
        command = [PYTHON, "main.py", "--cpu", "--port", self.address.rsplit(":", 1)[1],
                   "--base-directory", str(folder), *options]  # fmt: skip
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, cwd=HOST, stdout=log, stderr=log)
        self.until(lambda: "To see the GUI" in self.log.read_text(), 180)

    def until(self, done: Any, seconds: float) -> Any:
        for _ in range(int(seconds / 0.1)):
            assert self.process.poll() is None, self.log.read_text()[-3000:]
            if value := done():
                return value
            time.sleep(0.1)
        raise TimeoutError(self.log.read_text()[-3000:])

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.address + path) as answer:
            return json.load(answer)

    def post(self, path: str, body: Any) -> Any:
        data = json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data,
                                         {"Content-Type": "application/json"})  # fmt: skip
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or "null")

    def queue(self, prompt: dict[str, Any], client: str = "") -> str:
        return self.post("/prompt", {"prompt": prompt, "client_id": client})["prompt_id"]

    def wait(self, number: str) -> dict[str, Any]:
        return self.until(lambda: self.get(f"/history/{number}").get(number), 600)

    def run(self, prompt: dict[str, Any]) -> dict[str, Any]:
        return self.wait(self.queue(prompt))

    def previews(self, prompt: dict[str, Any]) -> dict[str, list[Image.Image]]:
        """The pictures that a page is sent while a graph runs, by the node that was at work."""
        seen: dict[str, list[Image.Image]] = {}
        node = ""
        address = self.address.replace("http", "ws") + "/ws?clientId=previews"
        with connect(address, max_size=None) as socket:
            number = self.queue(prompt, "previews")
            for message in socket:
                if isinstance(message, bytes):  # what it is, its kind, then the file
                    if int.from_bytes(message[:4], "big") == PREVIEW_IMAGE:
                        picture = Image.open(io.BytesIO(message[8:]))
                        seen.setdefault(node, []).append(picture)
                    continue
                event = json.loads(message)
                if event["type"] == "executing" and event["data"]["prompt_id"] == number:
                    node = event["data"]["node"] or ""
                    if not node:
                        break
        return seen

    def pictures(self, history: dict[str, Any]) -> list[np.ndarray]:
        """What was saved, uint8 [H,W,C]."""
        saved = [each for node in history["outputs"].values() for each in node.get("images", [])
                 if each["type"] == "output"]  # fmt: skip
        files = [self.folder / "output" / each["subfolder"] / each["filename"] for each in saved]
        return [np.asarray(Image.open(file)) for file in files]


def messages(history: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [message for what, message in history["status"]["messages"] if what == kind]
