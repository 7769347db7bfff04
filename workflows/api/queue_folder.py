"""Queue a folder of pictures on a running ComfyUI, and fetch what it makes.

    python queue_folder.py photos "make the hat red" --out edited
    python queue_folder.py photos "remove the bag" --out edited --graph my_graph.json \\
        --host http://gpu:8188

The graph is one in API form: the picture goes into its first Load Image (or in place of its Paper
Doll Scene), the sentence into every `instruction`, and what its last Save Image saves comes back.
A picture whose output is there already is left out, so the same command goes on where it was
stopped: another sentence needs another --out. What fails is told, and the rest goes on; a picture
in which nothing was found has failed, too. An output is named after its picture; where that is one
name for two, as for x.jpg and x.png, they are x.jpg.png and x.png.png. Needs Python alone.
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
from collections import Counter, deque
from itertools import count
from pathlib import Path
from typing import Any

PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp"}
PLACE = "prompt-edit-queue"  # the folder among what the host forgets when it starts anew
UNCHANGED = ("The mask is empty, so", "What is left alone covers the mask")
"""What Diffusion Inpaint says of an edit that it did not make begins so."""
AT_ONCE = 3  # prompts in the queue: the host has always one to go on with

Graph = dict[str, dict[str, Any]]


class Host:
    """A running ComfyUI, by its address."""

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")
        # Of this run alone: another one at the same time uploads pictures of the same names.
        self._run, self._numbers = uuid.uuid4().hex, count(1)

    def ask(self, path: str, data: bytes | None = None, kind: str = "application/json") -> bytes:
        request = urllib.request.Request(self._address + path, data, {"Content-Type": kind})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return bytes(answer.read())

    def upload(self, picture: Path) -> str:
        """Send a picture; its name for Load Image, which no other picture has."""
        edge, name = uuid.uuid4().hex, f"{next(self._numbers)}{picture.suffix.lower()}"
        fields = {"type": "temp", "subfolder": f"{PLACE}/{self._run}"}
        body = b"".join(
            f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in fields.items()
        )
        body += (f'--{edge}\r\nContent-Disposition: form-data; name="image"; filename="{name}"\r\n'
                 "Content-Type: application/octet-stream\r\n\r\n").encode()  # fmt: skip
        body += picture.read_bytes() + f"\r\n--{edge}--\r\n".encode()
        reply = json.loads(self.ask("/upload/image", body, f"multipart/form-data; boundary={edge}"))
        return f"{reply['subfolder']}/{reply['name']} [temp]"

    def queue(self, graph: Graph) -> str:
        """Queue a graph; the number of its run."""
        # Only to a client the host tells what was saved by nodes that have nothing to do.
        body = {"prompt": graph, "client_id": self._run}
        return str(json.loads(self.ask("/prompt", json.dumps(body).encode()))["prompt_id"])

    def outcome(self, number: str) -> dict[str, Any] | None:
        """What a run came to; None while it waits or runs.

        Raises `ValueError` where the host knows nothing of it.
        """
        ended = self._ended(number)
        if ended or number in self._waiting():
            return ended
        ended = self._ended(number)  # it may have ended between the two questions
        if not ended:
            raise ValueError("the host dropped it, for its queue was cleared; run this once more")
        return ended

    def _ended(self, number: str) -> dict[str, Any] | None:
        return json.loads(self.ask(f"/history/{number}")).get(number)  # type: ignore[no-any-return]

    def _waiting(self) -> set[str]:
        """The numbers of all runs in the queue, and of the one at work."""
        reply = json.loads(self.ask("/queue"))
        return {str(each[1]) for kind in ("queue_running", "queue_pending") for each in reply[kind]}

    def fetch(self, saved: dict[str, str]) -> bytes:
        """A picture that was saved."""
        return self.ask("/view?" + urllib.parse.urlencode(saved))


def filled(graph: Graph, image: str, instruction: str) -> Graph:
    """The graph with a picture and a sentence in it. Raises `ValueError` where it takes none."""
    graph = json.loads(json.dumps(graph))
    if not all(isinstance(node, dict) and "class_type" in node for node in graph.values()):
        raise ValueError("the graph is not in API form: in ComfyUI, export it as API")
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
    outputs = outcome.get("outputs", {})
    said = [line for each in outputs.values() for line in each.get("text", []) if line]
    if any(str(line).startswith(UNCHANGED) for line in said):
        raise ValueError("nothing was found to edit, or not for every edit: it is not fetched")
    saving = [key for key, node in graph.items() if node["class_type"] == "SaveImage"]
    for key in reversed(saving):
        images = outputs.get(key, {}).get("images")
        if images:
            return dict(images[-1])
    raise ValueError("the graph saved no picture")


def write(file: Path, data: bytes) -> None:
    """Beside its place and then moved there, so that a file that is there is whole."""
    beside = file.with_name(f".{file.name}.part")
    beside.write_bytes(data)
    os.replace(beside, file)


def pictures_in(folder: Path, out: Path) -> list[Path]:
    """All below a folder, save for outputs of an earlier run. Raises `ValueError` for no folder."""
    if not folder.is_dir():
        raise ValueError(f"{folder} is no folder: name one with pictures in it")
    here, ours = folder.resolve(), out.resolve()
    made = ours.relative_to(here).parts if here in ours.parents else None
    return sorted(
        file for file in folder.rglob("*")
        if file.suffix.lower() in PICTURES and file.is_file()
        and (made is None or file.relative_to(folder).parts[: len(made)] != made)
    )  # fmt: skip


def places_of(files: list[Path], folder: Path, out: Path) -> dict[Path, Path]:
    """Where the output of each picture goes: as it lies in the folder, and no two to one place."""
    places = {file: out / file.relative_to(folder).with_suffix(".png") for file in files}
    while True:
        taken = Counter(places.values())
        shared = [file for file, place in places.items() if taken[place] > 1]
        if not shared:
            return places
        for file in shared:
            places[file] = out / file.relative_to(folder).with_name(f"{file.name}.png")


def tell(file: Path, error: Exception) -> None:
    """Tell why there is no output of a picture."""
    why = str(error)
    if isinstance(error, urllib.error.HTTPError):
        why = error.read().decode(errors="replace")[:300]
    print(f"{file}: {why or error}", file=sys.stderr)


_OF_ONE = (urllib.error.HTTPError, PermissionError, FileNotFoundError, IsADirectoryError)
"""What goes wrong with one picture, and not with the host."""


def run(host: Host, graph: Graph, folder: Path, instruction: str, out: Path) -> int:
    """Do all pictures of a folder that are not done; how many failed."""
    places = places_of(pictures_in(folder, out), folder, out)
    if not places:
        kinds = ", ".join(sorted(PICTURES))
        raise ValueError(f"{folder} holds no pictures that can be queued ({kinds})")
    left = deque((file, place) for file, place in places.items() if not place.exists())
    running: deque[tuple[str, Graph, Path, Path]] = deque()
    done, asked = 0, len(left)
    print(f"{len(places) - asked} of {len(places)} are there", file=sys.stderr)
    while left or running:
        while left and len(running) < AT_ONCE:
            file, place = left.popleft()
            try:
                ours = filled(graph, host.upload(file), instruction)
                running.append((host.queue(ours), ours, file, place))
            except _OF_ONE as error:
                tell(file, error)
        if not running:
            continue
        number, ours, file, place = running[0]
        try:
            outcome = host.outcome(number)
            if outcome is None:
                time.sleep(0.2)
                continue
            data = host.fetch(result(ours, outcome))
            place.parent.mkdir(parents=True, exist_ok=True)
            write(place, data)
            done += 1
            print(place)
        except (ValueError, *_OF_ONE) as error:
            tell(file, error)
        running.popleft()
    print(f"{done} done, {asked - done} failed", file=sys.stderr)
    return asked - done


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
    try:
        graph = json.loads(values.graph.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        sys.exit(f"The graph {values.graph} cannot be read: {error}.")
    try:
        missing = run(Host(values.host), graph, values.folder, values.instruction, values.out)
    except ValueError as error:
        sys.exit(f"{error}.")
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        why = getattr(error, "reason", error)
        sys.exit(f"No ComfyUI answers at {values.host} ({why}). Start it, or --host.")
    sys.exit(bool(missing))


if __name__ == "__main__":
    main()
