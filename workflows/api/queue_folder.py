"""Queue a folder of pictures on a running ComfyUI, and fetch what it makes.

    python queue_folder.py photos "make the hat red" --out edited
    python queue_folder.py photos "remove the bag" --out edited --graph my_graph.json \\
        --host http://gpu:8188

The graph is one in API form: the picture goes into its first Load Image (or in place of its Paper
Doll Scene), the sentence into every `instruction`, and what its last Save Image saves comes back.
A picture whose output is there already is left out, so the same command goes on where it was
stopped; what fails is told, and the rest goes on. Needs Python alone.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections import deque
from pathlib import Path
from typing import Any

PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp"}
PLACE = "prompt-edit-queue"  # the folder among the host's inputs
AT_ONCE = 3  # prompts in the queue: the host has always one to go on with

Graph = dict[str, dict[str, Any]]


class Host:
    """A running ComfyUI, by its address."""

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")

    def ask(self, path: str, data: bytes | None = None, kind: str = "application/json") -> bytes:
        request = urllib.request.Request(self._address + path, data, {"Content-Type": kind})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return bytes(answer.read())

    def upload(self, picture: Path, name: str) -> str:
        """Send a picture; its name among the host's inputs."""
        edge = uuid.uuid4().hex
        fields = {"type": "input", "subfolder": PLACE, "overwrite": "true"}
        body = b"".join(
            f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in fields.items()
        )
        body += (f'--{edge}\r\nContent-Disposition: form-data; name="image"; filename="{name}"\r\n'
                 "Content-Type: application/octet-stream\r\n\r\n").encode()  # fmt: skip
        body += picture.read_bytes() + f"\r\n--{edge}--\r\n".encode()
        reply = json.loads(self.ask("/upload/image", body, f"multipart/form-data; boundary={edge}"))
        return f"{reply['subfolder']}/{reply['name']}"

    def queue(self, graph: Graph) -> str:
        """Queue a graph; the number of its run."""
        reply = json.loads(self.ask("/prompt", json.dumps({"prompt": graph}).encode()))
        return str(reply["prompt_id"])

    def outcome(self, number: str) -> dict[str, Any] | None:
        """What a run came to; None while it runs."""
        reply = json.loads(self.ask(f"/history/{number}")).get(number)
        done = reply and reply.get("status", {}).get("status_str") in ("success", "error")
        return reply if done else None

    def fetch(self, saved: dict[str, str]) -> bytes:
        """A picture that was saved."""
        return self.ask("/view?" + urllib.parse.urlencode(saved))


def filled(graph: Graph, image: str, instruction: str) -> Graph:
    """The graph with a picture and a sentence in it. Raises `ValueError` where it takes none."""
    graph = json.loads(json.dumps(graph))
    places = [key for kind in ("LoadImage", "PromptEditPaperDoll")
              for key, node in graph.items() if node["class_type"] == kind]  # fmt: skip
    asked = [node for node in graph.values() if isinstance(node["inputs"].get("instruction"), str)]
    if not places or not asked:
        raise ValueError("the graph has no Load Image, or no node that takes an instruction")
    graph[places[0]] = {"class_type": "LoadImage", "inputs": {"image": image}}
    for node in asked:
        node["inputs"]["instruction"] = instruction
    return graph


def result(graph: Graph, outcome: dict[str, Any]) -> dict[str, str]:
    """Where the host keeps what was saved last. Raises `ValueError` with why there is nothing."""
    status = outcome.get("status", {})
    for kind, message in status.get("messages", []):
        if kind == "execution_error":
            raise ValueError(str(message.get("exception_message", "")).strip() or "it failed")
    saving = [key for key, node in graph.items() if node["class_type"] == "SaveImage"]
    for key in reversed(saving):
        images = outcome.get("outputs", {}).get(key, {}).get("images")
        if images:
            return dict(images[-1])
    raise ValueError("the graph saved no picture")


def write(file: Path, data: bytes) -> None:
    """Beside its place and then moved there, so that a file that is there is whole."""
    beside = file.with_name(f".{file.name}.part")
    beside.write_bytes(data)
    os.replace(beside, file)


def pictures_in(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*")
                  if file.suffix.lower() in PICTURES and file.is_file())  # fmt: skip


def run(host: Host, graph: Graph, folder: Path, instruction: str, out: Path) -> int:
    """Do all pictures of a folder that are not done; how many failed."""
    places = [(file, out / file.relative_to(folder).with_suffix(".png"))
              for file in pictures_in(folder)]  # fmt: skip
    left = deque((file, place) for file, place in places if not place.exists())
    running: deque[tuple[str, Graph, Path, Path]] = deque()
    done = failed = 0
    print(f"{len(places) - len(left)} of {len(places)} are there", file=sys.stderr)
    while left or running:
        while left and len(running) < AT_ONCE:
            file, place = left.popleft()
            name = "-".join(file.relative_to(folder).parts)
            try:
                filled_graph = filled(graph, host.upload(file, name), instruction)
                running.append((host.queue(filled_graph), filled_graph, file, place))
            except urllib.error.HTTPError as error:
                failed += 1
                print(f"{file}: {error.read().decode(errors='replace')[:300]}", file=sys.stderr)
        if not running:
            continue
        number, asked, file, place = running[0]
        outcome = host.outcome(number)
        if outcome is None:
            time.sleep(0.2)
            continue
        running.popleft()
        try:
            data = host.fetch(result(asked, outcome))
            place.parent.mkdir(parents=True, exist_ok=True)
            write(place, data)
            done += 1
            print(place)
        except ValueError as error:
            failed += 1
            print(f"{file}: {error}", file=sys.stderr)
    print(f"{done} done, {failed} failed", file=sys.stderr)
    return failed


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("folder", type=Path)
    options.add_argument("instruction")
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--graph", type=Path,
                         default=Path(__file__).with_name("prompt_edit_one_node.json"))  # fmt: skip
    options.add_argument("--host", default="http://127.0.0.1:8188")
    values = options.parse_args()
    graph = json.loads(values.graph.read_text(encoding="utf-8"))
    try:
        failed = run(Host(values.host), graph, values.folder, values.instruction, values.out)
    except ValueError as error:
        sys.exit(f"{values.graph}: {error}.")
    except urllib.error.URLError as error:
        sys.exit(f"No ComfyUI answers at {values.host} ({error.reason}). Start it, or --host.")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
