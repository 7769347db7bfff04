"""Single files: what one is, told from its header, and loading it with nothing from the network.

A file holds weights alone. Settings come from its shapes, CLIP's vocabulary stands beside this
module, and what some files lack (FLUX's text encoders, say) is taken from the files beside it, or
from a diffusers folder of the same family.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch

from ...errors import ModelError
from ...models.fit import Fit, require_exact, shapes_of_network
from ...models.headers import Header, Shapes, open_header
from ...models.loading import explained
from ...models.weights import read_weights
from .. import configs, renames
from ..configs import Config
from ..families import FAMILIES, Family, Layout, pipeline_class
from ..few_step import name_of
from ..schedules import Evidence, Schedule
from .folder import Folder, lender_of
from .neighbours import VAE_PREFIXES, Part, beside
from .networks import State, below, filled, fit, shell
from .numbered import numbered
from .others import ELSEWHERE, part_alone, require_painter
from .texts import text_parts
from .tokenizers import t5_tokenizer

NETWORK = "model.diffusion_model."
_TEXTS = ("cond_stage_model.", "conditioner.", "text_encoders.")
# What checkpoints hold besides, which changes no picture: tables of the training's noise, losses,
# running means of the weights, and the marks that `schedules` reads.
_SPARE = re.compile(
    r"(betas|(sqrt_|log_)?(one_minus_|recip_|recipm1_)?alphas_cumprod(_prev)?|posterior_\w+|logvar"
    r"|lvlb_weights|scale_factor|denoiser\.sigmas|v_pred|ztsnr|model_ema\.(decay|num_updates)"
    r"|(cond_stage_model|conditioner)\..*(logit_scale|attn_mask)|first_stage_model\.loss\..+)$"
)


@dataclass(frozen=True)
class SingleFile:
    """A file that holds a painter's network, and perhaps its other parts.

    Attributes:
        header: of the file.
        family: a key of `FAMILIES`.
        layout: one of that family's.
        prefix: before the network's names.
        network: its settings.
        schedule: what the network foretells; None where it is always alike.
        parts: text encoders and autoencoder, of the file or of files beside it.
        lender: the folder that brings what is lacking.
        lacking: in words, what is in neither.
        hints: what lies about it and can't be read, in sentences.
        notes: what was assumed or left, in sentences.
    """

    header: Header
    family: str
    layout: Layout
    prefix: str
    network: Config
    schedule: Schedule | None = None
    parts: tuple[Part, ...] = ()
    lender: Folder | None = None
    lacking: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def row(self) -> Family:
        return FAMILIES[self.family]

    @property
    def neighbours(self) -> tuple[Path, ...]:
        """Files beside it that bring parts."""
        return tuple(part.header.file for part in self.parts if part.prefix == "")

    @property
    def bare(self) -> Shapes:
        """The network's shapes, without prefix."""
        return _network(self.header.shapes, self.prefix)

    def numbers(self) -> dict[str, int]:
        """How many numbers each part has, the lender's included."""
        lent = self.lender.numbers() if self.lender else {}
        shapes = {self.layout.network[1]: self.bare,
                  **{_slot(part): part.shapes for part in self.parts}}  # fmt: skip
        return lent | {slot: sum(map(_numel, each.values())) for slot, each in shapes.items()}

    @property
    def sizes(self) -> tuple[int, int]:
        """The side in pixels that it was trained on, and the autoencoder's first width."""
        vae = next((part.shapes for part in self.parts if part.text is None), {})
        width = vae.get("encoder.conv_in.weight", (128,))[0]
        return (self.schedule.side if self.schedule else self.row.native), width

    def require_whole(self) -> None:
        """Raise `ModelError` where parts are missing that nothing lends."""
        if not self.lacking or self.lender:
            return
        title, lenders = self.row.title, self.row.lenders
        apart = all(text.alone for text in self.layout.texts) and self.layout.texts
        beside = "its parts into models/text_encoders and models/vae, or " if apart else ""
        example = f", for example {lenders[0]}" if lenders else ""
        hints = f" Beside it lie parts that can't be read: {'; '.join(self.hints)}."
        raise ModelError(
            f"Put {beside}a whole diffusers folder of {title} into models/diffusers{example}:"
            f" {self.header.file} lacks {', '.join(self.lacking)}.{hints if self.hints else ''}"
        )

    def load(self, dtype: torch.dtype) -> Any:
        """Its inpainting pipeline. Goes nowhere.

        Raises:
            ModelError: parts are missing that are nowhere to be found, or weights that do not fit.
        """
        self.require_whole()
        file, row = self.header.file, self.row
        with explained(file, row.title), TemporaryDirectory() as work:
            networks = dict(self._shells())
            for part in self.parts:
                if part.text:
                    name = part.name.removeprefix("the ")
                    require_exact(part.fit(), part.header.file, f"its {name}", ELSEWHERE)
            given = self._filled(networks, dtype, Path(work))
            if self.layout.scheduler[0]:
                given["scheduler"] = self._scheduler()
            kind = pipeline_class(row.pipeline)
            whole = {**given, **row.options}
            if self.lender:
                pipeline = self.lender.lend(kind, dtype, whole)
                return numbered(pipeline) if row.numbers_pictures(_said(self.header)) else pipeline
            return kind(**_absent(kind, whole), **whole)

    def _shells(self) -> Iterator[tuple[str, tuple[Any, renames.Rename]]]:
        """Network and autoencoder by slot, found to take all of their weights and still empty."""
        class_name, slot = self.layout.network
        side = {"sample_size": self.schedule.side // 8} if self.schedule else {}
        settings = {**self.network, **side}
        yield slot, self._shell(class_name, settings, self.bare, self.layout.rename, slot)
        for part in self.parts:
            if part.text is None:
                held = part.shapes
                settings = configs.vae_config(held, self.layout.scaling, self.layout.shift)
                yield "vae", self._shell("AutoencoderKL", settings, held, renames.vae, "vae")

    def _shell(
        self, class_name: str, settings: Config, held: Shapes, rename: Any, slot: str
    ) -> tuple[Any, renames.Rename]:
        network, named = shell(class_name, settings), rename(held)
        fits = fit(shapes_of_network(network), held, named)
        require_exact(fits, self.header.file, f"its {slot}", ELSEWHERE)
        return network, named

    def _filled(self, networks: Mapping[str, Any], dtype: torch.dtype, work: Path) -> State:
        """All parts by slot, and the tokenizers."""
        states = {header.file: _numbers(header, dtype) for header in self._headers()}
        slot, file = self.layout.network[1], self.header.file
        network, rename = networks[slot]
        parts = {slot: filled(network, _network(states[file], self.prefix), rename, dtype)}
        for part in self.parts:
            held = below(states[part.header.file], part.prefix)
            if part.text is None:
                parts["vae"] = filled(networks["vae"][0], held, networks["vae"][1], dtype)
            else:
                lent = self.lender is not None
                parts |= text_parts(part.text, held, file, work, dtype, lent)
        return parts

    def _headers(self) -> list[Header]:
        """Of all files that are read."""
        return [self.header, *(part.header for part in self.parts if part.prefix == "")]

    def _scheduler(self) -> Any:
        name, settings = self.layout.scheduler
        config = dict(settings)
        if self.schedule and self.schedule.prediction != "epsilon":
            config["prediction_type"] = self.schedule.prediction
        if self.schedule and self.schedule.dark:
            config |= {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}
        return pipeline_class(name).from_config(config)


def _slot(part: Part) -> str:
    return part.text.slot if part.text else "vae"


def _numel(shape: tuple[int, ...]) -> int:
    return torch.Size(shape).numel()


def _network(names: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """What belongs to the network, without its prefix."""
    if prefix:
        return below(names, prefix)
    others = (*_TEXTS, *VAE_PREFIXES)
    return {name: names[name] for name in names if not name.startswith(others)}


def _numbers(header: Header, dtype: torch.dtype) -> State:
    """A file's weights. Numbers of 8 bits are only stored so; nothing reckons with them."""
    return {name: value.to(dtype) if value.is_floating_point() and value.itemsize == 1 else value
            for name, value in read_weights(header).items()}  # fmt: skip


def _absent(kind: Any, given: Mapping[str, Any]) -> dict[str, None]:
    """None for each part that a pipeline must be told of and that is not there."""
    asked = inspect.signature(kind).parameters.values()
    return {each.name: None for each in asked
            if each.default is each.empty and each.name not in given}  # fmt: skip


# What a file is


def open_file(path: Path, base: Folder | None = None) -> SingleFile:
    """What a single file is, from its header and those of what lies about it.

    Args:
        path: .safetensors, or .ckpt without code in it.
        base: a diffusers folder of the same family that lends what the file lacks; without one,
            the folders about the file and the local cache are looked through.

    Raises:
        ModelError: broken, or something else, named where it is known.
    """
    header = open_header(path)
    require_painter(header)
    prefix = NETWORK if any(name.startswith(NETWORK) for name in header.tensors) else ""
    with explained(path, "an inpainting model"):
        family, layout, notes = _kind(header, _network(header.shapes, prefix), base)
        return _completed(header, family, layout, prefix, notes, base)


def _said(header: Header) -> str:
    """What a file's name, its writer's notes and its marks say of it."""
    notes = [header.metadata.get(f"modelspec.{key}", "") for key in ("architecture", "title")]
    marks = [said for mark, said in renames.MARKS.items()
             if mark in header.tensors or NETWORK + mark in header.tensors]  # fmt: skip
    return " ".join([name_of(header.file), *notes, *marks])


def _kind(header: Header, bare: Shapes, base: Folder | None) -> tuple[str, Layout, list[str]]:
    """The family's key, its layout, and what was assumed."""
    said = _said(header)
    alike: list[tuple[str, Layout]] = []
    found: Layout | None = None
    for key, family in FAMILIES.items():
        for layout in family.layouts:
            if not layout.stands_in(bare):
                continue
            found = layout
            if not layout.when(bare):
                continue
            if not layout.word or re.search(layout.word, said, re.IGNORECASE):
                return (key, layout, []) if layout.word else _plain(key, layout, alike, base)
            alike.append((key, layout))
    raise _unknown(header, bare, found)


def _plain(
    key: str, layout: Layout, alike: list[tuple[str, Layout]], base: Folder | None
) -> tuple[str, Layout, list[str]]:
    """A layout that others share, which only a word tells: the lender that was named, if none."""
    named = next((each for each in alike if base and base.family == each[0]), None)
    taken, chosen = named or (key, layout)
    if not alike:
        return key, layout, []
    others = [FAMILIES[other].title for other, _ in [*alike, (key, layout)] if other != taken]
    words = " or ".join(repr(each.word) for _, each in alike)
    return taken, chosen, [
        f"Taken as {FAMILIES[taken].title}: its weights are like those of {', '.join(others)}, and"
        f" neither its name nor its notes say {words}."
    ]  # fmt: skip


def _unknown(header: Header, bare: Shapes, found: Layout | None) -> ModelError:
    file, part = header.file, part_alone(header)
    if found:
        shape = bare[found.entry]
        return ModelError(
            f"Choose a plain or an inpainting model: {file} takes {shape[1]} channels, so it is"
            " made for another task (editing by instruction, enlarging, depth, edges)."
        )
    if part:
        return ModelError(
            f"Choose a whole checkpoint or diffusers folder: {file} is {part}, not a whole model."
        )
    known = ", ".join(family.title for family in FAMILIES.values())
    return ModelError(
        f"Choose another model: {file} is of an unknown architecture. Known are {known}."
    )


def _config(header: Header, layout: Layout, bare: Shapes) -> Config:
    """The network's settings. Raises `ModelError` where a weight is not there that tells one."""
    said = _said(header)
    try:
        config = layout.config(bare)
    except KeyError as error:
        missing = Fit(missing=(str(error).strip("'"),))
        require_exact(missing, header.file, f"its {layout.network[1]}")
        raise
    for words, settings in layout.told:
        config |= settings if re.search(words, said) else {}
    return config


def _completed(
    header: Header, key: str, layout: Layout, prefix: str, said: list[str], base: Folder | None
) -> SingleFile:
    """With its parts, what lies about it, and what lends the rest."""
    bare, row = _network(header.shapes, prefix), FAMILIES[key]
    network = _config(header, layout, bare)
    schedule = layout.schedule and layout.schedule(Evidence(header, prefix, name_of(header.file)))
    own = tuple(_own_parts(header, layout, bare))
    about = beside(header.file, row, layout, bare, own)
    parts = own + about.parts
    lacking = tuple(_lacking(header.file, layout, parts))
    width = network.get(row.width, 0)
    lender = lender_of(header.file, key, width, base) if base or lacking else None
    notes = (*said, *(schedule.notes if schedule else ()), *about.notes,
             *_unused(header, prefix, own))  # fmt: skip
    if lender and lacking:
        notes += (f"Lent by {lender.path}: {', '.join(lacking)}.",)
    return SingleFile(header, key, layout, prefix, network, schedule, parts, lender, lacking,
                      about.packed, notes)  # fmt: skip


def _own_parts(header: Header, layout: Layout, bare: Shapes) -> Iterator[Part]:
    for text in layout.texts:
        if below(header.shapes, text.prefix):
            yield Part(f"the text encoder {text.alone}".strip(), header, text.prefix, text)
    vae = next((prefix for prefix in VAE_PREFIXES
                if prefix + "decoder.conv_in.weight" in header.shapes), "")  # fmt: skip
    if vae and layout.latents(bare):
        yield Part("the autoencoder", header, vae)


def _lacking(file: Path, layout: Layout, parts: tuple[Part, ...]) -> Iterator[str]:
    """What is lacking of a whole pipeline, in words."""
    there = [part.text for part in parts]
    if not layout.texts:
        yield from ("the text encoder", "its tokenizer", "the autoencoder")
        return
    for text in layout.texts:
        if text.needed and text not in there:
            yield f"the text encoder {text.alone}".strip()
    if None not in there:
        yield "the autoencoder"
    needed = [text for text in there if text and text.kind == "t5" and text.needed]
    if needed and not t5_tokenizer(file):
        yield "T5's tokenizer"


def _unused(header: Header, prefix: str, own: tuple[Part, ...]) -> Iterator[str]:
    """What is in the file and not read, in a sentence."""
    read = tuple(part.prefix for part in own)
    left = [name for name in header.tensors
            if not (name.startswith(prefix) if prefix else not name.startswith((*_TEXTS,
                                                                               *VAE_PREFIXES)))
            and not name.startswith(read) and not _SPARE.fullmatch(name)]  # fmt: skip
    if left:
        yield f"Not read: {len(left)} of its weights, {left[0]} first."
