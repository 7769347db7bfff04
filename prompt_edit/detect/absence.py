"""Why a phrase was not found: too faint, of another colour, or not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor
from torchvision.ops import box_iou

from ..nouns import plural
from .detections import SAME_PLACE, Detections, Detector, together
from .presence import colour_in, colourless


@dataclass(frozen=True)
class Absence:
    """A phrase that was not found.

    Attributes:
        clause: why, as what follows "but".
        advice: what to do, in a sentence.
    """

    phrase: str
    clause: str
    advice: str

    def __str__(self) -> str:
        return f"{self.clause[0].upper()}{self.clause[1:]}. {self.advice}"


def from_threshold(detector: Detector, threshold: float | None) -> float | None:
    """The lowest score that counts: the given one, or the model's own where that is known."""
    if threshold is not None:
        return threshold
    return getattr(getattr(detector, "card", None), "threshold", None)


def absences(
    detector: Detector, image: Tensor, phrases: Sequence[str], threshold: float | None
) -> tuple[Absence, ...]:
    """Why each of the phrases was not found in one picture [1,H,W,C] at that threshold."""
    if len(phrases) > 1 and together(detector, image) > 1:
        detector.detect(image, phrases, 0.0)  # it is recalled then
    return tuple(_absence(detector, image, phrase, threshold) for phrase in phrases)


def _absence(detector: Detector, image: Tensor, phrase: str, threshold: float | None) -> Absence:
    least, own = from_threshold(detector, threshold), from_threshold(detector, None)
    faint = detector.detect(image, [phrase], 0.0)[0]
    best = float(faint.scores.max()) if len(faint) else None
    others = _in_any_colour(detector, image, phrase)
    there = len(faint) and len(others) and box_iou(faint.boxes[:1], others.boxes).max()
    counts = own is not None and best is not None and best >= own
    if best is not None and least is not None and (counts or there > SAME_PLACE):
        score, asked = _two(best, least)
        clause = f'no "{phrase}" reaches the threshold of {asked}: the best score is {score}'
        return Absence(phrase, clause, "Lower the threshold, or name it otherwise.")
    if len(others):
        noun, many = colourless(phrase), len(others)
        clause = (
            f'the picture shows no "{phrase}": there {"is" if many == 1 else "are"} {many}'
            f' "{noun if many == 1 else plural(noun)}", but none that is {colour_in(phrase)}'
        )
        return Absence(phrase, clause, "Leave the colour out, or name another one.")
    reason = "nothing is like it"
    if best is not None:
        score, asked = _two(best, least if least is not None else 1.0)
        reason = f"the best score is {score}" + (f", the threshold {asked}" if least else "")
    clause = f'the picture shows no "{phrase}" ({reason})'
    return Absence(phrase, clause, "Name it otherwise, or lower the threshold.")


def _in_any_colour(detector: Detector, image: Tensor, phrase: str) -> Detections:
    """The things of a phrase that names a colour, in whatever colour."""
    noun = colourless(phrase) if colour_in(phrase) else ""
    if not noun:
        return Detections.none((int(image.shape[1]), int(image.shape[2])))
    return detector.detect(image, [noun])[0]


def _two(low: float, high: float) -> tuple[str, str]:
    """Two numbers, with as many digits as tell them apart."""
    digits = 2 if round(low, 2) < round(high, 2) else 4
    return f"{low:.{digits}f}", f"{high:.{digits}f}"
