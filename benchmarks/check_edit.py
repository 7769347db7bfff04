"""How well Check Edit tells failed edits from true ones, on drawn scenes and the sample detector.

Each scene gives one edit of every operation that it allows, with its true picture afterwards and
with planted failures. They are checked as an editor does it (mask and opacity known), with the
mask alone, with the pixels that should change in place of an opacity, and with nothing known.

    python benchmarks/check_edit.py [--count 100] [--seed 910000] [--show]
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / name) for name in ("tests", ".")]
from planted import KINDS, Case, cases  # noqa: E402

from prompt_edit.check import Checked, check_edit  # noqa: E402
from prompt_edit.detect.grounding_dino import GroundingDino  # noqa: E402
from prompt_edit.models.loading import quiet_libraries  # noqa: E402
from prompt_edit.models.store import sample_models  # noqa: E402

KNOWN = ("mask and opacity", "mask alone", "changed pixels", "neither")


def look(detector: GroundingDino, case: Case, known: str) -> Checked:
    mask = case.mask if known.startswith("mask") else None
    opacity = {"mask and opacity": case.opacity, "changed pixels": case.changed}.get(known)
    if case.edit.operation == "extract":
        opacity = None
    return check_edit(detector, case.before, case.after, case.edit, mask, opacity)


def _judges(known: str, case: Case) -> bool:
    """Whether such a failure can be seen at all with what is known."""
    if case.planted == "a change outside" and case.edit.operation == "background":
        return known != "neither"  # what belongs to the subject is not known
    return not (case.planted == "a seam" and known in ("neither", "changed pixels"))


def measure(
    detector: GroundingDino, count: int, seed: int, show: bool = False
) -> dict[tuple[str, str, str], list[bool]]:
    """For each (what is known, operation, what is planted): whether each picture was found well."""
    outcome: dict[tuple[str, str, str], list[bool]] = defaultdict(list)
    for number in range(seed, seed + count):
        for case in cases(number):
            for known in KNOWN:
                if not _judges(known, case):
                    continue
                checked = look(detector, case, known)
                outcome[known, case.edit.operation, case.planted].append(checked.ok)
                if show and checked.ok == bool(case.planted):
                    print(number, "|", known, "|", case.planted or "true picture", "|",
                          case.edit.summary(), "|", " / ".join(checked.doubts))  # fmt: skip
    return outcome


def table(outcome: dict[tuple[str, str, str], list[bool]]) -> str:
    """Caught failures and false alarms, in all and by operation."""
    lines = []
    for known in KNOWN:
        lines.append(f"\n{known:22} {'caught / planted':>18}   by operation")
        for planted in (*KINDS, ""):
            rows = {operation: passed for (key, operation, what), passed in outcome.items()
                    if key == known and what == planted}  # fmt: skip
            each = {operation: (sum(passed) if not planted else len(passed) - sum(passed),
                                len(passed)) for operation, passed in rows.items()}  # fmt: skip
            good, every = (sum(pair[place] for pair in each.values()) for place in (0, 1))
            shares = "  ".join(f"{name} {a}/{b}" for name, (a, b) in each.items())
            name = planted or "true: no alarm"
            lines.append(f"{name:22} {good:5}/{every:<5} {good / max(1, every):6.1%}   {shares}")
    return "\n".join(lines)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=100, help="how many scenes")
    options.add_argument("--seed", type=int, default=910_000, help="the first scene")
    options.add_argument("--show", action="store_true", help="tell each that was found wrong")
    given = options.parse_args()
    quiet_libraries()
    detector = GroundingDino.load(sample_models().detector)
    outcome = measure(detector, given.count, given.seed, given.show)
    print(f"scenes {given.seed} to {given.seed + given.count - 1}\n{table(outcome)}")


if __name__ == "__main__":
    main()
