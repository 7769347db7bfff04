"""Files of parts that lie about a model: what fits is told by the whole of its shapes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ...errors import ModelError
from ...models.fit import Fit, shapes_of_network
from ...models.headers import SAFE, Header, Shapes, open_header
from .. import configs, renames
from ..families import FAMILIES, Family, Layout, Text
from .networks import below, fit, shell
from .others import packed
from .texts import reading

VAE_PREFIXES = ("first_stage_model.", "vae.")


@dataclass(frozen=True)
class Part:
    """A part of a pipeline as it lies in a file.

    Attributes:
        name: for people: "the autoencoder", "the text encoder t5xxl".
        header: of the file.
        prefix: before its names there.
        text: its row, where it is a text encoder; None for the autoencoder.
    """

    name: str
    header: Header
    prefix: str
    text: Text | None = None

    @property
    def shapes(self) -> Shapes:
        """Of its weights, without the prefix."""
        return below(self.header.shapes, self.prefix)

    def fit(self) -> Fit:
        """How its weights fit the whole of such a part."""
        return reading(self.text, self.shapes).fit if self.text else vae_fit(self.shapes)


@dataclass(frozen=True)
class Found:
    """What lies about a file.

    Attributes:
        parts: what fits, one for each that was wanted and is there.
        notes: which was taken where several fit, in sentences.
        packed: what is there and can't be read, in sentences.
    """

    parts: tuple[Part, ...] = ()
    notes: tuple[str, ...] = ()
    packed: tuple[str, ...] = ()


def vae_fit(shapes: Shapes) -> Fit:
    """How weights of Stable Diffusion's names fit `AutoencoderKL`."""
    try:
        config = configs.vae_config(shapes, 1.0, None)
        expected = shapes_of_network(shell("AutoencoderKL", config))
        return fit(expected, shapes, renames.vae(shapes))
    except (LookupError, ValueError, ArithmeticError) as error:
        return Fit(missing=(str(error).strip("'"),))


@dataclass(frozen=True)
class _Wanted:
    name: str
    text: Text | None
    looks: Callable[[Shapes], bool]
    width: int


def beside(
    file: Path, family: Family, layout: Layout, bare: Shapes, there: tuple[Part, ...]
) -> Found:
    """The parts that a file lacks and that are kept apart, from the folders about it.

    Args:
        bare: the network's shapes.
        there: what the file has itself.
    """
    wanted = list(_wanted(layout, bare, [part.text for part in there]))
    headers = list(_headers(file)) if wanted else []
    parts, notes, unread = [], [], []
    for each in wanted:
        fitting = [header for header in headers if _fits(each, header)]
        if each.text is None:
            others = [header for header in fitting if _is_anothers(header.file, family)]
            unread += [f"{header.file.name} is another model's by its name" for header in others]
            fitting = [header for header in fitting if header not in others]
        fitting.sort(key=lambda header: not _is_called(header.file, each, family))
        if not fitting:
            unread += [f"{header.file.name} {packed(header)}" for header in headers
                       if each.looks(header.shapes) and packed(header)]  # fmt: skip
            unread += [f"{other.name} is a GGUF" for other in _ggufs(file, each)]
            continue
        parts.append(Part(each.name, fitting[0], "", each.text))
        if len(fitting) > 1:
            rest = ", ".join(header.file.name for header in fitting[1:])
            notes.append(
                f"Taken as {each.name}: {fitting[0].file.name}. Of the same shape: {rest}."
            )
    return Found(tuple(parts), tuple(notes), tuple(unread))


def _wanted(layout: Layout, bare: Shapes, there: list[Text | None]) -> Iterator[_Wanted]:
    if not layout.texts or not all(text.alone for text in layout.texts):
        return  # nobody keeps them apart
    for text in layout.texts:
        if text not in there:
            yield _Wanted(f"the text encoder {text.alone}", text, _LOOKS[text.kind],
                          text.width(bare))  # fmt: skip
    if None not in there:
        yield _Wanted("the autoencoder", None, _is_vae, layout.latents(bare))


_TOKENS = "text_model.embeddings.token_embedding.weight"
_LOOKS: dict[str, Callable[[Shapes], bool]] = {
    "clip": lambda shapes: _TOKENS in shapes,
    "t5": lambda shapes: "encoder.block.0.layer.0.SelfAttention.q.weight" in shapes,
}


def _is_vae(shapes: Shapes) -> bool:
    return "decoder.conv_in.weight" in shapes


def _fits(wanted: _Wanted, header: Header) -> bool:
    shapes = header.shapes
    if not wanted.looks(shapes) or packed(header):
        return False
    if wanted.text is None:
        return shapes["decoder.conv_in.weight"][1] == wanted.width and vae_fit(shapes).exact
    read = reading(wanted.text, shapes)
    return read.fit.exact and _is_whole(wanted, read.config)


def _is_whole(wanted: _Wanted, config: configs.Config) -> bool:
    """Whether a text encoder is as wide as is wanted and, of a published width, as deep; and
    whether it reads the words and places that CLIP's tokenizer tells."""
    width = config.get("hidden_size") or config["d_model"]
    depth = config.get("num_hidden_layers") or config["num_layers"]
    words = (config["vocab_size"], config.get("max_position_embeddings"))
    kind = wanted.text.kind if wanted.text else ""
    return (
        width == wanted.width
        and depth == _DEPTHS.get((kind, width), depth)
        and words == (_CLIP_WORDS if kind == "clip" else words)
    )


_CLIP_WORDS = (49408, 77)
_DEPTHS = {("clip", 768): 12, ("clip", 1280): 32, ("t5", 4096): 24}


def _is_called(file: Path, wanted: _Wanted, family: Family) -> bool:
    """Whether its name says that it is what is wanted."""
    word = re.escape(wanted.text.alone) if wanted.text else family.named
    return bool(word and re.search(word, file.stem, re.IGNORECASE))


def _is_anothers(file: Path, family: Family) -> bool:
    """Whether its name says that it is of another family, whose parts may have the same shapes."""
    named = {row.named for row in FAMILIES.values() if row.named and row.root != family.root}
    ours = family.named and re.search(family.named, file.stem, re.IGNORECASE)
    return not ours and any(re.search(each, file.stem, re.IGNORECASE) for each in named)


# Files


def folders_about(file: Path) -> Iterator[Path]:
    """The usual folders of parts about a model's file, and a host's; a diffusers folder holds its
    own."""
    if file.is_dir():
        return
    near = [parent / name for parent in list(file.absolute().parents)[:3]
            for name in ("text_encoders", "clip", "vae")]  # fmt: skip
    far = [place for kind in ("text_encoders", "vae") for place in folders_of_host(kind)]
    yield from (place for place in dict.fromkeys([*near, *far]) if place.is_dir())


def look_in(folders: Callable[[str], Iterable[str]]) -> None:
    """Look in a host's folders besides, wherever they are: `folders` gives those of a kind, as it
    names them ("vae"), each time they are looked through."""
    _hosts[:] = [folders]


def folders_of_host(kind: str) -> list[Path]:
    """A host's folders of a kind; none without one."""
    return [Path(place) for folders in _hosts for place in folders(kind)]


_hosts: list[Callable[[str], Iterable[str]]] = []


def _headers(file: Path) -> Iterator[Header]:
    for folder in folders_about(file):
        for path in sorted(each for each in folder.rglob("*") if each.suffix.lower() in SAFE):
            try:
                yield open_header(path)
            except ModelError:
                continue  # a broken file beside ours is not our affair


def _ggufs(file: Path, wanted: _Wanted) -> list[Path]:
    """GGUF files whose names say that they are such a part."""
    word = (wanted.text.alone if wanted.text else "vae").removesuffix("xxl").replace("_", "[-_]?")
    return [each for folder in folders_about(file) for each in sorted(folder.rglob("*"))
            if each.suffix.lower() == ".gguf" and re.search(word, each.stem.lower())]  # fmt: skip
