"""An edit's target, with its order, relations and exceptions, to the boxes that are meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from torch import Tensor

from ..errors import InstructionError, NotFound
from ..plan import BACKGROUND, Edit
from .choose import choose, related
from .detections import Detections
from .place import place, place_freely
from .presence import colour_in, colourless

Shape = Literal["object", "place", "picture"]
"""What a mask is cut from: the objects in the boxes, the boxes themselves, the whole picture."""


class Detector(Protocol):
    """What finds noun phrases in pictures."""

    def detect(
        self, images: Tensor, phrases: Sequence[str], threshold: float | None = None
    ) -> list[Detections]: ...


@dataclass(frozen=True)
class Grounded:
    """What one edit is about in one picture.

    Attributes:
        found: the boxes that are meant; empty where the whole picture is, or where `reason` is set.
        left_out: what the edit leaves alone within them.
        shape: how the boxes become a mask.
        places: float [N,4], xyxy in pixels, where new things will stand; only for *add*.
        missing: phrases that were to be left out and that the picture does not show.
        reason: why nothing was found; empty where something was.
    """

    found: Detections
    left_out: Detections
    shape: Shape = "object"
    places: Tensor | None = None
    missing: tuple[str, ...] = ()
    reason: str = ""

    @property
    def boxes(self) -> Tensor:
        """Float [N,4], xyxy in pixels: of the things, or of the places for new ones."""
        return self.found.boxes if self.places is None else self.places

    @property
    def count(self) -> int:
        """How many things, or places for new ones, it is about; the whole picture is one."""
        return 1 if self.shape == "picture" else len(self.boxes)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know of it, in plain sentences."""
        unseen = tuple(
            f'"{phrase}" was to be left out, but the picture shows none.' for phrase in self.missing
        )
        return ((self.reason,) if self.reason else ()) + unseen


def ground(
    detector: Detector, image: Tensor, edit: Edit, threshold: float | None = None
) -> Grounded:
    """Find what an edit is about in one picture [1,H,W,C].

    Raises `NotFound` with the reason: nothing answers to the phrase, nothing stands in the asked
    relation, or there are fewer instances than the asked rank.
    """
    size = (int(image.shape[1]), int(image.shape[2]))
    left_out = Detections.none(size)
    if edit.exclude:
        left_out = detector.detect(image, edit.exclude, threshold)[0]
    missing = tuple(phrase for phrase in edit.exclude if phrase not in left_out.labels)
    if edit.operation == "add":
        found, places = _places(detector, image, edit, threshold)
        return Grounded(found, left_out, "place", places, missing)
    if edit.whole_picture:
        if edit.target == BACKGROUND and edit.exclude and not len(left_out):
            named = '" nor "'.join(edit.exclude)
            raise NotFound(
                f'The background was to change, but the picture shows no "{named}" to keep.'
                ' Say what stays: "keep the dog and change the background to a beach".'
            )
        return Grounded(Detections.none(size), left_out, "picture", missing=missing)
    return Grounded(_find(detector, image, edit, threshold), left_out, missing=missing)


def ground_each(
    detector: Detector,
    images: Tensor,
    edit: Edit,
    threshold: float | None = None,
    on_step: Callable[[int, int], None] | None = None,
) -> list[Grounded]:
    """`ground` for each picture of a batch [B,H,W,C]; where nothing is found, `reason` says why.

    `on_step` is called after each picture with (done, total); what it raises stops the work.
    """
    results: list[Grounded] = []
    for image in images:
        try:
            results.append(ground(detector, image[None], edit, threshold))
        except NotFound as absence:
            none = Detections.none((int(image.shape[0]), int(image.shape[1])))
            results.append(Grounded(none, none, reason=str(absence)))
        if on_step:
            on_step(len(results), len(images))
    return results


def reasons(found: Sequence[Grounded]) -> str:
    """All notes, a line each; in a batch each says the number of its picture, from 1."""
    lines = [
        (f"picture {number}: " if len(found) > 1 else "") + note
        for number, each in enumerate(found, start=1)
        for note in each.notes
    ]
    return "\n".join(lines)


def for_phrase(phrase: str) -> Edit:
    """What stands for a bare noun phrase: all that it names. Raises `InstructionError` if empty."""
    if not phrase.strip():
        raise InstructionError("There is nothing to look for: connect a plan, or type a phrase.")
    return Edit(operation="extract", target=phrase)


def _places(
    detector: Detector, image: Tensor, edit: Edit, threshold: float | None
) -> tuple[Detections, Tensor]:
    """Boxes for new things: at what they are put to, or on free ground."""
    if edit.whole_picture:
        others = detector.detect(image, ["person"], threshold)[0]
        return Detections.none(others.size), place_freely(others, edit.which.by)
    found = _find(detector, image, edit, threshold)
    return found, place(edit.result, found, edit.relation)


def _find(detector: Detector, image: Tensor, edit: Edit, threshold: float | None) -> Detections:
    found = detector.detect(image, phrases_of(edit.target), threshold)[0]
    if not len(found):
        raise NotFound(_absence(detector, image, edit.target))
    relation = edit.relation
    if relation and edit.operation != "add":  # there it tells where to put the new thing
        anchors = detector.detect(image, [relation.anchor], threshold)[0]
        if not len(anchors):
            raise NotFound(_absence(detector, image, relation.anchor))
        kept = related(found, anchors, relation)
        if not len(kept):
            raise NotFound(
                f'No "{edit.target}" is {relation.kind} "{relation.anchor}": {len(found)} found,'
                " all elsewhere. Leave the relation out, or name the object otherwise."
            )
        found = kept
    chosen = choose(found, edit.which)
    if not len(chosen):
        raise NotFound(
            f"Number {edit.which.rank} by {edit.which.by} was asked for, but only {len(found)}"
            f' "{edit.target}" {"was" if len(found) == 1 else "were"} found.'
        )
    return chosen


def phrases_of(target: str) -> list[str]:
    """The things that a target lists: "dog and cat" is two phrases, to be found one by one.

    "Black and white dog" is one: colours alone are no thing.
    """
    phrases: list[str] = []
    colours = ""
    for part in target.split(" and "):
        phrase = f"{colours}{part.strip()}"
        colours = "" if colourless(re.sub(r" and |,", " ", phrase)) else f"{phrase} and "
        if not colours and phrase:
            phrases.append(phrase)
    return phrases or [target]


def _absence(detector: Detector, image: Tensor, phrase: str) -> str:
    colour = colour_in(phrase)
    others = detector.detect(image, [colourless(phrase)])[0] if colour else ()
    if len(others):
        shown = f'{len(others)} "{colourless(phrase)}", but none that is {colour}'
        return (
            f'The picture shows no "{phrase}": there {_is(len(others))} {shown}. Leave the colour'
            " out, or name another one."
        )
    faint = detector.detect(image, [phrase], 0.01)[0]
    best = f"the best score is {float(faint.scores.max()):.2f}" if len(faint) else "no box at all"
    return (
        f'The picture shows no "{phrase}" ({best}). Name it otherwise, or lower the box threshold.'
    )


def _is(count: int) -> str:
    return "is" if count == 1 else "are"
