"""ImageNet's localisation set (Russakovsky et al. 2015): boxes, as its archive is laid out.

That is `Annotations/CLS-LOC/SPLIT`, `Data/CLS-LOC/SPLIT`, and `LOC_synset_mapping.txt` beside or
above them.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from ..errors import DatasetError
from .labelled import Labelled, is_there, lines_of, need
from .scores import Truth
from .voc import boxes_of


class ImageNet:
    """The boxes of a split.

    Only a picture's own class is labelled, so what counts as absent there may be in it: the share
    of false alarms is an upper bound.

    Args:
        root: the folder `ILSVRC`, or the one around it.

    Raises:
        DatasetError: files are missing, or are not what they should be.
    """

    def __init__(self, root: Path, split: str = "val") -> None:
        inner = root if is_there(root / "Annotations") else root / "ILSVRC"
        self._labels = need(inner / "Annotations" / "CLS-LOC" / split,
                            "ImageNet has its boxes there")  # fmt: skip
        folder = need(inner / "Data" / "CLS-LOC" / split, "ImageNet has its pictures there")
        above = (inner / "LOC_synset_mapping.txt", inner.parent / "LOC_synset_mapping.txt")
        mapping = need(next((each for each in above if is_there(each)), above[0]),
                       "ImageNet names its classes there")  # fmt: skip
        self.masks = False
        self.phrases = _named(mapping)
        files = sorted(self._labels.rglob("*.xml"))  # training pictures lie in a folder a class
        names = [each.relative_to(self._labels).with_suffix("").as_posix() for each in files]
        self.pictures = tuple(Labelled(name, folder / f"{name}.JPEG") for name in names)
        self.labels, self.folder = (self._labels, mapping), folder

    def truth(self, picture: Labelled) -> dict[str, Truth]:
        file = self._labels / f"{picture.name}.xml"
        above = file.parent.name  # of training pictures their class

        def known(name: str) -> str:
            for each in (name, above):
                if each in self.phrases:
                    return each
            raise DatasetError(
                f"{file} names a class {name!r}, which LOC_synset_mapping.txt lacks."
            )

        # The boxes are of the picture as those who drew them were shown it.
        return boxes_of(file, known, scalable=True)


def _named(file: Path) -> dict[str, str]:
    """A noun phrase by class number: the first of its names that no other class has as first."""
    names: dict[str, list[str]] = {}
    for line in lines_of(file):
        number, *said = line.split(maxsplit=1)
        if said:
            names[number] = [each.strip() for each in said[0].split(",")]
    if not names:
        raise DatasetError(f'{file} must have lines such as "n01440764 tench, Tinca tinca".')
    first = Counter(each[0].lower() for each in names.values())
    own = {number: next((name for name in each if first[name.lower()] < 2), each[0])
           for number, each in names.items()}  # fmt: skip
    return {number: _CRANES.get((number, name), name) for number, name in own.items()}


_CRANES = {("n02012849", "crane"): "crane bird", ("n03126707", "crane"): "construction crane"}
"""Two classes that have one name, and no other."""
