"""Whether the region shows what was asked for, and in which colour."""

from __future__ import annotations

from torch import Tensor

from ..detect import colour
from ..detect.phrases import phrases_of
from ..detect.presence import colourless
from ..images import rgb
from .boxes import inside
from .checked import Finding, unjudged
from .look import FAINT, OTHER_SHARE, SLIGHT, Look, Spot

_IN_PLACE = ("recolor", "restyle", "background")  # whose results are where the mask is


def check_result(look: Look) -> Finding | None:
    """Whether the result is where it was asked."""
    edit = look.edit
    if not edit.result:
        return None
    what = f'Whether it shows "{edit.result}"'
    if why := look.why_not(edit.result):
        return unjudged("result", what, why)
    listed = phrases_of(edit.result)
    if len(listed) > 1 and len(look.results):
        return _list_result(look, listed)
    score = look.best_at_all(look.results)
    if score:
        return Finding("result", True, score,
                       f'The detector sees "{edit.result}" there (score {score:.2f}).')  # fmt: skip
    if edit.whole_picture and edit.operation != "add":
        return unjudged("result", what, "a detector looks for things, and finds none of that name")
    return _faint_result(look, what)


def _list_result(look: Look, listed: list[str]) -> Finding:
    """Of several things that were to stand there some are seen: whether all are."""
    least, spot = look.card.threshold, look.whole
    scores = {}
    for phrase in listed:
        found = look.new_ones(look.find(look.after, phrase, least * FAINT))
        scores[phrase] = max((float(score) for score, box in zip(found.scores, found.boxes,
                              strict=True) if spot.holds(box)), default=0.0)  # fmt: skip
    lowest = min(scores.values())
    seen, unseen = (" and ".join(f'"{phrase}"' for phrase, score in scores.items()
                                 if bool(score) == there) for there in (True, False))  # fmt: skip
    if not unseen:
        return Finding("result", True, lowest,
                       f"The detector sees {seen} there (score {lowest:.2f}).")  # fmt: skip
    said = f"The detector sees {seen} there, but not {unseen}."
    return Finding("result", False, 0.0, said, 0.49 * sum(map(bool, scores.values())) / len(scores))


def _faint_result(look: Look, what: str) -> Finding:
    """What is left to say where the detector does not see the result as it was named.

    Half as sure is enough where nothing speaks against it: no colour was named, or it is right.
    """
    edit, right, asked = look.edit, colour_of(look)[0], colour.named(look.edit.result)
    if edit.operation == "restyle" and look.best_at_all(look.find(look.after, edit.target)):
        return unjudged("result", what, f'the detector sees the "{edit.target}", but no styles')
    least = look.card.threshold * FAINT
    named = (colourless(edit.result) or edit.result) if right else edit.result
    faint = look.best_at_all(look.new_ones(look.find(look.after, named, least)))
    if right and not faint:  # of a cat in a colour that no cat has, the shape alone
        faint = look.best_at_all(look.new_ones(look.find(_grey(look.after), named, least)))
    if faint and (right or asked is None):
        clause = f", and it is {asked}" if right else ""
        said = f'The detector sees "{named}" there, faintly (score {faint:.2f}){clause}.'
        return Finding("result", True, faint, said)
    if edit.operation == "recolor" and right:
        return unjudged("result", what, f"the region is {asked}, but the detector does not see it")
    said = f'The detector does not see "{edit.result}" where it was asked.'
    return Finding("result", False, faint, said, 0.49 * min(faint / look.card.threshold, 1.0))


def _grey(image: Tensor) -> Tensor:
    return rgb(image).mean(dim=-1, keepdim=True).expand(-1, -1, -1, 3)


def check_colour(look: Look) -> Finding | None:
    """Whether the result has the colour that was asked for."""
    asked = colour.named(look.edit.result)
    if asked is None:
        return None
    right, share, seen = colour_of(look)
    if right:
        return Finding("colour", True, share, f"It is {asked}, as asked.")
    if right is None:
        if not seen:
            return unjudged("colour", f"Whether it is {asked}", "nothing new is there to measure")
        return unjudged(
            "colour", f"Whether it is {asked}", f"its pixels are between {asked} and {seen}"
        )
    return Finding(
        "colour", False, share, f"It is {seen}, but {asked} was asked for.", 0.49 * share
    )


def colour_of(look: Look) -> tuple[bool | None, float, str]:
    """Whether the result has the colour it was asked in, the share that has, and what it is.

    None where that can't be told. Of several things it is said of the worst.
    """
    each = [_colour_at(look, spot) for spot in look.spots]
    return min(each, key=lambda found: ((False, None, True).index(found[0]), found[1]))


def _colour_at(look: Look, spot: Spot) -> tuple[bool | None, float, str]:
    asked = colour.named(look.edit.result)
    pixels = _pixels_of_result(look, spot)
    if asked is None or not len(pixels):
        return None, 0.0, ""
    shares = colour.shares(pixels)
    seen, share = shares[0][0], dict(shares).get(asked, 0.0)
    if seen == asked:
        return True, share, seen
    strict = look.card.sample and look.edit.operation != "background"
    other = strict or not colour.may_be(colour.middle(pixels), asked)
    if not strict or not _is_located(look):  # windows and tyres; what was behind the old thing
        other &= share < OTHER_SHARE
    return (False if other else None), share, seen


def _is_located(look: Look) -> bool:
    """Whether it is known which pixels are the result's."""
    return look.edit.operation in _IN_PLACE or len(look.results) > 0


def place_of_result(look: Look, spot: Spot) -> Tensor:
    """Where one thing is that should be as was asked, bool [H,W]."""
    region = spot.region
    if look.edit.operation not in _IN_PLACE:
        boxes = look.results.boxes
        boxes = boxes[[spot.holds(box) for box in boxes]]
        if not len(boxes):
            boxes = spot.boxes
        wide = look.allowed if look.allowed is not None else region
        region = wide & inside(boxes, look.size)
    return region & look.shows


def _pixels_of_result(look: Look, spot: Spot) -> Tensor:
    """The pixels [N,3] of one thing that should have the colour asked for."""
    place = place_of_result(look, spot)
    pixels = rgb(look.after)[0][place]
    if look.edit.operation not in _IN_PLACE or not look.has_mask:
        pixels = pixels[look.moved_at(place) > SLIGHT]
    return pixels
