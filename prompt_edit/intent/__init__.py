"""Instruction in, `EditPlan` out."""

from .grammar import parse_grammar

__all__ = ["parse_grammar"]
