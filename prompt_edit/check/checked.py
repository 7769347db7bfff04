"""What a look at an edited picture found."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Aspect = Literal["target", "painted", "result", "colour", "pattern", "gone", "cut", "outside",
                 "seam"]  # fmt: skip


_FLAWS = ("outside", "pattern", "seam")  # of an edit that is the right one


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: what of the edit it is about.
        passed: whether it is well; None where it could not be judged.
        value: what was measured. target: the share of what was painted that lies on what was asked
            for; painted: the share of the region that changed; result: the detector's score for
            it, at the place where it is worst; colour: the share of the thing that has the colour;
            pattern: what lies between its lights and its darks, in L*; gone: the detector's score
            for what should be gone; cut: how well the cut fits (IoU); outside: the number of pixels
            that changed; seam: the step at the edge, in CIELAB units, beyond what the picture has
            there itself. None where nothing was.
        said: the same in one plain sentence.
        mark: 0..1: 1 where it is well, below 0.5 where not, and then how near it is.
    """

    name: Aspect
    passed: bool | None
    value: float | None
    said: str
    mark: float = 1.0


@dataclass(frozen=True)
class Checked:
    """What a look at one picture after one edit found."""

    findings: tuple[Finding, ...]

    @property
    def judged(self) -> tuple[Finding, ...]:
        """The findings that could be judged."""
        return tuple(each for each in self.findings if each.passed is not None)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong, as far as that could be judged."""
        return all(each.passed for each in self.judged)

    @property
    def score(self) -> float:
        """0..1: the mean mark of what could be judged; 1 where nothing is wrong."""
        marks = [each.mark for each in self.judged]
        return sum(marks) / len(marks) if marks else 1.0

    @property
    def rank(self) -> tuple[int, float]:
        """The higher, the better a try is: by how little of what was asked for is wrong, and then
        by the score. The right thing with a seam is better than a wrong thing without one."""
        wrong = sum(each.passed is False and each.name not in _FLAWS for each in self.findings)
        return -wrong, self.score

    @property
    def doubts(self) -> tuple[str, ...]:
        """What is wrong, in plain sentences."""
        return tuple(each.said for each in self.findings if each.passed is False)

    @property
    def may_be_mended(self) -> bool:
        """Whether something is wrong that painting once more may change, unlike a wrong mask."""
        return any(each.passed is False and each.name != "target" for each in self.findings)

    def beside_others(self) -> Checked:
        """The same, where the plan's other edits changed the picture between the two, too."""
        unknown = unjudged("outside", "Whether anything else changed",
                           "the plan's other edits changed the picture, too; connect painted, or"
                           " check edit by edit")  # fmt: skip
        return Checked(tuple(
            unknown if each.name == "outside" and each.passed is False else each
            for each in self.findings
        ))  # fmt: skip

    @property
    def verdict(self) -> str:
        """The outcome in one line."""
        if not self.judged:
            return "Not checked: nothing could be judged."
        wrong, count = len(self.doubts), len(self.judged)
        if not wrong:
            return f"Checked: all {count} points are well (score {self.score:.2f})."
        return f"Doubtful: {wrong} of {count} points are not well (score {self.score:.2f})."

    @property
    def report(self) -> str:
        """The verdict, and all that was found, a line each."""
        signs = {True: "ok", False: "NOT OK", None: "not judged"}
        return "\n".join(
            [self.verdict, *(f"{signs[each.passed]}: {each.said}" for each in self.findings)]
        )

    def to_dict(self) -> dict[str, Any]:
        """The same in plain values, as JSON takes them."""
        return {"ok": self.ok, "score": self.score,
                "findings": [asdict(each) for each in self.findings]}  # fmt: skip

    def to_json(self, indent: int | None = 2) -> str:
        """The same as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)


def unjudged(name: Aspect, what: str, why: str) -> Finding:
    return Finding(name, None, None, f"{what} could not be judged, because {why}.")


def format_pixels(count: int) -> str:
    return f"{count:,} pixel{'' if count == 1 else 's'}"


def reports(checked: Sequence[Checked]) -> str:
    """All reports as one text; in a batch each says the number of its picture, from 1."""
    if len(checked) == 1:
        return checked[0].report
    return "\n\n".join(
        f"Picture {number}. {each.report}" for number, each in enumerate(checked, start=1)
    )
