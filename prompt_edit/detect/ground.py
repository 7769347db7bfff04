"""An edit's target, with its order, relations and exceptions, to the boxes that are meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import torch
from torch import Tensor
from torchvision.ops import box_iou

from ..errors import ImageError, InstructionError, ModelError, NotFound, require
from ..images import check_pictures
from ..nouns import may_be_several, plural, singular
from ..plan import BACKGROUND, Edit, Relation
from .absence import Absence, absences, from_threshold
from .anchor import anchors_of, lives, noun_of, shared
from .asked import Query, check_threshold
from .choose import choose, one_by_one, related, without_parts
from .detections import ONE_THING, Detections, Detector, merge, together
from .free import beside_others, edges_of, taken
from .owners import anothers, beside, has_owner, may_be_anothers
from .peers import of_kind
from .phrases import phrases_of
from .place import has_room, is_guess, look_of, place, place_freely
from .room import Room, may_need_room, room_for
from .tinted import of_colour
from .worn import heads_of

MaskFrom = Literal["object", "place", "picture"]
"""What a mask is cut from: the objects in the boxes, the boxes themselves, the whole picture."""


@dataclass(frozen=True)
class Grounded:
    """What one edit is about in one picture.

    Attributes:
        found: the boxes that are meant; empty where the whole picture is, or where `reason` is set.
        left_out: what the edit leaves alone within them.
        shape: how the boxes become a mask.
        places: float [N,4], xyxy in pixels, where new things will stand; only for *add*.
        missing: phrases that were to be left out and that were not found.
        unseen: what was not found though the rest was, and what else a person should know, in
            plain sentences.
        room: what the masks of the things take in besides them.
        reason: why nothing was found; empty where something was.
        edit: the edit that it was looked for; None where that is none, or not known.
    """

    found: Detections
    left_out: Detections
    shape: MaskFrom = "object"
    places: Tensor | None = None
    missing: tuple[str, ...] = ()
    reason: str = ""
    unseen: tuple[str, ...] = ()
    room: Room = ()
    edit: Edit | None = None

    @property
    def boxes(self) -> Tensor:
        """Float [N,4], xyxy in pixels: of the things, or of the places for new ones."""
        return self.found.boxes if self.places is None else self.places

    @property
    def reached(self) -> Tensor:
        """Float [M,4]: the boxes, and what the masks take in besides."""
        boxes = self.boxes
        return torch.cat([boxes, boxes.new_tensor([each.box for each in self.room]).view(-1, 4)])

    @property
    def count(self) -> int:
        """How many things, or places for new ones, it is about; the whole picture is one."""
        return 1 if self.shape == "picture" else len(self.boxes)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know of it, in plain sentences."""
        return ((self.reason,) if self.reason else ()) + self.unseen


@dataclass(frozen=True)
class _Seen:
    """What a list of things shows in a picture: all boxes, each thing once, and what is absent.

    `notes` say what else a person should know, in plain sentences.
    """

    found: Detections
    absent: tuple[Absence, ...] = ()
    notes: tuple[str, ...] = ()


def ground(
    detector: Detector, image: Tensor, edit: Edit | Query, threshold: float | None = None
) -> Grounded:
    """Find what an edit or a query is about in one picture [1,H,W,C].

    Raises:
        NotFound: with the reason: nothing answers to the phrase, nothing stands in the asked
            relation, or there are fewer instances than the asked rank.
        ImageError, PromptEditError: no picture, no edit, or a threshold that is none.
    """
    check_asked(detector, edit, threshold)
    query, image = Query.of(edit), check_pictures(image, "[1,H,W,C]")
    return replace(_ground(detector, image, query, threshold), edit=query.edit)


def _ground(detector: Detector, image: Tensor, query: Query, threshold: float | None) -> Grounded:
    size = (int(image.shape[1]), int(image.shape[2]))
    kept = _Seen(Detections.none(size))
    if query.exclude:
        kept = _seen(detector, image, query.exclude, threshold, _THE_VERY_SAME)
    left_out, missing = kept.found, tuple(each.phrase for each in kept.absent)
    unseen = tuple(f'"{each.phrase}" was to be left out, but {each.clause}.'
                   for each in kept.absent)  # fmt: skip
    if query.new:
        seen, places = _places(detector, image, query, threshold, left_out)
        return Grounded(seen.found, left_out, "place", places, missing,
                        unseen=_partly(seen) + unseen)  # fmt: skip
    if query.whole_picture:
        if query.exclude and not len(left_out):
            raise NotFound(_nothing_stays(query, kept.absent))
        if query.target == BACKGROUND and query.exclude == ("person",):
            unseen += (_who_stays(len(left_out)),)
        none = Detections.none(size)
        return Grounded(none, left_out, "picture", missing=missing, unseen=unseen)
    seen = _find(detector, image, query, threshold, left_out)
    people = Detections.none(size)
    if may_need_room(query.target, query.becomes):
        people = detector.detect(image, [_WEARER])[0]
    room, notes = room_for(query.target, query.becomes, seen.found, people)
    unseen += notes
    return Grounded(seen.found, left_out, missing=missing, unseen=_partly(seen) + unseen, room=room)


_WEARER = "person"


def _nothing_stays(query: Query, absent: Sequence[Absence]) -> str:
    """Why nothing is done where all of the picture would change, and no more of it be spared."""
    why = "; ".join(each.clause for each in absent)
    if query.target != BACKGROUND:
        return f"What is to be left out of the change was not found, and would change, too: {why}."
    return (
        f"Say what stays: what is to stay before the new background was not found: {why}."
        ' For example: "keep the dog and change the background to a beach".'
    )


def _who_stays(people: int) -> str:
    return (
        f"Before the new background {'1 person stays' if people == 1 else f'{people} people stay'},"
        ' and nothing else. To keep more, name it: "keep the dog and change the background to a'
        ' beach".'
    )


def ground_each(
    detector: Detector,
    images: Tensor,
    edit: Edit | Query,
    threshold: float | None = None,
    on_step: Callable[[int, int], None] | None = None,
) -> list[Grounded]:
    """`ground` for each picture of a batch [B,H,W,C]; where nothing is found, `reason` says why.

    `on_step` is called after each picture with (done, total); what it raises stops the work.
    """
    check_asked(detector, edit, threshold)
    query, images = Query.of(edit), check_pictures(images)
    at_once = together(detector, images)
    results: list[Grounded] = []
    for image in images:
        if at_once > 1 and len(results) % at_once == 0:
            _look(detector, images[len(results) : len(results) + at_once], query, threshold)
        try:
            results.append(ground(detector, image[None], query, threshold))
        except NotFound as absence:
            none = Detections.none((int(image.shape[0]), int(image.shape[1])))
            results.append(Grounded(none, none, reason=str(absence)))
        if on_step:
            on_step(len(results), len(images))
    return results


def _look(detector: Detector, images: Tensor, query: Query, threshold: float | None) -> None:
    """Ask of several pictures together what `ground` will ask of each in any case: it is recalled
    then. What it asks where the answers leave a doubt, it asks of that picture alone."""
    texts = [*query.exclude, *(() if query.whole_picture else (query.target,))]
    if query.relation and not query.new:
        texts.append(query.relation.anchor)
    if may_need_room(query.target, query.becomes):
        texts.append(_WEARER)
    phrases = [phrase for text in texts for phrase in phrases_of(text)]
    if phrases and len(images) > 1:
        detector.detect(images, list(dict.fromkeys(phrases)), threshold)


def check_asked(detector: Any, asked: Any, threshold: Any) -> None:
    """Raise an error of ours for what cannot look, what is no edit, or no threshold."""
    require(detector, "detect", "The detector", ModelError)
    Query.of(asked)
    check_threshold(threshold)


def check_found(found: Any) -> None:
    """Raise `ImageError` for what is no list with one `Grounded` a picture."""
    if not isinstance(found, Sequence) or not all(isinstance(each, Grounded) for each in found):
        raise ImageError(
            "Connect Grounding DINO Detect, or Boxes to Detections: these are no detections, one"
            " `Grounded` a picture."
        )


def check_same(found: Any, images: Tensor) -> None:
    """Raise `ImageError` for what are not the detections of these pictures [B,H,W,C]."""
    check_found(found)
    size = (int(images.shape[1]), int(images.shape[2]))
    sizes = [each.found.size for each in found]
    if sizes != [size] * len(images):
        expected = ", ".join({f"{width} x {height}": 0 for height, width in sizes}) or "no"
        raise ImageError(
            "Connect the picture that the detections were found in: these are for"
            f" {_pictures(len(found))} of {expected} pixels, but {_pictures(len(images))} of"
            f" {size[1]} x {size[0]} came."
        )


def _pictures(count: int) -> str:
    return f"{count} picture{'' if count == 1 else 's'}"


def reasons(found: Sequence[Grounded]) -> str:
    """All notes, a line each; in a batch each says the number of its picture, from 1."""
    check_found(found)
    lines = [
        (f"picture {number}: " if len(found) > 1 else "") + note
        for number, each in enumerate(found, start=1)
        for note in each.notes
    ]
    return "\n".join(lines)


def for_phrase(phrase: str) -> Query:
    """Bare noun phrases: all that they name, in a list as `phrases_of` reads it. People are no
    background.

    Raises:
        InstructionError: it names nothing, or a phrase in it is too long.
    """
    require(phrase, str, "The phrase", InstructionError)
    if not phrase.strip():
        raise InstructionError("There is nothing to look for: connect a plan, or type a phrase.")
    phrases = phrases_of(phrase)
    if [each.lower() for each in phrases] == [BACKGROUND]:
        return Query(BACKGROUND, exclude=("person",))
    return Query(phrases[0] if len(phrases) == 1 else phrase.strip())


def _seen(
    detector: Detector, image: Tensor, texts: Sequence[str], threshold: float | None,
    overlap: float = ONE_THING,
) -> _Seen:  # fmt: skip
    """Find all that the texts list. What two phrases hit, with boxes that overlap by so much (IoU),
    is one thing, and none of them absent."""
    phrases = list(dict.fromkeys(phrase for text in texts for phrase in phrases_of(text)))
    found: list[Detections] = []
    asides: list[_Aside] = []
    for phrase in phrases:
        each = all_of(detector, image, phrase, threshold)
        if not getattr(getattr(detector, "card", None), "contrast", 0):  # else it was asked that
            each, told = _called_so(detector, image, each, phrase)
            asides += told
        found.append(each)
    absent = [phrase for phrase, each in zip(phrases, found, strict=True) if not len(each)]
    every = merge(found, overlap)
    notes = tuple(filter(None, (each.note(every) for each in asides)))
    return _Seen(every, absences(detector, image, absent, threshold), notes)


@dataclass(frozen=True)
class _Aside:
    """What was found for a phrase and is called otherwise, as "of another colour", or all of it."""

    phrase: str
    boxes: Tensor
    otherwise: str
    whole: bool = False

    def note(self, kept: Detections) -> str:
        """What to say of it, but for what the other phrases of a list kept."""
        if self.whole:
            return f'All that was found for "{self.phrase}" looks {self.otherwise}.'
        few = int((box_iou(self.boxes, kept.boxes) <= ONE_THING).all(dim=1).sum())
        more = f'{few} more found for "{self.phrase}", {self.otherwise}, and left alone.'
        return more if few else ""


def _called_so(
    detector: Detector, image: Tensor, every: Detections, phrase: str
) -> tuple[Detections, list[_Aside]]:
    """What was found without what plainly is called otherwise, and that."""
    tinted = of_colour(image, every, phrase)
    found, other = of_kind(detector, image, tinted, phrase)
    asides = [_Aside(phrase, _others(every, tinted), "of another colour")]
    if len(tinted) and not len(found):
        return tinted, [*asides, _Aside(phrase, tinted.boxes, f'more like "{other}"', whole=True)]
    return found, [*asides, _Aside(phrase, _others(tinted, found), f'more like "{other}"')]


def _others(every: Detections, some: Detections) -> Tensor:
    """The boxes [N,4] that are not among some of them."""
    among = (every.boxes[:, None] == some.boxes[None]).all(dim=2).any(dim=1)
    return every.boxes[~among]


_THE_VERY_SAME = 0.95  # IoU of the boxes of one thing that two phrases name


def all_of(detector: Detector, image: Tensor, phrase: str, threshold: float | None) -> Detections:
    """All that answers to a phrase; where a plural finds nothing, to its singular."""
    found = detector.detect(image, [phrase], threshold)[0]
    one = singular(phrase)
    if len(found) or one == phrase:
        return found
    return detector.detect(image, [one], threshold)[0]


def _partly(seen: _Seen) -> tuple[str, ...]:
    """What of a list was not found though the rest was."""
    return tuple(str(each) for each in seen.absent) + seen.notes


def _found(
    detector: Detector,
    image: Tensor,
    text: str,
    threshold: float | None,
    overlap: float = ONE_THING,
) -> _Seen:
    """`_seen`, which raises `NotFound` where it finds nothing at all."""
    seen = _seen(detector, image, [text], threshold, overlap)
    if not len(seen.found):
        raise NotFound(" ".join(str(each) for each in seen.absent))
    return seen


def _places(
    detector: Detector, image: Tensor, query: Query, threshold: float | None,
    left_out: Detections,
) -> tuple[_Seen, Tensor]:  # fmt: skip
    """Boxes for new things: at what they are put to, or on free ground."""
    if query.whole_picture:
        look = look_of(query.new) if query.which.by == "all" else ""
        if look:
            raise NotFound(
                f'Ask for the whole picture, "make it {look}", or say where: "{query.new}" has no'
                " place of its own."
            )
        others = detector.detect(image, ["person"], threshold)[0]
        size, edges = others.size, edges_of(image)
        places = place_freely(others, query.which.by, query.new,
                              lambda boxes: taken(edges, boxes, size))  # fmt: skip
        return _Seen(Detections.none(others.size)), places
    seen = _find(detector, image, query, threshold, left_out)
    heads = heads_of(detector, image, query.new, seen.found, query.relation)
    if is_guess(query.new, seen.found, query.relation, heads):
        guess = (f'Where "{query.new}" goes on "{query.target}" is a guess: look at the mask, or'
                 " paint over the place by hand.")  # fmt: skip
        seen = replace(seen, notes=(*seen.notes, guess))
    places = place(query.new, seen.found, query.relation, heads)
    places = beside_others(places, seen.found.boxes, query.relation, image)
    anchors = anchors_of(seen.found, query.relation)
    free = [row for row, (box, at) in enumerate(zip(places, anchors, strict=True))
            if has_room(box, at.box, query.relation, at.noun)]  # fmt: skip
    if len(free) == len(places):
        return seen, places
    kind = query.relation.kind if query.relation else "near"
    where = f'{"beside" if kind == "near" else kind} "{query.target}"'
    if not free:
        raise NotFound(
            f"There is no room {where}: it reaches to the edge of the picture. Name another side,"
            " or paint over the place by hand."
        )
    few = f"At {len(places) - len(free)} of {len(places)} there is no room {where}."
    return replace(seen, found=seen.found.take(free), notes=(*seen.notes, few)), places[free]


def _but(query: Query, found: Detections, left_out: Detections) -> Detections:
    """What was found without what is to be left out as a whole: it gets no hat, and leaves no rim.

    Not of an order: where the right dog is the cat that is to be left out, no other dog is meant.

    Raises:
        NotFound: nothing else was found that something new could be put to.
    """
    if query.which.by != "all" or not len(left_out):
        return found
    kept = found.take(box_iou(found.boxes, left_out.boxes).amax(dim=1) <= _SAME_THING)
    if not len(kept) and query.new:
        raise NotFound(f'All that answers to "{query.target}" is to be left out.')
    return kept if len(kept) else found  # what is left out covers all of it then


_SAME_THING = 0.85  # IoU from which on two boxes are of one thing, and not of a part of it


def _find(
    detector: Detector, image: Tensor, query: Query, threshold: float | None,
    left_out: Detections,
) -> _Seen:  # fmt: skip
    # All of them may be one in another, as a shirt under a jacket; of an order each has one place.
    overlap = _THE_VERY_SAME if query.which.by == "all" else ONE_THING
    seen = _found(detector, image, query.target, threshold, overlap)
    found, absent, notes = _but(query, seen.found, left_out), seen.absent, seen.notes
    if query.which.by != "all":
        # Of a window and its casements the largest, and the most likely, is the window.
        found = one_by_one(found, wholes=query.which.by in ("largest", "score"))
    elif _one_is_meant(query) and query.relation and query.relation.kind != "on":
        found = _each_once(found)  # all of a fence is on its hill, and no piece of it meant
    if query.relation and not query.new:  # there it tells where to put the new thing
        anchors = _found(detector, image, query.relation.anchor, threshold)
        kept, told = _in_relation(detector, image, query, query.relation, found, anchors.found)
        if not len(kept):
            where = "elsewhere" if len(found) == 1 else "all elsewhere"
            raise NotFound(
                f'No "{query.target}" is {query.relation.kind} "{query.relation.anchor}":'
                f" {len(found)} found"
                f"{_more(detector, image, query.target, threshold, seen.found)}, {where}."
                " Leave the relation out, or name the object otherwise."
            )
        found, absent, notes = kept, absent + anchors.absent, notes + told
    chosen = choose(found, query.which)
    if not len(chosen):
        many = len(found)
        raise NotFound(
            f"Number {query.which.rank} by {query.which.by} was asked for, but only {many}"
            f' "{query.target if many == 1 else plural(query.target)}"'
            f"{' was' if many == 1 else ' were'} found"
            f"{_more(detector, image, query.target, threshold, seen.found)}."
        )
    few: tuple[str, ...] = ()
    if query.which.by != "all" and len(chosen) < query.which.count:
        names = query.target if len(chosen) == 1 else plural(query.target)
        few = (f"{query.which.count} were asked for, and {len(chosen)} {names} found.",)
    return _Seen(chosen, absent, notes + few)


def _in_relation(
    detector: Detector, image: Tensor, query: Query, relation: Relation, found: Detections,
    anchors: Detections,
) -> tuple[Detections, tuple[str, ...]]:  # fmt: skip
    """What stands in the relation, and what to say of it."""
    one = _one_is_meant(query)
    people = Detections.none(found.size)
    if may_be_anothers(found, anchors, relation):
        people = detector.detect(image, [_WEARER])[0]
    others = anothers(found, anchors, relation, people)
    kept = related(found, anchors, relation, one, others)
    if few := _beyond(related(found, anchors, relation, False, others), kept):
        more = f'{few} more "{query.target}" {"is" if few == 1 else "are"} near "{relation.anchor}"'
        many = plural(query.target)
        advice = f' To take all, say "{many}".' if many != query.target else ""
        return kept, (f"{more}, and left alone: one is meant.{advice}",)
    if len(kept) or not has_owner(relation):
        return kept, ()
    note = (f'No "{query.target}" is {relation.kind} "{relation.anchor}": what is beside it was'
            " taken. Leave the relation out to take all.")  # fmt: skip
    return beside(_each_once(found) if one else found, anchors, relation, one, people), (note,)


def _each_once(found: Detections) -> Detections:
    """Where one is meant: no box around several, and no part of one."""
    return one_by_one(without_parts(found), wholes=True)


def _beyond(every: Detections, kept: Detections) -> int:
    """How many there are besides those that are kept, but for parts of them."""
    others = _others(every, kept)
    if all(lives(noun_of(label)) for label in kept.labels):  # a child before its mother is another
        return len(others)
    areas = (others[:, 2:] - others[:, :2]).prod(dim=1)
    inner = [float(shared(box, kept.boxes).max()) for box in others]
    return int((torch.tensor(inner) <= _PART * areas).sum())


_PART = 0.5  # of a box: what lies so far in another is a part of that


def _one_is_meant(query: Query) -> bool:
    """Whether a target names the one thing that is near another, or somebody's, and no order says
    which. At a side it may be every one: a plan words "the cup" and "every cup" alike. Of a list
    all are meant."""
    relation = None if query.new or query.every or query.which.by != "all" else query.relation
    if relation is None or not (relation.kind == "near" or has_owner(relation)):
        return False
    phrases = phrases_of(query.target)
    return len(phrases) == 1 and not may_be_several(phrases[0])


def _more(
    detector: Detector, image: Tensor, text: str, threshold: float | None, found: Detections
) -> str:
    """How many more there are below a threshold that is higher than the model's own."""
    own = from_threshold(detector, None)
    if threshold is None or own is None or threshold <= own:
        return ""
    every = merge([all_of(detector, image, each, None) for each in phrases_of(text)])
    more = len(every) - len(found)
    if more <= 0:
        return ""
    return (
        f" at the threshold of {threshold:.2f} ({more} more {'is' if more == 1 else 'are'} below)"
    )
