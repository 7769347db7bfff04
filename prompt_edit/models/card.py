"""What a model folder says of itself beyond its weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..errors import ModelError

CARD = "prompt_edit.json"


class Knowledge(BaseModel):
    """All that a small painter has learnt; what lies beyond it, it paints wrong without a word.

    Attributes:
        world: what its pictures are of.
        nouns: things that it paints, one a prompt.
        colourless: those of the nouns that are never said to have a colour.
        colours: of the others, one a prompt.
        looks: their patterns and shapes: "striped", "short".
        backgrounds: places that "... background" may name, colours aside.
        steps: the most denoising steps that still give a picture.
        guidance_scale: the most guidance that still gives the colours asked for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    world: Literal["paper dolls"] = "paper dolls"
    nouns: tuple[str, ...]
    colourless: tuple[str, ...] = ()
    colours: tuple[str, ...]
    looks: tuple[str, ...]
    backgrounds: tuple[str, ...]
    steps: int = Field(ge=1)
    guidance_scale: float = Field(ge=0)


class Card(BaseModel):
    """Settings that a model works best with; `prompt_edit.json` in its folder may hold them.

    Attributes:
        sample: True for the small bundled models, which know the paper-doll world only.
        threshold: the box score, 0..1, from which on a detection counts.
        contrast: the share of its score in any other colour that "red hat" must reach to count as
            red; 0 does not ask.
        nouns: things that this detector mistakes for each other.
        noun_contrast: the same share, of the score of any other of the nouns.
        steps: denoising steps.
        guidance_scale: how strongly the prompt pulls (classifier-free guidance).
        drawn: True for a SAM that wants boxes and points drawn as rough masks as well.
        knows: what a sample painter can paint; None for those that know the world.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sample: bool = False
    threshold: float = Field(default=0.35, ge=0, le=1)
    contrast: float = Field(default=0, ge=0, le=1)
    nouns: tuple[str, ...] = ()
    noun_contrast: float = Field(default=0, ge=0, le=1)
    steps: int = Field(default=30, ge=1)
    guidance_scale: float = Field(default=7.5, ge=0)
    drawn: bool = False
    knows: Knowledge | None = None


def read_card(folder: Path) -> Card:
    """The folder's card, or the defaults where it has none."""
    file = folder / CARD
    if not file.is_file():
        return Card()
    try:
        return Card.model_validate_json(file.read_text(encoding="utf-8"))
    except (ValidationError, UnicodeDecodeError) as error:
        raise ModelError(f"Mend or delete {file}: it is not valid ({_first(error)}).") from error


def write_card(folder: Path, card: Card) -> None:
    """Put a card into a model's folder; only what differs from the defaults is said."""
    text = card.model_dump_json(indent=2, exclude_defaults=True)
    (folder / CARD).write_text(text + "\n", encoding="utf-8")


def _first(error: ValidationError | UnicodeDecodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is not text"
    first = error.errors()[0]
    return ": ".join([*map(str, first["loc"]), first["msg"]])


def read_config(folder: Path, name: str) -> dict:
    """A JSON file of a model folder. Raises `ModelError` where the folder is not one."""
    if not folder.exists():
        raise ModelError(f"There is no model at {folder}. Check the path.")
    if not folder.is_dir():
        raise ModelError(f"Choose a folder with a {name} in it: {folder} is a file.")
    file = folder / name
    if not file.is_file():
        raise ModelError(f"Copy the model anew: {folder} holds no {name}, so it is not whole.")
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ModelError(f"Copy the model anew: {file} is not valid JSON ({error}).") from error
    if not isinstance(config, dict):
        raise ModelError(f"Copy the model anew: {file} does not hold a model's settings.")
    return config
