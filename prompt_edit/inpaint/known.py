"""What a sample painter cannot paint is refused before it paints something else."""

from __future__ import annotations

import re
from typing import Any, cast

from torch import Tensor

from ..errors import ImageError, InstructionError, listed
from ..models.card import Knowledge
from ..paperdoll.phrases import SPELLINGS
from ..paperdoll.recognise import likeness
from .painter import Painter
from .settings import DEFAULT, Sampling
from .wanted import Wanted

REAL = "Load a real model for that (Load Inpaint Model; --painter)"
DOUBT = (
    "This may be no paper-doll picture, and the sample painter knows nothing else: look closely at"
    f" the result. {REAL}."
)


def check(
    painter: Painter, image: Tensor, asked: Wanted, sampling: Sampling = DEFAULT
) -> tuple[str, ...]:
    """What someone should know before the painter paints that; nothing for real painters.

    Args:
        image: float [1,H,W,C], the picture to be edited.

    Raises:
        InstructionError: words, steps or the like that a sample painter has not learnt.
        ImageError: a picture that is certainly not of its world.
    """
    knows = None if asked.cuts else painter.card.knows
    if knows is None:
        return ()
    _, notes = worded(knows, asked)
    _check_sampling(knows, sampling)
    vae = cast(Any, painter).pipeline.vae  # the sample painter is of diffusers
    seen = likeness(image, vae)
    if seen == "foreign":
        raise ImageError(
            "Load a real model for this picture (Load Inpaint Model; --painter): the sample painter"
            f" knows drawn {knows.world} only, and would paint nonsense."
        )
    return (*notes, DOUBT) if seen == "doubtful" else notes


def worded(knows: Knowledge, asked: Wanted) -> tuple[str, tuple[str, ...]]:
    """The prompt in the words and the order that the painter learnt, and what to note.

    Raises:
        InstructionError: a word that it does not know, or more than one thing or colour.
    """
    if asked.restyled:
        raise InstructionError(
            f"{REAL}: the sample painter cannot {asked.restyled} a whole picture, only the things"
            " in it, and the background."
        )
    notes: tuple[str, ...] = ()
    if asked.negative_prompt:
        notes = ("The sample painter never learnt negative prompts, and may not heed this one.",)
    words = _words(asked.prompt, knows)
    if asked.background or "background" in words:
        return _background(knows, [word for word in words if word != "background"]), notes
    things = [word for word in words if word in knows.nouns]
    colours = [word for word in words if word in knows.colours]
    looks = [word for word in words if word in knows.looks]
    _check_known(words, {*things, *colours, *looks}, _all(knows))
    if len(things) > 1 or len(colours) > 1:
        several = things if len(things) > 1 else colours
        raise InstructionError(
            f'Ask for one thing in one colour: the sample painter cannot paint "{asked.prompt}",'
            f" with {listed(several)}."
        )
    if colours and things and things[0] in knows.colourless:
        raise InstructionError(
            f"Name a garment or the hair: the sample painter cannot paint a {colours[0]}"
            f" {things[0]}."
        )
    if words and not things:
        notes += (f'Say what is painted, too ("{" ".join(words)} hat"): the sample painter learnt'
                  " no prompt without a thing.",)  # fmt: skip
    looks.sort(key=knows.looks.index)
    return " ".join([*colours, *looks, *things]), notes


def _words(prompt: str, knows: Knowledge) -> list[str]:
    """The prompt's words as the painter spells them, without articles and commas."""
    text = re.sub(r"\b(t|polka)[ -](?=shirts?\b|dot)", _joined, prompt.lower())
    words = []
    for word in re.findall(r"[^\W_]+(?:[-'’][^\W_]+)*|[^\s,.!]", text):
        word = SPELLINGS.get(word, word)
        if word not in knows.nouns and word.removesuffix("s") in knows.nouns:
            word = word.removesuffix("s")
        if word not in ("a", "an", "the", "some"):
            words.append(word)
    return list(dict.fromkeys(words))


def _joined(found: re.Match[str]) -> str:
    return "t-" if found[1] == "t" else ""


def _background(knows: Knowledge, words: list[str]) -> str:
    known = (*knows.backgrounds, *(name for name in knows.colours if name != "blond"))
    _check_known(words, set(known), f"As backgrounds it knows {', '.join(known)}.")
    if len(words) != 1:
        raise InstructionError(f"Name one background: the sample painter knows {', '.join(known)}.")
    return f"{words[0]} background"


def _check_known(words: list[str], known: set[str], hint: str) -> None:
    unknown = [f'"{word}"' for word in words if word not in known]
    if unknown:
        raise InstructionError(
            f"Use other words, or a real model (Load Inpaint Model; --painter): the sample painter"
            f" does not know {', '.join(unknown)}. {hint}"
        )


def _all(knows: Knowledge) -> str:
    return (f"It knows {', '.join(knows.colours)}; {', '.join(knows.looks)};"
            f" {', '.join(knows.nouns)}.")  # fmt: skip


def _check_sampling(knows: Knowledge, sampling: Sampling) -> None:
    if sampling.steps is not None and sampling.steps > knows.steps:
        raise InstructionError(
            f"Leave the steps at {knows.steps}: the sample painter was trained for no more, and"
            f" {sampling.steps} would give noise. {REAL}."
        )
    if sampling.strength is not None and sampling.strength < 1:
        raise InstructionError(
            "Leave the strength at 1: the sample painter was trained to paint anew, and less would"
            f" give noise. {REAL}."
        )
    if sampling.guidance_scale is not None and sampling.guidance_scale > knows.guidance_scale:
        raise InstructionError(
            f"Leave the guidance at {knows.guidance_scale:g} or below: the sample painter would"
            f" paint wrong colours with {sampling.guidance_scale:g}. {REAL}."
        )
