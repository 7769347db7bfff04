"""A batch that is killed again and again, against one that nobody disturbs.

    python -m benchmarks.batch_kills --pictures 2000 --kills 100 --ray --small

draws pictures, edits each in two colours, once undisturbed and once with SIGKILL at random moments,
and compares: each output once and equal to the bit, no stray file, the table complete. Where the
undisturbed run has not done what it was to do, nothing is compared with it. Also says how its
memory grew, and what it took beyond the sum of its stages. With `--ray` once more by two actors,
one of which is killed when a quarter is done.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
from PIL import Image

from benchmarks.models import small_painter
from prompt_edit.paperdoll.draw import draw
from prompt_edit.paperdoll.scene import random_scene

FIRST = 910_000
COLOURS = "red,blue"


def draw_pictures(folder: Path, count: int) -> None:
    """Scenes that nothing was trained on, 256 x 256."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        file = folder / f"{number:05d}.png"
        if not file.exists():
            Image.fromarray(draw(random_scene(FIRST + number)).image).save(file, compress_level=1)


def command(pictures: Path, out: Path, *more: str) -> list[str]:
    """In one step: how a row is painted is not asked here, and many are."""
    return [sys.executable, "-m", "prompt_edit", "batch", str(pictures), "make the shirt {colour}",
            "--colours", COLOURS, "--steps", "1", "--out", str(out), "--quiet", *more]  # fmt: skip


def one_thread() -> dict[str, str]:
    """The environment of a run that is compared with another to the bit, or with Ray's actors, who
    have one thread: sums of floats depend on how many share them."""
    return {**os.environ, "OMP_NUM_THREADS": "1"}


def started(words: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                            env=one_thread())  # fmt: skip


def undisturbed(pictures: Path, out: Path, *more: str) -> dict[str, Any]:
    """Run to the end; seconds, the exit code, and the memory in MiB whenever a twentieth of the
    rows was done."""
    start = time.monotonic()
    run = started(command(pictures, out, *more))
    process, memory = psutil.Process(run.pid), dict[int, float]()
    total = 2 * len(list(pictures.iterdir()))
    while run.poll() is None:
        time.sleep(0.5)
        share = 20 * done_in(out) // total
        if share not in memory and run.poll() is None:
            memory[share] = process.memory_info().rss / 2**20
    seconds = time.monotonic() - start
    return {"seconds": seconds, "code": run.returncode, "memory_mib": memory}


def wrong_with(out: Path, rows: int, code: int) -> list[str]:
    """Why nothing can be compared with a run that nobody disturbed, in words.

    Some of the drawn people wear no shirt: rows that fail are said by the exit code 1.
    """
    lines = _table(out) if done_in(out) else []
    done = [line["output"] for line in lines if line["status"] == "done"]
    missing = sum(not (out / name).is_file() for name in done)
    wrong = [f"{missing} of {len(done)} outputs are missing"] if missing else []
    if len(lines) != rows:
        wrong.append(f"the table has {len(lines)} lines and not {rows}")
    if code != (len(done) < rows):
        wrong.append(f"it exits with {code}")
    return wrong if done else [*wrong, "nothing was done"]


def done_in(out: Path) -> int:
    """How many rows the table of results has."""
    table = out / "results.jsonl"
    return table.read_bytes().count(b"\n") if table.exists() else 0


def killed(
    pictures: Path, out: Path, kills: int, longest: float, seed: int, more: Sequence[str] = ()
) -> int:
    """Run with that many SIGKILLs at random moments, then to the end; how many took place."""
    rng, done = random.Random(seed), 0
    while done < kills:
        run = started(command(pictures, out, *more))
        try:
            run.wait(timeout=rng.uniform(0.5, longest))
        except subprocess.TimeoutExpired:
            run.kill()
            run.wait()
            done += 1
            continue
        break  # all was done before
    started(command(pictures, out, *more)).wait()
    return done


def actor_killed(pictures: Path, out: Path, more: Sequence[str] = ()) -> bool:
    """Run on a local Ray of two actors, one killed early; whether there was one to kill.

    Outputs are counted and not lines of the table: Ray hands over many rows at once.
    """
    run = started(command(pictures, out, "--ray", "local", "--workers", "2", *more))
    quarter, victims = len(list(pictures.iterdir())) // 2, list[psutil.Process]()
    while run.poll() is None and not victims:
        time.sleep(0.05)
        if sum(1 for _ in out.glob("*.png")) >= quarter:
            victims = list(actors_of(run))
    for victim in victims[:1]:
        victim.kill()
    run.wait()
    return bool(victims)


def actors_of(run: subprocess.Popen[bytes]) -> Iterator[psutil.Process]:
    """The processes that hold the models."""
    for process in psutil.Process(run.pid).children(recursive=True):
        try:
            if "MapWorker" in " ".join(process.cmdline()):
                yield process
        except psutil.Error:
            continue


def differences(one: Path, other: Path) -> list[str]:
    """What is not alike in two output folders, in words; nothing where all is."""
    names = [{str(file.relative_to(out)) for file in out.rglob("*")} for out in (one, other)]
    found = [f"only one has {name}" for name in sorted(names[0] ^ names[1])]
    found += [f"{name} differs" for name in sorted(names[0] & names[1]) if name.endswith(".png")
             and (one / name).read_bytes() != (other / name).read_bytes()]  # fmt: skip
    tables = [_table(out) for out in (one, other)]
    return found + ([] if tables[0] == tables[1] else ["the tables differ"])


_VARIES = ("seconds", "total", "steps", "stamp")


def _table(out: Path) -> list[dict[str, Any]]:
    """The lines of a table, without times."""
    lines = [json.loads(line) for line in (out / "results.jsonl").read_text().splitlines()]
    return [{name: value for name, value in line.items() if name not in _VARIES} for line in lines]


def beside_edits(out: Path, seconds: float) -> tuple[float, float]:
    """Seconds of all edits, with loading; and what the run took beyond them, in parts of it."""
    lines = [json.loads(line) for line in (out / "results.jsonl").read_text().splitlines()]
    edits = sum(line["total"] for line in lines)
    return edits, seconds / edits - 1


def main(words: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pictures", type=int, default=2000)
    options.add_argument("--kills", type=int, default=100)
    options.add_argument("--longest", type=float, default=30.0, help="seconds until a kill")
    options.add_argument("--folder", type=Path, help="kept, and gone on in")
    options.add_argument("--ray", action="store_true", help="also by two actors, one killed")
    options.add_argument("--small", action="store_true", help="a painter that is small and random")
    values = options.parse_args(words)
    folder = values.folder or Path(tempfile.mkdtemp(prefix="batch-"))
    pictures = folder / "in"
    draw_pictures(pictures, values.pictures)
    more = ["--painter", str(small_painter(folder / "painter"))] if values.small else []
    measured = undisturbed(pictures, folder / "whole", *more)
    rows = 2 * len(list(pictures.iterdir()))
    wrong = wrong_with(folder / "whole", rows, measured["code"])
    if wrong:
        sys.exit(f"undisturbed: {'; '.join(wrong)}")
    edits, beyond = beside_edits(folder / "whole", measured["seconds"])
    print(f"undisturbed: {measured['seconds']:.0f} s, edits {edits:.0f} s, beyond {beyond:+.1%}")
    print(
        f"memory in MiB by twentieths: {[round(each) for each in measured['memory_mib'].values()]}"
    )
    count = killed(pictures, folder / "killed", values.kills, values.longest, 1, more)
    different = differences(folder / "whole", folder / "killed")
    print(f"killed {count} times: {different or 'all alike'}", flush=True)
    if values.ray:
        died = actor_killed(pictures, folder / "ray", more)
        beside = differences(folder / "whole", folder / "ray")
        print(f"Ray, {'one of two actors killed' if died else 'no actor killed'}:"
              f" {beside or 'all alike'}")  # fmt: skip
        different += beside
    sys.exit(bool(different))


if __name__ == "__main__":
    main()
