"""Prompt Edit: one sentence in, one edited picture out, every other pixel left alone."""

from .errors import (
    DatasetError,
    ImageError,
    InstructionError,
    ModelError,
    NotFound,
    OutputError,
    PlanError,
    PromptEditError,
)

__all__ = [
    "DatasetError",
    "ImageError",
    "InstructionError",
    "ModelError",
    "NotFound",
    "OutputError",
    "PlanError",
    "PromptEditError",
]
