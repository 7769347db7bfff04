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

Load Image hands on colours of 8 bits and nothing else. An output keeps the colour profile of its
picture; alpha channels, more than 8 bits a channel and further frames are lost, which is told of
PNG, WebP and TIFF; EXIF (the camera's data, after which a picture is turned), captions and text are
lost, too. `prompt-edit batch` keeps all of them.
"""

from __future__ import annotations

import argparse
import http.client
import ipaddress
import json
import os
import struct
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
import zlib
from collections import Counter, deque
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

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
        here = [urllib.request.ProxyHandler({})] if is_here(address) else []
        self._open = urllib.request.build_opener(*here).open
        # Of this run alone: another one at the same time uploads pictures of the same names.
        self._run, self._numbers = uuid.uuid4().hex, count(1)

    def ask(self, path: str, data: bytes | None = None, kind: str = "application/json") -> bytes:
        request = urllib.request.Request(self._address + path, data, {"Content-Type": kind})
        with self._open(request, timeout=60) as answer:
            return bytes(answer.read())

    def upload(self, data: bytes, ending: str) -> str:
        """Send a picture; its name for Load Image, which no other picture has."""
        edge, name = uuid.uuid4().hex, f"{next(self._numbers)}{ending.lower()}"
        fields = {"type": "temp", "subfolder": f"{PLACE}/{self._run}"}
        body = b"".join(
            f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in fields.items()
        )
        body += (f'--{edge}\r\nContent-Disposition: form-data; name="image"; filename="{name}"\r\n'
                 "Content-Type: application/octet-stream\r\n\r\n").encode()  # fmt: skip
        body += data + f"\r\n--{edge}--\r\n".encode()
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


def is_here(address: str) -> bool:
    """Whether an address is of this machine, which no proxy reaches."""
    name = urllib.parse.urlsplit(address).hostname or ""
    try:
        number = ipaddress.ip_address(name)
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")
    return number.is_loopback or number.is_unspecified


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
        if images:  # of several, as of an animation's frames, the first
            return dict(images[0])
    raise ValueError("the graph saved no picture")


class Kept(NamedTuple):
    """What of a picture's file an output takes along, and what of it is lost, in words."""

    profile: bytes = b""
    lost: tuple[str, ...] = ()


CLEAR, FRAMES = "an alpha channel", "all frames but the first"  # the one may be opaque
DEEP = "{} bits a channel"


def kept_of(data: bytes) -> Kept:
    """Of the bytes of a picture's file."""
    readers = {b"\x89PNG": _of_png, b"\xff\xd8": _of_jpeg, b"RIFF": _of_webp, b"II*\0": _of_tiff,
               b"MM\0*": _of_tiff}  # fmt: skip
    try:
        profile, lost = next((read(data) for mark, read in readers.items()
                              if data.startswith(mark)), (b"", {}))  # fmt: skip
    except (IndexError, ValueError, struct.error, zlib.error):  # cut off: the host will say so
        return Kept()
    fits = profile[16:20] == b"RGB "  # of ink or gray it would not
    return Kept(profile if fits else b"", tuple(name for name, so in lost.items() if so))


def _of_png(data: bytes) -> tuple[bytes, dict[str, bool]]:
    found = dict(_chunks_of_png(data))
    depth, colours = found[b"IHDR"][8:10] if b"IHDR" in found else (8, 2)
    name, _, packed = found.get(b"iCCP", b"").partition(b"\0")
    profile = zlib.decompress(packed[1:]) if name and packed else b""
    return profile, {CLEAR: colours in (4, 6) or b"tRNS" in found, DEEP.format(depth): depth > 8,
                     FRAMES: b"acTL" in found}  # fmt: skip


def _chunks_of_png(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Those before the pixels."""
    at = 8
    while at + 8 <= len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        if kind == b"IDAT":
            return
        yield kind, data[at + 8 : at + 8 + size]
        at += size + 12


def _of_jpeg(data: bytes) -> tuple[bytes, dict[str, bool]]:
    at, parts = 2, dict[int, bytes]()
    while data[at] == 0xFF and data[at + 1] != 0xDA:
        if data[at + 1] == 0xFF:  # which fills up
            at += 1
            continue
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        segment = data[at + 4 : at + 2 + size]
        if data[at + 1] == 0xE2 and segment.startswith(b"ICC_PROFILE\0"):
            parts[segment[12]] = segment[14:]
        at += 2 + size
    return b"".join(parts[number] for number in sorted(parts)), {}


def _of_webp(data: bytes) -> tuple[bytes, dict[str, bool]]:
    at, profile, clear, moves = 12, b"", False, False
    while at + 8 <= len(data):
        kind, size = struct.unpack("<4sI", data[at : at + 8])
        chunk = data[at + 8 : at + 8 + size]
        if kind == b"VP8X":
            clear, moves = bool(chunk[0] & 0x10), bool(chunk[0] & 0x02)
        elif kind == b"VP8L":
            clear = clear or bool(chunk[4] & 0x10)
        elif kind == b"ICCP":
            profile = chunk
        at += 8 + size + size % 2
    return profile, {CLEAR: clear, FRAMES: moves}


def _of_tiff(data: bytes) -> tuple[bytes, dict[str, bool]]:
    end = "<" if data[:2] == b"II" else ">"
    (at,) = struct.unpack(f"{end}I", data[4:8])
    (many,) = struct.unpack(f"{end}H", data[at : at + 2])
    tags = dict[int, bytes]()
    for start in range(at + 2, at + 2 + 12 * many, 12):
        tag, kind, length = struct.unpack(f"{end}HHI", data[start : start + 8])
        size = length * {1: 1, 2: 1, 3: 2, 4: 4, 7: 1}.get(kind, 0)
        place = start + 8
        if size > 4:
            (place,) = struct.unpack(f"{end}I", data[place : place + 4])
        tags[tag] = data[place : place + size]
    (following,) = struct.unpack(f"{end}I", data[at + 2 + 12 * many : at + 6 + 12 * many])
    bits, extra = (tags.get(tag, b"")[:2] for tag in (258, 338))
    (depth,) = struct.unpack(f"{end}H", bits) if bits else (1,)
    clear = bool(extra) and struct.unpack(f"{end}H", extra)[0] > 0
    return tags.get(34675, b""), {CLEAR: clear, DEEP.format(depth): depth > 8,
                                  FRAMES: following > 0}  # fmt: skip


def with_profile(data: bytes, profile: bytes) -> bytes:
    """The bytes of a PNG with a colour profile, unless it says itself what its colours are."""
    said = {kind for kind, _ in _chunks_of_png(data)} if data.startswith(b"\x89PNG") else {b"iCCP"}
    if not profile or said & {b"iCCP", b"sRGB", b"cICP"}:
        return data
    chunk = b"iCCP" + b"ICC profile\0\0" + zlib.compress(profile)
    length, check = struct.pack(">I", len(chunk) - 4), struct.pack(">I", zlib.crc32(chunk))
    return data[:33] + length + chunk + check + data[33:]  # behind the header


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
        and not any(part.startswith(".") for part in file.relative_to(folder).parts)
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


def require_apart(places: dict[Path, Path], folder: Path, out: Path) -> None:
    """Raise `ValueError` where the next run would read an output as a picture."""
    here, ours = folder.resolve(), out.resolve()
    if here in ours.parents:  # which is left out
        return
    for place in places.values():
        if here in place.resolve().parents:
            raise ValueError(f"{place} would be read by the next run: choose another --out, such"
                             f" as {folder / 'edited'}")  # fmt: skip


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
    require_apart(places, folder, out)
    left = deque((file, place) for file, place in places.items() if not place.exists())
    running: deque[Queued] = deque()
    done, clear, asked = 0, 0, len(left)
    print(f"{len(places) - asked} of {len(places)} are there", file=sys.stderr)
    while left or running:
        while left and len(running) < AT_ONCE:
            file, place = left.popleft()
            try:
                data = file.read_bytes()
                ours = filled(graph, host.upload(data, file.suffix), instruction)
                running.append(Queued(host.queue(ours), ours, file, place, kept_of(data)))
            except _OF_ONE as error:
                tell(file, error)
        if not running:
            continue
        first = running[0]
        try:
            outcome = host.outcome(first.number)
            if outcome is None:
                time.sleep(0.2)
                continue
            clear += CLEAR in bring(first, host.fetch(result(first.graph, outcome)))
            done += 1
        except (ValueError, *_OF_ONE) as error:
            tell(first.file, error)
        running.popleft()
    if clear:
        print(f"{clear} had {CLEAR}, which their outputs lack", file=sys.stderr)
    print(f"{done} done, {asked - done} failed", file=sys.stderr)
    return asked - done


class Queued(NamedTuple):
    """A picture that the host has."""

    number: str
    graph: Graph
    file: Path
    place: Path
    kept: Kept


def bring(queued: Queued, data: bytes) -> list[str]:
    """Write what was made of a picture; what of that is not in it, which is told.

    Alpha channels, which many opaque pictures have, are told at the end.
    """
    there = kept_of(data).lost  # a graph may bring transparency of its own
    lost = [name for name in queued.kept.lost if name not in there]
    if told := [name for name in lost if name != CLEAR]:
        print(f"{queued.file}: lost in its output: {', '.join(told)}", file=sys.stderr)
    queued.place.parent.mkdir(parents=True, exist_ok=True)
    write(queued.place, with_profile(data, queued.kept.profile))
    print(queued.place)
    return lost


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
    except (
        urllib.error.URLError,
        TimeoutError,
        ConnectionError,
        http.client.HTTPException,
    ) as error:
        why = getattr(error, "reason", error)
        sys.exit(f"No ComfyUI answers at {values.host} ({why}). Start it, or --host.")
    except OSError as error:  # of a disk
        sys.exit(f"{error}. Mend that, and run it again.")
    sys.exit(bool(missing))


if __name__ == "__main__":
    main()
