"""Asks the models for what a labelled data set shows, and for what it does not."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

import numpy as np
from torch import Tensor

from .. import steady
from ..detect.detections import Detector
from ..errors import DatasetError, ImageError, ModelError, OutputError, is_out_of_memory
from ..images import load_image, rgb
from ..models.stamps import Stamp, stamp
from ..segment.cover import Segmenter
from ..segment.masks import union
from .labelled import Dataset, Labelled
from .scores import Found, Scores, Truth

Value = TypeVar("Value")


@dataclass(frozen=True)
class Looked:
    """What became of one picture.

    Attributes:
        scores: by category that it shows.
        absent: by category that it does not show and that was asked: whether something was found.
        stamp: by what its file is known.
    """

    name: str
    scores: dict[str, Scores]
    absent: dict[str, bool]
    seconds: float
    stamp: Stamp | None = None


def order(dataset: Dataset, seed: int, count: int | None) -> list[Labelled]:
    """The first `count` pictures of the data set, shuffled by the seed."""
    places = np.random.default_rng(seed).permutation(len(dataset.pictures))
    return [dataset.pictures[place] for place in places[:count]]


def look(
    detector: Detector, segmenter: Segmenter | None, dataset: Dataset, picture: Labelled,
    absent: int, seed: int,
) -> Looked:  # fmt: skip
    """Ask for all that one picture shows, and for so many categories that it does not show.

    Raises:
        ModelError: a model answers with what are no numbers.
        ImageError, DatasetError: the picture or its labels are missing, broken, or do not fit.
    """
    start, before = perf_counter(), _stamp(picture.file)
    image, truth = _loaded(picture, dataset.truth(picture))
    scores = {name: true.scores(_found(detector, segmenter, image, dataset.phrases[name]))
              for name, true in truth.items() if not true.empty}  # fmt: skip
    asked = {}
    for name in _others(dataset, truth, picture, absent, seed):
        asked[name] = len(detector.detect(image, [dataset.phrases[name]])[0]) > 0
    return Looked(picture.name, scores, asked, perf_counter() - start, before)


def _stamp(file: Path) -> Stamp | None:
    """By what a file is known to be the same one; None where it cannot be looked at."""
    try:
        return stamp(file)
    except (OSError, ValueError):
        return None


def _loaded(picture: Labelled, truth: dict[str, Truth]) -> tuple[Tensor, dict[str, Truth]]:
    """A picture [1,H,W,3] the way round in which it was labelled, and its labels at its size.

    That is as its pixels are stored, in all three data sets. Labels of people's own may be of the
    picture as its EXIF turns it, which their size tells.
    """
    sizes = {true.size for true in truth.values()} - {None}
    image = rgb(load_image(picture.file, upright=False).pixels)
    if sizes and (int(image.shape[1]), int(image.shape[2])) not in sizes:
        turned = rgb(load_image(picture.file).pixels)
        if (int(turned.shape[1]), int(turned.shape[2])) in sizes:
            image = turned
    size = (int(image.shape[1]), int(image.shape[2]))
    try:
        return image, {name: true.at(size) for name, true in truth.items()}
    except ValueError as error:
        raise DatasetError(
            f"The labels of {picture.file} are of another size than the picture: {error}."
        ) from error


def _found(detector: Detector, segmenter: Segmenter | None, image: Tensor, phrase: str) -> Found:
    """All that answers to a phrase in one picture [1,H,W,3]."""
    boxes = detector.detect(image, [phrase])[0].best_first().boxes
    size = (int(image.shape[1]), int(image.shape[2]))

    def mask() -> np.ndarray:
        assert segmenter is not None  # labels of pixels ask for one
        cut = segmenter.segment(image[0], boxes)
        return union(cut, size).cpu().numpy() > 0.5

    return Found(boxes, mask)


def _others(
    dataset: Dataset, truth: Any, picture: Labelled, count: int, seed: int
) -> Iterator[str]:
    """Categories that the picture does not show, the same ones in each run of a seed."""
    shown = {dataset.phrases[name].lower() for name in truth}
    rest = [name for name, phrase in dataset.phrases.items() if phrase.lower() not in shown]
    name = picture.name.encode(errors="surrogatepass")  # file systems may have names of no text
    rng = np.random.default_rng((seed, zlib.crc32(name)))
    yield from (rest[place] for place in rng.permutation(len(rest))[:count])


# --- a run that can be taken up again ------------------------------------------------------------


class Log:
    """One line of JSON a picture, after a line that tells the settings.

    Raises:
        DatasetError: the file is of a run with other settings, or of something else.
        OutputError: a line cannot be written; those before it are known to a later run.
    """

    def __init__(self, file: Path, settings: dict[str, Any]) -> None:
        self._file = file
        self.known: dict[str, Looked] = {}
        first = json.dumps(settings) + "\n"
        held = file.read_bytes() if file.exists() else b""
        whole = held[: held.rfind(b"\n") + 1]  # a killed run may leave half a line
        if not whole and not first.encode().startswith(held):
            raise DatasetError(f"{file} is no log of a run. Choose another name.")
        begun, *lines = whole.decode(errors="replace").splitlines() or [first]
        if (before := _read(file, begun, dict)) != (now := json.loads(first)):
            raise DatasetError(
                f"{file} is of a run with another data set, split, seed or models, or with other"
                " labels, questions of absence, version, device or libraries"
                f" ({_differing(before, now)}). Move it away, or choose another name."
            )
        for line in lines:
            looked = _read(file, line, _looked)
            self.known[looked.name] = looked
        if len(whole) < len(held):  # not before it is known to be our own
            os.truncate(file, len(whole))
        if not whole:
            self._write(first)

    def add(self, looked: Looked) -> None:
        self.known[looked.name] = looked
        self._write(json.dumps(asdict(looked)) + "\n")

    def _write(self, line: str) -> None:
        try:
            with self._file.open("a", encoding="utf-8") as opened:
                opened.write(line)
        except OSError as error:  # a full disk
            raise OutputError(
                f"{self._file} cannot be written: {error.strerror}. Make room; the same command"
                " goes on where it was stopped."
            ) from error


def _differing(before: dict[str, Any], now: dict[str, Any]) -> str:
    """What two runs were told otherwise: "torch 2.8.0, now 2.9.1"; of files the name alone."""
    told = []
    for name in sorted(before.keys() | now.keys()):
        was, to_be = (str(each.get(name, "unknown")) for each in (before, now))
        short = max(len(was), len(to_be)) <= _SHORT
        told += [f"{name} {was}, now {to_be}" if short else name] if was != to_be else []
    return "; ".join(told)


_SHORT = 20  # letters: what is longer is a file's digest


def _looked(values: dict[str, Any]) -> Looked:
    scores = {name: Scores(*each) for name, each in values["scores"].items()}
    name, size, written = values.get("stamp") or ("", 0, 0)
    return Looked(str(values["name"]), scores, dict(values["absent"]), float(values["seconds"]),
                  (str(name), int(size), int(written)))  # fmt: skip


def _read(file: Path, line: str, made: Callable[[Any], Value]) -> Value:
    """What a line of JSON holds, made of it."""
    try:
        return made(json.loads(line))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DatasetError(f"{file} is no log of a run ({error}). Choose another name.") from error


def run(
    detector: Detector, segmenter: Segmenter | None, dataset: Dataset, pictures: Sequence[Labelled],
    absent: int = 2, seed: int = 0, log: Log | None = None,
    on_picture: Callable[[int, int], None] | None = None,
    on_failure: Callable[[Labelled, Exception], None] | None = None,
) -> list[Looked]:  # fmt: skip
    """`look` at each of the pictures, save at those that the log knows already and that are as they
    were.

    Args:
        segmenter: None where the data set labels boxes alone.
        absent: how many categories are asked that a picture does not show.
        on_picture: called after each with (done, total); what it raises stops the work.
        on_failure: called for one that is missing or broken, or whose labels are, or at which a
            model or a GPU's memory fails, which is left out; without it, what is wrong is raised.
    """
    known = log.known if log else {}
    done = []
    for number, picture in enumerate(pictures, start=1):
        looked = known.get(picture.name)
        if looked is None or looked.stamp != _stamp(picture.file):
            looked = None
            steady.trim()
            try:
                looked = look(detector, segmenter, dataset, picture, absent, seed)
            except Exception as error:
                if on_failure is None or not _of_one_picture(error):
                    raise
                on_failure(picture, error)
            else:
                if log:
                    log.add(looked)
        if looked is not None:
            done.append(looked)
        if on_picture:
            on_picture(number, len(pictures))
    return done


def _of_one_picture(error: Exception) -> bool:
    return isinstance(error, ImageError | DatasetError | ModelError) or is_out_of_memory(error)


# --- what it comes to ----------------------------------------------------------------------------


def figures(looked: Sequence[Looked]) -> dict[str, Any]:
    """Means over all (picture, category) pairs, and the same for each category.

    precision, recall, f1: where the category is labelled; absent_false_positive_rate: the share of
    pictures without it in which something was found. None where nothing was asked.
    """
    names = sorted({name for each in looked for name in (*each.scores, *each.absent)})
    return {
        **_means(looked),
        "pictures": len(looked),
        "seconds_per_picture": float(np.mean([each.seconds for each in looked])) if looked else 0.0,
        "by_category": {name: _means(looked, name) for name in names},
    }


def _means(looked: Sequence[Looked], category: str | None = None) -> dict[str, float | int | None]:
    scores = [score for each in looked for name, score in each.scores.items()
              if category in (None, name)]  # fmt: skip
    alarms = [found for each in looked for name, found in each.absent.items()
              if category in (None, name)]  # fmt: skip
    precision, recall, f1 = np.mean(scores, axis=0).tolist() if scores else (None, None, None)
    return {
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "absent_false_positive_rate": float(np.mean(alarms)) if alarms else None,
        "count": len(scores),
        "absent_count": len(alarms),
    }
